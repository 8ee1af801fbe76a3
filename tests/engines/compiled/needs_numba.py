"""Imported by every test of the compiled engine: without numba they are skipped, and pytest says so."""

from __future__ import annotations

import pytest

pytest.importorskip("numba", reason="numba is not installed: there is no compiled engine to test")
