"""The business rules on calendars worked out by hand. Letters in the comments are seconds on a line."""

from __future__ import annotations

import pytest

from armsim.model import rules
from armsim.model.order import NEVER, Edge, Flow, Kind, priority
from armsim.model.rules import (
    ALLOW,
    DELIVER,
    DONE,
    FINISH_REPAIR,
    HOLD_IN_TRANSIT,
    HOLD_REPAIR,
    LOSE_GOODS,
    LOST,
    QUEUE,
    REFUSE,
    RETURN_GOODS,
    RETURN_UNREPAIRED,
    RETURNED,
    SEIZE,
    STOP,
    WAIT_AT_BORDER,
)
from armsim.model.steps import LONG_AGO
from armsim.model.timeline import shared_age

# Open before 100, something from 100 to 200, open again.
TIMES = (LONG_AGO, 100, 200)


def halt(level: int) -> tuple[int, int, int]:
    """Levels of TIMES with one halt in the middle."""
    return (0, level, 0)


# ---------------------------------------------------------------------------------------------- calendars


@pytest.mark.parametrize(("t", "expected"), [(-NEVER, 0), (99, 0), (100, 1), (199, 1), (200, 0), (10**9, 0)])
def test_an_edge_belongs_to_what_begins_there(t: int, expected: int) -> None:
    assert rules.level_at(TIMES, halt(1), t) == expected


def test_the_segment_is_the_last_that_has_begun() -> None:
    assert [rules.segment(TIMES, t) for t in (0, 99, 100, 200)] == [0, 0, 1, 2]


@pytest.mark.parametrize(("t", "expected"), [(50, 0), (99, 0), (100, 100), (150, 50), (199, 1), (200, 0)])
def test_waiting_ends_when_the_level_has_fallen(t: int, expected: int) -> None:
    assert rules.wait_until_at_most(TIMES, halt(2), t, 1) == expected


def test_waiting_takes_no_time_at_the_level_itself_and_never_ends_under_an_endless_halt() -> None:
    assert rules.wait_until_at_most(TIMES, halt(1), 150, 1) == 0
    assert rules.wait_until_at_most((LONG_AGO, 100), (0, 2), 150, 1) == NEVER


def test_waiting_passes_over_adjoining_segments_that_are_both_too_strict() -> None:
    assert rules.wait_until_at_most((LONG_AGO, 100, 150, 200), (0, 2, 3, 1), 120, 1) == 80


# --------------------------------------------------------------------------------------------------- work


@pytest.mark.parametrize(
    ("t", "work", "expected"),
    [
        (0, 50, 50),  # done before the stop
        (0, 100, 100),  # ends at the edge: it has ended (ENGINE 3)
        (0, 101, 201),  # one second is left, done after the stop of 100
        (60, 100, 200),  # 40 before, 60 after
        (100, 10, 110),  # begun as the stop begins: 100 of waiting
        (150, 10, 60),  # begun within: 50 of waiting
        (199, 10, 11),
        (200, 10, 10),
        (50, 0, 0),
        (150, 0, 50),  # no work, but the clock stands: it ends when it may go on
    ],
)
def test_work_stands_still_while_it_is_stopped(t: int, work: int, expected: int) -> None:
    assert rules.work_with_stops(TIMES, halt(STOP), t, work) == expected


def test_work_stopped_for_good_never_ends_unless_it_ended_by_then() -> None:
    times, levels = (LONG_AGO, 100), (0, STOP)

    assert rules.work_with_stops(times, levels, 0, 100) == 100
    assert rules.work_with_stops(times, levels, 0, 101) == NEVER
    assert rules.work_with_stops(times, levels, 100, 1) == NEVER


def test_work_goes_through_two_stops_and_through_stops_that_adjoin() -> None:
    # 0-100 open, 100-200 stopped, 200-230 open, 230-300 stopped, 300- open: 150 = 100 + 30 + 20.
    assert rules.work_with_stops((LONG_AGO, 100, 200, 230, 300), (0, 1, 0, 1, 0), 0, 150) == 320
    assert rules.work_with_stops((LONG_AGO, 100, 150, 200), (0, 1, 2, 0), 50, 60) == 160


# ---------------------------------------------------------------------------------------------- licences


@pytest.mark.parametrize(
    ("t", "takes", "expected"),
    [
        (0, 50, (DONE, 50)),
        (0, 100, (DONE, 100)),  # granted as the refusal begins: it was granted
        (0, 101, (RETURNED, 100)),
        (60, 300, (RETURNED, 40)),
        (99, 1, (DONE, 1)),
        (99, 0, (DONE, 0)),
        (200, 500, (DONE, 500)),
    ],
)
def test_a_refusal_before_the_licence_sends_the_need_home(t: int, takes: int, expected: tuple[int, int]) -> None:
    assert rules.licence(TIMES, halt(REFUSE), t, takes) == expected


def test_a_licence_runs_on_through_a_queue_and_meets_the_first_refusal_after_it() -> None:
    assert rules.licence(TIMES, halt(QUEUE), 0, 150) == (DONE, 150)
    assert rules.licence((LONG_AGO, 100, 150), (ALLOW, QUEUE, REFUSE), 0, 200) == (RETURNED, 150)


# ----------------------------------------------------------------------------------------------- despatch


def despatch(t: int, orders: int = 0, accepted: int = 0, transit: int = 0, queued: bool = False) -> int:
    """The wait of a consignment ready at t, with levels between 100 and 200."""
    return rules.despatch_wait(TIMES, halt(orders), halt(accepted), halt(transit), t, queued)


@pytest.mark.parametrize("level", [HOLD_IN_TRANSIT, RETURN_GOODS, LOSE_GOODS])
def test_nothing_leaves_while_it_would_be_held_returned_or_lost(level: int) -> None:
    assert [despatch(t, transit=level) for t in (99, 100, 150, 200)] == [0, 100, 50, 0]


@pytest.mark.parametrize("level", [DELIVER, WAIT_AT_BORDER])
def test_goods_leave_for_a_border_that_will_open(level: int) -> None:
    assert despatch(150, transit=level) == 0


def test_nothing_leaves_while_accepted_orders_are_stopped() -> None:
    assert [despatch(t, accepted=STOP) for t in (99, 100, 150, 200)] == [0, 100, 50, 0]


def test_only_what_was_accepted_during_a_queue_waits_for_its_end() -> None:
    assert despatch(150, orders=QUEUE, queued=True) == 50
    assert despatch(150, orders=REFUSE, queued=True) == 50
    assert despatch(150, orders=QUEUE) == despatch(150, orders=REFUSE) == 0


def test_what_cannot_leave_under_an_endless_halt_never_leaves() -> None:
    assert rules.despatch_wait((LONG_AGO, 100), (0, 0), (0, STOP), (0, 0), 120, False) == NEVER
    assert rules.despatch_wait((LONG_AGO, 100), (0, QUEUE), (0, 0), (0, 0), 120, True) == NEVER


# ---------------------------------------------------------------------------------------------- on the way


@pytest.mark.parametrize(
    ("level", "t", "takes", "expected"),
    [
        (LOSE_GOODS, 0, 100, (DONE, 100)),  # arrives as the halt begins: it has arrived
        (LOSE_GOODS, 0, 101, (LOST, 100)),
        (RETURN_GOODS, 0, 100, (DONE, 100)),
        (RETURN_GOODS, 0, 101, (RETURNED, 100)),
        (RETURN_GOODS, 70, 90, (RETURNED, 30)),
        (HOLD_IN_TRANSIT, 0, 100, (DONE, 100)),
        (HOLD_IN_TRANSIT, 0, 101, (DONE, 201)),  # the clock stood for 100
        (HOLD_IN_TRANSIT, 60, 100, (DONE, 200)),
        (HOLD_IN_TRANSIT, 150, 10, (DONE, 60)),
        (WAIT_AT_BORDER, 0, 100, (DONE, 100)),
        (WAIT_AT_BORDER, 0, 101, (DONE, 200)),  # at the border at 101, handed over at 200
        (WAIT_AT_BORDER, 0, 200, (DONE, 200)),
        (WAIT_AT_BORDER, 0, 230, (DONE, 230)),  # the clock ran on: no delay at all
        (WAIT_AT_BORDER, 150, 10, (DONE, 50)),
        (DELIVER, 0, 150, (DONE, 150)),
        (LOSE_GOODS, 200, 10, (DONE, 10)),
    ],
)
def test_what_a_halt_does_to_goods_on_the_way(level: int, t: int, takes: int, expected: tuple[int, int]) -> None:
    assert rules.transit(TIMES, halt(level), t, takes) == expected


@pytest.mark.parametrize("level", [HOLD_IN_TRANSIT, WAIT_AT_BORDER])
def test_goods_held_by_an_endless_halt_never_arrive(level: int) -> None:
    assert rules.transit((LONG_AGO, 100), (0, level), 0, 150) == (DONE, NEVER)
    assert rules.transit((LONG_AGO, 100), (0, level), 0, 100) == (DONE, 100)


def test_goods_held_twice_and_goods_lost_after_being_held() -> None:
    times = (LONG_AGO, 100, 200, 230, 300)
    assert rules.transit(times, (0, HOLD_IN_TRANSIT, 0, HOLD_IN_TRANSIT, 0), 0, 150) == (DONE, 320)
    assert rules.transit(TIMES, (0, HOLD_IN_TRANSIT, LOSE_GOODS), 0, 150) == (LOST, 200)
    assert rules.transit(TIMES, (0, WAIT_AT_BORDER, HOLD_IN_TRANSIT), 0, 150) == (DONE, NEVER)


def test_goods_that_leave_as_a_loss_begins_are_lost_only_by_the_next() -> None:
    """Nothing leaves then (`despatch_wait`); the rule itself loses goods when a loss begins to hold."""
    assert rules.transit((LONG_AGO, 100, 200, 300), (0, LOSE_GOODS, 0, LOSE_GOODS), 100, 150) == (LOST, 200)


# ------------------------------------------------------------------------------------------ repairs abroad


@pytest.mark.parametrize(
    ("level", "t", "takes", "expected"),
    [
        (SEIZE, 0, 100, (DONE, 100)),  # ready as the halt begins: it is ready
        (SEIZE, 0, 101, (LOST, 100)),
        (SEIZE, 70, 50, (LOST, 30)),
        (RETURN_UNREPAIRED, 0, 100, (DONE, 100)),
        (RETURN_UNREPAIRED, 0, 101, (RETURNED, 100)),
        (HOLD_REPAIR, 0, 100, (DONE, 100)),
        (HOLD_REPAIR, 0, 101, (DONE, 201)),
        (HOLD_REPAIR, 60, 100, (DONE, 200)),
        (HOLD_REPAIR, 150, 10, (DONE, 60)),
        (FINISH_REPAIR, 0, 150, (DONE, 150)),
        (SEIZE, 200, 0, (DONE, 0)),
    ],
)
def test_what_a_halt_does_to_repairs_abroad(level: int, t: int, takes: int, expected: tuple[int, int]) -> None:
    assert rules.repair_abroad(TIMES, halt(level), t, takes) == expected


def test_a_repair_held_for_good_never_ends_and_one_held_before_a_seizure_is_seized() -> None:
    assert rules.repair_abroad((LONG_AGO, 100), (0, HOLD_REPAIR), 0, 101) == (DONE, NEVER)
    assert rules.repair_abroad(TIMES, (0, HOLD_REPAIR, SEIZE), 0, 150) == (LOST, 200)
    assert rules.repair_abroad(TIMES, (0, HOLD_REPAIR, RETURN_UNREPAIRED), 0, 150) == (RETURNED, 200)


# ------------------------------------------------------------------------------------------------- flying


def test_the_programme_is_shared_equally_up_to_the_cap() -> None:
    assert rules.flying_rate(100, 3, NEVER) == 33
    assert rules.flying_rate(100, 3, 20) == 20
    assert rules.flying_rate(100, 4, 25) == 25


def test_nobody_flies_without_demand_or_without_systems() -> None:
    assert rules.flying_rate(100, 0, 20) == rules.flying_rate(0, 3, 20) == rules.flying_rate(2, 3, 20) == 0


@pytest.mark.parametrize(
    ("limit", "reading", "rate", "expected"),
    [(10, 0, 5, 2), (11, 0, 5, 3), (14, 0, 5, 3), (15, 5, 5, 2), (5, 5, 5, 0), (4, 5, 5, 0), (1, 0, 1, 1)],
)
def test_a_limit_of_use_is_reached_at_the_first_whole_second_past_it(
    limit: int, reading: int, rate: int, expected: int
) -> None:
    assert rules.use_delay(limit, reading, rate) == expected


def test_a_limit_is_never_reached_without_flying_or_without_a_limit() -> None:
    assert rules.use_delay(10, 0, 0) == rules.use_delay(NEVER, 0, 5) == NEVER


# ------------------------------------------------------------------------------------- spreads and people


def test_staggered_things_stand_in_the_middle_of_equal_parts() -> None:
    # [0, 100) in four parts of 25: middles at 12.5, 37.5, 62.5, 87.5, rounded down.
    assert [rules.staggered(0, 100, k, 4) for k in range(4)] == [12, 37, 62, 87]
    assert [rules.staggered(50, 50, k, 3) for k in range(3)] == [50, 50, 50]
    assert rules.staggered(-100, 100, 0, 1) == 0


def test_people_leave_evenly_and_all_at_once_where_there_is_no_time() -> None:
    assert rules.departures(4, 1000, 100) == [1012, 1037, 1062, 1087]
    assert rules.departures(3, 1000, 0) == [1000, 1000, 1000]
    assert rules.departures(0, 1000, 100) == []


def test_people_left_are_rounded_half_up() -> None:
    assert [rules.people_left(5, share) for share in (1.0, 0.5, 0.25, 0.1, 0.0)] == [5, 3, 1, 1, 0]


def test_one_hole_may_be_filled_from_a_system_that_has_one_of_its_own() -> None:
    assert rules.may_rob(1, 1) and rules.may_rob(1, 5)
    assert not (rules.may_rob(1, 0) or rules.may_rob(2, 1) or rules.may_rob(0, 1))
    assert rules.may_rob(1, 0, donor_at_limit=True)
    assert not (rules.may_rob(2, 0, donor_at_limit=True) or rules.may_rob(0, 0, donor_at_limit=True))


# ---------------------------------------------------------------------------------------------- contracts


def test_a_contract_renewed_in_time_goes_on_without_a_gap() -> None:
    # Ends at 90, negotiated from 60: signed by 90; each term lasts 50; nothing after the horizon of 200.
    assert rules.renewals((LONG_AGO,), (0,), 90, 30, 50, 200) == [(90, 140), (140, 190), (190, 240)]


def test_a_late_signature_leaves_a_gap_as_long_as_the_talks_stood_still() -> None:
    # Talks from 130 to 160, but closed from 100 to 200: they begin at 200, are signed at 230.
    assert rules.renewals(TIMES, halt(1), 160, 30, 500, 300) == [(230, 730)]
    # Talks from 80: 20 done by 100, the other 10 by 210.
    assert rules.renewals(TIMES, halt(1), 110, 30, 500, 300) == [(210, 710)]
    # Signed on the very second the freeze begins.
    assert rules.renewals(TIMES, halt(1), 100, 30, 500, 300) == [(100, 600)]


def test_talks_closed_for_good_and_a_horizon_before_the_end_give_no_terms() -> None:
    assert rules.renewals((LONG_AGO, 100), (0, 1), 120, 30, 50, 1000) == []
    assert rules.renewals((LONG_AGO,), (0,), 120, 30, 50, 120) == []
    assert rules.renewals((LONG_AGO,), (0,), 120, 30, 0, 1000) == []


# ------------------------------------------------------------------------------------------- shared ages


def test_use_and_calendar_share_one_age_whichever_is_given() -> None:
    every = (1000, 400)

    assert shared_age((True, 250), every) == (250, 100)
    assert shared_age((False, 100), every) == (250, 100)
    assert shared_age((False, 0), every) == shared_age((False, -50), every) == (0, 0)


def test_a_limit_of_one_sort_leaves_the_other_without() -> None:
    assert shared_age((True, 250), (1000, NEVER)) == (250, NEVER)
    assert shared_age((False, 100), (NEVER, 400)) == (NEVER, 100)
    assert shared_age((False, 100), (1000, NEVER)) == (NEVER, 100)
    assert shared_age((False, NEVER), (1000, 400)) == (NEVER, NEVER)


# -------------------------------------------------------------------------------------------------- order


def test_events_of_one_instant_sort_by_kind_and_then_by_entity() -> None:
    most = (1 << 40) - 1
    pairs = [
        (kind, entity)
        for kind in Kind
        for entity in ((0, 0, 0), (0, 0, 1), (0, 0, most), (0, 1, 0), (0, most, most), (1, 0, 0), (most, most, most))
    ]

    assert [priority(kind, entity) for kind, entity in pairs] == sorted(priority(*pair) for pair in pairs)
    assert len({priority(*pair) for pair in pairs}) == len(pairs)


def test_facts_of_one_instant_have_the_order_the_rules_name() -> None:
    assert [kind.name for kind in sorted(Kind)] == [
        "SAMPLE", "FAILURE", "EXPIRY", "ARRIVAL", "COMPLETION", "HALT", "RESPONSE", "SETTLE",
    ]  # fmt: skip
    assert [flow.name for flow in sorted(Flow)] == [
        "RESUPPLY", "REPAIR", "OVERHAUL", "DELIVERY", "FROM_DEPOT", "PARTS", "REGENERATION", "EXTENSION", "RELEASE",
        "RETRY", "FUNDS",
    ]  # fmt: skip
    assert [edge.name for edge in sorted(Edge)] == [
        "LINE", "CONTRACT", "POOL", "PROGRAMME", "PERMISSION", "STOCK", "SLOTS",
    ]  # fmt: skip
