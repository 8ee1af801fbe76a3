"""Systems: coming and going, flying, upkeep, inspections, overhaul (R-O1, R-O4, R-M0, R-M7), as engines/systems.py."""

from __future__ import annotations

from armsim.engines.compiled import bits, lists, trees
from armsim.engines.compiled import layout as L
from armsim.engines.compiled.core import (
    YEAR,
    S,
    X,
    advance,
    after,
    count,
    date,
    draw,
    fail,
    fleet_at,
    free_row,
    holds,
    level,
    limit_is,
    limits_change,
    of_days,
    of_shift,
    of_use,
    rank_donor,
    reading,
    refresh_limits,
    request_settle,
    seconds,
    set_overhaul,
    spend,
    system_of,
    touch_system,
    value,
    whole_life,
    whole_seconds,
)
from armsim.engines.compiled.gates import cover_at, g, gate_under, gx, overhaul_open, touch
from armsim.engines.compiled.jit import function
from armsim.engines.compiled.numbers import (
    flown_a_second,
    flying_rate,
    muldiv,
    repair_abroad,
    sample,
    shared_age,
    spoilt,
    staggered,
    use_delay,
)
from armsim.engines.compiled.parts import (
    BY_FAILURE,
    BY_HARD_LIFE,
    fit,
    life_of,
    next_demand,
    position_at,
    queue_up,
    remove,
    set_limit,
    take_out,
    watch_dates,
)
from armsim.engines.compiled.sources import response_at
from armsim.engines.compiled.stock import leave_queue, shelve
from armsim.engines.compiled.supply import (
    ACCOUNT_OVERHAUL,
    begin_delivery,
)
from armsim.engines.compiled.work import leave_system, stop_waiting, want_crew
from armsim.model import draws, events, rules
from armsim.model.draws import Purpose
from armsim.model.order import NEVER, Flow, Kind
from armsim.model.trajectory import State

UPKEEP, INSPECTION, OVERHAUL = int(Purpose.UPKEEP), int(Purpose.INSPECTION), int(Purpose.OVERHAUL)
LOSS, INITIAL, REGENERATION, HARVEST = (
    int(Purpose.LOSS), int(Purpose.INITIAL), int(Purpose.REGENERATION), int(Purpose.HARVEST))  # fmt: skip
EXPIRY, ARRIVAL = int(Kind.EXPIRY), int(Kind.ARRIVAL)
OF_OVERHAUL, OF_REGENERATION, OF_EXTENSION = int(Flow.OVERHAUL), int(Flow.REGENERATION), int(Flow.EXTENSION)
DONE, RETURNED, LOST = rules.DONE, rules.RETURNED, rules.LOST
FMC, PMC = int(State.FMC), int(State.PMC)
EXPONENTIAL = draws.EXPONENTIAL
NO_PHASES = (0.5, 0.5, 0.5, 0.5)
MOST = 9.2e18
"""What a sum of a report period may grow to (ENGINE 9)."""
BEYOND = 1 << 62
"""At which reading a system that does not fly reaches a limit."""


@function
def build_fleet(s: S, x: X, fleet: int) -> None:
    """Systems on the books at the start, with units fitted and first due dates."""
    now = s[L.NOW]
    s[fleet + L.FLT_SINCE], s[fleet + L.FLT_COUNTED] = now, now
    s[fleet + L.FLT_POLICY] = s[fleet + L.FLT_BASE_POLICY]
    x[fleet + L.FLT_DAMAGE], x[fleet + L.FLT_FACTOR] = value(s, x, s[fleet + L.FLT_BASE_DAMAGE]), 1.0
    s[fleet + L.FLT_ALARM_AT] = NEVER
    programme_changes(s, fleet)
    at_most = s[fleet + L.FLT_AT_MOST]
    s[fleet + L.FLT_CAP] = flown_a_second(value(s, x, at_most)) if at_most >= 0 else NEVER
    positions, upkeeps = s[fleet + L.FLT_N_POSITIONS], s[fleet + L.FLT_N_UPKEEPS]
    inspections = s[fleet + L.FLT_N_INSPECTIONS]
    trees.plant(s, s[fleet + L.FLT_TREE], s[fleet + L.FLT_TREE_SIZE], BEYOND)
    limits = L.LIM + upkeeps + inspections + positions
    keys = s[fleet + L.FLT_KEYS]
    for slot in range(s[fleet + L.FLT_MOST]):
        system = system_of(s, fleet, slot)
        s[system + L.SYS_FLEET], s[system + L.SYS_SLOT] = fleet, slot
        s[system + L.SYS_KEY] = s[keys + slot * (1 + positions)]
        place = system + L.SYS
        s[system + L.SYS_LIMITS] = place
        for k in range(limits):
            s[place + k] = NEVER
        place += limits
        s[system + L.SYS_UPKEEPS], place = place, place + upkeeps
        s[system + L.SYS_INSPECTIONS], place = place, place + 2 * inspections
        for k in range(inspections):
            s[s[system + L.SYS_INSPECTIONS] + 2 * k + 1] = NEVER
        s[system + L.SYS_EMPTY], place = place, place + bits.row_words(positions)
        s[system + L.SYS_REASONS], place = place, place + positions
        s[system + L.SYS_POSITIONS] = place
        s[system + L.SYS_OVERHAUL_ON], s[system + L.SYS_LIFE_ON], s[system + L.SYS_LOST_ELSE] = NEVER, NEVER, NEVER
        s[system + L.SYS_STRAIN], s[system + L.SYS_STATE], s[system + L.SYS_NEXT] = 1000, -1, NEVER
        s[system + L.SYS_RANK] = L.NO_DONOR
        rank = 0
        for i in range(s[L.N_ITEMS]):
            ranks = s[fleet + L.FLT_ITEM_RANKS] + 2 * i
            for _ in range(s[ranks + 1]):
                position = position_at(s, system, rank)
                s[position + L.POS_SYSTEM], s[position + L.POS_RANK] = system, rank
                s[position + L.POS_ITEM], s[position + L.POS_POINT] = (
                    s[L.ITEMS] + i * L.ITM, s[s[fleet + L.FLT_POINTS] + i])  # fmt: skip
                s[position + L.POS_KEY] = s[keys + slot * (1 + positions) + 1 + rank]
                s[position + L.POS_LIMIT] = s[system + L.SYS_LIMITS] + L.LIM + upkeeps + inspections + rank
                s[position + L.POS_QUALITY] = L.ONE
                bits.put(s, s[system + L.SYS_EMPTY], rank, 1)
                s[system + L.SYS_N_EMPTY] += 1
                rank += 1
        if slot < s[fleet + L.FLT_COUNT]:
            enter(s, x, system)
    for n in range(s[fleet + L.FLT_N_FIXED]):
        next_demand(s, x, fleet, n)


@function
def enter(s: S, x: X, system: int) -> None:
    """A system comes onto the books: fitted with units, its work falls due from now on."""
    fleet, new = s[system + L.SYS_FLEET], s[system + L.SYS_DELIVERY] != 0
    s[system + L.SYS_ON_BOOKS] = 1
    s[fleet + L.FLT_ON_BOOKS] += 1
    s[L.PERMISSIONS], s[L.OVERHAULS_DUE] = 1, 1
    rank_donor(s, system)
    for rank in range(s[fleet + L.FLT_N_POSITIONS]):
        position = position_at(s, system, rank)
        life_of(s, x, position, position + L.POS_UNIT, 1.0)
        fit(s, x, position, position + L.POS_UNIT)
    for k in range(s[fleet + L.FLT_N_UPKEEPS]):
        next_upkeep(s, x, system, k)
    for k in range(s[fleet + L.FLT_N_INSPECTIONS]):
        work = s[fleet + L.FLT_INSPECTIONS] + k * L.INS
        use, days = of_use(s, x, s[work + L.INS_USE]), of_days(s, x, s[work + L.INS_DAYS])
        if new:
            inspection_falls_due(s, system, k, use, days)
        elif s[work + L.INS_DUE] == 0:
            slot, n = s[system + L.SYS_SLOT], s[fleet + L.FLT_COUNT]
            left_use, left_days = first_left(s, x, 0, slot, n, 0.5, use, days)
            inspection_falls_due(s, system, k, left_use, left_days)
    if new:
        if s[fleet + L.FLT_OVERHAUL] != 0:
            overhaul_falls_due(s, system, of_use(s, x, s[fleet + L.FLT_OVERHAUL_USE]),
                               of_days(s, x, s[fleet + L.FLT_OVERHAUL_DAYS]))  # fmt: skip
        if s[fleet + L.FLT_LIFE] != 0:
            life_falls_due(s, system, of_use(s, x, s[fleet + L.FLT_LIFE_USE]),
                           of_days(s, x, s[fleet + L.FLT_LIFE_DAYS]))  # fmt: skip
        draw_loss(s, x, system)
    limits_change(s, system)
    touch_system(s, system)


@function
def due_moment(s: S, x: X, due: int, k: int, n: int, u: float, use: int, days: int) -> tuple[int, int]:
    """When the k-th of n first falls due, as (is use, amount) (R-M8); as timeline.due_moment."""
    if due == 0:
        return (1, staggered(0, use, k, n)) if use < NEVER else (0, staggered(0, days, k, n))
    shift = of_shift(s, x, s[due + L.DUE_SHIFT])
    overdue, listed, moments = s[due + L.DUE_OVERDUE], s[due + L.DUE_N_LISTED], due + L.DUE_MOMENTS
    if k < overdue:
        return 0, 0
    k -= overdue
    if k < listed:
        return s[moments + 2 * k], s[moments + 2 * k + 1]
    k, n = k - listed, n - overdue - listed
    ends, form = moments + 2 * listed, s[due + L.DUE_FORM]
    if form == L.STAGGERED:
        return s[ends], staggered(s[ends + 1], s[ends + 3], k, n) + shift
    if form == L.RANDOM:
        return s[ends], s[ends + 1] + int(u * (s[ends + 3] - s[ends + 1])) + shift
    if k < s[due + L.DUE_N_ENDS]:
        return s[ends + 2 * k], s[ends + 2 * k + 1] + shift
    return 0, NEVER


@function
def first_left(s: S, x: X, due: int, k: int, n: int, u: float, use: int, days: int) -> tuple[int, int]:
    """(use left, seconds left) of the k-th of n: both limits share one age (R-M8)."""
    is_use, amount = due_moment(s, x, due, k, n, u, use, days)
    return shared_age((is_use, amount), (use, days))


@function
def begin_limits(s: S, x: X, fleet: int) -> None:
    """At the start: overhauls, life limits and losses begin to count, first due dates hold (R-T6, R-M8)."""
    n, f = s[fleet + L.FLT_COUNT], s[fleet + L.FLT_INDEX]
    for slot in range(n):
        system = system_of(s, fleet, slot)
        key = s[system + L.SYS_KEY]
        u = draw(s, INITIAL, key, 0)
        for k in range(s[fleet + L.FLT_N_INSPECTIONS]):
            work = s[fleet + L.FLT_INSPECTIONS] + k * L.INS
            due = s[work + L.INS_DUE]
            if due != 0:
                use, days = of_use(s, x, s[work + L.INS_USE]), of_days(s, x, s[work + L.INS_DAYS])
                drawn = draw(s, INITIAL, key, k + 1)[0]
                left_use, left_days = first_left(s, x, due, slot, n, drawn, use, days)
                inspection_falls_due(s, system, k, left_use, left_days)
        if s[fleet + L.FLT_OVERHAUL] != 0:
            due = s[fleet + L.FLT_OVERHAUL_DUE]
            use, days = of_use(s, x, s[fleet + L.FLT_OVERHAUL_USE]), of_days(s, x, s[fleet + L.FLT_OVERHAUL_DAYS])
            left_use, left_days = first_left(s, x, due, slot, n, u[0], use, days)
            overhaul_falls_due(s, system, left_use, left_days)
        if s[fleet + L.FLT_LIFE] != 0:
            due = s[fleet + L.FLT_LIFE_DUE]
            use, days = of_use(s, x, s[fleet + L.FLT_LIFE_USE]), of_days(s, x, s[fleet + L.FLT_LIFE_DAYS])
            left_use, left_days = first_left(s, x, due, slot, n, u[1], use, days)
            life_falls_due(s, system, left_use, left_days)
        draw_loss(s, x, system)
    for k in range(s[fleet + L.FLT_N_LOSSES]):
        loss = s[fleet + L.FLT_LOSSES] + 3 * k
        on_day(s, date(s, x, s[loss]), f, events.DATED_LOSS, k, L.LOSSES, fleet, loss)
    for k in range(s[fleet + L.FLT_N_RETIREMENTS]):
        retirement = s[fleet + L.FLT_RETIREMENTS] + 3 * k
        on_day(s, date(s, x, s[retirement]), f, events.RETIREMENT, k, L.RETIREMENTS, fleet, retirement)


@function
def on_day(s: S, t: int, first: int, second: int, third: int, what: int, a: int, b: int) -> None:
    """Something that falls due on a date from now on and before the horizon."""
    if s[L.NOW] <= t < s[L.HORIZON]:
        after(s, t - s[L.NOW], EXPIRY, first, second, third, what, a, b)


@function
def first_item_limits(s: S, x: X) -> None:
    """Hard lives and expiries with due dates of their own begin to count, over all fleets together."""
    for i in range(s[L.N_ITEMS]):
        item = s[L.ITEMS] + i * L.ITM
        due = s[item + L.ITM_DUE]
        if due == 0:
            continue
        n, k = count_at_start(s, item), 0
        for f in range(s[L.N_FLEETS]):
            fleet = fleet_at(s, f)
            ranks = s[fleet + L.FLT_ITEM_RANKS] + 2 * i
            for slot in range(s[fleet + L.FLT_COUNT]):
                for rank in range(s[ranks], s[ranks] + s[ranks + 1]):
                    position = position_at(s, system_of(s, fleet, slot), rank)
                    if s[position + L.POS_HAS] != 0:
                        begin_item_limits(s, x, item, due, position, k, n)
                        k += 1


@function
def count_at_start(s: S, item: int) -> int:
    """Units of an item fitted to the systems there at the start."""
    n = 0
    for f in range(s[L.N_FLEETS]):
        fleet = fleet_at(s, f)
        ranks = s[fleet + L.FLT_ITEM_RANKS] + 2 * s[item + L.ITM_INDEX]
        for slot in range(s[fleet + L.FLT_COUNT]):
            for rank in range(s[ranks], s[ranks] + s[ranks + 1]):
                n += s[position_at(s, system_of(s, fleet, slot), rank) + L.POS_HAS]
    return n


@function
def begin_item_limits(s: S, x: X, item: int, due: int, position: int, k: int, n: int) -> None:
    """The k-th of n units of an item begins to count."""
    unit = position + L.POS_UNIT
    u = draw(s, INITIAL, s[position + L.POS_KEY], 1)[0]
    if s[item + L.ITM_HARD] != 0:
        use, days = of_use(s, x, s[item + L.ITM_HARD_USE]), of_days(s, x, s[item + L.ITM_HARD_DAYS])
        left_use, left_days = first_left(s, x, due, k, n, u, use, days)
        read = reading(s, s[position + L.POS_SYSTEM])
        s[unit + L.U_HARD_AT] = read + left_use if left_use < NEVER else NEVER
        s[unit + L.U_HARD_ON] = s[L.NOW] + left_days if left_days < NEVER else NEVER
    if s[item + L.ITM_EXPIRES] >= 0:
        days = max(1, whole_seconds(s, value(s, x, s[item + L.ITM_EXPIRES])))
        _, left_days = first_left(s, x, due, k, n, u, NEVER, days)
        s[unit + L.U_EXPIRES_ON] = s[L.NOW] + left_days if left_days < NEVER else NEVER
    set_limit(s, position)
    watch_dates(s, x, position)


# Flying -----------------------------------------------------------------------------------------------------------


@function
def demand_of(s: S, x: X, fleet: int) -> int:
    """The programme now, in nano-flown-seconds a second of the whole fleet (R-O1)."""
    demand, factor = s[fleet + L.FLT_PROGRAMMED], x[fleet + L.FLT_FACTOR]
    if s[fleet + L.FLT_FLY_EACH] != 0:
        demand *= s[fleet + L.FLT_ON_BOOKS]
    return int(demand * factor) if factor != 1.0 else demand


@function
def programme_changes(s: S, fleet: int) -> None:
    """The programme says something else from now on."""
    s[fleet + L.FLT_PROGRAMMED] = level(s, s[fleet + L.FLT_PROGRAMME], s[L.NOW])
    s[fleet + L.FLT_CHANGED] = 1
    request_settle(s)


@function
def reset_flying(s: S, x: X, fleet: int) -> None:
    """After a settle: the rate at which systems fly, and an alarm at the next limit of use."""
    advance(s, fleet)
    s[fleet + L.FLT_DEMAND], s[fleet + L.FLT_AVAILABLE] = demand_of(s, x, fleet), s[fleet + L.FLT_FLYING]
    s[fleet + L.FLT_RATE] = flying_rate(s[fleet + L.FLT_DEMAND], s[fleet + L.FLT_AVAILABLE], s[fleet + L.FLT_CAP])
    if 1.0 * s[fleet + L.FLT_DEMAND] * s[L.LONGEST_PERIOD] > MOST:
        fail(s, L.OVERFLOW, 0)
    nearest, delay = s[s[fleet + L.FLT_TREE] + 1], NEVER
    if nearest < NEVER:
        delay = use_delay(nearest, s[fleet + L.FLT_CLOCK], s[fleet + L.FLT_RATE])
    s[fleet + L.FLT_ALARM_AT] = s[L.NOW] + delay if delay < NEVER else NEVER
    s[fleet + L.FLT_CHANGED] = 0


@function
def limits_reached(s: S, x: X, fleet: int) -> None:
    """All limits of use reached at this instant fire, in order, before anything else (ENGINE 8)."""
    s[fleet + L.FLT_ALARM_AT] = NEVER
    refresh_limits(s)
    advance(s, fleet)
    clock, limits = s[fleet + L.FLT_CLOCK], s[fleet + L.FLT_TREE]
    slot = trees.next_place(s, limits, 0, clock)
    while slot >= 0:
        system = system_of(s, fleet, slot)
        fire_limits(s, x, system, clock - s[system + L.SYS_OFFSET])
        slot = trees.next_place(s, limits, slot + 1, clock)
    request_settle(s)


@function
def fire_limits(s: S, x: X, system: int, read: int) -> None:
    """What has reached its limit on one system: units, upkeep, inspections, overhaul, life, loss."""
    fleet, limits = s[system + L.SYS_FLEET], s[system + L.SYS_LIMITS]
    upkeeps, inspections = s[fleet + L.FLT_N_UPKEEPS], s[fleet + L.FLT_N_INSPECTIONS]
    first = limits + L.LIM + upkeeps + inspections
    for rank in range(s[fleet + L.FLT_N_POSITIONS]):
        if s[first + rank] <= read:
            position = position_at(s, system, rank)
            unit = position + L.POS_UNIT
            failed = s[unit + L.U_FAILS_AT] <= s[unit + L.U_HARD_AT]
            remove(s, x, position, BY_FAILURE if failed else BY_HARD_LIFE)
    for k in range(upkeeps):
        if s[limits + L.LIM + k] <= read:
            upkeep_due(s, x, system, k)
    for k in range(inspections):
        if s[limits + L.LIM + upkeeps + k] <= read:
            inspection_due(s, x, system, k)
    if s[limits + L.LIM_OVERHAUL] <= read:
        overhaul_due(s, x, system)
    if s[limits + L.LIM_LOST] <= read or (s[limits + L.LIM_LIFE] <= read and s[fleet + L.FLT_LIFE] != 0):
        leave(s, x, system, 0.0)
    limits_change(s, system)


@function
def next_upkeep(s: S, x: X, system: int, k: int) -> None:
    """Draw when upkeep next falls due: exponential in use (R-M0)."""
    fleet = s[system + L.SYS_FLEET]
    upkeep = s[fleet + L.FLT_UPKEEPS] + k * L.UPK
    u = draw(s, UPKEEP, s[system + L.SYS_KEY] ^ k, s[s[system + L.SYS_UPKEEPS] + k])
    hours = sample(EXPONENTIAL, value(s, x, s[upkeep + L.UPK_EVERY]), 0.0, u[0], NO_PHASES)
    life, strain = whole_life(s, hours), s[system + L.SYS_STRAIN]
    if strain != 1000:
        life = max(1, muldiv(life, 1000, strain))
    limit_is(s, system, s[system + L.SYS_LIMITS] + L.LIM + k, reading(s, system) + life)


@function
def upkeep_due(s: S, x: X, system: int, k: int) -> None:
    """Upkeep falls due: a crew is wanted, the system is down until it is done (R-M0)."""
    fleet, done = s[system + L.SYS_FLEET], s[system + L.SYS_UPKEEPS] + k
    upkeep, n, key = s[fleet + L.FLT_UPKEEPS] + k * L.UPK, s[done], s[system + L.SYS_KEY] ^ k
    u = draw(s, UPKEEP, key, n)
    takes = seconds(s, x, upkeep + L.UPK_TAKES, u[1], UPKEEP, 1, key, n)
    s[done] += 1
    s[s[system + L.SYS_LIMITS] + L.LIM + k] = NEVER
    want_crew(s, x, system, L.UPKEEP, k, s[upkeep + L.UPK_POOL], takes, s[upkeep + L.UPK_NEEDS], key, n, 1)


@function
def inspection_due(s: S, x: X, system: int, k: int) -> None:
    """An inspection falls due; those missed while down collapse into one (R-M7)."""
    fleet, done = s[system + L.SYS_FLEET], s[system + L.SYS_INSPECTIONS] + 2 * k
    work, n, key = s[fleet + L.FLT_INSPECTIONS] + k * L.INS, s[done], s[system + L.SYS_KEY] ^ ((k + 1) << 8)
    s[done] += 1
    u = draw(s, INSPECTION, key, n)
    takes = seconds(s, x, work + L.INS_TAKES, u[0], INSPECTION, 0, key, n)
    s[s[system + L.SYS_LIMITS] + L.LIM + s[fleet + L.FLT_N_UPKEEPS] + k], s[done + 1] = NEVER, NEVER
    want_crew(s, x, system, L.INSPECTION, k, s[work + L.INS_POOL], takes, s[work + L.INS_NEEDS], key, n, 1)


@function
def inspection_falls_due(s: S, system: int, k: int, use: int, days: int) -> None:
    """Set when an inspection falls due, by use and by calendar."""
    fleet = s[system + L.SYS_FLEET]
    at = s[system + L.SYS_LIMITS] + L.LIM + s[fleet + L.FLT_N_UPKEEPS] + k
    on = s[L.NOW] + days if days < NEVER else NEVER
    s[at] = reading(s, system) + use if use < NEVER else NEVER
    s[s[system + L.SYS_INSPECTIONS] + 2 * k + 1] = on
    f, slot = s[fleet + L.FLT_INDEX], s[system + L.SYS_SLOT]
    on_day(s, on, f, slot, events.INSPECTION + k, L.INSPECTION_DATE | k << 8, system, on)
    limits_change(s, system)


@function
def overhaul_falls_due(s: S, system: int, use: int, days: int) -> None:
    """Set when an overhaul falls due, by use and by calendar."""
    on = s[L.NOW] + days if days < NEVER else NEVER
    s[s[system + L.SYS_LIMITS] + L.LIM_OVERHAUL] = reading(s, system) + use if use < NEVER else NEVER
    s[system + L.SYS_OVERHAUL_ON] = on
    f, slot = s[s[system + L.SYS_FLEET] + L.FLT_INDEX], s[system + L.SYS_SLOT]
    on_day(s, on, f, slot, events.OVERHAUL, L.OVERHAUL_DATE, system, on)
    limits_change(s, system)


@function
def life_falls_due(s: S, system: int, use: int, days: int) -> None:
    """Set when the life of a system ends, by use and by calendar."""
    on = s[L.NOW] + days if days < NEVER else NEVER
    s[s[system + L.SYS_LIMITS] + L.LIM_LIFE] = reading(s, system) + use if use < NEVER else NEVER
    s[system + L.SYS_LIFE_ON] = on
    f, slot = s[s[system + L.SYS_FLEET] + L.FLT_INDEX], s[system + L.SYS_SLOT]
    on_day(s, on, f, slot, events.LIFE, L.LIFE_DATE, system, on)
    limits_change(s, system)


# Overhaul ---------------------------------------------------------------------------------------------------------


@function
def covers_fleet(s: S, response: int, fleet: int) -> bool:
    """True when a response is for a fleet."""
    return holds(s, s[response + L.RSP_FLEETS], s[response + L.RSP_N_FLEETS], fleet)


@function
def overhaul_due(s: S, x: X, system: int) -> None:
    """The overhaul falls due: the system may not fly until it is done (R-M8), unless it is put off."""
    fleet = s[system + L.SYS_FLEET]
    s[s[system + L.SYS_LIMITS] + L.LIM_OVERHAUL], s[system + L.SYS_OVERHAUL_ON] = NEVER, NEVER
    if s[system + L.SYS_OVERHAUL] == L.NO_OVERHAUL and s[system + L.SYS_DEFERRED] == 0:
        for r in range(s[L.N_RESPONSES]):
            response = response_at(s, r)
            is_defer = s[response + L.RSP_ACTIVE] != 0 and s[response + L.RSP_KIND] == L.DEFER
            if is_defer and covers_fleet(s, response, fleet):
                defer(s, x, system, response)
                return
    if s[system + L.SYS_OVERHAUL] == L.NO_OVERHAUL:
        set_overhaul(s, system, L.DUE)
        s[system + L.SYS_OVERHAUL_SINCE] = s[L.NOW]
        line = s[fleet + L.FLT_OVERHAUL_LINE]
        if line != 0 and not overhaul_open(s, line):
            touch(s, x, line, L.ORDERS_REFUSED, L.C_OVERHAUL, s[L.NOW], s[L.NOW] + 1, -1)
    touch_system(s, system)


@function
def queue_for_overhaul(s: S, system: int) -> None:
    """A system joins the queue of its overhaul."""
    fleet = s[system + L.SYS_FLEET]
    lists.append(s, fleet + L.FLT_QUEUE_HEAD, L.SYS_QUEUE_PREV, system)
    set_overhaul(s, system, L.QUEUED)
    touch_system(s, system)


@function
def leave_overhaul_queue(s: S, system: int) -> None:
    """A system waits for its overhaul no longer."""
    lists.remove(s, s[system + L.SYS_FLEET] + L.FLT_QUEUE_HEAD, L.SYS_QUEUE_PREV, system)


@function
def due_longest_first(s: S, fleet: int, n: int) -> int:
    """Systems of a fleet whose overhaul is due, after n others in the scratch list, longest due first; how many."""
    scratch = s[L.SCRATCH]
    if s[fleet + L.FLT_N_DUE] == 0:
        return n
    for slot in range(s[fleet + L.FLT_MOST]):
        system = system_of(s, fleet, slot)
        if s[system + L.SYS_OVERHAUL] == L.DUE and s[system + L.SYS_ON_BOOKS] != 0:
            place, since = n, s[system + L.SYS_OVERHAUL_SINCE]
            while place > 0 and s[s[scratch + place - 1] + L.SYS_OVERHAUL_SINCE] > since:
                s[scratch + place] = s[scratch + place - 1]
                place -= 1
            s[scratch + place] = system
            n += 1
    return n


@function
def run_overhauls(s: S, x: X) -> None:
    """Systems whose overhaul is due queue at an open line and are taken when a slot is free."""
    for f in range(s[L.N_FLEETS]):
        fleet = fleet_at(s, f)
        if s[fleet + L.FLT_OVERHAUL] == 0:
            continue
        line, slots = s[fleet + L.FLT_OVERHAUL_LINE], s[fleet + L.FLT_OVERHAUL_SLOTS]
        if line != 0 and not overhaul_open(s, line):
            while s[fleet + L.FLT_QUEUE_HEAD] != 0:
                system = s[fleet + L.FLT_QUEUE_HEAD]
                leave_overhaul_queue(s, system)
                set_overhaul(s, system, L.DUE)
                touch_system(s, system)
            continue
        n = due_longest_first(s, fleet, 0)
        for k in range(n):
            queue_for_overhaul(s, s[s[L.SCRATCH] + k])
        while s[fleet + L.FLT_QUEUE_HEAD] != 0 and s[fleet + L.FLT_IN_OVERHAUL] < level(s, slots, s[L.NOW]):
            take_to_overhaul(s, x, fleet, s[fleet + L.FLT_QUEUE_HEAD])


@function
def take_to_overhaul(s: S, x: X, fleet: int, system: int) -> None:
    """A provider takes a system in; what halts do to it abroad is known from the calendar."""
    leave_overhaul_queue(s, system)
    n, key, line = s[system + L.SYS_OVERHAULS], s[system + L.SYS_KEY], s[fleet + L.FLT_OVERHAUL_LINE]
    s[system + L.SYS_OVERHAULS] += 1
    set_overhaul(s, system, L.IN_WORK)
    s[fleet + L.FLT_IN_OVERHAUL] += 1
    u, now = draw(s, OVERHAUL, key, n), s[L.NOW]
    takes = seconds(s, x, fleet + L.FLT_OVERHAUL_TAKES, u[0], OVERHAUL, 0, key, n)
    outcome, delay = DONE, takes
    if line != 0:
        cover = cover_at(s, line, now)
        gate = gate_under(s, line, cover)
        outcome, delay = repair_abroad(g(s, gate, L.G_TIMES), g(s, gate, L.G_ABROAD), now, takes)
        if outcome != DONE or delay > takes:
            touch(s, x, line, L.REPAIRS_CAUGHT, L.C_ABROAD, now, now + delay + (outcome != DONE), cover)
        if outcome == DONE:
            back = now + min(delay, NEVER - now)
            share = spoilt(g(s, gate, L.G_TIMES), g(s, gate, L.G_ABROAD), gx(s, x, gate, L.G_SPOILS), now, back, YEAR)
            outcome = LOST if u[1] < share else outcome
    spend(s, x, ACCOUNT_OVERHAUL, s[fleet + L.FLT_OVERHAUL_PRICE], 1.0)
    touch_system(s, system)
    if delay < NEVER:
        after(s, delay, ARRIVAL, OF_OVERHAUL, s[fleet + L.FLT_INDEX], s[system + L.SYS_SLOT], L.OVERHAULED, system,
              outcome)  # fmt: skip


@function
def overhaul_over(s: S, x: X, system: int, outcome: int) -> None:
    """A system comes back overhauled, comes back undone, or is seized."""
    fleet = s[system + L.SYS_FLEET]
    s[fleet + L.FLT_IN_OVERHAUL] -= 1
    set_overhaul(s, system, L.NO_OVERHAUL)
    request_settle(s)
    if s[system + L.SYS_ON_BOOKS] == 0:
        return
    if outcome == DONE:
        s[system + L.SYS_DEFERRED] = 0
        s[s[system + L.SYS_LIMITS] + L.LIM_LOST] = s[system + L.SYS_LOST_ELSE]
        fit_to_fly(s, system)
        strain(s, system, 1000)
        overhaul_falls_due(s, system, of_use(s, x, s[fleet + L.FLT_OVERHAUL_USE]),
                           of_days(s, x, s[fleet + L.FLT_OVERHAUL_DAYS]))  # fmt: skip
    elif outcome == RETURNED:
        set_overhaul(s, system, L.DUE)
    else:
        leave(s, x, system, 0.0)
    touch_system(s, system)


@function
def defer(s: S, x: X, system: int, response: int) -> None:
    """An overhaul is put off once: the system flies on, with more failures and losses (section 7)."""
    s[system + L.SYS_DEFERRED] = 1
    set_overhaul(s, system, L.NO_OVERHAUL)
    strain(s, system, int(1000 * value(s, x, s[response + L.RSP_FAILURES]) + 0.5))
    loss = s[response + L.RSP_LOSS]
    if loss >= 0 and value(s, x, loss) > 0:
        u = draw(s, LOSS, s[system + L.SYS_KEY], 1 + s[system + L.SYS_OVERHAULS])
        hours = sample(EXPONENTIAL, 100_000 / value(s, x, loss), 0.0, u[0], NO_PHASES)
        at = s[system + L.SYS_LIMITS] + L.LIM_LOST
        s[at] = min(s[at], reading(s, system) + whole_life(s, hours))
    use, days = of_use(s, x, s[response + L.RSP_GAIN_USE]), of_days(s, x, s[response + L.RSP_GAIN_DAYS])
    overhaul_falls_due(s, system, use, days)
    touch_system(s, system)


@function
def strain(s: S, system: int, to: int) -> None:
    """What is fitted, and upkeep, fail so much sooner, in thousandths, than drawn."""
    read, before = reading(s, system), s[system + L.SYS_STRAIN]
    s[system + L.SYS_STRAIN] = to
    if to == before:
        return
    fleet = s[system + L.SYS_FLEET]
    for rank in range(s[fleet + L.FLT_N_POSITIONS]):
        position = position_at(s, system, rank)
        at = position + L.POS_UNIT + L.U_FAILS_AT
        if s[position + L.POS_HAS] != 0 and s[at] < NEVER:
            s[at] = read + max(1, muldiv(s[at] - read, before, to))
            set_limit(s, position)
    for k in range(s[fleet + L.FLT_N_UPKEEPS]):
        at = s[system + L.SYS_LIMITS] + L.LIM + k
        if s[at] < NEVER:
            s[at] = read + max(1, muldiv(s[at] - read, before, to))
    limits_change(s, system)


@function
def run_extensions(s: S, x: X) -> None:
    """Systems grounded at their overhaul limit are given more by a response, longest first (section 7)."""
    for r in range(s[L.N_RESPONSES]):
        response = response_at(s, r)
        if s[response + L.RSP_ACTIVE] == 0 or s[response + L.RSP_KIND] != L.EXTEND_LIFE:
            continue
        if s[response + L.RSP_OF_LIFE] != 0:
            continue
        n = 0
        for k in range(s[response + L.RSP_N_FLEETS]):
            n = due_longest_first(s, s[s[response + L.RSP_FLEETS] + k], n)
        for k in range(n):
            system = s[s[L.SCRATCH] + k]
            if s[system + L.SYS_EXTENDED] >> r & 1 != 0:
                continue
            slots, most = level(s, s[response + L.RSP_SLOTS], s[L.NOW]), s[response + L.RSP_SYSTEMS]
            if s[response + L.RSP_EXTENDING] >= slots:
                break
            if 0 <= most <= s[response + L.RSP_EXTENSIONS]:
                break
            extend(s, x, response, r, system)


@function
def extend(s: S, x: X, response: int, r: int, system: int) -> None:
    """Work begins that gives a system more before its overhaul."""
    s[response + L.RSP_EXTENDING] += 1
    s[response + L.RSP_EXTENSIONS] += 1
    s[system + L.SYS_EXTENDED] |= 1 << r
    set_overhaul(s, system, L.EXTENDING)
    key = s[system + L.SYS_KEY] ^ ((r + 1) << 16)
    takes = seconds(s, x, response + L.RSP_TAKES, draw(s, OVERHAUL, key, 0)[0], OVERHAUL, 0, key, 0)
    touch_system(s, system)
    f, slot = s[s[system + L.SYS_FLEET] + L.FLT_INDEX], s[system + L.SYS_SLOT]
    after(s, takes, ARRIVAL, OF_EXTENSION, f, slot, L.EXTENDED, system, response)


@function
def extended(s: S, x: X, system: int, response: int) -> None:
    """A system may fly so much longer before its overhaul."""
    s[response + L.RSP_EXTENDING] -= 1
    set_overhaul(s, system, L.NO_OVERHAUL)
    if s[system + L.SYS_ON_BOOKS] != 0:
        use, days = of_use(s, x, s[response + L.RSP_GAIN_USE]), of_days(s, x, s[response + L.RSP_GAIN_DAYS])
        overhaul_falls_due(s, system, use, days)
        touch_system(s, system)
    request_settle(s)


# Regeneration and permission ------------------------------------------------------------------------------------


@function
def needs_regeneration(s: S, x: X, system: int) -> bool:
    """True when a system that could fly again was down for too long (R-M10)."""
    fleet, state = s[system + L.SYS_FLEET], s[system + L.SYS_STATE]
    if s[fleet + L.FLT_REGENERATION] == 0 or s[system + L.SYS_REGENERATION] != 0 or s[L.NOW] < 0:
        return False
    if state < 0 or state == FMC or state == PMC:
        return False
    after_days = max(1, whole_seconds(s, value(s, x, s[fleet + L.FLT_REG_AFTER])))
    return s[L.NOW] - max(0, s[system + L.SYS_DOWN_SINCE]) >= after_days


@function
def fit_to_fly(s: S, system: int) -> None:
    """How long a system is down counts anew; it waits for regeneration no longer (R-M10)."""
    s[system + L.SYS_DOWN_SINCE] = s[L.NOW]
    if s[system + L.SYS_REGENERATION] == 1:
        leave_regeneration_queue(s, system)
        s[system + L.SYS_REGENERATION] = 0


@function
def queue_for_regeneration(s: S, system: int) -> None:
    """A system joins those to be made fit to fly."""
    s[system + L.SYS_REGENERATION] = 1
    s[L.N_TO_REGENERATE] += 1
    lists.append(s, s[system + L.SYS_FLEET] + L.FLT_REG_HEAD, L.SYS_REG_PREV, system)


@function
def leave_regeneration_queue(s: S, system: int) -> None:
    """A system waits for regeneration no longer."""
    s[L.N_TO_REGENERATE] -= 1
    lists.remove(s, s[system + L.SYS_FLEET] + L.FLT_REG_HEAD, L.SYS_REG_PREV, system)


@function
def run_regeneration(s: S, x: X) -> None:
    """Systems that were down for long are made fit to fly, first come first served (R-M10)."""
    if s[L.N_TO_REGENERATE] == 0:
        return
    for f in range(s[L.N_FLEETS]):
        fleet = fleet_at(s, f)
        slots = s[fleet + L.FLT_REG_SLOTS]
        while s[fleet + L.FLT_REG_HEAD] != 0 and s[fleet + L.FLT_IN_REGENERATION] < level(s, slots, s[L.NOW]):
            system = s[fleet + L.FLT_REG_HEAD]
            leave_regeneration_queue(s, system)
            s[fleet + L.FLT_IN_REGENERATION] += 1
            s[system + L.SYS_REGENERATION] = 2
            n, key = s[system + L.SYS_REGENERATIONS], s[system + L.SYS_KEY]
            s[system + L.SYS_REGENERATIONS] += 1
            u = draw(s, REGENERATION, key, n)[0]
            takes = seconds(s, x, fleet + L.FLT_REG_TAKES, u, REGENERATION, 0, key, n)
            after(s, takes, ARRIVAL, OF_REGENERATION, f, s[system + L.SYS_SLOT], L.REGENERATED, system, 0)


@function
def regenerated(s: S, system: int) -> None:
    """A system may fly again; how long it is down counts anew."""
    s[s[system + L.SYS_FLEET] + L.FLT_IN_REGENERATION] -= 1
    s[system + L.SYS_REGENERATION], s[system + L.SYS_DOWN_SINCE] = 0, s[L.NOW]
    touch_system(s, system)
    request_settle(s)


@function
def permit(s: S) -> None:
    """So many systems of a fleet may operate, the first in order; the others are forbidden (R-H1 operation)."""
    if s[L.PERMISSIONS] == 0:
        return
    s[L.PERMISSIONS] = 0
    for f in range(s[L.N_FLEETS]):
        fleet = fleet_at(s, f)
        steps = s[fleet + L.FLT_PERMITTED]
        if s[steps] == 1:
            continue
        allowed, place = level(s, steps, s[L.NOW]), 0
        for slot in range(s[fleet + L.FLT_MOST]):
            system = system_of(s, fleet, slot)
            if s[system + L.SYS_ON_BOOKS] == 0:
                continue
            if (s[system + L.SYS_FORBIDDEN] != 0) != (place >= allowed):
                s[system + L.SYS_FORBIDDEN] = place >= allowed
                touch_system(s, system)
                if place >= allowed:
                    touch_fleet(s, f)
            place += 1


@function
def touch_fleet(s: S, f: int) -> None:
    """Put down to the halts in force that a system is forbidden to operate (R-H5)."""
    now = s[L.NOW]
    for h in range(s[L.N_SPANS]):
        halt = s[L.SPANS] + h * L.HLT
        forbids = s[s[L.HALTS] + s[halt + L.HLT_INDEX] * L.HAL + L.HAL_FORBIDS]
        if s[forbids + f] == 0:
            continue
        for k in range(s[halt + L.HLT_N_MEMBERS]):
            member = s[halt + L.HLT_BANS] + 3 * k
            if s[member + 1] <= now < s[member + 2]:
                s[s[L.TOUCHED] + s[member] * L.TOUCHES + L.SYSTEMS_FORBIDDEN] += 1
                break


# Leaving ----------------------------------------------------------------------------------------------------------


@function
def draw_loss(s: S, x: X, system: int) -> None:
    """Draw after how much flying the system is lost (R-O4)."""
    index = s[s[system + L.SYS_FLEET] + L.FLT_LOSS]
    if index >= 0 and value(s, x, index) > 0:
        u = draw(s, LOSS, s[system + L.SYS_KEY], 0)
        hours = sample(EXPONENTIAL, 100_000 / value(s, x, index), 0.0, u[0], NO_PHASES)
        at = reading(s, system) + whole_life(s, hours)
        s[s[system + L.SYS_LIMITS] + L.LIM_LOST], s[system + L.SYS_LOST_ELSE] = at, at


@function
def leave(s: S, x: X, system: int, usable: float) -> None:
    """A system is lost or retired: assigned parts go back, queued work vanishes (ENGINE 16)."""
    if s[system + L.SYS_ON_BOOKS] == 0:
        return
    fleet, limits = s[system + L.SYS_FLEET], s[system + L.SYS_LIMITS]
    s[system + L.SYS_CLOCK] = reading(s, system)
    s[fleet + L.FLT_FLYING] -= s[system + L.SYS_FLYING]
    s[system + L.SYS_FLYING], s[system + L.SYS_ON_BOOKS], s[system + L.SYS_GONE] = 0, 0, 1
    trees.put(s, s[fleet + L.FLT_TREE], s[system + L.SYS_SLOT], BEYOND)
    s[fleet + L.FLT_ON_BOOKS] -= 1
    s[L.PERMISSIONS], s[L.OVERHAULS_DUE] = 1, 1
    rank_donor(s, system)
    for k in range(L.LIM + s[fleet + L.FLT_N_UPKEEPS] + s[fleet + L.FLT_N_INSPECTIONS]):
        s[limits + k] = NEVER
    s[system + L.SYS_OVERHAUL_ON], s[system + L.SYS_LIFE_ON] = NEVER, NEVER
    for k in range(s[fleet + L.FLT_N_INSPECTIONS]):
        s[s[system + L.SYS_INSPECTIONS] + 2 * k + 1] = NEVER
    if s[system + L.SYS_OVERHAUL] == L.QUEUED:
        leave_overhaul_queue(s, system)
    if s[system + L.SYS_REGENERATION] == 1:
        leave_regeneration_queue(s, system)
        s[system + L.SYS_REGENERATION] = 0
    while s[system + L.SYS_TASKS] != 0:
        task = s[system + L.SYS_TASKS]
        leave_system(s, task)
        if s[task + L.TSK_PARTY] < 0:
            stop_waiting(s, task)
            free_row(s, L.FREE_TASKS, task)
        else:
            s[task + L.TSK_CANCELLED] = 1
    for rank in range(s[fleet + L.FLT_N_POSITIONS]):
        strip(s, x, position_at(s, system, rank), usable)
    touch_system(s, system)
    request_settle(s)


@function
def strip(s: S, x: X, position: int, usable: float) -> None:
    """A position leaves with its system: its unit goes too, an assigned one goes back to the shelf."""
    item, point = s[position + L.POS_ITEM], s[position + L.POS_POINT]
    if s[position + L.POS_HAS] != 0:
        take_out(s, position)
        if usable > 0.0 and draw(s, HARVEST, s[position + L.POS_KEY], 0)[0] < usable:
            shelve(s, x, point, 1.0, 1)
        return
    count(s, item, L.HOLES, -1)
    if s[position + L.POS_PROMISED] != 0:
        s[position + L.POS_PROMISED], s[position + L.POS_ROBBED] = 0, 0
        shelve(s, x, point, x[position + L.POS_QUALITY], 1)
    elif s[position + L.POS_IN_QUEUE] != 0:
        leave_queue(s, point, position)
        queue_up(s, position, 0)
        count(s, item, L.BACKORDERS, -1)


@function
def is_worse(s: S, one: int, other: int) -> bool:
    """True when a system goes before another: most holes, then longest down, then highest rank (ENGINE 16)."""
    if s[one + L.SYS_LACKING] != s[other + L.SYS_LACKING]:
        return s[one + L.SYS_LACKING] > s[other + L.SYS_LACKING]
    down = s[L.NOW] if s[one + L.SYS_FLYING] != 0 else s[one + L.SYS_DOWN_SINCE]
    others = s[L.NOW] if s[other + L.SYS_FLYING] != 0 else s[other + L.SYS_DOWN_SINCE]
    if down != others:
        return down < others
    return one > other


@function
def worst(s: S, fleet: int, n: int) -> int:
    """Systems of a fleet on the books joined to n others of the scratch list, the worst first; how many."""
    scratch = s[L.SCRATCH]
    for slot in range(s[fleet + L.FLT_MOST]):
        system = system_of(s, fleet, slot)
        if s[system + L.SYS_ON_BOOKS] != 0:
            place = n
            while place > 0 and is_worse(s, system, s[scratch + place - 1]):
                s[scratch + place] = s[scratch + place - 1]
                place -= 1
            s[scratch + place] = system
            n += 1
    return n


@function
def retire_some(s: S, x: X, fleet: int, most: int) -> None:
    """Retire by choice (ENGINE 16)."""
    n = worst(s, fleet, 0)
    for k in range(min(n, most)):
        leave(s, x, s[s[L.SCRATCH] + k], 0.0)


@function
def lose_some(s: S, x: X, fleet: int, most: int, key: int) -> None:
    """A dated loss strikes systems that fly, drawn at random; any system when none flies."""
    for n in range(most):
        flying = s[fleet + L.FLT_FLYING] > 0
        able = s[fleet + L.FLT_FLYING] if flying else s[fleet + L.FLT_ON_BOOKS]
        if able == 0:
            continue
        chosen = int(draw(s, LOSS, key, n)[0] * able)
        for slot in range(s[fleet + L.FLT_MOST]):
            system = system_of(s, fleet, slot)
            if s[system + L.SYS_ON_BOOKS] != 0 and (s[system + L.SYS_FLYING] != 0 or not flying):
                if chosen == 0:
                    leave(s, x, system, 0.0)
                    break
                chosen -= 1


@function
def plan_deliveries(s: S, x: X, fleet: int) -> None:
    """Systems on order are made and come by their schedule, if the line lets them (R-O4)."""
    slot = s[fleet + L.FLT_COUNT]
    for d in range(s[fleet + L.FLT_N_DELIVERIES]):
        delivery = s[fleet + L.FLT_DELIVERIES] + d * L.DLV
        for k in range(s[delivery + L.DLV_N_DATES]):
            day = s[s[delivery + L.DLV_DATES] + k]
            if day >= 0:
                begin_delivery(s, x, fleet, delivery, system_of(s, fleet, slot), day)
            slot += 1
