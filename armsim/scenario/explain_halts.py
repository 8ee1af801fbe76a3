"""Halts and responses in words: who, when, what they do, which lines they reach, and what none can touch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from armsim import units
from armsim.scenario.check_halts import bites
from armsim.scenario.explain_lines import CLASS_WORDS, covers_any, line_words, served, titles_but
from armsim.scenario.explain_things import POLICIES, Words, from_then_on
from armsim.scenario.halts import CLASSES, Halt
from armsim.scenario.lines import Line, applies, covers
from armsim.scenario.phrases import amount, day, heading, listed, paragraph, ranged, spelt, titled, when
from armsim.scenario.responses import Response
from armsim.units import counted

MEASURES = {
    "mc": "mission-capable systems", "fmc": "fully mission-capable systems",
    "pmc": "partly mission-capable systems", "nmcs": "systems waiting for parts",
    "nmcm": "systems waiting for work", "nmcb": "systems waiting for parts and work",
    "on_hand": "systems on hand", "permitted": "systems permitted to fly", "overhaul": "systems in overhaul",
    "limit": "systems at a limit", "lost": "systems lost",
}  # fmt: skip
TAKES = {"other_source": "From need to arrival it takes", "repair_at_home": "A repair takes"}


# ---- halts


def halt_words(words: Words, name: str) -> list[str]:
    """A halt: who, when, what it does, which lines it reaches, what becomes of signed contracts."""
    halt = words.things.halts[name]
    against = f" against {listed(map(words.party, halt.against))}" if halt.against else ""
    by = f"by {listed(map(words.party, halt.by))}{against}"
    lines = [paragraph(f"{heading(words.things.halts, name)}, {by}: {span(words, halt)}.")]
    about = [f"Only for {scope}." for scope in [scope_words(words, halt)] if scope]
    if halt.except_ is not None:
        about.append(f"Except {scope_words(words, halt.except_) or 'nothing'}.")
    if halt.background:
        about.append("Background: it stays in the no-halt comparison.")
    about.append(f"What it does: {'; '.join(halt.effects()) or 'nothing, every clause is at its most lenient'}.")
    if halt.forbids_operation:
        fleets = listed(titled(words.things.fleets, fleet) for fleet in halt.may_forbid(words.things.fleets))
        about.append(f"It forbids {fleets} to operate." if fleets else "It forbids no fleet to operate.")
    about += reach(words, halt)
    return [*lines, *(paragraph(line, 1) for line in about)]


def span(words: Words, halt: Halt) -> str:
    """From when to when a halt lasts."""
    begins = [f"from {when(halt.from_)}"] if halt.from_ is not None else []
    if halt.after is not None:
        lag = f"{amount(halt.after.lag)} after" if halt.after.lag.ends[2] else "when"
        leader = titled(words.things.halts, halt.after.halt)
        chance = halt.after.probability
        likely = f" with a chance of {amount(chance)}" if chance.ends[0] < 1 else ""
        begins.append(f"{lag} {leader} begins{likely}")
    begin = " or ".join(begins) + (", whichever is later" if len(begins) > 1 else "")
    end = "without end" if halt.until.never else f"until {when(halt.until)}"
    told = f" (announced {day(halt.announced)})" if halt.announced is not None else ""
    return f"{begin}{told}, {end}"


def scope_words(words: Words, scope: Any) -> str:
    """What a halt is limited to, or leaves out."""
    parts = [CLASS_WORDS[kind] for kind in scope.classes]
    parts += [titled(words.things.fleets, fleet) for fleet in scope.fleets]
    parts += [titled(words.things.items, item) for item in scope.items]
    parts += [words.supplier(supplier) for supplier in scope.suppliers]
    parts += [f"contract {contract}" for contract in getattr(scope, "contracts", ())]
    count = getattr(scope, "count", None)
    parts += [f"the first {counted(count, 'consignment')} it would refuse"] if count else []
    return listed(parts)


def reached(words: Words, halt: Halt) -> list[Line]:
    """The lines in a halt's reach on which some clause stops something."""
    contracts = words.things.contracts.values()
    return [line for line in words.lines if applies(halt, line, words.home) and bites(halt, line, contracts)]


def reach(words: Words, halt: Halt) -> list[str]:
    """Which lines a halt reaches, and the contracts on them."""
    lines = reached(words, halt)
    if not lines:
        return ["It reaches no supply line."]
    groups = {kind: [line for line in lines if line.kind == kind] for kind in CLASSES}
    parts = [f"{CLASS_WORDS[kind]} for {served(words, group)}" for kind, group in groups.items() if group]
    texts = [f"It reaches {len(lines)} of {counted(len(words.lines), 'supply line')}: {'; '.join(parts)}."]
    idle = [line for line in words.lines if applies(halt, line, words.home) and line not in lines]
    if idle:
        kinds = listed(CLASS_WORDS[kind] for kind in CLASSES if any(line.kind == kind for line in idle))
        others = counted(len(idle), "other line")
        texts.append(f"Its clauses stop nothing on {others} in its scope ({kinds}).")
    signed = [name for name, contract in words.things.contracts.items() if covers_any(contract, lines)]
    return [*texts, cover(words, halt, signed, lines)]


def cover(words: Words, halt: Halt, signed: list[str], lines: list[Line]) -> str:
    """What signed contracts do under a halt."""
    if not signed:
        return "No signed contract covers these lines."
    names = listed(titled(words.things.contracts, name) for name in signed)
    if halt.signed_contracts == "stop":
        return f"Signed contracts ({names}) do not help."
    kinds = {line.kind for line in lines if any(covers(words.things.contracts[name], line) for name in signed)}
    parts = ["orders under cover are accepted and made all the same"] if kinds - {"people", "overhaul"} else []
    # Honour lifts the clauses on orders only: people and overhaul have clauses of their own.
    if "people" in kinds:
        parts.append("people stay while it runs" if halt.people.stay else "people leave all the same")
    if "overhaul" in kinds:
        parts.append("overhaul goes on while it runs" if halt.overhaul == "allow" else "overhaul stops all the same")
    return f"Signed contracts are honoured ({names}): {', '.join(parts)}."


# ---- responses


def response_words(words: Words, name: str) -> list[str]:
    """A response: what, triggered by what, how late, how sure, at what cost."""
    response = words.things.responses[name]
    on = f" ({words.names(words.things.fleets)(response.fleets)})" if response.fleets else ""
    delay = f", {amount(response.delay)} later" if response.delay.ends[2] else ", without delay"
    end = f", until {ends(response)}" if ends(response) else ""
    chance = "It is sure to work"
    if response.succeeds.ends[0] < 1:
        chance = f"It works with a chance of {amount(response.succeeds)}"
    cost = f" It costs {amount(response.cost)} when it begins." if response.cost is not None else ""
    return [
        paragraph(f"{heading(words.things.responses, name)}: {done(words, response)}{on}."),
        *(paragraph(f"{detail}.", 1) for detail in details(words, response)),
        paragraph(f"It starts {trigger(words, response)}{delay}{end}. {chance}.{cost}", 1),
    ]


def done(words: Words, response: Response) -> str:
    """What a response does, as a sentence part."""
    items = words.names(words.things.items)(response.items)
    gains = amount(response.gains).replace(" or ", " and ") if response.gains is not None else ""
    many = "systems" if response.systems is None else f"up to {counted(response.systems, 'system')}"
    match response.kind:
        case "cannibalise":
            return f"missing parts are taken from systems that are already down, {POLICIES[response.policy]}"
        case "fly_less":
            return f"the flying programme is cut to {amount(response.fly) if response.fly is not None else ''}"
        case "other_source":
            return f"another source, in {words.state(response.jurisdiction or '')}, supplies {items}{rate(response)}"
        case "repair_at_home":
            share = amount(response.share) if response.share is not None else "all"
            return f"{share} of the failed units of {items} can be repaired at home{rate(response)}"
        case "extend_life":
            what = "life limit" if response.limit == "life" else "overhaul limit"
            return f"the {what} of {many} is put off by {gains}"
        case "train_crews":
            return f"own people are trained in {listed(pool_words(words, pool) for pool in response.crews)}"
        case "stockpile":
            return f"{response.units} more of each of {items} are ordered, through the usual lines"
        case "defer":
            return f"systems fly on past their overhaul limit by {gains}, once for each overhaul"
        case "harvest":
            return f"{counted(response.systems or 0, 'system')} are retired for their parts"


def rate(response: Response) -> str:
    """', up to 4 per year', or nothing without a limit."""
    return f", up to {amount(response.capacity)}" if response.capacity is not None else ""


def pool_words(words: Words, pool: str) -> str:
    """A crew pool, named as site.crew."""
    site, _, crew = pool.partition(".")
    return f"crew {spelt(crew)} at {titled(words.things.sites, site)}"


def details(words: Words, response: Response) -> Iterator[str]:
    """The further settings of a response, a sentence each."""
    if response.kind == "other_source" and response.through:
        yield f"It works through {words.states(response.through)}"
    if response.damage.ends[2]:
        yield f"It damages {amount(response.damage)} of the parts"
    if response.kind == "train_crews":
        yield from more_people(response)
    if response.takes is not None:
        yield f"{TAKES.get(response.kind, 'The work takes')} {amount(response.takes)}"
    if response.slots is not None:
        systems = "system" if response.slots.ends[2] == 1 else "systems"
        yield f"At most {amount(response.slots)} {systems} are in work at once{from_then_on(response.slots)}"
    if response.build_up is not None:
        yield f"It grows from nothing over {amount(response.build_up)}"
    if response.each.ends[0] < 1:
        again = f"asked again after {amount(response.retry)}" if response.retry is not None else "not asked again"
        yield f"It delivers {amount(response.each)} of the needs it takes; the others stay at home and are {again}"
    if response.repairs:
        yield "It takes units that wait for repair abroad, too"
    if response.dual_sourcing is not None:
        left = ", and leaves those it does not deliver to that line" if response.each.ends[0] < 1 else ""
        yield f"It takes {amount(response.dual_sourcing)} of new needs also while their main line takes them{left}"
    if response.yield_.ends[0] < 1:
        what = "of the units taken off can be used" if response.kind == "harvest" else "come back serviceable"
        yield f"{ranged(response.yield_)} {what}"
    if response.quality.ends != (1, 1, 1):
        yield f"Its units have {amount(response.quality)} of a new one's life"
    if response.price is not None:
        unit = "A repair costs" if response.kind == "repair_at_home" else "A unit costs, as a multiple of its price,"
        yield f"{unit} {amount(response.price)}"
    if response.failures.ends != (1, 1, 1):
        yield f"Meanwhile failures and upkeep are multiplied by {amount(response.failures)}"
    if response.losses_per_100k_fh is not None:
        yield f"Meanwhile {amount(response.losses_per_100k_fh)} more are lost in 100,000 flying hours"


def more_people(response: Response) -> Iterator[str]:
    """Whom training gives."""
    if response.people is not None:
        yield f"There are {counted(response.people, 'more own person', 'more own people')} in each"
    if response.share is not None:
        yield f"Own people can do {amount(response.share)} more of the tasks"


def trigger(words: Words, response: Response) -> str:
    """What sets a response off."""
    if response.from_ is not None:
        return f"on {when(response.from_)}"
    if response.after is not None:
        return f"when {titled(words.things.halts, response.after)} begins"
    if response.notice is not None:
        return f"when {titled(words.things.halts, response.notice)} is announced"
    if response.when is not None:
        return f"when {measured(response.when)}"
    return "with the simulation"


def ends(response: Response) -> str:
    """When a response ends, '' for never."""
    if response.until_when is not None:
        return measured(response.until_when)
    return "" if response.until is None or response.until.never else when(response.until)


def measured(trigger: units.Trigger) -> str:
    """'mission-capable systems fall below 40% of authorised'."""
    name = MEASURES.get(trigger.measure, spelt(trigger.measure))
    verb = "fall below" if trigger.below else "rise above"
    return f"{name} {verb} {units.format_threshold(trigger.threshold)}"


# ---- out of reach


def untouched(words: Words) -> list[str]:
    """The parts of the file that no halt can touch."""
    halts = words.things.halts.values()
    if not halts:
        return [paragraph("Everything: this variant has no halt.")]
    keys = {line.key for halt in halts for line in reached(words, halt)}
    hit = [line for line in words.lines if line.key in keys]
    free = [line for line in words.lines if line.key not in keys]
    items, suppliers = {line.item for line in hit}, {line.supplier for line in hit}
    fleets = {fleet for line in hit for fleet in line.fleets}
    fleets |= {fleet for halt in halts for fleet in halt.may_forbid(words.things.fleets)}
    signed = [name for name, contract in words.things.contracts.items() if covers_any(contract, hit)]
    parts = [
        ("Fleets", titles_but(words.things.fleets, fleets)),
        ("Items", titles_but(words.things.items, items)),
        ("Suppliers", titles_but(words.things.suppliers, suppliers)),
        ("Contracts", titles_but(words.things.contracts, signed)),
        ("Supply lines", [line_words(words, line) for line in free]),
    ]
    lines = [f"{what}: {listed(names)}." for what, names in parts if names]
    return [paragraph(line) for line in lines or ["Nothing: every line can be stopped by a halt."]]
