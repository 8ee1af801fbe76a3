"""The chart of a back-test: what the model says over time, its rivals, and what was seen.

Scored rows are filled, others hollow; a range is a bar, a bound an arrow. A row of grounded systems is drawn as
what it leaves mission capable of the number it counts from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from armsim import units
from armsim.report import charts, over_time, theme, titles
from armsim.report.parts import MOST_LINES, Label, amount, column, right_labels
from armsim.report.theme import DPI, Plot
from armsim.study.backtest import Backtest, Panel, Row
from armsim.units import counted

READY = "Mission capable"


@dataclass(frozen=True)
class Mark:
    """A row as drawn: its days and ends in the panel's unit, None for the open end of a bound."""

    begin: float
    end: float
    low: float | None
    best: float | None
    high: float | None
    scored: bool


def write_backtest_figures(result: Backtest, folder: Path, both: bool = True) -> list[Path]:
    """One chart for each series, as PNG and SVG or (not `both`) PNG alone. Returns what was written."""
    written = []
    for panel in result.panels:
        if not any(mark for mark in marks_of(result, panel)):
            continue
        paths = charts.save(backtest_figure(result, panel), folder, figure_name(panel))
        for path in paths:
            if both or path.suffix == ".png":
                written.append(path)
            else:
                path.unlink()
    return written


def figure_name(panel: Panel) -> str:
    """The name of a panel's file: backtest_kfir, backtest_kfir_flying_hours."""
    parts = ["backtest", *panel.fleets]
    if panel.measure != "mc":
        parts.append(panel.measure)
    if panel.unit:
        parts.append("of_" + panel.unit if not panel.unit.startswith("FH") else "each" if "per" in panel.unit else "")
    return "_".join(part for part in parts if part)[:100]


def backtest_figure(result: Backtest, panel: Panel) -> Figure:
    """A series over time: bands and median of the main variant, medians of its rivals, forecasts, observations."""
    run, names = result.run, list(result.rows)[:MOST_LINES]
    main, percent = names[0], panel.scale > 0
    scale = 100 / panel.scale if percent else 1.0
    marks = marks_of(result, panel)
    with theme.house_style():
        page = over_time.page_for(run, title(result, panel), subtitle(result, panel, len(names)), names)
        tops = [value for name in names for value in panel.curves[name]["p50"]] + list(panel.curves[main]["p95"])
        tops += [end for mark in marks for end in (mark.low, mark.best, mark.high) if end is not None]
        labels = end_labels(result, panel, names, scale)
        highest = max(filter(isfinite, tops)) * scale
        area = over_time.area_for(page, run, run.variants[main].halts, highest, percent, column(page, labels))
        xs = over_time.xs(run)
        colour = theme.LINES[0][0]
        for kind, low, high, alpha in (("fan90", "p05", "p95", 0.20), ("fan50", "p25", "p75", 0.30)):
            if kind == "fan90" and run.worlds * run.replications < 20:
                continue  # too few runs for this band
            lower, upper = (over_time.ys(panel.curves[main][end], scale) for end in (low, high))
            area.axes.fill_between(
                xs, lower, upper, color=colour, alpha=alpha, linewidth=0, gid=f"{kind}:{main}", zorder=2
            )
            area.shade(xs, lower, upper)
        for name, (ink, _, dashes) in reversed(list(zip(names, theme.LINES))):
            ys = over_time.ys(panel.curves[name]["p50"], scale)
            area.axes.plot(
                xs, ys, color=ink, linestyle=dashes, linewidth=3.4 if name == main else 2.2, gid=f"median:{name}",
                zorder=5 if name == main else 4, solid_capstyle="butt",
            )  # fmt: skip
            area.keep_clear(xs, ys)
        draw_forecasts(area, panel, scale)
        split(area, result)
        right_labels(area, labels)
        draw_marks(area, [mark for mark in marks if not mark.scored], scale, False)
        draw_marks(area, [mark for mark in marks if mark.scored], scale, True)
    return page.figure


def title(result: Backtest, panel: Panel) -> str:
    """What the chart shows, as a finding: how many scored rows the bands met."""
    scored = [result.main[k] for k in panel.rows if result.main[k].scored]
    whom = fleets_in_words(result, panel)
    if not scored:
        return f"{whom}: what was seen is shown, none of it is scored"
    hits = sum(bool(row.in_90) for row in scored)
    inside = sum(bool(row.in_50) for row in scored)
    return f"{whom}: {hits} of {counted(len(scored), 'observation')} within the 90% band, {inside} within the 50% band"


def fleets_in_words(result: Backtest, panel: Panel) -> str:
    """The titles of a panel's fleets."""
    known = next(iter(result.run.variants.values())).fleets
    told = [known[fleet].title for fleet in panel.fleets]
    told[0] = told[0][:1].upper() + told[0][1:]
    return told[0] if len(told) == 1 else f"{len(told)} fleets together" if len(told) > 3 else " and ".join(told)


def subtitle(result: Backtest, panel: Panel, lines: int) -> str:
    """What is measured, of what, over how many runs."""
    whole = {"on_hand": "of those on hand", "possessed": "of those on hand and not in overhaul"}.get(panel.unit)
    words = READY if panel.measure == "mc" else panel.measure.replace("_", " ").capitalize()
    if panel.scale > 0:
        words += f", {whole}" if whole else f", % of {titles.number(panel.scale)} authorised"
    else:
        words = f"Flying hours ({panel.unit})"
    runs = counted(result.run.worlds * result.run.replications, "run")
    words += f". Median of {runs} with the middle 50% and 90%"
    words += f"; medians of {counted(lines - 1, 'rival')}." if lines > 1 else "."
    return words + " Filled: scored. Hollow: not scored."


def end_labels(result: Backtest, panel: Panel, names: Sequence[str], scale: float) -> list[Label]:
    """What stands right of the lines."""
    found, many = [], len(names) > 4
    for name, (_, ink, _) in zip(names, theme.LINES):
        end = panel.curves[name]["p50"][-1] * scale
        size = (15.0 if name == names[0] else 13.0) - many
        tail = f": {amount(end, panel.scale > 0)}"
        found.append(Label(f"label:{name}", result.run.variants[name].title, tail, end, ink, size, "bold"))
    return found


def marks_of(result: Backtest, panel: Panel) -> list[Mark]:
    """The rows of a panel within the time shown, in its unit."""
    first, last = over_time.x_range(result.run)
    found = []
    for k in panel.rows:
        row = result.main[k]
        span = units.parse_when(row.on, row.precision)
        begin, end = max(float(span[0].toordinal()), first), min(float(span[1].toordinal() + 1), last)
        if begin >= end:
            continue
        low, best, high = (in_panel(panel, row, number, span) for number in (row.low, row.best, row.high))
        if row.measure == "grounded":
            low, high = high, low
        found.append(Mark(begin, end, low, best, high, row.scored))
    return found


def in_panel(panel: Panel, row: Row, number: float | None, span: Any) -> float | None:
    """A number of a row in the panel's unit."""
    if number is None:
        return None
    if panel.scale <= 0:
        months = (units.days_between(*span) + 1) / units.DAYS_PER_MONTH
        return number / months if row.unit == "FH" else number
    whole = row.of if isinstance(row.of, float) else panel.scale
    value = number * whole if row.unit == "share" else number
    return max(0.0, whole - value) if row.measure == "grounded" else value


def draw_marks(area: Plot, marks: Sequence[Mark], scale: float, scored: bool) -> None:
    """Rows as markers with bars and arrows, and one word that says what they are."""
    ink = theme.BLACK if scored else theme.SOFT
    gid = "scored" if scored else "not_scored"
    style: dict[str, Any] = {"color": ink, "gid": gid, "zorder": 6.6 if scored else 6.4}
    fill = ink if scored else "white"
    places = []
    for mark in marks:
        known = [end * scale for end in (mark.low, mark.best, mark.high) if end is not None]
        middle, level = (mark.begin + mark.end) / 2, sum(known) / len(known)
        if mark.best is not None:
            level = mark.best * scale
        bound = mark.best is None and len(known) == 1
        reach = 0.09 * area.y_top
        low = max(0.0, level - reach) if bound and mark.low is None else min(known)
        high = min(area.y_top, level + reach) if bound and mark.high is None else max(known)
        area.axes.plot([mark.begin, mark.end], [level, level], linewidth=1.8, solid_capstyle="butt", **style)
        area.axes.plot([middle, middle], [low, high], linewidth=1.8, solid_capstyle="butt", **style)
        area.keep_clear([mark.begin, mark.end], [level, level])
        area.keep_clear([middle, middle], [low, high])
        if bound:
            tip, arrow = (high, "^") if mark.high is None else (low, "v")
            area.axes.plot([middle], [tip], marker=arrow, markersize=8, markerfacecolor=fill, linestyle="none", **style)
        elif low != high:
            area.axes.plot([middle] * 2, [low, high], marker="_", markersize=9, markeredgewidth=1.8,
                           linestyle="none", **style)  # fmt: skip
        if not bound:
            area.axes.plot([middle], [level], marker="D", markersize=7, markerfacecolor=fill, markeredgewidth=1.6,
                           linestyle="none", clip_on=False, **style)  # fmt: skip
        places.append((area.x_inch(middle) * DPI, area.y_inch(high) * DPI, area.y_inch(low) * DPI))
    if not places:
        return
    words = "Seen, scored" if scored else "Seen, not scored"
    text = area.page.write(area.left, area.bottom, words, 13, f"{gid}:label", weight="bold", color=ink, va="bottom")
    width, height = theme.size_of(text)

    def spots() -> Iterator[tuple[float, float]]:
        for x, high, low in reversed(places):
            for away in (10, 20, 34, 60):
                yield x - width / 2, high + away
                yield x - width / 2, low - height - away
                yield x + away, (high + low) / 2 - height / 2
                yield x - width - away, (high + low) / 2 - height / 2

    area.place(text, spots())


def draw_forecasts(area: Plot, panel: Panel, scale: float) -> None:
    """What others forecast, as a thin line through its points."""
    for name, points in panel.forecasts.items():
        shown = [(float(day.toordinal()), value * scale) for day, value in points
                 if area.x_range[0] <= day.toordinal() <= area.x_range[1]]  # fmt: skip
        if not shown:
            continue
        xs, ys = [x for x, _ in shown], [y for _, y in shown]
        area.axes.plot(xs, ys, color=theme.VERMILLION, linewidth=1.8, linestyle=(0, (4, 2)), marker="x", markersize=8,
                       markeredgewidth=2.0, gid=f"forecast:{name}", zorder=5.5)  # fmt: skip
        area.keep_clear(xs, ys)
        words = area.page.cut(theme.clean(f"Forecast: {name.replace('_', ' ')}"), 3.0, 12.5)
        text = area.page.write(area.left, area.bottom, words, 12.5, f"forecast:{name}:label",
                               color=theme.DARK_VERMILLION, va="bottom")  # fmt: skip
        area.place(text, area.everywhere(), (area.x_inch(xs[-1]) * DPI, area.y_inch(ys[-1]) * DPI))


def split(area: Plot, result: Backtest) -> None:
    """The day until which inputs may be fitted, as a thin line."""
    if result.fit_until is None:
        return
    day = float(result.fit_until.toordinal() + 1)
    if not area.x_range[0] < day < area.x_range[1]:
        return
    area.axes.plot([day, day], [0, area.y_top], color=theme.SOFT, linewidth=1.4, dashes=(8, 3), gid="fit_until",
                   zorder=3.4)  # fmt: skip
    area.keep_clear([day, day], [0, area.y_top])
    words = f"Known until {titles.month_year(result.fit_until)} | scored after"
    text = area.page.write(area.left, area.bottom, words, 12, "fit_until:label", color=theme.SOFT, va="bottom")
    width, height = theme.size_of(text)
    x = area.x_inch(day) * DPI
    levels = [area.y_inch(area.y_top * share) * DPI for share in (0.95, 0.9, 0.8, 0.7, 0.1, 0.02)]
    area.place(text, [(x + side, y - height) for y in levels for side in (8, -width - 8)])
