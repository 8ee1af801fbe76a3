# ruff: noqa: E501  (scenario texts read better unbroken)
"""R-M5, settled 85: work in the shop of the same name of whichever base took the unit off."""

from __future__ import annotations

import pytest
from checked_parts import HALF, WEARS, places, renewed_at, run
from hand_worked import DAILY

BENCHES = "shops: {bench: {servers: 1}}"


def bases(more: str = "", south: str = BENCHES) -> str:
    """A jet that wears a part out in 10 days of flying at each of two bases."""
    return (
        f"sites: {{north: {{{more}{BENCHES}}}, south: {{{more}{south}}}, national: {{}}}}\n"
        f"fleets: {{jets: {{count: 1, site: north, {DAILY}}}, tugs: {{count: 1, site: south, {DAILY}}}}}\n"
    )


def pump(at: str, more: str = "") -> str:
    return f"pump: {{on: {{jets: 1, tugs: 1}}, {WEARS}, repair: {{at: {at}, takes: 15 days{more}}}}}"


def test_each_base_repairs_its_own_and_neither_waits_for_the_other():
    """Both fail on day 10; one server at each base: both are back on day 25. In one shop the second is done on day 40."""
    seen = run(bases() + f"items: {{{pump('own.bench')}}}", days=34)
    shared = run(bases() + f"items: {{{pump('north.bench')}}}", days=34)

    assert seen.mc("jets") == seen.mc("tugs") == [(0, 1), (10, 0), (25, 1)]
    assert [shared.mc("jets")[-1], shared.mc("tugs")[-1]] == [(25, 1), (10, 0)]


def test_a_server_is_that_of_the_base():
    """Two jets in the north, each with a part gone on day 10: the one server does them in turn, the south's is not asked."""
    text = bases().replace("jets: {count: 1", "jets: {count: 2")
    seen = run(text + f"items: {{{pump('own.bench')}}}", days=34)

    assert seen.mc("jets") == [(0, 2), (10, 0), (25, 1)]
    assert seen.mc("tugs") == [(0, 1), (10, 0), (25, 1)]


def test_what_its_own_shop_repairs_stays_at_the_base_and_asks_no_depot():
    """Nothing is asked of the depot, whose one unit stays on its shelf; each base's comes back to its aircraft on day 25."""
    seen = run(bases("depot: national, order_and_ship: 5 days, ") + f"items: {{{pump('own.bench')[:-1]}, stock: {{national: 1}}}}}}", days=34)

    assert seen.mc("jets") == seen.mc("tugs") == [(0, 1), (10, 0), (25, 1)]
    assert seen.item("pump", "stock") == [(0, 1)]


def test_bits_are_asked_for_at_the_base_that_repairs():
    """Seals lie in the south alone: its repair takes [10, 25), the north's never begins."""
    seen = run(bases() + f"items: {{{pump('own.bench', ', uses: seal')}, seal: {{stock: {{south: 1}}}}}}", days=34)

    assert seen.mc("jets") == [(0, 1), (10, 0)]
    assert seen.mc("tugs") == [(0, 1), (10, 0), (25, 1)]
    assert places(seen, "seal")["elsewhere"] == 1


def test_a_worn_bit_goes_to_the_shop_of_the_base_where_it_was_worn():
    """Each base has one seal, and repairs the worn one in 5 days behind the pump it came from: done on day 30."""
    items = f"{pump('own.bench', ', uses: seal')}, seal: {{repair: {{at: own.bench, takes: 5 days}}, stock: {{north: 1, south: 1}}}}"
    seen = run(bases() + f"items: {{{items}}}", days=34)

    assert seen.mc("jets") == seen.mc("tugs") == [(0, 1), (10, 0), (25, 1)]
    assert seen.item("seal", "stock") == [(0, 2), (10, 0), (30, 2)]


def test_a_bit_is_asked_for_where_the_items_that_use_it_stand():
    """The seal is on nothing itself: its stock points are the bases of the two fleets, whose pumps use it."""
    seen = run(bases() + f"items: {{{pump('own.bench', ', uses: seal')}, seal: {{stock: {{north: 1, south: 2}}}}}}", days=34)

    assert [point.site for point in seen.model.points] == ["north", "south", "north", "south"]


def test_an_overhaul_of_a_unit_is_done_in_its_own_base_too():
    """Due after 10 and 12 days of flying; 15 days of work at either base, in shops with one server."""
    gear = f"gear: {{on: {{jets: 1, tugs: 1}}, {renewed_at('own.bench', '15 days', 10, 12)}}}"
    seen = run(bases() + f"items: {{{gear}}}", days=34)

    assert seen.mc("jets") == [(0, 1), (10, 0), (25, 1)]
    assert seen.mc("tugs") == [(0, 1), (12, 0), (27, 1)]


@pytest.mark.parametrize(("share", "last"), [("100%", (25, 1)), ("0%", (10, 0))])
def test_its_yield_is_that_of_the_one_way(share, last):
    """What is not made good is condemned, and nothing can be ordered."""
    seen = run(bases() + f"items: {{{pump('own.bench', f', yield: {share}')}}}", days=34)

    assert seen.mc("jets")[-1] == seen.mc("tugs")[-1] == last


def test_half_as_much_flying_wears_half_as_fast_in_its_own_shop():
    """The tugs fly half as much: gone on day 20, back on 35."""
    text = bases().replace(f"site: south, {DAILY}", f"site: south, {HALF}")
    seen = run(text + f"items: {{{pump('own.bench')}}}", days=36)

    assert seen.mc("tugs") == [(0, 1), (20, 0), (35, 1)]
