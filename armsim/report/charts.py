"""Charts that go into a briefing as they are: readiness over time, states, and sweeps, on a 16:9 slide.

Each function gives a matplotlib Figure that belongs to no pyplot; every element carries a gid, such as
'median:<variant>' or 'halt:<name>', that survives as an id in the SVG.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, isfinite
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from armsim.errors import UsageError
from armsim.measures import Crossing, Curve, HaltShown, ObservationShown, Run
from armsim.report import theme, titles
from armsim.report.theme import DPI, LANE, Box, Page, Plot

MOST_LINES = len(theme.LINES)  # more variants than these cannot be told apart
DEFAULT_LINES = 8  # variants shown when none are chosen
MOST_LANES = 5  # rows of halt labels; what does not fit is counted in one more
STATES_COLUMN = 3.3  # inches for the labels of states

#: Bottom to top: state, words of its label, area colour, label colour, hatch.
STATES = (
    ("fmc", "Ready (FMC)", theme.BLUE, theme.BLUE, ""),
    ("pmc", "Partly ready (PMC)", theme.SKY, "#1B6E9E", ""),
    ("nmcm", "Work waiting or in hand (NMCM)", theme.AMBER, "#8A5A00", ""),
    ("nmcs", "Waiting for a part (NMCS)", theme.VERMILLION, theme.DARK_VERMILLION, ""),
    ("nmcb", "Part and work (NMCB)", theme.VERMILLION, theme.DARK_VERMILLION, "////"),
    ("regeneration", "In regeneration", theme.GREEN, theme.GREEN_TEXT, "...."),
    ("overhaul", "In overhaul", theme.PINK, theme.PURPLE, ""),
    ("limit", "At a limit", "#59616B", theme.INK, ""),
    ("lost", "Lost or retired", "#E4E7EB", theme.SOFT, "xxxx"),
)


# ---- readiness ---------------------------------------------------------------------------------------


def readiness(
    run: Run, fleet: str, variants: list[str] | None = None, measure: str = "mc", title: str | None = None
) -> Figure:
    """A fleet over time: median and bands of the main variant, its no-halt twin, minimum, halts, crossing.

    The main variant is the first of `variants`. One or two variants have bands; of three or more only the
    main one has, the others are lines. Values are shares of authorised, hours for measures in hours.
    """
    chosen = _chosen(run, variants)
    main, fans = chosen[0], (len(chosen) if len(chosen) <= 2 else 1)
    results = {name: titles.fleet_of(run, fleet, name) for name in chosen}
    result = results[main]
    scale = 1.0 if titles.in_hours(measure) or not result.authorised else 100 / result.authorised
    curves = {name: titles.curve_of(one, measure) for name, one in results.items()}
    twin = titles.twin_of(run, fleet, main)
    twin_curve = titles.curve_of(twin, measure) if twin else None
    minimum = result.minimum if measure in ("mc", "mc_end") else None
    seen = [
        one
        for one in run.observations
        if one.fleet == fleet and one.measure == measure and _in_time(run, one)
    ]
    with theme.house_style():
        page = _page(
            run,
            titles.comparison_title(run, fleet, chosen, measure) if title is None else title,
            titles.subtitle(run, fleet, main, measure, len(chosen), fans) + _left_out(run, variants, chosen),
        )
        tops = [top for name in chosen[:fans] for top in curves[name].p95]
        tops += [top for name in chosen for top in curves[name].p50] + list(
            twin_curve.p50 if twin_curve else ()
        )
        tops += [part for one in seen for part in (one.low, one.best, one.high) if part is not None]
        tops += [minimum] if minimum is not None else []
        percent = scale != 1.0 or (result.authorised == 100 and not titles.in_hours(measure))
        y_top, step = _y_axis(max(tops) * scale, percent)
        lanes = _lanes(page, run, run.variants[main].halts, theme.COLUMN)
        area = theme.plot(page, _x_range(run), y_top, _rows(lanes))
        _y_ticks(area, y_top, step, "%" if percent else "")
        _x_ticks(area, run)
        _halts(area, run, lanes, shaded=True)
        labels = []
        for name, style in reversed(list(zip(chosen, theme.LINES))):
            _draw_variant(
                area, run, curves[name], name, scale, style, chosen.index(name) < fans, name == main
            )
        if twin is not None and twin_curve is not None:
            labels.append(_draw_twin(area, run, curves[main], twin_curve, scale, percent))
        for name, style in zip(chosen, theme.LINES):
            end = curves[name].p50[-1] * scale
            shown = _amount(end, percent)
            tail = f": median {shown}" if len(chosen) == 1 else f": {shown}"
            size = 15.0 if name == main else 13.0
            labels.append(
                _Label(f"label:{name}", run.variants[name].title, tail, end, style[1], size, "bold")
            )
        if len(chosen) == 1:
            for words, high in (("90% of runs", curves[main].p95), ("middle 50% of runs", curves[main].p75)):
                labels.append(_Label("band", words, "", high[-1] * scale, theme.LINES[0][1], 11.0, "normal"))
        _right_labels(area, labels)
        if minimum is not None:
            _minimum(area, minimum * scale, f"Minimum {result.minimum_text}".strip())
        if minimum is not None and measure == "mc" and result.first_below_minimum is not None:
            whose = run.variants[main].title if len(chosen) > 1 else ""
            _crossing(area, run, result.first_below_minimum, curves[main], scale, whose)
        _observations(area, run, seen, scale)
    return page.figure


def _chosen(run: Run, variants: list[str] | None) -> list[str]:
    """Names of the variants to draw, the main one first; the twin of the main one is always drawn anyway."""
    if not run.variants:
        raise UsageError("there is nothing to draw: the run has no variants")
    if variants is not None and not variants:
        raise UsageError("there is nothing to draw: no variants were chosen")
    names = list(dict.fromkeys(variants)) if variants else titles.main_variants(run)[:DEFAULT_LINES]
    twin = titles.variant_of(run, names[0]).twin
    names = [name for name in names if name != twin]
    if len(names) > MOST_LINES:
        raise UsageError(
            f"{len(names)} variants cannot be told apart on one chart; choose at most {MOST_LINES}"
        )
    return names


def _left_out(run: Run, variants: list[str] | None, chosen: list[str]) -> str:
    everything = titles.main_variants(run)
    if variants is None and len(everything) > len(chosen):
        return f" The first {len(chosen)} of {len(everything)} variants."
    return ""


def _draw_variant(
    area: Plot,
    run: Run,
    curve: Curve,
    name: str,
    scale: float,
    style: tuple[str, str, Any],
    fan: bool,
    main: bool,
) -> None:
    """The median line of a variant and, for a fan, its two bands."""
    xs = _xs(run)
    if fan:
        for kind, low, high, alpha in (
            ("fan90", curve.p05, curve.p95, 0.20),
            ("fan50", curve.p25, curve.p75, 0.30),
        ):
            lower, upper = _ys(low, scale), _ys(high, scale)
            area.axes.fill_between(
                xs, lower, upper, color=style[0], alpha=alpha, linewidth=0, gid=f"{kind}:{name}", zorder=2
            )
            area.shade(xs, lower, upper)
    ys = _ys(curve.p50, scale)
    area.axes.plot(
        xs, ys, color=style[0], linestyle=style[2], linewidth=3.4 if main else 2.4, gid=f"median:{name}",
        zorder=5 if main else 4, solid_capstyle="butt",
    )  # fmt: skip
    area.keep_clear(xs, ys)


def _draw_twin(area: Plot, run: Run, main: Curve, twin: Curve, scale: float, percent: bool) -> _Label:
    """The grey line without the halt, unless it is the main line itself; gives its label."""
    end = twin.p50[-1] * scale
    if twin == main:
        return _Label("twin", "No halt: the same", "", end, theme.TWIN_GREY, 13.0, "bold")
    xs, ys = _xs(run), _ys(twin.p50, scale)
    area.axes.plot(
        xs, ys, color=theme.TWIN_GREY, linewidth=2.4, gid="twin", zorder=4.5, solid_capstyle="butt"
    )
    area.keep_clear(xs, ys)
    return _Label("label:twin", "No halt", f": {_amount(end, percent)}", end, theme.TWIN_GREY, 13.0, "bold")


def _minimum(area: Plot, level: float, words: str) -> None:
    """The dashed line of the minimum, labelled where the label covers least."""
    area.axes.axhline(
        level, color=theme.VERMILLION, linewidth=2.0, dashes=(5, 3), gid="minimum", zorder=4.2
    )  # fmt: skip
    words = area.page.wrap(words, 4.2, 13, lines=2)
    text = area.page.write(
        area.left, area.bottom, words, 13, "minimum:label", color=theme.DARK_VERMILLION, va="bottom"
    )
    height = area.page.height(text) * DPI
    edge, y = area.box(), area.y_inch(level) * DPI

    def spots() -> Iterator[tuple[float, float]]:
        for x in np.linspace(edge.x1, edge.x0, 60):
            yield float(x), y + 5
            yield float(x), y - height - 6

    area.place(text, spots())
    area.keep_clear(area.x_range, (level, level))


def _crossing(area: Plot, run: Run, crossing: Crossing, curve: Curve, scale: float, whose: str) -> None:
    """A ring where the median run first falls below the minimum, with its interval; or how many runs do.

    `whose` is the variant it speaks of, '' where there is only one.
    """
    page, words, lines = area.page, titles.crossing_words(run, crossing), []
    ink = theme.BLUE if whose else theme.INK
    if whose:
        lines.append(page.cut(theme.clean(whose), 3.4, 13, tail=":"))
    if crossing.p50 is None:
        text = page.write(
            area.left, area.bottom, "\n".join([*lines, words]), 13, "crossing", va="bottom", color=ink
        )
        area.place(text, area.everywhere())
        return
    first, rest = words.split(": ", 1)
    when, interval = rest.split(" (", 1)
    lines += [f"{first[0].lower() if whose else first[0]}{first[1:]}:", when, f"({interval}"]
    text = page.write(area.left, area.bottom, "\n".join(lines), 13, "crossing:label", va="bottom", color=ink)
    period = titles.period_at(run, crossing.p50)
    x, y = _middle(run, period), curve.p50[period] * scale
    area.axes.plot(
        [x], [y], marker="o", markersize=11, markerfacecolor="white", markeredgecolor=theme.BLUE,
        markeredgewidth=2.6, linestyle="none", gid="crossing", zorder=7, clip_on=False,
    )  # fmt: skip
    centre = (area.x_inch(x) * DPI, area.y_inch(y) * DPI)
    box = area.place(text, area.everywhere(), centre)
    area.taken.append(Box(centre[0] - 12, centre[1] - 12, centre[0] + 12, centre[1] + 12))
    tip = box.nearest(*centre)
    reach = float(np.hypot(tip[0] - centre[0], tip[1] - centre[1]))
    if reach > 26:  # a thin line from the edge of the ring to just before the words
        ends = [[c + (t - c) * part / reach for c, t in zip(centre, tip)] for part in (11.0, reach - 5)]
        page.line(
            [end[0] / DPI for end in ends], [end[1] / DPI for end in ends], "crossing:leader",
            color=theme.INK, linewidth=1.1,
        )  # fmt: skip


def _observations(area: Plot, run: Run, seen: list[ObservationShown], scale: float) -> None:
    """What was seen: a marker, a bar from low to high (an arrow where one is missing), first to last day."""
    marks = []
    first_x, last_x = area.x_range
    for one in seen:
        begin = max(float(one.first.toordinal()), first_x)
        end = min(float(one.last.toordinal() + 1), last_x)
        middle = (begin + end) / 2
        known = [part * scale for part in (one.low, one.best, one.high) if part is not None]
        if not known:
            continue
        level = one.best * scale if one.best is not None else sum(known) / len(known)
        style: dict[str, Any] = {"color": theme.BLACK, "gid": "observed", "zorder": 6.5}
        area.axes.plot([begin, end], [level, level], linewidth=1.8, solid_capstyle="butt", **style)
        area.keep_clear([begin, end], [level, level])
        reach = 0.09 * area.y_top
        low = one.low * scale if one.low is not None else max(0.0, min(known) - reach)
        high = one.high * scale if one.high is not None else min(area.y_top, max(known) + reach)
        if one.low is None and one.high is None:
            low = high = level
        area.axes.plot([middle, middle], [low, high], linewidth=1.8, solid_capstyle="butt", **style)
        area.keep_clear([middle, middle], [low, high])
        for missing, end_level, marker in ((one.low is None, low, "v"), (one.high is None, high, "^")):
            if missing and low != high:
                area.axes.plot([middle], [end_level], marker=marker, markersize=8, linestyle="none", **style)
            elif not missing and low != high:
                area.axes.plot([middle], [end_level], marker="_", markersize=9, markeredgewidth=1.8, **style)
        if one.best is not None:
            area.axes.plot(
                [middle], [level], marker="D", markersize=7, linestyle="none", clip_on=False, **style
            )
        marks.append((area.x_inch(middle) * DPI, area.y_inch(high) * DPI, area.y_inch(low) * DPI))
    if not marks:
        return
    text = area.page.write(
        area.left,
        area.bottom,
        "Observed",
        13,
        "observed:label",
        weight="bold",
        color=theme.BLACK,
        va="bottom",
    )
    box = box_size(text)

    def spots() -> Iterator[tuple[float, float]]:
        for x, high, low in reversed(marks):
            for away in (10, 20, 34):
                yield x - box[0] / 2, high + away
                yield x - box[0] / 2, low - box[1] - away
                yield x + away, high - box[1] / 2
                yield x + away, low - box[1] / 2
                yield x - box[0] - away, high - box[1] / 2
                yield x - box[0] - away, low - box[1] / 2

    area.place(text, spots())


def box_size(text: Any) -> tuple[float, float]:
    """Width and height of placed text in pixels."""
    box = theme.box_of(text)
    return box.x1 - box.x0, box.y1 - box.y0


# ---- states ------------------------------------------------------------------------------------------


def states(run: Run, fleet: str, variant: str, title: str | None = None) -> Figure:
    """The systems of a fleet over time, stacked by the state they are in (means of runs)."""
    result = titles.fleet_of(run, fleet, variant)
    shown = [state for state in STATES if any(titles.curve_of(result, state[0]).mean)]
    with theme.house_style():
        page = _page(
            run,
            titles.states_title(run, fleet, variant) if title is None else title,
            titles.states_subtitle(run, fleet, variant),
        )
        means = [np.array(_ys(result.curves[state[0]].mean, 1.0)) for state in shown]
        total = sum(means, np.zeros(len(run.dates) + 2))
        highest = max(float(total.max()), result.authorised, result.minimum or 0.0, 1e-9)
        step = theme.nice_step(highest)
        lanes = _lanes(page, run, titles.variant_of(run, variant).halts, STATES_COLUMN)
        area = theme.plot(page, _x_range(run), highest * 1.12, _rows(lanes), STATES_COLUMN)
        _y_ticks(area, highest * 1.12, step, "")
        _x_ticks(area, run)
        _halts(area, run, lanes, shaded=False)
        xs, below = _xs(run), np.zeros(len(run.dates) + 2)
        labels = []
        for (name, words, colour, ink, hatch), mean in zip(shown, means):
            area.axes.fill_between(
                xs, below, below + mean, facecolor=colour, edgecolor="white", linewidth=0.8,
                hatch=hatch or None, gid=f"state:{name}", zorder=2,
            )  # fmt: skip
            middle = float(below[-1] + mean[-1] / 2)
            tail = f": {titles.number(float(mean[-1]))}"
            labels.append(_Label(f"label:{name}", words, tail, middle, ink, 12.5, "bold", (colour, hatch)))
            below = below + mean
        _right_labels(area, labels)
        if result.minimum is not None:
            _ruled(
                area, result.minimum, f"Minimum {result.minimum_text} (ready)", "minimum", theme.BLACK, (5, 3)
            )
        if result.authorised:
            words = f"Authorised: {titles.number(result.authorised)}"
            if result.lot > 1:
                words += f" {titles.units(result)}"
            _ruled(area, result.authorised, words, "authorised", theme.INK, (1, 1.5))
    return page.figure


def _ruled(area: Plot, level: float, words: str, gid: str, colour: str, dashes: tuple[float, float]) -> None:
    """A horizontal line over coloured areas, with its label on a white plate."""
    area.axes.axhline(level, color="white", linewidth=3.6, zorder=4.1, alpha=0.8)
    line_colour = theme.VERMILLION if gid == "minimum" else colour
    if gid == "minimum":  # over vermillion areas only a dark line is seen
        line_colour = theme.BLACK
    area.axes.axhline(level, color=line_colour, linewidth=2.0, dashes=dashes, gid=gid, zorder=4.2)
    plate = {"facecolor": "white", "edgecolor": "none", "alpha": 0.88, "pad": 2.5}
    words = area.page.wrap(words, 4.2, 12.5, lines=2)
    text = area.page.write(
        area.left, area.bottom, words, 12.5, f"{gid}:label", color=colour, va="bottom", bbox=plate
    )
    height, edge, y = box_size(text)[1], area.box(), area.y_inch(level) * DPI

    def spots() -> Iterator[tuple[float, float]]:
        for away in (0.0, 30.0):
            for x in np.linspace(edge.x0 + 10, edge.x1, 30):
                yield float(x), y + 12 + away
                yield float(x), y - height - 12 - away

    area.place(text, spots())


# ---- sweeps ------------------------------------------------------------------------------------------


def sweep_lines(
    factor: str,
    values: list[str],
    series: dict[str, list[tuple[float, float, float]]],
    y_label: str,
    title: str,
    subtitle: str,
    source_lines: Sequence[str],
    minimum: float | None = None,
) -> Figure:
    """A result against the values of one factor: mean and the middle 90% of runs, one line a variant.

    `series` maps a variant to (p05, mean, p95) at each value; not-a-number leaves a gap. Bands are drawn for
    one or two variants, whiskers beside each other for more. `minimum` is in the units of the result.
    """
    wrong = {name: len(rows) for name, rows in series.items() if len(rows) != len(values)}
    if not series or not values or wrong:
        raise UsageError(
            f"a sweep needs a number for each of its {len(values)} values; got {wrong or 'none'}"
        )
    if len(series) > MOST_LINES:
        raise UsageError(
            f"{len(series)} variants cannot be told apart on one chart; choose at most {MOST_LINES}"
        )
    numbers = np.array([rows for rows in series.values()], dtype=float)
    finite = numbers[np.isfinite(numbers)]
    highest = max(float(finite.max()) if finite.size else 1.0, minimum or 0.0)
    percent = "%" in y_label and highest <= 100
    with theme.house_style():
        page = Page()
        page.head(title, subtitle)
        page.foot(_small_print(source_lines))
        _axis_name(page, y_label)
        page.bottom += 0.32  # for the name of the factor
        y_top, step = _y_axis(highest, percent)
        area = theme.plot(page, (-0.5, len(values) - 0.5), y_top)
        _y_ticks(area, y_top, step, "%" if percent else "")
        _value_ticks(area, values)
        labels = []
        for k, ((name, _), style) in enumerate(zip(series.items(), theme.LINES)):
            low, mean, high = numbers[k].T
            aside = 0.0 if len(series) <= 2 else (k - (len(series) - 1) / 2) * min(0.09, 0.6 / len(series))
            xs = np.arange(len(values)) + aside
            if len(series) <= 2:
                area.axes.fill_between(
                    xs, low, high, color=style[0], alpha=0.2, linewidth=0, gid=f"band:{name}"
                )
                area.shade(list(xs), list(low), list(high))
            area.axes.vlines(
                xs, low, high, color=style[0], linewidth=1.8, alpha=0.85, gid=f"whisker:{name}", zorder=3
            )
            area.axes.plot(
                xs, mean, color=style[0], linestyle=style[2], linewidth=2.6, gid=f"mean:{name}", zorder=4
            )
            area.axes.plot(xs, mean, color=style[0], marker="o", markersize=7, linestyle="none", zorder=5)
            good = np.isfinite(mean)
            for x, bottom, top in zip(xs, low, high):
                if isfinite(bottom) and isfinite(top):
                    area.keep_clear([x, x], [bottom, top])
            if good.any():
                area.keep_clear(list(xs[good]), list(mean[good]))
                end = float(mean[good][-1])
                tail = f": {_amount(end, percent)}"
                labels.append(_Label(f"label:{name}", name, tail, end, style[1], 13.0, "bold"))
        _right_labels(area, labels)
        if minimum is not None:
            _minimum(area, minimum, f"Minimum {_amount(minimum, percent)}")
        _x_name(area, factor)
    return page.figure


def sweep_map(
    factors: tuple[str, str],
    values: tuple[list[str], list[str]],
    table: list[list[float]],
    label: str,
    title: str,
    subtitle: str,
    source_lines: Sequence[str],
) -> Figure:
    """A result over two factors: `table[i][j]` at value i of the first (rows) and value j of the second.

    Every cell prints its number; not-a-number is 'n/a'.
    """
    rows, columns = values
    if not rows or not columns or len(table) != len(rows) or any(len(row) != len(columns) for row in table):
        raise UsageError(f"a map of {len(rows)} × {len(columns)} values needs a table of that shape")
    cells = np.array(table, dtype=float)
    finite = cells[np.isfinite(cells)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    colours = colormaps["cividis"]
    with theme.house_style():
        page = Page()
        page.head(title, subtitle)
        page.foot(_small_print(source_lines))
        _axis_name(page, f"{label}, by {factors[0]} (down) and {factors[1]} (across)")
        page.bottom += 0.32
        widest = max(page.width(theme.clean(row), 13) for row in rows)
        left = page.left + min(2.6, widest) + 0.2
        area = theme.plot(page, (0.0, float(len(columns))), float(len(rows)), column=0.2, left=left)
        area.axes.spines["bottom"].set_visible(False)
        cell_width = (area.right - area.left) / len(columns)
        cell_height = (area.top - area.bottom) / len(rows)
        written = [[_cell(value, low, high) for value in row] for row in cells]
        widest = max(page.width(text, 10) for row in written for text in row)
        size = min(17.0, 10 * 0.86 * cell_width / widest, 72 * 0.6 * cell_height)
        for i, row in enumerate(cells):
            for j, value in enumerate(row):
                share = 0.5 if high == low else (value - low) / (high - low)
                colour: Any = colours(share) if isfinite(value) else theme.GRID
                area.axes.add_patch(
                    Rectangle((j, len(rows) - 1 - i), 1, 1, facecolor=colour, edgecolor="white",
                              linewidth=1.5, gid=f"cell:{i}:{j}", clip_on=False)
                )  # fmt: skip
                page.write(
                    area.x_inch(j + 0.5), area.y_inch(len(rows) - 0.5 - i), written[i][j], size,
                    f"number:{i}:{j}", color=_readable(colour), ha="center", va="center",
                )  # fmt: skip
        size, lines = min(13.0, 72 * 0.75 * cell_height), min(2, max(1, int(cell_height / 0.26)))
        for i, words in enumerate(rows):
            wrapped = page.wrap(words, area.left - page.left - 0.12, size, lines=lines)
            page.write(
                area.left - 0.12, area.y_inch(len(rows) - 0.5 - i), wrapped, size, f"row:{i}",
                ha="right", va="center", color=theme.SOFT,
            )  # fmt: skip
        _value_ticks(area, columns, offset=0.5)
        _x_name(area, factors[1])
    return page.figure


def _cell(value: float, low: float, high: float) -> str:
    if not isfinite(value):
        return "n/a"
    largest = max(abs(low), abs(high))
    text = f"{value:,.0f}" if largest >= 20 else f"{value:.1f}" if largest >= 1 else f"{value:.2f}"
    return text.replace("-", "−")


def _readable(colour: Any) -> str:
    """Black or white, whichever stands out more from the colour (WCAG relative luminance)."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    luminance = 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    return "white" if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 else "black"


def _value_ticks(area: Plot, values: list[str], offset: float = 0.0) -> None:
    """The values of a factor under the area, each in the width it has."""
    room = (area.right - area.left) / len(values) - 0.12
    size = next(
        (s for s in (13.0, 11.5, 10.0) if all(area.page.width(theme.clean(v), s) <= room for v in values)), 10
    )
    every = max(1, ceil(0.3 / (room + 0.12)))  # very many values: label some
    for i, value in enumerate(values):
        if i % every == 0:
            area.page.write(
                area.x_inch(i + offset), area.bottom - 0.1,
                area.page.wrap(value, room * every, size, lines=2), size, f"value:{i}",
                ha="center", va="top", color=theme.SOFT, linespacing=1.1,
            )  # fmt: skip


def _x_name(area: Plot, name: str) -> None:
    words = area.page.cut(theme.clean(name), area.right - area.left, 13)
    area.page.write(
        (area.left + area.right) / 2,
        area.bottom - 0.64,
        words,
        13,
        "x",
        ha="center",
        va="center",
        color=theme.SOFT,
    )


def _axis_name(page: Page, name: str) -> None:
    """What the vertical axis counts, written flat above it."""
    placed = page.write(
        page.left,
        page.top,
        page.cut(theme.clean(name), page.right - page.left, 13),
        13,
        "y",
        color=theme.INK,
        va="top",
    )
    page.top -= page.height(placed) + 0.2


def _small_print(lines: Sequence[str]) -> list[tuple[str, str]]:
    last = len(lines) - 1
    return [("source" if i == last else "excludes", line) for i, line in enumerate(lines)]


# ---- parts shared by charts over time ----------------------------------------------------------------


def _page(run: Run, title: str, subtitle: str) -> Page:
    page = Page()
    page.head(title, subtitle)
    notes = [("notes", f"Note: {' '.join(run.notes)}")] if run.notes else []
    page.foot([*notes, ("excludes", titles.excludes_line(run)), ("source", titles.source_line(run))])
    return page


def _x_range(run: Run) -> tuple[float, float]:
    return float(run.dates[0].toordinal()), float(run.end.toordinal())


def _in_time(run: Run, one: ObservationShown) -> bool:
    return one.last >= run.dates[0] and one.first < run.end


def _middle(run: Run, period: int) -> float:
    """The middle of a report period, where its mean is drawn."""
    ends = [*run.dates, run.end]
    return (ends[period].toordinal() + ends[period + 1].toordinal()) / 2


def _xs(run: Run) -> list[float]:
    """Middles of the report periods, with both edges: half a period is its mean too."""
    first, last = _x_range(run)
    return [first, *(_middle(run, period) for period in range(len(run.dates))), last]


def _ys(values: Sequence[float], scale: float) -> list[float]:
    scaled = [value * scale for value in values]
    return [scaled[0], *scaled, scaled[-1]]


def _amount(value: float, percent: bool) -> str:
    return f"{value + 1e-9:.0f}%" if percent else titles.number(value)


def _y_axis(highest: float, percent: bool) -> tuple[float, float]:
    """Top of the axis and step of its ticks: 0 to 100% or more, or a round number of hours or systems."""
    if percent:
        top = max(100.0, 25.0 * ceil(highest / 25 - 1e-9))
        return top, 25.0 if top <= 200 else theme.nice_step(top)
    step = theme.nice_step(highest)
    return step * ceil(highest / step - 1e-9 if highest > 0 else 1), step


def _y_ticks(area: Plot, y_top: float, step: float, unit: str) -> None:
    count = floor(y_top / step + 1e-9)
    digits = 0 if step >= 1 and step == round(step) else 1 if step >= 0.1 else 3
    for i in range(count + 1):
        level = i * step
        if i:
            area.axes.axhline(level, color=theme.GRID, linewidth=1.0, zorder=0.5)
        area.page.write(
            area.left - 0.1, area.y_inch(level) + 0.02, f"{level:,.{digits}f}{unit}", 14, f"y:{i}",
            color=theme.SOFT, ha="right", va="center_baseline",
        )  # fmt: skip


def _x_ticks(area: Plot, run: Run) -> None:
    """Calendar years under the area, months when there are less than two years; small ticks between."""
    first, last = run.dates[0], run.end
    starts = [date(year, 1, 1) for year in range(first.year, last.year + 1)]
    years = [day for day in starts if first <= day <= last]
    days = (last - first).days
    if days < 2 * 366:
        months = [
            date(first.year + (first.month - 1 + k) // 12, (first.month - 1 + k) % 12 + 1, 1)
            for k in range(26)
        ]
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
class _Label:
    """A label in the right column: it wants to stand at a value of y; `tail` survives any shortening."""

    gid: str
    words: str
    tail: str
    level: float
    colour: str
    size: float
    weight: str
    swatch: tuple[str, str] | None = None


def _right_labels(area: Plot, labels: Sequence[_Label]) -> None:
    """Labels right of the area, each as near to its value as the others let it, joined by a thin line."""
    page = area.page
    edge = area.right + 0.26
    low, high = area.bottom - 0.05, area.top
    for shrink, lines in ((1.0, 2), (0.92, 2), (0.92, 1), (0.82, 1), (0.7, 1), (0.58, 1)):
        placed, heights = [], []
        for label in labels:
            start = edge + (0.24 if label.swatch else 0.0)
            words = page.wrap(
                label.words, page.right + 0.1 - start, label.size * shrink, label.weight, lines, label.tail
            )
            placed.append(
                page.write(
                    start,
                    area.bottom,
                    words,
                    label.size * shrink,
                    label.gid,
                    color=label.colour,
                    weight=label.weight,
                    va="center",
                    linespacing=1.1,
                )
            )
            heights.append(page.height(placed[-1]) + 0.07)
        if sum(heights) <= high - low or shrink == 0.58:
            break
        for text in placed:
            text.remove()
    wanted = [area.y_inch(min(max(label.level, 0.0), area.y_room)) for label in labels]
    for label, text, y, want in zip(labels, placed, theme.spread(wanted, heights, low, high), wanted):
        page.move(text, edge + (0.24 if label.swatch else 0.0), y)
        if label.swatch:
            colour, hatch = label.swatch
            page.figure.add_artist(
                Rectangle(
                    (edge / theme.SLIDE[0], (y - 0.08) / theme.SLIDE[1]),
                    0.17 / theme.SLIDE[0],
                    0.16 / theme.SLIDE[1],
                    facecolor=colour,
                    edgecolor="white",
                    hatch=hatch or None,
                    linewidth=0,
                    transform=page.figure.transFigure,
                    gid=f"swatch:{label.gid}",
                )
            )
        if label.swatch or abs(y - want) > 0.06:
            page.line(
                [area.right + 0.03, edge - 0.05],
                [want, y],
                "leader",
                color=label.colour,
                linewidth=0.9,
                alpha=0.7,
            )


@dataclass(frozen=True)
class _Lane:
    """A halt's label in its lane above the data; `x` is where its dotted line stands, in inches."""

    halt: HaltShown
    lane: int
    text: str
    x: float
    begin: float
    stop: float


def _rows(lanes: Sequence[_Lane]) -> int:
    """How many rows of labels lie above the data."""
    return min(MOST_LANES + 1, 1 + max((one.lane for one in lanes), default=-1))


def _lanes(page: Page, run: Run, shown: Sequence[HaltShown], column: float) -> list[_Lane]:
    """Halts within the horizon, their labels staggered so that none meets another or another's line."""
    halts = [halt for halt in shown if halt.start < run.end and (halt.end is None or halt.end > run.dates[0])]
    left, right = theme.PLOT_LEFT, page.right - column
    first_x, last_x = _x_range(run)
    placed: list[_Lane] = []
    for halt in sorted(halts, key=lambda one: (one.start, one.name)):
        day = max(halt.start, run.dates[0]).toordinal()
        x = left + (day - first_x) / (last_x - first_x) * (right - left)
        about = "about " if halt.uncertain else ""
        since = "since " if halt.start < run.dates[0] else ""
        tail = f", {since}{about}{titles.month_year(halt.start)}" + (
            " (background)" if halt.background else ""
        )
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
        placed.append(_Lane(halt, lane, words, x, begin, stop))
    return placed


def _halts(area: Plot, run: Run, lanes: Sequence[_Lane], shaded: bool) -> None:
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


# ---- files -------------------------------------------------------------------------------------------


def save(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write `name`.png (1920 × 1080) and `name`.svg (text stays text), byte for byte the same every time."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.png", folder / f"{name}.svg"]
    nameless: list[dict[str, Any]] = [{"Software": "armsim"}, {"Date": None, "Creator": "armsim"}]
    with theme.house_style():
        for path, metadata in zip(paths, nameless):
            buffer = io.BytesIO()
            figure.savefig(buffer, format=path.suffix[1:], dpi=DPI, metadata=metadata)
            written = buffer.getvalue()
            if path.suffix == ".svg":  # a reader without our font should not fall back to one with serifs
                written = re.sub(rb"(font-family: )([^;\"]+)", rb"\1\2, sans-serif", written)
            path.write_bytes(written)
    return paths


__all__ = ["readiness", "save", "states", "sweep_lines", "sweep_map"]
