# ruff: noqa: E501  (scenario texts read better unbroken)
"""R-H3 to R-H6: the strictest wins, nothing changes bit for bit where nothing should, what halts touched."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hand_worked import DAILY, DAY, outcome, run, run_text, written

from armsim.engines.reference import simulate
from armsim.model.compile import compile_scenario
from armsim.model.timeline import draw_world
from armsim.scenario.scenario import load_text

STAGES = "{licence: 4 days, make: 10 days, transit: 6 days}"
ONE = f"""
fleets: {{jets: {{count: 1, {DAILY}}}}}
items: {{pump: {{on: {{jets: 1}}, hard_life: 999999 FH, due: {{list: [600 FH]}}, supplier: maker, resupply: {STAGES}}}}}
"""
#: Everything at once, with luck in it: parts, repair at home and abroad, people, overhaul, deliveries, contracts.
RICH = """
contracts:
  frame: {supplier: maker, items: pump, covers: [spares, repair], from: @0, until: @70, renewal: {takes: 30 days, for: 60 days}}
sites: {base: {shops: {bench: {servers: 1}}, crews: {line: {fleets: jets, size: 4, local: 1, foreign: {maker: 3}}}}}
fleets:
  jets:
    count: 6
    authorised: 8
    fly: 20 FH/day fleet
    cannibalization: {policy: on_demand, damage: 20%}
    upkeep: {every: 20 FH, takes: 2 days, crew: line}
    inspections: {every: 60 days, takes: 3 days, crew: line, needs: maker}
    overhaul: {every: 300 FH or 200 days, at: maker, takes: 25 days, slots: 2}
    losses: {per_100k_FH: 30}
    deliveries: {supplier: maker, schedule: [@50, @90], ordered: @5, transit: 8 days}
items:
  pump: {on: {jets: 2}, supplier: maker, fails_every: 150 FH, replace: {takes: 1 day, crew: line}, stock: {base: 1},
         repair: [{share: 50%, at: base.bench, takes: {best: 9 days, varies: lognormal 50%}}, {share: 30%, at: maker, licence: 3 days, takes: 12 days, transit: 4 days}, {share: 20%, at: condemned}],
         resupply: {licence: 4 days, make: {best: 20 days, varies: exponential}, transit: {best: 6 days, varies: erlang 2}}}
  valve: {on: {jets: 1}, supplier: other, demand: calendar, fails_every: 60 days, resupply: {make: 5 days, transit: 3 days}}
  seat: {on: {jets: 1}, supplier: maker, expires_after: 200 days, resupply: {make: 15 days}}
"""
TOTAL = "kind: total, by: seller"
SEEDS = range(2)


def rich(halts: str, seed: int, days: int = 180):
    return run(RICH + (f"halts:\n{halts}" if halts else ""), days=days, warmup="60 days", seed=seed)


def back(seen) -> float | None:
    history = seen.history("system", "jets", 0)
    return history[2][0] if len(history) > 2 else None


# The strictest wins (R-H3) ----------------------------------------------------------------------------


def test_a_line_is_open_only_when_every_gatekeeper_lets_it_through():
    """Need of day 25: the supplier's halt ends on 40, home's on 60: 60 + 20."""
    halts = "halts:\n  a: {by: maker, from: @20, until: @40, new_orders: refuse}\n  b: {by: home, from: @30, until: @60, new_orders: refuse}\n"

    assert back(run(ONE + halts, days=150)) == 80


@pytest.mark.parametrize(("one", "two", "day"), [
    ("new_orders: queue", "new_orders: refuse", 80),
    ("new_orders: allow, in_transit: hold", "new_orders: queue", 66),
    ("in_transit: wait_at_border", "in_transit: deliver, new_orders: refuse, classes: repair", 60),
])  # fmt: skip
def test_of_two_halts_at_once_the_strictest_clause_holds_whatever_their_order(one, two, day):
    for first, second in ((one, two), (two, one)):
        halts = f"halts:\n  a: {{by: seller, from: @20, until: @60, {first}}}\n  b: {{by: seller, from: @20, until: @60, {second}}}\n"

        assert back(run(ONE + halts, days=150)) == day


def test_each_clause_is_the_strictest_of_its_own():
    """One refuses orders [20, 40), the other stops making [35, 60): need of 25 waits until 40, licence 44, making
    waits until 60: 70, there 76."""
    halts = "halts:\n  a: {by: seller, from: @20, until: @40, new_orders: refuse}\n  b: {by: seller, from: @35, until: @60, accepted_orders: stop}\n"

    assert back(run(ONE + halts, days=150)) == 76


# Bit for bit (R-H4) -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("halt", [
    f"  stop: {{{TOTAL}, from: @40, until: @40}}\n",
    f"  stop: {{{TOTAL}, from: @180}}\n",
    f"  stop: {{{TOTAL}, from: @400}}\n",
    "  stop: {kind: total, by: fourth, from: @40}\n",
    "  stop: {by: seller, from: @40, new_orders: allow, in_transit: deliver}\n",
    f"  stop: {{{TOTAL}, from: @40, active: false}}\n",
    f"  stop: {{{TOTAL}, from: 2022-01-01, until: 2022-12-31}}\n",
], ids=["no length", "at the horizon", "after the horizon", "unused party", "all lenient", "inactive", "over before the start"])  # fmt: skip
def test_a_halt_that_does_nothing_changes_nothing_bit_for_bit(halt, seed):
    """The log too, apart from a clause-less halt's and a party's own dates, which no line knows."""
    without, with_it = rich("", seed), rich(halt, seed)

    assert len(without.log) > 150
    assert outcome(without)[:6] == outcome(with_it)[:6]
    assert with_it.result.events == without.result.events
    # Causes count from the first halt's period on (R-S4), so only they may differ.
    assert not any(map(any, with_it.result.touched))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("cuts", [[100], [61, 100], [50, 51, 52, 119]])
def test_a_halt_cut_in_pieces_changes_nothing_bit_for_bit_people_leaving_included(cuts, seed):
    """People leave within 30 days of day 40: cut on 50 or 61, they must not begin to leave again."""
    ends = [40, *cuts, 120]
    pieces = "".join(f"  part_{k}: {{{TOTAL}, from: @{a}, until: @{b}}}\n" for k, (a, b) in enumerate(pairwise(ends)))
    whole, cut = rich(f"  whole: {{{TOTAL}, from: @40, until: @120}}\n", seed), rich(pieces, seed)

    assert outcome(whole) == outcome(cut)
    assert outcome(whole) != outcome(rich("", seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_two_overlapping_halts_that_say_the_same_are_one(seed):
    pieces = f"  a: {{{TOTAL}, from: @40, until: @90}}\n  b: {{{TOTAL}, from: @60, until: @120}}\n"

    assert outcome(rich(pieces, seed)) == outcome(rich(f"  whole: {{{TOTAL}, from: @40, until: @120}}\n", seed))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", ["total", "new_contract_freeze", "withdrawal_of_support"])
def test_before_its_first_effect_a_halt_changes_nothing(kind, seed):
    """Every event before day 90 is the same to the second, and so are the periods that ended by then.

    A delivery due after day 90 is planned ahead, but planned things are events only when they happen."""
    without, with_it = rich("", seed), rich(f"  stop: {{kind: {kind}, by: seller, from: @90}}\n", seed)

    def before(seen):
        return [line for line in seen.log if line[0] < 90 * DAY]

    assert before(without) == before(with_it)
    assert without.result.states[:3] == with_it.result.states[:3]
    assert without.result.items[:3] == with_it.result.items[:3]
    assert without.log != with_it.log


# What halts touched (R-H5) ----------------------------------------------------------------------------


def test_touched_counts_by_halt_and_kind():
    """Three pumps, needs on 25 and 30 (refused) and 15 (its licence ends on 19, made on 29: not held, it is only
    refusing); the repair sent on 12 is caught by `hold`."""
    body = f"""
fleets: {{jets: {{count: 4, {DAILY}}}}}
items:
  pump: {{on: {{jets: 1}}, hard_life: 999999 FH, due: {{list: [600 FH, 720 FH, 360 FH]}}, supplier: maker, resupply: {STAGES}}}
  engine: {{on: {{jets: 1}}, overhaul: {{every: 99999 FH, at: maker, takes: 20 days, due: {{list: [90000 FH, 90000 FH, 90000 FH, 288 FH]}}}}}}
halts:
  refuse: {{by: seller, from: @20, until: @60, new_orders: refuse}}
  catch: {{by: seller, from: @20, until: @60, repairs_abroad: hold}}
  elsewhere: {{by: third, from: @20, until: @60, new_orders: refuse}}
"""
    seen = run(body)

    assert seen.touched("refuse") == {"orders_refused": 2}
    assert seen.touched("catch") == {"repairs_caught": 1}
    assert seen.touched("elsewhere") == {}


def test_a_covered_order_that_passes_a_freeze_is_not_touched_by_it():
    """It is held by the other halt, which stops signed contracts; the freeze honours them."""
    text = """
contracts: {frame: {supplier: maker, items: pump, covers: spares, from: @0, until: @90}}
""" + ONE + """
halts:
  freeze: {kind: new_contract_freeze, by: seller, from: @20, until: @60}
  stop: {by: seller, from: @30, until: @60, accepted_orders: stop, signed_contracts: stop}
"""
    seen = run(text)

    assert seen.touched("freeze") == {}
    assert seen.touched("stop") == {"consignments_held": 1}


@pytest.mark.parametrize(("clause", "until", "held"), [
    ("in_transit: hold", "never", {"consignments_held": 1}),
    ("in_transit: wait_at_border", "never", {}),  # it would be at the border on 55
    ("in_transit: wait_at_border", "@44", {}),
    ("accepted_orders: stop", "never", {"consignments_held": 1}),
    ("in_transit: hold", "@48", {"consignments_held": 1}),
])  # fmt: skip
def test_a_hold_that_begins_at_or_after_the_end_is_not_counted(clause, until, held):
    """Needed on 25, made by 35, there by 55; the simulation ends on 45, the halt begins on 30."""
    text = ONE.replace(STAGES, "{make: 10 days, transit: 20 days}")
    seen = run(text + f"halts: {{stop: {{by: seller, from: @30, until: {until}, {clause}}}}}\n", days=45)

    assert seen.touched("stop") == held


def test_despatch_after_the_end_is_not_held_and_a_cut_beyond_it_counts_nothing():
    """Made by 75, after the end on 60, in a halt that does not let it leave: whole, and in two that meet on 90."""
    text = ONE.replace(STAGES, "{make: 50 days, transit: 20 days}")
    whole = run(text + "halts: {stop: {by: seller, from: @20, until: never, in_transit: hold}}\n", days=60)
    pieces = run(text + "halts: {stop: {by: seller, from: @20, until: @70, in_transit: hold}, "
                 "then: {by: seller, from: @70, until: never, in_transit: hold}}\n", days=60)  # fmt: skip

    assert whole.result.touched == [[0] * 5]
    assert not any(map(any, pieces.result.touched))
    assert outcome(whole) == outcome(pieces)
    seen = run(text + "halts: {stop: {by: seller, from: @20, until: never, in_transit: hold}}\n", days=76)
    assert seen.touched("stop") == {"consignments_held": 1}


# Background (R-H6) ------------------------------------------------------------------------------------


def test_a_background_halt_stays_in_the_twin_and_the_others_go():
    """Money stops orders [20, 40), the embargo [30, 60): need of 25. With both 80, in the twin 60, without any 45."""
    halts = """
halts:
  money: {by: home, from: @20, until: @40, new_orders: refuse, background: true}
  embargo: {by: seller, from: @30, until: @60, new_orders: refuse}
"""
    scenario = load_text(written(ONE + halts, 150))

    def up_again(one):
        model = compile_scenario(one)
        world = draw_world(model, 1, 0)
        seconds: list[int] = []
        simulate(model, world, 1, 0, None, lambda run: seconds.append(run.now) if run.fleets[0].counts[0] == 1 else None)
        return min(t for t in seconds if t > 25 * DAY) // DAY

    assert up_again(scenario) == 80
    assert up_again(scenario.twin()) == 60
    assert back(run_text(written(ONE, 150))) == 45
