"""Units on shelves, on order, in repair and abroad, counted by stock point (R-M2, R-S2), as engines/stock.py."""

from __future__ import annotations

from armsim.engines.compiled import layout as L
from armsim.engines.compiled import lists
from armsim.engines.compiled.core import S, X, count, new_row, request_settle
from armsim.engines.compiled.jit import function


@function
def point_changed(s: S, point: int) -> None:
    """A stock point may have units to hand out, or lots to order, at the next settle."""
    if s[point + L.PT_DIRTY] == 0:
        s[point + L.PT_DIRTY] = 1
        s[s[L.DIRTY_POINTS] + s[L.N_DIRTY_POINTS]] = point
        s[L.N_DIRTY_POINTS] += 1


@function
def shelve(s: S, x: X, point: int, quality: float, units: int) -> None:
    """Serviceable units go on the shelf; qualities stand there with the best first."""
    before, shelf = 0, s[point + L.PT_SHELF]
    while shelf != 0 and x[shelf + L.SHL_QUALITY] > quality:
        before, shelf = shelf, s[shelf + L.SHL_NEXT]
    if shelf == 0 or x[shelf + L.SHL_QUALITY] != quality:
        fresh = new_row(s, L.FREE_SHELVES, L.SHL)
        x[fresh + L.SHL_QUALITY], s[fresh + L.SHL_NEXT] = quality, shelf
        if before == 0:
            s[point + L.PT_SHELF] = fresh
        else:
            s[before + L.SHL_NEXT] = fresh
        shelf = fresh
    s[shelf + L.SHL_UNITS] += units
    s[point + L.PT_ON_SHELF] += units
    count(s, s[point + L.PT_ITEM], L.STOCK, units)
    point_changed(s, point)
    request_settle(s)


@function
def off_shelf(s: S, x: X, point: int) -> float:
    """One unit leaves the shelf, the best first; its quality."""
    shelf = s[point + L.PT_SHELF]
    while s[shelf + L.SHL_UNITS] == 0:
        shelf = s[shelf + L.SHL_NEXT]
    s[shelf + L.SHL_UNITS] -= 1
    s[point + L.PT_ON_SHELF] -= 1
    count(s, s[point + L.PT_ITEM], L.STOCK, -1)
    point_changed(s, point)
    return x[shelf + L.SHL_QUALITY]


@function
def in_repair(s: S, point: int, units: int) -> None:
    """Units of a stock point enter or leave repair."""
    s[point + L.PT_DUE_IN] += units
    count(s, s[point + L.PT_ITEM], L.IN_REPAIR, units)
    point_changed(s, point)


@function
def on_order(s: S, point: int, units: int) -> None:
    """Units of a stock point are ordered, or come."""
    s[point + L.PT_DUE_IN] += units
    count(s, s[point + L.PT_ITEM], L.ON_ORDER, units)
    point_changed(s, point)


@function
def join_queue(s: S, point: int, waiting: int) -> None:
    """A hole or a need joins the queue of a stock point."""
    lists.append(s, point + L.PT_HEAD, L.Q_PREV, waiting)
    s[point + L.PT_LENGTH] += 1
    point_changed(s, point)


@function
def leave_queue(s: S, point: int, waiting: int) -> None:
    """A hole or a need waits no longer."""
    lists.remove(s, point + L.PT_HEAD, L.Q_PREV, waiting)
    s[point + L.PT_LENGTH] -= 1
    point_changed(s, point)


@function
def go_abroad(s: S, item: int, change: int) -> None:
    """One of the recipient's own units leaves the country, or is no longer abroad."""
    count(s, item, L.ABROAD, change)
