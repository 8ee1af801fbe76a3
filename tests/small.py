"""Small scenarios for what is measured: in texts `@40` is the date 40 days after day 0, 2023-01-01.

January 2023 is days 0 to 31, February 31 to 59, March 59 to 90, April 90 to 120.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from armsim.measures import Run
from armsim.model.compile import compile_scenario
from armsim.scenario.scenario import Scenario, load_text
from armsim.study.run import run

START = date(2023, 1, 1)
MONTH = 365.25 / 12  # days of a month as a duration (R-T7)

HEAD = """\
armsim: 1
name: small
time: {{start: @0, end: @{days}, warmup: {warmup}, report_every: {every}}}
jurisdictions: {{seller: {{}}, third: {{}}, home: {{home: true}}}}
suppliers:
  maker: {{jurisdiction: seller, provides: [systems, spares, repair, overhaul, people]}}
  other: {{jurisdiction: third, provides: [systems, spares, repair, overhaul, people]}}
"""

#: Two jets. One is in overhaul on days 20 to 40; the other falls due on day 50, when a halt keeps it from going.
#: With a flying programme of 24 hours a day for each on hand.
YARD = """\
fleets:
  jets:
    count: 2
    minimum: 1.3
    fly: 8766 FH/year per aircraft
    at_most: 8766 FH/year per aircraft
    overhaul: {every: 10 years, at: maker, takes: 20 days, due: {list: [20 days, 50 days]}}
halts: {stop: {title: No overhauls, by: seller, from: @45, overhaul: stop}}
"""

#: Luck and uncertainty everywhere: lives, stock, times, people; a halt of a year.
LUCKY = """\
sites: {base: {crews: {line: {fleets: [jets], size: 2, local: 1, foreign: {maker: 1}}}}}
fleets:
  jets: {title: Jets, count: 4, minimum: 50%, fly: 40 FH/month per aircraft, cannibalization: on_demand,
         upkeep: {every: 20 FH, takes: {best: 2 days, varies: lognormal 50%}, crew: line}}
items:
  defaults: {on: {jets: 1}, supplier: maker, replace: {takes: 1 day, crew: line},
             stock: {base: {low: 0, best: 1, high: 3}},
             resupply: {make: {low: 20 days, best: 40 days, high: 90 days, varies: lognormal 40%}, transit: 10 days}}
  pump: {fails_every: {low: 60 FH, best: 90 FH, high: 160 FH}}
  radar: {absence: degrades, fails_every: 80 FH}
halts: {stop: {kind: total, by: seller, from: @120}}
"""
TWO_VARIANTS = """\
variants:
  full: {title: Full}
  freeze: {title: Freeze, halts.stop: {kind: new_contract_freeze, people: stay}}
"""


def scenario(body: str, days: int = 90, warmup: str = "0 days", every: str = "1 month") -> Scenario:
    """A scenario of a body under the usual head."""
    sites = "" if re.search(r"^sites:", body, re.MULTILINE) else "sites: {base: {}}\n"
    text = HEAD.format(days=days, warmup=warmup, every=every) + sites + body
    return load_text(re.sub(r"@(\d+)", lambda found: (START + timedelta(days=int(found[1]))).isoformat(), text))


def lucky(variants: bool = False) -> Scenario:
    """The scenario with luck, 300 days of it after two months of warm-up."""
    return scenario(LUCKY + (TWO_VARIANTS if variants else ""), days=300, warmup="2 months")


def results(body: str, days: int = 90, every: str = "1 month", **more: Any) -> Run:
    """A body run, once unless told otherwise."""
    return run(scenario(body, days, every=every), **({"runs": 1} | more))


def first_period(body: str, days: int = 120, every: str = "1 month") -> int:
    """The report period that months count from."""
    return compile_scenario(scenario(body, days, every=every)).first_halt_period
