"""Counts to curves over the report periods: states, hours, missions, items, crews and money (R-S2)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import chain, pairwise
from typing import Any

import numpy as np

from armsim.measures.counts import Case, Counts, apart, from_states, period_seconds, states_of
from armsim.measures.results import DIFFERENCE, MISSION_MEASURES, STATE_MEASURES, STATISTICS, Cost, Curve
from armsim.measures.sampling import Sampling
from armsim.model.trajectory import COSTS, ITEM_MEASURES, POOL_MEASURES, State

TOTAL = "total"
AT_ONCE = 1 << 21  # bytes of counts that are laid apart at once


def fleet_curves(case: Case, f: int, sampling: Sampling) -> dict[str, Curve]:
    """Every measure of a fleet."""
    lengths, of_states = period_seconds(case.model), partial(state_curves, sampling=sampling)
    means = in_parts(case.counts.states[:, :, f], lengths, of_states)
    ends, curves = in_parts(case.counts.ends[:, :, f], 1, of_states), {}
    for measure in STATE_MEASURES:
        curves[measure], curves[f"{measure}_end"] = means[measure], ends[measure]
    for measure, counts in (("hours_flown", case.counts.flown), ("hours_demanded", case.counts.demanded)):
        curves[measure] = sampling.curve(counts[:, :, f] / 3.6e12)
    return curves


def in_parts(counts: Counts, lengths: Any, work: Callable[[Counts, Any], dict[str, Curve]]) -> dict[str, Curve]:
    """Curves from counts [run, period, ...], some report periods at a time, so that what lies between needs no more
    memory than `AT_ONCE` however many runs there are. `lengths` [period] are in seconds, or 1.
    """
    periods = counts.shape[1]
    pieces = max(1, periods // max(2, AT_ONCE // max(1, counts[:, :1].nbytes)))  # two periods at least: one alone
    edges = [k * periods // pieces for k in range(pieces + 1)]  # would be summed up in another order
    lengths = np.broadcast_to(lengths, periods)
    found = [work(counts[:, begin:end], lengths[begin:end]) for begin, end in pairwise(edges)]
    if pieces == 1:
        return found[0]
    return {
        measure: Curve(*(tuple(chain(*(getattr(one[measure], name) for one in found))) for name in STATISTICS))
        for measure in found[0]
    }


def state_curves(counts: Counts, lengths: Any, sampling: Sampling) -> dict[str, Curve]:
    """Every measure of states from counts [run, period, state]; those that count the same systems share a curve."""
    states = apart(counts)
    seen = {state for state in State if states[..., state].any()}
    known: dict[frozenset[State], Curve] = {}
    curves = {}
    for measure in STATE_MEASURES:
        counted = frozenset(seen.intersection(states_of(measure)))
        if counted not in known:
            known[counted] = sampling.curve(from_states(states, measure) / lengths)
        curves[measure] = known[counted]
    return curves


def mission_curves(case: Case, twin: Case | None, f: int, sampling: Sampling) -> dict[str, dict[str, Curve]]:
    """Systems of a fleet able to do each of its missions, with the paired difference to the twin."""
    lengths, curves = period_seconds(case.model), {}
    able, able_end = MISSION_MEASURES
    for m, mission in enumerate(case.model.fleets[f].missions):
        mine = case.counts.missions[:, :, f, m]
        curves[mission] = {
            able: sampling.curve(mine / lengths),
            able_end: sampling.curve(case.counts.mission_ends[:, :, f, m].astype(float)),
        }
        if twin is not None:
            curves[mission][DIFFERENCE] = sampling.curve((mine - twin.counts.missions[:, :, f, m]) / lengths)
    return curves


def item_curves(case: Case, sampling: Sampling) -> dict[str, dict[str, Curve]]:
    """Every measure of every item, in units."""
    lengths = period_seconds(case.model)

    def measured(counts: Counts, lengths: Any) -> dict[str, Curve]:
        places = apart(counts)
        return {measure: sampling.curve(places[:, :, m] / lengths) for m, measure in enumerate(ITEM_MEASURES)}

    return {
        item.name: in_parts(case.counts.items[:, :, i], lengths, measured) for i, item in enumerate(case.model.items)
    }


def pool_curves(case: Case, sampling: Sampling) -> dict[str, dict[str, Curve]]:
    """Every measure of every crew pool, in people and tasks."""
    lengths = period_seconds(case.model)
    return {
        pool.key: {
            measure: sampling.curve(case.counts.pools[:, :, p, m] / lengths) for m, measure in enumerate(POOL_MEASURES)
        }
        for p, pool in enumerate(case.model.pools)
    }


def costs(case: Case, twin: Case | None, sampling: Sampling) -> dict[str, Cost]:
    """Money by kind, all kinds together first, with the paired difference to the twin."""
    mine, other = money(case), None if twin is None else money(twin)
    found = {}
    for k, kind in enumerate((TOTAL, *COSTS)):
        total = mine[:, :, k].sum(axis=1)
        curves = {"cost": sampling.curve(mine[:, :, k])}
        difference = error = None
        if other is not None:
            apart = mine[:, :, k] - other[:, :, k]
            curves[DIFFERENCE] = sampling.curve(apart)
            paired = apart.sum(axis=1)
            difference, error = float(paired.mean()), float(sampling.error(paired))
        found[kind] = Cost(float(total.mean()), float(sampling.error(total)), difference, error, curves)
    return found


def money(case: Case) -> Any:
    """[run, period, kind] with all kinds together in front; nothing was spent where nothing has a price."""
    if not case.counts.costs.size:
        return np.zeros((len(case.counts.states), len(case.model.edges), 1 + len(COSTS)))
    by_kind = case.counts.costs.astype(float)
    return np.concatenate([by_kind.sum(axis=2, keepdims=True), by_kind], axis=2)
