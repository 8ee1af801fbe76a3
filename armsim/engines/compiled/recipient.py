"""What the recipient does about a halt (MODEL section 7), as engines/recipient.py."""

from __future__ import annotations

from armsim.engines.compiled import layout as L
from armsim.engines.compiled.core import (
    S,
    X,
    after,
    date,
    fleet_at,
    holds,
    later,
    of_days,
    of_use,
    reading,
    request_settle,
    spend,
    system_of,
    value,
    whole_seconds,
)
from armsim.engines.compiled.jit import function
from armsim.engines.compiled.numbers import uniforms
from armsim.engines.compiled.sources import begins, response_at
from armsim.engines.compiled.supply import ACCOUNT_RESPONSES, order
from armsim.engines.compiled.systems import covers_fleet, defer, leave, life_falls_due, worst
from armsim.engines.compiled.work import pool_changes
from armsim.model import draws
from armsim.model.draws import Purpose
from armsim.model.order import NEVER, Kind
from armsim.model.trajectory import State

OF_RESPONSE, RESPONSE = int(Purpose.RESPONSE), int(Kind.RESPONSE)
FMC, PMC, LIMIT, OVERHAUL, LOST = (
    int(State.FMC), int(State.PMC), int(State.LIMIT), int(State.OVERHAUL), int(State.LOST))  # fmt: skip
STEPS = 12
WORLD_ITSELF = -1
"""The replication under which a world draws what all its replications share, as a signed word."""
assert draws.WORLD_REPLICATION == 2**64 + WORLD_ITSELF


@function
def plan_response(s: S, x: X, response: int) -> None:
    """A response with a date, or so long after a halt, begins then (section 7)."""
    begin = date(s, x, s[response + L.RSP_BEGINS]) if s[response + L.RSP_BEGINS] >= 0 else 0
    followed = max(s[response + L.RSP_AFTER], s[response + L.RSP_NOTICE])
    if followed >= 0:
        begin = s[s[L.HALTS] + followed * L.HAL + L.HAL_BEGINS]
        if s[response + L.RSP_NOTICE] >= 0 and s[response + L.RSP_HAS_ANNOUNCED] != 0 and begin < NEVER:
            begin = s[response + L.RSP_ANNOUNCED]
    if begin >= NEVER or not succeeds(s, x, response):
        return
    begin = max(0, begin) + whole_seconds(s, value(s, x, s[response + L.RSP_DELAY]))
    if begin < s[L.HORIZON]:
        after(s, begin - s[L.NOW], RESPONSE, s[response + L.RSP_INDEX], 0, 0, L.RESPONSE_BEGINS, response, 0)


@function
def succeeds(s: S, x: X, response: int) -> bool:
    """Whether a programme succeeds: drawn once per world (ENGINE 22)."""
    u = uniforms(s[L.SEED], OF_RESPONSE, s[L.WORLD], WORLD_ITSELF, s[response + L.RSP_KEY_SUCCEEDS], 0)[0]
    return u < value(s, x, s[response + L.RSP_SUCCEEDS])


@function
def begin_response(s: S, x: X, response: int) -> None:
    """A response takes hold; it changes only decisions taken from now on (R-H2)."""
    s[response + L.RSP_PENDING] = 0
    end = date(s, x, s[response + L.RSP_ENDS])
    if s[L.NOW] >= end:
        return
    index = s[response + L.RSP_INDEX]
    if end < s[L.HORIZON]:
        after(s, end - s[L.NOW], RESPONSE, index, 1, 0, L.RESPONSE_ENDS, response, 0)
    s[response + L.RSP_ACTIVE], s[response + L.RSP_BEGUN] = 1, s[L.NOW]
    s[response + L.RSP_TURN], s[response + L.RSP_TURN_USED], s[response + L.RSP_TURN_ASKED] = -1, -1, -1
    if s[response + L.RSP_PER_YEAR] >= 0:
        s[response + L.RSP_NEXT_TURN] = begins(s, x, response, 0)
    spend(s, x, ACCOUNT_RESPONSES, s[response + L.RSP_COST], 1.0)
    apply_responses(s, x)
    build_up(s, x, response)
    act_at_once(s, x, response)


@function
def end_response(s: S, x: X, response: int) -> None:
    """A response ends; what was before holds again."""
    s[response + L.RSP_ACTIVE] = 0
    if s[response + L.RSP_KIND] == L.TRAIN_CREWS:
        teach(s, x, response, 0)
    apply_responses(s, x)


@function
def apply_responses(s: S, x: X) -> None:
    """What all active responses together mean for each fleet: the deepest cut in flying, robbing if any says so."""
    for f in range(s[L.N_FLEETS]):
        fleet = fleet_at(s, f)
        factor, cuts = 1.0, False
        policy, damage = s[fleet + L.FLT_BASE_POLICY], value(s, x, s[fleet + L.FLT_BASE_DAMAGE])
        for r in range(s[L.N_RESPONSES]):
            response = response_at(s, r)
            if s[response + L.RSP_ACTIVE] == 0 or not covers_fleet(s, response, fleet):
                continue
            if s[response + L.RSP_KIND] == L.FLY_LESS:
                fly = value(s, x, s[response + L.RSP_FLY])
                factor = min(factor, fly) if cuts else fly
                cuts = True
            elif s[response + L.RSP_KIND] == L.CANNIBALISE:
                policy = max(policy, s[response + L.RSP_POLICY])
                damage = max(damage, value(s, x, s[response + L.RSP_DAMAGE]))
        x[fleet + L.FLT_FACTOR], s[fleet + L.FLT_POLICY], x[fleet + L.FLT_DAMAGE] = factor, policy, damage
        s[fleet + L.FLT_CHANGED] = 1
    s[L.ROBBING], s[L.OVERHAULS_DUE] = 1, 1
    request_settle(s)


@function
def build_up(s: S, x: X, response: int) -> None:
    """Shares of repair at home and of training, and people, come step by step over the build-up."""
    kind, share = s[response + L.RSP_KIND], s[response + L.RSP_SHARE]
    if kind != L.TRAIN_CREWS and (kind != L.REPAIR_AT_HOME or s[response + L.RSP_PER_YEAR] >= 0):
        return
    index = s[response + L.RSP_BUILD_UP]
    long = whole_seconds(s, value(s, x, index)) if index >= 0 else 0
    steps = 1
    if long != 0:
        steps = max(1, s[response + L.RSP_PEOPLE]) * (STEPS if share >= 0 else 1)
    x[response + L.RSP_BUILT], s[response + L.RSP_WAITS] = 0.0, L.ANY_WAITS
    since = s[response + L.RSP_BEGUN]
    for k in range(1, steps + 1):
        at = long * k // steps
        if s[L.NOW] + at < s[L.HORIZON]:
            what = L.BUILT_UP | k << 8 | steps << 36
            after(s, at, RESPONSE, s[response + L.RSP_INDEX], 3, k, what, response, since)


@function
def built_up(s: S, x: X, response: int, k: int, steps: int) -> None:
    """A step of the build-up is reached."""
    x[response + L.RSP_BUILT], s[response + L.RSP_WAITS] = k / steps, L.ANY_WAITS
    if s[response + L.RSP_KIND] == L.TRAIN_CREWS:
        teach(s, x, response, s[response + L.RSP_PEOPLE] * k // steps)
    request_settle(s)


@function
def teach(s: S, x: X, response: int, people: int) -> None:
    """More own people, or more tasks that they can do, in the pools of a training (section 7)."""
    for n in range(s[response + L.RSP_N_POOLS]):
        pool = s[s[response + L.RSP_POOLS] + n]
        s[pool + L.PL_TRAINED] += people - s[response + L.RSP_TAUGHT]
        learnt = 0.0
        for r in range(s[L.N_RESPONSES]):
            one = response_at(s, r)
            is_training = s[one + L.RSP_ACTIVE] != 0 and s[one + L.RSP_KIND] == L.TRAIN_CREWS
            is_here = holds(s, s[one + L.RSP_POOLS], s[one + L.RSP_N_POOLS], pool)
            if is_training and is_here and s[one + L.RSP_SHARE] >= 0:
                learnt += value(s, x, s[one + L.RSP_SHARE]) * x[one + L.RSP_BUILT]
        x[pool + L.PL_LEARNT] = learnt
        pool_changes(s, pool)
    s[response + L.RSP_TAUGHT] = people


@function
def act_at_once(s: S, x: X, response: int) -> None:
    """What a response does once, when it begins (section 7)."""
    kind = s[response + L.RSP_KIND]
    if kind == L.STOCKPILE:
        for n in range(s[response + L.RSP_N_ITEMS]):
            stock_up(s, x, s[s[response + L.RSP_ITEMS] + n], s[response + L.RSP_UNITS])
    elif kind == L.HARVEST:
        harvest(s, x, response)
    elif kind == L.DEFER:
        for n in range(s[response + L.RSP_N_FLEETS]):
            fleet = s[s[response + L.RSP_FLEETS] + n]
            for slot in range(s[fleet + L.FLT_MOST]):
                system = system_of(s, fleet, slot)
                is_due = s[system + L.SYS_ON_BOOKS] != 0 and s[system + L.SYS_OVERHAUL] == L.DUE
                if is_due and s[system + L.SYS_DEFERRED] == 0:
                    defer(s, x, system, response)
    elif kind == L.EXTEND_LIFE and s[response + L.RSP_OF_LIFE] != 0:
        extend_lives(s, x, response)
    request_settle(s)


@function
def stock_up(s: S, x: X, item: int, units: int) -> None:
    """Units are ordered beyond what is needed, for each stock point without a depot in turn."""
    n = 0
    for p in range(s[L.N_POINTS]):
        point = s[L.POINTS] + p * L.PT
        n += s[point + L.PT_ITEM] == item and s[point + L.PT_DEPOT] == 0
    for k in range(units if n > 0 else 0):
        turn = k % n
        for p in range(s[L.N_POINTS]):
            point = s[L.POINTS] + p * L.PT
            if s[point + L.PT_ITEM] == item and s[point + L.PT_DEPOT] == 0:
                if turn == 0:
                    order(s, x, point)
                    break
                turn -= 1


@function
def harvest(s: S, x: X, response: int) -> None:
    """The worst systems at home are given up for their parts."""
    n, home, scratch = 0, 0, s[L.SCRATCH]
    for k in range(s[response + L.RSP_N_FLEETS]):
        n = worst(s, s[s[response + L.RSP_FLEETS] + k], n)
    for k in range(n):
        if s[s[scratch + k] + L.SYS_OVERHAUL] != L.IN_WORK:
            s[scratch + home] = s[scratch + k]
            home += 1
    most = s[response + L.RSP_SYSTEMS]
    for k in range(min(home, most) if most >= 0 else home + most):
        leave(s, x, s[scratch + k], value(s, x, s[response + L.RSP_YIELD]))


@function
def is_nearer(s: S, one: int, other: int) -> bool:
    """True when a system reaches its life limit before another: by date, then by use, then by rank."""
    if s[one + L.SYS_LIFE_ON] != s[other + L.SYS_LIFE_ON]:
        return s[one + L.SYS_LIFE_ON] < s[other + L.SYS_LIFE_ON]
    left = later(s[s[one + L.SYS_LIMITS] + L.LIM_LIFE], -reading(s, one))
    others = later(s[s[other + L.SYS_LIMITS] + L.LIM_LIFE], -reading(s, other))
    return left < others if left != others else one < other


@function
def extend_lives(s: S, x: X, response: int) -> None:
    """The life limits nearest by are moved."""
    use, days = of_use(s, x, s[response + L.RSP_GAIN_USE]), of_days(s, x, s[response + L.RSP_GAIN_DAYS])
    scratch, n = s[L.SCRATCH], 0
    for k in range(s[response + L.RSP_N_FLEETS]):
        fleet = s[s[response + L.RSP_FLEETS] + k]
        for slot in range(s[fleet + L.FLT_MOST]):
            system = system_of(s, fleet, slot)
            nearest = min(s[s[system + L.SYS_LIMITS] + L.LIM_LIFE], s[system + L.SYS_LIFE_ON])
            if s[system + L.SYS_ON_BOOKS] != 0 and nearest < NEVER:
                place = n
                while place > 0 and is_nearer(s, system, s[scratch + place - 1]):
                    s[scratch + place] = s[scratch + place - 1]
                    place -= 1
                s[scratch + place] = system
                n += 1
    most = s[response + L.RSP_SYSTEMS]
    for k in range(n if most < 0 else min(n, most)):
        system = s[scratch + k]
        more = (0 if use >= NEVER else use) - reading(s, system)
        left_use = later(s[s[system + L.SYS_LIMITS] + L.LIM_LIFE], more)
        left_days = later(s[system + L.SYS_LIFE_ON], (0 if days >= NEVER else days) - s[L.NOW])
        life_falls_due(s, system, left_use, left_days)


# Triggers ---------------------------------------------------------------------------------------------------------


@function
def check_triggers(s: S, x: X) -> None:
    """Responses that watch a measure begin and end when it crosses, with hysteresis (ENGINE 21)."""
    for r in range(s[L.N_RESPONSES]):
        response = response_at(s, r)
        if s[response + L.RSP_WHEN] == 0 or s[response + L.RSP_ARMED] == 0:
            continue
        idle = s[response + L.RSP_ACTIVE] == 0 and s[response + L.RSP_PENDING] == 0
        if idle and crosses(s, response, s[response + L.RSP_WHEN]):
            if not succeeds(s, x, response):
                s[response + L.RSP_ARMED] = 0
                continue
            s[response + L.RSP_PENDING] = 1
            delay = whole_seconds(s, value(s, x, s[response + L.RSP_DELAY]))
            after(s, delay, RESPONSE, r, 0, 0, L.RESPONSE_BEGINS, response, 0)
            continue
        until = s[response + L.RSP_UNTIL]
        is_over = until != 0 and crosses(s, response, until)
        if s[response + L.RSP_ACTIVE] != 0 and s[response + L.RSP_PENDING] == 0 and is_over:
            s[response + L.RSP_PENDING] = 1
            after(s, 0, RESPONSE, r, 1, 0, L.TRIGGER_OVER, response, 0)


@function
def crosses(s: S, response: int, trigger: int) -> bool:
    """True when a fleet's measure is past the threshold, compared in whole numbers."""
    fleet = s[s[response + L.RSP_FLEETS]]
    here, base, of = measured(s, fleet, s[trigger + L.TRG_MEASURE]), 1, s[trigger + L.TRG_OF]
    if of >= 0:
        base = measured(s, fleet, of)
    here, there = here * s[trigger + L.TRG_DENOMINATOR], s[trigger + L.TRG_NUMERATOR] * base
    return here < there if s[trigger + L.TRG_BELOW] != 0 else here > there


@function
def measured(s: S, fleet: int, measure: int) -> int:
    """A measure of MODEL section 8 from the counts by state."""
    counts = fleet + L.FLT_COUNTS
    if measure < 9:
        return s[counts + measure]
    if measure == L.MC:
        return s[counts + FMC] + s[counts + PMC]
    total = 0
    for state in range(9):
        total += s[counts + state]
    on_hand = total - s[counts + LOST]
    if measure == L.PERMITTED:
        return on_hand - s[counts + LIMIT]
    return on_hand - s[counts + OVERHAUL] if measure == L.POSSESSED else on_hand
