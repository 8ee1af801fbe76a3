# ruff: noqa: E501  (scenario texts read better unbroken)
"""R-M9, R-M2: two echelons. A base asks its depot, the depot asks the supplier."""

from __future__ import annotations

import pytest
from checked_parts import HALF, WEARS, gone_at, jets, places, renewed_at, run
from hand_worked import DAILY

BENCHES = "shops: {bench: {servers: 1}}"
ONE_BASE = f"sites: {{base: {{depot: national, order_and_ship: 5 days, {BENCHES}}}, national: {{{BENCHES}}}}}\n"
MADE = "supplier: maker, resupply: {make: 20 days}"


def at_base(count: int, more: str = "") -> str:
    """Aircraft at a base that has a depot 5 days away."""
    return ONE_BASE + jets(count, "site: base" + (", " if more else "") + more)


def north_and_south() -> str:
    """Two bases of one depot, 5 and 2 days from it; what lasts 240 FH lasts 20 days in the north and 10 in the south."""
    return (
        f"sites: {{north: {{depot: national, order_and_ship: 5 days, {BENCHES}}}, south: {{depot: national, order_and_ship: 2 days}}, national: {{}}}}\n"
        f"fleets: {{jets: {{count: 1, site: north, {HALF}}}, tugs: {{count: 1, site: south, {DAILY}}}}}\n"
    )


# What the depot serves --------------------------------------------------------------------------------


def test_a_hole_is_served_from_the_depot_after_order_and_ship():
    """Gone on day 10; the depot's unit is there on 15, the maker's is back on the depot's shelf on 30."""
    seen = run(at_base(1) + f"items: {{pump: {{on: {{jets: 1}}, {gone_at(10)}, stock: {{national: 1}}, {MADE}}}}}")

    assert seen.mc() == [(0, 1), (10, 0), (15, 1)]
    assert seen.item("pump", "stock") == [(0, 1), (10, 0), (30, 1)]
    assert seen.item("pump", "on_order") == [(0, 0), (10, 1), (30, 0)]
    assert seen.item("pump", "backorders") == [(0, 0), (10, 1), (15, 0)]


def test_the_base_serves_from_its_own_shelf_and_asks_the_depot_for_another():
    """One on each shelf. Day 10: the base's is fitted, the depot's set off (none on a shelf); 15 and 30: one each."""
    seen = run(at_base(1) + f"items: {{pump: {{on: {{jets: 1}}, {gone_at(10)}, stock: {{base: 1, national: 1}}, {MADE}}}}}")

    assert seen.mc() == [(0, 1)]
    assert seen.item("pump", "stock") == [(0, 2), (10, 0), (15, 1), (30, 2)]


def test_a_depot_without_stock_sends_on_what_the_supplier_brings():
    """Ordered on day 10, at the depot on 30, at the base on 35."""
    seen = run(at_base(1) + f"items: {{pump: {{on: {{jets: 1}}, {gone_at(10)}, {MADE}}}}}")

    assert seen.mc() == [(0, 1), (10, 0), (35, 1)]
    assert seen.item("pump", "on_order") == [(0, 0), (10, 1), (30, 0)]


def test_without_order_and_ship_the_depot_is_at_hand():
    seen = run(at_base(1).replace(", order_and_ship: 5 days", "")
               + f"items: {{pump: {{on: {{jets: 1}}, {gone_at(10)}, stock: {{national: 1}}}}}}")  # fmt: skip

    assert seen.mc() == [(0, 1)]
    assert seen.item("pump", "stock") == [(0, 1), (10, 0)]


def test_a_unit_on_the_way_from_the_depot_is_on_no_shelf_and_counted_once():
    """The run ends on day 12, two days into the five of the way."""
    seen = run(at_base(1) + f"items: {{pump: {{on: {{jets: 1}}, {gone_at(10)}, stock: {{national: 1}}, {MADE}}}}}", days=12)

    assert places(seen, "pump") == {"shipping": 1, "condemned": 1, "entered": 2}


def test_bases_are_served_first_come_first_served():
    """South asks on day 10, north on 20; the depot has nothing. The maker's units come on 30 and 40: the first goes
    south (there on 32), the second north (there on 45), though north comes first by name and by number."""
    seen = run(north_and_south() + f"items: {{pump: {{on: {{jets: 1, tugs: 1}}, {WEARS}, {MADE}}}}}", days=46)

    assert seen.mc("tugs")[:3] == [(0, 1), (10, 0), (32, 1)]
    assert seen.mc("jets") == [(0, 1), (20, 0), (45, 1)]


def test_the_depot_serves_its_own_aircraft_in_the_same_queue():
    """The base asks on day 10, an aircraft at the depot itself on 20; units come on 30 (at the base on 35) and 40."""
    seen = run(ONE_BASE + f"fleets: {{jets: {{count: 1, site: base, {DAILY}}}, tugs: {{count: 1, site: national, {HALF}}}}}\n"
               f"items: {{pump: {{on: {{jets: 1, tugs: 1}}, {WEARS}, {MADE}}}}}", days=44)  # fmt: skip

    assert seen.mc("jets") == [(0, 1), (10, 0), (35, 1)]
    assert seen.mc("tugs") == [(0, 1), (20, 0), (40, 1)]


def test_bases_share_what_the_depot_keeps():
    """Both bases' failures (day 10 and 20) are met from the one shelf of two."""
    seen = run(north_and_south() + f"items: {{pump: {{on: {{jets: 1, tugs: 1}}, {WEARS}, stock: {{national: 2}}}}}}", days=30)

    assert seen.mc("tugs")[:3] == [(0, 1), (10, 0), (12, 1)]
    assert seen.mc("jets") == [(0, 1), (20, 0), (25, 1)]


# Where units are repaired -----------------------------------------------------------------------------


def test_what_the_base_repairs_itself_stays_there_and_asks_nobody():
    """Four days at the base's own bench: down [10, 14); the unit of the depot never moves."""
    seen = run(at_base(1) + f"items: {{pump: {{on: {{jets: 1}}, {renewed_at('base.bench', '4 days', 10)}, stock: {{national: 1}}}}}}")

    assert seen.mc() == [(0, 1), (10, 0), (14, 1)]
    assert seen.item("pump", "stock") == [(0, 1)]


def test_what_the_depot_repairs_goes_back_on_the_depots_shelf():
    """The depot's unit is sent at once (there on 15); the carcass is at the depot at once and out of its shop on 14."""
    seen = run(at_base(1) + f"items: {{pump: {{on: {{jets: 1}}, {renewed_at('national.bench', '4 days', 10)}, stock: {{national: 1}}}}}}")

    assert seen.mc() == [(0, 1), (10, 0), (15, 1)]
    assert seen.item("pump", "in_repair") == [(0, 0), (10, 1), (14, 0)]
    assert seen.item("pump", "stock") == [(0, 1), (10, 0), (14, 1)]


def test_without_stock_the_base_waits_for_the_depots_shop_and_the_way():
    """Out of the depot's shop on day 14, at the base on 19."""
    seen = run(at_base(1) + f"items: {{pump: {{on: {{jets: 1}}, {renewed_at('national.bench', '4 days', 10)}}}}}")

    assert seen.mc() == [(0, 1), (10, 0), (19, 1)]


def test_a_repair_abroad_is_the_depots_business():
    """Eight days at the maker and two home: on the depot's shelf on day 20, at the base on 25."""
    route = "repair: {at: maker, takes: 8 days, transit: 2 days}"
    seen = run(at_base(1) + f"items: {{pump: {{on: {{jets: 1}}, {WEARS}, {route}}}}}", days=30)

    assert seen.mc() == [(0, 1), (10, 0), (25, 1)]
    assert seen.item("pump", "abroad") == [(0, 0), (10, 1), (20, 0)]


def test_what_a_bases_shop_does_not_yield_is_asked_of_the_depot_then():
    """Condemned at the base on day 14: the depot sends its unit (there on 19) and orders one (there on 34)."""
    item = renewed_at("base.bench", "4 days", 10, more=", yield: 0%")
    seen = run(at_base(1) + f"items: {{pump: {{on: {{jets: 1}}, {item}, stock: {{national: 1}}, {MADE}}}}}")

    assert seen.mc() == [(0, 1), (10, 0), (19, 1)]
    assert seen.item("pump", "condemned") == [(0, 0), (14, 1)]
    assert seen.item("pump", "on_order") == [(0, 0), (14, 1), (34, 0)]
    assert seen.item("pump", "stock") == [(0, 1), (14, 0), (34, 1)]


def test_what_the_depots_shop_does_not_yield_is_not_asked_for_twice():
    """The base asks on day 10, once. Condemned on 14, ordered then, at the depot on 34 and at the base on 39."""
    item = renewed_at("national.bench", "4 days", 10, more=", yield: 0%")
    seen = run(at_base(1) + f"items: {{pump: {{on: {{jets: 1}}, {item}, {MADE}}}}}")

    assert seen.mc() == [(0, 1), (10, 0), (39, 1)]
    assert seen.item("pump", "on_order") == [(0, 0), (14, 1), (34, 0)]
    assert seen.item("pump", "stock") == [(0, 0)]


def test_the_shop_of_another_base_is_not_ones_own():
    """South's unit (day 10) is repaired at the north's bench for the depot: there on 14, in the south on 16.
    The north's own (day 20) stays in the north: back on 24."""
    seen = run(north_and_south() + f"items: {{pump: {{on: {{jets: 1, tugs: 1}}, {WEARS}, repair: {{at: north.bench, takes: 4 days}}}}}}", days=25)

    assert seen.mc("tugs") == [(0, 1), (10, 0), (16, 1)]
    assert seen.mc("jets") == [(0, 1), (20, 0), (24, 1)]


def test_a_unit_keeps_its_quality_on_the_way_from_the_depot():
    """Half as good after its repair: it lasts 5 days, [19, 24), in place of 10."""
    route = "repair: {at: national.bench, takes: 4 days, quality: 50%}"
    seen = run(at_base(1) + f"items: {{pump: {{on: {{jets: 1}}, {WEARS}, {route}}}}}", days=30)

    assert seen.mc() == [(0, 1), (10, 0), (19, 1), (24, 0)]


# Counts that must come out ----------------------------------------------------------------------------


def test_a_retired_aircrafts_hole_leaves_the_queue_and_its_unit_stays_at_the_base():
    """Retired on day 20 while the unit is on order: it is at the depot on 30 and on the base's shelf on 35."""
    seen = run(at_base(1, "retirements: [{on: @20, count: 1}]") + f"items: {{pump: {{on: {{jets: 1}}, {gone_at(10)}, {MADE}}}}}")

    assert seen.state("on_hand") == [(0, 1), (20, 0)]
    assert seen.item("pump", "backorders") == [(0, 0), (10, 1), (20, 0)]
    assert seen.item("pump", "stock") == [(0, 0), (35, 1)]


def test_a_dated_expiry_at_a_base_is_ordered_and_asked_for_once():
    """R-M6: due on day 40, 20 days to make and 5 from the depot: asked for and ordered on 15, once; at the base on 40."""
    seen = run(at_base(1) + f"items: {{seat: {{on: {{jets: 1}}, expires_after: 9 years, due: {{list: [40 days]}}, {MADE}}}}}")

    assert seen.item("seat", "on_order") == [(0, 0), (15, 1), (35, 0)]
    assert seen.item("seat", "stock") == [(0, 0)]
    assert seen.mc() == [(0, 1)]


def test_an_expiry_asked_for_ahead_draws_on_the_depots_shelf_ahead():
    """Asked for on day 15: the depot's unit is at the base on 20 and fitted on 40. On 35 the maker's is at the depot."""
    seen = run(at_base(1) + f"items: {{seat: {{on: {{jets: 1}}, expires_after: 9 years, due: {{list: [40 days]}}, stock: {{national: 1}}, {MADE}}}}}")

    assert seen.mc() == [(0, 1)]
    assert seen.item("seat", "stock") == [(0, 1), (15, 0), (20, 1), (35, 2), (40, 1)]
    assert seen.item("seat", "on_order") == [(0, 0), (15, 1), (35, 0)]


@pytest.mark.parametrize("shop", ["base", "national"])
def test_one_for_one_at_base_and_depot_comes_back_to_the_full_stock(shop):
    """Random failures until day 60, then no flying: by day 200 all that was owed has come, two and one on the shelf."""
    text = at_base(4).replace(
        "fly: 8766 FH/year per aircraft", "fly: {best: 8766 FH/year per aircraft, changes: [{from: @60, to: 0 FH/year per aircraft}]}")
    repair = f"repair: [{{share: 60%, at: {shop}.bench, takes: 6 days}}, {{share: 40%, at: condemned}}]"
    seen = run(text + f"items: {{pump: {{on: {{jets: 2}}, fails_every: 480 FH, {repair}, stock: {{base: 2, national: 1}}, {MADE}}}}}", days=200)

    assert seen.item("pump", "condemned")[-1][1] >= 5
    assert seen.item("pump", "stock")[-1][1] == 3
    assert seen.item("pump", "holes")[-1][1] == 0
    point = next(p for p, one in enumerate(seen.model.points) if one.site == "base")
    assert seen.replication.points[point].on_shelf == 2
