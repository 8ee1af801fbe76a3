"""Items from tables (`item_tables: [parts.csv, more.xlsx#Sheet2]`): one row an item, one column a key.

A table becomes the tree a person would have written under `items:`, each value marked with its cell, so
that everything after it (defaults, variants, checks, errors) works as for a scenario in one file.
"""

from __future__ import annotations

import datetime
import re
import typing
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from armsim import units
from armsim.errors import InputOutputError, did_you_mean
from armsim.scenario import yamltree
from armsim.scenario.overrides import merge
from armsim.scenario.problems import NEVER_WRITTEN, Lines, as_said, keys_of, step_into
from armsim.scenario.things import Item
from armsim.scenario.values import Value
from armsim.scenario.yamltree import Entry, Mapping, Mark, Node, Scalar, Sequence

KEY = "item_tables"
MOST_CELLS = 200_000
#: A workbook is packed; what it unpacks to is limited as well.
MOST_UNPACKED = 50_000_000
Row = list["Cell"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: what stands in it, as the value it is read as, and its place."""

    value: bool | int | float | str | None
    text: str
    mark: Mark
    fault: str = ""

    @property
    def is_empty(self) -> bool:
        """True where nothing is written."""
        return not self.text


class NotATable(Exception):
    """A file that cannot be read as a table, with the place (None for the whole file) and what to do."""

    def __init__(self, message: str, hint: str = "", mark: Mark | None = None) -> None:
        self.message, self.hint, self.mark = message, hint, mark
        super().__init__(message)


class Tables:
    """The items of the tables one file names, and the problems found in them."""

    def __init__(self, lines: Lines, problems: list[Any]) -> None:
        self.lines, self.problems = lines, problems
        self.items: dict[str, Entry] = {}

    def add(self, mark: Mark, code: str, message: str, hint: str = "", path: tuple[str, ...] = (KEY,)) -> None:
        """Add a problem at a mark."""
        source = self.lines.get(mark.file, ())
        self.problems.append(yamltree.problem_at(source, mark, code, message, hint, ".".join(path)))

    def read(self, named: Node, folder: Path) -> None:
        """Take in the rows of one table that a file in `folder` names."""
        if not isinstance(named, Scalar) or not isinstance(named.value, str):
            self.add(named.mark, "item-table", "an item table is a file", "such as parts.csv or parts.xlsx#Sheet2")
            return
        file, _, sheet = named.value.partition("#")
        try:
            rows = self.rows_of(folder, file, sheet)
        except NotATable as error:
            self.add(error.mark or named.mark, "item-table", error.message, error.hint)
            return
        if not rows:
            self.add(named.mark, "item-table", f"the table '{named.value}' is empty", "its first row names the columns")
            return
        columns = self.columns_of(rows[0])
        for row in rows[1:]:
            self.add_row(columns, row)

    def rows_of(self, folder: Path, file: str, sheet: str) -> list[Row]:
        """The rows of a table that have something in them."""
        path = folder / file
        kind = path.suffix.lower()
        if kind not in (".csv", ".xlsx"):
            raise NotATable(f"'{file}' is not a kind of table that can be read", "save it as .csv or .xlsx")
        if sheet and kind == ".csv":
            raise NotATable(f"'{file}' has no sheets: take out '#{sheet}'")
        if not path.is_file():
            raise NotATable(f"there is no file '{file}' beside this one", "the path counts from this file")
        try:
            rows = csv_rows(path, self.lines) if kind == ".csv" else workbook_rows(path, sheet)
        except OSError as error:
            raise InputOutputError(f"'{path}' cannot be read: {error.strerror or error}") from None
        kept = [row for row in rows if any(not cell.is_empty for cell in row)]
        check_size(path.name, sum(len(row) for row in kept))
        return kept

    def columns_of(self, head: Row) -> list[tuple[str, ...] | None]:
        """The path each column leads to in an item; None for one without a name or with a wrong one."""
        columns: list[tuple[str, ...] | None] = []
        for cell in head:
            steps = tuple(cell.text.split("."))
            if cell.is_empty:
                columns.append(None)
                continue
            fault = column_fault(steps, [path for path in columns if path is not None])
            if fault is not None:
                self.add(cell.mark, "item-column", *fault)
            columns.append(steps if fault is None else None)
        if not any(cell.text.lower() == "name" for cell in head):
            mark = next(cell.mark for cell in head if not cell.is_empty)
            self.add(mark, "item-column", "the table has no column 'name'", "its first row names the columns")
        return columns

    def add_row(self, columns: list[tuple[str, ...] | None], row: Row) -> None:
        """Add the item in a row."""
        name = next((cell for path, cell in zip(columns, row) if path == ("name",) and not cell.is_empty), None)
        first = next(cell for cell in row if not cell.is_empty)
        extra = next((cell for cell in row[len(columns) :] if not cell.is_empty), None)
        if extra is not None:
            self.add(extra.mark, "item-row", f"'{extra.text}' stands beyond the last column",
                     f"the first row names {len(columns)} columns")  # fmt: skip
        if name is None:
            if ("name",) in columns:
                self.add(first.mark, "item-row", "this row has no name", "every item needs one, in column 'name'")
            return
        if name.text == "defaults":
            self.add(name.mark, "item-row", "'defaults' is not an item", "write defaults under 'items' in the scenario")
            return
        if name.text in self.items:
            earlier = self.items[name.text].key.mark
            self.add(name.mark, "item-row", f"item '{name.text}' is in a table already ({earlier.file}, row "
                     f"{earlier.line})", "one row for each item", ("items", name.text))  # fmt: skip
            return
        item = Mapping({}, name.mark)
        for path, cell in zip(columns, row):
            if path is None or path == ("name",) or cell.is_empty:
                continue
            if cell.fault:
                self.add(cell.mark, "item-cell", cell.fault, path=("items", name.text, *path))
            put(item, path, Scalar(cell.value, cell.text, cell.mark, False))
        self.items[name.text] = Entry(Scalar(name.text, name.text, name.mark, False), item)


def with_item_tables(root: Mapping, path: Path, lines: Lines, problems: list[Any]) -> Mapping:
    """The tree of a file with the rows of its item tables under its `items`, which are laid over them."""
    entry = root.entries.get(KEY)
    if entry is None:
        return root
    tables = Tables(lines, problems)
    named = entry.value.items if isinstance(entry.value, Sequence) else (entry.value,)
    for one in named:
        tables.read(one, path.parent)
    rows: Node = Mapping(tables.items, entry.value.mark)
    written = root.entries.get("items")
    if written is not None and isinstance(written.value, Mapping):
        merged = merge(rows, written.value)
        items = Entry(written.key, replace(merged, mark=written.value.mark))
    elif written is not None and not (isinstance(written.value, Scalar) and written.value.value is None):
        items = written  # not a mapping: refused where it stands
    else:
        items = Entry(Scalar("items", "items", entry.key.mark, False), rows)
    entries = {key: one for key, one in root.entries.items() if key != KEY} | {"items": items}
    return replace(root, entries=entries)


def tables_read_too_late(tree: Mapping, lines: Lines, problems: list[Any]) -> Mapping:
    """The tree without `item_tables` that came after its file was read, which is a problem."""
    entry = tree.entries.get(KEY)
    if entry is None:
        return tree
    message = f"'{KEY}' is read only with the scenario file that names it: not from a variant, --set or a text"
    hint = "change single values, such as items.engine.stock.base"
    problems.append(
        yamltree.problem_at(lines.get(entry.key.mark.file, ()), entry.key.mark, "item-table", message, hint, KEY)
    )
    return replace(tree, entries={key: one for key, one in tree.entries.items() if key != KEY})


def column_fault(steps: tuple[str, ...], earlier: list[tuple[str, ...]]) -> tuple[str, str] | None:
    """(what is wrong with the name of a column, what to do), or None."""
    column = ".".join(steps)
    for other in earlier:
        if steps == other:
            return f"column '{column}' is there twice", "one column for each key"
        if steps[: len(other)] == other or other[: len(steps)] == steps:
            return f"columns '{'.'.join(other)}' and '{column}' say the same key twice", "keep one of them"
    if steps == ("name",):
        return None
    if not all(steps):
        return f"'{column}' is not the name of a column", "write a key of an item, such as supplier or stock.base"
    kind: Any = Item
    for k, step in enumerate(steps):
        known = known_keys(kind)
        if known is not None and step not in known:
            where = f" under '{'.'.join(steps[:k])}'" if k else " of an item"
            also = ["name"] if k == 0 else []
            hint = did_you_mean(step, [*known, *also]) or f"'{'.'.join(steps[:k])}' holds one value"
            return f"no key{where} is called '{step}'", hint
        kind = step_below(kind, step)
    return None


def known_keys(kind: Any) -> list[str] | None:
    """The keys that may stand under a kind of value; None where any name may."""
    kind = element_of(kind)
    if isinstance(kind, type) and issubclass(kind, Value):
        named = [name for name in kind.model_fields if name not in NEVER_WRITTEN]
        return [*named, *kind.also_written]
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return keys_of(kind)
    return None if typing.get_origin(kind) is dict else []


def element_of(kind: Any) -> Any:
    """The record in a list of records: a single one may stand for it."""
    if typing.get_origin(kind) is tuple:
        inner = step_into(kind, 0)
        return inner if isinstance(inner, type) and issubclass(inner, BaseModel) else kind
    return kind


def step_below(kind: Any, step: str) -> Any:
    """The kind of value found one step down."""
    return step_into(element_of(kind), step)


def put(item: Mapping, path: tuple[str, ...], cell: Scalar) -> None:
    """Put a cell into an item that is being built, at its path."""
    *holders, last = path
    for step in holders:
        if step not in item.entries:
            item.entries[step] = Entry(Scalar(step, step, cell.mark, False), Mapping({}, cell.mark))
        inner = item.entries[step].value
        assert isinstance(inner, Mapping)
        item = inner
    item.entries[last] = Entry(Scalar(last, last, cell.mark, False), cell)


# ---- .csv


def csv_rows(path: Path, lines: Lines) -> list[Row]:
    """The rows of a .csv file (RFC 4180), separated by commas, or by semicolons where its first row is."""
    file = str(path)
    if path.stat().st_size > yamltree.MOST_BYTES:
        raise NotATable(f"'{path.name}' is larger than the limit of {yamltree.MOST_BYTES // 1_000_000} MB")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotATable(f"'{path.name}' is not UTF-8 text", "save it as 'CSV UTF-8'") from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines[file] = tuple(text.split("\n"))
    head = text.lstrip("\n").partition("\n")[0]
    separator = ";" if ";" in head and "," not in head else ","
    return list(split_rows(text, separator, file))


def split_rows(text: str, separator: str, file: str) -> Iterator[Row]:
    """The rows of the text of a .csv file."""
    field = re.compile(rf'[ \t]*(?:"((?:[^"]|"")*)"[ \t]*(?=[{separator}\n]|\Z)|([^{separator}\n]*))')
    at, line, begin = 0, 1, 0
    row: Row = []
    while at < len(text):
        match = field.match(text, at)
        assert match is not None
        quoted = match[1] is not None
        content = match[1].replace('""', '"') if quoted else match[2]
        start = match.start(1) - 1 if quoted else match.start(2)
        length = min(match.end(1) + 1 if quoted else start + len(content.rstrip()), end_of_line(text, start)) - start
        mark = Mark(file, line, start - begin + 1, max(1, length))
        if not quoted and content.startswith('"'):
            raise NotATable("a quotation mark is not closed, or text follows the closing one",
                            'write "" for a quotation mark inside quotation marks', mark)  # fmt: skip
        row.append(read_cell(content.strip(), mark))
        for _ in range(text.count("\n", at, match.end())):
            line, begin = line + 1, text.index("\n", begin) + 1
        at = match.end()
        if at >= len(text) or text[at] == "\n":
            yield row
            row, line, begin = [], line + 1, at + 1
        elif at == len(text) - 1:
            row.append(Cell(None, "", Mark(file, line, at - begin + 1, 1)))
            yield row
        at += 1


def end_of_line(text: str, at: int) -> int:
    """Where the line ends that holds a place of the text."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def read_cell(text: str, mark: Mark) -> Cell:
    """What the text of a cell stands for: what it would as a single value of a scenario file."""
    if text[:1] in ("{", "["):
        return Cell(None, text, mark, f"a cell holds one value, not {as_said(text)}: "
                    "give each key a column, such as fails_every.low")  # fmt: skip
    value, fault = yamltree.plain_value(text)
    return Cell(value, text, mark, fault)


# ---- .xlsx


def workbook_rows(path: Path, sheet: str) -> list[Row]:
    """The rows of a sheet of a workbook: the named one, or the first."""
    try:
        import openpyxl
    except ImportError:
        raise NotATable(f"'{path.name}' cannot be read: openpyxl is not installed",
                        "install openpyxl, or save the table as .csv") from None  # fmt: skip
    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > MOST_UNPACKED:
            raise NotATable(f"'{path.name}' is larger than the limit of {MOST_UNPACKED // 1_000_000} MB unpacked")
        with warnings.catch_warnings():
            # It warns of what it leaves out: colours, charts, rules of validation.
            warnings.simplefilter("ignore")
            shown = openpyxl.load_workbook(path, data_only=True)
            typed = openpyxl.load_workbook(path, data_only=False)
    except (NotATable, OSError):
        raise
    except Exception:  # whatever its readers of zip and XML raise on a damaged file
        raise NotATable(f"'{path.name}' is damaged, or is not an .xlsx workbook", "save it anew") from None
    names = [one.title for one in shown.worksheets]
    if not names or (sheet and sheet not in names):
        missing = f"no sheet '{sheet}'" if sheet else "no sheet with cells"
        raise NotATable(f"'{path.name}' has {missing}", did_you_mean(sheet, names))
    title = sheet or names[0]
    check_size(path.name, shown[title].max_row * shown[title].max_column)
    where = f"{path}#{title}"
    return [
        [workbook_cell(seen, written, f"{where}!{seen.coordinate}") for seen, written in zip(*pair)]
        for pair in zip(shown[title].iter_rows(), typed[title].iter_rows())
    ]


def check_size(name: str, cells: int) -> None:
    """Refuse a table that is too large to be one of parts."""
    if cells > MOST_CELLS:
        raise NotATable(f"'{name}' has more than {MOST_CELLS:,} cells",
                        "delete empty rows and columns that are only formatted")  # fmt: skip


def workbook_cell(seen: Any, written: Any, where: str) -> Cell:
    """A cell of a workbook; `seen` holds the result where `written` holds a formula."""
    mark, value = Mark(where, seen.row, seen.column, 1), seen.value
    if written.data_type == "f" and value is None:
        return Cell(None, str(written.value), mark, "the formula in this cell has no result in the file: "
                    "open and save it in a spreadsheet program, or write the value")  # fmt: skip
    if seen.data_type == "e":
        return Cell(None, str(value), mark, f"the formula in this cell gives the error {value}")
    if value is None or isinstance(value, bool):
        return Cell(value, "" if value is None else str(value).lower(), mark)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return read_cell(units.format_date(value.date()), mark)
    if isinstance(value, datetime.datetime | datetime.time | datetime.timedelta):
        return Cell(None, str(value), mark, f"'{value}' is a time of day: write a date, or a length of time as text")
    if isinstance(value, int | float):
        number = int(value) if float(value).is_integer() and abs(value) < 1e15 else value
        return Cell(number, str(number), mark)
    return read_cell(" ".join(str(value).split()), mark)
