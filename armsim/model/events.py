"""An event of the log in words: what kind of thing happened, and to what (ENGINE 1).

A log line is (seconds from the start, kind, entity). Words rest on it and on the model alone, so that the logs of
two engines read alike. Systems are called `fleet/number`, counted from 0 as their random numbers are.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from armsim.errors import RunFailed
from armsim.model.arrays import Line, Model
from armsim.model.order import Edge, Entity, Flow, Kind

#: Places of EXPIRY beyond the positions of a system (ENGINE 1).
AHEAD, INSPECTION, OVERHAUL, LIFE = 1 << 20, 1 << 24, 1 << 25, 1 << 26
DATED_LOSS, RETIREMENT = 1 << 30, 1 << 31
PLACES = (
    (LIFE, "a life limit is reached"),
    (OVERHAUL, "an overhaul falls due"),
    (INSPECTION, "an inspection falls due"),
    (AHEAD, "a replacement is ordered ahead"),
)
#: Serial numbers from here on are of units already bought.
FIRST_BOUGHT = 1 << 32

FLOWS = {
    Flow.RESUPPLY: "a stage of a consignment ends",
    Flow.REPAIR: "a repair in a shop ends",
    Flow.OVERHAUL: "an overhaul ends",
    Flow.DELIVERY: "a stage of a delivery ends",
    Flow.FROM_DEPOT: "a unit from the depot arrives",
    Flow.PARTS: "units already bought arrive",
    Flow.REGENERATION: "a regeneration ends",
    Flow.EXTENSION: "an extension of a limit is done",
    Flow.RELEASE: "the turn of a need that waited comes",
    Flow.RETRY: "a refused need tries again to get through",
    Flow.FUNDS: "a need that waits for money is asked for again",
}
EDGES = {
    Edge.LINE: "a supply line changes",
    Edge.CONTRACT: "a contract begins or ends",
    Edge.POOL: "people come or leave",
    Edge.PROGRAMME: "the flying programme changes",
    Edge.PERMISSION: "the permission to operate changes",
    Edge.STOCK: "the base stock changes",
    Edge.SLOTS: "another number of slots holds",
}
RESPONSES = (
    "a response begins",
    "a response ends",
    "a response may take its next need",
    "a response is built up by a step",
    "a need is asked again of another source",
)


def moment(model: Model, t: int) -> str:
    """The day and time so many seconds from the start; the seconds themselves beyond the calendar."""
    try:
        return f"{datetime.combine(model.start, time()) + timedelta(seconds=t):%Y-%m-%d %H:%M:%S}"
    except OverflowError:
        return f"{t} s from the start"


def kind_words(kind: int, entity: Entity) -> str:
    """What kind of thing happened."""
    first, second, third = entity
    if kind == Kind.SAMPLE:
        return "the simulation starts" if first == 0 else "a report period ends"
    if kind == Kind.FAILURE:
        return "a limit of use is reached" if second == 0 else "a fixed demand comes"
    if kind == Kind.EXPIRY:
        return expiry_words(second, third)
    if kind == Kind.ARRIVAL:
        return FLOWS[Flow(first)]
    if kind == Kind.COMPLETION:
        return "work of a crew ends"
    if kind == Kind.HALT:
        return EDGES[Edge(first)]
    if kind == Kind.RESPONSE:
        return RESPONSES[second]
    return "allocation"


def expiry_words(second: int, third: int) -> str:
    """Which calendar limit is reached, from its place."""
    if second in (DATED_LOSS, RETIREMENT):
        return "a dated loss strikes" if second == DATED_LOSS else "a retirement takes place"
    return next((words for place, words in PLACES if third >= place), "a unit reaches a calendar limit")


def what_words(model: Model, kind: int, entity: Entity) -> str:
    """What it happened to, by the names of the file; empty for what concerns everything."""
    first, second, third = entity
    if kind == Kind.SAMPLE:
        return "" if first == 0 else f"report period {second + 1}"
    if kind == Kind.FAILURE:
        fleet = model.fleets[first]
        return fleet.name if second == 0 else f"{fleet.name}, {model.items[fleet.fixed[second - 1].item].name}"
    if kind == Kind.EXPIRY:
        return whose_limit(model, first, second, third)
    if kind == Kind.ARRIVAL:
        return what_arrives(model, Flow(first), second, third)
    if kind == Kind.COMPLETION:
        return f"crew pool {model.pools[first].key}, ticket {second}"
    if kind == Kind.HALT:
        return what_changes(model, Edge(first), second, third)
    if kind == Kind.RESPONSE:
        more = {3: f", step {third}", 4: f", need {third}"}.get(second, "")
        return model.responses[first].name + more
    return ""


def system_name(model: Model, f: int, slot: int) -> str:
    """A system as everything shows it: `kfir/3`."""
    return f"{model.fleets[f].name}/{slot}"


def position_name(model: Model, f: int, rank: int) -> str:
    """What stands at a position of a fleet's systems: 'engine', 'engine 2 of 4' where there are several."""
    i, q = model.fleets[f].positions[rank]
    n = sum(item == i for item, _ in model.fleets[f].positions)
    return model.items[i].name + (f" {q + 1} of {n}" if n > 1 else "")


def point_name(model: Model, p: int) -> str:
    """A stock point: 'engine at main_base'."""
    return f"{model.items[model.points[p].item].name} at {model.points[p].site}"


def whose_limit(model: Model, f: int, second: int, third: int) -> str:
    """A fleet, or a system and what of it has a limit."""
    if second in (DATED_LOSS, RETIREMENT):
        return f"{model.fleets[f].name}, {'loss' if second == DATED_LOSS else 'retirement'} {third + 1} of the file"
    name = system_name(model, f, second)
    if third >= OVERHAUL:
        return name
    if third >= INSPECTION:
        return f"{name}, inspection {third - INSPECTION + 1}"
    return f"{name}, {position_name(model, f, third - AHEAD if third >= AHEAD else third)}"


def line_name(model: Model, line: Line) -> str:
    """A supply line: 'spares of engine from maker'."""
    target = model.items[line.item].name if line.item >= 0 else line.key.split("/", 3)[3]
    return f"{line.kind} of {target} from {line.supplier}"


def what_arrives(model: Model, flow: Flow, second: int, third: int) -> str:
    """A consignment, a unit, a system or a need, by its flow."""
    if flow in (Flow.RESUPPLY, Flow.RELEASE, Flow.RETRY, Flow.FUNDS):
        line = line_name(model, model.lines[second])
        return f"{line}, " + (f"arrival {third - FIRST_BOUGHT}" if third >= FIRST_BOUGHT else f"need {third}")
    if flow == Flow.REPAIR:
        return f"{model.items[second].name}, repair {third}"
    if flow in (Flow.FROM_DEPOT, Flow.PARTS):
        return f"{point_name(model, second)}, {'sending' if flow == Flow.FROM_DEPOT else 'arrival'} {third}"
    return system_name(model, second, third)


def what_changes(model: Model, edge: Edge, k: int, third: int) -> str:
    """What changes at a date; a line with the halts that can reach it."""
    if edge == Edge.LINE:
        halts = ", ".join(model.halts[h].name for h in model.lines[k].halts)
        return line_name(model, model.lines[k]) + (f" (reached by {halts})" if halts else "")
    if edge == Edge.CONTRACT:
        return model.contracts[k].name
    if edge == Edge.POOL:
        return f"crew pool {model.pools[k].key}"
    if edge == Edge.STOCK:
        return f"{point_name(model, k)}, change {third + 1}"
    if edge == Edge.SLOTS:
        what = ("overhaul of ", "regeneration of ", "")[third]
        return what + (model.responses[k].name if third == 2 else model.fleets[k].name)
    return model.fleets[k].name


def words(model: Model, kind: int, entity: Entity) -> str:
    """An event as part of a sentence: 'an overhaul ends: kfir/3'."""
    what = what_words(model, kind, entity)
    return kind_words(kind, entity) + (f": {what}" if what else "")


def failed(model: Model, error: Exception, t: int, event: tuple[int, Entity] | None) -> RunFailed:
    """The error of a replication with its moment and event; for every engine to raise."""
    when = moment(model, t)
    told = "before the first" if event is None else f"{words(model, *event)} {tuple(map(int, event[1]))}"
    return RunFailed(f"{error}, at {when} ({t} s), event {told}", t, when, told)
