"""What is shared out at once after each event: units, robbed ones, slots, servers and people.

Shares no code with armsim; see `chain.py`.
"""

from __future__ import annotations

from oracle.lines import Lines
from oracle.reading import Chance, Job, Live, NotInTheOracle, Now, days

#: When an aircraft went down, if not on a date.
RANDOM = 1e9


class Settling(Lines):
    """A scenario whose settle is known."""

    def settle(self, live: Live, now: Now, chance: Chance, dated: bool = False) -> None:
        """Order, issue, rob, start work, until nothing changes; then the triggers."""
        for name, takes, each in now.other_sources:
            for consignment, number in list(live.pipes.items()):
                if consignment[:3] == (name, "order", "home") and number:
                    del live.pipes[consignment]
                    for _ in range(number):
                        delivers = chance.of(each, 1 - each) == 0
                        line, stage = (f"other{takes}", "make") if delivers else ("order", "home undelivered")
                        live.pipes[name, line, stage, False, False] += 1
        again = True
        while again:
            self.reorder(live, now, chance)
            self.serve_base(live)
            self.issue(live, now, chance)
            again = now.policy in ("on_demand", "concentrate") and self.rob(live, now, chance)
        if now.policy == "instant":
            self.concentrate_holes(live)
        self.start_overhauls(live, now)
        self.start_repairs(live)
        self.start_work(live, now)
        self.regenerate(live, now, dated)
        available = sum(self.state_of(p, now, k) <= 1 for k, p in enumerate(live.planes))
        live.less = tuple(
            available <= above if on else available < below for on, (below, above, _) in zip(live.less, self.triggers)
        )

    def reorder(self, live: Live, now: Now, chance: Chance) -> None:
        """(r, Q): lots while shelf + on order + in repair − backorders ≤ point; what is refused is not in it (53)."""
        for name, item in self.items.items():
            if item.reorder is None or now.gate((name, "order")).refuses(False):
                continue
            point, quantity = item.reorder
            while self.position(live, name, quantity) <= point:
                self.order(live, now, chance, name)

    def position(self, live: Live, name: str, quantity: int) -> int:
        """The inventory position of an item toward its supplier."""
        owed = live.tally[f"asked {name}"] if self.depot else len(self.waiting(live, name))
        depot_shops = [jobs for shop, jobs in live.shops.items() if not (self.depot and shop.startswith(self.base))]
        in_shops = sum(job[0] == name for jobs in depot_shops for job in jobs)
        away = sum(n * (quantity if line == "order" else 1) for (what, line, *_), n in live.pipes.items()
                   if what == name and line != "ship")  # fmt: skip
        return live.stock[self.source(name)] + in_shops + away - owed

    def serve_base(self, live: Live) -> None:
        """The depot sends what the base has asked for (R-M9)."""
        for name in self.items if self.depot else ():
            served = min(live.tally[f"asked {name}"], live.stock[self.source(name)])
            live.tally[f"asked {name}"] -= served
            live.stock[self.source(name)] -= served
            if self.ship:
                live.pipes[name, "ship", "transit", False, False] += served
            else:
                live.stock[name] += served

    def start_overhauls(self, live: Live, now: Now) -> None:
        """First due, first taken, at an open line; the recipient's own work on those it has grounded (72)."""
        slots = sum(p.overhaul == "slot" for p in live.planes)
        overhaul = self.overhaul or {}
        most = overhaul.get("slots") or self.servers.get(overhaul.get("at", "")) or len(live.planes)
        for plane in sorted((p for p in live.planes if p.overhaul == "queue"), key=lambda p: p.place):
            if now.overhaul_open and slots < most:
                plane.overhaul = "slot"
                slots += 1
        for takes, places, some in now.extends:
            if now.overhaul_open:
                raise NotInTheOracle("an open line beside work that extends lives")
            for plane in sorted((p for p in live.planes if p.overhaul == "queue"), key=lambda p: p.place):
                if live.tally["extended"] < some and sum(p.overhaul == "extended" for p in live.planes) < places:
                    live.tally["extended"] += 1
                    plane.overhaul = "extended" if takes else ""

    def start_repairs(self, live: Live) -> None:
        """First come first served; a unit that lacks a bit keeps its place and blocks nobody."""
        for shop, jobs in live.shops.items():
            servers = self.servers[shop] or len(jobs)
            busy = sum(begun for *_, begun in jobs)
            for n, (name, route, lacks, begun) in enumerate(jobs):
                if busy < servers and not lacks and not begun:
                    jobs[n] = (name, route, lacks, True)
                    busy += 1

    def regenerate(self, live: Live, now: Now, dated: bool) -> None:
        """One down for so long without a break, and that nothing else keeps down, is brought back (R-M10)."""
        if not self.regeneration:
            return
        after = days(self.regeneration["after"])
        for k, plane in enumerate(live.planes):
            if plane.regeneration:
                continue
            if self.state_of(plane, now, k) > 1:
                plane.since = max(plane.since, 0.0) or (now.begin if dated else RANDOM)
                continue
            if plane.since == RANDOM and after:
                raise NotInTheOracle("downtime of a random length")
            if plane.since >= 0 and (plane.since == RANDOM or now.begin - plane.since >= after):
                plane.regeneration, plane.place = "queue", max(p.place for p in live.planes) + 1
            else:
                plane.since = -1.0
        free = (self.regeneration.get("slots") or len(live.planes)) - sum(p.regeneration == "slot" for p in live.planes)
        waiting = sorted((p for p in live.planes if p.regeneration == "queue"), key=lambda p: p.place)
        for plane in waiting[: max(0, free)]:
            plane.regeneration = "slot"

    def waiting(self, live: Live, name: str) -> list[tuple[int, Job]]:
        """Holes without a unit, and units owed to no aircraft (-1), first come first served."""
        found = [(k, j) for k, p in enumerate(live.planes) for j in p.jobs if (j.what, j.at) == (name, "unit")]
        return sorted(found + [(-1, j) for j in live.owed if j.what == name], key=lambda one: one[1].number)

    def issue(self, live: Live, now: Now, chance: Chance) -> None:
        """Units on shelves go to holes and bits, first come first served."""
        for name in self.items:
            for k, job in self.waiting(live, name)[: live.stock[name]]:
                live.stock[name] -= 1
                if k < 0:
                    live.owed.remove(job)
                else:
                    self.assign(live, now, chance, k, job)
        for shop, jobs in live.shops.items():
            for n, (name, route, lacks, begun) in enumerate(jobs):
                got = set()
                for shelf, bit in ((self.shelf(bit, shop.split(".")[0]), bit) for bit in lacks):
                    if live.stock[shelf]:
                        live.stock[shelf] -= 1
                        got.add(bit)
                jobs[n] = (name, route, tuple(bit for bit in lacks if bit not in got), begun)

    def open_hole(self, live: Live, k: int, name: str) -> None:
        """A hole at the end of the queue."""
        live.planes[k].jobs.append(Job(name, "unit", live.tail("unit", name)))

    def assign(self, live: Live, now: Now, chance: Chance, k: int, job: Job) -> None:
        """Part first, then crew: the ticket is drawn now. Nothing to wait for where no work is said."""
        if self.items[job.what].replace is None:
            live.planes[k].jobs.remove(job)
        else:
            job.at, job.number = "crew", live.tail("crew")
            self.draw_people(now, chance, job)

    def draw_people(self, now: Now, chance: Chance, job: Job) -> None:
        """`of: tasks`: own people can do it with their share, else only those of one supplier (48)."""
        _, pool, needs = self.work(job)
        crew = self.crews[pool]
        if crew.get("of") != "tasks" or needs:
            return
        foreign = sum(crew["foreign"].values())
        own = min(1.0, crew["local"] / (crew["local"] + foreign) + now.own_tasks)
        odds = [(1 - own) * number / foreign for number in crew["foreign"].values()] if foreign else []
        job.only = ["", *crew["foreign"]][chance.of(own, *odds)]

    def rob(self, live: Live, now: Now, chance: Chance) -> bool:
        """All that one aircraft lacks, from others that are down for something else (R-M3, rules 13 and 37)."""
        lacking = [sum(j.at == "unit" for j in p.jobs) for p in live.planes]
        if now.policy == "concentrate":
            tried = sorted((k for k, n in enumerate(lacking) if n), key=lambda k: (lacking[k], k))
        else:
            tried = [k for name in self.items for k, _ in self.waiting(live, name) if k >= 0 and lacking[k] == 1]
        for k in tried:
            found = self.donors(live, k, lacking)
            if found is not None:
                for donor, job in found:
                    self.take(live, now, chance, k, donor, job)
                return True
        return False

    def donors(self, live: Live, k: int, lacking: list[int]) -> list[tuple[int, Job]] | None:
        """Where to find each unit an aircraft lacks: most holes first, then the lowest number; none if not all."""
        found: list[tuple[int, Job]] = []
        for job in [j for j in live.planes[k].jobs if j.at == "unit"]:
            donors = [
                d for d, p in enumerate(live.planes)
                if d != k and lacking[d] and not p.lost
                and self.fitted(p, job.what) > sum(taken == (d, job.what) for taken in ((e, j.what) for e, j in found))
            ]  # fmt: skip
            if not donors:
                return None
            found.append((min(donors, key=lambda d: (-lacking[d], d)), job))
        return found

    def take(self, live: Live, now: Now, chance: Chance, k: int, donor: int, job: Job) -> None:
        """A unit goes from one aircraft to another; the donor's hole goes to the end of the queue."""
        self.open_hole(live, donor, job.what)
        if self.items[job.what].replace is not None:
            job.robbed = True
            self.assign(live, now, chance, k, job)
            return
        live.planes[k].jobs.remove(job)
        if now.damage and chance.of(1 - now.damage, now.damage):
            self.open_hole(live, k, job.what)
            self.remove(live, now, chance, job.what)

    def concentrate_holes(self, live: Live) -> None:
        """`instant`: the holes of each item on as few aircraft as possible, the same for all items (47)."""
        kept = [p for p in live.planes if not p.lost]
        for name, item in self.items.items():
            if item.absence != "grounds" or item.replace is not None:
                raise NotInTheOracle("instant robbing of what does not ground, or with work")
            queue = [job for k, job in self.waiting(live, name) if k >= 0]
            for plane in kept:
                plane.jobs = [j for j in plane.jobs if j.what != name] + queue[: item.qpa]
                queue = queue[item.qpa :]

    def start_work(self, live: Live, now: Now) -> None:
        """The lowest ticket that an allowed free party can start; a blocked one blocks nobody; local people first."""
        free = dict(now.people)
        jobs = [j for p in live.planes for j in p.jobs]
        for job in jobs:
            if job.at not in ("unit", "crew"):
                free[self.work(job)[1], job.at] -= 1
        for job in sorted((j for j in jobs if j.at == "crew"), key=lambda j: j.number):
            _, pool, needs = self.work(job)
            needs = needs or job.only
            parties = [needs] if needs else ["local", *(self.crews[pool].get("foreign", {}))]
            party = next((p for p in parties if free.get((pool, p), 0) > 0), None)
            if party is not None:
                free[pool, party] -= 1
                job.at = party
