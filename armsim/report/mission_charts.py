"""The chart of what missions a fleet can still do over time."""

from __future__ import annotations

from math import isfinite

from matplotlib.figure import Figure

from armsim.errors import UsageError
from armsim.measures import Curve, Run
from armsim.report import findings, over_time, theme, titles
from armsim.report.parts import MOST_LINES, Label, column, right_labels
from armsim.report.theme import Plot


def missions(run: Run, fleet: str, variant: str, title: str | None = None) -> Figure:
    """Systems of a fleet able to do each of its missions over time, with and without the halt (means of runs)."""
    result, twin = titles.fleet_of(run, fleet, variant), titles.twin_of(run, fleet, variant)
    if not result.missions:
        raise UsageError(f"fleet '{fleet}' has no missions: there is nothing to draw")
    shown = list(result.missions)[:MOST_LINES]
    with theme.house_style():
        page = over_time.page_for(
            run,
            findings.mission_title(run, fleet, variant) if title is None else title,
            findings.mission_subtitle(run, fleet, variant, len(shown)),
            [variant],
        )
        lines = [result.missions[name]["able"] for name in shown]
        without = [] if twin is None else [twin.missions[name]["able"] for name in shown]
        tops = [top for curve in (*lines, *without) for ends in (curve.mean, curve.p95) for top in ends]
        highest = max(result.authorised, *filter(isfinite, tops))
        labels = [mission_label(name, curve, k) for k, (name, curve) in enumerate(zip(shown, lines))]
        halts = titles.variant_of(run, variant).halts
        area = over_time.area_for(page, run, halts, highest, False, column(page, labels))
        for k, name in enumerate(shown):
            if without:
                draw(area, run, without[k], k, 1.3, f"twin:{name}")
            if findings.banded(result):
                shade(area, run, lines[k], k, f"fan90:{name}")
            draw(area, run, lines[k], k, 3.0, f"mission:{name}")
        right_labels(area, labels)
    return page.figure


def mission_label(name: str, curve: Curve, k: int) -> Label:
    """The name of a mission and how many can do it at the end."""
    end = curve.mean[-1]
    return Label(f"label:{name}", name, f": {titles.number(end)}", end, theme.LINES[k][1], 13.0, "bold")


def shade(area: Plot, run: Run, curve: Curve, k: int, gid: str) -> None:
    """The band that holds 90% of runs."""
    xs, low, high = over_time.xs(run), over_time.ys(curve.p05, 1.0), over_time.ys(curve.p95, 1.0)
    area.axes.fill_between(xs, low, high, color=theme.LINES[k][0], alpha=0.15, linewidth=0, gid=gid, zorder=2)


def draw(area: Plot, run: Run, curve: Curve, k: int, width: float, gid: str) -> None:
    """The mean line of a mission in its style."""
    xs, ys = over_time.xs(run), over_time.ys(curve.mean, 1.0)
    colour, _, dashes = theme.LINES[k]
    area.axes.plot(
        xs, ys, color=colour, linestyle=dashes, linewidth=width, gid=gid, zorder=4, solid_capstyle="butt"
    )  # fmt: skip
    area.keep_clear(xs, ys)
