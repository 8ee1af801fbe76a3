# ruff: noqa: E501  (scenario texts read better unbroken)
"""R-H1 operation, ENGINE 39: permission to operate withdrawn system by system."""

from __future__ import annotations

import pytest
from audited import cause_days, run, states
from hand_worked import DAILY, DAY, Seen, written

from armsim.scenario.scenario import load_text
from armsim.study.executors import last_end


def forbidden(operation: str, fleet: str = "owner: seller", halt: str = "", count: int = 4, until: str = "@50", more: str = "", **other) -> Seen:
    """Jets of the seller; from day 10 on he withdraws the permission to operate them."""
    return run(f"fleets: {{jets: {{count: {count}, {DAILY}, {fleet}}}}}\nhalts: {{stop: {{by: seller, from: @10, until: {until}, operation: {{{operation}}}{halt}}}}}\n{more}", **other)


def halted(*halts: str) -> Seen:
    """Four jets of the seller under several halts of his."""
    lines = "".join(f"  halt_{k}: {{by: seller, {halt}}}\n" for k, halt in enumerate(halts))
    return run(f"fleets: {{jets: {{count: 4, {DAILY}, owner: seller}}}}\nhalts:\n{lines}")


def days_stopped(seen: Seen, count: int = 4) -> list[float | None]:
    """When each system was first forbidden."""
    return [next((day for day, state in history if state == "LIMIT"), None) for history in states(seen, count)]


# Who and when -----------------------------------------------------------------------------------------


def test_permission_is_withdrawn_one_by_one_and_given_back_at_once():
    """Four over 8 days from 10 on: 11, 13, 15, 17, the last in order first; all back on 50."""
    seen = forbidden("stop_within: 8 days")

    assert days_stopped(seen) == [17, 15, 13, 11]
    assert seen.mc() == [(0, 4), (11, 3), (13, 2), (15, 1), (17, 0), (50, 4)]
    assert seen.touched("stop") == {"systems_forbidden": 4}
    assert cause_days(seen) == {"permission": 39 + 37 + 35 + 33}


@pytest.mark.parametrize(("operation", "stopped"), [
    ("stop_within: 0 days", [10, 10, 10, 10]),
    ("stop_within: 8 days, except: 2", [None, None, 16, 12]),
    ("stop_within: 8 days, except: 3", [None, None, None, 14]),
    ("stop_within: 8 days, except: 0", [17, 15, 13, 11]),
    ("stop_within: 8 days, except: 4", [None] * 4),
    ("stop_within: 8 days, except: 9", [None] * 4),
    ("stop_within: 0 days, except: 1", [None, 10, 10, 10]),
])  # fmt: skip
def test_so_many_are_left_out_the_first_in_order(operation, stopped):
    seen = forbidden(operation)
    n = sum(day is not None for day in stopped)

    assert days_stopped(seen) == stopped
    assert seen.touched("stop") == ({"systems_forbidden": n} if n else {})
    assert seen.mc()[-1][1] == 4


def test_a_halt_that_ends_before_all_are_forbidden_spares_the_rest():
    seen = forbidden("stop_within: 80 days", until="@50")  # 20, 40, 60, 80

    assert seen.mc() == [(0, 4), (20, 3), (40, 2), (50, 4)]
    assert seen.touched("stop") == {"systems_forbidden": 2}


def test_permission_comes_back_after_the_restart():
    assert forbidden("stop_within: 0 days", halt=", resume: {restart: 7 days}").mc() == [(0, 4), (10, 0), (57, 4)]


def test_a_ban_ends_apart_from_the_rest_of_its_halt():
    """Settled 81. Out of action by the ban [10, 50 + 7), by the missing pump as long as orders are refused and 5 days
    more: one fails on day 8 of flying and waits for 50 + 20 + 5. The other way round the ban lasts longest."""
    pump = "items: {pump: {on: {jets: 1}, hard_life: 9999 FH, due: {list: [192 FH]}, supplier: maker, resupply: {make: 5 days}}}\n"
    apart = ", new_orders: refuse, resume: {restart: 20 days, operation: 7 days}"
    longer = ", new_orders: refuse, resume: {operation: 30 days}"

    first = forbidden("stop_within: 0 days", halt=apart.replace("new_orders: refuse", "new_orders: refuse, accepted_orders: stop"), count=2, more=pump)
    second = forbidden("stop_within: 0 days", halt=longer + ", accepted_orders: stop", count=2, more=pump)

    # Ordered on day 8, making stands still [10, 70): 3 of 5 days are left.
    assert first.history("system", "jets", 0) == [(0, "FMC"), (8, "NMCS"), (10, "LIMIT"), (57, "NMCS"), (73, "FMC")]
    assert first.history("system", "jets", 1) == [(0, "FMC"), (10, "LIMIT"), (57, "FMC")]
    assert second.item("pump", "on_order") == [(0, 0), (8, 1), (53, 0)]
    assert second.mc() == [(0, 2), (8, 1), (10, 0), (80, 2)]
    assert [last_end(seen.world) for seen in (first, second)] == [70 * DAY, 80 * DAY]


def test_a_ban_that_lasts_longer_than_its_halt_counts_who_comes_meanwhile():
    """The halt ends on 50, its ban on 80; a system delivered on 60 may not fly before that either."""
    come = ", deliveries: {supplier: other, schedule: {list: [@60]}}"
    seen = forbidden("stop_within: 0 days", fleet="owner: seller" + come, halt=", resume: {operation: 30 days}", count=1)

    assert states(seen, 2) == [[(0, "FMC"), (10, "LIMIT"), (80, "FMC")], [(0, None), (60, "LIMIT"), (80, "FMC")]]
    assert seen.touched("stop") == {"systems_forbidden": 2}


@pytest.mark.parametrize(("resume", "counted"), [
    ("operation: 0 days, restart: 20 days", [3, 1]),
    ("operation: 20 days", [4, 0]), ("operation: 20 days, restart: 0 days", [4, 0]),
])  # fmt: skip
def test_a_halt_cut_in_two_has_one_ban_with_an_end_of_its_own(resume, counted):
    """One by one on 13.75, 21.25, 28.75 and 36.25; put down to the half whose ban holds, the first where both do."""
    says = f"operation: {{stop_within: 30 days}}, new_orders: refuse, resume: {{{resume}}}"
    whole, cut = halted(f"from: @10, until: @50, {says}"), halted(f"from: @10, until: @30, {says}", f"from: @30, until: @50, {says}")

    assert cut.log == whole.log
    assert cut.mc() == whole.mc()
    assert [cut.touched(f"halt_{k}").get("systems_forbidden", 0) for k in (0, 1)] == counted


def test_between_two_bans_systems_may_fly_though_the_rest_lasts_on():
    """Bans [10, 20) and [30, 40), support missing [10, 30) and [30, 50): up [20, 30)."""
    says = "operation: {stop_within: 0 days}, new_orders: refuse, resume: {restart: 10 days, operation: 0 days}"
    seen = halted(f"from: @10, until: @20, {says}", f"from: @30, until: @40, {says}")

    assert seen.mc() == [(0, 4), (10, 0), (20, 4), (30, 0), (40, 4)]


def test_forbidden_for_ever():
    assert forbidden("stop_within: 0 days", until="never").mc() == [(0, 4), (10, 0)]


def test_of_two_halts_the_fewest_permitted_count():
    """One leaves 3 from 10 on until 50, the other 1 [20, 30)."""
    second = ", except: 3}}, more: {by: third, fleets: jets, from: @20, until: @30, operation: {stop_within: 0 days, except: 1"
    seen = forbidden("stop_within: 0 days" + second)

    assert seen.mc() == [(0, 4), (10, 3), (20, 1), (30, 3), (50, 4)]


# Whose permission it is -------------------------------------------------------------------------------

FLEETS = f"""
fleets:
  lent: {{count: 1, site: base, {DAILY}, owner: seller}}
  bought: {{count: 1, site: base, {DAILY}}}
  licensed: {{count: 1, site: base, {DAILY}, content: [seller]}}
  by_firm: {{count: 1, site: base, {DAILY}, owner: maker}}
"""
NAMES = ("lent", "bought", "licensed", "by_firm")


@pytest.mark.parametrize(("halt", "touched"), [
    ("by: seller", {"lent", "licensed"}),
    ("by: maker", {"by_firm"}),
    ("by: [seller, maker]", {"lent", "licensed", "by_firm"}),
    ("by: seller, fleets: bought", {"bought"}),
    ("by: seller, fleets: [bought, lent]", {"bought", "lent"}),
    ("by: third, fleets: licensed", {"licensed"}),
    ("by: seller, except: {fleets: lent}", {"licensed"}),
    ("by: third", set()),
])  # fmt: skip
def test_fleets_named_or_owned_or_with_content(halt, touched):
    seen = run(FLEETS + f"halts: {{stop: {{{halt}, from: @10, until: @50, operation: {{stop_within: 0 days}}}}}}\n")

    assert {name for name in NAMES if seen.mc(name) == [(0, 1), (10, 0), (50, 1)]} == touched
    assert {name for name in NAMES if seen.mc(name) == [(0, 1)]} == set(NAMES) - touched
    assert seen.touched("stop") == ({"systems_forbidden": len(touched)} if touched else {})


def test_a_clause_that_touches_no_fleet_is_a_warning():
    text = written(FLEETS + "halts: {stop: {by: third, from: @10, operation: {stop_within: 0 days}}}\n")

    assert [problem.path for problem in load_text(text).warnings] == ["halts.stop"]


def test_the_exception_is_for_each_fleet():
    text = f"fleets: {{jets: {{count: 3, site: base, {DAILY}, owner: seller}}, birds: {{count: 2, site: base, {DAILY}, owner: seller}}}}\n"
    seen = run(text + "halts: {stop: {by: seller, from: @10, operation: {stop_within: 0 days, except: 2}}}\n")

    assert (seen.mc(), seen.mc("birds")) == ([(0, 3), (10, 2)], [(0, 2)])


# Beside other things ----------------------------------------------------------------------------------


def test_so_many_stay_permitted_when_a_permitted_one_is_lost():
    """Two of four permitted. On 30 one of the two that fly is lost: the third may fly in its place."""
    seen = forbidden("stop_within: 0 days, except: 2", "owner: seller, losses: {on: [{on: @30}]}")

    assert seen.mc() == [(0, 4), (10, 2), (50, 3)]
    assert states(seen, 4)[2] == [(0, "FMC"), (10, "LIMIT"), (30, "FMC")]
    assert seen.touched("stop") == {"systems_forbidden": 2}


def test_a_system_delivered_meanwhile_is_forbidden_too():
    seen = forbidden("stop_within: 0 days, except: 1", "owner: seller, deliveries: {supplier: other, schedule: [@30]}")

    assert seen.mc() == [(0, 4), (10, 1), (50, 5)]
    assert seen.touched("stop") == {"systems_forbidden": 4}


def test_forbidden_systems_do_not_fly_and_use_stands_still():
    """10 days flown by 10, forbidden until 50: the pump of 15 days wears out on 55."""
    pump = "items: {pump: {on: {jets: 1}, hard_life: 999999 FH, due: {list: [360 FH]}}}\n"

    assert forbidden("stop_within: 0 days", count=1, more=pump).mc() == [(0, 1), (10, 0), (50, 1), (55, 0)]


def test_parts_come_and_work_goes_on_meanwhile():
    """The pump is missing from 5, comes on 20 and takes a crew of 6 days: in on 26. NMCS until the permission ends on 10,
    then at a limit until 50, then up."""
    text = (f"sites: {{base: {{crews: {{line: {{fleets: jets, size: 1}}}}}}}}\nfleets: {{jets: {{count: 1, {DAILY}, owner: seller}}}}\n"
            "items: {pump: {on: {jets: 1}, hard_life: 999999 FH, due: {list: [120 FH]}, supplier: maker, resupply: {transit: 15 days}, replace: {takes: 6 days, crew: line}}}\n"
            "halts: {stop: {by: seller, from: @10, until: UNTIL, operation: {stop_within: 0 days}}}\n")  # fmt: skip
    seen = run(text.replace("UNTIL", "@50"))

    assert states(seen, 1) == [[(0, "FMC"), (5, "NMCS"), (10, "LIMIT"), (50, "FMC")]]
    assert seen.history("busy", "base.line") == [(0, 0), (20, 1), (26, 0)]
    assert states(run(text.replace("UNTIL", "@22")), 1)[0][-2:] == [(22, "NMCM"), (26, "FMC")]


def test_overhaul_is_before_permission_and_a_limit_shares_the_blame():
    """Due on 20 while forbidden [10, 50), the line shut until 40: both reasons [20, 40), overhaul [40, 45), then
    forbidden again until 50."""
    seen = run(f"fleets: {{jets: {{count: 1, {DAILY}, owner: seller, overhaul: {{every: 900 days, at: other, takes: 5 days, due: {{list: [@20]}}}}}}}}\nhalts:\n"
               "  stop: {by: seller, from: @10, until: @50, operation: {stop_within: 0 days}}\n  shut: {by: third, from: @0, until: @40, overhaul: stop}\n")  # fmt: skip

    assert states(seen, 1) == [[(0, "FMC"), (10, "LIMIT"), (40, "OVERHAUL"), (45, "LIMIT"), (50, "FMC")]]
    assert cause_days(seen) == {"permission": 10 + 10 + 5, "limit": 10, "overhaul": 5}


def test_an_overhaul_due_by_flying_is_put_off_by_standing_still():
    """Due after 15 days of flying; forbidden [10, 50): due on 55."""
    seen = forbidden("stop_within: 0 days", "owner: seller, overhaul: {every: 9999 FH, at: other, takes: 5 days, due: {list: [360 FH]}}", count=1)

    assert seen.mc() == [(0, 1), (10, 0), (50, 1), (55, 0), (60, 1)]
