"""Compiles the engine once for all tests of it, whatever number of processes they run in."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import pytest

LONGEST = 900  # seconds; a lock older than that was left behind


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Wait until no other process is within."""
    while True:
        with suppress(FileExistsError):
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            break
        with suppress(OSError):
            if time.time() - lock.stat().st_mtime > LONGEST:
                lock.unlink()
        time.sleep(0.2)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


@pytest.fixture(scope="session", autouse=True)
def compiled_engine() -> None:
    """The engine is compiled: of several processes one does it and the others wait."""
    if find_spec("numba") is None:
        return
    from armsim.engines.compiled import engine, jit

    if jit.IS_COMPILED and jit.CACHE_FOLDER is not None and not engine.is_warm():
        with alone(jit.CACHE_FOLDER / "tests.lock"):
            engine.warm_up()
