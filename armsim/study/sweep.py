"""A full grid over values of a scenario, with the same random numbers at every point."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from armsim.errors import EveryWorldFailed, UsageError
from armsim.measures import Run
from armsim.scenario.scenario import Scenario, load
from armsim.study.engine_choice import Engine, settled
from armsim.study.run import Progress, carry_out, check_jobs, chosen, with_twins
from armsim.study.run import plan as plan_run
from armsim.units import counted

MOST_POINTS = 10_000


@dataclass(frozen=True)
class Sweep:
    """Results over a grid. `factors` are paths with their values as text; `runs` one per point, row-major.

    A point at which every world failed is not among them: `failed` has it, with the reason.
    """

    factors: dict[str, tuple[str, ...]]
    points: tuple[tuple[str, ...], ...]
    runs: tuple[Run, ...]
    partial: bool = False
    failed: tuple[tuple[tuple[str, ...], str], ...] = ()
    engine_choice: str = ""

    @property
    def left_out(self) -> str:
        """What failed and is left out of the points, in a sentence part; nothing where nothing did."""
        worlds = sum(len({failure.world for failure in run.failures}) for run in self.runs)
        parts = []
        if worlds:
            every = worlds + sum(run.worlds for run in self.runs)
            verb = "is" if worlds == 1 else "are"
            parts.append(f"{worlds:,} of {every:,} worlds over all points failed and {verb} left out")
        if self.failed:
            parts.append(f"{counted(len(self.failed), 'point')} failed in every world")
        return "; ".join(parts)


def sweep(scenario: Scenario | str | Path, vary: Mapping[str, Sequence[Any]], *, variants: Sequence[str] = (),
          runs: int | None = None, worlds: int | None = None, replications: int | None = None,
          seed: int | None = None, jobs: int = 1, engine: Engine = "auto",
          progress: Progress | None = None) -> Sweep:  # fmt: skip
    """Run every combination of the values at the given dotted paths.

    Every point uses the same random numbers, so differences between points are differences of the model.
    By default only the first variant (and its twin) is run. A point keeps the worlds that end well (`Run.failures`).
    Raises as `run` does.
    """
    scenario = load(scenario) if isinstance(scenario, str | Path) else scenario
    if not vary:
        raise UsageError("say what to vary, such as --vary items.engine.stock.base=0,2,4")
    alone = [path for path, values in vary.items() if isinstance(values, str)]
    if alone:
        raise UsageError(f"the values of '{alone[0]}' are one text: write a list of values")
    vary = {path: list(values) for path, values in vary.items()}
    if not all(vary.values()):
        raise UsageError("every --vary needs at least one value")
    texts = {path: tuple(str(value) for value in values) for path, values in vary.items()}
    number = math.prod(len(values) for values in vary.values())
    if number > MOST_POINTS:
        raise UsageError(f"{number:,} points; the limit is {MOST_POINTS:,}")
    points = list(itertools.product(*vary.values()))
    names = variants or (scenario.variant_name,)
    base = plan_run(scenario, variants=names, runs=runs, worlds=worlds, replications=replications, seed=seed)
    plans = [
        replace(base, cases=with_twins(chosen(scenario.set_all(dict(zip(vary, point))), names))) for point in points
    ]
    total = sum(one.runs for one in plans)
    check_jobs(jobs)
    ready = settled(engine, total)
    results: list[tuple[tuple[str, ...], Run]] = []
    failed: list[tuple[tuple[str, ...], EveryWorldFailed]] = []
    finished, partial = 0, False
    for point, one in zip(itertools.product(*texts.values()), plans):
        try:
            result, _ = carry_out(one, jobs=jobs, engine=ready, progress=from_here(progress, finished, total))
        except EveryWorldFailed as error:
            failed.append((point, error))
            finished += one.runs
            continue
        except KeyboardInterrupt:
            partial = True
            break
        if result.partial:
            partial = True
            break
        results.append((point, result))
        finished += one.runs
    if not results and failed and not partial:
        raise failed[0][1]
    if not results:
        raise KeyboardInterrupt
    done, runs_done = tuple(point for point, _ in results), tuple(run for _, run in results)
    return Sweep(texts, done, runs_done, partial, tuple((point, str(error)) for point, error in failed), ready.why)


def from_here(progress: Progress | None, before: int, total: int) -> Progress | None:
    """Progress of one point as progress of the whole sweep."""
    return None if progress is None else lambda n, _: progress(before + n, total)
