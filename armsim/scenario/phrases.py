"""Sentence parts: values with their ranges, dates, counts and lists in words."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from armsim import units
from armsim.scenario.values import DateValue, Duration, Life, Number, Part, Programme, Share, Use, Value, Whole

#: Not from the calendar module: its names follow the locale.
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip
WIDTH, INDENT = 96, "  "


def when(value: DateValue) -> str:
    """A date, with its range when it is uncertain."""
    low, best, high = value.ends
    if not value.is_uncertain or low == high:
        return day(value.middle)
    likely = f", most likely {day(best)}" if best is not None else ""
    return f"a day between {day(low)} and {day(high)}{likely}"


def day(one: date) -> str:
    """'15 October 2023'."""
    return f"{one.day} {MONTHS[one.month - 1]} {one.year}"


def how_long(first: date, last: date) -> str:
    """The time between two days: '5 years', '18 months', else in days."""
    months = (last.year - first.year) * 12 + last.month - first.month
    if last.day != first.day or not months:
        return units.counted(units.days_between(first, last), "day")
    return units.counted(months // 12, "year") if months % 12 == 0 else units.counted(months, "month")


def spell_date(text: str) -> str:
    """A date as a file writes it, in words."""
    return day(units.parse_date(text))


def days_listed(days: Iterable[date]) -> str:
    """Dates as a sentence part, each once."""
    return listed(day(one) + (f" ({n})" if n > 1 else "") for one, n in Counter(days).items())


def amount(value: Value) -> str:
    """A value in words, with its range and its scatter: '5 days (3 to 10; scatter lognormal 60%)'."""
    said = ranged(value)
    more = ["logarithmic"] if value.log and value.is_uncertain else []
    more += [f"scatter {units.format_law(value.varies)}"] if value.varies is not None else []
    more += [f"drawn with others as {spelt(value.drawn_as)}"] if value.drawn_as is not None else []
    if not more:
        return said
    return f"{said[:-1]}; {'; '.join(more)})" if said.endswith(")") else f"{said} ({'; '.join(more)})"


def ranged(value: Value) -> str:
    """A value in words, with its range: '5 FH (3 to 10 FH)'."""
    low, best, high = value.ends
    say = saying(value)
    if not value.is_uncertain or low == high:
        return say(value.middle)
    first, last = say(low), say(high)
    # '5 days (3 to 8)', not '5 days (3 days to 8 days)'.
    short, _, unit = first.partition(" ")
    if best is None:
        return f"{short if last.endswith(f' {unit}') else first} to {last}"
    if say(best).partition(" ")[2] == unit == last.partition(" ")[2]:
        first, last = short, last.partition(" ")[0]
    if low == best:
        return f"{say(best)} (up to {last})"
    return f"{say(best)} ({f'from {first} up' if high == best else f'{first} to {last}'})"


def saying(value: Value) -> Callable[[Any], str]:
    """How a number of this kind of value is put into words."""
    if isinstance(value, Duration):
        return units.words_duration
    if isinstance(value, Life):
        return life
    if isinstance(value, Programme):
        return flying
    if isinstance(value, Use):
        return lambda hours: f"{number(hours)} flying hour" + ("" if hours == 1 else "s")
    if isinstance(value, Share):
        return lambda share: f"{number(100 * share)}%"
    if isinstance(value, Number | Whole):
        return number
    if isinstance(value, Part):
        return lambda part: str(part) if isinstance(part, int) else f"{100 * part:.6g}%"
    return lambda raw: str(value.write(raw))


def life(one: units.Life) -> str:
    """'2,000 flying hours or 8 years'."""
    parts = [f"{number(one.fh)} flying hours"] if one.fh is not None else []
    parts += [units.words_duration(one.days)] if one.days is not None else []
    parts += [f"{number(one.sorties)} sortie" + ("" if one.sorties == 1 else "s")] if one.sorties is not None else []
    return " or ".join(parts)


def flying(one: units.Programme) -> str:
    """'487 flying hours a year for the fleet', '18 flying hours a month for each system'."""
    if one.basis == "fleet":
        return f"{number(one.fh_per_year)} flying hours a year for the fleet"
    return f"{number(one.fh_per_year / 12)} flying hours a month for each system"


def number(value: float) -> str:
    """A number to three figures at least, thousands marked: '2,000', '22.5'."""
    rounded = round(float(value), max(0, 3 - len(str(int(abs(value))))) if value >= 1 else 4)
    return f"{int(rounded):,}" if rounded.is_integer() else f"{rounded:,}"


def listed(names: Iterable[str]) -> str:
    """'a, b and c'."""
    *most, last = list(names) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def spelt(name: str) -> str:
    """A name as words."""
    return name.replace("_", " ")


def paragraph(text: str, level: int = 0) -> str:
    """A text wrapped to the page; what follows a dash hangs under its first word."""
    first = INDENT * level
    rest = first + (INDENT if text.startswith("- ") else "")
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return textwrap.fill(clean, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


def titled(section: Any, name: str) -> str:
    """What people call a thing: its title, or its name in words."""
    thing = section.get(name)
    return getattr(thing, "title", None) or spelt(name)


def heading(section: Any, name: str) -> str:
    """A thing's title with its name in the file."""
    title = titled(section, name)
    return title if title == name else f"{title} [{name}]"
