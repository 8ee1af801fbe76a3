"""Random small scenarios that use everything the engine models, made so that things happen at the same time.

Durations are whole days and first due dates come in blocks, for otherwise ties are hardly ever met. `scenarios`
is a hypothesis strategy of plain data as `yaml.safe_load` would give it; `text_of` writes it as a file. The
parts of a scenario are made in `tests/metamorphic/generated_*.py`.
"""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import strategies as st
from metamorphic.generated_fleets import CLASSES
from metamorphic.generated_halts import CLAUSE_VALUES, KINDS, RESPONSES, HaltPieces
from metamorphic.pieces import on

__all__ = ["CLAUSE_VALUES", "KINDS", "RESPONSES", "features", "on", "scenarios", "text_of"]


def text_of(scenario: dict[str, Any]) -> str:
    """The scenario as the text of a file."""
    return yaml.dump(scenario, Dumper=Plain, sort_keys=False)


class Plain(yaml.SafeDumper):
    """Writes every value out: scenarios have no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        """True, always."""
        return True


class Maker(HaltPieces):
    """Draws one scenario piece by piece."""

    def scenario(self) -> dict[str, Any]:
        """A whole scenario."""
        self.settle_first()
        made: dict[str, Any] = {
            "armsim": 1,
            "name": "generated",
            "time": {
                "start": on(0),
                "end": self.one(on(366), on(366), on(548), on(731)),
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
            "sites": self.make_sites(),
            "items": self.items(),
        }
        if self.has_contract:
            made["contracts"] = self.contracts(list(made["items"]))
        made["fleets"] = {name: self.fleet(name) for name in self.fleet_names}
        made["halts"] = self.halts(list(made["items"]))
        made["responses"] = self.responses(made)
        self.wear(made)
        self.buy_beside(made)
        return {key: value for key, value in made.items() if value not in ({}, None)}

    def wear(self, made: dict[str, Any]) -> None:
        """Let delivered systems bring parts partly used up."""
        for name, fleet in made["fleets"].items():
            aboard = {item: one for item, one in made["items"].items() if name in one.get("on", ())}
            worn = [item for item in aboard if {"hard_life", "overhaul", "expires_after"} & aboard[item].keys()]
            for delivery in fleet.get("deliveries", ()):
                if worn:
                    self.maybe(70, delivery, "used", lambda worn=worn: {
                        item: self.one("100%", "60%", {"low": "20%", "high": "90%"}) for item in worn})  # fmt: skip

    def buy_beside(self, made: dict[str, Any]) -> None:
        """Let other sources take a share of new needs."""
        shares = ("100%", "50%", {"low": "20%", "high": "90%"})
        for response in made["responses"].values():
            if response["kind"] == "other_source" and not any("reorder" in made["items"][i] for i in response["items"]):
                self.maybe(70, response, "dual_sourcing", lambda: self.one(*shares))

    def settle_first(self) -> None:
        """Settle what several parts of the scenario must agree on."""
        self.fleet_names = ("jets", "tankers") if self.chance(40) else ("jets",)
        self.has_contract = self.chance(60)
        self.has_depot = self.chance(40)
        self.has_sorties = self.chance(40)
        self.by_tasks = self.chance(30)
        self.site_of = {"jets": "base", "tankers": self.one("base", "outpost")}
        missions: tuple[tuple[str, ...], ...] = ((), ("strike",), ("patrol", "strike"), ("patrol", "strike"))
        self.missions = {name: self.one(*missions) for name in self.fleet_names}
        self.site_of = {name: self.site_of[name] for name in self.fleet_names}


@st.composite
def scenarios(draw: Any, shrinkable: bool = False) -> dict[str, Any]:
    """A small scenario as plain data; `shrinkable` ones find a minimal case, but take minutes."""
    return Maker(draw(st.randoms(use_true_random=not shrinkable))).scenario()


NAMED = {"jurisdictions", "suppliers", "contracts", "sites", "fleets", "items", "halts", "responses", "crews", "shops"}
#: Keys whose entries are named by dates or by things.
BY_NAME = {"on", "stock", "on_hand", "foreign", "uses", "leave_by", "block", "used"}


def features(node: Any, path: str = "", names: bool = True) -> set[str]:
    """What a scenario uses: its keys without the names of things, and the words that choose a behaviour."""
    found = {path} if path else set()
    last = path.rpartition(".")[2]
    if isinstance(node, dict):
        if names and (last in NAMED or last in BY_NAME):
            return found.union(*(features(value, path, False) for value in node.values()))
        for key, value in node.items():
            found |= features(value, f"{path}.{key}" if path else str(key))
    elif isinstance(node, list):
        found = found.union(*(features(value, path, False) for value in node))
    elif isinstance(node, str) and path:
        found.add(f"{path}={node}")
    return found
