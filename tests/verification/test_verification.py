"""The engine meets published and exact numbers of others, case by case; `docs/verification.md` is the page about it.

Each comparison of a right engine is beyond 3.5 standard errors with probability 4.7e-4: with fresh seeds 20 % for the
456 comparisons of the ordinary tests together, were they independent. Seeds are a hash of the case, so what is
green stays green until draws change; a red one is settled by the slow test, not by another seed.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from armsim.scenario.scenario import load

from .cases import (
    CASES,
    FOLDER,
    LIMIT,
    Case,
    Value,
    binomial_z,
    compare,
    compared,
    expected,
    model_of,
    results,
    rows,
    seed_of,
    values_of,
    variants_of,
)
from .watch import Watch
from .write import NOT_EXPRESSED, PAGE

DAY = 86400
PAIRS = [pytest.param(case, variant, id=f"{case.id}_{variant}" if variant else case.id)
         for case in CASES for variant in variants_of(case)]  # fmt: skip


def case_of(name: str) -> Case:
    return next(case for case in CASES if case.id == name)


def misses(case: Case, variant: str | None, runs: int, name: str) -> list[str]:
    """What is beyond the limit, in words."""
    return [f"{one.value.key}: found {one.found:.5g}, expected {one.value.expected:.5g}, z = {one.z:.2f}"
            for one in results(case, variant, runs, name) if not abs(one.z) <= LIMIT]  # fmt: skip


@pytest.mark.parametrize(("case", "variant"), PAIRS)
def test_the_engine_meets_the_numbers_of(case: Case, variant: str | None) -> None:
    """30 to 200 runs: a share of aircraft up has a standard error of up to 0.04."""
    assert misses(case, variant, case.few, f"few {case.id} {variant}") == []


@pytest.mark.slow
@pytest.mark.parametrize(("case", "variant"), PAIRS)
def test_the_engine_meets_with_many_runs_the_numbers_of(case: Case, variant: str | None) -> None:
    """Up to 12,300 runs: a share of aircraft up has a standard error of at most 0.002."""
    found = results(case, variant, case.many, f"many {case.id} {variant}")

    assert [one.value.key for one in found if not abs(one.z) <= LIMIT] == []
    assert all(one.error <= 0.002 for one in found if one.value.name == "up")


WRONG = (
    # case, variant, what is read otherwise in its scenario; whether an ordinary test does
    ("T01", None, "until: never", "until: 2001-08-30", False),
    ("T03", None, "wait_at_border", "hold", False),
    ("T04", None, "in_transit: hold", "in_transit: deliver", False),
    ("T05", None, "demand: fixed", "demand: calendar", False),
    ("T08", None, "share: 60%, at: condemned", "share: 60%, at: base.bench, takes: 8 days", False),
    ("F02", "none", "site: base}", "site: base, cannibalization: instant}", False),
    ("F03", "full", "cannibalization: instant", "cannibalization: none", True),
    ("S02", None, "leave_within: 0 days", "leave_within: 60 days", False),
    ("S03", None, "fails_every: 100 FH", "fails_every: 100 days\n    demand: fixed", False),
    ("E02", None, "own.bench", "base_1.bench", True),
    ("E03", None, "depot: 2}", "depot: 3}", False),
    ("E04", None, "order_and_ship: 0.01 years", "order_and_ship: 0.02 years", True),
    ("P2", "both_one", "best: 0.02531 years", "best: 0.03531 years", False),
    ("P5", "for_2500", "transit: 60 days", "transit: 75 days", False),
    ("Q1", "two", "every: 10 FH", "every: 12 FH", False),
    ("Q4", None, "servers: 3", "servers: 4", False),
    ("Q7", None, "servers: 1", "servers: 2", True),
    ("Q8", None, "servers: 3", "servers: 4", False),
    ("I3", None, "point: 1", "point: 0", True),
)


@pytest.mark.parametrize(("name", "variant", "old", "new"), [
    pytest.param(*wrong[:4], id=wrong[0], marks=[] if wrong[4] else [pytest.mark.slow]) for wrong in WRONG
])  # fmt: skip
def test_the_comparison_turns_red_when_the_scenario_is_another_in(name: str, variant: str, old: str, new: str) -> None:
    case = case_of(name)
    assert old in (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")

    model = model_of(case, variant, (old, new))
    found = compare(case, variant, rows(case, model, case.few, seed_of(f"few {name} {variant}")))

    assert max(abs(one.z) for one in found) > LIMIT


def test_every_case_can_be_seen_to_turn_red() -> None:
    assert [wrong[0] for wrong in WRONG] == [case.id for case in CASES]


# The cases and the page ---------------------------------------------------------------------------------


def test_every_number_belongs_to_a_case_with_a_scenario() -> None:
    ids = [case.id for case in CASES]

    assert list(expected()) == ids
    assert sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != "expected") == sorted(ids)
    assert sum(len(values_of(case, variant)) for case in CASES for variant in variants_of(case)) > 400


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_scenario_is_valid_without_warnings_and_has_the_variants_of_its_numbers(case: Case) -> None:
    scenario = load(FOLDER / f"{case.id}.yaml")
    given = variants_of(case)

    assert [problem.text() for one in scenario.variants for problem in scenario.variant(one).warnings] == []
    assert given == [None] or given == list(scenario.variants)


def test_the_page_has_every_case_and_every_one_that_is_not_compared() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert [case.id for case in CASES if f"## {case.id}: {expected()[case.id]['title']}" not in page] == []
    assert [name for name, why in NOT_EXPRESSED.items() if f"| {name} | {why}. |" not in page] == []


# How it is read and compared ----------------------------------------------------------------------------


def seen(times: list[int], watch: Watch) -> Watch:
    """A watch that was called at some times; what it sees then is the time itself in days."""
    for now in times:
        watch(SimpleNamespace(now=now))  # type: ignore[arg-type]
    return watch


def test_a_watch_reads_a_day_when_all_of_its_first_instant_has_happened() -> None:
    watch = seen([-5 * DAY, 2 * DAY, 3 * DAY, 3 * DAY, 7 * DAY], Watch(lambda one: (one.now / DAY,), [1, 3, 6]))

    assert watch.on_days == [(-5.0,), (3.0,), (3.0,)]


def test_a_watch_averages_from_the_start_to_the_end() -> None:
    """-5 until day 2, 2 until day 4, 4 until day 10: (-10 + 4 + 24) / 10."""
    watch = seen([-5 * DAY, 2 * DAY, 4 * DAY, 10 * DAY], Watch(lambda one: (one.now / DAY,)))

    assert watch.averages() == [1.8]


def test_the_z_of_a_chance_is_that_of_the_binomial_tail() -> None:
    """8 or more of 10 at one half: (45 + 10 + 1) / 1024 = 0.0547, which is 1.6010 of the normal law."""
    assert binomial_z(8, 10, 0.5) == pytest.approx(1.6010, abs=1e-4)
    assert binomial_z(2, 10, 0.5) == pytest.approx(-1.6010, abs=1e-4)
    assert binomial_z(5, 10, 0.5) == 0


def test_the_z_of_a_mean_uses_the_scatter_of_the_source_or_else_of_the_sample() -> None:
    """Four runs with mean 3 where 2 is expected: 1 / (4 / 2) by the source, 1 / (2.309 / 2) by the sample."""
    sample = np.array([1.0, 5.0, 1.0, 5.0])

    assert compared(Value("owed", None, 2.0, scatter=4.0), sample).z == pytest.approx(0.5)
    assert compared(Value("owed", None, 2.0), sample).z == pytest.approx(0.8660, abs=1e-4)
    assert compared(Value("owed", None, 2.0), np.array([3.0, 3.0])).z == float("inf")
