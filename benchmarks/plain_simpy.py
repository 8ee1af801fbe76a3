"""The benchmark model in plain SimPy, as a first draft would have it: a measure that no engine of ours can flatter.

One process per aircraft and one per order. A part's life counts while its aircraft flies; a part that fails is
ordered at once, and its aircraft is down until a spare is there. Nothing is counted but failures and readiness.
"""

from __future__ import annotations

import random

import simpy

from benchmarks.growth_models import stock_of

DAY = 24.0


class Model:
    """Aircraft, shelves and orders; times in hours."""

    def __init__(self, seed: int, count: int, items: int, stock: int, life: float, use: float, lead: float) -> None:
        self.env, self.random = simpy.Environment(), random.Random(seed)
        self.life, self.use, self.lead = life, use, lead  # flying hours; flying hours an hour; hours
        self.shelves = [stock] * items
        self.waiting: list[list[simpy.Event]] = [[] for _ in range(items)]
        self.ready, self.failures, self.ready_by_month = count, 0, []
        for _ in range(count):
            self.env.process(self.aircraft())
        self.env.process(self.report())

    def aircraft(self):
        """Flies until the next part fails, then waits for a spare."""
        left = [self.random.expovariate(1 / self.life) for _ in self.shelves]
        while True:
            item = min(range(len(left)), key=left.__getitem__)
            flown = left[item]
            yield self.env.timeout(flown / self.use)
            left = [one - flown for one in left]
            self.failures += 1
            self.env.process(self.order(item))
            if self.shelves[item] > 0:
                self.shelves[item] -= 1
            else:
                self.ready -= 1
                self.waiting[item].append(self.env.event())
                yield self.waiting[item][-1]
                self.ready += 1
            left[item] = self.random.expovariate(1 / self.life)

    def order(self, item: int):
        """A unit arrives a lead time later."""
        yield self.env.timeout(self.lead)
        if self.waiting[item]:
            self.waiting[item].pop(0).succeed()
        else:
            self.shelves[item] += 1

    def report(self):
        """What is ready at the end of each month."""
        while True:
            yield self.env.timeout(365.25 / 12 * DAY)
            self.ready_by_month.append(self.ready)


def run(seed: int, count: int = 24, items: int = 20, years: int = 10) -> Model:
    """One run of the benchmark model of `benchmarks/growth_models.py`."""
    model = Model(seed, count, items, stock_of(count), 300.0, 240 / (365.25 * DAY), 100 * DAY)
    model.env.run(until=years * 365.25 * DAY)
    return model
