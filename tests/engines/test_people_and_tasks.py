# ruff: noqa: E501  (scenario texts read better unbroken)
"""R-M4 and R-H1 people: tasks that only some can do, and people who leave work where it is."""

from __future__ import annotations

import pytest
from audited import run, states
from hand_worked import DAILY, DAY, Seen

from armsim.model.order import Kind
from armsim.model.timeline import crew_seconds_lost


def crewed(pool: str, due: str, halt: str = "", takes: str = "10 days", fleet: str = "", more: str = "") -> str:
    """Inspections of ten days at the given times, one for each aircraft, by a pool; the seller's halt."""
    count = 1 + due.count(",")
    halts = f"halts: {{go: {{by: seller, {halt}}}}}\n" if halt else ""
    return (f"sites: {{base: {{crews: {{line: {{fleets: jets, {pool}}}}}}}}}\nfleets: {{jets: {{{DAILY}, count: {count}, "
            f"inspections: {{every: 900 days, takes: {takes}, crew: line, due: {{list: [{due}]}}}}{fleet}}}}}\n{halts}{more}")  # fmt: skip


def days_lost(seen: Seen) -> list[float]:
    """Person-days each halt took away."""
    return [seconds / DAY for seconds in crew_seconds_lost(seen.model, seen.world)]


# in_hand: stop ----------------------------------------------------------------------------------------

DROP = "from: @14, until: @40, people: {leave_within: 0 days, in_hand: stop}"
FOREIGN = "size: 1, local: 0, foreign: {maker: 1}"


def test_work_in_hand_stops_where_it_is_and_goes_on_when_people_come_back():
    """Begun on 10, stopped on 14 with 6 of 10 days left, gone on with on 40: done on 46."""
    seen = run(crewed(FOREIGN, "10 days", DROP))

    assert seen.mc() == [(0, 1), (10, 0), (46, 1)]
    assert seen.history("busy", "base.line") == [(0, 0), (10, 1), (14, 0), (40, 1), (46, 0)]
    assert seen.events(Kind.COMPLETION) == [46]


def test_work_in_hand_is_finished_unless_the_halt_says_stop():
    for said in ("", ", in_hand: finish"):
        seen = run(crewed(FOREIGN, "10 days", DROP.replace(", in_hand: stop", said)))

        assert seen.mc() == [(0, 1), (10, 0), (20, 1)]


def test_what_is_left_waits_under_its_old_ticket_for_anybody_who_may_do_it():
    """Own man: ticket 1 [10, 20). The maker's man: ticket 2 from 11 on, gone on 14 with 7 days left. Ticket 3 waits
    since 12. From 20 on the own man does ticket 2 first (27), then 3 (37). The old end of ticket 2 on 21 is silent."""
    seen = run(crewed("size: 2, local: 1, foreign: {maker: 1}", "10 days, 11 days, 12 days", DROP))

    assert [history[-1] for history in states(seen, 3)] == [(20, "FMC"), (27, "FMC"), (37, "FMC")]
    assert seen.events(Kind.COMPLETION) == [20, 27, 37]


def test_what_only_the_maker_may_do_waits_for_the_maker():
    """The same, but ticket 2 needs the maker's man: the own man does ticket 3 [20, 30), the maker's goes on on 40: 47."""
    works = ("inspections: [{every: 900 days, takes: 10 days, crew: line, due: {list: [10 days, 900 days, 12 days]}}, "
             "{every: 900 days, takes: 10 days, crew: line, needs: maker, due: {list: [900 days, 11 days]}}]")  # fmt: skip
    seen = run(f"sites: {{base: {{crews: {{line: {{fleets: jets, size: 2, local: 1, foreign: {{maker: 1}}}}}}}}}}\nfleets: {{jets: {{{DAILY}, count: 3, "
               f"{works}}}}}\nhalts: {{go: {{by: seller, {DROP}}}}}\n")  # fmt: skip

    assert [history[-1] for history in states(seen, 3)] == [(20, "FMC"), (47, "FMC"), (30, "FMC")]


def test_the_latest_tickets_stop_first():
    """Two of the maker's, tickets of 10 and 11. One leaves on 16 (14 + 8/4), one on 20: on 16 ticket 2 stops with
    5 days left; ticket 1 ends on 20, as the second leaves. On 40 both are back: 45."""
    halt = DROP.replace("0 days", "8 days")
    seen = run(crewed("size: 2, local: 0, foreign: {maker: 2}", "10 days, 11 days", halt))

    assert states(seen, 2) == [[(0, "FMC"), (10, "NMCM"), (20, "FMC")], [(0, "FMC"), (11, "NMCM"), (45, "FMC")]]
    assert seen.history("busy", "base.line") == [(0, 0), (10, 1), (11, 2), (16, 1), (20, 0), (40, 1), (45, 0)]


def test_work_may_stop_twice_and_each_time_only_what_is_left_remains():
    """Four people, four tickets from 10 to 13. Half are left on 14: tickets 4 (9 days left) and 3 (8 left) stop. A
    quarter on 16: ticket 2 stops with 5 left, ticket 1 ends on 20. Ticket 2 [20, 25), ticket 3 from 25 until nobody is
    left on 30: 3 days left. All back on 60: 63 and 69."""
    halt = "from: @5, until: @60, people: {leave_by: {@14: 50%, @16: 25%, @30: 0%}, in_hand: stop}"
    seen = run(crewed("size: 4, local: 0, foreign: {maker: 4}", "10 days, 11 days, 12 days, 13 days", halt))

    assert [history[-1] for history in states(seen, 4)] == [(20, "FMC"), (25, "FMC"), (63, "FMC"), (69, "FMC")]
    assert seen.history("people", "base.line") == [(0, 4), (14, 2), (16, 1), (30, 0), (60, 4)]


def test_work_that_stopped_on_a_system_that_is_lost_is_not_gone_on_with():
    """Lost on 12 with the work in hand; stopped on 14; nothing is done on 40."""
    seen = run(crewed(FOREIGN, "10 days", DROP, fleet=", losses: {on: [{on: @12}]}"))

    assert seen.history("busy", "base.line") == [(0, 0), (10, 1), (14, 0)]
    assert seen.events(Kind.COMPLETION) == []


def test_a_lost_system_takes_its_stopped_work_along():
    """Both stopped on 14 with 6 and 7 days left; one of the two is lost on 30: on 40 only the other's work goes on."""
    seen = run(crewed("size: 2, local: 0, foreign: {maker: 2}", "10 days, 11 days", DROP, fleet=", losses: {on: [{on: @30}]}"))
    lost = next(k for k, history in enumerate(states(seen, 2)) if history[-1] == (30, "LOST"))

    assert seen.history("busy", "base.line") == [(0, 0), (10, 1), (11, 2), (14, 0), (40, 1), ((47, 46)[lost], 0)]


# leave_by ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("people", "steps"), [
    ("leave_by: {@20: 50%}", [(0, 5), (20, 3), (60, 5)]),  # 2.5, half up
    ("leave_by: {@20: 30%, @30: 0%}", [(0, 5), (20, 2), (30, 0), (60, 5)]),  # 1.5, half up
    ("leave_by: {@2: 40%, @30: 20%}", [(0, 5), (5, 2), (30, 1), (60, 5)]),  # dates before the halt hold from its beginning
    ("leave_by: {@20: 100%, @70: 0%}", [(0, 5)]),  # the halt is over by then
    ("leave_by: {@60: 0%}", [(0, 5)]),  # the day on which it ends
])  # fmt: skip
def test_people_left_on_each_date(people, steps):
    seen = run(crewed("size: 5, local: 0, foreign: {maker: 5}", "99 days", f"from: @5, until: @60, people: {{{people}}}"))

    assert seen.history("people", "base.line") == steps


def test_crew_days_lost_by_dates_of_leaving():
    """2 of 5 gone [20, 30), 5 of 5 gone [30, 60): 20 + 150."""
    seen = run(crewed("size: 5, local: 0, foreign: {maker: 5}", "99 days", "from: @5, until: @60, people: {leave_by: {@20: 60%, @30: 0%}}"))

    assert days_lost(seen) == [170]


# of: tasks --------------------------------------------------------------------------------------------

GONE = "from: @5, people: {leave_within: 0 days}"
EIGHT = ", ".join(["10 days"] * 8)


def tasks(local: int, size: int = 4) -> str:
    """A pool whose own people can do a share of the tasks."""
    return f"of: tasks, size: {size}, local: {local}%, foreign: {{maker: {100 - local}%}}"


def test_own_people_can_do_all_tasks_or_none():
    """Four crews, eight tasks on day 10; the maker's people are gone since 5."""
    assert run(crewed(tasks(100), EIGHT, GONE)).mc() == [(0, 8), (10, 0), (20, 4), (30, 8)]
    assert run(crewed(tasks(0), EIGHT, GONE)).mc() == [(0, 8), (10, 0)]


def test_foreigners_can_do_what_own_people_can():
    """Own people are gone since 5; the maker's two do every task, whoever else could: two every ten days."""
    changes = ", changes: [{on: @5, local: 0}]"
    seen = run(crewed(tasks(50) + changes, EIGHT))

    assert seen.mc() == [(0, 8), (10, 0), (20, 2), (30, 4), (40, 6), (50, 8)]


def test_of_tasks_a_share_stops_when_people_leave_and_of_capacity_all_goes_on():
    """200 tasks of a minute on day 10, half the people gone. Of capacity: all done. Of tasks: those that own people can
    do, 100 of 200 within 3.5 standard errors (24.7; false alarm 1 in 2000)."""
    due = ", ".join(["10 days"] * 200)
    by_task = run(crewed(tasks(50, 20), due, GONE, takes="1 day"))
    by_head = run(crewed(tasks(50, 20).replace("of: tasks, ", ""), due, GONE, takes="1 day"))

    assert by_head.mc()[-1] == (30, 200)
    assert abs(by_task.mc()[-1][1] - 100) < 3.5 * 50**0.5


def test_who_can_do_the_rest_is_drawn_by_the_shares_of_the_suppliers():
    """Own 20%, maker 20%, other 60%; the maker stays, the other's people and the own go: of 300 tasks those of the own
    and of the maker are done, 40%: 120 within 3.5 standard errors (29.7)."""
    pool = "of: tasks, size: 10, local: 20%, foreign: {maker: 20%, other: 60%}, changes: [{on: @5, local: 0}]"
    body = crewed(pool, ", ".join(["10 days"] * 300), GONE, takes="1 hour").replace("by: seller", "by: third")

    assert abs(run(body).mc()[-1][1] - 120) < 3.5 * 72**0.5


def test_a_task_that_needs_a_supplier_is_not_drawn():
    """`needs: maker`: though own people can do all that is drawn, this waits for the maker's man."""
    text = crewed("of: tasks, size: 2, local: 50%, foreign: {maker: 50%}", EIGHT, GONE.replace("@5", "@5, until: @40"))
    seen = run(text.replace("crew: line,", "crew: line, needs: maker,"))

    assert seen.mc()[:3] == [(0, 8), (10, 0), (50, 1)]


def test_who_can_do_a_task_does_not_depend_on_other_fleets_and_pools():
    """The same draws beside another fleet with a pool of its own, whose tasks come in between."""
    alone = crewed(tasks(50), EIGHT.replace("10 days", "12 days", 4), GONE)
    others = alone.replace("crews: {line:", f"crews: {{aux: {{fleets: aux, {tasks(50)}}}, line:").replace(
        "fleets: {jets:", f"fleets: {{aux: {{{DAILY}, site: base, count: 5, inspections: {{every: 3 days, takes: 1 day, crew: aux}}}}, jets:"
    )

    assert len({tuple(history) for history in states(run(alone), 8)}) > 1
    assert states(run(others), 8) == states(run(alone), 8)


def test_who_can_do_a_task_does_not_depend_on_when_it_comes():
    """Ten aircraft inspected in one order or the other: the same ones are stuck."""
    def stuck(order: list[int]) -> list[bool]:
        due = ", ".join(f"{10 + k} days" for k in order)
        return [history[-1][1] == "NMCM" for history in states(run(crewed(tasks(50, 10), due, GONE, takes="1 day")), 10)]

    assert True in stuck(list(range(10))) and False in stuck(list(range(10)))
    assert stuck(list(range(10))) == stuck(list(range(9, -1, -1)))


def test_upkeep_and_replacements_are_drawn_too():
    """Nobody of the maker's left and own people able to do nothing: both sorts of work stand still for ever."""
    pool = f"sites: {{base: {{crews: {{line: {{fleets: jets, {tasks(0)}}}}}}}}}\n"
    upkeep = run(f"{pool}fleets: {{jets: {{{DAILY}, count: 2, upkeep: {{every: 24 FH, takes: 1 day, crew: line}}}}}}\nhalts: {{go: {{by: seller, from: @0, people: {{leave_within: 0 days}}}}}}\n")
    assert upkeep.state("nmcm")[-1][1] == 2

    replaced = run(f"{pool}fleets: {{jets: {{{DAILY}, count: 1}}}}\nitems: {{pump: {{on: {{jets: 1}}, hard_life: 999999 FH, due: {{list: [240 FH]}}, replace: {{takes: 1 day, crew: line}}, stock: {{base: 1}}}}}}\n"
                   "halts: {go: {by: seller, from: @0, people: {leave_within: 0 days}}}\n")  # fmt: skip
    assert replaced.state("nmcm") == [(0, 0), (10, 1)]


# train_crews ------------------------------------------------------------------------------------------


def trained(pool: str, settings: str, due: str = "99 days", halt: str = "", takes: str = "10 days") -> str:
    """A pool with training."""
    return crewed(pool, due, halt, takes, more=f"responses: {{teach: {{kind: train_crews, crews: base.line, {settings}}}}}\n")


@pytest.mark.parametrize(("settings", "people"), [
    ("from: @20, people: 2", [(0, 1), (20, 3)]),
    ("from: @20, people: 2, until: @40", [(0, 1), (20, 3), (40, 1)]),
    ("from: @20, people: 2, delay: 6 days", [(0, 1), (26, 3)]),
    ("from: @20, people: 2, until: @20", [(0, 1)]),
    ("from: @20, people: 2, succeeds: 0%", [(0, 1)]),
    ("from: @20, people: 14, build_up: 28 days", [(0, 1), *((20 + 2 * k, 1 + k) for k in range(1, 15))]),
    ("from: @20, people: 14, build_up: 28 days, until: @27", [(0, 1), (22, 2), (24, 3), (26, 4), (27, 1)]),
])  # fmt: skip
def test_trained_people_come_and_go_with_the_response(settings, people):
    assert run(trained("size: 1", settings)).history("people", "base.line") == people


def test_trained_people_work_and_finish_what_they_have_in_hand():
    """One own crew, three jobs of 10 days on 15. Two more from 20 to 25: jobs 2 and 3 [20, 30) are finished though the
    two have left on 25."""
    seen = run(trained("size: 1", "from: @20, people: 2, until: @25", "15 days, 15 days, 15 days"))

    assert [history[-1] for history in states(seen, 3)] == [(25, "FMC"), (30, "FMC"), (30, "FMC")]


def test_two_trainings_of_one_pool_add_up():
    text = trained("size: 1", "from: @20, people: 2, until: @50").replace(
        "responses: {", "responses: {more: {kind: train_crews, crews: base.line, from: @30, people: 3, until: @40}, "
    )

    assert run(text).history("people", "base.line") == [(0, 1), (20, 3), (30, 6), (40, 3), (50, 1)]


def test_trained_own_people_can_do_more_of_the_tasks():
    """Own people can do 50%, from 12 on 100%: of the eight tasks of day 10 some wait for the maker, of the eight of day
    15 none. All 16 less those of the first eight are done in the end."""
    untrained = run(crewed(tasks(50), EIGHT, GONE), days=200).mc()[-1][1]
    seen = run(trained(tasks(50), "from: @12, share: 50%", f"{EIGHT}, {EIGHT.replace('10', '15')}", GONE), days=200)

    assert 0 < untrained < 8
    assert seen.mc()[-1][1] == 8 + untrained


def test_the_share_of_tasks_that_can_be_done_grows_by_what_is_trained_and_falls_back():
    """Own people can do 50% and 20% more while trained [5, 50): of 300 tasks on day 10 210, of 300 on day 60 150, each
    within 3.5 standard errors (27.8 and 30.3)."""
    for due, settings, expected in (("10 days", "from: @5, until: @50", 210), ("60 days", "from: @5, until: @50", 150)):
        text = trained(tasks(50, 300), f"{settings}, share: 20%", ", ".join([due] * 300), GONE, "1 day")
        done = run(text).mc()[-1][1]

        assert abs(done - expected) < 3.5 * (expected * (300 - expected) / 300) ** 0.5


def test_a_share_grows_over_the_build_up():
    """50% and 50% more over 40 days from 0 on: a quarter more on day 20: 75% of 300 tasks, 225 within 3.5 standard
    errors (26.3)."""
    text = trained(tasks(50, 300), "from: @0, share: 50%, build_up: 40 days", ", ".join(["20 days"] * 300), GONE, "1 day")

    assert abs(run(text).mc()[-1][1] - 225) < 3.5 * 56.25**0.5


def test_the_last_trained_people_come_when_the_build_up_ends():
    """`build_up` is how long until all are there, one by one: 2 people over 40 days from 20 on come on 40 and 60."""
    seen = run(trained("size: 1", "from: @20, people: 2, build_up: 40 days"))

    assert seen.history("people", "base.line") == [(0, 1), (40, 2), (60, 3)]
