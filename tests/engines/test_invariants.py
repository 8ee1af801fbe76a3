"""What must be true of every run, tried on generated scenarios that use the whole language (MODEL section 9).

Always the same examples in the ordinary run; a thousand with `pytest -m slow`. What is true between two runs
(MODEL section 10) is in `tests/metamorphic`.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import get_args

import pytest
from generated import CLAUSE_VALUES, KINDS, features
from metamorphic.generated_runs import SEED, LogLine, Written, as_written, load, over, run, same
from metamorphic.language_words import due_forms, keys_and_words

from armsim.engines.audit import Audit
from armsim.engines.reference import Replication
from armsim.model.compile import compile_scenario
from armsim.model.order import Edge, Flow, Kind
from armsim.model.timeline import draw_world
from armsim.model.trajectory import State
from armsim.scenario.responses import OWN_SETTINGS
from armsim.units import LawKind

#: Examples audited, which are those counted below; examples of the other relations; examples of a slow run.
AUDITED, EXAMPLES, SLOW_EXAMPLES = 150, 15, 1000


def every_invariant_holds(written: Written) -> None:
    """Checking mode finds nothing."""
    audit = Audit()
    seen = run(written, audit=audit)
    assert len(seen.result.states) == len(seen.model.edges)
    assert audit.checks > 0


def every_invariant_holds_in_other_worlds(written: Written) -> None:
    """Checking mode finds nothing in a second world and replication either."""
    run(written, world=1, replication=1, audit=Audit())


def running_it_again_gives_the_same(written: Written) -> None:
    """Nothing is kept between runs."""
    model = compile_scenario(load(written))
    world = draw_world(model, SEED, 0)
    logs: list[list[LogLine]] = [[], [], []]
    results = [Replication(model, world, SEED, k, log).run() for k, log in zip((0, 1, 0), logs)]

    assert logs[0] == logs[2]
    assert results[0] == results[2]


def the_audit_changes_nothing(written: Written) -> None:
    """Looking does not touch."""
    same(as_written(written), run(load(written), audit=Audit()))


def the_insertion_order_of_events_does_not_matter(written: Written) -> None:
    """ENGINE 5: only (kind, entity) decides among events of one instant."""
    numbers = random.Random(11)
    same(as_written(written), run(written, numbers=iter(lambda: numbers.getrandbits(64), None)))


def the_sums_of_each_period_add_up(written: Written) -> None:
    """Each system on the books or gone is in one state all the time; no more is flown than demanded."""
    seen = as_written(written)
    begin = 0
    for k, edge in enumerate(seen.model.edges):
        for f, states in enumerate(seen.result.states[k]):
            before = seen.result.ends[k - 1][f] if k else [seen.world.counts[f]]
            most, least = sum(seen.result.ends[k][f]) * (edge - begin), sum(before) * (edge - begin)
            assert least <= sum(states) <= most
            assert 0 <= seen.result.flown[k][f] <= seen.result.demanded[k][f]
        begin = edge


def missions_are_done_by_systems_that_are_ready(written: Written) -> None:
    """All that are FMC can do every mission, none that is down can do any, and each PMC one (R-M1)."""
    seen = as_written(written)
    for k in range(len(seen.model.edges)):
        for f, fleet in enumerate(seen.model.fleets):
            fmc, pmc = (seen.result.states[k][f][state] for state in (State.FMC, State.PMC))
            able = seen.result.missions[k][f]
            assert len(able) == len(fleet.missions)
            assert all(fmc <= seconds <= fmc + pmc for seconds in able)
            assert not able or sum(able) >= len(able) * fmc + pmc


RELATIONS: tuple[Callable[[Written], None], ...] = (
    every_invariant_holds_in_other_worlds,
    running_it_again_gives_the_same,
    the_audit_changes_nothing,
    the_insertion_order_of_events_does_not_matter,
    the_sums_of_each_period_add_up,
    missions_are_done_by_systems_that_are_ready,
)


def test_every_invariant_holds_in_generated_scenarios() -> None:
    over(AUDITED, every_invariant_holds)


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda relation: relation.__name__)
def test_in_generated_scenarios(relation: Callable[[Written], None]) -> None:
    over(EXAMPLES, relation)


@pytest.mark.slow
@pytest.mark.parametrize("relation", (every_invariant_holds, *RELATIONS), ids=lambda relation: relation.__name__)
def test_in_a_thousand_generated_scenarios(relation: Callable[[Written], None]) -> None:
    over(SLOW_EXAMPLES, relation)


# ----------------------------------------------------------------------------------------------- coverage

TRIGGERS = ("from", "after", "notice", "when", "starts", "until")
VALUE_KEYS = ("low", "best", "high", "value", "median", "log", "varies")
#: Ways of saying things that no single key or word stands for.
MORE = """
    halts.until=never halts.until.low fleets.count.low items.stock.low items.on_hand items.resupply.licence
    items.repair.at=maker items.repair.at=base.bench items.repair.at=national.bench items.repair.at=condemned
    items.overhaul.at=maker items.overhaul.at=base.bench fleets.overhaul.at=maker fleets.overhaul.at=base.hangar
    fleets.overhaul.at=national.hangar items.repair.uses=seal items.repair.uses.low halts.new_orders.fund=40%
    halts.leakage.probability=100% halts.by=home halts.by=maker sites.crews.foreign fleets.owner=maker
"""


@dataclass
class Counted:
    """What the audited set says."""

    features: set[str] = field(default_factory=set)
    settings: set[tuple[str, str]] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)

    def look(self, written: Written) -> None:
        """Add a scenario."""
        self.features |= features(written)
        self.settings |= {(one["kind"], key) for one in written.get("responses", {}).values() for key in one}
        self.texts.add(json.dumps(written))


@pytest.fixture(scope="module")
def counted() -> Counted:
    """What the audited set says."""
    found = Counted()
    over(AUDITED, found.look)
    return found


def test_generated_scenarios_have_every_key_and_every_word_of_the_language(counted: Counted) -> None:
    wanted = keys_and_words() | set(MORE.split())

    assert len(wanted) > 320
    assert sorted(wanted - counted.features) == []
    assert len(counted.texts) >= AUDITED - 2


def test_generated_scenarios_have_every_value_of_every_clause_and_every_kind_of_halt(counted: Counted) -> None:
    wanted = {f"halts.{clause}={value}" for clause, values in CLAUSE_VALUES.items() for value in values}
    wanted |= {f"halts.kind={kind}" for kind in KINDS}

    assert len(wanted) > 25
    assert sorted(wanted - counted.features) == []


def test_generated_scenarios_have_every_setting_of_every_kind_of_response_and_every_trigger(counted: Counted) -> None:
    wanted = {(kind, key) for kind, own in OWN_SETTINGS.items() for key in (*own, *TRIGGERS, "cost", "succeeds")}

    assert len(wanted) > 100
    assert sorted(wanted - counted.settings) == []


def test_generated_scenarios_have_every_due_form_every_form_of_value_and_every_law(counted: Counted) -> None:
    in_due_forms = {path.rpartition(".")[2].partition("=")[0] for path in counted.features if ".due." in path}
    ends = {path.rpartition(".")[2] for path in counted.features}
    lives = {path.rpartition("=")[2].split()[0] for path in counted.features if "fails_every.varies=" in path}
    times = {path.rpartition("=")[2].split()[0] for path in counted.features if "takes.varies=" in path}

    assert due_forms() <= in_due_forms
    assert set(VALUE_KEYS) <= ends
    assert lives >= set(get_args(LawKind)) - {"exponential"}  # which is the law of a life that names none
    assert times >= set(get_args(LawKind))


@dataclass
class Met:
    """What the other examples meet when they run."""

    kinds: Counter[int] = field(default_factory=Counter)
    edges: set[int] = field(default_factory=set)
    flows: set[int] = field(default_factory=set)
    states: set[int] = field(default_factory=set)
    events: int = 0
    tied: int = 0  # model events that share their second with another

    def look(self, written: Written) -> None:
        """Run a scenario and add what it meets."""
        seen = as_written(written)
        self.kinds.update(kind for _, kind, _ in seen.log)
        self.flows |= {entity[0] for _, kind, entity in seen.log if kind == Kind.ARRIVAL}
        self.edges |= {entity[0] for _, kind, entity in seen.log if kind == Kind.HALT}
        self.states |= {s for period in seen.result.states for fleet in period for s, n in enumerate(fleet) if n}
        seconds = Counter(t for t, _, _ in seen.log)
        self.events += len(seen.log)
        self.tied += sum(n for n in seconds.values() if n > 1)


def test_generated_scenarios_meet_every_kind_of_event_every_state_and_many_ties() -> None:
    met = Met()
    over(AUDITED, met.look)

    assert set(met.kinds) == {int(kind) for kind in Kind if kind is not Kind.SETTLE}
    assert met.flows == {int(flow) for flow in Flow}
    assert met.edges == {int(edge) for edge in Edge}
    assert met.states == {int(state) for state in State}
    assert met.events > 20_000
    assert met.tied / met.events > 0.15, f"{met.tied} of {met.events} events are tied"
