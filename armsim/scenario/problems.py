"""What pydantic found wrong, as problems at the place in the file, in our own words."""

from __future__ import annotations

import types
import typing
from difflib import get_close_matches
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from armsim.errors import Problem, did_you_mean
from armsim.scenario.yamltree import Mapping, Mark, Node, Scalar, find, problem_at

#: Fields that hold what was read in another way.
NEVER_WRITTEN = ("never", "until_when")
Lines = dict[str, tuple[str, ...]]
#: Keys a person may have written where a value class reads `best`, and the like.
WRITTEN_AS = {
    "best": ("value", "median"), "until_when": ("until",), "delay": ("starts",), "after": ("starts",),
}  # fmt: skip


def located(lines: Lines, mark: Mark, code: str, message: str, hint: str, path: tuple[Any, ...],
            severity: str = "error") -> Problem:  # fmt: skip
    """A problem at a mark, with the line of the file it is in."""
    dotted = ".".join(str(step) for step in path)
    return problem_at(lines.get(mark.file, ()), mark, code, message, hint, dotted, severity)


def place(tree: Node, path: tuple[Any, ...], on_key: bool) -> Mark:
    """Where the deepest existing part of a path is written: at its key, or at its value."""
    key, value = find(tree, as_written(tree, path))
    return key if on_key else value


def as_written(tree: Node, path: tuple[Any, ...]) -> tuple[Any, ...]:
    """The part of a path that exists in the file, in the words of the file.

    `best` may be written as `value`, a list of one as its only element, a value without its `best`.
    """
    walked: list[Any] = []
    node: Any = tree
    for step in path:
        if isinstance(node, Mapping) and step not in node.entries:
            if isinstance(step, int):
                continue
            other = next((word for word in WRITTEN_AS.get(str(step), ()) if word in node.entries), None)
            if other is None:
                break
            step = other
        child = _child(node, step)
        if child is None:
            break
        walked.append(step)
        node = child
    return tuple(walked)


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
        written = as_written(tree, parent) or parent
        message = f"unknown key '{key}'{under(written)}"
        near = get_close_matches(key, missing.get(parent, []), n=1, cutoff=0.6)
        if near:
            explained.add((*parent, near[0]))
            hint = f"did you mean '{near[0]}'?"
        elif not key[:1].isalpha():
            hint = "in braces a comma ends a value: write numbers without commas"
        else:
            hint = did_you_mean(key, keys_at(model, parent))
        found.append(located(lines, place(tree, path, True), "unknown-key", message, hint, (*written, key)))
    for one in errors:
        path = tuple(one["loc"])
        if one["type"] == "extra_forbidden" or path in explained:
            continue
        if one["type"] == "missing":
            # A key that is missing is reported at the thing that lacks it.
            holder = path[:-1]
            inside = as_written(tree, holder)
            message = f"'{path[-1]}' is missing{under(inside or holder)}"
            mark = place(tree, holder, True)
            found.append(located(lines, mark, "missing-key", message, sibling(tree, holder, lines, mark), path))
            continue
        message, hint, on_key = in_words(one, text_at(tree, path))
        path = tuple(step for step in path if step != "[key]")
        at = one.get("ctx", {}).get("at", ())
        # A short form has no key `best`: the path ends where the file does.
        shown = as_written(tree, (*path, *(step for step in at if step != "[key]")))
        if len(shown) < len(path):
            shown = as_written(tree, path) or path
        on_key = at[-1] == "[key]" if at else on_key
        mark = place(tree, (*path, *(step for step in at if step != "[key]")), on_key)
        found.append(located(lines, mark, code_of(one["type"]), message, hint, shown))
    return found


def sibling(tree: Node, holder: tuple[Any, ...], lines: Lines, mark: Mark) -> str:
    """What may have been meant by a dotted path that made a new thing by mistake."""
    line = lines.get(mark.file, ())[mark.line - 1 : mark.line]
    is_path = bool(line) and "." in line[0][mark.column - 1 : mark.column - 1 + mark.length]
    others = _child(tree, holder[0]) if is_path and len(holder) == 2 else None
    names = [name for name in others.entries if name != holder[1]] if isinstance(others, Mapping) else []
    near = get_close_matches(str(holder[-1]), names, n=1, cutoff=0.6) if names else []
    return f"did you mean '{holder[0]}.{near[0]}'?" if near else ""


def under(parent: tuple[Any, ...]) -> str:
    """' in fleets.kfir', or nothing at the top."""
    return f" in {'.'.join(str(step) for step in parent)}" if parent else ""


def code_of(kind: str) -> str:
    """The stable name of a kind of error."""
    return {"value": "bad-value", "missing": "missing-key"}.get(kind, "bad-value")


def text_at(tree: Node, path: tuple[Any, ...]) -> str:
    """What is written at a path, when it is a single value."""
    node: Any = tree
    for step in as_written(tree, path):
        node = _child(node, step)
    return node.text if isinstance(node, Scalar) else ""


def in_words(error: Any, text: str = "") -> tuple[str, str, bool]:
    """(message, hint, whether it belongs to the key) for one pydantic error about what is written as `text`."""
    kind, given, context = error["type"], error["input"], error.get("ctx", {})
    shown = text if text and isinstance(given, int | float) and not isinstance(given, bool) else as_said(given)
    if kind == "value":
        return error["msg"], "", isinstance(given, dict)
    if kind == "literal_error":
        allowed = [word.strip("' ") for word in context["expected"].replace(" or ", ", ").split(", ")]
        if error["loc"] == ("armsim",):
            return f"{shown} is not a file format this armsim knows", "write armsim: 1", False
        if isinstance(given, dict | list | tuple):
            return f"one word is wanted here, not {shown}: {', '.join(allowed)}", "", False
        near = did_you_mean(given, allowed) if isinstance(given, str) else ""
        return f"{shown} is not one of: {', '.join(allowed)}", near if near.startswith("did") else "", False
    if kind == "string_pattern_mismatch":
        rule = "lower-case letters, digits and underscores, a letter first; 'title' takes any text"
        return f"{shown} cannot be a name", rule, True
    if kind == "string_too_long":
        most = context["max_length"]
        return f"{shown} is too long for a name", f"at most {most} characters; 'title' takes more", True
    is_word = isinstance(given, str | int | float) and not isinstance(given, bool)
    if kind in ("model_type", "dict_type", "model_attributes_type", "mapping_type"):
        return f"keys with values are wanted here, not {shown}", "such as {key: value}", False
    if kind in ("tuple_type", "list_type"):
        return f"a list is wanted here, not {shown}", f"write [{given}]" if is_word else "such as [a, b]", False
    if kind == "string_type":
        return f"text is wanted here, not {shown}", "put it in quotes if it is text" if is_word else "", False
    if kind in ("int_type", "int_from_float", "int_parsing"):
        return f"a whole number is wanted here, not {shown}", "", False
    if kind in ("float_type", "float_parsing"):
        return f"a number is wanted here, not {shown}", "", False
    if kind == "bool_type":
        return f"true or false is wanted here, not {shown}", "", False
    if kind in ("too_short", "string_too_short"):
        return f"'{error['loc'][-1]}' must not be empty", "", True
    limits = {
        "greater_than_equal": ("ge", "at least"), "greater_than": ("gt", "more than"),
        "less_than_equal": ("le", "at most"), "less_than": ("lt", "less than"),
    }  # fmt: skip
    if kind in limits:
        name, word = limits[kind]
        return f"{shown} is out of range: it must be {word} {context[name]}", "", False
    return f"{error['msg'].lower()} (got {shown})", "", False


def as_said(given: Any) -> str:
    """A value of the file in words: quoted as YAML has it, or what kind of thing it is."""
    if isinstance(given, bool):
        return f"'{str(given).lower()}'"
    if given is None:
        return "nothing"
    if isinstance(given, int | float):
        return str(given)
    if isinstance(given, str):
        text = given
        return f"'{text}'" if len(text) <= 60 else f"'{text[:57]}…'"
    return "a list" if isinstance(given, list | tuple) else "keys with values"


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
    names = [field.alias or name for name, field in kind.model_fields.items()]
    return [name for name in names if name not in NEVER_WRITTEN] + list(getattr(kind, "also_written", ()))


@cache
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
