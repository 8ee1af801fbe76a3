"""The business rules, as pure functions of whole numbers: what an engine asks, never what it does.

Rules return delays and counts, never dates (R-T4). Calendars are two tuples of equal length: `times`, the
starts of segments in rising order with the first before every time, and `levels`, what holds in each.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence

from armsim.model.order import NEVER

# What a stage may come to.
DONE, RETURNED, LOST = 0, 1, 2

# Levels of gates (0 most lenient), as scenario.halts.CLAUSES orders them.
ALLOW, QUEUE, REFUSE = 0, 1, 2
DELIVER, WAIT_AT_BORDER, HOLD_IN_TRANSIT, RETURN_GOODS, LOSE_GOODS = 0, 1, 2, 3, 4
FINISH_REPAIR, HOLD_REPAIR, RETURN_UNREPAIRED, SEIZE = 0, 1, 2, 3
GO, STOP = 0, 1

# Policies of cannibalization, the more complete the higher (R-M3).
NO_ROBBING, ON_DEMAND, CONCENTRATE, INSTANT = 0, 1, 2, 3
POLICIES = ("none", "on_demand", "concentrate", "instant")

Times = Sequence[int]
Levels = Sequence[int]


def segment(times: Times, t: int) -> int:
    """The segment that holds at t; segments are half-open, so an edge belongs to what begins there (R-T3)."""
    return bisect_right(times, t) - 1


def level_at(times: Times, levels: Levels, t: int) -> int:
    """The level in force at t."""
    return levels[segment(times, t)]


def wait_until_at_most(times: Times, levels: Levels, t: int, most: int) -> int:
    """Delay from t until the level is at most `most`; NEVER if it never is again."""
    for k in range(segment(times, t), len(times)):
        if levels[k] <= most:
            return max(0, times[k] - t)
    return NEVER


def work_with_stops(times: Times, levels: Levels, t: int, work: int) -> int:
    """Delay until `work` seconds are done by a clock that stands still while the level is above 0.

    Work that ends at an edge has ended (ENGINE 3).
    """
    k, now = segment(times, t), t
    while True:
        end = times[k + 1] if k + 1 < len(times) else NEVER
        if levels[k] == 0:
            if now + work <= end:
                return now + work - t
            work -= end - now
        elif work == 0 and now > t:
            return now - t
        if end >= NEVER:
            return NEVER
        now, k = end, k + 1


def licence(times: Times, orders: Levels, t: int, takes: int) -> tuple[int, int]:
    """(outcome, delay) of an order waiting for its licence (ENGINE 17).

    A refusal that begins before the licence is granted sends the need home at that moment.
    """
    for k in range(segment(times, t) + 1, len(times)):
        if times[k] >= t + takes:
            break
        if orders[k] >= REFUSE:
            return RETURNED, times[k] - t
    return DONE, takes


def despatch_wait(times: Times, orders: Levels, accepted: Levels, transit: Levels, t: int, queued: bool) -> int:
    """Delay until a consignment that is ready may leave (ENGINE 17).

    It waits while accepted orders are stopped, while goods on the way would be held, returned or lost, and,
    when it was accepted during a queue, while new orders are not allowed.
    """
    for k in range(segment(times, t), len(times)):
        stopped = accepted[k] >= STOP or transit[k] >= HOLD_IN_TRANSIT
        if not stopped and not (queued and orders[k] > ALLOW):
            return max(0, times[k] - t)
    return NEVER


def transit(times: Times, levels: Levels, t: int, takes: int) -> tuple[int, int]:
    """(outcome, delay) of goods that leave at t and need `takes` seconds on the way (R-H1 in_transit).

    Waiting at the border runs the clock but hands nothing over; a hold stops the clock; a return or a loss
    happens when it begins to hold.
    """
    k, now, left = segment(times, t), t, takes
    while True:
        end = times[k + 1] if k + 1 < len(times) else NEVER
        level = levels[k]
        if level == DELIVER:
            if now + left <= end:
                return DONE, now + left - t
            left -= end - now
        elif level == WAIT_AT_BORDER:
            left = max(0, left - (end - now))
        elif level == RETURN_GOODS and now > t:
            return RETURNED, now - t
        elif level == LOSE_GOODS and now > t:
            return LOST, now - t
        if end >= NEVER:
            return DONE, NEVER
        now, k = end, k + 1


def repair_abroad(times: Times, levels: Levels, t: int, takes: int) -> tuple[int, int]:
    """(outcome, delay) of a repair begun abroad at t (R-H1 repairs_abroad)."""
    k, now, left = segment(times, t), t, takes
    while True:
        end = times[k + 1] if k + 1 < len(times) else NEVER
        level = levels[k]
        if level == FINISH_REPAIR:
            if now + left <= end:
                return DONE, now + left - t
            left -= end - now
        elif level == RETURN_UNREPAIRED and now > t:
            return RETURNED, now - t
        elif level == SEIZE and now > t:
            return LOST, now - t
        if end >= NEVER:
            return DONE, NEVER
        now, k = end, k + 1


def flying_rate(demand: int, available: int, cap: int) -> int:
    """Flown units a second of each available system: min(demand / available, cap) (R-O1)."""
    if available <= 0 or demand <= 0:
        return 0
    return min(demand // available, cap)


def use_delay(limit: int, reading: int, rate: int) -> int:
    """Seconds until a use clock reaches a limit: the first whole second at or past it (ENGINE 7)."""
    if rate <= 0 or limit >= NEVER:
        return NEVER
    return max(0, -((reading - limit) // rate))


def share_of(whole: int, part: int, parts: int) -> int:
    """`part` out of `parts` equal parts of a whole, rounded down."""
    return whole * part // parts


def staggered(first: int, last: int, k: int, n: int) -> int:
    """The k-th of n, from 0, between two ends: first + (k + 1/2)(last − first)/n, rounded down (R-M8)."""
    return first + share_of(last - first, 2 * k + 1, 2 * n)


def renewals(times: Times, closed: Levels, end: int, takes: int, runs: int, horizon: int) -> list[tuple[int, int]]:
    """Terms (begin, end) that follow a contract ending at `end` (ENGINE 18).

    The work starts `takes` before the end and its clock runs only while renewals are open; a late
    signature leaves a gap; it repeats.
    """
    terms = []
    while end < horizon and runs > 0:
        begun = end - takes
        delay = work_with_stops(times, closed, begun, takes)
        if delay >= NEVER:
            break
        begin = max(end, begun + delay)
        terms.append((begin, begin + runs))
        end = begin + runs
    return terms


def people_left(total: int, share: float) -> int:
    """People of `total` still there when a share is left, half up."""
    return int(total * share + 0.5)


def departures(total: int, begin: int, within: int) -> list[int]:
    """When each of `total` people leaves: spread evenly over `within` seconds, the k-th at (k+1/2)/total."""
    return [staggered(begin, begin + within, k, total) for k in range(total)]


def spoilt(times: Times, levels: Levels, shares: Sequence[float], t: int, until: int, year: int) -> float:
    """Chance that something abroad from t to `until` is spoilt by the time it is held (R-H1 repairs_abroad).

    `shares` are the shares a year that spoil while it is held: 1 - product of (1 - share) ** years.
    """
    kept = 0.0
    for k in range(segment(times, t), len(times)):
        begin, end = max(t, times[k]), min(until, times[k + 1]) if k + 1 < len(times) else until
        if begin >= until:
            break
        if levels[k] == HOLD_REPAIR and shares[k] > 0.0:
            if shares[k] >= 1.0:
                return 1.0
            kept += math.log1p(-shares[k]) * (end - begin) / year
    return -math.expm1(kept)


def turn_begins(n: int, per_year: float, build_up: int, year: int) -> int:
    """When the n-th turn of a capacity begins, in seconds from the beginning of its response.

    Capacity grows evenly from nothing over `build_up`; a turn begins when one more unit has been grown. Without a
    build-up the first begins at once.
    """
    a_second = per_year / year
    grown = a_second * build_up / 2
    n += build_up > 0
    if n <= grown:
        return int(math.sqrt(2 * n * build_up / a_second))
    return int(n / a_second + build_up / 2)


def lots(position: int, order_at: int, lot: int) -> int:
    """Lots of an (r, Q) policy that bring the inventory position above the order point (R-M6)."""
    return max(0, (order_at - position) // lot + 1) if lot > 0 else 0


def may_rob(recipient_holes: int, donor_holes: int, donor_at_limit: bool = False) -> bool:
    """True when a unit may be taken on demand: one hole against a system down for something else (R-M3).

    That is one with a hole of its own, or whose overhaul is due or queued, which flies no sooner for being whole.
    """
    return recipient_holes == 1 and (donor_holes >= 1 or donor_at_limit)
