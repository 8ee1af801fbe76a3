"""Worlds and replications: errors that cluster by world, and the quantiles that n supports (R-S6)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from armsim.measures.results import Chance, Crossing, Curve, TimeTo

PERCENTILES = {"p05": 0.05, "p25": 0.25, "p50": 0.50, "p75": 0.75, "p95": 0.95}


def quantiles(values: Any, shares: Any) -> Any:
    """[share, period]: numpy.quantile over runs to the last bit, but put in order once for all shares."""
    runs = values.T.copy(order="C")  # those of a period side by side: quicker to put in order
    runs.sort()
    ordered = runs.T
    place = (len(values) - 1) * shares
    low = place.astype(int)
    high, part = np.minimum(low + 1, len(values) - 1), (place - low)[:, None]
    below, above = ordered[low], ordered[high]
    apart = above - below
    return np.where(part < 0.5, below + apart * part, above - apart * (1 - part))


class Sampling:
    """W worlds of R replications each: how errors cluster and which quantiles n supports (R-S6)."""

    def __init__(self, worlds: int, replications: int) -> None:
        self.worlds, self.replications = worlds, replications
        self.n = worlds * replications

    def error(self, values: Any) -> Any:
        """Standard error of the mean over runs (first axis), clustered by world; nan for a single run."""
        return self.mean_and_error(values)[1]

    def mean_and_error(self, values: Any) -> tuple[Any, Any]:
        """Mean over runs (first axis) and its standard error, as numpy.std gives it to the last bit."""
        mean = middle = values.mean(axis=0)
        groups = values
        if self.worlds > 1 and self.replications > 1:
            groups = values.reshape(self.worlds, self.replications, *values.shape[1:]).mean(axis=1)
            middle = groups.mean(axis=0)
        if len(groups) < 2:
            return mean, np.full(values.shape[1:], math.nan)
        away = groups - middle
        away *= away
        return mean, np.sqrt(away.sum(axis=0) / (len(groups) - 1)) / math.sqrt(len(groups))

    def supports(self, share: float, runs: int | None = None) -> bool:
        """True when n (or so many) runs support a quantile: one at least lies beyond it on average; a median always."""
        n = self.n if runs is None else runs
        return share == 0.5 or n * min(share, 1 - share) >= 1 - 1e-9

    def curve(self, values: Any) -> Curve:
        """Mean, error and percentiles over runs of values [run, period]."""
        known = {name: share for name, share in PERCENTILES.items() if self.supports(share)}
        if not values.any():  # so it is with half of all curves
            zero, unknown = (0.0,) * values.shape[1], (math.nan,) * values.shape[1]
            bands = {name: zero if name in known else unknown for name in PERCENTILES}
            return Curve(zero, zero if max(self.worlds, self.replications) > 1 else unknown, **bands)
        found = dict(zip(known, quantiles(values, np.array(list(known.values()))).tolist()))
        bands = {name: tuple(found.get(name, (math.nan,) * values.shape[1])) for name in PERCENTILES}
        mean, error = self.mean_and_error(values)
        return Curve(tuple(mean.tolist()), tuple(error.tolist()), **bands)

    def chance(self, happened: Any) -> Chance:
        """The share of runs in which something happened; runs of one world count as one for the interval."""
        share, n, z = float(happened.mean()), self.worlds if self.worlds > 1 else self.n, 1.959964
        middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return Chance(share, max(0.0, middle - half), min(1.0, middle + half))

    def crossing(self, months: list[float]) -> Crossing:
        """Percentiles of first months below, infinite where never (censored)."""
        return Crossing(*self.censored(months))

    def time_to(self, months: list[float], within: float, why: str = "") -> TimeTo:
        """Months of the runs that count, infinite where not yet (censored); `why` none counts."""
        if not months:
            return TimeTo(None, None, None, math.nan, 0, 0.0, within, why)
        return TimeTo(*self.censored(months), len(months), len(months) / self.n, within)

    def censored(self, months: list[float]) -> tuple[float | None, float | None, float | None, float]:
        """The 5th, 50th and 95th percentile of months, None where censored or not supported, and the share never."""
        ordered, n = sorted(months), len(months)
        found: list[float | None] = []
        for share in (PERCENTILES["p05"], PERCENTILES["p50"], PERCENTILES["p95"]):
            value = ordered[max(0, math.ceil(share * n - 1e-9) - 1)]
            found.append(value if self.supports(share, n) and math.isfinite(value) else None)
        never = sum(1 for month in months if not math.isfinite(month)) / n
        return found[0], found[1], found[2], never
