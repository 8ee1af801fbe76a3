"""One replication's event log: what happened, when, and to what (ENGINE 1, 6)."""

from __future__ import annotations

from dataclasses import dataclass

from armsim.errors import RUN_ERRORS, UsageError
from armsim.model.arrays import Model
from armsim.model.compile import compile_scenario
from armsim.model.order import Entity
from armsim.model.timeline import draw_world
from armsim.scenario.scenario import Scenario
from armsim.study.engine_choice import Engine, settled, simulator
from armsim.study.run import MOST_RUNS

LogLine = tuple[int, int, Entity]


@dataclass(frozen=True)
class Trace:
    """The log of one replication of a variant; `failure` says how it ended where it failed."""

    scenario: Scenario
    model: Model
    seed: int
    world: int
    replication: int
    log: tuple[LogLine, ...]
    failure: str = ""


def which_run(text: str) -> tuple[int, int]:
    """WORLD[,REPLICATION] as numbers. Raises UsageError."""
    parts = [part.strip() for part in text.split(",")]
    if not 1 <= len(parts) <= 2 or not all(part.isascii() and part.isdigit() for part in parts):
        raise UsageError(f"'{text}' is no run: write WORLD or WORLD,REPLICATION, counted from 0, such as 3,0")
    world, replication = int(parts[0]), int(parts[1]) if len(parts) == 2 else 0
    check_run(world, replication)
    return world, replication


def check_run(world: int, replication: int) -> None:
    """Refuse numbers that no run has. Raises UsageError."""
    for what, number in (("world", world), ("replication", replication)):
        if not 0 <= number < MOST_RUNS:
            raise UsageError(f"the {what} must lie between 0 and {MOST_RUNS - 1:,}, not {number:,}")


def trace(scenario: Scenario, *, seed: int, world: int = 0, replication: int = 0, engine: Engine = "simpy") -> Trace:
    """Run one replication of a scenario and keep its log, up to its failure where it fails."""
    check_run(world, replication)
    simulate = simulator(settled(engine, 1).name)
    model = compile_scenario(scenario)
    log: list[LogLine] = []
    failure = ""
    try:
        simulate(model, draw_world(model, seed, world), seed, replication, log=log)
    except RUN_ERRORS as error:
        failure = str(error)
    lines = ((int(t), int(kind), (int(a), int(b), int(c))) for t, kind, (a, b, c) in log)
    return Trace(scenario, model, seed, world, replication, tuple(lines), failure)
