"""What a set of runs says about readiness: curves with bands, first crossings, causes, paired differences.

The result of a run is one frozen `Run`. It holds everything a table or a chart needs, so figures can be
drawn again from the run record alone.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from armsim import units
from armsim.errors import UsageError, did_you_mean
from armsim.model.arrays import Fleet, Model
from armsim.model.trajectory import ITEM_MEASURES, PARTS_OF_A_SECOND, POOL_MEASURES, TOUCHES, State
from armsim.scenario.scenario import Scenario

#: Measures of a fleet, in systems (or lots): time-weighted mean of a report period; `<name>_end` at its end.
STATE_MEASURES = (
    "on_hand", "permitted", "mc", "fmc", "pmc", "nmcs", "nmcm", "nmcb",
    "regeneration", "overhaul", "limit", "lost",
)  # fmt: skip
#: Flying hours of a report period.
HOUR_MEASURES = ("hours_flown", "hours_demanded")
STATISTICS = ("mean", "se", "p05", "p25", "p50", "p75", "p95")


@dataclass(frozen=True)
class Curve:
    """One measure over the report periods: mean over runs, its standard error, and percentiles of runs.

    Each is a tuple with one number per report period, in systems (or hours). `se` clusters by world.
    """

    mean: tuple[float, ...]
    se: tuple[float, ...]
    p05: tuple[float, ...]
    p25: tuple[float, ...]
    p50: tuple[float, ...]
    p75: tuple[float, ...]
    p95: tuple[float, ...]


@dataclass(frozen=True)
class Crossing:
    """First report period below the minimum, in months after the first halt date (R-T7, R-S3).

    A percentile is None where so many runs never fall below within the horizon.
    """

    p05: float | None
    p50: float | None
    p95: float | None
    share_never: float


@dataclass(frozen=True)
class Cause:
    """Mean system-months down in the months after the first halt date, and the difference to the twin.

    `mechanism` is one of parts, work, overhaul, limit, loss, delivery; item, supplier and jurisdiction are '' where
    they do not apply. `difference` is None for a twin.
    """

    mechanism: str
    item: str
    supplier: str
    jurisdiction: str
    system_months: float
    difference: float | None
    difference_se: float | None


@dataclass(frozen=True)
class Chance:
    """A share of runs with its 95% Wilson interval (Wilson 1927, JASA 22, 209-212)."""

    share: float
    low: float
    high: float


@dataclass(frozen=True)
class FirstItem:
    """How often an item is the first to hold systems down that fly in the twin, and when (R-S4).

    `share_first` of runs; `months` is the median of its first month over the runs where it bites at all.
    """

    item: str
    share_first: float
    share_ever: float
    months: float | None


@dataclass(frozen=True)
class FleetResult:
    name: str
    title: str
    lot: int  # systems in one counted unit
    authorised: float
    minimum: float | None  # in systems
    minimum_text: str  # as written, such as '50% of authorised'
    curves: dict[str, Curve]
    first_below_minimum: Crossing | None
    lost_to_twin: tuple[float, float] | None  # mean (no-halt − halt) MC system-months and its standard error
    difference_mc: Curve | None  # paired, variant − twin
    causes: tuple[Cause, ...]
    months_below: tuple[float, float] | None = None  # mean below the minimum since the first halt, and its error
    held: dict[str, Chance] = field(default_factory=dict)  # never below throughout the first '6', '12', … months
    first_items: tuple[FirstItem, ...] = ()


@dataclass(frozen=True)
class HaltShown:
    """A halt as a chart shades it: dates at best values; `end` None when it outlasts the horizon."""

    name: str
    title: str
    start: date
    end: date | None
    background: bool
    uncertain: bool = False  # its dates differ from world to world


@dataclass(frozen=True)
class Touched:
    """What one halt did to flows, mean per run (R-H5)."""

    halt: str
    orders_refused: float
    consignments_held: float
    repairs_caught: float
    crew_days_lost: float
    systems_forbidden: float

    @property
    def nothing(self) -> bool:
        """True when the halt touched nothing in any run."""
        return not any(
            (self.orders_refused, self.consignments_held, self.repairs_caught, self.crew_days_lost,
             self.systems_forbidden)
        )  # fmt: skip


@dataclass(frozen=True)
class VariantResult:
    name: str
    title: str
    twin: str | None  # name of its no-halt twin; None for a twin itself
    scenario_hash: str
    halts: tuple[HaltShown, ...]
    fleets: dict[str, FleetResult]
    items: dict[str, dict[str, Curve]]  # item -> stock, holes, backorders, in_repair, on_order, condemned
    touched: tuple[Touched, ...]
    pools: dict[str, dict[str, Curve]] = field(default_factory=dict)  # crew pool -> people, busy, waiting


@dataclass(frozen=True)
class ObservationShown:
    """What was seen in the world, drawn on a chart in systems; a missing end is a one-sided bound."""

    first: date
    last: date
    fleet: str
    measure: str
    low: float | None
    best: float | None
    high: float | None
    source: str
    grade: str
    note: str = ""


@dataclass(frozen=True)
class Run:
    """One command's worth of results: every variant and its twin on the same random numbers."""

    scenario: str
    title: str
    question: str
    file: str
    scenario_hash: str
    result_hash: str
    engine: str
    armsim_version: str
    seed: int
    worlds: int
    replications: int
    dates: tuple[date, ...]  # starts of the report periods
    end: date
    first_halt: date  # months count from here (R-T7)
    variants: dict[str, VariantResult]
    excludes: tuple[str, ...]
    observations: tuple[ObservationShown, ...]
    run_on: date
    partial: bool = False  # stopped before all runs were done
    notes: tuple[str, ...] = field(default=())  # sentences the output must say

    def readiness(self, fleet: str | None = None, *, measure: str = "mc", variant: str | None = None) -> Any:
        """One measure of a fleet over the report periods: mean, se and percentiles over runs.

        A pandas DataFrame indexed by the period's start where pandas is installed, else a numpy structured
        array with a `date` field. In systems (or lots, or hours). The first fleet and variant by default.
        Raises UsageError for an unknown name.
        """
        variant_of = self.variants[chosen(variant, self.variants, "variant")]
        fleet_of = variant_of.fleets[chosen(fleet, variant_of.fleets, "fleet")]
        curve = fleet_of.curves[chosen(measure, fleet_of.curves, "measure")]
        columns = {name: np.array(getattr(curve, name)) for name in STATISTICS}
        dates = np.array(self.dates, dtype="datetime64[D]")
        try:
            import pandas
        except ImportError:
            table = np.zeros(len(dates), dtype=[("date", "datetime64[D]"), *((name, "f8") for name in STATISTICS)])
            table["date"] = dates
            for name, values in columns.items():
                table[name] = values
            return table
        return pandas.DataFrame(columns, index=pandas.DatetimeIndex(dates, name="date"))


def chosen(name: str | None, known: dict[str, Any], what: str) -> str:
    """A name that is known, or the first without one. Raises UsageError."""
    if name is None:
        return next(iter(known))
    if name not in known:
        raise UsageError(f"there is no {what} '{name}'; {did_you_mean(name, list(known))}")
    return name


Counts = np.ndarray[Any, np.dtype[np.int64]]
SECONDS_PER_MONTH = units.DAYS_PER_MONTH * units.SECONDS_PER_DAY
HELD_MONTHS = (6, 12, 24, 36)
PERCENTILES = {"p05": 0.05, "p25": 0.25, "p50": 0.50, "p75": 0.75, "p95": 0.95}


@dataclass(frozen=True)
class CaseCounts:
    """What the runs of one variant left behind, runs ordered by world, then replication.

    `states` [run, period, fleet, state] system-seconds, `ends` [run, period, fleet, state] systems,
    `flown`, `demanded` [run, period, fleet] nano-flown-seconds, `items` [run, period, item, measure]
    unit-seconds, `pools` [run, period, pool, measure] person- or task-seconds, `below` [run, period, fleet]
    seconds below the minimum, `touched` [run, halt, what], `begun` [run, fleet]
    systems on the books at the start, `causes` one mapping per run.
    """

    states: Counts
    ends: Counts
    flown: Counts
    demanded: Counts
    items: Counts
    touched: Counts
    begun: Counts
    causes: tuple[dict[tuple[int, str, int], int], ...]
    events: int
    pools: Counts = field(default_factory=lambda: np.zeros((0, 0, 0, 3), np.int64))
    below: Counts = field(default_factory=lambda: np.zeros((0, 0, 0), np.int64))


@dataclass(frozen=True)
class Case:
    """One variant with its model, its counts and the name of its twin."""

    name: str
    title: str
    twin: str | None
    scenario: Scenario
    model: Model
    counts: CaseCounts


class Sampling:
    """W worlds of R replications each: how errors cluster and which quantiles n supports (R-S6)."""

    def __init__(self, worlds: int, replications: int) -> None:
        self.worlds, self.replications = worlds, replications
        self.n = worlds * replications

    def error(self, values: Any) -> Any:
        """Standard error of the mean over runs (first axis), clustered by world; nan for a single run."""
        grouped = values.reshape(self.worlds, self.replications, *values.shape[1:])
        groups = grouped.mean(axis=1) if self.worlds > 1 else grouped[0]
        if len(groups) < 2:
            return np.full(values.shape[1:], math.nan)
        return groups.std(axis=0, ddof=1) / math.sqrt(len(groups))

    def supports(self, share: float) -> bool:
        """True when n runs support a quantile: one run at least lies beyond it on average; a median always."""
        return share == 0.5 or self.n * min(share, 1 - share) >= 1 - 1e-9

    def curve(self, values: Any) -> Curve:
        """Mean, error and percentiles over runs of values [run, period]."""
        quantiles = {}
        for name, share in PERCENTILES.items():
            if self.supports(share):
                quantiles[name] = tuple(float(x) for x in np.quantile(values, share, axis=0))
            else:
                quantiles[name] = (math.nan,) * values.shape[1]
        mean, error = values.mean(axis=0), self.error(values)
        return Curve(tuple(float(x) for x in mean), tuple(float(x) for x in error), **quantiles)

    def chance(self, happened: Any) -> Chance:
        """The share of runs in which something happened; runs of one world count as one for the interval."""
        share, n, z = float(happened.mean()), self.worlds if self.worlds > 1 else self.n, 1.959964
        middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return Chance(share, max(0.0, middle - half), min(1.0, middle + half))

    def crossing(self, months: list[float]) -> Crossing:
        """Percentiles of first months below, infinite where never (censored)."""
        ordered = sorted(months)
        found: dict[str, float | None] = {}
        for name in ("p05", "p50", "p95"):
            share = PERCENTILES[name]
            value = ordered[max(0, math.ceil(share * self.n - 1e-9) - 1)]
            found[name] = value if self.supports(share) and math.isfinite(value) else None
        never = sum(1 for month in months if not math.isfinite(month)) / self.n
        return Crossing(found["p05"], found["p50"], found["p95"], never)


def period_seconds(model: Model) -> Any:
    """The length of each report period in seconds."""
    return np.diff(np.array((0, *model.edges), dtype=np.int64))


def from_states(states: Any, measure: str) -> Any:
    """A measure of MODEL section 8 from counts by state on the last axis (R-S1)."""
    on_hand = states.sum(axis=-1) - states[..., State.LOST]
    if measure == "on_hand":
        return on_hand
    if measure == "permitted":
        return on_hand - states[..., State.LIMIT]
    if measure == "mc":
        return states[..., State.FMC] + states[..., State.PMC]
    return states[..., State[measure.upper()]]


def fleet_curves(case: Case, f: int, sampling: Sampling) -> dict[str, Curve]:
    """Every measure of a fleet (R-S2)."""
    lengths = period_seconds(case.model)
    curves = {}
    for measure in STATE_MEASURES:
        curves[measure] = sampling.curve(from_states(case.counts.states[:, :, f], measure) / lengths)
        curves[f"{measure}_end"] = sampling.curve(from_states(case.counts.ends[:, :, f], measure).astype(float))
    for measure, counts in (("hours_flown", case.counts.flown), ("hours_demanded", case.counts.demanded)):
        curves[measure] = sampling.curve(counts[:, :, f] / 3.6e12)
    return curves


def months_below(case: Case, f: int) -> list[float] | None:
    """First report period below the minimum of each run, in months after the first halt (ENGINE 23)."""
    fleet, model = case.model.fleets[f], case.model
    if fleet.minimum is None and fleet.minimum_share is None:
        return None
    every = case.scenario.things.time.report_every
    states = case.counts.states[:, :, f]
    ready, lengths = from_states(states, "mc"), period_seconds(model)
    found = []
    for run in range(len(ready)):
        month = math.inf
        for p in range(model.first_halt_period, len(lengths)):
            if is_below(fleet, int(ready[run, p]), int(lengths[p]), states[run, p]):
                month = float((p - model.first_halt_period) * every)
                break
        found.append(month)
    return found


def is_below(fleet: Fleet, ready: int, seconds: int, states: Any) -> bool:
    """True when a period's mean lies below the minimum, compared as exact fractions."""
    if fleet.minimum is not None:
        return ready * fleet.minimum.denominator < fleet.minimum.numerator * seconds
    assert fleet.minimum_share is not None
    share, of = fleet.minimum_share
    base = int(from_states(states, "on_hand"))
    if of == "possessed":
        base -= int(states[State.OVERHAUL])
    return ready * share.denominator < share.numerator * base


def fleet_result(case: Case, twin: Case | None, f: int, sampling: Sampling) -> FleetResult:
    """Everything about one fleet in one variant."""
    fleet, written = case.model.fleets[f], case.scenario.things.fleets[case.model.fleets[f].name]
    months = months_below(case, f)
    minimum = None if fleet.minimum is None else float(fleet.minimum)
    lost, difference = None, None
    if twin is not None:
        lengths = period_seconds(case.model)
        mine, other = (from_states(c.counts.states[:, :, f], "mc") for c in (case, twin))
        difference = sampling.curve((mine - other) / lengths)
        total = (other - mine)[:, case.model.first_halt_period :].sum(axis=1) / SECONDS_PER_MONTH
        lost = float(total.mean()), float(sampling.error(total))
    return FleetResult(
        name=fleet.name,
        title=written.title or fleet.name.replace("_", " "),
        lot=written.lot,
        authorised=fleet.authorised,
        minimum=minimum,
        minimum_text="" if written.minimum is None else units.format_threshold(written.minimum),
        curves=fleet_curves(case, f, sampling),
        first_below_minimum=None if months is None else sampling.crossing(months),
        lost_to_twin=lost,
        difference_mc=difference,
        causes=causes(case, twin, f, sampling),
        months_below=None if months is None else below(case, f, sampling),
        held={} if months is None else held(case, f, sampling),
        first_items=() if twin is None else first_items(case, twin, f),
    )


def first_items(case: Case, twin: Case, f: int) -> tuple[FirstItem, ...]:
    """Which grounding item of a fleet bites first against the twin, and when, the most frequent first (R-S4).

    An item bites in the first report period, from that of the first halt on, in which its holes without a
    unit exceed the twin's by half a unit on average. A tie counts for each.
    """
    model, first = case.model, case.model.first_halt_period
    lengths, every = period_seconds(model)[first:], case.scenario.things.time.report_every
    waiting = ITEM_MEASURES.index("backorders")
    months: dict[str, Any] = {}
    for i, item in enumerate(model.items):
        if not item.grounds or (f, i) not in model.point_of:
            continue
        more = case.counts.items[:, first:, i, waiting] - twin.counts.items[:, first:, i, waiting]
        bites = 2 * more >= lengths
        months[item.name] = np.where(bites.any(axis=1), bites.argmax(axis=1) * float(every), math.inf)
    if not months:
        return ()
    soonest = np.min(list(months.values()), axis=0)
    found = []
    for name, when in months.items():
        ever = np.isfinite(when)
        if ever.any():
            share = float((ever & (when == soonest)).mean())
            found.append(FirstItem(name, share, float(ever.mean()), float(np.median(when[ever]))))
    return tuple(sorted(found, key=lambda one: (-one.share_first, one.months or 0.0, one.item)))


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


def causes(case: Case, twin: Case | None, f: int, sampling: Sampling) -> tuple[Cause, ...]:
    """System-months down by cause since the first halt, the largest first (R-S4)."""
    both = [one for one in (case, twin) if one is not None]
    keys = {key[1:] for one in both for run in one.counts.causes for key in run if key[0] == f}
    found = []
    for mechanism, item in sorted(keys):
        mine = cause_months(case, (f, mechanism, item))
        error = difference = None
        if twin is not None:
            paired = mine - cause_months(twin, (f, mechanism, item))
            difference, error = float(paired.mean()), float(sampling.error(paired))
        name, supplier, jurisdiction = who(case.model, f, mechanism, item)
        found.append(Cause(mechanism, name, supplier, jurisdiction, float(mine.mean()), difference, error))
    found += undelivered(case, twin, f, sampling)
    return tuple(sorted(found, key=lambda c: (-(c.difference or 0.0), -c.system_months, c.mechanism, c.item)))


def undelivered(case: Case, twin: Case | None, f: int, sampling: Sampling) -> list[Cause]:
    """System-months that ordered systems were not there yet since the first halt, as a cause."""
    ordered = [delivery for delivery in case.model.fleets[f].deliveries if delivery.dates[-1] >= 0]
    if not ordered:
        return []

    def months(one: Case) -> Any:
        first = one.model.first_halt_period
        to_come = sum(day >= 0 for delivery in one.model.fleets[f].deliveries for day in delivery.dates)
        whole = period_seconds(one.model)[first:].sum() * (one.counts.begun[:, f] + to_come)
        return (whole - one.counts.states[:, first:, f].sum(axis=(1, 2))) / SECONDS_PER_MONTH

    mine, difference, error = months(case), None, None
    if twin is not None:
        paired = mine - months(twin)
        difference, error = float(paired.mean()), float(sampling.error(paired))
    lines = [case.model.lines[delivery.line] for delivery in ordered]
    supplier, jurisdiction = (
        names.pop() if len(names) == 1 else ""  # of several suppliers none is named
        for names in ({line.supplier for line in lines}, {line.jurisdiction for line in lines})
    )
    return [Cause("delivery", "", supplier, jurisdiction, float(mine.mean()), difference, error)]


def cause_months(case: Case, key: tuple[int, str, int]) -> Any:
    """System-months down by one cause, per run."""
    seconds = np.array([run.get(key, 0) for run in case.counts.causes], dtype=float)
    return seconds / PARTS_OF_A_SECOND / SECONDS_PER_MONTH


def who(model: Model, f: int, mechanism: str, item: int) -> tuple[str, str, str]:
    """(item, supplier, jurisdiction) behind a cause."""
    line = -1
    if mechanism == "parts":
        routes = [route.line for route in model.items[item].routes if route.line >= 0]
        line = model.items[item].line if model.items[item].line >= 0 else next(iter(routes), -1)
    overhaul = model.fleets[f].overhaul
    if mechanism in ("overhaul", "limit") and overhaul is not None:
        line = overhaul.line
    name = model.items[item].name if item >= 0 else ""
    return (name, model.lines[line].supplier, model.lines[line].jurisdiction) if line >= 0 else (name, "", "")


def variant_result(case: Case, twin: Case | None, sampling: Sampling) -> VariantResult:
    """Everything about one variant."""
    model, things, lengths = case.model, case.scenario.things, period_seconds(case.model)
    place = {fleet.name: f for f, fleet in enumerate(model.fleets)}
    fleets = {name: fleet_result(case, twin, place[name], sampling) for name in things.fleets}
    items = {
        item.name: {
            measure: sampling.curve(case.counts.items[:, :, i, m] / lengths) for m, measure in enumerate(ITEM_MEASURES)
        }
        for i, item in enumerate(model.items)
    }
    halts = tuple(
        HaltShown(
            name,
            halt.title or name.replace("_", " "),
            max(halt.from_.middle, things.time.start),
            None if halt.until.middle >= things.time.end else halt.until.middle,
            halt.background,
            halt.from_.is_uncertain or halt.until.is_uncertain,
        )
        for name, halt in things.halts.items()
        if halt.from_ is not None and halt.from_.middle < things.time.end and halt.until.middle > things.time.start
    )
    crew = TOUCHES.index("crew_days_lost")
    touched = []
    for h, halt in enumerate(model.halts):
        mean = case.counts.touched[:, h].mean(axis=0)
        mean[crew] /= units.SECONDS_PER_DAY
        touched.append(Touched(halt.name, *(float(x) for x in mean)))
    pools = {
        pool.key: {
            measure: sampling.curve(case.counts.pools[:, :, p, m] / lengths) for m, measure in enumerate(POOL_MEASURES)
        }
        for p, pool in enumerate(model.pools)
    }
    return VariantResult(
        case.name, case.title, case.twin, case.scenario.hash, halts, fleets, items, tuple(touched), pools
    )


def result_hash(cases: list[Case]) -> str:
    """SHA-256 of every count of every variant: equal results, equal hash."""
    digest = hashlib.sha256()
    for case in sorted(cases, key=lambda c: c.name):
        digest.update(case.name.encode())
        for one in fields(CaseCounts):
            value = getattr(case.counts, one.name)
            if isinstance(value, np.ndarray):
                digest.update(np.ascontiguousarray(value, dtype="<i8").tobytes())
        digest.update(repr([sorted(run.items()) for run in case.counts.causes]).encode())
    return digest.hexdigest()


def observations(scenario: Scenario) -> tuple[ObservationShown, ...]:
    """The observations in systems; shares are of `of`, or of the authorised number."""
    found = []
    for seen in scenario.things.observations:
        first, last = units.parse_when(seen.on, seen.precision)
        base = 1.0
        if seen.unit == "share":
            base = seen.of or float(scenario.things.fleets[seen.fleet].authorised.middle)
        low, best, high = (None if end is None else end * base for end in (seen.low, seen.best, seen.high))
        source = scenario.things.sources.get(seen.source or "")
        grade = seen.grade or (source.grade if source is not None else None) or ""
        found.append(
            ObservationShown(
                first, last, seen.fleet, seen.measure, low, best, high, seen.source or "", grade,
                seen.title or seen.note or "",
            )
        )
    return tuple(found)


def run_of(
    cases: list[Case], *, engine: str, version: str, seed: int, worlds: int, replications: int, run_on: date,
    partial: bool = False, notes: tuple[str, ...] = (),
) -> Run:  # fmt: skip
    """The result of all variants. The first case is the main one."""
    sampling, main = Sampling(worlds, replications), cases[0]
    by_name = {case.name: case for case in cases}
    time = main.scenario.things.time
    variants = {
        case.name: variant_result(case, by_name[case.twin] if case.twin is not None else None, sampling)
        for case in cases
    }
    return Run(
        scenario=main.scenario.name,
        title=main.scenario.things.title or main.scenario.name.replace("_", " "),
        question=main.scenario.things.question or "",
        file=shown_path(main.scenario.file),
        scenario_hash=main.scenario.hash,
        result_hash=result_hash(cases),
        engine=engine,
        armsim_version=version,
        seed=seed,
        worlds=worlds,
        replications=replications,
        dates=tuple(units.period_starts(time.start, time.end, time.report_every)),
        end=time.end,
        first_halt=time.months_from or time.start,
        variants=variants,
        excludes=main.scenario.things.excludes,
        observations=observations(main.scenario),
        run_on=run_on,
        partial=partial,
        notes=(*notes, *idle_halts(cases, variants)),
    )  # fmt: skip


def idle_halts(cases: list[Case], variants: dict[str, VariantResult]) -> list[str]:
    """A sentence for every halt that touched nothing in any run, naming the variants it holds for (R-H5)."""
    found: dict[str, list[str]] = {}
    for case in cases:
        touched = {one.halt: one for one in variants[case.name].touched}
        for group in made_one(case) if case.twin is not None else ():
            if all(touched[case.model.halts[h].name].nothing for h in group):
                for h in group:
                    found.setdefault(idle_words(case.model, h), []).append(f"'{case.title}'")
    return [f"In {listed(titles)} {words}" for words, titles in found.items()]


def made_one(case: Case) -> list[list[int]]:
    """The halts of a model; identical ones that adjoin at best dates, which are one halt (R-H4), together."""
    written = case.scenario.things.halts

    def begins(h: int) -> date:
        start = written[case.model.halts[h].name].from_
        assert start is not None
        return start.middle

    groups: list[list[int]] = []
    ends: list[date] = []
    for h in sorted(range(len(case.model.halts)), key=lambda h: (case.model.halts[h].content, begins(h))):
        halt = case.model.halts[h]
        until = written[halt.name].until.middle
        if groups and case.model.halts[groups[-1][0]].content == halt.content and begins(h) <= ends[-1]:
            groups[-1].append(h)
            ends[-1] = max(ends[-1], until)
        else:
            groups.append([h])
            ends.append(until)
    return groups


def idle_words(model: Model, h: int) -> str:
    """What is said of a halt that touched nothing, and why that can be."""
    halt = model.halts[h]
    covered = any(line.contracts for line in model.lines if h in line.halts)
    why = "no need that it could stop arose while it lasted"
    if covered and not halt.says.level("signed_contracts"):
        why = "what was needed while it lasted passed under signed contracts, which it honours, or nothing was needed"
    what = f"the halt '{halt.title}' ({halt.name}) changed nothing"
    return f"{what}: nothing in it was refused, held or stopped in any run; {why}."


def listed(words: list[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def shown_path(file: str) -> str:
    """A file as a record names it: from the working folder, or its name alone when it lies elsewhere."""
    path = Path(file)
    if not path.is_absolute():
        return path.as_posix() if ".." not in path.parts else path.name
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.name


# Records ----------------------------------------------------------------------------------------------


def record(run: Run) -> dict[str, Any]:
    """The run as bare data for JSON: dates as text, what n cannot support as null."""
    return bare(asdict(run))


def bare(value: Any) -> Any:
    """Dates as ISO text, nan as None, tuples as lists; numbers stay as they are, so that a record is the run."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if isinstance(value, dict):
        return {key: bare(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [bare(one) for one in value]
    return value


def from_record(data: dict[str, Any]) -> Run:
    """The run a record holds. Raises KeyError, TypeError or ValueError when it is damaged."""
    return Run(
        **data
        | {
            "dates": tuple(map(date.fromisoformat, data["dates"])),
            "end": date.fromisoformat(data["end"]),
            "first_halt": date.fromisoformat(data["first_halt"]),
            "run_on": date.fromisoformat(data["run_on"]),
            "excludes": tuple(data["excludes"]),
            "notes": tuple(data["notes"]),
            "observations": tuple(
                ObservationShown(
                    **one | {"first": date.fromisoformat(one["first"]), "last": date.fromisoformat(one["last"])}
                )
                for one in data["observations"]
            ),
            "variants": {name: variant_from(one) for name, one in data["variants"].items()},
        }
    )


def variant_from(data: dict[str, Any]) -> VariantResult:
    """One variant of a record."""
    halts = tuple(
        HaltShown(
            **one
            | {
                "start": date.fromisoformat(one["start"]),
                "end": None if one["end"] is None else date.fromisoformat(one["end"]),
            }
        )
        for one in data["halts"]
    )
    items = {name: {m: curve_from(c) for m, c in curves.items()} for name, curves in data["items"].items()}
    fleets = {name: fleet_from(one) for name, one in data["fleets"].items()}
    pools = {name: {m: curve_from(c) for m, c in curves.items()} for name, curves in data["pools"].items()}
    touched = tuple(Touched(**one) for one in data["touched"])
    made = {"halts": halts, "items": items, "pools": pools, "fleets": fleets, "touched": touched}
    return VariantResult(**data | made)


def fleet_from(data: dict[str, Any]) -> FleetResult:
    """One fleet of a record."""
    below, lost, difference = data["first_below_minimum"], data["lost_to_twin"], data["difference_mc"]
    months = data["months_below"]
    return FleetResult(
        **data
        | {
            "curves": {name: curve_from(curve) for name, curve in data["curves"].items()},
            "first_below_minimum": None if below is None else Crossing(**below),
            "lost_to_twin": None if lost is None else tuple(number(x) for x in lost),
            "difference_mc": None if difference is None else curve_from(difference),
            "causes": tuple(Cause(**one) for one in data["causes"]),
            "months_below": None if months is None else tuple(number(x) for x in months),
            "held": {name: Chance(**one) for name, one in data["held"].items()},
            "first_items": tuple(FirstItem(**one) for one in data["first_items"]),
        }
    )


def curve_from(data: dict[str, Any]) -> Curve:
    """One curve of a record."""
    return Curve(**{name: tuple(number(x) for x in data[name]) for name in STATISTICS})


def number(value: float | None) -> float:
    """A number of a record; null is nan."""
    return math.nan if value is None else float(value)
