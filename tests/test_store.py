"""A results folder: written whole or not at all, sealed, readable by spreadsheets."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest

from armsim import measures, store
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
        (-0.0, "0.0"),
        (-1e-9, "0.0"),
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


def test_what_is_equal_but_of_another_kind_keeps_its_own_cell_in_a_table(tmp_path: Path) -> None:
    store.write_table(tmp_path / "t.csv", iter([[1.0, 1, "1.0", -1], [1, 1.0, "=x", -1.0], ["=x", 0, 0.0, math.nan]]))
    rows = (tmp_path / "t.csv").read_text(encoding="utf-8-sig").splitlines()
    assert rows == ["1.0,1,1.0,-1", "1,1.0,'=x,-1.0", "'=x,0,0.0,"]


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
    assert account["command"] == ["armsim"]
    assert set(account["versions"]) - {"numba"} == {"armsim", "python", "numpy", "simpy"}
    assert (back.result_hash, back.dates, back.seed) == (made.result_hash, made.dates, made.seed)
    assert store.seal(store.measures.record(back)) == store.seal(store.measures.record(made))
    assert store.load_run(tmp_path / "run.json")[0].result_hash == made.result_hash


def test_numba_is_among_the_versions_only_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking(name: str) -> str:
        if name == "numba":
            raise PackageNotFoundError(name)
        return "1"

    monkeypatch.setattr(store, "version", lacking)
    assert set(store.versions()) == {"armsim", "python", "numpy", "simpy"}
    monkeypatch.setattr(store, "version", lambda _: "1")
    assert store.versions()["numba"] == "1"


# ---- tables ------------------------------------------------------------------------------------------


def table(rows: Iterator[list[Any]]) -> list[dict[str, Any]]:
    """The rows of a table by column; every row has a cell for each column."""
    head, *others = list(rows)
    assert len(set(head)) == len(head) and {len(row) for row in others} <= {len(head)}
    return [dict(zip(head, row)) for row in others]


@pytest.fixture(scope="module")
def plain() -> measures.Run:
    """A run without missions or prices."""
    return run(load(SMALLEST), runs=3)


def resourceful(plain: measures.Run, lot: int = 1) -> measures.Run:
    """The same with a mission, prices, and times to survive and recover, in lots."""
    variant = next(iter(plain.variants.values()))
    fleet = next(iter(variant.fleets.values()))
    curve = fleet.curves["mc"]
    able = {"=strike": {"able": curve, "able_end": curve, "difference": curve}}
    recover = measures.TimeTo(None, 7, None, 0.25, 2, 2 / 3, 20.0)
    cause = measures.Cause("money", "pump", "maker", "home", 12.0, 9.0, 1.5, 2.5)
    more = {"missions": able, "time_to_recover": recover, "lot": lot, "causes": (cause,)}
    curves = {"cost": curve, "difference": curve}
    costs = {"total": measures.Cost(90, 4, 30, 3, curves), "spares": measures.Cost(40, 2, None, None, {"cost": curve})}
    variant = replace(variant, fleets={fleet.name: replace(fleet, **more)}, costs=costs)
    return replace(plain, variants={variant.name: variant})


def test_missions_and_costs_have_tables_only_where_there_are_any(plain: measures.Run) -> None:
    assert not {"missions.csv", "costs.csv"} & set(store.tables(plain))
    assert {"missions.csv", "costs.csv"} <= set(store.tables(resourceful(plain)))


def test_missions_have_a_row_for_each_measure_and_period(plain: measures.Run) -> None:
    rows = table(store.mission_rows(resourceful(plain, lot=1000)))
    assert len(rows) == 3 * len(plain.dates)
    assert {row["measure"] for row in rows} == {"able", "able_end", "difference_to_no_halt"}
    assert {row["mission"] for row in rows} == {"'=strike"}
    assert {row["counted_in"] for row in rows} == {"lots of 1,000 systems"}
    assert rows[0]["period_start"] == plain.dates[0].isoformat() and rows[0]["se"] != ""


def test_costs_have_a_sum_and_a_row_for_each_period_with_the_difference(plain: measures.Run) -> None:
    rows = table(store.cost_rows(resourceful(plain)))
    assert len(rows) == 2 * (1 + len(plain.dates))
    assert list(rows[0].values())[2:] == ["total", "all", 90, 4, 30, 3]
    other = next(row for row in rows if row["kind"] == "spares" and row["period_start"] != "all")
    assert other["difference_to_no_halt"] is other["difference_se"] is None and other["mean"] is not None


def test_the_summary_has_times_and_a_line_of_what_all_fleets_cost(plain: measures.Run) -> None:
    fleet, money = table(store.summary_rows(resourceful(plain, lot=1000)))
    recover = [fleet[f"time_to_recover_{name}"] for name in ("p05", "p50", "p95", "share_not_within", "runs")]
    assert recover == [None, 7, None, 0.25, 2] and fleet["time_to_recover_share_of_runs"] == pytest.approx(2 / 3)
    assert fleet["counted_in"] == "lots of 1,000 systems" and fleet["cost"] is None
    assert money["fleet"] == "(all fleets)" and money["counted_in"] == "money" and money["authorised"] is None
    assert [money[name] for name in ("cost", "cost_se", "cost_difference_to_no_halt", "cost_difference_se")] == [
        90, 4, 30, 3,
    ]  # fmt: skip


def test_a_summary_without_prices_has_no_columns_for_them(plain: measures.Run) -> None:
    for row in table(store.summary_rows(plain)):
        assert "cost" not in row and row["counted_in"] == "systems"


def test_causes_have_errors_and_say_what_is_counted(plain: measures.Run) -> None:
    (row,) = table(store.cause_rows(resourceful(plain, lot=50)))
    assert (row["mechanism"], row["system_months"], row["system_months_se"]) == ("money", 12, 2.5)
    assert row["counted_in"] == "lots of 50 systems"


def test_hours_are_counted_in_flying_hours_whatever_the_lot(plain: measures.Run) -> None:
    rows = table(store.readiness_rows(resourceful(plain, lot=50)))
    counted = {(row["measure"].startswith("hours"), row["counted_in"]) for row in rows}
    assert counted == {(True, "flying hours"), (False, "lots of 50 systems")}


def test_every_table_is_read_by_a_spreadsheet(plain: measures.Run, tmp_path: Path) -> None:
    for name, rows in store.tables(resourceful(plain)).items():
        store.write_table(tmp_path / name, rows)
        written = (tmp_path / name).read_bytes()
        assert written.startswith(b"\xef\xbb\xbf") and b"nan" not in written
        cells = [row for row in csv.reader(written.decode("utf-8-sig").splitlines())]
        assert len({len(row) for row in cells}) == 1
    assert "'=strike" in (tmp_path / "missions.csv").read_text(encoding="utf-8-sig")


def test_results_written_before_there_were_missions_and_costs_are_read(plain: measures.Run, tmp_path: Path) -> None:
    store.save(plain, {}, {}, tmp_path)
    data = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    for variant in data["run"]["variants"].values():
        del variant["costs"]
        for fleet in variant["fleets"].values():
            del fleet["missions"], fleet["time_to_survive"], fleet["time_to_recover"]
    data["seal"] = store.seal(data["run"])
    (tmp_path / "run.json").write_text(json.dumps(data), encoding="utf-8")

    back = store.load_run(tmp_path)[0]

    assert back.result_hash == plain.result_hash
    assert set(store.tables(back)) == set(store.tables(plain))
    assert all(table(store.summary_rows(back)))
