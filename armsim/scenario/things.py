"""The things a scenario is made of: jurisdictions, suppliers, contracts, sites, fleets, items."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, ValidationError, WithJsonSchema, model_serializer, model_validator

from armsim import units
from armsim.scenario.halts import Classes, Halt
from armsim.scenario.observed import Forecast, Observation
from armsim.scenario.responses import Response
from armsim.scenario.values import (
    Date,
    DateValue,
    Described,
    Duration,
    Frozen,
    Grade,
    Life,
    Months,
    Names,
    Number,
    Part,
    Programme,
    Share,
    Slots,
    Span,
    Threshold,
    Until,
    Use,
    Whole,
    names_schema,
    one_name,
    reading,
    refused,
    shares_of_each,
    with_changes,
)

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
#: Names that are given here for the first time.
NewNames = Annotated[tuple[Name, ...], BeforeValidator(one_name), names_schema({"type": "string"})]


def one_or_many(raw: Any) -> Any:
    """A single mapping where a list may stand."""
    return raw if isinstance(raw, list | tuple) or raw is None else (raw,)


class Time(Frozen):
    """When the simulation starts and ends."""

    start: Date
    end: Date
    warmup: Span = Span.model_validate("24 months")
    report_every: Months = 1
    months_from: Date | None = None

    @model_validator(mode="after")
    def _order(self) -> Time:
        if self.end <= self.start:
            raise refused(f"the end ({self.end}) must come after the start ({self.start})", "end")
        return self


class Runs(Frozen):
    """How many runs, unless the command says otherwise."""

    worlds: int = Field(100, ge=1, le=1_000_000)
    replications: int = Field(1, ge=1, le=1_000_000)
    seed: int = Field(1, ge=0, lt=2**63)


class Jurisdiction(Described):
    """A state whose permission a flow needs."""

    home: bool = False


class Supplier(Described):
    """A firm or state body that supplies."""

    jurisdiction: str
    provides: Classes = Field(min_length=1)
    through: Names = Field((), description="further jurisdictions its payment or transit needs")


class Renewal(Frozen):
    """How a contract is renewed: the work `takes` so long before its end, `for` so long; repeats."""

    takes: Span
    for_: Span = Field(alias="for")


class Contract(Described):
    """Signed cover: what a freeze on new contracts leaves running."""

    supplier: str
    covers: Classes = Field(min_length=1)
    fleets: Names = ()
    items: Names = ()
    signed: DateValue | None = None
    from_: DateValue = Field(alias="from")
    until: Until
    renewal: Renewal | None = None


def percent(share: float) -> str:
    """A share as people write it: 99.5%."""
    return f"{100 * share:.6g}%"


def check_parts(local: Part | None, foreign: dict[str, Part], size: int | None) -> None:
    """Refuse parts that are not all shares that sum to one, or all head counts that sum to the size.

    Where foreign parts have ranges own people are the rest, so that all sum up in every world.
    """
    parts = [part for part in (local, *foreign.values()) if part is not None]
    at = "foreign" if local is None else "local"
    if local is not None and any(part.is_uncertain for part in parts):
        raise refused("own people are the rest where low and high are drawn: take out 'local', and give the range "
                      "to 'foreign'", at)  # fmt: skip
    total = sum(part.ends[2] for part in parts)
    if parts and all(part.is_share for part in parts) and (total > 0 or size is None):
        if local is not None and abs(total - 1) > 1e-9:
            raise refused(f"local and foreign shares sum to {percent(total)}, not to 100%", at)
        if total > 1 + 1e-9:
            raise refused(f"foreign shares sum to {percent(total)}, more than 100%", at)
    elif not all(part.is_count for part in parts):
        raise refused("write local and foreign all as shares (40%) or all as head counts (3), not mixed", at)
    elif size is None and parts:
        raise refused("with 'utilisation', write local and foreign as shares such as 40%", at)
    elif size is not None and local is not None and total != size:
        raise refused(f"local and foreign sum to {total:g}, but 'size' is {size}", at)
    elif size is not None and total > size:
        raise refused(f"foreign people sum to {total:g}, more than the 'size' of {size}", at)


class CrewChange(Frozen):
    """From a date on, other numbers of people (a purge, a course). Shares are of the number at the start."""

    on: DateValue
    local: Part | None = None
    foreign: dict[str, Part] | None = None


class Crew(Described):
    """A pool of maintainers: how many tasks it can work on at once, and whose people they are."""

    fleets: Names = Field(min_length=1)
    size: int | None = Field(None, ge=0)
    utilisation: Share | None = None
    local: Part | None = None
    foreign: dict[str, Part] = {}
    of: Literal["capacity", "tasks"] = "capacity"
    changes: tuple[CrewChange, ...] = ()

    @model_validator(mode="after")
    def _sized(self) -> Crew:
        if (self.size is None) == (self.utilisation is None):
            both = self.size is not None
            raise refused(
                "give either 'size' (tasks at once) or 'utilisation' (such as 80%)" + (", not both" if both else ""),
                *(("utilisation",) if both else ()),
            )
        if self.utilisation is not None and self.utilisation.ends[0] <= 0:
            raise refused("a utilisation of zero would need endless people", "utilisation")
        check_parts(self.local, self.foreign, self.size)
        return self


class Shop(Described):
    """A workshop: how many repairs at once (no limit when not given)."""

    servers: int | None = Field(None, ge=1)


class Site(Described):
    """A base, or the depot that bases draw on."""

    depot: str | None = Field(None, description="the site it gets its parts from")
    order_and_ship: Duration = Duration.model_validate("0 days")
    crews: dict[Name, Crew] = {}
    shops: dict[Name, Shop] = {}

    @model_validator(mode="after")
    def _ships_from_somewhere(self) -> Site:
        if self.depot is None and self.order_and_ship.ends[2] > 0:
            raise refused("'order_and_ship' needs 'depot': the site its parts come from", "order_and_ship")
        return self

    @model_serializer(mode="wrap")
    def _without_a_way(self, written: Any) -> Any:
        """A site without a depot has no way from it."""
        fields = written(self)
        return fields if self.depot is not None else {k: v for k, v in fields.items() if k != "order_and_ship"}


class Moment(tuple):
    """A point of a due form: ('date', date), ('days', float) or ('fh', float)."""

    __slots__ = ()


def read_moment(raw: Any) -> Moment:
    """A date, a length of time or an amount of use."""
    if isinstance(raw, Moment):
        return raw
    text = str(raw).lower()
    if "fh" in text or "flying" in text or "flight" in text:
        return Moment(("fh", units.parse_use(raw)))
    if re.match(r"\d{4}-|\d+[/.]\d+[/.]", text):
        return Moment(("date", units.parse_date(raw)))
    try:
        return Moment(("days", units.parse_duration(raw)))
    except ValueError:
        shown = text if isinstance(raw, bool) else repr(raw)
        raise ValueError(
            f"{shown} is not a point in time: write a date (2024-06-01), a length of time (18 months) or use (200 FH)"
        ) from None


def write_moment(moment: Moment) -> str:
    """The canonical text of a moment."""
    kind, value = moment
    if kind == "date":
        return units.format_date(value)
    return units.format_use(value) if kind == "fh" else units.format_duration(value)


def kind_of(moment: Moment) -> str:
    """'date', 'days' or 'fh'."""
    return moment[0]


End = Annotated[
    Any,
    BeforeValidator(lambda raw: raw if isinstance(raw, Moment) else reading(read_moment)(raw)),
    WithJsonSchema({"type": ["string", "number"], "examples": ["2024-06-01", "18 months", "200 FH"]}),
]


class Due(Frozen):
    """When things first fall due: `staggered`, `random`, `block`, `list`, plus `overdue`.

    Ends are dates, lengths of time from the start, or flying hours left. `list` takes the first systems,
    `then` says how the rest fall due.
    """

    staggered: tuple[End, End] | None = None
    random: tuple[End, End] | None = None
    block: dict[str, int] | None = None
    list_: tuple[End, ...] | None = Field(None, alias="list")
    shift: Span | None = None
    overdue: int = Field(0, ge=0)
    then: Due | None = None
    source: str | None = None
    grade: Grade | None = None
    note: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _ends(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            raise refused("write {staggered: [from, to]}, {random: [from, to]}, {list: […]} or {block: {date: n}}")
        fields = dict(raw)
        for name in ("staggered", "random", "list"):
            ends = fields.get(name)
            if ends is None:
                continue
            if not isinstance(ends, list | tuple) or (name != "list" and len(ends) != 2):
                raise refused(f"{name} wants a list" + ("" if name == "list" else " of two ends, [from, to]"), name)
            fields[name] = tuple(ends)
        return fields

    @model_validator(mode="after")
    def _one_form(self) -> Due:
        forms = [f for f in ("staggered", "random", "block", "list_") if getattr(self, f) is not None]
        if len(forms) > 1:
            second = forms[1].rstrip("_")
            raise refused("give one of staggered, random, block and list (a list may go on with 'then')", second)
        if not forms and not self.overdue:
            raise refused("say when: staggered, random, block, list or overdue")
        if self.then is not None and forms not in (["list_"], []):
            raise refused("'then' follows a list (or overdue)", "then")
        for name, ends in (("staggered", self.staggered), ("random", self.random)):
            if ends and kind_of(ends[0]) != kind_of(ends[1]):
                raise refused("both ends must be of one kind: two dates, two durations or two amounts of use", name)
            if ends and ends[0] > ends[1]:
                raise refused("the first end must not be after the second", name)
        for day, number in (self.block or {}).items():
            try:
                read_moment(day)
            except ValueError as error:
                raise refused(str(error), "block", day, "[key]") from None
            if number < 0:
                raise refused(f"{number} systems cannot fall due: write a whole number from 0 up", "block", day)
        return self

    @model_serializer(mode="plain")
    def _short(self) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for name in ("staggered", "random", "list_"):
            ends = getattr(self, name)
            if ends is not None:
                fields[name.rstrip("_")] = [write_moment(end) for end in ends]
        if self.block is not None:
            fields["block"] = dict(self.block)
        if self.shift is not None:
            fields["shift"] = self.shift._short_form()
        if self.overdue:
            fields["overdue"] = self.overdue
        if self.then is not None:
            fields["then"] = self.then._short()
        return fields | {k: getattr(self, k) for k in ("source", "grade", "note") if getattr(self, k)}


class Dated(Frozen):
    """So many on a date."""

    on: DateValue
    count: int = Field(1, ge=1)


class Schedule(Frozen):
    """Dates of a number of events: `{staggered: [A, B], count: 18}` or `{list: […]}`."""

    staggered: tuple[Date, Date] | None = None
    list_: tuple[Date, ...] | None = Field(None, alias="list")
    count: int | None = Field(None, ge=0)

    @model_validator(mode="before")
    @classmethod
    def _lists(cls, raw: Any) -> Any:
        fields = dict(raw) if isinstance(raw, dict) else {"list": raw}
        ends = fields.get("staggered")
        if ends is not None and (not isinstance(ends, list | tuple) or len(ends) != 2):
            raise refused("staggered wants a list of two ends, [from, to]", "staggered")
        if not isinstance(fields.get("list", ()), list | tuple):
            fields["list"] = (fields["list"],)
        return {k: tuple(v) if isinstance(v, list) else v for k, v in fields.items()}

    @model_validator(mode="after")
    def _one_form(self) -> Schedule:
        if (self.staggered is None) == (self.list_ is None):
            raise refused("write {staggered: [from, to], count: n} or {list: [dates]}")
        if self.staggered is not None and self.count is None:
            raise refused("staggered needs 'count': how many")
        if self.staggered is not None and self.staggered[0] > self.staggered[1]:
            raise refused("the first end must not be after the second", "staggered")
        if self.list_ is not None and self.count is not None and self.count != len(self.list_):
            dates = len(self.list_)
            raise refused(f"'count' is {self.count}, but the dates in the list are {dates}: take it out", "count")
        return self


class FlyingChange(Frozen):
    """From a date on, another programme."""

    from_: DateValue = Field(alias="from")
    to: Programme


class Flying(Programme):
    """The programme, with dated changes: `changes: [{from: 2025-01-01, to: 300 FH/year fleet}]`."""

    changes: tuple[FlyingChange, ...] = ()

    @model_serializer(mode="plain")
    def _with_changes(self) -> Any:
        return with_changes(Programme._short_form(self), self.changes)

    @classmethod
    def more_schema(cls) -> dict[str, Any]:
        return {"changes": {"type": "array"}}


class Upkeep(Described):
    """Work without parts, every so many flying hours on average (R-M0)."""

    every: Use
    takes: Duration
    crew: str
    needs: str | None = Field(None, description="only this supplier's people may do it")


class Inspection(Described):
    """Work that falls due by use, by calendar, or whichever comes first (R-M7)."""

    every: Life
    takes: Duration
    crew: str
    needs: str | None = None
    due: Due | None = None


class Overhaul(Described):
    """Overhaul of whole systems: flown only until it falls due (R-M8)."""

    every: Life
    at: str = Field(description="a supplier, or site.shop")
    takes: Duration
    slots: Slots | None = None
    price: Number | None = None
    due: Due | None = None


class LifeLimit(Described):
    """A limit after which a system is retired."""

    every: Life | None = None
    due: Due
    then: Literal["retire"] = "retire"


class Losses(Described):
    """Losses per flying hour and dated losses."""

    per_100k_fh: Number | None = Field(None, alias="per_100k_FH")
    on: tuple[Dated, ...] = ()


class Deliveries(Described):
    """Systems that arrive by schedule through a supply line."""

    supplier: str
    schedule: Schedule
    contract: str | None = None
    ordered: DateValue | None = None
    transit: Span = Span.model_validate("0 days")
    used: dict[str, Share] = Field(default_factory=dict)


class Regeneration(Described):
    """What a system needs that was down for long (R-M10)."""

    after: Span
    takes: Duration
    slots: Slots | None = None


class Cannibalization(Frozen):
    """Peacetime policy of taking parts from systems that are down."""

    policy: Literal["none", "on_demand", "concentrate", "instant"] = "none"
    damage: Share = Share(best=0.0)

    @model_validator(mode="before")
    @classmethod
    def _word(cls, raw: Any) -> Any:
        return {"policy": raw} if isinstance(raw, str) else raw


class Baseline(Described):
    """What analysts know of a fleet without part-level data; resolved by Little's law (R-M0)."""

    mc: Share
    nmcs: Share = Share(best=0.0)
    nmcm: Share = Share(best=0.0)
    parts_wait: Duration
    work_takes: Duration
    supplier: str
    local: Part | None = None
    foreign: dict[str, Part] = {}
    utilisation: Share = Share(best=0.5)

    @model_validator(mode="after")
    def _sums(self) -> Baseline:
        for rate in ("nmcs", "nmcm"):
            given = getattr(self, rate)
            if given.is_uncertain and given.best is None:
                raise refused("give 'best' too: at their best values mc, nmcs and nmcm sum to 100%", rate)
            if given.is_uncertain and given.ends[0] <= 0:
                raise refused("a rate that may be 0 has no interval: write a low above 0%", rate)
        total = self.mc.middle + self.nmcs.middle + self.nmcm.middle
        if abs(total - 1) > 0.005:
            raise refused(f"mc, nmcs and nmcm sum to {percent(total)}, not to 100%", "mc")
        down = self.nmcs.ends[2] + self.nmcm.ends[2]
        if self.nmcs.is_uncertain | self.nmcm.is_uncertain and down >= 1:
            raise refused(f"at their highest nmcs and nmcm sum to {percent(down)}: that leaves no mc", "mc")
        if self.mc.middle <= 0:
            raise refused("a fleet that is never ready has no baseline to resolve", "mc")
        if self.utilisation.ends[0] <= 0:
            raise refused("a utilisation of zero would need endless people", "utilisation")
        check_parts(self.local, self.foreign, None)
        for part, wait, what in (("nmcs", "parts_wait", "waiting for parts"), ("nmcm", "work_takes", "in work")):
            if getattr(self, part).middle > 0 and getattr(self, wait).middle <= 0:
                raise refused(f"systems are down {what}, so '{wait}' must be above 0 days", wait)
        return self


class Fleet(Described):
    """So many like systems at a site."""

    rng_key: str | None = None
    lot: int = Field(1, ge=1, description="systems in one counted unit")
    authorised: Number
    count: Whole
    site: str | None = None
    content: Names = Field((), description="jurisdictions in its pedigree besides the supplier's")
    owner: str | None = None
    fly: Flying | None = None
    at_most: Programme | None = None
    minimum: Threshold | None = None
    upkeep: Annotated[tuple[Upkeep, ...], BeforeValidator(one_or_many)] = ()
    inspections: Annotated[tuple[Inspection, ...], BeforeValidator(one_or_many)] = ()
    overhaul: Overhaul | None = None
    life_limit: LifeLimit | None = None
    losses: Losses | None = None
    retirements: tuple[Dated, ...] = ()
    deliveries: Annotated[tuple[Deliveries, ...], BeforeValidator(one_or_many)] = ()
    regeneration: Regeneration | None = None
    cannibalization: Cannibalization = Cannibalization()
    missions: NewNames = ()
    sortie: Use | None = None
    cost_per_fh: Number | None = Field(None, alias="cost_per_FH")
    baseline: Baseline | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Fleet:
        for k, mission in enumerate(self.missions):
            if mission in self.missions[:k]:
                raise refused(f"mission '{mission}' is named twice", "missions", k)
        if self.at_most is not None and self.at_most.basis != "each":
            raise refused("'at_most' is per system: write it as '20 FH/month per aircraft'", "at_most")
        if self.at_most is not None and self.fly is None:
            raise refused("'at_most' caps a programme: give 'fly', such as 487 FH/year fleet", "at_most")
        if self.fly is None and (self.upkeep or self.baseline):
            follower = "upkeep" if self.upkeep else "baseline"
            raise refused(f"'{follower}' follows from use: give 'fly', such as 487 FH/year fleet", follower)
        for k, change in enumerate(self.fly.changes if self.fly is not None else ()):
            if self.fly is not None and change.to.basis != self.fly.basis:
                raise refused("a change of 'fly' must be for the fleet or per aircraft as 'fly' itself is",
                              "fly", "changes", k, "to")  # fmt: skip
        if self.baseline is not None and self.baseline.nmcs.middle + self.baseline.nmcm.middle > 0:
            if self.count.middle <= 0:
                raise refused("a baseline is worked out from the systems in service: 'count' is 0", "baseline")
            if self.fly is not None and self.fly.middle_per_year <= 0:
                raise refused("a baseline is worked out from use: 'fly' is 0", "baseline")
        return self

    @model_validator(mode="before")
    @classmethod
    def _authorised_as_counted(cls, raw: Any) -> Any:
        """A fleet whose authorised number nobody gives is authorised what it has."""
        if not isinstance(raw, dict) or "authorised" in raw:
            return raw
        try:
            return raw | {"authorised": Whole.model_validate(raw.get("count", 0)).middle}
        except ValidationError:
            return raw | {"authorised": 0}  # the count is refused in its own place


class FailsEvery(Life):
    """Mean life of a fitted unit: flying hours; time for `demand: calendar` or `fixed`; sorties for `sorties`."""

    allows_varies: ClassVar[bool] = True
    example: ClassVar[str] = "350 FH"

    @classmethod
    def parse(cls, raw: Any) -> units.Life:
        return raw if isinstance(raw, units.Life) else units.parse_mean_life(raw)

    @model_validator(mode="after")
    def _one_clock(self) -> FailsEvery:
        if self.fh is not None and self.days is not None:
            raise refused("a mean life is in flying hours or in time, not both")
        return self


class Replace(Frozen):
    """Putting a serviceable unit in."""

    takes: Duration
    crew: str
    needs: str | None = None


class Repair(Frozen):
    """One way a removed unit is made serviceable; shares of all ways sum to one."""

    share: Share = Share(best=1.0)
    at: str = Field(description="a supplier, site.shop, own.shop, or 'condemned'")
    takes: Duration | None = None
    licence: Duration | None = None
    transit: Duration | None = None
    yield_: Share = Field(Share(best=1.0), alias="yield")
    quality: Share = Share(best=1.0)
    uses: Annotated[dict[str, Share], BeforeValidator(shares_of_each)] = {}
    price: Number | None = None
    source: str | None = None
    grade: Grade | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _has_a_time(self) -> Repair:
        if self.at != "condemned" and self.takes is None:
            raise refused("a repair needs 'takes', such as 20 days")
        if self.at == "condemned" and self.price is not None:
            raise refused("a unit that is condemned is not repaired: take out 'price'", "price")
        return self


class ItemOverhaul(Described):
    """Overhaul of a unit at its hard life."""

    every: Life
    at: str
    takes: Duration
    yield_: Share = Field(Share(best=1.0), alias="yield")
    price: Number | None = None
    due: Due | None = None


class Resupply(Frozen):
    """The stages of an order: licence, making, transit."""

    licence: Duration = Duration.model_validate("0 days")
    make: Duration = Duration.model_validate("0 days")
    transit: Duration = Duration.model_validate("0 days")


class Reorder(Frozen):
    """Orders in lots, in place of one for one: (r, Q)."""

    point: int = Field(ge=0)
    quantity: int = Field(ge=1)


class StockChange(Frozen):
    """From a date on, another base stock at a site."""

    on: DateValue
    at: str
    to: Whole


class Arrival(Frozen):
    """Units already bought that arrive on a date, on top of what is ordered for stock."""

    on: DateValue
    at: str | None = None
    count: int = Field(ge=1)


class Item(Described):
    """A type of part."""

    rng_key: str | None = None
    supplier: str | None = None
    price: Number | None = None
    on: dict[str, int] = Field({}, description="quantity per system (QPA) by fleet")
    content: Names = ()
    absence: Literal["grounds", "degrades", "nothing"] = "grounds"
    needed_for: Names = ()
    replace_grounds: bool = False
    demand: Literal["flying_hours", "sorties", "calendar", "fixed"] = "flying_hours"
    fails_every: FailsEvery | None = None
    hard_life: Life | None = None
    expires_after: Span | None = None
    due: Due | None = None
    overhaul: ItemOverhaul | None = None
    replace: Replace | None = None
    repair: Annotated[tuple[Repair, ...], BeforeValidator(one_or_many)] = ()
    resupply: Resupply | None = None
    reorder: Reorder | None = None
    stock: dict[str, Whole] = {}
    on_hand: dict[str, Whole] = {}
    stock_changes: Annotated[tuple[StockChange, ...], BeforeValidator(one_or_many)] = ()
    arrivals: Annotated[tuple[Arrival, ...], BeforeValidator(one_or_many)] = ()

    @model_validator(mode="after")
    def _is_ordered_one_way(self) -> Item:
        if self.reorder is not None and self.resupply is None:
            raise refused("'reorder' is how it is ordered: give 'resupply', such as {make: 6 months}", "reorder")
        if self.reorder is not None and self.stock_changes:
            raise refused("'reorder' is in place of a base stock: it has no 'stock_changes'", "stock_changes")
        if self.demand == "fixed" and self.fails_every is not None:
            law = self.fails_every.varies
            if law is not None and law.kind != "exponential":
                raise refused(f"with 'demand: fixed' lives are exponential, not {law.kind}: take out 'varies'",
                              "fails_every", "varies")  # fmt: skip
        if self.needed_for and self.absence != "grounds":
            raise refused(f"'needed_for' says what a missing one does: take out 'absence: {self.absence}'", "absence")
        return self

    @model_validator(mode="after")
    def _makes_sense(self) -> Item:
        if self.resupply is not None and self.supplier is None:
            raise refused("'resupply' needs 'supplier': who sends it", "resupply")
        if self.hard_life is not None and self.overhaul is not None:
            raise refused("give 'hard_life' (condemned at the limit) or 'overhaul' (renewed), not both", "hard_life")
        if self.repair:
            total = sum(route.share.middle for route in self.repair)
            if abs(total - 1) > 1e-9:
                raise refused(f"the shares of its repair routes sum to {percent(total)}, not to 100%", "repair")
        for fleet, number in self.on.items():
            if number < 1:
                raise refused(f"{number} is not a quantity per system: it must be at least 1", "on", fleet)
        return self


class Source(Frozen):
    """Where a number comes from."""

    title: str
    date: str | None = None
    url: str | None = None
    grade: Grade | None = None
    who: str | None = None
    lang: str | None = None
    given: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _dates_are_text(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and isinstance(raw.get("date"), int):
            return dict(raw) | {"date": str(raw["date"])}
        return raw


def a_version(raw: Any) -> Any:
    """The version of the file format; true is not 1."""
    return str(raw) if isinstance(raw, bool) else raw


class Written(Frozen):
    """A scenario as written, with `extends`, `variants` and `defaults` already taken in."""

    also_written: ClassVar[tuple[str, ...]] = ("extends", "variants", "item_tables")

    armsim: Annotated[Literal[1], BeforeValidator(a_version)] = Field(description="version of the file format")
    name: Name
    title: str | None = None
    question: str | None = None
    excludes: Names = ()
    time: Time
    runs: Runs = Runs()
    jurisdictions: dict[Name, Jurisdiction] = Field(min_length=1)
    suppliers: dict[Name, Supplier] = {}
    contracts: dict[Name, Contract] = {}
    sites: dict[Name, Site] = {}
    fleets: dict[Name, Fleet] = Field(min_length=1)
    items: dict[Name, Item] = {}
    halts: dict[Name, Halt] = {}
    responses: dict[Name, Response] = {}
    observations: tuple[Observation, ...] = ()
    fit_until: Date | None = None
    forecasts: dict[Name, Forecast] = {}
    sources: dict[Name, Source] = {}
