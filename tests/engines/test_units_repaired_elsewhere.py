# ruff: noqa: E501  (scenario texts read better unbroken)
"""MODEL section 7, settled 86: another source takes units that wait at home for repair or overhaul abroad."""

from __future__ import annotations

import pytest
from checked_parts import WEARS, costs, gone_at, jets, places, renewed_at, run
from hand_worked import Seen

#: A turn every ten days from a date on.
SOURCE = "kind: other_source, jurisdiction: third, capacity: 36.525 per year"
REFUSED = "halts: {stop: {by: seller, from: @0, new_orders: refuse}}\n"


def pump(more: str = "", way: str = "takes: 20 days, transit: 3 days") -> str:
    """A unit that wears out in ten days and goes to its maker for repair."""
    return f"pump: {{on: {{jets: 1}}, {WEARS}, repair: {{at: maker, {way}}}{more}}}"


def taken(settings: str, item: str = "", halts: str = REFUSED, days: int = 36, count: int = 1) -> Seen:
    """Pumps gone on day 10 while their maker refuses them, and another source."""
    source = f"responses: {{src: {{{SOURCE}, items: pump, from: @0, {settings}}}}}\n"
    return run(jets(count) + f"items: {{{item or pump()}}}\n" + halts + source, days=days)


def test_a_unit_its_maker_refuses_is_repaired_elsewhere_in_the_same_time():
    """Taken on day 10, 20 days of repair and 3 on the way back; without the clause it waits on."""
    assert taken("repairs: true").mc() == [(0, 1), (10, 0), (33, 1)]
    assert taken("takes: 5 days", pump(", supplier: maker, resupply: {}")).mc() == [(0, 1), (10, 0)]


def test_a_source_may_have_a_time_of_its_own_for_all_of_it():
    """Licence, repair and way of the maker are left out: back after 5 days."""
    way = "takes: 20 days, licence: 4 days, transit: 3 days"

    assert taken("repairs: true, takes: 5 days", pump(way=way)).mc()[:3] == [(0, 1), (10, 0), (15, 1)]
    assert taken("repairs: true", pump(way=way), days=38).mc() == [(0, 1), (10, 0), (37, 1)]


def test_what_is_taken_is_abroad_until_it_comes_back():
    assert taken("repairs: true").item("pump", "in_repair") == [(0, 0), (10, 1), (33, 0)]
    assert places(taken("repairs: true", days=32), "pump") == {"abroad": 1, "entered": 1}
    assert places(taken("repairs: true", days=34), "pump") == {"fitted": 1, "entered": 1}


@pytest.mark.parametrize("clause", ["new_orders: refuse", "repairs_abroad: return_unrepaired", "repairs_abroad: seize"])
def test_a_source_whose_own_state_stops_repairs_takes_nothing(clause):
    """Until day 15, when it takes the unit that waits: back on day 38."""
    halts = f"halts: {{stop: {{by: seller, from: @0, new_orders: refuse}}, other: {{by: third, from: @0, until: @15, {clause}}}}}\n"

    assert taken("repairs: true", halts=halts, days=40).mc() == [(0, 1), (10, 0), (38, 1)]


def test_a_halt_on_spares_alone_does_not_stop_a_sources_repairs():
    halts = "halts: {stop: {by: seller, from: @0, new_orders: refuse}, other: {by: third, classes: spares, from: @0, new_orders: refuse}}\n"

    assert taken("repairs: true", halts=halts).mc()[-1] == (33, 1)


def test_a_hold_of_its_own_state_stops_the_repair_until_it_ends():
    """Held from 15 to 25 with 15 days of work left: ready on 40, back on 43."""
    halts = "halts: {stop: {by: seller, from: @0, new_orders: refuse}, other: {by: third, from: @15, until: @25, repairs_abroad: hold}}\n"

    assert taken("repairs: true", halts=halts, days=44).mc() == [(0, 1), (10, 0), (43, 1)]


def test_an_overhaul_at_a_hard_life_is_taken_too():
    """Due after ten days of flying, while overhauls are stopped; 20 days elsewhere."""
    gear = f"pump: {{on: {{jets: 1}}, {renewed_at('maker', '20 days', 10)}}}"
    halts = "halts: {stop: {by: seller, from: @0, overhaul: stop}}\n"

    assert taken("repairs: true", gear, halts).mc() == [(0, 1), (10, 0), (30, 1)]


def test_the_yield_and_the_price_are_those_of_the_route_and_the_life_the_sources():
    """Three times 100 for the work; half of ten days of life: back on 33, gone again on 38, when a turn is there."""
    seen = taken("repairs: true, price: 3, quality: 50%", pump(way="takes: 20 days, transit: 3 days, price: 100"), days=40)

    assert seen.mc() == [(0, 1), (10, 0), (33, 1), (38, 0)]
    assert sum(costs(seen, "repair")) == 600
    assert places(taken("repairs: true", pump(way="takes: 20 days, yield: 0%")), "pump")["condemned"] == 1


def test_one_a_turn_the_oldest_first_be_it_a_unit_or_an_order():
    """From day 20 on: the pump of day 10 in the turn of 20, the rotor ordered on 12 in that of 30, 5 days each."""
    items = pump() + f", rotor: {{on: {{jets: 1}}, {gone_at(99, 12)}, supplier: maker, resupply: {{make: 20 days}}}}"
    lives = pump().replace(WEARS, "overhaul: {every: 99999 FH, at: maker, takes: 20 days, due: {list: [240 FH, 99999 FH]}}")
    items = items.replace(pump(), lives.replace(", repair: {at: maker, takes: 20 days, transit: 3 days}", ""))
    halts = "halts: {stop: {by: seller, from: @0, new_orders: refuse, overhaul: stop}}\n"
    source = f"responses: {{src: {{{SOURCE}, items: [pump, rotor], repairs: true, takes: 5 days, from: @20}}}}\n"
    seen = run(jets(2) + f"items: {{{items}}}\n" + halts + source, days=40)

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "NMCS"), (25, "FMC")]
    assert seen.history("system", "jets", 1) == [(0, "FMC"), (12, "NMCS"), (35, "FMC")]


def test_a_unit_the_source_does_not_repair_is_asked_again_after_a_while():
    """Nothing is delivered: on day 10, and after each pause of 7 days, a turn is used (10, 20, 30); the unit stays home."""
    seen = taken("repairs: true, each: 0%, retry: 7 days")

    assert seen.mc() == [(0, 1), (10, 0)]
    assert places(seen, "pump") == {"at_home": 1, "entered": 1}
    assert seen.replication.taken == [3]


def test_a_unit_that_waits_goes_to_the_source_before_a_repair_at_home():
    """Both from day 20: the source has it (23 days, back on 43), the shop at home would have been done on 21."""
    both = (f"responses: {{src: {{{SOURCE}, items: pump, repairs: true, from: @20}}, "
            "bench: {kind: repair_at_home, items: pump, share: 100%, takes: 1 day, from: @20}}\n")  # fmt: skip
    seen = run(jets(1) + f"items: {{{pump()}}}\n" + REFUSED + both, days=44)

    assert seen.mc() == [(0, 1), (10, 0), (43, 1)]


def test_repair_at_home_leaves_units_at_their_hard_life_to_others():
    """An overhaul that is stopped waits: the shop at home repairs what has failed."""
    gear = f"pump: {{on: {{jets: 1}}, {renewed_at('maker', '20 days', 10)}}}"
    bench = "responses: {bench: {kind: repair_at_home, items: pump, share: 100%, takes: 1 day, from: @0}}\n"
    seen = run(jets(1) + f"items: {{{gear}}}\nhalts: {{stop: {{by: seller, from: @0, overhaul: stop}}}}\n" + bench, days=40)

    assert seen.mc() == [(0, 1), (10, 0)]
