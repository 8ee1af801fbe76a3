"""Items of generated scenarios: every demand, life, limit, way of repair and way of ordering."""

from __future__ import annotations

from typing import Any

from metamorphic.generated_fleets import FleetPieces


class ItemPieces(FleetPieces):
    """Draws items."""

    def items(self) -> dict[str, Any]:
        """Parts of every sort: failing by use, sortie or calendar, expiring, with limits, repaired anywhere."""
        makers = {
            "engine": self.engine, "cell": self.cell, "rotor": self.rotor, "radar": self.radar, "pump": self.pump,
        }  # fmt: skip
        if self.has_sorties:
            makers["gun"] = self.gun
        chosen = [name for name in makers if self.chance(45)] or ["engine"]
        self.bits = ("seal",) if self.chance(45) else ()
        made = {name: makers[name]() for name in chosen}
        shops = {site for item in made.values() for route in ways(item) if "uses" in route
                 for site in self.shop_sites(item, route["at"].partition(".")[0])}  # fmt: skip
        if shops:
            made["seal"] = self.seal(shops)
        return made

    def item(self, supplier: str = "maker", only_jets: bool = False) -> dict[str, Any]:
        """What all parts have."""
        fleets = [name for name in self.fleet_names if name == "jets" or (not only_jets and self.chance(60))]
        item: dict[str, Any] = {"on": {name: self.one(1, 1, 2) for name in fleets}}
        self.supply(item, supplier, self.stock_points(fleets))
        if self.chance(60):
            item["replace"] = {"takes": self.time_law(0, 1, 2), "crew": "line"}
            self.maybe(15, item["replace"], "needs", lambda: "maker")
        self.maybe(25, item, "content", lambda: ["third"])
        self.maybe(10, item, "rng_key", lambda: f"part {self.random.randrange(1000)}")
        return item

    def supply(self, item: dict[str, Any], supplier: str, points: tuple[str, ...]) -> None:
        """Give an item its stock and its ways of ordering."""
        if self.chance(85):
            item["supplier"] = supplier
            item["resupply"] = {"make": self.time_law(20, 40, 90)}
            self.maybe(50, item["resupply"], "licence", lambda: self.time_law(10, 20, 30))
            self.maybe(50, item["resupply"], "transit", lambda: self.time_law(10, 20, 30))
            self.maybe(25, item, "reorder", lambda: {"point": self.one(0, 1), "quantity": self.one(1, 2, 3)})
        if self.chance(70):
            item["stock"] = {point: self.one(0, 1, 2, {"low": 0, "high": 3}) for point in points if self.chance(80)}
        self.maybe(20, item, "on_hand", lambda: {self.one(*points): self.one(0, 1, 4)})
        if "reorder" not in item and self.chance(25):
            days = sorted({self.date(30), self.date(30)})
            item["stock_changes"] = [{"on": day, "at": self.one(*points), "to": self.one(0, 1, 3)} for day in days]
        if self.chance(20):
            item["arrivals"] = {"on": self.date(30), "count": self.one(1, 2)}
            if len(points) > 1 or self.chance(30):
                item["arrivals"]["at"] = self.one(*points)
        self.maybe(30, item, "price", lambda: self.one(2, 0.7))

    def repair(self, item: dict[str, Any], at: str) -> Any:
        """Ways a removed unit of an item is made good."""
        abroad: dict[str, Any] = {"at": at, "takes": self.time_law(20, 40)}
        self.maybe(50, abroad, "licence", lambda: self.days(5, 20))
        self.maybe(60, abroad, "transit", lambda: self.days(10, 20))
        self.maybe(40, abroad, "yield", lambda: "70%")
        self.maybe(30, abroad, "price", lambda: 1)
        benches = [f"{site}.bench" for site in ("own", *self.stock_points(item["on"]))]
        home: dict[str, Any] = {"at": self.one(*benches), "takes": self.time_law(5, 10)}
        self.maybe(40, home, "yield", lambda: "80%")
        self.maybe(40, home, "quality", lambda: "50%")
        if self.bits:
            home["uses"] = self.one(list(self.bits), {"seal": "100%"}, {"seal": {"low": "20%", "high": "60%"}})
        shares = [{"share": "50%"} | abroad, {"share": "30%"} | home, {"share": "20%", "at": "condemned"}]
        return self.one(abroad, home, home if self.bits else shares, shares)

    def life(self, *choices: str) -> Any:
        """A mean life: exponential, certain or not, or of any other law."""
        return self.one(
            self.one(*choices),
            self.one(*choices),
            {"best": self.one(*choices), "varies": "weibull 2"},
            {"value": self.one(*choices), "varies": self.one("lognormal 50%", "erlang 3", "uniform 20%", "fixed")},
        )

    def engine(self) -> dict[str, Any]:
        """Fails by flying hours and grounds, or is needed for missions."""
        uncertain = {"low": "50 FH", "best": "100 FH", "high": "200 FH"}
        item = self.item() | {"fails_every": self.one(self.life("60 FH", "150 FH"), uncertain)}
        self.maybe(80, item, "repair", lambda: self.repair(item, "maker"))
        self.maybe(20, item, "demand", lambda: "flying_hours")
        self.needed_for(item, 40)
        return item

    def needed_for(self, item: dict[str, Any], percent: int) -> None:
        """Let some missions of its fleets hang on an item."""
        known = sorted({mission for fleet in item["on"] for mission in self.missions[fleet]})
        if known and self.chance(percent):
            item["needed_for"] = self.one([known[0]], [known[-1]], known)

    def cell(self) -> dict[str, Any]:
        """Expires by calendar and is ordered ahead."""
        item = self.item(only_jets=True) | {"expires_after": self.one("300 days", "180 days")}
        self.maybe(70, item, "due", lambda: self.due(1, False, True))
        return item

    def rotor(self) -> dict[str, Any]:
        """Has a limit: renewed there, or condemned."""
        item = self.item(only_jets=True)
        every, use, by_date = self.limit("150 FH", "240 days")
        if self.chance(50):
            shop = self.one("own.bench", f"{self.site_of['jets']}.bench")
            item["overhaul"] = {"every": every, "at": self.one("maker", shop), "takes": self.time_law(20, 40)}
            self.maybe(30, item["overhaul"], "yield", lambda: "80%")
            self.maybe(40, item["overhaul"], "price", lambda: 4)
            self.maybe(60, item["overhaul"], "due", lambda: self.due(1, use, by_date))
        else:
            item["hard_life"] = every
            self.maybe(60, item, "due", lambda: self.due(1, use, by_date))
        self.maybe(30, item, "fails_every", lambda: self.life("200 FH"))
        return item

    def radar(self) -> dict[str, Any]:
        """Fails by calendar; its absence degrades, or nothing."""
        item = self.item("second") | {"demand": "calendar", "fails_every": self.life("60 days", "150 days")}
        item["absence"] = self.one("degrades", "degrades", "nothing", "grounds")
        self.maybe(30, item, "replace_grounds", lambda: True)
        self.maybe(60, item, "repair", lambda: self.repair(item, "second"))
        return item

    def pump(self) -> dict[str, Any]:
        """Has a demand that never falls."""
        mean = self.one("60 days", {"low": "50 days", "high": "200 days"})
        item = self.item() | {"demand": "fixed", "fails_every": mean}
        self.maybe(60, item, "repair", lambda: self.repair(item, "maker"))
        self.needed_for(item, 30)
        return item

    def gun(self) -> dict[str, Any]:
        """Wears out by sorties."""
        item = self.item() | {"demand": "sorties", "fails_every": self.life("40 sorties", "90 sorties")}
        self.maybe(60, item, "repair", lambda: self.repair(item, "second"))
        self.needed_for(item, 40)
        return item

    def shop_sites(self, item: dict[str, Any], site: str) -> set[str]:
        """Where a shop of a repair stands: at one site, or at each base of the item's fleets."""
        return {self.site_of[fleet] for fleet in item["on"]} if site == "own" else {site}

    def seal(self, shops: set[str]) -> dict[str, Any]:
        """A bit of repairs in some shops, sometimes fitted too."""
        item: dict[str, Any] = {}
        if self.chance(40):
            item |= {"on": {"jets": 1}, "fails_every": self.life("100 FH", "200 FH")}
            shops = shops | {self.site_of["jets"]}
        points = shops | ({"national"} if self.has_depot else set())
        self.supply(item, "maker", tuple(sorted(points)))
        if self.chance(40):
            benches = ("own.bench", f"{self.site_of['jets']}.bench")
            item["repair"] = {"at": self.one("maker", *benches), "takes": self.time_law(5, 20)}
        return item


def ways(item: dict[str, Any]) -> list[dict[str, Any]]:
    """The ways of repair of an item, be it one or a list."""
    repair = item.get("repair", [])
    return [repair] if isinstance(repair, dict) else list(repair)
