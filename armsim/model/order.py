"""The order of things that happen at the same instant (R-T3, ENGINE 1): kind first, then entity.

All facts due at an instant are applied in this order; then one settle allocates what they freed.
"""

from __future__ import annotations

from enum import IntEnum


class Kind(IntEnum):
    """Kinds of events, in the order in which they are applied at one instant."""

    SAMPLE = 1  # a report period ends; the start of the simulation
    FAILURE = 2  # limits of use, losses
    EXPIRY = 3  # calendar limits, inspections, overhauls and retirements falling due
    ARRIVAL = 4  # ends of stages and repairs, deliveries
    COMPLETION = 5  # ends of work
    HALT = 6  # edges of halts, contracts and dated changes
    RESPONSE = 7  # responses beginning or ending
    SETTLE = 8  # allocation, last of all


class Flow(IntEnum):
    """What arrives, in the order in which arrivals of one instant are applied."""

    RESUPPLY = 0
    REPAIR = 1
    OVERHAUL = 2
    DELIVERY = 3
    FROM_DEPOT = 4
    PARTS = 5
    REGENERATION = 6
    EXTENSION = 7
    RELEASE = 8  # a need of the backlog leaves
    RETRY = 9  # a refused need tries again to get through
    FUNDS = 10  # a need that waits for money is asked for again


class Edge(IntEnum):
    """What changes at a date, in the order in which changes of one instant are applied."""

    LINE = 0
    CONTRACT = 1
    POOL = 2
    PROGRAMME = 3
    PERMISSION = 4
    STOCK = 5
    SLOTS = 6  # of overhaul, regeneration, a response


#: A date beyond every horizon: it never comes.
NEVER = 1 << 61
Entity = tuple[int, int, int]


def priority(kind: Kind, entity: Entity) -> int:
    """One integer that sorts as (kind, entity) does; each part of an entity lies below 2**40."""
    first, second, third = entity
    return (((kind << 40 | first) << 40 | second) << 40) | third
