"""The command line as a person or a script meets it: what is printed, written, and how it ends."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click
import pytest

from armsim.cli import cli, main, varied_of

VALID = Path(__file__).parent / "scenarios" / "valid"
PARTS = str(VALID / "parts.yaml")
EVERYTHING = str(VALID / "everything.yaml")
SMALLEST = str(VALID / "smallest.yaml")
STATES = (
    "on_hand",
    "permitted",
    "mc",
    "fmc",
    "pmc",
    "nmcs",
    "nmcm",
    "nmcb",
    "regeneration",
    "overhaul",
    "limit",
    "lost",
)


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def armsim(capsys: pytest.CaptureFixture[str]) -> Any:
    """Call the command in this process: (exit code, stdout, stderr)."""

    def call(*arguments: str) -> tuple[Any, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(one) for one in arguments])
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return call


def run_engine(data: dict[str, Any]) -> str:
    """The engine that the run of a record says it ran on."""
    engine: str = data["run"]["engine"]
    return engine


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A results folder, made once, with its figures."""
    folder = tmp_path_factory.mktemp("results")
    with pytest.raises(SystemExit) as ended:
        main(["run", PARTS, "--runs", "20", "--jobs", "1", "--quiet", "-o", str(folder)])
    assert ended.value.code == 0
    return folder


def process(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    """The command in a process of its own, which compiles nothing, in the background neither."""
    command = [sys.executable, "-m", "armsim", *arguments]
    options["env"] = {**options.get("env", os.environ), "NUMBA_DISABLE_JIT": "1"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


# Help -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_the_help_of_each_command_fits_80_columns_and_has_an_example(command: str, armsim: Any) -> None:
    code, out, err = armsim(command, "--help")
    assert (code, err) == (0, "")
    assert f"  armsim {command} " in out.split("Example:")[1]
    assert max(map(len, out.splitlines())) <= 80


def test_the_first_help_names_every_command_in_whole_sentences(armsim: Any) -> None:
    code, out, _ = armsim("--help")
    listed = out.split("Commands:")[1].split("Exit codes")[0]
    assert code == 0 and "..." not in listed
    assert set(cli.commands) == {line.split()[0] for line in listed.strip().splitlines()}
    assert set(cli.commands) == {
        "init", "validate", "explain", "show", "run", "sweep", "backtest", "plot", "schema"
    }  # fmt: skip


def test_the_version_is_told(armsim: Any) -> None:
    assert armsim("--version")[:2] == (0, "armsim 0.1.0\n")


def test_commands_that_do_not_run_import_no_numpy() -> None:
    code = f"""
import sys
from armsim.cli import main
for arguments in (["--help"], ["run", "--help"], ["validate", {EVERYTHING!r}], ["explain", {EVERYTHING!r}],
                  ["show", {EVERYTHING!r}], ["schema"]):
    try:
        main(arguments)
    except SystemExit as ended:
        assert ended.code == 0, arguments
    heavy = {{"numpy", "simpy", "matplotlib", "rich", "pandas"}} & set(sys.modules)
    assert not heavy, (arguments, heavy)
"""
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


# Scenario files ---------------------------------------------------------------------------------------


def test_validate_says_ok(armsim: Any) -> None:
    assert armsim("validate", SMALLEST) == (0, f"{SMALLEST}: ok\n", "")


def test_validate_counts_what_it_finds_in_words(armsim: Any, tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(Path(SMALLEST).read_text().replace("count: 3", "count: many"))
    code, out, _ = armsim("validate", file, SMALLEST)
    assert code == 3 and out.splitlines()[-2:] == [f"{file}: 1 error", f"{SMALLEST}: ok"]


def test_validate_json_is_one_list_for_all_files(armsim: Any, tmp_path: Path) -> None:
    for name in ("one.yaml", "two.yaml"):
        (tmp_path / name).write_text(Path(SMALLEST).read_text().replace("count: 3", "count: many"))
    code, out, _ = armsim("validate", "--json", "one.yaml", SMALLEST, "two.yaml")
    found = json.loads(out)
    assert code == 3 and [one["file"] for one in found] == ["one.yaml", "two.yaml"]
    assert set(found[0]) == {"file", "line", "column", "path", "code", "severity", "message", "hint"}
    assert armsim("validate", "--json", SMALLEST)[:2] == (0, "[]\n")


def test_validate_goes_on_after_a_file_that_cannot_be_read_and_ends_with_5(armsim: Any) -> None:
    code, out, err = armsim("validate", "nowhere.yaml", SMALLEST)
    assert (code, out) == (5, f"{SMALLEST}: ok\n") and "there is no file 'nowhere.yaml'" in err


def test_init_writes_a_valid_scenario_and_does_not_write_it_twice(armsim: Any) -> None:
    code, out, err = armsim("init", "my_case")
    assert (code, out) == (0, "my_case.yaml\narmsim.schema.json\n") and "armsim explain my_case.yaml" in err
    assert armsim("validate", "my_case.yaml")[:2] == (0, "my_case.yaml: ok\n")
    assert armsim("init", "my_case")[0] == 5


def test_schema_prints_the_schema_that_init_writes(armsim: Any) -> None:
    armsim("init", "my_case")
    assert json.loads(armsim("schema")[1]) == json.loads(Path("armsim.schema.json").read_text(encoding="utf-8"))


def test_explain_and_show_take_one_variant_and_changes(armsim: Any) -> None:
    assert "Variant 'full_halt'" in armsim("explain", EVERYTHING, "--variant", "full_halt")[1]
    plain, changed = (armsim("show", EVERYTHING, "--hash", *more)[1] for more in ((), ("--set", "items.seat.stock=7")))
    assert len(plain) == 65 and plain != changed
    listed = armsim("show", EVERYTHING)[1]
    assert plain[:12] in listed and "full_halt_us_too" in listed


def test_what_show_resolved_prints_is_a_valid_scenario_of_the_same_model(armsim: Any) -> None:
    Path("again.yaml").write_text(armsim("show", EVERYTHING, "--resolved")[1], encoding="utf-8")
    assert armsim("show", "again.yaml", "--hash")[1] == armsim("show", EVERYTHING, "--hash")[1]


# Running ----------------------------------------------------------------------------------------------


def test_a_run_leaves_its_record_tables_scenarios_and_figures(results: Path) -> None:
    names = {path.relative_to(results).as_posix() for path in results.rglob("*") if path.is_file()}
    assert {"run.json", "readiness.csv", "items.csv", "causes.csv", "differences.csv"} <= names
    assert {"resolved/as_written.yaml", "resolved/no_halt.yaml"} <= names
    assert any(name.startswith("readiness_") and name.endswith(".png") for name in names)
    assert any(name.startswith("states_") and name.endswith(".svg") for name in names)
    assert not [name for name in names if name.endswith(".part") or "probe" in name]


def test_the_record_says_what_is_needed_to_repeat_the_run(results: Path) -> None:
    data = json.loads((results / "run.json").read_text(encoding="utf-8"))
    assert set(data["versions"]) - {"numba"} == {"armsim", "python", "numpy", "simpy"}
    assert data["engine"] == run_engine(data) and data["engine_choice"].startswith("auto: ")
    assert data["command"][0] == "armsim" and data["events"] > 0 and set(data["seconds"]) >= {"compile", "simulate"}
    run = data["run"]
    assert (run["seed"], run["worlds"], run["replications"]) == (1, 20, 1)
    assert len(run["scenario_hash"]) == len(run["result_hash"]) == 64


def test_the_table_opens_in_a_spreadsheet_and_is_long(results: Path) -> None:
    written = (results / "readiness.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""))
    assert head[:5] == ["scenario", "variant", "fleet", "measure", "period_start"]
    assert {row[1] for row in rows} == {"as_written", "no_halt"} and {row[3] for row in rows} >= set(STATES)


def test_nothing_is_written_outside_the_folder_asked_for(armsim: Any, tmp_path: Path) -> None:
    armsim("run", SMALLEST, "--runs", "2", "--jobs", "1", "--no-figures", "--quiet", "-o", tmp_path / "mine")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_two_runs_in_one_second_do_not_share_a_folder(armsim: Any, tmp_path: Path) -> None:
    for _ in range(3):
        armsim("run", SMALLEST, "--runs", "1", "--jobs", "1", "--no-figures", "--quiet")
    folders = list((tmp_path / "results" / "smallest").iterdir())
    assert len(folders) == 3 and all((folder / "run.json").exists() for folder in folders)


def test_a_few_runs_have_figures_too(armsim: Any, tmp_path: Path) -> None:
    assert armsim("run", SMALLEST, "--runs", "4", "--jobs", "1", "--quiet", "-o", "few") == (0, "", "")
    assert list((tmp_path / "few").glob("*.svg"))


def test_the_printed_table_fits_80_columns_and_progress_goes_to_stderr(armsim: Any) -> None:
    code, out, err = armsim("run", EVERYTHING, "--runs", "20", "--jobs", "1", "--no-figures", "-o", "some")
    assert code == 0 and max(map(len, out.splitlines())) <= 80 and "\x1b" not in out
    assert "Kfir" in out and "start" in out and "month 36" in out and "90% of runs" in out
    assert "first month below minimum" in out and "mainly because of" in out
    assert out.endswith("results: some\n") and "5 variants: 100 of 100 runs" in err


def test_quiet_prints_nothing(armsim: Any) -> None:
    assert armsim("run", SMALLEST, "--runs", "2", "--jobs", "1", "--no-figures", "--quiet") == (0, "", "")


def test_a_dry_run_tells_what_would_run_and_writes_nothing(armsim: Any, tmp_path: Path) -> None:
    code, out, _ = armsim("run", SMALLEST, "--runs", "1", "--dry-run")
    assert code == 0 and out.startswith("1 world × 1 replication, seed 1\n") and "1 different model, 1 run\n" in out
    assert not list(tmp_path.iterdir())


def test_json_is_one_object_with_the_agreed_names(armsim: Any, tmp_path: Path) -> None:
    code, out, _ = armsim("run", EVERYTHING, "--runs", "3", "--jobs", "1", "--json", "--variant", "full_halt")
    data = json.loads(out)
    assert code == 0 and not list(tmp_path.iterdir())
    assert set(data) == {
        "scenario", "scenario_hash", "result_hash", "engine", "seed", "worlds", "replications", "dates", "variants",
        "failures",
    }  # fmt: skip
    assert (data["scenario"], data["seed"], data["worlds"], data["failures"]) == ("everything", 7, 3, [])
    assert data["engine"] in ("numba", "simpy")
    assert data["dates"][:2] == ["2023-01-01", "2023-02-01"] and len(data["dates"]) == 24
    assert list(data["variants"]) == ["full_halt", "no_halt"]
    kfir = data["variants"]["full_halt"]["fleets"]["kfir"]
    assert set(kfir) == {"authorised", "minimum", "curves", "first_below_minimum"}
    assert (kfir["authorised"], kfir["minimum"]) == (6, 3.0)
    names = {*STATES, *(f"{name}_end" for name in STATES), "hours_flown", "hours_demanded"}
    assert set(kfir["curves"]) == names
    for curve in kfir["curves"].values():
        assert set(curve) == {"mean", "se", "p05", "p25", "p50", "p75", "p95"}
        assert {len(values) for values in curve.values()} == {24}
    assert set(kfir["first_below_minimum"]) == {"p05", "p50", "p95", "share_never"}
    assert data["variants"]["full_halt"]["fleets"]["atmos"]["first_below_minimum"] is None


def test_a_month_that_is_never_reached_is_null(armsim: Any) -> None:
    changes = ("--set", "fleets.kfir.minimum=1%", "--set", "fleets.kfir.losses=~", "--variant", "no_halt")
    _, out, _ = armsim("run", EVERYTHING, "--runs", "2", "--jobs", "1", "--json", *changes)
    below = json.loads(out)["variants"]["no_halt"]["fleets"]["kfir"]["first_below_minimum"]
    assert below == {"p05": None, "p50": None, "p95": None, "share_never": 1.0}


def test_a_file_without_variants_has_one_called_as_written(armsim: Any) -> None:
    _, out, _ = armsim("run", PARTS, "--runs", "1", "--jobs", "1", "--json")
    assert list(json.loads(out)["variants"]) == ["as_written", "no_halt"]


def test_the_hash_is_the_same_for_any_jobs_place_language_and_hash_seed(armsim: Any, tmp_path: Path) -> None:
    code, here, _ = armsim("run", PARTS, "--runs", "5", "--jobs", "1", "--hash")
    assert code == 0 and len(here) == 65
    (tmp_path / "there").mkdir()
    for jobs, zone in (("2", "Pacific/Chatham"), ("3", "America/St_Johns")):
        other = os.environ | {"TZ": zone, "LC_ALL": "C", "PYTHONHASHSEED": jobs}
        elsewhere = process("run", PARTS, "--runs", "5", "--jobs", jobs, "--hash", cwd=tmp_path / "there", env=other)
        assert elsewhere.communicate()[0] == here
    assert armsim("run", PARTS, "--runs", "5", "--jobs", "1", "--hash", "--seed", "2")[1] != here


# A run that fails -------------------------------------------------------------------------------------


def planted(monkeypatch: pytest.MonkeyPatch, where: Callable[[Any], bool]) -> None:
    """Have every replication for which `where` holds fail when it begins."""
    from armsim.engines.reference import Replication

    begin = Replication.start

    def failing(self: Replication) -> None:
        if where(self):
            raise ValueError("a life must be a finite number of flying hours; got nan")
        begin(self)

    monkeypatch.setattr(Replication, "start", failing)


ONE_BY_ONE = ("--jobs", "1", "--engine", "simpy", "--no-figures")


def test_a_run_in_which_a_world_fails_keeps_the_rest_names_it_and_ends_with_1(
    armsim: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted(monkeypatch, lambda one: one.world.number == 1 and bool(one.model.halts))
    code, out, err = armsim("run", PARTS, "--runs", "4", *ONE_BY_ONE, "-o", "kept")
    assert code == 1 and "Traceback" not in err and "1 of 4 worlds failed and is left out, in every variant." in out
    failed, error = err.splitlines()[-2:]
    assert failed.startswith("failed: variant as_written, world 1, replication 0, seed 1: a life must be")
    assert failed.endswith("event the simulation starts (0, 0, 0)") and error == (
        "error: 1 of 4 worlds failed and is left out"
    )
    record = json.loads(Path("kept/run.json").read_text(encoding="utf-8"))["run"]
    assert record["worlds"] == 3 and not record["partial"]
    (failure,) = record["failures"]
    assert (failure["variants"], failure["world"], failure["replication"], failure["seed"]) == (["as_written"], 1, 0, 1)
    assert failure["second"] == 0 and failure["event"] == "the simulation starts (0, 0, 0)"
    assert Path("kept/readiness.csv").exists() and armsim("plot", "kept", "-o", "drawn")[0] == 0
    code, out, _ = armsim("run", PARTS, "--runs", "4", *ONE_BY_ONE, "--json")
    assert code == 1 and json.loads(out)["failures"] == [failure] and json.loads(out)["worlds"] == 3
    code, out, _ = armsim("run", PARTS, "--runs", "4", *ONE_BY_ONE, "--hash")
    assert code == 1 and out.strip() == record["result_hash"]


def test_a_run_in_which_every_world_fails_ends_with_1_and_leaves_nothing(
    armsim: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    planted(monkeypatch, lambda _: True)
    code, out, err = armsim("run", SMALLEST, "--runs", "3", *ONE_BY_ONE, "--quiet", "-o", "none")
    assert (code, out) == (1, "") and err.startswith("error: all 3 worlds of smallest failed; the first: variant")
    assert not list(tmp_path.iterdir())


def test_many_failures_are_not_all_told_on_the_terminal(armsim: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    planted(monkeypatch, lambda one: one.world.number > 0)
    _, _, err = armsim("run", SMALLEST, "--runs", "20", *ONE_BY_ONE, "--quiet", "-o", "kept")
    told = err.splitlines()
    assert len(told) == 12 and told[10] == "failed: 9 more, named in run.json"
    assert len(json.loads(Path("kept/run.json").read_text(encoding="utf-8"))["run"]["failures"]) == 19


def test_a_sweep_keeps_points_with_fewer_worlds_and_leaves_out_those_without(
    armsim: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(one: Any) -> bool:
        n = one.world.counts[0]
        return bool((n == 2 and one.world.number == 0) or n == 4)

    planted(monkeypatch, fails)
    vary = ("--vary", "fleets.trucks.count=2,3,4")
    command = ("sweep", SMALLEST, *vary, "--runs", "3", "--jobs", "1", "--engine", "simpy", "--quiet", "-o", "grid",
               "--at", "6")  # fmt: skip
    code, out, err = armsim(*command)
    assert code == 1 and "grid/sweep_trucks.png" in out
    assert "failed: fleets.trucks.count=2: variant" in err and "failed: fleets.trucks.count=4: all 3 worlds" in err
    assert err.endswith("error: 1 of 6 worlds over all points failed and is left out; 1 point failed in every world\n")
    account = json.loads(Path("grid/sweep.json").read_text(encoding="utf-8"))
    assert [(one["point"], one["worlds"], len(one["failures"])) for one in account["points"]] == [
        (["2"], 2, 1), (["3"], 3, 0),
    ]  # fmt: skip
    assert [one["point"] for one in account["points_failed"]] == [["4"]] and account["engine"] == "simpy"
    assert "1 of 6 worlds over all points failed" in Path("grid/sweep_trucks.svg").read_text(encoding="utf-8")


def test_a_back_test_in_which_a_world_fails_keeps_the_rest_and_ends_with_1(
    armsim: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted(monkeypatch, lambda one: one.world.number == 0)
    case = str(Path(__file__).parents[1] / "scenarios" / "india_su30_baseline.yaml")
    page = ("--page", "page.md")
    code, _, err = armsim("backtest", case, "--runs", "3", *ONE_BY_ONE, "--quiet", "-o", "held", *page)
    assert code == 1 and "failed: india_su30_baseline: variant" in err and "1 of 3 worlds failed" in err
    told = json.loads(Path("held/backtest.json").read_text(encoding="utf-8"))["backtest"]
    assert told["worlds"] == 2 and told["failures"][0]["world"] == 0
    assert "1 of 3 worlds failed and is left out." in Path("page.md").read_text(encoding="utf-8")


# Sweeping and plotting --------------------------------------------------------------------------------


def test_a_sweep_writes_every_point_and_a_figure(armsim: Any, tmp_path: Path) -> None:
    vary = ("--vary", "fleets.trucks.count=2,3")
    code, out, _ = armsim("sweep", SMALLEST, *vary, "--runs", "20", "--jobs", "1", "--quiet", "-o", "grid", "--at", "6")
    assert code == 0 and out.splitlines()[0] == "grid/sweep.csv" and "grid/sweep_trucks.png" in out
    rows = list(csv.DictReader(io.StringIO((tmp_path / "grid" / "sweep.csv").read_text(encoding="utf-8-sig"))))
    assert {row["fleets.trucks.count"] for row in rows} == {"2", "3"}
    account = json.loads((tmp_path / "grid" / "sweep.json").read_text(encoding="utf-8"))
    assert len(account["points"]) == 2 and account["seed"] == 1 and "armsim" in account["versions"]


def test_a_sweep_over_three_factors_has_a_table_and_says_why_no_figure(armsim: Any, tmp_path: Path) -> None:
    vary = [part for path in ("count=2,3", "fly=5 FH/month per truck,9 FH/month per truck", "losses.per_100k_FH=1,2")
            for part in ("--vary", f"fleets.trucks.{path}")]  # fmt: skip
    code, out, err = armsim("sweep", SMALLEST, *vary, "--runs", "1", "--jobs", "1", "-o", "grid")
    assert code == 0 and out == "grid/sweep.csv\n" and "no figure" in err
    assert len(json.loads((tmp_path / "grid" / "sweep.json").read_text(encoding="utf-8"))["points"]) == 8


def test_values_to_vary_part_at_commas_outside_brackets() -> None:
    assert varied_of("a.b={low: 1, high: 2},[x, y],3") == ("a.b", ["{low: 1, high: 2}", "[x, y]", "3"])


def test_plot_draws_again_without_running(armsim: Any, results: Path) -> None:
    code, out, err = armsim("plot", results, "-o", "again", "--title", "Mine")
    drawn = [Path(line) for line in out.splitlines()]
    assert (code, err) == (0, "") and all(path.parent.name == "again" for path in drawn)
    assert {path.name for path in drawn} == {path.name for path in results.iterdir() if path.suffix in (".png", ".svg")}


# What a user gets wrong -------------------------------------------------------------------------------

WRONG = {
    "a command": (["rum", EVERYTHING], "Did you mean 'run'?"),
    "an option": (["run", EVERYTHING, "--jsn"], "'--json'"),
    "no file": (["run"], "FILE"),
    "a variant": (["run", EVERYTHING, "--variant", "fullhalt"], "did you mean 'full_halt'?"),
    "a variant to explain": (["explain", EVERYTHING, "--variant", "fullhalt"], "did you mean 'full_halt'?"),
    "an engine": (["run", EVERYTHING, "--engine", "simpi"], "'simpy'"),
    "a template": (["init", "x", "--template", "fll"], "did you mean 'full'?"),
    "a name": (["init", "My Case"], "my_case"),
    "runs with worlds": (["run", EVERYTHING, "--runs", "2", "--worlds", "2"], "--replications"),
    "no runs": (["run", EVERYTHING, "--runs", "0"], "'--runs'"),
    "no replications": (["run", EVERYTHING, "--replications", "-1"], "'--replications'"),
    "too many runs": (["run", EVERYTHING, "--runs", "99999999"], "1,000,000"),
    "no processes": (["run", EVERYTHING, "--jobs", "0"], "'--jobs'"),
    "a word for a number": (["run", EVERYTHING, "--runs", "many"], "'--runs'"),
    "a negative seed": (["run", EVERYTHING, "--seed", "-1"], "seed"),
    "two outputs": (["run", EVERYTHING, "--json", "--hash"], "--hash"),
    "no equals sign": (["run", EVERYTHING, "--set", "items.seat"], "PATH=VALUE"),
    "no path": (["run", EVERYTHING, "--set", "=3"], "PATH=VALUE"),
    "a path": (["run", EVERYTHING, "--set", "items.engin.stock=3"], "did you mean 'engine'?"),
    "a path to vary": (["sweep", EVERYTHING, "--vary", "items.engin.stock=1,2"], "did you mean 'engine'?"),
    "nothing to vary": (["sweep", EVERYTHING], "--vary"),
    "no values to vary": (["sweep", EVERYTHING, "--vary", "items.seat.stock="], "PATH=A,B,C"),
    "a missing value": (["sweep", EVERYTHING, "--vary", "items.seat.stock=1,,2"], "between two commas"),
    "a path varied twice": (["sweep", EVERYTHING, "--vary", "a.b=1", "--vary", "a.b=2"], "twice"),
    "a fleet to sweep": (["sweep", EVERYTHING, "--vary", "a.b=1", "--fleet", "kfri"], "did you mean 'kfir'?"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_command_put_wrongly_ends_with_2_says_what_to_write_and_leaves_nothing(
    what: str, armsim: Any, tmp_path: Path
) -> None:
    arguments, said = WRONG[what]
    code, out, err = armsim(*arguments)
    assert (code, out) == (2, "") and said in err and "Traceback" not in err
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("option, said", [("--fleet", "fleet"), ("--variant", "variant"), ("--measure", "measure")])
def test_plot_names_what_it_does_not_know(option: str, said: str, armsim: Any, results: Path) -> None:
    code, out, err = armsim("plot", results, "-o", "there", option, "nonsense")
    assert (code, out) == (2, "") and said in err and "nonsense" in err


# Terminals and pipes ----------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["run", EVERYTHING, "--dry-run"], ["explain", EVERYTHING], ["schema"]])
def test_a_terminal_without_unicode_gets_plain_signs(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0 and written.getvalue().isascii()
    if "--dry-run" in arguments:
        assert b"20 worlds x 1 replication," in written.getvalue()


def test_the_table_can_be_printed_without_unicode(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    with pytest.raises(SystemExit) as ended:
        main(["run", SMALLEST, "--runs", "20", "--jobs", "1", "--no-figures", "--set", "fleets.trucks.losses=~"])
    assert ended.value.code == 0 and written.getvalue().isascii() and b"(20 worlds x 1)" in written.getvalue()


def test_a_reader_that_leaves_is_no_error() -> None:
    for arguments in (["schema"], ["explain", EVERYTHING]):
        reader, writer = os.pipe()
        os.close(reader)
        ended = subprocess.run([sys.executable, "-m", "armsim", *arguments], stdout=writer, stderr=subprocess.PIPE)
        os.close(writer)
        assert ended.stderr == b"" and ended.returncode in (0, 1)  # 1 is what click ends with


def interrupted(*arguments: str) -> tuple[int, str, str]:
    """Send Ctrl-C to the command and its workers once a tenth of the runs is done."""
    # A shell that starts tests in the background has them ignore Ctrl-C, and what they start with them.
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    running = process(*arguments, start_new_session=True, preexec_fn=heard)
    assert running.stderr is not None
    told = ""
    for line in running.stderr:
        told += line
        if " of " in line and ": 0 of" not in line:
            break
    os.killpg(running.pid, signal.SIGINT)
    try:
        out, err = running.communicate(timeout=60)
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
    return running.returncode, out, told + err


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_keeps_what_is_done(jobs: str, armsim: Any) -> None:
    code, out, err = interrupted("run", PARTS, "--runs", "200", "--jobs", jobs, "--no-figures", "-o", "kept")
    assert code == 130 and "Traceback" not in err and "of 200 worlds are kept" in err and "PARTIAL" in out
    record = json.loads(Path("kept/run.json").read_text(encoding="utf-8"))["run"]
    assert record["partial"] and 0 < record["worlds"] < 200
    assert armsim("plot", "kept", "-o", "drawn")[0] == 0


def test_ctrl_c_while_figures_are_drawn_keeps_the_results_and_says_so(
    monkeypatch: pytest.MonkeyPatch, armsim: Any
) -> None:
    def stopped(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("armsim.report.figures.write_figures", stopped)
        code, _, err = armsim("run", SMALLEST, "--runs", "2", "-o", "kept")
    assert code == 130 and "the results are kept; armsim plot kept draws the figures" in err
    assert armsim("plot", "kept", "-o", "drawn")[0] == 0


def test_ctrl_c_before_anything_is_done_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, armsim: Any
) -> None:
    def stopped(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("armsim.study.run.carry_out", stopped)
    code, out, err = armsim("run", SMALLEST, "--quiet", "-o", "none")
    assert (code, out) == (130, "") and "interrupted" in err and not list(tmp_path.iterdir())


def test_ctrl_c_that_a_library_made_an_error_of_its_own_is_still_ctrl_c(
    monkeypatch: pytest.MonkeyPatch, armsim: Any
) -> None:
    def wrapped(*_: Any, **__: Any) -> None:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt as error:
            raise RuntimeError("a class could not be built") from error

    monkeypatch.setattr("armsim.study.run.carry_out", wrapped)
    code, _, err = armsim("run", SMALLEST, "--quiet", "-o", "none")

    assert code == 130 and "interrupted" in err and "Traceback" not in err


def test_every_command_is_a_click_command_with_a_docstring() -> None:
    assert all(isinstance(one, click.Command) and one.help for one in cli.commands.values())
