"""Removed units and who makes them serviceable (R-M5), as engines/repair.py."""

from __future__ import annotations

from armsim.engines.compiled import layout as L
from armsim.engines.compiled import lists
from armsim.engines.compiled.core import (
    S,
    X,
    after,
    count,
    draw,
    free_row,
    holds,
    new_row,
    request_settle,
    seconds,
    value,
)
from armsim.engines.compiled.gates import end_job, is_older, leave_home, new_job
from armsim.engines.compiled.jit import function
from armsim.engines.compiled.sources import has_turn, is_spent, response_at, use_turn
from armsim.engines.compiled.stock import in_repair, off_shelf, shelve
from armsim.engines.compiled.supply import (
    ask,
    condemn,
    draw_on_depot,
    from_depot,
    pay_repair,
    quality_of,
    set_off,
)
from armsim.model.draws import Purpose
from armsim.model.order import Flow, Kind

REMOVAL, BITS, AT_HOME = int(Purpose.REMOVAL), int(Purpose.BITS), int(Purpose.AT_HOME)
ARRIVAL, OF_REPAIR = int(Kind.ARRIVAL), int(Flow.REPAIR)


@function
def route_of(s: S, x: X, item: int, u: float) -> int:
    """The route a failed unit takes, drawn from its item's shares (R-M5); 0 when condemned."""
    passed = 0.0
    for n in range(s[item + L.ITM_N_ROUTES]):
        route = s[item + L.ITM_ROUTES] + n * L.RTE
        passed += value(s, x, s[route + L.RTE_SHARE])
        if u < passed:
            return route if s[route + L.RTE_SHOP] != 0 or s[route + L.RTE_LINE] != 0 or s[route + L.RTE_OWN] != 0 else 0
    return 0


@function
def send_away(s: S, x: X, point: int, route: int, key: int, removal: int) -> None:
    """A removed unit: condemned, to a shop at home, or to a supplier abroad; bits are asked for."""
    work = send_one_away(s, x, point, route, key, removal)
    if work != 0:
        ask_for_bits(s, x, work)


@function
def send_one_away(s: S, x: X, point: int, route: int, key: int, removal: int) -> int:
    """A removed unit on its way; where it goes to a shop, its place there, with no bits asked for yet.

    What its base cannot do is the business of the depot, and the base asks it for another (R-M9).
    """
    if route != 0 and s[route + L.RTE_OWN] != 0:
        route = s[s[route + L.RTE_OWN] + s[point + L.PT_INDEX]]
    if route != 0 and s[point + L.PT_DEPOT] != 0:
        shop = s[route + L.RTE_SHOP]
        if shop == 0 or s[shop + L.SHP_SITE] != s[point + L.PT_SITE]:
            draw_on_depot(s, point)
            point = s[point + L.PT_DEPOT]
    if route == 0:
        condemn(s, x, point)
        return 0
    if s[route + L.RTE_SHOP] != 0:
        in_repair(s, point, 1)
        return enter_shop(s, point, route, key, removal)
    job = new_job(s, s[route + L.RTE_LINE], point)
    s[job + L.JOB_ROUTE], s[job + L.JOB_UNIT_KEY], s[job + L.JOB_REMOVAL] = route, key, removal
    in_repair(s, point, 1)
    set_off(s, x, job)
    return 0


@function
def enter_shop(s: S, point: int, route: int, key: int, removal: int) -> int:
    """A removed unit joins the queue of a shop (R-M5)."""
    item, shop = s[point + L.PT_ITEM], s[route + L.RTE_SHOP]
    s[item + L.ITM_SERIALS] += 1
    work = new_row(s, L.FREE_WORKS, L.WRK)
    s[work + L.WRK_POINT], s[work + L.WRK_ROUTE], s[work + L.WRK_KEY] = point, route, key
    s[work + L.WRK_REMOVAL], s[work + L.WRK_SERIAL] = removal, s[item + L.ITM_SERIALS]
    lists.append(s, shop + L.SHP_HEAD, L.WRK_PREV, work)
    s[shop + L.SHP_CHANGED] = 1
    request_settle(s)
    return work


@function
def ask_for_bits(s: S, x: X, work: int) -> None:
    """The bits of a unit in a shop are asked for, one by one; a worn bit may need bits of its own first."""
    s[work + L.WRK_PARENT] = 0
    while work != 0:
        route, n = s[work + L.WRK_ROUTE], s[work + L.WRK_ASKED]
        if n == s[route + L.RTE_N_USES]:
            work = s[work + L.WRK_PARENT]
            continue
        s[work + L.WRK_ASKED] += 1
        use, key, removal = s[route + L.RTE_USES] + 3 * n, s[work + L.WRK_KEY], s[work + L.WRK_REMOVAL]
        if draw(s, BITS, key, removal * 64 + n)[0] < value(s, x, s[use + 2]):
            s[work + L.WRK_BITS] += 1
            worn = take_one_from_supply(s, x, s[use], s[use + 1], key ^ s[s[use] + L.ITM_KEY], removal, work)
            if worn != 0:
                s[worn + L.WRK_PARENT] = work
                work = worn


@function
def take_one_from_supply(s: S, x: X, item: int, point: int, key: int, k: int, work: int) -> int:
    """Somebody who is no position needs a unit: the one it replaces comes from outside the books (R-O2, R-M5)."""
    ask(s, point, 0, work)
    count(s, item, L.BACKORDERS, 1)
    worn = send_one_away(s, x, point, route_of(s, x, item, draw(s, REMOVAL, key, k)[0]), key, k)
    request_settle(s)
    return worn


@function
def take_from_supply(s: S, x: X, item: int, point: int, key: int, k: int) -> None:
    """A demand that strikes no position needs a unit."""
    worn = take_one_from_supply(s, x, item, point, key, k, 0)
    if worn != 0:
        ask_for_bits(s, x, worn)


@function
def serve(s: S, x: X, point: int, need: int) -> None:
    """A unit of the shelf goes to a base, into a repair, or off the books."""
    base, work = s[need + L.NED_BASE], s[need + L.NED_BIT_OF]
    free_row(s, L.FREE_NEEDS, need)
    if base != 0:
        from_depot(s, x, base)
        return
    off_shelf(s, x, point)
    count(s, s[point + L.PT_ITEM], L.BACKORDERS, -1)
    if work != 0:
        s[work + L.WRK_BITS] -= 1
        s[s[s[work + L.WRK_ROUTE] + L.RTE_SHOP] + L.SHP_CHANGED] = 1


@function
def start_repairs(s: S, x: X) -> None:
    """Free servers take waiting units, first come first served; one that lacks bits blocks nobody (R-M5)."""
    for n in range(s[L.N_SHOPS]):
        shop = s[L.SHOPS] + n * L.SHP
        if s[shop + L.SHP_CHANGED] == 0:
            continue
        s[shop + L.SHP_CHANGED] = 0
        work = s[shop + L.SHP_HEAD]
        while work != 0:
            behind = s[work + L.WRK_NEXT]
            if s[work + L.WRK_BITS] == 0:
                if s[shop + L.SHP_SERVERS] >= 0 and s[shop + L.SHP_BUSY] >= s[shop + L.SHP_SERVERS]:
                    break
                lists.remove(s, shop + L.SHP_HEAD, L.WRK_PREV, work)
                begin_repair_at_home(s, x, shop, work)
            work = behind


@function
def begin_repair_at_home(s: S, x: X, shop: int, work: int) -> None:
    """A server takes a unit."""
    s[shop + L.SHP_BUSY] += 1
    key, removal, route = s[work + L.WRK_KEY], s[work + L.WRK_REMOVAL], s[work + L.WRK_ROUTE]
    u = draw(s, REMOVAL, key, removal)
    takes = seconds(s, x, route + L.RTE_TAKES, u[1], REMOVAL, 1, key, removal)
    s[work + L.WRK_DONE] = u[2] < value(s, x, s[route + L.RTE_YIELD])
    pay_repair(s, x, route, 1.0)
    item = s[s[work + L.WRK_POINT] + L.PT_ITEM]
    after(s, takes, ARRIVAL, OF_REPAIR, s[item + L.ITM_INDEX], s[work + L.WRK_SERIAL], L.REPAIRED, work, 0)


@function
def shop_done(s: S, x: X, work: int) -> None:
    """A unit leaves the shop: serviceable, or condemned by its yield."""
    route, point, repaired = s[work + L.WRK_ROUTE], s[work + L.WRK_POINT], s[work + L.WRK_DONE]
    shop = s[route + L.RTE_SHOP]
    s[shop + L.SHP_BUSY] -= 1
    s[shop + L.SHP_CHANGED] = 1
    free_row(s, L.FREE_WORKS, work)
    in_repair(s, point, -1)
    if repaired != 0:
        shelve(s, x, point, quality_of(s, x, route), 1)
    else:
        condemn(s, x, point)
    request_settle(s)


# What responses repair -------------------------------------------------------------------------------------------


@function
def own_repair(s: S, x: X, item: int, key: int, removal: int) -> int:
    """The way of a failed unit that a response repairs at home; 0 where none does (section 7)."""
    for r in range(s[L.N_RESPONSES]):
        response = response_at(s, r)
        if s[response + L.RSP_ACTIVE] == 0 or s[response + L.RSP_KIND] != L.REPAIR_AT_HOME:
            continue
        if is_spent(s, x, response) or not holds(s, s[response + L.RSP_ITEMS], s[response + L.RSP_N_ITEMS], item):
            continue
        fits = draw(s, AT_HOME, key, removal)[0] < share_done(s, x, response)
        if fits and oldest_waiting(s, x, response) == 0 and has_turn(s, x, response):
            use_turn(s, response)
            return s[response + L.RSP_ROUTE]
    return 0


@function
def share_done(s: S, x: X, response: int) -> float:
    """The share of failed units that a repair at home can do; it grows in the build-up."""
    return value(s, x, s[response + L.RSP_SHARE]) * x[response + L.RSP_BUILT]


@function
def is_fit(s: S, x: X, response: int, job: int) -> bool:
    """Whether a unit is one that a repair at home can do."""
    if x[job + L.JOB_FIT] == 0.0:
        x[job + L.JOB_FIT] = draw(s, AT_HOME, s[job + L.JOB_UNIT_KEY], s[job + L.JOB_REMOVAL])[0]
    return x[job + L.JOB_FIT] < share_done(s, x, response)


@function
def oldest_waiting(s: S, x: X, response: int) -> int:
    """The oldest unit that waits at home for repair and that a repair at home can do; 0 for none."""
    oldest, known, newcomer = 0, s[response + L.RSP_WAITS], s[response + L.RSP_NEWCOMER]
    if known == L.NONE_WAITS:
        return 0
    if known == L.ONE_IS_NEW:
        return newcomer if s[newcomer + L.JOB_AT_HOME] != 0 and suits(s, x, response, newcomer) else 0
    for n in range(s[L.N_LINES]):
        line = s[L.LINES] + n * L.LN
        if s[line + L.LN_KIND] != L.REPAIR:
            continue
        job = s[line + L.LN_HEAD]
        while job != 0:
            if suits(s, x, response, job):
                if oldest == 0 or is_older(s, job, oldest):
                    oldest = job
                break  # they stand in order
            job = s[job + L.JOB_NEXT]
    return oldest


@function
def suits(s: S, x: X, response: int, job: int) -> bool:
    """True when a need is a failed unit of an item that a repair at home is for, and that it can do."""
    route = s[job + L.JOB_ROUTE]
    if route == 0 or s[route + L.RTE_IS_OVERHAUL] != 0:
        return False
    item = s[s[job + L.JOB_POINT] + L.PT_ITEM]
    return holds(s, s[response + L.RSP_ITEMS], s[response + L.RSP_N_ITEMS], item) and is_fit(s, x, response, job)


@function
def repair_what_waits(s: S, x: X) -> None:
    """Repair at home takes units that their line refuses, oldest first (section 7)."""
    for r in range(s[L.N_RESPONSES]):
        response = response_at(s, r)
        if s[response + L.RSP_ACTIVE] == 0 or s[response + L.RSP_KIND] != L.REPAIR_AT_HOME:
            continue
        if is_spent(s, x, response):
            continue
        job = oldest_waiting(s, x, response)
        s[response + L.RSP_WAITS] = L.NONE_WAITS if job == 0 else L.ANY_WAITS
        while job != 0 and has_turn(s, x, response):
            use_turn(s, response)
            leave_home(s, job)
            point, key, removal = s[job + L.JOB_POINT], s[job + L.JOB_UNIT_KEY], s[job + L.JOB_REMOVAL]
            end_job(s, job)
            ask_for_bits(s, x, enter_shop(s, point, s[response + L.RSP_ROUTE], key, removal))
            job = oldest_waiting(s, x, response)
