"""Numbers that change at dates, and spans of time: made, and laid over one another."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from operator import itemgetter

from armsim.model.order import NEVER

LONG_AGO = -NEVER
Steps = tuple[tuple[int, ...], tuple[int, ...]]  # times and values; the first time is LONG_AGO
Terms = tuple[tuple[int, int], ...]  # when a contract is in force, [begin, end)
NEVER_SO: Steps = ((LONG_AGO,), (0,))
ALWAYS_SO: Steps = ((LONG_AGO,), (1,))


def joined(terms: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Terms with those that touch made one."""
    found: list[tuple[int, int]] = []
    for begin, end in sorted(terms):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return tuple(found)


def holds_at(terms: Iterable[tuple[int, int]], t: int) -> bool:
    """True when one of some terms holds at a moment."""
    return any(begin <= t < end for begin, end in terms)


def steps_of(spans: Iterable[tuple[int, int]]) -> Steps:
    """1 within the spans, 0 outside."""
    times, values = [LONG_AGO], [0]
    for begin, end in joined(spans):
        if begin <= LONG_AGO:
            values[0] = 1
        elif begin < NEVER:
            times.append(begin)
            values.append(1)
        if end < NEVER:
            times.append(end)
            values.append(0)
    return tuple(times), tuple(values)


def stepped(people: int, changes: Iterable[tuple[int, int | float]]) -> Steps:
    """A head count that changes at dates; a share is of the number at the start."""
    return over_time(people, [(t, n if isinstance(n, int) else int(people * n + 0.5)) for t, n in changes])


def over_time(first: int, changes: Iterable[tuple[int, int]]) -> Steps:
    """A number that changes at dates; of several changes on one date the last in the file holds."""
    ordered = sorted(changes, key=itemgetter(0))
    return tidy_steps(*zip((LONG_AGO, first), *ordered)) if ordered else ((LONG_AGO,), (first,))


def up_to(end: int, times: list[int], values: list[int], then: int) -> Steps:
    """Dated steps at rising times up to a moment, and one number from then on."""
    k = bisect_left(times, end)
    if end < NEVER:
        return tidy_steps([*times[:k], end], [*values[:k], then])
    return tidy_steps(times[:k], values[:k])


def tidy_steps(times: Iterable[int], values: Iterable[int]) -> Steps:
    """Steps at rising times without those that change nothing; the last of several at one time holds."""
    kept: list[int] = []
    found: list[int] = []
    last = None
    for t, value in dict(zip(times, values)).items():
        if value != last:
            kept.append(t)
            found.append(value)
            last = value
    return tuple(kept), tuple(found)


def edges_of(*several: Steps) -> list[int]:
    """When any of several steps changes, LONG_AGO first."""
    return sorted({t for times, _ in several for t in times})


def fewest(several: Sequence[Steps]) -> Steps:
    """The least of several steps over time."""
    bound = min([values[0] for times, values in several if len(times) == 1], default=NEVER)
    changing = [one for one in several if len(one[0]) > 1]
    if len(changing) == 1 and max(changing[0][1]) <= bound:
        return changing[0]
    now = [values[0] for _, values in several]
    times, found = [LONG_AGO], [min(now)]
    for t, k, value in sorted([(t, k, v) for k, one in enumerate(several) for t, v in zip(one[0][1:], one[1][1:])]):
        now[k] = value
        if t != times[-1]:
            times.append(t)
            found.append(0)
        found[-1] = min(now)
    return tidy_steps(times, found)


def there_while(people: Steps, covered: Steps) -> Steps:
    """People over time while something is so."""
    if covered == ALWAYS_SO:
        return people
    if len(people[0]) == 1 and people[1][0]:
        n = people[1][0]
        return covered[0], tuple([n * is_so for is_so in covered[1]])
    edges = edges_of(people, covered)
    return tidy_steps(edges, [n * is_so for n, is_so in zip(along(edges, people), along(edges, covered))])


def along(edges: Sequence[int], steps: Steps) -> list[int]:
    """What dated steps are from each of some moments on."""
    times, values = steps
    if len(times) == 1:
        return [*values] * len(edges)
    return [values[bisect_right(times, t) - 1] for t in edges]
