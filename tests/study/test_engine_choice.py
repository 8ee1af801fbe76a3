"""Which engine is taken, what is said of it, and that the result does not depend on it."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from fake_engine import Fake, put_in
from small import lucky

from armsim.cli import main
from armsim.errors import UsageError
from armsim.report.titles import source_line
from armsim.study import backtest, engine_choice
from armsim.study.engine_choice import HERE, IN_BACKGROUND, SMALL, Wanted, choose, settled
from armsim.study.run import carry_out, plan, run
from armsim.study.sweep import sweep

VALID = Path(__file__).parents[1] / "scenarios" / "valid"
COMPILE_IN_BACKGROUND = engine_choice.compile_in_background
SMALLEST = str(VALID / "smallest.yaml")


@pytest.fixture(autouse=True)
def a_place_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(engine_choice, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(engine_choice, "compile_in_background", COMPILE_IN_BACKGROUND)


# ---- choosing ----------------------------------------------------------------------------------------

#: asked, why it is missing, warm, runs, audit -> engine, where it is compiled
CHOICES: dict[str, tuple[tuple[str, str | None, bool, int, bool], tuple[str, str]]] = {
    "the reference, asked for": (("simpy", None, True, 9999, False), ("simpy", "")),
    "numba, asked for and warm": (("numba", None, True, 1, False), ("numba", "")),
    "numba, asked for and cold": (("numba", None, False, 1, False), ("numba", HERE)),
    "auto and warm": (("auto", None, True, 1, False), ("numba", "")),
    "auto, cold, one run too few": (("auto", None, False, SMALL - 1, False), ("simpy", IN_BACKGROUND)),
    "auto, cold, enough runs": (("auto", None, False, SMALL, False), ("numba", HERE)),
    "auto without numba": (("auto", "numba is not installed.", False, 9999, False), ("simpy", "")),
    "auto with an audit": (("auto", None, True, 9999, True), ("simpy", "")),
    "numba with an audit": (("numba", None, True, 9999, True), ("simpy", "")),
}


@pytest.mark.parametrize("what", CHOICES)
def test_the_engine_that_pays_is_taken_and_the_reason_is_said(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (asked, lacks, warm, runs, audit), expected = CHOICES[what]
    fake = Fake(lacks, warm)
    put_in(monkeypatch, fake)
    chosen = choose(asked, runs, audit)
    assert (chosen.name, chosen.compiled) == expected
    assert chosen.why.startswith(f"{asked}: ") and "\n" not in chosen.why and fake.warmed == 0
    assert (lacks is None) or "numba is not installed" in chosen.why


def test_numba_asked_for_where_it_is_missing_is_a_usage_error_with_the_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_choice, "find_spec", lambda _: None)
    for fake in (Fake("numba is not installed"), None):
        put_in(monkeypatch, fake)
        with pytest.raises(UsageError, match=r"numba engine cannot be used here: .*; pip install numba") as caught:
            choose("numba", 1)
        assert caught.value.exit_code == 2
        assert choose("auto", 1).name == "simpy"
        with pytest.raises(UsageError):
            run(lucky(), runs=1, engine="numba")


def test_a_cold_engine_is_compiled_first_where_that_pays_and_it_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake = Fake(warm=False)
    started = put_in(monkeypatch, fake)
    assert settled("auto", SMALL).name == "numba" and fake.warmed == 1 and not started
    assert capsys.readouterr() == ("", "Compiling the fast engine, once for this user and version: about a minute\n")
    assert settled("auto", SMALL).name == "numba" and fake.warmed == 1  # once
    assert capsys.readouterr() == ("", "")


def test_small_work_on_a_cold_engine_compiles_in_the_background_once_and_only_where_that_is_allowed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said: list[str] = []
    started = put_in(monkeypatch, Fake(warm=False))
    assert settled("auto", 1).name == "simpy" and not started  # a function call starts no process
    for _ in range(2):
        assert settled(Wanted("auto", said.append, background=True), 1).name == "simpy"
    assert started == [[sys.executable, "-m", "armsim.engines.compiled"]]
    assert said == ["Compiling the fast engine in the background, once for this version"]
    (sign,) = tmp_path.iterdir()
    os.utime(sign, (1, 1))  # long ago: that one did not come to an end
    settled(Wanted("auto", None, background=True), 1)
    assert len(started) == 2 and len(said) == 1


# ---- running -----------------------------------------------------------------------------------------


def test_run_sweep_and_backtest_call_the_chosen_engine_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake()
    put_in(monkeypatch, fake)
    result, account = carry_out(plan(lucky(), runs=2))
    assert (result.engine, account["engine"], account["engine_choice"]) == ("numba", "numba", "auto: numba, which is "
                                                                           "compiled")  # fmt: skip
    assert fake.simulated == 4 and "numba engine" in source_line(result)
    grid = sweep(lucky(), {"fleets.jets.count": [2, 3]}, runs=1)
    assert {one.engine for one in grid.runs} == {"numba"} and fake.simulated == 8
    tested, account = backtest.carry_out(backtest.plan(lucky(), runs=2))
    assert tested.run.engine == account["engine"] == "numba" and fake.simulated == 10


def test_the_result_does_not_depend_on_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    put_in(monkeypatch, Fake())
    by = {name: run(lucky(), runs=3, engine=name) for name in ("numba", "simpy")}
    assert by["numba"].engine != by["simpy"].engine
    assert by["numba"].result_hash == by["simpy"].result_hash and by["numba"].variants == by["simpy"].variants


def test_a_sweep_is_chosen_for_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_choice, "SMALL", 4)
    fake = Fake(warm=False)
    put_in(monkeypatch, fake)
    assert run(lucky(), runs=1, engine="auto").engine == "simpy"  # two runs
    assert sweep(lucky(), {"fleets.jets.count": [2, 3]}, runs=1).runs[0].engine == "numba"  # four
    assert fake.warmed == 1


def test_all_points_of_a_sweep_run_on_one_engine_even_if_another_is_compiled_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Warming(Fake):
        def is_warm(self) -> bool:
            was, self.warm = self.warm, True
            return was

    put_in(monkeypatch, Warming(warm=False))
    grid = sweep(lucky(), {"fleets.jets.count": [2, 3]}, runs=1)
    assert {one.engine for one in grid.runs} == {"simpy"} and grid.engine_choice.startswith("auto: simpy, since")


def test_an_audit_runs_on_the_reference_engine_and_says_so(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    fake = Fake()
    put_in(monkeypatch, fake)
    _, account = carry_out(plan(lucky(), runs=1), engine="numba", audit=True)
    assert (account["engine"], fake.simulated) == ("simpy", 0) and "the audit" in account["engine_choice"]
    assert "simpy runs, not numba" in capsys.readouterr().err


# ---- the command -------------------------------------------------------------------------------------


def command(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    code = ended.value.code
    assert isinstance(code, int)
    return code


def test_the_command_says_that_it_compiles_unless_it_is_to_be_quiet(
    monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    usual = ("run", SMALLEST, "--runs", "2", "--jobs", "1", "--no-figures", "-o", "here")
    put_in(monkeypatch, Fake(warm=False))
    assert command(*usual, "--engine", "numba", "--quiet") == 0 and capsys.readouterr() == ("", "")
    data = json.loads(Path("here/run.json").read_text(encoding="utf-8"))
    assert data["engine"] == data["run"]["engine"] == "numba" and data["engine_choice"] == "numba: asked for"
    started = put_in(monkeypatch, Fake(warm=False))
    assert command(*usual) == 0 and "in the background, once for this version" in capsys.readouterr().err
    assert len(started) == 1


@pytest.mark.parametrize("arguments", [("run", SMALLEST), ("sweep", SMALLEST, "--vary", "fleets.trucks.count=1,2"),
                                       ("backtest", SMALLEST)])  # fmt: skip
def test_a_missing_engine_asked_for_ends_with_2_and_leaves_nothing(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: Any, tmp_path: Path
) -> None:
    put_in(monkeypatch, Fake("its compiler is switched off by NUMBA_DISABLE_JIT"))
    assert command(*arguments, "--engine", "numba", "--runs", "1", "--quiet", "-o", "x") == 2
    assert "switched off by NUMBA_DISABLE_JIT" in capsys.readouterr().err
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
