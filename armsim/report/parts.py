"""What charts share: labels right of the area, the vertical axis, the line of a minimum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from armsim.report import theme, titles
from armsim.report.theme import DPI, Page, Plot

MOST_LINES = len(theme.LINES)  # more variants than these cannot be told apart
WIDEST_COLUMN = 3.5  # inches for labels at the right when there are many


def amount(value: float, percent: bool) -> str:
    """A value as a label prints it."""
    return f"{value + 1e-9:.0f}%" if percent else titles.number(value)


def y_axis(highest: float, percent: bool) -> tuple[float, float]:
    """Top of the axis and step of its ticks: 0 to 100% or more, or a round number of hours or systems."""
    if percent:
        top = max(100.0, 25.0 * ceil(highest / 25 - 1e-9))
        return top, 25.0 if top <= 200 else theme.nice_step(top)
    step = theme.nice_step(highest)
    return step * ceil(highest / step - 1e-9 if highest > 0 else 1), step


def y_ticks(area: Plot, y_top: float, step: float, unit: str) -> None:
    """Horizontal lines with their values from zero to the top of the axis."""
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


def minimum_line(area: Plot, level: float, words: str) -> None:
    """The dashed line of the minimum, labelled where the label covers least."""
    area.axes.axhline(
        level, color=theme.VERMILLION, linewidth=2.0, dashes=(5, 3), gid="minimum", zorder=4.2
    )  # fmt: skip
    words = area.page.wrap(words, 4.2, 13, lines=2)
    text = area.page.write(area.left, area.bottom, words, 13, "minimum:label", color=theme.DARK_VERMILLION, va="bottom")
    height = area.page.height(text) * DPI
    edge, y = area.box(), area.y_inch(level) * DPI

    def spots() -> Iterator[tuple[float, float]]:
        for x in np.linspace(edge.x1, edge.x0, 60):
            yield float(x), y + 5
            yield float(x), y - height - 6

    area.place(text, spots())
    area.keep_clear(area.x_range, (level, level))


@dataclass(frozen=True)
class Label:
    """A label in the right column: it wants to stand at a value of y; `tail` survives any shortening."""

    gid: str
    words: str
    tail: str
    level: float
    colour: str
    size: float
    weight: str
    swatch: tuple[str, str] | None = None


def column(page: Page, labels: Sequence[Label]) -> float:
    """Inches for labels at the right: more when there are many, so that most of them take one line only."""
    if len(labels) <= 4:
        return theme.COLUMN
    widest = max(page.width(theme.clean(label.words) + label.tail, label.size, label.weight) for label in labels)
    return min(WIDEST_COLUMN, max(theme.COLUMN, widest + 0.18))


def right_labels(area: Plot, labels: Sequence[Label]) -> None:
    """Labels right of the area, each as near to its value as the others let it, joined by a thin line.

    From the top down they follow their values; equal ones (as far as they are read) keep the order given.
    """
    page = area.page
    edge = area.right + 0.26
    low, high = area.bottom - 0.15, area.top
    labels = sorted(labels, key=lambda label: -round(100 * label.level / area.y_top))
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
            page.rectangle((edge, y - 0.08, 0.17, 0.16), f"swatch:{label.gid}", colour, hatch=hatch or None)
        if label.swatch or abs(y - want) > 0.06:
            page.line(
                [area.right + 0.03, edge - 0.05],
                [want, y],
                "leader",
                color=label.colour,
                linewidth=0.9,
                alpha=0.7,
            )
