"""The schema an editor uses, and the files a new user starts from."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from armsim.errors import InputOutputError, InvalidScenario, UsageError
from armsim.scenario import yamltree
from armsim.scenario.explain import counts_by_grade, explain
from armsim.scenario.init import init, template_text, templates
from armsim.scenario.scenario import load, load_text
from armsim.scenario.schema import schema

SCHEMA = schema()
EDITOR_LINE = "# yaml-language-server: $schema=armsim.schema.json"

TRICKY = """
armsim: 1
name: tricky
excludes: [combat]
time: {start: 2024-01-01, end: 2030-01-01, warmup: 24 months, report_every: 3 months}
jurisdictions: {israel: ~, united_states: {title: United States}, home_state: {home: true}}
suppliers:
  defaults: {provides: [systems, spares, repair, overhaul, people]}
  iai: {jurisdiction: israel, through: [united_states]}
contracts:
  support: {supplier: iai, covers: [spares, people], from: {low: 2023-01-01, high: 2023-06-01},
            until: {best: never, source: judgement},
            renewal: {takes: 3 months, for: {best: 2 years, high: 3 years}}}
sites:
  base:
    crews:
      line: {fleets: [kfir], size: 5, local: 3, foreign: {iai: 2},
             changes: [{on: 2026-01-01, local: 2}]}
    shops: {avionics: {servers: 2}}
fleets:
  kfir:
    authorised: {value: 22, grade: reported}
    count: 19
    fly: {best: 487 FH/year fleet, high: 592 FH/year fleet,
          changes: [{from: 2025-01-01, to: 300 FH/year fleet}]}
    minimum: 11
    upkeep: {every: 5 FH, takes: {median: 4 days, varies: lognormal 60%}, crew: line}
    inspections:
      - {every: 425 FH or 24 months, takes: 60 days, crew: line, needs: iai, due: {random: [0 FH, 300 FH]}}
    life_limit: {due: {list: [2025-02-21, 2025-02-21], then: {staggered: [2026-06-01, 2029-01-01]}}}
    overhaul: {every: 8 years, at: iai, takes: 8 months,
               due: {block: {2026-01-01: 2, 18 months: 3}, shift: 2 months}}
    deliveries: {supplier: iai, schedule: {staggered: [2024-06-01, 2026-01-01], count: 2}}
    losses: {per_100k_FH: 10, on: [{on: 2024-05-05}]}
    cannibalization: on_demand
items:
  defaults: {replace: {takes: 3 days}, resupply: {make: 6 months}, supplier: iai}
  engine:
    on: {kfir: 1}
    fails_every: 350 FH
    replace: {crew: line}
    content: ~
    repair: [{at: iai, takes: 8 months, yield: 90%}]
    stock: {base: {low: 2, best: 3, high: 4}}
halts:
  main:
    kind: total
    by: [israel]
    from: 2025-01-01
    except: {contracts: [support]}
    people: stay
    operation: allow
    new_orders: queue
  gone:
    by: [iai]
    from: 2026-01-01
    until: 2027-01-01
    people: {leave_by: {2026-02-01: 50%, 2026-03-01: 0%}}
responses:
  less: {kind: fly_less, when: mc < 40% of authorised, until: mc > 55% of authorised, fly: 70%}
  other:
    kind: other_source
    items: [engine]
    jurisdiction: united_states
    starts: {low: 8 months, best: 14 months, high: 30 months, after: main}
    capacity: 4 per year
    active: false
variants:
  first:
  second: {extends: first, title: No halt, halts: none}
  third:
    halts.main: {kind: sanctions, renewals: allow}
    items.engine.repair.0.takes: 5 months
    halts.main.by: israel
observations:
  - {on: 2024, fleet: kfir, measure: mc, low: 5, best: 5.5, high: 6}
  - {on: 2024-05, fleet: kfir, measure: mc, unit: share, best: 55%}
sources:
  paper: {title: A paper, date: 2024, grade: reported}
"""


def faults(text: str) -> list[str]:
    """Every complaint of the schema about a text, with its path."""
    document = yamltree.plain(yamltree.read_text(text).root)
    found = jsonschema.Draft202012Validator(SCHEMA).iter_errors(document)
    return [f"{error.json_path}: {error.message}" for error in found]


def fields(node: Any, path: str = "") -> list[tuple[str, Any]]:
    """Every property of every record in the schema."""
    if isinstance(node, list):
        return [pair for k, child in enumerate(node) for pair in fields(child, f"{path}/{k}")]
    if not isinstance(node, dict):
        return []
    own = node.get("properties", {})
    return [
        *((f"{path}/{key}", field) for key, field in own.items()),
        *(pair for key, child in node.items() for pair in fields(child, f"{path}/{key}")),
    ]


def test_the_schema_is_itself_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_key_has_a_description_for_the_editor() -> None:
    described = [(path, field) for path, field in fields(SCHEMA) if not path.startswith("/else")]

    assert len(described) > 200
    assert [path for path, field in described if not field.get("description")] == []


@pytest.mark.parametrize("template", templates())
def test_every_template_satisfies_the_schema(template: str) -> None:
    assert faults(template_text(template)) == []


def test_a_scenario_full_of_short_forms_satisfies_schema_and_reader() -> None:
    assert load_text(TRICKY).variants == ("first", "second", "third")
    assert faults(TRICKY) == []


def without_each_key(node: Any) -> Iterator[Any]:
    """The document with one key or list element gone, or left empty, at every place in turn."""
    keys = list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
    for key in keys:
        shorter = copy.copy(node)
        del shorter[key]
        yield shorter
        for inner in (None, *without_each_key(node[key])):
            changed = copy.copy(node)
            changed[key] = inner
            yield changed


def test_the_schema_is_no_stricter_than_the_reader() -> None:
    accepted = 0
    for document in without_each_key(yamltree.plain(yamltree.read_text(TRICKY.split("variants:")[0]).root)):
        text = json.dumps(document)
        try:
            scenario = load_text(text)
        except InvalidScenario:
            continue
        accepted += 1
        assert faults(text) == []
        assert explain(scenario)

    assert accepted > 100


def test_the_resolved_form_satisfies_the_schema() -> None:
    assert faults(load_text(template_text("full")).resolved_text()) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("minimum:", "minimun:"),
        ("upkeep: {every", "upkeep: {evry"),
        ("- {every: 425", "- {evry: 425"),
        ("kind: total", "kind: totl"),
        ("renewal: {takes: 3 months, for:", "renewal: {takes: 3 months, four:"),
        ("people: stay", "people: stays"),
        ("cannibalization: on_demand", "cannibalization: on_request"),
        ("new_orders: queue", "new_orders: wait"),
        ("starts: {low", "starts: {lowest"),
        ("yield: 90%", "yeld: 90%"),
        ("excludes: [combat]", "exclude: [combat]"),
        ("title: No halt, halts: none}", "title: No halt, hats: none}"),
        ("second: {extends: first, title", "second: {extends: first, titel"),
        ("halts.main: {kind: sanctions", "halts.main: {kid: sanctions"),
        ("name: tricky\n", ""),
        ("end: 2030-01-01, ", ""),
        ("jurisdiction: israel,", "jurisdicton: israel,"),
        ("leave_by: {2026", "leave_at: {2026"),
        ("changes: [{from: 2025-01-01, to:", "changes: [{from: 2025-01-01, too:"),
        ("takes: 60 days, crew: line, needs: iai,", "takes: 60 days, needs: iai,"),
        ("  engine:", "  Engine:"),
    ],
)  # fmt: skip
def test_a_mistake_does_not_satisfy_the_schema(right: str, wrong: str) -> None:
    assert TRICKY.count(right) == 1
    assert faults(TRICKY.replace(right, wrong)) != []


def test_a_file_that_extends_another_may_be_in_parts() -> None:
    assert faults("extends: base.yaml\nname: part\ntime: {end: 2031-01-01}\nfleets: {kfir: {count: 20}}\n") == []
    assert faults("name: part\ntime: {end: 2031-01-01}\nfleets: {kfir: {count: 20}}\n") != []


@pytest.mark.parametrize("template", templates())
def test_every_template_loads_without_a_warning_in_every_variant(template: str, tmp_path: Path) -> None:
    written, _ = init("my_case", tmp_path, template)

    scenario = load(written)

    assert scenario.name == "my_case"
    assert [scenario.variant(name).warnings for name in scenario.variants] == [()] * len(scenario.variants)


@pytest.mark.parametrize("template", templates())
def test_no_number_of_a_template_claims_to_be_more_than_a_placeholder(template: str) -> None:
    counts = counts_by_grade(load_text(template_text(template)).things)

    assert counts["judgement"] > 5
    assert [counts[grade] for grade in ("documented", "reported", "estimate", "inferred")] == [0, 0, 0, 0]


@pytest.mark.parametrize("template", templates())
def test_a_template_begins_with_the_line_for_editors_and_is_short(template: str) -> None:
    lines = template_text(template).splitlines()
    most = {"minimal": 40, "full": 200}.get(template, 80)

    assert lines[0] == EDITOR_LINE
    assert len(lines) < most
    assert max(map(len, lines)) <= 120


def test_the_templates_are_the_five_that_are_documented() -> None:
    assert templates() == ("full", "minimal", "overhaul", "parts", "people")


def test_init_writes_the_scenario_and_the_schema_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "cases"

    written = init("kfir_2023", folder)

    assert written == [folder / "kfir_2023.yaml", folder / "armsim.schema.json"]
    assert "\nname: kfir_2023\n" in written[0].read_text(encoding="utf-8")
    assert json.loads(written[1].read_text(encoding="utf-8")) == SCHEMA


def test_init_never_overwrites_a_scenario(tmp_path: Path) -> None:
    scenario_file = tmp_path / "mine.yaml"
    scenario_file.write_text("precious", encoding="utf-8")

    with pytest.raises(InputOutputError, match="is there already"):
        init("mine", tmp_path)
    assert scenario_file.read_text(encoding="utf-8") == "precious"


def test_init_says_which_file_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(InputOutputError, match="file"):
        init("mine", tmp_path / "file")


@pytest.mark.parametrize("name", ["", "Kfir", "2023_kfir", "kfir.yaml", "kfir 2023", "../kfir", "kfir\n", "a" * 61])
def test_init_refuses_a_name_no_scenario_can_have(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be the name of a scenario"):
        init(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_init_suggests_a_name_near_the_one_given(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"such as kfir_2023$"):
        init("Kfir 2023.yaml", tmp_path)


def test_init_suggests_the_template_that_was_meant(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="did you mean 'overhaul'"):
        init("mine", tmp_path, "overhauls")
    assert list(tmp_path.iterdir()) == []
