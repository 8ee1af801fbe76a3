"""One world: every uncertain number drawn, and the calendar of what halts and contracts do (R-H2).

Halts compile to dated levels of a closed set of quantities: the gates of lines, contracts in force and
people present. Engines know only these; before its first effect a halt changes nothing (R-H4).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import pairwise
from math import floor
from operator import attrgetter
from typing import Any, ClassVar, NamedTuple

from armsim.model import draws, rules
from armsim.model.arrays import Due, HaltDates, Law, Line, Model, Overhaul, Parameter, Part, Regeneration, Response
from armsim.model.draws import SECONDS_PER_DAY
from armsim.model.order import NEVER
from armsim.model.rules import share_of
from armsim.model.steps import (
    ALWAYS_SO,
    LONG_AGO,
    NEVER_SO,
    Steps,
    Terms,
    along,
    edges_of,
    fewest,
    holds_at,
    joined,
    over_time,
    stepped,
    steps_of,
    there_while,
    tidy_steps,
    up_to,
)
from armsim.scenario.halts import Halt
from armsim.scenario.resolve import staff


@dataclass(frozen=True)
class Gate:
    """The gates of one line over time, for orders under a contract or for orders without."""

    times: tuple[int, ...]
    orders: tuple[int, ...]
    accepted: tuple[int, ...]
    transit: tuple[int, ...]
    abroad: tuple[int, ...]
    overhaul: tuple[int, ...]
    fund: tuple[float, ...]  # share of needs that home pays for
    spoils: tuple[float, ...]  # share a year of what is held abroad
    retry: tuple[int, ...]  # seconds after which what waits for money is asked for again, NEVER where it is not


class HaltSpan(NamedTuple):
    """A halt in one world after merging: from when to when, and what it says."""

    index: int  # type: ignore[assignment]  # instead of where something stands in the tuple
    begin: int
    end: int
    says: Halt
    leave_within: int  # seconds, -1 without
    members: tuple[tuple[int, int, int], ...]  # (halt, begin, end) of each halt that was merged into it
    bans: tuple[tuple[int, int, int], ...]  # as members, until its ban on operating is lifted
    ramp: int  # seconds over which what waits at home leaves when it ends
    fund: float  # share of needs that home pays for
    spoils: float  # share a year of what it holds abroad
    retry: int  # seconds after which what waits for money is asked for again, NEVER where it is not


@dataclass(frozen=True)
class World:
    """Everything one world fixes. Times are seconds from the start."""

    number: int
    values: tuple[float, ...]
    warmup: int
    halts: tuple[HaltSpan, ...]
    begins: tuple[int, ...]  # per halt, NEVER where it does not happen
    horizon: int
    lines: tuple[Line, ...]
    ramps: tuple[tuple[tuple[int, int, bool], ...], ...]  # per line: (when it reopens, over how long, newest first)
    in_force: tuple[Terms, ...]  # per contract
    in_force_without_halts: tuple[Terms, ...]
    staff: tuple[tuple[int, ...], ...]  # per pool: own people and each supplier's, without changes and halts
    local: tuple[Steps, ...]  # per pool
    foreign: tuple[tuple[Steps, ...], ...]  # per pool and supplier
    foreign_without_halts: tuple[tuple[Steps, ...], ...]
    drop: tuple[tuple[Steps, ...], ...]  # per pool and supplier: 1 while those who leave drop their work
    permitted: tuple[Steps, ...]  # per fleet: systems that may operate
    programme: tuple[Steps, ...]  # per fleet: nano-flown-seconds a second, of the fleet or of each system
    counts: tuple[int, ...]  # systems at the start, per fleet
    overhauls: tuple[Steps, ...]  # per fleet: overhauls at once
    regenerations: tuple[Steps, ...]  # per fleet
    extensions: tuple[Steps, ...]  # per response: extensions of a limit at once

    #: What is known of all worlds, in one that was drawn with it: a changed copy has None again.
    known: ClassVar[Known | None] = None

    @classmethod
    def made_of(cls, known: Known, **own: Any) -> World:
        """A world of the fields that all worlds share and its own; frozen records are slow to make one by one."""
        world = object.__new__(cls)
        vars(world).update(known.fields, known=known, **own)
        return world

    @cached_property
    def uncovered(self) -> tuple[Gate, ...]:
        """The gate of each line for what is under no contract; laid out when it is first asked for."""
        return tuple(gate_of(self.halts, line, self.horizon) for line in self.lines)

    @cached_property
    def covered(self) -> tuple[tuple[Gate, ...], ...]:
        """The gate of each line under each contract that covers it."""
        return tuple(
            tuple(gate_of(self.halts, line, self.horizon, c) for c in line.contracts) for line in self.lines
        )


def value_of(parameter: Parameter, seed: int, world: int) -> float:
    """A parameter's value in one world; for a law, its scale (R-T5)."""
    low, best, high = parameter.low, parameter.best, parameter.high
    if low == high:
        number = low
    else:
        u = draws.uniforms(seed, draws.Purpose.WORLD, world, draws.WORLD_REPLICATION, parameter.key, 0)[0]
        number = draws.uncertain(low, best, high, parameter.log, u)
    if parameter.median:
        return draws.scale_from_median(parameter.kind, number, parameter.shape)
    return draws.scale_from_mean(parameter.kind, number, parameter.shape)


def mean_of(law: Law, values: tuple[float, ...]) -> float:
    """The mean of a law in a world."""
    scale = values[law.scale]
    return scale * math.exp(law.shape**2 / 2) if law.kind == draws.LOGNORMAL else scale


def sum_of(numbers: Iterable[float]) -> float:
    """A plain sum from left to right: newer versions of Python round `sum` otherwise."""
    total = 0.0
    for number in numbers:
        total += number
    return total


class Settled(NamedTuple):
    """A part of a calendar, thing by thing: what no draw can change, and the things that each world lays out."""

    known: tuple[Any, ...]
    left: tuple[int, ...]


@dataclass(frozen=True)
class Known:
    """What no draw can change in a calendar: part by part, and the fields of a world that are one in all worlds."""

    parts: Mapping[str, Settled]
    fields: Mapping[str, tuple[Any, ...]]

    def __getitem__(self, part: str) -> Settled:
        """A part."""
        return self.parts[part]

    @cached_property
    def rest(self) -> tuple[str, ...]:
        """The parts from which nothing else is laid out that each world lays out."""
        return tuple(part for part in REST if part not in self.fields)


NOTHING_KNOWN = Known({}, {})


def draw_world(model: Model, seed: int, number: int, values: Sequence[float] | None = None,
               known: Known = NOTHING_KNOWN) -> World:  # fmt: skip
    """World `number` of a seed; its values where somebody has drawn them already, and what is `known_of` all worlds."""
    if values is None:
        values = tuple(value_of(parameter, seed, number) for parameter in model.parameters)
    return Calendar(model, tuple(values), seed, number, known).world()


class Calendar:
    """Lays out one world's dates."""

    def __init__(self, model: Model, values: tuple[float, ...], seed: int, number: int,
                 known: Known = NOTHING_KNOWN) -> None:  # fmt: skip
        self.model, self.values, self.seed, self.number, self.known = model, values, seed, number, known
        self.dates = self.each("dates", model.halts, self.from_to)
        spans = self.each("spans", model.halts, self.spans)
        self.halts = merged([span for found in spans if found for span in found], model.halts)
        self.staff = self.each("staff", model.pools, self.people)
        self.in_force_without_halts = self.each("in_force_without_halts", model.contracts, self.terms_without_halts)
        self.in_force = self.each("in_force", model.contracts, self.terms)
        self.foreign_without_halts = self.each("foreign_without_halts", model.pools, self.foreign_if_no_halt)

    def each(self, part: str, things: Sequence[Any], work: Callable[[int], Any]) -> tuple[Any, ...]:
        """A part of the calendar for each of some things: what is known of all worlds, and the rest laid out."""
        settled = self.known.parts.get(part)
        if settled is None:
            return tuple(map(work, range(len(things))))
        known, left = settled
        if not left:
            return known
        found = list(known)
        for k in left:
            found[k] = work(k)
        return tuple(found)

    def acting(self, halts: Sequence[int], which: Callable[[Halt], Any] | None = None) -> list[HaltSpan]:
        """Those of some halts that come about in this world and of whose clauses something is so."""
        return [halt for halt in self.halts if halt.index in halts and (which is None or which(halt.says))]

    def at(self, index: int) -> int:
        """A date parameter in seconds from the start; NEVER for -1."""
        return NEVER if index < 0 else floor(self.values[index] * SECONDS_PER_DAY + 0.5)

    def world(self) -> World:
        """The world."""
        return World.made_of(
            self.known,
            number=self.number,
            values=self.values,
            warmup=max(0, self.at(self.model.warmup)),
            halts=self.halts,
            horizon=self.model.horizon,
            lines=self.model.lines,
            in_force=self.in_force,
            in_force_without_halts=self.in_force_without_halts,
            staff=self.staff,
            foreign_without_halts=self.foreign_without_halts,
            **self.rest(),
        )

    def rest(self) -> dict[str, tuple[Any, ...]]:
        """The parts from which nothing else is laid out, without those that are one in all worlds."""
        return {part: self.each(part, REST[part][0](self.model), partial(REST[part][1], self))
                for part in self.known.rest}  # fmt: skip

    def counts(self, f: int) -> int:
        """Systems of a fleet at the start."""
        return self.whole(self.model.fleets[f].count)

    def whole(self, index: int) -> int:
        """A parameter rounded half up (ENGINE 26)."""
        return floor(self.values[index] + 0.5)

    def overhauls(self, f: int) -> Steps:
        """Overhauls of a fleet at once over time."""
        return self.slots(self.model.fleets[f].overhaul)

    def regenerations(self, f: int) -> Steps:
        """Regenerations of a fleet at once over time."""
        return self.slots(self.model.fleets[f].regeneration)

    def extensions(self, r: int) -> Steps:
        """Extensions of a limit by a response at once over time."""
        return self.slots(self.model.responses[r])

    def slots(self, work: Overhaul | Regeneration | Response | None) -> Steps:
        """How many at once over time; NEVER where there is no limit (R-M8)."""
        slots = work.slots if work else None
        if slots is None:
            return (LONG_AGO,), (NEVER,)
        return over_time(self.whole(slots.number), ((self.at(day), self.whole(to)) for day, to in slots.changes))

    # Halts --------------------------------------------------------------------------------------------

    def from_to(self, index: int) -> tuple[int, int]:
        """When a halt begins and ends."""
        return self.begin(index), self.at(self.model.halts[index].ends)

    def begins(self, index: int) -> int:
        """When a halt begins, NEVER where it does not happen."""
        begin, end = self.dates[index]
        return begin if begin < end else NEVER

    def spans(self, index: int) -> tuple[HaltSpan, ...]:
        """A halt, if it lasts some time within the horizon (R-H4)."""
        halt, (begin, end) = self.model.halts[index], self.dates[index]
        begin = max(0, begin)
        if begin < end and begin < self.model.horizon:
            until = end
            if halt.restart >= 0 and until < NEVER:
                end += self.at(halt.restart)
            lifted = until + self.at(halt.lifted) if halt.lifted >= 0 and until < NEVER else end
            within = -1 if halt.leave_within < 0 else self.at(halt.leave_within)
            ramp = 0 if halt.ramp < 0 else self.at(halt.ramp)
            fund = 1.0 if halt.fund < 0 else self.values[halt.fund]
            spoils = 0.0 if halt.spoils < 0 else self.values[halt.spoils]
            retry = NEVER if halt.fund_retry < 0 else max(1, self.at(halt.fund_retry))
            members, bans = ((index, begin, end),), ((index, begin, lifted),)
            return (HaltSpan(index, begin, end, halt.says, within, members, bans, ramp, fund, spoils, retry),)
        return ()

    def begin(self, index: int) -> int:
        """When a halt begins; one that follows another, so long after that, in the worlds in which it follows."""
        halt = self.model.halts[index]
        if halt.after < 0:
            return self.at(halt.begins)
        leader, led = self.model.halts[halt.after], self.begin(halt.after)
        happens = max(0, led) < self.at(leader.ends)
        key = draws.entity_key(f"halts/{halt.name}/after")
        u = draws.uniforms(self.seed, draws.Purpose.FOLLOW, self.number, draws.WORLD_REPLICATION, key, 0)[0]
        if not happens or u >= self.values[halt.follows]:
            return NEVER
        begin = led + self.at(halt.lag)
        return max(begin, self.at(halt.begins)) if halt.begins >= 0 else begin

    def ramps(self, n: int) -> tuple[tuple[int, int, bool], ...]:
        """When a line reopens little by little: (when, over how long, newest first)."""
        little = [h for h in self.model.lines[n].halts if self.model.halts[h].ramp >= 0]
        found = (h for h in self.acting(little) if h.ramp > 0 and h.end < NEVER)
        return tuple(sorted((h.end, h.ramp, h.says.resume is not None and h.says.resume.order == "newest_first")
                            for h in found))  # fmt: skip

    def permitted(self, f: int) -> Steps:
        """How many systems of a fleet may operate over time: the fewest of the halts in force (R-H1 operation)."""
        n = self.counts(f)
        bans: list[Steps] = [((LONG_AGO,), (NEVER,))]
        for halt in self.acting([h for h, halt in enumerate(self.model.halts) if f in halt.forbids]):
            dates = self.model.halts[halt.index]
            # Where halts were merged their bans may still end apart.
            for begin, lifted in joined((begin, lifted) for _, begin, lifted in halt.bans):
                stopped = max(0, n - dates.spared)
                times = rules.departures(stopped, begin, self.at(dates.stop_within)) or [begin]
                values = range(n - 1, n - 1 - stopped, -1) if stopped else [dates.spared]
                bans.append(up_to(lifted, [LONG_AGO, *times], [NEVER, *values], NEVER))
        return fewest(bans)

    # Contracts ----------------------------------------------------------------------------------------

    def terms_without_halts(self, index: int) -> Terms:
        """When a contract would be in force without halts."""
        return self.signed(index, NEVER_SO)

    def terms(self, index: int) -> Terms:
        """When a contract is in force."""
        contract = self.model.contracts[index]
        if contract.renew_takes < 0 and self.at(contract.begins) <= 0:  # no talks that a halt could stop
            return self.in_force_without_halts[index]
        closed = self.closed_to_signing(contract.halts)
        return self.in_force_without_halts[index] if closed == NEVER_SO else self.signed(index, closed)

    def signed(self, index: int, closed_to_signing: Steps) -> Terms:
        """When a contract is in force, renewals included, by when none can be signed (ENGINE 18)."""
        contract = self.model.contracts[index]
        begin, end = self.at(contract.begins), self.at(contract.ends)
        times, closed = closed_to_signing
        if begin > 0:
            signed = self.at(contract.signed)
            delay = rules.wait_until_at_most(times, closed, signed, 0)
            if delay >= NEVER:
                return ()
            begin = max(begin, signed + delay)
        else:
            begin = LONG_AGO
        terms = [(begin, end)] if begin < end else []
        if contract.renew_takes >= 0 and end < NEVER:
            takes, runs = self.at(contract.renew_takes), self.at(contract.renew_for)
            terms += rules.renewals(times, closed, end, takes, runs, self.model.horizon)
        joint = joined(terms)
        # In force at the start counts as in force in the warm-up; what ended before it does not (R-T6).
        return tuple([(LONG_AGO if b <= 0 else b, e) for b, e in joint if e > 0])

    def closed_to_signing(self, concerned: tuple[int, ...]) -> Steps:
        """When contracts can be neither negotiated nor signed."""
        return steps_of([(h.begin, h.end) for h in self.acting(concerned)])

    # People -------------------------------------------------------------------------------------------

    def people(self, p: int) -> tuple[int, ...]:
        """Own people of a pool and each supplier's, in whole numbers; own people are the rest (R-M4)."""
        pool = self.model.pools[p]
        return tuple(staff(pool.size, None, {name: self.part(part) for name, part, _ in pool.foreign}))

    def part(self, part: Part) -> int | float:
        """A share, or a head count rounded half up."""
        return self.values[part.number] if part.is_share else self.whole(part.number)

    def local(self, p: int) -> Steps:
        """Own people of a pool over time."""
        pool = self.model.pools[p]
        changes = ((self.at(day), self.part(part)) for day, part, _ in pool.changes if part is not None)
        return stepped(self.staff[p][0], changes)

    def foreign(self, p: int) -> tuple[Steps, ...]:
        """Each supplier's people of a pool over time."""
        found = []
        for k, (_, _, n) in enumerate(self.model.pools[p].foreign):
            line = self.model.lines[n]
            leaving = self.acting(line.halts, lambda says: not says.people.stay)
            if leaving or any(self.in_force[c] != self.in_force_without_halts[c] for c in line.contracts):
                found.append(self.supplied(p, k, self.in_force, leaving))
            else:
                found.append(self.foreign_without_halts[p][k])
        return tuple(found)

    def foreign_if_no_halt(self, p: int) -> tuple[Steps, ...]:
        """Each supplier's people of a pool over time, as they would be without halts."""
        pool = self.model.pools[p]
        return tuple(self.supplied(p, k, self.in_force_without_halts, ()) for k in range(len(pool.foreign)))

    def supplied(self, p: int, k: int, in_force: tuple[Terms, ...], leaving: Sequence[HaltSpan]) -> Steps:
        """A supplier's people of a pool over time: by its changes, its contracts, and halts they leave in (R-M4)."""
        pool = self.model.pools[p]
        supplier, _, line_index = pool.foreign[k]
        changes = (
            (self.at(day), self.part(part))
            for day, _, parts in pool.changes for name, part in parts if name == supplier
        )  # fmt: skip
        present = stepped(self.staff[p][1 + k], changes)
        line = self.model.lines[line_index]
        most = max(present[1])
        gone = [self.leaving(halt, most, self.spared(line, halt)) for halt in leaving]
        there = there_while(present, self.covered_steps(line, in_force))
        return fewest([there, *gone]) if gone else there

    def spared(self, line: Line, halt: HaltSpan) -> Steps:
        """1 while a contract covers the line that the halt leaves out."""
        return steps_of([term for c in left_out(line, halt) for term in self.in_force[c]])

    def drop(self, p: int) -> tuple[Steps, ...]:
        """For each supplier, 1 while a halt holds whose people drop what they have in hand as they leave (R-H1)."""
        lines = (self.model.lines[line] for _, _, line in self.model.pools[p].foreign)
        return tuple(steps_of((h.begin, h.end) for h in self.acting(line.halts, drops_work)) for line in lines)

    def leaving(self, halt: HaltSpan, people: int, spared: Steps) -> Steps:
        """How many of `people` may still be there over time, by one halt's people clause; all while it is `spared`."""
        times, values = [LONG_AGO], [people]
        if halt.leave_within >= 0:
            times += rules.departures(people, halt.begin, halt.leave_within)
            values += range(people - 1, -1, -1)
        for day, share in self.model.halts[halt.index].leave_by:
            times.append(max(halt.begin, day))
            values.append(rules.people_left(people, share))
        left = up_to(halt.end, times, values, people)
        if spared == NEVER_SO:
            return left
        edges = edges_of(left, spared)
        return tidy_steps(edges, [people if kept else n for n, kept in zip(along(edges, left), along(edges, spared))])

    def covered_steps(self, line: Line, in_force: tuple[Terms, ...]) -> Steps:
        """1 while a contract covers the line, and always where none ever does (R-M4, section 3)."""
        if not line.contracts:
            return ALWAYS_SO
        return steps_of([term for c in line.contracts for term in in_force[c]])

    # Flying -------------------------------------------------------------------------------------------

    def programme(self, index: int) -> Steps:
        """The demand for flying over time in nano-flown-seconds a second (R-O1)."""
        fleet = self.model.fleets[index]
        if fleet.fly < 0:
            return (LONG_AGO,), (0,)
        changes = ((self.at(day), flown_a_second(self.values[to])) for day, to in fleet.fly_changes)
        return over_time(flown_a_second(self.values[fleet.fly]), changes)


#: The parts of a world from which nothing else is laid out: of which things of a model, and how.
REST: dict[str, tuple[Callable[[Model], Sequence[Any]], Callable[[Calendar, int], Any]]] = {
    "begins": (attrgetter("halts"), Calendar.begins),
    "ramps": (attrgetter("lines"), Calendar.ramps),
    "local": (attrgetter("pools"), Calendar.local),
    "foreign": (attrgetter("pools"), Calendar.foreign),
    "drop": (attrgetter("pools"), Calendar.drop),
    "permitted": (attrgetter("fleets"), Calendar.permitted),
    "programme": (attrgetter("fleets"), Calendar.programme),
    "counts": (attrgetter("fleets"), Calendar.counts),
    "overhauls": (attrgetter("fleets"), Calendar.overhauls),
    "regenerations": (attrgetter("fleets"), Calendar.regenerations),
    "extensions": (attrgetter("responses"), Calendar.extensions),
}


def drops_work(says: Halt) -> bool:
    """True when people who leave under a halt drop what they have in hand."""
    return not says.people.stay and says.people.in_hand == "stop"


def flown_a_second(fh_a_year: float) -> int:
    """Flying hours a year as nano-flown-seconds a second."""
    return int(fh_a_year * 3600e9 / (365.25 * 86400.0))


def gate_of(halts: tuple[HaltSpan, ...], line: Line, horizon: int, contract: int = -1, passed: int = 0) -> Gate:
    """The gate of a line: in each segment the strictest clause of the halts in force (R-H3).

    For orders under a contract: without the halts that leave it out; for what leaks: without the halts it has
    passed, as bits. From the horizon on it is open: what nobody sees cannot be planned, or counted (R-H5).
    """
    concerned = [halt for halt in halts if acts_on(halt, line, contract) and not passed >> halt.index & 1]
    edges = sorted({LONG_AGO} | {min(t, horizon) for halt in concerned for t in (halt.begin, halt.end)})
    rows: list[tuple[Any, ...]] = []
    times: list[int] = []
    for edge in edges:
        row = levels([h for h in concerned if h.begin <= edge < min(h.end, horizon)], contract >= 0)
        if not rows or row != rows[-1]:
            times.append(edge)
            rows.append(row)
    orders, accepted, transit, abroad, overhaul, fund, spoils, retry = zip(*rows)
    return Gate(tuple(times), orders, accepted, transit, abroad, overhaul, fund, spoils, retry)


def acts_on(halt: HaltSpan, line: Line, contract: int) -> bool:
    """True when a halt concerns what is on a line under a contract, or under none (-1) (R-H3)."""
    return halt.index in line.halts and contract not in left_out(line, halt)


def honours(halt: HaltSpan, is_covered: bool) -> bool:
    """True when a halt lets an order be because it is under a contract (ENGINE 18)."""
    return is_covered and not halt.says.level("signed_contracts")


def levels(halts: list[HaltSpan], covered: bool) -> tuple[Any, ...]:
    """(orders, accepted, transit, abroad, overhaul, share funded, share that spoils, pause until asked again).

    The strictest of several halts, and the shortest pause of those that pay for a share only. A covered order under
    `signed_contracts: honour` passes new_orders and accepted_orders (ENGINE 18).
    """

    def strictest(clause: str, is_covered: bool) -> int:
        found = (0 if honours(h, is_covered) else h.says.level(clause) for h in halts)
        return max(found, default=0)

    paying = [h for h in halts if not honours(h, covered) and h.fund < 1.0]

    return (
        strictest("new_orders", covered),
        strictest("accepted_orders", covered),
        strictest("in_transit", False),
        strictest("repairs_abroad", False),
        strictest("overhaul", False),
        min((h.fund for h in paying), default=1.0),
        max((h.spoils for h in halts), default=0.0),
        min((h.retry for h in paying), default=NEVER),
    )


def merged(spans: list[HaltSpan], halts: tuple[HaltDates, ...]) -> tuple[HaltSpan, ...]:
    """Halts with adjoining or overlapping identical ones made one (R-H4)."""
    if len({halts[span.index].content for span in spans}) == len(spans):
        return tuple(spans)
    found: list[HaltSpan] = []
    for span in sorted(spans, key=lambda s: (halts[s.index].content, s.begin, s.end)):
        last = found[-1] if found else None
        same = last is not None and halts[last.index].content == halts[span.index].content
        if last is not None and same and span.begin <= last.end:
            members, bans = last.members + span.members, last.bans + span.bans
            found[-1] = last._replace(end=max(last.end, span.end), members=members, bans=bans)
        else:
            found.append(span)
    return tuple(sorted(found, key=lambda s: s.index))


def left_out(line: Line, halt: HaltSpan) -> tuple[int, ...]:
    """The contracts covering a line that a halt names among its exceptions."""
    return line.excepted[line.halts.index(halt.index)]


def cover_at(model: Model, world: World, line: int, t: int) -> int:
    """Which of the contracts that can cover the line is in force at t: its place among them, -1 for none."""
    for k, contract in enumerate(model.lines[line].contracts):
        if holds_at(world.in_force[contract], t):
            return k
    return -1




def due_moment(due: Due | None, k: int, n: int, u: float, shift: int, every: tuple[int, int]) -> tuple[bool, int]:
    """When the k-th of n first falls due, as (is use, amount left or seconds from the start) (R-M8).

    `every` is (use, seconds) of the interval; without a due form things are staggered over one interval.
    """
    use, days = every
    if due is None:
        return (True, rules.staggered(0, use, k, n)) if use < NEVER else (False, rules.staggered(0, days, k, n))
    if k < due.overdue:
        return False, 0
    k -= due.overdue
    if k < len(due.listed):
        return due.listed[k]
    k, n = k - len(due.listed), n - due.overdue - len(due.listed)
    if due.form == "staggered":
        (is_use, first), (_, last) = due.ends
        return is_use, rules.staggered(first, last, k, n) + shift
    if due.form == "random":
        (is_use, first), (_, last) = due.ends
        return is_use, first + int(u * (last - first)) + shift
    if k < len(due.ends):
        is_use, moment = due.ends[k]
        return is_use, moment + shift
    return False, NEVER


def shared_age(moment: tuple[bool, int], every: tuple[int, int]) -> tuple[int, int]:
    """(use left, seconds left) of a thing due at a moment: use and calendar share one age (R-M8).

    A date for an interval that has only use stands in for the use left.
    """
    is_use, amount = moment
    use, days = every
    if amount >= NEVER:
        return NEVER, NEVER
    if is_use:
        return max(0, amount), (share_of(max(0, amount), days, use) if days < NEVER else NEVER)
    return (share_of(max(0, amount), use, days) if use < NEVER and days < NEVER else NEVER), max(0, amount)


def crew_seconds_lost(model: Model, world: World) -> list[int]:
    """Person-seconds of foreign crews each halt took away within the horizon (R-H5).

    Where several halts hold at once each is put down with all of the loss.
    """
    lost = [0] * len(model.halts)
    for pool, with_halts, without in zip(model.pools, world.foreign, world.foreign_without_halts):
        for (_, _, n), there, would in zip(pool.foreign, with_halts, without):
            if there == would:
                continue
            line = model.lines[n]
            halts = [halt for halt in world.halts if halt.index in line.halts]
            leaving = [member for halt in halts if not halt.says.people.stay for member in halt.members]
            refusing = [member for halt in halts if halt.says.refuses_renewals for member in halt.members]
            in_force, signed = (
                [term for c in line.contracts for term in terms[c]]
                for terms in (world.in_force, world.in_force_without_halts)
            )
            dates = (there[0], would[0], *in_force, *signed, *(member[1:] for member in (*leaving, *refusing)))
            edges = [0, *sorted({t for times in dates for t in times if 0 < t < model.horizon}), model.horizon]
            for (begin, end), due, present in zip(pairwise(edges), along(edges, would), along(edges, there)):
                if due <= present:
                    continue
                unsigned = bool(signed) and holds_at(signed, begin) and not holds_at(in_force, begin)
                for index, since, until in refusing if unsigned else leaving:
                    # Who kept a contract from being signed is answerable after the halt too.
                    if since <= begin and (unsigned or begin < until):
                        lost[index] += (due - present) * (end - begin)
    return lost
