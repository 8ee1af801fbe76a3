"""What cannot be ends its replication with the moment, the event and its place; other worlds are kept."""

from __future__ import annotations

import math
import re
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import needs_numba  # noqa: F401
import numpy as np
import pytest
from small import lucky

from armsim.cli import main
from armsim.engines import reference
from armsim.engines.compiled import engine, jit
from armsim.errors import EveryWorldFailed, RunFailed
from armsim.model.compile import compile_scenario
from armsim.model.timeline import World, draw_world
from armsim.study import run as study
from armsim.study.executors import Block, Done, compiled_block
from armsim.study.run import run

PARTS, EVERYTHING = (Path(__file__).parents[2] / "scenarios" / "valid" / name
                     for name in ("parts.yaml", "everything.yaml"))  # fmt: skip
compiled = pytest.mark.skipif(not jit.IS_COMPILED, reason="numba was told not to compile")
MOMENT = r", at 202\d-\d\d-\d\d \d\d:\d\d:\d\d \(-?\d+ s\), event "
MODEL = compile_scenario(lucky())
DELIVERY = next(n for n, one in enumerate(MODEL.parameters) if (one.best, one.kind) == (40.0, 2))


def with_value(world: World, value: float) -> World:
    """A world in which the time to make a pump is a number no file can give it."""
    return replace(world, values=(*world.values[:DELIVERY], value, *world.values[DELIVERY + 1 :]))


def too_much_flying(world: World) -> World:
    """A world in which so much is flown that the sum of a month has no room in a word."""
    when, levels = world.programme[0]
    return replace(world, programme=((when, tuple(10**13 for _ in levels)),))


NO_LENGTH = "a number that is not finite, or below zero, for a life or a delay"
WORLDS: dict[str, tuple[Any, str]] = {
    "not a number": (lambda world: with_value(world, math.nan), NO_LENGTH),
    "below zero": (lambda world: with_value(world, -1000.0), NO_LENGTH),
    "without end": (lambda world: with_value(world, math.inf), NO_LENGTH),
    "too much": (too_much_flying, "flying adds up to more than 64 bits hold"),
}


@pytest.mark.parametrize("which", WORLDS)
def test_a_number_that_cannot_be_ends_the_run_with_moment_and_event(which: str) -> None:
    change, said = WORLDS[which]
    with pytest.raises(RunFailed, match=re.escape(said) + MOMENT) as caught:
        engine.simulate(MODEL, change(draw_world(MODEL, 1, 0)), 1, 0)
    assert f"({caught.value.second} s), event {caught.value.event}" in str(caught.value)
    assert which == "too much" or re.fullmatch(r"\S.*: \S.* \(\d+, \d+, \d+\)", str(caught.value.event))


def test_a_run_that_fails_leaves_the_log_of_what_happened_before() -> None:
    by_engine: list[list[engine.LogLine]] = []
    world = with_value(draw_world(MODEL, 1, 0), math.nan)
    for simulate in (reference.simulate, engine.simulate):
        by_engine.append([])
        with pytest.raises((RunFailed, ValueError)):
            simulate(MODEL, world, 1, 0, by_engine[-1])

    assert by_engine[0] and by_engine[0] == by_engine[1]


def test_one_replication_takes_the_memory_of_one_however_high_its_number() -> None:
    tracemalloc.start()
    try:
        engine.simulate(MODEL, draw_world(MODEL, 1, 0), 1, 999_999)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < 10**8  # a row of counts for each number up to it would be 3 GB and more


def test_a_moment_that_is_past_ends_the_run_and_names_what_was_planned() -> None:
    model = replace(MODEL, edges=(-(10**8), *MODEL.edges[1:]))
    said = r"a delay of -\d+ s" + MOMENT + r"a report period ends: report period 1 \(1, 0, 0\)$"
    with pytest.raises(RunFailed, match=said):
        engine.simulate(model, draw_world(model, 1, 0), 1, 0)


def small_room(monkeypatch: pytest.MonkeyPatch, words: int) -> list[int]:
    """Replications get a room with so many words of their own at first. Returns the sizes of rooms that were used."""
    used: list[int] = []

    def room(self: engine.Runner, least: int) -> Any:
        if getattr(self.own, "room", None) is None:
            self.own.room = np.empty(least // 4 + words, dtype=np.int64)
        used.append(len(self.own.room))
        return self.own.room

    monkeypatch.setattr(engine.Runner, "room", room)
    return used


@pytest.mark.parametrize("words", [0, 10, 700, 1500])
def test_a_memory_that_is_full_ends_the_run(words: int, monkeypatch: pytest.MonkeyPatch) -> None:
    small_room(monkeypatch, words)
    monkeypatch.setattr(engine, "MOST_ROOM", 1)
    with pytest.raises(RunFailed, match=r"the memory of the compiled engine is full \(\d+ MB of planned events and "
                                        r"needs\), at 202\d-.*, event "):  # fmt: skip
        engine.simulate(replace(MODEL), draw_world(MODEL, 1, 0), 1, 0)


def test_a_memory_that_is_used_up_is_doubled_and_the_result_stays() -> None:
    log: list[engine.LogLine] = []
    world = draw_world(MODEL, 1, 0)
    expected = engine.simulate(MODEL, world, 1, 0, log)
    for words in (10, 700, 1500):
        with pytest.MonkeyPatch.context() as patch:
            used, again = small_room(patch, words), list[engine.LogLine]()
            patch.setattr(engine, "_runners", {})
            assert engine.simulate(MODEL, world, 1, 0, again) == expected and again == log
            assert len(used) > 1 and used[-1] == used[0] << len(set(used)) - 1


def break_world(monkeypatch: pytest.MonkeyPatch, numbers: set[int], change: Any) -> None:
    """Some worlds are drawn as no file can have them."""
    draw = engine.Runner.world

    def drawn(self: engine.Runner, seed: int, number: int, values: Any = None) -> World:
        world = draw(self, seed, number, values)
        changed: World = change(world) if number in numbers else world
        return changed

    monkeypatch.setattr(engine.Runner, "world", drawn)


def test_worlds_after_one_that_fails_are_counted_in_their_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    runner = engine.Runner(MODEL)
    expected = runner.block(1, (0, 2, 3), 2).counts.tolist()
    break_world(monkeypatch, {1}, too_much_flying)
    block = runner.block(1, (0, 1, 2, 3), 2)
    assert [world.number for world in block.worlds] == [0, 2, 3] and block.counts.tolist() == expected
    assert [(number, replication) for number, replication, _ in block.failures] == [(1, 0)]


def rows(done: Done) -> dict[str, Any]:
    """The counts of a block, by name."""
    return {name: one.tolist() for name, one in done.arrays.items()} | {"causes": done.causes, "events": done.events}


@compiled
@pytest.mark.parametrize("jobs", [1, 3])
@pytest.mark.parametrize("at_once", [1, 2, 10])
@pytest.mark.parametrize("which", WORLDS)
def test_the_other_worlds_are_kept(which: str, at_once: int, jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "AT_ONCE", at_once)
    change, said = WORLDS[which]
    whole = compiled_block(MODEL, Block(0, (0, 2)), 1, 2)
    break_world(monkeypatch, {1}, change)
    left = compiled_block(MODEL, Block(0, (0, 1, 2)), 1, 2)
    assert left.worlds == (0, 2) and rows(left) == rows(whole)
    result = run(lucky(), worlds=3, replications=2, engine="numba", jobs=jobs)
    assert result.worlds == 2 and result.left_out == "1 of 3 worlds failed and is left out"
    for failure in result.failures:
        assert (failure.world, failure.replication, failure.seed) == (1, 0, 1) and failure.message.startswith(said)
        assert failure.second is not None and failure.when and failure.event
        assert failure.message.endswith(f"at {failure.when} ({failure.second} s), event {failure.event}")


@compiled
def test_what_a_halt_took_from_crews_is_counted_beside_a_world_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    break_world(monkeypatch, {1}, no_number)
    in_room = run(EVERYTHING, worlds=4, engine="numba")
    monkeypatch.setattr(study, "room_for", no_room)
    assert in_room.worlds == 3 and run(EVERYTHING, worlds=4, engine="numba").result_hash == in_room.result_hash
    assert any(one.crew_days_lost for variant in in_room.variants.values() for one in variant.touched)


@compiled
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_thread_gives_up_between_runs_when_nobody_waits(when: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given_up, runner = np.array([when == "before"], np.int64), engine.Runner(MODEL)
    counts = runner.room_for(4)
    if when == "after":  # the first world fails, and meanwhile nobody waits any longer
        break_world(monkeypatch, {0}, no_number)
        replicate = engine.replicate

        def once(*given: Any) -> Any:
            done = replicate(*given)
            given_up[0] = 1
            return done

        monkeypatch.setattr(engine, "replicate", once)
    with pytest.raises(engine.GivenUp):
        runner.block(1, (0, 1), 2, counts, given_up)
    assert not counts[2:].any()


@compiled
@pytest.mark.parametrize("place", ["world", "words"])
def test_a_world_that_cannot_be_drawn_or_written_down_is_left_out(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(world: World) -> World:
        raise ValueError("no such world")

    def write(template: Any, world: World, seed: int) -> Any:
        return with_world(template, refuse(world) if world.number == 1 else world, seed)

    with_world = engine.with_world
    if place == "world":
        break_world(monkeypatch, {1}, refuse)
    else:
        monkeypatch.setattr(engine, "with_world", write)
    result = run(lucky(), worlds=3, engine="numba")
    assert result.worlds == 2 and {one.message for one in result.failures} == {"no such world"}
    assert {one.replication for one in result.failures} == {None if place == "world" else 0}


def no_room(*_: Any) -> Any:
    """There is not so much memory."""
    raise MemoryError


def no_number(world: World) -> World:
    """A world without any number."""
    return replace(world, values=tuple(math.nan for _ in world.values))


@compiled
def test_where_every_world_fails_the_run_does_and_the_command_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    break_world(monkeypatch, {0, 1}, no_number)
    with pytest.raises(EveryWorldFailed, match=r"all 2 worlds of small failed; the first: .*" + NO_LENGTH + MOMENT):
        run(lucky(), worlds=2, engine="numba")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["run", str(PARTS), "--engine", "numba", "--runs", "2", "--jobs", "1", "--no-figures", "--quiet"])
    said = capsys.readouterr()
    assert ended.value.code == 1 and "Traceback" not in said.err + said.out
    assert re.search("all 2 worlds of .* failed; the first", said.err)


@compiled
def test_a_world_that_fails_leaves_the_command_its_result(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    break_world(monkeypatch, {1}, no_number)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["run", str(PARTS), "--engine", "numba", "--runs", "20", "--jobs", "1", "--no-figures", "-o", "out"])
    said = capsys.readouterr()
    assert ended.value.code == 1 and "1 of 20 worlds failed and is left out" in said.out + said.err
    assert (tmp_path / "out" / "run.json").exists()
