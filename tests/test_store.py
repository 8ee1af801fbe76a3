"""A results folder: written whole or not at all, sealed, readable by spreadsheets."""

from __future__ import annotations

import math
from datetime import datetime
from pathlib import Path

import pytest

from armsim import store
from armsim.errors import InputOutputError
from armsim.scenario.scenario import load
from armsim.study.run import run

SMALLEST = Path(__file__).parent / "scenarios" / "valid" / "smallest.yaml"
NOON = datetime(2026, 1, 2, 12, 0, 0)


@pytest.mark.parametrize(
    "value, shown",
    [
        (None, ""),
        (math.nan, ""),
        (1.0, "1.0"),
        (2 / 3, "0.666667"),
        (7, 7),
        ("text", "text"),
        ("=1+1", "'=1+1"),
        ("@sum", "'@sum"),
        ("-x", "'-x"),
        ("", ""),
    ],
)
def test_a_cell_is_read_by_a_spreadsheet_as_what_it_is(value: object, shown: object) -> None:
    assert store.cell(value) == shown


def test_a_table_is_utf_8_with_a_byte_order_mark(tmp_path: Path) -> None:
    store.write_table(tmp_path / "t.csv", iter([["a", "é"], [None, 1.5]]))
    assert (tmp_path / "t.csv").read_bytes() == "\ufeffa,é\r\n,1.5\r\n".encode()


def test_a_file_whose_writing_fails_keeps_its_old_content_and_leaves_nothing_beside(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("old")

    def rows():
        yield ["new"]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.write_table(tmp_path / "t.csv", rows())
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("t.csv", "old")]


def test_the_usual_folder_is_named_by_scenario_time_and_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    scenario = load(SMALLEST)
    with store.new_folder(scenario, None, NOON) as first:
        (first / "x").write_text("")
        with store.new_folder(scenario, None, NOON) as second:
            pass
    assert first == Path("results/smallest") / f"20260102T120000-{scenario.hash[:8]}"
    assert second.name == first.name + "-2"
    assert first.is_dir() and not second.exists()  # a folder that stayed empty is taken away


def test_an_empty_folder_of_the_users_stays(tmp_path: Path) -> None:
    with store.new_folder(load(SMALLEST), tmp_path, NOON) as folder:
        assert folder == tmp_path
    assert tmp_path.is_dir()


def test_an_impossible_folder_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(InputOutputError, match=r"cannot write .*file"),
        store.new_folder(load(SMALLEST), tmp_path / "file" / "x", NOON),
    ):
        pass


def test_a_run_is_read_back_as_it_was_saved(tmp_path: Path) -> None:
    scenario = load(SMALLEST)
    made = run(scenario, runs=3)
    written = store.save(made, {"as_written": scenario}, {"command": ["armsim"]}, tmp_path)
    back, account = store.load_run(tmp_path)
    assert all(path.exists() for path in written)
    assert account["command"] == ["armsim"] and set(account["versions"]) == {"armsim", "python", "numpy", "simpy"}
    assert (back.result_hash, back.dates, back.seed) == (made.result_hash, made.dates, made.seed)
    assert store.seal(store.measures.record(back)) == store.seal(store.measures.record(made))
    assert store.load_run(tmp_path / "run.json")[0].result_hash == made.result_hash
