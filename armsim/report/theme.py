"""The house style of charts: colours, fonts, the slide page, and how text is measured, wrapped and placed.

No global state: matplotlib's settings change only inside `house_style()`, and no figure belongs to pyplot.
Lengths on a page are inches from its lower left corner; boxes of text are pixels.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

SLIDE = (40 / 3, 7.5)  # inches: 16:9
DPI = 144  # 1920 × 1080 pixels

# Okabe & Ito (2008), safe under colour blindness; amber, sky and yellow are too pale for lines.
BLUE, VERMILLION, GREEN, BLACK = "#0072B2", "#D55E00", "#009E73", "#000000"
SKY, AMBER, PINK = "#56B4E9", "#E69F00", "#CC79A7"  # for areas only
PURPLE, DARK_BLUE, DARK_GREEN, BROWN = "#9B3F78", "#003C63", "#00543D", "#6B4A2B"
INK, SOFT, TWIN_GREY = "#1F2933", "#52606D", "#5F6B76"
GRID, SHADE, RULE = "#DCE0E4", "#8C8268", "#7B8794"
DARK_VERMILLION, GREEN_TEXT = "#A84300", "#007A59"

#: Line colour, text colour and dashes of the first, second, ... variant on a chart.
LINES: tuple[tuple[str, str, Any], ...] = (
    (BLUE, BLUE, "solid"),
    (GREEN, GREEN_TEXT, (0, (5, 1.6))),
    (PURPLE, PURPLE, (0, (1.2, 1.2))),
    (BLACK, BLACK, (0, (6, 1.6, 1.2, 1.6))),
    (DARK_BLUE, DARK_BLUE, (0, (2.6, 1.3))),
    (BROWN, BROWN, (0, (9, 2))),
    (DARK_GREEN, DARK_GREEN, (0, (6, 1.4, 1.2, 1.4, 1.2, 1.4))),
    (PINK, PURPLE, (0, (3, 1, 1, 1))),
    (RULE, SOFT, (0, (1, 2.4))),
    (BLUE, BLUE, (0, (8, 3, 2, 3))),
    (GREEN, GREEN_TEXT, (0, (1, 0.8))),
    (BLACK, BLACK, (0, (1, 3.5))),
)

_FAMILIES = ("Noto Sans", "Open Sans", "Segoe UI", "Helvetica Neue", "Arial", "Liberation Sans",
             "DejaVu Sans", "Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans Hebrew",
             "Noto Sans Arabic")  # fmt: skip


@lru_cache(maxsize=1)
def families() -> tuple[str, ...]:
    """The wanted font families that are installed, best first; DejaVu Sans comes with matplotlib."""
    installed = {font.name for font in fontManager.ttflist}
    return tuple(name for name in _FAMILIES if name in installed) or ("DejaVu Sans",)


#: Families of settings that change how a figure looks; the others (backends, folders) are the user's.
_DRAWING = ("axes.", "figure.", "font.", "hatch.", "image.", "legend.", "lines.", "markers.",
            "mathtext.", "patch.", "path.", "savefig.", "svg.", "text.", "xaxis.",
            "xtick.", "yaxis.", "ytick.")  # fmt: skip
_ONES_OWN = ("savefig.directory", "figure.hooks", "figure.max_open_warning")


def house_style() -> AbstractContextManager[None]:
    """Matplotlib's own defaults with our fonts and reproducible SVG, for the length of a `with` block."""
    settings: dict[Any, Any] = {
        name: value
        for name, value in dict.items(matplotlib.rcParamsDefault)
        if name.startswith(_DRAWING) and name not in _ONES_OWN
    }
    settings |= {
        "font.family": list(families()),
        "text.parse_math": False,
        "text.usetex": False,
        "text.hinting": "none",
        "svg.fonttype": "none",
        "svg.hashsalt": "armsim",
        "hatch.linewidth": 0.8,
        "axes.unicode_minus": True,
    }
    return matplotlib.rc_context(settings)


@lru_cache(maxsize=4096)
def _drawable(character: str) -> bool:
    fonts = [get_font(findfont(FontProperties(family=name))) for name in families()]
    return any(font.get_char_index(ord(character)) for font in fonts)


def clean(text: str) -> str:
    """The text as one line that can be drawn: no control characters, '□' for what no font has."""
    text = unicodedata.normalize("NFC", " ".join(str(text).split()))
    return "".join(c if _drawable(c) else "□" for c in text if c.isprintable())


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels."""

    x0: float
    y0: float
    x1: float
    y1: float

    def meets(self, other: Box, gap: float = 0.0) -> bool:
        """True if the two come nearer than `gap`."""
        return (
            self.x0 < other.x1 + gap
            and other.x0 < self.x1 + gap
            and self.y0 < other.y1 + gap
            and other.y0 < self.y1 + gap
        )

    def nearest(self, x: float, y: float) -> tuple[float, float]:
        """The point of the box nearest to (x, y)."""
        return min(max(x, self.x0), self.x1), min(max(y, self.y0), self.y1)


def box_of(text: Text) -> Box:
    """Where a text stands on its figure."""
    extent = text.get_window_extent()
    return Box(extent.x0, extent.y0, extent.x1, extent.y1)


def size_of(text: Text) -> tuple[float, float]:
    """Width and height of placed text in pixels."""
    box = box_of(text)
    return box.x1 - box.x0, box.y1 - box.y0


@lru_cache(maxsize=1)
def _renderer() -> RendererAgg:
    return RendererAgg(round(SLIDE[0] * DPI), round(SLIDE[1] * DPI), DPI)


@lru_cache(maxsize=8192)
def _width(word: str, size: float, weight: str) -> float:
    if not word:
        return 0.0
    font = FontProperties(family=list(families()), size=size, weight=weight)
    width, _, _ = _renderer().get_text_width_height_descent(word, font, False)
    return float(width) / DPI


class Page:
    """A slide: a figure without pyplot, on which text is measured before it is placed."""

    left, right = 0.6, SLIDE[0] - 0.4

    def __init__(self) -> None:
        self.figure = Figure(figsize=SLIDE, dpi=DPI, facecolor="white")
        self.canvas = FigureCanvasAgg(self.figure)
        self.top = SLIDE[1] - 0.42  # of what is still free
        self.bottom = 0.3

    # ---- text ----

    @staticmethod
    def width(text: str, size: float, weight: str = "normal") -> float:
        """Width of a line of text in inches: that of its words and the spaces between."""
        words = text.split(" ")
        gaps = (len(words) - 1) * _width(" ", size, weight)
        return gaps + sum(_width(word, size, weight) for word in words)

    def cut(self, text: str, room: float, size: float, weight: str = "normal", tail: str = "") -> str:
        """The text, shortened by '…' until it and `tail` fit the room (inches)."""
        if self.width(text + tail, size, weight) <= room:
            return text + tail
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            if self.width(text[:middle].rstrip() + "…" + tail, size, weight) <= room:
                low = middle
            else:
                high = middle - 1
        return text[:low].rstrip() + "…" + tail

    def wrap(self, text: str, room: float, size: float, weight: str = "normal", lines: int = 2, tail: str = "") -> str:
        """The text in at most so many lines no wider than `room` inches; `tail` is kept when text is cut."""
        words, line = (clean(text) + tail).split(), ""
        done: list[str] = []
        for position, word in enumerate(words):
            longer = f"{line} {word}".strip()
            if self.width(longer, size, weight) <= room:
                line = longer
                continue
            if len(done) == lines - 1:
                rest = clean(" ".join([line, *words[position:]]))
                rest = rest.removesuffix(tail) if tail else rest
                return "\n".join([*done, self.cut(rest.strip(), room, size, weight, tail)])
            if line:
                done.append(line)
            line = word if self.width(word, size, weight) <= room else self.cut(word, room, size, weight)
        return "\n".join([*done, line])

    def write(self, x: float, y: float, text: str, size: float, gid: str, **style: Any) -> Text:
        """Put text on the page, at inches from the lower left; never read as mathematics."""
        style.setdefault("color", INK)
        style.setdefault("va", "baseline")
        return self.figure.text(
            x / SLIDE[0], y / SLIDE[1], text, fontsize=size, gid=gid, parse_math=False,
            family=list(families()), linespacing=style.pop("linespacing", 1.25), **style,
        )  # fmt: skip

    def height(self, text: Text) -> float:
        """Height of placed text in inches."""
        box = box_of(text)
        return (box.y1 - box.y0) / DPI

    def move(self, text: Text, x: float, y: float) -> None:
        """Move placed text to inches from the lower left."""
        text.set_position((x / SLIDE[0], y / SLIDE[1]))

    def head(self, title: str, subtitle: str) -> None:
        """Title and subtitle at the top, two lines each at most."""
        room = self.right - self.left
        for size, lines in ((25.0, 1), (22.0, 1), (25.0, 2), (22.0, 2), (19.0, 2)):
            wrapped = self.wrap(title, room, size, "bold", lines)
            if not wrapped.endswith("…"):
                break
        placed = self.write(self.left, self.top, wrapped, size, "title", weight="bold", va="top")
        self.top -= self.height(placed) + 0.14
        for size, lines in ((14.5, 1), (13.5, 1), (12.8, 1), (14.5, 2), (13, 2), (11.5, 2)):
            wrapped = self.wrap(subtitle, room, size, lines=lines)
            if not wrapped.endswith("…"):
                break
        placed = self.write(self.left, self.top, wrapped, size, "subtitle", color=SOFT, va="top")
        self.top -= self.height(placed) + 0.22

    def foot(self, lines: Sequence[tuple[str, str]]) -> None:
        """Small print at the bottom: (gid, text) from the top line to the last, two lines each at most."""
        room = self.right - self.left
        for gid, text in reversed(lines):
            for size in (10.5, 9.5, 8.5):
                wrapped = self.wrap(text, room, size)
                if not wrapped.endswith("…"):
                    break
            placed = self.write(self.left, self.bottom, wrapped, size, gid, color=SOFT, va="bottom")
            self.bottom += self.height(placed) + 0.045
        self.bottom += 0.12

    def line(self, xs: Sequence[float], ys: Sequence[float], gid: str, **style: Any) -> None:
        """A line on the page between points in inches."""
        self.figure.add_artist(
            Line2D(
                [x / SLIDE[0] for x in xs],
                [y / SLIDE[1] for y in ys],
                transform=self.figure.transFigure,
                gid=gid,
                **style,
            )
        )

    def rectangle(self, box: tuple[float, float, float, float], gid: str, colour: str, **style: Any) -> None:
        """A filled rectangle: left, bottom, width (may be negative) and height in inches."""
        left, bottom, width, height = box
        self.figure.add_artist(
            Rectangle(
                (left / SLIDE[0], bottom / SLIDE[1]), width / SLIDE[0], height / SLIDE[1], facecolor=colour,
                edgecolor="white", linewidth=0, transform=self.figure.transFigure, gid=gid, **style,
            )
        )  # fmt: skip


@dataclass
class Plot:
    """A plotting area on a page, with what text may not cover.

    `taken` are boxes of text, `strokes` points along lines, `bands` (x, low, high) of shaded areas; pixels.
    """

    page: Page
    axes: Axes
    left: float
    bottom: float
    right: float
    top: float
    x_range: tuple[float, float]
    y_top: float  # value at the top of what is measured; lanes for labels may lie above
    y_room: float  # value at the top of the area
    taken: list[Box] = field(default_factory=list)
    strokes: list[np.ndarray] = field(default_factory=list)
    bands: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=list)

    def x_inch(self, x: float) -> float:
        """Where a value of x lies on the page."""
        first, last = self.x_range
        return self.left + (x - first) / (last - first) * (self.right - self.left)

    def y_inch(self, y: float) -> float:
        """Where a value of y lies on the page."""
        return self.bottom + y / self.y_room * (self.top - self.bottom)

    def box(self) -> Box:
        """The area below the lanes, in pixels."""
        return Box(self.left * DPI, self.bottom * DPI, self.right * DPI, self.y_inch(self.y_top) * DPI)

    def keep_clear(self, xs: Sequence[float], ys: Sequence[float]) -> None:
        """Remember a line that text should not cover."""
        x = np.array([self.x_inch(value) for value in xs]) * DPI
        y = np.array([self.y_inch(value) for value in ys]) * DPI
        if len(x) > 1:
            distance = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
            along = np.linspace(0.0, distance[-1], max(2, int(distance[-1] / 4)))
            x, y = np.interp(along, distance, x), np.interp(along, distance, y)
        self.strokes.append(np.column_stack([x, y]))

    def shade(self, xs: Sequence[float], low: Sequence[float], high: Sequence[float]) -> None:
        """Remember a band that text had better not cover; it may have gaps (not a number)."""
        rows = [row for row in zip(xs, low, high) if all(map(isfinite, row))]
        if rows:
            x = np.array([self.x_inch(row[0]) for row in rows]) * DPI
            ends = [np.array([self.y_inch(row[side]) for row in rows]) * DPI for side in (1, 2)]
            self.bands.append((x, ends[0], ends[1]))

    def costs(self, boxes: np.ndarray, from_point: tuple[float, float] | None = None) -> np.ndarray:
        """How bad it is to put text into each box (rows x0, y0, x1, y1), joined to `from_point` by a thin line."""
        x0, y0, x1, y1 = (side[:, None] for side in boxes.T)
        taken = np.array([(box.x0, box.y0, box.x1, box.y1) for box in self.taken], dtype=float).reshape(-1, 4).T
        meets = (x0 < taken[2] + 7) & (taken[0] < x1 + 7) & (y0 < taken[3] + 7) & (taken[1] < y1 + 7)
        price: np.ndarray = 5000.0 * meets.sum(axis=1)
        for points in self.strokes:
            x, y = points.T
            inside = (x > x0 - 5) & (x < x1 + 5) & (y > y0 - 2) & (y < y1 + 2)
            price += 12.0 * inside.sum(axis=1)
        along = x0 + (x1 - x0) * np.linspace(0, 1, 7)
        for x, low, high in self.bands:
            floor, ceiling = np.interp(along, x, low), np.interp(along, x, high)
            covered = np.clip(np.minimum(ceiling, y1) - np.maximum(floor, y0), 0.0, None)
            price += 60.0 * covered.mean(axis=1) / np.maximum(y1 - y0, 1.0)[:, 0]
        if from_point is not None:
            away = np.clip(from_point[0], x0, x1) - from_point[0], np.clip(from_point[1], y0, y1) - from_point[1]
            reach = np.hypot(*away)[:, 0]
            price += 0.25 * reach + 300.0 * (reach < 45)
            steps = np.linspace(0, 1, 24)
            x, y = (start + way * steps for start, way in zip(from_point, away))
            for left, bottom, right, top in taken.T:
                crossed = (x > left - 3) & (x < right + 3) & (y > bottom - 3) & (y < top + 3)
                price += 400.0 * crossed.any(axis=1)
        return price

    def place(
        self,
        text: Text,
        spots: Iterable[tuple[float, float]],
        near: tuple[float, float] | None = None,
        plate: float = 0.0,
    ) -> Box:
        """Move text (aligned left and bottom) to the cheapest spot (pixels of its corner); gives its box.

        `plate` is by how many pixels the ground behind the text reaches beyond it.
        """
        now = box_of(text)
        width, height = now.x1 - now.x0, now.y1 - now.y0
        area, corners = self.box(), np.array(list(spots))
        x = np.minimum(np.maximum(corners[:, 0], area.x0 + 8), area.x1 - width - 8)
        y = np.minimum(np.maximum(corners[:, 1], area.y0 + 8), area.y1 - height - 4)
        boxes = np.column_stack([x - plate, y - plate, x + width + plate, y + height + plate])
        best = int(np.argmin(self.costs(boxes, near) + 0.01 * np.arange(len(boxes))))
        chosen = Box(float(x[best]), float(y[best]), float(x[best]) + width, float(y[best]) + height)
        # The corner of the ink may differ from the anchor: move by the difference.
        anchor_x, anchor_y = text.get_position()
        self.page.move(
            text,
            float(anchor_x) * SLIDE[0] + (chosen.x0 - now.x0) / DPI,
            float(anchor_y) * SLIDE[1] + (chosen.y0 - now.y0) / DPI,
        )
        self.taken.append(chosen)
        return chosen

    def everywhere(self) -> Iterator[tuple[float, float]]:
        """Spots on a grid over the area, in pixels."""
        area = self.box()
        for y in np.linspace(area.y0 + 8, area.y1 - 8, 30):
            for x in np.linspace(area.x0 + 8, area.x1 - 8, 48):
                yield float(x), float(y)


LANE = 0.29  # inches of height for one lane of halt labels
COLUMN = 2.75  # inches of width for labels at the right
PLOT_LEFT = 1.35  # inches from the page's left edge to the area


def plot(
    page: Page, x_range: tuple[float, float], y_top: float, lanes: int = 0,
    column: float = COLUMN, left: float = PLOT_LEFT,
) -> Plot:  # fmt: skip
    """The plotting area that fills what the head and foot of the page left, with lanes for labels on top.

    `column` is the width in inches of the column for labels at the right, `left` where the area begins.
    """
    bottom, right, top = page.bottom + 0.46, page.right - column, page.top
    height = top - bottom
    y_room = y_top * height / (height - lanes * LANE - (0.06 if lanes else 0.0))
    axes = page.figure.add_axes(
        (left / SLIDE[0], bottom / SLIDE[1], (right - left) / SLIDE[0], height / SLIDE[1]), gid="plot"
    )
    axes.set_xlim(*x_range)
    axes.set_ylim(0, y_room)
    axes.set_xticks([])
    axes.set_yticks([])
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(RULE)
    axes.patch.set_visible(False)
    return Plot(page, axes, left, bottom, right, top, x_range, y_top, y_room)


def spread(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Centres nearest to those wanted, the first on top and in this order, so that no two heights overlap.

    Least squares by pooling adjacent violators; all between `low` and `high` if there is room.
    """
    stack, used = [], 0.0
    for height in reversed(heights):
        stack.append(used + height / 2)
        used += height
    pools: list[list[float]] = []  # [sum, count]
    for want, centre in zip(reversed(wanted), stack):
        pools.append([want - centre, 1.0])
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] >= pools[-1][0] / pools[-1][1]:
            total, count = pools.pop()
            pools[-1][0] += total
            pools[-1][1] += count
    shifts = [total / count for total, count in pools for _ in range(int(count))]
    return [centre + min(max(shift, low), max(low, high - used)) for centre, shift in zip(stack, shifts)][::-1]


def nice_step(top: float, steps: int = 5) -> float:
    """A round step (1, 2, 2.5 or 5 times a power of ten) that reaches `top` in about so many steps."""
    rough = max(top, 1e-9) / steps
    power = 10.0 ** np.floor(np.log10(rough))
    return float(next((m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999), 10 * power))
