"""What the resolved form holds: sizes worked out by hand, the hash, short forms, what may be left out."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from armsim.errors import InvalidScenario, Problem
from armsim.scenario.resolve import largest_remainder, mean_days
from armsim.scenario.scenario import Scenario, load, load_text
from armsim.scenario.things import Crew
from armsim.scenario.values import Duration

VALID = Path(__file__).parents[1] / "scenarios" / "valid"
SMALL = """
armsim: 1
name: small
time: {start: 2024-01-01, end: 2026-01-01}
jurisdictions: {seller: , home: {home: true}}
suppliers: {maker: {jurisdiction: seller, provides: [spares, repair, people, overhaul]}}
"""
SITE = "sites: {base: {crews: {line: {fleets: jets, size: 4}}, shops: {avionics: }}}\n"
JETS = "fleets: {jets: {count: 4, fly: 10 FH/month per aircraft}}\n"


def small(*parts: str) -> Scenario:
    return load_text(SMALL + "\n".join(parts))


def problems(*parts: str) -> list[Problem]:
    with pytest.raises(InvalidScenario) as caught:
        small(*parts)
    return caught.value.problems


def heads(pool: Crew) -> list[float]:
    """A pool's own people and each supplier's."""
    assert pool.local is not None
    return [part.middle for part in (pool.local, *pool.foreign.values())]


# ---- sizes worked out


def test_largest_remainder_gives_whole_numbers_that_sum_to_the_total() -> None:
    # 5 × 40% = 2, 5 × 60% = 3; 3 × (50, 25, 25)% = 1.5, 0.75, 0.75: the two of 0.75 come first.
    assert largest_remainder(5, {"": 0.4, "iai": 0.6}) == {"": 2, "iai": 3}
    assert largest_remainder(3, {"a": 0.5, "b": 0.25, "c": 0.25}) == {"a": 1, "b": 1, "c": 1}


def test_largest_remainder_breaks_ties_by_name() -> None:
    assert largest_remainder(1, {"b": 0.5, "a": 0.5}) == {"b": 0, "a": 1}


@given(total=st.integers(0, 500), weights=st.lists(st.integers(0, 1000), min_size=1, max_size=8).filter(any))
def test_largest_remainder_is_never_off_by_one_or_more(total: int, weights: list[int]) -> None:
    shares = {f"s{k}": weight / sum(weights) for k, weight in enumerate(weights)}
    whole = largest_remainder(total, shares)

    assert sum(whole.values()) == total
    assert all(abs(whole[name] - total * share) < 1 for name, share in shares.items())


def test_a_pool_is_sized_by_the_work_of_all_its_tasks() -> None:
    scenario = small(
        "sites: {base: {crews: {line: {fleets: jets, utilisation: 80%, local: 40%, foreign: {maker: 60%}}}}}",
        """
fleets:
  jets:
    count: 10
    fly: 365.25 FH/year per aircraft     # 1 FH a day each: 10 FH a day
    upkeep: {every: 5 FH, takes: 2 days, crew: line}                     # 2 a day x 2 days = 4 people
    inspections: {every: 100 FH or 50 days, takes: 5 days, crew: line}   # the sooner, 0.2 a day x 5 days = 1
items:
  engine: {on: {jets: 2}, fails_every: 40 FH, replace: {takes: 1 day, crew: line}}  # 0.25 x 2 x 1 day = 0.5
  seat: {on: {jets: 1}, expires_after: 100 days, replace: {takes: 3 days, crew: line}}  # 0.1 x 3 days = 0.3
""",
    )
    pool = scenario.things.sites["base"].crews["line"]

    # 4 + 1 + 0.5 + 0.3 = 5.8 people at work; / 80% = 7.25, so 8; 40% of 8 = 3.2 and 60% = 4.8: 3 and 5.
    assert (pool.size, heads(pool)) == (8, [3, 5])
    assert pool.utilisation is None


def test_a_pool_whose_work_fits_exactly_is_not_rounded_up() -> None:
    upkeep = "upkeep: {every: 10 FH, takes: 1 day, crew: line}"
    scenario = small(
        "sites: {base: {crews: {line: {fleets: jets, utilisation: 50%}}}}",
        f"fleets: {{jets: {{count: 10, fly: 365.25 FH/year per aircraft, {upkeep}}}}}",
    )

    # 1 task a day of one day = 1 person at work; / 50% = 2.
    assert scenario.things.sites["base"].crews["line"].size == 2


def test_a_cap_on_use_cuts_the_work_a_pool_is_sized_for() -> None:
    fleet = "fleets: {jets: {count: 10, fly: 3652.5 FH/year per aircraft, at_most: 365.25 FH/year per aircraft, " \
            "upkeep: {every: 1 FH, takes: 1 day, crew: line}}}"  # fmt: skip
    scenario = small("sites: {base: {crews: {line: {fleets: jets, utilisation: 100%}}}}", fleet)

    assert scenario.things.sites["base"].crews["line"].size == 10


def test_a_pool_without_work_has_one_person() -> None:
    scenario = small("sites: {base: {crews: {line: {fleets: jets, utilisation: 80%}}}}", JETS)

    assert scenario.things.sites["base"].crews["line"].size == 1


def test_the_mean_of_a_lognormal_median_is_above_it() -> None:
    # sd 1.0: mean = median x e^(1/2); cv 60%: variance of the log = ln(1.36); exponential: median / ln 2.
    assert mean_days(Duration.model_validate({"median": "10 days", "varies": "lognormal sd 1.0"})) == pytest.approx(
        10 * math.exp(0.5)
    )
    assert mean_days(Duration.model_validate({"median": "10 days", "varies": "lognormal 60%"})) == pytest.approx(
        10 * math.sqrt(1.36)
    )
    assert mean_days(Duration.model_validate({"median": "10 days", "varies": "exponential"})) == pytest.approx(
        10 / math.log(2)
    )
    assert mean_days(Duration.model_validate({"best": "10 days", "varies": "lognormal 60%"})) == 10


def test_a_baseline_becomes_upkeep_and_three_parts_by_littles_law() -> None:
    scenario = small("""
fleets:
  jets:
    count: 20
    fly: 365.25 FH/year per aircraft        # 20 FH a day
    baseline: {mc: 70%, nmcs: 10%, nmcm: 20%, parts_wait: 50 days, work_takes: 4 days, supplier: maker}
""")
    things = scenario.things
    fleet = things.fleets["jets"]
    lives = {name: item.fails_every.best.fh for name, item in things.items.items()}  # type: ignore[union-attr]

    # 20% of 20 = 4 down for work of 4 days: 1 job a day, every 20 FH. Pool: 4 people at work / 50% = 8.
    assert [upkeep.every.best for upkeep in fleet.upkeep] == [pytest.approx(20)]
    assert things.sites["jets_base"].crews["jets_line"].size == 8
    assert fleet.site == "jets_base"
    # 10% of 20 = 2 waiting 50 days: 0.04 removals a day; 50%, 30%, 20% of them: every 1000, 1667, 2500 FH.
    assert lives == {
        "jets_part_often": pytest.approx(1000),
        "jets_part_sometimes": pytest.approx(20 / 0.012),
        "jets_part_seldom": pytest.approx(2500),
    }
    assert all(item.resupply.make.best == 50 for item in things.items.values())  # type: ignore[union-attr]
    assert fleet.baseline is None


def test_a_baseline_with_all_down_time_of_one_kind_makes_only_that_kind() -> None:
    parts = "mc: 70%, nmcs: 30%, parts_wait: 50 days, work_takes: 4 days, supplier: maker"
    work = "mc: 70%, nmcm: 30%, parts_wait: 50 days, work_takes: 4 days, supplier: maker"
    fleet = "fleets: {{jets: {{count: 20, fly: 10 FH/month per aircraft, baseline: {{{}}}}}}}"

    assert len(small(fleet.format(parts)).things.items) == 3
    assert small(fleet.format(parts)).things.fleets["jets"].upkeep == ()
    assert small(fleet.format(work)).things.items == {}
    assert len(small(fleet.format(work)).things.fleets["jets"].upkeep) == 1


def test_a_rate_of_a_baseline_with_a_range_becomes_intervals_drawn_together_on_the_log_scale() -> None:
    """300 systems, 10 FH a day each, 60 days of waiting. 20% down for parts are 1 failure a day: one every 3000 FH, and
    half of them every 6000 FH. 10% make that 12,000, 40% make it 3000."""
    fleet = small("fleets: {jets: {count: 300, rng_key: old, fly: 3652.5 FH/year per aircraft, baseline: {mc: 70%, "
                  "nmcs: {low: 10%, best: 20%, high: 40%}, nmcm: {low: 5%, best: 10%, high: 20%}, parts_wait: 60 days, "
                  "work_takes: 3 days, supplier: maker}}}")  # fmt: skip
    often = fleet.things.items["jets_part_often"].fails_every
    upkeep = fleet.things.fleets["jets"].upkeep[0].every

    assert often is not None
    assert often.fh == pytest.approx((3000, 6000, 12000), rel=1e-12)
    assert (often.log, often.drawn_as) == (True, "old_nmcs")
    # 10% of 300 for 3 days are 10 jobs a day: every 300 FH; 20% every 150, 5% every 600.
    assert upkeep.ends == pytest.approx((150, 300, 600), rel=1e-12)
    assert (upkeep.log, upkeep.drawn_as) == (True, None)


def test_the_people_of_a_baseline_are_local_unless_some_are_foreign() -> None:
    baseline = "mc: 70%, nmcm: 30%, parts_wait: 50 days, work_takes: 4 days, supplier: maker{}"
    fleet = "fleets: {{jets: {{count: 20, fly: 10 FH/month per aircraft, baseline: {{{}}}}}}}"
    alone = small(fleet.format(baseline.format(""))).things.sites["jets_base"].crews["jets_line"]
    mixed = small(fleet.format(baseline.format(", foreign: {maker: 25%}"))).things.sites["jets_base"].crews["jets_line"]

    # 30% of 20 = 6 people at work; / 50% = 12; 25% of them = 3.
    assert heads(alone) == [12]
    assert heads(mixed) == [9, 3]


# ---- what may be written short, or left out


def test_a_scenario_without_suppliers_sites_items_or_halts_resolves() -> None:
    scenario = load(VALID / "smallest.yaml")

    assert scenario.things.suppliers == {}
    assert scenario.things.sites == {}
    assert scenario.things.fleets["trucks"].site is None


def test_an_entry_left_empty_is_a_thing_with_its_defaults() -> None:
    scenario = small(SITE, JETS)

    assert scenario.things.jurisdictions["seller"].home is False
    assert scenario.things.sites["base"].shops["avionics"].servers is None


def test_a_single_word_may_stand_where_a_list_of_names_is_wanted() -> None:
    long = small(
        SITE, JETS, "items: {gun: {on: {jets: 1}, content: [seller], fails_every: 9 FH}}",
        "halts: {stop: {kind: total, by: [seller], classes: [people], from: 2025-01-01, items: [gun], active: false}}",
    )  # fmt: skip
    short = small(
        SITE, JETS, "items: {gun: {on: {jets: 1}, content: seller, fails_every: 9 FH}}",
        "halts: {stop: {kind: total, by: seller, classes: people, from: 2025-01-01, items: gun, active: false}}",
    )  # fmt: skip

    assert short.hash == long.hash
    assert "content:\n    - seller\n" in short.resolved_text()


def test_a_fleet_is_authorised_what_it_has_unless_it_says_otherwise() -> None:
    assert small(JETS).things.fleets["jets"].authorised.best == 4
    assert (
        small(JETS.replace("count: 4", "count: {low: 2, best: 3, high: 8}")).things.fleets["jets"].authorised.best == 3
    )
    assert small(JETS.replace("count: 4", "count: 4, authorised: 6")).things.fleets["jets"].authorised.best == 6


def test_the_only_site_is_the_site_of_every_fleet() -> None:
    assert small(SITE, JETS).things.fleets["jets"].site == "base"


def test_defaults_are_laid_under_each_thing_key_by_key() -> None:
    scenario = small(
        SITE, JETS,
        """
items:
  defaults: {supplier: maker, resupply: {licence: 5 days, make: {best: 30 days, source: judgement}}}
  gun: {on: {jets: 1}, fails_every: 9 FH, resupply: {make: {best: 10 days}}}
  seat: {on: {jets: 1}, fails_every: 9 FH, supplier: ~, resupply: ~}
""",
    )  # fmt: skip
    gun, seat = scenario.things.items["gun"], scenario.things.items["seat"]

    assert gun.supplier == "maker"
    assert (gun.resupply.licence.best, gun.resupply.make.best) == (5, 10)  # type: ignore[union-attr]
    assert gun.resupply.make.source == "judgement"  # type: ignore[union-attr]
    assert (seat.supplier, seat.resupply) == (None, None)


def test_every_clause_of_a_kind_is_spelled_out_and_written_ones_win() -> None:
    scenario = load(VALID / "parts.yaml")
    stop, queue = scenario.things.halts["stop"], scenario.things.halts["queue"]

    assert (stop.new_orders.value, stop.in_transit, stop.repairs_abroad) == ("refuse", "hold", "return_unrepaired")
    assert (stop.reexport, stop.signed_contracts, stop.overhaul) == ("stop", "stop", "stop")
    assert (queue.new_orders.value, queue.renewals, queue.overhaul) == ("queue", "allow", "allow")


def test_sanctions_are_the_same_as_total() -> None:
    halt = "halts: {{stop: {{kind: {}, by: seller, from: 2025-01-01, active: true}}}}"
    item = "items: {gun: {on: {jets: 1}, supplier: maker, fails_every: 9 FH, resupply: {make: 5 days}}}"

    assert small(SITE, JETS, item, halt.format("sanctions")).hash == small(SITE, JETS, item, halt.format("total")).hash


def test_what_is_switched_off_is_not_in_the_resolved_form() -> None:
    scenario = small(
        SITE, JETS,
        "halts: {stop: {kind: total, by: seller, from: 2025-01-01, active: false}}",
        "responses: {rob: {kind: cannibalise, fleets: jets, after: stop}, fly: {kind: cannibalise, active: false}}",
    )  # fmt: skip

    assert scenario.things.halts == {}
    assert scenario.things.responses == {}
    assert scenario.hash == small(SITE, JETS).hash


@pytest.mark.parametrize(
    ("written", "on", "unit", "best"),
    [
        ("{on: 2024, best: 5.5}", "2024", "systems", 5.5),
        ("{on: 2024-05, best: 3}", "2024-05", "systems", 3),
        ("{on: '2024-05', best: 58.9%}", "2024-05", "share", 0.589),
        ("{on: 2024-05-31, precision: year, best: 0.5, unit: share}", "2024-05-31", "share", 0.5),
        ("{on: 2024-05-31, precision: quarter, best: 50%, unit: share}", "2024-05-31", "share", 0.5),
    ],
)
def test_observations_take_dates_of_any_precision_and_counts_or_shares(
    written: str, on: str, unit: str, best: float
) -> None:
    line = written.replace("{", "{fleet: jets, measure: mc, ", 1)
    seen = small(SITE, JETS, f"observations: [{line}]").things.observations[0]

    assert (seen.on, seen.unit, seen.best) == (on, unit, best)


def test_a_variant_is_the_one_that_was_checked_with_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    variants = "variants: {more: {fleets.jets.count: 5}, most: {extends: more, fleets.jets.count: 6}}\n"
    each = {name: load_text(SMALL + SITE + JETS + variants, variant=name) for name in ("more", "most")}
    monkeypatch.setattr("armsim.scenario.scenario.resolved", None)  # nothing is resolved again

    for one in (each["more"], each["more"].variant("most"), each["more"].twin()):
        found = {name: one.variant(name) for name in each if name != one.variant_name}
        assert all(other.hash == each[name].hash and other == each[name] for name, other in found.items())


def test_months_count_from_the_first_halt_of_the_file_in_every_variant() -> None:
    extra = """
items: {gun: {on: {jets: 1}, supplier: maker, fails_every: 9 FH, resupply: {make: 5 days}}}
halts: {stop: {kind: total, by: seller, from: 2025-03-01}}
variants:
  as_is: {}
  later: {halts.stop.from: 2025-06-01}
  said: {halts.stop.from: 2025-06-01, time.months_from: 2025-06-01}
"""
    scenario = small(SITE, JETS, extra)
    dates = {name: str(scenario.variant(name).things.time.months_from) for name in scenario.variants}

    assert dates == {"as_is": "2025-03-01", "later": "2025-03-01", "said": "2025-06-01"}
    assert str(scenario.set("halts.stop.from", "2025-09-01").things.time.months_from) == "2025-09-01"
    assert str(scenario.set("time.months_from", "2024-06-01").things.time.months_from) == "2024-06-01"


# ---- all problems at once


def test_cross_checks_of_what_can_be_read_come_with_the_problems_of_what_cannot() -> None:
    found = problems(
        SITE, JETS,
        "items: {gun: {on: {jets: 1}, fails_every: 9 hours flown}, seat: {on: {jts: 1}, fails_every: 9 FH}}",
        "halts: {stop: {kind: total, by: [seler], from: 2025-01-01, items: gun}}",
    )  # fmt: skip

    assert [(p.path, p.code) for p in found] == [
        ("items.gun.fails_every", "bad-value"),
        ("items.seat.on.jts", "unknown-name"),
        ("halts.stop.by.0", "unknown-name"),
    ]


def test_an_unknown_key_is_an_error_even_when_it_is_left_empty() -> None:
    assert [p.message for p in problems("fleets: {jets: {count: 4, minimun: }}")] == [
        "unknown key 'minimun' in fleets.jets"
    ]


def test_an_idle_halt_is_a_warning_and_the_scenario_loads() -> None:
    scenario = small(SITE, JETS, "halts: {stop: {kind: total, by: seller, from: 2025-01-01}}")

    assert [(p.code, p.severity, p.path) for p in scenario.warnings] == [("idle-halt", "warning", "halts.stop")]


def test_content_counts_as_a_line_only_when_the_halt_stops_reexport() -> None:
    item = "items: {gun: {on: {jets: 1}, supplier: maker, content: third, fails_every: 9 FH, resupply: {make: 5 days}}}"
    text = (SMALL + SITE + JETS + item).replace("seller: ,", "seller: , third: ,")
    halt = "\nhalts: {stop: {by: third, from: 2025-01-01, new_orders: refuse}}"

    assert len(load_text(text + halt).warnings) == 1
    assert load_text(text + halt.replace("refuse", "refuse, reexport: stop")).warnings == ()


# ---- the hash


def shuffled(node: object, dice: random.Random) -> object:
    """The same data with the keys of every mapping in another order."""
    if isinstance(node, dict):
        keys = list(node)
        dice.shuffle(keys)
        return {key: shuffled(node[key], dice) for key in keys}
    return [shuffled(one, dice) for one in node] if isinstance(node, list) else node


FILES = sorted(path for path in VALID.glob("*.yaml") if not path.name.endswith(".resolved.yaml"))


def test_there_are_files_to_hash() -> None:
    assert len(FILES) >= 8


@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 2**32))
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_order_of_keys_does_not_change_the_hash(path: Path, seed: int) -> None:
    scenario = load(path)
    text = yaml.safe_dump(shuffled(scenario.resolved_form(), random.Random(seed)), sort_keys=False)

    assert load_text(text).hash == scenario.hash


def test_titles_sources_notes_and_run_counts_do_not_change_the_hash() -> None:
    scenario = load(VALID / "contracts.yaml")
    other = scenario.set_all({
        "title": "Another title", "question": "Why?", "excludes": ["weather"], "name": "other",
        "runs": {"worlds": 7, "seed": 9}, "observations": [],
        "fleets.kfir.title": "Kfir", "fleets.kfir.count": {"best": 4, "source": "book", "note": "counted"},
        "items.engine.fails_every": {"best": "350 FH", "grade": "estimate"}, "sources": {"book": {"title": "A book"}},
        "halts.seller.source": "book",
    })  # fmt: skip

    assert other.hash == scenario.hash
    assert other.resolved_text() != scenario.resolved_text()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("time.end", "2025-08-01"),
        ("time.warmup", "7 months"),
        ("jurisdictions.israel", {"home": True}),
        ("suppliers.iai.through", ["colombia"]),
        ("contracts.engines.until", "2024-08-01"),
        ("contracts.support_2022.renewal", None),
        ("sites.palanquero.crews.line.size", 6),
        ("sites.palanquero.crews.line.local", "20%"),
        ("fleets.kfir.count", 5),
        ("fleets.kfir.authorised", 6),
        ("fleets.kfir.rng_key", "other"),
        ("fleets.kfir.fly.high", "600 FH/year fleet"),
        ("fleets.kfir.overhaul.due", {"staggered": None, "random": ["0 days", "24 months"]}),
        ("items.engine.repair.yield", "80%"),
        ("items.engine.stock.palanquero", 2),
        ("items.radar.absence", "grounds"),
        ("halts.seller.until", "2025-01-01"),
        ("halts.seller.kind", "total"),
        ("halts.buyer.active", False),
        ("halts.seller.background", True),
    ],
)
def test_what_matters_changes_the_hash(path: str, value: object) -> None:
    scenario = load(VALID / "contracts.yaml")
    changes = {path: value}
    if path == "jurisdictions.israel":
        changes |= {"jurisdictions.colombia.home": False, "halts.buyer": None}
    if path == "sites.palanquero.crews.line.local":
        changes["sites.palanquero.crews.line.foreign.iai"] = "80%"

    assert scenario.set_all(changes).hash != scenario.hash


def test_a_value_written_short_or_long_or_in_other_units_is_the_same_model() -> None:
    scenario = load(VALID / "contracts.yaml")
    same = {
        "fleets.kfir.count": {"value": 4},
        "fleets.kfir.upkeep.takes": "96 hours",
        "items.engine.repair.takes.best": "243.5 days",
        "items.radar.resupply": {"make": {"best": "30 days"}, "licence": 0},
        "contracts.support_2022.renewal.for": {"best": "578.3125 days"},
        "items.engine.repair.yield": 0.9,
    }

    assert scenario.set_all(same).hash == scenario.hash


def test_things_may_be_called_like_keys_that_do_not_count() -> None:
    text = (SMALL + SITE + JETS).replace("base", "runs")
    item = "items: {{gun: {{on: {{jets: 1}}, fails_every: 9 FH, stock: {{runs: {}}}}}}}"

    assert load_text(text + item.format(1)).hash != load_text(text + item.format(2)).hash


@settings(max_examples=60, deadline=None)
@given(
    text=st.text(st.characters(exclude_categories=("C", "Zl", "Zp", "Zs")) | st.just(" "), min_size=1, max_size=120),
    low=st.floats(0.001, 1000), spread=st.floats(0, 1000),
)  # fmt: skip
def test_texts_and_numbers_survive_the_resolved_form(text: str, low: float, spread: float) -> None:
    quoted = json.dumps(text.strip() or "x", ensure_ascii=False)
    fly = f"{{low: {low!r} FH/month per aircraft, high: {low + spread!r} FH/month per aircraft, note: {quoted}}}"
    scenario = small(f"title: {quoted}", JETS.replace("10 FH/month per aircraft", fly))
    again = load_text(scenario.resolved_text())

    assert again.things == scenario.things
    assert again.hash == scenario.hash


@pytest.mark.parametrize(
    "text", ["1e3", "0x10", "~", "null", "true", "yes", "on", "1:30", "2024-01-01", "a: b", "- a", "#"]
)
def test_texts_that_look_like_something_else_stay_text(text: str) -> None:
    scenario = small(f"title: '{text}'", JETS)

    assert load_text(scenario.resolved_text()).things.title == text


def test_a_new_best_value_takes_the_place_of_one_written_as_value_or_median() -> None:
    scenario = small(JETS.replace("count: 4", "count: {value: 4, source: judgement}"))
    after = scenario.set("fleets.jets.count.best", 7)

    assert (after.things.fleets["jets"].count.best, after.things.fleets["jets"].count.source) == (7, "judgement")
