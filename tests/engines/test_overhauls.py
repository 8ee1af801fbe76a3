# ruff: noqa: E501  (scenario texts read better unbroken)
"""R-M8: overhauls, their slots and queue, and every form of first due date."""

from __future__ import annotations

import pytest
from hand_worked import DAILY, DAY, run

from armsim.model.trajectory import State


def jets(count: int, overhaul: str, more: str = "") -> str:
    return f"fleets: {{jets: {{count: {count}, {DAILY}, overhaul: {{{overhaul}}}{more}}}}}\n"


NEVER_AGAIN = "every: 900 days, at: maker"


def falls(seen) -> list[float]:
    """Days on which an aircraft stops being mission capable."""
    days = [day for day, _ in seen.mc()]
    counts = [n for _, n in seen.mc()]
    return [day for day, before, after in zip(days[1:], counts, counts[1:]) if after < before]


def test_flown_until_due_then_at_the_provider_for_the_time_it_takes_and_due_again():
    """Every 480 FH = 20 flying days, first on day 10, 15 days of work: [10, 25), [45, 60), [80, 95)."""
    seen = run(jets(1, "every: 480 FH, at: maker, takes: 15 days, due: {list: [240 FH]}"))

    assert seen.history("system", "jets", 0) == [
        (0, "FMC"), (10, "OVERHAUL"), (25, "FMC"), (45, "OVERHAUL"), (60, "FMC"), (80, "OVERHAUL"), (95, "FMC")]  # fmt: skip


def test_use_or_calendar_whichever_comes_first():
    """Every 480 FH or 15 days: after the first, 15 days come before 20 flying days."""
    seen = run(jets(1, "every: 480 FH or 15 days, at: maker, takes: 5 days, due: {list: [6 days]}"))

    assert falls(seen) == [6, 26, 46, 66, 86]


def test_use_and_calendar_share_one_age():
    """Half the use left is half the time left. Grounded [5, 65), it reaches no 240 FH, but 50 of 100 days are gone
    on day 50: NMCS until then, in overhaul from day 50 to 60."""
    pump = "items: {pump: {on: {jets: 1}, hard_life: 9999 FH, due: {list: [120 FH]}, supplier: maker, resupply: {make: 60 days}}}\n"
    seen = run(jets(1, "every: 480 FH or 100 days, at: maker, takes: 10 days, due: {list: [240 FH]}") + pump, days=70)

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (5, "NMCS"), (50, "OVERHAUL"), (60, "NMCS"), (65, "FMC")]


def test_slots_hold_the_others_in_the_queue_and_both_are_in_overhaul_state():
    """One slot, 10 days each; due on 10, 12, 14: back on 20, 30, 40."""
    seen = run(jets(3, NEVER_AGAIN + ", takes: 10 days, slots: 1, due: {list: [10 days, 12 days, 14 days]}"))

    assert seen.state("overhaul") == [(0, 0), (10, 1), (12, 2), (14, 3), (20, 2), (30, 1), (40, 0)]
    assert [seen.history("system", "jets", k)[-1] for k in range(3)] == [(20, "FMC"), (30, "FMC"), (40, "FMC")]
    assert seen.total(State.OVERHAUL) == 10 + 18 + 26


def test_at_a_shop_of_ones_own_its_servers_are_the_slots():
    seen = run("sites: {base: {shops: {hall: {servers: 1}}}}\n"
               + jets(2, "every: 900 days, at: base.hall, takes: 10 days, due: {list: [10 days, 10 days]}"))  # fmt: skip

    assert seen.state("overhaul") == [(0, 0), (10, 2), (20, 1), (30, 0)]


STOP = "halts: {stop: {by: seller, from: @20, until: @60, overhaul: stop}}\n"


def test_due_with_no_open_line_is_at_its_limit_and_those_in_work_are_finished():
    """Slots 1, 10 days, due on 15, 18 and 30. The first is in work when the line closes on 20: back on 25. The second
    was queued: from 20 on at its limit, as is the third from 30. Reopened on 60: back on 70 and 80."""
    seen = run(jets(3, NEVER_AGAIN + ", takes: 10 days, slots: 1, due: {list: [15 days, 18 days, 30 days]}") + STOP)

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (15, "OVERHAUL"), (25, "FMC")]
    assert seen.history("system", "jets", 1) == [(0, "FMC"), (18, "OVERHAUL"), (20, "LIMIT"), (60, "OVERHAUL"), (70, "FMC")]
    assert seen.history("system", "jets", 2) == [(0, "FMC"), (30, "LIMIT"), (60, "OVERHAUL"), (80, "FMC")]


def test_at_reopening_the_one_due_longest_goes_first():
    """Due on 40 (rank 0) and 30 (rank 1), both at the limit; one slot: rank 1 is back on 70, rank 0 on 80."""
    seen = run(jets(2, NEVER_AGAIN + ", takes: 10 days, slots: 1, due: {list: [40 days, 30 days]}") + STOP)

    assert [seen.history("system", "jets", k)[-1] for k in range(2)] == [(80, "FMC"), (70, "FMC")]


def test_overhaul_needs_a_contract_in_force_where_one_ever_covered_it():
    """Contract [0, 20) and [50, 100): due on 10 is taken; due on 30 waits at its limit until 50."""
    contracts = "contracts:\n  old: {supplier: maker, covers: overhaul, from: @0, until: @20}\n  new: {supplier: maker, covers: overhaul, from: @50, until: @100}\n"
    seen = run(contracts + jets(2, NEVER_AGAIN + ", takes: 15 days, due: {list: [10 days, 30 days]}"))

    # Taken on 10, it is finished on 25 although the contract ended on 20.
    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "OVERHAUL"), (25, "FMC")]
    assert seen.history("system", "jets", 1) == [(0, "FMC"), (30, "LIMIT"), (50, "OVERHAUL"), (65, "FMC")]


# First due dates --------------------------------------------------------------------------------------


def test_staggered_gives_a_line():
    """Four between day 20 and day 60: at 20 + (k + 1/2) x 10."""
    seen = run(jets(4, NEVER_AGAIN + ", takes: 900 days, due: {staggered: [20 days, 60 days]}"))

    assert seen.mc() == [(0, 4), (25, 3), (35, 2), (45, 1), (55, 0)]


def test_staggered_in_use():
    """Two between 240 and 480 FH: at 300 and 420 FH, 12.5 and 17.5 days."""
    seen = run(jets(2, "every: 9000 FH, at: maker, takes: 900 days, due: {staggered: [240 FH, 480 FH]}"))

    assert falls(seen) == [12.5, 17.5]


def test_a_block_gives_a_step():
    seen = run(jets(5, NEVER_AGAIN + ", takes: 900 days, due: {block: {@30: 3, @50: 1}}"))

    assert seen.mc() == [(0, 5), (30, 2), (50, 1)]


def test_a_shift_moves_the_whole_block_by_one_draw_per_world():
    """Uncertain from 0 to 20 days: the same for all three, and other worlds differ."""
    found = set()
    for world in range(5):
        seen = run(jets(3, NEVER_AGAIN + ", takes: 900 days, due: {block: {@30: 3}, shift: {low: 0 days, high: 20 days}}"), world=world)
        assert len(seen.mc()) == 2
        assert seen.mc()[1][1] == 0
        found.add(seen.mc()[1][0])

    assert len(found) == 5
    assert min(found) >= 30 and max(found) <= 50


def test_a_shift_moves_a_staggered_line_too():
    """Staggered over [20, 60] by two is 30 and 50; shifted by 7 days 37 and 57."""
    assert falls(run(jets(2, NEVER_AGAIN + ", takes: 900 days, due: {staggered: [20 days, 60 days], shift: 7 days}"))) == [37, 57]


def test_a_list_takes_the_first_ones_then_the_rest():
    """Two by list on days 40 and 10, the other two staggered over [60, 80]: 65 and 75."""
    seen = run(jets(4, NEVER_AGAIN + ", takes: 900 days, due: {list: [40 days, @10], then: {staggered: [60 days, 80 days]}}"))

    assert [seen.history("system", "jets", k)[-1][0] for k in range(4)] == [40, 10, 65, 75]


def test_random_lies_between_its_ends():
    """200 aircraft between day 20 and 60: none before, all after, half by day 40 within 4 standard errors."""
    seen = run(jets(200, NEVER_AGAIN + ", takes: 900 days, due: {random: [20 days, 60 days]}"))

    assert seen.at(19.99, "state", "jets", "mc") == 200
    assert seen.at(60, "state", "jets", "mc") == 0
    assert abs(seen.at(40, "state", "jets", "mc") - 100) < 4 * 50**0.5


def test_the_overdue_are_due_at_the_start():
    seen = run(jets(3, NEVER_AGAIN + ", takes: 10 days, due: {overdue: 1, staggered: [20 days, 40 days]}"))

    assert seen.history("system", "jets", 0)[0] == (0, "OVERHAUL")
    assert [seen.history("system", "jets", k)[1][0] for k in (1, 2)] == [25, 35]


def test_those_not_named_are_not_due():
    seen = run(jets(3, NEVER_AGAIN + ", takes: 900 days, due: {list: [10 days]}"))

    assert seen.mc() == [(0, 3), (10, 2)]


def test_life_limits_take_the_same_forms():
    body = f"fleets: {{jets: {{count: 5, {DAILY}, life_limit: {{every: 20 years, due: {{list: [10 days], then: {{staggered: [20 days, 60 days]}}}}}}}}}}"

    assert run(body).state("on_hand") == [(0, 5), (10, 4), (25, 3), (35, 2), (45, 1), (55, 0)]


def test_an_aircraft_retired_in_overhaul_keeps_its_slot_until_the_work_would_have_ended():
    """A life limit on day 15 takes the one in work since 10; the other, due on 12, starts when the slot is free, 20."""
    seen = run(jets(2, NEVER_AGAIN + ", takes: 10 days, slots: 1, due: {list: [10 days, 12 days]}",
                    ", life_limit: {every: 9 years, due: {list: [15 days]}}"))  # fmt: skip

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "OVERHAUL"), (15, "LOST")]
    assert seen.history("system", "jets", 1) == [(0, "FMC"), (12, "OVERHAUL"), (30, "FMC")]


def test_an_aircraft_retired_in_the_queue_takes_no_slot():
    """Due on 10, 11 and 12, one slot, ten days; the second is retired on 15: the third is in work [20, 30)."""
    seen = run(jets(3, NEVER_AGAIN + ", takes: 10 days, slots: 1, due: {list: [10 days, 11 days, 12 days]}",
                    ", life_limit: {every: 9 years, due: {list: [900 days, 15 days]}}"))  # fmt: skip

    assert seen.history("system", "jets", 1) == [(0, "FMC"), (11, "OVERHAUL"), (15, "LOST")]
    assert seen.history("system", "jets", 2) == [(0, "FMC"), (12, "OVERHAUL"), (30, "FMC")]


@pytest.mark.parametrize("seed", range(3))
def test_an_items_own_overhaul_renews_it_abroad(seed):
    """At 240 FH to the maker for 30 days: the hole lasts [10, 40), then every 10 flying days again."""
    seen = run(f"fleets: {{jets: {{count: 1, {DAILY}}}}}\nitems: {{engine: {{on: {{jets: 1}}, overhaul: "
               "{every: 240 FH, at: maker, takes: 30 days, due: {list: [240 FH]}}}}", seed=seed)  # fmt: skip

    assert seen.mc() == [(0, 1), (10, 0), (40, 1), (50, 0), (80, 1), (90, 0)]
    assert seen.item("engine", "condemned") == [(0, 0)]


def test_an_item_with_a_hard_life_and_no_overhaul_is_condemned():
    seen = run(f"fleets: {{jets: {{count: 1, {DAILY}}}}}\nitems: {{engine: {{on: {{jets: 1}}, hard_life: 240 FH, "
               "due: {list: [240 FH]}, stock: {base: 1}}}")  # fmt: skip

    assert seen.item("engine", "condemned") == [(0, 0), (10, 1), (20, 2)]
    assert seen.mc() == [(0, 1), (20, 0)]
    assert seen.result.ends[0][0][State.NMCS] == 1
    assert seen.result.states[0][0][State.NMCS] == 11 * DAY
