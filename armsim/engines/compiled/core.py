"""What every part of the compiled engine stands on: memory, time, draws, counts, use clocks (as engines/core.py)."""

from __future__ import annotations

from typing import Any

from armsim.engines.compiled import bits, trees
from armsim.engines.compiled import layout as L
from armsim.engines.compiled.heap import NODE, ROW, WIDTH, number_rows, push
from armsim.engines.compiled.jit import function, part
from armsim.engines.compiled.numbers import delay_seconds, level_at, life_units, may_rob, sample, uniforms
from armsim.model import draws
from armsim.model.order import NEVER, Kind

ERLANG, ERLANG_BASE, DAY = draws.ERLANG, draws.ERLANG_BASE, draws.SECONDS_PER_DAY
YEAR = int(365.25 * DAY)
ALARM = int(Kind.FAILURE)

S = Any  # the words of a replication
X = Any  # the same words as floating-point numbers


@function
def fail(s: S, error: int, at: int) -> None:
    """Remember the first thing that went wrong; the loop ends the run."""
    if s[L.ERROR] == 0:
        s[L.ERROR], s[L.ERROR_AT] = error, at


@function
def take(s: S, words: int) -> int:
    """So many words set to 0; where none are left the run has failed and gets words nobody uses."""
    place = s[L.ARENA]
    if place + words > s[L.ARENA_END]:
        fail(s, L.FULL, words)
        place, words = s[L.SPARE], min(words, s[L.SPARE_SIZE])
    else:
        s[L.ARENA] = place + words
    for k in range(place, place + words):
        s[k] = 0
    return place


@function
def new_row(s: S, free: int, words: int) -> int:
    """A record of a kind that comes and goes; `free` is the header's list of those that have gone."""
    row = s[free]
    if row == 0:
        return take(s, words)
    s[free] = s[row]
    for k in range(row, row + words):
        s[k] = 0
    return row


@function
def free_row(s: S, free: int, row: int) -> None:
    """A record is used no more; its first word no longer is what an event may expect there."""
    s[row] = s[free]
    s[free] = row


@function
def stamp(s: S) -> int:
    """A number that nothing had before; negative, so that it is no handle."""
    s[L.STAMPS] -= 1
    return s[L.STAMPS]


# Time -------------------------------------------------------------------------------------------------------


@function
def after(s: S, delay: int, kind: int, first: int, second: int, third: int, what: int, a: int, b: int) -> None:
    """An event `delay` seconds from now, with its place in the order of its instant (R-T3, R-T4)."""
    if delay < 0:
        fail(s, L.BAD_DELAY, delay)
        s[L.EVENT], s[L.EVENT_THIRD] = kind << 56 | first << 36 | second, third
        return
    t = s[L.NOW] + delay
    if t >= s[L.HORIZON]:
        return
    if s[L.HEAP_N] == s[L.HEAP_CAP]:
        grow(s)
        if s[L.ERROR] != 0:
            return
    rows = s[L.HEAP] + NODE * s[L.HEAP_CAP]
    push(s, s[L.HEAP], rows, s[L.HEAP_N], t, kind << 56 | first << 36 | second, third, what, a, b)
    s[L.HEAP_N] += 1


@function
def grow(s: S) -> None:
    """Twice as much room for planned events."""
    old, n = s[L.HEAP], s[L.HEAP_CAP]
    new = take(s, 2 * n * WIDTH)
    if s[L.ERROR] == 0:
        for k in range(n * NODE):
            s[new + k] = s[old + k]
        for k in range(n * ROW):
            s[new + 2 * n * NODE + k] = s[old + n * NODE + k]
        number_rows(s, new, n, 2 * n)
        s[L.HEAP], s[L.HEAP_CAP] = new, 2 * n


@function
def request_settle(s: S) -> None:
    """Ask for one settle after all facts of this instant."""
    s[L.SETTLING] = 1


# Draws and numbers of the world -------------------------------------------------------------------------------


@function
def draw(s: S, purpose: int, entity: int, k: int) -> Any:
    """The k-th four numbers of a stream (R-T2)."""
    return uniforms(s[L.SEED], purpose, s[L.WORLD], s[L.REPLICATION], entity, k)


@function
def value(s: S, x: X, index: int) -> float:
    """A number of this world."""
    return x[s[L.VALUES] + index]


@function
def amount(s: S, x: X, law: int, u: float, purpose: int, slot: int, entity: int, k: int) -> float:
    """One value of a law, in days or flying hours."""
    kind = s[law + L.LAW_KIND]
    phases = (0.5, 0.5, 0.5, 0.5)
    if kind == ERLANG:
        phases = draw(s, ERLANG_BASE + 8 * purpose + slot, entity, k)
    return sample(kind, value(s, x, s[law + L.LAW_SCALE]), x[law + L.LAW_SHAPE], u, phases)


@function
def whole_seconds(s: S, days: float) -> int:
    """A length of time in seconds; ends the run where it is none."""
    found = delay_seconds(days)
    if found < 0:
        fail(s, L.BAD_NUMBER, 0)
        return 0
    return found


@function
def whole_life(s: S, hours: float) -> int:
    """A life in units of use; ends the run where it is none."""
    found = life_units(hours)
    if found < 0:
        fail(s, L.BAD_NUMBER, 1)
        return 1
    return found


@function
def seconds(s: S, x: X, law: int, u: float, purpose: int, slot: int, entity: int, k: int) -> int:
    """One length of time of a law, in seconds; 0 without a law."""
    if s[law + L.LAW_KIND] < 0:
        return 0
    return whole_seconds(s, amount(s, x, law, u, purpose, slot, entity, k))


@function
def of_use(s: S, x: X, index: int) -> int:
    """A limit of use, NEVER without."""
    return whole_life(s, value(s, x, index)) if index >= 0 else NEVER


@function
def of_days(s: S, x: X, index: int) -> int:
    """A limit of time, NEVER without."""
    return max(1, whole_seconds(s, value(s, x, index))) if index >= 0 else NEVER


@function
def of_shift(s: S, x: X, index: int) -> int:
    """A shift of due dates in seconds."""
    return whole_seconds(s, value(s, x, index)) if index >= 0 else 0


@function
def date(s: S, x: X, index: int) -> int:
    """A date of this world in seconds from the start."""
    return int(value(s, x, index) * DAY + 0.5) if index >= 0 else NEVER


@function
def later(limit: int, by: int) -> int:
    """A limit moved by an amount; one that never comes stays so."""
    return limit if limit >= NEVER else limit + by


# Counts -------------------------------------------------------------------------------------------------------


@function
def meter_add(s: S, meter: int, change: int) -> None:
    """Change a count now."""
    s[meter + L.METER_TOTAL] += s[meter + L.METER_VALUE] * (s[L.NOW] - s[meter + L.METER_SINCE])
    s[meter + L.METER_SINCE] = s[L.NOW]
    s[meter + L.METER_VALUE] += change


@function
def meter_is(s: S, meter: int, value: int) -> None:
    """A count is so much now."""
    if s[meter + L.METER_VALUE] != value:
        meter_add(s, meter, value - s[meter + L.METER_VALUE])


@function
def meter_take(s: S, meter: int) -> int:
    """The integral of a count since the last take."""
    meter_add(s, meter, 0)
    total = s[meter + L.METER_TOTAL]
    s[meter + L.METER_TOTAL] = 0
    return total


@function
def count(s: S, item: int, measure: int, change: int) -> None:
    """Change one of an item's counts."""
    meter_add(s, item + L.ITM_METERS + L.METER * measure, change)


@function
def spend(s: S, x: X, what: int, price: int, factor: float) -> None:
    """Put down what something costs, as whole money (R-S2)."""
    if price >= 0:
        s[s[L.SPENT] + what] += int(value(s, x, price) * factor + 0.5)


# Systems ------------------------------------------------------------------------------------------------------


@function
def touch_system(s: S, system: int) -> None:
    """Something about a system changed: its state is worked out at the next settle."""
    if s[system + L.SYS_TOUCHED] == 0:
        s[system + L.SYS_TOUCHED], s[system + L.SYS_TOUCH_NEXT] = 1, 0
        if s[L.TOUCH_HEAD] == 0:
            s[L.TOUCH_HEAD] = system
        else:
            s[s[L.TOUCH_TAIL] + L.SYS_TOUCH_NEXT] = system
        s[L.TOUCH_TAIL] = system


@function
def advance(s: S, fleet: int) -> None:
    """Bring a fleet's use clock to now: systems that can fly share the programme equally (R-O1)."""
    passed = s[L.NOW] - s[fleet + L.FLT_SINCE]
    if passed != 0:
        flown = s[fleet + L.FLT_RATE] * passed
        s[fleet + L.FLT_CLOCK] += flown
        s[fleet + L.FLT_FLOWN] += flown * s[fleet + L.FLT_AVAILABLE]
        s[fleet + L.FLT_DEMANDED] += s[fleet + L.FLT_DEMAND] * passed
        s[fleet + L.FLT_SINCE] = s[L.NOW]


@function
def reading(s: S, system: int) -> int:
    """What a system's own use clock shows; it stands still while the system does not fly (ENGINE 7)."""
    if s[system + L.SYS_FLYING] == 0:
        return s[system + L.SYS_CLOCK]
    fleet = s[system + L.SYS_FLEET]
    advance(s, fleet)
    return s[fleet + L.FLT_CLOCK] - s[system + L.SYS_OFFSET]


@function
def n_limits(s: S, fleet: int) -> int:
    """How many limits of use a system of a fleet has."""
    return L.LIM + s[fleet + L.FLT_N_UPKEEPS] + s[fleet + L.FLT_N_INSPECTIONS] + s[fleet + L.FLT_N_POSITIONS]


@function
def limits_change(s: S, system: int) -> None:
    """Some limit of use of a system is another: the nearest is looked for when somebody asks for it."""
    s[s[system + L.SYS_FLEET] + L.FLT_CHANGED] = 1
    if s[system + L.SYS_STALE] == 0:
        s[system + L.SYS_STALE], s[system + L.SYS_STALE_NEXT] = 1, s[L.STALE]
        s[L.STALE] = system


@function
def limit_is(s: S, system: int, at: int, limit: int) -> None:
    """One limit of use of a system is another: a look at the nearest says whether it has to be looked for."""
    was, nearest = s[at], s[system + L.SYS_NEXT]
    s[at] = limit
    if was <= nearest or limit <= nearest:
        limits_change(s, system)
    else:
        s[s[system + L.SYS_FLEET] + L.FLT_CHANGED] = 1


@function
def refresh_limits(s: S) -> None:
    """Find the nearest limit of use of each system with another one."""
    while s[L.STALE] != 0:
        system = s[L.STALE]
        s[L.STALE], s[system + L.SYS_STALE] = s[system + L.SYS_STALE_NEXT], 0
        find_nearest(s, system)


@function
def find_nearest(s: S, system: int) -> None:
    """Find the nearest limit of use of a system."""
    fleet, limits = s[system + L.SYS_FLEET], s[system + L.SYS_LIMITS]
    nearest = s[limits]
    for k in range(limits + 1, limits + n_limits(s, fleet)):
        nearest = min(nearest, s[k])
    s[system + L.SYS_NEXT] = nearest
    if s[system + L.SYS_FLYING] != 0:
        trees.put(s, s[fleet + L.FLT_TREE], s[system + L.SYS_SLOT], s[system + L.SYS_OFFSET] + nearest)


@function
def may_be_robbed(s: S, system: int) -> bool:
    """True for a system down for something other than mere work (R-M3, ENGINE 13)."""
    overhaul = s[system + L.SYS_OVERHAUL]
    there = s[system + L.SYS_ON_BOOKS] != 0 and overhaul != L.IN_WORK
    return there and may_rob(1, s[system + L.SYS_LACKING], overhaul == L.DUE or overhaul == L.QUEUED)


@function
def rank_donor(s: S, system: int) -> None:
    """How many holes a system has is another number, or whether it may be robbed: donors stand by their holes."""
    if s[L.ROBS] == 0:
        return
    s[L.ROBBING] = 1
    was, rank = s[system + L.SYS_RANK], s[system + L.SYS_LACKING] if may_be_robbed(s, system) else L.NO_DONOR
    if was != rank:
        s[system + L.SYS_RANK] = rank
        if was != L.NO_DONOR:
            among(s, system, was, 0)
        if rank != L.NO_DONOR:
            among(s, system, rank, 1)
        if was == L.NO_DONOR or rank == L.NO_DONOR:
            count_spares(s, system, 1 if was == L.NO_DONOR else -1)


@function
def donors_lacking(s: S, fleet: int, holes: int) -> int:
    """The donors of a fleet with so many holes, as bits."""
    return s[fleet + L.FLT_DONORS] + holes * s[fleet + L.FLT_DONORS_WORDS]


@function
def donors_with(s: S, fleet: int, item: int) -> int:
    """The donors of a fleet that have an item, as bits."""
    return s[fleet + L.FLT_HOLDERS] + s[item + L.ITM_INDEX] * s[fleet + L.FLT_DONORS_WORDS]


@function
def among(s: S, system: int, holes: int, there: int) -> None:
    """A system joins the donors with so many holes, or leaves them."""
    fleet = s[system + L.SYS_FLEET]
    bits.put(s, donors_lacking(s, fleet, holes), s[system + L.SYS_SLOT], there)
    s[s[fleet + L.FLT_RANKED] + holes] += 1 if there != 0 else -1
    s[fleet + L.FLT_N_DONORS] += 1 if there != 0 else -1


@function
def count_spares(s: S, system: int, change: int) -> None:
    """The units of a system are there to be robbed, or no longer: how many of each item a fleet's donors have."""
    fleet = s[system + L.SYS_FLEET]
    for rank in range(s[fleet + L.FLT_N_POSITIONS]):
        position = s[system + L.SYS_POSITIONS] + rank * L.POS
        if s[position + L.POS_HAS] != 0:
            item = s[position + L.POS_ITEM]
            s[s[fleet + L.FLT_SPARES] + s[item + L.ITM_INDEX]] += change
            bits.put(s, donors_with(s, fleet, item), s[system + L.SYS_SLOT], change > 0)


@function
def note_spare(s: S, position: int, change: int) -> None:
    """A position of a system is filled or emptied: one unit more or less where it may be robbed."""
    system = s[position + L.POS_SYSTEM]
    if s[L.ROBS] == 0 or s[system + L.SYS_RANK] == L.NO_DONOR:
        return
    fleet, item, has = s[system + L.SYS_FLEET], s[position + L.POS_ITEM], 0
    s[s[fleet + L.FLT_SPARES] + s[item + L.ITM_INDEX]] += change
    ranks = s[fleet + L.FLT_ITEM_RANKS] + 2 * s[item + L.ITM_INDEX]
    for rank in range(s[ranks], s[ranks] + s[ranks + 1]):
        has |= s[s[system + L.SYS_POSITIONS] + rank * L.POS + L.POS_HAS]
    bits.put(s, donors_with(s, fleet, item), s[system + L.SYS_SLOT], has)
    s[L.ROBBING] = 1


@function
def system_of(s: S, fleet: int, slot: int) -> int:
    """A system by its number."""
    return s[fleet + L.FLT_SYSTEMS] + slot * s[fleet + L.FLT_STRIDE]


@function
def holds(s: S, place: int, n: int, word: int) -> bool:
    """True when one of n words is this one."""
    for k in range(place, place + n):
        if s[k] == word:
            return True
    return False


@function
def fleet_at(s: S, f: int) -> int:
    """A fleet by its number."""
    return s[L.FLEETS] + f * L.FLT


@function
def set_overhaul(s: S, system: int, to: int) -> None:
    """Where a system is with its overhaul."""
    fleet = s[system + L.SYS_FLEET]
    s[fleet + L.FLT_N_DUE] += int(to == L.DUE) - int(s[system + L.SYS_OVERHAUL] == L.DUE)
    s[system + L.SYS_OVERHAUL] = to
    s[L.OVERHAULS_DUE] = 1
    rank_donor(s, system)


# Calendars ------------------------------------------------------------------------------------------------------


@function
def level(s: S, steps: int, t: int) -> int:
    """What dated steps say at a time: how many there are, when each begins, what holds from then on."""
    n = s[steps]
    return level_at(part(s, steps + 1, n), part(s, steps + 1 + n, n), t)
