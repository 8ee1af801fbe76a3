"""No scored observation enters an input: in made-up scenarios, and in every scenario that is shipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from armsim.errors import InvalidScenario
from armsim.scenario.check_observations import LEAKS
from armsim.scenario.explain import counts_by_grade
from armsim.scenario.observed import latest_day
from armsim.scenario.scenario import Scenario, load, load_text

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "scenarios").glob("*.yaml"))

TEXT = """\
armsim: 1
name: guarded
time: {{start: 2024-01-01, end: 2026-01-01}}
fit_until: 2024-06-30
jurisdictions: {{seller: , home: {{home: true}}}}
suppliers: {{maker: {{jurisdiction: seller, provides: [spares]}}}}
sites: {{base: }}
fleets:
  jets: {{count: 6, fly: 10 FH/month per aircraft}}
  cargo: {{count: {count}}}
items:
  pump: {{on: {{jets: 1}}, supplier: maker, fails_every: 200 FH, replace: ~, resupply: {{make: 60 days}},
         stock: {{base: {stock}}}}}
halts: {{stop: {{kind: total, by: seller, from: {begins}}}}}
observations:
  - {{id: known, on: 2024-05, fleet: cargo, measure: mc, best: 5, source: early, grade: estimate}}
  - {{id: later, on: 2025-03, fleet: cargo, measure: mc, best: 40%, of: 10, source: early}}
  - {{id: ours, on: 2025-03, fleet: cargo, measure: mc, best: 9, source: judgement}}
  - {{id: shown, on: 2025-04, fleet: jets, measure: mc, best: 3, source: early, scored: false}}
sources:
  early: {{title: Early, date: 2024-06}}
  late: {{title: Late, date: 2024}}
  crash: {{title: A crash, date: 2025-02, given: it came from outside}}
  undated: {{title: Undated}}
"""


def guarded(count: str = "6", stock: str = "2", begins: str = "2025-01-01") -> Scenario:
    return load_text(TEXT.format(count=count, stock=stock, begins=begins))


def leaks(scenario: Scenario) -> list[str]:
    return [problem.code for problem in scenario.warnings if problem.code in LEAKS]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_no_shipped_scenario_rests_on_what_it_is_scored_on(path: Path) -> None:
    scenario = load(path)
    found = [problem.text() for name in scenario.variants for problem in scenario.variant(name).warnings
             if problem.code in LEAKS]  # fmt: skip

    assert found == []


def test_there_are_shipped_scenarios_with_rows_to_score() -> None:
    things = load(ROOT / "scenarios" / "colombia_israel_2023.yaml").things

    assert sum(row.is_scored(things.fit_until) for row in things.observations) > 3


def test_an_input_may_rest_on_a_row_that_is_not_scored() -> None:
    scenario = guarded(count="{value: 5, source: known}")

    assert leaks(scenario) == []
    assert counts_by_grade(scenario.things)["estimate"] == 1  # the grade of the row


def test_an_input_that_cites_a_scored_row_is_an_error() -> None:
    with pytest.raises(InvalidScenario) as caught:
        guarded(count="{value: 7, source: later}")

    assert [(problem.code, problem.line, problem.path) for problem in caught.value.problems] == [
        ("scored-input", 10, "fleets.cargo.count.source")
    ]


@pytest.mark.parametrize("source", ["late", "undated"])
def test_an_input_that_may_rest_on_later_knowledge_is_told(source: str) -> None:
    assert leaks(guarded(begins=f"{{value: 2025-01-01, source: {source}}}")) == ["later-source"]


@pytest.mark.parametrize("source", ["early", "crash", "judgement"])
def test_what_was_known_what_came_from_outside_and_judgement_may_be_used(source: str) -> None:
    assert leaks(guarded(begins=f"{{value: 2025-01-01, source: {source}}}")) == []


@pytest.mark.parametrize(
    ("count", "stock", "found"),
    [
        ("{value: 4, source: early}", "2", ["scored-number"]),  # 40% of 10
        ("{value: 7, source: early}", "2", []),
        ("{value: 5, source: early}", "2", []),  # the row that is not scored
        ("{value: 4, source: judgement}", "2", []),
        ("{value: 9, source: judgement}", "2", []),
        ("6", "{value: 4, source: early}", []),  # an item of another fleet
        ("{low: 4, best: 6, high: 8, source: early}", "2", ["scored-number"]),
    ],
)
def test_a_scored_number_from_the_same_source_is_told(count: str, stock: str, found: list[str]) -> None:
    assert leaks(guarded(count, stock)) == found


def test_what_is_seen_and_forecast_does_not_make_another_model() -> None:
    scenario = guarded()
    text = TEXT.format(count="6", stock="2", begins="2025-01-01").replace("fit_until: 2024-06-30\n", "")
    text += "forecasts: {press: {fleet: jets, measure: mc, made: 2024-01-01, points: {2025: 3}}}\n"

    assert load_text(text).hash == scenario.hash


@pytest.mark.parametrize(
    ("written", "day"),
    [("2024", "2024-12-31"), ("2024-02", "2024-02-29"), ("about 2019", "2019-12-31"), ("2019-2020", "2020-12-31"),
     ("2024-02-03", "2024-02-03"), ("undated", "None"), (None, "None"), ("2024-13", "None")],
)  # fmt: skip
def test_a_source_is_as_late_as_its_date_allows(written: str | None, day: str) -> None:
    assert str(latest_day(written)) == day
