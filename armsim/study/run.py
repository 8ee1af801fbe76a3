"""Runs a scenario: its variants and their no-halt twins on the same random numbers."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from armsim import measures
from armsim.errors import EveryWorldFailed, UsageError
from armsim.measures import Case, CaseCounts, Failure, Run
from armsim.model.arrays import Model
from armsim.model.compile import compile_scenario
from armsim.model.trajectory import CauseKey
from armsim.scenario.scenario import Scenario, load
from armsim.study.engine_choice import Chosen, Engine, settled
from armsim.study.executors import Block, Done, by_cause, counted_in, room_for, run_blocks
from armsim.version import VERSION

MOST_RUNS = 1_000_000
MOST_WORLDS_AT_ONCE = 5  # what Ctrl-C loses, and in processes of the reference engine waits for
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Planned:
    """One variant or twin to be run; cases of the same model are run once and share their counts."""

    name: str
    title: str
    twin: str | None
    scenario: Scenario


@dataclass(frozen=True)
class Plan:
    """What a run command will do, before it does it."""

    cases: tuple[Planned, ...]
    worlds: int
    replications: int
    seed: int

    @property
    def models(self) -> int:
        """Different models among the cases."""
        return len({case.scenario.hash for case in self.cases})

    @property
    def runs(self) -> int:
        """Replications to run, over all models."""
        return self.models * self.worlds * self.replications


def plan(scenario: Scenario | str | Path, *, variants: Sequence[str] = (), runs: int | None = None,
         worlds: int | None = None, replications: int | None = None, seed: int | None = None) -> Plan:  # fmt: skip
    """Which variants and twins run, and how often. Raises UsageError for contradictory numbers."""
    scenario = load(scenario) if isinstance(scenario, str | Path) else scenario
    if runs is not None and (worlds is not None or replications is not None):
        raise UsageError("--runs N means N worlds of one replication: give it, or --worlds and --replications")
    given = scenario.things.runs
    if runs is not None:
        worlds, replications = runs, 1
    worlds = given.worlds if worlds is None else worlds
    replications = given.replications if replications is None else replications
    seed = given.seed if seed is None else seed
    for name, number in (("worlds", worlds), ("replications", replications)):
        if not 1 <= number <= MOST_RUNS:
            raise UsageError(f"the number of {name} must lie between 1 and {MOST_RUNS:,}, not {number}")
    if not 0 <= seed < 2**63:
        raise UsageError(f"the seed must lie between 0 and 2^63 - 1, not {seed}")
    return Plan(with_twins(chosen(scenario, variants or scenario.variants)), worlds, replications, seed)


def chosen(scenario: Scenario, names: Sequence[str]) -> list[Scenario]:
    """The named variants, each once. Raises UsageError for an unknown name."""
    return [scenario.variant(name) for name in dict.fromkeys(names)]


def with_twins(variants: Sequence[Scenario]) -> tuple[Planned, ...]:
    """The variants, each followed by its twin unless that twin is there already (R-H6).

    The twin of the first variant is called no_halt, any other model no_halt_of_<variant>.
    """
    twins = [one.twin() for one in variants]
    taken = {one.variant_name: one.hash for one in variants}
    names: dict[str, str] = {}  # hash of a twin -> its name
    cases: list[Planned] = []
    for one, twin in zip(variants, twins):
        if twin.hash not in names:
            name = f"no_halt_of_{one.variant_name}" if names else "no_halt"
            if taken.get(name, twin.hash) != twin.hash:  # a variant of that name is another model
                name = f"no_halt_of_{one.variant_name}"
            while taken.get(name, twin.hash) != twin.hash:
                name += "_"
            names[twin.hash] = name
        name = names[twin.hash]
        same, title = one.hash == twin.hash, one.variant_title()
        cases.append(Planned(one.variant_name, title, None if same else name, one))
        if not same and name not in taken:
            taken[name] = twin.hash
            title = "No halt" if name == "no_halt" else f"No halt ({title})"
            cases.append(Planned(name, title, None, twin))
    return tuple(cases)


def run(scenario: Scenario | str | Path, *, variants: Sequence[str] = (), runs: int | None = None,
        worlds: int | None = None, replications: int | None = None, seed: int | None = None, jobs: int = 1,
        engine: Engine = "auto", audit: bool = False, progress: Progress | None = None) -> Run:  # fmt: skip
    """The readiness of every variant of a scenario, with its no-halt twin on the same random numbers.

    `scenario` is a Scenario or the path of a file. `runs=N` means N worlds of one replication each;
    otherwise the file's `runs` hold. `jobs` processes share the work; neither they nor the `engine` ('auto', 'numba',
    'simpy') can change the result. Interrupted, it keeps the worlds that are done in every variant and says so
    (`Run.partial`). A world in which a run fails is left out of every variant (`Run.failures`).
    Raises UsageError, InvalidScenario, InputOutputError, or EveryWorldFailed when no world is left.
    """
    return carry_out(
        plan(scenario, variants=variants, runs=runs, worlds=worlds, replications=replications, seed=seed),
        jobs=jobs, engine=engine, audit=audit, progress=progress,
    )[0]  # fmt: skip


def carry_out(planned: Plan, *, jobs: int = 1, engine: Engine = "auto", audit: bool = False,
              progress: Progress | None = None) -> tuple[Run, dict[str, Any]]:  # fmt: skip
    """Run a plan: the result, and counts and timings for the run record."""
    check_jobs(jobs)
    chosen = settled(engine, planned.runs, audit)
    began = time.perf_counter()
    models, places = compiled(planned)
    ready = time.perf_counter()
    found = simulated(models, planned, jobs, chosen, audit, progress)
    ended = time.perf_counter()
    cases = [
        Case(case.name, case.title, case.twin, case.scenario, models[k], found.counts[k])
        for case, k in zip(planned.cases, places)
    ]
    result = measures.run_of(
        cases, engine=chosen.name, version=VERSION, seed=planned.seed, worlds=found.worlds,
        replications=planned.replications, run_on=date.today(), partial=found.partial, failures=found.failures,
    )  # fmt: skip
    account = {
        "models_run": len(models),
        "events": sum(one.events for one in found.counts),
        "jobs": jobs,
        "engine": chosen.name,
        "engine_choice": chosen.why,
        "seconds": {
            "compile": round(ready - began, 3),
            "simulate": round(ended - ready, 3),
            "measure": round(time.perf_counter() - ended, 3),
        },
    }
    return result, account


def check_jobs(jobs: int) -> None:
    """Refuse no processes. Raises UsageError."""
    if jobs < 1:
        raise UsageError(f"the number of jobs must be at least 1, not {jobs}")


def compiled(planned: Plan) -> tuple[tuple[Model, ...], list[int]]:
    """The models of a plan, each once, and the place of each case's among them."""
    hashes = list(dict.fromkeys(case.scenario.hash for case in planned.cases))
    first = {case.scenario.hash: case.scenario for case in reversed(planned.cases)}
    models = tuple(compile_scenario(first[one]) for one in hashes)
    return models, [hashes.index(case.scenario.hash) for case in planned.cases]


@dataclass(frozen=True)
class Simulated:
    """The counts of each model over the worlds that ended well in all; how many those are, and what failed."""

    counts: list[CaseCounts]
    worlds: int
    partial: bool
    failures: tuple[Failure, ...]


def simulated(models: tuple[Model, ...], planned: Plan, jobs: int, engine: Chosen, audit: bool,
              progress: Progress | None) -> Simulated:  # fmt: skip
    """Run the models of a plan over its worlds. A world that fails in one is left out of all (R-T2: they are paired).

    Raises KeyboardInterrupt where no world is done, EveryWorldFailed where all have failed.
    """
    done, failed, partial = collect(models, planned, jobs, engine, audit, progress)
    worlds = sorted(set.intersection(*(one.done for one in done)))
    failures = told(planned, failed)
    if not worlds and (partial or not failures):
        raise KeyboardInterrupt
    if not worlds:
        n = "the only world" if planned.worlds == 1 else f"all {planned.worlds:,} worlds"
        raise EveryWorldFailed(f"{n} of {planned.cases[0].scenario.name} failed; the first: {failures[0].text()}")
    return Simulated([one.of(worlds) for one in done], len(worlds), partial, failures)


def told(planned: Plan, failed: list[tuple[int, Failure]]) -> tuple[Failure, ...]:
    """Failures with the variants they hold for, in order of their worlds."""
    hashes = list(dict.fromkeys(case.scenario.hash for case in planned.cases))
    names = [tuple(case.name for case in planned.cases if case.scenario.hash == one) for one in hashes]
    ordered = sorted(failed, key=lambda one: (one[1].world, one[0]))
    return tuple(replace(failure, variants=names[k]) for k, failure in ordered)


class Kept:
    """The counts of one model, each world at its place, whatever order they come in: each number is stored once."""

    def __init__(self, model: Model, planned: Plan, engine: str) -> None:
        self.model, self.worlds, self.replications, self.events = model, planned.worlds, planned.replications, 0
        #: Where the compiled engine counts; `arrays` are then parts of it.
        self.room = None
        if engine == "numba":
            with suppress(MemoryError):  # it may be interrupted long before it needs so much
                self.room = room_for(model, self.worlds * self.replications)
        self.arrays: dict[str, Any] = {} if self.room is None else counted_in(model, self.room)
        self.arrays.pop("events", None)  # summed up by block
        #: Where blocks bring them; counted in room they are among the arrays.
        self.causes: dict[CauseKey, Any] = {}
        self.done: set[int] = set()

    def rows(self, worlds: Sequence[int]) -> Any:
        """The rows of some worlds."""
        return (np.array(worlds)[:, None] * self.replications + np.arange(self.replications)).ravel()

    def add(self, block: Done) -> None:
        """The worlds of a block are done."""
        self.events += block.events
        self.done.update(block.worlds)
        for row, causes in zip(self.rows(block.worlds).tolist(), block.causes):
            for key, parts in causes.items():
                if key not in self.causes:
                    self.causes[key] = np.zeros(self.worlds * self.replications, np.int64)
                self.causes[key][row] = parts
        for name, values in block.arrays.items():
            if name not in self.arrays:
                self.arrays[name] = np.zeros((self.worlds * self.replications, *values.shape[1:]), values.dtype)
            if not np.may_share_memory(self.arrays[name], values):
                self.arrays[name][self.rows(block.worlds)] = values

    def of(self, worlds: list[int]) -> CaseCounts:
        """The counts of some worlds, in order."""
        arrays, causes = self.arrays, self.causes
        if len(worlds) < self.worlds:
            rows = self.rows(worlds)
            arrays, causes = {n: one[rows] for n, one in arrays.items()}, {n: one[rows] for n, one in causes.items()}
        if self.room is not None:
            arrays = dict(arrays)
            causes = by_cause(self.model, arrays.pop("causes"))
        return CaseCounts(**arrays, causes=causes, events=self.events)


def collect(models: tuple[Model, ...], planned: Plan, jobs: int, engine: Chosen, audit: bool,
            progress: Progress | None) -> tuple[list[Kept], list[tuple[int, Failure]], bool]:  # fmt: skip
    """Run all blocks; Ctrl-C keeps those that are done."""
    done = [Kept(model, planned, engine.name) for model in models]
    rooms = [one.room for one in done]
    failed: list[tuple[int, Failure]] = []
    blocks = blocks_of(len(models), planned, jobs)
    total = len(models) * planned.worlds * planned.replications
    finished = 0
    if progress is not None:
        progress(0, total)
    try:
        results = run_blocks(models, blocks, planned.seed, planned.replications, jobs, audit, engine.name, rooms)
        with closing(results):  # lets the processes go when interrupted
            for one in results:
                done[one.block.case].add(one)
                failed += [(one.block.case, failure) for failure in one.failures]
                finished += len(one.block.worlds) * planned.replications
                if progress is not None:
                    progress(finished, total)
    except KeyboardInterrupt:
        return done, failed, True
    return done, failed, False


def blocks_of(models: int, planned: Plan, jobs: int) -> list[Block]:
    """Small blocks of worlds, every model in turn, so that an interrupted run has whole worlds."""
    size = max(1, min(MOST_WORLDS_AT_ONCE, planned.worlds // (4 * max(1, jobs)), 100 // planned.replications or 1))
    groups = [tuple(range(start, min(start + size, planned.worlds))) for start in range(0, planned.worlds, size)]
    return [Block(case, worlds) for worlds in groups for case in range(models)]
