"""What happened to one system of one run, as dated sentences.

The log alone does not say which item failed or what a system waits for, so the reference engine is watched after
every settle, as the audit does, and every change of the system is told. Watching changes nothing (tested).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from armsim.errors import RunFailed, UsageError, did_you_mean
from armsim.model import events
from armsim.model.arrays import Model
from armsim.model.compile import compile_scenario
from armsim.model.order import Entity, Kind
from armsim.model.timeline import draw_world
from armsim.model.trajectory import State
from armsim.scenario.phrases import day, listed
from armsim.scenario.scenario import Scenario
from armsim.study.trace import check_run

if TYPE_CHECKING:
    from armsim.engines.entities import Position, System, Task, Unit
    from armsim.engines.reference import Replication

UP = (State.FMC, State.PMC)
REASONS = {
    "overhaul": "at overhaul", "limit": "at its overhaul limit", "permission": "without permission to operate",
    "regeneration": "made fit to fly again",
}  # fmt: skip
REGENERATION = {
    "queued": "was down for long and waits to be made fit to fly",
    "in work": "is made fit to fly again",
    "": "is fit to fly again",
}


@dataclass(frozen=True)
class Story:
    """The sentences, in order of time, and how the run ended where it failed."""

    title: str
    lines: tuple[str, ...]
    failure: str = ""

    @property
    def text(self) -> str:
        """The story as a person reads it."""
        return "\n".join([self.title, "-" * len(self.title), *self.lines]) + "\n"


def place_of(model: Model, name: str) -> tuple[int, int]:
    """FLEET/NUMBER as indices. Raises UsageError for what is not there."""
    fleet, slash, number = name.partition("/")
    names = [one.name for one in model.fleets]
    if fleet not in names:
        raise UsageError(f"there is no fleet '{fleet}'; {did_you_mean(fleet, names)}")
    most = model.fleets[names.index(fleet)].most
    if not slash or not (number.isascii() and number.isdigit()) or int(number) >= most:
        has = f"systems {fleet}/0 to {fleet}/{most - 1}" if most > 1 else f"one system, {fleet}/0"
        raise UsageError(f"there is no system '{name}'; fleet '{fleet}' has {has}")
    return names.index(fleet), int(number)


def story(scenario: Scenario, name: str, *, seed: int, world: int = 0, replication: int = 0) -> Story:
    """What happens to the system `name`, such as 'kfir/3', in one replication of a scenario. Raises UsageError."""
    from armsim.engines.reference import simulate

    check_run(world, replication)
    model = compile_scenario(scenario)
    f, slot = place_of(model, name)
    log: list[tuple[int, int, Entity]] = []
    watcher, failure = Watcher(f, slot, log), ""
    try:
        simulate(model, draw_world(model, seed, world), seed, replication, log, watcher)
    except RunFailed as error:
        failure = str(error)
    title = f"{name} in {scenario.name}, variant {scenario.variant_name}, world {world}, replication {replication}, "
    return Story(f"{title}seed {seed}", tuple(watcher.lines(model)), failure)


@dataclass
class Seen:
    """A system as it was after a settle."""

    on_books: bool
    gone: bool
    state: State | None
    down: str
    overhaul: str
    overhauls: int
    regeneration: str
    forbidden: bool
    deferred: bool
    limits: tuple[int, int, int]  # of loss and life in use, of life by date
    units: list[Unit | None]
    tasks: dict[tuple[str, int], tuple[Task, bool]]  # and whether a crew has it in hand


@dataclass
class Watcher:
    """Called after every settle: tells what has changed about one system since the last."""

    fleet: int
    slot: int
    log: list[tuple[int, int, Entity]]
    told: list[tuple[int, list[str]]] = field(default_factory=list)
    before: Seen | None = None
    owners: dict[int, tuple[Unit, str]] = field(default_factory=dict)  # who has a unit fitted
    robbed_from: dict[int, str] = field(default_factory=dict)  # by position
    since: int = 0
    seconds: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})  # up, down

    def __call__(self, r: Replication) -> None:
        """Look at the system once the simulation has begun; what the warm-up did to it shows in how it begins."""
        if r.now < 0:
            return
        system = r.fleets[self.fleet].systems[self.slot]
        now = seen(r, system)
        if self.before is not None and self.before.on_books:
            self.seconds[self.before.state in UP] += r.now - self.since
        self.since = r.now
        if self.before is None:
            self.tell(r.now, [f"at the start: {now.down}" if now.on_books else now.down])
        else:
            self.tell(r.now, self.changes(r, system, self.before, now))
        self.before, self.owners = now, fitted(r)
        for rank, position in enumerate(system.positions):
            if position.robbed is None:
                self.robbed_from.pop(rank, None)
        if r.now >= r.model.horizon:
            self.tell(r.now, [f"at the end: {now.down}"])

    def tell(self, t: int, sentences: list[str]) -> None:
        """Keep what happened at an instant together."""
        if not sentences:
            return
        if self.told and self.told[-1][0] == t:
            self.told[-1][1].extend(sentences)
        else:
            self.told.append((t, sentences))

    def lines(self, model: Model) -> list[str]:
        """What was told, dated, and how much of its time on the books the system was ready."""
        made = []
        for t, sentences in self.told:
            when = model.start + timedelta(days=t // 86400)
            hour = f"{t % 86400 // 3600:02d}:{t % 3600 // 60:02d}"
            made.append(f"{day(when)}, {hour}: {'; '.join(sentences)}.")
        total = sum(self.seconds.values())
        if total:
            made.append(f"Ready {100 * self.seconds[True] / total:.0f}% of its {total / 86400:,.0f} days on the books.")
        return made

    def changes(self, r: Replication, system: System, was: Seen, now: Seen) -> list[str]:
        """What has changed, in the order in which it comes about."""
        if now.gone and not was.gone:
            return [f"leaves the books: {self.why_gone(r, system, was)}"]
        if now.on_books and not was.on_books:
            return [f"delivered; {now.down}"]
        if not now.on_books:
            return []
        found = [*self.units(r, system, was), *tasks(r, was, now), *overhauls(was, now)]
        if now.regeneration != was.regeneration:
            found.append(REGENERATION[now.regeneration])
        if now.forbidden != was.forbidden:
            found.append("may no longer operate" if now.forbidden else "may operate again")
        if now.down != was.down:
            found.append(now.down)
        return found

    def why_gone(self, r: Replication, system: System, was: Seen) -> str:
        """Why a system has left the books, from the limits it had and the events of this instant."""
        lost, life, life_on = was.limits
        today = [(kind, entity) for t, kind, entity in reversed(self.log[-1000:]) if t == r.now]
        if lost <= system.clock:
            return "lost in flying"
        if life <= system.clock or life_on <= r.now:
            return "its life limit is reached"
        for kind, (first, second, _) in today:
            if kind == Kind.EXPIRY and first == self.fleet and second in (events.DATED_LOSS, events.RETIREMENT):
                return "lost" if second == events.DATED_LOSS else "retired"
        if was.overhaul == "in work":
            return "seized or spoilt at its overhaul"
        return "retired for its parts"

    def units(self, r: Replication, system: System, was: Seen) -> list[str]:
        """Units that have failed, reached a limit, been taken or come in."""
        found = []
        for rank, (position, unit) in enumerate(zip(system.positions, was.units)):
            name = events.position_name(r.model, self.fleet, rank)
            if unit is not None and position.unit is not unit:
                found.append(f"{name} {self.why_out(r, position, unit)}")
            if position.robbed is not None and rank not in self.robbed_from:
                self.robbed_from[rank] = self.owner(position.robbed)
                found.append(f"{name} is taken from {self.robbed_from[rank]} for it")
            elif position.unit is not None and position.unit is not unit:
                moved = id(position.unit) in self.owners and rank not in self.robbed_from
                source = f", taken from {self.owner(position.unit)}" if moved else ""
                found.append(f"{name} is in{source}")
        return found

    def owner(self, unit: Unit) -> str:
        """Which system had a unit fitted after the last settle."""
        held = self.owners.get(id(unit))
        return held[1] if held is not None else "another system"

    def why_out(self, r: Replication, position: Position, unit: Unit) -> str:
        """Why a unit is no longer fitted: what it carries with it shows what it has reached."""
        for fleet in r.fleets:
            for other in (s for s in fleet.systems if s is not position.system):
                if any(p.unit is unit or p.robbed is unit for p in other.positions):
                    return f"is taken for {events.system_name(r.model, other.fleet, other.slot)}"
        if min(unit.fails_at, unit.hard_at) <= 0:
            return "fails" if unit.fails_at <= unit.hard_at else "reaches its hard life"
        if min(unit.fails_on, unit.hard_on, unit.expires_on) <= 0:
            return "fails" if unit.fails_on <= 0 else "reaches its hard life" if unit.hard_on <= 0 else "expires"
        return "fails"  # a fixed demand strikes, or it was damaged when it was moved


def seen(r: Replication, system: System) -> Seen:
    """A system as it is now."""
    return Seen(
        system.on_books, system.gone, system.state, condition(r, system), system.overhaul, system.overhauls,
        system.regeneration, system.forbidden, system.deferred, (system.lost_at, system.life_at, system.life_on),
        [position.unit for position in system.positions],
        {sort: (task, task.party >= 0) for sort, task in system.tasks.items()},
    )  # fmt: skip


def condition(r: Replication, system: System) -> str:
    """The state of a system in words, and why it is not ready."""
    if not system.on_books:
        return "off the books" if system.gone else "not yet on the books"
    lacks = listed(dict.fromkeys(r.model.items[p.item].name for p in system.positions if p.unit is None))
    if system.state == State.FMC:
        return "ready" + (f", without {lacks}" if lacks else "")
    if system.state == State.PMC:
        return f"ready for part of its work, without {lacks}"
    parts = []
    for wanted, words in (("parts", "part"), ("money", "money for part")):
        names = list(dict.fromkeys(f"'{r.model.items[i].name}'" for why, i in system.reasons if why == wanted))
        if names:
            parts.append(f"waits for {words}{'s' if len(names) > 1 else ''} {listed(names)}")
    works = [task for task in system.tasks.values() if task.grounds]
    if any(why == "work" for why, _ in system.reasons):
        parts.append("in work" if any(task.party >= 0 for task in works) else "waits for a crew")
    parts += [REASONS[why] for why, _ in system.reasons if why in REASONS]
    return f"down: {', '.join(parts)}" if parts else "down"


def fitted(r: Replication) -> dict[int, tuple[Unit, str]]:
    """Every fitted unit and whose it is."""
    return {
        id(position.unit): (position.unit, events.system_name(r.model, system.fleet, system.slot))
        for system in r.systems() for position in system.positions if position.unit is not None
    }  # fmt: skip


def work_words(r: Replication, task: Task) -> str:
    """What a crew does on a system."""
    what, k = task.sort
    if what == "replace":
        return f"work to put in {events.position_name(r.model, task.system.fleet, k)}"
    many = len(getattr(r.model.fleets[task.system.fleet], "upkeep" if what == "upkeep" else "inspections")) > 1
    return what + (f" {k + 1}" if many else "")


def tasks(r: Replication, was: Seen, now: Seen) -> list[str]:
    """Work that falls due, is begun, dropped or done."""
    found = []
    for sort, (task, _) in was.tasks.items():
        if sort[0] != "replace" and now.tasks.get(sort, (None, False))[0] is not task:  # a part that is in is told
            found.append(f"{work_words(r, task)} is done")
    for sort, (task, in_hand) in now.tasks.items():
        words, (earlier, had) = work_words(r, task), was.tasks.get(sort, (None, False))
        pool = r.model.pools[task.pool].key
        if earlier is not task:
            due = " " if sort[0] == "replace" else " falls due and "
            found.append(f"{words}{due}" + (f"is begun by crew {pool}" if in_hand else f"waits for crew {pool}"))
        elif in_hand != had:
            found.append(f"{words} is begun by crew {pool}" if in_hand else f"{words} is dropped and waits again")
    return found


def overhauls(was: Seen, now: Seen) -> list[str]:
    """What has changed about its overhaul."""
    found, before = [], was.overhaul
    if now.deferred and not was.deferred:
        found.append("its overhaul is put off")
    if before == "in work" and (now.overhaul != "in work" or now.overhauls > was.overhauls):
        found.append("its overhaul is done" if now.overhaul == "" else "comes back from overhaul undone")
        before = "due"
    if before == "extending" and now.overhaul != "extending":
        found.append("its overhaul limit is extended")
        before = ""
    if before == now.overhaul or (now.overhaul == "" and before in ("due", "")):
        return found
    if before == "":
        found.append("its overhaul falls due")
    words = {"due": "its overhaul has to wait: the line takes nothing" if before == "queued" else "",
             "queued": "waits for a place at overhaul", "in work": "is taken in for overhaul",
             "extending": "its overhaul limit is being extended"}  # fmt: skip
    said = words.get(now.overhaul, "")
    return found + [said] * bool(said)
