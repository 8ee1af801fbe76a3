"""The model an engine runs: structure without text, every uncertain number an index into a world's values.

Everything is sorted by random-number key, so the order of the file cannot matter (R-T2, ENGINE 4).
Times are seconds from the start of the simulation, use is in nano-flown-seconds (ENGINE 7).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from armsim.scenario.halts import Halt


class Parameter(NamedTuple):
    """One uncertain number of the file: drawn once per world as low/best/high (R-T5).

    `kind`, `shape` and `median` describe its scatter; a world's value is then the scale of that law.
    """

    key: int
    low: float
    best: float | None
    high: float
    log: bool
    kind: int = 0
    shape: float = 0.0
    median: bool = False


class Law(NamedTuple):
    """A length of time or use that scatters: which law, where its scale stands, its shape."""

    kind: int
    scale: int  # index of a parameter
    shape: float


class Due(NamedTuple):
    """How things first fall due at the start; moments are (is_use, amount)."""

    overdue: int
    listed: tuple[tuple[bool, int], ...]
    form: str  # '', 'staggered', 'random', 'block'
    ends: tuple[tuple[bool, int], ...]  # two ends, or block moments, one per thing
    shift: int  # index of a parameter in days, or -1


class Slots(NamedTuple):
    """How many at once, in a world rounded half up."""

    number: int  # parameter
    changes: tuple[tuple[int, int], ...]  # (parameter of the day, parameter of the new number)


class Part(NamedTuple):
    """People of a pool: a share of it, or a head count."""

    number: int  # parameter
    is_share: bool


@dataclass(frozen=True)
class Interval:
    """A limit in use, in time or whichever comes first; -1 where it has none. Parameter indices."""

    use: int
    days: int


@dataclass(frozen=True)
class Upkeep:
    every: int
    takes: Law
    pool: int
    needs: str | None


@dataclass(frozen=True)
class Inspection:
    every: Interval
    takes: Law
    pool: int
    needs: str | None
    due: Due | None


@dataclass(frozen=True)
class Overhaul:
    every: Interval
    takes: Law
    line: int  # -1 at home
    slots: Slots | None
    due: Due | None
    price: int  # parameter, -1 without


@dataclass(frozen=True)
class Regeneration:
    """What a system needs that was down for long."""

    after: int  # parameter, days
    takes: Law
    slots: Slots | None


class FixedDemand(NamedTuple):
    """Demand of a fleet for an item that never falls: one Poisson stream."""

    item: int
    mean: int  # parameter: days between failures of one fitted unit
    per_system: int
    key: int


@dataclass(frozen=True)
class Delivery:
    line: int
    contract: int  # -1 without
    dates: tuple[int, ...]  # when each would arrive without a halt, seconds
    ordered: int  # seconds
    transit: int  # parameter, days
    used: tuple[int, ...]  # by item: parameter, the share of its life behind it; -1 for a new one


@dataclass(frozen=True)
class Fleet:
    """So many like systems; `positions` lists (item, quantity index) in rank order."""

    name: str
    key: str
    authorised: float
    minimum: Fraction | None  # of systems, when not of a changing denominator
    minimum_share: tuple[Fraction, str] | None
    count: int  # parameter
    most: int  # systems that can ever be on the books
    fly: int  # parameter in FH a year, -1 without a programme
    fly_each: bool
    fly_changes: tuple[tuple[int, int], ...]  # (parameter of the day, parameter)
    at_most: int  # parameter in FH a year per system, -1 without
    positions: tuple[tuple[int, int], ...]
    upkeep: tuple[Upkeep, ...]
    inspections: tuple[Inspection, ...]
    overhaul: Overhaul | None
    life_limit: tuple[Interval, Due] | None
    loss_per_100k: int  # parameter, -1 without
    dated_losses: tuple[tuple[int, int], ...]  # (parameter of the day, how many)
    retirements: tuple[tuple[int, int], ...]
    deliveries: tuple[Delivery, ...]
    policy: int  # of cannibalization, see rules.NO_ROBBING and following
    rob_damage: int  # parameter
    missions: tuple[str, ...]
    blocks: tuple[int, ...]  # by item: the missions its absence stops, as bits
    sortie: int  # parameter in FH, -1 without
    regeneration: Regeneration | None
    cost_per_fh: int  # parameter, -1 without
    fixed: tuple[FixedDemand, ...]


@dataclass(frozen=True)
class Route:
    """One way a removed unit becomes serviceable: condemned, a shop at home, or a line abroad."""

    share: int  # parameter
    shop: int  # index of a shop, -1 otherwise
    line: int  # index of a line, -1 otherwise
    takes: Law | None
    licence: Law | None
    transit: Law | None
    yields: int  # parameter
    quality: int  # parameter, -1 for as good as new
    price: int  # parameter, -1 without
    uses: tuple[tuple[int, int, int], ...] = ()  # (item, stock point, parameter of the share of repairs that need it)
    is_overhaul: bool = False  # of a unit at its hard life
    own: dict[int, Route] = field(default_factory=dict)  # by stock point, where each base has its own shop for it

    @property
    def ways(self) -> tuple[Route, ...]:
        """Itself, or itself in each base's own shop."""
        return tuple(self.own.values()) or (self,)


@dataclass(frozen=True)
class Item:
    name: str
    key: str
    grounds: bool
    degrades: bool
    replace_grounds: bool
    fails_use: Law | None
    fails_days: Law | None
    fails_sorties: Law | None
    hard: Interval | None
    renewable: Route | None  # overhaul at the hard life
    expires: int  # parameter in days, -1 without
    due: Due | None
    replace: tuple[Law, str, str | None] | None  # law, crew name, needs
    routes: tuple[Route, ...]
    line: int  # resupply line, -1 without
    licence: Law | None
    make: Law | None
    transit: Law | None
    price: int  # parameter, -1 without
    order_at: int  # (r, Q): units in the inventory position at which a lot is ordered
    lot: int  # 0 for base stock (S-1, S)


@dataclass(frozen=True)
class Point:
    """Stock of one item at one site."""

    item: int
    site: str
    stock: int  # parameter, -1 for none
    depot: int  # the point that serves it, -1 for the supplier
    key: int
    ship: Law | None  # order-and-ship time from the depot
    on_hand: int  # parameter, -1 for what the warm-up leaves
    changes: tuple[tuple[int, int], ...]  # (parameter of the day, parameter of the new level)


@dataclass(frozen=True)
class Arrival:
    """Units already bought that arrive on a date."""

    point: int
    day: int  # parameter
    count: int
    line: int  # -1 when they come through no line


@dataclass(frozen=True)
class Line:
    """A supply line and the halts that keep a gate of it."""

    key: str
    kind: str
    supplier: str
    jurisdiction: str
    item: int  # -1 for fleets and pools
    halts: tuple[int, ...]
    contracts: tuple[int, ...]
    excepted: tuple[tuple[int, ...], ...]  # per halt of `halts`: contracts it leaves out


@dataclass(frozen=True)
class Pool:
    key: str
    size: int
    foreign: tuple[tuple[str, Part, int], ...]  # supplier, people, line; own people are the rest
    changes: tuple[tuple[int, Part | None, tuple[tuple[str, Part], ...]], ...]
    by_tasks: bool  # each task is drawn: whose people can do it


@dataclass(frozen=True)
class Contract:
    name: str
    signed: int  # parameter in days from the start
    begins: int
    ends: int  # -1 for never
    renew_takes: int  # -1 without renewal
    renew_for: int
    halts: tuple[int, ...]  # halts that can keep it from being signed


@dataclass(frozen=True)
class Leak:
    """What gets through a halt although refused."""

    probability: int
    retry: int  # parameter in days, -1 for once
    delay: Law | None
    price: int
    quality: int


@dataclass(frozen=True)
class HaltDates:
    """When a halt begins and ends (parameters in days; -1 never ends), and what it says."""

    name: str
    title: str
    begins: int
    ends: int
    leave_within: int  # parameter in days, -1 without
    leave_by: tuple[tuple[int, float], ...]  # (seconds from the start, share of people still there from then on)
    says: Halt
    content: str  # everything but dates and names: halts that are one when they adjoin
    announced: int | None  # seconds from the start, None for when it begins
    after: int  # the halt it follows, -1 for none
    lag: int  # parameter, days
    follows: int  # parameter: probability
    fund: int  # parameter: share of needs that home still pays for, -1 for all
    fund_retry: int  # parameter in days: what waits for money is asked for again, -1 for never
    slow_by: Law | None  # how much longer goods are on the way
    leak: Leak | None
    passes: int  # consignments let through, -1 without
    spoils: int  # parameter: share a year, -1 for none
    restart: int  # parameter in days, -1 without
    lifted: int  # parameter in days from the end to when systems may operate again, -1 for as all else
    ramp: int  # parameter in days, -1 without
    forbids: tuple[int, ...]  # fleets that may not operate
    stop_within: int  # parameter in days, -1 without
    spared: int  # systems of each fleet that may


@dataclass(frozen=True)
class Response:
    name: str
    kind: str
    begins: int  # parameter in days from the start, -1
    after: int  # halt, -1
    notice: int  # halt whose announcement it waits for, -1
    when: tuple[str, bool, Fraction, str] | None  # measure, below, threshold, of ('' = systems)
    until_when: tuple[str, bool, Fraction, str] | None
    delay: int
    ends: int  # parameter, -1 never
    succeeds: int
    fleets: tuple[int, ...]
    items: tuple[int, ...]
    cost: int
    policy: int
    fly: int
    damage: int
    per_year: int
    build_up: int  # parameter in days, -1 for at once
    each: int
    retry: int  # parameter in days, -1 for never
    dual_sourcing: int  # parameter, -1 for none
    price: int
    quality: int
    takes: Law | None
    stands_for: tuple[tuple[int, int], ...]  # another source: (line it takes needs of, its own line for them)
    share: int
    route: Route | None  # repair at home
    systems: int  # how many, -1 for all
    gains: Interval
    slots: Slots | None
    of_life: bool  # the limit that is moved: of life, else of overhaul
    pools: tuple[int, ...]
    people: int
    units: int
    failures: int  # parameter, a factor
    loss_per_100k: int
    yields: int


@dataclass(frozen=True)
class Model:
    """Everything an engine needs to run one variant, apart from a world and a seed."""

    name: str
    home: str  # the recipient's own jurisdiction, '' when none is marked
    start: date
    horizon: int
    warmup: int  # parameter, days
    edges: tuple[int, ...]  # ends of the report periods, the last is the horizon
    first_halt_period: int
    parameters: tuple[Parameter, ...]
    fleets: tuple[Fleet, ...]
    items: tuple[Item, ...]
    points: tuple[Point, ...]
    point_of: dict[tuple[int, int], int]  # (fleet, item) -> point
    lines: tuple[Line, ...]
    pools: tuple[Pool, ...]
    shops: tuple[tuple[str, int | None], ...]
    arrivals: tuple[Arrival, ...]
    contracts: tuple[Contract, ...]
    halts: tuple[HaltDates, ...]
    responses: tuple[Response, ...]
    crew_of: dict[tuple[int, int], int]  # (fleet, item) -> pool that replaces it
    has_costs: bool
