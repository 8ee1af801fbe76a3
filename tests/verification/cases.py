"""The cases: what is read from the runs of each scenario, and how far it lies from the expected numbers.

A case is a scenario of this folder and an entry of `expected.yaml`. Every difference must be at most 3.5 standard
errors of the simulation. The standard error is that of the source's own simulation where it gives one (`scatter`),
because a number that is nearly always 0 says little about its own scatter; else it is that of the sample. A chance is
held against the binomial law itself. Where the source rounds, half a unit of its last place is added as an error.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import yaml

from armsim.engines.reference import simulate
from armsim.model.arrays import Model
from armsim.model.compile import compile_scenario
from armsim.model.timeline import draw_world
from armsim.model.trajectory import COSTS, ITEM_MEASURES, POOL_MEASURES, State, Trajectory
from armsim.scenario.scenario import load_text

from .watch import Look, Watch, empty_shop, nothing, number_down, parts_and_systems, servers_busy, shelves

LIMIT = 3.5
FOLDER = Path(__file__).parent
MONTHS_A_YEAR = 12
#: Rows of numbers of a replication, and what each is called.
Row = dict[str, float]
Reader = Callable[[Trajectory, Watch, Model], Row]


@dataclass(frozen=True)
class Value:
    """A number to be met: the quantity, the item and day it is of, and the scatter of a single run where known."""

    name: str
    day: int | None
    expected: float
    scatter: float | None = None
    error: float = 0.0  # of the expected number
    is_chance: bool = False

    @property
    def key(self) -> str:
        """The name under which a replication is read."""
        return self.name if self.day is None else f"{self.name}@{self.day}"


@dataclass(frozen=True)
class Comparison:
    """A number that was met or not: z is the difference in standard errors."""

    value: Value
    found: float
    error: float
    z: float


@dataclass(frozen=True)
class Case:
    """A scenario, how it is read, and how many runs of each variant are taken: few, or many."""

    id: str
    read: Reader
    few: int
    many: int
    look: Look = nothing


@cache
def expected() -> dict[str, Any]:
    """The numbers to be met, as written."""
    found: dict[str, Any] = yaml.safe_load((FOLDER / "expected.yaml").read_text(encoding="utf-8"))
    return found


# What is expected ---------------------------------------------------------------------------------------


def variants_of(case: Case) -> list[str | None]:
    """The variants of a case's scenario that have numbers; None where there is only one."""
    return list(expected()[case.id].get("variants", [None]))


def values_of(case: Case, variant: str | None) -> list[Value]:
    """All numbers to be met by a variant."""
    entry = expected()[case.id]
    numbers = entry["numbers"] if variant is None else entry["variants"][variant]
    if "days" in entry:
        return list(values_on_days(numbers, entry["days"]))
    error = 10.0 ** -entry.get("decimals", 9) / math.sqrt(12)
    return [Value(name, None, number, error=error) for name, number in numbers.items()]


def values_on_days(numbers: dict[str, Any], days: list[int]) -> Iterator[Value]:
    """Numbers given for each day, and by item where a day has several."""
    scatter = numbers.get("scatter", {})
    for name in ("due_in", "owed", "up", "enough"):
        for k, day in enumerate(days if name in numbers else []):
            each, spread = numbers[name][k], scatter[name][k] if name in scatter else None
            if isinstance(each, list):
                for i, number in enumerate(each):
                    yield Value(f"{name} {i}", day, number, spread[i] if spread else None)
            else:
                yield Value(name, day, each, spread, is_chance=name == "enough")


# What is read -------------------------------------------------------------------------------------------


def item_means(trajectory: Trajectory, model: Model, measure: str) -> list[float]:
    """The mean of a measure of each item over the whole time."""
    place = ITEM_MEASURES.index(measure)
    sums = [sum(period[i][place] for period in trajectory.items) for i in range(len(model.items))]
    return [total / model.horizon for total in sums]


def mean_up(trajectory: Trajectory, model: Model) -> float:
    """The mean number of systems up."""
    return sum(period[0][State.FMC] + period[0][State.PMC] for period in trajectory.states) / model.horizon


def on_days(case: str, operating: int | None = None) -> Reader:
    """Reads units due in and owed by item, the share of the fleet that is up and whether enough are.

    With `operating` no more than so many systems are counted as up, and the share is of those.
    """

    def read(trajectory: Trajectory, watch: Watch, model: Model) -> Row:
        entry = expected()[case]
        row: Row = {}
        n = len(model.items)
        for day, seen in zip(entry["days"], watch.on_days, strict=True):
            for i in range(n):
                row[f"due_in {i}@{day}"], row[f"owed {i}@{day}"] = seen[i], seen[n + i]
            most = operating or int(model.fleets[0].most)
            row[f"up@{day}"] = min(seen[-1], most) / most
            row[f"enough@{day}"] = float(seen[-1] >= entry.get("at_least", 0))
        return row

    return read


def owed_at_a_base(trajectory: Trajectory, watch: Watch, model: Model) -> Row:
    """E02 and E03: units owed at one of five like bases."""
    return {"owed": sum(item_means(trajectory, model, "backorders")) / 5}


def owed(trajectory: Trajectory, watch: Watch, model: Model) -> Row:
    """E04 and P2: units owed, of all items."""
    return {"owed": sum(item_means(trajectory, model, "backorders"))}


def met_from_the_shelf(trajectory: Trajectory, watch: Watch, model: Model) -> Row:
    """P5: removals a day that find a unit on the shelf."""
    rates = {"part_1": 0.01, "part_2": 0.02, "part_3": 0.03, "part_4": 0.01}
    shares = zip([item.name for item in model.items], watch.averages(), strict=True)
    return {"met": sum(rates[name] * share for name, share in shares)}


def interference(trajectory: Trajectory, watch: Watch, model: Model) -> Row:
    """Q1: machines down and waiting, the share that runs, and the cost of an hour."""
    down = 5 - mean_up(trajectory, model)
    people, waiting = (sum(period[0][POOL_MEASURES.index(name)] for period in trajectory.pools) / model.horizon
                       for name in ("people", "waiting"))  # fmt: skip
    return {"down": down, "waiting": waiting, "running": 1 - down / 5, "cost": 60 * down + 15 * people}


def stay_in_the_shop(trajectory: Trajectory, watch: Watch, model: Model) -> Row:
    """Q4: the share of time with an empty shop, and the minutes in it; a day stands for an hour."""
    in_shop = sum(item_means(trajectory, model, "in_repair"))
    return {"empty": watch.averages()[0], "minutes": 60 * in_shop / 6}


def two_machines(trajectory: Trajectory, watch: Watch, model: Model) -> Row:
    """Q7: how many are down, and for how long; a day stands for an hour."""
    none, one, two = watch.averages()
    down = 2 - mean_up(trajectory, model)
    return {"none_down": none, "one_down": one, "two_down": two, "down": down, "hours": down / (0.25 * (2 - down))}


def three_teams(trajectory: Trajectory, watch: Watch, model: Model) -> Row:
    """Q8: aircraft down, those that wait for a team, days down at a time, how busy the teams are."""
    down = 30 - mean_up(trajectory, model)
    in_hand = watch.averages()[0]
    return {"down": down, "waiting": down - in_hand, "days": down / (0.02 * (30 - down)), "busy": in_hand / 3}


def lots_of_two(trajectory: Trajectory, watch: Watch, model: Model) -> Row:
    """I3: units on hand and owed, time with an empty shelf, orders and cost a month."""
    months = model.horizon / (365.25 * 86400) * MONTHS_A_YEAR
    on_hand, owed_units = (item_means(trajectory, model, name)[0] for name in ("stock", "backorders"))
    orders = sum(period[COSTS.index("spares")] for period in trajectory.costs) / 2 / months
    cost = 0.25 * on_hand + 1.75 * owed_units + 0.15 * orders
    empty = 1 - watch.averages()[0]
    return {"on_hand": on_hand, "owed": owed_units, "empty": empty, "orders": orders, "cost": cost}


# The cases ----------------------------------------------------------------------------------------------

#: With so many runs the standard error of the share of aircraft that is up is at most 0.002.
CASES = (
    Case("T01", on_days("T01"), 120, 10300, parts_and_systems),
    Case("T03", on_days("T03"), 120, 10300, parts_and_systems),
    Case("T04", on_days("T04"), 120, 10300, parts_and_systems),
    Case("T05", on_days("T05"), 120, 10300, parts_and_systems),
    Case("T08", on_days("T08"), 120, 10300, parts_and_systems),
    Case("F02", on_days("F02"), 40, 12300, parts_and_systems),
    Case("F03", on_days("F03"), 70, 7900, parts_and_systems),
    Case("S02", on_days("S02", 12), 120, 11100, parts_and_systems),
    Case("S03", on_days("S03"), 200, 8500, parts_and_systems),
    Case("E02", owed_at_a_base, 40, 1500),
    Case("E03", owed_at_a_base, 40, 1500),
    Case("E04", owed, 60, 3500),
    Case("P2", owed, 30, 1000),
    Case("P5", met_from_the_shelf, 30, 600, shelves),
    Case("Q1", interference, 30, 1000),
    Case("Q4", stay_in_the_shop, 40, 1000, empty_shop),
    Case("Q7", two_machines, 40, 1000, number_down),
    Case("Q8", three_teams, 40, 1000, servers_busy),
    Case("I3", lots_of_two, 40, 1000, shelves),
)  # fmt: skip


# Runs and comparisons -----------------------------------------------------------------------------------


def seed_of(name: str) -> int:
    """A seed nobody chose: a hash of a name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:7])


def model_of(case: Case, variant: str | None, changed: tuple[str, str] = ("", "")) -> Model:
    """The model of a variant of a case's scenario, with one text changed into another."""
    text = (FOLDER / f"{case.id}.yaml").read_text(encoding="utf-8")
    scenario = load_text(text.replace(*changed), f"{case.id}.yaml")
    return compile_scenario(scenario if variant is None else scenario.variant(variant))


def rows(case: Case, model: Model, runs: int, seed: int) -> list[Row]:
    """What is read in each of so many runs of a case's model."""
    world = draw_world(model, seed, 0)
    days = expected()[case.id].get("days", ())
    found = []
    for run in range(runs):
        watch = Watch(case.look, days)
        found.append(case.read(simulate(model, world, seed, run, audit=watch), watch, model))
    return found


def results(case: Case, variant: str | None, runs: int, name: str) -> list[Comparison]:
    """Every number of a variant beside what so many runs give; the name fixes the seed."""
    return compare(case, variant, rows(case, model_of(case, variant), runs, seed_of(name)))


def compare(case: Case, variant: str | None, found: list[Row]) -> list[Comparison]:
    """Every number of a variant beside what was found."""
    return [compared(value, np.array([row[value.key] for row in found])) for value in values_of(case, variant)]


def compared(value: Value, seen: np.ndarray) -> Comparison:
    """One number: the mean of what was seen, its standard error, the difference in standard errors."""
    n, mean = len(seen), float(seen.mean())
    if value.is_chance:
        error = math.sqrt(value.expected * (1 - value.expected) / n)
        return Comparison(value, mean, error, binomial_z(round(float(seen.sum())), n, value.expected))
    spread = float(seen.std(ddof=1)) if value.scatter is None else value.scatter
    error = math.hypot(spread / math.sqrt(n), value.error)
    gap = mean - value.expected
    return Comparison(value, mean, error, gap / error if error else math.copysign(math.inf, gap) if gap else 0.0)


def binomial_z(count: int, n: int, p: float) -> float:
    """The z whose tail is the chance of so many out of n or more, or, below the mean, of so many or fewer."""
    above = count > n * p
    numbers = range(count, n + 1) if above else range(count + 1)
    logs = (math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * math.log(p)
            + (n - k) * math.log1p(-p) for k in numbers)  # fmt: skip
    tail = min(0.5, max(1e-300, sum(map(math.exp, logs))))
    return -NormalDist().inv_cdf(tail) if above else NormalDist().inv_cdf(tail)
