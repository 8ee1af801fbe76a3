"""Units on shelves, on order, in repair and abroad, counted by stock point (R-M2, R-S2)."""

from __future__ import annotations

from typing import Any

from armsim.engines.entities import PointState
from armsim.engines.work import Work


class Stock(Work):
    """Stock points and what is due in."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.points = [self.stocked(p) for p in range(len(self.model.points))]

    def stocked(self, p: int) -> PointState:
        """A stock point with its base stock on the shelf."""
        stock = self.model.points[p].stock
        units = int(self.value(stock) + 0.5) if stock >= 0 else 0
        return PointState({1.0: units}, level=units)

    def shelve(self, point: int, quality: float, units: int = 1) -> None:
        """Serviceable units go on the shelf."""
        shelf = self.points[point].shelf
        shelf[quality] = shelf.get(quality, 0) + units
        self.count(self.model.points[point].item, "stock", units)
        self.request_settle()

    def off_shelf(self, point: int) -> float:
        """One unit leaves the shelf, the best first; its quality."""
        shelf = self.points[point].shelf
        quality = max(q for q, n in shelf.items() if n)
        shelf[quality] -= 1
        self.count(self.model.points[point].item, "stock", -1)
        return quality

    def in_repair(self, point: int, units: int) -> None:
        """Units of a stock point enter or leave repair."""
        self.points[point].due_in += units
        self.count(self.model.points[point].item, "in_repair", units)

    def on_order(self, point: int, units: int) -> None:
        """Units of a stock point are ordered, or come."""
        self.points[point].due_in += units
        self.count(self.model.points[point].item, "on_order", units)

    def go_abroad(self, i: int, change: int) -> None:
        """One of the recipient's own units leaves the country, or is no longer abroad."""
        self.ledger[i]["abroad"] += change
        self.count(i, "abroad", change)
