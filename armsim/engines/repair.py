"""Removed units and who makes them serviceable (R-M5, MODEL section 7)."""

from __future__ import annotations

from functools import partial
from typing import Any

from armsim.engines.entities import Job, Need, ShopWork
from armsim.engines.supply import Supply
from armsim.model import draws
from armsim.model.arrays import Route
from armsim.model.draws import Purpose
from armsim.model.order import Flow, Kind


class Repair(Supply):
    """Shops, bits, and what responses repair."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.shop_serials = [0] * len(self.model.items)
        self.shop_queues: list[list[ShopWork]] = [[] for _ in self.model.shops]
        self.shop_busy = [0] * len(self.model.shops)

    def send_away(self, point: int, route: Route | None, key: int, removal: int) -> None:
        """A removed unit: condemned, to a shop at home, or to a supplier abroad.

        What its base cannot do is the business of the depot, and the base asks it for another (R-M9).
        """
        model = self.model.points[point]
        if route is not None and route.own:
            route = route.own[point]
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
                return route if route.shop >= 0 or route.line >= 0 or route.own else None
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
                self.pay_repair(work.route)
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
                   if job.route is not None and not job.route.is_overhaul
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
