"""Sites, fleets and items in words: what they are to do, what takes them down, what is kept and how it is renewed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from armsim import units
from armsim.scenario.lines import home_of, lines_of
from armsim.scenario.phrases import (
    amount,
    day,
    days_listed,
    heading,
    listed,
    number,
    paragraph,
    spelt,
    titled,
    when,
)
from armsim.scenario.places import OWN
from armsim.scenario.things import (
    Crew,
    Due,
    Fleet,
    Item,
    ItemOverhaul,
    Moment,
    Repair,
    Replace,
    Resupply,
    Site,
    Written,
    read_moment,
)
from armsim.scenario.values import Slots
from armsim.units import counted

#: How parts are taken from systems that are down.
POLICIES = {
    "on_demand": "where one is wanted",
    "concentrate": "where that makes a system whole",
    "instant": "at once and without work, so that as few systems as possible lack any",
}
#: What a missing unit does, and what wears a unit out.
ABSENCE = {"grounds": "a missing one grounds it", "degrades": "a missing one degrades it",
           "nothing": "a missing one does nothing"}  # fmt: skip
DEMAND = {"flying_hours": "", "calendar": ", flown or not", "sorties": "",
          "fixed": ", as many as at the start whatever is flown or fitted"}  # fmt: skip


class Words:
    """The names of a scenario's things in words; its supply lines are worked out once."""

    def __init__(self, things: Written) -> None:
        self.things, self.home = things, home_of(things)
        self.lines = lines_of(things)

    def state(self, name: str) -> str:
        """A jurisdiction in words."""
        return titled(self.things.jurisdictions, name)

    def party(self, name: str) -> str:
        """A jurisdiction or supplier in words."""
        return self.state(name) if name in self.things.jurisdictions else titled(self.things.suppliers, name)

    def supplier(self, name: str) -> str:
        """A supplier in words, or the response that supplies."""
        return titled(self.things.suppliers if name in self.things.suppliers else self.things.responses, name)

    def names(self, section: dict[str, Any]) -> Callable[[Iterable[str]], str]:
        """How to list things of a section by title."""
        return lambda given: listed(titled(section, name) for name in given)

    def provider(self, at: str) -> str:
        """Who does a repair or overhaul."""
        if at == "condemned":
            return "nobody: it is condemned"
        where, dot, shop = at.partition(".")
        if not dot:
            return titled(self.things.suppliers, at)
        if where == OWN:
            return f"the shop {spelt(shop)} of the base that took them off"
        return f"the shop {spelt(shop)} at {titled(self.things.sites, where)}"

    def states(self, names: Iterable[str]) -> str:
        """Jurisdictions as a sentence part."""
        return self.names(self.things.jurisdictions)(names)


# ---- sites


def site_words(words: Words, name: str) -> list[str]:
    """A site: where its parts come from, its crews and its shops."""
    site = words.things.sites[name]
    lines = [paragraph(f"{heading(words.things.sites, name)}: {way_of_parts(words, name, site)}.")]
    for crew_name, crew in site.crews.items():
        lines.append(paragraph(f"- crew {crew.title or spelt(crew_name)}: {crew_words(words, crew)}", 1))
    for shop_name, shop in site.shops.items():
        many = counted(shop.servers, "repair") if shop.servers is not None else "any number of repairs"
        lines.append(paragraph(f"- shop {shop.title or spelt(shop_name)}: {many} at once", 1))
    return lines


def way_of_parts(words: Words, name: str, site: Site) -> str:
    """Where a site gets its parts from, or for whom it is the depot."""
    if site.depot is not None:
        way = amount(site.order_and_ship) if site.order_and_ship.ends[2] else "no time"
        return f"its parts come from the depot {titled(words.things.sites, site.depot)}, the way takes {way}"
    bases = [titled(words.things.sites, base) for base, one in words.things.sites.items() if one.depot == name]
    return f"the depot of {listed(bases)}" if bases else "its parts come from the suppliers"


def crew_words(words: Words, crew: Crew) -> str:
    """A crew pool: how many people of whom, for which fleets, and how that changes."""
    size = "sized by its work" if crew.size is None else f"{counted(crew.size, 'task')} at once"
    whose = [f"{amount(crew.local)} own"] if crew.local is not None else []
    whose += [f"{amount(part)} of {words.supplier(name)}" for name, part in crew.foreign.items()]
    whose += ["the rest own"] if crew.local is None and crew.foreign else []
    parts = [f"{size}, for {words.names(words.things.fleets)(crew.fleets)}"]
    parts += [listed(whose)] if whose else []
    parts += ["each task can be done by whom these shares say"] if crew.of == "tasks" else []
    for change in crew.changes:
        now = [f"{amount(change.local)} own"] if change.local is not None else []
        now += [f"{amount(part)} of {words.supplier(name)}" for name, part in (change.foreign or {}).items()]
        parts.append(f"from {when(change.on)} {listed(now) or 'the same'}")
    return "; ".join(parts)


# ---- fleets


def fleet_words(words: Words, name: str) -> list[str]:
    """A fleet: how many, what it is to do, what can ground it."""
    fleet = words.things.fleets[name]
    at = f", at {titled(words.things.sites, fleet.site)}" if fleet.site is not None else ""
    lot = f" (counted in lots of {fleet.lot:,})" if fleet.lot > 1 else ""
    lent = f", lent by {words.party(fleet.owner)}" if fleet.owner is not None else ""
    head = (f"{heading(words.things.fleets, name)}: {amount(fleet.authorised)} authorised, "
            f"{amount(fleet.count)} on the books at the start{lot}{at}{lent}.")  # fmt: skip
    lines = [paragraph(head)]
    lines += [paragraph(line, 1) for line in programme(words, fleet)]
    lines += [paragraph(line, 1) for line in missions(words, name, fleet)]
    grounds = list(what_grounds(words, name, fleet))
    if grounds:
        lines += [paragraph("What can ground it:", 1), *(paragraph(f"- {line}", 2) for line in grounds)]
    else:
        lines.append(paragraph("Nothing in this scenario can ground it.", 1))
    others = [item for item in fitted(words, name) if words.things.items[item].absence == "degrades"]
    if others:
        lines.append(paragraph(f"Only degraded by want of {words.names(words.things.items)(others)}.", 1))
    lines += [paragraph(line, 1) for line in comings(words, fleet)]
    return lines


def programme(words: Words, fleet: Fleet) -> Iterator[str]:
    """What a fleet is to do, what an hour costs, and the minimum."""
    if fleet.fly is None:
        yield "It has no flying programme."
    else:
        cap = f"; at most {amount(fleet.at_most)}" if fleet.at_most is not None else ""
        changes = [f"from {when(change.from_)} {amount(change.to)}" for change in fleet.fly.changes]
        yield f"Programme: {'; '.join([amount(fleet.fly), *changes])}{cap}."
    if fleet.sortie is not None:
        yield f"A sortie lasts {amount(fleet.sortie)}."
    if fleet.cost_per_fh is not None:
        yield f"A flying hour costs {amount(fleet.cost_per_fh)}."
    if fleet.content:
        yield f"It has content of {words.states(fleet.content)}."
    if fleet.minimum is None:
        yield "No minimum is given."
        return
    share, of = fleet.minimum.share, fleet.minimum.of
    meant = " systems" if share is None else ""
    if share is not None and of == "authorised":
        meant = f" ({number(share * fleet.authorised.middle)} systems)"
    yield f"Minimum: {units.format_threshold(fleet.minimum)}{meant}."


def missions(words: Words, name: str, fleet: Fleet) -> Iterator[str]:
    """What systems of the fleet can be used for, and the items each use needs beside those that ground."""
    if not fleet.missions:
        return
    yield f"Missions: {listed(map(spelt, fleet.missions))}; down when it can do none."
    for mission in fleet.missions:
        needs = [item for item in fitted(words, name) if mission in words.things.items[item].needed_for]
        if needs:
            yield f"For {spelt(mission)} it needs {words.names(words.things.items)(needs)}."


def fitted(words: Words, fleet: str) -> list[str]:
    """The items on a fleet."""
    return [name for name, item in words.things.items.items() if fleet in item.on]


def what_grounds(words: Words, name: str, fleet: Fleet) -> Iterator[str]:
    """Each mechanism that takes systems of the fleet down."""
    for upkeep in fleet.upkeep:
        yield (f"upkeep every {amount(upkeep.every)} on average: {amount(upkeep.takes)} of crew "
               f"{spelt(upkeep.crew)}{only(words, upkeep.needs)}")  # fmt: skip
    for work in fleet.inspections:
        yield (f"an inspection every {amount(work.every)}: {amount(work.takes)} of crew "
               f"{spelt(work.crew)}{only(words, work.needs)}{first_due(work.due)}")  # fmt: skip
    if fleet.overhaul is not None:
        shop = fleet.overhaul
        slots = f", {at_once(shop.slots)}" if shop.slots is not None else ""
        price = f", for {amount(shop.price)} each" if shop.price is not None else ""
        yield (f"overhaul every {amount(shop.every)}, by {words.provider(shop.at)}, taking "
               f"{amount(shop.takes)}{slots}{price}; not flown once it is due{first_due(shop.due)}")  # fmt: skip
    if fleet.life_limit is not None:
        every = f" of {amount(fleet.life_limit.every)}" if fleet.life_limit.every is not None else ""
        yield f"a life limit{every}, after which it is retired{first_due(fleet.life_limit.due, 'due')}"
    if fleet.regeneration is not None:
        again = fleet.regeneration
        slots = f", {at_once(again.slots)}" if again.slots is not None else ""
        yield (f"regeneration once it has been down for {amount(again.after)} without a break, taking "
               f"{amount(again.takes)}{slots}")  # fmt: skip
    for item_name in fitted(words, name):
        item = words.things.items[item_name]
        if item.absence == "grounds" and may_ground(fleet, item):
            yield want_of(words, item_name, item, item.on[name])


def at_once(slots: Slots) -> str:
    """How many there are at once, with dated changes."""
    return f"{amount(slots)} at once{from_then_on(slots)}"


def from_then_on(slots: Slots) -> str:
    """', 2 from 1 January 2026', or nothing."""
    return "".join(f", {amount(change.to)} from {when(change.from_)}" for change in slots.changes)


def may_ground(fleet: Fleet, item: Item) -> bool:
    """True when want of an item stops all a system can do, or a mission of it."""
    return not item.needed_for or bool(set(item.needed_for) & set(fleet.missions))


def only(words: Words, needs: str | None) -> str:
    """', by people of … alone', or nothing."""
    return f", by people of {words.supplier(needs)} alone" if needs is not None else ""


def want_of(words: Words, name: str, item: Item, each: int) -> str:
    """An item as a reason to be down: how many, what ends its life, stock."""
    missions = f", for {listed(map(spelt, item.needed_for))} only" if item.needed_for else ""
    title = titled(words.things.items, name)
    return f"want of {title} ({each} on each){missions}, which {ends_of(words, item)}; {kept(words, item)}"


def ends_of(words: Words, item: Item) -> str:
    """What ends the life of a unit."""
    ends = [f"fails every {amount(item.fails_every)}{DEMAND[item.demand]}"] if item.fails_every is not None else []
    ends += [f"is condemned at {amount(item.hard_life)}"] if item.hard_life is not None else []
    if item.overhaul is not None:
        ends += [f"is overhauled every {amount(item.overhaul.every)} by {words.provider(item.overhaul.at)}"]
    ends += [f"expires after {amount(item.expires_after)}"] if item.expires_after is not None else []
    return listed(ends) or "never fails"


def kept(words: Words, item: Item) -> str:
    """The stock of an item."""
    stock = [f"{amount(n)} at {titled(words.things.sites, site)}" for site, n in item.stock.items()]
    return f"stock {listed(stock)}" if stock else "no stock"


def comings(words: Words, fleet: Fleet) -> Iterator[str]:
    """Losses, retirements, deliveries, cannibalization."""
    if fleet.losses is not None:
        rate = fleet.losses.per_100k_fh
        parts = [f"{amount(rate)} in 100,000 flying hours"] if rate is not None else []
        parts += [f"{dated.count} on {when(dated.on)}" for dated in fleet.losses.on]
        yield f"Losses: {listed(parts) or 'none given'}."
    if fleet.retirements:
        yield f"Retired: {listed(f'{dated.count} on {when(dated.on)}' for dated in fleet.retirements)}."
    for delivery in fleet.deliveries:
        plan = delivery.schedule
        if plan.staggered is not None:
            first, last = plan.staggered
            dates = f"{plan.count}, spread evenly from {day(first)} to {day(last)}"
        else:
            dates = f"{len(plan.list_ or ())}, on {days_listed(plan.list_ or ())}"
        under = f", under contract {delivery.contract}" if delivery.contract is not None else ""
        ordered = f", ordered {when(delivery.ordered)}" if delivery.ordered is not None else ""
        way = f", {amount(delivery.transit)} on the way" if delivery.transit.ends[2] else ""
        yield f"Deliveries by {words.supplier(delivery.supplier)}: {dates}{under}{ordered}{way}."
        if delivery.used:
            aboard = (f"{titled(words.things.items, item)} {amount(share)}" for item, share in delivery.used.items())
            yield f"What of its life an item aboard has behind it then: {listed(aboard)}."
    if fleet.cannibalization.policy != "none":
        policy, damage = POLICIES[fleet.cannibalization.policy], fleet.cannibalization.damage
        risk = f", damaging {amount(damage)} of them" if damage.ends[2] else ""
        yield f"Parts are taken from systems that are down, halt or not, {policy}{risk}."


# ---- items


def item_words(words: Words, name: str) -> list[str]:
    """An item: where it is fitted, what ends its life, and how it is replaced, repaired, ordered and kept."""
    item = words.things.items[name]
    lines = [paragraph(f"{heading(words.things.items, name)}: {place_of(words, name, item)}.")]
    return lines + [paragraph(f"{line}.", 1) for line in item_lines(words, item)]


def place_of(words: Words, name: str, item: Item) -> str:
    """Which systems or repairs an item is for, and what its want does."""
    things = words.things
    fleets = [f"{n} on each {titled(things.fleets, fleet)}" for fleet, n in item.on.items()]
    bit_of = [titled(things.items, other) for other, one in things.items.items()
              if any(name in route.uses for route in one.repair)]  # fmt: skip
    does = ABSENCE[item.absence]
    if item.needed_for:
        does = f"without it no {listed(map(spelt, item.needed_for))}"
    if item.replace_grounds:
        does += ", and it does not fly while one is put in"
    parts = [f"{listed(fleets)}; {does}"] if fleets else []
    parts += [f"used in the repair of {listed(bit_of)}"] if bit_of else []
    return "; ".join(parts) or "used nowhere"


def item_lines(words: Words, item: Item) -> Iterator[str]:
    """The further settings of an item, a sentence each."""
    ends = ends_of(words, item)
    yield f"It {ends}{first_due(item.due)}"
    if item.content:
        yield f"It has content of {words.states(item.content)}"
    if item.overhaul is not None:
        yield renewed(item.overhaul)
    if item.replace is not None:
        yield replaced(words, item.replace)
    for route in item.repair:
        yield repaired(words, route)
    if item.resupply is not None and item.supplier is not None:
        yield supplied(words, item, item.resupply)
    elif item.supplier is not None:
        yield f"It is made by {words.supplier(item.supplier)}, but no new ones can be ordered"
    yield from stocked(words, item)


def renewed(overhaul: ItemOverhaul) -> str:
    """The overhaul of a unit."""
    back = f", {amount(overhaul.yield_)} come back serviceable" if overhaul.yield_.ends[0] < 1 else ""
    price = f", for {amount(overhaul.price)} each" if overhaul.price is not None else ""
    return f"Its overhaul takes {amount(overhaul.takes)}{back}{price}{first_due(overhaul.due)}"


def replaced(words: Words, replace: Replace) -> str:
    """How a unit is put in."""
    return f"To put one in takes {amount(replace.takes)} of crew {spelt(replace.crew)}{only(words, replace.needs)}"


def repaired(words: Words, route: Repair) -> str:
    """One way of a failed unit."""
    share = f"{amount(route.share)} of failed units" if route.share.ends != (1, 1, 1) else "Failed units"
    if route.at == "condemned":
        return f"{share} are condemned"
    stages = stages_of(licence=route.licence, repair=route.takes, way=route.transit)
    parts = [f"{share} are repaired by {words.provider(route.at)}: {stages}"]
    parts += [f"{amount(route.yield_)} come back serviceable"] if route.yield_.ends[0] < 1 else []
    parts += [f"with {amount(route.quality)} of a new one's life"] if route.quality.ends != (1, 1, 1) else []
    bits = [titled(words.things.items, bit) if share.ends == (1, 1, 1)
            else f"{titled(words.things.items, bit)} in {amount(share)} of them"
            for bit, share in route.uses.items()]  # fmt: skip
    parts += [f"a repair uses {listed(bits)}"] if bits else []
    parts += [f"for {amount(route.price)} each"] if route.price is not None else []
    return ", ".join(parts)


def supplied(words: Words, item: Item, resupply: Resupply) -> str:
    """How a new unit comes."""
    stages = stages_of(licence=resupply.licence, making=resupply.make, way=resupply.transit)
    price = f", for {amount(item.price)} each" if item.price is not None else ""
    return f"New ones come from {words.supplier(item.supplier or '')}: {stages}{price}"


def stages_of(**stages: Any) -> str:
    """'making 6 months, way 20 days': the stages that take time."""
    parts = [f"{name} {amount(value)}" for name, value in stages.items() if value is not None and value.ends[2]]
    return ", ".join(parts) or "at once"


def where(words: Words, site: str) -> str:
    """' at Palanquero'."""
    return f" at {titled(words.things.sites, site)}"


def stocked(words: Words, item: Item) -> Iterator[str]:
    """What is kept, how it is ordered again, and what arrives."""
    said = kept(words, item)
    yield said[0].upper() + said[1:]
    if item.reorder is not None:
        yield (f"At {item.reorder.point} or fewer, lots of {item.reorder.quantity} are ordered; "
               "the stock is what is there when the warm-up begins")  # fmt: skip
    if item.on_hand:
        there = listed(f"{amount(n)}{where(words, site)}" for site, n in item.on_hand.items())
        yield f"On the shelf at the start: {there}"
    for change in item.stock_changes:
        yield f"From {when(change.on)} the stock{where(words, change.at)} is {amount(change.to)}"
    for arrival in item.arrivals:
        place = where(words, arrival.at) if arrival.at is not None else ""
        come = "arrives" if arrival.count == 1 else "arrive"
        yield f"{counted(arrival.count, 'unit')} already bought {come}{place} on {when(arrival.on)}"


# ---- when things fall due


def first_due(due: Due | None, word: str = "first due") -> str:
    """'; first due …', or nothing when the file does not say."""
    return f"; {word} {due_words(due)}" if due is not None else ""


def due_words(due: Due) -> str:
    """When things first fall due."""
    parts = [f"{due.overdue} overdue at the start"] if due.overdue else []
    if due.staggered is not None:
        parts.append(f"spread evenly from {moment(due.staggered[0])} to {moment(due.staggered[1])}")
    if due.random is not None:
        parts.append(f"at random between {moment(due.random[0])} and {moment(due.random[1])}")
    if due.list_ is not None:
        parts.append(listed(at_moment(one, n) for one, n in Counter(due.list_).items()))
    if due.block is not None:
        parts.append(listed(at_moment(read_moment(on), n) for on, n in due.block.items()))
        if due.shift is not None:
            parts[-1] += f", all shifted by {amount(due.shift)}"
    if due.then is not None:
        parts.append(f"the others {due_words(due.then)}")
    return ", ".join(parts)


def at_moment(one: Moment, n: int) -> str:
    """'2 on 1 June 2028', '1 with 300 flying hours left', '3 6 months after the start'."""
    joint = {"date": "on ", "fh": "with ", "days": ""}[one[0]]
    return f"{n} {joint}{moment(one)}"


def moment(one: Moment) -> str:
    """A point of a due form in words."""
    kind, value = one
    if kind == "date":
        return day(value)
    if kind == "fh":
        return f"{number(value)} flying hours left"
    return f"{units.words_duration(value)} after the start" if value else "the start"
