"""Holds a scenario against what was seen: every run is sampled at the moments of the observations.

A row whose date is known only to the month, quarter or year was seen at some moment of it: its prediction is
drawn evenly from moments of that time, so that what the date hides widens the band. Hours flown are those of
the whole period. Nothing here changes a run: the moments are extra ends of report periods.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from armsim import measures, units
from armsim.measures import Case, CaseCounts, Run
from armsim.measures.counts import from_states
from armsim.measures.records import bare
from armsim.model.arrays import Model
from armsim.model.draws import NANO_SECONDS_PER_HOUR
from armsim.scenario.check_observations import LEAKS
from armsim.scenario.observed import Observation
from armsim.scenario.scenario import Scenario, load
from armsim.scenario.things import Written
from armsim.study import baselines as base
from armsim.study import run as study
from armsim.study.engine_choice import Engine, settled
from armsim.study.scores import Interval, compared, crps, hits_expected, mean, quantiles
from armsim.version import VERSION

#: Evenly spaced moments at which a run is sampled for a date of this precision.
MOMENTS = {"day": 1, "month": 4, "quarter": 6, "year": 12}
NO_HALT = "no_halt"


@dataclass(frozen=True)
class Row:
    """One observation against the predictive distribution of one variant; errors in the row's own unit.

    `error` is the distance of the median from what was seen, with its sign (above zero: the model says more);
    `why` says why a row is not scored. `*_share` are of what the row counts from (hours: of what was seen).
    """

    id: str
    on: str
    precision: str
    fleet: tuple[str, ...]
    measure: str
    unit: str
    of: float | str | None
    low: float | None
    best: float | None
    high: float | None
    source: str
    grade: str
    note: str
    scored: bool
    why: str
    p05: float | None = None
    p25: float | None = None
    p50: float | None = None
    p75: float | None = None
    p95: float | None = None
    in_50: bool | None = None
    in_90: bool | None = None
    error: float | None = None
    crps: float | None = None
    error_share: float | None = None
    crps_share: float | None = None
    baselines: dict[str, float] = field(default_factory=dict)  # name -> its median


@dataclass(frozen=True)
class Score:
    """A rival over the scored rows it speaks of, beside the model on the same rows.

    `difference` is its mean CRPS less the model's with its standard error; `as_good` says that the data do not
    show it to be worse. Shares of what a row counts from.
    """

    n: int
    mae: float | None
    crps: float | None
    model_mae: float | None
    model_crps: float | None
    difference: float | None
    difference_se: float | None
    as_good: bool
    rests_on: str = ""
    coverage_50: float | None = None
    coverage_90: float | None = None


@dataclass(frozen=True)
class Panel:
    """What one chart shows: the rows of one series, and the curves of every variant in their unit.

    Curves hold the percentiles of runs by report period; `rows` are places in `Backtest.rows`.
    """

    fleets: tuple[str, ...]
    measure: str
    unit: str
    scale: float  # what 100% is; 0 for hours
    curves: dict[str, dict[str, tuple[float, ...]]]
    rows: tuple[int, ...]
    forecasts: dict[str, tuple[tuple[date, float], ...]]


@dataclass(frozen=True)
class Backtest:
    """One scenario held against its observations. Rows of `variants` other than the first are rivals."""

    run: Run
    rows: dict[str, tuple[Row, ...]]  # variant -> rows, the main one first
    baselines: dict[str, Score]
    rivals: dict[str, Score]
    panels: tuple[Panel, ...]
    fit_until: date | None
    leaks: tuple[str, ...]  # what the guard has to say about the inputs
    sample_hash: str

    @property
    def main(self) -> tuple[Row, ...]:
        """The rows of the main variant."""
        return next(iter(self.rows.values()))

    @property
    def partial(self) -> bool:
        """True when it was stopped before all runs were done."""
        return self.run.partial

    @property
    def scored(self) -> list[Row]:
        """Its scored rows."""
        return [row for row in self.main if row.scored]

    def coverage(self, band: int) -> float | None:
        """The share of scored rows that the 50 or 90% band meets."""
        return mean([float(bool(getattr(row, f"in_{band}"))) for row in self.scored])

    def record(self) -> dict[str, Any]:
        """As bare data, with the names others rely on first."""
        scored = self.scored
        hits = {
            f"hits_expected_{band}": hits_expected(len(scored), band / 100) if scored else None for band in (50, 90)
        }
        whole = {
            "scenario": self.run.scenario,
            "scored": len(scored),
            "coverage_50": self.coverage(50),
            "coverage_90": self.coverage(90),
            "mae": mean([abs(row.error_share or 0.0) for row in scored]),
            "crps": mean([row.crps_share or 0.0 for row in scored]),
            "baselines": {name: asdict(score) for name, score in self.baselines.items()},
            "observations": [asdict(row) for row in self.main],
            "rivals": {name: asdict(score) for name, score in self.rivals.items()},
            "rival_observations": {name: [asdict(row) for row in rows] for name, rows in list(self.rows.items())[1:]},
            "mae_and_crps_in": "shares of what a row counts from (its 'of', or the authorised number)",
            **hits,
            "variant": next(iter(self.rows)),
            "fit_until": self.fit_until,
            "leaks": list(self.leaks),
            "scenario_hash": self.run.scenario_hash,
            "result_hash": self.run.result_hash,
            "sample_hash": self.sample_hash,
            "seed": self.run.seed,
            "worlds": self.run.worlds,
            "replications": self.run.replications,
            "partial": self.run.partial,
            "failures": [asdict(one) for one in self.run.failures],
        }
        told: dict[str, Any] = bare(whole)
        return told


@dataclass(frozen=True)
class Window:
    """When a row was seen, in seconds from the start: moments of a state, or begin and end of hours flown."""

    moments: tuple[int, ...]
    why: str = ""


def backtest(scenario: Scenario | str | Path, *, variants: Sequence[str] = (), mechanisms: bool = False,
             runs: int | None = None, worlds: int | None = None, replications: int | None = None,
             seed: int | None = None, jobs: int = 1, engine: Engine = "auto",
             progress: study.Progress | None = None) -> Backtest:  # fmt: skip
    """A scenario's first variant held against its observations, with other variants beside it as rivals.

    `variants` are the rivals; with `mechanisms` every variant and the main one without halts are. The numbers of
    runs are as for `run`. Interrupted, it keeps the worlds that are done; a world in which a run fails is left out.
    Raises UsageError, InvalidScenario, InputOutputError, or EveryWorldFailed when no world is left.
    """
    planned = plan(scenario, variants=variants, mechanisms=mechanisms, runs=runs, worlds=worlds,
                   replications=replications, seed=seed)  # fmt: skip
    return carry_out(planned, jobs=jobs, engine=engine, progress=progress)[0]


def plan(scenario: Scenario | str | Path, *, variants: Sequence[str] = (), mechanisms: bool = False,
         runs: int | None = None, worlds: int | None = None, replications: int | None = None,
         seed: int | None = None) -> study.Plan:  # fmt: skip
    """Which variants run, the main one first, and how often. Raises UsageError."""
    scenario = load(scenario) if isinstance(scenario, str | Path) else scenario
    main = scenario.variants[0]
    usual = study.plan(scenario, variants=[main], runs=runs, worlds=worlds, replications=replications, seed=seed)
    names = dict.fromkeys([main, *variants, *(scenario.variants if mechanisms else ())])
    cases = [study.Planned(one.variant_name, one.variant_title(), None, one)
             for one in study.chosen(scenario, list(names))]  # fmt: skip
    twin = scenario.variant(main).twin()
    if mechanisms and twin.hash not in {case.scenario.hash for case in cases}:
        name = NO_HALT
        while name in names:
            name += "_"
        cases.append(study.Planned(name, "No halt", None, twin))
    return replace(usual, cases=tuple(cases))


def carry_out(planned: study.Plan, *, jobs: int = 1, engine: Engine = "auto",
              progress: study.Progress | None = None) -> tuple[Backtest, dict[str, Any]]:  # fmt: skip
    """Run a plan and score it: the result, and counts for the record."""
    study.check_jobs(jobs)
    chosen = settled(engine, planned.runs)
    main = planned.cases[0].scenario
    things = main.things
    windows = [window_of(things, row) for row in things.observations]
    before = moment_before_halt(things)
    usual, found = study.compiled(planned)
    places = {case.name: k for case, k in zip(planned.cases, found)}
    wanted = {before, *(t for window in windows for t in window.moments if t > 0)}
    fine = tuple(with_edges(model, wanted) for model in usual)
    simulated = study.simulated(fine, planned, jobs, chosen, False, progress)
    counts = simulated.counts
    cases = [Case(case.name, case.title, None, case.scenario, usual[k], folded(counts[k], fine[k], usual[k]))
             for case in planned.cases for k in (places[case.name],)]  # fmt: skip
    run = measures.run_of(
        cases, engine=chosen.name, version=VERSION, seed=planned.seed, worlds=simulated.worlds,
        replications=planned.replications, run_on=date.today(), partial=simulated.partial,
        failures=simulated.failures,
    )  # fmt: skip
    samples = {
        case.name: [sample_of(things, row, window, fine[k], counts[k])
                    for row, window in zip(things.observations, windows)]
        for case in planned.cases
        for k in (places[case.name],)
    }  # fmt: skip
    rivals = base_lines(things, before, fine[places[planned.cases[0].name]], counts[places[planned.cases[0].name]])
    rows = {
        name: tuple(row_of(things, row, window, sample, rivals if name == planned.cases[0].name else {})
                    for row, window, sample in zip(things.observations, windows, found))
        for name, found in samples.items()
    }  # fmt: skip
    result = Backtest(
        run=run,
        rows=rows,
        baselines=scored_baselines(things, rows[planned.cases[0].name], rivals),
        rivals=scored_rivals(rows),
        panels=panels(things, cases),
        fit_until=things.fit_until,
        leaks=tuple(problem.text().splitlines()[0] for problem in main.warnings if problem.code in LEAKS),
        sample_hash=hash_of(samples),
    )
    account: dict[str, Any] = {"models_run": len(fine), "events": sum(one.events for one in counts), "jobs": jobs}
    account |= {"engine": chosen.name, "engine_choice": chosen.why}
    return result, account


# ---- when ----------------------------------------------------------------------------------------------


def window_of(things: Written, row: Observation) -> Window:
    """The moments at which a run is sampled for a row; none, and why, where they lie outside the time simulated."""
    start, (first, last) = things.time.start, row.span
    begin = units.days_between(start, first) * units.SECONDS_PER_DAY
    end = (units.days_between(start, last) + 1) * units.SECONDS_PER_DAY
    horizon = units.days_between(start, things.time.end) * units.SECONDS_PER_DAY
    if row.unit.startswith("FH"):
        return Window((begin, end)) if begin >= 0 and end <= horizon else Window((), "outside the time simulated")
    number = MOMENTS[precision_of(row)]
    spread = (begin + (end - begin) * (2 * k + 1) // (2 * number) for k in range(number))
    moments = tuple(t for t in spread if 0 < t <= horizon)
    return Window(moments, "" if moments else "outside the time simulated")


def precision_of(row: Observation) -> str:
    """How exactly the date of a row is known."""
    return units.format_when(*row.span)[1]


def moment_before_halt(things: Written) -> int:
    """Just before the first halt, in seconds from the start; the end of the first day where that is earlier."""
    day = things.time.months_from or things.time.start
    whole = units.days_between(things.time.start, things.time.end)
    days = min(max(units.days_between(things.time.start, day), 1), whole)
    return days * units.SECONDS_PER_DAY


def with_edges(model: Model, moments: set[int]) -> Model:
    """The model with report periods that end at these moments too."""
    edges = tuple(sorted({*model.edges, *moments}))
    begins = 0 if model.first_halt_period == 0 else model.edges[model.first_halt_period - 1]
    return replace(model, edges=edges, first_halt_period=0 if begins == 0 else edges.index(begins) + 1)


def folded(counts: CaseCounts, fine: Model, usual: Model) -> CaseCounts:
    """Counts over the usual report periods: sums over their parts, and what was so at their ends."""
    ends = [fine.edges.index(edge) for edge in usual.edges]
    starts = [0, *(end + 1 for end in ends[:-1])]

    def summed(values: Any) -> Any:
        return np.add.reduceat(values, starts, axis=1) if values.size else values[:, : len(ends)]

    totals = ("states", "flown", "demanded", "items", "pools", "below", "missions", "costs")
    changed = {name: summed(getattr(counts, name)) for name in totals}
    return replace(counts, **changed, ends=counts.ends[:, ends], mission_ends=counts.mission_ends[:, ends])


# ---- what the runs say ---------------------------------------------------------------------------------


def counted(states: Any, measure: str) -> Any:
    """A measure of an observation from counts by state on the last axis."""
    if measure == "available":
        return from_states(states, "mc")
    if measure == "grounded":
        return from_states(states, "on_hand") - from_states(states, "mc")
    if measure == "possessed":
        return from_states(states, "on_hand") - from_states(states, "overhaul")
    return from_states(states, measure)


def share_of(things: Written, row: Observation, states: Any) -> Any:
    """What a share of a row is of: a number, or the run's own."""
    if row.of in ("on_hand", "possessed"):
        return counted(states, str(row.of))
    return base.base_of(things, row)


def in_unit(things: Written, row: Observation, states: Any) -> Any:
    """A row's measure in its unit; a share of nothing is nothing."""
    values = np.asarray(counted(states, row.measure), dtype=float)
    if row.unit != "share":
        return values
    whole = np.broadcast_to(np.asarray(share_of(things, row, states), dtype=float), values.shape)
    return np.divide(values, whole, out=np.zeros_like(values), where=whole > 0)


def sample_of(things: Written, row: Observation, window: Window, model: Model, counts: CaseCounts) -> Any:
    """Equally likely values of a row in its own unit, [run, moment]; None where it lies outside the time."""
    if not window.moments:
        return None
    names = [fleet.name for fleet in model.fleets]
    fleets = [names.index(fleet) for fleet in row.fleet]
    if row.unit.startswith("FH"):
        return hours_of(row, window, model, counts, fleets)
    at = [model.edges.index(t) for t in window.moments]
    return in_unit(things, row, counts.ends[:, at][:, :, fleets].sum(axis=2))


def hours_of(row: Observation, window: Window, model: Model, counts: CaseCounts, fleets: list[int]) -> Any:
    """Hours of a row's period: in all, a month, or a month for each system on hand."""
    begin, end = window.moments
    first = 0 if begin == 0 else model.edges.index(begin) + 1
    inside = slice(first, model.edges.index(end) + 1)
    taken = counts.demanded if row.measure == "hours_demanded" else counts.flown
    hours = taken[:, inside][:, :, fleets].sum(axis=(1, 2)) / NANO_SECONDS_PER_HOUR
    if row.unit == "FH/month":
        hours = hours / base.months_in(*row.span)
    elif row.unit != "FH":
        on_hand = from_states(counts.states[:, inside][:, :, fleets].sum(axis=(1, 2)), "on_hand")
        months = on_hand / (units.SECONDS_PER_DAY * units.DAYS_PER_MONTH)
        hours = np.divide(hours, months, out=np.zeros_like(hours), where=months > 0)
    return hours[:, None]


def hash_of(samples: dict[str, list[Any]]) -> str:
    """SHA-256 of every sampled value: equal predictions, equal hash."""
    digest = hashlib.sha256()
    for name, found in samples.items():
        digest.update(name.encode())
        for sample in found:
            digest.update(b"-" if sample is None else np.ascontiguousarray(sample, dtype="<f8").tobytes())
    return digest.hexdigest()


# ---- rows and scores -----------------------------------------------------------------------------------


def seen_in(row: Observation) -> Interval:
    """What was seen as an interval; one end alone is a bound."""
    if len(row.numbers) == 1 and row.best is None:
        return Interval(-math.inf if row.low is None else row.low, math.inf if row.high is None else row.high)
    return Interval(row.numbers[0], row.numbers[-1])


def scale_of(things: Written, row: Observation) -> float:
    """What makes an error of the row a share: what it counts from; for hours, what was seen."""
    if row.unit == "share":
        return 1.0
    if row.unit.startswith("FH"):
        return max(row.best if row.best is not None else sum(row.numbers) / len(row.numbers), 1e-9)
    return base.base_of(things, row) or 1.0


def row_of(things: Written, row: Observation, window: Window, sample: Any,
           rivals: dict[base.Series, dict[str, base.Baseline]]) -> Row:  # fmt: skip
    """One row with what the model and its baselines say of it."""
    source = things.sources.get(row.source or "")
    scored = row.is_scored(things.fit_until)
    why = "" if scored else "said not to be" if row.scored is False else f"not later than {things.fit_until}"
    made = Row(
        row.id or "", row.on, precision_of(row), row.fleet, row.measure, row.unit, row.of, row.low, row.best, row.high,
        row.source or "", row.grade or (source.grade if source is not None else None) or "",
        row.note or row.title or "", scored and sample is not None, why or window.why,
    )  # fmt: skip
    if sample is None:
        return made
    seen, scale, found = seen_in(row), scale_of(things, row), quantiles(sample)
    error, score = float(seen.off(found["p50"])), crps(sample, seen)
    statistics: dict[str, Any] = dict(found)
    told = {}
    for name, one in rivals.get(base.series_of(row), {}).items():
        prediction = prediction_of(things, name, one, row)
        if prediction is not None:
            told[name] = prediction.middle
    return replace(
        made, **statistics, in_50=seen.meets(found["p25"], found["p75"]), in_90=seen.meets(found["p05"], found["p95"]),
        error=error, crps=score, error_share=error / scale, crps_share=score / scale, baselines=told,
    )  # fmt: skip


def base_lines(things: Written, before: int, model: Model,
               counts: CaseCounts) -> dict[base.Series, dict[str, base.Baseline]]:  # fmt: skip
    """The baselines and forecasts of every series of observations."""
    names = [fleet.name for fleet in model.fleets]
    ordinary = any(not halt.background for halt in things.halts.values())
    halt = (things.time.months_from or things.time.start) if ordinary else None
    made = {}
    for row in things.observations:
        series = base.series_of(row)
        if series in made:
            continue
        fleets = [names.index(fleet) for fleet in row.fleet]
        made[series] = base.baselines(things, series, level_before(things, row, before, model, counts, fleets), halt)
        made[series] |= base.forecasts(things, series)
    return made


def level_before(things: Written, row: Observation, before: int, model: Model, counts: CaseCounts,
                 fleets: list[int]) -> float:  # fmt: skip
    """The model's median just before the halt, as the baselines count."""
    at = model.edges.index(before)
    if row.unit.startswith("FH"):
        taken = counts.demanded if row.measure == "hours_demanded" else counts.flown
        months = before / (units.SECONDS_PER_DAY * units.DAYS_PER_MONTH)
        hours = taken[:, : at + 1][:, :, fleets].sum(axis=(1, 2)) / NANO_SECONDS_PER_HOUR / months
        if row.unit.endswith("aircraft"):
            on_hand = from_states(counts.ends[:, at][:, fleets].sum(axis=1), "on_hand")
            hours = np.divide(hours, on_hand, out=np.zeros_like(hours), where=on_hand > 0)
        return float(np.median(hours))
    measure = "mc" if row.measure in base.READINESS else row.measure
    like = row.model_copy(update={"measure": measure, "unit": "share"})
    return float(np.median(in_unit(things, like, counts.ends[:, at][:, fleets].sum(axis=1))))


def prediction_of(things: Written, name: str, baseline: base.Baseline, row: Observation) -> base.Prediction | None:
    """What a baseline or forecast says of a row; a forecast says nothing of what is over when it is made."""
    forecast = things.forecasts.get(name) if name not in base.NAMES else None
    if forecast is not None and row.span[0] < forecast.made:
        return None
    return base.predicted(things, baseline, row)


def scored_baselines(things: Written, rows: Sequence[Row],
                     rivals: dict[base.Series, dict[str, base.Baseline]]) -> dict[str, Score]:  # fmt: skip
    """Every baseline over the scored rows it speaks of."""
    found: dict[str, list[tuple[float, float, Row]]] = {}
    rests: dict[str, dict[str, None]] = {}
    for row, mine in zip(things.observations, rows):
        if not mine.scored:
            continue
        seen, scale = seen_in(row), scale_of(things, row)
        for name, one in rivals[base.series_of(row)].items():
            prediction = prediction_of(things, name, one, row)
            if prediction is None:
                continue
            error = abs(float(seen.off(prediction.middle))) / scale
            score = crps(np.array(prediction.sample), seen) / scale
            found.setdefault(name, []).append((error, score, mine))
            rests.setdefault(name, {})[one.rests_on] = None
    return {name: score_of(told, "; ".join(rests[name])) for name, told in found.items()}


def scored_rivals(rows: dict[str, tuple[Row, ...]]) -> dict[str, Score]:
    """Every other variant over the rows the main one is scored on."""
    main, *others = rows
    scored = [k for k, row in enumerate(rows[main]) if row.scored]
    found = {}
    for name in others if scored else ():
        theirs = [rows[name][k] for k in scored]
        told = [(abs(one.error_share or 0.0), one.crps_share or 0.0, rows[main][k]) for k, one in zip(scored, theirs)]
        found[name] = replace(
            score_of(told, "a variant of the file"),
            coverage_50=mean([float(bool(one.in_50)) for one in theirs]),
            coverage_90=mean([float(bool(one.in_90)) for one in theirs]),
        )
    return found


def score_of(told: Sequence[tuple[float, float, Row]], rests_on: str) -> Score:
    """The score of a rival from its errors and scores by row, with the model's rows."""
    mine = [row.crps_share or 0.0 for _, _, row in told]
    difference, error, as_good = compared(mine, [score for _, score, _ in told])
    return Score(
        len(told), mean([error for error, _, _ in told]), mean([score for _, score, _ in told]),
        mean([abs(row.error_share or 0.0) for _, _, row in told]), mean(mine), difference, error, as_good, rests_on,
    )  # fmt: skip


# ---- what charts show ----------------------------------------------------------------------------------


def panels(things: Written, cases: Sequence[Case]) -> tuple[Panel, ...]:
    """One chart for each series of observations."""
    places: dict[base.Series, list[int]] = {}
    for k, row in enumerate(things.observations):
        places.setdefault(base.series_of(row), []).append(k)
    return tuple(panel(things, series, found, cases) for series, found in places.items())


def panel(things: Written, series: base.Series, places: list[int], cases: Sequence[Case]) -> Panel:
    """The curves and rows of one series."""
    fleets, measure, unit = series
    first = things.observations[places[0]]
    whole = float(sum(things.fleets[fleet].authorised.middle for fleet in fleets))
    curves = {}
    for case in cases:
        names = [fleet.name for fleet in case.model.fleets]
        mine = [names.index(fleet) for fleet in fleets]
        lengths = np.diff(np.array((0, *case.model.edges), dtype=np.int64))
        if unit.startswith("FH"):
            taken = case.counts.demanded if measure == "hours_demanded" else case.counts.flown
            values = taken[:, :, mine].sum(axis=2) / NANO_SECONDS_PER_HOUR
            values = values / (lengths / (units.SECONDS_PER_DAY * units.DAYS_PER_MONTH))
            if unit.endswith("aircraft"):
                on_hand = from_states(case.counts.states[:, :, mine].sum(axis=2), "on_hand") / lengths
                values = np.divide(values, on_hand, out=np.zeros_like(values), where=on_hand > 0)
        else:
            like = first.model_copy(update={"measure": measure, "unit": "share" if unit else "systems"})
            states = case.counts.states[:, :, mine].sum(axis=2) / lengths[None, :, None]
            values = in_unit(things, like, states)
        found = np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
        names_of = ("p05", "p25", "p50", "p75", "p95")
        curves[case.name] = {name: tuple(float(x) for x in one) for name, one in zip(names_of, found)}
    told = {}
    for name, forecast in things.forecasts.items():
        if base.series_of(forecast) != series:
            continue
        points = []
        for when, point in forecast.points.items():
            span = units.parse_when(when)
            given = [end for end in (point.low, point.best, point.high) if end is not None]
            middle = point.best if point.best is not None else (given[0] + given[-1]) / 2
            share = base.to_common(things, forecast, middle, span)
            value = share if unit else share * base.base_of(things, forecast)
            points.append((date.fromordinal(int(base.middle_day(*span))), value))
        told[name] = tuple(sorted(points))
    return Panel(fleets, measure, unit, 0.0 if unit.startswith("FH") else 1.0 if unit else whole, curves,
                 tuple(places), told)  # fmt: skip
