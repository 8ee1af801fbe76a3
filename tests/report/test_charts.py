"""Charts and their titles on invented runs: nothing overlaps or leaves the page, and titles are true."""

from __future__ import annotations

import re
import subprocess
import sys
import warnings
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import matplotlib
import pytest
from made_up import (
    MEDIAN_AT_12,
    NEVER,
    falling,
    flat,
    fleet,
    gids,
    halt,
    many_variants,
    observation,
    off_page,
    one_variant,
    overlaps,
    run,
    text_of,
    texts,
    variant,
    with_runs,
)
from matplotlib.figure import Figure

from armsim.errors import UsageError
from armsim.measures import Crossing, Curve, FleetResult, Run, VariantResult
from armsim.report import charts, sweep_charts, theme, titles
from armsim.report.theme import box_of

LONG = "A very long title that somebody has written to see whether a page can hold all of it, and more: 100%"
SEEN = (
    observation(date(2023, 6, 1), 14, 15, 17, date(2023, 8, 1)),
    observation(date(2024, 9, 1), None, None, 13),
    observation(date(2025, 12, 1), 5, None, None),
    observation(date(2025, 3, 1), 7, 9, 11),
)
SEVEN_ENDS = [0.28, 0.29, 0.30, 0.33, 0.34, 0.42, 0.56]
SEVEN_CROSSINGS = [
    MEDIAN_AT_12, Crossing(8, 14, 25, 0), Crossing(9, 15, 30, 0.02), Crossing(9, 18, None, 0.1),
    Crossing(9, 22, None, 0.22), Crossing(10, 30, None, 0.4), Crossing(19, None, None, 0.58),
]  # fmt: skip
THREE_HALTS = (
    halt("Israeli exports halted", date(2023, 10, 1), name="a"),
    halt("United States stops engines", date(2023, 10, 15), name="b"),
    halt("European union follows", date(2023, 10, 20), date(2025, 1, 1), "c"),
)
TWELVE_HALTS = tuple(halt(f"Halt number {k}", date(2024, 2, k + 1), name=f"h{k}") for k in range(12))

AT_ONCE = Crossing(0, 0, 0, 0)  # below from the first halt on, whether or not it was before

#: Every kind of run a chart has to hold.
RUNS: dict[str, Callable[[], Run]] = {
    "one variant": lambda: one_variant(),
    "two variants": lambda: many_variants(2, [0.28, 0.56], [MEDIAN_AT_12, Crossing(19, None, None, 0.58)]),
    "seven variants ending near each other": lambda: many_variants(7, SEVEN_ENDS, SEVEN_CROSSINGS),
    "seven variants ending at the same place": lambda: many_variants(7, [0.3] * 7, [MEDIAN_AT_12] * 7),
    "seven variants ending at nothing": lambda: many_variants(7, [0.0] * 7, [MEDIAN_AT_12] * 7),
    "lots": lambda: one_variant(lot=1000, authorised=300, title="Galil rifles"),
    "no minimum": lambda: one_variant(minimum=None),
    "never below": lambda: one_variant(falling(48, 10, low=0.6), crossing=Crossing(20, None, None, 0.66)),
    "below in the month of the halt": lambda: one_variant(falling(48, 9, pace=0.5), crossing=Crossing(0, 0, 0, 0)),
    "below at the last": lambda: one_variant(falling(48, 10, pace=40), crossing=Crossing(30, 37, None, 0.4)),
    "observations, some one-sided": lambda: one_variant(observations=SEEN),
    "very long titles": lambda: one_variant(
        title=LONG,
        halt_title=LONG,
        halts=(halt(LONG), halt(LONG, date(2026, 9, 1), name="b")),
        excludes=(LONG, LONG),
        notes=(LONG, LONG),
    ),
    "one very long word": lambda: one_variant(title="K" * 150, halt_title="H" * 150, halts=(halt("S" * 150),)),
    "a title with dollars": lambda: one_variant(title="Kfir $x_1$", halt_title="$x_1$", halts=(halt("$x_1$"),)),
    "letters no font has": lambda: one_variant(title="Kfir \U0001f6e9 כפיר 戰鬥機\x07\u202e", halt_title="<b>&"),
    "three halts in one month": lambda: one_variant(halts=THREE_HALTS, first_halt=date(2023, 10, 1)),
    "twelve halts in one month": lambda: one_variant(halts=TWELVE_HALTS),
    "a halt before the start": lambda: one_variant(
        halts=(halt(start=date(2021, 3, 1)),),
        first_halt=date(2021, 3, 1),
        crossing=Crossing(30, 36, None, 0.1),
    ),
    "a halt at the very end": lambda: one_variant([0.7] * 48, crossing=NEVER, halts=(halt(start=date(2026, 12, 20)),)),
    "a background halt and another": lambda: one_variant(
        halts=(halt(), halt("No money", date(2023, 6, 1), date(2024, 6, 1), "money", True))
    ),
    "five years": lambda: one_variant(n=60),
    "twenty years": lambda: one_variant(n=240, crossing=Crossing(30, 60, 110, 0), shares=falling(240, 10, pace=60)),
    "fourteen months": lambda: one_variant(n=14),
    "more than authorised": lambda: one_variant([1.3] * 48, [1.3] * 48, crossing=NEVER),
    "delivered during the halt": lambda: one_variant(
        [0.0] * 48, [0.0] * 30 + [1.0] * 18, crossing=AT_ONCE, twin_crossing=AT_ONCE
    ),
    "a single run": lambda: with_runs(one_variant(), 1),
    "two runs, never below": lambda: with_runs(one_variant([0.7] * 48, crossing=NEVER), 2),
    "seven variants in four runs": lambda: with_runs(many_variants(7, SEVEN_ENDS, SEVEN_CROSSINGS), 4),
    "twelve long notes": lambda: one_variant(notes=tuple(f"Note {k} on 'Halt': {LONG}" for k in range(12))),
    "stopped early, replications, a note": lambda: one_variant(
        partial=True, replications=4, notes=("The halt 'stop' touched nothing in any run.",)
    ),
}


@pytest.fixture(params=RUNS, scope="module")
def some_run(request: pytest.FixtureRequest) -> Run:
    return RUNS[request.param]()


def main_of(made: Run) -> str:
    return titles.main_variants(made)[0]


def assert_neat(figure: Figure) -> None:
    assert len(list(texts(figure))) > 8
    assert overlaps(figure) == []
    assert off_page(figure) == []


# ---- the page ----------------------------------------------------------------------------------------


def test_readiness_keeps_every_text_on_the_page_and_apart(some_run: Run):
    assert_neat(charts.readiness(some_run, "kfir"))


def test_readiness_in_hours_keeps_every_text_on_the_page_and_apart(some_run: Run):
    assert_neat(charts.readiness(some_run, "kfir", measure="hours_flown"))


def test_states_keep_every_text_on_the_page_and_apart(some_run: Run):
    assert_neat(charts.states(some_run, "kfir", main_of(some_run)))


def test_the_check_for_overlaps_sees_an_overlap_and_a_text_off_the_page():
    figure = charts.readiness(one_variant(), "kfir")
    title = next(text for text in texts(figure) if text.get_gid() == "title")

    title.set_position((0.9, title.get_position()[1] - 0.1))

    assert overlaps(figure)
    assert off_page(figure)


def test_drawing_warns_of_nothing_and_leaves_matplotlib_settings_alone(some_run: Run, tmp_path: Path):
    before = dict(matplotlib.rcParams)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        charts.save(charts.readiness(some_run, "kfir"), tmp_path, "chart")

    assert dict(matplotlib.rcParams) == before


def test_a_users_own_settings_do_not_change_a_chart(tmp_path: Path):
    plain = charts.save(charts.readiness(one_variant(), "kfir"), tmp_path, "plain")
    with matplotlib.rc_context({"text.parse_math": True, "font.family": "monospace", "savefig.bbox": "tight"}):
        altered = charts.save(charts.readiness(one_variant(), "kfir"), tmp_path, "altered")

    assert [path.read_bytes() for path in plain] == [path.read_bytes() for path in altered]


# ---- what a chart of readiness shows -----------------------------------------------------------------


def test_every_part_of_a_chart_of_readiness_is_there():
    found = gids(charts.readiness(one_variant(observations=SEEN), "kfir"))

    wanted = {"fan90:halt", "fan50:halt", "median:halt", "twin", "label:twin", "halt:stop", "halt:stop:label",
              "shade:stop", "minimum", "minimum:label", "crossing", "crossing:label", "observed",
              "observed:label", "title", "subtitle", "excludes", "source", "label:halt"}  # fmt: skip
    assert wanted <= found


def test_two_variants_both_have_bands_and_of_seven_only_the_first():
    two = gids(charts.readiness(RUNS["two variants"](), "kfir"))
    seven = gids(charts.readiness(RUNS["seven variants ending near each other"](), "kfir"))

    assert {gid for gid in two if gid.startswith("fan90")} == {"fan90:v0", "fan90:v1"}
    assert {gid for gid in seven if gid.startswith("fan90")} == {"fan90:v0"}
    assert {f"median:v{k}" for k in range(7)} <= seven


def test_the_first_variant_chosen_is_the_main_one():
    figure = charts.readiness(RUNS["seven variants ending near each other"](), "kfir", ["v6", "v0", "v3"])

    assert {"fan90:v6", "median:v0", "median:v3"} <= gids(figure)
    assert not {"fan90:v0", "median:v1"} & gids(figure)
    assert "No run" not in text_of(figure, "crossing")
    assert text_of(figure, "crossing") == "Third-party depot by month 12: 42% of runs fall below within 38 months"


def test_lines_of_seven_variants_differ_in_colour_and_in_dashes():
    styles = theme.LINES

    assert len({str(dashes) for _, _, dashes in styles}) == len(styles)
    assert len({(colour, str(dashes)) for colour, _, dashes in styles[:7]}) == 7
    assert len({colour for colour, _, _ in styles[:7]}) == 7
    assert not {theme.SKY, theme.AMBER} & {colour for colour, _, _ in styles}


def test_a_twin_like_the_main_variant_is_said_and_not_drawn():
    same = falling(48, 10)
    figure = charts.readiness(one_variant(same, same, twin_crossing=MEDIAN_AT_12, twin_spread=0.10), "kfir")

    assert text_of(figure, "twin") == "No halt: the same"
    assert "label:twin" not in gids(figure)


def test_no_minimum_means_no_line_ring_or_words_for_it():
    found = gids(charts.readiness(one_variant(minimum=None), "kfir"))

    assert not {gid for gid in found if gid.startswith(("minimum", "crossing"))}


def test_no_ring_but_a_sentence_when_the_median_run_never_falls_below():
    figure = charts.readiness(RUNS["never below"](), "kfir")

    assert text_of(figure, "crossing") == "34% of runs fall below within 38 months"
    assert "crossing:leader" not in gids(figure)


def test_the_ring_stands_on_the_median_line_in_the_month_named():
    made = one_variant()
    figure = charts.readiness(made, "kfir")
    (ring,) = [line for line in figure.axes[0].lines if line.get_gid() == "crossing"]
    (median,) = [line for line in figure.axes[0].lines if line.get_gid() == "median:halt"]

    x, y = float(ring.get_xdata()[0]), float(ring.get_ydata()[0])  # type: ignore[index]
    assert date(2024, 10, 1).toordinal() < x < date(2024, 11, 1).toordinal()
    assert (x, y) in set(zip(median.get_xdata(), median.get_ydata()))
    assert text_of(figure, "crossing:label") == (
        "Median run falls below: Oct 2024, month 12 (90% of runs: months 7 to 21)"
    )


@pytest.mark.parametrize(
    ("n", "bands"),
    [(1, set()), (3, set()), (4, {"fan50:halt"}), (19, {"fan50:halt"}), (20, {"fan50:halt", "fan90:halt"})],
)
def test_only_bands_that_so_many_runs_support_are_drawn_and_labelled(n: int, bands: set[str]):
    figure = charts.readiness(with_runs(one_variant(), n), "kfir")
    labels = {text.get_text() for text in texts(figure) if text.get_gid() == "band"}

    assert {gid for gid in gids(figure) if gid.startswith("fan")} == bands
    assert labels == {{"fan50:halt": "middle 50% of runs", "fan90:halt": "90% of runs"}[band] for band in bands}


def test_the_ring_of_few_runs_has_no_interval():
    figure = charts.readiness(with_runs(one_variant(), 4), "kfir")

    assert text_of(figure, "crossing:label") == (
        "Median run falls below: Oct 2024, month 12 (too few runs for an interval)"
    )


def test_a_twin_like_the_main_variant_is_seen_in_a_single_run_too():
    same = falling(48, 10)
    made = with_runs(one_variant(same, same, twin_crossing=MEDIAN_AT_12, twin_spread=0.10), 1)

    assert text_of(charts.readiness(made, "kfir"), "twin") == "No halt: the same"


def test_a_fleet_below_the_minimum_from_the_start_has_words_and_no_ring():
    figure = charts.readiness(RUNS["delivered during the halt"](), "kfir")
    earlier = charts.readiness(one_variant(falling(48, 2, pace=3), crossing=AT_ONCE), "kfir")
    of_two = charts.readiness(many_variants(2, [0.28, 0.1], [AT_ONCE] * 2), "kfir")

    assert text_of(figure, "crossing") == "Below the minimum from the start"
    assert text_of(earlier, "crossing") == "Below the minimum already before the first halt"
    assert not {"crossing:label", "crossing:leader"} & (gids(figure) | gids(earlier))
    assert "crossing:label" in gids(of_two)


def test_a_fleet_that_falls_in_the_month_of_the_halt_keeps_its_ring():
    figure = charts.readiness(RUNS["below in the month of the halt"](), "kfir")

    assert text_of(figure, "crossing:label") == "Median run falls below: Oct 2023, month 0 (90% of runs: month 0)"


def labels_downwards(figure: Figure) -> list[str]:
    found = [text for text in texts(figure) if str(text.get_gid()).startswith("label:")]
    return [" ".join(one.get_text().split()) for one in sorted(found, key=lambda text: -text.get_position()[1])]


def test_labels_follow_the_ends_of_their_lines_and_where_these_are_equal_the_order_of_variants():
    made = many_variants(6, [0.2, 0.05, 0.0, 0.0, 0.052, 0.048], [MEDIAN_AT_12] * 6)
    ends = {name: one.fleets["kfir"].curves["mc"].p50[-1] for name, one in made.variants.items()}
    shown = sorted((-round(100 * end / 22), k, name) for k, (name, end) in enumerate(ends.items()))

    found = labels_downwards(charts.readiness(made, "kfir"))

    assert [words.rsplit(":", 1)[0] for words in found] == [made.variants[name].title for _, _, name in shown]


def test_lowest_label_stands_at_the_axis_when_lines_end_at_nothing():
    figure = charts.readiness(many_variants(5, [0.0] * 5, [MEDIAN_AT_12] * 5), "kfir")
    plot = figure.axes[0].get_window_extent()
    lowest = min(
        (box_of(one) for one in texts(figure) if str(one.get_gid()).startswith("label:")), key=lambda box: box.y0
    )

    assert lowest.y0 < plot.y0 < lowest.y1


def test_the_y_axis_reaches_100_percent_and_further_when_more_is_there():
    def top(figure: Figure) -> str:
        marks = [text for text in texts(figure) if str(text.get_gid()).startswith("y:")]
        return max(marks, key=lambda text: text.get_position()[1]).get_text()

    assert top(charts.readiness(one_variant(), "kfir")) == "100%"
    assert top(charts.readiness(RUNS["more than authorised"](), "kfir")) == "150%"


def test_observations_of_other_fleets_measures_and_times_are_not_drawn():
    other = (
        replace(SEEN[0], fleet="hermes"), replace(SEEN[0], measure="fmc"),
        observation(date(2019, 1, 1), 1, 2, 3), observation(date(2040, 1, 1), 1, 2, 3),
    )  # fmt: skip

    assert "observed" not in gids(charts.readiness(one_variant(observations=other), "kfir"))


def test_halts_that_cannot_be_seen_are_left_out_and_those_beyond_the_rows_counted():
    gone = halt(start=date(2019, 1, 1), end=date(2020, 1, 1), name="gone")
    later = halt(start=date(2031, 1, 1), name="later")
    found = gids(charts.readiness(one_variant(halts=(gone, later, halt())), "kfir"))
    many = charts.readiness(RUNS["twelve halts in one month"](), "kfir")

    assert not {gid for gid in found if "gone" in gid or "later" in gid}
    assert {f"halt:h{k}" for k in range(12)} <= gids(many)
    assert re.fullmatch(r"and \d+ more halts \(dotted\)", text_of(many, "halts:more"))


def test_a_halt_before_the_start_says_since_when():
    figure = charts.readiness(RUNS["a halt before the start"](), "kfir")

    assert text_of(figure, "halt:stop:label") == "Israeli exports halted, since Mar 2021"


def test_a_title_given_by_the_user_is_used():
    figure = charts.readiness(one_variant(), "kfir", title="What we found in $x_1$")

    assert text_of(figure, "title") == "What we found in $x_1$"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda made: charts.readiness(made, "kfirr"), "did you mean 'kfir'"),
        (lambda made: charts.readiness(made, "kfir", ["halts"]), "did you mean 'halt'"),
        (lambda made: charts.readiness(made, "kfir", measure="fmcs"), "did you mean 'fmc'"),
        (lambda made: charts.readiness(made, "kfir", []), "no variants were chosen"),
        (lambda made: charts.states(made, "kfir", "nothing"), "no variant is called 'nothing'"),
    ],
)
def test_names_that_do_not_exist_are_usage_errors(call: Callable[[Run], Figure], words: str):
    with pytest.raises(UsageError, match=re.escape(words)):
        call(one_variant())


# ---- states ------------------------------------------------------------------------------------------


def test_a_chart_of_states_stacks_what_is_not_always_zero():
    found = gids(charts.states(one_variant(), "kfir", "halt"))

    shown = {gid for gid in found if gid.startswith("state:")}
    assert shown == {"state:fmc", "state:pmc", "state:nmcm", "state:nmcs", "state:nmcb", "state:overhaul",
                     "state:limit", "state:lost"}  # fmt: skip
    assert {"minimum", "authorised", "halt:stop", "title", "subtitle", "excludes", "source"} <= found
    assert not {gid for gid in found if gid.startswith("shade:")}


def test_labels_of_states_carry_words_and_the_number_at_the_end():
    figure = charts.states(one_variant(), "kfir", "halt")

    assert text_of(figure, "label:fmc") == "Ready (FMC): 5.1"
    assert text_of(figure, "label:nmcs") == "Waiting for a part (NMCS): 3.6"
    assert text_of(figure, "authorised:label") == "Authorised: 22"


def test_no_label_hides_the_line_of_the_minimum_or_of_what_is_authorised():
    made = one_variant([0.95] * 48, lot=1000, authorised=400, minimum=0.9)
    figure = charts.states(made, "kfir", "halt")
    labels = [box_of(text) for text in texts(figure) if text.get_gid() in ("minimum:label", "authorised:label")]
    lines = [line for line in figure.axes[0].lines if line.get_gid() in ("minimum", "authorised")]

    levels = [float(line.get_transform().transform((0.5, line.get_ydata()[0]))[1]) for line in lines]  # type: ignore
    assert len(labels) == len(levels) == 2
    assert not any(box.y0 - 6 < level < box.y1 + 6 for box in labels for level in levels)


# ---- notes -------------------------------------------------------------------------------------------

ON_FIRST = "In 'No response' the halt 'stop' changed nothing."
ON_THIRD = "In 'Cannibalise up to 4 airframes' the halt 'stop' changed nothing."
ON_ALL = "Something holds for the whole run."


@pytest.mark.parametrize(
    ("notes", "words"),
    [
        ((ON_FIRST,), f"Note: {ON_FIRST}"),
        ((ON_THIRD,), "1 note on other variants: see the run record."),
        ((ON_THIRD, ON_THIRD), "2 notes on other variants: see the run record."),
        ((ON_THIRD, ON_FIRST), f"Note: {ON_FIRST} And 1 more note in the run record."),
        ((ON_THIRD, ON_FIRST, ON_ALL), f"Note: {ON_ALL} {ON_FIRST} And 1 more note in the run record."),
        (("No response: it is so.",), "Note: No response: it is so."),
    ],
)
def test_notes_on_the_run_and_the_variants_drawn_come_first(notes: tuple[str, ...], words: str):
    made = many_variants(3, [0.28, 0.3, 0.4], [MEDIAN_AT_12] * 3, notes=notes)

    assert text_of(charts.readiness(made, "kfir", ["v0", "v1"]), "notes") == words
    assert text_of(charts.states(made, "kfir", "v0"), "notes") == words


def test_notes_take_one_line_however_many_and_long_they_are():
    for notes, tail in (
        ((f"Every word of it: {LONG} {LONG}",), "… (in full in the run record)"),
        ((f"Every word of it: {LONG} {LONG}", ON_FIRST), "… (in full, with 1 more, in the run record)"),
        ((LONG, *(f"Note {k}." for k in range(40))), " more notes in the run record."),
    ):
        figure = charts.readiness(one_variant(notes=notes), "kfir")
        (line,) = [text for text in texts(figure) if text.get_gid() == "notes"]

        assert "\n" not in line.get_text()
        assert line.get_text().endswith(tail)
        assert line.get_fontsize() == 10.5


# ---- sweeps ------------------------------------------------------------------------------------------


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


# ---- files -------------------------------------------------------------------------------------------


def test_the_svg_keeps_text_as_text_and_the_ids(tmp_path: Path):
    made = one_variant(title="Kfir $x_1$ <b>&", observations=SEEN)
    figure = charts.readiness(made, "kfir")
    _, path = charts.save(figure, tmp_path, "chart")
    svg = path.read_text(encoding="utf-8")
    words = [unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]

    title = next(text for text in texts(figure) if text.get_gid() == "title").get_text()
    assert "Kfir $x_1$ <b>&" in title
    assert all(line in words for line in title.split("\n"))
    assert titles.source_line(made) in words
    assert 'id="fan90:halt"' in svg and "sans-serif" in svg


def test_files_are_the_same_byte_for_byte_every_time(tmp_path: Path):
    first = charts.save(charts.readiness(one_variant(), "kfir"), tmp_path / "a", "chart")
    again = charts.save(charts.readiness(one_variant(), "kfir"), tmp_path / "b", "chart")

    assert [path.name for path in first] == ["chart.png", "chart.svg"]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
    assert b"<dc:date>" not in first[1].read_bytes()


def test_the_png_is_a_full_hd_slide(tmp_path: Path):
    png = charts.save(charts.states(one_variant(), "kfir", "halt"), tmp_path, "chart")[0].read_bytes()

    assert (int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")) == (1920, 1080)


def test_titles_do_not_import_matplotlib_and_charts_do_not_import_pyplot():
    code = (
        "import sys, armsim.report.titles; assert 'matplotlib' not in sys.modules;"
        "import armsim.report.charts; assert 'matplotlib' in sys.modules;"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )

    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


# ---- titles are true ---------------------------------------------------------------------------------


def title(made: Run, measure: str = "mc") -> str:
    return titles.readiness_title(made, "kfir", "halt", measure)


def test_title_when_the_median_run_falls_below_the_minimum():
    assert title(one_variant()) == (
        "Kfir readiness falls below its minimum (50% of authorised) by Oct 2024, 12 months after the halt"
    )


def test_title_when_it_falls_below_in_the_month_of_the_halt():
    assert title(RUNS["below in the month of the halt"]()) == (
        "Kfir readiness falls below its minimum (50% of authorised) in Oct 2023, the month of the halt"
    )


def test_title_when_it_falls_below_with_and_without_the_halt():
    same = falling(48, 10)
    assert title(one_variant(same, same, twin_crossing=MEDIAN_AT_12)) == (
        "Kfir readiness falls below its minimum (50% of authorised) by Oct 2024, with the halt or without"
    )


def test_title_when_it_falls_below_later_without_the_halt():
    later = falling(48, 10, pace=30)
    assert title(one_variant(without=later, twin_crossing=Crossing(20, 29, None, 0.2))) == (
        "Kfir readiness falls below its minimum (50% of authorised) by Oct 2024; without the halt, by Mar 2026"
    )


def test_title_when_many_runs_never_fall_below():
    assert title(one_variant(crossing=Crossing(10, 20, None, 0.34))) == (
        "Kfir readiness falls below its minimum (50% of authorised) in 66% of runs; in the median run, by Jun 2025"
    )


def test_title_when_it_falls_below_before_the_halt():
    assert title(one_variant(falling(48, 2, pace=3), crossing=AT_ONCE)) == (
        "Kfir readiness is below its minimum (50% of authorised) already before the halt "
        "and is still below it in Dec 2026: 28%; 72% without the halt"
    )


def test_title_when_it_recovers_by_the_end():
    shares = [*falling(40, 10), *[0.6] * 8]
    assert title(one_variant(shares)) == (
        "Kfir readiness falls below its minimum (50% of authorised) by Oct 2024 but ends above it, at 60%"
    )


def test_title_when_runs_dip_below_though_their_median_does_not():
    assert title(one_variant([0.55] * 48)) == (
        "Kfir: at least half of the runs dip below its minimum (50% of authorised) by Oct 2024; the median never does"
    )


def test_title_when_it_starts_below_the_minimum():
    low = falling(48, 10, high=0.4, low=0.2)
    assert title(one_variant(low, low, crossing=AT_ONCE)) == (
        "Kfir readiness starts below its minimum (50% of authorised), at 40%, "
        "and is still below it in Dec 2026: 20%, with and without the halt"
    )


def test_title_when_it_starts_below_and_rises():
    rising = [0.3 + 0.01 * k for k in range(48)]
    assert title(one_variant(rising, crossing=AT_ONCE)) == (
        "Kfir readiness starts below its minimum (50% of authorised), at 30%, "
        "and is above it in Dec 2026: 77%; 72% without the halt"
    )


def test_title_of_a_fleet_still_to_be_delivered():
    assert title(RUNS["delivered during the halt"]()) == (
        "Kfir readiness starts below its minimum (50% of authorised), at 0%, "
        "and is still below it in Dec 2026: 0%; 100% without the halt"
    )
    assert titles.readiness_title(RUNS["delivered during the halt"](), "kfir", "halt_none") == (
        "Kfir readiness starts below its minimum (50% of authorised), at 0%, and is above it in Dec 2026: 100%"
    )


def test_title_when_it_reaches_just_the_minimum():
    reaching = [0.0] * 30 + [0.5] * 18
    assert title(one_variant(reaching, reaching, crossing=AT_ONCE)) == (
        "Kfir readiness starts below its minimum (50% of authorised), at 0%, "
        "and is at it in Dec 2026: 50%, with and without the halt"
    )


def test_title_claims_nothing_from_the_difference_in_a_single_run():
    def single(shares: list[float]) -> str:
        return title(with_runs(one_variant(shares, [0.71] * 48, crossing=NEVER), 1))

    assert single([0.59] * 48) == "Kfir: in a single run, 59% ready with the halt in Dec 2026, 71% without"
    assert single([0.71] * 48) == "Kfir: in a single run, 71% ready with and without the halt in Dec 2026"
    assert single([0.71] * 10 + [0.55] * 20 + [0.71] * 18) == (
        "Kfir: in a single run, 71% ready with and without the halt in Dec 2026"
    )


def test_title_does_not_call_an_effect_little_that_few_runs_cannot_tell_from_a_large_one():
    made = one_variant([0.70] * 48, [0.71] * 48, crossing=NEVER, difference_se=2.0)
    assert title(made) == (
        "Kfir: no clear effect of the halt in so few runs: 70% ready with it in Dec 2026, 71% without"
    )


def test_title_when_the_halt_changes_little():
    assert title(one_variant([0.71] * 48, [0.71] * 48, crossing=NEVER)) == (
        "Kfir: the halt changes little: 71% ready with and without it in Dec 2026"
    )


def test_title_when_the_difference_is_within_what_few_runs_can_tell():
    made = one_variant([0.65] * 48, [0.71] * 48, crossing=NEVER, difference_se=1.0)
    assert title(made) == (
        "Kfir: no clear effect of the halt in so few runs: 65% ready with it in Dec 2026, 71% without"
    )


def test_title_when_the_effect_has_passed_by_the_end():
    shares = [0.71] * 10 + [0.55] * 20 + [0.71] * 18
    assert title(one_variant(shares, [0.71] * 48, crossing=NEVER)) == (
        "Kfir readiness is on average 16 points below the no-halt case in Nov 2023; by Dec 2026 the halt changes little"
    )


def test_title_when_there_is_an_effect_but_no_crossing():
    assert title(one_variant([0.59] * 48, [0.71] * 48, crossing=Crossing(20, None, None, 0.66))) == (
        "Kfir readiness ends on average 12 points below the no-halt case; 66% of runs never fall below the minimum"
    )
    assert title(one_variant([0.59] * 48, [0.71] * 48, crossing=NEVER, minimum=None)) == (
        "Kfir readiness ends on average 12 points below the no-halt case in Dec 2026"
    )


def test_title_when_readiness_ends_above_the_no_halt_case():
    assert title(one_variant([0.76] * 48, [0.71] * 48, crossing=NEVER)) == (
        "Kfir readiness ends on average 5 points above the no-halt case; no run falls below the minimum"
    )


def test_title_of_several_halts_speaks_of_halts():
    made = one_variant([0.71] * 48, [0.71] * 48, crossing=NEVER, halts=THREE_HALTS)
    assert title(made) == "Kfir: the halts change little: 71% ready with and without them in Dec 2026"


def test_title_does_not_count_months_from_another_variants_halt():
    later = one_variant(halts=(halt(start=date(2024, 1, 1)),))
    assert title(later) == "Kfir readiness falls below its minimum (50% of authorised) by Oct 2024"


def test_titles_of_a_variant_without_a_twin():
    never = titles.readiness_title(one_variant(), "kfir", "halt_none")
    rising = fleet([0.1 + 0.01 * k for k in range(48)], minimum=None)
    rises = titles.readiness_title(run({"a": variant("a", "A", rising, None)}), "kfir", "a")

    assert never == "Kfir readiness never falls below its minimum (50% of authorised) in any run"
    assert rises == "Kfir: the share ready rises from 10% to 57% by Dec 2026"


def test_titles_of_other_measures():
    assert title(one_variant(), "fmc") == "Kfir: 23% fully ready in Dec 2026, 57% without the halt"
    assert title(one_variant(), "on_hand") == "Kfir: 95% on hand in Dec 2026, with and without the halt"
    assert title(one_variant(), "hours_flown") == "Kfir: 256 hours flown in Dec 2026, 629 hours without the halt"


def test_titles_that_compare_variants():
    seven = RUNS["seven variants ending near each other"]()
    names = [f"v{k}" for k in range(7)]
    subject = "Kfir readiness falls below its minimum (50% of authorised) in the median run"

    def compared(chosen: list[str], made: Run = seven) -> str:
        return titles.comparison_title(made, "kfir", chosen)

    assert compared(names) == (
        "Only ‘Third-party depot by month 12’ keeps the median run of Kfir from falling below "
        "its minimum (50% of authorised)"
    )
    assert compared(names[:6]) == f"{subject} of all 6 variants, not without a halt"
    assert compared(["v0", "v1"]) == f"{subject} of both variants, not without a halt"
    assert compared(["v0", "v6"]) == f"{subject} of ‘No response’ only, not without a halt"
    assert compared(["v0"]) == title(one_variant())
    never = many_variants(3, [0.6] * 3, [NEVER] * 3)
    assert compared(["v0", "v1", "v2"], never) == (
        "Kfir readiness does not fall below its minimum (50% of authorised) in the median run of any of 3 variants"
    )
    assert compared(["v0", "v1"], never) == (
        "Kfir readiness does not fall below its minimum (50% of authorised) in the median run of either variant"
    )
    no_minimum = run(
        {
            name: variant(name, name.upper(), fleet([end] * 48, minimum=None), None)
            for name, end in (("a", 0.28), ("b", 0.56))
        }
    )
    assert compared(["a", "b"], no_minimum) == "Kfir: from 28% ready (‘A’) to 56% (‘B’) in Dec 2026"


def test_titles_that_compare_variants_with_the_fleet_without_a_halt():
    subject = "Kfir readiness falls below its minimum (50% of authorised)"

    def compared(months: list[float], without: float, chosen: list[str]) -> str:
        crossings = [Crossing(month - 2, month, month + 9, 0) for month in months]
        made = many_variants(len(months), [0.28] * len(months), crossings, Crossing(9, without, None, 0.1))
        return titles.comparison_title(made, "kfir", chosen)

    assert compared([18, 9, 5], 18, ["v0", "v1", "v2"]) == (
        f"{subject} with or without a halt: month 18 (‘No response’), month 5 (‘Cannibalise up to 4 airframes’)"
    )
    assert compared([5, 9, 12], 18, ["v0", "v1", "v2"]) == (
        f"{subject} with or without a halt: month 18 without, month 5 (‘No response’)"
    )
    assert compared([12, 12, 11], 12, ["v0", "v1", "v2"]) == f"{subject} by Oct 2024, with or without a halt"


def test_title_of_variants_that_all_end_where_the_fleet_ends_without_a_halt():
    made = many_variants(2, [0.715] * 2, [NEVER] * 2)
    bare = replace(made, variants={name: without_minimum(one) for name, one in made.variants.items()})

    assert titles.comparison_title(bare, "kfir", ["v0", "v1"]) == "Kfir: 72% ready in Dec 2026, with or without a halt"


def without_minimum(made: VariantResult) -> VariantResult:
    plain = {name: replace(one, minimum=None, first_below_minimum=None) for name, one in made.fleets.items()}
    return replace(made, fleets=plain)


def test_titles_of_states_name_what_keeps_most_from_being_ready():
    made = one_variant()
    assert titles.states_title(made, "kfir", "halt") == (
        "Kfir: most systems not ready in Dec 2026 are at their limit (9.2 of 14.5)"
    )
    assert titles.states_title(one_variant([0.95] * 48), "kfir", "halt") == (
        "Kfir: nearly all systems are ready in Dec 2026"
    )
    few = one_variant([0.4] * 48, lot=1000, authorised=400)
    only_ready = replace(few.variants["halt"].fleets["kfir"], curves=only(few, fmc=160, lost=0))
    assert titles.states_title(with_fleet(few, only_ready), "kfir", "halt") == (
        "Kfir: 160 of 400 authorised lots on hand in Dec 2026, nearly all of them ready"
    )
    near = replace(only_ready, curves=only(few, fmc=392.6, lost=63.4))
    assert titles.states_title(with_fleet(few, near), "kfir", "halt") == "Kfir: 393 of 400 lots ready in Dec 2026"
    assert titles.states_title(with_fleet(few, replace(near, lot=1)), "kfir", "halt") == (
        "Kfir: 393 of 400 ready in Dec 2026"
    )
    lots = one_variant(lot=1000, authorised=300)
    assert titles.states_title(lots, "kfir", "halt") == (
        "Kfir: most lots not ready in Dec 2026 are at their limit (126 of 198)"
    )


def only(made: Run, fmc: float, lost: float) -> dict[str, Curve]:
    """Curves of a fleet with so many ready and so many lost, and none in any other state."""
    n = len(made.dates)
    known = made.variants["halt"].fleets["kfir"].curves
    return {name: flat(0.0, n) for name in known} | {"mc": flat(fmc, n), "fmc": flat(fmc, n), "lost": flat(lost, n)}


def with_fleet(made: Run, fleet_: FleetResult) -> Run:
    """The run with this fleet in its main variant."""
    halted = replace(made.variants["halt"], fleets={"kfir": fleet_})
    return replace(made, variants=made.variants | {"halt": halted})


# ---- words around the chart --------------------------------------------------------------------------


def test_subtitle_says_what_of_what_and_what_the_bands_are():
    assert titles.subtitle(one_variant(), "kfir", "halt") == (
        "Share of the 22 authorised (Kfir) mission capable (MC), monthly mean. "
        "Line: median of 100 runs; bands: middle 50% and 90% of runs."
    )
    assert "median of 400 runs (100 worlds × 4 runs); " in titles.subtitle(one_variant(replications=4), "kfir", "halt")
    assert "the 300 authorised lots of 1,000 (Kfir)" in titles.subtitle(
        one_variant(lot=1000, authorised=300), "kfir", "halt"
    )


def test_source_and_excludes_lines():
    made = one_variant(partial=True)
    assert titles.source_line(made) == (
        "Source: armsim 0.1.0 · scenarios/colombia.yaml · seed 1 · 100 worlds × 1 run · reference engine · "
        "model 4f2a9c1… · run 2026-11-23 · PARTIAL: stopped early"
    )
    assert titles.excludes_line(made) == (
        "Excludes: combat damage, pilots' currency. Says nothing about combat outcomes, or whether a halt will happen."
    )
    assert titles.excludes_line(one_variant(excludes=())) == titles.ALWAYS_EXCLUDED


@pytest.mark.parametrize(
    ("crossing", "words"),
    [
        (MEDIAN_AT_12, "Median run falls below: Oct 2024, month 12 (90% of runs: months 7 to 21)"),
        (
            Crossing(7, 12, None, 0.2),
            "Median run falls below: Oct 2024, month 12 (90% of runs: month 7 to not within 38 months)",
        ),
        (Crossing(0, 0, 0, 0.0), "Median run falls below: Oct 2023, month 0 (90% of runs: month 0)"),
        (
            Crossing(None, 12, None, 0.0),
            "Median run falls below: Oct 2024, month 12 (too few runs for an interval)",
        ),
        (Crossing(7, None, None, 0.66), "34% of runs fall below within 38 months"),
        (Crossing(None, None, None, 0.998), "Under 1% of runs fall below within 38 months"),
        (NEVER, "No run falls below within 38 months"),
    ],
)
def test_words_for_a_crossing(crossing: Crossing, words: str):
    assert titles.crossing_words(one_variant(), crossing) == words


def test_words_for_a_crossing_in_a_single_run():
    single = with_runs(one_variant(), 1)

    assert titles.crossing_words(single, Crossing(None, 12, None, 0.0)) == (
        "The one run falls below: Oct 2024, month 12 (too few runs for an interval)"
    )
    assert titles.crossing_words(single, NEVER) == "The one run does not fall below within 38 months"


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (1, "Line: a single run; too few for bands."),
        (2, "Line: median of 2 runs; too few for bands."),
        (3, "Line: median of 3 runs; too few for bands."),
        (4, "Line: median of 4 runs; band: middle 50% of runs, too few for 90%."),
        (19, "Line: median of 19 runs; band: middle 50% of runs, too few for 90%."),
        (20, "Line: median of 20 runs; bands: middle 50% and 90% of runs."),
    ],
)
def test_subtitle_names_only_the_bands_that_so_many_runs_support(n: int, words: str):
    assert titles.subtitle(with_runs(one_variant(), n), "kfir", "halt").endswith(f"monthly mean. {words}")


def test_subtitle_of_several_variants_with_few_runs():
    seven = RUNS["seven variants ending near each other"]()

    def words(n: int, lines: int, fans: int) -> str:
        return titles.subtitle(with_runs(seven, n), "kfir", "v0", "mc", lines, fans).split(". ", 1)[1]

    assert words(1, 7, 1) == "Lines: a single run each; too few for bands."
    assert words(2, 7, 1) == "Lines: medians of 2 runs each; too few for bands."
    assert words(4, 7, 1) == "Lines: medians of 4 runs each; band (‘No response’): middle 50% of runs, too few for 90%."
    assert words(4, 2, 2) == "Lines: medians of 4 runs each; bands: middle 50% of runs, too few for 90%."


def test_months_after_the_last_day_of_a_month_stay_in_their_month():
    assert titles.months_later(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert titles.months_later(date(2023, 10, 15), 12) == date(2024, 10, 15)
    assert titles.months_later(date(2023, 10, 15), -10) == date(2022, 12, 15)


def test_labels_are_spread_no_further_than_needed():
    assert theme.spread([3.0, 1.0], [0.5, 0.5], 0, 5) == [3.0, 1.0]
    assert theme.spread([2.0, 2.0], [1.0, 1.0], 0, 5) == [2.5, 1.5]
    assert theme.spread([5.0, 5.0, 0.0], [1.0, 1.0, 1.0], 0, 5) == [4.5, 3.5, 0.5]
    assert theme.spread([1.0, 0.0, 0.0], [1.0, 1.0, 1.0], 0, 5) == [2.5, 1.5, 0.5]
