"""Hand-worked runs with every invariant checked after each settle, and what several test files read off them."""

from __future__ import annotations

import functools
from itertools import pairwise
from typing import Any

import hand_worked
from hand_worked import DAILY, Point, Seen

from armsim.engines.audit import Audit


@functools.wraps(hand_worked.run)
def run(body: str, days: int = 100, warmup: str = "0 days", **more: Any) -> Seen:
    """Run a body under the usual head with checking mode on."""
    audit = Audit()
    seen = hand_worked.run(body, days, warmup, audit=audit, **more)
    assert audit.checks
    return seen


def pumps(due: str, halts: str, resupply: str = "{transit: 5 days}", more: str = "", item: str = "") -> str:
    """One aircraft for each time in `due`, at which its pump is worn out; a maker sends new ones."""
    count = 1 + due.count(",")
    return (
        f"fleets: {{jets: {{count: {count}, {DAILY}}}}}\n"
        f"items: {{pump: {{on: {{jets: 1}}, hard_life: 999999 FH, due: {{list: [{due}]}}, supplier: maker, "
        f"resupply: {resupply}{item}}}}}\nhalts:\n{halts}\n{more}"
    )


def many(due: str, count: int) -> str:
    """The same moment for many aircraft."""
    return ", ".join([due] * count)


def ups(seen: Seen) -> list[float]:
    """Days on which more aircraft are mission capable."""
    return [day for (_, before), (day, after) in pairwise(seen.mc()) if after > before]


def back(seen: Seen, slot: int = 0, fleet: str = "jets") -> float | None:
    """When a system is up again after it first went down; None when it is not."""
    history = seen.history("system", fleet, slot)
    down = next((k for k, (_, state) in enumerate(history) if state not in ("FMC", "PMC")), len(history))
    return next((day for day, state in history[down:] if state in ("FMC", "PMC")), None)


def each_back(seen: Seen, count: int) -> list[float | None]:
    """When each of the first aircraft is up again."""
    return [back(seen, slot) for slot in range(count)]


def states(seen: Seen, count: int, fleet: str = "jets") -> list[list[Point]]:
    """The states of the first systems of a fleet."""
    return [seen.history("system", fleet, slot) for slot in range(count)]


def cause_days(seen: Seen) -> dict[str, float]:
    """System-days down by mechanism."""
    found: dict[str, float] = {}
    for (_, mechanism, _), parts in seen.result.causes.items():
        found[mechanism] = found.get(mechanism, 0) + parts / 27720 / 86400
    return found
