"""The compiled engine beside the reference engine: every event and every count of a replication, equal with `==`."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import needs_numba  # noqa: F401

from armsim.engines.compiled import engine
from armsim.engines.reference import Replication
from armsim.model.arrays import Model
from armsim.model.events import moment, words
from armsim.model.timeline import World, draw_world
from armsim.model.trajectory import Trajectory

LogLine = engine.LogLine
Try = tuple[int, int, int]  # seed, world, replication
BEFORE, BEHIND = 5, 3


@dataclass
class Tally:
    """What was compared; ties are instants with two logged events or more."""

    models: int = 0
    replications: int = 0
    events: int = 0
    ties: int = 0
    kinds: set[int] = field(default_factory=set)

    def add(self, log: Sequence[LogLine]) -> None:
        """One replication more."""
        self.replications += 1
        self.events += len(log)
        self.ties += sum(n > 1 for n in Counter(t for t, _, _ in log).values())
        self.kinds |= {kind for _, kind, _ in log}

    def __str__(self) -> str:
        return (f"{self.models:,} scenarios, {self.replications:,} replications, {self.events:,} events, "
                f"{self.ties:,} ties: equal in both engines")  # fmt: skip


def compare(model: Model, tries: Sequence[Try], tally: Tally) -> None:
    """Run tries in both engines; every second one with SimPy's insertion counter replaced by random numbers.

    Raises AssertionError where a world, an event or a count differs.
    """
    tally.models += 1
    runner = engine.runner_of(model)
    for n, (seed, number, replication) in enumerate(tries):
        world = draw_world(model, seed, number)
        assert runner.world(seed, number) == world, f"world {number} of seed {seed} of {model.name} is drawn otherwise"
        log, expected = by_reference(model, world, seed, replication, n % 2 == 1)
        others: list[LogLine] = []
        found = engine.simulate(model, world, seed, replication, others)
        told = difference(model, log, others) + differing_fields(expected, found)
        assert not told, f"{model.name}, seed {seed}, world {number}, replication {replication}\n{told}"
        tally.add(log)


def by_reference(model: Model, world: World, seed: int, replication: int, shuffled: bool) -> tuple[list[LogLine], Any]:
    """Log and counts of the reference engine."""
    log: list[LogLine] = []
    replica = Replication(model, world, seed, replication, log)
    if shuffled:
        numbers = random.Random(11)
        replica.env._eid = iter(lambda: numbers.getrandbits(64), None)  # type: ignore[assignment]
    return log, replica.run()


def difference(model: Model, expected: Sequence[LogLine], found: Sequence[LogLine]) -> str:
    """The first event in which two logs differ, with what happened before and after, in words; '' for none."""
    pairs = enumerate(zip(expected, found))
    first = next((n for n, (one, other) in pairs if one != other), min(len(expected), len(found)))
    if first == len(expected) == len(found):
        return ""
    before = [f"    {in_words(model, line)}" for line in expected[max(0, first - BEFORE) : first]]
    told = [f"event {first} differs ({len(expected):,} in the reference engine, {len(found):,} compiled)", *before]
    for name, log in (("reference", expected), ("compiled", found)):
        lines = log[first : first + 1 + BEHIND]
        told += [f"  {name}:", *(f"    {in_words(model, line)}" for line in lines)]
        if len(lines) <= BEHIND:
            told.append("    (the log ends)")
    return "\n".join(told) + "\n"


def in_words(model: Model, line: LogLine) -> str:
    """A line of a log; one that stands for nothing in the model as its numbers."""
    t, kind, entity = line
    try:
        said = words(model, kind, entity)
    except (IndexError, KeyError, ValueError, StopIteration):
        said = "nothing that there is"
    return f"{moment(model, t)}  {said}  {line}"


def differing_fields(expected: Trajectory, found: Trajectory) -> str:
    """The first place in which each field of two results differs; '' for none."""
    told = ""
    for one in fields(Trajectory):
        a, b = getattr(expected, one.name), getattr(found, one.name)
        if a != b:
            told += f"{one.name}{where(a, b)}\n"
    return told


def where(a: Any, b: Any) -> str:
    """The first place in which two nested results differ, and what stands there."""
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        n = next(n for n, (one, other) in enumerate(zip(a, b)) if one != other)
        return f"[{n}]{where(a[n], b[n])}"
    if isinstance(a, dict) and isinstance(b, dict):
        key = min(key for key in a.keys() | b.keys() if a.get(key) != b.get(key))
        return f"[{key}]{where(a.get(key), b.get(key))}"
    return f": {a} in the reference engine, {b} compiled"
