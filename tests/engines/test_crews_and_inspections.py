# ruff: noqa: E501  (scenario texts read better unbroken)
"""R-M0, R-M4, R-M7: upkeep, crews, inspections; people who come and go."""

from __future__ import annotations

import pytest
from hand_worked import DAILY, DAY, run

from armsim.model.order import Kind


def crewed(pool: str, fleet: str, more: str = "") -> str:
    return f"{more}sites: {{base: {{crews: {{line: {{fleets: jets, {pool}}}}}}}}}\nfleets: {{jets: {{{DAILY}, {fleet}}}}}\n"


def inspected(due: str, takes: str = "5 days", more: str = "") -> str:
    return f"inspections: {{every: 900 days, takes: {takes}, crew: line, due: {{list: [{due}]}}{more}}}"


# Upkeep (R-M0) ----------------------------------------------------------------------------------------


def test_upkeep_takes_a_crew_for_its_time_and_only_flying_brings_it_on():
    """One aircraft, one crew: down exactly 2 days each time; between, exponential flying of mean 120 FH = 5 days.

    n spells up: the mean of n exponentials of mean 5 lies within 3.5 x 5/sqrt(n) (false alarm 1 in 2000).
    """
    seen = run(crewed("size: 1", "count: 1, upkeep: {every: 120 FH, takes: 2 days, crew: line}"), days=2000)
    days = [day for day, _ in seen.mc()]
    up = [b - a for a, b in zip(days[0::2], days[1::2])]
    down = [b - a for a, b in zip(days[1::2], days[2::2])]

    assert len(up) > 200
    assert {round(one * DAY) for one in down} == {2 * DAY}
    assert abs(sum(up) / len(up) - 5) < 3.5 * 5 / len(up) ** 0.5


def test_upkeep_without_people_lasts_for_ever():
    seen = run(crewed("size: 0", "count: 3, upkeep: {every: 24 FH, takes: 2 days, crew: line}"))

    assert seen.mc()[-1][1] == 0
    assert seen.state("nmcm")[-1][1] == 3


def test_upkeep_falls_due_again_only_after_it_is_done():
    """With one crew and many aircraft waiting, an aircraft has one upkeep at a time: starts = ends + in hand."""
    seen = run(crewed("size: 1", "count: 5, upkeep: {every: 24 FH, takes: 2 days, crew: line}"))

    assert len(seen.events(Kind.COMPLETION)) in (48, 49, 50)
    assert max(n for _, n in seen.state("nmcm")) == 5


# Crews (R-M4) -----------------------------------------------------------------------------------------


def test_one_crew_serves_in_the_order_in_which_work_came():
    """Due on days 12, 10 and 11, five days each: done on 15 (the second), 20 (the third), 25 (the first)."""
    seen = run(crewed("size: 1", "count: 3, " + inspected("12 days, 10 days, 11 days")))

    assert [seen.history("system", "jets", k)[-1] for k in range(3)] == [(25, "FMC"), (15, "FMC"), (20, "FMC")]
    assert seen.history("busy", "base.line") == [(0, 0), (10, 1), (25, 0)]


def test_work_that_comes_at_the_same_second_is_served_by_rank():
    seen = run(crewed("size: 1", "count: 3, " + inspected("10 days, 10 days, 10 days")))

    assert [seen.history("system", "jets", k)[-1] for k in range(3)] == [(15, "FMC"), (20, "FMC"), (25, "FMC")]


def test_two_tasks_of_one_aircraft_run_in_parallel():
    """One from day 10 for 5 days, one from day 12 for 5: NMCM [10, 17)."""
    works = "inspections: [{every: 900 days, takes: 5 days, crew: line, due: {list: [10 days]}}, {every: 900 days, takes: 5 days, crew: line, due: {list: [12 days]}}]"
    seen = run(crewed("size: 2", f"count: 1, {works}"))

    assert seen.mc() == [(0, 1), (10, 0), (17, 1)]


FOREIGN = "size: 2, local: 1, foreign: {maker: 1}"


def test_own_people_are_taken_first_so_that_the_foreigner_is_free_for_what_only_he_may_do():
    """Day 10: work for anybody. Day 11: work that needs the maker's man. He was left free: both end after 5 days."""
    works = "inspections: [{every: 900 days, takes: 5 days, crew: line, due: {list: [10 days]}}, {every: 900 days, takes: 5 days, crew: line, needs: maker, due: {list: [900 days, 11 days]}}]"
    seen = run(crewed(FOREIGN, f"count: 2, {works}"))

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "NMCM"), (15, "FMC")]
    assert seen.history("system", "jets", 1) == [(0, "FMC"), (11, "NMCM"), (16, "FMC")]


def test_a_blocked_task_blocks_nobody():
    """Day 10 and 11: two tasks that need the maker's man; the second waits until 15. Day 12: own people are free."""
    works = "inspections: [{every: 900 days, takes: 5 days, crew: line, needs: maker, due: {list: [10 days, 11 days]}}, {every: 900 days, takes: 5 days, crew: line, due: {list: [900 days, 900 days, 12 days]}}]"
    seen = run(crewed(FOREIGN, f"count: 3, {works}"))

    assert [seen.history("system", "jets", k)[-1] for k in range(3)] == [(15, "FMC"), (20, "FMC"), (17, "FMC")]


def test_own_people_may_not_do_what_needs_the_maker():
    seen = run(crewed("size: 1, local: 1, foreign: {maker: 0}", "count: 1, " + inspected("10 days", more=", needs: maker")))

    assert seen.mc() == [(0, 1), (10, 0)]


def test_numbers_of_people_change_on_their_dates():
    changes = "[{on: @20, local: 1, foreign: {maker: 0}}, {on: @40, local: 50%}, {on: @60, local: 100%, foreign: {maker: 50%}}]"
    seen = run(crewed(f"size: 4, local: 2, foreign: {{maker: 2}}, changes: {changes}", "count: 1"))

    # A share is of the number at the start: 50% of 2 is 1; then 2 of own and 1 of 2 foreign.
    assert seen.history("people", "base.line") == [(0, 4), (20, 1), (60, 3)]


def test_a_person_who_goes_finishes_the_work_in_hand():
    """One man, gone on day 12 with work in hand [10, 15): done on 15; the next task, due on 11, is never begun."""
    seen = run(crewed("size: 1, changes: [{on: @12, local: 0}]", "count: 2, " + inspected("10 days, 11 days")))

    assert seen.mc() == [(0, 2), (10, 1), (11, 0), (15, 1)]
    assert seen.history("busy", "base.line") == [(0, 0), (10, 1), (15, 0)]


def test_when_people_come_back_while_others_still_work_free_is_capacity_less_busy():
    """Three begin on day 10 (20 days). On day 12 one post is left, on day 14 two: nobody is free until day 30."""
    seen = run(crewed("size: 3, changes: [{on: @12, local: 1}, {on: @14, local: 2}]",
                      "count: 4, " + inspected("10 days, 10 days, 10 days, 13 days", "20 days")))  # fmt: skip

    assert seen.history("busy", "base.line") == [(0, 0), (10, 3), (30, 1), (50, 0)]


GO = "halts: {{go: {{by: seller, from: @20, until: {until}, people: {people}}}}}\n"
FOUR = "size: 5, local: 1, foreign: {maker: 4}"


def test_people_leave_spread_over_the_time_given():
    """Four within 40 days from day 20: at 20 + (k + 1/2) x 10 = 25, 35, 45, 55; all back at the end."""
    seen = run(crewed(FOUR, "count: 1") + GO.format(until="@80", people="{leave_within: 40 days}"))

    assert seen.history("people", "base.line") == [(0, 5), (25, 4), (35, 3), (45, 2), (55, 1), (80, 5)]


def test_a_halt_that_ends_keeps_those_who_have_not_left():
    seen = run(crewed(FOUR, "count: 1") + GO.format(until="@40", people="{leave_within: 40 days}"))

    assert seen.history("people", "base.line") == [(0, 5), (25, 4), (35, 3), (40, 5)]


def test_people_leave_by_dates_and_shares():
    """Of four: 50% left from day 30, 20% (0.8, so 1) from day 50, none from day 60."""
    seen = run(crewed(FOUR, "count: 1") + GO.format(until="never", people="{leave_by: {@30: 50%, @50: 20%, @60: 0%}}"))

    assert seen.history("people", "base.line") == [(0, 5), (30, 3), (50, 2), (60, 1)]


def test_a_leaving_date_before_the_halt_holds_from_its_beginning():
    seen = run(crewed(FOUR, "count: 1") + GO.format(until="@40", people="{leave_by: {@10: 50%}}"))

    assert seen.history("people", "base.line") == [(0, 5), (20, 3), (40, 5)]


def test_people_of_another_supplier_stay():
    seen = run(crewed("size: 4, local: 0, foreign: {maker: 2, other: 2}", "count: 1")
               + GO.format(until="never", people="{leave_within: 2 days}"))  # fmt: skip

    assert seen.history("people", "base.line") == [(0, 4), (20.5, 3), (21.5, 2)]


def test_queueing_in_exact_times_while_people_leave():
    """Foreign two, both leave within 4 days from day 20 (at 21 and 23). Inspections of 10 days, one every 2 days from
    day 12. Own people: one. Tasks: 12 L, 14 F, 16 F, 18 waits; L free on 22 takes 18 -> 32; F of 14 frees on 24, F
    of 16 on 26, but both have left; so the rest run one by one: due 20 -> 32 to 42, due 22 -> 42 to 52."""
    fleet = "count: 6, " + inspected("12 days, 14 days, 16 days, 18 days, 20 days, 22 days", "10 days")
    seen = run(crewed("size: 3, local: 1, foreign: {maker: 2}", fleet) + GO.format(until="never", people="{leave_within: 4 days}"))

    assert [seen.history("system", "jets", k)[-1][0] for k in range(6)] == [22, 24, 26, 32, 42, 52]


def test_people_end_with_their_contract_and_come_back_with_the_next():
    contracts = "contracts:\n  old: {supplier: maker, covers: people, from: @0, until: @30}\n  new: {supplier: maker, covers: people, from: @50, until: @70}\n"
    seen = run(crewed(FOUR, "count: 1", contracts))

    assert seen.history("people", "base.line") == [(0, 5), (30, 1), (50, 5), (70, 1)]


def test_people_without_a_contract_ever_need_none():
    contracts = "contracts: {old: {supplier: maker, covers: spares, from: @0, until: @30}}\n"

    assert run(crewed(FOUR, "count: 1", contracts)).history("people", "base.line") == [(0, 5)]


def test_crew_days_lost_are_reported():
    """Four leave at 25, 35, 45, 55 and are back on 80: 55 + 45 + 35 + 25 = 160 person-days. Where they are counted
    (engine or study) is not this test's business: it looks at the world's own head counts."""
    from armsim.model.rules import level_at

    seen = run(crewed(FOUR, "count: 1") + GO.format(until="@80", people="{leave_within: 40 days}"))
    hours = range(0, 100 * 24)
    gone = [level_at(*seen.world.foreign_without_halts[0][0], h * 3600) - level_at(*seen.world.foreign[0][0], h * 3600) for h in hours]

    assert sum(gone) / 24 == 160


# Inspections (R-M7) -----------------------------------------------------------------------------------


def test_an_inspection_falls_due_again_one_interval_after_it_is_done():
    seen = run(crewed("size: 1", "count: 1, inspections: {every: 20 days, takes: 5 days, crew: line, due: {list: [10 days]}}"), days=70)

    assert seen.mc() == [(0, 1), (10, 0), (15, 1), (35, 0), (40, 1), (60, 0), (65, 1)]


def test_an_inspection_by_use_waits_while_the_aircraft_is_down():
    """Every 480 FH = 20 flying days: due on 10, done on 15, due again after 20 days of flying, day 35."""
    seen = run(crewed("size: 1", "count: 1, inspections: {every: 480 FH, takes: 5 days, crew: line, due: {list: [240 FH]}}"), days=50)

    assert seen.mc() == [(0, 1), (10, 0), (15, 1), (35, 0), (40, 1)]


def test_inspections_missed_while_down_collapse_into_one():
    """Every 10 days, but nobody there before day 40: those of days 10, 20 and 30 are one, done on 41; next 51."""
    seen = run(crewed("size: 1, local: 0, foreign: {maker: 1}, changes: [{on: @5, foreign: {maker: 0}}, {on: @40, foreign: {maker: 1}}]",
                      "count: 1, inspections: {every: 10 days, takes: 1 day, crew: line, due: {list: [10 days]}}"), days=55)  # fmt: skip

    assert seen.mc() == [(0, 1), (10, 0), (41, 1), (51, 0), (52, 1)]


def test_an_inspection_due_by_use_takes_its_calendar_date_with_it():
    """Every 480 FH or 30 days; half of both is left at the start: use comes first, on day 10. The work lasts until 20,
    and the date of day 15 is void. Next: 20 flying days come before 30 days: day 40."""
    seen = run(crewed("size: 2", "count: 1, inspections: {every: 480 FH or 30 days, takes: 10 days, crew: line, due: {list: [240 FH]}}"), days=45)

    assert seen.mc() == [(0, 1), (10, 0), (20, 1), (40, 0)]
    assert seen.history("busy", "base.line") == [(0, 0), (10, 1), (20, 0), (40, 1)]
    assert seen.events(Kind.EXPIRY) == []


def test_an_inspection_that_falls_due_while_down_runs_beside_the_wait_for_a_part():
    """Pump out [10, 30); inspection due on 15 takes 5 days: up on 30; due on 28: up on 33."""
    pump = "items: {pump: {on: {jets: 1}, hard_life: 9999 FH, due: {list: [240 FH]}, supplier: maker, resupply: {make: 20 days}}}\n"
    early = run(crewed("size: 1", "count: 1, " + inspected("15 days")) + pump)
    late = run(crewed("size: 1", "count: 1, " + inspected("28 days")) + pump)

    assert early.mc() == [(0, 1), (10, 0), (30, 1)]
    assert late.mc() == [(0, 1), (10, 0), (33, 1)]
    assert early.history("system", "jets", 0) == [(0, "FMC"), (10, "NMCS"), (15, "NMCB"), (20, "NMCS"), (30, "FMC")]


@pytest.mark.parametrize("due", ["10 days", "@10"])
def test_a_first_due_date_may_be_a_length_of_time_or_a_date(due):
    seen = run(crewed("size: 1", "count: 1, " + inspected(due)))

    assert seen.mc() == [(0, 1), (10, 0), (15, 1)]


def test_without_due_dates_inspections_are_spread_over_one_interval():
    """Four aircraft, every 40 days: at 5, 15, 25, 35."""
    seen = run(crewed("size: 9", "count: 4, inspections: {every: 40 days, takes: 1 day, crew: line}"), days=40)

    assert [day for day, n in seen.mc() if n == 3] == [5, 15, 25, 35]
