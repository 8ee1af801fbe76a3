"""Compiles the engine and keeps its machine code for the processes to come: `python -m armsim.engines.compiled`.

By itself numba links and optimizes what a function calls once for the function, again for its caller, and so on
up to the entry, which takes minutes. Here each text is linked once, into the entry, in a process that does nothing
else: the inner functions could not be called from Python. Where numba does not look as expected, it goes its own way.
"""

from __future__ import annotations

import sys
from typing import Any

from numba import float64, int64
from numba.core import codegen

from armsim.engines.compiled.engine import draw_values, replicate

WORDS = (int64[::1], int64[::1], int64, int64, int64, int64[::1], float64[::1], int64[:, ::1], int64[:, ::1],
         int64[::1])  # fmt: skip
VALUES = (int64[::1], float64[:, ::1], int64[:, ::1], int64, int64[::1], float64[:, ::1])
Library = Any
USED = ("_linking_libraries", "_final_module", "_reload_init", "_get_module_for_linking", "_optimize_final_module",
        "_finalize_final_module", "_raise_if_finalized")  # fmt: skip


def called_by(library: Library, found: dict[Library, None]) -> dict[Library, None]:
    """Every library that one needs, directly or not."""
    for one in library._linking_libraries:
        if one not in found:
            found[one] = None
            called_by(one, found)
    return found


def finalize(library: Library) -> None:
    """In place of numba's own: only the entry is linked, optimized and made machine code."""
    library._raise_if_finalized()
    if library.name != replicate.py_func.__name__:
        library._finalized = True
        return
    module = library._final_module
    its_own = {one.name for one in module.functions}
    for one in called_by(library, {}):
        library._reload_init.update(one._reload_init)
        module.link_in(one._get_module_for_linking(), preserve=True)
    for one in module.functions:
        if not one.is_declaration and one.name not in its_own:
            one.linkage = "internal"
            one.name = f"inner.{one.name}"  # else another entry's weak symbol of that name is resolved to this one
    library._optimize_final_module()
    library._final_module.verify()
    library._finalize_final_module()


def set_env(codegen_: Any, name: str, env: Any, its_own: Any = codegen.JITCPUCodegen.set_env) -> None:
    """In place of numba's own: what is no machine code has no environment."""
    if codegen_._engine.get_global_value_address(name):
        its_own(codegen_, name, env)


def main() -> int:
    """Compile, or find what is kept; numba in its own way first, for what is small."""
    draw_values.compile(VALUES)
    if all(name in dir(codegen.CPUCodeLibrary) + ["_linking_libraries", "_final_module", "_reload_init"]
           for name in USED):  # fmt: skip
        lean: Any = codegen
        lean.CPUCodeLibrary.finalize, lean.JITCPUCodegen.set_env = finalize, set_env
    replicate.compile(WORDS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
