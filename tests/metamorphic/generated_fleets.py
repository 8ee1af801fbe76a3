"""Sites and fleets of generated scenarios, with most of what either can have."""

from __future__ import annotations

from typing import Any

from metamorphic.pieces import Pieces, on

CLASSES = ("systems", "spares", "repair", "overhaul", "people")


class FleetPieces(Pieces):
    """Draws sites, contracts and fleets."""

    has_contract: bool

    def make_sites(self) -> dict[str, Any]:
        """A base, sometimes an outpost and a depot for both, with crews and shops."""
        made: dict[str, Any] = {}
        for name in self.sites():
            fleets = [fleet for fleet in self.fleet_names if self.site_of[fleet] == name]
            shops = {"bench": self.one({}, {"servers": 1}, {"servers": 2}), "hangar": {}, "yard": {"servers": 1}}
            made[name] = {"crews": {"line": self.crew(fleets)}, "shops": shops}
            if self.has_depot:
                made[name]["depot"] = "national"
                self.maybe(70, made[name], "order_and_ship", lambda: self.time_law(0, 5, 10, 30))
        if self.has_depot:
            made["national"] = {"shops": {"bench": self.one({}, {"servers": 1}, {"servers": 2}), "hangar": {}}}
        return made

    def crew(self, fleets: list[str]) -> dict[str, Any]:
        """A crew pool in head counts or by its utilisation, with foreigners and dated changes."""
        local, foreign = self.one(1, 2, 3), self.one(1, 1, 2)
        crew: dict[str, Any] = {"fleets": fleets}
        if self.chance(20):
            crew |= {"utilisation": self.one("50%", "80%"), "local": "60%", "foreign": {"maker": "40%"}}
        else:
            crew |= {"size": local + foreign, "local": local, "foreign": {"maker": foreign}}
            if self.chance(25):
                crew |= {"size": local + foreign + 1, "foreign": {"maker": foreign, "second": 1}}
        if self.chance(15):
            crew.pop("local")
            crew["foreign"]["maker"] = {"low": "20%", "high": "70%"} if "utilisation" in crew else {"low": 0, "high": 2}
        if self.by_tasks or self.chance(20):
            crew["of"] = "tasks" if self.by_tasks else "capacity"
        if self.chance(40):
            crew["changes"] = [{"on": self.date(), "local": self.one(1, 2, "50%")}]
            if self.chance(50):
                crew["changes"].append({"on": self.date(), "foreign": {"maker": self.one(0, 1, "50%")}})
        return crew

    def contracts(self, items: list[str]) -> dict[str, Any]:
        """Signed cover, renewed or not, and sometimes one that is signed late."""
        support: dict[str, Any] = {
            "supplier": "maker",
            "covers": list(self.one(CLASSES, CLASSES, ("spares", "repair"), ("overhaul", "people", "spares"))),
            "from": on(-200),
            "until": self.one(on(90), on(180), on(360)),
        }
        self.maybe(20, support, "fleets", lambda: ["jets"])
        if self.chance(50):
            support["renewal"] = {"takes": self.days(30, 60, 90), "for": self.days(180, 270)}
        self.support = support
        made = {"support": support}
        if "radar" in items and self.chance(60):
            made["late"] = {
                "supplier": "second", "covers": ["spares"], "items": ["radar"],
                "signed": on(30), "from": self.one(on(60), on(120)), "until": "never",
            }  # fmt: skip
        return made

    def fleet(self, name: str) -> dict[str, Any]:
        """A fleet with most of what a fleet can have."""
        n = self.one(2, 3, 4) if name == "jets" else self.one(1, 2)
        fleet: dict[str, Any] = {"count": n, "site": self.site_of[name]}
        if self.chance(15):
            fleet["count"] = {"low": max(1, n - 1), "high": n + 1}
            fleet["authorised"], n = n, max(1, n - 1)
        self.flying(fleet)
        if name == "tankers" and self.chance(25):
            fleet["baseline"] = self.baseline()
        else:
            self.maybe(65, fleet, "upkeep", self.upkeep)
        self.maybe(45, fleet, "inspections", lambda: [self.inspection(n)])
        self.maybe(55, fleet, "overhaul", lambda: self.overhaul(name, n))
        if self.chance(30):
            fleet["life_limit"] = self.one({"every": "3 years"}, {"every": "900 FH or 3 years"}, {"then": "retire"})
            fleet["life_limit"] = fleet["life_limit"] | {"due": self.due(n, False, True)}
        self.coming_and_going(fleet)
        self.policies(name, fleet)
        return fleet

    def flying(self, fleet: dict[str, Any]) -> None:
        """Give a fleet a programme."""
        programme = self.one(
            ("20 FH/month per aircraft", "40 FH/month per aircraft"), ("300 FH/year fleet", "1200 FH/year fleet")
        )
        fleet["fly"] = self.one(*programme)
        if self.chance(30):
            fleet["fly"] = {"best": programme[0], "changes": [{"from": self.date(), "to": self.one(*programme)}]}
        self.maybe(40, fleet, "at_most", lambda: self.one("45 FH/month per aircraft", "25 FH/month per aircraft"))
        if self.has_sorties:
            fleet["sortie"] = self.one("1.5 FH", {"low": "1 FH", "high": "3 FH"})

    def policies(self, name: str, fleet: dict[str, Any]) -> None:
        """Give a fleet missions, an owner, robbing, regeneration, a minimum and money."""
        if self.missions[name]:
            fleet["missions"] = list(self.missions[name])
        if self.chance(60):
            policy = self.one("on_demand", "on_demand", "concentrate", "instant", "none")
            robbing = self.one({"policy": policy}, {"policy": policy, "damage": "30%"})
            fleet["cannibalization"] = self.one(policy, robbing, robbing)
        self.maybe(35, fleet, "regeneration", self.regeneration)
        self.maybe(30, fleet, "cost_per_FH", lambda: self.one(0.5, 3))
        self.maybe(35, fleet, "owner", lambda: self.one("third", "seller", "maker"))
        self.maybe(50 if name == "tankers" else 15, fleet, "content", lambda: ["third"])
        self.maybe(50, fleet, "minimum", lambda: self.one("50%", "1 aircraft", "50% of on hand", "60% of possessed"))
        self.maybe(10, fleet, "lot", lambda: 10)
        self.maybe(15, fleet, "rng_key", lambda: f"{name}_as_before")

    def regeneration(self) -> dict[str, Any]:
        """What a system needs that was down for long."""
        made: dict[str, Any] = {"after": self.days(10, 30, 60), "takes": self.time_law(5, 10, 30)}
        self.maybe(60, made, "slots", self.slots)
        return made

    def baseline(self) -> dict[str, Any]:
        """A fleet of which only rates are known."""
        made: dict[str, Any] = {"mc": "60%", "nmcs": "25%", "nmcm": "15%", "parts_wait": self.time_law(30, 60),
                                "work_takes": "5 days", "supplier": "maker"}  # fmt: skip
        self.maybe(30, made, "nmcs", lambda: {"low": "15%", "best": "25%", "high": "40%"})
        self.maybe(60, made, "local", lambda: "50%")
        if "local" in made:
            made["foreign"] = {"maker": "50%"}
        self.maybe(40, made, "utilisation", lambda: "70%")
        return made

    def upkeep(self) -> list[dict[str, Any]]:
        """Work without parts."""
        work: dict[str, Any] = {"every": self.one("10 FH", "25 FH"), "takes": self.time_law(1, 2, 5), "crew": "line"}
        self.maybe(20, work, "needs", lambda: "maker")
        return [work]

    def inspection(self, n: int) -> dict[str, Any]:
        """Work that falls due by use or by calendar."""
        every, use, by_date = self.limit("120 FH", "180 days")
        work: dict[str, Any] = {"every": every, "takes": self.time_law(5, 10, 20), "crew": "line"}
        self.maybe(70, work, "due", lambda: self.due(n, use, by_date))
        self.maybe(30, work, "needs", lambda: "maker")
        return work

    def limit(self, hours: str, time: str) -> tuple[str, bool, bool]:
        """A limit in use, in time or both: how it is written, whether it has either."""
        use, by_date = self.one((True, True), (False, True), (True, False))
        return " or ".join([hours] * use + [time] * by_date), use, by_date

    def overhaul(self, name: str, n: int) -> dict[str, Any]:
        """Overhaul abroad, or in a shop of the fleet's own."""
        every, use, by_date = self.limit("400 FH", "540 days")
        home = f"{self.site_of[name]}.{'hangar' if name == 'jets' else 'yard'}"
        if self.has_depot and name == "jets":
            home = self.one(home, "national.hangar")
        made: dict[str, Any] = {"every": every, "at": self.one("maker", "maker", home), "takes": self.time_law(30, 60)}
        self.maybe(70, made, "slots", self.slots)
        self.maybe(80, made, "due", lambda: self.due(n, use, by_date))
        self.maybe(40, made, "price", lambda: 20)
        return made

    def coming_and_going(self, fleet: dict[str, Any]) -> None:
        """Give a fleet losses, retirements and deliveries."""
        if self.chance(30):
            fleet["losses"] = self.one(
                {"per_100k_FH": 100},
                {"on": [{"on": self.date(30)}]},
                {"per_100k_FH": 50, "on": [{"on": self.date(30), "count": 1}]},
            )
        self.maybe(25, fleet, "retirements", lambda: [{"on": self.date(30), "count": 1}])
        if self.chance(35):
            delivery: dict[str, Any] = {"supplier": "maker", "transit": self.days(0, 10, 30)}
            delivery["schedule"] = self.one(
                [self.date(90)], {"list": [self.date(90)]}, {"staggered": [on(60), on(300)], "count": 2}
            )
            self.maybe(40, delivery, "ordered", lambda: self.one(on(-30), on(30), on(60)))
            if self.has_contract and "systems" in self.support["covers"]:
                self.maybe(60, delivery, "contract", lambda: "support")
            fleet["deliveries"] = [delivery]
