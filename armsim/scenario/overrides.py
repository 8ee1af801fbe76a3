"""Changes to a scenario by dotted path, as variants, `--set` and sweeps write them.

`items.engine.stock.palanquero` = 6 gives a new tree; a mapping under a path merges key by key, `~` takes
a key out, and `halts: none` switches every halt off that is not marked background.
"""

from __future__ import annotations

from dataclasses import replace

from armsim.errors import did_you_mean
from armsim.scenario.yamltree import Entry, Mapping, Mark, Node, Scalar, Sequence, build


class NoSuchPlace(ValueError):
    """The path leads nowhere; the text says where it breaks off."""


def merge(base: Node, change: Node) -> Node:
    """The base with a change laid over it: mappings merge key by key, anything else replaces."""
    if not isinstance(base, Mapping) or not isinstance(change, Mapping):
        return change
    entries = dict(base.entries)
    for key, entry in change.entries.items():
        if is_null(entry.value):
            entries.pop(key, None)
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
        raise NoSuchPlace(f"'{path}' is not a path: write names joined by dots, such as items.engine.stock")
    if steps == ["halts"] and isinstance(change, Scalar) and change.value == "none":
        return without_halts(tree, change.mark)
    return step_in(tree, steps, 0, change, key or Scalar(steps[-1], steps[-1], change.mark, False))


def step_in(node: Node, steps: list[str], depth: int, change: Node, key: Scalar) -> Node:
    """Follow one step of the path and put the changed child back."""
    step, last = steps[depth], depth == len(steps) - 1
    if isinstance(node, Sequence):
        if not step.isdigit() or int(step) >= len(node.items):
            raise NoSuchPlace(f"'{'.'.join(steps[:depth])}' is a list of {len(node.items)}: '{step}' is not in it")
        items = list(node.items)
        child = items[int(step)]
        items[int(step)] = merge(child, change) if last else step_in(child, steps, depth + 1, change, key)
        return replace(node, items=tuple(items))
    if isinstance(node, Scalar) and not last:
        raise NoSuchPlace(f"'{'.'.join(steps[:depth])}' is a single value: nothing lies under it")
    if isinstance(node, Scalar):
        # A short form such as `350 FH` is the long form's `best`.
        node = Mapping({"best": Entry(Scalar("best", "best", node.mark, False), node)}, node.mark)
    entries = dict(node.entries)
    if last:
        if is_null(change):
            entries.pop(step, None)
        elif step in entries:
            entries[step] = Entry(entries[step].key, merge(entries[step].value, change))
        else:
            entries[step] = Entry(replace(key, value=step, text=step), change)
        return replace(node, entries=entries)
    if step not in entries:
        if depth == 0:
            entries[step] = Entry(replace(key, value=step, text=step), Mapping({}, change.mark))
        else:
            where = ".".join(steps[:depth])
            raise NoSuchPlace(f"there is no '{step}' under '{where}'; {did_you_mean(step, list(entries))}")
    entry = entries[step]
    entries[step] = Entry(entry.key, step_in(entry.value, steps, depth + 1, change, key))
    return replace(node, entries=entries)


def without_halts(tree: Node, mark: Mark) -> Node:
    """The tree with every halt switched off that is not marked background."""
    if not isinstance(tree, Mapping) or "halts" not in tree.entries:
        return tree
    halts = tree.entries["halts"]
    if not isinstance(halts.value, Mapping):
        return tree
    switched = {}
    for name, entry in halts.value.entries.items():
        value = entry.value
        if name != "defaults" and isinstance(value, Mapping) and not is_background(value):
            value = merge(value, build({"active": False}, mark))
        switched[name] = Entry(entry.key, value)
    entries = dict(tree.entries) | {"halts": Entry(halts.key, replace(halts.value, entries=switched))}
    return replace(tree, entries=entries)


def is_background(halt: Mapping) -> bool:
    """True for a halt that stays in the no-halt twin (R-H6)."""
    entry = halt.entries.get("background")
    return entry is not None and isinstance(entry.value, Scalar) and entry.value.value is True
