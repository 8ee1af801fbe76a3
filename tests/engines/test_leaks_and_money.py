# ruff: noqa: E501  (scenario texts read better unbroken)
"""R-H1 leakage, except count and fund: what gets through a halt, and what is not paid for."""

from __future__ import annotations

import pytest
from audited import back, cause_days, each_back, many, pumps, run, ups
from hand_worked import DAILY, Seen, outcome, written

from armsim.model.compile import compile_scenario
from armsim.model.order import Flow, Kind
from armsim.model.timeline import draw_world
from armsim.scenario.scenario import load_text

STAGES = "{licence: 4 days, make: 10 days, transit: 6 days}"


def leaky(leakage: str, clauses: str = "new_orders: refuse", since: str = "@0", until: str = "@80") -> str:
    """A halt of the seller that leaks."""
    return f"  stop: {{by: seller, from: {since}, until: {until}, {clauses}, leakage: {{{leakage}}}}}\n"


def spent(seen: Seen) -> list[int]:
    """Money by COSTS over the whole run."""
    return [sum(column) for column in zip(*seen.result.costs)]


# Leakage: orders of spares ----------------------------------------------------------------------------


def test_all_or_nothing_leaks():
    """Needed on 10, five days on the way: at once, or after the end on 80."""
    assert back(run(pumps("240 FH", leaky("probability: 100%")))) == 15
    assert back(run(pumps("240 FH", leaky("probability: 0%")))) == 85


def test_what_leaks_is_late():
    """7 days more: 10 + 7 + 5."""
    assert back(run(pumps("240 FH", leaky("probability: 100%, delay: 7 days")))) == 22


def test_what_leaks_takes_its_stages_as_though_the_halt_were_not_there():
    """Needed on 25 in a halt that stops everything [20, 80): 4 + (10 + 7) + 6 days: 52."""
    seen = run(pumps("600 FH", leaky("probability: 100%, delay: 7 days", "new_orders: refuse, accepted_orders: stop, in_transit: return", "@20"), STAGES))

    assert back(seen) == 52
    assert seen.touched("stop") == {}


def test_an_order_that_waits_for_its_licence_is_refused_and_leaks():
    """Needed on 18, refused on 20 with its licence pending: it leaks then and takes its 4 + 10 + 6 days and 7 more: 47."""
    seen = run(pumps("432 FH", leaky("probability: 100%, delay: 7 days", since="@20"), STAGES))

    assert back(seen) == 47


def test_what_was_accepted_is_not_refused_and_does_not_leak():
    """Needed on 10, accepted on 14, 6 of 10 days made by 20; the clock stands until 80: ready 84, there 90."""
    seen = run(pumps("240 FH", leaky("probability: 100%", "new_orders: refuse, accepted_orders: stop", "@20"), STAGES))

    assert back(seen) == 90
    assert seen.touched("stop") == {"consignments_held": 1}


def test_a_leak_costs_a_factor_and_the_refused_order_its_plain_price_in_the_end():
    """Price 100: 250 at a factor of 2.5; 100 after the end."""
    for leakage, money in (("probability: 100%, price: 2.5", 250), ("probability: 0%, price: 2.5", 100)):
        assert spent(run(pumps("240 FH", leaky(leakage), item=", price: 100"))) == [money, 0, 0, 0, 0]


def test_quality_shortens_the_life_of_what_leaks():
    """Fixed lives of 240 FH, 10 days; what leaks at 50% flies 5 days, and so on: down on 10, 20, 30, each for 5 days."""
    text = pumps("1 FH", leaky("probability: 100%, quality: 50%")).replace("hard_life: 999999 FH, due: {list: [1 FH]}", "fails_every: {best: 240 FH, varies: fixed}")

    assert run(text, days=34).mc() == [(0, 1), (10, 0), (15, 1), (20, 0), (25, 1), (30, 0)]


def test_the_draw_is_repeated_so_often_while_it_waits():
    """200 needs on day 10, 40%, again every 10 days: after k tries 1 - 0.6^k of them are through, each within 3.5
    standard errors (false alarm of the six together below 1 in 300); the days are exact."""
    seen = run(pumps(many("240 FH", 200), leaky("probability: 40%, retry: 10 days", until="never")), days=70)
    counts = [n for _, n in seen.mc()[2:]]

    assert ups(seen) == [15, 25, 35, 45, 55, 65]
    for k, n in enumerate(counts, 1):
        share = 1 - 0.6**k
        assert abs(n - 200 * share) < 3.5 * (200 * share * (1 - share)) ** 0.5


def test_without_a_retry_there_is_one_draw():
    """40% of 200: 80 within 3.5 standard errors (24.2), all on the same day, the rest never."""
    seen = run(pumps(many("240 FH", 200), leaky("probability: 40%", until="never")))

    assert ups(seen) == [15]
    assert abs(seen.mc()[-1][1] - 80) < 3.5 * 48**0.5


def test_a_retry_ends_with_the_halt():
    """Refused on 10, tried on 20, 30, 40; the halt ends on 45 and the need leaves; nothing happens on 50."""
    seen = run(pumps("240 FH", leaky("probability: 0%, retry: 10 days", until="@45")))

    assert back(seen) == 50
    assert seen.touched("stop") == {"orders_refused": 1}


def test_a_higher_probability_lets_the_same_through_and_more():
    through = [{k for k, day in enumerate(each_back(run(pumps(many("240 FH", 60), leaky(f"probability: {share}%", until="never"))), 60)) if day} for share in (20, 50, 80)]

    assert 0 < len(through[0]) < len(through[1]) < len(through[2]) < 60
    assert through[0] < through[1] < through[2]


# Leakage: several halts, repairs ----------------------------------------------------------------------

ALSO = "  also: {by: maker, from: @0, until: @90, new_orders: refuse, leakage: {probability: SHARE, delay: 3 days}}\n"


def test_of_two_halts_both_must_leak():
    """10 + 7 + 3 + 5 days; and until both are over where one never leaks."""
    first = leaky("probability: 100%, delay: 7 days")

    assert back(run(pumps("240 FH", first + ALSO.replace("SHARE", "100%")))) == 25
    assert back(run(pumps("240 FH", first + ALSO.replace("SHARE", "0%")))) == 95


def test_the_chances_of_two_halts_multiply():
    """50% and 60% of 200: 60 within 3.5 standard errors (22.7)."""
    seen = run(pumps(many("240 FH", 200), leaky("probability: 50%") + ALSO.replace("SHARE", "60%")), days=70)

    assert abs(seen.mc()[-1][1] - 60) < 3.5 * 42**0.5


def test_a_strict_halt_without_leakage_blocks():
    strict = "  strict: {by: maker, from: @0, until: @60, new_orders: refuse}\n"
    seen = run(pumps("240 FH", leaky("probability: 100%", until="@50") + strict))

    assert back(seen) == 65


def test_a_strict_halt_that_refuses_nothing_does_not_block_but_acts():
    """Leaked on 25 through `stop`; the second halt [30, 70) stops accepted orders: 1 of 17 days made, 16 more from 70,
    6 on the way: 92."""
    second = "  second: {by: maker, from: @30, until: @70, accepted_orders: stop}\n"

    assert back(run(pumps("600 FH", leaky("probability: 100%, delay: 7 days", since="@20") + second, STAGES))) == 92


REPAIRED = f"""
fleets: {{jets: {{count: 1, {DAILY}}}}}
items: {{pump: {{on: {{jets: 1}}, fails_every: {{best: 720 FH, varies: fixed}}, supplier: maker, price: 1000, resupply: {{transit: 500 days}},
        repair: {{at: maker, licence: 4 days, takes: 20 days, transit: 5 days, price: 40}}}}}}
halts:
"""


@pytest.mark.parametrize(("clauses", "day", "money"), [
    ("new_orders: refuse, leakage: {probability: 100%, delay: 7 days, price: 3}", 66, 120),  # 30 + 4 + 7 + 20 + 5
    ("new_orders: refuse, repairs_abroad: seize, in_transit: lose, leakage: {probability: 100%}", 59, 40),
    ("repairs_abroad: return_unrepaired, leakage: {probability: 100%, delay: 1 day}", 60, 40),  # refused at home by this clause
    ("new_orders: refuse, leakage: {probability: 0%}", 109, 40),  # from 80 on
    ("new_orders: refuse, except: {count: 1}", 59, 40),
])  # fmt: skip
def test_a_unit_sent_to_repair_leaks_too(clauses, day, money):
    """Fails on 30; 4 days of licence, 20 of repair, 5 home; a halt [20, 80)."""
    seen = run(REPAIRED + f"  stop: {{by: seller, from: @20, until: @80, {clauses}}}\n", days=day + 2)

    assert back(seen) == day
    assert spent(seen) == [0, money, 0, 0, 0]


def test_a_unit_sent_back_unrepaired_leaks():
    """Abroad from 34; sent back on 40 by a halt of which it leaks: sets off again on 40: 4 + 7 + 20 + 5 days."""
    seen = run(REPAIRED + "  stop: {by: seller, from: @40, until: @80, repairs_abroad: return_unrepaired, leakage: {probability: 100%, delay: 7 days}}\n")

    assert back(seen) == 76
    assert seen.touched("stop") == {"repairs_caught": 1}


def test_quality_of_a_leak_and_of_the_repair_multiply():
    """Life 30 days; repaired at 80% and leaked at 50%: 12 days."""
    text = REPAIRED.replace("price: 40", "quality: 80%") + "  stop: {by: seller, from: @20, until: @80, new_orders: refuse, leakage: {probability: 100%, quality: 50%}}\n"

    assert run(text, days=75).mc() == [(0, 1), (30, 0), (59, 1), (71, 0)]


def test_overhauls_and_deliveries_do_not_leak():
    text = (f"fleets: {{jets: {{count: 1, {DAILY}, overhaul: {{every: 900 days, at: maker, takes: 5 days, due: {{list: [@10]}}}}, "
            "deliveries: {supplier: maker, schedule: [@30], ordered: @20}}}\n"
            "halts: {stop: {by: seller, from: @5, until: @60, overhaul: stop, new_orders: refuse, leakage: {probability: 100%}}}\n")  # fmt: skip

    assert run(text).mc() == [(0, 1), (10, 0), (65, 1), (70, 2)]


# except: {count: n} -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "days"), [(0, [85, 85, 85]), (1, [15, 85, 85]), (2, [15, 16, 85]), (9, [15, 16, 17])])
def test_a_number_of_consignments_is_let_through(count, days):
    """Needs on 10, 11, 12; five days on the way; a halt until 80."""
    seen = run(pumps("240 FH, 264 FH, 288 FH", f"  stop: {{by: seller, from: @0, until: @80, new_orders: refuse, except: {{count: {count}}}}}\n"))

    assert each_back(seen, 3) == days
    assert seen.touched("stop").get("orders_refused", 0) == max(0, 3 - count)


def test_only_what_it_would_refuse_uses_the_number_up():
    """A need of 10 before the halt, one of 11 under a contract that is honoured [11, 12): the first of 20 still passes."""
    contract = "contracts: {frame: {supplier: maker, items: pump, covers: spares, signed: @1, from: @11, until: @12}}\n"
    halt = "  stop: {by: seller, from: @11, until: @80, new_orders: refuse, except: {count: 1}}\n"
    seen = run(contract + pumps("240 FH, 264 FH, 480 FH, 504 FH", halt))

    assert each_back(seen, 4) == [15, 16, 25, 85]


def test_where_two_halts_refuse_nothing_is_used_up_by_what_does_not_pass_both():
    """The second refuses all [0, 30): the need of 10 uses nothing up, and there is still one to pass before the end."""
    halts = ("  stop: {by: seller, from: @0, until: @80, new_orders: refuse, except: {count: 1}}\n"
             "  all: {by: maker, from: @0, until: @30, new_orders: refuse}\n")  # fmt: skip

    assert len(ups(run(pumps("240 FH, 960 FH", halts), days=79))) == 1


def test_orders_and_repairs_share_the_number():
    """One of each, a unit sent to repair on 10 and a need on 12: one passes, the other waits until 80."""
    text = (f"fleets: {{jets: {{count: 1, {DAILY}}}, birds: {{count: 1, site: base, {DAILY}}}}}\nitems:\n"
            "  fixed: {on: {jets: 1}, fails_every: {best: 240 FH, varies: fixed}, supplier: maker, repair: {at: maker, takes: 3 days}}\n"
            "  bought: {on: {birds: 1}, fails_every: {best: 288 FH, varies: fixed}, supplier: maker, resupply: {transit: 5 days}}\n"
            "halts: {stop: {by: seller, from: @0, until: @80, new_orders: refuse, except: {count: 1}}}\n")  # fmt: skip
    seen = run(text, days=22)

    assert (back(seen), back(seen, 0, "birds")) == (13, None)


# fund -------------------------------------------------------------------------------------------------


def poor(share: str, until: str = "@60", more: str = "", since: str = "@0") -> str:
    """Home is short of money."""
    return f"  money: {{by: home, from: {since}, until: {until}, new_orders: {{fund: {share}}}{more}}}\n"


def test_all_or_nothing_is_paid_for():
    """Needs on 10 and 11, five days on the way."""
    none = run(pumps("240 FH, 264 FH", poor("0%")))
    assert each_back(none, 2) == [65, 65]
    assert none.touched("money") == {"orders_refused": 2}

    every = run(pumps("240 FH, 264 FH", poor("100%")))
    assert each_back(every, 2) == [15, 16]
    assert every.touched("money") == {}
    assert outcome(every)[1:] == outcome(run(pumps("240 FH, 264 FH", "").replace("halts:", "")))[1:]


def test_a_share_of_needs_is_paid_for():
    """40% of 200 needs: 80 within 3.5 standard errors (24.2)."""
    seen = run(pumps(many("240 FH", 200), poor("40%")), days=50)

    assert abs(seen.mc()[-1][1] - 80) < 3.5 * 48**0.5


def test_a_larger_share_pays_for_the_same_needs_and_more():
    paid = [{k for k, day in enumerate(each_back(run(pumps(many("240 FH", 60), poor(f"{share}%", "never"))), 60)) if day} for share in (20, 50, 80)]

    assert 0 < len(paid[0]) < len(paid[1]) < len(paid[2]) < 60
    assert paid[0] < paid[1] < paid[2]


def test_a_need_is_drawn_once_and_waits_for_a_higher_share():
    """20% [0, 30), 60% [30, 60), 20% from 60 on: those between 20% and 60% leave on 30, all at once, nobody on 60."""
    halts = poor("20%", "@30") + poor("60%", "@60", since="@30").replace("money", "more") + poor("20%", "never", since="@60").replace("money", "last")
    seen = run(pumps(many("240 FH", 100), halts))
    at_once = run(pumps(many("240 FH", 100), poor("20%", "never"))).mc()[-1][1]
    sixty = run(pumps(many("240 FH", 100), poor("60%", "never"))).mc()[-1][1]

    assert seen.mc() == [(0, 100), (10, 0), (15, at_once), (35, sixty)]


# fund with retry: a need without money is asked for again ----------------------------------------------


def test_a_need_without_money_is_asked_for_again_and_again():
    """200 needs on day 10, 40% paid for, asked for again every 10 days: after k asks 1 - 0.6^k of them are paid for, each
    within 3.5 standard errors (false alarm of the six together below 1 in 300); the days are exact."""
    seen = run(pumps(many("240 FH", 200), poor("40%, retry: 10 days", "never")), days=70)
    counts = [n for _, n in seen.mc()[2:]]

    assert ups(seen) == [15, 25, 35, 45, 55, 65]
    for k, n in enumerate(counts, 1):
        share = 1 - 0.6**k
        assert abs(n - 200 * share) < 3.5 * (200 * share * (1 - share)) ** 0.5
    assert seen.touched("money") == {"orders_refused": 200 - counts[0]}


def test_the_first_ask_is_the_same_draw_with_and_without_a_retry():
    once = each_back(run(pumps(many("240 FH", 60), poor("40%", "never"))), 60)
    again = each_back(run(pumps(many("240 FH", 60), poor("40%, retry: 30 days", "never"))), 60)

    assert [day == 15 for day in once] == [day == 15 for day in again]
    assert {day for day in again if day != 15} <= {45, 75, None}


def test_down_time_stays_booked_to_money_between_the_asks():
    """No money [10, 60), asked for in vain on 20, 30, 40 and 50; there on 65. The ask of day 60 is not made: money is
    back and takes the need."""
    seen = run(pumps("240 FH", poor("0%, retry: 10 days")))

    assert back(seen) == 65
    assert cause_days(seen) == {"money": 50, "parts": 5}
    assert asked(seen) == [20, 30, 40, 50]


def asked(seen: Seen) -> list[float]:
    """Days on which needs were asked for again."""
    return [second / 86400 for second, kind, entity in seen.log if kind == Kind.ARRIVAL and entity[0] == Flow.FUNDS]


def test_of_several_halts_the_shortest_pause_holds():
    """20 days and 7 days: on 17, 24, ...; a halt that pays for everything says nothing, nor does one without a retry."""
    halts = poor("0%, retry: 20 days", "@40") + poor("50%, retry: 7 days", "@40").replace("money", "more")
    halts += poor("100%, retry: 1 day", "@40").replace("money", "rich") + poor("0%", "@40").replace("money", "broke")

    assert asked(run(pumps("240 FH", halts))) == [17, 24, 31, 38]


def test_a_need_that_waits_is_asked_for_when_a_later_halt_says_so_and_a_pause_that_runs_is_seen_through():
    """Without a retry [0, 30); a second halt with one of 10 days [30, 55), a third with one of 3 days [35, 55): asked on
    40, then every 3 days. The share does not change meanwhile."""
    halts = poor("0%") + poor("0%, retry: 10 days", "@55", since="@30").replace("money", "more")
    halts += poor("0%, retry: 3 days", "@55", since="@35").replace("money", "most")

    assert asked(run(pumps("240 FH", halts))) == [40, 43, 46, 49, 52, 55]


def test_a_refusal_meanwhile_ends_the_asking_and_a_new_wait_for_money_begins_it_afresh():
    """Short of money from 0, asked on 20; the seller refuses [25, 47): asked again on 57."""
    refusal = "  stop: {by: seller, from: @25, until: @47, new_orders: refuse}\n"

    assert asked(run(pumps("240 FH", poor("0%, retry: 10 days") + refusal))) == [20, 57]


def test_an_ask_and_another_try_to_leak_do_not_disturb_each_other():
    """Refused on 10 by a halt that never leaks and tried again on 20, 30, 40; from 10 on, too, home has no money. The
    refusal ends on 20: the try of that day is in vain, the need waits for money and is asked for on 30. A second refusal
    [30, 40) begins on the very day: it is not asked for. It is on 50."""
    halts = poor("0%, retry: 10 days") + leaky("probability: 0%, retry: 10 days", until="@20")
    halts += leaky("probability: 0%, retry: 10 days", since="@30", until="@40").replace("stop", "again")
    seen = run(pumps("240 FH", halts))

    assert asked(seen) == [50]
    assert back(seen) == 65


def test_a_need_that_is_paid_for_at_a_later_ask_and_sent_home_keeps_its_last_draw():
    """Paid for on some ask and refused with its licence pending: back home, it is not drawn anew. Of those paid for by 40
    (licence until 60) all leave again on 50, when the refusal of [45, 50) ends; the others are asked for every 10 days."""
    refusal = "  stop: {by: seller, from: @45, until: @50, new_orders: refuse}\n"
    seen = run(pumps(many("240 FH", 60), poor("40%, retry: 10 days", "never") + refusal, "{licence: 20 days}"), days=90)
    plain = run(pumps(many("240 FH", 60), poor("40%, retry: 10 days", "never"), "{licence: 20 days}"), days=90)
    paid = each_back(plain, 60)

    assert {day for day in paid if day} == {30, 40, 50, 60, 70, 80}
    for before, after in zip(paid, each_back(seen, 60)):
        assert after == before if before in (30, 40) else (before not in (50, 60) or after == 70)


def test_a_lot_is_asked_for_again():
    """(r, Q): the shelf's one pump is used on day 10, the lot of two wanted then is for the holes of 11 and 12. It is paid
    for on 10, 20, 30 or later, and comes as a whole five days after."""
    text = pumps("240 FH, 264 FH, 288 FH", poor("40%, retry: 10 days", "never"), item=", stock: {base: 1}, reorder: {point: 0, quantity: 2}")
    days = [each_back(run(text, days=300, seed=seed), 3)[1:] for seed in range(1, 9)]

    assert all(first == second and first is not None and first % 10 == 5 for first, second in days)
    assert {first for first, _ in days} >= {15, 25}


def test_of_several_halts_the_smallest_share_holds():
    both = run(pumps(many("240 FH", 100), poor("60%", "never") + poor("20%", "never").replace("money", "more")))

    assert both.mc() == run(pumps(many("240 FH", 100), poor("20%", "never"))).mc()


def test_repairs_abroad_are_paid_for_or_not():
    """Fails on 30; paid on 60: 4 + 20 + 5 days."""
    seen = run(REPAIRED + poor("0%"))

    assert back(seen) == 89
    assert cause_days(seen) == {"money": 30, "parts": 29}


def test_overhauls_and_deliveries_are_not_a_matter_of_funds():
    text = (f"fleets: {{jets: {{count: 1, {DAILY}, overhaul: {{every: 900 days, at: maker, takes: 5 days, due: {{list: [@10]}}}}, "
            "deliveries: {supplier: maker, schedule: [@30], ordered: @20}}}\nhalts:\n" + poor("0%", "never"))  # fmt: skip

    assert run(text).mc() == [(0, 1), (10, 0), (15, 1), (30, 2)]


def test_holes_are_down_for_money_while_a_need_is_not_paid_for():
    """[10, 60) money, [60, 65) parts."""
    assert cause_days(run(pumps("240 FH", poor("0%")))) == {"money": 50, "parts": 5}


def test_the_cause_goes_from_money_to_parts_and_back_when_somebody_else_refuses():
    """Refused by the seller [20, 30): money [10, 20) and [30, 60), parts [20, 30) and [60, 65)."""
    refusal = "  stop: {by: seller, from: @20, until: @30, new_orders: refuse}\n"

    assert cause_days(run(pumps("240 FH", poor("0%") + refusal))) == {"money": 40, "parts": 15}


def test_a_hole_whose_own_need_is_paid_for_is_down_for_money_while_another_waits():
    """The need of 10 is ordered before the money ends on 12 and comes on 25; the one of 15 is not paid for: the first
    hole is down for parts [10, 15), for money [15, 25), the second for money [15, 60), parts [60, 75)."""
    seen = run(pumps("240 FH, 360 FH", poor("0%", since="@12"), "{transit: 15 days}"))

    assert cause_days(seen) == {"parts": 20, "money": 55}
    assert each_back(seen, 2) == [25, 75]


def test_a_covered_order_passes_while_contracts_are_honoured():
    contract = "contracts: {frame: {supplier: maker, items: pump, covers: spares, from: @0, until: @40}}\n"

    assert back(run(contract + pumps("240 FH", poor("0%")))) == 15
    assert back(run(contract + pumps("240 FH", poor("0%", more=", signed_contracts: stop")))) == 65
    assert back(run(contract + pumps("984 FH", poor("0%")))) == 65  # needed on 41, the contract is over


def test_a_contract_that_begins_pays_for_what_waits():
    contract = "contracts: {frame: {supplier: maker, items: pump, covers: spares, signed: @1, from: @30, until: @40}}\n"
    seen = run(contract + pumps("240 FH", poor("0%")))

    assert back(seen) == 35
    assert cause_days(seen) == {"money": 20, "parts": 5}


def test_a_lack_of_money_in_the_background_stays_in_the_twin():
    halts = poor("0%", more=", background: true") + "  stop: {by: seller, from: @0, until: @90, new_orders: refuse}\n"
    model = compile_scenario(load_text(written(pumps("240 FH", halts))).twin())

    assert [model.halts[span.index].name for span in draw_world(model, 1, 0).halts] == ["money"]


def test_a_retry_goes_on_after_a_strict_halt_is_over():
    """Refused on 10 by both. While the strict one holds the chance is 0; it ends on 45, and the retry of 50 gets through
    the leaky one: 55. One draw for each `retry` while it waits (ENGINE 19)."""
    strict = "  strict: {by: maker, from: @0, until: @45, new_orders: refuse}\n"

    assert back(run(pumps("240 FH", leaky("probability: 100%, retry: 10 days") + strict))) == 55


def test_what_leaks_through_one_halt_is_still_stopped_by_another_that_leaks():
    """Leaked on 25 through `stop`. The second halt [30, 70) stops accepted orders and leaks nothing: as in
    `test_a_strict_halt_that_refuses_nothing_does_not_block_but_acts`, 92."""
    second = "  second: {by: maker, from: @30, until: @70, accepted_orders: stop, leakage: {probability: 0%}}\n"

    assert back(run(pumps("600 FH", leaky("probability: 100%, delay: 7 days", since="@20") + second, STAGES))) == 92
