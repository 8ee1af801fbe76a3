# ruff: noqa: E501  (scenario texts read better unbroken)
"""R-S2, settled 57: money, booked in whole numbers when something is ordered, begun or flown. January is days 0 to 30,
February 31 to 58, March 59 to 89."""

from __future__ import annotations

from checked_parts import WEARS, costs, gone_at, jets, renewed_at, run
from hand_worked import Seen

from armsim.model.trajectory import COSTS

BENCH = "sites: {base: {shops: {bench: {servers: 1}}}}\n"
MADE = "supplier: maker, resupply: {make: 20 days}, price: 100"


def pumps(more: str, *days: float) -> str:
    """Aircraft that lose their pump on some days."""
    return jets(len(days)) + f"items: {{pump: {{on: {{jets: 1}}, {gone_at(*days)}, {more}}}}}\n"


def only(seen: Seen, what: str) -> list[int]:
    """Money for one thing by report period, where nothing else costs anything."""
    assert all(sum(costs(seen, other)) == 0 for other in COSTS if other != what)
    return costs(seen, what)


def test_without_prices_nothing_costs_anything():
    seen = run(pumps(MADE.replace(", price: 100", ""), 10))

    assert not seen.model.has_costs
    assert seen.result.costs == [[0] * len(COSTS)] * len(seen.result.costs)


def test_a_unit_is_paid_for_when_it_is_ordered():
    """Ordered on days 10, 20 and 40, there 20 days later; the stock at the start cost nothing."""
    seen = run(pumps(MADE + ", stock: {base: 2}", 10, 20, 40))

    assert seen.model.has_costs
    assert only(seen, "spares") == [200, 100, 0, 0]


def test_money_is_rounded_at_each_booking():
    """Three at 2.5 are 3 each; three at 2.4 are 2 each."""
    dear, cheap = (run(pumps(MADE.replace("100", price), 10, 11, 12)) for price in ("2.5", "2.4"))

    assert sum(costs(dear, "spares")) == 9
    assert sum(costs(cheap, "spares")) == 6


def test_the_warm_up_costs_nothing():
    """A pump lasts 10 days of flying. Ordered on days -10, 0 and 10, with three in stock: two of them from the start on."""
    seen = run(jets(1) + f"items: {{pump: {{on: {{jets: 1}}, {WEARS}, stock: {{base: 3}}, {MADE}}}}}", days=15, warmup="19 days")

    assert seen.item("pump", "condemned")[-1][1] == 3
    assert only(seen, "spares") == [200]


def test_a_unit_that_is_refused_costs_nothing_until_it_is_ordered():
    """Wanted on day 10, ordered on 60, when the freeze ends."""
    seen = run(pumps(MADE, 10) + "halts: {freeze: {by: seller, from: @5, until: @60, new_orders: refuse}}\n")

    assert only(seen, "spares") == [0, 0, 100, 0]


def test_a_consignment_that_is_lost_is_paid_for_twice():
    """Ordered on day 10, on the way until 30, lost on 15 and ordered again at once."""
    text = pumps("supplier: maker, resupply: {transit: 20 days}, price: 100", 10)
    halt = "halts: {storm: {by: seller, from: @15, until: @40, in_transit: lose}}\n"

    assert only(run(text), "spares") == [100, 0, 0, 0]
    assert only(run(text + halt), "spares") == [200, 0, 0, 0]


def test_a_consignment_that_is_held_or_turned_back_is_paid_for_once():
    text = pumps("supplier: maker, resupply: {transit: 20 days}, price: 100", 10)
    for clause in ("hold", "return"):
        seen = run(text + f"halts: {{storm: {{by: seller, from: @15, until: @40, in_transit: {clause}}}}}\n")
        assert seen.mc()[-1][1] == 1
        assert only(seen, "spares") == [100, 0, 0, 0]


def test_a_lot_costs_its_units():
    """Position 0 on day 10: a lot of 4."""
    seen = run(pumps(MADE + ", stock: {base: 1}, reorder: {point: 0, quantity: 4}", 10))

    assert only(seen, "spares") == [400, 0, 0, 0]


def test_a_rise_of_the_base_stock_is_paid_for_and_units_bought_before_are_not():
    """Two more on day 40; three, bought long ago, come on day 50."""
    seen = run(pumps(MADE + ", stock_changes: [{on: @40, at: base, to: 2}], arrivals: [{on: @50, count: 3}]", 999))

    assert only(seen, "spares") == [0, 200, 0, 0]


def test_units_for_a_depot_cost_as_much_as_others_and_the_way_to_the_base_nothing():
    seen = run("sites: {base: {depot: national, order_and_ship: 5 days}, national: {}}\n"
               + pumps(MADE + ", stock: {base: 1, national: 1}", 10).replace("count: 1", "count: 1, site: base"))  # fmt: skip

    assert only(seen, "spares") == [100, 0, 0, 0]


# Repair and overhaul ----------------------------------------------------------------------------------


def test_a_repair_at_home_is_paid_for_when_it_begins():
    """One server, 5 days each: pumps of days 28 and 29 are begun on 28 and on 33, in February. What fails again after
    10 flying days, on 43 and 48, is begun then."""
    fleet = jets(1) + f"items:\n  pump: {{on: {{jets: 1}}, {WEARS}, repair: {{at: base.bench, takes: 5 days, price: 7}}}}\n"
    seen = run(BENCH + fleet, days=59)

    # Down [10, 15), [25, 30), [40, 45), [55, 60): two begun in January, two in February.
    assert only(seen, "repair") == [14, 14]


def test_a_repair_that_waits_for_a_server_costs_nothing_yet():
    """Two fail on day 27 for one server: begun on 27 and on 32."""
    item = WEARS.replace("240", "648")
    seen = run(BENCH + jets(2) + f"items: {{pump: {{on: {{jets: 1}}, {item}, repair: {{at: base.bench, takes: 5 days, price: 7}}}}}}", days=50)

    assert only(seen, "repair") == [7, 7]


def test_a_repair_is_paid_for_whatever_it_yields():
    """Begun on day 10 for 7, condemned on 15, a new one ordered for 100."""
    seen = run(BENCH + jets(1) + f"items: {{pump: {{on: {{jets: 1}}, {WEARS}, {MADE}, repair: {{at: base.bench, takes: 5 days, price: 7, yield: 0%}}}}}}", days=40)

    assert costs(seen, "repair") == [7, 0]
    assert costs(seen, "spares") == [100, 0]


def test_bits_are_paid_for_as_units():
    """The engine's repair is 7, the seal ordered in place of the used one 100."""
    seen = run(BENCH + jets(1) + f"items:\n  engine: {{on: {{jets: 1}}, {WEARS}, repair: {{at: base.bench, takes: 5 days, price: 7, uses: [seal]}}}}\n"
               f"  seal: {{{MADE}, stock: {{base: 1}}}}\n", days=20)  # fmt: skip

    assert costs(seen, "repair") == [7]
    assert costs(seen, "spares") == [100]


def test_a_repair_abroad_is_paid_for_when_it_is_sent():
    """Sent on day 10, there 40 days."""
    seen = run(jets(1) + f"items: {{pump: {{on: {{jets: 1}}, {WEARS}, repair: {{at: maker, takes: 40 days, price: 7}}}}}}", days=59)

    assert only(seen, "repair") == [7, 0]


def test_a_repair_abroad_that_is_refused_costs_nothing_until_it_is_sent():
    """It waits at home [10, 35)."""
    seen = run(jets(1) + f"items: {{pump: {{on: {{jets: 1}}, {WEARS}, repair: {{at: maker, takes: 40 days, price: 7}}}}}}\n"
               "halts: {freeze: {by: seller, from: @5, until: @35, new_orders: refuse}}", days=59)  # fmt: skip

    assert only(seen, "repair") == [0, 7]


def test_a_repair_seized_and_replaced_costs_the_repair_and_the_unit():
    """Sent on day 10 for 7, seized on 20, a new one ordered for 100."""
    seen = run(jets(1) + f"items: {{pump: {{on: {{jets: 1}}, {WEARS}, {MADE}, repair: {{at: maker, takes: 40 days, price: 7}}}}}}\n"
               "halts: {seizure: {by: seller, from: @20, until: @25, repairs_abroad: seize}}", days=35)  # fmt: skip

    assert costs(seen, "repair") == [7, 0]
    assert costs(seen, "spares") == [100, 0]


def test_an_overhaul_is_paid_for_when_it_is_taken_in():
    """Due on day 28; one slot, 10 days each: taken in on 28 and 38."""
    more = "overhaul: {every: 9 years, at: maker, takes: 10 days, slots: 1, price: 1000, due: {list: [28 days, 28 days]}}"
    seen = run(jets(2, more), days=59)

    assert only(seen, "overhaul") == [1000, 1000]


def test_an_overhaul_of_an_item_is_paid_for_when_it_begins():
    """Renewed at home from day 10 on; whether that counts as repair or as overhaul, it costs 30, once."""
    seen = run(BENCH + jets(1) + f"items: {{pump: {{on: {{jets: 1}}, {renewed_at('base.bench', '5 days', 10, more=', price: 30')}}}}}")

    assert [sum(period) for period in seen.result.costs] == [30, 0, 0, 0]


# Flying and responses ---------------------------------------------------------------------------------


def test_hours_flown_are_paid_for_and_hours_not_flown_are_not():
    """24 FH a day at 10: 31 days of January, all of February but the eight days without a pump, [40, 48)."""
    seen = run(jets(1, "cost_per_FH: 10") + f"items: {{pump: {{on: {{jets: 1}}, {gone_at(40)}, supplier: maker, resupply: {{make: 8 days}}}}}}", days=59)

    assert only(seen, "flying") == [31 * 240, 20 * 240]


def test_each_fleet_flies_at_its_own_price():
    seen = run(jets(1, "cost_per_FH: 10").replace("}}\n", "}, tugs: {count: 2, fly: 8766 FH/year per aircraft, cost_per_FH: 1}}\n"), days=31)

    assert only(seen, "flying") == [31 * 240 + 2 * 31 * 24]


def test_a_response_costs_once_when_it_begins():
    """Fly less from day 40 for 500."""
    seen = run(jets(1) + "responses: {save: {kind: fly_less, fleets: jets, from: @40, fly: 50%, cost: 500}}\n")

    assert only(seen, "responses") == [0, 500, 0, 0]


def test_a_response_that_does_not_succeed_costs_nothing():
    seen = run(jets(1) + "responses: {save: {kind: fly_less, fleets: jets, from: @40, fly: 50%, cost: 500, succeeds: 0%}}\n")

    assert only(seen, "responses") == [0, 0, 0, 0]


def test_an_order_is_paid_for_when_its_licence_is_granted():
    """Settled 57, ENGINE 42: what is refused a licence is not paid for. Ordered on day 10, licence on 50."""
    seen = run(pumps("supplier: maker, resupply: {licence: 40 days}, price: 100", 10))

    assert only(seen, "spares") == [0, 100, 0, 0]


def test_an_overhaul_of_an_item_is_money_for_overhaul():
    """R-S2: of spares, repair, overhaul, responses and flying, the price under an item's `overhaul` is for overhaul."""
    seen = run(BENCH + jets(1) + f"items: {{pump: {{on: {{jets: 1}}, {renewed_at('base.bench', '5 days', 10, more=', price: 30')}}}}}")

    assert only(seen, "overhaul") == [30, 0, 0, 0]
