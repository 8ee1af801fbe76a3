"""The engine against the chain on demand, depots, bits, lots, missions, crews, leaks, money, permission and responses.

As `test_oracle.py`, with the same limit on |z| (300 or 600 runs): of a right engine at least one of the 187 ordinary
comparisons fails with a probability of at most 9 % with fresh seeds, of all 288 of 13 %. Seeds are a hash of the
test's name. Where a rule leaves a choice the chain says which reading it takes, marked READING.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from oracle.chain import Tiny
from oracle.comparing import CREW, FLEET, LIMIT, Case, compare, halt, jets, parts, pump, seed_of, written
from oracle.reading import NotInTheOracle
from oracle.solving import by_krylov_free_taylor, reach, solve

RADIO = "radio: {on: {jets: 1}, supplier: maker, fails_every: 80 FH, resupply: {make: ~80d}}"
PAIR = "{on: {jets: 2}, demand: calendar, fails_every: 100 days, supplier: maker, resupply: {make: ~30d}}"
PAIRS = (f"pump: {PAIR}", f"radio: {PAIR}")
DEPOT = "sites: {base: {depot: national, order_and_ship: ~10d, shops: {bench: {}}}, national: {shops: {works: {}}}}\n"
TASKS = "sites: {base: {crews: {line: {fleets: jets, size: 3, local: 2, foreign: {maker: 1}, of: tasks}}}}\n"
MIXED = "sites: {base: {crews: {line: {fleets: jets, size: 2, local: 1, foreign: {maker: 1}}}}}\n"
CLOSED = "until: 2024-05-01, new_orders: refuse"
DUE = "due: {list: [2023-05-01, 2023-06-15, 2023-09-10]}"
OVERHAUL = f"overhaul: {{every: 20 years, at: maker, takes: ~60d, slots: 1, {DUE}}}"


def response(text: str) -> str:
    return f"responses: {{act: {{{text}}}}}\n"


CASES = (
    # Demand and stock
    Case("a fixed demand that finds nothing fitted takes a unit all the same",
         jets(2, "") + parts(pump("demand: fixed, stock: {base: 1}", "make: ~50d", "60 days")),
         "FMC@1 NMCS@3 FMC@6 FMC@12 NMCS@24", ordinary=True),
    Case("a fixed demand on two units of each aircraft in a stop",
         jets(1, "") + parts("pump: {on: {jets: 2}, demand: fixed, supplier: maker, fails_every: 200 days, resupply: "
                             "{make: ~40d}, stock: {base: 1}}") + halt("until: 2023-12-01, new_orders: refuse"),
         "FMC@2 FMC@6 NMCS@9 FMC@12 FMC@16"),
    Case("a fixed demand repaired in a shop with one server",
         "sites: {base: {shops: {bench: {servers: 1}}}}\n" + jets(2, "")
         + parts("pump: {on: {jets: 1}, demand: fixed, fails_every: 300 days, repair: {at: base.bench, takes: ~40d}}"),
         "FMC@1 NMCS@4 FMC@9 FMC@24"),
    Case("a life in sorties becomes one in hours",
         jets(2, "sortie: 1.5 FH") + parts(pump("demand: sorties", fails="60 sorties")),
         "FMC@1 NMCS@4 FMC@12 FMC@24", ordinary=True),
    Case("a shelf that is empty at the start although stock is two",
         jets(2, "") + parts(pump("stock: {base: 2}, on_hand: {base: 0}")),
         "FMC@1 NMCS@3 FMC@12 FMC@24", ordinary=True),
    Case("a stock level that rises and one that falls",
         jets(3, "") + parts(pump("stock: {base: 1}, stock_changes: [{on: 2023-06-01, at: base, to: 3}, {on: "
                                  "2024-02-01, at: base, to: 0}]", "make: ~60d", "60 FH")),
         "FMC@5 FMC@8 NMCS@13 FMC@16 FMC@20 FMC@24", runs=300, ordinary=True),
    Case("units bought already arrive on their date",
         jets(3, "") + parts("pump: {on: {jets: 1}, fails_every: 150 FH, stock: {base: 1}, arrivals: {on: 2023-10-01, "
                             "at: base, count: 3}}"), "FMC@4 NMCS@9 FMC@10 NMCS@14 FMC@20", ordinary=True),
    Case("one at a time by a point of reorder is base stock",
         jets(3, "") + parts(pump("stock: {base: 2}, reorder: {point: 1, quantity: 1}", "make: ~60d", "60 FH")),
         "FMC@2 NMCS@5 FMC@12 FMC@24"),
    Case("lots of two are ordered at a point of reorder",
         jets(3, "") + parts(pump("stock: {base: 2}, reorder: {point: 0, quantity: 2}", "make: ~60d", "60 FH")),
         "FMC@2 NMCS@5 FMC@9 FMC@12 FMC@24", ordinary=True),
    Case("lots of three with repairs at home and a stop of orders",
         "sites: {base: {shops: {bench: {}}}}\n" + jets(3, "")
         + parts("pump: {on: {jets: 1}, supplier: maker, fails_every: 60 FH, resupply: {make: ~50d}, repair: [{share: "
                 "50%, at: base.bench, takes: ~30d}, {share: 50%, at: condemned}], stock: {base: 2}, reorder: {point: "
                 "1, quantity: 3}}") + halt("until: 2024-02-01, new_orders: refuse"),
         "FMC@5 FMC@8 NMCS@13 FMC@15 FMC@24", runs=300, ordinary=True),
    # Depot and bits
    Case("a base asks its depot for each unit that is condemned",
         DEPOT + jets(3, "") + parts(pump("stock: {base: 1, national: 1}", "make: ~60d", "50 FH")),
         "FMC@2 NMCS@4 FMC@12 FMC@24", ordinary=True),
    Case("units go to the shop of the base the shop of the depot and abroad",
         DEPOT + jets(3, "")
         + parts("pump: {on: {jets: 1}, supplier: maker, fails_every: 40 FH, resupply: {make: ~60d}, repair: [{share: "
                 "40%, at: base.bench, takes: ~20d, yield: 70%}, {share: 40%, at: national.works, takes: ~30d, yield: "
                 "80%}, {share: 20%, at: maker, takes: ~50d}], stock: {base: 1, national: 1}}"),
         "FMC@2 NMCS@4 FMC@8 FMC@24", ordinary=True),
    Case("a depot orders in lots",
         DEPOT + jets(2, "") + parts(pump("stock: {base: 1, national: 2}, reorder: {point: 0, quantity: 2}", "make: "
                                          "~60d", "40 FH")), "FMC@2 NMCS@5 FMC@12 FMC@24"),
    Case("a stop reaches the depot and the base lives on its shelf",
         DEPOT + jets(3, "") + parts(pump("stock: {base: 1, national: 2}", "make: ~40d", "80 FH"))
         + halt(CLOSED), "FMC@5 FMC@9 NMCS@15 FMC@17 FMC@24"),
    Case("a repair waits for its bit",
         "sites: {base: {shops: {bench: {}}}}\n" + jets(2, "")
         + parts("pump: {on: {jets: 1}, fails_every: 60 FH, repair: {at: base.bench, takes: ~20d, uses: [seal]}}",
                 "seal: {supplier: maker, resupply: {make: ~50d}, stock: {base: 1}}"),
         "FMC@2 NMCS@4 FMC@12 FMC@24", runs=300, ordinary=True),
    Case("some repairs need one of two bits and one server works on what can be worked on",
         "sites: {base: {shops: {bench: {servers: 1}}}}\n" + jets(3, "")
         + parts("pump: {on: {jets: 1}, fails_every: 80 FH, repair: {at: base.bench, takes: ~15d, uses: {nozzle: 50%, "
                 "seal: 100%}}}", "seal: {supplier: maker, resupply: {make: ~30d}, stock: {base: 1}}",
                 "nozzle: {supplier: other, resupply: {make: ~60d}}"),
         "FMC@2 NMCS@4 FMC@9 FMC@24", runs=300, ordinary=True),
    Case("bits that are refused stop repairs at home",
         "sites: {base: {shops: {bench: {}}}}\n" + jets(2, "")
         + parts("pump: {on: {jets: 1}, fails_every: 60 FH, repair: {at: base.bench, takes: ~20d, uses: [seal]}, "
                 "stock: {base: 1}}", "seal: {supplier: maker, resupply: {make: ~20d}, stock: {base: 1}}")
         + halt("until: 2024-02-01, new_orders: refuse"), "FMC@6 FMC@9 NMCS@13 FMC@15 FMC@24"),
    # Robbing
    Case("two parts concentrated on few aircraft",
         jets(3, "cannibalization: concentrate") + parts(pump(""), RADIO), "FMC@2 NMCS@5 FMC@12 FMC@24"),
    Case("an aircraft that lacks several parts takes all or nothing",
         jets(2, "") + parts(*(pair.replace("~30d", "~60d") for pair in PAIRS))
         + response("kind: cannibalise, policy: concentrate, fleets: jets, from: 2023-08-30"),
         "FMC@7 FMC@8 NMCS@9 FMC@16 FMC@24"),
    Case("holes of two parts are moved at once onto as few aircraft as possible",
         jets(3, "cannibalization: instant") + parts(pump("", fails="60 FH"), RADIO),
         "FMC@2 NMCS@5 FMC@12 FMC@24", ordinary=True),
    Case("holes of a part of which each carries two are moved under a fixed demand",
         jets(2, "cannibalization: instant")
         + parts("pump: {on: {jets: 2}, demand: fixed, supplier: maker, fails_every: 300 days, resupply: {make: "
                 "~60d}}"),
         "FMC@1 NMCS@3 FMC@12 FMC@24"),
    Case("instant robbing as a response takes the place of robbing on demand",
         jets(2, "cannibalization: {policy: on_demand, damage: 50%}") + parts(*PAIRS)
         + response("kind: cannibalise, policy: instant, fleets: jets, from: 2023-10-01, until: 2024-06-01"),
         "FMC@8 FMC@10 NMCS@15 FMC@18 FMC@24"),
    # Missions, regeneration
    Case("two parts for two missions and one that is needed for both",
         jets(2, "missions: [patrol, strike]")
         + parts(pump("needed_for: [strike]", fails="80 FH"),
                 "radar: {on: {jets: 1}, supplier: maker, fails_every: 100 FH, resupply: {make: ~70d}, needed_for: "
                 "[patrol]}",
                 "engine: {on: {jets: 1}, supplier: maker, fails_every: 300 FH, resupply: {make: ~60d}, needed_for: "
                 "[patrol, strike]}"), "FMC@2 PMC@4 NMCS@9 PMC@12 NMCS@24", runs=300, ordinary=True),
    Case("a part for the only mission grounds",
         CREW + jets(2, "missions: [strike]")
         + parts(pump("needed_for: strike, replace: {takes: ~10d, crew: line}", fails="80 FH")),
         "FMC@2 NMCS@4 NMCM@9 FMC@24"),
    Case("every aircraft that was down is brought back in one slot",
         jets(3, "regeneration: {after: 0 days, takes: ~20d, slots: 1}") + parts(pump("", "make: ~40d")),
         "FMC@1 REGENERATION@3 NMCS@6 REGENERATION@12 FMC@24", ordinary=True),
    Case("those long at their overhaul limit are overhauled and not regenerated as well",
         jets(3, OVERHAUL.replace("2023-09-10", "2024-03-10") + ", regeneration: {after: 8 months, takes: ~40d, slots: "
              "1}").replace("slots: 1, due", "slots: 3, due") + halt("until: 2024-03-15, overhaul: stop"),
         "LIMIT@8 OVERHAUL@15 FMC@15 FMC@16 FMC@18 FMC@20", ordinary=True),
    Case("those long at their limit are regenerated when it is moved and the last is not",
         jets(3, OVERHAUL.replace("2023-09-10", "2024-03-10")
              + ", regeneration: {after: 8 months, takes: ~40d, slots: 1}") + halt("overhaul: stop")
         + response("kind: extend_life, fleets: jets, gains: 20 years, takes: 0 days, from: 2024-03-15"),
         "LIMIT@8 REGENERATION@15 FMC@15 REGENERATION@16 FMC@16 FMC@18", ordinary=True),
    Case("aircraft forbidden for longer than the threshold are regenerated",
         jets(3, "regeneration: {after: 3 months, takes: ~50d, slots: 1}")
         + halt("until: 2024-01-01, fleets: jets, operation: {stop_within: 20 days, except: 1}"),
         "FMC@6 LIMIT@8 REGENERATION@13 FMC@13 REGENERATION@14 FMC@16", ordinary=True),
    # Crews
    Case("a task in three is only for the suppliers people",
         TASKS + jets(4, "upkeep: {every: 15 FH, takes: ~12d, crew: line}"),
         "FMC@1 NMCM@3 FMC@12 NMCM@24", ordinary=True),
    Case("when they leave their tasks wait for the end of the halt",
         TASKS + jets(4, "upkeep: {every: 25 FH, takes: ~10d, crew: line}")
         + halt("until: 2023-11-01, people: {leave_within: 0 days}"), "FMC@6 FMC@7 NMCM@10 FMC@11 FMC@16"),
    Case("tasks of replacement are drawn too",
         TASKS + jets(3, "") + parts(pump("replace: {takes: ~15d, crew: line}, stock: {base: 1}", "make: ~30d",
                                          "40 FH"))
         + halt("until: 2024-01-01, people: {leave_within: 0 days}"), "FMC@4 NMCM@9 NMCS@12 FMC@13 FMC@20"),
    Case("own people are taught a larger share of the tasks",
         TASKS + jets(4, "upkeep: {every: 25 FH, takes: ~10d, crew: line}") + halt("people: {leave_within: 0 days}")
         + response("kind: train_crews, crews: [base.line], share: 25%, from: 2023-05-01"),
         "FMC@5 NMCM@9 FMC@12 NMCM@18", runs=300, ordinary=True),
    Case("more own people come one by one",
         CREW + jets(4, "upkeep: {every: 10 FH, takes: ~8d, crew: line}")
         + response("kind: train_crews, crews: [base.line], people: 2, build_up: 120 days, from: 2023-04-01, until: "
                    "2024-02-01"), "FMC@3 FMC@5 FMC@7 NMCM@12 FMC@15"),
    Case("work stops where it is when people leave",
         MIXED + jets(4, "upkeep: [{every: 40 FH, takes: ~30d, crew: line}, {every: 60 FH, takes: ~20d, crew: line, "
                      "needs: maker}]") + halt("until: 2024-01-01, people: {leave_within: 0 days, in_hand: stop}"),
         "FMC@6 NMCM@7 FMC@8 NMCM@12 FMC@14", ordinary=True),
    Case("work in hand is finished when people leave",
         MIXED + jets(4, "upkeep: [{every: 40 FH, takes: ~30d, crew: line}, {every: 60 FH, takes: ~20d, crew: line, "
                      "needs: maker}]") + halt("until: 2024-01-01, people: {leave_within: 0 days}"),
         "FMC@6 NMCM@7 FMC@8 NMCM@12 FMC@14"),
    # Halts
    Case("a refused order leaks once or never",
         jets(3, "") + parts(pump("", "make: ~60d", "200 FH"))
         + halt(CLOSED + ", leakage: {probability: 40%}"), "FMC@6 FMC@9 NMCS@15 FMC@17 FMC@24", ordinary=True),
    Case("a leak comes later than an order",
         jets(3, "") + parts(pump("", "make: ~30d, transit: ~10d", "150 FH"))
         + halt(CLOSED + ", in_transit: hold, accepted_orders: stop, leakage: {probability: 60%, delay: ~60d}"),
         "FMC@8 FMC@11 NMCS@15 FMC@17 FMC@24", ordinary=True),
    Case("a unit refused for repair leaks and comes back repaired",
         jets(3, "") + parts("pump: {on: {jets: 1}, fails_every: 150 FH, repair: {at: maker, takes: ~40d}, stock: "
                             "{base: 1}}") + halt(CLOSED + ", leakage: {probability: 50%}"),
         "FMC@8 FMC@11 NMCS@15 FMC@17 FMC@24"),
    Case("a licence pending when refusals begin may leak",
         jets(3, "") + parts(pump("", "licence: ~60d, make: ~20d", "150 FH"))
         + halt(CLOSED + ", leakage: {probability: 50%}"), "FMC@7 FMC@11 NMCS@15 FMC@17 FMC@24", ordinary=True),
    Case("two halts must both leak",
         jets(3, "") + parts(pump("", "make: ~60d", "200 FH"))
         + halt(CLOSED + ", leakage: {probability: 70%}", ", more: {by: maker, from: 2023-07-01, until: 2024-05-01, "
                "new_orders: refuse, leakage: {probability: 60%}}"), "FMC@9 NMCS@12 FMC@15 FMC@18"),
    Case("the first three orders are let through",
         jets(3, "") + parts(pump("", "make: ~40d", "60 FH")) + halt(CLOSED + ", except: {count: 3}"),
         "FMC@6 FMC@8 FMC@11 NMCS@15 FMC@18", runs=300, ordinary=True),
    Case("a share of the needs is paid for until there is money again",
         jets(3, "") + parts(pump("", "make: ~40d", "100 FH"))
         + halt("until: 2024-05-01, new_orders: {fund: 40%}"),
         "FMC@8 FMC@11 NMCS@15 FMC@17 FMC@24", runs=300, ordinary=True),
    Case("a higher share funds some of what had to wait",
         jets(3, "") + parts(pump("", "make: ~40d", "100 FH"))
         + halt("until: 2023-12-01, new_orders: {fund: 30%}", ", more: {by: seller, from: 2023-12-01, until: "
                "2024-08-01, new_orders: {fund: 70%}}"), "FMC@8 FMC@11 FMC@13 NMCS@18 FMC@21", runs=300, ordinary=True),
    Case("the smaller of two shares is paid for",
         jets(3, "") + parts(pump("", "make: ~40d", "100 FH"))
         + halt("until: 2024-06-01, new_orders: {fund: 60%}", ", more: {by: home, from: 2023-10-01, until: "
                "2024-02-01, new_orders: {fund: 20%}}"), "FMC@9 NMCS@13 FMC@15 FMC@19 FMC@24"),
    Case("permission is withdrawn from all but one within forty days",
         jets(3, "owner: seller") + parts(pump("", "make: ~60d", "80 FH"))
         + halt("until: 2024-01-01, operation: {stop_within: 40 days, except: 1}"),
         "FMC@6 LIMIT@7 NMCS@9 FMC@12 FMC@13 NMCS@15", ordinary=True),
    Case("those who keep permission fly the whole programme",
         jets(3, "content: third", FLEET) + parts(pump("", "make: ~60d", "60 FH"))
         + "halts: {stop: {by: third, from: 2023-07-01, until: 2024-03-01, operation: {stop_within: 0 days, "
         "except: 2}}}\n",
         "FMC@6 FMC@8 LIMIT@10 NMCS@14 FMC@17"),
    Case("a restart keeps everything stopped for three more months",
         MIXED + jets(3, "upkeep: {every: 40 FH, takes: ~15d, crew: line}") + parts(pump("", "make: ~40d"))
         + halt("until: 2023-12-01, new_orders: refuse, people: {leave_within: 0 days}, resume: {restart: 3 months}"),
         "FMC@8 FMC@11 FMC@13 FMC@15 NMCS@16 FMC@20", runs=300, ordinary=True),
    Case("what waited at home leaves spread over a ramp",
         jets(3, "") + parts(pump("", "make: ~20d", "150 FH"))
         + halt("until: 2024-01-01, new_orders: refuse, resume: {ramp: 8 months}"),
         "FMC@12 FMC@14 NMCS@16 FMC@18 FMC@20", ordinary=True),
    Case("a restart and then a ramp for units to be repaired abroad",
         jets(2, "") + parts("pump: {on: {jets: 1}, fails_every: 100 FH, repair: {at: maker, takes: ~20d}, stock: "
                             "{base: 1}}")
         + halt("until: 2023-12-01, new_orders: refuse, resume: {restart: 1 month, ramp: 6 months}"),
         "FMC@11 FMC@13 NMCS@15 FMC@17 FMC@19"),
    Case("what is held abroad for two years spoils in part",
         jets(3, "") + parts("pump: {on: {jets: 1}, fails_every: 100 FH, repair: {at: maker, takes: ~90d}, stock: "
                             "{base: 1}}")
         + halt("until: 2024-06-01, new_orders: refuse, repairs_abroad: hold, spoilage: 50%"),
         "FMC@6 FMC@8 NMCS@14 FMC@18 FMC@20 FMC@24", ordinary=True),
    Case("a halt follows another in half of all worlds",
         jets(3, "") + parts(pump("", "make: ~40d", "100 FH"))
         + halt("until: 2023-11-01, new_orders: refuse", ", more: {by: third, after: {halt: stop, lag: 60 days, "
                "probability: 50%}, against: [], until: never, new_orders: refuse}").replace(", against: []", "")
         .replace("by: third", "by: maker"), "FMC@7 FMC@10 NMCS@13 FMC@16 FMC@24", worlds=True, ordinary=True),
    Case("a follower of a follower and not before its own date",
         jets(3, "") + parts(pump("", "make: ~40d", "100 FH"))
         + halt("until: 2023-09-01, accepted_orders: stop", ", more: {by: maker, from: 2023-12-01, after: {halt: stop, "
                "lag: 30 days, probability: 60%}, until: 2024-02-01, in_transit: lose, new_orders: refuse}, most: {by: "
                "maker, after: {halt: more, lag: 90 days, probability: 70%}, until: 2024-08-01, new_orders: refuse}"),
         "FMC@8 FMC@12 NMCS@14 FMC@18 FMC@21", worlds=True, ordinary=True),
    # Responses
    Case("another source delivers some of the needs and never the rest",
         jets(1, "") + parts(pump("", "make: ~60d", "60 FH")) + halt("until: 2024-07-01, new_orders: refuse")
         + response("kind: other_source, items: pump, jurisdiction: third, from: 2023-08-01, capacity: 400 per year, "
                    "takes: ~30d, each: 60%"), "FMC@8 FMC@11 NMCS@14 NMCS@18 FMC@21", ordinary=True),
    Case("some units can be repaired at home",
         jets(3, "") + parts("pump: {on: {jets: 1}, fails_every: 80 FH, repair: {at: maker, takes: ~60d}, stock: "
                             "{base: 1}}") + halt("until: 2024-06-01, new_orders: refuse")
         + response("kind: repair_at_home, items: pump, share: 60%, takes: ~40d, from: 2023-12-01"),
         "FMC@11 FMC@13 NMCS@15 FMC@17 FMC@20", ordinary=True),
    Case("repair at home takes units whatever their route and not all come back",
         jets(3, "") + parts(pump("repair: [{share: 50%, at: maker, takes: ~60d}, {share: 50%, at: condemned}]",
                                  "make: ~90d", "50 FH"))
         + response("kind: repair_at_home, items: pump, share: 50%, takes: ~20d, yield: 80%, from: 2023-06-01"),
         "FMC@5 FMC@7 NMCS@12 FMC@24"),
    Case("a stockpile is ordered on a date on top of stock",
         jets(3, "") + parts(pump("", "make: ~60d", "80 FH")) + halt("until: 2024-08-01, new_orders: refuse")
         + response("kind: stockpile, items: pump, units: 3, from: 2023-05-15"),
         "FMC@5 FMC@7 FMC@10 NMCS@14 FMC@21", ordinary=True),
    Case("a stockpile ordered in a stop waits like any order",
         jets(3, "") + parts(pump("", "make: ~60d", "80 FH")) + halt("until: 2024-01-01, new_orders: refuse")
         + response("kind: stockpile, items: pump, units: 2, from: 2023-09-01"), "FMC@8 NMCS@12 FMC@14 FMC@18"),
    Case("two aircraft are harvested for their parts",
         jets(4, "") + parts(pump("", "make: ~100d", "60 FH"))
         + response("kind: harvest, fleets: jets, systems: 2, yield: 60%, from: 2023-09-01"),
         "FMC@8 LOST@9 FMC@9 NMCS@11 FMC@18", ordinary=True),
    Case("those at their limit are worked on at home and fly on",
         jets(3, OVERHAUL) + parts(pump("", fails="200 FH")) + halt("overhaul: stop")
         + response("kind: extend_life, fleets: jets, systems: 1, gains: 20 years, takes: ~50d, slots: 1, from: "
                    "2023-08-01"), "FMC@7 FMC@8 FMC@10 FMC@14 FMC@24", ordinary=True),
    Case("the limit is put off with more failures meanwhile",
         jets(3, OVERHAUL) + parts(pump("", "make: ~60d", "100 FH")) + halt("overhaul: stop")
         + response("kind: defer, fleets: jets, gains: 8 months, failures: 2, from: 2023-03-01"),
         "FMC@4 NMCS@9 FMC@11 LIMIT@14 FMC@16 LIMIT@20", ordinary=True),
    Case("aircraft that fly on past their limit are lost more often",
         jets(3, OVERHAUL) + halt("overhaul: stop")
         + response("kind: defer, fleets: jets, gains: 1 year, losses_per_100k_FH: 400, from: 2023-03-01"),
         "LOST@8 FMC@12 LOST@16 LIMIT@20", ordinary=True),
)  # fmt: skip


WRONG = (
    # name of a case, what the chain alone reads otherwise
    ("a fixed demand that finds nothing fitted takes a unit all the same", "fixed", "calendar"),
    ("a life in sorties becomes one in hours", "sortie: 1.5 FH", "sortie: 1 FH"),
    ("a shelf that is empty at the start although stock is two", "on_hand: {base: 0}", "on_hand: {base: 1}"),
    ("a stock level that rises and one that falls", "to: 0", "to: 3"),
    ("units bought already arrive on their date", "count: 3", "count: 2"),
    ("lots of three with repairs at home and a stop of orders", "point: 1", "point: 0"),
    ("a base asks its depot for each unit that is condemned", "national: 1", "national: 0"),
    ("units go to the shop of the base the shop of the depot and abroad", "yield: 80%", "yield: 10%"),
    ("a repair waits for its bit", ", uses: [seal]", ""),
    ("some repairs need one of two bits and one server works on what can be worked on", "nozzle: 50%", "nozzle: 100%"),
    ("holes of two parts are moved at once onto as few aircraft as possible", "instant", "none"),
    ("instant robbing as a response takes the place of robbing on demand", "instant", "on_demand"),
    ("an aircraft that lacks several parts takes all or nothing",
     "concentrate, fleets: jets, from: 2023-08-30", "concentrate, fleets: jets, from: 2024-12-30"),
    ("two parts for two missions and one that is needed for both", "needed_for: [strike]", "needed_for: [patrol]"),
    ("every aircraft that was down is brought back in one slot", "takes: ~20d", "takes: ~10d"),
    ("those long at their limit are regenerated when it is moved and the last is not", "8 months", "10 months"),
    ("aircraft forbidden for longer than the threshold are regenerated", "3 months", "8 months"),
    ("a task in three is only for the suppliers people", ", of: tasks", ""),
    ("own people are taught a larger share of the tasks", "share: 25%", "share: 5%"),
    ("work stops where it is when people leave", ", in_hand: stop", ""),
    ("a refused order leaks once or never", "40%", "70%"),
    ("a leak comes later than an order", ", delay: ~60d", ""),
    ("a licence pending when refusals begin may leak", "50%", "20%"),
    ("the first three orders are let through", "count: 3", "count: 2"),
    ("a share of the needs is paid for until there is money again", "fund: 40%", "fund: 60%"),
    ("a higher share funds some of what had to wait", "fund: 70%", "fund: 30%"),
    ("permission is withdrawn from all but one within forty days", "except: 1", "except: 2"),
    ("a restart keeps everything stopped for three more months", "restart: 3 months", "restart: 1 month"),
    ("what waited at home leaves spread over a ramp", "ramp: 8 months", "ramp: 2 months"),
    ("what is held abroad for two years spoils in part", "spoilage: 50%", "spoilage: 10%"),
    ("a halt follows another in half of all worlds", "probability: 50%", "probability: 80%"),
    ("a follower of a follower and not before its own date", "lag: 90 days", "lag: 20 days"),
    ("another source delivers some of the needs and never the rest", "each: 60%", "each: 80%"),
    ("some units can be repaired at home", "share: 60%", "share: 80%"),
    ("a stockpile is ordered on a date on top of stock", "units: 3", "units: 2"),
    ("two aircraft are harvested for their parts", "systems: 2", "systems: 1"),
    ("those at their limit are worked on at home and fly on", "systems: 1", "systems: 2"),
    ("the limit is put off with more failures meanwhile", "failures: 2", "failures: 1"),
    ("aircraft that fly on past their limit are lost more often", "losses_per_100k_FH: 400", "losses_per_100k_FH: 100"),
)  # fmt: skip


def marked(case: Case, name: str, *values: object) -> object:
    """One test as pytest wants it; those of cases that are not ordinary are slow."""
    return pytest.param(*values, id=name.replace(" ", "_"), marks=[] if case.ordinary else [pytest.mark.slow])


@pytest.mark.parametrize("case", [marked(case, case.name, case) for case in CASES])
def test_engine_and_chain_agree_that(case: Case):
    z = compare(case, seed_of(case.name))

    assert np.abs(z).max() <= LIMIT, f"z = {np.round(z, 2)} at {case.looks}"


@pytest.mark.parametrize(("case", "old", "new"), [
    marked(case, f"{old}_is_read_as_{new}_where_{name}", case, old, new)
    for name, old, new in WRONG for case in CASES if case.name == name
])  # fmt: skip
def test_the_comparison_turns_red_when(case: Case, old: str, new: str):
    """The sample is the right one's; only the chain reads the rule otherwise."""
    assert old in case.body

    z = compare(case, seed_of(case.name), written(case.body.replace(old, new)))

    assert np.abs(z).max() > LIMIT


def test_every_case_that_is_read_wrongly_is_a_case():
    assert {name for name, *_ in WRONG} <= {case.name for case in CASES}


def test_no_aircraft_is_lost_from_the_chains_books_under_the_further_rules():
    """Expected numbers over all states sum to the fleet, in every ordinary model and month."""
    for case in CASES:
        if case.ordinary:
            exact, _ = solve(written(case.body))

            assert np.abs(exact.sum(axis=1) - round(exact[0].sum())).max() < 1e-9, case.name


def test_the_depot_without_a_way_to_the_base_is_one_shelf():
    """No time to ship, and all units go abroad: base and depot together are one stock of the same size."""
    near = DEPOT.replace("order_and_ship: ~10d, ", "")
    two, _ = solve(written(near + jets(2, "") + parts(pump("stock: {base: 1, national: 1}"))))
    one, _ = solve(written(jets(2, "") + parts(pump("stock: {base: 2}"))))

    assert np.abs(two - one).max() < 1e-9


def test_backorders_of_a_fixed_demand_follow_the_formula_of_palm():
    """One aircraft, a demand each 100 days on average, 60 days to make the part: what is due in at t is Poisson with
    mean 60/100 (1 - e^(-t/60)) (model.md, section 11). The aircraft itself may be up while others are owed units."""
    tiny = Tiny(written(jets(1, "") + parts(pump("demand: fixed", fails="100 days"))))
    keys, generator = reach(tiny, [tiny.first()], tiny.now(0.0))
    row = by_krylov_free_taylor(generator, np.eye(len(keys))[0], 90.0)
    owed = [len(live.owed) + sum(len(p.jobs) for p in live.planes) for live in map(tiny.thawed, keys)]
    due_in = 0.6 * (1 - np.exp(-90 / 60))

    for number in range(4):
        exact = np.exp(-due_in) * due_in**number / math.factorial(number)
        assert abs(row[np.array(owed) == number].sum() - exact) < 1e-7


def test_what_the_chain_cannot_carry_it_refuses():
    with pytest.raises(NotInTheOracle, match="random length"):
        solve(written(jets(1, "regeneration: {after: 1 month, takes: ~9d}") + parts(pump(""))))
    with pytest.raises(NotInTheOracle, match="retry"):
        solve(written(jets(1, "") + parts(pump("")) + halt("leakage: {probability: 10%, retry: 1 month}")))
