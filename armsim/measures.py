"""What a set of runs says about readiness: curves with bands, first crossings, causes, paired differences.

The result of a run is one frozen `Run`. It holds everything a table or a chart needs, so figures can be
drawn again from the run record alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

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

    `mechanism` is one of parts, work, overhaul, limit, loss; item, supplier and jurisdiction are '' where
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
