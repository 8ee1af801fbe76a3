"""Any single slip in a valid file is either harmless or a problem with a place: never a crash, never jargon."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from test_invalid_files import JARGON

from armsim.errors import ArmsimError, InvalidScenario, Problem
from armsim.scenario.scenario import load, load_text
from armsim.scenario.yamltree import plain, read

VALID = Path(__file__).parents[1] / "scenarios" / "valid"
FILES = sorted(VALID.glob("*.yaml"))
WRONG: list[Any] = [
    None, True, False, 0, -1, 1.5, 10**17, "", "x", "never", "none", "5 days", "5 FH", "50%", "2024-02-30",
    "2024-06-01", "<", "mc < 5", "a.b", "..", [], {}, [None], ["x"], [1, "2 days"], [["x"]], {"x": 1}, {"best": 3},
    {"low": "1 day"}, {"best": {"best": 1}}, {"low": 3, "high": 2}, {"best": None}, {"source": "x"}, {"list": []},
    {"staggered": ["2024-01-01", "5 FH"]},
]  # fmt: skip


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of bare data below the top."""
    if isinstance(node, dict):
        return [(*path, k) for k in node] + [p for k, v in node.items() for p in places(v, (*path, k))]
    if isinstance(node, list):
        return [(*path, k) for k in range(len(node))] + [p for k, v in enumerate(node) for p in places(v, (*path, k))]
    return []


def with_slip(data: Any, path: tuple[Any, ...], dice: random.Random) -> Any:
    """The data with something wrong at a place: a value changed, a key mistyped, taken out or left over."""
    slipped = copy.deepcopy(data)
    holder = slipped
    for step in path[:-1]:
        holder = holder[step]
    kind = dice.choice(("value", "value", "value", "key", "out", "more"))
    if kind == "value" or not isinstance(holder, dict):
        holder[path[-1]] = dice.choice(WRONG)
    elif kind == "key":
        holder[str(path[-1])[:-1] + dice.choice("xyz_9 ")] = holder.pop(path[-1])
    elif kind == "out":
        del holder[path[-1]]
    else:
        holder["extra"] = dice.choice(WRONG)
    return slipped


def problems_of(text: str) -> list[Problem] | None:
    """The problems of a text, or None when it loads and its resolved form is a fixed point."""
    try:
        scenario = load_text(text, "slip.yaml")
        assert load_text(scenario.resolved_text()).hash == scenario.hash
        scenario.twin()
    except InvalidScenario as error:
        return error.problems
    return None


def test_there_are_files_to_slip_in() -> None:
    assert len(FILES) >= 16


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_single_slip_never_crashes_and_is_told_in_plain_words(path: Path) -> None:
    data = plain(read(path).root)
    data.pop("extends", None)
    dice = random.Random(f"slips in {path.name}")
    told = 0
    for place in dice.sample(places(data), k=min(40, len(places(data)))):
        text = yaml.safe_dump(with_slip(data, place, dice), sort_keys=False, allow_unicode=True, width=10_000)
        found = problems_of(text)
        for problem in found or ():
            told += 1
            said = f"{problem.message} {problem.hint}"
            assert not JARGON.search(said), f"{place}: {said}\n{text}"
            assert problem.line > 0, f"{place}: {said}\n{text}"
    assert told > 0


@pytest.mark.parametrize(
    ("written", "caret"),
    [
        ("count: 12x", "12x"),
        ("count: {value: 12x}", "12x"),
        ("count: {median: 12x}", "12x"),
        ("count: {low: 1, best: 12x, high: 20}", "12x"),
        ("count: {low: 5, best: 3}", "count"),
        ("count: 4, minimum: 50", None),
        ("count: 4, minimum: 500%", "500%"),
        ("count: 4, upkeep: {every: 5 days, takes: 1 day, crew: line}", "5 days"),
        ("count: 4, upkeep: [{every: 5 days, takes: 1 day, crew: line}]", "5 days"),
        ("count: 4, losses: {on: [{on: 2024-01-01}, {on: 2024-1-1}]}", "2024-1-1"),
        ("count: 4, fly: {value: 1 FH/year fleet, changes: [{from: 2025-01-01, to: 5}]}", "5"),
        ("count: 4, content: [seller, selller]", "selller"),
        ("count: 4, content: selller", "selller"),
        ("count: 4, life_limit: {due: {list: [2024-01-01, 2024-01-0l]}}", "2024-01-0l"),
        ("count: 4, life_limit: {due: {list: [2024-01-01], then: {random: [5 days, 2 dys]}}}", "2 dys"),
    ],
)
def test_the_caret_stands_under_the_value_at_fault(written: str, caret: str | None) -> None:
    text = (
        "armsim: 1\nname: carets\ntime: {start: 2024-01-01, end: 2025-01-01}\n"
        "jurisdictions: {seller: , home: {home: true}}\n"
        f"fleets:\n  jets: {{{written}}}\n"
    )
    found = problems_of(text)
    under = [p.source_line[p.column - 1 : p.column - 1 + p.length] for p in found or ()]

    assert under == ([] if caret is None else [caret])


def test_a_slip_in_a_variant_is_found_when_the_file_is_read() -> None:
    scenario = load(VALID / "everything.yaml")

    for path in ("halts.israel.until", "items.engine.stock.palanquero", "fleets.kfir.fly"):
        with pytest.raises(ArmsimError):
            scenario.set(path, {"nonsense": 1})
