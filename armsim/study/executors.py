"""Runs blocks of worlds, here or in other processes; the result does not depend on which (R-T1)."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Generator, Sequence
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


def compiled_block(model: Model, block: Block, seed: int, replications: int, room: Any = None,
                   given_up: Any = None) -> Done:  # fmt: skip
    """Every replication of a block's worlds by the compiled engine: the same counts as `run_block` gives.

    Where there is `room` for the runs of all worlds they are counted in it, each at its row; a block is without gaps.
    Another thread ends it between two replications by writing 1 into `given_up`.
    """
    engine = compiled_engine()
    if room is not None:
        room = room[block.worlds[0] * replications : (block.worlds[-1] + 1) * replications]
    worlds, counts, failed = engine.runner_of(model).block(seed, block.worlds, replications, room, given_up)
    failures = [failure_of(error, world, replication, seed) for world, replication, error in failed]
    arrays = counted_in(model, counts)
    events, causes = int(arrays.pop("events").sum()), arrays.pop("causes")
    for n, world in enumerate(worlds):
        rows = slice(n * replications, (n + 1) * replications)
        arrays["touched"][rows, :, TOUCHES.index("crew_days_lost")] = crew_seconds_lost(model, world)
    told = () if room is not None else tuple(engine.causes_of(model, one) for one in causes)
    if room is not None and not failures:  # else the counts of the worlds that ended well were copied
        arrays = {}
    return done_of(block, worlds, arrays, told, events, failures, replications)


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
    if engine == "numba":  # it leaves Python alone while it runs: threads share what is compiled
        yield from in_threads(models, blocks, seed, replications, jobs, rooms or [None] * len(models))
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


def in_threads(models: tuple[Model, ...], blocks: list[Block], seed: int, replications: int,
               jobs: int, rooms: Sequence[Any]) -> Generator[Done, None, None]:  # fmt: skip
    """Blocks of the compiled engine as they finish; one thread, too, lets this one see Ctrl-C at once."""
    pool, given_up = ThreadPoolExecutor(max(1, jobs)), np.zeros(1, np.int64)
    try:
        for future in as_completed([pool.submit(compiled_block, models[one.case], one, seed, replications,
                                                rooms[one.case], given_up) for one in blocks]):  # fmt: skip
            yield future.result()
    finally:
        given_up[0] = 1
        pool.shutdown(wait=True, cancel_futures=True)
