"""Units that wait for repair while nothing new comes: the compiled engine looks again when something changed."""

from __future__ import annotations

import needs_numba  # noqa: F401
from agreement import Tally, compare

from armsim.model.compile import compile_scenario
from armsim.scenario.scenario import load_text

TEXT = """armsim: 1
name: waiting
time: {start: 2020-01-01, end: 2021-01-01, warmup: 0 days}
jurisdictions: {seller: {}, home: {home: true}}
suppliers: {maker: {jurisdiction: seller, provides: [spares, repair]}}
sites: {base: {}}
fleets: {jets: {count: 40, site: base, fly: 8766 FH/year per aircraft}}
items:
  pump:
    {on: {jets: 1}, fails_every: {best: 240 FH, varies: fixed}, supplier: maker, repair: {at: maker, takes: 20 days},
     resupply: {transit: 30 days}}
halts: {stop: {kind: total, by: seller, from: 2020-01-06}}
responses:
  mend: {kind: repair_at_home, items: pump, takes: 900 days, share: 80%, from: 2020-01-21, build_up: 120 days}
"""


def test_units_that_wait_are_taken_when_more_of_them_can_be_repaired() -> None:
    """All fail within the first ten days, so nothing but the build-up brings the shop another unit."""
    tally = Tally()
    compare(compile_scenario(load_text(TEXT)), [(1, 0, 0), (2, 1, 0)], tally)

    assert tally.events > 40
