"""What the runs of one variant left behind, as arrays, and the hash of it all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from armsim import units
from armsim.model.trajectory import CauseKey, State

if TYPE_CHECKING:  # a process that draws loads nothing that reads scenarios
    from armsim.model.arrays import Model
    from armsim.scenario.scenario import Scenario

Counts = np.ndarray[Any, np.dtype[np.int64]]
ROWS_AT_ONCE, ROWS_TURNED = 256, 16
SECONDS_PER_MONTH = units.DAYS_PER_MONTH * units.SECONDS_PER_DAY


@dataclass(frozen=True)
class CaseCounts:
    """What the runs of one variant left behind, runs ordered by world, then replication.

    `states` [run, period, fleet, state] system-seconds, `ends` [run, period, fleet, state] systems,
    `flown`, `demanded` [run, period, fleet] nano-flown-seconds, `items` [run, period, item, measure]
    unit-seconds, `pools` [run, period, pool, measure] person- or task-seconds, `below` [run, period, fleet]
    seconds below the minimum, `touched` [run, halt, what], `begun` [run, fleet]
    systems on the books at the start, `causes` by cause [run] in PARTS_OF_A_SECOND, `missions` [run, period, fleet,
    mission] system-seconds able to do it and `mission_ends` systems, as many places as the fleet with most missions
    has, `costs` [run, period, kind] money, without a kind where nothing has a price, `halts_end` [run] seconds from
    the start to the end of the last halt that the twin does not have, -1 where none ends; empty where not known.
    """

    states: Counts
    ends: Counts
    flown: Counts
    demanded: Counts
    items: Counts
    touched: Counts
    begun: Counts
    causes: dict[CauseKey, Counts]
    events: int
    pools: Counts = field(default_factory=lambda: np.zeros((0, 0, 0, 3), np.int64))
    below: Counts = field(default_factory=lambda: np.zeros((0, 0, 0), np.int64))
    missions: Counts = field(default_factory=lambda: np.zeros((0, 0, 0, 0), np.int64))
    mission_ends: Counts = field(default_factory=lambda: np.zeros((0, 0, 0, 0), np.int64))
    costs: Counts = field(default_factory=lambda: np.zeros((0, 0, 0), np.int64))
    halts_end: Counts = field(default_factory=lambda: np.zeros(0, np.int64))


@dataclass(frozen=True)
class Case:
    """One variant with its model, its counts and the name of its twin."""

    name: str
    title: str
    twin: str | None
    scenario: Scenario
    model: Model
    counts: CaseCounts


def period_seconds(model: Model) -> Any:
    """The length of each report period in seconds."""
    return np.diff(np.array((0, *model.edges), dtype=np.int64))


def apart(counts: Counts) -> Counts:
    """Counts [run, period, ...] with each place of the last axes in one piece of memory: quicker to read again."""
    found = np.empty((*counts.shape[2:], *counts.shape[:2]), counts.dtype)
    for begin in range(0, len(counts), ROWS_TURNED):  # not all at once: a place would be read from far apart each time
        rows = slice(begin, begin + ROWS_TURNED)
        found[..., rows, :] = np.moveaxis(counts[rows], (0, 1), (-2, -1))
    return np.moveaxis(found, (-2, -1), (0, 1))


def states_of(measure: str) -> tuple[State, ...]:
    """The states whose systems a measure of MODEL section 8 counts (R-S1)."""
    if measure == "mc":
        return State.FMC, State.PMC
    if measure not in ("on_hand", "permitted"):
        return (State[measure.upper()],)
    without = (State.LOST,) if measure == "on_hand" else (State.LOST, State.LIMIT)
    return tuple(state for state in State if state not in without)


def from_states(states: Any, measure: str) -> Any:
    """A measure from counts by state on the last axis."""
    return reduce(np.add, (states[..., state] for state in states_of(measure)))


def result_hash(cases: list[Case]) -> str:
    """SHA-256 of every count of every variant: equal results, equal hash, whichever engine counted."""
    digest = hashlib.sha256()
    for case in sorted(cases, key=lambda c: c.name):
        digest.update(case.name.encode())
        for one in fields(CaseCounts):
            value = getattr(case.counts, one.name)
            if isinstance(value, np.ndarray) and one.name != "halts_end":  # drawn, not counted
                for begin in range(0, len(value), ROWS_AT_ONCE):  # so that no copy of it all is made
                    rows = value[begin : begin + ROWS_AT_ONCE]
                    digest.update(np.ascontiguousarray(rows, dtype="<i8").data)
        for text in causes_text(case.counts):
            digest.update(text.encode())
    return digest.hexdigest()


def causes_text(counts: CaseCounts) -> Iterator[str]:
    """Piece by piece, the text of a list with one list for each run: its causes in order, without what is 0."""
    keys = sorted(counts.causes)
    names, runs = [repr(key) for key in keys], len(counts.states)
    yield "["
    for begin in range(0, runs, ROWS_AT_ONCE):
        rows = np.zeros((min(ROWS_AT_ONCE, runs - begin), len(keys)), np.int64)
        for column, key in zip(rows.T, keys):
            column[:] = counts.causes[key][begin : begin + ROWS_AT_ONCE]
        found = (", ".join(f"({name}, {n})" for name, n in zip(names, row) if n) for row in rows.tolist())
        yield ", " * (begin > 0) + ", ".join(f"[{one}]" for one in found)
    yield "]"
