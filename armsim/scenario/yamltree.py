"""Text of a scenario file -> a tree of values that know their line and column.

Reads PyYAML's events only: nothing is constructed, no alias is followed, and depth and size are limited
before memory or the stack is. Scalars follow the core schema of YAML 1.2 (`NO`, `1:30` and 2023-01-01 are
text). A tab anywhere but in the indentation counts as a space. Every complaint is in our own words.
"""

from __future__ import annotations

import math
import os
import re
import stat
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from armsim.errors import InputOutputError, InvalidScenario, Problem

MOST_BYTES, MOST_DEPTH, MOST_NODES, MOST_DIGITS = 2_000_000, 40, 200_000, 18
MOST_REREAD = 1_000_000  # characters; the pure parser takes about 1.5 s for so many
MOST_ALIKE = 50  # problems of one kind that are spelt out


class Mark(NamedTuple):
    """Where something is written: line and column from 1, and how many characters to underline."""

    file: str
    line: int
    column: int
    length: int


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value; `text` is what was written without its quotes, `quoted` that it cannot be but text."""

    value: bool | int | float | str | None
    text: str
    mark: Mark
    quoted: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Entry:
    """A key as written, and its value."""

    key: Scalar
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys, by their text and in their order, with their values."""

    entries: dict[str, Entry]
    mark: Mark


Node = Scalar | Sequence | Mapping


@dataclass(frozen=True, slots=True)
class Document:
    """A file that could be read: its tree, its lines as written, the problems the caller asked to keep."""

    root: Mapping
    file: str
    lines: tuple[str, ...]
    problems: tuple[Problem, ...]


def read(path: str | os.PathLike[str], *, collect: bool = False) -> Document:
    """The tree of a YAML file.

    Raises InputOutputError when there is no file to read, InvalidScenario with every problem found in it.
    `collect` is as in `read_text`.
    """
    file = os.fsencode(path).decode("utf-8", "replace")
    written = _bytes_of(path, file)
    fault = ""
    before: tuple[str, ...]
    lines: tuple[str, ...]
    if written[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0\0" in (written[:4:2], written[1:4:2]):
        fault, before, lines = "the file is written in UTF-16, not in UTF-8", ("?",), ()
    else:
        try:
            text = written.decode("utf-8")
        except UnicodeDecodeError as error:
            fault = f"the byte 0x{written[error.start]:02X} is not UTF-8 text"
            before = _lines_of(written[: error.start].decode("utf-8") + "?")
            lines = _lines_of(written.decode("utf-8", "replace"))
    if fault:
        mark = Mark(file, len(before), len(before[-1]), 1)
        raise InvalidScenario([problem_at(lines, mark, "yaml.encoding", fault, "save the file as UTF-8")])
    return read_text(text, file, collect=collect)


def read_text(text: str, file: str = "<text>", *, pure: bool = False, collect: bool = False) -> Document:
    """The tree of a YAML text.

    Raises InvalidScenario with every problem found. With `collect`, problems that leave a tree to go on with
    (a duplicate key, an anchor, a number too large) are returned in `Document.problems` instead, so that
    the caller can report them together with its own. `pure` reads without the C parser.
    """
    lines = _lines_of(text)
    loader = parser_class(pure)
    reading = _Reading(file, lines, loader)
    if loader is not yaml.SafeLoader and reading.is_doubtful and len(text) <= MOST_REREAD:
        # The two parsers word and place their errors differently, and the pure one says more.
        reading = _Reading(file, lines, yaml.SafeLoader)
    problems = reading.problems.all()
    if not isinstance(reading.root, Mapping) or (problems and not collect):
        raise InvalidScenario(problems)
    return Document(reading.root, file, lines, tuple(problems))


def parser_class(pure: bool = False) -> Any:
    """The PyYAML class that gives events: the C parser where PyYAML was built with it."""
    return yaml.SafeLoader if pure else getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def plain(node: Node) -> Any:
    """The node as bare dicts, lists and scalars."""
    if isinstance(node, Mapping):
        return {name: plain(entry.value) for name, entry in node.entries.items()}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.value


def build(value: Any, mark: Mark) -> Node:
    """Bare dicts, lists and scalars as a node, every part of it at `mark`."""
    if isinstance(value, dict):
        named = {str(name): part for name, part in value.items()}
        keys = {name: Scalar(name, name, mark, False) for name in named}
        return Mapping({name: Entry(keys[name], build(part, mark)) for name, part in named.items()}, mark)
    if isinstance(value, list | tuple):
        return Sequence(tuple(build(item, mark) for item in value), mark)
    if isinstance(value, str):
        return Scalar(value, value, mark, quoted=plain_value(value) != (value, ""))
    if value is None or isinstance(value, bool):
        return Scalar(value, {None: "null", True: "true", False: "false"}[value], mark, False)
    if isinstance(value, int | float):
        return Scalar(value, repr(value), mark, False)
    raise TypeError(f"a {type(value).__name__} cannot stand in a scenario")


def find(node: Node, path: tuple[str | int, ...]) -> tuple[Mark, Mark]:
    """The marks of the key and of the value of the deepest node that exists along `path`.

    A list item or the root has no key: its own mark is given twice.
    """
    key = node.mark
    for step in path:
        if isinstance(node, Mapping) and str(step) in node.entries:
            entry = node.entries[str(step)]
            key, node = entry.key.mark, entry.value
        elif isinstance(node, Sequence) and isinstance(step, int) and 0 <= step < len(node.items):
            node = node.items[step]
            key = node.mark
        else:
            break
    return key, node.mark


def problem_at(
    source: Document | tuple[str, ...], mark: Mark, code: str, message: str, hint: str = "", path: str = "",
    severity: str = "error",
) -> Problem:
    """A problem at `mark`, with the line it stands in taken from the document (or from its lines)."""
    lines = source.lines if isinstance(source, Document) else source
    line = lines[mark.line - 1] if 0 < mark.line <= len(lines) else ""
    return Problem(mark.file, mark.line, mark.column, path, code, severity, message, hint, line, mark.length)


# ---- scalars ------------------------------------------------------------------------------------------

_WORDS = {word: None for word in ("", "~", "null", "Null", "NULL")} | {
    word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")
}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


def plain_value(text: str) -> tuple[bool | int | float | str | None, str]:
    """What unquoted text stands for in the core schema of YAML 1.2, and what is wrong with it (or '')."""
    if text in _WORDS:
        return _WORDS[text], ""
    if text[0] not in "+-.0123456789":
        return text, ""
    if _INTEGER.fullmatch(text):
        # int() refuses thousands of digits, and nothing here needs more than 18.
        if len(text.lstrip("+-0xo")) > MOST_DIGITS:
            return 0, f"this integer has more than {MOST_DIGITS} digits"
        base = {"0x": 16, "0o": 8}.get(text[:2], 10)
        return int(text, base), ""
    if _NOT_FINITE.fullmatch(text):
        return 0.0, f"'{text}' is not a finite number"
    if _FLOAT.fullmatch(text):
        number = float(text)
        return (number, "") if math.isfinite(number) else (0.0, f"'{_short(text)}' is too large for a number")
    return text, ""


# ---- characters ---------------------------------------------------------------------------------------

_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f\U0010ffff]"
)
# The pure parser ends unquoted text in brackets at any '?', the C parser does not: both are given another
# sign in its place, except where it could begin a key.
_QUESTION, _QUESTION_SIGN = re.compile(r"(?<=[^\s\[{,])\?|\?(?=\S)"), "\U0010ffff"
_INDENT = re.compile(f"[ \t{_SPACES}]*")
_DASHES = "\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
_AT_START = [
    ("[\u2018-\u201f\uff02\uff07]", "does not quote text", 'type a straight " on both sides'),
    (rf"[{_DASHES}](?=\s)", "does not start a list item", "type a hyphen and a space: '- '"),
    (rf"[{_DASHES}](?=[0-9.])", "does not make a number negative", "type a hyphen: '-'"),
    (f"[{_SPACES}]", "is not an ordinary space", "type an ordinary space"),
]
_AT_KEY = [
    ("[\\w.-]+ *(\uff1a)", "does not end a key", "type an ordinary colon and a space: ': '"),
    (f"[\\w.-]+:([{_SPACES}])", "is not an ordinary space", "type an ordinary space after the colon"),
]


def _named(character: str) -> str:
    """A character by its code point and Unicode name, as nobody can tell it by its look."""
    name = f"U+{ord(character):04X} {unicodedata.name(character, '').lower()}".rstrip()
    return f"'{character}' ({name})" if character.isprintable() else name


def _slip(text: str, is_key: bool) -> tuple[int, str, str] | None:
    """Word-processor typography in place of a YAML sign: its offset in `text`, a message and a hint."""
    if text.isascii():
        return None
    for pattern, fault, hint in _AT_START + (_AT_KEY if is_key else []):
        if match := re.match(pattern, text):
            group = match.re.groups
            return match.start(group), f"{_named(match[group])} {fault}", hint
    if re.match(f"[{_SPACES}]", text[-1]):
        return len(text) - 1, f"{_named(text[-1])} stands at the end of the value", "delete it"
    return None


def _lines_of(text: str) -> tuple[str, ...]:
    """The lines of a text without their ends, a byte-order mark or a last empty one."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return tuple(lines[:-1] if not lines[-1] else lines)


class _Problems:
    """The problems found so far, once for a place and cause, and at most MOST_ALIKE of one kind."""

    def __init__(self, file: str, lines: tuple[str, ...]):
        self.file, self.lines = file, lines
        self.found: dict[tuple[int, int, str], Problem] = {}
        self.kinds: Counter[str] = Counter()

    def add(self, code: str, mark: Mark, message: str, hint: str = "") -> None:
        place = (mark.line, mark.column, code)
        if place not in self.found:
            self.kinds[code] += 1
            if self.kinds[code] <= MOST_ALIKE:
                self.found[place] = problem_at(self.lines, mark, code, message, hint)

    def all(self) -> list[Problem]:
        """Every problem in the order of the file."""
        ordered = [self.found[place] for place in sorted(self.found)]
        for code, count in self.kinds.items():
            if count > MOST_ALIKE:
                last = max(i for i, problem in enumerate(ordered) if problem.code == code)
                more = f"{ordered[last].message} (and {count - MOST_ALIKE} more like this)"
                ordered[last] = replace(ordered[last], message=more)
        return ordered


def _checked(problems: _Problems) -> tuple[str, int]:
    """The text to parse, cleared of what upsets the parsers, and the first line whose structure that hides.

    Each character is replaced by one, so columns stay true. The line is past the end when all are sound.
    """
    whole = "".join(problems.lines)
    is_clean = whole.isascii() and whole.isprintable() and "%" not in whole
    cleared, has_begun, unsound = list(problems.lines), is_clean, len(problems.lines) + 2
    for number, line in enumerate([] if is_clean else problems.lines, 1):
        indent = _INDENT.match(line).end()  # type: ignore[union-attr]
        rest = line[indent:]
        odd = line[:indent].lstrip(" ")
        if odd and rest and rest[0] != "#":
            _add_odd_indent(problems, number, indent - len(odd) + 1, odd)
            unsound = min(unsound, number)
        if match := _UNSEEN.search(line):
            mark = Mark(problems.file, number, match.start() + 1, 1)
            message = f"the unseen character {_named(match[0])} is not allowed"
            problems.add("yaml.character", mark, message, f"delete it, in column {match.start() + 1}")
            unsound = min(unsound, number) if match.start() == indent else unsound
            rest = _UNSEEN.sub("\ufffd", rest)
        if line.startswith("%") and not has_begun:
            mark = Mark(problems.file, number, 1, len(line))
            problems.add("yaml.directive", mark, "directives are not used in scenarios", "delete this line")
            rest = "#" + rest[1:]
        has_begun = has_begun or (bool(rest) and rest[0] != "#")
        cleared[number - 1] = " " * indent + rest.replace("\t", " ")
    return _QUESTION.sub(_QUESTION_SIGN, "\n".join(cleared) + "\n"), unsound


def _add_odd_indent(problems: _Problems, line: int, column: int, odd: str) -> None:
    """Adds the problem of a line that is indented with something else than spaces."""
    mark = Mark(problems.file, line, column, len(odd))
    if odd[0] == "\t":
        problems.add("yaml.tab", mark, "a tab is used to indent", "indent with spaces: two for each level")
    else:
        message = f"{_named(odd[0])} is used to indent"
        problems.add("yaml.typography", mark, message, "indent with ordinary spaces")


# ---- events to nodes ----------------------------------------------------------------------------------


class _Stop(Exception):
    """A limit was passed, or the file cannot go on; the problem has been added."""


class _Reading:
    """One pass over a text with one parser: the root if there is one, the problems, the parser's error."""

    def __init__(self, file: str, lines: tuple[str, ...], loader: Any):
        self.file, self.lines, self.problems = file, lines, _Problems(file, lines)
        self.root: Node | None = None
        self.is_doubtful = False  # the other parser would say something else
        self.nodes, self.flows, self.last = 0, list[Mark](), Mark(file, 1, 1, 1)
        self.last_quoted: tuple[Any, Any] | None = None
        text, self.unsound = _checked(self.problems)
        parser = None
        try:
            parser = loader(text)
            self.next_event = parser.get_event
            self.root = self._document()
        except _Stop:
            pass
        except yaml.MarkedYAMLError as error:
            self._add_syntax(error, error.problem_mark or error.context_mark or parser)
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            self._add_syntax(error, parser)
        finally:
            if parser is not None:
                parser.dispose()

    def _document(self) -> Node | None:
        """The root of the only document."""
        self.next_event()
        event = self.next_event()
        empty = isinstance(event, StreamEndEvent)
        if not empty:
            event = self.next_event()
            is_bare = isinstance(event, ScalarEvent) and not (event.anchor or event.tag)
            empty = is_bare and not (event.value or event.style)
        if empty:
            hint = "`armsim init NAME` writes one to start from"
            self.problems.add("yaml.empty", Mark(self.file, 1, 1, 1), "the file is empty", hint)
            raise _Stop
        root = self._node(event, 1)
        self.next_event()
        event = self.next_event()
        if isinstance(event, DocumentStartEvent):
            message = "a second document starts here; a scenario file holds one"
            self._add("yaml.document", event, message, "delete this line, or move the rest to its own file")
        if not isinstance(root, Mapping) and not self.problems.found:
            kind = "a list" if isinstance(root, Sequence) else "text"
            hint = "write 'key: value' lines, with a space after each colon"
            self.problems.add("yaml.root", root.mark, f"the file holds {kind}, not keys with values", hint)
        return root

    def _node(self, event: Any, depth: int) -> Node:
        """The node that starts at `event`."""
        self.nodes += 1
        if self.nodes > MOST_NODES:
            self._stop("yaml.size", event, f"the file has more than {MOST_NODES:,} values")
        self.last = mark = self._mark(event)
        if isinstance(event, AliasEvent):
            self._add("yaml.alias", event, "aliases ('*name') are not used in scenarios", _QUOTE_IT)
            return Scalar(None, "", mark, False)
        if event.anchor is not None:
            self._add("yaml.anchor", event, "anchors ('&name') are not used in scenarios", _QUOTE_IT)
        if event.tag is not None:
            self.is_doubtful = True
            self._add("yaml.tag", event, "tags ('!name') are not used in scenarios", _QUOTE_IT)
        if isinstance(event, ScalarEvent):
            return self._scalar(event, mark)
        if depth > MOST_DEPTH:
            self._stop("yaml.depth", event, f"the file is nested deeper than {MOST_DEPTH} levels")
        if event.flow_style:
            self.flows.append(mark)
        node: Node
        if isinstance(event, SequenceStartEvent):
            node = Sequence(tuple(self._items(depth)), mark._replace(length=1))
        else:
            entries = self._entries(depth)
            first = next(iter(entries.values())).key.mark.length if entries and not event.flow_style else 1
            node = Mapping(entries, mark._replace(length=first))
        if event.flow_style:
            self.flows.pop()
        return node

    def _items(self, depth: int) -> Iterator[Node]:
        """The items of the list whose start was read."""
        while not isinstance(event := self.next_event(), SequenceEndEvent):
            yield self._node(event, depth + 1)

    def _entries(self, depth: int) -> dict[str, Entry]:
        """The keys and values of the mapping whose start was read; of a key written twice, the first."""
        entries: dict[str, Entry] = {}
        while not isinstance(event := self.next_event(), MappingEndEvent):
            key = self._key(event, depth)
            value = self._node(self.next_event(), depth + 1)
            if key is None:
                continue
            if isinstance(value, Scalar) and not (value.text or value.quoted):
                # Nothing is written: the key shows best where it is missing.
                value = replace(value, mark=key.mark)
            if key.text in entries:
                first = entries[key.text].key.mark
                hint = f"it is first in line {first.line}; delete one of them"
                message = f"the key '{_short(key.text)}' is written twice"
                self.problems.add("yaml.duplicate", key.mark, message, hint)
            else:
                entries[key.text] = Entry(key, value)
        return entries

    def _key(self, event: Any, depth: int) -> Scalar | None:
        """The key at `event`, None when it cannot be one."""
        node = self._node(event, depth + 1)
        is_plain = isinstance(event, ScalarEvent) and event.style in (None, "")
        if not isinstance(node, Scalar):
            self._add("yaml.key", event, "a key must be a word, not a list or a mapping")
        elif isinstance(event, AliasEvent):
            return None
        elif not node.text:
            self._add("yaml.key", event, "the key is empty", "write a name before the colon")
        elif is_plain and node.text == "<<":
            hint = "write the keys out, or use 'extends'"
            self._add("yaml.merge", event, "merge keys ('<<') are not used in scenarios", hint)
        else:
            return Scalar(node.text, node.text, node.mark, node.quoted)
        return None

    def _scalar(self, event: Any, mark: Mark) -> Scalar:
        """The value at `event`: text when quoted, else what the core schema makes of it."""
        text = event.value.replace(_QUESTION_SIGN, "?")
        if event.style in (None, ""):
            value, fault = plain_value(text)
            if fault:
                self.problems.add("yaml.number", mark, fault)
            if not text.isascii():
                self._check_typography(event)
            return Scalar(value, text, mark, False)
        start = event.start_mark
        if event.style in "'\"":
            self.last_quoted = (start, event.end_mark)
        elif re.match(r"[|>][-+0-9]*#", self.lines[start.line][start.column : start.column + 9]):
            self.is_doubtful = True
        if not text.isprintable() and (match := _UNSEEN.search(text)):
            message = f"the unseen character {_named(match[0])} is not allowed, not even as an escape"
            self.problems.add("yaml.character", mark, message)
        return Scalar(text, text, mark, True)

    def _check_typography(self, event: Any) -> None:
        """Adds the word-processor signs that stand where unquoted text should have a YAML sign."""
        first, last = event.start_mark, event.end_mark
        # A line may hold 2 MB: only what stands near is looked at.
        before = self.lines[first.line][max(0, first.column - 60) : first.column]
        is_key = bool(re.search(r"(^|[{\[,]) *(- +)*$", before))
        end = last.column if first.line == last.line else None
        if not self._add_slip(first.line, first.column, end, is_key):
            return  # a dash further on, in wrapped text, is a dash
        for line in range(first.line + 1, last.line + 1):
            begin = len(self.lines[line]) - len(self.lines[line].lstrip())
            self._add_slip(line, begin, last.column if line == last.line else None, is_key)

    def _add_slip(self, line: int, begin: int, end: int | None, is_key: bool) -> bool:
        """Whether a part of a line (counted from 0) has a slip of typography, which is added."""
        slip = _slip(self.lines[line][begin:end], is_key)
        if slip:
            mark = Mark(self.file, line + 1, begin + slip[0] + 1, 1)
            self.problems.add("yaml.typography", mark, slip[1], slip[2])
        return slip is not None

    def _mark(self, event: Any) -> Mark:
        """The place of an event; one over several lines is underlined to the end of its first."""
        start, end = event.start_mark, event.end_mark
        if start.line == end.line:
            length = end.column - start.column
        else:
            length = len(self.lines[start.line]) - start.column
        return Mark(self.file, start.line + 1, start.column + 1, max(1, length))

    def _add(self, code: str, event: Any, message: str, hint: str = "") -> None:
        self.problems.add(code, self._mark(event), message, hint)

    def _stop(self, code: str, event: Any, message: str) -> None:
        self._add(code, event, message)
        raise _Stop

    def _add_syntax(self, error: Exception, parser: Any) -> None:
        """Adds the parser's error in our words, unless something already reported explains it."""
        self.is_doubtful = True
        for number in range(self.last.line - 1, len(self.lines)):
            self._add_line_slips(number)
        code, mark, message, hint = _Syntax(self, error, parser).explained()
        between = range(self.last.line, mark.line + 1)
        explained = any(line in between and code in _CAUSES for line, _, code in self.problems.found)
        if mark.line < self.unsound and not explained:
            self.problems.add(code, mark, message, hint)

    def _add_line_slips(self, line: int) -> None:
        """Adds the slips of typography at the start of a line that was not parsed, or of its value."""
        text = self.lines[line]
        if text.isascii() or text.lstrip().startswith("#"):
            return
        begin = _LINE_START.match(text).end()  # type: ignore[union-attr]
        if not self._add_slip(line, begin, None, True) and (key := _KEY.match(text)):
            self._add_slip(line, key.end(), None, False)


# ---- syntax errors in our words -----------------------------------------------------------------------

_QUOTE_IT = "put the text in double quotes, if text is meant"
_CAUSES = ("yaml.tab", "yaml.typography", "yaml.character")
_LINE_START = re.compile(r" *(?:- +)*")
_KEY = re.compile(r" *(?:- +)*[^\s:#\"'{\[][^:#]*?: +")
_Explained = tuple[str, Mark, str, str]  # code, place, message, hint


class _Syntax:
    """What a parser's error means for the person who wrote the line; lines and columns here count from 0."""

    def __init__(self, reading: _Reading, error: Exception, parser: Any):
        self.reading, self.lines = reading, reading.lines
        self.problem = getattr(error, "problem", None) or ""
        self.context = getattr(error, "context", None) or ""
        at = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        if at is None and hasattr(parser, "get_mark"):
            at = parser.get_mark()
        self.at_end = at is not None and at.line >= len(self.lines)
        self.line, self.column = self._inside(at)
        self.opened = self._inside(getattr(error, "context_mark", None) or at)
        self.text = self.lines[self.line] if self.lines else ""
        self.before, self.after = self.text[: self.column], self.text[self.column :]
        self.sign = "" if self.at_end else self.after[:1]

    def explained(self) -> _Explained:
        """The first explanation that fits, or a general one."""
        kinds = (self._quote, self._bracket, self._colon, self._no_colon, self._first_sign, self._level)
        for kind in kinds:
            if found := kind():
                return found
        hint = "look for a missing quote, bracket or colon here and in the line above"
        return self._here("yaml.syntax", "this cannot be read as YAML", hint)

    def _here(self, code: str, message: str, hint: str, length: int = 1) -> _Explained:
        return code, self._mark(self.line, self.column, length), message, hint

    def _mark(self, line: int, column: int, length: int = 1) -> Mark:
        return Mark(self.reading.file, line + 1, column + 1, max(1, length))

    def _inside(self, mark: Any) -> tuple[int, int]:
        """Line and column, at the end of the last line when the parser had passed it."""
        if mark is None:
            return self.reading.last.line - 1, self.reading.last.column - 1
        if mark.line >= len(self.lines):
            return max(0, len(self.lines) - 1), len(self.lines[-1]) if self.lines else 0
        return mark.line, mark.column

    def _quote(self) -> _Explained | None:
        """A quoted text that does not end, ends too late, or holds an unknown escape."""
        if "escape" in self.problem or "hexadecimal" in self.problem or not self.problem:
            hint = "write \\\\ for a backslash, or put the text in single quotes"
            message = "a backslash in double quotes starts an escape; there is none like this"
            return self._here("yaml.escape", message, hint)
        line, column = self.opened
        message = ""
        if "quoted scalar" in self.context:
            message = "is never closed"
        elif self.reading.last_quoted:
            start, end = self.reading.last_quoted
            if start.line < end.line == self.line:
                line, column = start.line, start.column
                message = f"is closed only in line {end.line + 1}"
            elif (end.line, end.column) == (self.line, len(self.before.rstrip())):
                hint = "inside single quotes write ' as '', inside double quotes write \" as \\\""
                message = "the text goes on after its closing quote"
                return self._here("yaml.quote", message, hint, len(self.after))
        if not message:
            return None
        quote = self.lines[line][column]
        hint = f"add the closing {quote} where the text ends"
        return "yaml.quote", self._mark(line, column), f"the quote {quote} opened here {message}", hint

    def _bracket(self) -> _Explained | None:
        """A bracket that is not closed, or something between its parts that does not belong there."""
        if not self.reading.flows:
            return None
        mark = self.reading.flows[-1]._replace(length=1)
        opener = self.lines[mark.line - 1][mark.column - 1]
        closer = "]" if opener == "[" else "}"
        if self.sign and self.sign in "]}" and self.sign != closer:
            opened = f"'{opener}' (line {mark.line}, column {mark.column})"
            message = f"{opened} is closed by '{closer}', not by '{self.sign}'"
            return self._here("yaml.bracket", message, f"type '{closer}' here")
        if self.sign == ":" and ": " in re.split(r"[,{\[]", self.before)[-1]:
            hint = "put text with a colon in quotes, and commas between entries"
            return self._here("yaml.colon", _COLON, hint)
        is_later = self.line >= mark.line and self._indent(self.line) <= self._indent(mark.line - 1)
        if self.at_end or is_later:
            message = f"the bracket {opener} opened here is never closed"
            return "yaml.bracket", mark, message, f"add the closing {closer}"
        if self.sign == ",":
            message = "a value is missing before ','"
            return self._here("yaml.bracket", message, "write it, or delete one comma")
        if "expected ',' or" in self.problem:
            message = f"a comma or the closing '{closer}' is missing before this"
            return self._here("yaml.bracket", message, f"'{opener}' was opened in line {mark.line}")
        return None

    def _colon(self) -> _Explained | None:
        """A colon inside unquoted text, or a key that is indented below a value."""
        if "mapping values are not allowed" not in self.problem:
            return None
        if key := _KEY.match(self.before):
            value = re.sub(r"\s+#.*", "", self.text[key.end() :]).rstrip()
            is_odd = '"' in value or "\\" in value
            whole = key[0].lstrip(" -") + ("'" + value.replace("'", "''") + "'" if is_odd else f'"{value}"')
            hint = f"write {whole}" if len(whole) < 80 else "put the text after the key in quotes"
            return self._here("yaml.colon", _COLON, hint)
        above = self._line_above(self.line)
        if above is None:
            return None
        if self._indent(self.line) <= self._indent(above):
            return self._without_colon(above, self._inner(above))
        message = f"this line is indented by {_spaces(self._indent(self.line))}, deeper than line {above + 1}"
        hint = f"indent it by {self._inner(above)}, like line {above + 1}"
        return "yaml.indent", self._line_mark(), f"{message}, which has its value already", hint

    def _no_colon(self) -> _Explained | None:
        """A line among keys that has no colon, or no space after it."""
        if "expected ':'" not in self.problem:
            return None
        return self._without_colon(*self.opened)

    def _without_colon(self, line: int, column: int) -> _Explained:
        text = self.lines[line][column:].rstrip()
        if glued := re.match(r"[\w.-]+:(?=\S)", text):
            mark = self._mark(line, column + glued.end() - 1)
            hint = f"write '{glued[0]} {_short(text[glued.end() :])}'"
            return "yaml.colon", mark, "a space is missing after the colon", hint
        hint = "write 'key: value'; text that goes on from the line above is indented deeper"
        mark = self._mark(line, column, len(text))
        return "yaml.key", mark, f"'{_short(text)}' has no colon after it", hint

    def _first_sign(self) -> _Explained | None:
        """A value that begins with a sign YAML keeps for itself."""
        if "sequence entries are not allowed" in self.problem:
            hint = "start the list on the next line, or put text in quotes"
            return self._here("yaml.list", "a list item ('- ') cannot start here", hint)
        line, column = self.line, self.column
        if re.search("alias|anchor|tag|block scalar|node", self.context):
            line, column = self.opened
        sign = self.lines[line][column : column + 1] if self.lines else ""
        if "block scalar" in self.context:
            hint = "put the text in quotes, or start it on the next line"
            message = f"text cannot go on in the line of '{sign}'"
            return "yaml.sign", self._mark(line, column), message, hint
        if sign and sign in "@`%*&!|>,]}":
            hint = "put the text in double quotes"
            return "yaml.sign", self._mark(line, column), f"a value cannot start with '{sign}'", hint
        return None

    def _level(self) -> _Explained | None:
        """A line whose indentation or kind does not fit the lines above it."""
        if "expected" not in self.problem or self.at_end:
            return None
        if before := self.before.strip().strip("- "):
            is_after = before[-1] in "]}"
            message = "the text goes on after the closing bracket"
            hint = "delete it, or put the whole in quotes"
            return self._here("yaml.bracket", message, hint, len(self.after)) if is_after else None
        levels = self._levels()
        if self.column not in levels:
            near = sorted(sorted(levels, key=lambda level: abs(level - self.column))[:2])
            wanted = " or ".join(f"by {level} like line {levels[level] + 1}" for level in near)
            message = f"this line is indented by {_spaces(self.column)}, which fits no line above it"
            return "yaml.indent", self._line_mark(), message, f"indent it {wanted}"
        above = levels[self.column]
        if self.sign == ":":
            message = "the key is missing before the colon"
            return self._here("yaml.key", message, "write a name before the colon")
        if re.match(r"-(\s|$)", self.after):
            message = f"a list item ('- ') stands among the keys that begin in line {above + 1}"
            return "yaml.list", self._line_mark(), message, "indent the list deeper than its key"
        if re.match(r" *-\s", self.lines[above]):
            message = f"this line is not an item of the list in line {above + 1}"
            return "yaml.list", self._line_mark(), message, "begin it with '- ', or change its indent"
        return None

    def _levels(self) -> dict[int, int]:
        """The indentations that are open above the line, each with its nearest line."""
        levels: dict[int, int] = {}
        above, lowest = self._line_above(self.line), MOST_BYTES
        while above is not None and lowest:
            if (indent := self._indent(above)) < lowest:
                levels.setdefault(self._inner(above), above)
                levels[indent] = above
                lowest = indent
            above = self._line_above(above)
        return levels

    def _line_above(self, line: int) -> int | None:
        """The nearest line above that holds more than a comment."""
        for number in range(line - 1, -1, -1):
            if self.lines[number].strip() and not self.lines[number].lstrip().startswith(("#", "---")):
                return number
        return None

    def _indent(self, line: int) -> int:
        return len(self.lines[line]) - len(self.lines[line].lstrip(" "))

    def _inner(self, line: int) -> int:
        """Where the key of a line begins, behind the hyphens of a list item."""
        return _LINE_START.match(self.lines[line]).end()  # type: ignore[union-attr]

    def _line_mark(self) -> Mark:
        return self._mark(self.line, self._indent(self.line), len(self.text.strip()))


_COLON = "a colon and a space inside text that is not in quotes"


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def _spaces(number: int) -> str:
    return "1 space" if number == 1 else f"{number} spaces"


def _bytes_of(path: str | os.PathLike[str], file: str) -> bytes:
    """What an ordinary file of at most MOST_BYTES holds; never waits for a pipe or a device."""
    try:
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            raise InputOutputError(f"'{file}' is a directory, not a scenario file")
        if not stat.S_ISREG(status.st_mode):
            raise InputOutputError(f"'{file}' is not an ordinary file (a pipe or a device?)")
        with open(path, "rb") as opened:
            written = opened.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise InputOutputError(f"there is no file '{file}'") from None
    except PermissionError:
        raise InputOutputError(f"'{file}' cannot be read: permission denied") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputOutputError(f"'{file}' cannot be read: {reason}") from None
    if len(written) > MOST_BYTES:
        raise InputOutputError(f"'{file}' is larger than the limit of {MOST_BYTES // 1_000_000} MB")
    return written
