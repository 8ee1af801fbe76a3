"""Supply lines: who must let what through for one item or fleet (MODEL section 6, R-H3).

A line is (supplier, class, item or fleet). Its gatekeepers are the supplier and its jurisdiction, what the
supplier works `through`, home, and, for a halt that says `reexport: stop`, each jurisdiction in its content.
"""

from __future__ import annotations

from dataclasses import dataclass

from armsim.scenario.halts import Halt
from armsim.scenario.things import Contract, Item, Written


@dataclass(frozen=True)
class Line:
    """One supply line; `target` is the item, fleet or crew pool it serves."""

    supplier: str
    kind: str  # one of halts.CLASSES
    target: str
    item: str | None
    fleets: tuple[str, ...]
    jurisdiction: str
    through: tuple[str, ...] = ()
    content: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """A name that identifies the line, whatever the order of the file."""
        return f"line/{self.kind}/{self.supplier}/{self.target}"

    def gatekeepers(self, home: str) -> tuple[str, ...]:
        """Jurisdictions whose permission it needs, each once, the supplier's own first."""
        return tuple(dict.fromkeys((self.jurisdiction, *self.through, *self.content, home)))


def home_of(things: Written) -> str:
    """The recipient's own jurisdiction ('' when none is marked)."""
    return next((name for name, state in things.jurisdictions.items() if state.home), "")


def pool_key(site: str, crew: str) -> str:
    """The name of a crew pool over all sites."""
    return f"{site}.{crew}"


def lines_of(things: Written) -> tuple[Line, ...]:
    """Every supply line of a scenario, sorted by key."""
    found: dict[str, Line] = {}

    def add(supplier: str, kind: str, target: str, item: str | None, fleets: tuple[str, ...]) -> None:
        firm = things.suppliers.get(supplier)
        if firm is None:
            return
        content = set(things.items[item].content) if item else set()
        if not item:
            content |= {state for fleet in fleets for state in things.fleets[fleet].content}
        line = Line(supplier, kind, target, item, fleets, firm.jurisdiction, firm.through, tuple(sorted(content)))
        found[line.key] = line

    for name, item in things.items.items():
        fleets = fleets_of(things, name)
        if item.resupply is not None and item.supplier is not None:
            add(item.supplier, "spares", name, name, fleets)
        for route in item.repair:
            add(route.at, "repair", name, name, fleets)
        if item.overhaul is not None:
            add(item.overhaul.at, "overhaul", name, name, fleets)
    for name, fleet in things.fleets.items():
        if fleet.overhaul is not None:
            add(fleet.overhaul.at, "overhaul", name, None, (name,))
        for delivery in fleet.deliveries:
            add(delivery.supplier, "systems", name, None, (name,))
    for site_name, site in things.sites.items():
        for crew_name, crew in site.crews.items():
            fleets = tuple(sorted(fleet for fleet in crew.fleets if fleet in things.fleets))
            for supplier in crew.foreign:
                add(supplier, "people", pool_key(site_name, crew_name), None, fleets)
    for name, response in things.responses.items():
        if response.kind == "other_source" and response.jurisdiction is not None:
            for item_name in (one for one in response.items if one in things.items):
                item = things.items[item_name]
                kinds = ["spares"] if item.resupply is not None else []
                kinds += ["repair"] if response.repairs and mended_by(things, item) else []
                fleets = tuple(sorted(set(item.on) & set(things.fleets)))
                for kind in kinds:
                    line = Line(name, kind, item_name, item_name, fleets, response.jurisdiction, response.through,
                                tuple(sorted(item.content)))  # fmt: skip
                    found[line.key] = line
    return tuple(found[key] for key in sorted(found))


def mended_by(things: Written, item: Item) -> tuple[tuple[str, str], ...]:
    """Who repairs and overhauls units of an item abroad, as (class, supplier)."""
    ways = [("repair", way.at) for way in item.repair]
    ways += [] if item.overhaul is None else [("overhaul", item.overhaul.at)]
    return tuple(dict.fromkeys(way for way in ways if way[1] in things.suppliers))


def fleets_of(things: Written, item: str, above: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The fleets an item serves: those that carry it, and those of the items whose repair uses it."""
    found = set(things.items[item].on)
    for name, other in things.items.items():
        if name not in above and any(item in route.uses for route in other.repair):
            found |= set(fleets_of(things, name, (*above, item)))
    return tuple(sorted(found & set(things.fleets)))


def applies(halt: Halt, line: Line, home: str) -> bool:
    """True when the halt's parties keep a gate of the line and the line is in its scope (R-H3)."""
    return any(keeps_gate(by, halt, line, home) for by in halt.by) and in_scope(halt, line)


def keeps_gate(by: str, halt: Halt, line: Line, home: str) -> bool:
    """True when one party of the halt may stop the line."""
    if by == home:
        against = {line.supplier, line.jurisdiction, *line.through}
        return not halt.against or bool(against & set(halt.against))
    if by in (line.supplier, line.jurisdiction, *line.through):
        return True
    return by in line.content and halt.reexport == "stop"


def in_scope(halt: Halt, line: Line) -> bool:
    """True when class, fleet, item and supplier of the line fall under the halt."""
    if halt.classes and line.kind not in halt.classes:
        return False
    if halt.fleets and not set(halt.fleets) & set(line.fleets):
        return False
    if halt.items and line.item not in halt.items:
        return False
    if halt.suppliers and line.supplier not in halt.suppliers:
        return False
    left_out = halt.except_
    return left_out is None or not (
        line.kind in left_out.classes
        or line.supplier in left_out.suppliers
        or (line.item is not None and line.item in left_out.items)
        or (bool(left_out.fleets) and set(line.fleets) <= set(left_out.fleets))
    )


def covers(contract: Contract, line: Line) -> bool:
    """True when a contract can cover needs of the line."""
    if contract.supplier != line.supplier or line.kind not in contract.covers:
        return False
    if not contract.fleets and not contract.items:
        return True
    return bool(set(contract.fleets) & set(line.fleets)) or line.item in contract.items
