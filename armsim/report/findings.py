"""Numbers to sentences for the charts of missions, causes and costs, as `titles` does for readiness.

Every sentence must be true of the run it is made from. Nothing here draws.
"""

from __future__ import annotations

from math import isnan, nan

from armsim.measures import DIFFERENCE, Cause, Cost, FleetResult, Run
from armsim.report import titles

#: Mechanism of a cause -> what is said of it where no item or party is named.
MECHANISM_WORDS = {
    "parts": "waiting for a part",
    "money": "no money for a part",
    "work": "work waiting or in hand",
    "overhaul": "in overhaul",
    "limit": "at a limit",
    "permission": "forbidden to operate",
    "regeneration": "in regeneration",
    "loss": "lost or retired",
    "delivery": "ordered and not delivered",
}
#: The same as a noun inside a sentence.
MECHANISM_NOUNS = {
    "work": "work waiting or in hand",
    "overhaul": "overhaul",
    "limit": "reaching a limit",
    "permission": "withdrawn permission to operate",
    "regeneration": "regeneration",
    "loss": "loss or retirement",
    "delivery": "systems not delivered",
}
MOST_BANDS = 3  # missions whose bands can be told apart
#: Kind of cost -> what the money went to.
COST_WORDS = {
    "total": "In all",
    "spares": "Spares",
    "repair": "Repairs",
    "overhaul": "Overhauls",
    "responses": "Responses",
    "flying": "Flying",
}


def in_the_run(run: Run, variant: str) -> str:
    """' in ‘title’', or nothing for a scenario without variants."""
    return "" if variant == "as_written" else f" in ‘{titles.short(titles.variant_of(run, variant).title)}’"


def mean_of_runs(run: Run) -> str:
    """'mean of 100 runs'."""
    n = run.worlds * run.replications
    return "a single run" if n == 1 else f"mean of {n:,} runs"


def whiskers(run: Run) -> str:
    """What the whiskers of bars are; a single run has none."""
    return "" if titles.few_runs(run) else "; whiskers: ± 2 standard errors"


# ---- missions ----------------------------------------------------------------------------------------


def mission_title(run: Run, fleet: str, variant: str) -> str:
    """How many systems can do the mission that has fallen furthest behind the twin, or that fewest can do."""
    result, twin = titles.fleet_of(run, fleet, variant), titles.twin_of(run, fleet, variant)
    last = titles.month_year(run.dates[-1])
    ends = {name: curves["able"].mean[-1] for name, curves in result.missions.items()}
    noun = "" if result.lot == 1 else f" {titles.units(result)}"
    if twin is None:
        worst = min(ends, key=lambda name: ends[name])
        return f"{titles.called(result)}: {titles.number(ends[worst])}{noun} can do ‘{worst}’ in {last}{fewest(ends)}"
    behind = {name: curves[DIFFERENCE].mean[-1] for name, curves in result.missions.items()}
    worst = min(behind, key=lambda name: behind[name])
    here, there = titles.number(ends[worst]), titles.number(twin.missions[worst]["able"].mean[-1])
    if here == there:
        same = "as many as without the halt"
        return f"{titles.called(result)}: {here}{noun} can do ‘{worst}’ in {last}, {same}"
    return f"{titles.called(result)}: {here}{noun} can do ‘{worst}’ in {last}, {there} without the halt"


def fewest(ends: dict[str, float]) -> str:
    """', the fewest of n missions' where there are several."""
    return f", the fewest of {len(ends)} missions" if len(ends) > 1 else ""


def banded(result: FleetResult) -> bool:
    """True when bands can be told apart and are known: of few missions, from enough runs."""
    known = [curves["able"].p05[0] for curves in result.missions.values()]
    return len(known) <= MOST_BANDS and not any(map(isnan, known))


def mission_subtitle(run: Run, fleet: str, variant: str, shown: int) -> str:
    """What the lines of a chart of missions are."""
    result = titles.fleet_of(run, fleet, variant)
    unit = titles.units(result).capitalize()
    thin = "; thin lines: without the halt" if titles.twin_of(run, fleet, variant) is not None else ""
    bands = "; bands: 90% of runs" if banded(result) else ""
    left_out = len(result.missions) - shown
    more = f" The first {shown} of {len(result.missions)} missions." if left_out else ""
    return (
        f"{unit} able to do each mission ({titles.called(result)}{in_the_run(run, variant)}), "
        f"mean of each {titles.period_word(run)}. Lines: {mean_of_runs(run)}{bands}{thin}.{more}"
    )


# ---- causes ------------------------------------------------------------------------------------------


def cause_words(cause: Cause) -> str:
    """A cause as a chart names it: the item or what keeps systems down, and who stands behind it."""
    words = titles.short(cause.item.replace("_", " ")) or MECHANISM_WORDS.get(cause.mechanism, cause.mechanism)
    if cause.mechanism == "money":
        words += ": no money"
    words = words[:1].upper() + words[1:]
    behind = [name.replace("_", " ") for name in (cause.supplier, cause.jurisdiction) if name]
    return f"{words} ({', '.join(behind)})" if behind else words


def weight(cause: Cause) -> float:
    """What a cause takes: system-months more than in the twin, or all of them for a twin."""
    return cause.system_months if cause.difference is None else cause.difference


def error(cause: Cause) -> float:
    """The standard error of `weight`; not a number where it is not known."""
    known = cause.se if cause.difference is None else cause.difference_se
    return nan if known is None else known


def months_down(result: FleetResult) -> str:
    """What is counted: 'system-months', or months of lots."""
    return "system-months" if result.lot == 1 else f"months of {titles.units(result)}"


def causes_title(run: Run, fleet: str, variant: str) -> str:
    """The largest cause of readiness lost to the halt, where it stands out; of all down-time for a twin."""
    result = titles.fleet_of(run, fleet, variant)
    if not result.causes:
        return f"{titles.called(result)} is never down after the first halt"
    against_twin = titles.twin_of(run, fleet, variant) is not None
    first = max(result.causes, key=weight)
    size = weight(first)
    if against_twin and not any(weight(cause) for cause in result.causes):
        return f"{titles.called(result)} loses no readiness to the halt"
    what = "readiness lost" if against_twin else "down-time"
    if size <= (0.0 if isnan(error(first)) else 2 * error(first)):
        return f"{titles.called(result)}: no cause of {what} stands out from chance"
    return (
        f"{titles.called(result)}: the largest cause of {what} is {plain(first)}, "
        f"{titles.number(size)} {months_down(result)}"
    )


def plain(cause: Cause) -> str:
    """A cause inside a sentence, in a few words."""
    item = titles.short(cause.item.replace("_", " "))
    if cause.mechanism == "money":
        return f"no money for {item}"
    return item or MECHANISM_NOUNS.get(cause.mechanism, cause.mechanism)


def causes_subtitle(run: Run, fleet: str, variant: str, shown: int) -> str:
    """What the bars of a chart of causes are."""
    result = titles.fleet_of(run, fleet, variant)
    more = f" The {shown} largest of {len(result.causes)} causes." if shown < len(result.causes) else ""
    against = "" if titles.twin_of(run, fleet, variant) is None else ", more (or less) than without the halt"
    return (
        f"{months_down(result).capitalize()} down since the first halt{against} "
        f"({titles.called(result)}{in_the_run(run, variant)}). Bars: {mean_of_runs(run)}{whiskers(run)}. "
        f"Simultaneous causes share the time.{more}"
    )


# ---- costs -------------------------------------------------------------------------------------------


def costs_title(run: Run, variant: str) -> str:
    """What a variant costs in all, and how much more or less than without the halt."""
    total = titles.variant_of(run, variant).costs["total"]
    name = titles.short(titles.variant_of(run, variant).title)
    said = f"‘{name}’ costs {amount(total.mean)} by {titles.month_year(run.dates[-1])}"
    if total.difference is None:
        return said
    if clear(total):
        more = "more" if total.difference > 0 else "less"
        return f"{said}, {amount(abs(total.difference))} {more} than without the halt"
    return f"{said}, about as much as without the halt"


def clear(cost: Cost) -> bool:
    """True when a difference is clear of 3 SE, or not zero where no error is known."""
    assert cost.difference is not None and cost.difference_se is not None
    return abs(cost.difference) > (0.0 if isnan(cost.difference_se) else 3 * cost.difference_se)


def amount(value: float) -> str:
    """Money in figures that can be read out: '1.24 million'."""
    for size, word in ((1e9, "billion"), (1e6, "million")):
        if abs(value) >= size:
            return f"{value / size:,.2f} {word}".replace("-", "−")
    return f"{value:,.0f}".replace("-", "−")


def costs_subtitle(run: Run, variant: str) -> str:
    """What the bars of a chart of costs are."""
    against = "; pale bars: without the halt" if titles.variant_of(run, variant).twin is not None else ""
    first, last = titles.month_year(run.dates[0]), titles.month_year(run.dates[-1])
    return (
        f"Money spent from {first} to {last} by kind, all fleets, in the money of the scenario. "
        f"Bars: {mean_of_runs(run)}{against}{whiskers(run)}."
    )
