# ruff: noqa: E501  (scenario texts read better unbroken)
"""R-H1 after, announced; R-H6: halts that follow others, in the worlds in which they do; responses to a notice."""

from __future__ import annotations

import pytest
from audited import each_back, pumps, run
from hand_worked import DAY, dated, written

from armsim.model.compile import compile_scenario
from armsim.model.timeline import HaltSpan, draw_world
from armsim.scenario.scenario import load_text

LEAD = "  lead: {by: seller, from: @20, until: @30, new_orders: refuse}\n"


def follow(after: str, lead: str = LEAD, more: str = "", due: str = "600 FH, 840 FH") -> str:
    """Pumps fail on 25 and 35; the leader refuses [20, 30), the follower from when it begins until 50."""
    return pumps(due, f"{lead}  follow: {{by: maker, {after}, until: @50, new_orders: refuse}}\n{more}")


# When it begins ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("after", "second"), [
    ("after: {halt: lead, lag: 10 days}", 55),  # from 30: the need of 35 waits until 50
    ("after: {halt: lead, lag: 15 days}", 55),  # from the very day of the need
    ("after: {halt: lead, lag: 16 days}", 40),  # a day too late
    ("after: {halt: lead}", 55),
    ("after: {halt: lead, lag: 10 days}, from: @34", 55),
    ("after: {halt: lead, lag: 10 days}, from: @36", 40),  # the later of the two
    ("after: {halt: lead, lag: 16 days}, from: @1", 40),
    ("after: {halt: lead, lag: 10 days, probability: 100%}", 55),
    ("after: {halt: lead, lag: 10 days, probability: 0%}", 40),
    ("after: {halt: lead, lag: 40 days}", 40),  # it would begin at its end or after it
])  # fmt: skip
def test_it_begins_so_long_after_its_leader(after, second):
    """The need of 25 is refused by the leader until 30; where the follower holds on 30 too, until 50."""
    seen = run(follow(after))
    first = 55 if after in ("after: {halt: lead, lag: 10 days}", "after: {halt: lead}", "after: {halt: lead, lag: 10 days, probability: 100%}") else 35

    assert each_back(seen, 2) == [first, second]


@pytest.mark.parametrize("lead", [
    LEAD.replace("until: @30", "until: @30, active: false"),
    LEAD.replace("until: @30", "until: @20"),  # no time at all
])  # fmt: skip
def test_it_does_not_happen_without_its_leader(lead):
    assert each_back(run(follow("after: {halt: lead, lag: 2 days}", lead)), 2) == [30, 40]


def test_it_follows_whatever_its_leader_says_and_though_that_is_over():
    """The leader stops overhauls only, [1, 2)."""
    lead = "  lead: {by: seller, from: @1, until: @2, overhaul: stop}\n"

    assert each_back(run(follow("after: {halt: lead, lag: 30 days}", lead)), 2) == [30, 55]


def test_a_chain_begins_link_by_link():
    """lead 20, mid 28, follow 34: the need of 33 sets off at once, that of 35 waits."""
    mid = "  mid: {by: third, after: {halt: lead, lag: 8 days}, until: @29, new_orders: refuse}\n"
    seen = run(follow("after: {halt: mid, lag: 6 days}", more=mid, due="792 FH, 840 FH"))

    assert each_back(seen, 2) == [38, 55]


def test_a_chain_ends_with_the_first_that_does_not_follow():
    mid = "  mid: {by: third, after: {halt: lead, lag: 8 days, probability: 0%}, until: @29, new_orders: refuse}\n"

    assert each_back(run(follow("after: {halt: mid, lag: 6 days}", more=mid)), 2) == [35, 40]


def test_a_chain_ends_with_the_first_that_has_no_time():
    """mid would begin on 28, but is over on 25."""
    mid = "  mid: {by: third, after: {halt: lead, lag: 8 days}, until: @25, new_orders: refuse}\n"

    assert each_back(run(follow("after: {halt: mid, lag: 6 days}", more=mid)), 2) == [35, 40]


def test_a_restart_of_the_leader_does_not_move_its_follower():
    """The lag counts from the beginning."""
    lead = LEAD.replace("until: @30", "until: @30, resume: {restart: 4 days}")

    assert each_back(run(follow("after: {halt: lead, lag: 15 days}", lead)), 2) == [39, 55]


# In which worlds --------------------------------------------------------------------------------------


def begun(halts: str, worlds: int) -> list[dict[str, float]]:
    """The days on which the halts begin, world by world."""
    model = compile_scenario(load_text(written(pumps("240 FH", halts))))
    return [{model.halts[span.index].name: span.begin / DAY for span in draw_world(model, 1, w).halts} for w in range(worlds)]


def test_it_follows_in_a_share_of_the_worlds():
    """30% of 400 worlds: 120 within 3.5 standard errors (32; false alarm 1 in 2000)."""
    found = begun(LEAD + "  follow: {by: maker, after: {halt: lead, lag: 5 days, probability: 30%}, new_orders: refuse}\n", 400)

    assert all(days["lead"] == 20 for days in found)
    assert {days["follow"] for days in found if "follow" in days} == {25}
    assert abs(sum("follow" in days for days in found) - 120) < 3.5 * 84**0.5


def test_each_link_of_a_chain_is_drawn_for_itself():
    """50% each: the second in half, the third in a quarter of 400 worlds (35 and 30.3), and never without the second."""
    chain = ("  mid: {by: maker, after: {halt: lead, probability: 50%}, new_orders: refuse}\n"
             "  tail: {by: third, after: {halt: mid, probability: 50%}, new_orders: refuse}\n")  # fmt: skip
    found = begun(LEAD + chain, 400)

    assert abs(sum("mid" in days for days in found) - 200) < 3.5 * 100**0.5
    assert abs(sum("tail" in days for days in found) - 100) < 3.5 * 75**0.5
    assert all("mid" in days for days in found if "tail" in days)


def test_two_followers_of_one_leader_follow_independently():
    """50% each: both in a quarter of 400 worlds."""
    both = "".join(f"  {name}: {{by: {name}, after: {{halt: lead, probability: 50%}}, new_orders: refuse}}\n" for name in ("maker", "third"))

    assert abs(sum({"maker", "third"} <= set(days) for days in begun(LEAD + both, 400)) - 100) < 3.5 * 75**0.5


def test_an_uncertain_lag_is_one_number_in_each_world():
    found = begun(LEAD + "  follow: {by: maker, after: {halt: lead, lag: {low: 5 days, high: 15 days}}, new_orders: refuse}\n", 50)
    lags = [days["follow"] - 20 for days in found]

    assert len(set(lags)) == 50
    assert 5 <= min(lags) < 7 and 13 < max(lags) <= 15


def test_an_uncertain_beginning_of_the_leader_moves_its_follower():
    lead = dated("  lead: {by: seller, from: {low: @20, high: @40}, new_orders: refuse}\n")
    found = begun(lead + "  follow: {by: maker, after: {halt: lead, lag: 7 days}, new_orders: refuse}\n", 20)

    assert len({days["lead"] for days in found}) == 20
    assert all(days["follow"] - days["lead"] == pytest.approx(7, abs=1 / DAY) for days in found)


# The twin ---------------------------------------------------------------------------------------------


def twin_halts(halts: str) -> list[str]:
    """The halts that stay in the no-halt twin."""
    model = compile_scenario(load_text(written(pumps("240 FH", halts))).twin())
    spans: tuple[HaltSpan, ...] = draw_world(model, 1, 0).halts
    return [model.halts[span.index].name for span in spans]


def test_a_background_follower_stays_only_with_a_background_chain():
    lead, stays = LEAD.replace("until: @30", "background: true"), LEAD
    follower = "  follow: {by: maker, after: {halt: lead}, new_orders: refuse, background: true}\n"
    tail = "  tail: {by: third, after: {halt: follow}, new_orders: refuse, background: true}\n"

    assert twin_halts(lead + follower + tail) == ["follow", "lead", "tail"]
    assert twin_halts(stays + follower + tail) == []
    assert twin_halts(lead + follower.replace(", background: true", "") + tail) == ["lead"]


# Responses to a follower and to a notice --------------------------------------------------------------

STOCKPILE = "responses: {buy: {kind: stockpile, items: pump, units: 3, TRIGGER}}\n"


def bought(halts: str, trigger: str) -> list[tuple[float, int]]:
    """When units come onto the shelf; five days on the way."""
    seen = run(pumps("2376 FH", halts, more=STOCKPILE.replace("TRIGGER", trigger)))
    return [point for point in seen.item("pump", "stock") if point[0] < 99]


NOTICED = "  stop: {by: seller, from: @30, until: @50, announced: @12, new_orders: refuse}\n"


@pytest.mark.parametrize(("trigger", "shelf"), [
    ("notice: stop", [(0, 0), (17, 3)]),
    ("notice: stop, delay: 7 days", [(0, 0), (24, 3)]),
    ("notice: stop, delay: 18 days", [(0, 0), (55, 3)]),  # begins with the halt: waits until its end
    ("notice: stop, until: @12", [(0, 0)]),
    ("notice: stop, until: @13", [(0, 0), (17, 3)]),  # ordered once, when it begins
    ("notice: stop, succeeds: 0%", [(0, 0)]),
    ("after: stop", [(0, 0), (55, 3)]),
])  # fmt: skip
def test_a_response_to_a_notice_counts_from_the_announcement(trigger, shelf):
    assert bought(NOTICED, trigger) == shelf


def test_without_an_announcement_the_notice_is_the_beginning():
    assert bought(NOTICED.replace("announced: @12, ", ""), "notice: stop") == [(0, 0), (55, 3)]


def test_an_announcement_by_itself_does_nothing():
    halts = NOTICED.replace("@30", "@8")

    assert each_back(run(pumps("240 FH", halts.replace("@12", "@1"))), 1) == [55]
    assert each_back(run(pumps("120 FH", halts.replace("@12", "@1"))), 1) == [10]


def test_a_response_after_a_follower_begins_with_it_or_not_at_all():
    follower = LEAD + "  follow: {by: third, after: {halt: lead, lag: 6 days, probability: SHARE}, new_orders: refuse}\n"

    assert bought(follower.replace("SHARE", "100%"), "after: follow, delay: 8 days") == [(0, 0), (39, 3)]
    assert bought(follower.replace("SHARE", "0%"), "after: follow, delay: 8 days") == [(0, 0)]
    assert bought(follower.replace("SHARE", "0%"), "notice: follow, delay: 8 days") == [(0, 0)]


def test_an_announcement_before_the_start_counts_from_the_start():
    """Announced two months before the start: 4 days of delay from day 0, 5 on the way. The halt itself begins on 30."""
    early = NOTICED.replace("@12", "2022-11-01")

    assert bought(early, "notice: stop, delay: 4 days") == [(0, 0), (9, 3)]
