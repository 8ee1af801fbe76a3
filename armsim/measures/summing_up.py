"""From the counts of every variant to the `Run` that is shown, stored and drawn."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from armsim import units
from armsim.measures.causes import causes, first_items
from armsim.measures.counts import SECONDS_PER_MONTH, Case, from_states, period_seconds, result_hash
from armsim.measures.crossings import below, held, months_below, periods_below, recovery, survival
from armsim.measures.curves import costs, fleet_curves, item_curves, mission_curves, pool_curves
from armsim.measures.notes import idle_halts
from armsim.measures.results import Failure, FleetResult, HaltShown, ObservationShown, Run, Touched, VariantResult
from armsim.measures.sampling import Sampling
from armsim.model.trajectory import TOUCHES

if TYPE_CHECKING:  # as in counts
    from armsim.scenario.scenario import Scenario


def fleet_result(case: Case, twin: Case | None, f: int, sampling: Sampling) -> FleetResult:
    """Everything about one fleet in one variant."""
    fleet, written = case.model.fleets[f], case.scenario.things.fleets[case.model.fleets[f].name]
    bad = periods_below(case, f)
    months = None if bad is None else months_below(case, bad)
    minimum = None if fleet.minimum is None else float(fleet.minimum)
    lost, difference = None, None
    if twin is not None:
        lengths = period_seconds(case.model)
        mine, other = (from_states(c.counts.states[:, :, f], "mc") for c in (case, twin))
        difference = sampling.curve((mine - other) / lengths)
        total = (other - mine)[:, case.model.first_halt_period :].sum(axis=1) / SECONDS_PER_MONTH
        lost = float(total.mean()), float(sampling.error(total))
    return FleetResult(
        name=fleet.name,
        title=written.title or fleet.name.replace("_", " "),
        lot=written.lot,
        authorised=fleet.authorised,
        minimum=minimum,
        minimum_text="" if written.minimum is None else units.format_threshold(written.minimum),
        curves=fleet_curves(case, f, sampling),
        first_below_minimum=None if months is None else sampling.crossing(months),
        lost_to_twin=lost,
        difference_mc=difference,
        causes=causes(case, twin, f, sampling),
        months_below=None if months is None else below(case, f, sampling),
        held={} if months is None else held(case, f, sampling),
        first_items=() if twin is None else first_items(case, twin, f),
        time_to_survive=survival(case, months, sampling),
        time_to_recover=recovery(case, twin, f, bad, sampling),
        missions=mission_curves(case, twin, f, sampling),
    )


def variant_result(case: Case, twin: Case | None, sampling: Sampling, priced: bool) -> VariantResult:
    """Everything about one variant; with what it costs where anything in the run is `priced`."""
    model, things = case.model, case.scenario.things
    place = {fleet.name: f for f, fleet in enumerate(model.fleets)}
    fleets = {name: fleet_result(case, twin, place[name], sampling) for name in things.fleets}
    halts = tuple(
        HaltShown(
            name,
            halt.title or name.replace("_", " "),
            max(halt.from_.middle, things.time.start),
            None if halt.until.middle >= things.time.end else halt.until.middle,
            halt.background,
            halt.from_.is_uncertain or halt.until.is_uncertain,
        )
        for name, halt in things.halts.items()
        if halt.from_ is not None and halt.from_.middle < things.time.end and halt.until.middle > things.time.start
    )
    crew = TOUCHES.index("crew_days_lost")
    touched = []
    for h, halt in enumerate(model.halts):
        counted = case.counts.touched[:, h].astype(float)
        counted[:, crew] /= units.SECONDS_PER_DAY
        errors = tuple(float(x) for x in sampling.error(counted))
        means = {what: float(mean) for what, mean in zip(TOUCHES, counted.mean(axis=0))}
        touched.append(Touched(halt=halt.name, **means, errors=errors))
    return VariantResult(
        name=case.name,
        title=case.title,
        twin=case.twin,
        scenario_hash=case.scenario.hash,
        halts=halts,
        fleets=fleets,
        items=item_curves(case, sampling),
        touched=tuple(touched),
        pools=pool_curves(case, sampling),
        costs=costs(case, twin, sampling) if priced else {},
    )


def observations(scenario: Scenario) -> tuple[ObservationShown, ...]:
    """The observations in systems; shares are of `of`, or of the authorised number.

    Rows of several fleets, of a denominator that changes in the run, and of hours flown are for back-tests only.
    """
    found = []
    for seen in scenario.things.observations:
        if len(seen.fleet) > 1 or seen.of in ("on_hand", "possessed") or seen.unit not in ("systems", "share"):
            continue
        fleet = seen.fleet[0]
        first, last = units.parse_when(seen.on, seen.precision)
        base = 1.0
        if seen.unit == "share":
            base = seen.of if isinstance(seen.of, float) else scenario.things.fleets[fleet].authorised.middle
        low, best, high = (None if end is None else end * base for end in (seen.low, seen.best, seen.high))
        source = scenario.things.sources.get(seen.source or "")
        grade = seen.grade or (source.grade if source is not None else None) or ""
        found.append(
            ObservationShown(
                first, last, fleet, "mc" if seen.measure == "available" else seen.measure, low, best, high,
                seen.source or "", grade, seen.title or seen.note or "",
            )
        )
    return tuple(found)


def run_of(
    cases: list[Case], *, engine: str, version: str, seed: int, worlds: int, replications: int, run_on: date,
    partial: bool = False, notes: tuple[str, ...] = (), failures: tuple[Failure, ...] = (),
) -> Run:  # fmt: skip
    """The result of all variants. The first case is the main one."""
    sampling, main = Sampling(worlds, replications), cases[0]
    by_name = {case.name: case for case in cases}
    time = main.scenario.things.time
    priced = any(case.model.has_costs for case in cases)
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # numpy and hashing leave Python alone for most of the time
        hashed = pool.submit(result_hash, cases)
        found = pool.map(lambda case: variant_result(case, by_name.get(case.twin or ""), sampling, priced), cases)
        variants = {one.name: one for one in found}
    return Run(
        scenario=main.scenario.name,
        title=main.scenario.things.title or main.scenario.name.replace("_", " "),
        question=main.scenario.things.question or "",
        file=shown_path(main.scenario.file),
        scenario_hash=main.scenario.hash,
        result_hash=hashed.result(),
        engine=engine,
        armsim_version=version,
        seed=seed,
        worlds=worlds,
        replications=replications,
        dates=tuple(units.period_starts(time.start, time.end, time.report_every)),
        end=time.end,
        first_halt=time.months_from or time.start,
        variants=variants,
        excludes=main.scenario.things.excludes,
        observations=observations(main.scenario),
        run_on=run_on,
        partial=partial,
        notes=(*notes, *idle_halts(cases, variants)),
        failures=failures,
    )  # fmt: skip


def shown_path(file: str) -> str:
    """A file as a record names it: from the working folder, or its name alone when it lies elsewhere."""
    path = Path(file)
    if not path.is_absolute():
        return path.as_posix() if ".." not in path.parts else path.name
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.name
