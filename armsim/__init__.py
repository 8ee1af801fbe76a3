"""How far and how fast a military's readiness falls when foreign suppliers stop exporting to it.

    import armsim
    scenario = armsim.load("scenarios/colombia_israel_2023.yaml")
    result = armsim.run(scenario, runs=20)
    armsim.plot(result, "kfir").savefig("kfir.png")
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from armsim.version import VERSION as __version__

#: Every public name and the room it lives in; imported when first used, so that `import armsim` is quick.
PUBLIC = {
    "load": "armsim.scenario.scenario",
    "Scenario": "armsim.scenario.scenario",
    "run": "armsim.study.run",
    "Run": "armsim.measures",
    "sweep": "armsim.study.sweep",
    "Sweep": "armsim.study.sweep",
    "plot": "armsim.report.figures",
    "load_run": "armsim.store",
    "ArmsimError": "armsim.errors",
    "InvalidScenario": "armsim.errors",
    "UsageError": "armsim.errors",
}
__all__ = [*PUBLIC, "__version__"]


def __getattr__(name: str) -> Any:
    if name in PUBLIC:
        return getattr(import_module(PUBLIC[name]), name)
    raise AttributeError(f"armsim has no '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
