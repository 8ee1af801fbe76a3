"""The minimum of a fleet: when it is first missed, for how long, by how many runs never, and when it is met again."""

from __future__ import annotations

import math
from bisect import bisect_right
from fractions import Fraction
from typing import Any

import numpy as np

from armsim import units
from armsim.measures.counts import SECONDS_PER_MONTH, Case, from_states, period_seconds
from armsim.measures.results import Chance, TimeTo
from armsim.measures.sampling import Sampling
from armsim.model.arrays import Fleet
from armsim.model.trajectory import State

HELD_MONTHS = (6, 12, 24, 36)
#: So many report periods in a row must be good for a fleet to have recovered.
GOOD_PERIODS = 3
#: Without a minimum, good is at most this share of authorised less than the no-halt twin.
NEAR_TWIN = Fraction(2, 100)


def has_minimum(fleet: Fleet) -> bool:
    """True for a fleet with a minimum of any kind."""
    return fleet.minimum is not None or fleet.minimum_share is not None


def is_below(fleet: Fleet, ready: Any, seconds: Any, states: Any) -> Any:
    """True when a period's mean lies below the minimum, compared as exact fractions; arrays of whole numbers too."""
    if fleet.minimum is not None:
        return ready * fleet.minimum.denominator < fleet.minimum.numerator * seconds
    assert fleet.minimum_share is not None
    share, of = fleet.minimum_share
    base = from_states(states, "on_hand")
    if of == "possessed":
        base = base - states[..., State.OVERHAUL]
    return ready * share.denominator < share.numerator * base


def periods_below(case: Case, f: int) -> Any:
    """[run, period]: whether the mean of a report period lies below the minimum."""
    states = case.counts.states[:, :, f].astype(object)  # exact, however long the fractions
    lengths = period_seconds(case.model).astype(object)
    return is_below(case.model.fleets[f], from_states(states, "mc"), lengths, states).astype(bool)


def periods_behind(case: Case, twin: Case, f: int) -> Any:
    """[run, period]: whether the mean of a report period is less than the twin's by more than NEAR_TWIN."""
    mine, other = (from_states(one.counts.states[:, :, f], "mc").astype(object) for one in (case, twin))
    most = NEAR_TWIN * Fraction(case.model.fleets[f].authorised)
    lengths = period_seconds(case.model).astype(object)
    return ((other - mine) * most.denominator > most.numerator * lengths).astype(bool)


def months_below(case: Case, f: int) -> list[float] | None:
    """First report period below the minimum of each run, in months after the first halt (ENGINE 23)."""
    model = case.model
    if not has_minimum(model.fleets[f]):
        return None
    every = case.scenario.things.time.report_every
    found = []
    for row in periods_below(case, f):
        month = math.inf
        for p in range(model.first_halt_period, len(row)):
            if row[p]:
                month = float((p - model.first_halt_period) * every)
                break
        found.append(month)
    return found


def survival(case: Case, months: list[float] | None, sampling: Sampling) -> TimeTo | None:
    """Months from the first halt to the first report period below the minimum; None without a minimum (R-S3)."""
    if months is None:
        return None
    time = case.scenario.things.time
    return sampling.time_to(months, (time.end - (time.months_from or time.start)).days / units.DAYS_PER_MONTH)


def recovery(case: Case, twin: Case | None, f: int, sampling: Sampling) -> TimeTo | None:
    """Months from the end of the last halt to the first of three good report periods in a row (ENGINE 23).

    Over the runs whose halts end and that were below the minimum at all (without a minimum: behind the twin).
    None for a twin.
    """
    ends, model = case.counts.halts_end, case.model
    if twin is None or not len(ends):
        return None
    bad = periods_below(case, f) if has_minimum(model.fleets[f]) else periods_behind(case, twin, f)
    ended = (ends >= 0) & (ends < model.horizon)
    fell = bad[:, model.first_halt_period :].any(axis=1)
    starts, every = edges(case), case.scenario.things.time.report_every
    months = [months_to_recover(bad[run], int(ends[run]), starts, every) for run in np.flatnonzero(ended & fell)]
    within = float(np.median(model.horizon - ends[ended])) / SECONDS_PER_MONTH if ended.any() else 0.0
    below = "falls below the minimum" if has_minimum(model.fleets[f]) else "falls behind the run without a halt"
    return sampling.time_to(months, within, f"no run {below}" if ended.any() else "the halt does not end")


def months_to_recover(bad: Any, end: int, starts: list[int], every: int) -> float:
    """Months from the report period that contains `end` to the first of three good ones after it; inf without."""
    contains = bisect_right(starts, end) - 1
    first = contains if starts[contains] == end else contains + 1
    for p in range(first, len(bad) - GOOD_PERIODS + 1):
        if not bad[p : p + GOOD_PERIODS].any():
            return float((p - contains) * every)
    return math.inf


def edges(case: Case) -> list[int]:
    """The beginnings of the report periods in seconds."""
    return [0, *case.model.edges[:-1]]


def below(case: Case, f: int, sampling: Sampling) -> tuple[float, float]:
    """Months below the minimum since the first halt, event-exact: mean over runs and its error (R-S3)."""
    total = case.counts.below[:, case.model.first_halt_period :, f].sum(axis=1) / SECONDS_PER_MONTH
    return float(total.mean()), float(sampling.error(total))


def held(case: Case, f: int, sampling: Sampling) -> dict[str, Chance]:
    """The share of runs never below the minimum throughout the first months after the first halt (R-S3)."""
    first, every = case.model.first_halt_period, case.scenario.things.time.report_every
    found = {}
    for months in HELD_MONTHS:
        last = first + -(-months // every)
        if last <= len(case.model.edges):
            never = case.counts.below[:, first:last, f].sum(axis=1) == 0
            found[str(months)] = sampling.chance(never)
    return found
