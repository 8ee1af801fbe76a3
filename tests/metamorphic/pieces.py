"""The smallest pieces generated scenarios are made of: dates that coincide, whole days, laws, due forms."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

START = date(2024, 1, 1)
LAWS = ("lognormal 50%", "lognormal sd 0.5", "exponential", "uniform 30%", "erlang 2", "weibull 2", "fixed")


def on(day: int) -> str:
    """A date so many days from the start."""
    return (START + timedelta(days=day)).isoformat()


class Pieces:
    """Draws the pieces of one scenario, and keeps what its other parts must agree with."""

    fleet_names: tuple[str, ...]
    site_of: dict[str, str]
    has_depot: bool
    has_sorties: bool
    by_tasks: bool
    missions: dict[str, tuple[str, ...]]

    def __init__(self, random: Random) -> None:
        self.random = random

    def one(self, *choices: Any) -> Any:
        """One of several."""
        return self.random.choice(choices)

    def chance(self, percent: int) -> bool:
        """True so often in a hundred."""
        return self.random.randrange(100) < percent

    def days(self, *choices: int) -> str:
        """A length of time in whole days."""
        return f"{self.one(*choices)} days"

    def date(self, first: int = 0, last: int = 480) -> str:
        """A date on a coarse grid, so that dates coincide."""
        return on(30 * self.random.randint(-(-first // 30), last // 30))

    def maybe(self, percent: int, fields: dict[str, Any], key: str, make: Any) -> None:
        """Put `make()` at a key, so often in a hundred."""
        if self.chance(percent):
            fields[key] = make()

    def slots(self) -> Any:
        """How many at once, mostly the same in each world and at all times."""
        return self.one(
            1, 1, 2, {"low": 1, "high": 3}, {"best": 1, "changes": [{"from": self.date(), "to": self.one(0, 2)}]},
        )  # fmt: skip

    def time_law(self, *choices: int) -> Any:
        """A length of time, mostly the same each time and in each world."""
        return self.one(
            self.days(*choices),
            self.days(*choices),
            self.days(*choices),
            {"best": self.days(*choices), "varies": self.one(*LAWS)},
            {"low": "5 days", "best": "20 days", "high": "60 days"},
            {"low": "10 days", "high": "40 days", "log": True},
            {"median": self.days(*choices), "varies": "lognormal sd 0.5"},
        )

    def sites(self) -> tuple[str, ...]:
        """The sites at which fleets stand."""
        return tuple(sorted(set(self.site_of.values())))

    def stock_points(self, fleets: Any) -> tuple[str, ...]:
        """Where an item on these fleets is stocked."""
        bases = {self.site_of[fleet] for fleet in fleets}
        return tuple(sorted(bases | ({"national"} if self.has_depot else set())))

    def due(self, n: int, use: bool, by_date: bool) -> dict[str, Any]:
        """How things first fall due; blocks make ties."""
        forms: list[dict[str, Any]] = []
        if by_date:
            moments = sorted({self.date(30, 360), self.date(30, 360)})
            forms += [
                {"block": {moment: 1 for moment in moments[: max(1, n)]}},
                {"block": {self.days(60, 90): n}},
                {"block": {moments[0]: n}, "shift": {"low": "0 days", "high": "20 days"}},
                {"staggered": ["30 days", "400 days"]},
                {"random": ["0 days", "300 days"], "overdue": 1},
                {"list": ["60 days"], "then": {"staggered": ["90 days", "300 days"]}},
            ]
        if use:
            forms += [
                {"staggered": ["10 FH", "300 FH"]},
                {"random": ["0 FH", "200 FH"]},
                {"list": ["40 FH"], "overdue": n - 1},
            ]
        return self.one(*forms)
