# ruff: noqa: E501  (scenario texts read better unbroken)
"""R-O1 to R-O4: the programme and its feedback, lives, losses, retirements, deliveries."""

from __future__ import annotations

import pytest
from hand_worked import DAILY, DAY, run

from armsim.model.trajectory import State

HOUR = 3_600_000_000_000  # nano-flown-seconds
TWO_HOURS_AN_HOUR = "fly: 17532 FH/year fleet"


def pump(due: str, make: str = "10 days", more: str = "") -> str:
    return (
        f"items: {{pump: {{on: {{jets: 1}}, supplier: maker, hard_life: 100000 FH, due: {{list: [{due}]}}, "
        f"resupply: {{make: {make}}}{more}}}}}\n"
    )


def test_a_grounded_aircraft_leaves_its_hours_to_the_others():
    """Two aircraft share 48 FH a day. The first goes at 240 FH on day 10. The other has 240 of its 480 FH left and
    now flies all 48 FH a day: 5 days more, day 15."""
    seen = run(f"fleets: {{jets: {{count: 2, {TWO_HOURS_AN_HOUR}}}}}\n" + pump("240 FH, 480 FH", "80 days"))

    assert seen.mc() == [(0, 2), (10, 1), (15, 0), (90, 1), (95, 2)]
    assert seen.history("flown_a_second", "jets") == [(0, 10**9), (10, 2 * 10**9), (15, 0), (90, 2 * 10**9), (95, 10**9)]


def test_the_cap_holds_back_those_that_are_left():
    """At most 36 FH a day each: the remaining 240 FH take 240/36 = 6 2/3 days."""
    cap = "at_most: 13149 FH/year per aircraft"
    seen = run(f"fleets: {{jets: {{count: 2, {TWO_HOURS_AN_HOUR}, {cap}}}}}\n" + pump("240 FH, 480 FH", "80 days"))

    assert seen.mc()[:3] == [(0, 2), (10, 1), (16 + 2 / 3, 0)]


def test_hours_demanded_and_flown_are_exact():
    """January: 31 x 48 FH are demanded. Flown: 10 days of 2 aircraft (480 FH), then one at its cap of 24 FH a day."""
    cap = "at_most: 8766 FH/year per aircraft"
    seen = run(f"fleets: {{jets: {{count: 2, {TWO_HOURS_AN_HOUR}, {cap}}}}}\n" + pump("240 FH", "80 days"), days=59)

    assert seen.result.demanded == [[31 * 48 * HOUR], [28 * 48 * HOUR]]
    assert seen.result.flown == [[(480 + 21 * 24) * HOUR], [28 * 24 * HOUR]]


def test_a_dated_change_of_the_programme_holds_from_its_date():
    """5 days at 24 FH a day each are 120 FH; the other 120 FH take 10 days at 12."""
    fly = "fly: {value: 17532 FH/year fleet, changes: [{from: @5, to: 8766 FH/year fleet}]}"
    seen = run(f"fleets: {{jets: {{count: 2, {fly}}}}}\n" + pump("240 FH"), days=31)

    assert seen.mc()[:2] == [(0, 2), (15, 1)]
    assert seen.result.demanded == [[(5 * 48 + 26 * 24) * HOUR]]


def test_a_programme_per_aircraft_counts_those_on_hand_and_not_those_available():
    """Two on hand ask 48 FH a day, also while one is down and the other flies them all; one lost, 24."""
    body = "fleets: {jets: {count: 2, fly: 8766 FH/year per aircraft, losses: {on: [{on: @20}]}}}\n" + pump("240 FH", "90 days")
    seen = run(body, days=31)

    assert seen.history("flown_a_second", "jets")[:2] == [(0, 10**9), (10, 2 * 10**9)]
    assert seen.result.demanded == [[(20 * 48 + 11 * 24) * HOUR]]


def test_nobody_flies_when_all_are_down_and_the_hours_are_lost():
    seen = run(f"fleets: {{jets: {{count: 2, {DAILY}}}}}\n" + pump("240 FH, 240 FH", "90 days"), days=31)

    assert seen.mc() == [(0, 2), (10, 0)]
    assert seen.result.demanded == [[31 * 48 * HOUR]]
    assert seen.result.flown == [[480 * HOUR]]


def test_a_limit_is_reached_at_the_first_whole_second_at_or_past_it():
    """Three aircraft share 10**9 units a second: each gets 333,333,333; 240 FH = 8.64e14 units take
    864000000000000 / 333333333 = 2592000.002592 s, so the failure is at second 2,592,001."""
    seen = run("fleets: {jets: {count: 3, fly: 8766 FH/year fleet}}\n" + pump("240 FH"))

    assert seen.mc()[1] == ((2_592_001) / DAY, 2)
    # Until then three times the rounded rate is flown, afterwards two share 10**9 evenly.
    assert seen.result.flown[0] == [999_999_999 * 2_592_001 + 10**9 * (31 * DAY - 2_592_001)]


# Lives (R-O3) -----------------------------------------------------------------------------------------


def test_a_unit_put_in_has_its_whole_life_before_it():
    """Fitted on day 20 with 240 FH: gone on day 30, and again on day 50 (10 days to make each)."""
    body = f"fleets: {{jets: {{count: 1, {DAILY}}}}}\n" + pump("240 FH").replace("100000 FH", "240 FH")
    seen = run(body)

    assert seen.mc()[:7] == [(0, 1), (10, 0), (20, 1), (30, 0), (40, 1), (50, 0), (60, 1)]


def test_a_calendar_life_runs_while_the_aircraft_is_down_and_a_use_life_does_not():
    """The pump keeps it down [10, 50). The cartridge expires on day 30 although it is down; the rotor, due at
    480 FH, had 240 left on day 10 and falls due on day 60, 10 flying days after the pump has come."""
    body = f"""
fleets: {{jets: {{count: 1, {DAILY}}}}}
items:
  pump: {{on: {{jets: 1}}, supplier: maker, hard_life: 100000 FH, due: {{list: [240 FH]}}, resupply: {{make: 40 days}}}}
  cartridge: {{on: {{jets: 1}}, expires_after: 9 years, due: {{list: [30 days]}}, stock: {{base: 1}}}}
  rotor: {{on: {{jets: 1}}, hard_life: 100000 FH, due: {{list: [480 FH]}}}}

"""
    seen = run(body)

    assert seen.mc() == [(0, 1), (10, 0), (50, 1), (60, 0)]
    assert seen.item("cartridge", "condemned") == [(0, 0), (30, 1)]
    assert seen.item("cartridge", "stock") == [(0, 1), (30, 0)]
    assert seen.item("rotor", "holes") == [(0, 0), (60, 1)]


def test_of_a_life_in_use_and_in_time_the_first_limit_counts():
    """Fitted new on day 20: 2400 FH would be day 120, 30 days come first: day 50."""
    body = f"fleets: {{jets: {{count: 1, {DAILY}}}}}\n" + pump("240 FH").replace("100000 FH", "2400 FH or 30 days")
    seen = run(body.replace("make: 10 days", "make: 10 days").replace("supplier: maker,", "").replace(
        ", resupply: {make: 10 days}", ", stock: {base: 2}").replace("items:", "sites: {base: {}}\nitems:"))  # fmt: skip

    # Age is shared: due at 240 of 2400 FH is a tenth of the life, so 3 of 30 days are left; then every 30 days.
    assert seen.item("pump", "condemned") == [(0, 0), (3, 1), (33, 2), (63, 3)]


def test_ages_without_due_dates_are_uniform_over_the_hard_life():
    """300 aircraft, life 30 days of flying: 1/3 within 10 days, 2/3 within 20, all within 30."""
    body = f"fleets: {{jets: {{count: 300, {DAILY}}}}}\nitems: {{pump: {{on: {{jets: 1}}, hard_life: 720 FH}}}}\n"
    seen = run(body)
    left = [seen.at(day, "state", "jets", "mc") for day in (10, 20, 30.001)]

    assert abs(left[0] - 200) < 4 * (300 * 2 / 9) ** 0.5
    assert abs(left[1] - 100) < 4 * (300 * 2 / 9) ** 0.5
    assert left[2] == 0


# Coming and going (R-O4) ------------------------------------------------------------------------------


def test_dated_losses_take_so_many_on_their_day():
    seen = run(f"fleets: {{jets: {{count: 5, {DAILY}, losses: {{on: [{{on: @10}}, {{on: @20, count: 2}}]}}}}}}")

    assert seen.state("on_hand") == [(0, 5), (10, 4), (20, 2)]
    assert seen.state("lost") == [(0, 0), (10, 1), (20, 3)]
    assert seen.total(State.LOST) == 10 + 80 * 3


def test_a_dated_loss_strikes_one_that_flies():
    """Four of five are down from day 10 on: the fifth is lost, whatever the draw."""
    for seed in range(5):
        body = f"fleets: {{jets: {{count: 5, {DAILY}, losses: {{on: [{{on: @20}}]}}}}}}\n" + pump(
            "240 FH, 240 FH, 9999 FH, 240 FH, 240 FH", "90 days")  # fmt: skip
        seen = run(body, seed=seed)

        assert seen.history("system", "jets", 2) == [(0, "FMC"), (20, "LOST")]


def test_losses_by_flying_need_flying():
    """No flying, no losses; 100,000 per 100,000 FH is one an hour: all gone within days."""
    still = run("fleets: {jets: {count: 5, fly: 0 FH/year fleet, losses: {per_100k_FH: 100000}}}")
    flying = run(f"fleets: {{jets: {{count: 5, {DAILY}, losses: {{per_100k_FH: 100000}}}}}}")

    assert still.state("on_hand") == [(0, 5)]
    assert flying.state("on_hand")[-1][1] == 0


RETIRE = f"""
fleets: {{jets: {{count: 5, {DAILY}, retirements: [{{on: @40, count: COUNT}}]}}}}
items:
  pump: {{on: {{jets: 1}}, hard_life: 99999 FH, due: {{list: [480 FH, 9999 FH, 240 FH, 720 FH]}}}}
  rotor: {{on: {{jets: 1}}, hard_life: 99999 FH, due: {{list: [9999 FH, 9999 FH, 9999 FH, 840 FH]}}}}
"""


def test_the_ones_with_most_holes_are_retired_then_the_longest_down_then_the_highest_rank():
    """On day 40: 0 down since day 20, 2 since day 10, 3 since day 30 (one hole each), 1 and 4 up."""
    for count, gone in ((1, {2}), (2, {2, 0}), (3, {2, 0, 3}), (4, {2, 0, 3, 4})):
        seen = run(RETIRE.replace("COUNT", str(count)))

        assert {k for k in range(5) if seen.at(50, "system", "jets", k) == "LOST"} == gone


def test_more_holes_come_before_longer_down():
    """The fourth loses its pump on day 30 and, on the same flight, its rotor: two holes."""
    seen = run(RETIRE.replace("COUNT", "1").replace("840 FH", "720 FH"))

    assert seen.history("system", "jets", 3)[-1] == (40, "LOST")


def test_of_aircraft_that_are_up_the_highest_rank_is_retired_even_if_another_was_down_before():
    """The last was down [10, 20) and flies again; on day 40 all fly, none is down, so rank alone decides."""
    body = f"""
fleets: {{jets: {{count: 3, {DAILY}, retirements: [{{on: @40}}]}}}}
items: {{pump: {{on: {{jets: 1}}, supplier: maker, hard_life: 99999 FH, resupply: {{make: 10 days}},
                due: {{list: [9999 FH, 9999 FH, 240 FH]}}}}}}
"""
    seen = run(body)

    assert [seen.at(50, "system", "jets", k) for k in range(3)] == ["FMC", "FMC", "LOST"]


def test_an_assigned_part_of_a_lost_aircraft_goes_back_to_the_shelf():
    """The pump fails on day 10, a crew needs 20 days to put the spare in; on day 15 the aircraft is retired.
    The work in hand ends on day 30 and installs nothing; only then is the crew free for the other (due day 12)."""
    body = f"""
sites: {{base: {{crews: {{line: {{fleets: jets, size: 1}}}}}}}}
fleets: {{jets: {{count: 2, {DAILY}, retirements: [{{on: @15}}]}}}}
items: {{pump: {{on: {{jets: 1}}, hard_life: 99999 FH, due: {{list: [240 FH, 288 FH]}}, stock: {{base: 1}},
                replace: {{takes: 20 days, crew: line}}}}}}
"""
    seen = run(body)

    # On day 15: the second (hole unfilled) goes first; it has the most unfilled holes.
    assert seen.history("system", "jets", 1) == [(0, "FMC"), (12, "NMCS"), (15, "LOST")]
    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "NMCM"), (30, "FMC")]

    both = run(body.replace("on: @15", "on: @15, count: 2"))
    assert both.item("pump", "stock") == [(0, 1), (10, 0), (15, 1)]
    assert both.history("busy", "base.line") == [(0, 0), (10, 1), (30, 0)]
    assert both.item("pump", "holes") == [(0, 0), (10, 1), (12, 2), (15, 0)]
    assert both.item("pump", "backorders") == [(0, 0), (12, 1), (15, 0)]


def test_deliveries_come_by_schedule():
    """Three between day 0 and day 60: at (k + 1/2) x 20 days."""
    body = """
fleets:
  jets: {count: 1, authorised: 5, fly: 100 FH/year fleet,
         deliveries: [{supplier: maker, schedule: {staggered: [@0, @60], count: 3}}, {supplier: maker, schedule: [@70]}]}
"""
    assert run(body).state("on_hand") == [(0, 1), (10, 2), (30, 3), (50, 4), (70, 5)]


def test_a_delivered_aircraft_flies_and_its_limits_count_from_its_arrival():
    body = f"""
fleets: {{jets: {{count: 0, authorised: 1, {DAILY}, deliveries: {{supplier: maker, schedule: [@20]}}}}}}
items: {{pump: {{on: {{jets: 1}}, hard_life: 240 FH}}}}
"""
    assert run(body).mc() == [(0, 0), (20, 1), (30, 0)]


@pytest.mark.parametrize(
    ("life", "used", "down", "again"),
    [
        ("hard_life: 240 FH", "50%", 25, 37),
        ("overhaul: {every: 240 FH, at: maker, takes: 2 days}", "90%", 21, 33),
        ("hard_life: 240 FH, due: {staggered: [0 FH, 24 FH]}", "50%", 25, 37),
    ],
)
def test_a_delivered_aircraft_brings_items_partly_used_up_and_what_replaces_them_is_new(life, used, down, again):
    """Of 10 days of flying some are left; the unit that replaces it, two days after it went, lasts all 10. A due form is for the aircraft there at the start."""
    pump = f"{{on: {{jets: 1}}, supplier: maker, {life}, resupply: {{make: 2 days}}, stock: {{base: 0}}}}"
    body = f"""
fleets: {{jets: {{count: 0, authorised: 1, {DAILY}, deliveries: {{supplier: maker, schedule: [@20], used: {{pump: {used}}}}}}}}}
items: {{pump: {pump}}}
"""
    assert run(body, days=41).mc()[:5] == [(0, 0), (20, 1), (down, 0), (down + 2, 1), (again, 0)]


def test_what_a_delivered_aircraft_brings_is_ordered_ahead_from_its_arrival_on():
    """The cell it comes with has 3 days left and 5 are needed: it is out for 2. The next is ordered 5 days ahead."""
    body = f"""
fleets: {{jets: {{count: 0, authorised: 1, {DAILY}, deliveries: {{supplier: maker, schedule: [@20], used: {{cell: 75%}}}}}}}}
items: {{cell: {{on: {{jets: 1}}, supplier: maker, expires_after: 12 days, resupply: {{make: 5 days}}}}}}
"""
    assert run(body, days=41).mc() == [(0, 0), (20, 1), (23, 0), (25, 1)]


def test_an_item_used_up_is_out_of_date_as_it_comes_and_others_come_new():
    body = f"""
fleets: {{jets: {{count: 0, authorised: 2, {DAILY}, deliveries:
  [{{supplier: maker, schedule: [@20], used: {{seat: 100%}}}}, {{supplier: maker, schedule: [@30]}}]}}}}
items: {{seat: {{on: {{jets: 1}}, supplier: maker, expires_after: 1 year, resupply: {{make: 90 days}}}}}}
"""
    seen = run(body, days=60)
    assert seen.mc()[-1] == (30, 1) and seen.state("on_hand")[-1] == (30, 2)


def test_a_life_limit_retires():
    body = f"fleets: {{jets: {{count: 3, {DAILY}, life_limit: {{every: 9000 FH, due: {{list: [240 FH, 30 days]}}}}}}}}"

    assert run(body).state("on_hand") == [(0, 3), (10, 2), (30, 1)]


def test_losses_follow_the_rate_per_flying_hour():
    """200 aircraft fly 50 x 24 = 1,200 FH each at 100 losses in 100,000 FH: exp(-1.2) = 30.1% are left, 60 ± 6.5.
    n = 200, three and a half standard deviations: one false alarm in 2,000, for this seed once and for all."""
    seen = run(f"fleets: {{jets: {{count: 200, {DAILY}, losses: {{per_100k_FH: 100}}}}}}\n", days=50)

    assert abs(seen.mc()[-1][1] - 60.2) < 3.5 * 6.5
