"""Resolved scenario -> model: names become indices, units become seconds, every number a parameter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from armsim import units
from armsim.model import arrays, draws, rules
from armsim.model.numbers import Numbers
from armsim.scenario import things as written
from armsim.scenario.halts import Halt
from armsim.scenario.lines import Line, applies, covers, home_of, lines_of, mended_by, pool_key
from armsim.scenario.places import asked_for_at, shops_for
from armsim.scenario.scenario import Scenario, without_empty
from armsim.scenario.values import Part, Programme, Slots, Value


def compile_scenario(scenario: Scenario) -> arrays.Model:
    """The model of one variant."""
    return Compiler(scenario.things).model()


def key_of(name: str, thing: Any) -> str:
    """The random-number key of a thing: its own, or its name."""
    return thing.rng_key or name


class Compiler(Numbers):
    """Walks the records once and collects parameters on the way."""

    def __init__(self, things: written.Written) -> None:
        super().__init__(things.time.start)
        self.things = things
        self.home = home_of(things)
        self.fleet_names = sorted(things.fleets, key=lambda n: key_of(n, things.fleets[n]))
        self.item_names = sorted(things.items, key=lambda n: key_of(n, things.items[n]))
        self.halt_names = sorted(things.halts)
        self.contract_names = sorted(things.contracts)
        self.response_names = sorted(things.responses)
        self.lines = sorted(lines_of(things), key=self.line_key)
        self.line_index = {line.key: k for k, line in enumerate(self.lines)}
        self.pool_keys = sorted(pool_key(site, crew) for site, place in things.sites.items() for crew in place.crews)
        self.shop_keys = sorted(pool_key(site, shop) for site, place in things.sites.items() for shop in place.shops)
        # Repair at home by a response has a shop of its own.
        self.shop_keys += [n for n in self.response_names if things.responses[n].kind == "repair_at_home"]

    def model(self) -> arrays.Model:
        """The whole model."""
        time = self.things.time
        horizon = self.seconds(time.end)
        starts = units.period_starts(time.start, time.end, time.report_every)
        edges = (*map(self.seconds, starts[1:]), horizon)
        first_halt = time.months_from or time.start
        first = max(k for k, day in enumerate(starts) if k == 0 or day <= first_halt)
        self.points, self.point_at, point_of = self.stock_points()
        fleets = tuple(self.fleet(name) for name in self.fleet_names)
        return arrays.Model(
            name=self.things.name,
            home=self.home,
            start=time.start,
            horizon=horizon,
            warmup=self.value("time/warmup", time.warmup),
            edges=edges,
            first_halt_period=first,
            fleets=fleets,
            items=tuple(self.item(name) for name in self.item_names),
            points=self.points,
            point_of=point_of,
            lines=tuple(self.line(line) for line in self.lines),
            pools=tuple(self.pool(key) for key in self.pool_keys),
            shops=tuple(self.shop(key) for key in self.shop_keys),
            arrivals=self.arrivals(),
            contracts=tuple(self.contract(name) for name in self.contract_names),
            halts=tuple(self.halt(name) for name in self.halt_names),
            responses=tuple(self.response(name) for name in self.response_names),
            crew_of=self.crews(),
            has_costs=self.has_costs(),
            parameters=tuple(self.parameters),
        )

    def stock_points(self) -> tuple[tuple[arrays.Point, ...], dict[tuple[int, str], int], dict[tuple[int, int], int]]:
        """Stock points, one per item and site; where each is; and which one serves a fleet's item (R-M9)."""
        places: list[tuple[int, str]] = []
        point_of: dict[tuple[int, int], int] = {}
        for i, name in enumerate(self.item_names):
            on = [f for f in self.fleet_names if f in self.things.items[name].on]
            sites = [self.things.fleets[f].site or "" for f in on] + list(asked_for_at(self.things, name))
            sites += [place.depot for site in sites if (place := self.things.sites.get(site)) and place.depot]
            places += [(i, site) for site in dict.fromkeys(sites)]
            for fleet in on:
                point_of[self.fleet_names.index(fleet), i] = places.index((i, self.things.fleets[fleet].site or ""))
        at = {place: p for p, place in enumerate(places)}
        return tuple(self.point(i, site, at) for i, site in places), at, point_of

    def point(self, i: int, site: str, at: dict[tuple[int, str], int]) -> arrays.Point:
        """Stock of an item at a site."""
        item, place = self.things.items[self.item_names[i]], self.things.sites.get(site)
        path = f"items/{key_of(self.item_names[i], item)}"
        stock, on_hand = item.stock.get(site), item.on_hand.get(site)
        changes = tuple(
            (self.day(f"{path}/stock_changes/{k}/on", c.on), self.value(f"{path}/stock_changes/{k}/to", c.to))
            for k, c in enumerate(item.stock_changes) if c.at == site
        )  # fmt: skip
        return arrays.Point(
            item=i,
            site=site,
            stock=-1 if stock is None else self.value(f"{path}/stock/{site}", stock),
            depot=at[i, place.depot] if place is not None and place.depot else -1,
            key=draws.entity_key(f"{path}/at/{site}"),
            ship=self.optional_law(f"sites/{site}/order_and_ship", place.order_and_ship) if place else None,
            on_hand=-1 if on_hand is None else self.value(f"{path}/on_hand/{site}", on_hand),
            changes=changes,
        )

    def arrivals(self) -> tuple[arrays.Arrival, ...]:
        """Units already bought that arrive on dates."""
        found = []
        for i, name in enumerate(self.item_names):
            item = self.things.items[name]
            mine = [p for p, point in enumerate(self.points) if point.item == i]
            for k, arrival in enumerate(item.arrivals):
                point = mine[0] if arrival.at is None and mine else self.point_at.get((i, arrival.at or ""), -1)
                if point < 0:
                    continue  # nobody uses it there: the check says so
                day = self.day(f"items/{key_of(name, item)}/arrivals/{k}/on", arrival.on)
                found.append(arrays.Arrival(point, day, arrival.count, self.spares_line(name)))
        return tuple(found)

    def spares_line(self, name: str) -> int:
        """The line an item is ordered through, -1 without."""
        item = self.things.items[name]
        return self.line_index.get(f"line/spares/{item.supplier}/{name}", -1) if item.resupply is not None else -1

    def has_costs(self) -> bool:
        """True when anything has a price."""
        items, fleets = self.things.items.values(), self.things.fleets.values()
        return (
            any(i.price or (i.overhaul and i.overhaul.price) or any(r.price for r in i.repair) for i in items)
            or any(f.cost_per_fh or (f.overhaul and f.overhaul.price) for f in fleets)
            or any(r.cost for r in self.things.responses.values())
        )

    def price(self, path: str, price: Value | None) -> int:
        """The index of a price, -1 without."""
        return -1 if price is None else self.value(path, price)

    def crews(self) -> dict[tuple[int, int], int]:
        """The pool that replaces an item on a fleet."""
        pools: dict[tuple[int, int], int] = {}
        for i, name in enumerate(self.item_names):
            item = self.things.items[name]
            for f, fleet in enumerate(self.fleet_names):
                if item.replace is not None and fleet in item.on:
                    pools[f, i] = self.pool_at(fleet, item.replace.crew)
        return pools

    def pool_at(self, fleet: str, crew: str) -> int:
        """The index of a crew pool at a fleet's site."""
        return self.pool_keys.index(pool_key(self.things.fleets[fleet].site or "", crew))

    def fleet(self, name: str) -> arrays.Fleet:
        """One fleet."""
        fleet = self.things.fleets[name]
        key = key_of(name, fleet)
        at = f"fleets/{key}"
        positions = tuple(
            (i, q)
            for i, item_name in enumerate(self.item_names)
            for q in range(self.things.items[item_name].on.get(name, 0))
        )
        deliveries = tuple(self.delivery(name, f"{at}/deliveries/{k}", d) for k, d in enumerate(fleet.deliveries))
        minimum, share = self.threshold(fleet.minimum, fleet)
        fly = fleet.fly
        return arrays.Fleet(
            name=name,
            key=key,
            authorised=float(fleet.authorised.middle),
            minimum=minimum,
            minimum_share=share,
            count=self.value(f"{at}/count", fleet.count),
            most=int(fleet.count.ends[2]) + sum(len(d.dates) for d in deliveries),
            fly=-1 if fly is None else self.programme(f"{at}/fly", fly),
            fly_each=fly is not None and fly.basis == "each",
            fly_changes=tuple(
                (self.day(f"{at}/fly/{k}/from", c.from_), self.programme(f"{at}/fly/{k}/to", c.to))
                for k, c in enumerate(fly.changes if fly is not None else ())
            ),
            at_most=-1 if fleet.at_most is None else self.programme(f"{at}/at_most", fleet.at_most),
            positions=positions,
            upkeep=tuple(
                arrays.Upkeep(
                    self.value(f"{at}/upkeep/{k}/every", u.every), self.law(f"{at}/upkeep/{k}/takes", u.takes),
                    self.pool_at(name, u.crew), u.needs,
                )
                for k, u in enumerate(fleet.upkeep)
            ),
            inspections=tuple(
                arrays.Inspection(
                    self.interval(f"{at}/inspections/{k}/every", w.every),
                    self.law(f"{at}/inspections/{k}/takes", w.takes),
                    self.pool_at(name, w.crew), w.needs, self.due(f"{at}/inspections/{k}/due", w.due),
                )
                for k, w in enumerate(fleet.inspections)
            ),
            overhaul=self.overhaul(name, at, fleet.overhaul),
            life_limit=self.life_limit(at, fleet.life_limit),
            loss_per_100k=self.loss(at, fleet.losses),
            dated_losses=self.dated(f"{at}/losses", fleet.losses.on if fleet.losses else ()),
            retirements=self.dated(f"{at}/retirements", fleet.retirements),
            deliveries=deliveries,
            policy=rules.POLICIES.index(fleet.cannibalization.policy),
            rob_damage=self.value(f"{at}/cannibalization/damage", fleet.cannibalization.damage),
            missions=tuple(sorted(fleet.missions)),
            blocks=tuple(self.blocks(fleet, item_name) for item_name in self.item_names),
            sortie=-1 if fleet.sortie is None else self.value(f"{at}/sortie", fleet.sortie),
            regeneration=self.regeneration(at, fleet.regeneration),
            cost_per_fh=self.price(f"{at}/cost_per_FH", fleet.cost_per_fh),
            fixed=self.fixed_demands(name, at),
        )  # fmt: skip

    def programme(self, path: str, fly: Programme) -> int:
        """The index of a programme, in flying hours a year."""
        return self.number(self.key_path(path, fly), fly.per_year, fly.log)

    def slots(self, path: str, slots: Slots | None) -> arrays.Slots | None:
        """How many at once, with dated changes; None for no limit."""
        if slots is None:
            return None
        changes = ((self.day(f"{path}/{k}/from", c.from_), self.value(f"{path}/{k}/to", c.to))
                   for k, c in enumerate(slots.changes))  # fmt: skip
        return arrays.Slots(self.value(path, slots), tuple(changes))

    def threshold(
        self, minimum: units.Threshold | None, fleet: written.Fleet
    ) -> tuple[Fraction | None, tuple[Fraction, str] | None]:
        """A minimum as a number of systems, or as a share of a changing denominator."""
        if minimum is None:
            return None, None
        if minimum.share is None:
            return exact(minimum.count), None
        if minimum.of == "authorised":
            return exact(minimum.share) * exact(fleet.authorised.middle), None
        return None, (exact(minimum.share), str(minimum.of))

    def overhaul(self, name: str, at: str, overhaul: written.Overhaul | None) -> arrays.Overhaul | None:
        """A fleet's overhaul."""
        if overhaul is None:
            return None
        line = self.line_index.get(f"line/overhaul/{overhaul.at}/{name}", -1)
        slots = overhaul.slots
        if line < 0 and slots is None:
            site, _, shop = overhaul.at.partition(".")
            servers = self.things.sites[site].shops[shop].servers
            slots = None if servers is None else Slots(best=servers)
        return arrays.Overhaul(
            self.interval(f"{at}/overhaul/every", overhaul.every), self.law(f"{at}/overhaul/takes", overhaul.takes),
            line, self.slots(f"{at}/overhaul/slots", slots), self.due(f"{at}/overhaul/due", overhaul.due),
            self.price(f"{at}/overhaul/price", overhaul.price),
        )  # fmt: skip

    def blocks(self, fleet: written.Fleet, item: str) -> int:
        """The missions of a fleet that the absence of an item stops, as bits."""
        needed = self.things.items[item].needed_for
        return sum(1 << m for m, mission in enumerate(sorted(fleet.missions)) if mission in needed)

    def regeneration(self, at: str, work: written.Regeneration | None) -> arrays.Regeneration | None:
        """What a system needs that was down for long."""
        if work is None:
            return None
        after = self.value(f"{at}/regeneration/after", work.after)
        return arrays.Regeneration(after, self.law(f"{at}/regeneration/takes", work.takes),
                                   self.slots(f"{at}/regeneration/slots", work.slots))  # fmt: skip

    def fixed_demands(self, fleet: str, at: str) -> tuple[arrays.FixedDemand, ...]:
        """Streams of demand of a fleet that never fall (R-O2)."""
        found = []
        for i, name in enumerate(self.item_names):
            item = self.things.items[name]
            if item.demand == "fixed" and item.fails_every is not None and fleet in item.on:
                key = key_of(name, item)
                assert item.fails_every.days is not None
                path = self.key_path(f"items/{key}/fails_every", item.fails_every)
                mean = self.number(path, item.fails_every.days, item.fails_every.log)
                stream = draws.entity_key(f"{at}/demand/{key}")
                found.append(arrays.FixedDemand(i, mean, item.on[fleet], stream))
        return tuple(found)

    def life_limit(self, at: str, limit: written.LifeLimit | None) -> tuple[arrays.Interval, arrays.Due] | None:
        """A limit after which a system is retired."""
        if limit is None:
            return None
        due = self.due(f"{at}/life_limit/due", limit.due)
        assert due is not None
        return self.interval(f"{at}/life_limit/every", limit.every), due

    def loss(self, at: str, losses: written.Losses | None) -> int:
        """Losses per 100,000 flying hours."""
        if losses is None or losses.per_100k_fh is None:
            return -1
        return self.value(f"{at}/losses/per_100k_FH", losses.per_100k_fh)

    def dated(self, at: str, dated: tuple[written.Dated, ...]) -> tuple[tuple[int, int], ...]:
        """(date parameter, how many) of dated events."""
        return tuple((self.day(f"{at}/{k}/on", one.on), one.count) for k, one in enumerate(dated))

    def delivery(self, name: str, at: str, delivery: written.Deliveries) -> arrays.Delivery:
        """Systems by schedule; the k-th of n, from 0, at A + (k+½)(B−A)/n."""
        schedule = delivery.schedule
        if schedule.staggered is not None:
            first, last = (self.days(day) for day in schedule.staggered)
            n = schedule.count or 0
            days = [first + (k + 0.5) * (last - first) / n for k in range(n)]
        else:
            days = [self.days(day) for day in schedule.list_ or ()]
        contract = -1 if delivery.contract is None else self.contract_names.index(delivery.contract)
        ordered = 0.0
        if delivery.ordered is not None:
            ordered = self.days(delivery.ordered.middle)
        elif delivery.contract is not None:
            ordered = self.days(self.things.contracts[delivery.contract].from_.middle)
        return arrays.Delivery(
            self.line_index[f"line/systems/{delivery.supplier}/{name}"], contract,
            tuple(round(day * units.SECONDS_PER_DAY) for day in sorted(days)),
            int(ordered * units.SECONDS_PER_DAY), self.value(f"{at}/transit", delivery.transit),
            tuple(self.value(f"{at}/used/{key_of(item, self.things.items[item])}", delivery.used[item])
                  if item in delivery.used else -1 for item in self.item_names),
        )  # fmt: skip

    def item(self, name: str) -> arrays.Item:
        """One item."""
        item = self.things.items[name]
        at = f"items/{key_of(name, item)}"
        fails = item.fails_every
        fails_law = None
        if fails is not None and item.demand != "fixed":
            ends = fails.fh or fails.sorties or fails.days
            fails_law = self.law(f"{at}/fails_every", fails, ends, default="exponential")
        limit = item.hard_life or (item.overhaul.every if item.overhaul is not None else None)
        resupply = item.resupply
        renewable = None
        if item.overhaul is not None:
            work = item.overhaul
            route = written.Repair.model_construct(
                share=written.Share(best=1.0), at=work.at, takes=work.takes, licence=None, transit=None,
                yield_=work.yield_, quality=written.Share(best=1.0), uses={}, price=work.price,
            )  # fmt: skip
            renewable = self.route(name, f"{at}/overhaul", route, "overhaul")
        due = item.due or (item.overhaul.due if item.overhaul is not None else None)
        return arrays.Item(
            name=name,
            key=key_of(name, item),
            grounds=item.absence == "grounds" and not item.needed_for,
            degrades=item.absence == "degrades",
            replace_grounds=item.replace_grounds or (item.absence == "grounds" and not item.needed_for),
            fails_use=fails_law if fails is not None and fails.fh else None,
            fails_days=fails_law if fails is not None and fails.days else None,
            fails_sorties=fails_law if fails is not None and fails.sorties else None,
            hard=None if limit is None else self.interval(f"{at}/hard_life", limit),
            renewable=renewable,
            expires=-1 if item.expires_after is None else self.value(f"{at}/expires_after", item.expires_after),
            due=self.due(f"{at}/due", due),
            replace=None
            if item.replace is None
            else (self.law(f"{at}/replace/takes", item.replace.takes), item.replace.crew, item.replace.needs),
            routes=tuple(self.route(name, f"{at}/repair/{k}", r, "repair") for k, r in enumerate(item.repair)),
            line=self.spares_line(name),
            licence=self.optional_law(f"{at}/resupply/licence", resupply.licence if resupply else None),
            make=self.optional_law(f"{at}/resupply/make", resupply.make if resupply else None),
            transit=self.optional_law(f"{at}/resupply/transit", resupply.transit if resupply else None),
            price=self.price(f"{at}/price", item.price),
            order_at=item.reorder.point if item.reorder is not None else 0,
            lot=item.reorder.quantity if item.reorder is not None else 0,
        )

    def route(self, item: str, at: str, route: written.Repair, kind: str) -> arrays.Route:
        """One way of a removed unit."""
        quality = -1 if route.quality.ends == (1, 1, 1) else self.value(f"{at}/quality", route.quality)
        found = arrays.Route(
            share=self.value(f"{at}/share", route.share),
            shop=-1,
            line=self.line_index.get(f"line/{kind}/{route.at}/{item}", -1),
            takes=None if route.takes is None else self.law(f"{at}/takes", route.takes),
            licence=self.optional_law(f"{at}/licence", route.licence),
            transit=self.optional_law(f"{at}/transit", route.transit),
            yields=self.value(f"{at}/yield", route.yield_),
            quality=quality,
            price=self.price(f"{at}/price", route.price),
            is_overhaul=kind == "overhaul",
        )
        uses = [self.bit(f"{at}/uses", *one) for one in route.uses.items()]
        at_home = {shop: self.in_shop(found, shop, uses) for shop in shops_for(self.things, item, route.at)}
        if route.at in at_home:
            return at_home[route.at]
        i = self.item_names.index(item)
        return replace(found, own={self.point_at[i, shop.partition(".")[0]]: one for shop, one in at_home.items()})

    def in_shop(self, route: arrays.Route, shop: str, uses: list[tuple[int, int]]) -> arrays.Route:
        """A way of a removed unit in a shop at home, with the stock points at which bits are asked for there."""
        site = shop.partition(".")[0]
        bits = sorted((bit, self.point_at[bit, site], share) for bit, share in uses)
        return replace(route, shop=self.shop_keys.index(shop), uses=tuple(bits))

    def bit(self, at: str, name: str, share: Value) -> tuple[int, int]:
        """A bit that a repair at home uses: item, share of repairs."""
        return self.item_names.index(name), self.value(f"{at}/{key_of(name, self.things.items[name])}", share)

    def line(self, line: Line) -> arrays.Line:
        """A line with the halts and contracts that concern it."""
        halts = tuple(
            h for h, name in enumerate(self.halt_names) if applies(self.things.halts[name], line, self.home)
        )
        signed = tuple(
            c for c, name in enumerate(self.contract_names) if covers(self.things.contracts[name], line)
        )
        excepted = tuple(tuple(c for c in signed if self.leaves_out(h, c)) for h in halts)
        item = self.item_names.index(line.item) if line.item is not None else -1
        key = self.line_key(line)
        return arrays.Line(key, line.kind, line.supplier, line.jurisdiction, item, halts, signed, excepted)

    def line_key(self, line: Line) -> str:
        """The key of a line, with what it serves by its random-number key, so that a renamed item draws the same."""
        target = line.target
        if line.item is not None:
            target = key_of(target, self.things.items[target])
        elif target in self.things.fleets:
            target = key_of(target, self.things.fleets[target])
        return f"line/{line.kind}/{line.supplier}/{target}"

    def leaves_out(self, halt: int, contract: int) -> bool:
        """True when a halt names a contract among its exceptions."""
        exceptions = self.things.halts[self.halt_names[halt]].except_
        return exceptions is not None and self.contract_names[contract] in exceptions.contracts

    def pool(self, key: str) -> arrays.Pool:
        """A crew pool."""
        site, _, name = key.partition(".")
        crew = self.things.sites[site].crews[name]
        foreign = tuple(
            (supplier, self.part(f"pools/{key}/foreign/{supplier}", part),
             self.line_index[f"line/people/{supplier}/{key}"])
            for supplier, part in sorted(crew.foreign.items())
        )  # fmt: skip
        changes = tuple(
            (
                self.day(f"pools/{key}/{k}", c.on),
                None if c.local is None else self.part(f"pools/{key}/{k}/local", c.local),
                tuple(
                    (name, self.part(f"pools/{key}/{k}/foreign/{name}", part))
                    for name, part in sorted((c.foreign or {}).items())
                ),
            )
            for k, c in enumerate(crew.changes)
        )
        return arrays.Pool(key, crew.size or 0, foreign, changes, crew.of == "tasks")

    def part(self, path: str, part: Part) -> arrays.Part:
        """A share of a pool, or a head count."""
        return arrays.Part(self.value(path, part), not part.is_count)

    def shop(self, key: str) -> tuple[str, int | None]:
        """A shop and its servers; that of a response has no limit."""
        site, _, name = key.partition(".")
        return key, self.things.sites[site].shops[name].servers if name else None

    def contract(self, name: str) -> arrays.Contract:
        """A contract and the halts that can keep it from being signed."""
        contract = self.things.contracts[name]
        at = f"contracts/{name}"
        concerned = [line for line in self.lines if covers(contract, line)] or [self.line_stand_in(contract)]
        halts = tuple(
            h
            for h, halt_name in enumerate(self.halt_names)
            if self.things.halts[halt_name].refuses_renewals
            and any(applies(self.things.halts[halt_name], line, self.home) for line in concerned)
            and not self.leaves_out(h, self.contract_names.index(name))
        )
        renewal = contract.renewal
        return arrays.Contract(
            name,
            self.day(f"{at}/signed", contract.signed or contract.from_),
            self.day(f"{at}/from", contract.from_),
            self.day(f"{at}/until", contract.until),
            -1 if renewal is None else self.value(f"{at}/renewal/takes", renewal.takes),
            -1 if renewal is None else self.value(f"{at}/renewal/for", renewal.for_),
            halts,
        )

    def line_stand_in(self, contract: written.Contract) -> Line:
        """A line as a contract without any would have it, to see which halts keep it from being signed."""
        firm = self.things.suppliers[contract.supplier]
        return Line(
            contract.supplier, contract.covers[0], "", None, contract.fleets, firm.jurisdiction, firm.through, ()
        )

    def halt(self, name: str) -> arrays.HaltDates:
        """A halt's dates and what it says."""
        halt, at = self.things.halts[name], f"halts/{name}"
        after, resume, operation = halt.after, halt.resume, halt.operation
        return arrays.HaltDates(
            name=name,
            title=halt.title or name.replace("_", " "),
            begins=-1 if halt.from_ is None else self.day(f"{at}/from", halt.from_),
            ends=self.day(f"{at}/until", halt.until),
            leave_within=self.optional(f"{at}/leave_within", halt.people.leave_within),
            leave_by=tuple(
                (self.seconds(units.parse_date(day)), share.middle)
                for day, share in sorted((halt.people.leave_by or {}).items())
            ),
            says=halt,
            content=content_of(halt),
            announced=None if halt.announced is None else self.seconds(halt.announced),
            after=-1 if after is None else self.halt_names.index(after.halt),
            lag=-1 if after is None else self.value(f"{at}/after/lag", after.lag),
            follows=-1 if after is None else self.value(f"{at}/after/probability", after.probability),
            fund=self.optional(f"{at}/fund", halt.new_orders.fund),
            fund_retry=self.optional(f"{at}/fund/retry", halt.new_orders.retry),
            slow_by=self.optional_law(f"{at}/slow_by", halt.slow_by),
            leak=self.leak(f"{at}/leakage", halt),
            passes=-1 if halt.except_ is None or halt.except_.count is None else halt.except_.count,
            spoils=self.optional(f"{at}/spoilage", halt.spoilage),
            restart=-1 if resume is None else self.optional(f"{at}/resume/restart", resume.restart),
            lifted=-1 if resume is None else self.optional(f"{at}/resume/operation", resume.operation),
            ramp=-1 if resume is None else self.optional(f"{at}/resume/ramp", resume.ramp),
            forbids=tuple(
                f for f, fleet in enumerate(self.fleet_names)
                if fleet in halt.may_forbid(self.things.fleets)
            ),
            stop_within=self.optional(f"{at}/operation/stop_within", operation.stop_within),
            spared=operation.except_ or 0,
        )  # fmt: skip

    def optional(self, path: str, value: Value | None) -> int:
        """The index of a value that need not be given, -1 without."""
        return -1 if value is None else self.value(path, value)

    def leak(self, at: str, halt: Halt) -> arrays.Leak | None:
        """What gets through a halt although refused."""
        leakage = halt.leakage
        if leakage is None:
            return None
        return arrays.Leak(
            self.value(f"{at}/probability", leakage.probability), self.optional(f"{at}/retry", leakage.retry),
            self.optional_law(f"{at}/delay", leakage.delay), self.value(f"{at}/price", leakage.price),
            self.value(f"{at}/quality", leakage.quality),
        )  # fmt: skip

    def response(self, name: str) -> arrays.Response:
        """A response."""
        response = self.things.responses[name]
        at = f"responses/{name}"
        fleets = response.fleets or tuple(self.things.fleets)
        items = tuple(sorted(self.item_names.index(i) for i in response.items))
        rate = response.capacity
        return arrays.Response(
            name=name,
            kind=response.kind,
            begins=-1 if response.from_ is None else self.day(f"{at}/from", response.from_),
            after=-1 if response.after is None else self.halt_names.index(response.after),
            notice=-1 if response.notice is None else self.halt_names.index(response.notice),
            when=trigger_of(response.when),
            until_when=trigger_of(response.until_when),
            delay=self.value(f"{at}/delay", response.delay),
            ends=-1 if response.until is None else self.day(f"{at}/until", response.until),
            succeeds=self.value(f"{at}/succeeds", response.succeeds),
            fleets=tuple(sorted(self.fleet_names.index(f) for f in fleets)),
            items=items,
            fly=-1 if response.fly is None else self.value(f"{at}/fly", response.fly),
            cost=self.price(f"{at}/cost", response.cost),
            policy=rules.POLICIES.index(response.policy),
            damage=self.value(f"{at}/damage", response.damage),
            per_year=-1 if rate is None else self.value(f"{at}/capacity", rate),
            build_up=self.optional(f"{at}/build_up", response.build_up),
            each=self.value(f"{at}/each", response.each),
            retry=self.optional(f"{at}/retry", response.retry),
            dual_sourcing=self.optional(f"{at}/dual_sourcing", response.dual_sourcing),
            price=self.price(f"{at}/price", response.price),
            quality=self.value(f"{at}/quality", response.quality),
            takes=None if response.takes is None else self.law(f"{at}/takes", response.takes),
            stands_for=tuple(self.stands_for(name, response)) if response.kind == "other_source" else (),
            share=self.optional(f"{at}/share", response.share),
            route=self.route_of(name, response),
            systems=-1 if response.systems is None else response.systems,
            gains=self.interval(f"{at}/gains", response.gains),
            slots=self.slots(f"{at}/slots", response.slots),
            of_life=response.limit == "life",
            pools=tuple(self.pool_keys.index(key) for key in sorted(response.crews)),
            people=response.people or 0,
            units=response.units or 0,
            failures=self.value(f"{at}/failures", response.failures),
            loss_per_100k=self.price(f"{at}/losses_per_100k_FH", response.losses_per_100k_fh),
            yields=self.value(f"{at}/yield", response.yield_),
        )

    def stands_for(self, name: str, response: Any) -> Iterator[tuple[int, int]]:
        """Lines of which another source takes needs, each with its own line for them."""
        for item in sorted(response.items):
            one = self.things.items[item]
            if one.resupply is not None:
                yield self.spares_line(item), self.line_index[f"line/spares/{name}/{item}"]
            for kind, supplier in mended_by(self.things, one) if response.repairs else ():
                yield self.line_index[f"line/{kind}/{supplier}/{item}"], self.line_index[f"line/repair/{name}/{item}"]

    def route_of(self, name: str, response: Any) -> arrays.Route | None:
        """The way of a unit that a response repairs at home."""
        if response.kind != "repair_at_home":
            return None
        at = f"responses/{name}/repair"
        return arrays.Route(
            share=self.number(f"{at}/share", (1.0, None, 1.0)), shop=self.shop_keys.index(name), line=-1,
            takes=self.law(f"{at}/takes", response.takes), licence=None, transit=None,
            yields=self.value(f"{at}/yield", response.yield_), quality=self.value(f"{at}/quality", response.quality),
            price=self.price(f"{at}/price", response.price),
        )  # fmt: skip


def exact(number: float | None) -> Fraction:
    """A decimal number of the file as an exact fraction."""
    return Fraction(str(number))


def trigger_of(trigger: units.Trigger | None) -> tuple[str, bool, Fraction, str] | None:
    """A trigger as (measure, below, threshold, denominator)."""
    if trigger is None:
        return None
    threshold = trigger.threshold
    if threshold.share is not None:
        return trigger.measure, trigger.below, exact(threshold.share), str(threshold.of)
    return trigger.measure, trigger.below, exact(threshold.count), ""


def content_of(halt: Halt) -> str:
    """What a halt says apart from its dates and names, as text."""
    left_out = {"title", "source", "grade", "note", "from", "until", "announced", "background"}
    said = without_empty(halt.model_dump(by_alias=True, exclude_none=True))
    return json.dumps({k: v for k, v in said.items() if k not in left_out}, sort_keys=True)


