# ruff: noqa: E501  (scenario texts read better unbroken)
"""R-T1 to R-T6: half-open intervals, left limits, the horizon, warm-up, and draws that belong to names."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hand_worked import DAILY, DAY, outcome, run, run_text, written

from armsim.errors import ArmsimError
from armsim.model.order import Kind
from armsim.model.trajectory import State

JETS = f"""
sites: {{base: {{}}}}
fleets: {{jets: {{count: 2, {DAILY}}}}}
items:
  pump: {{on: {{jets: 1}}, supplier: maker, hard_life: 100000 FH, due: {{list: [240 FH, 480 FH]}},
         resupply: {{make: 10 days}}}}
"""

LUCK = """
sites: {base: {shops: {bench: {servers: 1}}, crews: {line: {fleets: jets, size: 1}}}}
fleets: {jets: {count: 4, fly: 300 FH/month fleet, upkeep: {every: 20 FH, takes: 1 day, crew: line}}}
items:
  pump: {on: {jets: 2}, supplier: maker, fails_every: 200 FH, stock: {base: 1},
         repair: [{share: 50%, at: base.bench, takes: {best: 9 days, varies: lognormal 50%}}, {share: 50%, at: condemned}],
         resupply: {make: {best: 20 days, varies: exponential}, transit: {best: 6 days, varies: erlang 2}}}
  valve: {on: {jets: 1}, supplier: maker, demand: calendar, fails_every: 60 days, resupply: {make: 5 days}}
"""


def test_a_system_is_down_from_its_failure_to_the_arrival_and_not_a_second_longer():
    """Down [10, 20) and [20, 30): 10 + 10 system-days; the first is up again the instant the second goes down."""
    seen = run(JETS)

    assert seen.mc() == [(0, 2), (10, 1), (30, 2)]
    assert seen.total(State.NMCS) == 20
    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "NMCS"), (20, "FMC")]
    # The other has flown until 20 as well: 480 FH after 20 days.
    assert seen.history("system", "jets", 1) == [(0, "FMC"), (20, "NMCS"), (30, "FMC")]


def test_a_report_period_reads_the_left_limit_at_its_end():
    """January ends on day 31. A failure at that very instant belongs to February."""
    seen = run(JETS.replace("480 FH", "744 FH"))

    assert seen.history("system", "jets", 1)[1] == (31, "NMCS")
    assert seen.result.ends[0][0][State.FMC] == 2
    # January: only the first, down [10, 20). February: only the second, down [31, 41).
    assert [period[0][State.NMCS] for period in seen.result.states] == [10 * DAY, 10 * DAY, 0, 0]


def test_period_sums_hold_every_system_for_every_second():
    seen = run(LUCK, days=100)
    edges = (0, *seen.model.edges)

    assert len(seen.result.states) == 4
    for k, period in enumerate(seen.result.states):
        assert sum(period[0]) == 4 * (edges[k + 1] - edges[k])


def test_nothing_happens_at_the_horizon():
    """The horizon is day 30; the arrival due on day 30 does not come."""
    seen = run(JETS, days=30)

    assert seen.mc() == [(0, 2), (10, 1)]
    assert max(t for t, _, _ in seen.log) == 20 * DAY
    assert seen.result.ends[-1][0][State.NMCS] == 1


def test_a_halt_dated_at_the_horizon_changes_nothing():
    halt = "halts: {stop: {kind: total, by: seller, from: @30}}"

    assert outcome(run(JETS + halt, days=30)) == outcome(run(JETS, days=30))


@pytest.mark.parametrize("seed", range(3))
def test_a_shorter_horizon_is_a_prefix(seed):
    """59 days end with a calendar month, so the first two periods are the same."""
    halt = "halts: {stop: {kind: total, by: seller, from: @40, until: @70}}"
    long = run(LUCK + halt, days=120, warmup="30 days", seed=seed)
    short = run(LUCK + halt, days=59, warmup="30 days", seed=seed)
    edges = {t for t, kind, entity in long.log if kind == Kind.SAMPLE}
    before = [line for line in long.log if line[0] < 59 * DAY]

    assert 59 * DAY in edges
    assert len(short.log) > 30
    assert short.log == before
    assert short.result.states == long.result.states[:2]
    assert short.result.items == long.result.items[:2]
    assert short.result.flown == long.result.flown[:2]


# Warm-up (R-T6) ---------------------------------------------------------------------------------------


def test_warm_up_fills_the_pipelines():
    """A calendar life of exactly 10 days of flying, 30 days to make: at the start 30/40 of the time it is out.

    One aircraft, hard life 240 FH, no due dates, so ages are drawn; after a warm-up it is either up or waiting,
    and an order placed in the warm-up arrives after the start.
    """
    body = f"""
sites: {{base: {{}}}}
fleets: {{jets: {{count: 1, {DAILY}}}}}
items: {{pump: {{on: {{jets: 1}}, supplier: maker, hard_life: 240 FH, resupply: {{make: 30 days}}}}}}
"""
    seen = run(body, warmup="400 days")
    downs = [day for day, n in seen.mc() if n == 0]
    ups = [day for day, n in seen.mc() if n == 1 and day > -399]

    assert downs[0] < -380
    # Each spell: down 30 days, up 10.
    assert [round(b - a, 9) for a, b in zip(downs, ups)] == [30] * min(len(downs), len(ups))
    assert [round(b - a, 9) for a, b in zip(ups, downs[1:])] == [10] * len(downs[1:])


def test_warm_up_knows_no_halt_even_one_in_force_at_the_start():
    """The halt is dated 50 days before the start: it bites from day 0 on, and not in the warm-up."""
    body = f"""
sites: {{base: {{}}}}
fleets: {{jets: {{count: 1, {DAILY}}}}}
items: {{pump: {{on: {{jets: 1}}, supplier: maker, hard_life: 240 FH, resupply: {{make: 1 day}}}}}}
halts: {{stop: {{by: seller, from: 2022-11-12, until: @60, new_orders: refuse}}}}
"""
    seen = run(body, warmup="100 days")
    spells = [(day, n) for day, n in seen.mc() if day >= 0]
    first_down = next(day for day, n in spells if n == 0 and day > 0)

    # Before the start every spell lasts one day; the first need after it waits until day 60 and one day more.
    before = [day for day, _ in seen.mc() if -100 < day < 0]
    lengths = [round(b - a, 6) for a, b in pairwise(before)]
    assert len(lengths) > 10
    assert lengths == ([1, 10] * len(lengths))[: len(lengths)]
    assert next(day for day, n in spells if n == 1 and day > first_down) == 61


def test_warm_up_freezes_losses():
    """One loss an hour of flying on average: nobody is lost in 200 days of warm-up, all within days after."""
    body = f"fleets: {{jets: {{count: 5, {DAILY}, losses: {{per_100k_FH: 100000}}}}}}"
    seen = run(body, warmup="200 days", days=20)

    assert seen.state("on_hand")[0] == (-200, 5)
    assert 0 < seen.state("on_hand")[1][0] < 1
    assert seen.state("on_hand")[-1][1] == 0


def test_warm_up_freezes_overhauls_and_inspections_with_due_dates():
    """Without due dates overhauls fall due over one interval of 240 FH from the start: days 1, 3, 5, 7, 9."""
    body = f"""
sites: {{base: {{crews: {{line: {{fleets: jets, size: 9}}}}}}}}
fleets:
  jets: {{count: 5, {DAILY}, overhaul: {{every: 240 FH, at: maker, takes: 1 day}},
         inspections: {{every: 50 days, takes: 1 day, crew: line, due: {{list: [14 days]}}}}}}
"""
    seen = run(body, warmup="200 days", days=20)
    assert [entry for entry in seen.mc() if entry[0] < 0] == [(-200, 5)]
    assert seen.state("overhaul")[1:11] == [(day, n) for k in range(5) for day, n in ((1 + 2 * k, 1), (2 + 2 * k, 0))]
    assert (14, 1) in seen.state("nmcm")


def test_lives_with_due_dates_do_not_run_in_the_warm_up():
    """Due at 240 FH from the start, so on day 10, whatever was flown before; nothing goes before the start."""
    body = f"""
fleets: {{jets: {{count: 2, {DAILY}}}}}
items:
  pump: {{on: {{jets: 1}}, hard_life: 480 FH, due: {{list: [240 FH, 480 FH]}}}}
  seat: {{on: {{jets: 1}}, expires_after: 30 days, due: {{list: [15 days, 25 days]}}}}
"""
    seen = run(body, warmup="200 days")

    assert seen.mc() == [(-200, 2), (10, 1), (20, 0)]
    assert seen.item("seat", "condemned") == [(-200, 0), (15, 1), (25, 2)]


def test_a_contract_in_force_at_the_start_counts_as_in_force_in_the_warm_up():
    """The contract runs [-10, 50); the people it covers are there from the beginning of the warm-up."""
    body = f"""
contracts: {{staff: {{supplier: maker, covers: people, from: 2022-12-22, until: @50}}}}
sites: {{base: {{crews: {{line: {{fleets: jets, size: 3, local: 1, foreign: {{maker: 2}}}}}}}}}}
fleets: {{jets: {{count: 1, {DAILY}}}}}
"""
    seen = run(body, warmup="100 days")

    assert seen.history("people", "base.line") == [(-100, 3), (50, 1)]


def test_a_renewed_term_in_force_at_the_start_counts_as_in_force_and_an_old_contract_does_not():
    """The first ran until day -100 and its renewal since: there from the beginning of the warm-up on day -150. One
    that ended on -100 without renewal covers nobody, in the warm-up neither."""
    body = f"""
contracts: {{staff: {{supplier: maker, covers: people, from: 2021-01-01, until: 2022-09-23RENEWAL}}}}
sites: {{base: {{crews: {{line: {{fleets: jets, size: 3, local: 1, foreign: {{maker: 2}}}}}}}}}}
fleets: {{jets: {{count: 1, {DAILY}}}}}
"""
    renewed = run(body.replace("RENEWAL", ", renewal: {takes: 10 days, for: 120 days}"), warmup="150 days", days=19)
    old = run(body.replace("RENEWAL", ""), warmup="150 days", days=19)

    assert renewed.history("people", "base.line") == [(-150, 3)]
    assert old.history("people", "base.line") == [(-150, 1)]


def test_sums_are_cleared_at_the_start():
    seen = run(LUCK, days=31, warmup="300 days")

    assert sum(seen.result.states[0][0]) == 4 * 31 * DAY
    assert seen.result.demanded[0][0] <= 310 * 3.6e12


# Draws (R-T2) -----------------------------------------------------------------------------------------


def curves(seen):
    return seen.result.states, seen.result.ends, seen.result.flown, seen.item("pump", "stock"), seen.item("valve", "holes")


@pytest.mark.parametrize("seed", range(3))
def test_adding_an_unused_item_changes_nobody_elses_draws(seed):
    extra = "  aerial: {on: {jets: 1}, supplier: maker, hard_life: 900000 FH, resupply: {make: 3 days}, stock: {base: 2}}\n"

    assert curves(run(LUCK, seed=seed)) == curves(run(LUCK + extra, seed=seed))
    assert len(run(LUCK, seed=seed).log) > 50


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_file_changes_nothing(seed):
    head, _, items = LUCK.partition("  pump:")
    pump, _, valve = items.partition("  valve:")
    fleets = "  tugs: {count: 2, fly: 90 FH/month fleet}\n"
    a = head.replace("fleets: {jets: ", "fleets:\n  jets: ").replace("day, crew: line}}}", "day, crew: line}}")
    one = a.replace("items:", fleets + "items:") + "  pump:" + pump + "  valve:" + valve
    other = a.replace("  jets: ", fleets + "  jets: ") + "  valve:" + valve + "  pump:" + pump

    assert one != other
    assert outcome(run(one, seed=seed)) == outcome(run(other, seed=seed))


@pytest.mark.parametrize("seed", range(3))
def test_a_fleet_and_an_item_renamed_with_their_keys_kept_draw_the_same(seed):
    """`rng_key` is the old name: streams, ranks and ties stay (R-T2, section 10: relabelling with keys kept)."""
    halt = "halts: {stop: {kind: total, by: seller, from: @40, until: @70}}"
    old = run(LUCK + halt, seed=seed)
    text = LUCK.replace("jets", "zebras").replace("{zebras: {count", "{zebras: {rng_key: jets, count")
    text = text.replace("  pump: {", "  a_pump_by_another_name: {rng_key: pump, ").replace(
        "  valve: {", "  but_valve: {rng_key: valve, ")  # fmt: skip
    new = run(text + halt, seed=seed)

    assert outcome(old) == outcome(new)


@pytest.mark.parametrize("seed", range(3))
def test_a_renamed_item_keeps_the_order_of_its_lines_too(seed):
    """Renamed so that the names sort the other way round, while the keys do not."""
    text = LUCK.replace("  pump: {", "  z: {rng_key: pump, ").replace("  valve: {", "  a: {rng_key: valve, ")

    assert outcome(run(LUCK, seed=seed)) == outcome(run(text, seed=seed))


def test_worlds_and_replications_and_seeds_differ():
    text = written(LUCK)
    logs = [run_text(text, seed, world, replication).log
            for seed, world, replication in ((1, 0, 0), (2, 0, 0), (1, 1, 0), (1, 0, 1), (1, 0, 0))]  # fmt: skip

    assert logs[0] == logs[4]
    assert all(logs[0] != other for other in logs[1:4])


def test_report_periods_and_months_are_calendar_periods():
    """January, February, March, and what is left of 100 days (R-T7)."""
    assert [edge // DAY for edge in run(JETS, days=100).model.edges] == [31, 59, 90, 100]


# Two uncertainties (R-T5) -----------------------------------------------------------------------------

ONE = f"""
fleets: {{jets: {{count: 1, {DAILY}}}}}
items: {{pump: {{on: {{jets: 1}}, supplier: maker, hard_life: 99999 FH, due: {{list: [240 FH]}}, resupply: {{make: TIME}}}}}}
"""


def wait_of(time: str, world: int, replication: int) -> float:
    """How long the aircraft was down."""
    days = [day for day, _ in run(ONE.replace("TIME", time), days=300, world=world, replication=replication).mc()]
    return days[2] - days[1]


def test_what_we_do_not_know_is_drawn_once_per_world_and_luck_in_every_replication():
    unknown = [[wait_of("{low: 5 days, high: 25 days}", world, r) for r in range(2)] for world in range(4)]
    luck = [[wait_of("{best: 15 days, varies: lognormal 50%}", world, r) for r in range(2)] for world in range(2)]

    assert all(a == b for a, b in unknown)
    assert len({a for a, _ in unknown}) == 4
    assert all(5 <= a <= 25 for a, _ in unknown)
    assert len({one for pair in luck for one in pair}) == 4


def test_a_value_between_low_best_and_high_is_triangular_over_worlds():
    """400 worlds of (5, 10, 30): mean 15, variance (25 + 100 + 900 - 50 - 150 - 300)/18 = 29.17: within 3.5 errors."""
    waits = [wait_of("{low: 5 days, best: 10 days, high: 30 days}", world, 0) for world in range(400)]

    assert min(waits) >= 5 and max(waits) <= 30
    assert abs(sum(waits) / 400 - 15) < 3.5 * (29.17 / 400) ** 0.5


def test_causes_count_from_the_report_period_of_the_first_halt_on():
    """Down [35, 55) across the beginning of the halt on day 45: its period, February, begins on day 31, so all 20 days
    count. Down [10, 30), in January: none counts."""
    body = JETS.replace("count: 2", "count: 1").replace("[240 FH, 480 FH]", "[840 FH]").replace("make: 10 days", "make: 20 days")
    seen = run(body + "halts: {late: {by: seller, from: @45, new_orders: refuse}}", days=100)
    early = run(body.replace("840 FH", "240 FH") + "halts: {late: {by: seller, from: @45, new_orders: refuse}}", days=100)

    assert seen.result.causes == {(0, "parts", 0): 20 * DAY * 27720}
    assert early.result.causes == {}


# Delays and whole numbers (R-T1, R-T4) ----------------------------------------------------------------


def test_a_negative_delay_ends_the_run_with_an_error():
    clock = run(JETS).replication.clock

    with pytest.raises(ArmsimError, match="a delay of -1 s for ARRIVAL"):
        clock.after(-1, Kind.ARRIVAL, (0, 0, 0))


def whole(numbers) -> bool:
    return all(whole(one) if isinstance(one, list) else type(one) is int for one in numbers)


def test_everything_a_run_leaves_behind_is_whole_numbers():
    result = run(LUCK, days=60, warmup="10 days").result

    assert all(map(whole, (result.states, result.ends, result.flown, result.demanded, result.items, result.touched)))
    assert all(type(n) is int for n in result.causes.values())
    assert sum(result.causes.values()) > 0
