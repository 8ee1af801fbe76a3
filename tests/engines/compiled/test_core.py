"""The tree of nearest limits of a fleet: which systems are at a limit at a reading of its clock, in order."""

from __future__ import annotations

import random
from typing import Any

import needs_numba  # noqa: F401
import numpy as np
import pytest

from armsim.engines.compiled import layout as L
from armsim.engines.compiled.core import next_reached, set_leaf

FLEET, TREE, SYSTEMS = 10, 200, 10_000


def reached(limits: list[int], clock: int) -> list[int]:
    """The numbers of the systems that are at a limit, as the tree finds them."""
    s: Any = np.zeros(1000, dtype=np.int64)
    size = 1
    while size < len(limits):
        size *= 2
    s[FLEET + L.FLT_TREE], s[FLEET + L.FLT_TREE_SIZE] = TREE, size
    s[FLEET + L.FLT_SYSTEMS], s[FLEET + L.FLT_STRIDE] = SYSTEMS, 1
    s[TREE : TREE + 2 * size] = 1 << 62
    for slot, limit in enumerate(limits):
        set_leaf(s, FLEET, slot, limit)
    found, system = [], next_reached(s, FLEET, 0, clock)
    while system:
        found.append(int(system) - SYSTEMS)
        system = next_reached(s, FLEET, found[-1] + 1, clock)
    return found


@pytest.mark.parametrize("n", [1, 2, 3, 7, 8, 9, 33])
def test_all_that_are_at_a_limit_are_found_in_order_those_exactly_at_it_too(n: int) -> None:
    numbers = random.Random(n)
    for _ in range(5):
        limits = [numbers.randrange(6) for _ in range(n)]
        for clock in range(-1, 7):
            assert reached(limits, clock) == [k for k, limit in enumerate(limits) if limit <= clock]
