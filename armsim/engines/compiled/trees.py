"""Trees of numbers, one for each place of a row, that give the least, and the next place that is low enough.

A tree of so many places (a power of two) is twice as many words: first how many, then its least number, then the
least of either half and so on down to the places themselves.
"""

from __future__ import annotations

from typing import Any

from armsim.engines.compiled.jit import function

S = Any


@function
def plant(s: S, tree: int, places: int, number: int) -> None:
    """A tree with the same number at every place."""
    s[tree] = places
    for node in range(1, 2 * places):
        s[tree + node] = number


@function
def number_at(s: S, tree: int, place: int) -> int:
    """The number at a place."""
    return s[tree + s[tree] + place]


@function
def put(s: S, tree: int, place: int, number: int) -> None:
    """Another number stands at a place."""
    node = s[tree] + place
    s[tree + node] = number
    node >>= 1
    while node > 0:
        least = min(s[tree + 2 * node], s[tree + 2 * node + 1])
        if s[tree + node] == least:
            break
        s[tree + node] = least
        node >>= 1


@function
def next_place(s: S, tree: int, place: int, most: int) -> int:
    """The first place from one on whose number is at most so high; -1 for none."""
    places = s[tree]
    if place >= places:
        return -1
    node = places + place
    while s[tree + node] > most:  # up to a node to the right that holds one
        while node & 1:
            node >>= 1
        if node == 0:
            return -1
        node += 1
    while node < places:
        node *= 2
        if s[tree + node] > most:
            node += 1
    return node - places
