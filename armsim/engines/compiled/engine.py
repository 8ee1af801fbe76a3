"""The compiled engine from outside: one replication or many, with the same events as the reference engine."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence
from itertools import accumulate
from math import isnan, prod
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from armsim.engines.compiled import layout as L
from armsim.engines.compiled.jit import CACHE_FOLDER, IS_COMPILED, begin_of, entry
from armsim.engines.compiled.loop import run
from armsim.engines.compiled.numbers import scale_from_mean, scale_from_median, uncertain, uniform
from armsim.engines.compiled.tables import Template, signed, with_world
from armsim.errors import RUN_ERRORS, RunFailed
from armsim.model.arrays import Model
from armsim.model.certain import known_of
from armsim.model.draws import WORLD_REPLICATION, Purpose
from armsim.model.events import failed
from armsim.model.order import Entity, Kind
from armsim.model.timeline import World, draw_world
from armsim.model.trajectory import COSTS, ITEM_MEASURES, POOL_MEASURES, TOUCHES, CauseKey, Trajectory

LogLine = tuple[int, int, Entity]
FIRST_ROOM, MOST_ROOM = 1 << 18, 1 << 29
"""Words a replication gets at first and at most (2 MB and 4 GB); it gets twice as many whenever they are used up."""
AT_ONCE = 5
"""Worlds that are drawn before they run."""
SECOND = (1 << 36) - 1
NO_LOG, NO_WORDS = np.zeros((0, 3), dtype=np.int64), np.zeros(0, dtype=np.int64)
NEVER_GIVEN_UP = np.zeros(1, dtype=np.int64)
OF_WORLD, SHARED = int(Purpose.WORLD), signed(WORLD_REPLICATION)
NAMES = ("work", "loss", "overhaul", "limit", "permission", "regeneration")


# Entries: what is compiled and kept -------------------------------------------------------------------------------


@entry
def replicate(words: Any, begins: Any, lowest: int, replications: int, done: int, memory: Any, numbers: Any, out: Any,
              log: Any, given_up: Any) -> int:  # fmt: skip
    """Replications of worlds from number `lowest` on, one row of `out` each, by world; how many rows are done.

    World k is given as `words` from `begins[k]` to `begins[k + 1]`; the rows of one without words are passed over.
    `done` rows were done before. They run in `memory`, which `numbers` is too, as floating-point numbers; it stands
    as the last one left it: where a replication failed, or all is `given_up`, nothing more is run.
    """
    s, x = begin_of(memory), begin_of(numbers)
    for row in range(done, replications * (len(begins) - 1)):
        begin, end = begins[row // replications], begins[row // replications + 1]
        if begin == end:
            continue
        if given_up[0] != 0:
            return row
        for k in range(begin, end):
            s[k - begin] = words[k]
        s[L.REPLICATION], s[L.ARENA], s[L.ARENA_END] = lowest + row % replications, end - begin, len(memory)
        run(s, x, begin_of(out[row]), log)
        if s[L.ERROR] != 0:
            return row
    return replications * (len(begins) - 1)


@entry
def draw_values(keys: Any, ends: Any, flags: Any, seed: int, worlds: Any, out: Any) -> None:
    """The value of each parameter in some worlds, one row of `out` each, as timeline.value_of.

    `ends` [parameter, 4] are low, best (NaN for none), high and shape; `flags` [parameter, 3] log, kind and median.
    """
    for row in range(len(worlds)):
        for n in range(len(keys)):
            low, best, high, shape = ends[n, 0], ends[n, 1], ends[n, 2], ends[n, 3]
            number = low
            if low != high:
                u = uniform(seed, OF_WORLD, worlds[row], SHARED, keys[n], 0)
                if np.isnan(best):
                    number = uncertain(low, None, high, flags[n, 0] != 0, u)
                else:
                    number = uncertain(low, best, high, flags[n, 0] != 0, u)
            if flags[n, 2] != 0:
                out[row, n] = scale_from_median(flags[n, 1], number, shape)
            else:
                out[row, n] = scale_from_mean(flags[n, 1], number, shape)


def missing() -> str | None:
    """Why this engine cannot be used here, None where it can."""
    return None if IS_COMPILED else "numba was told not to compile (NUMBA_DISABLE_JIT)"


def is_warm() -> bool:
    """True when all is compiled for this user and version, or in this process."""
    if replicate.overloads and draw_values.overloads:
        return True
    return CACHE_FOLDER is not None and all(any(CACHE_FOLDER.rglob(f"engine.{name}-*.nbc")) for name in
                                            ("replicate", "draw_values"))  # fmt: skip


def warm_up() -> None:
    """Compile: in a process of its own, which keeps the code; without a folder for it, in this one."""
    if CACHE_FOLDER is not None and not is_warm():
        here = Path(__file__).parents[3]
        run_it = "from armsim.engines.compiled.__main__ import main; main()"
        command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(here)!r}); {run_it}"]
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


# Replications -----------------------------------------------------------------------------------------------------


class Block(NamedTuple):
    """Some worlds of a model: counts with one row a replication, by world; what failed in others, and in which run."""

    worlds: list[World]
    counts: Any
    failures: list[tuple[int, int | None, Exception]]


class Prepared(NamedTuple):
    """A world and the words its replications begin with, or what went wrong before there were any."""

    number: int
    world: Any  # World, None where it could not be drawn
    words: Any
    error: Exception | None = None


class GivenUp(Exception):
    """Nobody any longer wants what a thread is at."""


class Runner:
    """Runs the replications of one model, in any number of threads."""

    def __init__(self, model: Model) -> None:
        self.model, self.known = model, known_of(model)
        self.template = Template(model, self.known)
        self.own = threading.local()
        wide, fleets, missions = len(model.edges), len(model.fleets), self.template.words[L.MOST_MISSIONS]
        per_period = fleets * (21 + 2 * missions) + 5 + len(model.pools) * 3 + len(model.items) * L.ITEM_METERS
        causes = fleets * (2 * len(model.items) + L.OTHER_CAUSES)
        self.out_size = 1 + wide * per_period + len(model.halts) * L.TOUCHES + causes
        parameters = model.parameters
        self.keys = np.array([signed(one.key) for one in parameters], dtype=np.int64)
        self.ends = np.array([(one.low, np.nan if one.best is None else one.best, one.high, one.shape)
                              for one in parameters], dtype=np.float64).reshape(-1, 4)  # fmt: skip
        self.flags = np.array([(one.log, one.kind, one.median) for one in parameters], dtype=np.int64).reshape(-1, 3)

    def values(self, seed: int, numbers: Sequence[int]) -> list[list[float]]:
        """The values of the parameters in some worlds, by world."""
        found = np.empty((len(numbers), len(self.keys)), dtype=np.float64)
        draw_values(self.keys, self.ends, self.flags, seed, np.array(numbers, dtype=np.int64), found)
        values: list[list[float]] = found.tolist()
        return values

    def world(self, seed: int, number: int, values: list[float] | None = None) -> World:
        """A world, as timeline.draw_world, of values that were drawn for it."""
        values = self.values(seed, [number])[0] if values is None else values
        if isnan(sum(values)):
            return draw_world(self.model, seed, number)  # which says what is wrong
        return draw_world(self.model, seed, number, values, self.known)

    def run(self, worlds: Sequence[Any], replications: int, out: Any, log: Any = NO_LOG, lowest: int = 0,
            done: int = 0, given_up: Any = NEVER_GIVEN_UP) -> tuple[int, Any]:  # fmt: skip
        """Replications of worlds (as words) from number `lowest` on, one row of `out` each; `done` were done before.

        How many rows are done, and the memory as the last replication left it.
        Where memory is full it grows and the replication is run again; on any other failure the rest is not run.
        """
        lengths = [len(words) for words in worlds]
        begins = np.array([0, *accumulate(lengths)], dtype=np.int64)
        words = np.concatenate(worlds)
        while True:
            s = self.room(4 * max(lengths))
            done = replicate(words, begins, lowest, replications, done, s, s.view(np.float64), out, log, given_up)
            if done == len(out) or given_up[0] or s[L.ERROR] != L.FULL or len(s) >= MOST_ROOM:
                return done, s
            self.own.room = np.empty(2 * len(s), dtype=np.int64)
            out[done] = 0

    def room(self, least: int) -> Any:
        """The memory in which a thread works."""
        found = getattr(self.own, "room", None)
        if found is None or len(found) < least:
            found = self.own.room = np.empty(max(FIRST_ROOM, least), dtype=np.int64)
        return found

    def room_for(self, runs: int) -> Any:
        """Memory for the counts of so many runs."""
        return np.zeros((runs, self.out_size), dtype=np.int64)

    def block(self, seed: int, numbers: Sequence[int], replications: int, room: Any = None,
              given_up: Any = None) -> Block:  # fmt: skip
        """Every replication of some worlds; a world in which one fails is left out. `room` is memory for all counts.

        First some are drawn, then they run, without Python: so threads wait less for one another. Raises GivenUp when
        another thread has written 1 into `given_up`.
        """
        counts = self.room_for(len(numbers) * replications) if room is None else room
        worlds: list[World] = []
        kept: list[int] = []
        failures: list[tuple[int, int | None, Exception]] = []
        for first in range(0, len(numbers), AT_ONCE):
            some = self.prepared(seed, numbers[first : first + AT_ONCE])
            rows = counts[first * replications : (first + len(some)) * replications]
            failed = self.run_some(some, replications, rows, NEVER_GIVEN_UP if given_up is None else given_up)
            failures += [(some[place].number, *what) for place, what in sorted(failed.items())]
            worlds += [one.world for place, one in enumerate(some) if place not in failed]
            kept += [row + first * replications for row in range(len(rows)) if row // replications not in failed]
        return Block(worlds, counts[kept] if failures else counts, failures)

    def prepared(self, seed: int, numbers: Sequence[int]) -> list[Prepared]:
        """Some worlds drawn and written down."""
        found: list[Prepared] = []
        for number, values in zip(numbers, self.values(seed, numbers)):
            world = None
            try:
                world = self.world(seed, number, values)
                found.append(Prepared(number, world, with_world(self.template, world, seed)))
            except RUN_ERRORS as error:
                found.append(Prepared(number, world, NO_WORDS, error))
        return found

    def run_some(self, prepared: Sequence[Prepared], replications: int, counts: Any,
                 given_up: Any) -> dict[int, tuple[int | None, Exception]]:  # fmt: skip
        """Every replication of worlds that are written down; in which replication some of them failed, and how."""
        failed: dict[int, tuple[int | None, Exception]] = {
            place: (None if one.world is None else 0, one.error)
            for place, one in enumerate(prepared) if one.error is not None
        }  # fmt: skip
        worlds, done = [one.words for one in prepared], 0
        while done < len(counts) and len(failed) < len(prepared):
            done, s = self.run(worlds, replications, counts, done=done, given_up=given_up)
            if given_up[0]:
                raise GivenUp
            if done < len(counts):  # the other worlds may still end well
                place = done // replications
                failed[place] = done % replications, what_failed(self.model, s)
                done = (place + 1) * replications
        return failed

    def parts(self, counts: Any) -> dict[str, Any]:
        """Rows of counts by what they count, as arrays with the runs on the first axis (see Trajectory)."""
        model = self.model
        wide, fleets, items, pools = len(model.edges), len(model.fleets), len(model.items), len(model.pools)
        most = self.template.words[L.MOST_MISSIONS]
        shapes: dict[str, tuple[int, ...]] = {
            "states": (wide, fleets, 9), "ends": (wide, fleets, 9),
            "flown": (wide, fleets), "demanded": (wide, fleets), "below": (wide, fleets),
            "missions": (wide, fleets, most), "mission_ends": (wide, fleets, most), "costs": (wide, len(COSTS)),
            "pools": (wide, pools, len(POOL_MEASURES)), "items": (wide, items, len(ITEM_MEASURES)),
            "touched": (len(model.halts), len(TOUCHES)), "causes": (fleets, 2 * items + L.OTHER_CAUSES),
        }  # fmt: skip
        found, at = {"events": counts[:, 0]}, 1
        for name, shape in shapes.items():
            n = prod(shape)
            found[name] = counts[:, at : at + n].reshape(len(counts), *shape)
            at += n
        return found


def line_of(t: int, order: int, third: int) -> LogLine:
    """A line of the log as the reference engine writes it."""
    return t, order >> 56, (order >> 36 & (1 << 20) - 1, order & SECOND, third)


def what_failed(model: Model, s: Any) -> RunFailed:
    """What ended a replication: at which second, in which event, and why."""
    error, at = int(s[L.ERROR]), int(s[L.ERROR_AT])
    message = {
        L.BAD_DELAY: f"a delay of {at} s",
        L.BAD_NUMBER: "a number that is not finite, or below zero, for a life or a delay",
        L.FULL: f"the memory of the compiled engine is full ({len(s) * 8 >> 20} MB of planned events and needs)",
        L.OVERFLOW: "flying adds up to more than 64 bits hold",
    }[error]
    _, kind, entity = line_of(0, int(s[L.EVENT]), int(s[L.EVENT_THIRD]))
    return failed(model, ArithmeticError(message), int(s[L.NOW]), (Kind(kind), entity) if kind else None)


def causes_of(model: Model, counts: Any) -> dict[CauseKey, Any]:
    """Down-time by cause, of one run or (on the first axis) of many, without what is 0 in all."""
    items = len(model.items)
    found: dict[CauseKey, Any] = {}
    for f, k in zip(*(axis.tolist() for axis in np.nonzero(counts.any(axis=tuple(range(counts.ndim - 2)))))):
        key = (f, ("parts", "money")[k % 2], k // 2) if k < 2 * items else (f, NAMES[k - 2 * items], -1)
        found[key] = counts[..., f, k] if counts.ndim > 2 else int(counts[f, k])
    return found


_runners: dict[int, Runner] = {}
_lock = threading.Lock()
KEPT = 16


def runner_of(model: Model) -> Runner:
    """The runner of a model; the last few are kept."""
    with _lock:
        found = _runners.get(id(model))
        if found is None or found.model is not model:
            while len(_runners) >= KEPT:
                del _runners[next(iter(_runners))]
            found = _runners[id(model)] = Runner(model)
        return found


def simulate(model: Model, world: World, seed: int, replication: int, log: list[LogLine] | None = None) -> Trajectory:
    """One replication of one world. Raises RunFailed when something impossible happens."""
    runner = runner_of(model)
    words = with_world(runner.template, world, seed)
    out = np.zeros((1, runner.out_size), dtype=np.int64)
    lines = NO_LOG if log is None else np.zeros((1 << 12, 3), dtype=np.int64)
    done, s = runner.run([words], 1, out, lines, replication)
    if log is not None and s[L.LOG_LINES] > len(lines):
        lines = np.zeros((int(s[L.LOG_LINES]), 3), dtype=np.int64)
        done, s = runner.run([words], 1, out, lines, replication)
    if log is not None:
        log.extend(line_of(int(t), int(order), int(third)) for t, order, third in lines[: s[L.LOG_LINES]])
    if not done:
        raise what_failed(model, s)
    parts = {name: counts[0] for name, counts in runner.parts(out).items()}
    result = Trajectory(world.number, replication)
    result.events = int(parts.pop("events"))
    result.causes = causes_of(model, parts.pop("causes"))
    for name, counts in parts.items():
        setattr(result, name, counts.tolist())
    missions = [len(fleet.missions) for fleet in model.fleets]
    for name in ("missions", "mission_ends"):
        padded = getattr(result, name)
        setattr(result, name, [[row[: missions[f]] for f, row in enumerate(period)] for period in padded])
    return result
