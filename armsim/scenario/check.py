"""Cross-checks: what no single record can see. All problems are reported at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from armsim import units
from armsim.errors import Problem, did_you_mean
from armsim.scenario.halts import CLASSES
from armsim.scenario.lines import Line, applies, covers, home_of, lines_of
from armsim.scenario.notyet import not_modelled
from armsim.scenario.problems import Lines, located, place
from armsim.scenario.resolve import GENERIC_SHARES, hours_a_day, removals_a_day, tasks_a_day, worked_out
from armsim.scenario.things import Contract, Due, Fleet, Item, Repair, Written, percent
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
            self.responses, self.observations, self.sources, self.size, self.unmodelled,
        ):  # fmt: skip
            check()
        if not is_whole:
            return [problem for problem in self.problems if problem.severity == "error"]
        if not any(problem.severity == "error" for problem in self.problems):
            # A baseline's items and people are supply lines too; what is switched off is none.
            asked, self.things = self.things, worked_out(self.things)
            self.rounded_away(asked)
            self.idle_halts()
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
                    share = written.foreign[supplier]
                    if number == 0 and share > 0:
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
        """Crew pools serve fleets that exist, with people of suppliers that send people."""
        for site, place_ in self.things.sites.items():
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
            if self.known(path, where, self.things.sites, "site"):
                self.known(path, shop, self.things.sites[where].shops, f"shop at site '{where}'")
                if site in self.things.sites and where != site:
                    self.add(path, "shop-elsewhere", f"the shop stands at '{where}', the fleet at '{site}'",
                             "repair at another site is done through a supplier")  # fmt: skip
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

    def shared_shop(self, name: str, at: str) -> None:
        """A shop that overhauls systems does nothing else: how it would share its servers is not modelled."""
        fleets = self.things.fleets
        others = [f for f, fleet in fleets.items() if f != name and fleet.overhaul and fleet.overhaul.at == at]
        others += [i for i, item in self.things.items.items() if any(route.at == at for route in item.repair)]
        others += [i for i, item in self.things.items.items() if item.overhaul is not None and item.overhaul.at == at]
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
        for key in ("mc", "nmcs", "nmcm", "utilisation"):
            self.one_number((*at, key), getattr(known, key))
        place_ = self.things.sites.get(fleet.site or f"{name}_base")
        made = [("crew pool", f"{name}_line")] if place_ is not None and f"{name}_line" in place_.crews else []
        parts = (f"{name}_part_{word}" for word in GENERIC_SHARES)
        made += [("item", part) for part in parts if part in self.things.items]
        for what, taken in made:
            self.add(at, "name-twice", f"the baseline makes {'an' if what == 'item' else 'a'} {what} called '{taken}', "
                     "but there is one already", "give yours another name", on_key=True)  # fmt: skip

    def step(self, at: Path, key: str, k: int) -> tuple[int, ...]:
        """(k,) where the file has a list, nothing where a single mapping stands for it."""
        node: Node | None = self.tree
        for name in (*at, key):
            node = node.entries[name].value if isinstance(node, Mapping) and name in node.entries else None
        return (k,) if isinstance(node, Sequence) else ()

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
        moments = [*(due.staggered or ()), *(due.random or ()), *(due.list_ or ())]
        if any(kind == "fh" for kind, _ in moments) and not by_use:
            self.add(path, "due-in-hours", "due in flying hours, but its interval has none",
                     "give 'every' in FH, or due dates")  # fmt: skip
        if due.shift is not None and any(kind == "fh" for kind, _ in moments):
            self.add((*path, "shift"), "shift-in-time", "'shift' moves dates, but these are due in flying hours",
                     "take it out, or give due dates")  # fmt: skip
        given = due.overdue + len(due.list_ or ()) + sum((due.block or {}).values())
        if given > count:
            self.add(path, "too-many-due", f"{given} due dates for {count:g} systems")
        if due.then is not None:
            self.due((*path, "then"), due.then, by_use, count)

    def items(self) -> None:
        """Items are fitted to fleets that exist, stocked where these stand, repaired and sent by suppliers."""
        things = self.things
        for name, item in things.items.items():
            at = ("items", name)
            for fleet in item.on:
                self.known((*at, "on", fleet), fleet, things.fleets, "fleet", on_key=True)
            sites = {things.fleets[fleet].site for fleet in item.on if fleet in things.fleets} - {None}
            self.all_known((*at, "content"), item.content, things.jurisdictions, "jurisdiction")
            if item.resupply is not None:
                self.provides((*at, "supplier"), item.supplier, "spares")
            elif item.supplier is not None:
                self.known((*at, "supplier"), item.supplier, things.suppliers, "supplier")
            for site in item.stock:
                if self.known((*at, "stock", site), site, things.sites, "site", on_key=True) and site not in sites:
                    self.add((*at, "stock", site), "stock-elsewhere",
                             f"no fleet that uses '{name}' stands at '{site}': its stock there is never used",
                             severity="warning", on_key=True)  # fmt: skip
            self.item_work(at, item, {str(site) for site in sites})
            self.item_clocks(at, item)

    def item_work(self, at: Path, item: Item, sites: set[str]) -> None:
        """Replacement, repair and overhaul of an item can be done where it is said to be."""
        for fleet in item.on:
            if item.replace is not None and fleet in self.things.fleets:
                site = self.things.fleets[fleet].site
                self.crew((*at, "replace"), site, fleet, item.replace.crew, item.replace.needs)
        for k, route in enumerate(item.repair):
            where = (*at, "repair", *self.step(at, "repair", k))
            if route.at != "condemned":
                self.provider((*where, "at"), route.at, "repair", next(iter(sites)) if len(sites) == 1 else None)
            self.route_times(where, route)
        if item.overhaul is not None:
            self.provider((*at, "overhaul", "at"), item.overhaul.at, "overhaul", None)

    def route_times(self, where: Path, route: Repair) -> None:
        """Only routes abroad have a licence and a transit."""
        for key in ("licence", "transit"):
            if getattr(route, key) is not None and ("." in route.at or route.at == "condemned"):
                self.add((*where, key), "no-border", f"a repair at '{route.at}' crosses no border: take out '{key}'")

    def item_clocks(self, at: Path, item: Item) -> None:
        """An item's clocks fit together and need a programme where they count flying hours."""
        if item.fails_every is not None and item.demand in ("calendar", "fixed") and item.fails_every.days is None:
            self.add((*at, "fails_every"), "wrong-clock", f"with 'demand: {item.demand}' this is a length of time",
                     "such as 200 days")  # fmt: skip
        if item.fails_every is not None and item.demand == "flying_hours" and item.fails_every.fh is None:
            self.add((*at, "fails_every"), "wrong-clock", "this is a mean life in flying hours, such as 350 FH",
                     "for a life in time write 'demand: calendar'")  # fmt: skip
        if not any((item.fails_every, item.hard_life, item.expires_after, item.overhaul)):
            self.add(at, "never-fails", f"item '{at[-1]}' never fails, expires or falls due: it changes nothing",
                     "give fails_every, hard_life, expires_after or overhaul", "warning", on_key=True)  # fmt: skip
        if item.due is not None and item.hard_life is None and item.expires_after is None:
            self.add((*at, "due"), "due-of-nothing", "'due' is for a hard life or an expiry; this item has neither")
        by_use = any(limit is not None and limit.fh is not None
                     for limit in (item.hard_life, item.overhaul.every if item.overhaul else None))  # fmt: skip
        fleets = self.things.fleets
        units_fitted = sum(float(fleets[name].count.middle) * n for name, n in item.on.items() if name in fleets)
        self.due((*at, "due"), item.due, by_use, units_fitted)
        if item.overhaul is not None:
            self.due((*at, "overhaul", "due"), item.overhaul.due, by_use, units_fitted)
        for limit in (item.hard_life, item.overhaul.every if item.overhaul else None):
            dry = limit is not None and limit.fh is not None
            for fleet in item.on:
                if dry and fleet in self.things.fleets and self.things.fleets[fleet].fly is None:
                    self.add(at, "no-use", f"fleet '{fleet}' has no programme ('fly'): hours never run out",
                             severity="warning", on_key=True)  # fmt: skip

    def halts(self) -> None:
        """Halts name parties and scopes that exist, and end after they begin."""
        things, home = self.things, home_of(self.things)
        parties = (*things.jurisdictions, *things.suppliers)
        for name, halt in things.halts.items():
            at = ("halts", name)
            self.all_known((*at, "by"), halt.by, parties, "jurisdiction or supplier")
            self.all_known((*at, "against"), halt.against, parties, "jurisdiction or supplier")
            if halt.against and home not in halt.by:
                self.add((*at, "against"), "against-without-home", "'against' is for a halt by home",
                         "a foreign halt is narrowed by 'fleets', 'items' or 'suppliers'")  # fmt: skip
            self.scope(at, halt)
            if halt.except_ is not None:
                self.scope((*at, "except"), halt.except_)
                self.all_known((*at, "except", "contracts"), halt.except_.contracts, things.contracts, "contract")
            for day, share in (halt.people.leave_by or {}).items():
                self.one_number((*at, "people", "leave_by", day), share)
            if halt.after is not None:
                self.known((*at, "after", "halt"), halt.after.halt, things.halts, "halt")
            if halt.from_ is not None and halt.until.ends[0] < halt.from_.ends[2]:
                ends, begins = halt.until.ends[0], halt.from_.ends[2]
                self.add((*at, "until"), "end-before-start", f"the halt may end ({ends}) before it begins ({begins})")

    def scope(self, at: Path, scope: Any) -> None:
        """The fleets, items and suppliers of a scope exist."""
        self.all_known((*at, "fleets"), scope.fleets, self.things.fleets, "fleet")
        self.all_known((*at, "items"), scope.items, self.things.items, "item")
        responses = [n for n, r in self.things.responses.items() if r.kind == "other_source"]
        self.all_known((*at, "suppliers"), scope.suppliers, (*self.things.suppliers, *responses), "supplier")

    def idle_halts(self) -> None:
        """A halt that can touch nothing is a warning (R-H5)."""
        lines, home, time = lines_of(self.things), home_of(self.things), self.things.time
        for name, halt in self.things.halts.items():
            at = ("halts", name)
            touched = [line for line in lines if applies(halt, line, home)]
            is_narrow = any((halt.classes, halt.fleets, halt.items, halt.suppliers))
            if not halt.stops_something():
                why = "every clause is at its most lenient"
            elif halt.from_ is not None and halt.from_.ends[0] >= time.end:
                why = f"it begins on {halt.from_.ends[0]}, not before the end of the simulation"
            elif halt.until.ends[2] <= time.start:
                why = "it is over before the simulation starts"
            elif halt.from_ is not None and halt.from_.ends == halt.until.ends and not halt.from_.is_uncertain:
                why = "it lasts no time"
            elif not touched:
                why = f"no supply line passes the hands of {', '.join(halt.by)}" + (
                    " in its scope" if is_narrow else ""
                )
            elif not any(bites(halt, line, self.things.contracts.values()) for line in touched):
                kinds = sorted({line.kind for line in touched}, key=CLASSES.index)
                why = f"its clauses stop nothing on the lines it reaches ({', '.join(kinds)})"
            else:
                continue
            wider = "widen its scope" if is_narrow else "name another party, or this one in a `content:`"
            hint = "" if touched else wider
            self.add(at, "idle-halt", f"halt '{name}' can touch nothing: {why}", hint, "warning", on_key=True)

    def responses(self) -> None:
        """Responses name halts, fleets and items that exist."""
        things = self.things
        for name, response in things.responses.items():
            at = ("responses", name)
            self.all_known((*at, "fleets"), response.fleets, things.fleets, "fleet")
            self.all_known((*at, "items"), response.items, things.items, "item")
            self.all_known((*at, "through"), response.through, things.jurisdictions, "jurisdiction")
            self.known((*at, "jurisdiction"), response.jurisdiction, things.jurisdictions, "jurisdiction")
            self.known((*at, "after"), response.after, things.halts, "halt")
            begins = None if response.from_ is None else response.from_.ends[2]
            ends = None if response.until is None else response.until.ends[0]
            if begins is not None and ends is not None and ends < begins:
                message = f"the response may end ({ends}) before it begins ({begins})"
                self.add((*at, "until"), "end-before-start", message)
            if name in things.suppliers:
                self.add(at, "name-twice", f"'{name}' is a supplier already", "give the response another name",
                         on_key=True)  # fmt: skip
            watches = response.when is not None or response.kind == "fly_less"
            if watches and not response.fleets and len(things.fleets) > 1:
                self.add(at, "no-fleet", f"response '{name}' must say which 'fleets' it watches", on_key=True)
            if response.when is not None and len(response.fleets) > 1:
                self.add((*at, "fleets"), "two-fleets", "a response with 'when' watches one fleet")
            for k, item in enumerate(response.items):
                if response.kind == "other_source" and item in things.items and things.items[item].resupply is None:
                    self.add((*at, "items", k), "no-main-line", f"item '{item}' has no 'resupply' that could refuse it")

    def observations(self) -> None:
        """Observations are of fleets and measures that exist."""
        for k, seen in enumerate(self.things.observations):
            self.known(("observations", k, "fleet"), seen.fleet, self.things.fleets, "fleet")
            self.known(("observations", k, "measure"), seen.measure, MEASURES, "measure")

    def sources(self) -> None:
        """Every `source:` names an entry of `sources`, or `judgement`."""
        names = list(dict.fromkeys((*self.things.sources, "judgement")))
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

    def unmodelled(self) -> None:
        """What no engine models yet is refused in a sentence."""
        for path, what in not_modelled(self.things):
            self.add(path, "not-modelled", f"{what} cannot be modelled yet: no engine knows it",
                     "take it out, or wait for a later version", on_key=True)  # fmt: skip


def overlap(one: Contract, other: Contract, lines: Iterable[Line]) -> bool:
    """True when two contracts cover the same class of the same thing by the same supplier."""
    if one.supplier != other.supplier or not set(one.covers) & set(other.covers):
        return False
    if not (one.fleets or one.items) or not (other.fleets or other.items):
        return True
    if set(one.fleets) & set(other.fleets) or set(one.items) & set(other.items):
        return True
    return any(covers(one, line) and covers(other, line) for line in lines)


def bites(halt: Any, line: Line, contracts: Iterable[Contract] | None = None) -> bool:
    """True when some clause of a halt stops something on a line of this class.

    With the `contracts` of the scenario, refused renewals count only where one covers the line.
    """
    clauses = {
        "systems": ("new_orders", "accepted_orders", "in_transit", "renewals"),
        "spares": ("new_orders", "accepted_orders", "in_transit", "renewals"),
        "repair": ("new_orders", "repairs_abroad", "in_transit", "renewals"),
        "overhaul": ("overhaul", "repairs_abroad", "renewals"),
        "people": ("renewals",),
    }[line.kind]
    covered = contracts is None or any(covers(contract, line) for contract in contracts)
    strict = any(halt.level(clause) for clause in clauses if covered or clause != "renewals")
    return strict or (line.kind == "people" and not halt.people.stay) or halt.operation.stop_within is not None


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
                a_day += 6 * removals_a_day(item, hours_a_day(fleet), float(fleet.count.middle)) * per_system
    for fleet in things.fleets.values():
        if fleet.overhaul is not None:
            a_day += 0.01 * float(fleet.count.middle)
    systems = sum(float(fleet.count.middle) for fleet in things.fleets.values())
    return a_day * days + systems + days / 30
