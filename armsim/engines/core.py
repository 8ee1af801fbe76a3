"""What every part of the reference engine stands on: time, draws, counts, use clocks."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, cast

import simpy

from armsim.engines.clock import Clock, LogLine
from armsim.engines.entities import FleetState, Meter, System
from armsim.model import draws
from armsim.model.arrays import Interval, Law, Model
from armsim.model.order import NEVER, Entity, Kind
from armsim.model.timeline import World
from armsim.model.trajectory import COSTS, ITEM_MEASURES, TOUCHES, Trajectory

Process = Generator[Any, Any, None]
YEAR = int(365.25 * draws.SECONDS_PER_DAY)
#: Where units are that are neither fitted, nor assigned, nor on a shelf; and how many ever entered.
LEDGER = ("shop", "at_home", "abroad", "shipping", "condemned", "lost", "elsewhere", "entered")
ITEM_METERS = {measure: place for place, measure in enumerate(ITEM_MEASURES)}


class Core:
    """A replication as it stands: the model, its world, its clocks and counts."""

    def __init__(self, model: Model, world: World, seed: int, replication: int,
                 log: list[LogLine] | None = None) -> None:  # fmt: skip
        self.model, self.world, self.seed, self.replication = model, world, seed, replication
        self.env = simpy.Environment(initial_time=-world.warmup)
        self.clock = Clock(self.env, log)
        self.settling = False
        self.grounding = [item.grounds for item in model.items]
        self.fleets = [FleetState([]) for _ in model.fleets]
        self.touched_systems: dict[System, None] = {}
        self.meters = [[Meter(self.now) for _ in ITEM_MEASURES] for _ in model.items]
        self.ledger = [dict.fromkeys(LEDGER, 0) for _ in model.items]
        self.spent = [0] * len(COSTS)
        n = len(model.responses)
        self.active, self.armed, self.pending = [False] * n, [False] * n, [False] * n
        self.begun, self.built = [0] * n, [1.0] * n
        self.result = Trajectory(world.number, replication)
        self.result.touched = [[0] * len(TOUCHES) for _ in model.halts]

    @property
    def now(self) -> int:
        """Seconds from the start of the simulation; negative during warm-up."""
        return cast(int, self.env.now)

    def uniforms(self, purpose: int, entity: int, k: int) -> tuple[float, float, float, float]:
        """The k-th four numbers of a stream (R-T2)."""
        return draws.uniforms(self.seed, purpose, self.world.number, self.replication, entity, k)

    def amount(self, law: Law, u: float, purpose: int, slot: int, entity: int, k: int) -> float:
        """One value of a law, in days or flying hours."""
        phases: Any = ()
        if law.kind == draws.ERLANG:
            phases = self.uniforms(draws.erlang_purpose(purpose, slot), entity, k)
        return draws.sample(law.kind, self.world.values[law.scale], law.shape, u, phases)

    def seconds(self, law: Law | None, u: float, purpose: int, slot: int, entity: int, k: int) -> int:
        """One length of time of a law, in seconds; 0 without a law."""
        return 0 if law is None else draws.delay_seconds(self.amount(law, u, purpose, slot, entity, k))

    def value(self, index: int) -> float:
        """A number of this world."""
        return self.world.values[index]

    def interval(self, interval: Interval) -> tuple[int, int]:
        """A limit as (use, seconds), NEVER where it has none."""
        use = draws.life_units(self.value(interval.use)) if interval.use >= 0 else NEVER
        days = max(1, draws.delay_seconds(self.value(interval.days))) if interval.days >= 0 else NEVER
        return use, days

    def shift(self, index: int) -> int:
        """A shift of due dates in seconds."""
        return draws.delay_seconds(self.value(index)) if index >= 0 else 0

    def date(self, index: int) -> int:
        """A date of this world in seconds from the start."""
        return NEVER if index < 0 else int(self.value(index) * draws.SECONDS_PER_DAY + 0.5)

    def on_day(self, t: int, kind: Kind, entity: Entity, then: Callable[[], None],
               still: Callable[[], bool] | None = None) -> None:  # fmt: skip
        """Something on a date from now on and before the horizon."""
        if self.now <= t < self.model.horizon:
            self.clock.after(t - self.now, kind, entity, then, still)

    def at_date(self, t: int, entity: Entity, then: Callable[[], None]) -> None:
        """Something that changes at a date."""
        if t < self.model.horizon:
            self.clock.after(t - self.now, Kind.HALT, entity, then)

    def systems(self) -> list[System]:
        """Every system on the books or gone from them."""
        return [system for fleet in self.fleets for system in fleet.systems if system.on_books or system.gone]

    def count(self, i: int, measure: str, change: int) -> None:
        """Change one of an item's counts."""
        self.meters[i][ITEM_METERS[measure]].add(change, self.now)

    def spend(self, what: str, price: int, factor: float = 1.0) -> None:
        """Put down what something costs, as whole money (R-S2)."""
        if price >= 0:
            self.spent[COSTS.index(what)] += int(self.value(price) * factor + 0.5)

    def request_settle(self) -> None:
        """Ask for one settle after all facts of this instant."""
        if not self.settling:
            self.settling = True
            self.clock.after(0, Kind.SETTLE, (0, 0, 0), self.settle)

    def settle(self) -> None:
        """Allocate; the last file of this room says how."""
        raise NotImplementedError

    def touch_system(self, system: System) -> None:
        """Something about a system changed: its state is worked out at the next settle."""
        self.touched_systems[system] = None

    def advance(self, f: int) -> None:
        """Bring a fleet's use clock to now: systems that can fly share the programme equally (R-O1)."""
        fleet = self.fleets[f]
        passed = self.now - fleet.since
        if passed:
            fleet.clock += fleet.rate * passed
            fleet.flown += fleet.rate * fleet.available * passed
            fleet.demanded += fleet.demand * passed
            fleet.since = self.now

    def reading(self, system: System) -> int:
        """What a system's own use clock shows; it stands still while the system does not fly (ENGINE 7)."""
        if not system.flying:
            return system.clock
        self.advance(system.fleet)
        return self.fleets[system.fleet].clock - system.offset

    def refresh_limits(self, system: System) -> None:
        """Find the nearest limit of use of a system."""
        limits = [system.overhaul_at, system.life_at, system.lost_at, *system.upkeep_at, *system.inspect_at]
        limits += [min(p.unit.fails_at, p.unit.hard_at) for p in system.positions if p.unit is not None]
        system.next_limit = min(limits)
        self.fleets[system.fleet].changed = True


def later(limit: int, by: int) -> int:
    """A limit moved by an amount; one that never comes stays so."""
    return limit if limit >= NEVER else limit + by
