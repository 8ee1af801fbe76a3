"""What charts over time share: the page with its notes, the calendar below, halts and their labels above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

import numpy as np

from armsim.measures import HaltShown, ObservationShown, Run
from armsim.report import theme, titles
from armsim.report.parts import y_axis, y_ticks
from armsim.report.theme import DPI, LANE, Page, Plot

MOST_LANES = 5  # rows of halt labels; what does not fit is counted in one more


def page_for(run: Run, title: str, subtitle: str, drawn: Sequence[str]) -> Page:
    """A page with its title and subtitle, and below the notes on what is drawn, exclusions and source."""
    page = Page()
    page.head(title, subtitle)
    notes = _notes(page, run, drawn)
    page.foot([*notes, ("excludes", titles.excludes_line(run)), ("source", titles.source_line(run))])
    return page


def _notes(page: Page, run: Run, drawn: Sequence[str]) -> list[tuple[str, str]]:
    """One line of notes: those on the whole run or a variant drawn as far as they fit, and how many more there are."""
    if not run.notes:
        return []
    told, room = [theme.clean(note) for note in titles.notes_on(run, drawn)], page.right - page.left
    if not told:
        count = len(run.notes)
        return [("notes", f"{count} note{'s' if count > 1 else ''} on other variants: see the run record.")]
    for k in range(len(told), 0, -1):
        line = f"Note: {' '.join(told[:k])}{_more_notes(len(run.notes) - k)}"
        if page.width(line, 10.5) <= room:
            return [("notes", line)]
    others = len(run.notes) - 1
    tail = f" (in full{f', with {others} more,' if others else ''} in the run record)"
    return [("notes", page.cut(f"Note: {told[0]}", room, 10.5, tail=tail))]


def _more_notes(count: int) -> str:
    return f" And {count} more note{'s' if count > 1 else ''} in the run record." if count else ""


def x_range(run: Run) -> tuple[float, float]:
    """The first day shown and the day after the last, as numbers of days."""
    return float(run.dates[0].toordinal()), float(run.end.toordinal())


def in_time(run: Run, one: ObservationShown) -> bool:
    """True for an observation within the time shown."""
    return one.last >= run.dates[0] and one.first < run.end


def middle(run: Run, period: int) -> float:
    """The middle of a report period, where its mean is drawn."""
    ends = [*run.dates, run.end]
    return (ends[period].toordinal() + ends[period + 1].toordinal()) / 2


def xs(run: Run) -> list[float]:
    """Middles of the report periods, with both edges: half a period is its mean too."""
    first, last = x_range(run)
    return [first, *(middle(run, period) for period in range(len(run.dates))), last]


def ys(values: Sequence[float], scale: float) -> list[float]:
    """Values at `xs`: the first and last stand at the edges too."""
    scaled = [value * scale for value in values]
    return [scaled[0], *scaled, scaled[-1]]


def x_ticks(area: Plot, run: Run) -> None:
    """Calendar years under the area, months when there are less than two years; small ticks between."""
    first, last = run.dates[0], run.end
    starts = [date(year, 1, 1) for year in range(first.year, last.year + 1)]
    years = [day for day in starts if first <= day <= last]
    days = (last - first).days
    if days < 2 * 366:
        months = [date(first.year + (first.month - 1 + k) // 12, (first.month - 1 + k) % 12 + 1, 1) for k in range(26)]
        months = [day for day in months if first <= day <= last]
        every = max(1, ceil(len(months) / 8))
        major = [(day, titles.month_year(day)) for day in months[::every]]
        minor = months
    else:
        every = next(step for step in (1, 2, 5, 10, 20, 50, 100, 1000) if len(years) / step <= 12)
        major = [(day, str(day.year)) for day in years if day.year % every == 0]
        quarters = [date(day.year, month, 1) for day in starts for month in (1, 4, 7, 10)]
        minor = [day for day in (quarters if days < 8 * 366 else years) if first <= day <= last]
    for day in minor:
        _tick(area, day, 0.04)
    for day, words in major:
        _tick(area, day, 0.08)
        text = area.page.write(
            area.x_inch(day.toordinal()), area.bottom - 0.19, words, 14, f"x:{words}",
            color=theme.SOFT, ha="center", va="top",
        )  # fmt: skip
        box = theme.box_of(text)
        if box.x1 > area.page.right * DPI or box.x0 < 0.1 * DPI:
            text.remove()


def _tick(area: Plot, day: date, length: float) -> None:
    x = area.x_inch(day.toordinal())
    area.page.line([x, x], [area.bottom, area.bottom - length], "tick", color=theme.RULE, linewidth=1.0)


@dataclass(frozen=True)
class Lane:
    """A halt's label in its lane above the data; `x` is where its dotted line stands, in inches."""

    halt: HaltShown
    lane: int
    text: str
    x: float
    begin: float
    stop: float


def rows_of(lanes: Sequence[Lane]) -> int:
    """How many rows of labels lie above the data."""
    return min(MOST_LANES + 1, 1 + max((one.lane for one in lanes), default=-1))


def lanes_of(page: Page, run: Run, shown: Sequence[HaltShown], column: float) -> list[Lane]:
    """Halts within the horizon, their labels staggered so that none meets another or another's line."""
    halts = [halt for halt in shown if halt.start < run.end and (halt.end is None or halt.end > run.dates[0])]
    left, right = theme.PLOT_LEFT, page.right - column
    first_x, last_x = x_range(run)
    placed: list[Lane] = []
    for halt in sorted(halts, key=lambda one: (one.start, one.name)):
        day = max(halt.start, run.dates[0]).toordinal()
        x = left + (day - first_x) / (last_x - first_x) * (right - left)
        about = "about " if halt.uncertain else ""
        since = "since " if halt.start < run.dates[0] else ""
        tail = f", {since}{about}{titles.month_year(halt.start)}" + (" (background)" if halt.background else "")
        room = min(5.2, right - left - 0.2)
        words = page.cut(theme.clean(halt.title), room, 12.5, tail=tail)
        width = page.width(words, 12.5)
        begin = x + 0.09 if x + 0.09 + width <= right - 0.03 else x - 0.09 - width
        if begin < left + 0.03:  # neither side has room: the wider side, shortened
            rightward = right - x >= x - left
            words = page.cut(theme.clean(halt.title), max(right - x, x - left) - 0.2, 12.5, tail=tail)
            width = page.width(words, 12.5)
            begin = x + 0.09 if rightward else x - 0.09 - width
        stop = begin + width

        def clear(lane: int, x: float = x, begin: float = begin, stop: float = stop) -> bool:
            for other in placed:
                same = other.lane == lane and begin < other.stop + 0.12 and other.begin < stop + 0.12
                my_line_cuts = other.lane >= lane and other.begin - 0.05 < x < other.stop + 0.05
                its_line_cuts = other.lane <= lane and begin - 0.05 < other.x < stop + 0.05
                if same or my_line_cuts or its_line_cuts:
                    return False
            return True

        lane = next((lane for lane in range(len(halts)) if clear(lane)), len(halts))
        placed.append(Lane(halt, lane, words, x, begin, stop))
    return placed


def draw_halts(area: Plot, run: Run, lanes: Sequence[Lane], shaded: bool) -> None:
    """Dotted lines at the starts of halts, their labels, and (if asked) light shading until they end."""
    first_x, last_x = area.x_range
    ordinary = sum(not one.halt.background for one in lanes)
    for one in lanes:
        halt = one.halt
        begin = max(float(halt.start.toordinal()), first_x)
        end = min(float(halt.end.toordinal()) if halt.end else last_x, last_x)
        if shaded and halt.background:
            area.axes.axvspan(
                begin, end, facecolor="none", edgecolor=theme.RULE, alpha=0.35, hatch="//", linewidth=0,
                gid=f"shade:{halt.name}", zorder=0.2,
            )  # fmt: skip
        elif shaded:
            area.axes.axvspan(
                begin, end, facecolor=theme.SHADE, alpha=0.13 if ordinary < 2 else 0.18 / ordinary,
                linewidth=0, gid=f"shade:{halt.name}", zorder=0.1,
            )  # fmt: skip
        height = area.top - LANE * (one.lane if one.lane < MOST_LANES else MOST_LANES + 1)
        share = (height - area.bottom) / (area.top - area.bottom)
        area.axes.plot(
            [begin, begin], [0, share * area.y_room], color=theme.INK, linewidth=1.6, linestyle=(0, (1, 1.8)),
            gid=f"halt:{halt.name}", zorder=3.5, clip_on=False,
        )  # fmt: skip
        area.keep_clear([begin, begin], [0, area.y_top])
        if one.lane >= MOST_LANES:
            continue
        text = area.page.write(
            one.begin, area.top - LANE * (one.lane + 0.5) - 0.02, one.text, 12.5, f"halt:{halt.name}:label",
            va="center_baseline",
        )  # fmt: skip
        area.taken.append(theme.box_of(text))
    unnamed = sum(one.lane >= MOST_LANES for one in lanes)
    if unnamed:
        words = f"and {unnamed} more halt{'s' if unnamed > 1 else ''} (dotted)"
        width, lines = area.page.width(words, 12.5), [one.x for one in lanes]
        free = [
            float(x)
            for x in np.linspace(area.left + 0.1, area.right - width - 0.05, 60)
            if not any(x - 0.08 < line < x + width + 0.08 for line in lines)
        ]
        near = min(lines)
        area.page.write(
            min(free, key=lambda x: abs(x - near), default=area.left + 0.1),
            area.top - LANE * (MOST_LANES + 0.5) - 0.02, words, 12.5, "halts:more",
            va="center_baseline", color=theme.SOFT,
        )  # fmt: skip


def area_for(page: Page, run: Run, halts: Sequence[HaltShown], highest: float, percent: bool, column: float) -> Plot:
    """The area for curves up to a height: its axes, the calendar, and halts shaded, beside a column of labels."""
    y_top, step = y_axis(highest, percent)
    lanes = lanes_of(page, run, halts, column)
    area = theme.plot(page, x_range(run), y_top, rows_of(lanes), column)
    y_ticks(area, y_top, step, "%" if percent else "")
    x_ticks(area, run)
    draw_halts(area, run, lanes, shaded=True)
    return area
