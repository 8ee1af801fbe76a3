"""Systems: coming and going, flying, upkeep, inspections, overhaul (R-O1, R-O4, R-M0, R-M7, R-M8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from armsim.engines.core import YEAR, Process
from armsim.engines.entities import Job, Position, System
from armsim.engines.parts import Parts
from armsim.model import draws, events, rules
from armsim.model.draws import Purpose
from armsim.model.order import NEVER, Flow, Kind
from armsim.model.timeline import cover_at, due_moment, flown_a_second, shared_age
from armsim.model.trajectory import TOUCHES, State


class Systems(Parts):
    """Systems and what falls due on them."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.extending, self.extensions = [0] * len(self.model.responses), [0] * len(self.model.responses)

    def build_fleet(self, f: int) -> None:
        """Systems on the books at the start, with units fitted and first due dates."""
        fleet, state = self.model.fleets[f], self.fleets[f]
        state.since = state.counted = self.now
        state.policy, state.damage = fleet.policy, self.value(fleet.rob_damage)
        state.able, state.able_sums = [0] * len(fleet.missions), [0] * len(fleet.missions)
        for slot in range(fleet.most):
            system = System(f, slot, draws.entity_key(f"fleets/{fleet.key}/{slot}"))
            for rank, (i, q) in enumerate(fleet.positions):
                key = draws.entity_key(f"fleets/{fleet.key}/{slot}/items/{self.model.items[i].key}/{q}")
                system.positions.append(Position(system, i, rank, self.model.point_of[f, i], key))
            state.systems.append(system)
            if slot < self.world.counts[f]:
                self.enter(system)
        state.demands = [0] * len(fleet.fixed)
        for n in range(len(fleet.fixed)):
            self.next_demand(f, n)

    def enter(self, system: System) -> None:
        """A system comes onto the books: fitted with units, its work falls due from now on."""
        fleet, new = self.model.fleets[system.fleet], system.delivery is not None
        system.on_books = True
        for position in system.positions:
            self.fit(position, self.life_of(position, 1.0))
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
        for k, (day, count) in enumerate(fleet.dated_losses):
            self.on_day(self.date(day), Kind.EXPIRY, (f, events.DATED_LOSS, k), partial(self.lose_some, f, count, k))
        for k, (day, count) in enumerate(fleet.retirements):
            self.on_day(self.date(day), Kind.EXPIRY, (f, events.RETIREMENT, k), partial(self.retire_some, f, count))

    def first_item_limits(self) -> None:
        """Hard lives and expiries with due dates of their own begin to count, over all fleets together."""
        for i, item in enumerate(self.model.items):
            if item.due is None:
                continue
            systems = (s for f, fleet in enumerate(self.fleets) for s in fleet.systems[: self.world.counts[f]])
            places = [p for s in systems for p in s.positions if p.item == i and p.unit]
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

    def next_upkeep(self, system: System, k: int, every: int) -> None:
        """Draw when upkeep next falls due: exponential in use (R-M0)."""
        u = self.uniforms(Purpose.UPKEEP, system.key ^ k, system.upkeep_done[k])
        hours = draws.sample(draws.EXPONENTIAL, self.value(every), 0.0, u[0], ())
        system.upkeep_at[k] = self.reading(system) + max(1, draws.life_units(hours) * 1000 // system.strain)

    def upkeep_due(self, system: System, k: int) -> None:
        """Upkeep falls due: a crew is wanted, the system is down until it is done (R-M0)."""
        upkeep = self.model.fleets[system.fleet].upkeep[k]
        n = system.upkeep_done[k]
        u = self.uniforms(Purpose.UPKEEP, system.key ^ k, n)
        takes = self.seconds(upkeep.takes, u[1], Purpose.UPKEEP, 1, system.key ^ k, n)
        system.upkeep_done[k] += 1
        system.upkeep_at[k] = NEVER
        self.want_crew(system, ("upkeep", k), upkeep.pool, takes, upkeep.needs, lambda: self.upkeep_over(system, k),
                       (system.key ^ k, n))  # fmt: skip

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
                       lambda: self.due_again(system, "inspection", k, self.interval(work.every)),
                       (key, n))  # fmt: skip

    def due_again(self, system: System, what: str, k: int, every: tuple[int, int]) -> None:
        """Work done: it falls due again one interval from now."""
        self.first_due(system, what, k, every)

    def first_due(self, system: System, what: str, k: int, left: tuple[int, int]) -> None:
        """Set when something falls due, by use and by calendar."""
        at = self.reading(system) + left[0] if left[0] < NEVER else NEVER
        on = self.now + left[1] if left[1] < NEVER else NEVER
        if what == "inspection":
            system.inspect_at[k], system.inspect_on[k] = at, on
            self.on_day(on, Kind.EXPIRY, (system.fleet, system.slot, events.INSPECTION + k),
                        lambda: self.fallen_due(system, lambda: self.inspection_due(system, k)),
                        lambda: system.on_books and system.inspect_on[k] == on)  # fmt: skip
        elif what == "overhaul":
            system.overhaul_at, system.overhaul_on = at, on
            self.on_day(on, Kind.EXPIRY, (system.fleet, system.slot, events.OVERHAUL),
                        lambda: self.fallen_due(system, lambda: self.overhaul_due(system)),
                        lambda: system.on_books and system.overhaul_on == on)  # fmt: skip
        else:
            system.life_at, system.life_on = at, on
            self.on_day(on, Kind.EXPIRY, (system.fleet, system.slot, events.LIFE),
                        lambda: self.fallen_due(system, lambda: self.leave(system)),
                        lambda: system.on_books and system.life_on == on)  # fmt: skip
        self.refresh_limits(system)

    def fallen_due(self, system: System, then: Callable[[], None]) -> None:
        """Something of a system falls due by its date."""
        then()
        self.refresh_limits(system)
        self.request_settle()

    def overhaul_due(self, system: System) -> None:
        """The overhaul falls due: the system may not fly until it is done (R-M8), unless it is put off."""
        system.overhaul_at = system.overhaul_on = NEVER
        if not system.overhaul and not system.deferred:
            for r, response in enumerate(self.model.responses):
                if self.active[r] and response.kind == "defer" and system.fleet in response.fleets:
                    self.defer(system, r)
                    return
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
            slots = self.world.overhauls[f]
            while state.overhaul_queue and state.in_overhaul < rules.level_at(*slots, self.now):
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
        if outcome == rules.DONE and overhaul.line >= 0:
            back = self.now + min(delay, NEVER - self.now)
            spoils = rules.spoilt(gate.times, gate.abroad, gate.spoils, self.now, back, YEAR)
            outcome = rules.LOST if u[1] < spoils else outcome
        self.spend("overhaul", overhaul.price)
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
            system.deferred, system.lost_at = False, system.lost_else
            self.fit_to_fly(system)
            self.strain(system, 1000)
            self.due_again(system, "overhaul", 0, self.interval(overhaul.every))
        elif outcome == rules.RETURNED:
            system.overhaul = "due"
        else:
            self.leave(system)
        self.touch_system(system)

    def defer(self, system: System, r: int) -> None:
        """An overhaul is put off once: the system flies on, with more failures and losses (section 7)."""
        response = self.model.responses[r]
        system.deferred, system.overhaul = True, ""
        self.strain(system, int(1000 * self.value(response.failures) + 0.5))
        if response.loss_per_100k >= 0 and self.value(response.loss_per_100k) > 0:
            u = self.uniforms(Purpose.LOSS, system.key, 1 + system.overhauls)
            hours = draws.sample(draws.EXPONENTIAL, 100_000 / self.value(response.loss_per_100k), 0.0, u[0], ())
            system.lost_at = min(system.lost_at, self.reading(system) + draws.life_units(hours))
        self.first_due(system, "overhaul", 0, self.interval(response.gains))
        self.touch_system(system)

    def strain(self, system: System, to: int) -> None:
        """What is fitted, and upkeep, fail so much sooner, in thousandths, than drawn."""
        reading, before = self.reading(system), system.strain
        system.strain = to
        if to == before:
            return
        for position in system.positions:
            if position.unit is not None and position.unit.fails_at < NEVER:
                left = (position.unit.fails_at - reading) * before // to
                position.unit.fails_at = reading + max(1, left)
        for k, at in enumerate(system.upkeep_at):
            if at < NEVER:
                system.upkeep_at[k] = reading + max(1, (at - reading) * before // to)
        self.refresh_limits(system)

    def run_extensions(self) -> None:
        """Systems grounded at their overhaul limit are given more by a response, longest first (section 7)."""
        for r, response in enumerate(self.model.responses):
            if not self.active[r] or response.kind != "extend_life" or response.of_life:
                continue
            grounded = [s for f in response.fleets for s in self.fleets[f].systems
                        if s.on_books and s.overhaul == "due" and r not in s.extended]  # fmt: skip
            slots = rules.level_at(*self.world.extensions[r], self.now)
            for system in sorted(grounded, key=lambda s: (s.overhaul_since, s.fleet, s.slot)):
                if self.extending[r] >= slots:
                    break
                if 0 <= response.systems <= self.extensions[r]:
                    break
                self.extending[r] += 1
                self.extensions[r] += 1
                system.extended.add(r)
                system.overhaul = "extending"
                u = self.uniforms(Purpose.OVERHAUL, system.key ^ r + 1 << 16, 0)[0]
                takes = self.seconds(response.takes, u, Purpose.OVERHAUL, 0, system.key ^ r + 1 << 16, 0)
                self.touch_system(system)
                self.clock.after(takes, Kind.ARRIVAL, (Flow.EXTENSION, system.fleet, system.slot),
                                 partial(self.extended, r, system))  # fmt: skip

    def extended(self, r: int, system: System) -> None:
        """A system may fly so much longer before its overhaul."""
        self.extending[r] -= 1
        system.overhaul = ""
        if system.on_books:
            self.first_due(system, "overhaul", 0, self.interval(self.model.responses[r].gains))
            self.touch_system(system)
        self.request_settle()

    def fit_to_fly(self, system: System) -> None:
        """How long a system is down counts anew; it waits for regeneration no longer (R-M10)."""
        system.down_since = self.now
        if system.regeneration == "queued":
            self.fleets[system.fleet].regeneration_queue.remove(system)
            system.regeneration = ""

    def needs_regeneration(self, system: System) -> bool:
        """True when a system that could fly again was down for too long (R-M10)."""
        work = self.model.fleets[system.fleet].regeneration
        if work is None or system.regeneration or self.now < 0 or system.state in (None, State.FMC, State.PMC):
            return False
        return self.now - max(0, system.down_since) >= max(1, draws.delay_seconds(self.value(work.after)))

    def run_regeneration(self) -> None:
        """Systems that were down for long are made fit to fly, first come first served (R-M10)."""
        for f, fleet in enumerate(self.fleets):
            work, slots = self.model.fleets[f].regeneration, self.world.regenerations[f]
            while fleet.regeneration_queue and fleet.in_regeneration < rules.level_at(*slots, self.now):
                assert work is not None
                system = fleet.regeneration_queue.popleft()
                fleet.in_regeneration += 1
                system.regeneration = "in work"
                n, system.regenerations = system.regenerations, system.regenerations + 1
                u = self.uniforms(Purpose.REGENERATION, system.key, n)[0]
                takes = self.seconds(work.takes, u, Purpose.REGENERATION, 0, system.key, n)
                self.clock.after(takes, Kind.ARRIVAL, (Flow.REGENERATION, f, system.slot),
                                 partial(self.regenerated, system))  # fmt: skip

    def regenerated(self, system: System) -> None:
        """A system may fly again; how long it is down counts anew."""
        self.fleets[system.fleet].in_regeneration -= 1
        system.regeneration, system.down_since = "", self.now
        self.touch_system(system)
        self.request_settle()

    def permit(self) -> None:
        """So many systems of a fleet may operate, the first in order; the others are forbidden (R-H1 operation)."""
        for f, steps in enumerate(self.world.permitted):
            if len(steps[0]) == 1:
                continue
            allowed = rules.level_at(*steps, self.now)
            for place, system in enumerate(s for s in self.fleets[f].systems if s.on_books):
                if system.forbidden != (place >= allowed):
                    system.forbidden = place >= allowed
                    self.touch_system(system)
                    if system.forbidden:
                        self.touch_fleet(f)

    def touch_fleet(self, f: int) -> None:
        """Put down to the halts in force that a system is forbidden to operate (R-H5)."""
        for halt in self.world.halts:
            if f in self.model.halts[halt.index].forbids:
                first = next((index for index, since, until in halt.bans if since <= self.now < until), None)
                if first is not None:
                    self.result.touched[first][TOUCHES.index("systems_forbidden")] += 1

    def draw_loss(self, system: System) -> None:
        """Draw after how much flying the system is lost (R-O4)."""
        index = self.model.fleets[system.fleet].loss_per_100k
        if index >= 0 and self.value(index) > 0:
            u = self.uniforms(Purpose.LOSS, system.key, 0)
            hours = draws.sample(draws.EXPONENTIAL, 100_000 / self.value(index), 0.0, u[0], ())
            system.lost_at = system.lost_else = self.reading(system) + draws.life_units(hours)

    def leave(self, system: System, usable: float = 0.0) -> None:
        """A system is lost or retired: assigned parts go back, queued work vanishes (ENGINE 16).

        Where it is retired for its parts, a share of its units is usable.
        """
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
        if system.regeneration == "queued":
            self.fleets[system.fleet].regeneration_queue.remove(system)
            system.regeneration = ""
        for task in system.tasks.values():
            task.cancelled = True
            if task.party < 0:
                self.pools[task.pool].waiting.remove(task)
        system.tasks.clear()
        for position in system.positions:
            self.strip(position, usable)
        self.touch_system(system)
        self.request_settle()

    def strip(self, position: Position, usable: float) -> None:
        """A position leaves with its system: its unit goes too, an assigned one goes back to the shelf."""
        i = position.item
        if position.unit is not None:
            self.take_out(position)
            if usable > 0.0 and self.uniforms(Purpose.HARVEST, position.key, 0)[0] < usable:
                self.shelve(position.point, 1.0)
            else:
                self.ledger[i]["lost"] += 1
            return
        self.count(i, "holes", -1)
        if position.promised:
            position.promised, position.robbed = False, None
            self.shelve(position.point, position.quality)
        elif position.in_queue:
            self.points[position.point].queue.remove(position)
            self.queue_up(position, False)
            self.count(i, "backorders", -1)

    def retire_some(self, f: int, count: int) -> None:
        """Retire by choice (ENGINE 16)."""
        for system in self.worst([f])[:count]:
            self.leave(system)

    def worst(self, fleets: Iterable[int]) -> list[System]:
        """Systems on the books: most holes, then longest down, then highest rank (ENGINE 16)."""
        on_books = [s for f in fleets for s in self.fleets[f].systems if s.on_books]
        return sorted(on_books, key=lambda s: (-s.lacking, self.now if s.flying else s.down_since,
                                               -s.fleet, -s.slot))  # fmt: skip

    def lose_some(self, f: int, count: int, k: int) -> None:
        """A dated loss strikes systems that fly, drawn at random; any system when none flies."""
        for n in range(count):
            on_books = [s for s in self.fleets[f].systems if s.on_books]
            able = [s for s in on_books if s.flying] or on_books
            if able:
                key = draws.entity_key(f"fleets/{self.model.fleets[f].key}/losses/{k}")
                u = self.uniforms(Purpose.LOSS, key, n)[0]
                self.leave(able[int(u * len(able))])

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
        system.delivery = delivery = self.model.fleets[system.fleet].deliveries[d]
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
        queued = rules.level_at(gate.times, gate.orders, self.now) == rules.QUEUE
        made = self.until_despatch(job, gate, work, queued)
        if made >= NEVER:
            return
        if made:
            yield self.clock.after(made, Kind.ARRIVAL, entity)
        arrived = yield from self.journey(job, gate, entity, transit, None)
        if arrived:
            self.enter(system)
        self.request_settle()

    def programme_changes(self, f: int) -> None:
        """Another flying programme holds from now on."""
        self.fleets[f].changed = True
        self.request_settle()
