# ruff: noqa: E501  (scenario texts read better unbroken)
"""Settled 80: foreign parts of crews, slots and rates of a baseline drawn by world; slots by date."""

from __future__ import annotations

from collections import Counter

import pytest
from hand_worked import DAILY, run, written

from armsim.model.arrays import Model
from armsim.model.compile import compile_scenario
from armsim.model.draws import entity_key
from armsim.model.order import Kind
from armsim.model.timeline import World, draw_world
from armsim.scenario.scenario import load_text

NEVER_AGAIN = "every: 900 days, at: maker, takes: 10 days"
DUE = "due: {list: [10 days, 12 days, 14 days]}"


def jets(overhaul: str, more: str = "", count: int = 3) -> str:
    return f"fleets: {{jets: {{count: {count}, {DAILY}, overhaul: {{{overhaul}}}{more}}}}}\n"


def worlds(body: str, n: int) -> tuple[Model, list[World]]:
    model = compile_scenario(load_text(written(body)))
    return model, [draw_world(model, 1, w) for w in range(n)]


def drawn(model: Model, world: World, path: str) -> float:
    """The value of the parameter drawn by a path."""
    return next(value for one, value in zip(model.parameters, world.values) if one.key == entity_key(path))


# Slots ------------------------------------------------------------------------------------------------------------


def test_another_slot_from_a_date_takes_the_next_in_the_queue_on_that_day():
    """One slot until 15, then two: [10, 20), [15, 25), [20, 30)."""
    seen = run(jets(f"{NEVER_AGAIN}, {DUE}, slots: {{best: 1, changes: [{{from: @15, to: 2}}]}}"))

    assert [seen.history("system", "jets", k)[-1] for k in range(3)] == [(20, "FMC"), (25, "FMC"), (30, "FMC")]
    assert seen.events(Kind.HALT) == [15]


def test_with_fewer_slots_what_is_in_hand_is_seen_through_and_none_is_taken_in():
    """Two slots, none from 13 on, one from 30 on: [10, 20), [12, 22), [30, 40)."""
    seen = run(jets(f"{NEVER_AGAIN}, {DUE}, slots: {{best: 2, changes: [{{from: @30, to: 1}}, {{from: @13, to: 0}}]}}"))

    assert [seen.history("system", "jets", k)[-1] for k in range(3)] == [(20, "FMC"), (22, "FMC"), (40, "FMC")]


def test_a_change_before_the_start_holds_from_the_start():
    seen = run(jets(f"{NEVER_AGAIN}, {DUE}, slots: {{best: 1, changes: [{{from: 2022-12-01, to: 3}}]}}"))

    assert [seen.history("system", "jets", k)[-1] for k in range(3)] == [(20, "FMC"), (22, "FMC"), (24, "FMC")]
    assert seen.events(Kind.HALT) == []


def test_drawn_slots_are_rounded_half_up():
    """Even on [1, 3]: 1 on [1, 1.5), 2 on [1.5, 2.5), 3 on [2.5, 3]: 25%, 50%, 25%. Of 400 worlds 100, 200 and 100;
    a standard deviation is at most 10, so one in 10 million is further off than 54."""
    model, many = worlds(jets(f"{NEVER_AGAIN}, slots: {{low: 1, high: 3}}"), 400)
    found = Counter(world.overhauls[0][1][0] for world in many)
    exact = [drawn(model, world, "fleets/jets/overhaul/slots") for world in many]

    assert [world.overhauls[0][1][0] for world in many] == [int(value + 0.5) for value in exact]
    assert abs(found[1] - 100) < 54 and abs(found[2] - 200) < 54 and abs(found[3] - 100) < 54


def test_the_date_and_the_number_of_a_change_are_drawn_too():
    model, many = worlds(jets(f"{NEVER_AGAIN}, slots: {{best: 9, changes: [{{from: {{low: @10, high: @50}}, to: {{low: 0, high: 6}}}}]}}"), 40)

    for world in many:
        day = drawn(model, world, "fleets/jets/overhaul/slots/0/from")
        to = drawn(model, world, "fleets/jets/overhaul/slots/0/to")
        assert world.overhauls[0][0][1] == int(day * 86400 + 0.5)
        assert world.overhauls[0][1] == (9, int(to + 0.5))
    assert {world.overhauls[0][1][1] for world in many} >= {1, 2, 3, 4, 5}


def test_slots_of_regeneration_change_by_date():
    """Three aircraft without a pump [5, 25) are regenerated for 10 days each, one at a time, from 30 on all at once:
    [25, 35), [30, 40), [30, 40)."""
    pump = "items: {pump: {on: {jets: 1}, hard_life: 9999 FH, due: {list: [120 FH, 120 FH, 120 FH]}, supplier: maker, resupply: {make: 20 days}}}\n"
    seen = run(f"fleets: {{jets: {{count: 3, {DAILY}, regeneration: {{after: 10 days, takes: 10 days, slots: {{best: 1, changes: [{{from: @30, to: 9}}]}}}}}}}}\n" + pump)

    assert seen.mc() == [(0, 3), (5, 0), (35, 1), (40, 3)]


def test_slots_of_an_extension_change_by_date():
    """Three at their limit from day 10 on; given 50 days each, in 10 days of work: [20, 30), then two at a time from
    25 on: [25, 35), [30, 40)."""
    stop = "halts: {stop: {by: seller, from: @5, overhaul: stop}}\n"
    more = "responses: {more: {kind: extend_life, gains: 50 days, takes: 10 days, from: @20, slots: {best: 1, changes: [{from: @25, to: 2}]}}}\n"
    seen = run(jets(NEVER_AGAIN + ", due: {list: [10 days, 10 days, 10 days]}") + stop + more, days=60)

    assert seen.mc() == [(0, 3), (10, 0), (30, 1), (35, 2), (40, 3)]


# Crews ------------------------------------------------------------------------------------------------------------


def crew(said: str, more: str = "") -> str:
    pool = f"sites: {{base: {{crews: {{line: {{fleets: jets, {said}}}}}}}}}\n"
    return pool + f"fleets: {{jets: {{count: 1, {DAILY}{more}}}}}\n"


def test_a_drawn_share_is_people_in_each_world_and_own_people_are_the_rest():
    """Ten people: a share of 34.9% is 3 of 10 and 35.1% is 4, at the largest remainder; they sum to ten."""
    model, many = worlds(crew("size: 10, foreign: {maker: {low: 20%, high: 80%}}"), 60)

    for world in many:
        share = drawn(model, world, "pools/base.line/foreign/maker")
        assert world.staff[0][1] == int(10 * share + 0.5)
        assert sum(world.staff[0]) == 10
        assert world.local[0][1] == (world.staff[0][0],)
    assert {world.staff[0][1] for world in many} >= {3, 4, 5, 6, 7}


def test_a_drawn_head_count_is_rounded_half_up_and_a_share_beside_it_may_be_fixed():
    model, many = worlds(crew("size: 10, foreign: {maker: {low: 2, high: 5}, other: 3}"), 60)
    _, shares = worlds(crew("size: 10, foreign: {maker: {low: 10%, high: 40%}, other: 30%}"), 20)

    heads = [drawn(model, world, "pools/base.line/foreign/maker") for world in many]
    assert [world.staff[0] for world in many] == [(7 - int(n + 0.5), int(n + 0.5), 3) for n in heads]
    assert {world.staff[0][1] for world in many} == {2, 3, 4, 5}
    assert all(sum(world.staff[0]) == 10 and world.staff[0][2] in (3, 4) for world in shares)


def test_a_dated_share_is_of_the_people_its_world_began_with():
    model, many = worlds(crew("size: 10, foreign: {maker: {low: 4, high: 8}}, changes: [{on: @30, local: {low: 0, high: 6}, foreign: {maker: {low: 0%, high: 100%}}}]"), 40)

    for world in many:
        left = drawn(model, world, "pools/base.line/0/foreign/maker")
        own = drawn(model, world, "pools/base.line/0/local")
        then = int(world.staff[0][1] * left + 0.5)
        assert world.foreign[0][0][1] in ((world.staff[0][1], then), (then,))
        assert world.local[0][1] in ((world.staff[0][0], int(own + 0.5)), (int(own + 0.5),))


def test_tasks_are_drawn_by_the_people_of_their_world():
    """One person, own or the maker's; the maker's leave on day 0. Where nobody is left no inspection is ever done."""
    work = ", inspections: {every: 900 days, takes: 5 days, crew: line, due: {list: [10 days]}}"
    gone = "halts: {gone: {by: seller, from: @0, people: {leave_within: 0 days}}}\n"
    body = crew("size: 1, foreign: {maker: {low: 0, high: 1}}, of: tasks", work) + gone
    seen = [run(body, world=w) for w in range(12)]

    assert {one.world.staff[0] for one in seen} == {(1, 0), (0, 1)}
    for one in seen:
        back = [(15, 1)] if one.world.staff[0] == (1, 0) else []
        assert one.mc() == [(0, 1), (10, 0), *back]


# Baselines and values drawn together ------------------------------------------------------------------------------


def test_one_rate_of_a_baseline_is_one_draw_for_its_three_items():
    """Intervals are as 5 : 3 : 2 the other way round, in every world; the rate is within its range, and of an even
    range on the log scale half the worlds are below the middle: of 200 worlds 100, standard deviation 7."""
    rates = "mc: 70%, nmcs: {low: 10%, best: 20%, high: 40%}, nmcm: 10%, parts_wait: 60 days, work_takes: 3 days, supplier: maker"
    model, many = worlds(f"fleets: {{jets: {{count: 10, {DAILY}, baseline: {{{rates}}}}}}}\n", 200)
    names = [item.name for item in model.items]
    below = 0
    for world in many:
        laws = [item.fails_use for item in model.items]
        often, seldom, sometimes = (world.values[law.scale] for law in laws if law is not None)
        assert names == ["jets_part_often", "jets_part_seldom", "jets_part_sometimes"]
        assert often * 5 == pytest.approx(sometimes * 3, rel=1e-9) == pytest.approx(seldom * 2, rel=1e-9)
        # 2 down for 60 days: one failure in 30 days of 10 x 24 FH, half of them often: 14,400 FH at 20%.
        rate = 0.2 * 14_400 / often
        assert 0.1 <= rate <= 0.4
        below += rate < 0.2
    assert abs(below - 100) < 40


def test_values_with_one_name_are_drawn_at_the_same_place_of_their_ranges():
    items = "items: {pump: {on: {jets: 1}, fails_every: {low: 100 FH, high: 200 FH%s}}, seat: {on: {jets: 1}, fails_every: {low: 1000 FH, high: 3000 FH%s}}}\n"
    fleet = f"fleets: {{jets: {{count: 1, {DAILY}}}}}\n"
    places = {}
    for said in ("", ", drawn_as: age"):
        model, many = worlds(fleet + items % (said, said), 20)
        pump, seat = (item.fails_use.scale for item in model.items if item.fails_use is not None)
        places[said] = [(world.values[pump] / 100 - 1, world.values[seat] / 2000 - 0.5) for world in many]

    assert all(a == pytest.approx(b, abs=1e-12) for a, b in places[", drawn_as: age"])
    assert not any(a == pytest.approx(b, abs=1e-3) for a, b in places[""])
