"""Which figures a run or a sweep gets, and where they are written."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from armsim.errors import UsageError, did_you_mean
from armsim.measures import Run
from armsim.report import titles
from armsim.report.tables import first_period, summary_rows
from armsim.store import counted_in

if TYPE_CHECKING:  # a process that draws loads nothing that runs
    from armsim.study.sweep import Sweep

KINDS = ("readiness", "states", "causes", "missions", "costs")
Page = tuple[str, str | None, str]  # kind, fleet, name of its files


def plot(run: Run, fleet: str | None = None, *, kind: str = "readiness", variants: Sequence[str] | None = None,
         measure: str = "mc", title: str | None = None) -> Any:  # fmt: skip
    """A matplotlib Figure of a run: `kind` 'readiness' (bands and lines), 'states' (what systems wait for),
    'causes' (what keeps them down), 'missions' (what they can still do) or 'costs' (of all fleets).

    Without a fleet the first one is drawn. Raises UsageError for an unknown fleet, variant or kind, and where
    there is nothing to draw.
    """
    from armsim.report import bar_charts, charts, mission_charts

    main = next(iter(run.variants.values()))
    fleet = fleet or next(iter(main.fleets))
    if fleet not in main.fleets:
        raise UsageError(f"there is no fleet '{fleet}'; {did_you_mean(fleet, list(main.fleets))}")
    if kind == "readiness":
        return charts.readiness(run, fleet, None if variants is None else list(variants), measure, title)
    drawn = {"states": charts.states, "causes": bar_charts.causes, "missions": mission_charts.missions}
    variant = variants[0] if variants else main.name
    if kind == "costs":
        return bar_charts.costs(run, variant, title)
    if kind not in drawn:
        raise UsageError(f"there is no kind of figure '{kind}': write {', '.join(map(repr, KINDS))}")
    return drawn[kind](run, fleet, variant, title)


def write_figures(run: Run, folder: Path, *, fleets: Sequence[str] = (), variants: Sequence[str] = (),
                  measure: str = "mc", title: str | None = None) -> list[Path]:  # fmt: skip
    """Readiness, states and (where it has any) missions of every fleet (or the named ones), and costs where there
    are any, as PNG and SVG. Returns the files.
    """
    looks: dict[str, Any] = {"variants": variants or None, "measure": measure, "title": title}
    return [path for page in pages_of(run, fleets) for path in write_page(run, folder, page, **looks)]


def pages_of(run: Run, fleets: Sequence[str] = ()) -> list[Page]:
    """Which figures a run gets."""
    main = next(iter(run.variants.values()))
    pages: list[Page] = []
    for fleet in fleets or main.fleets:
        pages += [("readiness", fleet, f"readiness_{fleet}"), ("states", fleet, f"states_{fleet}")]
        if fleet in main.fleets and main.fleets[fleet].missions:
            pages.append(("missions", fleet, f"missions_{fleet}"))
    if main.costs:
        pages.append(("costs", None, "costs"))
    return pages


def write_page(run: Run, folder: Path, page: Page, **looks: Any) -> list[Path]:
    """Draw one figure and write its files."""
    from armsim.report import charts
    from armsim.store import telling

    kind, fleet, name = page
    figure = plot(run, fleet, kind=kind, **looks)
    with telling(folder):
        return charts.save(figure, folder, name)


def sweep_figure(result: Sweep, fleet: str | None = None, months: int = 12) -> Any:
    """A Figure of a sweep over one factor (lines) or two (a map): ready share `months` after the first halt date."""
    from armsim.report import sweep_charts as charts

    first = result.runs[0]
    main = next(iter(first.variants.values()))
    fleet = fleet or next(iter(main.fleets))
    if fleet not in main.fleets:
        raise UsageError(f"there is no fleet '{fleet}'; {did_you_mean(fleet, list(main.fleets))}")
    whole = main.fleets[fleet]
    factors = list(result.factors)
    lots = "" if whole.lot == 1 else f" {titles.units(whole)}"
    subtitle = (
        f"Share of the {titles.number(whole.authorised)} authorised{lots} ({whole.title}) mission capable (MC), "
        f"mean of the report period {months} months after the first halt date."
    )
    source = [f"{result.left_out}."] if result.left_out else []
    source += [titles.excludes_line(first), titles.source_line(replace(first, failures=()))]
    if len(factors) > 2:
        raise UsageError("a figure shows one factor or two; the table holds all")
    if all(math.isnan(ready(run, main.name, fleet, months)[1]) for run in result.runs):
        raise UsageError(f"{months} months after the first halt date lies beyond the end: there is nothing to draw")
    if len(factors) == 1:
        titled = [one.title for one in first.variants.values()]
        series = {
            one.title if titled.count(one.title) == 1 else f"{one.title} ({one.name})": [
                ready(run, one.name, fleet, months) for run in result.runs
            ]
            for one in first.variants.values()
        }
        minimum = None if whole.minimum is None else 100 * whole.minimum / whole.authorised
        title = f"{whole.title}: readiness after {months} months against {factors[0]}"
        known = any(math.isfinite(low) for rows in series.values() for low, _, _ in rows)
        bands = " Bands: 90% of runs." if known else ""
        return charts.sweep_lines(
            factors[0], [point[0] for point in result.points], series, "Ready, % of authorised", title,
            subtitle + bands, source, minimum,
        )  # fmt: skip
    rows, columns = (result.factors[name] for name in factors)
    by_point = dict(zip(result.points, result.runs))
    table = [
        [ready(by_point[r, c], main.name, fleet, months)[1] if (r, c) in by_point else math.nan for c in columns]
        for r in rows
    ]
    title = f"{whole.title}: readiness after {months} months, {main.title}"
    return charts.sweep_map(
        (factors[0], factors[1]), (list(rows), list(columns)), table, "Ready, % of authorised", title, subtitle,
        source,
    )  # fmt: skip


def ready(run: Run, variant: str, fleet: str, months: int) -> tuple[float, float, float]:
    """(p05, mean, p95) in % of authorised in the report period so many months after that of the first halt.

    Not a number beyond the horizon, and where nothing is authorised.
    """
    one = run.variants[variant].fleets[fleet]
    day = titles.months_later(run.dates[first_period(run)], months)
    if day >= run.end or one.authorised <= 0:
        return math.nan, math.nan, math.nan
    curve, period = one.curves["mc"], bisect_right(run.dates, day) - 1
    low, mean, high = (100 * ends[period] / one.authorised for ends in (curve.p05, curve.mean, curve.p95))
    return low, mean, high


def sweep_rows(result: Sweep) -> list[list[Any]]:
    """The sweep as a tidy table: one row per point, variant, fleet and month after the first halt date."""
    head = [*result.factors, "variant", "fleet", "months", "mean", "se", "p05", "p50", "p95",
            "first_below_p50", "share_never_below", "lost_to_no_halt_system_months", "lost_to_no_halt_se",
            "counted_in"]  # fmt: skip
    rows: list[list[Any]] = [head]
    for point, run in zip(result.points, result.runs):
        for row in summary_rows(run):
            fleet = run.variants[row["variant"]].fleets[row["fleet"]]
            below, lost = fleet.first_below_minimum, fleet.lost_to_twin
            rows.append([
                *point, row["variant"], row["fleet"], row["months"],
                *(row[name] for name in ("mean", "se", "p05", "p50", "p95")),
                None if below is None else below.p50, None if below is None else below.share_never,
                *(lost or (None, None)), counted_in(fleet),
            ])  # fmt: skip
    return rows
