"""The model in words says what the file means, whatever the file leaves out."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from armsim.scenario.explain import counts_by_grade, explain
from armsim.scenario.init import template_text, templates
from armsim.scenario.phrases import day, how_long, listed, number
from armsim.scenario.scenario import Scenario, load_text

TINY = """
armsim: 1
name: tiny
time: {start: 2024-01-01, end: 2026-01-01}
jurisdictions: {here: {home: true}}
fleets: {boats: {authorised: 4, count: 3}}
"""

KFIR = """
armsim: 1
name: kfir
title: Israel halts security exports
question: How long do the Kfirs stay usable?
excludes: [combat damage]
time: {start: 2023-01-01, end: 2027-01-01}
jurisdictions:
  israel: {title: Israel}
  united_states: {title: United States}
  colombia: {title: Colombia, home: true}
suppliers:
  iai: {title: IAI, jurisdiction: israel, provides: [systems, spares, repair, overhaul, people]}
  boat_yard: {jurisdiction: united_states, provides: [systems]}
contracts:
  support: {supplier: iai, fleets: [kfir], covers: [spares, people], from: 2022-12-30, until: 2024-12-31,
            renewal: {takes: 3 months, for: 19 months}, source: aeroflap}
sites:
  base: {title: Palanquero, crews: {line: {fleets: [kfir], size: 5, local: 2, foreign: {iai: 3}}}}
fleets:
  kfir:
    title: Kfir
    authorised: {value: 22, source: paper}
    count: {value: 19, grade: documented}
    site: base
    fly: {best: 487 FH/year fleet, high: 592 FH/year fleet, source: aeroflap}
    minimum: 50% of authorised
    source: judgement
    upkeep: {every: {low: 3 FH, best: 5 FH, high: 10 FH}, takes: 4 days, crew: line}
    inspections: {every: 425 FH or 24 months, takes: 60 days, crew: line, needs: iai}
    overhaul: {every: 8 years, at: iai, takes: 8 months, slots: 2,
               due: {overdue: 1, then: {random: [0 years, 8 years]}}}
    life_limit: {due: {list: [2024-02-21, 2024-02-21], then: {staggered: [2024-06-01, 2029-01-01]}}}
  boats: {count: 0, authorised: 3, deliveries: {supplier: boat_yard, schedule: [2025-01-01, 2025-06-01]}}
items:
  engine:
    title: J79
    on: {kfir: 1}
    content: [united_states]
    supplier: iai
    fails_every: {low: 200 FH, best: 350 FH, high: 600 FH}
    resupply: {make: 6 months}
    stock: {base: 4}
  seat: {title: Seat, on: {kfir: 2}, supplier: iai, expires_after: 5 years, resupply: {make: 1 year}}
  wheel: {title: Wheel, on: {kfir: 3}, fails_every: 100 FH, repair: {at: condemned}}
  radar: {title: Radar, on: {kfir: 1}, absence: degrades, supplier: iai, fails_every: 140 FH,
          resupply: {make: 1 year}}
halts:
  israel_2023: {title: Israel's freeze, kind: new_contract_freeze, by: [israel], from: 2023-10-15}
  all_of_it:
    kind: total
    by: [israel, united_states]
    from: {low: 2024-10-01, best: 2024-12-27, high: 2025-06-30}
    until: 2026-01-01
    people: {leave_by: {2024-12-31: 50%}}
    fleets: [kfir]
  money: {title: No money, by: [colombia], against: [iai], from: 2023-03-01, until: 2023-06-01,
          new_orders: refuse, background: true}
  later: {title: Later, kind: total, by: [israel], from: 2026-01-01, active: false}
responses:
  rob: {title: Rob, kind: cannibalise, fleets: [kfir], after: israel_2023, delay: 3 months}
  less: {kind: fly_less, fleets: [kfir], fly: 70%, when: mc < 40% of authorised,
         until: mc > 55% of authorised}
  engines: {kind: other_source, items: [engine], jurisdiction: united_states, from: 2025-03-01, succeeds: 50%,
            capacity: 4 per year}
variants:
  as_it_was: {title: As it was}
  no_halt: {halts: none}
sources:
  aeroflap: {title: Aeroflap, grade: reported}
  paper: {title: A paper without a grade}
"""


@pytest.fixture(scope="module")
def kfir() -> Scenario:
    return load_text(KFIR)


def part(text: str, heading: str) -> str:
    """One section, its lines joined."""
    body = text.split(f"{heading}\n{'-' * len(heading)}\n")[1]
    body = re.split(r"\n\n[^\n]+\n-{3,}\n", body)[0]
    return " ".join(body.split())


def test_no_line_is_wider_than_a_page(kfir: Scenario) -> None:
    lines = explain(kfir).splitlines()

    assert max(map(len, lines)) <= 100
    assert not any(line != line.rstrip() for line in lines)


def test_it_begins_with_the_question_and_names_the_variant(kfir: Scenario) -> None:
    text = part(explain(kfir), "The question")

    assert text.startswith("Israel halts security exports How long do the Kfirs stay usable?")
    assert "Variant 'as_it_was' (As it was); the file has as_it_was and no_halt." in text


def test_the_time_span_is_in_words(kfir: Scenario) -> None:
    text = part(explain(kfir), "Time")

    assert text.startswith("From 1 January 2023 to 1 January 2027 (4 years), after a warm-up of 2 years")
    assert "Months are counted from 15 October 2023." in text


def test_a_fleet_names_what_can_ground_it_and_when_it_falls_due(kfir: Scenario) -> None:
    text = part(explain(kfir), "Fleets")

    assert "Kfir [kfir]: 22 authorised, 19 on the books at the start, at Palanquero." in text
    assert "Programme: 487 flying hours a year for the fleet (up to 592)." in text
    assert "Minimum: 50% of authorised (11 systems)." in text
    assert "- upkeep every 5 flying hours (3 to 10) on average: 4 days of crew line" in text
    assert "- an inspection every 425 flying hours or 2 years: 60 days of crew line, by people of IAI alone" in text
    assert "- overhaul every 8 years, by IAI, taking 8 months, 2 at once; not flown once it is due" in text
    assert "first due 1 overdue at the start, the others at random between the start and 8 years after" in text
    assert "due 2 on 21 February 2024, the others spread evenly from 1 June 2024 to 1 January 2029" in text
    assert "- want of J79 (1 on each), which fails every 350 flying hours (200 to 600); stock 4 at Palanquero" in text
    assert "Only degraded by want of Radar." in text
    assert "Deliveries by boat yard: 2, on 1 January 2025 and 1 June 2025." in text


def test_content_counts_only_in_a_halt_on_reexport(kfir: Scenario) -> None:
    text = part(explain(kfir), "Who supplies what, and whose permission it needs")

    assert "IAI [iai], in Israel, provides new systems, spares, repair, overhaul and people." in text
    assert "- spares for Radar and Seat: needs the permission of Israel and Colombia." in text
    assert ("- spares for J79: needs the permission of Israel and Colombia; by content also United States, "
            "but only in a halt that says 'reexport: stop'.") in text  # fmt: skip
    assert "- people for crew line at Palanquero (3 of 5 people): needs the permission of Israel and Colombia." in text


def test_the_share_of_essential_items_by_jurisdiction_leaves_out_what_only_degrades(kfir: Scenario) -> None:
    text = part(explain(kfir), "Whose permission the essential items need")

    # engine, seat and wheel ground; engine and seat come from Israel; the wheel comes from nowhere
    assert "Items whose absence grounds a system: 3. - Israel: 2 (67%): J79 and Seat" in text
    assert "- United States: 0 (0%), and 1 more (33%: J79) by content" in text
    assert "- nobody's: 1 (33%)" in text


def test_a_contract_says_until_when_and_how_it_goes_on(kfir: Scenario) -> None:
    text = part(explain(kfir), "Contracts")

    assert "support: IAI, spares and people for Kfir, from 30 December 2022 until 31 December 2024." in text
    assert "It is renewed for 19 months, again and again; the talks take 3 months" in text
    assert "It covers 4 supply lines." in text  # spares of engine, seat, radar; people


def test_a_halt_says_who_when_what_and_which_lines(kfir: Scenario) -> None:
    text = part(explain(kfir), "Halts")

    assert "Israel's freeze [israel_2023], by Israel: from 15 October 2023, without end." in text
    assert "new orders are refused and the need waits at home; contracts are neither negotiated" in text
    # Spares of engine, seat and radar, people; not the boats, the other source, and overhaul without a contract.
    assert "It reaches 4 of 7 supply lines: spares for J79, Radar and Seat; people for" in text
    assert "orders under cover are accepted and made all the same, people stay while it runs." in text


def test_an_uncertain_halt_gives_its_range_and_says_that_contracts_do_not_help(kfir: Scenario) -> None:
    text = part(explain(kfir), "Halts")

    assert ("all of it [all_of_it], by Israel and United States: from a day between 1 October 2024 and "
            "30 June 2025, most likely 27 December 2024, until 1 January 2026. Only for Kfir.") in text  # fmt: skip
    assert "its people leave: 50% left on 31 December 2024." in text
    assert "Signed contracts (support) do not help." in text


def test_a_background_halt_is_marked_and_what_is_switched_off_is_named(kfir: Scenario) -> None:
    text = part(explain(kfir), "Halts")

    assert "No money [money], by Colombia against IAI: from 1 March 2023, until 1 June 2023." in text
    assert text.count("Background: it stays in the no-halt comparison.") == 1
    assert text.endswith("Switched off in this variant: later.")


def test_a_response_says_its_trigger_its_delay_and_its_chance(kfir: Scenario) -> None:
    text = part(explain(kfir), "Responses")

    assert "It starts when Israel's freeze begins, 3 months later. It is sure to work." in text
    assert ("It starts when mission-capable systems fall below 40% of authorised, without delay, until "
            "mission-capable systems rise above 55% of authorised.") in text  # fmt: skip
    assert "another source, in United States, supplies J79, up to 4 per year." in text
    assert "It starts on 1 March 2025, without delay. It works with a chance of 50%." in text


def test_what_no_halt_can_touch_is_named(kfir: Scenario) -> None:
    text = part(explain(kfir), "What no halt can touch")

    free = "Fleets: boats. Items: Wheel. Suppliers: boat yard."
    assert text == free + " Supply lines: new systems for boats from boat yard."


def test_without_a_halt_everything_is_out_of_reach(kfir: Scenario) -> None:
    text = explain(kfir.variant("no_halt"))

    # The background halt stays, but it reaches orders only.
    assert "overhaul for Kfir from IAI" in part(text, "What no halt can touch")
    assert "Switched off in this variant: israel_2023, all_of_it and later." in part(text, "Halts")
    assert part(explain(load_text(TINY)), "What no halt can touch") == "Everything: this variant has no halt."


def test_what_is_left_out_is_the_file_s_own_and_what_no_scenario_answers(kfir: Scenario) -> None:
    text = part(explain(kfir), "What is left out")

    assert text == ("This scenario leaves out combat damage. No scenario answers: combat outcomes, targeting and "
                    "whether a halt will happen.")  # fmt: skip


def test_warnings_are_repeated() -> None:
    scenario = load_text(TINY + "halts: {idle: {kind: total, by: [here], from: 2025-01-01}}\n")

    assert "halt 'idle' can touch nothing" in part(explain(scenario), "Warnings")


@pytest.mark.parametrize("more", ["", "halts: {}\n", "suppliers: {}\nitems: {}\n", "variants: {only: }\n"])
def test_a_tiny_scenario_is_explained(more: str) -> None:
    text = explain(load_text(TINY + more))

    assert "boats: 4 authorised, 3 on the books at the start." in text
    assert "It has no flying programme. No minimum is given. Nothing in this scenario can ground it." in part(
        text, "Fleets"
    )
    for heading in ("Contracts", "Halts", "Responses", "Warnings"):
        assert part(text, heading) == "None."


@pytest.mark.parametrize("template", templates())
def test_every_template_is_explained_in_every_variant_and_its_twin(template: str) -> None:
    first = load_text(template_text(template))

    for scenario in [first.variant(name) for name in first.variants]:
        assert len(explain(scenario)) > 1000
        assert len(explain(scenario.twin())) > 1000


def test_the_resolved_form_is_explained_in_the_same_words(kfir: Scenario) -> None:
    whole, again = explain(kfir), explain(load_text(kfir.resolved_text()))

    for heading in ("Fleets", "Contracts", "Responses", "How well the numbers and dates are supported"):
        assert part(again, heading) == part(whole, heading)


def test_a_title_cannot_write_to_the_terminal() -> None:
    scenario = load_text(TINY)
    red = replace(scenario, things=scenario.things.model_copy(update={"title": "red \x1b[31m\nline"}))

    assert "\nred [31m line\n" in explain(red)


def test_a_value_takes_its_own_grade_before_its_source_s_and_that_before_its_record_s() -> None:
    scenario = load_text(TINY.replace(
        "{boats: {authorised: 4, count: 3}}",
        """
  boats:
    source: judgement                                       # judgement: every value without evidence
    authorised: {value: 4, source: paper, grade: inferred}  # its own grade
    count: {value: 3, source: paper}                        # reported, by its source
    fly: 10 FH/month per aircraft                           # judgement
    losses: {per_100k_FH: 3, grade: estimate}               # estimate, by the record nearest to it
    at_most: {value: 20 FH/month per aircraft, source: bare}  # unstated: a source without a grade
sources: {paper: {title: A paper, grade: reported}, bare: {title: Another}}
""",
    ))  # fmt: skip

    assert counts_by_grade(scenario.things) == {
        "documented": 0, "reported": 1, "estimate": 1, "inferred": 1, "judgement": 1, "unstated": 1,
    }  # fmt: skip


def test_defaults_settings_and_never_are_nobody_s_claim() -> None:
    without = counts_by_grade(load_text(TINY).things)
    more = TINY.replace("end: 2026-01-01", "end: 2026-01-01, warmup: 3 months")
    scenario = load_text(
        more + "halts: {idle: {kind: total, by: [here], from: 2025-01-01, until: never, people: stay}}\n"
    )

    assert without == {
        "documented": 0, "reported": 0, "estimate": 0, "inferred": 0, "judgement": 0, "unstated": 2,
    }  # fmt: skip
    assert counts_by_grade(scenario.things)["unstated"] == 3  # authorised, count, from


def test_support_is_counted_in_words(kfir: Scenario) -> None:
    counts = counts_by_grade(kfir.things)
    text = part(explain(kfir), "How well the numbers and dates are supported")

    # documented: count; reported: fly, and the contract's from, until, takes and for
    assert (counts["documented"], counts["reported"]) == (1, 5)
    assert text.startswith(f"Of {sum(counts.values())} numbers and dates: 1 documented, 5 reported, 0 estimated,")


def test_lists_dates_and_numbers_read_as_sentences() -> None:
    assert [listed(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert day(date(2023, 10, 15)) == "15 October 2023"
    assert [number(n) for n in (0, 2000, 22.5, 0.125, 8.3333)] == ["0", "2,000", "22.5", "0.125", "8.33"]
    assert how_long(date(2023, 1, 1), date(2024, 7, 1)) == "18 months"
    assert how_long(date(2023, 1, 1), date(2023, 1, 31)) == "30 days"
