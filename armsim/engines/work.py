"""People at work: crew pools, tickets, tasks (R-M4)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from armsim.engines.core import Core
from armsim.engines.entities import Meter, PoolState, System, Task
from armsim.model import rules
from armsim.model.draws import Purpose
from armsim.model.order import Kind
from armsim.model.trajectory import POOL_MEASURES


class Work(Core):
    """Crew pools and the tasks they do."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.tickets = 0
        self.pools = [self.manned(p) for p in range(len(self.model.pools))]
        self.crew_meters = [[Meter(self.now) for _ in POOL_MEASURES] for _ in self.model.pools]

    def manned(self, p: int) -> PoolState:
        """A crew pool with its people at the beginning of the warm-up."""
        pool = self.model.pools[p]
        capacity = [self.people(p, party, self.now) for party in range(1 + len(pool.foreign))]
        return PoolState([name for name, _, _ in pool.foreign], capacity, [0] * len(capacity))

    def people(self, p: int, party: int, t: int) -> int:
        """People of one party of a pool at a time."""
        if party == 0:
            return rules.level_at(*self.world.local[p], t)
        return rules.level_at(*self.world.foreign[p][party - 1], t)

    def want_crew(self, system: System, sort: tuple[str, int], pool: int, seconds: int, needs: str | None,
                  finish: Callable[[], None], drawn: tuple[int, int], grounds: bool = True) -> None:  # fmt: skip
        """Queue work at a crew pool with the next ticket (R-M4); `drawn` is the stream of who can do it."""
        self.tickets += 1
        if needs is None and self.model.pools[pool].by_tasks:
            needs = self.qualified(pool, *drawn)
        task = Task(system, sort, pool, seconds, needs, self.tickets, finish, grounds)
        system.tasks[sort] = task
        self.pools[pool].waiting.append(task)
        self.touch_system(system)
        self.request_settle()

    def qualified(self, p: int, key: int, k: int) -> str | None:
        """Whose people a task of a pool shared out by tasks needs: None where its own can do it (R-M4)."""
        pool, (local, *others) = self.model.pools[p], self.world.staff[p]
        foreign = sum(others)
        if not foreign:
            return None
        u = self.uniforms(Purpose.QUALIFIED, key, k)[0]
        own = min(1.0, local / (local + foreign) + self.pools[p].learnt)
        if u < own:
            return None
        passed = own
        for (supplier, _, _), people in zip(pool.foreign, others):
            passed += (1.0 - own) * people / foreign
            if u < passed:
                return supplier
        return pool.foreign[-1][0]

    def start_work(self) -> None:
        """The lowest ticket that a free crew may do is served; a blocked task blocks nobody (ENGINE 12)."""
        for p, pool in enumerate(self.pools):
            if not pool.waiting or not any(map(int.__lt__, pool.busy, pool.capacity)):
                continue
            blocked = []
            for task in pool.waiting:
                party = self.free_party(pool, task)
                if party < 0:
                    blocked.append(task)
                    continue
                self.begin_work(p, task, party)
            pool.waiting = blocked

    def begin_work(self, p: int, task: Task, party: int) -> None:
        """A crew takes a task in hand."""
        pool = self.pools[p]
        task.party, task.ends, task.turns = party, self.now + task.seconds, task.turns + 1
        pool.busy[party] += 1
        pool.in_hand[task.ticket] = task
        turn = task.turns
        self.clock.after(task.seconds, Kind.COMPLETION, (p, task.ticket, 0), partial(self.work_done, task),
                         lambda: task.party >= 0 and task.turns == turn)  # fmt: skip

    def free_party(self, pool: PoolState, task: Task) -> int:
        """Who takes a task: own people first, then suppliers by name; -1 when nobody is free."""
        for party in range(len(pool.capacity)):
            allowed = task.needs is None or (party > 0 and pool.suppliers[party - 1] == task.needs)
            if allowed and pool.capacity[party] > pool.busy[party]:
                return party
        return -1

    def work_done(self, task: Task) -> None:
        """A crew is free again; the work counts unless the system has gone meanwhile."""
        self.pools[task.pool].busy[task.party] -= 1
        del self.pools[task.pool].in_hand[task.ticket]
        if not task.cancelled:
            del task.system.tasks[task.sort]
            self.touch_system(task.system)
            task.finish()
            self.refresh_limits(task.system)
        self.request_settle()

    def pool_changes(self, p: int) -> None:
        """People come or leave; work in hand is finished, unless a halt says that it is dropped (R-H1 people)."""
        pool = self.pools[p]
        pool.capacity = [self.people(p, party, self.now) for party in range(len(pool.capacity))]
        pool.capacity[0] += pool.trained
        for party in range(1, len(pool.capacity)):
            if rules.level_at(*self.world.drop[p][party - 1], self.now):
                self.drop_work(p, party)
        self.request_settle()

    def drop_work(self, p: int, party: int) -> None:
        """People who have left drop what they had in hand, latest tickets first; what is left waits (ENGINE 12)."""
        pool = self.pools[p]
        for ticket in sorted(pool.in_hand, reverse=True):
            task = pool.in_hand[ticket]
            if pool.busy[party] <= pool.capacity[party]:
                return
            if task.party == party:
                del pool.in_hand[ticket]
                pool.busy[party] -= 1
                task.party, task.seconds = -1, task.ends - self.now
                if not task.cancelled:
                    pool.waiting.append(task)
                    pool.waiting.sort(key=lambda one: one.ticket)

    def count_crews(self) -> None:
        """People there, tasks in work and tasks waiting of every pool, for its curves (R-S2)."""
        for pool, meters in zip(self.pools, self.crew_meters):
            for meter, value in zip(meters, (sum(pool.capacity), sum(pool.busy), len(pool.waiting))):
                if value != meter.value:
                    meter.add(value - meter.value, self.now)
