"""Every scenario of the repository, and generated ones, run the same in both engines, event for event."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from agreement import Tally, Try, by_reference, compare, differing_fields, in_words
from agreement import difference as told_of
from metamorphic.generated_runs import load, over

import armsim
from armsim.engines.compiled import engine, jit
from armsim.model.compile import compile_scenario
from armsim.model.order import Kind
from armsim.model.timeline import draw_world
from armsim.model.trajectory import State
from armsim.scenario.scenario import load as load_file
from armsim.scenario.scenario import load_text

TESTS = Path(__file__).parents[2]
FOLDERS = (TESTS / "scenarios" / "valid", TESTS.parent / "scenarios")
FILES = [path for folder in FOLDERS for path in folder.glob("*.yaml") if ".resolved." not in path.name]
CASES = {f"{path.stem}-{variant}": (path, variant) for path in sorted(FILES) for variant in load_file(path).variants}
#: A replication of these takes the reference engine seconds: where they end in the ordinary run.
HEAVY = {"indonesia_us_1999": "2000-12-31", "iran_us_1979": "1988-12-31"}
FAR = 2**62 + 5
ONE: tuple[Try, ...] = ((1, 0, 0),)
SMALL: tuple[Try, ...] = ((1, 0, 0), (1, 0, 1), (2, 1, 0), (FAR, 12345, 67))
GENERATED: tuple[Try, ...] = ((7, 0, 0), (7, 0, 1), (8, 1, 0))
MANY: tuple[Try, ...] = ((7, 0, 0), (8, 1, 1), (FAR, 2, 3))
EXAMPLES, SLOW_EXAMPLES, PLAIN_EXAMPLES = 60, 2000, 15
compiled = pytest.mark.skipif(not jit.IS_COMPILED, reason="numba was told not to compile: the plain kernel is tested")


@pytest.fixture(scope="module")
def seen() -> Iterator[Tally]:
    """What the tests of this file compared, told when they are done (`pytest -s` shows it)."""
    tally = Tally()
    yield tally
    if tally.models:
        print(f"\n{tally}")
        assert tally.events > 0 and tally.ties > 0


@compiled
@pytest.mark.parametrize("case", CASES)
def test_scenarios_of_the_repository_run_the_same_in_both_engines(case: str, seen: Tally) -> None:
    path, variant = CASES[case]
    scenario = load_file(path).variant(variant)
    if path.stem in HEAVY:
        scenario = scenario.set("time.end", HEAVY[path.stem])
    compare(compile_scenario(scenario), SMALL if path.parent.name == "valid" else ONE, seen)


@compiled
@pytest.mark.slow
def test_scenarios_of_the_repository_run_the_same_in_several_worlds(capsys: pytest.CaptureFixture[str]) -> None:
    tally = Tally()
    for path, variant in CASES.values():
        compare(compile_scenario(load_file(path).variant(variant)), GENERATED, tally)
    with capsys.disabled():
        print(f"\n{tally}")
    assert tally.ties > 1000


def over_generated(examples: int, tries: tuple[Try, ...]) -> Tally:
    """Compare generated scenarios and say how much that was."""
    tally = Tally()
    over(examples, lambda written: compare(compile_scenario(load(written)), tries, tally))
    print(f"\n{tally}")
    assert tally.models == examples and tally.replications == examples * len(tries)
    assert tally.events > 100 * examples and tally.ties > 10 * examples
    assert tally.kinds == set(Kind) - {Kind.SETTLE}
    return tally


def test_generated_scenarios_run_the_same_in_both_engines() -> None:
    """As plain Python more of them: that is where bugs put in on purpose are looked for (`tests/mutants.py`)."""
    over_generated(EXAMPLES if jit.IS_COMPILED else 8 * EXAMPLES, GENERATED)


@compiled
@pytest.mark.slow
def test_thousands_of_generated_scenarios_run_the_same_in_both_engines(capsys: pytest.CaptureFixture[str]) -> None:
    tally = over_generated(SLOW_EXAMPLES, MANY)
    with capsys.disabled():
        print(f"\n{tally}")


# ---- the kernel as plain Python ------------------------------------------------------------------------


@pytest.mark.skipif(jit.IS_COMPILED, reason="runs in a process of its own, see the next test")
def test_plain_kernel_runs_as_the_reference_engine(seen: Tally) -> None:
    """NUMBA_DISABLE_JIT=1: all files small enough in one variant, then generated scenarios."""
    assert engine.missing() == "numba was told not to compile (NUMBA_DISABLE_JIT)"
    for path in sorted(FILES):
        if path.parent.name == "valid":
            compare(compile_scenario(load_file(path)), SMALL[2:3], seen)
    over_generated(PLAIN_EXAMPLES, GENERATED[:2])


@compiled
def test_plain_kernel_agrees() -> None:
    """What is compiled is the text that also runs as Python, where too large a number is an error."""
    plain = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(Path(armsim.__file__).parents[1])}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", "-rs", str(Path(__file__)),
               "-k", "plain_kernel"]  # fmt: skip
    done = subprocess.run(command, cwd=TESTS.parent, env=plain, text=True, capture_output=True, check=False)
    assert done.returncode == 0 and re.search(r"\b1 passed\b", done.stdout), done.stdout + done.stderr


PERMITTED = """\
armsim: 1
name: permitted
time: {start: 2023-01-01, end: 2023-04-01, warmup: 0 days}
jurisdictions: {seller: {}, home: {home: true}}
suppliers: {maker: {jurisdiction: seller, provides: [systems]}}
sites: {base: {}}
fleets: {jets: {count: 4, owner: seller, fly: 8766 FH/year per aircraft, losses: {on: [{on: 2023-01-20}]}}}
halts: {stop: {by: seller, from: 2023-01-10, until: 2023-03-01, operation: {stop_within: 0 days, except: 2}}}
"""


def test_a_system_that_is_lost_leaves_its_permission_to_the_next(seen: Tally) -> None:
    """Two of four may fly, one of them is lost: the third is permitted at that instant (ENGINE 39)."""
    model = compile_scenario(load_text(PERMITTED))
    compare(model, SMALL, seen)
    result = engine.simulate(model, draw_world(model, 1, 0), 1, 0)
    assert result.states[1][0][State.FMC] == 2 * 28 * 86400  # all of February


# ---- the comparison itself -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def parts() -> Any:
    """A model, the log of a run of it and its counts."""
    model = compile_scenario(load_file(TESTS / "scenarios" / "valid" / "parts.yaml"))
    return model, *by_reference(model, draw_world(model, 1, 0), 1, 0, False)


def test_equal_logs_and_counts_are_told_as_equal(parts: Any) -> None:
    model, log, result = parts
    assert told_of(model, log, list(log)) == "" == differing_fields(result, deepcopy(result))


def test_a_changed_line_of_a_log_is_told_in_its_context(parts: Any) -> None:
    model, log, _ = parts
    t, kind, entity = log[20]
    told = told_of(model, log, [*log[:20], (t + 1, kind, entity), *log[21:]]).splitlines()
    assert told[0].startswith("event 20 differs (")
    assert [line.strip() for line in told[1:6]] == [in_words(model, line) for line in log[15:20]]
    assert told[6] == "  reference:" and told[11] == "  compiled:" and len(told) == 16
    assert [line.strip() for line in told[7:11]] == [in_words(model, line) for line in log[20:24]]
    assert str((t + 1, kind, entity)) in told[12] and told[13:] == told[8:11]


def test_a_missing_event_is_told_and_so_is_one_too_many(parts: Any) -> None:
    model, log, _ = parts
    assert told_of(model, log, [*log[:7], *log[8:]]).startswith("event 7 differs (")
    assert told_of(model, log, log[:-1]).endswith("compiled:\n    (the log ends)\n")
    assert told_of(model, log, log[:-1]).startswith(f"event {len(log) - 1} differs ")
    more = told_of(model, log, [*log, (0, int(Kind.ARRIVAL), (1, 99999, 0))])
    assert more.startswith(f"event {len(log)} differs ") and "nothing that there is" not in more.split("compiled:")[0]


def test_a_changed_count_is_told_with_its_place(parts: Any) -> None:
    _, _, result = parts
    other = deepcopy(result)
    other.states[2][0][1] += 1
    other.events += 1
    other.causes[0, "money", 7] = 5
    assert differing_fields(result, other) == (
        f"states[2][0][1]: {result.states[2][0][1]} in the reference engine, {other.states[2][0][1]} compiled\n"
        "causes[(0, 'money', 7)]: None in the reference engine, 5 compiled\n"
        f"events: {result.events} in the reference engine, {other.events} compiled\n"
    )


def test_a_comparison_fails_where_the_engines_differ(parts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    model, _, _ = parts
    simulate = engine.simulate

    def otherwise(*given: Any) -> Any:
        result = simulate(*given)
        del given[4][3]
        result.events += 1
        return result

    monkeypatch.setattr(engine, "simulate", otherwise)
    with pytest.raises(AssertionError, match=r"seed 1, world 0, replication 0\nevent 3 differs [^$]*events: "):
        compare(model, ONE, Tally())
    monkeypatch.setattr(engine.Runner, "world", lambda self, seed, n: draw_world(model, seed, n + 1))
    with pytest.raises(AssertionError, match=r"world 0 of seed 1 of .* is drawn otherwise"):
        compare(model, ONE, Tally())
