"""How functions become machine code, and the folder in which it is kept from one run to the next.

Nothing is compiled when this is imported, only when a function is first called. Kept code is found again only by
the texts it was made from: the folder is named after them, the libraries and the processor.
"""

from __future__ import annotations

import os
import stat
import sys
import tempfile
import types
from collections.abc import Callable, Sequence
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any

import llvmlite.binding
import numba
import numpy as np
from numba.np import arrayobj

#: The settings of numba, which it makes up when it is imported.
config: Any = numba.config
#: False when numba was told to leave functions as they are (NUMBA_DISABLE_JIT=1): all then runs as plain Python.
IS_COMPILED = not config.DISABLE_JIT


def fingerprint() -> str:
    """A short name for what machine code is made from: every text it can take a rule or number from, and tools."""
    tools = (numba.__version__, llvmlite.__version__, np.__version__, sys.version, llvmlite.binding.get_host_cpu_name())
    package = Path(__file__).parents[2]  # numba finds what it kept by where the text stands, too
    found = blake2b(repr((*tools, str(package))).encode(), digest_size=10)
    for path in sorted([*package.glob("engines/**/*.py"), *package.glob("model/*.py")]):
        found.update(f"\n{path.relative_to(package).as_posix()}\n".encode() + path.read_bytes())
    return found.hexdigest()


def users_cache() -> Path:
    """The folder in which programs keep what they can make again; numba's own where the user has named one."""
    if config.CACHE_DIR:
        return Path(config.CACHE_DIR)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return named if named.is_absolute() else Path.home() / ".cache"


def private_folder() -> Path:
    """A folder among temporary files that nobody else can write to; OSError if its name was taken by another."""
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    folder = Path(tempfile.gettempdir()) / f"armsim-{user}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if hasattr(os, "getuid"):
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != user or found.st_mode & 0o077:
            raise PermissionError(f"{folder} is not private")
    return folder


def cache_folder() -> Path | None:
    """A folder that can be written, for the code made from these very texts; None when there is none."""
    for place in (lambda: users_cache() / "armsim", private_folder):
        try:
            folder = place() / fingerprint()
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=folder).close()
        except (OSError, RuntimeError):  # RuntimeError: nobody knows the user's home
            continue
        return folder
    return None


#: Where machine code is kept; None when each process makes its own.
CACHE_FOLDER = cache_folder() if IS_COMPILED else None


def function(f: Callable[..., Any], **options: Any) -> Any:
    """`f` as a compiled function, to be called from others: it becomes a part of the entry that reaches it."""
    # Nothing is allocated in here, so nothing is counted either: counting took two fifths of the time.
    settings: dict[str, Any] = {"error_model": "numpy", "nogil": True, "_nrt": False}
    compiled: Any = numba.njit(**settings, **options)(f)
    if IS_COMPILED:
        compiled.get_call_template = partial(call_of_any, compiled.get_call_template)
    return compiled


def view(f: Callable[..., Any]) -> Any:
    """`f`, which gives a part of an array, written into each function that calls it: it could not be handed over."""
    return function(f, inline="always")


def call_of_any(template: Callable[..., Any], arguments: Sequence[Any], named: dict[str, Any]) -> Any:
    """A call typed without the values of its constants: numba would compile a function anew for each of them."""
    return template([numba.types.unliteral(one) for one in arguments], named)


def entry(f: Callable[..., Any]) -> Any:
    """`f` as a compiled function to be called from Python, kept with all it calls in `CACHE_FOLDER`."""
    if CACHE_FOLDER is None:
        return function(f)
    chosen, config.CACHE_DIR = config.CACHE_DIR, str(CACHE_FOLDER)
    try:
        return function(f, cache=True)
    finally:
        config.CACHE_DIR = chosen  # other users of numba in this process keep their own folder


def twin(f: Callable[..., Any], **names: Any) -> Any:
    """A compiled function with the text of `f`, a plain one, in which each of `names` means what is given here."""
    assert isinstance(f, types.FunctionType)
    copy = types.FunctionType(f.__code__, {**f.__globals__, **names}, f.__name__, f.__defaults__, f.__closure__)
    return function(copy)


# Words and numbers without bounds: only where they begin. An index needs no look at its sign, and a call hands over one
# word for an array instead of seven. As plain Python they are the arrays.


def typed_begin(_: Any, array: Any) -> Any:
    """How numba types and writes `begin_of`."""

    def write(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return context.make_array(signature.args[0])(context, builder, arguments[0]).data

    return numba.types.CPointer(array.dtype)(array), write


def typed_part(_: Any, begin: Any, place: Any, n: Any) -> Any:
    """How numba types and writes `part`."""
    array = numba.types.Array(begin.dtype, 1, "C")

    def write(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        found, width = context.make_array(array)(context, builder), context.get_constant(numba.types.intp, 8)
        begin, place, n = arguments
        arrayobj.populate_array(found, builder.gep(begin, [place]), [n], [width], width, None)
        return found._getvalue()

    return array(begin, numba.types.intp, numba.types.intp), write


#: Where the words of an array begin.
begin_of: Any = numba.extending.intrinsic(typed_begin) if IS_COMPILED else lambda array: array
#: So many words from a place on, as an array.
part: Any = numba.extending.intrinsic(typed_part) if IS_COMPILED else lambda begin, place, n: begin[place : place + n]
