"""What the language can say and no engine models yet: each is refused in a sentence, never ignored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from armsim.scenario.responses import MODELLED
from armsim.scenario.things import Written

Path = tuple[Any, ...]


def not_modelled(things: Written) -> Iterator[tuple[Path, str]]:
    """(path, what is not modelled) for everything a scenario uses that no engine models yet."""
    yield from in_fleets(things)
    yield from in_items(things)
    yield from in_halts(things)
    for name, response in things.responses.items():
        at = ("responses", name)
        if response.kind not in MODELLED:
            yield (*at, "kind"), f"the response '{response.kind}'"
        if response.policy != "on_demand":
            yield (*at, "policy"), f"cannibalization by '{response.policy}'"
        for key in ("cost", "price", "retry", "build_up"):
            if getattr(response, key) is not None:
                yield (*at, key), f"'{key}' of a response"
    for site, place in things.sites.items():
        for crew, pool in place.crews.items():
            if pool.of == "tasks":
                yield ("sites", site, "crews", crew, "of"), "crews shared out `of: tasks`"


def in_fleets(things: Written) -> Iterator[tuple[Path, str]]:
    """What fleets use that is not modelled."""
    for name, fleet in things.fleets.items():
        if fleet.regeneration is not None:
            yield ("fleets", name, "regeneration"), "regeneration after long downtime"
        if fleet.owner is not None:
            yield ("fleets", name, "owner"), "a lent fleet (owner)"
        if fleet.cannibalization.policy in ("concentrate", "instant"):
            at = ("fleets", name, "cannibalization")
            yield at, f"cannibalization by '{fleet.cannibalization.policy}'"


def in_items(things: Written) -> Iterator[tuple[Path, str]]:
    """What items use that is not modelled."""
    for name, item in things.items.items():
        if item.demand in ("sorties", "fixed"):
            yield ("items", name, "demand"), f"demand by '{item.demand}'"
        law = item.fails_every.varies if item.fails_every is not None else None
        if law is not None and law.kind != "exponential":
            yield ("items", name, "fails_every", "varies"), f"a life that is {law.kind}, not exponential"
        for k, route in enumerate(item.repair):
            if route.uses:
                yield ("items", name, "repair", k, "uses"), "repairs that use other items"


def in_halts(things: Written) -> Iterator[tuple[Path, str]]:
    """What halts use that is not modelled."""
    for name, halt in things.halts.items():
        at = ("halts", name)
        if halt.after is not None:
            yield (*at, "after"), "a halt that follows another"
        if halt.new_orders.fund is not None:
            yield (*at, "new_orders"), "partial funding of new orders"
        if halt.people.in_hand == "stop":
            yield (*at, "people", "in_hand"), "work that stops half done when people leave"
        if halt.operation.stop_within is not None:
            yield (*at, "operation"), "withdrawn permission to operate"
        if halt.leakage is not None:
            yield (*at, "leakage"), "leakage through a halt"
        if halt.resume is not None:
            yield (*at, "resume"), "a gradual resumption"
        if halt.announced is not None and halt.from_ is not None and halt.announced != halt.from_.middle:
            yield (*at, "announced"), "a notice period (announced before or after `from`)"
        if halt.except_ is not None and halt.except_.count is not None:
            yield (*at, "except", "count"), "an exception by count"
