"""Resolved scenario -> model: names become indices, units become seconds, every number a parameter."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from typing import Any

from armsim import units
from armsim.model import arrays, draws
from armsim.scenario import things as written
from armsim.scenario.halts import Halt
from armsim.scenario.lines import Line, applies, covers, home_of, lines_of, pool_key
from armsim.scenario.scenario import Scenario, without_empty
from armsim.scenario.values import Value

LAWS = {
    "fixed": draws.FIXED, "exponential": draws.EXPONENTIAL, "lognormal": draws.LOGNORMAL,
    "uniform": draws.UNIFORM, "erlang": draws.ERLANG, "weibull": draws.WEIBULL,
}  # fmt: skip


Ends = tuple[float, float | None, float]


def compile_scenario(scenario: Scenario) -> arrays.Model:
    """The model of one variant."""
    return Compiler(scenario.things).model()


def key_of(name: str, thing: Any) -> str:
    """The random-number key of a thing: its own, or its name."""
    return thing.rng_key or name


class Compiler:
    """Walks the records once and collects parameters on the way."""

    def __init__(self, things: written.Written) -> None:
        self.things = things
        self.start: date = things.time.start
        self.home = home_of(things)
        self.parameters: list[arrays.Parameter] = []
        self.fleet_names = sorted(things.fleets, key=lambda n: key_of(n, things.fleets[n]))
        self.item_names = sorted(things.items, key=lambda n: key_of(n, things.items[n]))
        self.halt_names = sorted(things.halts)
        self.contract_names = sorted(things.contracts)
        self.response_names = sorted(things.responses)
        self.lines = sorted(lines_of(things), key=self.line_key)
        self.line_index = {line.key: k for k, line in enumerate(self.lines)}
        self.pool_keys = sorted(pool_key(site, crew) for site, place in things.sites.items() for crew in place.crews)
        self.shop_keys = sorted(pool_key(site, shop) for site, place in things.sites.items() for shop in place.shops)

    # Numbers ------------------------------------------------------------------------------------------

    def number(self, path: str, ends: Ends, log: bool = False, **law: Any) -> int:
        """The index of a new parameter."""
        parameter = arrays.Parameter(draws.entity_key(path), *ends, log, **law)
        self.parameters.append(parameter)
        return len(self.parameters) - 1

    def value(self, path: str, value: Value) -> int:
        """The index of a value that does not scatter."""
        return self.number(path, value.ends, value.log)

    def law(self, path: str, value: Value, ends: Any = None, default: str = "fixed") -> arrays.Law:
        """A value that scatters."""
        law, kind, shape = value.varies, LAWS[default], 0.0
        if law is not None:
            kind, shape = LAWS[law.kind], law.shape
            if law.kind == "lognormal" and not law.sd:
                shape = draws.lognormal_sd(shape)
        scale = self.number(path, ends or value.ends, value.log, kind=kind, shape=shape, median=value.median)
        return arrays.Law(kind, scale, shape)

    def optional_law(self, path: str, value: Value | None) -> arrays.Law | None:
        """A law, or None for a time that was not given or is always zero."""
        return None if value is None or value.ends == (0, 0, 0) else self.law(path, value)

    def day(self, path: str, value: Any) -> int:
        """The index of a date, in days from the start; -1 for never."""
        if getattr(value, "never", False):
            return -1
        low, best, high = value.ends
        return self.number(path, (self.days(low), None if best is None else self.days(best), self.days(high)))

    def days(self, moment: date) -> float:
        """Days from the start of the simulation."""
        return float((moment - self.start).days)

    def interval(self, path: str, life: Any) -> arrays.Interval:
        """A limit in use, in time, or both."""
        use = self.number(path + "/fh", life.fh, life.log) if life is not None and life.fh else -1
        days = self.number(path + "/days", life.days, life.log) if life is not None and life.days else -1
        return arrays.Interval(use, days)

    # Due forms ----------------------------------------------------------------------------------------

    def moment(self, raw: Any) -> tuple[bool, int]:
        """(is use, amount): nano-flown-seconds left, or seconds from the start (negative: before)."""
        kind, amount = raw
        if kind == "fh":
            return True, round(amount * 3.6e12)
        days = self.days(amount) if kind == "date" else amount
        return False, round(days * units.SECONDS_PER_DAY)

    def due(self, path: str, due: written.Due | None) -> arrays.Due | None:
        """The due form with its moments in seconds and use."""
        if due is None:
            return None
        listed = tuple(self.moment(raw) for raw in due.list_ or ())
        shift = -1 if due.shift is None else self.value(path + "/shift", due.shift)
        rest = due.then if due.then is not None else due
        if due.then is not None and due.then.shift is not None:
            shift = self.value(path + "/then/shift", due.then.shift)
        form = ""
        ends: tuple[tuple[bool, int], ...] = ()
        if rest.staggered is not None:
            form, ends = "staggered", tuple(self.moment(raw) for raw in rest.staggered)
        elif rest.random is not None:
            form, ends = "random", tuple(self.moment(raw) for raw in rest.random)
        elif rest.block is not None:
            moments = [(self.moment(written.read_moment(day)), n) for day, n in rest.block.items()]
            form, ends = "block", tuple(moment for moment, n in sorted(moments) for _ in range(n))
        overdue = due.overdue + (due.then.overdue if due.then is not None else 0)
        return arrays.Due(overdue, listed, form, ends, shift)

    # Things -------------------------------------------------------------------------------------------

    def model(self) -> arrays.Model:
        """The whole model."""
        time = self.things.time
        horizon = units.days_between(time.start, time.end) * units.SECONDS_PER_DAY
        starts = units.period_starts(time.start, time.end, time.report_every)
        edges = (*tuple(int(self.days(day)) * units.SECONDS_PER_DAY for day in starts[1:]), horizon)
        first_halt = time.months_from or time.start
        first = max(k for k, day in enumerate(starts) if k == 0 or day <= first_halt)
        points, point_of = self.points()
        fleets = tuple(self.fleet(name) for name in self.fleet_names)
        return arrays.Model(
            name=self.things.name,
            start=time.start,
            horizon=horizon,
            warmup=self.value("time/warmup", time.warmup),
            edges=edges,
            first_halt_period=first,
            fleets=fleets,
            items=tuple(self.item(name) for name in self.item_names),
            points=points,
            point_of=point_of,
            lines=tuple(self.line(line) for line in self.lines),
            pools=tuple(self.pool(key) for key in self.pool_keys),
            shops=tuple(self.shop(key) for key in self.shop_keys),
            contracts=tuple(self.contract(name) for name in self.contract_names),
            halts=tuple(self.halt(name) for name in self.halt_names),
            responses=tuple(self.response(name) for name in self.response_names),
            crew_of=self.crews(),
            has_costs=False,
            parameters=tuple(self.parameters),
        )

    def points(self) -> tuple[tuple[arrays.Point, ...], dict[tuple[int, int], int]]:
        """Stock points, one per item and site, and which one serves a fleet's item."""
        found: dict[tuple[int, str], int] = {}
        points: list[arrays.Point] = []
        point_of: dict[tuple[int, int], int] = {}
        for i, name in enumerate(self.item_names):
            item = self.things.items[name]
            for f, fleet in enumerate(self.fleet_names):
                if fleet not in item.on:
                    continue
                site = self.things.fleets[fleet].site or ""
                if (i, site) not in found:
                    stock = item.stock.get(site)
                    index = -1 if stock is None else self.value(f"items/{key_of(name, item)}/stock/{site}", stock)
                    found[i, site] = len(points)
                    points.append(arrays.Point(i, site, index))
                point_of[f, i] = found[i, site]
        return tuple(points), point_of

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
            fly=-1 if fly is None else self.number(f"{at}/fly", fly.per_year, fly.log),
            fly_each=fly is not None and fly.basis == "each",
            fly_changes=tuple(
                (self.day(f"{at}/fly/{k}/from", c.from_), self.number(f"{at}/fly/{k}/to", c.to.per_year, c.to.log))
                for k, c in enumerate(fly.changes if fly is not None else ())
            ),
            at_most=-1 if fleet.at_most is None else self.number(
                f"{at}/at_most", fleet.at_most.per_year, fleet.at_most.log
            ),
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
            robs=fleet.cannibalization.policy == "on_demand",
            rob_damage=self.value(f"{at}/cannibalization/damage", fleet.cannibalization.damage),
            missions=(),
        )  # fmt: skip

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
            slots = self.things.sites[site].shops[shop].servers
        return arrays.Overhaul(
            self.interval(f"{at}/overhaul/every", overhaul.every), self.law(f"{at}/overhaul/takes", overhaul.takes),
            line, slots, self.due(f"{at}/overhaul/due", overhaul.due),
        )  # fmt: skip

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
        )  # fmt: skip

    def item(self, name: str) -> arrays.Item:
        """One item."""
        item = self.things.items[name]
        at = f"items/{key_of(name, item)}"
        fails = item.fails_every
        by_use = fails is not None and fails.fh is not None
        fails_law = None
        if fails is not None:
            ends = fails.fh if by_use else fails.days
            fails_law = self.law(f"{at}/fails_every", fails, ends, default="exponential")
        limit = item.hard_life or (item.overhaul.every if item.overhaul is not None else None)
        resupply = item.resupply
        renewable = None
        if item.overhaul is not None:
            work = item.overhaul
            route = written.Repair.model_construct(
                share=written.Share(best=1.0), at=work.at, takes=work.takes, licence=None, transit=None,
                yield_=work.yield_, quality=written.Share(best=1.0), uses=(),
            )  # fmt: skip
            renewable = self.route(name, f"{at}/overhaul", route, "overhaul")
        due = item.due or (item.overhaul.due if item.overhaul is not None else None)
        return arrays.Item(
            name=name,
            key=key_of(name, item),
            grounds=item.absence == "grounds",
            degrades=item.absence == "degrades",
            replace_grounds=item.replace_grounds or item.absence == "grounds",
            fails_use=fails_law if by_use else None,
            fails_days=None if by_use else fails_law,
            hard=None if limit is None else self.interval(f"{at}/hard_life", limit),
            renewable=renewable,
            expires=-1 if item.expires_after is None else self.value(f"{at}/expires_after", item.expires_after),
            due=self.due(f"{at}/due", due),
            replace=None
            if item.replace is None
            else (self.law(f"{at}/replace/takes", item.replace.takes), item.replace.crew, item.replace.needs),
            routes=tuple(self.route(name, f"{at}/repair/{k}", r, "repair") for k, r in enumerate(item.repair)),
            line=self.line_index.get(f"line/spares/{item.supplier}/{name}", -1) if resupply is not None else -1,
            licence=self.optional_law(f"{at}/resupply/licence", resupply.licence if resupply else None),
            make=self.optional_law(f"{at}/resupply/make", resupply.make if resupply else None),
            transit=self.optional_law(f"{at}/resupply/transit", resupply.transit if resupply else None),
        )

    def route(self, item: str, at: str, route: written.Repair, kind: str) -> arrays.Route:
        """One way of a removed unit."""
        shop = self.shop_keys.index(route.at) if route.at in self.shop_keys else -1
        quality = -1 if route.quality.ends == (1, 1, 1) else self.value(f"{at}/quality", route.quality)
        return arrays.Route(
            share=self.value(f"{at}/share", route.share),
            shop=shop,
            line=self.line_index.get(f"line/{kind}/{route.at}/{item}", -1),
            takes=None if route.takes is None else self.law(f"{at}/takes", route.takes),
            licence=self.optional_law(f"{at}/licence", route.licence),
            transit=self.optional_law(f"{at}/transit", route.transit),
            yields=self.value(f"{at}/yield", route.yield_),
            quality=quality,
        )

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
            (supplier, int(n), self.line_index[f"line/people/{supplier}/{key}"])
            for supplier, n in sorted(crew.foreign.items())
        )
        changes = tuple(
            (self.day(f"pools/{key}/{k}", c.on), c.local, tuple(sorted((c.foreign or {}).items())))
            for k, c in enumerate(crew.changes)
        )
        return arrays.Pool(key, int(crew.local or 0), foreign, changes)

    def shop(self, key: str) -> tuple[str, int | None]:
        """A shop and its servers."""
        site, _, name = key.partition(".")
        return key, self.things.sites[site].shops[name].servers

    def contract(self, name: str) -> arrays.Contract:
        """A contract and the halts that can keep it from being signed."""
        contract = self.things.contracts[name]
        at = f"contracts/{name}"
        concerned = [line for line in self.lines if covers(contract, line)] or [self.line_stand_in(contract)]
        halts = tuple(
            h
            for h, halt_name in enumerate(self.halt_names)
            if any(applies(self.things.halts[halt_name], line, self.home) for line in concerned)
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
        halt = self.things.halts[name]
        assert halt.from_ is not None
        return arrays.HaltDates(
            name, halt.title or name.replace("_", " "),
            self.day(f"halts/{name}/from", halt.from_), self.day(f"halts/{name}/until", halt.until),
            -1 if (within := halt.people.leave_within) is None else self.value(f"halts/{name}/leave_within", within),
            halt, content_of(halt),
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
            when=trigger_of(response.when),
            until_when=trigger_of(response.until_when),
            delay=self.value(f"{at}/delay", response.delay),
            ends=-1 if response.until is None else self.day(f"{at}/until", response.until),
            succeeds=self.value(f"{at}/succeeds", response.succeeds),
            fleets=tuple(sorted(self.fleet_names.index(f) for f in fleets)),
            items=items,
            fly=-1 if response.fly is None else self.value(f"{at}/fly", response.fly),
            damage=self.value(f"{at}/damage", response.damage),
            per_year=-1 if rate is None else self.value(f"{at}/capacity", rate),
            quality=self.value(f"{at}/quality", response.quality),
            takes=None if response.takes is None else self.law(f"{at}/takes", response.takes),
            lines=tuple(self.line_index.get(f"line/spares/{name}/{self.item_names[i]}", -1) for i in items),
        )


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


