"""Everything of a scenario that is dated: what halts, contracts, people and responses say between two dates.

Shares no code with armsim; see `chain.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import yaml

from oracle.reading import (
    CLASSES,
    CLAUSES,
    KINDS,
    POLICIES,
    YEAR,
    Gate,
    Item,
    Key,
    NotInTheOracle,
    Now,
    Route,
    days,
    head_count,
    hours,
    many,
    mean,
    only,
    plain,
    programme,
    share,
)  # fmt: skip


class Dated:
    """One scenario."""

    def __init__(self, text: str, follows: tuple[str, ...] = ()) -> None:
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
        self.read_halts(raw.get("halts") or {}, follows)
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
        """Crews, shops and the depot."""
        self.crews: dict[str, dict[str, Any]] = {}
        self.servers: dict[str, int | None] = {}
        self.depot, self.ship = "", 0.0
        for site, place in sites.items():
            only(place, "crews", "shops", "depot", "order_and_ship")
            if "depot" in place:
                self.depot, self.ship = place["depot"], mean(place.get("order_and_ship", "0 days"))
            for name, crew in (place.get("crews") or {}).items():
                only(crew, "fleets", "size", "local", "foreign", "changes", "of")
                foreign = {party: head_count(n, crew["size"]) for party, n in crew.get("foreign", {}).items()}
                local = head_count(crew.get("local", crew["size"] - sum(foreign.values())), crew["size"])
                self.crews[name] = crew | {"local": local, "foreign": foreign}
            for name, shop in (place.get("shops") or {}).items():
                self.servers[f"{site}.{name}"] = (shop or {}).get("servers")

    def read_fleet(self, fleets: dict[str, Any]) -> None:
        """The only fleet."""
        ((self.fleet, f),) = fleets.items()
        only(f, "count", "fly", "at_most", "upkeep", "overhaul", "losses", "cannibalization", "site", "content",
             "missions", "sortie", "owner", "regeneration")  # fmt: skip
        self.count, self.content, self.owner = f["count"], many(f.get("content")), f.get("owner")
        self.missions, self.sortie = set(many(f.get("missions"))), hours(f.get("sortie", "0 FH"))
        self.base = f["site"]
        self.regeneration = f.get("regeneration")
        if self.regeneration:
            only(self.regeneration, "after", "takes", "slots")
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
        """One item."""
        only(i, "on", "supplier", "content", "absence", "needed_for", "demand", "fails_every", "replace", "repair",
             "resupply", "stock", "on_hand", "stock_changes", "arrivals", "reorder")  # fmt: skip
        routes = []
        for route in many(i.get("repair")):
            only(route, "share", "at", "takes", "licence", "transit", "yield", "uses")
            takes, licence, transit = (mean(route.get(key, "0 days")) for key in ("takes", "licence", "transit"))
            uses = route.get("uses", {})
            uses = {bit: share(uses[bit]) if isinstance(uses, dict) else 1.0 for bit in sorted(uses)}
            part, yields = share(route.get("share", 1)), share(route.get("yield", 1))
            routes.append(Route(part, route["at"], takes, licence, transit, yields, uses))
        stages = i.get("resupply")
        if stages is not None:
            only(stages, "licence", "make", "transit")
            stages = {key: mean(stages.get(key, "0 days")) for key in ("licence", "make", "transit")}
        replace, reorder = i.get("replace"), i.get("reorder")
        levels = [(self.day(c["on"]), c["to"]) for c in many(i.get("stock_changes"))]
        arrivals = [(self.day(c["on"]), c["count"]) for c in many(i.get("arrivals"))]
        if (levels and (reorder or self.depot)) or (arrivals and stages is not None):
            raise NotInTheOracle("stock changes with a depot, or arrivals along a line")
        shelf = (i.get("stock") or {}) | (i.get("on_hand") or {})
        if levels:
            levels.insert(0, (0.0, sum((i.get("stock") or {}).values())))
        return Item(
            i.get("supplier"), sum((i.get("on") or {}).values()), many(i.get("content")),
            i.get("absence", "nothing" if "needed_for" in i else "grounds"), many(i.get("needed_for")),
            self.read_life(i), i.get("demand", "flying_hours"),
            None if replace is None else (mean(replace["takes"]), replace["crew"], replace.get("needs")),
            routes or [Route(1, "condemned", 0, 0, 0, 1, {})], stages, shelf, levels, arrivals,
            (reorder["point"], reorder["quantity"]) if reorder else None,
        )  # fmt: skip

    def read_life(self, i: dict[Any, Any]) -> float:
        """Mean life, in flying hours or days."""
        raw = i.get("fails_every", "inf FH")
        if raw == "inf FH":
            return float("inf")
        if i.get("demand") in ("calendar", "fixed"):
            return days(raw)
        if i.get("demand") == "sorties":
            return float(raw.removesuffix(" sorties")) * self.sortie
        return hours(raw)

    def read_halts(self, halts: dict[str, Any], follows: tuple[str, ...]) -> None:
        """The halts of one world: one that follows another is there if it is among those drawn to (settled 59)."""
        self.followers: list[tuple[str, float]] = []
        found: dict[str, dict[str, Any]] = {}
        for name, raw in halts.items():
            after = raw.get("after")
            if after is None:
                found[name] = self.read_halt(name, raw)
                continue
            only(after, "halt", "lag", "probability")
            self.followers.append((name, share(after.get("probability", 1))))
            if name in follows and after["halt"] in found:  # a leader is written before those that follow it
                begin = found[after["halt"]]["from"] + days(after.get("lag", "0 days"))
                found[name] = self.read_halt(name, {"from": self.start} | raw)
                found[name]["from"] = max(begin, found[name]["from"])
        self.halts = list(found.values())

    def read_halt(self, name: str, h: dict[str, Any]) -> dict[str, Any]:
        """One halt with every clause."""
        only(h, "kind", "by", "against", "classes", "items", "suppliers", "fleets", "except", "from", "until", "people",
             "after", "announced", "operation", "leakage", "resume", "spoilage", *CLAUSES)  # fmt: skip
        lenient: dict[str, Any] = {clause: values[0] for clause, values in CLAUSES.items()}
        only(h.get("except") or {}, "items", "contracts", "count")
        halt = lenient | {"people": "stay", "until": "never"} | KINDS[h.get("kind")] | h
        halt |= {"name": name, "from": self.day(halt["from"]), "until": self.day(halt["until"]), "fund": 1.0}
        if isinstance(halt["new_orders"], dict):
            only(halt["new_orders"], "fund")
            halt |= {"new_orders": "allow", "fund": share(halt["new_orders"]["fund"])}
        only(halt.get("leakage", {}), "probability", "delay")
        resume = halt.get("resume", {})
        only(resume, "restart", "ramp", "order")
        halt["until"] += days(resume.get("restart", "0 days"))  # all it stops stays stopped so much longer (66)
        halt["ramp"] = days(resume.get("ramp", "0 days"))
        if "spoilage" in halt and halt["new_orders"] != "refuse":
            raise NotInTheOracle("units that are held abroad for times of their own")
        return halt

    def read_responses(self, responses: dict[str, Any]) -> None:
        """What the recipient does, each kind in a list of its own."""
        self.robbing: list[tuple[float, float, str, float]] = []
        self.others: list[tuple[list[str], float, float, float]] = []
        self.cuts: list[tuple[float, float, float]] = []
        self.triggers: list[tuple[int, int, float]] = []
        self.mending: list[tuple[float, list[str], tuple[float, float, float]]] = []
        self.training: list[tuple[float, float, str, int, float, float]] = []
        self.once: list[tuple[float, dict[str, Any]]] = []
        self.extending: list[tuple[float, float, int, int]] = []
        self.deferring: list[tuple[float, float, float, float]] = []
        for r in responses.values():
            begin, end = self.day(r.get("from", self.start)), self.day("never")
            if "until" in r and "when" not in r:
                end = self.day(r["until"])
            self.read_response(r, begin, end)

    def read_response(self, r: dict[str, Any], begin: float, end: float) -> None:
        """One response with a date, or a trigger, of its own."""
        kind = r["kind"]
        if kind == "cannibalise":
            only(r, "kind", "policy", "fleets", "from", "until", "damage")
            self.robbing.append((begin, end, r.get("policy", "on_demand"), share(r.get("damage", 0))))
        elif kind == "other_source":
            only(r, "kind", "items", "jurisdiction", "from", "capacity", "takes", "each")
            if int(r["capacity"].split()[0]) < 400 or self.count > 1 or len(self.items) > 1:
                raise NotInTheOracle("another source whose capacity is felt: more than one need at a time")
            self.others.append((many(r["items"]), begin, mean(r["takes"]), share(r.get("each", 1))))
        elif kind == "fly_less" and "when" in r:
            only(r, "kind", "fleets", "when", "until", "fly")
            below, above = re.fullmatch(r"mc < (\d)", r["when"]), re.fullmatch(r"mc > (\d)", r["until"])
            self.triggers.append((int(below[1]), int(above[1]), share(r["fly"])))  # type: ignore[index]
        elif kind == "fly_less":
            only(r, "kind", "fleets", "from", "until", "fly")
            self.cuts.append((begin, end, share(r["fly"])))
        elif kind == "repair_at_home":
            only(r, "kind", "items", "share", "takes", "yield", "from")
            yields = share(r.get("yield", 1))
            self.mending.append((begin, many(r["items"]), (share(r["share"]), mean(r["takes"]), yields)))
        elif kind == "train_crews":
            only(r, "kind", "crews", "people", "share", "build_up", "from", "until")
            within, more = days(r.get("build_up", "0 days")), share(r.get("share", 0))
            if more and within:
                raise NotInTheOracle("a share that grows")
            for pool in many(r["crews"]):
                self.training.append((begin, end, pool.split(".")[1], r.get("people", 0), within, more))
        elif kind in ("stockpile", "harvest"):
            only(r, "kind", "fleets", "items", "units", "systems", "yield", "from")
            self.once.append((begin, r))
        elif kind == "extend_life":
            only(r, "kind", "fleets", "gains", "systems", "takes", "slots", "from")
            if days(r["gains"]) < self.horizon:
                raise NotInTheOracle("a second limit at a random date")
            some = r.get("systems", self.count)
            self.extending.append((begin, mean(r.get("takes", "0 days")), r.get("slots", self.count), some))
        elif kind == "defer":
            only(r, "kind", "fleets", "gains", "failures", "losses_per_100k_FH", "from")
            more = r.get("losses_per_100k_FH", 0) / 1e5
            self.deferring.append((begin, days(r["gains"]), float(r.get("failures", 1)), more))
            if len(self.deferring) > 1 or any(due < begin for due in self.dues):
                raise NotInTheOracle("a limit passed before it is put off")
        else:
            raise NotInTheOracle(kind)

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
            heads["local"] += sum(self.trained(t, name))
            for party, number in heads.items():
                if party != "local":
                    left = [self.people_left(t, h, number) for h in self.active(t, party, "people")]
                    number = min([number, *left]) if self.may_serve(t, party, "people") else 0
                found[name, party] = number
        return found

    def trained(self, t: float, pool: str) -> list[int]:
        """More own people: the k-th of n at (k+½)/n of the time. READING: as people leave, so they come."""
        return [
            sum(begin + within * (k + 1) / number <= t < end for k in range(number))
            for begin, end, name, number, within, _ in self.training if name == pool
        ]  # fmt: skip

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
                *self.let_through(list(self.active(t, supplier, kind, item))),
            )  # fmt: skip
        per_day, each = next((rate, each) for begin, rate, each in reversed(self.flying) if begin <= t)
        if each and self.cap == float("inf"):
            raise NotInTheOracle("a programme per aircraft without a cap")
        for begin, end, cut in self.cuts:
            per_day *= cut if begin <= t < end else 1
        robbing = [(policy, damage) for begin, end, policy, damage in self.robbing if begin <= t < end]
        policies = [self.policy, *(policy for policy, _ in robbing)]
        is_open, caught = True, "finish"
        if self.overhaul and self.overhaul["at"] in self.suppliers:
            at = self.overhaul["at"]
            caught = self.strictest(t, "repairs_abroad", at, "overhaul")
            is_open = self.strictest(t, "overhaul", at, "overhaul") == "allow" and self.may_serve(t, at, "overhaul")
            is_open &= caught in ("finish", "hold")
        return Now(
            tuple(gates.items()), tuple(self.heads(t).items()), per_day, each,
            max(policies, key=POLICIES.index), max([self.damage, *(damage for _, damage in robbing)]), is_open, caught,
            tuple((item, takes, each) for items, begin, takes, each in self.others if begin <= t for item in items),
            tuple((item, *mend) for begin, items, mend in self.mending if begin <= t for item in items),
            self.forbidden(t), sum(more for begin, end, *_, more in self.training if begin <= t < end),
            tuple((takes, slots, some) for begin, takes, slots, some in self.extending if begin <= t),
            t if self.regeneration else 0.0,
        )  # fmt: skip

    def let_through(self, halts: list[dict[str, Any]]) -> tuple[float, float, float, tuple[tuple[str, int], ...]]:
        """(share of needs paid for, chance to leak, days later, exceptions) of the halts on a line (63 to 65)."""
        refusing = [h for h in halts if h["new_orders"] == "refuse"]
        leaks = [h.get("leakage", {"probability": 0}) for h in refusing]
        leak = 1.0
        for one in leaks:
            leak *= share(one["probability"])
        excepting = [h for h in refusing if "count" in h.get("except", {})]
        excused = tuple((h["name"], h["except"]["count"]) for h in excepting)
        together = len({(h["from"], h["until"]) for h in refusing}) < 2 and not any("delay" in one for one in leaks)
        if len(refusing) > 1 and (excused or (leak and not together)):
            raise NotInTheOracle("exceptions of several halts, or leaks of halts that do not come and go together")
        fund = min([1.0, *(h["fund"] for h in halts)])
        if fund < 1 and refusing:
            raise NotInTheOracle("money and refusals on one line")
        return fund, leak if leaks else 0.0, sum(mean(one.get("delay", "0 days")) for one in leaks), excused

    def stops_operation(self, halt: dict[str, Any]) -> bool:
        """Whose permission it is: of the fleets it names, else of those its parties own or have content in (62)."""
        if not isinstance(halt.get("operation"), dict):
            return False
        if halt.get("fleets"):
            return self.fleet in many(halt["fleets"])
        return bool(set(many(halt["by"])) & {self.owner, *self.content})

    def forbidding(self, halt: dict[str, Any]) -> list[tuple[float, int]]:
        """(when, which aircraft) loses its permission: the k-th of n at (k+½)/n of the time, the first keep theirs."""
        kept = halt["operation"].get("except", 0)
        n, within = self.count - kept, days(halt["operation"].get("stop_within", "0 days"))
        return [(halt["from"] + within * (k + 0.5) / n, kept + k) for k in range(n)]

    def forbidden(self, t: float) -> tuple[int, ...]:
        """Aircraft that may not be operated."""
        halts = [h for h in self.halts if self.stops_operation(h) and t < h["until"]]
        return tuple(sorted({k for h in halts for when, k in self.forbidding(h) if when <= t}))

    def spread(self, t: float, supplier: str, kind: str, item: str) -> float:
        """Over how many days what waited at home leaves, on a line that reopens."""
        ended = [h for h in self.active(t - 1e-6, supplier, kind, item) if h["until"] == t]
        return max((h["ramp"] for h in ended), default=0.0)

    def spoilt(self, t: float, supplier: str, kind: str, item: str | None) -> float:
        """The chance that what was held until now is spoilt by the years it was held (67)."""
        ended = [h for h in self.active(t - 1e-6, supplier, kind, item) if h["until"] == t and "spoilage" in h]
        if len(ended) > 1:
            raise NotInTheOracle("two halts under which things spoil")
        return sum(1 - (1 - share(h["spoilage"])) ** ((t - h["from"]) / YEAR) for h in ended)

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
        found |= {t for begin, end, *_ in self.robbing + self.cuts + self.training for t in (begin, end)}
        found |= {begin for _, begin, *_ in self.others} | set(self.dues)
        found |= {begin for begin, *_ in self.mending + self.extending + self.once}
        found |= {b + w * (k + 1) / n for b, _, _, n, w, _ in self.training for k in range(n)}
        found |= {t for item in self.items.values() for t, _ in item.levels + item.arrivals}
        found |= {due + gains for _, gains, *_ in self.deferring for due in self.dues}
        found |= {t for h in self.halts if self.stops_operation(h) for t, _ in self.forbidding(h)}
        most = self.count * sum(i.qpa + sum(i.shelf.values()) for i in self.items.values())
        spread = [(k + 0.5) / n for n in range(1, most + 1) for k in range(n)]
        found |= {h["until"] + h["ramp"] * part for h in self.halts if h["ramp"] for part in spread}
        if self.regeneration:
            found |= {t + days(self.regeneration["after"]) for t in found}
        return sorted(t for t in found if 0 < t < self.horizon)
