"""Rows of bits: which donors have an item, which positions are empty; the next place in order."""

from __future__ import annotations

import random
from typing import Any

import needs_numba  # noqa: F401
import numpy as np
import pytest

from armsim.engines.compiled import bits

ROW, OTHER = 10, 60


def places(s: Any, row: int, other: int, n: int) -> list[int]:
    """Where both rows have their bit set, as they are found one after the other."""
    found, place = [], bits.next_in_both(s, row, other, 0, n)
    while place < n:
        found.append(int(place))
        place = bits.next_in_both(s, row, other, place + 1, n)
    return found


@pytest.mark.parametrize("n", [1, 2, 61, 62, 63, 124, 125, 1000])
def test_all_places_whose_bits_are_set_are_found_in_order_over_all_words(n: int) -> None:
    numbers = random.Random(n)
    s: Any = np.zeros(100, dtype=np.int64)
    one, other = set(range(n)), set(numbers.sample(range(n), n // 3))
    for k in range(n):
        bits.put(s, ROW, k, 1)
        bits.put(s, OTHER, k, int(k in other))
    for k in numbers.sample(range(n), n // 2):
        bits.put(s, ROW, k, 0)
        one.remove(k)

    assert places(s, ROW, ROW, n) == sorted(one)
    assert places(s, ROW, OTHER, n) == sorted(one & other)
    assert bits.next_place(s, ROW, n, n) == n
    assert not s[ROW + bits.words_for(n) : OTHER].any()


@pytest.mark.parametrize("place", range(62))
def test_the_lowest_bit_of_a_word_is_found_whatever_stands_above_it(place: int) -> None:
    assert bits.lowest(1 << place) == bits.lowest(1 << place | 1 << 61) == place
