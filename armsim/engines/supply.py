"""Orders, depots and consignments on their way (R-M6, R-M9, R-H1)."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import Any

from armsim.engines.core import YEAR, Process
from armsim.engines.entities import Draw, Job, Need
from armsim.engines.sources import Sources
from armsim.model import draws, rules
from armsim.model.arrays import Law, Route
from armsim.model.draws import Purpose
from armsim.model.events import FIRST_BOUGHT
from armsim.model.order import NEVER, Entity, Flow, Kind
from armsim.model.timeline import Gate, cover_at, mean_of


class Supply(Sources):
    """Orders and consignments."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        items = [self.model.items[point.item] for point in self.model.points]
        self.in_lots = [p for p, (point, item) in enumerate(zip(self.model.points, items))
                        if item.lot and item.line >= 0 and point.depot < 0]  # fmt: skip

    def condemn(self, point: int, place: str = "condemned") -> None:
        """A unit is gone for good; its replacement is ordered, (S-1, S) (R-M6)."""
        i = self.model.points[point].item
        self.ledger[i][place] += 1
        self.count(i, "condemned", 1)
        if self.model.points[point].depot >= 0:
            self.draw_on_depot(point)
            point = self.model.points[point].depot
        self.replace(point)

    def replace(self, point: int) -> None:
        """The place of a unit that is gone is filled by an order, unless one went out ahead or lots are ordered."""
        if self.points[point].ahead > 0:
            self.points[point].ahead -= 1
        elif not self.model.items[self.model.points[point].item].lot:
            self.order(point)
        self.request_settle()

    def draw_on_depot(self, point: int) -> None:
        """A base asks its depot for a unit in place of one that has left it (R-M2, R-M9)."""
        if self.points[point].ahead > 0:
            self.points[point].ahead -= 1
        else:
            self.ask_depot(point)

    def ask_depot(self, point: int) -> None:
        """A request of a base joins the queue of its depot."""
        self.points[self.model.points[point].depot].queue.append(Need(base=point))
        self.request_settle()

    def order(self, point: int) -> None:
        """A need for a new unit arises (R-M6); without a line it stays unmet."""
        line = self.model.items[self.model.points[point].item].line
        if line >= 0:
            self.on_order(point, 1)
            job = self.new_job(line, point)
            if not (self.lets_in(job) and self.bought_beside(job)):
                self.set_off(job)

    def order_ahead_of(self, point: int) -> None:
        """An order placed before its time: the next unit that goes is not ordered again (R-M6)."""
        depot = self.model.points[point].depot
        if depot >= 0:
            self.points[point].ahead += 1
            self.ask_depot(point)
            point = depot
        if not self.model.items[self.model.points[point].item].lot:
            self.points[point].ahead += 1
            self.order(point)

    def order_lots(self) -> None:
        """(r, Q): lots are ordered while the inventory position is at or below the order point (R-M6, ENGINE 20)."""
        for p in self.in_lots:
            item, state = self.model.items[self.model.points[p].item], self.points[p]
            position = state.on_shelf + state.due_in - len(state.queue)
            wanted = rules.lots(position, item.order_at, item.lot)
            if state.lot is not None and wanted == 0:
                self.leave_home(state.lot)
            if state.lot is not None:
                continue
            for _ in range(wanted):
                job = self.new_job(item.line, p)
                job.units, job.is_lot = item.lot, True
                self.set_off(job)
                if job.at_home:
                    break

    def change_level(self, p: int, to: int) -> None:
        """Another base stock holds: a rise is ordered at once, a fall leaves out the next orders (R-M6).

        What a base has more or less is ordered more or less by its depot too, whose own level stays.
        """
        state, change = self.points[p], to - self.points[p].level
        state.level = to
        depot = self.model.points[p].depot
        for _ in range(-change):
            state.ahead += 1
            if depot >= 0:
                self.points[depot].ahead += 1
        for _ in range(change):
            if depot >= 0:
                self.draw_on_depot(p)
            self.replace(depot if depot >= 0 else p)
        self.request_settle()

    def from_depot(self, point: int) -> None:
        """The depot sends a unit to a base; it takes the order-and-ship time (R-M2)."""
        model, state = self.model.points[point], self.points[point]
        k, state.sent = state.sent, state.sent + 1
        quality = self.off_shelf(model.depot)
        u = self.uniforms(Purpose.FROM_DEPOT, model.key, k)[0]
        takes = self.seconds(model.ship, u, Purpose.FROM_DEPOT, 0, model.key, k)
        self.ledger[model.item]["shipping"] += 1
        self.clock.after(takes, Kind.ARRIVAL, (Flow.FROM_DEPOT, point, k), partial(self.at_base, point, quality))

    def at_base(self, point: int, quality: float) -> None:
        """A unit from the depot is on the shelf of its base."""
        self.ledger[self.model.points[point].item]["shipping"] -= 1
        self.shelve(point, quality)

    def travel(self, job: Job) -> Process:
        """A need on its way: an order, or a removed unit sent for repair."""
        return self.resupply(job) if job.route is None else self.repair_abroad(job)

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
            self.sent_home(job, refused=True)
            return
        self.spend("spares", item.price, job.units * job.price)
        # A licence that ends as a queue begins has ended before it (ENGINE 3).
        queued = rules.level_at(gate.times, gate.orders, self.now - (1 if delay else 0)) == rules.QUEUE

        work = takes[1] + job.late
        made = self.until_despatch(job, gate, work, queued)
        if made >= NEVER:
            return
        if made:
            yield self.clock.after(made, Kind.ARRIVAL, entity)

        arrived = yield from self.journey(job, gate, entity, takes[2], stages[2])
        self.on_order(job.point, -job.units)
        if arrived:
            self.ledger[i]["entered"] += job.units
            self.shelve(job.point, job.quality, job.units)
        elif not job.is_lot:
            self.order(job.point)  # lost on the way: the need arises again (R-M6)
        self.request_settle()

    def until_despatch(self, job: Job, gate: Gate, work: int, queued: bool) -> int:
        """Delay until what is accepted now is made and may leave; NEVER if it never may (ENGINE 17)."""
        made = rules.work_with_stops(gate.times, gate.accepted, self.now, work)
        if made < NEVER:
            ready = self.now + made
            leave = rules.despatch_wait(gate.times, gate.orders, gate.accepted, gate.transit, ready, queued)
            made = made + leave if leave < NEVER else NEVER
        if made > work:
            clauses = ("accepted_orders", "in_transit", "new_orders")
            self.touch(job.line, "consignments_held", clauses, self.now, self.now + made, job.cover)
        return made

    def length(self, job: Job, stage: int, law: Law | None, first: Draw | None) -> int:
        """The length of one stage: a fresh draw whenever something starts again, or halts would keep the longest."""
        if job.attempts == 0 and first is not None:
            return self.seconds(law, *first)
        key, k = self.stream(job), job.serial * 1024 + job.attempts
        u = self.uniforms(Purpose.RESTART, key, k)
        return self.seconds(law, u[stage], Purpose.RESTART, stage, key, k)

    def journey(self, job: Job, gate: Gate, entity: Entity, takes: int, law: Law | None) -> Generator[Any, Any, bool]:
        """On the way: true when it arrives, false when it is lost (R-H1 in_transit)."""
        while True:
            way = takes + self.longer_way(job)
            outcome, delay = rules.transit(gate.times, gate.transit, self.now, way)
            if delay > way or outcome != rules.DONE:
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
        pending, work, way = route.licence, route.takes, route.transit
        if job.source >= 0 and self.model.responses[job.source].takes is not None:  # the whole time
            pending, work, way = None, self.model.responses[job.source].takes, None
        licence = self.length(job, 0, pending, Draw(legs[0], Purpose.ROUTE, 0, key, n))
        takes = self.length(job, 1, work, Draw(u[1], Purpose.REMOVAL, 1, key, n))
        home = self.length(job, 2, way, Draw(legs[1], Purpose.ROUTE, 1, key, n))

        outcome, delay = rules.licence(gate.times, gate.orders, self.now, licence + job.late)
        if delay:
            yield self.clock.after(delay, Kind.ARRIVAL, entity)
        if outcome == rules.RETURNED:
            self.sent_home(job, refused=True)
            return
        self.pay_repair(route, job.price)
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
            self.sent_home(job, refused=False)
            return
        spoilt = legs[2] < rules.spoilt(gate.times, gate.abroad, gate.spoils, self.now - delay, self.now, YEAR)
        if outcome == rules.LOST or spoilt or u[2] >= self.value(route.yields):
            self.go_abroad(i, -1)
            self.in_repair(job.point, -1)
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
        arrived = yield from self.journey(job, gate, entity, home, way)
        self.go_abroad(i, -1)
        self.in_repair(job.point, -1)
        if arrived:
            self.shelve(job.point, job.quality * self.quality_of(route))
        else:
            self.condemn(job.point, "lost")
            self.request_settle()

    def pay_repair(self, route: Route, factor: float = 1.0) -> None:
        """Work on a unit begins: of an overhaul at its hard life, or of a repair (R-S2)."""
        self.spend("overhaul" if route.is_overhaul else "repair", route.price, factor)

    def quality_of(self, route: Route) -> float:
        """The life of a unit made serviceable, as a share of a new one's."""
        return self.value(route.quality) if route.quality >= 0 else 1.0

    def bring(self, a: int) -> Process:
        """Units already bought arrive on their date, through the item's line where it has one (R-M6)."""
        arrival = self.model.arrivals[a]
        point, line, date = arrival.point, arrival.line, self.date(arrival.day)
        i = self.model.points[point].item
        if line < 0:
            yield self.clock.after(date, Kind.ARRIVAL, (Flow.PARTS, point, a))
            arrived = True
        else:
            job = Job(line, FIRST_BOUGHT + a, point, (0, line, a), cover_at(self.model, self.world, line, 0))
            self.on_order(point, arrival.count)
            law, gate, entity = self.model.items[i].transit, self.gate(job), (Flow.RESUPPLY, line, job.serial)
            takes = 0 if law is None else min(date, draws.delay_seconds(mean_of(law, self.world.values)))
            nothing = (0,) * len(gate.times)
            wait = rules.despatch_wait(gate.times, nothing, gate.accepted, gate.transit, date - takes, False)
            if wait:
                held = ("accepted_orders", "in_transit")
                self.touch(line, "consignments_held", held, date - takes, date - takes + wait, job.cover)
            if wait >= NEVER or date - takes + wait >= self.model.horizon:
                return
            if date - takes + wait > 0:
                yield self.clock.after(date - takes + wait, Kind.ARRIVAL, entity)
            arrived = yield from self.journey(job, gate, entity, takes, None)
            self.on_order(point, -arrival.count)
        if arrived:
            self.ledger[i]["entered"] += arrival.count
            self.shelve(point, 1.0, arrival.count)
        self.request_settle()
