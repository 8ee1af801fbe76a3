"""Runs of scenarios given as plain data, everything they leave, and relations tried on generated ones."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import cache
from typing import Any
from unittest.mock import patch

from generated import scenarios, text_of
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.internal.conjecture import providers

from armsim.engines.core import ITEM_METERS
from armsim.engines.reference import Replication
from armsim.model.arrays import Model
from armsim.model.compile import compile_scenario
from armsim.model.order import Edge, Flow, Kind
from armsim.model.timeline import World, draw_world
from armsim.model.trajectory import Trajectory
from armsim.scenario.scenario import Scenario, load_text

Written = dict[str, Any]
LogLine = tuple[int, int, tuple[int, int, int]]
Steps = list[tuple[int, int]]
DAY = 86400
SEED = 7
#: Curves with one entry for each report period.
BY_PERIOD = ("states", "ends", "flown", "demanded", "items", "pools", "below", "missions", "mission_ends", "costs")


@dataclass
class Run:
    """One replication and all it left."""

    model: Model
    world: World
    log: list[LogLine]
    result: Trajectory

    @property
    def curves(self) -> dict[str, Any]:
        """Everything of the trajectory but what halts touched."""
        return {one.name: getattr(self.result, one.name) for one in fields(Trajectory) if one.name != "touched"}

    def before(self, second: int) -> list[tuple[Any, ...]]:
        """The log up to a second; lines and responses by name, for a twin lacks responses that follow a halt."""
        found = []
        for t, kind, (first, middle, last) in self.log:
            what: Any = (first, middle, last)
            if kind == Kind.RESPONSE:
                what = (self.model.responses[first].name, middle, last)
            elif (kind, first) in ((Kind.ARRIVAL, Flow.RESUPPLY), (Kind.HALT, Edge.LINE)):
                what = (first, self.model.lines[middle].key, last)
            if t < second:
                found.append((t, kind, what))
        return found

    @property
    def touched(self) -> list[int]:
        """What all halts touched together."""
        return [sum(column) for column in zip(*self.result.touched)] if self.result.touched else []


def load(written: Written) -> Scenario:
    """The scenario, with months that count from its start whatever halts it has."""
    time = written["time"] | {"months_from": written["time"]["start"]}
    return load_text(text_of(written | {"time": time}))


def run(written: Written | Scenario, replication: int = 0, world: int = 0, audit: Any = None,
        numbers: Iterator[int] | None = None) -> Run:  # fmt: skip
    """Run one replication; `numbers` takes the place of SimPy's insertion counter."""
    model = compile_scenario(written if isinstance(written, Scenario) else load(written))
    drawn = draw_world(model, SEED, world)
    log: list[LogLine] = []
    replica = Replication(model, drawn, SEED, replication, log, audit)
    if numbers is not None:
        replica.env._eid = numbers  # type: ignore[assignment]
    return Run(model, drawn, log, replica.run())


@cache
def run_of_text(text: str) -> Run:
    """The run of a file, kept, because many relations start from the same scenarios."""
    return run(load_text(text))


def as_written(written: Written) -> Run:
    """The run of a scenario before anything is changed."""
    time = written["time"] | {"months_from": written["time"]["start"]}
    return run_of_text(text_of(written | {"time": time}))


def changed(written: Written, *path: str, **entries: Any) -> Written:
    """A copy with entries put into the mapping at a path, which is made where it is missing."""
    copied = copy.deepcopy(written)
    place = copied
    for name in path:
        place = place.setdefault(name, {})
    place.update(entries)
    return copied


def same(one: Run, other: Run) -> None:
    """Assert that two runs left the same, bit for bit."""
    assert one.log == other.log
    assert one.curves == other.curves


def backorders(written: Written, replication: int = 0) -> dict[str, Steps]:
    """Units of each item owed at every date of a run, as (second, number) whenever it may have changed."""
    model = compile_scenario(load(written))
    found: dict[str, Steps] = {item.name: [] for item in model.items}

    def look(replica: Replication) -> None:
        for i, item in enumerate(model.items):
            found[item.name].append((replica.now, replica.meters[i][ITEM_METERS["backorders"]].value))

    Replication(model, draw_world(model, SEED, 0), SEED, replication, [], look).run()
    return found


def never_fewer(one: Steps, other: Steps) -> bool:
    """True when the first number is at no date below the second; both are of the same run length."""
    changes = sorted({t for t, _ in one} | {t for t, _ in other})
    values = [dict(one), dict(other)]  # the last settle of an instant counts
    now = [0, 0]
    for t in changes:
        now = [steps.get(t, before) for steps, before in zip(values, now)]
        if now[0] < now[1]:
            return False
    return True


NO_CONSTANTS = providers.Constants(
    integers=providers.SortedSet(), floats=providers.SortedSet(key=providers.float_to_int),
    bytes=providers.SortedSet(), strings=providers.SortedSet(),
)  # fmt: skip


def over(examples: int, relation: Callable[[Written], None], strategy: Any = None) -> None:
    """Try a relation on generated scenarios, always the same ones; the first that fails is shown as a file.

    Left to itself hypothesis mixes in numbers that stand in the modules loaded so far, so that which scenarios it
    makes would depend on which other tests ran before in the process, and on constants anywhere in the code.
    """

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),  # shrinking takes minutes
    )
    @given(scenarios() if strategy is None else strategy)
    def example(written: Written) -> None:
        try:
            relation(written)
        except Exception:
            print(text_of(written))
            raise

    with patch.object(providers.HypothesisProvider, "_local_constants", NO_CONSTANTS):
        example()
