"""Puts `tests/` on the path for what tests share, and leaves slow tests for `pytest -m slow`."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take slow tests out unless they were asked for by marker or by name."""
    asked = "slow" in (config.option.markexpr or "") or any("::" in part for part in config.args)
    slow = [item for item in items if item.get_closest_marker("slow")]
    if slow and not asked:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]
