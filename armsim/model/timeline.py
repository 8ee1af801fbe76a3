"""One world: every uncertain number drawn, and the calendar of what halts and contracts do (R-H2).

Halts compile to dated levels of a closed set of quantities: the gates of lines, contracts in force and
people present. Engines know only these; before its first effect a halt changes nothing (R-H4).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple

from armsim.model import draws, rules
from armsim.model.arrays import Due, HaltDates, Law, Line, Model, Overhaul, Parameter, Part, Regeneration, Response
from armsim.model.order import NEVER
from armsim.model.rules import share_of
from armsim.scenario.halts import Halt
from armsim.scenario.resolve import staff

LONG_AGO = -NEVER
Steps = tuple[tuple[int, ...], tuple[int, ...]]  # times and values; the first time is LONG_AGO
Terms = tuple[tuple[int, int], ...]  # when a contract is in force, [begin, end)


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


@dataclass(frozen=True)
class HaltSpan:
    """A halt in one world after merging: from when to when, and what it says."""

    index: int
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


Known = Mapping[str, Settled]
NOTHING_KNOWN: Known = MappingProxyType({})


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
        self.in_force = self.each("in_force", model.contracts, self.terms)
        self.in_force_without_halts = self.each("in_force_without_halts", model.contracts, self.terms_without_halts)

    def each(self, part: str, things: Sequence[Any], work: Callable[[int], Any]) -> tuple[Any, ...]:
        """A part of the calendar for each of some things: what is known of all worlds, and the rest laid out."""
        if part not in self.known:
            return tuple(map(work, range(len(things))))
        known, left = self.known[part]
        if not left:
            return known
        found = list(known)
        for k in left:
            found[k] = work(k)
        return tuple(found)

    def acting(self, halts: Sequence[int], which: Callable[[Halt], Any] = bool) -> list[HaltSpan]:
        """Those of some halts that come about in this world and of whose clauses something is so."""
        return [halt for halt in self.halts if halt.index in halts and which(halt.says)]

    def at(self, index: int) -> int:
        """A date parameter in seconds from the start; NEVER for -1."""
        return NEVER if index < 0 else math.floor(self.values[index] * draws.SECONDS_PER_DAY + 0.5)

    def world(self) -> World:
        """The world."""
        model = self.model
        return World(
            number=self.number,
            values=self.values,
            warmup=self.each("warmup", (model.warmup,), lambda _: max(0, self.at(model.warmup)))[0],
            halts=self.halts,
            begins=self.each("begins", model.halts, self.begins),
            horizon=model.horizon,
            lines=model.lines,
            ramps=self.each("ramps", model.lines, self.ramps),
            in_force=self.in_force,
            in_force_without_halts=self.in_force_without_halts,
            staff=self.staff,
            local=self.each("local", model.pools, self.local),
            foreign=self.each("foreign", model.pools, lambda p: self.foreign(p, True)),
            foreign_without_halts=self.each("foreign_without_halts", model.pools, lambda p: self.foreign(p, False)),
            drop=self.each("drop", model.pools, self.drop),
            permitted=self.each("permitted", model.fleets, self.permitted),
            programme=self.each("programme", model.fleets, self.programme),
            counts=self.each("counts", model.fleets, self.count),
            overhauls=self.each("overhauls", model.fleets, lambda f: self.slots(model.fleets[f].overhaul)),
            regenerations=self.each("regenerations", model.fleets, lambda f: self.slots(model.fleets[f].regeneration)),
            extensions=self.each("extensions", model.responses, lambda r: self.slots(model.responses[r])),
        )

    def count(self, f: int) -> int:
        """Systems of a fleet at the start."""
        return self.whole(self.model.fleets[f].count)

    def whole(self, index: int) -> int:
        """A parameter rounded half up (ENGINE 26)."""
        return math.floor(self.values[index] + 0.5)

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
        n, steps = self.count(f), []
        for halt in self.acting([h for h, halt in enumerate(self.model.halts) if f in halt.forbids]):
            dates = self.model.halts[halt.index]
            # Where halts were merged their bans may still end apart.
            for begin, lifted in joined((begin, lifted) for _, begin, lifted in halt.bans):
                stopped = max(0, n - dates.spared)
                times, values = [LONG_AGO], [NEVER]
                for k, t in enumerate(rules.departures(stopped, begin, self.at(dates.stop_within))):
                    times.append(min(t, lifted))
                    values.append(n - k - 1)
                if not stopped:
                    times.append(begin)
                    values.append(dates.spared)
                steps.append(tidy_steps([*times, lifted], [*values, NEVER]))
        edges = sorted({LONG_AGO, *(t for times, _ in steps for t in times if t < NEVER)})
        return tidy_steps(edges, [min((rules.level_at(*one, t) for one in steps), default=NEVER) for t in edges])

    # Contracts ----------------------------------------------------------------------------------------

    def terms_without_halts(self, index: int) -> Terms:
        """When a contract would be in force without halts."""
        return self.terms(index, False)

    def terms(self, index: int, with_halts: bool = True) -> Terms:
        """When a contract is in force, renewals included (ENGINE 18)."""
        contract = self.model.contracts[index]
        begin, end = self.at(contract.begins), self.at(contract.ends)
        times, closed = self.closed_to_signing(contract.halts if with_halts else ())
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
        return tuple((LONG_AGO if b <= 0 else b, e) for b, e in joint if e > 0)

    def closed_to_signing(self, concerned: tuple[int, ...]) -> Steps:
        """When contracts can be neither negotiated nor signed."""
        return steps_of((h.begin, h.end) for h in self.acting(concerned, lambda says: says.level("renewals")))

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

    def foreign(self, p: int, with_halts: bool) -> tuple[Steps, ...]:
        """Each supplier's people of a pool over time."""
        return tuple(self.supplied(p, k, with_halts) for k in range(len(self.model.pools[p].foreign)))

    def supplied(self, p: int, k: int, with_halts: bool) -> Steps:
        """A supplier's people of a pool over time: by its changes, its contract, and the halts (R-M4)."""
        pool = self.model.pools[p]
        supplier, _, line_index = pool.foreign[k]
        changes = (
            (self.at(day), self.part(part))
            for day, _, parts in pool.changes for name, part in parts if name == supplier
        )  # fmt: skip
        times, present = stepped(self.staff[p][1 + k], changes)
        line = self.model.lines[line_index]
        in_force = self.covered_steps(line, self.in_force if with_halts else self.in_force_without_halts)
        leaving = self.acting(line.halts if with_halts else (), lambda says: not says.people.stay)
        gone = [(self.leaving(halt, max(present)), self.spared(line, halt)) for halt in leaving]
        edges = sorted({*times, *in_force[0], *(t for pair in gone for steps in pair for t in steps[0])})
        values = []
        for t in edges:
            there = rules.level_at(times, present, t) * rules.level_at(*in_force, t)
            for steps, spared in gone:
                if not rules.level_at(*spared, t):
                    there = min(there, rules.level_at(*steps, t))
            values.append(there)
        return tidy_steps(edges, values)

    def spared(self, line: Line, halt: HaltSpan) -> Steps:
        """1 while a contract covers the line that the halt leaves out."""
        return steps_of([term for c in left_out(line, halt) for term in self.in_force[c]])

    def drop(self, p: int) -> tuple[Steps, ...]:
        """For each supplier, 1 while a halt holds whose people drop what they have in hand as they leave (R-H1)."""
        lines = (self.model.lines[line] for _, _, line in self.model.pools[p].foreign)
        return tuple(steps_of((h.begin, h.end) for h in self.acting(line.halts, drops_work)) for line in lines)

    def leaving(self, halt: HaltSpan, people: int) -> Steps:
        """How many of `people` may still be there over time, by one halt's people clause."""
        clause = halt.says.people
        steps: list[tuple[int, int]] = []
        if halt.leave_within >= 0:
            leave = rules.departures(people, halt.begin, halt.leave_within)
            steps = [(t, people - k - 1) for k, t in enumerate(leave)]
        for day, share in sorted((clause.leave_by or {}).items()):
            t = max(halt.begin, self.seconds_of(day))
            steps.append((t, rules.people_left(people, share.middle)))
        times, values = [LONG_AGO], [people]
        for t, n in sorted(steps):
            if t < halt.end:
                times.append(t)
                values.append(min(n, values[-1]))
        if halt.end < NEVER:
            times.append(halt.end)
            values.append(people)
        return tidy_steps(times, values)

    def seconds_of(self, day: str) -> int:
        """Seconds from the start of a date in the file."""
        from armsim import units

        return (units.parse_date(day) - self.model.start).days * units.SECONDS_PER_DAY

    def covered_steps(self, line: Line, in_force: tuple[Terms, ...]) -> Steps:
        """1 while a contract covers the line, and always where none ever does (R-M4, section 3)."""
        if not line.contracts:
            return (LONG_AGO,), (1,)
        return steps_of([term for c in line.contracts for term in in_force[c]])

    # Flying -------------------------------------------------------------------------------------------

    def programme(self, index: int) -> Steps:
        """The demand for flying over time in nano-flown-seconds a second (R-O1)."""
        fleet = self.model.fleets[index]
        if fleet.fly < 0:
            return (LONG_AGO,), (0,)
        changes = ((self.at(day), flown_a_second(self.values[to])) for day, to in fleet.fly_changes)
        return over_time(flown_a_second(self.values[fleet.fly]), changes)


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
    found: list[HaltSpan] = []
    for span in sorted(spans, key=lambda s: (halts[s.index].content, s.begin, s.end)):
        last = found[-1] if found else None
        same = last is not None and halts[last.index].content == halts[span.index].content
        if last is not None and same and span.begin <= last.end:
            members, bans = last.members + span.members, last.bans + span.bans
            found[-1] = replace(last, end=max(last.end, span.end), members=members, bans=bans)
        else:
            found.append(span)
    return tuple(sorted(found, key=lambda s: s.index))


def joined(terms: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Terms with those that touch made one."""
    found: list[tuple[int, int]] = []
    for begin, end in sorted(terms):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return tuple(found)


def steps_of(spans: Iterable[tuple[int, int]]) -> Steps:
    """1 within the spans, 0 outside."""
    times, values = [LONG_AGO], [0]
    for begin, end in joined(spans):
        for t, value in ((begin, 1), (end, 0)):
            if t <= LONG_AGO:
                values[0] = value
            elif t < NEVER:
                times.append(t)
                values.append(value)
    return tuple(times), tuple(values)


def stepped(people: int, changes: Iterable[tuple[int, int | float]]) -> Steps:
    """A head count that changes at dates; a share is of the number at the start."""
    return over_time(people, ((t, n if isinstance(n, int) else int(people * n + 0.5)) for t, n in changes))


def over_time(first: int, changes: Iterable[tuple[int, int]]) -> Steps:
    """A number that changes at dates; of several changes on one date the last in the file holds."""
    times, values = zip((LONG_AGO, first), *sorted(changes, key=itemgetter(0)))
    return tidy_steps(times, values)


def tidy_steps(times: Iterable[int], values: Iterable[int]) -> Steps:
    """Steps without those that change nothing; the last of several at one time holds."""
    kept: list[tuple[int, int]] = []
    for t, value in zip(times, values):
        if kept and kept[-1][0] == t:
            kept.pop()
        if not kept or kept[-1][1] != value:
            kept.append((t, value))
    return tuple(t for t, _ in kept), tuple(value for _, value in kept)


def left_out(line: Line, halt: HaltSpan) -> tuple[int, ...]:
    """The contracts covering a line that a halt names among its exceptions."""
    return line.excepted[line.halts.index(halt.index)]


def cover_at(model: Model, world: World, line: int, t: int) -> int:
    """Which of the contracts that can cover the line is in force at t: its place among them, -1 for none."""
    for k, contract in enumerate(model.lines[line].contracts):
        if any(begin <= t < end for begin, end in world.in_force[contract]):
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
    for p, pool in enumerate(model.pools):
        for k, (_, _, line) in enumerate(pool.foreign):
            with_halts, without = world.foreign[p][k], world.foreign_without_halts[p][k]
            if with_halts == without:
                continue
            unsigned = not_signed(model, world, line)
            times = (*with_halts[0], *without[0], *unsigned[0])
            edges = sorted({0, model.horizon, *(t for t in times if 0 < t < model.horizon)})
            for begin, end in pairwise(edges):
                gone = rules.level_at(*without, begin) - rules.level_at(*with_halts, begin)
                if gone <= 0:
                    continue
                no_contract = rules.level_at(*unsigned, begin)
                for halt in world.halts:
                    told = halt.says.level("renewals") if no_contract else not halt.says.people.stay
                    if halt.index not in model.lines[line].halts or not told:
                        continue
                    for index, since, until in halt.members:
                        # Who kept a contract from being signed is answerable after the halt too.
                        last = NEVER if no_contract else until
                        lost[index] += gone * max(0, min(end, last) - max(begin, since))
    return lost


def not_signed(model: Model, world: World, line: int) -> Steps:
    """1 while no contract covers the line that one would cover without halts."""
    contracts = model.lines[line].contracts
    there = steps_of(term for c in contracts for term in world.in_force[c])
    would = steps_of(term for c in contracts for term in world.in_force_without_halts[c])
    edges = sorted({*there[0], *would[0]})
    return tidy_steps(edges, [max(0, rules.level_at(*would, t) - rules.level_at(*there, t)) for t in edges])
