"""Hand-worked scenarios of parts, stock and systems: what their tests share. Every run is checked as it goes."""

from __future__ import annotations

from typing import Any

from hand_worked import DAILY, DAY, Seen
from hand_worked import run as run_unchecked

from armsim.engines.audit import Audit, balance
from armsim.model.trajectory import COSTS

#: Half the use a day of DAILY: what lasts 240 FH lasts 20 days.
HALF = "fly: 4383 FH/year per aircraft, at_most: 4383 FH/year per aircraft"
#: Every unit, fitted at the beginning or later, fails after 240 FH.
WEARS = "fails_every: {best: 240 FH, varies: fixed}"


def run(body: str, days: int = 100, warmup: str = "0 days", **more: Any) -> Seen:
    """Run a body under the usual head, with everything checked after each settle."""
    audit = Audit()
    seen = run_unchecked(body, days, warmup, audit=audit, **more)
    assert audit.checks > 1
    return seen


def jets(count: int, more: str = "") -> str:
    """A fleet of so many that fly 24 hours a day."""
    return f"fleets: {{jets: {{count: {count}, {DAILY}{', ' if more else ''}{more}}}}}\n"


def gone_at(*days: float) -> str:
    """A life in use of which each aircraft has so many flying days left; what reaches it is condemned."""
    return f"hard_life: 999999 FH, due: {flying_days(*days)}"


def renewed_at(at: str, takes: str, *days: float, more: str = "") -> str:
    """A limit in use, reached after so many flying days, at which a unit is renewed somewhere."""
    return f"overhaul: {{every: 99999 FH, at: {at}, takes: {takes}, due: {flying_days(*days)}{more}}}"


def flying_days(*days: float) -> str:
    """First due after so many flying days, aircraft by aircraft."""
    return "{list: [" + ", ".join(f"{24 * day} FH" for day in days) + "]}"


def places(seen: Seen, item: str) -> dict[str, int]:
    """Where the units of an item are in the end, without the zeros."""
    return {place: n for place, n in balance(seen.replication)[item].items() if n}


def costs(seen: Seen, what: str) -> list[int]:
    """Money for one thing by report period."""
    return [period[COSTS.index(what)] for period in seen.result.costs]


def mission_days(seen: Seen, mission: str, fleet: str = "jets") -> float:
    """System-days able to do a mission over the whole run."""
    f = seen.fleet(fleet)
    m = seen.model.fleets[f].missions.index(mission)
    return sum(period[f][m] for period in seen.result.missions) / DAY
