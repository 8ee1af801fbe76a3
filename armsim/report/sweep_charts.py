"""Charts of a sweep: a result against the values of one factor (lines) or of two (a map).

Like those of `charts`: a matplotlib Figure each, of no pyplot, with a gid on every element.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, isfinite
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from armsim.errors import UsageError
from armsim.report import theme
from armsim.report.parts import MOST_LINES, Label, amount, minimum_line, right_labels, y_axis, y_ticks
from armsim.report.theme import Page, Plot


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
        raise UsageError(f"a sweep needs a number for each of its {len(values)} values; got {wrong or 'none'}")
    if len(series) > MOST_LINES:
        raise UsageError(f"{len(series)} variants cannot be told apart on one chart; choose at most {MOST_LINES}")
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
        y_top, step = y_axis(highest, percent)
        area = theme.plot(page, (-0.5, len(values) - 0.5), y_top)
        y_ticks(area, y_top, step, "%" if percent else "")
        _value_ticks(area, values)
        labels = []
        for k, ((name, _), style) in enumerate(zip(series.items(), theme.LINES)):
            low, mean, high = numbers[k].T
            aside = 0.0 if len(series) <= 2 else (k - (len(series) - 1) / 2) * min(0.09, 0.6 / len(series))
            xs = np.arange(len(values)) + aside
            if len(series) <= 2 and np.isfinite(low).any():
                area.axes.fill_between(xs, low, high, color=style[0], alpha=0.2, linewidth=0, gid=f"band:{name}")
                area.shade(list(xs), list(low), list(high))
            area.axes.vlines(xs, low, high, color=style[0], linewidth=1.8, alpha=0.85, gid=f"whisker:{name}", zorder=3)
            area.axes.plot(xs, mean, color=style[0], linestyle=style[2], linewidth=2.6, gid=f"mean:{name}", zorder=4)
            area.axes.plot(xs, mean, color=style[0], marker="o", markersize=7, linestyle="none", zorder=5)
            good = np.isfinite(mean)
            for x, bottom, top in zip(xs, low, high):
                if isfinite(bottom) and isfinite(top):
                    area.keep_clear([x, x], [bottom, top])
            if good.any():
                area.keep_clear(list(xs[good]), list(mean[good]))
                end = float(mean[good][-1])
                tail = f": {amount(end, percent)}"
                labels.append(Label(f"label:{name}", name, tail, end, style[1], 13.0, "bold"))
        right_labels(area, labels)
        if minimum is not None:
            minimum_line(area, minimum, f"Minimum {amount(minimum, percent)}")
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
    size = next((s for s in (13.0, 11.5, 10.0) if all(area.page.width(theme.clean(v), s) <= room for v in values)), 10)
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
