"""Puts `tests/` on the path for what tests share, and leaves slow tests for `pytest -m slow`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def nothing_in_the_background() -> Iterator[None]:
    """No test starts a compilation that outlives it (the tests of that put the true function back)."""
    from armsim.study import engine_choice

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_choice, "compile_in_background", lambda: False)
        yield


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take slow tests out unless they were asked for by marker or by name."""
    asked = "slow" in (config.option.markexpr or "") or any("::" in part for part in config.args)
    slow = [item for item in items if item.get_closest_marker("slow")]
    if slow and not asked:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]
