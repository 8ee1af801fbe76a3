"""A results folder: run record, resolved scenarios, tables. What a figure rests on."""

from __future__ import annotations

import csv
import json
import math
import os
import platform
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from armsim import measures
from armsim.errors import InputOutputError, ResultsDamaged
from armsim.measures import DIFFERENCE, HELD_MONTHS, HOUR_MEASURES, STATISTICS, Curve, FleetResult, Run, TimeTo
from armsim.version import VERSION

if TYPE_CHECKING:  # a process that draws loads nothing that reads scenarios
    from armsim.scenario.scenario import Scenario

RECORD = "run.json"
FORMAT = 1
FORMULA = tuple("=+-@\t")  # what begins with one of them a spreadsheet computes


@contextmanager
def telling(path: Path) -> Iterator[None]:
    """Turn what the system says about a folder into one sentence for the user (exit 5)."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputOutputError(f"cannot write {error.filename or path}: {reason}") from None


@contextmanager
def new_folder(scenario: Scenario, out: str | Path | None, now: datetime) -> Iterator[Path]:
    """The folder results go to: `out`, or a new results/<scenario>/<time>-<hash>/; made and seen to be writable.

    A folder made here that is still empty at the end is taken away again.
    """
    made = False
    if out is not None:
        folder = Path(out)
    else:
        usual = Path("results") / scenario.name / f"{now:%Y%m%dT%H%M%S}-{scenario.hash[:8]}"
        taken = (n for n in range(2, 1_000_000) if not usual.with_name(f"{usual.name}-{n}").exists())
        folder = usual.with_name(f"{usual.name}-{next(taken)}") if usual.exists() else usual
    with telling(folder):
        made = not folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".armsim-probe"
        probe.write_bytes(b"")
        probe.unlink()
    try:
        yield folder
    finally:
        if made:
            with suppress(OSError):
                folder.rmdir()


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Where to write what becomes `path` when it is complete: a file is there whole or not at all."""
    beside = path.with_name(path.name + ".part")
    with telling(path):
        try:
            yield beside
            os.replace(beside, path)
        except BaseException:
            with suppress(OSError):
                beside.unlink()
            raise


def write_whole(path: Path, text: str) -> None:
    """Write a text file."""
    with whole(path) as beside:
        beside.write_text(text, encoding="utf-8", newline="")


def versions() -> dict[str, str]:
    """What a result may depend on besides the scenario."""
    found = {"armsim": VERSION, "python": platform.python_version()}
    found |= {name: version(name) for name in ("numpy", "simpy")}
    with suppress(PackageNotFoundError):
        found["numba"] = version("numba")
    return found


def seal(run: dict[str, Any]) -> str:
    """SHA-256 of a run as recorded, by which an altered record is found."""
    return sha256(json.dumps(run, sort_keys=True, allow_nan=False).encode()).hexdigest()


def save(run: Run, scenarios: dict[str, Scenario], account: dict[str, Any], folder: Path) -> list[Path]:
    """Write a run's record, resolved scenarios and tables. Returns what was written.

    Raises InputOutputError when the folder cannot be written or the disk is full.
    """
    written = []
    with telling(folder):
        (folder / "resolved").mkdir(exist_ok=True)
    for name, scenario in scenarios.items():
        written.append(folder / "resolved" / f"{name}.yaml")
        write_whole(written[-1], scenario.resolved_text())
    for name, rows in tables(run).items():
        written.append(folder / name)
        write_table(written[-1], rows)
    written.append(folder / RECORD)
    recorded = measures.record(run)
    data = {"format": FORMAT, "versions": versions()} | account | {"seal": seal(recorded), "run": recorded}
    write_whole(written[-1], json.dumps(data, ensure_ascii=False, allow_nan=False))
    return written


def tables(run: Run) -> dict[str, Iterator[list[Any]]]:
    """The tables of a run by file name; missions and costs only where there are any."""
    found = {
        "readiness.csv": readiness_rows(run),
        "summary.csv": summary_rows(run),
        "items.csv": unit_rows(run, "item"),
        "crews.csv": unit_rows(run, "pool"),
        "causes.csv": cause_rows(run),
        "first_items.csv": first_item_rows(run),
        "halts.csv": halt_rows(run),
        "differences.csv": difference_rows(run),
    }
    if any(fleet.missions for variant in run.variants.values() for fleet in variant.fleets.values()):
        found["missions.csv"] = mission_rows(run)
    if any(variant.costs for variant in run.variants.values()):
        found["costs.csv"] = cost_rows(run)
    return found


def load_run(folder: str | Path) -> tuple[Run, dict[str, Any]]:
    """The run a results folder holds, and its account (command, counts, timings).

    Raises InputOutputError when there is no record to read, ResultsDamaged when it is not whole or was altered.
    """
    path = Path(folder)
    path = path / RECORD if path.is_dir() else path
    if not path.is_file():
        raise InputOutputError(f"there are no results at {folder}: no {RECORD} is there")
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputOutputError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError:
        raise ResultsDamaged(f"{path} is damaged: it is not UTF-8 text; run the scenario again") from None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise ResultsDamaged(f"{path} is damaged: it is cut short or is not JSON; run the scenario again") from None
    if not isinstance(data, dict) or not {"format", "seal", "run"} <= set(data):
        raise ResultsDamaged(f"{path} is damaged: it is not the record of a run; run the scenario again")
    if data["format"] != FORMAT:
        raise ResultsDamaged(f"{path} was written in format {data['format']}; this armsim reads {FORMAT}")
    recorded = data.pop("run")
    try:
        if seal(recorded) != data.pop("seal"):
            raise ResultsDamaged(f"{path} was altered after the run: its numbers do not match their seal")
        return measures.from_record(recorded), data
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ResultsDamaged(f"{path} is damaged: {type(error).__name__.lower()} at {error}") from None


def write_table(path: Path, rows: Iterator[list[Any]]) -> None:
    """A CSV file that spreadsheets open as it is: UTF-8 with a byte-order mark."""
    with whole(path) as beside, beside.open("w", encoding="utf-8", newline="") as file:
        file.write("\ufeff")
        csv.writer(file).writerows(row if type(row) is Cells else map(cell, row) for row in rows)


class Cells(list[Any]):
    """A row of what `cell` has made already."""


class InCells(dict[float, Any]):
    """Numbers as cells: most of them come again and again."""

    def __missing__(self, value: float) -> Any:
        self[value] = found = cell(value)
        return found


def cell(value: Any) -> Any:
    """A value as a spreadsheet reads it: nothing for n/a, text never a formula."""
    if isinstance(value, float):
        return "" if math.isnan(value) else repr(round(value, 6) + 0.0)  # which takes the sign off zero
    if isinstance(value, str) and value.startswith(FORMULA):
        return "'" + value
    return "" if value is None else value


class ByPeriod:
    """Rows of curves by report period; many curves of a run are the same, and are written out once."""

    def __init__(self, run: Run) -> None:
        self.days = [day.isoformat() for day in run.dates]
        self.known: dict[Curve, list[tuple[Any, ...]]] = {}
        self.numbers = InCells()

    def rows(self, curve: Curve, before: Sequence[Any], after: Sequence[Any] = ()) -> Iterator[Cells]:
        """What stands before, the start of each report period, the statistics in it, and what stands after."""
        begin, end = tuple(map(cell, before)), tuple(map(cell, after))
        if curve not in self.known:
            numbers = (map(self.numbers.__getitem__, getattr(curve, name)) for name in STATISTICS)
            self.known[curve] = list(zip(self.days, *numbers))
        return (Cells((*begin, *row, *end)) for row in self.known[curve])


def counted_in(fleet: FleetResult) -> str:
    """What the numbers of a fleet count."""
    return "systems" if fleet.lot == 1 else f"lots of {fleet.lot:,} systems"


def readiness_rows(run: Run) -> Iterator[list[Any]]:
    """Long form: one row per variant, fleet, measure and report period."""
    yield ["scenario", "variant", "fleet", "measure", "period_start", *STATISTICS, "counted_in"]
    table = ByPeriod(run)
    for variant in run.variants.values():
        for fleet in variant.fleets.values():
            for measure, curve in fleet.curves.items():
                unit = "flying hours" if measure in HOUR_MEASURES else counted_in(fleet)
                yield from table.rows(curve, (run.scenario, variant.name, fleet.name, measure), (unit,))


def mission_rows(run: Run) -> Iterator[list[Any]]:
    """Long form: one row per variant, fleet, mission, measure and report period, in systems able to do it."""
    yield ["scenario", "variant", "fleet", "mission", "measure", "period_start", *STATISTICS, "counted_in"]
    table = ByPeriod(run)
    for variant in run.variants.values():
        for fleet in variant.fleets.values():
            for mission, curves in fleet.missions.items():
                for measure, curve in curves.items():
                    name = "difference_to_no_halt" if measure == DIFFERENCE else measure
                    before = run.scenario, variant.name, fleet.name, mission, name
                    yield from table.rows(curve, before, (counted_in(fleet),))


def cost_rows(run: Run) -> Iterator[list[Any]]:
    """Money by report period and kind, and over the whole time (`all`): mean, error, and difference to no halt."""
    yield ["scenario", "variant", "kind", "period_start", "mean", "se", "difference_to_no_halt", "difference_se"]
    for variant in run.variants.values():
        for kind, cost in variant.costs.items():
            row = [cost.mean, cost.se, cost.difference, cost.difference_se]
            yield [run.scenario, variant.name, kind, "all", *row]
            mine, apart = cost.curves["cost"], cost.curves.get(DIFFERENCE)
            for k, day in enumerate(run.dates):
                ends = (None, None) if apart is None else (apart.mean[k], apart.se[k])
                yield [run.scenario, variant.name, kind, day.isoformat(), mine.mean[k], mine.se[k], *ends]


def time_cells(time: TimeTo | None) -> list[Any]:
    """A time to survive or recover in a row: percentiles, those not within, and over how many runs it is."""
    if time is None:
        return [None] * 6
    return [time.p05, time.p50, time.p95, time.share_never, time.n, time.share_of_runs]


def summary_rows(run: Run) -> Iterator[list[Any]]:
    """One row per variant and fleet: below the minimum when, for how long, and how much readiness was lost.

    Where anything has a price, a row for each variant besides: what all its fleets cost.
    """
    times = ("p05", "p50", "p95", "share_not_within", "runs", "share_of_runs")
    money = ("cost", "cost_se", "cost_difference_to_no_halt", "cost_difference_se")
    head = [
        "scenario", "variant", "fleet", "authorised", "minimum", "first_below_p05", "first_below_p50",
        "first_below_p95", "share_never_below", "months_below", "months_below_se",
        *(f"held_{m}_months{end}" for m in HELD_MONTHS for end in ("", "_low", "_high")),
        "lost_to_no_halt_system_months", "lost_to_no_halt_se",
        *(f"time_to_{what}_{name}" for what in ("survive", "recover") for name in times), "counted_in",
        *(money if any(variant.costs for variant in run.variants.values()) else ()),
    ]  # fmt: skip
    yield head
    for variant in run.variants.values():
        for fleet in variant.fleets.values():
            crossing, chances = fleet.first_below_minimum, [fleet.held.get(str(m)) for m in HELD_MONTHS]
            row = [
                run.scenario, variant.name, fleet.name, fleet.authorised, fleet.minimum,
                *((crossing.p05, crossing.p50, crossing.p95, crossing.share_never) if crossing else (None,) * 4),
                *(fleet.months_below or (None, None)),
                *(end for c in chances for end in ((c.share, c.low, c.high) if c else (None,) * 3)),
                *(fleet.lost_to_twin or (None, None)),
                *time_cells(fleet.time_to_survive), *time_cells(fleet.time_to_recover), counted_in(fleet),
            ]  # fmt: skip
            yield row + [None] * (len(head) - len(row))
        if variant.costs:
            total = variant.costs["total"]
            known: dict[str, Any] = dict(zip(money, (total.mean, total.se, total.difference, total.difference_se)))
            known |= {"scenario": run.scenario, "variant": variant.name, "fleet": "(all fleets)", "counted_in": "money"}
            yield [known.get(name) for name in head]


def unit_rows(run: Run, what: str) -> Iterator[list[Any]]:
    """Long form: one row per variant, item (in units) or crew pool (people and tasks), measure and report period."""
    yield ["scenario", "variant", what, "measure", "period_start", *STATISTICS]
    table = ByPeriod(run)
    for variant in run.variants.values():
        for name, curves in (variant.items if what == "item" else variant.pools).items():
            for measure, curve in curves.items():
                yield from table.rows(curve, (run.scenario, variant.name, name, measure))


def cause_rows(run: Run) -> Iterator[list[Any]]:
    """System-months down since the first halt, by cause, with the paired difference to no halt."""
    yield [
        "scenario", "variant", "fleet", "mechanism", "item", "supplier", "jurisdiction",
        "system_months", "difference_to_no_halt", "difference_se", "system_months_se", "counted_in",
    ]  # fmt: skip
    for variant in run.variants.values():
        for fleet in variant.fleets.values():
            for cause in fleet.causes:
                yield [
                    run.scenario, variant.name, fleet.name, cause.mechanism, cause.item, cause.supplier,
                    cause.jurisdiction, cause.system_months, cause.difference, cause.difference_se, cause.se,
                    counted_in(fleet),
                ]  # fmt: skip


def first_item_rows(run: Run) -> Iterator[list[Any]]:
    """Which item first holds systems down that fly without the halt, in how many runs, and in which month."""
    yield ["scenario", "variant", "fleet", "item", "share_of_runs_first", "share_of_runs_ever", "median_month"]
    for variant in run.variants.values():
        for fleet in variant.fleets.values():
            for one in fleet.first_items:
                yield [
                    run.scenario, variant.name, fleet.name, one.item, one.share_first, one.share_ever, one.months
                ]  # fmt: skip


def halt_rows(run: Run) -> Iterator[list[Any]]:
    """What each halt touched, mean per run (R-H5)."""
    whats = ("orders_refused", "consignments_held", "repairs_caught", "crew_days_lost", "systems_forbidden")
    yield ["scenario", "variant", "halt", *whats, *(f"{what}_se" for what in whats)]
    for variant in run.variants.values():
        for touched in variant.touched:
            means = (getattr(touched, what) for what in whats)
            yield [run.scenario, variant.name, touched.halt, *means, *(touched.errors or (None,) * len(whats))]


def difference_rows(run: Run) -> Iterator[list[Any]]:
    """Mission-capable systems, variant minus its no-halt twin on the same random numbers."""
    yield ["scenario", "variant", "twin", "fleet", "period_start", *STATISTICS, "counted_in"]
    table = ByPeriod(run)
    for variant in run.variants.values():
        for fleet in variant.fleets.values():
            if fleet.difference_mc is None:
                continue
            before = run.scenario, variant.name, variant.twin, fleet.name
            yield from table.rows(fleet.difference_mc, before, (counted_in(fleet),))
