"""What the recipient does about a halt (MODEL section 7)."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import Any

from armsim.engines.core import later
from armsim.engines.systems import Systems
from armsim.model import draws
from armsim.model.draws import Purpose
from armsim.model.order import NEVER, Kind
from armsim.model.timeline import sum_of
from armsim.model.trajectory import State

#: Steps in which a build-up grows.
STEPS = 12


class Recipient(Systems):
    """The responses of the recipient."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.taught = [0] * len(self.model.responses)

    def plan_response(self, r: int) -> None:
        """A response with a date, or so long after a halt, begins then (section 7)."""
        response = self.model.responses[r]
        begin = self.date(response.begins) if response.begins >= 0 else 0
        followed = max(response.after, response.notice)
        if followed >= 0:
            begin = self.world.begins[followed]
        announced = self.model.halts[followed].announced if response.notice >= 0 else None
        if announced is not None and begin < NEVER:
            begin = announced
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
        self.active[r], self.begun[r] = True, self.now
        self.turn[r], self.turn_used[r], self.turn_asked[r] = -1, -1, -1
        self.spend("responses", self.model.responses[r].cost)
        self.apply_responses()
        self.build_up(r)
        self.act_at_once(r)

    def end_response(self, r: int) -> None:
        """A response ends; what was before holds again."""
        self.active[r] = False
        response = self.model.responses[r]
        if response.kind == "train_crews":
            self.teach(r, 0)
        self.apply_responses()

    def apply_responses(self) -> None:
        """What all active responses together mean for each fleet: the deepest cut in flying, robbing if any says so."""
        active = [response for r, response in enumerate(self.model.responses) if self.active[r]]
        for f, fleet in enumerate(self.fleets):
            mine = [response for response in active if f in response.fleets]
            fleet.factor = min((self.value(one.fly) for one in mine if one.kind == "fly_less"), default=1.0)
            robbing = [one for one in mine if one.kind == "cannibalise"]
            fleet.policy = max([self.model.fleets[f].policy, *(one.policy for one in robbing)])
            fleet.damage = max([self.value(self.model.fleets[f].rob_damage),
                                *(self.value(one.damage) for one in robbing)])  # fmt: skip
            fleet.changed = True
        self.request_settle()

    def build_up(self, r: int) -> None:
        """Shares of repair at home and of training, and people, come step by step over the build-up."""
        response = self.model.responses[r]
        if response.kind != "train_crews" and (response.kind != "repair_at_home" or response.per_year >= 0):
            return
        long = draws.delay_seconds(self.value(response.build_up)) if response.build_up >= 0 else 0
        steps = max(1, response.people) * (STEPS if response.share >= 0 else 1) if long else 1
        self.built[r] = 0.0
        since = self.begun[r]
        for k in range(1, steps + 1):
            at = long * k // steps
            if self.now + at < self.model.horizon:
                self.clock.after(at, Kind.RESPONSE, (r, 3, k), partial(self.built_up, r, k, steps),
                                 lambda: self.active[r] and self.begun[r] == since)  # fmt: skip

    def built_up(self, r: int, k: int, steps: int) -> None:
        """A step of the build-up is reached."""
        self.built[r] = k / steps
        response = self.model.responses[r]
        if response.kind == "train_crews":
            self.teach(r, response.people * k // steps)
        self.request_settle()

    def teach(self, r: int, people: int) -> None:
        """More own people, or more tasks that they can do, in the pools of a training (section 7)."""
        response = self.model.responses[r]
        for p in response.pools:
            pool = self.pools[p]
            pool.trained += people - self.taught[r]
            pool.learnt = sum_of(
                self.value(one.share) * self.built[k] for k, one in enumerate(self.model.responses)
                if self.active[k] and one.kind == "train_crews" and p in one.pools and one.share >= 0
            )  # fmt: skip
            self.pool_changes(p)
        self.taught[r] = people

    def act_at_once(self, r: int) -> None:
        """What a response does once, when it begins (section 7)."""
        response = self.model.responses[r]
        if response.kind == "stockpile":
            for i in response.items:
                points = [p for p, point in enumerate(self.model.points) if point.item == i and point.depot < 0]
                for k in range(response.units if points else 0):
                    self.order(points[k % len(points)])
        elif response.kind == "harvest":
            at_home = [s for s in self.worst(response.fleets) if s.overhaul != "in work"]
            for system in at_home[: response.systems]:
                self.leave(system, self.value(response.yields))
        elif response.kind == "defer":
            for f in response.fleets:
                for system in self.fleets[f].systems:
                    if system.on_books and system.overhaul == "due" and not system.deferred:
                        self.defer(system, r)
        elif response.kind == "extend_life" and response.of_life:
            self.extend_lives(r)
        self.request_settle()

    def extend_lives(self, r: int) -> None:
        """The life limits nearest by are moved."""
        response = self.model.responses[r]
        use, days = self.interval(response.gains)
        limited = [s for f in response.fleets for s in self.fleets[f].systems
                   if s.on_books and min(s.life_at, s.life_on) < NEVER]  # fmt: skip
        limited.sort(key=lambda s: (s.life_on, later(s.life_at, -self.reading(s)), s.fleet, s.slot))
        for system in limited if response.systems < 0 else limited[: response.systems]:
            left_use = later(system.life_at, (0 if use >= NEVER else use) - self.reading(system))
            left_days = later(system.life_on, (0 if days >= NEVER else days) - self.now)
            self.first_due(system, "life", 0, (left_use, left_days))

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
