"""A replication's event log as text or as a table; the same from either engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from armsim import store
from armsim.errors import UsageError
from armsim.model.events import kind_words, moment, what_words
from armsim.study.trace import Trace
from armsim.units import counted

ENDINGS = (".txt", ".csv")
HEAD = ("date", "seconds", "event", "what", "kind", "first", "second", "third")


def check_name(path: Path) -> None:
    """Refuse a file that is neither text nor a table. Raises UsageError."""
    if path.suffix.lower() not in ENDINGS:
        raise UsageError(f"a trace is text or a table: call it {path.with_suffix('')}.txt or .csv, not '{path}'")


def write_trace(trace: Trace, path: Path) -> None:
    """Write a trace as text (.txt) or as CSV (.csv). Raises UsageError, InputOutputError."""
    check_name(path)
    if path.suffix.lower() == ".csv":
        store.write_table(path, rows(trace))
    else:
        store.write_whole(path, text(trace))


def rows(trace: Trace) -> Iterator[list[Any]]:
    """The log as a table: words first, then the kind and entity as an engine has them."""
    yield list(HEAD)
    for t, kind, entity in trace.log:
        what = what_words(trace.model, kind, entity)
        yield [moment(trace.model, t), t, kind_words(kind, entity), what, kind, *entity]
    if trace.failure:
        yield ["", "", "the run fails", trace.failure, "", "", "", ""]


def text(trace: Trace) -> str:
    """The log as lines to read."""
    told = [[*row[:4], " ".join(map(str, row[4:]))] for row in rows(trace)][1:]
    widths = [max((len(str(row[k])) for row in told if row[0]), default=0) for k in range(4)]
    scenario = trace.scenario
    lines = [
        f"{scenario.name}, variant {scenario.variant_name}, world {trace.world}, replication {trace.replication}, "
        f"seed {trace.seed}: {counted(len(trace.log), 'event')}",
        "date and time, seconds from the start, event, what, (kind and entity)",
        "",
    ]
    for row in told:
        if not row[0]:
            lines.append(f"the run fails: {trace.failure}")
            continue
        date, seconds, event, what = (str(cell) for cell in row[:4])
        cells = (date, seconds.rjust(widths[1]), event.ljust(widths[2]), what.ljust(widths[3]), f"({row[4]})")
        lines.append("  ".join(cells))
    return "\n".join(lines) + "\n"
