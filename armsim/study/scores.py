"""How well a predictive distribution met what was seen: bands, distances, scores. Pure functions of numbers.

What was seen is an interval: a range is one, a count has both ends the same, a bound has no other end. A
prediction inside it is off by nothing, one outside by its distance to the nearest end.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

#: Rows below which no difference between two rivals is taken as a decision, however large.
FEWEST_TO_DECIDE = 5
QUANTILES = {"p05": 0.05, "p25": 0.25, "p50": 0.50, "p75": 0.75, "p95": 0.95}


@dataclass(frozen=True)
class Interval:
    """What was seen, from its lowest to its highest number; infinite where a bound is open."""

    low: float
    high: float

    def off(self, values: Any) -> Any:
        """How far values lie below (negative) or above it; 0 inside."""
        below = np.minimum(np.asarray(values, dtype=float) - self.low, 0.0) if math.isfinite(self.low) else 0.0
        above = np.maximum(np.asarray(values, dtype=float) - self.high, 0.0) if math.isfinite(self.high) else 0.0
        return below + above

    def meets(self, low: float, high: float) -> bool:
        """True when a closed band has a number in common with it."""
        return low <= self.high and high >= self.low


def quantiles(sample: Any) -> dict[str, float]:
    """Quantiles of a sample that are values of the sample, so that a band of counts ends on counts."""
    found = np.quantile(sample, list(QUANTILES.values()), method="inverted_cdf")
    return {name: float(value) for name, value in zip(QUANTILES, found)}


def crps(sample: Any, seen: Interval) -> float:
    """Continuous ranked probability score of a sample: mean distance to what was seen less half that between members.

    For an interval it is the score of the signed distance to it against 0, which is a proper score (the weight of
    every threshold inside the interval is nothing). A single number's is its distance.
    """
    away = np.sort(np.ravel(seen.off(sample)))
    n = len(away)
    apart = float(np.dot(2 * np.arange(1, n + 1) - n - 1, away)) / (n * n)  # half the mean of all |a - b|
    return float(np.abs(away).mean()) - apart


def hits_expected(n: int, share: float, sure: float = 0.95) -> tuple[int, int]:
    """Fewest and most hits of n that would surprise nobody if each were a hit with this chance (central interval)."""
    chances = [math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]
    tail, total, low, high = (1 - sure) / 2, 0.0, 0, n
    for k, chance in enumerate(chances):
        if total <= tail:
            low = k
        total += chance
        if total >= 1 - tail - 1e-12:
            high = k
            break
    return low, high


def mean(values: Sequence[float]) -> float | None:
    """The mean; None of nothing."""
    return sum(values) / len(values) if values else None


def compared(mine: Sequence[float], others: Sequence[float]) -> tuple[float, float | None, bool]:
    """Mean of the other's scores less mine over the same rows, its standard error, and whether the other is as good.

    It is as good when the data do not show it to be worse: too few rows, or a difference within two standard errors.
    """
    apart = np.subtract(others, mine)
    if len(apart) < 2:
        return float(apart.mean()), None, True
    error = float(apart.std(ddof=1)) / math.sqrt(len(apart))
    difference = float(apart.mean())
    return difference, error, len(apart) < FEWEST_TO_DECIDE or difference <= 2 * error
