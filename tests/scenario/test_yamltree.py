"""Reading a scenario file: values with their places, limits, and slips explained in plain words."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import yaml

from armsim.errors import InputOutputError, InvalidScenario
from armsim.scenario import yamltree
from armsim.scenario.yamltree import Mark, Scalar, build, find, plain, problem_at, read, read_text


@pytest.fixture(params=[False, True], ids=["c", "pure"])
def pure(request):
    return request.param


def values(text, pure=False):
    return plain(read_text(text, "f.yaml", pure=pure).root)


def problems(text, pure=False):
    with pytest.raises(InvalidScenario) as raised:
        read_text(text, "f.yaml", pure=pure)
    assert raised.value.problems
    return raised.value.problems


def only(text, pure=False):
    found = problems(text, pure)
    assert len(found) == 1, [problem.text() for problem in found]
    return found[0]


def place(problem):
    return problem.line, problem.column


# ---- values -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written, value",
    [
        ("", None), ("~", None), ("null", None), ("Null", None), ("NULL", None), ("nUll", "nUll"),
        ("true", True), ("True", True), ("FALSE", False), ("tRUE", "tRUE"),
        ("yes", "yes"), ("no", "no"), ("NO", "NO"), ("on", "on"), ("Off", "Off"), ("y", "y"),
        ("0", 0), ("-17", -17), ("+5", 5), ("007", 7), ("0x1F", 31), ("0o17", 15), ("9" * 18, 10**18 - 1),
        ("1e3", 1000.0), (".5", 0.5), ("1.5", 1.5), ("1.", 1.0), ("-2.5E-1", -0.25), ("1e-400", 0.0),
        ("2023-01-01", "2023-01-01"), ("1:30", "1:30"), ("1_000", "1_000"), ("0b11", "0b11"),
        ("80%", "80%"), ("3 months", "3 months"), ("nan", "nan"), ("inf", "inf"), ("-", None), (".", "."),
        ("'3'", "3"), ('"true"', "true"), ("''", ""), ('"a\\tb"', "a\tb"), ("Is it so? Yes", "Is it so? Yes"),
        ("|\n  3", "3\n"), (">-\n  a\n  b", "a b"), ("a\n  b", "a b"), ("a\tb", "a b"),
    ],
)  # fmt: skip
def test_a_scalar_is_read_by_the_core_schema(written, value, pure):
    if written == "-":
        assert values("k:\n  -\n", pure) == {"k": [None]}
        return
    got = values(f"k: {written}\n", pure)["k"]

    assert got == value
    assert type(got) is type(value)


def test_a_quoted_scalar_is_marked_as_quoted(pure):
    root = read_text("a: '3'\nb: 3\nc: |\n  3\n", pure=pure).root

    assert [entry.value.quoted for entry in root.entries.values()] == [True, False, True]


def test_a_key_is_its_text(pure):
    assert values("2024: 1\ntrue: 2\n~: 3\n1.50: 4\n'x y': 5\n", pure) == {
        "2024": 1, "true": 2, "~": 3, "1.50": 4, "x y": 5,
    }  # fmt: skip


def test_lists_and_mappings_nest_in_both_styles(pure):
    text = "a:\n- b: 1\n  c: [2, {d: 3}]\n- []\ne: {f: }\n"

    assert values(text, pure) == {"a": [{"b": 1, "c": [2, {"d": 3}]}, []], "e": {"f": None}}


def test_a_question_mark_in_a_flow_mapping_is_text(pure):
    assert values("q: {a: why?, b?c: [x?y]}\n", pure) == {"q": {"a": "why?", "b?c": ["x?y"]}}


def test_marks_count_characters_from_one(pure):
    root = read_text("título: 'ñandú'\nb: [é😀, {ü: 12}]\n", "f.yaml", pure=pure).root

    assert root.entries["título"].value.mark == Mark("f.yaml", 1, 9, 7)
    assert find(root, ("b", 0)) == (Mark("f.yaml", 2, 5, 2),) * 2
    assert find(root, ("b", 1, "ü")) == (Mark("f.yaml", 2, 10, 1), Mark("f.yaml", 2, 13, 2))


def test_a_missing_value_is_marked_at_its_key(pure):
    root = read_text("a: 1\nbcd:\n", "f.yaml", pure=pure).root

    assert root.entries["bcd"].value.mark == Mark("f.yaml", 2, 1, 3)


def test_a_value_over_several_lines_is_underlined_to_the_end_of_the_first(pure):
    root = read_text("a: one two\n  three\n", "f.yaml", pure=pure).root

    assert root.entries["a"].value.mark == Mark("f.yaml", 1, 4, 7)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_and_a_byte_order_mark_are_accepted(end, pure):
    document = read_text("\ufeff" + end.join(["---", "a: 1", "b:", "  - x", "..."]) + end, pure=pure)

    assert plain(document.root) == {"a": 1, "b": ["x"]}
    assert document.lines == ("---", "a: 1", "b:", "  - x", "...")
    assert find(document.root, ("a",))[0].column == 1


def test_tabs_that_do_not_indent_are_harmless(pure):
    assert values("a:\t1\t# note\n\t# a comment\nb: 2\t\n\t\n", pure) == {"a": 1, "b": 2}


# ---- plain, build, find, problem_at -------------------------------------------------------------------


def test_build_and_plain_are_inverse():
    bare = {"a": [1, 2.5, None, True, {"b": "3 months"}], "c": {}}

    assert plain(build(bare, Mark("--set", 1, 1, 1))) == bare


def test_built_text_that_would_read_as_a_number_counts_as_quoted():
    mark = Mark("--set", 1, 1, 5)

    assert build("3", mark) == Scalar("3", "3", mark, True)
    assert build("3 months", mark) == Scalar("3 months", "3 months", mark, False)
    assert build(False, mark) == Scalar(False, "false", mark, False)
    assert find(build({1: [2]}, mark), ("1", 0)) == (mark, mark)


def test_build_refuses_what_is_not_plain():
    with pytest.raises(TypeError, match="a set cannot stand in a scenario"):
        build({"a": {1}}, Mark("x", 1, 1, 1))


def test_find_stops_at_the_deepest_node_that_exists():
    root = read_text("a:\n  b:\n    - 1\n", "f").root

    assert find(root, ("a", "b", 7, "x")) == (Mark("f", 2, 3, 1), Mark("f", 3, 5, 1))
    assert find(root, ("z",)) == (root.mark, root.mark)
    assert find(root, ()) == (root.mark, root.mark)


def test_problem_at_fills_in_the_source_line():
    document = read_text("a: 1\nb: two\n", "f.yaml")
    problem = problem_at(document, find(document.root, ("b",))[1], "x", "no", "hint", "b", "warning")

    assert problem.text() == "f.yaml:2:4: warning: no\n     2 | b: two\n       |    ^^^  hint"
    assert problem_at((), Mark("f", 9, 1, 1), "x", "no").source_line == ""


# ---- the five common slips, word for word -------------------------------------------------------------

SLIPS = {
    "tab": (
        "a:\n\tb: 1\n",
        "f.yaml:2:1: error: a tab is used to indent\n"
        "     2 |     b: 1\n"
        "       | ^  indent with spaces: two for each level",
    ),
    "an indent between two others": (
        "a:\n   b: 1\n  c: 2\n",
        "f.yaml:3:3: error: this line is indented by 2 spaces, which fits no line above it\n"
        "     3 |   c: 2\n"
        "       |   ^^^^  indent it by 0 like line 1 or by 3 like line 2",
    ),
    "an indent below a value": (
        "a: 1\n    b: 2\n",
        "f.yaml:2:5: error: this line is indented by 4 spaces, deeper than line 1,"
        " which has its value already\n"
        "     2 |     b: 2\n"
        "       |     ^^^^  indent it by 0, like line 1",
    ),
    "an indent of a list item": (
        "a:\n  - x\n - y\n",
        "f.yaml:3:2: error: this line is indented by 1 space, which fits no line above it\n"
        "     3 |  - y\n"
        "       |  ^^^  indent it by 0 like line 1 or by 2 like line 2",
    ),
    "colon in text": (
        "title: Kfir: the fleet # note\n",
        "f.yaml:1:12: error: a colon and a space inside text that is not in quotes\n"
        "     1 | title: Kfir: the fleet # note\n"
        '       |            ^  write title: "Kfir: the fleet"',
    ),
    "colon in text with quotes": (
        'title: The "Kfir": it\'s\n',
        "f.yaml:1:18: error: a colon and a space inside text that is not in quotes\n"
        '     1 | title: The "Kfir": it\'s\n'
        "       |                  ^  write title: 'The \"Kfir\": it''s'",
    ),
    "colon in text in a flow mapping": (
        "x: {title: Kfir: the fleet}\n",
        "f.yaml:1:16: error: a colon and a space inside text that is not in quotes\n"
        "     1 | x: {title: Kfir: the fleet}\n"
        "       |                ^  put text with a colon in quotes, and commas between entries",
    ),
    "unclosed quote": (
        'a: 1\ntitle: "Kfir\nb: 2\n',
        'f.yaml:2:8: error: the quote " opened here is never closed\n'
        '     2 | title: "Kfir\n'
        '       |        ^  add the closing " where the text ends',
    ),
    "quote closed by a later one": (
        "title: 'Kfir\nother: 'x'\n",
        "f.yaml:1:8: error: the quote ' opened here is closed only in line 2\n"
        "     1 | title: 'Kfir\n"
        "       |        ^  add the closing ' where the text ends",
    ),
    "apostrophe in single quotes": (
        "t: 'Author's word'\n",
        "f.yaml:1:12: error: the text goes on after its closing quote\n"
        "     1 | t: 'Author's word'\n"
        "       |            ^^^^^^^"
        "  inside single quotes write ' as '', inside double quotes write \" as \\\"",
    ),
    "unclosed bracket": (
        "a: [x, y\nb: 3\nc: 4\n",
        "f.yaml:1:4: error: the bracket [ opened here is never closed\n"
        "     1 | a: [x, y\n"
        "       |    ^  add the closing ]",
    ),
    "unclosed brace at the end": (
        "a: 1\nb: {x: [1, 2]\n",
        "f.yaml:2:4: error: the bracket { opened here is never closed\n"
        "     2 | b: {x: [1, 2]\n"
        "       |    ^  add the closing }",
    ),
    "wrong bracket": (
        "a: [x, y}\n",
        "f.yaml:1:9: error: '[' (line 1, column 4) is closed by ']', not by '}'\n"
        "     1 | a: [x, y}\n"
        "       |         ^  type ']' here",
    ),
    "missing comma": (
        "x: {a: 1\n    b: 2}\n",
        "f.yaml:2:6: error: a comma or the closing '}' is missing before this\n"
        "     2 |     b: 2}\n"
        "       |      ^  '{' was opened in line 1",
    ),
    "curly quotes": (
        "a: 1\ntitle: “Kfir: C10”\n",
        "f.yaml:2:8: error: '“' (U+201C left double quotation mark) does not quote text\n"
        "     2 | title: “Kfir: C10”\n"
        '       |        ^  type a straight " on both sides',
    ),
    "en dash as list dash": (
        "a:\n  – x\n",
        "f.yaml:2:3: error: '–' (U+2013 en dash) does not start a list item\n"
        "     2 |   – x\n"
        "       |   ^  type a hyphen and a space: '- '",
    ),
    "true minus": (
        "a: −5 days\n",
        "f.yaml:1:4: error: '−' (U+2212 minus sign) does not make a number negative\n"
        "     1 | a: −5 days\n"
        "       |    ^  type a hyphen: '-'",
    ),
    "non-breaking spaces in the indent": (
        "a:\n\u00a0 b: 1\n",
        "f.yaml:2:1: error: U+00A0 no-break space is used to indent\n"
        "     2 | ? b: 1\n"
        "       | ^^  indent with ordinary spaces",
    ),
    "non-breaking space after a colon": (
        "a: 1\nb:\u00a02\nc: 3\n",
        "f.yaml:2:3: error: U+00A0 no-break space is not an ordinary space\n"
        "     2 | b:?2\n"
        "       |   ^  type an ordinary space after the colon",
    ),
    "fullwidth colon": (
        "a: 1\nb：2\n",
        "f.yaml:2:2: error: '：' (U+FF1A fullwidth colon) does not end a key\n"
        "     2 | b：2\n"
        "       |  ^  type an ordinary colon and a space: ': '",
    ),
    "no space after the colon": (
        "a: 1\nb:2\nc: 3\n",
        "f.yaml:2:2: error: a space is missing after the colon\n     2 | b:2\n       |  ^  write 'b: 2'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SLIPS)
def test_a_common_slip_is_explained(name, pure):
    text, words = SLIPS[name]

    assert only(text, pure).text() == words


@pytest.mark.parametrize(
    "text",
    [
        "title: the “Kfir” – a plane, ‘quoted’\n", "# “x” – y：z\na: 1\n", "a: 'x' # – “”\n",
        'a: "“x” – y"\n', "a: |\n  “x”\n  – y\n  b：c\n", "a: 5–10 days\n", "a: —\n",
        "a: long text\n  – that goes on\n", "a: Nota：x\n", "a: 20\u00a0days\n", "a: b:\u00a0c\n",
        "a: 1\n\u00a0\nb: 2\n", "a: –\n",
    ],
)  # fmt: skip
def test_typography_inside_ordinary_text_is_fine(text, pure):
    assert values(text, pure)


@pytest.mark.parametrize(
    "text, places",
    [
        ("a: [“x, y”]\n", [(1, 5)]),
        ("x: {t：K, y: “a”, z:\u00a01}\n", [(1, 6), (1, 13), (1, 20)]),
        ("a:\n  – x\n  – y\n", [(2, 3), (3, 3)]),
        ("a:\n  - x\n  – y\n", [(3, 3)]),
        ("“a”: 1\n", [(1, 1)]),
        ("a: 5 days\u00a0\n", [(1, 10)]),
        ("a:\n  - –5\n", [(2, 5)]),
        ("a: b: c\nd: “x”\n– e\nf: \u00a0g\n", [(1, 5), (2, 4), (3, 1), (4, 4)]),
    ],
)
def test_each_slip_of_typography_is_reported_at_its_place(text, places, pure):
    assert [place(problem) for problem in problems(text, pure)] == places


def test_tabs_are_reported_line_by_line_and_hide_their_consequences(pure):
    found = problems("a:\n\tb: 1\n  \tc: 2\nd: e: f\n", pure)

    assert [(place(problem), problem.code) for problem in found] == [
        ((2, 1), "yaml.tab"), ((3, 3), "yaml.tab"),
    ]  # fmt: skip


def test_a_syntax_error_does_not_hide_other_problems(pure):
    found = problems("a: 1\na: 2\nx: \u202ey\nb: c: d\ne: “f”\n\tg: 1\n", pure)

    assert [(problem.line, problem.code) for problem in found] == [
        (2, "yaml.duplicate"), (3, "yaml.character"), (4, "yaml.colon"), (5, "yaml.typography"),
        (6, "yaml.tab"),
    ]  # fmt: skip


# ---- what scenarios do not use ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, code, where, words",
    [
        ("a: 1\nb: 2\na: 3\n", "yaml.duplicate", (3, 1), "the key 'a' is written twice"),
        ("x: {a: 1, 'a': 3}\n", "yaml.duplicate", (1, 11), "the key 'a' is written twice"),
        ("a: *b\n", "yaml.alias", (1, 4), "aliases"),
        ("*a : 1\n", "yaml.alias", (1, 1), "aliases"),
        ("a: &b 1\n", "yaml.anchor", (1, 4), "anchors"),
        ("a: &b {c: 1}\n", "yaml.anchor", (1, 4), "anchors"),
        ("a: !!int 1\n", "yaml.tag", (1, 4), "tags"),
        ("a: !x {b: 1}\n", "yaml.tag", (1, 4), "tags"),
        ("a: ! 1\n", "yaml.tag", (1, 4), "tags"),
        ("a: !e!x 1\n", "yaml.sign", (1, 4), "a value cannot start with '!'"),
        ("a: 1\n<<: {b: 2}\n", "yaml.merge", (2, 1), "merge keys"),
        ("%YAML 1.1\n---\na: 1\n", "yaml.directive", (1, 1), "directives"),
        ("# x\n%FOO bar\n---\na: 1\n", "yaml.directive", (2, 1), "directives"),
        ("a: 1\n---\nb: 2\n", "yaml.document", (2, 1), "a second document starts here"),
        ("? [a]\n: 1\n", "yaml.key", (1, 3), "a key must be a word"),
        ("? {a: 1}\n: 1\n", "yaml.key", (1, 3), "a key must be a word"),
        ('"": 1\n', "yaml.key", (1, 1), "the key is empty"),
        ("a: 1\n: 3\n", "yaml.key", (2, 1), "the key is missing before the colon"),
        ("- a\n", "yaml.root", (1, 1), "the file holds a list"),
        ("word\n", "yaml.root", (1, 1), "the file holds text"),
        ("", "yaml.empty", (1, 1), "the file is empty"),
        ("# only\n\n  # comments\n", "yaml.empty", (1, 1), "the file is empty"),
        ("---\n", "yaml.empty", (1, 1), "the file is empty"),
        ("a: " + "9" * 5000 + "\n", "yaml.number", (1, 4), "more than 18 digits"),
        ("a: 0x" + "f" * 19 + "\n", "yaml.number", (1, 4), "more than 18 digits"),
        ("a: 1e999\n", "yaml.number", (1, 4), "too large"),
        ("a: .inf\n", "yaml.number", (1, 4), "not a finite number"),
        ("a: -.INF\n", "yaml.number", (1, 4), "not a finite number"),
        ("a: .nan\n", "yaml.number", (1, 4), "not a finite number"),
        ("a: @b\n", "yaml.sign", (1, 4), "a value cannot start with '@'"),
        ("a: %b\n", "yaml.sign", (1, 4), "a value cannot start with '%'"),
        ("a: **b**\n", "yaml.sign", (1, 4), "a value cannot start with '*'"),
        ("a: > 40%\n", "yaml.sign", (1, 4), "text cannot go on in the line of '>'"),
        ("a: - b\n", "yaml.list", (1, 4), "a list item"),
        ("a: b\n- c\n", "yaml.list", (2, 1), "stands among the keys"),
        ("a:\n  - b\n  c: 1\n", "yaml.list", (3, 3), "is not an item of the list in line 2"),
        ("a: [b,,c]\n", "yaml.bracket", (1, 7), "a value is missing before ','"),
        ("a: [b] c\n", "yaml.bracket", (1, 8), "goes on after the closing bracket"),
        ("a: 1\nfoo\nb: 2\n", "yaml.key", (2, 1), "'foo' has no colon after it"),
        ("foo\nb: 2\n", "yaml.key", (1, 1), "'foo' has no colon after it"),
        (" a: 1\nb: 2\n", "yaml.indent", (2, 1), "fits no line above it"),
        ('a: "\\q"\n', "yaml.escape", (1, 6), "backslash"),
        ('a: "\\UFFFFFFFF"\n', "yaml.escape", (1, 7), "backslash"),
        ("{a: 1}\nb: 2\n", "yaml.syntax", (2, 1), "this cannot be read as YAML"),
    ],
)
def test_what_scenarios_do_not_use_is_refused_in_plain_words(text, code, where, words, pure):
    problem = only(text, pure)

    assert (problem.code, place(problem)) == (code, where)
    assert words in problem.message


def test_a_duplicate_key_names_the_line_of_the_first(pure):
    assert "line 1" in only("a: 1\nb: 2\na: 3\n", pure).hint


def test_an_empty_file_points_to_armsim_init(pure):
    assert "armsim init NAME" in only("", pure).hint


def test_problems_that_leave_a_tree_can_be_collected(pure):
    document = read_text("a: 1\na: 2\nb: 1e999\n", pure=pure, collect=True)

    assert plain(document.root)["a"] == 1
    assert [problem.code for problem in document.problems] == ["yaml.duplicate", "yaml.number"]
    assert read_text("a: 1\n", pure=pure).problems == ()
    with pytest.raises(InvalidScenario):
        read_text("a: [\n", pure=pure, collect=True)


def test_many_problems_of_one_kind_are_counted_not_listed(pure):
    found = problems("".join("a: 1\n" for _ in range(80)), pure)

    assert len(found) == yamltree.MOST_ALIKE == 50
    assert found[-1].message.endswith("(and 29 more like this)")


# ---- characters ---------------------------------------------------------------------------------------

UNSEEN = "\x00\x07\x0b\x0c\x1b\x7f\x85\x9f"
UNSEEN += "\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069\ufeff"


@pytest.mark.parametrize("character", UNSEEN, ids=[f"U+{ord(c):04X}" for c in UNSEEN])
def test_an_unseen_character_is_named_with_its_place(character, pure):
    problem = only(f"a: 1\nb: x{character}y\n", pure)

    assert place(problem) == (2, 5)
    assert f"U+{ord(character):04X}" in problem.message
    assert "column 5" in problem.hint
    assert character not in problem.text()


def test_unseen_characters_in_comments_keys_and_indents_are_found(pure):
    found = problems("a: 1 # \u202e\n\u200bb: 2\nc\u200b: 3\n", pure)

    assert [place(problem) for problem in found] == [(1, 8), (2, 1), (3, 2)]


@pytest.mark.parametrize("escape", ["\\0", "\\u202e", "\\ud800", "\\e", "\\N"])
def test_an_unseen_character_cannot_be_smuggled_in_as_an_escape(escape, pure):
    problem = only(f'a: "x{escape}"\n', pure)

    assert problem.code == "yaml.character"
    assert "escape" in problem.message


# ---- limits -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000, "a: " + "{a: " * 100_000, "- " * 100_000, "? " * 100_000, "[\n" * 100_000,
        "\n".join(" " * depth + "a:" for depth in range(1500)),
    ],
    ids=["brackets", "braces", "dashes", "questions", "lines", "indents"],
)  # fmt: skip
def test_deep_nesting_is_refused_and_never_crashes(text, pure):
    problem = only(text, pure)

    assert problem.code == "yaml.depth"
    assert "deeper than 40 levels" in problem.message


def test_forty_levels_are_allowed_and_one_more_is_not(pure):
    assert values("a: " + "[" * 39 + "]" * 39, pure)
    assert only("a: " + "[" * 40 + "]" * 40, pure).code == "yaml.depth"


def test_too_many_values_are_refused():
    problem = only("a: [" + "b," * 300_000 + "]")

    assert problem.message == "the file has more than 200,000 values"


@pytest.mark.parametrize(
    "text",
    ["a: &x 1\n" * 50_000, "x: [" + "é, " * 150_000 + "]", "\ta\n" * 100_000, "a: '" + "x" * 900_000],
    ids=["anchors", "one long line", "tabs", "an open quote"],
)
def test_a_hostile_file_of_permitted_size_ends(text):
    try:
        read_text(text)
    except InvalidScenario as error:
        assert len(error.problems) <= 102


# ---- files --------------------------------------------------------------------------------------------


def test_a_file_is_read_with_its_name_in_the_marks(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: \xc3\xa9\r\n")
    document = read(path)

    assert plain(document.root) == {"a": 1, "b": "é"}
    assert document.file == find(document.root, ("b",))[0].file == str(path)
    assert plain(read(str(path)).root) == {"a": 1, "b": "é"}


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "large").write_bytes(b"a: 1\n" * 400_001)
    expected = {
        "missing": "there is no file", "pipe": "is not an ordinary file", ".": "is a directory",
        "loop": "cannot be read", "large": "is larger than the limit of 2 MB", "nul\0": "cannot be read",
    }  # fmt: skip

    for name, words in expected.items():
        with pytest.raises(InputOutputError, match=words) as raised:
            read(f"{tmp_path}/{name}")
        assert str(tmp_path) in str(raised.value)
        assert raised.value.exit_code == 5
    with pytest.raises(InputOutputError, match="is not an ordinary file"):
        read("/dev/zero")


def test_a_file_without_permission_is_named(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "s.yaml").write_text("a: 1\n")
    monkeypatch.setattr(yamltree, "open", refuse, raising=False)

    with pytest.raises(InputOutputError, match=r"s\.yaml' cannot be read: permission denied"):
        read(tmp_path / "s.yaml")


def test_a_latin_1_file_is_told_to_become_utf_8(tmp_path):
    (tmp_path / "s.yaml").write_bytes("a: 1\r\né: x ".encode() + b"a\xf1o\r\n")
    with pytest.raises(InvalidScenario) as raised:
        read(tmp_path / "s.yaml")

    [problem] = raised.value.problems
    assert place(problem) == (2, 7)
    assert problem.message == "the byte 0xF1 is not UTF-8 text"
    assert problem.hint == "save the file as UTF-8"
    assert problem.source_line == "é: x a\ufffdo"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_utf_16_file_is_told_to_become_utf_8(tmp_path, encoding):
    (tmp_path / "s.yaml").write_bytes("armsim: 1\n".encode(encoding))
    with pytest.raises(InvalidScenario, match="is written in UTF-16, not in UTF-8"):
        read(tmp_path / "s.yaml")


# ---- parsers ------------------------------------------------------------------------------------------


def test_both_parsers_give_the_same_tree_and_the_same_problems():
    texts = [text for text, _ in SLIPS.values()]
    texts += ["a: {b: , c: [x, ]}\n", "a:\n- é: |\n    x\n\n  b: >-\n    y\nc: ''\n"]
    texts += ["a: [!2, {b: 1}]\n", "a: |#\n  x\n"]

    def outcome(text, pure):
        try:
            return read_text(text, pure=pure)
        except InvalidScenario as error:
            return error.problems

    for text in texts:
        assert outcome(text, False) == outcome(text, True), text


def test_without_the_c_parser_the_pure_one_is_taken(monkeypatch):
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)

    assert yamltree.parser_class() is yaml.SafeLoader
    assert values("a: 1\n") == {"a": 1}


def test_an_unforeseen_error_of_the_parser_is_told_in_plain_words(monkeypatch):
    class Odd(yaml.SafeLoader):
        def get_event(self):
            raise yaml.YAMLError("inner workings")

    monkeypatch.setattr(yamltree, "parser_class", lambda pure: Odd)
    monkeypatch.setattr(yamltree, "MOST_REREAD", 0)

    problem = only("a: 1\n")
    assert place(problem) == (1, 1)
    assert "inner workings" not in problem.text()


def test_reading_imports_nothing_heavy():
    code = "import sys, armsim.scenario.yamltree; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())

    assert "yaml" in loaded
    assert not loaded & {"numpy", "pydantic", "simpy", "matplotlib", "numba", "scipy"}
