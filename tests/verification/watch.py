"""Reading a replication while it runs: what is there at the beginning of a day, and on average over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from armsim.engines.core import ITEM_METERS
from armsim.engines.reference import Replication
from armsim.model.draws import SECONDS_PER_DAY
from armsim.model.trajectory import State

Look = Callable[[Replication], tuple[float, ...]]


class Watch:
    """Keeps what `look` sees at the beginning of some days, and its average from the start to the end.

    What happens at that very instant has happened: where a source has arrivals on the day itself, it counts them in.
    Use it as the audit of one replication, which calls it after every settle and at the end.
    """

    def __init__(self, look: Look, days: Sequence[float] = ()) -> None:
        self.look = look
        self.times = [int(day * SECONDS_PER_DAY) for day in days]
        self.on_days: list[tuple[float, ...]] = []
        self.sums: list[float] = []
        self.last: tuple[float, ...] = ()
        self.now = 0

    def __call__(self, replication: Replication) -> None:
        """What was seen last held until now."""
        now = replication.now
        while len(self.on_days) < len(self.times) and now > self.times[len(self.on_days)]:
            self.on_days.append(self.last)
        if now > 0:
            self.sums = self.sums or [0.0] * len(self.last)
            self.sums = [total + value * (now - self.now) for total, value in zip(self.sums, self.last)]
            self.now = now
        self.last = self.look(replication)

    def averages(self) -> list[float]:
        """The average of each number seen, over the time from the start to the end."""
        return [total / self.now for total in self.sums]


def up(replication: Replication) -> int:
    """Systems that are up."""
    counts = replication.fleets[0].counts
    return counts[State.FMC] + counts[State.PMC]


def parts_and_systems(replication: Replication) -> tuple[float, ...]:
    """Units due in of each item, units owed of each item, systems up."""
    names = ("on_order", "in_repair", "backorders")
    on_order, in_repair, owed = ([meters[ITEM_METERS[name]].value for meters in replication.meters] for name in names)
    return (*map(sum, zip(on_order, in_repair)), *owed, up(replication))


def shelves(replication: Replication) -> tuple[float, ...]:
    """For each item 1 while there is a unit on the shelf."""
    return tuple(float(meters[ITEM_METERS["stock"]].value > 0) for meters in replication.meters)


def empty_shop(replication: Replication) -> tuple[float, ...]:
    """1 while nothing is in repair."""
    return (float(not any(meters[ITEM_METERS["in_repair"]].value for meters in replication.meters)),)


def servers_busy(replication: Replication) -> tuple[float, ...]:
    """Repairs in hand in the only shop."""
    return (float(replication.shop_busy[0]),)


def number_down(replication: Replication) -> tuple[float, ...]:
    """1 at the number of systems that are down, from none to all."""
    systems = len(replication.fleets[0].systems)
    return tuple(float(systems - up(replication) == k) for k in range(systems + 1))


def nothing(replication: Replication) -> tuple[float, ...]:
    """Nothing: the case reads its numbers off the trajectory."""
    return ()
