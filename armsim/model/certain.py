"""What no draw can change in a calendar: laid out once for all worlds of a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from armsim.errors import RUN_ERRORS
from armsim.model.arrays import Model
from armsim.model.timeline import REST, Calendar, HaltSpan, Known, Settled, value_of
from armsim.scenario.halts import Halt


def known_of(model: Model) -> Known:
    """What every world of a model has in its calendar, laid out once."""
    parts = Certain(model).parts
    return Known(parts, {part: parts[part].known for part in REST if not parts[part].left})


class Certain(Calendar):
    """Lays out what no draw can change: a part that asks for a number that scatters is left to each world."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.parts: dict[str, Settled] = {}
        super().__init__(model, self.each("values", model.parameters, self.certain), 0, 0)
        self.rest()

    def certain(self, index: int) -> float:
        """A parameter's value where it is the same in every world."""
        parameter = self.model.parameters[index]
        if parameter.low != parameter.high:
            raise LookupError("a number that scatters")
        return value_of(parameter, 0, 0)

    def each(self, part: str, things: Sequence[Any], work: Callable[[int], Any]) -> tuple[Any, ...]:
        """A part of the calendar for each of some things, None where it is left to each world."""
        found = []
        for k in range(len(things)):
            try:
                found.append(work(k))
            except (LookupError, *RUN_ERRORS):  # an impossible number is for a world to tell
                found.append(None)
        left = tuple(k for k, one in enumerate(found) if one is None)
        self.parts[part] = Settled(tuple(found), left)
        return OnlyKnown(found)

    def acting(self, halts: Sequence[int], which: Callable[[Halt], Any] | None = None) -> list[HaltSpan]:
        """Those of some halts that come about, where that is so in every world; LookupError elsewhere."""
        dated = self.model.halts
        uncertain = {dated[h].content for h in self.parts["spans"].left}  # and what they may be merged with
        if any(dated[h].content in uncertain and (which is None or which(dated[h].says)) for h in halts):
            raise LookupError("halts that scatter")
        return super().acting(halts, which)

    def begin(self, index: int) -> int:
        """When a halt begins, where it does not hang on a draw whether it does."""
        if self.model.halts[index].after >= 0:
            raise LookupError("a halt that may follow")
        return super().begin(index)


class OnlyKnown(tuple[Any, ...]):
    """Things of which some are not known (None): asking for one of these is a LookupError."""

    def __getitem__(self, k: Any) -> Any:
        found = super().__getitem__(k)
        if found is None:
            raise LookupError("a number that scatters")
        return found
