"""armsim.units: what analysts write becomes the right number, and what is wrong is explained."""

from __future__ import annotations

import datetime
import math
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from armsim import units
from armsim.units import Law, Life, Programme, Threshold, Trigger

amounts = st.floats(min_value=0, max_value=1e300, allow_nan=False)
positives = st.floats(min_value=1e-300, max_value=1e300)
shares = st.floats(min_value=0, max_value=1)
dates = st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31))

PARSERS = [getattr(units, name) for name in dir(units) if name.startswith("parse_")]


def message(parse, *raw) -> str:
    with pytest.raises(ValueError) as refusal:
        parse(*raw)
    return str(refusal.value)


# ---- what all parsers share


@pytest.mark.parametrize("parse", PARSERS, ids=lambda parse: parse.__name__)
@pytest.mark.parametrize(
    "raw",
    [True, False, None, [], {}, math.nan, math.inf, -math.inf, "", "  ", "nan", "inf", "-3", -3, -3.5, "%",
     "-3 days", "-3 FH", "1e999 days", "1e300 years 5", "٣ days", "9" * 400, "3 " * 400, "<", "or", "/",
     "1,200", "1_200", "1 200", "--3", "3..5"],
    ids=lambda raw: repr(raw)[:20],
)  # fmt: skip
def test_nonsense_is_refused_in_a_short_sentence(parse, raw):
    text = message(parse, raw)

    assert " is not a" in text and ": write " in text
    assert len(text) < 300


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.booleans(), st.none()))
def test_no_input_raises_anything_but_a_value_error(raw):
    for parse in PARSERS:
        try:
            parse(raw)
        except ValueError as refusal:
            assert ": write " in str(refusal)


NEAR_MISS = (
    r"\A-?[0-9]{1,4}([.,/ ][0-9]{1,4})?(e[0-9]{1,4})? ?[a-zF%/<-]{0,9}( or | of | per )?[a-z0-9 ]{0,9}\Z"
)


@given(st.from_regex(NEAR_MISS))
def test_no_near_miss_raises_anything_but_a_value_error(raw):
    for parse in PARSERS:
        try:
            parse(raw)
        except ValueError as refusal:
            assert ": write " in str(refusal)


@pytest.mark.parametrize(
    ("written", "number"),
    [("12", 12.0), ("1.5", 1.5), (".5", 0.5), ("5.", 5.0), ("1e3", 1000.0), ("1E+3", 1000.0),
     ("2.5e-1", 0.25), ("+4", 4.0), ("-0", 0.0)],
)  # fmt: skip
def test_numbers_are_read_in_every_usual_form(written, number):
    assert units.parse_count(written) == number
    assert math.copysign(1, units.parse_count(written)) == 1
    assert units.parse_duration(f"{written} days") == number


@pytest.mark.parametrize(
    ("raw", "meant"),
    [("1,200 FH", "1200"), ("1_200 FH", "1200"), ("1 200 FH", "1200"), ("1\u202f200\u00a0FH", "1200"),
     ("1,200,000 FH", "1200000"), ("1,5 FH", "1.5")],
)  # fmt: skip
def test_separators_inside_a_number_are_refused_and_the_number_is_shown_without(raw, meant):
    text = message(units.parse_use, raw)

    assert text.endswith(f"(no commas, underscores or spaces inside a number: write {meant})")


def test_a_long_value_is_shortened_in_the_message():
    assert len(message(units.parse_duration, "x" * 10_000)) < 250


# ---- seconds and use units


def test_seconds_round_halves_up():
    assert units.seconds(0.0) == 0
    assert units.seconds(1.0) == 86_400
    assert units.seconds(547.875) == 47_336_400
    assert units.seconds(0.5 / 86_400) == 1  # half a second
    assert units.seconds(0.49 / 86_400) == 0


@pytest.mark.parametrize("days", [-1.0, -1e-9, math.nan, math.inf, -math.inf, 1e306])
def test_a_negative_or_unbounded_delay_has_no_seconds(days):
    with pytest.raises(ValueError, match="not a delay"):
        units.seconds(days)


def test_use_is_rounded_up_and_kept_between_one_and_the_largest():
    assert units.use_units(1.0) == 3_600_000_000_000
    assert units.use_units(425.0) == 1_530_000_000_000_000
    assert units.use_units(1.5 / 3.6e12) == 2
    assert units.use_units(0.0) == 1
    assert units.use_units(1e300) == 4_000_000_000_000_000_000
    assert units.use_units(1.7e308) == 4_000_000_000_000_000_000


@pytest.mark.parametrize("fh", [-1.0, math.nan, math.inf])
def test_negative_or_unbounded_use_has_no_units(fh):
    with pytest.raises(ValueError, match="not an amount of use"):
        units.use_units(fh)


# ---- durations


@pytest.mark.parametrize(
    ("raw", "days"),
    [("18 months", 547.875), ("20 days", 20.0), ("1 day", 1.0), ("2 weeks", 14.0), ("1 week", 7.0),
     ("8 years", 2922.0), ("1 y", 365.25), ("1 yr", 365.25), ("12 h", 0.5), ("6 hours", 0.25),
     ("90 min", 0.0625), ("43200 s", 0.5), ("864 seconds", 0.01), ("1 minute", 1 / 1440), ("3d", 3.0),
     ("  3   Days ", 3.0), (0, 0.0), ("0", 0.0), (0.0, 0.0), ("0 years", 0.0), ("1.5 months", 45.65625)],
)  # fmt: skip
def test_a_duration_is_read_in_days(raw, days):
    assert units.parse_duration(raw) == days


def test_a_mistyped_unit_gets_a_suggestion():
    assert message(units.parse_duration, "18 moths") == (
        "'18 moths' is not a duration: write a number and a unit such as '18 months' or '20 days' "
        "(did you mean 'months'?)"
    )


@pytest.mark.parametrize(
    ("raw", "reason"),
    [(20, "the unit is missing"), ("20", "the unit is missing"), (1.5, "the unit is missing"),
     ("3 m", "'m' could be minutes or months"), ("20 FH", "FH counts use, not time"),
     ("1 year 3 months", "one number and one unit only"), ("-3 days", "it cannot be negative"),
     ("1e308 years", "the number is too large"), ("3 yrs", "did you mean 'years'?"),
     ("3 parsec", "known: days"), ("3 s.", "known: days"), ("days", "")],
)  # fmt: skip
def test_a_refused_duration_says_why(raw, reason):
    assert reason in message(units.parse_duration, raw)


@given(amounts)
def test_a_duration_survives_being_written_and_read(days):
    assert units.parse_duration(units.format_duration(days)) == days


def test_durations_are_written_plainly():
    assert units.format_duration(20.0) == "20 days"
    assert units.format_duration(1.0) == "1 day"
    assert units.format_duration(547.875) == "547.875 days"
    assert units.format_duration(0.0) == "0 days"


@pytest.mark.parametrize(
    ("days", "words"),
    [(547.875, "18 months"), (3, "3 days"), (730.5, "2 years"), (365.25, "1 year"), (30.4375, "1 month"),
     (1, "1 day"), (42, "42 days"), (0, "0 days"), (0.5, "0.5 days"), (0.01, "under 0.1 days"),
     (10.26, "10.3 days"), (45.65625, "1.5 months"), (1000.5, "2.7 years"), (487, "16 months")],
)  # fmt: skip
def test_durations_are_told_to_people_in_the_largest_whole_unit(days, words):
    assert units.words_duration(days) == words


# ---- use and lives


@pytest.mark.parametrize("raw", ["425 FH", "425FH", "425 fh", "425 flying hours", "425 flight hours"])
def test_use_is_read_in_flying_hours(raw):
    assert units.parse_use(raw) == 425.0


def test_use_says_why_it_is_refused():
    assert "the unit is missing" in message(units.parse_use, 425)
    assert "flying hours are written FH" in message(units.parse_use, "425 hours")
    assert units.parse_use(0) == 0.0


@pytest.mark.parametrize(
    ("raw", "life"),
    [("2000 FH or 8 years", Life(2000.0, 2922.0)), ("8 years or 2000 FH", Life(2000.0, 2922.0)),
     ("2000 flying hours OR 8 y", Life(2000.0, 2922.0)), ("425 FH", Life(425.0, None)),
     ("5 years", Life(None, 1826.25)), ("0 days", Life(None, 0.0))],
)  # fmt: skip
def test_a_life_is_in_hours_or_time_or_both_in_either_order(raw, life):
    assert units.parse_life(raw) == life


@pytest.mark.parametrize(
    ("raw", "reason"),
    [("8 years or 9 years", "at most one part in flying hours and one in time"),
     ("8 FH or 9 FH", "at most one part"), ("2000 FH or 8 years or 3 days", "at most one part"),
     (2000, "the unit is missing"), ("2000 FH or 8 yeers", "did you mean 'years'?"),
     ("2000 FH and 8 years", "unit"), ("2000 cycles", "known: FH, days"),
     ("2000 FH or -8 years", "cannot be negative")],
)  # fmt: skip
def test_a_refused_life_says_why(raw, reason):
    assert reason in message(units.parse_life, raw)


def test_lives_are_written_plainly():
    assert units.format_life(Life(2000.0, 2922.0)) == "2000 FH or 2922 days"
    assert units.format_life(Life(None, 1.0)) == "1 day"
    with pytest.raises(ValueError, match="a life needs"):
        units.format_life(Life(None, None))


@given(st.none() | amounts, st.none() | amounts)
def test_use_and_lives_survive_being_written_and_read(fh, days):
    assume(fh is not None or days is not None)

    assert units.parse_life(units.format_life(Life(fh, days))) == Life(fh, days)
    assert fh is None or units.parse_use(units.format_use(fh)) == fh


# ---- programmes and rates


@pytest.mark.parametrize(
    ("raw", "programme"),
    [("487 FH/year fleet", Programme(487.0, "fleet")), ("18 FH/month per aircraft", Programme(216.0, "each")),
     ("20 FH/month per system", Programme(240.0, "each")), ("2 FH/day per UH-60", Programme(730.5, "each")),
     ("7 FH/week fleet", Programme(365.25, "fleet")), ("487 FH per year fleet", Programme(487.0, "fleet")),
     ("18 flying hours / month per helicopter", Programme(216.0, "each")),
     ("0 FH/year fleet", Programme(0.0, "fleet"))],
)  # fmt: skip
def test_a_flying_programme_is_read_per_year(raw, programme):
    assert units.parse_programme(raw) == programme


def test_a_programme_that_does_not_say_whose_hours_is_shown_both_forms():
    assert "whose hours? '487 FH/year fleet' together, or '487 FH/year per aircraft' each" in message(
        units.parse_programme, "487 FH/year"
    )


@pytest.mark.parametrize(
    ("raw", "reason"),
    [("18 FH/month per combat aircraft", "one word"), ("18 FH/month per fleet", "one word"),
     ("18 FH/month per year", "one word"), ("18 FH/month each", "end with 'fleet' or with 'per'"),
     ("18 FH/mnth fleet", "did you mean 'month'?"), ("18 hours/month fleet", "flying hours are written FH"),
     ("18/month fleet", "the unit is missing"), ("18 FH per aircraft per month", "known: day, month"),
     ("18 FH", "487 FH/year fleet"), (487, "487 FH/year fleet"), ("1e307 FH/month fleet", "")],
)  # fmt: skip
def test_a_refused_programme_says_why(raw, reason):
    if raw != "1e307 FH/month fleet":
        assert reason in message(units.parse_programme, raw)
    else:
        assert units.parse_programme(raw) == Programme(1.2e308, "fleet")


@given(amounts, st.sampled_from(["fleet", "each"]))
def test_a_programme_survives_being_written_and_read(fh_per_year, basis):
    programme = Programme(fh_per_year, basis)

    assert units.parse_programme(units.format_programme(programme)) == programme


def test_programmes_are_written_per_year():
    assert units.format_programme(Programme(487.0, "fleet")) == "487 FH/year fleet"
    assert units.format_programme(Programme(216.0, "each")) == "216 FH/year per system"


@pytest.mark.parametrize(
    ("raw", "per_year"),
    [("4 per year", 4.0), ("1 per month", 12.0), ("2/week", 730.5 / 7), ("7 / week", 365.25),
     ("1 per day", 365.25), ("0.5 PER year", 0.5)],
)  # fmt: skip
def test_a_rate_is_read_per_year(raw, per_year):
    assert units.parse_per_year(raw) == per_year


@pytest.mark.parametrize("raw", [4, "4", "4 engines per year", "4 per year fleet", "4 yearly", "4 per hour"])
def test_a_rate_without_its_period_is_refused(raw):
    assert "'4 per year'" in message(units.parse_per_year, raw)


@given(amounts)
def test_a_rate_survives_being_written_and_read(per_year):
    assert units.parse_per_year(units.format_per_year(per_year)) == per_year


# ---- shares and counts


@pytest.mark.parametrize(
    ("raw", "share"),
    [("60%", 0.6), ("60 %", 0.6), (0.6, 0.6), ("0.6", 0.6), ("28%", 28 / 100), ("12.3%", 0.123),
     ("100%", 1.0), ("0%", 0.0), (0, 0.0), (1, 1.0), (1.0, 1.0), ("0.5%", 0.005), ("1e1%", 0.1)],
)  # fmt: skip
def test_a_share_is_read_from_zero_to_one(raw, share):
    assert units.parse_share(raw) == share


def test_every_whole_percentage_is_exactly_its_hundredth():
    assert all(units.parse_share(f"{n}%") == n / 100 for n in range(101))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [(60, "(write 60%)"), ("60", "(write 60%)"), ("60 percent", "(write 60%)"), ("101%", "at most 100%"),
     (250, "at most 100%"), ("-5%", "cannot be negative"), ("60% of fleet", "a percentage")],
)  # fmt: skip
def test_a_refused_share_says_why(raw, reason):
    assert reason in message(units.parse_share, raw)


@given(shares)
def test_a_share_survives_being_written_and_read(share):
    assert units.parse_share(units.format_share(share)) == share
    assert units.parse_share(str(units.format_share(share))) == share


def test_counts_may_be_fractional_and_whole_numbers_may_not():
    assert units.parse_count(22) == 22.0
    assert units.parse_count("22.5") == 22.5
    assert units.parse_whole("3") == 3
    assert units.parse_whole(3.0) == 3
    assert units.parse_whole(2**60 + 1) == 2**60 + 1
    assert isinstance(units.parse_whole(3.0), int)
    assert "no fraction" in message(units.parse_whole, 2.5)
    assert "the number alone" in message(units.parse_count, "22 aircraft")
    assert "the number alone" in message(units.parse_whole, "3 servers")
    assert repr(units.format_count(22.0)) == "22"
    assert repr(units.format_count(22.5)) == "22.5"


@given(amounts, st.integers(min_value=0, max_value=10**30))
def test_counts_survive_being_written_and_read(count, whole):
    assert units.parse_count(units.format_count(count)) == count
    assert units.parse_count(str(units.format_count(count))) == count
    assert units.parse_whole(units.format_whole(whole)) == whole
    assert units.parse_whole(str(whole)) == whole


# ---- laws


@pytest.mark.parametrize(
    ("raw", "law"),
    [("fixed", Law("fixed", 0.0, False)), ("exponential", Law("exponential", 0.0, False)),
     ("lognormal 60%", Law("lognormal", 0.6, False)), ("lognormal 140 %", Law("lognormal", 1.4, False)),
     ("lognormal sd 1.0", Law("lognormal", 1.0, True)), ("Uniform 30%", Law("uniform", 0.3, False)),
     ("uniform 57.7%", Law("uniform", 0.577, False)), ("erlang 3", Law("erlang", 3.0, False)),
     ("weibull 2.5", Law("weibull", 2.5, False))],
)  # fmt: skip
def test_a_law_is_read_with_its_shape(raw, law):
    assert units.parse_law(raw) == law
    assert units.parse_law(units.format_law(law)) == law


@pytest.mark.parametrize(
    ("raw", "reason"),
    [("60%", "name the law, as in 'lognormal 60%'"), (0.6, "name the law"),
     ("lognormall 60%", "did you mean 'lognormal'?"), ("lognormal 0.6", "'lognormal' takes a percentage"),
     ("lognormal sd 60%", "takes a plain number"), ("lognormal 0%", "written 'fixed'"),
     ("uniform 58%", "at most 57.7%"), ("erlang 5", "takes 1, 2, 3 or 4"),
     ("erlang 2.5", "takes 1, 2, 3 or 4"), ("erlang 0", "above 0"), ("weibull 250%", "plain number"),
     ("weibull", "'weibull 2.5'"), ("lognormal", "'lognormal 60%'"), ("fixed 3", "stands alone"),
     ("exponential 60%", "stands alone"), ("lognormal -60%", "cannot be negative"),
     ("uniform sd 0.3", "'uniform 30%'")],
)  # fmt: skip
def test_a_refused_law_says_why(raw, reason):
    assert reason in message(units.parse_law, raw)


laws = st.one_of(
    st.builds(Law, st.sampled_from(["fixed", "exponential"]), st.just(0.0), st.just(False)),
    st.builds(Law, st.just("lognormal"), positives, st.booleans()),
    st.builds(Law, st.just("uniform"), st.floats(1e-300, 0.577), st.just(False)),
    st.builds(Law, st.just("erlang"), st.sampled_from([1.0, 2.0, 3.0, 4.0]), st.just(False)),
    st.builds(Law, st.just("weibull"), positives, st.just(False)),
)


@given(laws)
def test_a_law_survives_being_written_and_read(law):
    assert units.parse_law(units.format_law(law)) == law


def test_laws_are_written_plainly():
    assert units.format_law(Law("lognormal", 0.28, False)) == "lognormal 28%"
    assert units.format_law(Law("lognormal", 0.6, False)) == "lognormal 60%"
    assert units.format_law(Law("lognormal", 1.0, True)) == "lognormal sd 1"
    assert units.format_law(Law("erlang", 3, False)) == "erlang 3"


# ---- thresholds and triggers


@pytest.mark.parametrize(
    ("raw", "threshold"),
    [("50% of authorised", Threshold(0.5, None, "authorised")), ("50%", Threshold(0.5, None, "authorised")),
     ("55% of on hand", Threshold(0.55, None, "on_hand")),
     ("55 % of on_hand", Threshold(0.55, None, "on_hand")),
     ("28% of possessed", Threshold(0.28, None, "possessed")), (11, Threshold(None, 11.0, None)),
     ("11 aircraft", Threshold(None, 11.0, None)), ("10.5 systems", Threshold(None, 10.5, None)),
     (0, Threshold(None, 0.0, None))],
)  # fmt: skip
def test_a_threshold_is_a_share_of_something_or_a_count(raw, threshold):
    assert units.parse_threshold(raw) == threshold
    assert units.parse_threshold(units.format_threshold(threshold)) == threshold


@pytest.mark.parametrize(
    ("raw", "reason"),
    [("50% authorised", "'of authorised'"), ("50% of authorized", "'of authorised'"),
     ("50% of", "'of authorised'"), ("120%", "at most 100%"), (0.5, "with its sign: 50%"),
     ("11 combat aircraft", "'11 aircraft'"), ("11 FH", "'11 aircraft'"),
     ("50 percent", "'50% of authorised'"), ("11 of authorised", "'50% of authorised'")],
)  # fmt: skip
def test_a_refused_threshold_says_why(raw, reason):
    assert reason in message(units.parse_threshold, raw)


@pytest.mark.parametrize(
    ("raw", "trigger"),
    [("mc < 40% of authorised", Trigger("mc", True, Threshold(0.4, None, "authorised"))),
     ("mc > 55% of on hand", Trigger("mc", False, Threshold(0.55, None, "on_hand"))),
     ("fmc<5", Trigger("fmc", True, Threshold(None, 5.0, None))),
     ("on hand < 11 aircraft", Trigger("on_hand", True, Threshold(None, 11.0, None)))],
)  # fmt: skip
def test_a_trigger_compares_a_measure_with_a_threshold(raw, trigger):
    assert units.parse_trigger(raw) == trigger


@pytest.mark.parametrize(
    ("raw", "reason"),
    [("mcc < 5", "did you mean 'mc'?"), ("availability < 5", "known: fmc, limit"),
     ("mc <= 5", "compare with < or >"), ("mc = 5", "compare with < or >"),
     ("mc below 5", "such as 'mc < 40% of authorised'"), (5, "such as"), ("mc < ", "such as"),
     ("mc < 1,200", "write 1200"), ("mc < 40% of fleet", "'of authorised'")],
)  # fmt: skip
def test_a_refused_trigger_says_why(raw, reason):
    text = message(units.parse_trigger, raw)

    assert reason in text
    assert "is not a trigger" in text


thresholds = st.one_of(
    st.builds(Threshold, shares, st.none(), st.sampled_from(["authorised", "on_hand", "possessed"])),
    st.builds(Threshold, st.none(), st.just(0.0) | st.floats(1, 1e300), st.none()),
)


@given(st.sampled_from(units.TRIGGER_MEASURES), st.booleans(), thresholds)
def test_thresholds_and_triggers_survive_being_written_and_read(measure, below, threshold):
    trigger = Trigger(measure, below, threshold)

    assert units.parse_threshold(units.format_threshold(threshold)) == threshold
    assert units.parse_trigger(units.format_trigger(trigger)) == trigger


def test_thresholds_and_triggers_are_written_plainly():
    assert units.format_threshold(Threshold(0.28, None, "authorised")) == "28% of authorised"
    assert units.format_threshold(Threshold(None, 11.0, None)) == "11"
    assert units.format_trigger(units.parse_trigger("mc>55% of on_hand")) == "mc > 55% of on hand"
    with pytest.raises(ValueError, match="a threshold needs"):
        units.format_threshold(Threshold(None, None, None))


# ---- dates


def test_a_date_is_year_month_day():
    assert units.parse_date("2023-10-15") == date(2023, 10, 15)
    assert units.parse_date(" 2024-02-29 ") == date(2024, 2, 29)
    assert units.parse_date(date(2023, 10, 15)) == date(2023, 10, 15)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [("15/10/2023", "(write '2023-10-15')"), ("10/15/2023", "(write '2023-10-15')"),
     ("15.10.2023", "'2023-10-15'"), ("03/04/2023", "the year comes first"),
     ("2023-1-5", "(write '2023-01-05')"), ("2023/10/15", "(write '2023-10-15')"),
     ("2023-13-01", "there is no month 13"), ("2023-00-01", "there is no month 0"),
     ("2023-02-30", "February 2023 has 28 days"), ("2023-02-00", "has 28 days"),
     ("0000-01-01", "no year 0"), (2023, "the day is missing: '2023-01-01'?"),
     ("2023-05", "the day is missing: '2023-05-01'?"), (20231015, "year-month-day"),
     ("15 October 2023", "year-month-day"), ("never", "year-month-day"),
     ("2023-10-15 12:00", "year-month-day"), (datetime.datetime(2023, 10, 15), "year-month-day")],
)  # fmt: skip
def test_a_refused_date_says_why(raw, reason):
    assert reason in message(units.parse_date, raw)


@given(st.dates())
def test_a_date_survives_being_written_and_read(day):
    assert units.parse_date(units.format_date(day)) == day


@pytest.mark.parametrize(
    ("raw", "precision", "first", "last"),
    [(2024, None, "2024-01-01", "2024-12-31"), ("2024", None, "2024-01-01", "2024-12-31"),
     (2024, "year", "2024-01-01", "2024-12-31"), ("2024-02", None, "2024-02-01", "2024-02-29"),
     ("2023-12", None, "2023-12-01", "2023-12-31"), ("2024-05-01", None, "2024-05-01", "2024-05-01"),
     ("2024-05-17", "day", "2024-05-17", "2024-05-17"), ("2024-05-17", "month", "2024-05-01", "2024-05-31"),
     ("2024-05-17", "quarter", "2024-04-01", "2024-06-30"),
     ("2024-12", "quarter", "2024-10-01", "2024-12-31"), ("2024-05", "year", "2024-01-01", "2024-12-31"),
     ("9999-12", None, "9999-12-01", "9999-12-31")],
)  # fmt: skip
def test_an_observation_date_is_the_span_of_its_precision(raw, precision, first, last):
    assert units.parse_when(raw, precision) == (date.fromisoformat(first), date.fromisoformat(last))


def test_an_observation_date_cannot_be_more_precise_than_it_is_written():
    assert "only a year, so its precision cannot be a month" in message(units.parse_when, 2024, "month")
    assert "'decade' is not a precision" in message(units.parse_when, 2024, "decade")
    assert "there is no month 13" in message(units.parse_when, "2024-13")
    assert "'2024-05'" in message(units.parse_when, 2024.5)
    assert "'2024-05'" in message(units.parse_when, "2024-Q2")


@given(dates, st.sampled_from(units.PRECISIONS))
def test_an_observation_date_survives_being_written_and_read(day, precision):
    span = units.parse_when(day, precision)

    assert span[0] <= day <= span[1]
    assert units.parse_when(*units.format_when(*span)) == span


def test_a_span_that_is_no_calendar_period_has_no_text():
    with pytest.raises(ValueError, match="is not a day, a month"):
        units.format_when(date(2024, 1, 1), date(2024, 2, 29))


# ---- months and report periods


def test_adding_months_stops_at_the_end_of_a_shorter_month():
    assert units.add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert units.add_months(date(2023, 1, 31), 1) == date(2023, 2, 28)
    assert units.add_months(date(2023, 11, 30), 3) == date(2024, 2, 29)
    assert units.add_months(date(2024, 1, 15), -1) == date(2023, 12, 15)
    assert units.add_months(date(2024, 1, 15), 0) == date(2024, 1, 15)
    with pytest.raises(ValueError, match="outside the years"):
        units.add_months(date(9999, 12, 1), 1)


def test_days_between_counts_forwards():
    assert units.days_between(date(2023, 1, 1), date(2024, 1, 1)) == 365
    assert units.days_between(date(2024, 1, 1), date(2025, 1, 1)) == 366
    assert units.days_between(date(2024, 3, 1), date(2024, 2, 28)) == -2


def test_report_periods_start_on_the_first_of_the_month_after_the_first_one():
    monthly = units.period_starts(date(2023, 1, 15), date(2023, 4, 1), 1)
    quarterly = units.period_starts(date(2023, 1, 15), date(2023, 12, 31), 3)

    assert monthly == [date(2023, 1, 15), date(2023, 2, 1), date(2023, 3, 1)]
    assert quarterly == [date(2023, 1, 15), date(2023, 4, 1), date(2023, 7, 1), date(2023, 10, 1)]


def test_a_report_period_that_would_start_at_the_end_is_left_out():
    assert units.period_starts(date(2023, 1, 1), date(2024, 1, 1), 12) == [date(2023, 1, 1)]
    assert units.period_starts(date(2023, 1, 1), date(2024, 1, 2), 12) == [date(2023, 1, 1), date(2024, 1, 1)]
    assert units.period_starts(date(2023, 1, 1), date(2023, 1, 1), 1) == []
    assert units.period_starts(date(9999, 11, 5), date(9999, 12, 31), 1)[-1] == date(9999, 12, 1)
    with pytest.raises(ValueError, match="at least 1"):
        units.period_starts(date(2023, 1, 1), date(2024, 1, 1), 0)


@given(dates, dates, st.integers(1, 40))
def test_report_periods_rise_and_stay_inside_the_simulated_time(start, end, every_months):
    starts = units.period_starts(start, end, every_months)

    assert all(start <= day < end for day in starts)
    assert starts == sorted(set(starts))
    assert all(day.day == 1 for day in starts[1:])
    assert (starts[:1] == [start]) == (start < end)
    if starts:
        assert units.add_months(starts[-1].replace(day=1), every_months) >= end


@pytest.mark.parametrize(("raw", "months"), [("1 month", 1), ("3 months", 3), ("1 year", 12)])
def test_a_report_period_is_whole_months(raw, months):
    assert units.parse_every_months(raw) == months
    assert units.parse_every_months(units.format_every_months(months)) == months


@pytest.mark.parametrize(
    ("raw", "reason"),
    [("30 days", "the calendar is cut at whole months"), ("1.5 months", "whole months"), (0, "at least 1"),
     ("0 months", "at least 1"), (3, "the unit is missing"), ("3 moths", "did you mean 'months'?")],
)  # fmt: skip
def test_a_refused_report_period_says_why(raw, reason):
    assert reason in message(units.parse_every_months, raw)
