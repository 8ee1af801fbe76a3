"""The version of armsim, as installed."""

from __future__ import annotations

VERSION = "0.1.0"
