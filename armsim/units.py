"""What analysts write ('18 months', '487 FH/year fleet', '60%', '2023-10-15') to canonical numbers and back.

The only module that knows units and calendars. Time is in days, use in flying hours (FH), rates per year,
shares from 0 to 1. A year is 365.25 days and a month 365.25/12; report periods are calendar periods.
Every `parse_*` takes what YAML gives and raises ValueError with a sentence for the user; every `format_*`
gives the canonical text, and parsing that text gives back exactly the same value.
"""

from __future__ import annotations

import calendar
import datetime
import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, NamedTuple, NoReturn, get_args

from armsim.errors import did_you_mean

SECONDS_PER_DAY = 86400
DAYS_PER_YEAR = 365.25
DAYS_PER_MONTH = 365.25 / 12
LARGEST_USE_UNITS = 4_000_000_000_000_000_000

Raw = str | int | float
Whole = Literal["authorised", "on_hand", "possessed"]
LawKind = Literal["fixed", "exponential", "lognormal", "uniform", "erlang", "weibull"]
TRIGGER_MEASURES = (
    "on_hand", "permitted", "mc", "fmc", "pmc", "nmcs", "nmcm", "nmcb", "overhaul", "limit", "lost",
)  # fmt: skip
PRECISIONS = ("day", "month", "quarter", "year")


class Life(NamedTuple):
    """How long something lasts: in flying hours, in calendar days, or whichever ends first; or in sorties."""

    fh: float | None
    days: float | None
    sorties: float | None = None


class Programme(NamedTuple):
    """Flying hours a year, of the fleet together or of each system."""

    fh_per_year: float
    basis: Literal["fleet", "each"]


class Law(NamedTuple):
    """How a delay scatters from event to event.

    `shape` is the coefficient of variation (lognormal, uniform), the log standard deviation (lognormal with
    `sd`), k (erlang), the Weibull shape, and 0 for fixed and exponential, which need none.
    """

    kind: LawKind
    shape: float
    sd: bool = False


class Threshold(NamedTuple):
    """A number of systems (`count`), or a `share` (0 to 1) `of` the authorised, on-hand or possessed ones."""

    share: float | None
    count: float | None  # type: ignore[assignment]  # hides tuple.count, which nobody needs here
    of: Whole | None


class Trigger(NamedTuple):
    """A measure below (or else above) a threshold."""

    measure: str
    below: bool
    threshold: Threshold


class _Kind(NamedTuple):
    """What was expected and how to write it: the two halves of every error message."""

    what: str
    how: str


_DURATION = _Kind("a duration", "a number and a unit such as '18 months' or '20 days'")
_USE = _Kind("an amount of use", "flying hours such as '425 FH'")
_LIFE = _Kind("a life", "flying hours, a duration or both, such as '2000 FH or 8 years'")
_MEAN_LIFE = _Kind("a mean life", "flying hours, a duration or sorties, such as '350 FH', '200 days' or '200 sorties'")
_PROGRAMME = _Kind("a flying programme", "'487 FH/year fleet' or '18 FH/month per aircraft'")
_SHARE = _Kind("a share", "a percentage such as '60%' or a number from 0 to 1 such as 0.6")
_LAWS_WRITTEN = "'fixed', 'exponential', 'lognormal 60%', 'lognormal sd 1.0', 'uniform 30%', 'erlang 3'"
_LAW = _Kind("a law of scatter", f"{_LAWS_WRITTEN} or 'weibull 2.5'")
_COUNT = _Kind("a count", "a number such as 22")
_WHOLE = _Kind("a whole number", "digits such as 3")
_THRESHOLD = _Kind("a threshold", "'50% of authorised' or a number such as '11 aircraft'")
_TRIGGER = _Kind("a trigger", "a measure, < or >, and a threshold, such as 'mc < 40% of authorised'")
_PER_YEAR = _Kind("a rate", "a number per year, month, week or day, such as '4 per year'")
_DATE = _Kind("a date", "year-month-day, such as '2023-10-15'")
_WHEN = _Kind("a date", "a year, a month or a day, such as '2024', '2024-05' or '2024-05-01'")
_EVERY = _Kind("a report period", "whole calendar months, such as '1 month' or '1 year'")

# (multiplier, divisor): dividing last keeps '12 hours' at exactly half a day.
_Units = Mapping[str, tuple[float, float]]
_TIME = {
    **dict.fromkeys(("second", "seconds", "s"), (1.0, float(SECONDS_PER_DAY))),
    **dict.fromkeys(("minute", "minutes", "min"), (1.0, 1440.0)),
    **dict.fromkeys(("hour", "hours", "h"), (1.0, 24.0)),
    **dict.fromkeys(("day", "days", "d"), (1.0, 1.0)),
    **dict.fromkeys(("week", "weeks"), (7.0, 1.0)),
    **dict.fromkeys(("month", "months"), (DAYS_PER_MONTH, 1.0)),
    **dict.fromkeys(("year", "years", "y", "yr"), (DAYS_PER_YEAR, 1.0)),
}
_FH_WORDS = ("fh", "flying hour", "flying hours", "flight hour", "flight hours")
_FLYING = dict.fromkeys(_FH_WORDS, (1.0, 1.0))
_TIME_OR_USE = {**_TIME, **_FLYING}
_SORTIES = dict.fromkeys(("sortie", "sorties"), (1.0, 1.0))
_PERIODS = {"year": (1.0, 1.0), "month": (12.0, 1.0), "week": (365.25, 7.0), "day": (365.25, 1.0)}
_CALENDAR = {"month": (1.0, 1.0), "months": (1.0, 1.0), "year": (12.0, 1.0), "years": (12.0, 1.0)}
_WHOLES: dict[str, Whole] = {"authorised": "authorised", "on hand": "on_hand", "possessed": "possessed"}
_LAWS: tuple[LawKind, ...] = get_args(LawKind)

_NUMBER = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]{1,3})?)\s*(.*)", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?[0-9]+(?:[,_ ][0-9]+)+")
_RATE = re.compile(r"(.*?)\s*(?:/|\bper )\s*(\w+)\s*(.*)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d][\w-]*")
_DASHED_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")


# ---- from text to numbers: what all parsers share


def _refuse(raw: object, kind: _Kind, why: str = "") -> NoReturn:
    shown = repr(raw)
    if len(shown) > 60:
        shown = shown[:56] + "…'"
    because = f" ({why[:120]})" if why else ""
    raise ValueError(f"{shown} is not {kind.what}: write {kind.how}{because}")


def _text(raw: object, kind: _Kind) -> str:
    """What was written, with single spaces."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        _refuse(raw, kind)
    return " ".join(str(raw).split())


def _split(text: str, raw: object, kind: _Kind) -> tuple[str, str]:
    """The number a text starts with, and what follows it."""
    grouped = _GROUPED.match(text)
    if grouped:
        first, *others = re.split("[,_ ]", grouped[0])
        decimal = len(others) == 1 and len(others[0]) != 3 and "," in grouped[0]
        meant = f"{first}.{others[0]}" if decimal else "".join((first, *others))
        _refuse(raw, kind, f"no commas, underscores or spaces inside a number: write {meant}")
    match = _NUMBER.fullmatch(text)
    if not match:
        _refuse(raw, kind)
    return match[1], match[2]


def _value(number: str, raw: object, kind: _Kind) -> float:
    value = float(number) + 0.0  # + 0.0 turns -0.0 into 0.0
    if value < 0:
        _refuse(raw, kind, "it cannot be negative")
    return _finite(value, raw, kind)


def _finite(value: float, raw: object, kind: _Kind) -> float:
    if not math.isfinite(value):
        _refuse(raw, kind, "the number is too large")
    return value


def _percentage(number: str, raw: object, kind: _Kind) -> float:
    """A percentage as a fraction; decimal, because 12.3/100 in binary is not always 0.123."""
    _value(number, raw, kind)
    return float(Decimal(number).scaleb(-2)) + 0.0


def _quantity(units: _Units, raw: object, kind: _Kind) -> float:
    """A number and a unit; a bare 0 needs none."""
    number, unit = _split(_text(raw, kind), raw, kind)
    value = _value(number, raw, kind)
    return 0.0 if value == 0 and not unit else _converted(value, unit, units, raw, kind)


def _converted(value: float, unit: str, units: _Units, raw: object, kind: _Kind) -> float:
    known = units.get(unit.lower())
    if known is None:
        _refuse(raw, kind, _unit_hint(unit.lower(), units))
    return _finite(value * known[0] / known[1], raw, kind)


def _unit_hint(unit: str, units: _Units) -> str:
    if not unit:
        return "the unit is missing"
    if any(character.isdigit() for character in unit):
        return "one number and one unit only"
    if unit == "m" and units is not _FLYING:
        return "'m' could be minutes or months"
    if unit in _TIME and units is _FLYING:
        return "flying hours are written FH"
    if unit in _FLYING and units is _TIME:
        return "FH counts use, not time"
    if unit in _SORTIES:
        return "sorties count only in 'fails_every', and stand alone there"
    if unit in _TIME and units is _CALENDAR:
        return "the calendar is cut at whole months"
    plurals = [name for name in units if name.endswith("s") and len(name) > 1] or list(units)
    return did_you_mean(unit, plurals + (["FH"] if "fh" in units else []))


def _plain(value: float) -> str:
    """The shortest text that reads back as the same number, without a trailing '.0'."""
    return repr(float(value)).removesuffix(".0")


def _percent_text(fraction: float) -> str:
    percent = Decimal(repr(float(fraction))).scaleb(2).normalize()
    return (f"{percent:f}" if percent == 0 or -9 < percent.adjusted() < 16 else str(percent)) + "%"


# ---- time and use


def seconds(days: float) -> int:
    """Whole seconds nearest to `days`, halves up. ValueError when negative or not finite."""
    exact = days * SECONDS_PER_DAY
    if not (math.isfinite(exact) and days >= 0):
        raise ValueError(f"{days!r} days is not a delay: it must be finite and not negative")
    return math.floor(exact + 0.5)


def use_units(fh: float) -> int:
    """Nano-flown-seconds in `fh` flying hours, rounded up, from 1 to LARGEST_USE_UNITS."""
    if not (math.isfinite(fh) and fh >= 0):
        raise ValueError(f"{fh!r} FH is not an amount of use: it must be finite and not negative")
    return max(1, math.ceil(min(fh * 3.6e12, float(LARGEST_USE_UNITS))))


def parse_duration(raw: Raw) -> float:
    """Days in '18 months', '20 days', '12 h', ...; only 0 may stand without a unit."""
    return _quantity(_TIME, raw, _DURATION)


def format_duration(days: float) -> str:
    """'20 days'."""
    return f"{_plain(days)} day" + ("" if days == 1 else "s")


def words_duration(days: float) -> str:
    """A duration for people: '2 years', '18 months', '3 days', '2.7 years'.

    The largest unit that makes a whole number; else one decimal of the largest unit there is one of.
    """
    in_units = [("year", days / DAYS_PER_YEAR), ("month", days / DAYS_PER_MONTH), ("day", float(days))]
    if days == 0:
        return "0 days"
    for unit, number in in_units:
        if round(number) >= 1 and math.isclose(number, round(number), rel_tol=1e-9):
            return f"{round(number)} {unit}" + ("" if round(number) == 1 else "s")
    if days < 0.05:
        return "under 0.1 days"
    unit, number = next((pair for pair in in_units if pair[1] >= 1), in_units[-1])
    return f"{number:.1f} {unit}s"


def parse_use(raw: Raw) -> float:
    """Flying hours in '425 FH'; only 0 may stand without a unit."""
    return _quantity(_FLYING, raw, _USE)


def format_use(fh: float) -> str:
    """'425 FH'."""
    return f"{_plain(fh)} FH"


def parse_life(raw: Raw) -> Life:
    """'2000 FH or 8 years', either part alone, in either order."""
    fh = days = None
    for part in re.split(r" or ", _text(raw, _LIFE), flags=re.IGNORECASE):
        number, unit = _split(part, raw, _LIFE)
        value = _value(number, raw, _LIFE)
        is_use = unit.lower() in _FLYING
        if (fh if is_use else days) is not None:
            _refuse(raw, _LIFE, "at most one part in flying hours and one in time")
        if is_use:
            fh = value
        else:
            days = _converted(value, unit, _TIME_OR_USE, raw, _LIFE)
    return Life(fh, days)


def parse_mean_life(raw: Raw) -> Life:
    """As `parse_life`, and '200 sorties'."""
    if " or " in str(raw).lower():
        return parse_life(raw)
    number, unit = _split(_text(raw, _MEAN_LIFE), raw, _MEAN_LIFE)
    value = _value(number, raw, _MEAN_LIFE)
    if unit.lower() in _SORTIES:
        return Life(None, None, value)
    if unit.lower() in _FLYING:
        return Life(value, None)
    return Life(None, _converted(value, unit, _TIME_OR_USE, raw, _MEAN_LIFE))


def format_life(life: Life) -> str:
    """'2000 FH or 2922 days', or the part there is; '200 sorties'."""
    parts = [format_use(life.fh)] if life.fh is not None else []
    parts += [format_duration(life.days)] if life.days is not None else []
    parts += [f"{_plain(life.sorties)} sortie" + ("" if life.sorties == 1 else "s")] if life.sorties is not None else []
    if not parts:
        raise ValueError("a life needs flying hours, days or both, or sorties")
    return " or ".join(parts)


# ---- rates, shares, counts


def parse_programme(raw: Raw) -> Programme:
    """'487 FH/year fleet' (together) or '18 FH/month per aircraft' (each; any one word after 'per')."""
    text = _text(raw, _PROGRAMME)
    number, rest = _split(text, raw, _PROGRAMME)
    match = _RATE.fullmatch(rest)
    if not match:
        _refuse(raw, _PROGRAMME)
    use, period, basis = match.groups()
    fh = _converted(_value(number, raw, _PROGRAMME), use, _FLYING, raw, _PROGRAMME)
    fh_per_year = _converted(fh, period, _PERIODS, raw, _PROGRAMME)
    if not basis:
        _refuse(raw, _PROGRAMME, f"whose hours? '{text} fleet' together, or '{text} per aircraft' each")
    if basis.lower() == "fleet":
        return Programme(fh_per_year, "fleet")
    per, _, word = basis.partition(" ")
    if per.lower() != "per" or not _WORD.fullmatch(word) or word.lower() in (*_PERIODS, "fleet"):
        _refuse(raw, _PROGRAMME, "end with 'fleet' or with 'per' and one word, such as 'per aircraft'")
    return Programme(fh_per_year, "each")


def format_programme(programme: Programme) -> str:
    """'487 FH/year fleet' or '216 FH/year per system'."""
    basis = "fleet" if programme.basis == "fleet" else "per system"
    return f"{_plain(programme.fh_per_year)} FH/year {basis}"


def parse_per_year(raw: Raw) -> float:
    """How many a year in '4 per year', '1 per month', '2/week'."""
    number, rest = _split(_text(raw, _PER_YEAR), raw, _PER_YEAR)
    match = _RATE.fullmatch(rest)
    if not match or match[1] or match[3]:
        _refuse(raw, _PER_YEAR)
    return _converted(_value(number, raw, _PER_YEAR), match[2], _PERIODS, raw, _PER_YEAR)


def format_per_year(per_year: float) -> str:
    """'4 per year'."""
    return f"{_plain(per_year)} per year"


def parse_share(raw: Raw) -> float:
    """A share from 0 to 1, from '60%' or 0.6."""
    number, sign = _split(_text(raw, _SHARE), raw, _SHARE)
    if sign not in ("", "%"):
        _refuse(raw, _SHARE, f"write {number}%" if sign.lower() in ("percent", "per cent", "pct") else "")
    share = _percentage(number, raw, _SHARE) if sign else _value(number, raw, _SHARE)
    if share > 1:
        _refuse(raw, _SHARE, "at most 100%" if sign or share > 100 else f"write {number}%")
    return share


def format_share(share: float) -> float:
    """The plain number: a share is the same in YAML, 0.6."""
    return float(share)


def parse_count(raw: Raw) -> float:
    """A number that is not negative; may be fractional."""
    number, rest = _split(_text(raw, _COUNT), raw, _COUNT)
    if rest:
        _refuse(raw, _COUNT, "the number alone, with nothing after it")
    return _value(number, raw, _COUNT)


def format_count(count: float) -> int | float:
    """The plain number for YAML: 22, or 22.5."""
    return int(count) if float(count).is_integer() and abs(count) < 1e16 else count


def parse_whole(raw: Raw) -> int:
    """A whole number that is not negative."""
    number, rest = _split(_text(raw, _WHOLE), raw, _WHOLE)
    value = _value(number, raw, _WHOLE)
    if rest or not value.is_integer():
        _refuse(raw, _WHOLE, "the number alone, with nothing after it" if rest else "no fraction")
    return int(number) if number.isdigit() else int(value)


def format_whole(number: int) -> int:
    """The number itself."""
    return number


def parse_law(raw: Raw) -> Law:
    """'fixed', 'exponential', 'lognormal 60%', 'lognormal sd 1.0', 'uniform 30%', 'erlang 3', …."""
    text = _text(raw, _LAW)
    name, _, rest = text.lower().partition(" ")
    kind = next((law for law in _LAWS if law == name), None)
    if kind is None:
        bare = _NUMBER.match(text)
        _refuse(raw, _LAW, "name the law, as in 'lognormal 60%'" if bare else did_you_mean(name, list(_LAWS)))
    if kind in ("fixed", "exponential"):
        if rest:
            _refuse(raw, _LAW, f"'{kind}' stands alone: it has no shape to choose")
        return Law(kind, 0.0, False)
    is_sd = kind == "lognormal" and rest.startswith("sd ")
    shape = _shape(kind, rest.removeprefix("sd ") if is_sd else rest, is_sd, raw)
    return Law(kind, shape, is_sd)


def _shape(kind: str, text: str, is_sd: bool, raw: object) -> float:
    """The shape after the law's name: a percentage for a coefficient of variation, else a plain number."""
    number, sign = _split(text, raw, _LAW)
    wanted = "%" if kind in ("lognormal", "uniform") and not is_sd else ""
    if sign != wanted:
        _refuse(raw, _LAW, f"'{kind}' takes a " + ("percentage" if wanted else "plain number here"))
    shape = _percentage(number, raw, _LAW) if wanted else _value(number, raw, _LAW)
    if shape == 0:
        _refuse(raw, _LAW, "it must be above 0; no scatter at all is written 'fixed'")
    if kind == "uniform" and shape > 1 / math.sqrt(3):
        _refuse(raw, _LAW, "'uniform' takes at most 57.7%: more would make some delays negative")
    if kind == "erlang" and shape not in (1, 2, 3, 4):
        _refuse(raw, _LAW, "'erlang' takes 1, 2, 3 or 4")
    return shape


def format_law(law: Law) -> str:
    """'lognormal 60%' and so on, as parse_law reads it."""
    if law.kind in ("fixed", "exponential"):
        return law.kind
    if law.sd:
        return f"{law.kind} sd {_plain(law.shape)}"
    return f"{law.kind} " + (_percent_text if law.kind in ("lognormal", "uniform") else _plain)(law.shape)


# ---- thresholds


def parse_threshold(raw: Raw) -> Threshold:
    """'50% of authorised', '50%' (of authorised), 11, '11 aircraft' (any one word)."""
    return _threshold(_text(raw, _THRESHOLD), raw, _THRESHOLD)


def _threshold(text: str, raw: object, kind: _Kind) -> Threshold:
    number, rest = _split(text, raw, kind)
    if not rest.startswith("%"):
        return Threshold(None, _threshold_count(number, rest, raw, kind), None)
    share = _percentage(number, raw, kind)
    if share > 1:
        _refuse(raw, kind, "a share is at most 100%")
    whole = rest.removeprefix("%").strip().lower().replace("_", " ")
    of = _WHOLES.get(whole.removeprefix("of ").strip()) if whole.startswith("of ") else None
    if whole and of is None:
        _refuse(raw, kind, "a share is 'of authorised', 'of on hand' or 'of possessed'")
    return Threshold(share, None, of or "authorised")


def _threshold_count(number: str, word: str, raw: object, kind: _Kind) -> float:
    count = _value(number, raw, kind)
    if word and (not _WORD.fullmatch(word) or word.lower() in {*_TIME_OR_USE, "percent", "pct"}):
        _refuse(raw, kind)
    if 0 < count < 1:
        _refuse(raw, kind, f"a share is written with its sign: {_percent_text(count)}")
    return count


def format_threshold(threshold: Threshold) -> str:
    """'50% of authorised', or '11' for a count."""
    if threshold.share is not None and threshold.of is not None:
        return f"{_percent_text(threshold.share)} of {threshold.of.replace('_', ' ')}"
    if threshold.count is None:
        raise ValueError("a threshold needs a count, or a share of something")
    return _plain(threshold.count)


def parse_trigger(raw: Raw) -> Trigger:
    """'mc < 40% of authorised', 'mc > 55% of on hand', 'fmc < 5'."""
    match = re.fullmatch(r"([^<>=]+)([<>=]+)(.+)", _text(raw, _TRIGGER))
    if not match:
        _refuse(raw, _TRIGGER)
    measure, sign, rest = (part.strip() for part in match.groups())
    measure = measure.lower().replace(" ", "_")
    if measure not in TRIGGER_MEASURES:
        _refuse(raw, _TRIGGER, did_you_mean(measure, list(TRIGGER_MEASURES)))
    if sign not in ("<", ">"):
        _refuse(raw, _TRIGGER, "compare with < or >")
    return Trigger(measure, sign == "<", _threshold(rest, raw, _TRIGGER))


def format_trigger(trigger: Trigger) -> str:
    """'mc < 40% of authorised'."""
    return f"{trigger.measure} {'<' if trigger.below else '>'} {format_threshold(trigger.threshold)}"


# ---- the calendar


def parse_date(raw: Raw | datetime.date) -> datetime.date:
    """The day in '2023-10-15'."""
    text = _date_text(raw, _DATE)
    match = _DASHED_DATE.fullmatch(text)
    if not match:
        _refuse(raw, _DATE, _date_hint(text))
    if not match[3]:
        _refuse(raw, _DATE, f"the day is missing: '{text + '-01' if match[2] else text + '-01-01'}'?")
    return _day(match, raw, _DATE)


def format_date(date: datetime.date) -> str:
    """'2023-10-15'."""
    return date.isoformat()


def _date_text(raw: object, kind: _Kind) -> str:
    # PyYAML's own loaders turn 2023-10-15 into a date; a time of day is never meant.
    if isinstance(raw, datetime.date) and not isinstance(raw, datetime.datetime):
        return raw.isoformat()
    return _text(raw, kind)


def _date_hint(text: str) -> str:
    """The date probably meant by '15/10/2023' or '2023-1-5', when only one reading makes sense."""
    parts = re.split(r"[-/. ]", text)
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return ""
    first, middle, last = (int(part) for part in parts)
    if len(parts[0]) == 4:
        return f"write '{first:04}-{middle:02}-{last:02}'"
    if len(parts[2]) != 4 or (first <= 12 and middle <= 12 and first != middle):
        return "the year comes first, then the month"
    day, month = (first, middle) if middle <= 12 else (middle, first)
    return f"write '{last:04}-{month:02}-{day:02}'"


def _day(match: re.Match[str], raw: object, kind: _Kind) -> datetime.date:
    year, month, day = (int(part or 1) for part in match.groups())
    if year == 0:
        _refuse(raw, kind, "there is no year 0")
    if not 1 <= month <= 12:
        _refuse(raw, kind, f"there is no month {month}")
    length = calendar.monthrange(year, month)[1]
    if not 1 <= day <= length:
        _refuse(raw, kind, f"{calendar.month_name[month]} {year} has {length} days")
    return datetime.date(year, month, day)


def parse_when(raw: Raw | datetime.date, precision: str | None = None) -> tuple[datetime.date, datetime.date]:
    """First and last day of the year, month or day written, or of the `precision` span that contains it."""
    text = _date_text(raw, _WHEN)
    match = _DASHED_DATE.fullmatch(text)
    if not match:
        _refuse(raw, _WHEN, _date_hint(text))
    written = "day" if match[3] else "month" if match[2] else "year"
    if precision is not None and precision not in PRECISIONS:
        raise ValueError(f"{precision!r} is not a precision: write day, month, quarter or year")
    if precision is not None and PRECISIONS.index(precision) < PRECISIONS.index(written):
        _refuse(raw, _WHEN, f"it names only a {written}, so its precision cannot be a {precision}")
    return _span(_day(match, raw, _WHEN), precision or written)


def format_when(first: datetime.date, last: datetime.date) -> tuple[str, str]:
    """The day and the precision that `parse_when` reads as this span: ('2024-01-01', 'year')."""
    for precision in PRECISIONS:
        if _span(first, precision) == (first, last):
            return format_date(first), precision
    raise ValueError(f"{first} to {last} is not a day, a month, a quarter or a year")


def _span(date: datetime.date, precision: str) -> tuple[datetime.date, datetime.date]:
    if precision == "day":
        return date, date
    months = {"month": 1, "quarter": 3, "year": 12}[precision]
    first = datetime.date(date.year, (date.month - 1) // months * months + 1, 1)
    final = add_months(first, months - 1)
    return first, final.replace(day=calendar.monthrange(final.year, final.month)[1])


def days_between(a: datetime.date, b: datetime.date) -> int:
    """Days from `a` to `b`; negative when `b` is earlier."""
    return (b - a).days


def add_months(date: datetime.date, n: int) -> datetime.date:
    """The same day `n` months later (earlier when negative), or the last day of a shorter month."""
    year, month = divmod(date.year * 12 + date.month - 1 + n, 12)
    if not datetime.MINYEAR <= year <= datetime.MAXYEAR:
        raise ValueError(f"{n} months from {date} is outside the years 1 to 9999")
    length = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(date.day, length))


def period_starts(start: datetime.date, end: datetime.date, every_months: int) -> list[datetime.date]:
    """First days of the calendar report periods from `start` up to, not including, `end`.

    The first period starts at `start`; the others at the first of a month, counted from the month of `start`.
    """
    if every_months < 1:
        raise ValueError(f"report periods of {every_months} months: at least 1")
    months = (end.year - start.year) * 12 + end.month - start.month
    firsts = [add_months(start.replace(day=1), n) for n in range(every_months, months + 1, every_months)]
    return [day for day in (start, *firsts) if day < end]


def parse_every_months(raw: Raw) -> int:
    """Whole months in '1 month', '3 months', '1 year'."""
    months = _quantity(_CALENDAR, raw, _EVERY)
    if months < 1 or not months.is_integer():
        _refuse(raw, _EVERY, "whole months, at least 1")
    return int(months)


def format_every_months(months: int) -> str:
    """'3 months'."""
    return f"{months} month" + ("" if months == 1 else "s")


def counted(n: int, one: str, many: str = "") -> str:
    """'1 line', '3 lines'."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"
