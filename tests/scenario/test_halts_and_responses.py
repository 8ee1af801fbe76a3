"""Halts that follow others, whose permission a halt can withdraw, what stops something, and settings of responses."""

from __future__ import annotations

import pytest

from armsim.scenario.check_halts import bites, first_day
from armsim.scenario.halts import Halt
from armsim.scenario.lines import lines_of
from armsim.scenario.responses import NEEDED, OWN_SETTINGS, Response
from armsim.scenario.scenario import Scenario, load_text
from armsim.scenario.things import Fleet

HEAD = """
armsim: 1
name: chains
time: {start: 2024-01-01, end: 2027-01-01}
jurisdictions: {seller: , lender: , home: {home: true}}
suppliers: {maker: {jurisdiction: seller, provides: [systems, spares, repair, overhaul, people]}}
sites: {base: {crews: {line: {fleets: [jets], size: 4, local: 2, foreign: {maker: 2}}}}}
fleets:
  jets: {count: 6, fly: 10 FH/month per aircraft, overhaul: {every: 6 years, at: maker, takes: 6 months},
         deliveries: {supplier: maker, schedule: [2025-01-01]}}
items:
  engine: {on: {jets: 1}, supplier: maker, fails_every: 300 FH, resupply: {make: 60 days},
           repair: {at: maker, takes: 30 days}}
"""
CHAIN = HEAD + """
halts:
  defaults: {by: seller, new_orders: refuse}
  last: {after: {halt: middle, lag: {low: 1 month, high: 2 months}}, background: true}
  middle: {after: {halt: first, lag: 10 days}, from: 2024-06-01}
  first: {from: {low: 2024-03-01, high: 2024-09-01}, background: true}
responses:
  when_last: {kind: stockpile, items: engine, units: 1, after: last}
  at_notice: {kind: stockpile, items: engine, units: 1, notice: last}
  when_first: {kind: stockpile, items: engine, units: 1, notice: first}
"""


@pytest.fixture(scope="module")
def chain() -> Scenario:
    return load_text(CHAIN)


def test_a_halt_falls_away_with_any_halt_it_follows_and_so_does_what_waits_for_it(chain: Scenario) -> None:
    without = chain.set("halts.middle.active", False).things

    assert list(without.halts) == ["first"]
    assert list(without.responses) == ["when_first"]
    assert list(chain.set("halts.first.active", False).things.halts) == []


def test_in_the_twin_a_background_halt_goes_with_a_leader_that_is_not(chain: Scenario) -> None:
    twin = chain.twin().things
    whole = chain.set("halts.middle.background", True).twin().things

    assert (list(twin.halts), list(twin.responses)) == (["first"], ["when_first"])
    assert list(whole.halts) == ["last", "middle", "first"]


def test_the_first_day_of_a_halt_counts_the_lags_of_those_it_follows(chain: Scenario) -> None:
    days = {name: first_day(chain.things.halts, name).isoformat() for name in chain.things.halts}

    # middle: 2024-03-01 + 10 days comes before its own 2024-06-01; last: a month of 30.4 days later
    assert days == {"first": "2024-03-01", "middle": "2024-06-01", "last": "2024-07-01"}


def fleets(**given: dict[str, object]) -> dict[str, Fleet]:
    """Fleets of four."""
    return {name: Fleet.model_validate({"count": 4, **more}) for name, more in given.items()}


def a_halt(**given: object) -> Halt:
    """A halt by the lender on a date."""
    return Halt.model_validate({"by": ("lender",), "from": "2025-01-01", **given})


@pytest.mark.parametrize(("given", "forbidden"), [
    ({}, ("lent", "partly")),
    ({"by": ("seller",)}, ()),
    ({"by": ("seller",), "fleets": ("own",)}, ("own",)),
    ({"fleets": ("own", "lent")}, ("lent", "own")),
    ({"except": {"fleets": ("partly",)}}, ("lent",)),
    ({"operation": "allow"}, ()),
])  # fmt: skip
def test_permission_is_the_halt_s_over_fleets_it_names_else_over_those_its_parties_own_or_have_content_in(
    given: dict[str, object], forbidden: tuple[str, ...]
) -> None:
    halt = a_halt(**{"operation": {"stop_within": "2 days"}} | given)
    things = fleets(partly={"content": ("lender",)}, own={}, lent={"owner": "lender"})

    assert halt.may_forbid(things) == forbidden


@pytest.mark.parametrize(("clause", "stops"), [
    ({}, False),
    ({"signed_contracts": "stop"}, False),
    ({"new_orders": {"fund": "40%"}}, True),
    ({"new_orders": {"fund": {"low": 0.4, "high": 1}}}, True),
    ({"new_orders": {"fund": "100%"}}, False),
    ({"operation": {"stop_within": "0 days"}}, True),
    ({"leakage": {"probability": "20%"}}, False),
    ({"resume": {"ramp": "1 month"}}, False),
])  # fmt: skip
def test_a_halt_that_only_funds_a_share_or_forbids_operation_stops_something(
    clause: dict[str, object], stops: bool
) -> None:
    assert a_halt(**clause).stops_something() is stops


def test_want_of_money_bears_on_spares_and_repairs_abroad_only() -> None:
    lines = lines_of(load_text(HEAD).things)
    bitten = {line.kind for line in lines if bites(a_halt(new_orders={"fund": "40%"}), line)}

    assert {line.kind for line in lines} == {"systems", "spares", "repair", "overhaul", "people"}
    assert bitten == {"spares", "repair"}


#: A value of each setting that a kind of response may have.
VALUES: dict[str, object] = {
    "policy": "instant", "damage": "5%", "fly": "70%", "items": ("engine",), "jurisdiction": "lender",
    "through": ("seller",), "capacity": "4 per year", "quality": "80%", "build_up": "1 year", "each": "80%",
    "retry": "3 months", "price": 2, "takes": "30 days", "share": "60%", "yield": "85%", "limit": "life", "systems": 2,
    "gains": "200 FH or 12 months", "slots": 2, "crews": ("base.line",), "people": 3, "units": 4, "failures": 1.5,
    "losses_per_100k_FH": 4, "dual_sourcing": "30%", "repairs": True,
}  # fmt: skip


def settings(kind: str) -> dict[str, object]:
    """Every setting of a kind, less those that exclude each other."""
    return {name: VALUES[name] for name in OWN_SETTINGS[kind] if (kind, name) != ("extend_life", "limit")}


@pytest.mark.parametrize("kind", OWN_SETTINGS)
def test_a_response_with_every_setting_of_its_kind_reads_back_what_it_writes(kind: str) -> None:
    written = {"kind": kind, "after": "first", "cost": 1000, **settings(kind)}
    response = Response.model_validate(written)
    again = response.model_dump(by_alias=True, exclude_none=True)

    assert Response.model_validate(again) == response
    assert set(settings(kind)) <= set(again)
    assert not (set(VALUES) - set(OWN_SETTINGS[kind])) & set(again)


@pytest.mark.parametrize("kind", OWN_SETTINGS)
def test_a_response_refuses_each_setting_of_another_kind_and_the_want_of_each_it_needs(kind: str) -> None:
    strangers = set(VALUES) - set(OWN_SETTINGS[kind])
    base = {"kind": kind, "after": "first", **settings(kind)}

    for name in strangers:
        with pytest.raises(ValueError, match=f"'{name}' belongs to .*, not to {kind}"):
            Response.model_validate(base | {name: VALUES[name]})
    for name in NEEDED.get(kind, {}):
        with pytest.raises(ValueError, match=f"{kind} needs '{name}'"):
            Response.model_validate({key: value for key, value in base.items() if key != name})
    assert strangers


def test_every_setting_of_a_response_is_a_key_of_the_language() -> None:
    keys = {field.alias or name for name, field in Response.model_fields.items()}

    assert {name for names in OWN_SETTINGS.values() for name in names} == set(VALUES)
    assert set(VALUES) <= keys
