"""Time in the reference engine: whole seconds, and a place for everything in the order of its instant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import simpy

from armsim.errors import ArmsimError
from armsim.model.order import Entity, Kind, priority

LogLine = tuple[int, int, Entity]


class Clock:
    """The only way to let time pass: whole seconds, with a place in the order of its instant (R-T3)."""

    def __init__(self, env: simpy.Environment, log: list[LogLine] | None) -> None:
        self.env, self.log, self.events = env, log, 0
        self.current: tuple[Kind, Entity] | None = None  # the event that happens now

    def after(self, delay: int, kind: Kind, entity: Entity, then: Callable[[], None] | None = None,
              still: Callable[[], bool] | None = None) -> simpy.Event:  # fmt: skip
        """An event `delay` seconds from now; `then` is called when it happens (R-T4: delays, never dates).

        Where `still` says that what was planned no longer holds, it is dropped without a trace (ENGINE 6).
        """
        if delay < 0:
            raise ArmsimError(f"a delay of {delay} s for {kind.name} {tuple(map(int, entity))}")
        event = simpy.Event(self.env)
        event._ok, event._value = True, None

        def ring(_: simpy.Event) -> None:
            if still is None or still():
                self.current = kind, entity
                self.note(kind, entity)
                if then is not None:
                    then()

        event.callbacks.append(ring)
        self.env.schedule(event, cast(Any, priority(kind, entity)), delay)
        return event

    def note(self, kind: Kind, entity: Entity) -> None:
        """Write the event into the log."""
        self.events += 1
        if self.log is not None and kind is not Kind.SETTLE:
            self.log.append((cast(int, self.env.now), int(kind), entity))
