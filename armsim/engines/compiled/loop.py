"""A replication as a whole: build, the order of events, the settle, report periods (as engines/reference.py)."""

from __future__ import annotations

from typing import Any

from armsim.engines.compiled import layout as L
from armsim.engines.compiled import trees
from armsim.engines.compiled.core import (
    S,
    X,
    advance,
    after,
    date,
    fail,
    fleet_at,
    free_row,
    holds,
    limits_change,
    meter_take,
    of_days,
    of_use,
    refresh_limits,
    request_settle,
    spend,
    system_of,
    take,
    touch_system,
    value,
)
from armsim.engines.compiled.gates import build_gate, contract_changes, line_changes, waits_for_money
from armsim.engines.compiled.heap import NODE, ROW, pop
from armsim.engines.compiled.jit import function
from armsim.engines.compiled.parts import (
    cannibalize,
    install,
    issue,
    nearest_date,
    next_empty,
    order_ahead,
    position_at,
    strike,
    unit_date,
)
from armsim.engines.compiled.recipient import (
    begin_response,
    built_up,
    check_triggers,
    end_response,
    measured,
    plan_response,
)
from armsim.engines.compiled.repair import repair_what_waits, shop_done, start_repairs
from armsim.engines.compiled.sources import response_at
from armsim.engines.compiled.stock import off_shelf, shelve
from armsim.engines.compiled.supply import (
    ACCOUNT_FLYING,
    ask_again,
    bring,
    change_level,
    leave_backlog,
    order_lots,
    parts_come,
    release,
    resume,
    try_again,
    use_other_sources,
)
from armsim.engines.compiled.systems import (
    BEYOND,
    begin_limits,
    build_fleet,
    enter,
    extended,
    first_item_limits,
    inspection_due,
    inspection_falls_due,
    leave,
    limits_reached,
    lose_some,
    needs_regeneration,
    next_upkeep,
    overhaul_due,
    overhaul_over,
    permit,
    plan_deliveries,
    programme_changes,
    queue_for_regeneration,
    regenerated,
    reset_flying,
    retire_some,
    run_extensions,
    run_overhauls,
    run_regeneration,
)
from armsim.engines.compiled.work import (
    count_crews,
    leave_system,
    out_of_hand,
    people,
    pool_changed,
    pool_changes,
    start_work,
)
from armsim.model import draws
from armsim.model.order import NEVER, Edge, Kind
from armsim.model.trajectory import PARTS_OF_A_SECOND, State

OF_SAMPLE, OF_HALT, OF_FAILURE = int(Kind.SAMPLE), int(Kind.HALT), int(Kind.FAILURE)
E_LINE, E_CONTRACT, E_POOL = int(Edge.LINE), int(Edge.CONTRACT), int(Edge.POOL)
E_PROGRAMME, E_PERMISSION, E_STOCK = int(Edge.PROGRAMME), int(Edge.PERMISSION), int(Edge.STOCK)
E_SLOTS = int(Edge.SLOTS)
FMC, PMC, NMCM, NMCS, NMCB = (
    int(State.FMC), int(State.PMC), int(State.NMCM), int(State.NMCS), int(State.NMCB))  # fmt: skip
IN_REGENERATION, AT_LIMIT = int(State.REGENERATION), int(State.LIMIT)
IN_OVERHAUL, IS_LOST = int(State.OVERHAUL), int(State.LOST)
HOUR = draws.NANO_SECONDS_PER_HOUR
PARTS = PARTS_OF_A_SECOND
LAST = NEVER << 1


# Beginning --------------------------------------------------------------------------------------------------------


@function
def build(s: S, x: X) -> None:
    """Everything as it stands at the beginning of the warm-up."""
    s[L.NOW] = -s[L.WARMUP]
    if s[L.ARENA] + first_room(s) > s[L.ARENA_END]:
        fail(s, L.FULL, 0)
        return
    s[L.SPARE] = take(s, s[L.SPARE_SIZE])
    s[L.SCRATCH], s[L.DIRTY_POINTS] = take(s, s[L.SCRATCH_SIZE]), take(s, s[L.N_POINTS] + 1)
    for f in range(s[L.N_FLEETS]):
        fleet = fleet_at(s, f)
        s[fleet + L.FLT_SYSTEMS] = take(s, s[fleet + L.FLT_MOST] * s[fleet + L.FLT_STRIDE])
        s[fleet + L.FLT_TREE] = take(s, 2 * s[fleet + L.FLT_TREE_SIZE])
        wide, holes = s[fleet + L.FLT_DONORS_WORDS], s[fleet + L.FLT_N_POSITIONS] + 1
        s[fleet + L.FLT_DONORS], s[fleet + L.FLT_HOLDERS] = take(s, holes * wide), take(s, s[L.N_ITEMS] * wide)
    s[L.ROBBING], s[L.OVERHAULS_DUE], s[L.PERMISSIONS], s[L.ALARM_AT] = 1, 1, 1, NEVER
    build_gates(s, x)
    if s[L.ERROR] != 0:  # what was to stand in a table of gates does not
        return
    for p in range(s[L.N_POOLS]):
        pool = s[L.POOLS] + p * L.PL
        pool_changed(s, pool)
        for place in range(s[pool + L.PL_N_PARTIES]):
            party = s[pool + L.PL_PARTIES] + L.PTY * place
            s[party + L.PTY_CAPACITY] = people(s, pool, party, s[L.NOW])
        for k in range(3):
            s[pool + L.PL_METERS + k * L.METER + L.METER_SINCE] = s[L.NOW]
    for i in range(s[L.N_ITEMS]):
        for k in range(L.ITEM_METERS):
            s[s[L.ITEMS] + i * L.ITM + L.ITM_METERS + k * L.METER + L.METER_SINCE] = s[L.NOW]
    for r in range(s[L.N_RESPONSES]):
        response = response_at(s, r)
        x[response + L.RSP_BUILT] = 1.0
        s[response + L.RSP_TURN], s[response + L.RSP_TURN_USED], s[response + L.RSP_TURN_ASKED] = -1, -1, -1
    for f in range(s[L.N_FLEETS]):
        build_fleet(s, x, fleet_at(s, f))
    for p in range(s[L.N_POINTS]):
        point = s[L.POINTS] + p * L.PT
        units = int(value(s, x, s[point + L.PT_STOCK]) + 0.5) if s[point + L.PT_STOCK] >= 0 else 0
        s[point + L.PT_LEVEL] = units
        shelve(s, x, point, 1.0, units)
    after(s, -s[L.NOW], OF_SAMPLE, 0, 0, 0, L.START, 0, 0)
    for k in range(s[L.N_EDGES] - 1):
        after(s, s[s[L.EDGES] + k] - s[L.NOW], OF_SAMPLE, 1, k, 0, L.SAMPLE, 0, 0)
    lay_out_dates(s, x)
    request_settle(s)


@function
def first_room(s: S) -> int:
    """Words that are needed before anything happens."""
    words = 2 * s[L.SPARE_SIZE] + s[L.SCRATCH_SIZE] + s[L.N_POINTS] + 1
    for f in range(s[L.N_FLEETS]):
        fleet = fleet_at(s, f)
        words += s[fleet + L.FLT_MOST] * s[fleet + L.FLT_STRIDE] + 2 * s[fleet + L.FLT_TREE_SIZE]
        words += s[fleet + L.FLT_DONORS_WORDS] * (s[fleet + L.FLT_N_POSITIONS] + 1 + s[L.N_ITEMS])
    return words


@function
def build_gates(s: S, x: X) -> None:
    """The gate of each line for what is under no contract, and under each that covers it."""
    for n in range(s[L.N_LINES]):
        line = s[L.LINES] + n * L.LN
        covers = 1 + s[line + L.LN_N_CONTRACTS]
        gates = take(s, covers)
        s[line + L.LN_GATES] = gates
        for k in range(covers):
            s[gates + k] = build_gate(s, x, line, k - 1, 0)


@function
def at_date(s: S, t: int, first: int, second: int, third: int, what: int, a: int, b: int) -> None:
    """Something that changes at a date."""
    if t < s[L.HORIZON]:
        after(s, t - s[L.NOW], OF_HALT, first, second, third, what, a, b)


@function
def lay_out_dates(s: S, x: X) -> None:
    """Edges of halts, contracts, people, programmes and responses happen at known dates (R-H2)."""
    for n in range(s[L.N_LINES]):
        line = s[L.LINES] + n * L.LN
        gates, covers = s[line + L.LN_GATES], 1 + s[line + L.LN_N_CONTRACTS]
        for k in range(covers):
            gate = s[gates + k]
            for one in range(s[gate]):
                t, seen = s[gate + 1 + one], False
                for before in range(k):
                    other = s[gates + before]
                    seen = seen or holds(s, other + 1, s[other], t)
                if t > s[L.NOW] and not seen:
                    at_date(s, t, E_LINE, n, 0, L.LINE_CHANGES, line, 0)
    for c in range(s[L.N_CONTRACTS]):
        row = s[L.CONTRACTS] + c * L.CON
        terms, n = s[row + L.CON_TERMS], 2 * s[row + L.CON_N_TERMS]
        for k in range(n):
            t = s[terms + k]
            if s[L.NOW] < t < NEVER and not holds(s, terms, k, t):
                at_date(s, t, E_CONTRACT, c, 0, L.CONTRACT_CHANGES, c, 0)
    for p in range(s[L.N_POOLS]):
        pool = s[L.POOLS] + p * L.PL
        for place in range(s[pool + L.PL_N_PARTIES]):
            steps = s[s[pool + L.PL_PARTIES] + L.PTY * place + L.PTY_STEPS]
            for one in range(s[steps]):
                t, seen = s[steps + 1 + one], False
                for before in range(place):
                    other = s[s[pool + L.PL_PARTIES] + L.PTY * before + L.PTY_STEPS]
                    seen = seen or holds(s, other + 1, s[other], t)
                if t > s[L.NOW] and not seen:
                    at_date(s, t, E_POOL, p, 0, L.POOL_CHANGES, pool, 0)
    for f in range(s[L.N_FLEETS]):
        fleet = fleet_at(s, f)
        steps = s[fleet + L.FLT_PROGRAMME]
        for one in range(s[steps]):
            if s[steps + 1 + one] > s[L.NOW]:
                at_date(s, s[steps + 1 + one], E_PROGRAMME, f, 0, L.PROGRAMME_CHANGES, fleet, 0)
        steps = s[fleet + L.FLT_PERMITTED]
        for one in range(s[steps]):
            if s[steps + 1 + one] > s[L.NOW]:
                at_date(s, s[steps + 1 + one], E_PERMISSION, f, 0, L.PERMISSION_CHANGES, fleet, 0)
        slots_change(s, s[fleet + L.FLT_OVERHAUL_SLOTS], f, 0)
        slots_change(s, s[fleet + L.FLT_REG_SLOTS], f, 1)
    for p in range(s[L.N_POINTS]):
        point = s[L.POINTS] + p * L.PT
        for k in range(s[point + L.PT_N_CHANGES]):
            change = s[point + L.PT_CHANGES] + 2 * k
            level = int(value(s, x, s[change + 1]) + 0.5)
            at_date(s, max(0, date(s, x, s[change])), E_STOCK, p, k, L.STOCK_CHANGES, point, level)
    for r in range(s[L.N_RESPONSES]):
        slots_change(s, s[response_at(s, r) + L.RSP_SLOTS], r, 2)
        if s[response_at(s, r) + L.RSP_WHEN] == 0:
            plan_response(s, x, response_at(s, r))


@function
def slots_change(s: S, steps: int, k: int, place: int) -> None:
    """Another number of slots holds at dates: of overhaul, of regeneration, of a response."""
    for one in range(s[steps]):
        if s[steps + 1 + one] > s[L.NOW]:
            at_date(s, s[steps + 1 + one], E_SLOTS, k, place, L.SLOTS_CHANGE, 0, 0)


@function
def start(s: S, x: X) -> None:
    """The simulation begins: sums are cleared, attrition and limits start to count (R-T6)."""
    for f in range(s[L.N_FLEETS]):
        fleet = fleet_at(s, f)
        advance(s, fleet)
        count_states(s, fleet)
        begin_period(s, fleet)
        begin_limits(s, x, fleet)
        plan_deliveries(s, x, fleet)
    first_item_limits(s, x)
    for p in range(s[L.N_POINTS]):
        count_stock(s, x, s[L.POINTS] + p * L.PT)
    for a in range(s[L.N_ARRIVALS]):
        bring(s, x, a)
    for k in range(5):
        s[s[L.SPENT] + k] = 0
    for i in range(s[L.N_ITEMS]):
        for k in range(L.ITEM_METERS):
            meter_take(s, s[L.ITEMS] + i * L.ITM + L.ITM_METERS + k * L.METER)
    for p in range(s[L.N_POOLS]):
        for k in range(3):
            meter_take(s, s[L.POOLS] + p * L.PL + L.PL_METERS + k * L.METER)
    clear_causes(s)
    for f in range(s[L.N_FLEETS]):
        for slot in range(s[fleet_at(s, f) + L.FLT_MOST]):
            system = system_of(s, fleet_at(s, f), slot)
            if s[system + L.SYS_ON_BOOKS] != 0 or s[system + L.SYS_GONE] != 0:
                s[system + L.SYS_SINCE] = s[L.NOW]
                limits_change(s, system)
    for r in range(s[L.N_RESPONSES]):
        s[response_at(s, r) + L.RSP_ARMED] = s[response_at(s, r) + L.RSP_WHEN] != 0
    request_settle(s)


@function
def clear_causes(s: S) -> None:
    """Causes count anew."""
    for f in range(s[L.N_FLEETS]):
        causes = s[fleet_at(s, f) + L.FLT_CAUSES]
        for k in range(2 * s[L.N_ITEMS] + L.OTHER_CAUSES):
            s[causes + k] = 0


@function
def count_stock(s: S, x: X, point: int) -> None:
    """What is on the shelf at the start, where the file says so (R-T6)."""
    if s[point + L.PT_ON_HAND] < 0:
        return
    change = int(value(s, x, s[point + L.PT_ON_HAND]) + 0.5) - s[point + L.PT_ON_SHELF]
    if change > 0:
        shelve(s, x, point, 1.0, change)
    for _ in range(-change):
        off_shelf(s, x, point)


# Report periods ---------------------------------------------------------------------------------------------------


@function
def begin_period(s: S, fleet: int) -> None:
    """Clear the sums of the report period."""
    for state in range(9):
        s[fleet + L.FLT_SUMS + state] = 0
    for m in range(s[fleet + L.FLT_N_MISSIONS]):
        s[s[fleet + L.FLT_ABLE_SUMS] + m] = 0
    s[fleet + L.FLT_FLOWN], s[fleet + L.FLT_DEMANDED], s[fleet + L.FLT_BELOW] = 0, 0, 0


@function
def sample(s: S, x: X, out: Any) -> None:
    """A report period ends: read the left limits (ENGINE 2)."""
    period, fleets, missions = s[L.PERIOD], s[L.N_FLEETS], s[L.MOST_MISSIONS]
    wide, items, pools = s[L.N_EDGES], s[L.N_ITEMS], s[L.N_POOLS]
    states = 1 + period * fleets * 9
    ends = states + wide * fleets * 9
    flown = 1 + 2 * wide * fleets * 9 + period * fleets
    able = 1 + wide * fleets * 21 + period * fleets * missions
    for f in range(fleets):
        fleet = fleet_at(s, f)
        advance(s, fleet)
        count_states(s, fleet)
        for state in range(9):
            out[states + f * 9 + state] = s[fleet + L.FLT_SUMS + state]
            out[ends + f * 9 + state] = s[fleet + L.FLT_COUNTS + state]
        out[flown + f] = s[fleet + L.FLT_FLOWN]
        out[flown + wide * fleets + f] = s[fleet + L.FLT_DEMANDED]
        out[flown + 2 * wide * fleets + f] = s[fleet + L.FLT_BELOW]
        for m in range(s[fleet + L.FLT_N_MISSIONS]):
            out[able + f * missions + m] = s[s[fleet + L.FLT_ABLE_SUMS] + m]
            out[able + wide * fleets * missions + f * missions + m] = s[s[fleet + L.FLT_ABLE] + m]
        spend(s, x, ACCOUNT_FLYING, s[fleet + L.FLT_COST], s[fleet + L.FLT_FLOWN] / HOUR)
        begin_period(s, fleet)
    at = 1 + wide * fleets * (21 + 2 * missions)
    for k in range(5):
        out[at + period * 5 + k] = s[s[L.SPENT] + k]
        s[s[L.SPENT] + k] = 0
    at += wide * 5
    for p in range(pools):
        for k in range(3):
            out[at + (period * pools + p) * 3 + k] = meter_take(s, s[L.POOLS] + p * L.PL + L.PL_METERS + k * L.METER)
    at += wide * pools * 3
    for i in range(items):
        for k in range(L.ITEM_METERS):
            meter = s[L.ITEMS] + i * L.ITM + L.ITM_METERS + k * L.METER
            out[at + (period * items + i) * L.ITEM_METERS + k] = meter_take(s, meter)
    s[L.PERIOD] += 1
    if period + 1 == s[L.FIRST_HALT_PERIOD] or period + 1 == wide:
        for f in range(fleets):
            for slot in range(s[fleet_at(s, f) + L.FLT_MOST]):
                system = system_of(s, fleet_at(s, f), slot)
                if s[system + L.SYS_ON_BOOKS] != 0 or s[system + L.SYS_GONE] != 0:
                    book_reasons(s, system)
    if period + 1 == s[L.FIRST_HALT_PERIOD]:
        clear_causes(s)  # causes count from the report period of the first halt on (R-S4)


# Settle -----------------------------------------------------------------------------------------------------------


@function
def settle(s: S, x: X) -> None:
    """Allocate what the facts of this instant freed: parts, donors, slots, servers, crews; then fly."""
    s[L.SETTLING] = 0
    s[L.EVENTS] += 1
    release(s, x)
    order_lots(s, x)
    if s[L.N_RESPONSES] != 0:
        use_other_sources(s, x)
        repair_what_waits(s, x)
    issue(s, x)
    cannibalize(s, x)
    if s[L.OVERHAULS_DUE] != 0:
        s[L.OVERHAULS_DUE] = 0
        run_overhauls(s, x)
        run_extensions(s, x)
    start_repairs(s, x)
    start_work(s)
    permit(s)
    update_states(s, x)
    run_regeneration(s, x)
    count_crews(s)
    if s[L.N_RESPONSES] != 0:
        check_triggers(s, x)
    refresh_limits(s)
    s[L.ALARM_AT], s[L.ALARM_FLEET] = NEVER, 0
    for f in range(s[L.N_FLEETS]):
        fleet = fleet_at(s, f)
        if s[fleet + L.FLT_CHANGED] != 0:
            s[fleet + L.FLT_IS_BELOW] = below_minimum(s, fleet)
            reset_flying(s, x, fleet)
        note_alarm(s, f, fleet)


@function
def note_alarm(s: S, f: int, fleet: int) -> None:
    """Remember which fleet is next at a limit of use, and when: of several at once the first."""
    if s[fleet + L.FLT_ALARM_AT] < s[L.ALARM_AT]:
        s[L.ALARM_AT], s[L.ALARM_FLEET] = s[fleet + L.FLT_ALARM_AT], f


@function
def below_minimum(s: S, fleet: int) -> bool:
    """True when fewer systems are mission capable than the minimum, compared as exact fractions (R-S3)."""
    if s[fleet + L.FLT_MINIMUM] == 0:
        return False
    base = measured(s, fleet, s[fleet + L.FLT_MIN_OF]) if s[fleet + L.FLT_MIN_OF] >= 0 else 1
    ready = measured(s, fleet, L.MC)
    return ready * s[fleet + L.FLT_MIN_DENOMINATOR] < s[fleet + L.FLT_MIN_NUMERATOR] * base


@function
def update_states(s: S, x: X) -> None:
    """Each system on the books is in exactly one state, by precedence (MODEL section 8)."""
    system = s[L.TOUCH_HEAD]
    s[L.TOUCH_HEAD], s[L.TOUCH_TAIL] = 0, 0
    while system != 0:
        behind = s[system + L.SYS_TOUCH_NEXT]
        s[system + L.SYS_TOUCHED] = 0
        if s[system + L.SYS_ON_BOOKS] != 0 or s[system + L.SYS_GONE] != 0:
            state, why, missing, work = state_of(s, system)
            if (state == FMC or state == PMC) and needs_regeneration(s, x, system):
                queue_for_regeneration(s, system)
                state, why, missing, work = state_of(s, system)
            keep_reasons(s, system, why, missing, work)
            if state != s[system + L.SYS_STATE]:
                change_state(s, system, state)
            count_missions(s, system)
        system = behind


@function
def special_reason(s: S, system: int) -> int:
    """Why a system is not ready, where that is neither parts nor work; NO_REASON otherwise."""
    if s[system + L.SYS_GONE] != 0:
        return L.OF_LOSS
    overhaul = s[system + L.SYS_OVERHAUL]
    if overhaul == L.QUEUED or overhaul == L.IN_WORK or overhaul == L.EXTENDING:
        return L.OF_OVERHAUL
    if overhaul == L.DUE:
        return L.OF_BOTH if s[system + L.SYS_FORBIDDEN] != 0 else L.OF_LIMIT
    if s[system + L.SYS_FORBIDDEN] != 0:
        return L.OF_PERMISSION
    return L.OF_REGENERATION if s[system + L.SYS_REGENERATION] != 0 else L.NO_REASON


@function
def state_of(s: S, system: int) -> tuple[int, int, int, int]:
    """The state of a system, and the reasons it is not ready (R-S4): a special one, or parts missing and work.

    What is missing stands in the scratch list, in order; of work there is so much as there are tasks.
    """
    why = special_reason(s, system)
    if why == L.OF_LOSS:
        return IS_LOST, why, 0, 0
    if why == L.OF_OVERHAUL:
        return IN_OVERHAUL, why, 0, 0
    if why == L.OF_REGENERATION:
        return IN_REGENERATION, why, 0, 0
    if why != L.NO_REASON:
        return AT_LIMIT, why, 0, 0
    holes, missing, degraded = 0, 0, False
    if s[system + L.SYS_N_EMPTY] != 0:
        fleet, scratch = s[system + L.SYS_FLEET], s[L.SCRATCH]
        all_stopped, positions = can_do_nothing(s, system), s[fleet + L.FLT_N_POSITIONS]
        rank = next_empty(s, system, 0, positions)
        while rank < positions:
            position = position_at(s, system, rank)
            item = s[position + L.POS_ITEM]
            if is_hole(s, fleet, item, all_stopped):
                holes += 1
                if s[position + L.POS_PROMISED] == 0:
                    s[scratch + missing] = 2 * s[item + L.ITM_INDEX] + is_short(s, position)
                    missing += 1
            degraded = degraded or s[item + L.ITM_DEGRADES] != 0 or stops(s, fleet, item) != 0
            rank = next_empty(s, system, rank + 1, positions)
    work = s[system + L.SYS_N_GROUNDING]
    if work == 0 and missing < holes:
        work = 1
    if missing > 0:
        return (NMCB if work > 0 else NMCS), why, missing, work
    if work > 0:
        return NMCM, why, missing, work
    return (PMC if degraded else FMC), why, missing, work


@function
def is_hole(s: S, fleet: int, item: int, all_stopped: bool) -> bool:
    """True when the absence of an item keeps a system down."""
    return s[item + L.ITM_GROUNDS] != 0 or (all_stopped and stops(s, fleet, item) != 0)


@function
def stops(s: S, fleet: int, item: int) -> int:
    """The missions that a hole stops, as bits."""
    return s[s[fleet + L.FLT_BLOCKS] + s[item + L.ITM_INDEX]]


@function
def stopped(s: S, system: int) -> int:
    """The missions that what is missing stops, as bits."""
    fleet, found = s[system + L.SYS_FLEET], 0
    positions = s[fleet + L.FLT_N_POSITIONS]
    rank = next_empty(s, system, 0, positions)
    while rank < positions:
        found |= stops(s, fleet, s[position_at(s, system, rank) + L.POS_ITEM])
        rank = next_empty(s, system, rank + 1, positions)
    return found


@function
def can_do_nothing(s: S, system: int) -> bool:
    """True when what is missing leaves none of a fleet's missions (R-M1)."""
    missions = s[s[system + L.SYS_FLEET] + L.FLT_N_MISSIONS]
    return missions > 0 and stopped(s, system) == (1 << missions) - 1


@function
def keep_reasons(s: S, system: int, why: int, missing: int, work: int) -> None:
    """Remember why a system is not ready; where that changed, book the time before (R-S4)."""
    reasons, scratch = s[system + L.SYS_REASONS], s[L.SCRATCH]
    same = s[system + L.SYS_WHY] == why
    same = same and s[system + L.SYS_N_MISSING] == missing and s[system + L.SYS_N_WORK] == work
    for k in range(missing if same else 0):
        same = same and s[reasons + k] == s[scratch + k]
    if same:
        return
    book_reasons(s, system)
    s[system + L.SYS_WHY], s[system + L.SYS_N_MISSING], s[system + L.SYS_N_WORK] = why, missing, work
    for k in range(missing):
        s[reasons + k] = s[scratch + k]


@function
def is_short(s: S, position: int) -> int:
    """1 while a need of a hole's item waits for money: it is down for that, not for parts (R-S4)."""
    point = s[position + L.POS_POINT]
    depot = s[point + L.PT_DEPOT]
    return int(s[point + L.PT_UNFUNDED] != 0 or (depot != 0 and s[depot + L.PT_UNFUNDED] != 0))


@function
def book_reasons(s: S, system: int) -> None:
    """Book the time since the last change to the reasons that held, in equal parts (R-S4)."""
    passed, why = s[L.NOW] - s[system + L.SYS_SINCE], s[system + L.SYS_WHY]
    missing, work = s[system + L.SYS_N_MISSING], s[system + L.SYS_N_WORK]
    s[system + L.SYS_SINCE] = s[L.NOW]
    causes = s[s[system + L.SYS_FLEET] + L.FLT_CAUSES]
    other = causes + 2 * s[L.N_ITEMS]
    if passed == 0:
        return
    if why == L.OF_BOTH:
        s[other + L.LIMIT] += PARTS * passed // 2
        s[other + L.PERMISSION] += PARTS * passed // 2
    elif why == L.OF_LOSS:
        s[other + L.LOSS] += PARTS * passed
    elif why == L.OF_OVERHAUL:
        s[other + L.OVERHAUL] += PARTS * passed
    elif why == L.OF_LIMIT:
        s[other + L.LIMIT] += PARTS * passed
    elif why == L.OF_PERMISSION:
        s[other + L.PERMISSION] += PARTS * passed
    elif why == L.OF_REGENERATION:
        s[other + L.REGENERATION] += PARTS * passed
    elif missing + work > 0:
        part = PARTS * passed // (missing + work)
        for k in range(missing):
            s[causes + s[s[system + L.SYS_REASONS] + k]] += part
        s[other + L.WORK] += part * work


@function
def change_state(s: S, system: int, state: int) -> None:
    """Move a system from one count to another, and start or stop its use clock."""
    fleet, before = s[system + L.SYS_FLEET], s[system + L.SYS_STATE]
    count_states(s, fleet)
    if before >= 0:
        s[fleet + L.FLT_COUNTS + before] -= 1
    s[fleet + L.FLT_COUNTS + state] += 1
    flies = state == FMC or state == PMC
    if flies and s[system + L.SYS_FLYING] == 0:
        advance(s, fleet)
        s[system + L.SYS_OFFSET] = s[fleet + L.FLT_CLOCK] - s[system + L.SYS_CLOCK]
        s[system + L.SYS_FLYING] = 1
        s[fleet + L.FLT_FLYING] += 1
        trees.put(s, s[fleet + L.FLT_TREE], s[system + L.SYS_SLOT], s[system + L.SYS_OFFSET] + s[system + L.SYS_NEXT])
    elif not flies and s[system + L.SYS_FLYING] != 0:
        advance(s, fleet)
        s[system + L.SYS_CLOCK] = s[fleet + L.FLT_CLOCK] - s[system + L.SYS_OFFSET]
        s[system + L.SYS_FLYING] = 0
        s[fleet + L.FLT_FLYING] -= 1
        trees.put(s, s[fleet + L.FLT_TREE], s[system + L.SYS_SLOT], BEYOND)
    if not flies and (before < 0 or before == FMC or before == PMC):
        s[system + L.SYS_DOWN_SINCE] = s[L.NOW]
    s[system + L.SYS_STATE] = state
    s[fleet + L.FLT_CHANGED] = 1


@function
def count_missions(s: S, system: int) -> None:
    """Count the missions a system can do (R-M1)."""
    fleet = s[system + L.SYS_FLEET]
    missions = s[fleet + L.FLT_N_MISSIONS]
    if missions == 0:
        return
    able = ((1 << missions) - 1) & ~stopped(s, system) if s[system + L.SYS_FLYING] != 0 else 0
    if able == s[system + L.SYS_ABLE]:
        return
    count_states(s, fleet)
    for m in range(missions):
        s[s[fleet + L.FLT_ABLE] + m] += (able >> m & 1) - (s[system + L.SYS_ABLE] >> m & 1)
    s[system + L.SYS_ABLE] = able


@function
def count_states(s: S, fleet: int) -> None:
    """Bring the sums of system-seconds by state to now (ENGINE 9)."""
    passed = s[L.NOW] - s[fleet + L.FLT_COUNTED]
    if passed == 0:
        return
    for state in range(9):
        s[fleet + L.FLT_SUMS + state] += s[fleet + L.FLT_COUNTS + state] * passed
    for m in range(s[fleet + L.FLT_N_MISSIONS]):
        s[s[fleet + L.FLT_ABLE_SUMS] + m] += s[s[fleet + L.FLT_ABLE] + m] * passed
    if s[fleet + L.FLT_IS_BELOW] != 0:
        s[fleet + L.FLT_BELOW] += passed
    s[fleet + L.FLT_COUNTED] = s[L.NOW]


# Events -----------------------------------------------------------------------------------------------------------


@function
def work_done(s: S, x: X, task: int) -> None:
    """A crew is free again; the work counts unless the system has gone meanwhile."""
    system, sort, which = s[task + L.TSK_SYSTEM], s[task + L.TSK_SORT], s[task + L.TSK_WHICH]
    pool = s[task + L.TSK_POOL]
    s[s[pool + L.PL_PARTIES] + L.PTY * s[task + L.TSK_PARTY] + L.PTY_BUSY] -= 1
    out_of_hand(s, task)
    if s[task + L.TSK_CANCELLED] == 0:
        leave_system(s, task)
        free_row(s, L.FREE_TASKS, task)
        touch_system(s, system)
        if sort == L.REPLACE:
            install(s, x, which)
        elif sort == L.UPKEEP:
            next_upkeep(s, x, system, which)
        else:
            inspected(s, x, system, which)
    else:
        free_row(s, L.FREE_TASKS, task)
    request_settle(s)


@function
def is_still(s: S, x: X, what: int, a: int, b: int) -> bool:
    """True when what was planned still holds; otherwise it is dropped without a trace (ENGINE 6)."""
    code, mark = what & 255, what >> 8
    if code == L.UNIT_DATE:
        return s[a + L.POS_HAS] != 0 and s[a + L.POS_STAMP] == mark and nearest_date(s, a) == b
    if code == L.ORDER_AHEAD:
        unit = a + L.POS_UNIT
        fitted = s[a + L.POS_HAS] != 0 and s[a + L.POS_STAMP] == mark and s[unit + L.U_ORDERED] == 0
        return fitted and (b == s[unit + L.U_EXPIRES_ON] or b == s[unit + L.U_HARD_ON])
    if code == L.INSPECTION_DATE:
        return s[a + L.SYS_ON_BOOKS] != 0 and s[s[a + L.SYS_INSPECTIONS] + 2 * mark + 1] == b
    if code == L.OVERHAUL_DATE:
        return s[a + L.SYS_ON_BOOKS] != 0 and s[a + L.SYS_OVERHAUL_ON] == b
    if code == L.LIFE_DATE:
        return s[a + L.SYS_ON_BOOKS] != 0 and s[a + L.SYS_LIFE_ON] == b
    if code == L.RELEASED:
        return s[a + L.JOB_STAMP] == b and s[a + L.JOB_AT_HOME] != 0 and s[a + L.JOB_LEAVES_AT] == s[L.NOW]
    if code == L.RETRIED:
        return s[a + L.JOB_STAMP] == b and s[a + L.JOB_AT_HOME] != 0 and s[a + L.JOB_RETRIES_AT] == s[L.NOW]
    if code == L.FUNDS_ASKED:
        asked = s[a + L.JOB_STAMP] == b and s[a + L.JOB_AT_HOME] != 0 and s[a + L.JOB_ASKS_AT] == s[L.NOW]
        return asked and waits_for_money(s, x, a)
    if code == L.ASK_AGAIN:
        return s[a + L.JOB_STAMP] == b and s[a + L.JOB_AT_HOME] != 0
    if code == L.COMPLETED:
        return s[a + L.TSK_STAMP] == b and s[a + L.TSK_PARTY] >= 0 and s[a + L.TSK_TURNS] == mark
    if code == L.TURN:
        return s[a + L.RSP_ACTIVE] != 0 and s[a + L.RSP_TURN_ASKED] == b
    if code == L.BUILT_UP:
        return s[a + L.RSP_ACTIVE] != 0 and s[a + L.RSP_BEGUN] == b
    return True


@function
def happen(s: S, x: X, what: int, a: int, b: int, out: Any) -> None:
    """One event: a table of what happens and what it changes."""
    code = what & 255
    if code == L.RESUME:
        system = resume(s, x, a)
        if system != 0:
            enter(s, x, system)
            request_settle(s)
    elif code == L.COMPLETED:
        work_done(s, x, a)
    elif code == L.REPAIRED:
        shop_done(s, x, a)
    elif code == L.UNIT_DATE:
        unit_date(s, x, a, b)
    elif code == L.ORDER_AHEAD:
        order_ahead(s, x, a)
    elif code == L.STRIKE:
        strike(s, x, a, b)
    elif code == L.INSPECTION_DATE:
        inspection_due(s, x, a, what >> 8)
        fallen_due(s, a)
    elif code == L.OVERHAUL_DATE:
        overhaul_due(s, x, a)
        fallen_due(s, a)
    elif code == L.LIFE_DATE:
        leave(s, x, a, 0.0)
        fallen_due(s, a)
    elif code == L.OVERHAULED:
        overhaul_over(s, x, a, b)
    elif code == L.EXTENDED:
        extended(s, x, a, b)
    elif code == L.REGENERATED:
        regenerated(s, a)
    elif code == L.AT_BASE:
        point, quality = s[a + L.NED_BASE], x[a + L.NED_BIT_OF]
        free_row(s, L.FREE_NEEDS, a)
        shelve(s, x, point, quality, 1)
    elif code == L.PARTS_COME:
        parts_come(s, x, a)
    elif code == L.RELEASED:
        leave_backlog(s, x, a)
    elif code == L.RETRIED:
        try_again(s, x, a)
    elif code == L.FUNDS_ASKED:
        ask_again(s, x, a)
    elif code == L.LINE_CHANGES:
        line_changes(s, a)
    elif code == L.CONTRACT_CHANGES:
        contract_changes(s, a)
    elif code == L.POOL_CHANGES:
        pool_changes(s, a)
    elif code == L.PROGRAMME_CHANGES:
        programme_changes(s, a)
    elif code == L.PERMISSION_CHANGES:
        s[L.PERMISSIONS] = 1
        request_settle(s)
    elif code == L.SLOTS_CHANGE:
        s[L.OVERHAULS_DUE] = 1
        request_settle(s)
    elif code == L.STOCK_CHANGES:
        change_level(s, x, a, b)
    elif code == L.RESPONSE_BEGINS:
        begin_response(s, x, a)
    elif code == L.RESPONSE_ENDS:
        end_response(s, x, a)
    elif code == L.TRIGGER_OVER:
        s[a + L.RSP_PENDING] = 0
        end_response(s, x, a)
    elif code == L.BUILT_UP:
        built_up(s, x, a, what >> 8 & (1 << 28) - 1, what >> 36)
    elif code == L.LOSSES:
        lose_some(s, x, a, s[b + 1], s[b + 2])
    elif code == L.RETIREMENTS:
        retire_some(s, x, a, s[b + 1])
    elif code == L.START:
        start(s, x)
    elif code == L.SAMPLE:
        sample(s, x, out)
    else:  # TURN, ASK_AGAIN: another source may take a need
        request_settle(s)


@function
def fallen_due(s: S, system: int) -> None:
    """Something of a system fell due by its date."""
    limits_change(s, system)
    request_settle(s)


@function
def inspected(s: S, x: X, system: int, k: int) -> None:
    """An inspection is done: it falls due again one interval from now."""
    work = s[s[system + L.SYS_FLEET] + L.FLT_INSPECTIONS] + k * L.INS
    inspection_falls_due(s, system, k, of_use(s, x, s[work + L.INS_USE]), of_days(s, x, s[work + L.INS_DAYS]))


@function
def write_log(log: Any, n: int, t: int, order: int, third: int) -> int:
    """A line of the log where it has room; how many there are or would be."""
    if n < len(log):
        log[n, 0], log[n, 1], log[n, 2] = t, order, third
    return n + 1


@function
def run(s: S, x: X, out: Any, log: Any) -> None:
    """Run to the horizon: nothing at or after it happens (ENGINE 2)."""
    lines, horizon = 0, s[L.HORIZON]
    build(s, x)
    while s[L.ERROR] == 0:
        heap = s[L.HEAP]
        t, order, third, alarm = LAST, 0, 0, -1
        if s[L.HEAP_N] != 0:
            t, order, third = s[heap], s[heap + 1], s[heap + 2]
        at, of_alarm = s[L.ALARM_AT], OF_FAILURE << 56 | s[L.ALARM_FLEET] << 36
        if at < horizon and (at < t or (at == t and of_alarm <= order)):
            t, order, third, alarm = at, of_alarm, 0, s[L.ALARM_FLEET]
        if s[L.SETTLING] != 0 and t > s[L.NOW]:
            settle(s, x)
            continue
        if t >= horizon:
            break
        s[L.NOW], s[L.EVENT], s[L.EVENT_THIRD] = t, order, third
        if s[L.ARENA_END] - s[L.ARENA] < s[L.SPARE_SIZE]:
            s[L.ERROR] = L.FULL
            break
        if alarm >= 0:
            s[L.EVENTS] += 1
            lines = write_log(log, lines, t, order, third)
            limits_reached(s, x, fleet_at(s, alarm))
            s[L.ALARM_AT] = NEVER
            for f in range(s[L.N_FLEETS]):
                note_alarm(s, f, fleet_at(s, f))
            continue
        row = heap + NODE * s[L.HEAP_CAP] + ROW * s[heap + 3]
        what, a, b = s[row], s[row + 1], s[row + 2]
        pop(s, heap, s[L.HEAP_N])
        s[L.HEAP_N] -= 1
        if is_still(s, x, what, a, b):
            s[L.EVENTS] += 1
            lines = write_log(log, lines, t, order, third)
            happen(s, x, what, a, b, out)
    if s[L.ERROR] == 0:
        s[L.NOW] = horizon
        sample(s, x, out)
        finish(s, out)
    s[L.LOG_LINES] = lines


@function
def finish(s: S, out: Any) -> None:
    """What stands at the end: events, what halts touched, causes."""
    fleets, wide = s[L.N_FLEETS], s[L.N_EDGES]
    out[0] = s[L.EVENTS]
    at = 1 + wide * (fleets * (21 + 2 * s[L.MOST_MISSIONS]) + 5 + s[L.N_POOLS] * 3 + s[L.N_ITEMS] * L.ITEM_METERS)
    n = s[L.N_HALTS] * L.TOUCHES
    for k in range(n):
        out[at + k] = s[s[L.TOUCHED] + k]
    at += n
    wide = 2 * s[L.N_ITEMS] + L.OTHER_CAUSES
    for f in range(fleets):
        for k in range(wide):
            out[at + f * wide + k] = s[s[fleet_at(s, f) + L.FLT_CAUSES] + k]


