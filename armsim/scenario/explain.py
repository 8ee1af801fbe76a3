"""The model in words, before anything runs: what an analyst checks against what they meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, get_args

from pydantic import BaseModel

from armsim.scenario.explain_halts import halt_words, response_words, untouched
from armsim.scenario.explain_lines import contract_words, essential_items, suppliers_words
from armsim.scenario.explain_things import Words, fleet_words, item_words, site_words
from armsim.scenario.phrases import amount, day, how_long, listed, paragraph, spelt
from armsim.scenario.scenario import Scenario
from armsim.scenario.things import Flying, Time, Written
from armsim.scenario.values import Grade, Part, Slots, Until, Value
from armsim.scenario.yamltree import Mapping
from armsim.units import counted

#: How well a number is supported, best first; 'unstated' when nobody says.
GRADES: tuple[str, ...] = (*get_args(Grade), "unstated")
GRADE_WORDS = {"estimate": "estimated", "judgement": "judged"}
#: What no scenario answers (MODEL section 0).
NEVER_ANSWERED = ("combat outcomes", "targeting", "whether a halt will happen")
BETWEEN = "\n\n"


def explain(scenario: Scenario) -> str:
    """The scenario as plain text in sections: what is modelled, on whose permission it rests, what stops."""
    things, words = scenario.things, Words(scenario.things)
    sections: list[tuple[str, list[str]]] = [
        ("The question", question(scenario)),
        ("Time", time_span(things)),
        ("Sites", each(words, things.sites, site_words)),
        ("Fleets", each(words, things.fleets, fleet_words)),
        ("Items", each(words, things.items, item_words)),
        ("Who supplies what, and whose permission it needs", suppliers_words(words)),
        ("Whose permission the essential items need", essential_items(words)),
        ("Contracts", each(words, things.contracts, contract_words)),
        ("Halts", [*each(words, things.halts, halt_words), *off(scenario, "halts")]),
        ("Responses", [*each(words, things.responses, response_words), *off(scenario, "responses")]),
        ("What no halt can touch", untouched(words)),
        ("How well the numbers and dates are supported", support(things)),
        *([("What was seen", seen(things))] if things.observations or things.forecasts else []),
        ("What is left out", left_out(things)),
        ("Warnings", [paragraph(f"- line {p.line}: {p.message}") for p in scenario.warnings]),
    ]
    return BETWEEN.join(section(heading, lines) for heading, lines in sections) + "\n"


def counts_by_grade(things: Written) -> dict[str, int]:
    """How many numbers and dates have each grade, from 'documented' to 'unstated'.

    A value's grade is its own, else that of its source, else that of the nearest record around it which has
    one. Neither values left at their defaults nor the settings of `time` are claims: they are not counted.
    """
    found = Counter(grade or "unstated" for grade in grades(things, things, None))
    return {grade: found[grade] for grade in GRADES}


def grades(node: Any, things: Written, inherited: str | None) -> Iterator[str | None]:
    """The grade of every value under a node; None where nobody states it."""
    if isinstance(node, Value):
        is_worked_out = isinstance(node, Part) and not node.is_uncertain  # from the size of its pool
        if not is_worked_out and not (isinstance(node, Until) and node.never):
            yield own_grade(node, things, inherited)
        for change in node.changes if isinstance(node, Flying | Slots) else ():
            yield from grades(change, things, own_grade(node, things, inherited))
    elif isinstance(node, BaseModel) and not isinstance(node, Time):
        around = own_grade(node, things, inherited)
        for name, field in type(node).model_fields.items():
            value = getattr(node, name)
            if not (isinstance(value, BaseModel) and value == field.default):
                yield from grades(value, things, around)
    elif isinstance(node, dict):
        for value in node.values():
            yield from grades(value, things, inherited)
    elif isinstance(node, tuple):
        for value in node:
            yield from grades(value, things, inherited)


def own_grade(record: Any, things: Written, inherited: str | None) -> str | None:
    """The grade a record states, itself or by its source; without either, the inherited one."""
    grade, source = getattr(record, "grade", None), getattr(record, "source", None)
    if isinstance(grade, str):
        return grade
    if not isinstance(source, str):
        return inherited
    seen = next((one for one in things.observations if one.id == source), None)
    if seen is not None:  # a value may rest on a row that is not scored
        return seen.grade or own_grade(seen.model_copy(update={"id": None}), things, inherited)
    listed = things.sources.get(source)
    return (listed.grade if listed is not None else None) or ("judgement" if source == "judgement" else None)


# ---- the frame


def section(heading: str, lines: list[str]) -> str:
    """A heading, underlined, and what stands under it."""
    return "\n".join([heading, "-" * len(heading), *(lines or ["None."])])


def each(words: Words, section: dict[str, Any], write: Callable[[Words, str], list[str]]) -> list[str]:
    """The lines about every thing of a section."""
    return [line for name in section for line in write(words, name)]


def question(scenario: Scenario) -> list[str]:
    """Title, question, variant."""
    things = scenario.things
    lines = [paragraph(things.title or spelt(things.name))]
    if things.question:
        lines.append(paragraph(things.question))
    if scenario.variants_node is not None and len(scenario.variants) > 0:
        here, all_of_them = scenario.variant_name, listed(scenario.variants)
        lines.append(paragraph(f"Variant '{here}' ({scenario.variant_title()}); the file has {all_of_them}."))
    return lines


def time_span(things: Written) -> list[str]:
    """From when to when, warm-up, report periods, runs."""
    time, runs = things.time, things.runs
    long = how_long(time.start, time.end)
    warm = "without a warm-up"
    if time.warmup.ends[2]:
        warm = f"after a warm-up of {amount(time.warmup)} without halts"
    every = "month" if time.report_every == 1 else counted(time.report_every, "month")
    lines = [f"From {day(time.start)} to {day(time.end)} ({long}), {warm}; reported every {every}."]
    if time.months_from is not None:
        lines.append(f"Months are counted from {day(time.months_from)}.")
    lines.append(f"Unless the command says otherwise: {counted(runs.worlds, 'world')} of "
                 f"{counted(runs.replications, 'run')} each, seed {runs.seed}.")  # fmt: skip
    return [paragraph(line) for line in lines]


def off(scenario: Scenario, what: str) -> list[str]:
    """The halts or responses of the file that this variant does not have."""
    entry = scenario.tree.entries.get(what)
    names = list(entry.value.entries) if entry is not None and isinstance(entry.value, Mapping) else []
    missing = [name for name in names if name != "defaults" and name not in getattr(scenario.things, what)]
    return [paragraph(f"Switched off in this variant: {listed(missing)}.")] if missing else []


def support(things: Written) -> list[str]:
    """How many numbers have which grade."""
    counts = counts_by_grade(things)
    total = sum(counts.values())
    if not total:
        return []
    parts = [f"{counts[grade]} {GRADE_WORDS.get(grade, grade)}" for grade in GRADES]
    return [paragraph(f"Of {counted(total, 'number or date', 'numbers and dates')}: {listed(parts)}.")]


def seen(things: Written) -> list[str]:
    """How many observations are scored, until when inputs may be fitted, and which forecasts there are."""
    scored = sum(row.is_scored(things.fit_until) for row in things.observations)
    total = len(things.observations)
    lines = []
    if total:
        lines.append(f"{counted(total, 'observation')}; a back-test scores {scored or 'none'} of them.")
    if things.fit_until is not None:
        lines.append(f"Inputs may rest on what was known by {day(things.fit_until)}; later rows are scored.")
    for name, forecast in things.forecasts.items():
        lines.append(f"Forecast to beat: {forecast.title or spelt(name)}, made on {day(forecast.made)}.")
    return [paragraph(line) for line in lines]


def left_out(things: Written) -> list[str]:
    """What the scenario says it leaves out, and what armsim never answers."""
    lines = [f"This scenario leaves out {listed(things.excludes)}."] if things.excludes else []
    return [paragraph(line) for line in [*lines, f"No scenario answers: {listed(NEVER_ANSWERED)}."]]
