# ruff: noqa: E501  (scenario texts read better unbroken)
"""R-H1 resume and spoilage: how a halt ends, and what becomes of what it held abroad."""

from __future__ import annotations

import pytest
from audited import back, each_back, many, pumps, run, states, ups
from hand_worked import DAILY

from armsim.model import rules
from armsim.model.timeline import crew_seconds_lost

FOUR = "240 FH, 264 FH, 288 FH, 312 FH"
"""Needs on 10, 11, 12 and 13."""


def ending(resume: str, until: str = "@60", clauses: str = "new_orders: refuse", more: str = "") -> str:
    """A halt of the seller and how it ends."""
    said = f", resume: {{{resume}}}" if resume else ""
    return f"  stop: {{by: seller, from: @5, until: {until}, {clauses}{said}}}\n{more}"


# restart ----------------------------------------------------------------------------------------------


def test_what_it_stops_stays_stopped_so_much_longer():
    """Until 60 and 10 days more; five days on the way. A need of 65 is refused too, one of 70 no more."""
    seen = run(pumps(f"{FOUR}, 1560 FH, 1680 FH", ending("restart: 10 days")))

    assert each_back(seen, 6) == [75, 75, 75, 75, 75, 75]
    assert seen.history("at home", "line/spares/maker/pump")[-2:] == [(65, 5), (70, 0)]
    assert seen.touched("stop") == {"orders_refused": 5}


def test_a_restart_of_no_length_and_a_halt_without_end():
    assert each_back(run(pumps("240 FH", ending("restart: 0 days"))), 1) == [65]
    assert each_back(run(pumps("240 FH", ending("restart: 10 days", "never"))), 1) == [None]


def test_people_come_back_after_the_restart():
    """Gone from 14 on, until 40 and 7 days more; 6 of 10 days of work left: 53. 33 person-days lost."""
    seen = run(f"sites: {{base: {{crews: {{line: {{fleets: jets, size: 1, local: 0, foreign: {{maker: 1}}}}}}}}}}\nfleets: {{jets: {{{DAILY}, count: 1, "
               "inspections: {every: 900 days, takes: 10 days, crew: line, due: {list: [10 days]}}}}\n"
               "halts: {stop: {by: seller, from: @14, until: @40, people: {leave_within: 0 days, in_hand: stop}, resume: {restart: 7 days}}}\n")  # fmt: skip

    assert seen.mc() == [(0, 1), (10, 0), (53, 1)]
    assert crew_seconds_lost(seen.model, seen.world) == [33 * 86400]


def test_overhauls_wait_for_the_restart_too():
    text = f"fleets: {{jets: {{count: 1, {DAILY}, overhaul: {{every: 900 days, at: maker, takes: 5 days, due: {{list: [@10]}}}}}}}}\nhalts:\n"

    assert back(run(text + ending("restart: 10 days", clauses="overhaul: stop"))) == 75


@pytest.mark.parametrize(("clauses", "day"), [("in_transit: hold", 74), ("in_transit: wait_at_border", 70), ("in_transit: return", 75)])
def test_goods_on_the_way_wait_for_the_restart_too(clauses, day):
    """Shipped on 4, one of five days on the way when the halt begins."""
    assert back(run(pumps("96 FH", ending("restart: 10 days", clauses=clauses)))) == day


def test_a_halt_cut_in_two_has_one_restart_at_its_end():
    """[5, 40) and [40, 60) say the same: one halt until 60, and 10 days more."""
    second = "  then: {by: seller, from: @40, until: @60, new_orders: refuse, resume: {restart: 10 days}}\n"

    assert each_back(run(pumps(FOUR, ending("restart: 10 days", "@40", more=second))), 4) == [75, 75, 75, 75]


# ramp -------------------------------------------------------------------------------------------------


def test_what_waits_at_home_leaves_over_the_ramp_the_oldest_first():
    """Four needs over 20 days from 60 on: 62.5, 67.5, 72.5, 77.5, and five days on the way."""
    assert ups(run(pumps(FOUR, ending("ramp: 20 days")))) == [67.5, 72.5, 77.5, 82.5]


@pytest.mark.parametrize(("order", "days"), [("oldest_first", (70, 80)), ("newest_first", (80, 70))])
def test_the_order_of_the_ramp(order, days):
    """Needs of two sites, on 10 and on 11 (a bird flies 10/11 as much): they leave on 65 and 75, five days on the way."""
    slower = DAILY.replace("fly: 8766", "fly: 7969.0909")
    seen = run(f"sites: {{base: {{}}, far: {{}}}}\nfleets: {{jets: {{count: 1, site: base, {DAILY}}}, birds: {{count: 1, site: far, {slower}}}}}\n"
               "items: {pump: {on: {jets: 1, birds: 1}, fails_every: {best: 240 FH, varies: fixed}, supplier: maker, resupply: {transit: 5 days}}}\n"
               "halts:\n" + ending(f"ramp: 20 days, order: {order}"))  # fmt: skip

    assert (back(seen), back(seen, 0, "birds")) == days


def test_new_needs_go_at_once_during_the_ramp():
    """A need of 65 comes on 70, and goes to the oldest hole; the last of the backlog on 82.5 to the newest."""
    seen = run(pumps(f"{FOUR}, 1560 FH", ending("ramp: 20 days")))

    assert ups(seen) == [67.5, 70, 72.5, 77.5, 82.5]
    assert each_back(seen, 5) == [67.5, 70, 72.5, 77.5, 82.5]


def test_a_ramp_follows_the_restart():
    assert ups(run(pumps(FOUR, ending("restart: 10 days, ramp: 20 days")))) == [77.5, 82.5, 87.5, 92.5]


def test_units_for_repair_leave_over_the_ramp_too():
    """Two failures on 10, two days of repair: they leave on 65 and 75."""
    text = (f"fleets: {{jets: {{count: 2, {DAILY}}}}}\nitems: {{pump: {{on: {{jets: 1}}, fails_every: {{best: 240 FH, varies: fixed}}, supplier: maker, repair: {{at: maker, takes: 2 days}}}}}}\nhalts:\n")  # fmt: skip

    assert ups(run(text + ending("ramp: 20 days"), days=76)) == [67]
    assert each_back(run(text + ending("ramp: 20 days"), days=78), 2) == [67, 77]


def test_a_line_that_shuts_again_in_the_ramp_keeps_what_has_not_left():
    """The first has left on 62.5. Shut [66, 90): the other three wait, and with no ramp at that end leave on 90."""
    again = "  again: {by: maker, from: @66, until: @90, new_orders: refuse}\n"

    assert ups(run(pumps(FOUR, ending("ramp: 20 days", more=again)), days=120)) == [67.5, 95]


def test_a_ramp_over_while_another_halt_refuses_is_of_no_use():
    """`other` refuses until 90 and has no ramp: all leave on 90."""
    other = "  other: {by: maker, from: @5, until: @90, new_orders: refuse}\n"

    assert ups(run(pumps(FOUR, ending("ramp: 20 days", more=other)), days=120)) == [95]


def test_overhauls_do_not_take_part_in_a_ramp():
    """Three due on 10; what is ramped waits at home for a line of spares or repair."""
    seen = run(f"fleets: {{jets: {{count: 3, {DAILY}, overhaul: {{every: 900 days, at: maker, takes: 5 days, due: {{block: {{@10: 3}}}}}}}}}}\nhalts:\n" + ending("ramp: 20 days", clauses="overhaul: stop"))

    assert seen.mc() == [(0, 3), (10, 0), (65, 3)]


# spoilage ---------------------------------------------------------------------------------------------


def held(spoilage: str, count: int = 1, until: str = "@60", more: str = "", due: str = "240 FH") -> str:
    """Pumps are overhauled by the maker in 20 days from 10 on; their repairs stand still [20, until). A new one takes 40."""
    said = f", spoilage: {spoilage}" if spoilage else ""
    return (f"fleets: {{jets: {{count: {count}, {DAILY}}}}}\nitems: {{pump: {{on: {{jets: 1}}, supplier: maker, "
            f"overhaul: {{every: 999999 FH, at: maker, takes: 20 days, due: {{list: [{many(due, count)}]}}}}, resupply: {{transit: 40 days}}}}}}\n"
            f"halts:\n  stop: {{by: seller, from: @20, until: {until}, repairs_abroad: hold{said}}}\n{more}")  # fmt: skip


@pytest.mark.parametrize(("spoilage", "day", "condemned"), [("", 70, 0), ("0%", 70, 0), ("100%", 110, 1)])
def test_all_or_nothing_that_is_held_spoils(spoilage, day, condemned):
    """10 of 20 days done by 20, the rest from 60: 70. Spoilt: condemned then, a new one takes 40 days."""
    seen = run(held(spoilage), days=120)

    assert back(seen) == day
    assert seen.item("pump", "condemned")[-1][1] == condemned
    assert seen.touched("stop") == {"repairs_caught": 1}


def test_a_unit_that_is_never_held_does_not_spoil():
    """Done on 30, as the halt begins: what ends at an edge has ended."""
    assert back(run(held("100%").replace("from: @20", "from: @30"))) == 30


def test_a_share_spoils_by_the_time_it_is_held():
    """Held 183 days at 50% a year: 1 - 0.5^(183/365.25) = 29.3% of 400: 117.4 within 3.5 standard errors (31.9)."""
    share = 1 - 0.5 ** (183 / 365.25)
    seen = run(held("50%", 400, "@203"), days=240)

    assert abs(seen.item("pump", "condemned")[-1][1] - 400 * share) < 3.5 * (400 * share * (1 - share)) ** 0.5


def test_more_spoils_in_a_longer_hold_and_at_a_larger_share():
    """The same draws: what spoils in a shorter hold or at a smaller share spoils in the larger too."""
    counts = [run(held(share, 60, until), days=400).item("pump", "condemned")[-1][1] for share, until in (("20%", "@120"), ("20%", "@350"), ("60%", "@350"))]

    assert 0 < counts[0] < counts[1] < counts[2] < 60


def test_the_chance_follows_the_formula():
    year = 31557600

    free, hold, seize = rules.FINISH_REPAIR, rules.HOLD_REPAIR, rules.SEIZE

    def chance(share: float, held: int) -> float:
        return rules.spoilt((-year, 0, held), (free, hold, free), (0.0, share, 0.0), -5, held + 5, year)

    assert chance(0.19, year // 2) == pytest.approx(0.1)
    assert chance(0.19, 2 * year) == pytest.approx(1 - 0.81**2)
    assert chance(1.0, 1) == 1.0
    assert chance(0.0, year) == 0.0
    # Two holds one after the other, each with its share; what is not a hold spoils nothing.
    both = rules.spoilt((0, year, 2 * year), (hold, hold, seize), (0.19, 0.36, 0.9), 0, 3 * year, year)
    assert both == pytest.approx(1 - 0.81 * 0.64)
    assert rules.spoilt((0,), (hold,), (0.5,), 7, 7, year) == 0.0


def test_a_system_in_overhaul_that_spoils_is_lost():
    text = f"fleets: {{jets: {{count: 1, {DAILY}, overhaul: {{every: 900 days, at: maker, takes: 20 days, due: {{list: [@10]}}}}}}}}\nhalts: {{stop: {{by: seller, from: @20, until: @60, repairs_abroad: hold, spoilage: SHARE}}}}\n"

    assert states(run(text.replace("SHARE", "100%")), 1) == [[(0, "FMC"), (10, "OVERHAUL"), (70, "LOST")]]
    assert states(run(text.replace("SHARE", "0%")), 1) == [[(0, "FMC"), (10, "OVERHAUL"), (70, "FMC")]]


def test_a_restart_is_a_longer_hold():
    assert back(run(held("0%").replace("hold, spoilage: 0%", "hold, resume: {restart: 10 days}"))) == 80


def test_only_the_halt_that_holds_a_unit_spoils_it():
    """Held by `stop`, which spoils nothing, [20, 60), and back on 70. `later` holds and spoils from 90 on only."""
    later = "  later: {by: maker, from: @90, until: @95, repairs_abroad: hold, spoilage: 100%}\n"

    assert back(run(held("", more=later), days=120)) == 70


def test_another_change_of_the_line_does_not_end_the_ramp():
    """A halt that only keeps goods at the border [66, 67) begins in the ramp: who leaves when stays as it was; the one
    under way from 62.5 arrives on 67.5."""
    mild = "  mild: {by: seller, from: @66, until: @67, in_transit: wait_at_border}\n"

    assert ups(run(pumps(FOUR, ending("ramp: 20 days", more=mild)))) == [67.5, 72.5, 77.5, 82.5]


def test_a_second_ramp_takes_the_place_of_the_first():
    """The first has left on 62.5. Shut [66, 70) with a ramp of 30 days: the other three leave on 75, 85 and 95."""
    again = "  again: {by: maker, from: @66, until: @70, new_orders: refuse, resume: {ramp: 30 days}}\n"

    assert ups(run(pumps(FOUR, ending("ramp: 20 days", more=again)), days=120)) == [67.5, 80, 90, 100]
