"""Checking mode sees each sort of corruption, and says nothing about a run in which nothing is wrong."""

# ruff: noqa: E501 (the table of corruptions is read line by line)

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hand_worked import DAILY, written

from armsim.engines.audit import PLACES, Audit, balance, positions, systems
from armsim.engines.entities import Position, System, Task, Unit
from armsim.engines.reference import Replication, simulate
from armsim.errors import CheckFailed
from armsim.model.compile import compile_scenario
from armsim.model.timeline import draw_world
from armsim.model.trajectory import State
from armsim.scenario.scenario import load, load_text

# Three jets that fly day and night, with something of everything going on by day 50.
BUSY = f"""
sites:
  base:
    crews: {{line: {{fleets: jets, size: 3, local: 1, foreign: {{maker: 2}}}}}}
    shops: {{bench: {{servers: 1}}}}
fleets:
  jets:
    count: 4
    site: base
    {DAILY.replace(", ", chr(10) + "    ")}
    upkeep: {{every: 60 FH, takes: 3 days, crew: line}}
    inspections: {{every: 20 days, takes: 4 days, crew: line, needs: maker, due: {{block: {{@10: 4}}}}}}
    overhaul: {{every: 400 days, at: maker, takes: 30 days, slots: 1, due: {{block: {{@30: 2, @45: 1}}}}}}
    losses: {{on: [{{on: @48}}]}}
    deliveries: {{supplier: maker, schedule: [@90]}}
items:
  pump:
    on: {{jets: 2}}
    supplier: maker
    fails_every: 200 FH
    repair: [{{share: 50%, at: base.bench, takes: 9 days}}, {{share: 50%, at: maker, takes: 20 days, transit: 5 days}}]
    replace: {{takes: 2 days, crew: line}}
    resupply: {{licence: 5 days, make: 20 days, transit: 5 days}}
    stock: {{base: 3}}
  seal: {{on: {{jets: 1}}, supplier: maker, expires_after: 40 days, resupply: {{make: 10 days}}, stock: {{base: 1}}}}
"""


@pytest.fixture(scope="module")
def stopped() -> Callable[[Callable[[Replication], bool]], tuple[Replication, Audit]]:
    """Runs BUSY under audit up to the first settle at which a condition holds."""

    class Stopped(Exception):
        pass

    model = compile_scenario(load_text(written(BUSY, 200)))

    def run(condition: Callable[[Replication], bool]) -> tuple[Replication, Audit]:
        audit, found = Audit(), []

        def look(replication: Replication) -> None:
            audit(replication)
            if replication.now > 50 * 86400 and condition(replication):
                found.append(replication)
                raise Stopped

        with pytest.raises(Stopped):
            simulate(model, draw_world(model, 1, 0), 1, 0, audit=look)
        return found[0], audit

    return run


def here(r: Replication) -> list[System]:
    """Systems on the books."""
    return [system for system in systems(r) if system.on_books]


def hole(r: Replication) -> Position:
    """A hole that waits."""
    return next(p for p in positions(r) if p.in_queue)


def filled(r: Replication) -> Position:
    """A position with a unit in it."""
    return next(p for p in positions(r) if p.unit is not None)


def task(r: Replication, started: bool) -> Task:
    """A task in work, or waiting."""
    return next(t for s in here(r) for t in s.tasks.values() if (t.party >= 0) == started)


def limit(r: Replication) -> Unit:
    """A fitted unit of a flying system."""
    return next(p.unit for p in positions(r) if p.unit is not None and p.system.flying)


def manned(r: Replication, capacity: list[int]) -> None:
    """Give the pool other people, curve and all."""
    r.pools[0].capacity = capacity
    r.crew_meters[0][0].value = sum(capacity)


def raised(r: Replication, name: str, change: int = 1) -> None:
    """Change a count of the first item."""
    r.count(0, name, change)


CORRUPTIONS: dict[str, tuple[Callable[[Replication], object], str]] = {
    "a unit from nowhere": (lambda r: r.points[0].shelf.update({0.5: 7}), "units of pump over all places"),
    "a unit vanishes": (lambda r: setattr(filled(r), "unit", None), "units of"),
    "a negative shelf": (lambda r: (r.points[0].shelf.update({0.5: -9}), r.ledger[0].update(entered=r.ledger[0]["entered"] - 9)), "in place 'shelf'"),
    "a hole twice in the queue": (lambda r: r.points[hole(r).point].queue.append(hole(r)), "exactly one place"),
    "a hole in no queue": (lambda r: r.points[hole(r).point].queue.remove(hole(r)), "exactly one place"),
    "a hole both promised and waiting": (lambda r: (setattr(hole(r), "promised", True), r.ledger[hole(r).item].update(entered=r.ledger[hole(r).item]["entered"] + 1)), "exactly one place"),
    "a robbed unit nobody wants": (lambda r: setattr(filled(r), "robbed", Unit()), "a robbed unit in hand"),
    "a hole of another point": (lambda r: setattr(hole(r), "point", 1 - hole(r).point), "holes of other points"),
    "a hole without the work to fill it": (lambda r: [s.tasks.clear() for s in here(r) if any(k == "replace" for k, _ in s.tasks)], "work to put the unit in"),
    "stock miscounted": (lambda r: raised(r, "stock"), "stock of pump"),
    "holes miscounted": (lambda r: raised(r, "holes"), "holes of pump"),
    "backorders miscounted": (lambda r: raised(r, "backorders", -1), "backorders of pump"),
    "repairs miscounted": (lambda r: raised(r, "in_repair"), "in_repair of pump"),
    "orders miscounted": (lambda r: raised(r, "on_order"), "on_order of pump"),
    "condemned miscounted": (lambda r: (raised(r, "condemned", 99), raised(r, "on_order", 99)), "condemned of pump"),
    "a crew idle on paper": (lambda r: r.pools[0].busy.__setitem__(task(r, True).party, 0), "busy at base.line"),
    "a crew busy with nothing": (lambda r: r.pools[0].busy.__setitem__(0, r.pools[0].busy[0] + 1), "crews busy at base.line"),
    "more crews at work than there are": (lambda r: (r.pools[0].capacity.__setitem__(slice(None), [0, 0]), AUDITS[-1].before_busy[0].__setitem__(slice(None), [0, 0])), "at most 0"),
    "a task forgotten by its pool": (lambda r: r.pools[0].waiting.clear(), "tasks waiting at base.line"),
    "tickets out of order": (lambda r: setattr(r.pools[0].waiting[0], "ticket", r.pools[0].waiting[-1].ticket), "tickets waiting"),
    "a server leaked": (lambda r: r.shop_busy.__setitem__(0, r.shop_busy[0] + 1), "servers of"),
    "a unit in no shop": (lambda r: r.shop_queues[0].clear(), "in shops"),
    "a slot leaked": (lambda r: setattr(r.fleets[0], "in_overhaul", 0), "in overhaul"),
    "slots exceeded": (lambda r: (setattr(next(s for s in here(r) if s.overhaul == "queued"), "overhaul", "in work"), r.fleets[0].overhaul_queue.clear(), setattr(r.fleets[0], "in_overhaul", 2)), "at most 1"),
    "a system lost from the queue": (lambda r: r.fleets[0].overhaul_queue.clear(), "queued for overhaul"),
    "a state that is not so": (lambda r: setattr(here(r)[0], "state", State.PMC), "the state of jets"),
    "a grounded system in the air": (lambda r: setattr(next(s for s in here(r) if not s.flying), "flying", True), "flies"),
    "counts that are no recount": (lambda r: r.fleets[0].counts.__setitem__(0, 9), "by state"),
    "too many sharing the programme": (lambda r: setattr(r.fleets[0], "available", 9), "that fly"),
    "more flown than demanded": (lambda r: setattr(r.fleets[0], "demand", 0), "use of jets"),
    "gone and here": (lambda r: setattr(here(r)[0], "gone", True), "on the books and gone"),
    "a system before it has come": (lambda r: setattr(next(s for s in r.fleets[0].systems if not (s.on_books or s.gone)), "state", State.FMC), "not come yet"),
    "a curve of crews that is off": (lambda r: r.crew_meters[0][2].add(1, r.now), "curve of waiting"),
    "units abroad miscounted": (lambda r: raised(r, "abroad"), "abroad of pump"),
    "a limit of use passed": (lambda r: setattr(limit(r), "fails_at", 1), "limit of use"),
    "a date passed": (lambda r: setattr(limit(r), "hard_on", r.now), "nearest date"),
    "time runs back": (lambda r: setattr(AUDITS[-1], "before_now", r.now + 1), "the time"),
    "a fleet's clock runs back": (lambda r: setattr(r.fleets[0], "clock", 0), "use clock of jets"),
    "a system's clock runs back": (lambda r: setattr(next(s for s in here(r) if not s.flying), "clock", -1), "use clock of jets"),
}  # fmt: skip
AUDITS: list[Audit] = []


def everything_is_going_on(r: Replication) -> bool:
    """Holes, tasks waiting and in work, units in the shop's queue, systems queued and in work, one flying."""
    states = Counter(s.overhaul for s in here(r))
    tasks = Counter(t.party >= 0 for s in here(r) for t in s.tasks.values())
    replacing = any(sort == "replace" for s in here(r) for sort, _ in s.tasks)
    return bool(
        r.points[0].queue and tasks[True] and len(r.pools[0].waiting) > 1 and replacing and r.shop_queues[0]
        and states["queued"] and states["in work"] and any(s.flying for s in here(r))
    )  # fmt: skip


# Each corruption needs only part of all that; these say which part to wait for.
NEEDS: tuple[Callable[[Replication], bool], ...] = (
    everything_is_going_on,
    lambda r: bool(len(r.pools[0].waiting) > 1),
    lambda r: bool(r.points[0].queue and r.shop_queues[0]),
    lambda r: any(s.overhaul == "queued" for s in here(r)),
    lambda r: any(sort == "replace" for s in here(r) for sort, _ in s.tasks),
    lambda r: any(s.flying for s in here(r)),
)


def moments(stopped: Callable[..., tuple[Replication, Audit]]) -> Iterator[tuple[Replication, Audit]]:
    """States of the run in which this or that is going on."""
    for condition in NEEDS:
        try:
            yield stopped(condition)
        except pytest.fail.Exception:
            continue


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corruption_is_seen_and_named(name: str, stopped: Callable[..., tuple[Replication, Audit]]) -> None:
    corrupt, message = CORRUPTIONS[name]
    for replication, audit in moments(stopped):
        AUDITS[:] = [audit]
        audit(replication)  # nothing wrong so far
        try:
            corrupt(replication)
        except (StopIteration, IndexError, ValueError):
            continue  # not going on at this moment: try another
        try:
            audit(replication)
        except CheckFailed as error:
            assert message in str(error)
            return
    pytest.fail(f"nothing was seen of: {name}")


def test_a_violation_names_world_replication_date_and_numbers(
    stopped: Callable[..., tuple[Replication, Audit]],
) -> None:
    replication, audit = stopped(lambda r: True)
    raised(replication, "stock", 2)

    with pytest.raises(CheckFailed) as failed:
        audit(replication)
    pattern = r"world 0, replication 0, 2023-0\d-\d\d \d\d:\d\d:\d\d \(\d+ s\): stock of pump: expected \d+, found \d+"
    assert re.fullmatch(pattern, str(failed.value))
    assert failed.value.exit_code == 4


def test_idle_stock_crews_and_servers_are_seen_unless_another_settle_is_to_come(
    stopped: Callable[..., tuple[Replication, Audit]],
) -> None:
    replication, audit = stopped(lambda r: bool(r.pools[0].waiting))
    manned(replication, [99, 99])

    with pytest.raises(CheckFailed, match="beside a free crew"):
        audit(replication)
    replication.settling = True
    audit(replication)


def test_people_who_are_leaving_may_finish_but_not_begin(stopped: Callable[..., tuple[Replication, Audit]]) -> None:
    replication, audit = stopped(lambda r: sum(r.pools[0].busy) > 1)

    manned(replication, [0, 0])
    audit(replication)


def test_one_audit_serves_several_replications_and_counts_its_checks() -> None:
    model = compile_scenario(load_text(written(BUSY, 100)))
    audit = Audit()
    for k in range(2):
        simulate(model, draw_world(model, 1, k), 1, k, audit=audit)

    assert audit.checks > 100


def test_the_balance_has_every_unit_in_one_place(stopped: Callable[..., tuple[Replication, Audit]]) -> None:
    replication, _ = stopped(lambda r: True)
    table = balance(replication)

    assert list(table) == ["pump", "seal"]
    for places in table.values():
        assert list(places) == [*PLACES, "entered"]
        assert sum(places[place] for place in PLACES) == places["entered"]
    # Four jets of two pumps each and three on the shelf, and what has been delivered since.
    assert table["pump"]["entered"] >= 4 * 2 + 3
    assert table["seal"]["condemned"] > 0


VALID = sorted(
    path
    for path in (Path(__file__).parent.parent / "scenarios" / "valid").glob("*.yaml")
    if ".resolved" not in path.name
)


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_shipped_scenarios_run_clean_in_every_variant(path: Path) -> None:
    scenario, audit = load(path), Audit()
    for variant in scenario.variants:
        model = compile_scenario(scenario.variant(variant))
        simulate(model, draw_world(model, 1, 0), 1, 0, audit=audit)

    assert len(VALID) > 5
    assert audit.checks > 0
