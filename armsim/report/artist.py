"""A process that gets ready to draw while runs are computed, and then draws figures together with this one."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from armsim.study.processes import left_to_the_parent

if TYPE_CHECKING:  # what draws is loaded when it is needed: the process starts first
    from armsim.measures import Run
    from armsim.report.figures import Page

#: What a process that has ended leaves to the other end of the pipe.
GONE = (EOFError, OSError)


class Artist:
    """It takes the pages of a run from the first on, this process from the last back, until they meet.

    A page that both take at one instant is drawn twice, the same; one that neither has drawn is drawn here at the end.
    The other process ends when this one does, however that happens: its pipe is then closed.
    """

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.ours, theirs = context.Pipe()
        #: Pages taken by the other process, and where those taken by this one begin.
        self.taken = context.RawArray("q", 2)
        self.is_drawing = False
        self.process = context.Process(target=draw_beside, args=(theirs, self.taken), daemon=True)
        with left_to_the_parent():
            self.process.start()
        theirs.close()

    def __enter__(self) -> Artist:
        return self

    def __exit__(self, *_: object) -> None:
        self.taken[1] = 0
        self.ours.close()
        if not self.is_drawing:  # it still gets ready, for nothing
            self.process.terminate()
        self.process.join()

    def begin(self, run: Run, folder: Path) -> Callable[[], None]:
        """Begin with the figures of a run; what is given back draws the others, and raises as `write_figures` does."""
        from armsim.report import figures

        pages = figures.pages_of(run)
        self.taken[:] = 0, len(pages)
        with suppress(*GONE):
            if self.ours.poll() and self.ours.recv():  # it is ready
                self.ours.send((run, folder, pages))
                self.is_drawing = True

        def finish() -> None:
            drawn: set[int] = set()
            for k in reversed(range(len(pages))):
                self.taken[1] = k
                if self.is_drawing and k < self.taken[0]:
                    break
                figures.write_page(run, folder, pages[k])
                drawn.add(k)
            with suppress(*GONE):
                drawn |= self.ours.recv() if self.is_drawing else set()
            for k in sorted(set(range(len(pages))) - drawn):
                figures.write_page(run, folder, pages[k])

        return finish


def draw_beside(theirs: Connection, taken: Any) -> None:
    """The other process: what it has drawn is sent back; where it cannot go on the rest is left to its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from armsim.report import bar_charts, charts, mission_charts  # noqa: F401

    with suppress(*GONE):
        theirs.send(True)
        run, folder, pages = theirs.recv()
        theirs.send(drawn_of(run, folder, pages, taken))


def drawn_of(run: Run, folder: Path, pages: list[Page], taken: Any) -> set[int]:
    """Draw pages from the first on, until they are taken or one cannot be drawn; which are done."""
    from armsim.report import figures

    drawn: set[int] = set()
    with suppress(Exception):  # the parent comes to the same page, and says what is wrong
        for k, page in enumerate(pages):
            taken[0] = k + 1
            if k >= taken[1]:
                break
            figures.write_page(run, folder, page)
            drawn.add(k)
    return drawn
