"""Stock, orders, supply lines, repair abroad and at home: what halts act on (R-M5, R-M6, R-H1)."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import Any

from armsim.engines.core import Process
from armsim.engines.entities import (
    Draw,
    Job,
    PointState,
    ShopWork,
)
from armsim.engines.work import Work
from armsim.model import draws, rules
from armsim.model.arrays import Law
from armsim.model.draws import Purpose
from armsim.model.order import NEVER, Entity, Flow, Kind
from armsim.model.timeline import Gate, cover_at, left_out
from armsim.model.trajectory import TOUCHES

#: Clauses that a covered order passes while signed contracts are honoured (ENGINE 18).
PASSED_UNDER_CONTRACT = ("new_orders", "accepted_orders")
#: From which level on a clause sends a need home; below it only holds.
REFUSING = {"new_orders": rules.REFUSE, "repairs_abroad": rules.RETURN_UNREPAIRED}


class Supply(Work):
    """Stock points, supply lines and shops."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.points = [self.stocked(p) for p in range(len(self.model.points))]
        self.serials = [0] * len(self.model.lines)
        self.at_home: list[list[Job]] = [[] for _ in self.model.lines]
        self.lines_changed: set[int] = set()
        self.shop_serials = [0] * len(self.model.items)
        self.shop_queues: list[list[ShopWork]] = [[] for _ in self.model.shops]
        self.shop_busy = [0] * len(self.model.shops)

    def stocked(self, p: int) -> PointState:
        """A stock point with its base stock on the shelf."""
        stock = self.model.points[p].stock
        units = int(self.value(stock) + 0.5) if stock >= 0 else 0
        return PointState({1.0: units})

    def shelve(self, point: int, quality: float) -> None:
        """A serviceable unit goes on the shelf."""
        shelf = self.points[point].shelf
        shelf[quality] = shelf.get(quality, 0) + 1
        self.count(self.model.points[point].item, "stock", 1)
        self.request_settle()

    def condemn(self, point: int, place: str = "condemned") -> None:
        """A unit is gone for good; its replacement is ordered, (S-1, S) (R-M6)."""
        i = self.model.points[point].item
        self.ledger[i][place] += 1
        self.count(i, "condemned", 1)
        if self.points[point].ahead > 0:
            self.points[point].ahead -= 1
        else:
            self.order(point)

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

    def route_of(self, i: int, u: float) -> Any:
        """The route a failed unit takes, drawn from its item's shares (R-M5); None when condemned."""
        passed = 0.0
        for route in self.model.items[i].routes:
            passed += self.value(route.share)
            if u < passed:
                return route if route.shop >= 0 or route.line >= 0 else None
        return None

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
