"""How fast the engines are, against each other and against their machine: python -m benchmarks.engines [--quick]

Prints medians and ratios; nothing here is a test. CPU seconds of one thread, but for threads, where it is the clock's.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from armsim.cli import collect_seldom
from armsim.engines.compiled import engine
from armsim.engines.compiled.jit import begin_of, entry, function
from armsim.engines.reference import simulate
from armsim.model.arrays import Model
from armsim.model.compile import compile_scenario
from armsim.model.timeline import draw_world
from armsim.scenario.scenario import load
from benchmarks import growth_models, plain_simpy

ROOT = Path(__file__).parents[1]
SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))
EVERYTHING = ROOT / "tests" / "scenarios" / "valid" / "everything.yaml"
SEED, NODES, WIDTH = 1, 64, 6
Row = dict[str, Any]


# The yardstick: a plain binary heap, whatever heap the engine has. An entry is six words, as much as an event says.


@function
def precedes(s: Any, i: int, j: int) -> bool:
    """True when the entry at word i comes before the one at word j, by three words."""
    return s[i] < s[j] or (s[i] == s[j] and (s[i + 1] < s[j + 1] or (s[i + 1] == s[j + 1] and s[i + 2] < s[j + 2])))


@function
def move(s: Any, to: int, i: int) -> None:
    """The entry at word i is also at `to`."""
    for word in range(WIDTH):
        s[to + word] = s[i + word]


@function
def push(s: Any, n: int, t: int) -> None:
    """One more entry in a heap of n; entry 0 is not in the heap: the one that looks for its place stands there."""
    s[0], i = t, n + 1
    for word in range(1, WIDTH):
        s[word] = 0
    while i > 1 and precedes(s, 0, WIDTH * (i // 2)):
        move(s, WIDTH * i, WIDTH * (i // 2))
        i //= 2
    move(s, WIDTH * i, 0)


@function
def pop(s: Any, n: int) -> None:
    """The soonest of n entries leaves the heap."""
    move(s, 0, WIDTH * n)
    i, child = 1, 2
    while child < n:
        if child + 1 < n and precedes(s, WIDTH * (child + 1), WIDTH * child):
            child += 1
        if not precedes(s, WIDTH * child, 0):
            break
        move(s, WIDTH * i, WIDTH * child)
        i, child = child, 2 * child
    move(s, WIDTH * i, 0)


@entry
def pops_and_pushes(memory: Any, n: int, times: int, x: int) -> int:
    """So many pops, each with a push at a random later time, on a heap of n in `memory`."""
    s = begin_of(memory)
    for k in range(n):
        x = (x * 6364136223846793005 + 1442695040888963407) & 0x7FFFFFFFFFFFFFFF
        push(s, k, x >> 40)
    for _ in range(times):
        now = s[WIDTH]
        pop(s, n)
        x = (x * 6364136223846793005 + 1442695040888963407) & 0x7FFFFFFFFFFFFFFF
        push(s, n - 1, now + (x >> 40))
    return x


def seconds(work: Callable[[], Any]) -> float:
    """CPU seconds of this thread."""
    began = time.thread_time()
    work()
    return time.thread_time() - began


def heap_ns(times: int = 200_000) -> float:
    """One pop and push, in nanoseconds."""
    s = np.zeros(WIDTH * (NODES + 1), dtype=np.int64)
    return seconds(lambda: pops_and_pushes(s, NODES, times, 1)) / times * 1e9


def row(group: str, name: str, value: float, unit: str, target: str = "", met: bool | None = None, **more: Any) -> Row:
    """One line of the table."""
    return {"group": group, "name": name, "value": value, "unit": unit, "target": target, "met": met} | more


def model_of(path: Path) -> Model:
    """The first variant of a scenario file."""
    scenario = load(path)
    return compile_scenario(scenario.variant(next(iter(scenario.variants))))


def compared(name: str, model: Model, worlds: int, repeats: int, plain: bool = False, reference: bool = True) -> Row:
    """The same worlds of a model in turn: compiled, heap, reference (once), plain SimPy; medians by round."""
    runner = engine.Runner(model)
    events = 0
    if repeats > 1:
        runner.block(SEED, [0], 1)  # the first use of memory is not counted
    times: dict[str, list[float]] = {"compiled": [], "heap": [], "plain": [], "reference": []}
    heap_ns()
    for k in range(repeats):
        times["heap"].append(heap_ns())
        blocks: list[engine.Block] = []
        times["compiled"].append(seconds(lambda keep=blocks: keep.append(runner.block(SEED, range(worlds), 1))))
        events = int(blocks[0].counts[:, 0].sum())
        if reference and k < (repeats if plain else 1):
            times["reference"].append(seconds(lambda: [simulate(model, draw_world(model, SEED, n), SEED, 0)
                                                       for n in range(worlds)]))  # fmt: skip
        if plain:
            times["plain"].append(seconds(lambda: [plain_simpy.run(n) for n in range(worlds)]))
    median = {key: statistics.median(found) for key, found in times.items() if found}
    operations = statistics.median(c / events * 1e9 / h for c, h in zip(times["compiled"], times["heap"]))
    found = {"events a run": events / worlds, "runs a second": worlds / median["compiled"],
             "ns an event": median["compiled"] / events * 1e9, "heap operations an event": operations,
             "ms a run": median["compiled"] / worlds * 1e3}  # fmt: skip
    if "reference" in median:
        found["reference ns an event"] = median["reference"] / events * 1e9
        found["times the reference"] = median["reference"] / median["compiled"]
    if plain:
        found["times plain SimPy"] = median["plain"] / median["compiled"]
        found["reference, times as long as plain SimPy"] = median["reference"] / median["plain"]
    print(f"  {name:28}" + "".join(f" {key} {value:,.4g};" for key, value in found.items()), flush=True)
    return {"name": name} | found


def compared_scenarios(quick: bool) -> tuple[list[Row], list[Row]]:
    """Shipped scenarios, the file with every feature and the benchmark model; lines of the table, and all numbers."""
    files = SCENARIOS[1:2] if quick else SCENARIOS
    worlds, repeats = (1, 2) if quick else (2, 7)
    found = [compared(path.stem, model_of(path), worlds, repeats) for path in files]
    every = compared("every feature", model_of(EVERYTHING), 2 if quick else 40, repeats)
    small = compared("24 aircraft x 20 items", growth_models.model(), 1 if quick else 5, repeats, plain=True)
    operations = "heap operations an event"
    lines = [row("speed", one["name"], one["times the reference"], "times the reference") for one in found]
    lines += [row("speed", one["name"], one[operations], operations, "<= 5", one[operations] <= 5)
              for one in [*found, every]]  # fmt: skip
    lines += [
        row("speed", small["name"], small[operations], operations, "<= 3.5", small[operations] <= 3.5),
        row("speed", small["name"], small["times the reference"], "times the reference"),
        row("speed", small["name"], small["times plain SimPy"], "times plain SimPy"),
    ]
    return lines, [*found, every, small]


def grown(quick: bool) -> tuple[list[Row], list[Row]]:
    """One thing at a time made larger; ns an event against the smallest."""
    steps: list[tuple[str, str, list[dict[str, Any]]]] = [
        ("aircraft, none", "count", [{"count": n} for n in (24, 240, 2400)]),
        ("aircraft, on_demand", "count", [
            {"count": n, "cannibalization": "on_demand", "years": 2} for n in (24, 240, 2400)]),
        ("items", "items", [{"items": n} for n in (20, 200)]),
        ("years", "years", [{"years": n} for n in (5, 40)]),
    ]
    lines, found = [], []
    for name, key, sizes in steps:
        sizes = sizes[:2] if quick and key == "count" else sizes
        first: dict[str, float] = {}
        for size in sizes:
            n = size[key]
            label = f"{n:,} {name}"
            large = n >= 200
            worlds, repeats = 1 if large or quick else 5, 2 if quick else 7
            one = compared(label, growth_models.model(**size), worlds, repeats, reference=False)
            found.append(one)
            first = first or {"n": n, "ns": one["heap operations an event"]}
            if n == first["n"]:
                continue
            growth, log = one["heap operations an event"] / first["ns"], math.log(n) / math.log(first["n"])
            goal = (f"<= {log:.2f} (log)", growth <= log) if key == "count" else ("", None)
            lines.append(row("growth", f"{first['n']:,} to {label}", growth, "times the ns an event", *goal))
    return lines, found


def threads(quick: bool) -> tuple[list[Row], list[Row]]:
    """Two threads against one, by the clock: worlds of the main case; and heaps alone, which share nothing."""
    runner = engine.Runner(model_of(SCENARIOS[1]))
    worlds, times = (8, 100_000) if quick else (400, 3_600_000)
    works: dict[str, tuple[Callable[[int], Any], list[float]]] = {
        "worlds": (lambda half: runner.block(SEED, range(half * worlds // 2, (half + 1) * worlds // 2), 1), []),
        "heaps alone": (lambda half: heap_ns(times), []),
    }
    with ThreadPoolExecutor(2) as pool:
        for _ in range(2 if quick else 9):
            for work, ratios in works.values():
                list(pool.map(work, (0, 1)))
                began = time.perf_counter()
                list(map(work, (0, 1)))
                middle = time.perf_counter()
                list(pool.map(work, (0, 1)))
                ratios.append((middle - began) / (time.perf_counter() - middle))
    median = {name: statistics.median(ratios) for name, (_, ratios) in works.items()}
    lines = [row("threads", "two against one, worlds", median["worlds"], "times", ">= 1.9", median["worlds"] >= 1.9),
             row("threads", "two against one, heaps alone", median["heaps alone"], "times")]  # fmt: skip
    return lines, [{"name": name, "ratios": ratios} for name, (_, ratios) in works.items()]


def memory_of(runs: int) -> None:
    """In a process of its own: the benchmark model, reported by year, run and summed up; prints what it took."""
    import resource

    import armsim
    from armsim.scenario.scenario import load_text

    scenario = load_text(growth_models.text(every="1 year"))
    kilobytes = 1 if sys.platform != "darwin" else 1 / 1024

    def peak() -> float:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * kilobytes / 1024

    armsim.run(scenario, runs=1, engine="numba")
    before, began = peak(), time.process_time()
    armsim.run(scenario, runs=runs, engine="numba")
    used = time.process_time() - began
    numbers = engine.Runner(compile_scenario(scenario)).out_size
    print(json.dumps({"runs": runs, "before": before, "peak": peak(), "seconds": used, "numbers": numbers * runs}))


def replicated(quick: bool) -> tuple[list[Row], list[Row]]:
    """Growth with replications: time a run, peak memory, bytes per stored number."""
    found, lines = [], []
    for runs in (20, 40) if quick else (100, 1_000, 10_000):
        command = [sys.executable, "-m", "benchmarks.engines", "--memory", str(runs)]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        one = json.loads(done.stdout.splitlines()[-1])
        one["bytes a number"] = (one["peak"] - one["before"]) * 2**20 / one["numbers"]
        found.append({"name": f"{runs:,} runs"} | one)
        print(f"  {runs:,} runs: {one}", flush=True)
    each = [one["seconds"] / one["runs"] for one in found]
    for one, cost in zip(found[1:], each[1:]):
        lines.append(row("growth", f"{found[0]['name']} to {one['name']}", cost / each[0], "times the time a run"))
    last = found[-1]
    lines += [row("memory", last["name"], last["peak"], "MB at the peak"),
              row("memory", last["name"], last["bytes a number"], "bytes a stored number")]  # fmt: skip
    return lines, found


def main() -> None:
    """Measure, print, and write what was measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engines", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a look in seconds, of which no number means much")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every number")
    parser.add_argument("--only", choices=("speed", "growth", "threads", "memory"), help="measure this alone")
    parser.add_argument("--memory", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    engine.warm_up()
    collect_seldom()  # as the command does
    if given.memory:
        memory_of(given.memory)
        return
    began = time.perf_counter()
    parts: dict[str, Callable[[bool], tuple[list[Row], list[Row]]]] = {
        "speed": compared_scenarios, "growth": grown, "threads": threads, "memory": replicated}  # fmt: skip
    found = {name: part(given.quick) for name, part in parts.items() if given.only in (None, name)}
    lines = [one for table, _ in found.values() for one in table]
    one_heap = statistics.median(heap_ns() for _ in range(9))
    took = time.perf_counter() - began
    print(f"\none pop and push on {NODES} entries: {one_heap:.0f} ns; all of it took {took:.0f} s")
    print(f"{'':9}{'':42}{'ratio':>9} {'of what':27}{'target':16}")
    for one in lines:
        met = {True: "met", False: "not met", None: ""}[one["met"]]
        print(f"{one['group']:9}{one['name']:42}{one['value']:9.2f} {one['unit']:27}{one['target']:16}{met}")
    if given.json:
        every = {"heap_ns": one_heap, "table": lines} | {name: numbers for name, (_, numbers) in found.items()}
        given.json.write_text(json.dumps(every, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
