"""A scenario: a file read, changed and resolved, ready to be compiled."""

from __future__ import annotations

import hashlib
import json
import math
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from armsim.errors import InvalidScenario, Problem, UsageError, did_you_mean
from armsim.scenario import yamltree
from armsim.scenario.check import Checks
from armsim.scenario.overrides import NoSuchPlace, change_at, is_null, without_halts
from armsim.scenario.problems import Lines
from armsim.scenario.resolve import (
    KEYED,
    apply_variant,
    check_variants,
    first_halt,
    lay_out_defaults,
    raise_if,
    read_things,
    read_what_can_be,
    read_with_bases,
    spell_out_kinds,
    take_variants,
    tidied,
    with_default_sites,
    worked_out,
)
from armsim.scenario.things import Written
from armsim.scenario.yamltree import Mapping, Mark, Node, Scalar

AS_WRITTEN = "as_written"
#: Keys that say who says so or how to print it, not what the model is.
NOT_THE_MODEL = {
    "title", "source", "grade", "note", "question", "excludes", "observations", "sources", "runs",
    "months_from", "name", "fit_until", "forecasts",
}  # fmt: skip
#: Mappings from names to things.
SECTIONS = (*KEYED, "crews", "shops")
#: Mappings from names of things to single values: a site may be called `runs`.
KEYED_BY_NAME = ("on", "stock", "on_hand", "uses", "foreign", "block", "leave_by")


@dataclass(frozen=True)
class Scenario:
    """One variant of a scenario file, resolved. A change gives a new object.

    `things` are the resolved records, `warnings` what is doubtful but not wrong, `others` the file's variants as they
    were resolved and checked with this one. Made by `load`.
    """

    file: str
    variant_name: str
    things: Written
    warnings: tuple[Problem, ...]
    tree: Mapping
    written: Mapping
    variants_node: Mapping | None
    source_lines: Lines
    months_from: date | None = None
    changes: tuple[tuple[str, Any], ...] = ()
    others: dict[str, Scenario] = field(default_factory=dict, compare=False, repr=False)

    @property
    def name(self) -> str:
        """The scenario's name."""
        return self.things.name

    @property
    def variants(self) -> tuple[str, ...]:
        """The names of the file's variants; one, `as_written`, for a file without."""
        return tuple(self.variants_node.entries) if self.variants_node is not None else (AS_WRITTEN,)

    def variant_title(self, name: str | None = None) -> str:
        """The title of a variant, or its name in words."""
        name = name or self.variant_name
        node = self.variants_node.entries.get(name) if self.variants_node is not None else None
        if node is not None and isinstance(node.value, Mapping) and "title" in node.value.entries:
            return str(getattr(node.value.entries["title"].value, "value", name))
        return name.replace("_", " ").capitalize()

    def variant(self, name: str) -> Scenario:
        """The named variant of this scenario. Raises UsageError for an unknown name."""
        if name == self.variant_name:
            return self
        if name not in self.variants:
            raise UsageError(f"{self.file} has no variant '{name}'; {did_you_mean(name, list(self.variants))}")
        if not self.changes:
            return replace(self.others[name], others=self.others)
        reference = months_from(self.written, self.source_lines)
        made = resolved(self.file, self.written, self.variants_node, name, self.source_lines, [], reference)
        return made.set_all(dict(self.changes))

    def set(self, path: str, value: Any) -> Scenario:
        """The scenario with a value put at a dotted path, as in `set('items.engine.stock.base', 6)`.

        Text is read as YAML, so '{low: 1, high: 3}' and '[israel]' work, and '~' takes a key out. Raises
        UsageError for a path that leads nowhere and InvalidScenario for a value the scenario cannot hold.
        """
        return self.set_all({path: value})

    def set_all(self, changes: dict[str, Any]) -> Scenario:
        """The scenario with values put at several dotted paths; its other variants get them too."""
        tree, written_tree, lines = self.tree, self.written, dict(self.source_lines)
        for path, value in changes.items():
            written = lines.get("--set", ())
            node, shown = node_of(path, value, len(written) + 1)
            lines["--set"] = (*written, shown)
            try:
                changed = change_at(tree, path, node)
            except NoSuchPlace as error:
                raise UsageError(f"--set {path}: {error}") from None
            assert isinstance(changed, Mapping)
            tree = changed
            with suppress(NoSuchPlace):
                written_tree = change_at(written_tree, path, node)  # type: ignore[assignment]
        # A changed halt date moves the date months count from (R-T7).
        base = replace(self, changes=(*self.changes, *changes.items()), months_from=months_from(written_tree, lines))
        return finished(base, tree, lines, self.variant_name)

    def twin(self) -> Scenario:
        """The scenario without its non-background halts (R-H6)."""
        tree = without_halts(self.tree, self.tree.mark)
        assert isinstance(tree, Mapping)
        # Its months count from the halts it leaves out (R-T7).
        base = replace(self, months_from=self.things.time.months_from)
        return finished(base, tree, self.source_lines, self.variant_name, checked=False)

    def resolved_form(self) -> dict[str, Any]:
        """The resolved scenario as bare data: every default filled, presets spelled out."""
        dumped = self.things.model_dump(mode="python", by_alias=True, exclude_none=True)
        return without_empty(dumped)

    def resolved_text(self) -> str:
        """The resolved scenario as YAML, itself a valid scenario file."""
        model = f"variant {self.variant_name}; model {self.hash[:12]}"
        head = f"# resolved by armsim from {Path(self.file).name}, {model}\n"
        body = yaml.dump(self.resolved_form(), Dumper=Writer, sort_keys=False, allow_unicode=True, width=100)
        return head + body

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the model's content: the same for the same model, whatever its titles and sources."""
        content = json.dumps(model_content(self.resolved_form(), top=True), sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(content.encode()).hexdigest()

    def explain(self) -> str:
        """The model in words, before anything runs."""
        from armsim.scenario.explain import explain

        return explain(self)


#: In C where PyYAML has it, four times as fast; both write the same.
Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class Writer(Dumper):
    """Writes YAML that our own reader reads back: text that would be a number or a word of YAML 1.2 is quoted."""


def write_text(writer: Writer, text: str) -> yaml.ScalarNode:
    """A text, in quotes where plain text would be something else."""
    style = None if yamltree.plain_value(text) == (text, "") else "'"
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style=style)


Writer.add_representer(str, write_text)


def without_empty(node: Any, named: bool = False) -> Any:
    """Bare data with lists for tuples and without empty mappings and lists; a thing may be empty and stays."""
    if isinstance(node, dict):
        fields = {key: without_empty(value, key in SECTIONS) for key, value in node.items()}
        return {key: value for key, value in fields.items() if named or value not in ({}, [])}
    if isinstance(node, list | tuple):
        return [without_empty(value) for value in node]
    return node


def model_content(node: Any, top: bool = False, named: bool = False) -> Any:
    """What of the resolved form makes the model. In a `named` mapping keys are names of things and stay."""
    if isinstance(node, dict):
        fields = {
            key: model_content(value, named=key in KEYED_BY_NAME and not holds_text(value))
            for key, value in node.items()
            if named or key not in NOT_THE_MODEL or (isinstance(value, dict) and not top)
        }
        # A value with nothing but its source beside it is the value.
        return fields["best"] if set(fields) == {"best"} and not named else fields
    return [model_content(value) for value in node] if isinstance(node, list) else node


def holds_text(node: Any) -> bool:
    """True for a mapping with texts in it: the long form of a date, which may stand at `on` too."""
    return isinstance(node, dict) and any(isinstance(value, str) for value in node.values())


def node_of(path: str, value: Any, line: int = 1) -> tuple[Node, str]:
    """The value of a `--set` as a node, and the text to show in an error."""
    value = bare(value)
    text = value if isinstance(value, str) else json.dumps(value)
    shown = f"--set {path}={text}"
    mark = Mark("--set", line, len(shown) - len(text) + 1, max(1, len(text)))
    if not isinstance(value, str):
        return yamltree.build(value, mark), shown
    try:
        entry = yamltree.read_text("v: " + text).root.entries["v"]
    except InvalidScenario:
        return Scalar(text, text, mark, True), shown
    return yamltree.build(yamltree.plain(entry.value), mark), shown


def bare(value: Any) -> Any:
    """A value given in Python as YAML knows it: dates as text, numbers of other libraries as plain ones."""
    if isinstance(value, dict):
        return {str(key): bare(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [bare(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    value = value.item() if hasattr(value, "item") else value
    if value is not None and not isinstance(value, bool | int | float | str):
        raise UsageError(f"a {type(value).__name__} cannot stand in a scenario")
    if isinstance(value, float) and not math.isfinite(value):
        raise UsageError(f"{value} cannot stand in a scenario: numbers are finite")
    return value


def load(path: str | Path, variant: str | None = None) -> Scenario:
    """The scenario in a file: its first variant, or the named one.

    Raises InvalidScenario with every problem, InputOutputError when it cannot be read, UsageError for an
    unknown variant.
    """
    lines: Lines = {}
    problems: list[Problem] = []
    root = read_with_bases(path, lines, problems)
    return from_tree(str(path), root, lines, problems, variant)


def load_text(text: str, file: str = "<text>", variant: str | None = None) -> Scenario:
    """The scenario in a text."""
    document = yamltree.read_text(text, file, collect=True)
    lines = {file: document.lines}
    return from_tree(file, document.root, lines, list(document.problems), variant)


def from_tree(file: str, root: Mapping, lines: Lines, problems: list[Problem], variant: str | None) -> Scenario:
    """The scenario a tree describes; every variant is checked, the problems of all are reported."""
    if any(problem.code in ("extends", "item-table") for problem in problems):
        raise InvalidScenario(tidied(problems))  # what a missing base would have given is not missing
    check_variants(root, lines, problems)
    written, variants = take_variants(root)
    names = list(variants.entries) if variants is not None else [AS_WRITTEN]
    if variant is not None and variant not in names:
        raise UsageError(f"{file} has no variant '{variant}'; {did_you_mean(variant, names)}")
    reference = months_from(written, lines)
    others: dict[str, Scenario] = {}
    kept: list[Problem] = []
    for name in names:
        found: list[Problem] = []
        try:
            others[name] = resolved(file, written, variants, name, lines, found, reference)
            kept.extend(others[name].warnings)
        except InvalidScenario as error:
            problems.extend(error.problems)
    if problems:
        raise_if([*problems, *kept])
    return replace(others[variant or names[0]], others=others)


def resolved(file: str, written: Mapping, variants: Mapping | None, name: str, lines: Lines,
             problems: list[Problem], reference: date | None) -> Scenario:  # fmt: skip
    """One variant of a tree, resolved and checked."""
    tree = written
    if variants is not None and name in variants.entries:
        tree = apply_variant(tree, variants, name, lines, problems)
    raise_if(problems)
    base = Scenario(file, name, None, (), tree, written, variants, lines, reference)  # type: ignore[arg-type]
    return finished(base, tree, lines, name)


def finished(base: Scenario, tree: Mapping, lines: Lines, name: str, checked: bool = True) -> Scenario:
    """The scenario a variant's tree gives: defaults and presets laid out, checked, worked out."""
    problems: list[Problem] = []
    full = spell_out_kinds(lay_out_defaults(tree, lines, problems), lines, problems)
    things = read_things(full, lines, problems)
    if things is None or problems:
        rest, unread = read_what_can_be(full)
        if rest is not None:
            problems += Checks(with_default_sites(rest), full, lines, frozenset(unread)).run(is_whole=False)
        raise InvalidScenario(tidied(problems))
    things = with_default_sites(things)
    # Shares and references must hold before sizes can be worked out from them.
    found = Checks(things, full, lines).run() if checked else []
    raise_if(found)
    things = worked_out(things)
    if base.months_from is not None and not names_months(full):
        time = things.time.model_copy(update={"months_from": base.months_from})
        things = things.model_copy(update={"time": time})
    return replace(base, things=things, tree=tree, source_lines=lines, variant_name=name,
                   warnings=tuple(tidied(found)))  # fmt: skip


def names_months(tree: Mapping) -> bool:
    """True when the scenario says itself where its months count from."""
    time = tree.entries["time"].value
    entry = time.entries.get("months_from") if isinstance(time, Mapping) else None
    return entry is not None and not is_null(entry.value)


def months_from(written: Mapping, lines: Lines) -> date | None:
    """The date months count from: the first halt of the file as written, for every variant (R-T7)."""
    things = read_things(spell_out_kinds(lay_out_defaults(written, lines, []), lines, []), lines, [])
    if things is None or not (things.halts or things.time.months_from):
        return None
    return things.time.months_from or first_halt(things)
