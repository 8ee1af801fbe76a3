"""The documentation is true: its scenarios load, its links lead somewhere, its keys and rooms are those of the code."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from armsim.scenario.halts import CLASSES, CLAUSES, KINDS, clauses_of
from armsim.scenario.responses import OWN_SETTINGS
from armsim.scenario.scenario import load_text
from armsim.scenario.things import Written

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md")) + [path for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md") if path.is_file()]
#: Fields that hold what was read in another way; nobody writes them.
NEVER_WRITTEN = {"never", "until_when"}


def text(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def outside_blocks(markdown: str) -> str:
    """The text of a page without its fenced blocks."""
    return re.sub(r"(?ms)^```.*?^```$", "", markdown)


def scenarios_in(page: Path) -> list[str]:
    blocks = re.findall(r"(?ms)^```yaml\n(.*?)^```$", page.read_text(encoding="utf-8"))
    return [block for block in blocks if block.startswith("armsim: 1")]


SCENARIOS = [(page, block) for page in PAGES for block in scenarios_in(page)]
LINKS = [
    (page, target)
    for page in PAGES
    for target in re.findall(r"\]\(([^)\s]+)\)", outside_blocks(page.read_text(encoding="utf-8")))
    if not re.match(r"[a-z]+:|#", target)
]


def records() -> Iterator[type[BaseModel]]:
    """Every record a scenario file is made of."""
    seen: dict[type[BaseModel], None] = {}
    waiting: list[Any] = [Written]
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if kind not in seen:
                seen[kind] = None
                waiting += [field.annotation for field in kind.model_fields.values()]
        else:
            waiting += [part for part in typing.get_args(kind) if part is not Ellipsis]
    yield from seen


def keys() -> set[str]:
    """Every key a person may write."""
    fields = [(name, field.alias or name) for kind in records() for name, field in kind.model_fields.items()]
    found = {written for name, written in fields if name not in NEVER_WRITTEN}
    return found | {key for kind in records() for key in getattr(kind, "also_written", ())}


def name_of(part: object) -> str:
    return part.stem if isinstance(part, Path) else str(part)[:40].replace("\n", " ")


def test_the_docs_have_scenarios_and_links() -> None:
    assert len([page for page, _ in SCENARIOS if page.name == "language.md"]) >= 2
    assert len(LINKS) > 10
    assert len(PAGES) > 10


@pytest.mark.parametrize(("page", "block"), SCENARIOS, ids=name_of)
def test_a_scenario_in_the_docs_is_valid_and_without_warnings(page: Path, block: str) -> None:
    scenario = load_text(block, page.name)

    for variant in scenario.variants:
        assert [problem.text() for problem in scenario.variant(variant).warnings] == []


@pytest.mark.parametrize(("page", "target"), LINKS, ids=name_of)
def test_a_relative_link_leads_to_a_file(page: Path, target: str) -> None:
    assert (page.parent / target.partition("#")[0]).exists()


def test_every_key_of_the_language_is_in_its_page() -> None:
    written = " ".join(re.findall(r"`([^`\n]+)`", outside_blocks(text("language.md"))))
    words = set(re.findall(r"\w+", written))

    assert len(keys()) > 100
    assert keys() - words == set()


def test_every_class_clause_preset_and_response_is_in_the_language_page() -> None:
    page = text("language.md")
    values = (value for clause in CLAUSES.values() for value in clause.values)
    words = {*CLASSES, *CLAUSES, *KINDS, *OWN_SETTINGS, *values}

    assert {word for word in words if not re.search(rf"`[^`\n]*\b{word}\b[^`\n]*`", page)} == set()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_table_of_presets_says_what_a_preset_sets(kind: str) -> None:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text("language.md").splitlines()
            if line.startswith("| ")]  # fmt: skip
    head = next(row for row in rows if row[0] == "clause" and "`new_contract_freeze`" in row)
    column = next(k for k, cell in enumerate(head) if f"`{kind}`" in cell)
    clauses = [row for row in rows if row[0].strip("`") in clauses_of(kind) and len(row) == len(head)]
    said = {row[0].strip("`"): row[column] for row in clauses}
    people = clauses_of(kind)["people"]
    expected = clauses_of(kind) | {"people": people if people == "stay" else f"leave within {people['leave_within']}"}

    assert said == expected


def test_the_rooms_are_those_of_the_package() -> None:
    page = outside_blocks(text("architecture.md"))
    named = set(re.findall(r"`(armsim/[\w/.]+)`", page))
    rooms = set(re.findall(r"(?m)^\| `(armsim/[\w/.]+)`", page.partition("## Who may import whom")[0]))
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "armsim").rglob("*.py")}

    assert {name for name in named if not (ROOT / name).exists()} == set()
    assert {name for name in files - rooms if not name.endswith("/__init__.py")} == set()


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [int(path.name[:4]) for path in sorted((DOCS / "decisions").glob("*.md"))]

    assert numbers == list(range(1, len(numbers) + 1))
