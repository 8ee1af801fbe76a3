"""Scores against their definitions: distances to an interval, CRPS by integration, binomial bands by summing."""

from __future__ import annotations

import math

import numpy as np
import pytest

from armsim.study.scores import FEWEST_TO_DECIDE, Interval, compared, crps, hits_expected, quantiles

SAMPLE = np.array([[1.0, 2.0], [2.0, 7.0], [9.0, 4.0]])
INF = math.inf


def by_integration(sample: np.ndarray, seen: Interval) -> float:
    """The integral of the squared difference of the distribution functions, where the outcome is known."""
    xs = np.linspace(-5, 20, 250_001)
    below = (np.ravel(sample)[:, None] <= xs[None, :]).mean(axis=0)
    happened = np.where(xs < seen.low, 0.0, np.where(xs >= seen.high, 1.0, np.nan))
    return float(np.nansum((below - happened) ** 2) * (xs[1] - xs[0]))


@pytest.mark.parametrize(
    "seen",
    [Interval(3, 3), Interval(2.5, 5), Interval(6, INF), Interval(-INF, 3), Interval(0, 0), Interval(12, 12.5)],
)
def test_the_crps_is_the_integral_over_what_is_known(seen: Interval) -> None:
    assert crps(SAMPLE, seen) == pytest.approx(by_integration(SAMPLE, seen), abs=1e-3)


def test_the_crps_of_a_single_number_is_its_distance() -> None:
    assert crps(np.array([7.0]), Interval(3, 4)) == 3
    assert crps(np.array([7.0]), Interval(6, 9)) == 0


def test_a_distance_has_the_sign_of_the_side() -> None:
    assert list(Interval(3, 5).off([1, 4, 9])) == [-2, 0, 4]
    assert list(Interval(3, INF).off([1, 4, 9])) == [-2, 0, 0]
    assert list(Interval(-INF, 5).off([1, 4, 9])) == [0, 0, 4]


def test_a_closed_band_meets_an_interval_at_its_end() -> None:
    assert Interval(3, 5).meets(5, 8)
    assert Interval(3, 5).meets(1, 3)
    assert not Interval(3, 5).meets(5.1, 8)
    assert not Interval(3, INF).meets(1, 2.9)


def test_bands_end_on_values_of_the_sample() -> None:
    found = quantiles(np.array([1.0] * 4 + [5.0] * 16))

    assert found == {"p05": 1, "p25": 5, "p50": 5, "p75": 5, "p95": 5}
    assert quantiles(np.array([1.0, 2.0, 3.0, 4.0]))["p25"] == 1


@pytest.mark.parametrize("n", [1, 4, 7, 12, 30])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_expected_hits_leave_at_most_a_fortieth_on_each_side_and_no_fewer_would_do(n: int, share: float) -> None:
    low, high = hits_expected(n, share)
    chances = [math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]

    assert sum(chances[:low]) <= 0.025 < sum(chances[: low + 1])
    assert sum(chances[high + 1 :]) <= 0.025 < sum(chances[high:])


def test_a_rival_is_as_good_until_it_is_worse_by_two_standard_errors() -> None:
    mine = [1.0] * 6

    assert compared(mine, [3.0, 3.1, 2.9, 3.0, 3.1, 2.9])[2] is False
    assert compared(mine, [9.0, 0.0, 0.0, 0.0, 0.0, 0.0])[2] is True
    assert compared(mine[: FEWEST_TO_DECIDE - 1], [3.0, 3.1, 2.9, 3.0])[2] is True
    difference, error, _ = compared([0.0, 0.0], [1.0, 3.0])
    assert difference == 2
    assert error == pytest.approx(1.0)
