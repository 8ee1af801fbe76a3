"""Items from tables: what a row becomes, what lies over it, and where its mistakes are."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from armsim.errors import InvalidScenario, Problem
from armsim.scenario import item_tables
from armsim.scenario.item_tables import split_rows
from armsim.scenario.scenario import Scenario, load, load_text

HEAD = """\
armsim: 1
name: tabled
time: {start: 2020-01-01, end: 2021-01-01}
jurisdictions: {seller: ~, home: {home: true}}
suppliers: {factory: {jurisdiction: seller, provides: [spares, repair]}}
sites: {base: {shops: {avionics: {servers: 2}}}}
fleets: {jets: {count: 6, fly: 15 FH/month per aircraft}}
"""
#: The same two items as rows of a table and as a person would have written them.
ROWS = [
    ["name", "title", "supplier", "on.jets", "fails_every.low", "fails_every.high", "stock.base", "repair.at",
     "repair.takes", "replace_grounds", "arrivals.on", "arrivals.count"],
    ["radar", "Radar", "factory", 1, "150 FH", "200 FH", 2, "base.avionics", "20 days", True,
     datetime.datetime(2020, 6, 1), 3],
    ["pump", None, None, 2, None, "300 FH", 0, None, None, None, None, None],
]  # fmt: skip
WRITTEN = """\
items:
  radar: {title: Radar, supplier: factory, on: {jets: 1}, fails_every: {low: 150 FH, high: 200 FH}, stock: {base: 2},
          repair: {at: base.avionics, takes: 20 days}, replace_grounds: true, arrivals: {on: 2020-06-01, count: 3}}
  pump: {on: {jets: 2}, fails_every: {best: 250 FH, high: 300 FH}, stock: {base: 0}}
"""
OVER = "items: {pump: {fails_every: {best: 250 FH}}}\n"


def as_csv(rows: list[list[Any]]) -> str:
    """The rows as a spreadsheet program saves them."""
    texts = [["" if cell is None else str(cell).replace(" 00:00:00", "") for cell in row] for row in rows]
    return "\n".join(",".join(row).replace("True", "true") for row in texts) + "\n"


def save(path: Path, rows: list[list[Any]], sheet: str = "Parts") -> None:
    """A workbook with an empty first sheet where `sheet` is another one."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "Parts"
    page = page if sheet == "Parts" else book.create_sheet(sheet)
    for row in rows:
        page.append(row)
    book.save(path)
    book.close()


def scenario(folder: Path, tables: str, rest: str = "") -> Scenario:
    """The scenario of a file in `folder` that names tables beside it."""
    path = folder / "tabled.yaml"
    path.write_text(HEAD + f"item_tables: {tables}\n" + rest, encoding="utf-8")
    return load(path)


def problems(folder: Path, tables: str, rest: str = "") -> list[Problem]:
    """What is wrong with it."""
    with pytest.raises(InvalidScenario) as caught:
        scenario(folder, tables, rest)
    return caught.value.problems


def test_a_table_gives_the_items_a_person_would_have_written(tmp_path: Path) -> None:
    (tmp_path / "parts.csv").write_text(as_csv(ROWS), encoding="utf-8")

    assert scenario(tmp_path, "parts.csv", OVER).things == load_text(HEAD + WRITTEN).things


@pytest.mark.parametrize(("sheet", "named"), [("Parts", "parts.xlsx"), ("More", "parts.xlsx#More")])
def test_a_workbook_gives_the_items_of_the_csv_file(tmp_path: Path, sheet: str, named: str) -> None:
    save(tmp_path / "parts.xlsx", ROWS, sheet)

    assert scenario(tmp_path, f"'{named}'", OVER).hash == load_text(HEAD + WRITTEN).hash


def test_semicolons_separate_and_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    (tmp_path / "parts.csv").write_bytes(("\ufeff" + as_csv(ROWS).replace(",", ";")).encode().replace(b"\n", b"\r\n"))

    assert scenario(tmp_path, "[parts.csv]", OVER).hash == load_text(HEAD + WRITTEN).hash


def test_the_resolved_form_has_the_items_and_no_tables(tmp_path: Path) -> None:
    (tmp_path / "parts.csv").write_text(as_csv(ROWS), encoding="utf-8")
    made = scenario(tmp_path, "parts.csv", OVER)

    assert "item_tables" not in made.resolved_form()
    assert load_text(made.resolved_text()).things == made.things


def test_another_number_in_a_table_is_another_model(tmp_path: Path) -> None:
    (tmp_path / "parts.csv").write_text(as_csv(ROWS), encoding="utf-8")
    before = scenario(tmp_path, "parts.csv", OVER).hash
    (tmp_path / "parts.csv").write_text(as_csv(ROWS).replace("150 FH", "151 FH"), encoding="utf-8")

    assert scenario(tmp_path, "parts.csv", OVER).hash != before


def test_defaults_lie_under_rows_and_changes_over_them(tmp_path: Path) -> None:
    (tmp_path / "parts.csv").write_text("name,on.jets,fails_every\npump,2,300 FH\nfan,1,90 FH\n", encoding="utf-8")
    made = scenario(tmp_path, "parts.csv", "items: {defaults: {absence: degrades}, fan: ~, lamp: {on: {jets: 1}}}\n")

    assert list(made.things.items) == ["pump", "lamp"]  # `~` takes the row of the fan out
    assert made.things.items["pump"].absence == "degrades"
    assert made.set("items.pump.on.jets", 5).things.items["pump"].on == {"jets": 5}


def test_a_file_may_lie_over_one_with_tables_in_another_folder(tmp_path: Path) -> None:
    inner = tmp_path / "base"
    inner.mkdir()
    (inner / "parts.csv").write_text("name,on.jets,fails_every\npump,2,300 FH\n", encoding="utf-8")
    (inner / "base.yaml").write_text(HEAD + "item_tables: parts.csv\n", encoding="utf-8")
    (tmp_path / "more.csv").write_text("name,fails_every\npump,100 FH\n", encoding="utf-8")
    over = tmp_path / "over.yaml"
    over.write_text("extends: base/base.yaml\nitem_tables: more.csv\n", encoding="utf-8")
    pump = load(over).things.items["pump"]

    assert pump.on == {"jets": 2}
    assert pump.fails_every is not None and pump.fails_every.fh == (100.0, 100.0, 100.0)


def test_a_workbook_names_sheet_and_cell_of_a_mistake(tmp_path: Path) -> None:
    rows = [list(row) for row in ROWS]
    rows[2][6] = -1
    save(tmp_path / "parts.xlsx", rows)
    (found,) = problems(tmp_path, "parts.xlsx", OVER)

    assert found.file == str(tmp_path / "parts.xlsx") + "#Parts!G3"
    assert (found.line, found.column, found.path) == (3, 7, "items.pump.stock.base")
    assert found.message.startswith("-1 is not a whole number")


#: What may stand in a cell that is no value of an item, and what is said about it.
NO_VALUES = [
    ("=1+1", "the formula in this cell has no result in the file"),
    (datetime.time(8, 30), "'08:30:00' is a time of day"),
    (datetime.datetime(2020, 1, 1, 8, 30), "'2020-01-01 08:30:00' is a time of day"),
    ("#REF!", "the formula in this cell gives the error #REF!"),
    (2.5, "2.5 is not a whole number"),
]


@pytest.mark.parametrize(("cell", "said"), NO_VALUES)
def test_a_cell_of_a_workbook_that_is_no_value_is_refused(tmp_path: Path, cell: Any, said: str) -> None:
    save(tmp_path / "parts.xlsx", [["name", "on.jets", "fails_every", "stock.base"], ["pump", 2, "300 FH", cell]])
    (found,) = problems(tmp_path, "parts.xlsx")

    assert found.file.endswith("#Parts!D2")
    assert found.message.startswith(said)


def test_a_workbook_that_is_none_or_lacks_the_sheet_is_refused(tmp_path: Path) -> None:
    save(tmp_path / "parts.xlsx", ROWS)
    (tmp_path / "torn.xlsx").write_bytes((tmp_path / "parts.xlsx").read_bytes()[:900])
    (tmp_path / "text.xlsx").write_text("name,on.jets\n", encoding="utf-8")
    said = [one.message for one in problems(tmp_path, "['parts.xlsx#Prts', torn.xlsx, text.xlsx]")]

    assert said == [
        "'parts.xlsx' has no sheet 'Prts'",
        "'torn.xlsx' is damaged, or is not an .xlsx workbook",
        "'text.xlsx' is damaged, or is not an .xlsx workbook",
    ]


def test_a_table_that_is_empty_or_not_utf_8_or_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty.csv").write_text(",,\n\n", encoding="utf-8")
    (tmp_path / "latin.csv").write_bytes("name,title\npump,Pumpe für Öl\n".encode("latin-1"))
    (tmp_path / "large.csv").write_text("name,title\npump,Pump\nfan,Fan\n", encoding="utf-8")
    monkeypatch.setattr(item_tables, "MOST_CELLS", 5)
    said = [one.message for one in problems(tmp_path, "[empty.csv, latin.csv, large.csv]")]

    assert said == [
        "the table 'empty.csv' is empty",
        "'latin.csv' is not UTF-8 text",
        "'large.csv' has more than 5 cells",
    ]


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path / "parts.xlsx", ROWS)
    monkeypatch.setattr(item_tables, "MOST_UNPACKED", 1000)
    (found,) = problems(tmp_path, "parts.xlsx")

    assert found.message.startswith("'parts.xlsx' is larger than the limit")
    assert (found.line, found.column) == (8, 14)


def test_an_item_may_stand_in_one_table_only(tmp_path: Path) -> None:
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_text("name,on.jets,fails_every\npump,2,300 FH\n", encoding="utf-8")
    (found,) = problems(tmp_path, "[one.csv, two.csv]")

    assert (found.file, found.line) == (str(tmp_path / "two.csv"), 2)
    assert found.message == f"item 'pump' is in a table already ({tmp_path / 'one.csv'}, row 2)"


def test_tables_are_not_for_texts_and_changes(tmp_path: Path) -> None:
    (tmp_path / "parts.csv").write_text("name,on.jets,fails_every\npump,2,300 FH\n", encoding="utf-8")
    with pytest.raises(InvalidScenario, match="read only with the scenario file") as of_text:
        load_text(HEAD + "item_tables: parts.csv\n")
    with pytest.raises(InvalidScenario, match="read only with the scenario file") as of_change:
        scenario(tmp_path, "parts.csv").set("item_tables", "parts.csv")

    assert [len(caught.value.problems) for caught in (of_text, of_change)] == [1, 1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n", [["a", "b"]]),
        ("a,b", [["a", "b"]]),
        ("a,\n,b,", [["a", ""], ["", "b", ""]]),
        (' a , "b" \n\nc', [["a", "b"], [""], ["c"]]),
        ('"a ""b"", c",d\n"e\nf"\n', [['a "b", c', "d"], ["e\nf"]]),
        ('a,"b\n\nc",d\ne,f\n', [["a", "b\n\nc", "d"], ["e", "f"]]),
    ],
)
def test_the_text_of_a_csv_file_is_cut_into_cells(text: str, expected: list[list[str]]) -> None:
    rows = list(split_rows(text, ",", "f.csv"))
    lines = text.split("\n")

    assert [[cell.text for cell in row] for row in rows] == expected
    for cell in (cell for row in rows for cell in row if cell.text and "\n" not in cell.text):
        line = lines[cell.mark.line - 1][cell.mark.column - 1 :][: cell.mark.length]
        assert line.strip('"').replace('""', '"') == cell.text
