# ruff: noqa: E501  (scenario texts read better unbroken)
"""R-M3 beyond `on_demand`: `concentrate` and `instant`."""

from __future__ import annotations

from typing import Any

import pytest
from checked_parts import HALF, WEARS, gone_at, jets, run
from hand_worked import DAILY

LINE = "sites: {base: {crews: {line: {fleets: jets, size: 9}}}}\n"
CREW = "replace: {takes: 1 day, crew: line}"
LATE = 999


def robbed(policy: str, count: int, more: str = "", qpa: int = 1, crew: str = CREW, **items: tuple[float, ...]) -> str:
    """Aircraft that lose items after so many flying days, and may be robbed by a policy."""
    text = LINE + jets(count, f"cannibalization: {policy}" + more) + "items:\n"
    for name, days in items.items():
        text += f"  {name}: {{on: {{jets: {qpa}}}, {gone_at(*days)}{', ' if crew else ''}{crew}}}\n"
    return text


# Concentrate ------------------------------------------------------------------------------------------


def test_concentrate_completes_an_aircraft_with_several_holes():
    """The first has three holes from day 10. The second loses pump and fan on 20, takes both of the first's in double
    time, side by side, and flies on 22. On demand it would not: it has two holes."""
    holes: dict[str, Any] = {"pump": (LATE, 20), "fan": (LATE, 20), "rotor": (10, LATE), "tail": (10, LATE), "wing": (10, LATE)}
    seen = run(robbed("concentrate", 2, **holes))

    assert seen.mc() == [(0, 2), (10, 1), (20, 0), (22, 1)]
    assert seen.history("system", "jets", 1) == [(0, "FMC"), (20, "NMCM"), (22, "FMC")]
    assert seen.history("missing", "jets", 0)[-1] == (20, ("fan 0", "pump 0", "rotor 0", "tail 0", "wing 0"))
    assert run(robbed("on_demand", 2, **holes)).mc() == [(0, 2), (10, 1), (20, 0)]


def test_concentrate_takes_nothing_unless_all_can_be_found():
    """The first has lost fan, rotor and tail: of what the second lacks only the pump could be found."""
    seen = run(robbed("concentrate", 2, pump=(LATE, 20), fan=(10, 20), rotor=(10, LATE), tail=(10, LATE)))

    assert seen.mc() == [(0, 2), (10, 1), (20, 0)]
    assert seen.history("missing", "jets", 0)[-1] == (10, ("fan 0", "rotor 0", "tail 0"))
    assert seen.history("missing", "jets", 1)[-1] == (20, ("fan 0", "pump 0"))


def test_two_donors_serve_one_aircraft():
    """Day 20: the third lacks pump and fan. The first (no fan, rotor, wing) has a pump, the second (no pump, rotor,
    wing) a fan. Neither of these can be completed: there is one rotor, on the third, which then is whole."""
    seen = run(robbed("concentrate", 3, pump=(LATE, 10, 20), fan=(10, LATE, 20), rotor=(10, 10, LATE), wing=(10, 10, LATE)))

    assert seen.history("system", "jets", 2) == [(0, "FMC"), (20, "NMCM"), (22, "FMC")]
    assert [seen.history("missing", "jets", k)[-1] for k in (0, 1)] == [(20, ("fan 0", "pump 0", "rotor 0", "wing 0"))] * 2


def test_concentrate_serves_those_with_fewest_holes_first():
    """On day 20 the second loses pump and fan, the third its pump; the first has one pump. It goes to the third though
    the second has the lower number."""
    seen = run(robbed("concentrate", 3, pump=(LATE, 20, 20), fan=(LATE, 20, LATE), rotor=(10, LATE, LATE),
                      tail=(10, LATE, LATE), wing=(10, LATE, LATE)))  # fmt: skip

    assert seen.history("system", "jets", 2) == [(0, "FMC"), (20, "NMCM"), (22, "FMC")]
    assert seen.history("system", "jets", 1) == [(0, "FMC"), (20, "NMCS")]


def test_one_that_waits_may_be_served_before_one_that_has_just_gone_down():
    """The first lacks only its rotor: on day 20, when the second loses pump and fan, it is the one with fewest holes
    and takes the second's rotor."""
    seen = run(robbed("concentrate", 2, pump=(LATE, 20), fan=(LATE, 20), rotor=(10, LATE)))

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "NMCS"), (20, "NMCM"), (22, "FMC")]
    assert seen.history("missing", "jets", 1)[-1] == (20, ("fan 0", "pump 0", "rotor 0"))


def test_of_two_that_could_complete_each_other_the_first_flies():
    """One lacks its rotor, the other its pump, from the same second: the first takes the other's rotor."""
    seen = run(robbed("concentrate", 2, pump=(LATE, 10), rotor=(10, LATE)))

    assert seen.mc() == [(0, 2), (10, 0), (12, 1)]
    assert seen.history("missing", "jets", 1)[-1] == (10, ("pump 0", "rotor 0"))


def test_concentrate_fills_several_holes_of_one_item():
    """Two of each on each: the second loses both pumps on day 20, the first has two and lacks three other units."""
    others = (10, 10, LATE, LATE)
    seen = run(robbed("concentrate", 2, qpa=2, pump=(LATE, LATE, 20, 20), rotor=others, wing=(10, LATE, LATE, LATE)))

    assert seen.mc() == [(0, 2), (10, 1), (20, 0), (22, 1)]
    assert seen.history("missing", "jets", 0)[-1] == (20, ("pump 0", "pump 1", "rotor 0", "rotor 1", "wing 0"))


def test_concentrate_takes_nothing_from_an_aircraft_without_a_hole():
    """The first is in inspection [15, 45) and whole."""
    inspection = ", inspections: {every: 900 days, takes: 30 days, crew: line, due: {list: [15 days]}}"
    seen = run(robbed("concentrate", 2, inspection, pump=(LATE, 20), rotor=(LATE, LATE)))

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (15, "NMCM"), (45, "FMC")]
    assert seen.history("system", "jets", 1) == [(0, "FMC"), (20, "NMCS")]


THREE_HOLES: dict[str, Any] = {"rotor": (10, LATE), "tail": (10, LATE), "wing": (10, LATE)}


def test_stock_comes_before_concentrating():
    """The shelf has a pump (1 day of work), the first a fan (2 days): the first keeps its pump."""
    text = robbed("concentrate", 2, pump=(LATE, 20), fan=(LATE, 20), **THREE_HOLES)
    seen = run(text.replace("  pump: {", "  pump: {stock: {base: 1}, "))

    assert seen.history("system", "jets", 1) == [(0, "FMC"), (20, "NMCM"), (22, "FMC")]
    assert seen.history("missing", "jets", 0)[-1] == (20, ("fan 0", "rotor 0", "tail 0", "wing 0"))


def test_a_concentrated_unit_carries_the_use_it_has_left():
    """The first's pump was due after 40 flying days and flew 10: on the second from day 22 until 52."""
    seen = run(robbed("concentrate", 2, pump=(40, 20), fan=(LATE, 20), **THREE_HOLES))

    assert seen.mc() == [(0, 2), (10, 1), (20, 0), (22, 1), (52, 0)]


def test_concentrate_may_damage_what_it_takes():
    """Damage is certain: pump and fan fail when they are in, on day 22, and nobody has another."""
    seen = run(robbed("{policy: concentrate, damage: 100%}", 2, pump=(LATE, 20), fan=(LATE, 20), **THREE_HOLES))

    assert seen.mc() == [(0, 2), (10, 1), (20, 0)]
    assert seen.item("pump", "condemned") == [(0, 0), (20, 1), (22, 2)]


@pytest.mark.parametrize(("policy", "jets_down"), [("none", [(0, 1), (10, 0)]), ("concentrate", [(0, 1), (18, 0)])])
def test_concentrate_robs_only_fleets_that_allow_it(policy, jets_down):
    """The tug lost two rotors on day 4, after 48 FH: pump and fan have 192 left. The jet's fail on day 10, at 240 FH.
    The tug's, where they may be taken, last it 8 days."""
    seen = run(f"""
fleets:
  jets: {{count: 1, {DAILY}, cannibalization: concentrate}}
  tugs: {{count: 1, {HALF}, cannibalization: {policy}}}
items:
  fan: {{on: {{jets: 1, tugs: 1}}, {WEARS}}}
  pump: {{on: {{jets: 1, tugs: 1}}, {WEARS}}}
  rotor: {{on: {{tugs: 3}}, {gone_at(2, 2, 2)}}}
""")

    assert seen.mc("tugs") == [(0, 1), (4, 0)]
    assert seen.mc("jets") == jets_down


# Instant ----------------------------------------------------------------------------------------------


def test_instant_keeps_all_holes_on_as_few_aircraft_as_possible():
    """A rotor on day 10, a pump on day 20 on another: one stays down. A second pump on day 30 makes it two."""
    seen = run(robbed("instant", 4, pump=(LATE, 20, 30, LATE), rotor=(10, LATE, LATE, LATE)))

    assert seen.mc() == [(0, 4), (10, 3), (30, 2)]
    assert seen.item("pump", "holes") == [(0, 0), (20, 1), (30, 2)]


def test_instant_counts_the_quantity_on_each():
    """Two pumps on each: holes on day 10, 11, 12, 13 and 14, each on another, are 1, 1, 2, 2 and 3 aircraft."""
    first = (10, LATE, 11, LATE, 12, LATE, 13, LATE, 14, LATE)
    seen = run(robbed("instant", 5, qpa=2, crew="", pump=first))

    assert seen.mc() == [(0, 5), (10, 4), (12, 3), (14, 2)]


def test_instant_moves_units_with_the_use_they_have_left():
    """The first lost its rotor on day 10; its pump had 40 flying days, 30 left. From day 20 it flies on the second,
    until day 50; then the pump of nobody is left but the third's."""
    seen = run(robbed("instant", 3, pump=(40, 20, LATE), rotor=(10, LATE, LATE)))

    assert seen.mc() == [(0, 3), (10, 2), (50, 1)]


def test_instant_does_no_damage_and_no_work():
    """Damage is certain for robbers on demand; here nothing is condemned but what was worn."""
    seen = run(robbed("{policy: instant, damage: 100%}", 3, pump=(LATE, 20, LATE), rotor=(10, LATE, LATE)))

    assert seen.mc() == [(0, 3), (10, 2)]
    assert seen.item("pump", "condemned") == [(0, 0), (20, 1)]
    assert seen.history("busy", "base.line") == [(0, 0)]


def test_a_unit_from_the_supplier_fills_the_gathered_hole():
    """Holes of day 10 (rotor) and 20 (pump) lie on one; the pump's unit comes on 50, the rotor never."""
    text = robbed("instant", 2, crew="", pump=(LATE, 20), rotor=(10, LATE)).replace(
        "  pump: {", "  pump: {supplier: maker, resupply: {make: 30 days}, ")  # fmt: skip
    seen = run(text)

    assert seen.mc() == [(0, 2), (10, 1)]
    assert seen.item("pump", "holes") == [(0, 0), (20, 1), (50, 0)]


def test_instant_leaves_holes_that_do_not_ground_where_they_are():
    """A radar's absence only degrades: the second stays PMC."""
    text = robbed("instant", 2, crew="", radar=(LATE, 20), rotor=(10, LATE)).replace("  radar: {", "  radar: {absence: degrades, ")
    seen = run(text)

    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "NMCS")]
    assert seen.history("system", "jets", 1) == [(0, "FMC"), (20, "PMC")]


def test_instant_gathers_holes_on_an_aircraft_that_lacks_most():
    """The second, without rotor and fan, takes the hole of the first, which loses its pump."""
    seen = run(robbed("instant", 3, pump=(20, LATE, LATE), rotor=(LATE, 10, LATE), fan=(LATE, 10, LATE)))

    assert seen.history("missing", "jets", 1)[-1] == (20, ("fan 0", "pump 0", "rotor 0"))
    assert seen.mc() == [(0, 3), (10, 2)]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_instant_is_never_short_of_what_the_most_wanted_item_allows(seed):
    """Random failures of two items, two pumps and one rotor on each: down are max(holes / quantity), rounded up."""
    seen = run(jets(6, "cannibalization: instant") + """items:
  pump: {on: {jets: 2}, fails_every: 960 FH, supplier: maker, resupply: {make: 12 days}}
  rotor: {on: {jets: 1}, fails_every: 700 FH, supplier: maker, resupply: {make: 12 days}}
""", seed=seed)  # fmt: skip
    days = sorted({day for day, _ in seen.item("pump", "holes") + seen.item("rotor", "holes")})
    wanted = [max(-(-seen.at(day, "item", "pump", "holes") // 2), seen.at(day, "item", "rotor", "holes")) for day in days]

    assert max(wanted) >= 3
    assert [6 - seen.at(day, "state", "jets", "mc") for day in days] == wanted


def test_instant_while_a_crew_puts_in_a_unit_of_the_shelf():
    """R-M3: as few aircraft as possible, at once. The shelf's one pump is for the first (gone on day 10, work [10, 13));
    its rotor goes on day 10 too. On day 12 the second loses its pump: the first has no fitted pump to give, so the
    rotor's hole goes to the second, which lacks a part anyhow. The first flies on day 13."""
    text = robbed("instant", 3, pump=(10, 12, LATE), rotor=(10, LATE, LATE), crew="replace: {takes: 3 days, crew: line}")
    seen = run(text.replace("  pump: {", "  pump: {stock: {base: 1}, "))

    assert seen.mc() == [(0, 3), (10, 2), (12, 1), (13, 2)]


def test_concentrate_completes_only_what_is_down_for_parts_alone():
    """R-M3, ENGINE 37. The second is in inspection [15, 45) when, on day 20, its cell and seal go by the calendar: it is
    not completed, although it lacks less. It gives to the first, which flies on 22, and lacks all of it on 45."""
    inspection = ", inspections: {every: 900 days, takes: 30 days, crew: line, due: {list: [900 days, 15 days]}}"
    by_date = "hard_life: 9 years, due: {list: [900 days, 20 days]}"
    text = robbed("concentrate", 2, inspection, **THREE_HOLES)
    text += f"  cell: {{on: {{jets: 1}}, {by_date}, {CREW}}}\n  seal: {{on: {{jets: 1}}, {by_date}, {CREW}}}\n"
    seen = run(text)

    assert seen.history("missing", "jets", 0)[-1] == (22, ())
    assert seen.history("system", "jets", 1) == [(0, "FMC"), (15, "NMCM"), (20, "NMCB"), (45, "NMCS")]


# One at its overhaul limit gives, though it lacks nothing -----------------------------------------------

NO_OVERHAULS = "halts: {stop: {by: seller, from: @0, until: @60, overhaul: stop}}\n"


def limited(*days: float, more: str = "") -> str:
    """Overhauls of five days at the maker's, first due on these days."""
    due = ", ".join(f"{day} days" for day in days)
    return f", overhaul: {{every: 9 years, at: maker, takes: 5 days, due: {{list: [{due}]}}{more}}}"


@pytest.mark.parametrize(("made", "states"), [
    (42, [(60, "OVERHAUL"), (65, "FMC")]),  # on the shelf on 62, in on 63, while it is away
    (50, [(60, "OVERHAUL"), (65, "NMCS"), (70, "NMCM"), (71, "FMC")]),
])  # fmt: skip
def test_one_at_its_overhaul_limit_is_robbed_and_goes_to_overhaul_with_a_hole(made, states):
    """At its limit, and whole, from day 10, no overhauls before 60. The second loses its pump on 20 and flies with the
    first's on 22. The new one comes so many days after 20: holes are filled as usual, beside the overhaul or after it."""
    text = robbed("on_demand", 2, limited(10, 900), pump=(LATE, 20))
    seen = run(text.replace("  pump: {", f"  pump: {{supplier: maker, resupply: {{make: {made} days}}, ") + NO_OVERHAULS)

    assert seen.history("system", "jets", 1) == [(0, "FMC"), (20, "NMCM"), (22, "FMC")]
    assert seen.history("system", "jets", 0) == [(0, "FMC"), (10, "LIMIT"), *states]
    assert seen.history("missing", "jets", 0)[:2] == [(0, ()), (20, ("pump 0",))]


def test_one_that_queues_for_its_overhaul_is_robbed_and_one_in_work_is_not():
    """One slot: the first is in work from 10, the second, due on 12, waits until 40. The third takes its pump on 20."""
    text = robbed("on_demand", 3, limited(10, 12, 900, more=", slots: 1").replace("5 days", "30 days"), pump=(LATE, LATE, 20))
    seen = run(text)

    assert seen.history("system", "jets", 2) == [(0, "FMC"), (20, "NMCM"), (22, "FMC")]
    assert [seen.history("missing", "jets", k)[-1] for k in (0, 1)] == [(0, ()), (20, ("pump 0",))]
    alone = run(robbed("on_demand", 2, limited(10, 900).replace("5 days", "30 days"), pump=(LATE, 20)))
    assert alone.history("missing", "jets", 0) == [(0, ())]


def test_one_that_lacks_something_is_robbed_before_one_at_its_limit_that_lacks_nothing():
    """The first is at its limit from 10, the second lacks rotor and fan: the third takes the second's pump on 20. The
    fourth loses its pump on 30: by then only the first has one to give."""
    seen = run(robbed("on_demand", 4, limited(10, 900, 900, 900), pump=(LATE, LATE, 20, 30), rotor=(LATE, 10, LATE, LATE),
                      fan=(LATE, 10, LATE, LATE)) + NO_OVERHAULS)  # fmt: skip

    assert seen.mc()[:6] == [(0, 4), (10, 2), (20, 1), (22, 2), (30, 1), (32, 2)]
    assert seen.history("missing", "jets", 1)[-1] == (20, ("fan 0", "pump 0", "rotor 0"))
    assert seen.history("missing", "jets", 0)[-1] == (30, ("pump 0",))


def test_one_at_its_limit_does_not_rob():
    """At its limit from 10, the first loses its cell by the calendar on 30; the second, without rotor and fan, has one."""
    text = robbed("on_demand", 2, limited(10, 900), rotor=(LATE, 20), fan=(LATE, 20))
    text += f"  cell: {{on: {{jets: 1}}, hard_life: 9 years, due: {{list: [30 days, 900 days]}}, {CREW}}}\n"
    seen = run(text + NO_OVERHAULS, days=59)

    assert [seen.history("missing", "jets", k)[-1] for k in (0, 1)] == [(30, ("cell 0",)), (20, ("fan 0", "rotor 0"))]


def test_one_forbidden_to_operate_that_lacks_nothing_is_not_robbed():
    """It is not at a limit of its own: whose permission it needs would not have it stripped (settled 77). The fleet has
    two; the first of them keeps its permission and loses its pump on 20."""
    halts = "halts: {ban: {by: seller, from: @5, until: @90, fleets: jets, operation: {stop_within: 0 days, except: 1}}}\n"
    seen = run(robbed("on_demand", 2, pump=(20, LATE)) + halts)

    assert seen.history("system", "jets", 1)[:2] == [(0, "FMC"), (5, "LIMIT")]
    assert seen.history("missing", "jets", 1) == [(0, ())]
    assert seen.history("system", "jets", 0) == [(0, "FMC"), (20, "NMCS")]


def test_concentrate_takes_from_one_at_its_limit():
    """The second loses pump and fan on 20 and takes both from the first, at its limit and whole; none goes back to it."""
    seen = run(robbed("concentrate", 2, limited(10, 900), pump=(LATE, 20), fan=(LATE, 20)) + NO_OVERHAULS)

    assert seen.history("system", "jets", 1) == [(0, "FMC"), (20, "NMCM"), (22, "FMC")]
    assert seen.history("missing", "jets", 0)[-1] == (20, ("fan 0", "pump 0"))


def test_instant_gathers_holes_on_one_at_its_limit_first():
    """The second lacks its rotor from 5 and, on 8, takes the hole of the third's pump: one is down for parts. From 10 on
    the first is at its limit: all holes go to it, and both others fly."""
    seen = run(robbed("instant", 3, limited(10, 900, 900), crew="", rotor=(LATE, 5, LATE), pump=(LATE, LATE, 8)) + NO_OVERHAULS)

    assert seen.mc() == [(0, 3), (5, 2)]
    assert seen.history("missing", "jets", 0) == [(0, ()), (10, ("pump 0", "rotor 0"))]
