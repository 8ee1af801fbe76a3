"""What a scenario says, for the chain: its words as numbers, and the records of a state.

Shares no code with armsim; see `chain.py`.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

YEAR = 365.25
MONTH = YEAR / 12
STATES = ("FMC", "PMC", "NMCM", "NMCS", "NMCB", "REGENERATION", "LIMIT", "OVERHAUL", "LOST")
CLASSES = ("systems", "spares", "repair", "overhaul", "people")

#: Values of each clause, most lenient first (R-H1).
CLAUSES = {
    "new_orders": ("allow", "queue", "refuse"),
    "renewals": ("allow", "refuse"),
    "signed_contracts": ("honour", "stop"),
    "accepted_orders": ("honour", "stop"),
    "in_transit": ("deliver", "wait_at_border", "hold", "return", "lose"),
    "repairs_abroad": ("finish", "hold", "return_unrepaired", "seize"),
    "overhaul": ("allow", "stop"),
    "reexport": ("allow", "stop"),
}
_STRICT = {
    "new_orders": "refuse", "renewals": "refuse", "signed_contracts": "stop", "accepted_orders": "stop",
    "in_transit": "return", "repairs_abroad": "hold", "overhaul": "stop", "reexport": "stop",
    "people": {"leave_within": "30 days"},
}  # fmt: skip
KINDS: dict[str | None, dict[str, Any]] = {
    None: {},
    "new_contract_freeze": {"new_orders": "refuse", "renewals": "refuse"},
    "total": _STRICT,
    "sanctions": _STRICT,
    "withdrawal_of_support": {"people": {"leave_within": "30 days"}, "overhaul": "stop"},
}

#: Ways to rob, most complete last (settled 36).
POLICIES = ("none", "on_demand", "concentrate", "instant")

Key = tuple[Any, ...]


# Reading ----------------------------------------------------------------------------------------------


class NotInTheOracle(Exception):
    """The scenario says something this page does not model."""


def days(raw: Any) -> float:
    """`20 days`, `2 months`, `12 hours` in days."""
    number, unit = re.fullmatch(r"([\d.]+) (hour|day|month|year)s?", str(raw)).groups()  # type: ignore[union-attr]
    return float(number) * {"hour": 1 / 24, "day": 1, "month": MONTH, "year": YEAR}[unit]


def mean(raw: Any) -> float:
    """The mean in days of an exponential duration; zero is allowed without a law."""
    if isinstance(raw, dict):
        only(raw, "best", "varies")
        if raw["varies"] != "exponential":
            raise NotInTheOracle(f"a duration that varies by {raw['varies']}")
        return days(raw["best"])
    if days(raw) != 0:
        raise NotInTheOracle(f"a duration that does not vary: {raw}")
    return 0.0


def hours(raw: Any) -> float:
    """`50 FH` in flying hours."""
    return float(re.fullmatch(r"([\d.]+) FH", str(raw))[1])  # type: ignore[index]


def share(raw: Any) -> float:
    """`40%` or 0.4."""
    return float(raw[:-1]) / 100 if isinstance(raw, str) else float(raw)


def programme(raw: Any) -> tuple[float, bool]:
    """(flying hours a day, whether per aircraft)."""
    number, unit, basis = re.fullmatch(r"([\d.]+) FH/(day|month|year) (fleet|per aircraft)", str(raw)).groups()  # type: ignore[union-attr]
    return float(number) / {"day": 1, "month": MONTH, "year": YEAR}[unit], basis != "fleet"


def many(raw: Any) -> list[Any]:
    """A list, or its only element."""
    return [] if raw is None else list(raw) if isinstance(raw, list | tuple) else [raw]


def only(raw: dict[Any, Any], *known: str) -> None:
    """Refuse keys nobody here reads."""
    strange = set(raw) - set(known)
    if strange:
        raise NotInTheOracle(f"does not know {sorted(strange)}")


def head_count(raw: Any, size: int) -> int:
    """A number of people, or a share of a crew that comes out whole."""
    number = share(raw) * size if isinstance(raw, str) else raw
    if number != round(number):
        raise NotInTheOracle("shares of a crew that are not whole")
    return round(number)


def plain(raw: Any) -> Any:
    """YAML 1.1 reads the key `on` as true: undo it."""
    if isinstance(raw, dict):
        return {"on" if key is True else key: plain(value) for key, value in raw.items()}
    return [plain(value) for value in raw] if isinstance(raw, list) else raw


@dataclass
class Route:
    """One way a removed unit goes."""

    share: float
    at: str
    takes: float
    licence: float
    transit: float
    yields: float
    uses: dict[str, float]


@dataclass
class Item:
    """One type of part."""

    supplier: str | None
    qpa: int
    content: list[str]
    absence: str
    missions: list[str]
    life: float
    demand: str
    replace: tuple[float, str, str | None] | None
    routes: list[Route]
    stages: dict[str, float] | None
    shelf: dict[str, int]
    levels: list[tuple[float, int]]
    arrivals: list[tuple[float, int]]
    reorder: tuple[int, int] | None


# What holds between two dates -------------------------------------------------------------------------


@dataclass(frozen=True)
class Gate:
    """How one line stands: each clause, and whether a contract covers a need that arises now."""

    new_orders: str
    accepted_orders: str
    in_transit: str
    repairs_abroad: str
    honoured: bool
    covered: bool
    fund: float
    leak: float
    delay: float
    excused: tuple[tuple[str, int], ...]

    def refuses(self, cover: bool) -> bool:
        """Whether a need waits at home."""
        return self.new_orders == "refuse" and not (cover and self.honoured)

    def queues(self, cover: bool) -> bool:
        """Whether what is accepted now is not shipped."""
        return self.new_orders in ("queue", "refuse") and not (cover and self.honoured)

    def stops(self, cover: bool) -> bool:
        """Whether making stands still."""
        return self.accepted_orders == "stop" and not (cover and self.honoured)

    def funds(self, cover: bool) -> float:
        """The share of needs that is paid for; what a contract honoured covers is (settled 63)."""
        return 1.0 if cover and self.honoured else self.fund


@dataclass(frozen=True)
class Now:
    """Everything dated, between two dates."""

    gates: tuple[tuple[tuple[str, str], Gate], ...]
    people: tuple[tuple[tuple[str, str], int], ...]
    demand: float
    each: bool
    policy: str
    damage: float
    overhaul_open: bool
    overhaul_caught: str
    other_sources: tuple[tuple[str, float, float], ...]
    mends: tuple[tuple[str, float, float, float], ...]
    forbidden: tuple[int, ...]
    own_tasks: float
    extends: tuple[tuple[float, int, int], ...]
    begin: float

    def gate(self, line: tuple[str, str]) -> Gate:
        """How a line stands."""
        return dict(self.gates)[line]


# A state, thawed --------------------------------------------------------------------------------------


@dataclass
class Job:
    """A hole or a piece of upkeep: waiting for a unit (`unit`), for a crew (`crew`), or in a party's hands."""

    what: str
    at: str
    number: int = 0
    robbed: bool = False
    only: str = ""


@dataclass
class Plane:
    """One aircraft."""

    due: int = -1
    overhaul: str = ""
    place: int = 0
    lost: bool = False
    deferred: bool = False
    since: float = -1.0
    regeneration: str = ""
    jobs: list[Job] = field(default_factory=list)


@dataclass
class Live:
    """A state that may be changed. A consignment is (item, line, stage, covered, accepted under `queue`).

    A unit in a shop is (item, route, bits it lacks, whether it is worked on). Owed are units that a demand without a
    filled position takes; what else there is to count is in the tally.
    """

    planes: list[Plane]
    stock: dict[str, int]
    pipes: Counter[tuple[str, str, str, bool, bool]]
    shops: dict[str, list[tuple[str, int, tuple[str, ...], bool]]]
    less: tuple[bool, ...]
    owed: list[Job]
    tally: Counter[str]

    def tail(self, at: str, what: str | None = None) -> int:
        """The next place in a queue."""
        jobs = [*self.owed, *(j for p in self.planes for j in p.jobs)]
        if at == "crew":  # tickets: those in hand keep theirs
            return max((j.number for j in jobs if j.at != "unit"), default=-1) + 1
        return max((j.number for j in jobs if j.at == at and what in (None, j.what)), default=-1) + 1


class Chance:
    """Replays one script of outcomes and notes the scripts not yet tried, so that every branch is taken once."""

    def __init__(self, script: tuple[int, ...], untried: list[tuple[int, ...]]) -> None:
        self.script, self.untried, self.probability = script, untried, 1.0
        self.taken: tuple[int, ...] = ()

    def of(self, *odds: float) -> int:
        """Which of several happens."""
        step = len(self.taken)
        if step < len(self.script):
            chosen = self.script[step]
        else:
            possible = [k for k, odd in enumerate(odds) if odd > 0]
            chosen = possible[0]
            self.untried += [(*self.taken, k) for k in possible[1:]]
        self.taken = (*self.taken, chosen)
        self.probability *= odds[chosen]
        return chosen
