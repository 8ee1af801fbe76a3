"""What no draw can change is laid out once for all worlds: each world is the one laid out whole."""

from __future__ import annotations

import pytest
from hand_worked import DAILY, dated, written

from armsim.model.arrays import Model
from armsim.model.certain import known_of
from armsim.model.compile import compile_scenario
from armsim.model.timeline import draw_world
from armsim.scenario.scenario import load_text

FIXED = "  ban: {by: seller, from: @20, until: @40, operation: {stop_within: 2 days}}\n"
LATE = "  later: {by: seller, from: @60, until: {low: @70, high: @90}, operation: {stop_within: 2 days}}\n"
EARLY = "  later: {by: seller, from: {low: @30, high: @60}, until: @90, operation: {stop_within: 2 days}}\n"
FOLLOWER = "  follow: {by: maker, after: {halt: ban, probability: 50%}, until: @90, operation: {stop_within: 1 day}}\n"


def model_of(halts: str) -> Model:
    """Four jets of the seller, who may forbid them to operate, under these halts."""
    jets = f"fleets: {{jets: {{count: 4, {DAILY}, owner: seller}}}}\n"
    return compile_scenario(load_text(written(jets + dated(f"halts:\n{halts}" if halts else ""))))


@pytest.mark.parametrize("halts", ["", FIXED, FIXED + LATE, FIXED + EARLY, FIXED + FOLLOWER])
def test_a_world_with_what_is_known_is_the_world_laid_out_whole(halts):
    model = model_of(halts)
    known = known_of(model)

    assert all(draw_world(model, 1, w, known=known) == draw_world(model, 1, w) for w in range(30))


def test_a_fixed_halt_is_left_to_each_world_where_an_uncertain_one_may_lengthen_it():
    """The second begins between day 30 and 60, so it adjoins the first, which ends on day 40, in some worlds only."""
    model = model_of(FIXED + EARLY)

    assert {len(draw_world(model, 1, w, known=known_of(model)).halts) for w in range(30)} == {1, 2}
    assert not known_of(model_of(FIXED))["permitted"].left
    assert known_of(model)["permitted"].left == (0,)


def test_whether_a_halt_follows_is_left_to_each_world():
    known = known_of(model_of(FIXED + FOLLOWER))

    assert known["dates"].left == known["spans"].left == (1,)


def test_an_uncertain_warm_up_is_left_to_each_world():
    jets = f"fleets: {{jets: {{count: 4, {DAILY}}}}}\n"
    model = compile_scenario(load_text(written(jets, warmup="{low: 10 days, high: 30 days}")))
    worlds = [draw_world(model, 1, w, known=known_of(model)) for w in range(5)]

    assert worlds == [draw_world(model, 1, w) for w in range(5)]
    assert len({world.warmup for world in worlds}) == 5


@pytest.mark.parametrize(("more", "left"), [("", ()), (", renewal: {takes: 30 days, for: 1 year}", (0,))])
def test_a_contract_is_left_to_each_world_where_an_uncertain_halt_may_keep_it_from_being_signed(more, left):
    """One in force from before the start and never renewed is signed already."""
    freeze = "halts: {freeze: {kind: new_contract_freeze, by: seller, from: {low: @20, high: @50}, until: @90}}\n"
    crews = "sites: {base: {crews: {line: {fleets: [jets], size: 4, foreign: {maker: 2}}}}}\n"
    support = f"contracts: {{support: {{supplier: maker, covers: [people], from: 2022-01-01, until: @60{more}}}}}\n"
    jets = f"fleets: {{jets: {{count: 4, {DAILY}}}}}\n"
    model = compile_scenario(load_text(written(dated(crews + jets + support + freeze))))
    known = known_of(model)
    worlds = [draw_world(model, 1, w, known=known) for w in range(30)]

    assert known["in_force"].left == known["foreign"].left == left
    assert worlds == [draw_world(model, 1, w) for w in range(30)]
    assert (len({world.foreign for world in worlds}) > 1) == bool(left)
