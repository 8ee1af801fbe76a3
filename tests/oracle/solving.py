"""Solving a chain: the states that can be reached, and their probabilities over time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise, product
from math import prod

import numpy as np
from scipy.linalg import expm
from scipy.sparse import coo_array, csr_array
from scipy.sparse.linalg import expm_multiply

from oracle.chain import MOST_OWED, Tiny
from oracle.reading import STATES, Key, Now

Propagate = Callable[[csr_array, np.ndarray, float], np.ndarray]


def by_krylov_free_taylor(generator: csr_array, row: np.ndarray, t: float) -> np.ndarray:
    """row · exp(Q t) by scaled Taylor steps (Al-Mohy and Higham), to double precision."""
    return expm_multiply(generator.T.tocsr() * t, row, traceA=float(generator.trace()) * t)


def by_dense_exponential(generator: csr_array, row: np.ndarray, t: float) -> np.ndarray:
    """row · exp(Q t) by the dense exponential (Padé)."""
    return row @ expm(generator.toarray() * t)


def by_uniformisation(generator: csr_array, row: np.ndarray, t: float) -> np.ndarray:
    """row · exp(Q t) as a Poisson mixture of the steps of a discrete chain: every term is positive."""
    pace = float(-generator.diagonal().min())
    if not pace:
        return row
    step = generator.T.tocsr() / pace
    parts = max(1, int(np.ceil(pace * t / 50)))
    lam = pace * t / parts
    for _ in range(parts):
        term, weight, total, k = row, np.exp(-lam), np.zeros_like(row), 0
        mass = 0.0
        while mass < 1 - 1e-15 and k < 500:
            total = total + weight * term
            mass += weight
            k += 1
            term, weight = term + step @ term, weight * lam / k
        row = total
    return row


def month_ends(tiny: Tiny) -> list[float]:
    """Ends of the report periods (calendar months), in days."""
    y, m = tiny.start.year, tiny.start.month
    found: list[float] = []
    while not found or found[-1] < tiny.horizon:
        y, m = (y, m + 1) if m < 12 else (y + 1, 1)
        found.append(min(tiny.day(date(y, m, 1)), tiny.horizon))
    return found


def worlds(text: str) -> Iterator[tuple[float, Tiny]]:
    """Every world with its probability: which halts follow the ones they name (settled 59)."""
    followers = Tiny(text).followers
    for drawn in product((True, False), repeat=len(followers)):
        odds = prod(p if follows else 1 - p for follows, (_, p) in zip(drawn, followers))
        if odds:
            yield odds, Tiny(text, tuple(name for follows, (name, _) in zip(drawn, followers) if follows))


def solve(text: str, propagate: Propagate = by_krylov_free_taylor) -> tuple[np.ndarray, int]:
    """(expected aircraft in each state at each month's end as left limits, the most states at once)."""
    solved = [(odds, solve_world(tiny, propagate)) for odds, tiny in worlds(text)]
    return sum((odds * result for odds, (result, _) in solved), np.zeros(1)), max(largest for _, (_, largest) in solved)


def solve_world(tiny: Tiny, propagate: Propagate) -> tuple[np.ndarray, int]:
    """The same for one world."""
    ends, dates = month_ends(tiny), [0.0, *tiny.dates(), tiny.horizon]
    result = np.zeros((len(ends), len(STATES)))
    now = tiny.now(0.0)
    chances: dict[Key, float] = {}
    for odds, key in tiny.outcomes(tiny.first(), now, lambda live, chance: None, True):
        chances[key] = chances.get(key, 0) + odds
    largest = 0
    for begin, end in pairwise(dates):
        keys, generator = reach(tiny, list(chances), now)
        largest = max(largest, len(keys))
        states = [[tiny.state_of(p, now, n) for n, p in enumerate(tiny.thawed(k).planes)] for k in keys]
        counts = np.array([np.bincount(one, minlength=len(STATES)) for one in states])
        row = np.array([chances.get(key, 0.0) for key in keys])
        at = begin
        for stop in sorted({e for e in ends if begin < e <= end} | {end}):
            row = propagate(generator, row, stop - at)
            at = stop
            if stop in ends:
                result[ends.index(stop)] = row @ counts
        cut_off = sum(odds for key, odds in zip(keys, row) if len(tiny.thawed(key).owed) == MOST_OWED)
        assert cut_off < 1e-6, f"the chain is cut off where it still is with a probability of {cut_off:.1g}"
        before, chances = now, {}
        if end < tiny.horizon:
            now = tiny.now(end)
            for key, odds in zip(keys, row):
                jumped = tiny.outcomes(key, now, lambda live, chance: tiny.jump(live, end, before, now, chance), True)  # noqa: B023
                for part, after in jumped:
                    chances[after] = chances.get(after, 0) + odds * part
    return result, largest


def reach(tiny: Tiny, start: list[Key], now: Now) -> tuple[list[Key], csr_array]:
    """The states that can be reached, breadth first, and the generator over them."""
    number = {key: k for k, key in enumerate(start)}
    keys, rows, columns, rates = list(start), [], [], []
    for key in keys:
        for rate, after in tiny.moves(key, now):
            if after not in number:
                number[after] = len(keys)
                keys.append(after)
            rows += [number[key], number[key]]
            columns += [number[after], number[key]]
            rates += [rate, -rate]
    shape = (len(keys), len(keys))
    return keys, coo_array((rates, (rows, columns)), shape=shape).tocsr()
