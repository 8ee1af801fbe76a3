"""Invented runs to draw: smooth curves with plausible bands, no model behind them. Not findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from matplotlib.figure import Figure
from matplotlib.text import Text

from armsim.measures import (
    STATE_MEASURES,
    Cause,
    Cost,
    Crossing,
    Curve,
    FleetResult,
    HaltShown,
    ObservationShown,
    Run,
    VariantResult,
)
from armsim.report.theme import Box, box_of

START = date(2023, 1, 1)
HALT = date(2023, 10, 15)
AUTHORISED = 22.0


def months(start: date, count: int) -> tuple[date, ...]:
    """The firsts of so many months."""
    return tuple(
        date(start.year + (start.month - 1 + k) // 12, (start.month - 1 + k) % 12 + 1, 1) for k in range(count)
    )


def curve(shares: list[float], size: float = AUTHORISED, spread: float = 0.10, se: float = 0.05) -> Curve:
    """Bands that widen with time around the given shares of `size`."""
    n = len(shares)
    wide = [size * spread * min(1.0, 0.1 + 2 * k / n) for k in range(n)]

    def at(factor: float) -> tuple[float, ...]:
        return tuple(max(0.0, share * size + factor * w) for share, w in zip(shares, wide))

    return Curve(at(0), (se,) * n, at(-1), at(-0.4), at(0), at(0.4), at(1))


def flat(value: float, n: int) -> Curve:
    """The same number in every run and period."""
    same = (value,) * n
    return Curve(same, (0.0,) * n, same, same, same, same, same)


def falling(n: int, begin: int, high: float = 0.72, low: float = 0.28, pace: float = 10.0) -> list[float]:
    """Level until period `begin`, then down towards `low` with the given pace in periods."""
    return [high if k < begin else low + (high - low) * 2.718281828 ** (-(k - begin) / pace) for k in range(n)]


def minus(a: Curve, b: Curve, se: float = 0.1) -> Curve:
    """A difference of means with a given standard error."""
    mean = tuple(x - y for x, y in zip(a.mean, b.mean))
    return Curve(mean, (se,) * len(mean), mean, mean, mean, mean, mean)


def fleet(
    shares: list[float],
    *,
    twin: list[float] | None = None,
    crossing: Crossing | None = None,
    title: str = "Kfir",
    lot: int = 1,
    authorised: float = AUTHORISED,
    minimum: float | None = 0.5,
    spread: float = 0.10,
    difference_se: float = 0.1,
) -> FleetResult:
    """A fleet whose MC follows `shares` of authorised; what is not MC is split over the other states."""
    n = len(shares)
    mc = curve(shares, authorised, spread)
    other = curve(twin, authorised, spread) if twin is not None else None
    down = [max(0.0, 0.95 - share) * authorised for share in shares]
    grow = [k / n for k in range(n)]
    parts = {
        "fmc": [0.8 * x for x in mc.mean],
        "pmc": [0.2 * x for x in mc.mean],
        "nmcm": [0.35 * d * (1 - g) for d, g in zip(down, grow)],
        "nmcs": [0.25 * d for d in down],
        "nmcb": [0.15 * d * (1 - g) for d, g in zip(down, grow)],
        "overhaul": [0.25 * d * (1 - g) for d, g in zip(down, grow)],
        "limit": [0.65 * d * g for d, g in zip(down, grow)],
        "regeneration": [0.0] * n,
        "lost": [0.1 * d * g for d, g in zip(down, grow)],
    }
    curves = {name: curve([v / authorised for v in values], authorised, 0.02) for name, values in parts.items()}
    curves["mc"] = mc
    curves["on_hand"] = curves["permitted"] = flat(0.95 * authorised, n)
    curves["hours_flown"] = curve([share * 40 for share in shares], authorised, 4.0)
    curves["hours_demanded"] = flat(40 * authorised, n)
    assert set(STATE_MEASURES) <= set(curves)
    return FleetResult(
        name="kfir", title=title, lot=lot, authorised=authorised,
        minimum=None if minimum is None else minimum * authorised,
        minimum_text="" if minimum is None else f"{100 * minimum:.0f}% of authorised",
        curves=curves, first_below_minimum=crossing if minimum is not None else None,
        lost_to_twin=None, difference_mc=minus(mc, other, difference_se) if other else None, causes=(),
    )  # fmt: skip


NEVER = Crossing(None, None, None, 1.0)
MEDIAN_AT_12 = Crossing(7.0, 12.0, 21.0, 0.0)


def halt(
    title: str = "Israeli exports halted", start: date = HALT, end: date | None = None, name: str = "stop",
    background: bool = False,
) -> HaltShown:  # fmt: skip
    """A halt to shade."""
    return HaltShown(name, title, start, end, background)


def variant(
    name: str, title: str, result: FleetResult, twin: str | None, halts: tuple[HaltShown, ...] = ()
) -> VariantResult:
    """A variant of one fleet."""
    return VariantResult(name, title, twin, "4f2a9c1d", halts, {"kfir": result}, {}, ())


def run(
    variants: dict[str, VariantResult],
    *,
    n: int = 48,
    start: date = START,
    first_halt: date = HALT,
    observations: tuple[ObservationShown, ...] = (),
    replications: int = 1,
    partial: bool = False,
    notes: tuple[str, ...] = (),
    excludes: tuple[str, ...] = ("combat damage", "pilots' currency"),
) -> Run:
    """A run of monthly report periods around the given variants."""
    dates = months(start, n + 1)
    return Run(
        scenario="colombia", title="Invented", question="", file="scenarios/colombia.yaml",
        scenario_hash="4f2a9c1d77aa", result_hash="00ff00ff", engine="reference", armsim_version="0.1.0",
        seed=1, worlds=100, replications=replications, dates=dates[:-1], end=dates[-1], first_halt=first_halt,
        variants=variants, excludes=excludes, observations=observations, run_on=date(2026, 11, 23),
        partial=partial, notes=notes,
    )  # fmt: skip


def one_variant(
    shares: list[float] | None = None,
    without: list[float] | None = None,
    *,
    crossing: Crossing = MEDIAN_AT_12,
    twin_crossing: Crossing = NEVER,
    halts: tuple[HaltShown, ...] | None = None,
    n: int = 48,
    start: date = START,
    first_halt: date = HALT,
    observations: tuple[ObservationShown, ...] = (),
    replications: int = 1,
    partial: bool = False,
    notes: tuple[str, ...] = (),
    excludes: tuple[str, ...] = ("combat damage", "pilots' currency"),
    title: str = "Kfir",
    halt_title: str = "Halt",
    lot: int = 1,
    authorised: float = AUTHORISED,
    minimum: float | None = 0.5,
    difference_se: float = 0.1,
    twin_spread: float = 0.05,
) -> Run:
    """A main variant 'halt' and its twin 'halt_none'."""
    shares = falling(n, 10) if shares is None else shares
    without = [0.715] * n if without is None else without
    look = {"title": title, "lot": lot, "authorised": authorised, "minimum": minimum}
    main = fleet(shares, twin=without, crossing=crossing, difference_se=difference_se, **look)  # type: ignore[arg-type]
    other = fleet(without, crossing=twin_crossing, spread=twin_spread, **look)  # type: ignore[arg-type]
    shown = (halt(),) if halts is None else halts
    background = tuple(one for one in shown if one.background)
    return run(
        {
            "halt": variant("halt", halt_title, main, "halt_none", shown),
            "halt_none": variant("halt_none", "No halt", other, None, background),
        },
        n=n, start=start, first_halt=first_halt, observations=observations, replications=replications,
        partial=partial, notes=notes, excludes=excludes,
    )  # fmt: skip


RESPONSES = (
    "No response", "Draw down war reserve", "Cannibalise up to 4 airframes", "Cut flying to 60%",
    "Third-country brokered parts", "Repair at home", "Third-party depot by month 12",
)  # fmt: skip


def many_variants(
    count: int,
    ends: list[float],
    crossings: list[Crossing],
    twin_crossing: Crossing = NEVER,
    notes: tuple[str, ...] = (),
) -> Run:
    """Several variants with the given end levels, all against one twin."""
    n, made = 48, {}
    without = [0.715] * n
    for k in range(count):
        shares = falling(n, 10, low=ends[k], pace=8 + k)
        made[f"v{k}"] = variant(
            f"v{k}", RESPONSES[k], fleet(shares, twin=without, crossing=crossings[k]), "none", (halt(),)
        )
    made["none"] = variant("none", "No halt", fleet(without, crossing=twin_crossing), None)
    return run(made, notes=notes)


def with_runs(made: Run, n: int) -> Run:
    """The same run of n worlds: without the percentiles and errors that so few runs do not support."""
    none = float("nan")

    def curve_of(known: Curve) -> Curve:
        missing = [name for name, least in (("p05", 20), ("p25", 4), ("p75", 4), ("p95", 20), ("se", 2)) if n < least]
        return replace(known, **{name: (none,) * len(known.mean) for name in missing})

    def crossing_of(known: Crossing | None) -> Crossing | None:
        return known if known is None or n >= 20 else replace(known, p05=None, p95=None)

    def fleet_of(known: FleetResult) -> FleetResult:
        return replace(
            known,
            curves={name: curve_of(one) for name, one in known.curves.items()},
            difference_mc=None if known.difference_mc is None else curve_of(known.difference_mc),
            first_below_minimum=crossing_of(known.first_below_minimum),
        )

    few = {
        name: replace(one, fleets={fleet: fleet_of(known) for fleet, known in one.fleets.items()})
        for name, one in made.variants.items()
    }
    return replace(made, worlds=n, replications=1, variants=few)


def only(made: Run, fmc: float, lost: float) -> dict[str, Curve]:
    """Curves of a fleet with so many ready and so many lost, and none in any other state."""
    n = len(made.dates)
    known = made.variants["halt"].fleets["kfir"].curves
    return {name: flat(0.0, n) for name in known} | {"mc": flat(fmc, n), "fmc": flat(fmc, n), "lost": flat(lost, n)}


def with_fleet(made: Run, fleet_: FleetResult) -> Run:
    """The run with this fleet in its main variant."""
    halted = replace(made.variants["halt"], fleets={"kfir": fleet_})
    return replace(made, variants=made.variants | {"halt": halted})


def observation(
    day: date, low: float | None, best: float | None, high: float | None, last: date | None = None
) -> ObservationShown:
    """Something seen of the fleet's MC, in systems."""
    return ObservationShown(day, last or day, "kfir", "mc", low, best, high, "invented", "D")


# ---- missions, causes and costs ----------------------------------------------------------------------


def missions(shares: dict[str, list[float]], without: list[float] | None = None) -> dict[str, dict[str, Curve]]:
    """Systems able to do each mission, as shares of AUTHORISED; with the difference to the same twin for all."""
    made = {}
    for name, able in shares.items():
        known = curve(able)
        made[name] = {"able": known, "able_end": known}
        if without is not None:
            made[name]["difference"] = minus(known, curve(without))
    return made


def cause(mechanism: str, difference: float | None, item: str = "", supplier: str = "", state: str = "") -> Cause:
    """A cause of so many system-months more than in the twin; of 20 for a twin."""
    months_, error = (20.0, None) if difference is None else (20.0 + max(0.0, difference), 2.5)
    return Cause(mechanism, item, supplier, state, months_, difference, error, 3.0)


def cost(mean: float, difference: float | None, n: int = 48, se: float = 20.0) -> Cost:
    """Money spent evenly over the report periods."""
    curves = {"cost": flat(mean / n, n)} | ({} if difference is None else {"difference": flat(difference / n, n)})
    return Cost(mean, se, difference, None if difference is None else se, curves)


CAUSES = (
    cause("money", 96.0, "engine", "engine_maker", "home"), cause("parts", 41.0, "radar", "avionics_house", "seller"),
    cause("permission", 30.0, state="seller"), cause("regeneration", 12.0), cause("work", 7.5),
    cause("limit", 3.0, supplier="depot_abroad", state="seller"), cause("overhaul", -21.0, supplier="depot_abroad"),
)  # fmt: skip
COSTS = {"total": (1380.0, 150.0), "spares": (620.0, -140.0), "repair": (210.0, -80.0), "overhaul": (90.0, 0.0),
         "responses": (400.0, 400.0), "flying": (60.0, -30.0)}  # fmt: skip


def resourceful(
    able: dict[str, list[float]] | None = None, causes: tuple[Cause, ...] = CAUSES, factor: float = 1.0,
    lot: int = 1, n: int = 48,
) -> Run:  # fmt: skip
    """A run of a fleet with missions, causes of every kind, and prices."""
    able = {"strike": falling(n, 10, low=0.1), "patrol": falling(n, 10, low=0.45)} if able is None else able
    made, without = one_variant(lot=lot, n=n), [0.7] * n
    main, other = (made.variants[name].fleets["kfir"] for name in ("halt", "halt_none"))
    main = replace(main, missions=missions(able, without), causes=causes)
    other = replace(other, missions=missions(dict.fromkeys(able, without)))
    spent = {kind: cost(mean * factor, more * factor, n, 20 * factor) for kind, (mean, more) in COSTS.items()}
    usual = {kind: cost((mean - more) * factor, None, n, 20 * factor) for kind, (mean, more) in COSTS.items()}
    halted = replace(made.variants["halt"], fleets={"kfir": main}, costs=spent)
    twin = replace(made.variants["halt_none"], fleets={"kfir": other}, costs=usual)
    return replace(made, variants={"halt": halted, "halt_none": twin})


# ---- every kind of run ---------------------------------------------------------------------------

LONG = "A very long title that somebody has written to see whether a page can hold all of it, and more: 100%"
SEEN = (
    observation(date(2023, 6, 1), 14, 15, 17, date(2023, 8, 1)),
    observation(date(2024, 9, 1), None, None, 13),
    observation(date(2025, 12, 1), 5, None, None),
    observation(date(2025, 3, 1), 7, 9, 11),
)
SEVEN_ENDS = [0.28, 0.29, 0.30, 0.33, 0.34, 0.42, 0.56]
SEVEN_CROSSINGS = [
    MEDIAN_AT_12, Crossing(8, 14, 25, 0), Crossing(9, 15, 30, 0.02), Crossing(9, 18, None, 0.1),
    Crossing(9, 22, None, 0.22), Crossing(10, 30, None, 0.4), Crossing(19, None, None, 0.58),
]  # fmt: skip
THREE_HALTS = (
    halt("Israeli exports halted", date(2023, 10, 1), name="a"),
    halt("United States stops engines", date(2023, 10, 15), name="b"),
    halt("European union follows", date(2023, 10, 20), date(2025, 1, 1), "c"),
)
TWELVE_HALTS = tuple(halt(f"Halt number {k}", date(2024, 2, k + 1), name=f"h{k}") for k in range(12))

AT_ONCE = Crossing(0, 0, 0, 0)  # below from the first halt on, whether or not it was before

#: Every kind of run a chart has to hold.
RUNS: dict[str, Callable[[], Run]] = {
    "one variant": lambda: one_variant(),
    "two variants": lambda: many_variants(2, [0.28, 0.56], [MEDIAN_AT_12, Crossing(19, None, None, 0.58)]),
    "seven variants ending near each other": lambda: many_variants(7, SEVEN_ENDS, SEVEN_CROSSINGS),
    "seven variants ending at the same place": lambda: many_variants(7, [0.3] * 7, [MEDIAN_AT_12] * 7),
    "seven variants ending at nothing": lambda: many_variants(7, [0.0] * 7, [MEDIAN_AT_12] * 7),
    "lots": lambda: one_variant(lot=1000, authorised=300, title="Galil rifles"),
    "no minimum": lambda: one_variant(minimum=None),
    "never below": lambda: one_variant(falling(48, 10, low=0.6), crossing=Crossing(20, None, None, 0.66)),
    "below in the month of the halt": lambda: one_variant(falling(48, 9, pace=0.5), crossing=Crossing(0, 0, 0, 0)),
    "below at the last": lambda: one_variant(falling(48, 10, pace=40), crossing=Crossing(30, 37, None, 0.4)),
    "observations, some one-sided": lambda: one_variant(observations=SEEN),
    "very long titles": lambda: one_variant(
        title=LONG,
        halt_title=LONG,
        halts=(halt(LONG), halt(LONG, date(2026, 9, 1), name="b")),
        excludes=(LONG, LONG),
        notes=(LONG, LONG),
    ),
    "one very long word": lambda: one_variant(title="K" * 150, halt_title="H" * 150, halts=(halt("S" * 150),)),
    "a title with dollars": lambda: one_variant(title="Kfir $x_1$", halt_title="$x_1$", halts=(halt("$x_1$"),)),
    "letters no font has": lambda: one_variant(title="Kfir \U0001f6e9 כפיר 戰鬥機\x07\u202e", halt_title="<b>&"),
    "three halts in one month": lambda: one_variant(halts=THREE_HALTS, first_halt=date(2023, 10, 1)),
    "twelve halts in one month": lambda: one_variant(halts=TWELVE_HALTS),
    "a halt before the start": lambda: one_variant(
        halts=(halt(start=date(2021, 3, 1)),),
        first_halt=date(2021, 3, 1),
        crossing=Crossing(30, 36, None, 0.1),
    ),
    "a halt at the very end": lambda: one_variant([0.7] * 48, crossing=NEVER, halts=(halt(start=date(2026, 12, 20)),)),
    "a background halt and another": lambda: one_variant(
        halts=(halt(), halt("No money", date(2023, 6, 1), date(2024, 6, 1), "money", True))
    ),
    "five years": lambda: one_variant(n=60),
    "twenty years": lambda: one_variant(n=240, crossing=Crossing(30, 60, 110, 0), shares=falling(240, 10, pace=60)),
    "fourteen months": lambda: one_variant(n=14),
    "more than authorised": lambda: one_variant([1.3] * 48, [1.3] * 48, crossing=NEVER),
    "delivered during the halt": lambda: one_variant(
        [0.0] * 48, [0.0] * 30 + [1.0] * 18, crossing=AT_ONCE, twin_crossing=AT_ONCE
    ),
    "a single run": lambda: with_runs(one_variant(), 1),
    "two runs, never below": lambda: with_runs(one_variant([0.7] * 48, crossing=NEVER), 2),
    "seven variants in four runs": lambda: with_runs(many_variants(7, SEVEN_ENDS, SEVEN_CROSSINGS), 4),
    "twelve long notes": lambda: one_variant(notes=tuple(f"Note {k} on 'Halt': {LONG}" for k in range(12))),
    "stopped early, replications, a note": lambda: one_variant(
        partial=True, replications=4, notes=("The halt 'stop' touched nothing in any run.",)
    ),
}


# ---- looking at a drawn figure -----------------------------------------------------------------------


def texts(figure: Figure) -> Iterator[Text]:
    """Every text on the page that is not empty, in its axes or outside."""
    for found in figure.findobj(Text):
        assert isinstance(found, Text)
        if found.get_visible() and found.get_text().strip():
            yield found


def text_of(figure: Figure, gid: str) -> str:
    """The words of the one text with this gid, on one line."""
    (found,) = [one for one in texts(figure) if one.get_gid() == gid]
    return " ".join(found.get_text().split())


def gids(figure: Figure) -> set[str]:
    """The gid of everything on the page."""
    return {artist.get_gid() for artist in figure.findobj() if artist.get_gid()}  # type: ignore[attr-defined]


def overlaps(figure: Figure) -> list[tuple[str, str]]:
    """Pairs of texts whose boxes meet."""
    boxes = [(one.get_text(), box_of(one)) for one in texts(figure)]
    return [(a, b) for i, (a, first) in enumerate(boxes) for b, second in boxes[i + 1 :] if first.meets(second)]


def off_page(figure: Figure) -> list[str]:
    """Texts that leave the page."""
    width, height = figure.get_size_inches() * figure.dpi
    page = Box(0, 0, float(width), float(height))

    def outside(box: Box) -> bool:
        return box.x0 < page.x0 or box.y0 < page.y0 or box.x1 > page.x1 or box.y1 > page.y1

    return [one.get_text() for one in texts(figure) if outside(box_of(one))]


def assert_neat(figure: Figure) -> None:
    assert len(list(texts(figure))) > 8
    assert overlaps(figure) == []
    assert off_page(figure) == []
