"""Other sources of units, and the turns in which responses work (MODEL section 7)."""

from __future__ import annotations

from typing import Any

from armsim.engines.core import YEAR
from armsim.engines.entities import Job
from armsim.engines.gates import Gates
from armsim.model import draws, rules
from armsim.model.draws import Purpose
from armsim.model.order import NEVER, Kind


class Sources(Gates):
    """What other sources take, one need a turn."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        n = len(self.model.responses)
        self.turn, self.turn_used, self.turn_asked, self.taken = [-1] * n, [-1] * n, [-1] * n, [0] * n

    def turn_begins(self, r: int, n: int) -> int:
        """When the n-th turn of a response's capacity begins."""
        response = self.model.responses[r]
        build_up = draws.delay_seconds(self.value(response.build_up)) if response.build_up >= 0 else 0
        return self.begun[r] + rules.turn_begins(n, self.value(response.per_year), build_up, YEAR)

    def has_turn(self, r: int) -> bool:
        """True when a response can take one more need; if it cannot, the next turn is looked forward to."""
        if self.model.responses[r].per_year < 0 or self.turn_is_left(r):
            return True
        following = self.turn_used[r] + 1
        at = self.turn_begins(r, following)
        if self.turn_asked[r] < following and at < self.model.horizon:
            self.turn_asked[r] = following
            self.clock.after(at - self.now, Kind.RESPONSE, (r, 2, 0), self.request_settle,
                             lambda: self.active[r] and self.turn_asked[r] == following)  # fmt: skip
        return False

    def turn_is_left(self, r: int) -> bool:
        """True when the turn of now is not used: one need in each turn, a turn not used is not saved up."""
        while self.turn_begins(r, self.turn[r] + 1) <= self.now:
            self.turn[r] += 1
        return self.turn[r] > self.turn_used[r]

    def use_turn(self, r: int) -> None:
        """A turn of a response's capacity is used."""
        self.turn_used[r] = self.turn[r]
        self.taken[r] += 1

    def use_other_sources(self) -> None:
        """Another source takes the oldest need that its main line refuses, one in each turn (section 7)."""
        for r, response in enumerate(self.model.responses):
            if self.active[r] and response.kind == "other_source":
                while (job := self.oldest_open_to(r)) is not None and self.has_turn(r):
                    self.use_turn(r)
                    self.take_over(r, job)

    def own_lines(self, r: int) -> dict[int, int]:
        """The line of another source for each line of which it takes needs."""
        return dict(self.model.responses[r].stands_for)

    def works(self, own: int) -> bool:
        """True when no halt refuses what goes along a line of another source."""
        return self.is_open(self.world.uncovered[own], self.model.lines[own].kind == "repair")

    def oldest_open_to(self, r: int) -> Job | None:
        """The oldest need that waits at home and that another source may take now."""
        waiting = []
        for main, own in self.own_lines(r).items():
            if self.works(own):
                waiting += [job for job in self.at_home[main] if job.barred.get(r, -1) <= self.now]
        return min(waiting, key=lambda one: one.raised, default=None)

    def take_over(self, r: int, job: Job) -> None:
        """Another source takes a need, and delivers it or not."""
        if not self.delivers(r):
            self.bar(r, job)
            return
        moved = self.handed_over(r, job)
        if job.is_lot:
            self.on_order(job.point, 1)
        else:
            self.leave_home(job)
        self.depart(moved)

    def handed_over(self, r: int, job: Job) -> Job:
        """A need as another source has it, on a line of its own."""
        response = self.model.responses[r]
        moved = self.new_job(self.own_lines(r)[job.line], job.point)
        moved.raised, moved.quality, moved.source = job.raised, self.value(response.quality), r
        moved.route, moved.position_key, moved.removal = job.route, job.position_key, job.removal
        moved.price = self.value(response.price) if response.price >= 0 else 1.0
        return moved

    def delivers(self, r: int) -> bool:
        """Whether another source really delivers the need it took."""
        response = self.model.responses[r]
        key = draws.entity_key(f"responses/{response.name}/each")
        return self.uniforms(Purpose.EACH, key, self.taken[r])[0] < self.value(response.each)

    def bar(self, r: int, job: Job) -> None:
        """A need another source did not deliver stays at home; it is asked again after a while, or never."""
        retry = self.model.responses[r].retry
        job.barred[r] = self.now + draws.delay_seconds(self.value(retry)) if retry >= 0 else NEVER
        if job.barred[r] < self.model.horizon:
            self.clock.after(job.barred[r] - self.now, Kind.RESPONSE, (r, 4, job.serial), self.request_settle,
                             lambda: job.at_home)  # fmt: skip

    def bought_beside(self, job: Job) -> bool:
        """True when another source takes a new need though its line would: a share of them, by one draw (section 7)."""
        item, shares = self.model.points[job.point].item, 0.0
        for r, response in enumerate(self.model.responses):
            if self.active[r] and response.dual_sourcing >= 0 and item in response.items:
                shares += self.value(response.dual_sourcing)
                if self.uniforms(Purpose.DUAL_SOURCING, self.stream(job), job.serial)[0] < shares:
                    return self.takes_at_once(r, job)
        return False

    def takes_at_once(self, r: int, job: Job) -> bool:
        """Another source takes and delivers a new need now; what waits at home comes first."""
        if not self.works(self.own_lines(r)[job.line]) or self.oldest_open_to(r) is not None:
            return False
        if not self.turn_is_left(r):
            return False
        self.use_turn(r)
        if not self.delivers(r):
            return False
        self.depart(self.handed_over(r, job))
        return True
