"""Cross-checks: what no single record can see. All problems are reported at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from armsim import units
from armsim.errors import Problem, did_you_mean
from armsim.scenario.check_halts import check_halts, check_idle_halts, check_responses
from armsim.scenario.check_items import check_items
from armsim.scenario.check_observations import check_observations
from armsim.scenario.lines import Line, covers, lines_of
from armsim.scenario.places import OWN, shops_for
from armsim.scenario.problems import Lines, located, place
from armsim.scenario.resolve import GENERIC_SHARES, removals_a_day, tasks_a_day, worked_out
from armsim.scenario.things import Contract, Due, Fleet, Moment, Written, percent, read_moment
from armsim.scenario.values import Value
from armsim.scenario.yamltree import Mapping, Node, Scalar, Sequence

Path = tuple[Any, ...]
#: Events of one replication beyond which a run would take hours.
MOST_EVENTS = 20_000_000
MEASURES = (
    "on_hand", "permitted", "mc", "fmc", "pmc", "nmcs", "nmcm", "nmcb", "regeneration", "overhaul",
    "limit", "lost", "hours_flown", "hours_demanded",
)  # fmt: skip


class Checks:
    """The problems of one scenario, collected at the places of its tree."""

    def __init__(self, things: Written, tree: Mapping, lines: Lines, unread: frozenset[str] = frozenset()) -> None:
        """`unread` are names of things that are written but could not be read."""
        self.things, self.tree, self.source_lines, self.unread = things, tree, lines, unread
        self.problems: list[Problem] = []

    def add(self, path: Path, code: str, message: str, hint: str = "", severity: str = "error",
            on_key: bool = False) -> None:  # fmt: skip
        """Add a problem at a path of the scenario."""
        mark = place(self.tree, path, on_key)
        self.problems.append(located(self.source_lines, mark, code, message, hint, path, severity))

    def known(self, path: Path, name: str | None, names: Iterable[str], what: str, on_key: bool = False) -> bool:
        """True when a reference leads somewhere; otherwise a problem is added."""
        names = list(names)
        if name is None or name in names or name in self.unread:
            return name in names
        self.add(path, "unknown-name", f"no {what} is called '{name}'", did_you_mean(name, names), on_key=on_key)
        return False

    def all_known(self, path: Path, given: Iterable[str], names: Iterable[str], what: str) -> None:
        """Check every reference of a list."""
        names = list(names)
        for k, name in enumerate(given):
            self.known((*path, k), name, names, what)

    def run(self, is_whole: bool = True) -> list[Problem]:
        """Every problem; of a scenario that is not `is_whole`, those that do not hang on what is missing."""
        for check in (
            self.homes, self.suppliers, self.contracts, self.sites, self.fleets, self.items, self.halts,
            self.responses, self.observations, self.sources, self.size,
        ):  # fmt: skip
            check()
        if not is_whole:
            return [problem for problem in self.problems if problem.severity == "error"]
        if not any(problem.severity == "error" for problem in self.problems):
            # A baseline's items and people are supply lines too; what is switched off is none.
            asked, self.things = self.things, worked_out(self.things)
            self.rounded_away(asked)
            check_idle_halts(self)
        return self.problems

    def rounded_away(self, asked: Written) -> None:
        """A supplier's share of a pool too small for one person is a warning: its leaving would do nothing."""
        for site, place_ in self.things.sites.items():
            for name, pool in place_.crews.items():
                at: Path = ("sites", site, "crews", name)
                written: Any = asked.sites[site].crews.get(name) if site in asked.sites else None
                if written is None:
                    fleet = next(one for one in asked.fleets if f"{one}_line" == name)
                    at, written = ("fleets", fleet, "baseline"), asked.fleets[fleet].baseline
                for supplier, number in pool.foreign.items():
                    share = written.foreign[supplier].ends[2]
                    people = number.ends[2] * (1 if number.is_count else pool.size or 0)
                    if people < 0.5 and share > 0:
                        self.add((*at, "foreign", supplier), "rounds-to-nobody",
                                 f"{percent(share)} of a crew of {pool.size} is nobody of '{supplier}'",
                                 "give the pool a larger size, or head counts", "warning")  # fmt: skip

    def homes(self) -> None:
        """Exactly one jurisdiction is the recipient."""
        homes = [name for name, state in self.things.jurisdictions.items() if state.home]
        if not homes and not self.unread:
            self.add(("jurisdictions",), "no-home", "no jurisdiction is the recipient's own",
                     "write 'home: true' under the one whose forces these are", on_key=True)  # fmt: skip
        for name in homes[1:]:
            self.add(("jurisdictions", name, "home"), "two-homes", f"'{homes[0]}' is home already; only one can be")

    def suppliers(self) -> None:
        """Suppliers stand in jurisdictions that exist."""
        states = self.things.jurisdictions
        for name, firm in self.things.suppliers.items():
            self.known(("suppliers", name, "jurisdiction"), firm.jurisdiction, states, "jurisdiction")
            self.all_known(("suppliers", name, "through"), firm.through, states, "jurisdiction")

    def provides(self, path: Path, supplier: str | None, kind: str, on_key: bool = False) -> bool:
        """True when a supplier exists and provides a class."""
        if supplier is None or not self.known(path, supplier, self.things.suppliers, "supplier", on_key):
            return False
        given = self.things.suppliers[supplier].provides
        if kind not in given:
            self.add(path, "not-provided", f"supplier '{supplier}' does not provide {kind}",
                     f"it provides {', '.join(given)}; add {kind} to suppliers.{supplier}.provides",
                     on_key=on_key)  # fmt: skip
            return False
        return True

    def contracts(self) -> None:
        """Contracts name what exists, end after they begin and do not overlap."""
        for name, contract in self.things.contracts.items():
            at = ("contracts", name)
            self.known((*at, "supplier"), contract.supplier, self.things.suppliers, "supplier")
            self.all_known((*at, "fleets"), contract.fleets, self.things.fleets, "fleet")
            self.all_known((*at, "items"), contract.items, self.things.items, "item")
            if contract.supplier in self.things.suppliers:
                for k, kind in enumerate(contract.covers):
                    if kind not in self.things.suppliers[contract.supplier].provides:
                        self.add((*at, "covers", k), "not-provided",
                                 f"supplier '{contract.supplier}' does not provide {kind}")  # fmt: skip
            if contract.until.ends[0] < contract.from_.ends[2]:
                ends, begins = contract.until.ends[0], contract.from_.ends[2]
                self.add((*at, "until"), "end-before-start", f"the contract ends ({ends}) before it begins ({begins})")
        lines = lines_of(self.things)
        named = sorted(self.things.contracts.items(), key=lambda pair: (pair[1].from_.middle, pair[0]))
        for k, (name, contract) in enumerate(named):
            for earlier_name, earlier in named[:k]:
                if contract.from_.middle < earlier.until.middle and overlap(contract, earlier, lines):
                    both = ", ".join(kind for kind in contract.covers if kind in earlier.covers)
                    self.add(("contracts", name, "from"), "contracts-overlap",
                             f"contract '{name}' begins before '{earlier_name}' ends, and both cover {both}",
                             "let one begin where the other ends, or split what they cover")  # fmt: skip

    def sites(self) -> None:
        """Depots are sites; crew pools serve fleets that exist, with people of suppliers that send people."""
        for site, place_ in self.things.sites.items():
            if site == OWN:
                self.add(("sites", site), "own-site", f"no site may be called '{OWN}'",
                         "own.bench is the shop 'bench' of the base that took a unit off", on_key=True)  # fmt: skip
            self.depot(site, place_.depot)
            for name, crew in place_.crews.items():
                at = ("sites", site, "crews", name)
                self.all_known((*at, "fleets"), crew.fleets, self.things.fleets, "fleet")
                for supplier in crew.foreign:
                    self.provides((*at, "foreign", supplier), supplier, "people", on_key=True)
                self.one_number((*at, "utilisation"), crew.utilisation)
                for k, change in enumerate(crew.changes):
                    for supplier in change.foreign or {}:
                        self.known((*at, "changes", k, "foreign", supplier), supplier, crew.foreign,
                                   f"supplier with people in pool '{name}'", on_key=True)  # fmt: skip

    def depot(self, site: str, depot: str | None) -> None:
        """A depot is another site, which has no depot itself."""
        path, sites = ("sites", site, "depot"), self.things.sites
        if depot == site:
            self.add(path, "depot-of-depot", f"site '{site}' cannot be its own depot",
                     "name another site, or take out 'depot'")  # fmt: skip
        elif self.known(path, depot, sites, "site"):
            further = sites[str(depot)].depot
            if further is not None:
                self.add(path, "depot-of-depot", f"depot '{depot}' has a depot itself ('{further}'): "
                         "there are bases and depots, and nothing above a depot",
                         f"take out sites.{depot}.depot, or name '{further}' here")  # fmt: skip

    def crew(self, path: Path, site: str | None, fleet: str, crew: str, needs: str | None) -> None:
        """A task's crew stands at the fleet's site and serves it."""
        if site not in self.things.sites:
            return  # said at the site itself
        pools = self.things.sites[site].crews
        if not self.known((*path, "crew"), crew, pools, f"crew pool at site '{site}'"):
            return
        if fleet not in pools[crew].fleets:
            self.add((*path, "crew"), "crew-elsewhere", f"crew pool '{crew}' does not serve fleet '{fleet}'",
                     f"add {fleet} to sites.{site}.crews.{crew}.fleets")  # fmt: skip
        if needs is None or not self.known((*path, "needs"), needs, self.things.suppliers, "supplier"):
            return
        if needs not in pools[crew].foreign:
            self.add((*path, "needs"), "crew-elsewhere", f"supplier '{needs}' has no people in crew pool '{crew}'",
                     f"write foreign: {{{needs}: 20%}} in sites.{site}.crews.{crew}")  # fmt: skip

    def provider(self, path: Path, at: str, kind: str, site: str | None) -> None:
        """Work is done by a supplier that provides it, or at site.shop."""
        if "." in at:
            where, _, shop = at.partition(".")
            if where == OWN:
                self.add(path, "own-shop", "own is for units of items, which several bases may take off: "
                         "a fleet stands at one site", f"write {site or 'base'}.{shop}")  # fmt: skip
            elif self.known(path, where, self.things.sites, "site"):
                self.known(path, shop, self.things.sites[where].shops, f"shop at site '{where}'")
                if site in self.things.sites and where not in (site, self.things.sites[site].depot):
                    self.add(path, "shop-elsewhere", f"the shop stands at '{where}', the fleet at '{site}'",
                             "repair at a site that is not its depot is done through a supplier")  # fmt: skip
        else:
            self.provides(path, at, kind)

    def fleets(self) -> None:
        """Fleets stand at sites that exist, with crews and suppliers that can serve them."""
        things = self.things
        for name, fleet in things.fleets.items():
            at = ("fleets", name)
            needs_site = fleet.upkeep or fleet.inspections or any(name in item.on for item in things.items.values())
            if fleet.site is not None:
                self.known((*at, "site"), fleet.site, things.sites, "site")
            elif needs_site and not self.unread:
                self.add(at, "no-site", f"fleet '{name}' has work or parts but no 'site'", on_key=True)
            self.all_known((*at, "content"), fleet.content, things.jurisdictions, "jurisdiction")
            self.baseline(name, fleet)
            self.one_number((*at, "authorised"), fleet.authorised)
            if fleet.owner is not None:
                self.known((*at, "owner"), fleet.owner, (*things.jurisdictions, *things.suppliers), "owner")
            for k, upkeep in enumerate(fleet.upkeep):
                self.crew((*at, "upkeep", *self.step(at, "upkeep", k)), fleet.site, name, upkeep.crew, upkeep.needs)
            for k, work in enumerate(fleet.inspections):
                where = (*at, "inspections", *self.step(at, "inspections", k))
                self.crew(where, fleet.site, name, work.crew, work.needs)
                self.due((*where, "due"), work.due, work.every.fh is not None, fleet.count.middle)
            if fleet.overhaul is not None:
                self.provider((*at, "overhaul", "at"), fleet.overhaul.at, "overhaul", fleet.site)
                self.shared_shop(name, fleet.overhaul.at)
                by_use = fleet.overhaul.every.fh is not None
                self.due((*at, "overhaul", "due"), fleet.overhaul.due, by_use, fleet.count.middle)
            if fleet.life_limit is not None:
                by_use = fleet.life_limit.every is not None and fleet.life_limit.every.fh is not None
                self.due((*at, "life_limit", "due"), fleet.life_limit.due, by_use, fleet.count.middle)
            for k, delivery in enumerate(fleet.deliveries):
                where = (*at, "deliveries", *self.step(at, "deliveries", k))
                self.provides((*where, "supplier"), delivery.supplier, "systems")
                self.delivery_contract(where, delivery.contract, delivery.supplier)
                self.one_number((*where, "ordered"), delivery.ordered)
                days = [*(delivery.schedule.staggered or ()), *(delivery.schedule.list_ or ())]
                if days and min(days) < things.time.start:
                    self.add((*where, "schedule"), "before-start",
                             f"a delivery on {min(days)} is before the start ({things.time.start})",
                             "what has come by then is in 'count'")  # fmt: skip
                for item in delivery.used:
                    self.used_up((*where, "used", item), name, item)

    def used_up(self, where: Path, fleet: str, name: str) -> None:
        """What a delivered system brings partly used up is aboard, and of a kind that is used up."""
        if not self.known(where, name, self.things.items, "item", on_key=True):
            return
        item = self.things.items[name]
        if fleet not in item.on:
            self.add(where, "not-aboard", f"'{name}' is not on '{fleet}': take it out, or give it 'on: {{{fleet}: 1}}'",
                     on_key=True)  # fmt: skip
        elif not any((item.hard_life, item.expires_after, item.overhaul)):
            self.add(where, "no-limit", f"'{name}' has no limit of which a share could be behind it: "
                     "give it hard_life, expires_after or overhaul", on_key=True)  # fmt: skip

    def shared_shop(self, name: str, at: str) -> None:
        """A shop that overhauls systems does nothing else: how it would share its servers is not modelled."""
        fleets = self.things.fleets
        others = [f for f, fleet in fleets.items() if f != name and fleet.overhaul and fleet.overhaul.at == at]
        for i, item in self.things.items.items():
            ways = [way.at for way in item.repair] + ([] if item.overhaul is None else [item.overhaul.at])
            others += [i for way in ways if at in shops_for(self.things, i, way)]
        if "." in at and others:
            self.add(("fleets", name, "overhaul", "at"), "shared-shop",
                     f"shop '{at}' overhauls '{name}' and works on '{others[0]}' too: "
                     "shared servers cannot be modelled",
                     "give the overhaul a shop of its own")  # fmt: skip

    def one_number(self, path: Path, value: Value | None) -> None:
        """A value that every world shares: low and high would be ignored, so they are refused."""
        if value is not None and value.is_uncertain:
            self.add(path, "one-number", "this value is the same in every world: low and high cannot be drawn here",
                     "give one number; vary it with --set, a variant or a sweep")  # fmt: skip

    def baseline(self, name: str, fleet: Fleet) -> None:
        """A baseline's supplier sends parts, its foreigners people, and nothing has the names it makes."""
        known, at = fleet.baseline, ("fleets", name, "baseline")
        if known is None:
            return
        if known.nmcs.middle > 0:
            self.provides((*at, "supplier"), known.supplier, "spares")
        else:
            self.known((*at, "supplier"), known.supplier, self.things.suppliers, "supplier")
        for supplier in known.foreign:
            self.provides((*at, "foreign", supplier), supplier, "people", on_key=True)
        if known.mc.is_uncertain:
            self.add((*at, "mc"), "one-number", "mc is what nmcs and nmcm leave: low and high cannot be drawn here",
                     "give one number, and the range to nmcs or nmcm")  # fmt: skip
        self.one_number((*at, "utilisation"), known.utilisation)
        place_ = self.things.sites.get(fleet.site or f"{name}_base")
        made = [("crew pool", f"{name}_line")] if place_ is not None and f"{name}_line" in place_.crews else []
        parts = (f"{name}_part_{word}" for word in GENERIC_SHARES)
        made += [("item", part) for part in parts if part in self.things.items]
        for what, taken in made:
            self.add(at, "name-twice", f"the baseline makes {'an' if what == 'item' else 'a'} {what} called '{taken}', "
                     "but there is one already", "give yours another name", on_key=True)  # fmt: skip

    def step(self, at: Path, key: str, k: int) -> tuple[int, ...]:
        """(k,) where the file has a list, nothing where a single mapping stands for it."""
        return (k,) if self.is_list((*at, key)) else ()

    def is_list(self, path: Path) -> bool:
        """True where the file has a list."""
        node: Node | None = self.tree
        for step in path:
            if isinstance(node, Sequence):
                node = node.items[step]
            else:
                node = node.entries[step].value if isinstance(node, Mapping) and step in node.entries else None
        return isinstance(node, Sequence)

    def delivery_contract(self, where: Path, contract: str | None, supplier: str) -> None:
        """A delivery's contract is the supplier's and covers systems."""
        if contract is None or not self.known((*where, "contract"), contract, self.things.contracts, "contract"):
            return
        signed = self.things.contracts[contract]
        if signed.supplier != supplier or "systems" not in signed.covers:
            self.add((*where, "contract"), "not-covered",
                     f"contract '{contract}' does not cover systems from '{supplier}'")  # fmt: skip

    def due(self, path: Path, due: Due | None, by_use: bool, count: float) -> None:
        """Due forms fit their interval and the number of systems."""
        if due is None:
            return
        if any(kind == "fh" for kind, _ in (*moved(due), *(due.list_ or ()))) and not by_use:
            self.add(path, "due-in-hours", "due in flying hours, but its interval has none",
                     "give 'every' in FH, or due dates")  # fmt: skip
        following = moved(due if due.then is None else due.then)
        if due.shift is not None and not following:
            self.add((*path, "shift"), "shift-of-nothing", "'shift' moves staggered, random and block dates, not these",
                     "take it out, or write the dates as they are")  # fmt: skip
        elif due.shift is not None and any(kind == "fh" for kind, _ in following):
            self.add((*path, "shift"), "shift-in-time", "'shift' moves dates, but these are due in flying hours",
                     "take it out, or give due dates")  # fmt: skip
        given = due.overdue + len(due.list_ or ()) + sum((due.block or {}).values())
        if given > count:
            self.add(path, "too-many-due", f"{given} due dates for {count:g} systems")
        if due.then is not None:
            self.due((*path, "then"), due.then, by_use, count)

    def items(self) -> None:
        """Items fit their fleets, sites, suppliers and clocks."""
        check_items(self)

    def halts(self) -> None:
        """Halts name parties and scopes that exist, follow no circle, and end after they begin."""
        check_halts(self)

    def responses(self) -> None:
        """Responses name what exists and can do what they say."""
        check_responses(self)

    def observations(self) -> None:
        """Observations and forecasts are of fleets and measures that exist, and none that is scored is an input."""
        check_observations(self)

    def sources(self) -> None:
        """Every `source:` names an entry of `sources`, or `judgement`."""
        ids = (seen.id for seen in self.things.observations if seen.id is not None)
        names = list(dict.fromkeys((*self.things.sources, "judgement", *ids)))
        for path, node in walk(self.tree, ()):
            if path[0] == "sources" or path[-1] != "source" or not isinstance(node, Scalar):
                continue
            if node.value is not None and str(node.value) not in names:
                hint = did_you_mean(str(node.value), names) if self.things.sources else "list it under `sources`"
                self.add(path, "unknown-source", f"no source is called '{node.text}'", hint)

    def size(self) -> None:
        """The number of events of one replication stays within reach."""
        events = estimated_events(self.things)
        if events > MOST_EVENTS:
            self.add(("time",), "too-large", f"about {events:,.0f} events in each run; the limit is {MOST_EVENTS:,}",
                     "count in lots, lengthen intervals, or shorten the time", on_key=True)  # fmt: skip


def moved(due: Due) -> list[Moment]:
    """The moments of a due form that a shift moves."""
    return [*(due.staggered or ()), *(due.random or ()), *(read_moment(day) for day in due.block or {})]


def overlap(one: Contract, other: Contract, lines: Iterable[Line]) -> bool:
    """True when two contracts cover the same class of the same thing by the same supplier."""
    if one.supplier != other.supplier or not set(one.covers) & set(other.covers):
        return False
    if not (one.fleets or one.items) or not (other.fleets or other.items):
        return True
    if set(one.fleets) & set(other.fleets) or set(one.items) & set(other.items):
        return True
    return any(covers(one, line) and covers(other, line) for line in lines)


def walk(node: Node, path: Path) -> Iterator[tuple[Path, Node]]:
    """Every node under a node, with its path."""
    if path:
        yield path, node
    if isinstance(node, Mapping):
        for key, entry in node.entries.items():
            yield from walk(entry.value, (*path, key))
    elif isinstance(node, Sequence):
        for k, item in enumerate(node.items):
            yield from walk(item, (*path, k))


def estimated_events(things: Written) -> float:
    """About how many events one replication has, warm-up included, at best values."""
    days = units.days_between(things.time.start, things.time.end) + things.time.warmup.middle
    a_day = 0.0
    for site, place_ in things.sites.items():
        for crew in place_.crews:
            a_day += 3 * sum(rate for rate, _ in tasks_a_day(things, site, crew))
    for item in things.items.values():
        for name, per_system in item.on.items():
            fleet = things.fleets.get(name)
            if fleet is not None:
                bits = sum(route.share.middle * share.middle for route in item.repair for share in route.uses.values())
                a_day += 6 * removals_a_day(item, fleet) * per_system * (1 + bits)
    for fleet in things.fleets.values():
        if fleet.overhaul is not None:
            a_day += 0.01 * float(fleet.count.middle)
    systems = sum(float(fleet.count.middle) for fleet in things.fleets.values())
    return a_day * days + systems + days / 30
