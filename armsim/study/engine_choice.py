"""Which engine runs, and why: the one place that decides, and the one that knows how each is called.

`simpy` is the reference engine. `numba` gives the same results bit for bit and sooner, once it is compiled: a minute
or two, kept for the user and the version. So it is taken where that is paid back.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from armsim.errors import UsageError, did_you_mean
from armsim.version import VERSION

ENGINES = ("auto", "numba", "simpy")
#: Fewer runs than this are done by the reference engine before the other one is compiled: about 20 seconds.
SMALL = 300
#: So long a compilation in the background is taken to be under way, in seconds.
COMPILING = 600
HERE, IN_BACKGROUND = "here", "in the background"
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Chosen:
    """The engine that runs, why in a sentence, and where it is compiled before or meanwhile ('' for nowhere)."""

    name: str
    why: str
    compiled: str = ""


def on_stderr(sentence: str) -> None:
    """Say something to whoever waits."""
    print(sentence, file=sys.stderr)


@dataclass(frozen=True)
class Wanted:
    """The engine that was asked for; how to say that it is compiled, and whether that may go on in the background."""

    name: str
    tell: Tell | None = on_stderr
    background: bool = False


#: An engine's name, one with how to tell about it, or one that is chosen and ready.
Engine = str | Wanted | Chosen


def choose(asked: str, runs: int, audit: bool = False) -> Chosen:
    """The engine for so many runs. Raises UsageError for one that does not exist or cannot be used here."""
    if asked not in ENGINES:
        raise UsageError(f"there is no engine '{asked}'; {did_you_mean(asked, list(ENGINES))}")
    if audit:
        return Chosen("simpy", f"{asked}: simpy, since the audit looks into the reference engine")
    if asked == "simpy":
        return Chosen("simpy", "simpy: asked for")
    lacks = missing()
    if asked == "numba":
        if lacks is not None:
            fix = "pip install numba, or " if find_spec("numba") is None else ""
            raise UsageError(f"the numba engine cannot be used here: {lacks}; {fix}use --engine simpy")
        return Chosen("numba", "numba: asked for", "" if is_warm() else HERE)
    if lacks is not None:
        return Chosen("simpy", f"auto: simpy, since numba cannot be used here: {lacks}")
    if is_warm():
        return Chosen("numba", "auto: numba, which is compiled")
    if runs < SMALL:
        said = f"auto: simpy, since numba is not compiled yet and {runs:,} runs are done sooner without it"
        return Chosen("simpy", said, IN_BACKGROUND)
    return Chosen("numba", f"auto: numba, compiled first, which {runs:,} runs pay back", HERE)


def settled(engine: Engine, runs: int, audit: bool = False) -> Chosen:
    """The engine for so many runs, ready to be used."""
    if isinstance(engine, Chosen):
        return engine
    wanted = engine if isinstance(engine, Wanted) else Wanted(engine)
    chosen = choose(wanted.name, runs, audit)
    tell = wanted.tell or (lambda _: None)
    if audit and wanted.name == "numba":
        tell("The audit looks into the reference engine: simpy runs, not numba")
    if chosen.compiled == HERE:
        tell("Compiling the fast engine, once for this user and version: about a minute")
        compiled_engine().warm_up()
    elif chosen.compiled == IN_BACKGROUND and wanted.background and compile_in_background():
        tell("Compiling the fast engine in the background, once for this version")
    return chosen


def simulator(name: str) -> Callable[..., Any]:
    """How a replication is run by an engine: `simulate(model, world, seed, replication, log)` gives its Trajectory."""
    if name == "numba":
        simulate: Callable[..., Any] = compiled_engine().simulate
        return simulate
    from armsim.engines.reference import simulate as by_reference

    return by_reference


def compiled_engine() -> Any:
    """The module of the numba engine, imported only where it is wanted."""
    return import_module("armsim.engines.compiled.engine")


def missing() -> str | None:
    """Why the numba engine cannot be used here, None where it can."""
    try:
        said: str | None = compiled_engine().missing()
    except ImportError as error:
        return f"it cannot be loaded ({error})"
    return said.rstrip(".") if said else None


def is_warm() -> bool:
    """True when the numba engine is compiled for this user and version."""
    return bool(compiled_engine().is_warm())


def compile_in_background() -> bool:
    """Start a process that compiles and outlives this one; False where one is under way already."""
    if not begins_to_compile(Path(gettempdir()) / f"armsim-{VERSION}-compiling-{user()}"):
        return False
    detached: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        detached = {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NO_WINDOW}
    nothing = subprocess.DEVNULL
    command = [sys.executable, "-m", "armsim.engines.compiled"]
    process = subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing, **detached)
    process.returncode = 0  # it outlives this one: nobody waits for it
    return True


def begins_to_compile(sign: Path) -> bool:
    """Leave a sign that a compilation begins; False where a recent one is there."""
    with suppress(OSError):
        if time.time() - sign.stat().st_mtime > COMPILING:
            sign.unlink()
    try:
        os.close(os.open(sign, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError:
        return False
    return True


def user() -> str:
    """Something that tells users of one machine apart."""
    return str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
