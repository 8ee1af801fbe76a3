"""Cross-checks of halts and responses: names, dates, chains, and clauses that can touch nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from armsim.scenario.halts import CLASSES, Halt
from armsim.scenario.lines import Line, applies, covers, home_of, lines_of, mended_by
from armsim.scenario.phrases import listed
from armsim.scenario.responses import Response
from armsim.scenario.things import Contract, Fleet, Written, kind_of
from armsim.units import counted

if TYPE_CHECKING:
    from armsim.scenario.check import Checks

Path = tuple[Any, ...]
#: Clauses that keep a consignment from leaving: what a leak, or an exception by count, can get round.
ON_CONSIGNMENTS = ("new_orders", "accepted_orders", "in_transit", "repairs_abroad")
#: Classes of what travels: what a slow line makes late.
TRAVELLING = ("systems", "spares", "repair")


def check_halts(checks: Checks) -> None:
    """Halts name parties and scopes that exist, begin after their notice, and end after they begin."""
    things, home = checks.things, home_of(checks.things)
    parties = (*things.jurisdictions, *things.suppliers)
    for name, halt in things.halts.items():
        at = ("halts", name)
        checks.all_known((*at, "by"), halt.by, parties, "jurisdiction or supplier")
        checks.all_known((*at, "against"), halt.against, parties, "jurisdiction or supplier")
        if halt.against and home not in halt.by:
            checks.add((*at, "against"), "against-without-home", "'against' is for a halt by home",
                       "a foreign halt is narrowed by 'fleets', 'items' or 'suppliers'")  # fmt: skip
        check_scope(checks, at, halt)
        if halt.except_ is not None:
            check_scope(checks, (*at, "except"), halt.except_)
            checks.all_known((*at, "except", "contracts"), halt.except_.contracts, things.contracts, "contract")
        for day, share in (halt.people.leave_by or {}).items():
            checks.one_number((*at, "people", "leave_by", day), share)
        if halt.after is not None:
            checks.known((*at, "after", "halt"), halt.after.halt, things.halts, "halt")
        if halt.from_ is not None and halt.until.ends[0] < halt.from_.ends[2]:
            ends, begins = halt.until.ends[0], halt.from_.ends[2]
            checks.add((*at, "until"), "end-before-start", f"the halt may end ({ends}) before it begins ({begins})")
        if halt.announced is not None and halt.from_ is not None and halt.announced > halt.from_.ends[0]:
            checks.add((*at, "announced"), "notice-after-start",
                       f"the halt is announced ({halt.announced}) after it may begin ({halt.from_.ends[0]})",
                       "announce it on or before the day it begins")  # fmt: skip
    check_chains(checks)


def check_scope(checks: Checks, at: Path, scope: Any) -> None:
    """The fleets, items and suppliers of a scope exist."""
    checks.all_known((*at, "fleets"), scope.fleets, checks.things.fleets, "fleet")
    checks.all_known((*at, "items"), scope.items, checks.things.items, "item")
    responses = [n for n, r in checks.things.responses.items() if r.kind == "other_source"]
    checks.all_known((*at, "suppliers"), scope.suppliers, (*checks.things.suppliers, *responses), "supplier")


def check_chains(checks: Checks) -> None:
    """No halt follows itself, alone or by way of others."""
    halts = checks.things.halts
    for name in halts:
        chain = leaders(halts, name)
        if chain[-1:] != [name]:
            continue
        by_way_of = f" by way of {listed(chain[:-1])}" if len(chain) > 1 else ""
        checks.add(("halts", name, "after", "halt"), "halt-follows-itself",
                   f"halt '{name}' follows itself{by_way_of}: none of them ever begins",
                   "give one of them a 'from' in place of 'after'")  # fmt: skip


def leaders(halts: dict[str, Halt], name: str) -> list[str]:
    """The halts a halt follows, the nearest first; where they go round in a circle, each once."""
    found: list[str] = []
    while name in halts and (after := halts[name].after) is not None and after.halt not in found:
        name = after.halt
        found.append(name)
    return found


def first_day(halts: dict[str, Halt], name: str) -> date:
    """The first day on which a halt may begin."""
    halt = halts[name]
    own = halt.from_.ends[0] if halt.from_ is not None else date.min
    if halt.after is None or halt.after.halt not in halts:
        return own
    lead = first_day(halts, halt.after.halt)
    lag = min(halt.after.lag.ends[0], (date.max - lead).days)
    return max(own, lead + timedelta(days=lag))


# ---- halts that can touch nothing


def check_idle_halts(checks: Checks) -> None:
    """A halt, or a clause of it, that can touch nothing is a warning (R-H5)."""
    things, home, lines = checks.things, home_of(checks.things), lines_of(checks.things)
    for name, halt in things.halts.items():
        touched = [line for line in lines if applies(halt, line, home)]
        why = why_idle(things, name, halt, touched)
        if not why:
            check_idle_clauses(checks, name, halt, touched)
            continue
        hint = "" if touched else wider(halt)
        message = f"halt '{name}' can touch nothing: {why}"
        checks.add(("halts", name), "idle-halt", message, hint, "warning", on_key=True)


def is_narrow(halt: Halt) -> bool:
    """True when a halt does not bear on all its parties have a say in."""
    return any((halt.classes, halt.fleets, halt.items, halt.suppliers))


def wider(halt: Halt) -> str:
    """What to do about a halt that reaches nothing."""
    if halt.forbids_operation and not is_narrow(halt):
        return "name the fleets it forbids to operate in `fleets:`, or who lent them in `owner:`"
    return "widen its scope" if is_narrow(halt) else "name another party, or this one in a `content:`"


def why_idle(things: Written, name: str, halt: Halt, touched: list[Line]) -> str:
    """Why a halt can touch nothing; '' when it can."""
    begins = first_day(things.halts, name)
    if not halt.stops_something():
        return "every clause is at its most lenient"
    if begins >= things.time.end:
        return f"it begins on {begins}, not before the end of the simulation"
    if halt.until.ends[2] <= things.time.start:
        return "it is over before the simulation starts"
    if halt.after is not None and halt.until.ends[2] <= begins:
        return f"it would be over ({halt.until.ends[2]}) before it begins ({begins} at the earliest)"
    if halt.from_ is not None and halt.from_.ends == halt.until.ends and not halt.from_.is_uncertain:
        return "it lasts no time"
    if halt.may_forbid(things.fleets):
        return ""
    if not touched:
        no_line = f"no supply line passes the hands of {', '.join(halt.by)}" + (
            " in its scope" if is_narrow(halt) else ""
        )
        return no_line + (", and no fleet needs their permission to operate" if halt.forbids_operation else "")
    if not any(bites(halt, line, things.contracts.values()) for line in touched):
        kinds = sorted({line.kind for line in touched}, key=CLASSES.index)
        return f"its clauses stop nothing on the lines it reaches ({', '.join(kinds)})"
    return ""


def check_idle_clauses(checks: Checks, name: str, halt: Halt, touched: list[Line]) -> None:
    """Clauses beside the others that can touch nothing, each a warning."""
    for clause, why, hint in idle_clauses(checks.things, halt, touched):
        checks.add(("halts", name, *clause), "idle-clause", f"'{clause[-1]}' can touch nothing: {why}", hint,
                   "warning")  # fmt: skip


def idle_clauses(things: Written, halt: Halt, touched: list[Line]) -> Iterator[tuple[Path, str, str]]:
    """(path of the clause, why it touches nothing, what to do) for each that does."""
    orders = [line for line in touched if line.kind in ("spares", "repair")]
    refuses = orders and any(halt.level(clause) for clause in ON_CONSIGNMENTS)
    if halt.forbids_operation and not halt.may_forbid(things.fleets):
        yield ("operation",), "no fleet needs the permission of " + ", ".join(halt.by), wider(halt)
    if halt.funds_a_share and not orders:
        yield ("new_orders",), "it reaches no orders for spares and no repairs abroad", ""
    if halt.leakage is not None and not refuses:
        yield ("leakage",), "the halt refuses no orders for spares and no repairs abroad", "take it out"
    if halt.except_ is not None and halt.except_.count is not None and not refuses:
        yield ("except", "count"), "the halt refuses no orders for spares and no repairs abroad", "take it out"
    if halt.resume is not None and halt.until.never:
        yield ("resume",), "the halt never ends", "give 'until', or take 'resume' out"
    if halt.spoilage is not None and not any(line.kind in ("repair", "overhaul") for line in touched):
        yield ("spoilage",), "it reaches nothing in repair or overhaul abroad", "take it out"
    if halt.slow_by is not None and not any(line.kind in TRAVELLING for line in touched):
        yield ("slow_by",), "it reaches no goods on the way", "take it out"
    elif halt.slow_by is not None and halt.in_transit in ("lose", "return", "hold"):
        yield ("slow_by",), "nothing is despatched while it holds", "take it out, or write 'in_transit: deliver'"
    if halt.people.in_hand == "stop" and not any(line.kind == "people" for line in touched):
        yield ("people", "in_hand"), "it reaches nobody's people", "take it out"


def bites(halt: Halt, line: Line, contracts: Iterable[Contract] | None = None) -> bool:
    """True when some clause of a halt stops something on a line of this class.

    With the `contracts` of the scenario, refused renewals count only where one covers the line.
    """
    clauses = {
        "systems": ("new_orders", "accepted_orders", "in_transit", "renewals"),
        "spares": ("new_orders", "accepted_orders", "in_transit", "renewals"),
        "repair": ("new_orders", "repairs_abroad", "in_transit", "renewals"),
        "overhaul": ("overhaul", "repairs_abroad", "renewals"),
        "people": ("renewals",),
    }[line.kind]
    covered = contracts is None or any(covers(contract, line) for contract in contracts)
    strict = any(halt.level(clause) for clause in clauses if covered or clause != "renewals")
    short_of_money = halt.funds_a_share and line.kind in ("spares", "repair")
    is_slow = halt.slows and line.kind in TRAVELLING
    return strict or short_of_money or is_slow or (line.kind == "people" and not halt.people.stay)


# ---- responses


def check_responses(checks: Checks) -> None:
    """Responses name what exists, begin before they end, and can do what they say."""
    things = checks.things
    for name, response in things.responses.items():
        at = ("responses", name)
        check_names(checks, at, response)
        check_span(checks, at, response)
        if name in things.suppliers:
            checks.add(at, "name-twice", f"'{name}' is a supplier already", "give the response another name",
                       on_key=True)  # fmt: skip
        watches = response.when is not None or response.kind == "fly_less"
        if watches and not response.fleets and len(things.fleets) > 1:
            checks.add(at, "no-fleet", f"response '{name}' must say which 'fleets' it watches", on_key=True)
        if response.when is not None and len(response.fleets) > 1:
            checks.add((*at, "fleets"), "two-fleets", "a response with 'when' watches one fleet")
        check_items(checks, at, response)
        check_crews(checks, at, response)
        if response.kind in ("extend_life", "defer"):
            check_limits(checks, at, response)
        if response.kind == "harvest" and response.systems is not None:
            check_donors(checks, at, response, response.systems)


def check_names(checks: Checks, at: Path, response: Response) -> None:
    """The fleets, items, jurisdictions and halts a response names exist."""
    things = checks.things
    checks.all_known((*at, "fleets"), response.fleets, things.fleets, "fleet")
    checks.all_known((*at, "items"), response.items, things.items, "item")
    checks.all_known((*at, "through"), response.through, things.jurisdictions, "jurisdiction")
    checks.known((*at, "jurisdiction"), response.jurisdiction, things.jurisdictions, "jurisdiction")
    checks.known((*at, "after"), response.after, things.halts, "halt")
    checks.known((*at, "notice"), response.notice, things.halts, "halt")


def check_span(checks: Checks, at: Path, response: Response) -> None:
    """A response that begins on a date ends after it."""
    begins = None if response.from_ is None else response.from_.ends[2]
    ends = None if response.until is None else response.until.ends[0]
    if begins is not None and ends is not None and ends < begins:
        message = f"the response may end ({ends}) before it begins ({begins})"
        checks.add((*at, "until"), "end-before-start", message)


def check_items(checks: Checks, at: Path, response: Response) -> None:
    """What is bought has a line it could come by, and single units are bought beside it."""
    items = checks.things.items
    if response.repairs and not any(mended_by(checks.things, items[item]) for item in response.items if item in items):
        checks.add((*at, "repairs"), "nothing-to-repair", "no unit of its items is repaired or overhauled abroad: "
                   "there is nothing to take", "take out 'repairs', or name such an item")  # fmt: skip
    is_beside = response.dual_sourcing is not None and response.dual_sourcing.ends[2] > 0
    for k, item in enumerate(response.items):
        if is_beside and item in items and items[item].reorder is not None:
            checks.add((*at, "items", k), "lots-beside", f"item '{item}' is ordered in lots, and these are not split: "
                       "'dual_sourcing' is for single units", "take it out, or take out its 'reorder'")  # fmt: skip
        if item not in items or items[item].resupply is not None:
            continue
        if response.kind == "other_source" and not (response.repairs and mended_by(checks.things, items[item])):
            more = " and no repair abroad" if response.repairs else ""
            checks.add((*at, "items", k), "no-main-line", f"item '{item}' has no 'resupply'{more} that could refuse it")
        if response.kind == "stockpile":
            checks.add((*at, "items", k), "no-main-line", f"item '{item}' has no 'resupply': it cannot be bought")


def check_crews(checks: Checks, at: Path, response: Response) -> None:
    """The pools to be trained exist; a share of tasks is for pools that are shared out by tasks."""
    sites = checks.things.sites
    for k, name in enumerate(response.crews):
        where, dot, crew = name.partition(".")
        path = (*at, "crews", k)
        if not dot:
            checks.add(path, "unknown-name", f"'{name}' is not a crew pool", f"write site.pool, such as base.{name}")
            continue
        if not checks.known(path, where, sites, "site"):
            continue
        pools = sites[where].crews
        is_known = checks.known(path, crew, pools, f"crew pool at site '{where}'")
        if is_known and response.share is not None and pools[crew].of != "tasks":
            checks.add(path, "not-by-tasks", f"crew pool '{name}' is not shared out by tasks: 'share' is for those",
                       f"give 'people', or write 'of: tasks' in sites.{where}.crews.{crew}")  # fmt: skip


def check_limits(checks: Checks, at: Path, response: Response) -> None:
    """There is a limit to move, in a clock that is gained."""
    fleets, what = checks.things.fleets, "life limit" if response.limit == "life" else "overhaul"
    gained = clocks(response.gains)
    for k, name in enumerate(response.fleets):
        limits = limit_clocks(fleets[name], response.limit) if name in fleets else gained
        if not limits:
            checks.add((*at, "fleets", k), "no-limit", f"fleet '{name}' has no {what}: there is no limit to move",
                       "take it out, or give the fleet one")  # fmt: skip
        elif not limits & gained:
            checks.add((*at, "gains"), "wrong-clock",
                       f"the {what} of fleet '{name}' does not count {listed(sorted(gained))}",
                       f"give the gain in {listed(sorted(limits))}")  # fmt: skip
    if not response.fleets and not checks.unread:
        all_limits = set().union(*(limit_clocks(fleet, response.limit) for fleet in fleets.values()))
        if not all_limits & gained:
            count = f" that counts {listed(sorted(gained))}" if all_limits else ""
            checks.add(at, "no-limit", f"no fleet has {'a' if what[0] == 'l' else 'an'} {what}{count}: "
                       "there is no limit to move", on_key=True)  # fmt: skip


def clocks(life: Any) -> set[str]:
    """What a limit counts: 'flying hours', 'time' or both."""
    counts = [("flying hours", life.fh), ("time", life.days)] if life is not None else []
    return {name for name, number in counts if number is not None}


def limit_clocks(fleet: Fleet, limit: str) -> set[str]:
    """What the overhaul or life limit of a fleet counts; nothing without one."""
    if limit == "overhaul":
        return clocks(fleet.overhaul.every) if fleet.overhaul is not None else set()
    found: set[str] = set()
    due = None
    if fleet.life_limit is not None:
        found, due = clocks(fleet.life_limit.every), fleet.life_limit.due
    while due is not None:
        ends = (*(due.staggered or ()), *(due.random or ()), *(due.list_ or ()))
        found |= {"flying hours" if kind_of(end) == "fh" else "time" for end in ends}
        found |= {"time"} if due.block is not None or due.overdue else set()
        due = due.then
    return found


def check_donors(checks: Checks, at: Path, response: Response, wanted: int) -> None:
    """A fleet has as many systems as are to be retired for their parts."""
    names = response.fleets or tuple(checks.things.fleets)
    found = [checks.things.fleets[name] for name in names if name in checks.things.fleets]
    there = sum(int(fleet.count.ends[2]) + delivered(fleet) for fleet in found)
    if found and wanted > there:
        whose = f"fleet '{names[0]}' has" if len(names) == 1 else f"{listed(names)} have"
        checks.add((*at, "systems"), "too-few-systems",
                   f"{wanted} are to be retired, but {whose} {counted(there, 'system')}",
                   "all of them would be retired", "warning")  # fmt: skip


def delivered(fleet: Fleet) -> int:
    """How many systems arrive by schedule."""
    plans = [delivery.schedule for delivery in fleet.deliveries]
    return sum(len(plan.list_) if plan.list_ is not None else plan.count or 0 for plan in plans)
