"""Halts and responses of generated scenarios: every clause, kind, trigger and setting."""

from __future__ import annotations

from typing import Any

from metamorphic.generated_fleets import CLASSES
from metamorphic.generated_items import ItemPieces, ways
from metamorphic.pieces import on

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
NOWHERE = {"at": "condemned"}
KINDS = ("new_contract_freeze", "total", "sanctions", "withdrawal_of_support")
RESPONSES = (
    "cannibalise", "fly_less", "other_source", "repair_at_home", "extend_life", "train_crews", "stockpile", "defer",
    "harvest",
)  # fmt: skip


def sent_abroad(item: dict[str, Any]) -> bool:
    """True when units of an item are repaired or overhauled abroad."""
    places = [way["at"] for way in [*ways(item), item.get("overhaul", NOWHERE)]]
    return any("." not in at and at != "condemned" for at in places)


class HaltPieces(ItemPieces):
    """Draws halts and responses."""

    def halts(self, items: list[str]) -> dict[str, Any]:
        """Up to three halts, which may follow one another."""
        made: dict[str, Any] = {}
        for name in ("alpha", "beta", "gamma")[: self.one(0, 1, 1, 1, 2, 2, 2, 3, 3)]:
            made[name] = self.halt(items)
            earlier = [other for other in made if other != name]
            if earlier and self.chance(35):
                made[name]["after"] = {"halt": self.one(*earlier)}
                self.maybe(60, made[name]["after"], "lag", lambda: self.days(0, 30, 60))
                self.maybe(60, made[name]["after"], "probability", lambda: self.one("50%", "80%"))
                if self.chance(60):
                    made[name].pop("from")
                    made[name].pop("announced", None)
        return made

    def halt(self, items: list[str]) -> dict[str, Any]:
        """A halt of some kind or of clauses, over a scope."""
        begin = 30 * self.random.randint(0, 13)
        lasts = self.one(30, 60, 120, 180, 360)
        halt: dict[str, Any] = {"by": [self.one("seller", "seller", "third", "maker")], "from": on(begin)}
        self.maybe(10, halt, "from", lambda: {"low": on(begin), "high": on(begin + 20)})
        halt["until"] = self.one(
            on(begin + lasts), on(begin + lasts), "never", {"low": on(begin + lasts), "high": on(begin + lasts + 60)}
        )
        if self.chance(15):
            halt |= {"by": ["home"], "against": [self.one("seller", "third")]}
        self.maybe(12, halt, "background", lambda: True)
        self.maybe(5, halt, "active", lambda: False)
        self.maybe(20, halt, "announced", lambda: on(begin - self.one(0, 30, 60)))
        self.maybe(40, halt, "kind", lambda: self.one(*KINDS))
        for clause, values in CLAUSE_VALUES.items():
            self.maybe(25 if "kind" in halt else 55, halt, clause, lambda values=values: self.one(*values))
        self.more_clauses(halt, begin)
        self.scope(halt, items)
        return halt

    def more_clauses(self, halt: dict[str, Any], begin: int) -> None:
        """Give a halt the clauses that are more than a word."""
        if self.chance(40):
            days = sorted({begin + 10, begin + 30})
            halt["people"] = self.one(
                {"leave_within": self.days(0, 20, 60)},
                {"leave_within": self.days(0, 20), "in_hand": self.one("stop", "stop", "finish")},
                {"leave_by": {on(days[0]): "50%", on(days[1]): "0%"}, "in_hand": "stop"},
                {"leave_by": {on(days[0]): "50%", on(days[1]): "0%"}},
                "stay",
            )
        if self.chance(20):
            halt["new_orders"] = {"fund": self.one("0%", "40%", "70%")}
            self.maybe(60, halt["new_orders"], "retry", lambda: self.days(20, 30, 60))
        self.maybe(20, halt, "slow_by", lambda: self.time_law(5, 20, 60))
        if self.chance(25):
            halt["operation"] = {"stop_within": self.days(0, 2, 30)}
            self.maybe(50, halt["operation"], "except", lambda: self.one(0, 1, 2))
        if self.chance(30):
            halt["leakage"] = {"probability": self.one("30%", "70%", "100%")}
            for key, choices in (("retry", ("30 days", "60 days")), ("delay", ("0 days", "20 days")),
                                 ("price", (2.5,)), ("quality", ("50%",))):  # fmt: skip
                self.maybe(50, halt["leakage"], key, lambda choices=choices: self.one(*choices))
        if self.chance(30):
            halt["resume"] = self.one(
                {"restart": "30 days"}, {"ramp": "60 days"}, {"restart": "20 days", "ramp": "90 days"},
                {"ramp": "90 days", "order": self.one("newest_first", "oldest_first")},
            )  # fmt: skip
            if "operation" in halt:
                self.maybe(50, halt["resume"], "operation", lambda: self.days(0, 40))
        if halt.get("repairs_abroad") == "hold":
            self.maybe(60, halt, "spoilage", lambda: self.one("10%", "80%"))

    def scope(self, halt: dict[str, Any], items: list[str]) -> None:
        """Narrow a halt, and leave something out of it."""
        if self.chance(20):
            halt["classes"] = list(self.one(("spares",), ("people", "overhaul"), ("systems", "repair", "spares")))
        self.maybe(12, halt, "fleets", lambda: ["jets"])
        self.maybe(10, halt, "suppliers", lambda: ["maker"])
        self.maybe(8, halt, "items", lambda: [self.one(*items)])
        if self.chance(30):
            choices: list[dict[str, Any]] = [
                {"classes": [self.one(*CLASSES)]}, {"classes": self.random.sample(CLASSES, 2)},
                {"suppliers": ["second"]}, {"count": self.one(1, 3)}, {"count": 2}, {"items": [self.one(*items)]},
                {"fleets": [self.fleet_names[-1]]},
            ]  # fmt: skip
            if self.has_contract:
                choices += [{"contracts": ["support"]}] * 2
            halt["except"] = self.one(*choices)

    # --------------------------------------------------------------------------------------- responses

    def responses(self, made: dict[str, Any]) -> dict[str, Any]:
        """What the recipient does in a scenario, by date, by a halt or its notice, or by a measure."""
        self.made = made
        found: dict[str, Any] = {}
        for kind in RESPONSES:
            often = 45 if kind in ("extend_life", "defer") else 25  # these need a limit, which not every fleet has
            settings = getattr(self, kind)() if self.chance(often) else None
            if settings is not None:
                found[kind] = {"kind": kind} | settings | self.trigger("fleets" in settings)
        return found

    def trigger(self, has_fleets: bool) -> dict[str, Any]:
        """When a response begins and ends, and what it costs."""
        found: dict[str, Any] = {}
        triggers: list[dict[str, Any]] = [{"from": self.date(30, 240)}, {"from": self.date(30, 240)}]
        triggers += [{"when": "mc < 60% of authorised", "fleets": ["jets"]}] * (2 if has_fleets else 3)
        halts = list(self.made.get("halts", {}))
        if halts:
            triggers += [{"after": self.one(*halts)}, {"notice": self.one(*halts)}] * 2
            triggers += [{"starts": {"best": self.days(0, 20), "after": self.one(*halts)}}] * 2
        found |= self.one(*triggers)
        if "when" in found:
            self.maybe(70, found, "until", lambda: "mc > 70% of authorised")
        else:
            self.maybe(50, found, "until", lambda: self.one(self.date(270, 480), "never"))
        if "starts" not in found:
            self.maybe(40, found, "delay", lambda: self.days(0, 10, 30))
        self.maybe(30, found, "succeeds", lambda: "50%")
        self.maybe(30, found, "cost", lambda: self.one(5, 12.5))
        self.maybe(5, found, "active", lambda: False)
        return found

    def named(self, key: str) -> list[str]:
        """The items with a key."""
        return [name for name, item in self.made["items"].items() if key in item]

    def cannibalise(self) -> dict[str, Any]:
        """Robbing of some policy."""
        found: dict[str, Any] = {"fleets": ["jets"]}
        self.maybe(60, found, "policy", lambda: self.one("on_demand", "concentrate", "instant"))
        self.maybe(50, found, "damage", lambda: "20%")
        return found

    def fly_less(self) -> dict[str, Any]:
        """Part of the programme."""
        return {"fleets": ["jets"], "fly": self.one("50%", "70%")}

    def turns(self, found: dict[str, Any], percent: int) -> None:
        """Give a response a capacity that may have to be built up."""
        self.maybe(percent, found, "capacity", lambda: self.one("6 per year", "12 per year", "24 per year"))
        self.maybe(40, found, "build_up", lambda: self.days(30, 120))

    def other_source(self) -> dict[str, Any] | None:
        """Another supplier of some item."""
        mended = [name for name, item in self.made["items"].items() if sent_abroad(item)]
        items = self.named("resupply")
        if mended and self.chance(60):
            chosen = sorted({self.one(*mended), self.one(*(items or mended))})
            found: dict[str, Any] = {"items": chosen, "repairs": True}
        elif items:
            found = {"items": [self.one(*items)]}
        else:
            return None
        found["jurisdiction"] = self.one("third", "home")
        self.turns(found, 100)
        self.maybe(50, found, "takes", lambda: self.time_law(10, 30))
        self.maybe(50, found, "quality", lambda: "60%")
        self.maybe(30, found, "through", lambda: ["third"])
        self.maybe(50, found, "each", lambda: self.one("50%", "80%"))
        self.maybe(50, found, "retry", lambda: self.days(30, 60))
        self.maybe(40, found, "price", lambda: 3)
        return found

    def repair_at_home(self) -> dict[str, Any]:
        """Repair of what used to go abroad."""
        items = list(self.made["items"])
        found: dict[str, Any] = {"items": sorted({self.one(*items), self.one(*items)}),
                                 "share": self.one("60%", "100%"), "takes": self.time_law(10, 30)}  # fmt: skip
        self.turns(found, 50)
        self.maybe(40, found, "yield", lambda: "70%")
        self.maybe(40, found, "quality", lambda: "60%")
        self.maybe(40, found, "price", lambda: 2)
        return found

    def limited(self, limit: str) -> list[str]:
        """The fleets with a limit."""
        return [name for name, fleet in self.made["fleets"].items() if limit in fleet]

    def gains(self, fleets: list[str], limit: str) -> str:
        """Something that is gained in a clock each of the fleets counts."""
        forms = ["150 FH or 90 days"]
        for clock, gain in (("FH", "200 FH"), ("day", "120 days")):
            if limit == "overhaul" and all(clock in self.made["fleets"][name][limit]["every"] for name in fleets):
                forms.append(gain)
        return self.one(*forms)

    def extend_life(self) -> dict[str, Any] | None:
        """Limits moved, with work or on paper."""
        limit = self.one("overhaul", "overhaul", "life")
        fleets = self.limited("overhaul" if limit == "overhaul" else "life_limit")
        if not fleets:
            return None
        found: dict[str, Any] = {"fleets": fleets[:1], "gains": self.gains(fleets[:1], limit)}
        if limit == "overhaul":
            self.maybe(60, found, "takes", lambda: self.time_law(0, 10, 30))
            self.maybe(50, found, "slots", self.slots)
            self.maybe(30, found, "limit", lambda: limit)
        else:
            found["limit"] = limit
        self.maybe(50, found, "systems", lambda: self.one(1, 2))
        return found if "jets" in fleets[:1] else None

    def train_crews(self) -> dict[str, Any]:
        """More own people, or people who can do more."""
        found: dict[str, Any] = {"crews": ["base.line"]}
        if self.by_tasks and self.chance(60):
            found["share"] = self.one("20%", "60%")
        if "share" not in found or self.chance(50):
            found["people"] = self.one(1, 2)
        self.maybe(50, found, "build_up", lambda: self.days(30, 120))
        return found

    def stockpile(self) -> dict[str, Any] | None:
        """Some units at once."""
        items = self.named("resupply")
        return {"items": items[: self.one(1, 2)], "units": self.one(1, 3)} if items else None

    def defer(self) -> dict[str, Any] | None:
        """Flying on past the limit."""
        if "jets" not in self.limited("overhaul"):
            return None
        found: dict[str, Any] = {"fleets": ["jets"], "gains": self.gains(["jets"], "overhaul")}
        self.maybe(60, found, "failures", lambda: self.one(1.5, 3))
        self.maybe(50, found, "losses_per_100k_FH", lambda: 100)
        return found

    def harvest(self) -> dict[str, Any]:
        """Systems retired for their parts."""
        found: dict[str, Any] = {"systems": 1, "fleets": ["jets"]}
        self.maybe(60, found, "yield", lambda: "60%")
        return found
