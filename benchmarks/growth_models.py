"""The benchmark model, as large as wanted: fleets, items, years."""

from __future__ import annotations

from armsim.model.arrays import Model
from armsim.model.compile import compile_scenario
from armsim.scenario.scenario import load_text

HEAD = """\
armsim: 1
name: benchmark
time: {{start: 2020-01-01, end: {end}-01-01, report_every: {every}}}
jurisdictions: {{seller: {{}}, home: {{home: true}}}}
suppliers: {{maker: {{jurisdiction: seller, provides: [spares]}}}}
sites: {{base: {{}}}}
fleets:
  jets: {{count: {count}, minimum: 50%, fly: 20 FH/month per aircraft, at_most: 20 FH/month per aircraft,
         cannibalization: {cannibalization}}}
items:
  defaults: {{on: {{jets: 1}}, supplier: maker, fails_every: 300 FH, stock: {{base: {stock}}},
             resupply: {{make: 90 days, transit: 10 days}}}}
"""


def stock_of(count: int) -> int:
    """Spares of each item with which about four aircraft in five are ready, in a small and in a large fleet."""
    return max(1, round(0.165 * count + 0.4 * count**0.5))


def text(count: int = 24, items: int = 20, years: int = 10, cannibalization: str = "none",
         every: str = "1 month") -> str:  # fmt: skip
    """Its scenario file: exponential lives, stock (S-1, S) with a lead time of 100 days, no crews."""
    names = "".join(f"  lru{n:03}: {{}}\n" for n in range(items))
    head = HEAD.format(end=2020 + years, every=every, count=count, cannibalization=cannibalization,
                       stock=stock_of(count))  # fmt: skip
    return head + names


def model(count: int = 24, items: int = 20, years: int = 10, cannibalization: str = "none",
          every: str = "1 month") -> Model:  # fmt: skip
    """It, compiled."""
    return compile_scenario(load_text(text(count, items, years, cannibalization, every)))
