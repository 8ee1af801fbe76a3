"""What a run says, as short tables for a terminal."""

from __future__ import annotations

import math
from typing import Any, TextIO

from armsim.measures import Cause, FleetResult, Run, TimeTo, VariantResult
from armsim.report import titles
from armsim.units import counted

MONTHS = (6, 12, 24, 36)
#: A halt that costs less than this share of authorised system-months is said to change nothing.
NEGLIGIBLE = 0.005
SURVIVE_AND_RECOVER = (
    "Months to survive: from the first halt to the first report period below the minimum. Months to recover: from the "
    "end of the last halt to the first of three report periods in a row at or above the minimum (without a minimum: "
    "within 2 points of the run without a halt), over the runs that fell below and whose halts end."
)
#: Mechanism of a cause without an item -> what is said of it.
CAUSE_WORDS = {
    "work": "work", "overhaul": "overhaul", "loss": "lost or retired", "limit": "at a limit",
    "delivery": "not delivered", "regeneration": "regeneration",
}  # fmt: skip
COST_COLUMNS = ("cost", "± s.e.", "more than without the halt", "± s.e.")


def print_summary(run: Run, file: TextIO) -> None:
    """Per fleet and variant: readiness at the start and 6, 12, 24, 36 months after the first halt date."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=file, highlight=False)

    def table(*columns: str, right: bool) -> Table:
        made = Table(box=box.SIMPLE, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
        for n, column in enumerate(columns):
            made.add_column(column, justify="right" if n and right else "left", overflow="fold")
        return made

    for name, main in next(iter(run.variants.values())).fleets.items():
        lots = f" lots of {main.lot:,}" if main.lot > 1 else ""
        head = f"{main.title}: mission capable (MC), in % of {titles.number(main.authorised)}{lots} authorised"
        if main.minimum_text:
            head += f"; minimum {main.minimum_text}"
        shares = table("variant", "start", *(f"month {m}" for m in MONTHS), right=True)
        reasons = table("variant", "first month below minimum", "mainly because of", right=False)
        times = table("variant", "months to survive", "months to recover", right=False)
        for variant in run.variants.values():
            fleet = variant.fleets[name]
            cells = (share_at(run, fleet, period) for period in periods(run))
            shares.add_row(*(Text(cell) for cell in (variant.name, *cells)))
            reasons.add_row(*(Text(cell) for cell in (variant.name, below(run, fleet), first_causes(variant, fleet))))
            lasting = (time_to(run, one) for one in (fleet.time_to_survive, fleet.time_to_recover))
            times.add_row(*(Text(cell) for cell in (variant.name, *lasting)))
        console.print(Text(head, style="bold"), shares, "", reasons, "", sep="\n")
        if told_of_recovery(run):
            console.print(times, "", sep="\n")
    if any(variant.costs for variant in run.variants.values()):
        costs = table("variant", *COST_COLUMNS, right=True)
        for variant in run.variants.values():
            costs.add_row(*(Text(cell) for cell in (variant.name, *cost_cells(variant))))
        head = f"Cost from {run.dates[0]} to {run.end}, in the money of the scenario"
        console.print(Text(head, style="bold"), costs, "", sep="\n")
    n = run.worlds * run.replications
    bands = "" if n < 20 else ", in brackets 90% of runs"
    said = [
        f"Means of {counted(n, 'run')} ({counted(run.worlds, 'world')} × {run.replications:,}){bands}; "
        f"months count from {run.first_halt}.",
        *([SURVIVE_AND_RECOVER] if told_of_recovery(run) else []),
        *run.notes,
        titles.ALWAYS_EXCLUDED,
    ]
    if run.partial:
        said.insert(0, "PARTIAL: stopped before all runs were done.")
    if run.failures:
        said.insert(0, f"{run.left_out}, in every variant.")
    for sentence in said:
        console.print(Text(sentence))


def first_period(run: Run) -> int:
    """The report period that holds the first halt date: month 0 (R-T7)."""
    return max((k for k, day in enumerate(run.dates) if day <= run.first_halt), default=0)


def periods(run: Run) -> list[int | None]:
    """The report periods of the table's columns; None beyond the horizon. The start is the one before month 0."""
    zero = first_period(run)
    found: list[int | None] = [max(0, zero - 1)]
    for months in MONTHS:
        day = titles.months_later(run.dates[zero], months)
        inside = [k for k, start in enumerate(run.dates) if start <= day]
        found.append(inside[-1] if day < run.end else None)
    return found


def share_at(run: Run, fleet: FleetResult, period: int | None) -> str:
    """'56 (41–68)' % of authorised, or a dash beyond the horizon."""
    if period is None or fleet.authorised <= 0:
        return "–"
    curve = fleet.curves["mc"]
    mean, low, high = (100 * ends[period] / fleet.authorised for ends in (curve.mean, curve.p05, curve.p95))
    no_band = math.isnan(low) or low == high
    return f"{mean:.0f}" + ("" if no_band else f" ({low:.0f}–{high:.0f})")


def share_below_before(run: Run, fleet: FleetResult) -> bool:
    """True when the median run is below the minimum already at the start of the table."""
    ready = fleet.curves["mc"].p50[periods(run)[0] or 0]
    return fleet.minimum is not None and ready < fleet.minimum


def below(run: Run, fleet: FleetResult) -> str:
    """The first month below the minimum, censored where it must be."""
    crossing = fleet.first_below_minimum
    if crossing is None:
        return "no minimum"
    months = round((run.end - run.first_halt).days / titles.DAYS_PER_MONTH)
    if crossing.p50 is None:
        return f"not within {months} months ({crossing.share_never:.0%} of runs)"
    ends = [crossing.p05, crossing.p95]
    if crossing.p50 == 0 and share_below_before(run, fleet):
        return "from the start"
    if run.worlds * run.replications < 20:
        return f"{crossing.p50:.0f}"
    low, high = (f"{end:.0f}" if end is not None else f"beyond {months}" for end in ends)
    return f"{crossing.p50:.0f} ({low} to {high})"


def told_of_recovery(run: Run) -> bool:
    """True when any fleet of any variant has a time to recover, known or not."""
    return any(fleet.time_to_recover for variant in run.variants.values() for fleet in variant.fleets.values())


def time_to(run: Run, time: TimeTo | None) -> str:
    """'7 (3 to 20), of 83% of runs': the median and 90% of the runs that count; why none does; 'n/a' for a twin."""
    if time is None:
        return "n/a"
    if not time.n:
        return f"n/a: {time.why}"
    runs = run.worlds * run.replications
    counted_runs = "" if time.n == runs else f"; {time.n:,} of {counted(runs, 'run')}"
    if time.p50 is None:
        of = "runs" if time.n == runs else "these"
        return f"not within {time.within:.0f} months ({time.share_never:.0%} of {of}){counted_runs}"
    if time.p05 is None:
        return f"{time.p50:.0f}{counted_runs}"
    high = f"{time.p95:.0f}" if time.p95 is not None else f"beyond {time.within:.0f}"
    return f"{time.p50:.0f} ({time.p05:.0f} to {high}){counted_runs}"


def cost_cells(variant: VariantResult) -> list[str]:
    """What a variant costs in all and how much more than its twin, each with its standard error."""
    total = variant.costs["total"]
    ends = (total.mean, total.se, total.difference, total.difference_se)
    return ["–" if end is None or math.isnan(end) else titles.number(end) for end in ends]


def first_causes(variant: VariantResult, fleet: FleetResult, most: int = 2) -> str:
    """The largest causes of readiness lost against the twin; for a twin, of all down-time."""

    def weight(cause: Cause) -> float:
        return cause.system_months if variant.twin is None else (cause.difference or 0.0)

    ranked = sorted(fleet.causes, key=weight, reverse=True)
    total = sum(max(0.0, weight(cause)) for cause in ranked)
    months = len(fleet.curves["mc"].mean)
    if variant.twin is not None and total < NEGLIGIBLE * fleet.authorised * months:
        return "as without a halt"
    told = [
        f"{cause_words(cause)} {weight(cause) / total:.0%}" for cause in ranked[:most] if total and weight(cause) > 0
    ]
    return ", ".join(told)


def cause_words(cause: Cause) -> str:
    """A cause in a few words."""
    if cause.mechanism == "parts":
        return cause.item
    if cause.mechanism == "money":
        return f"no money for {cause.item}"
    if cause.mechanism == "permission":
        by = cause.supplier or cause.jurisdiction
        return f"forbidden to operate by {by}" if by else "forbidden to operate"
    return CAUSE_WORDS.get(cause.mechanism, cause.mechanism)


def summary_rows(run: Run) -> list[dict[str, Any]]:
    """The same numbers as data: one row per fleet, variant and column."""
    rows = []
    for variant in run.variants.values():
        for fleet in variant.fleets.values():
            for label, period in zip(("start", *MONTHS), periods(run)):
                if period is not None:
                    curve = fleet.curves["mc"]
                    values = {name: getattr(curve, name)[period] for name in ("mean", "se", "p05", "p50", "p95")}
                    rows.append({"variant": variant.name, "fleet": fleet.name, "months": label} | values)
    return rows
