# ruff: noqa: E501  (scenario texts read better unbroken)
"""R-O2 and R-O3: what wears parts out (fixed demand, sorties, the calendar), and the laws of lives."""

from __future__ import annotations

from itertools import pairwise

import pytest
from checked_parts import HALF, gone_at, jets, places, run
from hand_worked import DAILY, Seen

from armsim.model.order import Kind

BENCH = "sites: {base: {shops: {bench: {servers: 9}}}}\n"


def fixed(mean: str, more: str = "", qpa: int = 1) -> str:
    """An item with fixed demand."""
    return f"items: {{pump: {{on: {{jets: {qpa}}}, demand: fixed, fails_every: {mean}{more}}}}}\n"


def demands(seen: Seen) -> list[float]:
    """Days of the fixed demands; other limits of use have 0 in the second place."""
    return [second / 86400 for second, kind, entity in seen.log if kind == Kind.FAILURE and entity[1] > 0]


# Fixed demand (R-O2) ----------------------------------------------------------------------------------


def test_fixed_demand_does_not_fall_with_the_aircraft():
    """Ten jets, a mean of 10 days: one demand a day, 100 in 100 days within 3.5 standard errors (false alarm 1 in
    2000). Ten make holes, and none is filled any more: the others take nothing but are owed all the same."""
    seen = run(jets(10) + fixed("10 days"))
    n = len(demands(seen))

    assert abs(n - 100) < 3.5 * 100**0.5
    assert seen.item("pump", "holes")[-1] == (pytest.approx(demands(seen)[9]), 10)
    assert seen.item("pump", "backorders")[-1][1] == n
    assert seen.item("pump", "condemned")[-1][1] == n


def test_fixed_demand_comes_on_the_same_days_whatever_the_stock():
    """With no stock all are soon down, with 500 nobody ever is."""
    without, with_stock = run(jets(10) + fixed("10 days")), run(jets(10) + fixed("10 days", ", stock: {base: 500}"))

    assert with_stock.mc() == [(0, 10)]
    assert demands(with_stock) == demands(without)


def test_fixed_demand_is_that_of_the_fleet_at_the_start_whatever_leaves_it():
    """Three of four retired on day 1, and two delivered on day 30: the same demands as without."""
    more = "retirements: [{on: @1, count: 3}], deliveries: {supplier: maker, schedule: {list: [@30, @30]}}"
    text = fixed("10 days", ", stock: {base: 500}")
    plain, changed = run(jets(4) + text), run(jets(4, more) + text)

    assert changed.state("on_hand") == [(0, 4), (1, 1), (30, 3)]
    assert len(demands(plain)) > 20
    assert demands(changed) == demands(plain)


def test_fixed_demand_grows_with_the_quantity_per_system():
    """Ten jets with two pumps each: two demands a day, 200 in 100 days within 3.5 standard errors."""
    seen = run(jets(10) + fixed("10 days", ", stock: {base: 500}", qpa=2))

    assert abs(len(demands(seen)) - 200) < 3.5 * 200**0.5


def test_fixed_demand_strikes_positions_evenly():
    """600 demands or so on six positions: chi-square with 5 degrees of freedom below 20.5 (false alarm 1 in 1000)."""
    seen = run(jets(3) + fixed("1 day", ", stock: {base: 2000}", qpa=2))
    struck = [p.removals for system in seen.replication.fleets[0].systems for p in system.positions]
    mean = sum(struck) / 6

    assert sum(struck) == len(demands(seen)) > 500
    assert sum((n - mean) ** 2 / mean for n in struck) < 20.5


def test_fixed_demand_strikes_only_what_is_filled():
    """No stock: each of the first four demands strikes another of the four."""
    seen = run(jets(4) + fixed("10 days"))

    assert [n for _, n in seen.item("pump", "holes")] == [0, 1, 2, 3, 4]
    assert [day for day, _ in seen.mc()[1:]] == pytest.approx(demands(seen)[:4])


def test_a_demand_that_finds_nothing_filled_takes_the_next_unit_off_the_books():
    """One jet, 30 days to make. Each demand is ordered for at once, so each is met 30 days later, first come first
    served; those that met the hole of the first are issued elsewhere, their broken units came from outside."""
    more = ", supplier: maker, resupply: {make: 30 days}"
    seen = run(jets(1) + fixed("6 days", more), days=80)
    first = demands(seen)[0]
    met_off_the_books = [day for day in demands(seen) if first < day < first + 30 and day + 30 < 80]

    assert len(met_off_the_books) >= 3
    assert seen.mc()[:3] == [(0, 1), (pytest.approx(first), 0), (pytest.approx(first + 30), 1)]
    fallen = [day for (_, before), (day, n) in pairwise(seen.item("pump", "backorders")) if n < before]
    assert fallen == pytest.approx([day + 30 for day in demands(seen) if day + 30 < 80])
    met = len(fallen)
    fitted_again = seen.replication.fleets[0].systems[0].positions[0].fitted_before - 1
    assert places(seen, "pump")["elsewhere"] == met - fitted_again
    assert places(seen, "pump")["condemned"] == len(demands(seen))


def test_the_broken_unit_of_a_demand_off_the_books_is_repaired_like_any_other():
    """One jet, 20 days on the bench: each demand's unit is back 20 days later and fills what has waited longest."""
    seen = run(BENCH + jets(1) + fixed("6 days", ", repair: {at: base.bench, takes: 20 days}"), days=70)
    first = demands(seen)[0]

    assert len([day for day in demands(seen) if first < day < first + 20]) >= 2
    assert seen.mc()[2] == (pytest.approx(first + 20), 1)
    assert seen.item("pump", "condemned") == [(0, 0)]
    back = [day for (_, before), (day, n) in pairwise(seen.item("pump", "in_repair")) if n < before]
    assert back == pytest.approx([day + 20 for day in demands(seen) if day + 20 < 70])


def test_fixed_demand_at_a_base_is_met_through_its_depot():
    """The depot's units are 5 days away: the first two demands (one makes the hole, one finds it) are met 5 days on."""
    seen = run("sites: {base: {depot: national, order_and_ship: 5 days}, national: {}}\n" + jets(1, "site: base")
               + fixed("2 days", ", stock: {national: 500}"), days=40)  # fmt: skip

    fallen = [day for (_, before), (day, n) in pairwise(seen.item("pump", "backorders")) if n < before]
    assert len(demands(seen)) > 10
    assert fallen == pytest.approx([day + 5 for day in demands(seen) if day + 5 < 40])


def test_fixed_demand_runs_through_the_warm_up_too():
    """50 days before the start and 50 after: 10 a day both times, within 3.5 standard errors."""
    seen = run(jets(10) + fixed("1 day", ", stock: {base: 2000}"), days=50, warmup="50 days")
    before = [day for day in demands(seen) if day < 0]

    assert abs(len(before) - 500) < 3.5 * 500**0.5
    assert abs(len(demands(seen)) - 1000) < 3.5 * 1000**0.5


# Sorties (R-O2) ---------------------------------------------------------------------------------------

SORTIES = "demand: sorties, fails_every: {best: 160 sorties, varies: fixed}"


def two_fleets(jets_more: str, tugs_more: str) -> str:
    """Jets with sorties of 1.5 FH, tugs with sorties of 3 FH, one or two of each."""
    return f"fleets: {{jets: {{{DAILY}, sortie: 1.5 FH, {jets_more}}}, tugs: {{{DAILY}, sortie: 3 FH, {tugs_more}}}}}\n"


def test_a_life_in_sorties_is_as_many_hours_as_the_sorties_of_the_fleet_are_long():
    """160 sorties are 240 FH, 10 days, on jets and 480 FH, 20 days, on tugs."""
    seen = run(two_fleets("count: 1", "count: 1") + f"items: {{pump: {{on: {{jets: 1, tugs: 1}}, {SORTIES}}}}}")

    assert seen.mc("jets") == [(0, 1), (10, 0)]
    assert seen.mc("tugs") == [(0, 1), (20, 0)]


def test_sorties_follow_the_flying():
    """At half the use a day they last twice as long."""
    seen = run(f"fleets: {{jets: {{count: 1, {HALF}, sortie: 1.5 FH}}}}\nitems: {{pump: {{on: {{jets: 1}}, {SORTIES}}}}}")

    assert seen.mc() == [(0, 1), (20, 0)]


def test_quality_shortens_a_life_in_sorties():
    """Repaired [10, 14) to half its quality: 80 sorties, 5 days, [14, 19)."""
    seen = run(BENCH + jets(1, "sortie: 1.5 FH") + f"items: {{pump: {{on: {{jets: 1}}, {SORTIES}, "
               "repair: {at: base.bench, takes: 4 days, quality: 50%}}}", days=20)  # fmt: skip

    assert seen.mc() == [(0, 1), (10, 0), (14, 1), (19, 0)]


ROB = "cannibalization: on_demand"


def test_a_unit_robbed_from_a_fleet_with_longer_sorties_has_as_many_sorties_left():
    """The tug lost its rotor on day 5, after 40 sorties: its pump has 120 left. The jet's pump fails on day 10; the
    tug's, at once in its place, lasts 120 x 1.5 = 180 FH, 7.5 days. Then nobody has one."""
    seen = run(two_fleets(f"count: 1, {ROB}", f"count: 1, {ROB}") + f"items: {{pump: {{on: {{jets: 1, tugs: 1}}, {SORTIES}}}, "
               f"rotor: {{on: {{tugs: 1}}, {gone_at(5)}}}}}")  # fmt: skip

    assert seen.mc("tugs") == [(0, 1), (5, 0)]
    assert seen.history("missing", "tugs", 0) == [(0, ()), (5, ("rotor 0",)), (10, ("pump 0", "rotor 0"))]
    assert seen.mc("jets") == [(0, 1), (17.5, 0)]


def test_a_unit_robbed_from_a_fleet_with_shorter_sorties_has_as_many_sorties_left():
    """The jet lost its rotor on day 5, after 80 sorties: 80 left. On the tug, from day 20, 240 FH: until day 30."""
    seen = run(two_fleets(f"count: 1, {ROB}", f"count: 1, {ROB}") + f"items: {{pump: {{on: {{jets: 1, tugs: 1}}, {SORTIES}}}, "
               f"rotor: {{on: {{jets: 1}}, {gone_at(5)}}}}}")  # fmt: skip

    assert seen.mc("jets") == [(0, 1), (5, 0)]
    assert seen.mc("tugs") == [(0, 1), (30, 0)]


def test_a_unit_robbed_within_a_fleet_keeps_its_sorties():
    """Jets: rotor gone on day 5 (80 left); the other's pump fails on 10; the robbed one lasts 120 FH, until 15."""
    seen = run(jets(2, f"sortie: 1.5 FH, {ROB}") + f"items: {{pump: {{on: {{jets: 1}}, {SORTIES}}}, rotor: {{on: {{jets: 1}}, {gone_at(5, 99)}}}}}")

    assert seen.mc() == [(0, 2), (5, 1), (15, 0)]


# Lives (R-O3) -----------------------------------------------------------------------------------------


def lives(law: str) -> list[float]:
    """300 lives, in days, of mean 240 FH, 10 days of flying: of a unit on each of 60 aircraft, not replaced, in 5 runs."""
    found: list[float] = []
    for seed in range(5):
        seen = run(jets(60) + f"items: {{pump: {{on: {{jets: 1}}, fails_every: {{best: 240 FH, varies: {law}}}}}}}", days=700, seed=seed)
        found += [day for (_, before), (day, left) in pairwise(seen.mc()) for _ in range(before - left)]
    assert len(found) == 300
    return found


@pytest.mark.parametrize(("law", "variation"), [("exponential", 1.0), ("weibull 2", 0.5227), ("erlang 4", 0.5),
                                                ("lognormal 60%", 0.6), ("uniform 30%", 0.3)])  # fmt: skip
def test_lives_of_every_law_have_their_mean_and_their_scatter(law, variation):
    """300 lives: their mean within 3.5 standard errors of 10 days (false alarm 1 in 2000); their variation within a
    fifth of that of the law, which is over 4 standard errors of it for all but the long-tailed, over 2 for those."""
    found = lives(law)
    mean = sum(found) / 300
    scatter = (sum((life - mean) ** 2 for life in found) / 299) ** 0.5

    assert abs(mean - 10) < 3.5 * 10 * variation / 300**0.5
    assert scatter / mean == pytest.approx(variation, rel=0.2)


def test_what_wears_out_fails_late():
    """Weibull of shape 3: by half its mean 1 - exp(-(0.893/2)**3) = 8.5% have failed, 25.5 of 300 within 3.5 standard
    errors of 4.8; of an exponential life it would be 39%."""
    early = sum(1 for life in lives("weibull 3") if life < 5)

    assert abs(early - 25.5) < 3.5 * (300 * 0.085 * 0.915) ** 0.5


def test_units_fitted_when_the_warm_up_begins_are_new():
    """A life of exactly 10 flying days, a warm-up of 4: it fails on day 6."""
    seen = run(jets(1) + "items: {pump: {on: {jets: 1}, fails_every: {best: 240 FH, varies: fixed}}}", warmup="4 days")

    assert [point for point in seen.mc() if point[0] > 0] == [(6, 0)]


def test_the_quality_of_a_repair_shortens_any_life():
    """Lives of 10 days, then 60% of it: [0, 10) and [14, 20); from then on each has 6 days again."""
    seen = run(BENCH + jets(1) + "items: {pump: {on: {jets: 1}, fails_every: {best: 240 FH, varies: fixed}, "
               "repair: {at: base.bench, takes: 4 days, quality: 60%}}}", days=31)  # fmt: skip

    assert seen.mc() == [(0, 1), (10, 0), (14, 1), (20, 0), (24, 1), (30, 0)]


def test_a_hard_life_cuts_a_life_of_any_law():
    """A life of 12 days and a hard life due after 8 flying days: condemned, not repaired."""
    seen = run(BENCH + jets(1) + f"items: {{pump: {{on: {{jets: 1}}, fails_every: {{best: 288 FH, varies: fixed}}, {gone_at(8)}, "
               "repair: {at: base.bench, takes: 4 days}}}", days=20)  # fmt: skip

    assert seen.mc() == [(0, 1), (8, 0)]
    assert seen.item("pump", "condemned") == [(0, 0), (8, 1)]


def test_a_calendar_life_runs_while_the_aircraft_does_not_fly():
    """The rotor is gone on day 5; the cell fails on day 20 all the same, and counts as a hole of its own."""
    seen = run(jets(1) + "items: {cell: {on: {jets: 1}, demand: calendar, fails_every: {best: 20 days, varies: fixed}}, "
               f"rotor: {{on: {{jets: 1}}, {gone_at(5)}}}}}")  # fmt: skip

    assert seen.mc() == [(0, 1), (5, 0)]
    assert seen.item("cell", "holes") == [(0, 0), (20, 1)]
