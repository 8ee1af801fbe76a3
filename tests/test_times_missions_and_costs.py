"""Time to survive and to recover, missions, costs and their causes, from counts written by hand."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from small import MONTH, scenario

from armsim import measures
from armsim.measures import Case, CaseCounts, Run
from armsim.model.arrays import Model
from armsim.model.compile import compile_scenario
from armsim.model.timeline import draw_world
from armsim.model.trajectory import COSTS, State
from armsim.scenario.halts import Operation
from armsim.scenario.scenario import Scenario
from armsim.study.executors import last_end

DAY = 86400
#: 2023: the month of April, in which the halt of HALTED ends, is report period 3 and holds days 90 to 119.
APRIL, IN_APRIL = 90 * DAY, 100 * DAY
JETS = "fleets: {{jets: {{count: {count}, minimum: {minimum}}}}}\n"
HALTED = JETS.format(count=4, minimum=2) + "halts: {stop: {kind: total, by: seller, from: @40, until: @100}}\n"


def made(body: str, days: int = 365, **changes: Any) -> tuple[Scenario, Model]:
    """A scenario and its model, with what the language of this test does not write changed by hand."""
    written = scenario(body, days)
    return written, replace(compile_scenario(written), **changes)


def case(
    written: tuple[Scenario, Model], ready: list[list[float]], ends: list[int] | None = None, name: str = "as_written",
    twin: str | None = "no_halt", **more: Any,
) -> Case:  # fmt: skip
    """A case of one fleet with so many jets ready in each run and report period; the others wait for a part."""
    found, model = written
    seconds = np.diff((0, *model.edges))
    books = max(max(row) for row in ready)
    states = np.zeros((len(ready), len(seconds), 1, 9), np.int64)
    states[:, :, 0, State.FMC] = np.rint(np.array(ready) * seconds)
    states[:, :, 0, State.NMCS] = np.rint(books * seconds) - states[:, :, 0, State.FMC]
    n, periods, halts = len(ready), len(seconds), len(model.halts)
    flown = np.zeros((n, periods, 1), np.int64)
    counts = CaseCounts(
        states=states, ends=np.zeros_like(states), flown=flown, demanded=flown,
        items=np.zeros((n, periods, len(model.items), 7), np.int64), touched=np.ones((n, halts, 5), np.int64),
        begun=np.zeros((n, 1), np.int64), causes={}, events=0, below=flown,
        pools=np.zeros((n, periods, 0, 3), np.int64),
        halts_end=np.array([-1] * n if ends is None else ends, np.int64),
    )  # fmt: skip
    return Case(name, "As written", twin, found, model, replace(counts, **more))


def no_halt(main: Case, ready: list[list[float]] | None = None, **more: Any) -> Case:
    """The twin of a case: four jets ready all along unless told otherwise."""
    runs, periods = main.counts.states.shape[:2]
    ready = [[4.0] * periods] * runs if ready is None else ready
    return case((main.scenario, main.model), ready, None, "no_halt", None, **more)


def summed(main: Case, *others: Case) -> Run:
    """The result of a case and its twin, every run a world of its own."""
    twins = others or (no_halt(main),)
    runs = len(main.counts.states)
    return measures.run_of(
        [main, *twins], engine="simpy", version="1", seed=1, worlds=runs, replications=1, run_on=date(2026, 1, 2)
    )


def jets(result: Run, variant: str = "as_written") -> measures.FleetResult:
    """The one fleet."""
    return result.variants[variant].fleets["jets"]


#: Below two of four from March to June and again in September; good from July, for three months from October on.
DIPS_AGAIN = [4, 4, 1, 1, 1, 1, 3, 3, 1, 2, 2, 3]
#: Below from March on; the last two months are good.
JUST_BACK = [4, 4, 1, 1, 1, 1, 1, 1, 1, 1, 4, 4]
NEVER_BELOW = [4] * 12


# ---- time to survive and to recover ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ready", "end", "months"),
    [
        (DIPS_AGAIN, IN_APRIL, 6),  # October is six months after April
        (DIPS_AGAIN, APRIL, 6),
        ([4, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1], APRIL, 0),  # April begins when the halt ends
        ([4, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1], IN_APRIL, None),  # and holds some of it: May, June, and July is not
        ([4, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1], IN_APRIL, 1),
        (JUST_BACK, IN_APRIL, None),
    ],
)
def test_a_fleet_has_recovered_with_the_first_of_three_good_periods_after_the_end(ready, end, months):
    found = jets(summed(case(made(HALTED), [ready], [end]))).time_to_recover
    assert found is not None and (found.p50, found.n, found.share_never) == (months, 1, float(months is None))
    assert found.within == pytest.approx((365 * DAY - end) / DAY / MONTH)


def test_only_runs_that_fell_below_and_whose_halts_end_can_recover():
    # Two of five count: one recovers in 6 months, one not within the year.
    ready = [DIPS_AGAIN, JUST_BACK, NEVER_BELOW, DIPS_AGAIN, JUST_BACK]
    found = jets(summed(case(made(HALTED), ready, [IN_APRIL, IN_APRIL, IN_APRIL, -1, -1]))).time_to_recover
    assert found is not None
    assert (found.p05, found.p50, found.p95) == (None, 6, None)
    assert (found.n, found.share_of_runs, found.share_never) == (2, 0.4, 0.5)


def test_quantiles_of_the_time_to_recover_are_those_its_own_runs_support():
    # Of 40 runs 20 fell: that supports a 95th percentile (the 19th of 20), which is a month; one is not back.
    ready = [[4, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2]] * 19 + [JUST_BACK] + [NEVER_BELOW] * 20
    found = jets(summed(case(made(HALTED), ready, [IN_APRIL] * 40))).time_to_recover
    assert found is not None and (found.p05, found.p50, found.p95) == (1, 1, 1)
    assert (found.n, found.share_of_runs, found.share_never) == (20, 0.5, 0.05)
    fewer = jets(summed(case(made(HALTED), ready[1:], [IN_APRIL] * 39))).time_to_recover
    assert fewer is not None and (fewer.p05, fewer.p50, fewer.p95) == (None, 1, None)


@pytest.mark.parametrize(
    ("ready", "end", "why"),
    [(DIPS_AGAIN, -1, "the halt does not end"), (DIPS_AGAIN, 365 * DAY, "the halt does not end"),
     (NEVER_BELOW, IN_APRIL, "no run falls below the minimum")],
)  # fmt: skip
def test_where_no_run_can_recover_it_says_why(ready, end, why):
    found = jets(summed(case(made(HALTED), [ready], [end]))).time_to_recover
    assert found is not None and (found.p50, found.n, found.share_of_runs, found.why) == (None, 0, 0, why)


def test_a_twin_and_a_run_whose_ends_are_not_known_have_no_time_to_recover():
    result = summed(case(made(HALTED), [DIPS_AGAIN], [IN_APRIL]))
    assert jets(result, "no_halt").time_to_recover is None
    unknown = summed(case(made(HALTED), [DIPS_AGAIN], []))
    assert jets(unknown).time_to_recover is None


@pytest.mark.parametrize(("level", "months"), [(88, 1), (87.9, None)])
def test_without_a_minimum_good_is_within_two_points_of_the_twin(level, months):
    body = "fleets: {jets: {count: 100}}\nhalts: {stop: {kind: total, by: seller, from: @40, until: @100}}\n"
    main = case(made(body), [[90.0, 90, 50, 50, *[level] * 8]], [IN_APRIL])
    found = jets(summed(main, no_halt(main, [[90.0] * 12]))).time_to_recover
    assert found is not None and (found.p50, found.n) == (months, 1)
    assert jets(summed(main)).time_to_survive is None  # there is nothing to fall below


def test_time_to_survive_counts_from_the_first_halt_over_all_runs():
    # The halt begins in February; the first run is below in March, the second never.
    found = jets(summed(case(made(HALTED), [DIPS_AGAIN, NEVER_BELOW], [IN_APRIL] * 2))).time_to_survive
    assert found == measures.TimeTo(None, 1, None, 0.5, 2, 1.0, pytest.approx((365 - 40) / MONTH))


@pytest.mark.parametrize(
    ("halts", "end"),
    [
        ("stop: {kind: total, by: seller, from: @40, until: @100}", 100),
        ("stop: {kind: total, by: seller, from: @40, until: @100}, b: {kind: total, by: third, from: @5, until: @130}",
         130),
        ("stop: {kind: total, by: seller, from: @40, until: @100}, b: {kind: total, by: third, from: @5, until: @130, "
         "background: true}", 100),
        ("stop: {kind: total, by: seller, from: @40}", None),
        ("b: {kind: total, by: third, from: @5, until: @130, background: true}", None),
    ],
)  # fmt: skip
def test_the_last_halt_that_the_twin_has_not_ends_it(halts, end):
    _, model = made(JETS.format(count=4, minimum=2) + f"halts: {{{halts}}}\n")
    assert last_end(draw_world(model, 1, 0)) == (-1 if end is None else end * DAY)


# ---- missions ----------------------------------------------------------------------------------------


def with_missions(days: int = 90) -> tuple[Scenario, Model]:
    """A fleet of two missions."""
    found, model = made(HALTED, days)
    return found, replace(model, fleets=(replace(model.fleets[0], missions=("patrol", "strike")),))


def able(numbers: list[list[tuple[float, float]]], lengths: Any = (31, 28, 31)) -> Any:
    """[run, period, fleet, mission] system-seconds from systems."""
    return np.rint(np.array(numbers) * np.array(lengths)[:, None] * DAY).astype(np.int64)[:, :, None]


def test_missions_have_curves_of_systems_able_and_a_paired_difference():
    # Patrol: 4 and 4, then 3 and 2, then 3 and 0; without the halt 4 throughout.
    runs = [[(4, 4), (3, 2), (3, 1)], [(4, 4), (2, 2), (0, 1)]]
    ends = np.array([[[[4, 4]], [[3, 2]], [[3, 1]]], [[[4, 4]], [[1, 2]], [[0, 1]]]])
    main = case(with_missions(), [[4, 3, 3], [4, 2, 1]], missions=able(runs), mission_ends=ends)
    twin = no_halt(main, missions=able([[(4, 3)] * 3] * 2), mission_ends=np.full((2, 3, 1, 2), 4))

    result = summed(main, twin)

    found = jets(result).missions
    assert list(found) == ["patrol", "strike"]
    assert found["patrol"]["able"].mean == (4, 2.5, 1.5) and found["strike"]["able"].mean == (4, 2, 1)
    assert found["patrol"]["able"].se[1] == pytest.approx(0.5)  # 3 and 2: sd 1/√2, over √2
    assert found["patrol"]["able_end"].mean == (4, 2, 1.5)
    assert found["patrol"]["difference"].mean == (0, -1.5, -2.5) and found["strike"]["difference"].mean == (1, -1, -2)
    assert found["strike"]["difference"].se[2] == 0  # both runs lose two
    assert set(jets(result, "no_halt").missions["strike"]) == {"able", "able_end"}


def test_a_fleet_without_missions_has_none():
    assert jets(summed(case(made(HALTED), [NEVER_BELOW], [IN_APRIL]))).missions == {}


# ---- costs -------------------------------------------------------------------------------------------


def spent(*runs: list[list[int]]) -> Any:
    """[run, period, kind] money."""
    return np.array(runs, np.int64)


def test_costs_are_sums_by_kind_with_a_paired_difference():
    # Two runs of three months; 60 and 100 in all, without the halt 50 and 50.
    main = case(made(HALTED, 90, has_costs=True), [[4, 3, 3]] * 2,
                costs=spent([[10, 0, 0, 0, 5], [20, 0, 0, 10, 5], [0, 0, 0, 5, 5]],
                            [[10, 0, 0, 0, 5], [20, 20, 0, 10, 5], [0, 20, 0, 5, 5]]))  # fmt: skip
    twin = no_halt(main, costs=spent(*[[[10, 0, 0, 0, 10], [10, 0, 0, 0, 10], [0, 0, 0, 0, 10]]] * 2))

    found = summed(main, twin).variants["as_written"].costs

    assert list(found) == ["total", *COSTS]
    total = found["total"]
    assert (total.mean, total.difference) == (80, 30)
    assert total.se == total.difference_se == pytest.approx(20)  # 60 and 100, 10 and 50: sd 40/√2, over √2
    assert total.curves["cost"].mean == (15, 45, 20) and total.curves["difference"].mean == (-5, 25, 10)
    assert (found["spares"].mean, found["spares"].difference) == (30, 10)
    assert (found["repair"].mean, found["repair"].se) == (20, pytest.approx(20))
    assert (found["flying"].difference, found["flying"].difference_se) == (-15, 0)
    assert found["responses"].curves["cost"].mean == (0, 10, 5)


def test_a_twin_in_which_nothing_has_a_price_costs_nothing():
    main = case(made(HALTED, 90, has_costs=True), [[4, 3, 3]], costs=spent([[0, 0, 0, 7, 0]] * 3))
    result = summed(main, replace(no_halt(main), model=replace(main.model, has_costs=False)))
    assert result.variants["as_written"].costs["responses"].difference == 21
    assert result.variants["no_halt"].costs["total"].mean == 0
    assert result.variants["no_halt"].costs["total"].difference is None


def test_without_prices_there_are_no_costs():
    result = summed(case(made(HALTED), [NEVER_BELOW], [IN_APRIL]))
    assert [variant.costs for variant in result.variants.values()] == [{}, {}]


# ---- causes ------------------------------------------------------------------------------------------

ITEM = (
    "items: {pump: {on: {jets: 1}, fails_every: 900 FH, supplier: maker, resupply: {make: 9 days}},\n"
    "        gun: {on: {jets: 1}, fails_every: 900 FH, repair: [{share: 100%, at: other, takes: 5 days}]}}\n"
)


def behind(mechanism: str, item: int = -1) -> tuple[str, str, str]:
    """(item, supplier, jurisdiction) behind a cause of 3 days."""
    body = JETS.format(count=4, minimum=2) + ITEM + TOTAL
    main = case(made(body, 90), [[4, 3, 3]], causes={(0, mechanism, item): np.array([3 * DAY * 27720])})
    (found,) = jets(summed(main, no_halt(main, [[4.0] * 3]))).causes
    assert found.mechanism == mechanism and found.system_months == found.difference == pytest.approx(3 / MONTH)
    return found.item, found.supplier, found.jurisdiction


TOTAL = "halts: {stop: {kind: total, by: seller, from: @40}}\n"


def test_want_of_money_is_put_down_to_the_recipient_and_names_the_supplier():
    assert behind("money", 1) == ("pump", "maker", "home")  # items are sorted: gun, pump
    assert behind("money", 0) == ("gun", "other", "home")
    assert behind("parts", 1) == ("pump", "maker", "seller")


def test_regeneration_is_put_down_to_nobody():
    assert behind("regeneration") == ("", "", "")


@pytest.mark.parametrize(
    ("parties", "fleet", "party"),
    [
        ([("seller", True)], {}, ("", "seller")),
        ([("maker", True)], {}, ("maker", "seller")),
        ([("seller third", True)], {}, ("", "")),  # of two none is named
        ([("seller third", False)], {"content": ("third",)}, ("", "third")),
        ([("seller third", False)], {"owner": "seller"}, ("", "seller")),
        ([("seller", False), ("third", False)], {"owner": "third"}, ("", "third")),
        ([("seller", True), ("third", True)], {}, ("", "")),
    ],
)
def test_withdrawn_permission_is_put_down_to_who_withdrew_it(parties, fleet, party):
    main = forbidden(parties, fleet)
    (cause,) = jets(summed(main, no_halt(main, [[4.0] * 3]))).causes
    assert (cause.item, cause.supplier, cause.jurisdiction) == ("", *party)


def test_a_halt_that_leaves_the_permission_to_operate_has_not_withdrawn_it():
    main = forbidden([("seller", True), ("third", True)], {})
    leaves = replace(main.model.halts[1], says=main.model.halts[1].says.model_copy(update={"operation": Operation()}))
    main = replace(main, model=replace(main.model, halts=(main.model.halts[0], leaves)))
    assert jets(summed(main, no_halt(main, [[4.0] * 3]))).causes[0].jurisdiction == "seller"


def forbidden(parties: list[tuple[str, bool]], fleet: dict[str, Any]) -> Case:
    """A case with a day down for want of permission; halts by such parties, which may name the fleet."""
    names = [f"h{k}: {{kind: total, by: [{by.replace(' ', ', ')}], from: @40}}" for k, (by, _) in enumerate(parties)]
    found, model = made(JETS.format(count=4, minimum=2) + f"halts: {{{', '.join(names)}}}\n", 90)
    stops = Operation.model_validate({"stop_within": "2 days"})
    halts = tuple(
        replace(halt, says=halt.says.model_copy(update={"operation": stops, "fleets": ("jets",) if named else ()}))
        for halt, (_, named) in zip(model.halts, parties)
    )
    changed = found.things.fleets["jets"].model_copy(update=fleet)
    found = replace(found, things=found.things.model_copy(update={"fleets": {"jets": changed}}))
    causes = {(0, "permission", -1): np.array([DAY * 27720])}
    return case((found, replace(model, halts=halts)), [[4, 3, 3]], causes=causes)


def test_a_cause_has_the_error_of_its_system_months():
    # 3 and 5 days: sd 2/√2, over √2 = 1 day.
    body = (made(JETS.format(count=4, minimum=2) + TOTAL, 90), [[4, 3, 3]] * 2)
    main = case(*body, causes={(0, "regeneration", -1): np.array([3, 5]) * DAY * 27720})
    (found,) = jets(summed(main, no_halt(main, [[4.0] * 3] * 2))).causes
    assert found.se == pytest.approx(1 / MONTH)


# ---- record and hash ---------------------------------------------------------------------------------


def rich() -> Run:
    """A result with everything in it, of two runs."""
    found, model = with_missions()
    many = able([[(4, 4), (3, 2), (3, 1)]] * 2)
    main = case((found, replace(model, has_costs=True)), [[4, 1, 1]] * 2, [60 * DAY] * 2, missions=many,
                mission_ends=many // 10**6, costs=spent(*[[[10, 0, 0, 0, 5]] * 3] * 2))  # fmt: skip
    return summed(main, no_halt(main, [[4.0] * 3] * 2, missions=many, mission_ends=many, costs=main.counts.costs))


def test_a_record_of_missions_costs_and_times_is_the_run():
    text = json.dumps(measures.record(rich()), allow_nan=False)
    again = measures.from_record(json.loads(text))
    assert json.dumps(measures.record(again)) == text
    main, before = again.variants["as_written"], rich().variants["as_written"]
    assert main.costs["total"] == before.costs["total"]
    assert main.fleets["jets"].missions["strike"]["able"].mean == (4, 2, 1)
    assert main.fleets["jets"].time_to_recover is not None and main.fleets["jets"].time_to_recover.n == 2


def test_an_older_record_is_read_without_what_it_does_not_have():
    data = json.loads(json.dumps(measures.record(rich())))
    for variant in data["variants"].values():
        del variant["costs"]
        for touched in variant["touched"]:
            del touched["errors"]
        for fleet in variant["fleets"].values():
            for name in ("missions", "time_to_survive", "time_to_recover"):
                del fleet[name]
            for cause in fleet["causes"]:
                del cause["se"]
    again = measures.from_record(data).variants["as_written"]
    assert (again.costs, again.touched[0].errors) == ({}, ())
    assert (jets_of(again).missions, jets_of(again).time_to_survive, jets_of(again).time_to_recover) == ({}, None, None)


def jets_of(variant: measures.VariantResult) -> measures.FleetResult:
    """The one fleet of a variant."""
    return variant.fleets["jets"]


def test_the_hash_is_of_missions_and_costs_too_and_not_of_dates():
    main = case(with_missions(), [[4, 3, 3]], missions=able([[(4, 4)] * 3]), mission_ends=able([[(4, 4)] * 3]),
                costs=spent([[1, 0, 0, 0, 0]] * 3))  # fmt: skip

    def hashed(**more: Any) -> str:
        return measures.result_hash([replace(main, counts=replace(main.counts, **more))])

    one = hashed()
    assert one != hashed(missions=main.counts.missions + 1) != hashed(mission_ends=main.counts.mission_ends + 1) != one
    assert one != hashed(costs=main.counts.costs + 1)
    assert one == hashed(halts_end=np.array([5]))


def test_what_halts_touched_has_errors():
    # 1 and 3 orders: sd 2/√2, over √2; crew in days.
    touched = np.array([[[1, 0, 0, DAY, 0]], [[3, 0, 0, 3 * DAY, 0]]])
    main = case(made(HALTED, 90), [[4, 3, 3]] * 2, touched=touched)
    twin = no_halt(main, [[4.0] * 3] * 2)
    (found,) = summed(main, twin).variants["as_written"].touched
    assert (found.orders_refused, found.crew_days_lost) == (2, 2)
    assert found.errors == (pytest.approx(1), 0, 0, pytest.approx(1), 0)
    assert not any(map(math.isnan, found.errors))
