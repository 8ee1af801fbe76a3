"""Every file of tests/scenarios/invalid gives exactly the problems beside it: place, words, caret and hint.

`ARMSIM_UPDATE=1 pytest tests/scenario/test_invalid_files.py` writes the texts anew: read them aloud.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from armsim.errors import Problem
from armsim.scenario.scenario import InvalidScenario, load

FOLDER = Path(__file__).parents[1] / "scenarios" / "invalid"
FILES = sorted(path.name for path in FOLDER.glob("*.yaml"))
#: Words of the libraries beneath, or of Python, that mean nothing to an analyst.
JARGON = re.compile(
    r"pydantic|[Ii]nput|tuple|dict\b|\bstr\b|\bint\b|float|None|True|False|valid|instance|schema|\{'|\('[^']*',|mapping"
)


def problems_of(name: str, monkeypatch: pytest.MonkeyPatch) -> list[Problem]:
    """The problems of a file, loaded by its base name."""
    monkeypatch.chdir(FOLDER)
    with pytest.raises(InvalidScenario) as caught:
        load(name)
    return caught.value.problems


def test_there_are_many_invalid_files() -> None:
    assert len(FILES) >= 35


@pytest.mark.parametrize("name", FILES)
def test_an_invalid_file_gives_exactly_the_problems_beside_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    beside = FOLDER / name.replace(".yaml", ".txt")
    text = "\n".join(problem.text() for problem in problems_of(name, monkeypatch)) + "\n"
    if os.environ.get("ARMSIM_UPDATE"):
        beside.write_text(text, encoding="utf-8")

    assert text == beside.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FILES)
def test_the_caret_of_every_problem_stands_under_something_written(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for problem in problems_of(name, monkeypatch):
        lines = (FOLDER / problem.file).read_text(encoding="utf-8").split("\n")

        assert problem.source_line == lines[problem.line - 1]
        assert problem.source_line[problem.column - 1 :].strip()
        assert problem.column - 1 + problem.length <= len(problem.source_line)


@pytest.mark.parametrize("name", FILES)
def test_problems_are_put_in_plain_words(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for problem in problems_of(name, monkeypatch):
        said = f"{problem.message} {problem.hint}"

        assert not JARGON.search(said), said
        assert len(problem.message) > 15
        assert not problem.message.endswith(".")
        assert problem.code and problem.severity in ("error", "warning")


@pytest.mark.parametrize("name", FILES)
def test_each_problem_is_reported_once_and_in_the_order_of_the_file(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(p.file, p.line, p.column, p.code, p.message) for p in problems_of(name, monkeypatch)]

    assert found == sorted(set(found))


def test_every_expected_text_has_its_file() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.txt")) == [name.removesuffix(".yaml") for name in FILES]


def test_a_mistyped_key_and_the_key_it_leaves_missing_are_one_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    found = problems_of("authorized.yaml", monkeypatch)

    assert [(p.code, p.hint) for p in found] == [
        ("unknown-key", "did you mean 'authorised'?"),
        ("unknown-key", "did you mean 'count'?"),
        ("unknown-key", "did you mean 'minimum'?"),
    ]


def test_the_record_of_a_problem_holds_its_severity_and_dotted_path(monkeypatch: pytest.MonkeyPatch) -> None:
    found = problems_of("idle_halts.yaml", monkeypatch)
    warning = next(problem for problem in found if problem.path == "halts.late").record()

    assert warning["severity"] == "warning"
    assert warning["code"] == "idle-halt"
    assert (warning["file"], warning["line"]) == ("idle_halts.yaml", found[1].line)


def test_the_path_of_a_problem_is_as_the_file_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = {problem.path for problem in problems_of("bad_durations.yaml", monkeypatch)}

    assert "items.engine.resupply.licence" in paths  # a short form has no `best`
    assert "items.engine.repair.takes" in paths  # a list of one written as its only element
    assert "items.tyre.fails_every.best" in paths
