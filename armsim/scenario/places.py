"""Where at home an item is asked for, and in which shops its units are worked on (R-M5)."""

from __future__ import annotations

from armsim.scenario.things import Written

OWN = "own"
"""Stands for the site of the base that took a unit off."""


def asked_for_at(things: Written, name: str, above: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Sites at which an item is asked for: those of its fleets, and of the shops whose repairs use it.

    Items `above`, of whose repairs it is a bit, are not asked again: bits may stand in a circle before that is refused.
    """
    found = {things.fleets[fleet].site for fleet in things.items[name].on if fleet in things.fleets}
    for other, item in things.items.items():
        for route in item.repair if other not in above else ():
            if name in route.uses:
                found |= {shop.partition(".")[0] for shop in shops_for(things, other, route.at, (*above, name))}
    return tuple(sorted(site for site in found if site in things.sites))


def shops_for(things: Written, item: str, at: str, above: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Shops, as site.shop, in which units of an item are worked on that go to `at`; none where that is no shop."""
    site, _, shop = at.partition(".")
    if not shop:
        return ()
    return tuple(f"{base}.{shop}" for base in asked_for_at(things, item, above)) if site == OWN else (at,)
