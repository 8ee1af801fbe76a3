# ruff: noqa: E501  (scenario texts read better unbroken)
"""Section 7: robbing from a date, flying less by a trigger with hysteresis, another source."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hand_worked import DAILY, run

HOUR = 3_600_000_000_000
YEAR = 365.25


def parts(due: str, count: int, more: str = "", stages: str = "{transit: 5 days}", until: str = "@300", days: int = 400,
          responses: str = "", seed: int = 1, world: int = 0):  # fmt: skip
    """Pumps fail at the times given; the only maker refuses orders [0, until)."""
    return run(f"fleets: {{jets: {{count: {count}, {DAILY}{more}}}}}\nitems:\n  pump: {{on: {{jets: 1}}, hard_life: 999999 FH, "
               f"due: {{list: [{due}]}}, supplier: maker, resupply: {stages}}}\n"
               f"halts: {{stop: {{by: seller, from: @0, until: {until}, new_orders: refuse}}}}\nresponses:\n{responses}",
               days=days, seed=seed, world=world)  # fmt: skip


def ups(seen) -> list[float]:
    """Days on which one more aircraft is mission capable."""
    points = seen.mc()
    return [day for (_, before), (day, after) in pairwise(points) if after > before]


# cannibalise ------------------------------------------------------------------------------------------

ROB = f"""
fleets: {{jets: {{count: 2, {DAILY}}}}}
items:
  pump: {{on: {{jets: 1}}, hard_life: 999999 FH, due: {{list: [99999 FH, 480 FH]}}}}
  rotor: {{on: {{jets: 1}}, hard_life: 999999 FH, due: {{list: [240 FH, 99999 FH]}}}}
halts: {{stop: {{by: seller, from: @25, new_orders: refuse}}}}
responses: {{rob: {{kind: cannibalise, WHEN}}}}
"""


@pytest.mark.parametrize(("when", "day"), [
    ("from: @40", 40), ("after: stop, delay: 7 days", 32), ("from: @5", 20), ("from: @5, until: @15", None),
    ("from: @40, succeeds: 0%", None), ("from: @40, active: false", None), ("when: mc < 1", 20), ("when: mc < 1, delay: 3 days", 23),
    ("when: nmcs > 1", 20), ("when: mc < 2, until: @15", None), ("after: stop, delay: 7 days, until: @30", None),
    ("from: @20", 20),
])  # fmt: skip
def test_robbing_begins_with_its_trigger(when, day):
    """The first lacks its rotor from 10, the second its pump from 20: no crew, so the pump is in at once, and when it
    goes at the second of the failure the second aircraft is never down."""
    seen = run(ROB.replace("WHEN", when))
    expected = {None: [(20, 0)], 20: []}.get(day, [(20, 0), (day, 1)])

    if when == "after: stop, delay: 7 days, until: @30":
        expected = [(20, 0)]  # it would begin on 32: it never does
    assert seen.mc() == [(0, 2), (10, 1), *expected]


def test_the_damage_of_the_response_holds():
    seen = run(ROB.replace("WHEN", "from: @40, damage: 100%"))

    assert seen.at(99, "state", "jets", "mc") == 0
    assert seen.item("pump", "holes") == [(0, 0), (20, 1), (40, 2)]


def test_two_halts_that_say_the_same_are_told_apart_by_a_response_after_one_of_them():
    """`second` begins on 60, `stop` on 25, both with the same words and a gap between: the response follows the one it names."""
    text = ROB.replace("from: @25, new_orders: refuse}}", "from: @25, until: @30, new_orders: refuse}, second: {by: seller, from: @60, new_orders: refuse}}")

    assert ups(run(text.replace("WHEN", "after: second, delay: 2 days"))) == [62]
    assert ups(run(text.replace("WHEN", "after: stop, delay: 2 days"))) == [27]


# fly_less ---------------------------------------------------------------------------------------------


def test_flying_less_from_a_date_slows_every_use():
    """24 FH a day until day 5 (120 FH), then half: the other 120 FH take 10 days."""
    seen = parts("240 FH", 1, responses="  less: {kind: fly_less, from: @5, fly: 50%}\n")

    assert seen.mc()[1] == (15, 0)
    assert seen.result.demanded[0][0] == (5 * 24 + 26 * 12) * HOUR


def test_a_trigger_begins_below_its_threshold_and_ends_only_above_the_other():
    """Four aircraft, one lost on 10, 20, 30. mc < 60% of 4: below 2.4, so from 20 (two left) on, not at 3.
    Until mc > 80%: above 3.2, so deliveries to 3 on 50 do not end it, to 4 on 60 do."""
    text = f"""
fleets: {{jets: {{count: 4, authorised: 4, {DAILY}, losses: {{on: [{{on: @10}}, {{on: @20}}]}},
               deliveries: {{supplier: maker, schedule: [@50, @60]}}}}}}
responses: {{less: {{kind: fly_less, when: mc < 60% of authorised, until: mc > 80% of authorised, fly: 50%}}}}
"""
    seen = run(text, days=59 + 31)

    assert seen.mc() == [(0, 4), (10, 3), (20, 2), (50, 3), (60, 4)]
    # Per aircraft: at most 24 FH a day, asked 24 per aircraft on hand, half of it from 20 to 60.
    assert seen.history("flown_a_second", "jets") == [(0, 10**9), (20, 5 * 10**8), (60, 10**9)]
    assert seen.result.demanded[1] == [(19 * 2 * 12 + 9 * 3 * 12) * HOUR]


def test_a_trigger_is_not_armed_in_the_warm_up():
    """Below the threshold from the beginning: it begins on day 0, not before."""
    text = f"fleets: {{jets: {{count: 1, authorised: 4, {DAILY}}}}}\nresponses: {{less: {{kind: fly_less, when: mc < 2, fly: 50%}}}}\n"

    assert run(text, warmup="30 days").history("flown_a_second", "jets") == [(-30, 10**9), (0, 5 * 10**8)]


def test_exactly_at_the_threshold_is_not_below_it():
    """Two of four are 50%: not below 50%."""
    text = f"fleets: {{jets: {{count: 4, {DAILY}, losses: {{on: [{{on: @10, count: 2}}, {{on: @30}}]}}}}}}\nresponses: {{less: {{kind: fly_less, when: mc < 50% of authorised, fly: 50%}}}}\n"

    assert run(text).history("flown_a_second", "jets") == [(0, 10**9), (30, 5 * 10**8)]


# other_source -----------------------------------------------------------------------------------------

#: 36.525 a year is one every 10 days, to the second.
SOURCE = "  third_party: {kind: other_source, items: pump, jurisdiction: third, capacity: 36.525 per year, WHEN}\n"


def test_another_source_takes_refused_needs_oldest_first_within_its_capacity():
    """Needs on 10, 11, 12, 13, all refused. From day 20 one every 10 days, 5 days on the way: 25, 35, 45, 55, and to
    the aircraft that has waited longest."""
    seen = parts("312 FH, 240 FH, 288 FH, 264 FH", 4, responses=SOURCE.replace("WHEN", "from: @20"))

    assert ups(seen) == [25, 35, 45, 55]
    assert [seen.history("system", "jets", k)[-1] for k in range(4)] == [(55, "FMC"), (25, "FMC"), (45, "FMC"), (35, "FMC")]


@pytest.mark.parametrize(("pump", "rotor"), [(10, 12), (12, 10)])
def test_of_needs_for_different_items_the_oldest_goes_first(pump, rotor):
    """One need every 10 days from day 20 on, whatever the item: the one raised on day 10 is served on 25, the other 35."""
    seen = run(f"""
fleets: {{jets: {{count: 2, {DAILY}}}}}
items:
  pump: {{on: {{jets: 1}}, hard_life: 999999 FH, due: {{list: [{24 * pump} FH]}}, supplier: maker, resupply: {{transit: 5 days}}}}
  rotor: {{on: {{jets: 1}}, hard_life: 999999 FH, due: {{list: [999999 FH, {24 * rotor} FH]}}, supplier: maker, resupply: {{transit: 5 days}}}}
halts: {{stop: {{by: seller, from: @0, new_orders: refuse}}}}
responses: {{src: {{kind: other_source, items: [pump, rotor], jurisdiction: third, capacity: 36.525 per year, from: @20}}}}
""")

    first, second = (0, 1) if pump < rotor else (1, 0)
    assert seen.history("system", "jets", first)[-1] == (25, "FMC")
    assert seen.history("system", "jets", second)[-1] == (35, "FMC")


def test_capacity_is_not_saved_up():
    """It could from day 0 on, but the needs come on 41, 42, 43: one at once (46), the next on 50 and 60 (55, 65)."""
    seen = parts("984 FH, 1008 FH, 1032 FH", 3, responses=SOURCE.replace("WHEN", "from: @0"))

    assert ups(seen) == [46, 55, 65]


def test_it_takes_only_what_the_main_line_refuses():
    """The halt ends on 30: the need still waiting goes to the maker then (35), the one of day 31 at once (36)."""
    seen = parts("240 FH, 264 FH, 744 FH", 3, until="@30", responses=SOURCE.replace("WHEN", "from: @20"))

    assert ups(seen) == [25, 35, 36]


def test_its_own_time_and_its_own_jurisdictions_halt():
    """It takes 12 days of its own. Its state refuses [15, 40): the first need waits until 40."""
    own = SOURCE.replace("WHEN", "from: @20, takes: 12 days")
    free = parts("240 FH", 1, responses=own)
    assert ups(free) == [32]

    halted = run(f"fleets: {{jets: {{count: 1, {DAILY}}}}}\nitems: {{pump: {{on: {{jets: 1}}, hard_life: 999999 FH, due: {{list: [240 FH]}}, "
                 "supplier: maker, resupply: {transit: 5 days}}}\nhalts:\n  stop: {by: seller, from: @0, new_orders: refuse}\n"
                 f"  third_too: {{by: third, from: @15, until: @40, new_orders: refuse}}\nresponses:\n{own}")  # fmt: skip
    assert ups(halted) == [52]


def test_goods_of_another_source_that_turn_back_need_its_own_time_again():
    """On the way [20, 32) with its own 12 days; its state sends goods back on 25; from 40 on 12 days: 52."""
    own = SOURCE.replace("WHEN", "from: @20, takes: 12 days")
    seen = run(f"fleets: {{jets: {{count: 1, {DAILY}}}}}\nitems: {{pump: {{on: {{jets: 1}}, hard_life: 999999 FH, due: {{list: [240 FH]}}, "
               "supplier: maker, resupply: {transit: 5 days}}}\nhalts:\n  stop: {by: seller, from: @0, new_orders: refuse}\n"
               f"  third_too: {{by: third, from: @25, until: @40, in_transit: return}}\nresponses:\n{own}")  # fmt: skip

    assert ups(seen) == [52]


@pytest.mark.parametrize(("succeeds", "n"), [("0%", 0), ("100%", 1)])
def test_a_programme_that_fails_supplies_nothing(succeeds, n):
    assert len(ups(parts("240 FH", 1, days=200, responses=SOURCE.replace("WHEN", f"from: @20, succeeds: {succeeds}")))) == n


def test_success_is_drawn_once_per_world():
    """30%: of 100 worlds 30 within 3.5 standard errors (4.6); both replications of a world agree."""
    won = [len(ups(parts("240 FH", 1, days=60, responses=SOURCE.replace("WHEN", "from: @20, succeeds: 30%"), world=w))) for w in range(100)]

    assert abs(sum(won) - 30) < 3.5 * 21**0.5


def test_quality_shortens_the_life_of_what_it_sends():
    """The same draw at 100% and 50%: the second life is half."""
    def second(quality: str) -> float:
        seen = run(f"fleets: {{jets: {{count: 1, {DAILY}}}}}\nitems: {{pump: {{on: {{jets: 1}}, fails_every: 480 FH, supplier: maker, resupply: {{transit: 5 days}}}}}}\n"
                   "halts: {stop: {by: seller, from: @0, new_orders: refuse}}\nresponses:\n"
                   + SOURCE.replace("WHEN", f"from: @0, quality: {quality}"), days=400, seed=5)  # fmt: skip
        return seen.mc()[3][0] - seen.mc()[2][0]

    assert second("50%") == pytest.approx(second("100%") / 2, abs=2 / 86400)


def test_a_source_that_begins_twice_still_has_its_capacity_only_once():
    """One every 20 days, one day on the way, while fewer than 3 fly and until more than 3 do. On day 10 six of eight
    lose their pump: 2 fly, it begins, sends one at once (11) and one on 30 (31), when two deliveries end it at 6.
    On 33 four are lost: 2 fly, it begins again and sends one at once (34), and the next 20 days later (54: 4 fly,
    the end). The first beginning's clock, due on 50, must be silent."""
    text = f"""
fleets: {{jets: {{count: 8, {DAILY}, losses: {{on: [{{on: @33, count: 4}}]}}, deliveries: {{supplier: other, schedule: [@31, @31]}}}}}}
items: {{pump: {{on: {{jets: 1}}, hard_life: 999999 FH, due: {{list: [{', '.join(['240 FH'] * 6)}]}}, supplier: maker, resupply: {{transit: 1 day}}}}}}
halts: {{stop: {{by: seller, from: @0, new_orders: refuse}}}}
responses: {{src: {{kind: other_source, items: pump, jurisdiction: third, capacity: 18.2625 per year, when: mc < 3, until: mc > 3}}}}
"""
    seen = run(text, days=200)

    assert seen.mc() == [(0, 8), (10, 2), (11, 3), (31, 6), (33, 2), (34, 3), (54, 4)]
    assert seen.item("pump", "holes") == [(0, 0), (10, 6), (11, 5), (31, 4), (34, 3), (54, 2)]
