"""Everything that can go wrong, and the exit code it ends the command with.

ArmsimError                 1   a run failed
├── RunFailed               1   one replication failed, at a moment and in an event
├── EveryWorldFailed        1   no world is left to make a result of
├── UsageError              2   the command or call was put wrongly
├── InvalidScenario         3   the scenario file breaks a rule; holds every problem found
├── CheckFailed             4   a check that was asked for did not hold
├── InputOutputError        5   something cannot be read or written
└── ResultsDamaged          6   a results folder is incomplete or altered

Interrupted work that was kept ends with 130.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Any

OK, INTERRUPTED = 0, 130


@dataclass(frozen=True)
class Problem:
    """One thing wrong (or doubtful) in a scenario file, at the place where a person wrote it.

    `line` and `column` count from 1; 0 means the place is not known. `path` is the dotted path in the
    scenario, `code` a short stable name of the rule, `severity` 'error' or 'warning'.
    `source_line` is the text of the line, `length` how many characters the caret underlines.
    """

    file: str
    line: int
    column: int
    path: str
    code: str
    severity: str
    message: str
    hint: str = ""
    source_line: str = ""
    length: int = 1

    def text(self) -> str:
        """The problem as a person reads it: place, message, the line with a caret, the hint."""
        head = f"{self.file}:{self.line}:{self.column}: {self.severity}: {self.message}"
        if not self.line or not self.source_line:
            return head + (f"\n  {self.hint}" if self.hint else "")
        number = f"{self.line:6d} | "
        shown, start = clipped(self.source_line, self.column - 1)
        caret = "^" * max(1, min(self.length, len(shown) - start))
        lines = [head, number + shown, " " * 7 + "| " + " " * start + caret]
        if self.hint:
            lines[-1] += f"  {self.hint}"
        return "\n".join(lines)

    def record(self) -> dict[str, Any]:
        """The problem as `armsim validate --json` prints it."""
        names = ("file", "line", "column", "path", "code", "severity", "message", "hint")
        everything = asdict(self)
        return {name: everything[name] for name in names}


def clipped(line: str, column: int, width: int = 100) -> tuple[str, int]:
    """A printable window of a source line around `column` (0-based), and the column inside it.

    Control and direction-changing characters become '?', so a file cannot rewrite the terminal.
    """
    clean = "".join(c if c.isprintable() else ("    " if c == "\t" else "?") for c in line.rstrip("\r\n"))
    column += 3 * line[:column].count("\t")
    if len(clean) <= width:
        return clean, min(column, len(clean))
    begin = max(0, column - width // 2)
    return ("…" if begin else "") + clean[begin : begin + width], column - begin + (1 if begin else 0)


class ArmsimError(Exception):
    """Base of every error armsim raises on purpose; its text is for the user."""

    exit_code = 1


class RunFailed(ArmsimError):
    """One replication failed: at which second from the start, on which day, in which event (ENGINE 1)."""

    def __init__(self, message: str, second: int | None = None, when: str = "", event: str = ""):
        self.second, self.when, self.event = second, when, event
        super().__init__(message)


class EveryWorldFailed(ArmsimError):
    """Every world of a run failed: nothing is left to make a result of."""


#: What a rule or a draw may raise in a replication; anything else is a mistake in the program.
RUN_ERRORS = (ArmsimError, ArithmeticError, ValueError)


class UsageError(ArmsimError):
    """The command line or a Python call was put wrongly."""

    exit_code = 2


class InvalidScenario(ArmsimError):
    """The scenario breaks rules; `problems` holds all of them."""

    exit_code = 3

    def __init__(self, problems: list[Problem]):
        self.problems = problems
        super().__init__("\n".join(problem.text() for problem in problems))


class CheckFailed(ArmsimError):
    """A check that was asked for did not hold."""

    exit_code = 4


class InputOutputError(ArmsimError):
    """A file or folder cannot be read or written."""

    exit_code = 5


class ResultsDamaged(ArmsimError):
    """A results folder is incomplete or was altered."""

    exit_code = 6


def did_you_mean(word: str, known: list[str]) -> str:
    """A suggestion for a mistyped name, or the list of known ones when nothing is near."""
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    if not known:
        return ""
    listed = ", ".join(sorted(known)[:12])
    return f"known: {listed}" + (", …" if len(known) > 12 else "")
