"""What halts do to a need: refused, let through, without money, released (R-H1 to R-H5, ENGINE 17 to 20)."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from armsim.engines.core import Process
from armsim.engines.entities import Job, Position
from armsim.engines.stock import Stock
from armsim.model import draws, rules
from armsim.model.arrays import Leak
from armsim.model.draws import Purpose
from armsim.model.order import Flow, Kind
from armsim.model.timeline import Gate, HaltSpan, acts_on, cover_at, gate_of, honours
from armsim.model.trajectory import TOUCHES

#: What is ordered piece by piece: money may be short for it, and it may get through a halt.
BOUGHT = ("spares", "repair")
#: Clauses that a covered order passes while signed contracts are honoured (ENGINE 18).
PASSED_UNDER_CONTRACT = ("new_orders", "accepted_orders")
#: From which level on a clause sends a need home; below it only holds.
REFUSING = {"new_orders": rules.REFUSE, "repairs_abroad": rules.RETURN_UNREPAIRED}


class Gates(Stock):
    """Needs at the gates of supply lines."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.serials = [0] * len(self.model.lines)
        self.at_home: list[list[Job]] = [[] for _ in self.model.lines]
        self.lines_changed: set[int] = set()
        self.passed = [0] * len(self.model.halts)
        self.opened: dict[tuple[int, int, int], Gate] = {}

    def new_job(self, line: int, point: int) -> Job:
        """The next need of a line; cover is tested when it arises (ENGINE 18)."""
        serial = self.serials[line]
        self.serials[line] += 1
        cover = cover_at(self.model, self.world, line, self.now)
        return Job(line, serial, point, (self.now, line, serial), cover)

    def stream(self, job: Job) -> int:
        """The stream of a line's draws."""
        return draws.entity_key(self.model.lines[job.line].key)

    def gate(self, job: Job) -> Gate:
        """The gates of a job's line, as a contract it is covered by opens them, without the halts it has passed."""
        if not job.passed:
            return self.gate_under(job.line, job.cover)
        key = job.line, job.cover, job.passed
        if key not in self.opened:
            contract = self.contract_of(job.line, job.cover)
            line = self.model.lines[job.line]
            self.opened[key] = gate_of(self.world.halts, line, self.model.horizon, contract, job.passed)
        return self.opened[key]

    def contract_of(self, line: int, cover: int) -> int:
        """The contract behind a cover of a line, -1 for none."""
        return self.model.lines[line].contracts[cover] if cover >= 0 else -1

    def gate_under(self, line: int, cover: int) -> Gate:
        """The gates of a line for what is under one of its contracts, or under none (-1)."""
        return self.world.covered[line][cover] if cover >= 0 else self.world.uncovered[line]

    def lets_in(self, job: Job) -> bool:
        """True when the line takes this need now (R-H3)."""
        gate, kind = self.gate(job), self.model.lines[job.line].kind
        if kind == "overhaul":
            return self.overhaul_open(job.line)
        return self.is_open(gate, job.route is not None) and not self.lacks_money(job)

    def is_open(self, gate: Gate, is_unit: bool) -> bool:
        """True when no halt behind a gate refuses a need: an order, or a unit to be repaired."""
        if is_unit and rules.level_at(gate.times, gate.abroad, self.now) >= rules.RETURN_UNREPAIRED:
            return False
        return rules.level_at(gate.times, gate.orders, self.now) < rules.REFUSE

    def lacks_money(self, job: Job) -> bool:
        """True when home pays for a share of needs only and not for this one (R-H1 new_orders).

        Drawn once per need, and anew each time it is asked for again (ENGINE 41).
        """
        gate = self.gate(job)
        share = gate.fund[rules.segment(gate.times, self.now)]
        if share >= 1.0 or self.model.lines[job.line].kind not in BOUGHT:
            return False
        return self.uniforms(Purpose.FUND, self.stream(job), (job.asks << 40) + job.serial)[0] >= share

    def waits_for_money(self, job: Job) -> bool:
        """True when nothing but money keeps a need at home."""
        return self.is_open(self.gate(job), job.route is not None) and self.lacks_money(job)

    def overhaul_open(self, line: int) -> bool:
        """True when an overhaul line takes work: allowed, and under contract where one ever covered it."""
        cover = cover_at(self.model, self.world, line, self.now)
        gate = self.gate_under(line, cover)
        if rules.level_at(gate.times, gate.overhaul, self.now) >= rules.STOP:
            return False
        if rules.level_at(gate.times, gate.abroad, self.now) >= rules.RETURN_UNREPAIRED:
            return False
        return cover >= 0 or not self.model.lines[line].contracts

    def set_off(self, job: Job) -> None:
        """Send a need to its supplier, or let it wait at home while the line refuses it."""
        if self.lets_in(job) or self.gets_through(job):
            self.depart(job)
        else:
            self.wait_at_home(job, refused=True)

    def depart(self, job: Job) -> None:
        """A need leaves home for its supplier."""
        if job.at_home:
            self.leave_home(job)
        if job.is_lot:
            self.on_order(job.point, job.units)
        self.env.process(self.travel(job))

    def travel(self, job: Job) -> Process:
        """What becomes of a need that has left; `supply` says how."""
        raise NotImplementedError

    def wait_at_home(self, job: Job, refused: bool) -> None:
        """The need waits at home until the line reopens, or until another source or a shop at home takes it."""
        job.at_home = True
        self.at_home[job.line].append(job)
        if job.is_lot:
            self.points[job.point].lot = job
        job.unfunded, job.asks_at = self.waits_for_money(job), -1
        self.wait_for_money(job, 1)
        self.plan_to_ask(job)
        if refused:
            clause = "overhaul" if self.model.lines[job.line].kind == "overhaul" else "new_orders"
            clauses = (clause,) if job.route is None else (clause, "repairs_abroad")
            self.touch(job.line, "orders_refused", clauses, self.now, self.now + 1, job.cover)
        self.request_settle()

    def sent_home(self, job: Job, refused: bool) -> None:
        """A need that had set off is back home; what it takes is drawn afresh when it sets off again."""
        job.attempts += 1
        if job.is_lot:
            self.on_order(job.point, -job.units)
        if self.gets_through(job):
            self.depart(job)
        else:
            self.wait_at_home(job, refused)

    def leave_home(self, job: Job) -> None:
        """A need no longer waits at home."""
        self.at_home[job.line].remove(job)
        job.at_home, job.leaves_at = False, -1
        if job.is_lot:
            self.points[job.point].lot = None
        self.wait_for_money(job, -1)

    def wait_for_money(self, job: Job, change: int) -> None:
        """Holes are down for money, not parts, while a need of theirs waits for money (R-S4)."""
        if not job.unfunded:
            return
        before = self.points[job.point].unfunded
        self.points[job.point].unfunded += change
        if before and before + change:
            return
        served = (self.points[p] for p, point in enumerate(self.model.points) if job.point in (p, point.depot))
        for waiting in (one for point in served for one in point.queue):
            if isinstance(waiting, Position):
                self.touch_system(waiting.system)

    def plan_to_ask(self, job: Job) -> None:
        """A need that waits for money is asked for again after a while, where a halt says so (ENGINE 41)."""
        if not (job.at_home and job.unfunded) or job.asks_at > self.now:
            return
        gate = self.gate(job)
        pause = gate.retry[rules.segment(gate.times, self.now)]
        if self.now + pause < self.model.horizon:
            job.asks_at = at = self.now + pause
            self.clock.after(pause, Kind.ARRIVAL, (Flow.FUNDS, job.line, job.serial), partial(self.ask_again, job),
                             lambda: job.at_home and job.asks_at == at and self.waits_for_money(job))  # fmt: skip

    def ask_again(self, job: Job) -> None:
        """A need that waits for money is asked for again: paid for, or it waits on (R-H1 new_orders)."""
        job.asks += 1
        if self.lets_in(job):
            self.depart(job)
        else:
            self.plan_to_ask(job)
        self.request_settle()

    def gets_through(self, job: Job) -> bool:
        """True when a refused consignment passes: a number is let through, or it leaks (R-H1, ENGINE 19).

        Every halt that refuses it must let it pass; those that leak are drawn together, once a try.
        """
        refusing = self.refusing(job) if self.model.lines[job.line].kind in BOUGHT else []
        passing = [h for h in refusing if self.passed[h.index] < self.model.halts[h.index].passes]
        leaks = [leak for h in refusing if h not in passing and (leak := self.model.halts[h.index].leak)]
        if not passing and not leaks:
            return False
        is_blocked = len(passing) + len(leaks) < len(refusing) or self.lacks_money(job)
        if is_blocked or (leaks and not self.leaks_out(job, leaks)):
            self.plan_retry(job, leaks)
            return False
        for halt in passing:
            self.passed[halt.index] += 1
        for halt in refusing:
            job.passed |= 1 << halt.index
        return True

    def leaks_out(self, job: Job, leaks: list[Leak]) -> bool:
        """One try to get a consignment through the halts that refuse it."""
        key, k = self.stream(job), (job.serial << 20) + job.tries
        job.tries, job.drawn = job.tries + 1, True
        u = self.uniforms(Purpose.LEAK, key, k)
        if u[0] >= math.prod(self.value(leak.probability) for leak in leaks):
            return False
        for leak in leaks:
            job.late += self.seconds(leak.delay, u[1], Purpose.LEAK, 1, key, k)
            job.price *= self.value(leak.price)
            job.quality *= self.value(leak.quality)
        return True

    def longer_way(self, job: Job) -> int:
        """By how much the halts in force slow what is despatched now; all by one draw (R-H1 slow_by)."""
        line, contract = self.model.lines[job.line], self.contract_of(job.line, job.cover)
        key, k = self.stream(job), job.serial * 1024 + job.attempts
        longer = 0
        for halt in self.world.halts:
            law, holds = self.model.halts[halt.index].slow_by, halt.begin <= self.now < halt.end
            if law is None or not holds or job.passed >> halt.index & 1 or not acts_on(halt, line, contract):
                continue
            delay = self.seconds(law, self.uniforms(Purpose.SLOW, key, k)[0], Purpose.SLOW, 0, key, k)
            if delay:
                first = next(index for index, since, until in halt.members if since <= self.now < until)
                self.result.touched[first][TOUCHES.index("consignments_held")] += 1
            longer += delay
        return longer

    def plan_retry(self, job: Job, leaks: list[Leak]) -> None:
        """A need that did not get through tries again after a while, where a halt says so (ENGINE 19)."""
        pauses = [draws.delay_seconds(self.value(leak.retry)) for leak in leaks if leak.retry >= 0]
        if pauses and self.now + min(pauses) < self.model.horizon:
            wait = max(1, min(pauses))
            job.retries_at = at = self.now + wait
            self.clock.after(wait, Kind.ARRIVAL, (Flow.RETRY, job.line, job.serial), partial(self.try_again, job),
                             lambda: job.at_home and job.retries_at == at)  # fmt: skip

    def try_again(self, job: Job) -> None:
        """A need that waits at home tries once more to get through."""
        if self.gets_through(job):
            self.depart(job)
        self.request_settle()

    def refusing(self, job: Job) -> list[HaltSpan]:
        """The halts in force that refuse a need."""
        line, contract = self.model.lines[job.line], self.contract_of(job.line, job.cover)
        in_force = (halt for halt in self.world.halts if halt.begin <= self.now < halt.end)
        found = []
        for halt in in_force:
            if acts_on(halt, line, contract) and not job.passed >> halt.index & 1:
                orders = not honours(halt, job.cover >= 0) and halt.says.level("new_orders") >= rules.REFUSE
                sent = job.route is not None and halt.says.level("repairs_abroad") >= rules.RETURN_UNREPAIRED
                if orders or sent:
                    found.append(halt)
        return found

    def line_changes(self, line: int) -> None:
        """A gate of the line changes: who waits at home may go, or systems must leave the queue."""
        self.lines_changed.add(line)
        self.request_settle()

    def contract_changes(self, c: int) -> None:
        """A contract begins or ends: needs still waiting at home are tested for cover again."""
        for line, model_line in enumerate(self.model.lines):
            if c in model_line.contracts:
                for job in self.at_home[line]:
                    cover = cover_at(self.model, self.world, line, self.now)
                    job.cover = cover if cover >= 0 else job.cover
                self.lines_changed.add(line)
        self.request_settle()

    def release(self) -> None:
        """Reopening is a release queue: those the line takes now, in order, at once or over a ramp (R-H2)."""
        for line in sorted(self.lines_changed):
            ready = []
            for job in sorted(self.at_home[line], key=lambda one: one.raised):
                if self.lets_in(job):
                    ready += [job] if job.leaves_at <= self.now else []
                    continue
                job.leaves_at = -1
                if not job.drawn and self.gets_through(job):
                    self.depart(job)
                elif job.unfunded != self.waits_for_money(job):
                    self.leave_home(job)
                    self.wait_at_home(job, refused=False)
                self.plan_to_ask(job)
            self.let_go(line, ready)
        self.lines_changed.clear()

    def let_go(self, line: int, ready: list[Job]) -> None:
        """Needs leave a line that takes them: at once, or spread over the ramp of a halt that ends now."""
        ramp = next(((long, newest) for t, long, newest in self.world.ramps[line] if t == self.now), None)
        if ramp is not None and ramp[1]:
            ready.reverse()
        for k, job in enumerate(ready):
            if job.is_lot:
                self.leave_home(job)  # the policy is applied anew
            elif ramp is None:
                self.depart(job)
            else:
                wait = rules.staggered(0, ramp[0], k, len(ready))
                job.leaves_at = self.now + wait
                self.clock.after(wait, Kind.ARRIVAL, (Flow.RELEASE, line, job.serial),
                                 partial(self.leave_backlog, job), partial(self.is_turn_of, job))  # fmt: skip

    def is_turn_of(self, job: Job) -> bool:
        """True when the turn of a need that waits at home is now."""
        return job.at_home and job.leaves_at == self.now

    def leave_backlog(self, job: Job) -> None:
        """The turn of a need that waited comes, unless the line is shut again."""
        if self.lets_in(job):
            self.depart(job)
        self.request_settle()

    def touch(self, line: int, what: str, clauses: tuple[str, ...], begin: int, end: int, cover: int = -1) -> None:
        """Put down to the halts in force what they did to a line, to something under one of its contracts (R-H5)."""
        keeper, contract = self.model.lines[line], self.contract_of(line, cover)
        for halt in self.world.halts:
            honoured = honours(halt, cover >= 0)
            least = REFUSING if what == "orders_refused" else {}
            strict = [c for c in clauses if halt.says.level(c) >= least.get(c, 1)
                      and not (honoured and c in PASSED_UNDER_CONTRACT)]  # fmt: skip
            pays_a_share = halt.fund < 1.0 and not honoured and keeper.kind in BOUGHT
            if pays_a_share and what == "orders_refused" and "new_orders" in clauses:
                strict.append("fund")
            if strict and acts_on(halt, keeper, contract):
                first = next((index for index, since, until in halt.members if since < end and begin < until), None)
                if first is not None:
                    self.result.touched[first][TOUCHES.index(what)] += 1
