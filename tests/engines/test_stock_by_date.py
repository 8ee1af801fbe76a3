# ruff: noqa: E501  (scenario texts read better unbroken)
"""R-M6 and R-T6 by date: changes of the base stock, units already bought, what is on hand at the start."""

from __future__ import annotations

import pytest
from checked_parts import WEARS, gone_at, jets, places, run
from hand_worked import Seen

MADE = "supplier: maker, resupply: {make: 10 days}"
SENT = "supplier: maker, resupply: {transit: 5 days}"
DEPOT = "sites: {base: {depot: national, order_and_ship: 5 days}, national: {}}\n"
NEVER = 999


def pumps(count: int, days: tuple[float, ...], more: str, site: str = "") -> str:
    """Aircraft that lose their pump on some days; what is said about its stock."""
    return jets(count, site) + f"items: {{pump: {{on: {{jets: 1}}, {gone_at(*days)}, {more}}}}}\n"


def by_site(seen: Seen) -> list[int]:
    """The stock points of the base and of the depot."""
    sites = [point.site for point in seen.model.points]
    return [sites.index("base"), sites.index("national")]


# Changes of the base stock ----------------------------------------------------------------------------


def test_a_rise_is_ordered_at_once():
    """From 1 to 3 on day 20: two are ordered then and there on 30."""
    seen = run(pumps(1, (NEVER,), f"{MADE}, stock: {{base: 1}}, stock_changes: [{{on: @20, at: base, to: 3}}]"))

    assert seen.item("pump", "on_order") == [(0, 0), (20, 2), (30, 0)]
    assert seen.item("pump", "stock") == [(0, 1), (30, 3)]


def test_a_fall_leaves_out_the_next_orders():
    """From 3 to 1 on day 20. Gone on 25, 26 and 27: only the third is ordered again."""
    seen = run(pumps(3, (25, 26, 27), f"{MADE}, stock: {{base: 3}}, stock_changes: [{{on: @20, at: base, to: 1}}]"))

    assert seen.item("pump", "on_order") == [(0, 0), (27, 1), (37, 0)]
    assert seen.item("pump", "stock") == [(0, 3), (25, 2), (26, 1), (27, 0), (37, 1)]


def test_nothing_serviceable_is_thrown_away_in_a_fall():
    seen = run(pumps(1, (NEVER,), f"{MADE}, stock: {{base: 3}}, stock_changes: [{{on: @20, at: base, to: 0}}]"))

    assert seen.item("pump", "stock") == [(0, 3)]


def test_a_rise_after_a_fall_first_takes_back_what_was_to_be_left_out():
    """To 1 on day 20 (two orders to leave out), one gone on 25 (left out), to 3 on 30: one is taken back, one ordered."""
    changes = "stock_changes: [{on: @20, at: base, to: 1}, {on: @30, at: base, to: 3}]"
    seen = run(pumps(1, (25,), f"{MADE}, stock: {{base: 3}}, {changes}"))

    assert seen.item("pump", "on_order") == [(0, 0), (30, 1), (40, 0)]
    assert seen.item("pump", "stock") == [(0, 3), (25, 2), (40, 3)]


def test_a_rise_meets_what_is_owed():
    """Two holes from day 10 and 11 wait for units of 20 and 21; two more, ordered on 15, come on 25 for the shelf."""
    seen = run(pumps(2, (10, 11), f"{MADE}, stock_changes: [{{on: @15, at: base, to: 2}}]"))

    assert seen.mc() == [(0, 2), (10, 1), (11, 0), (20, 1), (21, 2)]
    assert seen.item("pump", "stock") == [(0, 0), (25, 2)]


def test_a_rise_that_is_refused_is_ordered_when_the_line_reopens():
    """Refused [5, 50): two needs wait from day 20; ordered on 50, there on 60."""
    seen = run(pumps(1, (NEVER,), f"{MADE}, stock: {{base: 1}}, stock_changes: [{{on: @20, at: base, to: 3}}]")
               + "halts: {freeze: {by: seller, from: @5, until: @50, new_orders: refuse}}\n")  # fmt: skip

    assert seen.history("at home", "line/spares/maker/pump") == [(0, 0), (20, 2), (50, 0)]
    assert seen.item("pump", "stock") == [(0, 1), (60, 3)]
    assert seen.touched("freeze") == {"orders_refused": 2}


def test_a_depot_orders_its_rise_and_the_base_has_nothing_to_do_with_it():
    seen = run(DEPOT + pumps(1, (NEVER,), f"{MADE}, stock: {{base: 1}}, stock_changes: [{{on: @20, at: national, to: 2}}]", "site: base"))

    assert seen.item("pump", "on_order") == [(0, 0), (20, 2), (30, 0)]
    assert seen.item("pump", "stock") == [(0, 1), (30, 3)]


def test_a_base_asks_its_depot_for_its_rise():
    """Two are sent on day 20 from the three at the depot, and are on the base's shelf on 25."""
    seen = run(DEPOT + pumps(1, (NEVER,), "stock: {national: 3}, stock_changes: [{on: @20, at: base, to: 2}]", "site: base"))

    assert seen.item("pump", "stock") == [(0, 3), (20, 1), (25, 3)]
    assert [seen.replication.points[p].on_shelf for p in by_site(seen)] == [2, 1]


def test_of_two_changes_the_later_one_holds():
    """To 2 on day 20, to 4 on 40: one ordered, then two."""
    changes = "stock_changes: [{on: @40, at: base, to: 4}, {on: @20, at: base, to: 2}]"
    seen = run(pumps(1, (NEVER,), f"{MADE}, stock: {{base: 1}}, {changes}"))

    assert seen.item("pump", "on_order") == [(0, 0), (20, 1), (30, 0), (40, 2), (50, 0)]


# What is on hand at the start (R-T6) -------------------------------------------------------------------


@pytest.mark.parametrize(("on_hand", "elsewhere"), [(4, 0), (1, 1), (0, 2)])
def test_what_is_on_hand_replaces_the_shelf_and_orders_nothing(on_hand, elsewhere):
    """Base stock 2. What is taken off the shelf has gone elsewhere; what is put there has come in."""
    seen = run(pumps(1, (NEVER,), f"{MADE}, stock: {{base: 2}}, on_hand: {{base: {on_hand}}}"))

    assert seen.item("pump", "stock") == [(0, on_hand)]
    assert seen.item("pump", "on_order") == [(0, 0)]
    assert places(seen, "pump").get("elsewhere", 0) == elsewhere
    assert places(seen, "pump")["entered"] == 1 + max(2, on_hand)


def test_what_was_on_order_at_the_start_stays_on_order():
    """A pump lasts 10 days. Day -5: one of the shelf's two is fitted, one ordered, there on day 5. Day 0: three on the
    shelf. Day 5: one fitted, one ordered, one come."""
    seen = run(jets(1) + f"items: {{pump: {{on: {{jets: 1}}, {WEARS}, {MADE}, stock: {{base: 2}}, on_hand: {{base: 3}}}}}}",
               days=10, warmup="15 days")  # fmt: skip

    assert seen.item("pump", "stock") == [(-15, 2), (-5, 1), (0, 3)]
    assert seen.item("pump", "on_order") == [(-15, 0), (-5, 1)]


def test_holes_of_the_warm_up_are_filled_from_what_is_on_hand():
    """Both down from day -5; three on hand: both fly from the start, one is left."""
    seen = run(jets(2) + f"items: {{pump: {{on: {{jets: 1}}, {WEARS}, on_hand: {{base: 3}}}}}}", days=9, warmup="15 days")

    assert seen.mc() == [(-15, 2), (-5, 0), (0, 2)]
    assert seen.item("pump", "stock") == [(-15, 0), (0, 1)]


def test_on_hand_is_said_site_by_site():
    """The base's shelf is emptied, the depot's filled; the base does not ask for another."""
    seen = run(DEPOT + pumps(1, (NEVER,), f"{MADE}, stock: {{base: 2, national: 1}}, on_hand: {{base: 0, national: 5}}", "site: base"))

    assert [seen.replication.points[p].on_shelf for p in by_site(seen)] == [0, 5]
    assert seen.item("pump", "stock") == [(0, 5)]


def test_under_lots_what_is_on_hand_is_in_the_inventory_position():
    """Nothing on hand where 3 were: position 0, point 1: a lot of 4 at the start, there on day 10."""
    seen = run(pumps(1, (NEVER,), f"{MADE}, stock: {{base: 3}}, on_hand: {{base: 0}}, reorder: {{point: 1, quantity: 4}}"), warmup="5 days")

    assert seen.item("pump", "on_order") == [(-5, 0), (0, 4), (10, 0)]
    assert seen.item("pump", "stock") == [(-5, 3), (0, 0), (10, 4)]


# Units already bought ---------------------------------------------------------------------------------


def test_units_bought_arrive_on_their_date_where_there_is_no_line():
    """Down from day 10; three come on 20: one is fitted, two are left."""
    seen = run(pumps(1, (10,), "arrivals: [{on: @20, count: 3}]"))

    assert seen.mc() == [(0, 1), (10, 0), (20, 1)]
    assert seen.item("pump", "stock") == [(0, 0), (20, 2)]


def test_units_bought_come_on_top_of_what_is_ordered():
    """Gone on day 10 with one in stock: one is ordered, there on 15. Three bought come on 20."""
    seen = run(pumps(1, (10,), f"{SENT}, stock: {{base: 1}}, arrivals: [{{on: @20, count: 3}}]"))

    assert seen.item("pump", "stock") == [(0, 1), (10, 0), (15, 1), (20, 4)]
    assert seen.item("pump", "on_order") == [(0, 3), (10, 4), (15, 3), (20, 0)]


def bought(halt: str, resupply: str = SENT) -> str:
    """Three units bought for day 20, from the maker; a halt of the seller's."""
    return pumps(1, (NEVER,), f"{resupply}, arrivals: [{{on: @20, count: 3}}]") + f"halts: {{storm: {{by: seller, {halt}}}}}\n"


@pytest.mark.parametrize(("halt", "day"), [
    ("from: @18, until: @40, in_transit: hold", 42),  # left on 15, three days on the way, two after the hold
    ("from: @18, until: @40, in_transit: return", 45),  # the whole way again
    ("from: @18, until: @40, in_transit: wait_at_border", 40),  # at the border on 20
    ("from: @10, until: @40, in_transit: hold", 45),  # not despatched into a hold
    ("from: @10, until: @30, accepted_orders: stop", 35),  # stands ready on 15, leaves on 30
    ("from: @16, until: @40, accepted_orders: stop", 20),  # on the way already
    ("from: @5, until: @40, new_orders: refuse", 20),  # ordered long ago
    ("from: @5, until: @40, new_orders: queue", 20),  # accepted before the queue
    ("from: @21, until: @40, in_transit: lose", 20),  # arrived before
])  # fmt: skip
def test_units_bought_are_goods_on_their_line(halt, day):
    seen = run(bought(halt))

    assert seen.item("pump", "stock") == [(0, 0), (day, 3)]
    assert seen.item("pump", "on_order") == [(0, 3), (day, 0)]


def test_units_bought_wait_for_a_halt_that_never_ends():
    seen = run(bought("from: @10, until: never, in_transit: hold"))

    assert seen.item("pump", "stock") == [(0, 0)]
    assert seen.item("pump", "on_order") == [(0, 3)]
    assert seen.touched("storm") == {"consignments_held": 1}


def test_units_bought_that_come_before_a_mean_transit_are_on_the_way_at_the_start():
    """A transit of 30 days, due on day 20: on the way since before the start. Held [10, 40): ten of twenty days done."""
    seen = run(bought("from: @10, until: @40, in_transit: hold", SENT.replace("5 days", "30 days")))

    assert seen.item("pump", "stock") == [(0, 0), (50, 3)]


def test_units_bought_are_covered_by_their_contract():
    """Accepted orders stand still [10, 30), but under a contract they are honoured."""
    contract = "contracts: {support: {supplier: maker, covers: spares, from: @0, until: never}}\n"
    halt = "from: @10, until: @30, accepted_orders: stop, signed_contracts: SIGNED"
    honoured, stopped = (run(bought(halt.replace("SIGNED", how)) + contract) for how in ("honour", "stop"))

    assert honoured.item("pump", "stock") == [(0, 0), (20, 3)]
    assert stopped.item("pump", "stock") == [(0, 0), (35, 3)]


def test_units_bought_for_a_base_and_for_its_depot_go_there():
    """Two for the depot on day 20, one for the base on 30."""
    arrivals = "arrivals: [{on: @20, at: national, count: 2}, {on: @30, at: base, count: 1}]"
    seen = run(DEPOT + pumps(1, (NEVER,), arrivals, "site: base"))

    assert seen.item("pump", "stock") == [(0, 0), (20, 2), (30, 3)]
    assert [seen.replication.points[p].on_shelf for p in by_site(seen)] == [1, 2]


def test_units_bought_for_the_depot_serve_a_base_that_waits():
    """Asked for on day 10, at the depot on 20, at the base on 25."""
    seen = run(DEPOT + pumps(1, (10,), "arrivals: [{on: @20, at: national, count: 2}]", "site: base"))

    assert seen.mc() == [(0, 1), (10, 0), (25, 1)]


def test_units_bought_and_lost_on_the_way_are_gone():
    """R-H1 in_transit, settled 56: left on day 15, lost on 18. Nothing comes and, being on top of stock, nothing is
    ordered for them. Checking mode takes the fall of the inventory position for an order forgotten."""
    seen = run(bought("from: @18, until: @40, in_transit: lose"))

    assert seen.item("pump", "stock") == [(0, 0)]
    assert seen.item("pump", "on_order") == [(0, 3), (18, 0)]
    assert places(seen, "pump") == {"fitted": 1, "entered": 1}


def test_a_depot_under_base_stock_orders_again_what_a_bases_rise_takes():
    """R-M6, R-M9: the depot keeps S = 3, shelf and on order together, less what it owes. The base's rise of day 20 takes
    two, so it orders two. Otherwise its S is 1 from then on, which nobody wrote."""
    text = DEPOT + pumps(1, (NEVER,), f"{MADE}, stock: {{national: 3}}, stock_changes: [{{on: @20, at: base, to: 2}}]", "site: base")
    seen = run(text)

    assert seen.item("pump", "on_order") == [(0, 0), (20, 2), (30, 0)]
    assert seen.item("pump", "stock") == [(0, 3), (20, 1), (25, 3), (30, 5)]


def test_a_fall_at_a_base_is_an_order_less_for_the_depot_too():
    """R-M6: the base's stock falls from 1 to 0 on day 5. The unit of day 10 is condemned: the base does not ask the depot,
    which still has its S = 1 and so has nothing to order."""
    text = DEPOT + pumps(1, (10,), f"{MADE}, stock: {{base: 1, national: 1}}, stock_changes: [{{on: @5, at: base, to: 0}}]", "site: base")
    seen = run(text)

    assert seen.item("pump", "on_order") == [(0, 0)]
    assert seen.item("pump", "stock") == [(0, 2), (10, 1)]


def test_a_limit_at_the_very_end_of_the_run_is_no_limit_passed():
    """ENGINE 2: nothing at or after the horizon happens, so a seat due on day 100 of 100 stays. Checking mode, which
    looks once more at the end, takes it for a limit passed without consequence."""
    seen = run(jets(1) + "items: {seat: {on: {jets: 1}, hard_life: 9 years, due: {list: [100 days]}}}", days=100)

    assert seen.mc() == [(0, 1)]
