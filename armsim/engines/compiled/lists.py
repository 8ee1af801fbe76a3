"""Lists whose members are linked to each other, as queues are: one kind for all that waits or stands in order.

A list is the place of two words, its first and its last member; a member has two words at `link`, the one before it
and the one behind it. 0 is nobody.
"""

from __future__ import annotations

from typing import Any

from armsim.engines.compiled.jit import function

S = Any


@function
def append(s: S, line: int, link: int, member: int) -> None:
    """A member joins a list at its end."""
    insert(s, line, link, s[line + 1], member)


@function
def insert(s: S, line: int, link: int, before: int, member: int) -> None:
    """A member joins a list behind another, behind nobody at its beginning."""
    behind = s[before + link + 1] if before != 0 else s[line]
    s[member + link], s[member + link + 1] = before, behind
    tie(s, line, link, before, member)
    tie(s, line, link, member, behind)


@function
def remove(s: S, line: int, link: int, member: int) -> None:
    """A member leaves a list."""
    tie(s, line, link, s[member + link], s[member + link + 1])


@function
def replace(s: S, line: int, link: int, old: int, new: int) -> None:
    """A member gives its place to another."""
    before, behind = s[old + link], s[old + link + 1]
    tie(s, line, link, before, new)
    tie(s, line, link, new, behind)


@function
def tie(s: S, line: int, link: int, one: int, other: int) -> None:
    """One member stands right before another; with nobody before it, or behind, it is the first, or the last."""
    if one != 0:
        s[one + link + 1] = other
    else:
        s[line] = other
    if other != 0:
        s[other + link] = one
    else:
        s[line + 1] = one
