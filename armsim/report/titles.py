"""Numbers to sentences for charts and tables: findings as titles, what is measured, what is left out.

Every sentence must be true of the run it is made from. 'Ready' means mission capable (MC). Nothing here
draws; texts from a scenario are passed on as they are.
"""

from __future__ import annotations

import calendar
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import floor, hypot, isnan
from statistics import median

from armsim.errors import UsageError, did_you_mean
from armsim.measures import HOUR_MEASURES, STATE_MEASURES, Crossing, Curve, FleetResult, Run, VariantResult

DAYS_PER_MONTH = 365.25 / 12  # R-T7
#: A mean difference to the no-halt twin smaller than this many points of authorised is called little.
LITTLE_POINTS = 2.0
#: A passing effect is worth telling from this many points of authorised on, when clear of 3 SE.
PASSING_POINTS = 5.0
ALWAYS_EXCLUDED = "Says nothing about combat outcomes, or whether a halt will happen."
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

#: Measure -> what a system in it is, in the words of a title and of a subtitle.
STATE_WORDS = {
    "mc": ("ready", "mission capable (MC)"),
    "fmc": ("fully ready", "fully mission capable (FMC)"),
    "pmc": ("partly ready", "partly mission capable (PMC)"),
    "on_hand": ("on hand", "on hand"),
    "permitted": ("on hand and not at a limit", "on hand, not at a limit and not forbidden to operate"),
    "nmcs": ("waiting for a part", "not mission capable, waiting for a part (NMCS)"),
    "nmcm": ("with work waiting or in hand", "not mission capable, work waiting or in hand (NMCM)"),
    "nmcb": ("waiting for a part and work", "not mission capable for part and work (NMCB)"),
    "regeneration": ("in regeneration", "in regeneration"),
    "overhaul": ("in overhaul", "in overhaul or queued for it"),
    "limit": ("at a limit", "at a limit: overhaul due with no open line, or forbidden to operate"),
    "lost": ("lost or retired", "lost or retired"),
}
HOUR_WORDS = {"hours_flown": "flown", "hours_demanded": "demanded"}
#: States a system can be in when not mission capable -> how a title names the systems in it.
NOT_READY = {
    "nmcm": "with work waiting or in hand",
    "nmcs": "waiting for a part",
    "nmcb": "waiting for both a part and work",
    "regeneration": "in regeneration",
    "overhaul": "in overhaul",
    "limit": "at their limit",
    "forbidden": "forbidden to operate or at their limit",
    "lost": "lost or retired",
}


# ---- finding things in a run -------------------------------------------------------------------------


def variant_of(run: Run, variant: str) -> VariantResult:
    """The variant called `variant`, or a UsageError that suggests one."""
    if variant not in run.variants:
        raise UsageError(f"no variant is called '{variant}'; {did_you_mean(variant, list(run.variants))}")
    return run.variants[variant]


def fleet_of(run: Run, fleet: str, variant: str) -> FleetResult:
    """What the variant did to the fleet, or a UsageError that suggests another name."""
    fleets = variant_of(run, variant).fleets
    if fleet not in fleets:
        raise UsageError(f"no fleet is called '{fleet}'; {did_you_mean(fleet, list(fleets))}")
    return fleets[fleet]


def curve_of(result: FleetResult, measure: str) -> Curve:
    """The curve of a measure, or a UsageError that suggests another name."""
    if measure not in result.curves:
        raise UsageError(f"no measure is called '{measure}'; {did_you_mean(measure, list(result.curves))}")
    return result.curves[measure]


def twin_of(run: Run, fleet: str, variant: str) -> FleetResult | None:
    """The same fleet in the no-halt twin of the variant; None when the variant is a twin itself."""
    name = variant_of(run, variant).twin
    return None if name is None else fleet_of(run, fleet, name)


def main_variants(run: Run) -> list[str]:
    """Names of the variants that are not the twin of another; all of them if every one is a twin."""
    twins = {variant.twin for variant in run.variants.values()}
    return [name for name in run.variants if name not in twins] or list(run.variants)


def few_runs(run: Run) -> bool:
    """True for a single run, of which no error is known."""
    return run.worlds * run.replications == 1


def bands_of(curve: Curve) -> tuple[bool, bool]:
    """Whether there are runs enough for the middle 50% and for 90% of runs."""
    return not isnan(curve.p25[0]), not isnan(curve.p05[0])


def below_before(run: Run, result: FleetResult) -> str:
    """Since when the median lies below the minimum before any halt: 'from the start', or ''.

    The first crossing counts from the first halt, so a fleet that is below already seems to cross in month 0.
    """
    median, zero = result.curves["mc"].p50, period_at(run, 0)
    if result.minimum is None or median[max(0, zero - 1)] >= result.minimum:
        return ""
    before = median[: max(1, zero)]
    return "from the start" if max(before) < result.minimum else "already before the first halt"


def notes_on(run: Run, drawn: Sequence[str]) -> list[str]:
    """The notes on the whole run, then those that name one of these variants."""
    named = {
        note: {
            name
            for name, variant in run.variants.items()
            if f"'{variant.title}'" in note or note.startswith(f"{variant.title}:")
        }
        for note in run.notes
    }
    whole = [note for note in run.notes if not named[note]]
    return whole + [note for note in run.notes if named[note] & set(drawn)]


def in_hours(measure: str) -> bool:
    """True for measures counted in flying hours instead of systems."""
    return measure in HOUR_MEASURES


# ---- dates and numbers -------------------------------------------------------------------------------


def month_year(day: date) -> str:
    """The month of a date as charts print it, such as 'Oct 2024'."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def months_later(day: date, months: float) -> date:
    """The date so many months later: whole months by the calendar, any other number by mean months."""
    whole = round(months)
    if abs(months - whole) > 1e-6:
        return day + timedelta(days=round(months * DAYS_PER_MONTH))
    year, month = divmod(day.year * 12 + day.month - 1 + whole, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def period_at(run: Run, months: float) -> int:
    """Index of the report period that holds the date so many months after the first halt, kept in range."""
    found = bisect_right(run.dates, months_later(run.first_halt, months)) - 1
    return min(max(found, 0), len(run.dates) - 1)


def horizon_months(run: Run) -> int:
    """Whole months from the first halt (or the start, if later) to the end."""
    return max(0, floor((run.end - run.first_halt).days / DAYS_PER_MONTH + 0.05))


def period_word(run: Run) -> str:
    """'month', 'week', 'quarter', 'year', or 'report period', from the dates of the report."""
    starts = [*run.dates, run.end]
    days = median((b - a).days for a, b in pairwise(starts))
    words = {(1, 1): "day", (6, 8): "week", (27, 32): "month", (88, 93): "quarter", (364, 367): "year"}
    return next((word for (low, high), word in words.items() if low <= days <= high), "report period")


def percent(value: float, authorised: float) -> str:
    """A number of systems as a share of authorised, such as '71%'."""
    return f"{100 * value / authorised + 1e-9:.0f}%".replace("-0%", "0%")


def points(share: float) -> str:
    """A difference of shares in words, such as '12 points'."""
    number = f"{abs(share):.0f}"
    return f"{number} point" if number == "1" else f"{number} points"


def number(value: float) -> str:
    """A count in words: three figures at most behind a small number, thousands separated."""
    if abs(value) >= 100 or abs(value - round(value)) < 0.005:
        return f"{value:,.0f}"
    return f"{value:.1f}"


def runs_that(share: float, one: str, many: str) -> str:
    """A share of runs with its verb: 'No run falls', 'Every run falls', '34% of runs fall'."""
    if share <= 0:
        return f"No run {one}"
    if share >= 1:
        return f"Every run {one}"
    if share < 0.005:
        return f"Under 1% of runs {many}"
    if share > 0.995:
        return f"Over 99% of runs {many}"
    return f"{100 * share:.0f}% of runs {many}"


def short(text: str, most: int = 44) -> str:
    """A title from the scenario, cut to so many characters so that the finding behind it is still read."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def called(result: FleetResult) -> str:
    """The fleet's title, short enough for a sentence."""
    return short(result.title)


def units(result: FleetResult) -> str:
    """What the fleet is counted in: 'systems' or 'lots of 1,000'."""
    return "systems" if result.lot == 1 else f"lots of {result.lot:,}"


def forbidden(result: FleetResult) -> bool:
    """True when permission to operate was withdrawn: those systems count as at a limit."""
    return any(cause.mechanism == "permission" and cause.system_months > 0 for cause in result.causes)


# ---- titles ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Halts:
    """How a sentence speaks of the halts that the twin does not have."""

    subject: str  # 'the halt', 'the halts'
    verb: str  # 'changes', 'change'
    pronoun: str  # 'it', 'them'
    origin: str  # 'the halt', 'the first halt', or '' when months count from another variant's halt


def _halts(run: Run, variant: str) -> _Halts:
    shown = variant_of(run, variant).halts
    own = [halt for halt in shown if not halt.background]
    several = len(own) > 1
    counts = bool(own) and min(halt.start for halt in own) == run.first_halt
    origin = ("the first halt" if several else "the halt") if counts else ""
    return _Halts("the halts", "change", "them", origin) if several else _Halts("the halt", "changes", "it", origin)


def _compared(run: Run, fleet: str, variant: str) -> FleetResult | None:
    """The no-halt twin, if the variant has a halt that its twin has not."""
    own = any(not halt.background for halt in variant_of(run, variant).halts)
    return twin_of(run, fleet, variant) if own else None


def readiness_title(run: Run, fleet: str, variant: str, measure: str = "mc") -> str:
    """The finding about one fleet in one variant: one sentence, true of its numbers."""
    result = fleet_of(run, fleet, variant)
    curve_of(result, measure)
    if measure != "mc" or not result.authorised:
        return _level_title(run, fleet, variant, measure)
    if below_before(run, result):
        return _below_before_title(run, fleet, variant)
    crossing = result.first_below_minimum
    if result.minimum is not None and crossing is not None and crossing.p50 is not None:
        return _crossing_title(run, fleet, variant, crossing)
    return _effect_title(run, fleet, variant) or _level_title(run, fleet, variant, measure)


def _minimum(result: FleetResult) -> str:
    return f"its minimum ({result.minimum_text})" if result.minimum_text else "its minimum"


def _below_before_title(run: Run, fleet: str, variant: str) -> str:
    """For a median that is below the minimum before any halt: where it ends, with and without the halt."""
    result, twin, halts = fleet_of(run, fleet, variant), _compared(run, fleet, variant), _halts(run, variant)
    first, last = result.curves["mc"].p50[0], result.curves["mc"].p50[-1]
    assert result.minimum is not None
    begins = f"{called(result)} readiness starts below {_minimum(result)}, at {percent(first, result.authorised)},"
    if below_before(run, result) != "from the start":
        begins = f"{called(result)} readiness is below {_minimum(result)} already before {halts.origin or 'any halt'}"
    place = "below" if last < result.minimum else "above" if last > result.minimum else "at"
    still = "still " if place == "below" else ""
    end = percent(last, result.authorised)
    finding = f"{begins} and is {still}{place} it in {month_year(run.dates[-1])}: {end}"
    if twin is None:
        return finding
    other = percent(twin.curves["mc"].p50[-1], result.authorised)
    return (
        f"{finding}, with and without {halts.subject}"
        if other == end
        else f"{finding}; {other} without {halts.subject}"
    )


def _crossing_title(run: Run, fleet: str, variant: str, crossing: Crossing) -> str:
    """For a median run that falls below the minimum."""
    result, twin, halts = fleet_of(run, fleet, variant), _compared(run, fleet, variant), _halts(run, variant)
    assert crossing.p50 is not None and result.minimum is not None
    when = month_year(run.dates[period_at(run, crossing.p50)])
    months = floor(crossing.p50 + 0.5)
    subject = f"{called(result)} readiness falls below {_minimum(result)}"
    twin_crossing = twin.first_below_minimum if twin else None
    if min(result.curves["mc"].p50) >= result.minimum:
        return (
            f"{called(result)}: at least half of the runs dip below {_minimum(result)} by {when}; the median never does"
        )
    if twin_crossing is not None and twin_crossing.p50 is not None:
        if abs(twin_crossing.p50 - crossing.p50) <= 1:
            return f"{subject} by {when}, with {halts.subject} or without"
        other = month_year(run.dates[period_at(run, twin_crossing.p50)])
        return f"{subject} by {when}; without {halts.subject}, by {other}"
    if crossing.share_never > 0.1:
        share = runs_that(1 - crossing.share_never, "", "").strip()
        return f"{subject} in {share}; in the median run, by {when}"
    if result.curves["mc"].p50[-1] >= result.minimum:
        end = percent(result.curves["mc"].p50[-1], result.authorised)
        return f"{subject} by {when} but ends above it, at {end}"
    if not halts.origin:
        return f"{subject} by {when}"
    if months == 0:
        return f"{subject} in {when}, the month of {halts.origin}"
    return f"{subject} by {when}, {months} month{'s' if months != 1 else ''} after {halts.origin}"


def _effect_title(run: Run, fleet: str, variant: str) -> str | None:
    """For a fleet that does not fall below a minimum: what the halt does, against the no-halt twin."""
    result, twin, halts = fleet_of(run, fleet, variant), _compared(run, fleet, variant), _halts(run, variant)
    difference = end_difference(run, fleet, variant, "mc")
    if twin is None or difference is None:
        return _never_title(run, result)
    mean, se = (100 * part / result.authorised for part in difference)
    last = month_year(run.dates[-1])
    here, there = (percent(one.curves["mc"].p50[-1], result.authorised) for one in (result, twin))
    it = halts.subject if isnan(se) else halts.pronoun  # said before, or for the first time
    levels = (
        f"{here} ready with and without {it} in {last}"
        if here == there
        else f"{here} ready with {it} in {last}, {there} without"
    )
    if isnan(se):
        return f"{called(result)}: in a single run, {levels}"
    if abs(mean) < LITTLE_POINTS and 2 * se < PASSING_POINTS:
        return _passing_title(run, result, f"{halts.subject} {halts.verb} little") or (
            f"{called(result)}: {halts.subject} {halts.verb} little: {levels}"
        )
    if abs(mean) <= 2 * se:
        return _passing_title(run, result, "so few runs tell no difference") or (
            f"{called(result)}: no clear effect of {halts.subject} in so few runs: {levels}"
        )
    side = "below" if mean < 0 else "above"
    finding = f"{called(result)} readiness ends on average {points(mean)} {side} the no-halt case"
    never = _never_share(result)
    return finding + (f"; {never}" if never else f" in {last}")


def _passing_title(run: Run, result: FleetResult, at_the_end: str) -> str | None:
    """For an effect that came and may have gone; None when there was none to speak of."""
    if result.difference_mc is None:
        return None
    mean, se = result.difference_mc.mean, result.difference_mc.se
    worst = max(range(len(mean)), key=lambda period: abs(mean[period]))
    size = 100 * mean[worst] / result.authorised
    if abs(size) < PASSING_POINTS or abs(mean[worst]) <= 3 * se[worst]:
        return None
    side = "below" if size < 0 else "above"
    return (
        f"{called(result)} readiness is on average {points(size)} {side} the no-halt case in "
        f"{month_year(run.dates[worst])}; by {month_year(run.dates[-1])} {at_the_end}"
    )


def _never_share(result: FleetResult) -> str:
    """How many runs never fall below the minimum, as a clause; '' without a minimum."""
    crossing = result.first_below_minimum
    if result.minimum is None or crossing is None:
        return ""
    if crossing.share_never >= 1:
        return "no run falls below the minimum"
    return runs_that(crossing.share_never, "never falls", "never fall").lower() + " below the minimum"


def _never_title(run: Run, result: FleetResult) -> str | None:
    """For a fleet without a twin to compare with, whose median does not fall below its minimum."""
    crossing = result.first_below_minimum
    if result.minimum is None or crossing is None:
        return None
    if crossing.share_never >= 1:
        return f"{called(result)} readiness never falls below {_minimum(result)} in any run"
    share = runs_that(crossing.share_never, "", "").strip().lower()
    return f"{called(result)} readiness never falls below {_minimum(result)} in {share}"


def _level_title(run: Run, fleet: str, variant: str, measure: str) -> str:
    """Where the median ends, with and without the halt; for measures and variants with no more to tell."""
    result, twin, halts = fleet_of(run, fleet, variant), _compared(run, fleet, variant), _halts(run, variant)
    curve = curve_of(result, measure)
    last = month_year(run.dates[-1])
    here = _level(result, measure, curve.p50[-1])
    if twin is not None:
        there = _level(twin, measure, curve_of(twin, measure).p50[-1])
        if here == there:
            return f"{called(result)}: {here} {_state(measure)} in {last}, with and without {halts.subject}"
        return f"{called(result)}: {here} {_state(measure)} in {last}, {there} without {halts.subject}"
    start = _level(result, measure, curve.p50[0])
    change = curve.p50[-1] - curve.p50[0]
    if (
        start == here
        or in_hours(measure)
        or not result.authorised
        or abs(change) < LITTLE_POINTS / 100 * result.authorised
    ):
        return f"{called(result)}: {here} {_state(measure)} in {last}"
    verb = "rises" if change > 0 else "falls"
    return f"{called(result)}: the share {_state(measure)} {verb} from {start} to {here} by {last}"


def _state(measure: str) -> str:
    base = measure.removesuffix("_end")
    return HOUR_WORDS.get(base) or STATE_WORDS.get(base, (base.replace("_", " "), ""))[0]


def _level(result: FleetResult, measure: str, value: float) -> str:
    if in_hours(measure):
        return f"{value:,.0f} hours"
    if not result.authorised:
        return f"{number(value)} {units(result)}"
    return percent(value, result.authorised)


def end_difference(run: Run, fleet: str, variant: str, measure: str) -> tuple[float, float] | None:
    """Mean difference to the no-halt twin in the last report period and its SE, in systems or hours.

    Paired for MC; elsewhere from the two means, whose SE is then too large rather than too small when the
    twin shares its random numbers.
    """
    result, twin = fleet_of(run, fleet, variant), twin_of(run, fleet, variant)
    if measure == "mc" and result.difference_mc is not None:
        return result.difference_mc.mean[-1], result.difference_mc.se[-1]
    if twin is None:
        return None
    here, there = curve_of(result, measure), curve_of(twin, measure)
    return here.mean[-1] - there.mean[-1], hypot(here.se[-1], there.se[-1])


def comparison_title(run: Run, fleet: str, variants: list[str], measure: str = "mc") -> str:
    """The finding about several variants side by side; about the one when there is one."""
    if len(variants) == 1:
        return readiness_title(run, fleet, variants[0], measure)
    results = {name: fleet_of(run, fleet, name) for name in variants}
    first = results[variants[0]]
    crossings = {name: result.first_below_minimum for name, result in results.items()}
    if measure != "mc" or None in crossings.values() or any(below_before(run, one) for one in results.values()):
        return _range_title(run, results, measure)
    fallen = {name: crossing.p50 for name, crossing in crossings.items() if crossing and crossing.p50 is not None}
    held = [name for name in variants if name not in fallen]
    subject = f"{called(first)} readiness falls below {_minimum(first)} in the median run"
    if len(held) == 1 and len(variants) > 2:
        title = short(run.variants[held[0]].title)
        return f"Only ‘{title}’ keeps the median run of {called(first)} from falling below {_minimum(first)}"
    if not fallen:
        return (
            f"{called(first)} readiness does not fall below {_minimum(first)} in the median run of "
            f"{'either variant' if len(variants) == 2 else f'any of {len(variants)} variants'}"
        )
    without = _without_a_halt(run, fleet, variants)
    if not held and without and None not in without:
        return _with_or_without_title(run, first, fallen, [month for month in without if month is not None])
    contrast = ", not without a halt" if without and not any(month is not None for month in without) else ""
    if not held:
        return f"{subject} of {'both' if len(variants) == 2 else f'all {len(variants)}'} variants{contrast}"
    if len(fallen) == 1:
        return f"{subject} of ‘{short(run.variants[next(iter(fallen))].title)}’ only{contrast}"
    return f"{subject} of {len(fallen)} of {len(variants)} variants{contrast}"


def _without_a_halt(run: Run, fleet: str, variants: list[str]) -> list[float | None]:
    """When the median runs of the twins of these variants first fall below the minimum; empty if unknown."""
    twins = {run.variants[name].twin: _compared(run, fleet, name) for name in variants}
    crossings = [twin.first_below_minimum for twin in twins.values() if twin is not None]
    if len(crossings) < len(twins) or None in crossings:
        return []
    return [crossing.p50 for crossing in crossings if crossing is not None]


def _with_or_without_title(run: Run, first: FleetResult, fallen: dict[str, float], without: list[float]) -> str:
    """For variants that all fall below the minimum, as do their twins: when the first one does and the soonest."""
    subject = f"{called(first)} readiness falls below {_minimum(first)}"
    months = [*fallen.values(), *without]
    if max(months) - min(months) <= 1:
        when = month_year(run.dates[period_at(run, max(months))])
        return f"{subject} by {when}, with or without a halt"
    main, soonest = next(iter(fallen)), min(fallen, key=lambda name: fallen[name])
    told = [f"{_month(fallen[name])} (‘{short(run.variants[name].title, 30)}’)" for name in (main, soonest)]
    if fallen[main] == fallen[soonest]:  # the main variant against the run without a halt
        told = [f"{_month(max(without))} without", told[0]]
    return f"{subject} with or without a halt: {', '.join(told)}"


def _range_title(run: Run, results: dict[str, FleetResult], measure: str) -> str:
    """Where the variants end, from the lowest to the highest median."""
    first = next(iter(results.values()))
    ends = {name: curve_of(result, measure).p50[-1] for name, result in results.items()}
    low, high = min(ends, key=lambda name: ends[name]), max(ends, key=lambda name: ends[name])
    levels = [_level(results[name], measure, ends[name]) for name in (low, high)]
    last = month_year(run.dates[-1])
    if levels[0] == levels[1]:
        twins = [_compared(run, first.name, name) for name in results if first.name in run.variants[name].fleets]
        same = [_level(twin, measure, curve_of(twin, measure).p50[-1]) for twin in twins if twin is not None]
        how = (
            "with or without a halt"
            if len(same) == len(results) and set(same) == {levels[0]}
            else "whichever the variant"
        )
        return f"{called(first)}: {levels[0]} {_state(measure)} in {last}, {how}"
    return (
        f"{called(first)}: from {levels[0]} {_state(measure)} (‘{short(run.variants[low].title, 30)}’) "
        f"to {levels[1]} (‘{short(run.variants[high].title, 30)}’) in {last}"
    )


def states_title(run: Run, fleet: str, variant: str) -> str:
    """What keeps most systems from being ready at the end, by mean of runs."""
    result = fleet_of(run, fleet, variant)
    last = month_year(run.dates[-1])
    ends = {name: result.curves[name].mean[-1] for name in NOT_READY if name in result.curves}
    if forbidden(result):
        ends["forbidden"] = ends.pop("limit")
    total = sum(ends.values())
    books = total + result.curves["mc"].mean[-1]
    noun = "systems" if result.lot == 1 else "lots"
    if not books:
        return f"{called(result)}: no {noun} on the books in {last}"
    if total < 0.02 * books and books < 0.95 * result.authorised:
        there = f"{number(books)} of {number(result.authorised)} authorised{'' if result.lot == 1 else ' lots'} on hand"
        return f"{called(result)}: {there} in {last}, nearly all of them ready"
    if total < 0.02 * books:
        return f"{called(result)}: nearly all {noun} are ready in {last}"
    ready = result.curves["mc"].mean[-1]
    if 0 < 0.95 * result.authorised <= ready <= result.authorised:
        of = f"{number(ready)} of {number(result.authorised)}"
        return f"{called(result)}: {of} {'' if result.lot == 1 else 'lots '}ready in {last}"
    ranked = sorted(ends, key=lambda name: -ends[name])
    largest, second = ranked[0], ranked[1]
    counts = f"({number(ends[largest])} of {number(total)})"
    if ends[second] >= 0.9 * ends[largest]:
        return (
            f"{called(result)}: {noun} {NOT_READY[largest]} and {noun} {NOT_READY[second]} are the largest "
            f"shares of those not ready in {last}"
        )
    if ends[largest] > 0.5 * total:
        return f"{called(result)}: most {noun} not ready in {last} are {NOT_READY[largest]} {counts}"
    return f"{called(result)}: {noun} {NOT_READY[largest]} are the largest share of those not ready in {last} {counts}"


# ---- subtitles and the foot of a page ----------------------------------------------------------------


def _count_of_runs(run: Run) -> str:
    n = run.worlds * run.replications
    if run.replications > 1:
        return f"{n:,} runs ({run.worlds:,} worlds × {run.replications:,} runs)"
    return f"{n:,} run{'s' if n != 1 else ''}"


def _averaging(run: Run, measure: str) -> str:
    period = period_word(run)
    if measure.endswith("_end"):
        return f"at the end of each {period}"
    if period == "report period":
        return "mean of each report period"
    return "daily mean" if period == "day" else f"{period}ly mean"


def subtitle(run: Run, fleet: str, variant: str, measure: str = "mc", lines: int = 1, fans: int = 1) -> str:
    """What is measured, of what, and what lines and bands are; `lines` and `fans` count variants drawn."""
    result = fleet_of(run, fleet, variant)
    if in_hours(measure):
        what = f"Flying hours {HOUR_WORDS[measure]} per {period_word(run)}, {called(result)}"
    else:
        base = measure.removesuffix("_end")
        words = STATE_WORDS.get(base, ("", base.replace("_", " ")))[1]
        count = number(result.authorised)
        of = f"the {count} authorised" if result.lot == 1 else f"the {count} authorised {units(result)}"
        if result.authorised:
            what = f"Share of {of} ({called(result)}) {words}, {_averaging(run, measure)}"
        else:
            what = f"{called(result)}, {units(result)} {words}, {_averaging(run, measure)}"
    if few_runs(run):
        return f"{what}. {'Line: a single run' if lines == 1 else 'Lines: a single run each'}; too few for bands."
    line = "Line: median" if lines == 1 else "Lines: medians"
    each = " each" if lines > 1 else ""
    return f"{what}. {line} of {_count_of_runs(run)}{each}; {_bands(run, result, variant, measure, lines, fans)}."


def _bands(run: Run, result: FleetResult, variant: str, measure: str, lines: int, fans: int) -> str:
    """What the bands are that so many runs support."""
    middle, most = bands_of(curve_of(result, measure))
    if not middle:
        return "too few for bands"
    whose = f" (‘{short(variant_of(run, variant).title, 24)}’)" if lines > fans else ""
    if most:
        return f"bands{whose}: middle 50% and 90% of runs"
    return f"band{'s' if lines == fans > 1 else ''}{whose}: middle 50% of runs, too few for 90%"


def states_subtitle(run: Run, fleet: str, variant: str) -> str:
    """What the areas of a chart of states are."""
    result = fleet_of(run, fleet, variant)
    unit = units(result).capitalize()
    whose = "" if variant == "as_written" else f", ‘{run.variants[variant].title}’"
    return (
        f"{unit} in each state ({called(result)}{whose}), {_averaging(run, 'mc')}, mean of {_count_of_runs(run)}. "
        f"Every one on the books is in exactly one state."
    )


def source_line(run: Run) -> str:
    """Where the numbers came from: version, file, seed, size, engine, scenario hash, day of the run."""
    plural = "" if run.replications == 1 else "s"
    worlds = "" if run.worlds == 1 else "s"
    parts = [
        f"Source: armsim {run.armsim_version}",
        run.file,
        f"seed {run.seed}",
        f"{run.worlds:,} world{worlds} × {run.replications:,} run{plural}",
        f"{run.engine} engine",
        f"model {run.scenario_hash[:7]}…",
        f"run {run.run_on.isoformat()}",
    ]
    if run.partial:
        parts.append("PARTIAL: stopped early")
    if run.failures:
        parts.append(run.left_out)
    return " · ".join(parts)


def excludes_line(run: Run) -> str:
    """What the scenario leaves out, and what no run can say."""
    if not run.excludes:
        return ALWAYS_EXCLUDED
    return f"Excludes: {', '.join(run.excludes)}. {ALWAYS_EXCLUDED}"


def crossing_words(run: Run, crossing: Crossing) -> str:
    """By when half of the runs have first been below the minimum, and 90% of them; or how many ever are."""
    within, single = f"within {horizon_months(run)} months", few_runs(run)
    if crossing.p50 is None:
        if single:
            return f"The one run does not fall below {within}"
        share = runs_that(1 - crossing.share_never, "falls", "fall")
        return f"{share} below {within}"
    when = month_year(run.dates[period_at(run, crossing.p50)])
    who = "The one run falls below in" if single else "Half of the runs have been below by"
    return f"{who}: {when}, {_month(crossing.p50)} ({_interval(crossing, within)})"


def _month(months: float) -> str:
    return f"month {floor(months + 0.5)}"


def _interval(crossing: Crossing, within: str) -> str:
    """When 90% of runs fall below: `p95` alone is missing where it lies beyond the end, both where runs are few."""
    if crossing.p05 is None:
        return "too few runs for an interval"
    first = floor(crossing.p05 + 0.5)
    if crossing.p95 is None:
        return f"90% of runs: month {first} to not {within}"
    last = floor(crossing.p95 + 0.5)
    return f"90% of runs: month {first}" if first == last else f"90% of runs: months {first} to {last}"


assert set(STATE_WORDS) == set(STATE_MEASURES) and set(HOUR_WORDS) == set(HOUR_MEASURES)
