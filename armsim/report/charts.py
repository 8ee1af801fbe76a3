"""Charts that go into a briefing as they are: readiness over time and states, on a 16:9 slide.

Each function gives a matplotlib Figure that belongs to no pyplot; every element carries a gid, such as
'median:<variant>' or 'halt:<name>', that survives as an id in the SVG.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from armsim.errors import UsageError
from armsim.measures import STATISTICS, Curve, FleetResult, ObservationShown, Run
from armsim.report import over_time, theme, titles
from armsim.report.parts import MOST_LINES, Label, amount, column, minimum_line, right_labels, y_ticks
from armsim.report.theme import DPI, Box, Plot

DEFAULT_LINES = 8  # variants shown when none are chosen
STATES_COLUMN = 3.3  # inches for the labels of states
MARK = 10.0  # pixels from the middle of an observation's mark to its tips

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
    seen = [one for one in run.observations if one.fleet == fleet and one.measure == measure]
    seen = [one for one in seen if over_time.in_time(run, one)]
    percent = scale != 1.0 or (result.authorised == 100 and not titles.in_hours(measure))
    with theme.house_style():
        page = over_time.page_for(
            run,
            titles.comparison_title(run, fleet, chosen, measure) if title is None else title,
            titles.subtitle(run, fleet, main, measure, len(chosen), fans) + _left_out(run, variants, chosen),
            chosen,
        )
        tops = [top for name in chosen[:fans] for band in (curves[name].p75, curves[name].p95) for top in band]
        tops += [top for name in chosen for top in curves[name].p50] + list(twin_curve.p50 if twin_curve else ())
        tops += [part for one in seen for part in (one.low, one.best, one.high) if part is not None]
        tops += [minimum] if minimum is not None else []
        labels = _end_labels(run, chosen, curves, twin_curve, scale, percent)
        highest = max(filter(isfinite, tops)) * scale
        area = over_time.area_for(page, run, run.variants[main].halts, highest, percent, column(page, labels))
        for name, style in reversed(list(zip(chosen, theme.LINES))):
            _draw_variant(area, run, curves[name], name, scale, style, chosen.index(name) < fans, name == main)
        if twin_curve is not None and not _same(twin_curve, curves[main]):
            xs, ys = over_time.xs(run), over_time.ys(twin_curve.p50, scale)
            area.axes.plot(xs, ys, color=theme.TWIN_GREY, linewidth=2.4, gid="twin", zorder=4.5, solid_capstyle="butt")
            area.keep_clear(xs, ys)
        right_labels(area, labels)
        if minimum is not None:
            minimum_line(area, minimum * scale, f"Minimum {result.minimum_text}".strip())
        marks = _observations(area, run, seen, scale)
        if minimum is not None and measure == "mc" and result.first_below_minimum is not None:
            whose = run.variants[main].title if len(chosen) > 1 else ""
            _crossing(area, run, result, scale, whose)
        _observed(area, marks)
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
        raise UsageError(f"{len(names)} variants cannot be told apart on one chart; choose at most {MOST_LINES}")
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
    xs = over_time.xs(run)
    if fan:
        for kind, low, high, alpha in (
            ("fan90", curve.p05, curve.p95, 0.20),
            ("fan50", curve.p25, curve.p75, 0.30),
        ):
            if not all(map(isfinite, (*low, *high))):  # too few runs for this band
                continue
            lower, upper = over_time.ys(low, scale), over_time.ys(high, scale)
            area.axes.fill_between(
                xs, lower, upper, color=style[0], alpha=alpha, linewidth=0, gid=f"{kind}:{name}", zorder=2
            )
            area.shade(xs, lower, upper)
    ys = over_time.ys(curve.p50, scale)
    area.axes.plot(
        xs, ys, color=style[0], linestyle=style[2], linewidth=3.4 if main else 2.4, gid=f"median:{name}",
        zorder=5 if main else 4, solid_capstyle="butt",
    )  # fmt: skip
    area.keep_clear(xs, ys)


def _same(one: Curve, other: Curve) -> bool:
    """True when two curves agree in everything, also in what few runs cannot support (not a number)."""
    return all(np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in STATISTICS)


def _end_labels(
    run: Run, chosen: list[str], curves: dict[str, Curve], twin: Curve | None, scale: float, percent: bool
) -> list[Label]:
    """What stands right of the lines and bands: the main variant, its twin, the others, then bands."""
    labels, many = [], len(chosen) > 4
    for name, (_, ink, _) in zip(chosen, theme.LINES):
        end = curves[name].p50[-1] * scale
        tail = f": median {amount(end, percent)}" if len(chosen) == 1 else f": {amount(end, percent)}"
        size = (15.0 if name == chosen[0] else 13.0) - many
        labels.append(Label(f"label:{name}", run.variants[name].title, tail, end, ink, size, "bold"))
    if twin is not None:
        end = twin.p50[-1] * scale
        gid, words, tail = ("label:twin", "No halt", f": {amount(end, percent)}")
        if _same(twin, curves[chosen[0]]):
            gid, words, tail = ("twin", "No halt: the same", "")
        labels.insert(1, Label(gid, words, tail, end, theme.TWIN_GREY, 13.0 - many, "bold"))
    if len(chosen) == 1:
        main = curves[chosen[0]]
        for words, high in (("90% of runs", main.p95), ("middle 50% of runs", main.p75)):
            if isfinite(high[-1]):
                labels.append(Label("band", words, "", high[-1] * scale, theme.LINES[0][1], 11.0, "normal"))
    return labels


def _crossing(area: Plot, run: Run, result: FleetResult, scale: float, whose: str) -> None:
    """A ring on the minimum where half of the runs have been below it, with the interval; or how many ever are.

    No ring for a fleet that is below before any halt. `whose` is the variant it speaks of, '' for the only one.
    """
    crossing, curve, already = result.first_below_minimum, result.curves["mc"], titles.below_before(run, result)
    assert crossing is not None
    words = f"Below the minimum {already}" if already else titles.crossing_words(run, crossing)
    if whose:
        words = words[0].lower() + words[1:]
    page, lines = area.page, list[str]()
    ink = theme.BLUE if whose else theme.INK
    if whose:
        lines.append(page.cut(theme.clean(whose), 3.4, 13, tail=":"))
    if already or crossing.p50 is None:
        text = page.write(area.left, area.bottom, "\n".join([*lines, words]), 13, "crossing", va="bottom", color=ink)
        start = (area.x_inch(over_time.xs(run)[1]) * DPI, area.y_inch(curve.p50[0] * scale) * DPI)
        area.place(text, area.everywhere(), start if already else None)
        return
    first, rest = words.split(": ", 1)
    when, interval = rest.split(" (", 1)
    lines += [f"{first}:", when, f"({interval}"]
    text = page.write(area.left, area.bottom, "\n".join(lines), 13, "crossing:label", va="bottom", color=ink)
    period = titles.period_at(run, crossing.p50)
    assert result.minimum is not None
    x, y = over_time.middle(run, period), result.minimum * scale
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


def _observations(
    area: Plot, run: Run, seen: list[ObservationShown], scale: float
) -> list[tuple[float, float, float]]:
    """What was seen: a marker, a bar from low to high (an arrow where one is missing), first to last day.

    Gives the middle, highest and lowest pixel of each.
    """
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
            area.axes.plot([middle], [level], marker="D", markersize=7, linestyle="none", clip_on=False, **style)
            x, y = area.x_inch(middle) * DPI, area.y_inch(level) * DPI
            area.taken.append(Box(x - MARK, y - MARK, x + MARK, y + MARK))
        marks.append((area.x_inch(middle) * DPI, area.y_inch(high) * DPI, area.y_inch(low) * DPI))
    return marks


def _observed(area: Plot, marks: list[tuple[float, float, float]]) -> None:
    """Say at one of the marks that these were observed."""
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
    box = theme.size_of(text)

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


# ---- states ------------------------------------------------------------------------------------------


def states(run: Run, fleet: str, variant: str, title: str | None = None) -> Figure:
    """The systems of a fleet over time, stacked by the state they are in (means of runs)."""
    result = titles.fleet_of(run, fleet, variant)
    shown = [state for state in STATES if any(titles.curve_of(result, state[0]).mean)]
    with theme.house_style():
        page = over_time.page_for(
            run,
            titles.states_title(run, fleet, variant) if title is None else title,
            titles.states_subtitle(run, fleet, variant),
            [variant],
        )
        means = [np.array(over_time.ys(result.curves[state[0]].mean, 1.0)) for state in shown]
        total = sum(means, np.zeros(len(run.dates) + 2))
        highest = max(float(total.max()), result.authorised, result.minimum or 0.0, 1e-9)
        step = theme.nice_step(highest)
        lanes = over_time.lanes_of(page, run, titles.variant_of(run, variant).halts, STATES_COLUMN)
        area = theme.plot(page, over_time.x_range(run), highest * 1.12, over_time.rows_of(lanes), STATES_COLUMN)
        y_ticks(area, highest * 1.12, step, "")
        over_time.x_ticks(area, run)
        over_time.draw_halts(area, run, lanes, shaded=False)
        xs, below = over_time.xs(run), np.zeros(len(run.dates) + 2)
        labels = []
        for (name, words, colour, ink, hatch), mean in zip(shown, means):
            area.axes.fill_between(
                xs, below, below + mean, facecolor=colour, edgecolor="white", linewidth=0.8,
                hatch=hatch or None, gid=f"state:{name}", zorder=2,
            )  # fmt: skip
            middle = float(below[-1] + mean[-1] / 2)
            tail = f": {titles.number(float(mean[-1]))}"
            words = "Forbidden or at a limit" if name == "limit" and titles.forbidden(result) else words
            labels.append(Label(f"label:{name}", words, tail, middle, ink, 12.5, "bold", (colour, hatch)))
            below = below + mean
        right_labels(area, labels[::-1])
        rules = []
        if result.minimum is not None:
            rules.append((result.minimum, f"Minimum {result.minimum_text} (ready)", "minimum", theme.BLACK, (5.0, 3.0)))
        if result.authorised:
            words = f"Authorised: {titles.number(result.authorised)}"
            if result.lot > 1:
                words += f" {titles.units(result)}"
            rules.append((result.authorised, words, "authorised", theme.INK, (1.0, 1.5)))
        _rules(area, rules)
    return page.figure


def _rules(area: Plot, rules: Sequence[tuple[float, str, str, str, tuple[float, float]]]) -> None:
    """Horizontal lines over coloured areas (level, words, gid, colour, dashes), then labels that hide none of them."""
    for level, _, gid, colour, dashes in rules:
        area.axes.axhline(level, color="white", linewidth=3.6, zorder=4.1, alpha=0.8)
        area.axes.axhline(level, color=colour, linewidth=2.0, dashes=dashes, gid=gid, zorder=4.2)
        area.keep_clear(area.x_range, (level, level))
    plate = {"facecolor": "white", "edgecolor": "none", "alpha": 0.88, "pad": 2.5}
    edge = area.box()
    for level, words, gid, colour, _ in rules:
        words = area.page.wrap(words, 4.2, 12.5, lines=2)
        text = area.page.write(
            area.left, area.bottom, words, 12.5, f"{gid}:label", color=colour, va="bottom", bbox=plate
        )
        height, y = theme.size_of(text)[1], area.y_inch(level) * DPI
        columns = np.linspace(edge.x0 + 10, edge.x1, 30)
        spots = [
            (float(x), corner)
            for away in (12.0, 42.0, 72.0)
            for x in columns
            for corner in (y + away, y - height - away)
        ]
        area.place(text, spots, plate=7)


# ---- files -------------------------------------------------------------------------------------------


def save(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write `name`.png (1920 × 1080) and `name`.svg (text stays text), byte for byte the same every time."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.png", folder / f"{name}.svg"]
    with theme.house_style():
        pixels, size = FigureCanvasAgg(figure).print_to_buffer()
        picture = Image.frombuffer("RGBA", size, pixels).convert("RGB")  # the page is opaque
        about = PngInfo()
        about.add_text("Software", "armsim")
        # Compressed less than by default: a fifth faster for 7% more bytes.
        picture.save(paths[0], dpi=(DPI, DPI), pnginfo=about, compress_level=3)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg", dpi=DPI, metadata={"Date": None, "Creator": "armsim"})
        # A reader without our font should not fall back to one with serifs.
        paths[1].write_bytes(re.sub(rb"(font-family: )([^;\"]+)", rb"\1\2, sans-serif", buffer.getvalue()))
    return paths


__all__ = ["readiness", "save", "states"]
