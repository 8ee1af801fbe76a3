"""The reference engine against exact Markov chains of tiny complete models.

Each model is one scenario text, read by the engine in its way and by `chain.py` in its own. Compared is the mean
number of aircraft in a state at the end of a month; every |z| must be at most 3.5, with the standard error of the
sample (300 to 600 replications). A single comparison of a right engine fails with probability 4.7e-4 (two-sided normal
tail): with fresh seeds at most 3 % for the 14 ordinary models together, 16 % for all 343 comparisons. Seeds are a hash
of the test's name, so what is green stays green until draws change; a red one is settled by many more runs, not by
another seed.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from oracle import chain, dated, lines, reading, settling, solving, states
from oracle.comparing import (
    ABROAD,
    CREW,
    FLEET,
    LIMIT,
    Case,
    compare,
    halt,
    jets,
    parts,
    pump,
    seed_of,
    written,
)  # fmt: skip
from oracle.reading import NotInTheOracle

# The models -------------------------------------------------------------------------------------------

CASES = (
    # Operation, failure, supply
    Case("a part without a spare is waited for", jets(2, "") + parts(pump("")),
         "FMC@1 NMCS@3 FMC@12 NMCS@24", ordinary=True),
    Case("a part with spares on two aircraft each of which carries two",
         jets(2, "") + parts("pump: {on: {jets: 2}, supplier: maker, fails_every: 150 FH, resupply: {licence: ~20d, "
         "make: "
         "~40d, transit: ~20d}, stock: {base: 2}}"), "FMC@2 NMCS@4 FMC@9 FMC@24"),
    Case("four aircraft share a fleet programme under a cap",
         jets(4, "", FLEET) + parts(pump("stock: {base: 1}", fails="60 FH")), "FMC@2 FMC@5 NMCS@11 FMC@24"),
    Case("a programme per aircraft is caught up by those that can fly",
         jets(3, "", "fly: 30 FH/month per aircraft, at_most: 60 FH/month per aircraft") + parts(pump("", fails="80 "
         "FH")),
         "FMC@2 FMC@4 NMCS@12 FMC@24"),
    Case("a programme that changes by date",
         jets(3, "", "fly: {best: 60 FH/month fleet, changes: [{from: 2023-06-01, to: 20 FH/month fleet}, {from: "
         "2024-03-01, to: 90 FH/month fleet}]}, at_most: 60 FH/month per aircraft") + parts(pump("", fails="50 FH")),
         "FMC@5 FMC@13 NMCS@17 FMC@24"),
    Case("a part that degrades leaves the aircraft flying",
         jets(3, "") + parts(pump("absence: degrades, stock: {base: 1}")), "FMC@3 PMC@5 FMC@14 PMC@24", ordinary=True),
    Case("a degrading part and a grounding part on the same aircraft",
         jets(2, "") + parts(pump("absence: degrades"), "radio: {on: {jets: 2}, supplier: maker, fails_every: 150 FH, "
         "resupply: {transit: ~30d}, stock: {base: 1}}"), "FMC@3 PMC@6 NMCS@12 PMC@24"),
    Case("a part whose absence does nothing",
         jets(2, "") + parts(pump("absence: nothing"), "radio: {on: {jets: 1}, fails_every: 400 FH}"),
         "FMC@6 NMCS@12 FMC@24"),
    Case("a part that fails by the calendar whether flown or not",
         jets(2, "") + parts(pump("demand: calendar", fails="90 days"), "radio: {on: {jets: 1}, fails_every: 200 FH, "
         "supplier: maker, resupply: {make: ~90d}}"), "FMC@2 NMCS@6 FMC@12 NMCS@24"),
    Case("losses by flying hour",
         jets(4, "losses: {per_100k_FH: 200}", FLEET) + parts(pump("")), "LOST@6 FMC@12 LOST@18 NMCS@24"),
    Case("losses of aircraft whose programme counts those on hand",
         jets(3, "losses: {per_100k_FH: 300}", "fly: 20 FH/month per aircraft, at_most: 50 FH/month per aircraft")
         + parts(pump("absence: degrades"), "radio: {on: {jets: 1}, fails_every: 90 FH, supplier: maker, resupply: "
         "{make: "
         "~60d}}"), "LOST@8 PMC@12 LOST@24 NMCS@24"),
    # Repair
    Case("repair in a shop with one server shared by two parts",
         "sites: {base: {shops: {bench: {servers: 1}}}}\n" + jets(2, "")
         + parts("pump: {on: {jets: 1}, fails_every: 80 FH, repair: {at: base.bench, takes: ~30d}}",
                 "radio: {on: {jets: 1}, fails_every: 60 FH, repair: {at: base.bench, takes: ~10d}, stock: {base: 1}}"),
         "FMC@2 NMCS@5 FMC@12 FMC@24", ordinary=True),
    Case("repair in an ample shop that does not always succeed",
         "sites: {base: {shops: {bench: {}}}}\n" + jets(3, "")
         + parts("pump: {on: {jets: 1}, fails_every: 60 FH, repair: {at: base.bench, takes: ~20d, yield: 80%}, "
         "supplier: "
                 "maker, resupply: {make: ~120d}, stock: {base: 1}}"), "FMC@2 FMC@6 NMCS@12 FMC@24"),
    Case("two routes of repair and a share condemned",
         "sites: {base: {shops: {bench: {servers: 2}}}}\n" + jets(3, "")
         + parts("pump: {on: {jets: 1}, fails_every: 60 FH, repair: [{share: 50%, at: base.bench, takes: ~30d, yield: "
                 "90%}, {share: 30%, at: maker, licence: ~10d, takes: ~60d}, {share: 20%, at: condemned}], supplier: "
                 "maker, "
                 "resupply: {make: ~90d}, stock: {base: 1}}"), "FMC@2 NMCS@6 FMC@12 FMC@24"),
    Case("units condemned and never replaced",
         "sites: {base: {shops: {bench: {}}}}\n" + jets(3, "")
         + parts("pump: {on: {jets: 1}, fails_every: 60 FH, repair: {at: base.bench, takes: ~30d, yield: 70%}, stock: "
                 "{base: 2}}"), "FMC@3 NMCS@9 FMC@15 FMC@24"),
    # Work
    Case("upkeep by one crew",
         CREW + jets(3, "upkeep: {every: 20 FH, takes: ~8d, crew: line}"), "FMC@1 NMCM@3 FMC@12 NMCM@24", runs=400,
         ordinary=True),
    Case("two kinds of upkeep wait in one queue for two people",
         "sites: {base: {crews: {line: {fleets: jets, size: 2}}}}\n"
         + jets(4, "upkeep: [{every: 20 FH, takes: ~5d, crew: line}, {every: 60 FH, takes: ~40d, crew: line}]"),
         "FMC@2 NMCM@4 FMC@12 FMC@24"),
    Case("replacement waits for a part and then for the crew that does upkeep",
         CREW + jets(3, "upkeep: {every: 25 FH, takes: ~6d, crew: line}", FLEET)
         + parts(pump("replace: {takes: ~9d, crew: line}, stock: {base: 1}", "transit: ~40d", "50 FH")),
         "FMC@2 NMCM@4 NMCS@12 FMC@24", runs=300, ordinary=True),
    Case("a degrading part is replaced while the aircraft flies",
         CREW + jets(2, "") + parts(pump("absence: degrades, replace: {takes: ~20d, crew: line}, stock: {base: 1}",
                                         fails="50 FH")), "FMC@2 PMC@6 FMC@12 PMC@24"),
    Case("only the suppliers people may do some work and they leave",
         "sites: {base: {crews: {line: {fleets: jets, size: 2, local: 1, foreign: {maker: 1}}}}}\n"
         + jets(3, "upkeep: [{every: 20 FH, takes: ~6d, crew: line}, {every: 200 FH, takes: ~10d, crew: line, needs: "
         "maker}]")
         + halt("people: {leave_by: {2023-09-01: 0%}}"), "FMC@6 FMC@10 NMCM@15 FMC@24"),
    Case("half of the foreigners leave and then the rest",
         "sites: {base: {crews: {line: {fleets: jets, size: 3, local: 1, foreign: {maker: 2}}}}}\n"
         + jets(4, "upkeep: {every: 10 FH, takes: ~9d, crew: line}")
         + halt("people: {leave_by: {2023-08-01: 50%, 2024-01-01: 0%}}"), "FMC@7 FMC@8 FMC@12 NMCM@13 FMC@24"),
    Case("people leave within no time and come back when the halt ends",
         "sites: {base: {crews: {line: {fleets: jets, size: 2, local: 1, foreign: {maker: 1}}}}}\n"
         + jets(3, "upkeep: {every: 12 FH, takes: ~9d, crew: line}")
         + halt("until: 2024-05-01, people: {leave_within: 0 days}"), "FMC@6 FMC@7 FMC@16 FMC@17 NMCM@24"),
    Case("the only foreigner leaves within forty days",
         "sites: {base: {crews: {line: {fleets: jets, size: 1, local: 0, foreign: {maker: 1}}}}}\n"
         + jets(3, "upkeep: {every: 12 FH, takes: ~4d, crew: line}") + halt("people: {leave_within: 40 days}"),
         "FMC@6 FMC@7 FMC@8"),
    Case("people go home when their contract ends",
         "contracts: {support: {supplier: maker, covers: people, from: 2022-06-01, until: 2023-09-01}}\n"
         "sites: {base: {crews: {line: {fleets: jets, size: 2, local: 1, foreign: {maker: 1}}}}}\n"
         + jets(3, "upkeep: {every: 12 FH, takes: ~9d, crew: line}"), "FMC@4 FMC@8 FMC@9 NMCM@24"),
    Case("a crew changes by date",
         "sites: {base: {crews: {line: {fleets: jets, size: 2, local: 2, changes: [{on: 2023-05-01, local: 1}, {on: "
         "2024-02-01, local: 3}]}}}}\n" + jets(4, "upkeep: {every: 10 FH, takes: ~8d, crew: line}"),
         "FMC@4 FMC@5 NMCM@13 FMC@14 FMC@24"),
    Case("a part fails by the calendar while upkeep is under way",
         CREW + jets(3, "upkeep: {every: 40 FH, takes: ~20d, crew: line}")
         + parts(pump("demand: calendar", fails="90 days")), "FMC@2 NMCB@4 NMCM@8 NMCS@12 NMCB@24"),
    Case("a degrading part is waited for while upkeep is done",
         CREW + jets(2, "upkeep: {every: 40 FH, takes: ~10d, crew: line}") + parts(pump("absence: degrades")),
         "FMC@2 NMCM@5 PMC@9 NMCB@12 NMCS@15 NMCM@24"),
    # Cannibalization
    Case("robbing that costs nothing",
         jets(3, "cannibalization: on_demand") + parts(pump(""), "radio: {on: {jets: 1}, supplier: maker, "
         "fails_every: 80 "
         "FH, resupply: {make: ~80d}}"), "FMC@2 NMCS@5 FMC@12 FMC@24", runs=400, ordinary=True),
    Case("robbing that takes the crew twice as long and damages some",
         CREW + jets(2, "cannibalization: {policy: on_demand, damage: 30%}")
         + parts(pump("replace: {takes: ~10d, crew: line}"), "radio: {on: {jets: 1}, supplier: maker, fails_every: "
         "80 FH, "
                 "resupply: {make: ~80d}, replace: {takes: ~5d, crew: line}}"), "FMC@3 NMCM@6 NMCS@12 NMCB@18 FMC@24"),
    Case("robbing at once that damages some of what it takes",
         jets(3, "cannibalization: {policy: on_demand, damage: 40%}")
         + parts(pump("", fails="120 FH"), "radio: {on: {jets: 2}, supplier: maker, fails_every: 200 FH, resupply: "
                 "{make: ~80d}}"), "FMC@2 NMCS@5 FMC@12 FMC@24"),
    Case("robbing begins and ends by date as a response",
         jets(3, "") + parts(pump(""), "radio: {on: {jets: 1}, supplier: maker, fails_every: 80 FH, resupply: {make: "
         "~80d}}")
         + halt("accepted_orders: stop, new_orders: refuse")
         + "responses: {rob: {kind: cannibalise, fleets: jets, from: 2023-09-01, until: 2024-03-01}}\n",
         "FMC@6 FMC@8 FMC@9 FMC@14 FMC@20"),
    # Halts, clause by clause
    Case("new orders are refused and ordered when the halt ends",
         jets(3, "") + parts(pump("", "make: ~60d, transit: ~20d"))
         + halt("until: 2024-04-01, new_orders: refuse"), "FMC@6 FMC@9 NMCS@15 FMC@17 FMC@24", ordinary=True),
    Case("new orders queue and are shipped when the halt ends",
         jets(3, "") + parts(pump("", "licence: ~30d, make: ~40d, transit: ~20d"))
         + halt("until: 2024-04-01, new_orders: queue"), "FMC@6 FMC@9 NMCS@15 FMC@16 FMC@24", ordinary=True),
    Case("queued orders without a licence stage or transit arrive all at once",
         jets(3, "") + parts(pump("stock: {base: 1}")) + halt("until: 2024-02-01, new_orders: queue"),
         "FMC@6 FMC@9 NMCS@13 FMC@14 FMC@24"),
    Case("orders accepted before a stop stand still until it ends",
         jets(3, "") + parts(pump("", "make: ~100d, transit: ~20d"))
         + halt("until: 2024-02-01, new_orders: refuse, accepted_orders: stop"), "FMC@6 FMC@8 NMCS@13 FMC@15 FMC@24"),
    Case("only accepted orders stop",
         jets(3, "") + parts(pump("stock: {base: 1}", "licence: ~60d, make: ~40d, transit: ~20d"))
         + halt("until: 2024-02-01, accepted_orders: stop"), "FMC@6 NMCS@9 FMC@13 FMC@16 FMC@24"),
    Case("goods on the way are lost and needed again",
         jets(3, "") + parts(pump("", "make: ~20d, transit: ~80d"))
         + halt("until: 2024-01-01, new_orders: refuse, accepted_orders: stop, in_transit: lose"),
         "FMC@6 FMC@8 NMCS@12 FMC@14 FMC@24", ordinary=True),
    Case("goods made while goods on the way are lost wait for the end",
         jets(3, "") + parts(pump("", "make: ~60d, transit: ~60d")) + halt("until: 2023-12-01, in_transit: lose"),
         "FMC@6 FMC@8 NMCS@11 FMC@13 FMC@24"),
    Case("goods on the way turn back and start again",
         jets(3, "") + parts(pump("", "make: ~20d, transit: ~80d"))
         + halt("until: 2024-01-01, new_orders: refuse, accepted_orders: stop, in_transit: return"),
         "FMC@6 FMC@8 NMCS@12 FMC@14 FMC@24"),
    Case("goods on the way stand still while others are still sent after them",
         jets(3, "") + parts(pump("stock: {base: 1}", "make: ~20d, transit: ~60d"))
         + halt("until: 2023-12-01, in_transit: hold"), "FMC@6 FMC@8 NMCS@11 FMC@13 FMC@24"),
    Case("goods wait at the border and are handed over together",
         jets(3, "") + parts(pump("stock: {base: 1}", "make: ~20d, transit: ~60d"))
         + halt("until: 2023-12-01, in_transit: wait_at_border"), "FMC@6 FMC@8 NMCS@11 FMC@12 FMC@24", ordinary=True),
    Case("units in repair abroad are seized and nobody replaces them",
         jets(3, "") + parts(f"pump: {ABROAD}")
         + halt("until: 2024-01-01, new_orders: refuse, repairs_abroad: seize"), "FMC@6 FMC@9 NMCS@12 FMC@15 FMC@24"),
    Case("units in repair abroad are seized and ordered anew",
         jets(3, "") + parts("pump: {on: {jets: 1}, fails_every: 100 FH, repair: {at: maker, takes: ~60d}, supplier: "
         "other, "
                             "resupply: {make: ~60d}}")
         + halt("until: 2024-01-01, new_orders: refuse, repairs_abroad: seize"), "FMC@6 FMC@7 FMC@9 NMCS@12 FMC@24",
         ordinary=True),
    Case("units in repair abroad come back unrepaired",
         jets(3, "") + parts(f"pump: {ABROAD}")
         + halt("until: 2024-01-01, new_orders: refuse, repairs_abroad: return_unrepaired"),
         "FMC@6 FMC@8 NMCS@12 FMC@14 FMC@24"),
    Case("units in repair abroad come back unrepaired for good",
         jets(3, "") + parts("pump: {on: {jets: 1}, fails_every: 100 FH, repair: {at: maker, takes: ~90d}, stock: "
         "{base: 2}}")
         + halt("repairs_abroad: return_unrepaired"), "FMC@6 FMC@7 FMC@9 NMCS@12 FMC@20"),
    Case("a licence pending when refusals begin starts afresh",
         jets(3, "") + parts(pump("", "licence: ~90d, make: ~10d")) + halt("until: 2024-01-01, new_orders: refuse"),
         "FMC@6 FMC@7 NMCS@12 FMC@14 FMC@24"),
    Case("repairs abroad stand still",
         jets(3, "") + parts(f"pump: {ABROAD}") + halt("until: 2024-01-01, repairs_abroad: hold"),
         "FMC@6 FMC@8 NMCS@12 FMC@14 FMC@24", ordinary=True),
    Case("a total stop of spares repair and people that ends",
         "sites: {base: {crews: {line: {fleets: jets, size: 1, local: 0, foreign: {maker: 1}}}}}\n"
         + jets(2, "upkeep: {every: 30 FH, takes: ~5d, crew: line}")
         + parts("pump: {on: {jets: 1}, fails_every: 100 FH, repair: [{share: 60%, at: maker, takes: ~40d}, {share: "
         "40%, "
                 "at: condemned}], supplier: maker, resupply: {make: ~30d, transit: ~20d}, stock: {base: 1}}")
         + halt("until: 2023-12-01, kind: total, people: {leave_within: 0 days}"), "FMC@6 FMC@8 NMCM@11 FMC@13 FMC@24"),
    # Contracts
    Case("needs that arise under a contract pass a freeze after it has ended",
         "contracts: {cover: {supplier: maker, covers: spares, from: 2023-01-01, until: 2023-11-01}}\n"
         + jets(3, "") + parts(pump("", "licence: ~30d, make: ~60d")) + halt("kind: new_contract_freeze"),
         "FMC@6 FMC@10 FMC@12 NMCS@18 FMC@24", ordinary=True),
    Case("cover begins in the middle of a freeze and helps only later needs",
         "contracts: {cover: {supplier: maker, covers: spares, items: pump, from: 2023-10-01, until: never}}\n"
         + jets(3, "") + parts(pump("", fails="200 FH"), "radio: {on: {jets: 1}, fails_every: 400 FH, supplier: maker, "
                               "resupply: {make: ~60d}}") + halt("new_orders: refuse, until: 2024-07-01"),
         "FMC@9 FMC@12 NMCS@18 FMC@20 FMC@24"),
    Case("a stop of signed contracts treats the covered as uncovered",
         "contracts: {cover: {supplier: maker, covers: spares, from: 2022-01-01, until: never}}\n"
         + jets(3, "") + parts(pump("", "make: ~100d"))
         + halt("until: 2024-02-01, new_orders: refuse, accepted_orders: stop, signed_contracts: stop"),
         "FMC@6 FMC@8 NMCS@13 FMC@15 FMC@24"),
    Case("a contract honoured keeps accepted orders going while others stand",
         "contracts: {cover: {supplier: maker, covers: spares, from: 2023-05-01, until: never}}\n"
         + jets(3, "") + parts(pump("", "make: ~100d"))
         + halt("until: 2024-02-01, new_orders: refuse, accepted_orders: stop"), "FMC@6 FMC@8 NMCS@13 FMC@15 FMC@24"),
    Case("a renewal refused leaves a gap that a late signature closes",
         "contracts: {cover: {supplier: maker, covers: people, from: 2022-07-01, until: 2023-08-01, renewal: {takes: "
         "60 "
         "days, for: 400 days}}}\n"
         "sites: {base: {crews: {line: {fleets: jets, size: 2, local: 1, foreign: {maker: 1}}}}}\n"
         + jets(3, "upkeep: {every: 12 FH, takes: ~9d, crew: line}")
         + halt("until: 2023-12-01, renewals: refuse"), "FMC@7 FMC@8 NMCM@12 FMC@13 FMC@24"),
    Case("a contract for spares is not renewed in a freeze",
         "contracts: {cover: {supplier: maker, covers: spares, from: 2022-07-01, until: 2023-08-01, renewal: {takes: "
         "90 "
         "days, for: 400 days}}}\n"
         + jets(3, "") + parts(pump("", "make: ~60d")) + halt("until: 2024-03-01, kind: new_contract_freeze"),
         "FMC@7 FMC@10 NMCS@14 FMC@16 FMC@24"),
    # Several halts, third parties, own halts
    Case("two halts overlap and the stricter wins",
         jets(3, "") + parts(pump("", "make: ~60d, transit: ~30d"))
         + halt("until: 2024-03-01, new_orders: queue", ", more: {by: maker, from: 2023-10-01, until: 2024-06-01, "
                "new_orders: refuse, in_transit: hold}"), "FMC@9 NMCS@12 FMC@16 FMC@18 FMC@24"),
    Case("the same halt twice with a gap between",
         jets(3, "") + parts(pump("", "make: ~40d"))
         + halt("until: 2023-10-01, new_orders: refuse", ", again: {by: seller, from: 2024-01-01, until: 2024-06-01, "
                "new_orders: refuse, accepted_orders: stop}"), "FMC@9 FMC@12 NMCS@17 FMC@19 FMC@24"),
    Case("content lets a third country stop one part of two",
         jets(3, "") + parts(pump("content: third", "make: ~60d", "200 FH"),
                             "radio: {on: {jets: 1}, fails_every: 200 FH, supplier: maker, resupply: {make: ~60d}}")
         + "halts: {stop: {by: third, from: 2023-07-01, until: 2024-05-01, new_orders: refuse, reexport: stop}, "
         "idle: {by: "
         "third, from: 2023-03-01, until: 2023-06-01, new_orders: refuse}}\n", "FMC@5 FMC@9 NMCS@16 FMC@18 FMC@24"),
    Case("a third country stops what must pass through it",
         jets(3, "") + parts(pump("", "make: ~60d", "200 FH"),
                             "radio: {on: {jets: 1}, fails_every: 150 FH, supplier: broker, resupply: {make: ~60d, "
                             "transit: "
                             "~20d}}")
         + "halts: {stop: {by: third, from: 2023-07-01, until: 2024-05-01, accepted_orders: stop, in_transit: hold}}\n",
         "FMC@5 FMC@9 NMCS@16 FMC@18 FMC@24"),
    Case("a halt of repair alone leaves the spares running",
         jets(3, "") + parts("pump: {on: {jets: 1}, fails_every: 60 FH, repair: [{share: 50%, at: maker, takes: ~30d}, "
                             "{share: 50%, at: condemned}], supplier: maker, resupply: {make: ~60d}, stock: {base: 1}}")
         + halt("until: 2024-03-01, classes: repair, new_orders: refuse"), "FMC@6 FMC@9 NMCS@14 FMC@16 FMC@24"),
    Case("a second halt that stops signed contracts takes away what the first honours",
         "contracts: {cover: {supplier: maker, covers: spares, from: 2022-01-01, until: never}}\n"
         + jets(3, "") + parts(pump("", "make: ~60d"))
         + halt("until: 2024-05-01, new_orders: refuse", ", more: {by: maker, from: 2023-12-01, until: 2024-03-01, "
                "signed_contracts: stop, in_transit: hold}"), "FMC@8 FMC@11 NMCS@14 FMC@16 FMC@24"),
    Case("a halt leaves out one part of two",
         jets(3, "") + parts(pump("", "make: ~60d", "200 FH"),
                             "radio: {on: {jets: 1}, fails_every: 150 FH, supplier: maker, resupply: {make: ~60d}}")
         + halt("until: 2024-05-01, kind: total, except: {items: radio}"), "FMC@6 FMC@9 NMCS@16 FMC@18 FMC@24"),
    Case("a halt leaves out one contract and nothing without it",
         "contracts: {cover: {supplier: maker, covers: spares, from: 2022-01-01, until: 2024-01-01}}\n"
         + jets(3, "") + parts(pump("", "make: ~60d"))
         + halt("until: 2024-06-01, new_orders: refuse, accepted_orders: stop, signed_contracts: stop, "
                "except: {contracts: cover}"), "FMC@6 FMC@9 FMC@12 NMCS@17 FMC@20"),
    Case("content of the fleet lets a third country stop its overhaul",
         jets(3, "content: third, overhaul: {every: 20 years, at: maker, takes: ~60d, slots: 2, due: {list: "
                 "[2023-05-01, 2023-06-15, 2023-09-10]}}")
         + "halts: {stop: {by: third, from: 2023-07-01, until: 2024-02-01, overhaul: stop, reexport: stop}}\n",
         "OVERHAUL@6 OVERHAUL@8 LIMIT@13 OVERHAUL@14 FMC@16"),
    Case("home refuses to buy from one supplier and not from the other",
         jets(3, "") + parts(pump("", "make: ~60d", "200 FH"),
                             "radio: {on: {jets: 1}, fails_every: 200 FH, supplier: other, resupply: {make: ~60d}}")
         + "halts: {own: {by: home, against: seller, from: 2023-07-01, until: 2024-05-01, new_orders: refuse}}\n",
         "FMC@6 FMC@9 NMCS@16 FMC@18"),
    # Overhaul, responses
    Case("overhaul in one slot",
         jets(3, "overhaul: {every: 20 years, at: maker, takes: ~60d, slots: 1, due: {list: [2023-02-01, 2023-02-15, "
                 "2023-09-10]}}") + parts(pump("", fails="200 FH")), "OVERHAUL@2 OVERHAUL@4 FMC@9 OVERHAUL@11 FMC@24"),
    Case("overhaul stops and the queue waits at the limit",
         jets(3, "overhaul: {every: 20 years, at: maker, takes: ~60d, slots: 1, due: {list: [2023-05-01, 2023-06-15, "
                 "2023-09-10]}}") + halt("until: 2024-02-01, overhaul: stop"),
         "OVERHAUL@6 LIMIT@8 OVERHAUL@8 LIMIT@13 OVERHAUL@16 FMC@24", ordinary=True),
    Case("overhaul ends with the contract that covers it",
         "contracts: {deep: {supplier: maker, covers: overhaul, from: 2022-01-01, until: 2023-08-01}, again: "
         "{supplier: "
         "maker, covers: overhaul, from: 2024-01-01, until: never}}\n"
         + jets(3, "overhaul: {every: 20 years, at: maker, takes: ~90d, slots: 2, due: {list: [2023-06-10, 2023-07-20, "
                 "2023-10-10]}}"), "OVERHAUL@7 LIMIT@11 OVERHAUL@11 OVERHAUL@14 FMC@24"),
    Case("an overhaul caught abroad stands still",
         jets(2, "overhaul: {every: 20 years, at: maker, takes: ~60d, slots: 1, due: {list: [2023-05-20, 2023-06-10]}}")
         + halt("until: 2023-11-01, repairs_abroad: hold"), "OVERHAUL@6 OVERHAUL@8 OVERHAUL@12 FMC@14 OVERHAUL@16"),
    Case("an overhaul caught abroad comes back undone and begins again",
         jets(2, "overhaul: {every: 20 years, at: maker, takes: ~60d, slots: 1, due: {list: [2023-05-20, 2023-06-10]}}")
         + halt("until: 2023-11-01, repairs_abroad: return_unrepaired"),
         "OVERHAUL@6 LIMIT@8 OVERHAUL@12 FMC@14 OVERHAUL@16"),
    Case("aircraft in overhaul abroad are seized",
         jets(2, "overhaul: {every: 20 years, at: maker, takes: ~60d, slots: 1, due: {list: [2023-05-20, 2023-06-10]}}")
         + halt("until: 2023-11-01, repairs_abroad: seize"), "OVERHAUL@6 LOST@8 LIMIT@10 OVERHAUL@12 FMC@16"),
    Case("an aircraft falls due for overhaul while it waits for a part",
         jets(2, "overhaul: {every: 20 years, at: maker, takes: ~40d, due: {list: [2023-04-01, 2023-06-01]}}")
         + parts(pump("", "make: ~90d", "60 FH")), "NMCS@3 OVERHAUL@4 NMCS@6 FMC@24"),
    Case("less is flown from a date to a date",
         jets(3, "", FLEET) + parts(pump("", "make: ~60d", "40 FH")) + halt("until: 2024-05-01, new_orders: refuse")
         + "responses: {less: {kind: fly_less, fleets: jets, from: 2023-08-01, until: 2024-08-01, fly: 30%}}\n",
         "FMC@7 FMC@10 NMCS@16 FMC@19 FMC@24"),
    Case("less is flown when few are ready and more again when many are",
         jets(4, "", "fly: 80 FH/month fleet, at_most: 90 FH/month per aircraft") + parts(pump("", "make: ~60d", "60 "
         "FH"))
         + "responses: {less: {kind: fly_less, fleets: jets, when: mc < 2, until: mc > 2, fly: 20%}}\n",
         "FMC@2 FMC@4 NMCS@10 FMC@24"),
    Case("another source takes the needs the main line refuses",
         jets(1, "") + parts(pump("", "make: ~60d")) + halt("until: 2024-07-01, new_orders: refuse")
         + "responses: {grey: {kind: other_source, items: pump, jurisdiction: third, from: 2023-12-01, capacity: 400 "
         "per "
         "year, takes: ~100d}}\n", "FMC@6 FMC@11 FMC@13 NMCS@18 FMC@24"),
)  # fmt: skip


def parameters() -> list[object]:
    """The cases as pytest wants them; all but the ordinary ones are slow."""
    found = []
    for case in CASES:
        marks = [] if case.ordinary else [pytest.mark.slow]
        found.append(pytest.param(case, id=case.name.replace(" ", "_"), marks=marks))
    return found


@pytest.mark.parametrize("case", parameters())
def test_engine_and_chain_agree_that(case: Case):
    z = compare(case, seed_of(case.name))

    assert np.abs(z).max() <= LIMIT, f"z = {np.round(z, 2)} at {case.looks}"


WRONG = (
    # name of a case, what the oracle alone reads otherwise, number of runs
    ("upkeep by one crew", "takes: ~8d", "takes: ~9.2d", 0),
    ("a part that degrades leaves the aircraft flying", "100 FH", "85 FH", 0),
    ("goods wait at the border and are handed over together", "wait_at_border", "hold", 0),
    ("units in repair abroad are seized and ordered anew", "seize", "hold", 0),
    ("a part without a spare is waited for", "make: ~60d", "make: ~51d", 3000),
    ("only the suppliers people may do some work and they leave", "2023-09-01: 0%", "2023-10-01: 0%", 600),
)


@pytest.mark.parametrize(("name", "old", "new", "runs"), [
    pytest.param(*wrong, id=f"{wrong[1]}_is_read_as_{wrong[2]}", marks=[pytest.mark.slow] if wrong[3] else [])
    for wrong in WRONG
])  # fmt: skip
def test_the_comparison_turns_red_when(name: str, old: str, new: str, runs: int):
    """Rates wrong by 15 %, a clause taken for its neighbour, a date a month late; the sample is the right one's."""
    case = next(case for case in CASES if case.name == name)
    case = replace(case, runs=runs or case.runs)
    assert old in case.body

    z = compare(case, seed_of(name), written(case.body.replace(old, new)))

    assert np.abs(z).max() > LIMIT


SMALL = (
    "a part without a spare is waited for", "goods wait at the border and are handed over together",
    "two routes of repair and a share condemned", "less is flown when few are ready and more again when many are",
    "replacement waits for a part and then for the crew that does upkeep",
)  # fmt: skip


@pytest.mark.parametrize("name", SMALL, ids=lambda name: name.replace(" ", "_"))
def test_three_ways_to_the_exponential_agree_to_1e_9_on(name: str):
    text = written(next(case.body for case in CASES if case.name == name))
    taylor, states = solving.solve(text)
    dense, _ = solving.solve(text, solving.by_dense_exponential)
    mixture, _ = solving.solve(text, solving.by_uniformisation)

    assert states <= 300
    assert np.abs(taylor - dense).max() < 1e-9
    assert np.abs(taylor - mixture).max() < 1e-9


@pytest.mark.slow
def test_no_aircraft_is_lost_from_the_chains_books():
    """Expected numbers over all states sum to the fleet, in every model and month."""
    for case in CASES:
        exact, _ = solving.solve(written(case.body))
        fleet = chain.Tiny(written(case.body)).count

        assert np.abs(exact.sum(axis=1) - fleet).max() < 1e-9, case.name


def test_a_chain_of_two_states_is_solved_by_its_formula():
    """One aircraft, a failure each 100 days aloft on average, 60 days to make the part: up a share
    60/160 e^(-t (1/60 + 1/100)) + 100/160 of runs at t."""
    month = "fly: 730.5 FH/month per aircraft, at_most: 730.5 FH/month per aircraft"  # 24 FH a day
    exact, states = solving.solve(written(jets(1, "", month) + parts(pump("", fails="2400 FH"))))
    t = np.array(solving.month_ends(chain.Tiny(written(jets(1, "", month)))))

    assert states == 2
    assert np.abs(exact[:, 0] - (60 * np.exp(-t * (1 / 60 + 1 / 100)) + 100) / 160).max() < 1e-9


def test_aircraft_that_wait_for_their_own_part_follow_the_binomial_formula():
    """With a programme that each flies and a part made for each hole, aircraft are independent: three times one."""
    one, _ = solving.solve(written(jets(1, "") + parts(pump(""))))
    three, _ = solving.solve(written(jets(3, "") + parts(pump(""))))

    assert np.abs(three - 3 * one).max() < 1e-9


def test_what_the_oracle_does_not_know_it_refuses():
    with pytest.raises(NotInTheOracle, match="does not vary"):
        solving.solve(written(jets(1, "") + parts(pump("", "make: 60 days"))))
    with pytest.raises(NotInTheOracle, match="hard_life"):
        solving.solve(written(jets(1, "") + parts(pump("hard_life: 100 FH"))))


def test_the_oracle_imports_nothing_of_armsim():
    for module in (reading, dated, states, lines, settling, chain, solving):
        source = Path(module.__file__).read_text(encoding="utf-8")

        assert not re.search(r"^\s*(import|from) (armsim|oracle.comparing)", source, re.MULTILINE)
