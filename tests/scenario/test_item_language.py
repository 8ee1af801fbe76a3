"""Items in words: sorties, fixed demand, bits of repairs, and what is checked across records."""

from __future__ import annotations

import math

import pytest

from armsim.errors import InvalidScenario, Problem
from armsim.scenario.check import estimated_events
from armsim.scenario.resolve import mean_over_best
from armsim.scenario.scenario import Scenario, load_text
from armsim.scenario.things import Fleet, Item, Site
from armsim.scenario.values import Duration

HEAD = """\
armsim: 1
name: worded
time: {start: 2020-01-01, end: 2021-01-01, warmup: 0 days}
jurisdictions: {seller: ~, home: {home: true}}
suppliers: {factory: {jurisdiction: seller, provides: [spares, repair]}}
"""
SITES = "sites: {base: {depot: national, shops: {bench: }}, national: {shops: {works: }}, other: {shops: {den: }}}\n"
#: One flying hour a day each: 10 hours a day, in sorties of 2 hours.
JETS = "fleets: {jets: {count: 10, site: base, fly: 365.25 FH/year per aircraft, sortie: 2 FH}}\n"


def scenario(items: str, sites: str = SITES, fleets: str = JETS) -> Scenario:
    """The scenario with these items."""
    return load_text(HEAD + sites + fleets + items)


def problems(items: str, sites: str = SITES, fleets: str = JETS) -> list[tuple[str, str]]:
    """(path, message) of everything wrong or doubtful in it."""
    found: list[Problem] | tuple[Problem, ...]
    try:
        found = scenario(items, sites, fleets).warnings
    except InvalidScenario as error:
        found = error.problems
    return [(one.path, one.message) for one in found]


def crew_size(item: str, fleet: str = "") -> int | None:
    """The size of a pool that does nothing but put this item in, one day each, at 100% utilisation."""
    sites = "sites: {base: {crews: {line: {fleets: jets, utilisation: 100%}}}}\n"
    fleets = JETS.replace("sortie: 2 FH", f"sortie: 2 FH{fleet}")
    made = scenario(f"items: {{wheel: {{on: {{jets: 2}}, replace: {{takes: 1 day, crew: line}}, {item}}}}}\n", sites,
                    fleets)  # fmt: skip
    return made.things.sites["base"].crews["line"].size


@pytest.mark.parametrize(
    ("item", "size"),
    [
        # 10 systems x 2 units / 4 days = 5 a day, whether they fail by the calendar or at a fixed rate.
        ("demand: calendar, fails_every: 4 days", 5),
        ("demand: fixed, fails_every: 4 days", 5),
        # 10 FH a day / 2 FH = 5 sorties a day; x 2 units / 3 sorties = 3.3 a day.
        ("demand: sorties, fails_every: 3 sorties", 4),
        # 10 FH a day x 2 units / 4 FH = 5 a day; given the median, the mean is 4 / ln 2 and the rate 3.5 a day.
        ("fails_every: 4 FH", 5),
        ("fails_every: {median: 4 FH}", 4),
    ],
)
def test_a_pool_is_sized_for_the_removals_of_every_kind_of_demand(item: str, size: int) -> None:
    assert crew_size(item) == size


def test_the_mean_of_a_weibull_median_follows_its_shape() -> None:
    given = Duration.model_validate({"median": "10 days", "varies": "weibull 2"})

    # Median = scale (ln 2)^(1/2), mean = scale Γ(3/2), and Γ(3/2) = √π / 2.
    assert mean_over_best(given, given.varies) == pytest.approx(math.sqrt(math.pi) / 2 / math.sqrt(math.log(2)))


@pytest.mark.parametrize("item", ["demand: fixed, fails_every: 2 days", "demand: sorties, fails_every: 1 sortie"])
def test_the_events_of_every_kind_of_demand_are_counted(item: str) -> None:
    things = scenario(f"items: {{wheel: {{on: {{jets: 1}}, {item}}}}}\n").things

    # Five removals a day in both, six events each, over the 366 days of 2020.
    assert estimated_events(things) == pytest.approx(5 * 6 * 366, rel=0.01)


def test_bits_add_to_the_events() -> None:
    items = "items: {{pump: {{on: {{jets: 1}}, fails_every: 2 FH, repair: {{at: base.bench, takes: 1 day{}}}}}, " \
            "seal: }}\n"  # fmt: skip
    without, with_bits = (estimated_events(scenario(items.format(uses)).things) for uses in ("", ", uses: {seal: 50%}"))

    assert with_bits / without == pytest.approx(1.5, rel=0.01)


def test_a_list_of_bits_is_one_of_each() -> None:
    items = "items: {{pump: {{on: {{jets: 1}}, fails_every: 9 FH, repair: {{at: base.bench, takes: 1 day, " \
            "uses: {}}}}}, seal: {{stock: {{national: 1}}}}, nut: }}\n"  # fmt: skip
    hashes = {scenario(items.format(uses)).hash for uses in ("[seal, nut]", "{seal: 100%, nut: 1}")}
    others = {scenario(items.format(uses)).hash for uses in ("seal", "{seal: 100%, nut: 30%}")}
    route = scenario(items.format("[seal, nut]")).things.items["pump"].repair[0]

    assert {name: share.middle for name, share in route.uses.items()} == {"seal": 1.0, "nut": 1.0}
    assert len(hashes) == 1
    assert len(hashes | others) == 3
    assert problems(items.format("[seal, nut]")) == []


@pytest.mark.parametrize("law", ["fixed", "lognormal 60%", "uniform 30%", "erlang 3", "weibull 2.5", "exponential"])
def test_a_life_may_scatter_by_any_law(law: str) -> None:
    life = f"{{low: 1 sortie, high: 90 sorties, varies: {law}}}"
    made = scenario(f"items: {{pump: {{on: {{jets: 1}}, demand: sorties, fails_every: {life}}}}}\n")

    assert made.resolved_form()["items"]["pump"]["fails_every"] == {
        "low": "1 sortie", "high": "90 sorties", "varies": law,
    }  # fmt: skip
    assert load_text(made.resolved_text()).things == made.things


def test_a_site_without_a_depot_has_no_way_from_it() -> None:
    assert "order_and_ship" not in Site().model_dump()
    assert Site(depot="national").model_dump()["order_and_ship"] == "0 days"


def test_missions_and_money_keep_their_names() -> None:
    fleet = Fleet.model_validate({"count": 3, "missions": "strike", "cost_per_FH": 9000, "sortie": "1.5 FH"})
    written = fleet.model_dump(by_alias=True, exclude_none=True)

    assert (written["missions"], written["cost_per_FH"], written["sortie"]) == (("strike",), 9000, "1.5 FH")


def test_one_arrival_or_change_may_stand_for_a_list() -> None:
    item = Item.model_validate({
        "stock_changes": {"on": "2021-01-01", "at": "base", "to": 4},
        "arrivals": {"on": "2021-01-01", "count": 2},
    })  # fmt: skip

    assert [change.to.middle for change in item.stock_changes] == [4]
    assert [(one.at, one.count) for one in item.arrivals] == [(None, 2)]


SAID = {
    "a clock of hours": (
        "{pump: {on: {jets: 1}, fails_every: 20 sorties}}",
        [("items.pump.fails_every", "this is a mean life in flying hours, such as 350 FH")],
    ),
    "a clock of sorties": (
        "{pump: {on: {jets: 1}, demand: sorties, fails_every: 20 FH}}",
        [("items.pump.fails_every", "with 'demand: sorties' this is a number of sorties")],
    ),
    "a clock of days": (
        "{pump: {on: {jets: 1}, demand: fixed, fails_every: 20 sorties}}",
        [("items.pump.fails_every", "with 'demand: fixed' this is a length of time")],
    ),
    "an item on nothing": (
        "{pump: {fails_every: 20 FH}}",
        [("items.pump", "item 'pump' is on no fleet, and no repair uses it: it changes nothing")],
    ),
    "a bit that is no item": (
        "{pump: {on: {jets: 1}, fails_every: 9 FH, repair: {at: base.bench, takes: 1 day, uses: [seel]}}}",
        [("items.pump.repair.uses.0", "no item is called 'seel'")],
    ),
    "bits of a firm": (
        "{pump: {on: {jets: 1}, fails_every: 9 FH, repair: {at: factory, takes: 1 day, uses: seal}}, seal: }",
        [("items.pump.repair.uses", "'factory' finds its own bits: take out 'uses'")],
    ),
    "bits of what is condemned": (
        "{pump: {on: {jets: 1}, fails_every: 9 FH, repair: {at: condemned, uses: seal}}, seal: }",
        [("items.pump.repair.uses", "nothing is repaired: take out 'uses'")],
    ),
    "a bit of itself": (
        "{pump: {on: {jets: 1}, fails_every: 9 FH, repair: {at: base.bench, takes: 1 day, uses: pump}}}",
        [("items.pump.repair.uses", "the repair of 'pump' uses 'pump' itself")],
    ),
    "a bit of a bit of itself": (
        "{pump: {on: {jets: 1}, fails_every: 9 FH, repair: {at: base.bench, takes: 1 day, uses: seal}}, "
        "seal: {repair: {at: base.bench, takes: 1 day, uses: pump}}}",
        [("items.pump.repair.uses", "the repair of 'pump' uses bits whose own repair uses 'pump'")],
    ),
    "a bit of a bit": (
        "{pump: {on: {jets: 1}, fails_every: 9 FH, repair: {at: base.bench, takes: 1 day, uses: seal}}, "
        "seal: {repair: {at: base.bench, takes: 1 day, uses: nut}}, nut: {stock: {base: 1, national: 1}}}",
        [],
    ),
    "stock of a bit where it is not used": (
        "{pump: {on: {jets: 1}, fails_every: 9 FH, repair: {at: national.works, takes: 1 day, uses: seal}}, "
        "seal: {stock: {national: 1, base: 1}}}",
        [("items.seal.stock.base", "no fleet that uses 'seal' stands at 'base': its stock there is never used")],
    ),
    "an arrival somewhere": (
        "{pump: {on: {jets: 1}, fails_every: 9 FH, arrivals: {on: 2020-06-01, count: 1}}}",
        [("items.pump.arrivals", "'pump' is stocked at base and national: say where these units arrive")],
    ),
    "a shop neither at the base nor at its depot": (
        "{pump: {on: {jets: 1}, fails_every: 9 FH, repair: {at: other.den, takes: 1 day}}}",
        [("items.pump.repair.at", "the shop stands at 'other', the fleet at 'base'")],
    ),
    "a need of no mission": (
        "{pump: {on: {jets: 1}, fails_every: 9 FH, needed_for: strike}}",
        [("items.pump.needed_for.0", "no mission of a fleet with 'pump' is called 'strike'")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SAID)
def test_what_does_not_fit_is_said_where_it_stands(case: str) -> None:
    items, said = SAID[case]

    assert problems(f"items: {items}\n") == said


def test_lives_in_sorties_need_the_length_of_a_sortie_on_every_fleet() -> None:
    items = "items: {pump: {on: {jets: 1, props: 1}, demand: sorties, fails_every: 20 sorties}}\n"
    fleets = JETS.rstrip("}\n") + "}, props: {count: 2, site: base, fly: 9 FH/month per aircraft}}\n"

    assert problems(items, SITES, fleets) == [("items.pump.demand", "fleet 'props' does not say how long a sortie is")]


def test_the_owner_of_a_fleet_is_a_state_or_a_firm() -> None:
    fleets = "fleets: {jets: {count: 10, owner: nobody}, props: {count: 2, owner: factory}, gliders: {count: 1, " \
             "owner: seller}}\n"  # fmt: skip

    assert problems("", SITES, fleets) == [("fleets.jets.owner", "no owner is called 'nobody'")]


def test_what_follows_a_halt_that_is_switched_off_is_gone_too() -> None:
    halts = """\
halts:
  first: {by: seller, from: 2020-03-01, new_orders: refuse, active: false}
  second: {by: seller, after: {halt: first}, new_orders: refuse}
  third: {by: seller, after: {halt: second, lag: 3 months}, new_orders: refuse}
  other: {by: seller, from: 2020-05-01, new_orders: refuse}
responses: {rob: {kind: cannibalise, fleets: jets, after: third}}
"""
    items = "items: {pump: {on: {jets: 1}, fails_every: 9 FH, supplier: factory, resupply: {make: 9 days}}}\n"
    things = scenario(items + halts).things

    assert (list(things.halts), list(things.responses)) == (["other"], [])


@pytest.mark.parametrize("where", ["repair.uses.note", "on_hand.note"])
def test_a_bit_or_a_site_may_have_the_name_of_a_key_that_says_who_says_so(where: str) -> None:
    # Keys of `uses` and `on_hand` are names of things: another number there is another model.
    sites = "sites: {base: {shops: {bench: }}, note: }\n"
    items = "items: {pump: {on: {jets: 1}, fails_every: 9 FH, on_hand: {base: 1, note: 1}, " \
            "repair: {at: base.bench, takes: 1 day, uses: {seal: 1, note: 1}}}, seal: , note: }\n"  # fmt: skip
    made = scenario(items, sites)

    assert made.set(f"items.pump.{where}", 0).hash != made.hash
