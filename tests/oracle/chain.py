"""Tiny complete models as continuous-time Markov chains, solved exactly. Written from `docs/model.md` alone.

The page that counts is `docs/model.md`, with what it calls settled; from the design it differs in cover tested again
when a contract begins (1), `signed_contracts: stop` acting on orders only (2), contracts that must be signed (3),
goods and repairs that are not sent to where they would be caught (7, 8), and people leaving one by one (15).

It shares no code with armsim: it reads the scenario's text with PyYAML, has its own calendar, its own halts and
contracts, and its own rules. A state of the chain is everything there is to know of one fleet: every aircraft with
its holes and its work, the place of each in every queue, stock, shops, every consignment by stage and cover. All
durations and lives must be exponential, all dates certain. Between two dates the generator is constant; on a date the
state jumps. What the language can say and this page does not know is refused, never skipped.

The readings it takes where the rules leave a choice, or where a rule makes no Markov chain, are marked READING.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import yaml
from scipy.linalg import expm
from scipy.sparse import coo_array, csr_array
from scipy.sparse.linalg import expm_multiply

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
KINDS = {
    None: {},
    "new_contract_freeze": {"new_orders": "refuse", "renewals": "refuse"},
    "total": _STRICT,
    "sanctions": _STRICT,
    "withdrawal_of_support": {"people": {"leave_within": "30 days"}, "overhaul": "stop"},
}

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


@dataclass
class Item:
    """One type of part."""

    supplier: str | None
    qpa: int
    content: list[str]
    absence: str
    life: float
    by_calendar: bool
    replace: tuple[float, str, str | None] | None
    routes: list[Route]
    stages: dict[str, float] | None
    stock: int


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

    def refuses(self, cover: bool) -> bool:
        return self.new_orders == "refuse" and not (cover and self.honoured)

    def queues(self, cover: bool) -> bool:
        return self.new_orders in ("queue", "refuse") and not (cover and self.honoured)

    def stops(self, cover: bool) -> bool:
        return self.accepted_orders == "stop" and not (cover and self.honoured)


@dataclass(frozen=True)
class Now:
    """Everything dated, between two dates."""

    gates: tuple[tuple[tuple[str, str], Gate], ...]
    people: tuple[tuple[tuple[str, str], int], ...]
    demand: float
    each: bool
    robs: bool
    damage: float
    overhaul_open: bool
    overhaul_caught: str
    other_sources: tuple[tuple[str, float], ...]

    def gate(self, line: tuple[str, str]) -> Gate:
        return dict(self.gates)[line]


# A state, thawed --------------------------------------------------------------------------------------


@dataclass
class Job:
    """A hole or a piece of upkeep: waiting for a unit (`unit`), for a crew (`crew`), or in a party's hands."""

    what: str
    at: str
    number: int = 0
    robbed: bool = False


@dataclass
class Plane:
    """One aircraft."""

    due: int = -1
    overhaul: str = ""
    place: int = 0
    lost: bool = False
    jobs: list[Job] = field(default_factory=list)


@dataclass
class Live:
    """A state that may be changed. A consignment is (item, line, stage, covered, accepted under `queue`)."""

    planes: list[Plane]
    stock: dict[str, int]
    pipes: Counter[tuple[str, str, str, bool, bool]]
    shops: dict[str, list[tuple[str, int]]]
    less: tuple[bool, ...]

    def tail(self, at: str, what: str | None = None) -> int:
        numbers = [j.number for p in self.planes for j in p.jobs if j.at == at and what in (None, j.what)]
        return max(numbers, default=-1) + 1


class Chance:
    """Replays one script of outcomes and notes the scripts not yet tried, so that every branch is taken once."""

    def __init__(self, script: tuple[int, ...], untried: list[tuple[int, ...]]) -> None:
        self.script, self.untried, self.taken, self.probability = script, untried, (), 1.0

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


# The model --------------------------------------------------------------------------------------------


class Tiny:
    """One scenario."""

    def __init__(self, text: str) -> None:
        raw = plain(yaml.safe_load(text))
        only(raw, "armsim", "name", "time", "jurisdictions", "suppliers", "contracts", "sites", "fleets", "items",
             "halts", "responses")  # fmt: skip
        only(raw["time"], "start", "end", "warmup")
        if raw["time"]["warmup"] != "0 days":
            raise NotInTheOracle("a warm-up")
        self.start, self.end = raw["time"]["start"], raw["time"]["end"]
        self.horizon = self.day(self.end)
        self.home = next(name for name, j in raw["jurisdictions"].items() if (j or {}).get("home"))
        self.suppliers = raw.get("suppliers") or {}
        self.read_site(raw.get("sites") or {})
        self.read_fleet(raw["fleets"])
        self.items = {name: self.read_item(i) for name, i in sorted((raw.get("items") or {}).items())}
        self.halts = [self.read_halt(h) for h in (raw.get("halts") or {}).values()]
        self.contracts = list((raw.get("contracts") or {}).values())
        self.names = list(raw.get("contracts") or {})
        self.terms = [self.terms_of(c) for c in self.contracts]
        self.read_responses(raw.get("responses") or {})
        self.memory: dict[tuple[Now, Key], list[tuple[float, Key]]] = {}

    def day(self, raw: Any) -> float:
        """A date as days from the start."""
        if raw == "never":
            return float("inf")
        return float(((raw if isinstance(raw, date) else date.fromisoformat(raw)) - self.start).days)

    def read_site(self, sites: dict[str, Any]) -> None:
        self.crews: dict[str, dict[str, Any]] = {}
        self.servers: dict[str, int | None] = {}
        for site, place in sites.items():
            only(place, "crews", "shops")
            for name, crew in (place.get("crews") or {}).items():
                only(crew, "fleets", "size", "local", "foreign", "changes")
                foreign = crew.get("foreign", {})
                self.crews[name] = crew | {"local": crew.get("local", crew["size"] - sum(foreign.values()))}
            for name, shop in (place.get("shops") or {}).items():
                self.servers[f"{site}.{name}"] = (shop or {}).get("servers")

    def read_fleet(self, fleets: dict[str, Any]) -> None:
        ((self.fleet, f),) = fleets.items()
        only(f, "count", "fly", "at_most", "upkeep", "overhaul", "losses", "cannibalization", "site",
             "content")  # fmt: skip
        self.count, self.content = f["count"], many(f.get("content"))
        changes = []
        fly = f["fly"]
        if isinstance(fly, dict):
            only(fly, "best", "changes")
            changes, fly = fly.get("changes", []), fly["best"]
        self.flying = [(0.0, *programme(fly)), *((self.day(c["from"]), *programme(c["to"])) for c in changes)]
        self.cap = programme(f["at_most"])[0] if "at_most" in f else float("inf")
        self.upkeep = {}
        for k, work in enumerate(many(f.get("upkeep"))):
            only(work, "every", "takes", "crew", "needs")
            self.upkeep[f"#{k}"] = (hours(work["every"]), mean(work["takes"]), work["crew"], work.get("needs"))
        self.losses = f.get("losses", {}).get("per_100k_FH", 0) / 1e5
        rob = f.get("cannibalization", "none")
        self.policy = rob if isinstance(rob, str) else rob["policy"]
        self.damage = 0.0 if isinstance(rob, str) else share(rob.get("damage", 0))
        self.overhaul = f.get("overhaul")
        self.dues: list[float] = []
        if self.overhaul:
            only(self.overhaul, "every", "at", "takes", "slots", "due")
            self.dues = [self.day(d) for d in self.overhaul["due"]["list"]]
            if len(self.dues) != self.count or days(self.overhaul["every"]) < self.horizon:
                raise NotInTheOracle("an overhaul that falls due at a random date")
            if self.policy != "none":
                raise NotInTheOracle("robbing among aircraft in overhaul")

    def read_item(self, i: dict[Any, Any]) -> Item:
        only(i, "on", "supplier", "content", "absence", "demand", "fails_every", "replace", "repair", "resupply",
             "stock")  # fmt: skip
        routes = []
        for route in many(i.get("repair")):
            only(route, "share", "at", "takes", "licence", "transit", "yield")
            times = [mean(route.get(key, "0 days")) for key in ("takes", "licence", "transit")]
            routes.append(Route(share(route.get("share", 1)), route["at"], *times, share(route.get("yield", 1))))
        stages = i.get("resupply")
        if stages is not None:
            only(stages, "licence", "make", "transit")
            stages = {key: mean(stages.get(key, "0 days")) for key in ("licence", "make", "transit")}
        by_calendar = i.get("demand") == "calendar"
        replace = i.get("replace")
        return Item(
            i.get("supplier"), next(iter(i["on"].values())), many(i.get("content")), i.get("absence", "grounds"),
            days(i["fails_every"]) if by_calendar else hours(i["fails_every"]), by_calendar,
            None if replace is None else (mean(replace["takes"]), replace["crew"], replace.get("needs")),
            routes or [Route(1, "condemned", 0, 0, 0, 1)], stages, sum((i.get("stock") or {}).values()),
        )  # fmt: skip

    def read_halt(self, h: dict[str, Any]) -> dict[str, Any]:
        only(h, "kind", "by", "against", "classes", "items", "suppliers", "except", "from", "until", "people", *CLAUSES)
        lenient = {clause: values[0] for clause, values in CLAUSES.items()}
        only(h.get("except") or {}, "items", "contracts")
        halt = lenient | {"people": "stay", "until": "never"} | KINDS[h.get("kind")] | h
        return halt | {"from": self.day(halt["from"]), "until": self.day(halt["until"])}

    def read_responses(self, responses: dict[str, Any]) -> None:
        self.robbing: list[tuple[float, float, float]] = []
        self.others: list[tuple[list[str], float, float]] = []
        self.cuts: list[tuple[float, float, float]] = []
        self.triggers: list[tuple[int, int, float]] = []
        for r in responses.values():
            begin, end = self.day(r.get("from", self.start)), self.day("never")
            if "until" in r and "when" not in r:
                end = self.day(r["until"])
            if r["kind"] == "cannibalise":
                only(r, "kind", "policy", "fleets", "from", "until", "damage")
                self.robbing.append((begin, end, share(r.get("damage", 0))))
            elif r["kind"] == "other_source":
                only(r, "kind", "items", "jurisdiction", "from", "capacity", "takes")
                if int(r["capacity"].split()[0]) < 400 or self.count > 1 or len(self.items) > 1:
                    raise NotInTheOracle("another source whose capacity is felt: more than one need at a time")
                self.others.append((many(r["items"]), begin, mean(r["takes"])))
            elif r["kind"] == "fly_less" and "when" in r:
                only(r, "kind", "fleets", "when", "until", "fly")
                below, above = re.fullmatch(r"mc < (\d)", r["when"]), re.fullmatch(r"mc > (\d)", r["until"])
                self.triggers.append((int(below[1]), int(above[1]), share(r["fly"])))  # type: ignore[index]
            elif r["kind"] == "fly_less":
                only(r, "kind", "fleets", "from", "until", "fly")
                self.cuts.append((begin, end, share(r["fly"])))
            else:
                raise NotInTheOracle(r["kind"])

    # Dates --------------------------------------------------------------------------------------------

    def active(self, t: float, supplier: str, kind: str, item: str | None = None) -> Iterator[dict[str, Any]]:
        """The halts that lie on a line at a time (R-H1, the gatekeepers of a line)."""
        firm = self.suppliers[supplier]
        keepers = {supplier, firm["jurisdiction"], *many(firm.get("through"))}
        pedigree = self.items[item].content if item else self.content if kind == "overhaul" else []
        content = set(pedigree) - keepers
        for halt in self.halts:
            by, against = set(many(halt["by"])), set(many(halt.get("against")))
            own = self.home in by and (not against or bool(against & keepers))
            direct = own or bool(by & keepers)
            if not (direct or (by & content and halt["reexport"] == "stop")):
                continue
            inside = kind in (many(halt.get("classes")) or CLASSES)
            inside &= not halt.get("suppliers") or supplier in many(halt["suppliers"])
            inside &= not halt.get("items") or item in many(halt["items"])
            inside &= item is None or item not in many((halt.get("except") or {}).get("items"))
            if inside and halt["from"] <= t < halt["until"]:
                yield halt

    def strictest(self, t: float, clause: str, supplier: str, kind: str, item: str | None = None) -> str:
        """The strictest clause wins (R-H3)."""
        values = CLAUSES[clause]
        halts = list(self.active(t, supplier, kind, item))
        if clause == "signed_contracts":  # a contract left out of a halt passes it (settled 5)
            covering = {n for n, c in zip(self.names, self.contracts) if self.covers(c, supplier, kind, item)}
            halts = [h for h in halts if not covering & set(many((h.get("except") or {}).get("contracts")))]
        return max((h[clause] for h in halts), key=values.index, default=values[0])

    def covers(self, contract: dict[str, Any], supplier: str, kind: str, item: str | None) -> bool:
        """Whether a contract, when in force, covers a line."""
        fits = contract["supplier"] == supplier and kind in many(contract["covers"])
        return fits and (item is None or not contract.get("items") or item in many(contract["items"]))

    def terms_of(self, contract: dict[str, Any]) -> list[tuple[float, float]]:
        """When it is in force. Renewal work has a clock that runs only while renewals are open (rule 18)."""
        only(contract, "supplier", "covers", "items", "fleets", "from", "until", "renewal")
        begin, end = self.day(contract["from"]), self.day(contract["until"])
        if begin > 0:
            begin = self.signed(contract, begin, 0.0)  # one that begins after the start must be signed
        found = [(begin, end)]
        renewal = contract.get("renewal")
        while renewal and end < self.horizon:
            takes = days(renewal["takes"])
            begin = max(end, self.signed(contract, end - takes, takes))
            end = begin + days(renewal["for"])
            found.append((begin, end))
        return found

    def signed(self, contract: dict[str, Any], clock: float, left: float) -> float:
        """When work begun at a time is done, if its clock runs only while renewals are open."""
        edges = sorted({e for h in self.halts for e in (h["from"], h["until"])})
        kinds = many(contract["covers"])
        while clock < float("inf"):
            edge = min((e for e in edges if e > clock), default=float("inf"))
            is_open = all(self.strictest(clock, "renewals", contract["supplier"], k) == "allow" for k in kinds)
            if is_open and clock + left <= edge:
                return clock + left
            clock, left = edge, left - (edge - clock if is_open else 0)
        return clock

    def covering(self, supplier: str, kind: str, item: str | None = None) -> list[list[tuple[float, float]]]:
        """The terms of every contract that covers a line."""
        return [terms for c, terms in zip(self.contracts, self.terms) if self.covers(c, supplier, kind, item)]

    def covered(self, t: float, supplier: str, kind: str, item: str | None = None) -> bool:
        """Whether a contract is in force."""
        return any(a <= t < b for terms in self.covering(supplier, kind, item) for a, b in terms)

    def may_serve(self, t: float, supplier: str, kind: str) -> bool:
        """People and overhaul need a contract in force where one ever covered them."""
        return not self.covering(supplier, kind) or self.covered(t, supplier, kind)

    def heads(self, t: float) -> dict[tuple[str, str], int]:
        """People at work, by pool and party."""
        found = {}
        for name, crew in self.crews.items():
            heads = {"local": crew["local"], **crew.get("foreign", {})}
            for change in crew.get("changes", []):
                if self.day(change["on"]) <= t:
                    heads |= {"local": change["local"]} if "local" in change else {}
                    heads |= change.get("foreign", {})
            for party, number in heads.items():
                if party != "local":
                    left = [self.people_left(t, h, number) for h in self.active(t, party, "people")]
                    number = min([number, *left]) if self.may_serve(t, party, "people") else 0
                found[name, party] = number
        return found

    def people_left(self, t: float, halt: dict[str, Any], number: int) -> int:
        """How many of so many are still there: shares by date, or one by one, the k-th at (k+½)/n of the time."""
        people = halt["people"]
        if people == "stay":
            return number
        if "leave_within" in people:
            return sum(t < gone for gone in self.leaving(halt, number))
        return round(number * min((share(s) for on, s in people["leave_by"].items() if self.day(on) <= t), default=1.0))

    def leaving(self, halt: dict[str, Any], number: int) -> list[float]:
        """When each of so many people leaves."""
        within = days(halt["people"]["leave_within"])
        return [halt["from"] + within * (k + 0.5) / number for k in range(number)]

    def lines(self) -> Iterator[tuple[str, str, str, str]]:
        """(item, line, supplier, class): spares, and each repair route abroad."""
        for name, item in self.items.items():
            if item.stages is not None:
                yield name, "order", str(item.supplier), "spares"
            for k, route in enumerate(item.routes):
                if route.at in self.suppliers:
                    yield name, f"repair{k}", route.at, "repair"

    def now(self, t: float) -> Now:
        """What holds from a date on."""
        gates = {}
        for item, line, supplier, kind in self.lines():
            clause = {c: self.strictest(t, c, supplier, kind, item) for c in CLAUSES}
            gates[item, line] = Gate(
                clause["new_orders"], clause["accepted_orders"], clause["in_transit"], clause["repairs_abroad"],
                clause["signed_contracts"] == "honour", self.covered(t, supplier, kind, item),
            )  # fmt: skip
        per_day, each = next((rate, each) for begin, rate, each in reversed(self.flying) if begin <= t)
        if each and self.cap == float("inf"):
            raise NotInTheOracle("a programme per aircraft without a cap")
        for begin, end, cut in self.cuts:
            per_day *= cut if begin <= t < end else 1
        robbing = [damage for begin, end, damage in self.robbing if begin <= t < end]
        is_open, caught = True, "finish"
        if self.overhaul and self.overhaul["at"] in self.suppliers:
            at = self.overhaul["at"]
            caught = self.strictest(t, "repairs_abroad", at, "overhaul")
            is_open = self.strictest(t, "overhaul", at, "overhaul") == "allow" and self.may_serve(t, at, "overhaul")
            is_open &= caught in ("finish", "hold")
        return Now(
            tuple(gates.items()), tuple(self.heads(t).items()), per_day, each,
            self.policy == "on_demand" or bool(robbing), max([self.damage, *robbing]), is_open, caught,
            tuple((item, takes) for items, begin, takes in self.others if begin <= t for item in items),
        )  # fmt: skip

    def dates(self) -> list[float]:
        """Every day on which something may change, ascending, within the horizon."""
        found = {t for h in self.halts for t in (h["from"], h["until"])} | {t for t, *_ in self.flying}
        for halt in self.halts:
            people = halt["people"] if isinstance(halt["people"], dict) else {}
            found |= {self.day(on) for on in people.get("leave_by", {})}
            if "leave_within" in people:
                numbers = {n for c in self.crews.values() for n in c.get("foreign", {}).values()}
                found |= {gone for n in numbers for gone in self.leaving(halt, n)}
        found |= {t for terms in self.terms for term in terms for t in term}
        found |= {self.day(c["on"]) for crew in self.crews.values() for c in crew.get("changes", [])}
        found |= {t for begin, end, _ in self.robbing + self.cuts for t in (begin, end)}
        found |= {begin for _, begin, _ in self.others} | set(self.dues)
        return sorted(t for t in found if 0 < t < self.horizon)

    # States -------------------------------------------------------------------------------------------

    def first(self) -> Key:
        """All fitted, full stock, empty pipelines."""
        planes = [Plane(due=k if self.dues else -1) for k in range(self.count)]
        stock = {name: item.stock for name, item in self.items.items()}
        return self.frozen(Live(planes, stock, Counter(), {name: [] for name in self.servers}, self.no_triggers()))

    def no_triggers(self) -> tuple[bool, ...]:
        return (False,) * len(self.triggers)

    def frozen(self, live: Live) -> Key:
        """The state as a key: places in queues numbered from 0; like aircraft in any order unless order matters."""
        queues: dict[tuple[str, str], list[Job]] = {}
        for plane in live.planes:
            for job in plane.jobs:
                if job.at in ("unit", "crew"):
                    queues.setdefault((job.at, job.what if job.at == "unit" else ""), []).append(job)
                else:
                    job.number = 0
        for queue in queues.values():
            for number, job in enumerate(sorted(queue, key=lambda j: j.number)):
                job.number = number
        for place, plane in enumerate(sorted((p for p in live.planes if p.overhaul == "queue"), key=lambda p: p.place)):
            plane.place = place
        planes = [
            (p.due, p.overhaul, p.place if p.overhaul == "queue" else 0, p.lost,
             tuple(sorted((j.what, j.at, j.number, j.robbed) for j in p.jobs)))
            for p in live.planes
        ]  # fmt: skip
        if self.policy == "none" and not self.robbing:  # robbing prefers low tail numbers, so it needs them told apart
            planes.sort()
        shops = [tuple(jobs if self.servers[s] else sorted(jobs)) for s, jobs in sorted(live.shops.items())]
        pipes = tuple(sorted((c, n) for c, n in live.pipes.items() if n))
        return tuple(planes), tuple(live.stock[name] for name in self.items), pipes, tuple(shops), live.less

    def thawed(self, key: Key) -> Live:
        planes, stock, pipes, shops, less = key
        return Live(
            [Plane(due, at, place, lost, [Job(*job) for job in jobs]) for due, at, place, lost, jobs in planes],
            dict(zip(self.items, stock)), Counter(dict(pipes)),
            {name: list(jobs) for name, jobs in zip(sorted(self.servers), shops)}, less,
        )  # fmt: skip

    def grounded(self, plane: Plane) -> tuple[bool, bool]:
        """(waits for a unit, has work waiting or in hand), of what takes it down."""
        down = [j for j in plane.jobs if j.what in self.upkeep or self.items[j.what].absence == "grounds"]
        return any(j.at == "unit" for j in down), any(j.at != "unit" for j in down)

    def state_of(self, plane: Plane, now: Now) -> int:
        """Exactly one state, by precedence (MODEL section 8)."""
        if plane.lost:
            return STATES.index("LOST")
        if plane.overhaul:
            is_in = plane.overhaul == "slot" or now.overhaul_open
            return STATES.index("OVERHAUL" if is_in else "LIMIT")
        supply, work = self.grounded(plane)
        if supply or work:
            return STATES.index("NMCB" if supply and work else "NMCS" if supply else "NMCM")
        return int(any(self.items[j.what].absence == "degrades" for j in plane.jobs))

    # What happens -------------------------------------------------------------------------------------

    def outcomes(self, key: Key, now: Now, act: Callable[[Live, Chance], None]) -> Iterator[tuple[float, Key]]:
        """Every state an act and the settle after it may lead to, with its probability."""
        untried: list[tuple[int, ...]] = [()]
        while untried:
            chance = Chance(untried.pop(), untried)
            live = self.thawed(key)
            act(live, chance)
            self.settle(live, now, chance)
            yield chance.probability, self.frozen(live)

    def moves(self, key: Key, now: Now) -> list[tuple[float, Key]]:
        """Every transition out of a state, with its rate per day."""
        known = self.memory.get((now, key))
        if known is None:
            known = self.memory[now, key] = [
                (rate * odds, after)
                for rate, act in self.acts(self.thawed(key), now)
                for odds, after in self.outcomes(key, now, act)
            ]
        return known

    def acts(self, live: Live, now: Now) -> Iterator[tuple[float, Callable[[Live, Chance], None]]]:
        """(rate per day, what happens)."""
        up = [k for k, p in enumerate(live.planes) if self.state_of(p, now) <= 1]
        demand = now.demand * (sum(not p.lost for p in live.planes) if now.each else 1)
        for (_, _, cut), on in zip(self.triggers, live.less):
            demand *= cut if on else 1
        rate = min(demand / len(up), self.cap) if up else 0.0
        for k, plane in enumerate(live.planes):
            flown = rate if k in up else 0.0
            for name, item in self.items.items():
                fitted = 0 if plane.lost else item.qpa - sum(j.what == name for j in plane.jobs)
                often = fitted / item.life * (1 if item.by_calendar else flown)
                if often:
                    yield often, lambda live, chance, k=k, name=name: self.fail(live, now, chance, k, name)
            if flown:
                for what, (every, *_) in self.upkeep.items():
                    yield flown / every, lambda live, chance, k=k, what=what: self.call(live, k, what)
                if self.losses:
                    yield flown * self.losses, lambda live, chance, k=k: self.lose(live, k)
            for n, job in enumerate(plane.jobs):
                if job.at not in ("unit", "crew"):
                    takes = self.work(job)[0] * (2 if job.robbed else 1)
                    yield 1 / takes, lambda live, chance, k=k, n=n: self.finish(live, now, chance, k, n)
            if plane.overhaul == "slot" and now.overhaul_caught != "hold":
                yield 1 / mean(self.overhaul["takes"]), lambda live, chance, k=k: self.overhauled(live, k)
        for shop, jobs in live.shops.items():
            for n, (name, route) in enumerate(jobs[: self.servers[shop]]):
                takes = self.items[name].routes[route].takes
                yield 1 / takes, lambda live, chance, s=shop, n=n: self.repaired(live, now, chance, s, n)
        for consignment, number in live.pipes.items():
            takes = self.pace(consignment, now)
            if takes:
                yield number / takes, lambda live, chance, c=consignment: self.advance(live, now, chance, c)

    def work(self, job: Job) -> tuple[float, str, str | None]:
        """(mean days, pool, party it needs) of a job."""
        if job.what in self.upkeep:
            return self.upkeep[job.what][1:]  # type: ignore[return-value]
        replace = self.items[job.what].replace
        assert replace is not None
        return replace

    def fail(self, live: Live, now: Now, chance: Chance, k: int, name: str) -> None:
        """A fitted unit fails: a hole, and the unit enters its route (R-M1, R-M5)."""
        self.open_hole(live, k, name)
        self.remove(live, now, chance, name)

    def open_hole(self, live: Live, k: int, name: str) -> None:
        live.planes[k].jobs.append(Job(name, "unit", live.tail("unit", name)))

    def remove(self, live: Live, now: Now, chance: Chance, name: str) -> None:
        """A unit enters a route drawn from its item's shares."""
        routes = self.items[name].routes
        n = chance.of(*(r.share for r in routes)) if len(routes) > 1 else 0
        if routes[n].at == "condemned":
            self.need(live, now, chance, name)
        elif routes[n].at in self.servers:
            live.shops[routes[n].at].append((name, n))
        else:
            line = f"repair{n}"
            self.enter(live, now, chance, (name, line, "home", now.gate((name, line)).covered, False))

    def need(self, live: Live, now: Now, chance: Chance, name: str) -> None:
        """Base stock: a unit gone for good is ordered; cover is tested now and stays with the order."""
        if self.items[name].stages is not None:
            cover = now.gate((name, "order")).covered
            self.enter(live, now, chance, (name, "order", "home", cover, False))

    def call(self, live: Live, k: int, what: str) -> None:
        live.planes[k].jobs.append(Job(what, "crew", live.tail("crew")))

    def lose(self, live: Live, k: int) -> None:
        if any(job.at != "unit" for job in live.planes[k].jobs):
            raise NotInTheOracle("a loss while work is in hand")
        live.planes[k] = Plane(lost=True)

    def finish(self, live: Live, now: Now, chance: Chance, k: int, n: int) -> None:
        """Work in hand ends; a robbed unit may prove damaged, and then goes the way of a failed one."""
        job = live.planes[k].jobs.pop(n)
        if job.robbed and chance.of(1 - now.damage, now.damage):
            self.open_hole(live, k, job.what)
            self.remove(live, now, chance, job.what)

    def overhauled(self, live: Live, k: int) -> None:
        live.planes[k].overhaul = ""

    def repaired(self, live: Live, now: Now, chance: Chance, shop: str, n: int) -> None:
        name, route = live.shops[shop].pop(n)
        self.yielded(live, now, chance, name, self.items[name].routes[route].yields)

    def yielded(self, live: Live, now: Now, chance: Chance, name: str, yields: float) -> None:
        """A repair is over: serviceable, or condemned and ordered anew."""
        if yields == 1 or chance.of(yields, 1 - yields) == 0:
            live.stock[name] += 1
        else:
            self.need(live, now, chance, name)

    # Consignments -------------------------------------------------------------------------------------

    def times(self, name: str, line: str) -> dict[str, float]:
        """Mean days of licence, making (or repair) and transit of a line."""
        item = self.items[name]
        if line == "order":
            assert item.stages is not None
            return item.stages
        if line.startswith("other"):
            return {"licence": 0.0, "make": float(line[5:]), "transit": 0.0}
        route = item.routes[int(line[6:])]
        return {"licence": route.licence, "make": route.takes, "transit": route.transit}

    def pace(self, consignment: tuple[str, str, str, bool, bool], now: Now) -> float:
        """Mean days the stage takes now; 0 where the clock stands or nothing is due."""
        name, line, stage, cover, _ = consignment
        if stage not in ("licence", "make", "transit"):
            return 0.0
        takes = self.times(name, line)[stage]
        if line.startswith("other"):
            return takes
        gate = now.gate((name, line))
        if stage == "make":
            stands = gate.stops(cover) if line == "order" else gate.repairs_abroad == "hold"
        else:
            stands = stage == "transit" and gate.in_transit == "hold"
        return 0.0 if stands else takes

    def advance(self, live: Live, now: Now, chance: Chance, consignment: tuple[str, str, str, bool, bool]) -> None:
        """A stage has ended."""
        name, line, stage, cover, late = consignment
        live.pipes[consignment] -= 1
        after = {"licence": "accepted", "make": "ready", "transit": "border"}[stage]
        self.enter(live, now, chance, (name, line, after, cover, late))

    def enter(self, live: Live, now: Now, chance: Chance, consignment: tuple[str, str, str, bool, bool]) -> None:
        """Carry a consignment on until it rests in a stage."""
        name, line, stage, cover, late = consignment
        times = self.times(name, line)
        if line.startswith("other"):
            if stage == "ready":
                live.stock[name] += 1
            else:
                live.pipes[name, line, "make", cover, late] += 1
            return
        gate = now.gate((name, line))
        if stage == "home":
            caught = line != "order" and gate.repairs_abroad in ("return_unrepaired", "seize")
            if gate.refuses(cover) or caught:  # a repair is not sent to where it would be caught
                live.pipes[name, line, "home", cover, False] += 1
                return
            stage = "licence" if times["licence"] else "accepted"
        if stage == "accepted":
            late = line == "order" and gate.queues(cover)  # `queue` does not hold one's own units
            stage = "make" if times["make"] else "ready"
        if stage == "ready" and not self.waits(gate, line, cover, late):
            late = False
            stage = "transit" if times["transit"] else "border"
        if stage == "border" and gate.in_transit == "deliver":
            yields = 1.0 if line == "order" else self.items[name].routes[int(line[6:])].yields
            self.yielded(live, now, chance, name, yields)
            return
        live.pipes[name, line, stage, cover, late] += 1

    def waits(self, gate: Gate, line: str, cover: bool, late: bool) -> bool:
        """Whether what is ready is not despatched: nobody ships into a closed port, however short the way."""
        stands = gate.stops(cover) if line == "order" else gate.repairs_abroad == "hold"
        closed = gate.in_transit in ("hold", "return", "lose")
        return stands or closed or (late and gate.queues(cover))

    # Dates pass ---------------------------------------------------------------------------------------

    def jump(self, live: Live, t: float, before: Now, now: Now, chance: Chance) -> None:
        """What a date does at once: to consignments, to systems abroad, to systems that fall due."""
        for plane in live.planes:
            if plane.due >= 0 and self.dues[plane.due] <= t and not plane.lost:
                plane.due, plane.overhaul = -1, "queue"
                plane.place = max(p.place for p in live.planes) + 1
            if plane.overhaul == "slot" and now.overhaul_caught != before.overhaul_caught:
                if now.overhaul_caught == "return_unrepaired":
                    plane.overhaul, plane.place = "queue", -1
                elif now.overhaul_caught == "seize":
                    plane.lost, plane.overhaul = True, ""
        for consignment, number in sorted(live.pipes.items()):
            for _ in range(number):
                self.jump_one(live, before, now, chance, consignment)

    def jump_one(self, live: Live, before: Now, now: Now, chance: Chance, consignment: Any) -> None:
        name, line, stage, cover, late = consignment
        if line.startswith("other"):
            return
        was, gate = before.gate((name, line)), now.gate((name, line))
        live.pipes[consignment] -= 1
        cover |= stage == "home" and gate.covered  # a contract that begins covers the needs still unmet
        if stage == "licence" and gate.refuses(cover):
            stage = "home"  # READING: its licence time starts afresh, a new draw
        elif stage == "transit" and gate.in_transit == "lose" != was.in_transit:
            self.need(live, now, chance, name)
            return
        elif stage == "transit" and gate.in_transit == "return":
            stage = "returned"
        elif stage == "returned" and gate.in_transit != "return":
            stage = "transit"
        elif stage == "make" and line != "order" and gate.repairs_abroad != was.repairs_abroad:
            if gate.repairs_abroad == "seize":
                self.need(live, now, chance, name)
                return
            if gate.repairs_abroad == "return_unrepaired":
                stage = "home"  # READING: repaired afresh, a new draw
        if stage in ("home", "ready", "border"):
            self.enter(live, now, chance, (name, line, stage, cover, late))
        else:
            live.pipes[name, line, stage, cover, late] += 1

    # Settle -------------------------------------------------------------------------------------------

    def settle(self, live: Live, now: Now, chance: Chance) -> None:
        """Issue, rob, start work, until nothing changes; then the triggers."""
        for name, takes in now.other_sources:
            for consignment, number in list(live.pipes.items()):
                if consignment[:3] == (name, "order", "home") and number:
                    del live.pipes[consignment]
                    live.pipes[name, f"other{takes}", "make", False, False] += number
        again = True
        while again:
            self.issue(live)
            again = now.robs and self.rob(live, now, chance)
        slots = sum(p.overhaul == "slot" for p in live.planes)
        overhaul = self.overhaul or {}
        most = overhaul.get("slots") or self.servers.get(overhaul.get("at", "")) or len(live.planes)
        for plane in sorted((p for p in live.planes if p.overhaul == "queue"), key=lambda p: p.place):
            if now.overhaul_open and slots < most:
                plane.overhaul = "slot"
                slots += 1
        self.start_work(live, now)
        available = sum(self.state_of(p, now) <= 1 for p in live.planes)
        live.less = tuple(
            available <= above if on else available < below for on, (below, above, _) in zip(live.less, self.triggers)
        )

    def waiting(self, live: Live, name: str) -> list[tuple[int, Job]]:
        """Holes without a unit, first come first served."""
        found = [(k, j) for k, p in enumerate(live.planes) for j in p.jobs if (j.what, j.at) == (name, "unit")]
        return sorted(found, key=lambda one: one[1].number)

    def issue(self, live: Live) -> None:
        for name in self.items:
            for k, job in self.waiting(live, name)[: live.stock[name]]:
                live.stock[name] -= 1
                self.assign(live, k, job)

    def assign(self, live: Live, k: int, job: Job) -> None:
        """Part first, then crew: the ticket is drawn now. Nothing to wait for where no work is said."""
        if self.items[job.what].replace is None:
            live.planes[k].jobs.remove(job)
        else:
            job.at, job.number = "crew", live.tail("crew")

    def rob(self, live: Live, now: Now, chance: Chance) -> bool:
        """One unit from an aircraft that is down for something else (R-M3, rule 13)."""
        lacking = [sum(j.at == "unit" for j in p.jobs) for p in live.planes]
        for name, item in self.items.items():
            for k, job in self.waiting(live, name):
                donors = [
                    d for d, p in enumerate(live.planes)
                    if d != k and lacking[d] and not p.lost and sum(j.what == name for j in p.jobs) < item.qpa
                ]  # fmt: skip
                if lacking[k] != 1 or not donors:
                    continue
                donor = min(donors, key=lambda d: (-lacking[d], d))
                self.open_hole(live, donor, name)
                if item.replace is None:
                    live.planes[k].jobs.remove(job)
                    if now.damage and chance.of(1 - now.damage, now.damage):
                        self.open_hole(live, k, name)
                        self.remove(live, now, chance, name)
                else:
                    job.robbed = True
                    self.assign(live, k, job)
                return True
        return False

    def start_work(self, live: Live, now: Now) -> None:
        """The lowest ticket that an allowed free party can start; a blocked one blocks nobody; local people first."""
        free = dict(now.people)
        jobs = [j for p in live.planes for j in p.jobs]
        for job in jobs:
            if job.at not in ("unit", "crew"):
                free[self.work(job)[1], job.at] -= 1
        for job in sorted((j for j in jobs if j.at == "crew"), key=lambda j: j.number):
            _, pool, needs = self.work(job)
            parties = [needs] if needs else ["local", *(self.crews[pool].get("foreign", {}))]
            party = next((p for p in parties if free.get((pool, p), 0) > 0), None)
            if party is not None:
                free[pool, party] -= 1
                job.at = party


# Solving ----------------------------------------------------------------------------------------------

Propagate = Callable[[csr_array, np.ndarray, float], np.ndarray]


def by_krylov_free_taylor(generator: csr_array, row: np.ndarray, t: float) -> np.ndarray:
    """row · exp(Q t) by scaled Taylor steps (Al-Mohy and Higham), to double precision."""
    return expm_multiply(generator.T.tocsr() * t, row, traceA=float(generator.trace()) * t)


def by_dense_exponential(generator: csr_array, row: np.ndarray, t: float) -> np.ndarray:
    """row · exp(Q t) by the dense exponential (Padé)."""
    return row @ expm(generator.toarray() * t)


def by_uniformisation(generator: csr_array, row: np.ndarray, t: float) -> np.ndarray:
    """row · exp(Q t) as a Poisson mixture of the steps of a discrete chain: every term is positive."""
    pace = float(-generator.diagonal().min())
    if not pace:
        return row
    step = generator.T.tocsr() / pace
    parts = max(1, int(np.ceil(pace * t / 50)))
    lam = pace * t / parts
    for _ in range(parts):
        term, weight, total, k = row, np.exp(-lam), np.zeros_like(row), 0
        mass = 0.0
        while mass < 1 - 1e-15 and k < 500:
            total = total + weight * term
            mass += weight
            k += 1
            term, weight = term + step @ term, weight * lam / k
        row = total
    return row


def month_ends(tiny: Tiny) -> list[float]:
    """Ends of the report periods (calendar months), in days."""
    y, m, found = tiny.start.year, tiny.start.month, []
    while not found or found[-1] < tiny.horizon:
        y, m = (y, m + 1) if m < 12 else (y + 1, 1)
        found.append(min(tiny.day(date(y, m, 1)), tiny.horizon))
    return found


def solve(text: str, propagate: Propagate = by_krylov_free_taylor) -> tuple[np.ndarray, int]:
    """(expected aircraft in each state at each month's end as left limits, the most states at once)."""
    tiny = Tiny(text)
    ends, dates = month_ends(tiny), [0.0, *tiny.dates(), tiny.horizon]
    result = np.zeros((len(ends), len(STATES)))
    now = tiny.now(0.0)
    chances: dict[Key, float] = {}
    for odds, key in tiny.outcomes(tiny.first(), now, lambda live, chance: None):
        chances[key] = chances.get(key, 0) + odds
    largest = 0
    for begin, end in pairwise(dates):
        keys, generator = reach(tiny, list(chances), now)
        largest = max(largest, len(keys))
        counts = np.array([np.bincount([tiny.state_of(p, now) for p in tiny.thawed(k).planes], minlength=len(STATES))
                           for k in keys])  # fmt: skip
        row = np.array([chances.get(key, 0.0) for key in keys])
        at = begin
        for stop in sorted({e for e in ends if begin < e <= end} | {end}):
            row = propagate(generator, row, stop - at)
            at = stop
            if stop in ends:
                result[ends.index(stop)] = row @ counts
        before, chances = now, {}
        if end < tiny.horizon:
            now = tiny.now(end)
            for key, odds in zip(keys, row):
                jumped = tiny.outcomes(key, now, lambda live, chance: tiny.jump(live, end, before, now, chance))  # noqa: B023
                for part, after in jumped:
                    chances[after] = chances.get(after, 0) + odds * part
    return result, largest


def reach(tiny: Tiny, start: list[Key], now: Now) -> tuple[list[Key], csr_array]:
    """The states that can be reached, breadth first, and the generator over them."""
    number = {key: k for k, key in enumerate(start)}
    keys, rows, columns, rates = list(start), [], [], []
    for key in keys:
        for rate, after in tiny.moves(key, now):
            if after not in number:
                number[after] = len(keys)
                keys.append(after)
            rows += [number[key], number[key]]
            columns += [number[after], number[key]]
            rates += [rate, -rate]
    shape = (len(keys), len(keys))
    return keys, coo_array((rates, (rows, columns)), shape=shape).tocsr()
