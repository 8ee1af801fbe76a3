"""Tiny complete models as continuous-time Markov chains, solved exactly. Written from `docs/model.md` alone.

The page that counts is `docs/model.md`, with what it calls settled; from the design it differs in cover tested again
when a contract begins (1), `signed_contracts: stop` acting on orders only (2), contracts that must be signed (3),
goods and repairs that are not sent to where they would be caught (7, 8), and people leaving one by one (15).

It shares no code with armsim: it reads the scenario's text with PyYAML, has its own calendar, its own halts and
contracts, and its own rules. A state of the chain is everything there is to know of one fleet: every aircraft with
its holes and its work, the place of each in every queue, stock, shops, every consignment by stage and cover. All
durations and lives must be exponential, all dates certain. Between two dates the generator is constant; on a date the
state jumps. What the language can say and this page does not know is refused, never skipped.

The chain is in layers, each adding to the one before: `reading.py` (words and records), `dated.py` (what holds between
dates), `states.py`, `lines.py` (supply), `settling.py` (what is shared out) and this page (what happens);
`solving.py` solves it. None of them imports armsim; `comparing.py` runs the engine beside it.

The readings it takes where the rules leave a choice, or where a rule makes no Markov chain, are marked READING.
"""


from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from oracle.lines import HOME
from oracle.reading import Chance, Item, Job, Key, Live, NotInTheOracle, Now, Plane, many, mean, share
from oracle.settling import Settling

#: A fixed demand knows no end: beyond so many units owed it is cut off, where it hardly ever comes (see `solving`).
MOST_OWED = 10


class Tiny(Settling):
    """One scenario."""

    # What happens -------------------------------------------------------------------------------------

    def outcomes(
        self, key: Key, now: Now, act: Callable[[Live, Chance], None], dated: bool = False
    ) -> Iterator[tuple[float, Key]]:
        """Every state an act (of a date or not) and the settle after it may lead to, with its probability."""
        untried: list[tuple[int, ...]] = [()]
        while untried:
            chance = Chance(untried.pop(), untried)
            live = self.thawed(key)
            act(live, chance)
            self.settle(live, now, chance, dated)
            yield chance.probability, self.frozen(live)

    def moves(self, key: Key, now: Now) -> list[tuple[float, Key]]:
        """Every transition out of a state, with its rate per day."""
        known = self.memory.get((now, key))
        if known is None:
            known = self.memory[now, key] = [
                (rate * odds, after)
                for rate, act in self.acts(self.thawed(key), now)
                for odds, after in self.outcomes(key, now, act)
            ]
        return known

    def acts(self, live: Live, now: Now) -> Iterator[tuple[float, Callable[[Live, Chance], None]]]:
        """(rate per day, what happens)."""
        up = [k for k, p in enumerate(live.planes) if self.state_of(p, now, k) <= 1]
        demand = now.demand * (sum(not p.lost for p in live.planes) if now.each else 1)
        for (_, _, cut), on in zip(self.triggers, live.less):
            demand *= cut if on else 1
        rate = min(demand / len(up), self.cap) if up else 0.0
        for k, plane in enumerate(live.planes):
            flown = rate if k in up else 0.0
            wear = self.deferring[0][2] if plane.deferred else 1.0
            for name, item in self.items.items():
                often = self.fitted(plane, name) / item.life * (1 if item.demand == "calendar" else flown) * wear
                if often and item.demand != "fixed":
                    yield often, lambda live, chance, k=k, name=name: self.fail(live, now, chance, k, name)
            if flown:
                for what, (every, *_) in self.upkeep.items():
                    yield flown * wear / every, lambda live, chance, k=k, w=what: self.call(live, now, chance, k, w)
                losses = self.losses + (self.deferring[0][3] if plane.deferred else 0)
                if losses:
                    yield flown * losses, lambda live, chance, k=k: self.lose(live, k)
            for n, job in enumerate(plane.jobs):
                if job.at not in ("unit", "crew"):
                    takes = self.work(job)[0] * (2 if job.robbed else 1)
                    yield 1 / takes, lambda live, chance, k=k, n=n: self.finish(live, now, chance, k, n)
            if plane.overhaul == "slot" and now.overhaul_caught != "hold":
                yield 1 / mean(self.overhaul["takes"]), lambda live, chance, k=k: self.overhauled(live, k, True)
            if plane.overhaul == "extended":
                yield 1 / now.extends[0][0], lambda live, chance, k=k: self.overhauled(live, k, False)
            if plane.regeneration == "slot":
                yield 1 / mean(self.regeneration["takes"]), lambda live, chance, k=k: self.regenerated(live, k)
        for name, item in self.items.items():
            if item.demand == "fixed":
                yield from self.strikes(live, now, name, item)
        for shop, jobs in live.shops.items():
            for n, (name, route, _, begun) in enumerate(jobs):
                takes = self.items[name].routes[route].takes
                if begun:
                    yield 1 / takes, lambda live, chance, s=shop, n=n: self.repaired(live, now, chance, s, n)
        for consignment, number in live.pipes.items():
            takes = self.pace(consignment, now)
            if takes:
                yield number / takes, lambda live, chance, c=consignment: self.advance(live, now, chance, c)

    def strikes(self, live: Live, now: Now, name: str, item: Item) -> Iterator[tuple[float, Any]]:
        """A fixed demand: one of the filled positions, evenly; with none filled a unit all the same (49, 50)."""
        often = self.count * item.qpa / item.life
        fitted = [self.fitted(p, name) for p in live.planes]
        for k, number in enumerate(fitted):
            if number:
                yield often * number / sum(fitted), lambda live, chance, k=k: self.fail(live, now, chance, k, name)
        if not sum(fitted) and len(live.owed) < MOST_OWED:
            yield often, lambda live, chance: self.strike_nothing(live, now, chance, name)

    def strike_nothing(self, live: Live, now: Now, chance: Chance, name: str) -> None:
        """The broken unit comes from outside the books, a serviceable one leaves them."""
        live.owed.append(Job(name, "unit", live.tail("unit", name)))
        self.remove(live, now, chance, name)

    def fail(self, live: Live, now: Now, chance: Chance, k: int, name: str) -> None:
        """A fitted unit fails: a hole, and the unit enters its route (R-M1, R-M5)."""
        self.open_hole(live, k, name)
        self.remove(live, now, chance, name)

    def call(self, live: Live, now: Now, chance: Chance, k: int, what: str) -> None:
        """A piece of upkeep falls due."""
        job = Job(what, "crew", live.tail("crew"))
        self.draw_people(now, chance, job)
        live.planes[k].jobs.append(job)

    def lose(self, live: Live, k: int) -> None:
        """An aircraft is lost with all that is on it."""
        if any(job.at != "unit" for job in live.planes[k].jobs):
            raise NotInTheOracle("a loss while work is in hand")
        live.planes[k] = Plane(lost=True)

    def finish(self, live: Live, now: Now, chance: Chance, k: int, n: int) -> None:
        """Work in hand ends; a robbed unit may prove damaged, and then goes the way of a failed one."""
        job = live.planes[k].jobs.pop(n)
        if job.robbed and chance.of(1 - now.damage, now.damage):
            self.open_hole(live, k, job.what)
            self.remove(live, now, chance, job.what)

    def overhauled(self, live: Live, k: int, renewed: bool) -> None:
        """It flies again; after an overhaul as though regenerated, not after work that puts one off (78)."""
        plane = live.planes[k]
        plane.overhaul = ""
        if renewed:
            plane.since, plane.regeneration = -1.0, "" if plane.regeneration == "queue" else plane.regeneration

    def regenerated(self, live: Live, k: int) -> None:
        """It is brought back and may fly."""
        live.planes[k].regeneration, live.planes[k].since = "", -1.0

    def repaired(self, live: Live, now: Now, chance: Chance, shop: str, n: int) -> None:
        """A shop has done a unit."""
        name, route, *_ = live.shops[shop].pop(n)
        site = shop.split(".")[0]
        self.yielded(live, now, chance, name, self.items[name].routes[route].yields, site)

    # Dates pass ---------------------------------------------------------------------------------------

    def jump(self, live: Live, t: float, before: Now, now: Now, chance: Chance) -> None:
        """What a date does at once: to systems, people at work, stock and consignments."""
        for plane in live.planes:
            self.jump_plane(live, plane, t, before, now)
        self.stop_work(live, now)
        for name, item in self.items.items():
            live.stock[self.source(name)] += sum(count for on, count in item.arrivals if on == t)
            for (_, was), (on, level) in pairwise(item.levels):
                if on == t:
                    live.tally[f"left out {name}"] += max(0, was - level)  # settled 54
                    for _ in range(level - was):
                        self.need(live, now, chance, name)
        for begin, response in self.once:
            if begin == t:
                self.act_once(live, now, chance, response)
        waiting: Counter[tuple[str, str]] = Counter()
        for consignment, number in sorted(live.pipes.items()):
            name, line, stage, cover, _ = consignment
            if stage.startswith(HOME) and before.gate((name, line)).refuses(cover):
                waiting[name, line] += number
        gone: Counter[tuple[str, str]] = Counter()
        for consignment, number in sorted(live.pipes.items()):
            for _ in range(number):
                self.jump_one(live, t, before, now, chance, consignment, waiting, gone)

    def jump_plane(self, live: Live, plane: Plane, t: float, before: Now, now: Now) -> None:
        """A limit is reached, or put off; work abroad is caught."""
        if plane.due >= 0 and not plane.lost:
            due = self.dues[plane.due]
            gains = next((gains for begin, gains, *_ in self.deferring if begin <= due), 0.0)
            if due + gains <= t:
                plane.due, plane.overhaul, plane.deferred = -1, "queue", False
                plane.place = max(p.place for p in live.planes) + 1
            elif due <= t:
                plane.deferred = True
        if plane.overhaul == "slot" and now.overhaul_caught != before.overhaul_caught:
            if now.overhaul_caught == "return_unrepaired":
                plane.overhaul, plane.place = "queue", -1
            elif now.overhaul_caught == "seize":
                plane.lost, plane.overhaul = True, ""

    def stop_work(self, live: Live, now: Now) -> None:
        """`in_hand: stop`: when people have left, the latest tickets wait again under their old numbers (61)."""
        if not self.tickets_kept:
            return
        for (pool, party), number in now.people:
            in_hand = [j for p in live.planes for j in p.jobs if j.at == party and self.work(j)[1] == pool]
            for job in sorted(in_hand, key=lambda j: j.number)[number:]:
                job.at = "crew"

    def act_once(self, live: Live, now: Now, chance: Chance, response: dict[str, Any]) -> None:
        """A stockpile or a harvest, on its day."""
        if response["kind"] == "stockpile":
            for name in many(response["items"]):
                for _ in range(response["units"]):
                    self.order(live, now, chance, name)
            return
        for _ in range(response["systems"]):
            self.harvest(live, chance, share(response.get("yield", 1)))

    def harvest(self, live: Live, chance: Chance, yields: float) -> None:
        """Most holes, then longest down, then last. READING: with one item the oldest hole is the longest down."""
        if len(self.items) > 1 or self.upkeep or self.overhaul or next(iter(self.items.values())).qpa > 1:
            raise NotInTheOracle("who has been down longest")
        kept = [p for p in live.planes if not p.lost]
        plane = min(kept, key=lambda p: (-len(p.jobs), [j.number for j in p.jobs], -live.planes.index(p)))
        for name in self.items:
            for _ in range(self.fitted(plane, name)):
                live.stock[name] += 1 - chance.of(yields, 1 - yields)
        live.planes[live.planes.index(plane)] = Plane(lost=True)
