"""What was seen in the world and what others forecast: what a back-test holds the model against."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from armsim import units
from armsim.scenario.values import Date, Described, Frozen, Names, refused

#: Measures an observation may have beside those of a trigger: plain words for what reports count.
PLAIN = {
    "available": "mission capable: the same as mc",
    "grounded": "on hand but not mission capable",
    "flying_hours": "hours flown: the same as hours_flown",
}
HOURS = ("flying_hours", "hours_flown", "hours_demanded")
#: Denominators that the run itself gives.
BASES = ("authorised", "on_hand", "possessed")
HOUR_UNITS = ("FH", "FH/month", "FH/month per aircraft")
Unit = Literal["systems", "share", "FH", "FH/month", "FH/month per aircraft"]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
ENDS = ("low", "best", "high")


def denominator(raw: Any) -> Any:
    """What a share is of: a number, or a word for a number of the run's own."""
    if raw is None or (isinstance(raw, str) and raw in BASES):
        return raw
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        shown = str(raw).lower() if isinstance(raw, bool) else raw
        raise refused(f"'{shown}' is not something to count from: write a number, or {', '.join(BASES)}")
    if raw <= 0:
        raise refused("'of' is the number the observation counts from: it must be above 0")
    return float(raw)


Of = Annotated[
    float | Literal["authorised", "on_hand", "possessed"] | None,
    BeforeValidator(denominator),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"enum": list(BASES)}]}),
]


def read_ends(raw: dict[str, Any]) -> dict[str, Any]:
    """Ends written as percentages as shares, with the unit they imply."""
    fields = dict(raw)
    written = [name for name in ENDS if isinstance(fields.get(name), str)]
    for name in written:
        if fields.get("unit", "share") != "share":
            raise refused("a percentage is a share: write 'unit: share', or a number of systems", name)
        try:
            fields[name] = units.parse_share(fields[name])
        except ValueError as error:
            raise refused(str(error), name) from None
    if written:
        fields["unit"] = "share"
    elif "unit" not in fields and fields.get("measure") in HOURS:
        fields["unit"] = "FH"
    return fields


def check_ends(low: float | None, best: float | None, high: float | None, unit: str) -> None:
    """Refuse ends that are missing, negative, no shares, or out of order."""
    given = {name: end for name, end in zip(ENDS, (low, best, high)) if end is not None}
    if not given:
        raise refused("an observation needs a number: low, best or high")
    for name, number in given.items():
        if number < 0:
            raise refused(f"{number:g} is not an observation: it cannot be negative", name)
        if unit == "share" and number > 1:
            raise refused(f"{number:g} is not a share: write {number:g}%, or 'unit: systems'", name)
    if list(given.values()) != sorted(given.values()):
        raise refused("low, best and high must be in ascending order", next(iter(given)))


def check_unit(measure: str, unit: str) -> None:
    """Refuse hours in systems and systems in hours."""
    if measure in HOURS and unit not in HOUR_UNITS:
        raise refused(f"{measure} is in hours: write 'unit: FH', 'FH/month' or 'FH/month per aircraft'", "unit")
    if measure not in HOURS and unit in HOUR_UNITS:
        raise refused(f"{measure} counts systems: write 'unit: systems' or 'unit: share'", "unit")


class Observation(Described):
    """What was seen in the world, for charts and back-tests."""

    id: Id | None = None
    on: str
    precision: Literal["day", "month", "quarter", "year"] | None = None
    fleet: Names = Field(min_length=1)
    measure: str
    unit: Unit = "systems"
    of: Of = None
    low: float | None = None
    best: float | None = None
    high: float | None = None
    scored: bool | None = None

    @model_validator(mode="before")
    @classmethod
    def _year(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return raw
        fields = dict(raw)
        if isinstance(fields.get("on"), int) and not isinstance(fields["on"], bool):
            fields["on"] = str(fields["on"])
        return read_ends(fields)

    @model_validator(mode="after")
    def _dated(self) -> Observation:
        try:
            first, last = units.parse_when(self.on, self.precision)
        except ValueError as error:
            raise refused(str(error), "on") from None
        check_ends(self.low, self.best, self.high, self.unit)
        check_unit(self.measure, self.unit)
        if self.unit in HOUR_UNITS and first == last:
            raise refused("hours are flown over a period: write a month or a year, or give 'precision'", "on")
        return self

    @property
    def span(self) -> tuple[date, date]:
        """Its first and last day."""
        return units.parse_when(self.on, self.precision)

    @property
    def numbers(self) -> tuple[float, ...]:
        """The numbers it gives, from the lowest."""
        return tuple(end for end in (self.low, self.best, self.high) if end is not None)

    def is_scored(self, fit_until: date | None) -> bool:
        """True for a row a back-test scores: not switched off, and not over by the day inputs may be fitted until."""
        return self.scored is not False and (fit_until is None or self.span[1] > fit_until)


class Point(Frozen):
    """A forecast for one time: a number, or low/best/high."""

    low: float | None = None
    best: float | None = None
    high: float | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, raw: Any) -> Any:
        if isinstance(raw, Point):
            return raw
        fields = read_ends(raw if isinstance(raw, dict) else {"best": raw})
        return {key: value for key, value in fields.items() if key != "unit" or "unit" in raw}


class Forecast(Described):
    """What somebody forecast, and when: a rival for the model in a back-test."""

    fleet: Names = Field(min_length=1)
    measure: str
    unit: Unit = "systems"
    of: Of = None
    made: Date
    points: dict[str, Point] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _unit(cls, raw: Any) -> Any:
        """The unit that percentages or a measure in hours imply."""
        if not isinstance(raw, dict) or not isinstance(raw.get("points"), dict):
            return raw
        for when, one in raw["points"].items():
            point = one if isinstance(one, dict) else {"best": one}
            if any(isinstance(point.get(name), str) for name in ENDS):
                if raw.get("unit", "share") != "share":
                    raise refused("a percentage is a share: write 'unit: share', or a number of systems",
                                  "points", when)  # fmt: skip
                return raw | {"unit": "share"}
        if "unit" in raw:
            return raw
        return raw | {"unit": "FH"} if raw.get("measure") in HOURS else raw

    @model_validator(mode="after")
    def _makes_sense(self) -> Forecast:
        check_unit(self.measure, self.unit)
        for when, point in self.points.items():
            try:
                _, last = units.parse_when(when)
                check_ends(point.low, point.best, point.high, self.unit)
            except PydanticCustomError as error:
                raise refused(error.message(), "points", when) from None
            except ValueError as error:
                raise refused(str(error), "points", when) from None
            if last < self.made:
                raise refused(f"it was made on {self.made}, after this: no forecast", "points", when)
        return self


def latest_day(text: str | None) -> date | None:
    """The last day a source's date allows: '2024-03' is 31 March 2024, 'about 2014' the end of 2014; None if none."""
    found = []
    for written in re.findall(r"(?<!\d)\d{4}(?:-\d{2}(?:-\d{2})?)?(?!\d)", text or ""):
        try:
            found.append(units.parse_when(written)[1])
        except ValueError:
            continue
    return max(found, default=None)
