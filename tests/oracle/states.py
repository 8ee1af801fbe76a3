"""What a state of the chain is: as a key, thawed, and what each aircraft in it can do.

Shares no code with armsim; see `chain.py`.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import Any

from oracle.dated import Dated
from oracle.reading import STATES, Job, Key, Live, Now, Plane


class States(Dated):
    """A scenario whose states can be told."""

    def first(self) -> Key:
        """All fitted, full stock, empty pipelines."""
        planes = [Plane(due=k if self.dues else -1) for k in range(self.count)]
        stock = {self.shelf(name, self.base): item.shelf.get(self.base, 0) for name, item in self.items.items()}
        if self.depot:
            stock |= {self.shelf(name, self.depot): i.shelf.get(self.depot, 0) for name, i in self.items.items()}
        shops: dict[str, list[Any]] = {name: [] for name in self.servers}
        return self.frozen(Live(planes, stock, Counter(), shops, self.no_triggers(), [], Counter()))

    def shelf(self, name: str, site: str) -> str:
        """Where a site keeps an item."""
        return f"{name}@{site}" if site == self.depot else name

    def source(self, name: str) -> str:
        """The shelf where what comes from abroad arrives."""
        return self.shelf(name, self.depot or self.base)

    def no_triggers(self) -> tuple[bool, ...]:
        """No response by a count of aircraft is on."""
        return (False,) * len(self.triggers)

    def frozen(self, live: Live) -> Key:
        """The state as a key: places in queues numbered from 0; like aircraft in any order unless order matters."""
        queues: dict[tuple[str, str], list[Job]] = {}
        for job in [*live.owed, *(job for plane in live.planes for job in plane.jobs)]:
            if job.at == "unit":
                queues.setdefault((job.at, job.what), []).append(job)
            elif job.at == "crew" or self.tickets_kept:
                queues.setdefault(("crew", ""), []).append(job)
            else:
                job.number = 0
        for queue in queues.values():
            for number, job in enumerate(sorted(queue, key=lambda j: j.number)):
                job.number = number
        for place, plane in enumerate(sorted((p for p in live.planes if p.overhaul == "queue"), key=lambda p: p.place)):
            plane.place = place
        for place, plane in enumerate(sorted((p for p in live.planes if p.regeneration), key=lambda p: p.place)):
            plane.place = place
        planes = [
            (p.due, p.overhaul, p.place if "queue" in (p.overhaul, p.regeneration) else 0, p.lost, p.deferred, p.since,
             p.regeneration, tuple(sorted((j.what, j.at, j.number, j.robbed, j.only) for j in p.jobs)))
            for p in live.planes
        ]  # fmt: skip
        if self.alike:
            planes.sort()
        shops = [tuple(jobs if self.servers[s] else sorted(jobs)) for s, jobs in sorted(live.shops.items())]
        pipes = tuple(sorted((c, n) for c, n in live.pipes.items() if n))
        owed = tuple(sorted((j.what, j.number) for j in live.owed))
        tally = tuple(sorted((what, n) for what, n in live.tally.items() if n))
        return tuple(planes), tuple(sorted(live.stock.items())), pipes, tuple(shops), live.less, owed, tally

    @cached_property
    def tickets_kept(self) -> bool:
        """Whether work in hand may go back to its place in the queue."""
        return any(isinstance(h["people"], dict) and h["people"].get("in_hand") == "stop" for h in self.halts)

    @cached_property
    def alike(self) -> bool:
        """Whether aircraft may change places: not where robbing or a permission prefers low tail numbers."""
        robs = self.policy not in ("none", "instant") or any(policy != "instant" for _, _, policy, _ in self.robbing)
        return not robs and not any(self.stops_operation(h) for h in self.halts)

    def thawed(self, key: Key) -> Live:
        """The state of a key, to be changed."""
        planes, stock, pipes, shops, less, owed, tally = key
        return Live(
            [Plane(*facts, jobs=[Job(*job) for job in jobs]) for *facts, jobs in planes],
            dict(stock), Counter(dict(pipes)), {name: list(jobs) for name, jobs in zip(sorted(self.servers), shops)},
            less, [Job(what, "unit", number) for what, number in owed], Counter(dict(tally)),
        )  # fmt: skip

    def missing(self, plane: Plane) -> set[str]:
        """Missions it cannot do for want of an item."""
        return self.missions & {m for j in plane.jobs if j.what in self.items for m in self.items[j.what].missions}

    def grounding(self, plane: Plane) -> list[Job]:
        """What keeps it down: upkeep, items that ground, and those it needs for its missions if none is left."""
        none_left = bool(self.missions) and self.missing(plane) == self.missions
        return [
            j for j in plane.jobs
            if j.what in self.upkeep or self.items[j.what].absence == "grounds"
            or (none_left and self.missions & set(self.items[j.what].missions))
        ]  # fmt: skip

    def grounded(self, plane: Plane) -> tuple[bool, bool]:
        """(waits for a unit, has work waiting or in hand), of what takes it down."""
        down = self.grounding(plane)
        return any(j.at == "unit" for j in down), any(j.at != "unit" for j in down)

    def state_of(self, plane: Plane, now: Now, k: int = -1) -> int:
        """Exactly one state, by precedence (MODEL section 8)."""
        if plane.lost:
            return STATES.index("LOST")
        if plane.overhaul:
            is_in = plane.overhaul == "slot" or now.overhaul_open
            return STATES.index("OVERHAUL" if is_in else "LIMIT")
        if k in now.forbidden:
            return STATES.index("LIMIT")
        if plane.regeneration:
            return STATES.index("REGENERATION")
        supply, work = self.grounded(plane)
        if supply or work:
            return STATES.index("NMCB" if supply and work else "NMCS" if supply else "NMCM")
        degraded = any(self.items[j.what].absence == "degrades" for j in plane.jobs)
        return int(degraded or bool(self.missing(plane)))

    def fitted(self, plane: Plane, name: str) -> int:
        """Units of an item that are on an aircraft."""
        return 0 if plane.lost else self.items[name].qpa - sum(j.what == name for j in plane.jobs)

    def work(self, job: Job) -> tuple[float, str, str | None]:
        """(mean days, pool, party it needs) of a job."""
        if job.what in self.upkeep:
            return self.upkeep[job.what][1:]
        replace = self.items[job.what].replace
        assert replace is not None
        return replace
