"""Changes by dotted path, as variants, `--set` and sweeps write them."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy
import pytest

from armsim.errors import InvalidScenario, UsageError
from armsim.scenario.overrides import NoSuchPlace, change_at, merge
from armsim.scenario.scenario import Scenario, load, load_text
from armsim.scenario.yamltree import Mapping, Mark, build, plain, read_text

BASE = """
armsim: 1
name: base
time: {start: 2024-01-01, end: 2026-01-01}
jurisdictions: {seller: {}, third: {}, home: {home: true}}
suppliers: {maker: {jurisdiction: seller, provides: [spares, repair, people]}}
sites: {base: {crews: {line: {fleets: jets, size: 4, local: 50%, foreign: {maker: 50%}}}}}
fleets:
  jets:
    count: 4
    fly: 10 FH/month per aircraft
    cannibalization: on_demand
    upkeep: {every: 5 FH, takes: 1 day, crew: line}
    inspections: [{every: 50 FH, takes: 2 days, crew: line}, {every: 12 months, takes: 9 days, crew: line}]
items:
  defaults: {supplier: maker, resupply: {make: {low: 30 days, best: 60 days, high: 90 days}}}
  engine: {on: {jets: 1}, fails_every: 350 FH, stock: {base: 2}}
  pump: {on: {jets: 2}, fails_every: {value: 100 FH, source: judgement}}
halts:
  stop: {kind: total, by: [seller], from: 2025-01-01}
  no_money: {by: home, from: 2024-06-01, until: 2024-09-01, new_orders: refuse, background: true}
"""


def base(extra: str = "", variant: str | None = None) -> Scenario:
    return load_text(BASE + extra, variant=variant)


def tree(text: str) -> Mapping:
    return read_text(text).root


def changed(text: str, path: str, value: object) -> object:
    return plain(change_at(tree(text), path, build(value, Mark("--set", 1, 1, 1))))


def test_a_mapping_under_a_path_merges_key_by_key() -> None:
    assert changed("a: {b: {c: 1, d: 2}}", "a.b", {"d": 3, "e": 4}) == {"a": {"b": {"c": 1, "d": 3, "e": 4}}}


def test_anything_but_a_mapping_replaces() -> None:
    assert changed("a: {b: [1, 2]}", "a.b", [3]) == {"a": {"b": [3]}}
    assert changed("a: {b: {c: 1}}", "a.b", 5) == {"a": {"b": 5}}


def test_null_takes_a_key_out() -> None:
    assert changed("a: {b: 1, c: 2}", "a.b", None) == {"a": {"c": 2}}
    assert changed("a: {b: {c: 1, d: 2}}", "a.b", {"c": None}) == {"a": {"b": {"d": 2}}}


def test_an_empty_entry_that_the_base_does_not_have_is_kept() -> None:
    merged = merge(tree("a: {b: 1}"), tree("a: {c: }"))

    assert plain(merged) == {"a": {"b": 1, "c": None}}


def test_a_place_in_a_list_is_counted_from_0() -> None:
    assert changed("a: [x, y]", "a.1", "z") == {"a": ["x", "z"]}
    assert changed("a: [{b: 1}, {b: 2}]", "a.0.b", 3) == {"a": [{"b": 3}, {"b": 2}]}


def test_place_0_of_a_list_of_one_written_as_its_element_is_that_element() -> None:
    assert changed("a: {b: {c: 1}}", "a.b.0.c", 2) == {"a": {"b": {"c": 2}}}
    assert changed("a: {by: israel}", "a.by.0", "france") == {"a": {"by": "france"}}


def test_a_short_value_becomes_a_long_one() -> None:
    assert changed("a: {b: 350 FH}", "a.b.low", "200 FH") == {"a": {"b": {"best": "350 FH", "low": "200 FH"}}}


@pytest.mark.parametrize(
    ("path", "message", "hint"),
    [
        ("halts..stop", "'halts..stop' is not a path", "write names joined by dots, such as items.engine.stock"),
        ("items.engin.stock", "there is no 'engin' under 'items'", "did you mean 'engine'?"),
        ("items.engine.stok.base", "there is no 'stok' under 'items.engine'", "did you mean 'stock'?"),
        ("halts.stop.by.3", "'halts.stop.by' is a list: there is no '3' in it", "its only place is 0"),
        ("fleets.jets.inspections.2.every", "'fleets.jets.inspections' is a list: there is no '2' in it",
         "its places are 0 to 1"),
        ("fleets.jets.count.best.low", "'fleets.jets.count' is a single value: nothing lies under it", ""),
        ("halt.stop.active", "there is no 'halt'", "did you mean 'halts'?"),
    ],
)  # fmt: skip
def test_a_path_that_leads_nowhere_says_where_it_breaks_off(path: str, message: str, hint: str) -> None:
    with pytest.raises(NoSuchPlace) as caught:
        change_at(tree(BASE), path, build(1, Mark("--set", 1, 1, 1)))

    assert (caught.value.message, caught.value.hint) == (message, hint)
    assert str(caught.value) == (f"{message}; {hint}" if hint else message)


def test_taking_out_what_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match=r"--set halts.stpo: there is no 'stpo' under 'halts'; did you mean 'stop'\?"):
        base().set("halts.stpo", None)


def test_set_gives_a_new_scenario_and_leaves_the_old_one() -> None:
    before = base()
    after = before.set("items.engine.stock.base", 6)

    assert after.things.items["engine"].stock["base"].best == 6
    assert before.things.items["engine"].stock["base"].best == 2
    assert after.hash != before.hash


def test_set_reads_text_as_yaml() -> None:
    after = base().set_all(
        {"halts.stop.by": "[seller, third]", "halts.stop.until": "{low: 2025-03-01, high: 2025-09-01}"}
    )

    assert after.things.halts["stop"].by == ("seller", "third")
    assert after.things.halts["stop"].until.ends[2] == datetime.date(2025, 9, 1)


def test_set_takes_values_of_python_and_numpy() -> None:
    after = base().set_all({
        "halts.stop.until": datetime.date(2025, 6, 1),
        "items.engine.stock": {"base": numpy.int64(3)},
        "halts.stop.by": ("seller", "third"),
        "items.engine.resupply.make": {"best": "45 days"},
    })  # fmt: skip

    assert after.things.halts["stop"].until.best == datetime.date(2025, 6, 1)
    assert after.things.items["engine"].stock["base"].best == 3


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {"base": float("-inf")}])
def test_set_refuses_what_cannot_stand_in_a_scenario(value: object) -> None:
    with pytest.raises(UsageError, match="cannot stand in a scenario"):
        base().set("items.engine.stock", value)


def test_the_error_of_a_set_shows_the_option_it_came_from() -> None:
    with pytest.raises(InvalidScenario) as caught:
        base().set_all({"items.engine.stock.base": 1, "halts.stop.until": "tomorrow", "fleets.jets.count": -3})

    assert [problem.text() for problem in caught.value.problems] == [
        "--set:2:24: error: 'tomorrow' is not a date: write year-month-day, such as '2023-10-15'\n"
        "     2 | --set halts.stop.until=tomorrow\n"
        "       |                        ^^^^^^^^",
        "--set:3:25: error: -3 is not a whole number: write digits such as 3 (it cannot be negative)\n"
        "     3 | --set fleets.jets.count=-3\n"
        "       |                         ^^",
    ]


def test_the_error_of_a_set_after_another_set_shows_the_right_one() -> None:
    with pytest.raises(InvalidScenario) as caught:
        base().set("items.engine.stock.base", 1).set("fleets.jets.count", "few")

    assert caught.value.problems[0].source_line == "--set fleets.jets.count=few"


def test_a_key_that_comes_from_defaults_or_a_preset_can_be_set() -> None:
    after = base().set_all({"items.engine.resupply.make.best": "45 days", "halts.stop.people.leave_within": "60 days"})

    assert after.things.items["engine"].resupply is not None
    assert after.things.items["engine"].resupply.make.ends == (30, 45, 90)
    assert after.things.halts["stop"].people.leave_within.best == 60  # type: ignore[union-attr]
    assert after.things.halts["stop"].new_orders.value == "refuse"


def test_a_default_can_be_set_for_all() -> None:
    after = base().set("items.defaults.resupply.make", "10 days")

    assert {item.resupply.make.best for item in after.things.items.values()} == {10}  # type: ignore[union-attr]


def test_words_that_stand_for_settings_can_be_gone_into() -> None:
    after = base().set_all({"fleets.jets.cannibalization.damage": "5%", "halts.no_money.people.leave_within": "9 days"})

    assert after.things.fleets["jets"].cannibalization.policy == "on_demand"
    assert after.things.fleets["jets"].cannibalization.damage.best == 0.05


def test_a_kind_can_be_changed_and_the_written_clauses_stay() -> None:
    before = base().set("halts.stop.in_transit", "lose")
    after = before.set("halts.stop.kind", "new_contract_freeze")

    assert after.things.halts["stop"].in_transit == "lose"
    assert after.things.halts["stop"].accepted_orders == "honour"


def test_halts_none_switches_off_every_halt_but_background_ones() -> None:
    assert set(base().set("halts", "none").things.halts) == {"no_money"}
    assert set(base("variants: {calm: {halts: none}}").things.halts) == {"no_money"}


def test_background_may_come_from_the_defaults_of_halts() -> None:
    text = BASE.replace("background: true", "active: true").replace(
        "halts:\n", "halts:\n  defaults: {background: true}\n"
    )

    assert set(load_text(text).twin().things.halts) == {"stop", "no_money"}


def test_the_twin_keeps_background_halts_and_counts_months_from_the_halts_it_leaves_out() -> None:
    text = BASE.replace("  stop: {kind: total, by: [seller], from: 2025-01-01}\n", "")
    with_halt = "variants: {stopped: {halts.stop: {kind: total, by: seller, from: 2025-04-01}}}"
    scenario = load_text(text + with_halt)
    twin = scenario.twin()

    assert set(twin.things.halts) == {"no_money"}
    assert twin.things.time.months_from == scenario.things.time.months_from


def test_a_twin_drops_responses_that_wait_for_a_halt_it_does_not_have() -> None:
    extra = """
responses:
  rob: {kind: cannibalise, fleets: jets, after: stop}
  rob_later: {kind: cannibalise, fleets: jets, from: 2025-06-01}
"""
    assert set(base(extra).twin().things.responses) == {"rob_later"}


def test_a_variant_inherits_the_changes_of_the_one_it_extends() -> None:
    extra = """
variants:
  plain: {}
  all_out: {halts.stop: {in_transit: lose, until: 2025-06-01}, items.engine.stock.base: 1}
  all_out_longer: {extends: all_out, halts.stop.until: never, title: All out and longer}
  longest: {extends: all_out_longer, halts.stop.from: 2024-01-01}
"""
    scenario = base(extra, "longest")
    halt = scenario.things.halts["stop"]

    assert (halt.in_transit, halt.until.never, str(halt.from_.best)) == ("lose", True, "2024-01-01")  # type: ignore[union-attr]
    assert scenario.things.items["engine"].stock["base"].best == 1
    assert scenario.variant("plain").hash == base().hash
    assert scenario.variant_title("all_out_longer") == "All out and longer"
    assert scenario.variant_title("plain") == "Plain"


def test_variants_that_extend_each_other_in_a_ring_are_refused() -> None:
    with pytest.raises(InvalidScenario) as caught:
        base("variants: {one: {extends: two}, two: {extends: three}, three: {extends: one}}")

    assert [problem.message for problem in caught.value.problems] == [
        "variant 'one' extends itself by way of 'three'",
        "variant 'two' extends itself by way of 'one'",
        "variant 'three' extends itself by way of 'two'",
    ]


def test_a_file_of_empty_variants_has_the_scenario_as_written() -> None:
    assert base("variants: {}").variants == ("as_written",)
    assert base("variants:").variants == ("as_written",)


def test_an_unknown_variant_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match=r"no variant 'calmm'; did you mean 'calm'\?"):
        base("variants: {calm: {halts: none}}", "calmm")
    with pytest.raises(UsageError, match="no variant 'calm'; known: as_written"):
        base().variant("calm")


def test_files_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("extends: two.yaml\nname: one\n")
    (tmp_path / "two.yaml").write_text("extends: one.yaml\nname: two\n")
    with pytest.raises(InvalidScenario, match=r"two\.yaml:1:10: error: 'one\.yaml' extends this file in turn"):
        load(tmp_path / "one.yaml")


def test_a_problem_in_a_base_file_is_shown_there(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(BASE.replace("350 FH", "350 hous"))
    (tmp_path / "top.yaml").write_text("extends: base.yaml\nname: top\nfleets: {jets: {count: few}}\n")
    with pytest.raises(InvalidScenario) as caught:
        load(tmp_path / "top.yaml")

    assert [(Path(p.file).name, p.line) for p in caught.value.problems] == [("base.yaml", 17), ("top.yaml", 3)]
