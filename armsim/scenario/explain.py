"""The model in words, before anything runs: what an analyst checks against what they meant."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, get_args

from pydantic import BaseModel

from armsim import units
from armsim.scenario.check import bites
from armsim.scenario.halts import CLASSES, Halt
from armsim.scenario.lines import Line, applies, covers, home_of, lines_of
from armsim.scenario.responses import Response
from armsim.scenario.scenario import Scenario
from armsim.scenario.things import Contract, Due, Fleet, Flying, Item, Moment, Time, Written, read_moment
from armsim.scenario.values import (
    DateValue,
    Duration,
    Grade,
    Life,
    Number,
    Programme,
    Share,
    Until,
    Use,
    Value,
    Whole,
)
from armsim.scenario.yamltree import Mapping

WIDTH = 96
#: How well a number is supported, best first; 'unstated' when nobody says.
GRADES: tuple[str, ...] = (*get_args(Grade), "unstated")
GRADE_WORDS = {"estimate": "estimated", "judgement": "judged"}
#: What no scenario answers (MODEL section 0).
NEVER_ANSWERED = ("combat outcomes", "targeting", "whether a halt will happen")
CLASS_WORDS = {kind: kind for kind in CLASSES} | {"systems": "new systems"}
MEASURES = {
    "mc": "mission-capable systems", "fmc": "fully mission-capable systems",
    "pmc": "partly mission-capable systems", "nmcs": "systems waiting for parts",
    "nmcm": "systems waiting for work", "nmcb": "systems waiting for parts and work",
    "on_hand": "systems on hand", "permitted": "systems permitted to fly", "overhaul": "systems in overhaul",
    "limit": "systems at a limit", "lost": "systems lost",
}  # fmt: skip
BY_CONTENT = "a halt that says 'reexport: stop'"
#: Not from the calendar module: its names follow the locale.
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip
BETWEEN, INDENT = "\n\n", "  "


def explain(scenario: Scenario) -> str:
    """The scenario as plain text in sections: what is modelled, on whose permission it rests, what stops."""
    things, words = scenario.things, Words(scenario.things)
    sections: list[tuple[str, list[str]]] = [
        ("The question", question(scenario)),
        ("Time", time_span(things)),
        ("Fleets", each(things.fleets, words.fleet)),
        ("Who supplies what, and whose permission it needs", words.suppliers()),
        ("Whose permission the essential items need", words.essential_items()),
        ("Contracts", each(things.contracts, words.contract)),
        ("Halts", [*each(things.halts, words.halt), *off(scenario, "halts")]),
        ("Responses", [*each(things.responses, words.response), *off(scenario, "responses")]),
        ("What no halt can touch", words.untouched()),
        ("How well the numbers and dates are supported", support(things)),
        ("What is left out", left_out(things)),
        ("Warnings", [paragraph(f"- line {p.line}: {p.message}") for p in scenario.warnings]),
    ]
    return BETWEEN.join(section(heading, lines) for heading, lines in sections) + "\n"


def counts_by_grade(things: Written) -> dict[str, int]:
    """How many numbers and dates have each grade, from 'documented' to 'unstated'.

    A value's grade is its own, else that of its source, else that of the nearest record around it which has
    one. Neither values left at their defaults nor the settings of `time` are claims: they are not counted.
    """
    found = Counter(grade or "unstated" for grade in grades(things, things, None))
    return {grade: found[grade] for grade in GRADES}


def grades(node: Any, things: Written, inherited: str | None) -> Iterator[str | None]:
    """The grade of every value under a node; None where nobody states it."""
    if isinstance(node, Value):
        if not (isinstance(node, Until) and node.never):
            yield own_grade(node, things, inherited)
        for change in node.changes if isinstance(node, Flying) else ():
            yield from grades(change, things, own_grade(node, things, inherited))
    elif isinstance(node, BaseModel) and not isinstance(node, Time):
        around = own_grade(node, things, inherited)
        for name, field in type(node).model_fields.items():
            value = getattr(node, name)
            if not (isinstance(value, BaseModel) and value == field.default):
                yield from grades(value, things, around)
    elif isinstance(node, dict):
        for value in node.values():
            yield from grades(value, things, inherited)
    elif isinstance(node, tuple):
        for value in node:
            yield from grades(value, things, inherited)


def own_grade(record: Any, things: Written, inherited: str | None) -> str | None:
    """The grade a record states, itself or by its source; without either, the inherited one."""
    grade, source = getattr(record, "grade", None), getattr(record, "source", None)
    if isinstance(grade, str):
        return grade
    if not isinstance(source, str):
        return inherited
    listed = things.sources.get(source)
    return (listed.grade if listed is not None else None) or ("judgement" if source == "judgement" else None)


# ---- the frame


def section(heading: str, lines: list[str]) -> str:
    """A heading, underlined, and what stands under it."""
    return "\n".join([heading, "-" * len(heading), *(lines or ["None."])])


def each(section: dict[str, Any], write: Callable[[str], list[str]]) -> list[str]:
    """The lines about every thing of a section."""
    return [line for name in section for line in write(name)]


def paragraph(text: str, level: int = 0) -> str:
    """A text wrapped to the page; what follows a dash hangs under its first word."""
    first = INDENT * level
    rest = first + (INDENT if text.startswith("- ") else "")
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return textwrap.fill(clean, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


def question(scenario: Scenario) -> list[str]:
    """Title, question, variant."""
    things = scenario.things
    lines = [paragraph(things.title or spelt(things.name))]
    if things.question:
        lines.append(paragraph(things.question))
    if scenario.variants_node is not None and len(scenario.variants) > 0:
        here, all_of_them = scenario.variant_name, listed(scenario.variants)
        lines.append(paragraph(f"Variant '{here}' ({scenario.variant_title()}); the file has {all_of_them}."))
    return lines


def time_span(things: Written) -> list[str]:
    """From when to when, warm-up, report periods, runs."""
    time, runs = things.time, things.runs
    long = how_long(time.start, time.end)
    warm = "without a warm-up"
    if time.warmup.ends[2]:
        warm = f"after a warm-up of {amount(time.warmup)} without halts"
    every = "month" if time.report_every == 1 else counted(time.report_every, "month")
    lines = [f"From {day(time.start)} to {day(time.end)} ({long}), {warm}; reported every {every}."]
    if time.months_from is not None:
        lines.append(f"Months are counted from {day(time.months_from)}.")
    lines.append(f"Unless the command says otherwise: {counted(runs.worlds, 'world')} of "
                 f"{counted(runs.replications, 'run')} each, seed {runs.seed}.")  # fmt: skip
    return [paragraph(line) for line in lines]


def off(scenario: Scenario, what: str) -> list[str]:
    """The halts or responses of the file that this variant does not have."""
    entry = scenario.tree.entries.get(what)
    names = list(entry.value.entries) if entry is not None and isinstance(entry.value, Mapping) else []
    missing = [name for name in names if name != "defaults" and name not in getattr(scenario.things, what)]
    return [paragraph(f"Switched off in this variant: {listed(missing)}.")] if missing else []


def support(things: Written) -> list[str]:
    """How many numbers have which grade."""
    counts = counts_by_grade(things)
    total = sum(counts.values())
    if not total:
        return []
    parts = [f"{counts[grade]} {GRADE_WORDS.get(grade, grade)}" for grade in GRADES]
    return [paragraph(f"Of {counted(total, 'number or date', 'numbers and dates')}: {listed(parts)}.")]


def left_out(things: Written) -> list[str]:
    """What the scenario says it leaves out, and what armsim never answers."""
    lines = [f"This scenario leaves out {listed(things.excludes)}."] if things.excludes else []
    return [paragraph(line) for line in [*lines, f"No scenario answers: {listed(NEVER_ANSWERED)}."]]


# ---- the things


class Words:
    """The things of one scenario in words; its lines and the halts on each are worked out once."""

    def __init__(self, things: Written) -> None:
        self.things, self.home = things, home_of(things)
        self.lines = lines_of(things)

    def state(self, name: str) -> str:
        """A jurisdiction in words."""
        return titled(self.things.jurisdictions, name)

    def party(self, name: str) -> str:
        """A jurisdiction or supplier in words."""
        return self.state(name) if name in self.things.jurisdictions else titled(self.things.suppliers, name)

    def supplier(self, name: str) -> str:
        """A supplier in words, or the response that supplies."""
        return titled(self.things.suppliers if name in self.things.suppliers else self.things.responses, name)

    def names(self, section: dict[str, Any]) -> Callable[[Iterable[str]], str]:
        """How to list things of a section by title."""
        return lambda given: listed(titled(section, name) for name in given)

    def provider(self, at: str) -> str:
        """Who does a repair or overhaul."""
        if at == "condemned":
            return "nobody: it is condemned"
        where, dot, shop = at.partition(".")
        if not dot:
            return titled(self.things.suppliers, at)
        return f"the shop {spelt(shop)} at {titled(self.things.sites, where)}"

    # -- fleets

    def fleet(self, name: str) -> list[str]:
        """A fleet: how many, what it is to do, what can ground it."""
        fleet = self.things.fleets[name]
        at = f", at {titled(self.things.sites, fleet.site)}" if fleet.site is not None else ""
        lot = f" (counted in lots of {fleet.lot:,})" if fleet.lot > 1 else ""
        head = (f"{heading(self.things.fleets, name)}: {amount(fleet.authorised)} authorised, "
                f"{amount(fleet.count)} on the books at the start{lot}{at}.")  # fmt: skip
        lines = [paragraph(head)]
        lines += [paragraph(line, 1) for line in programme(fleet)]
        grounds = list(self.grounds(name, fleet))
        if grounds:
            lines += [paragraph("What can ground it:", 1), *(paragraph(f"- {line}", 2) for line in grounds)]
        else:
            lines.append(paragraph("Nothing in this scenario can ground it.", 1))
        others = [item for item in self.fitted(name) if self.things.items[item].absence == "degrades"]
        if others:
            lines.append(paragraph(f"Only degraded by want of {self.names(self.things.items)(others)}.", 1))
        lines += [paragraph(line, 1) for line in self.comings(fleet)]
        return lines

    def fitted(self, fleet: str) -> list[str]:
        """The items on a fleet."""
        return [name for name, item in self.things.items.items() if fleet in item.on]

    def grounds(self, name: str, fleet: Fleet) -> Iterator[str]:
        """Each mechanism that takes systems of the fleet down."""
        for upkeep in fleet.upkeep:
            yield (f"upkeep every {amount(upkeep.every)} on average: {amount(upkeep.takes)} of crew "
                   f"{spelt(upkeep.crew)}{self.only(upkeep.needs)}")  # fmt: skip
        for work in fleet.inspections:
            yield (f"an inspection every {amount(work.every)}: {amount(work.takes)} of crew "
                   f"{spelt(work.crew)}{self.only(work.needs)}{first_due(work.due)}")  # fmt: skip
        if fleet.overhaul is not None:
            shop = fleet.overhaul
            slots = f", {shop.slots} at once" if shop.slots is not None else ""
            yield (f"overhaul every {amount(shop.every)}, by {self.provider(shop.at)}, taking "
                   f"{amount(shop.takes)}{slots}; not flown once it is due{first_due(shop.due)}")  # fmt: skip
        if fleet.life_limit is not None:
            every = f" of {amount(fleet.life_limit.every)}" if fleet.life_limit.every is not None else ""
            yield f"a life limit{every}, after which it is retired{first_due(fleet.life_limit.due, 'due')}"
        for item_name in self.fitted(name):
            item = self.things.items[item_name]
            if item.absence == "grounds":
                yield self.item(item_name, item, item.on[name])

    def only(self, needs: str | None) -> str:
        """', by people of … alone', or nothing."""
        return f", by people of {self.supplier(needs)} alone" if needs is not None else ""

    def item(self, name: str, item: Item, each: int) -> str:
        """An item: how many, what ends its life, stock."""
        ends = [f"fails every {amount(item.fails_every)}"] if item.fails_every is not None else []
        ends += [f"is condemned at {amount(item.hard_life)}"] if item.hard_life is not None else []
        if item.overhaul is not None:
            ends += [f"is overhauled every {amount(item.overhaul.every)} by {self.provider(item.overhaul.at)}"]
        ends += [f"expires after {amount(item.expires_after)}"] if item.expires_after is not None else []
        stock = [f"{amount(n)} at {titled(self.things.sites, site)}" for site, n in item.stock.items()]
        kept = f"stock {listed(stock)}" if stock else "no stock"
        title = titled(self.things.items, name)
        return f"want of {title} ({each} on each), which {listed(ends) or 'never fails'}; {kept}"

    def comings(self, fleet: Fleet) -> Iterator[str]:
        """Losses, retirements, deliveries, cannibalization."""
        if fleet.losses is not None:
            rate = fleet.losses.per_100k_fh
            parts = [f"{amount(rate)} in 100,000 flying hours"] if rate is not None else []
            parts += [f"{dated.count} on {when(dated.on)}" for dated in fleet.losses.on]
            yield f"Losses: {listed(parts) or 'none given'}."
        if fleet.retirements:
            yield f"Retired: {listed(f'{dated.count} on {when(dated.on)}' for dated in fleet.retirements)}."
        for delivery in fleet.deliveries:
            plan = delivery.schedule
            if plan.staggered is not None:
                first, last = plan.staggered
                dates = f"{plan.count}, spread evenly from {day(first)} to {day(last)}"
            else:
                dates = f"{len(plan.list_ or ())}, on {days_listed(plan.list_ or ())}"
            under = f", under contract {delivery.contract}" if delivery.contract is not None else ""
            yield f"Deliveries by {self.supplier(delivery.supplier)}: {dates}{under}."
        if fleet.cannibalization.policy != "none":
            policy, damage = spelt(fleet.cannibalization.policy), fleet.cannibalization.damage
            risk = f", damaging {amount(damage)} of them" if damage.ends[2] else ""
            yield f"Parts are taken from systems that are down, halt or not ({policy}){risk}."

    # -- lines

    def suppliers(self) -> list[str]:
        """Each supplier, its classes, its lines and whose permission they need."""
        lines = []
        for name, firm in self.things.suppliers.items():
            through = f", working through {self.states(firm.through)}" if firm.through else ""
            given = listed(CLASS_WORDS[kind] for kind in firm.provides)
            head = heading(self.things.suppliers, name)
            lines.append(paragraph(f"{head}, in {self.state(firm.jurisdiction)}{through}, provides {given}."))
            lines += self.permissions(line for line in self.lines if line.supplier == name)
        for name in self.things.responses:
            own = [line for line in self.lines if line.supplier == name]
            if own and name not in self.things.suppliers:
                place = self.state(own[0].jurisdiction)
                lines.append(paragraph(f"{heading(self.things.responses, name)}, a response, in {place}."))
                lines += self.permissions(own)
        return lines

    def permissions(self, lines: Iterable[Line]) -> list[str]:
        """Lines grouped by class and gatekeepers."""
        groups: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[Line]] = {}
        for line in lines:
            groups.setdefault((line.kind, self.permission(line), self.by_content(line)), []).append(line)
        if not groups:
            return [paragraph("No supply line of this scenario uses it.", 1)]
        order = sorted(groups, key=lambda group: (CLASSES.index(group[0]), group[1:]))
        texts = []
        for kind, states, content in order:
            targets = self.targets(groups[kind, states, content])
            text = f"- {CLASS_WORDS[kind]} for {targets}: needs the permission of {self.states(states)}"
            if content:
                text += f"; by content also {self.states(content)}, but only in {BY_CONTENT}"
            texts.append(paragraph(text + ".", 1))
        return texts

    def states(self, names: Iterable[str]) -> str:
        """Jurisdictions as a sentence part."""
        return self.names(self.things.jurisdictions)(names)

    def permission(self, line: Line) -> tuple[str, ...]:
        """Who must always let the line pass: its gatekeepers less those by content only."""
        always = {line.jurisdiction, *line.through, self.home}
        return tuple(state for state in line.gatekeepers(self.home) if state in always and state)

    def by_content(self, line: Line) -> tuple[str, ...]:
        """Who may stop the line by content alone."""
        always = self.permission(line)
        return tuple(state for state in line.content if state not in always)

    def targets(self, lines: Iterable[Line]) -> str:
        """What lines serve: items, fleets, crew pools."""
        return listed(dict.fromkeys(self.target(line) for line in lines))

    def target(self, line: Line) -> str:
        """What one line serves, in words."""
        if line.item is not None:
            item = titled(self.things.items, line.item)
            return item if line.supplier in self.things.suppliers else f"{item} by {self.supplier(line.supplier)}"
        if line.kind != "people":
            return titled(self.things.fleets, line.target)
        site, _, crew = line.target.partition(".")
        pool = self.things.sites[site].crews[crew]
        people = f" ({pool.foreign[line.supplier]} of {pool.size} people)" if pool.size else ""
        return f"crew {spelt(crew)} at {titled(self.things.sites, site)}{people}"

    def essential_items(self) -> list[str]:
        """How many of the items that ground need which foreign jurisdiction."""
        essential = [name for name, item in self.things.items.items() if item.absence == "grounds"]
        if not essential:
            return []
        needed: dict[str, set[str]] = {}
        content: dict[str, set[str]] = {}
        supplied: set[str] = set()
        for line in self.lines:
            # Other sources are a way round the permissions of an item, not further ones.
            if line.item not in essential or line.supplier in self.things.responses:
                continue
            supplied.add(line.item)
            for state in self.permission(line):
                needed.setdefault(state, set()).add(line.item)
            for state in self.by_content(line):
                content.setdefault(state, set()).add(line.item)
        total = len(essential)
        lines = [f"Items whose absence grounds a system: {total}."]
        foreign = (set(needed) | set(content)) - {self.home}
        for state in sorted(foreign, key=lambda s: (-len(needed.get(s, ())), -len(content.get(s, ())), s)):
            n, more = len(needed.get(state, ())), content.get(state, set()) - needed.get(state, set())
            text = f"- {self.state(state)}: {n} ({n / total:.0%})"
            if more:
                share = f"{len(more) / total:.0%}: {self.few(more)}"
                text += f", and {len(more)} more ({share}) by content, in {BY_CONTENT}"
            elif 0 < n < total:
                text += f": {self.few(needed[state])}"
            lines.append(text)
        if total > len(supplied):
            lines.append(f"- nobody's: {total - len(supplied)} ({(total - len(supplied)) / total:.0%}), "
                         "which no supply line serves")  # fmt: skip
        return [paragraph(line) for line in lines]

    def few(self, items: set[str]) -> str:
        """Some items by title, the number of the others."""
        names = [titled(self.things.items, name) for name in self.things.items if name in items]
        return listed(names if len(names) <= 6 else [*names[:5], f"{len(names) - 5} others"])

    # -- contracts

    def contract(self, name: str) -> list[str]:
        """What is under contract until when."""
        contract = self.things.contracts[name]
        kinds = listed(CLASS_WORDS[kind] for kind in contract.covers)
        parts = [titled(self.things.fleets, fleet) for fleet in contract.fleets]
        parts += [titled(self.things.items, item) for item in contract.items]
        what = f"for {listed(parts)}" if parts else "for all it supplies"
        end = "without end" if contract.until.never else f"until {when(contract.until)}"
        signed = f", signed {when(contract.signed)}" if contract.signed is not None else ""
        covered = [line for line in self.lines if covers(contract, line)]
        served = f"It covers {counted(len(covered), 'supply line')}."
        who = self.supplier(contract.supplier)
        head = heading(self.things.contracts, name)
        return [
            paragraph(f"{head}: {who}, {kinds} {what}, from {when(contract.from_)} {end}{signed}."),
            paragraph(f"{renewal(contract)} {served}", 1),
        ]

    # -- halts

    def reached(self, halt: Halt) -> list[Line]:
        """The lines in a halt's reach on which some clause stops something."""
        contracts = self.things.contracts.values()
        return [line for line in self.lines if applies(halt, line, self.home) and bites(halt, line, contracts)]

    def halt(self, name: str) -> list[str]:
        """A halt: who, when, what it does, which lines it reaches, what becomes of signed contracts."""
        halt = self.things.halts[name]
        against = f" against {listed(map(self.party, halt.against))}" if halt.against else ""
        by = f"by {listed(map(self.party, halt.by))}{against}"
        lines = [paragraph(f"{heading(self.things.halts, name)}, {by}: {span(halt)}.")]
        about = [f"Only for {scope}." for scope in [self.scope(halt)] if scope]
        if halt.except_ is not None:
            about.append(f"Except {self.scope(halt.except_) or 'nothing'}.")
        if halt.background:
            about.append("Background: it stays in the no-halt comparison.")
        effects = [re.sub(r"\d{4}-\d{2}-\d{2}", spell_date, effect) for effect in halt.effects()]
        if halt.operation.stop_within is not None:
            effects.append(f"systems may not be operated from {amount(halt.operation.stop_within)} on")
        about.append(f"What it does: {'; '.join(effects) or 'nothing, every clause is at its most lenient'}.")
        about += self.reach(halt)
        return [*lines, *(paragraph(line, 1) for line in about)]

    def scope(self, scope: Any) -> str:
        """What a halt is limited to, or leaves out."""
        parts = [CLASS_WORDS[kind] for kind in scope.classes]
        parts += [titled(self.things.fleets, fleet) for fleet in scope.fleets]
        parts += [titled(self.things.items, item) for item in scope.items]
        parts += [self.supplier(supplier) for supplier in scope.suppliers]
        parts += [f"contract {contract}" for contract in getattr(scope, "contracts", ())]
        return listed(parts)

    def reach(self, halt: Halt) -> list[str]:
        """Which lines a halt reaches, and the contracts on them."""
        lines = self.reached(halt)
        if not lines:
            return ["It reaches no supply line."]
        groups = {kind: [line for line in lines if line.kind == kind] for kind in CLASSES}
        parts = [f"{CLASS_WORDS[kind]} for {self.targets(group)}" for kind, group in groups.items() if group]
        texts = [f"It reaches {len(lines)} of {counted(len(self.lines), 'supply line')}: {'; '.join(parts)}."]
        idle = [line for line in self.lines if applies(halt, line, self.home) and line not in lines]
        if idle:
            kinds = listed(CLASS_WORDS[kind] for kind in CLASSES if any(line.kind == kind for line in idle))
            others = counted(len(idle), "other line")
            texts.append(f"Its clauses stop nothing on {others} in its scope ({kinds}).")
        signed = [name for name, contract in self.things.contracts.items() if covers_any(contract, lines)]
        return [*texts, self.cover(halt, signed, lines)]

    def cover(self, halt: Halt, signed: list[str], lines: list[Line]) -> str:
        """What signed contracts do under a halt."""
        if not signed:
            return "No signed contract covers these lines."
        names = listed(titled(self.things.contracts, name) for name in signed)
        if halt.signed_contracts == "stop":
            return f"Signed contracts ({names}) do not help."
        kinds = {line.kind for line in lines if any(covers(self.things.contracts[name], line) for name in signed)}
        parts = ["orders under cover are accepted and made all the same"] if kinds - {"people", "overhaul"} else []
        # Honour lifts the clauses on orders only: people and overhaul have clauses of their own.
        if "people" in kinds:
            parts.append("people stay while it runs" if halt.people.stay else "people leave all the same")
        if "overhaul" in kinds:
            parts.append(
                "overhaul goes on while it runs" if halt.overhaul == "allow" else "overhaul stops all the same"
            )
        return f"Signed contracts are honoured ({names}): {', '.join(parts)}."

    # -- responses

    def response(self, name: str) -> list[str]:
        """A response: what, triggered by what, how late, how sure."""
        response = self.things.responses[name]
        what = response.words()
        if response.jurisdiction is not None and response.capacity is not None:
            items, rate = self.names(self.things.items)(response.items), amount(response.capacity)
            what = f"another source, in {self.state(response.jurisdiction)}, supplies {items}, up to {rate}"
        on = f" ({self.names(self.things.fleets)(response.fleets)})" if response.fleets else ""
        delay = f", {amount(response.delay)} later" if response.delay.ends[2] else ", without delay"
        end = f", until {ends(response)}" if ends(response) else ""
        chance = "It is sure to work"
        if response.succeeds.ends[0] < 1:
            chance = f"It works with a chance of {amount(response.succeeds)}"
        return [
            paragraph(f"{heading(self.things.responses, name)}: {what}{on}."),
            paragraph(f"It starts {self.trigger(response)}{delay}{end}. {chance}.", 1),
        ]

    def trigger(self, response: Response) -> str:
        """What sets a response off."""
        if response.from_ is not None:
            return f"on {when(response.from_)}"
        if response.after is not None:
            return f"when {titled(self.things.halts, response.after)} begins"
        if response.when is not None:
            return f"when {measured(response.when)}"
        return "with the simulation"

    # -- out of reach

    def untouched(self) -> list[str]:
        """The parts of the file that no halt can touch."""
        if not self.things.halts:
            return [paragraph("Everything: this variant has no halt.")]
        reached = {line.key for halt in self.things.halts.values() for line in self.reached(halt)}
        hit = [line for line in self.lines if line.key in reached]
        free = [line for line in self.lines if line.key not in reached]
        items, suppliers = {line.item for line in hit}, {line.supplier for line in hit}
        fleets = {fleet for line in hit for fleet in line.fleets}
        signed = [name for name, contract in self.things.contracts.items() if covers_any(contract, hit)]
        parts = [
            ("Fleets", self.titles(self.things.fleets, fleets)),
            ("Items", self.titles(self.things.items, items)),
            ("Suppliers", self.titles(self.things.suppliers, suppliers)),
            ("Contracts", self.titles(self.things.contracts, signed)),
            ("Supply lines", [self.line(line) for line in free]),
        ]
        lines = [f"{what}: {listed(names)}." for what, names in parts if names]
        return [paragraph(line) for line in lines or ["Nothing: every line can be stopped by a halt."]]

    def titles(self, section: dict[str, Any], but: Iterable[Any]) -> list[str]:
        """The titles of a section's things but these."""
        left = set(but)
        return [titled(section, name) for name in section if name not in left]

    def line(self, line: Line) -> str:
        """A supply line in words."""
        return f"{CLASS_WORDS[line.kind]} for {self.target(line)} from {self.supplier(line.supplier)}"


# ---- sentence parts


def programme(fleet: Fleet) -> Iterator[str]:
    """What a fleet is to do, and the minimum."""
    if fleet.fly is None:
        yield "It has no flying programme."
    else:
        cap = f"; at most {amount(fleet.at_most)}" if fleet.at_most is not None else ""
        changes = [f"from {when(change.from_)} {amount(change.to)}" for change in fleet.fly.changes]
        yield f"Programme: {'; '.join([amount(fleet.fly), *changes])}{cap}."
    if fleet.minimum is None:
        yield "No minimum is given."
        return
    share, of = fleet.minimum.share, fleet.minimum.of
    meant = " systems" if share is None else ""
    if share is not None and of == "authorised":
        meant = f" ({number(share * fleet.authorised.middle)} systems)"
    yield f"Minimum: {units.format_threshold(fleet.minimum)}{meant}."


def covers_any(contract: Contract, lines: Iterable[Line]) -> bool:
    """True when a contract can cover needs of one of the lines."""
    return any(covers(contract, line) for line in lines)


def renewal(contract: Contract) -> str:
    """How a contract goes on."""
    if contract.renewal is None:
        return "It is not renewed." if not contract.until.never else ""
    takes, runs = amount(contract.renewal.takes), amount(contract.renewal.for_)
    return f"It is renewed for {runs}, again and again; the talks take {takes} and begin that long before."


def span(halt: Halt) -> str:
    """From when to when a halt lasts."""
    if halt.from_ is not None:
        begin = f"from {when(halt.from_)}"
    elif halt.after is not None:
        chance = halt.after.probability
        likely = f" with a chance of {amount(chance)}" if chance.ends[0] < 1 else ""
        begin = f"{amount(halt.after.lag)} after {halt.after.halt}{likely}"
    else:
        begin = "from no date"
    end = "without end" if halt.until.never else f"until {when(halt.until)}"
    told = f" (announced {day(halt.announced)})" if halt.announced is not None else ""
    return f"{begin}{told}, {end}"


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


def first_due(due: Due | None, word: str = "first due") -> str:
    """'; first due …', or nothing when the file does not say."""
    return f"; {word} {due_words(due)}" if due is not None else ""


def due_words(due: Due) -> str:
    """When things first fall due."""
    parts = [f"{due.overdue} overdue at the start"] if due.overdue else []
    if due.staggered is not None:
        parts.append(f"spread evenly from {moment(due.staggered[0])} to {moment(due.staggered[1])}")
    if due.random is not None:
        parts.append(f"at random between {moment(due.random[0])} and {moment(due.random[1])}")
    if due.list_ is not None:
        parts.append(listed(at_moment(one, n) for one, n in Counter(due.list_).items()))
    if due.block is not None:
        parts.append(listed(at_moment(read_moment(on), n) for on, n in due.block.items()))
        if due.shift is not None:
            parts[-1] += f", all shifted by {amount(due.shift)}"
    if due.then is not None:
        parts.append(f"the others {due_words(due.then)}")
    return ", ".join(parts)


def at_moment(one: Moment, n: int) -> str:
    """'2 on 1 June 2028', '1 with 300 flying hours left', '3 6 months after the start'."""
    joint = {"date": "on ", "fh": "with ", "days": ""}[one[0]]
    return f"{n} {joint}{moment(one)}"


def moment(one: Moment) -> str:
    """A point of a due form in words."""
    kind, value = one
    if kind == "date":
        return day(value)
    if kind == "fh":
        return f"{number(value)} flying hours left"
    return f"{units.words_duration(value)} after the start" if value else "the start"


def when(value: DateValue) -> str:
    """A date, with its range when it is uncertain."""
    low, best, high = value.ends
    if not value.is_uncertain or low == high:
        return day(value.middle)
    likely = f", most likely {day(best)}" if best is not None else ""
    return f"a day between {day(low)} and {day(high)}{likely}"


def day(one: date) -> str:
    """'15 October 2023'."""
    return f"{one.day} {MONTHS[one.month - 1]} {one.year}"


def how_long(first: date, last: date) -> str:
    """The time between two days: '5 years', '18 months', else in days."""
    months = (last.year - first.year) * 12 + last.month - first.month
    if last.day != first.day or not months:
        return counted(units.days_between(first, last), "day")
    return counted(months // 12, "year") if months % 12 == 0 else counted(months, "month")


def spell_date(found: re.Match[str]) -> str:
    """The date found in a text, in words."""
    return day(units.parse_date(found[0]))


def days_listed(days: Iterable[date]) -> str:
    """Dates as a sentence part, each once."""
    return listed(day(one) + (f" ({n})" if n > 1 else "") for one, n in Counter(days).items())


def amount(value: Value) -> str:
    """A value in words, with its range: '5 FH (3 to 10 FH)'."""
    low, best, high = value.ends
    say = saying(value)
    if not value.is_uncertain or low == high:
        return say(value.middle)
    first, last = say(low), say(high)
    # '5 days (3 to 8)', not '5 days (3 days to 8 days)'.
    short, _, unit = first.partition(" ")
    if best is None:
        return f"{short if last.endswith(f' {unit}') else first} to {last}"
    if say(best).partition(" ")[2] == unit == last.partition(" ")[2]:
        first, last = short, last.partition(" ")[0]
    if low == best:
        return f"{say(best)} (up to {last})"
    return f"{say(best)} ({f'from {first} up' if high == best else f'{first} to {last}'})"


def saying(value: Value) -> Callable[[Any], str]:
    """How a number of this kind of value is put into words."""
    if isinstance(value, Duration):
        return units.words_duration
    if isinstance(value, Life):
        return life
    if isinstance(value, Programme):
        return flying
    if isinstance(value, Use):
        return lambda hours: f"{number(hours)} flying hour" + ("" if hours == 1 else "s")
    if isinstance(value, Share):
        return lambda share: f"{number(100 * share)}%"
    if isinstance(value, Number | Whole):
        return number
    return lambda raw: str(value.write(raw))


def life(one: units.Life) -> str:
    """'2,000 flying hours or 8 years'."""
    parts = [f"{number(one.fh)} flying hours"] if one.fh is not None else []
    parts += [units.words_duration(one.days)] if one.days is not None else []
    return " or ".join(parts)


def flying(one: units.Programme) -> str:
    """'487 flying hours a year for the fleet', '18 flying hours a month for each system'."""
    if one.basis == "fleet":
        return f"{number(one.fh_per_year)} flying hours a year for the fleet"
    return f"{number(one.fh_per_year / 12)} flying hours a month for each system"


def number(value: float) -> str:
    """A number to three figures at least, thousands marked: '2,000', '22.5'."""
    rounded = round(float(value), max(0, 3 - len(str(int(abs(value))))) if value >= 1 else 4)
    return f"{int(rounded):,}" if rounded.is_integer() else f"{rounded:,}"


def listed(names: Iterable[str]) -> str:
    """'a, b and c'."""
    *most, last = list(names) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def counted(n: int, one: str, many: str = "") -> str:
    """'1 line', '3 lines'."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def titled(section: Any, name: str) -> str:
    """What people call a thing: its title, or its name in words."""
    thing = section.get(name)
    return getattr(thing, "title", None) or spelt(name)


def heading(section: Any, name: str) -> str:
    """A thing's title with its name in the file."""
    title = titled(section, name)
    return title if title == name else f"{title} [{name}]"


def spelt(name: str) -> str:
    """A name as words."""
    return name.replace("_", " ")
