"""Named one-line bugs that must turn the suite red: `python -m tests.mutants [--list] [--quick] [--only NAME ...]`.

Each is put into a copy of the package in a folder of its own, and the tests of the engine run against that copy.
Ends with exit code 4 when one survives: then a test is missing. A line that is not found exactly once is an error,
and `tests/test_mutants.py` sees that early.
"""

# ruff: noqa: E501 (the table is read line by line)

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLOCK, CORE, WORK = "armsim/engines/clock.py", "armsim/engines/core.py", "armsim/engines/work.py"
STOCK, GATES, SUPPLY = "armsim/engines/stock.py", "armsim/engines/gates.py", "armsim/engines/supply.py"
SOURCES = "armsim/engines/sources.py"
REPAIR, PARTS, SYSTEMS = "armsim/engines/repair.py", "armsim/engines/parts.py", "armsim/engines/systems.py"
RECIPIENT, REFERENCE = "armsim/engines/recipient.py", "armsim/engines/reference.py"
RULES, TIMELINE, STEPS = "armsim/model/rules.py", "armsim/model/timeline.py", "armsim/model/steps.py"
CROSSINGS, SAMPLING = "armsim/measures/crossings.py", "armsim/measures/sampling.py"
COMPILE, LINES, ORDER = "armsim/model/compile.py", "armsim/scenario/lines.py", "armsim/model/order.py"
#: Files of the compiled engine begin with this. Their mutants run as plain Python: nothing is compiled.
COMPILED = "armsim/engines/compiled/"
#: Where killers are looked for, fast ones first; those of the compiled engine have tests of their own.
TESTS = (
    "tests/model",
    "tests/engines",
    "tests/metamorphic",
    "tests/study",
    "tests/test_measures.py",
    "tests/test_times_missions_and_costs.py",
)
TESTS_OF_COMPILED = ("tests/engines/compiled",)
LAST = ("test_invariants.py", "test_bit_for_bit.py", "test_path_by_path.py")
PROCESSES, LONGEST = 2, 300


@dataclass(frozen=True)
class Mutant:
    """One bug: in which file, which text becomes which, and the rule it breaks."""

    name: str
    file: str
    old: str
    new: str
    rule: str


def mutant(name: str, file: str, rule: str, old: str, new: str) -> Mutant:
    """A mutant, in the order in which it reads well."""
    return Mutant(name, file, old, new, rule)


MUTANTS: tuple[Mutant, ...] = (
    # Numbers, worlds and measures
    mutant("seconds_cut_off", "armsim/model/rules.py", "R-T1", "return int(total * share + 0.5)", "return int(total * share)"),
    mutant("keys_from_places", SYSTEMS, "R-T2", 'draws.entity_key(f"fleets/{fleet.key}/{slot}")', 'draws.entity_key(f"fleets/{f}/{slot}")'),
    mutant("negative_delay_passed", CLOCK, "R-T4", "        if delay < 0:\n", "        if delay < -NEVER:\n"),
    mutant("worlds_all_alike", TIMELINE, "R-T5", "number = draws.uncertain(low, best, high, parameter.log, u)", "number = low"),
    mutant("months_from_the_start", CROSSINGS, "R-T7", "since = bad[:, case.model.first_halt_period :]", "since = bad"),
    mutant("touches_not_counted", GATES, "R-H5", "self.result.touched[first][TOUCHES.index(what)] += 1", "pass"),
    mutant("background_leaves_the_twin", "armsim/scenario/overrides.py", "R-H6", " and not is_background(value, usual):", ":"),
    mutant("time_below_not_counted", REFERENCE, "R-S3", "                fleet.below += passed\n", "                pass\n"),
    mutant("errors_of_runs_not_worlds", SAMPLING, "R-S6", "groups = values.reshape(self.worlds, self.replications, *values.shape[1:]).mean(axis=1)", "groups = values"),
    # Time and order
    mutant("insertion_order", ORDER, "R-T3", "return (((kind << 40 | first) << 40 | second) << 40) | third", "return 1"),
    mutant("kinds_only", ORDER, "ENGINE 1", "return (((kind << 40 | first) << 40 | second) << 40) | third", "return kind << 120"),
    mutant("sample_last", ORDER, "ENGINE 2", "SAMPLE = 1  #", "SAMPLE = 9  #"),
    mutant("halt_first", ORDER, "ENGINE 1", "HALT = 6  #", "HALT = 0  #"),
    mutant("work_before_arrivals", ORDER, "ENGINE 1", "COMPLETION = 5  #", "COMPLETION = 3  #"),
    mutant("edge_belongs_to_what_ends", RULES, "R-T3", "return bisect_right(times, t) - 1", "return bisect_right(times, t - 1) - 1"),
    mutant("warmup_sums_kept", REFERENCE, "R-T6", "            fleet.begin_period()\n            self.begin_limits(f)", "            self.begin_limits(f)"),
    mutant("losses_in_warmup", SYSTEMS, "R-T6", "        if new:\n            if fleet.overhaul is not None:", "        self.draw_loss(system)\n        if new:\n            if fleet.overhaul is not None:"),
    # Flying
    mutant("demand_not_shared", RULES, "R-O1", "return min(demand // available, cap)", "return min(demand, cap)"),
    mutant("cap_ignored", RULES, "R-O1", "return min(demand // available, cap)", "return demand // available"),
    mutant("limit_a_second_early", RULES, "ENGINE 7", "return max(0, -((reading - limit) // rate))", "return max(0, (limit - reading) // rate)"),
    mutant("broken_fly_on", REFERENCE, "lesson 3", "flies = state in (State.FMC, State.PMC)", "flies = state in (State.FMC, State.PMC, State.NMCS)"),
    mutant("degraded_do_not_fly", REFERENCE, "R-M1", "flies = state in (State.FMC, State.PMC)", "flies = state is State.FMC"),
    mutant("per_aircraft_of_all_slots", SYSTEMS, "R-O1", "demand *= sum(1 for s in state.systems if s.on_books)", "demand *= len(state.systems)"),
    mutant("programme_change_ignored", REFERENCE, "R-O1", "for t in self.world.programme[f][0]:", "for t in ():"),
    # Parts
    mutant("robbed_part_duplicated", PARTS, "R-M3", "unit = self.take_out(donor)\n", "unit = donor.unit\n"),
    mutant("robbed_part_renewed", PARTS, "ENGINE 10", "if robbed is None:", "if True:"),
    mutant("double_time_dropped", PARTS, "ENGINE 13", "self.assign(hole, unit, 2, Draw(u[1]", "self.assign(hole, unit, 1, Draw(u[1]"),
    mutant("damage_ignored", PARTS, "R-M3", "if u[0] < self.fleets[position.system.fleet].damage:", "if False:"),
    mutant("donor_needs_no_hole", RULES, "R-M3", "return recipient_holes == 1 and (donor_holes >= 1 or donor_at_limit)", "return recipient_holes == 1"),
    mutant("one_at_its_limit_gives_nothing", RULES, "R-M3", "(donor_holes >= 1 or donor_at_limit)", "donor_holes >= 1"),
    mutant("one_in_the_queue_gives_nothing", "armsim/engines/entities.py", "ENGINE 13", 'return self.overhaul in ("due", "queued")', 'return self.overhaul == "due"'),
    mutant("instant_spares_those_at_their_limit", PARTS, "R-M3", "key=lambda s: (not s.at_limit(), -s.lacking, s.slot))", "key=lambda s: (-s.lacking, s.slot))"),
    mutant("robbing_for_many_holes", PARTS, "ENGINE 13", "system.overhaul or system.lacking != 1", "system.overhaul or system.lacking < 1"),
    mutant("donor_with_fewest_holes", PARTS, "ENGINE 13", "key=lambda s: (-s.lacking, s.fleet, s.slot))", "key=lambda s: (s.lacking, s.fleet, s.slot))"),
    mutant("condemned_back_on_the_shelf", SUPPLY, "R-M5", '        self.count(i, "condemned", 1)\n', '        self.count(i, "condemned", 1)\n        self.shelve(point, 1.0)\n'),
    mutant("condemned_not_ordered", SUPPLY, "R-M6", "lot:\n            self.order(point)\n        self.request_settle()", "lot:\n            pass\n        self.request_settle()"),
    mutant("expiry_ordered_twice", SUPPLY, "R-M6", "        if self.points[point].ahead > 0:\n            self.points[point].ahead -= 1\n        elif not", "        if not"),
    mutant("expiry_ordered_when_it_happens", PARTS, "R-M6", "ahead = max(0, dated - self.lead_time(position.point) - self.now)", "ahead = max(0, dated - self.now)"),
    mutant("yield_ignored", REPAIR, "R-M5", "done = u[2] < self.value(work.route.yields)", "done = True"),
    mutant("yield_abroad_ignored", SUPPLY, "R-M5", "if outcome == rules.LOST or spoilt or u[2] >= self.value(route.yields):", "if outcome == rules.LOST or spoilt:"),
    mutant("quality_ignored", PARTS, "R-M5", "unit.fails_at = draws.life_units(hours * quality)", "unit.fails_at = draws.life_units(hours)"),
    mutant("expired_is_repaired", PARTS, "ENGINE 14", '        if cause == "failure":\n', '        if cause in ("failure", "expiry"):\n'),
    mutant("hard_life_condemns_always", PARTS, "ENGINE 14", '        elif cause == "hard life":', '        elif cause == "never":'),
    mutant("last_hole_served_first", PARTS, "R-M2", "waiting = point.queue.popleft()", "waiting = point.queue.pop()"),
    mutant("stock_counted_twice", STOCK, "R-S2", 'self.count(self.model.points[point].item, "stock", units)', 'self.count(self.model.points[point].item, "stock", 2 * units)'),
    mutant("backorder_stays", PARTS, "R-S2", 'self.count(position.item, "backorders", -1)', "pass"),
    mutant("anybodys_own_shop", REPAIR, "R-M5", "            route = route.own[point]\n", "            route = next(iter(route.own.values()))\n"),
    mutant("own_shop_condemns", REPAIR, "R-M5", "or route.line >= 0 or route.own else None", "or route.line >= 0 else None"),
    mutant("own_bits_of_the_first_base", COMPILE, "R-M5", "self.point_at[bit, site], share) for bit, share in uses)", "min(p for (i, _), p in self.point_at.items() if i == bit), share) for bit, share in uses)"),
    mutant("routes_reversed", REPAIR, "R-M5", "            if u < passed:\n", "            if u > passed:\n"),
    mutant("degrading_grounds", COMPILE, "R-M1", '            grounds=item.absence == "grounds" and', '            grounds=item.absence != "nothing" and'),
    mutant("replacing_always_grounds", COMPILE, "ENGINE 15", 'replace_grounds=item.replace_grounds or (item.absence == "grounds" and not item.needed_for),', "replace_grounds=True,"),
    # Work at home
    mutant("server_leaked", REPAIR, "R-M5", "        self.shop_busy[shop] -= 1\n", ""),
    mutant("servers_unlimited", REPAIR, "R-M5", "if servers is not None and self.shop_busy[shop] >= servers:", "if False:"),
    mutant("shop_last_first", REPAIR, "R-M5", "for work in [one for one in queue if not one.bits]:", "for work in [one for one in reversed(queue) if not one.bits]:"),
    mutant("crew_not_released", WORK, "R-M4", "        self.pools[task.pool].busy[task.party] -= 1\n", ""),
    mutant("needs_ignored", WORK, "R-M4", "allowed = task.needs is None or (", "allowed = True or ("),
    mutant("foreigners_first", WORK, "ENGINE 12", "for party in range(len(pool.capacity)):\n            allowed", "for party in reversed(range(len(pool.capacity))):\n            allowed"),
    mutant("blocked_task_blocks", WORK, "ENGINE 12", "                    blocked.append(task)\n                    continue", "                    blocked = pool.waiting\n                    break"),
    mutant("crew_takes_one_too_many", WORK, "R-M4", "if allowed and pool.capacity[party] > pool.busy[party]:", "if allowed and pool.capacity[party] >= pool.busy[party]:"),
    mutant("dated_crew_change_ignored", TIMELINE, "R-M4", "for day, part, _ in pool.changes if part is not None)", "for day, part, _ in ())"),
    mutant("inspections_pile_up", SYSTEMS, "R-M7", "        system.inspect_at[k] = system.inspect_on[k] = NEVER\n", ""),
    mutant("upkeep_grounds_nobody", REFERENCE, "R-M0", "work = [task.sort[0] for task in system.tasks.values() if task.grounds]", 'work = [task.sort[0] for task in system.tasks.values() if task.grounds and task.sort[0] != "upkeep"]'),
    # Overhaul, coming and going
    mutant("overhaul_slots_unlimited", SYSTEMS, "R-M8", "while state.overhaul_queue and state.in_overhaul < rules.level_at(*slots, self.now):", "while state.overhaul_queue:"),
    mutant("slot_leaked", SYSTEMS, "R-M8", "        self.fleets[system.fleet].in_overhaul -= 1\n", ""),
    mutant("flown_past_its_overhaul", REFERENCE, "R-M8", 'if system.overhaul == "due" or system.forbidden:', "if system.forbidden:"),
    mutant("overhaul_due_twice_as_soon", SYSTEMS, "R-M8", 'self.due_again(system, "overhaul", 0, self.interval(overhaul.every))', 'self.due_again(system, "overhaul", 0, tuple(x // 2 for x in self.interval(overhaul.every)))'),
    mutant("shared_age_ignored", TIMELINE, "R-M8", "(share_of(max(0, amount), use, days) if use < NEVER and days < NEVER else NEVER)", "use"),
    mutant("staggered_off_by_half", RULES, "R-M8", "return first + share_of(last - first, 2 * k + 1, 2 * n)", "return first + share_of(last - first, k, n)"),
    mutant("overdue_forgotten", TIMELINE, "R-M8", "    if k < due.overdue:\n", "    if k < 0:\n"),
    mutant("shift_ignored", TIMELINE, "R-M8", "        return is_use, moment + shift\n", "        return is_use, moment\n"),
    mutant("life_limit_does_not_retire", SYSTEMS, "R-M8", "lambda: self.fallen_due(system, lambda: self.leave(system)),", "lambda: None,"),
    mutant("retirement_picks_wrong", SYSTEMS, "ENGINE 16", "sorted(on_books, key=lambda s: (-s.lacking,", "sorted(on_books, key=lambda s: (s.lacking,"),
    mutant("retirement_picks_newly_down", SYSTEMS, "ENGINE 16", "self.now if s.flying else s.down_since,\n", "0,\n"),
    mutant("assigned_part_leaves_too", SYSTEMS, "ENGINE 16", "            self.shelve(position.point, position.quality)\n        elif", '            self.ledger[i]["lost"] += 1\n        elif'),
    mutant("loss_rate_tenfold", SYSTEMS, "R-O4", "100_000 / self.value(index)", "10_000 / self.value(index)"),
    mutant("dated_loss_takes_the_grounded", SYSTEMS, "R-O4", "able = [s for s in on_books if s.flying] or on_books", "able = [s for s in on_books if not s.flying] or on_books"),
    mutant("delivered_items_all_new", PARTS, "R-O4", "        return self.value(used) if used >= 0 else 0.0\n", "        return 0.0\n"),
    mutant("due_dates_reach_deliveries", PARTS, "R-O4", " and item.due is not None and position.system.delivery is None\n", " and item.due is not None\n"),
    mutant("delivery_ignores_halts", SYSTEMS, "R-O4", "made = self.until_despatch(job, gate, work, queued)", "made = work"),
    # Supply lines
    mutant("lead_time_off_by_one", CORE, "R-H1", "return 0 if law is None else draws.delay_seconds(", "return 0 if law is None else 1 + draws.delay_seconds("),
    mutant("licence_time_forgotten", SUPPLY, "R-H1", "outcome, delay = rules.licence(gate.times, gate.orders, self.now, takes[0])", "outcome, delay = rules.licence(gate.times, gate.orders, self.now, 0)"),
    mutant("stage_that_ends_at_a_halt_is_caught", RULES, "ENGINE 3", "        if times[k] >= t + takes:\n", "        if times[k] > t + takes:\n"),
    mutant("work_done_is_forgotten", RULES, "R-H1", "            work -= end - now\n", ""),
    mutant("reopening_forgets", GATES, "R-H2", "        self.lines_changed.add(line)\n        self.request_settle()\n\n    def contract_changes", "        self.request_settle()\n\n    def contract_changes"),
    mutant("lost_goods_not_ordered_again", SUPPLY, "R-M6", 'elif not job.is_lot:', 'elif False:'),
    mutant("condemned_seizure_still_abroad", SUPPLY, "MODEL 9", '            self.go_abroad(i, -1)\n            self.in_repair(job.point, -1)\n', '            self.in_repair(job.point, -1)\n'),
    # Halts, clause by clause
    mutant("halt_end_inclusive", TIMELINE, "R-T3", "if h.begin <= edge < min(h.end, horizon)]", "if h.begin <= edge <= min(h.end, horizon)]"),
    mutant("holds_after_the_end_counted", TIMELINE, "R-H5", "        row = levels([h for h in concerned if h.begin <= edge < min(h.end, horizon)], contract >= 0)", "        row = levels([h for h in concerned if h.begin <= edge < h.end], contract >= 0)"),
    mutant("strictest_is_the_mildest", TIMELINE, "R-H3", "return max(found, default=0)", "return min(found, default=0)"),
    mutant("new_orders_ignored", TIMELINE, "R-H1", 'strictest("new_orders", covered),', "0,"),
    mutant("accepted_orders_ignored", TIMELINE, "R-H1", 'strictest("accepted_orders", covered),', "0,"),
    mutant("in_transit_ignored", TIMELINE, "R-H1", 'strictest("in_transit", False),', "0,"),
    mutant("repairs_abroad_ignored", TIMELINE, "R-H1", 'strictest("repairs_abroad", False),', "0,"),
    mutant("overhaul_clause_ignored", TIMELINE, "R-H1", 'strictest("overhaul", False),', "0,"),
    mutant("signed_contracts_always_honoured", TIMELINE, "R-H1", 'return is_covered and not halt.says.level("signed_contracts")', "return is_covered"),
    mutant("signed_contracts_never_honoured", TIMELINE, "ENGINE 18", 'return is_covered and not halt.says.level("signed_contracts")', "return False"),
    mutant("renewals_clause_ignored", TIMELINE, "R-H1", "for h in self.acting(concerned)])", "for h in ()])"),
    mutant("every_halt_refuses_renewals", COMPILE, "R-H1", "if self.things.halts[halt_name].refuses_renewals\n", "if True\n"),
    mutant("reexport_ignored", LINES, "R-H1", 'return by in line.content and halt.reexport == "stop"', "return by in line.content"),
    mutant("content_never_stops", LINES, "lesson 4", 'return by in line.content and halt.reexport == "stop"', "return False"),
    mutant("through_forgotten", LINES, "R-H3", "if by in (line.supplier, line.jurisdiction, *line.through):", "if by in (line.supplier, line.jurisdiction):"),
    mutant("except_ignored", LINES, "R-H1", "return left_out is None or not (", "return True or not ("),
    mutant("except_contract_ignored", TIMELINE, "R-H1", "    return line.excepted[line.halts.index(halt.index)]", "    return ()"),
    mutant("people_never_leave", TIMELINE, "R-H1", "return fewest([there, *gone]) if gone else there", "return there"),
    mutant("people_leave_at_once", RULES, "R-H1", "return [staggered(begin, begin + within, k, total) for k in range(total)]", "return [begin] * total"),
    mutant("people_do_not_come_back", TIMELINE, "R-H1", "left = up_to(halt.end, times, values, people)", "left = tidy_steps(times, values)"),
    mutant("queue_not_despatched_late", RULES, "R-H1", "not (queued and orders[k] > ALLOW)", "not (queued and orders[k] > QUEUE)"),
    mutant("held_goods_despatched", RULES, "ENGINE 17", "accepted[k] >= STOP or transit[k] >= HOLD_IN_TRANSIT", "accepted[k] >= STOP"),
    mutant("border_stops_the_clock", RULES, "R-H1", "            left = max(0, left - (end - now))", "            left = left"),
    mutant("hold_runs_the_clock", RULES, "R-H1", "        elif level == WAIT_AT_BORDER:", "        elif level in (WAIT_AT_BORDER, HOLD_IN_TRANSIT):"),
    mutant("lost_goods_come_back", RULES, "R-H1", "        elif level == LOSE_GOODS and now > t:\n            return LOST, now - t", "        elif level == LOSE_GOODS and now > t:\n            return RETURNED, now - t"),
    mutant("seized_comes_back", RULES, "R-H1", "        elif level == SEIZE and now > t:\n            return LOST, now - t", "        elif level == SEIZE and now > t:\n            return RETURNED, now - t"),
    mutant("halts_not_merged", TIMELINE, "R-H4", "if last is not None and same and span.begin <= last.end:", "if False:"),
    mutant("uncertain_parts_taken_for_all_worlds", "armsim/model/certain.py", "R-T5", "for part in REST if not parts[part].left}", "for part in REST}"),
    mutant("known_halts_never_merged_with_drawn_ones", "armsim/model/certain.py", "R-H4", 'uncertain = {dated[h].content for h in self.parts["spans"].left}', "uncertain = set()"),
    mutant("empty_halts_kept", TIMELINE, "R-H4", "if begin < end and begin < self.model.horizon:", "if True:"),
    # Contracts
    mutant("contract_end_ignored", STEPS, "R-H1", "return any(begin <= t < end for begin, end in terms)", "return any(begin <= t for begin, end in terms)"),
    mutant("contract_end_inclusive", STEPS, "R-T3", "return any(begin <= t < end for begin, end in terms)", "return any(begin <= t <= end for begin, end in terms)"),
    mutant("renewed_only_once", RULES, "ENGINE 18", "        end = begin + runs\n", "        break\n"),
    mutant("talks_begin_at_the_end", RULES, "ENGINE 18", "        begun = end - takes\n", "        begun = end\n"),
    mutant("overhaul_without_contract", GATES, "section 3", "return cover >= 0 or not self.model.lines[line].contracts", "return True"),
    mutant("people_stay_after_the_contract", STEPS, "section 3", "[n * is_so for n, is_so in", "[n for n, is_so in"),
    mutant("cover_tested_late", GATES, "ENGINE 18", "cover = cover_at(self.model, self.world, line, self.now)\n        return Job(", "cover = -1\n        return Job("),
    # Responses
    mutant("hysteresis_dropped", RECIPIENT, "ENGINE 21", "is_over = response.until_when is not None and self.crosses(r, response.until_when)", "is_over = response.until_when is not None and not self.crosses(r, response.when)"),
    mutant("fly_less_flies_as_before", SYSTEMS, "section 7", "return int(demand * state.factor) if state.factor != 1.0 else demand", "return demand"),
    mutant("response_delay_ignored", RECIPIENT, "section 7", "begin = max(0, begin) + draws.delay_seconds(self.value(response.delay))", "begin = max(0, begin)"),
    mutant("response_always_succeeds", RECIPIENT, "ENGINE 22", "return u < self.value(response.succeeds)", "return True"),
    mutant("other_source_unlimited", SOURCES, "section 7", "        return self.turn[r] > self.turn_used[r]\n", "        return True\n"),
    mutant("other_source_takes_the_youngest", SOURCES, "section 7", "return min(waiting, key=lambda one: one.raised, default=None)", "return max(waiting, key=lambda one: one.raised, default=None)"),
    mutant("other_source_passes_halts", SOURCES, "section 7", "            if self.works(own):\n", "            if True:\n"),
    mutant("wrong_denominator", RECIPIENT, "R-S1", "base = Fraction(str(self.model.fleets[f].authorised))", 'base = measured("on_hand", counts)'),
    mutant("possessed_counts_overhaul", RECIPIENT, "R-S1", '"possessed": on_hand - counts[State.OVERHAUL],', '"possessed": on_hand,'),
    # States and causes
    mutant("parts_hide_work", REFERENCE, "MODEL 8", "return (State.NMCB if work else State.NMCS), reasons", "return State.NMCS, reasons"),
    mutant("causes_not_shared", REFERENCE, "R-S4", "part = PARTS_OF_A_SECOND * passed // len(reasons)", "part = PARTS_OF_A_SECOND * passed"),
    mutant("states_a_settle_late", REFERENCE, "MODEL 8", "        self.update_states()\n        self.run_regeneration()\n        self.count_crews()", "        self.run_regeneration()\n        self.count_crews()"),
    # The rest of the rules
    mutant("depot_forgotten", SUPPLY, "R-M9", "            self.draw_on_depot(point)\n            point = self.model.points[point].depot", "            point = self.model.points[point].depot"),
    mutant("depot_ships_at_once", SUPPLY, "R-M2", "takes = self.seconds(model.ship, u, Purpose.FROM_DEPOT, 0, model.key, k)", "takes = 0"),
    mutant("depot_repair_back_to_the_base", REPAIR, "R-M9", "            self.draw_on_depot(point)\n            point = model.depot", "            self.draw_on_depot(point)"),
    mutant("depot_unit_duplicated", SUPPLY, "MODEL 9", "        quality = self.off_shelf(model.depot)", "        quality = 1.0"),
    mutant("local_shop_asks_the_depot", REPAIR, "R-M9", "if model.depot >= 0 and route is not None and not is_local:", "if model.depot >= 0 and route is not None:"),
    mutant("bits_not_waited_for", REPAIR, "R-M5", "for work in [one for one in queue if not one.bits]:", "for work in list(queue):"),
    mutant("bits_cost_nothing", REPAIR, "R-M5", "                work.bits += 1\n", "                continue\n"),
    mutant("bit_share_ignored", REPAIR, "R-M5", "if self.uniforms(Purpose.BITS, key, removal * 64 + n)[0] < self.value(share):", "if True:"),
    mutant("unit_off_the_books_not_counted", REPAIR, "MODEL 9", '        self.ledger[i]["elsewhere"] += 1\n', ""),
    mutant("lot_ordered_late", RULES, "R-M6", "(order_at - position) // lot + 1)", "(order_at - position - 1) // lot + 1)"),
    mutant("lot_of_one", SUPPLY, "R-M6", "job.units, job.is_lot = item.lot, True", "job.units, job.is_lot = 1, True"),
    mutant("refused_lots_pile_up", GATES, "ENGINE 20", "            self.points[job.point].lot = job\n", "            pass\n"),
    mutant("refused_lot_is_on_order", SUPPLY, "ENGINE 20", "position = state.on_shelf + state.due_in - len(state.queue)", "position = state.on_shelf + state.due_in - len(state.queue) + (item.lot if state.lot else 0)"),
    mutant("stock_change_ignored", SUPPLY, "R-M6", "        for _ in range(change):\n", "        for _ in range(0):\n"),
    mutant("stock_fall_ignored", SUPPLY, "R-M6", "            state.ahead += 1\n", "            pass\n"),
    mutant("on_hand_ignored", REFERENCE, "R-T6", "            self.shelve(p, 1.0, change)\n", "            pass\n"),
    mutant("arrivals_pass_every_halt", SUPPLY, "R-M6", "            arrived = yield from self.journey(job, gate, entity, takes, None)", "            yield self.clock.after(takes, Kind.ARRIVAL, entity)\n            arrived = True"),
    mutant("fixed_demand_falls", PARTS, "R-O2", "            self.take_from_supply(demand.item, self.model.point_of[f, demand.item], demand.key, k)", "            pass"),
    mutant("fixed_demand_of_one_system", PARTS, "R-O2", "positions = self.world.counts[f] * demand.per_system", "positions = demand.per_system"),
    mutant("fixed_demand_strikes_the_first", PARTS, "R-O2", "position = filled[int(u * len(filled))]", "position = filled[0]"),
    mutant("sorties_are_hours", PARTS, "R-O2", "sorties * self.sortie(position.system.fleet) * quality", "sorties * quality"),
    mutant("weibull_is_exponential", "armsim/model/numbers.py", "R-O3", "kind, shape = LAWS[law.kind], law.shape", "kind, shape = LAWS[law.kind if law.kind != 'weibull' else 'exponential'], law.shape"),
    mutant("mission_without_effect", REFERENCE, "R-M1", "                found |= self.stops(position)", "                found |= 0"),
    mutant("mission_counts_the_grounded", REFERENCE, "R-M1", "& ~self.stopped(system) if system.flying else 0", "& ~self.stopped(system)"),
    mutant("regeneration_for_everybody", SYSTEMS, "R-M10", "self.now - max(0, system.down_since) >= max(1,", "self.now - max(0, system.down_since) >= min(1,"),
    mutant("overhauled_and_regenerated", SYSTEMS, "R-M10", "            self.fit_to_fly(system)\n", ""),
    mutant("overhauled_stays_in_the_queue", SYSTEMS, "ENGINE 38", '        if system.regeneration == "queued":\n            self.fleets[system.fleet].regeneration_queue.remove(system)\n            system.regeneration = ""\n\n', "\n"),
    mutant("slots_never_change", REFERENCE, "R-M8", "self.at_date(t, (Edge.SLOTS, k, place), self.request_settle)", "pass"),
    mutant("drawn_slots_cut_off", TIMELINE, "ENGINE 26", "over_time(self.whole(slots.number),", "over_time(int(self.values[slots.number]),"),
    mutant("values_that_hang_together_drawn_apart", "armsim/model/numbers.py", "R-M0", 'return path if value is None or value.drawn_as is None else f"drawn_as/{value.drawn_as}"', "return path"),
    mutant("own_people_of_a_drawn_crew_not_the_rest", TIMELINE, "R-M4", "return tuple(staff(pool.size, None, {", "return tuple(staff(pool.size, 0, {"),
    mutant("regeneration_slots_unlimited", SYSTEMS, "R-M10", "while fleet.regeneration_queue and fleet.in_regeneration < rules.level_at(*slots, self.now):", "while fleet.regeneration_queue:"),
    mutant("regeneration_slot_leaked", SYSTEMS, "R-M10", "        self.fleets[system.fleet].in_regeneration -= 1\n", ""),
    mutant("concentrate_takes_part_of_it", PARTS, "R-M3", "                if donor is None:\n                    break\n", "                if donor is None:\n                    continue\n"),
    mutant("instant_takes_one_donor_more", PARTS, "R-M3", "donors = worst[:needed]", "donors = worst[: needed + 1]"),
    mutant("tasks_anybody_can_do", WORK, "R-M4", "            needs = self.qualified(pool, *drawn)\n", "            pass\n"),
    mutant("dropped_work_goes_on", WORK, "R-H1", "            if rules.level_at(*self.world.drop[p][party - 1], self.now):", "            if False:"),
    mutant("dropped_work_starts_anew", WORK, "ENGINE 12", "task.party, task.seconds = -1, task.ends - self.now", "task.party = -1"),
    mutant("earliest_tickets_dropped", WORK, "R-H1", "for ticket in sorted(pool.in_hand, reverse=True):", "for ticket in sorted(pool.in_hand):"),
    mutant("followers_always_follow", TIMELINE, "R-H1", "if not happens or u >= self.values[halt.follows]:", "if not happens:"),
    mutant("follower_without_lag", TIMELINE, "R-H1", "        begin = led + self.at(halt.lag)\n", "        begin = led\n"),
    mutant("follower_of_nothing", TIMELINE, "R-H1", "if not happens or u >=", "if u >="),
    mutant("everything_leaks", GATES, "ENGINE 19", "        if u[0] >= math.prod(self.value(leak.probability) for leak in leaks):", "        if False:"),
    mutant("leak_never_tried_again", GATES, "ENGINE 19", "for leak in leaks if leak.retry >= 0]", "for leak in leaks if leak.retry >= 0 and False]"),
    mutant("leak_without_delay", GATES, "R-H1", "            job.late += self.seconds(leak.delay, u[1], Purpose.LEAK, 1, key, k)\n", ""),
    mutant("pass_never_used_up", GATES, "R-H1", "            self.passed[halt.index] += 1\n", "            pass\n"),
    mutant("leak_passes_every_halt", GATES, "R-H1", "job.passed |= 1 << halt.index", "job.passed |= (1 << 60) - 1"),
    mutant("money_for_everything", GATES, "R-H1", "return self.uniforms(Purpose.FUND, self.stream(job), (job.asks << 40) + job.serial)[0] >= share", "return False"),
    mutant("money_never_asked_for_again", GATES, "R-H1", "            job.asks_at = at = self.now + pause\n", "            return\n"),
    mutant("every_ask_the_same_draw", GATES, "ENGINE 41", "(job.asks << 40) + job.serial", "0 + job.serial"),
    mutant("longest_pause_holds", TIMELINE, "ENGINE 41", "min((h.retry for h in paying), default=NEVER)", "max((h.retry for h in paying), default=NEVER)"),
    mutant("asked_though_refused", GATES, "ENGINE 41", "job.asks_at == at and self.waits_for_money(job))", "job.asks_at == at)"),
    mutant("money_is_parts", REFERENCE, "R-S4", 'return "money" if short else "parts"', 'return "parts"'),
    mutant("ban_ends_with_the_rest", TIMELINE, "R-H1", "lifted = until + self.at(halt.lifted) if halt.lifted >= 0 and until < NEVER else end", "lifted = end"),
    mutant("ban_goes_on_between_two_halts", TIMELINE, "R-H4", "joined((begin, lifted) for _, begin, lifted in halt.bans)", "((halt.begin, max(lifted for _, _, lifted in halt.bans)),)"),
    mutant("ban_counted_only_while_its_halt_lasts", SYSTEMS, "R-H5", "            if f in self.model.halts[halt.index].forbids:\n", "            if f in self.model.halts[halt.index].forbids and self.now < halt.end:\n"),
    mutant("slow_lines_are_not", SUPPLY, "R-H1", "way = takes + self.longer_way(job)", "way = takes"),
    mutant("slowed_by_halts_that_are_over", GATES, "R-H1", "law, holds = self.model.halts[halt.index].slow_by, halt.begin <= self.now < halt.end", "law, holds = self.model.halts[halt.index].slow_by, halt.begin <= self.now"),
    mutant("delays_do_not_add_up", GATES, "settled 82", "            longer += delay\n", "            longer = max(longer, delay)\n"),
    mutant("slowed_by_halts_it_leaked_past", GATES, "settled 82", "not holds or job.passed >> halt.index & 1 or not acts_on", "not holds or not acts_on"),
    mutant("restart_at_once", TIMELINE, "R-H1", "                end += self.at(halt.restart)\n", "                pass\n"),
    mutant("backlog_at_once", GATES, "R-H1", "            elif ramp is None:\n", "            elif True:\n"),
    mutant("backlog_always_oldest_first", GATES, "R-H1", "        if ramp is not None and ramp[1]:\n", "        if False:\n"),
    mutant("nothing_spoils", RULES, "R-H1", "        if levels[k] == HOLD_REPAIR and shares[k] > 0.0:\n", "        if False:\n"),
    mutant("permission_never_withdrawn", SYSTEMS, "R-H1", "            allowed = rules.level_at(*steps, self.now)\n", "            allowed = NEVER\n"),
    mutant("permission_spares_nobody", TIMELINE, "R-H1", "stopped = max(0, n - dates.spared)", "stopped = n"),
    mutant("notice_ignored", RECIPIENT, "MODEL 7", "            begin = announced\n", "            pass\n"),
    mutant("dual_sourcing_without_its_share", SOURCES, "settled 84", "                if self.uniforms(Purpose.DUAL_SOURCING, self.stream(job), job.serial)[0] < shares:\n", "                if True:\n"),
    mutant("dual_sourcing_shares_do_not_add_up", SOURCES, "settled 84", "                shares += self.value(response.dual_sourcing)\n", "                shares = self.value(response.dual_sourcing)\n"),
    mutant("dual_sourcing_jumps_the_queue", SOURCES, "settled 84", " or self.oldest_open_to(r) is not None:\n", ":\n"),
    mutant("dual_sourcing_passes_halts", SOURCES, "settled 84", "        if not self.works(self.own_lines(r)[job.line]) or", "        if"),
    mutant("dual_sourcing_uses_no_turn", SOURCES, "settled 84", "            return False\n        self.use_turn(r)\n        if not self.delivers(r):\n            return False\n", "            return False\n        if not self.delivers(r):\n            return False\n"),
    mutant("each_always_delivers", SOURCES, "MODEL 7", "return self.uniforms(Purpose.EACH, key, self.taken[r])[0] < self.value(response.each)", "return True"),
    mutant("capacity_without_build_up", RULES, "MODEL 7", "    if n <= grown:\n", "    if False:\n"),
    mutant("source_takes_orders_alone", COMPILE, "MODEL 7", "mended_by(self.things, one) if response.repairs else ():", "mended_by(self.things, one) if False else ():"),
    mutant("source_repairs_under_a_stop", SOURCES, "MODEL 7", 'self.model.lines[own].kind == "repair")', "False)"),
    mutant("source_repairs_in_the_makers_time", SUPPLY, "MODEL 7", "pending, work, way = None, self.model.responses[job.source].takes, None", "pass"),
    mutant("home_repairs_overhauls", REPAIR, "MODEL 7", "if job.route is not None and not job.route.is_overhaul\n", "if job.route is not None\n"),
    mutant("home_repairs_everything", REPAIR, "MODEL 7", "return u < self.value(self.model.responses[r].share) * self.built[r]", "return True"),
    mutant("home_repair_leaves_what_waits", REPAIR, "MODEL 7", "            for job in self.waiting_for(r):\n", "            for job in list[Job]():\n"),
    mutant("extension_without_slots", SYSTEMS, "MODEL 7", "if self.extending[r] >= slots:", "if False:"),
    mutant("extension_for_all", SYSTEMS, "MODEL 7", "if 0 <= response.systems <= self.extensions[r]:", "if False:"),
    mutant("trained_people_stay_away", WORK, "MODEL 7", "        pool.capacity[0] += pool.trained\n", ""),
    mutant("stockpile_orders_one", RECIPIENT, "MODEL 7", "for k in range(response.units if points else 0):", "for k in range(1):"),
    mutant("deferred_again_and_again", SYSTEMS, "MODEL 7", "if not system.overhaul and not system.deferred:", "if not system.overhaul:"),
    mutant("deferral_without_strain", SYSTEMS, "MODEL 7", "self.strain(system, int(1000 * self.value(response.failures) + 0.5))", "pass"),
    mutant("harvest_yields_everything", SYSTEMS, "MODEL 7", "if usable > 0.0 and self.uniforms(Purpose.HARVEST, position.key, 0)[0] < usable:", "if usable > 0.0:"),
    mutant("harvest_picks_the_best", RECIPIENT, "ENGINE 16", "for system in at_home[: response.systems]:", "for system in at_home[-response.systems :]:"),
    mutant("lots_cost_one", SUPPLY, "R-S2", 'self.spend("spares", item.price, job.units * job.price)', 'self.spend("spares", item.price, job.price)'),
    mutant("warmup_costs_kept", REFERENCE, "R-T6", "            self.env.process(self.bring(a))\n        self.spent = [0] * len(COSTS)\n", "            self.env.process(self.bring(a))\n"),
    # The compiled engine
    mutant("c_heap_later_first", COMPILED + "heap.py", "R-T3", "return t < s[i] or (t == s[i] and (hi < s[i + 1]", "return t < s[i] or (t == s[i] and (hi > s[i + 1]"),
    mutant("c_heap_third_ignored", COMPILED + "heap.py", "ENGINE 1", "(s[i + 1] == s[j + 1] and s[i + 2] < s[j + 2])", "(s[i + 1] == s[j + 1] and i < j)"),
    mutant("c_heap_one_child_short", COMPILED + "heap.py", "R-T3", "min(first + BELOW * NODE, last)", "min(first + (BELOW - 1) * NODE, last)"),
    mutant("c_delivered_items_all_new", COMPILED + "parts.py", "R-O4", "    return value(s, x, used) if used >= 0 else 0.0\n", "    return 0.0\n"),
    mutant("c_due_dates_reach_deliveries", COMPILED + "parts.py", "R-O4", "    if k == 0 and s[item + L.ITM_DUE] != 0 and s[s[position + L.POS_SYSTEM] + L.SYS_DELIVERY] == 0:\n", "    if k == 0 and s[item + L.ITM_DUE] != 0:\n"),
    mutant("c_insertion_order", COMPILED + "core.py", "R-T3", "t, kind << 56 | first << 36 | second, third, what, a, b)", "t, s[L.HEAP_N], third, what, a, b)"),
    mutant("c_arena_not_zeroed", COMPILED + "core.py", "R-T1", "    for k in range(place, place + words):\n        s[k] = 0\n", ""),
    mutant("c_reused_row_not_zeroed", COMPILED + "core.py", "R-T1", "    for k in range(row, row + words):\n        s[k] = 0\n", ""),
    mutant("c_touched_list_loses_one", COMPILED + "core.py", "ENGINE 33", "            s[s[L.TOUCH_TAIL] + L.SYS_TOUCH_NEXT] = system\n", "            pass\n"),
    mutant("c_tree_limit_not_reached", COMPILED + "trees.py", "ENGINE 8", "    while s[tree + node] > most:  #", "    while s[tree + node] >= most:  #"),
    mutant("c_tree_descends_past", COMPILED + "trees.py", "ENGINE 8", "        if s[tree + node] > most:\n            node += 1", "        if s[tree + node] >= most:\n            node += 1"),
    mutant("c_limits_one_short", COMPILED + "core.py", "ENGINE 8", "for k in range(limits + 1, limits + n_limits(s, fleet)):", "for k in range(limits + 1, limits + n_limits(s, fleet) - 1):"),
    mutant("c_due_starts_nothing", COMPILED + "core.py", "R-M8", "    s[system + L.SYS_OVERHAUL] = to\n    s[L.OVERHAULS_DUE] = 1\n", "    s[system + L.SYS_OVERHAUL] = to\n"),
    mutant("c_meter_forgets_since", COMPILED + "core.py", "ENGINE 9", "    s[meter + L.METER_SINCE] = s[L.NOW]\n", ""),
    mutant("c_hole_robs_nobody", COMPILED + "core.py", "ENGINE 13", "        return\n    s[L.ROBBING] = 1\n    was, rank", "        return\n    was, rank"),
    mutant("c_points_by_handle_reversed", COMPILED + "parts.py", "ENGINE 4", "while place > 0 and s[points + place - 1] > point:", "while place > 0 and s[points + place - 1] < point:"),
    mutant("c_first_donor_skipped", COMPILED + "parts.py", "ENGINE 13", "slot = bits.next_in_both(s, among, having, 0, systems)", "slot = bits.next_in_both(s, among, having, 1, systems)"),
    mutant("c_spares_not_counted", COMPILED + "parts.py", "ENGINE 13", "    note_spare(s, position, 1)\n", ""),
    mutant("c_ones_last_first", COMPILED + "parts.py", "ENGINE 13", "        for k in range(n):\n            hole = s[scratch + k]\n", "        for k in range(n):\n            hole = s[scratch + n - 1 - k]\n"),
    mutant("c_ones_not_counted", COMPILED + "parts.py", "ENGINE 13", "        s[s[system + L.SYS_HOLES_AT] + L.PT_ONES] += 1\n", "        pass\n"),
    mutant("c_most_holes_last", COMPILED + "parts.py", "ENGINE 13", "                best, most = found, holes\n                break\n", "                best, most = found, -1\n"),
    mutant("c_holder_forgotten", COMPILED + "core.py", "ENGINE 13", "            bits.put(s, donors_with(s, fleet, item), s[system + L.SYS_SLOT], change > 0)\n", ""),
    mutant("c_anybodys_own_shop", COMPILED + "repair.py", "R-M5", "route = s[s[route + L.RTE_OWN] + s[point + L.PT_INDEX]]", "route = max([s[s[route + L.RTE_OWN] + k] for k in range(s[L.N_POINTS])])"),
    mutant("c_own_shop_condemns", COMPILED + "repair.py", "R-M5", "or s[route + L.RTE_LINE] != 0 or s[route + L.RTE_OWN] != 0 else 0", "or s[route + L.RTE_LINE] != 0 else 0"),
    mutant("c_source_repairs_under_a_stop", COMPILED + "sources.py", "MODEL 7", "s[own + L.LN_KIND] == L.REPAIR)", "False)"),
    mutant("c_source_forgets_whose_unit", COMPILED + "sources.py", "MODEL 7", "    s[moved + L.JOB_REMOVAL] = s[job + L.JOB_REMOVAL]\n", ""),
    mutant("c_source_repairs_in_the_makers_time", COMPILED + "supply.py", "MODEL 7", "        work = response_at(s, source) + L.RSP_TAKES\n", "        work = route + L.RTE_TAKES\n"),
    mutant("c_heap_row_forgotten", COMPILED + "heap.py", "R-T3", "    s[last + 3] = row\n", ""),
    mutant("c_heap_rows_not_numbered", COMPILED + "core.py", "R-T3", "        number_rows(s, new, n, 2 * n)\n", ""),
    mutant("c_nearest_limit_stays", COMPILED + "core.py", "ENGINE 8", "if was <= nearest or limit <= nearest:", "if limit <= nearest:"),
    mutant("c_nearer_limit_not_seen", COMPILED + "core.py", "ENGINE 8", "if was <= nearest or limit <= nearest:", "if was <= nearest:"),
    mutant("c_last_fleet_alarms_first", COMPILED + "loop.py", "ENGINE 8", "if s[fleet + L.FLT_ALARM_AT] < s[L.ALARM_AT]:", "if s[fleet + L.FLT_ALARM_AT] <= s[L.ALARM_AT]:"),
    mutant("c_turn_spent_too_soon", COMPILED + "sources.py", "MODEL 7", "s[response + L.RSP_TURN_ASKED] <= s[response + L.RSP_TURN_USED]", "s[response + L.RSP_TURN_ASKED] < s[response + L.RSP_TURN_USED]"),
    mutant("c_turn_never_comes", COMPILED + "sources.py", "MODEL 7", "begins(s, x, response, s[response + L.RSP_TURN] + 1)", "begins(s, x, response, s[response + L.RSP_TURN] + 2)"),
    mutant("c_wanted_in_vain_though_filled", COMPILED + "parts.py", "R-M3", "    if s[hole + L.POS_IN_QUEUE] == 0 or s[item + L.ITM_GROUNDS] == 0:\n", "    if s[item + L.ITM_GROUNDS] == 0:\n"),
    mutant("c_donors_counted_once", COMPILED + "core.py", "R-M3", "    s[fleet + L.FLT_N_DONORS] += 1 if there != 0 else -1\n", "    s[fleet + L.FLT_N_DONORS] = 1\n"),
    mutant("c_programme_stays", COMPILED + "systems.py", "R-O1", "    s[fleet + L.FLT_PROGRAMMED] = level(s, s[fleet + L.FLT_PROGRAMME], s[L.NOW])\n", "    s[fleet + L.FLT_PROGRAMMED] = level(s, s[fleet + L.FLT_PROGRAMME], -s[L.WARMUP])\n"),
    mutant("c_regeneration_forgotten", COMPILED + "systems.py", "R-M10", "    s[L.N_TO_REGENERATE] += 1\n", ""),
    mutant("c_what_is_known_never_written_anew", COMPILED + "tables.py", "R-T5", "if one is not there:", "if there is None:"),
    mutant("c_left_to_a_world_and_not_written", COMPILED + "tables.py", "R-T5", "            for k, place in left:\n", "            for k, place in left[1:]:\n"),
    mutant("c_changed_world_taken_as_drawn", COMPILED + "tables.py", "R-T5", "    if world.known is template.known:\n", "    if True:\n"),
    mutant("c_mean_left_to_a_world_not_written", COMPILED + "tables.py", "R-T5", "    for place, laws in means:\n        words[place] = mean_delay(laws, world.values)\n", ""),
    mutant("c_row_of_another_world", COMPILED + "engine.py", "R-T1", "begins[row // replications], begins[row // replications + 1]", "begins[row % (len(begins) - 1)], begins[row % (len(begins) - 1) + 1]"),
    mutant("c_replication_of_another_world", COMPILED + "engine.py", "R-T1", "lowest + row % replications, end - begin", "lowest + row, end - begin"),
    mutant("c_world_after_a_failure_left_out", COMPILED + "engine.py", "R-T4", "                done = (place + 1) * replications\n", "                done = (place + 2) * replications\n"),
    mutant("c_failure_of_the_whole_block", COMPILED + "engine.py", "R-T4", "            kept += [row + first * replications for row in range(len(rows)) if row // replications not in failed]\n", "            kept += [row + first * replications for row in range(len(rows))]\n"),
    mutant("c_values_of_the_first_world", COMPILED + "engine.py", "R-T5", "u = uniform(seed, OF_WORLD, worlds[row],", "u = uniform(seed, OF_WORLD, worlds[0],"),
    mutant("c_nobody_robs", COMPILED + "tables.py", "R-M3", "self.set(L.ROBS, int(robs or", "self.set(L.ROBS, int(False and"),
    mutant("c_bit_in_the_next_word_lost", COMPILED + "bits.py", "ENGINE 13", "        for k in range(at + 1, end):", "        for k in range(at + 1, at + 1):"),
    mutant("c_limits_left_stale", COMPILED + "loop.py", "ENGINE 8", "    refresh_limits(s)\n    s[L.ALARM_AT]", "    s[L.ALARM_AT]"),
    mutant("c_stale_limits_fire", COMPILED + "core.py", "ENGINE 8", "        find_nearest(s, system)\n", "        pass\n"),
    mutant("c_nothing_new_waits_for_repair", COMPILED + "gates.py", "MODEL 7", "        s[response + L.RSP_WAITS] = L.ONE_IS_NEW if s[response + L.RSP_WAITS] == L.NONE_WAITS else L.ANY_WAITS\n", ""),
    mutant("c_only_the_newcomer_waits", COMPILED + "gates.py", "MODEL 7", "L.ONE_IS_NEW if s[response + L.RSP_WAITS] == L.NONE_WAITS else L.ANY_WAITS", "L.ONE_IS_NEW"),
    mutant("c_build_up_wakes_nobody", COMPILED + "recipient.py", "MODEL 7", "s[response + L.RSP_WAITS] = k / steps, L.ANY_WAITS", "s[response + L.RSP_TAKEN] = k / steps, s[response + L.RSP_TAKEN]"),
    mutant("c_stale_unit_date", COMPILED + "loop.py", "ENGINE 6", "s[a + L.POS_STAMP] == mark and nearest_date(s, a) == b", "True"),
    mutant("c_wrong_draw_slot", COMPILED + "parts.py", "ENGINE 25", "remember_draw(s, x, donor, u[2], DAMAGE, 2, key, k)", "remember_draw(s, x, donor, u[1], DAMAGE, 1, key, k)"),
    mutant("c_wrong_draw_block", COMPILED + "parts.py", "ENGINE 25", "DAMAGE, s[position + L.POS_KEY], s[position + L.POS_ROBBERIES] - 1)", "DAMAGE, s[position + L.POS_KEY], s[position + L.POS_ROBBERIES])"),
    mutant("c_list_forgets_its_last", COMPILED + "lists.py", "R-M2", "        s[line + 1] = one\n", "        pass\n"),
    mutant("c_point_not_dirty", COMPILED + "stock.py", "R-M2", "    count(s, s[point + L.PT_ITEM], L.STOCK, units)\n    point_changed(s, point)\n", "    count(s, s[point + L.PT_ITEM], L.STOCK, units)\n"),
    mutant("c_shelf_worst_first", COMPILED + "stock.py", "ENGINE 10", "while shelf != 0 and x[shelf + L.SHL_QUALITY] > quality:", "while shelf != 0 and x[shelf + L.SHL_QUALITY] < quality:"),
    mutant("c_crews_not_looked_at", COMPILED + "work.py", "ENGINE 12", "    s[pool + L.PL_WAITING] += 1\n    pool_changed(s, pool)\n", "    s[pool + L.PL_WAITING] += 1\n"),
    mutant("c_list_forgets_its_first", COMPILED + "lists.py", "R-M2", "        s[line] = other\n", "        pass\n"),
    mutant("c_left_permission_kept", COMPILED + "systems.py", "ENGINE 39", "    s[fleet + L.FLT_ON_BOOKS] -= 1\n    s[L.PERMISSIONS], s[L.OVERHAULS_DUE]", "    s[fleet + L.FLT_ON_BOOKS] -= 1\n    _, s[L.OVERHAULS_DUE]"),
    mutant("c_permission_never_looked_at", COMPILED + "loop.py", "ENGINE 39", "        s[L.PERMISSIONS] = 1\n", ""),
    mutant("c_stale_completion", COMPILED + "loop.py", "ENGINE 6", "s[a + L.TSK_STAMP] == b and s[a + L.TSK_PARTY] >= 0 and s[a + L.TSK_TURNS] == mark", "True"),
    mutant("c_stale_overhaul", COMPILED + "loop.py", "ENGINE 6", "s[a + L.SYS_ON_BOOKS] != 0 and s[a + L.SYS_OVERHAUL_ON] == b", "s[a + L.SYS_ON_BOOKS] != 0"),
    mutant("c_stale_try", COMPILED + "loop.py", "ENGINE 6", "s[a + L.JOB_AT_HOME] != 0 and s[a + L.JOB_RETRIES_AT] == s[L.NOW]", "s[a + L.JOB_RETRIES_AT] == s[L.NOW]"),
    mutant("c_alarm_after_its_instant", COMPILED + "loop.py", "ENGINE 1", "(at == t and of_alarm <= order)):", "(at == t and of_alarm > order)):"),
    mutant("c_line_opens_no_overhaul", COMPILED + "gates.py", "ENGINE 32", "s[line + L.LN_CHANGED], s[L.LINES_CHANGED], s[L.OVERHAULS_DUE] = 1, 1, 1", "s[line + L.LN_CHANGED], s[L.LINES_CHANGED] = 1, 1"),
    mutant("c_backlog_newest_first", COMPILED + "gates.py", "ENGINE 20", "while before != 0 and is_older(s, job, before):", "while before != 0 and is_older(s, before, job):"),
    mutant("c_muldiv_in_floats", COMPILED + "numbers.py", "ENGINE 7", "int(a) * int(b) // int(c), MOST))", "int(float(a) * float(b) / float(c)), MOST))"),
    mutant("c_segment_left_of_its_edge", COMPILED + "numbers.py", "ENGINE 3", "        if t < times[middle]:\n", "        if t <= times[middle]:\n"),
)  # fmt: skip


def found(one: Mutant) -> int:
    """How often a mutant's old text stands in its file."""
    return text_of(one).count(one.old)


def text_of(one: Mutant) -> str:
    """The text of the file a mutant changes."""
    return (ROOT / one.file).read_text(encoding="utf-8")


def copy_with(one: Mutant | None, folder: Path) -> None:
    """Put a copy of the package and its tests into a folder, with the bug in it."""
    for name in ("armsim", "tests", "scenarios", "pyproject.toml"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "invalid", ".*"))
        elif source.exists():
            shutil.copy(source, folder / name)
    if one is None:
        return
    if found(one) != 1:
        raise SystemExit(f"{one.name}: its text stands {found(one)} times in {one.file}, not once:\n{one.old}")
    (folder / one.file).write_text(text_of(one).replace(one.old, one.new), encoding="utf-8")


def is_compiled(one: Mutant) -> bool:
    """True for a bug in the compiled engine."""
    return one.file.startswith(COMPILED)


def command(folder: Path, quick: bool, tests: tuple[str, ...] = TESTS) -> list[str]:
    """The pytest command for a copy; slow files come last, or not at all."""
    files = [path for name in tests if (folder / name).exists() for path in test_files(folder / name)]
    files = sorted((path for path in files if not (quick and path.name in LAST)), key=lambda path: path.name in LAST)
    return [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--tb=no", "--show-capture=no",
            *(str(path.relative_to(folder)) for path in files)]  # fmt: skip


def test_files(path: Path) -> list[Path]:
    """The test files of a folder, or the one file."""
    return sorted(path.glob("test_*.py")) if path.is_dir() else [path]


def killer(one: Mutant | None, quick: bool = False, compiled: bool = False, longest: float = 8 * LONGEST) -> str:
    """The test that saw the bug, or '' when none did; None puts no bug in. `compiled`: by which tests."""
    with tempfile.TemporaryDirectory(prefix="mutant_") as name:
        folder = Path(name)
        copy_with(one, folder)
        settings = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
        tests = TESTS
        if compiled:
            settings, tests = settings | {"NUMBA_DISABLE_JIT": "1"}, TESTS_OF_COMPILED
        where = subprocess.run([sys.executable, "-c", "import armsim; print(armsim.__file__)"], cwd=folder, env=settings,
                               capture_output=True, text=True, check=True).stdout.strip()  # fmt: skip
        if not where.startswith(str(folder.resolve())) and not where.startswith(str(folder)):
            raise SystemExit(f"the tests would run against {where}, not against the copy")
        try:
            ended = subprocess.run(
                command(folder, quick, tests), cwd=folder, env=settings, capture_output=True, text=True, timeout=longest
            )
        except subprocess.TimeoutExpired:
            return f"a run of more than {longest:.0f} s"
        if ended.returncode == 0:
            return ""
        seen = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", ended.stdout, re.MULTILINE)
        return seen[1] if seen else f"pytest ended with {ended.returncode}: {ended.stdout[-300:]}{ended.stderr[-300:]}"


def main(arguments: list[str] | None = None) -> int:
    """Run the mutants asked for; the exit code: 0 when all were killed, 4 when one survived."""
    parser = argparse.ArgumentParser(description="Named bugs that the suite must see.")
    parser.add_argument("--list", action="store_true", help="list them and what they break")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="only these")
    parser.add_argument("--quick", action="store_true", help="without the tests on generated scenarios")
    asked = parser.parse_args(arguments)
    unknown = sorted(set(asked.only or ()) - {one.name for one in MUTANTS})
    if unknown:
        parser.error("no such mutant: " + ", ".join(unknown))
    chosen = [one for one in MUTANTS if not asked.only or one.name in asked.only]
    if asked.list:
        for one in chosen:
            print(f"{one.name:40s} {one.rule:10s} {one.file}")
        return 0
    longest: dict[bool, float] = {}  # a slow machine kills nothing: twice as long as without a bug
    for compiled in sorted({is_compiled(one) for one in chosen}):
        began = time.monotonic()
        red = killer(None, asked.quick, compiled)
        longest[compiled] = max(LONGEST, 2 * (time.monotonic() - began))
        if red:
            print(f"the suite is red without any mutant: {red}")
            return 4
    survivors = []
    with ThreadPoolExecutor(PROCESSES) as pool:
        running = {pool.submit(killer, one, asked.quick, is_compiled(one), longest[is_compiled(one)]): one
                   for one in chosen}  # fmt: skip
        for ended in as_completed(running):
            one, test = running[ended], ended.result()
            print(f"{one.name:40s} {one.rule:10s} {test or 'SURVIVED'}", flush=True)
            if not test:
                survivors.append(one)
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} killed")
    for one in survivors:
        print(f"survived: {one.name} ({one.rule}, {one.file}): a test is missing")
    return 4 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
