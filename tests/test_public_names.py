"""The dozen names others may rely on, and that naming them costs nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

import armsim

HEAVY = ("numpy", "pydantic", "matplotlib", "simpy", "yaml", "pandas", "rich", "click")


def test_the_public_names_are_these_and_no_others():
    assert sorted(armsim.__all__) == [
        "ArmsimError", "InvalidScenario", "Run", "Scenario", "Sweep", "UsageError", "__version__", "load", "load_run",
        "plot", "run", "sweep",
    ]  # fmt: skip
    assert dir(armsim) == sorted(armsim.__all__)


def test_every_public_name_can_be_had_and_says_what_it_is():
    for name in armsim.__all__:
        assert getattr(armsim, name) is not None
        if name != "__version__":
            assert getattr(armsim, name).__doc__, name


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="armsim has no 'simulate'"):
        _ = armsim.simulate


def test_errors_are_of_one_family():
    assert issubclass(armsim.InvalidScenario, armsim.ArmsimError) and issubclass(armsim.UsageError, armsim.ArmsimError)


def loaded_by(code: str) -> set[str]:
    """The heavy libraries a fresh interpreter has loaded after some code."""
    code += f"\nimport sys; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_armsim_loads_no_library():
    assert loaded_by("import armsim; armsim.__version__; armsim.ArmsimError") == set()


def test_reading_a_scenario_draws_and_computes_nothing():
    assert loaded_by("import armsim; armsim.load") <= {"pydantic", "yaml"}


def test_running_a_scenario_draws_nothing():
    assert not loaded_by("import armsim; armsim.run; armsim.sweep; armsim.Run") & {"matplotlib", "pandas", "rich"}


def test_a_star_import_brings_the_public_names():
    code = "from armsim import *\nprint(sorted(name for name in dir() if name in __import__('armsim').__all__))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(sorted(armsim.__all__))
