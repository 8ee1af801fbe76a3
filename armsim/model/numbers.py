"""Values of the file -> parameters of the model: every uncertain number gets an index, units become seconds."""

from __future__ import annotations

from datetime import date
from typing import Any

from armsim import units
from armsim.model import arrays, draws
from armsim.scenario import things as written
from armsim.scenario.values import Value

LAWS = {
    "fixed": draws.FIXED, "exponential": draws.EXPONENTIAL, "lognormal": draws.LOGNORMAL,
    "uniform": draws.UNIFORM, "erlang": draws.ERLANG, "weibull": draws.WEIBULL,
}  # fmt: skip


Ends = tuple[float, float | None, float]


class Numbers:
    """Collects parameters on the way through a scenario."""

    def __init__(self, start: date) -> None:
        self.start = start
        self.parameters: list[arrays.Parameter] = []

    def key_path(self, path: str, value: Any) -> str:
        """What a value is drawn by: its place in the file, or the name it shares with others."""
        return path if value is None or value.drawn_as is None else f"drawn_as/{value.drawn_as}"

    def number(self, path: str, ends: Ends, log: bool = False, **law: Any) -> int:
        """The index of a new parameter."""
        parameter = arrays.Parameter(draws.entity_key(path), *ends, log, **law)
        self.parameters.append(parameter)
        return len(self.parameters) - 1

    def value(self, path: str, value: Value) -> int:
        """The index of a value that does not scatter."""
        return self.number(self.key_path(path, value), value.ends, value.log)

    def law(self, path: str, value: Value, ends: Any = None, default: str = "fixed") -> arrays.Law:
        """A value that scatters."""
        law, kind, shape = value.varies, LAWS[default], 0.0
        if law is not None:
            kind, shape = LAWS[law.kind], law.shape
            if law.kind == "lognormal" and not law.sd:
                shape = draws.lognormal_sd(shape)
        path, ends = self.key_path(path, value), ends or value.ends
        scale = self.number(path, ends, value.log, kind=kind, shape=shape, median=value.median)
        return arrays.Law(kind, scale, shape)

    def optional_law(self, path: str, value: Value | None) -> arrays.Law | None:
        """A law, or None for a time that was not given or is always zero."""
        return None if value is None or value.ends == (0, 0, 0) else self.law(path, value)

    def day(self, path: str, value: Any) -> int:
        """The index of a date, in days from the start; -1 for never."""
        if getattr(value, "never", False):
            return -1
        low, best, high = value.ends
        path = self.key_path(path, value)
        return self.number(path, (self.days(low), None if best is None else self.days(best), self.days(high)))

    def days(self, moment: date) -> float:
        """Days from the start of the simulation."""
        return float((moment - self.start).days)

    def seconds(self, moment: date) -> int:
        """Seconds from the start of the simulation."""
        return int(self.days(moment)) * units.SECONDS_PER_DAY

    def interval(self, path: str, life: Any) -> arrays.Interval:
        """A limit in use, in time, or both."""
        if life is not None and life.drawn_as is not None:
            uses, times = (self.key_path(path, life),) * 2
        else:
            uses, times = path + "/fh", path + "/days"
        use = self.number(uses, life.fh, life.log) if life is not None and life.fh else -1
        days = self.number(times, life.days, life.log) if life is not None and life.days else -1
        return arrays.Interval(use, days)

    def moment(self, raw: Any) -> tuple[bool, int]:
        """(is use, amount): nano-flown-seconds left, or seconds from the start (negative: before)."""
        kind, amount = raw
        if kind == "fh":
            return True, round(amount * 3.6e12)
        days = self.days(amount) if kind == "date" else amount
        return False, round(days * units.SECONDS_PER_DAY)

    def due(self, path: str, due: written.Due | None) -> arrays.Due | None:
        """The due form with its moments in seconds and use."""
        if due is None:
            return None
        listed = tuple(self.moment(raw) for raw in due.list_ or ())
        shift = -1 if due.shift is None else self.value(path + "/shift", due.shift)
        rest = due.then if due.then is not None else due
        if due.then is not None and due.then.shift is not None:
            shift = self.value(path + "/then/shift", due.then.shift)
        form = ""
        ends: tuple[tuple[bool, int], ...] = ()
        if rest.staggered is not None:
            form, ends = "staggered", tuple(self.moment(raw) for raw in rest.staggered)
        elif rest.random is not None:
            form, ends = "random", tuple(self.moment(raw) for raw in rest.random)
        elif rest.block is not None:
            moments = [(self.moment(written.read_moment(day)), n) for day, n in rest.block.items()]
            form, ends = "block", tuple(moment for moment, n in sorted(moments) for _ in range(n))
        overdue = due.overdue + (due.then.overdue if due.then is not None else 0)
        return arrays.Due(overdue, listed, form, ends, shift)
