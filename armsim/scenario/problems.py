"""What pydantic found wrong, as problems at the place in the file, in our own words."""

from __future__ import annotations

import types
import typing
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from armsim.errors import Problem, did_you_mean
from armsim.scenario.yamltree import Mapping, Mark, Node, find, problem_at

Lines = dict[str, tuple[str, ...]]
#: Keys a person may have written where a value class reads `best`, and the like.
WRITTEN_AS = {"best": ("value", "median"), "list": ("list_",)}


def located(lines: Lines, mark: Mark, code: str, message: str, hint: str, path: tuple[Any, ...],
            severity: str = "error") -> Problem:  # fmt: skip
    """A problem at a mark, with the line of the file it is in."""
    dotted = ".".join(str(step) for step in path)
    return problem_at(lines.get(mark.file, ()), mark, code, message, hint, dotted, severity)


def place(tree: Node, path: tuple[Any, ...], on_key: bool) -> Mark:
    """Where the deepest existing part of a path is written: at its key, or at its value."""
    walked: list[Any] = []
    node: Any = tree
    for step in path:
        if isinstance(node, Mapping) and step not in node.entries:
            other = next((w for w in WRITTEN_AS.get(str(step), ()) if w in node.entries), None)
            if other is None:
                break
            step = other
        walked.append(step)
        node = _child(node, step)
        if node is None:
            break
    key, value = find(tree, tuple(walked))
    return key if on_key else value


def _child(node: Any, step: Any) -> Any:
    if isinstance(node, Mapping):
        return node.entries[step].value if step in node.entries else None
    items = getattr(node, "items", ())
    return items[step] if isinstance(step, int) and not callable(items) and step < len(items) else None


def from_pydantic(error: ValidationError, model: type[BaseModel], tree: Node, lines: Lines) -> list[Problem]:
    """Every error as a problem; a mistyped key and the missing key it caused become one."""
    errors = [e for e in error.errors(include_url=False, include_context=True)]
    missing: dict[tuple[Any, ...], list[str]] = {}
    for one in errors:
        if one["type"] == "missing":
            missing.setdefault(tuple(one["loc"][:-1]), []).append(str(one["loc"][-1]))
    explained: set[tuple[Any, ...]] = set()
    found: list[Problem] = []
    for one in errors:
        if one["type"] != "extra_forbidden":
            continue
        path = tuple(one["loc"])
        parent, key = path[:-1], str(path[-1])
        near = get_close_matches(key, missing.get(parent, []), n=1, cutoff=0.6)
        if near:
            explained.add((*parent, near[0]))
            hint = f"did you mean '{near[0]}'?"
        else:
            hint = did_you_mean(key, keys_at(model, parent))
        found.append(
            located(lines, place(tree, path, True), "unknown-key", f"unknown key '{key}'{under(parent)}", hint, path)
        )
    for one in errors:
        path = tuple(one["loc"])
        if one["type"] == "extra_forbidden" or path in explained:
            continue
        message, hint, on_key = in_words(one)
        if one["type"] == "missing":
            # A key that is missing is reported at the thing that lacks it.
            message = f"'{path[-1]}' is missing{under(path[:-1])}"
            found.append(located(lines, place(tree, path[:-1], True), "missing-key", message, "", path))
            continue
        path = tuple(step for step in path if step != "[key]")
        found.append(located(lines, place(tree, path, on_key), code_of(one["type"]), message, hint, path))
    return found


def under(parent: tuple[Any, ...]) -> str:
    """' in fleets.kfir', or nothing at the top."""
    return f" in {'.'.join(str(step) for step in parent)}" if parent else ""


def code_of(kind: str) -> str:
    """The stable name of a kind of error."""
    return {"value": "bad-value", "missing": "missing-key"}.get(kind, "bad-value")


def in_words(error: Any) -> tuple[str, str, bool]:
    """(message, hint, whether it belongs to the key) for one pydantic error."""
    kind, given, context = error["type"], error["input"], error.get("ctx", {})
    shown = f"'{given}'" if isinstance(given, str | int | float) else "this"
    if kind == "value":
        return error["msg"], "", bool(isinstance(given, dict))
    if kind == "literal_error":
        allowed = [word.strip("' ") for word in context["expected"].replace(" or ", ", ").split(", ")]
        return f"{shown} is not one of: {', '.join(allowed)}", did_you_mean(str(given), allowed), False
    if kind == "string_pattern_mismatch":
        return (
            f"{shown} cannot be a name",
            "names are lower-case letters, digits and underscores, starting with a letter; use `title` for the rest",
            True,
        )
    if kind in ("model_type", "dict_type", "model_attributes_type", "mapping_type"):
        return f"a mapping (key: value) is wanted here, not {shown}", "", False
    if kind in ("tuple_type", "list_type"):
        return f"a list is wanted here, such as [{given}], not {shown}", "", False
    if kind == "string_type":
        return f"text is wanted here, not {shown}", "put it in quotes if it is text", False
    if kind in ("int_type", "int_from_float", "int_parsing"):
        return f"a whole number is wanted here, not {shown}", "", False
    if kind in ("float_type", "float_parsing"):
        return f"a number is wanted here, not {shown}", "", False
    if kind == "bool_type":
        return f"true or false is wanted here, not {shown}", "", False
    if kind in ("too_short", "string_too_short"):
        return "this must not be empty", "", True
    limits = {
        "greater_than_equal": ("ge", "at least"), "greater_than": ("gt", "more than"),
        "less_than_equal": ("le", "at most"), "less_than": ("lt", "less than"),
    }  # fmt: skip
    if kind in limits:
        name, word = limits[kind]
        return f"{shown} must be {word} {context[name]}", "", False
    return f"{error['msg'].lower()} (got {shown})", "", False


def keys_at(model: Any, path: tuple[Any, ...]) -> list[str]:
    """The keys that may stand at a path of the scenario."""
    kind: Any = model
    for step in path:
        kind = step_into(kind, step)
    return keys_of(kind)


def keys_of(kind: Any) -> list[str]:
    """The keys of a model class, as they are written."""
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return []
    return [field.alias or name for name, field in kind.model_fields.items()]


def step_into(kind: Any, step: Any) -> Any:
    """The class found one step down."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            if step in (name, field.alias):
                return bare(field.annotation)
        return None
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) is dict and len(arguments) == 2:
        return bare(arguments[1])
    if typing.get_origin(kind) is tuple and arguments:
        return bare(arguments[0])
    return None


def bare(kind: Any) -> Any:
    """The class inside Annotated and Optional."""
    origin = typing.get_origin(kind)
    if origin is typing.Annotated:
        return bare(typing.get_args(kind)[0])
    if origin in (typing.Union, types.UnionType):
        return bare(next(arg for arg in typing.get_args(kind) if arg is not type(None)))
    return kind
