"""What halts do to a need: refused, let through, without money, released (R-H1 to R-H5), as engines/gates.py."""

from __future__ import annotations

from typing import Any

from armsim.engines.compiled import layout as L
from armsim.engines.compiled import lists
from armsim.engines.compiled.core import (
    S,
    X,
    after,
    draw,
    free_row,
    new_row,
    request_settle,
    seconds,
    stamp,
    take,
    touch_system,
    value,
    whole_seconds,
)
from armsim.engines.compiled.jit import function, part, view
from armsim.engines.compiled.numbers import level_at, segment, staggered
from armsim.engines.compiled.stock import point_changed
from armsim.model import rules
from armsim.model.draws import Purpose
from armsim.model.order import NEVER, Flow, Kind

FUND, LEAK, SLOW = int(Purpose.FUND), int(Purpose.LEAK), int(Purpose.SLOW)
ARRIVAL, RELEASE, RETRY = int(Kind.ARRIVAL), int(Flow.RELEASE), int(Flow.RETRY)
FUNDS = int(Flow.FUNDS)
REFUSE, RETURN_UNREPAIRED, STOP = rules.REFUSE, rules.RETURN_UNREPAIRED, rules.STOP
LONG_AGO = -NEVER


# Calendars of a line ------------------------------------------------------------------------------------------


@view
def g(s: S, gate: int, row: int) -> Any:
    """One row of a gate: when its segments begin, or its levels."""
    n = s[gate]
    return part(s, gate + 1 + row * n, n)


@function
def gate_level(s: S, gate: int, row: int, t: int) -> int:
    """What a gate says of one thing at a time."""
    return level_at(g(s, gate, L.G_TIMES), g(s, gate, row), t)


@view
def gx(s: S, x: X, gate: int, row: int) -> Any:
    """One row of shares of a gate."""
    n = s[gate]
    return part(x, gate + 1 + row * n, n)


@function
def acts_on(s: S, halt: int, line: int, cover: int) -> bool:
    """True when a halt concerns what is on a line under one of its contracts, or under none (-1) (R-H3)."""
    excepted = s[s[line + L.LN_ACTS] + s[halt + L.HLT_INDEX]]
    return excepted >= 0 and not (cover >= 0 and excepted >> cover & 1 != 0)


@function
def honours(s: S, halt: int, cover: int) -> bool:
    """True when a halt lets an order be because it is under a contract (ENGINE 18)."""
    return cover >= 0 and s[halt + L.HLT_SIGNED] == 0


@function
def build_gate(s: S, x: X, line: int, cover: int, passed: int) -> int:
    """The gate of a line: in each segment the strictest clause of the halts in force (R-H3), but those passed."""
    most = 2 * s[L.N_SPANS] + 1
    edges = take(s, most + most * (L.G_PARTS - 1))
    rows = edges + most
    if s[L.ERROR] != 0:
        return s[L.SPARE]
    n = 1
    s[edges] = LONG_AGO
    for h in range(s[L.N_SPANS]):
        halt = s[L.SPANS] + h * L.HLT
        if acts_on(s, halt, line, cover) and passed >> s[halt + L.HLT_INDEX] & 1 == 0:
            n = with_edge(s, edges, n, min(s[halt + L.HLT_BEGIN], s[L.HORIZON]))
            n = with_edge(s, edges, n, min(s[halt + L.HLT_END], s[L.HORIZON]))
    kept = 0
    for k in range(n):
        row = rows + kept * (L.G_PARTS - 1)
        write_levels(s, x, row, line, cover, passed, s[edges + k])
        same = kept > 0
        for word in range(L.G_PARTS - 1):
            same = same and s[row + word] == s[row - (L.G_PARTS - 1) + word]
        if not same:
            s[edges + kept] = s[edges + k]
            kept += 1
    gate = take(s, 1 + L.G_PARTS * kept)
    if s[L.ERROR] != 0:
        return s[L.SPARE]
    s[gate] = kept
    for k in range(kept):
        s[gate + 1 + k] = s[edges + k]
        for word in range(L.G_PARTS - 1):
            s[gate + 1 + (word + 1) * kept + k] = s[rows + k * (L.G_PARTS - 1) + word]
    return gate


@function
def with_edge(s: S, edges: int, n: int, edge: int) -> int:
    """One more edge among n in rising order, each once; how many there are then."""
    place = n
    while s[edges + place - 1] > edge:
        place -= 1
    if s[edges + place - 1] == edge:
        return n
    for k in range(edges + n, edges + place, -1):
        s[k] = s[k - 1]
    s[edges + place] = edge
    return n + 1


@function
def write_levels(s: S, x: X, row: int, line: int, cover: int, passed: int, t: int) -> None:
    """What holds on a line at a time: the strictest of several halts, the smallest share of money.

    From the horizon on it is open: what nobody sees cannot be planned, or counted (R-H5).
    """
    for word in range(L.G_PARTS - 1):
        s[row + word] = 0
    fund, spoils, pause = 1.0, 0.0, NEVER
    for h in range(s[L.N_SPANS]):
        halt = s[L.SPANS] + h * L.HLT
        if not (acts_on(s, halt, line, cover) and passed >> s[halt + L.HLT_INDEX] & 1 == 0):
            continue
        if not s[halt + L.HLT_BEGIN] <= t < min(s[halt + L.HLT_END], s[L.HORIZON]):
            continue
        if not honours(s, halt, cover):
            s[row + L.G_ORDERS - 1] = max(s[row + L.G_ORDERS - 1], s[halt + L.HLT_ORDERS])
            s[row + L.G_ACCEPTED - 1] = max(s[row + L.G_ACCEPTED - 1], s[halt + L.HLT_ACCEPTED])
            if x[halt + L.HLT_FUND] < 1.0:
                fund, pause = min(fund, x[halt + L.HLT_FUND]), min(pause, s[halt + L.HLT_PAUSE])
        s[row + L.G_TRANSIT - 1] = max(s[row + L.G_TRANSIT - 1], s[halt + L.HLT_TRANSIT])
        s[row + L.G_ABROAD - 1] = max(s[row + L.G_ABROAD - 1], s[halt + L.HLT_ABROAD])
        s[row + L.G_OVERHAUL - 1] = max(s[row + L.G_OVERHAUL - 1], s[halt + L.HLT_OVERHAUL])
        spoils = max(spoils, x[halt + L.HLT_SPOILS])
    x[row + L.G_FUND - 1], x[row + L.G_SPOILS - 1], s[row + L.G_PAUSE - 1] = fund, spoils, pause


@function
def gate_under(s: S, line: int, cover: int) -> int:
    """The gate of a line for what is under one of its contracts, or under none (-1)."""
    return s[s[line + L.LN_GATES] + 1 + cover]


@function
def gate_of(s: S, x: X, job: int) -> int:
    """The gate of a job's line, without the halts it has passed."""
    line, cover, passed = s[job + L.JOB_LINE], s[job + L.JOB_COVER], s[job + L.JOB_PASSED]
    if passed == 0:
        return gate_under(s, line, cover)
    opened = s[line + L.LN_OPENED]
    while opened != 0:
        if s[opened + L.OPN_COVER] == cover and s[opened + L.OPN_PASSED] == passed:
            return s[opened + L.OPN_GATE]
        opened = s[opened + L.OPN_NEXT]
    opened = take(s, L.OPN)
    s[opened + L.OPN_COVER], s[opened + L.OPN_PASSED] = cover, passed
    s[opened + L.OPN_GATE] = build_gate(s, x, line, cover, passed)
    s[opened + L.OPN_NEXT] = s[line + L.LN_OPENED]
    s[line + L.LN_OPENED] = opened
    return s[opened + L.OPN_GATE]


@function
def cover_at(s: S, line: int, t: int) -> int:
    """Which of the contracts that can cover the line is in force at t: its place among them, -1 for none."""
    for k in range(s[line + L.LN_N_CONTRACTS]):
        if in_force(s, s[s[line + L.LN_CONTRACTS] + k], t):
            return k
    return -1


@function
def in_force(s: S, contract: int, t: int) -> bool:
    """True when a contract is in force."""
    row = s[L.CONTRACTS] + contract * L.CON
    for k in range(s[row + L.CON_N_TERMS]):
        term = s[row + L.CON_TERMS] + 2 * k
        if s[term] <= t < s[term + 1]:
            return True
    return False


# Needs at the gate ----------------------------------------------------------------------------------------------


@function
def new_job(s: S, line: int, point: int) -> int:
    """The next need of a line; cover is tested when it arises (ENGINE 18)."""
    job = bare_job(s, line, s[line + L.LN_SERIALS], point)
    s[line + L.LN_SERIALS] += 1
    s[job + L.JOB_COVER] = cover_at(s, line, s[L.NOW])
    return job


@function
def bare_job(s: S, line: int, serial: int, point: int) -> int:
    """A need on a line."""
    job = new_row(s, L.FREE_JOBS, s[L.JOB_WIDTH])
    s[job + L.JOB_STAMP] = stamp(s)
    s[job + L.JOB_LINE], s[job + L.JOB_SERIAL], s[job + L.JOB_POINT] = line, serial, point
    s[job + L.JOB_RAISED], s[job + L.JOB_RAISED_LINE], s[job + L.JOB_RAISED_SERIAL] = s[L.NOW], line, serial
    s[job + L.JOB_COVER], s[job + L.JOB_SOURCE], s[job + L.JOB_UNITS] = -1, -1, 1
    s[job + L.JOB_RETRIES_AT], s[job + L.JOB_LEAVES_AT], s[job + L.JOB_ASKS_AT] = -1, -1, -1
    s[job + L.JOB_QUALITY], s[job + L.JOB_PRICE] = L.ONE, L.ONE
    for r in range(s[L.N_RESPONSES]):
        s[job + L.JOB_BARRED + r] = -1
    return job


@function
def end_job(s: S, job: int) -> None:
    """A need is met, or never will be."""
    free_row(s, L.FREE_JOBS, job)


@function
def is_bought(s: S, line: int) -> bool:
    """True for what is ordered piece by piece: money may be short for it, and it may get through a halt."""
    return s[line + L.LN_KIND] == L.SPARES or s[line + L.LN_KIND] == L.REPAIR


@function
def lets_in(s: S, x: X, job: int) -> bool:
    """True when the line takes this need now (R-H3)."""
    line = s[job + L.JOB_LINE]
    if s[line + L.LN_KIND] == L.OVERHAUL_LINE:
        return overhaul_open(s, line)
    return is_open(s, gate_of(s, x, job), s[job + L.JOB_ROUTE] != 0) and not lacks_money(s, x, job)


@function
def is_open(s: S, gate: int, is_unit: bool) -> bool:
    """True when no halt behind a gate refuses a need: an order, or a unit to be repaired."""
    if is_unit:
        if gate_level(s, gate, L.G_ABROAD, s[L.NOW]) >= RETURN_UNREPAIRED:
            return False
    return gate_level(s, gate, L.G_ORDERS, s[L.NOW]) < REFUSE


@function
def lacks_money(s: S, x: X, job: int) -> bool:
    """True when home pays for a share of needs only and not for this one (R-H1 new_orders)."""
    gate, line = gate_of(s, x, job), s[job + L.JOB_LINE]
    share = gx(s, x, gate, L.G_FUND)[segment(g(s, gate, L.G_TIMES), s[L.NOW])]
    if share >= 1.0 or not is_bought(s, line):
        return False
    k = (s[job + L.JOB_ASKS] << 40) + s[job + L.JOB_SERIAL]
    return draw(s, FUND, s[line + L.LN_KEY], k)[0] >= share


@function
def waits_for_money(s: S, x: X, job: int) -> bool:
    """True when nothing but money keeps a need at home."""
    return is_open(s, gate_of(s, x, job), s[job + L.JOB_ROUTE] != 0) and lacks_money(s, x, job)


@function
def plan_to_ask(s: S, x: X, job: int) -> None:
    """A need that waits for money is asked for again after a while, where a halt says so (ENGINE 41)."""
    if s[job + L.JOB_AT_HOME] == 0 or s[job + L.JOB_UNFUNDED] == 0 or s[job + L.JOB_ASKS_AT] > s[L.NOW]:
        return
    gate, line = gate_of(s, x, job), s[job + L.JOB_LINE]
    pause = g(s, gate, L.G_PAUSE)[segment(g(s, gate, L.G_TIMES), s[L.NOW])]
    if s[L.NOW] + pause < s[L.HORIZON]:
        s[job + L.JOB_ASKS_AT] = s[L.NOW] + pause
        index, serial = s[line + L.LN_INDEX], s[job + L.JOB_SERIAL]
        after(s, pause, ARRIVAL, FUNDS, index, serial, L.FUNDS_ASKED, job, s[job + L.JOB_STAMP])


@function
def overhaul_open(s: S, line: int) -> bool:
    """True when an overhaul line takes work: allowed, and under contract where one ever covered it."""
    cover = cover_at(s, line, s[L.NOW])
    gate = gate_under(s, line, cover)
    if gate_level(s, gate, L.G_OVERHAUL, s[L.NOW]) >= STOP:
        return False
    if gate_level(s, gate, L.G_ABROAD, s[L.NOW]) >= RETURN_UNREPAIRED:
        return False
    return cover >= 0 or s[line + L.LN_N_CONTRACTS] == 0


@function
def wait_at_home(s: S, x: X, job: int, refused: bool) -> None:
    """The need waits at home until the line reopens, or until another source or a shop at home takes it."""
    line = s[job + L.JOB_LINE]
    s[job + L.JOB_AT_HOME] = 1
    before = s[line + L.LN_TAIL]  # oldest first
    while before != 0 and is_older(s, job, before):
        before = s[before + L.JOB_PREV]
    lists.insert(s, line + L.LN_HEAD, L.JOB_PREV, before, job)
    if s[job + L.JOB_IS_LOT] != 0:
        s[s[job + L.JOB_POINT] + L.PT_LOT] = job
    s[job + L.JOB_UNFUNDED], s[job + L.JOB_ASKS_AT] = waits_for_money(s, x, job), -1
    wait_for_money(s, job, 1)
    plan_to_ask(s, x, job)
    for r in range(s[L.N_RESPONSES]):
        response = s[L.RESPONSES] + r * L.RSP
        s[response + L.RSP_WAITS] = L.ONE_IS_NEW if s[response + L.RSP_WAITS] == L.NONE_WAITS else L.ANY_WAITS
        s[response + L.RSP_NEWCOMER] = job
    if refused:
        clauses = L.C_OVERHAUL if s[line + L.LN_KIND] == L.OVERHAUL_LINE else L.C_ORDERS
        if s[job + L.JOB_ROUTE] != 0:
            clauses |= L.C_ABROAD
        touch(s, x, line, L.ORDERS_REFUSED, clauses, s[L.NOW], s[L.NOW] + 1, s[job + L.JOB_COVER])
    request_settle(s)


@function
def is_older(s: S, job: int, other: int) -> bool:
    """True when a need arose before another: by time, line and number."""
    if s[job + L.JOB_RAISED] != s[other + L.JOB_RAISED]:
        return s[job + L.JOB_RAISED] < s[other + L.JOB_RAISED]
    if s[job + L.JOB_RAISED_LINE] != s[other + L.JOB_RAISED_LINE]:
        return s[job + L.JOB_RAISED_LINE] < s[other + L.JOB_RAISED_LINE]
    return s[job + L.JOB_RAISED_SERIAL] < s[other + L.JOB_RAISED_SERIAL]


@function
def leave_home(s: S, job: int) -> None:
    """A need no longer waits at home."""
    lists.remove(s, s[job + L.JOB_LINE] + L.LN_HEAD, L.JOB_PREV, job)
    s[job + L.JOB_AT_HOME], s[job + L.JOB_LEAVES_AT] = 0, -1
    if s[job + L.JOB_IS_LOT] != 0:
        s[s[job + L.JOB_POINT] + L.PT_LOT] = 0
        point_changed(s, s[job + L.JOB_POINT])
    wait_for_money(s, job, -1)


@function
def wait_for_money(s: S, job: int, change: int) -> None:
    """Holes are down for money, not parts, while a need of theirs waits for money (R-S4)."""
    if s[job + L.JOB_UNFUNDED] == 0:
        return
    point = s[job + L.JOB_POINT]
    before = s[point + L.PT_UNFUNDED]
    s[point + L.PT_UNFUNDED] += change
    if before != 0 and before + change != 0:
        return
    for p in range(s[L.N_POINTS]):
        served = s[L.POINTS] + p * L.PT
        if served == point or s[served + L.PT_DEPOT] == point:
            waiting = s[served + L.PT_HEAD]
            while waiting != 0:
                if s[waiting + L.Q_IS_NEED] == 0:
                    touch_system(s, s[waiting + L.POS_SYSTEM])
                waiting = s[waiting + L.Q_NEXT]


@function
def refuses(s: S, halt: int, job: int) -> bool:
    """True when a halt in force refuses a need."""
    if not s[halt + L.HLT_BEGIN] <= s[L.NOW] < s[halt + L.HLT_END]:
        return False
    if s[job + L.JOB_PASSED] >> s[halt + L.HLT_INDEX] & 1 != 0:
        return False
    if not acts_on(s, halt, s[job + L.JOB_LINE], s[job + L.JOB_COVER]):
        return False
    if s[halt + L.HLT_ORDERS] >= REFUSE and not honours(s, halt, s[job + L.JOB_COVER]):
        return True
    return s[job + L.JOB_ROUTE] != 0 and s[halt + L.HLT_ABROAD] >= RETURN_UNREPAIRED


@function
def keeper(s: S, halt: int) -> int:
    """What the file says of the halt that one in force stands for."""
    return s[L.HALTS] + s[halt + L.HLT_INDEX] * L.HAL


@function
def lets_pass(s: S, said: int) -> bool:
    """True when a halt lets one more consignment through."""
    return s[said + L.HAL_PASSED] < s[said + L.HAL_PASSES]


@function
def gets_through(s: S, x: X, job: int) -> bool:
    """True when a refused consignment passes: a number is let through, or it leaks (R-H1, ENGINE 19)."""
    if not is_bought(s, s[job + L.JOB_LINE]):
        return False
    refusing, passing, leaking = 0, 0, 0
    for h in range(s[L.N_SPANS]):
        halt = s[L.SPANS] + h * L.HLT
        if refuses(s, halt, job):
            said = keeper(s, halt)
            refusing += 1
            if lets_pass(s, said):
                passing += 1
            elif s[said + L.HAL_LEAKS] != 0:
                leaking += 1
    if passing == 0 and leaking == 0:
        return False
    is_blocked = passing + leaking < refusing or lacks_money(s, x, job)
    if is_blocked or (leaking > 0 and not leaks_out(s, x, job)):
        plan_retry(s, x, job)
        return False
    passed = s[job + L.JOB_PASSED]
    for h in range(s[L.N_SPANS]):
        halt = s[L.SPANS] + h * L.HLT
        if refuses(s, halt, job):
            said = keeper(s, halt)
            if lets_pass(s, said):
                s[said + L.HAL_PASSED] += 1
            passed |= 1 << s[halt + L.HLT_INDEX]
    s[job + L.JOB_PASSED] = passed
    return True


@function
def leaks(s: S, halt: int, job: int) -> bool:
    """True when a halt that refuses a need may leak it."""
    if not refuses(s, halt, job):
        return False
    said = keeper(s, halt)
    return s[said + L.HAL_LEAKS] != 0 and not lets_pass(s, said)


@function
def leaks_out(s: S, x: X, job: int) -> bool:
    """One try to get a consignment through the halts that refuse it."""
    key, k = s[s[job + L.JOB_LINE] + L.LN_KEY], (s[job + L.JOB_SERIAL] << 20) + s[job + L.JOB_TRIES]
    s[job + L.JOB_TRIES] += 1
    s[job + L.JOB_DRAWN] = 1
    u = draw(s, LEAK, key, k)
    chance = 1.0
    for h in range(s[L.N_SPANS]):
        halt = s[L.SPANS] + h * L.HLT
        if leaks(s, halt, job):
            chance *= value(s, x, s[keeper(s, halt) + L.HAL_PROBABILITY])
    if u[0] >= chance:
        return False
    for h in range(s[L.N_SPANS]):
        halt = s[L.SPANS] + h * L.HLT
        if leaks(s, halt, job):
            said = keeper(s, halt)
            s[job + L.JOB_LATE] += seconds(s, x, said + L.HAL_DELAY, u[1], LEAK, 1, key, k)
            x[job + L.JOB_PRICE] *= value(s, x, s[said + L.HAL_PRICE])
            x[job + L.JOB_QUALITY] *= value(s, x, s[said + L.HAL_QUALITY])
    return True


@function
def longer_way(s: S, x: X, job: int) -> int:
    """By how much the halts in force slow what is despatched now; all by one draw (R-H1 slow_by)."""
    now, line, longer = s[L.NOW], s[job + L.JOB_LINE], 0
    key, k = s[line + L.LN_KEY], s[job + L.JOB_SERIAL] * 1024 + s[job + L.JOB_ATTEMPTS]
    for h in range(s[L.N_SPANS]):
        halt = s[L.SPANS] + h * L.HLT
        law = keeper(s, halt) + L.HAL_SLOW
        if s[law + L.LAW_KIND] < 0 or not s[halt + L.HLT_BEGIN] <= now < s[halt + L.HLT_END]:
            continue
        if s[job + L.JOB_PASSED] >> s[halt + L.HLT_INDEX] & 1 != 0 or not acts_on(s, halt, line, s[job + L.JOB_COVER]):
            continue
        delay = seconds(s, x, law, draw(s, SLOW, key, k)[0], SLOW, 0, key, k)
        for n in range(s[halt + L.HLT_N_MEMBERS] if delay != 0 else 0):
            member = s[halt + L.HLT_MEMBERS] + 3 * n
            if s[member + 1] <= now < s[member + 2]:
                s[s[L.TOUCHED] + s[member] * L.TOUCHES + L.CONSIGNMENTS_HELD] += 1
                break
        longer += delay
    return longer


@function
def plan_retry(s: S, x: X, job: int) -> None:
    """A need that did not get through tries again after a while, where a halt says so (ENGINE 19)."""
    least = NEVER
    for h in range(s[L.N_SPANS]):
        halt = s[L.SPANS] + h * L.HLT
        if leaks(s, halt, job) and s[keeper(s, halt) + L.HAL_RETRY] >= 0:
            least = min(least, whole_seconds(s, value(s, x, s[keeper(s, halt) + L.HAL_RETRY])))
    if least < NEVER and s[L.NOW] + least < s[L.HORIZON]:
        wait = max(1, least)
        s[job + L.JOB_RETRIES_AT] = s[L.NOW] + wait
        index = s[s[job + L.JOB_LINE] + L.LN_INDEX]
        after(s, wait, ARRIVAL, RETRY, index, s[job + L.JOB_SERIAL], L.RETRIED, job, s[job + L.JOB_STAMP])


@function
def touch(s: S, x: X, line: int, what: int, clauses: int, begin: int, end: int, cover: int) -> None:
    """Put down to the halts in force what they did to a line, to something under one of its contracts (R-H5)."""
    for h in range(s[L.N_SPANS]):
        halt = s[L.SPANS] + h * L.HLT
        if (is_strict(s, halt, what, clauses, cover) or pays_a_share(s, x, halt, line, what, clauses, cover)) and (
            acts_on(s, halt, line, cover)
        ):
            for k in range(s[halt + L.HLT_N_MEMBERS]):
                member = s[halt + L.HLT_MEMBERS] + 3 * k
                if s[member + 1] < end and begin < s[member + 2]:
                    s[s[L.TOUCHED] + s[member] * L.TOUCHES + what] += 1
                    break


@function
def is_strict(s: S, halt: int, what: int, clauses: int, cover: int) -> bool:
    """True when one of the clauses of a halt does what is put down to it."""
    honoured, refused = honours(s, halt, cover), what == L.ORDERS_REFUSED
    if clauses & L.C_ORDERS and not honoured and s[halt + L.HLT_ORDERS] >= (REFUSE if refused else 1):
        return True
    if clauses & L.C_ACCEPTED and not honoured and s[halt + L.HLT_ACCEPTED] >= 1:
        return True
    if clauses & L.C_ABROAD and s[halt + L.HLT_ABROAD] >= (RETURN_UNREPAIRED if refused else 1):
        return True
    if clauses & L.C_TRANSIT and s[halt + L.HLT_TRANSIT] >= 1:
        return True
    return clauses & L.C_OVERHAUL != 0 and s[halt + L.HLT_OVERHAUL] >= 1


@function
def pays_a_share(s: S, x: X, halt: int, line: int, what: int, clauses: int, cover: int) -> bool:
    """True when a need was refused by a halt of home's own that pays for a share of needs only."""
    refused = what == L.ORDERS_REFUSED and clauses & L.C_ORDERS != 0
    return refused and x[halt + L.HLT_FUND] < 1.0 and not honours(s, halt, cover) and is_bought(s, line)


# Reopening --------------------------------------------------------------------------------------------------------


@function
def line_changes(s: S, line: int) -> None:
    """A gate of the line changes: who waits at home may go, or systems must leave the queue."""
    s[line + L.LN_CHANGED], s[L.LINES_CHANGED], s[L.OVERHAULS_DUE] = 1, 1, 1
    request_settle(s)


@function
def contract_changes(s: S, contract: int) -> None:
    """A contract begins or ends: needs still waiting at home are tested for cover again."""
    for n in range(s[L.N_LINES]):
        line = s[L.LINES] + n * L.LN
        for k in range(s[line + L.LN_N_CONTRACTS]):
            if s[s[line + L.LN_CONTRACTS] + k] == contract:
                job = s[line + L.LN_HEAD]
                while job != 0:
                    cover = cover_at(s, line, s[L.NOW])
                    s[job + L.JOB_COVER] = cover if cover >= 0 else s[job + L.JOB_COVER]
                    job = s[job + L.JOB_NEXT]
                line_changes(s, line)
    request_settle(s)


@function
def ramp_now(s: S, line: int) -> int:
    """The ramp of a halt that ends now on a line, 0 for none: when, over how long, newest first."""
    for k in range(s[line + L.LN_N_RAMPS]):
        ramp = s[line + L.LN_RAMPS] + 3 * k
        if s[ramp] == s[L.NOW]:
            return ramp
    return 0


@function
def plan_turn(s: S, line: int, ramp: int, job: int, k: int, n: int) -> None:
    """A need leaves the backlog when its turn comes, the k-th of n."""
    wait = staggered(0, s[ramp + 1], k, n)
    s[job + L.JOB_LEAVES_AT] = s[L.NOW] + wait
    index = s[line + L.LN_INDEX]
    after(s, wait, ARRIVAL, RELEASE, index, s[job + L.JOB_SERIAL], L.RELEASED, job, s[job + L.JOB_STAMP])


