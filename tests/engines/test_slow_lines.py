# ruff: noqa: E501  (scenario texts read better unbroken)
"""R-H1 slow_by, settled 82: a line that is open but slow. An order takes 4 days of licence, 10 of making, 6 on the way."""

from __future__ import annotations

import pytest
from audited import back, cause_days, each_back, run
from hand_worked import DAILY, DAY, Seen, outcome, written

from armsim.model.order import Kind
from armsim.scenario.scenario import load_text

STAGES = "{licence: 4 days, make: 10 days, transit: 6 days}"


def orders(due: str, *halts: str, more: str = "", item: str = "", **other) -> Seen:
    """Pumps that fail at the times given, and halts."""
    lines = "".join(f"  halt_{k}: {{{halt}}}\n" for k, halt in enumerate(halts))
    return run(f"{more}fleets: {{jets: {{count: {1 + due.count(',')}, {DAILY}}}}}\n"
               f"items: {{pump: {{on: {{jets: 1}}, hard_life: 999999 FH, due: {{list: [{due}]}}, supplier: maker, resupply: {STAGES}{item}}}}}\n"
               f"halts:\n{lines}", **({"days": 150} | other))  # fmt: skip


SLOW = "by: seller, from: @20, until: @60, slow_by: 9 days"


def test_goods_despatched_while_it_holds_are_late_by_so_much():
    """Needed on 0, 10, 45 and 46: despatched on 14 and 24, on 59 and 60; only 24 and 59 are within [20, 60). What comes
    first, on 66, is for who waited longest; the one of 59 comes on 74."""
    seen = orders("0.0000001 FH, 240 FH, 1080 FH, 1104 FH", SLOW, days=200)

    assert [round(day, 3) for day in each_back(seen, 4)] == [20, 39, 66, 74]
    assert seen.touched("halt_0") == {"consignments_held": 2}


def test_it_makes_no_event_of_its_own_and_what_is_missing_is_down_for_parts():
    seen = orders("240 FH", SLOW)

    assert seen.events(Kind.HALT) == []
    assert cause_days(seen) == {"parts": 29}


def test_delays_of_several_halts_add_up():
    """Despatched on 24: 6 + 9 + 5 days."""
    seen = orders("240 FH", SLOW, "by: maker, from: @10, until: @25, slow_by: 5 days")

    assert back(seen) == 44
    assert [seen.touched(f"halt_{k}") for k in (0, 1)] == [{"consignments_held": 1}] * 2


@pytest.mark.parametrize(("halt", "day"), [
    ("by: third, from: @20, slow_by: 9 days", 30),  # no say in it
    ("by: home, from: @20, slow_by: 9 days", 39),
    ("by: home, against: seller, from: @20, slow_by: 9 days", 39),
    ("by: home, against: third, from: @20, slow_by: 9 days", 30),
    ("by: seller, from: @20, classes: repair, slow_by: 9 days", 30),
    ("by: seller, from: @20, except: {items: pump}, slow_by: 9 days", 30),
    ("by: seller, from: @20, except: {count: 5}, slow_by: 9 days", 39),  # it refuses nothing
    ("by: seller, from: @20, slow_by: 0 days", 30),
    ("by: seller, from: @20, until: @24, slow_by: 9 days", 30),  # over as the goods set out
    ("by: seller, from: @24, slow_by: 9 days", 39),
    ("by: seller, from: @25, slow_by: 9 days", 30),
    ("by: seller, from: @10, until: @20, resume: {restart: 5 days}, slow_by: 9 days", 39),
])  # fmt: skip
def test_whose_halt_on_what_and_when(halt, day):
    assert back(orders("240 FH", halt)) == day


def test_content_slows_where_it_is_a_gatekeeper():
    assert back(orders("240 FH", "by: third, from: @20, slow_by: 9 days", item=", content: third")) == 30
    assert back(orders("240 FH", "by: third, from: @20, reexport: stop, slow_by: 9 days", item=", content: third")) == 39


def test_goods_under_contract_are_slowed_too_but_for_contracts_left_out():
    cover = "contracts: {frame: {supplier: maker, items: pump, covers: spares, from: @0, until: @90}}\n"

    assert back(orders("240 FH", SLOW, more=cover)) == 39
    assert back(orders("240 FH", SLOW + ", except: {contracts: frame}", more=cover)) == 30


def test_it_acts_with_the_other_clauses_of_its_halt():
    """Accepted in the queue it is not shipped before 60, when all is over: needed on 20, there on 66. Held from 30 on: 6 of 15 days done, 9 from 60 on."""
    assert back(orders("240 FH", SLOW + ", new_orders: queue")) == 39  # accepted on 14, before the queue
    assert back(orders("480 FH", SLOW + ", new_orders: queue")) == 66
    assert back(orders("240 FH", SLOW, "by: seller, from: @30, until: @60, in_transit: hold")) == 69
    assert back(orders("240 FH", SLOW + ", in_transit: wait_at_border")) == 60


def test_goods_turned_back_are_slowed_by_what_holds_when_they_set_out_again():
    """Shipped on 24 for 15 days, turned back on 30; again on 40, late by 9, or on 70, when nothing is slow."""
    for until, day in (("@40", 55), ("@70", 76)):
        assert back(orders("240 FH", SLOW, f"by: seller, from: @30, until: {until}, in_transit: return")) == day


def test_what_leaks_past_a_halt_is_not_slowed_by_it():
    """Needed on 25, it leaks at once: 20 days. Another halt slows it all the same."""
    leak = "by: seller, from: @20, until: @60, new_orders: refuse, leakage: {probability: 100%}"

    assert back(orders("600 FH", leak + ", slow_by: 9 days")) == 45
    assert back(orders("600 FH", leak, SLOW)) == 54


def test_a_unit_is_slowed_once_on_its_way_home_from_repair():
    """Out on 10, 12 days of work, despatched on 22, 6 + 9 days on the way."""
    text = (f"fleets: {{jets: {{count: 1, {DAILY}}}}}\n"
            "items: {pump: {on: {jets: 1}, overhaul: {every: 99999 FH, at: maker, takes: 12 days, due: {list: [240 FH]}}}}\n"
            "halts: {stop: {by: seller, from: @20, until: @60, slow_by: 9 days}}\n")  # fmt: skip
    seen = run(text, days=60)

    assert back(seen) == 31
    assert seen.touched("stop") == {"consignments_held": 1}


def test_units_already_bought_and_deliveries_are_slowed():
    """Both due on 50 with 6 days on the way: despatched on 44."""
    bought = orders("720 FH", "by: seller, from: @40, until: @60, slow_by: 9 days, new_orders: refuse", item=", arrivals: {on: @50, count: 1}")
    halt = "halts: {stop: {by: seller, from: @40, until: @60, slow_by: 9 days}}\n"
    come = run("fleets: {jets: {count: 0, authorised: 1, deliveries: {supplier: maker, schedule: [@50], ordered: @0, transit: 6 days}}}\n" + halt)

    assert bought.item("pump", "stock") == [(0, 0), (59, 1)]  # needed on 30, ordered and despatched on 44 too
    assert back(bought) == 59
    assert come.state("on_hand")[-1] == (59, 1)
    assert come.touched("stop") == {"consignments_held": 1}


def test_another_source_is_slowed_by_its_own_states():
    """The main line refuses from 5 on; the source takes the need on 10 and 20 days, 9 more by its own state."""
    stop = "by: seller, from: @5, new_orders: refuse"
    other = "responses: {grey: {kind: other_source, items: pump, jurisdiction: third, from: @6, capacity: 100 per year, takes: 20 days}}\n"

    assert back(orders("240 FH", stop, more=other)) == 30
    assert back(orders("240 FH", stop, "by: third, from: @6, slow_by: 9 days", more=other)) == 39


def test_a_slow_halt_cut_in_two_is_the_same_halt():
    due = ", ".join(f"{24 * day} FH" for day in range(1, 50, 3))
    law = "slow_by: {best: 9 days, varies: lognormal 80%}"
    whole = orders(due, f"by: seller, from: @20, until: @60, {law}")
    cut = orders(due, f"by: seller, from: @20, until: @35, {law}", f"by: seller, from: @35, until: @60, {law}")

    assert outcome(cut) == outcome(whole)
    assert sum(cut.touched(f"halt_{k}")["consignments_held"] for k in (0, 1)) == whole.touched("halt_0")["consignments_held"]


def test_the_delay_is_drawn_for_each_consignment_and_is_the_same_in_every_run_of_luck_of_a_number():
    """Exponential of 9 days over 25 consignments: no two alike, all after 6 days on the way."""
    due = ", ".join(f"{24 * day} FH" for day in range(10, 35))
    seen = orders(due, "by: seller, from: @20, slow_by: {best: 9 days, varies: exponential}", days=400)
    late = [day - (10 + k + 20) for k, day in enumerate(each_back(seen, 25))]

    assert all(one > 0 for one in late)
    assert len({round(one, 6) for one in late}) == 25
    # The mean of 25 has a standard error of 9 / 5: seven of them are 12.6 days.
    assert abs(sum(late) / 25 - 9) < 12.6


def test_the_twin_keeps_a_slow_line_that_is_background():
    text = written("fleets: {jets: {count: 1}}\nitems: {pump: {on: {jets: 1}, supplier: maker, fails_every: 9 FH, resupply: {make: 5 days}}}\n"
                   "halts:\n  way: {by: seller, from: @20, slow_by: 9 days, background: true}\n  gone: {by: seller, from: @30, slow_by: 9 days}\n")  # fmt: skip

    assert list(load_text(text).twin().things.halts) == ["way"]


def test_days_are_whole_seconds():
    assert back(orders("240 FH", "by: seller, from: @20, slow_by: 0.00001 days")) == 30 + 1 / DAY
