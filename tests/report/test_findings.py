"""Charts of missions, causes and costs, their sentences, and the terminal's words for them."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from made_up import (
    CAUSES,
    LONG,
    cause,
    cost,
    falling,
    gids,
    off_page,
    one_variant,
    only,
    overlaps,
    resourceful,
    text_of,
    texts,
    with_fleet,
    with_runs,
)
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from armsim.errors import UsageError
from armsim.measures import Run, TimeTo
from armsim.report import bar_charts, charts, findings, mission_charts, tables, titles
from armsim.report.figures import plot

MANY = {f"mission {k}{LONG if k == 3 else ''}": falling(48, 10, low=0.1 + 0.02 * k) for k in range(14)}
LONG_CAUSES = tuple(replace(one, item=LONG, supplier=LONG, jurisdiction=LONG) for one in CAUSES) * 3


def few(made: Run) -> Run:
    """A single run: no error is known."""
    none = float("nan")
    variants = {}
    for name, variant in with_runs(made, 1).variants.items():
        fleet = variant.fleets["kfir"]
        causes = tuple(replace(one, se=none, difference_se=None if one.difference is None else none)
                       for one in fleet.causes)  # fmt: skip
        missions = {
            mission: {what: replace(curve, p05=(none,) * 48, p95=(none,) * 48) for what, curve in curves.items()}
            for mission, curves in fleet.missions.items()
        }
        costs = {kind: replace(one, se=none, difference_se=None if one.difference is None else none)
                 for kind, one in variant.costs.items()}  # fmt: skip
        fleets = {"kfir": replace(fleet, causes=causes, missions=missions)}
        variants[name] = replace(variant, fleets=fleets, costs=costs)
    return replace(with_runs(made, 1), variants=variants)


#: Every kind of run these charts have to hold.
RESOURCEFUL: dict[str, Callable[[], Run]] = {
    "two missions and causes of every kind": resourceful,
    "more missions than can be told apart": lambda: resourceful(MANY),
    "lots": lambda: resourceful(lot=1000),
    "long names": lambda: resourceful(causes=LONG_CAUSES),
    "no causes": lambda: resourceful(causes=()),
    "millions": lambda: resourceful(factor=1e6),
    "nothing spent": lambda: resourceful(factor=0),
    "only less": lambda: resourceful(causes=(cause("work", -9), cause("overhaul", -40))),
    "a single run": lambda: few(resourceful()),
    "one mission": lambda: resourceful({"strike": falling(48, 10)}),
}


@pytest.mark.parametrize("kind", ["missions", "causes", "costs"])
@pytest.mark.parametrize("name", RESOURCEFUL)
@pytest.mark.parametrize("variant", ["halt", "halt_none"])
def test_every_text_is_on_the_page_and_apart(name: str, kind: str, variant: str):
    figure = plot(RESOURCEFUL[name](), "kfir", kind=kind, variants=[variant])

    assert {"title", "subtitle", "excludes", "source"} <= gids(figure)
    assert overlaps(figure) == [] and off_page(figure) == []


# ---- missions ----------------------------------------------------------------------------------------


def test_a_chart_of_missions_has_a_line_with_and_without_the_halt_for_each():
    found = gids(mission_charts.missions(resourceful(), "kfir", "halt"))

    assert {"mission:strike", "mission:patrol", "twin:strike", "twin:patrol", "fan90:strike", "halt:stop"} <= found
    twin = gids(mission_charts.missions(resourceful(), "kfir", "halt_none"))
    assert "mission:strike" in twin and not {gid for gid in twin if gid.startswith("twin")}


def test_its_title_tells_of_the_mission_that_fell_furthest_behind():
    # 22 × (0.1 + 0.62 e^-3.7), and 70% of 22.
    figure = mission_charts.missions(resourceful(), "kfir", "halt")

    assert text_of(figure, "title") == "Kfir: 2.5 can do ‘strike’ in Dec 2026, 15.4 without the halt"
    assert text_of(figure, "label:strike") == "strike: 2.5"
    alone = findings.mission_title(resourceful(), "kfir", "halt_none")
    assert alone == "Kfir: 15.4 can do ‘strike’ in Dec 2026, the fewest of 2 missions"


def test_a_mission_the_halt_does_not_touch_is_said_to_be_as_without_it():
    made = resourceful({"strike": [0.7] * 48})

    said = findings.mission_title(made, "kfir", "halt")
    assert said == "Kfir: 15.4 can do ‘strike’ in Dec 2026, as many as without the halt"


def test_missions_of_lots_say_so():
    figure = mission_charts.missions(resourceful(lot=1000), "kfir", "halt")

    assert text_of(figure, "title").startswith("Kfir: 2.5 lots of 1,000 can do ‘strike’")
    assert text_of(figure, "subtitle").startswith("Lots of 1,000 able to do each mission")


def test_bands_are_of_few_missions_and_of_runs_that_support_them():
    many = mission_charts.missions(resourceful(MANY), "kfir", "halt")
    single = mission_charts.missions(few(resourceful()), "kfir", "halt")

    for figure in (many, single):
        assert not {gid for gid in gids(figure) if gid.startswith("fan90")}
        assert "bands" not in text_of(figure, "subtitle")
    assert "The first 12 of 14 missions." in text_of(many, "subtitle")
    assert "Lines: a single run;" in text_of(single, "subtitle")


def test_without_missions_there_is_nothing_to_draw():
    with pytest.raises(UsageError, match="fleet 'kfir' has no missions"):
        mission_charts.missions(one_variant(), "kfir", "halt")


# ---- causes ------------------------------------------------------------------------------------------


def words(figure: Figure, start: str) -> list[str]:
    """Texts whose gid begins so, from the top down."""
    found = [text for text in texts(figure) if str(text.get_gid()).startswith(start)]
    return [" ".join(one.get_text().split()) for one in sorted(found, key=lambda text: -text.get_position()[1])]


def test_bars_name_the_cause_and_who_stands_behind_it_the_largest_first():
    figure = bar_charts.causes(resourceful(), "kfir", "halt")

    assert words(figure, "name:") == [
        "Engine: no money (engine maker, home)", "Radar (avionics house, seller)", "Forbidden to operate (seller)",
        "In regeneration", "Work waiting or in hand", "At a limit (depot abroad, seller)",
        "In overhaul (depot abroad)",
    ]  # fmt: skip
    assert words(figure, "number:") == ["96", "41", "30", "12", "7.5", "3", "−21"]
    assert sum(gid.startswith("whisker:") for gid in gids(figure)) == 7


def test_a_bar_looks_as_its_mechanism_does():
    figure = bar_charts.causes(resourceful(), "kfir", "halt")
    bars = {str(one.get_gid()): one for one in figure.findobj(Rectangle) if str(one.get_gid()).startswith("cause:")}

    looks = {
        gid.split(":")[1]: (to_hex(one.get_facecolor()).upper(), one.get_hatch() or "") for gid, one in bars.items()
    }
    assert looks == {one.mechanism: bar_charts.MECHANISMS[one.mechanism] for one in CAUSES}


def test_every_mechanism_has_its_own_look_and_words():
    assert set(bar_charts.MECHANISMS) == set(findings.MECHANISM_WORDS)
    assert len(set(bar_charts.MECHANISMS.values())) == len(bar_charts.MECHANISMS) == 9
    said = {tables.cause_words(cause(mechanism, 1.0, item="pump")) for mechanism in findings.MECHANISM_WORDS}
    assert len(said) == 9


@pytest.mark.parametrize(
    ("causes", "said"),
    [
        (CAUSES, "Kfir: the largest cause of readiness lost is no money for engine, 96 system-months"),
        ((cause("permission", 30.0),),
         "Kfir: the largest cause of readiness lost is withdrawn permission to operate, 30 system-months"),
        ((cause("work", 5.0),), "Kfir: no cause of readiness lost stands out from chance"),  # twice 2.5
        ((cause("work", 0.0),), "Kfir loses no readiness to the halt"),
        ((), "Kfir is never down after the first halt"),
    ],
)  # fmt: skip
def test_the_title_of_causes_is_true(causes, said):
    assert findings.causes_title(resourceful(causes=causes), "kfir", "halt") == said


def test_of_a_twin_all_down_time_is_shown():
    made = resourceful()
    fleet = replace(made.variants["halt_none"].fleets["kfir"], causes=(cause("work", None),))
    twin = replace(made.variants["halt_none"], fleets={"kfir": fleet})
    figure = bar_charts.causes(replace(made, variants=made.variants | {"halt_none": twin}), "kfir", "halt_none")

    assert text_of(figure, "title") == (
        "Kfir: the largest cause of down-time is work waiting or in hand, 20 system-months"
    )
    assert words(figure, "number:") == ["20"]
    assert "than without the halt" not in text_of(figure, "subtitle")
    assert [gid for gid in gids(figure) if gid.startswith("whisker:")] == ["whisker:cause:work:"]


def test_causes_of_lots_are_months_of_lots():
    figure = bar_charts.causes(resourceful(lot=1000), "kfir", "halt")

    assert text_of(figure, "title").endswith("96 months of lots of 1,000")
    assert text_of(figure, "subtitle").startswith("Months of lots of 1,000 down since the first halt")


def test_a_single_run_has_no_whiskers():
    figure = bar_charts.causes(few(resourceful()), "kfir", "halt")

    assert not {gid for gid in gids(figure) if gid.startswith("whisker:")}
    assert "whiskers" not in text_of(figure, "subtitle")


def test_systems_forbidden_to_operate_are_not_said_to_be_at_their_limit_alone():
    made = resourceful()
    known = made.variants["halt"].fleets["kfir"]
    curves = only(made, fmc=2, lost=0) | {"limit": known.curves["mc"]}
    forbidden, limited = (
        with_fleet(made, replace(known, curves=curves, causes=causes)) for causes in (CAUSES, CAUSES[:1])
    )

    assert "forbidden to operate or at their limit" in titles.states_title(forbidden, "kfir", "halt")
    assert "forbidden" not in titles.states_title(limited, "kfir", "halt")
    assert text_of(charts.states(forbidden, "kfir", "halt"), "label:limit").startswith("Forbidden or at a limit:")
    assert text_of(charts.states(limited, "kfir", "halt"), "label:limit").startswith("At a limit:")


# ---- costs -------------------------------------------------------------------------------------------


def test_costs_are_bars_by_kind_beside_those_without_the_halt():
    figure = bar_charts.costs(resourceful(), "halt")

    assert text_of(figure, "title") == "‘Halt’ costs 1,380 by Dec 2026, 150 more than without the halt"
    assert words(figure, "name:") == ["In all", "Spares", "Repairs", "Overhauls", "Responses", "Flying"]
    assert words(figure, "number:") == ["1,380", "620", "210", "90", "400", "60"]
    assert "twin:cost:spares" in gids(figure)
    alone = bar_charts.costs(resourceful(), "halt_none")
    assert text_of(alone, "title") == "‘No halt’ costs 1,230 by Dec 2026"
    assert not {gid for gid in gids(alone) if gid.startswith("twin:")}


@pytest.mark.parametrize(
    ("difference", "se", "said"),
    [
        (61, 20, "‘Halt’ costs 1,000 by Dec 2026, 61 more than without the halt"),
        (60, 20, "‘Halt’ costs 1,000 by Dec 2026, about as much as without the halt"),
        (-61, 20, "‘Halt’ costs 1,000 by Dec 2026, 61 less than without the halt"),
        (5, float("nan"), "‘Halt’ costs 1,000 by Dec 2026, 5 more than without the halt"),
    ],
)
def test_the_title_of_costs_tells_a_difference_clear_of_three_errors(difference, se, said):
    made = resourceful()
    whole = replace(made.variants["halt"], costs={"total": cost(1000, difference, se=se)})
    assert findings.costs_title(replace(made, variants=made.variants | {"halt": whole}), "halt") == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(1_240_000, "1.24 million"), (-2e9, "-2.00 billion"), (999_999, "999,999"), (-12.4, "−12"), (0, "0")],
)
def test_money_can_be_read_out(value, said):
    assert findings.amount(value) == said.replace("-", "−")


def test_without_prices_there_is_nothing_to_draw():
    with pytest.raises(UsageError, match="nothing in the scenario has a price"):
        bar_charts.costs(one_variant(), "halt")


# ---- the terminal ------------------------------------------------------------------------------------


def printed(made: Run) -> str:
    """What the terminal shows, on one line."""
    file = io.StringIO()
    tables.print_summary(made, file)
    assert max(map(len, file.getvalue().splitlines())) <= 80
    return " ".join(file.getvalue().split())


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (TimeTo(3, 7, 20, 0.01, 100, 1.0, 24.2), "7 (3 to 20)"),
        (TimeTo(3, 7, None, 0.2, 83, 0.83, 24.2), "7 (3 to beyond 24); 83 of 100 runs"),
        (TimeTo(None, 7, None, 0.2, 12, 0.12, 24.2), "7; 12 of 100 runs"),
        (TimeTo(3, None, None, 0.55, 100, 1.0, 24.2), "not within 24 months (55% of runs)"),
        (TimeTo(None, None, None, 0.75, 4, 0.04, 24.2), "not within 24 months (75% of these); 4 of 100 runs"),
        (TimeTo(None, None, None, float("nan"), 0, 0.0, 0.0, "the halt does not end"), "n/a: the halt does not end"),
        (None, "n/a"),
    ],
)
def test_a_time_is_a_median_with_its_interval_and_the_runs_it_is_of(time, said):
    assert tables.time_to(one_variant(), time) == said


def test_the_terminal_tells_times_and_costs_where_there_are_any():
    made = resourceful()
    recover = TimeTo(3, 7, 20, 0.01, 100, 1.0, 24.2)
    fleet = replace(made.variants["halt"].fleets["kfir"], time_to_recover=recover, time_to_survive=recover)
    said = printed(with_fleet(made, fleet))

    assert "months to survive" in said and "months to recover" in said and said.count("7 (3 to 20)") == 2
    assert "Months to recover: from the end of the last halt" in said
    assert "Cost from 2023-01-01 to 2027-01-01" in said and "1,380" in said and "1,230" in said
    assert "no money for engine" in said
    without = printed(one_variant())
    assert "recover" not in without and "Cost" not in without


def test_the_terminal_names_who_forbids_and_what_has_no_money():
    assert tables.cause_words(cause("permission", 1.0, state="seller")) == "forbidden to operate by seller"
    assert tables.cause_words(cause("permission", 1.0)) == "forbidden to operate"
    assert tables.cause_words(cause("money", 1.0, "engine")) == "no money for engine"
    assert tables.cause_words(cause("regeneration", 1.0)) == "regeneration"
