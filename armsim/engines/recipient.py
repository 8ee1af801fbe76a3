"""What the recipient does about a halt (MODEL section 7)."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import Any

from armsim.engines.core import YEAR
from armsim.engines.systems import Systems
from armsim.model import draws, rules
from armsim.model.draws import Purpose
from armsim.model.order import NEVER, Kind
from armsim.model.trajectory import State


class Recipient(Systems):
    """The responses of the recipient."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        n = len(self.model.responses)
        self.active, self.armed, self.pending = [False] * n, [False] * n, [False] * n
        self.begun, self.turn_used, self.turn_asked = [0] * n, [-1] * n, [-1] * n

    def plan_response(self, r: int) -> None:
        """A response with a date, or so long after a halt, begins then (section 7)."""
        response = self.model.responses[r]
        begin = self.date(response.begins) if response.begins >= 0 else 0
        if response.after >= 0:
            members = [member for halt in self.world.halts for member in halt.members]
            begin = next((since for index, since, _ in members if index == response.after), NEVER)
        if begin >= NEVER or not self.succeeds(r):
            return
        begin = max(0, begin) + draws.delay_seconds(self.value(response.delay))
        if begin < self.model.horizon:
            self.clock.after(begin - self.now, Kind.RESPONSE, (r, 0, 0), lambda: self.begin_response(r))

    def succeeds(self, r: int) -> bool:
        """Whether a programme succeeds: drawn once per world (ENGINE 22)."""
        response = self.model.responses[r]
        key = draws.entity_key(f"responses/{response.name}/succeeds")
        u = draws.uniforms(self.seed, Purpose.RESPONSE, self.world.number, draws.WORLD_REPLICATION, key, 0)[0]
        return u < self.value(response.succeeds)

    def begin_response(self, r: int) -> None:
        """A response takes hold; it changes only decisions taken from now on (R-H2)."""
        self.pending[r] = False
        end = self.date(self.model.responses[r].ends)
        if self.now >= end:
            return
        if end < self.model.horizon:
            self.clock.after(end - self.now, Kind.RESPONSE, (r, 1, 0), lambda: self.end_response(r))
        self.active[r] = True
        self.apply_responses()
        self.begun[r], self.turn_used[r], self.turn_asked[r] = self.now, -1, -1

    def end_response(self, r: int) -> None:
        """A response ends; what was before holds again."""
        self.active[r] = False
        self.apply_responses()

    def apply_responses(self) -> None:
        """What all active responses together mean for each fleet: the deepest cut in flying, robbing if any says so."""
        active = [response for r, response in enumerate(self.model.responses) if self.active[r]]
        for f, fleet in enumerate(self.fleets):
            mine = [response for response in active if f in response.fleets]
            fleet.factor = min((self.value(one.fly) for one in mine if one.kind == "fly_less"), default=1.0)
            robbing = [self.value(one.damage) for one in mine if one.kind == "cannibalise"]
            fleet.robs = self.model.fleets[f].robs or bool(robbing)
            fleet.damage = max([self.value(self.model.fleets[f].rob_damage), *robbing])
            fleet.changed = True
        self.request_settle()

    def turn_length(self, r: int) -> int:
        """Seconds in which another source takes one need."""
        return max(1, int(YEAR / self.value(self.model.responses[r].per_year)))

    def turn_now(self, r: int) -> int:
        """The number of the present turn of another source, from 0 at its beginning."""
        return (self.now - self.begun[r]) // self.turn_length(r)

    def has_turn(self, r: int) -> bool:
        """True when another source can take one more need: one in each turn, a turn not used is not saved up."""
        spacing, turn = self.turn_length(r), self.turn_now(r)
        if turn > self.turn_used[r]:
            return True
        following = self.turn_used[r] + 1
        at = self.begun[r] + following * spacing
        if self.turn_asked[r] < following and at < self.model.horizon:
            self.turn_asked[r] = following
            self.clock.after(at - self.now, Kind.RESPONSE, (r, 2, 0), self.request_settle,
                             lambda: self.active[r] and self.turn_asked[r] == following)  # fmt: skip
        return False

    def use_other_sources(self) -> None:
        """Another source takes the oldest need that its main line refuses (section 7)."""
        for r, response in enumerate(self.model.responses):
            if not self.active[r] or response.kind != "other_source":
                continue
            mains = {self.model.items[i].line: line for i, line in zip(response.items, response.lines)}
            waiting = [job for main in sorted(mains) for job in self.at_home[main] if job.route is None]
            if not waiting or not self.has_turn(r):
                continue
            job = min(waiting, key=lambda one: one.raised)
            source_line = mains[job.line]
            gate = self.world.uncovered[source_line]
            if rules.level_at(gate.times, gate.orders, self.now) >= rules.REFUSE:
                continue
            self.at_home[job.line].remove(job)
            self.turn_used[r] = self.turn_now(r)
            moved = self.new_job(source_line, job.point)
            moved.raised, moved.quality, moved.source = job.raised, self.value(response.quality), r
            self.env.process(self.resupply(moved))

    def check_triggers(self) -> None:
        """Responses that watch a measure begin and end when it crosses, with hysteresis (ENGINE 21)."""
        for r, response in enumerate(self.model.responses):
            if response.when is None or not self.armed[r]:
                continue
            if not self.active[r] and not self.pending[r] and self.crosses(r, response.when):
                if not self.succeeds(r):
                    self.armed[r] = False
                    continue
                self.pending[r] = True
                delay = draws.delay_seconds(self.value(response.delay))
                self.clock.after(delay, Kind.RESPONSE, (r, 0, 0), partial(self.begin_response, r))
                continue
            is_over = response.until_when is not None and self.crosses(r, response.until_when)
            if self.active[r] and not self.pending[r] and is_over:
                self.pending[r] = True
                self.clock.after(0, Kind.RESPONSE, (r, 1, 0), partial(self.trigger_over, r))

    def trigger_over(self, r: int) -> None:
        """A watched measure has recovered."""
        self.pending[r] = False
        self.end_response(r)

    def crosses(self, r: int, trigger: tuple[str, bool, Fraction, str]) -> bool:
        """True when a fleet's measure is past the threshold, compared in whole numbers."""
        measure, below, threshold, of = trigger
        f = self.model.responses[r].fleets[0]
        counts = self.fleets[f].counts
        here = measured(measure, counts)
        base: Any = 1
        if of == "authorised":
            base = Fraction(str(self.model.fleets[f].authorised))
        elif of:
            base = measured(of, counts)
        return here < threshold * base if below else here > threshold * base


def measured(measure: str, counts: list[int]) -> int:
    """A measure of MODEL section 8 from the counts by state."""
    on_hand = sum(counts) - counts[State.LOST]
    sums = {
        "on_hand": on_hand,
        "permitted": on_hand - counts[State.LIMIT],
        "possessed": on_hand - counts[State.OVERHAUL],
        "mc": counts[State.FMC] + counts[State.PMC],
    }
    return sums[measure] if measure in sums else counts[State[measure.upper()]]
