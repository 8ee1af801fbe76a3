"""The armsim command: arguments to one public function each; no logic of the model lives here."""

from __future__ import annotations

import atexit
import codecs
import gc
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from datetime import datetime
from functools import partial
from math import prod
from pathlib import Path
from typing import Any

import click

from armsim.errors import INTERRUPTED, ArmsimError, InputOutputError, InvalidScenario, Problem, UsageError

EXIT_CODES = """Exit codes: 0 ok, 1 run failed, 2 usage, 3 invalid file, 4 a check failed, 5 input/output,
6 results damaged, 130 interrupted (results kept)."""
FILE = click.Path(path_type=str)
#: From so many runs on a process of its own gets ready to draw while they are computed.
MANY_RUNS = 1_000
#: Failures that are told one by one.
MOST_TOLD = 10
#: What stands in for a sign on a terminal that cannot show it.
PLAIN = {"–": "-", "—": "-", "…": "...", "×": "x", "≤": "<=", "≥": ">=", "’": "'", "─": "-"}


class Help(click.Group):
    """The commands in the order in which one uses them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        order = ["init", "validate", "explain", "show", "run", "sweep", "backtest", "plot", "schema"]
        return [name for name in order if name in self.commands]


def example(*lines: str) -> str:
    """The end of a help text: a command to try, not rewrapped."""
    return "\b\nExample:\n" + "\n".join(f"  armsim {line}" for line in lines)


@click.group(cls=Help, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(None, "-V", "--version", message="armsim %(version)s", package_name="armsim")
def cli() -> None:
    """How far and how fast does readiness fall when foreign suppliers stop exporting?

    \b
    Start with:
      armsim init my_case
      armsim explain my_case.yaml
      armsim run my_case.yaml
    """


def collect_seldom() -> None:
    """Let the garbage collector look less often: a command makes much that it keeps, and little is found."""
    gc.set_threshold(50_000)


def is_behind(kind: type[BaseException], error: BaseException | None) -> bool:
    """True when an error of a kind led to another one."""
    while error is not None and not isinstance(error, kind):
        error = error.__cause__ or error.__context__
    return error is not None


def main(arguments: list[str] | None = None) -> None:
    """Run the command and end with its exit code; a user's mistake never shows a traceback."""
    codecs.register_error("armsim", plainly)
    collect_seldom()
    atexit.register(gc.freeze)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="armsim")
    try:
        code = cli.main(arguments, prog_name="armsim", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        code = UsageError.exit_code
    except ArmsimError as error:
        say(worded(error), err=True)
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        say("interrupted before anything could be kept", err=True)
        code = INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except MemoryError:
        say("error: not enough memory; use fewer runs, or --jobs 1", err=True)
        code = ArmsimError.exit_code
    except OSError as error:
        say(f"error: {error.filename or 'input/output'}: {(error.strerror or str(error)).lower()}", err=True)
        code = InputOutputError.exit_code
    except Exception as error:  # a library may wrap Ctrl-C into an error of its own
        if not is_behind(KeyboardInterrupt, error):
            raise
        say("interrupted before anything could be kept", err=True)
        code = INTERRUPTED
    sys.exit(code if isinstance(code, int) else 0)


def say(text: Any, err: bool = False, end: str = "\n") -> None:
    """Print in the terminal's own encoding, which click.echo does not keep to."""
    print(text, file=sys.stderr if err else sys.stdout, end=end)


def plainly(error: UnicodeError) -> tuple[str, int]:
    """A codec's error handler: what the terminal's encoding lacks, in signs that it has."""
    assert isinstance(error, UnicodeEncodeError)
    return "".join(PLAIN.get(sign, "?") for sign in error.object[error.start : error.end]), error.end


def worded(error: ArmsimError) -> str:
    """The error as a person reads it."""
    if not isinstance(error, InvalidScenario):
        return f"error: {error}"
    return f"{error}\n{tally(error.problems)}"


def tally(problems: list[Problem]) -> str:
    """'2 errors, 1 warning', or 'ok' for no errors."""
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    told = f"{errors} {'error' if errors == 1 else 'errors'}" if errors else "ok"
    return told + (f", {warnings} {'warning' if warnings == 1 else 'warnings'}" if warnings else "")


# Options shared by several commands -------------------------------------------------------------------


def several(*options: Callable[..., Any]) -> Callable[..., Any]:
    """Several options as one decorator."""

    def decorate(function: Any) -> Any:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


set_option = click.option(
    "--set", "sets", multiple=True, metavar="PATH=VALUE", help="change a value, such as items.engine.stock.base=6"
)
variant_option = click.option(
    "--variant", "variants", multiple=True, metavar="V", help="only this variant; repeat for several"
)
one_variant = click.option("--variant", metavar="V", help="this variant; default the first")
counts = several(
    click.option("--runs", type=click.IntRange(1), metavar="N", help="N worlds of one replication each"),
    click.option("--worlds", type=click.IntRange(1), metavar="W", help="worlds: draws of what we do not know"),
    click.option("--replications", type=click.IntRange(1), metavar="R", help="replications in each world: luck"),
    click.option("--seed", type=int, metavar="S", help="seed of the random numbers; same seed, same numbers"),
    click.option("--jobs", type=click.IntRange(1, 1024), metavar="J", help="processes; default one per processor"),
    click.option(
        "--engine",
        type=click.Choice(["auto", "numba", "simpy"]),
        default="auto",
        show_default=True,
        help="what runs the model, with the same results: numba is fast once compiled, simpy the reference; "
        "auto takes what is sooner",
    ),
)


def wanted(engine: str, quiet: bool) -> Any:
    """The engine asked for; compiling it is told on stderr."""
    from armsim.study.engine_choice import Wanted

    return Wanted(engine, None if quiet else lambda sentence: say(sentence, err=True), background=True)


def tell_failures(sentences: list[str], left_out: str, record: str) -> None:
    """What failed, on stderr: the first few, and where the rest is."""
    for sentence in sentences[:MOST_TOLD]:
        say(f"failed: {sentence}", err=True)
    if len(sentences) > MOST_TOLD:
        say(f"failed: {len(sentences) - MOST_TOLD:,} more, named in {record}", err=True)
    say(f"error: {left_out}", err=True)


def changes_of(sets: tuple[str, ...]) -> dict[str, Any]:
    """The --set options as paths and values."""
    changes: dict[str, Any] = {}
    for one in sets:
        path, equals, value = one.partition("=")
        if not equals or not path.strip():
            raise UsageError(f"--set {one}: write PATH=VALUE, such as items.engine.stock.base=6")
        changes[path.strip()] = value
    return changes


def opened(file: str, variant: str | None = None, sets: tuple[str, ...] = ()) -> Any:
    """The scenario in a file with --set applied; its warnings go to stderr."""
    from armsim.scenario.scenario import load

    scenario = load(file, variant)
    if sets:
        scenario = scenario.set_all(changes_of(sets))
    for problem in scenario.warnings:
        say(problem.text(), err=True)
    return scenario


# Commands ---------------------------------------------------------------------------------------------


@cli.command(epilog=example("init my_case --template minimal"))
@click.argument("name")
@click.option(
    "--template", default="full", show_default=True, metavar="T", help="minimal, full, people, overhaul or parts"
)
@click.option(
    "--folder", default=".", show_default=True, type=click.Path(path_type=Path), metavar="DIR", help="where to put it"
)
def init(name: str, template: str, folder: Path) -> None:
    """Write a commented scenario NAME.yaml to edit.

    The schema that lets an editor complete and check it is put beside it.
    """
    from armsim.scenario.init import init as write

    written = write(name, folder, template)
    for path in written:
        say(path)
    say(f"next: edit {written[0]}, then: armsim explain {written[0]}", err=True)


@cli.command(epilog=example("validate my_case.yaml", "validate --json scenarios/*.yaml"))
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--json", "as_json", is_flag=True, help="print the problems of all files as one JSON list")
def validate(files: tuple[str, ...], as_json: bool) -> None:
    """Check scenario FILES: every problem at its line.

    Nothing runs. Ends with 3 when a file has an error, with 5 when one cannot be read.
    """
    from armsim.scenario.scenario import load

    problems, code = [], 0
    for file in files:
        try:
            found = list(load(file).warnings)
        except InvalidScenario as error:
            found, code = error.problems, max(code, error.exit_code)
        except InputOutputError as error:
            say(worded(error), err=True)
            code = max(code, error.exit_code)
            continue
        problems += found
        if not as_json:
            for problem in found:
                say(problem.text())
            say(f"{file}: {tally(found)}")
    if as_json:
        say(json.dumps([problem.record() for problem in problems], indent=1, ensure_ascii=True))
    sys.exit(code)


@cli.command(epilog=example("explain my_case.yaml --variant full_halt", "explain my_case.yaml --trace jets/0"))
@click.argument("file", type=FILE)
@one_variant
@set_option
@click.option("--trace", "system", metavar="FLEET/N", help="run it once and tell what happens to one system instead")
@click.option("--world", type=int, metavar="W", help="with --trace: the world; default 0")
@click.option("--replication", type=int, metavar="R", help="with --trace: the replication; default 0")
@click.option("--seed", type=int, metavar="S", help="with --trace: the seed; default that of the file")
def explain(file: str, variant: str | None, sets: tuple[str, ...], system: str | None, world: int | None,
            replication: int | None, seed: int | None) -> None:  # fmt: skip
    """Tell the model in words.

    Who supplies what, whose permission it needs, what each halt does and when. With --trace, what happens to one
    system in one run, in dated sentences; systems are counted from 0.
    """
    from armsim.scenario.scenario import load

    scenario = load(file, variant)
    scenario = scenario.set_all(changes_of(sets)) if sets else scenario
    if system is None:
        if (world, replication, seed) != (None, None, None):
            raise UsageError("--world, --replication and --seed choose the run of --trace FLEET/N: give it too")
        say(scenario.explain())
        return
    from armsim.study.run import plan
    from armsim.study.story import story

    seed = plan(scenario, variants=[scenario.variant_name], runs=1, seed=seed).seed
    told = story(scenario, system, seed=seed, world=world or 0, replication=replication or 0)
    say(told.text, end="")
    if told.failure:
        raise ArmsimError(f"the run fails: {told.failure}")


@cli.command(epilog=example("show my_case.yaml", "show my_case.yaml --resolved --variant full_halt"))
@click.argument("file", type=FILE)
@click.option(
    "--resolved", is_flag=True, help="the resolved form: all defaults filled, presets spelled out; a valid scenario"
)
@click.option("--hash", "as_hash", is_flag=True, help="the hash that identifies the model")
@one_variant
@set_option
def show(file: str, resolved: bool, as_hash: bool, variant: str | None, sets: tuple[str, ...]) -> None:
    """Show a scenario's variants, or its resolved form.

    Variants are listed with the hashes that identify their models.
    """
    scenario = opened(file, variant, sets)
    if as_hash:
        say(scenario.hash)
    elif resolved:
        say(scenario.resolved_text(), end="")
    else:
        say(f"{scenario.name}: {scenario.things.title or ''}".rstrip(": "))
        for name in scenario.variants:
            say(f"  {scenario.variant(name).hash[:12]}  {name}  {scenario.variant_title(name)}")


@cli.command(
    epilog=example("run my_case.yaml --runs 400", "run my_case.yaml --set items.engine.stock.base=6 -o my_results")
)
@click.argument("file", type=FILE)
@counts
@variant_option
@set_option
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="folder for the results; default results/<scenario>/<time>-<hash>/",
)
@click.option(
    "--json", "as_json", is_flag=True, help="print one JSON object instead of the table; files are written only with -o"
)
@click.option("--hash", "as_hash", is_flag=True, help="print the result hash alone; files are written only with -o")
@click.option("--quiet", is_flag=True, help="no progress, no table")
@click.option("--dry-run", is_flag=True, help="say what would run, and stop")
@click.option("--figures/--no-figures", default=True, help="draw figures (default) or not")
@click.option("--audit", is_flag=True, help="check every invariant after every event (slow)")
@click.option(
    "--trace",
    "trace_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="write the events of one run of the first variant in words, as .txt or .csv",
)
@click.option(
    "--trace-run", "traced", metavar="W[,R]", help="which run --trace writes: world and replication; default 0,0"
)
def run(file: str, runs: int | None, worlds: int | None, replications: int | None, seed: int | None, jobs: int | None,
        engine: str, variants: tuple[str, ...], sets: tuple[str, ...], out: Path | None, as_json: bool, as_hash: bool,
        quiet: bool, dry_run: bool, figures: bool, audit: bool, trace_file: Path | None,
        traced: str | None) -> None:  # fmt: skip
    """Run a scenario FILE and say how ready it stays.

    Every variant and its no-halt twin run on the same random numbers. Ctrl-C keeps the runs that are done.
    """
    if as_json and as_hash:
        raise UsageError("--json and --hash each print one thing: give one of them")
    from armsim.study.processes import cores

    jobs, silent = jobs or cores(), as_json or as_hash
    drawing = figures and not dry_run and (out is not None or not silent) and jobs > 1
    until_the_end = click.get_current_context().with_resource
    # Many of one model are many of all: the process gets ready while this one loads what it needs and reads the file.
    beside = until_the_end(artist(drawing and (runs or (worlds or 1) * (replications or 1)) >= MANY_RUNS))
    from armsim import store
    from armsim.study import run as study
    from armsim.units import counted

    scenario = opened(file, None, sets)
    plan = study.plan(scenario, variants=variants, runs=runs, worlds=worlds, replications=replications, seed=seed)
    if traced is not None and trace_file is None:
        raise UsageError("--trace-run chooses the run of --trace FILE: give it too")
    if dry_run:
        describe(plan)
        return
    if trace_file is not None:
        write_trace(plan, trace_file, traced or "0,0", engine, quiet)
    with nullcontext() if silent and out is None else store.new_folder(scenario, out, datetime.now()) as folder:
        beside = beside or until_the_end(artist(drawing and plan.runs >= MANY_RUNS))
        with progress_bar(quiet, counted(len(plan.cases), "variant")) as progress:
            result, account = study.carry_out(
                plan, jobs=jobs, engine=wanted(engine, quiet), audit=audit, progress=progress
            )
        if folder is not None:
            finish = beside.begin(result, folder) if beside else partial(draw, result, folder)
            account = {"command": ["armsim", *sys.argv[1:]]} | account
            store.save(result, {case.name: case.scenario for case in plan.cases}, account, folder)
            if figures:
                if not (quiet or silent):
                    say("drawing figures", err=True)
                try:
                    finish()
                except KeyboardInterrupt:
                    say(f"interrupted: the results are kept; armsim plot {folder} draws the figures", err=True)
                    sys.exit(INTERRUPTED)
        if as_json:
            say(json.dumps(named_record(result), allow_nan=False))
        elif as_hash:
            say(result.result_hash)
        elif not quiet:
            from armsim.report.tables import print_summary

            print_summary(result, sys.stdout)
        if folder is not None and not quiet:
            say(f"results: {folder}", err=silent)
    if result.failures:
        tell_failures([one.text() for one in result.failures], result.left_out, "run.json")
    if result.partial:
        say(f"interrupted: {result.worlds:,} of {counted(plan.worlds, 'world')} are kept", err=True)
        sys.exit(INTERRUPTED)
    if result.failures:
        sys.exit(ArmsimError.exit_code)


def write_trace(plan: Any, file: Path, which: str, engine: str, quiet: bool) -> None:
    """Write the log of one run of the first variant of a plan; by the reference engine unless numba is asked for."""
    from armsim.report.trace import check_name, write_trace
    from armsim.study.trace import trace, which_run

    check_name(file)
    world, replication = which_run(which)
    by = wanted("numba" if engine == "numba" else "simpy", quiet)
    made = trace(plan.cases[0].scenario, seed=plan.seed, world=world, replication=replication, engine=by)
    write_trace(made, file)
    if not quiet:
        say(f"trace: {file}", err=True)


def describe(plan: Any) -> None:
    """Say what a run would do."""
    from armsim.scenario.check import estimated_events
    from armsim.units import counted

    say(f"{counted(plan.worlds, 'world')} × {counted(plan.replications, 'replication')}, seed {plan.seed}")
    for case in plan.cases:
        events = estimated_events(case.scenario.things)
        twin = f", compared with {case.twin}" if case.twin else ""
        say(f"  {case.name}: model {case.scenario.hash[:12]}, about {events:,.0f} events a run{twin}")
    runs = plan.models * plan.worlds * plan.replications
    say(f"{counted(plan.models, 'different model')}, {counted(runs, 'run')}")


def named_record(result: Any) -> dict[str, Any]:
    """The JSON object of `armsim run --json`, with the names others rely on."""
    from armsim.measures import record

    whole = record(result)
    names = ("scenario", "scenario_hash", "result_hash", "engine", "seed", "worlds", "replications", "dates")
    variants = {
        name: {
            "fleets": {
                fleet: {key: one[key] for key in ("authorised", "minimum", "curves", "first_below_minimum")}
                for fleet, one in variant["fleets"].items()
            }
        }
        for name, variant in whole["variants"].items()
    }
    return {name: whole[name] for name in names} | {"variants": variants, "failures": whole["failures"]}


def draw(result: Any, folder: Path) -> None:
    """Draw the figures of a run."""
    from armsim.report.figures import write_figures

    write_figures(result, folder)


def artist(wanted: bool) -> Any:
    """A process that draws beside this one, where it is wanted."""
    if not wanted:
        return nullcontext()
    from armsim.report.artist import Artist

    try:
        return Artist()
    except OSError:  # no process can be started: all is drawn in this one
        return nullcontext()


@contextmanager
def progress_bar(quiet: bool, what: str) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on stderr; plain lines now and then where stderr is not a terminal."""
    if quiet:
        yield None
        return
    if not sys.stderr.isatty():
        yield plain_progress(what)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("runs"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def plain_progress(what: str) -> Callable[[int, int], None]:
    """Progress as a line at every tenth."""
    told = [-1]

    def progress(done: int, total: int) -> None:
        tenth = 10 * done // max(1, total)
        if tenth > told[0]:
            told[0] = tenth
            say(f"{what}: {done:,} of {total:,} runs", err=True)

    return progress


@cli.command(epilog=example("sweep my_case.yaml --vary items.engine.stock.base=0,2,4,8"))
@click.argument("file", type=FILE)
@click.option(
    "--vary", "varied", multiple=True, required=True, metavar="PATH=A,B,C", help="values at a path; repeat for a grid"
)
@counts
@variant_option
@set_option
@click.option("--fleet", metavar="F", help="fleet of the figure; default the first")
@click.option(
    "--at",
    "months",
    type=click.Choice(["6", "12", "24", "36"]),
    default="12",
    show_default=True,
    help="months after the first halt date shown in the figure",
)
@click.option("-o", "--out", type=click.Path(path_type=Path), metavar="DIR", help="folder for the results")
@click.option("--quiet", is_flag=True, help="no progress")
def sweep(file: str, varied: tuple[str, ...], runs: int | None, worlds: int | None, replications: int | None,
          seed: int | None, jobs: int | None, engine: str, variants: tuple[str, ...], sets: tuple[str, ...],
          fleet: str | None, months: str, out: Path | None, quiet: bool) -> None:  # fmt: skip
    """Run a scenario FILE over a grid of values.

    Every point runs on the same random numbers. Writes a table, and a figure for one factor or two.
    """
    from armsim import store
    from armsim.study.processes import cores
    from armsim.study.sweep import sweep as run_sweep

    vary = dict(varied_of(one) for one in varied)
    if len(vary) < len(varied):
        raise UsageError("a path is given to --vary twice: write all its values in one")
    scenario = opened(file, None, sets)
    if fleet is not None and fleet not in scenario.things.fleets:
        from armsim.errors import did_you_mean

        raise UsageError(f"there is no fleet '{fleet}'; {did_you_mean(fleet, list(scenario.things.fleets))}")
    with store.new_folder(scenario, out, datetime.now()) as folder:
        with progress_bar(quiet, "sweep") as progress:
            result = run_sweep(
                scenario, vary, variants=variants, runs=runs, worlds=worlds, replications=replications, seed=seed,
                jobs=jobs or cores(), engine=wanted(engine, quiet), progress=progress,
            )  # fmt: skip
        from armsim.report import charts, figures

        store.write_table(folder / "sweep.csv", iter(figures.sweep_rows(result)))
        command = {"command": ["armsim", *sys.argv[1:]], "factors": result.factors, "seed": result.runs[0].seed}
        choice = {"engine": result.runs[0].engine, "engine_choice": result.engine_choice}
        points: list[dict[str, Any]] = [
            {"point": point, "result_hash": run.result_hash, "worlds": run.worlds}
            | {"failures": [asdict(one) for one in run.failures]}
            for point, run in zip(result.points, result.runs)
        ]
        lost = [{"point": point, "message": message} for point, message in result.failed]
        account = {"versions": store.versions()} | command | choice | {"points": points, "points_failed": lost}
        store.write_whole(folder / "sweep.json", json.dumps(account, indent=1, ensure_ascii=False))
        say(folder / "sweep.csv")
        if len(vary) <= 2:
            figure = figures.sweep_figure(result, fleet, int(months))
            with store.telling(folder):
                for path in charts.save(figure, folder, f"sweep_{fleet or next(iter(scenario.things.fleets))}"):
                    say(path)
        elif not quiet:
            say("no figure: a figure shows one factor or two; the table holds all", err=True)
    if result.left_out:
        tell_failures(failures_of_points(result), result.left_out, "sweep.json")
    if result.partial:
        total = prod(len(values) for values in vary.values())
        say(f"interrupted: {len(result.runs)} of {total} points are kept", err=True)
        sys.exit(INTERRUPTED)
    if result.left_out:
        sys.exit(ArmsimError.exit_code)


def failures_of_points(result: Any) -> list[str]:
    """The failures of a sweep, each with the point it happened at."""
    found = [(point, one.text()) for point, run in zip(result.points, result.runs) for one in run.failures]
    found += result.failed
    return [f"{', '.join(map('='.join, zip(result.factors, point)))}: {said}" for point, said in found]


def varied_of(text: str) -> tuple[str, list[str]]:
    """A --vary option as a path and its values; commas inside brackets do not separate."""
    path, equals, values = text.partition("=")
    if not equals or not path.strip() or not values.strip():
        raise UsageError(f"--vary {text}: write PATH=A,B,C, such as items.engine.stock.base=0,2,4")
    found, depth = [""], 0
    for character in values:
        depth += (character in "[{") - (character in "]}")
        if character == "," and depth == 0:
            found.append("")
        else:
            found[-1] += character
    if any(not value.strip() for value in found):
        raise UsageError(f"--vary {text}: a value is missing between two commas")
    return path.strip(), [value.strip() for value in found]


@cli.command(
    epilog=example("backtest my_case.yaml --mechanisms", "backtest scenarios/*.yaml --page docs/backtests.md")
)
@click.argument("files", nargs=-1, required=True, type=FILE)
@counts
@click.option("--variant", "variants", multiple=True, metavar="V", help="a rival beside the first variant; repeat")
@click.option("--mechanisms", is_flag=True, help="every variant, and no halt, as rivals beside the first variant")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="folder for the results, one in it for each of several files; default results/<scenario>/<time>-<hash>/",
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="print one JSON object (a list for several files) instead of the tables; files are written only with -o",
)
@click.option("--page", type=click.Path(path_type=Path), metavar="FILE", help="write a page in Markdown of all files")
@click.option("--quiet", is_flag=True, help="no progress, no tables")
@click.option("--figures/--no-figures", default=True, help="draw figures (default) or not")
def backtest(files: tuple[str, ...], runs: int | None, worlds: int | None, replications: int | None, seed: int | None,
             jobs: int | None, engine: str, variants: tuple[str, ...], mechanisms: bool, out: Path | None,
             as_json: bool, page: Path | None, quiet: bool, figures: bool) -> None:  # fmt: skip
    """Hold scenario FILES against what was seen.

    The first variant of each is compared with the file's observations and scored beside baselines; --variant and
    --mechanisms put other variants beside it as rivals. Ctrl-C keeps the runs that are done.
    """
    from armsim import store
    from armsim.report import backtest_charts, backtest_page
    from armsim.study import backtest as study
    from armsim.study.processes import cores

    plans = [
        study.plan(opened(file), variants=variants, mechanisms=mechanisms, runs=runs, worlds=worlds,
                   replications=replications, seed=seed)
        for file in files
    ]  # fmt: skip
    results = []
    silent = as_json or page is not None
    for plan in plans:
        scenario = plan.cases[0].scenario
        target = out / scenario.name if out is not None and len(plans) > 1 else out
        with nullcontext() if silent and out is None else store.new_folder(scenario, target, datetime.now()) as folder:
            with progress_bar(quiet, scenario.name) as progress:
                result, account = study.carry_out(
                    plan, jobs=jobs or cores(), engine=wanted(engine, quiet), progress=progress
                )
            results.append(result)
            if folder is not None:
                account = {"command": ["armsim", *sys.argv[1:]]} | account
                cases = {case.name: case.scenario for case in plan.cases}
                backtest_page.save_backtest(result, cases, account, folder)
                if figures:
                    with store.telling(folder):
                        backtest_charts.write_backtest_figures(result, folder)
            if not silent and not quiet:
                backtest_page.print_backtest(result, sys.stdout)
            if folder is not None and not quiet:
                say(f"results: {folder}", err=silent)
        if result.run.failures:
            told = [f"{scenario.name}: {one.text()}" for one in result.run.failures]
            tell_failures(told, result.run.left_out, "backtest.json")
        if result.partial:
            break
    if page is not None and not results[-1].partial:
        given = {"--runs": runs, "--worlds": worlds, "--replications": replications, "--seed": seed}
        options = [f"{name} {value}" for name, value in given.items() if value is not None]
        options += [f"--variant {name}" for name in variants] + ["--mechanisms"] * mechanisms
        command = " ".join(["armsim backtest", *files, *options, f"--page {page}"])
        with store.telling(page):
            page.parent.mkdir(parents=True, exist_ok=True)
        store.write_whole(page, backtest_page.page_of(results, page.parent, command, page.with_suffix("")))
        say(page, err=as_json)
    if as_json:
        records = [result.record() for result in results]
        say(json.dumps(records[0] if len(files) == 1 else records, allow_nan=False))
    if results[-1].partial:
        last = f"{results[-1].run.worlds:,} of {plans[len(results) - 1].worlds:,} worlds"
        say(f"interrupted in file {len(results)} of {len(files)}: {last} of it are kept", err=True)
        sys.exit(INTERRUPTED)
    if any(result.run.failures for result in results):
        sys.exit(ArmsimError.exit_code)


@cli.command(epilog=example("plot results/my_case/20260101T120000-0123abcd --measure fmc -o slides"))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--fleet", "fleets", multiple=True, metavar="F", help="only this fleet; repeat for several")
@variant_option
@click.option(
    "--measure", default="mc", show_default=True, metavar="M", help="such as mc, fmc, on_hand, permitted, nmcs"
)
@click.option("--title", metavar="TEXT", help="a title of your own")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="folder for the figures; default the results folder",
)
def plot(folder: Path, fleets: tuple[str, ...], variants: tuple[str, ...], measure: str, title: str | None,
         out: Path | None) -> None:  # fmt: skip
    """Draw the figures of a results FOLDER again.

    Nothing runs: the figures come from the run.json in the folder.
    """
    from armsim import store
    from armsim.report.figures import write_figures

    result, _ = store.load_run(folder)
    target = out or (folder if folder.is_dir() else folder.parent)
    with store.telling(target):
        target.mkdir(parents=True, exist_ok=True)
    for path in write_figures(result, target, fleets=fleets, variants=variants, measure=measure, title=title):
        say(path)


@cli.command(epilog=example("schema > armsim.schema.json"))
def schema() -> None:
    """Print the JSON Schema of a scenario file."""
    from armsim.scenario.schema import schema as whole

    say(json.dumps(whole(), indent=1))
