"""One run told: its log as text and table, and the story of one system in it."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_engine import Fake, put_in
from small import LUCKY, YARD, lucky, scenario

from armsim.cli import main
from armsim.engines.reference import simulate
from armsim.errors import UsageError
from armsim.model import events
from armsim.model.arrays import FixedDemand
from armsim.model.compile import compile_scenario
from armsim.model.order import Edge, Flow, Kind
from armsim.model.timeline import draw_world
from armsim.report.trace import HEAD, rows, text, write_trace
from armsim.scenario.scenario import load
from armsim.study.story import Watcher, story
from armsim.study.trace import trace, which_run

SCENARIOS = Path(__file__).parents[1] / "scenarios" / "valid"
EVERYTHING = SCENARIOS / "everything.yaml"


@pytest.fixture(scope="module")
def whole() -> Any:
    return load(EVERYTHING)


# ---- events in words ---------------------------------------------------------------------------------


@pytest.mark.parametrize("file", sorted(SCENARIOS.glob("*.yaml")), ids=lambda one: one.stem)
def test_every_event_of_every_valid_scenario_has_words(file: Path) -> None:
    first = load(file)
    for name in first.variants:
        made = trace(first.variant(name), seed=3)
        assert not made.failure and made.log
        for row in list(rows(made))[1:]:
            assert row[2] and (row[3] or row[4:] == [1, 0, 0, 0])  # the start concerns everything


#: kind, entity as (first, second, third) -> how the words begin and what they name
FORMS = {
    "start": ((Kind.SAMPLE, (0, 0, 0)), ("the simulation starts", "")),
    "period": ((Kind.SAMPLE, (1, 4, 0)), ("a report period ends", "report period 5")),
    "use": ((Kind.FAILURE, (2, 0, 0)), ("a limit of use is reached", "{fleet}")),
    "unit": ((Kind.EXPIRY, (2, 2, 0)), ("a unit reaches a calendar limit", "{fleet}/2, {position}")),
    "ahead": ((Kind.EXPIRY, (2, 2, 1 << 20)), ("a replacement is ordered ahead", "{fleet}/2, {position}")),
    "inspection": ((Kind.EXPIRY, (2, 2, (1 << 24) + 1)), ("an inspection falls due", "{fleet}/2, inspection 2")),
    "overhaul": ((Kind.EXPIRY, (2, 2, 1 << 25)), ("an overhaul falls due", "{fleet}/2")),
    "life": ((Kind.EXPIRY, (2, 2, 1 << 26)), ("a life limit is reached", "{fleet}/2")),
    "loss": ((Kind.EXPIRY, (2, 1 << 30, 1)), ("a dated loss strikes", "{fleet}, loss 2 of the file")),
    "retired": ((Kind.EXPIRY, (2, 1 << 31, 0)), ("a retirement takes place", "{fleet}, retirement 1 of the file")),
    "order": ((Kind.ARRIVAL, (Flow.RESUPPLY, 0, 7)), ("a stage of a consignment ends", "{line}, need 7")),
    "bought": ((Kind.ARRIVAL, (Flow.RESUPPLY, 0, (1 << 32) + 1)), ("a stage of a consignment", "{line}, arrival 1")),
    "shop": ((Kind.ARRIVAL, (Flow.REPAIR, 0, 5)), ("a repair in a shop ends", "{item}, repair 5")),
    "back": ((Kind.ARRIVAL, (Flow.OVERHAUL, 2, 2)), ("an overhaul ends", "{fleet}/2")),
    "delivery": ((Kind.ARRIVAL, (Flow.DELIVERY, 2, 2)), ("a stage of a delivery ends", "{fleet}/2")),
    "depot": ((Kind.ARRIVAL, (Flow.FROM_DEPOT, 0, 1)), ("a unit from the depot arrives", "{point}, sending 1")),
    "parts": ((Kind.ARRIVAL, (Flow.PARTS, 0, 1)), ("units already bought arrive", "{point}, arrival 1")),
    "regenerated": ((Kind.ARRIVAL, (Flow.REGENERATION, 2, 2)), ("a regeneration ends", "{fleet}/2")),
    "extended": ((Kind.ARRIVAL, (Flow.EXTENSION, 2, 2)), ("an extension of a limit is done", "{fleet}/2")),
    "released": ((Kind.ARRIVAL, (Flow.RELEASE, 0, 3)), ("the turn of a need that waited comes", "{line}, need 3")),
    "retry": ((Kind.ARRIVAL, (Flow.RETRY, 0, 3)), ("a refused need tries again", "{line}, need 3")),
    "work": ((Kind.COMPLETION, (0, 12, 0)), ("work of a crew ends", "crew pool {pool}, ticket 12")),
    "line": ((Kind.HALT, (Edge.LINE, 0, 0)), ("a supply line changes", "{line}{reached}")),
    "contract": ((Kind.HALT, (Edge.CONTRACT, 0, 0)), ("a contract begins or ends", "{contract}")),
    "people": ((Kind.HALT, (Edge.POOL, 0, 0)), ("people come or leave", "crew pool {pool}")),
    "programme": ((Kind.HALT, (Edge.PROGRAMME, 2, 0)), ("the flying programme changes", "{fleet}")),
    "permission": ((Kind.HALT, (Edge.PERMISSION, 2, 0)), ("the permission to operate changes", "{fleet}")),
    "stock": ((Kind.HALT, (Edge.STOCK, 0, 1)), ("the base stock changes", "{point}, change 2")),
    "begins": ((Kind.RESPONSE, (0, 0, 0)), ("a response begins", "{response}")),
    "ends": ((Kind.RESPONSE, (0, 1, 0)), ("a response ends", "{response}")),
    "turn": ((Kind.RESPONSE, (0, 2, 0)), ("a response may take its next need", "{response}")),
    "built up": ((Kind.RESPONSE, (0, 3, 4)), ("a response is built up by a step", "{response}, step 4")),
    "asked": ((Kind.RESPONSE, (0, 4, 9)), ("a need is asked again of another source", "{response}, need 9")),
    "demand": ((Kind.FAILURE, (2, 1, 0)), ("a fixed demand comes", "{fleet}, {item}")),
    "settle": ((Kind.SETTLE, (0, 0, 0)), ("allocation", "")),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_each_form_of_an_entity_is_named_as_the_file_names_it(form: str, whole: Any) -> None:
    (kind, entity), (words, what) = FORMS[form]
    model = compile_scenario(whole)
    kfir = replace(model.fleets[2], fixed=(FixedDemand(0, 0, 1, 0),))
    model = replace(model, fleets=(*model.fleets[:2], kfir))
    line, fleet, point = model.lines[0], model.fleets[2], model.points[0]
    reached = ", ".join(model.halts[h].name for h in line.halts)
    names = {
        "fleet": fleet.name, "item": model.items[0].name, "pool": model.pools[0].key,
        "contract": model.contracts[0].name, "response": model.responses[0].name,
        "line": events.line_name(model, line), "reached": f" (reached by {reached})" if reached else "",
        "point": f"{model.items[point.item].name} at {point.site}", "position": events.position_name(model, 2, 0),
    }  # fmt: skip
    assert events.kind_words(kind, entity).startswith(words)
    assert events.what_words(model, kind, entity) == what.format(**names)


def test_items_keep_the_name_of_the_file_whatever_they_draw_by_and_places_are_counted() -> None:
    body = LUCKY.replace("on: {jets: 1}", "on: {jets: 2}").replace("pump: {", "pump: {rng_key: zz, ")
    model = compile_scenario(scenario(body, days=300))
    assert {events.position_name(model, 0, rank) for rank in range(4)} == {
        "pump 1 of 2", "pump 2 of 2", "radar 1 of 2", "radar 2 of 2",
    }  # fmt: skip
    assert {events.line_name(model, line) for line in model.lines} >= {"spares of pump from maker"}


def test_a_moment_is_a_day_and_time_and_seconds_beyond_the_calendar() -> None:
    model = compile_scenario(scenario("fleets: {jets: {count: 1}}\n"))
    assert events.moment(model, 86400 + 3661) == "2023-01-02 01:01:01"
    assert events.moment(model, -1) == "2022-12-31 23:59:59"
    assert events.moment(model, 1 << 61) == f"{1 << 61} s from the start"


# ---- the log -----------------------------------------------------------------------------------------


def test_a_trace_is_the_log_of_the_run_it_names(tmp_path: Path) -> None:
    made = trace(lucky(), seed=5, world=2, replication=1)
    log: list[Any] = []
    model = compile_scenario(lucky())
    simulate(model, draw_world(model, 5, 2), 5, 1, log)
    assert list(made.log) == [(t, int(kind), tuple(map(int, entity))) for t, kind, entity in log]
    write_trace(made, tmp_path / "log.csv")
    raw = (tmp_path / "log.csv").read_bytes()
    table = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert raw.startswith(b"\xef\xbb\xbf") and tuple(table[0]) == HEAD and len(table) == len(log) + 1
    assert [tuple(map(int, (row[1], *row[4:]))) for row in table[1:]] == [(t, k, *e) for t, k, e in made.log]
    assert ["2023-05-01 00:00:00", "10368000", "a supply line changes"] in [row[:3] for row in table]
    write_trace(made, tmp_path / "log.txt")
    lines = (tmp_path / "log.txt").read_text(encoding="utf-8").splitlines()
    assert lines[0] == f"small, variant as_written, world 2, replication 1, seed 5: {len(log)} events"
    assert len(lines) == len(log) + 3
    assert any(line.startswith("2023-05-01 00:00:00  ") and "spares of pump from maker" in line for line in lines)


def test_a_trace_is_the_same_from_either_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake()
    put_in(monkeypatch, fake)
    by = {engine: text(trace(lucky(), seed=1, engine=engine)) for engine in ("simpy", "numba")}
    assert by["simpy"] == by["numba"] and fake.simulated == 1


def test_a_trace_of_a_run_that_fails_ends_with_the_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    from armsim.engines.reference import Replication

    def failing(self: Any) -> None:
        raise ValueError("wrong")

    monkeypatch.setattr(Replication, "sample", failing)
    made = trace(lucky(), seed=1)
    assert made.log[-1][1] == Kind.SAMPLE and made.failure.startswith("wrong, at 2023-02-01 00:00:00")
    assert text(made).splitlines()[-1] == f"the run fails: {made.failure}"
    assert list(rows(made))[-1][2:4] == ["the run fails", made.failure]
    assert story(lucky(), "jets/0", seed=1).failure == made.failure


@pytest.mark.parametrize(("written", "read"), [("0", (0, 0)), ("3,2", (3, 2)), (" 3 , 2 ", (3, 2))])
def test_a_run_is_chosen_by_world_and_replication(written: str, read: tuple[int, int]) -> None:
    assert which_run(written) == read


@pytest.mark.parametrize("written", ["", "x", "1,2,3", "-1", "1,", "1;2", "1000000", "0,1000000", "²"])
def test_what_is_no_run_is_a_usage_error(written: str) -> None:
    with pytest.raises(UsageError):
        which_run(written)


# ---- the story ---------------------------------------------------------------------------------------


def sentences(body: str, name: str, days: int = 90, **run: int) -> list[str]:
    return list(story(scenario(body, days), name, **({"seed": 1} | run)).lines)


def test_an_overhaul_and_one_that_a_halt_keeps_from_beginning_are_told() -> None:
    assert sentences(YARD, "jets/0") == [
        "1 January 2023, 00:00: at the start: ready.",
        "21 January 2023, 00:00: its overhaul falls due; is taken in for overhaul; down: at overhaul.",
        "10 February 2023, 00:00: its overhaul is done; ready.",
        "1 April 2023, 00:00: at the end: ready.",
        "Ready 78% of its 90 days on the books.",
    ]
    assert sentences(YARD, "jets/1") == [
        "1 January 2023, 00:00: at the start: ready.",
        "20 February 2023, 00:00: its overhaul falls due; down: at its overhaul limit.",
        "1 April 2023, 00:00: at the end: down: at its overhaul limit.",
        "Ready 56% of its 90 days on the books.",
    ]


#: One jet flies all day: its pump fails after 10 days of flying for sure, and another is made in 20 days.
PUMP = """\
sites: {base: {crews: {line: {fleets: [jets], size: 1, local: 1}}}}
fleets: {jets: {count: 1, fly: 8766 FH/year per aircraft, at_most: 8766 FH/year per aircraft}}
items: {pump: {on: {jets: 1}, hard_life: 240 FH, due: {list: [240 FH]}, supplier: maker,
        replace: {takes: 2 days, crew: line}, resupply: {make: 20 days}}}
"""


def test_a_unit_at_its_limit_its_order_and_the_work_to_put_it_in_are_told() -> None:
    assert sentences(PUMP, "jets/0", days=40) == [
        "1 January 2023, 00:00: at the start: ready.",
        "11 January 2023, 00:00: pump reaches its hard life; down: waits for part 'pump'.",
        "31 January 2023, 00:00: work to put in pump is begun by crew base.line; down: in work.",
        "2 February 2023, 00:00: pump is in; ready.",
        "10 February 2023, 00:00: at the end: ready.",
        "Ready 45% of its 40 days on the books.",
    ]


def test_what_is_robbed_is_told_on_both_sides() -> None:
    # On day 10 jet 0 lacks a pump, on day 12 jet 1 a radar: jet 1, which is down, gives its pump to jet 0.
    body = (
        "fleets: {jets: {count: 2, cannibalization: on_demand, fly: 8766 FH/year per aircraft, "
        "at_most: 8766 FH/year per aircraft}}\n"
        "items:\n  defaults: {on: {jets: 1}, supplier: maker, resupply: {make: 900 days}}\n"
        "  pump: {hard_life: 99999 FH, due: {list: [240 FH, 90000 FH]}}\n"
        "  radar: {hard_life: 99999 FH, due: {list: [90000 FH, 288 FH]}}\n"
    )
    first, second = sentences(body, "jets/0"), sentences(body, "jets/1")
    assert first[1:3] == [
        "11 January 2023, 00:00: pump reaches its hard life; down: waits for part 'pump'.",
        "13 January 2023, 00:00: pump is in, taken from jets/1; ready.",
    ]
    assert second[1] == (
        "13 January 2023, 00:00: pump is taken for jets/0; radar reaches its hard life; "
        "down: waits for parts 'pump' and 'radar'."
    )


def test_losses_retirements_life_limits_deliveries_and_permission_are_told() -> None:
    jets = "fleets: {jets: {count: 2, fly: 10 FH/month fleet, %s}}\n"
    lost = sentences(jets % "losses: {on: [{on: @30, count: 2}]}", "jets/0")
    assert lost[1] == "31 January 2023, 00:00: leaves the books: lost."
    assert lost[-1] == "Ready 100% of its 30 days on the books."
    crashed = sentences(PUMP.replace("{count: 1,", "{count: 1, losses: {per_100k_FH: 1000000},"), "jets/0")
    assert crashed[1].endswith("leaves the books: lost in flying.")
    retired = sentences(jets % "retirements: [{on: @30, count: 2}]", "jets/1")
    assert retired[1:3] == ["31 January 2023, 00:00: leaves the books: retired.",
                            "1 April 2023, 00:00: at the end: off the books."]  # fmt: skip
    limited = sentences(jets % "life_limit: {every: 9 years, due: {list: [30 days, 99 days]}}", "jets/0")
    assert limited[1] == "31 January 2023, 00:00: leaves the books: its life limit is reached."
    coming = "fleets: {jets: {count: 0, authorised: 1, deliveries: {supplier: maker, schedule: [@50]}}}\n"
    delivered = sentences(coming, "jets/0")
    assert delivered[0] == "1 January 2023, 00:00: not yet on the books."
    assert delivered[1] == "20 February 2023, 00:00: delivered; ready."
    refused = sentences(coming + "halts: {stop: {kind: total, by: seller, from: @20}}\n", "jets/0")
    assert refused[1:] == ["1 April 2023, 00:00: at the end: not yet on the books."]
    halt = "halts: {no: {by: seller, from: @30, until: @60, operation: {stop_within: 0 days}}}\n"
    forbidden = sentences(jets % "owner: seller" + halt, "jets/0")
    assert forbidden[1:3] == [
        "31 January 2023, 00:00: may no longer operate; down: without permission to operate.",
        "2 March 2023, 00:00: may operate again; ready.",
    ]


def test_watching_a_run_changes_nothing() -> None:
    model = compile_scenario(lucky())
    world = draw_world(model, 1, 0)
    plain, log = simulate(model, world, 1, 0), []
    for slot in range(model.fleets[0].most):
        watched = simulate(model, world, 1, 0, log, Watcher(0, slot, log))
        assert replace(watched) == plain


def test_every_system_of_a_varied_scenario_has_a_story(whole: Any) -> None:
    for name in whole.variants:
        one = whole.variant(name)
        for fleet in compile_scenario(one).fleets:
            for slot in range(fleet.most):
                told = story(one, f"{fleet.name}/{slot}", seed=2)
                assert told.lines and not told.failure
                assert not any(mark in line for line in told.lines for mark in ("; ;", ": .", "None", "; ."))


# ---- the commands ------------------------------------------------------------------------------------


def command(capsys: Any, *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    said = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, said.out, said.err


def test_run_writes_the_trace_of_the_run_and_variant_asked_for(
    capsys: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    usual = ("run", str(EVERYTHING), "--runs", "1", "--jobs", "1", "--hash", "--engine", "simpy", "--seed", "9")
    code, out, err = command(capsys, *usual, "--trace", "a.txt")
    assert code == 0 and len(out) == 65 and "trace: a.txt" in err
    assert Path("a.txt").read_text(encoding="utf-8") == text(trace(load(EVERYTHING), seed=9))
    more = ("--variant", "full_halt", "--trace", "b.txt", "--trace-run", "3,1", "--quiet")
    assert command(capsys, *usual, *more)[::2] == (0, "")
    expected = text(trace(load(EVERYTHING, "full_halt"), seed=9, world=3, replication=1))
    assert Path("b.txt").read_text(encoding="utf-8") == expected


def test_explain_tells_the_story_of_a_system(capsys: Any) -> None:
    code, out, err = command(capsys, "explain", str(EVERYTHING), "--trace", "kfir/3", "--world", "2", "--seed", "4")
    assert (code, err) == (0, "") and out == story(load(EVERYTHING), "kfir/3", seed=4, world=2).text
    assert out.startswith("kfir/3 in everything, variant as_carried_out, world 2, replication 0, seed 4\n-----")
    assert ", world 0, replication 0, seed 7\n" in command(capsys, "explain", str(EVERYTHING), "--trace", "kfir/0")[1]


WRONG = {
    "another ending": (("run", "--trace", "a.pdf"), "call it a.txt or .csv"),
    "no ending": (("run", "--trace", "a"), "call it a.txt or .csv"),
    "no run": (("run", "--trace", "a.txt", "--trace-run", "x"), "write WORLD or WORLD,REPLICATION"),
    "a run without a file": (("run", "--trace-run", "1"), "--trace FILE"),
    "a fleet": (("explain", "--trace", "kfri/3"), "did you mean 'kfir'?"),
    "a number": (("explain", "--trace", "kfir/99"), "fleet 'kfir' has systems kfir/0 to kfir/"),
    "no number": (("explain", "--trace", "kfir"), "there is no system 'kfir'"),
    "a world": (("explain", "--trace", "kfir/0", "--world", "-1"), "the world must lie between 0 and"),
    "a seed": (("explain", "--trace", "kfir/0", "--seed", "-1"), "the seed must lie between 0"),
    "a world without a system": (("explain", "--world", "1"), "--trace FLEET/N"),
    "a variant": (("explain", "--trace", "kfir/0", "--variant", "fullhalt"), "did you mean 'full_halt'?"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_trace_put_wrongly_ends_with_2_and_runs_nothing(
    what: str, capsys: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (name, *options), said = WRONG[what]
    code, out, err = command(capsys, name, str(EVERYTHING), *options)
    assert (code, out) == (2, "") and said in err and not list(tmp_path.iterdir())


def test_a_trace_that_cannot_be_written_ends_with_5_before_anything_runs(
    capsys: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = command(capsys, "run", str(EVERYTHING), "--trace", "nowhere/a.txt", "--quiet")
    assert (code, out) == (5, "") and "cannot write" in err and not list(tmp_path.iterdir())
