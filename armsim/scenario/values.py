"""What a file may write where a number is wanted: short (`20 days`) or long (`{low, best, high, varies, …}`).

Every kind of value is a class that knows how to read and write its own unit. In memory numbers are
canonical (days, flying hours, shares between 0 and 1); the resolved form writes them back with units.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from armsim import units

Grade = Literal["documented", "reported", "estimate", "inferred", "judgement"]
EVIDENCE = ("source", "grade", "note")


class Frozen(BaseModel):
    """A frozen record that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)

    #: Keys a person may write that are read into other fields; they are suggested for a mistyped key.
    also_written: ClassVar[tuple[str, ...]] = ()


class Described(Frozen):
    """Anything that may carry a title and evidence."""

    title: str | None = Field(None, description="what people call it, for charts and words")
    source: str | None = Field(None, description="name of an entry under `sources`, or `judgement`")
    grade: Grade | None = Field(None, description="how well supported; default: the grade of the source")
    note: str | None = Field(None, description="reasoning, for the reader")


def refused(message: str, *at: str | int) -> PydanticCustomError:
    """The error a value class raises: our sentence, passed through pydantic unchanged.

    `at` are the steps from the record to the key at fault, as they are written.
    """
    return PydanticCustomError("value", "{message}", {"message": message, "at": at})


def reading(parse: Any) -> Any:
    """A validator that reads with `parse` and turns its ValueError into a problem of the file."""

    def read(raw: Any) -> Any:
        if isinstance(raw, dict | list | tuple) and not hasattr(raw, "_fields"):
            raise refused("a single value is wanted here, not keys or a list")
        if raw is None:
            raise refused("a value is missing here")
        try:
            return parse(raw)
        except ValueError as error:
            raise refused(str(error).replace("True is", "true is").replace("False is", "false is")) from None

    return read


def one_name(raw: Any) -> Any:
    """A single word where a list of names may stand: `by: israel` for `by: [israel]`."""
    return (raw,) if isinstance(raw, str) else raw


def names_schema(items: dict[str, Any]) -> WithJsonSchema:
    """The schema of a list that may also be written as its only element."""
    return WithJsonSchema({"anyOf": [items, {"type": "array", "items": items}]})


Names = Annotated[tuple[str, ...], BeforeValidator(one_name), names_schema({"type": "string"})]


def shares_of_each(raw: Any) -> Any:
    """A list of names, or a single one, where shares by name may stand: `[seal]` for `{seal: 100%}`."""
    if isinstance(raw, str):
        return {raw: "100%"}
    if not isinstance(raw, list | tuple):
        return raw
    for k, name in enumerate(raw):
        if not isinstance(name, str):
            raise refused("a list of names is wanted here, or shares by name such as {seal: 30%}", k)
        if name in raw[:k]:
            raise refused(f"'{name}' is named twice", k)
    return dict.fromkeys(raw, "100%")


class Value(Frozen):
    """A quantity: what we hold likely, how sure we are, how it scatters, and who says so.

    `low`/`best`/`high` is what we do not know, drawn once per world; `varies` is scatter from event to
    event (R-T5). `best` is the mean, or the median when written `median:`.
    """

    low: float | None = None
    best: float | None = None
    high: float | None = None
    median: bool = False
    log: bool = False
    varies: units.Law | None = None
    drawn_as: str | None = None
    source: str | None = None
    grade: Grade | None = None
    note: str | None = None

    allows_varies: ClassVar[bool] = False
    example: ClassVar[str] = "12"
    also_written: ClassVar[tuple[str, ...]] = ("value",)

    @classmethod
    def parse(cls, raw: Any) -> Any:
        return units.parse_count(raw)

    @classmethod
    def write(cls, number: Any) -> Any:
        return tidy(number)

    @model_validator(mode="before")
    @classmethod
    def _long_form(cls, raw: Any) -> Any:
        if isinstance(raw, Value):
            return raw
        if not isinstance(raw, dict):
            if isinstance(raw, list | tuple):
                raise refused(f"a value is wanted, such as {cls.example}, or low/best/high; not a list")
            return {"best": raw}
        given = [name for name in ("value", "median", "best") if raw.get(name) is not None]
        if isinstance(raw.get("median"), bool):  # already read
            given = [name for name in given if name != "median"]
        if len(given) > 1:
            raise refused(f"write {' or '.join(repr(name) for name in given)}, not both", given[1])
        fields = dict(raw)
        if given and given[0] != "best":
            fields["best"] = fields.pop(given[0])
            fields["median"] = given[0] == "median"
        return fields

    @field_validator("low", "best", "high", mode="before")
    @classmethod
    def _read_number(cls, raw: Any) -> Any:
        return raw if raw is None else reading(cls.parse)(raw)

    @field_validator("varies", mode="before")
    @classmethod
    def _read_law(cls, raw: Any) -> Any:
        if raw is None or isinstance(raw, units.Law):
            return raw
        if not cls.allows_varies:
            raise refused("this value does not scatter from event to event: say what is not known with low/best/high")
        return reading(units.parse_law)(raw)

    @model_validator(mode="after")
    def _in_order(self) -> Value:
        ends = [number for number in (self.low, self.best, self.high) if number is not None]
        if not ends:
            raise refused(f"a value is missing: write it as {self.example}, or give low, best, high")
        if not self.ascend(ends):
            written = ", ".join(str(self.write(end)) for end in ends)
            raise refused(f"low, best and high must be in ascending order, not {written}")
        if self.low is None and self.best is None:
            raise refused("'high' alone says too little: give best too, or low", "high")
        if self.best is None and self.high is None:
            raise refused("'low' alone says too little: give best too, or high", "low")
        if self.log and isinstance(ends[0], int | float) and ends[0] <= 0:
            raise refused("a value on the log scale must be above zero", "low" if self.low is not None else "best")
        if self.median and self.varies is not None and self.varies.kind == "erlang":
            raise refused("an erlang law is given by its mean: write 'best', not 'median'", "median")
        if self.drawn_as is not None and not self.is_uncertain:
            raise refused("'drawn_as' is for values that are drawn: give low and high, or take it out", "drawn_as")
        return self

    @classmethod
    def ascend(cls, ends: list[Any]) -> bool:
        """True when the numbers given stand in order."""
        return ends == sorted(ends)

    @property
    def middle(self) -> Any:
        """The best value, or the middle of low and high where none is given."""
        if self.best is not None:
            return self.best
        if isinstance(self.low, date):
            return self.low + (self.high - self.low) / 2
        return (self.low + self.high) / 2  # type: ignore[operator]

    @property
    def ends(self) -> tuple[Any, Any, Any]:
        """(low, best or None, high) with a missing end filled by best (R-T5)."""
        low = self.best if self.low is None else self.low
        high = self.best if self.high is None else self.high
        return low, self.best, high

    @property
    def is_uncertain(self) -> bool:
        """True when worlds differ in it."""
        return self.low is not None or self.high is not None

    @model_serializer(mode="plain")
    def _short_form(self) -> Any:
        written = {
            "low": self.low, "median" if self.median else "best": self.best, "high": self.high,
        }  # fmt: skip
        fields: dict[str, Any] = {k: self.write(v) for k, v in written.items() if v is not None}
        if self.log:
            fields["log"] = True
        if self.varies is not None:
            fields["varies"] = units.format_law(self.varies)
        if self.drawn_as is not None:
            fields["drawn_as"] = self.drawn_as
        fields |= {name: getattr(self, name) for name in EVIDENCE if getattr(self, name) is not None}
        return fields["best"] if set(fields) == {"best"} else fields

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> Any:
        number = {"type": ["string", "number"], "examples": [cls.example]}
        fields: dict[str, Any] = {name: number for name in ("low", "best", "high", "value", "median")}
        fields["log"] = {"type": "boolean"}
        if cls.allows_varies:
            fields["varies"] = {"type": "string", "examples": ["lognormal 60%", "exponential"]}
        fields["drawn_as"] = {"type": "string"}
        fields |= {"source": {"type": "string"}, "note": {"type": "string"}}
        fields["grade"] = {"enum": ["documented", "reported", "estimate", "inferred", "judgement"]}
        fields |= cls.more_schema()
        long = {"type": "object", "properties": fields, "additionalProperties": False}
        return {"description": (cls.__doc__ or "").split("\n")[0], "anyOf": [number, long]}

    @classmethod
    def more_schema(cls) -> dict[str, Any]:
        """Further keys of the long form."""
        return {}


def tidy(number: Any) -> Any:
    """The number without a needless '.0'."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


class Duration(Value):
    """A length of time, such as 20 days or 18 months."""

    allows_varies: ClassVar[bool] = True
    example: ClassVar[str] = "20 days"

    @classmethod
    def parse(cls, raw: Any) -> float:
        return units.parse_duration(raw)

    @classmethod
    def write(cls, number: float) -> str:
        return units.format_duration(number)


class Span(Duration):
    """A length of time that does not scatter, such as 18 months."""

    allows_varies: ClassVar[bool] = False


class Use(Value):
    """An amount of use, such as 5 FH."""

    example: ClassVar[str] = "350 FH"

    @classmethod
    def parse(cls, raw: Any) -> float:
        return units.parse_use(raw)

    @classmethod
    def write(cls, number: float) -> str:
        return units.format_use(number)

    @model_validator(mode="after")
    def _above_zero(self) -> Use:
        if (self.low if self.low is not None else self.best) == 0:
            raise refused("an interval of 0 FH would never end: write a number above zero")
        return self


class Number(Value):
    """A number at or above zero."""


class Whole(Value):
    """A whole number at or above zero."""

    @classmethod
    def parse(cls, raw: Any) -> int:
        return units.parse_whole(raw)


class Share(Value):
    """A share, such as 60%."""

    example: ClassVar[str] = "60%"

    @classmethod
    def parse(cls, raw: Any) -> float:
        return units.parse_share(raw)


def read_part(raw: Any) -> Any:
    """People of a pool: a share of it (40%) or a head count (3)."""
    is_count = isinstance(raw, int) and not isinstance(raw, bool)
    if isinstance(raw, bool) or (is_count and raw < 0):
        shown = str(raw).lower() if isinstance(raw, bool) else raw
        raise ValueError(f"{shown} is not a number of people: write a share such as 40%, or a head count such as 3")
    return raw if is_count else units.parse_share(raw)


class Part(Value):
    """People of a pool: a share of it such as 40%, or a head count such as 3."""

    low: int | float | None = None
    best: int | float | None = None
    high: int | float | None = None
    example: ClassVar[str] = "40%"

    @classmethod
    def parse(cls, raw: Any) -> Any:
        return read_part(raw)

    @classmethod
    def write(cls, number: float) -> float:
        return number  # 1.0 is everybody, 1 is one head

    @classmethod
    def ascend(cls, ends: list[Any]) -> bool:
        # `_one_form` refuses shares among head counts, in better words.
        return len({type(end) for end in ends if end}) > 1 or ends == sorted(ends)

    @model_validator(mode="after")
    def _one_form(self) -> Part:
        if not (self.is_share or self.is_count):
            raise refused("low, best and high must be all shares (40%) or all head counts (3)")
        return self

    @property
    def is_share(self) -> bool:
        """True when it is given as a share, or nothing."""
        return all(isinstance(end, float) or end == 0 for end in self.ends if end is not None)

    @property
    def is_count(self) -> bool:
        """True when it is given as a head count, or nothing."""
        return all(isinstance(end, int) or end == 0 for end in self.ends if end is not None)


class PerYear(Value):
    """A rate, such as 4 per year."""

    example: ClassVar[str] = "4 per year"

    @classmethod
    def parse(cls, raw: Any) -> float:
        return units.parse_per_year(raw)

    @classmethod
    def write(cls, number: float) -> str:
        return units.format_per_year(number)


class DateValue(Value):
    """A date, such as 2023-10-15, or low/best/high dates."""

    low: date | None = None  # type: ignore[assignment]
    best: date | None = None  # type: ignore[assignment]
    high: date | None = None  # type: ignore[assignment]
    example: ClassVar[str] = "2023-10-15"

    @classmethod
    def parse(cls, raw: Any) -> date:
        return raw if isinstance(raw, date) else units.parse_date(raw)

    @classmethod
    def write(cls, number: date) -> str:
        return units.format_date(number)


class Until(DateValue):
    """A date, or `never`."""

    never: bool = False
    example: ClassVar[str] = "2024-12-27 or never"

    @model_validator(mode="before")
    @classmethod
    def _never(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and "never" in (raw.get("low"), raw.get("high")):
            end = "low" if raw.get("low") == "never" else "high"
            raise refused("'never' stands alone: an end that is not known needs dates", end)
        if raw == "never" or (isinstance(raw, dict) and "never" in (raw.get("best"), raw.get("value"))):
            if isinstance(raw, dict) and not {"low", "high"}.isdisjoint(raw):
                raise refused("'never' stands alone: take out low and high", "low" if "low" in raw else "high")
            kept = {k: v for k, v in raw.items() if k in EVIDENCE} if isinstance(raw, dict) else {}
            return {"best": date.max, "never": True} | kept
        return raw

    @model_serializer(mode="plain")
    def _short(self) -> Any:
        evidence = {name: getattr(self, name) for name in EVIDENCE if getattr(self, name) is not None}
        if self.never:
            return {"best": "never"} | evidence if evidence else "never"
        return Value._short_form(self)


class Programme(Value):
    """A demand for use, such as `487 FH/year fleet` or `18 FH/month per aircraft`."""

    low: units.Programme | None = None  # type: ignore[assignment]
    best: units.Programme | None = None  # type: ignore[assignment]
    high: units.Programme | None = None  # type: ignore[assignment]
    example: ClassVar[str] = "487 FH/year fleet"

    @classmethod
    def parse(cls, raw: Any) -> units.Programme:
        return raw if isinstance(raw, units.Programme) else units.parse_programme(raw)

    @classmethod
    def ascend(cls, ends: list[Any]) -> bool:
        # `_one_basis` refuses different bases, in better words.
        return len({end.basis for end in ends}) > 1 or ends == sorted(ends)

    @classmethod
    def write(cls, number: units.Programme) -> str:
        return units.format_programme(number)

    @model_validator(mode="after")
    def _one_basis(self) -> Programme:
        bases = {p.basis for p in (self.low, self.best, self.high) if p is not None}
        if len(bases) > 1:
            raise refused("low, best and high must all be 'fleet' or all 'per aircraft'")
        return self

    @property
    def basis(self) -> str:
        """'fleet' or 'each'."""
        return next(p.basis for p in (self.best, self.low) if p is not None)

    @property
    def per_year(self) -> tuple[float, float | None, float]:
        """(low, best or None, high) in flying hours a year, missing ends filled."""
        low, best, high = self.ends
        return low.fh_per_year, None if best is None else best.fh_per_year, high.fh_per_year

    @property
    def middle_per_year(self) -> float:
        """Flying hours a year at the best value."""
        low, best, high = self.per_year
        return best if best is not None else (low + high) / 2


class Life(Value):
    """A limit in use, in time, or whichever comes first: `2000 FH or 8 years`."""

    low: units.Life | None = None  # type: ignore[assignment]
    best: units.Life | None = None  # type: ignore[assignment]
    high: units.Life | None = None  # type: ignore[assignment]
    example: ClassVar[str] = "2000 FH or 8 years"

    @classmethod
    def parse(cls, raw: Any) -> units.Life:
        return raw if isinstance(raw, units.Life) else units.parse_life(raw)

    @classmethod
    def write(cls, number: units.Life) -> str:
        return units.format_life(number)

    @model_validator(mode="after")
    def _same_parts(self) -> Life:
        lives = [life for life in (self.low, self.best, self.high) if life is not None]
        if len({named_limits(life) for life in lives}) > 1:
            raise refused("low, best and high must name the same limits: FH, time, or both")
        if any(0 in life for life in lives):
            raise refused("a limit of zero would never end: write a number above zero")
        return self

    @classmethod
    def ascend(cls, ends: list[Any]) -> bool:
        if len({named_limits(end) for end in ends}) > 1:
            return True  # `_same_parts` refuses these, in better words
        parts = [list(part) for part in zip(*ends)]
        return all(part == sorted(part) for part in parts if None not in part)

    @property
    def fh(self) -> tuple[float, float | None, float] | None:
        """(low, best or None, high) in flying hours, or None without a limit in use."""
        low, best, high = self.ends
        return None if low.fh is None else (low.fh, None if best is None else best.fh, high.fh)

    @property
    def days(self) -> tuple[float, float | None, float] | None:
        """(low, best or None, high) in days, or None without a calendar limit."""
        low, best, high = self.ends
        return None if low.days is None else (low.days, None if best is None else best.days, high.days)

    @property
    def sorties(self) -> tuple[float, float | None, float] | None:
        """(low, best or None, high) in sorties, or None without a limit in sorties."""
        low, best, high = self.ends
        return None if low.sorties is None else (low.sorties, None if best is None else best.sorties, high.sorties)


def with_changes(short: Any, changes: tuple[Frozen, ...]) -> Any:
    """A value as a file writes it, with its dated changes."""
    if not changes:
        return short
    long = short if isinstance(short, dict) else {"best": short}
    return long | {"changes": [change.model_dump(by_alias=True, exclude_none=True) for change in changes]}


class SlotsChange(Frozen):
    """From a date on, another number at once; 0 for none."""

    from_: DateValue = Field(alias="from")
    to: Whole


class Slots(Whole):
    """How many at once, with dated changes: `{best: 3, changes: [{from: 2026-01-01, to: 2}]}`."""

    changes: tuple[SlotsChange, ...] = ()
    example: ClassVar[str] = "3"

    @model_validator(mode="after")
    def _at_least_one(self) -> Slots:
        if self.ends[0] < 1:
            raise refused("with 0 at once nothing is ever done: write 1 or more; 0 may stand in a dated change")
        return self

    @model_serializer(mode="plain")
    def _with_changes(self) -> Any:
        return with_changes(Whole._short_form(self), self.changes)

    @classmethod
    def more_schema(cls) -> dict[str, Any]:
        return {"changes": {"type": "array"}}


def named_limits(life: units.Life) -> tuple[bool, ...]:
    """Which of flying hours, time and sorties a life names."""
    return tuple(part is not None for part in life)


def scalar(parse: Any, write: Any, kind: Any, example: str) -> Any:
    """A plain scalar of the file read by `parse` and written by `write`."""
    schema = {"type": ["string", "number"], "examples": [example]}
    return Annotated[
        kind,
        BeforeValidator(reading(lambda raw: raw if isinstance(raw, kind) else parse(raw))),
        PlainSerializer(write),
        WithJsonSchema(schema),
    ]


Date = scalar(units.parse_date, units.format_date, date, "2023-10-15")
Threshold = scalar(units.parse_threshold, units.format_threshold, units.Threshold, "50% of authorised")
Trigger = scalar(units.parse_trigger, units.format_trigger, units.Trigger, "mc < 40% of authorised")
Months = Annotated[
    int,
    BeforeValidator(reading(lambda raw: raw if isinstance(raw, int) else units.parse_every_months(raw))),
    PlainSerializer(lambda months: f"{months} months" if months != 1 else "1 month"),
    WithJsonSchema({"type": "string", "examples": ["1 month"]}),
]
