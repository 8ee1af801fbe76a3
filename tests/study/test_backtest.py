"""A back-test samples the runs where rows say, changes none of them, and scores what may be scored."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small import LUCKY, TWO_VARIANTS, YARD, lucky, scenario

from armsim.errors import UsageError
from armsim.study import backtest as study
from armsim.study.backtest import Backtest, Row, backtest
from armsim.study.run import run

#: Of two jets one is in overhaul on days 20 to 40; the other comes to a limit on day 50 and waits, forbidden to go.
SEEN = """\
observations:
  - {id: a, on: @10, fleet: jets, measure: mc, best: 2}
  - {id: b, on: @30, fleet: jets, measure: available, best: 2, of: 2}
  - {id: c, on: @30, fleet: jets, measure: grounded, high: 0}
  - {id: d, on: @30, fleet: jets, measure: mc, best: 75%, of: possessed}
  - {id: e, on: @30, fleet: jets, measure: mc, best: 60%, of: on_hand}
  - {id: f, on: 2023-01, fleet: jets, measure: mc, best: 2}
  - {id: g, on: 2023-01, fleet: jets, measure: flying_hours, low: 1000, high: 1100}
  - {id: h, on: 2023-01, fleet: jets, measure: flying_hours, best: 10, unit: FH/month}
  - {id: i, on: 2023-01, fleet: jets, measure: flying_hours, best: 10, unit: FH/month per aircraft}
  - {id: j, on: 2022-12, fleet: jets, measure: mc, best: 2}
  - {id: k, on: @60, fleet: jets, measure: mc, best: 2, scored: false}
  - {id: l, on: @10, fleet: jets, measure: grounded, best: 2, scored: false}
  - {id: m, on: 2023-02, fleet: jets, measure: flying_hours, best: 1, scored: false}
"""


@pytest.fixture(scope="module")
def yard() -> Backtest:
    return backtest(scenario(YARD + SEEN), runs=2)


def row(result: Backtest, name: str) -> Row:
    return next(one for one in result.main if one.id == name)


@pytest.mark.parametrize(("name", "median"), [("a", 2), ("b", 1), ("c", 1), ("d", 1.0), ("e", 0.5), ("k", 1), ("l", 0)])
def test_a_day_is_the_state_at_its_noon_in_the_row_s_measure_and_denominator(
    yard: Backtest, name: str, median: float
) -> None:
    assert row(yard, name).p50 == median


def test_a_month_is_as_likely_any_of_its_moments(yard: Backtest) -> None:
    planned = study.plan(scenario(YARD + SEEN), runs=1)
    seen = planned.cases[0].scenario.things.observations[5]
    window = study.window_of(planned.cases[0].scenario.things, seen)

    assert np.array(window.moments) / 86400 == pytest.approx([31 / 8, 93 / 8, 155 / 8, 217 / 8])
    # One of the four moments is after day 20, when a jet goes into overhaul.
    assert (row(yard, "f").p05, row(yard, "f").p25, row(yard, "f").p50) == (1, 1, 2)


def test_hours_are_those_of_the_period_a_month_and_for_each_on_hand(yard: Backtest) -> None:
    flown = 24.0 * (20 + 31)
    months = 31 / (365.25 / 12)

    assert row(yard, "g").p50 == pytest.approx(flown)
    assert row(yard, "m").p50 == pytest.approx(24.0 * (19 + 19))  # one from day 40 on, the other to day 50
    assert row(yard, "h").p50 == pytest.approx(flown / months)
    assert row(yard, "i").p50 == pytest.approx(flown / months / 2)


def test_a_row_outside_the_time_or_switched_off_is_not_scored_and_says_why(yard: Backtest) -> None:
    assert (row(yard, "j").scored, row(yard, "j").why) == (False, "outside the time simulated")
    assert (row(yard, "k").scored, row(yard, "k").why) == (False, "said not to be")
    assert row(yard, "k").crps is not None
    assert len(yard.scored) == 9


def test_errors_are_to_the_nearest_end_and_shares_of_what_a_row_counts_from(yard: Backtest) -> None:
    assert (row(yard, "b").error, row(yard, "b").error_share, row(yard, "b").crps_share) == (-1, -0.5, 0.5)
    assert (row(yard, "c").error, row(yard, "c").in_90) == (1, False)
    assert row(yard, "g").error_share == pytest.approx((24 * 51 - 1100) / 1050)
    record = yard.record()
    assert record["mae"] == pytest.approx(np.mean([abs(one.error_share or 0) for one in yard.scored]))
    assert record["coverage_90"] == pytest.approx(np.mean([bool(one.in_90) for one in yard.scored]))


def test_a_row_over_by_fit_until_is_never_scored() -> None:
    result = backtest(scenario(f"{YARD}fit_until: @30\n{SEEN}"), runs=1)
    earlier = backtest(scenario(f"{YARD}fit_until: @29\n{SEEN}"), runs=1)

    assert result.scored == []
    assert row(result, "f").why == "not later than 2023-01-31"
    assert [one.id for one in earlier.scored] == ["b", "c", "d", "e", "f", "g", "h", "i"]


def with_rows(body: str) -> Any:
    rows = "observations:\n" + "".join(
        f"  - {{on: {on}, fleet: jets, measure: {measure}, best: 1}}\n"
        for on, measure in (("@3", "mc"), ("@77", "mc"), ("2023", "grounded"), ("2023-05", "flying_hours"))
    )
    return scenario(body + rows, days=400, warmup="2 months")


def test_sampling_changes_no_run() -> None:
    seen = backtest(with_rows(LUCKY + TWO_VARIANTS), variants=["freeze"], runs=4)
    usual = run(with_rows(LUCKY + TWO_VARIANTS), runs=4)

    for name in ("full", "freeze"):
        mine, other = seen.run.variants[name], usual.variants[name]
        assert mine.fleets["jets"].curves == other.fleets["jets"].curves
        assert (mine.items, mine.pools, mine.costs) == (other.items, other.pools, other.costs)
        assert [c.system_months for c in mine.fleets["jets"].causes] == [
            c.system_months for c in other.fleets["jets"].causes
        ]


def test_the_same_seed_gives_the_same_predictions() -> None:
    one, same, other = (backtest(with_rows(LUCKY), runs=2, seed=seed) for seed in (1, 1, 2))

    assert one.record() == same.record()
    assert one.sample_hash != other.sample_hash


def test_rivals_are_named_variants_or_with_mechanisms_all_and_no_halt() -> None:
    body = with_rows(LUCKY + TWO_VARIANTS)

    assert list(backtest(body, variants=["freeze"], runs=1).rivals) == ["freeze"]
    result = backtest(body, mechanisms=True, runs=1)
    assert list(result.rows) == ["full", "freeze", "no_halt"]
    assert result.rivals["no_halt"].n == len(result.scored)
    with pytest.raises(UsageError, match="frieze"):
        backtest(body, variants=["frieze"], runs=1)


def test_a_scenario_without_observations_has_nothing_to_score() -> None:
    record = backtest(lucky(), runs=1).record()

    assert (record["scored"], record["coverage_50"], record["mae"], record["observations"]) == (0, None, None, [])


def test_several_fleets_are_summed() -> None:
    body = "fleets: {a: {count: 2}, b: {count: 3, authorised: 8}}\n"
    rows = "observations: [{on: @9, fleet: [a, b], measure: mc, best: 100%}]\n"
    result = backtest(scenario(body + rows, days=60), runs=1)

    assert result.main[0].p50 == 0.5


def test_a_forecast_is_not_held_against_what_is_over_when_it_is_made() -> None:
    seen = ", ".join(f"{{on: {on}, fleet: jets, measure: mc, best: 1}}" for on in ("@9", "@40"))
    rows = (f"observations: [{seen}]\n"
            "forecasts: {press: {fleet: jets, measure: mc, made: @20, points: {2023: 1}}}\n")  # fmt: skip
    result = backtest(scenario(YARD + rows), runs=1)

    assert ["press" in one.baselines for one in result.main] == [False, True]
    assert result.baselines["press"].n == 1
    assert result.baselines["press"].crps == 0
