"""Sweeps: every combination of values on the same random numbers, and their figures."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small import LUCKY, YARD, lucky, scenario

from armsim.errors import InvalidScenario, UsageError
from armsim.measures import Run
from armsim.report.figures import ready, sweep_figure, sweep_rows
from armsim.study.run import run
from armsim.study.sweep import Sweep, sweep

sys.path.insert(0, str(Path(__file__).parents[1] / "report"))
from made_up import falling, gids, halt, off_page, one_variant, overlaps, texts, variant
from made_up import fleet as made_fleet
from made_up import run as made_run

COUNT, FLY = "fleets.jets.count", "fleets.jets.fly"


@pytest.fixture(scope="module")
def grid() -> Sweep:
    """Two counts of jets by two programmes, two worlds each."""
    return sweep(lucky(), {COUNT: [3, 4], FLY: ["20 FH/month per aircraft", "40 FH/month per aircraft"]}, worlds=2)


# ---- grids -------------------------------------------------------------------------------------------


def test_points_are_every_combination_the_last_factor_fastest(grid):
    assert grid.factors == {COUNT: ("3", "4"), FLY: ("20 FH/month per aircraft", "40 FH/month per aircraft")}
    assert [(count, text[:2]) for count, text in grid.points] == [("3", "20"), ("3", "40"), ("4", "20"), ("4", "40")]
    assert [one.variants["as_written"].fleets["jets"].authorised for one in grid.runs] == [3, 3, 4, 4]
    assert len({one.result_hash for one in grid.runs}) == 4 and not grid.partial


def test_a_point_equal_to_the_base_is_the_base_to_the_last_digit(grid):
    # The file says 4 jets and 40 FH: the last point draws the same numbers as the file itself.
    assert grid.runs[3].result_hash == run(lucky(), worlds=2).result_hash


def test_only_the_first_variant_and_its_twin_are_run_unless_others_are_named():
    made = lucky(variants=True)
    assert list(sweep(made, {COUNT: [2]}, runs=1).runs[0].variants) == ["full", "no_halt"]
    assert list(sweep(made.variant("freeze"), {COUNT: [2]}, runs=1).runs[0].variants) == ["freeze", "no_halt"]
    both = sweep(made, {COUNT: [2]}, variants=["freeze", "full"], runs=1).runs[0]
    assert list(both.variants) == ["freeze", "no_halt", "full"]
    # The change holds in every variant, the twin included.
    assert {one.fleets["jets"].authorised for one in both.variants.values()} == {2}


def test_a_change_is_kept_when_another_variant_is_taken():
    changed = lucky(variants=True).set(COUNT, 7)
    assert changed.variant("freeze").things.fleets["jets"].count.middle == 7
    assert changed.variant("freeze").hash == lucky(variants=True).variant("freeze").set(COUNT, 7).hash


def test_values_may_be_numbers_texts_arrays_and_mappings():
    made = scenario(YARD)
    counts = sweep(made, {COUNT: np.array([2, 3])}, runs=1)
    assert counts.points == (("2",), ("3",))
    assert sweep(made, {COUNT: ["2", "3"]}, runs=1).runs[1].result_hash == counts.runs[1].result_hash
    uncertain = sweep(made, {COUNT: [{"low": 2, "high": 4}]}, runs=1)
    assert uncertain.points == (("{'low': 2, 'high': 4}",),)


def test_a_sweep_over_the_date_of_a_halt_moves_the_months_with_it():
    result = sweep(scenario(YARD), {"halts.stop.from": ["2023-02-15", "2023-03-02"]}, runs=1)
    assert [one.first_halt.isoformat() for one in result.runs] == ["2023-02-15", "2023-03-02"]


@pytest.mark.parametrize(
    ("vary", "said"),
    [({}, "say what to vary"), ({COUNT: []}, "every --vary needs at least one value"),
     ({COUNT: "2,3"}, "'fleets.jets.count' are one text: write a list"),
     ({COUNT: list(range(101)), FLY: list(range(100))}, "10,100 points; the limit is 10,000"),
     ({"fleets.jts.count": [2]}, "--set fleets.jts.count: there is no 'jts' under 'fleets'; did you mean 'jets'?"),
     ({COUNT: [object()]}, "a object cannot stand in a scenario")],
)  # fmt: skip
def test_what_cannot_be_varied_is_a_usage_error(vary, said):
    with pytest.raises(UsageError) as caught:
        sweep(scenario(YARD), vary, runs=1)
    assert said in str(caught.value)


def test_a_value_the_scenario_cannot_hold_is_shown_where_it_was_written():
    with pytest.raises(InvalidScenario) as caught:
        sweep(scenario(YARD), {COUNT: [2, "many"]}, runs=1)
    (problem,) = caught.value.problems
    assert problem.file == "--set" and problem.source_line == "--set fleets.jets.count=many"


def test_a_value_that_breaks_another_variant_is_a_problem_too():
    body = LUCKY + "variants: {a: {}, b: {fleets.jets.authorised: 2, fleets.jets.minimum: 3 jets}}\n"
    with pytest.raises(InvalidScenario, match="--set"):
        sweep(scenario(body, 200), {COUNT: ["-1"]}, variants=["b"], runs=1)


# ---- progress and interruption -----------------------------------------------------------------------


def stop_at(runs: int, seen: list[tuple[int, int]]) -> Callable[[int, int], None]:
    """Progress that is kept, and Ctrl-C once so many runs are done."""

    def report(done: int, total: int) -> None:
        seen.append((done, total))
        if done >= runs:
            raise KeyboardInterrupt

    return report


def test_progress_is_of_the_whole_sweep():
    seen: list[tuple[int, int]] = []
    sweep(scenario(YARD), {COUNT: [2, 3, 4]}, runs=2, progress=stop_at(99, seen))
    assert seen[0] == (0, 12) and seen[-1] == (12, 12)  # three points of two models of two worlds
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


@pytest.mark.parametrize("runs", [4, 6])
def test_ctrl_c_keeps_whole_points(runs):
    result = sweep(scenario(YARD), {COUNT: [2, 3, 4]}, runs=2, progress=stop_at(runs + 1, []))
    kept = runs // 4  # four runs a point: the second point is dropped even when one of its worlds is done
    assert result.partial and len(result.runs) == len(result.points) == kept == 1
    assert result.points == (("2",),) and result.factors == {COUNT: ("2", "3", "4")}
    assert not result.runs[0].partial


def test_ctrl_c_in_the_first_point_leaves_nothing():
    with pytest.raises(KeyboardInterrupt):
        sweep(scenario(YARD), {COUNT: [2, 3]}, runs=2, progress=stop_at(1, []))


# ---- tables and figures ------------------------------------------------------------------------------


def test_the_table_has_a_row_for_every_point_variant_fleet_and_month(grid):
    head, *rows = sweep_rows(grid)
    assert head[:5] == [COUNT, FLY, "variant", "fleet", "months"]
    assert all(len(row) == len(head) for row in rows)
    # 300 days from January, halt in May: the start, and 6 months is beyond the end.
    assert [row[:5] for row in rows[:2]] == [["3", "20 FH/month per aircraft", "as_written", "jets", "start"],
                                             ["3", "20 FH/month per aircraft", "no_halt", "jets", "start"]]  # fmt: skip
    assert len(rows) == 8


def test_readiness_so_many_months_later_is_that_of_the_report_period_then():
    result = one_variant()  # 48 months from January 2023, halt on 15 October: month 0 is October, the tenth
    curve = result.variants["halt"].fleets["kfir"].curves["mc"]
    for months, period in ((0, 9), (1, 10), (12, 21), (18, 27), (38, 47)):
        assert ready(result, "halt", "kfir", months) == pytest.approx(
            [100 * ends[period] / 22 for ends in (curve.p05, curve.mean, curve.p95)]
        )
    assert all(math.isnan(x) for x in ready(result, "halt", "kfir", 39))


def invented(ends: list[float]) -> list[Run]:
    """Runs whose readiness falls to the given ends, with a twin."""
    runs = []
    for end in ends:
        fleet = made_fleet(falling(48, 10, low=end), twin=[0.7] * 48)
        stop = variant("stop", "Halt of all exports", fleet, "none", (halt(),))
        runs.append(made_run({"stop": stop, "none": variant("none", "No halt", made_fleet([0.7] * 48), None)}))
    return runs


def one_factor(values: int) -> Sweep:
    """A sweep over one factor."""
    names = tuple(str(2 * k) for k in range(values))
    runs = invented([0.2 + 0.5 * k / values for k in range(values)])
    return Sweep({"items.engine.stock.palanquero": names}, tuple((name,) for name in names), tuple(runs))


def two_factors(rows: int, columns: int) -> Sweep:
    """A sweep over two factors."""
    first = tuple(f"{k} per year" for k in range(rows))
    second = tuple(str(k) for k in range(columns))
    points = tuple((a, b) for a in first for b in second)
    runs = invented([0.1 + 0.6 * k / len(points) for k in range(len(points))])
    return Sweep({"responses.source.capacity": first, "items.engine.stock.palanquero": second}, points, tuple(runs))


SWEEPS = {
    "one value": lambda: one_factor(1),
    "four values": lambda: one_factor(4),
    "twelve values": lambda: one_factor(12),
    "a map": lambda: two_factors(3, 4),
    "a map of one": lambda: two_factors(1, 1),
    "a large map": lambda: two_factors(8, 10),
    "a map cut short": lambda: cut(two_factors(3, 4), 7),
}


def cut(whole: Sweep, points: int) -> Sweep:
    """A sweep that was interrupted."""
    return replace(whole, points=whole.points[:points], runs=whole.runs[:points], partial=True)


@pytest.mark.parametrize("what", SWEEPS)
def test_figures_of_sweeps_keep_their_words_apart_and_on_the_page(what):
    figure = sweep_figure(SWEEPS[what](), "kfir")
    assert overlaps(figure) == []
    assert off_page(figure) == []


def test_a_sweep_of_one_factor_draws_a_line_a_variant_and_its_twin():
    figure = sweep_figure(one_factor(4), "kfir")
    assert {"mean:Halt of all exports", "mean:No halt", "minimum"} <= gids(figure)


def test_variants_of_one_title_are_told_apart_by_name():
    whole = one_factor(3)
    runs = tuple(
        replace(one, variants={k: replace(v, title="Halt") for k, v in one.variants.items()}) for one in whole.runs
    )
    assert {"mean:Halt (stop)", "mean:Halt (none)"} <= gids(sweep_figure(replace(whole, runs=runs), "kfir"))


def test_bands_are_named_only_where_there_are_any():
    named = [any("90% of runs" in one.get_text() for one in texts(sweep_figure(one_factor(3), "kfir")))]
    few = sweep(scenario(YARD, 500), {COUNT: [2, 3]}, runs=2)
    named.append(any("90% of runs" in one.get_text() for one in texts(sweep_figure(few))))
    assert named == [True, False]


@pytest.mark.parametrize(
    ("asked", "said"),
    [({"fleet": "kfr"}, "there is no fleet 'kfr'; did you mean 'kfir'?"),
     ({"months": 39}, "39 months after the first halt date lies beyond the end: there is nothing to draw")],
)  # fmt: skip
def test_what_cannot_be_drawn_is_a_usage_error(asked, said):
    with pytest.raises(UsageError) as caught:
        sweep_figure(one_factor(2), **asked)
    assert str(caught.value) == said


def test_three_factors_are_for_the_table():
    whole = two_factors(2, 2)
    with pytest.raises(UsageError, match="one factor or two; the table holds all"):
        sweep_figure(replace(whole, factors=whole.factors | {"a": ("1",)}), "kfir")
