# ruff: noqa: E501  (scenario texts read better unbroken)
"""Section 7: other sources that fail or grow, repair at home, longer lives, stockpiles, overhauls put off, harvests."""

from __future__ import annotations

from itertools import pairwise

import pytest
from audited import back, each_back, many, pumps, run, states, ups
from hand_worked import DAILY, Seen

STOP = "  stop: {by: seller, from: @0, until: @300, new_orders: refuse}\n"


def spent(seen: Seen) -> list[int]:
    """Money by COSTS over the whole run."""
    return [sum(column) for column in zip(*seen.result.costs)]


# What begins, ends and costs --------------------------------------------------------------------------


@pytest.mark.parametrize(("when", "money"), [
    ("from: @20", 700), ("from: @20, succeeds: 0%", 0), ("from: @20, until: @20", 0), ("from: @20, active: false", 0),
    ("when: mc < 1", 700), ("from: @200", 0), ("when: mc < 2, until: mc > 1", 700), ("after: stop, delay: 3 days", 700),
])  # fmt: skip
def test_a_response_costs_once_when_it_begins(when, money):
    """One aircraft of two is down from 10 on."""
    text = pumps("240 FH, 264 FH", STOP, more=f"responses: {{less: {{kind: fly_less, fly: 50%, cost: 700, {when}}}}}\n")

    assert spent(run(text)) == [0, 0, 0, money, 0]


@pytest.mark.parametrize("policy", ["on_demand", "concentrate", "instant"])
def test_a_policy_of_robbing_holds_from_its_beginning_to_its_end(policy):
    """Pump gone on the first from 10, rotor on the second from 12: nobody flies until robbing begins on 20, one then. On
    30 the next pump goes on the third aircraft, after the end on 25: it stays down."""
    text = (f"fleets: {{jets: {{count: 3, {DAILY}}}}}\nitems:\n  pump: {{on: {{jets: 1}}, hard_life: 999999 FH, due: {{list: [240 FH, 99999 FH, 720 FH]}}}}\n"
            "  rotor: {on: {jets: 1}, hard_life: 999999 FH, due: {list: [99999 FH, 288 FH, 99999 FH]}}\n"
            f"responses: {{rob: {{kind: cannibalise, policy: {policy}, from: @20, until: @25}}}}\n")  # fmt: skip

    assert run(text).mc() == [(0, 3), (10, 2), (12, 1), (20, 2), (30, 1)]


# other_source -----------------------------------------------------------------------------------------


def source(settings: str) -> str:
    """Another source with a turn every ten days, to the second."""
    return f"responses: {{src: {{kind: other_source, items: pump, jurisdiction: third, capacity: 36.525 per year, {settings}}}}}\n"


def test_capacity_grows_from_nothing_over_the_build_up():
    """0.1 a day, grown over 80 days from 20 on: n units by sqrt(2n x 80/0.1) days while n < 4, then ten days each:
    40, 56.57, 69.28, 80, 90, 100, 110; five days on the way."""
    seen = run(pumps(many("240 FH", 7), STOP, more=source("from: @20, build_up: 80 days")), days=140)

    assert ups(seen) == pytest.approx([65, 25 + 3200**0.5, 25 + 4800**0.5, 105, 115, 125, 135], abs=2 / 86400)


def test_a_need_it_does_not_deliver_stays_at_home_and_leaves_with_the_main_line():
    halts = STOP.replace("@300", "@60")

    assert back(run(pumps("240 FH", halts, more=source("from: @20, each: 0%")))) == 65
    assert back(run(pumps("240 FH", halts, more=source("from: @20, each: 0%, retry: 7 days")))) == 65
    assert back(run(pumps("240 FH", halts, more=source("from: @20, each: 100%")))) == 25


def test_its_price_is_a_factor_on_that_of_the_item():
    assert spent(run(pumps("240 FH", STOP, item=", price: 100", more=source("from: @20, price: 2.5, cost: 30")))) == [250, 0, 0, 30, 0]
    assert spent(run(pumps("240 FH", STOP, item=", price: 100", more=source("from: @20")))) == [100, 0, 0, 0, 0]


def test_it_takes_nothing_after_its_end():
    """Turns on 20, 30, 40; the end on 35: two of three needs, and what is under way comes. One of 45 waits too."""
    seen = run(pumps(f"{many('240 FH', 3)}, 1080 FH", STOP, "{transit: 8 days}", more=source("from: @20, until: @35")))

    assert ups(seen) == [28, 38]


# dual_sourcing ----------------------------------------------------------------------------------------

ELSEWHERE = "  stop: {by: third, from: @0, until: @300, new_orders: refuse}\n"
HALTED = {"stop": STOP, "none": "  idle: {active: false, by: seller, from: @0, new_orders: refuse}\n", "third": ELSEWHERE}


def beside(days: str, settings: str, halt: str = "none", item: str = "", until: int = 100) -> Seen:
    """Pumps gone on the days given, five days on the way from the maker, two from the other source."""
    lives = ", ".join(f"{24 * int(day)} FH" for day in days.split(", "))
    return run(pumps(lives, HALTED[halt], "{transit: 5 days}", item=item, more=source(f"takes: 2 days, {settings}")), days=until)


def test_another_source_takes_a_share_of_needs_that_their_line_would_take():
    """A turn every ten days from 0: of the needs of 10, 11 and 25 the first and the last; without the clause none."""
    assert ups(beside("10, 11, 25", "from: @0, dual_sourcing: 100%")) == [12, 16, 27]
    assert ups(beside("10, 11, 25", "from: @0")) == [15, 16, 30]


def test_it_takes_them_only_while_it_is_at_work():
    """From 20 to 40: the needs of 10 and 45 go to the maker, that of 25 does not."""
    assert ups(beside("10, 25, 45", "from: @20, until: @40, dual_sourcing: 100%")) == [15, 27, 50]


def test_a_source_whose_state_refuses_leaves_new_needs_to_their_line():
    assert ups(beside("10, 25", "from: @0, dual_sourcing: 100%", "third")) == [15, 30]


def test_a_new_need_the_source_does_not_deliver_goes_to_its_line_at_once():
    assert ups(beside("10, 25", "from: @0, dual_sourcing: 100%, each: 0%")) == [15, 30]


def test_what_the_line_refuses_is_taken_whatever_the_share():
    """Waiting since 10 and 12, taken on 20 and 30."""
    assert ups(beside("10, 12", "from: @20, dual_sourcing: 0%", "stop")) == [22, 32]
    assert ups(beside("10, 12", "from: @20, dual_sourcing: 50%", "stop")) == [22, 32]


def test_what_is_bought_beside_has_the_sources_price_and_life():
    """Half a life of 240 hours: the pump fitted on 12 goes on 17, that turn is used, and the maker's is there on 22."""
    wears = ", fails_every: {best: 240 FH, varies: fixed}, price: 100"
    seen = beside("10", "from: @0, dual_sourcing: 100%, price: 3, quality: 50%", item=wears, until=23)

    assert ups(seen) == [12, 22]
    assert spent(seen)[0] == 300 + 100


def days_down(*sources: str) -> float:
    """Days that 200 aircraft are down for a pump each, gone one a day; other sources have a turn for every need."""
    kind = "kind: other_source, items: pump, jurisdiction: third, capacity: 99999999 per year, from: @0"
    more = "responses:\n" + "".join(f"  {name}: {{{kind}, {says}}}\n" for name, says in zip(("beta", "alpha"), sources))
    seen = run(pumps(", ".join(f"{24 * day} FH" for day in range(10, 210)), HALTED["none"], more=more), days=250)
    return sum((200 - flying) * (after - day) for (day, flying), (after, _) in pairwise([*seen.mc(), (250, 0)]))


def test_each_need_is_drawn_once_and_the_share_is_kept():
    """Of 200 needs 30%, within three standard errors, are down for two days and the others for five."""
    assert (5 * 200 - days_down("takes: 2 days, dual_sourcing: 30%")) / 3 == pytest.approx(60, abs=20)


def test_two_sources_share_one_draw_in_the_order_of_their_names():
    """Both say 60%: alpha takes that, two days each; beta has what is left, one day each; nothing goes to the maker."""
    days = days_down("takes: 1 day, dual_sourcing: 60%", "takes: 2 days, dual_sourcing: 60%")

    assert 2 * 200 - days == pytest.approx(80, abs=21)


def test_what_waits_at_home_comes_before_a_new_need_of_the_same_instant():
    """Pumps are refused on 11 and 12, with turns on 10 and 20; the rotor of 20 goes to its own maker: 13, 22 and 25."""
    seen = run(f"""
fleets: {{jets: {{count: 3, {DAILY}}}}}
items:
  pump: {{on: {{jets: 1}}, hard_life: 999999 FH, due: {{list: [264 FH, 288 FH, 999999 FH]}}, supplier: maker, resupply: {{transit: 5 days}}}}
  rotor: {{on: {{jets: 1}}, hard_life: 999999 FH, due: {{list: [999999 FH, 999999 FH, 480 FH]}}, supplier: other, resupply: {{transit: 5 days}}}}
halts: {{stop: {{by: seller, from: @0, new_orders: refuse}}}}
responses: {{src: {{kind: other_source, items: [pump, rotor], jurisdiction: third, capacity: 36.525 per year, takes: 2 days, from: @10, dual_sourcing: 100%}}}}
""")

    assert [seen.history("system", "jets", k)[-1] for k in range(3)] == [(13, "FMC"), (22, "FMC"), (25, "FMC")]


# repair_at_home ---------------------------------------------------------------------------------------


def home(lives: list[int], settings: str, halt: str = STOP, route: str = "{at: maker, takes: 20 days}", more: str = "", days: int = 100) -> Seen:
    """A fleet of one aircraft for each life in days, with its own pump; three days of repair at home."""
    fleets = "".join(f"  f{k}: {{count: 1, site: base, {DAILY}}}\n" for k in range(len(lives)))
    items = "".join(
        f"  p{k}: {{on: {{f{k}: 1}}, fails_every: {{best: {24 * life} FH, varies: fixed}}, supplier: maker, repair: {route}, resupply: {{transit: 30 days}}}}\n"
        for k, life in enumerate(lives)
    )
    names = ", ".join(f"p{k}" for k in range(len(lives)))
    return run(f"fleets:\n{fleets}items:\n{items}halts:\n{halt}responses: {{mend: {{kind: repair_at_home, items: [{names}], takes: 3 days, {settings}}}}}\n{more}", days=days)


def repaired(seen: Seen, count: int) -> list[float | None]:
    """When the first aircraft of each fleet is up again."""
    return [back(seen, 0, f"f{k}") for k in range(count)]


def test_units_that_wait_are_taken_when_it_begins_and_new_ones_when_they_fail():
    """Waiting since 10 and 12, taken on 20; a new one on 50."""
    assert repaired(home([10, 12, 50], "share: 100%, from: @20"), 3) == [23, 23, 53]


def test_newly_failed_units_are_taken_whatever_their_route():
    """The line is open, or the route is to be condemned: it is repaired at home all the same."""
    open_line = STOP.replace("by: seller", "by: third")

    assert repaired(home([30], "share: 100%, from: @20", open_line), 1) == [33]
    assert repaired(home([30], "share: 100%, from: @20", route="{at: condemned}"), 1) == [33]


def test_units_under_way_on_an_open_line_are_left_there():
    """Sent on 10, 20 days: it comes back on 30, though repair at home begins on 20."""
    assert repaired(home([10], "share: 100%, from: @20", STOP.replace("by: seller", "by: third")), 1) == [30]


def test_what_waits_is_taken_oldest_first_within_the_capacity():
    """A turn every ten days from 20 on."""
    seen = home([16, 10, 14, 12], "share: 100%, from: @20, capacity: 36.525 per year", days=54)

    assert repaired(seen, 4) == [53, 23, 43, 33]


def test_turns_that_are_not_used_are_not_saved_up():
    """Could since 5; failures on 41, 42, 43: one at once, the others in the turns of 45 and 55."""
    assert repaired(home([41, 42, 43], "share: 100%, from: @5, capacity: 36.525 per year", days=60), 3) == [44, 48, 58]


def test_all_or_none_can_be_repaired():
    assert repaired(home([10, 12], "share: 0%, from: @20"), 2) == [None, None]
    assert repaired(home([10, 12], "share: 100%, from: @20"), 2) == [23, 23]


def test_a_share_of_units_can_be_repaired_and_the_others_never():
    """60% of 200 that wait since 10: 120 within 3.5 standard errors (24.2), all on 23; asked every day they are no more."""
    text = (f"fleets: {{jets: {{count: 200, {DAILY}}}}}\nitems: {{pump: {{on: {{jets: 1}}, fails_every: {{best: 240 FH, varies: fixed}}, supplier: maker, repair: {{at: maker, takes: 20 days}}}}}}\n"
            f"halts:\n{STOP}responses: {{mend: {{kind: repair_at_home, items: pump, takes: 3 days, share: 60%, from: @20}}}}\n")  # fmt: skip
    seen = run(text, days=32)

    assert ups(seen) == [23]
    assert abs(max(n for day, n in seen.mc() if day > 10) - 120) < 3.5 * 48**0.5


def test_a_unit_that_cannot_be_repaired_is_condemned_and_ordered_anew():
    """Yield 0%: condemned on 23; a new one, 30 days on the way, from the end of the halt on 40."""
    seen = home([10], "share: 100%, from: @20, yield: 0%, until: @24", STOP.replace("@300", "@40"))

    assert repaired(seen, 1) == [70]
    assert seen.item("p0", "condemned") == [(0, 0), (23, 1)]


def test_quality_shortens_the_life_of_what_is_repaired():
    """Life 10 days, repaired at 40%: 4 days. Up on 23, down on 27, and so on."""
    seen = home([10], "share: 100%, from: @20, quality: 40%", days=35)

    assert seen.mc("f0") == [(0, 1), (10, 0), (23, 1), (27, 0), (30, 1), (34, 0)]


def test_each_repair_costs_its_price():
    """Three repairs until day 40: on 20, 33 and none more."""
    assert spent(home([10], "share: 100%, from: @20, price: 60, cost: 9", days=40)) == [0, 120, 0, 9, 0]


@pytest.mark.parametrize(("settings", "day"), [
    ("from: @20, until: @20", None), ("from: @20, succeeds: 0%", None), ("from: @20, delay: 6 days", 29), ("after: stop, delay: 15 days", 18),
    ("when: mc < 1, fleets: f0", 13), ("from: @20, until: @21", 23),
])  # fmt: skip
def test_repair_at_home_begins_and_ends(settings, day):
    """Failed on 10. What is in the shop at the end is finished."""
    assert repaired(home([10], f"share: 100%, {settings}"), 1) == [day]


def test_nothing_is_repaired_after_the_end():
    assert repaired(home([10, 50], "share: 100%, from: @20, until: @40"), 2) == [23, None]


# extend_life ------------------------------------------------------------------------------------------


def overhauled(response: str, due: str = "240 FH", until: str = "@60", every: str = "9600 FH", fleet: str = "", more: str = "", days: int = 150) -> Seen:
    """Aircraft whose overhaul of 20 days falls due; no overhaul is begun until a date."""
    count = 1 + due.count(",")
    return run(f"fleets: {{jets: {{count: {count}, {DAILY}, overhaul: {{every: {every}, at: maker, takes: 20 days, due: {{list: [{due}]}}}}{fleet}}}}}\n{more}"
               f"halts: {{stop: {{by: seller, from: @0, until: {until}, overhaul: stop}}}}\nresponses: {{r: {{{response}}}}}\n", days=days)  # fmt: skip


LONGER = "kind: extend_life, from: @20, gains: 240 FH"


def limits(seen: Seen, slot: int = 0) -> list[float]:
    """When an aircraft came to its limit."""
    return [day for day, state in seen.history("system", "jets", slot) if state == "LIMIT"]


def test_a_grounded_system_flies_on_for_what_is_gained():
    """At its limit from 10; from 20 on 240 FH more, 10 days: at it again from 30, and no second time."""
    assert states(overhauled(LONGER), 1) == [[(0, "FMC"), (10, "LIMIT"), (20, "FMC"), (30, "LIMIT"), (60, "OVERHAUL"), (80, "FMC")]]


def test_the_work_takes_its_time_in_slots_those_longest_grounded_first():
    """Grounded on 10, 12, 11; three days each, one at a time: [20, 23), [26, 29), [23, 26); then ten days of flying."""
    seen = overhauled(f"{LONGER}, takes: 3 days, slots: 1", "240 FH, 288 FH, 264 FH", days=59)

    assert states(seen, 3) == [
        [(0, "FMC"), (10, "LIMIT"), (20, "OVERHAUL"), (23, "FMC"), (33, "LIMIT")],
        [(0, "FMC"), (12, "LIMIT"), (26, "OVERHAUL"), (29, "FMC"), (39, "LIMIT")],
        [(0, "FMC"), (11, "LIMIT"), (23, "OVERHAUL"), (26, "FMC"), (36, "LIMIT")],
    ]


@pytest.mark.parametrize(("settings", "days"), [
    ("systems: 2", [20, None, 20]), ("systems: 1", [20, None, None]), ("systems: 9", [20, 20, 20]),
    ("succeeds: 0%", [None, None, None]), ("delay: 5 days, until: @24", [None, None, None]), ("delay: 5 days", [25, 25, 25]),
    ("takes: 3 days, slots: 1, until: @24", [23, None, 26]),  # what is in work at the end is finished
    ("takes: 3 days, slots: 2", [23, 26, 23]),
])  # fmt: skip
def test_how_many_are_extended_and_when(settings, days):
    """Grounded on 10, 12, 11."""
    assert each_back(overhauled(f"{LONGER}, {settings}", "240 FH, 288 FH, 264 FH", days=59), 3) == days


def test_one_that_is_grounded_later_is_extended_then():
    """Grounded on 30: at once."""
    assert limits(overhauled(LONGER, "720 FH", days=59)) == [40]


@pytest.mark.parametrize(("gains", "day"), [("12 days", 32), ("240 FH or 8 days", 28), ("96 FH or 8 days", 24)])
def test_gains_by_calendar_and_whichever_comes_first(gains, day):
    """Both clocks from 20 on; an overhaul that counts both."""
    seen = overhauled(LONGER.replace("240 FH", gains), "240 FH", every="9600 FH or 900 days", days=59)

    assert limits(seen) == [10, day]


def test_work_in_hand_when_the_line_reopens_is_finished_and_the_gain_flown():
    """[58, 61) in work, the line opens on 60: flies until 71, then its overhaul."""
    seen = overhauled("kind: extend_life, from: @58, gains: 240 FH, takes: 3 days")

    assert states(seen, 1)[0][1:] == [(10, "LIMIT"), (58, "OVERHAUL"), (61, "FMC"), (71, "OVERHAUL"), (91, "FMC")]


@pytest.mark.parametrize(("limit", "gains", "systems", "days"), [
    ("due: {list: [@30, @50, @40]}", "12 days", "", [42, 62, 52]),
    ("due: {list: [@30, @50, @40]}", "12 days", ", systems: 2", [42, 50, 52]),
    ("due: {list: [@30, @50, @40]}", "12 days", ", systems: 1", [42, 50, 40]),
    ("every: 9999 FH, due: {list: [720 FH, 1200 FH, 960 FH]}", "240 FH", ", systems: 2", [40, 50, 50]),
    ("due: {list: [@10, @50, @40]}", "12 days", ", systems: 1", [10, 50, 52]),  # one is retired already
    ("due: {list: [@30, @50, @40]}", "12 days", ", succeeds: 0%", [30, 50, 40]),
    ("due: {list: [@30, @50, @40]}", "12 days", ", until: @31", [42, 62, 52]),  # moved once, when it begins
])  # fmt: skip
def test_the_life_limits_nearest_are_moved_when_it_begins(limit, gains, systems, days):
    seen = run(f"fleets: {{jets: {{count: 3, {DAILY}, life_limit: {{{limit}}}}}}}\nresponses: {{r: {{kind: extend_life, limit: life, from: @20, gains: {gains}{systems}}}}}\n")

    assert [history[-1] for history in states(seen, 3)] == [(day, "LOST") for day in days]


# stockpile --------------------------------------------------------------------------------------------


def stockpiled(settings: str, halts: str = "", more: str = "", days: int = 60) -> Seen:
    """Five days on the way; nothing fails before day 95."""
    halted = f"halts:\n{halts}" if halts else ""
    text = pumps("2280 FH", "", item=f"{more}, price: 10").replace("halts:\n", halted)
    return run(text + f"responses: {{buy: {{kind: stockpile, items: pump, units: 3, {settings}}}}}\n", days=days)


def test_units_are_ordered_once_on_top_of_stock():
    seen = stockpiled("from: @20", more=", stock: {base: 2}")

    assert seen.item("pump", "stock") == [(0, 2), (25, 5)]
    assert seen.item("pump", "on_order") == [(0, 0), (20, 3), (25, 0)]
    assert spent(seen) == [30, 0, 0, 0, 0]


def test_a_stockpile_waits_in_a_halt_like_any_order():
    """Begun on the day of the halt: refused until 50; a day earlier it passes."""
    halt = "  stop: {by: seller, from: @20, until: @50, new_orders: refuse}\n"
    late = stockpiled("from: @20", halt)

    assert late.item("pump", "stock") == [(0, 0), (55, 3)]
    assert late.touched("stop") == {"orders_refused": 3}
    assert stockpiled("from: @19", halt).item("pump", "stock") == [(0, 0), (24, 3)]


@pytest.mark.parametrize("settings", ["from: @20, succeeds: 0%", "from: @20, until: @20", "from: @20, active: false"])
def test_a_stockpile_that_never_begins(settings):
    assert stockpiled(settings).item("pump", "on_order") == [(0, 0)]


def test_a_stockpile_is_used_like_any_stock_and_each_unit_used_is_ordered():
    """Three from 25 on; failures on 30, 31: issued at once, and ordered again."""
    text = pumps("720 FH, 744 FH", "", more="responses: {buy: {kind: stockpile, items: pump, units: 3, from: @20}}\n").replace("halts:\n", "")
    seen = run(text)

    assert seen.mc() == [(0, 2)]
    assert seen.item("pump", "stock") == [(0, 0), (25, 3), (30, 2), (31, 1), (35, 2), (36, 3)]


def test_a_stockpile_is_shared_among_the_points_in_turn():
    """Three for two sites: two and one; and of another item as many."""
    text = (f"sites: {{base: {{}}, far: {{}}}}\nfleets: {{jets: {{count: 1, site: base, {DAILY}}}, birds: {{count: 1, site: far, {DAILY}}}}}\n"
            "items:\n  pump: {on: {jets: 1, birds: 1}, supplier: maker, resupply: {transit: 5 days}}\n  rotor: {on: {jets: 1}, supplier: maker, resupply: {transit: 9 days}}\n"
            "responses: {buy: {kind: stockpile, items: [pump, rotor], units: 3, from: @20}}\n")  # fmt: skip
    seen = run(text)

    assert (seen.item("pump", "stock"), seen.item("rotor", "stock")) == ([(0, 0), (25, 3)], [(0, 0), (29, 3)])
    assert sorted(point.on_shelf for point in seen.replication.points) == [1, 2, 3]


def test_a_stockpile_is_the_business_of_the_depot():
    text = (f"sites: {{base: {{depot: national, order_and_ship: 2 days}}, national: {{}}}}\nfleets: {{jets: {{count: 1, site: base, {DAILY}}}}}\n"
            "items: {pump: {on: {jets: 1}, supplier: maker, resupply: {transit: 5 days}}}\nresponses: {buy: {kind: stockpile, items: pump, units: 3, from: @20}}\n")  # fmt: skip
    seen = run(text)
    shelves = {seen.model.points[p].site: point.on_shelf for p, point in enumerate(seen.replication.points)}

    assert shelves == {"base": 0, "national": 3}


# defer ------------------------------------------------------------------------------------------------

DEFER = "kind: defer, from: @5, gains: 240 FH"


@pytest.mark.parametrize(("response", "grounded"), [
    (DEFER, [20]),  # due on 10, flown on for 10 days
    ("kind: defer, from: @25, gains: 240 FH", [10, 35]),  # grounded already: flies on from 25
    (DEFER + ", until: @9", [10]), (DEFER + ", until: @12", [20]),
    (DEFER + ", succeeds: 0%", [10]), ("kind: defer, from: @5, gains: 240 FH, delay: 4 days", [20]),
])  # fmt: skip
def test_an_overhaul_is_put_off_once(response, grounded):
    """No overhaul until 60."""
    seen = overhauled(response, days=59)

    assert limits(seen) == grounded


def test_an_overhaul_that_is_done_may_be_put_off_again():
    """Due every 20 days of flying. Put off [10, 20); no overhaul before 15: [20, 40); due on 60, put off to 70: [70, 90)."""
    seen = overhauled(DEFER, until="@15", every="480 FH", days=95)

    assert states(seen, 1) == [[(0, "FMC"), (20, "OVERHAUL"), (40, "FMC"), (70, "OVERHAUL"), (90, "FMC")]]


def test_things_fail_sooner_past_the_limit_and_as_before_after_the_overhaul():
    """Fixed lives of 12 days. Past the limit from 6 on, three times as fast: the 6 days left are 2: down on 8 for a day;
    then lives of 4 days: 13, 18, 23, 28. With a gain of 2 days the limit comes on 8 too: overhaul [8, 28), in which the
    new pump is fitted: after it that has its 12 days, until 40."""
    pump = "items: {pump: {on: {jets: 1}, fails_every: {best: 288 FH, varies: fixed}, supplier: other, resupply: {transit: 1 day}}}\n"
    seen = overhauled("kind: defer, from: @0, gains: 9600 FH, failures: 3", "144 FH", until="never", more=pump, days=30)
    plain = overhauled("kind: defer, from: @0, gains: 9600 FH", "144 FH", until="never", more=pump, days=30)

    assert seen.mc() == [(0, 1), (8, 0), (9, 1), (13, 0), (14, 1), (18, 0), (19, 1), (23, 0), (24, 1), (28, 0), (29, 1)]
    assert plain.mc() == [(0, 1), (12, 0), (13, 1), (25, 0), (26, 1)]

    back_home = overhauled("kind: defer, from: @0, gains: 48 FH, failures: 3", "144 FH", until="@1", more=pump, days=60)
    assert back_home.mc()[:4] == [(0, 1), (8, 0), (28, 1), (40, 0)]


def test_upkeep_comes_sooner_past_the_limit():
    """The same draws at a factor of 3, from the first second on: each spell of flying is a third as long."""
    def spells(failures: str) -> list[float]:
        seen = overhauled(f"kind: defer, from: @0, gains: 9000 FH{failures}", "0.0001 FH", until="never", days=370, fleet=", upkeep: {every: 240 FH, takes: 1 day, crew: line}",
                          more="sites: {base: {crews: {line: {fleets: jets, size: 1}}}}\n")  # fmt: skip
        days = [day for day, _ in seen.mc()]
        return [down - up for up, down in zip(days[0::2], days[1::2])]

    plain, strained = spells(""), spells(", failures: 3")
    assert len(plain) > 10
    assert strained[: len(plain)] == pytest.approx([spell / 3 for spell in plain], abs=3 / 86400)


def test_more_are_lost_past_the_limit():
    """One loss in 480 FH, 20 days of flying, on average; 200 aircraft fly 10 days past the limit: 1 - e^-0.5 = 39.3% are
    lost: 78.7 within 3.5 standard errors (24.2), all in [10, 20]."""
    seen = overhauled(f"{DEFER}, losses_per_100k_FH: 208.3333333", many("240 FH", 200), until="never", days=60)
    lost = seen.state("lost")

    assert all(10 < day <= 20 for day, _ in lost[1:])
    assert abs(lost[-1][1] - 78.7) < 3.5 * 47.7**0.5


# harvest ----------------------------------------------------------------------------------------------

PARTED = f"""
fleets: {{jets: {{count: 4, {DAILY}}}}}
items:
  pump: {{on: {{jets: 1}}, hard_life: 999999 FH, due: {{list: [99999 FH, 240 FH, 99999 FH, 99999 FH]}}, supplier: maker, resupply: {{transit: 5 days}}}}
  rotor: {{on: {{jets: 1}}, hard_life: 999999 FH, due: {{list: [99999 FH, 99999 FH, 288 FH, 99999 FH]}}, supplier: maker, resupply: {{transit: 5 days}}}}
halts: {{stop: {{by: seller, from: @0, new_orders: refuse}}}}
responses: {{strip: {{kind: harvest, from: @20, SETTINGS}}}}
"""


@pytest.mark.parametrize(("settings", "lost", "mc", "shelf"), [
    ("systems: 1", [1], 3, (0, 0)),  # pump missing since 10: its rotor goes to the third
    ("systems: 2", [1, 2], 2, (1, 1)),  # and the third, down since 12: a pump of it, a rotor of the second
    ("systems: 3", [1, 2, 3], 1, (2, 2)),  # then the last of those that fly
    ("systems: 9", [0, 1, 2, 3], 0, (3, 3)),
    ("systems: 1, yield: 0%", [1], 2, (0, 0)),
    ("systems: 3, yield: 0%", [1, 2, 3], 1, (0, 0)),
    ("systems: 1, succeeds: 0%", [], 2, (0, 0)),
    ("systems: 1, until: @20", [], 2, (0, 0)),
    ("systems: 1, until: @21", [1], 3, (0, 0)),
])  # fmt: skip
def test_the_worst_are_retired_and_their_units_put_on_the_shelf(settings, lost, mc, shelf):
    """Down: the second (pump) since 10, the third (rotor) since 12."""
    seen = run(PARTED.replace("SETTINGS", settings), days=60)

    assert [k for k in range(4) if states(seen, 4)[k][-1] == (20, "LOST")] == lost
    assert seen.mc()[-1][1] == mc
    assert (seen.item("pump", "stock")[-1][1], seen.item("rotor", "stock")[-1][1]) == shelf


def test_what_a_retired_system_lacked_is_still_on_order():
    """The orders of 10 and 12 wait at home; nothing is owed to the two that are gone."""
    seen = run(PARTED.replace("SETTINGS", "systems: 2"), days=60)

    assert (seen.item("pump", "on_order")[-1][1], seen.item("pump", "backorders")[-1][1], seen.item("pump", "holes")[-1][1]) == (1, 0, 0)


def test_a_share_of_the_units_is_usable():
    """70% of 300 units: 210 within 3.5 standard errors (27.8)."""
    seen = run(f"fleets: {{jets: {{count: 100, {DAILY}}}}}\nitems: {{pump: {{on: {{jets: 3}}}}}}\nresponses: {{strip: {{kind: harvest, from: @20, systems: 100, yield: 70%}}}}\n", days=30)

    assert abs(seen.item("pump", "stock")[-1][1] - 210) < 3.5 * 63**0.5


def test_a_system_away_at_an_overhaul_is_not_harvested():
    """The first is in work [10, 30): the second, which flies, is taken."""
    seen = run(f"fleets: {{jets: {{count: 2, {DAILY}, overhaul: {{every: 900 days, at: maker, takes: 20 days, due: {{list: [@10]}}}}}}}}\nresponses: {{strip: {{kind: harvest, from: @20, systems: 2}}}}\n")

    assert [history[-1] for history in states(seen, 2)] == [(30, "FMC"), (20, "LOST")]


def test_the_next_turn_of_another_source_comes_though_nothing_else_happens():
    """A turn on 20, 30, 40, and 15 days on the way: 35, 45, 55. Nothing else happens on 30; the same keeps the three
    tests after this one from passing."""
    assert ups(run(pumps(many("240 FH", 3), STOP, "{transit: 15 days}", more=source("from: @20")))) == [35, 45, 55]


def test_a_need_it_does_not_deliver_uses_its_turn():
    """Six needs on 10, a turn every ten days from 20 on, 50%, without retry: each turn takes one need, so a delivery can
    only come on 25, 35, 45, 55, 65 or 75, and those not delivered never do."""
    seen = run(pumps(many("240 FH", 6), STOP, more=source("from: @20, each: 50%")), days=150)

    assert set(ups(seen)) <= {25, 35, 45, 55, 65, 75}
    assert 0 < len(ups(seen)) < 6


def test_a_share_of_needs_is_delivered():
    """A turn a minute; 80% of 200: 160 within 3.5 standard errors (19.8)."""
    text = pumps(many("240 FH", 200), STOP, "{transit: 1 hour}", more=source("from: @20, each: 80%").replace("36.525", "525960"))

    assert abs(run(text, days=60).mc()[-1][1] - 160) < 3.5 * 32**0.5


def test_what_is_not_delivered_is_asked_again_after_the_retry():
    """50%, again after 8 days, with room for all: who is not served on 20 is on 28, 36, ...; all are in the end."""
    text = pumps(many("240 FH", 40), STOP, "{transit: 1 hour}", more=source("from: @20, each: 50%, retry: 8 days").replace("36.525", "3155760"))
    seen = run(text, days=200)
    days = {int(day) for day in ups(seen)}

    assert len(days) > 2 and days <= set(range(20, 200, 8))
    assert seen.mc()[-1][1] == 40


def test_what_waits_comes_before_what_fails_at_the_instant_of_a_turn():
    """Waiting since 10 and 12; turns on 20 and 30. One that fails on 30 comes after the one that waits: 40."""
    seen = home([10, 12, 30], "share: 100%, from: @20, capacity: 36.525 per year", days=45)

    assert repaired(seen, 3) == [23, 33, 43]


def test_the_capacity_of_repair_at_home_is_built_up_and_not_its_share_too():
    """As for another source: turns 40, 56.57 and 69.28 days after 20, and every unit can be repaired."""
    seen = home([10, 12, 14], "share: 100%, from: @20, capacity: 36.525 per year, build_up: 80 days", days=100)

    assert repaired(seen, 3) == pytest.approx([63, 23 + 3200**0.5, 23 + 4800**0.5], abs=2 / 86400)


def test_losses_past_the_limit_end_with_the_overhaul():
    """As above, but the overhaul [20, 40) is done: nobody is lost afterwards by a limit that is no longer passed."""
    seen = overhauled(f"{DEFER}, losses_per_100k_FH: 208.3333333", many("240 FH", 40), until="@15", days=120)

    assert seen.state("lost")[-1][0] <= 20


def test_checking_mode_takes_what_falls_due_at_the_horizon_for_what_it_is():
    """A life of ten days ends on 30, when the run does: nothing at the horizon happens (ENGINE 2)."""
    run(f"fleets: {{jets: {{count: 1, {DAILY}}}}}\nitems: {{pump: {{on: {{jets: 1}}, demand: calendar, fails_every: {{best: 30 days, varies: fixed}}}}}}\n", days=30)


def test_instant_robbing_leaves_a_hole_alone_that_no_unit_can_fill():
    """Pump and rotor of the first are gone on 10; its new pump is in a crew's hands until 40. On 12 the pump of the second
    goes: the first, down for its rotor, has none to give. Both are down."""
    seen = run(f"sites: {{base: {{crews: {{line: {{fleets: jets, size: 1}}}}}}}}\nfleets: {{jets: {{count: 2, {DAILY}, cannibalization: instant}}}}\nitems:\n"
               "  pump: {on: {jets: 1}, hard_life: 999999 FH, due: {list: [240 FH, 288 FH]}, replace: {takes: 30 days, crew: line}, stock: {base: 1}}\n"
               "  rotor: {on: {jets: 1}, hard_life: 999999 FH, due: {list: [240 FH, 99999 FH]}}\n", days=30)  # fmt: skip

    assert seen.mc() == [(0, 2), (10, 1), (12, 0)]
