"""What one replication leaves behind: counts over time, as whole numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum


class State(IntEnum):
    """The state of a system on the books; later ones take precedence (MODEL section 8)."""

    FMC = 0
    PMC = 1
    NMCM = 2
    NMCS = 3
    NMCB = 4
    REGENERATION = 5
    LIMIT = 6
    OVERHAUL = 7
    LOST = 8


#: Measures of an item, summed over sites.
ITEM_MEASURES = ("stock", "holes", "backorders", "in_repair", "on_order", "condemned", "abroad")
#: Measures of a crew pool: people there, tasks in work, tasks waiting.
POOL_MEASURES = ("people", "busy", "waiting")
#: What halts touched (R-H5).
TOUCHES = ("orders_refused", "consignments_held", "repairs_caught", "crew_days_lost", "systems_forbidden")
#: What money goes to (R-S2).
COSTS = ("spares", "repair", "overhaul", "responses", "flying")
#: Down-time is shared equally among simultaneous reasons in these parts of a second: lcm(1..12).
PARTS_OF_A_SECOND = 27720

CauseKey = tuple[int, str, int]  # fleet, mechanism, item (-1 for none)


@dataclass
class Trajectory:
    """Counts over time of one replication.

    `states[p][f][s]`: system-seconds of fleet f in state s during report period p; `ends[p][f][s]`: systems
    at the period's end (left limit); `flown`, `demanded`: nano-flown-seconds per period and fleet;
    `items[p][i][m]`: unit-seconds; `pools[p][pool][m]`: person- or task-seconds; `below[p][f]`: seconds with
    fewer mission-capable systems than the minimum, event-exact (ENGINE 23); `causes`: system-seconds /
    PARTS_OF_A_SECOND down, from the report period of the first halt on; `touched[h][k]`: by halt and TOUCHES
    (crew in person-seconds); `missions[p][f][m]`: system-seconds able to do mission m of the fleet, and
    `mission_ends` the systems at the period's end; `costs[p][k]`: whole money by COSTS.
    """

    world: int
    replication: int
    states: list[list[list[int]]] = field(default_factory=list)
    ends: list[list[list[int]]] = field(default_factory=list)
    flown: list[list[int]] = field(default_factory=list)
    demanded: list[list[int]] = field(default_factory=list)
    items: list[list[list[int]]] = field(default_factory=list)
    pools: list[list[list[int]]] = field(default_factory=list)
    below: list[list[int]] = field(default_factory=list)
    causes: dict[CauseKey, int] = field(default_factory=dict)
    touched: list[list[int]] = field(default_factory=list)
    missions: list[list[list[int]]] = field(default_factory=list)
    mission_ends: list[list[list[int]]] = field(default_factory=list)
    costs: list[list[int]] = field(default_factory=list)
    events: int = 0
