"""Charts of sweeps on invented numbers."""

from __future__ import annotations

import matplotlib
import pytest
from made_up import (
    LONG,
    assert_neat,
    gids,
    text_of,
    texts,
)

from armsim.errors import UsageError
from armsim.report import sweep_charts


def swept(name: str, base: float, count: int) -> dict[str, list[tuple[float, float, float]]]:
    return {name: [(base + k - 8, base + k, base + k + 9) for k in range(count)]}


@pytest.mark.parametrize("count", [1, 3, 12])
@pytest.mark.parametrize("variants", [1, 2, 6])
def test_lines_of_a_sweep_keep_every_text_on_the_page_and_apart(count: int, variants: int):
    series: dict[str, list[tuple[float, float, float]]] = {}
    for k in range(variants):
        series |= swept(f"Variant $x_{k}$ with {LONG[: 20 * k]}", 30 + k, count)
    figure = sweep_charts.sweep_lines(
        f"$n$: {LONG}", [f"{k} months" for k in range(count)], series, "Ready at the end, % of authorised",
        LONG, LONG, ["Excludes: nothing.", "Source: armsim"], minimum=50.0,
    )  # fmt: skip

    assert_neat(figure)
    assert {"title", "subtitle", "excludes", "source", "minimum", "x", "y"} <= gids(figure)
    assert len({gid for gid in gids(figure) if gid.startswith("mean:")}) == variants
    assert bool({gid for gid in gids(figure) if gid.startswith("band:")}) == (variants <= 2)


def test_a_sweep_of_few_runs_has_means_and_no_bands():
    none = float("nan")
    figure = sweep_charts.sweep_lines(
        "n", ["a", "b"], {"Halt": [(none, 30.0, none), (none, 40.0, none)]}, "Ready, %", "T", "S", ["Source: x"], 50.0
    )

    assert_neat(figure)
    assert "mean:Halt" in gids(figure)
    assert not {gid for gid in gids(figure) if gid.startswith("band:")}


def test_a_gap_in_a_sweep_is_left_open():
    rows = [(1.0, 2.0, 3.0), (float("nan"),) * 3, (2.0, 3.0, 4.0)]

    assert_neat(sweep_charts.sweep_lines("n", ["a", "b", "c"], {"Halt": rows}, "Months", "T", "S", ["Source: x"]))


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (3, 5), (12, 12), (20, 3)])
def test_a_map_prints_a_number_in_every_cell_on_the_page_and_apart(rows: int, columns: int):
    table = [[10.0 * i + j for j in range(columns)] for i in range(rows)]
    table[0][-1] = float("nan")
    figure = sweep_charts.sweep_map(
        ("Length of halt", LONG), ([f"{k} $months$" for k in range(rows)], [str(k) for k in range(columns)]),
        table, "Ready at the end, %", LONG, LONG, ["Excludes: nothing.", "Source: armsim"],
    )  # fmt: skip

    assert_neat(figure)
    assert len({gid for gid in gids(figure) if gid.startswith("number:")}) == rows * columns
    assert text_of(figure, f"number:0:{columns - 1}") == "n/a"


def test_rows_of_a_map_go_down_and_columns_across():
    figure = sweep_charts.sweep_map(
        ("a", "b"), (["a0", "a1"], ["b0", "b1", "b2"]), [[1, 2, 3], [4, 5, 6]], "x", "t", "s", ["Source"]
    )
    where = {text.get_text(): text.get_position() for text in texts(figure)}

    assert where["a0"][1] > where["a1"][1]
    assert where["2.0"][0] == pytest.approx(where["b1"][0]) and where["2.0"][1] == pytest.approx(where["a0"][1])


def test_numbers_on_a_map_stand_out_from_their_cells():
    for share in range(101):
        colour = matplotlib.colormaps["cividis"](share / 100)
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
        cell = 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
        text = 1.0 if sweep_charts._readable(colour) == "white" else 0.0
        assert (max(cell, text) + 0.05) / (min(cell, text) + 0.05) >= 4.5


def test_a_sweep_with_numbers_missing_is_a_usage_error():
    with pytest.raises(UsageError, match="3 values"):
        sweep_charts.sweep_lines("n", ["a", "b", "c"], swept("Halt", 1, 2), "y", "t", "s", ["Source"])
    with pytest.raises(UsageError, match="2 × 2"):
        sweep_charts.sweep_map(("a", "b"), (["1", "2"], ["1", "2"]), [[1.0, 2.0]], "x", "t", "s", ["Source"])
