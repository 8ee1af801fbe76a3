"""Things to come, soonest first: a heap inside one region of a flat int64 array.

Node i is the four words (t, hi, lo, row) at s[base + NODE * i]; nodes are ordered by (t, hi, lo), and which of equal
ones comes first is not said. What a node stands for does not move with it: three words (what, a, b) at
s[rows + ROW * row]. The rows of nodes not in use stand behind those in use, so that each row has its node. The soonest
stands at s[base], so looking at it needs no call. Each node has four below it: with 16 to 512 nodes that was measured 5
to 23% faster than two where many share an instant, and at most 7% slower at random times. Nothing here knows how large
the region is: the caller does.
"""

from __future__ import annotations

from typing import Any

from armsim.engines.compiled.jit import function

NODE, ROW = 4, 3
WIDTH = NODE + ROW
BELOW = 4


@function
def precedes(s: Any, i: int, t: int, hi: int, lo: int) -> bool:
    """True when (t, hi, lo) comes before the node at word i."""
    return t < s[i] or (t == s[i] and (hi < s[i + 1] or (hi == s[i + 1] and lo < s[i + 2])))


@function
def earlier(s: Any, i: int, j: int) -> bool:
    """True when the node at word i comes before the one at word j."""
    return s[i] < s[j] or (s[i] == s[j] and (s[i + 1] < s[j + 1] or (s[i + 1] == s[j + 1] and s[i + 2] < s[j + 2])))


@function
def move(s: Any, to: int, i: int) -> None:
    """The node at i is also at `to`."""
    for word in range(NODE):
        s[to + word] = s[i + word]


@function
def number_rows(s: Any, base: int, first: int, n: int) -> None:
    """Each node from one on, of n that were never in use, has the row of its own number."""
    for i in range(first, n):
        s[base + NODE * i + 3] = i


@function
def push(s: Any, base: int, rows: int, n: int, t: int, hi: int, lo: int, what: int, a: int, b: int) -> None:
    """Adds a node to a heap of n; it has n + 1 then."""
    i, row = n, s[base + NODE * n + 3]
    while i > 0:
        above = (i - 1) // BELOW
        if not precedes(s, base + NODE * above, t, hi, lo):
            break
        move(s, base + NODE * i, base + NODE * above)
        i = above
    i, place = base + NODE * i, rows + ROW * row
    s[i], s[i + 1], s[i + 2], s[i + 3] = t, hi, lo, row
    s[place], s[place + 1], s[place + 2] = what, a, b


@function
def pop(s: Any, base: int, n: int) -> None:
    """Takes the soonest node off a heap of n >= 1, whose words the caller has read; it has n - 1 then."""
    last, row = base + NODE * (n - 1), s[base + 3]
    t, hi, lo = s[last], s[last + 1], s[last + 2]
    hole, first = base, base + NODE
    while first < last:
        soonest = first
        for i in range(first + NODE, min(first + BELOW * NODE, last), NODE):
            if earlier(s, i, soonest):
                soonest = i
        if precedes(s, soonest, t, hi, lo):
            break
        move(s, hole, soonest)
        hole = soonest
        first = base + BELOW * (hole - base) + NODE
    move(s, hole, last)
    s[last + 3] = row
