"""What must be true of every scenario, tried on generated ones (MODEL sections 9 and 10).

Sixty examples, always the same, in the ordinary run; a thousand with `pytest -m slow`.
"""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any

import pytest
from generated import CLAUSE_VALUES, KINDS, features, on, scenarios, text_of
from hypothesis import HealthCheck, Phase, given, settings

from armsim.engines.audit import Audit
from armsim.engines.reference import Replication
from armsim.model.arrays import Model
from armsim.model.compile import compile_scenario
from armsim.model.order import Edge, Flow, Kind
from armsim.model.timeline import World, draw_world
from armsim.model.trajectory import Trajectory
from armsim.scenario.scenario import Scenario, load_text

Written = dict[str, Any]
DAY = 86400
EXAMPLES, SLOW_EXAMPLES = 60, 1000
BY_PERIOD = ("states", "ends", "flown", "demanded", "items", "pools", "below")


@dataclass
class Run:
    """One replication and all it left."""

    model: Model
    world: World
    log: list[tuple[int, int, tuple[int, int, int]]]
    result: Trajectory

    @property
    def curves(self) -> dict[str, Any]:
        """Everything of the trajectory but what halts touched."""
        return {one.name: getattr(self.result, one.name) for one in fields(Trajectory) if one.name != "touched"}

    def before(self, second: int) -> list[tuple[Any, ...]]:
        """The log up to a second; lines and responses by name, for a twin lacks responses that follow a halt."""
        found = []
        for t, kind, (first, middle, last) in self.log:
            what: Any = (first, middle, last)
            if kind == Kind.RESPONSE:
                what = (self.model.responses[first].name, middle, last)
            elif (kind, first) in ((Kind.ARRIVAL, Flow.RESUPPLY), (Kind.HALT, Edge.LINE)):
                what = (first, self.model.lines[middle].key, last)
            if t < second:
                found.append((t, kind, what))
        return found

    @property
    def touched(self) -> list[int]:
        """What all halts touched together."""
        return [sum(column) for column in zip(*self.result.touched)] if self.result.touched else []


def load(written: Written) -> Scenario:
    """The scenario, with months that count from its start whatever halts it has."""
    time = written["time"] | {"months_from": written["time"]["start"]}
    return load_text(text_of(written | {"time": time}))


def run(written: Written | Scenario, replication: int = 0, world: int = 0, audit: Audit | None = None,
        numbers: Iterator[int] | None = None) -> Run:  # fmt: skip
    """Run one replication; `numbers` takes the place of SimPy's insertion counter."""
    model = compile_scenario(written if isinstance(written, Scenario) else load(written))
    drawn, log = draw_world(model, 7, world), []
    replica = Replication(model, drawn, 7, replication, log, audit)
    if numbers is not None:
        replica.env._eid = numbers
    return Run(model, drawn, log, replica.run())


def changed(written: Written, *path: str, **entries: Any) -> Written:
    """A copy with entries put into the mapping at a path, which is made where it is missing."""
    copied = copy.deepcopy(written)
    place = copied
    for name in path:
        place = place.setdefault(name, {})
    place.update(entries)
    return copied


def same(one: Run, other: Run) -> None:
    """Assert that two runs left the same, bit for bit."""
    assert one.log == other.log
    assert one.curves == other.curves


# ---------------------------------------------------------------------------------------------- relations


def every_invariant_holds(written: Written) -> None:
    """Checking mode finds nothing, in two worlds."""
    audit = Audit()
    for world in range(2):
        seen = run(written, world=world, audit=audit)
        assert len(seen.result.states) == len(seen.model.edges)
    assert audit.checks > 0


def running_it_again_gives_the_same(written: Written) -> None:
    """Nothing is kept between runs."""
    model = compile_scenario(load(written))
    world = draw_world(model, 7, 0)
    logs: list[list[Any]] = [[], [], []]
    results = [Replication(model, world, 7, k, log).run() for k, log in zip((0, 1, 0), logs)]

    assert logs[0] == logs[2]
    assert results[0] == results[2]


def the_audit_changes_nothing(written: Written) -> None:
    """Looking does not touch."""
    same(run(written), run(written, audit=Audit()))


def a_halt_of_no_length_changes_nothing(written: Written) -> None:
    """R-H4."""
    halt = {"kind": "total", "by": ["seller"], "from": on(90), "until": on(90)}
    same(run(written), run(changed(written, "halts", zz_none=halt)))


def a_halt_after_the_horizon_changes_nothing(written: Written) -> None:
    """R-H4; a halt at the horizon itself is after it (ENGINE 2)."""
    end = written["time"]["end"]
    halt = {"kind": "total", "by": ["seller", "third"], "from": end, "until": "never"}
    same(run(written), run(changed(written, "halts", zz_none=halt)))


def a_halt_on_an_unused_supplier_changes_nothing(written: Written) -> None:
    """R-H4."""
    more = changed(written, "jurisdictions", nowhere={})
    more = changed(more, "suppliers", idle={"jurisdiction": "nowhere", "provides": ["spares", "people"]})
    more = changed(more, "halts", zz_none={"kind": "total", "by": ["nowhere"], "from": on(60)})
    same(run(written), run(more))


def a_halt_cut_in_two_is_one(written: Written) -> None:
    """R-H4: adjoining identical halts are merged."""
    halts = {k: h for k, h in written.get("halts", {}).items() if isinstance(h["until"], str)}
    for name, halt in halts.items():
        cut = on(
            30 * (1 + int((load(written).things.halts[name].from_.best - load(written).things.time.start).days / 30))
        )
        if halt["until"] != "never" and cut >= halt["until"]:
            continue
        two = changed(written, "halts", **{name: halt | {"until": cut}, f"{name}_on": halt | {"from": cut}})
        whole, pieces = run(written), run(two)
        same(whole, pieces)
        assert whole.touched == pieces.touched


def a_shorter_horizon_is_a_prefix(written: Written) -> None:
    """What happens does not depend on when we stop looking."""
    long, short = run(written), run(changed(written, "time", end=on(213)))

    horizon = short.model.horizon
    assert short.log == [line for line in long.log if line[0] < horizon]
    whole = [k for k, edge in enumerate(short.model.edges) if edge in long.model.edges]
    for curve in BY_PERIOD:
        assert [getattr(short.result, curve)[k] for k in whole] == [getattr(long.result, curve)[k] for k in whole]
    assert len(whole) >= 2


def the_order_of_the_file_changes_nothing(written: Written) -> None:
    """R-T2: keyed maps may stand in any order."""

    def turned(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: turned(value) for key, value in reversed(node.items())}
        return [turned(value) for value in node] if isinstance(node, list) else node

    same(run(written), run(turned(written)))


def an_unused_item_changes_nothing(written: Written) -> None:
    """An item that never fails, last by name or first, leaves all else as it was."""
    unused = {"on": {"jets": 1}, "stock": {"base": 2}}
    before, last = run(written), run(changed(written, "items", zz_idle=unused))
    first = run(changed(written, "items", aa_idle=unused))

    assert before.log == last.log
    assert [line[:2] for line in before.log] == [line[:2] for line in first.log]
    for other, others in ((last, slice(None, -1)), (first, slice(1, None))):
        for curve in set(BY_PERIOD) - {"items"}:
            assert getattr(before.result, curve) == getattr(other.result, curve)
        assert before.result.items == [period[others] for period in other.result.items]


def the_insertion_order_of_events_does_not_matter(written: Written) -> None:
    """ENGINE 5: only (kind, entity) decides among events of one instant."""
    numbers = random.Random(11)
    same(run(written), run(written, numbers=iter(lambda: numbers.getrandbits(64), None)))


def before_its_first_halt_it_is_its_twin(written: Written) -> None:
    """A halt changes nothing before it begins (R-H4, R-H6)."""
    scenario = load(written)
    halted, twin = run(scenario), run(scenario.twin())
    foreground = [h.begin for h in halted.world.halts if not h.says.background]
    first = min(foreground, default=halted.model.horizon)

    assert halted.before(first) == twin.before(first)
    periods = sum(1 for edge in halted.model.edges if edge <= first)
    for curve in BY_PERIOD:
        assert getattr(halted.result, curve)[:periods] == getattr(twin.result, curve)[:periods]


def the_resolved_form_runs_the_same(written: Written) -> None:
    """The resolved scenario is the scenario."""
    scenario = load(written)
    same(run(scenario), run(load_text(scenario.resolved_text())))


def the_sums_of_each_period_add_up(written: Written) -> None:
    """Each system on the books or gone is in one state all the time; no more is flown than demanded."""
    seen = run(written)
    begin = 0
    for k, edge in enumerate(seen.model.edges):
        for f, states in enumerate(seen.result.states[k]):
            before = seen.result.ends[k - 1][f] if k else [seen.world.counts[f]]
            most, least = sum(seen.result.ends[k][f]) * (edge - begin), sum(before) * (edge - begin)
            assert least <= sum(states) <= most
            assert 0 <= seen.result.flown[k][f] <= seen.result.demanded[k][f]
        begin = edge


RELATIONS: tuple[Callable[[Written], None], ...] = (
    every_invariant_holds,
    running_it_again_gives_the_same,
    the_audit_changes_nothing,
    a_halt_of_no_length_changes_nothing,
    a_halt_after_the_horizon_changes_nothing,
    a_halt_on_an_unused_supplier_changes_nothing,
    a_halt_cut_in_two_is_one,
    a_shorter_horizon_is_a_prefix,
    the_order_of_the_file_changes_nothing,
    an_unused_item_changes_nothing,
    the_insertion_order_of_events_does_not_matter,
    before_its_first_halt_it_is_its_twin,
    the_resolved_form_runs_the_same,
    the_sums_of_each_period_add_up,
)


def over(examples: int, relation: Callable[[Written], None]) -> None:
    """Try a relation on generated scenarios, always the same ones; the first that fails is shown as a file."""

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),  # shrinking takes minutes
    )
    @given(scenarios())
    def example(written: Written) -> None:
        try:
            relation(written)
        except Exception:
            print(text_of(written))
            raise

    example()


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda relation: relation.__name__)
def test_in_generated_scenarios(relation: Callable[[Written], None]) -> None:
    over(EXAMPLES, relation)


@pytest.mark.slow
@pytest.mark.parametrize("relation", RELATIONS, ids=lambda relation: relation.__name__)
def test_in_a_thousand_generated_scenarios(relation: Callable[[Written], None]) -> None:
    over(SLOW_EXAMPLES, relation)


# ----------------------------------------------------------------------------------------------- coverage

WORDS_OF_HALTS = """
    people.leave_within people.leave_by people=stay until=never until.low classes fleets suppliers background against
    except.classes except.suppliers except.contracts
"""
WORDS_OF_FLEETS = """
    at_most fly.changes count.low content upkeep.needs inspections.due.block inspections.needs overhaul.at=maker
    overhaul.at=base.hangar overhaul.slots overhaul.due.block overhaul.due.list overhaul.due.random
    overhaul.due.staggered life_limit losses.per_100k_FH losses.on retirements deliveries.ordered
    deliveries.schedule.staggered cannibalization=on_demand cannibalization.damage
"""
WORDS_OF_ITEMS = """
    fails_every expires_after hard_life overhaul.at=maker overhaul.at=base.bench overhaul.yield demand=calendar
    absence=degrades absence=nothing absence=grounds replace.needs replace_grounds repair.at=maker repair.at=base.bench
    repair.at=condemned repair.yield repair.quality repair.licence repair.transit resupply.licence resupply.transit
    stock.base.low content due.block
"""
WORDS_OF_RESPONSES = """
    kind=cannibalise kind=fly_less kind=other_source when after from until delay succeeds damage fly takes quality
    through
"""


@dataclass
class Met:
    """What the generated set of the ordinary run contains and meets."""

    features: set[str] = field(default_factory=set)
    kinds: set[int] = field(default_factory=set)
    states: set[int] = field(default_factory=set)
    events: int = 0
    tied: int = 0  # model events that share their second with another
    texts: set[str] = field(default_factory=set)

    def look(self, written: Written) -> None:
        """Add a scenario."""
        self.features |= features(written)
        self.texts.add(json.dumps(written))
        seen = run(written)
        self.kinds |= {kind for _, kind, _ in seen.log}
        self.states |= {s for period in seen.result.states for fleet in period for s, n in enumerate(fleet) if n}
        seconds = Counter(t for t, _, _ in seen.log)
        self.events += len(seen.log)
        self.tied += sum(n for n in seconds.values() if n > 1)


@pytest.fixture(scope="module")
def met() -> Met:
    """The generated set of the ordinary run."""
    found = Met()
    over(EXAMPLES, found.look)
    return found


def test_generated_scenarios_have_every_value_of_every_clause_and_every_kind_of_halt(met: Met) -> None:
    wanted = {f"halts.{clause}={value}" for clause, values in CLAUSE_VALUES.items() for value in values}
    wanted |= {f"halts.kind={kind}" for kind in KINDS}
    wanted |= {f"halts.{word}" for word in WORDS_OF_HALTS.split()}

    assert len(wanted) > 35
    assert sorted(wanted - met.features) == []


def test_generated_scenarios_use_everything_that_is_modelled(met: Met) -> None:
    wanted = {f"fleets.{word}" for word in WORDS_OF_FLEETS.split()} | {
        f"items.{word}" for word in WORDS_OF_ITEMS.split()
    }
    wanted |= {f"responses.{word}" for word in WORDS_OF_RESPONSES.split()}
    wanted |= {"contracts.renewal", "contracts.signed", "sites.crews.changes", "suppliers.through"}

    assert sorted(wanted - met.features) == []


def test_generated_scenarios_meet_every_kind_of_event_every_state_and_many_ties(met: Met) -> None:
    assert len(met.texts) >= EXAMPLES - 2
    assert met.kinds == {int(kind) for kind in Kind if kind is not Kind.SETTLE}
    assert met.states == {0, 1, 2, 3, 4, 6, 7, 8}  # all but regeneration, which no engine models yet
    assert met.events > 5_000
    assert met.tied / met.events > 0.15, f"{met.tied} of {met.events} events are tied"
