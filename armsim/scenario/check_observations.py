"""Cross-checks of observations and forecasts, and the guard: what is scored must not enter an input.

Inputs may rest on observations that are not scored. An error is what cannot be right; a warning is what may
have an innocent reason, which the file then gives (`given` of a source) or says by another source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from armsim.scenario.observed import PLAIN, Observation, latest_day
from armsim.scenario.things import Written
from armsim.scenario.yamltree import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from armsim.scenario.check import Checks

Path = tuple[Any, ...]
#: Sections whose numbers and sources are no inputs of the model.
NO_INPUTS = ("observations", "forecasts", "sources", "fit_until", "time", "runs", "excludes", "title", "question")
#: Rivals that every back-test has; a forecast cannot be called so.
BASELINES = ("persistence", "straight_line", "exponential")
#: The codes of problems by which the guard speaks.
LEAKS = ("scored-input", "later-source", "scored-number")


def check_observations(checks: Checks) -> None:
    """Rows and forecasts name fleets and measures that exist; no input rests on a row that is scored."""
    from armsim.scenario.check import MEASURES

    things, measures, taken = checks.things, (*MEASURES, *PLAIN), dict[str, int]()
    for k, seen in enumerate(things.observations):
        at: Path = ("observations", k)
        check_fleets(checks, at, seen.fleet)
        checks.known((*at, "measure"), seen.measure, measures, "measure")
        if seen.id is not None:
            if seen.id in taken or seen.id in (*things.sources, "judgement"):
                what = "an observation" if seen.id in taken else "a source"
                checks.add((*at, "id"), "id-twice", f"{what} is called '{seen.id}' already", "give this row another id")
            taken[seen.id] = k
        if seen.scored and not seen.is_scored(things.fit_until):
            checks.add((*at, "scored"), "scored-too-early",
                       f"the model may be fitted until {things.fit_until}: a row from before that is never scored",
                       "take out 'scored', or move 'fit_until'")  # fmt: skip
        if seen.source is not None and seen.source in taken and seen.source not in things.sources:
            checks.add((*at, "source"), "unknown-source", f"'{seen.source}' is an observation, not a source")
    for name, forecast in things.forecasts.items():
        if name in BASELINES:
            checks.add(("forecasts", name), "name-twice", f"'{name}' is what a back-test calls a baseline of its own",
                       "give the forecast another name", on_key=True)  # fmt: skip
        check_fleets(checks, ("forecasts", name), forecast.fleet)
        checks.known(("forecasts", name, "measure"), forecast.measure, measures, "measure")
    guard(checks)


def check_fleets(checks: Checks, at: Path, fleets: tuple[str, ...]) -> None:
    """Fleets of a row exist, each once."""
    for k, fleet in enumerate(fleets):
        where = (*at, "fleet", k) if checks.is_list((*at, "fleet")) else (*at, "fleet")
        checks.known(where, fleet, checks.things.fleets, "fleet")
        if fleet in fleets[:k]:
            checks.add(where, "fleet-twice", f"fleet '{fleet}' is named twice")


def guard(checks: Checks) -> None:
    """No input cites a scored row, a source younger than `fit_until`, or has a scored row's number and source."""
    things = checks.things
    scored = [seen for seen in things.observations if seen.is_scored(things.fit_until)]
    ids = {seen.id for seen in scored if seen.id is not None}
    for path, node in leaves(checks.tree, ()):
        if path[-1] != "source" or node.value is None:
            continue
        name = str(node.value)
        if name in ids:
            checks.add(path, "scored-input", f"observation '{name}' is scored: nothing in the model may rest on it",
                       "name another source, or say 'scored: false' at the observation")  # fmt: skip
        elif things.fit_until is not None and name in things.sources:
            later_source(checks, path, name)
    for path, node, source in numbers(checks.tree, (), None):
        number = number_of(node)
        if not number or source in (None, "judgement"):
            continue
        alike = (one for one in scored if one.source == source and number in shown(one) and is_of(things, path, one))
        for seen in list(alike)[:1]:
            checks.add(path, "scored-number", "this is the number of an observation that is scored "
                       f"({seen.id or seen.on}), from the same source",
                       "if it is another fact, give that fact a source of its own", "warning")  # fmt: skip


def later_source(checks: Checks, path: Path, name: str) -> None:
    """Warn of an input that rests on what may have been published after `fit_until`, unless a reason is given."""
    source, until = checks.things.sources[name], checks.things.fit_until
    day = latest_day(source.date)
    assert until is not None
    if name == "judgement" or source.grade == "judgement" or source.given or (day is not None and day <= until):
        return
    when = "has no date" if day is None else f"may be as late as {day}"
    checks.add(path, "later-source", f"this may rest on what was known by {until}, but source '{name}' {when}",
               f"name an earlier source, date it more exactly, or write sources.{name}.given: the reason",
               "warning")  # fmt: skip


def leaves(node: Node, path: Path) -> Iterator[tuple[Path, Scalar]]:
    """Every single value of the inputs, with its path."""
    if isinstance(node, Scalar):
        yield path, node
    elif isinstance(node, Sequence):
        for k, item in enumerate(node.items):
            yield from leaves(item, (*path, k))
    else:
        for key, entry in node.entries.items():
            if path or key not in NO_INPUTS:
                yield from leaves(entry.value, (*path, key))


def numbers(node: Node, path: Path, source: str | None) -> Iterator[tuple[Path, Scalar, str | None]]:
    """Every single value of the inputs with the source that holds for it: its own, or that of an entry around it."""
    if isinstance(node, Scalar):
        if path and path[-1] not in ("source", "grade", "note", "title"):
            yield path, node, source
    elif isinstance(node, Sequence):
        for k, item in enumerate(node.items):
            yield from numbers(item, (*path, k), source)
    elif isinstance(node, Mapping):
        own = node.entries.get("source")
        if path and own is not None and isinstance(own.value, Scalar):
            source = str(own.value.value)
        for key, entry in node.entries.items():
            if path or key not in NO_INPUTS:
                yield from numbers(entry.value, (*path, key), source)


def number_of(node: Scalar) -> float | None:
    """A count or a share as a number; None for anything with another unit."""
    if isinstance(node.value, bool):
        return None
    if isinstance(node.value, int | float):
        return float(node.value)
    share = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*%\s*", node.text)
    return round(float(share[1]) / 100, 12) if share else None


def shown(seen: Observation) -> set[float | None]:
    """The numbers of a row, as it gives them and as a share or a count of what it counts from."""
    found: set[float | None] = set(seen.numbers)
    if isinstance(seen.of, float):
        found |= {round(end * seen.of if seen.unit == "share" else end / seen.of, 12) for end in seen.numbers}
    return found


def is_of(things: Written, path: Path, seen: Observation) -> bool:
    """True for an input of a row's fleet: the fleet's own, or one of an item fitted to it."""
    if path[0] == "items" and path[1] in things.items:
        return any(fleet in things.items[path[1]].on for fleet in seen.fleet)
    return path[0] == "fleets" and path[1] in seen.fleet
