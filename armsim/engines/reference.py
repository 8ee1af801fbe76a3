"""The reference engine: one replication in SimPy, written to be read aloud as the description of the model.

Facts change in events, allocation happens in `settle`, and every delay is asked of `model.rules` (ENGINE
1-5). A process may draw and schedule; what it does when it wakes is a fact of that instant.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from fractions import Fraction
from functools import partial
from typing import Any, cast

import simpy

from armsim.engines.entities import (
    Draw,
    FleetState,
    Job,
    Meter,
    PointState,
    PoolState,
    Position,
    ShopWork,
    System,
    Task,
    Unit,
)
from armsim.errors import ArmsimError
from armsim.model import draws, rules
from armsim.model.arrays import Interval, Law, Model
from armsim.model.draws import Purpose
from armsim.model.order import NEVER, Edge, Entity, Flow, Kind, priority
from armsim.model.timeline import Gate, World, cover_at, due_moment, flown_a_second, left_out, mean_of, shared_age
from armsim.model.trajectory import ITEM_MEASURES, PARTS_OF_A_SECOND, POOL_MEASURES, TOUCHES, State, Trajectory

Process = Generator[Any, Any, None]
LogLine = tuple[int, int, Entity]
YEAR = int(365.25 * draws.SECONDS_PER_DAY)


class Clock:
    """The only way to let time pass: whole seconds, with a place in the order of its instant (R-T3)."""

    def __init__(self, env: simpy.Environment, log: list[LogLine] | None) -> None:
        self.env, self.log, self.events = env, log, 0

    def after(self, delay: int, kind: Kind, entity: Entity, then: Callable[[], None] | None = None,
              still: Callable[[], bool] | None = None) -> simpy.Event:  # fmt: skip
        """An event `delay` seconds from now; `then` is called when it happens (R-T4: delays, never dates).

        Where `still` says that what was planned no longer holds, it is dropped without a trace (ENGINE 6).
        """
        if delay < 0:
            raise ArmsimError(f"a delay of {delay} s for {kind.name} {entity} at {self.env.now} s")
        event = simpy.Event(self.env)
        event._ok, event._value = True, None

        def ring(_: simpy.Event) -> None:
            if still is None or still():
                self.note(kind, entity)
                if then is not None:
                    then()

        event.callbacks.append(ring)
        self.env.schedule(event, cast(Any, priority(kind, entity)), delay)
        return event

    def note(self, kind: Kind, entity: Entity) -> None:
        """Write the event into the log."""
        self.events += 1
        if self.log is not None and kind is not Kind.SETTLE:
            self.log.append((cast(int, self.env.now), int(kind), entity))


class Replication:
    """One run of one world: build, then `run()`."""

    def __init__(self, model: Model, world: World, seed: int, replication: int,
                 log: list[LogLine] | None = None,
                 audit: Callable[[Replication], None] | None = None) -> None:  # fmt: skip
        self.model, self.world, self.seed, self.replication = model, world, seed, replication
        self.env = simpy.Environment(initial_time=-world.warmup)
        self.clock = Clock(self.env, log)
        self.audit = audit
        self.settling = False
        self.tickets = 0
        self.serials = [0] * len(model.lines)
        self.shop_serials = [0] * len(model.items)
        now = self.now
        self.grounding = [item.grounds for item in model.items]
        self.points = [self.stocked(p) for p in range(len(model.points))]
        self.meters = [[Meter(now) for _ in ITEM_MEASURES] for _ in model.items]
        self.crew_meters = [[Meter(now) for _ in POOL_MEASURES] for _ in model.pools]
        self.ledger = [dict.fromkeys(("abroad", "at_home", "shop", "condemned", "lost", "entered"), 0)
                       for _ in model.items]  # fmt: skip
        self.pools = [self.manned(p) for p in range(len(model.pools))]
        self.shop_queues: list[list[ShopWork]] = [[] for _ in model.shops]
        self.shop_busy = [0] * len(model.shops)
        self.at_home: list[list[Job]] = [[] for _ in model.lines]
        self.lines_changed: set[int] = set()
        self.fleets = [FleetState([]) for _ in model.fleets]
        self.touched_systems: dict[System, None] = {}
        self.active = [False] * len(model.responses)
        self.armed = [False] * len(model.responses)
        self.pending = [False] * len(model.responses)
        self.begun = [0] * len(model.responses)
        self.turn_used = [-1] * len(model.responses)
        self.turn_asked = [-1] * len(model.responses)
        self.result = Trajectory(world.number, replication)
        self.result.touched = [[0] * len(TOUCHES) for _ in model.halts]

    # ------------------------------------------------------------------------------------------ running

    @property
    def now(self) -> int:
        """Seconds from the start of the simulation; negative during warm-up."""
        return cast(int, self.env.now)

    def run(self) -> Trajectory:
        """Run to the horizon: nothing at or after it happens (ENGINE 2)."""
        for f in range(len(self.model.fleets)):
            self.build_fleet(f)
        for p, point in enumerate(self.points):
            self.count(self.model.points[p].item, "stock", point.on_shelf)
            self.ledger[self.model.points[p].item]["entered"] += point.on_shelf
        self.clock.after(-self.now, Kind.SAMPLE, (0, 0, 0), self.start)
        for k, edge in enumerate(self.model.edges[:-1]):
            self.clock.after(edge - self.now, Kind.SAMPLE, (1, k, 0), self.sample)
        self.lay_out_dates()
        self.request_settle()
        self.env.run(until=self.model.horizon)
        self.sample()
        self.result.causes = {key: n for key, n in self.result.causes.items() if n}
        self.result.events = self.clock.events
        if self.audit is not None:
            self.audit(self)
        return self.result

    def lay_out_dates(self) -> None:
        """Edges of halts, contracts, people, programmes and responses happen at known dates (R-H2)."""
        for k in range(len(self.model.lines)):
            edges = {t for gate in (self.world.uncovered[k], *self.world.covered[k]) for t in gate.times}
            for t in sorted(t for t in edges if t > self.now):
                self.at_date(t, (Edge.LINE, k, 0), partial(self.line_changes, k))
        for c, terms in enumerate(self.world.in_force):
            for t in sorted({t for term in terms for t in term if self.now < t < NEVER}):
                self.at_date(t, (Edge.CONTRACT, c, 0), partial(self.contract_changes, c))
        for p in range(len(self.model.pools)):
            steps = (self.world.local[p], *self.world.foreign[p])
            for t in sorted({t for times, _ in steps for t in times if t > self.now}):
                self.at_date(t, (Edge.POOL, p, 0), partial(self.pool_changes, p))
        for f in range(len(self.model.fleets)):
            for t in self.world.programme[f][0]:
                if t > self.now:
                    self.at_date(t, (Edge.PROGRAMME, f, 0), partial(self.programme_changes, f))
        for r, response in enumerate(self.model.responses):
            if response.begins >= 0 or response.after >= 0 or response.when is None:
                self.plan_response(r)

    def at_date(self, t: int, entity: Entity, then: Callable[[], None]) -> None:
        """Something that changes at a date."""
        if t < self.model.horizon:
            self.clock.after(t - self.now, Kind.HALT, entity, then)

    def start(self) -> None:
        """The simulation begins: sums are cleared, attrition and limits start to count (R-T6)."""
        for f, fleet in enumerate(self.fleets):
            self.advance(f)
            self.count_states(fleet)
            fleet.begin_period()
            self.begin_limits(f)
            self.plan_deliveries(f)
        for meters in (*self.meters, *self.crew_meters):
            for meter in meters:
                meter.take(self.now)
        self.result.causes.clear()
        for system in self.systems():
            system.since = self.now
            self.refresh_limits(system)
        for r, response in enumerate(self.model.responses):
            self.armed[r] = response.when is not None
        self.request_settle()

    def sample(self) -> None:
        """A report period ends: read the left limits (ENGINE 2)."""
        period = len(self.result.states)
        states, ends, flown, demanded, below = [], [], [], [], []
        for f, fleet in enumerate(self.fleets):
            self.advance(f)
            self.count_states(fleet)
            states.append(fleet.sums)
            ends.append(list(fleet.counts))
            flown.append(fleet.flown)
            demanded.append(fleet.demanded)
            below.append(fleet.below)
            fleet.begin_period()
        self.result.states.append(states)
        self.result.ends.append(ends)
        self.result.flown.append(flown)
        self.result.demanded.append(demanded)
        self.result.below.append(below)
        self.result.pools.append([[meter.take(self.now) for meter in meters] for meters in self.crew_meters])
        self.result.items.append([[meter.take(self.now) for meter in meters] for meters in self.meters])
        if period + 1 in (self.model.first_halt_period, len(self.model.edges)):
            for system in self.systems():
                self.book_reasons(system)
        if period + 1 == self.model.first_halt_period:
            self.result.causes.clear()  # causes count from the report period of the first halt on (R-S4)

    # ------------------------------------------------------------------------------------------ draws

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

    # ------------------------------------------------------------------------------------------ building

    def stocked(self, p: int) -> PointState:
        """A stock point with its base stock on the shelf."""
        stock = self.model.points[p].stock
        units = int(self.value(stock) + 0.5) if stock >= 0 else 0
        return PointState({1.0: units})

    def manned(self, p: int) -> PoolState:
        """A crew pool with its people at the beginning of the warm-up."""
        pool = self.model.pools[p]
        capacity = [self.people(p, party, self.now) for party in range(1 + len(pool.foreign))]
        return PoolState([name for name, _, _ in pool.foreign], capacity, [0] * len(capacity))

    def people(self, p: int, party: int, t: int) -> int:
        """People of one party of a pool at a time."""
        steps = self.world.local[p] if party == 0 else self.world.foreign[p][party - 1]
        return rules.level_at(*steps, t)

    def build_fleet(self, f: int) -> None:
        """Systems on the books at the start, with units fitted and first due dates."""
        fleet, state = self.model.fleets[f], self.fleets[f]
        state.since = state.counted = self.now
        state.robs, state.damage = fleet.robs, self.value(fleet.rob_damage)
        for slot in range(fleet.most):
            system = System(f, slot, draws.entity_key(f"fleets/{fleet.key}/{slot}"))
            for rank, (i, q) in enumerate(fleet.positions):
                key = draws.entity_key(f"fleets/{fleet.key}/{slot}/items/{self.model.items[i].key}/{q}")
                system.positions.append(Position(system, i, rank, self.model.point_of[f, i], key))
            state.systems.append(system)
            if slot < self.world.counts[f]:
                self.enter(system, new=False)

    def enter(self, system: System, new: bool) -> None:
        """A system comes onto the books: fitted with units, its work falls due from now on."""
        fleet = self.model.fleets[system.fleet]
        system.on_books = True
        for position in system.positions:
            self.fit(position, self.life_of(position, 1.0, aged=not new))
            self.ledger[position.item]["entered"] += 1
        for k, upkeep in enumerate(fleet.upkeep):
            system.upkeep_done.append(0)
            system.upkeep_at.append(NEVER)
            self.next_upkeep(system, k, upkeep.every)
        for k, work in enumerate(fleet.inspections):
            system.inspections.append(0)
            system.inspect_at.append(NEVER)
            system.inspect_on.append(NEVER)
            if new:
                self.due_again(system, "inspection", k, self.interval(work.every))
            elif work.due is None:
                n, every = self.world.counts[system.fleet], self.interval(work.every)
                moment = due_moment(None, system.slot, n, 0.5, 0, every)
                self.first_due(system, "inspection", k, shared_age(moment, every))
        if new:
            if fleet.overhaul is not None:
                self.due_again(system, "overhaul", 0, self.interval(fleet.overhaul.every))
            if fleet.life_limit is not None:
                self.due_again(system, "life", 0, self.interval(fleet.life_limit[0]))
            self.draw_loss(system)
        self.refresh_limits(system)
        self.touch_system(system)

    def begin_limits(self, f: int) -> None:
        """At the start: overhauls, life limits and losses begin to count, first due dates hold (R-T6, R-M8)."""
        fleet, state = self.model.fleets[f], self.fleets[f]
        n = self.world.counts[f]
        for system in state.systems[:n]:
            u = self.uniforms(Purpose.INITIAL, system.key, 0)
            for k, work in enumerate(fleet.inspections):
                if work.due is not None:
                    every = self.interval(work.every)
                    u_of = self.uniforms(Purpose.INITIAL, system.key, k + 1)[0]
                    moment = due_moment(work.due, system.slot, n, u_of, self.shift(work.due.shift), every)
                    self.first_due(system, "inspection", k, shared_age(moment, every))
            if fleet.overhaul is not None:
                every = self.interval(fleet.overhaul.every)
                due = fleet.overhaul.due
                moment = due_moment(due, system.slot, n, u[0], self.shift(due.shift if due else -1), every)
                self.first_due(system, "overhaul", 0, shared_age(moment, every))
            if fleet.life_limit is not None:
                every = self.interval(fleet.life_limit[0])
                due = fleet.life_limit[1]
                moment = due_moment(due, system.slot, n, u[1], self.shift(due.shift), every)
                self.first_due(system, "life", 0, shared_age(moment, every))
            self.draw_loss(system)
        self.first_item_limits(f, n)
        for k, (day, count) in enumerate(fleet.dated_losses):
            self.on_day(self.date(day), Kind.EXPIRY, (f, 1 << 30, k), partial(self.lose_some, f, count, k))
        for k, (day, count) in enumerate(fleet.retirements):
            self.on_day(self.date(day), Kind.EXPIRY, (f, 1 << 31, k), partial(self.retire_some, f, count))

    def first_item_limits(self, f: int, n: int) -> None:
        """Hard lives and expiries with due dates of their own begin to count."""
        for i, item in enumerate(self.model.items):
            if item.due is None:
                continue
            places = [p for s in self.fleets[f].systems[:n] for p in s.positions if p.item == i and p.unit]
            for k, position in enumerate(places):
                u, unit = self.uniforms(Purpose.INITIAL, position.key, 1)[0], position.unit
                assert unit is not None
                if item.hard is not None:
                    every = self.interval(item.hard)
                    moment = due_moment(item.due, k, len(places), u, self.shift(item.due.shift), every)
                    use, days = shared_age(moment, every)
                    unit.hard_at = self.reading(position.system) + use if use < NEVER else NEVER
                    unit.hard_on = self.now + days if days < NEVER else NEVER
                if item.expires >= 0:
                    every = (NEVER, max(1, draws.delay_seconds(self.value(item.expires))))
                    moment = due_moment(item.due, k, len(places), u, self.shift(item.due.shift), every)
                    _, days = shared_age(moment, every)
                    unit.expires_on = self.now + days if days < NEVER else NEVER
                self.watch_dates(position)

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

    def systems(self) -> list[System]:
        """Every system on the books or gone from them."""
        return [system for fleet in self.fleets for system in fleet.systems if system.on_books or system.gone]

    # ------------------------------------------------------------------------------------------ flying

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

    def demand_of(self, f: int) -> int:
        """The programme now, in nano-flown-seconds a second of the whole fleet (R-O1)."""
        fleet, state = self.model.fleets[f], self.fleets[f]
        demand = rules.level_at(*self.world.programme[f], self.now)
        if fleet.fly_each:
            demand *= sum(1 for s in state.systems if s.on_books)
        return int(demand * state.factor) if state.factor != 1.0 else demand

    def reset_flying(self, f: int) -> None:
        """After a settle: the rate at which systems fly, and an alarm at the next limit of use."""
        fleet, state = self.model.fleets[f], self.fleets[f]
        self.advance(f)
        state.demand = self.demand_of(f)
        state.available = sum(1 for s in state.systems if s.flying)
        cap = flown_a_second(self.value(fleet.at_most)) if fleet.at_most >= 0 else NEVER
        state.rate = rules.flying_rate(state.demand, state.available, cap)
        nearest = min((s.offset + s.next_limit for s in state.systems if s.flying), default=NEVER)
        delay = rules.use_delay(nearest, state.clock, state.rate) if nearest < NEVER else NEVER
        at = self.now + delay if delay < NEVER else NEVER
        state.changed = False
        if at == state.alarm_at:
            return
        if state.alarm is not None:
            state.alarm.callbacks.clear()  # the old ring is not heard (ENGINE 6)
        state.alarm_at = at
        state.alarm = None
        if at < self.model.horizon:
            state.alarm = self.clock.after(delay, Kind.FAILURE, (f, 0, 0), lambda: self.limits_reached(f))

    def limits_reached(self, f: int) -> None:
        """All limits of use reached at this instant fire, in order, before anything else (ENGINE 8)."""
        state = self.fleets[f]
        state.alarm, state.alarm_at = None, NEVER
        self.advance(f)
        reached = [s for s in state.systems if s.flying and s.next_limit <= state.clock - s.offset]
        for system in reached:
            self.fire_limits(system, state.clock - system.offset)
        self.request_settle()

    def fire_limits(self, system: System, reading: int) -> None:
        """What has reached its limit on one system: units, upkeep, inspections, overhaul, life, loss."""
        fleet = self.model.fleets[system.fleet]
        for position in system.positions:
            unit = position.unit
            if unit is not None and min(unit.fails_at, unit.hard_at) <= reading:
                self.remove(position, "failure" if unit.fails_at <= unit.hard_at else "hard life")
        for k, at in enumerate(system.upkeep_at):
            if at <= reading:
                self.upkeep_due(system, k)
        for k, at in enumerate(system.inspect_at):
            if at <= reading:
                self.inspection_due(system, k)
        if system.overhaul_at <= reading:
            self.overhaul_due(system)
        if system.lost_at <= reading or (system.life_at <= reading and fleet.life_limit is not None):
            self.leave(system)
        self.refresh_limits(system)

    # ------------------------------------------------------------------------------------------ units

    def life_of(self, position: Position, quality: float, aged: bool = False) -> Unit:
        """A unit from stock with its life drawn; limits are amounts left (R-O3, ENGINE 10)."""
        item, k = self.model.items[position.item], position.fitted_before
        position.fitted_before += 1
        u = self.uniforms(Purpose.LIFE, position.key, k)
        unit = Unit()
        if item.fails_use is not None:
            hours = self.amount(item.fails_use, u[0], Purpose.LIFE, 0, position.key, k)
            unit.fails_at = draws.life_units(hours * quality)
        if item.fails_days is not None:
            days = self.amount(item.fails_days, u[0], Purpose.LIFE, 0, position.key, k)
            unit.fails_on = max(1, draws.delay_seconds(days * quality))
        age = self.uniforms(Purpose.INITIAL, position.key, 0)[0] if aged else 0.0
        frozen = aged and item.due is not None
        if item.hard is not None and not frozen:
            use, days_left = self.interval(item.hard)
            unit.hard_at = max(1, int(use * (1.0 - age))) if use < NEVER else NEVER
            unit.hard_on = max(1, int(days_left * (1.0 - age))) if days_left < NEVER else NEVER
        if item.expires >= 0 and not frozen:
            unit.expires_on = max(1, int(draws.delay_seconds(self.value(item.expires)) * (1.0 - age)))
        return unit

    def fit(self, position: Position, unit: Unit) -> None:
        """Put a unit in: what it has left counts from now on."""
        reading = self.reading(position.system)
        position.unit, position.promised, position.robbed = unit, False, None
        unit.fails_at, unit.hard_at = later(unit.fails_at, reading), later(unit.hard_at, reading)
        unit.fails_on, unit.hard_on = later(unit.fails_on, self.now), later(unit.hard_on, self.now)
        unit.expires_on = later(unit.expires_on, self.now)
        self.watch_dates(position)
        self.touch_system(position.system)

    def take_out(self, position: Position) -> Unit:
        """Take a unit out: it carries what it has left."""
        unit, reading = position.unit, self.reading(position.system)
        assert unit is not None
        position.unit = None
        unit.fails_at, unit.hard_at = later(unit.fails_at, -reading), later(unit.hard_at, -reading)
        unit.fails_on, unit.hard_on = later(unit.fails_on, -self.now), later(unit.hard_on, -self.now)
        unit.expires_on = later(unit.expires_on, -self.now)
        self.touch_system(position.system)
        return unit

    def watch_dates(self, position: Position) -> None:
        """Calendar limits of a fitted unit ring at their date; an order goes out one lead time ahead (R-M6)."""
        unit, item, system = position.unit, self.model.items[position.item], position.system
        assert unit is not None
        entity = (system.fleet, system.slot, position.rank)
        nearest = min(unit.fails_on, unit.hard_on, unit.expires_on)
        if nearest < self.model.horizon:
            wait = max(0, nearest - self.now)
            self.clock.after(wait, Kind.EXPIRY, entity, lambda: self.unit_date(position, unit, nearest), lambda:
                             position.unit is unit
                             and nearest == min(unit.fails_on, unit.hard_on, unit.expires_on))  # fmt: skip
        dated = min(unit.expires_on, unit.hard_on if item.renewable is None else NEVER)
        if dated < NEVER and item.line >= 0 and not unit.ordered_ahead:
            ahead = max(0, dated - self.lead_time(position.item) - self.now)
            if self.now + ahead < self.model.horizon:
                third = (1 << 20) + position.rank
                self.clock.after(ahead, Kind.EXPIRY, (system.fleet, system.slot, third),
                                 lambda: self.order_ahead(position, unit),
                                 lambda: position.unit is unit and not unit.ordered_ahead
                                 and dated in (unit.expires_on, unit.hard_on))  # fmt: skip

    def unit_date(self, position: Position, unit: Unit, date: int) -> None:
        """A unit reaches a calendar limit."""
        cause = "failure" if unit.fails_on == date else "hard life" if unit.hard_on == date else "expiry"
        self.remove(position, cause)
        self.refresh_limits(position.system)
        self.request_settle()

    def order_ahead(self, position: Position, unit: Unit) -> None:
        """Order the replacement of a unit that will expire, one mean lead time ahead (R-M6)."""
        unit.ordered_ahead = True
        self.order(position.point, ahead=True)
        self.request_settle()

    def lead_time(self, i: int) -> int:
        """The mean lead time of an item in seconds."""
        item = self.model.items[i]
        laws = [law for law in (item.licence, item.make, item.transit) if law is not None]
        return draws.delay_seconds(sum(mean_of(law, self.world.values) for law in laws))

    def remove(self, position: Position, cause: str) -> None:
        """A unit is removed: the hole joins the queue, the unit takes the route its cause decides (ENGINE 14)."""
        self.take_out(position)
        item, k = self.model.items[position.item], position.removals
        position.removals += 1
        u = self.uniforms(Purpose.REMOVAL, position.key, k)
        position.replace_draw = Draw(u[3], Purpose.REMOVAL, 3, position.key, k)
        self.open_hole(position)
        route = None
        if cause == "failure":
            route = self.route_of(position.item, u[0])
        elif cause == "hard life":
            route = item.renewable
        self.send_away(position.point, route, position.key, k)

    def open_hole(self, position: Position) -> None:
        """A hole waits in the queue of its stock point (R-M2)."""
        self.points[position.point].queue.append(position)
        position.in_queue = True
        self.count(position.item, "holes", 1)
        self.count(position.item, "backorders", 1)
        self.refresh_limits(position.system)
        self.request_settle()

    def route_of(self, i: int, u: float) -> Any:
        """The route a failed unit takes, drawn from its item's shares (R-M5); None when condemned."""
        passed = 0.0
        for route in self.model.items[i].routes:
            passed += self.value(route.share)
            if u < passed:
                return route if route.shop >= 0 or route.line >= 0 else None
        return None

    def send_away(self, point: int, route: Any, key: int, removal: int) -> None:
        """A removed unit: condemned, to a shop at home, or to a supplier abroad."""
        i = self.model.points[point].item
        if route is None:
            self.condemn(point)
        elif route.shop >= 0:
            self.shop_serials[i] += 1
            self.ledger[i]["shop"] += 1
            self.count(i, "in_repair", 1)
            self.shop_queues[route.shop].append(ShopWork(point, route, key, removal, self.shop_serials[i]))
        else:
            job = self.new_job(route.line, point)
            job.route, job.position_key, job.removal = route, key, removal
            self.count(i, "in_repair", 1)
            self.ledger[i]["at_home"] += 1
            self.set_off(job)

    def condemn(self, point: int, place: str = "condemned") -> None:
        """A unit is gone for good; its replacement is ordered, (S-1, S) (R-M6)."""
        i = self.model.points[point].item
        self.ledger[i][place] += 1
        self.count(i, "condemned", 1)
        if self.points[point].ahead > 0:
            self.points[point].ahead -= 1
        else:
            self.order(point)

    def shelve(self, point: int, quality: float) -> None:
        """A serviceable unit goes on the shelf."""
        shelf = self.points[point].shelf
        shelf[quality] = shelf.get(quality, 0) + 1
        self.count(self.model.points[point].item, "stock", 1)
        self.request_settle()

    def count(self, i: int, measure: str, change: int) -> None:
        """Change one of an item's counts."""
        self.meters[i][ITEM_METERS[measure]].add(change, self.now)

    # ------------------------------------------------------------------------------------------ supply lines

    def order(self, point: int, ahead: bool = False) -> None:
        """A need for a new unit arises (R-M6); without a line it stays unmet."""
        i = self.model.points[point].item
        if ahead:
            self.points[point].ahead += 1
        line = self.model.items[i].line
        if line >= 0:
            self.count(i, "on_order", 1)
            self.set_off(self.new_job(line, point))

    def new_job(self, line: int, point: int) -> Job:
        """The next need of a line; cover is tested when it arises (ENGINE 18)."""
        serial = self.serials[line]
        self.serials[line] += 1
        cover = cover_at(self.model, self.world, line, self.now)
        return Job(line, serial, point, (self.now, line, serial), cover)

    def gate(self, job: Job) -> Gate:
        """The gates of a job's line, as a contract it is covered by opens them."""
        return self.gate_under(job.line, job.cover)

    def gate_under(self, line: int, cover: int) -> Gate:
        """The gates of a line for what is under one of its contracts, or under none (-1)."""
        return self.world.covered[line][cover] if cover >= 0 else self.world.uncovered[line]

    def lets_in(self, job: Job) -> bool:
        """True when the line takes this need now (R-H3)."""
        gate, kind = self.gate(job), self.model.lines[job.line].kind
        if kind == "overhaul":
            return self.overhaul_open(job.line)
        if job.route is not None and rules.level_at(gate.times, gate.abroad, self.now) >= rules.RETURN_UNREPAIRED:
            return False
        return rules.level_at(gate.times, gate.orders, self.now) < rules.REFUSE

    def overhaul_open(self, line: int) -> bool:
        """True when an overhaul line takes work: allowed, and under contract where one ever covered it."""
        cover = cover_at(self.model, self.world, line, self.now)
        gate = self.gate_under(line, cover)
        if rules.level_at(gate.times, gate.overhaul, self.now) >= rules.STOP:
            return False
        if rules.level_at(gate.times, gate.abroad, self.now) >= rules.RETURN_UNREPAIRED:
            return False
        return cover >= 0 or not self.model.lines[line].contracts

    def set_off(self, job: Job) -> None:
        """Send a need to its supplier, or let it wait at home while the line refuses it."""
        if not self.lets_in(job):
            self.wait_at_home(job, refused=True)
            return
        job.at_home = False
        self.env.process(self.resupply(job) if job.route is None else self.repair_abroad(job))

    def wait_at_home(self, job: Job, refused: bool, again: bool = False) -> None:
        """The need waits at home until the line reopens or another source takes it; `again` when it had set off."""
        job.at_home = True
        job.attempts += again
        self.at_home[job.line].append(job)
        if refused:
            clause = "overhaul" if self.model.lines[job.line].kind == "overhaul" else "new_orders"
            clauses = (clause,) if job.route is None else (clause, "repairs_abroad")
            self.touch(job.line, "orders_refused", clauses, self.now, self.now + 1, job.cover)
        self.request_settle()

    def line_changes(self, line: int) -> None:
        """A gate of the line changes: who waits at home may go, or systems must leave the queue."""
        self.lines_changed.add(line)
        self.request_settle()

    def contract_changes(self, c: int) -> None:
        """A contract begins or ends: needs still waiting at home are tested for cover again."""
        for line, model_line in enumerate(self.model.lines):
            if c in model_line.contracts:
                for job in self.at_home[line]:
                    cover = cover_at(self.model, self.world, line, self.now)
                    job.cover = cover if cover >= 0 else job.cover
                self.lines_changed.add(line)
        self.request_settle()

    def release(self) -> None:
        """Reopening is a release queue: oldest first, those the line takes now (R-H2)."""
        for line in sorted(self.lines_changed):
            waiting, self.at_home[line] = sorted(self.at_home[line], key=lambda job: job.raised), []
            for job in waiting:
                if self.lets_in(job):
                    job.at_home = False
                    self.env.process(self.resupply(job) if job.route is None else self.repair_abroad(job))
                else:
                    self.at_home[line].append(job)
        self.lines_changed.clear()

    def resupply(self, job: Job) -> Process:
        """needed, ordered (licence pending), accepted, ready, shipped, arrived (R-H1, ENGINE 17)."""
        i = self.model.points[job.point].item
        item, gate, key = self.model.items[i], self.gate(job), self.stream(job)
        entity = (Flow.RESUPPLY, job.line, job.serial)
        u = self.uniforms(Purpose.STAGE, key, job.serial)
        stages = (item.licence, item.make, item.transit)
        law = self.model.responses[job.source].takes if job.source >= 0 else None
        if law is not None:
            stages = (None, None, law)
        takes = [
            self.length(job, k, law, Draw(u[k], Purpose.STAGE, k, key, job.serial)) for k, law in enumerate(stages)
        ]

        outcome, delay = rules.licence(gate.times, gate.orders, self.now, takes[0])
        if delay:
            yield self.clock.after(delay, Kind.ARRIVAL, entity)
        if outcome == rules.RETURNED:
            self.wait_at_home(job, refused=True, again=True)
            return
        # A licence that ends as a queue begins has ended before it (ENGINE 3).
        queued = rules.level_at(gate.times, gate.orders, self.now - (1 if delay else 0)) == rules.QUEUE

        made = rules.work_with_stops(gate.times, gate.accepted, self.now, takes[1])
        if made < NEVER:
            ready = self.now + made
            leave = rules.despatch_wait(gate.times, gate.orders, gate.accepted, gate.transit, ready, queued)
            made = made + leave if leave < NEVER else NEVER
        if made > takes[1]:
            clauses = ("accepted_orders", "in_transit", "new_orders")
            self.touch(job.line, "consignments_held", clauses, self.now, self.now + made, job.cover)
        if made >= NEVER:
            return
        if made:
            yield self.clock.after(made, Kind.ARRIVAL, entity)

        arrived = yield from self.journey(job, gate, entity, takes[2], stages[2])
        if arrived:
            self.count(i, "on_order", -1)
            self.ledger[i]["entered"] += 1
            self.shelve(job.point, job.quality)
        else:
            # Lost on the way: the need arises again (R-M6).
            self.count(i, "on_order", -1)
            self.order(job.point)
            self.request_settle()

    def length(self, job: Job, stage: int, law: Law | None, first: Draw | None) -> int:
        """The length of one stage: a fresh draw whenever something starts again, or halts would keep the longest."""
        if job.attempts == 0 and first is not None:
            return self.seconds(law, *first)
        key, k = self.stream(job), job.serial * 1024 + job.attempts
        u = self.uniforms(Purpose.RESTART, key, k)
        return self.seconds(law, u[stage], Purpose.RESTART, stage, key, k)

    def stream(self, job: Job) -> int:
        """The stream of a line's draws."""
        return draws.entity_key(self.model.lines[job.line].key)

    def journey(self, job: Job, gate: Gate, entity: Entity, takes: int, law: Law | None) -> Generator[Any, Any, bool]:
        """On the way: true when it arrives, false when it is lost (R-H1 in_transit)."""
        while True:
            outcome, delay = rules.transit(gate.times, gate.transit, self.now, takes)
            if delay > takes or outcome != rules.DONE:
                until = self.now + delay + (outcome != rules.DONE)  # the halt that begins then is what ends it
                self.touch(job.line, "consignments_held", ("in_transit",), self.now, until, job.cover)
            if delay >= NEVER:
                yield self.env.event()  # it never arrives
            yield self.clock.after(delay, Kind.ARRIVAL, entity)
            if outcome != rules.RETURNED:
                return outcome == rules.DONE
            job.attempts += 1
            if law is not None:  # a delivery's transit is no law: it takes as long again
                takes = self.length(job, 2, law, None)
            again = rules.wait_until_at_most(gate.times, gate.transit, self.now, rules.WAIT_AT_BORDER)
            if again >= NEVER:
                yield self.env.event()
            if again:
                yield self.clock.after(again, Kind.ARRIVAL, entity)

    def repair_abroad(self, job: Job) -> Process:
        """A removed unit goes abroad, is repaired and comes back (R-M5)."""
        i = self.model.points[job.point].item
        route, gate = job.route, self.gate(job)
        entity = (Flow.RESUPPLY, job.line, job.serial)
        u = self.uniforms(Purpose.REMOVAL, job.position_key, job.removal)
        legs = self.uniforms(Purpose.ROUTE, job.position_key, job.removal)
        key, n = job.position_key, job.removal
        licence = self.length(job, 0, route.licence, Draw(legs[0], Purpose.ROUTE, 0, key, n))
        takes = self.length(job, 1, route.takes, Draw(u[1], Purpose.REMOVAL, 1, key, n))
        home = self.length(job, 2, route.transit, Draw(legs[1], Purpose.ROUTE, 1, key, n))

        outcome, delay = rules.licence(gate.times, gate.orders, self.now, licence)
        if delay:
            yield self.clock.after(delay, Kind.ARRIVAL, entity)
        if outcome == rules.RETURNED:
            self.wait_at_home(job, refused=True, again=True)
            return
        self.ledger[i]["at_home"] -= 1
        self.go_abroad(i, 1)

        outcome, delay = rules.repair_abroad(gate.times, gate.abroad, self.now, takes)
        if outcome != rules.DONE or delay > takes:
            until = self.now + delay + (outcome != rules.DONE)
            self.touch(job.line, "repairs_caught", ("repairs_abroad",), self.now, until, job.cover)
        if delay >= NEVER:
            return
        yield self.clock.after(delay, Kind.ARRIVAL, entity)
        if outcome == rules.RETURNED:
            self.go_abroad(i, -1)
            self.ledger[i]["at_home"] += 1
            self.wait_at_home(job, refused=False, again=True)
            return
        if outcome == rules.LOST or u[2] >= self.value(route.yields):
            self.go_abroad(i, -1)
            self.count(i, "in_repair", -1)
            self.condemn(job.point, "lost" if outcome == rules.LOST else "condemned")
            self.request_settle()
            return

        nothing = (0,) * len(gate.times)
        wait = rules.despatch_wait(gate.times, nothing, nothing, gate.transit, self.now, False)
        if wait:
            self.touch(job.line, "consignments_held", ("in_transit",), self.now, self.now + wait, job.cover)
        if wait >= NEVER:
            return
        if wait:
            yield self.clock.after(wait, Kind.ARRIVAL, entity)
        arrived = yield from self.journey(job, gate, entity, home, route.transit)
        self.go_abroad(i, -1)
        self.count(i, "in_repair", -1)
        if arrived:
            self.shelve(job.point, self.value(route.quality) if route.quality >= 0 else 1.0)
        else:
            self.condemn(job.point, "lost")
            self.request_settle()

    def go_abroad(self, i: int, change: int) -> None:
        """One of the recipient's own units leaves the country, or is no longer abroad."""
        self.ledger[i]["abroad"] += change
        self.count(i, "abroad", change)

    def touch(self, line: int, what: str, clauses: tuple[str, ...], begin: int, end: int, cover: int = -1) -> None:
        """Put down to the halts in force what they did to a line, to something under one of its contracts (R-H5)."""
        contract = self.model.lines[line].contracts[cover] if cover >= 0 else -1
        for halt in self.world.halts:
            honoured = cover >= 0 and not halt.says.level("signed_contracts")
            least = REFUSING if what == "orders_refused" else {}
            strict = [c for c in clauses if halt.says.level(c) >= least.get(c, 1)
                      and not (honoured and c in PASSED_UNDER_CONTRACT)]  # fmt: skip
            keeper = self.model.lines[line]
            if strict and halt.index in keeper.halts and contract not in left_out(keeper, halt):
                first = next((index for index, since, until in halt.members if since < end and begin < until), None)
                if first is not None:
                    self.result.touched[first][TOUCHES.index(what)] += 1

    # ------------------------------------------------------------------------------------------ shops

    def start_repairs(self) -> None:
        """Free servers take waiting units, first come first served (R-M5)."""
        for shop, (_, servers) in enumerate(self.model.shops):
            queue = self.shop_queues[shop]
            while queue and (servers is None or self.shop_busy[shop] < servers):
                work = queue.pop(0)
                self.shop_busy[shop] += 1
                u = self.uniforms(Purpose.REMOVAL, work.position_key, work.removal)
                takes = self.seconds(work.route.takes, u[1], Purpose.REMOVAL, 1, work.position_key, work.removal)
                i = self.model.points[work.point].item
                done = u[2] < self.value(work.route.yields)
                self.clock.after(takes, Kind.ARRIVAL, (Flow.REPAIR, i, work.serial),
                                 partial(self.shop_done, shop, work, done))  # fmt: skip

    def shop_done(self, shop: int, work: ShopWork, repaired: bool) -> None:
        """A unit leaves the shop: serviceable, or condemned by its yield."""
        i = self.model.points[work.point].item
        self.shop_busy[shop] -= 1
        self.ledger[i]["shop"] -= 1
        self.count(i, "in_repair", -1)
        if repaired:
            self.shelve(work.point, self.value(work.route.quality) if work.route.quality >= 0 else 1.0)
        else:
            self.condemn(work.point)
        self.request_settle()

    # ------------------------------------------------------------------------------------------ work

    def next_upkeep(self, system: System, k: int, every: int) -> None:
        """Draw when upkeep next falls due: exponential in use (R-M0)."""
        u = self.uniforms(Purpose.UPKEEP, system.key ^ k, system.upkeep_done[k])
        hours = draws.sample(draws.EXPONENTIAL, self.value(every), 0.0, u[0], ())
        system.upkeep_at[k] = self.reading(system) + draws.life_units(hours)

    def upkeep_due(self, system: System, k: int) -> None:
        """Upkeep falls due: a crew is wanted, the system is down until it is done (R-M0)."""
        upkeep = self.model.fleets[system.fleet].upkeep[k]
        n = system.upkeep_done[k]
        u = self.uniforms(Purpose.UPKEEP, system.key ^ k, n)
        takes = self.seconds(upkeep.takes, u[1], Purpose.UPKEEP, 1, system.key ^ k, n)
        system.upkeep_done[k] += 1
        system.upkeep_at[k] = NEVER
        self.want_crew(system, ("upkeep", k), upkeep.pool, takes, upkeep.needs, lambda: self.upkeep_over(system, k))

    def upkeep_over(self, system: System, k: int) -> None:
        """The next upkeep is drawn when this one is done."""
        self.next_upkeep(system, k, self.model.fleets[system.fleet].upkeep[k].every)

    def inspection_due(self, system: System, k: int) -> None:
        """An inspection falls due; those missed while down collapse into one (R-M7)."""
        work = self.model.fleets[system.fleet].inspections[k]
        n = system.inspections[k]
        system.inspections[k] += 1
        key = system.key ^ (k + 1 << 8)
        u = self.uniforms(Purpose.INSPECTION, key, n)
        takes = self.seconds(work.takes, u[0], Purpose.INSPECTION, 0, key, n)
        system.inspect_at[k] = system.inspect_on[k] = NEVER
        self.want_crew(system, ("inspection", k), work.pool, takes, work.needs,
                       lambda: self.due_again(system, "inspection", k, self.interval(work.every)))  # fmt: skip

    def due_again(self, system: System, what: str, k: int, every: tuple[int, int]) -> None:
        """Work done: it falls due again one interval from now."""
        self.first_due(system, what, k, every)

    def first_due(self, system: System, what: str, k: int, left: tuple[int, int]) -> None:
        """Set when something falls due, by use and by calendar."""
        at = self.reading(system) + left[0] if left[0] < NEVER else NEVER
        on = self.now + left[1] if left[1] < NEVER else NEVER
        if what == "inspection":
            system.inspect_at[k], system.inspect_on[k] = at, on
            self.on_day(on, Kind.EXPIRY, (system.fleet, system.slot, (1 << 24) + k),
                        lambda: self.fallen_due(system, lambda: self.inspection_due(system, k)),
                        lambda: system.on_books and system.inspect_on[k] == on)  # fmt: skip
        elif what == "overhaul":
            system.overhaul_at, system.overhaul_on = at, on
            self.on_day(on, Kind.EXPIRY, (system.fleet, system.slot, 1 << 25),
                        lambda: self.fallen_due(system, lambda: self.overhaul_due(system)),
                        lambda: system.on_books and system.overhaul_on == on)  # fmt: skip
        else:
            system.life_at, system.life_on = at, on
            self.on_day(on, Kind.EXPIRY, (system.fleet, system.slot, 1 << 26),
                        lambda: self.fallen_due(system, lambda: self.leave(system)),
                        lambda: system.on_books and system.life_on == on)  # fmt: skip
        self.refresh_limits(system)

    def fallen_due(self, system: System, then: Callable[[], None]) -> None:
        """Something of a system falls due by its date."""
        then()
        self.refresh_limits(system)
        self.request_settle()

    def want_crew(self, system: System, sort: tuple[str, int], pool: int, seconds: int, needs: str | None,
                  finish: Callable[[], None], grounds: bool = True) -> None:  # fmt: skip
        """Queue work at a crew pool with the next ticket (R-M4)."""
        self.tickets += 1
        task = Task(system, sort, pool, seconds, needs, self.tickets, finish, grounds)
        system.tasks[sort] = task
        self.pools[pool].waiting.append(task)
        self.touch_system(system)
        self.request_settle()

    def start_work(self) -> None:
        """The lowest ticket that a free crew may do is served; a blocked task blocks nobody (ENGINE 12)."""
        for p, pool in enumerate(self.pools):
            if not pool.waiting or not any(map(int.__lt__, pool.busy, pool.capacity)):
                continue
            blocked = []
            for task in pool.waiting:
                party = self.free_party(pool, task)
                if party < 0:
                    blocked.append(task)
                    continue
                task.party = party
                pool.busy[party] += 1
                self.clock.after(task.seconds, Kind.COMPLETION, (p, task.ticket, 0), partial(self.work_done, task))
            pool.waiting = blocked

    def free_party(self, pool: PoolState, task: Task) -> int:
        """Who takes a task: own people first, then suppliers by name; -1 when nobody is free."""
        for party in range(len(pool.capacity)):
            allowed = task.needs is None or (party > 0 and pool.suppliers[party - 1] == task.needs)
            if allowed and pool.capacity[party] > pool.busy[party]:
                return party
        return -1

    def work_done(self, task: Task) -> None:
        """A crew is free again; the work counts unless the system has gone meanwhile."""
        self.pools[task.pool].busy[task.party] -= 1
        if not task.cancelled:
            del task.system.tasks[task.sort]
            self.touch_system(task.system)
            task.finish()
            self.refresh_limits(task.system)
        self.request_settle()

    def pool_changes(self, p: int) -> None:
        """People come or leave; work in hand is finished (R-H1 people)."""
        pool = self.pools[p]
        pool.capacity = [self.people(p, party, self.now) for party in range(len(pool.capacity))]
        self.request_settle()

    def programme_changes(self, f: int) -> None:
        """Another flying programme holds from now on."""
        self.fleets[f].changed = True
        self.request_settle()

    # ------------------------------------------------------------------------------------------ overhaul, loss

    def overhaul_due(self, system: System) -> None:
        """The overhaul falls due: the system may not fly until it is done (R-M8)."""
        system.overhaul_at = system.overhaul_on = NEVER
        if not system.overhaul:
            system.overhaul, system.overhaul_since = "due", self.now
            fleet = self.model.fleets[system.fleet]
            assert fleet.overhaul is not None
            if fleet.overhaul.line >= 0 and not self.overhaul_open(fleet.overhaul.line):
                self.touch(fleet.overhaul.line, "orders_refused", ("overhaul",), self.now, self.now + 1)
        self.touch_system(system)

    def run_overhauls(self) -> None:
        """Systems whose overhaul is due queue at an open line and are taken when a slot is free."""
        for f, fleet in enumerate(self.model.fleets):
            if fleet.overhaul is None:
                continue
            state, line = self.fleets[f], fleet.overhaul.line
            is_open = line < 0 or self.overhaul_open(line)
            if not is_open:
                for system in state.overhaul_queue:
                    system.overhaul = "due"
                    self.touch_system(system)
                state.overhaul_queue.clear()
                continue
            due = [s for s in state.systems if s.overhaul == "due" and s.on_books]
            for system in sorted(due, key=lambda s: (s.overhaul_since, s.slot)):
                system.overhaul = "queued"
                state.overhaul_queue.append(system)
                self.touch_system(system)
            while state.overhaul_queue and (fleet.overhaul.slots is None or state.in_overhaul < fleet.overhaul.slots):
                self.take_to_overhaul(f, state.overhaul_queue.popleft())

    def take_to_overhaul(self, f: int, system: System) -> None:
        """A provider takes a system in; what halts do to it abroad is known from the calendar."""
        overhaul = self.model.fleets[f].overhaul
        assert overhaul is not None
        n = system.overhauls
        system.overhauls += 1
        system.overhaul = "in work"
        self.fleets[f].in_overhaul += 1
        u = self.uniforms(Purpose.OVERHAUL, system.key, n)
        takes = self.seconds(overhaul.takes, u[0], Purpose.OVERHAUL, 0, system.key, n)
        outcome, delay = rules.DONE, takes
        if overhaul.line >= 0:
            cover = cover_at(self.model, self.world, overhaul.line, self.now)
            gate = self.gate_under(overhaul.line, cover)
            outcome, delay = rules.repair_abroad(gate.times, gate.abroad, self.now, takes)
            if outcome != rules.DONE or delay > takes:
                until = self.now + delay + (outcome != rules.DONE)
                self.touch(overhaul.line, "repairs_caught", ("repairs_abroad",), self.now, until, cover)
        self.touch_system(system)
        if delay < NEVER:
            self.clock.after(delay, Kind.ARRIVAL, (Flow.OVERHAUL, f, system.slot),
                             lambda: self.overhaul_over(system, outcome))  # fmt: skip

    def overhaul_over(self, system: System, outcome: int) -> None:
        """A system comes back overhauled, comes back undone, or is seized."""
        self.fleets[system.fleet].in_overhaul -= 1
        system.overhaul = ""
        self.request_settle()
        if not system.on_books:
            return
        overhaul = self.model.fleets[system.fleet].overhaul
        assert overhaul is not None
        if outcome == rules.DONE:
            self.due_again(system, "overhaul", 0, self.interval(overhaul.every))
        elif outcome == rules.RETURNED:
            system.overhaul = "due"
        else:
            self.leave(system)
        self.touch_system(system)

    def draw_loss(self, system: System) -> None:
        """Draw after how much flying the system is lost (R-O4)."""
        index = self.model.fleets[system.fleet].loss_per_100k
        if index >= 0 and self.value(index) > 0:
            u = self.uniforms(Purpose.LOSS, system.key, 0)
            hours = draws.sample(draws.EXPONENTIAL, 100_000 / self.value(index), 0.0, u[0], ())
            system.lost_at = self.reading(system) + draws.life_units(hours)

    def leave(self, system: System) -> None:
        """A system is lost or retired: assigned parts go back, queued work vanishes (ENGINE 16)."""
        if not system.on_books:
            return
        system.clock, system.flying = self.reading(system), False
        system.on_books, system.gone = False, True
        system.overhaul_at = system.overhaul_on = system.life_at = system.life_on = system.lost_at = NEVER
        system.upkeep_at = [NEVER] * len(system.upkeep_at)
        system.inspect_at = [NEVER] * len(system.inspect_at)
        system.inspect_on = list(system.inspect_at)
        if system.overhaul == "queued":
            self.fleets[system.fleet].overhaul_queue.remove(system)
        for task in system.tasks.values():
            task.cancelled = True
            if task.party < 0:
                self.pools[task.pool].waiting.remove(task)
        system.tasks.clear()
        for position in system.positions:
            self.strip(position)
        self.touch_system(system)
        self.request_settle()

    def strip(self, position: Position) -> None:
        """A position leaves with its system: its unit goes too, an assigned one goes back to the shelf."""
        i = position.item
        if position.unit is not None:
            self.take_out(position)
            self.ledger[i]["lost"] += 1
            return
        self.count(i, "holes", -1)
        if position.promised:
            position.promised, position.robbed = False, None
            self.shelve(position.point, position.quality)
        elif position.in_queue:
            self.points[position.point].queue.remove(position)
            position.in_queue = False
            self.count(i, "backorders", -1)

    def retire_some(self, f: int, count: int) -> None:
        """Retire by choice: most holes, then longest down, then highest rank (ENGINE 16)."""
        on_books = [s for s in self.fleets[f].systems if s.on_books]
        on_books.sort(key=lambda s: (-s.missing(self.grounding), self.now if s.flying else s.down_since, -s.slot))
        for system in on_books[:count]:
            self.leave(system)

    def lose_some(self, f: int, count: int, k: int) -> None:
        """A dated loss strikes systems that fly, drawn at random; any system when none flies."""
        for n in range(count):
            on_books = [s for s in self.fleets[f].systems if s.on_books]
            able = [s for s in on_books if s.flying] or on_books
            if able:
                key = draws.entity_key(f"fleets/{self.model.fleets[f].key}/losses/{k}")
                u = self.uniforms(Purpose.LOSS, key, n)[0]
                self.leave(able[int(u * len(able))])

    # ------------------------------------------------------------------------------------------ deliveries

    def plan_deliveries(self, f: int) -> None:
        """Systems on order are made and come by their schedule, if the line lets them (R-O4)."""
        slot = self.world.counts[f]
        for d, delivery in enumerate(self.model.fleets[f].deliveries):
            for k, date in enumerate(delivery.dates):
                if date >= 0:
                    system = self.fleets[f].systems[slot]
                    self.env.process(self.deliver(system, d, k, date))
                slot += 1

    def deliver(self, system: System, d: int, k: int, date: int) -> Process:
        """Ordered, made, shipped, arrived: a delivery is a consignment (R-O4)."""
        delivery = self.model.fleets[system.fleet].deliveries[d]
        entity = (Flow.DELIVERY, system.fleet, system.slot)
        line = delivery.line
        planned = min(max(0, delivery.ordered), date)
        terms = self.world.in_force[delivery.contract] if delivery.contract >= 0 else ()
        if delivery.contract >= 0 and not terms:
            return  # its contract is never signed
        ordered = max(planned, terms[0][0]) if terms else planned
        if ordered > self.now:
            if ordered >= self.model.horizon:
                return
            yield self.clock.after(ordered - self.now, Kind.ARRIVAL, entity)
        under, cover = self.model.lines[line].contracts, -1
        if delivery.contract in under and any(b <= max(delivery.ordered, self.now) < e for b, e in terms):
            cover = under.index(delivery.contract)
        job = Job(line, system.slot, 0, (self.now, line, system.slot), cover)
        gate = self.gate(job)
        if delivery.ordered > 0:
            wait = rules.wait_until_at_most(gate.times, gate.orders, self.now, rules.QUEUE)
            if wait:
                self.touch(line, "orders_refused", ("new_orders",), self.now, self.now + 1, cover)
            if wait >= NEVER:
                return
            if wait:
                yield self.clock.after(wait, Kind.ARRIVAL, entity)
        transit = min(draws.delay_seconds(self.value(delivery.transit)), date - planned)
        work = date - planned - transit
        made = rules.work_with_stops(gate.times, gate.accepted, self.now, work)
        if made < NEVER:
            queued = rules.level_at(gate.times, gate.orders, self.now) == rules.QUEUE
            leave = rules.despatch_wait(gate.times, gate.orders, gate.accepted, gate.transit, self.now + made, queued)
            made = made + leave if leave < NEVER else NEVER
        if made > work:
            clauses = ("accepted_orders", "in_transit", "new_orders")
            self.touch(line, "consignments_held", clauses, self.now, self.now + made, cover)
        if made >= NEVER:
            return
        if made:
            yield self.clock.after(made, Kind.ARRIVAL, entity)
        arrived = yield from self.journey(job, gate, entity, transit, None)
        if arrived:
            self.enter(system, new=True)
        self.request_settle()

    # ------------------------------------------------------------------------------------------ responses

    def plan_response(self, r: int) -> None:
        """A response with a date, or so long after a halt, begins then (section 7)."""
        response = self.model.responses[r]
        begin = self.date(response.begins) if response.begins >= 0 else 0
        if response.after >= 0:
            members = [member for halt in self.world.halts for member in halt.members]
            begin = next((since for index, since, _ in members if index == response.after), NEVER)
        if begin >= NEVER or not self.succeeds(r):
            return
        begin = max(0, begin) + draws.delay_seconds(self.value(response.delay))
        if begin < self.model.horizon:
            self.clock.after(begin - self.now, Kind.RESPONSE, (r, 0, 0), lambda: self.begin_response(r))

    def succeeds(self, r: int) -> bool:
        """Whether a programme succeeds: drawn once per world (ENGINE 22)."""
        response = self.model.responses[r]
        key = draws.entity_key(f"responses/{response.name}/succeeds")
        u = draws.uniforms(self.seed, Purpose.RESPONSE, self.world.number, draws.WORLD_REPLICATION, key, 0)[0]
        return u < self.value(response.succeeds)

    def begin_response(self, r: int) -> None:
        """A response takes hold; it changes only decisions taken from now on (R-H2)."""
        self.pending[r] = False
        end = self.date(self.model.responses[r].ends)
        if self.now >= end:
            return
        if end < self.model.horizon:
            self.clock.after(end - self.now, Kind.RESPONSE, (r, 1, 0), lambda: self.end_response(r))
        self.active[r] = True
        self.apply_responses()
        self.begun[r], self.turn_used[r], self.turn_asked[r] = self.now, -1, -1

    def end_response(self, r: int) -> None:
        """A response ends; what was before holds again."""
        self.active[r] = False
        self.apply_responses()

    def apply_responses(self) -> None:
        """What all active responses together mean for each fleet: the deepest cut in flying, robbing if any says so."""
        active = [response for r, response in enumerate(self.model.responses) if self.active[r]]
        for f, fleet in enumerate(self.fleets):
            mine = [response for response in active if f in response.fleets]
            fleet.factor = min((self.value(one.fly) for one in mine if one.kind == "fly_less"), default=1.0)
            robbing = [self.value(one.damage) for one in mine if one.kind == "cannibalise"]
            fleet.robs = self.model.fleets[f].robs or bool(robbing)
            fleet.damage = max([self.value(self.model.fleets[f].rob_damage), *robbing])
            fleet.changed = True
        self.request_settle()

    def turn_length(self, r: int) -> int:
        """Seconds in which another source takes one need."""
        return max(1, int(YEAR / self.value(self.model.responses[r].per_year)))

    def turn_now(self, r: int) -> int:
        """The number of the present turn of another source, from 0 at its beginning."""
        return (self.now - self.begun[r]) // self.turn_length(r)

    def has_turn(self, r: int) -> bool:
        """True when another source can take one more need: one in each turn, a turn not used is not saved up."""
        spacing, turn = self.turn_length(r), self.turn_now(r)
        if turn > self.turn_used[r]:
            return True
        following = self.turn_used[r] + 1
        at = self.begun[r] + following * spacing
        if self.turn_asked[r] < following and at < self.model.horizon:
            self.turn_asked[r] = following
            self.clock.after(at - self.now, Kind.RESPONSE, (r, 2, 0), self.request_settle,
                             lambda: self.active[r] and self.turn_asked[r] == following)  # fmt: skip
        return False

    def use_other_sources(self) -> None:
        """Another source takes the oldest need that its main line refuses (section 7)."""
        for r, response in enumerate(self.model.responses):
            if not self.active[r] or response.kind != "other_source":
                continue
            mains = {self.model.items[i].line: line for i, line in zip(response.items, response.lines)}
            waiting = [job for main in sorted(mains) for job in self.at_home[main] if job.route is None]
            if not waiting or not self.has_turn(r):
                continue
            job = min(waiting, key=lambda one: one.raised)
            source_line = mains[job.line]
            gate = self.world.uncovered[source_line]
            if rules.level_at(gate.times, gate.orders, self.now) >= rules.REFUSE:
                continue
            self.at_home[job.line].remove(job)
            self.turn_used[r] = self.turn_now(r)
            moved = self.new_job(source_line, job.point)
            moved.raised, moved.quality, moved.source = job.raised, self.value(response.quality), r
            self.env.process(self.resupply(moved))

    def check_triggers(self) -> None:
        """Responses that watch a measure begin and end when it crosses, with hysteresis (ENGINE 21)."""
        for r, response in enumerate(self.model.responses):
            if response.when is None or not self.armed[r]:
                continue
            if not self.active[r] and not self.pending[r] and self.crosses(r, response.when):
                if not self.succeeds(r):
                    self.armed[r] = False
                    continue
                self.pending[r] = True
                delay = draws.delay_seconds(self.value(response.delay))
                self.clock.after(delay, Kind.RESPONSE, (r, 0, 0), partial(self.begin_response, r))
                continue
            is_over = response.until_when is not None and self.crosses(r, response.until_when)
            if self.active[r] and not self.pending[r] and is_over:
                self.pending[r] = True
                self.clock.after(0, Kind.RESPONSE, (r, 1, 0), partial(self.trigger_over, r))

    def trigger_over(self, r: int) -> None:
        """A watched measure has recovered."""
        self.pending[r] = False
        self.end_response(r)

    def crosses(self, r: int, trigger: tuple[str, bool, Fraction, str]) -> bool:
        """True when a fleet's measure is past the threshold, compared in whole numbers."""
        measure, below, threshold, of = trigger
        f = self.model.responses[r].fleets[0]
        counts = self.fleets[f].counts
        here = measured(measure, counts)
        base: Any = 1
        if of == "authorised":
            base = Fraction(str(self.model.fleets[f].authorised))
        elif of:
            base = measured(of, counts)
        return here < threshold * base if below else here > threshold * base

    # ------------------------------------------------------------------------------------------ settling

    def request_settle(self) -> None:
        """Ask for one settle after all facts of this instant."""
        if not self.settling:
            self.settling = True
            self.clock.after(0, Kind.SETTLE, (0, 0, 0), self.settle)

    def settle(self) -> None:
        """Allocate what the facts of this instant freed: parts, donors, slots, servers, crews; then fly."""
        self.settling = False
        self.release()
        self.use_other_sources()
        self.issue()
        self.cannibalize()
        self.run_overhauls()
        self.start_repairs()
        self.start_work()
        self.update_states()
        self.count_crews()
        self.check_triggers()
        for f, fleet in enumerate(self.fleets):
            if fleet.changed:
                fleet.is_below = self.below_minimum(f)
                self.reset_flying(f)
        if self.audit is not None:
            self.audit(self)

    def issue(self) -> None:
        """Serviceable units go to the holes that have waited longest (R-M2)."""
        for p, point in enumerate(self.points):
            while point.queue and point.on_shelf:
                quality = max(q for q, n in point.shelf.items() if n)
                point.shelf[quality] -= 1
                self.count(self.model.points[p].item, "stock", -1)
                position = point.queue.popleft()
                position.in_queue = False
                position.quality = quality
                self.assign(position, None, 1, position.replace_draw)

    def assign(self, position: Position, robbed: Unit | None, effort: int, draw: Draw | None) -> None:
        """A hole gets a unit: a crew puts it in, or it is in at once where no crew is needed (R-M1)."""
        item, system = self.model.items[position.item], position.system
        position.promised, position.robbed = True, robbed
        self.count(position.item, "backorders", -1)
        self.touch_system(system)
        if item.replace is None:
            self.install(position)
            return
        law, _, needs = item.replace
        assert draw is not None
        takes = effort * self.seconds(law, *draw)
        pool = self.model.crew_of[system.fleet, position.item]
        self.want_crew(system, ("replace", position.rank), pool, takes, needs, lambda: self.install(position),
                       grounds=item.replace_grounds)  # fmt: skip

    def install(self, position: Position) -> None:
        """The unit is in; a robbed one may have been damaged on the way (R-M3)."""
        self.count(position.item, "holes", -1)
        robbed = position.robbed
        if robbed is None:
            self.fit(position, self.life_of(position, position.quality))
        else:
            u = self.uniforms(Purpose.DAMAGE, position.key, position.robberies - 1)
            self.fit(position, robbed)
            if u[0] < self.fleets[position.system.fleet].damage:
                self.remove(position, "failure")
        self.refresh_limits(position.system)

    def cannibalize(self) -> None:
        """Take a unit from a system already down for something else, on demand (R-M3, ENGINE 13)."""
        if not any(fleet.robs for fleet in self.fleets):
            return
        for p, point in enumerate(self.points):
            item = self.model.points[p].item
            if not self.grounding[item] or not point.queue or point.on_shelf:
                continue
            for position in list(point.queue):
                system = position.system
                if not self.fleets[system.fleet].robs or system.overhaul or system.missing(self.grounding) != 1:
                    continue
                donor = self.donor_for(position)
                if donor is not None:
                    self.rob(donor, position)

    def donor_for(self, hole: Position) -> Position | None:
        """The position to rob: on the system with most holes, then lowest rank, then lowest position."""
        best: tuple[tuple[int, int, int, int], Position] | None = None
        for fleet in self.fleets:
            if not fleet.robs:
                continue
            for system in fleet.systems:
                if system is hole.system or not system.on_books or system.overhaul == "in work":
                    continue
                holes = system.missing(self.grounding)
                if not rules.may_rob(1, holes):
                    continue
                for position in system.positions:
                    if position.unit is None or position.item != hole.item or position.point != hole.point:
                        continue
                    rank = (-holes, system.fleet, system.slot, position.rank)
                    if best is None or rank < best[0]:
                        best = rank, position
        return best[1] if best is not None else None

    def rob(self, donor: Position, hole: Position) -> None:
        """Move a unit from donor to hole: twice the work, on the recipient's ticket; the donor's hole waits."""
        unit = self.take_out(donor)
        self.points[hole.point].queue.remove(hole)
        hole.in_queue = False
        k = hole.robberies
        u = self.uniforms(Purpose.DAMAGE, hole.key, k)
        hole.robberies += 1
        hole.quality = 1.0
        donor.replace_draw = Draw(u[2], Purpose.DAMAGE, 2, hole.key, k)
        self.open_hole(donor)
        self.assign(hole, unit, 2, Draw(u[1], Purpose.DAMAGE, 1, hole.key, k))

    # ------------------------------------------------------------------------------------------ states

    def touch_system(self, system: System) -> None:
        """Something about a system changed: its state is worked out at the next settle."""
        self.touched_systems[system] = None

    def update_states(self) -> None:
        """Each system on the books is in exactly one state, by precedence (MODEL section 8)."""
        for system in self.touched_systems:
            if not (system.on_books or system.gone):
                continue
            state, reasons = self.state_of(system)
            if reasons != system.reasons:
                self.book_reasons(system)
                system.reasons = reasons
            if state != system.state:
                self.change_state(system, state)
        self.touched_systems = {}

    def state_of(self, system: System) -> tuple[State, tuple[tuple[str, int], ...]]:
        """The state of a system, and the reasons it is not ready (R-S4)."""
        if system.gone:
            return State.LOST, (("loss", -1),)
        if system.overhaul in ("queued", "in work"):
            return State.OVERHAUL, (("overhaul", -1),)
        if system.overhaul == "due":
            return State.LIMIT, (("limit", -1),)
        missing = [p.item for p in system.positions if p.unit is None and not p.promised and self.grounding[p.item]]
        work = [task.sort[0] for task in system.tasks.values() if task.grounds]
        reasons = tuple(("parts", i) for i in missing) + tuple(("work", -1) for _ in work)
        if missing:
            return (State.NMCB if work else State.NMCS), reasons
        if work:
            return State.NMCM, reasons
        degraded = any(p.unit is None and self.model.items[p.item].degrades for p in system.positions)
        return (State.PMC if degraded else State.FMC), ()

    def change_state(self, system: System, state: State) -> None:
        """Move a system from one count to another, and start or stop its use clock."""
        fleet = self.fleets[system.fleet]
        self.count_states(fleet)
        if system.state is not None:
            fleet.counts[system.state] -= 1
        fleet.counts[state] += 1
        flies = state in (State.FMC, State.PMC)
        if flies and not system.flying:
            self.advance(system.fleet)
            system.offset, system.flying = fleet.clock - system.clock, True
        elif not flies and system.flying:
            system.clock, system.flying = self.reading(system), False
        if not flies and system.state in (None, State.FMC, State.PMC):
            system.down_since = self.now
        system.state = state
        fleet.changed = True

    def count_crews(self) -> None:
        """People there, tasks in work and tasks waiting of every pool, for its curves (R-S2)."""
        for pool, meters in zip(self.pools, self.crew_meters):
            for meter, value in zip(meters, (sum(pool.capacity), sum(pool.busy), len(pool.waiting))):
                if value != meter.value:
                    meter.add(value - meter.value, self.now)

    def below_minimum(self, f: int) -> bool:
        """True when fewer systems are mission capable than the minimum, compared as exact fractions (R-S3)."""
        fleet, counts = self.model.fleets[f], self.fleets[f].counts
        ready = counts[State.FMC] + counts[State.PMC]
        if fleet.minimum is not None:
            return ready < fleet.minimum
        if fleet.minimum_share is not None:
            share, of = fleet.minimum_share
            return ready < share * measured(of, counts)
        return False

    def count_states(self, fleet: FleetState) -> None:
        """Bring the sums of system-seconds by state to now (ENGINE 9)."""
        passed = self.now - fleet.counted
        if passed:
            for state, n in enumerate(fleet.counts):
                fleet.sums[state] += n * passed
            if fleet.is_below:
                fleet.below += passed
            fleet.counted = self.now

    def book_reasons(self, system: System) -> None:
        """Book the time since the last change to the reasons that held, in equal parts (R-S4)."""
        passed, reasons = self.now - system.since, system.reasons
        if passed and reasons:
            part = PARTS_OF_A_SECOND * passed // len(reasons)
            for mechanism, i in reasons:
                key = (system.fleet, mechanism, i)
                self.result.causes[key] = self.result.causes.get(key, 0) + part
        system.since = self.now


#: Clauses that a covered order passes while signed contracts are honoured (ENGINE 18).
PASSED_UNDER_CONTRACT = ("new_orders", "accepted_orders")
#: From which level on a clause sends a need home; below it only holds.
REFUSING = {"new_orders": rules.REFUSE, "repairs_abroad": rules.RETURN_UNREPAIRED}
ITEM_METERS = {measure: place for place, measure in enumerate(ITEM_MEASURES)}


def later(limit: int, by: int) -> int:
    """A limit moved by an amount; one that never comes stays so."""
    return limit if limit >= NEVER else limit + by


def measured(measure: str, counts: list[int]) -> int:
    """A measure of MODEL section 8 from the counts by state."""
    on_hand = sum(counts) - counts[State.LOST]
    sums = {
        "on_hand": on_hand,
        "permitted": on_hand - counts[State.LIMIT],
        "possessed": on_hand - counts[State.OVERHAUL],
        "mc": counts[State.FMC] + counts[State.PMC],
    }
    return sums[measure] if measure in sums else counts[State[measure.upper()]]


def simulate(model: Model, world: World, seed: int, replication: int, log: list[LogLine] | None = None,
             audit: Callable[[Replication], None] | None = None) -> Trajectory:  # fmt: skip
    """One replication of one world. Raises ArmsimError when a rule gives an impossible delay."""
    return Replication(model, world, seed, replication, log, audit).run()
