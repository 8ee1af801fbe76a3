"""Runs blocks of worlds, here or in other processes; the result does not depend on which (R-T1)."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from armsim.errors import RUN_ERRORS, ArmsimError, CheckFailed
from armsim.measures import Failure
from armsim.model.arrays import Model
from armsim.model.order import NEVER
from armsim.model.timeline import World, crew_seconds_lost, draw_world
from armsim.model.trajectory import COSTS, ITEM_MEASURES, POOL_MEASURES, TOUCHES, CauseKey, Trajectory
from armsim.study.engine_choice import compiled_engine, simulator
from armsim.study.processes import left_to_the_parent

MOST_RUNS_AT_ONCE = 40  # of the compiled engine, by one thread


@dataclass(frozen=True)
class Block:
    """Some worlds of one case, all their replications."""

    case: int
    worlds: tuple[int, ...]


@dataclass(frozen=True)
class Done:
    """The counts of one block; arrays as in measures.CaseCounts, runs ordered by world.

    `worlds` are those in which every replication ended well; of the others `failures` says what happened.
    """

    block: Block
    worlds: tuple[int, ...]
    arrays: dict[str, Any]
    causes: tuple[dict[tuple[int, str, int], int], ...]
    events: int
    failures: tuple[Failure, ...] = ()


_models: tuple[Model, ...] = ()


def keep_models(models: tuple[Model, ...]) -> None:
    """Give a worker process its models; Ctrl-C is left to the parent."""
    global _models
    _models = models
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def work(block: Block, seed: int, replications: int, audit: bool, engine: str) -> Done:
    """Run a block in a worker process."""
    return run_block(_models[block.case], block, seed, replications, audit, engine)


def run_block(model: Model, block: Block, seed: int, replications: int, audit: bool, engine: str = "simpy") -> Done:
    """Run every replication of a block's worlds; a world in which one fails is left out, and told.

    Raises CheckFailed where an audit finds something wrong.
    """
    simulate = simulator(engine)
    if audit:
        from armsim.engines.audit import Audit

        simulate = partial(simulate, audit=Audit())
    runs: list[Trajectory] = []
    worlds: list[World] = []
    failures: list[Failure] = []
    for number in block.worlds:
        replication: int | None = None
        found: list[Trajectory] = []
        try:
            world = draw_world(model, seed, number)
            lost = crew_seconds_lost(model, world)
            for replication in range(replications):
                run = simulate(model, world, seed, replication)
                for halt, seconds in enumerate(lost):
                    run.touched[halt][TOUCHES.index("crew_days_lost")] = seconds
                found.append(run)
        except CheckFailed as error:  # not one run is wrong but the program: nothing is kept
            raise CheckFailed(f"{model.name}, seed {seed}: {error}") from error
        except RUN_ERRORS as error:  # something impossible ends the run (R-T4)
            failures.append(failure_of(error, number, replication, seed))
            continue
        worlds.append(world)
        runs += found
    causes, events = tuple(run.causes for run in runs), sum(run.events for run in runs)
    return done_of(block, worlds, packed(model, runs) if runs else {}, causes, events, failures, replications)


def room_for(model: Model, runs: int) -> Any:
    """Memory in which the compiled engine counts so many runs, one row each."""
    return compiled_engine().runner_of(model).room_for(runs)


def counted_in(model: Model, room: Any) -> dict[str, Any]:
    """Rows of the compiled engine's counts as arrays by what they count."""
    arrays: dict[str, Any] = compiled_engine().runner_of(model).parts(room)
    if not model.has_costs:
        arrays["costs"] = arrays["costs"][:, :, :0]
    return arrays


def by_cause(model: Model, causes: Any) -> dict[CauseKey, Any]:
    """Down-time in the compiled engine's counts [run, fleet, cause] by cause, without causes that no run has."""
    found: dict[CauseKey, Any] = compiled_engine().causes_of(model, causes)
    return found


def compiled_blocks(models: Sequence[Model], blocks: Sequence[Block], seed: int, replications: int,
                    rooms: Sequence[Any], is_given_up: Callable[[], bool] = bool) -> list[Done]:  # fmt: skip
    """Every replication of the worlds of some blocks by the compiled engine: the same counts as `run_block` gives.

    First all worlds are drawn, then all run, then all counts collected, so that each of the three finds what it needs
    in the processor's cache. Where there is room for the runs of all worlds of a model they are counted in it, each
    at its row; a block is without gaps.
    """
    engine = compiled_engine()
    runners = [engine.runner_of(models[block.case]) for block in blocks]
    prepared = [runner.prepared(seed, block.worlds) for runner, block in zip(runners, blocks)]
    counts = [rows_of(rooms[block.case], block, replications, runner) for runner, block in zip(runners, blocks)]
    ran = [runner.run_all(worlds, replications, rows, is_given_up)
           for runner, worlds, rows in zip(runners, prepared, counts)]  # fmt: skip
    return [counted(models[block.case], block, one, seed, replications, rooms[block.case] is not None)
            for block, one in zip(blocks, ran)]  # fmt: skip


def rows_of(room: Any, block: Block, replications: int, runner: Any) -> Any:
    """The rows in which the runs of a block are counted: its part of the room, or rows of its own."""
    if room is None:
        return runner.room_for(len(block.worlds) * replications)
    return room[block.worlds[0] * replications : (block.worlds[-1] + 1) * replications]


def counted(model: Model, block: Block, ran: Any, seed: int, replications: int, in_room: bool) -> Done:
    """What the compiled engine counted in the runs of a block."""
    worlds, counts, failed = ran
    failures = [failure_of(error, world, replication, seed) for world, replication, error in failed]
    arrays = counted_in(model, counts)
    events, causes = int(arrays.pop("events").sum()), arrays.pop("causes")
    for n, world in enumerate(worlds):
        rows = slice(n * replications, (n + 1) * replications)
        arrays["touched"][rows, :, TOUCHES.index("crew_days_lost")] = crew_seconds_lost(model, world)
    told = () if in_room else tuple(compiled_engine().causes_of(model, one) for one in causes)
    there = in_room and not failures  # else the counts of the worlds that ended well were copied
    return done_of(block, worlds, {} if there else arrays, told, events, failures, replications)


def done_of(block: Block, worlds: list[World], arrays: dict[str, Any], causes: tuple[Any, ...], events: int,
            failures: list[Failure], replications: int) -> Done:  # fmt: skip
    """A block with what each of its runs has from its world: systems at the start, when the halts end."""
    if not worlds:
        return Done(block, (), {}, (), events, tuple(failures))
    arrays = arrays | {
        "begun": np.repeat(np.array([world.counts for world in worlds], np.int64), replications, axis=0),
        "halts_end": np.repeat(np.array([last_end(world) for world in worlds], np.int64), replications),
    }
    return Done(block, tuple(world.number for world in worlds), arrays, causes, events, tuple(failures))


def failure_of(error: Exception, world: int, replication: int | None, seed: int) -> Failure:
    """What is kept of a replication that failed; its variants are named by whoever knows them."""
    second, when, event = (getattr(error, name, None) for name in ("second", "when", "event"))
    message = str(error) or type(error).__name__
    return Failure((), world, replication, seed, second, when or "", event or "", message)


def packed(model: Model, runs: list[Trajectory]) -> dict[str, Any]:
    """The counts of several runs as arrays with runs on the first axis."""
    n, periods, fleets = len(runs), len(model.edges), len(model.fleets)
    items, halts = len(model.items), len(model.halts)

    def array(name: str, *shape: int) -> Any:
        return np.array([getattr(run, name) for run in runs], dtype=np.int64).reshape(n, *shape)

    return {
        "states": array("states", periods, fleets, 9),
        "ends": array("ends", periods, fleets, 9),
        "flown": array("flown", periods, fleets),
        "demanded": array("demanded", periods, fleets),
        "items": array("items", periods, items, len(ITEM_MEASURES)),
        "pools": array("pools", periods, len(model.pools), len(POOL_MEASURES)),
        "below": array("below", periods, fleets),
        "touched": array("touched", halts, len(TOUCHES)),
        "missions": padded(model, [run.missions for run in runs]),
        "mission_ends": padded(model, [run.mission_ends for run in runs]),
        "costs": array("costs", periods, len(COSTS)) if model.has_costs else np.zeros((n, periods, 0), np.int64),
    }


def padded(model: Model, runs: list[list[list[list[int]]]]) -> Any:
    """Counts by mission as [run, period, fleet, mission], with as many places as the fleet with most missions has."""
    most = max((len(fleet.missions) for fleet in model.fleets), default=0)
    counts = np.zeros((len(runs), len(model.edges), len(model.fleets), most), np.int64)
    for f, fleet in enumerate(model.fleets):
        if fleet.missions:
            counts[:, :, f, : len(fleet.missions)] = [[period[f] for period in run] for run in runs]
    return counts


def last_end(world: World) -> int:
    """When the last halt that the twin does not have ends, -1 where none does or one never ends."""
    ends = [max(halt.end, *(lifted for _, _, lifted in halt.bans)) for halt in world.halts if not halt.says.background]
    return max(ends) if ends and max(ends) < NEVER else -1


def run_blocks(models: tuple[Model, ...], blocks: list[Block], seed: int, replications: int, jobs: int,
               audit: bool = False, engine: str = "simpy",
               rooms: Sequence[Any] = ()) -> Generator[Done, None, None]:  # fmt: skip
    """Blocks as they finish; the compiled engine counts in `rooms`, one for each model, where there are any.

    Raises ArmsimError when a process is killed, CheckFailed when an audit fails.
    """
    if engine == "numba":
        yield from run_compiled(models, blocks, seed, replications, jobs, rooms or [None] * len(models))
        return
    if jobs <= 1:
        for block in blocks:
            yield run_block(models[block.case], block, seed, replications, audit, engine)
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=keep_models, initargs=(models,))
    try:
        with left_to_the_parent():
            found = as_completed([pool.submit(work, block, seed, replications, audit, engine) for block in blocks])
        for future in found:  # nobody else holds them: what they bring is let go when it is taken
            yield future.result()
    except BrokenProcessPool:
        raise ArmsimError("a worker process was killed; try again with --jobs 1, or fewer runs") from None
    finally:
        # Without waiting, a pool given up half way can keep this process from ever ending.
        pool.shutdown(wait=True, cancel_futures=True)


def run_compiled(models: tuple[Model, ...], blocks: list[Block], seed: int, replications: int, jobs: int,
                 rooms: Sequence[Any]) -> Generator[Done, None, None]:  # fmt: skip
    """Blocks of the compiled engine as they finish, in threads: it leaves Python alone while it runs."""
    runs = replications * sum(len(block.worlds) for block in blocks)
    several = together(blocks, replications, max(1, min(MOST_RUNS_AT_ONCE, runs // (4 * max(1, jobs)))))
    if jobs <= 1:
        for some in several:
            yield from let_go(compiled_blocks(models, some, seed, replications, rooms))
        return
    pool, given_up = ThreadPoolExecutor(jobs), threading.Event()
    try:
        for future in as_completed([pool.submit(compiled_blocks, models, some, seed, replications, rooms,
                                                given_up.is_set) for some in several]):  # fmt: skip
            yield from let_go(future.result())
    finally:
        given_up.set()
        pool.shutdown(wait=True, cancel_futures=True)


def let_go(found: list[Done]) -> Iterator[Done]:
    """Blocks one by one, each kept by nobody else once it is taken."""
    found.reverse()
    while found:
        yield found.pop()


def together(blocks: Iterable[Block], replications: int, most: int) -> Iterator[list[Block]]:
    """Blocks in their order, several at once while they have no more than so many runs."""
    some: list[Block] = []
    runs = 0
    for block in blocks:
        more = replications * len(block.worlds)
        if some and runs + more > most:
            yield some
            some, runs = [], 0
        some.append(block)
        runs += more
    if some:
        yield some
