"""What sounds true of a halt and is not: a counter-example to each (MODEL section 10). Do not "fix" these.

Here too what is true of a longer halt only on average and only summed over time, with failures by flying hours.
"""

from __future__ import annotations

from typing import Any

from metamorphic.generated_runs import DAY, SEED, Steps, Written, backorders, load, never_fewer
from metamorphic.pieces import on

from armsim.engines.reference import Replication
from armsim.model.compile import compile_scenario
from armsim.model.timeline import draw_world
from armsim.model.trajectory import State

ALOFT = "8766 FH/year per aircraft"  # day and night: 24 FH a day


def small(days: int, **sections: Any) -> Written:
    """A scenario with one supplier abroad and one base, which begins without a warm-up."""
    return {
        "armsim": 1,
        "name": "small",
        "time": {"start": on(0), "end": on(days), "warmup": "0 days"},
        "jurisdictions": {"seller": {}, "home": {"home": True}},
        "suppliers": {"maker": {"jurisdiction": "seller", "provides": ["spares", "repair", "overhaul"]}},
        "sites": {"base": {"shops": {"bench": {"servers": 1}}}},
    } | sections


def ready(written: Written, fleet: str = "jets") -> Steps:
    """Mission-capable systems of a fleet after each settle, as (second, number)."""
    model = compile_scenario(load(written))
    f = next(f for f, one in enumerate(model.fleets) if one.name == fleet)
    found: Steps = []

    def look(run: Replication) -> None:
        counts = run.fleets[f].counts
        found.append((run.now, counts[State.FMC] + counts[State.PMC]))

    Replication(model, draw_world(model, SEED, 0), SEED, 0, [], look).run()
    return found


def at(steps: Steps, day: float) -> int:
    """The number that holds at a date."""
    return [n for t, n in steps if t <= day * DAY][-1]


def stopped(days: int, **clauses: Any) -> dict[str, Any]:
    """A halt from day 10 that lasts so long."""
    return {"main": {"by": "seller", "from": on(10), "until": on(10 + days)} | clauses}


# ------------------------------------------------- "a longer halt is never better at any single date"


def test_a_fleet_that_flew_less_in_a_longer_halt_is_better_off_later():
    # A jet flies 24 FH a day. Its engine, used up on day 10, is bought within 10 days but not in the halt. A halt to
    # day 30 has it flying from day 40 to day 60, when its overhaul falls due after 30 days aloft: it is away from
    # day 60 to day 100. A halt to day 50 has it flying from day 60 to day 80.
    def halted(days: int) -> Steps:
        jets = {"count": 1, "site": "base", "fly": ALOFT, "at_most": ALOFT,
                "overhaul": {"every": "2000 FH", "at": "maker", "takes": "40 days", "due": {"list": ["720 FH"]}}}
        engine = {"on": {"jets": 1}, "supplier": "maker", "resupply": {"make": "10 days"}, "hard_life": "2000 FH",
                  "due": {"list": ["240 FH"]}}
        return ready(small(120, fleets={"jets": jets}, items={"engine": engine},
                           halts=stopped(days, new_orders="refuse")))  # fmt: skip

    short, long = halted(20), halted(40)

    assert [at(short, day) for day in (9, 35, 50, 70)] == [1, 0, 1, 0]
    assert [at(long, day) for day in (9, 35, 50, 70)] == [1, 0, 0, 1]


# ------------------------------------------------------------ "one more spare never hurts" under (r, Q)


def test_one_more_spare_can_leave_a_fleet_without_the_lot_it_would_have_ordered():
    # Two cells expire on day 5 and day 60; a lot of 3 is ordered when nothing is left, and takes 20 days. With one
    # spare the lot is ordered on day 5, before the halt. With two it is due on day 60 and refused until day 110.
    def stocked(spares: int) -> Steps:
        cell = {"on": {"jets": 1}, "supplier": "maker", "resupply": {"make": "20 days"}, "expires_after": "9 years",
                "due": {"list": ["5 days", "60 days", "70 days"]}, "reorder": {"point": 0, "quantity": 3},
                "stock": {"base": spares}}
        return ready(small(200, fleets={"jets": {"count": 3, "site": "base"}}, items={"cell": cell},
                           halts=stopped(100, new_orders="refuse")))  # fmt: skip

    one, two = stocked(1), stocked(2)

    assert [at(one, day) for day in (4, 30, 65, 100, 140)] == [3, 3, 3, 3, 3]
    assert [at(two, day) for day in (4, 30, 65, 100, 140)] == [3, 3, 3, 2, 3]


# -------------------------------------------------------- order swaps with a shop that has few servers


def test_a_unit_that_lasts_longer_can_be_served_later_by_a_shop_with_one_server():
    # A rotor takes 50 days of the only server, an engine 20; the engine of the tanker comes on day 11. A rotor that
    # falls due on day 10 is back on day 60, and the engine on day 80. One that lasts until day 12 is back on day 81:
    # its jet is down for 69 days in place of 50.
    def lasting(days: int) -> Steps:
        items = {
            name: {"on": {fleet: 1}, "overhaul": {"every": "9 years", "at": "base.bench", "takes": takes,
                                                  "due": {"list": [due]}}}
            for name, fleet, takes, due in (("engine", "tankers", "20 days", "11 days"),
                                            ("rotor", "jets", "50 days", f"{days} days"))
        }  # fmt: skip
        fleets = {name: {"count": 1, "site": "base"} for name in ("jets", "tankers")}
        return ready(small(120, fleets=fleets, items=items), "jets")

    early, late = lasting(10), lasting(12)

    assert [at(early, day) for day in (9, 11, 59, 61, 80)] == [1, 0, 0, 1, 1]
    assert [at(late, day) for day in (9, 11, 59, 61, 80, 82)] == [1, 1, 0, 0, 0, 1]


# ------------------------------------------------------ "a halt never helps", where it takes what is abroad


def test_what_is_ordered_in_place_of_a_unit_that_was_seized_can_come_sooner():
    # The rotor of day 5 is in overhaul abroad until day 305. Seized on day 10, it is bought anew and comes on day 40.
    def held_by(clause: str) -> Steps:
        rotor = {"on": {"jets": 1}, "supplier": "maker", "resupply": {"make": "30 days"},
                 "overhaul": {"every": "9 years", "at": "maker", "takes": "300 days", "due": {"list": ["5 days"]}}}
        return ready(small(120, fleets={"jets": {"count": 1, "site": "base"}}, items={"rotor": rotor},
                           halts=stopped(5, repairs_abroad=clause)))  # fmt: skip

    spared, seized = held_by("finish"), held_by("seize")

    assert [at(spared, day) for day in (4, 39, 41, 119)] == [1, 0, 0, 0]
    assert [at(seized, day) for day in (4, 39, 41, 119)] == [1, 0, 1, 1]


# ------------------------------------------------------------------- what is true of a longer halt on average


def flying(halt: int) -> Written:
    """Jets whose engines fail by flying hours, and a halt of so many days."""
    jets = {"count": 4, "site": "base", "fly": "100 FH/month per aircraft"}
    engine = {"on": {"jets": 1}, "supplier": "maker", "resupply": {"make": "60 days"}, "fails_every": "200 FH",
              "stock": {"base": 2}}
    return small(720, fleets={"jets": jets}, items={"engine": engine},
                 halts=stopped(halt, new_orders="refuse"))  # fmt: skip


def ready_days(written: Written, replication: int) -> float:
    """Mission-capable system-days of a whole run."""
    model = compile_scenario(load(written))
    result = Replication(model, draw_world(model, SEED, 0), SEED, replication).run()
    return sum(f[State.FMC] + f[State.PMC] for period in result.states for f in period) / DAY


def test_with_failures_by_flying_hours_a_longer_halt_costs_ready_days_on_average_but_not_at_every_date():
    # 100 pairs of runs on the same random numbers; false alarm below 1 in 4,000. Four jets fly 13 FH a day, so an
    # engine lasts 61 days at first: when the shorter halt ends hardly one is left, and 120 days with none ready in
    # place of one or two cost more than 60 system-days.
    n = 100
    lost = [ready_days(flying(120), k) - ready_days(flying(240), k) for k in range(n)]
    mean = sum(lost) / n
    error = (sum((x - mean) ** 2 for x in lost) / (n - 1) / n) ** 0.5

    assert mean - 3.5 * error > 60
    short, long = ready(flying(120)), ready(flying(240))
    assert not never_fewer(short, long)  # at some date the fleet of the longer halt has more
    assert not never_fewer(long, short)


def test_with_failures_by_flying_hours_even_backorders_can_be_fewer_at_a_date():
    assert not all(never_fewer(backorders(flying(240), k)["engine"], backorders(flying(120), k)["engine"])
                   for k in range(5))  # fmt: skip
