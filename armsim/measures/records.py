"""A run as bare data for a file, and back."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from armsim.measures.results import (
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


def record(run: Run) -> dict[str, Any]:
    """The run as bare data for JSON: dates as text, what n cannot support as null."""
    whole: dict[str, Any] = bare(run)
    return whole


def bare(value: Any) -> Any:
    """Dates as ISO text, nan as None, tuples as lists; numbers stay as they are, so that a record is the run."""
    if isinstance(value, list | tuple):  # most of a run is tuples of numbers
        return [one if type(one) is float and one == one else bare(one) for one in value]
    if is_dataclass(value):
        return {one.name: bare(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if isinstance(value, dict):
        return {key: bare(one) for key, one in value.items()}
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
            "failures": tuple(  # older records have none
                Failure(**one | {"variants": tuple(one["variants"])}) for one in data.get("failures", ())
            ),
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
    items = curves_from(data["items"])
    fleets = {name: fleet_from(one) for name, one in data["fleets"].items()}
    pools = curves_from(data["pools"])
    touched = tuple(
        Touched(**one | {"errors": tuple(number(x) for x in one.get("errors", ()))}) for one in data["touched"]
    )
    costs = {kind: cost_from(one) for kind, one in data.get("costs", {}).items()}  # older records have none
    made = {"halts": halts, "items": items, "pools": pools, "fleets": fleets, "touched": touched, "costs": costs}
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
            "time_to_survive": time_from(data.get("time_to_survive")),  # older records have none of these
            "time_to_recover": time_from(data.get("time_to_recover")),
            "missions": curves_from(data.get("missions", {})),
        }
    )


def time_from(data: dict[str, Any] | None) -> TimeTo | None:
    """A time to survive or recover of a record."""
    return None if data is None else TimeTo(**data | {"share_never": number(data["share_never"])})


def cost_from(data: dict[str, Any]) -> Cost:
    """What one kind of cost came to in a record; without a twin there is no difference, as against an unknown error."""
    apart = data["difference"]
    return Cost(
        mean=number(data["mean"]),
        se=number(data["se"]),
        difference=apart,
        difference_se=None if apart is None else number(data["difference_se"]),
        curves={name: curve_from(one) for name, one in data["curves"].items()},
    )


def curves_from(data: dict[str, Any]) -> dict[str, dict[str, Curve]]:
    """Curves by name and measure of a record."""
    return {name: {measure: curve_from(one) for measure, one in curves.items()} for name, curves in data.items()}


def curve_from(data: dict[str, Any]) -> Curve:
    """One curve of a record."""
    return Curve(**{name: tuple(number(x) for x in data[name]) for name in STATISTICS})


def number(value: float | None) -> float:
    """A number of a record; null is nan."""
    return math.nan if value is None else float(value)
