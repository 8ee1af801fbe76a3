"""The compiled engine gives one result: for any number of threads, block, order, folder and setting of the process."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import needs_numba  # noqa: F401
import pytest
from small import lucky

import armsim
from armsim.engines.compiled import engine, jit
from armsim.engines.reference import simulate
from armsim.errors import UsageError
from armsim.measures import Run
from armsim.model.compile import compile_scenario
from armsim.model.timeline import draw_world
from armsim.study import executors
from armsim.study import run as study
from armsim.study.run import run

PACKAGE = Path(armsim.__file__).parents[1]
SMALL = Path(__file__).parents[2]
compiled = pytest.mark.skipif(not jit.IS_COMPILED, reason="numba was told not to compile")
WORLDS, REPLICATIONS = 9, 2


def by(name: str, jobs: int = 1, worlds: int = WORLDS, replications: int = REPLICATIONS) -> Run:
    """A small run in which everything is a matter of luck, with two variants and their twin."""
    return run(lucky(variants=True), worlds=worlds, replications=replications, jobs=jobs, engine=name)


@cache
def expected() -> str:
    """The hash of the result by the reference engine."""
    found = by("simpy")
    assert found.engine == "simpy"
    return str(found.result_hash)


@compiled
@pytest.mark.parametrize("jobs", [1, 2, 3, 7])
def test_the_result_is_that_of_the_reference_engine_for_any_number_of_jobs(jobs: int) -> None:
    found = by("numba", jobs)
    assert found.engine == "numba" and found.result_hash == expected()
    assert armsim.run(lucky(variants=True), worlds=2, engine="numba", jobs=jobs).result_hash != expected()


@compiled
@pytest.mark.parametrize("size", [1, 2, 4, 100])
@pytest.mark.parametrize("jobs", [1, 3])
def test_blocks_of_any_size_in_any_order_give_the_result(size: int, jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    cut = study.blocks_of

    def shuffled(*given: Any) -> Any:
        blocks = cut(*given)
        random.Random(size).shuffle(blocks)
        return blocks

    monkeypatch.setattr(study, "MOST_WORLDS_AT_ONCE", size)
    monkeypatch.setattr(study, "blocks_of", shuffled)
    assert by("numba", jobs).result_hash == expected()


def test_more_replications_and_worlds_keep_the_earlier_ones() -> None:
    model = compile_scenario(lucky())
    few, many = (executors.compiled_block(model, executors.Block(0, tuple(range(n))), 3, n) for n in (2, 4))
    same = (0, 1, 4, 5)  # of four replications a world the first two, of the first two worlds
    for name, counts in few.arrays.items():
        assert counts.tolist() == [many.arrays[name][k].tolist() for k in same], name
    assert few.causes == tuple(many.causes[k] for k in same)


def test_the_memory_of_an_earlier_replication_leaves_no_trace() -> None:
    """One model after another, and the same again, in a room that is never cleared."""
    models = [compile_scenario(one) for one in (lucky(), lucky(variants=True).variant("freeze"))]
    runners = [engine.Runner(model) for model in models]
    runners[1].own = runners[0].own
    first = [runner.block(5, (0, 1), 1).counts.copy() for runner in runners]
    runners[0].own.room[:] = -(2**60)
    assert [runner.block(5, (0, 1), 1).counts.tolist() for runner in runners] == [one.tolist() for one in first]


SETTINGS = {
    "another folder": {},
    "hashes of text": {"PYTHONHASHSEED": "1"},
    "hashes of text again": {"PYTHONHASHSEED": "2", "TZ": "Pacific/Auckland", "LC_ALL": "C.UTF-8"},
    "another language": {"LC_ALL": "de_DE.UTF-8", "PYTHONHASHSEED": "3", "TZ": "America/Bogota"},
}


def in_a_process(code: str, folder: Path, **settings: str) -> str:
    """What a process with settings of its own prints."""
    paths = os.pathsep.join(map(str, (PACKAGE, SMALL, Path(__file__).parent)))
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=folder, text=True, capture_output=True,
                          env={**os.environ, "PYTHONPATH": paths, **settings}, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@compiled
@pytest.mark.parametrize("which", SETTINGS)
def test_the_result_does_not_depend_on_the_process(which: str, tmp_path: Path) -> None:
    code = "from test_determinism import by; found = by('numba', 2); print(found.engine, found.result_hash)"
    assert in_a_process(code, tmp_path, **SETTINGS[which]) == f"numba {expected()}"


@compiled
@pytest.mark.parametrize("first", ["world", "replication"])
def test_the_entries_of_the_engine_may_be_used_in_either_order(first: str, tmp_path: Path) -> None:
    """Machine code that is loaded later once called functions of what was loaded before, by their names."""
    code = f"import test_determinism as t; t.both_entries({first!r})"
    assert in_a_process(code, tmp_path) == "the same"


def both_entries(first: str) -> None:
    """A world drawn and a replication run by the compiled engine, one before the other, are those of the reference."""
    model = compile_scenario(lucky())
    world, runner = draw_world(model, 1, 0), engine.Runner(model)
    drawn = runner.world(1, 0) if first == "world" else None
    ran = engine.simulate(model, world, 1, 0)
    drawn = drawn or runner.world(1, 0)
    print("the same" if drawn == world and ran == simulate(model, world, 1, 0) else "not the same")


def test_without_a_compiler_the_engine_says_that_it_cannot_be_used(tmp_path: Path) -> None:
    code = "import test_determinism as t; t.without_a_compiler(); print('told')"
    assert in_a_process(code, tmp_path, NUMBA_DISABLE_JIT="1") == "told"


def without_a_compiler() -> None:
    """Asked for, the engine is refused; left to choose, the reference engine runs."""
    assert engine.missing() == "numba was told not to compile (NUMBA_DISABLE_JIT)"
    with pytest.raises(UsageError, match=r"the numba engine cannot be used here: numba was told not to compile"):
        by("numba")
    assert by("auto", worlds=1, replications=1).engine == "simpy"
