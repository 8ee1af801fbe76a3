"""A full grid over values of a scenario, with the same random numbers at every point."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from armsim.errors import UsageError
from armsim.measures import Run
from armsim.scenario.scenario import Scenario, load
from armsim.study.run import Progress, carry_out, chosen, with_twins
from armsim.study.run import plan as plan_run

MOST_POINTS = 10_000


@dataclass(frozen=True)
class Sweep:
    """Results over a grid. `factors` are paths with their values as text; `runs` one per point, row-major."""

    factors: dict[str, tuple[str, ...]]
    points: tuple[tuple[str, ...], ...]
    runs: tuple[Run, ...]
    partial: bool = False


def sweep(scenario: Scenario | str | Path, vary: Mapping[str, Sequence[Any]], *, variants: Sequence[str] = (),
          runs: int | None = None, worlds: int | None = None, replications: int | None = None,
          seed: int | None = None, jobs: int = 1, engine: str = "auto",
          progress: Progress | None = None) -> Sweep:  # fmt: skip
    """Run every combination of the values at the given dotted paths.

    Every point uses the same random numbers, so differences between points are differences of the model.
    By default only the first variant (and its twin) is run. Raises as `run` does.
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
    total = sum(one.models * one.worlds * one.replications for one in plans)
    results: list[Run] = []
    finished, partial = 0, False
    for one in plans:
        try:
            result, _ = carry_out(one, jobs=jobs, engine=engine, progress=from_here(progress, finished, total))
        except KeyboardInterrupt:
            partial = True
            break
        if result.partial:
            partial = True
            break
        results.append(result)
        finished += one.models * one.worlds * one.replications
    if not results:
        raise KeyboardInterrupt
    done = tuple(itertools.islice(itertools.product(*texts.values()), len(results)))
    return Sweep(texts, done, tuple(results), partial)


def from_here(progress: Progress | None, before: int, total: int) -> Progress | None:
    """Progress of one point as progress of the whole sweep."""
    return None if progress is None else lambda n, _: progress(before + n, total)
