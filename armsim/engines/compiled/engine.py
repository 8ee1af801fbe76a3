"""The compiled engine from outside: one replication or many, with the same events as the reference engine."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np

from armsim.engines.compiled import layout as L
from armsim.engines.compiled.core import S, X
from armsim.engines.compiled.jit import entry
from armsim.engines.compiled.loop import run
from armsim.engines.compiled.tables import Template, with_world
from armsim.errors import ArmsimError
from armsim.model.arrays import Model
from armsim.model.order import Entity, Kind
from armsim.model.timeline import World
from armsim.model.trajectory import COSTS, ITEM_MEASURES, POOL_MEASURES, TOUCHES, CauseKey, Trajectory

LogLine = tuple[int, int, Entity]
FIRST_ROOM, MOST_ROOM = 1 << 20, 1 << 30
"""Words a replication gets at first and at most (8 MB and 8 GB)."""
PART = (1 << 36) - 1


@entry
def replicate(words: S, s: S, x: X, replication: int, out: Any, log: Any) -> int:
    """One replication of a world in `s` (and `x`, the same memory as numbers); how many lines of log there are."""
    n = len(words)
    s[:n] = words
    s[L.REPLICATION], s[L.ARENA], s[L.ARENA_END] = replication, n, len(s)
    return run(s, x, out, log)


class Runner:
    """Runs the replications of one model; holds the memory they work in."""

    def __init__(self, model: Model) -> None:
        self.model, self.template = model, Template(model)
        self.room = np.empty(max(FIRST_ROOM, 4 * len(self.template.words)), dtype=np.int64)
        wide, fleets, missions = len(model.edges), len(model.fleets), self.template.words[L.MOST_MISSIONS]
        per_period = fleets * (21 + 2 * missions) + 5 + len(model.pools) * 3 + len(model.items) * L.ITEM_METERS
        causes = fleets * (2 * len(model.items) + L.OTHER_CAUSES)
        self.out_size = 1 + wide * per_period + len(model.halts) * L.TOUCHES + causes

    def counts(self, words: Any, world: World, replication: int, log: list[LogLine] | None = None) -> Any:
        """The counts of one replication, as one row of whole numbers. Raises ArmsimError when it fails."""
        lines = np.zeros((0 if log is None else 1 << 12, 3), dtype=np.int64)
        while True:
            out, s = np.zeros(self.out_size, dtype=np.int64), self.room
            n = replicate(words, s, s.view(np.float64), replication, out, lines)
            if s[L.ERROR] == L.FULL and len(s) < MOST_ROOM:
                self.room = np.empty(2 * len(s), dtype=np.int64)
            elif s[L.ERROR] != 0:
                raise ArmsimError(what_failed(self.model, s))
            elif log is not None and n > len(lines):
                lines = np.zeros((n, 3), dtype=np.int64)
            else:
                break
        if log is not None:
            log.extend(line_of(int(t), int(order), int(third)) for t, order, third in lines[:n])
        return out


def line_of(t: int, order: int, third: int) -> LogLine:
    """A line of the log as the reference engine writes it."""
    return t, order >> 56, (order >> 36 & (1 << 20) - 1, order & PART, third)


def what_failed(model: Model, s: Any) -> str:
    """What ended a replication, in a sentence."""
    now, error, at = int(s[L.NOW]), int(s[L.ERROR]), int(s[L.ERROR_AT])
    when = f"at {now} s ({model.start + timedelta(seconds=now)})"
    if error == L.BAD_DELAY:
        entity = tuple(int(s[field]) for field in (L.EVENT_FIRST, L.EVENT_SECOND, L.EVENT_THIRD))
        return f"a delay of {at} s for {Kind(int(s[L.EVENT_KIND])).name} {entity} {when}"
    if error == L.BAD_NUMBER:
        what = "a life must be a finite number of flying hours" if at else "a delay must be a finite number of days"
        return f"{what}, not below zero {when}"
    if error == L.FULL:
        return f"the memory of the compiled engine is full ({len(s) * 8 >> 20} MB) {when}"
    return f"a sum grew beyond 64 bits {when}"


def trajectory_of(model: Model, out: Any, world: int, replication: int) -> Trajectory:
    """The counts of one replication as the reference engine gives them."""
    result = Trajectory(world, replication)
    wide, fleets, items, pools = len(model.edges), len(model.fleets), len(model.items), len(model.pools)
    most = max((len(fleet.missions) for fleet in model.fleets), default=0)
    at = 1

    def block(*shape: int) -> Any:
        nonlocal at
        n = int(np.prod(shape))
        at += n
        return out[at - n : at].reshape(shape)

    result.events = int(out[0])
    result.states, result.ends = block(wide, fleets, 9).tolist(), block(wide, fleets, 9).tolist()
    result.flown, result.demanded, result.below = (block(wide, fleets).tolist() for _ in range(3))
    able, able_ends = block(wide, fleets, most).tolist(), block(wide, fleets, most).tolist()
    of = [len(fleet.missions) for fleet in model.fleets]
    result.missions = [[row[: of[f]] for f, row in enumerate(period)] for period in able]
    result.mission_ends = [[row[: of[f]] for f, row in enumerate(period)] for period in able_ends]
    result.costs = block(wide, len(COSTS)).tolist()
    result.pools = block(wide, pools, len(POOL_MEASURES)).tolist()
    result.items = block(wide, items, len(ITEM_MEASURES)).tolist()
    result.touched = block(len(model.halts), len(TOUCHES)).tolist()
    result.causes = causes_of(model, block(fleets, 2 * items + L.OTHER_CAUSES))
    return result


def causes_of(model: Model, counts: Any) -> dict[CauseKey, int]:
    """Down-time by cause, without what is 0."""
    items = len(model.items)
    names = ("work", "loss", "overhaul", "limit", "permission", "regeneration")
    found: dict[CauseKey, int] = {}
    for f, k in zip(*(axis.tolist() for axis in np.nonzero(counts))):
        key = (f, ("parts", "money")[k % 2], k // 2) if k < 2 * items else (f, names[k - 2 * items], -1)
        found[key] = int(counts[f, k])
    return found


_runners: dict[int, Runner] = {}


def runner_of(model: Model) -> Runner:
    """The runner of a model; the last few are kept."""
    found = _runners.get(id(model))
    if found is None or found.model is not model:
        while len(_runners) >= 4:
            del _runners[next(iter(_runners))]
        found = _runners[id(model)] = Runner(model)
    return found


def simulate(model: Model, world: World, seed: int, replication: int, log: list[LogLine] | None = None) -> Trajectory:
    """One replication of one world. Raises ArmsimError when a rule gives an impossible delay or memory is full."""
    runner = runner_of(model)
    words = with_world(runner.template, world, seed)
    return trajectory_of(model, runner.counts(words, world, replication, log), world.number, replication)
