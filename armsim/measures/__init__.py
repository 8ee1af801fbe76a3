"""What a set of runs says about readiness: curves with bands, crossings, causes, costs, paired differences.

The result of a run is one frozen `Run`. It holds everything a table or a chart needs, so figures can be
drawn again from the run record alone.
"""

from armsim.measures.counts import Case, CaseCounts, result_hash
from armsim.measures.crossings import HELD_MONTHS, is_below
from armsim.measures.records import from_record, record
from armsim.measures.results import (
    DIFFERENCE,
    HOUR_MEASURES,
    MISSION_MEASURES,
    STATE_MEASURES,
    STATISTICS,
    Cause,
    Chance,
    Cost,
    Crossing,
    Curve,
    Failure,
    FirstItem,
    FleetResult,
    HaltShown,
    ObservationShown,
    Run,
    TimeTo,
    Touched,
    VariantResult,
)
from armsim.measures.sampling import PERCENTILES, Sampling
from armsim.measures.summing_up import run_of

__all__ = [
    "DIFFERENCE",
    "HELD_MONTHS",
    "HOUR_MEASURES",
    "MISSION_MEASURES",
    "PERCENTILES",
    "STATE_MEASURES",
    "STATISTICS",
    "Case",
    "CaseCounts",
    "Cause",
    "Chance",
    "Cost",
    "Crossing",
    "Curve",
    "Failure",
    "FirstItem",
    "FleetResult",
    "HaltShown",
    "ObservationShown",
    "Run",
    "Sampling",
    "TimeTo",
    "Touched",
    "VariantResult",
    "from_record",
    "is_below",
    "record",
    "result_hash",
    "run_of",
]
