"""The list of mutants stays runnable: each text is still found once. The run itself is `python -m tests.mutants`."""

from __future__ import annotations

import pytest
from mutants import MUTANTS, Mutant, found, is_compiled


def test_there_are_many_mutants_each_with_its_own_name() -> None:
    assert len(MUTANTS) >= 45 and sum(map(is_compiled, MUTANTS)) >= 22
    assert len({one.name for one in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize("one", MUTANTS, ids=lambda one: one.name)
def test_a_mutant_still_changes_one_place(one: Mutant) -> None:
    assert one.old != one.new
    assert found(one) == 1, f"'{one.old}' stands {found(one)} times in {one.file}: mend the mutant in tests/mutants.py"
