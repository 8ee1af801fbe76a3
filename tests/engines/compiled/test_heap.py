"""A heap in an array gives things back in the order of Python's heapq, and touches nothing beside its region."""

import heapq
import random

import needs_numba  # noqa: F401
import numpy as np
import pytest

from armsim.engines.compiled.heap import NODE, ROW, WIDTH, number_rows, pop, push
from armsim.model.order import NEVER

BASE, ROOM = 12, 200
ROWS = BASE + NODE * ROOM
UNTOUCHED = -77
Node = tuple[int, int, int, int, int, int]


class Heap:
    """A heap in the middle of an array of `UNTOUCHED` words."""

    def __init__(self) -> None:
        self.s, self.n = np.full(BASE + WIDTH * ROOM + BASE, UNTOUCHED), 0
        number_rows(self.s, BASE, 0, ROOM)

    def push(self, node: Node) -> None:
        push(self.s, BASE, ROWS, self.n, *node)
        self.n += 1

    def pop(self) -> Node:
        root = self.nodes()[0]
        pop(self.s, BASE, self.n)
        self.n -= 1
        return root

    def nodes(self) -> list[Node]:
        region = self.s[BASE : BASE + NODE * self.n].reshape(self.n, NODE).tolist()
        rows = self.s[ROWS : ROWS + ROW * ROOM].reshape(ROOM, ROW).tolist()
        return [(t, hi, lo, *rows[row]) for t, hi, lo, row in region]


def payload(t: int, hi: int, lo: int) -> Node:
    """A node that carries its own place in the order, so that words of two nodes cannot be mixed up."""
    return t, hi, lo, t ^ hi, hi ^ lo, ~lo


def test_things_come_in_the_order_of_instant_kind_and_entity() -> None:
    heap = Heap()
    for place in [(5, 0, 0), (4, 9, 9), (5, 0, -1), (4, 8, 10), (-3, 99, 99)]:
        heap.push(payload(*place))

    assert [heap.pop()[:3] for _ in range(5)] == [(-3, 99, 99), (4, 8, 10), (4, 9, 9), (5, 0, -1), (5, 0, 0)]


@pytest.mark.parametrize("most", [1, 3, 1000, NEVER])
def test_a_heap_gives_what_heapq_gives(most: int) -> None:
    """Pushes and pops in a random order, with many ties where `most` is small; every word is compared."""
    chance = random.Random(most)
    heap, expected = Heap(), []
    for turn in range(6000):
        if expected and (len(expected) == ROOM or chance.random() < 0.5 - 0.1 * (turn % 1000 < 400)):
            assert heap.pop() == heapq.heappop(expected)
        else:
            node = payload(*(chance.randint(-most, most) for _ in range(3)))
            heap.push(node)
            heapq.heappush(expected, node)
        assert heap.n == len(expected)

    while expected:
        assert heap.pop() == heapq.heappop(expected)


def test_every_size_from_one_up_empties_in_order() -> None:
    for n in range(1, 90):
        chance, heap = random.Random(n), Heap()
        nodes = [payload(chance.randint(0, 9), chance.randint(0, 2), k) for k in range(n)]
        for node in nodes:
            heap.push(node)

        assert sorted(heap.nodes()) == sorted(nodes)
        assert [heap.pop() for _ in range(n)] == sorted(nodes)


def test_equal_nodes_all_come_out_once() -> None:
    heap = Heap()
    for k in range(50):
        heap.push((7, 7, 7, k, 0, 0))

    assert sorted(heap.pop()[3] for _ in range(50)) == list(range(50))


def test_words_beside_the_region_stay_as_they_are() -> None:
    heap = Heap()
    for k in range(ROOM):
        heap.push(payload(-k, k, k))
    for _ in range(ROOM):
        heap.pop()

    assert set(heap.s[:BASE].tolist() + heap.s[BASE + WIDTH * ROOM :].tolist()) == {UNTOUCHED}
