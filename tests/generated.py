"""Random small scenarios that use everything the engine models, made so that things happen at the same time.

Durations are whole days and first due dates come in blocks, for otherwise ties are hardly ever met. `scenarios`
is a hypothesis strategy of plain data as `yaml.safe_load` would give it; `text_of` writes it as a file.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import yaml
from hypothesis import strategies as st

START = date(2024, 1, 1)
CLASSES = ("systems", "spares", "repair", "overhaul", "people")
#: Every value of every clause a halt may have, each of which the generated set must contain.
CLAUSE_VALUES = {
    "new_orders": ("refuse", "queue", "allow"),
    "renewals": ("refuse", "allow"),
    "signed_contracts": ("stop", "honour"),
    "accepted_orders": ("stop", "honour"),
    "in_transit": ("lose", "return", "hold", "wait_at_border", "deliver"),
    "repairs_abroad": ("seize", "return_unrepaired", "hold", "finish"),
    "overhaul": ("stop", "allow"),
    "reexport": ("stop", "allow"),
}
KINDS = ("new_contract_freeze", "total", "sanctions", "withdrawal_of_support")


def text_of(scenario: dict[str, Any]) -> str:
    """The scenario as the text of a file."""
    return yaml.dump(scenario, Dumper=Plain, sort_keys=False)


class Plain(yaml.SafeDumper):
    """Writes every value out: scenarios have no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        """True, always."""
        return True


def on(day: int) -> str:
    """A date so many days from the start."""
    return (START + timedelta(days=day)).isoformat()


class Maker:
    """Draws one scenario piece by piece."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def one(self, *choices: Any) -> Any:
        """One of several."""
        return self.random.choice(choices)

    def chance(self, percent: int) -> bool:
        """True so often in a hundred."""
        return self.random.randrange(100) < percent

    def days(self, *choices: int) -> str:
        """A length of time in whole days."""
        return f"{self.one(*choices)} days"

    def date(self, first: int = 0, last: int = 480) -> str:
        """A date on a coarse grid, so that dates coincide."""
        return on(30 * self.random.randint(first // 30, last // 30))

    def maybe(self, percent: int, fields: dict[str, Any], key: str, make: Any) -> None:
        """Put `make()` at a key, so often in a hundred."""
        if self.chance(percent):
            fields[key] = make()

    def time_law(self, *choices: int) -> Any:
        """A length of time, mostly the same each time and in each world."""
        return self.one(
            self.days(*choices),
            self.days(*choices),
            {
                "best": self.days(*choices),
                "varies": self.one("lognormal 50%", "exponential", "uniform 30%", "erlang 2"),
            },
            {"low": "5 days", "best": "20 days", "high": "60 days"},
            {"median": self.days(*choices), "varies": "lognormal sd 0.5"},
        )

    # ------------------------------------------------------------------------------------------- sections

    def scenario(self) -> dict[str, Any]:
        """A whole scenario."""
        self.two = self.chance(40)
        self.fleet_names = ("jets", "tankers") if self.two else ("jets",)
        self.has_contract = self.chance(60)
        fleets = {name: self.fleet(name) for name in self.fleet_names}
        made = {
            "armsim": 1,
            "name": "generated",
            "time": {
                "start": on(0),
                "end": self.one(on(366), on(548), on(731)),
                "warmup": self.days(0, 60, 90),
                "report_every": self.one("1 month", "1 month", "3 months"),
            },
            "jurisdictions": {"seller": {}, "third": {}, "home": {"home": True}},
            "suppliers": {
                "maker": {
                    "jurisdiction": "seller",
                    "provides": list(CLASSES),
                    **({"through": ["third"]} if self.chance(30) else {}),
                },
                "second": {"jurisdiction": "third", "provides": ["spares", "repair", "people"]},
            },
            "sites": {
                "base": {
                    "crews": {"line": self.crew()},
                    "shops": {"bench": self.one({}, {"servers": 1}, {"servers": 2}), "hangar": {}},
                }
            },
            "fleets": fleets,
            "items": self.items(),
        }
        if self.has_contract:
            made["contracts"] = self.contracts("radar" in made["items"])
        halts = {name: self.halt() for name in ("alpha", "beta", "gamma")[: self.one(0, 1, 1, 2, 2, 3)]}
        if halts:
            made["halts"] = halts
        sendable = [name for name, item in made["items"].items() if "resupply" in item]
        responses = self.responses(list(halts), sendable)
        if responses:
            made["responses"] = responses
        return made

    def crew(self) -> dict[str, Any]:
        """A crew pool in head counts, with foreigners and dated changes."""
        local, foreign = self.one(1, 2, 3), self.one(1, 1, 2)
        crew: dict[str, Any] = {"fleets": list(self.fleet_names), "size": local + foreign, "local": local}
        crew["foreign"] = {"maker": foreign}
        if self.chance(40):
            crew["changes"] = [{"on": self.date(), "local": self.one(1, 2, "50%")}]
            if self.chance(50):
                crew["changes"].append({"on": self.date(), "foreign": {"maker": self.one(0, 1, "50%")}})
        return crew

    def contracts(self, radar: bool) -> dict[str, Any]:
        """Signed cover, renewed or not, and sometimes one that is signed late."""
        support: dict[str, Any] = {
            "supplier": "maker",
            "covers": list(self.one(CLASSES, ("spares", "repair"), ("overhaul", "people", "spares"))),
            "from": on(-200),
            "until": self.one(on(90), on(180), on(360)),
        }
        if self.chance(50):
            support["renewal"] = {"takes": self.days(30, 60, 90), "for": self.days(180, 270)}
        made = {"support": support}
        if radar and self.chance(60):
            made["late"] = {
                "supplier": "second", "covers": ["spares"], "items": ["radar"],
                "signed": on(30), "from": self.one(on(60), on(120)), "until": "never",
            }  # fmt: skip
        return made

    def due(self, n: int, use: bool, date_: bool) -> dict[str, Any]:
        """How things first fall due; blocks make ties."""
        forms: list[dict[str, Any]] = []
        if date_:
            moments = sorted({self.date(30, 360), self.date(30, 360)})
            forms += [
                {"block": {moment: 1 for moment in moments[: max(1, n)]}},
                {"block": {self.days(60, 90): n}},
                {"block": {moments[0]: n}, "shift": {"low": "0 days", "high": "20 days"}},
                {"staggered": ["30 days", "400 days"]},
                {"random": ["0 days", "300 days"], "overdue": 1},
                {"list": ["60 days"], "then": {"staggered": ["90 days", "300 days"]}},
            ]
        if use:
            forms += [
                {"staggered": ["10 FH", "300 FH"]},
                {"random": ["0 FH", "200 FH"]},
                {"list": ["40 FH"], "overdue": n - 1},
            ]
        return self.one(*forms)

    def fleet(self, name: str) -> dict[str, Any]:
        """A fleet with most of what a fleet can have."""
        n = self.one(2, 3, 4) if name == "jets" else self.one(1, 2)
        fleet: dict[str, Any] = {"count": n, "site": "base"}
        if self.chance(15):
            fleet["count"] = {"low": max(1, n - 1), "high": n + 1}
            fleet["authorised"], n = n, max(1, n - 1)
        each = self.chance(50)
        programme = (
            ("20 FH/month per aircraft", "40 FH/month per aircraft")
            if each
            else ("300 FH/year fleet", "1200 FH/year fleet")
        )
        fleet["fly"] = self.one(*programme)
        if self.chance(30):
            fleet["fly"] = {"best": programme[0], "changes": [{"from": self.date(), "to": self.one(*programme)}]}
        self.maybe(40, fleet, "at_most", lambda: self.one("45 FH/month per aircraft", "25 FH/month per aircraft"))
        self.maybe(70, fleet, "upkeep", self.upkeep)
        if self.chance(50):
            use, by_date = self.one((True, True), (False, True), (True, False))
            every = " or ".join(["120 FH"] * use + ["180 days"] * by_date)
            work: dict[str, Any] = {"every": every, "takes": self.time_law(5, 10, 20), "crew": "line"}
            self.maybe(70, work, "due", lambda: self.due(n, use, by_date))
            self.maybe(30, work, "needs", lambda: "maker")
            fleet["inspections"] = [work]
        if self.chance(50):
            use, by_date = self.one((True, True), (False, True), (True, False))
            every = " or ".join(["400 FH"] * use + ["540 days"] * by_date)
            fleet["overhaul"] = {
                "every": every,
                "at": self.one("maker", "maker", "base.hangar"),
                "takes": self.time_law(30, 60, 90),
            }
            self.maybe(70, fleet["overhaul"], "slots", lambda: self.one(1, 1, 2))
            self.maybe(80, fleet["overhaul"], "due", lambda: self.due(n, use, by_date))
        if self.chance(25):
            fleet["life_limit"] = {"every": "3 years", "due": self.due(n, False, True)}
        if self.chance(30):
            fleet["losses"] = self.one(
                {"per_100k_FH": 100},
                {"on": [{"on": self.date(30)}]},
                {"per_100k_FH": 50, "on": [{"on": self.date(30)}]},
            )
        self.maybe(25, fleet, "retirements", lambda: [{"on": self.date(30), "count": 1}])
        if self.chance(35):
            delivery: dict[str, Any] = {"supplier": "maker", "transit": self.days(0, 10, 30)}
            delivery["schedule"] = self.one([self.date(90)], {"staggered": [on(60), on(300)], "count": 2})
            self.maybe(50, delivery, "ordered", lambda: self.one(on(-30), on(30), on(60)))
            fleet["deliveries"] = [delivery]
        self.maybe(
            40, fleet, "cannibalization", lambda: self.one("on_demand", {"policy": "on_demand", "damage": "30%"})
        )
        if name == "tankers":
            self.maybe(50, fleet, "content", lambda: ["third"])
        return fleet

    def upkeep(self) -> list[dict[str, Any]]:
        """Work without parts."""
        work: dict[str, Any] = {"every": self.one("10 FH", "25 FH"), "takes": self.time_law(1, 2, 5), "crew": "line"}
        self.maybe(20, work, "needs", lambda: "maker")
        return [work]

    def items(self) -> dict[str, Any]:
        """Parts of every sort: failing by use or calendar, expiring, with hard lives, repaired anywhere."""
        makers = {"engine": self.engine, "cell": self.cell, "rotor": self.rotor, "radar": self.radar}
        chosen = [name for name in makers if self.chance(60)] or ["engine"]
        return {name: makers[name]() for name in chosen}

    def item(self, supplier: str = "maker") -> dict[str, Any]:
        """What all parts have."""
        fitted = {name: self.one(1, 1, 2) for name in self.fleet_names if name == "jets" or self.chance(60)}
        item: dict[str, Any] = {"on": fitted}
        if self.chance(85):
            item["supplier"] = supplier
            item["resupply"] = {"make": self.time_law(20, 40, 90)}
            self.maybe(60, item["resupply"], "licence", lambda: self.time_law(10, 20, 30))
            self.maybe(60, item["resupply"], "transit", lambda: self.time_law(10, 20, 30))
        self.maybe(70, item, "stock", lambda: {"base": self.one(0, 1, 2, {"low": 0, "high": 3})})
        if self.chance(70):
            item["replace"] = {"takes": self.time_law(0, 1, 2), "crew": "line"}
            self.maybe(15, item["replace"], "needs", lambda: "maker")
        self.maybe(30, item, "content", lambda: ["third"])
        return item

    def repair(self, at: str) -> Any:
        """Ways a removed unit is made good."""
        abroad: dict[str, Any] = {"at": at, "takes": self.time_law(20, 40)}
        self.maybe(50, abroad, "licence", lambda: self.days(5, 20))
        self.maybe(60, abroad, "transit", lambda: self.days(10, 20))
        self.maybe(40, abroad, "yield", lambda: "70%")
        home: dict[str, Any] = {"at": "base.bench", "takes": self.time_law(5, 10)}
        self.maybe(40, home, "yield", lambda: "80%")
        self.maybe(40, home, "quality", lambda: "50%")
        whole = self.one(abroad, home)
        shares = [{"share": "50%"} | abroad, {"share": "30%"} | home, {"share": "20%", "at": "condemned"}]
        return self.one(whole, shares)

    def engine(self) -> dict[str, Any]:
        """Fails by flying hours and grounds."""
        item = self.item() | {
            "fails_every": self.one("60 FH", "150 FH", {"low": "50 FH", "best": "100 FH", "high": "200 FH"})
        }
        self.maybe(80, item, "repair", lambda: self.repair("maker"))
        return item

    def cell(self) -> dict[str, Any]:
        """Expires by calendar and is ordered ahead."""
        item = self.item() | {"expires_after": self.one("300 days", "180 days")}
        item["on"] = {"jets": item["on"]["jets"]}
        self.maybe(70, item, "due", lambda: self.due(1, False, True))
        return item

    def rotor(self) -> dict[str, Any]:
        """Has a limit: renewed there, or condemned."""
        item = self.item()
        item["on"] = {"jets": item["on"]["jets"]}
        use, by_date = self.one((True, True), (False, True), (True, False))
        every = " or ".join(["150 FH"] * use + ["240 days"] * by_date)
        if self.chance(50):
            item["overhaul"] = {"every": every, "at": self.one("maker", "base.bench"), "takes": self.time_law(20, 40)}
            self.maybe(30, item["overhaul"], "yield", lambda: "80%")
            self.maybe(60, item["overhaul"], "due", lambda: self.due(1, use, by_date))
        else:
            item["hard_life"] = every
            self.maybe(60, item, "due", lambda: self.due(1, use, by_date))
        self.maybe(30, item, "fails_every", lambda: "200 FH")
        return item

    def radar(self) -> dict[str, Any]:
        """Fails by calendar; its absence degrades, or nothing."""
        item = self.item("second") | {"demand": "calendar", "fails_every": self.one("60 days", "150 days")}
        item["absence"] = self.one("degrades", "degrades", "nothing", "grounds")
        self.maybe(30, item, "replace_grounds", lambda: True)
        self.maybe(60, item, "repair", lambda: self.repair("second"))
        return item

    def halt(self) -> dict[str, Any]:
        """A halt of some kind or of clauses, over a scope."""
        begin = 30 * self.random.randint(0, 13)
        lasts = self.one(30, 60, 120, 180, 360)
        halt: dict[str, Any] = {"by": [self.one("seller", "seller", "third", "maker")], "from": on(begin)}
        halt["until"] = self.one(
            on(begin + lasts), on(begin + lasts), "never", {"low": on(begin + lasts), "high": on(begin + lasts + 60)}
        )
        if self.chance(15):
            halt |= {"by": ["home"], "against": [self.one("seller", "third")], "background": self.chance(50)}
        self.maybe(40, halt, "kind", lambda: self.one(*KINDS))
        for clause, values in CLAUSE_VALUES.items():
            self.maybe(25 if "kind" in halt else 55, halt, clause, lambda values=values: self.one(*values))
        if self.chance(40):
            days = sorted({begin + 10, begin + 30})
            halt["people"] = self.one(
                {"leave_within": self.days(0, 20, 60)},
                {"leave_by": {on(days[0]): "50%", on(days[1]): "0%"}},
                "stay",
            )
        if self.chance(20):
            halt["classes"] = list(self.one(("spares",), ("people", "overhaul"), ("systems", "repair", "spares")))
        self.maybe(10, halt, "fleets", lambda: ["jets"])
        self.maybe(10, halt, "suppliers", lambda: ["maker"])
        if self.chance(20):
            choices = [{"classes": ["repair"]}, {"suppliers": ["second"]}]
            if self.has_contract:
                choices += [{"contracts": ["support"]}] * 2
            halt["except"] = self.one(*choices)
        return halt

    def responses(self, halts: list[str], sendable: list[str]) -> dict[str, Any]:
        """What the recipient does, by date, after a halt or by a measure."""
        made: dict[str, Any] = {}
        for kind in ("cannibalise", "fly_less", "other_source"):
            if not self.chance(35) or (kind == "other_source" and not sendable):
                continue
            response: dict[str, Any] = {"kind": kind}
            if kind != "other_source":
                response["fleets"] = ["jets"]
            if kind == "cannibalise":
                self.maybe(50, response, "damage", lambda: "20%")
            elif kind == "fly_less":
                response["fly"] = self.one("50%", "70%")
            else:
                response |= {"items": [self.one(*sendable)], "jurisdiction": self.one("third", "home")}
                response["capacity"] = self.one("6 per year", "12 per year", "24 per year")
                self.maybe(50, response, "takes", lambda: self.days(10, 30))
                self.maybe(50, response, "quality", lambda: "60%")
                self.maybe(30, response, "through", lambda: ["third"])
            triggers = [
                {"from": self.date(30, 240)},
                {"when": "mc < 60% of authorised"},
                {"when": "mc < 60% of authorised"},
            ]
            if kind == "other_source" and self.two:
                triggers = triggers[:1]  # it names no fleet to watch
            if halts:
                triggers += [{"after": halts[0]}] * 2
            response |= self.one(*triggers)
            if "when" in response:
                self.maybe(70, response, "until", lambda: "mc > 70% of authorised")
            else:
                self.maybe(50, response, "until", lambda: self.date(270, 480))
            self.maybe(50, response, "delay", lambda: self.days(0, 10, 30))
            self.maybe(30, response, "succeeds", lambda: "50%")
            made[kind] = response
        return made


@st.composite
def scenarios(draw: Any, shrinkable: bool = False) -> dict[str, Any]:
    """A small scenario as plain data; `shrinkable` ones find a minimal case, but take minutes."""
    return Maker(draw(st.randoms(use_true_random=not shrinkable))).scenario()


NAMED = {"jurisdictions", "suppliers", "contracts", "sites", "fleets", "items", "halts", "responses", "crews", "shops"}


def features(node: Any, path: str = "", names: bool = True) -> set[str]:
    """What a scenario uses: its keys without the names of things, and the words that choose a behaviour."""
    found = {path} if path else set()
    if isinstance(node, dict):
        if names and path.rpartition(".")[2] in NAMED:
            return found.union(*(features(value, path, False) for value in node.values()))
        for key, value in node.items():
            found |= features(value, f"{path}.{key}" if path else str(key))
    elif isinstance(node, list):
        found = found.union(*(features(value, path, False) for value in node))
    elif isinstance(node, str) and path:
        found.add(f"{path}={node}")
    return found
