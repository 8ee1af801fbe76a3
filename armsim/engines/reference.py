"""The reference engine: one replication in SimPy, written to be read aloud as the description of the model.

Facts change in events, allocation happens in `settle`, and every delay is asked of `model.rules` (ENGINE
1-5). A process may draw and schedule; what it does when it wakes is a fact of that instant. Each file of this
room adds to the one before: core, work, stock, gates, supply, repair, parts, systems, recipient, and here the run
as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from armsim.engines.clock import LogLine
from armsim.engines.entities import FleetState, Position, System
from armsim.engines.recipient import Recipient, measured
from armsim.errors import RUN_ERRORS, CheckFailed
from armsim.model import draws, events
from armsim.model.arrays import Model
from armsim.model.order import NEVER, Edge, Kind
from armsim.model.timeline import World
from armsim.model.trajectory import COSTS, PARTS_OF_A_SECOND, State, Trajectory


class Replication(Recipient):
    """One run of one world: build, then `run()`."""

    def __init__(self, model: Model, world: World, seed: int, replication: int,
                 log: list[LogLine] | None = None,
                 audit: Callable[[Replication], None] | None = None) -> None:  # fmt: skip
        super().__init__(model, world, seed, replication, log)
        self.audit = audit

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
            for t in self.world.permitted[f][0]:
                if t > self.now:
                    self.at_date(t, (Edge.PERMISSION, f, 0), self.request_settle)
        for place, there in enumerate((self.world.overhauls, self.world.regenerations, self.world.extensions)):
            for k, (times, _) in enumerate(there):
                for t in times:
                    if t > self.now:
                        self.at_date(t, (Edge.SLOTS, k, place), self.request_settle)
        for p, point in enumerate(self.model.points):
            for k, (day, to) in enumerate(point.changes):
                level = int(self.value(to) + 0.5)
                self.at_date(max(0, self.date(day)), (Edge.STOCK, p, k), partial(self.change_level, p, level))
        for r, response in enumerate(self.model.responses):
            if response.when is None:
                self.plan_response(r)

    def start(self) -> None:
        """The simulation begins: sums are cleared, attrition and limits start to count (R-T6)."""
        for f, fleet in enumerate(self.fleets):
            self.advance(f)
            self.count_states(fleet)
            fleet.begin_period()
            self.begin_limits(f)
            self.plan_deliveries(f)
        self.first_item_limits()
        for p in range(len(self.points)):
            self.count_stock(p)
        for a in range(len(self.model.arrivals)):
            self.env.process(self.bring(a))
        self.spent = [0] * len(COSTS)
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

    def count_stock(self, p: int) -> None:
        """What is on the shelf at the start, where the file says so (R-T6)."""
        on_hand, point = self.model.points[p].on_hand, self.points[p]
        if on_hand < 0:
            return
        change = int(self.value(on_hand) + 0.5) - point.on_shelf
        place = "entered" if change > 0 else "elsewhere"
        self.ledger[self.model.points[p].item][place] += abs(change)
        if change > 0:
            self.shelve(p, 1.0, change)
        for _ in range(-change):
            self.off_shelf(p)

    def sample(self) -> None:
        """A report period ends: read the left limits (ENGINE 2)."""
        period = len(self.result.states)
        states, ends, flown, demanded, below = [], [], [], [], []
        missions, mission_ends = [], []
        for f, fleet in enumerate(self.fleets):
            self.advance(f)
            self.count_states(fleet)
            states.append(fleet.sums)
            ends.append(list(fleet.counts))
            flown.append(fleet.flown)
            demanded.append(fleet.demanded)
            below.append(fleet.below)
            missions.append(fleet.able_sums)
            mission_ends.append(list(fleet.able))
            self.spend("flying", self.model.fleets[f].cost_per_fh, fleet.flown / draws.NANO_SECONDS_PER_HOUR)
            fleet.begin_period()
        self.result.states.append(states)
        self.result.ends.append(ends)
        self.result.flown.append(flown)
        self.result.demanded.append(demanded)
        self.result.below.append(below)
        self.result.missions.append(missions)
        self.result.mission_ends.append(mission_ends)
        self.result.costs.append(self.spent)
        self.spent = [0] * len(COSTS)
        self.result.pools.append([[meter.take(self.now) for meter in meters] for meters in self.crew_meters])
        self.result.items.append([[meter.take(self.now) for meter in meters] for meters in self.meters])
        if period + 1 in (self.model.first_halt_period, len(self.model.edges)):
            for system in self.systems():
                self.book_reasons(system)
        if period + 1 == self.model.first_halt_period:
            self.result.causes.clear()  # causes count from the report period of the first halt on (R-S4)

    def settle(self) -> None:
        """Allocate what the facts of this instant freed: parts, donors, slots, servers, crews; then fly."""
        self.settling = False
        self.release()
        self.order_lots()
        self.use_other_sources()
        self.repair_what_waits()
        self.issue()
        self.cannibalize()
        self.run_overhauls()
        self.run_extensions()
        self.start_repairs()
        self.start_work()
        self.permit()
        self.update_states()
        self.run_regeneration()
        self.count_crews()
        self.check_triggers()
        for f, fleet in enumerate(self.fleets):
            if fleet.changed:
                fleet.is_below = self.below_minimum(f)
                self.reset_flying(f)
        if self.audit is not None:
            self.audit(self)

    def update_states(self) -> None:
        """Each system on the books is in exactly one state, by precedence (MODEL section 8)."""
        for system in self.touched_systems:
            if not (system.on_books or system.gone):
                continue
            state, reasons = self.state_of(system)
            if state in (State.FMC, State.PMC) and self.needs_regeneration(system):
                system.regeneration = "queued"
                self.fleets[system.fleet].regeneration_queue.append(system)
                state, reasons = self.state_of(system)
            if reasons != system.reasons:
                self.book_reasons(system)
                system.reasons = reasons
            if state != system.state:
                self.change_state(system, state)
            self.count_missions(system)
        self.touched_systems = {}

    def state_of(self, system: System) -> tuple[State, tuple[tuple[str, int], ...]]:
        """The state of a system, and the reasons it is not ready (R-S4)."""
        if system.gone:
            return State.LOST, (("loss", -1),)
        if system.overhaul in ("queued", "in work", "extending"):
            return State.OVERHAUL, (("overhaul", -1),)
        if system.overhaul == "due" or system.forbidden:
            both = (system.overhaul == "due", ("limit", -1)), (system.forbidden, ("permission", -1))
            return State.LIMIT, tuple(reason for holds, reason in both if holds)
        if system.regeneration:
            return State.REGENERATION, (("regeneration", -1),)
        can_do_nothing = self.can_do_nothing(system)
        holes = [p for p in system.positions if p.unit is None
                 and (self.grounding[p.item] or (can_do_nothing and self.stops(p)))]  # fmt: skip
        missing = [p for p in holes if not p.promised]
        work = [task.sort[0] for task in system.tasks.values() if task.grounds]
        if not work and len(missing) < len(holes):
            work = ["replace"]
        reasons = tuple((self.why(p), p.item) for p in missing) + tuple(("work", -1) for _ in work)
        if missing:
            return (State.NMCB if work else State.NMCS), reasons
        if work:
            return State.NMCM, reasons
        degraded = any(p.unit is None and (self.model.items[p.item].degrades or self.stops(p))
                       for p in system.positions)  # fmt: skip
        return (State.PMC if degraded else State.FMC), ()

    def stops(self, position: Position) -> int:
        """The missions that a hole stops, as bits."""
        return self.model.fleets[position.system.fleet].blocks[position.item]

    def can_do_nothing(self, system: System) -> bool:
        """True when what is missing leaves none of a fleet's missions (R-M1)."""
        missions = len(self.model.fleets[system.fleet].missions)
        return missions > 0 and self.stopped(system) == (1 << missions) - 1

    def stopped(self, system: System) -> int:
        """The missions that what is missing stops, as bits."""
        found = 0
        for position in system.positions:
            if position.unit is None:
                found |= self.stops(position)
        return found

    def why(self, position: Position) -> str:
        """A hole is down for money while a need of its item waits for that, else for parts (R-S4)."""
        depot = self.model.points[position.point].depot
        short = self.points[position.point].unfunded or (depot >= 0 and self.points[depot].unfunded)
        return "money" if short else "parts"

    def count_missions(self, system: System) -> None:
        """Count the missions a system can do (R-M1)."""
        missions = len(self.model.fleets[system.fleet].missions)
        if not missions:
            return
        able = ((1 << missions) - 1) & ~self.stopped(system) if system.flying else 0
        if able == system.able:
            return
        fleet = self.fleets[system.fleet]
        self.count_states(fleet)
        for m in range(missions):
            fleet.able[m] += (able >> m & 1) - (system.able >> m & 1)
        system.able = able

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
            for m, n in enumerate(fleet.able):
                fleet.able_sums[m] += n * passed
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


def simulate(model: Model, world: World, seed: int, replication: int, log: list[LogLine] | None = None,
             audit: Callable[[Replication], None] | None = None) -> Trajectory:  # fmt: skip
    """One replication of one world.

    Raises RunFailed, which names the moment and the event, when a rule or a draw gives something impossible (R-T4).
    """
    one = Replication(model, world, seed, replication, log, audit)
    try:
        return one.run()
    except CheckFailed:
        raise
    except RUN_ERRORS as error:
        raise events.failed(model, error, one.now, one.clock.current) from error
