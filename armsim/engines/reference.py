"""The reference engine: one replication in SimPy, written to be read aloud as the description of the model.

Facts change in events, allocation happens in `settle`, and every delay is asked of `model.rules` (ENGINE
1-5). A process may draw and schedule; what it does when it wakes is a fact of that instant. Each file of this
room adds to the one before: core, work, supply, parts, systems, recipient, and here the run as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from armsim.engines.clock import LogLine
from armsim.engines.entities import (
    FleetState,
    System,
)
from armsim.engines.recipient import Recipient, measured
from armsim.model.arrays import Model
from armsim.model.order import NEVER, Edge, Kind
from armsim.model.timeline import World
from armsim.model.trajectory import PARTS_OF_A_SECOND, State, Trajectory


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
        for r, response in enumerate(self.model.responses):
            if response.begins >= 0 or response.after >= 0 or response.when is None:
                self.plan_response(r)

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


def simulate(model: Model, world: World, seed: int, replication: int, log: list[LogLine] | None = None,
             audit: Callable[[Replication], None] | None = None) -> Trajectory:  # fmt: skip
    """One replication of one world. Raises ArmsimError when a rule gives an impossible delay."""
    return Replication(model, world, seed, replication, log, audit).run()
