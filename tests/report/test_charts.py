"""Charts on invented runs: nothing overlaps or leaves the page, and what cannot be known is not drawn."""

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
    AT_ONCE,
    LONG,
    MEDIAN_AT_12,
    RUNS,
    SEEN,
    assert_neat,
    falling,
    gids,
    halt,
    many_variants,
    observation,
    off_page,
    one_variant,
    only,
    overlaps,
    text_of,
    texts,
    with_fleet,
    with_runs,
)
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from armsim.errors import UsageError
from armsim.measures import Run
from armsim.report import charts, theme, titles
from armsim.report.theme import Box, box_of


@pytest.fixture(params=RUNS, scope="module")
def some_run(request: pytest.FixtureRequest) -> Run:
    return RUNS[request.param]()


def main_of(made: Run) -> str:
    return titles.main_variants(made)[0]


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


def test_the_ring_stands_on_the_minimum_in_the_month_named():
    made = one_variant()
    figure = charts.readiness(made, "kfir")
    (ring,) = [line for line in figure.axes[0].lines if line.get_gid() == "crossing"]
    (minimum,) = [line for line in figure.axes[0].lines if line.get_gid() == "minimum"]

    x, y = float(ring.get_xdata()[0]), float(ring.get_ydata()[0])  # type: ignore[index]
    assert date(2024, 10, 1).toordinal() < x < date(2024, 11, 1).toordinal()
    assert y == float(minimum.get_ydata()[0])  # type: ignore[index]
    assert text_of(figure, "crossing:label") == (
        "Half of the runs have been below by: Oct 2024, month 12 (90% of runs: months 7 to 21)"
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
        "Half of the runs have been below by: Oct 2024, month 12 (too few runs for an interval)"
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

    words = "Half of the runs have been below by: Oct 2023, month 0 (90% of runs: month 0)"
    assert text_of(figure, "crossing:label") == words


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


@pytest.mark.parametrize("across", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("up", [0.2, 0.5, 0.8])
def test_no_words_stand_on_a_mark_of_what_was_observed(across: float, up: float):
    without = charts.readiness(one_variant(), "kfir")
    label = box_of(next(text for text in texts(without) if text.get_gid() == "crossing:label"))
    where = label.x0 + across * (label.x1 - label.x0), label.y0 + up * (label.y1 - label.y0)
    day, percent = without.axes[0].transData.inverted().transform(where)
    systems = percent / 100 * one_variant().variants["halt"].fleets["kfir"].authorised
    seen = observation(date.fromordinal(round(day)), None, systems, None)

    figure = charts.readiness(one_variant(observations=(seen,)), "kfir")

    mark = next(line for line in figure.findobj(Line2D) if line.get_gid() == "observed" and line.get_marker() == "D")
    x, y = mark.axes.transData.transform(mark.get_xydata()[0])
    under = Box(x - 8, y - 8, x + 8, y + 8)
    assert [text.get_gid() for text in texts(figure) if box_of(text).meets(under)] == []


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


@pytest.mark.parametrize("minimum", [0.8, 0.85, 0.9, 0.95, 1.0])
def test_no_label_hides_the_line_of_the_minimum_or_of_what_is_authorised(minimum: float):
    made = one_variant(lot=1000, authorised=400, minimum=minimum)
    ready = replace(made.variants["halt"].fleets["kfir"], curves=only(made, fmc=396, lost=60))
    figure = charts.states(with_fleet(made, ready), "kfir", "halt")
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


def test_titles_do_not_import_matplotlib_and_charts_import_neither_pyplot_nor_what_reads_scenarios():
    code = (
        "import sys, armsim.report.titles; assert 'matplotlib' not in sys.modules;"
        "import armsim.report.charts, armsim.report.figures; assert 'matplotlib' in sys.modules;"
        "assert not {'matplotlib.pyplot', 'pydantic', 'yaml'} & set(sys.modules)"
    )

    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_labels_are_spread_no_further_than_needed():
    assert theme.spread([3.0, 1.0], [0.5, 0.5], 0, 5) == [3.0, 1.0]
    assert theme.spread([2.0, 2.0], [1.0, 1.0], 0, 5) == [2.5, 1.5]
    assert theme.spread([5.0, 5.0, 0.0], [1.0, 1.0, 1.0], 0, 5) == [4.5, 3.5, 0.5]
    assert theme.spread([1.0, 0.0, 0.0], [1.0, 1.0, 1.0], 0, 5) == [2.5, 1.5, 0.5]
