"""The scenario files of the repository, the templates and the pages written from them hold what they promise."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from armsim.scenario import yamltree
from armsim.scenario.explain import counts_by_grade
from armsim.scenario.init import template_text
from armsim.scenario.scenario import load, load_text

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "scenarios"
FILES = sorted(path.relative_to(SCENARIOS) for path in SCENARIOS.rglob("*.yaml"))
NEW_CASE = runpy.run_path(str(ROOT / "docs" / "write_new_case.py"))
TABLE = runpy.run_path(str(ROOT / "docs" / "write_scenario_table.py"))
MARK, PLACEHOLDER = "FILL IN", "replace_me"
#: Templates with facts to fill in line by line.
TO_FILL_IN = ("overhaul", "parts", "people")
#: What a fact may bring with it: how sure it is, who says so, and what was seen.
OF_A_FACT = {"low", "best", "high", "value", "source", "grade", "note", "report_every"}
OUTSIDE_THE_MODEL = {"observations", "sources"}


def paths(node: Any, before: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    """The path of every key of the model in a document, without those that only state a fact."""
    if not isinstance(node, dict):
        return set()
    found: set[tuple[str, ...]] = set()
    for key, value in node.items():
        if key in OF_A_FACT or (not before and key in OUTSIDE_THE_MODEL):
            continue
        found |= {(*before, key), *paths(value, (*before, key))}
    return found


def document(text: str) -> dict[str, Any]:
    """A scenario's text as bare data."""
    data = yamltree.plain(yamltree.read_text(text).root)
    assert isinstance(data, dict)
    return data


def test_there_are_scenarios_and_generic_pieces_to_test() -> None:
    assert len([path for path in FILES if path.parent == Path(".")]) >= 10
    assert len([path for path in FILES if path.parent == Path("library")]) >= 3


@pytest.mark.parametrize("file", FILES, ids=str)
def test_every_scenario_loads_without_a_warning_and_states_every_number_in_every_variant(file: Path) -> None:
    first = load(SCENARIOS / file)

    assert first.variants
    for scenario in [first.variant(name) for name in first.variants]:
        counts = counts_by_grade(scenario.things)
        assert [str(problem) for problem in scenario.warnings] == []
        assert counts["unstated"] == 0
        assert sum(counts.values()) > 5


@pytest.mark.parametrize("file", FILES, ids=str)
def test_a_scenario_is_named_after_its_file(file: Path) -> None:
    prefix = "library_" if file.parent == Path("library") else ""

    assert load(SCENARIOS / file).name == prefix + file.stem


def test_the_example_on_the_page_of_generic_pieces_loads(tmp_path: Path) -> None:
    page = (SCENARIOS / "library" / "README.md").read_text(encoding="utf-8")
    (example,) = [block for block in re.findall(r"(?ms)^```yaml\n(.*?)^```$", page) if block.startswith("armsim: 1")]
    (tmp_path / "library").symlink_to(SCENARIOS / "library", target_is_directory=True)
    file = tmp_path / "my_fighters.yaml"
    file.write_text(example, encoding="utf-8")

    scenario = load(file)

    assert scenario.warnings == ()
    assert len(scenario.things.items) >= 12


@pytest.mark.parametrize("template", TO_FILL_IN)
def test_a_template_is_under_80_lines_and_marks_every_placeholder(template: str) -> None:
    lines = template_text(template).splitlines()
    marked = [MARK in line for line in lines]
    # A mark holds for its line and the one below, since an entry may run over two.
    bare = [line for k, line in enumerate(lines) if PLACEHOLDER in line and not (marked[k] or marked[k - 1])]

    assert len(lines) < 80
    assert sum(marked) > 15
    assert bare == []


@pytest.mark.parametrize("template", TO_FILL_IN)
def test_a_template_loads_in_every_variant_and_says_of_each_number_that_it_is_judged(template: str) -> None:
    first = load_text(template_text(template))

    assert len(first.variants) >= 3
    for scenario in [first.variant(name) for name in first.variants]:
        counts = counts_by_grade(scenario.things)
        assert scenario.warnings == ()
        assert counts["judgement"] == sum(counts.values()) > 5


@pytest.mark.parametrize(("case", "template"), NEW_CASE["CASES"].items())
def test_a_case_made_from_a_template_needed_only_facts(case: str, template: str) -> None:
    text = (SCENARIOS / f"{case}.yaml").read_text(encoding="utf-8")

    assert paths(document(text)) == paths(document(template_text(template)))
    assert MARK not in text
    assert PLACEHOLDER not in text


def test_the_page_on_new_cases_is_current_and_its_diffs_touch_yaml_only() -> None:
    page = NEW_CASE["PAGE"].read_text(encoding="utf-8")

    assert page == NEW_CASE["page"](), "run: python docs/write_new_case.py"
    changed = re.findall(r"(?m)^\+\+\+ (\S+)$", page)
    assert changed == [f"{case}.yaml" for case in NEW_CASE["CASES"]]


def test_the_table_of_scenarios_in_the_readme_is_current() -> None:
    readme = TABLE["README"].read_text(encoding="utf-8")

    assert readme.count(TABLE["BEGIN"]) == readme.count(TABLE["END"]) == 1
    assert TABLE["table"]() in readme, "run: python docs/write_scenario_table.py"
