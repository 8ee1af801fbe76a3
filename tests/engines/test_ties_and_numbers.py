# ruff: noqa: E501  (scenario texts read better unbroken)
"""Exact ties and determinism.

Same-time order is (kind, entity), never the order in which things were planned or written (R-T3, ENGINE 1-5).
"""

from __future__ import annotations

import random
from itertools import count

import pytest
from hand_worked import DAILY, DAY, dated, run, written

from armsim.engines.reference import Replication
from armsim.model.arrays import Model
from armsim.model.compile import compile_scenario
from armsim.model.order import Flow, Kind, priority
from armsim.model.timeline import draw_world
from armsim.scenario.scenario import load_text


def jets(n: int, more: str = "") -> str:
    return f"fleets: {{jets: {{count: {n}, {DAILY}{more}}}}}\n"


def gone_at(*days: float) -> str:
    return "hard_life: 999999 FH, due: {list: [" + ", ".join(f"{24 * day} FH" for day in days) + "]}"


# Ties -------------------------------------------------------------------------------------------------


def test_a_priority_sorts_as_kind_and_entity_do():
    entities = [(Kind.SAMPLE, (1, 0, 0)), (Kind.FAILURE, (0, 0, 0)), (Kind.FAILURE, (0, 0, 1)), (Kind.FAILURE, (0, 2**39, 0)),
                (Kind.FAILURE, (1, 0, 0)), (Kind.ARRIVAL, (Flow.RESUPPLY, 9, 9)), (Kind.ARRIVAL, (Flow.REPAIR, 0, 0)), (Kind.SETTLE, (0, 0, 0))]  # fmt: skip

    assert [priority(*one) for one in entities] == sorted(priority(*one) for one in entities)


def test_a_repair_that_ends_when_the_halt_begins_has_ended():
    """In repair [10, 40); the halt that would hold it begins on day 40."""
    text = jets(1) + "items: {engine: {on: {jets: 1}, overhaul: {every: 99999 FH, at: maker, takes: 30 days, due: {list: [240 FH]}}}}\n"

    for value in ("hold", "return_unrepaired", "seize"):
        seen = run(text + f"halts: {{stop: {{by: seller, from: @40, repairs_abroad: {value}}}}}\n")
        assert seen.mc() == [(0, 1), (10, 0), (40, 1)]
        assert seen.touched("stop") == {}


def test_a_delivery_at_the_second_of_a_failure_serves_it_at_once():
    """The part ordered on day 10 comes on day 30, the second when the other aircraft loses its own. The first has
    waited longer and gets it; the other waits until 50: one down throughout, and never two."""
    seen = run(jets(2) + f"items: {{pump: {{on: {{jets: 1}}, {gone_at(10, 30)}, supplier: maker, resupply: {{make: 20 days}}}}}}\n")

    assert seen.mc() == [(0, 2), (10, 1), (50, 2)]
    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "NMCS"), (30, "FMC")]
    assert seen.history("system", "jets", 1) == [(0, "FMC"), (30, "NMCS"), (50, "FMC")]


def test_a_unit_that_arrives_at_the_second_of_the_failure_leaves_no_time_down():
    """Stock 1, both gone on day 10 and 30. The unit ordered on 10 is on the shelf on 30: never down."""
    seen = run(jets(2) + f"items: {{pump: {{on: {{jets: 1}}, {gone_at(10, 30)}, stock: {{base: 1}}, supplier: maker, resupply: {{transit: 20 days}}}}}}\n")

    assert seen.mc() == [(0, 2)]
    # In one instant the failure is applied before the arrival.
    assert [Kind(kind).name for t, kind, _ in seen.log if t == 30 * DAY] == ["FAILURE", "ARRIVAL"]


@pytest.mark.parametrize("order", [("alpha", "beta"), ("beta", "alpha")])
def test_two_failures_at_one_second_and_one_spare_the_key_decides_not_the_file(order):
    """Two fleets share one spare; both aircraft fail on day 10. Alpha's key comes first, wherever it stands."""
    fleets = "".join(f"  {name}: {{count: 1, {DAILY}}}\n" for name in order)
    seen = run(f"fleets:\n{fleets}items: {{pump: {{on: {{beta: 1, alpha: 1}}, hard_life: 999999 FH, due: {{list: [240 FH, 240 FH]}}, stock: {{base: 1}}}}}}\n")

    assert seen.mc("alpha") == [(0, 1)]
    assert seen.mc("beta") == [(0, 1), (10, 0)]


def test_the_key_decides_and_not_the_name():
    fleets = f"  alpha: {{rng_key: zulu, count: 1, {DAILY}}}\n  beta: {{count: 1, {DAILY}}}\n"
    seen = run(f"fleets:\n{fleets}items: {{pump: {{on: {{beta: 1, alpha: 1}}, hard_life: 999999 FH, due: {{list: [240 FH, 240 FH]}}, stock: {{base: 1}}}}}}\n")

    assert (seen.at(50, "state", "alpha", "mc"), seen.at(50, "state", "beta", "mc")) == (0, 1)


def test_two_aircraft_of_one_fleet_at_one_second_and_one_spare_the_lower_rank_gets_it():
    seen = run(jets(3) + f"items: {{pump: {{on: {{jets: 1}}, {gone_at(99, 10, 10)}, stock: {{base: 1}}}}}}\n")

    assert [seen.at(50, "system", "jets", k) for k in range(3)] == ["FMC", "FMC", "NMCS"]


def test_use_limits_come_before_calendar_limits_of_the_same_second():
    """Aircraft 1 loses its pump to use, aircraft 0 its pump to the calendar, both on day 10; one spare: 1 gets it."""
    text = jets(2) + "items: {pump: {on: {jets: 1}, hard_life: 999999 FH or 900 years, due: {list: [10 days, 240 FH]}, stock: {base: 1}}}\n"
    seen = run(text)

    assert [seen.at(50, "system", "jets", k) for k in range(2)] == ["NMCS", "FMC"]


def test_every_use_limit_of_one_second_fires_although_the_first_grounds_the_aircraft():
    """Pump and rotor both due at 240 FH: both go on day 10, not the rotor later."""
    seen = run(jets(1) + f"items:\n  pump: {{on: {{jets: 1}}, {gone_at(10)}}}\n  rotor: {{on: {{jets: 1}}, {gone_at(10)}}}\n")

    assert seen.history("missing", "jets", 0) == [(0, ()), (10, ("pump 0", "rotor 0"))]


def test_a_date_that_no_longer_holds_leaves_no_trace():
    """The seat of aircraft 0 expires on day 30, but on day 20 it is taken over by aircraft 1: one event on day 30."""
    seen = run(jets(2, ", cannibalization: on_demand") + f"""
items:
  rotor: {{on: {{jets: 1}}, {gone_at(10, 99)}}}
  seat: {{on: {{jets: 1}}, expires_after: 9 years, due: {{list: [30 days, 20 days]}}}}
""")

    assert seen.mc() == [(0, 2), (10, 1), (30, 0)]
    assert seen.events(Kind.EXPIRY) == [20, 30]


# Determinism ------------------------------------------------------------------------------------------

#: Whole days, ages in blocks, two fleets of one item, people, a shop, robbing, a halt: full of ties.
TIES = dated("""
contracts: {frame: {supplier: maker, items: pump, covers: [spares, repair], from: @0, until: @70, renewal: {takes: 30 days, for: 60 days}}}
sites: {base: {shops: {bench: {servers: 1}}, crews: {line: {fleets: [jets, tugs], size: 3, local: 1, foreign: {maker: 1, other: 1}}}}}
fleets:
  jets:
    count: 5
    authorised: 8
    fly: 8766 FH/year per aircraft
    at_most: 8766 FH/year per aircraft
    cannibalization: {policy: on_demand, damage: 50%}
    inspections: {every: 480 FH or 20 days, takes: 2 days, crew: line, due: {block: {@10: 2, @20: 3}}}
    overhaul: {every: 1200 FH or 60 days, at: maker, takes: 10 days, slots: 1, due: {block: {@30: 3, @40: 2}}}
    retirements: [{on: @100}]
    losses: {on: [{on: @60}]}
    deliveries: {supplier: maker, schedule: [@50, @50, @90], ordered: @5, transit: 8 days}
  tugs: {count: 4, fly: 8766 FH/year per aircraft, at_most: 8766 FH/year per aircraft, cannibalization: on_demand}
items:
  pump: {on: {jets: 2, tugs: 1}, supplier: maker, hard_life: 480 FH, due: {block: {@10: 6, @20: 4}}, replace: {takes: 1 day, crew: line},
         stock: {base: 1}, fails_every: 900 FH,
         repair: [{share: 50%, at: base.bench, takes: 5 days}, {share: 50%, at: maker, licence: 2 days, takes: 8 days, transit: 5 days}],
         resupply: {licence: 2 days, make: 10 days, transit: 3 days}}
  seat: {on: {jets: 1}, supplier: other, expires_after: 30 days, due: {block: {@10: 2, @20: 3}}, replace: {takes: 1 day, crew: line, needs: other}, resupply: {make: 10 days}}
  rotor: {on: {jets: 1, tugs: 1}, overhaul: {every: 720 FH or 30 days, at: base.bench, takes: 5 days, yield: 90%, due: {block: {@10: 2, @30: 3}}}, supplier: other, resupply: {make: 20 days}}
halts:
  embargo: {kind: total, by: seller, from: @40, until: @80}
  more: {by: third, from: @60, until: @90, new_orders: queue, in_transit: wait_at_border}
responses:
  less: {kind: fly_less, fleets: jets, when: mc < 3, until: mc > 3, fly: 50%}
  src: {kind: other_source, items: [pump, rotor], jurisdiction: fourth, capacity: 36.525 per year, from: @50, takes: 5 days}
""")


def logged(model: Model, seed: int, shuffled: int | None) -> tuple:
    """Log and curves of one run; with SimPy's insertion counter replaced by random numbers when told."""
    world, log = draw_world(model, seed, 0), []
    replication = Replication(model, world, seed, 0, log)
    if shuffled is not None:
        rng = random.Random(shuffled)
        ranks = (rng.getrandbits(60) for _ in count())
        replication.env._eid = ranks
    result = replication.run()
    return log, result.states, result.items, result.flown, result.touched, result.causes


def ties(log: list) -> int:
    """How many events share their second with another of the same kind."""
    moments = [(t, kind) for t, kind, _ in log]
    return len(moments) - len(set(moments))


@pytest.mark.parametrize("seed", range(6))
def test_the_order_of_insertion_changes_nothing(seed):
    """ENGINE 5: SimPy's insertion counter replaced by random numbers; logs and curves stay equal bit for bit."""
    model = compile_scenario(load_text(written(TIES, 120, "20 days")))
    plain = logged(model, seed, None)

    assert len(plain[0]) > 300
    assert ties(plain[0]) > 30
    for shuffled in range(3):
        assert logged(model, seed, shuffled) == plain


def test_that_test_would_see_an_order_by_insertion(monkeypatch):
    """With the entity left out of the priority, events of one kind go by insertion: then logs do differ."""
    monkeypatch.setattr("armsim.engines.clock.priority", lambda kind, entity: priority(kind, (0, 0, 0)))
    model = compile_scenario(load_text(written(TIES, 120, "20 days")))

    assert any(logged(model, seed, 0) != logged(model, seed, 1) for seed in range(3))


def test_the_same_run_twice_is_the_same():
    model = compile_scenario(load_text(written(TIES, 120, "20 days")))

    assert logged(model, 3, None) == logged(model, 3, None)
