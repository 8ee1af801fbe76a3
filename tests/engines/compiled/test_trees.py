"""The tree of nearest limits of a fleet: which systems are at a limit at a reading of its clock, in order."""

from __future__ import annotations

import random
from typing import Any

import needs_numba  # noqa: F401
import numpy as np
import pytest

from armsim.engines.compiled.trees import next_place, plant, put

TREE = 200


def reached(limits: list[int], clock: int) -> list[int]:
    """The numbers of the systems that are at a limit, as the tree finds them."""
    s: Any = np.zeros(1000, dtype=np.int64)
    size = 1
    while size < len(limits):
        size *= 2
    plant(s, TREE, size, 1 << 62)
    for slot, limit in enumerate(limits):
        put(s, TREE, slot, limit)
    found, slot = [], next_place(s, TREE, 0, clock)
    while slot >= 0:
        found.append(int(slot))
        slot = next_place(s, TREE, slot + 1, clock)
    return found


@pytest.mark.parametrize("n", [1, 2, 3, 7, 8, 9, 33])
def test_all_that_are_at_a_limit_are_found_in_order_those_exactly_at_it_too(n: int) -> None:
    numbers = random.Random(n)
    for _ in range(5):
        limits = [numbers.randrange(6) for _ in range(n)]
        for clock in range(-1, 7):
            assert reached(limits, clock) == [k for k, limit in enumerate(limits) if limit <= clock]
