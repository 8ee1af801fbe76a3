"""The minimum of a fleet: when it is first missed, for how long, by how many runs never, and when it is met again."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from armsim import units
from armsim.measures.counts import SECONDS_PER_MONTH, Case, from_states, period_seconds
from armsim.measures.results import Chance, TimeTo
from armsim.measures.sampling import Sampling
from armsim.model.trajectory import State

if TYPE_CHECKING:  # as in counts
    from armsim.model.arrays import Fleet

HELD_MONTHS = (6, 12, 24, 36)
#: So many report periods in a row must be good for a fleet to have recovered.
GOOD_PERIODS = 3
#: Without a minimum, good is at most this share of authorised less than the no-halt twin.
NEAR_TWIN = Fraction(2, 100)


def has_minimum(fleet: Fleet) -> bool:
    """True for a fleet with a minimum of any kind."""
    return fleet.minimum is not None or fleet.minimum_share is not None


def is_below(fleet: Fleet, ready: Any, seconds: Any, states: Any) -> Any:
    """True when a period's mean lies below the minimum, compared as exact fractions; arrays of whole numbers too."""
    if fleet.minimum is not None:
        return ready * fleet.minimum.denominator < fleet.minimum.numerator * seconds
    assert fleet.minimum_share is not None
    share, of = fleet.minimum_share
    base = from_states(states, "on_hand")
    if of == "possessed":
        base = base - states[..., State.OVERHAUL]
    return ready * share.denominator < share.numerator * base


def periods_below(case: Case, f: int) -> Any:
    """[run, period]: whether the mean of a report period lies below the minimum; None without a minimum."""
    fleet = case.model.fleets[f]
    if not has_minimum(fleet):
        return None
    share = fleet.minimum if fleet.minimum_share is None else fleet.minimum_share[0]
    assert share is not None
    longest = max(share.numerator, share.denominator)
    states = exact(case.counts.states[:, :, f], longest)
    return is_below(fleet, from_states(states, "mc"), exact(period_seconds(case.model), longest), states).astype(bool)


def periods_behind(case: Case, twin: Case, f: int) -> Any:
    """[run, period]: whether the mean of a report period is less than the twin's by more than NEAR_TWIN."""
    mine, other = (from_states(one.counts.states[:, :, f], "mc") for one in (case, twin))
    most = NEAR_TWIN * Fraction(case.model.fleets[f].authorised)
    longest = max(most.numerator, most.denominator)
    return (
        exact(other - mine, longest) * most.denominator > most.numerator * exact(period_seconds(case.model), longest)
    ).astype(bool)


def exact(counts: Any, longest: int) -> Any:
    """The counts, as whole numbers of any length where times `longest` the sum of a few might not fit 64 bits."""
    most = max(1, -int(counts.min(initial=0)), int(counts.max(initial=0)))
    return counts if 16 * most * longest < 2**63 else counts.astype(object)


def months_below(case: Case, bad: Any) -> list[float]:
    """First report period that is `bad` of each run, in months after the first halt (ENGINE 23)."""
    since = bad[:, case.model.first_halt_period :]
    return first_months(since, np.zeros(len(bad), int), case.scenario.things.time.report_every)


def first_months(found: Any, start: Any, every: int) -> list[float]:
    """Months from the report period `start` of each run to the first that is found; inf without."""
    if not found.shape[1]:
        return [math.inf] * len(found)
    months = np.where(found.any(axis=1), (found.argmax(axis=1) - start) * float(every), math.inf)
    return list(months.tolist())


def survival(case: Case, months: list[float] | None, sampling: Sampling) -> TimeTo | None:
    """Months from the first halt to the first report period below the minimum; None without a minimum (R-S3)."""
    if months is None:
        return None
    time = case.scenario.things.time
    return sampling.time_to(months, (time.end - (time.months_from or time.start)).days / units.DAYS_PER_MONTH)


def recovery(case: Case, twin: Case | None, f: int, bad: Any, sampling: Sampling) -> TimeTo | None:
    """Months from the end of the last halt to the first of three good report periods in a row (ENGINE 23).

    Over the runs whose halts end and that were `bad`, below the minimum, at all (without a minimum: behind the twin).
    None for a twin.
    """
    ends, model = case.counts.halts_end, case.model
    if twin is None or not len(ends):
        return None
    below = "falls behind the run without a halt" if bad is None else "falls below the minimum"
    bad = periods_behind(case, twin, f) if bad is None else bad
    ended = (ends >= 0) & (ends < model.horizon)
    counts = ended & bad[:, model.first_halt_period :].any(axis=1)
    months = months_to_recover(bad[counts], ends[counts], edges(case), case.scenario.things.time.report_every)
    within = float(np.median(model.horizon - ends[ended])) / SECONDS_PER_MONTH if ended.any() else 0.0
    return sampling.time_to(months, within, f"no run {below}" if ended.any() else "the halt does not end")


def months_to_recover(bad: Any, ends: Any, starts: list[int], every: int) -> list[float]:
    """Months from the report period that contains the end of each run to the first of three good ones after it."""
    contains = np.searchsorted(starts, ends, side="right") - 1
    first = np.searchsorted(starts, ends)
    begins = np.arange(max(0, bad.shape[1] - GOOD_PERIODS + 1))
    good = ~np.any([bad[:, k : k + len(begins)] for k in range(GOOD_PERIODS)], axis=0)
    return first_months(good & (begins >= first[:, None]), contains, every)


def edges(case: Case) -> list[int]:
    """The beginnings of the report periods in seconds."""
    return [0, *case.model.edges[:-1]]


def below(case: Case, f: int, sampling: Sampling) -> tuple[float, float]:
    """Months below the minimum since the first halt, event-exact: mean over runs and its error (R-S3)."""
    total = case.counts.below[:, case.model.first_halt_period :, f].sum(axis=1) / SECONDS_PER_MONTH
    return float(total.mean()), float(sampling.error(total))


def held(case: Case, f: int, sampling: Sampling) -> dict[str, Chance]:
    """The share of runs never below the minimum throughout the first months after the first halt (R-S3)."""
    first, every = case.model.first_halt_period, case.scenario.things.time.report_every
    found = {}
    for months in HELD_MONTHS:
        last = first + -(-months // every)
        if last <= len(case.model.edges):
            never = case.counts.below[:, first:last, f].sum(axis=1) == 0
            found[str(months)] = sampling.chance(never)
    return found
