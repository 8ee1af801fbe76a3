"""More halt, less stock and longer ways never help, at any date and on the same random numbers (MODEL section 10).

True only where demand never falls (`fixed`), stock is ordered one for one and served first come first served;
so the scenarios here have nothing else: no crews, no robbing, no lots, no contracts, no shops with a queue.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from generated import text_of
from hypothesis import strategies as st
from metamorphic.generated_fleets import CLASSES
from metamorphic.generated_halts import CLAUSE_VALUES
from metamorphic.generated_runs import Written, backorders, never_fewer, over
from metamorphic.pieces import Pieces, on

EXAMPLES, SLOW_EXAMPLES = 25, 1000
CLAUSES = ("new_orders", "signed_contracts", "accepted_orders", "in_transit", "repairs_abroad")


class PlainPieces(Pieces):
    """Draws scenarios in which demand never falls."""

    def scenario(self) -> Written:
        """A whole scenario: a fleet or two at a base with or without a depot, two items, a halt."""
        depot = {"depot": "national", "order_and_ship": self.days(0, 5, 20)} if self.chance(40) else {}
        bases = self.one(("base",), ("base", "outpost"))
        fleets = {f"fleet_{k}": {"count": self.one(2, 4), "site": base} for k, base in enumerate(bases)}
        points = [*bases, *(("national",) if depot else ())]
        made: Written = {
            "armsim": 1,
            "name": "plain",
            "time": {"start": on(0), "end": on(548), "warmup": self.days(0, 60)},
            "jurisdictions": {"seller": {}, "home": {"home": True}},
            "suppliers": {"maker": {"jurisdiction": "seller", "provides": list(CLASSES)}},
            "sites": {base: dict(depot) for base in bases} | ({"national": {}} if depot else {}),
            "fleets": fleets,
            "items": {name: self.item(list(fleets), points) for name in ("pump", "radar")},
            "halts": {"main": self.halt()},
        }
        return made

    def item(self, fleets: list[str], points: list[str]) -> dict[str, Any]:
        """An item on all fleets, bought or repaired abroad."""
        item: dict[str, Any] = {
            "on": {fleet: self.one(1, 2) for fleet in fleets},
            "demand": "fixed", "fails_every": self.days(60, 120), "supplier": "maker",
            "resupply": {stage: self.time_law(5, 20, 60) for stage in ("licence", "make", "transit")},
            "stock": {point: self.one(1, 2, 3) for point in points},
        }  # fmt: skip
        if self.chance(50):
            item["repair"] = {"at": "maker", "takes": self.days(20, 60), "transit": self.days(10, 30)}
            self.maybe(50, item["repair"], "licence", lambda: self.days(10, 30))
        return item

    def halt(self) -> dict[str, Any]:
        """A halt of any strictness that ends."""
        begin = 30 * self.one(2, 4, 6)
        halt: dict[str, Any] = {"by": "seller", "from": on(begin), "until": on(begin + self.one(30, 90, 240))}
        for clause in CLAUSES:
            self.maybe(70, halt, clause, lambda clause=clause: self.one(*CLAUSE_VALUES[clause]))
        self.maybe(20, halt, "resume", lambda: {"restart": "30 days"})
        self.maybe(30, halt, "slow_by", lambda: self.days(10, 40))
        return halt


@st.composite
def plain_scenarios(draw: Any) -> Written:
    """Scenarios in which demand never falls."""
    return PlainPieces(draw(st.randoms(use_true_random=True))).scenario()


def never_better(worse: Written, better: Written) -> None:
    """Assert that at no date fewer units of any item are owed in the first of two scenarios."""
    more, fewer = backorders(worse), backorders(better)
    for item in fewer:
        assert never_fewer(more[item], fewer[item]), item


def picked(written: Written, options: Sequence[Any]) -> Any:
    """One of several, always the same for the same scenario."""
    return Random(text_of(written)).choice(options)


def a_halt_never_helps(written: Written) -> None:
    """With the halt and without.

    Not where a halt takes what is on the way or in repair: what is ordered in its place may come sooner.
    """
    if takes_goods(written):
        return
    never_better(written, {key: value for key, value in written.items() if key != "halts"})


def takes_goods(written: Written) -> bool:
    """True when units are lost to the halt."""
    halt = written["halts"]["main"]
    return halt.get("in_transit") == "lose" or halt.get("repairs_abroad") == "seize"


def a_longer_halt_never_helps(written: Written) -> None:
    """The same halt, ending between a day and four months later."""
    longer = copy.deepcopy(written)
    later = timedelta(days=picked(written, range(1, 121)))
    longer["halts"]["main"]["until"] = (date.fromisoformat(written["halts"]["main"]["until"]) + later).isoformat()
    never_better(longer, written)


def less_stock_never_helps(written: Written) -> None:
    """One unit less of each item at some stock point."""
    less = copy.deepcopy(written)
    point = picked(written, list(written["items"]["pump"]["stock"]))
    for item in less["items"].values():
        item["stock"][point] -= 1
    never_better(less, written)


def a_longer_way_never_helps(written: Written) -> None:
    """Some stage of every order, the repair abroad, or the way from the depot, half as long again.

    Not where a halt takes what is on the way or in repair: who is slow may not have set out yet.
    """
    if takes_goods(written):
        return
    longer = copy.deepcopy(written)
    stages = [(item["resupply"], stage) for item in longer["items"].values() for stage in item["resupply"]]
    stages += [(item["repair"], "takes") for item in longer["items"].values() if "repair" in item]
    stages += [(site, "order_and_ship") for site in longer["sites"].values() if "depot" in site] * 3
    part, stage = picked(written, stages)
    part[stage] = half_as_long_again(part[stage])
    never_better(longer, written)


def half_as_long_again(time: Any) -> Any:
    """A length of time, or each number of its long form, times one and a half."""
    if isinstance(time, dict):
        return {key: half_as_long_again(value) if key != "varies" else value for key, value in time.items()}
    return time if isinstance(time, bool) else f"{1.5 * int(time.split()[0]):g} days"


RELATIONS: tuple[Callable[[Written], None], ...] = (
    a_halt_never_helps,
    a_longer_halt_never_helps,
    less_stock_never_helps,
    a_longer_way_never_helps,
)


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda relation: relation.__name__)
def test_in_generated_scenarios(relation: Callable[[Written], None]) -> None:
    over(EXAMPLES, relation, plain_scenarios())


@pytest.mark.slow
@pytest.mark.parametrize("relation", RELATIONS, ids=lambda relation: relation.__name__)
def test_in_a_thousand_generated_scenarios(relation: Callable[[Written], None]) -> None:
    over(SLOW_EXAMPLES, relation, plain_scenarios())


def test_the_scenarios_are_short_of_units_and_halts_make_it_worse() -> None:
    """Else the relations above would hold for want of backorders."""
    owed, worse = [], []

    def look(written: Written) -> None:
        without = {key: value for key, value in written.items() if key != "halts"}
        with_, bare = (sum(n for steps in backorders(one).values() for _, n in steps) for one in (written, without))
        owed.append(bare > 0)
        worse.append(with_ > bare)

    over(EXAMPLES, look, plain_scenarios())

    assert sum(owed) > 0.8 * EXAMPLES
    assert sum(worse) > 0.4 * EXAMPLES
