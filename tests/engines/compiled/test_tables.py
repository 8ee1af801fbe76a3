"""What all worlds of a model share is written once: each world has the words of one that is written whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import needs_numba  # noqa: F401
import pytest
from small import lucky, scenario

from armsim.engines.compiled import engine
from armsim.engines.compiled.engine import Runner
from armsim.engines.compiled.tables import Template
from armsim.model.arrays import Model
from armsim.model.compile import compile_scenario
from armsim.model.timeline import World, draw_world
from armsim.scenario.scenario import load

VALID = sorted(one for one in (Path(__file__).parents[2] / "scenarios" / "valid").glob("*.yaml")
               if not one.stem.endswith(".resolved"))  # fmt: skip


def model_of(fleet: str) -> Model:
    """Four jets that fly, and what is said of them."""
    return compile_scenario(scenario(f"fleets: {{jets: {{count: 4, owner: seller, {fleet}}}}}\n"))


def test_there_are_scenarios() -> None:
    assert len(VALID) > 10


@pytest.mark.parametrize("file", VALID, ids=lambda file: file.stem)
def test_worlds_written_in_part_run_as_worlds_written_whole(file: Path) -> None:
    written = load(file)
    for one in (written, written.twin()):
        runner, whole = (Runner(compile_scenario(one)) for _ in range(2))
        whole.template = Template(whole.model)
        assert runner.block(1, (0, 1), 1).counts.tolist() == whole.block(1, (0, 1), 1).counts.tolist()


@pytest.mark.parametrize("at_once", [1, 2, 5])
def test_each_row_of_a_block_counts_its_world_and_replication(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "AT_ONCE", at_once)
    model = compile_scenario(lucky())
    runner, numbers = Runner(model), (4, 0, 7)
    counts = runner.parts(runner.block(1, numbers, 2).counts)
    alone = [engine.simulate(model, draw_world(model, 1, n), 1, replication) for n in numbers for replication in (0, 1)]
    assert counts["events"].tolist() == [one.events for one in alone]
    assert counts["states"].tolist() == [one.states for one in alone]
    assert len({str(one.states) for one in alone}) == len(alone)  # else rows could be mistaken for one another


def test_a_world_that_was_changed_is_written_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its jets fly twice as much as those of all worlds."""
    slow, fast = (Runner(model_of(f"fly: {hours} FH/year per aircraft")) for hours in (500, 1000))
    expected = fast.block(1, (0,), 1).counts.tolist()
    drawn = slow.world(1, 0)
    changed: World = replace(drawn, programme=fast.world(1, 0).programme)
    monkeypatch.setattr(slow, "world", lambda seed, number, values: changed)

    assert slow.template.parts[1].name == "programme" and slow.template.parts[1].known == drawn.programme
    assert slow.block(1, (0,), 1).counts.tolist() == expected


@pytest.mark.parametrize("fleet", ["fly: 1e17 FH/month per aircraft", "fly: 10 FH/month per aircraft, overhaul: "
                                   "{at: maker, every: 100 days, takes: 10 days, slots: 1e20}"])  # fmt: skip
def test_a_number_that_no_word_holds_is_told_by_each_world(fleet: str) -> None:
    failures = Runner(model_of(fleet)).block(1, (0, 1), 1).failures

    assert [(world, type(error)) for world, _, error in failures] == [(0, OverflowError), (1, OverflowError)]
