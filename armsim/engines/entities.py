"""The things that move in the reference engine, as plain records."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from armsim.model.arrays import Delivery
from armsim.model.order import NEVER
from armsim.model.trajectory import State


class Meter:
    """A count and its integral over time."""

    __slots__ = ("since", "total", "value")

    def __init__(self, now: int, value: int = 0) -> None:
        self.value, self.total, self.since = value, 0, now

    def add(self, change: int, now: int) -> None:
        """Change the count at `now`."""
        self.total += self.value * (now - self.since)
        self.since = now
        self.value += change

    def take(self, now: int) -> int:
        """The integral since the last take, in units x seconds."""
        self.add(0, now)
        total, self.total = self.total, 0
        return total


@dataclass(eq=False)
class Unit:
    """What a fitted unit carries with it: use and time left to each limit.

    Limits of use are readings of the system's clock while fitted, amounts left while out.
    """

    fails_at: int = NEVER
    hard_at: int = NEVER
    fails_on: int = NEVER
    hard_on: int = NEVER
    expires_on: int = NEVER
    ordered_ahead: bool = False


class Draw(NamedTuple):
    """Where a length of time is drawn from: a number of a block, and the block itself."""

    u: float
    purpose: int
    slot: int
    entity: int
    k: int


@dataclass(eq=False)
class Position:
    """A place for one unit on one system."""

    system: System
    item: int
    rank: int  # place among the system's positions
    point: int
    key: int
    unit: Unit | None = None
    promised: bool = False  # a unit is assigned and waits for a crew
    robbed: Unit | None = None  # the assigned unit, where it was taken from another system
    fitted_before: int = 0
    removals: int = 0
    robberies: int = 0
    replace_draw: Draw | None = None  # of the work to fill the present hole
    in_queue: bool = False
    quality: float = 1.0
    tasks: int = 0  # how often work to fill it was asked for


@dataclass(eq=False)
class Need:
    """Who waits for a unit of a stock point without being a position: a base, a repair, a demand off the books."""

    base: int = -1  # the point a unit is sent to
    bit_of: ShopWork | None = None


@dataclass(eq=False)
class System:
    """One system on the books, or still to come."""

    fleet: int
    slot: int
    key: int
    on_books: bool = False
    gone: bool = False
    clock: int = 0  # reading of its use clock while it does not fly
    offset: int = 0  # fleet clock minus own clock while it flies
    flying: bool = False
    positions: list[Position] = field(default_factory=list)
    upkeep_at: list[int] = field(default_factory=list)
    upkeep_done: list[int] = field(default_factory=list)
    inspect_at: list[int] = field(default_factory=list)
    inspect_on: list[int] = field(default_factory=list)
    inspections: list[int] = field(default_factory=list)
    delivery: Delivery | None = None  # with which it comes; None for one there at the start
    overhaul_at: int = NEVER
    overhaul_on: int = NEVER
    overhauls: int = 0
    overhaul: str = ""  # '', 'due', 'queued', 'in work', 'extending'
    overhaul_since: int = 0  # when it fell due: the order of the queue
    extended: set[int] = field(default_factory=set)  # by which responses
    deferred: bool = False  # its overhaul is put off
    strain: int = 1000  # how much sooner things fail, in thousandths
    regeneration: str = ""  # '', 'queued', 'in work'
    regenerations: int = 0
    forbidden: bool = False  # no permission to operate
    able: int = 0  # the missions it can do, as bits
    life_at: int = NEVER
    life_on: int = NEVER
    lost_at: int = NEVER
    lost_else: int = NEVER  # without what putting off its overhaul adds
    tasks: dict[tuple[str, int], Task] = field(default_factory=dict)
    state: State | None = None
    reasons: tuple[tuple[str, int], ...] = ()
    since: int = 0  # when the present reasons began
    down_since: int = 0
    next_limit: int = NEVER
    lacking: int = 0  # holes of grounding items without a unit assigned

    def at_limit(self) -> bool:
        """True while its overhaul is due or it queues for one: it cannot fly, whatever it has (R-M8)."""
        return self.overhaul in ("due", "queued")

    def in_other_work(self) -> bool:
        """True while it is down for work other than putting parts in."""
        return any(task.grounds and task.sort[0] != "replace" for task in self.tasks.values())


@dataclass(eq=False)
class Task:
    """Work of a crew on one system."""

    system: System
    sort: tuple[str, int]  # ('upkeep' | 'inspection' | 'replace', which)
    pool: int
    seconds: int
    needs: str | None
    ticket: int
    finish: Callable[[], None]
    grounds: bool = True
    party: int = -1  # 0 local, k foreign supplier k-1
    cancelled: bool = False
    ends: int = 0  # when the work in hand will be done
    turns: int = 0  # how often it was begun


@dataclass(eq=False)
class Job:
    """A need on a line: a new unit, or a removed unit sent away to be made serviceable."""

    line: int
    serial: int
    point: int
    raised: tuple[int, int, int]  # when, on which line, its number: its age
    cover: int  # which contract of the line it is under, -1 for none
    route: Any = None  # of a repair
    position_key: int = 0
    removal: int = 0
    quality: float = 1.0
    source: int = -1  # the response that took it
    attempts: int = 0
    at_home: bool = False
    units: int = 1
    is_lot: bool = False  # of an (r, Q) policy
    unfunded: bool = False  # it waits for money
    asks: int = 0  # how often it was asked for again
    asks_at: int = -1  # when it is asked for again
    passed: int = 0  # halts it gets through although they refuse it, as bits
    tries: int = 0
    drawn: bool = False  # whether it gets through was drawn
    retries_at: int = -1
    leaves_at: int = -1  # its turn in a backlog
    late: int = 0  # seconds that takes longer
    price: float = 1.0  # a factor
    barred: dict[int, int] = field(default_factory=dict)  # until when another source will not try again


@dataclass(eq=False)
class ShopWork:
    """A removed unit in the queue of a shop at home."""

    point: int
    route: Any
    position_key: int
    removal: int
    serial: int
    bits: int = 0  # still missing


@dataclass(eq=False)
class FleetState:
    """The clocks and counts of one fleet."""

    systems: list[System]
    clock: int = 0
    rate: int = 0
    available: int = 0
    demand: int = 0
    factor: float = 1.0  # of a fly_less response
    since: int = 0
    flown: int = 0
    demanded: int = 0
    counts: list[int] = field(default_factory=lambda: [0] * len(State))
    sums: list[int] = field(default_factory=lambda: [0] * len(State))
    counted: int = 0
    below: int = 0
    is_below: bool = False
    alarm: Any = None
    alarm_at: int = NEVER
    policy: int = 0  # of cannibalization
    damage: float = 0.0
    demands: list[int] = field(default_factory=list)  # how many of each fixed demand
    regeneration_queue: deque[System] = field(default_factory=deque)
    in_regeneration: int = 0
    able: list[int] = field(default_factory=list)  # systems able to do each mission
    able_sums: list[int] = field(default_factory=list)
    overhaul_queue: deque[System] = field(default_factory=deque)
    in_overhaul: int = 0
    changed: bool = True

    def begin_period(self) -> None:
        """Clear the sums of the report period."""
        self.sums, self.flown, self.demanded = [0] * len(State), 0, 0
        self.below = 0
        self.able_sums = [0] * len(self.able)


@dataclass(eq=False)
class PoolState:
    """A crew pool: people by party (0 local, then suppliers), busy people, tasks waiting by ticket."""

    suppliers: list[str]
    capacity: list[int]
    busy: list[int]
    waiting: list[Task] = field(default_factory=list)
    in_hand: dict[int, Task] = field(default_factory=dict)  # by ticket
    trained: int = 0  # more own people
    learnt: float = 0.0  # more of the tasks that own people can do


@dataclass(eq=False)
class PointState:
    """Stock of an item at a site: shelf by quality, holes waiting first come first served."""

    shelf: dict[float, int]
    queue: deque[Position | Need] = field(default_factory=deque)
    ahead: int = 0  # orders placed before their time, not yet used up
    due_in: int = 0  # units on order and in repair
    level: int = 0  # base stock
    sent: int = 0  # units asked of the depot
    lot: Job | None = None  # an order that is refused
    unfunded: int = 0  # needs that wait for money

    @property
    def on_shelf(self) -> int:
        """Serviceable units on the shelf."""
        return sum(self.shelf.values())
