"""Changes that change nothing, bit for bit, tried on generated scenarios (MODEL section 10, R-H4).

Results for any number of workers are compared in `tests/study/test_run.py`, blocks of worlds here.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import date, timedelta
from typing import Any

import pytest
from metamorphic.generated_runs import BY_PERIOD, SEED, Run, Written, as_written, changed, load, over, run, same
from metamorphic.pieces import START, on

from armsim.model.compile import compile_scenario
from armsim.model.order import Edge, Kind
from armsim.scenario.scenario import load_text
from armsim.study.executors import Block, run_block

EXAMPLES, SLOW_EXAMPLES = 18, 1000

# ------------------------------------------------------------------------------------------- halts (R-H4)


def a_halt_of_no_length_changes_nothing(written: Written) -> None:
    """A halt that ends on the day it begins."""
    halt = {"kind": "total", "by": ["seller"], "from": on(90), "until": on(90)}
    same(as_written(written), run(changed(written, "halts", zz_none=halt)))


def a_halt_after_the_horizon_changes_nothing(written: Written) -> None:
    """A halt at the horizon itself is after it (ENGINE 2)."""
    end = written["time"]["end"]
    halt = {"kind": "total", "by": ["seller", "third"], "from": end, "until": "never"}
    same(as_written(written), run(changed(written, "halts", zz_none=halt)))


def a_halt_on_an_unused_supplier_changes_nothing(written: Written) -> None:
    """A halt by a state nothing comes from."""
    more = changed(written, "jurisdictions", nowhere={})
    more = changed(more, "suppliers", idle={"jurisdiction": "nowhere", "provides": ["spares", "people"]})
    more = changed(more, "halts", zz_none={"kind": "total", "by": ["nowhere"], "from": on(60)})
    same(as_written(written), run(more))


def a_halt_that_never_follows_changes_nothing(written: Written) -> None:
    """A follower in no world, nor a halt that follows it."""
    leader = {"kind": "total", "by": ["nowhere"], "from": on(60)}
    more = changed(changed(written, "jurisdictions", nowhere={}), "halts", zz_leader=leader)
    never = {"kind": "total", "by": ["seller"], "after": {"halt": "zz_leader", "probability": "0%"}}
    more = changed(more, "halts", zz_never=never)
    more = changed(more, "halts", zz_nor_this=never | {"after": {"halt": "zz_never", "lag": "10 days"}})
    same(as_written(written), run(more))


def a_halt_cut_in_two_is_one(written: Written) -> None:
    """Adjoining identical halts are merged; followers hang on the first part. A cut after the end is not seen."""
    for name, halt in written.get("halts", {}).items():
        begins = halt.get("from")
        if not isinstance(begins, str) or "after" in halt or not isinstance(halt["until"], str):
            continue
        soon = on((date.fromisoformat(begins) - START).days + 30)
        beyond = (date.fromisoformat(written["time"]["end"]) + timedelta(days=20)).isoformat()
        for cut in (soon, beyond):
            seen = cut < written["time"]["end"]
            if begins >= cut or (cut == soon and not seen) or (halt["until"] != "never" and cut >= halt["until"]):
                continue
            second = {key: value for key, value in halt.items() if key != "announced"} | {"from": cut}
            two = changed(written, "halts", **{name: halt | {"until": cut}, f"{name}_on": second})
            whole, pieces = as_written(written), run(two)
            same(whole, pieces)
            assert whole.touched == pieces.touched


def before_its_first_halt_it_is_its_twin(written: Written) -> None:
    """A halt changes nothing before it begins, its announcement nothing before it is made (R-H4, R-H6)."""
    scenario = load(written)
    halted, twin = as_written(written), run(scenario.twin())
    foreground = [h for h in halted.world.halts if not h.says.background]
    announced = [halted.model.halts[h.index].announced for h in foreground]
    dates = [h.begin for h in foreground] + [second for second in announced if second is not None]
    first = min(dates, default=halted.model.horizon)

    assert halted.before(first) == twin.before(first)
    periods = sum(1 for edge in halted.model.edges if edge <= first)
    for curve in BY_PERIOD:
        assert getattr(halted.result, curve)[:periods] == getattr(twin.result, curve)[:periods]


# ------------------------------------------------------------------------------------------ other changes


def a_shorter_horizon_is_a_prefix(written: Written) -> None:
    """What happens does not depend on when we stop looking."""
    long, short = as_written(written), run(changed(written, "time", end=on(213)))

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

    same(as_written(written), run(turned(written)))


def an_unused_item_changes_nothing(written: Written) -> None:
    """An item that never fails, last by name or first, leaves all else as it was."""
    unused = {"on": {"jets": 1}, "stock": {"base": 2}}
    before, last = as_written(written), run(changed(written, "items", zz_idle=unused))
    first = run(changed(written, "items", aa_idle=unused))
    to_last, to_first = (one.model.items.index(next(i for i in one.model.items if i.name.endswith("_idle")))
                         for one in (last, first))  # fmt: skip

    assert [line[:2] for line in before.log] == [line[:2] for line in last.log]
    assert [line[:2] for line in before.log] == [line[:2] for line in first.log]
    for other, place in ((last, to_last), (first, to_first)):
        for curve in set(BY_PERIOD) - {"items"}:
            assert getattr(before.result, curve) == getattr(other.result, curve)
        others = [[item for i, item in enumerate(period) if i != place] for period in other.result.items]
        assert before.result.items == others


def the_resolved_form_runs_the_same(written: Written) -> None:
    """The resolved scenario is the scenario."""
    same(as_written(written), run(load_text(load(written).resolved_text())))


def new_names_with_the_old_keys_change_nothing(written: Written) -> None:
    """R-T2: fleets and items may be renamed with `rng_key` kept, so that they sort the other way round by name."""
    if any("baseline" in fleet for fleet in written["fleets"].values()):
        return  # the items and the pool of a baseline are keyed by the name of the fleet
    names = {}
    for section in ("fleets", "items"):
        for k, name in enumerate(sorted(written[section], reverse=True)):
            names[name] = f"{section}_{k}"

    def renamed(node: Any) -> Any:
        if isinstance(node, dict):
            return {names.get(key, key): renamed(value) for key, value in node.items()}
        if isinstance(node, list):
            return [renamed(value) for value in node]
        return names.get(node, node) if isinstance(node, str) else node

    new = renamed(written)
    for section in ("fleets", "items"):
        for name, one in written[section].items():
            new[section][names[name]].setdefault("rng_key", name)
            assert new[section][names[name]]["rng_key"] == one.get("rng_key", name)
    before, after = as_written(written), run(new)
    assert before.curves == after.curves
    assert before.result.touched == after.result.touched


def blocks_of_worlds_change_nothing(written: Written) -> None:
    """R-T1: worlds one by one or together, in any order."""
    model = compile_scenario(load(written))
    together = run_block(model, Block(0, (0, 1, 2)), SEED, 1, False)
    apart = [run_block(model, Block(0, worlds), SEED, 1, False) for worlds in ((2,), (0, 1))]

    assert together.events == sum(done.events for done in apart)
    assert together.causes == (*apart[1].causes, *apart[0].causes)
    for name, array in together.arrays.items():
        pieces = [*apart[1].arrays[name], *apart[0].arrays[name]]
        assert [row.tolist() for row in array] == [row.tolist() for row in pieces], name


# ----------------------------------------------------------- what is left out, written at its default value

#: Keys of each section with a value that changes nothing.
FLEETS = {"lot": 1, "content": [], "cannibalization": "none", "missions": [], "losses": {"per_100k_FH": 0},
          "regeneration": {"after": "90 years", "takes": "30 days"}, "cost_per_FH": 0, "owner": "lender",
          "sortie": "2 FH", "retirements": [], "upkeep": [], "inspections": [], "deliveries": []}  # fmt: skip
ITEMS = {"content": [], "absence": "grounds", "needed_for": [], "replace_grounds": False, "demand": "flying_hours",
         "repair": {"at": "condemned"}, "on": {}, "price": 0, "stock_changes": [], "arrivals": [],
         "on_hand": {}}  # fmt: skip
REPAIRS = {"share": "100%", "yield": "100%", "quality": "100%", "uses": {}, "price": 0}
HALTS = {"new_orders": "allow", "renewals": "allow", "signed_contracts": "honour", "accepted_orders": "honour",
         "in_transit": "deliver", "repairs_abroad": "finish", "people": "stay", "overhaul": "allow",
         "operation": "allow", "reexport": "allow"}  # fmt: skip
BESIDE_CLAUSES = {"background": False, "active": True, "until": "never", "except": {"count": 0}, "classes": [],
                  "leakage": {"probability": "0%"}, "slow_by": "0 days",
                  "resume": {"restart": "0 days", "ramp": "0 days"}}  # fmt: skip
RESPONSES: dict[str, dict[str, Any]] = {
    "cannibalise": {"policy": "on_demand", "damage": "0%"},
    "other_source": {"each": "100%", "price": 1, "quality": "100%", "build_up": "0 days", "through": [],
                     "dual_sourcing": "0%", "repairs": False},
    "repair_at_home": {"yield": "100%", "quality": "100%", "build_up": "0 days", "price": 0},
    "extend_life": {"limit": "overhaul"},
    "train_crews": {"build_up": "0 days"},
    "defer": {"failures": 1, "losses_per_100k_FH": 0},
    "harvest": {"yield": "100%"},
}


def lay_under(entry: Any, defaults: dict[str, Any]) -> None:
    """Write each default where an entry says nothing."""
    for key, value in defaults.items():
        entry.setdefault(key, copy.deepcopy(value))


def parts_with_defaults(whole: Written) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Each part of a scenario, and what it leaves out at the value that changes nothing."""
    for site in whole["sites"].values():
        if "depot" in site:
            yield site, {"order_and_ship": "0 days"}
        for crew in site.get("crews", {}).values():
            yield crew, {"of": "capacity", "changes": []}
    for fleet in whole["fleets"].values():
        without = {"upkeep"} if "baseline" in fleet else set()
        yield fleet, {key: value for key, value in FLEETS.items() if key not in without}
        yield fleet.get("overhaul", {}), {"price": 0}
        for delivery in fleet.get("deliveries", []):
            yield delivery, {"transit": "0 days"}
    for item in whole["items"].values():
        clear = {"absence"} if "needed_for" in item else {"needed_for"} if "absence" in item else set()
        clear |= {"stock_changes"} if "reorder" in item else set()
        yield item, {key: value for key, value in ITEMS.items() if key not in clear}
        if "resupply" in item:
            yield item["resupply"], {"licence": "0 days", "make": "0 days", "transit": "0 days"}
        ways = item["repair"] if isinstance(item["repair"], list) else [item["repair"]]
        for way in ways:
            out = {"price", "uses"} if way["at"] == "condemned" else {"uses"} if "." not in way["at"] else set()
            yield way, {key: value for key, value in REPAIRS.items() if key not in out}
            if way["at"] in ("maker", "second"):
                yield way, {"licence": "0 days", "transit": "0 days"}
    for halt in whole.get("halts", {}).values():
        if "kind" not in halt:
            yield halt, HALTS
        yield halt, BESIDE_CLAUSES
        yield halt["leakage"], {"delay": "0 days", "price": 1, "quality": "100%"}
        yield halt["resume"], {"restart": "0 days"}
        if halt.get("repairs_abroad") == "hold":
            yield halt, {"spoilage": "0%"}
        if "after" in halt:
            yield halt["after"], {"lag": "0 days", "probability": "100%"}
    for response in whole.get("responses", {}).values():
        common: dict[str, Any] = {"succeeds": "100%", "cost": 0, "active": True}
        common |= {} if "starts" in response else {"delay": "0 days"}
        yield response, common | RESPONSES.get(response["kind"], {})
        if "when" not in response:
            yield response, {"until": "never"}


def defaults_written_out_change_nothing(written: Written) -> None:
    """Every optional feature at the value that stands for leaving it out."""
    full = changed(written, "jurisdictions", lender={})
    for part, defaults in parts_with_defaults(full):
        lay_under(part, defaults)
    before, after = as_written(written), run(full)

    assert full != written
    assert before.log == after.log
    assert before.curves == after.curves
    assert before.result.touched == after.result.touched


def a_stock_changed_to_what_it_is_changes_nothing(written: Written) -> None:
    """A new level that is the old one, on a date of its own."""
    more = copy.deepcopy(written)
    for item in more["items"].values():
        levels = {site: n for site, n in item.get("stock", {}).items() if isinstance(n, int)}
        if levels and not {"reorder", "stock_changes"} & set(item):
            item["stock_changes"] = [{"on": on(100), "at": site, "to": n} for site, n in levels.items()]
    before, after = as_written(written), run(more)

    dates = {(t, kind, entity) for t, kind, entity in after.log if kind == Kind.HALT and entity[0] == Edge.STOCK}
    changes = {line for line in dates if line not in before.log}
    assert bool(changes) == (more != written)
    for curve in set(curves_of(before)) - {"events"}:
        assert curves_of(before)[curve] == curves_of(after)[curve]


def curves_of(seen: Run) -> dict[str, Any]:
    """Everything of the trajectory."""
    return {one.name: getattr(seen.result, one.name) for one in fields(seen.result)}


RELATIONS: tuple[Callable[[Written], None], ...] = (
    a_halt_of_no_length_changes_nothing,
    a_halt_after_the_horizon_changes_nothing,
    a_halt_on_an_unused_supplier_changes_nothing,
    a_halt_that_never_follows_changes_nothing,
    a_halt_cut_in_two_is_one,
    before_its_first_halt_it_is_its_twin,
    a_shorter_horizon_is_a_prefix,
    the_order_of_the_file_changes_nothing,
    an_unused_item_changes_nothing,
    the_resolved_form_runs_the_same,
    new_names_with_the_old_keys_change_nothing,
    blocks_of_worlds_change_nothing,
    defaults_written_out_change_nothing,
    a_stock_changed_to_what_it_is_changes_nothing,
)


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda relation: relation.__name__)
def test_in_generated_scenarios(relation: Callable[[Written], None]) -> None:
    over(EXAMPLES, relation)


@pytest.mark.slow
@pytest.mark.parametrize("relation", RELATIONS, ids=lambda relation: relation.__name__)
def test_in_a_thousand_generated_scenarios(relation: Callable[[Written], None]) -> None:
    over(SLOW_EXAMPLES, relation)
