"""Every file of tests/scenarios/valid loads, resolves to the text beside it, and that text is a fixed point.

`ARMSIM_UPDATE=1 pytest tests/scenario/test_valid_files.py` writes the expected texts anew: read the diff.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from armsim.scenario.scenario import Scenario, load, load_text

FOLDER = Path(__file__).parents[1] / "scenarios" / "valid"
FILES = sorted(path for path in FOLDER.glob("*.yaml") if not path.name.endswith(".resolved.yaml"))
VARIANTS = [(path, name) for path in FILES for name in load(path).variants]


def name_of(part: object) -> str:
    return part.stem if isinstance(part, Path) else str(part)


def body(scenario: Scenario) -> str:
    """The resolved text below its first comment line."""
    first, _, rest = scenario.resolved_text().partition("\n")
    assert first.startswith("# resolved by armsim from ")
    return rest


def test_there_are_valid_files_with_variants() -> None:
    assert len(FILES) >= 8
    assert len(VARIANTS) > len(FILES)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_valid_file_resolves_to_the_text_beside_it(path: Path) -> None:
    beside = path.with_name(f"{path.stem}.resolved.yaml")
    resolved = load(path).resolved_text()
    if os.environ.get("ARMSIM_UPDATE"):
        beside.write_text(resolved, encoding="utf-8")

    assert resolved == beside.read_text(encoding="utf-8")


def test_every_resolved_text_has_its_file() -> None:
    kept = {path.name.removesuffix(".resolved.yaml") for path in FOLDER.glob("*.resolved.yaml")}

    assert kept == {path.stem for path in FILES}


@pytest.mark.parametrize(("path", "variant"), VARIANTS, ids=name_of)
def test_a_valid_file_has_no_warnings(path: Path, variant: str) -> None:
    scenario = load(path, variant)

    assert [problem.text() for problem in scenario.warnings] == []


@pytest.mark.parametrize(("path", "variant"), VARIANTS, ids=name_of)
def test_a_resolved_scenario_resolves_to_itself(path: Path, variant: str) -> None:
    scenario = load(path, variant)
    again = load_text(scenario.resolved_text())

    assert body(again) == body(scenario)
    assert again.hash == scenario.hash
    assert again.things == scenario.things
    assert again.warnings == ()


@pytest.mark.parametrize(("path", "variant"), VARIANTS, ids=name_of)
def test_the_twin_of_a_resolved_scenario_is_the_twin_of_the_scenario(path: Path, variant: str) -> None:
    scenario = load(path, variant)
    twin = scenario.twin()

    assert load_text(scenario.resolved_text()).twin().hash == twin.hash
    assert body(load_text(twin.resolved_text())) == body(twin)
    assert all(halt.background for halt in twin.things.halts.values())
    assert twin.things.time.months_from == scenario.things.time.months_from


def test_variants_with_different_models_have_different_hashes() -> None:
    hashes = [load(path, variant).hash for path, variant in VARIANTS]

    assert len(set(hashes)) == len(hashes)
