"""What a back-test shows: charts, tables, the page, the record; and the command that makes them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from small import START, YARD, scenario

from armsim import store
from armsim.cli import main
from armsim.report.backtest_charts import backtest_figure, figure_name, marks_of, write_backtest_figures
from armsim.report.backtest_page import cells, page_of, save_backtest, seen, spoken, summary, verdict
from armsim.scenario.scenario import load
from armsim.study import backtest as study
from armsim.study.backtest import Backtest

ROOT = Path(__file__).parents[2]
ROWS = """\
observations:
  - {id: a, on: @10, fleet: jets, measure: mc, best: 2, scored: false}
  - {id: b, on: @30, fleet: jets, measure: grounded, best: 0, of: 2, note: "quoted | so"}
  - {id: c, on: 2023-02, fleet: jets, measure: available, low: 1, high: 2}
  - {id: d, on: @60, fleet: jets, measure: mc, low: 1}
  - {id: e, on: 2023-01, fleet: jets, measure: flying_hours, best: 1500}
  - {id: f, on: @30, fleet: jets, measure: mc, best: 50%, of: on_hand}
forecasts: {press: {fleet: jets, measure: mc, made: @12, points: {2023-02: 2, 2023-03: 0}}}
excludes: [money]
variants: {main: {title: As it was}, never: {halts: none}}
"""


@pytest.fixture(scope="module")
def result() -> Backtest:
    return study.backtest(scenario(YARD + ROWS), mechanisms=True, runs=20)


def gids(figure: Any) -> set[str]:
    return {artist.get_gid() for artist in figure.findobj() if artist.get_gid()}


def test_a_chart_shows_bands_rivals_what_was_seen_and_forecast(result: Backtest) -> None:
    ready = next(panel for panel in result.panels if figure_name(panel) == "backtest_jets")
    found = gids(backtest_figure(result, ready))

    assert {"fan90:main", "fan50:main", "median:main", "median:never", "scored", "not_scored", "forecast:press",
            "scored:label", "not_scored:label"} <= found  # fmt: skip


def test_every_series_has_a_chart_of_its_own(result: Backtest, tmp_path: Path) -> None:
    written = write_backtest_figures(result, tmp_path, both=False)

    assert [path.name for path in written] == [
        "backtest_jets.png", "backtest_jets_hours_flown.png", "backtest_jets_of_on_hand.png"
    ]  # fmt: skip
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in written)


def test_grounded_is_drawn_as_what_it_leaves_and_hours_by_the_month(result: Backtest) -> None:
    ready, hours, share = (marks_of(result, panel) for panel in result.panels)

    assert [mark.best for mark in ready] == [2, 2, None, None]
    assert [(mark.low, mark.high) for mark in ready[2:]] == [(1, 2), (1, None)]
    assert hours[0].best == pytest.approx(1500 * 365.25 / 12 / 31)
    assert share[0].best == 0.5
    assert ready[1].begin == START.toordinal() + 30


def test_a_row_is_told_in_its_own_words(result: Backtest) -> None:
    assert [seen(row) for row in result.main] == ["2", "0 of 2", "1 to 2", "at least 1", "1,500 FH", "50% of on hand"]
    assert cells(result.main[1]) == ["b jets: grounded", "2023-01-31", "0 of 2", "1", "1–1", "1–1", "miss", "+1"]
    assert cells(result.main[0])[6] == "(both) said not to be"


def test_the_summary_says_what_chance_allows_and_that_few_rows_prove_little(result: Backtest) -> None:
    words = " ".join(summary(result))

    assert "90% band meets 3 of 5 (a model that is right: 3 to 5)" in words
    assert "1 row of these is a bound" in words
    assert "hardly confirm" in words
    assert "do not decide" in verdict(result)[0]


def test_the_page_has_every_row_misses_what_is_left_out_and_figures(result: Backtest, tmp_path: Path) -> None:
    page = page_of([result], tmp_path, "armsim backtest x", tmp_path / "backtests")

    assert "These are reconstructions" in page
    assert "written by `armsim backtest x`" in page
    assert "| b jets: grounded | 2023-01-31 | 0 of 2 | 1 |" in page
    assert "- b: the model's median is 1 more (on hand but not mission capable). Seen: quoted | so" in page
    assert "leaves it out: money" in page
    assert result.run.scenario_hash[:12] in page
    assert "](backtests/small/backtest_jets.png)" in page
    assert (tmp_path / "backtests" / "small" / "backtest_jets.png").is_file()


def test_a_saved_record_is_sealed_and_its_tables_hold_every_variant(result: Backtest, tmp_path: Path) -> None:
    save_backtest(result, {"main": scenario(YARD + ROWS)}, {"command": ["x"]}, tmp_path)
    record = json.loads((tmp_path / "backtest.json").read_text(encoding="utf-8"))
    rows = list(csv.DictReader(io.StringIO((tmp_path / "observations.csv").read_text(encoding="utf-8-sig"))))
    scores = list(csv.DictReader(io.StringIO((tmp_path / "scores.csv").read_text(encoding="utf-8-sig"))))

    assert record["seal"] == store.seal(record["backtest"])
    assert [row["variant"] for row in rows] == ["main"] * 6 + ["never"] * 6
    assert [(row["kind"], row["name"]) for row in scores] == [
        ("model", "main"), ("baseline", "persistence"), ("baseline", "straight_line"), ("baseline", "exponential"),
        ("baseline", "press"), ("variant", "never"),
    ]  # fmt: skip


def test_no_halt_of_the_twin_is_told_from_a_variant_of_that_name() -> None:
    assert [spoken(name) for name in ("straight_line", "no_halt", "no_halt_")] == [
        "straight line", "no halt", "no halt (twin)",
    ]  # fmt: skip


def test_the_shipped_page_is_of_the_scenarios_as_they_are() -> None:
    text = (ROOT / "docs" / "backtests.md").read_text(encoding="utf-8")
    scored = []
    for path in (ROOT / "scenarios").glob("*.yaml"):
        case = load(path)
        if any(row.is_scored(case.things.fit_until) for row in case.things.observations):
            scored.append(case)
    stale = [case.name for case in scored if case.hash[:12] not in text]

    assert len(scored) == 6
    assert stale == []


# ---- the command ---------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The scenario as a file, in a folder of its own."""
    path = tmp_path / "small.yaml"
    path.write_text(text_of(), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return path


def text_of() -> str:
    """The text of the scenario, as it was read."""
    lines = scenario(YARD + ROWS).source_lines
    return "\n".join(next(iter(lines.values()))) + "\n"


def command(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["backtest", *arguments])
    return int(ended.value.code or 0)


def test_the_command_prints_the_keys_others_rely_on_and_writes_nothing(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("small.yaml", "--runs", "2", "--jobs", "1", "--json", "--quiet") == 0
    told = json.loads(capsys.readouterr().out)

    assert list(told)[:8] == [
        "scenario", "scored", "coverage_50", "coverage_90", "mae", "crps", "baselines", "observations"
    ]  # fmt: skip
    assert {"mae", "crps"} <= set(told["baselines"]["persistence"])
    assert told["scored"] == 5
    assert [path.name for path in tmp_path.iterdir()] == ["small.yaml"]


def test_of_several_files_it_prints_a_list(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (file.parent / "other.yaml").write_text(text_of().replace("name: small", "name: other"), encoding="utf-8")

    assert command("small.yaml", "other.yaml", "--runs", "1", "--jobs", "1", "--json", "--quiet") == 0
    assert [one["scenario"] for one in json.loads(capsys.readouterr().out)] == ["small", "other"]


def test_it_writes_a_folder_of_results_and_prints_tables(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("small.yaml", "--runs", "1", "--jobs", "1", "-o", "out", "--variant", "never", "--no-figures") == 0
    names = {path.relative_to("out").as_posix() for path in Path("out").rglob("*") if path.is_file()}

    assert names == {"backtest.json", "observations.csv", "scores.csv", "resolved/main.yaml", "resolved/never.yaml"}
    assert "do not decide" in capsys.readouterr().out.replace("\n", " ")


def test_a_page_is_written_with_its_figures(file: Path) -> None:
    assert command("small.yaml", "--runs", "1", "--jobs", "1", "--page", "docs/page.md", "--quiet") == 0
    written = Path("docs/page.md").read_text(encoding="utf-8")
    assert "`armsim backtest small.yaml --runs 1 --page docs/page.md`" in written
    assert (Path("docs/page/small/backtest_jets.png")).is_file()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["small.yaml", "--variant", "nevr"], 2, "did you mean 'never'?"),
        (["missing.yaml"], 5, "missing.yaml"),
        (["small.yaml", "--runs", "2", "--worlds", "2"], 2, "--runs N means"),
    ],
)
def test_a_mistake_is_one_sentence(
    file: Path, arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(*arguments) == code
    assert words in capsys.readouterr().err
