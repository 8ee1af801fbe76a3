"""From trees to a resolved scenario: base files, variants, defaults, presets, sizes worked out.

The resolved form is itself a valid scenario file and a fixed point: resolving it again changes nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from armsim import units
from armsim.errors import InvalidScenario, Problem, did_you_mean
from armsim.scenario import yamltree
from armsim.scenario.halts import KINDS, clauses_of
from armsim.scenario.item_tables import tables_read_too_late, with_item_tables
from armsim.scenario.overrides import NoSuchPlace, change_at, is_null, merge
from armsim.scenario.problems import Lines, from_pydantic, keys_of, located, step_into
from armsim.scenario.things import (
    Baseline,
    Crew,
    FailsEvery,
    Fleet,
    Item,
    Resupply,
    Site,
    Upkeep,
    Written,
)
from armsim.scenario.values import Duration, Part, Share, Use, Value
from armsim.scenario.yamltree import Entry, Mapping, Mark, Node, Scalar, Sequence, build

KEYED = ("jurisdictions", "suppliers", "contracts", "sites", "fleets", "items", "halts", "responses")
MOST_BASES = 8
NAME_RULE = "lower-case letters, digits and underscores, a letter first; 'title' takes any text"
NOWHERE = Mark("", 0, 0, 1)
#: How lives scatter that do not say.
EXPONENTIAL = units.Law("exponential", 0.0)


def read_with_bases(path: str | Path, lines: Lines, problems: list[Problem], chain: tuple[str, ...] = ()) -> Mapping:
    """The tree of a file laid over the files it `extends`."""
    document = yamltree.read(path, collect=True)
    lines[document.file] = document.lines
    problems.extend(document.problems)
    root = with_item_tables(document.root, Path(path), lines, problems)
    return over_its_base(root, Path(path), lines, problems, (*chain, str(Path(path).resolve())))


def over_its_base(root: Mapping, path: Path, lines: Lines, problems: list[Problem], chain: tuple[str, ...]) -> Mapping:
    """The tree merged over its base file, if it names one."""
    entry = root.entries.get("extends")
    if entry is None:
        return root
    rest = replace(root, entries={k: v for k, v in root.entries.items() if k != "extends"})
    mark, named = entry.value.mark, entry.value
    if not isinstance(named, Scalar) or not isinstance(named.value, str):
        problems.append(located(lines, mark, "extends", "'extends' names one file", "such as extends: base.yaml",
                                ("extends",)))  # fmt: skip
        return rest
    base = path.parent / named.value
    if str(base.resolve()) in chain or len(chain) > MOST_BASES:
        is_itself = base.resolve() == path.resolve()
        message = "a file cannot extend itself" if is_itself else f"'{named.value}' extends this file in turn"
        problems.append(located(lines, mark, "extends", message, "", ("extends",)))
        return rest
    if not base.is_file():
        message = f"there is no file '{named.value}' beside this one"
        problems.append(located(lines, mark, "extends", message, "the path counts from this file", ("extends",)))
        return rest
    merged = merge(read_with_bases(base, lines, problems, chain), rest)
    assert isinstance(merged, Mapping)
    return merged


def take_variants(root: Mapping) -> tuple[Mapping, Mapping | None]:
    """The tree without its `variants`, and the variants (None when there are none)."""
    entry = root.entries.get("variants")
    rest = replace(root, entries={k: v for k, v in root.entries.items() if k != "variants"})
    named = entry is not None and isinstance(entry.value, Mapping) and entry.value.entries
    return rest, entry.value if named else None  # type: ignore[union-attr,return-value]


def check_variants(root: Mapping, lines: Lines, problems: list[Problem]) -> None:
    """`variants` is a mapping of names that can be names."""
    entry = root.entries.get("variants")
    if entry is None or is_null(entry.value):
        return
    if not isinstance(entry.value, Mapping):
        problems.append(located(lines, entry.value.mark, "bad-variant", "variants are named: keys with values",
                                "write no_halt: {halts: none}", ("variants",)))  # fmt: skip
        return
    for name, one in entry.value.entries.items():
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", name):
            problems.append(located(lines, one.key.mark, "bad-value", f"'{name}' cannot be a name", NAME_RULE,
                                    ("variants", name)))  # fmt: skip


def apply_variant(tree: Mapping, variants: Mapping, name: str, lines: Lines, problems: list[Problem],
                  chain: tuple[str, ...] = ()) -> Mapping:  # fmt: skip
    """The tree with a variant's changes, after those of the variant it extends."""
    entry = variants.entries[name]
    where = ("variants", name)
    if name in chain:
        message = f"variant '{name}' extends itself" + ("" if len(chain) == 1 else f" by way of '{chain[-1]}'")
        problems.append(located(lines, entry.key.mark, "extends", message, "", where))
        return tree
    changes = entry.value
    if isinstance(changes, Scalar) and changes.value is None:
        return tree
    if not isinstance(changes, Mapping):
        problems.append(located(lines, changes.mark, "bad-variant", "a variant is made of changes: keys with values",
                                "write path: value, such as halts.main.renewals: refuse", where))  # fmt: skip
        return tree
    base = changes.entries.get("extends")
    if base is not None:
        named = str(getattr(base.value, "value", ""))
        if not isinstance(base.value, Scalar):
            problems.append(located(lines, base.value.mark, "extends", "a variant extends one other variant", "",
                                    (*where, "extends")))  # fmt: skip
        elif named not in variants.entries:
            problems.append(located(lines, base.value.mark, "unknown-name", f"no variant is called '{named}'",
                                    did_you_mean(named, list(variants.entries)), (*where, "extends")))  # fmt: skip
        else:
            tree = apply_variant(tree, variants, named, lines, problems, (*chain, name))
    for path, change in changes.entries.items():
        if path in ("extends", "title", "note"):
            is_text = isinstance(change.value, Scalar) and isinstance(change.value.value, str)
            if path != "extends" and not is_text:
                problems.append(located(lines, change.value.mark, "bad-value", f"the {path} of a variant is text", "",
                                        (*where, path)))  # fmt: skip
            continue
        try:
            changed = change_at(tree, path, change.value, change.key)
        except NoSuchPlace as error:
            problems.append(located(lines, change.key.mark, "no-such-place", error.message, error.hint,
                                    (*where, path)))  # fmt: skip
            continue
        assert isinstance(changed, Mapping)
        tree = changed
    return tree


def lay_out_defaults(tree: Mapping, lines: Lines, problems: list[Problem]) -> Mapping:
    """The tree with each section's `defaults` laid under its entries, and `{}` for an entry left empty."""
    tree = tables_read_too_late(tree, lines, problems)
    entries = dict(tree.entries)
    for section in KEYED:
        entry = entries.get(section)
        if entry is None or not isinstance(entry.value, Mapping):
            continue
        things = {name: Entry(one.key, filled_out(one.value)) for name, one in entry.value.entries.items()}
        defaults = things.pop("defaults").value if "defaults" in things else Mapping({}, entry.value.mark)
        if not isinstance(defaults, Mapping):
            problems.append(located(lines, defaults.mark, "bad-value", "'defaults' wants keys with values",
                                    "such as {supplier: maker}", (section, "defaults")))  # fmt: skip
            defaults = Mapping({}, defaults.mark)
        if section == "sites":
            things = {name: Entry(one.key, empty_shops_filled(one.value)) for name, one in things.items()}
        filled = {
            name: Entry(one.key, laid_over(defaults, one.value) if isinstance(one.value, Mapping) else one.value)
            for name, one in things.items()
        }
        entries[section] = Entry(entry.key, replace(entry.value, entries=filled))
    return replace(tree, entries=entries)


def laid_over(defaults: Node, thing: Mapping) -> Node:
    """A thing over its section's defaults; its own marks stay, so that errors point at the thing."""
    merged = merge(defaults, thing)
    return replace(merged, mark=thing.mark) if isinstance(merged, Mapping) else merged


def filled_out(node: Node) -> Node:
    """An entry of a keyed section that was left empty (`israel:`), as an empty mapping."""
    return Mapping({}, node.mark) if is_null(node) else node


def empty_shops_filled(site: Node) -> Node:
    """A site whose shops and crews left empty are empty mappings."""
    if not isinstance(site, Mapping):
        return site
    entries = dict(site.entries)
    for section in ("shops", "crews"):
        if section in entries and isinstance(entries[section].value, Mapping):
            old = entries[section].value
            assert isinstance(old, Mapping)
            things = {name: Entry(one.key, filled_out(one.value)) for name, one in old.entries.items()}
            entries[section] = Entry(entries[section].key, replace(old, entries=things))
    return replace(site, entries=entries)


def spell_out_kinds(tree: Mapping, lines: Lines, problems: list[Problem]) -> Mapping:
    """The tree with every halt's preset written out, clause by clause."""
    entry = tree.entries.get("halts")
    if entry is None or not isinstance(entry.value, Mapping):
        return tree
    halts = {}
    for name, one in entry.value.entries.items():
        halt, path = one.value, ("halts", name, "kind")
        if isinstance(halt, Mapping) and "kind" in halt.entries:
            kind = halt.entries["kind"].value
            written = {k: v for k, v in halt.entries.items() if k != "kind"}
            word = getattr(kind, "value", "")
            if word in KINDS:
                filled = {
                    clause: Entry(Scalar(clause, clause, kind.mark, False), build(value, kind.mark))
                    for clause, value in clauses_of(str(word)).items()
                    if clause not in written
                }
                written |= filled
            elif not is_null(kind):
                message = (
                    f"no kind of halt is called '{kind.text}'" if isinstance(kind, Scalar) else "a kind is one word"
                )
                known = did_you_mean(str(word), list(KINDS))
                problems.append(located(lines, kind.mark, "unknown-name", message, known, path))
            halt = replace(halt, entries=written)
        halts[name] = Entry(one.key, halt)
    entries = dict(tree.entries) | {"halts": Entry(entry.key, replace(entry.value, entries=halts))}
    return replace(tree, entries=entries)


def strict_plain(node: Node, kind: Any = Written) -> Any:
    """The node of a kind of record as dicts, tuples and scalars, as strict validation wants them.

    A known key left empty falls away.
    """
    if isinstance(node, Mapping):
        fields = {k: strict_plain(entry.value, step_into(kind, k)) for k, entry in node.entries.items()}
        known = keys_of(kind) if None in fields.values() else []
        return {k: v for k, v in fields.items() if v is not None or (known and k not in known)}
    if isinstance(node, Sequence):
        return tuple(strict_plain(item, step_into(kind, 0)) for item in node.items)
    return node.value


def read_things(tree: Mapping, lines: Lines, problems: list[Problem]) -> Written | None:
    """The scenario as records, or None with problems added."""
    try:
        return Written.model_validate(strict_plain(tree))
    except ValidationError as error:
        problems.extend(from_pydantic(error, Written, tree, lines))
        return None


def read_what_can_be(tree: Mapping) -> tuple[Written | None, set[str]]:
    """The records that can be read, without the things that cannot, and the names of these.

    So that cross-checks of the rest are reported together with what is wrong in a few things.
    """
    plain = strict_plain(tree)
    unread: set[str] = set()
    try:
        return Written.model_validate(plain), unread
    except ValidationError as error:
        for one in error.errors(include_url=False, include_input=False):
            section, *steps = one["loc"]
            things = plain.get(section)
            if section not in KEYED or not steps or not isinstance(things, dict):
                return None, unread
            things.pop(steps[0], None)
            unread.add(str(steps[0]))
    try:
        return Written.model_validate(plain), unread
    except ValidationError:
        return None, unread


def worked_out(things: Written) -> Written:
    """The records with baselines and crew sizes worked out, inactive things dropped, defaults of dates filled."""
    things = without_inactive(things)
    things = with_default_sites(things)
    for name, fleet in things.fleets.items():
        if fleet.baseline is not None:
            things = expand_baseline(things, name, fleet, fleet.baseline)
    sites = {
        name: site.model_copy(update={"crews": {k: sized(things, name, k, crew) for k, crew in site.crews.items()}})
        for name, site in things.sites.items()
    }
    time = things.time
    if time.months_from is None:
        time = time.model_copy(update={"months_from": first_halt(things)})
    return things.model_copy(update={"sites": sites, "time": time})


def first_halt(things: Written) -> Any:
    """The first date of the halts that are not background; the start without any (R-T7)."""
    dates = [
        halt.from_.middle for halt in things.halts.values() if halt.from_ is not None and not halt.background
    ]  # fmt: skip
    return max(min(dates), things.time.start) if dates else things.time.start


def without_inactive(things: Written) -> Written:
    """Halts and responses that are switched off fall away, and what waits for such a halt, be it by way of others."""
    gone = {name for name, halt in things.halts.items() if not halt.active}
    for _ in things.halts:
        gone |= {name for name, halt in things.halts.items() if halt.after is not None and halt.after.halt in gone}
    halts = {name: halt for name, halt in things.halts.items() if name not in gone}
    responses = {
        name: response for name, response in things.responses.items()
        if response.active and not gone & {response.after, response.notice}
    }  # fmt: skip
    return things.model_copy(update={"halts": halts, "responses": responses})


def with_default_sites(things: Written) -> Written:
    """A fleet without a site stands at the only one."""
    if len(things.sites) != 1:
        return things
    only = next(iter(things.sites))
    fleets = {
        name: fleet if fleet.site is not None else fleet.model_copy(update={"site": only})
        for name, fleet in things.fleets.items()
    }
    return things.model_copy(update={"fleets": fleets})


def hours_a_day(fleet: Fleet) -> float:
    """Flying hours a day of the whole fleet without a halt, at best values."""
    if fleet.fly is None:
        return 0.0
    systems = float(fleet.count.middle)
    demand = fleet.fly.middle_per_year / units.DAYS_PER_YEAR * (systems if fleet.fly.basis == "each" else 1)
    if fleet.at_most is not None:
        demand = min(demand, fleet.at_most.middle_per_year / units.DAYS_PER_YEAR * systems)
    return demand


def mean_days(duration: Duration) -> float:
    """The mean of a duration at its best value (a lognormal median is below its mean)."""
    return float(duration.middle) * mean_over_best(duration, duration.varies)


def mean_over_best(value: Value, law: units.Law | None) -> float:
    """By how much the mean of a value that scatters by a law is above its best value, which may be the median."""
    if not value.median or law is None:
        return 1.0
    if law.kind == "lognormal":
        variance = law.shape**2 if law.sd else math.log1p(law.shape**2)
        return math.exp(variance / 2)
    if law.kind == "exponential":
        return 1 / math.log(2)
    if law.kind == "weibull":
        return float(math.gamma(1 + 1 / law.shape) / math.log(2) ** (1 / law.shape))
    return 1.0


def tasks_a_day(things: Written, site: str, crew: str) -> Iterator[tuple[float, float]]:
    """(tasks a day, days each) of everything a crew pool does without a halt, at best values."""
    for fleet_name, fleet in things.fleets.items():
        if fleet.site != site:
            continue
        hours = hours_a_day(fleet)
        systems = float(fleet.count.middle)
        for upkeep in fleet.upkeep:
            if upkeep.crew == crew:
                yield hours / upkeep.every.middle, mean_days(upkeep.takes)
        for inspection in fleet.inspections:
            if inspection.crew == crew:
                every = inspection.every.best or inspection.every.low
                assert every is not None
                by_use = hours / every.fh if every.fh else 0.0
                by_time = systems / every.days if every.days else 0.0
                yield max(by_use, by_time), mean_days(inspection.takes)
        for item in things.items.values():
            if item.replace is None or item.replace.crew != crew or fleet_name not in item.on:
                continue
            yield removals_a_day(item, fleet) * item.on[fleet_name], mean_days(item.replace.takes)


def removals_a_day(item: Item, fleet: Fleet) -> float:
    """Removals a day per position type of one fleet, without a halt; `fixed` demand strikes like any other."""
    hours, systems = hours_a_day(fleet), float(fleet.count.middle)
    sorties = hours / fleet.sortie.middle if fleet.sortie is not None else 0.0
    rate = 0.0
    limits = [item.fails_every, item.hard_life, item.overhaul.every if item.overhaul else None]
    for limit in limits:
        if limit is None:
            continue
        every = limit.best or limit.low
        assert every is not None
        by_use = hours / every.fh if every.fh else 0.0
        by_time = systems / every.days if every.days else 0.0
        by_sortie = sorties / every.sorties if every.sorties else 0.0
        if isinstance(limit, FailsEvery):
            rate += (by_use + by_time + by_sortie) / mean_over_best(limit, limit.varies or EXPONENTIAL)
        else:
            rate += max(by_use, by_time)
    if item.expires_after is not None and item.expires_after.middle > 0:
        rate += systems / item.expires_after.middle
    return rate


def sized(things: Written, site: str, name: str, crew: Crew) -> Crew:
    """The pool with its size and its people as whole numbers (R-M4)."""
    size = crew.size
    if size is None:
        assert crew.utilisation is not None
        load = sum(rate * days for rate, days in tasks_a_day(things, site, name))
        size = max(1, math.ceil(load / crew.utilisation.middle - 1e-9))
    if any(part.is_uncertain for part in crew.foreign.values()):
        return crew.model_copy(update={"size": size, "utilisation": None})  # people differ by world (R-M4)
    foreign = {name: part.middle for name, part in crew.foreign.items()}
    people = staff(size, None if crew.local is None else crew.local.middle, foreign)
    local, *others = (Part(best=number) for number in people)
    return crew.model_copy(
        update={"size": sum(people), "utilisation": None, "local": local, "foreign": dict(zip(foreign, others))}
    )


def staff(size: int, local: float | None, foreign: dict[str, float]) -> list[int]:
    """A pool's people as whole numbers, its own first; without a number of its own they are the rest (R-M4)."""
    if any(isinstance(part, float) for part in (local, *foreign.values())):
        rest = 1 - sum(foreign.values()) if local is None else local
        return list(largest_remainder(size, {"": rest} | foreign).values())
    others = [int(part) for part in foreign.values()]
    return [size - sum(others) if local is None else int(local), *others]


def largest_remainder(total: int, shares: dict[str, float]) -> dict[str, int]:
    """Whole numbers that sum to `total`, as near to the shares as they can be."""
    exact = {name: total * share for name, share in shares.items()}
    whole = {name: math.floor(part + 1e-9) for name, part in exact.items()}
    order = sorted(shares, key=lambda name: (-(exact[name] - whole[name]), name))
    for name in order[: total - sum(whole.values())]:
        whole[name] += 1
    return whole


#: How a baseline's holes are shared over three generic items: one often missing, two seldom.
GENERIC_SHARES = {"often": 0.5, "sometimes": 0.3, "seldom": 0.2}


def expand_baseline(things: Written, name: str, fleet: Fleet, known: Baseline) -> Written:
    """A fleet known by its rates only, as upkeep and generic items by Little's law (R-M0).

    Systems down for work = rate of work x its duration, and so for parts. A system that is down does not
    fly, so the two do not overlap; generic items have no shelf stock: each removal waits `parts_wait`.
    """
    site = fleet.site or f"{name}_base"
    crew = f"{name}_line"
    systems, hours = float(fleet.count.middle), hours_a_day(fleet)
    says = {"source": known.source or fleet.source, "grade": known.grade or fleet.grade}
    said: dict[str, Any] = {key: value for key, value in says.items() if value is not None} or {"source": "judgement"}
    evidence = said | {"note": "worked out from the baseline"}
    items, sites, upkeep = dict(things.items), dict(things.sites), fleet.upkeep
    if known.nmcm.middle > 0:
        tied = {} if known.nmcm.drawn_as is None else {"drawn_as": known.nmcm.drawn_as}
        every = Use.model_validate(interval(known.nmcm, systems, mean_days(known.work_takes), hours) | tied | evidence)
        upkeep = (*upkeep, Upkeep(every=every, takes=known.work_takes, crew=crew, **said))
        old = sites.get(site, Site())
        pool = Crew(fleets=(name,), utilisation=known.utilisation, local=known.local, foreign=known.foreign)
        sites[site] = old.model_copy(update={"crews": old.crews | {crew: pool}})
    elif site not in sites:
        sites[site] = Site()
    if known.nmcs.middle > 0:
        together = known.nmcs.drawn_as or f"{fleet.rng_key or name}_nmcs"
        shared = {"drawn_as": together} if known.nmcs.is_uncertain else {}
        for word, share in GENERIC_SHARES.items():
            items[f"{name}_part_{word}"] = Item(
                title=f"{fleet.title or name} part ({word} short)",
                **said,
                supplier=known.supplier,
                on={name: 1},
                fails_every=FailsEvery.model_validate(
                    interval(known.nmcs, systems, mean_days(known.parts_wait), hours, share) | shared | evidence
                ),
                resupply=Resupply(make=known.parts_wait),
            )
    fleets = dict(things.fleets) | {name: fleet.model_copy(update={"baseline": None, "upkeep": upkeep, "site": site})}
    return things.model_copy(update={"items": items, "sites": sites, "fleets": fleets})


def interval(rate: Share, systems: float, days: float, hours: float, share: float = 1.0) -> dict[str, Any]:
    """The flying hours between events of so many days that keep a rate of the systems down, or a share of it (R-M0).

    A range is drawn on the log scale: there a rate and its interval follow one law.
    """
    low, best, high = (units.format_use(hours / (end * systems / days * share)) for end in reversed(rate.ends))
    return {"low": low, "best": best, "high": high, "log": True} if rate.is_uncertain else {"best": best}


def raise_if(problems: list[Problem]) -> None:
    """Raise InvalidScenario when a problem is an error; warnings pass. Sorted, each once."""
    if any(problem.severity == "error" for problem in problems):
        raise InvalidScenario(tidied(problems))


def tidied(problems: list[Problem]) -> list[Problem]:
    """Problems by place, each once."""
    unique = {(p.file, p.line, p.column, p.code, p.message): p for p in problems}
    return sorted(unique.values(), key=lambda p: (p.file, p.line, p.column, p.code, p.message))
