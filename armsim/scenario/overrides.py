"""Changes to a scenario by dotted path, as variants, `--set` and sweeps write them.

`items.engine.stock.palanquero` = 6 gives a new tree; a mapping under a path merges key by key, `~` takes
a key out, and `halts: none` switches every halt off that is not marked background.
"""

from __future__ import annotations

from dataclasses import replace

from armsim.errors import did_you_mean
from armsim.scenario.problems import keys_at, keys_of
from armsim.scenario.things import Written
from armsim.scenario.yamltree import Entry, Mapping, Mark, Node, Scalar, Sequence, build

#: The key that a single word stands for; `best` where none is named here, nothing where the word goes.
WORD_MEANS = {"cannibalization": "policy", "people": "", "operation": "", "new_orders": ""}


#: Keys that say the same: one takes the place of another.
SAME_VALUE = ("best", "value", "median")


class NoSuchPlace(ValueError):
    """The path leads nowhere; the text says where it breaks off, `hint` what may have been meant."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.message, self.hint = message, hint
        super().__init__(f"{message}; {hint}" if hint else message)


def merge(base: Node, change: Node) -> Node:
    """The base with a change laid over it: mappings merge key by key, anything else replaces."""
    if not isinstance(base, Mapping) or not isinstance(change, Mapping):
        return change
    entries = dict(base.entries)
    for key, entry in change.entries.items():
        if key in SAME_VALUE and not is_null(entry.value):
            entries = {k: v for k, v in entries.items() if k == key or k not in SAME_VALUE}
        if is_null(entry.value) and key in entries:
            del entries[key]
        elif key in entries:
            entries[key] = Entry(entry.key, merge(entries[key].value, entry.value))
        else:
            entries[key] = entry
    return replace(base, entries=entries)


def is_null(node: Node) -> bool:
    """True for `~`, `null` and an empty value."""
    return isinstance(node, Scalar) and node.value is None


def change_at(tree: Node, path: str, change: Node, key: Scalar | None = None) -> Node:
    """The tree with `change` merged at a dotted path. Raises NoSuchPlace."""
    steps = path.split(".")
    if not all(steps):
        raise NoSuchPlace(f"'{path}' is not a path", "write names joined by dots, such as items.engine.stock")
    if steps == ["halts"] and isinstance(change, Scalar) and change.value == "none":
        return without_halts(tree, change.mark)
    return step_in(tree, steps, 0, change, key or Scalar(steps[-1], steps[-1], change.mark, False))


def step_in(node: Node, steps: list[str], depth: int, change: Node, key: Scalar) -> Node:
    """Follow one step of the path and put the changed child back."""
    step, last, where = steps[depth], depth == len(steps) - 1, ".".join(steps[:depth])
    if step == "0" and not isinstance(node, Sequence) and not (isinstance(node, Mapping) and step in node.entries):
        # A list of one may be written as its only element.
        return merge(node, change) if last else step_in(node, steps, depth + 1, change, key)
    if isinstance(node, Sequence):
        if not step.isdigit() or int(step) >= len(node.items):
            many = f"its places are 0 to {len(node.items) - 1}" if len(node.items) > 1 else "its only place is 0"
            raise NoSuchPlace(f"'{where}' is a list: there is no '{step}' in it", many if node.items else "it is empty")
        items = list(node.items)
        child = items[int(step)]
        items[int(step)] = merge(child, change) if last else step_in(child, steps, depth + 1, change, key)
        return replace(node, items=tuple(items))
    if isinstance(node, Scalar) and not last:
        raise NoSuchPlace(f"'{where}' is a single value: nothing lies under it")
    if isinstance(node, Scalar):
        node = long_form(node, steps[depth - 1] if depth else "")
    entries = dict(node.entries)
    if last:
        if is_null(change):
            if step not in entries:
                raise no_key(step, where, entries)
            del entries[step]
            return replace(node, entries=entries)
        written = entries[step].key if step in entries else replace(key, value=step, text=step)
        return merge(node, Mapping({step: Entry(written, change)}, node.mark))
    if step not in entries:
        if step not in keys_at(Written, tuple(steps[:depth])):
            raise no_key(step, where, entries)
        # The rest of it may come from the section's defaults or from a preset.
        entries[step] = Entry(replace(key, value=step, text=step), Mapping({}, change.mark))
    entry = entries[step]
    entries[step] = Entry(entry.key, step_in(entry.value, steps, depth + 1, change, key))
    return replace(node, entries=entries)


def no_key(step: str, where: str, entries: dict[str, Entry]) -> NoSuchPlace:
    """The error for a step that leads nowhere."""
    known = list(entries) + [key for key in keys_at(Written, tuple(where.split("."))) if where] or keys_of(Written)
    return NoSuchPlace(f"there is no '{step}'" + (f" under '{where}'" if where else ""), did_you_mean(step, known))


def long_form(short: Scalar, name: str) -> Mapping:
    """The mapping a single word or number stands for: `350 FH` is `{best: 350 FH}`."""
    key = WORD_MEANS.get(name, "best")
    entries = {key: Entry(Scalar(key, key, short.mark, False), short)} if key else {}
    return Mapping(entries if not is_null(short) else {}, short.mark)


def without_halts(tree: Node, mark: Mark) -> Node:
    """The tree with every halt switched off that is not marked background."""
    if not isinstance(tree, Mapping) or "halts" not in tree.entries:
        return tree
    halts = tree.entries["halts"]
    if not isinstance(halts.value, Mapping):
        return tree
    usual = halts.value.entries["defaults"].value if "defaults" in halts.value.entries else None
    switched = {}
    for name, entry in halts.value.entries.items():
        value = entry.value
        if name != "defaults" and isinstance(value, Mapping) and not is_background(value, usual):
            value = merge(value, build({"active": False}, mark))
        switched[name] = Entry(entry.key, value)
    entries = dict(tree.entries) | {"halts": Entry(halts.key, replace(halts.value, entries=switched))}
    return replace(tree, entries=entries)


def is_background(halt: Mapping, usual: Node | None = None) -> bool:
    """True for a halt that stays in the no-halt twin (R-H6); `usual` are the defaults of its section."""
    entry = halt.entries.get("background")
    if entry is None and isinstance(usual, Mapping):
        entry = usual.entries.get("background")
    return entry is not None and isinstance(entry.value, Scalar) and entry.value.value is True
