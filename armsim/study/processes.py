"""Other processes: how many there may be, and who is told of Ctrl-C."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def left_to_the_parent() -> Iterator[None]:
    """Processes started here never see Ctrl-C; it reaches the parent when they are started."""
    if not hasattr(signal, "pthread_sigmask"):  # not on this system
        yield
        return
    from multiprocessing import resource_tracker  # there is one on these systems alone

    resource_tracker.ensure_running()  # it lets Ctrl-C through again once it has started: so not within
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def cores() -> int:
    """Processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        return os.cpu_count() or 1
