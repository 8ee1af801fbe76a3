"""Sentences a result must say: halts that touched nothing (R-H5)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from armsim.measures.counts import Case
from armsim.measures.results import VariantResult

if TYPE_CHECKING:  # as in counts
    from armsim.model.arrays import Model


def idle_halts(cases: list[Case], variants: dict[str, VariantResult]) -> list[str]:
    """A sentence for every halt that touched nothing in any run, naming the variants it holds for (R-H5)."""
    found: dict[str, list[str]] = {}
    for case in cases:
        touched = {one.halt: one for one in variants[case.name].touched}
        for group in made_one(case) if case.twin is not None else ():
            if all(touched[case.model.halts[h].name].nothing for h in group):
                for h in group:
                    found.setdefault(idle_words(case.model, h), []).append(f"'{case.title}'")
    return [f"In {listed(titles)} {words}" for words, titles in found.items()]


def made_one(case: Case) -> list[list[int]]:
    """The halts of a model; identical ones that adjoin at best dates, which are one halt (R-H4), together."""
    written = case.scenario.things.halts

    def begins(h: int) -> date:
        start = written[case.model.halts[h].name].from_
        assert start is not None
        return start.middle

    groups: list[list[int]] = []
    ends: list[date] = []
    for h in sorted(range(len(case.model.halts)), key=lambda h: (case.model.halts[h].content, begins(h))):
        halt = case.model.halts[h]
        until = written[halt.name].until.middle
        if groups and case.model.halts[groups[-1][0]].content == halt.content and begins(h) <= ends[-1]:
            groups[-1].append(h)
            ends[-1] = max(ends[-1], until)
        else:
            groups.append([h])
            ends.append(until)
    return groups


def idle_words(model: Model, h: int) -> str:
    """What is said of a halt that touched nothing, and why that can be."""
    halt = model.halts[h]
    covered = any(line.contracts for line in model.lines if h in line.halts)
    why = "no need that it could stop arose while it lasted"
    if covered and not halt.says.level("signed_contracts"):
        why = "what was needed while it lasted passed under signed contracts, which it honours, or nothing was needed"
    what = f"the halt '{halt.title}' ({halt.name}) changed nothing"
    return f"{what}: nothing in it was refused, held or stopped in any run; {why}."


def listed(words: list[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
