"""Checking mode: after every settle, what must hold of a replication is worked out again (MODEL section 9).

Nothing here trusts a counter of the engine: units are counted where they are, work in hand is read off the
schedule, states are derived anew. A violation raises `CheckFailed`, which ends the command with exit code 4.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from armsim.engines.entities import Need
from armsim.errors import CheckFailed
from armsim.model.events import moment
from armsim.model.order import NEVER, Flow, Kind
from armsim.model.trajectory import ITEM_MEASURES, POOL_MEASURES, State

if TYPE_CHECKING:
    from armsim.engines.entities import PoolState, Position, System
    from armsim.engines.reference import Replication

#: Where a unit can be, in the order of the balance table; they sum to `entered`.
PLACES = ("fitted", "shelf", "promised", "shop", "at_home", "abroad", "shipping", "condemned", "lost", "elsewhere")
PART = (1 << 40) - 1


def balance(replication: Replication) -> dict[str, dict[str, int]]:
    """Units of each item by place, and `entered`: what the places must sum to (MODEL section 9).

    `promised` are assigned to a hole and wait for a crew, robbed units in hand among them; `at_home` are
    removed units that no line takes or whose licence is pending; `shipping` are on the way from a depot to its
    base; `elsewhere` went into repairs or off the books.
    """
    table = [dict.fromkeys(PLACES, 0) for _ in replication.model.items]
    for position in positions(replication):
        table[position.item]["fitted"] += position.unit is not None
        table[position.item]["promised"] += position.promised
    for p, point in enumerate(replication.points):
        table[replication.model.points[p].item]["shelf"] += sum(point.shelf.values())
    for places, ledger in zip(table, replication.ledger):
        places.update(ledger)
    return {item.name: places for item, places in zip(replication.model.items, table)}


def systems(replication: Replication) -> Iterator[System]:
    """Every system that is or ever was on the books."""
    return (s for fleet in replication.fleets for s in fleet.systems if s.on_books or s.gone)


def positions(replication: Replication) -> Iterator[Position]:
    """Every place for a unit on a system on the books."""
    return (p for system in systems(replication) if system.on_books for p in system.positions)


def reading_of(replication: Replication, system: System) -> int:
    """What a system's use clock shows, read without winding it."""
    if not system.flying:
        return system.clock
    fleet = replication.fleets[system.fleet]
    return fleet.clock + fleet.rate * (replication.now - fleet.since) - system.offset


def derived_state(replication: Replication, system: System) -> State:
    """The state a system is in by the precedence of MODEL section 8, from what is wrong with it now."""
    items = replication.model.items
    fleet = replication.model.fleets[system.fleet]
    holes = [p for p in system.positions if p.unit is None]
    able = missions_left(replication, system)
    grounded = [p for p in holes if items[p.item].grounds or (not able and fleet.missions and fleet.blocks[p.item])]
    parts = any(not p.promised for p in grounded)
    in_work = any(task.grounds for task in system.tasks.values()) or any(p.promised for p in grounded)
    cases = (
        (system.gone, State.LOST),
        (system.overhaul in ("queued", "in work", "extending"), State.OVERHAUL),
        (system.overhaul == "due" or system.forbidden, State.LIMIT),
        (bool(system.regeneration), State.REGENERATION),
        (parts and in_work, State.NMCB),
        (parts, State.NMCS),
        (in_work, State.NMCM),
        (any(items[p.item].degrades or fleet.blocks[p.item] for p in holes), State.PMC),
        (True, State.FMC),
    )
    return next(state for holds, state in cases if holds)


def missions_left(replication: Replication, system: System) -> set[int]:
    """The missions of its fleet that a system lacks nothing for."""
    fleet = replication.model.fleets[system.fleet]
    missing = [fleet.blocks[p.item] for p in system.positions if p.unit is None]
    return {m for m in range(len(fleet.missions)) if not any(blocked >> m & 1 for blocked in missing)}


def scheduled(replication: Replication) -> Counter[tuple[int, int, int]]:
    """How many events of each (kind, first, second part of the entity) stand in the schedule."""
    found: Counter[tuple[int, int, int]] = Counter()
    for _, order, _, _ in replication.env._queue:
        kind = order >> 120
        if kind in (Kind.ARRIVAL, Kind.COMPLETION):
            second = order >> 40 & PART
            found[kind, order >> 80 & PART, 0 if kind == Kind.COMPLETION else second] += 1
    return found


class Audit:
    """Checks one replication after another: `simulate(model, world, seed, k, audit=Audit())`."""

    def __init__(self) -> None:
        self.checks = 0  # how often everything was checked
        self.seen: Replication | None = None
        self.before_now = 0
        self.before_clocks: list[int] = []
        self.before_readings: dict[System, int] = {}
        self.before_busy: list[list[int]] = []
        self.before_positions: list[int] = []

    def __call__(self, replication: Replication) -> None:
        """Check everything that must hold now. Raises CheckFailed."""
        if replication is not self.seen:
            self.begin(replication)
        self.checks += 1
        schedule = scheduled(replication)
        self.times(replication)
        self.units(replication)
        self.holes(replication)
        self.meters(replication, schedule)
        self.crews(replication, schedule)
        self.slots(replication, schedule)
        self.states(replication)
        self.limits(replication)
        self.nothing_left_undone(replication)

    def begin(self, replication: Replication) -> None:
        """Forget the replication before."""
        self.seen = replication
        self.before_now = replication.now
        self.before_clocks = [0] * len(replication.fleets)
        self.before_readings = {}
        self.before_busy = [[0] * len(pool.busy) for pool in replication.pools]
        self.before_positions = [-NEVER] * len(replication.model.items)

    def require(
        self, replication: Replication, what: str, expected: Any, found: Any, holds: bool | None = None
    ) -> None:
        """Raise CheckFailed unless found == expected, or unless `holds` where it is given."""
        if found == expected if holds is None else holds:
            return
        when = moment(replication.model, replication.now)
        raise CheckFailed(
            f"world {replication.world.number}, replication {replication.replication}, "
            f"{when} ({replication.now} s): {what}: expected {expected}, found {found}"
        )

    # Time and use ---------------------------------------------------------------------------------------

    def times(self, r: Replication) -> None:
        """The clock never runs back, neither that of the simulation nor those of use."""
        self.require(r, "the time", f"at least {self.before_now}", r.now, r.now >= self.before_now)
        self.before_now = r.now
        for f, fleet in enumerate(r.fleets):
            clock, before = fleet.clock + fleet.rate * (r.now - fleet.since), self.before_clocks[f]
            self.require(r, f"the use clock of {r.model.fleets[f].name}", f"at least {before}", clock, clock >= before)
            self.before_clocks[f] = clock
        for system in systems(r):
            reading, before = reading_of(r, system), self.before_readings.get(system, 0)
            self.require(r, f"the use clock of {name_of(r, system)}", f"at least {before}", reading, reading >= before)
            self.before_readings[system] = reading

    def limits(self, r: Replication) -> None:
        """No system on the books has passed a limit, in use or by date, without consequence."""
        for system in systems(r):
            if not system.on_books:
                continue
            ringing = r.fleets[system.fleet].alarm_at == r.now
            units = [p.unit for p in system.positions if p.unit is not None]
            reading = reading_of(r, system)
            uses = [system.overhaul_at, system.life_at, system.lost_at, *system.upkeep_at, *system.inspect_at]
            uses += [use for unit in units for use in (unit.fails_at, unit.hard_at)]
            nearest = min(uses, default=NEVER)
            passed = nearest <= reading if system.flying and not ringing else nearest < reading
            self.require(
                r, f"the nearest limit of use of {name_of(r, system)}", f"after {reading}", nearest, not passed
            )
            dates = [system.overhaul_on, system.life_on, *system.inspect_on]
            dates += [date for unit in units for date in (unit.fails_on, unit.hard_on, unit.expires_on)]
            date = min(dates, default=NEVER)
            kept = date > r.now or r.now >= r.model.horizon  # nothing at the horizon happens any more
            self.require(r, f"the nearest date of {name_of(r, system)}", f"after {r.now}", date, kept)

    # Units ----------------------------------------------------------------------------------------------

    def units(self, r: Replication) -> None:
        """Units of each item are conserved."""
        for item, places in balance(r).items():
            found = sum(places[place] for place in PLACES)
            self.require(r, f"units of {item} over all places", places["entered"], found)
            for place, n in places.items():
                self.require(r, f"units of {item} in place '{place}'", "at least 0", n, n >= 0)

    def holes(self, r: Replication) -> None:
        """Every hole is in exactly one place: in the queue of its point, or promised a unit."""
        queued = Counter(p for point in r.points for p in point.queue if not isinstance(p, Need))
        for position in positions(r):
            found = (position.unit is not None, position.promised, position.in_queue, queued.pop(position, 0))
            allowed = ((True, False, False, 0), (False, True, False, 0), (False, False, True, 1))
            name = r.model.items[position.item].name
            what = f"{name_of(r, position.system)}, {name} (filled, promised, waits, in queue)"
            self.require(r, what, "exactly one place", found, found in allowed)
            task = ("replace", position.rank) in position.system.tasks
            needs_crew = r.model.items[position.item].replace is not None
            self.require(r, what + ": work to put the unit in", position.promised and needs_crew, task)
            self.require(r, what + ": a robbed unit in hand", "only when promised", "robbed",
                         position.robbed is None or position.promised)  # fmt: skip
        self.require(r, "positions of systems that are gone in queues", 0, len(queued))
        for p, point in enumerate(r.points):
            strangers = 0
            for one in point.queue:
                if isinstance(one, Need):
                    strangers += one.base >= 0 and r.model.points[one.base].depot != p
                else:
                    strangers += one.point != p
            self.require(r, f"holes of other points in the queue of point {p}", 0, strangers)

    def meters(self, r: Replication, schedule: Counter[tuple[int, int, int]]) -> None:
        """The counts that curves are made of equal recounts."""
        table = list(balance(r).values())
        begun = Counter(p.item for system in systems(r) for p in system.positions)
        stocked = Counter[int]()
        ahead = Counter[int]()
        for p, point in enumerate(r.points):
            i = r.model.points[p].item
            stocked[i] += r.stocked(p).on_shelf
            ahead[i] += point.ahead
        missing = Counter(p.item for p in positions(r) if p.unit is None)
        waiting = Counter[int]()
        for p, point in enumerate(r.points):
            waiting[r.model.points[p].item] += sum(1 for n in point.queue if not isinstance(n, Need) or n.base < 0)
        for i, item in enumerate(r.model.items):
            places = table[i]
            meters = {measure: meter.value for measure, meter in zip(ITEM_MEASURES, r.meters[i])}
            expected = {
                "stock": places["shelf"],
                "holes": missing[i],
                "backorders": waiting[i],
                "in_repair": places["shop"] + places["at_home"] + places["abroad"],
                "abroad": places["abroad"],
            }
            if is_plain(r, i):
                # Each unit condemned, or lost abroad, is ordered again, unless that was done ahead (R-M6).
                arrived = places["entered"] - begun[i] - stocked[i]
                expected["on_order"] = meters["condemned"] + ahead[i] - arrived if item.line >= 0 else 0
            for measure, n in expected.items():
                self.require(r, f"{measure} of {item.name}", n, meters[measure])
            self.jobs(r, schedule, i, meters)
            due_in = sum(point.due_in for p, point in enumerate(r.points) if r.model.points[p].item == i)
            self.require(r, f"{item.name} due in", meters["on_order"] + meters["in_repair"], due_in)
            may_be_lost = any(a.line >= 0 and r.model.points[a.point].item == i for a in r.model.arrivals)
            if item.line >= 0 and not item.lot and not may_be_lost:
                self.position(r, i, places["shipping"])

    def position(self, r: Replication, i: int, shipping: int) -> None:
        """No order of a base stock is forgotten: the inventory position above it never falls (R-M6)."""
        position = shipping
        for p, point in enumerate(r.points):
            if r.model.points[p].item == i:
                waiting = sum(1 for n in point.queue if not isinstance(n, Need) or n.base < 0)
                position += sum(point.shelf.values()) + point.due_in - waiting
                position -= point.level + (point.ahead if r.model.points[p].depot < 0 else 0)
        name = f"the inventory position of {r.model.items[i].name} above its base stock"
        if r.now > 0:  # at the start the file may say what is on hand
            before = self.before_positions[i]
            self.require(r, name, f"at least {before}", position, position >= before)
        self.before_positions[i] = position

    def jobs(self, r: Replication, schedule: Counter[tuple[int, int, int]], i: int, meters: dict[str, int]) -> None:
        """What waits at home or stands in the schedule of a line is on order or in repair."""
        for k, line in enumerate(r.model.lines):
            if line.item == i:
                at_home = sum(1 for job in r.at_home[k] if not job.is_lot)
                moving = schedule[Kind.ARRIVAL, Flow.RESUPPLY, k] + at_home
                measure = "on_order" if line.kind == "spares" else "in_repair"
                what = f"{measure} of {r.model.items[i].name}"
                least = f"at least the {moving} of {line.key}"
                self.require(r, what, least, meters[measure], moving <= meters[measure])
        condemned, ledger = meters["condemned"], r.ledger[i]
        most = ledger["condemned"] + ledger["lost"]
        expected = f"from {ledger['condemned']} to {most}"
        holds = ledger["condemned"] <= condemned <= most
        self.require(r, f"condemned of {r.model.items[i].name}", expected, condemned, holds)

    # Work -----------------------------------------------------------------------------------------------

    def crews(self, r: Replication, schedule: Counter[tuple[int, int, int]]) -> None:
        """Busy crews are those at work, and no more than there are, but for people who are leaving."""
        started: Counter[tuple[int, int]] = Counter()
        waiting: Counter[int] = Counter()
        for system in systems(r):
            for sort, task in system.tasks.items():
                self.require(r, f"{name_of(r, system)}: work {sort} on a system that is here", True, system.on_books)
                self.require(r, f"{name_of(r, system)}: work under its own name", sort, task.sort)
                if task.party >= 0:
                    started[task.pool, task.party] += 1
                else:
                    waiting[task.pool] += 1
        for p, pool in enumerate(r.pools):
            key = r.model.pools[p].key
            self.require(r, f"tasks waiting at {key}", waiting[p], len(pool.waiting))
            at_work = Counter(task.party for task in pool.in_hand.values())
            self.require(r, f"crews busy at {key} by party", [at_work[n] for n in range(len(pool.busy))], pool.busy)
            due = schedule[Kind.COMPLETION, p, 0]  # work that was dropped leaves a date that nobody keeps
            busy_there = sum(pool.busy)
            self.require(r, f"crews busy at {key} in the schedule", f"at most {due}", busy_there, busy_there <= due)
            for party, busy in enumerate(pool.busy):
                name, begun = party_of(pool, party), started[p, party]
                self.require(r, f"{name} busy at {key}", f"at least {begun}", busy, busy >= begun)
                most = max(pool.capacity[party], self.before_busy[p][party])
                self.require(r, f"{name} busy at {key}", f"at most {most}", busy, busy <= most)
            self.before_busy[p] = list(pool.busy)
            there = (sum(pool.capacity), sum(pool.busy), len(pool.waiting))
            for measure, meter, n in zip(POOL_MEASURES, r.crew_meters[p], there):
                self.require(r, f"curve of {measure} at {key}", n, meter.value)
            tickets = [task.ticket for task in pool.waiting]
            self.require(r, f"tickets waiting at {key}", sorted(set(tickets)), tickets)

    def slots(self, r: Replication, schedule: Counter[tuple[int, int, int]]) -> None:
        """Servers of shops and slots of overhauls hold what they are said to hold."""
        queued = Counter(r.model.points[w.point].item for queue in r.shop_queues for w in queue)
        for i, item in enumerate(r.model.items):
            in_shops = queued[i] + schedule[Kind.ARRIVAL, Flow.REPAIR, i]
            self.require(r, f"units of {item.name} in shops", in_shops, r.ledger[i]["shop"])
        in_work = sum(schedule[Kind.ARRIVAL, Flow.REPAIR, i] for i in range(len(r.model.items)))
        self.require(r, "servers of shops busy", in_work, sum(r.shop_busy))
        for shop, (key, servers) in enumerate(r.model.shops):
            busy = r.shop_busy[shop]
            self.require(r, f"servers of {key} busy", f"0 to {servers}", busy, 0 <= busy <= (servers or NEVER))
        for f, fleet in enumerate(r.fleets):
            name = r.model.fleets[f].name
            in_work = sum(1 for s in fleet.systems if s.overhaul == "in work")
            self.require(r, f"systems of {name} in overhaul", in_work, fleet.in_overhaul)
            times, slots = r.world.overhauls[f]  # what is in hand is finished when there are fewer
            most = max(n for t, n in zip(times, slots) if t <= r.now)
            self.require(r, f"systems of {name} in overhaul", f"at most {most}", in_work, in_work <= most)
            told = sorted(s.slot for s in fleet.systems if s.overhaul == "queued" and s.on_books)
            self.require(
                r, f"systems of {name} queued for overhaul", told, sorted(s.slot for s in fleet.overhaul_queue)
            )

    def nothing_left_undone(self, r: Replication) -> None:
        """After the last settle of an instant no stock, crew or server idles while it is wanted."""
        if r.settling:
            return
        for p, point in enumerate(r.points):
            idle = bool(point.queue) and sum(point.shelf.values()) > 0
            self.require(r, f"holes waiting at point {p} beside units on its shelf", False, idle)
        for p, pool in enumerate(r.pools):
            for task in pool.waiting:
                able = [n for n in range(len(pool.capacity)) if task.needs in (None, party_of(pool, n))]
                free = any(pool.busy[n] < pool.capacity[n] for n in able)
                self.require(r, f"task {task.ticket} waiting at {r.model.pools[p].key} beside a free crew", False, free)
        for shop, (key, servers) in enumerate(r.model.shops):
            idle = any(not work.bits for work in r.shop_queues[shop]) and r.shop_busy[shop] < (servers or NEVER)
            self.require(r, f"units waiting at {key} beside a free server", False, idle)

    # States ---------------------------------------------------------------------------------------------

    def states(self, r: Replication) -> None:
        """Each system is in the one state its condition gives, and counts are recounts."""
        for f, fleet in enumerate(r.fleets):
            counts = [0] * len(State)
            for system in fleet.systems:
                if not (system.on_books or system.gone):
                    self.require(r, f"the state of {name_of(r, system)}, which has not come yet", None, system.state)
                    continue
                self.require(r, f"{name_of(r, system)} on the books and gone", False, system.on_books and system.gone)
                lacks = [p for p in system.positions if p.unit is None and not p.promised and system.on_books]
                lacking = sum(r.model.items[p.item].grounds for p in lacks)
                self.require(r, f"what {name_of(r, system)} lacks", lacking, system.lacking)
                state = derived_state(r, system)
                self.require(r, f"the state of {name_of(r, system)}", state.name, system.state and system.state.name,
                             system.state == state)  # fmt: skip
                self.require(r, f"{name_of(r, system)} flies", state in (State.FMC, State.PMC), system.flying)
                counts[state] += 1
            self.require(r, f"systems of {r.model.fleets[f].name} by state", counts, fleet.counts)
            flying = [missions_left(r, s) for s in fleet.systems if s.on_books and s.flying]
            missions = [sum(m in left for left in flying) for m in range(len(fleet.able))]
            self.require(r, f"systems of {r.model.fleets[f].name} by mission", missions, fleet.able)
            able = counts[State.FMC] + counts[State.PMC]
            self.require(r, f"systems of {r.model.fleets[f].name} that fly", able, fleet.available)
            shared = fleet.rate * fleet.available
            self.require(
                r, f"use of {r.model.fleets[f].name}", f"at most {fleet.demand}", shared, shared <= fleet.demand
            )


def is_plain(replication: Replication, i: int) -> bool:
    """True when units of an item come only as replacements of units condemned."""
    model, item = replication.model, replication.model.items[i]
    points = [point for point in model.points if point.item == i]
    bought = any(model.points[arrival.point].item == i for arrival in model.arrivals)
    stocked = any(response.kind == "stockpile" and i in response.items for response in model.responses)
    ways = (way for one in model.items for route in one.routes for way in route.ways)
    bit = any(i == used for way in ways for used, _, _ in way.uses)
    fixed = any(demand.item == i for fleet in model.fleets for demand in fleet.fixed)
    dated = any(point.depot >= 0 or point.on_hand >= 0 or point.changes for point in points)
    return not (item.lot or bought or stocked or bit or fixed or dated)


def name_of(replication: Replication, system: System) -> str:
    """A system as a report names it."""
    return f"{replication.model.fleets[system.fleet].name} {system.slot}"


def party_of(pool: PoolState, party: int) -> str:
    """Whose people a party of a pool are."""
    return "own people" if party == 0 else pool.suppliers[party - 1]
