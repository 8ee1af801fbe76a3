"""Why systems were down: by mechanism, item, supplier and jurisdiction, against the no-halt twin (R-S4)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from armsim.measures.counts import SECONDS_PER_MONTH, Case, period_seconds
from armsim.measures.results import Cause, FirstItem
from armsim.measures.sampling import Sampling
from armsim.model.trajectory import ITEM_MEASURES, PARTS_OF_A_SECOND, CauseKey


def causes(case: Case, twin: Case | None, f: int, sampling: Sampling) -> tuple[Cause, ...]:
    """System-months down by cause since the first halt, the largest first (R-S4)."""
    both = [one for one in (case, twin) if one is not None]
    keys = {key[1:] for one in both for key, parts in one.counts.causes.items() if key[0] == f and parts.any()}
    found = []
    for mechanism, item in sorted(keys):
        mine = cause_months(case, (f, mechanism, item))
        error = difference = None
        if twin is not None:
            paired = mine - cause_months(twin, (f, mechanism, item))
            difference, error = float(paired.mean()), float(sampling.error(paired))
        name, supplier, jurisdiction = who(case, f, mechanism, item)
        known = (float(mine.mean()), difference, error, float(sampling.error(mine)))
        found.append(Cause(mechanism, name, supplier, jurisdiction, *known))
    found += undelivered(case, twin, f, sampling)
    return tuple(sorted(found, key=lambda c: (-(c.difference or 0.0), -c.system_months, c.mechanism, c.item)))


def undelivered(case: Case, twin: Case | None, f: int, sampling: Sampling) -> list[Cause]:
    """System-months that ordered systems were not there yet since the first halt, as a cause."""
    ordered = [delivery for delivery in case.model.fleets[f].deliveries if delivery.dates[-1] >= 0]
    if not ordered:
        return []

    def months(one: Case) -> Any:
        first = one.model.first_halt_period
        to_come = sum(day >= 0 for delivery in one.model.fleets[f].deliveries for day in delivery.dates)
        whole = period_seconds(one.model)[first:].sum() * (one.counts.begun[:, f] + to_come)
        return (whole - one.counts.states[:, first:, f].sum(axis=(1, 2))) / SECONDS_PER_MONTH

    mine, difference, error = months(case), None, None
    if twin is not None:
        paired = mine - months(twin)
        difference, error = float(paired.mean()), float(sampling.error(paired))
    lines = [case.model.lines[delivery.line] for delivery in ordered]
    supplier, jurisdiction = (
        names.pop() if len(names) == 1 else ""  # of several suppliers none is named
        for names in ({line.supplier for line in lines}, {line.jurisdiction for line in lines})
    )
    known = (float(mine.mean()), difference, error, float(sampling.error(mine)))
    return [Cause("delivery", "", supplier, jurisdiction, *known)]


def cause_months(case: Case, key: CauseKey) -> Any:
    """System-months down by one cause, per run."""
    seconds = case.counts.causes.get(key, np.zeros(len(case.counts.states))).astype(float)
    return seconds / PARTS_OF_A_SECOND / SECONDS_PER_MONTH


def who(case: Case, f: int, mechanism: str, item: int) -> tuple[str, str, str]:
    """(item, supplier, jurisdiction) behind a cause; for want of money the jurisdiction is the recipient's own."""
    model, line = case.model, -1
    if mechanism == "permission":
        return ("", *who_forbids(case, f))
    if mechanism in ("parts", "money"):
        routes = [route.line for route in model.items[item].routes if route.line >= 0]
        line = model.items[item].line if model.items[item].line >= 0 else next(iter(routes), -1)
    overhaul = model.fleets[f].overhaul
    if mechanism in ("overhaul", "limit") and overhaul is not None:
        line = overhaul.line
    name = model.items[item].name if item >= 0 else ""
    supplier, jurisdiction = (model.lines[line].supplier, model.lines[line].jurisdiction) if line >= 0 else ("", "")
    return name, supplier, case.model.home if mechanism == "money" else jurisdiction


def who_forbids(case: Case, f: int) -> tuple[str, str]:
    """(supplier, jurisdiction) that withdraws the permission to operate a fleet; of several none is named."""
    things = case.scenario.things
    fleet = things.fleets[case.model.fleets[f].name]
    concerned = {*fleet.content, fleet.owner}
    parties: set[str] = set()
    for halt in (one.says for one in case.model.halts):
        if halt.operation.stop_within is not None and (not halt.fleets or case.model.fleets[f].name in halt.fleets):
            parties |= set(halt.by) if halt.fleets else {party for party in halt.by if party in concerned}
    if len(parties) != 1:
        return "", ""
    party = parties.pop()
    return (party, things.suppliers[party].jurisdiction) if party in things.suppliers else ("", party)


def first_items(case: Case, twin: Case, f: int) -> tuple[FirstItem, ...]:
    """Which grounding item of a fleet bites first against the twin, and when, the most frequent first (R-S4).

    An item bites in the first report period, from that of the first halt on, in which its holes without a
    unit exceed the twin's by half a unit on average. A tie counts for each.
    """
    model, first = case.model, case.model.first_halt_period
    lengths, every = period_seconds(model)[first:], case.scenario.things.time.report_every
    waiting = ITEM_MEASURES.index("backorders")
    months: dict[str, Any] = {}
    for i, item in enumerate(model.items):
        if not item.grounds or (f, i) not in model.point_of:
            continue
        more = case.counts.items[:, first:, i, waiting] - twin.counts.items[:, first:, i, waiting]
        bites = 2 * more >= lengths
        months[item.name] = np.where(bites.any(axis=1), bites.argmax(axis=1) * float(every), math.inf)
    if not months:
        return ()
    soonest = np.min(list(months.values()), axis=0)
    found = []
    for name, when in months.items():
        ever = np.isfinite(when)
        if ever.any():
            share = float((ever & (when == soonest)).mean())
            found.append(FirstItem(name, share, float(ever.mean()), float(np.median(when[ever]))))
    return tuple(sorted(found, key=lambda one: (-one.share_first, one.months or 0.0, one.item)))
