"""Units in systems: their lives, removals, holes, issue, cannibalization (R-O3, R-M1 to R-M3)."""

from __future__ import annotations

from functools import partial

from armsim.engines.core import later
from armsim.engines.entities import Draw, Need, Position, System, Unit
from armsim.engines.repair import Repair
from armsim.model import draws, events, rules
from armsim.model.draws import Purpose
from armsim.model.order import NEVER, Kind
from armsim.model.timeline import mean_of, sum_of


class Parts(Repair):
    """Units fitted and missing."""

    def life_of(self, position: Position, quality: float) -> Unit:
        """A unit with its life drawn; limits are amounts left (R-O3, ENGINE 10). The first comes with its system."""
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
        if item.fails_sorties is not None:
            sorties = self.amount(item.fails_sorties, u[0], Purpose.LIFE, 0, position.key, k)
            unit.fails_at = draws.life_units(sorties * self.sortie(position.system.fleet) * quality)
        age = self.age_aboard(position) if k == 0 else 0.0
        frozen = k == 0 and item.due is not None and position.system.delivery is None
        if item.hard is not None and not frozen:
            use, days_left = self.interval(item.hard)
            unit.hard_at = max(1, int(use * (1.0 - age))) if use < NEVER else NEVER
            unit.hard_on = max(1, int(days_left * (1.0 - age))) if days_left < NEVER else NEVER
        if item.expires >= 0 and not frozen:
            unit.expires_on = max(1, int(draws.delay_seconds(self.value(item.expires)) * (1.0 - age)))
        return unit

    def age_aboard(self, position: Position) -> float:
        """The share of its life that a unit has behind it which comes with its system (R-T6, R-O4)."""
        delivery = position.system.delivery
        if delivery is None:
            return self.uniforms(Purpose.INITIAL, position.key, 0)[0]
        used = delivery.used[position.item]
        return self.value(used) if used >= 0 else 0.0

    def sortie(self, f: int) -> float:
        """Flying hours of a sortie of a fleet."""
        return self.value(self.model.fleets[f].sortie)

    def fit(self, position: Position, unit: Unit) -> None:
        """Put a unit in: what it has left counts from now on."""
        reading, strain = self.reading(position.system), position.system.strain
        position.unit, position.promised, position.robbed = unit, False, None
        if strain != 1000 and unit.fails_at < NEVER:
            unit.fails_at = max(1, unit.fails_at * 1000 // strain)
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
        if position.system.strain != 1000 and unit.fails_at < NEVER:
            unit.fails_at = unit.fails_at * position.system.strain // 1000
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
            ahead = max(0, dated - self.lead_time(position.point) - self.now)
            if self.now + ahead < self.model.horizon:
                third = events.AHEAD + position.rank
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
        self.order_ahead_of(position.point)
        self.request_settle()

    def lead_time(self, p: int) -> int:
        """The mean lead time of a stock point in seconds, by way of its depot where it has one."""
        point = self.model.points[p]
        item = self.model.items[point.item]
        laws = [law for law in (item.licence, item.make, item.transit, point.ship) if law is not None]
        return draws.delay_seconds(sum_of(mean_of(law, self.world.values) for law in laws))

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
            route = self.own_repair(position.item, position.key, k) or self.route_of(position.item, u[0])
        elif cause == "hard life":
            route = item.renewable
        self.send_away(position.point, route, position.key, k)

    def queue_up(self, position: Position, waits: bool) -> None:
        """A hole waits in a queue, or no longer: systems count those that ground them."""
        position.in_queue = waits
        if self.grounding[position.item]:
            position.system.lacking += 1 if waits else -1

    def open_hole(self, position: Position) -> None:
        """A hole waits in the queue of its stock point (R-M2)."""
        self.points[position.point].queue.append(position)
        self.queue_up(position, True)
        self.count(position.item, "holes", 1)
        self.count(position.item, "backorders", 1)
        self.refresh_limits(position.system)
        self.request_settle()

    def strike(self, f: int, n: int) -> None:
        """A fixed demand: it takes out a filled position drawn at random, or a unit from supply (R-O2)."""
        demand = self.model.fleets[f].fixed[n]
        k = self.fleets[f].demands[n]
        self.fleets[f].demands[n] += 1
        u = self.uniforms(Purpose.DEMAND, demand.key, k)[1]
        filled = [p for s in self.fleets[f].systems if s.on_books for p in s.positions
                  if p.item == demand.item and p.unit is not None]  # fmt: skip
        if filled:
            position = filled[int(u * len(filled))]
            self.remove(position, "failure")
            self.refresh_limits(position.system)
        else:
            self.take_from_supply(demand.item, self.model.point_of[f, demand.item], demand.key, k)
        self.next_demand(f, n)
        self.request_settle()

    def next_demand(self, f: int, n: int) -> None:
        """Draw when a fixed demand comes next: its rate is that of the systems at the start (R-O2)."""
        demand = self.model.fleets[f].fixed[n]
        positions = self.world.counts[f] * demand.per_system
        if positions:
            u = self.uniforms(Purpose.DEMAND, demand.key, self.fleets[f].demands[n])[0]
            mean = self.value(demand.mean) / positions
            gap = draws.delay_seconds(draws.sample(draws.EXPONENTIAL, mean, 0.0, u, ()))
            self.clock.after(gap, Kind.FAILURE, (f, 1 + n, 0), partial(self.strike, f, n))

    def issue(self) -> None:
        """Serviceable units go to those who have waited longest (R-M2)."""
        for p, point in enumerate(self.points):
            while point.queue and point.on_shelf:
                waiting = point.queue.popleft()
                if isinstance(waiting, Need):
                    self.serve(p, waiting)
                    continue
                self.queue_up(waiting, False)
                waiting.quality = self.off_shelf(p)
                self.assign(waiting, None, 1, waiting.replace_draw)

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
        position.tasks += 1
        self.want_crew(system, ("replace", position.rank), pool, takes, needs, lambda: self.install(position),
                       (position.key, position.tasks - 1), item.replace_grounds)  # fmt: skip

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
        """Take units from systems already down for something else, by each fleet's policy (R-M3)."""
        policies = {fleet.policy for fleet in self.fleets}
        if rules.ON_DEMAND in policies:
            self.rob_on_demand()
        if rules.CONCENTRATE in policies:
            while self.complete_one():
                pass
        for f, fleet in enumerate(self.fleets):
            if fleet.policy == rules.INSTANT:
                self.gather_holes(f)

    def rob_on_demand(self) -> None:
        """For a system with exactly one hole and no stock (ENGINE 13)."""
        donors = self.donors()
        for p, point in enumerate(self.points):
            item = self.model.points[p].item
            if not self.grounding[item] or not point.queue or point.on_shelf:
                continue
            for position in list(point.queue):
                if isinstance(position, Need):
                    continue
                system = position.system
                if self.fleets[system.fleet].policy != rules.ON_DEMAND:
                    continue
                if system.overhaul or system.lacking != 1:
                    continue
                donor = self.donor_for(position, donors, [])
                if donor is not None:
                    self.rob(donor, position)
                    donors = self.donors()

    def complete_one(self) -> bool:
        """Concentrate holes: complete a system from others that have holes, if all it lacks can be found (R-M3).

        The system with fewest holes first; true when one was completed.
        """
        here = [s for f in self.fleets if f.policy == rules.CONCENTRATE for s in f.systems if s.on_books]
        waiting = [s for s in here if not s.overhaul and s.lacking and not s.in_other_work()]
        donors = self.donors() if waiting else []
        for system in sorted(waiting, key=lambda s: (s.lacking, s.fleet, s.slot)):
            taken: list[Position] = []
            holes = [p for p in system.positions if p.in_queue and self.grounding[p.item]]
            for hole in holes:
                donor = self.donor_for(hole, donors, taken)
                if donor is None:
                    break
                taken.append(donor)
            else:
                for donor, hole in zip(taken, holes):
                    self.rob(donor, hole)
                return True
        return False

    def donors(self) -> list[System]:
        """Systems that may be robbed: those with most holes first, then lowest rank (ENGINE 13)."""
        robbed = (fleet for fleet in self.fleets if fleet.policy != rules.NO_ROBBING)
        able = (s for fleet in robbed for s in fleet.systems if s.on_books and s.overhaul != "in work")
        down = (s for s in able if rules.may_rob(1, s.lacking, s.at_limit()))
        return sorted(down, key=lambda s: (-s.lacking, s.fleet, s.slot))

    def donor_for(self, hole: Position, donors: list[System], taken: list[Position]) -> Position | None:
        """The position to rob: the first one of the first donor that has the unit."""
        for system in donors:
            if system is not hole.system:
                for position in system.positions:
                    fits = position.item == hole.item and position.point == hole.point
                    if fits and position.unit is not None and position not in taken:
                        return position
        return None

    def gather_holes(self, f: int) -> None:
        """Instant cannibalization: holes are on as few systems as possible, at once and for nothing (R-M3).

        NMC = max over items of the holes / QPA, rounded up; those at their overhaul limit, which cannot fly anyhow, get
        them first, then those with most holes.
        """
        systems = [s for s in self.fleets[f].systems if s.on_books and s.overhaul != "in work"]
        queued = [p for s in systems for p in s.positions if p.in_queue and self.grounding[p.item]]
        if not queued:
            return
        worst = sorted(systems, key=lambda s: (not s.at_limit(), -s.lacking, s.slot))
        needed = 0
        for i in {p.item for p in queued}:
            left, n = sum(1 for p in queued if p.item == i), 0
            while left > 0:  # a position with a unit assigned cannot take a hole
                left -= sum(1 for p in worst[n].positions if p.item == i and not p.promised)
                n += 1
            needed = max(needed, n)
        donors = worst[:needed]
        for hole in queued:
            if hole.system in donors:
                continue
            full = (p for s in donors for p in s.positions if p.item == hole.item and p.unit is not None)
            self.move(next(full), hole)

    def move(self, donor: Position, hole: Position) -> None:
        """A unit changes places with a hole, which keeps its turn in the queue."""
        queue = self.points[hole.point].queue
        queue[queue.index(hole)] = donor
        self.queue_up(hole, False)
        self.queue_up(donor, True)
        donor.replace_draw, hole.replace_draw = hole.replace_draw, None
        self.fit(hole, self.take_out(donor))
        self.refresh_limits(donor.system)
        self.refresh_limits(hole.system)

    def rob(self, donor: Position, hole: Position) -> None:
        """Move a unit from donor to hole: twice the work, on the recipient's ticket; the donor's hole waits."""
        unit = self.take_out(donor)
        between = donor.system.fleet, hole.system.fleet
        if self.model.items[hole.item].fails_sorties is not None and between[0] != between[1]:
            hours = unit.fails_at * (self.sortie(between[1]) / self.sortie(between[0]))  # as many sorties are left
            unit.fails_at = max(1, int(hours))
        self.points[hole.point].queue.remove(hole)
        self.queue_up(hole, False)
        k = hole.robberies
        u = self.uniforms(Purpose.DAMAGE, hole.key, k)
        hole.robberies += 1
        hole.quality = 1.0
        donor.replace_draw = Draw(u[2], Purpose.DAMAGE, 2, hole.key, k)
        self.open_hole(donor)
        self.assign(hole, unit, 2, Draw(u[1], Purpose.DAMAGE, 1, hole.key, k))
