"""What the model has to beat: nothing changes, a straight line, an exponential, and what others forecast.

Baselines know what the model may know: rows that are not scored and are over before the first scored one. They
work in shares of what a row counts from, so that 10 grounded of 20 and 9 available of 20 are of one series.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from armsim import units
from armsim.scenario.check_observations import BASELINES
from armsim.scenario.observed import Forecast, Observation
from armsim.scenario.things import Written

READINESS = ("mc", "available", "grounded")
#: With fewer than two rows to go by, half is gone two years after the halt: a rule of thumb, the same for all cases.
HALVED_AFTER_DAYS = 2 * units.DAYS_PER_YEAR
LEAST_SHARE = 0.01  # what a logarithm takes for nothing
NAMES = BASELINES
#: (fleets, measure, unit): rows that can be put on one line.
Series = tuple[tuple[str, ...], str, str]


@dataclass(frozen=True)
class Prediction:
    """What a baseline says of a row, in the row's unit: equally likely numbers; one, if it is sure of itself."""

    sample: tuple[float, ...]

    @property
    def middle(self) -> float:
        """Its median."""
        return float(np.median(self.sample))


@dataclass(frozen=True)
class Baseline:
    """One baseline for the rows of one series: the predicted value at a time, and in words what it rests on."""

    at: Callable[[float], Sequence[float] | None]
    rests_on: str


def series_of(row: Observation | Forecast) -> Series:
    """The series a row belongs to."""
    if row.unit.startswith("FH"):
        each = "FH/month per aircraft" if row.unit.endswith("aircraft") else "FH/month"
        return row.fleet, "hours_demanded" if row.measure == "hours_demanded" else "hours_flown", each
    base = row.of if isinstance(row.of, str) and row.of != "authorised" else ""
    return row.fleet, "mc" if row.measure in READINESS else row.measure, base


def base_of(things: Written, row: Observation | Forecast) -> float:
    """The number a row counts from: its own, or the authorised number of its fleets."""
    if isinstance(row.of, float):
        return row.of
    return float(sum(things.fleets[fleet].authorised.middle for fleet in row.fleet))


def months_in(first: date, last: date) -> float:
    """Months from the first to the last day."""
    return (units.days_between(first, last) + 1) / units.DAYS_PER_MONTH


def to_common(things: Written, row: Observation | Forecast, number: float, span: tuple[date, date]) -> float:
    """A number of a row as a share of what it counts from (hours: a month)."""
    if row.unit.startswith("FH"):
        return number / months_in(*span) if row.unit == "FH" else number
    share = number if row.unit == "share" else number / base_of(things, row)
    return 1 - share if row.measure == "grounded" else share


def from_common(things: Written, row: Observation, number: float) -> float:
    """The other way round: a share (hours: a month) as a number of the row."""
    if row.unit.startswith("FH"):
        return number * months_in(*row.span) if row.unit == "FH" else number
    share = 1 - number if row.measure == "grounded" else number
    return share if row.unit == "share" else share * base_of(things, row)


def middle_day(first: date, last: date) -> float:
    """The middle of a span, as a number of days."""
    return (first.toordinal() + last.toordinal() + 1) / 2


def history(things: Written, series: Series) -> list[tuple[float, float]]:
    """When and what of the rows a baseline may know: not scored, no bounds, over before the first scored row begins."""
    rows = [row for row in things.observations if series_of(row) == series]
    begins = [row.span[0] for row in rows if row.is_scored(things.fit_until)]
    until = things.fit_until or (min(begins) - timedelta(days=1) if begins else date.max)
    counts = (row for row in rows if row.best is not None or len(row.numbers) > 1)
    known = [row for row in counts if not row.is_scored(things.fit_until) and row.span[1] <= until]
    told = []
    for row in known:
        number = row.best if row.best is not None else (row.numbers[0] + row.numbers[-1]) / 2
        told.append((middle_day(*row.span), to_common(things, row, number, row.span)))
    return sorted(told)


def baselines(things: Written, series: Series, before_halt: float, halt: date | None) -> dict[str, Baseline]:
    """The baselines for a series. `before_halt` is the model's median just before the halt begins."""
    known = history(things, series)
    share = not series[2].startswith("FH")
    if known:
        last, level = known[-1]
        rests = f"the last of {len(known)} rows not scored" if len(known) > 1 else "the one row not scored"
    else:
        last, level = (0.0, before_halt) if halt is None else (float(halt.toordinal()), before_halt)
        rests = "the model's median before the halt"

    def held(value: float) -> list[float]:
        return [min(max(value, 0.0), 1.0) if share else max(value, 0.0)]

    made = {"persistence": Baseline(lambda t: held(level), rests)}
    days = np.array([day for day, _ in known])
    if len(set(days)) > 1:
        values = np.array([value for _, value in known])
        slope, start = np.polyfit(days - days[0], values, 1)
        rate, log_start = np.polyfit(days - days[0], np.log(np.maximum(values, LEAST_SHARE)), 1)
        words = f"least squares through {len(known)} rows not scored"
        made["straight_line"] = Baseline(lambda t: held(start + slope * (t - days[0])), words)
        made["exponential"] = Baseline(lambda t: held(float(np.exp(log_start + rate * (t - days[0])))), words)
        return made
    if halt is None:
        words = f"{rests}; no halt, so no decline"
        return made | {name: Baseline(lambda t: held(level), words) for name in NAMES[1:]}
    begins = max(last, float(halt.toordinal()))
    words = f"{rests}; then the rule of thumb, half gone two years after"

    def line(t: float) -> list[float]:
        return held(level * (1 - max(0.0, t - begins) / (2 * HALVED_AFTER_DAYS)))

    def decay(t: float) -> list[float]:
        return held(level * 0.5 ** (max(0.0, t - begins) / HALVED_AFTER_DAYS))

    return made | {"straight_line": Baseline(line, words), "exponential": Baseline(decay, words)}


def forecasts(things: Written, series: Series) -> dict[str, Baseline]:
    """What others forecast for a series, by name."""
    return {
        name: Baseline(along(things, one), f"{one.title or name}, made {one.made}")
        for name, one in things.forecasts.items()
        if series_of(one) == series
    }


def along(things: Written, forecast: Forecast) -> Callable[[float], list[float] | None]:
    """A forecast read along straight lines between its points; None outside them.

    With low and high half of the weight lies evenly on each side of the middle.
    """
    points: list[tuple[float, Any]] = []
    for when, point in forecast.points.items():
        span = units.parse_when(when)
        given = [end for end in (point.low, point.best, point.high) if end is not None]
        middle = point.best if point.best is not None else (given[0] + given[-1]) / 2
        ends = [to_common(things, forecast, end, span) for end in (given[0], middle, given[-1])]
        points.append((middle_day(*span), np.array(sorted(ends))))
    points.sort(key=lambda one: one[0])
    days = [day for day, _ in points]
    # A point known to the month or year speaks for all of it.
    spans = [units.parse_when(when) for when in forecast.points]
    first, last = min(span[0] for span in spans).toordinal(), max(span[1] for span in spans).toordinal() + 1

    def read(t: float) -> list[float] | None:
        if not first <= t <= last:
            return None
        ends = [float(np.interp(t, days, [three[k] for _, three in points])) for k in range(3)]
        if ends[0] == ends[2]:
            return [ends[1]]
        return [float(x) for x in np.interp((np.arange(101) + 0.5) / 101, (0.0, 0.5, 1.0), ends)]

    return read


def predicted(things: Written, baseline: Baseline, row: Observation) -> Prediction | None:
    """What a baseline says of a row; None where it says nothing."""
    told = baseline.at(middle_day(*row.span))
    return None if told is None else Prediction(tuple(from_common(things, row, number) for number in told))
