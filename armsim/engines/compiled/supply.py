"""Orders, depots and consignments on their way (R-M6, R-M9, R-H1), as engines/supply.py.

What there is a process is a job that remembers its stage here, and is resumed by an event.
"""

from __future__ import annotations

from armsim.engines.compiled import layout as L
from armsim.engines.compiled.core import (
    YEAR,
    S,
    X,
    after,
    count,
    date,
    draw,
    new_row,
    request_settle,
    seconds,
    spend,
    value,
    whole_seconds,
)
from armsim.engines.compiled.gates import (
    bare_job,
    cover_at,
    end_job,
    g,
    gate_level,
    gate_of,
    gets_through,
    gx,
    in_force,
    leave_home,
    lets_in,
    longer_way,
    new_job,
    plan_to_ask,
    plan_turn,
    ramp_now,
    touch,
    wait_at_home,
    waits_for_money,
)
from armsim.engines.compiled.jit import function
from armsim.engines.compiled.numbers import (
    despatch_wait,
    licence,
    lots,
    repair_abroad,
    spoilt,
    transit,
    wait_until_at_most,
    work_with_stops,
)
from armsim.engines.compiled.sources import (
    bar,
    delivers,
    handed_over,
    has_turn,
    is_spent,
    oldest_open_to,
    response_at,
    source_beside,
    takes_at_once,
    use_turn,
)
from armsim.engines.compiled.stock import (
    go_abroad,
    in_repair,
    join_queue,
    off_shelf,
    on_order,
    shelve,
)
from armsim.model import events, rules
from armsim.model.draws import Purpose
from armsim.model.order import NEVER, Flow, Kind

STAGE, RESTART, REMOVAL = int(Purpose.STAGE), int(Purpose.RESTART), int(Purpose.REMOVAL)
ROUTE, FROM_DEPOT = int(Purpose.ROUTE), int(Purpose.FROM_DEPOT)
ARRIVAL, OF_RESUPPLY, OF_DELIVERY = int(Kind.ARRIVAL), int(Flow.RESUPPLY), int(Flow.DELIVERY)
OF_DEPOT, OF_PARTS = int(Flow.FROM_DEPOT), int(Flow.PARTS)
DONE, RETURNED, LOST = rules.DONE, rules.RETURNED, rules.LOST
QUEUE, WAIT_AT_BORDER = rules.QUEUE, rules.WAIT_AT_BORDER
ACCOUNT_SPARES, ACCOUNT_REPAIR, ACCOUNT_OVERHAUL, ACCOUNT_RESPONSES, ACCOUNT_FLYING = range(5)


# Orders -----------------------------------------------------------------------------------------------------------


@function
def condemn(s: S, x: X, point: int) -> None:
    """A unit is gone for good; its replacement is ordered, (S-1, S) (R-M6)."""
    count(s, s[point + L.PT_ITEM], L.CONDEMNED, 1)
    if s[point + L.PT_DEPOT] != 0:
        draw_on_depot(s, point)
        point = s[point + L.PT_DEPOT]
    replace(s, x, point)


@function
def replace(s: S, x: X, point: int) -> None:
    """The place of a unit that is gone is filled by an order, unless one went out ahead or lots are ordered."""
    if s[point + L.PT_AHEAD] > 0:
        s[point + L.PT_AHEAD] -= 1
    elif s[s[point + L.PT_ITEM] + L.ITM_LOT] == 0:
        order(s, x, point)
    request_settle(s)


@function
def draw_on_depot(s: S, point: int) -> None:
    """A base asks its depot for a unit in place of one that has left it (R-M2, R-M9)."""
    if s[point + L.PT_AHEAD] > 0:
        s[point + L.PT_AHEAD] -= 1
    else:
        ask_depot(s, point)


@function
def ask_depot(s: S, point: int) -> None:
    """A request of a base joins the queue of its depot."""
    ask(s, s[point + L.PT_DEPOT], point, 0)
    request_settle(s)


@function
def ask(s: S, point: int, base: int, bit_of: int) -> None:
    """Who is no position waits for a unit of a stock point: a base, a repair, a demand off the books."""
    need = new_row(s, L.FREE_NEEDS, L.NED)
    s[need + L.NED_IS_NEED], s[need + L.NED_BASE], s[need + L.NED_BIT_OF] = 1, base, bit_of
    join_queue(s, point, need)


@function
def order(s: S, x: X, point: int) -> None:
    """A need for a new unit arises (R-M6); without a line it stays unmet."""
    line = s[s[point + L.PT_ITEM] + L.ITM_LINE]
    if line != 0:
        on_order(s, point, 1)
        job = new_job(s, line, point)
        beside = source_beside(s, x, job)
        if beside != 0 and lets_in(s, x, job) and takes_at_once(s, x, beside, job):
            begin_resupply(s, x, handed_over(s, x, beside, job))
            end_job(s, job)
        else:
            set_off(s, x, job)


@function
def order_ahead_of(s: S, x: X, point: int) -> None:
    """An order placed before its time: the next unit that goes is not ordered again (R-M6)."""
    if s[point + L.PT_DEPOT] != 0:
        s[point + L.PT_AHEAD] += 1
        ask_depot(s, point)
        point = s[point + L.PT_DEPOT]
    if s[s[point + L.PT_ITEM] + L.ITM_LOT] == 0:
        s[point + L.PT_AHEAD] += 1
        order(s, x, point)


@function
def order_lots(s: S, x: X) -> None:
    """(r, Q): lots are ordered while the inventory position is at or below the order point (R-M6, ENGINE 20)."""
    for n in range(s[L.N_LOTS]):
        point = s[s[L.LOTS] + n]
        if s[point + L.PT_DIRTY] == 0:
            continue
        item = s[point + L.PT_ITEM]
        position = s[point + L.PT_ON_SHELF] + s[point + L.PT_DUE_IN] - s[point + L.PT_LENGTH]
        wanted = lots(position, s[item + L.ITM_ORDER_AT], s[item + L.ITM_LOT])
        lot = s[point + L.PT_LOT]
        if lot != 0 and wanted == 0:
            leave_home(s, lot)
            end_job(s, lot)
        if s[point + L.PT_LOT] != 0:
            continue
        for _ in range(wanted):
            job = new_job(s, s[item + L.ITM_LINE], point)
            s[job + L.JOB_UNITS], s[job + L.JOB_IS_LOT] = s[item + L.ITM_LOT], 1
            set_off(s, x, job)
            if s[point + L.PT_LOT] == job:
                break


@function
def change_level(s: S, x: X, point: int, to: int) -> None:
    """Another base stock holds: a rise is ordered at once, a fall leaves out the next orders (R-M6)."""
    change = to - s[point + L.PT_LEVEL]
    s[point + L.PT_LEVEL] = to
    depot = s[point + L.PT_DEPOT]
    if change < 0:
        s[point + L.PT_AHEAD] -= change
        if depot != 0:
            s[depot + L.PT_AHEAD] -= change
    for _ in range(change):
        if depot != 0:
            draw_on_depot(s, point)
        replace(s, x, depot if depot != 0 else point)
    request_settle(s)


@function
def from_depot(s: S, x: X, point: int) -> None:
    """The depot sends a unit to a base; it takes the order-and-ship time (R-M2)."""
    k, key = s[point + L.PT_SENT], s[point + L.PT_KEY]
    s[point + L.PT_SENT] += 1
    quality = off_shelf(s, x, s[point + L.PT_DEPOT])
    u = draw(s, FROM_DEPOT, key, k)[0]
    takes = seconds(s, x, point + L.PT_SHIP, u, FROM_DEPOT, 0, key, k)
    need = new_row(s, L.FREE_NEEDS, L.NED)  # what is on its way
    s[need + L.NED_BASE] = point
    x[need + L.NED_BIT_OF] = quality
    after(s, takes, ARRIVAL, OF_DEPOT, s[point + L.PT_INDEX], k, L.AT_BASE, need, 0)


@function
def sent_off(s: S, x: X, job: int) -> None:
    """What becomes of a need that leaves home for its supplier."""
    if s[job + L.JOB_AT_HOME] != 0:
        leave_home(s, job)
    if s[job + L.JOB_IS_LOT] != 0:
        on_order(s, s[job + L.JOB_POINT], s[job + L.JOB_UNITS])
    depart(s, x, job)


@function
def depart(s: S, x: X, job: int) -> None:
    """A need is with its supplier."""
    if s[job + L.JOB_ROUTE] == 0:
        begin_resupply(s, x, job)
    else:
        begin_repair(s, x, job)


@function
def set_off(s: S, x: X, job: int) -> None:
    """Send a need to its supplier, or let it wait at home while the line refuses it."""
    if lets_in(s, x, job) or gets_through(s, x, job):
        sent_off(s, x, job)
    else:
        wait_at_home(s, x, job, True)


@function
def sent_home(s: S, x: X, job: int, refused: bool) -> None:
    """A need that had set off is back home; what it takes is drawn afresh when it sets off again."""
    s[job + L.JOB_ATTEMPTS] += 1
    if s[job + L.JOB_IS_LOT] != 0:
        on_order(s, s[job + L.JOB_POINT], -s[job + L.JOB_UNITS])
    if gets_through(s, x, job):
        sent_off(s, x, job)
    else:
        wait_at_home(s, x, job, refused)


@function
def try_again(s: S, x: X, job: int) -> None:
    """A need that waits at home tries once more to get through."""
    if gets_through(s, x, job):
        sent_off(s, x, job)
    request_settle(s)


@function
def ask_again(s: S, x: X, job: int) -> None:
    """A need that waits for money is asked for again: paid for, or it waits on (R-H1 new_orders)."""
    s[job + L.JOB_ASKS] += 1
    if lets_in(s, x, job):
        sent_off(s, x, job)
    else:
        plan_to_ask(s, x, job)
    request_settle(s)


@function
def leave_backlog(s: S, x: X, job: int) -> None:
    """The turn of a need that waited comes, unless the line is shut again."""
    if lets_in(s, x, job):
        sent_off(s, x, job)
    request_settle(s)


@function
def release(s: S, x: X) -> None:
    """Reopening is a release queue: those the line takes now, in order, at once or over a ramp (R-H2)."""
    if s[L.LINES_CHANGED] == 0:
        return
    s[L.LINES_CHANGED] = 0
    for n in range(s[L.N_LINES]):
        line = s[L.LINES] + n * L.LN
        if s[line + L.LN_CHANGED] == 0:
            continue
        s[line + L.LN_CHANGED] = 0
        first, last, ready = 0, 0, 0
        job = s[line + L.LN_HEAD]
        while job != 0:
            behind = s[job + L.JOB_NEXT]
            if lets_in(s, x, job):
                if s[job + L.JOB_LEAVES_AT] <= s[L.NOW]:
                    s[job + L.JOB_CHAIN] = 0
                    if first == 0:
                        first = job
                    else:
                        s[last + L.JOB_CHAIN] = job
                    last, ready = job, ready + 1
            else:
                s[job + L.JOB_LEAVES_AT] = -1
                if s[job + L.JOB_DRAWN] == 0 and gets_through(s, x, job):
                    sent_off(s, x, job)
                else:
                    if waits_for_money(s, x, job) != (s[job + L.JOB_UNFUNDED] != 0):
                        leave_home(s, job)
                        wait_at_home(s, x, job, False)
                    plan_to_ask(s, x, job)
            job = behind
        let_go(s, x, line, first, ready)


@function
def let_go(s: S, x: X, line: int, first: int, n: int) -> None:
    """Needs leave a line that takes them: at once, or spread over the ramp of a halt that ends now."""
    ramp = ramp_now(s, line)
    if ramp != 0 and s[ramp + 2] != 0:  # newest first
        turned = 0
        while first != 0:
            following = s[first + L.JOB_CHAIN]
            s[first + L.JOB_CHAIN] = turned
            turned, first = first, following
        first = turned
    k = 0
    while first != 0:
        job, first = first, s[first + L.JOB_CHAIN]
        if s[job + L.JOB_IS_LOT] != 0:
            leave_home(s, job)  # the policy is applied anew
            end_job(s, job)
        elif ramp == 0:
            sent_off(s, x, job)
        else:
            plan_turn(s, line, ramp, job, k, n)
        k += 1


@function
def use_other_sources(s: S, x: X) -> None:
    """Another source takes the oldest need that its main line refuses, one in each turn (section 7)."""
    for r in range(s[L.N_RESPONSES]):
        response = response_at(s, r)
        if s[response + L.RSP_ACTIVE] == 0 or s[response + L.RSP_KIND] != L.OTHER_SOURCE:
            continue
        while not is_spent(s, x, response):
            job = oldest_open_to(s, response)
            if job == 0 or not has_turn(s, x, response):
                break
            use_turn(s, response)
            take_over(s, x, response, job)


@function
def take_over(s: S, x: X, response: int, job: int) -> None:
    """Another source takes a need, and delivers it or not."""
    if not delivers(s, x, response):
        bar(s, x, response, job)
        return
    moved = handed_over(s, x, response, job)
    if s[job + L.JOB_IS_LOT] != 0:
        on_order(s, s[job + L.JOB_POINT], 1)
    else:
        leave_home(s, job)
        end_job(s, job)
    depart(s, x, moved)


# Consignments -----------------------------------------------------------------------------------------------------


@function
def wake(s: S, job: int, delay: int, stage: int) -> None:
    """A job goes on after a while."""
    s[job + L.JOB_STAGE] = stage
    after(s, delay, ARRIVAL, s[job + L.JOB_FIRST], s[job + L.JOB_SECOND], s[job + L.JOB_THIRD], L.RESUME, job, 0)


@function
def length(s: S, x: X, job: int, stage: int, law: int, u: float, purpose: int, slot: int, key: int, k: int) -> int:
    """The length of one stage: a fresh draw whenever something starts again, or halts would keep the longest."""
    if s[job + L.JOB_ATTEMPTS] == 0:
        return seconds(s, x, law, u, purpose, slot, key, k)
    return fresh_length(s, x, job, stage, law)


@function
def fresh_length(s: S, x: X, job: int, stage: int, law: int) -> int:
    """The length of a stage that starts again."""
    key, k = s[s[job + L.JOB_LINE] + L.LN_KEY], s[job + L.JOB_SERIAL] * 1024 + s[job + L.JOB_ATTEMPTS]
    u = draw(s, RESTART, key, k)
    again = u[0] if stage == 0 else u[1] if stage == 1 else u[2]
    return seconds(s, x, law, again, RESTART, stage, key, k)


@function
def begin_resupply(s: S, x: X, job: int) -> None:
    """needed, ordered (licence pending), accepted, ready, shipped, arrived (R-H1, ENGINE 17)."""
    line, source = s[job + L.JOB_LINE], s[job + L.JOB_SOURCE]
    item, key, k = s[s[job + L.JOB_POINT] + L.PT_ITEM], s[line + L.LN_KEY], s[job + L.JOB_SERIAL]
    gate = gate_of(s, x, job)
    s[job + L.JOB_KIND], s[job + L.JOB_GATE] = L.RESUPPLY, gate
    s[job + L.JOB_FIRST], s[job + L.JOB_SECOND], s[job + L.JOB_THIRD] = OF_RESUPPLY, s[line + L.LN_INDEX], k
    u = draw(s, STAGE, key, k)
    pending, make, home = 0, 0, item + L.ITM_TRANSIT
    if source >= 0 and s[response_at(s, source) + L.RSP_TAKES] >= 0:
        home = response_at(s, source) + L.RSP_TAKES
    else:
        pending = length(s, x, job, 0, item + L.ITM_LICENCE, u[0], STAGE, 0, key, k)
        make = length(s, x, job, 1, item + L.ITM_MAKE, u[1], STAGE, 1, key, k)
    s[job + L.JOB_MAKE] = make
    s[job + L.JOB_HOME] = length(s, x, job, 2, home, u[2], STAGE, 2, key, k)
    s[job + L.JOB_HOME_LAW] = home
    outcome, delay = licence(g(s, gate, L.G_TIMES), g(s, gate, L.G_ORDERS), s[L.NOW], pending)
    s[job + L.JOB_OUTCOME] = outcome
    if delay != 0:
        wake(s, job, delay, L.AT_LICENCE)
    else:
        accepted(s, x, job, 0)


@function
def accepted(s: S, x: X, job: int, ago: int) -> None:
    """An order is accepted; a licence that ends as a queue begins has ended before it (ENGINE 3)."""
    gate, item = s[job + L.JOB_GATE], s[s[job + L.JOB_POINT] + L.PT_ITEM]
    spend(s, x, ACCOUNT_SPARES, s[item + L.ITM_PRICE], s[job + L.JOB_UNITS] * x[job + L.JOB_PRICE])
    queued = gate_level(s, gate, L.G_ORDERS, s[L.NOW] - ago) == QUEUE
    made = until_despatch(s, x, job, s[job + L.JOB_MAKE] + s[job + L.JOB_LATE], queued)
    if made >= NEVER:
        end_job(s, job)
    elif made != 0:
        wake(s, job, made, L.IN_MAKING)
    else:
        journey(s, x, job)


@function
def until_despatch(s: S, x: X, job: int, work: int, queued: bool) -> int:
    """Delay until what is accepted now is made and may leave; NEVER if it never may (ENGINE 17)."""
    gate = s[job + L.JOB_GATE]
    when, accepted_orders = g(s, gate, L.G_TIMES), g(s, gate, L.G_ACCEPTED)
    made = work_with_stops(when, accepted_orders, s[L.NOW], work)
    if made < NEVER:
        orders, on_the_way = g(s, gate, L.G_ORDERS), g(s, gate, L.G_TRANSIT)
        leave = despatch_wait(when, orders, accepted_orders, on_the_way, s[L.NOW] + made, queued)
        made = made + leave if leave < NEVER else NEVER
    if made > work:
        clauses = L.C_ACCEPTED | L.C_TRANSIT | L.C_ORDERS
        held = s[L.NOW] + made
        touch(s, x, s[job + L.JOB_LINE], L.CONSIGNMENTS_HELD, clauses, s[L.NOW], held, s[job + L.JOB_COVER])
    return made


@function
def journey(s: S, x: X, job: int) -> None:
    """On the way (R-H1 in_transit); what comes of it is known from the calendar."""
    gate, takes = s[job + L.JOB_GATE], s[job + L.JOB_HOME] + longer_way(s, x, job)
    outcome, delay = transit(g(s, gate, L.G_TIMES), g(s, gate, L.G_TRANSIT), s[L.NOW], takes)
    if delay > takes or outcome != DONE:
        until = s[L.NOW] + delay + (outcome != DONE)  # the halt that begins then is what ends it
        touch(s, x, s[job + L.JOB_LINE], L.CONSIGNMENTS_HELD, L.C_TRANSIT, s[L.NOW], until, s[job + L.JOB_COVER])
    if delay >= NEVER:
        end_job(s, job)  # it never arrives
        return
    s[job + L.JOB_OUTCOME] = outcome
    wake(s, job, delay, L.ON_THE_WAY)


@function
def turned_back(s: S, x: X, job: int) -> None:
    """What came back starts again when it may."""
    gate = s[job + L.JOB_GATE]
    s[job + L.JOB_ATTEMPTS] += 1
    if s[job + L.JOB_HOME_LAW] != 0:  # a delivery's transit is no law: it takes as long again
        s[job + L.JOB_HOME] = fresh_length(s, x, job, 2, s[job + L.JOB_HOME_LAW])
    again = wait_until_at_most(g(s, gate, L.G_TIMES), g(s, gate, L.G_TRANSIT), s[L.NOW], WAIT_AT_BORDER)
    if again >= NEVER:
        end_job(s, job)
    elif again != 0:
        wake(s, job, again, L.AT_BORDER)
    else:
        journey(s, x, job)


@function
def arrived(s: S, x: X, job: int, came: bool) -> None:
    """A consignment is there, or is lost on the way. A delivered system is entered by whoever called."""
    kind, point = s[job + L.JOB_KIND], s[job + L.JOB_POINT]
    if kind == L.REPAIR_ABROAD:
        go_abroad(s, s[point + L.PT_ITEM], -1)
        in_repair(s, point, -1)
        if came:
            shelve(s, x, point, x[job + L.JOB_QUALITY] * quality_of(s, x, s[job + L.JOB_ROUTE]), 1)
        else:
            condemn(s, x, point)
    elif kind == L.RESUPPLY or kind == L.BOUGHT:
        units = s[job + L.JOB_UNITS]
        on_order(s, point, -units)
        if came:
            shelve(s, x, point, x[job + L.JOB_QUALITY], units)
        elif kind == L.RESUPPLY and s[job + L.JOB_IS_LOT] == 0:
            order(s, x, point)  # lost on the way: the need arises again (R-M6)
    request_settle(s)
    end_job(s, job)


# Repair abroad ----------------------------------------------------------------------------------------------------


@function
def begin_repair(s: S, x: X, job: int) -> None:
    """A removed unit goes abroad, is repaired and comes back (R-M5)."""
    line, route, key, n = s[job + L.JOB_LINE], s[job + L.JOB_ROUTE], s[job + L.JOB_UNIT_KEY], s[job + L.JOB_REMOVAL]
    gate = gate_of(s, x, job)
    s[job + L.JOB_KIND], s[job + L.JOB_GATE], s[job + L.JOB_FIRST] = L.REPAIR_ABROAD, gate, OF_RESUPPLY
    s[job + L.JOB_SECOND], s[job + L.JOB_THIRD] = s[line + L.LN_INDEX], s[job + L.JOB_SERIAL]
    u, legs, source, pending = draw(s, REMOVAL, key, n), draw(s, ROUTE, key, n), s[job + L.JOB_SOURCE], 0
    if source >= 0 and s[response_at(s, source) + L.RSP_TAKES] >= 0:  # the whole time
        work = response_at(s, source) + L.RSP_TAKES
    else:
        work = route + L.RTE_TAKES
        pending = length(s, x, job, 0, route + L.RTE_LICENCE, legs[0], ROUTE, 0, key, n)
        s[job + L.JOB_HOME] = length(s, x, job, 2, route + L.RTE_TRANSIT, legs[1], ROUTE, 1, key, n)
        s[job + L.JOB_HOME_LAW] = route + L.RTE_TRANSIT
    s[job + L.JOB_MAKE] = length(s, x, job, 1, work, u[1], REMOVAL, 1, key, n)
    pending += s[job + L.JOB_LATE]
    outcome, delay = licence(g(s, gate, L.G_TIMES), g(s, gate, L.G_ORDERS), s[L.NOW], pending)
    s[job + L.JOB_OUTCOME] = outcome
    if delay != 0:
        wake(s, job, delay, L.AT_LICENCE)
    else:
        taken_in(s, x, job)


@function
def taken_in(s: S, x: X, job: int) -> None:
    """A shop abroad takes a unit in; what halts do to it there is known from the calendar."""
    gate, takes, item = s[job + L.JOB_GATE], s[job + L.JOB_MAKE], s[s[job + L.JOB_POINT] + L.PT_ITEM]
    pay_repair(s, x, s[job + L.JOB_ROUTE], x[job + L.JOB_PRICE])
    go_abroad(s, item, 1)
    outcome, delay = repair_abroad(g(s, gate, L.G_TIMES), g(s, gate, L.G_ABROAD), s[L.NOW], takes)
    if outcome != DONE or delay > takes:
        until = s[L.NOW] + delay + (outcome != DONE)
        touch(s, x, s[job + L.JOB_LINE], L.REPAIRS_CAUGHT, L.C_ABROAD, s[L.NOW], until, s[job + L.JOB_COVER])
    if delay >= NEVER:
        end_job(s, job)
        return
    s[job + L.JOB_OUTCOME], s[job + L.JOB_BEGAN] = outcome, s[L.NOW]
    wake(s, job, delay, L.IN_REPAIR_ABROAD)


@function
def repaired_abroad(s: S, x: X, job: int) -> None:
    """A unit leaves a shop abroad: serviceable, unrepaired, seized, spoilt or condemned."""
    gate, point, outcome = s[job + L.JOB_GATE], s[job + L.JOB_POINT], s[job + L.JOB_OUTCOME]
    item, key, n = s[point + L.PT_ITEM], s[job + L.JOB_UNIT_KEY], s[job + L.JOB_REMOVAL]
    if outcome == RETURNED:
        go_abroad(s, item, -1)
        sent_home(s, x, job, False)
        return
    share = spoilt(g(s, gate, L.G_TIMES), g(s, gate, L.G_ABROAD), gx(s, x, gate, L.G_SPOILS),
                   s[job + L.JOB_BEGAN], s[L.NOW], YEAR)  # fmt: skip
    spoils = share > 0.0 and draw(s, ROUTE, key, n)[2] < share
    yields = value(s, x, s[s[job + L.JOB_ROUTE] + L.RTE_YIELD])
    if outcome == LOST or spoils or draw(s, REMOVAL, key, n)[2] >= yields:
        go_abroad(s, item, -1)
        in_repair(s, point, -1)
        condemn(s, x, point)
        request_settle(s)
        end_job(s, job)
        return
    nothing = g(s, gate, L.G_NOTHING)
    wait = despatch_wait(g(s, gate, L.G_TIMES), nothing, nothing, g(s, gate, L.G_TRANSIT), s[L.NOW], False)
    if wait != 0:
        held = s[L.NOW] + wait
        touch(s, x, s[job + L.JOB_LINE], L.CONSIGNMENTS_HELD, L.C_TRANSIT, s[L.NOW], held, s[job + L.JOB_COVER])
    if wait >= NEVER:
        end_job(s, job)
    elif wait != 0:
        wake(s, job, wait, L.WAITS_FOR_DESPATCH)
    else:
        journey(s, x, job)


@function
def pay_repair(s: S, x: X, route: int, factor: float) -> None:
    """Work on a unit begins: of an overhaul at its hard life, or of a repair (R-S2)."""
    account = ACCOUNT_OVERHAUL if s[route + L.RTE_IS_OVERHAUL] != 0 else ACCOUNT_REPAIR
    spend(s, x, account, s[route + L.RTE_PRICE], factor)


@function
def quality_of(s: S, x: X, route: int) -> float:
    """The life of a unit made serviceable, as a share of a new one's."""
    index = s[route + L.RTE_QUALITY]
    return value(s, x, index) if index >= 0 else 1.0


# Units already bought ---------------------------------------------------------------------------------------------


@function
def bring(s: S, x: X, a: int) -> None:
    """Units already bought arrive on their date, through the item's line where it has one (R-M6)."""
    arrival = s[L.ARRIVALS] + a * L.ARR
    point, line, day = s[arrival + L.ARR_POINT], s[arrival + L.ARR_LINE], date(s, x, s[arrival + L.ARR_DAY])
    if line == 0:
        after(s, day, ARRIVAL, OF_PARTS, s[point + L.PT_INDEX], a, L.PARTS_COME, arrival, 0)
        return
    job = bare_job(s, line, events.FIRST_BOUGHT + a, point)
    s[job + L.JOB_RAISED], s[job + L.JOB_RAISED_SERIAL] = 0, a
    s[job + L.JOB_COVER], s[job + L.JOB_UNITS] = cover_at(s, line, 0), s[arrival + L.ARR_COUNT]
    on_order(s, point, s[arrival + L.ARR_COUNT])
    gate, item = gate_of(s, x, job), s[point + L.PT_ITEM]
    takes = 0 if s[item + L.ITM_TRANSIT] < 0 else min(day, s[item + L.ITM_TRANSIT_MEAN])
    s[job + L.JOB_KIND], s[job + L.JOB_GATE], s[job + L.JOB_HOME], s[job + L.JOB_FIRST] = L.BOUGHT, gate, takes, 0
    s[job + L.JOB_FIRST], s[job + L.JOB_SECOND] = OF_RESUPPLY, s[line + L.LN_INDEX]
    s[job + L.JOB_THIRD] = s[job + L.JOB_SERIAL]
    wait = despatch_wait(g(s, gate, L.G_TIMES), g(s, gate, L.G_NOTHING), g(s, gate, L.G_ACCEPTED),
                         g(s, gate, L.G_TRANSIT), day - takes, False)  # fmt: skip
    if wait != 0:
        clauses, leaves = L.C_ACCEPTED | L.C_TRANSIT, day - takes
        touch(s, x, line, L.CONSIGNMENTS_HELD, clauses, leaves, leaves + wait, s[job + L.JOB_COVER])
    if wait >= NEVER or day - takes + wait >= s[L.HORIZON]:
        end_job(s, job)
    elif day - takes + wait > 0:
        wake(s, job, day - takes + wait, L.WAITS_FOR_DESPATCH)
    else:
        journey(s, x, job)


@function
def parts_come(s: S, x: X, arrival: int) -> None:
    """Units that come through no line are there."""
    shelve(s, x, s[arrival + L.ARR_POINT], 1.0, s[arrival + L.ARR_COUNT])


# Deliveries of systems --------------------------------------------------------------------------------------------


@function
def begin_delivery(s: S, x: X, fleet: int, delivery: int, system: int, day: int) -> None:
    """Ordered, made, shipped, arrived: a delivery is a consignment (R-O4)."""
    s[system + L.SYS_DELIVERY] = delivery
    slot, ordered_on, contract = s[system + L.SYS_SLOT], s[delivery + L.DLV_ORDERED], s[delivery + L.DLV_CONTRACT]
    planned = min(max(0, ordered_on), day)
    ordered = planned
    if contract >= 0:
        row = s[L.CONTRACTS] + contract * L.CON
        if s[row + L.CON_N_TERMS] == 0:
            return  # its contract is never signed
        ordered = max(planned, s[s[row + L.CON_TERMS]])
    job = bare_job(s, s[delivery + L.DLV_LINE], slot, 0)
    s[job + L.JOB_KIND], s[job + L.JOB_SYSTEM], s[job + L.JOB_DELIVERY] = L.DELIVERY, system, delivery
    s[job + L.JOB_DATE] = day
    s[job + L.JOB_FIRST], s[job + L.JOB_SECOND], s[job + L.JOB_THIRD] = OF_DELIVERY, s[fleet + L.FLT_INDEX], slot
    if ordered > s[L.NOW]:
        if ordered >= s[L.HORIZON]:
            end_job(s, job)
            return
        wake(s, job, ordered - s[L.NOW], L.TO_BE_ORDERED)
    else:
        order_delivery(s, x, job)


@function
def order_delivery(s: S, x: X, job: int) -> None:
    """A system is ordered; one ordered after the start waits while the line refuses orders."""
    delivery, line = s[job + L.JOB_DELIVERY], s[job + L.JOB_LINE]
    if s[delivery + L.DLV_COVER] >= 0:
        if in_force(s, s[delivery + L.DLV_CONTRACT], max(s[delivery + L.DLV_ORDERED], s[L.NOW])):
            s[job + L.JOB_COVER] = s[delivery + L.DLV_COVER]
    gate = gate_of(s, x, job)
    s[job + L.JOB_GATE] = gate
    if s[delivery + L.DLV_ORDERED] > 0:
        wait = wait_until_at_most(g(s, gate, L.G_TIMES), g(s, gate, L.G_ORDERS), s[L.NOW], QUEUE)
        if wait != 0:
            touch(s, x, line, L.ORDERS_REFUSED, L.C_ORDERS, s[L.NOW], s[L.NOW] + 1, s[job + L.JOB_COVER])
        if wait >= NEVER:
            end_job(s, job)
            return
        if wait != 0:
            wake(s, job, wait, L.TO_BE_ACCEPTED)
            return
    make_delivery(s, x, job)


@function
def make_delivery(s: S, x: X, job: int) -> None:
    """A system is made until it may be shipped."""
    delivery, gate, day = s[job + L.JOB_DELIVERY], s[job + L.JOB_GATE], s[job + L.JOB_DATE]
    planned = min(max(0, s[delivery + L.DLV_ORDERED]), day)
    s[job + L.JOB_HOME] = min(whole_seconds(s, value(s, x, s[delivery + L.DLV_TRANSIT])), day - planned)
    work = day - planned - s[job + L.JOB_HOME]
    queued = gate_level(s, gate, L.G_ORDERS, s[L.NOW]) == QUEUE
    made = until_despatch(s, x, job, work, queued)
    if made >= NEVER:
        end_job(s, job)
    elif made != 0:
        wake(s, job, made, L.IN_MAKING)
    else:
        journey(s, x, job)


@function
def resume(s: S, x: X, job: int) -> int:
    """A job goes on; a system that has been delivered, else 0."""
    stage = s[job + L.JOB_STAGE]
    if stage == L.AT_LICENCE:
        if s[job + L.JOB_OUTCOME] == RETURNED:
            sent_home(s, x, job, True)
        elif s[job + L.JOB_KIND] == L.RESUPPLY:
            accepted(s, x, job, 1)
        else:
            taken_in(s, x, job)
    elif stage == L.IN_REPAIR_ABROAD:
        repaired_abroad(s, x, job)
    elif stage == L.TO_BE_ORDERED:
        order_delivery(s, x, job)
    elif stage == L.TO_BE_ACCEPTED:
        make_delivery(s, x, job)
    elif stage == L.ON_THE_WAY:
        outcome, system = s[job + L.JOB_OUTCOME], s[job + L.JOB_SYSTEM]
        if outcome == RETURNED:
            turned_back(s, x, job)
        else:
            arrived(s, x, job, outcome == DONE)
            return system if outcome == DONE else 0
    else:
        journey(s, x, job)
    return 0

