"""Runs of a scenario: twins, common random numbers, workers and blocks, interruption, failure."""

from __future__ import annotations

import io
import re
import signal
import subprocess
import sys
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
from fake_engine import Fake, put_in
from matplotlib.text import Text
from small import YARD, lucky, results, scenario

import armsim
from armsim import measures
from armsim.engines.reference import simulate
from armsim.errors import ArmsimError, CheckFailed, EveryWorldFailed, RunFailed, UsageError
from armsim.measures import Curve, Run
from armsim.model.compile import compile_scenario
from armsim.model.timeline import draw_world
from armsim.report.figures import plot, write_figures
from armsim.report.tables import print_summary
from armsim.report.titles import source_line
from armsim.study import run as study
from armsim.study.engine_choice import settled
from armsim.study.executors import Block, Done, run_block, run_blocks
from armsim.study.run import blocks_of, carry_out, plan, run

ARRAYS = [one.name for one in fields(measures.CaseCounts) if one.name not in ("causes", "events")]
HALTS = """\
fleets: {jets: {count: 2}}
halts:
  stop: {kind: total, by: seller, from: @40}
  poor: {kind: new_contract_freeze, by: seller, from: @50, background: true}
"""


def twins_of(body: str, *chosen: str) -> dict[str, str | None]:
    """Every case of a plan and the name of its twin."""
    return {case.name: case.twin for case in plan(scenario(body), variants=chosen).cases}


@pytest.fixture(scope="module")
def three_worlds() -> Run:
    """Three worlds of two replications, two variants and their twin."""
    return run(lucky(variants=True), worlds=3, replications=2)


# ---- twins -------------------------------------------------------------------------------------------


def test_a_scenario_with_a_halt_has_a_twin_called_no_halt():
    assert twins_of(HALTS) == {"as_written": "no_halt", "no_halt": None}


def test_variants_that_differ_only_in_halts_share_one_twin():
    body = HALTS + "variants: {a: {}, b: {halts.stop.from: @60}, c: {halts.stop.kind: new_contract_freeze}}\n"
    assert twins_of(body) == {"a": "no_halt", "no_halt": None, "b": "no_halt", "c": "no_halt"}


def test_variants_of_another_model_share_a_twin_called_after_the_first_of_them():
    body = HALTS + (
        "variants: {a: {}, b: {title: Three, fleets.jets.count: 3}, c: {fleets.jets.count: 3, halts.stop.from: @60}}\n"
    )
    assert twins_of(body) == {
        "a": "no_halt", "no_halt": None, "b": "no_halt_of_b", "no_halt_of_b": None, "c": "no_halt_of_b",
    }  # fmt: skip
    titles = {case.name: case.title for case in plan(scenario(body)).cases}
    assert titles["no_halt"] == "No halt" and titles["no_halt_of_b"] == "No halt (Three)"


def test_a_variant_called_no_halt_is_the_twin_where_it_is_that_model():
    body = HALTS + "variants: {a: {}, no_halt: {halts: none}}\n"
    assert twins_of(body) == {"a": "no_halt", "no_halt": None}
    assert twins_of(body, "a") == {"a": "no_halt", "no_halt": None}
    planned = plan(scenario(body))
    assert planned.models == 2


def test_a_variant_called_no_halt_that_is_another_model_is_not_taken_for_the_twin():
    others = "no_halt: {halts: none, fleets.jets.count: 3}, no_halt_of_a: {halts.stop.from: @41}"
    body = HALTS + f"variants: {{a: {{}}, {others}}}\n"
    found = twins_of(body)
    assert found["a"] == found["no_halt_of_a"] == "no_halt_of_a_" and found["no_halt_of_a_"] is None
    cases = {case.name: case.scenario for case in plan(scenario(body)).cases}
    assert cases["no_halt_of_a_"].hash == cases["a"].twin().hash


def test_a_variant_without_halts_has_no_twin():
    body = HALTS + "variants: {a: {}, none: {halts: none}}\n"
    assert twins_of(body, "none") == {"none": None}
    assert twins_of("fleets: {jets: {count: 2}}\n") == {"as_written": None}
    assert twins_of(body)["none"] is None


def test_background_halts_stay_in_the_twin_and_their_responses_too():
    body = HALTS + (
        "responses:\n"
        "  to_stop: {kind: fly_less, after: stop, fleets: [jets], fly: 50%}\n"
        "  to_poor: {kind: fly_less, after: poor, fleets: [jets], fly: 70%}\n"
        "  dated: {kind: fly_less, from: @20, fleets: [jets], fly: 80%}\n"
    )
    body = body.replace("{count: 2}", "{count: 2, fly: 10 FH/month fleet}")
    (twin,) = [case.scenario for case in plan(scenario(body)).cases if case.name == "no_halt"]
    assert list(twin.things.halts) == ["poor"]
    assert list(twin.things.responses) == ["to_poor", "dated"]


def test_a_scenario_of_background_halts_alone_has_no_twin():
    assert twins_of(HALTS.replace("from: @40", "from: @40, background: true")) == {"as_written": None}


def test_a_variant_and_its_twin_of_the_same_model_are_run_once():
    planned = plan(scenario(HALTS + "variants: {a: {}, b: {title: The same}, none: {halts: none}}\n"), runs=2)
    result, account = carry_out(planned)
    assert planned.models == account["models_run"] == 2
    assert result.variants["a"].fleets == result.variants["b"].fleets
    assert result.variants["none"].fleets["jets"].curves == result.variants["no_halt"].fleets["jets"].curves


def test_only_the_named_variants_and_their_twin_run_each_once():
    body = HALTS + "variants: {a: {}, b: {halts.stop.from: @60}}\n"
    assert [(case.name, case.twin) for case in plan(scenario(body), variants=["b", "b"]).cases] == [
        ("b", "no_halt"), ("no_halt", None),
    ]  # fmt: skip
    with pytest.raises(UsageError, match="has no variant 'd'"):
        plan(scenario(body), variants=["d"])


# ---- numbers of runs ---------------------------------------------------------------------------------


def test_runs_are_worlds_of_one_replication():
    made = scenario(HALTS + "runs: {worlds: 7, replications: 3, seed: 5}\n")
    asked = ({}, {"runs": 4}, {"worlds": 2}, {"replications": 9}, {"seed": 1})
    planned = [plan(made, **numbers) for numbers in asked]
    found = [(one.worlds, one.replications, one.seed) for one in planned]
    assert found == [(7, 3, 5), (4, 1, 5), (2, 3, 5), (7, 9, 5), (7, 3, 1)]


@pytest.mark.parametrize(
    ("numbers", "said"),
    [({"runs": 2, "worlds": 2}, "--runs N means N worlds"), ({"runs": 2, "replications": 2}, "--runs N means N worlds"),
     ({"runs": 0}, "number of worlds must lie between 1 and 1,000,000, not 0"),
     ({"replications": -1}, "number of replications must lie between"), ({"worlds": 1_000_001}, "number of worlds"),
     ({"seed": -1}, "the seed must lie between 0"), ({"seed": 2**63}, "the seed must lie")],
)  # fmt: skip
def test_impossible_numbers_are_usage_errors(numbers, said):
    with pytest.raises(UsageError) as caught:
        plan(scenario(HALTS), **numbers)
    assert said in str(caught.value)


def test_an_unknown_engine_and_no_jobs_are_usage_errors():
    with pytest.raises(UsageError, match="there is no engine 'simpi'; did you mean 'simpy'"):
        run(scenario(HALTS), runs=1, engine="simpi")
    with pytest.raises(UsageError, match="jobs must be at least 1, not 0"):
        run(scenario(HALTS), runs=1, jobs=0)
    assert run(scenario(HALTS), runs=1, engine="simpy").engine == "simpy"


# ---- common random numbers ---------------------------------------------------------------------------


def test_before_the_first_halt_every_variant_is_its_twin_to_the_last_digit(three_worlds):
    before = sum(day < date(2023, 5, 1) for day in three_worlds.dates)  # the halt begins on 1 May, day 120
    assert before == 4
    twin = three_worlds.variants["no_halt"]
    for name in ("full", "freeze"):
        variant = three_worlds.variants[name]
        for measure, curve in variant.fleets["jets"].curves.items():
            assert first(curve, before) == first(twin.fleets["jets"].curves[measure], before), measure
        for item, curves in variant.items.items():
            assert all(first(curves[m], before) == first(twin.items[item][m], before) for m in curves), item
        assert variant.fleets["jets"].difference_mc.mean[:before] == (0,) * before
    ends = {variant.fleets["jets"].curves["mc"].mean[-1] for variant in three_worlds.variants.values()}
    assert len(ends) == 3


def first(curve: Curve, periods: int) -> tuple[tuple[str, ...], ...]:
    """The first periods of a curve as text, in which nan is equal to itself."""
    return tuple(tuple(map(repr, getattr(curve, name)[:periods])) for name in measures.STATISTICS)


def counts(worlds: int, replications: int, seed: int = 1) -> Any:
    """Systems in each state of every run, by world and replication."""
    model = compile_scenario(lucky())
    done = run_block(model, Block(0, tuple(range(worlds))), seed, replications, False)
    return done.arrays["states"].reshape(worlds, replications, -1)


def test_more_worlds_and_more_replications_keep_the_earlier_runs():
    few, worlds, replications = counts(2, 2), counts(4, 2), counts(2, 5)
    assert (worlds[:2] == few).all() and (replications[:, :2] == few).all()
    assert len({run.tobytes() for world in counts(3, 3) for run in world}) == 9  # and no two runs are the same
    assert (counts(2, 2, seed=2) != few).any()


def test_a_variant_draws_the_same_numbers_alone_and_in_company(three_worlds):
    alone = run(lucky(variants=True), variants=["freeze"], worlds=3, replications=2)
    assert list(alone.variants) == ["freeze", "no_halt"]
    for name, variant in alone.variants.items():
        company = three_worlds.variants[name].fleets["jets"]
        assert first(variant.fleets["jets"].curves["mc"], 99) == first(company.curves["mc"], 99)


# ---- workers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", [2, 3])
def test_the_result_does_not_depend_on_the_number_of_processes(three_worlds, jobs):
    again = run(lucky(variants=True), worlds=3, replications=2, jobs=jobs)
    assert again.result_hash == three_worlds.result_hash
    assert measures.record(again) == measures.record(three_worlds)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_result_does_not_depend_on_the_size_or_order_of_blocks(three_worlds, monkeypatch, size):
    def other_blocks(models: int, planned: study.Plan, jobs: int) -> list[Block]:
        groups = [tuple(range(k, min(k + size, planned.worlds))) for k in range(0, planned.worlds, size)]
        return [Block(case, worlds) for case in reversed(range(models)) for worlds in reversed(groups)]

    monkeypatch.setattr(study, "blocks_of", other_blocks)
    assert run(lucky(variants=True), worlds=3, replications=2).result_hash == three_worlds.result_hash


@pytest.mark.parametrize(
    ("worlds", "replications", "jobs"), [(1, 1, 1), (7, 1, 3), (100, 1, 2), (3, 500, 1), (1000, 1, 4)]
)
def test_blocks_hold_every_world_of_every_model_once(worlds, replications, jobs):
    blocks = blocks_of(3, study.Plan((), worlds, replications, 1), jobs)
    held = sorted((block.case, world) for block in blocks for world in block.worlds)
    assert held == [(case, world) for case in range(3) for world in range(worlds)]
    assert [block.case for block in blocks[:3]] == [0, 1, 2]  # models in turn: an interrupted run has whole worlds


@pytest.mark.parametrize("engine", ["simpy", "numba"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_what_a_block_brought_is_let_go_once_it_is_taken(monkeypatch, engine, jobs):
    if engine == "numba":
        put_in(monkeypatch, Fake())
    models, blocks = (compile_scenario(lucky()),), [Block(0, (world,)) for world in range(12)]
    found = run_blocks(models, blocks, 1, 1, jobs, engine=engine)
    brought = [weakref.ref(next(found)) for _ in blocks]

    assert [ref() is None for ref in brought[:-1]] == [True] * 11


@pytest.mark.parametrize("kept", [range(400), range(0, 400, 2)])
def test_counts_of_many_runs_take_little_more_memory_than_the_numbers_in_them(monkeypatch, kept):
    def blocks(models: Any, blocks: list[Block], *_: Any) -> Iterator[Done]:
        for one in blocks:
            worlds = tuple(world for world in one.worlds if world in kept)
            arrays = {name: np.ones((len(worlds), 500), np.int64) for name in ARRAYS}
            yield Done(one, worlds, arrays, tuple({(0, "work", -1): 1 + world} for world in worlds), 0)

    monkeypatch.setattr(study, "run_blocks", blocks)
    planned = replace(plan(lucky()), worlds=400)
    planned = replace(planned, cases=planned.cases[:1])
    tracemalloc.start()
    found = study.simulated((compile_scenario(lucky()),), planned, 1, settled("simpy", 400), False, None)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    (counts,) = found.counts
    assert counts.causes[0, "work", -1].tolist() == [1 + world for world in kept]
    assert counts.states.shape == (len(kept), 500)
    assert peak < (1.2 if len(kept) == 400 else 2) * 400 * 500 * 8 * len(ARRAYS)  # some alone are copied


def test_progress_counts_every_run_once():
    seen: list[tuple[int, int]] = []
    run(lucky(), worlds=5, progress=lambda done, total: seen.append((done, total)))
    assert seen[0] == (0, 10) and seen[-1] == (10, 10)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})


def test_missions_costs_and_the_end_of_halts_reach_the_result():
    # Day 10: the rack of one of two jets is condemned and takes 40 days, so one can strike from then to day 50 only.
    # Racks cost 100 each; the other one falls due after the end. The drones of the second fleet have one mission.
    body = (
        "fleets:\n"
        "  jets: {count: 2, minimum: 1, missions: [patrol, strike], fly: 8766 FH/year per aircraft, "
        "at_most: 8766 FH/year per aircraft}\n"
        "  drones: {count: 3, missions: [watch]}\n"
        "items: {rack: {on: {jets: 1}, hard_life: 99999 FH, due: {list: [240 FH, 90000 FH]}, supplier: maker, "
        "price: 100, needed_for: [strike], resupply: {make: 40 days}}}\n"
        "halts: {stop: {kind: total, by: third, from: @20, until: @40}}\n"
    )
    result = results(body)
    main, jets = result.variants["as_written"], result.variants["as_written"].fleets["jets"]
    assert jets.missions["patrol"]["able"].mean == (2, 2, 2)
    assert jets.missions["strike"]["able"].mean == pytest.approx(((2 * 10 + 21) / 31, (19 + 2 * 9) / 28, 2))
    assert main.fleets["drones"].missions["watch"]["able_end"].mean == (3, 3, 3)
    assert main.costs["spares"].curves["cost"].mean == (100, 0, 0) and main.costs["total"].mean == 100
    assert main.costs["total"].difference == 0 and result.variants["no_halt"].costs["spares"].mean == 100
    assert jets.time_to_recover is not None and jets.time_to_recover.why == "no run falls below the minimum"


# ---- interruption and failure ------------------------------------------------------------------------


def after(runs: int) -> Callable[[int, int], None]:
    """A progress report that is interrupted by Ctrl-C when so many runs are done."""

    def report(done: int, total: int) -> None:
        if done >= runs:
            raise KeyboardInterrupt

    return report


def test_ctrl_c_keeps_the_worlds_that_are_done_in_every_variant():
    # Three models in turn, a world at a time: after seven runs two worlds are done in all, a third in one.
    result = run(lucky(variants=True), worlds=4, progress=after(7))
    assert result.partial and (result.worlds, result.replications) == (2, 1)
    whole = run(lucky(variants=True), worlds=2)
    assert not whole.partial
    assert measures.record(result) == measures.record(replace(whole, partial=True))


def test_ctrl_c_before_a_world_is_done_in_every_variant_keeps_nothing():
    with pytest.raises(KeyboardInterrupt):
        run(lucky(variants=True), worlds=4, progress=after(2))


def test_ctrl_c_with_several_processes_keeps_whole_worlds():
    result = run(lucky(), worlds=16, jobs=2, progress=after(8))
    assert result.partial and 1 <= result.worlds < 16
    assert result.replications == 1


def impossible() -> Any:
    """A model whose goods would arrive before they leave."""
    model = compile_scenario(lucky())
    return replace(model, parameters=tuple(
        one._replace(low=-1000.0, best=-1000.0, high=-1000.0) if one.low == 10 and one.kind == 0 else one
        for one in model.parameters
    ))  # fmt: skip


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_run_that_fails_says_in_a_sentence_which_one_it_was(monkeypatch, jobs):
    monkeypatch.setattr(study, "compile_scenario", lambda _: impossible())
    with pytest.raises(EveryWorldFailed) as caught:
        run(lucky(), worlds=2, jobs=jobs, engine="simpy")
    assert caught.value.exit_code == 1
    assert re.fullmatch(
        r"all 2 worlds of small failed; the first: variants? as_written.*, world 0, replication 0, seed 1: a delay "
        r"must be a finite number of days, not below zero; got -.*, at 202\d-\d\d-\d\d \d\d:\d\d:\d\d \(-?\d+ s\), "
        r"event \S.* \(\d+, \d+, \d+\)", str(caught.value),
    )  # fmt: skip


class Planted(ArmsimError):
    """A failure put into a run on purpose."""


def planted(monkeypatch: pytest.MonkeyPatch, where: Callable[[Any], bool], error: Exception) -> None:
    """Have every replication for which `where` holds fail in its first settle after 40 days."""
    from armsim.engines.reference import Replication

    settle = Replication.settle

    def failing(self: Replication) -> None:
        if self.now > 40 * 86400 and where(self):
            raise error
        settle(self)

    monkeypatch.setattr(Replication, "settle", failing)


ERRORS = [Planted("wrong"), ValueError("a life must be finite; got nan"), OverflowError("too large"),
          ZeroDivisionError("by zero")]  # fmt: skip


@pytest.mark.parametrize("error", ERRORS, ids=lambda one: type(one).__name__)
def test_a_replication_that_fails_takes_its_world_out_of_every_variant_and_keeps_the_rest(monkeypatch, error):
    # World 2 fails in its second replication, and only with the halt.
    plain = run(lucky(), worlds=4, replications=2, engine="simpy")
    halted = plan(lucky()).cases[0].scenario.variant_name
    planted(monkeypatch, lambda r: r.world.number == 2 and r.replication == 1 and bool(r.model.halts), error)
    result = run(lucky(), worlds=4, replications=2, engine="simpy")
    assert (result.worlds, result.partial, result.left_out) == (3, False, "1 of 4 worlds failed and is left out")
    (failure,) = result.failures
    assert (failure.variants, failure.world, failure.replication, failure.seed) == ((halted,), 2, 1, 1)
    assert failure.second is not None and failure.second > 40 * 86400 and failure.when.startswith("2023-02-")
    assert failure.event == "allocation (0, 0, 0)"
    assert failure.message == f"{error}, at {failure.when} ({failure.second} s), event allocation (0, 0, 0)"
    monkeypatch.undo()
    three = {name: one.fleets["jets"].curves["mc"].mean for name, one in result.variants.items()}
    four = {name: one.fleets["jets"].curves["mc"].mean for name, one in plain.variants.items()}
    lost = run_block(compile_scenario(lucky().twin()), Block(0, (2,)), 1, 2, False)
    january = lost.arrays["states"][:, 0, 0, :2].sum() / 2 / (31 * 86400)  # mean over its two runs
    assert three["no_halt"][0] == pytest.approx((4 * four["no_halt"][0] - january) / 3)


def test_the_worlds_that_are_kept_are_those_of_a_run_without_the_failing_one(monkeypatch):
    planted(monkeypatch, lambda r: r.world.number >= 3, Planted("wrong"))
    result = run(lucky(variants=True), worlds=5, engine="simpy")
    monkeypatch.undo()
    whole = run(lucky(variants=True), worlds=3, engine="simpy")
    assert result.result_hash == whole.result_hash and result.variants == whole.variants
    assert result.left_out == "2 of 5 worlds failed and are left out"
    assert [(one.world, one.variants) for one in result.failures] == [
        (world, (name,)) for world in (3, 4) for name in ("full", "no_halt", "freeze")
    ]
    again = measures.from_record(measures.record(result))
    assert again.failures == result.failures and again.left_out == result.left_out


def test_a_world_that_cannot_be_drawn_is_left_out_too(monkeypatch):
    from armsim.study import executors

    draw = executors.draw_world

    def failing(model: Any, seed: int, number: int) -> Any:
        if number == 0:
            raise ValueError("a value on the log scale must be above zero")
        return draw(model, seed, number)

    monkeypatch.setattr(executors, "draw_world", failing)
    result = run(lucky(), worlds=3, engine="simpy")
    assert result.worlds == 2 and result.failures[0].replication is None
    assert result.failures[0].second is None and result.failures[0].event == ""


def test_what_failed_stands_on_the_figures_and_in_the_summary(monkeypatch):
    planted(monkeypatch, lambda r: r.world.number == 1, Planted("wrong"))
    result = run(lucky(), worlds=21, engine="simpy")
    said = io.StringIO()
    print_summary(result, said)
    words = "1 of 21 worlds failed and is left out"
    assert words in said.getvalue() and words in source_line(result)
    for kind in ("readiness", "states"):
        assert words in " ".join(text.get_text() for text in plot(result, kind=kind).findobj(Text)).replace("\n", " ")


def test_an_interrupted_run_in_which_something_failed_says_both(monkeypatch):
    planted(monkeypatch, lambda r: r.world.number == 0, Planted("wrong"))
    result = run(lucky(), worlds=4, progress=after(6), engine="simpy")
    assert result.partial and result.worlds == 2 and result.left_out.startswith("1 of 3 worlds")


def test_a_violation_found_by_the_audit_keeps_nothing_and_ends_with_4(monkeypatch):
    planted(monkeypatch, lambda r: r.world.number == 0, CheckFailed("the books do not balance"))
    with pytest.raises(CheckFailed, match="the books do not balance") as caught:
        run(lucky(), worlds=2, audit=True)
    assert caught.value.exit_code == 4


def test_a_negative_delay_in_the_reference_engine_names_its_moment_and_event(monkeypatch):
    from armsim.model import rules

    monkeypatch.setattr(rules, "despatch_wait", lambda *_: -(10**9))
    model = compile_scenario(lucky())
    with pytest.raises(RunFailed, match=r"a delay of -\d+ s for ARRIVAL \(0, \d+, 0\), at 20\d\d-") as caught:
        for number in range(9):
            simulate(model, draw_world(model, 1, number), 1, 0)
    assert ", event a" in str(caught.value) and caught.value.second is not None


def test_a_worker_that_is_killed_is_an_error_of_ours(monkeypatch):
    monkeypatch.setattr("armsim.study.executors.work", die)
    with pytest.raises(ArmsimError, match=r"a worker process was killed; try again with --jobs 1"):
        list(run_blocks((compile_scenario(lucky()),), [Block(0, (0,))], 1, 1, 2))


def die(*_: Any) -> None:
    """End this process at once."""
    import os

    os._exit(9)


# ---- the result --------------------------------------------------------------------------------------


def test_a_result_says_what_was_run_and_when():
    result = run(scenario(YARD), worlds=2, replications=3, seed=11, engine="simpy")
    assert (result.worlds, result.replications, result.seed, result.engine) == (2, 3, 11, "simpy")
    assert result.armsim_version == armsim.__version__ and result.run_on == date.today()
    assert result.scenario_hash == scenario(YARD).hash == result.variants["as_written"].scenario_hash
    assert (result.dates[0], result.end, result.first_halt) == (date(2023, 1, 1), date(2023, 4, 1), date(2023, 2, 15))


def test_halts_are_shown_within_the_horizon_at_their_best_dates():
    result = results(
        "fleets: {jets: {count: 1}}\nhalts:\n"
        "  a: {kind: total, by: seller, from: 2020-01-01, until: @30}\n"
        "  b: {kind: total, by: third, from: {low: @10, best: @20, high: @40}, until: never}\n"
        "  c: {kind: total, by: seller, from: @500}\n"
        "  d: {title: Poor, kind: new_contract_freeze, by: seller, from: @10, until: @40, background: true}\n"
    )
    shown = {one.name: one for one in result.variants["as_written"].halts}
    assert list(shown) == ["a", "b", "d"]
    assert (shown["a"].start, shown["a"].end, shown["a"].uncertain) == (date(2023, 1, 1), date(2023, 1, 31), False)
    assert (shown["b"].start, shown["b"].end, shown["b"].uncertain) == (date(2023, 1, 21), None, True)
    assert (shown["d"].title, shown["d"].background) == ("Poor", True)
    assert [one.name for one in result.variants["no_halt"].halts] == ["d"]


@pytest.mark.parametrize("kind", ["readiness", "states"])
def test_a_figure_from_a_record_is_the_figure_from_the_run(kind):
    result = run(lucky(), worlds=20)
    again = measures.from_record(measures.record(result))
    assert pixels(plot(again, kind=kind)) == pixels(plot(result, kind=kind))


def pixels(figure: Any) -> bytes:
    """A figure drawn."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with matplotlib.rc_context({"figure.dpi": 50}):
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
    return bytes(canvas.buffer_rgba())


def test_a_result_with_missions_and_prices_has_their_figures_too(tmp_path: Path):
    jets = "fleets: {jets: {count: 1}, tanks: {count: 2}}\nhalts: {stop: {kind: total, by: seller, from: @40}}\n"
    result = results(jets, runs=2)
    main = result.variants["as_written"]
    able = {"patrol": {name: main.fleets["jets"].curves["mc"] for name in ("able", "able_end", "difference")}}
    cost = measures.Cost(10.0, 1.0, 5.0, 1.0, {"cost": main.fleets["jets"].curves["mc"]})
    fleets = {name: replace(fleet, missions=able if name == "jets" else {}) for name, fleet in main.fleets.items()}
    made = {name: replace(one, fleets=fleets, costs={"total": cost}) for name, one in result.variants.items()}
    names = {path.stem for path in write_figures(replace(result, variants=made), tmp_path)}
    assert names == {"readiness_jets", "states_jets", "missions_jets", "readiness_tanks", "states_tanks", "costs"}


@pytest.mark.parametrize(("kind", "said"), [("missions", "fleet 'jets' has no missions"), ("costs", "has a price")])
def test_a_figure_of_what_is_not_there_is_a_usage_error(kind, said):
    with pytest.raises(UsageError) as caught:
        plot(results(YARD, runs=2), kind=kind)
    assert said in str(caught.value) and str(caught.value).endswith("there is nothing to draw")


def test_figures_are_written_for_every_fleet_or_the_named_ones(tmp_path: Path):
    body = "fleets: {jets: {count: 1}, tanks: {count: 2}}\nhalts: {stop: {kind: total, by: seller, from: @40}}\n"
    result = results(body, runs=20)
    names = [path.name for path in write_figures(result, tmp_path, fleets=["tanks"])]
    assert names == ["readiness_tanks.png", "readiness_tanks.svg", "states_tanks.png", "states_tanks.svg"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="Ctrl-C reaches everybody there")
def test_ctrl_c_is_kept_from_the_first_process_that_is_started_too():
    text = (
        "import signal\nfrom armsim.study.executors import left_to_the_parent\n"
        "with left_to_the_parent():\n"
        "    from multiprocessing import resource_tracker\n"
        "    resource_tracker.ensure_running()\n"
        "    print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ()))\n"
    )
    done = subprocess.run([sys.executable, "-c", text], stdout=subprocess.PIPE, timeout=60, text=True, check=True)

    assert done.stdout == "True\n"


@pytest.mark.parametrize(
    ("asked", "said"),
    [({"fleet": "jet"}, "there is no fleet 'jet'; did you mean 'jets'"),
     ({"kind": "state"}, "there is no kind of figure 'state'"),
     ({"variants": ["nohalt"]}, "no variant is called 'nohalt'"), ({"measure": "mcc"}, "mcc")],
)  # fmt: skip
def test_a_figure_of_something_unknown_is_a_usage_error(asked, said):
    with pytest.raises(UsageError) as caught:
        plot(results(YARD, runs=20), **asked)
    assert said in str(caught.value)
