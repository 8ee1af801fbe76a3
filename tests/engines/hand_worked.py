"""Small scenarios worked out by hand: write them as text, run them, read what happened in days.

Day 0 is 2023-01-01, and `@40` in a text is the date 40 days after it. A system that flies `DAILY` flies 24 hours
a day at exactly 10**9 nano-flown-seconds a second, so a hard life due at 240 FH is reached after 10 days aloft,
to the second.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from armsim.engines.core import ITEM_METERS
from armsim.engines.reference import Replication
from armsim.model.arrays import Model
from armsim.model.compile import compile_scenario
from armsim.model.order import Kind
from armsim.model.timeline import World, draw_world
from armsim.model.trajectory import TOUCHES, State, Trajectory
from armsim.scenario.scenario import load_text

DAY = 86400
START = date(2023, 1, 1)
DAILY = "fly: 8766 FH/year per aircraft, at_most: 8766 FH/year per aircraft"

HEAD = """\
armsim: 1
name: hand_worked
time: {{start: @0, end: @{days}, warmup: {warmup}, report_every: 1 month}}
jurisdictions: {{seller: {{}}, third: {{}}, fourth: {{}}, home: {{home: true}}}}
suppliers:
  maker: {{jurisdiction: seller, provides: [systems, spares, repair, overhaul, people]}}
  other: {{jurisdiction: third, provides: [systems, spares, repair, overhaul, people]}}
"""

Point = tuple[float, Any]


def dated(text: str) -> str:
    """The text with `@40` written out as a date."""
    return re.sub(r"@(\d+)", lambda found: (START + timedelta(days=int(found[1]))).isoformat(), text)


def written(body: str, days: int = 100, warmup: str = "0 days") -> str:
    """A whole scenario: the usual states and suppliers, a bare base unless the body has its own, the body."""
    sites = "" if re.search(r"^sites:", body, re.MULTILINE) else "sites: {base: {}}\n"
    return dated(HEAD.format(days=days, warmup=warmup) + sites + body)


@dataclass
class Seen:
    """One run, and what was seen after each settle: (second, snapshot)."""

    model: Model
    world: World
    result: Trajectory
    log: list[tuple[int, int, tuple[int, int, int]]]
    snapshots: list[tuple[int, dict[Any, Any]]]
    replication: Replication

    def history(self, *key: Any) -> list[Point]:
        """(day, value) each time a quantity changed; a value that lasted no time is left out."""
        last: dict[int, Any] = {}
        for second, snapshot in self.snapshots:
            last[second] = snapshot[key]
        points: list[Point] = []
        for second, value in sorted(last.items()):
            if not points or points[-1][1] != value:
                points.append((in_days(second), value))
        return points

    def state(self, name: str, fleet: str = "jets") -> list[Point]:
        """When the number of systems in a state (or `mc`, `on_hand`) changed."""
        return self.history("state", fleet, name)

    def mc(self, fleet: str = "jets") -> list[Point]:
        """When the number of mission capable systems changed."""
        return self.state("mc", fleet)

    def item(self, name: str, measure: str) -> list[Point]:
        """When a count of an item changed."""
        return self.history("item", name, measure)

    def at(self, day: float, *key: Any) -> Any:
        """A quantity at a date (what holds from then on)."""
        return [value for since, value in self.history(*key) if since <= day][-1]

    def events(self, kind: Kind) -> list[float]:
        """Days of the events of a kind."""
        return [in_days(second) for second, k, _ in self.log if k == kind]

    def touched(self, halt: str) -> dict[str, int]:
        """What a halt touched, without the zeros."""
        index = next(h for h, one in enumerate(self.model.halts) if one.name == halt)
        return {what: n for what, n in zip(TOUCHES, self.result.touched[index]) if n}

    def total(self, state: State, fleet: str = "jets") -> float:
        """System-days in a state over the whole run."""
        f = self.fleet(fleet)
        return in_days(sum(period[f][state] for period in self.result.states))

    def fleet(self, name: str) -> int:
        """The index of a fleet."""
        return next(f for f, fleet in enumerate(self.model.fleets) if fleet.name == name)


def in_days(seconds: int) -> float:
    """Seconds as days; whole days as whole numbers."""
    return seconds // DAY if seconds % DAY == 0 else seconds / DAY


def snapshot_of(run: Replication) -> dict[Any, Any]:
    """Everything the tests ask about, after a settle."""
    seen: dict[Any, Any] = {}
    for f, fleet in enumerate(run.model.fleets):
        counts = run.fleets[f].counts
        for state in State:
            seen["state", fleet.name, state.name.lower()] = counts[state]
        seen["state", fleet.name, "mc"] = counts[State.FMC] + counts[State.PMC]
        seen["state", fleet.name, "on_hand"] = sum(counts) - counts[State.LOST]
        for slot, system in enumerate(run.fleets[f].systems):
            seen["system", fleet.name, slot] = None if system.state is None else system.state.name
            holes = [p for p in system.positions if p.unit is None]
            seen["missing", fleet.name, slot] = tuple(
                f"{run.model.items[p.item].name} {fleet.positions[p.rank][1]}" for p in holes
            )
        seen["flown_a_second", fleet.name] = run.fleets[f].rate
    for i, item in enumerate(run.model.items):
        for measure, m in ITEM_METERS.items():
            seen["item", item.name, measure] = run.meters[i][m].value
    for p, pool in enumerate(run.model.pools):
        seen["busy", pool.key] = sum(run.pools[p].busy)
        seen["people", pool.key] = sum(run.pools[p].capacity)
    for k, line in enumerate(run.model.lines):
        seen["at home", line.key] = len(run.at_home[k])
    return seen


def run_text(text: str, seed: int = 1, world: int = 0, replication: int = 0,
             audit: Callable[[Replication], None] | None = None) -> Seen:  # fmt: skip
    """Run one replication of a whole scenario text."""
    model = compile_scenario(load_text(text))
    drawn = draw_world(model, seed, world)
    snapshots: list[tuple[int, dict[Any, Any]]] = []
    log: list[tuple[int, int, tuple[int, int, int]]] = []

    def look(run: Replication) -> None:
        snapshots.append((run.now, snapshot_of(run)))
        if audit is not None:
            audit(run)

    replication_run = Replication(model, drawn, seed, replication, log, look)
    result = replication_run.run()
    return Seen(model, drawn, result, log, snapshots, replication_run)


def run(body: str, days: int = 100, warmup: str = "0 days", **more: Any) -> Seen:
    """Run a body under the usual head."""
    return run_text(written(body, days, warmup), **more)


def outcome(seen: Seen) -> tuple[Any, ...]:
    """Everything one run leaves behind, to compare bit for bit; `touched` apart."""
    result = seen.result
    return (seen.log, result.states, result.ends, result.flown, result.demanded, result.items,
            result.causes, result.events)  # fmt: skip
