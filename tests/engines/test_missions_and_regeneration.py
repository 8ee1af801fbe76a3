# ruff: noqa: E501  (scenario texts read better unbroken)
"""R-M1 missions: what an aircraft can still do. R-M10: what one needs that was down for long."""

from __future__ import annotations

import pytest
from checked_parts import WEARS, gone_at, jets, mission_days, run
from hand_worked import DAILY

from armsim.model.trajectory import State

CREW = "sites: {base: {crews: {line: {fleets: jets, size: 9}}}}\n"
BOTH = "missions: [strike, patrol]"
PARTS = 27720 * 86400


def part(name: str, mission: str, day: float, made: int, more: str = "") -> str:
    """A part needed for a mission, gone on a day; a new one takes some days to make."""
    return (f"  {name}: {{on: {{jets: 1}}, needed_for: {mission}, {gone_at(day)}, supplier: maker, "
            f"resupply: {{make: {made} days}}{more}}}\n")  # fmt: skip


# Missions (R-M1) --------------------------------------------------------------------------------------


def test_one_that_can_still_do_a_mission_is_pmc_and_flies():
    """No gun [10, 30): no strike. Patrol all the while."""
    seen = run(jets(1, BOTH) + "items:\n" + part("gun", "strike", 10, 20))

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "PMC"), (30, "FMC")]
    assert seen.history("flown_a_second", "jets") == [(0, 10**9)]
    assert (mission_days(seen, "strike"), mission_days(seen, "patrol")) == (80, 100)
    assert seen.result.causes == {}


def test_one_that_can_do_none_is_down_for_the_parts_that_are_missing():
    """Both are gone on day 10. The gun comes on 20: [10, 20) NMCS for two parts; [20, 40) PMC without a radar."""
    seen = run(jets(1, BOTH) + "items:\n" + part("gun", "strike", 10, 10) + part("radar", "patrol", 10, 30))

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "NMCS"), (20, "PMC"), (40, "FMC")]
    assert seen.result.causes == {(0, "parts", 0): 5 * PARTS, (0, "parts", 1): 5 * PARTS}
    assert (mission_days(seen, "strike"), mission_days(seen, "patrol")) == (90, 70)


def test_one_down_for_all_its_missions_does_not_fly():
    """Down [10, 20) without gun and radar: the pump due after 30 flying days is gone on day 40."""
    seen = run(jets(1, BOTH) + "items:\n" + part("gun", "strike", 10, 10) + part("radar", "patrol", 10, 10)
               + f"  pump: {{on: {{jets: 1}}, {gone_at(30)}}}\n")  # fmt: skip

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "NMCS"), (20, "FMC"), (40, "NMCS")]


def test_a_part_that_all_missions_need_grounds():
    seen = run(jets(1, BOTH) + "items:\n" + part("seat", "[strike, patrol]", 10, 20))

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "NMCS"), (30, "FMC")]
    assert (mission_days(seen, "strike"), mission_days(seen, "patrol")) == (80, 80)


def test_the_only_mission_of_a_fleet_is_all_it_can_do():
    seen = run(jets(1, "missions: [strike]") + "items:\n" + part("gun", "strike", 10, 20))

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "NMCS"), (30, "FMC")]


def test_of_three_missions_two_may_be_gone():
    """Strike is gone [10, 40), patrol [10, 30), rescue never."""
    seen = run(jets(1, "missions: [strike, patrol, rescue]") + "items:\n" + part("gun", "strike", 10, 30) + part("radar", "patrol", 10, 20))

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "PMC"), (40, "FMC")]
    assert [mission_days(seen, one) for one in ("strike", "patrol", "rescue")] == [70, 80, 100]


def test_a_part_that_grounds_stops_every_mission():
    """No pump [10, 30)."""
    seen = run(jets(1, BOTH) + f"items: {{pump: {{on: {{jets: 1}}, {gone_at(10)}, supplier: maker, resupply: {{make: 20 days}}}}}}")

    assert (mission_days(seen, "strike"), mission_days(seen, "patrol")) == (80, 80)


def test_work_stops_every_mission():
    """In inspection [10, 25)."""
    seen = run(CREW + jets(1, f"{BOTH}, inspections: {{every: 900 days, takes: 15 days, crew: line, due: {{list: [10 days]}}}}"))

    assert (mission_days(seen, "strike"), mission_days(seen, "patrol")) == (85, 85)


def test_a_fleet_without_the_mission_does_not_miss_the_part():
    """The tugs only haul, and the vans have no missions at all: without a gun, from day 10, they are FMC."""
    seen = run(f"""
fleets:
  jets: {{count: 1, {DAILY}, {BOTH}}}
  tugs: {{count: 1, {DAILY}, missions: [haul]}}
  vans: {{count: 1, {DAILY}}}
items: {{gun: {{on: {{jets: 1, tugs: 1, vans: 1}}, needed_for: strike, {gone_at(10, 10, 10)}}}}}
""")

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "PMC")]
    assert seen.history("system", "tugs", 0) == seen.history("system", "vans", 0) == [(0, "FMC")]
    assert mission_days(seen, "haul", "tugs") == 100
    assert seen.item("gun", "holes") == [(0, 0), (10, 3)]


def test_a_promised_unit_does_not_make_a_mission_yet():
    """The gun is there on day 30 and in on 33; PMC during the work, as the radar is good."""
    seen = run(CREW + jets(1, BOTH) + "items:\n" + part("gun", "strike", 10, 20, ", replace: {takes: 3 days, crew: line}"))

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "PMC"), (33, "FMC")]
    assert mission_days(seen, "strike") == 77


def test_down_for_missions_with_all_units_there_is_down_for_work():
    """Both gone on day 10 and both there on 30: NMCS [10, 30), NMCM until the first is in on 33; PMC until 35."""
    seen = run(CREW + jets(1, BOTH) + "items:\n" + part("gun", "strike", 10, 20, ", replace: {takes: 3 days, crew: line}")
               + part("radar", "patrol", 10, 20, ", replace: {takes: 5 days, crew: line}"))  # fmt: skip

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "NMCS"), (30, "NMCM"), (33, "PMC"), (35, "FMC")]
    assert seen.result.causes[0, "work", -1] == 3 * PARTS


def test_down_for_missions_with_one_unit_there_is_down_for_both():
    """The gun is there on day 30 and in on 33; the radar comes on 50. NMCB [30, 33), PMC until the radar is in on 53."""
    seen = run(CREW + jets(1, BOTH) + "items:\n" + part("gun", "strike", 10, 20, ", replace: {takes: 3 days, crew: line}")
               + part("radar", "patrol", 10, 40, ", replace: {takes: 3 days, crew: line}"))  # fmt: skip

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "NMCS"), (30, "NMCB"), (33, "PMC"), (53, "FMC")]


def test_mission_curves_count_the_systems_at_the_end_of_each_period():
    """The first loses its gun on day 20, the second on 40; the third its pump on 25, and it is retired on 45."""
    seen = run(jets(3, f"{BOTH}, retirements: [{{on: @45, count: 1}}]") + f"""items:
  gun: {{on: {{jets: 1}}, needed_for: strike, {gone_at(20, 40, 999)}}}
  pump: {{on: {{jets: 1}}, {gone_at(999, 999, 25)}}}
""")
    strike, patrol = seen.model.fleets[0].missions.index("strike"), seen.model.fleets[0].missions.index("patrol")
    ends = seen.result.mission_ends

    # January (31 days): 0 lacks its gun, 2 its pump. February: 0 and 1 lack guns, 2 has been retired.
    assert [end[0][strike] for end in ends[:2]] == [1, 0]
    assert [end[0][patrol] for end in ends[:2]] == [2, 2]
    # Strike: 20 days of 0, 40 of 1, 25 of 2. Patrol: all days of 0 and 1, 25 of 2.
    assert (mission_days(seen, "strike"), mission_days(seen, "patrol")) == (85, 225)


# Regeneration (R-M10) ---------------------------------------------------------------------------------


def regenerated(count: int, made: float, *days: float, slots: str = "", takes: str = "6 days", after: str = "20 days") -> str:
    """Aircraft that need some days after being down for so long; they lose their pump after some flying days."""
    return (jets(count, f"regeneration: {{after: {after}, takes: {takes}{slots}}}")
            + f"items:\n  pump: {{on: {{jets: 1}}, {gone_at(*days)}, supplier: maker, resupply: {{make: {made} days}}}}\n")  # fmt: skip


@pytest.mark.parametrize(("made", "regenerates"), [(30, True), (20, True), (19.5, False)])
def test_one_that_was_down_for_long_is_regenerated_before_it_flies(made, regenerates):
    """Down from day 10 for the time a pump takes to make. Exactly 20 days is long."""
    seen = run(regenerated(1, made, 10))
    back = 10 + made

    work = [(back, "REGENERATION"), (back + 6, "FMC")] if regenerates else [(back, "FMC")]
    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "NMCS"), *work]


def test_regeneration_is_a_reason_of_its_own():
    """NMCS [10, 40) for the pump, [40, 46) for regeneration."""
    seen = run(regenerated(1, 30, 10))

    assert seen.result.causes == {(0, "parts", 0): 30 * PARTS, (0, "regeneration", -1): 6 * PARTS}
    assert seen.total(State.REGENERATION) == 6


def test_slots_take_one_after_the_other_first_come_first_served():
    """Complete on days 40, 42 and 43; one slot: [40, 46), [46, 52), [52, 58). The second is complete last."""
    seen = run(regenerated(3, 30, 10, 13, 12, slots=", slots: 1"))

    assert [seen.history("system", "jets", k)[2:] for k in range(3)] == [
        [(40, "REGENERATION"), (46, "FMC")], [(43, "REGENERATION"), (58, "FMC")], [(42, "REGENERATION"), (52, "FMC")],
    ]  # fmt: skip


def test_two_slots_take_two_at_once_and_no_slots_have_no_limit():
    """All three complete on day 40: by number where there are slots."""
    two, free = (run(regenerated(3, 30, 10, 10, 10, slots=slots)) for slots in (", slots: 2", ""))

    assert two.mc() == [(0, 3), (10, 0), (46, 2), (52, 3)]
    assert two.history("system", "jets", 2)[-1] == (52, "FMC")
    assert free.mc() == [(0, 3), (10, 0), (46, 3)]


def test_regeneration_waits_until_nothing_else_keeps_it_down():
    """The pump comes on day 40, the rotor on 50: regenerated [50, 56), not in parallel."""
    seen = run(regenerated(1, 30, 10) + f"  rotor: {{on: {{jets: 1}}, {gone_at(10)}, supplier: maker, resupply: {{make: 40 days}}}}\n")

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "NMCS"), (50, "REGENERATION"), (56, "FMC")]


def test_time_down_for_different_reasons_adds_up():
    """No pump [10, 22), then 12 days of work to put it in: 24 days without a break."""
    text = regenerated(1, 12, 10).replace("make: 12 days}", "make: 12 days}, replace: {takes: 12 days, crew: line}")
    seen = run(CREW + text)

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "NMCS"), (22, "NMCM"), (34, "REGENERATION"), (40, "FMC")]


def test_a_break_begins_the_count_anew():
    """Down [10, 25) and [30, 45), 15 days each with 5 flying days between."""
    seen = run(regenerated(1, 15, 10) + f"  rotor: {{on: {{jets: 1}}, {gone_at(15)}, supplier: maker, resupply: {{make: 15 days}}}}\n")

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "NMCS"), (25, "FMC"), (30, "NMCS"), (45, "FMC")]


def test_partly_capable_is_not_down():
    """PMC for 60 days, then FMC at once."""
    seen = run(regenerated(1, 60, 10).replace("on: {jets: 1}, ", "on: {jets: 1}, absence: degrades, "))

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "PMC"), (70, "FMC")]


def overhauled(day: float, more: str = "", takes: str = "30 days") -> str:
    """An overhaul first due on a day."""
    return f"overhaul: {{every: 9 years, at: maker, takes: {takes}, due: {{list: [{day} days]}}{more}}}, regeneration:"


NO_OVERHAULS = "halts: {stop: {by: seller, from: @0, until: @45, overhaul: stop}}\n"


def test_an_overhaul_counts_as_regeneration():
    """Away [10, 40), fit to fly when it is back."""
    seen = run(regenerated(1, 30, 999).replace("regeneration:", overhauled(10)))

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "OVERHAUL"), (40, "FMC")]


def test_waiting_for_an_overhaul_and_the_overhaul_are_made_up_for_together():
    """At its limit [10, 45), away [45, 50)."""
    seen = run(regenerated(1, 30, 999).replace("regeneration:", overhauled(10, takes="5 days")) + NO_OVERHAULS)

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "LIMIT"), (45, "OVERHAUL"), (50, "FMC")]


@pytest.mark.parametrize(("made", "states"), [
    (49, [(59, "FMC")]),
    (59, [(69, "FMC")]),
    (60, [(70, "REGENERATION"), (76, "FMC")]),
])  # fmt: skip
def test_how_long_it_is_down_counts_anew_from_the_end_of_the_overhaul(made, states):
    """No pump from 10 on, away [20, 50) by the calendar: exactly 20 days after is long."""
    seen = run(regenerated(1, made, 10).replace("regeneration:", overhauled(20)))

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "NMCS"), (20, "OVERHAUL"), (50, "NMCS"), *states]


def test_one_that_comes_back_undone_was_down_all_the_while():
    """Away from 10, sent back undone on 20, at its limit until 45, put off for 20 flying days from then: regenerated."""
    halts = "halts: {stop: {by: seller, from: @20, until: @90, overhaul: stop, repairs_abroad: return_unrepaired}}\n"
    halts += "responses: {on: {kind: defer, fleets: jets, from: @45, gains: 480 FH}}\n"
    seen = run(regenerated(1, 30, 999).replace("regeneration:", overhauled(10).replace("every: 9 years", "every: 99999 FH or 9 years")) + halts)

    assert seen.history("system", "jets", 0)[:5] == [(0, "FMC"), (10, "OVERHAUL"), (20, "LIMIT"), (45, "REGENERATION"), (51, "FMC")]


def test_one_that_is_overhauled_leaves_the_queue_for_regeneration():
    """One slot. Both complete on 40: the first is regenerated [40, 60), the second queues; its overhaul is due on 42 and
    done on 47: it flies, and the third, complete on 45, is next."""
    text = regenerated(3, 30, 10, 10, 15, slots=", slots: 1", takes="20 days").replace(
        "regeneration:", overhauled(42, takes="5 days").replace("[42 days]", "[900 days, 42 days, 900 days]"))  # fmt: skip
    seen = run(text)

    assert [seen.history("system", "jets", k)[2:] for k in range(3)] == [
        [(40, "REGENERATION"), (60, "FMC")],
        [(40, "REGENERATION"), (42, "OVERHAUL"), (47, "FMC")],
        [(45, "REGENERATION"), (80, "FMC")],
    ]


def test_regeneration_in_hand_when_an_overhaul_ends_is_seen_through():
    """In regeneration [40, 60); its overhaul falls due on 42 and ends on 47."""
    text = regenerated(1, 30, 10, takes="20 days").replace("regeneration:", overhauled(42, takes="5 days"))

    assert run(text).history("system", "jets", 0)[2:] == [(40, "REGENERATION"), (42, "OVERHAUL"), (47, "REGENERATION"), (60, "FMC")]


def test_a_hole_that_opens_meanwhile_is_waited_for_after():
    """Regenerated [40, 46). Its seat goes by the calendar on 43 and comes on 60: regeneration is seen through, NMCS
    [46, 60), 14 days since it was regenerated, so it flies at once."""
    seat = "  seat: {on: {jets: 1}, hard_life: 9 years, due: {list: [43 days]}, supplier: maker, resupply: {make: 60 days}}\n"
    seen = run(regenerated(1, 30, 10) + seat)

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "NMCS"), (40, "REGENERATION"), (46, "NMCS"), (60, "FMC")]
    assert seen.item("seat", "holes") == [(0, 0), (43, 1), (60, 0)]


@pytest.mark.parametrize(("made", "back"), [(25, [(11, "FMC")]), (35, [(21, "REGENERATION"), (27, "FMC")])])
def test_time_down_in_the_warm_up_does_not_count(made, back):
    """A pump lasts 10 days: down from day -14, of which 25 days end on day 11 and 35 on day 21. From the start on it
    is 11 and 21 days, against 20."""
    text = regenerated(1, made, 10).replace(gone_at(10), WEARS)
    seen = run(text, days=30, warmup="24 days")

    assert [point for point in seen.history("system", "jets", 0) if point[0] > 0][: len(back)] == back


def test_none_is_regenerated_in_the_warm_up():
    """Down [-30, -5) and flying again at once."""
    seen = run(regenerated(1, 25, 10).replace(gone_at(10), WEARS), days=4, warmup="40 days")

    assert seen.history("system", "jets", 0) == [(-40, "FMC"), (-30, "NMCS"), (-5, "FMC")]


def test_an_aircraft_retired_in_regeneration_frees_no_slot_before_its_work_ends_and_one_in_the_queue_goes():
    """One slot. In regeneration [40, 46) the first, queued from 41 the second, from 42 the third. On day 43 two are
    retired, the longest down: the first, in the slot, and the second, in the queue. The third goes in on 46."""
    text = regenerated(3, 30, 10, 11, 12, slots=", slots: 1").replace("regeneration:", "retirements: [{on: @43, count: 2}], regeneration:")
    seen = run(text)

    assert seen.state("on_hand") == [(0, 3), (43, 1)]
    assert seen.history("system", "jets", 2)[2:] == [(42, "REGENERATION"), (52, "FMC")]


def test_one_delivered_late_needs_no_regeneration():
    seen = run(jets(1, "regeneration: {after: 20 days, takes: 6 days}, deliveries: {supplier: maker, schedule: {list: [@40]}}"))

    assert seen.mc() == [(0, 1), (40, 2)]


def test_regeneration_stops_every_mission():
    """NMCS [10, 40), regenerated [40, 46)."""
    seen = run(regenerated(1, 30, 10).replace("regeneration:", f"{BOTH}, regeneration:"))

    assert (mission_days(seen, "strike"), mission_days(seen, "patrol")) == (64, 64)
