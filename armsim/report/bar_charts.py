"""Charts of bars: what keeps a fleet down, and what a variant costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

from matplotlib.figure import Figure

from armsim.errors import UsageError
from armsim.measures import Run
from armsim.report import findings, over_time, theme, titles
from armsim.report.theme import Page

MOST_CAUSES = 9
NAMES = 4.2  # inches at most for the names of bars
NUMBERS = 1.5  # inches right of the bars

#: Mechanism of a cause -> colour and hatch of its bar; those of the chart of states where there is one.
MECHANISMS = {
    "parts": (theme.VERMILLION, ""),
    "money": (theme.BROWN, "\\\\\\\\"),
    "work": (theme.AMBER, ""),
    "overhaul": (theme.PINK, ""),
    "limit": ("#59616B", ""),
    "permission": (theme.BLACK, "xxxx"),
    "regeneration": (theme.GREEN, "...."),
    "loss": ("#B8BFC7", "xxxx"),
    "delivery": (theme.SKY, ""),
}


@dataclass(frozen=True)
class Bar:
    """One bar: its name and value, the standard error, and a paler value beside it (None without)."""

    gid: str
    words: str
    value: float
    error: float
    colour: str
    hatch: str = ""
    beside: float | None = None


def causes(run: Run, fleet: str, variant: str, title: str | None = None) -> Figure:
    """What keeps a fleet down: system-months by cause, more than without the halt, the largest first."""
    result = titles.fleet_of(run, fleet, variant)
    ranked = sorted(result.causes, key=lambda cause: -abs(findings.weight(cause)))[:MOST_CAUSES]
    bars = [
        Bar(
            f"cause:{cause.mechanism}:{cause.item}", findings.cause_words(cause), findings.weight(cause),
            findings.error(cause), *MECHANISMS[cause.mechanism],
        )
        for cause in sorted(ranked, key=lambda cause: -findings.weight(cause))
    ]  # fmt: skip
    head = findings.causes_title(run, fleet, variant) if title is None else title
    return drawn(run, variant, head, findings.causes_subtitle(run, fleet, variant, len(bars)), bars)


def costs(run: Run, variant: str, title: str | None = None) -> Figure:
    """What a variant costs by kind over the whole time, with its twin's costs as paler bars."""
    whole = titles.variant_of(run, variant)
    if not whole.costs:
        raise UsageError("nothing in the scenario has a price: there is nothing to draw")
    bars = [
        Bar(
            f"cost:{kind}", findings.COST_WORDS[kind], cost.mean, cost.se, theme.INK if kind == "total" else theme.BLUE,
            beside=None if cost.difference is None else cost.mean - cost.difference,
        )
        for kind, cost in whole.costs.items()
        if kind == "total" or cost.mean or cost.difference
    ]  # fmt: skip
    head = findings.costs_title(run, variant) if title is None else title
    return drawn(run, variant, head, findings.costs_subtitle(run, variant), bars)


def drawn(run: Run, variant: str, title: str, subtitle: str, bars: Sequence[Bar]) -> Figure:
    """A page of bars from top to bottom, each with its name at the left and its number at the right."""
    with theme.house_style():
        page = over_time.page_for(run, title, subtitle, [variant])
        if not bars:
            page.write(page.left, page.top - 0.6, "Nothing to show.", 16, "nothing", color=theme.SOFT, va="top")
            return page.figure
        widest = max(page.width(theme.clean(bar.words), 13.5, "bold") for bar in bars)
        left, right = page.left + min(NAMES, widest) + 0.3, page.right - NUMBERS
        bottom, top = page.bottom + 0.1, page.top
        values = [0.0, *(end for bar in bars for end in reach(bar))]
        low, high = min(values), max(values)
        high = high if high > low else low + 1.0
        inch = (right - left) / (high - low)
        height = min(0.75, (top - bottom) / len(bars))
        for k, bar in enumerate(bars):
            middle = top - (k + 0.5) * height
            draw(page, bar, left - low * inch, inch, middle, height)
        zero = left - low * inch
        page.line([zero, zero], [top, top - len(bars) * height], "zero", color=theme.RULE, linewidth=1.2)
    return page.figure


def reach(bar: Bar) -> list[float]:
    """Everything of a bar that must fit: value, whisker, paler value."""
    error = 0.0 if isnan(bar.error) else 2 * bar.error
    return [bar.value - error, bar.value + error, *([] if bar.beside is None else [bar.beside])]


def draw(page: Page, bar: Bar, zero: float, inch: float, middle: float, height: float) -> None:
    """One bar with its name, whisker and number; `zero` is where nothing stands, in inches."""
    words = page.wrap(bar.words, NAMES, 13.5, "bold", 2 if height > 0.5 else 1)
    page.write(page.left, middle, words, 13.5, f"name:{bar.gid}", weight="bold", va="center", linespacing=1.1)
    thick, y = 0.6 * height, middle
    if bar.beside is not None:  # two bars share the height
        thick, y = 0.36 * height, middle + 0.18 * height
        page.rectangle((zero, y - thick, bar.beside * inch, 0.7 * thick), f"twin:{bar.gid}", bar.colour, alpha=0.35)
        y += 0.15 * thick
    page.rectangle((zero, y - thick / 2, bar.value * inch, thick), bar.gid, bar.colour, hatch=bar.hatch or None)
    ends = [zero + value * inch for value in reach(bar)]
    if bar.error > 0:  # not for one that is not known
        page.line(ends[:2], [y, y], "halo", color="white", linewidth=4.0)
        page.line(ends[:2], [y, y], f"whisker:{bar.gid}", color=theme.INK, linewidth=1.8)
    page.write(max(zero, *ends) + 0.1, y, shown(bar.value), 13.5, f"number:{bar.gid}", va="center")


def shown(value: float) -> str:
    """The number beside a bar."""
    return findings.amount(value) if abs(value) >= 1e6 else titles.number(value).replace("-", "−")
