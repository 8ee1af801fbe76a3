"""Titles and the words around a chart are true of the run they are made from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from made_up import (
    AT_ONCE,
    MEDIAN_AT_12,
    NEVER,
    RUNS,
    THREE_HALTS,
    falling,
    fleet,
    halt,
    many_variants,
    one_variant,
    only,
    run,
    variant,
    with_fleet,
    with_runs,
)

from armsim.measures import Crossing, Run, VariantResult
from armsim.report import titles

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


def test_title_tells_an_effect_that_passed_though_few_runs_cannot_tell_what_is_left_of_it():
    shares = [0.71] * 10 + [0.30] * 20 + [0.68] * 18
    made = one_variant(shares, [0.71] * 48, crossing=NEVER, difference_se=0.5)
    assert title(made) == (
        "Kfir readiness is on average 41 points below the no-halt case in Nov 2023; "
        "by Dec 2026 so few runs tell no difference"
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
        (MEDIAN_AT_12, "Half of the runs have been below by: Oct 2024, month 12 (90% of runs: months 7 to 21)"),
        (
            Crossing(7, 12, None, 0.2),
            "Half of the runs have been below by: Oct 2024, month 12 (90% of runs: month 7 to not within 38 months)",
        ),
        (Crossing(0, 0, 0, 0.0), "Half of the runs have been below by: Oct 2023, month 0 (90% of runs: month 0)"),
        (
            Crossing(None, 12, None, 0.0),
            "Half of the runs have been below by: Oct 2024, month 12 (too few runs for an interval)",
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
        "The one run falls below in: Oct 2024, month 12 (too few runs for an interval)"
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
