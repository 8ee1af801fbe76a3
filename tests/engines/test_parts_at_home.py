# ruff: noqa: E501  (scenario texts read better unbroken)
"""R-M1 to R-M3, R-M5, R-M6: removal, issue, cannibalization, repair, stock policy."""

from __future__ import annotations

import pytest
from hand_worked import DAILY, run

from armsim.model.trajectory import State


def jets(count: int, more: str = "") -> str:
    return f"fleets: {{jets: {{count: {count}, {DAILY}{', ' if more else ''}{more}}}}}\n"


LINE = "sites: {base: {crews: {line: {fleets: jets, size: 9}}}}\n"
ONE_BENCH = "sites: {base: {crews: {line: {fleets: jets, size: 9}}, shops: {bench: {servers: 1}}}}\n"


def gone_at(*days: float) -> str:
    """A life in use of which each aircraft has so many flying days left."""
    return "hard_life: 999999 FH, due: {list: [" + ", ".join(f"{24 * day} FH" for day in days) + "]}"


# Removal (R-M1) ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("absence", "state"), [("grounds", "NMCS"), ("degrades", "PMC"), ("nothing", "FMC")])
def test_what_the_absence_of_a_part_does(absence, state):
    """The hole lasts [10, 30)."""
    seen = run(jets(1) + f"items: {{pump: {{on: {{jets: 1}}, absence: {absence}, {gone_at(10)}, supplier: maker, "
               "resupply: {make: 20 days}}}")  # fmt: skip
    expected = [(0, "FMC"), (10, state), (30, "FMC")] if state != "FMC" else [(0, "FMC")]

    assert seen.history("system", "jets", 0) == expected
    assert seen.item("pump", "holes") == [(0, 0), (10, 1), (30, 0)]


def test_coming_back_needs_the_unit_and_then_a_crew():
    """NMCS [10, 30) for the unit, NMCM [30, 33) for the crew."""
    seen = run(LINE + jets(1) + f"items: {{pump: {{on: {{jets: 1}}, {gone_at(10)}, supplier: maker, "
               "resupply: {make: 20 days}, replace: {takes: 3 days, crew: line}}}")  # fmt: skip

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "NMCS"), (30, "NMCM"), (33, "FMC")]
    assert seen.item("pump", "holes") == [(0, 0), (10, 1), (33, 0)]
    assert seen.item("pump", "backorders") == [(0, 0), (10, 1), (30, 0)]


@pytest.mark.parametrize(("grounds", "state"), [("false", "PMC"), ("true", "NMCM")])
def test_a_degraded_aircraft_flies_during_its_task_unless_replacing_grounds(grounds, state):
    seen = run(LINE + jets(1) + f"items: {{radar: {{on: {{jets: 1}}, absence: degrades, replace_grounds: {grounds}, "
               f"{gone_at(10)}, supplier: maker, resupply: {{make: 20 days}}, replace: {{takes: 3 days, crew: line}}}}}}")  # fmt: skip
    after_unit = [] if state == "PMC" else [(30, "NMCM")]

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "PMC"), *after_unit, (33, "FMC")]


def test_two_holes_both_must_be_filled_and_work_and_wait_is_nmcb():
    """Rotor and pump go on day 10. The pump comes on 20 and takes 30 days of work, the rotor on 40: NMCB [20, 40)."""
    seen = run(LINE + jets(1) + f"""
items:
  pump: {{on: {{jets: 1}}, {gone_at(10)}, supplier: maker, resupply: {{make: 10 days}}, replace: {{takes: 30 days, crew: line}}}}
  rotor: {{on: {{jets: 1}}, {gone_at(10)}, supplier: maker, resupply: {{make: 30 days}}}}
""")

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "NMCS"), (20, "NMCB"), (40, "NMCM"), (50, "FMC")]
    # Causes share down-time equally: [10,20) two holes; [20,40) a hole and work; [40,50) work.
    parts = 27720 * 86400
    assert seen.result.causes == {(0, "parts", 0): 5 * parts, (0, "parts", 1): 15 * parts, (0, "work", -1): 20 * parts}


# Issue (R-M2) -----------------------------------------------------------------------------------------


def test_units_are_issued_first_come_first_served():
    """The second loses its pump on day 10, the first on day 12; units come on 40 and 42."""
    seen = run(jets(2) + f"items: {{pump: {{on: {{jets: 1}}, {gone_at(12, 10)}, supplier: maker, resupply: {{make: 30 days}}}}}}")

    assert seen.history("system", "jets", 1) == [(0, "FMC"), (10, "NMCS"), (40, "FMC")]
    assert seen.history("system", "jets", 0) == [(0, "FMC"), (12, "NMCS"), (42, "FMC")]


def test_stock_serves_at_once_and_is_ordered_again_one_for_one():
    """Three in stock, five failures a day apart, 20 days to make: holes wait from the fourth on, stock comes back."""
    seen = run(jets(5) + f"items: {{pump: {{on: {{jets: 1}}, {gone_at(10, 11, 12, 13, 14)}, stock: {{base: 3}}, "
               "supplier: maker, resupply: {make: 20 days}}}")  # fmt: skip

    assert seen.mc() == [(0, 5), (13, 4), (14, 3), (30, 4), (31, 5)]
    assert seen.item("pump", "stock") == [(0, 3), (10, 2), (11, 1), (12, 0), (32, 1), (33, 2), (34, 3)]
    assert seen.item("pump", "on_order")[-6:] == [(14, 5), (30, 4), (31, 3), (32, 2), (33, 1), (34, 0)]


def test_each_base_has_its_own_stock():
    seen = run(f"""
sites: {{north: {{}}, south: {{}}}}
fleets: {{jets: {{count: 1, site: north, {DAILY}}}, tugs: {{count: 1, site: south, {DAILY}}}}}
items: {{pump: {{on: {{jets: 1, tugs: 1}}, {gone_at(10)}, stock: {{south: 5}}}}}}
""")

    assert seen.mc() == [(0, 1), (10, 0)]
    assert seen.mc("tugs") == [(0, 1)]


# Cannibalization (R-M3) -------------------------------------------------------------------------------

ROB = "cannibalization: on_demand"


def robbed(count: int, pump: tuple[float, ...], rotor: tuple[float, ...], policy: str = ROB, more: str = "", qpa: int = 1) -> str:
    return (
        LINE + jets(count, policy) + f"items:\n  pump: {{on: {{jets: {qpa}}}, {gone_at(*pump)}{more}, "
        f"replace: {{takes: 1 day, crew: line}}}}\n  rotor: {{on: {{jets: 1}}, {gone_at(*rotor)}, replace: {{takes: 1 day, crew: line}}}}\n"
    )


def test_on_demand_takes_the_part_from_one_already_down_and_needs_double_time():
    """The first has no rotor from day 10. The second loses its pump on day 20, gets the first's, flies on day 22."""
    text = robbed(2, (99, 20), (10, 99))
    seen = run(text)

    assert seen.mc() == [(0, 2), (10, 1), (20, 0), (22, 1)]
    assert seen.history("system", "jets", 1) == [(0, "FMC"), (20, "NMCM"), (22, "FMC")]
    assert seen.history("missing", "jets", 0) == [(0, ()), (10, ("rotor 0",)), (20, ("pump 0", "rotor 0"))]
    assert run(text.replace(ROB, "cannibalization: none")).mc() == [(0, 2), (10, 1), (20, 0)]


def test_a_robbed_unit_carries_the_use_it_has_left():
    """The pump of the first (40 flying days in all, 10 flown) serves the second from day 22: it is due on day 52."""
    seen = run(robbed(2, (40, 20), (10, 99)))

    assert seen.mc() == [(0, 2), (10, 1), (20, 0), (22, 1), (52, 0)]


def test_nothing_is_taken_from_one_that_is_up_or_that_has_no_hole_of_its_own():
    """The first is in inspection [15, 45), with no hole: it keeps its pump."""
    text = robbed(2, (99, 20), (99, 99), ROB + ", inspections: {every: 900 days, takes: 30 days, crew: line, due: {list: [15 days]}}")
    seen = run(text)

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (15, "NMCM"), (45, "FMC")]
    assert seen.history("system", "jets", 1) == [(0, "FMC"), (20, "NMCS")]


def test_stock_comes_before_robbing():
    seen = run(robbed(2, (99, 20), (10, 99), more=", stock: {base: 1}"))

    assert seen.mc() == [(0, 2), (10, 1), (20, 0), (21, 1)]
    assert seen.history("missing", "jets", 0) == [(0, ()), (10, ("rotor 0",))]


def test_a_recipient_with_two_holes_is_not_served():
    """The second loses both on day 20: two holes. The first (no rotor since 10) keeps its pump."""
    seen = run(robbed(2, (99, 20), (10, 20)))

    assert seen.mc() == [(0, 2), (10, 1), (20, 0)]
    assert seen.history("missing", "jets", 0)[-1] == (10, ("rotor 0",))


def test_the_donor_is_the_one_with_most_holes_then_the_lowest_rank():
    """Day 20: 0 has one hole, 1 and 2 have two (rotor and fan). The pump for 3 comes from 1, that for 4 from
    2, which then is the only one with two that has a pump; the third time from 0."""
    text = robbed(6, (99, 99, 99, 20, 21, 22), (10, 10, 10, 99, 99, 99))
    text += f"  fan: {{on: {{jets: 1}}, {gone_at(99, 10, 10)}}}\n"
    seen = run(text)
    taken = {k: [day for day, gone in seen.history("missing", "jets", k) if "pump 0" in gone][:1] for k in (0, 1, 2)}

    assert taken == {1: [20], 2: [21], 0: [22]}
    # On day 22 the first comes back as the third goes down.
    assert seen.mc() == [(0, 6), (10, 3), (20, 2), (21, 1), (23, 2), (24, 3)]


def test_of_two_alike_on_the_donor_the_lowest_position_is_taken():
    """Two pumps each, due lists run over positions: aircraft 1's second pump goes on day 20."""
    seen = run(robbed(2, (99, 99, 99, 20), (10, 99), qpa=2))

    assert seen.history("missing", "jets", 0)[-1] == (20, ("pump 0", "rotor 0"))


def test_damage_shows_when_the_work_is_done_and_the_hole_goes_to_the_tail():
    """Damage is certain: up for no time on day 22, then the hole waits; another donor (2) is robbed at once, and
    so on until no donor is left: work [20, 22), [22, 24), then waiting."""
    policy = "cannibalization: {policy: on_demand, damage: 100%}"
    seen = run(robbed(3, (99, 20, 99), (10, 99, 10), policy))

    assert seen.history("system", "jets", 1) == [(0, "FMC"), (20, "NMCM"), (24, "NMCS")]
    assert seen.item("pump", "condemned") == [(0, 0), (20, 1), (22, 2), (24, 3)]


def test_the_donors_hole_waits_behind_those_that_waited_before():
    """A pump on order comes on day 50 for the failure of day 20. In the queue: aircraft 2's hole of day 15 (it has
    two, so it was no recipient), then the donor's of day 20. Aircraft 2 gets it."""
    text = robbed(3, (99, 20, 15), (10, 99, 15), more=", supplier: maker, resupply: {make: 30 days}")
    seen = run(text)

    # Aircraft 1 robs the one with most holes that still has a pump: 0. Units come on 45 (for 2's need) and 50.
    assert seen.history("missing", "jets", 0)[:3] == [(0, ()), (10, ("rotor 0",)), (20, ("pump 0", "rotor 0"))]
    assert seen.item("pump", "backorders") == [(0, 0), (15, 1), (20, 2), (45, 1), (50, 0)]
    assert seen.history("missing", "jets", 2)[-1] == (46, ("rotor 0",))
    assert seen.history("missing", "jets", 0)[-1] == (51, ("rotor 0",))


def test_two_aircraft_that_lack_different_parts_make_one_that_flies_and_no_loop():
    """0 lacks its rotor, 1 its pump, from the same second. Pumps rank before rotors: 1's hole is served first, by
    0's pump; then 0 has two holes and is no recipient. One settles, nothing swaps back."""
    seen = run(robbed(2, (99, 10), (10, 99)))

    assert seen.mc() == [(0, 2), (10, 0), (12, 1)]
    assert seen.history("missing", "jets", 0) == [(0, ()), (10, ("pump 0", "rotor 0"))]


# Repair (R-M5) ----------------------------------------------------------------------------------------


def test_a_shop_takes_units_first_come_first_served_by_its_servers():
    """One server, 5 days each. Removed on days 10, 11 and 12; out on days 15, 20 and 25; in use at once."""
    seen = run(ONE_BENCH + jets(3) + "items: {engine: {on: {jets: 1}, overhaul: {every: 99999 FH, at: base.bench, takes: 5 days, "
               "due: {list: [264 FH, 240 FH, 288 FH]}}}}")  # fmt: skip

    assert seen.item("engine", "in_repair") == [(0, 0), (10, 1), (11, 2), (12, 3), (15, 2), (20, 1), (25, 0)]
    assert [seen.history("system", "jets", k)[-1] for k in range(3)] == [(20, "FMC"), (15, "FMC"), (25, "FMC")]


def test_a_shop_takes_units_of_different_items_in_the_order_in_which_they_came():
    """An engine on day 10, a pump on 11, an engine on 12: out on 15, 20 and 25."""
    work = "overhaul: {every: 99999 FH, at: base.bench, takes: 5 days, due: {list: [DUE]}}"
    seen = run(ONE_BENCH + jets(3) + "items:\n"
               f"  engine: {{on: {{jets: 1}}, {work.replace('DUE', '240 FH, 288 FH')}}}\n"
               f"  pump: {{on: {{jets: 1}}, {work.replace('DUE', '9999 FH, 9999 FH, 264 FH')}}}\n")  # fmt: skip

    assert seen.item("engine", "in_repair") == [(0, 0), (10, 1), (12, 2), (15, 1), (25, 0)]
    assert seen.item("pump", "in_repair") == [(0, 0), (11, 1), (20, 0)]


def test_a_failure_by_the_calendar_goes_to_repair_like_any_failure():
    seen = run(ONE_BENCH + jets(1) + "items: {cell: {on: {jets: 1}, demand: calendar, fails_every: 20 days, "
               "repair: {at: base.bench, takes: 5 days}}}")  # fmt: skip

    assert seen.item("cell", "in_repair")[1][1] == 1
    assert seen.item("cell", "condemned") == [(0, 0)]
    assert seen.mc()[2][0] - seen.mc()[1][0] == pytest.approx(5)


def test_two_servers_work_side_by_side():
    seen = run(ONE_BENCH.replace("servers: 1", "servers: 2") + jets(3) + "items: {engine: {on: {jets: 1}, overhaul: "
               "{every: 99999 FH, at: base.bench, takes: 5 days, due: {list: [240 FH, 264 FH, 288 FH]}}}}")  # fmt: skip

    assert seen.item("engine", "in_repair")[-3:] == [(15, 2), (16, 1), (20, 0)]


def test_what_a_repair_does_not_yield_is_condemned_and_ordered():
    """Nothing comes out of the shop: condemned on day 15, the new one is there on day 22."""
    seen = run(ONE_BENCH + jets(1) + "items: {engine: {on: {jets: 1}, overhaul: {every: 99999 FH, at: base.bench, takes: 5 days, "
               "yield: 0%, due: {list: [240 FH]}}, supplier: maker, resupply: {make: 7 days}}}")  # fmt: skip

    assert seen.mc() == [(0, 1), (10, 0), (22, 1)]
    assert seen.item("engine", "condemned") == [(0, 0), (15, 1)]


def test_what_an_overhaul_abroad_does_not_yield_is_condemned_there():
    """Nothing comes back from the maker: condemned on day 15, the new one is there on day 22."""
    seen = run(jets(1) + "items: {engine: {on: {jets: 1}, overhaul: {every: 99999 FH, at: maker, takes: 5 days, "
               "yield: 0%, due: {list: [240 FH]}}, supplier: maker, resupply: {make: 7 days}}}")  # fmt: skip

    assert seen.mc() == [(0, 1), (10, 0), (22, 1)]
    assert seen.item("engine", "condemned") == [(0, 0), (15, 1)]


def test_an_expired_unit_is_condemned_though_a_failed_one_would_be_repaired():
    """Expired on day 40, condemned at once; with nobody to send another the jet stays down."""
    seen = run(jets(1) + "items: {seat: {on: {jets: 1}, expires_after: 9 years, due: {list: [40 days]}, "
               "fails_every: 999999 FH, repair: {at: maker, takes: 5 days}}}")  # fmt: skip

    assert seen.mc() == [(0, 1), (40, 0)]
    assert seen.item("seat", "condemned") == [(0, 0), (40, 1)]


def test_a_repair_abroad_takes_licence_repair_and_transit():
    seen = run(jets(1) + "items: {pump: {on: {jets: 1}, fails_every: 240 FH, repair: {at: maker, licence: 4 days, "
               "takes: 10 days, transit: 3 days}}}", days=90)  # fmt: skip
    out, back = seen.mc()[1][0], seen.mc()[2][0]

    assert round(back - out, 9) == 17
    assert seen.item("pump", "in_repair")[1:3] == [(out, 1), (back, 0)]


@pytest.mark.parametrize(("share", "way"), [("100%", "in_repair"), ("0%", "condemned")])
def test_a_failed_unit_takes_the_way_its_share_says(share, way):
    rest = "100%" if share == "0%" else "0%"
    seen = run(jets(1) + f"items: {{pump: {{on: {{jets: 1}}, fails_every: 240 FH, repair: [{{share: {share}, at: maker, "
               f"takes: 500 days}}, {{share: {rest}, at: condemned}}]}}}}")  # fmt: skip

    assert seen.item("pump", way)[1][1] == 1


def test_shares_of_repair_routes_are_met_on_average():
    """300 first removals, 30% condemned: 90 within 3.5 standard errors of 7.9 (false alarm 1 in 2000)."""
    seen = run(jets(300) + "items: {pump: {on: {jets: 1}, fails_every: 24 FH, repair: [{share: 70%, at: maker, "
               "takes: 500 days}, {share: 30%, at: condemned}]}}")  # fmt: skip

    assert seen.item("pump", "in_repair")[-1][1] + seen.item("pump", "condemned")[-1][1] == 300
    assert abs(seen.item("pump", "condemned")[-1][1] - 90) < 3.5 * (300 * 0.7 * 0.3) ** 0.5


def test_quality_is_a_factor_of_the_life():
    """The same draw serves the repaired unit's life: at 50% it is exactly half, to a second of rounding."""
    def second_life(quality: str) -> float:
        seen = run(ONE_BENCH + jets(1) + f"items: {{pump: {{on: {{jets: 1}}, fails_every: 240 FH, repair: {{at: base.bench, "
                   f"takes: 5 days, quality: {quality}}}}}}}", days=300, seed=3)  # fmt: skip
        return seen.mc()[3][0] - seen.mc()[2][0]

    assert second_life("50%") == pytest.approx(second_life("100%") / 2, abs=2 / 86400)


# Stock policy (R-M6) ----------------------------------------------------------------------------------


def test_a_dated_expiry_is_ordered_one_mean_lead_time_ahead_and_only_once():
    """Expires on day 40, lead time 5 + 20 + 5 days: ordered on day 10, there on day 40: never down, never two."""
    seen = run(jets(1) + "items: {seat: {on: {jets: 1}, expires_after: 9 years, due: {list: [40 days]}, supplier: maker, "
               "resupply: {licence: 5 days, make: 20 days, transit: 5 days}}}")  # fmt: skip

    assert seen.mc() == [(0, 1)]
    assert seen.item("seat", "on_order") == [(0, 0), (10, 1), (40, 0)]
    assert seen.item("seat", "condemned") == [(0, 0), (40, 1)]
    assert seen.item("seat", "stock") == [(0, 0)]


def test_an_expiry_nearer_than_its_lead_time_is_ordered_at_the_start():
    """Due on day 10, 30 days of lead time: down [10, 30)."""
    seen = run(jets(1) + "items: {seat: {on: {jets: 1}, expires_after: 9 years, due: {list: [10 days]}, supplier: maker, "
               "resupply: {make: 30 days}}}")  # fmt: skip

    assert seen.mc() == [(0, 1), (10, 0), (30, 1)]


def test_a_hard_life_in_time_that_condemns_is_ordered_ahead_too_but_one_in_use_is_not():
    """Its date is known in the one case; in the other the need arises with the removal on day 40."""
    item = "items: {seat: {on: {jets: 1}, hard_life: LIFE, due: {list: [DUE]}, supplier: maker, resupply: {make: 30 days}}}"
    by_date = run(jets(1) + item.replace("LIFE", "9 years").replace("DUE", "40 days"))
    by_use = run(jets(1) + item.replace("LIFE", "9999 FH").replace("DUE", "960 FH"))

    assert by_date.mc() == [(0, 1)]
    assert by_use.mc() == [(0, 1), (40, 0), (70, 1)]


def test_an_early_failure_of_a_unit_whose_successor_is_ordered_orders_no_second():
    """(S-1, S): seats expire on day 60, ordered on day 20. It is robbed of nothing, but its aircraft loses it
    earlier to wear: one failure before day 60 brings no second order, for the unit ordered ahead takes its place."""
    for seed in range(30):
        seen = run(jets(1) + "items: {seat: {on: {jets: 1}, fails_every: 960 FH, expires_after: 9 years, due: {list: [60 days]}, "
                   "supplier: maker, resupply: {make: 40 days}}}", days=61, seed=seed)  # fmt: skip
        first = seen.item("seat", "condemned")[1][0]
        if 20 < first < 60:
            break

    assert 20 < first < 60
    assert seen.item("seat", "on_order")[:3] == [(0, 0), (20, 1), (60, 0)]
    assert seen.mc()[:3] == [(0, 1), (first, 0), (60, 1)]


def test_without_a_line_a_need_stays_unmet():
    seen = run(jets(1) + f"items: {{pump: {{on: {{jets: 1}}, {gone_at(10)}}}}}")

    assert seen.mc() == [(0, 1), (10, 0)]
    assert seen.item("pump", "on_order") == [(0, 0)]
    assert seen.total(State.NMCS) == 90
