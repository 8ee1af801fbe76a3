"""Other sources of units, and the turns in which responses work (MODEL section 7), as engines/sources.py.

What another source takes departs in `supply`.
"""

from __future__ import annotations

from armsim.engines.compiled import layout as L
from armsim.engines.compiled.core import YEAR, S, X, after, draw, holds, value, whole_seconds
from armsim.engines.compiled.gates import gate_under, is_older, is_open, new_job
from armsim.engines.compiled.jit import function
from armsim.engines.compiled.numbers import turn_begins
from armsim.model.draws import Purpose
from armsim.model.order import NEVER, Kind

EACH, DUAL_SOURCING = int(Purpose.EACH), int(Purpose.DUAL_SOURCING)
RESPONSE = int(Kind.RESPONSE)


@function
def response_at(s: S, r: int) -> int:
    """A response by its number."""
    return s[L.RESPONSES] + r * L.RSP


@function
def begins(s: S, x: X, response: int, n: int) -> int:
    """When the n-th turn of a response's capacity begins."""
    index = s[response + L.RSP_BUILD_UP]
    build_up = whole_seconds(s, value(s, x, index)) if index >= 0 else 0
    per_year = value(s, x, s[response + L.RSP_PER_YEAR])
    return s[response + L.RSP_BEGUN] + turn_begins(n, per_year, build_up, YEAR)


@function
def has_turn(s: S, x: X, response: int) -> bool:
    """True when a response can take one more need; if it cannot, the next turn is looked forward to."""
    if s[response + L.RSP_PER_YEAR] < 0 or turn_is_left(s, x, response):
        return True
    following = s[response + L.RSP_TURN_USED] + 1
    at = begins(s, x, response, following)
    if s[response + L.RSP_TURN_ASKED] < following and at < s[L.HORIZON]:
        s[response + L.RSP_TURN_ASKED] = following
        after(s, at - s[L.NOW], RESPONSE, s[response + L.RSP_INDEX], 2, 0, L.TURN, response, following)
    return False


@function
def is_spent(s: S, x: X, response: int) -> bool:
    """True when no turn is left and the next is looked forward to already: to ask for one changes nothing."""
    if s[response + L.RSP_PER_YEAR] < 0 or s[response + L.RSP_TURN_ASKED] <= s[response + L.RSP_TURN_USED]:
        return False
    return not turn_is_left(s, x, response)


@function
def turn_is_left(s: S, x: X, response: int) -> bool:
    """True when the turn of now is not used: one need in each turn, a turn not used is not saved up."""
    while s[response + L.RSP_NEXT_TURN] <= s[L.NOW]:
        s[response + L.RSP_TURN] += 1
        s[response + L.RSP_NEXT_TURN] = begins(s, x, response, s[response + L.RSP_TURN] + 1)
    return s[response + L.RSP_TURN] > s[response + L.RSP_TURN_USED]


@function
def use_turn(s: S, response: int) -> None:
    """A turn of a response's capacity is used."""
    s[response + L.RSP_TURN_USED] = s[response + L.RSP_TURN]
    s[response + L.RSP_TAKEN] += 1


@function
def works(s: S, own: int) -> bool:
    """True when no halt refuses what goes along a line of another source."""
    return is_open(s, gate_under(s, own, -1), s[own + L.LN_KIND] == L.REPAIR)


@function
def oldest_open_to(s: S, response: int) -> int:
    """The oldest need that waits at home and that another source may take now; 0 for none."""
    oldest = 0
    for n in range(s[response + L.RSP_N_STANDS_FOR]):
        pair = s[response + L.RSP_STANDS_FOR] + 2 * n
        job = s[s[pair] + L.LN_HEAD]
        if job == 0 or not works(s, s[pair + 1]):
            continue
        while job != 0:
            if s[job + L.JOB_BARRED + s[response + L.RSP_INDEX]] <= s[L.NOW]:
                if oldest == 0 or is_older(s, job, oldest):
                    oldest = job
                break
            job = s[job + L.JOB_NEXT]
    return oldest


@function
def delivers(s: S, x: X, response: int) -> bool:
    """Whether another source really delivers the need it took."""
    u = draw(s, EACH, s[response + L.RSP_KEY_EACH], s[response + L.RSP_TAKEN])[0]
    return u < value(s, x, s[response + L.RSP_EACH])


@function
def line_for(s: S, response: int, main: int) -> int:
    """The line of another source for what it takes of a line; 0 where it takes nothing of it."""
    for n in range(s[response + L.RSP_N_STANDS_FOR]):
        pair = s[response + L.RSP_STANDS_FOR] + 2 * n
        if s[pair] == main:
            return s[pair + 1]
    return 0


@function
def handed_over(s: S, x: X, response: int, job: int) -> int:
    """A need as another source has it."""
    moved = new_job(s, line_for(s, response, s[job + L.JOB_LINE]), s[job + L.JOB_POINT])
    s[moved + L.JOB_RAISED], s[moved + L.JOB_RAISED_LINE] = s[job + L.JOB_RAISED], s[job + L.JOB_RAISED_LINE]
    s[moved + L.JOB_RAISED_SERIAL], s[moved + L.JOB_SOURCE] = s[job + L.JOB_RAISED_SERIAL], s[response + L.RSP_INDEX]
    s[moved + L.JOB_ROUTE], s[moved + L.JOB_UNIT_KEY] = s[job + L.JOB_ROUTE], s[job + L.JOB_UNIT_KEY]
    s[moved + L.JOB_REMOVAL] = s[job + L.JOB_REMOVAL]
    x[moved + L.JOB_QUALITY] = value(s, x, s[response + L.RSP_QUALITY])
    price = s[response + L.RSP_PRICE]
    x[moved + L.JOB_PRICE] = value(s, x, price) if price >= 0 else 1.0
    return moved


@function
def bar(s: S, x: X, response: int, job: int) -> None:
    """A need another source did not deliver stays at home; it is asked again after a while, or never."""
    retry, until = s[response + L.RSP_RETRY], NEVER
    if retry >= 0:
        until = s[L.NOW] + whole_seconds(s, value(s, x, retry))
    s[job + L.JOB_BARRED + s[response + L.RSP_INDEX]] = until
    if until < s[L.HORIZON]:
        index, serial = s[response + L.RSP_INDEX], s[job + L.JOB_SERIAL]
        after(s, until - s[L.NOW], RESPONSE, index, 4, serial, L.ASK_AGAIN, job, s[job + L.JOB_STAMP])


@function
def source_beside(s: S, x: X, job: int) -> int:
    """The source that is to take a new need though its line would, by one draw (section 7); 0 for none."""
    item, line, shares = s[s[job + L.JOB_POINT] + L.PT_ITEM], s[job + L.JOB_LINE], 0.0
    for r in range(s[L.N_RESPONSES]):
        response = response_at(s, r)
        if s[response + L.RSP_ACTIVE] == 0 or s[response + L.RSP_DUAL_SOURCING] < 0:
            continue
        if not holds(s, s[response + L.RSP_ITEMS], s[response + L.RSP_N_ITEMS], item):
            continue
        shares += value(s, x, s[response + L.RSP_DUAL_SOURCING])
        if draw(s, DUAL_SOURCING, s[line + L.LN_KEY], s[job + L.JOB_SERIAL])[0] < shares:
            return response
    return 0


@function
def takes_at_once(s: S, x: X, response: int, job: int) -> bool:
    """True when another source takes and delivers a new need now; what waits at home comes first."""
    if not works(s, line_for(s, response, s[job + L.JOB_LINE])):
        return False
    if oldest_open_to(s, response) != 0 or not turn_is_left(s, x, response):
        return False
    use_turn(s, response)
    return delivers(s, x, response)
