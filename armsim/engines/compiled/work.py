"""People at work: crew pools, tickets, tasks (R-M4), as engines/work.py."""

from __future__ import annotations

from armsim.engines.compiled import layout as L
from armsim.engines.compiled import lists
from armsim.engines.compiled.core import (
    S,
    X,
    after,
    draw,
    free_row,
    level,
    meter_is,
    new_row,
    request_settle,
    stamp,
    touch_system,
)
from armsim.engines.compiled.jit import function
from armsim.model.draws import Purpose
from armsim.model.order import Kind

QUALIFIED, COMPLETION = int(Purpose.QUALIFIED), int(Kind.COMPLETION)
ANYBODY = -1
"""A task that needs nobody's people in particular; otherwise the number of a supplier."""


@function
def pool_changed(s: S, pool: int) -> None:
    """A pool may have work to begin at the next settle, and something to count."""
    s[pool + L.PL_CHANGED], s[L.POOLS_CHANGED] = 1, 1


@function
def people(s: S, pool: int, party: int, t: int) -> int:
    """People of one party of a pool at a time."""
    return level(s, s[party + L.PTY_STEPS], t)


@function
def want_crew(s: S, x: X, system: int, sort: int, which: int, pool: int, seconds: int, needs: int,
              key: int, k: int, grounds: int) -> None:  # fmt: skip
    """Queue work at a crew pool with the next ticket (R-M4); block k of `key` says who can do it."""
    s[L.TICKETS] += 1
    if needs == ANYBODY and s[pool + L.PL_BY_TASKS] != 0:
        needs = qualified(s, x, pool, key, k)
    task = new_row(s, L.FREE_TASKS, L.TSK)
    s[task + L.TSK_STAMP] = stamp(s)
    s[task + L.TSK_SYSTEM], s[task + L.TSK_SORT], s[task + L.TSK_WHICH] = system, sort, which
    s[task + L.TSK_POOL], s[task + L.TSK_SECONDS], s[task + L.TSK_NEEDS] = pool, seconds, needs
    s[task + L.TSK_TICKET], s[task + L.TSK_GROUNDS], s[task + L.TSK_PARTY] = s[L.TICKETS], grounds, -1
    lists.append(s, system + L.SYS_TASKS, L.TSK_SYS_PREV, task)
    if grounds != 0:
        s[system + L.SYS_N_GROUNDING] += 1
        s[system + L.SYS_N_OTHER] += sort != L.REPLACE
        robbing_changes(s, system)
    wait_for_crew(s, task)
    touch_system(s, system)
    request_settle(s)


@function
def robbing_changes(s: S, system: int) -> None:
    """Work on a system begins or ends: that matters to cannibalization while it lacks something."""
    if s[system + L.SYS_LACKING] != 0:
        s[L.ROBBING] = 1


@function
def wait_for_crew(s: S, task: int) -> None:
    """A task waits in its pool, in the order of tickets."""
    pool = s[task + L.TSK_POOL]
    before = s[pool + L.PL_TAIL]
    while before != 0 and s[before + L.TSK_TICKET] > s[task + L.TSK_TICKET]:
        before = s[before + L.TSK_PREV]
    lists.insert(s, pool + L.PL_HEAD, L.TSK_PREV, before, task)
    s[pool + L.PL_WAITING] += 1
    pool_changed(s, pool)


@function
def stop_waiting(s: S, task: int) -> None:
    """A task waits no longer."""
    pool = s[task + L.TSK_POOL]
    lists.remove(s, pool + L.PL_HEAD, L.TSK_PREV, task)
    s[pool + L.PL_WAITING] -= 1
    pool_changed(s, pool)


@function
def leave_system(s: S, task: int) -> None:
    """A task is no longer one of its system."""
    system = s[task + L.TSK_SYSTEM]
    lists.remove(s, system + L.SYS_TASKS, L.TSK_SYS_PREV, task)
    if s[task + L.TSK_GROUNDS] != 0:
        s[system + L.SYS_N_GROUNDING] -= 1
        s[system + L.SYS_N_OTHER] -= s[task + L.TSK_SORT] != L.REPLACE
        robbing_changes(s, system)


@function
def out_of_hand(s: S, task: int) -> None:
    """A pool has a task in hand no longer."""
    pool = s[task + L.TSK_POOL]
    lists.remove(s, pool + L.PL_IN_HAND, L.TSK_PREV, task)
    pool_changed(s, pool)


@function
def qualified(s: S, x: X, pool: int, key: int, k: int) -> int:
    """Whose people a task of a pool shared out by tasks needs: ANYBODY where its own can do it (R-M4)."""
    foreign, local = s[pool + L.PL_FOREIGN], s[pool + L.PL_LOCAL]
    if foreign == 0:
        return ANYBODY
    u = draw(s, QUALIFIED, key, k)[0]
    own = min(1.0, local / (local + foreign) + x[pool + L.PL_LEARNT])
    if u < own:
        return ANYBODY
    passed = own
    n, party = s[pool + L.PL_N_PARTIES], s[pool + L.PL_PARTIES]
    for place in range(1, n):
        at = party + L.PTY * place
        passed += (1.0 - own) * s[at + L.PTY_PEOPLE] / foreign
        if u < passed:
            return s[at + L.PTY_SUPPLIER]
    return s[party + L.PTY * (n - 1) + L.PTY_SUPPLIER]


@function
def start_work(s: S) -> None:
    """The lowest ticket that a free crew may do is served; a blocked task blocks nobody (ENGINE 12)."""
    if s[L.POOLS_CHANGED] == 0:
        return
    for p in range(s[L.N_POOLS]):
        pool = s[L.POOLS] + p * L.PL
        if s[pool + L.PL_CHANGED] == 0:
            continue
        free = has_free_party(s, pool)
        task = s[pool + L.PL_HEAD]
        while task != 0 and free:
            behind = s[task + L.TSK_NEXT]
            party = free_party(s, pool, task)
            if party >= 0:
                stop_waiting(s, task)
                begin_work(s, p, pool, task, party)
                free = has_free_party(s, pool)
            task = behind


@function
def has_free_party(s: S, pool: int) -> bool:
    """True when anybody of a pool is free."""
    for place in range(s[pool + L.PL_N_PARTIES]):
        party = s[pool + L.PL_PARTIES] + L.PTY * place
        if s[party + L.PTY_BUSY] < s[party + L.PTY_CAPACITY]:
            return True
    return False


@function
def free_party(s: S, pool: int, task: int) -> int:
    """Who takes a task: own people first, then suppliers by name; -1 when nobody is free."""
    needs = s[task + L.TSK_NEEDS]
    for place in range(s[pool + L.PL_N_PARTIES]):
        party = s[pool + L.PL_PARTIES] + L.PTY * place
        allowed = needs == ANYBODY or (place > 0 and s[party + L.PTY_SUPPLIER] == needs)
        if allowed and s[party + L.PTY_CAPACITY] > s[party + L.PTY_BUSY]:
            return place
    return -1


@function
def begin_work(s: S, p: int, pool: int, task: int, party: int) -> None:
    """A crew takes a task in hand."""
    s[task + L.TSK_PARTY], s[task + L.TSK_ENDS] = party, s[L.NOW] + s[task + L.TSK_SECONDS]
    s[task + L.TSK_TURNS] += 1
    s[s[pool + L.PL_PARTIES] + L.PTY * party + L.PTY_BUSY] += 1
    lists.append(s, pool + L.PL_IN_HAND, L.TSK_PREV, task)
    what = L.COMPLETED | s[task + L.TSK_TURNS] << 8
    after(s, s[task + L.TSK_SECONDS], COMPLETION, p, s[task + L.TSK_TICKET], 0, what, task, s[task + L.TSK_STAMP])


@function
def pool_changes(s: S, pool: int) -> None:
    """People come or leave; work in hand is finished, unless a halt says that it is dropped (R-H1 people)."""
    parties, n = s[pool + L.PL_PARTIES], s[pool + L.PL_N_PARTIES]
    for place in range(n):
        party = parties + L.PTY * place
        s[party + L.PTY_CAPACITY] = people(s, pool, party, s[L.NOW])
    s[parties + L.PTY_CAPACITY] += s[pool + L.PL_TRAINED]
    for place in range(1, n):
        if level(s, s[parties + L.PTY * place + L.PTY_DROP], s[L.NOW]) != 0:
            drop_work(s, pool, place)
    pool_changed(s, pool)
    request_settle(s)


@function
def drop_work(s: S, pool: int, place: int) -> None:
    """People who have left drop what they had in hand, latest tickets first; what is left waits (ENGINE 12)."""
    party = s[pool + L.PL_PARTIES] + L.PTY * place
    while s[party + L.PTY_BUSY] > s[party + L.PTY_CAPACITY]:
        latest, task = 0, s[pool + L.PL_IN_HAND]
        while task != 0:
            if s[task + L.TSK_PARTY] == place and (latest == 0 or s[task + L.TSK_TICKET] > s[latest + L.TSK_TICKET]):
                latest = task
            task = s[task + L.TSK_NEXT]
        if latest == 0:
            return
        out_of_hand(s, latest)
        s[party + L.PTY_BUSY] -= 1
        s[latest + L.TSK_PARTY], s[latest + L.TSK_SECONDS] = -1, s[latest + L.TSK_ENDS] - s[L.NOW]
        if s[latest + L.TSK_CANCELLED] == 0:
            wait_for_crew(s, latest)
        else:
            free_row(s, L.FREE_TASKS, latest)


@function
def count_crews(s: S) -> None:
    """People there, tasks in work and tasks waiting of every pool, for its curves (R-S2)."""
    if s[L.POOLS_CHANGED] == 0:
        return
    s[L.POOLS_CHANGED] = 0
    for p in range(s[L.N_POOLS]):
        pool = s[L.POOLS] + p * L.PL
        if s[pool + L.PL_CHANGED] == 0:
            continue
        s[pool + L.PL_CHANGED] = 0
        there, busy = 0, 0
        for place in range(s[pool + L.PL_N_PARTIES]):
            party = s[pool + L.PL_PARTIES] + L.PTY * place
            there, busy = there + s[party + L.PTY_CAPACITY], busy + s[party + L.PTY_BUSY]
        meter = pool + L.PL_METERS
        meter_is(s, meter, there)
        meter_is(s, meter + L.METER, busy)
        meter_is(s, meter + 2 * L.METER, s[pool + L.PL_WAITING])
