"""Baselines know what the model may know, and count in shares of what a row counts from."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from small import scenario

from armsim.scenario.things import Written
from armsim.study.baselines import HALVED_AFTER_DAYS, baselines, forecasts, history, predicted, series_of

JETS = "fleets: {jets: {count: 20, authorised: 20}}\n"
HALT = date(2023, 3, 1)


def things(*rows: str, more: str = "") -> Written:
    """A scenario of twenty jets with these observations."""
    seen = "".join(f"  - {{fleet: jets, {row}}}\n" for row in rows)
    return scenario(f"{JETS}{more}observations:\n{seen}", days=2000).things


def at(known: Written, k: int, halt: date | None = HALT, before: float = 0.8) -> dict[str, float]:
    """What every baseline says of a row."""
    row = known.observations[k]
    made = baselines(known, series_of(row), before, halt) | forecasts(known, series_of(row))
    told = {name: predicted(known, one, row) for name, one in made.items()}
    return {name: one.middle for name, one in told.items() if one is not None}


def test_rows_of_available_and_grounded_are_one_series_in_shares() -> None:
    known = things(
        "on: 2023-03-01, measure: mc, best: 15, scored: false",
        "on: 2023-04-01, measure: grounded, low: 4, high: 6, of: 10, scored: false",
        "on: 2023-05-01, measure: available, low: 4, scored: false",
        "on: 2024-01, measure: mc, best: 3",
    )

    assert [share for _, share in history(known, series_of(known.observations[0]))] == [0.75, 0.5]  # a bound is none


def test_what_is_over_only_after_scoring_begins_is_not_known() -> None:
    known = things("on: 2024-02, measure: mc, best: 15, scored: false", "on: 2024-01, measure: mc, best: 3")
    split = things("on: 2024-01, measure: mc, best: 15", "on: 2024-02, measure: mc, best: 9, scored: false",
                   "on: 2024-03, measure: mc, best: 3", more="fit_until: 2024-01-31\n")  # fmt: skip

    assert history(known, series_of(known.observations[0])) == []
    assert [share for _, share in history(split, series_of(split.observations[0]))] == [0.75]


def test_a_line_and_an_exponential_go_through_two_rows() -> None:
    known = things(
        "on: 2023-01-01, measure: mc, best: 16, scored: false",
        "on: 2023-04-11, measure: mc, best: 8, scored: false",
        "on: 2023-07-20, measure: mc, best: 3",
        "on: 2023-07-20, measure: grounded, best: 3, of: 10",
    )

    assert at(known, 2) == pytest.approx({"persistence": 8, "straight_line": 0, "exponential": 4}, abs=1e-6)
    assert at(known, 3) == pytest.approx({"persistence": 6, "straight_line": 10, "exponential": 8}, abs=1e-6)


def test_with_fewer_rows_half_is_gone_two_years_after_the_halt() -> None:
    later = (HALT + timedelta(days=round(HALVED_AFTER_DAYS))).isoformat()
    known = things(f"on: {later}, measure: mc, best: 3", "on: 2023-02-01, measure: mc, unit: share, best: 0.5")

    assert at(known, 0) == pytest.approx({"persistence": 16, "straight_line": 8, "exponential": 8}, abs=0.02)
    assert at(known, 1) == pytest.approx({"persistence": 0.8, "straight_line": 0.8, "exponential": 0.8})
    assert at(known, 0, halt=None) == pytest.approx({"persistence": 16, "straight_line": 16, "exponential": 16})


def test_a_forecast_is_read_between_its_points_and_nowhere_else() -> None:
    press: Any = "forecasts: {press: {fleet: jets, measure: grounded, of: 10, made: 2023-01-01, points: {%s}}}\n"
    known = things("on: 2023-03-02, measure: mc, best: 3", "on: 2024-03-02, measure: mc, best: 3",
                   more=press % "2023-01-01: 2, 2023-05-01: {low: 4, high: 8}")  # fmt: skip

    assert at(known, 0)["press"] == pytest.approx(20 * (1 - 0.4), abs=0.01)
    assert "press" not in at(known, 1)
    row = known.observations[0]
    told = predicted(known, forecasts(known, series_of(row))["press"], row)
    assert told is not None
    assert (min(told.sample), max(told.sample)) == pytest.approx((20 * (1 - 0.5), 20 * (1 - 0.3)), abs=0.05)


def test_hours_are_compared_by_the_month() -> None:
    known = things(
        "on: 2023-01, measure: flying_hours, best: 310, scored: false",
        "on: 2024, measure: flying_hours, best: 900",
        "on: 2024, measure: flying_hours, best: 900, unit: FH/month",
    )

    assert at(known, 1)["persistence"] == pytest.approx(3660)
    assert at(known, 2)["persistence"] == pytest.approx(10 * 365.25 / 12)
