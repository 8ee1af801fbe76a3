"""Removed units and who makes them serviceable; other sources of units (R-M5, MODEL section 7)."""

from __future__ import annotations

from functools import partial
from typing import Any

from armsim.engines.core import YEAR
from armsim.engines.entities import Job, Need, ShopWork
from armsim.engines.supply import Supply
from armsim.model import draws, rules
from armsim.model.arrays import Route
from armsim.model.draws import Purpose
from armsim.model.order import NEVER, Flow, Kind


class Repair(Supply):
    """Shops, bits, and what responses supply or repair."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.shop_serials = [0] * len(self.model.items)
        self.shop_queues: list[list[ShopWork]] = [[] for _ in self.model.shops]
        self.shop_busy = [0] * len(self.model.shops)
        n = len(self.model.responses)
        self.turn, self.turn_used, self.turn_asked, self.taken = [-1] * n, [-1] * n, [-1] * n, [0] * n

    def send_away(self, point: int, route: Route | None, key: int, removal: int) -> None:
        """A removed unit: condemned, to a shop at home, or to a supplier abroad.

        What its base cannot do is the business of the depot, and the base asks it for another (R-M9).
        """
        model = self.model.points[point]
        is_local = route is not None and route.shop >= 0 and self.shop_site(route.shop) == model.site
        if model.depot >= 0 and route is not None and not is_local:
            self.draw_on_depot(point)
            point = model.depot
        if route is None:
            self.condemn(point)
        elif route.shop >= 0:
            self.ledger[model.item]["shop"] += 1
            self.in_repair(point, 1)
            self.to_shop(point, route, key, removal)
        else:
            job = self.new_job(route.line, point)
            job.route, job.position_key, job.removal = route, key, removal
            self.in_repair(point, 1)
            self.ledger[model.item]["at_home"] += 1
            self.set_off(job)

    def shop_site(self, shop: int) -> str:
        """The site of a shop."""
        return self.model.shops[shop][0].partition(".")[0]

    def route_of(self, i: int, u: float) -> Route | None:
        """The route a failed unit takes, drawn from its item's shares (R-M5); None when condemned."""
        passed = 0.0
        for route in self.model.items[i].routes:
            passed += self.value(route.share)
            if u < passed:
                return route if route.shop >= 0 or route.line >= 0 else None
        return None

    def to_shop(self, point: int, route: Route, key: int, removal: int) -> None:
        """A removed unit joins the queue of a shop, and its bits are asked for (R-M5)."""
        i = self.model.points[point].item
        self.shop_serials[i] += 1
        work = ShopWork(point, route, key, removal, self.shop_serials[i])
        self.shop_queues[route.shop].append(work)
        for n, (bit, at, share) in enumerate(route.uses):
            if self.uniforms(Purpose.BITS, key, removal * 64 + n)[0] < self.value(share):
                work.bits += 1
                self.take_from_supply(bit, at, key ^ draws.entity_key(self.model.items[bit].key), removal, work)
        self.request_settle()

    def take_from_supply(self, i: int, point: int, key: int, k: int, work: ShopWork | None = None) -> None:
        """Somebody who is no position needs a unit: the one it replaces comes from outside the books (R-O2, R-M5)."""
        self.points[point].queue.append(Need(bit_of=work))
        self.count(i, "backorders", 1)
        self.ledger[i]["entered"] += 1
        self.send_away(point, self.route_of(i, self.uniforms(Purpose.REMOVAL, key, k)[0]), key, k)
        self.request_settle()

    def serve(self, point: int, need: Need) -> None:
        """A unit of the shelf goes to a base, into a repair, or off the books."""
        if need.base >= 0:
            self.from_depot(need.base)
            return
        i = self.model.points[point].item
        self.off_shelf(point)
        self.count(i, "backorders", -1)
        self.ledger[i]["elsewhere"] += 1
        if need.bit_of is not None:
            need.bit_of.bits -= 1

    def start_repairs(self) -> None:
        """Free servers take waiting units, first come first served; one that lacks bits blocks nobody (R-M5)."""
        for shop, (_, servers) in enumerate(self.model.shops):
            queue = self.shop_queues[shop]
            for work in [one for one in queue if not one.bits]:
                if servers is not None and self.shop_busy[shop] >= servers:
                    break
                queue.remove(work)
                self.shop_busy[shop] += 1
                u = self.uniforms(Purpose.REMOVAL, work.position_key, work.removal)
                takes = self.seconds(work.route.takes, u[1], Purpose.REMOVAL, 1, work.position_key, work.removal)
                i = self.model.points[work.point].item
                done = u[2] < self.value(work.route.yields)
                self.pay_repair(i, work.route)
                self.clock.after(takes, Kind.ARRIVAL, (Flow.REPAIR, i, work.serial),
                                 partial(self.shop_done, shop, work, done))  # fmt: skip

    def shop_done(self, shop: int, work: ShopWork, repaired: bool) -> None:
        """A unit leaves the shop: serviceable, or condemned by its yield."""
        self.shop_busy[shop] -= 1
        self.ledger[self.model.points[work.point].item]["shop"] -= 1
        self.in_repair(work.point, -1)
        if repaired:
            self.shelve(work.point, self.quality_of(work.route))
        else:
            self.condemn(work.point)
        self.request_settle()

    def turn_begins(self, r: int, n: int) -> int:
        """When the n-th turn of a response's capacity begins."""
        response = self.model.responses[r]
        build_up = draws.delay_seconds(self.value(response.build_up)) if response.build_up >= 0 else 0
        return self.begun[r] + rules.turn_begins(n, self.value(response.per_year), build_up, YEAR)

    def has_turn(self, r: int) -> bool:
        """True when a response can take one more need: one in each turn, a turn not used is not saved up."""
        if self.model.responses[r].per_year < 0:
            return True
        while self.turn_begins(r, self.turn[r] + 1) <= self.now:
            self.turn[r] += 1
        if self.turn[r] > self.turn_used[r]:
            return True
        following = self.turn_used[r] + 1
        at = self.turn_begins(r, following)
        if self.turn_asked[r] < following and at < self.model.horizon:
            self.turn_asked[r] = following
            self.clock.after(at - self.now, Kind.RESPONSE, (r, 2, 0), self.request_settle,
                             lambda: self.active[r] and self.turn_asked[r] == following)  # fmt: skip
        return False

    def use_turn(self, r: int) -> None:
        """A turn of a response's capacity is used."""
        self.turn_used[r] = self.turn[r]
        self.taken[r] += 1

    def use_other_sources(self) -> None:
        """Another source takes the oldest need that its main line refuses, one in each turn (section 7)."""
        for r, response in enumerate(self.model.responses):
            if self.active[r] and response.kind == "other_source":
                mains = {self.model.items[i].line: line for i, line in zip(response.items, response.lines)}
                while (job := self.oldest_open_to(r, mains)) is not None and self.has_turn(r):
                    self.use_turn(r)
                    self.take_over(r, job, mains[job.line])

    def oldest_open_to(self, r: int, mains: dict[int, int]) -> Job | None:
        """The oldest need that waits at home and that another source may take now."""
        waiting = []
        for main, own in mains.items():
            gate = self.world.uncovered[own]
            if rules.level_at(gate.times, gate.orders, self.now) < rules.REFUSE:
                orders = (job for job in self.at_home[main] if job.route is None)
                waiting += [job for job in orders if job.barred.get(r, -1) <= self.now]
        return min(waiting, key=lambda one: one.raised, default=None)

    def take_over(self, r: int, job: Job, line: int) -> None:
        """Another source takes a need, and delivers it or not."""
        response = self.model.responses[r]
        if not self.delivers(r):
            self.bar(r, job)
            return
        moved = self.new_job(line, job.point)
        moved.raised, moved.quality, moved.source = job.raised, self.value(response.quality), r
        moved.price = self.value(response.price) if response.price >= 0 else 1.0
        if job.is_lot:
            self.on_order(job.point, 1)
        else:
            self.leave_home(job)
        self.env.process(self.resupply(moved))

    def delivers(self, r: int) -> bool:
        """Whether another source really delivers the need it took."""
        response = self.model.responses[r]
        key = draws.entity_key(f"responses/{response.name}/each")
        return self.uniforms(Purpose.EACH, key, self.taken[r])[0] < self.value(response.each)

    def bar(self, r: int, job: Job) -> None:
        """A need another source did not deliver stays at home; it is asked again after a while, or never."""
        retry = self.model.responses[r].retry
        job.barred[r] = self.now + draws.delay_seconds(self.value(retry)) if retry >= 0 else NEVER
        if job.barred[r] < self.model.horizon:
            self.clock.after(job.barred[r] - self.now, Kind.RESPONSE, (r, 4, job.serial), self.request_settle,
                             lambda: job.at_home)  # fmt: skip

    def own_repair(self, i: int, key: int, removal: int) -> Route | None:
        """The way of a failed unit that a response repairs at home; None where none does (section 7).

        Units that wait come first.
        """
        for r, response in enumerate(self.model.responses):
            takes_it = self.active[r] and response.kind == "repair_at_home" and i in response.items
            if takes_it and self.is_fit(r, key, removal) and not self.waiting_for(r) and self.has_turn(r):
                self.use_turn(r)
                return response.route
        return None

    def is_fit(self, r: int, key: int, removal: int) -> bool:
        """Whether a unit is one that a repair at home can do; its share grows in the build-up."""
        u = self.uniforms(Purpose.AT_HOME, key, removal)[0]
        return u < self.value(self.model.responses[r].share) * self.built[r]

    def waiting_for(self, r: int) -> list[Job]:
        """Units that wait at home for repair and that a repair at home can do, oldest first."""
        waiting = [job for line in self.at_home for job in line
                   if job.route is not None and self.model.lines[job.line].kind == "repair"
                   and self.model.points[job.point].item in self.model.responses[r].items
                   and self.is_fit(r, job.position_key, job.removal)]  # fmt: skip
        return sorted(waiting, key=lambda one: one.raised)

    def repair_what_waits(self) -> None:
        """Repair at home takes units that their line refuses, oldest first (section 7)."""
        for r, response in enumerate(self.model.responses):
            if not self.active[r] or response.kind != "repair_at_home":
                continue
            for job in self.waiting_for(r):
                if not self.has_turn(r):
                    break
                self.use_turn(r)
                self.leave_home(job)
                i = self.model.points[job.point].item
                self.ledger[i]["at_home"] -= 1
                self.ledger[i]["shop"] += 1
                assert response.route is not None
                self.to_shop(job.point, response.route, job.position_key, job.removal)
