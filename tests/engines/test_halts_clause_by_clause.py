# ruff: noqa: E501  (scenario texts read better unbroken)
"""MODEL section 6, R-H1: each clause of a halt seen to bite, and by exactly how much."""

from __future__ import annotations

import pytest
from hand_worked import DAILY, run

JETS = f"fleets: {{jets: {{count: COUNT, {DAILY}}}}}\n"
STAGES = "{licence: 4 days, make: 10 days, transit: 6 days}"


def waiting(halt: str, due: str = "240 FH", contracts: str = "", stages: str = STAGES, more: str = "", until: str = "@60",
            since: str = "@20", days: int = 150) -> object:  # fmt: skip
    """Pumps fail at the times given; an order takes 4 days of licence, 10 of making, 6 of transit; a halt [20, 60)."""
    count = str(1 + due.count(","))
    return run(contracts + JETS.replace("COUNT", count) + f"items: {{pump: {{on: {{jets: 1}}, hard_life: 999999 FH, "
               f"due: {{list: [{due}]}}, supplier: maker, resupply: {stages}}}}}\n"
               f"halts: {{stop: {{by: seller, from: {since}, until: {until}, {halt}}}}}\n{more}", days=days)  # fmt: skip


def back(seen, slot: int = 0) -> float | None:
    """When an aircraft is up again after its failure."""
    history = seen.history("system", "jets", slot)
    return history[2][0] if len(history) > 2 else None


# new_orders -------------------------------------------------------------------------------------------


def test_without_a_biting_clause_an_order_takes_its_twenty_days():
    assert back(waiting("classes: repair, new_orders: refuse")) == 30


def test_new_orders_refuse_the_need_waits_at_home_until_the_end():
    """Needed on day 25, waits until 60, then 4 + 10 + 6 days."""
    seen = waiting("new_orders: refuse", "600 FH")

    assert back(seen) == 80
    assert seen.history("at home", "line/spares/maker/pump") == [(0, 0), (25, 1), (60, 0)]
    assert seen.touched("stop") == {"orders_refused": 1}


def test_new_orders_refused_for_ever():
    assert back(waiting("new_orders: refuse", "600 FH", until="never")) is None


def test_new_orders_queue_accepted_and_made_but_not_shipped():
    """Needed on day 25: licence 29, made 39, shipped on 60, there on 66."""
    seen = waiting("new_orders: queue", "600 FH")

    assert back(seen) == 66
    assert seen.touched("stop") == {"consignments_held": 1}


def test_new_orders_queue_still_in_making_at_the_end_loses_nothing():
    """Needed on day 50: ready on 64, after the end: no wait."""
    assert back(waiting("new_orders: queue", "1200 FH")) == 70


def test_new_orders_allow():
    assert back(waiting("new_orders: allow, in_transit: hold, from: @90" .replace(", from: @90", ""), "1560 FH")) == 85


def test_a_need_at_the_very_second_of_the_beginning_is_refused_and_at_the_end_is_not():
    """Intervals are half-open (R-T3): the halt holds on day 20 and no longer on day 60."""
    assert back(waiting("new_orders: refuse", "480 FH")) == 80
    assert back(waiting("new_orders: refuse", "1440 FH")) == 80


# Licence pending (ENGINE 17) --------------------------------------------------------------------------


def test_a_pending_licence_is_refused_and_starts_afresh():
    """Needed on 18, licence due on 22: sent home on 20; on 60 all of the 4 days again: 60 + 20."""
    seen = waiting("new_orders: refuse", "432 FH")

    assert back(seen) == 80
    assert seen.history("at home", "line/spares/maker/pump") == [(0, 0), (20, 1), (60, 0)]
    assert seen.touched("stop") == {"orders_refused": 1}


def test_a_licence_that_ends_at_the_beginning_of_the_halt_has_ended():
    """Needed on 16, licence on 20, the second the halt begins (ENGINE 3): accepted, made, there on 36."""
    assert back(waiting("new_orders: refuse", "384 FH")) == 36


def test_a_pending_licence_under_a_queue_runs_and_shipping_waits():
    """Needed on 18, licence 22, made 32, shipped 60: 66."""
    assert back(waiting("new_orders: queue", "432 FH")) == 66


def test_an_order_accepted_before_a_queue_is_shipped():
    """Needed on 15: licence on 19, before the halt; made 29, there 35."""
    assert back(waiting("new_orders: queue", "360 FH")) == 35


def test_a_licence_that_ends_at_the_beginning_of_a_queue_was_accepted_before_it():
    """Needed on 16, licence on 20 has ended when the queue begins (ENGINE 3): there on 36."""
    assert back(waiting("new_orders: queue", "384 FH")) == 36


# accepted_orders --------------------------------------------------------------------------------------


def test_accepted_orders_stop_the_clock_stands_still_and_goes_on():
    """Needed on 10: licence 14, 6 of 10 days made by 20; 4 more from 60: ready 64, there 70."""
    seen = waiting("accepted_orders: stop")

    assert back(seen) == 70
    assert seen.touched("stop") == {"consignments_held": 1}


def test_accepted_orders_stop_leaves_licences_running():
    """Needed on 18: licence on 22 (nobody refuses it); making begins on 60: 70, 76."""
    assert back(waiting("accepted_orders: stop", "432 FH")) == 76


def test_an_order_ready_when_the_stop_begins_waits_for_its_end():
    """Needed on 6: licence 10, made 20; ready is still `accepted`: shipped on 60, there 66."""
    assert back(waiting("accepted_orders: stop", "144 FH")) == 66


def test_accepted_orders_honour():
    assert back(waiting("accepted_orders: honour, new_orders: refuse")) == 30


# in_transit: needed on 4, shipped on 18, due on 24, so 2 of 6 days on the way when the halt begins -----

SHIPPED = "96 FH"


@pytest.mark.parametrize(("value", "day"), [
    ("deliver", 24),
    ("wait_at_border", 60),  # the clock ran: handed over on the day it reopens
    ("hold", 64),  # 2 of 6 days done, 4 more
    ("return", 66),  # back home with the supplier, starts again: 60 + 6
    ("lose", 80),  # the need arises again on day 20: 4 + 10 + 6 days from then, and shipping waits until 60
])  # fmt: skip
def test_goods_on_the_way(value, day):
    seen = waiting(f"in_transit: {value}", SHIPPED)
    expected = {"lose": 66}.get(value, day)

    assert back(seen) == expected
    # Lost: ordered again on day 20, ready on 34, but not sent into a loss: it leaves on 60 and counts as held too.
    assert seen.touched("stop") == {"deliver": {}, "lose": {"consignments_held": 2}}.get(value, {"consignments_held": 1})


def test_lost_goods_are_needed_again_and_refused():
    """Lost on day 20; the new need waits at home until 60: there on 80."""
    seen = waiting("in_transit: lose, new_orders: refuse", SHIPPED)

    assert back(seen) == 80
    assert seen.touched("stop") == {"consignments_held": 1, "orders_refused": 1}
    assert seen.item("pump", "on_order") == [(0, 0), (4, 1), (80, 0)]


def test_goods_that_wait_at_the_border_and_are_due_after_the_end_lose_nothing():
    """Needed on 43, shipped on 57 into the halt, due on 63."""
    assert back(waiting("in_transit: wait_at_border", "1032 FH")) == 63


def test_goods_that_arrive_at_the_beginning_of_the_halt_have_arrived():
    """Needed on 0 hours: shipped on 14, there on 20."""
    for value in ("lose", "return", "hold", "wait_at_border"):
        assert waiting(f"in_transit: {value}", "0.0000001 FH", stages="{licence: 4 days, make: 10 days, transit: 5 days}").mc()[2][0] < 20
    for value in ("lose", "return", "hold", "wait_at_border"):
        assert back(waiting(f"in_transit: {value}", "120 FH", stages="{transit: 15 days}")) == 20


def test_goods_are_not_sent_into_a_hold_a_return_or_a_loss():
    """Needed on 10, ready on 24: leaves on 60, there on 66."""
    for value in ("lose", "return", "hold"):
        assert back(waiting(f"in_transit: {value}")) == 66


# signed_contracts -------------------------------------------------------------------------------------

COVER = "contracts: {frame: {supplier: maker, items: pump, covers: spares, from: @0, until: @40}}\n"
FREEZE = "new_orders: refuse, renewals: refuse"


def test_a_covered_order_passes_a_freeze_that_honours():
    seen = waiting(FREEZE, "600 FH", COVER)

    assert back(seen) == 45
    assert seen.touched("stop") == {}


def test_a_covered_order_passes_also_after_the_contract_has_ended():
    """Needed on 39, one day before the contract ends: licence until 43, made until 53, there on 59."""
    assert back(waiting(FREEZE, "936 FH", COVER)) == 59


def test_cover_is_tested_when_the_need_arises():
    """Needed on 40, when the contract has just ended: waits until 60."""
    assert back(waiting(FREEZE, "960 FH", COVER)) == 80


def test_a_freeze_that_stops_signed_contracts_treats_them_like_any_other():
    assert back(waiting(FREEZE + ", signed_contracts: stop", "600 FH", COVER)) == 80


def test_cover_passes_accepted_orders_too():
    """Needed on 10: 6 of 10 days made when accepted orders stop; covered, it goes on: 30."""
    assert back(waiting("accepted_orders: stop", "240 FH", COVER)) == 30
    assert back(waiting("accepted_orders: stop, signed_contracts: stop", "240 FH", COVER)) == 70


def test_cover_does_not_help_goods_on_the_way():
    assert back(waiting("in_transit: hold", SHIPPED, COVER)) == 64


def test_a_need_waiting_at_home_is_covered_when_a_new_contract_begins():
    """Needed on 25 without cover; a contract signed before the halt begins on 50: 50 + 20."""
    later = "contracts: {frame: {supplier: maker, items: pump, covers: spares, signed: @5, from: @50, until: @90}}\n"

    assert back(waiting(FREEZE, "600 FH", later)) == 70


def test_a_contract_for_another_item_or_class_or_supplier_is_no_cover():
    for other in ("supplier: maker, items: pump, covers: repair", "supplier: other, items: pump, covers: spares"):
        assert back(waiting(FREEZE, "600 FH", f"contracts: {{frame: {{{other}, from: @0, until: @90}}}}\n")) == 80


def test_a_freeze_that_honours_and_another_halt_the_strictest_wins_for_each_order():
    """Covered orders pass the freeze [20, 60); a second halt [30, 50) stops accepted orders and signed contracts.
    Needed on 25: licence on 29, 1 day made by 30, 9 more from 50: 59, there 65."""
    second = "  other: {by: maker, from: @30, until: @50, accepted_orders: stop, signed_contracts: stop}\n"
    body = waiting(FREEZE, "600 FH", COVER).model  # the freeze alone lets it pass on 45
    seen = run(COVER + JETS.replace("COUNT", "1") + "items: {pump: {on: {jets: 1}, hard_life: 999999 FH, due: {list: [600 FH]}, "
               f"supplier: maker, resupply: {STAGES}}}}}\nhalts:\n  stop: {{by: seller, from: @20, until: @60, {FREEZE}}}\n" + second)  # fmt: skip

    assert len(body.halts) == 1
    assert back(seen) == 65


# renewals ---------------------------------------------------------------------------------------------

RENEWED = "contracts: {frame: {supplier: maker, items: pump, covers: spares, from: @0, until: @40, renewal: {takes: 15 days, for: 50 days}}}\n"
UNCOVERED = "new_orders: refuse, renewals: RENEWALS"


@pytest.mark.parametrize(("renewals", "terms"), [
    ("allow", [(0, 150)]),  # [0, 40) [40, 90) [90, 140) [140, 190): no gap
    ("refuse", [(0, 40), (65, 150)]),  # work 25..40 stands still [25, 60): 15 days more from 60: signed on 75?
])  # fmt: skip
def test_renewals_refused_make_a_late_signature_and_a_gap(renewals, terms):
    """The work begins 15 days before the end, on day 25, but its clock runs only from 60 on: signed on 75; the gap is
    [40, 75). Without the clause the contract runs on."""
    seen = waiting(UNCOVERED.replace("RENEWALS", renewals), "240 FH", RENEWED)
    begins = [begin for begin, _ in seen.world.in_force[0]]

    assert begins[1:] == ([] if renewals == "allow" else [75 * 86400])
    assert seen.world.in_force[0][0][1] == (40 if renewals == "refuse" else 190) * 86400
    assert len(terms) == len(begins)


def test_the_gap_of_a_late_signature_bites_and_ends():
    """Freeze [20, 60) and a second halt of orders alone, [60, 200). Gap [40, 75): a need of day 45 waits until the new
    contract begins on 75, then takes 20 days; one of day 39 passes."""
    second = "  more: {by: maker, from: @60, until: @140, new_orders: refuse}\n"

    def need(hours: str):
        return run(RENEWED + JETS.replace("COUNT", "1") + f"items: {{pump: {{on: {{jets: 1}}, hard_life: 999999 FH, due: {{list: [{hours}]}}, "
                   f"supplier: maker, resupply: {STAGES}}}}}\nhalts:\n  stop: {{by: seller, from: @20, until: @60, {FREEZE}}}\n" + second, days=150)  # fmt: skip

    assert back(need("936 FH")) == 59
    assert back(need("1080 FH")) == 95
    assert need("936 FH").world.in_force[0] == ((-(1 << 61), 40 * 86400), (75 * 86400, 175 * 86400))


def test_renewal_work_half_done_goes_on_where_it_stood():
    """Halt from day 30: 5 of 15 days done; the other 10 from day 60: signed on 70."""
    seen = waiting(FREEZE, "240 FH", RENEWED, since="@30")

    assert seen.world.in_force[0][1][0] == 70 * 86400


def test_a_renewal_signed_in_time_leaves_no_gap_although_the_halt_was_in_force():
    """Halt [26, 28): 2 days late, signed on day 42: a gap of 2 days."""
    seen = waiting(FREEZE, "240 FH", RENEWED, since="@26", until="@28")

    assert [begin for begin, _ in seen.world.in_force[0]][1:] == [42 * 86400]


def test_a_new_contract_due_to_be_signed_in_a_halt_is_signed_at_its_end():
    later = "contracts: {frame: {supplier: maker, items: pump, covers: spares, signed: @30, from: @45, until: @90}}\n"

    assert waiting(FREEZE, "240 FH", later).world.in_force[0] == ((60 * 86400, 90 * 86400),)
    assert waiting("new_orders: refuse", "240 FH", later).world.in_force[0] == ((45 * 86400, 90 * 86400),)


# repairs_abroad ---------------------------------------------------------------------------------------


def abroad(halt: str, days: int = 150, since: str = "@20"):
    """An engine at its 240 FH goes abroad on day 10 for 20 days."""
    return run(JETS.replace("COUNT", "1") + "items: {engine: {on: {jets: 1}, overhaul: {every: 99999 FH, at: maker, takes: 20 days, "
               "due: {list: [240 FH]}}, supplier: other, resupply: {make: 33 days}}}\n"
               f"halts: {{stop: {{by: seller, from: {since}, until: @60, {halt}}}}}\n", days=days)  # fmt: skip


@pytest.mark.parametrize(("value", "day"), [
    ("finish", 30),
    ("hold", 70),  # 10 of 20 days done on day 20, 10 more from 60
    ("return_unrepaired", 80),  # home on 20, goes again on 60: 20 days
    ("seize", 53),  # lost on 20; a new one is ordered elsewhere: 33 days
])  # fmt: skip
def test_parts_in_repair_abroad(value, day):
    seen = abroad(f"repairs_abroad: {value}")

    assert back(seen) == day
    assert seen.touched("stop") == ({} if value == "finish" else {"repairs_caught": 1})
    assert (seen.replication.ledger[0]["lost"], seen.item("engine", "condemned")[-1][1]) == ((1, 1) if value == "seize" else (0, 0))


def test_a_repair_done_when_the_halt_begins_is_done():
    for value in ("hold", "return_unrepaired", "seize"):
        assert back(abroad(f"repairs_abroad: {value}", since="@30")) == 30


def test_nothing_is_sent_abroad_to_be_seized_or_returned():
    """Removed on day 10, in a halt since day 5: stays at home until 60, then 20 days."""
    for value in ("return_unrepaired", "seize"):
        assert back(abroad(f"repairs_abroad: {value}", since="@5")) == 80


@pytest.mark.parametrize(("value", "last"), [
    ("finish", (30, "FMC")),
    ("hold", (70, "FMC")),
    ("return_unrepaired", (80, "FMC")),
    ("seize", (20, "LOST")),
])  # fmt: skip
def test_systems_in_overhaul_abroad(value, last):
    """In work on day 10 for 20 days. Returned: at its limit [20, 60), then taken again for 20 days."""
    seen = run(f"fleets: {{jets: {{count: 1, {DAILY}, overhaul: {{every: 900 days, at: maker, takes: 20 days, due: {{list: [10 days]}}}}}}}}\n"
               f"halts: {{stop: {{by: seller, from: @20, until: @60, repairs_abroad: {value}}}}}\n", days=150)  # fmt: skip
    history = seen.history("system", "jets", 0)

    assert history[:2] == [(0, "FMC"), (10, "OVERHAUL")]
    assert history[-1] == last
    if value == "return_unrepaired":
        assert history[2:] == [(20, "LIMIT"), (60, "OVERHAUL"), (80, "FMC")]
    assert seen.touched("stop") == ({} if value == "finish" else {"repairs_caught": 1})


def test_repaired_goods_on_the_way_home_fall_under_in_transit():
    """A failed pump: 10 days in repair, 6 on the way home. The halt of transit begins 3 days after it left: hold
    gives 3 days more after its end."""
    body = JETS.replace("COUNT", "1") + ("items: {pump: {on: {jets: 1}, fails_every: 240 FH, repair: {at: maker, takes: 10 days, "
                                         "transit: 6 days}}}\n")  # fmt: skip
    out = run(body, days=200).mc()[1][0]
    left = int(out + 10) + 1
    seen = run(body + f"halts: {{stop: {{by: seller, from: @{left + 3}, until: @{left + 43}, in_transit: hold}}}}\n", days=200)

    assert seen.mc()[1][0] == out
    assert seen.mc()[2][0] == pytest.approx(out + 16 + 40, abs=1e-9)


# overhaul, reexport -----------------------------------------------------------------------------------


def test_overhaul_stop_starts_none():
    seen = run(f"fleets: {{jets: {{count: 1, {DAILY}, overhaul: {{every: 900 days, at: maker, takes: 20 days, due: {{list: [25 days]}}}}}}}}\n"
               "halts: {stop: {by: seller, from: @20, until: @60, overhaul: stop}}\n")  # fmt: skip

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (25, "LIMIT"), (60, "OVERHAUL"), (80, "FMC")]
    assert seen.touched("stop") == {"orders_refused": 1}


def test_an_items_overhaul_stopped_waits_at_home():
    seen = abroad("overhaul: stop", since="@5")

    assert back(seen) == 80
    assert seen.history("at home", "line/overhaul/maker/engine") == [(0, 0), (10, 1), (60, 0)]


@pytest.mark.parametrize(("content", "reexport", "day"), [
    ("content: fourth, ", "stop", 80), ("content: fourth, ", "allow", 45), ("", "stop", 45), ("content: third, ", "stop", 45),
])  # fmt: skip
def test_content_binds_third_parties_where_reexport_is_stopped(content, reexport, day):
    """The pump comes from `maker` in `seller`; `fourth` halts. Needed on 25."""
    seen = run(JETS.replace("COUNT", "1") + f"items: {{pump: {{on: {{jets: 1}}, {content}hard_life: 999999 FH, due: {{list: [600 FH]}}, "
               f"supplier: maker, resupply: {STAGES}}}}}\nhalts: {{stop: {{by: fourth, from: @20, until: @60, new_orders: refuse, reexport: {reexport}}}}}\n")  # fmt: skip

    assert back(seen) == day


# Scope ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("scope", "bites"), [
    ("by: seller", True), ("by: maker", True), ("by: third", False), ("by: other", False), ("by: [third, seller]", True),
    ("by: seller, classes: spares", True), ("by: seller, classes: [repair, systems]", False),
    ("by: seller, fleets: jets", True), ("by: seller, fleets: tugs", False),
    ("by: seller, items: pump", True), ("by: seller, items: valve", False),
    ("by: seller, suppliers: maker", True), ("by: seller, suppliers: other", False),
    ("by: seller, except: {classes: spares}", False), ("by: seller, except: {classes: repair}", True),
    ("by: seller, except: {items: pump}", False), ("by: seller, except: {items: valve}", True),
    ("by: seller, except: {suppliers: maker}", False), ("by: seller, except: {suppliers: other}", True),
    ("by: seller, except: {fleets: jets}", False), ("by: seller, except: {fleets: tugs}", True),
    ("by: home, against: seller", True), ("by: home, against: maker", True), ("by: home, against: third", False),
    ("by: home", True),
])  # fmt: skip
def test_scope_says_which_lines_a_halt_closes(scope, bites):
    seen = run(f"""
fleets: {{jets: {{count: 1, {DAILY}}}, tugs: {{count: 1, {DAILY}}}}}
items:
  pump: {{on: {{jets: 1}}, hard_life: 999999 FH, due: {{list: [600 FH]}}, supplier: maker, resupply: {STAGES}}}
  valve: {{on: {{tugs: 1}}, hard_life: 999999 FH, due: {{list: [600 FH]}}, supplier: other, resupply: {STAGES}}}
halts: {{stop: {{{scope}, from: @20, until: @60, new_orders: refuse}}}}
""")
    assert back(seen) == (80 if bites else 45)


def test_a_supplier_that_works_through_a_state_needs_its_permission():
    text = JETS.replace("COUNT", "1") + f"items: {{pump: {{on: {{jets: 1}}, hard_life: 999999 FH, due: {{list: [600 FH]}}, supplier: agent, resupply: {STAGES}}}}}\n"
    halt = "halts: {stop: {by: fourth, from: @20, until: @60, new_orders: refuse}}\n"
    from hand_worked import run_text, written

    for through, day in (("", 45), (", through: fourth", 80)):
        whole = written(text + halt).replace("suppliers:\n", f"suppliers:\n  agent: {{jurisdiction: seller, provides: spares{through}}}\n")
        assert back(run_text(whole)) == day


TWO_CONTRACTS = """\
contracts:
  early: {supplier: maker, items: pump, covers: spares, from: @0, until: @30}
  late: {supplier: maker, items: pump, covers: spares, from: @40, until: @60}
"""


def test_a_contract_may_be_left_out_of_a_halt_that_stops_signed_contracts():
    """Only `late` is excepted: needed on 45 under it passes; needed on 25 under `early` waits until `late` begins on
    40 and covers it (it still waits at home), then takes 20 days."""
    halt = "new_orders: refuse, accepted_orders: stop, signed_contracts: stop, in_transit: hold, except: {contracts: late}"

    assert back(waiting(halt, "1080 FH", TWO_CONTRACTS)) == 65
    assert back(waiting(halt, "600 FH", TWO_CONTRACTS)) == 60


def test_an_order_under_a_contract_that_is_not_left_out_is_held():
    """`early` covers it (needed on 10, made by 24); only `late` is excepted: accepted orders stop on 20 with 6 of 10
    days made, go on from 60: 64, there on 70."""
    halt = "accepted_orders: stop, signed_contracts: stop, except: {contracts: late}"

    assert back(waiting(halt, "240 FH", TWO_CONTRACTS)) == 70


def test_people_and_overhaul_under_a_contract_left_out_go_on():
    text = f"""
contracts: {{staff: {{supplier: maker, covers: [people, overhaul], from: @0, until: @90}}}}
sites: {{base: {{crews: {{line: {{fleets: jets, size: 3, local: 1, foreign: {{maker: 2}}}}}}}}}}
fleets: {{jets: {{count: 1, {DAILY}, overhaul: {{every: 900 days, at: maker, takes: 20 days, due: {{list: [30 days]}}}}}}}}
halts: {{stop: {{kind: total, by: seller, from: @20, until: @60EXCEPT}}}}
"""
    with_exception = run(text.replace("EXCEPT", ", except: {contracts: staff}"))
    without = run(text.replace("EXCEPT", ""))

    assert with_exception.history("system", "jets", 0) == [(0, "FMC"), (30, "OVERHAUL"), (50, "FMC")]
    assert with_exception.history("people", "base.line") == [(0, 3), (90, 1)]
    assert without.history("system", "jets", 0) == [(0, "FMC"), (30, "LIMIT"), (60, "OVERHAUL"), (80, "FMC")]
    assert without.history("people", "base.line")[:3] == [(0, 3), (27.5, 2), (42.5, 1)]


# Deliveries of systems --------------------------------------------------------------------------------


@pytest.mark.parametrize(("halt", "day"), [
    ("new_orders: refuse", 50),  # ordered before
    ("accepted_orders: stop", 90),  # 20 of 44 days made by day 20, the rest from 60: 84, then 6 of transit
    ("in_transit: hold", 66),  # ready on 44, sent on 60
    ("in_transit: wait_at_border", 60),
])  # fmt: skip
def test_deliveries_are_consignments(halt, day):
    """Due on day 50 with 6 days of transit, ordered on day 0."""
    seen = run("fleets: {jets: {count: 0, authorised: 1, deliveries: {supplier: maker, schedule: [@50], ordered: @0, transit: 6 days}}}\n"
               f"halts: {{stop: {{by: seller, from: @20, until: @60, {halt}}}}}\n", days=150)  # fmt: skip

    assert seen.state("on_hand") == [(0, 0), (day, 1)]


def test_a_delivery_that_turns_back_needs_its_transit_again():
    """On the way [44, 50), turned back on 47; from 60 on 6 days."""
    seen = run("fleets: {jets: {count: 0, authorised: 1, deliveries: {supplier: maker, schedule: [@50], ordered: @0, transit: 6 days}}}\n"
               "halts: {stop: {by: seller, from: @47, until: @60, in_transit: return}}\n", days=150)  # fmt: skip

    assert seen.state("on_hand") == [(0, 0), (66, 1)]


def test_a_delivery_ordered_in_a_halt_that_refuses_waits_for_its_end():
    """Ordered on 30 for day 50: refused until 60, then the 20 days: 80."""
    seen = run("fleets: {jets: {count: 0, authorised: 1, deliveries: {supplier: maker, schedule: [@50], ordered: @30, transit: 6 days}}}\n"
               "halts: {stop: {by: seller, from: @20, until: @60, new_orders: refuse}}\n", days=150)  # fmt: skip

    assert seen.state("on_hand") == [(0, 0), (80, 1)]
    assert seen.touched("stop") == {"orders_refused": 1}


DELIVERED = "fleets: {jets: {count: 0, authorised: 1, deliveries: {supplier: maker, schedule: [@50], transit: 6 daysMORE}}}\n"


def test_a_delivery_lost_on_the_way_never_comes():
    seen = run(DELIVERED.replace("MORE", ", ordered: @0") + "halts: {stop: {by: seller, from: @47, until: @60, in_transit: lose}}\n")

    assert seen.state("on_hand") == [(0, 0)]


def test_a_delivery_under_a_signed_contract_passes_a_freeze():
    """Ordered on 30 in a freeze [20, 60): under a contract in force it comes on 50, without on 80."""
    contract = "contracts: {frame: {supplier: maker, fleets: jets, covers: systems, from: @10, until: @45}}\n"
    freeze = "halts: {stop: {kind: new_contract_freeze, by: seller, from: @20, until: @60}}\n"

    assert run(contract + DELIVERED.replace("MORE", ", ordered: @30, contract: frame") + freeze).state("on_hand")[-1] == (50, 1)
    assert run(DELIVERED.replace("MORE", ", ordered: @30") + freeze).state("on_hand")[-1] == (80, 1)


def test_people_end_with_a_contract_that_may_not_be_renewed():
    """Renewal work [25, 40) stands still [20, 60): signed on 75. Nobody there [40, 75)."""
    seen = run(f"""
contracts: {{staff: {{supplier: maker, covers: people, from: @0, until: @40, renewal: {{takes: 15 days, for: 90 days}}}}}}
sites: {{base: {{crews: {{line: {{fleets: jets, size: 3, local: 1, foreign: {{maker: 2}}}}}}}}}}
fleets: {{jets: {{count: 1, {DAILY}}}}}
halts: {{stop: {{kind: new_contract_freeze, by: seller, from: @20, until: @60}}}}
""")

    assert seen.history("people", "base.line") == [(0, 3), (40, 1), (75, 3)]


def test_a_withdrawal_stops_people_and_overhaul_and_nothing_else():
    """Orders of day 25 pass; the overhaul due on 30 waits until 60; people leave at 27.5 and 42.5."""
    seen = run(f"""
sites: {{base: {{crews: {{line: {{fleets: jets, size: 3, local: 1, foreign: {{maker: 2}}}}}}}}}}
fleets: {{jets: {{count: 2, {DAILY}, overhaul: {{every: 900 days, at: maker, takes: 10 days, due: {{list: [30 days]}}}}}}}}
items: {{pump: {{on: {{jets: 1}}, hard_life: 999999 FH, due: {{list: [99999 FH, 600 FH]}}, supplier: maker, resupply: {STAGES}}}}}
halts: {{stop: {{kind: withdrawal_of_support, by: seller, from: @20, until: @60}}}}
""")

    assert seen.history("system", "jets", 1) == [(0, "FMC"), (25, "NMCS"), (45, "FMC")]
    assert seen.history("system", "jets", 0) == [(0, "FMC"), (30, "LIMIT"), (60, "OVERHAUL"), (70, "FMC")]
    assert seen.history("people", "base.line") == [(0, 3), (27.5, 2), (42.5, 1), (60, 3)]
