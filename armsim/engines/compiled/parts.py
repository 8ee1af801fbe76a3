"""Units in systems: their lives, removals, holes, issue, cannibalization (R-O3, R-M1 to R-M3), as engines/parts.py."""

from __future__ import annotations

from armsim.engines.compiled import bits, lists
from armsim.engines.compiled import layout as L
from armsim.engines.compiled.core import (
    S,
    X,
    after,
    amount,
    count,
    donors_lacking,
    donors_with,
    draw,
    fleet_at,
    later,
    limit_is,
    may_be_robbed,
    note_spare,
    of_days,
    of_use,
    rank_donor,
    reading,
    request_settle,
    seconds,
    system_of,
    touch_system,
    value,
    whole_life,
    whole_seconds,
)
from armsim.engines.compiled.jit import function
from armsim.engines.compiled.numbers import muldiv, sample
from armsim.engines.compiled.repair import own_repair, route_of, send_away, serve, take_from_supply
from armsim.engines.compiled.stock import join_queue, leave_queue, off_shelf
from armsim.engines.compiled.supply import order_ahead_of
from armsim.engines.compiled.work import want_crew
from armsim.model import draws, events, rules
from armsim.model.draws import Purpose
from armsim.model.order import NEVER, Kind

LIFE, REMOVAL, DAMAGE = int(Purpose.LIFE), int(Purpose.REMOVAL), int(Purpose.DAMAGE)
INITIAL, DEMAND = int(Purpose.INITIAL), int(Purpose.DEMAND)
EXPIRY, FAILURE = int(Kind.EXPIRY), int(Kind.FAILURE)
EXPONENTIAL = draws.EXPONENTIAL
ON_DEMAND, CONCENTRATE, INSTANT, NO_ROBBING = rules.ON_DEMAND, rules.CONCENTRATE, rules.INSTANT, rules.NO_ROBBING
BY_FAILURE, BY_HARD_LIFE, BY_EXPIRY = range(3)


# Units ------------------------------------------------------------------------------------------------------------


@function
def life_of(s: S, x: X, position: int, unit: int, quality: float) -> None:
    """A unit with its life drawn; limits are amounts left (R-O3, ENGINE 10). The first comes with its system."""
    item, k, key = s[position + L.POS_ITEM], s[position + L.POS_FITTED], s[position + L.POS_KEY]
    s[position + L.POS_FITTED] += 1
    s[unit + L.U_FAILS_AT], s[unit + L.U_HARD_AT], s[unit + L.U_FAILS_ON] = NEVER, NEVER, NEVER
    s[unit + L.U_HARD_ON], s[unit + L.U_EXPIRES_ON], s[unit + L.U_ORDERED] = NEVER, NEVER, 0
    by = s[item + L.ITM_FAILS_BY]
    if by != 0:
        u = draw(s, LIFE, key, k)
        drawn = amount(s, x, item + L.ITM_FAILS, u[0], LIFE, 0, key, k)
        if by == L.BY_USE:
            s[unit + L.U_FAILS_AT] = whole_life(s, drawn * quality)
        elif by == L.BY_DAYS:
            s[unit + L.U_FAILS_ON] = max(1, whole_seconds(s, drawn * quality))
        else:
            hours = sortie(s, x, s[s[position + L.POS_SYSTEM] + L.SYS_FLEET])
            s[unit + L.U_FAILS_AT] = whole_life(s, drawn * hours * quality)
    if k == 0 and s[item + L.ITM_DUE] != 0 and s[s[position + L.POS_SYSTEM] + L.SYS_DELIVERY] == 0:
        return
    if s[item + L.ITM_HARD] == 0 and s[item + L.ITM_EXPIRES] < 0:
        return
    age = age_aboard(s, x, position) if k == 0 else 0.0
    if s[item + L.ITM_HARD] != 0:
        use, days = of_use(s, x, s[item + L.ITM_HARD_USE]), of_days(s, x, s[item + L.ITM_HARD_DAYS])
        s[unit + L.U_HARD_AT] = max(1, int(use * (1.0 - age))) if use < NEVER else NEVER
        s[unit + L.U_HARD_ON] = max(1, int(days * (1.0 - age))) if days < NEVER else NEVER
    if s[item + L.ITM_EXPIRES] >= 0:
        lasts = whole_seconds(s, value(s, x, s[item + L.ITM_EXPIRES]))
        s[unit + L.U_EXPIRES_ON] = max(1, int(lasts * (1.0 - age)))


@function
def age_aboard(s: S, x: X, position: int) -> float:
    """The share of its life that a unit has behind it which comes with its system (R-T6, R-O4)."""
    delivery = s[s[position + L.POS_SYSTEM] + L.SYS_DELIVERY]
    if delivery == 0:
        return draw(s, INITIAL, s[position + L.POS_KEY], 0)[0]
    used = s[s[delivery + L.DLV_USED] + s[s[position + L.POS_ITEM] + L.ITM_INDEX]]
    return value(s, x, used) if used >= 0 else 0.0


@function
def sortie(s: S, x: X, fleet: int) -> float:
    """Flying hours of a sortie of a fleet."""
    return value(s, x, s[fleet + L.FLT_SORTIE])


@function
def set_limit(s: S, position: int) -> None:
    """The use limit of a position among those of its system."""
    unit, at = position + L.POS_UNIT, s[position + L.POS_LIMIT]
    limit = min(s[unit + L.U_FAILS_AT], s[unit + L.U_HARD_AT]) if s[position + L.POS_HAS] != 0 else NEVER
    limit_is(s, s[position + L.POS_SYSTEM], at, limit)


@function
def empty_bit(s: S, position: int, is_empty: int) -> None:
    """Whether a position is empty, as one bit of its system."""
    system, rank = s[position + L.POS_SYSTEM], s[position + L.POS_RANK]
    bits.put(s, s[system + L.SYS_EMPTY], rank, is_empty)
    s[system + L.SYS_N_EMPTY] += 1 if is_empty != 0 else -1


@function
def next_empty(s: S, system: int, rank: int, n: int) -> int:
    """The first empty position of a system from a rank on; n for none."""
    return bits.next_place(s, s[system + L.SYS_EMPTY], rank, n)


@function
def position_at(s: S, system: int, rank: int) -> int:
    """A position of a system by its rank."""
    return s[system + L.SYS_POSITIONS] + rank * L.POS


@function
def fit(s: S, x: X, position: int, taken: int) -> None:
    """Put a unit in: what it has left counts from now on."""
    system, unit, now = s[position + L.POS_SYSTEM], position + L.POS_UNIT, s[L.NOW]
    read, strain = reading(s, system), s[system + L.SYS_STRAIN]
    if taken != unit:
        for k in range(L.UNIT):
            s[unit + k] = s[taken + k]
    s[position + L.POS_PROMISED], s[position + L.POS_ROBBED] = 0, 0
    s[position + L.POS_HAS] = 1
    empty_bit(s, position, 0)
    note_spare(s, position, 1)
    s[position + L.POS_STAMP] += 1
    if strain != 1000 and s[unit + L.U_FAILS_AT] < NEVER:
        s[unit + L.U_FAILS_AT] = max(1, muldiv(s[unit + L.U_FAILS_AT], 1000, strain))
    s[unit + L.U_FAILS_AT] = later(s[unit + L.U_FAILS_AT], read)
    s[unit + L.U_HARD_AT] = later(s[unit + L.U_HARD_AT], read)
    s[unit + L.U_FAILS_ON] = later(s[unit + L.U_FAILS_ON], now)
    s[unit + L.U_HARD_ON] = later(s[unit + L.U_HARD_ON], now)
    s[unit + L.U_EXPIRES_ON] = later(s[unit + L.U_EXPIRES_ON], now)
    set_limit(s, position)
    watch_dates(s, x, position)
    touch_system(s, system)


@function
def take_out(s: S, position: int) -> int:
    """Take a unit out: it carries what it has left. Where its record is."""
    system, unit, now = s[position + L.POS_SYSTEM], position + L.POS_UNIT, s[L.NOW]
    read, strain = reading(s, system), s[system + L.SYS_STRAIN]
    s[position + L.POS_HAS] = 0
    empty_bit(s, position, 1)
    note_spare(s, position, -1)
    s[position + L.POS_STAMP] += 1
    s[unit + L.U_FAILS_AT] = later(s[unit + L.U_FAILS_AT], -read)
    s[unit + L.U_HARD_AT] = later(s[unit + L.U_HARD_AT], -read)
    if strain != 1000 and s[unit + L.U_FAILS_AT] < NEVER:
        s[unit + L.U_FAILS_AT] = muldiv(s[unit + L.U_FAILS_AT], strain, 1000)
    s[unit + L.U_FAILS_ON] = later(s[unit + L.U_FAILS_ON], -now)
    s[unit + L.U_HARD_ON] = later(s[unit + L.U_HARD_ON], -now)
    s[unit + L.U_EXPIRES_ON] = later(s[unit + L.U_EXPIRES_ON], -now)
    set_limit(s, position)
    touch_system(s, system)
    return unit


@function
def nearest_date(s: S, position: int) -> int:
    """The nearest calendar limit of a fitted unit."""
    unit = position + L.POS_UNIT
    return min(s[unit + L.U_FAILS_ON], s[unit + L.U_HARD_ON], s[unit + L.U_EXPIRES_ON])


@function
def watch_dates(s: S, x: X, position: int) -> None:
    """Calendar limits of a fitted unit ring at their date; an order goes out one lead time ahead (R-M6)."""
    unit, item, system, now = position + L.POS_UNIT, s[position + L.POS_ITEM], s[position + L.POS_SYSTEM], s[L.NOW]
    f, slot, rank = s[s[system + L.SYS_FLEET] + L.FLT_INDEX], s[system + L.SYS_SLOT], s[position + L.POS_RANK]
    nearest, mark = nearest_date(s, position), s[position + L.POS_STAMP] << 8
    if nearest < s[L.HORIZON]:
        after(s, max(0, nearest - now), EXPIRY, f, slot, rank, L.UNIT_DATE | mark, position, nearest)
    dated = s[unit + L.U_EXPIRES_ON]
    if s[item + L.ITM_RENEWABLE] == 0:
        dated = min(dated, s[unit + L.U_HARD_ON])
    if dated < NEVER and s[item + L.ITM_LINE] != 0 and s[unit + L.U_ORDERED] == 0:
        ahead = max(0, dated - s[s[position + L.POS_POINT] + L.PT_LEAD] - now)
        if now + ahead < s[L.HORIZON]:
            after(s, ahead, EXPIRY, f, slot, events.AHEAD + rank, L.ORDER_AHEAD | mark, position, dated)


@function
def unit_date(s: S, x: X, position: int, date: int) -> None:
    """A unit reaches a calendar limit."""
    unit = position + L.POS_UNIT
    cause = BY_EXPIRY
    if s[unit + L.U_FAILS_ON] == date:
        cause = BY_FAILURE
    elif s[unit + L.U_HARD_ON] == date:
        cause = BY_HARD_LIFE
    remove(s, x, position, cause)
    request_settle(s)


@function
def order_ahead(s: S, x: X, position: int) -> None:
    """Order the replacement of a unit that will expire, one mean lead time ahead (R-M6)."""
    s[position + L.POS_UNIT + L.U_ORDERED] = 1
    order_ahead_of(s, x, s[position + L.POS_POINT])
    request_settle(s)


# Holes ------------------------------------------------------------------------------------------------------------


@function
def remember_draw(s: S, x: X, position: int, u: float, purpose: int, slot: int, key: int, k: int) -> None:
    """Where the work to fill the present hole is drawn from."""
    x[position + L.POS_DRAW_U], s[position + L.POS_DRAW_PURPOSE], s[position + L.POS_DRAW_SLOT] = u, purpose, slot
    s[position + L.POS_DRAW_KEY], s[position + L.POS_DRAW_K] = key, k


@function
def remove(s: S, x: X, position: int, cause: int) -> None:
    """A unit is removed: the hole joins the queue, the unit takes the route its cause decides (ENGINE 14)."""
    take_out(s, position)
    item, k, key = s[position + L.POS_ITEM], s[position + L.POS_REMOVALS], s[position + L.POS_KEY]
    s[position + L.POS_REMOVALS] += 1
    u = draw(s, REMOVAL, key, k)
    remember_draw(s, x, position, u[3], REMOVAL, 3, key, k)
    open_hole(s, position)
    route = 0
    if cause == BY_FAILURE:
        route = own_repair(s, x, item, key, k)
        if route == 0:
            route = route_of(s, x, item, u[0])
    elif cause == BY_HARD_LIFE:
        route = s[item + L.ITM_RENEWABLE]
    send_away(s, x, s[position + L.POS_POINT], route, key, k)


@function
def queue_up(s: S, position: int, waits: int) -> None:
    """A hole waits in a queue, or no longer: systems count those that ground them."""
    s[position + L.POS_IN_QUEUE] = waits
    if s[s[position + L.POS_ITEM] + L.ITM_GROUNDS] != 0:
        change_lacking(s, s[position + L.POS_SYSTEM], s[position + L.POS_POINT], 1 if waits != 0 else -1)


@function
def change_lacking(s: S, system: int, point: int, by: int) -> None:
    """A system has a hole more or less that grounds it; points count the systems that lack nothing but their item.

    A system keeps the sum of the points of its holes: with one hole that is its point.
    """
    if s[system + L.SYS_LACKING] == 1:
        s[s[system + L.SYS_HOLES_AT] + L.PT_ONES] -= 1
    s[system + L.SYS_LACKING] += by
    s[system + L.SYS_HOLES_AT] += by * point
    if s[system + L.SYS_LACKING] == 1:
        s[s[system + L.SYS_HOLES_AT] + L.PT_ONES] += 1
    rank_donor(s, system)


@function
def open_hole(s: S, position: int) -> None:
    """A hole waits in the queue of its stock point (R-M2)."""
    item = s[position + L.POS_ITEM]
    join_queue(s, s[position + L.POS_POINT], position)
    queue_up(s, position, 1)
    count(s, item, L.HOLES, 1)
    count(s, item, L.BACKORDERS, 1)
    request_settle(s)


@function
def strike(s: S, x: X, fleet: int, n: int) -> None:
    """A fixed demand: it takes out a filled position drawn at random, or a unit from supply (R-O2)."""
    demand = s[fleet + L.FLT_FIXED] + n * L.FXD
    k, key, item = s[demand + L.FXD_DEMANDS], s[demand + L.FXD_KEY], s[demand + L.FXD_ITEM]
    s[demand + L.FXD_DEMANDS] += 1
    u = draw(s, DEMAND, key, k)[1]
    filled = count_filled(s, fleet, item, -1)
    if filled != 0:
        position = count_filled(s, fleet, item, int(u * filled))
        remove(s, x, position, BY_FAILURE)
    else:
        take_from_supply(s, x, item, s[s[fleet + L.FLT_POINTS] + s[item + L.ITM_INDEX]], key, k)
    next_demand(s, x, fleet, n)
    request_settle(s)


@function
def count_filled(s: S, fleet: int, item: int, wanted: int) -> int:
    """How many positions of a fleet have the item fitted; the `wanted`-th of them where that is not below 0."""
    ranks = s[fleet + L.FLT_ITEM_RANKS] + 2 * s[item + L.ITM_INDEX]
    filled = 0
    for slot in range(s[fleet + L.FLT_MOST]):
        system = system_of(s, fleet, slot)
        if s[system + L.SYS_ON_BOOKS] == 0:
            continue
        for rank in range(s[ranks], s[ranks] + s[ranks + 1]):
            position = position_at(s, system, rank)
            if s[position + L.POS_HAS] != 0:
                if filled == wanted:
                    return position
                filled += 1
    return filled


@function
def next_demand(s: S, x: X, fleet: int, n: int) -> None:
    """Draw when a fixed demand comes next: its rate is that of the systems at the start (R-O2)."""
    demand = s[fleet + L.FLT_FIXED] + n * L.FXD
    positions = s[fleet + L.FLT_COUNT] * s[demand + L.FXD_PER_SYSTEM]
    if positions != 0:
        u = draw(s, DEMAND, s[demand + L.FXD_KEY], s[demand + L.FXD_DEMANDS])[0]
        mean = value(s, x, s[demand + L.FXD_MEAN]) / positions
        gap = whole_seconds(s, sample(EXPONENTIAL, mean, 0.0, u, (0.5, 0.5, 0.5, 0.5)))
        after(s, gap, FAILURE, s[fleet + L.FLT_INDEX], 1 + n, 0, L.STRIKE, fleet, n)


@function
def issue(s: S, x: X) -> None:
    """Serviceable units go to those who have waited longest (R-M2)."""
    n, points = s[L.N_DIRTY_POINTS], s[L.DIRTY_POINTS]
    if n == 0:
        return
    for k in range(1, n):  # in order
        point, place = s[points + k], k
        while place > 0 and s[points + place - 1] > point:
            s[points + place] = s[points + place - 1]
            place -= 1
        s[points + place] = point
    for k in range(n):
        s[s[points + k] + L.PT_DIRTY] = 2  # what changes here again needs no place in the list
    for k in range(n):
        point = s[points + k]
        while s[point + L.PT_HEAD] != 0 and s[point + L.PT_ON_SHELF] != 0:
            waiting = s[point + L.PT_HEAD]
            leave_queue(s, point, waiting)
            if s[waiting + L.Q_IS_NEED] != 0:
                serve(s, x, point, waiting)
                continue
            queue_up(s, waiting, 0)
            x[waiting + L.POS_QUALITY] = off_shelf(s, x, point)
            assign(s, x, waiting, 0, 1)
    kept = 0
    for k in range(s[L.N_DIRTY_POINTS]):
        point = s[points + k]
        if k < n:
            s[point + L.PT_DIRTY] = 0
        else:
            s[points + kept] = point
            kept += 1
    s[L.N_DIRTY_POINTS] = kept
    for k in range(s[L.N_LOTS]):  # a lot may be due for what was handed out
        point = s[s[L.LOTS] + k]
        if s[point + L.PT_DIRTY] == 0:
            s[point + L.PT_DIRTY] = 1
            s[points + s[L.N_DIRTY_POINTS]] = point
            s[L.N_DIRTY_POINTS] += 1


@function
def assign(s: S, x: X, position: int, robbed: int, effort: int) -> None:
    """A hole gets a unit: a crew puts it in, or it is in at once where no crew is needed (R-M1)."""
    item, system, key = s[position + L.POS_ITEM], s[position + L.POS_SYSTEM], s[position + L.POS_KEY]
    s[position + L.POS_PROMISED], s[position + L.POS_ROBBED] = 1, robbed
    count(s, item, L.BACKORDERS, -1)
    touch_system(s, system)
    law = item + L.ITM_REPLACE
    if s[law] < 0:
        install(s, x, position)
        return
    takes = effort * seconds(s, x, law, x[position + L.POS_DRAW_U], s[position + L.POS_DRAW_PURPOSE],
                             s[position + L.POS_DRAW_SLOT], s[position + L.POS_DRAW_KEY],
                             s[position + L.POS_DRAW_K])  # fmt: skip
    pool = s[s[s[system + L.SYS_FLEET] + L.FLT_CREWS] + s[item + L.ITM_INDEX]]
    s[position + L.POS_TASKS] += 1
    want_crew(s, x, system, L.REPLACE, position, pool, takes, s[item + L.ITM_REPLACE_NEEDS], key,
              s[position + L.POS_TASKS] - 1, s[item + L.ITM_REPLACE_GROUNDS])  # fmt: skip


@function
def install(s: S, x: X, position: int) -> None:
    """The unit is in; a robbed one may have been damaged on the way (R-M3)."""
    count(s, s[position + L.POS_ITEM], L.HOLES, -1)
    if s[position + L.POS_ROBBED] == 0:
        life_of(s, x, position, position + L.POS_UNIT, x[position + L.POS_QUALITY])
        fit(s, x, position, position + L.POS_UNIT)
    else:
        u = draw(s, DAMAGE, s[position + L.POS_KEY], s[position + L.POS_ROBBERIES] - 1)
        fit(s, x, position, position + L.POS_TAKEN)
        if u[0] < x[s[s[position + L.POS_SYSTEM] + L.SYS_FLEET] + L.FLT_DAMAGE]:
            remove(s, x, position, BY_FAILURE)


# Cannibalization --------------------------------------------------------------------------------------------------


@function
def cannibalize(s: S, x: X) -> None:
    """Take units from systems already down for something else, by each fleet's policy (R-M3)."""
    if s[L.ROBBING] == 0:
        return
    s[L.ROBBING] = 0
    on_demand, concentrate = False, False
    for f in range(s[L.N_FLEETS]):
        policy = s[fleet_at(s, f) + L.FLT_POLICY]
        on_demand, concentrate = on_demand or policy == ON_DEMAND, concentrate or policy == CONCENTRATE
    if on_demand:
        rob_on_demand(s, x)
    if concentrate:
        while complete_one(s, x):
            pass
    for f in range(s[L.N_FLEETS]):
        if s[fleet_at(s, f) + L.FLT_POLICY] == INSTANT:
            gather_holes(s, x, fleet_at(s, f))


@function
def rob_on_demand(s: S, x: X) -> None:
    """For a system with exactly one hole and no stock, in the order of points and queues (ENGINE 13)."""
    for p in range(s[L.N_POINTS]):
        point = s[L.POINTS] + p * L.PT
        if s[point + L.PT_ONES] == 0 or s[point + L.PT_ON_SHELF] != 0:
            continue
        if spares_of(s, s[point + L.PT_ITEM]) == 0:
            continue
        scratch, left, waiting = s[L.SCRATCH], s[point + L.PT_ONES], s[point + L.PT_TAIL]
        n = left
        while left != 0:  # from behind: those that wait longest lack more
            if s[waiting + L.Q_IS_NEED] == 0 and s[s[waiting + L.POS_SYSTEM] + L.SYS_LACKING] == 1:
                left -= 1
                s[scratch + left] = waiting
            waiting = s[waiting + L.Q_PREV]
        for k in range(n):
            hole = s[scratch + k]
            if is_recipient(s, s[hole + L.POS_SYSTEM]):
                donor = donor_for(s, hole)
                if donor != 0:
                    rob(s, x, donor, hole)


@function
def spares_of(s: S, item: int) -> int:
    """Units of an item that donors of all fleets have."""
    spares = 0
    for f in range(s[L.N_FLEETS]):
        spares += s[s[fleet_at(s, f) + L.FLT_SPARES] + s[item + L.ITM_INDEX]]
    return spares


@function
def is_recipient(s: S, system: int) -> bool:
    """True when a unit may be taken from another for a system."""
    robs = s[s[system + L.SYS_FLEET] + L.FLT_POLICY] == ON_DEMAND and s[system + L.SYS_LACKING] == 1
    return robs and s[system + L.SYS_ON_BOOKS] != 0 and s[system + L.SYS_OVERHAUL] == L.NO_OVERHAUL


@function
def donor_for(s: S, hole: int) -> int:
    """The position to rob: of the system with most holes, then of lowest rank, that has the unit; 0 for none."""
    item, point, best, most = s[hole + L.POS_ITEM], s[hole + L.POS_POINT], 0, -1
    for f in range(s[L.N_FLEETS]):
        fleet = fleet_at(s, f)
        ranks = s[fleet + L.FLT_ITEM_RANKS] + 2 * s[item + L.ITM_INDEX]
        if s[fleet + L.FLT_POLICY] == NO_ROBBING or s[ranks + 1] == 0:
            continue
        if s[s[fleet + L.FLT_POINTS] + s[item + L.ITM_INDEX]] != point:
            continue
        if spares_beside(s, fleet, s[hole + L.POS_SYSTEM], item, ranks) == 0:
            continue
        holes, left = s[fleet + L.FLT_N_POSITIONS], s[fleet + L.FLT_N_DONORS]
        while holes > most and left > 0:
            found = donor_lacking(s, fleet, holes, hole, ranks)
            if found != 0:
                best, most = found, holes
                break
            holes, left = holes - 1, left - s[s[fleet + L.FLT_RANKED] + holes]
    return best


@function
def spares_beside(s: S, fleet: int, system: int, item: int, ranks: int) -> int:
    """Units of an item that donors of a fleet have, but for a system itself."""
    spares = s[s[fleet + L.FLT_SPARES] + s[item + L.ITM_INDEX]]
    its_own = s[system + L.SYS_FLEET] == fleet and may_be_robbed(s, system)
    for rank in range(s[ranks], s[ranks] + s[ranks + 1] if its_own else s[ranks]):
        spares -= s[position_at(s, system, rank) + L.POS_HAS]
    return spares


@function
def donor_lacking(s: S, fleet: int, holes: int, hole: int, ranks: int) -> int:
    """The position to rob among a fleet's donors with so many holes; 0 for none."""
    if s[s[fleet + L.FLT_RANKED] + holes] == 0:
        return 0
    among, having = donors_lacking(s, fleet, holes), donors_with(s, fleet, s[hole + L.POS_ITEM])
    systems = s[fleet + L.FLT_MOST]
    slot = bits.next_in_both(s, among, having, 0, systems)
    while slot < systems:
        system = system_of(s, fleet, slot)
        if system != s[hole + L.POS_SYSTEM]:
            for place in range(s[ranks], s[ranks] + s[ranks + 1]):
                position = position_at(s, system, place)
                if s[position + L.POS_HAS] != 0 and s[position + L.POS_MARK] == 0:
                    return position
        slot = bits.next_in_both(s, among, having, slot + 1, systems)
    return 0


@function
def complete_one(s: S, x: X) -> bool:
    """Concentrate holes: complete a system from others that are down, if all it lacks can be found (R-M3)."""
    scratch, n = s[L.SCRATCH], 0
    for f in range(s[L.N_FLEETS]):
        fleet = fleet_at(s, f)
        if s[fleet + L.FLT_POLICY] != CONCENTRATE:
            continue
        systems, holes, left = s[fleet + L.FLT_MOST], 0, s[fleet + L.FLT_N_DONORS] - s[s[fleet + L.FLT_RANKED]]
        while left > 0:
            holes += 1
            donors, of_rank = donors_lacking(s, fleet, holes), s[s[fleet + L.FLT_RANKED] + holes]
            slot, left = bits.next_place(s, donors, 0, systems) if of_rank != 0 else systems, left - of_rank
            while slot < systems:
                system = system_of(s, fleet, slot)
                if s[system + L.SYS_OVERHAUL] == L.NO_OVERHAUL and s[system + L.SYS_N_OTHER] == 0:
                    place = n  # fewest holes first, then as they stand
                    while place > 0 and s[s[scratch + place - 1] + L.SYS_LACKING] > holes:
                        s[scratch + place] = s[scratch + place - 1]
                        place -= 1
                    s[scratch + place] = system
                    n += 1
                slot = bits.next_place(s, donors, slot + 1, systems)
    for k in range(n):
        if complete(s, x, s[scratch + k], scratch + n):
            return True
    return False


@function
def has_spares(s: S, system: int) -> bool:
    """False when some unit that a system lacks is on no donor: then no search can complete it."""
    wanted = s[system + L.SYS_WANTED]  # what it had to do without the last time comes first
    if wanted != 0 and is_wanted_in_vain(s, system, wanted):
        return False
    positions = s[s[system + L.SYS_FLEET] + L.FLT_N_POSITIONS]
    rank = next_empty(s, system, 0, positions)
    while rank < positions:
        hole = position_at(s, system, rank)
        if is_wanted_in_vain(s, system, hole):
            s[system + L.SYS_WANTED] = hole
            return False
        rank = next_empty(s, system, rank + 1, positions)
    return True


@function
def is_wanted_in_vain(s: S, system: int, hole: int) -> bool:
    """True when a hole grounds a system and no donor has a unit for it."""
    item = s[hole + L.POS_ITEM]
    if s[hole + L.POS_IN_QUEUE] == 0 or s[item + L.ITM_GROUNDS] == 0:
        return False
    for f in range(s[L.N_FLEETS]):
        fleet = fleet_at(s, f)
        ranks = s[fleet + L.FLT_ITEM_RANKS] + 2 * s[item + L.ITM_INDEX]
        if s[ranks + 1] != 0 and spares_beside(s, fleet, system, item, ranks) != 0:
            return False
    return True


@function
def complete(s: S, x: X, system: int, taken: int) -> bool:
    """Complete a system from others, if all it lacks can be found; `taken` is room for a list."""
    positions, found, can = s[s[system + L.SYS_FLEET] + L.FLT_N_POSITIONS], 0, has_spares(s, system)
    rank = next_empty(s, system, 0, positions)
    while rank < positions and can:
        hole = position_at(s, system, rank)
        if s[hole + L.POS_IN_QUEUE] != 0 and s[s[hole + L.POS_ITEM] + L.ITM_GROUNDS] != 0:
            donor = donor_for(s, hole)
            can = donor != 0
            if can:
                s[donor + L.POS_MARK] = 1
                s[taken + 2 * found], s[taken + 2 * found + 1] = donor, hole
                found += 1
        rank = next_empty(s, system, rank + 1, positions)
    for one in range(found):
        s[s[taken + 2 * one] + L.POS_MARK] = 0
    for one in range(found if can else 0):
        rob(s, x, s[taken + 2 * one], s[taken + 2 * one + 1])
    return can


@function
def gather_holes(s: S, x: X, fleet: int) -> None:
    """Instant cannibalization: holes are on as few systems as possible, at once and for nothing (R-M3)."""
    scratch, n, queued = s[L.SCRATCH], 0, 0
    for slot in range(s[fleet + L.FLT_MOST]):
        system = system_of(s, fleet, slot)
        if s[system + L.SYS_ON_BOOKS] == 0 or s[system + L.SYS_OVERHAUL] == L.IN_WORK:
            continue
        queued += s[system + L.SYS_LACKING]
        place = n  # at their limit first, most holes first, then as they stand
        while place > 0 and is_worse_donor(s, system, s[scratch + place - 1]):
            s[scratch + place] = s[scratch + place - 1]
            place -= 1
        s[scratch + place] = system
        n += 1
    if queued == 0:
        return
    needed = 0
    for i in range(s[L.N_ITEMS]):
        item = s[L.ITEMS] + i * L.ITM
        if s[item + L.ITM_GROUNDS] != 0:
            needed = max(needed, systems_for(s, fleet, item, scratch, n))
    for k in range(n):
        s[s[scratch + k] + L.SYS_MARK] = k < needed
    for slot in range(s[fleet + L.FLT_MOST]):
        system = system_of(s, fleet, slot)
        if s[system + L.SYS_ON_BOOKS] == 0 or s[system + L.SYS_OVERHAUL] == L.IN_WORK or s[system + L.SYS_MARK] != 0:
            continue
        positions = s[fleet + L.FLT_N_POSITIONS]
        rank = next_empty(s, system, 0, positions)
        while rank < positions:
            hole = position_at(s, system, rank)
            rank = next_empty(s, system, rank + 1, positions)
            if s[hole + L.POS_IN_QUEUE] != 0 and s[s[hole + L.POS_ITEM] + L.ITM_GROUNDS] != 0:
                move(s, x, full_among(s, fleet, s[hole + L.POS_ITEM], scratch, needed), hole)


@function
def is_worse_donor(s: S, system: int, other: int) -> bool:
    """True when a system gets holes before another: at its overhaul limit, or with more holes."""
    grounded = s[system + L.SYS_OVERHAUL] == L.DUE or s[system + L.SYS_OVERHAUL] == L.QUEUED
    others = s[other + L.SYS_OVERHAUL] == L.DUE or s[other + L.SYS_OVERHAUL] == L.QUEUED
    if grounded != others:
        return grounded
    return s[system + L.SYS_LACKING] > s[other + L.SYS_LACKING]


@function
def systems_for(s: S, fleet: int, item: int, worst: int, n: int) -> int:
    """Over how many systems, the worst first, all unfilled holes of an item can be laid."""
    ranks = s[fleet + L.FLT_ITEM_RANKS] + 2 * s[item + L.ITM_INDEX]
    left, used = 0, 0
    for k in range(n):
        for rank in range(s[ranks], s[ranks] + s[ranks + 1]):
            left += s[position_at(s, s[worst + k], rank) + L.POS_IN_QUEUE]
    while left > 0:  # a position with a unit assigned cannot take a hole
        for rank in range(s[ranks], s[ranks] + s[ranks + 1]):
            left -= s[position_at(s, s[worst + used], rank) + L.POS_PROMISED] == 0
        used += 1
    return used


@function
def full_among(s: S, fleet: int, item: int, worst: int, n: int) -> int:
    """The first position with a unit of an item among the first n systems of a list."""
    ranks = s[fleet + L.FLT_ITEM_RANKS] + 2 * s[item + L.ITM_INDEX]
    for k in range(n):
        for rank in range(s[ranks], s[ranks] + s[ranks + 1]):
            position = position_at(s, s[worst + k], rank)
            if s[position + L.POS_HAS] != 0:
                return position
    return 0


@function
def move(s: S, x: X, donor: int, hole: int) -> None:
    """A unit changes places with a hole, which keeps its turn in the queue."""
    lists.replace(s, s[hole + L.POS_POINT] + L.PT_HEAD, L.Q_PREV, hole, donor)
    queue_up(s, hole, 0)
    queue_up(s, donor, 1)
    remember_draw(s, x, donor, x[hole + L.POS_DRAW_U], s[hole + L.POS_DRAW_PURPOSE], s[hole + L.POS_DRAW_SLOT],
                  s[hole + L.POS_DRAW_KEY], s[hole + L.POS_DRAW_K])  # fmt: skip
    fit(s, x, hole, take_out(s, donor))


@function
def rob(s: S, x: X, donor: int, hole: int) -> None:
    """Move a unit from donor to hole: twice the work, on the recipient's ticket; the donor's hole waits."""
    unit = take_out(s, donor)
    of, to = s[s[donor + L.POS_SYSTEM] + L.SYS_FLEET], s[s[hole + L.POS_SYSTEM] + L.SYS_FLEET]
    if s[s[hole + L.POS_ITEM] + L.ITM_FAILS_BY] == L.BY_SORTIES and of != to:
        hours = s[unit + L.U_FAILS_AT] * (sortie(s, x, to) / sortie(s, x, of))  # as many sorties are left
        s[unit + L.U_FAILS_AT] = max(1, int(hours))
    for k in range(L.UNIT):
        s[hole + L.POS_TAKEN + k] = s[unit + k]
    leave_queue(s, s[hole + L.POS_POINT], hole)
    queue_up(s, hole, 0)
    k, key = s[hole + L.POS_ROBBERIES], s[hole + L.POS_KEY]
    u = draw(s, DAMAGE, key, k)
    s[hole + L.POS_ROBBERIES] += 1
    x[hole + L.POS_QUALITY] = 1.0
    remember_draw(s, x, donor, u[2], DAMAGE, 2, key, k)
    open_hole(s, donor)
    remember_draw(s, x, hole, u[1], DAMAGE, 1, key, k)
    assign(s, x, hole, 1, 2)
