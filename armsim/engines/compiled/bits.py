"""Rows of bits, one for each place, that give the next place whose bit is set: so many of them stand in each word."""

from __future__ import annotations

from typing import Any

from armsim.engines.compiled.jit import function
from armsim.engines.compiled.numbers import lowest

S = Any
IN_WORD = 62


def words_for(places: int) -> int:
    """How many words a row of bits has."""
    return places // IN_WORD + 1


row_words = function(words_for)


@function
def put(s: S, row: int, place: int, bit: int) -> None:
    """The bit at a place is this one."""
    at, mask = row + place // IN_WORD, 1 << place % IN_WORD
    s[at] = s[at] | mask if bit != 0 else s[at] & ~mask


@function
def next_place(s: S, row: int, place: int, n: int) -> int:
    """The first of n places from one on whose bit is set; n for none."""
    return next_in_both(s, row, row, place, n)


@function
def next_in_both(s: S, row: int, other: int, place: int, n: int) -> int:
    """The first of n places from one on whose bit is set in two rows; n for none."""
    at, end = place // IN_WORD, (n + IN_WORD - 1) // IN_WORD
    if at < end:
        word = (s[row + at] & s[other + at]) >> place % IN_WORD
        if word != 0:
            return place + lowest(word)
        for k in range(at + 1, end):
            word = s[row + k] & s[other + k]
            if word != 0:
                return k * IN_WORD + lowest(word)
    return n
