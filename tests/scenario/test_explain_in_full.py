"""Nothing a scenario says about sites, fleets, items, halts and responses is left unsaid by the model in words."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from armsim.errors import InvalidScenario
from armsim.scenario.explain import explain
from armsim.scenario.scenario import load, load_text

FOLDER = Path(__file__).parents[1] / "scenarios" / "valid"
FILES = sorted(path.stem for path in FOLDER.glob("*.yaml") if not path.name.endswith(".resolved.yaml"))
SECTIONS = ("sites", "fleets", "items", "contracts", "halts", "responses")
#: What names random numbers, or says who says so, is not the model.
NOT_SAID = ("rng_key", "source", "grade", "note")


def shorter(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """(path, the document without the key there) for every key below the top."""
    for key in node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
        without = copy.copy(node)
        del without[key]
        yield (*path, key), without
        for deeper, changed in shorter(node[key], (*path, key)):
            other = copy.copy(node)
            other[key] = changed
            yield deeper, other


def unsaid(file: str) -> list[str]:
    """The paths of a valid file whose taking out changes the model, but not a word of what explains it."""
    document = load(FOLDER / f"{file}.yaml").resolved_form()
    scenario = load_text(json.dumps(document))
    text, found = explain(scenario), []
    for path, without in shorter({name: document[name] for name in SECTIONS if name in document}):
        if len(path) == 1 or path[-1] in NOT_SAID:
            continue
        try:
            changed = load_text(json.dumps(document | without))
        except InvalidScenario:
            continue
        if changed.hash != scenario.hash and explain(changed) == text:
            found.append(".".join(str(step) for step in path))
    return found


@pytest.mark.parametrize("file", FILES)
def test_no_key_of_a_valid_file_is_left_unsaid(file: str) -> None:
    assert unsaid(file) == []


def part(text: str, heading: str) -> str:
    """One section, its lines joined."""
    body = text.split(f"\n{heading}\n{'-' * len(heading)}\n")[1]
    return " ".join(re.split(r"\n\n[^\n]+\n-{3,}\n", body)[0].split())


def test_a_halt_says_all_it_stops_and_how_it_ends() -> None:
    text = part(explain(load(FOLDER / "halts_in_full.yaml")), "Halts")

    assert "main, by seller: from 1 January 2024 (announced 1 October 2023), until 1 January 2026." in text
    assert "Except the first 3 consignments it would refuse." in text
    assert "of what is held abroad 10% (5% to 20%) spoil in a year" in text
    assert "its people leave within 60 days (30 to 90); work they have in hand stops where it is" in text
    assert ("a consignment it refuses gets through with a chance of 20%, tried again every 3 months while it "
            "waits, 60 days (scatter lognormal 50%) late, at 2.5 times the price, with 80% of a new one's life"
            ) in text  # fmt: skip
    assert ("when it ends, what it stops stays stopped for 2 months more; what waits at home then leaves over "
            "6 months, the newest first.") in text  # fmt: skip
    assert "poor, by home: from 1 June 2023, until 1 June 2024. Background" in text
    assert ("What it does: 40% of new orders are paid for and the others wait at home, each asked for again every "
            "6 months while it waits.") in text  # fmt: skip


def test_a_halt_that_follows_says_whom_and_how_likely() -> None:
    text = part(explain(load(FOLDER / "halts_in_full.yaml")), "Halts")

    assert "follower, by friend: 3 months (1 month to 1 year) after main begins with a chance of 60%, until" in text
    assert "last, by yard: from 1 September 2024 or when follower begins, whichever is later, until" in text


def test_a_halt_on_operation_names_the_fleets_it_forbids() -> None:
    text = part(explain(load(FOLDER / "halts_in_full.yaml")), "Halts")

    assert "the permission to operate is withdrawn within 2 days, but for 4 systems of each fleet" in text
    assert text.count("It forbids jets to operate.") == 1  # friend owns the jets
    assert "Only for tankers. What it does: the permission to operate is withdrawn at once. It forbids tankers" in text


def test_a_fleet_that_may_be_forbidden_to_operate_is_not_out_of_reach() -> None:
    only = {f"halts.{name}.active": False for name in ("main", "poor", "long_way")}
    scenario = load(FOLDER / "halts_in_full.yaml").set_all(only)

    # With main its followers fall away, and no supply line of seller is left closed.
    assert list(scenario.things.halts) == ["grounded"]
    assert part(explain(scenario), "What no halt can touch").startswith("Fleets: jets. Items:")


@pytest.mark.parametrize(("response", "words"), [
    ("rob", "missing parts are taken from systems that are already down, where that makes a system whole (jets). "
            "It damages 5% of the parts. It starts when main begins, without delay. It is sure to work. "
            "It costs 100,000 when it begins."),
    ("swap", "systems that are already down, at once and without work, so that as few systems as possible lack any"),
    ("trader", "another source, in third, supplies engine, up to 6 per year. It grows from nothing over 1 year. It "
               "delivers 80% of the needs it takes; the others stay at home and are asked again after 3 months. It "
               "takes 20% (10% to 40%) of new needs also while their main line takes them, and leaves those it does "
               "not deliver to that line. A unit costs, as a multiple of its price, 2 (1.5 to 4). It starts when main "
               "is announced, 2 months later."),
    ("workshop", "60% of the failed units of engine can be repaired at home, up to 4 to 12 per year. A repair takes "
                 "2 months (scatter lognormal 60%). It grows from nothing over 18 months. 85% come back serviceable. "
                 "Its units have 70% of a new one's life. A repair costs 50,000."),
    ("own overhaul [own_overhaul]", "the overhaul limit of up to 4 systems is put off by 200 flying hours and 1 year "
                                    "(jets). The work takes 30 days. At most 2 systems are in work at once."),
    ("more life [more_life]", "the life limit of systems is put off by 6 to 18 months (jets)."),
    ("course", "own people are trained in crew line at base and crew hangar at second. There are 3 more own people "
               "in each. It grows from nothing over 6 months."),
    ("all tasks [all_tasks]", "own people are trained in crew line at base. Own people can do 40% more of the tasks."),
    ("buy now [buy_now]", "4 more of each of engine are ordered, through the usual lines. It starts when main is"),
    ("fly on [fly_on]", "systems fly on past their overhaul limit by 100 flying hours, once for each overhaul (jets). "
                        "Meanwhile failures and upkeep are multiplied by 1.5. Meanwhile 4 more are lost in 100,000 "
                        "flying hours."),
    ("donors", "2 systems are retired for their parts (jets). 60% of the units taken off can be used. It starts on "
               "1 September 2024, without delay. It works with a chance of 90%."),
])  # fmt: skip
def test_a_response_says_all_its_settings(response: str, words: str) -> None:
    text = part(explain(load(FOLDER / "responses_in_full.yaml")), "Responses")

    assert re.search(rf"{re.escape(response)}: [^:]*?{re.escape(words)}", text)


SUPPLY = """
armsim: 1
name: supply
time: {start: 2024-01-01, end: 2026-01-01}
jurisdictions: {seller: {title: The seller}, here: {home: true}}
suppliers: {maker: {jurisdiction: seller, provides: [spares, repair, overhaul]}}
sites:
  base: {title: Forward base, depot: national, order_and_ship: {best: 5 days, varies: exponential}}
  national: {shops: {bench: {servers: 2}}}
fleets:
  jets:
    count: 6
    site: base
    owner: seller
    content: seller
    fly: 10 FH/month per aircraft
    sortie: 1.5 FH
    cost_per_FH: 4000
    missions: [strike, night_patrol]
    regeneration: {after: 12 months, takes: 60 days, slots: 1}
    overhaul: {every: 6 years, at: maker, takes: 6 months, price: 3000000}
    cannibalization: {policy: concentrate, damage: 5%}
items:
  engine:
    on: {jets: 2}
    supplier: maker
    price: 250000
    fails_every: {best: 300 FH, varies: weibull 2}
    repair: {at: national.bench, takes: 20 days, uses: {seal: 100%, nozzle: 30%}, price: 9000}
    resupply: {make: 6 months, transit: 20 days}
    stock: {base: 1, national: 2}
    stock_changes: [{on: 2024-06-01, at: base, to: 3}]
    arrivals: [{on: 2024-09-01, at: base, count: 5}]
  sight: {on: {jets: 1}, needed_for: strike, demand: sorties, fails_every: 200 sorties, supplier: maker,
          resupply: {make: 3 months}, stock: {national: 4}, reorder: {point: 1, quantity: 2}, on_hand: {base: 3}}
  seal: {supplier: maker, resupply: {make: 30 days}, stock: {national: 9}}
  nozzle: {supplier: maker, resupply: {make: 30 days}, stock: {national: 2}}
"""


def test_a_base_names_its_depot_and_the_way_from_it() -> None:
    text = part(explain(load_text(SUPPLY)), "Sites")

    assert "Forward base [base]: its parts come from the depot national, the way takes 5 days (scatter expo" in text
    assert "national: the depot of Forward base. - shop bench: 2 repairs at once" in text


def test_a_fleet_names_its_owner_its_missions_and_its_costs() -> None:
    text = part(explain(load_text(SUPPLY)), "Fleets")

    assert "6 on the books at the start, at Forward base, lent by The seller." in text
    assert "A sortie lasts 1.5 flying hours. A flying hour costs 4,000. It has content of The seller." in text
    assert "Missions: strike and night patrol; down when it can do none. For strike it needs sight." in text
    assert "- regeneration once it has been down for 1 year without a break, taking 60 days, 1 at once" in text
    assert "taking 6 months, for 3,000,000 each; not flown once it is due" in text
    assert "Parts are taken from systems that are down, halt or not, where that makes a system whole, damaging" in text


def test_an_item_says_how_it_fails_is_repaired_ordered_and_kept() -> None:
    text = part(explain(load_text(SUPPLY)), "Items")

    assert "engine: 2 on each jets; a missing one grounds it. It fails every 300 flying hours (scatter weib" in text
    assert ("Failed units are repaired by the shop bench at national: repair 20 days, a repair uses seal and nozzle in "
            "30% of them, for 9,000 each.") in text  # fmt: skip
    assert "New ones come from maker: making 6 months, way 20 days, for 250,000 each." in text
    assert "Stock 1 at Forward base and 2 at national. From 1 June 2024 the stock at Forward base is 3." in text
    assert "5 units already bought arrive at Forward base on 1 September 2024." in text
    assert "sight: 1 on each jets; without it no strike. It fails every 200 sorties." in text
    assert "At 1 or fewer, lots of 2 are ordered; the stock is what is there when the warm-up begins." in text
    assert "On the shelf at the start: 3 at Forward base." in text
    assert "seal: used in the repair of engine." in text


def test_a_bit_of_a_repair_is_not_among_the_items_that_ground() -> None:
    text = part(explain(load_text(SUPPLY)), "Whose permission the essential items need")

    assert text == "Items whose absence grounds a system or takes a mission from it: 2. - The seller: 2 (100%)"
