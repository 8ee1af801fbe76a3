# ruff: noqa: E501  (scenario texts read better unbroken)
"""R-M5 and R-M6: bits that repairs use up, and orders in lots, (r, Q)."""

from __future__ import annotations

import pytest
from checked_parts import WEARS, gone_at, jets, places, renewed_at, run
from hand_worked import DAILY

BENCH = "sites: {base: {shops: {bench: {servers: 1}, small: {servers: 9}}}}\n"
DEPOT = "sites: {base: {depot: national, order_and_ship: 5 days, shops: {bench: {servers: 1}}}, national: {shops: {bench: {servers: 1}}}}\n"
SEALS = "supplier: maker, resupply: {make: 6 days}"
PUMPS = "supplier: maker, resupply: {make: 20 days}"


def engine(uses: str, takes: str = "4 days", at: str = "base.bench") -> str:
    """An engine that fails after 10 flying days and whose repair uses bits."""
    return f"  engine: {{on: {{jets: 1}}, {WEARS}, repair: {{at: {at}, takes: {takes}, uses: {uses}}}}}\n"


def jets_and_tugs(tugs: int) -> str:
    """One jet, and so many tugs beside it."""
    return f"fleets: {{jets: {{count: 1, {DAILY}}}, tugs: {{count: {tugs}, {DAILY}}}}}\n"


# Bits (R-M5) ------------------------------------------------------------------------------------------


def test_a_repair_waits_for_its_bit():
    """Failed on day 10; the seal is ordered then, there on 16; repaired [16, 20). Fails again on 30."""
    seen = run(BENCH + jets(1) + "items:\n" + engine("[seal]") + f"  seal: {{{SEALS}}}\n", days=31)

    assert seen.mc() == [(0, 1), (10, 0), (20, 1), (30, 0)]
    assert seen.item("seal", "backorders") == [(0, 0), (10, 1), (16, 0), (30, 1)]
    assert seen.item("engine", "in_repair") == [(0, 0), (10, 1), (20, 0), (30, 1)]


def test_a_bit_in_stock_delays_nothing_and_leaves_the_books():
    """One seal on the shelf: repaired [10, 14). The new one is issued elsewhere, the worn one, from outside the
    books, is condemned, the one ordered in its place is on the shelf on day 16."""
    seen = run(BENCH + jets(1) + "items:\n" + engine("[seal]") + f"  seal: {{{SEALS}, stock: {{base: 1}}}}\n", days=20)

    assert seen.mc() == [(0, 1), (10, 0), (14, 1)]
    assert seen.item("seal", "stock") == [(0, 1), (10, 0), (16, 1)]
    assert seen.item("seal", "holes") == [(0, 0)]
    assert places(seen, "seal") == {"shelf": 1, "condemned": 1, "elsewhere": 1, "entered": 3}


def test_a_repair_waits_for_the_last_of_its_bits():
    """Seal on day 16, nozzle on 19: repaired [19, 23)."""
    text = "  seal: {" + SEALS + "}\n  nozzle: {" + SEALS.replace("6", "9") + "}\n"
    seen = run(BENCH + jets(1) + "items:\n" + engine("[seal, nozzle]") + text, days=30)

    assert seen.mc() == [(0, 1), (10, 0), (23, 1)]


def test_a_worn_bit_that_can_be_repaired_comes_back_to_the_shelf():
    """The seal of the shelf is used on day 10; the worn one is repaired [10, 13) and takes its place."""
    text = "  seal: {repair: {at: base.small, takes: 3 days}, stock: {base: 1}}\n"
    seen = run(BENCH + jets(1) + "items:\n" + engine("[seal]") + text, days=20)

    assert seen.mc() == [(0, 1), (10, 0), (14, 1)]
    assert seen.item("seal", "stock") == [(0, 1), (10, 0), (13, 1)]
    assert seen.item("seal", "in_repair") == [(0, 0), (10, 1), (13, 0)]
    assert places(seen, "seal") == {"shelf": 1, "elsewhere": 1, "entered": 2}


def test_bits_of_bits_are_waited_for_in_turn():
    """The engine's pump (none in stock) is worn: it is repaired with a ring that comes on day 16. Ring [10, 16), pump
    [16, 19), engine [19, 23)."""
    text = f"  pump: {{repair: {{at: base.small, takes: 3 days, uses: [ring]}}}}\n  ring: {{{SEALS}}}\n"
    seen = run(BENCH + jets(1) + "items:\n" + engine("[pump]") + text, days=30)

    assert seen.mc() == [(0, 1), (10, 0), (23, 1)]


def test_a_unit_that_waits_for_bits_does_not_block_the_server():
    """One server. The engine came on day 10 and its seal comes on 16; the pump of day 11 is repaired [11, 15)."""
    seen = run(BENCH + jets_and_tugs(1) + "items:\n" + engine("[seal]") + f"  seal: {{{SEALS}}}\n"
               f"  pump: {{on: {{tugs: 1}}, {renewed_at('base.bench', '4 days', 11)}}}\n", days=30)  # fmt: skip

    assert seen.item("pump", "in_repair") == [(0, 0), (11, 1), (15, 0)]
    assert seen.item("engine", "in_repair") == [(0, 0), (10, 1), (20, 0)]


def test_a_unit_that_waited_for_bits_has_kept_its_place():
    """One server, pumps of 6 days. They come on 11 (in work [11, 17)) and 12. The engine came on 10, its seal on 16:
    at 17 its turn is before the second pump's: engine [17, 21), pump [21, 27)."""
    seen = run(BENCH + jets_and_tugs(2) + "items:\n" + engine("[seal]") + f"  seal: {{{SEALS}}}\n"
               f"  pump: {{on: {{tugs: 1}}, {renewed_at('base.bench', '6 days', 11, 12)}}}\n", days=30)  # fmt: skip

    assert seen.item("engine", "in_repair") == [(0, 0), (10, 1), (21, 0)]
    assert seen.item("pump", "in_repair") == [(0, 0), (11, 1), (12, 2), (17, 1), (27, 0)]


@pytest.mark.parametrize(("share", "up"), [("0%", 14), ("100%", 20)])
def test_a_bit_is_used_by_its_share_of_repairs(share, up):
    seen = run(BENCH + jets(1) + "items:\n" + engine(f"{{seal: {share}}}") + f"  seal: {{{SEALS}}}\n", days=22)

    assert seen.mc() == [(0, 1), (10, 0), (up, 1)]


def test_shares_of_repairs_that_need_a_bit_are_met_on_average():
    """300 repairs of day 10, 30% need a seal: 90 within 3.5 standard errors of 7.9 (false alarm 1 in 2000)."""
    seen = run(BENCH + jets(300) + "items:\n" + engine("{seal: 30%}", at="base.small") + f"  seal: {{{SEALS}}}\n", days=12)

    assert seen.item("engine", "in_repair")[-1][1] == 300
    assert abs(seen.item("seal", "condemned")[-1][1] - 90) < 3.5 * (300 * 0.3 * 0.7) ** 0.5


def test_holes_and_repairs_wait_for_the_same_item_in_one_queue():
    """A tug's seal is gone on day 9.5, the engine's is asked for on 10. Seals come on 15.5 and 16: to the tug first."""
    seen = run(BENCH + jets_and_tugs(1) + "items:\n" + engine("[seal]") + f"  seal: {{on: {{tugs: 1}}, {gone_at(9.5)}, {SEALS}}}\n", days=22)

    assert seen.mc("tugs") == [(0, 1), (9.5, 0), (15.5, 1)]
    assert seen.mc("jets") == [(0, 1), (10, 0), (20, 1)]


def test_a_repair_that_came_first_has_its_bit_before_a_later_hole():
    """The engine's seal is asked for on day 10, a tug's on 12. Seals come on 16 (engine [16, 20)) and 18."""
    seen = run(BENCH + jets_and_tugs(1) + "items:\n" + engine("[seal]") + f"  seal: {{on: {{tugs: 1}}, {gone_at(12)}, {SEALS}}}\n", days=22)

    assert seen.mc("jets") == [(0, 1), (10, 0), (20, 1)]
    assert seen.mc("tugs") == [(0, 1), (12, 0), (18, 1)]


def test_a_base_bench_has_its_bits_from_the_depot():
    """Asked of the depot on day 10, at the base on 15, repaired [15, 19). The worn one is the depot's to order."""
    seen = run(DEPOT + jets(1, "site: base") + "items:\n" + engine("[seal]") + f"  seal: {{{SEALS}, stock: {{national: 1}}}}\n", days=22)

    assert seen.mc() == [(0, 1), (10, 0), (19, 1)]
    assert seen.item("seal", "stock") == [(0, 1), (10, 0), (16, 1)]


def test_the_depots_bench_has_its_bits_at_the_depot():
    """The seal at the depot is at hand: repaired [10, 14), at the base on 19. One at the base would not have helped."""
    text = DEPOT + jets(1, "site: base") + "items:\n" + engine("[seal]", at="national.bench") + f"  seal: {{{SEALS}, stock: {{national: 1}}}}\n"
    seen = run(text, days=22)

    assert seen.mc() == [(0, 1), (10, 0), (19, 1)]


def test_what_a_repair_with_bits_does_not_yield_has_used_its_bits():
    """Condemned on day 14 with its seal; the next engine comes on 34."""
    text = engine("[seal]").replace("takes: 4 days", "takes: 4 days, yield: 0%").replace("on: {jets: 1}", f"on: {{jets: 1}}, {PUMPS}")
    seen = run(BENCH + jets(1) + "items:\n" + text + f"  seal: {{{SEALS}, stock: {{base: 1}}}}\n", days=40)

    assert seen.mc() == [(0, 1), (10, 0), (34, 1)]
    assert places(seen, "seal") == {"shelf": 1, "condemned": 1, "elsewhere": 1, "entered": 3}


# Lots, (r, Q) (R-M6) ----------------------------------------------------------------------------------


def lots(point: int, quantity: int, stock: int, *days: float, resupply: str = PUMPS) -> str:
    """Pumps ordered in lots; they are gone on some days, aircraft by aircraft."""
    return (f"items: {{pump: {{on: {{jets: 1}}, {gone_at(*days)}, {resupply}, stock: {{base: {stock}}}, "
            f"reorder: {{point: {point}, quantity: {quantity}}}}}}}\n")  # fmt: skip


def test_a_lot_is_ordered_when_the_inventory_position_is_at_the_point():
    """Three on the shelf, point 1, lots of 2. Position: 2 on day 10; 1 on 11: a lot, 3; 2 on 12; 1 on 13: a lot, 3.
    The shelf is empty on 12, so 13 waits for the lot of 31; that of 33 fills the shelf to 3.
    On 99 the position falls to 2, which is above the point."""
    seen = run(jets(5) + lots(1, 2, 3, 10, 11, 12, 13, 99))

    assert seen.item("pump", "on_order") == [(0, 0), (11, 2), (13, 4), (31, 2), (33, 0)]
    assert seen.item("pump", "stock") == [(0, 3), (10, 2), (11, 1), (12, 0), (31, 1), (33, 3), (99, 2)]
    assert seen.mc() == [(0, 5), (13, 4), (31, 5)]


def test_as_many_lots_as_bring_the_position_above_the_point():
    """Nothing on the shelf, point 3: lots of 2 until the position is above 3 make two of them, at once."""
    seen = run(jets(1) + lots(3, 2, 0, 99), days=30)

    assert seen.item("pump", "on_order") == [(0, 4), (20, 0)]
    assert seen.item("pump", "stock") == [(0, 0), (20, 4)]


def test_what_is_owed_counts_against_the_position():
    """One on the shelf, point 0, lots of 3; three gone on day 10. Position 1 - 3 = -2: one lot makes 1, enough."""
    seen = run(jets(3) + lots(0, 3, 1, 10, 10, 10), days=40)

    assert seen.item("pump", "on_order") == [(0, 0), (10, 3), (30, 0)]
    assert seen.mc() == [(0, 3), (10, 1), (30, 3)]
    assert seen.item("pump", "stock") == [(0, 1), (10, 0), (30, 1)]


def test_units_in_repair_count_in_the_position():
    """Each removed pump goes to the bench: the position stays at 1, above the point of 0, and nothing is ordered."""
    seen = run(BENCH + jets(2) + f"items: {{pump: {{on: {{jets: 1}}, {renewed_at('base.bench', '9 days', 10, 11)}, {PUMPS}, "
               "stock: {base: 1}, reorder: {point: 0, quantity: 5}}}", days=40)  # fmt: skip

    assert seen.item("pump", "in_repair")[:3] == [(0, 0), (10, 1), (11, 2)]
    assert seen.item("pump", "on_order") == [(0, 0)]


REFUSED = "halts: {freeze: {by: seller, from: @5, until: @50, new_orders: refuse}}\n"


def test_a_refused_lot_is_ordered_once_when_the_line_reopens():
    """Four gone on days 10 to 13, none can be ordered. Day 50: position 3 - 4 = -1, point 1: lots of 2 until above: two,
    worked out once. All four arrive on 70: one fills the hole, three on the shelf."""
    seen = run(jets(4) + lots(1, 2, 3, 10, 11, 12, 13) + REFUSED)

    assert seen.item("pump", "on_order") == [(0, 0), (50, 4), (70, 0)]
    assert seen.item("pump", "stock")[-1] == (70, 3)
    assert seen.touched("freeze") == {"orders_refused": 1}


def test_a_refused_lot_is_forgotten_when_it_is_no_longer_wanted():
    """Position 0 on day 10: a lot, refused. On 20 a jet is retired for its pump: one on the shelf, position 1, above
    the point. Nothing waits any more, and day 50 brings no order."""
    harvest = "responses: {strip: {kind: harvest, fleets: jets, systems: 1, from: @20}}\n"
    seen = run(jets(2) + lots(0, 2, 1, 10, 99) + REFUSED + harvest)

    assert seen.history("at home", "line/spares/maker/pump") == [(0, 0), (10, 1), (20, 0)]
    assert seen.item("pump", "stock") == [(0, 1), (10, 0), (20, 1)]
    assert seen.item("pump", "on_order") == [(0, 0)]


def test_a_lot_whose_licence_is_caught_goes_home_and_is_asked_for_anew():
    """Ordered on day 10 with 30 days of licence; refused on 20, so home. Day 50: licence [50, 80), made [80, 100)."""
    text = lots(0, 2, 1, 10, resupply="supplier: maker, resupply: {licence: 30 days, make: 20 days}")
    seen = run(jets(1) + text + REFUSED.replace("@5,", "@20,"), days=110)

    assert seen.item("pump", "on_order") == [(0, 0), (10, 2), (20, 0), (50, 2), (100, 0)]
    assert seen.item("pump", "stock") == [(0, 1), (10, 0), (100, 2)]


def test_a_lot_lost_on_the_way_is_ordered_again_by_the_policy():
    """On the way [10, 30), lost on 15 and ordered again; nobody ships into a loss: it leaves on 40, there on 60."""
    text = lots(0, 2, 1, 10, resupply="supplier: maker, resupply: {transit: 20 days}")
    seen = run(jets(1) + text + "halts: {storm: {by: seller, from: @15, until: @40, in_transit: lose}}\n")

    assert seen.item("pump", "on_order") == [(0, 0), (10, 2), (60, 0)]
    assert seen.item("pump", "stock") == [(0, 1), (10, 0), (60, 2)]


def test_with_a_depot_the_lots_are_the_depots():
    """Base 1, depot 2, point 1, lots of 3. Day 10: the base's is fitted, the depot sends one (position 1: a lot, 4).
    Day 11: the base's shelf is empty till 15. The second sent is there on 16; the lot is at the depot on 30."""
    items = lots(1, 3, 1, 10, 11).replace("stock: {base: 1}", "stock: {base: 1, national: 2}")
    seen = run(DEPOT + jets(2, "site: base") + items, days=60)

    assert seen.item("pump", "on_order") == [(0, 0), (10, 3), (30, 0)]
    assert seen.mc() == [(0, 2), (11, 1), (15, 2)]
    assert seen.item("pump", "stock") == [(0, 3), (10, 1), (11, 0), (16, 1), (30, 4)]


def test_lots_of_one_at_stock_less_one_are_base_stock():
    """(S - 1, S) is (r, Q) with r = S - 1 and Q = 1: the same random failures, repairs and orders, day by day."""
    repair = "repair: [{share: 50%, at: base.bench, takes: {best: 6 days, varies: exponential}}, {share: 50%, at: condemned}]"
    item = f"items: {{pump: {{on: {{jets: 1}}, fails_every: 480 FH, {repair}, supplier: maker, resupply: {{make: {{best: 20 days, varies: exponential}}}}, stock: {{base: 2}}MORE}}}}\n"
    by_stock = run(BENCH + jets(4) + item.replace("MORE", ""), days=300)
    by_lots = run(BENCH + jets(4) + item.replace("MORE", ", reorder: {point: 1, quantity: 1}"), days=300)

    assert by_stock.item("pump", "condemned")[-1][1] >= 10
    assert by_lots.item("pump", "on_order") == by_stock.item("pump", "on_order")
    assert by_lots.mc() == by_stock.mc()
