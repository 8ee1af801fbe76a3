"""Who supplies what on whose permission, and under which contracts, in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from armsim.scenario.explain_things import Words
from armsim.scenario.halts import CLASSES
from armsim.scenario.lines import Line, covers
from armsim.scenario.phrases import amount, heading, listed, paragraph, spelt, titled, when
from armsim.scenario.things import Contract
from armsim.units import counted

CLASS_WORDS = {kind: kind for kind in CLASSES} | {"systems": "new systems"}
BY_CONTENT = "a halt that says 'reexport: stop'"


def suppliers_words(words: Words) -> list[str]:
    """Each supplier, its classes, its lines and whose permission they need."""
    lines = []
    for name, firm in words.things.suppliers.items():
        through = f", working through {words.states(firm.through)}" if firm.through else ""
        given = listed(CLASS_WORDS[kind] for kind in firm.provides)
        head = heading(words.things.suppliers, name)
        lines.append(paragraph(f"{head}, in {words.state(firm.jurisdiction)}{through}, provides {given}."))
        lines += permissions(words, [line for line in words.lines if line.supplier == name])
    for name in words.things.responses:
        own = [line for line in words.lines if line.supplier == name]
        if own and name not in words.things.suppliers:
            place = words.state(own[0].jurisdiction)
            lines.append(paragraph(f"{heading(words.things.responses, name)}, a response, in {place}."))
            lines += permissions(words, own)
    return lines


def permissions(words: Words, lines: Iterable[Line]) -> list[str]:
    """Lines grouped by class and gatekeepers."""
    groups: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[Line]] = {}
    for line in lines:
        groups.setdefault((line.kind, always_asked(words, line), by_content(words, line)), []).append(line)
    if not groups:
        return [paragraph("No supply line of this scenario uses it.", 1)]
    order = sorted(groups, key=lambda group: (CLASSES.index(group[0]), group[1:]))
    texts = []
    for kind, states, content in order:
        what = served(words, groups[kind, states, content])
        text = f"- {CLASS_WORDS[kind]} for {what}: needs the permission of {words.states(states)}"
        if content:
            text += f"; by content also {words.states(content)}, but only in {BY_CONTENT}"
        texts.append(paragraph(text + ".", 1))
    return texts


def always_asked(words: Words, line: Line) -> tuple[str, ...]:
    """Who must always let the line pass: its gatekeepers less those by content only."""
    always = {line.jurisdiction, *line.through, words.home}
    return tuple(state for state in line.gatekeepers(words.home) if state in always and state)


def by_content(words: Words, line: Line) -> tuple[str, ...]:
    """Who may stop the line by content alone."""
    always = always_asked(words, line)
    return tuple(state for state in line.content if state not in always)


def served(words: Words, lines: Iterable[Line]) -> str:
    """What lines serve: items, fleets, crew pools."""
    return listed(dict.fromkeys(serves(words, line) for line in lines))


def serves(words: Words, line: Line) -> str:
    """What one line serves, in words."""
    if line.item is not None:
        item = titled(words.things.items, line.item)
        return item if line.supplier in words.things.suppliers else f"{item} by {words.supplier(line.supplier)}"
    if line.kind != "people":
        return titled(words.things.fleets, line.target)
    site, _, crew = line.target.partition(".")
    pool = words.things.sites[site].crews[crew]
    people = f" ({amount(pool.foreign[line.supplier])} of {pool.size} people)" if pool.size else ""
    return f"crew {spelt(crew)} at {titled(words.things.sites, site)}{people}"


def essential_items(words: Words) -> list[str]:
    """How many of the items that ground need which foreign jurisdiction."""
    essential = [name for name, item in words.things.items.items() if item.on and item.absence == "grounds"]
    if not essential:
        return []
    needed: dict[str, set[str]] = {}
    content: dict[str, set[str]] = {}
    supplied: set[str] = set()
    for line in words.lines:
        # Other sources are a way round the permissions of an item, not further ones.
        if line.item not in essential or line.supplier in words.things.responses:
            continue
        supplied.add(line.item)
        for state in always_asked(words, line):
            needed.setdefault(state, set()).add(line.item)
        for state in by_content(words, line):
            content.setdefault(state, set()).add(line.item)
    total = len(essential)
    takes_a_mission = any(words.things.items[name].needed_for for name in essential)
    does = "grounds a system or takes a mission from it" if takes_a_mission else "grounds a system"
    lines = [f"Items whose absence {does}: {total}."]
    foreign = (set(needed) | set(content)) - {words.home}
    for state in sorted(foreign, key=lambda s: (-len(needed.get(s, ())), -len(content.get(s, ())), s)):
        n, more = len(needed.get(state, ())), content.get(state, set()) - needed.get(state, set())
        text = f"- {words.state(state)}: {n} ({n / total:.0%})"
        if more:
            share = f"{len(more) / total:.0%}: {few(words, more)}"
            text += f", and {len(more)} more ({share}) by content, in {BY_CONTENT}"
        elif 0 < n < total:
            text += f": {few(words, needed[state])}"
        lines.append(text)
    if total > len(supplied):
        lines.append(f"- nobody's: {total - len(supplied)} ({(total - len(supplied)) / total:.0%}), "
                     "which no supply line serves")  # fmt: skip
    return [paragraph(line) for line in lines]


def few(words: Words, items: set[str]) -> str:
    """Some items by title, the number of the others."""
    names = [titled(words.things.items, name) for name in words.things.items if name in items]
    return listed(names if len(names) <= 6 else [*names[:5], f"{len(names) - 5} others"])


def line_words(words: Words, line: Line) -> str:
    """A supply line in words."""
    return f"{CLASS_WORDS[line.kind]} for {serves(words, line)} from {words.supplier(line.supplier)}"


def titles_but(section: dict[str, Any], but: Iterable[Any]) -> list[str]:
    """The titles of a section's things but these."""
    left = set(but)
    return [titled(section, name) for name in section if name not in left]


def contract_words(words: Words, name: str) -> list[str]:
    """What is under contract until when."""
    contract = words.things.contracts[name]
    kinds = listed(CLASS_WORDS[kind] for kind in contract.covers)
    parts = [titled(words.things.fleets, fleet) for fleet in contract.fleets]
    parts += [titled(words.things.items, item) for item in contract.items]
    what = f"for {listed(parts)}" if parts else "for all it supplies"
    end = "without end" if contract.until.never else f"until {when(contract.until)}"
    signed = f", signed {when(contract.signed)}" if contract.signed is not None else ""
    covered = [line for line in words.lines if covers(contract, line)]
    reached = f"It covers {counted(len(covered), 'supply line')}."
    who = words.supplier(contract.supplier)
    head = heading(words.things.contracts, name)
    return [
        paragraph(f"{head}: {who}, {kinds} {what}, from {when(contract.from_)} {end}{signed}."),
        paragraph(f"{renewal(contract)} {reached}", 1),
    ]


def covers_any(contract: Contract, lines: Iterable[Line]) -> bool:
    """True when a contract can cover needs of one of the lines."""
    return any(covers(contract, line) for line in lines)


def renewal(contract: Contract) -> str:
    """How a contract goes on."""
    if contract.renewal is None:
        return "It is not renewed." if not contract.until.never else ""
    takes, runs = amount(contract.renewal.takes), amount(contract.renewal.for_)
    return f"It is renewed for {runs}, again and again; the talks take {takes} and begin that long before."
