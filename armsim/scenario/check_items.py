"""Cross-checks of items: where they are fitted, stocked, repaired and ordered, and what wears them out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from armsim.scenario.places import OWN, asked_for_at
from armsim.scenario.things import FailsEvery, Item, Repair, Written
from armsim.scenario.values import DateValue, Life

if TYPE_CHECKING:
    from armsim.scenario.check import Checks

Path = tuple[Any, ...]
#: The clock each `demand` counts, what to write, and the `demand` that counts another clock.
CLOCKS = {
    "flying_hours": ("fh", "this is a mean life in flying hours, such as 350 FH"),
    "calendar": ("days", "with 'demand: calendar' this is a length of time"),
    "fixed": ("days", "with 'demand: fixed' this is a length of time"),
    "sorties": ("sorties", "with 'demand: sorties' this is a number of sorties"),
}
EXAMPLES = {"days": "such as 200 days", "sorties": "such as 200 sorties"}


def check_items(checks: Checks) -> None:
    """Items are fitted to fleets that exist, stocked where these draw on them, repaired and sent by suppliers."""
    things = checks.things
    for name, item in things.items.items():
        at = ("items", name)
        for fleet in item.on:
            checks.known((*at, "on", fleet), fleet, things.fleets, "fleet", on_key=True)
        checks.all_known((*at, "content"), item.content, things.jurisdictions, "jurisdiction")
        if item.resupply is not None:
            checks.provides((*at, "supplier"), item.supplier, "spares")
        elif item.supplier is not None:
            checks.known((*at, "supplier"), item.supplier, things.suppliers, "supplier")
        check_stock(checks, name, item)
        check_work(checks, at, item)
        check_bits(checks, at, item)
        check_missions(checks, at, item)
        check_clocks(checks, at, item)
    check_circles(checks)


def repairs_with_bits(things: Written) -> Iterator[tuple[str, int, Repair]]:
    """(item, number of the route, route) of every repair that uses other items."""
    for name, item in things.items.items():
        for k, route in enumerate(item.repair):
            if route.uses:
                yield name, k, route


def with_depots(things: Written, sites: tuple[str, ...]) -> set[str]:
    """Sites and the depots they draw on."""
    return set(sites) | {str(things.sites[site].depot) for site in sites if things.sites[site].depot in things.sites}


def check_stock(checks: Checks, name: str, item: Item) -> None:
    """Stock, what is on hand, its changes and arrivals lie where the item is used, and after the start."""
    things, at = checks.things, ("items", name)
    points = with_depots(things, asked_for_at(things, name))
    for key in ("stock", "on_hand"):
        for site in getattr(item, key):
            check_point(checks, (*at, key, site), name, site, points, on_key=True)
    for k, change in enumerate(item.stock_changes):
        where = (*at, "stock_changes", *checks.step(at, "stock_changes", k))
        check_point(checks, (*where, "at"), name, change.at, points)
        check_after_start(checks, (*where, "on"), change.on, "the stock at the start is in 'stock'")
    for k, arrival in enumerate(item.arrivals):
        where = (*at, "arrivals", *checks.step(at, "arrivals", k))
        check_after_start(checks, (*where, "on"), arrival.on, "what has come by then is in 'on_hand'")
        if arrival.at is not None:
            check_point(checks, (*where, "at"), name, arrival.at, points)
        elif len(points) > 1:
            checks.add(where, "no-site", f"'{name}' is stocked at {' and '.join(sorted(points))}: "
                       "say where these units arrive", f"such as at: {min(points)}")  # fmt: skip


def check_point(checks: Checks, path: Path, name: str, site: str, points: set[str], on_key: bool = False) -> None:
    """A stock point is a site, and one at which the item is asked for."""
    if checks.known(path, site, checks.things.sites, "site", on_key=on_key) and site not in points:
        what = "its stock there" if path[2] in ("stock", "stock_changes") else "what is there"
        checks.add(path, "stock-elsewhere", f"no fleet that uses '{name}' stands at '{site}': {what} is never used",
                   severity="warning", on_key=on_key)  # fmt: skip


def check_after_start(checks: Checks, path: Path, on: DateValue, hint: str) -> None:
    """A date comes after the start of the simulation, in every world."""
    start: date = checks.things.time.start
    first: date = on.ends[0]
    if first <= start:
        checks.add(path, "before-start", f"{first} is not after the start ({start})", hint)


def check_work(checks: Checks, at: Path, item: Item) -> None:
    """Replacement, repair and overhaul of an item can be done where it is said to be."""
    things = checks.things
    sites = {things.fleets[fleet].site for fleet in item.on if fleet in things.fleets} - {None}
    for fleet in item.on:
        if item.replace is not None and fleet in things.fleets:
            site = things.fleets[fleet].site
            checks.crew((*at, "replace"), site, fleet, item.replace.crew, item.replace.needs)
    for k, route in enumerate(item.repair):
        where = (*at, "repair", *checks.step(at, "repair", k))
        if route.at != "condemned":
            check_provider(checks, (*where, "at"), route.at, "repair", next(iter(sites)) if len(sites) == 1 else None)
        for key in ("licence", "transit"):
            if getattr(route, key) is not None and ("." in route.at or route.at == "condemned"):
                checks.add((*where, key), "no-border", f"a repair at '{route.at}' crosses no border: take out '{key}'")
    if item.overhaul is not None:
        check_provider(checks, (*at, "overhaul", "at"), item.overhaul.at, "overhaul", None)


def check_provider(checks: Checks, path: Path, at: str, kind: str, site: str | None) -> None:
    """Work on a unit is done by a supplier, in a shop, or in the shop of the same name of each base."""
    where, _, shop = at.partition(".")
    if where != OWN or not shop:
        checks.provider(path, at, kind, site)
        return
    for base in asked_for_at(checks.things, str(path[1])):
        checks.known(path, shop, checks.things.sites[base].shops, f"shop at site '{base}'")


def check_bits(checks: Checks, at: Path, item: Item) -> None:
    """The bits a repair uses are items, and its shop is at home."""
    for k, route in enumerate(item.repair):
        where = (*at, "repair", *checks.step(at, "repair", k), "uses")
        if route.uses and "." not in route.at:
            why = "nothing is repaired" if route.at == "condemned" else f"'{route.at}' finds its own bits"
            checks.add(where, "bits-elsewhere", f"{why}: take out 'uses'",
                       "bits are for a repair at a shop at home, such as base.bench", on_key=True)  # fmt: skip
        for bit in route.uses:
            is_listed = checks.is_list(where)
            place = (*where, list(route.uses).index(bit)) if is_listed else (*where, bit)
            checks.known(place, bit, checks.things.items, "item", on_key=not is_listed)


def check_circles(checks: Checks) -> None:
    """No item is a bit of its own repair, be it by way of others: each repair would ask for the next, for ever."""
    things = checks.things
    uses: dict[str, set[str]] = {name: set() for name in things.items}
    for name, _, route in repairs_with_bits(things):
        uses[name] |= set(route.uses) & set(things.items)
    for name, k, _ in repairs_with_bits(things):
        reached, waiting = set[str](), sorted(uses[name])
        while waiting:
            bit = waiting.pop()
            if bit not in reached:
                reached.add(bit)
                waiting += sorted(uses[bit])
        if name in reached:
            at = ("items", name)
            checks.add((*at, "repair", *checks.step(at, "repair", k), "uses"), "bits-in-a-circle",
                       f"the repair of '{name}' uses '{name}' itself" if name in uses[name] else
                       f"the repair of '{name}' uses bits whose own repair uses '{name}'",
                       "break the circle", on_key=True)  # fmt: skip
            return


def check_missions(checks: Checks, at: Path, item: Item) -> None:
    """The missions an item is needed for are those of a fleet it is on."""
    fleets = [checks.things.fleets[name] for name in item.on if name in checks.things.fleets]
    missions = [mission for fleet in fleets for mission in fleet.missions]
    what = f"mission of a fleet with '{at[-1]}'"
    checks.all_known((*at, "needed_for"), item.needed_for, dict.fromkeys(missions), what)


def check_clocks(checks: Checks, at: Path, item: Item) -> None:
    """An item's clocks fit together and need a programme where they count flying hours."""
    if item.fails_every is not None:
        check_mean_life(checks, at, item, item.fails_every)
    is_bit = any(at[-1] in route.uses for _, _, route in repairs_with_bits(checks.things))
    if not item.on and not is_bit:
        checks.add(at, "on-nothing", f"item '{at[-1]}' is on no fleet, and no repair uses it: it changes nothing",
                   "write on: {fleet: 1}, or name it under 'uses' of a repair", "warning", on_key=True)  # fmt: skip
    elif item.on and not any((item.fails_every, item.hard_life, item.expires_after, item.overhaul)) and not is_bit:
        checks.add(at, "never-fails", f"item '{at[-1]}' never fails, expires or falls due: it changes nothing",
                   "give fails_every, hard_life, expires_after or overhaul", "warning", on_key=True)  # fmt: skip
    if item.due is not None and item.hard_life is None and item.expires_after is None:
        checks.add((*at, "due"), "due-of-nothing", "'due' is for a hard life or an expiry; this item has neither")
    fleets = checks.things.fleets
    limits: list[Life] = [limit for limit in (item.hard_life, item.overhaul and item.overhaul.every) if limit]
    by_use = any(limit.fh is not None for limit in limits)
    units_fitted = sum(float(fleets[name].count.middle) * n for name, n in item.on.items() if name in fleets)
    checks.due((*at, "due"), item.due, by_use, units_fitted)
    if item.overhaul is not None:
        checks.due((*at, "overhaul", "due"), item.overhaul.due, by_use, units_fitted)
    for fleet in item.on:
        if by_use and fleet in fleets and fleets[fleet].fly is None:
            checks.add(at, "no-use", f"fleet '{fleet}' has no programme ('fly'): hours never run out",
                       severity="warning", on_key=True)  # fmt: skip


def check_mean_life(checks: Checks, at: Path, item: Item, fails: FailsEvery) -> None:
    """A mean life is on the clock of the item's `demand`; sorties have a length on each fleet."""
    clock, message = CLOCKS[item.demand]
    if getattr(fails, clock) is None:
        other = "sorties" if fails.sorties is not None else "calendar"
        hint = f"for a life in {'sorties' if other == 'sorties' else 'time'} write 'demand: {other}'"
        checks.add((*at, "fails_every"), "wrong-clock", message, EXAMPLES.get(clock, hint))
    for fleet in item.on if item.demand == "sorties" else ():
        if fleet in checks.things.fleets and checks.things.fleets[fleet].sortie is None:
            checks.add((*at, "demand"), "no-sortie", f"fleet '{fleet}' does not say how long a sortie is",
                       f"write sortie: 1.5 FH in fleets.{fleet}")  # fmt: skip
