"""Comparing the engine with the chain: a case is a scenario text, what is looked at and when, and how many runs."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache

import numpy as np

from armsim.engines.reference import simulate
from armsim.model.compile import compile_scenario
from armsim.model.timeline import draw_world
from armsim.scenario.scenario import load_text
from oracle import solving
from oracle.reading import STATES

LIMIT = 3.5

HEAD = """\
armsim: 1
name: tiny
time: {start: 2023-01-01, end: 2025-01-01, warmup: 0 days}
jurisdictions: {seller: {}, third: {}, home: {home: true}}
suppliers:
  maker: {jurisdiction: seller, provides: [spares, repair, overhaul, people]}
  other: {jurisdiction: third, provides: [spares, repair, overhaul, people]}
  broker: {jurisdiction: seller, through: third, provides: spares}
"""


def written(body: str) -> str:
    """The scenario's text; `~20d` stands for an exponential time of mean 20 days."""
    site = "" if re.search("^sites:", body, re.MULTILINE) else "sites: {base: {}}\n"
    return re.sub(r"~([\d.]+)d", r"{best: \1 days, varies: exponential}", HEAD + site + body)


@dataclass(frozen=True)
class Case:
    """One model: its name as a sentence, its scenario, what is looked at (state@month), number of runs."""

    name: str
    body: str
    looks: str
    runs: int = 600
    ordinary: bool = False
    worlds: bool = False  # a world for each run, where halts follow or not

    def points(self) -> tuple[tuple[int, int], ...]:
        """(month from 0, state)."""
        pairs = (look.split("@") for look in self.looks.split())
        return tuple((int(month) - 1, STATES.index(state)) for state, month in pairs)


def seed_of(name: str) -> int:
    """A seed that hangs on the name alone."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:7])


@cache
def sample(text: str, points: tuple[tuple[int, int], ...], seed: int, runs: int, worlds: bool = False) -> np.ndarray:
    """Aircraft seen at each point, a row per replication."""
    model = compile_scenario(load_text(text))
    world = draw_world(model, seed, 0)
    found = np.empty((runs, len(points)))
    for run in range(runs):
        world = draw_world(model, seed, run) if worlds else world
        ends = simulate(model, world, seed, run).ends
        found[run] = [ends[month][0][state] for month, state in points]
    return found


def scores(seen: np.ndarray, exact: np.ndarray) -> np.ndarray:
    """z of every point; without scatter the mean must be exact, or z is infinite."""
    error = seen.std(axis=0, ddof=1) / len(seen) ** 0.5
    gap = seen.mean(axis=0) - exact
    gap[np.abs(gap) < 1e-9] = 0
    return np.divide(gap, error, out=np.where(gap == 0, 0.0, np.inf), where=error > 0)


def compare(case: Case, seed: int, oracle_text: str | None = None) -> np.ndarray:
    """z of every look of a case."""
    text, points = written(case.body), case.points()
    exact, _ = solving.solve(oracle_text or text)
    return scores(sample(text, points, seed, case.runs, case.worlds), np.array([exact[point] for point in points]))


# Words of scenarios --------------------------------------------------------------------------------------

EACH = "fly: 30 FH/month per aircraft, at_most: 30 FH/month per aircraft"
FLEET = "fly: 60 FH/month fleet, at_most: 40 FH/month per aircraft"
HALT = "by: seller, from: 2023-07-01"
CREW = "sites: {base: {crews: {line: {fleets: jets, size: 1}}}}\n"
ABROAD = "{on: {jets: 1}, fails_every: 100 FH, repair: {at: maker, takes: ~60d}, stock: {base: 1}}"


def jets(count: int, more: str, fly: str = EACH) -> str:
    """The fleet of a scenario."""
    return f"fleets: {{jets: {{count: {count}, site: base, {fly}{', ' if more else ''}{more}}}}}\n"


def pump(more: str, resupply: str = "make: ~60d", fails: str = "100 FH") -> str:
    """An item that is ordered abroad, unless it says otherwise."""
    supply = f"supplier: maker, resupply: {{{resupply}}}, " if resupply else ""
    return f"pump: {{on: {{jets: 1}}, {supply}fails_every: {fails}{', ' if more else ''}{more}}}"


def parts(*items: str) -> str:
    """The items of a scenario."""
    return "items: {" + ", ".join(items) + "}\n"


def halt(clauses: str, more: str = "") -> str:
    """A halt by the seller from July of the first year."""
    return f"halts: {{stop: {{{HALT}, {clauses}}}{more}}}\n"
