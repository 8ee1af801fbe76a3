"""The benchmark of the engines runs and says what it should; no number of it is judged here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_a_quick_look_at_the_engines_writes_its_numbers(tmp_path: Path) -> None:
    pytest.importorskip("numba")
    engine = pytest.importorskip("armsim.engines.compiled.engine")
    if engine.missing() is not None or not engine.is_warm():
        pytest.skip("the engine is not compiled")
    written = tmp_path / "engines.json"

    done = subprocess.run([sys.executable, "-m", "benchmarks.engines", "--quick", "--json", str(written)], cwd=ROOT,
                          env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)  # fmt: skip

    assert done.returncode == 0, done.stderr
    found = json.loads(written.read_text(encoding="utf-8"))
    assert set(found) == {"heap_ns", "table", "speed", "growth", "threads", "memory"}
    assert {one["group"] for one in found["table"]} == {"speed", "growth", "threads", "memory"}
    assert all({"name", "value", "unit", "target", "met"} <= set(one) for one in found["table"])
    assert "times plain SimPy" in found["speed"][-1]
