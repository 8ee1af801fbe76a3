"""From rule to code to test and back: what is cited exists, what is a rule is cited, what is assumed is on record."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
#: Tests of the documentation cite rules without testing them.
NOT_SOURCES = {"test_docs.py", "test_traceability.py"}
RULE = re.compile(r"\bR-[A-Z]\d+\b")
LISTED = r"\s+\d+(?:(?:-|–|, | to | and )\d+)*"
ENGINE = re.compile(r"\bENGINE" + LISTED)
SETTLED = re.compile(r"\bsettled" + LISTED, re.IGNORECASE)
SECTION = re.compile(r"\bsections?" + LISTED)
MODEL, ENGINE_PAGE = ((DOCS / name).read_text(encoding="utf-8") for name in ("model.md", "engine.md"))
#: (rule, mark) in the order of the page.
SAID = re.findall(r"(?m)^(?:- )?\*\*(R-[A-Z]\d+)[^\n]*?\[(modelled|in part|refused|not in the language)\]", MODEL)
#: Rules that somebody may run.
RULES = [rule for rule, mark in SAID if mark in ("modelled", "in part")]
ASSUMPTIONS = runpy.run_path(str(DOCS / "write_assumptions.py"))
REGISTER: list[dict[str, Any]] = ASSUMPTIONS["register"]()
TESTS_OF_ASSUMPTIONS = [(entry["id"], test) for entry in REGISTER for test in entry.get("tested", ())]
#: Numbers of the STRESS-DES checklist.
STRESS_DES = ["1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "2.4", "2.5.1", "2.5.2", "2.5.3", "2.5.4", "2.5.5",
              "3.1", "3.2", "3.3", "3.4", "4.1", "4.2", "4.3", "5.1", "5.2", "5.3", "5.4", "6.1"]  # fmt: skip
ODD_CONCEPTS = ("basic principles", "emergence", "adaptation", "objectives", "learning", "prediction", "sensing",
                "interaction", "stochasticity", "collectives", "observation")  # fmt: skip


@cache
def sources() -> tuple[tuple[str, str], ...]:
    """(file, text) of everything that may cite a rule: the package and the tests."""
    found = []
    for folder in ("armsim", "tests"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".yaml") and path.name not in NOT_SOURCES:
                found.append((path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")))
    return tuple(found)


def everywhere() -> Iterator[tuple[str, str]]:
    """Sources and the pages of the documentation."""
    yield from sources()
    for path in sorted(DOCS.rglob("*.md")):
        yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def files_citing(rule: str, folder: str) -> list[str]:
    """Files of a folder that cite a rule."""
    return [file for file, text in sources() if file.startswith(f"{folder}/") and rule in RULE.findall(text)]


def numbers_cited(pattern: re.Pattern[str], text: str) -> set[int]:
    """Every number of every citation: lists and both ends of a range."""
    return {int(number) for match in pattern.finditer(text) for number in re.findall(r"\d+", match.group())}


def test_every_rule_of_the_model_is_said_once_and_marked() -> None:
    names = [name for name, _ in SAID]

    assert len(names) == len(set(names))
    assert set(names) == set(RULE.findall(MODEL))
    assert len(names) >= 34


def test_every_mark_is_one_that_the_page_explains() -> None:
    explained = set(re.findall(r"(?m)^- \*\*\[([a-z ]+)\]\*\*", MODEL))

    assert {mark for _, mark in SAID} == explained


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_cited_where_the_package_follows_it(rule: str) -> None:
    assert files_citing(rule, "armsim"), f"no file of armsim/ cites {rule}: cite it where the code follows the rule"


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_cited_where_it_is_tested(rule: str) -> None:
    assert files_citing(rule, "tests"), f"no file of tests/ cites {rule}: cite it where the rule is tested"


def test_every_rule_cited_is_in_the_model() -> None:
    known = {rule for rule, _ in SAID}

    assert {(file, rule) for file, text in everywhere() for rule in RULE.findall(text) if rule not in known} == set()


def test_every_engine_rule_cited_is_in_the_engine_page() -> None:
    known = [int(number) for number in re.findall(r"(?m)^\*\*(\d+)\b", ENGINE_PAGE)]
    cited = {(file, number) for file, text in everywhere() for number in numbers_cited(ENGINE, text)}

    assert known == list(range(1, len(known) + 1))
    assert len(cited) > 30
    assert {(file, number) for file, number in cited if number not in known} == set()


def test_every_settled_point_cited_is_in_the_model() -> None:
    settled = MODEL.partition("## Changed or settled here")[2]
    known = [int(number) for number in re.findall(r"(?m)^(\d+)\. \*", settled)]
    cited = {(file, number) for file, text in everywhere() for number in numbers_cited(SETTLED, text)}

    assert known == list(range(1, len(known) + 1))
    assert {number for _, number in cited} >= {5, 12, 35}
    assert {(file, number) for file, number in cited if number not in known} == set()


def test_every_section_of_the_model_cited_is_there() -> None:
    known = [int(number) for number in re.findall(r"(?m)^## (\d+)\.", MODEL)]
    cited = {(file, number) for file, text in everywhere() for number in numbers_cited(SECTION, text)}

    assert known == list(range(len(known)))
    assert {number for _, number in cited} >= {0, 8, 9, 10}
    assert {(file, number) for file, number in cited if number not in known} == set()


def test_the_model_has_the_order_of_the_odd_protocol() -> None:
    headings = re.findall(r"(?m)^#{1,2} (.+)$", MODEL)
    order = ["Overview", "0. Purpose and limits", "1. Scales", "2. State variables", "3. Things",
             "Process overview and scheduling", "Design concepts", "Details", "Initialisation", "Input data",
             "4. Operation and failure"]  # fmt: skip

    assert [heading for heading in headings if heading in order] == order


def test_every_design_concept_of_odd_has_its_words() -> None:
    concepts = MODEL.partition("# Design concepts\n")[2].partition("# Details\n")[0]
    said = ", ".join(re.findall(r"(?m)^\*\*([A-Z][^*]+)\.\*\*", concepts)).lower().split(", ")

    assert said == list(ODD_CONCEPTS)


def test_every_point_of_stress_des_is_answered() -> None:
    rows = re.findall(r"(?m)^\| [a-z ]+: [^|]*\((\d(?:\.\d)+)\) \|[^|]*\| (.+) \|$|^\| code access \((6\.1)\)", MODEL)

    assert [first or last for first, _, last in rows] == STRESS_DES


def test_assumptions_have_names_of_their_own() -> None:
    ids = [entry["id"] for entry in REGISTER]

    assert len(ids) >= 25
    assert len(ids) == len(set(ids))
    assert [one for one in ids if not re.fullmatch(r"A-\d\d", one)] == []


@pytest.mark.parametrize("entry", REGISTER, ids=lambda entry: entry["id"])
def test_an_assumption_says_what_happens_where_it_is_wrong(entry: dict[str, Any]) -> None:
    known = {rule for rule, _ in SAID}

    assert set(entry) - {"tested", "not_tested"} == {"id", "theme", "text", "effect", "direction", "rules"}
    assert set(entry) & {"tested", "not_tested"}, "say where it is tested, or why it is not"
    assert entry["direction"] in ASSUMPTIONS["DIRECTIONS"]
    assert entry["rules"]
    assert set(entry["rules"]) <= known


@pytest.mark.parametrize(("name", "test"), TESTS_OF_ASSUMPTIONS, ids=str)
def test_a_test_of_an_assumption_exists(name: str, test: str) -> None:
    file, _, function = test.partition("::")

    assert (ROOT / file).is_file(), f"{name} names {file}"
    assert re.search(rf"(?m)^def {function}\(", (ROOT / file).read_text(encoding="utf-8")), f"{name} names {test}"


def test_the_page_of_assumptions_is_what_the_register_gives() -> None:
    written = (DOCS / "assumptions.md").read_text(encoding="utf-8")

    assert written == ASSUMPTIONS["page"](REGISTER), "run `python docs/write_assumptions.py`"
