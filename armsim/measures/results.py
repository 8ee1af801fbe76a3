"""The records a result is made of: curves, crossings, causes, fleets, variants, and `Run`, which holds them all.

Everything is frozen and plain, so that figures can be drawn again from a run record alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from armsim.errors import UsageError, did_you_mean
from armsim.units import counted

#: Measures of a fleet, in systems (or lots): time-weighted mean of a report period; `<name>_end` at its end.
STATE_MEASURES = (
    "on_hand", "permitted", "mc", "fmc", "pmc", "nmcs", "nmcm", "nmcb",
    "regeneration", "overhaul", "limit", "lost",
)  # fmt: skip
#: Flying hours of a report period.
HOUR_MEASURES = ("hours_flown", "hours_demanded")
#: Measures of a mission of a fleet, in systems able to do it.
MISSION_MEASURES = ("able", "able_end")
#: The difference to the no-halt twin, beside the measures of a mission or a cost.
DIFFERENCE = "difference"
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
class TimeTo:
    """Months until something happens, over the `n` runs in which it can (ENGINE 23).

    A percentile is None where so many of them do not see it happen within the horizon (`share_never` of the n),
    or n does not support it. `share_of_runs` is n as a share of all runs, `within` the months the middle one of
    them is followed for; `why` says in words why no run counts.
    """

    p05: float | None
    p50: float | None
    p95: float | None
    share_never: float
    n: int
    share_of_runs: float
    within: float
    why: str = ""


@dataclass(frozen=True)
class Cost:
    """Money over the whole time from the start to the end, by kind: mean, its error, and the paired difference.

    `curves` holds `cost` and, for a variant with a twin, `difference` by report period.
    """

    mean: float
    se: float
    difference: float | None
    difference_se: float | None
    curves: dict[str, Curve]


@dataclass(frozen=True)
class Cause:
    """Mean system-months down in the months after the first halt date, and the difference to the twin.

    `mechanism` is one of parts, money, work, overhaul, limit, permission, regeneration, loss, delivery; item, supplier
    and jurisdiction are '' where they do not apply. `difference` is None for a twin.
    """

    mechanism: str
    item: str
    supplier: str
    jurisdiction: str
    system_months: float
    difference: float | None
    difference_se: float | None
    se: float | None = None  # of system_months; older records have none


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
    time_to_survive: TimeTo | None = None  # from the first halt to the first report period below the minimum
    time_to_recover: TimeTo | None = None  # from the end of the last halt; None for a twin
    missions: dict[str, dict[str, Curve]] = field(default_factory=dict)  # mission -> able, able_end, difference


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
    errors: tuple[float, ...] = ()  # standard errors in the order above; older records have none

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
    costs: dict[str, Cost] = field(default_factory=dict)  # kind -> money; 'total' first; empty without prices


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
class Failure:
    """A replication that failed, for which its world is left out of every variant.

    `variants` are those of its model, `replication` None where the world itself could not be drawn; `second` from the
    start, `when` and `event` are empty where they are not known.
    """

    variants: tuple[str, ...]
    world: int
    replication: int | None
    seed: int
    second: int | None
    when: str
    event: str
    message: str

    def text(self) -> str:
        """The failure as a person reads it."""
        which = "" if self.replication is None else f", replication {self.replication}"
        named = f"variant{'s' if len(self.variants) > 1 else ''} {', '.join(self.variants)}"
        return f"{named}, world {self.world}{which}, seed {self.seed}: {self.message}"


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
    failures: tuple[Failure, ...] = ()  # their worlds are left out of every variant

    @property
    def left_out(self) -> str:
        """'1 of 100 worlds failed and is left out', or nothing."""
        return left_out(self.worlds, self.failures)

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


def left_out(worlds: int, failures: Sequence[Failure]) -> str:
    """How many worlds failed, beside those that are kept; nothing where none did."""
    n = len({one.world for one in failures})
    if not n:
        return ""
    return f"{n:,} of {counted(worlds + n, 'world')} failed and {'is' if n == 1 else 'are'} left out"


def chosen(name: str | None, known: dict[str, Any], what: str) -> str:
    """A name that is known, or the first without one. Raises UsageError."""
    if name is None:
        return next(iter(known))
    if name not in known:
        raise UsageError(f"there is no {what} '{name}'; {did_you_mean(name, list(known))}")
    return name
