"""What runs say about readiness: every number here is worked out by hand beside it."""

from __future__ import annotations

import builtins
import json
import math
import sys
from dataclasses import asdict, replace
from datetime import date
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small import LUCKY, MONTH, YARD, first_period, lucky, results, scenario

from armsim import measures
from armsim.errors import UsageError
from armsim.measures import STATE_MEASURES, Case, CaseCounts, Cause, Run, Sampling, curves
from armsim.measures.counts import apart, states_of
from armsim.measures.crossings import exact
from armsim.measures.sampling import quantiles
from armsim.model.compile import compile_scenario
from armsim.model.trajectory import State
from armsim.study.run import carry_out, plan, run

VALID = Path(__file__).parent / "scenarios" / "valid"


@pytest.fixture(scope="module")
def yard() -> Run:
    """Two jets and their overhauls, see small.py."""
    return results(YARD)


@pytest.fixture(scope="module")
def by_luck() -> Run:
    """Three worlds of two replications of the scenario with luck."""
    return run(lucky(variants=True), worlds=3, replications=2)


def means(result: Run, measure: str, variant: str = "as_written", fleet: str = "jets") -> tuple[float, ...]:
    """The means of a curve."""
    return result.variants[variant].fleets[fleet].curves[measure].mean


def causes(result: Run, variant: str = "as_written") -> dict[tuple[str, str], Cause]:
    """Causes by mechanism and item."""
    return {(one.mechanism, one.item): one for one in result.variants[variant].fleets["jets"].causes}


def days_of(result: Run, variant: str = "as_written") -> dict[tuple[str, str], float]:
    """System-days down by cause."""
    return {key: pytest.approx(one.system_months * MONTH) for key, one in causes(result, variant).items()}


# ---- curves ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bytes_at_once", [1, 900, 5000, 1 << 30])
def test_curves_are_the_same_however_many_periods_are_worked_out_at_once(monkeypatch, bytes_at_once):
    expected = measures.record(run(lucky(variants=True), worlds=20, replications=2))
    monkeypatch.setattr(curves, "AT_ONCE", bytes_at_once)
    assert measures.record(run(lucky(variants=True), worlds=20, replications=2)) == expected


def test_periods_worked_out_at_once_are_two_at_least_and_each_is_worked_out(monkeypatch):
    asked: list[list[int]] = []

    def work(counts: Any, lengths: Any) -> dict[str, measures.Curve]:
        asked.append(lengths.tolist())
        return {"one": measures.Curve(*(tuple(counts[0].tolist()),) * 7)}

    monkeypatch.setattr(curves, "AT_ONCE", 8 * 40 * 3)
    counts = np.arange(11) * np.ones((40, 1), int)  # [run, period]
    found = curves.in_parts(counts, np.arange(11), work)
    assert found["one"].p95 == tuple(range(11)) and asked == [[0, 1, 2], [3, 4, 5, 6], [7, 8, 9, 10]]
    monkeypatch.setattr(curves, "AT_ONCE", 1)
    asked.clear()
    curves.in_parts(counts, 1, work)
    assert [len(one) for one in asked] == [2, 2, 2, 2, 3]


def test_a_curve_is_the_mean_over_the_days_of_each_report_period(yard):
    # January: one jet 31 days, the other until day 20. February (28 days): the one back on day 40 is up 19 of
    # them, the one due on day 50 is up 19 of them. March: one.
    assert means(yard, "mc") == pytest.approx(((31 + 20) / 31, (19 + 19) / 28, 1))
    assert means(yard, "overhaul") == pytest.approx((11 / 31, 9 / 28, 0))
    assert means(yard, "limit") == pytest.approx((0, 9 / 28, 1))
    assert means(yard, "mc", "no_halt") == pytest.approx((51 / 31, 38 / 28, (31 + 20) / 31))  # back on day 70


def test_the_value_at_the_end_of_a_period_is_that_just_before_it():
    # Retired at the first instant of February and of April, which the ends of January and March do not know yet,
    # and in the middle of February.
    result = results("fleets: {jets: {count: 4, retirements: [{on: @31}, {on: @45}, {on: @90}]}}\n", days=100)
    assert means(result, "on_hand_end") == (4, 2, 2, 1)
    assert means(result, "on_hand") == (4, 2.5, 2, 1)


def test_hours_are_those_of_the_period_and_demand_is_of_those_on_hand(yard):
    # 24 FH a day: 51, 38 and 31 system-days flown; both jets are on hand all along.
    assert means(yard, "hours_flown") == pytest.approx((24 * 51, 24 * 38, 24 * 31))
    assert means(yard, "hours_demanded") == pytest.approx((24 * 62, 24 * 56, 24 * 62))


def test_permitted_is_on_hand_less_those_at_a_limit_and_no_less(yard):
    assert means(yard, "on_hand") == (2, 2, 2)
    assert means(yard, "permitted") == pytest.approx((2, 2 - 9 / 28, 1))  # those in overhaul are permitted


@pytest.mark.parametrize("end", ["", "_end"])
def test_states_sum_to_the_books_and_fmc_and_pmc_to_mc(by_luck, end):
    for variant in by_luck.variants:
        sums = {name: np.array(means(by_luck, name + end, variant)) for name in measures.STATE_MEASURES}
        parts = ("fmc", "pmc", "nmcs", "nmcm", "nmcb", "regeneration", "overhaul", "limit", "lost")
        assert sum(sums[part] for part in parts) == pytest.approx(4)
        assert sums["fmc"] + sums["pmc"] == pytest.approx(sums["mc"])
        assert sums["on_hand"] == pytest.approx(4 - sums["lost"])
        assert sums["pmc"].max() > 0 and sums["nmcs"].max() > 0


def test_stock_on_the_way_and_holes_of_an_item_are_in_units():
    # A pump reaches its hard life on day 10; its replacement, ordered then, takes 25 days: day 35.
    result = results(
        "fleets: {jets: {count: 1, fly: 8766 FH/year per aircraft, at_most: 8766 FH/year per aircraft}}\n"
        "items: {pump: {on: {jets: 1}, hard_life: 99999 FH, due: {list: [240 FH]}, supplier: maker, "
        "resupply: {make: 25 days}}}\n"
    )
    pump = result.variants["as_written"].items["pump"]
    assert pump["holes"].mean == pump["backorders"].mean == pump["on_order"].mean == pytest.approx((21 / 31, 4 / 28, 0))
    assert pump["condemned"].mean == pytest.approx((21 / 31, 1, 1))
    assert pump["stock"].mean == (0, 0, 0)


# ---- sampling ----------------------------------------------------------------------------------------


def test_the_standard_error_clusters_by_world():
    # Worlds of means 2 and 7: sd = 5/√2, over √2 worlds = 2.5. Without clusters it would be 1.71.
    assert Sampling(2, 2).error(np.array([1.0, 3.0, 5.0, 9.0])) == pytest.approx(2.5)


def test_the_standard_error_of_one_world_is_that_of_its_replications():
    # 1, 2, 3, 6: mean 3, squares 4 + 1 + 0 + 9 = 14, sd = √(14/3), over √4.
    assert Sampling(1, 4).error(np.array([1.0, 2.0, 3.0, 6.0])) == pytest.approx(math.sqrt(14 / 3) / 2)


def test_a_single_run_has_no_error_and_no_quantile_but_itself():
    curve = Sampling(1, 1).curve(np.array([[3.0, 4.0]]))
    assert curve.mean == curve.p50 == (3, 4)
    for name in ("se", "p05", "p25", "p75", "p95"):
        assert all(math.isnan(x) for x in getattr(curve, name)), name


@pytest.mark.parametrize(
    ("runs", "supported"),
    [(1, ["p50"]), (2, ["p50"]), (3, ["p50"]), (4, ["p25", "p50", "p75"]), (19, ["p25", "p50", "p75"]),
     (20, ["p05", "p25", "p50", "p75", "p95"])],
)  # fmt: skip
def test_a_quantile_but_the_median_needs_one_run_beyond_it(runs, supported):
    curve = Sampling(runs, 1).curve(np.arange(float(runs)).reshape(runs, 1))
    known = [name for name in measures.PERCENTILES if not math.isnan(getattr(curve, name)[0])]
    assert known == supported


def test_percentiles_are_of_runs_not_of_worlds():
    # Runs 0, 10 | 2, 4: the median of 0, 2, 4, 10 is 3; of the world means 5 and 3 it would be 4.
    assert Sampling(2, 2).curve(np.array([[0.0], [10.0], [2.0], [4.0]])).p50 == (3,)


@pytest.mark.parametrize("runs", [1, 2, 19, 100, 1001])
def test_percentiles_are_those_of_numpy_to_the_last_bit(runs):
    some = np.random.default_rng(runs).integers(0, 9, (runs, 7)) / 2.63
    some[:, 3] = 0.1  # the same in every run
    shares = np.array(list(measures.PERCENTILES.values()))
    assert np.array_equal(quantiles(some, shares), np.quantile(some, shares, axis=0))


@pytest.mark.parametrize("worlds, replications", [(1, 50), (50, 1), (10, 5)])
def test_errors_are_those_of_numpy_to_the_last_bit(worlds, replications):
    some = np.random.default_rng(worlds).integers(0, 9, (50, 7)) / 2.63
    groups = some if 1 in (worlds, replications) else some.reshape(worlds, replications, 7).mean(axis=1)
    mean, error = Sampling(worlds, replications).mean_and_error(some)
    assert np.array_equal(mean, np.mean(some, axis=0))
    assert np.array_equal(error, np.std(groups, axis=0, ddof=1) / math.sqrt(len(groups)))


def test_counts_laid_apart_are_the_same_counts():
    counts = np.random.default_rng(3).integers(0, 9, (37, 4, 3, 2))
    found = apart(counts)
    assert np.array_equal(found, counts)
    assert all(found[:, :, f, s].flags.c_contiguous for f in range(3) for s in range(2))


def test_the_minimum_is_compared_exactly_however_long_its_fraction():
    counts = np.array([[3, -(2**40)]])
    assert exact(counts, 10**5) is counts
    assert (exact(counts, 10**12) * 10**12).tolist() == [[3 * 10**12, -(2**40) * 10**12]]


def test_first_below_is_a_quantile_of_runs_with_those_that_never_fall_at_the_end():
    never = math.inf
    assert Sampling(4, 1).crossing([7.0, never, 3.0, never]) == measures.Crossing(None, 7, None, 0.5)
    assert Sampling(4, 1).crossing([7.0, never, never, never]) == measures.Crossing(None, None, None, 0.75)
    months = [float(k) for k in range(1, 20)] + [never]  # 1 to 19 and one that never falls: the 1st, 10th, 19th of 20
    assert Sampling(20, 1).crossing(months) == measures.Crossing(1, 10, 19, 0.05)
    months = [float(k) for k in range(1, 19)] + [never, never]
    assert Sampling(20, 1).crossing(months) == measures.Crossing(1, 10, None, 0.1)


def test_first_below_of_one_run_is_when_it_fell():
    assert Sampling(1, 1).crossing([4.0]) == measures.Crossing(None, 4, None, 0.0)
    assert Sampling(1, 1).crossing([math.inf]) == measures.Crossing(None, None, None, 1.0)


# ---- first below the minimum -------------------------------------------------------------------------


def months(body: str, days: int = 120, every: str = "1 month") -> float:
    """Months from the first halt date to the first report period below the minimum, of one run."""
    result = results(body, days, every)
    crossing = result.variants["as_written"].fleets["jets"].first_below_minimum
    assert crossing is not None and crossing.share_never == (crossing.p50 is None)
    return math.inf if crossing.p50 is None else crossing.p50


#: Three jets until 15 February, two until the end of the month, one from then on: 70/28 = 2.5 in February.
FALLING = "fleets: {{jets: {{count: 3, minimum: {minimum}, retirements: [{{on: @45}}, {{on: @59}}]}}}}\n"
HALT = "halts: {{stop: {{kind: total, by: seller, from: @{day}}}}}\n"


@pytest.mark.parametrize(
    ("minimum", "found"),
    [("2.5", 1), ("2.51", 0), ("2", 1), ("1", math.inf), ("1.01", 1), ("3", 0), ("83.33% of authorised", 1),
     ("83.34% of authorised", 0)],
)  # fmt: skip
def test_the_first_period_whose_mean_is_below_the_minimum_and_equal_is_not_below(minimum, found):
    assert months(FALLING.format(minimum=minimum) + HALT.format(day=40)) == found


@pytest.mark.parametrize(
    ("count", "minimum", "found"),
    [(2, "1.1", math.inf), (2, "1.11", 0), (1, "10%", math.inf), (1, "11%", 0), (1, "10% of on hand", math.inf)],
)
def test_a_decimal_minimum_is_met_exactly(count, minimum, found):
    # One jet is gone on 4 April: 3 of 30 days are a tenth, which as a float is a little more than a tenth.
    assert Fraction(0.1) > Fraction(1, 10) and Fraction(1.1) > Fraction(11, 10)
    body = f"fleets: {{jets: {{count: {count}, minimum: {minimum}, losses: {{on: [{{on: @93}}]}}}}}}\n"
    assert months(body + HALT.format(day=93)) == found


@pytest.mark.parametrize(
    ("day", "found"), [(5, 1), (31, 0), (58, 0), (59, 0), (89, 0)],
    ids=["January", "1 February", "28 February", "1 March", "31 March"],
)
def test_months_count_from_the_period_that_holds_the_first_halt_date(day, found):
    assert months(FALLING.format(minimum="2.51") + HALT.format(day=day)) == found


def test_a_fleet_that_was_below_before_the_halt_alone_is_not_counted():
    # One of two is in overhaul in January and back for good: below 2 then, not from the halt in March on.
    body = (
        "fleets: {jets: {count: 2, minimum: 2, overhaul: {every: 10 years, at: maker, takes: 20 days, "
        "due: {list: [5 days, 900 days]}}}}\n"
    )
    assert months(body + HALT.format(day=70)) == math.inf
    assert months(body) == 0


def test_without_halts_months_count_from_the_start():
    result = results(FALLING.format(minimum=2.5), days=120)
    assert result.first_halt == date(2023, 1, 1)
    assert months(FALLING.format(minimum=2.5)) == 2  # March


def test_months_from_moves_the_zero():
    body = FALLING.format(minimum=2.5)
    made = scenario(body + HALT.format(day=40), 120).set("time.months_from", "2023-01-10")
    result = run(made, worlds=2)
    assert result.first_halt == date(2023, 1, 10)
    assert {v.fleets["jets"].first_below_minimum.p50 for v in result.variants.values()} == {2}


def test_uncertain_halt_dates_count_from_the_best_one():
    body = "halts: {stop: {kind: total, by: seller, from: {low: @10, best: @50, high: @100}}}\n"
    assert first_period(FALLING.format(minimum=2) + body) == 1  # 20 February


def test_report_periods_of_three_months_count_in_steps_of_three():
    # Quarters: 2.4 in the first (90 days: 45×3 + 14×2 + 31), 1 in the second, which begins three months later.
    body = FALLING.format(minimum=1.5) + HALT.format(day=40)
    assert first_period(body, 181, "3 months") == 0
    assert months(body, 181, "3 months") == 3


def test_a_share_of_on_hand_or_possessed_follows_the_fleet():
    fleet = compile_scenario(scenario("fleets: {jets: {count: 6, minimum: 50% of on hand}}\n")).fleets[0]
    states = np.zeros(9, dtype=np.int64)
    states[State.FMC], states[State.NMCS], states[State.OVERHAUL], states[State.LOST] = 20, 10, 10, 20
    assert not measures.is_below(fleet, 20, 10, states)  # 20 of 40 on hand: half is not below half
    states[State.NMCS] = 11
    assert measures.is_below(fleet, 20, 10, states)
    fleet = replace(fleet, minimum_share=(Fraction(2, 3), "possessed"))
    states[State.NMCS] = 10
    assert not measures.is_below(fleet, 20, 10, states)  # 20 of 30 possessed: two thirds
    states[State.FMC], states[State.PMC] = 9, 10
    assert measures.is_below(fleet, 19, 10, states)  # 19 of 29


def test_every_variant_and_twin_counts_from_the_same_date():
    body = FALLING.format(minimum=2.5) + HALT.format(day=70)
    body += "variants: {early: {halts.stop.from: @20}, late: {}, none: {halts: none}}\n"
    made = scenario(body, 120)
    planned = plan(made, runs=2)
    assert {compile_scenario(case.scenario).first_halt_period for case in planned.cases} == {2}
    assert carry_out(planned)[0].first_halt == date(2023, 3, 12)  # day 70


# ---- causes ------------------------------------------------------------------------------------------


def test_down_days_are_booked_to_their_cause_from_the_first_halt_period_on(yard):
    # From February on: 9 days of the overhaul that began in January, then 9 + 31 days at a limit.
    assert days_of(yard) == {("overhaul", ""): 9, ("limit", ""): 40}
    assert days_of(yard, "no_halt") == {("overhaul", ""): 9 + 20}
    # All that is not MC from February on: 56 − 38 and 62 − 31 system-days.
    assert sum(one.system_months for one in causes(yard).values()) * MONTH == pytest.approx(18 + 31)


def test_a_difference_of_causes_is_paired_and_sums_to_the_readiness_lost(yard):
    found = causes(yard)
    assert found["limit", ""].difference * MONTH == pytest.approx(40)
    assert found["overhaul", ""].difference * MONTH == pytest.approx(-20)
    lost, error = yard.variants["as_written"].fleets["jets"].lost_to_twin
    assert lost * MONTH == pytest.approx(40 - 20) and math.isnan(error)
    assert yard.variants["as_written"].fleets["jets"].difference_mc.mean == pytest.approx((0, 0, 1 - 51 / 31))
    assert all(one.difference is None and one.difference_se is None for one in causes(yard, "no_halt").values())


def test_the_largest_difference_comes_first(yard):
    assert [one.mechanism for one in yard.variants["as_written"].fleets["jets"].causes] == ["limit", "overhaul"]


def test_a_cause_that_the_halt_did_not_change_comes_behind_a_smaller_one_that_it_did():
    # The gun keeps its jet down from day 10 for good, with or without the halt; the mast, wanted on day 80, is refused.
    jet = "fleets: {jets: {count: 2, fly: 8766 FH/year per aircraft, at_most: 8766 FH/year per aircraft}}\n"
    gun = "gun: {on: {jets: 1}, hard_life: 99999 FH, due: {list: [240 FH, 90000 FH]}}"
    mast = (
        "mast: {on: {jets: 1}, hard_life: 99999 FH, due: {list: [90000 FH, 1920 FH]}, supplier: maker, "
        "resupply: {make: 2 days}}"
    )
    result = results(jet + f"items: {{{gun}, {mast}}}\n" + HALT.format(day=70))
    assert days_of(result) == {("parts", "gun"): 31, ("parts", "mast"): 10}  # March, and its last ten days
    assert [one.item for one in result.variants["as_written"].fleets["jets"].causes] == ["mast", "gun"]


def test_the_supplier_behind_a_cause_is_named(yard):
    assert {(one.supplier, one.jurisdiction) for one in causes(yard).values()} == {("maker", "seller")}


#: A jet loses both parts on day 10. The mast comes on day 20, the gun on day 30, each takes a crew two days.
BOTH = """\
sites: {base: {crews: {line: {fleets: [jets], size: 5}}}}
fleets: {jets: {count: 1, fly: 8766 FH/year per aircraft, at_most: 8766 FH/year per aircraft}}
items:
  defaults: {on: {jets: 1}, hard_life: 99999 FH, due: {list: [240 FH]}, replace: {takes: 2 days, crew: line}}
  mast: {supplier: maker, resupply: {make: 10 days}}
  gun: {supplier: other, resupply: {make: 20 days}}
"""


def test_simultaneous_causes_share_the_time_equally():
    result = results(BOTH, days=60)
    # Days 10-20 mast and gun, 20-22 gun and work, 22-30 gun, 30-32 work.
    assert days_of(result) == {("parts", "mast"): 5, ("parts", "gun"): 5 + 1 + 8, ("work", ""): 1 + 2}
    found = causes(result)
    assert (found["parts", "mast"].supplier, found["parts", "mast"].jurisdiction) == ("maker", "seller")
    assert (found["parts", "gun"].supplier, found["parts", "gun"].jurisdiction) == ("other", "third")
    assert (found["work", ""].supplier, found["work", ""].jurisdiction) == ("", "")
    assert means(result, "nmcs")[0] * 31 == pytest.approx(10 + 8)  # NMCB on days 20 to 22, NMCM on day 30


def test_time_down_before_the_first_halt_period_is_not_booked():
    # Months count from February: of the above, day 31 to 32 of work is left.
    result = run(scenario(BOTH, 60).set("time.months_from", "2023-02-10"), runs=1)
    assert days_of(result) == {("work", ""): 1}


def test_a_part_that_is_only_repaired_is_put_down_to_whom_repairs_it():
    body = (
        "fleets: {jets: {count: 1, fly: 8766 FH/year per aircraft, at_most: 8766 FH/year per aircraft}}\n"
        "items: {pump: {on: {jets: 1}, fails_every: 200 FH, repair: [{share: 100%, at: other, takes: 5 days}]}}\n"
    )
    found = causes(results(body))["parts", "pump"]
    assert (found.supplier, found.jurisdiction) == ("other", "third")


def test_systems_not_delivered_are_a_cause():
    # Due on days 50 and 80, halted from day 45 on: none comes. Two from February on: 2 × 59 days; without the
    # halt 19 + 49 days. The one that is there is never down.
    body = (
        "fleets: {jets: {count: 1, deliveries: {supplier: other, schedule: {list: [@50, @80]}}}}\n"
        "halts: {stop: {kind: total, by: third, from: @45}}\n"
    )
    found = results(body).variants["as_written"].fleets["jets"].causes
    assert [(one.mechanism, one.supplier, one.jurisdiction) for one in found] == [("delivery", "other", "third")]
    assert found[0].system_months * MONTH == pytest.approx(2 * 59)
    assert found[0].difference * MONTH == pytest.approx(2 * 59 - 19 - 49)


def test_systems_that_a_world_never_ordered_are_not_missing():
    # Between one and five jets at the start, and one to come on day 40: 9 days of February are missed in any world.
    body = "fleets: {jets: {count: {low: 1, high: 5}, deliveries: {supplier: other, schedule: {list: [@40]}}}}\n"
    body += "halts: {stop: {kind: total, by: seller, from: @31}}\n"
    result = results(body, worlds=6, replications=1, runs=None)
    assert len(set(means(result, "on_hand"))) > 1 and means(result, "on_hand")[0] > 1.5
    assert causes(result)["delivery", ""].system_months * MONTH == pytest.approx(9)


def test_deliveries_by_two_suppliers_name_neither():
    body = (
        "fleets: {jets: {count: 0, authorised: 2, deliveries: [{supplier: other, schedule: {list: [@40]}}, "
        "{supplier: maker, schedule: {list: [@60]}}]}}\n"
    )
    found = causes(results(body))["delivery", ""]
    assert (found.supplier, found.jurisdiction) == ("", "")


@pytest.mark.parametrize("name", ["parts", "overhaul", "people", "deliveries", "everything"])
def test_causes_sum_to_all_that_is_not_mission_capable(name):
    result, planned = None, plan(VALID / f"{name}.yaml", runs=2)
    result, _ = carry_out(planned)
    for case in planned.cases:
        first = compile_scenario(case.scenario).first_halt_period
        edges = [*result.dates, result.end]
        lengths = np.array([(b - a).days for a, b in pairwise(edges)])
        for fleet in result.variants[case.name].fleets.values():
            down = sum(np.array(fleet.curves[state].mean) for state in
                       ("nmcs", "nmcm", "nmcb", "regeneration", "overhaul", "limit", "lost"))  # fmt: skip
            booked = sum(one.system_months for one in fleet.causes if one.mechanism != "delivery")
            assert booked * MONTH == pytest.approx((down * lengths)[first:].sum(), rel=1e-9, abs=1e-9)
            if fleet.lost_to_twin is not None:
                lost = sum(one.difference for one in fleet.causes)
                assert lost == pytest.approx(fleet.lost_to_twin[0], abs=1e-9)


def test_the_error_of_a_difference_is_that_of_paired_runs(by_luck):
    # The twin's luck is the same, so the error of the difference is not that of two independent means.
    fleet = by_luck.variants["full"].fleets["jets"]
    before = [k for k, day in enumerate(by_luck.dates) if day < by_luck.first_halt]
    assert all(fleet.difference_mc.se[k] == 0 for k in before) and max(fleet.difference_mc.se) > 0
    assert fleet.lost_to_twin[1] > 0


# ---- what halts touched ------------------------------------------------------------------------------


def test_days_that_crews_were_away_are_counted_by_person():
    # Four people leave within 8 days of day 10: on days 11, 13, 15 and 17; they are back on day 40.
    result = results(
        "sites: {base: {crews: {line: {fleets: [jets], size: 4, local: 0, foreign: {maker: 4}}}}}\n"
        "fleets: {jets: {count: 1, fly: 10 FH/month fleet, upkeep: {every: 50 FH, takes: 1 day, crew: line}}}\n"
        "halts: {go: {by: seller, from: @10, until: @40, people: {leave_within: 8 days}}}\n"
    )
    (touched,) = result.variants["as_written"].touched
    assert touched.crew_days_lost == pytest.approx(29 + 27 + 25 + 23)
    assert (touched.orders_refused, touched.consignments_held, touched.repairs_caught) == (0, 0, 0)
    assert not touched.nothing and not result.notes


def test_crews_lost_for_want_of_a_contract_are_put_down_to_who_kept_it_from_being_signed():
    # Two people under a contract that ends on day 20. `no_pen` keeps it from being renewed from day 5 to day 50;
    # the talks (10 days, from day 10) end 10 days after it, on day 60: 40 days x 2. `loud` stops orders only.
    result = results(
        "sites: {base: {crews: {line: {fleets: [jets], size: 2, local: 0, foreign: {maker: 2}}}}}\n"
        "contracts: {aid: {supplier: maker, covers: people, from: @0, until: @20, "
        "renewal: {takes: 10 days, for: 1 year}}}\n"
        "fleets: {jets: {count: 1, fly: 10 FH/month fleet, upkeep: {every: 50 FH, takes: 1 day, crew: line}}}\n"
        "halts:\n"
        "  no_pen: {by: seller, from: @5, until: @50, renewals: refuse}\n"
        "  loud: {by: seller, from: @25, until: @70, people: {leave_within: 1 day}}\n"
    )
    lost = {one.halt: one.crew_days_lost for one in result.variants["as_written"].touched}
    # From day 60 to 70 the contract runs again, and `loud` keeps both away: 10 days x 2.
    assert lost == {"no_pen": pytest.approx(80), "loud": pytest.approx(20)}


def test_crew_curves_count_people_work_and_waiting():
    # One of two people leaves on day 15.5 of January (half way through 31 days), upkeep never falls due.
    result = results(
        "sites: {base: {crews: {line: {fleets: [jets], size: 2, local: 1, foreign: {maker: 1}}}}}\n"
        "fleets: {jets: {count: 1, fly: 1 FH/year fleet, upkeep: {every: 999999 FH, takes: 1 day, crew: line}}}\n"
        "halts: {go: {by: seller, from: @0, people: {leave_within: 31 days}}}\n"
    )
    curves = result.variants["as_written"].pools["base.line"]
    assert curves["people"].mean == (pytest.approx(1.5), 1, 1)
    assert curves["busy"].mean == curves["waiting"].mean == (0, 0, 0)
    assert result.variants["no_halt"].pools["base.line"]["people"].mean == (2, 2, 2)


def test_months_below_are_event_exact_and_holding_the_minimum_has_an_interval():
    # Two jets, minimum 2; one is in overhaul on days 40 to 50: 10 days below. The halt is in January, so the
    # first 6 months count from there; the report ends after 7.
    body = (
        "fleets: {jets: {count: 2, minimum: 2, overhaul: {every: 10 years, at: maker, takes: 10 days, "
        "due: {list: [40 days, 900 days]}}}}\n" + HALT.format(day=300)
    )
    fleet = results(body.replace("@300", "@5").replace("kind: total", "classes: spares, new_orders: refuse"), days=212)
    jets = fleet.variants["as_written"].fleets["jets"]
    assert jets.months_below == (pytest.approx(10 / MONTH), pytest.approx(float("nan"), nan_ok=True))
    # 0 of 1: Wilson's interval is 0 to z2/(1 + z2) with z = 1.96.
    assert jets.held == {"6": measures.Chance(0, 0, pytest.approx(1.959964**2 / (1 + 1.959964**2)))}


def test_time_below_a_share_of_possessed_leaves_out_those_in_overhaul():
    # One of two is in overhaul on days 40 to 50: the other is all that is possessed then, and 60% of one is less.
    body = (
        "fleets: {jets: {count: 2, minimum: 60% of MINIMUM, overhaul: {every: 10 years, at: maker, takes: 10 days, "
        "due: {list: [40 days, 900 days]}}}}\n"
    )
    found = [
        results(body.replace("MINIMUM", of)).variants["as_written"].fleets["jets"].months_below
        for of in ("possessed", "on hand")
    ]
    assert [one[0] for one in found if one] == [0, pytest.approx(10 / MONTH)]


def test_a_chance_has_wilsons_interval():
    # 8 of 10: (0.8 + 0.192073 ± 1.96 sqrt(0.016 + 0.00960365)) / 1.384146 = 0.4902 to 0.9433.
    chance = Sampling(10, 1).chance(np.array([True] * 8 + [False] * 2))
    assert chance.share == 0.8
    assert (chance.low, chance.high) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))


def test_the_item_that_bites_first_is_named_with_its_month():
    # Both parts are condemned on days 40 and 70 and take 10 days to make; the halt from day 35 keeps them away.
    # Waiting for `early` 19 of 28 days of February is more than half, for `late` 20 of 31 days of March.
    part = "on: {{jets: 1}}, supplier: maker, resupply: {{make: 10 days}}, hard_life: 9 years, due: {{list: [{} days]}}"
    result = results(
        "fleets: {jets: {count: 1}}\n"
        f"items: {{early: {{{part.format(40)}}}, late: {{{part.format(70)}}}}}\n" + HALT.format(day=35)
    )
    found = result.variants["as_written"].fleets["jets"].first_items
    assert found == (measures.FirstItem("early", 1, 1, 0), measures.FirstItem("late", 0, 1, 1))
    assert result.variants["no_halt"].fleets["jets"].first_items == ()


def test_what_a_halt_refused_is_a_mean_over_runs(yard):
    (touched,) = yard.variants["as_written"].touched
    assert {name: value for name, value in asdict(touched).items() if name != "errors"} == {
        "halt": "stop", "orders_refused": 1, "consignments_held": 0, "repairs_caught": 0,
        "crew_days_lost": 0, "systems_forbidden": 0,
    }  # fmt: skip
    assert len(touched.errors) == 5 and all(map(math.isnan, touched.errors))  # of a single run none is known
    assert yard.variants["no_halt"].touched == ()


#: A pump fails on day 10; 25 days to make. Nothing else is ever needed.
PUMP = (
    "fleets: {jets: {count: 1, fly: 8766 FH/year per aircraft, at_most: 8766 FH/year per aircraft}}\n"
    "items: {pump: {on: {jets: 1}, hard_life: 99999 FH, due: {list: [240 FH]}, supplier: maker, "
    "resupply: {make: 25 days}}}\n"
)


def test_a_halt_that_honours_the_contracts_it_meets_is_not_called_idle_without_a_reason():
    body = PUMP + "contracts: {support: {supplier: maker, covers: [spares], from: @0, until: @90}}\n"
    body += "halts: {freeze: {title: No new contracts, kind: new_contract_freeze, by: seller, from: @5}}\n"
    assert results(body).notes == (
        "In 'As written' the halt 'No new contracts' (freeze) changed nothing: nothing in it was refused, held or "
        "stopped in any run; what was needed while it lasted passed under signed contracts, which it honours, or "
        "nothing was needed.",
    )
    assert results(PUMP + "halts: {freeze: {kind: new_contract_freeze, by: seller, from: @5}}\n").notes == ()


def test_a_halt_that_met_no_need_says_so_once_for_all_variants():
    body = PUMP + "halts: {late: {kind: total, by: seller, from: @50}}\n"
    body += "variants: {a: {title: First}, b: {title: Second, fleets.jets.minimum: 1}, c: {halts: none}}\n"
    assert results(body).notes == (
        "In 'First' and 'Second' the halt 'late' (late) changed nothing: nothing in it was refused, held or stopped "
        "in any run; no need that it could stop arose while it lasted.",
    )


def test_a_halt_without_contracts_to_honour_does_not_speak_of_them():
    body = PUMP + "halts: {freeze: {kind: new_contract_freeze, by: third, from: @5}}\n"
    assert "signed contracts" not in results(body).notes[0]


def test_a_background_halt_that_did_nothing_is_said_of_the_variant_and_not_again_of_its_twin():
    body = PUMP + (
        "halts: {poor: {kind: new_contract_freeze, by: third, from: @5, background: true}, "
        "stop: {kind: total, by: seller, from: @5}}\n"
    )
    (said,) = results(body).notes
    assert said.startswith("In 'As written' the halt 'poor' (poor) changed nothing")


def test_a_halt_cut_in_two_is_not_said_to_have_touched_nothing():
    halts = (
        "halts: {{a: {{kind: total, by: seller, from: @5, until: @{}}}, "
        "b: {{kind: total, by: seller, from: @20, until: @80}}}}\n"
    )
    assert results(PUMP + halts.format(20)).notes == ()
    later = results(PUMP.replace("240", "720") + halts.format(8)).notes  # needed on day 30: that is b's
    assert len(later) == 1 and "the halt 'a' (a)" in later[0]


# ---- readiness ---------------------------------------------------------------------------------------


def test_readiness_is_a_data_frame_where_pandas_is(yard):
    table = yard.readiness("jets", measure="overhaul")
    assert list(table.columns) == list(measures.STATISTICS)
    assert table.index.name == "date" and [day.date() for day in table.index] == list(yard.dates)
    assert table["mean"].tolist() == pytest.approx([11 / 31, 9 / 28, 0])
    assert yard.readiness().equals(yard.readiness("jets", measure="mc", variant="as_written"))


def test_readiness_is_a_structured_array_without_pandas(yard, monkeypatch):
    real = builtins.__import__

    def without_pandas(name: str, *more: Any, **named: Any) -> Any:
        if name == "pandas":
            raise ImportError(name)
        return real(name, *more, **named)

    monkeypatch.setattr(builtins, "__import__", without_pandas)
    monkeypatch.delitem(sys.modules, "pandas", raising=False)
    table = yard.readiness()
    assert table.dtype.names == ("date", *measures.STATISTICS)
    assert table["date"].astype(object).tolist() == list(yard.dates)
    assert table["mean"].tolist() == pytest.approx([51 / 31, 38 / 28, 1])


@pytest.mark.parametrize(
    ("named", "said"),
    [({"fleet": "jet"}, "there is no fleet 'jet'; did you mean 'jets'?"),
     ({"measure": "mcc"}, "there is no measure 'mcc'; did you mean"),
     ({"variant": "nohalt"}, "there is no variant 'nohalt'; did you mean 'no_halt'?")],
)  # fmt: skip
def test_readiness_of_something_unknown_suggests_a_name(yard, named, said):
    with pytest.raises(UsageError) as caught:
        yard.readiness(**named)
    assert str(caught.value).startswith(said)


# ---- records -----------------------------------------------------------------------------------------


def test_a_record_is_the_run_to_the_last_digit(by_luck):
    text = json.dumps(measures.record(by_luck), allow_nan=False)
    again = measures.from_record(json.loads(text))
    # nan is not equal to itself: compare with nan as None, and everything else as it is.
    assert plain(asdict(again)) == plain(asdict(by_luck))
    assert again.variants["full"].halts == by_luck.variants["full"].halts
    assert again.dates == by_luck.dates and isinstance(again.dates, tuple)
    assert json.dumps(measures.record(again)) == text


def plain(value: Any) -> Any:
    """A value with nan as None."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return tuple(plain(one) for one in value)
    return None if isinstance(value, float) and math.isnan(value) else value


def test_what_n_cannot_support_is_null_in_a_record(yard):
    curve = measures.record(yard)["variants"]["as_written"]["fleets"]["jets"]["curves"]["mc"]
    assert curve["se"] == curve["p95"] == [None, None, None] and curve["mean"][2] == 1


def test_observations_are_in_systems_whatever_they_were_written_in():
    body = YARD + (
        "observations:\n"
        "  - {on: 2023-02, fleet: jets, measure: mc, unit: share, best: 50%, of: 22, source: judgement}\n"
        "  - {on: 2023-02-03, fleet: jets, measure: mc, unit: share, high: 50%, source: judgement}\n"
        "  - {on: 2023, fleet: jets, measure: mc, low: 3, source: judgement}\n"
    )
    seen = results(body).observations
    assert [(one.low, one.best, one.high) for one in seen] == [(None, 11, None), (None, None, 1), (3, None, None)]
    assert (seen[0].first, seen[0].last) == (date(2023, 2, 1), date(2023, 2, 28))


@pytest.mark.parametrize(("worlds", "replications"), [(1, 1), (1, 3), (3, 1), (40, 1)])
def test_a_curve_of_nothing_is_that_of_any_numbers_that_are_equal(worlds, replications):
    sampling, n = Sampling(worlds, replications), worlds * replications
    nothing, ones = (sampling.curve(np.full((n, 2), value)) for value in (0.0, 1.0))

    for name in measures.STATISTICS:  # 1 less 1 is 0; what so few runs do not support is not a number
        one = np.array(getattr(ones, name)) - (0.0 if name == "se" else 1.0)
        assert repr(getattr(nothing, name)) == repr(tuple(one.tolist())), name


def test_measures_of_the_same_states_share_a_curve_and_others_do_not():
    fleet = results(YARD, runs=3).variants["as_written"].fleets["jets"]
    assert fleet.curves["on_hand"] is not fleet.curves["mc"]
    for measure in STATE_MEASURES:
        alone = sum(np.array(fleet.curves[state.name.lower()].mean) for state in states_of(measure))
        assert fleet.curves[measure].mean == pytest.approx(alone.tolist()), measure


def test_equal_counts_have_equal_hashes_and_one_second_more_has_not():
    made = scenario(YARD)
    planned = plan(made, runs=1)
    first, second = run(made, runs=1), carry_out(planned)[0]
    assert first.result_hash == second.result_hash
    model = compile_scenario(made)
    shape = (1, 3, 1, 9)
    zero = CaseCounts(np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros((1, 3, 1), np.int64),
                      np.zeros((1, 3, 1), np.int64), np.zeros((1, 3, 0, 6), np.int64), np.zeros((1, 1, 5), np.int64),
                      np.zeros((1, 1), np.int64), {}, 0)  # fmt: skip
    states = zero.states.copy()
    states[0, 2, 0, 8] = 1
    others = [
        replace(zero, states=states),
        replace(zero, begun=zero.begun + 1),
        replace(zero, causes={(0, "work", -1): np.array([1])}),
    ]
    hashes = {measures.result_hash([Case("a", "A", None, made, model, one)]) for one in (zero, *others)}
    assert len(hashes) == 4
    assert measures.result_hash([Case("a", "A", None, made, model, replace(zero, events=9))]) in hashes
    one, other, changed = (Case(name, name, None, made, model, counts) for name, counts in
                           (("a", zero), ("b", zero), ("b", others[0])))  # fmt: skip
    assert measures.result_hash([one, other]) == measures.result_hash([other, one])
    assert measures.result_hash([one, other]) != measures.result_hash([one, changed])


def test_months_are_of_the_twin_of_its_own_variant():
    body = LUCKY + "variants: {a: {}, b: {fleets.jets.count: 2}}\n"
    result = run(scenario(body, 200), runs=2)
    assert result.variants["b"].twin == "no_halt_of_b"
    assert means(result, "on_hand", "no_halt_of_b") == (2,) * 7 and means(result, "on_hand", "no_halt") == (4,) * 7
    lost = result.variants["b"].fleets["jets"].lost_to_twin[0]
    assert abs(lost) <= 2 * 200 / MONTH
