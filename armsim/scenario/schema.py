"""The JSON Schema of a scenario file as a person writes it, so that an editor completes and checks it.

Made from the records in `things`, widened to what a file may say before it is resolved: `extends`,
`variants`, `defaults`, presets and short forms. It is looser than the reader: what the schema lets pass,
`load` may still refuse, with a better sentence.
"""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

from armsim.scenario.halts import CLAUSES, KINDS
from armsim.scenario.resolve import KEYED
from armsim.scenario.things import FlyingChange, Written
from armsim.scenario.values import EVIDENCE, SlotsChange, Value

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
TEXT_OR_NUMBER: Schema = {"type": ["string", "number"]}
#: A date, a length of time from the start, or flying hours left.
MOMENT: Schema = TEXT_OR_NUMBER | {"examples": ["2026-01-01", "18 months", "300 FH"]}
#: A single mapping may stand for a list of one.
ONE_OR_MANY = {"Fleet": ("upkeep", "inspections", "deliveries"), "Item": ("repair", "stock_changes", "arrivals")}

#: What each key means, where its record does not say so itself.
DESCRIPTIONS: dict[str, str] = {
    "Written.name": "Name of the scenario: lower-case letters, digits and underscores.",
    "Written.title": "What people call it; heads reports and charts.",
    "Written.question": "The question it is to answer, in a sentence.",
    "Written.excludes": "What it leaves out, printed on every chart.",
    "Written.time": "When the simulation starts and ends.",
    "Written.runs": "How many runs, unless the command says otherwise.",
    "Written.jurisdictions": "States whose permission a flow needs; exactly one has `home: true`.",
    "Written.suppliers": "Firms and state bodies that supply.",
    "Written.contracts": "Signed cover: what a freeze on new contracts leaves running.",
    "Written.sites": "Bases, with their crews and workshops.",
    "Written.fleets": "The systems whose readiness is asked for.",
    "Written.items": "Types of parts.",
    "Written.halts": "Export halts: by whom, from when to when, what they stop.",
    "Written.responses": "What the recipient does about it.",
    "Written.observations": "What was seen in the world, for charts and back-tests.",
    "Written.fit_until": "Inputs may rest on what was known by this day; only later observations are scored.",
    "Written.forecasts": "What others forecast, and when: rivals for the model in a back-test.",
    "Written.sources": "Where numbers come from; `source:` elsewhere names one of these.",
    "Time.start": "First day of the simulation.",
    "Time.end": "Day the simulation ends (not included).",
    "Time.warmup": "How long the model runs in before the start, without halts, to fill pipelines.",
    "Time.report_every": "Length of a report period in whole calendar months.",
    "Time.months_from": "Date from which tables count months; default: the first halt.",
    "Runs.worlds": "How many draws of what we do not know (low/best/high).",
    "Runs.replications": "How many runs of luck in each world.",
    "Runs.seed": "Seed of the random numbers.",
    "Jurisdiction.home": "True for the recipient's own state.",
    "Supplier.jurisdiction": "The state whose export permission it needs.",
    "Supplier.provides": "What it supplies: systems, spares, repair, overhaul, people.",
    "Renewal.takes": "How long negotiating takes; it starts so long before the contract ends.",
    "Renewal.for": "How long the renewed contract runs.",
    "Contract.supplier": "Whose contract it is.",
    "Contract.covers": "Classes it covers.",
    "Contract.fleets": "Fleets it covers, with the items on them; without fleets and items: everything.",
    "Contract.items": "Items it covers.",
    "Contract.signed": "Date it was signed.",
    "Contract.from": "First day of cover.",
    "Contract.until": "Day on which cover ends (not included), or never.",
    "Contract.renewal": "How it is renewed; leave it out when it just ends.",
    "Crew.fleets": "Fleets the pool serves.",
    "Crew.size": "How many tasks it can work on at once.",
    "Crew.utilisation": "How busy it is without a halt, in place of a size.",
    "Crew.local": "The recipient's own people: a share, or a number.",
    "Crew.foreign": "Suppliers' people: a share or a number for each supplier.",
    "Crew.of": "Whether shares are of the crew's capacity or of the tasks.",
    "Crew.changes": "Dated changes of the people.",
    "CrewChange.on": "From this date on.",
    "CrewChange.local": "The recipient's own people from then on.",
    "CrewChange.foreign": "Suppliers' people from then on.",
    "Shop.servers": "Repairs at once; no limit when not given.",
    "Site.order_and_ship": "How long a unit takes from the depot.",
    "Site.crews": "Pools of maintainers.",
    "Site.shops": "Workshops.",
    "Due.staggered": "Spread evenly between two dates, lengths of time or flying hours.",
    "Due.random": "Drawn at random between two dates, lengths of time or flying hours.",
    "Due.block": "How many on each date.",
    "Due.list": "One moment for each of the first systems.",
    "Due.shift": "Uncertain shift of staggered, random and block dates, one for each world.",
    "Due.overdue": "How many are due already at the start.",
    "Due.then": "How the others fall due.",
    "Dated.on": "The date.",
    "Dated.count": "How many.",
    "Schedule.staggered": "Spread evenly between two dates; needs `count`.",
    "Schedule.list": "The dates.",
    "Schedule.count": "How many in all.",
    "FlyingChange.from": "From this date on.",
    "FlyingChange.to": "The programme from then on.",
    "SlotsChange.from": "From this date on.",
    "SlotsChange.to": "How many at once from then on; 0 for none.",
    "Upkeep.every": "Mean flying hours between jobs.",
    "Upkeep.takes": "Days of a crew for one job.",
    "Upkeep.crew": "Crew pool at the fleet's site.",
    "Inspection.every": "Flying hours, time, or whichever comes first.",
    "Inspection.takes": "Days of a crew.",
    "Inspection.crew": "Crew pool at the fleet's site.",
    "Inspection.needs": "Only this supplier's people may do it.",
    "Inspection.due": "When it first falls due.",
    "Overhaul.every": "Flying hours, time, or whichever comes first.",
    "Overhaul.takes": "How long a system is away.",
    "Overhaul.slots": "How many at once; no limit when not given.",
    "Overhaul.price": "Money for each overhaul begun.",
    "Overhaul.due": "When it first falls due.",
    "LifeLimit.every": "Total life, in flying hours, time, or whichever comes first.",
    "LifeLimit.due": "When it falls due for the systems on the books.",
    "LifeLimit.then": "What happens at the limit.",
    "Losses.per_100k_FH": "Systems lost in 100,000 flying hours.",
    "Losses.on": "Losses on known dates.",
    "Deliveries.supplier": "Who delivers.",
    "Deliveries.schedule": "When systems are due to arrive, none before the start.",
    "Deliveries.contract": "The contract they come under.",
    "Deliveries.ordered": "When they were ordered.",
    "Deliveries.transit": "How long they are under way.",
    "Deliveries.used": "Share of the hard life, or time to overhaul or expiry, that items aboard have behind them.",
    "Regeneration.after": "Down for longer than this.",
    "Regeneration.takes": "How long it takes before it flies again.",
    "Regeneration.slots": "How many at once.",
    "Cannibalization.policy": "Whether parts are taken from systems that are down, and how.",
    "Cannibalization.damage": "Chance that the part is damaged.",
    "Baseline.mc": "Share of the fleet mission capable, without a halt.",
    "Baseline.nmcs": "Share down for want of parts.",
    "Baseline.nmcm": "Share down for work.",
    "Baseline.parts_wait": "How long a missing part takes to come.",
    "Baseline.work_takes": "How long a job takes.",
    "Baseline.supplier": "Who sends the parts.",
    "Baseline.local": "Share of the work done by the recipient's own people.",
    "Baseline.foreign": "Shares of the work done by suppliers' people.",
    "Baseline.utilisation": "How busy the crews are without a halt.",
    "Fleet.rng_key": "Name that keys its random numbers; default: its name.",
    "Fleet.authorised": "Posts on paper: the usual denominator.",
    "Fleet.count": "On the books when the simulation starts.",
    "Fleet.site": "Where it stands; may be left out when there is one site.",
    "Fleet.owner": "Who has lent it: a jurisdiction or a supplier.",
    "Fleet.fly": "The flying programme: of the fleet together, or per aircraft.",
    "Fleet.at_most": "What one ready aircraft can fly at most.",
    "Fleet.minimum": "The line below which the fleet is not ready.",
    "Fleet.upkeep": "Work without parts, the most of the downtime; one or a list.",
    "Fleet.inspections": "Inspections; one or a list.",
    "Fleet.overhaul": "Overhaul of whole systems: not flown once it is due.",
    "Fleet.life_limit": "A limit after which a system is retired.",
    "Fleet.losses": "Systems lost.",
    "Fleet.retirements": "Systems retired on known dates.",
    "Fleet.deliveries": "Systems that arrive; one or a list.",
    "Fleet.regeneration": "What a system needs that was down for long.",
    "Fleet.cannibalization": "Peacetime policy of taking parts from systems that are down.",
    "Fleet.missions": "Missions its systems can do; an item's `needed_for` names them.",
    "Fleet.sortie": "Flying hours of a sortie; needed by items with `demand: sorties`.",
    "Fleet.cost_per_FH": "Money for each hour flown.",
    "Fleet.baseline": "Readiness rates, in place of upkeep and items nobody has numbers for.",
    "Replace.takes": "Days of a crew to put a unit in.",
    "Replace.crew": "Crew pool at the fleet's site.",
    "Replace.needs": "Only this supplier's people may do it.",
    "Repair.share": "Share of the removed units that go this way.",
    "Repair.takes": "How long the repair takes.",
    "Repair.licence": "How long the licence for it takes.",
    "Repair.transit": "How long the way takes.",
    "Repair.yield": "Share that comes back serviceable.",
    "Repair.quality": "Life of a repaired unit as a share of a new one's.",
    "Repair.uses": "Items a repair at home uses up: names, or the share of repairs that need each.",
    "Repair.price": "Money for each repair begun.",
    "ItemOverhaul.every": "Flying hours, time, or whichever comes first.",
    "ItemOverhaul.at": "A supplier, site.shop, or own.shop: the shop so called of the base that took the unit off.",
    "ItemOverhaul.takes": "How long it takes.",
    "ItemOverhaul.yield": "Share that comes back serviceable.",
    "ItemOverhaul.price": "Money for each overhaul begun.",
    "ItemOverhaul.due": "When it first falls due.",
    "Resupply.licence": "How long an export licence takes.",
    "Resupply.make": "How long making it takes.",
    "Resupply.transit": "How long the way takes.",
    "Reorder.point": "Orders go out when what there is and is coming falls to this number.",
    "Reorder.quantity": "How many to a lot.",
    "StockChange.on": "From this date on.",
    "StockChange.at": "At which site.",
    "StockChange.to": "The base stock from then on.",
    "Arrival.on": "When they arrive without a halt.",
    "Arrival.at": "At which site; may be left out where the item has one.",
    "Arrival.count": "How many.",
    "Item.rng_key": "Name that keys its random numbers; default: its name.",
    "Item.supplier": "Who sends new ones.",
    "Item.price": "Money for each unit ordered.",
    "Item.content": "Jurisdictions in its pedigree besides the supplier's.",
    "Item.absence": "What a missing one does to the system.",
    "Item.needed_for": "Missions a system cannot do without it; it goes on with others.",
    "Item.replace_grounds": "True when a degraded system does not fly while it is put in.",
    "Item.demand": "What wears it out.",
    "Item.fails_every": "Mean life of a fitted unit.",
    "Item.hard_life": "Limit after which a unit is condemned.",
    "Item.expires_after": "Shelf and fitted life by the calendar.",
    "Item.due": "When the units fitted at the start reach their limit.",
    "Item.overhaul": "Overhaul that renews a unit at its limit.",
    "Item.replace": "Putting a serviceable unit in.",
    "Item.repair": "Ways a removed unit is made serviceable; one or a list.",
    "Item.resupply": "The stages of an order for a new one.",
    "Item.reorder": "Orders in lots, in place of one for one.",
    "Item.stock": "Base stock at each site: shelf and on order together.",
    "Item.on_hand": "What lies on the shelf of each site at the start; default: what the warm-up leaves.",
    "Item.stock_changes": "Dated changes of the base stock; one or a list.",
    "Item.arrivals": "Units already bought, with their dates; one or a list.",
    "Observation.id": "Its name: an input may cite it as its source where it is not scored.",
    "Observation.on": "A year, a month or a day.",
    "Observation.precision": "How exactly the date is known.",
    "Observation.fleet": "Which fleet, or several summed.",
    "Observation.measure": "Which measure, such as mc, available, grounded or flying_hours.",
    "Observation.unit": "Systems, a share, or for hours FH, FH/month or FH/month per aircraft.",
    "Observation.of": "The number a share is of: a number, authorised, on_hand or possessed.",
    "Observation.scored": "False: shown, never scored. Rows dated by fit_until are not scored either.",
    "Observation.low": "Lowest number that fits.",
    "Observation.best": "Best number.",
    "Observation.high": "Highest number that fits.",
    "Forecast.fleet": "Which fleet, or several summed.",
    "Forecast.measure": "Which measure, as of an observation.",
    "Forecast.unit": "Systems, a share, or for hours FH, FH/month or FH/month per aircraft.",
    "Forecast.of": "The number a share is of, as of an observation.",
    "Forecast.made": "Day it was made; rows from before it are not held against it.",
    "Forecast.points": "What is forecast by year, month or day: a number, a percentage, or low/best/high.",
    "Point.low": "Lowest number forecast.",
    "Point.best": "Number forecast.",
    "Point.high": "Highest number forecast.",
    "Source.title": "Title of the paper, page or person.",
    "Source.date": "When it appeared.",
    "Source.url": "Where it can be read.",
    "Source.grade": "How well it supports a number.",
    "Source.who": "Who says so.",
    "Source.lang": "Language.",
    "Source.given": "Why inputs may rest on it although it is later than `fit_until`: an event from outside.",
    "Except.classes": "Classes it leaves out.",
    "Except.fleets": "Fleets it leaves out.",
    "Except.items": "Items it leaves out.",
    "Except.suppliers": "Suppliers it leaves out.",
    "Except.contracts": "Contracts it leaves out, with the people and overhauls they cover while they run.",
    "Except.count": "How many consignments it leaves out.",
    "After.halt": "The halt it follows.",
    "After.lag": "How long after.",
    "After.probability": "How likely it follows.",
    "Leakage.probability": "Chance that a refused consignment gets through.",
    "Leakage.retry": "How long before it is tried again.",
    "Leakage.delay": "How much later it arrives.",
    "Leakage.price": "Price as a multiple.",
    "Leakage.quality": "Life as a share of a regular unit's.",
    "Resume.restart": "How long before anything moves again.",
    "Resume.operation": "How long before systems may operate again; default: as restart.",
    "Resume.ramp": "How long until all of it moves.",
    "Resume.order": "Which of the waiting goes first.",
    "Halt.kind": "Preset that fills in every clause not written.",
    "Halt.fleets": "Only for these fleets; default all.",
    "Halt.items": "Only for these items; default all.",
    "Halt.suppliers": "Only for these suppliers; default all.",
    "Halt.except": "What it leaves out.",
    "Halt.announced": "When it is announced; default: when it begins.",
    "Halt.from": "When it begins.",
    "Halt.until": "Day on which it ends (not included), or never.",
    "Halt.after": "A halt that this one follows.",
    "Halt.active": "False switches it off; a variant may switch it on.",
    "Halt.people": "Whether the supplier's people stay or leave.",
    "Halt.operation": "Whether systems may be operated.",
    "Halt.slow_by": "How much longer goods despatched while it holds are on the way.",
    "Halt.leakage": "What gets through although refused.",
    "Halt.resume": "How it ends.",
    "People.leave_within": "They are gone so long after it begins.",
    "People.leave_by": "Share still there from each date on.",
    "People.in_hand": "Whether they finish the work in hand.",
    "NewOrders.fund": "Share of new orders home can still pay for.",
    "NewOrders.retry": "How long after each time a need that waits for money is asked for again.",
    "Operation.stop_within": "Operation ends so long after it begins.",
    "Operation.except": "How many systems may go on.",
    "Response.kind": "What is done.",
    "Response.active": "False switches it off; a variant may switch it on.",
    "Response.fleets": "For these fleets.",
    "Response.items": "other_source, repair_at_home, stockpile: the items it is for.",
    "Response.from": "Date that starts it.",
    "Response.when": "Measure that starts it, such as mc < 40% of authorised.",
    "Response.delay": "How long after its trigger it works.",
    "Response.starts": "Short form of delay and after: {best: 14 months, after: halt}.",
    "Response.until": "When it ends: a date, never, or a measure such as mc > 55% of authorised.",
    "Response.until_when": "Measure that ends it; `until` takes it as well.",
    "Response.succeeds": "Chance that it works at all.",
    "Response.cost": "What it costs.",
    "Response.policy": "cannibalise: how parts are taken.",
    "Response.damage": "cannibalise: chance that a part is damaged.",
    "Response.fly": "fly_less: share of the programme still flown.",
    "Response.jurisdiction": "other_source: whose permission its exports need.",
    "Response.through": "other_source: further jurisdictions it needs.",
    "Response.capacity": "other_source, repair_at_home: how many a year, evenly spaced.",
    "Response.quality": "other_source, repair_at_home: life as a share of a new unit's.",
    "Response.build_up": "other_source, repair_at_home, train_crews: how long until it works in full.",
    "Response.takes": "other_source: need to arrival; repair_at_home: a repair; extend_life: the work.",
    "Response.repairs": "other_source: it takes units that wait at home for repair or overhaul abroad, too.",
    "Response.retry": "other_source: how long before a failed attempt is repeated.",
    "Response.price": "other_source: factor on the item's price; repair_at_home: money per repair.",
}
#: The keys of the long form of every value.
OF_VALUES = {
    "low": "Lowest value that is likely.",
    "best": "Most likely value; the mean when it scatters.",
    "high": "Highest value that is likely.",
    "value": "Another word for best.",
    "median": "Best value, given as the median of its scatter.",
    "log": "Between low and high on the logarithmic scale.",
    "varies": "Scatter from event to event, such as lognormal 60%.",
    "drawn_as": "Values with the same name here are drawn at the same place of their ranges.",
    "source": "Name of an entry under `sources`, or `judgement`.",
    "grade": "How well supported; default: the grade of the source.",
    "note": "Reasoning, for the reader.",
    "changes": "Dated changes.",
    "after": "A halt whose beginning starts the clock.",
}


def schema() -> Schema:
    """JSON Schema (draft 2020-12) for a scenario file as a person writes it."""
    root: Schema = without_titles(deepcopy(Written.model_json_schema(by_alias=True)))
    defs: dict[str, Schema] = root.pop("$defs")
    allow_short_forms(defs)
    required = {"Written": root.pop("required", [])} | drop_required(defs)
    describe(root, "Written")
    for name, record in defs.items():
        describe(record, name)
    for one in (root, *defs.values()):
        allow_null(one, required["Written"] if one is root else [])
        refuse_other_names(one)
    keep_required_in_lists((root, *defs.values()), required)
    allow_defaults(root["properties"])
    tables = {"item_tables": ITEM_TABLES}
    properties = {"extends": EXTENDS} | tables | root["properties"] | {"variants": variants(root["properties"])}
    return {
        "$schema": DIALECT,
        "title": "armsim scenario",
        "description": "How far and how fast readiness falls when foreign suppliers stop exporting.",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "if": {"required": ["extends"]},
        "else": complete(required),
        "$defs": dict(sorted(defs.items())),
    }


EXTENDS: Schema = {
    "type": "string",
    "description": "Another scenario file, beside this one: this file is laid over it.",
    "examples": ["base.yaml"],
}


TABLE: Schema = {"type": "string", "examples": ["parts.csv", "parts.xlsx#Sheet2"]}
ITEM_TABLES: Schema = {
    "description": "Tables of items, one row each, laid under `items`; one or a list.",
    "anyOf": [TABLE, {"type": "array", "items": TABLE}],
}


def complete(required: dict[str, list[str]]) -> Schema:
    """What a file must have that extends no other."""
    return {
        "required": required["Written"],
        "properties": {
            "time": {"required": required["Time"]},
            "sources": {"additionalProperties": {"required": required["Source"]}},
        },
    }


def without_titles(node: Any) -> Any:
    """The schema without the titles pydantic makes up from names."""
    if isinstance(node, list):
        return [without_titles(child) for child in node]
    if not isinstance(node, dict):
        return node
    return {
        key: {name: without_titles(child) for name, child in value.items()} if key in ("properties", "$defs")
        else value if key == "default" else without_titles(value)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str))
    }  # fmt: skip


def reference(name: str) -> Schema:
    """A pointer to a definition."""
    return {"$ref": f"#/$defs/{name}"}


def record(properties: Schema, **more: Any) -> Schema:
    """A mapping with these keys and no others."""
    return {"type": "object", "properties": properties, "additionalProperties": False} | more


def allow_short_forms(defs: dict[str, Schema]) -> None:
    """Widen the definitions to what the validators accept before they resolve it."""
    for owner, names in ONE_OR_MANY.items():
        for name in names:
            field = defs[owner]["properties"][name]
            one = field.pop("items")
            field.pop("default", None)
            defs[owner]["properties"][name] = {"anyOf": [one, field | {"items": dict(one)}]}
    for change in (FlyingChange, SlotsChange):
        defs[change.__name__] = without_titles(change.model_json_schema(by_alias=True))
        defs[change.__name__].pop("$defs", None)
        value = change.__name__.removesuffix("Change")
        long_form(defs[value])["changes"] = {"type": "array", "items": reference(change.__name__)}
    allow_words(defs)
    allow_moments(defs)
    repair = defs["Repair"]["properties"]
    shares = {key: value for key, value in repair["uses"].items() if key != "default"}
    repair["uses"] = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}, shares]}
    halt, response = defs["Halt"]["properties"], defs["Response"]["properties"]
    defs["Halt"]["properties"] = {"kind": {"enum": list(KINDS)}} | halt
    starts = deepcopy(defs["Span"])
    long_form(starts)["after"] = {"type": "string"}
    allow_null(starts, [])
    response["starts"] = starts
    defs["Time"]["properties"]["report_every"]["type"] = ["string", "integer"]
    end: Schema = {"type": ["number", "string"], "examples": [5, "55%"]}
    for name in ("low", "best", "high"):
        defs["Observation"]["properties"][name] = dict(end)
        defs["Point"]["properties"][name] = dict(end)
    points = defs["Forecast"]["properties"]["points"]
    points["additionalProperties"] = {"anyOf": [dict(end), reference("Point")]}
    for record_name, name in (("Observation", "on"), ("Source", "date")):
        year = {"type": ["string", "integer"], "examples": [2024, "2024-05", "2024-05-01"]}
        defs[record_name]["properties"][name] = year


def long_form(value: Schema) -> Schema:
    """The keys of a value's long form."""
    properties: Schema = value["anyOf"][-1]["properties"]
    return properties


def allow_words(defs: dict[str, Schema]) -> None:
    """Let a word stand for a mapping: `stay`, `allow`, `refuse`, `on_demand`."""
    people = {
        "leave_within": reference("Span"),
        "leave_by": {"type": "object", "additionalProperties": reference("Share")},
        "in_hand": {"enum": ["finish", "stop"]},
    }
    words = {
        "People": ({"const": "stay"}, people),
        "Operation": (
            {"const": "allow"},
            {"stop_within": reference("Span"), "except": {"type": "integer", "minimum": 0}},
        ),
        "NewOrders": (
            {"enum": list(CLAUSES["new_orders"].values)},
            {"fund": reference("Share"), "retry": reference("Span")},
        ),
    }
    for name, (word, properties) in words.items():
        defs[name] = {"description": defs[name].get("description", WORDY[name])} | {"anyOf": [word, record(properties)]}
    policy = defs["Cannibalization"]
    defs["Cannibalization"] = {
        "description": policy.pop("description"),
        "anyOf": [{"enum": policy["properties"]["policy"]["enum"]}, policy],
    }


WORDY = {
    "People": "The supplier's people: stay, {leave_within: 30 days} or {leave_by: {date: share}}.",
    "Operation": "Permission to operate: allow, or {stop_within: 2 days, except: 4}.",
    "NewOrders": "refuse, queue, allow, or {fund: 40%, retry: 6 months} for a buyer short of money.",
}


def allow_moments(defs: dict[str, Schema]) -> None:
    """Ends of due forms are dates, spans or flying hours; a schedule may be a bare list of dates."""
    due = defs["Due"]["properties"]
    for name in ("staggered", "random"):
        due[name] = {"type": "array", "items": MOMENT, "minItems": 2, "maxItems": 2}
    due["list"] = {"type": "array", "items": MOMENT}
    schedule = defs["Schedule"]
    dates = {"type": "array", "items": TEXT_OR_NUMBER | {"examples": ["2026-01-01"]}}
    defs["Schedule"] = {"description": schedule.pop("description"), "anyOf": [schedule, dates]}


def drop_required(defs: dict[str, Schema]) -> dict[str, list[str]]:
    """Take `required` out of every record: `defaults`, variants and base files may give the rest.

    Gives what was required, by record.
    """
    gone: dict[str, list[str]] = {}
    for name, definition in defs.items():
        for part in (definition, *definition.get("anyOf", ())):
            if "required" in part:
                gone[name] = part.pop("required")
    return gone


def keep_required_in_lists(roots: tuple[Schema, ...], required: dict[str, list[str]]) -> None:
    """Demand the required keys of records in a list: nothing is laid under these."""
    for node in roots:
        for part in nodes(node):
            name = part.get("items", {}).get("$ref", "").rpartition("/")[2] if part.get("type") else ""
            if name in required:
                part["items"] = part["items"] | {"required": required[name]}


def nodes(node: Any) -> list[Schema]:
    """Every mapping in a schema, itself first."""
    if isinstance(node, dict):
        return [node, *nodes(list(node.values()))]
    return [inner for child in node for inner in nodes(child)] if isinstance(node, list) else []


def describe(definition: Schema, name: str) -> None:
    """Put a description to every key of a record; what a value's long form holds is the same for all."""
    tidy_description(definition)
    is_value = name in VALUE_NAMES
    for part in (definition, *definition.get("anyOf", ())):
        for key, field in part.get("properties", {}).items():
            own = OF_VALUES.get(key) if is_value else DESCRIPTIONS.get(f"{name}.{key}")
            if name == "Halt" and key in CLAUSES:
                own = clause_in_words(key)
            if own is not None:
                field["description"] = own
            elif "description" not in field and key in EVIDENCE:
                field["description"] = OF_VALUES[key]
            for inner, deeper in long_form(field).items() if key == "starts" else ():
                deeper["description"] = OF_VALUES[inner]
            tidy_description(field)


def tidy_description(node: Schema) -> None:
    """Strip a description of line breaks, rule numbers and a small first letter."""
    if "description" in node:
        text = re.sub(r"\s*\((R-\w+(, )?)+\)", "", " ".join(node["description"].split()))
        keep = text.startswith(("refuse", "armsim", "`"))
        node["description"] = text if keep else text[:1].upper() + text[1:]


def clause_in_words(name: str) -> str:
    """What each value of a clause of a halt does."""
    clause = CLAUSES[name]
    parts = [f"{value}: {clause.effect[value]}" for value in clause.values if value in clause.effect]
    return f"Strictest first. {'; '.join(parts)}; {clause.lenient}: nothing changes."


def subclasses(kind: type) -> list[type]:
    """A class and everything derived from it."""
    derived: list[type] = kind.__subclasses__()
    return [kind, *(inner for one in derived for inner in subclasses(one))]


VALUE_NAMES = frozenset(kind.__name__ for kind in subclasses(Value))


def refuse_other_names(definition: Schema) -> None:
    """Let mappings keyed by names have no keys that cannot be names."""
    for part in nodes(definition):
        if isinstance(part.get("patternProperties"), dict):
            part["additionalProperties"] = False


def allow_null(definition: Schema, but: list[str]) -> None:
    """Let every key be empty: `~` takes a key out that defaults or a base file gave."""
    for part in (definition, *definition.get("anyOf", ())):
        for key, field in part.get("properties", {}).items():
            if key not in but:
                part["properties"][key] = nullable(field)


def nullable(field: Schema) -> Schema:
    """The schema of a key that may be empty, as may the entries of a mapping under it."""
    field = {key: value for key, value in field.items() if not (key == "default" and value is None)}
    if isinstance(field.get("additionalProperties"), dict):
        field["additionalProperties"] = nullable(field["additionalProperties"])
    if "patternProperties" in field:
        field["patternProperties"] = {name: nullable(one) for name, one in field["patternProperties"].items()}
    if "$ref" in field:
        pointer = {"$ref": field.pop("$ref")}
        return field | {"anyOf": [pointer, {"type": "null"}]}
    if "anyOf" in field:
        others = [nullable(one) if "additionalProperties" in one else one for one in field["anyOf"]]
        others = [one for one in others if one != {"type": "null"}]
        return field | {"anyOf": [*others, {"type": "null"}]}
    if "const" in field:
        field["enum"] = [field.pop("const")]
    if "enum" in field and None not in field["enum"]:
        field["enum"] = [*field["enum"], None]
    if "type" in field:
        kinds = field["type"] if isinstance(field["type"], list) else [field["type"]]
        field["type"] = [*kinds, *(["null"] if "null" not in kinds else [])]
    return field


def allow_defaults(properties: Schema) -> None:
    """Let each keyed section have `defaults`, and be or hold nothing."""
    for section in KEYED:
        entries = properties[section]
        entry = entry_of(entries)
        what = f"Laid under each entry of {section} that does not say otherwise."
        entries["properties"] = {"defaults": nullable(entry | {"description": what})}
        (pattern,) = entries["patternProperties"]
        entries["patternProperties"] = {pattern: nullable(entry)}
        entries.pop("minProperties", None)


def entry_of(section: Schema) -> Schema:
    """The schema of the entries of a section keyed by names."""
    entry: Schema
    (entry,) = section["patternProperties"].values()
    return entry


def variants(properties: Schema) -> Schema:
    """Named changes by dotted path; a whole entry named by its path is checked like the entry."""
    own: Schema = {
        "extends": {"type": "string", "description": "The variant whose changes come first."},
        "title": {"type": "string", "description": "What people call this variant."},
        "note": {"type": "string", "description": "Reasoning, for the reader."},
    }
    whole = {rf"^{section}\.[a-z][a-z0-9_]*$": entry_of(properties[section]) for section in KEYED}
    deeper = {rf"^({'|'.join(properties)})(\.[^.]+)*$": True}
    change = {
        "type": ["object", "null"],
        "properties": own,
        "patternProperties": {pattern: nullable(dict(entry)) for pattern, entry in whole.items()} | deeper,
        "additionalProperties": False,
        "description": "Changes by path, such as `halts.main.until: 2027-01-01`; `halts: none` for no halt.",
    }
    return {
        "type": ["object", "null"],
        "propertyNames": {"type": "string"},
        "additionalProperties": change,
        "description": "Named changes to the scenario; the first is the one that runs by default.",
    }
