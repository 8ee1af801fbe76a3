"""A stand-in for the numba engine: the reference engine under its name, with switches."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest

from armsim.engines import reference
from armsim.study import engine_choice, executors


class Fake(ModuleType):
    """The module `armsim.engines.compiled.engine` as it would be: missing, cold or warm."""

    def __init__(self, lacks: str | None = None, warm: bool = True) -> None:
        super().__init__("armsim.engines.compiled.engine")
        self.lacks, self.warm, self.warmed, self.simulated = lacks, warm, 0, 0

    def missing(self) -> str | None:
        return self.lacks

    def is_warm(self) -> bool:
        return self.warm

    def warm_up(self) -> None:
        self.warm, self.warmed = True, self.warmed + 1

    def runner_of(self, model: Any) -> Any:
        """Nobody who has room to count in: what blocks give is copied."""
        return self

    def room_for(self, runs: int) -> Any:
        raise MemoryError

    def simulate(self, *given: Any, **more: Any) -> Any:
        assert "audit" not in more
        self.simulated += 1
        return reference.simulate(*given, **more)


def put_in(monkeypatch: pytest.MonkeyPatch, fake: Fake | None) -> list[list[str]]:
    """Let the fake be the numba engine (None: it cannot be imported). Returns what was started in the background."""
    monkeypatch.setitem(sys.modules, "armsim.engines.compiled", ModuleType("armsim.engines.compiled"))
    monkeypatch.setitem(sys.modules, "armsim.engines.compiled.engine", fake)  # type: ignore[arg-type]
    started: list[list[str]] = []

    class Started:
        def __init__(self, command: list[str], **_: Any) -> None:
            started.append(command)

    def block(model: Any, one: Any, seed: int, replications: int, room: Any = None, given_up: Any = None) -> Any:
        assert room is None
        return executors.run_block(model, one, seed, replications, False, "fake")

    simulator = executors.simulator
    monkeypatch.setattr(executors, "compiled_block", block)
    monkeypatch.setattr(executors, "simulator", lambda name: fake.simulate if name == "fake" else simulator(name))
    monkeypatch.setattr(engine_choice.subprocess, "Popen", Started)
    return started
