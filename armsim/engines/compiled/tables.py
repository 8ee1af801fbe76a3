"""A model and a world as the words a compiled replication begins with; see layout for where what stands."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from armsim.engines.compiled import bits
from armsim.engines.compiled import layout as L
from armsim.engines.compiled.heap import NODE, WIDTH
from armsim.errors import RUN_ERRORS
from armsim.model import draws, rules
from armsim.model.arrays import Due, Interval, Law, Model, Response, Route
from armsim.model.steps import Steps, Terms
from armsim.model.timeline import NOTHING_KNOWN, HaltSpan, Known, World, mean_of, sum_of
from armsim.model.trajectory import State

NO_LAW = (-1, 0, 0)
Means = Sequence[tuple[int, float]]  # of laws: where the scale stands among the values, and the mean for a scale of 1
CLAUSES = ("new_orders", "accepted_orders", "in_transit", "repairs_abroad", "overhaul", "signed_contracts")
LINE_KINDS = ("spares", "repair", "overhaul", "systems", "people")
FORMS = ("", "staggered", "random", "block")
MEASURES = {state.name.lower(): int(state) for state in State} | {
    "on_hand": L.ON_HAND, "permitted": L.PERMITTED, "possessed": L.POSSESSED, "mc": L.MC,
}  # fmt: skip


def word_of(number: float) -> int:
    """A floating-point number as a word."""
    return int(struct.unpack("<q", struct.pack("<d", number))[0])


@lru_cache(maxsize=64)
def shares(fund: float, spoils: float) -> tuple[int, int]:
    """The share of needs that home pays for and the share a year that spoils, as words."""
    return word_of(fund), word_of(spoils)


def signed(key: int) -> int:
    """A key of 64 bits as a word."""
    return key - (1 << 64) if key >> 63 else key


def key_of(path: str) -> int:
    """The key of what stands at a path."""
    return signed(draws.entity_key(path))


class Words:
    """Words with records written into them one after the other."""

    def __init__(self, begun: Iterable[int] = ()) -> None:
        self.words = array("q", begun)

    def take(self, n: int) -> int:
        """The place of n new words of 0."""
        return self.put([0] * n)

    def put(self, values: Iterable[int]) -> int:
        """The place of new words with these values."""
        place = len(self.words)
        self.words.fromlist(list(values))
        return place

    def set(self, place: int, *values: int) -> None:
        """Write words from a place on."""
        self.words[place : place + len(values)] = array("q", values)

    def fields(self, row: int, values: dict[int, int]) -> None:
        """Write fields of a record."""
        for field, one in values.items():
            self.words[row + field] = one

    # What a world lays out ----------------------------------------------------------------------------

    def word(self, place: int, one: int) -> None:
        """Write a word."""
        self.words[place] = one

    def steps(self, place: int, one: Steps) -> None:
        """Write dated steps."""
        times, values = one
        self.words[place] = self.put([len(times), *times, *values])

    def terms(self, contract: int, terms: Terms) -> None:
        """Write when a contract is in force."""
        self.words[contract + L.CON_N_TERMS] = len(terms)
        self.words[contract + L.CON_TERMS] = self.put(flat(terms))

    def ramps(self, line: int, ramps: Sequence[tuple[int, int, bool]]) -> None:
        """Write when a line reopens little by little."""
        self.words[line + L.LN_N_RAMPS] = len(ramps)
        self.words[line + L.LN_RAMPS] = self.put(flat(ramps))

    def people(self, pool: int, staff: Sequence[int]) -> None:
        """Write a pool's own people and each supplier's."""
        own, *others = staff
        self.set(pool + L.PL_LOCAL, own, sum(others))
        for k, people in enumerate(others, 1):
            self.words[self.words[pool + L.PL_PARTIES] + L.PTY * k + L.PTY_PEOPLE] = people

    def spans(self, halts: Sequence[HaltSpan], levels: Sequence[Sequence[int]]) -> None:
        """Write the halts in force some time; `levels` is what each halt of the file says."""
        rows: list[int] = []
        members: list[int] = []
        for halt in halts:
            at, n = len(self.words) + len(members), len(halt.members)
            for moments in (*halt.members, *halt.bans):
                members += moments
            rows += halt.index, halt.begin, halt.end
            rows += levels[halt.index]
            rows += shares(halt.fund, halt.spoils)
            rows += halt.retry, n, at, at + 3 * n
        self.put(members)
        self.words[L.SPANS], self.words[L.N_SPANS] = self.put(rows), len(halts)

    def by_supplier(self, place: int, suppliers: Sequence[Steps]) -> None:
        """Write dated steps of each supplier of a pool; `place` is that of its own people."""
        for k, one in enumerate(suppliers, 1):
            self.steps(place + L.PTY * k, one)


class Part(NamedTuple):
    """A part of a world: where each of its things is written, how, and what stands there for all worlds already."""

    name: str
    places: Sequence[int]
    write: Callable[[Words, int, Any], None]
    known: tuple[Any, ...]

    @property
    def left(self) -> list[tuple[int, int]]:
        """Which of its things are left to each world, and where they are written."""
        return [(k, place) for k, place in enumerate(self.places) if self.known[k] is None]


class Template(Words):
    """What all worlds of a model begin with, what is `known_of` them among it."""

    def __init__(self, model: Model, known: Known = NOTHING_KNOWN) -> None:
        super().__init__()
        self.model = model
        self.names: dict[str, int] = {}
        if len(model.halts) > bits.IN_WORD or len(model.responses) > bits.IN_WORD:
            raise ValueError(f"the compiled engine takes at most {bits.IN_WORD} halts and responses")
        self.take(L.HEADER)
        self.tables()
        for n, line in enumerate(model.lines):
            self.line(n, line)
        for p, pool in enumerate(model.pools):
            self.pool(p, pool)
        for n, (name, servers) in enumerate(model.shops):
            row = self.shop(n)
            self.fields(row, {L.SHP_SITE: self.name(name.partition(".")[0]),
                              L.SHP_SERVERS: -1 if servers is None else servers})  # fmt: skip
        for p, point in enumerate(model.points):
            self.point(p, point)
        for i, item in enumerate(model.items):
            self.item(i, item)
        for f, fleet in enumerate(model.fleets):
            self.fleet(f, fleet)
        for h, halt in enumerate(model.halts):
            self.halt(h, halt)
        for a, arrival in enumerate(model.arrivals):
            place, through = self.at(L.ARRIVALS, L.ARR, a), self.line_at(arrival.line)
            self.set(place, self.point_at(arrival.point), arrival.day, arrival.count, through)
        for r, response in enumerate(model.responses):
            self.response(r, response)
        items = [model.items[point.item] for point in model.points]
        in_lots = [self.point_at(p) for p, (point, item) in enumerate(zip(model.points, items))
                   if item.lot and item.line >= 0 and point.depot < 0]  # fmt: skip
        self.set(L.LOTS, self.put(in_lots), len(in_lots))
        #: Words that hold the mean of laws one after the other.
        self.means: Sequence[tuple[int, Means]] = [
            (place, [(law.scale, mean_of(law._replace(scale=0), (1.0,))) for law in laws])
            for place, laws in (*self.leads(), *self.transits())
        ]  # fmt: skip
        #: What each halt says, as levels.
        self.levels = [[halt.says.level(clause) for clause in CLAUSES] for halt in model.halts]
        self.numbers = struct.Struct(f"={len(model.parameters)}d")
        self.parts = self.of_world(known)
        #: What is left to worlds drawn with what is known of all: things of parts, and means.
        self.known, self.left = known, [(one.name, one.write, one.left) for one in self.parts if one.left]
        values = known["values"].known if known.parts else (None,) * len(model.parameters)
        self.means_left = self.left_of(self.means, values)

    # Where things are ---------------------------------------------------------------------------------

    def tables(self) -> None:
        """Room for each kind of record, and the header's words."""
        model = self.model
        for field, width, n in (
            (L.FLEETS, L.FLT, len(model.fleets)), (L.ITEMS, L.ITM, len(model.items)),
            (L.POINTS, L.PT, len(model.points)), (L.LINES, L.LN, len(model.lines)),
            (L.POOLS, L.PL, len(model.pools)), (L.SHOPS, L.SHP, len(model.shops)),
            (L.CONTRACTS, L.CON, len(model.contracts)), (L.HALTS, L.HAL, len(model.halts)),
            (L.RESPONSES, L.RSP, len(model.responses)), (L.ARRIVALS, L.ARR, len(model.arrivals)),
        ):  # fmt: skip
            self.set(field, self.take(n * width), n)
        self.set(L.VALUES, self.take(len(model.parameters)))
        self.set(L.EDGES, self.put(model.edges), len(model.edges))
        self.set(L.SPENT, self.take(5))
        self.set(L.TOUCHED, self.take(L.TOUCHES * len(model.halts)))
        self.set(L.HORIZON, model.horizon)
        self.set(L.FIRST_HALT_PERIOD, model.first_halt_period)
        self.set(L.JOB_WIDTH, L.JOB_BARRED + len(model.responses))
        self.set(L.MOST_MISSIONS, max((len(fleet.missions) for fleet in model.fleets), default=0))
        systems = sum(fleet.most for fleet in model.fleets)
        positions = max((len(fleet.positions) for fleet in model.fleets), default=0)
        self.set(L.SCRATCH_SIZE, systems + 2 * positions + 64)
        self.set(L.SPARE_SIZE, 4096 + 16 * (2 * len(model.halts) + 1) + 2 * len(model.points))
        robs = any(fleet.policy != rules.NO_ROBBING for fleet in model.fleets)
        self.set(L.ROBS, int(robs or any(response.kind == "cannibalise" for response in model.responses)))
        self.set(L.LONGEST_PERIOD, max(end - begin for begin, end in pairwise((0, *model.edges))))
        heap = 64
        self.set(L.HEAP, self.take(heap * WIDTH), 0, heap)
        for i in range(heap):  # each node has a row of its own
            self.set(self.words[L.HEAP] + NODE * i + 3, i)

    def at(self, table: int, width: int, n: int) -> int:
        """A record of a table by its number."""
        return self.words[table] + n * width

    def line_at(self, n: int) -> int:
        """A line, 0 for -1."""
        return self.at(L.LINES, L.LN, n) if n >= 0 else 0

    def point_at(self, n: int) -> int:
        """A stock point, 0 for -1."""
        return self.at(L.POINTS, L.PT, n) if n >= 0 else 0

    def item_at(self, n: int) -> int:
        """An item."""
        return self.at(L.ITEMS, L.ITM, n)

    def pool_at(self, n: int) -> int:
        """A crew pool."""
        return self.at(L.POOLS, L.PL, n)

    def shop(self, n: int) -> int:
        """A shop, 0 for -1."""
        return self.at(L.SHOPS, L.SHP, n) if n >= 0 else 0

    def name(self, text: str | None) -> int:
        """A number for a name that is only compared; -1 for none."""
        return -1 if text is None else self.names.setdefault(text, len(self.names))

    def of_world(self, known: Known) -> list[Part]:
        """The parts of a world that are written thing by thing."""
        fleets, responses, contracts, pools, lines, halts = (
            range(self.words[table], self.words[table] + self.words[table + 1] * width, width)
            for table, width in ((L.FLEETS, L.FLT), (L.RESPONSES, L.RSP), (L.CONTRACTS, L.CON), (L.POOLS, L.PL),
                                 (L.LINES, L.LN), (L.HALTS, L.HAL))
        )  # fmt: skip
        parties = [self.words[pool + L.PL_PARTIES] for pool in pools]
        laid_out: tuple[tuple[str, Callable[..., None], Sequence[int], int], ...] = (
            ("counts", Words.word, fleets, L.FLT_COUNT), ("programme", Words.steps, fleets, L.FLT_PROGRAMME),
            ("permitted", Words.steps, fleets, L.FLT_PERMITTED),
            ("overhauls", Words.steps, fleets, L.FLT_OVERHAUL_SLOTS),
            ("regenerations", Words.steps, fleets, L.FLT_REG_SLOTS),
            ("extensions", Words.steps, responses, L.RSP_SLOTS), ("staff", Words.people, pools, 0),
            ("local", Words.steps, parties, L.PTY_STEPS), ("foreign", Words.by_supplier, parties, L.PTY_STEPS),
            ("drop", Words.by_supplier, parties, L.PTY_DROP), ("in_force", Words.terms, contracts, 0),
            ("ramps", Words.ramps, lines, 0), ("begins", Words.word, halts, L.HAL_BEGINS),
        )  # fmt: skip
        return [self.part(name, [row + field for row in rows], write, known[name].known if known.parts else ())
                for name, write, rows, field in laid_out]  # fmt: skip

    def part(self, name: str, places: Sequence[int], write: Callable[..., None], known: tuple[Any, ...]) -> Part:
        """A part of a world, after what is known of it has been written."""
        there = list(known or [None] * len(places))
        for k, place in enumerate(places):
            try:
                if there[k] is not None:
                    write(self, place, there[k])
            except OverflowError:  # an impossible number is for a world to tell
                there[k] = None
        return Part(name, places, write, tuple(there) if None in there else known)

    def left_of(self, means: Sequence[tuple[int, Means]], values: Sequence[Any]) -> Sequence[tuple[int, Means]]:
        """Means that are left to each world, after those of known values have been written."""
        left = []
        for place, laws in means:
            is_left = any(values[scale] is None for scale, _ in laws)
            try:
                self.words[place] = 0 if is_left else mean_delay(laws, values)
            except RUN_ERRORS:  # an impossible number is for a world to tell
                is_left = True
            left += [(place, laws)] if is_left else []
        return left

    def leads(self) -> Iterator[tuple[int, list[Law]]]:
        """Of stock points whose units may be ordered one lead time ahead, where that time stands and its laws."""
        for p, point in enumerate(self.model.points):
            item = self.model.items[point.item]
            if item.line >= 0 and (item.expires >= 0 or item.hard):
                laws = (item.licence, item.make, item.transit, point.ship)
                yield self.point_at(p) + L.PT_LEAD, [law for law in laws if law is not None]

    def transits(self) -> Iterator[tuple[int, list[Law]]]:
        """Of items already bought, where their mean time on the way stands and its law."""
        for i in sorted({self.model.points[arrival.point].item for arrival in self.model.arrivals}):
            transit = self.model.items[i].transit
            yield self.item_at(i) + L.ITM_TRANSIT_MEAN, [] if transit is None else [transit]

    # Parts of records ---------------------------------------------------------------------------------

    @staticmethod
    def law(law: Law | None) -> tuple[int, int, int]:
        """A law as three words."""
        return NO_LAW if law is None else (law.kind, law.scale, word_of(law.shape))

    @staticmethod
    def interval(interval: Interval | None) -> tuple[int, int]:
        """A limit as two words."""
        return (-1, -1) if interval is None else (interval.use, interval.days)

    def due(self, due: Due | None) -> int:
        """A due form, 0 for none."""
        if due is None:
            return 0
        moments = [word for is_use, amount in (*due.listed, *due.ends) for word in (int(is_use), amount)]
        form = FORMS.index(due.form)
        return self.put([due.overdue, form, due.shift, len(due.listed), len(due.ends), *moments])

    def route(self, row: int, route: Route) -> int:
        """A repair route."""
        uses = [word for i, point, share in route.uses for word in (self.item_at(i), self.point_at(point), share)]
        at, own = self.put(uses), 0
        if route.own:
            own = self.take(len(self.model.points))
            for point, one in route.own.items():
                self.set(own + point, self.route(self.take(L.RTE), one))
        self.set(
            row, route.share, self.shop(route.shop), self.line_at(route.line), *self.law(route.takes),
            *self.law(route.licence), *self.law(route.transit), route.yields, route.quality, route.price,
            int(route.is_overhaul), len(route.uses), at, own,
        )  # fmt: skip
        return row

    # Records ------------------------------------------------------------------------------------------

    def line(self, n: int, line: Any) -> None:
        """A supply line."""
        acts = [-1] * len(self.model.halts)
        for h, excepted in zip(line.halts, line.excepted):
            acts[h] = sum(1 << line.contracts.index(c) for c in excepted)
        kind = LINE_KINDS.index(line.kind)
        self.fields(self.line_at(n), {
            L.LN_INDEX: n, L.LN_KEY: key_of(line.key), L.LN_KIND: kind, L.LN_N_CONTRACTS: len(line.contracts),
            L.LN_CONTRACTS: self.put(line.contracts), L.LN_ACTS: self.put(acts),
        })  # fmt: skip

    def pool(self, p: int, pool: Any) -> None:
        """A crew pool and its parties."""
        parties = self.take(L.PTY * (1 + len(pool.foreign)))
        self.set(parties, -1)
        for k, (supplier, _, _) in enumerate(pool.foreign):
            self.set(parties + L.PTY * (1 + k), self.name("supplier " + supplier))
        self.fields(self.pool_at(p), {
            L.PL_INDEX: p, L.PL_BY_TASKS: int(pool.by_tasks), L.PL_N_PARTIES: 1 + len(pool.foreign),
            L.PL_PARTIES: parties,
        })  # fmt: skip

    def needs(self, supplier: str | None) -> int:
        """Whose people a task needs, -1 for anybody's."""
        return -1 if supplier is None else self.name("supplier " + supplier)

    def point(self, p: int, point: Any) -> None:
        """A stock point."""
        changes = self.put(word for change in point.changes for word in change)
        row = self.point_at(p)
        self.fields(row, {
            L.PT_INDEX: p, L.PT_ITEM: self.item_at(point.item), L.PT_SITE: self.name(point.site),
            L.PT_STOCK: point.stock, L.PT_DEPOT: self.point_at(point.depot), L.PT_KEY: signed(point.key),
            L.PT_ON_HAND: point.on_hand, L.PT_N_CHANGES: len(point.changes), L.PT_CHANGES: changes,
        })  # fmt: skip
        self.set(row + L.PT_SHIP, *self.law(point.ship))

    def item(self, i: int, item: Any) -> None:
        """An item."""
        row = self.item_at(i)
        routes = self.take(L.RTE * len(item.routes))
        for n, route in enumerate(item.routes):
            self.route(routes + n * L.RTE, route)
        renewable = 0 if item.renewable is None else self.route(self.take(L.RTE), item.renewable)
        laws = ((L.BY_USE, item.fails_use), (L.BY_DAYS, item.fails_days), (L.BY_SORTIES, item.fails_sorties))
        fails_by, fails = next(((by, law) for by, law in laws if law is not None), (0, None))
        use, days = self.interval(item.hard)
        self.fields(row, {
            L.ITM_INDEX: i, L.ITM_KEY: key_of(item.key), L.ITM_GROUNDS: int(item.grounds),
            L.ITM_DEGRADES: int(item.degrades), L.ITM_REPLACE_GROUNDS: int(item.replace_grounds),
            L.ITM_FAILS_BY: fails_by, L.ITM_HARD: int(item.hard is not None), L.ITM_HARD_USE: use,
            L.ITM_HARD_DAYS: days, L.ITM_RENEWABLE: renewable, L.ITM_EXPIRES: item.expires,
            L.ITM_DUE: self.due(item.due),
            L.ITM_REPLACE_NEEDS: -1 if item.replace is None else self.needs(item.replace[2]),
            L.ITM_N_ROUTES: len(item.routes), L.ITM_ROUTES: routes, L.ITM_LINE: self.line_at(item.line),
            L.ITM_PRICE: item.price, L.ITM_ORDER_AT: item.order_at, L.ITM_LOT: item.lot,
        })  # fmt: skip
        self.set(row + L.ITM_FAILS, *self.law(fails))
        self.set(row + L.ITM_REPLACE, *self.law(None if item.replace is None else item.replace[0]))
        self.set(row + L.ITM_LICENCE, *self.law(item.licence), *self.law(item.make), *self.law(item.transit))

    def fleet(self, f: int, fleet: Any) -> None:
        """A fleet; its systems get their room when a replication begins."""
        model, row = self.model, self.at(L.FLEETS, L.FLT, f)
        ranks, at = [0, 0] * len(model.items), [i for i, _ in fleet.positions]
        for i in set(at):
            ranks[2 * i], ranks[2 * i + 1] = at.index(i), at.count(i)
        positions, missions = len(fleet.positions), len(fleet.missions)
        limits = L.LIM + len(fleet.upkeep) + len(fleet.inspections) + positions
        stride = L.SYS + limits + len(fleet.upkeep) + 2 * len(fleet.inspections) + bits.words_for(positions)
        size = 1
        while size < fleet.most:
            size *= 2
        keys = []
        for slot in range(fleet.most):
            system = f"fleets/{fleet.key}/{slot}"
            keys.append(key_of(system))
            keys += [key_of(f"{system}/items/{model.items[i].key}/{q}") for i, q in fleet.positions]
        upkeeps = [(u.every, *self.law(u.takes), self.pool_at(u.pool), self.needs(u.needs)) for u in fleet.upkeep]
        inspections = [(*self.interval(w.every), *self.law(w.takes), self.pool_at(w.pool), self.needs(w.needs),
                        self.due(w.due)) for w in fleet.inspections]  # fmt: skip
        losses = [(day, count, key_of(f"fleets/{fleet.key}/losses/{k}"))
                  for k, (day, count) in enumerate(fleet.dated_losses)]  # fmt: skip
        fixed = [(self.item_at(d.item), d.mean, d.per_system, signed(d.key), 0) for d in fleet.fixed]
        deliveries = [self.delivery(one) for one in fleet.deliveries]
        points = [self.point_at(model.point_of.get((f, i), -1)) for i in range(len(model.items))]
        crews = [self.pool_at(model.crew_of[f, i]) if (f, i) in model.crew_of else 0 for i in range(len(model.items))]
        self.fields(row, {
            L.FLT_INDEX: f, L.FLT_MOST: fleet.most, L.FLT_STRIDE: stride + positions + positions * L.POS,
            L.FLT_N_POSITIONS: positions, L.FLT_ITEM_RANKS: self.put(ranks),
            L.FLT_N_UPKEEPS: len(fleet.upkeep), L.FLT_UPKEEPS: self.put(flat(upkeeps)),
            L.FLT_N_INSPECTIONS: len(inspections), L.FLT_INSPECTIONS: self.put(flat(inspections)),
            L.FLT_LIFE: int(fleet.life_limit is not None), L.FLT_LOSS: fleet.loss_per_100k,
            L.FLT_N_LOSSES: len(losses), L.FLT_LOSSES: self.put(flat(losses)),
            L.FLT_N_RETIREMENTS: len(fleet.retirements),
            L.FLT_RETIREMENTS: self.put(flat((day, count, 0) for day, count in fleet.retirements)),
            L.FLT_N_DELIVERIES: len(deliveries), L.FLT_DELIVERIES: self.put(flat(deliveries)),
            L.FLT_BASE_POLICY: fleet.policy, L.FLT_BASE_DAMAGE: fleet.rob_damage,
            L.FLT_N_MISSIONS: missions, L.FLT_BLOCKS: self.put(fleet.blocks), L.FLT_SORTIE: fleet.sortie,
            L.FLT_COST: fleet.cost_per_fh, L.FLT_N_FIXED: len(fixed), L.FLT_FIXED: self.put(flat(fixed)),
            L.FLT_FLY_EACH: int(fleet.fly_each), L.FLT_AT_MOST: fleet.at_most,
            L.FLT_TREE_SIZE: size, L.FLT_ABLE: self.take(missions), L.FLT_ABLE_SUMS: self.take(missions),
            L.FLT_SPARES: self.take(len(model.items)), L.FLT_RANKED: self.take(positions + 1),
            L.FLT_DONORS_WORDS: bits.words_for(fleet.most),
            L.FLT_CAUSES: self.take(2 * len(model.items) + L.OTHER_CAUSES), L.FLT_POINTS: self.put(points),
            L.FLT_CREWS: self.put(crews), L.FLT_KEYS: self.put(keys), L.FLT_OVERHAUL_PRICE: -1,
        })  # fmt: skip
        if fleet.overhaul is not None:
            self.fleet_overhaul(row, fleet.overhaul)
        if fleet.life_limit is not None:
            self.set(row + L.FLT_LIFE_USE, *self.interval(fleet.life_limit[0]), self.due(fleet.life_limit[1]))
        if fleet.regeneration is not None:
            work = fleet.regeneration
            self.set(row + L.FLT_REGENERATION, 1, work.after, *self.law(work.takes))
        if fleet.minimum is not None:
            self.set(row + L.FLT_MINIMUM, 1, fleet.minimum.numerator, fleet.minimum.denominator, -1)
        elif fleet.minimum_share is not None:
            share, of = fleet.minimum_share
            self.set(row + L.FLT_MINIMUM, 1, share.numerator, share.denominator, MEASURES[of])

    def fleet_overhaul(self, row: int, work: Any) -> None:
        """A fleet's overhaul."""
        self.set(row + L.FLT_OVERHAUL, 1, *self.interval(work.every), *self.law(work.takes), self.line_at(work.line))
        self.fields(row, {L.FLT_OVERHAUL_DUE: self.due(work.due), L.FLT_OVERHAUL_PRICE: work.price})

    def delivery(self, delivery: Any) -> tuple[int, ...]:
        """Systems by schedule."""
        under = self.model.lines[delivery.line].contracts
        cover = under.index(delivery.contract) if delivery.contract in under else -1
        return (self.line_at(delivery.line), delivery.contract, cover, delivery.ordered, delivery.transit,
                len(delivery.dates), self.put(delivery.dates), self.put(delivery.used))  # fmt: skip

    def halt(self, h: int, halt: Any) -> None:
        """What a halt lets through, and whom it forbids."""
        leak = halt.leak
        forbids = self.put(int(f in halt.forbids) for f in range(len(self.model.fleets)))
        row = self.at(L.HALTS, L.HAL, h)
        self.fields(row, {L.HAL_PASSES: halt.passes, L.HAL_LEAKS: int(leak is not None), L.HAL_FORBIDS: forbids})
        self.set(row + L.HAL_SLOW, *self.law(halt.slow_by))
        if leak is not None:
            self.set(row + L.HAL_PROBABILITY, leak.probability, leak.retry, *self.law(leak.delay), leak.price,
                     leak.quality)  # fmt: skip

    def trigger(self, response: Response, trigger: Any) -> int:
        """A watched measure, 0 for none."""
        if trigger is None:
            return 0
        measure, below, threshold, of = trigger
        if of == "authorised":
            fleet = self.model.fleets[response.fleets[0]]
            threshold, of = threshold * Fraction(str(fleet.authorised)), ""
        base = MEASURES[of] if of else -1
        return self.put([MEASURES[measure], int(below), threshold.numerator, threshold.denominator, base])

    def response(self, r: int, response: Response) -> None:
        """A response."""
        row = self.at(L.RESPONSES, L.RSP, r)
        announced = self.model.halts[max(response.after, response.notice)].announced if response.notice >= 0 else None
        use, days = self.interval(response.gains)
        at = f"responses/{response.name}"
        self.fields(row, {
            L.RSP_INDEX: r, L.RSP_KIND: L.KINDS.index(response.kind), L.RSP_BEGINS: response.begins,
            L.RSP_AFTER: response.after, L.RSP_NOTICE: response.notice, L.RSP_ANNOUNCED: announced or 0,
            L.RSP_HAS_ANNOUNCED: int(announced is not None), L.RSP_WHEN: self.trigger(response, response.when),
            L.RSP_UNTIL: self.trigger(response, response.until_when), L.RSP_DELAY: response.delay,
            L.RSP_ENDS: response.ends, L.RSP_SUCCEEDS: response.succeeds,
            L.RSP_KEY_SUCCEEDS: key_of(f"{at}/succeeds"), L.RSP_KEY_EACH: key_of(f"{at}/each"),
            L.RSP_FLEETS: self.put(self.at(L.FLEETS, L.FLT, f) for f in response.fleets),
            L.RSP_N_FLEETS: len(response.fleets), L.RSP_ITEMS: self.put(self.item_at(i) for i in response.items),
            L.RSP_N_ITEMS: len(response.items), L.RSP_N_STANDS_FOR: len(response.stands_for),
            L.RSP_STANDS_FOR: self.put(self.line_at(n) for pair in response.stands_for for n in pair),
            L.RSP_COST: response.cost, L.RSP_POLICY: response.policy, L.RSP_FLY: response.fly,
            L.RSP_DAMAGE: response.damage, L.RSP_PER_YEAR: response.per_year, L.RSP_BUILD_UP: response.build_up,
            L.RSP_EACH: response.each, L.RSP_RETRY: response.retry, L.RSP_PRICE: response.price,
            L.RSP_DUAL_SOURCING: response.dual_sourcing, L.RSP_QUALITY: response.quality, L.RSP_SHARE: response.share,
            L.RSP_ROUTE: 0 if response.route is None else self.route(self.take(L.RTE), response.route),
            L.RSP_SYSTEMS: response.systems, L.RSP_GAIN_USE: use, L.RSP_GAIN_DAYS: days,
            L.RSP_OF_LIFE: int(response.of_life),
            L.RSP_POOLS: self.put(self.pool_at(p) for p in response.pools), L.RSP_N_POOLS: len(response.pools),
            L.RSP_PEOPLE: response.people, L.RSP_UNITS: response.units, L.RSP_FAILURES: response.failures,
            L.RSP_LOSS: response.loss_per_100k, L.RSP_YIELD: response.yields,
        })  # fmt: skip
        self.set(row + L.RSP_TAKES, *self.law(response.takes))


def flat(rows: Iterable[Sequence[int]]) -> list[int]:
    """The words of several records."""
    return [word for row in rows for word in row]


def mean_delay(laws: Means, values: Sequence[float]) -> int:
    """The mean of several laws one after the other, in whole seconds."""
    return draws.delay_seconds(sum_of([values[scale] * mean for scale, mean in laws]))


def with_world(template: Template, world: World, seed: int) -> Any:
    """The words with which the replications of one world begin, as an array."""
    more = Words(template.words)
    words = more.words
    words[L.SEED], words[L.WORLD], words[L.WARMUP] = seed, world.number, world.warmup
    template.numbers.pack_into(words, words.itemsize * words[L.VALUES], *world.values)
    if world.known is template.known:
        means = template.means_left
        for name, write, left in template.left:
            things = getattr(world, name)
            for k, place in left:
                write(more, place, things[k])
    else:  # of a world drawn otherwise, or changed, all that differs
        means = template.means
        for name, places, write, known in template.parts:
            for place, one, there in zip(places, getattr(world, name), known):
                if one is not there:
                    write(more, place, one)
    more.spans(world.halts, template.levels)
    for place, laws in means:
        words[place] = mean_delay(laws, world.values)
    return np.frombuffer(words, dtype=np.int64)
