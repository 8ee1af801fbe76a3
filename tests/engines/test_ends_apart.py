# ruff: noqa: E501  (scenario texts read better unbroken)
"""Identical halts made one while their bans on operating end apart (R-H4, settled 81); changes on one date."""

from __future__ import annotations

import pytest

from armsim.model.compile import compile_scenario
from armsim.model.timeline import draw_world
from armsim.scenario.scenario import load_text
from armsim.study.run import run

DAY = 86400
BANNED = """
armsim: 1
name: two
time: {start: 2024-01-01, end: 2026-01-01}
jurisdictions: {seller: {}, home: {home: true}}
suppliers: {maker: {jurisdiction: seller, provides: [spares, overhaul]}}
sites: {base: {}}
fleets: {jets: {count: 6, site: base, fly: 30 FH/month per aircraft, content: [seller]}}
items: {engine: {on: {jets: 1}, fails_every: 60 FH, supplier: maker, resupply: {make: 20 days}}}
halts:
  a: {by: seller, slow_by: 100 days, operation: {stop_within: 0 days}, from: 2024-03-01, until: 2024-04-01, resume: {restart: 90 days, operation: 5 days}}
  b: {by: seller, slow_by: 100 days, operation: {stop_within: 0 days}, from: 2024-05-01, until: 2024-06-01, resume: {restart: 90 days, operation: 5 days}}
"""


def test_identical_halts_that_overlap_are_one_though_their_bans_are_two() -> None:
    """Days 60 to 91 and 121 to 152, each with a ban 5 days longer and all else 90 days longer."""
    world = draw_world(compile_scenario(load_text(BANNED)), 1, 0)

    assert [(one.begin, one.end) for one in world.halts] == [(60 * DAY, 242 * DAY)]
    times, allowed = world.permitted[0]
    assert times[1:] == (60 * DAY, 96 * DAY, 121 * DAY, 157 * DAY)
    assert [min(n, 6) for n in allowed] == [6, 0, 6, 0, 6]


@pytest.mark.parametrize("engine", ["simpy", "numba"])
def test_each_ban_is_put_down_to_its_own_halt(engine: str) -> None:
    if engine == "numba":
        pytest.importorskip("numba")
    found = run(load_text(BANNED), runs=1, engine=engine)  # type: ignore[arg-type]
    told = {one.halt: one.systems_forbidden for one in found.variants["as_written"].touched}

    assert told == {"a": 6, "b": 6}


@pytest.mark.parametrize(("first", "second"), [(3, 0), (0, 3)])
def test_of_two_changes_of_slots_on_one_date_the_last_in_the_file_holds(first: int, second: int) -> None:
    changes = f"changes: [{{from: 2024-09-01, to: {first}}}, {{from: 2024-09-01, to: {second}}}]"
    overhaul = f"overhaul: {{every: 2 years, takes: 9 days, at: maker, slots: {{best: 1, {changes}}}}}"
    text = BANNED.replace("content: [seller]", f"content: [seller], {overhaul}")

    assert draw_world(compile_scenario(load_text(text)), 1, 0).overhauls[0][1][-1] == second


@pytest.mark.parametrize(("first", "second"), [(9, 3), (3, 9)])
def test_of_two_changes_of_the_programme_on_one_date_the_last_in_the_file_holds(first: int, second: int) -> None:
    changes = ", ".join(f"{{from: 2024-09-01, to: {n} FH/month per aircraft}}" for n in (first, second))
    text = BANNED.replace("fly: 30 FH/month per aircraft", f"fly: {{best: 30 FH/month per aircraft, changes: [{changes}]}}")

    before, after = draw_world(compile_scenario(load_text(text)), 1, 0).programme[0][1]
    assert after == pytest.approx(before * second / 30, abs=1)


def test_rates_of_a_baseline_may_be_tied_to_each_other() -> None:
    body = BANNED[: BANNED.index("sites:")] + """
fleets:
  jets:
    count: 20
    fly: 30 FH/month per aircraft
    baseline:
      supplier: maker
      mc: 70%
      nmcm: {low: 10%, best: 15%, high: 20%, drawn_as: wear}
      nmcs: {low: 10%, best: 15%, high: 20%, drawn_as: wear}
      work_takes: 3 days
      parts_wait: 90 days
"""
    text = load_text(body).resolved_text()

    assert text.count("drawn_as: wear") == 4  # upkeep and three generic items
