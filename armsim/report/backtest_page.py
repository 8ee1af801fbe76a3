"""What back-tests say, as tables for a terminal and as the page docs/backtests.md."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from armsim import store
from armsim.report.backtest_charts import fleets_in_words, write_backtest_figures
from armsim.report.titles import number
from armsim.scenario.observed import PLAIN
from armsim.scenario.phrases import listed
from armsim.study.backtest import Backtest, Row, Score
from armsim.study.scores import FEWEST_TO_DECIDE, hits_expected
from armsim.units import counted

RECORD = "backtest.json"
HEAD = ("what", "when", "seen", "median", "50%", "90%", "hit", "off by")
SCORES = ("who", "rows", "MAE", "CRPS", "model's CRPS", "as good?")


def save_backtest(result: Backtest, scenarios: dict[str, Any], account: dict[str, Any], folder: Path) -> list[Path]:
    """Write the sealed record, the resolved variants and the tables of a back-test. Returns what was written."""
    with store.telling(folder):
        (folder / "resolved").mkdir(exist_ok=True)
    written = []
    for name, scenario in scenarios.items():
        written.append(folder / "resolved" / f"{name}.yaml")
        store.write_whole(written[-1], scenario.resolved_text())
    for name, rows in (("observations.csv", observation_rows(result)), ("scores.csv", score_rows(result))):
        written.append(folder / name)
        store.write_table(written[-1], rows)
    record = result.record()
    data = {"format": store.FORMAT, "versions": store.versions()} | account
    written.append(folder / RECORD)
    data |= {"seal": store.seal(record), "backtest": record}
    store.write_whole(written[-1], json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False))
    return written


def observation_rows(result: Backtest) -> Iterator[list[Any]]:
    """Long form: one row per variant and observation."""
    columns = ("id", "on", "precision", "measure", "unit", "of", "low", "best", "high", "scored", "why", "p05", "p25",
               "p50", "p75", "p95", "in_50", "in_90", "error", "crps", "error_share", "crps_share", "source", "grade",
               "note")  # fmt: skip
    yield ["scenario", "variant", "fleet", *columns]
    for variant, rows in result.rows.items():
        for row in rows:
            yield [result.run.scenario, variant, " + ".join(row.fleet), *(getattr(row, name) for name in columns)]


def score_rows(result: Backtest) -> Iterator[list[Any]]:
    """The model first, then baselines, then variants."""
    columns = ("n", "mae", "crps", "model_mae", "model_crps", "difference", "difference_se", "as_good", "coverage_50",
               "coverage_90", "rests_on")  # fmt: skip
    yield ["scenario", "kind", "name", *columns]
    record = result.record()
    mine = {"n": record["scored"], **{name: record[name] for name in ("mae", "crps", "coverage_50", "coverage_90")}}
    yield [result.run.scenario, "model", record["variant"], *(mine.get(name) for name in columns)]
    for kind, scores in (("baseline", result.baselines), ("variant", result.rivals)):
        for name, score in scores.items():
            yield [result.run.scenario, kind, name, *(getattr(score, column) for column in columns)]


# ---- words ---------------------------------------------------------------------------------------------


def spoken(name: str) -> str:
    """A baseline or rival in words; no halt as the twin has it, beside a variant of that name, says so."""
    return name.replace("_", " ") if not name.endswith("_") else f"{name.rstrip('_').replace('_', ' ')} (twin)"


def told(value: float | None, unit: str) -> str:
    """A number of a row as a person reads it."""
    if value is None:
        return ""
    return f"{100 * value:.0f}%" if unit == "share" else number(value)


def seen(row: Row) -> str:
    """What was seen: '10', '9 to 12', 'at least 5'."""
    numbers = [end for end in (row.low, row.best, row.high) if end is not None]
    if len(numbers) == 1 and row.best is None:
        words = f"{'at least' if row.high is None else 'at most'} {told(numbers[0], row.unit)}"
    elif numbers[0] == numbers[-1]:
        words = told(numbers[0], row.unit)
    else:
        words = f"{told(numbers[0], row.unit)} to {told(numbers[-1], row.unit)}"
    if row.of is not None:
        words += f" of {number(row.of) if isinstance(row.of, float) else row.of.replace('_', ' ')}"
    return words if row.unit in ("share", "systems") else f"{words} {row.unit}"


def cells(row: Row) -> list[str]:
    """A row against the model: what, when, seen, median, bands, hit or miss, by how much."""
    what = f"{' + '.join(row.fleet)}: {row.measure.replace('_', ' ')}"
    name = f"{row.id} {what}" if row.id else what
    when = row.on if row.precision == precision_written(row.on) else f"{row.on} ({row.precision})"
    if row.p50 is None:
        return [name, when, seen(row), "", "", "", row.why, ""]
    bands = [f"{told(low, row.unit)}–{told(high, row.unit)}" for low, high in ((row.p25, row.p75), (row.p05, row.p95))]
    hit = "both" if row.in_50 else "90%" if row.in_90 else "miss"
    off = "0" if not row.error else f"{'+' if row.error > 0 else '−'}{told(abs(row.error), row.unit)}"
    return [name, when, seen(row), told(row.p50, row.unit), *bands, hit if row.scored else f"({hit}) {row.why}", off]


def precision_written(on: str) -> str:
    """How exactly a date is as written: by its dashes."""
    return ("year", "month", "day")[on.count("-")]


def score_cells(name: str, score: Score) -> list[str]:
    """A rival in the table of scores."""
    verdict = "yes" if score.as_good else "no"
    return [name, str(score.n), points(score.mae), points(score.crps), points(score.model_crps), verdict]


def points(share: float | None) -> str:
    """A share as percent with a decimal."""
    return "" if share is None else f"{100 * share:.1f}%"


def summary(result: Backtest) -> list[str]:
    """In sentences: how many rows the bands met, what chance would allow, and the scores."""
    rows, record = result.scored, result.record()
    if not rows:
        return ["No observation is scored."]
    n, said = len(rows), []
    for band in (50, 90):
        hits = sum(bool(getattr(row, f"in_{band}")) for row in rows)
        low, high = hits_expected(n, band / 100)
        said.append(f"the {band}% band meets {hits} of {n} (a model that is right: {low} to {high})")
    bounds = sum(len([end for end in (row.low, row.best, row.high) if end is not None]) == 1 and row.best is None
                 for row in rows)  # fmt: skip
    whole = [f"{listed(said)[:1].upper()}{listed(said)[1:]}."]
    if bounds:
        whole.append(f"{counted(bounds, 'row')} of these {'is a bound' if bounds == 1 else 'are bounds'}, "
                     "easier to meet than a count.")  # fmt: skip
    if n < 20:
        whole.append("So few rows, of few fleets and not independent, can refute a model but hardly confirm one.")
    whole.append(f"Mean absolute error of the median {points(record['mae'])}, CRPS {points(record['crps'])}, "
                 "of what each row counts from.")  # fmt: skip
    if result.run.worlds * result.run.replications < 20:
        whole.append("Fewer than 20 runs: a 90% band is no more than their range.")
    return whole


def verdict(result: Backtest) -> list[str]:
    """Which rivals the data do not tell from the model, in a sentence each kind."""
    said: list[str] = []
    if not result.scored:
        return said
    for kind, scores in (("baseline", result.baselines), ("variant", result.rivals)):
        alike = [spoken(name) for name, score in scores.items() if score.as_good]
        worse = [spoken(name) for name, score in scores.items() if not score.as_good]
        if alike:
            said.append(f"The data do not decide between the model and the {kind}{'s' if len(alike) > 1 else ''} "
                        f"{listed(alike)}.")  # fmt: skip
        if worse:
            said.append(f"Worse than the model: the {kind}{'s' if len(worse) > 1 else ''} {listed(worse)}.")
    better = [spoken(name) for name, score in (result.baselines | result.rivals).items()
              if score.difference is not None and score.difference_se is not None and score.n >= FEWEST_TO_DECIDE
              and score.difference < -2 * score.difference_se]  # fmt: skip
    if better:
        said.append(f"Better than the model: {listed(better)}.")
    return said


# ---- the terminal --------------------------------------------------------------------------------------


def print_backtest(result: Backtest, file: TextIO) -> None:
    """Rows, scores and what they come to, for a terminal."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=file, highlight=False)

    def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
        made = Table(box=box.SIMPLE, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
        for column in columns:
            made.add_column(column, overflow="fold")
        for row in rows:
            made.add_row(*(Text(one) for one in row))
        return made

    run = result.run
    console.print(Text(f"{run.title}: {next(iter(run.variants.values())).title}", style="bold"))
    if not result.main:
        console.print("There are no observations.")
        return
    console.print(table(HEAD, [cells(row) for row in result.main]), "", sep="\n")
    scores = [score_cells(name, score) for name, score in (result.baselines | result.rivals).items()]
    if scores:
        console.print(table(SCORES, scores), "", sep="\n")
    failed = [f"{run.left_out}."] if run.failures else []
    for sentence in [*failed, *summary(result), *verdict(result), *result.leaks]:
        console.print(Text(sentence))
    console.print("")


# ---- the page ------------------------------------------------------------------------------------------

INTRODUCTION = """# How the model fares against what was seen

This page is written by `{command}`; nothing in it is typed by hand.

**These are reconstructions.** They were written by people who could read the outcomes. Against that stand three \
rules. Inputs are committed, with their reasons, before the first comparison. No scored row may enter an input: \
`armsim validate` refuses a file where an input cites one, and a test fails where an input rests on a source younger \
than `fit_until` without a reason or has the number of a scored row from the same source. And misses stay on this \
page. None of it makes a reconstruction a forecast.

## How to read it
- A row is compared in its own measure, of its own denominator. A count known to the day is held against the runs at \
noon of that day; one known to the month, quarter or year against moments spread evenly over that time (4, 6 and \
12), since nobody knows which it was. Flying hours are those of the whole period.
- A range is met when the band has a number in common with it; a bound (a flypast of five: at least five) when some \
of the band is on its side. A prediction inside what was seen is off by nothing, one outside by the distance to the \
nearest end. "Off by" is that of the median; above zero the model says more than was seen.
- CRPS (continuous ranked probability score) is the mean distance of the runs from what was seen, less half their \
distance from one another: it punishes bands that are wrong and bands that are wide. That of a single number is its \
distance. Errors are in percent of what the row counts from (flying hours: of what was seen). Bands of counts end on \
counts, so they meet a little more often than their name says.
- {rules}
- A rival is *as good* when its CRPS is not above the model's by more than two standard errors of the difference \
over the same rows, or when there are fewer than {fewest} rows. Rows of one fleet are not independent, so even "no" \
is weak evidence.
"""
RULES = (
    "Baselines know the rows that are not scored and are over before the first scored one. *Persistence* is the last "
    "of them; the *straight line* and the *exponential* go through two or more by least squares. With fewer they start "
    "at that one, or at the model's median before the halt, and half is gone two years after the halt began: a rule of "
    "thumb, judged, the same for every case. A press forecast is read along straight lines between its points."
)


def page_of(results: Sequence[Backtest], folder: Path, command: str, into: Path) -> str:
    """The page, with its figures written to `into`; links count from `folder`."""
    parts = [INTRODUCTION.format(command=command, rules=RULES, fewest=FEWEST_TO_DECIDE), overview(results)]
    for result in results:
        figures = []
        if result.main:
            place = into / result.run.scenario
            with store.telling(place):
                place.mkdir(parents=True, exist_ok=True)
                figures = write_backtest_figures(result, place, both=False)
        parts.append(case(result, [path.relative_to(folder) for path in figures]))
    return "\n".join(parts)


def overview(results: Sequence[Backtest]) -> str:
    """One line per case."""
    head = ("case", "scored", "in 50% band", "in 90% band", "MAE", "CRPS", "best baseline's CRPS", "not told apart")
    rows = []
    for result in results:
        record, n = result.record(), len(result.scored)
        hits = [f"{sum(bool(getattr(row, f'in_{band}')) for row in result.scored)} of {n}" for band in (50, 90)]
        whole = [(score.crps, name) for name, score in result.baselines.items() if score.n == n and n]
        best = f"{points(min(whole)[0])} ({spoken(min(whole)[1])})" if whole else ""
        alike = [spoken(name) for name, one in (result.baselines | result.rivals).items() if one.as_good]
        named = f"[{result.run.scenario}](#{result.run.scenario})"
        scores = [points(record["mae"]), points(record["crps"]), best, ", ".join(alike)] if n else [""] * 4
        rows.append([named, str(n), *(hits if n else ["", ""]), *scores])
    return "## All cases\n" + markdown(head, rows)


def case(result: Backtest, figures: Sequence[Path]) -> str:
    """One case: rows with hits and misses, scores, what is left out, figures."""
    run = result.run
    lines = [f"## {run.scenario}", run.title + (f". {run.question}" if run.question else ""), ""]
    runs = f"{counted(run.worlds, 'world')} of {counted(run.replications, 'run')}"
    split = f" Inputs know what was known by {result.fit_until}." if result.fit_until else ""
    lines.append(f"Variant `{next(iter(result.rows))}`, {runs}, seed {run.seed}; model `{run.scenario_hash[:12]}`, "
                 f"result `{result.sample_hash[:12]}`.{split}")  # fmt: skip
    if run.failures:
        lines.append(f"{run.left_out}.")
    if not result.main:
        return "\n".join([*lines, "", "There is nothing to compare: the file has no observations.", ""])
    lines += ["", markdown(HEAD, [cells(row) for row in result.main])]
    scores = [score_cells(spoken(name), score) for name, score in (result.baselines | result.rivals).items()]
    if scores:
        lines += [markdown(SCORES, scores)]
    lines += [" ".join([*summary(result), *verdict(result)]), ""]
    misses = [row for row in result.scored if not row.in_90]
    if misses:
        lines += ["Misses of the 90% band:", *(f"- {miss_in_words(row)}" for row in misses), ""]
    if run.excludes:
        lines += [f"What the model cannot explain, as it leaves it out: {listed(run.excludes)}.", ""]
    if result.leaks:
        lines += ["What the guard says of the inputs:", *(f"- {leak}" for leak in result.leaks), ""]
    alt = fleets_in_words(result, result.panels[0])
    return "\n".join([*lines, *(f"![{alt} over time, with what was seen]({path.as_posix()})" for path in figures), ""])


def miss_in_words(row: Row) -> str:
    """One miss: by how much, on which side, and the note of the row."""
    side = "more" if (row.error or 0) > 0 else "less"
    measure = PLAIN.get(row.measure, row.measure).split(":")[0] if row.measure != "available" else "available"
    unit = "" if row.unit in ("share", "systems") else f" {row.unit}"
    off = f"{told(abs(row.error or 0), row.unit)}{unit}"
    words = f"{row.id or row.on}: the model's median is {off} {side} ({measure})"
    return f"{words}. Seen: {row.note}" if row.note else words


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"

