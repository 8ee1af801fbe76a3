"""The streams are numpy's Philox, the laws have their textbook moments, and nothing depends on order.

Statistical tests take their seed from a hash of their own name, so nobody can shop for a passing one. Each
says its n and its false-alarm rate: the chance that it would have failed when written though the code was
right.
"""

import math
import random
import statistics
from hashlib import blake2b
from itertools import pairwise

import numpy as np
import pytest
import scipy.special
import scipy.stats
from hypothesis import example, given
from hypothesis import strategies as st

from armsim.model import draws
from armsim.model.draws import (
    ERLANG,
    EXPONENTIAL,
    FIXED,
    LOGNORMAL,
    UNIFORM,
    WEIBULL,
    WORLD_REPLICATION,
    Purpose,
    block,
    delay_seconds,
    entity_key,
    erlang_purpose,
    life_units,
    lognormal_sd,
    normal,
    sample,
    scale_from_mean,
    scale_from_median,
    triangular,
    uncertain,
    uniform,
    uniform_between,
    uniforms,
)

TOP = 2**64 - 1
words = st.one_of(st.integers(0, TOP), st.sampled_from([0, 1, 2**63 - 1, 2**63, TOP - 1, TOP]))
chances = st.integers(0, TOP).map(uniform)

LAWS = [  # kind, mean, shape, the same law in scipy
    pytest.param(EXPONENTIAL, 40.0, 0.0, scipy.stats.expon(scale=40.0), id="exponential"),
    pytest.param(
        LOGNORMAL, 90.0, lognormal_sd(0.4),
        scipy.stats.lognorm(lognormal_sd(0.4), scale=90 / math.sqrt(1.16)),
        id="lognormal-cv-40%",
    ),
    pytest.param(
        UNIFORM, 10.0, 0.3, scipy.stats.uniform(10 - 3 * math.sqrt(3), 6 * math.sqrt(3)), id="uniform-cv-30%"
    ),
    pytest.param(ERLANG, 30.0, 1.0, scipy.stats.gamma(1, scale=30.0), id="erlang-1"),
    pytest.param(ERLANG, 30.0, 2.0, scipy.stats.gamma(2, scale=15.0), id="erlang-2"),
    pytest.param(ERLANG, 30.0, 3.0, scipy.stats.gamma(3, scale=10.0), id="erlang-3"),
    pytest.param(ERLANG, 30.0, 4.0, scipy.stats.gamma(4, scale=7.5), id="erlang-4"),
    pytest.param(
        WEIBULL, 500.0, 2.5, scipy.stats.weibull_min(2.5, scale=500 / math.gamma(1.4)), id="weibull-2.5"
    ),
    pytest.param(
        WEIBULL, 500.0, 0.8, scipy.stats.weibull_min(0.8, scale=500 / math.gamma(2.25)), id="weibull-0.8"
    ),
]  # fmt: skip
BY_INVERSE_CDF = [law for law in LAWS if law.values[0] != ERLANG]


def seed_of(name: str) -> int:
    """The seed of the test with this name."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")


def numpy_block(
    seed: int, purpose: int, world: int, replication: int, entity: int, k: int
) -> tuple[int, ...]:
    """Block k as numpy gives it."""
    key = np.array([seed, purpose], dtype=np.uint64)
    counter = np.array([k, entity, replication, world], dtype=np.uint64)
    return tuple(int(word) for word in np.random.Philox(key=key, counter=counter).random_raw(4))


def sampled(name: str, kind: int, mean: float, shape: float, n: int) -> np.ndarray:
    """n values of a law, drawn as an engine draws them, from the stream of the test with this name."""
    seed, scale = seed_of(name), scale_from_mean(kind, mean, shape)
    phases = erlang_purpose(Purpose.STAGE, 0)
    return np.array(
        [
            sample(
                kind, scale, shape,
                uniforms(seed, Purpose.STAGE, 0, 0, 7, k)[0], uniforms(seed, phases, 0, 0, 7, k),
            )
            for k in range(n)
        ]
    )  # fmt: skip


# ---- streams


@given(words, words, words, words, words, words)
@example(0, 0, 0, 0, 0, 0)
@example(TOP, TOP, TOP, TOP, TOP, TOP)
def test_a_block_is_the_one_numpy_gives(seed, purpose, world, replication, entity, k):
    assert block(seed, purpose, world, replication, entity, k) == numpy_block(
        seed, purpose, world, replication, entity, k
    )


@pytest.mark.parametrize(
    ("world", "replication", "entity"),
    [(5, 4, 3), (5, 4, TOP), (5, TOP, 3), (5, TOP, TOP), (TOP, 4, TOP), (TOP, TOP, 3), (TOP, TOP, TOP)],
)
def test_the_last_block_carries_into_the_entity_the_replication_and_the_world(world, replication, entity):
    last = block(1, 2, world, replication, entity, TOP)

    assert last == numpy_block(1, 2, world, replication, entity, TOP)


def test_successive_blocks_are_one_numpy_stream():
    key, counter = np.array([11, 2], dtype=np.uint64), np.array([0, 5, 0, 3], dtype=np.uint64)
    stream = np.random.Philox(key=key, counter=counter).random_raw(4 * 50)

    assert [word for k in range(50) for word in block(11, Purpose.LIFE, 3, 0, 5, k)] == stream.tolist()


def test_a_block_does_not_change_from_one_version_to_the_next():
    assert block(1, 2, 3, 4, 5, 6) == (
        10797698958407682838,
        11204202403965775556,
        10586753199130770208,
        15633202436893618832,
    )


@pytest.mark.parametrize("place", range(6))
@pytest.mark.parametrize("wrong", [-1, 2**64])
def test_a_number_outside_64_bits_is_refused(place, wrong):
    name = [1, 2, 3, 4, 5, 6]
    name[place] = wrong

    with pytest.raises(ValueError, match=rf"must lie in 0\.\.2\*\*64 - 1; got .*{wrong}"):
        block(*name)


@pytest.mark.parametrize("place", range(6))
def test_every_part_of_the_name_gives_another_stream(place):
    name, other = [1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6]
    other[place] += 1

    assert not set(block(*name)) & set(block(*other))


def test_streams_do_not_depend_on_the_order_of_drawing():
    names = [
        (9, purpose, world, replication, entity_key(path), k)
        for purpose in (Purpose.LIFE, Purpose.STAGE, erlang_purpose(Purpose.STAGE, 0))
        for world in range(2)
        for replication in (0, 1, WORLD_REPLICATION)
        for path in ("a", "b")
        for k in range(3)
    ]
    forward = {name: uniforms(*name) for name in names}
    random.Random(seed_of("order")).shuffle(names)
    shuffled = {name: uniforms(*name) for name in names}

    assert shuffled == forward
    assert len(set(forward.values())) == len(names) == 108


def test_purposes_and_their_erlang_purposes_never_meet():
    erlang = [erlang_purpose(purpose, slot) for purpose in Purpose for slot in range(8)]

    assert len({*Purpose, *erlang}) == len(Purpose) * 9
    assert erlang_purpose(Purpose.STAGE, 3) == 1000 + 8 * 8 + 3


def test_purposes_keep_their_numbers():
    names = "WORLD LIFE REMOVAL DAMAGE UPKEEP INSPECTION OVERHAUL STAGE ROUTE RESTART LOSS INITIAL"
    names += " DELIVERY RESPONSE CONTRACT DEMAND BITS FROM_DEPOT QUALIFIED LEAK FUND AT_HOME REGENERATION HARVEST"
    names += " FOLLOW EACH SLOW DUAL_SOURCING"

    assert {purpose.name: int(purpose) for purpose in Purpose} == dict(zip(names.split(), range(1, 29)))


def test_an_entity_key_is_the_same_on_every_machine():
    assert entity_key("fleets/kfir/items/engine") == 2749741197496048238
    assert entity_key("flota/avión") == int.from_bytes(
        blake2b(b"flota/avi\xc3\xb3n", digest_size=8).digest(), "little"
    )


# ---- uniforms and normals


def test_a_uniform_lies_strictly_inside_zero_and_one_at_both_ends():
    assert uniform(0) == 2.0**-53
    assert uniform(TOP) == 1 - 2.0**-53
    assert uniform(2**63 - 1) < 0.5 < uniform(2**63)


@given(st.integers(0, TOP))
def test_uniforms_are_symmetric(raw):
    assert uniform(TOP - raw) == 1 - uniform(raw)


def test_the_four_uniforms_of_a_block_are_its_four_words():
    assert uniforms(1, 2, 3, 4, 5, 6) == tuple(uniform(word) for word in block(1, 2, 3, 4, 5, 6))


def test_each_of_the_four_uniforms_is_uniform_and_independent_of_the_next_three():
    """n = 20,000 blocks; 4 Kolmogorov-Smirnov tests, 6 correlations, each at 1e-6: false-alarm rate 1e-5."""
    seed = seed_of("test_each_of_the_four_uniforms_is_uniform_and_independent_of_the_next_three")
    blocks = np.array([uniforms(seed, Purpose.LIFE, 0, 0, 1, k) for k in range(20_000)])
    correlations = np.corrcoef(blocks.T)[np.triu_indices(4, 1)]

    assert min(scipy.stats.kstest(blocks[:, slot], "uniform").pvalue for slot in range(4)) > 1e-6
    assert np.abs(correlations).max() < scipy.stats.norm.isf(0.5e-6) / math.sqrt(20_000)


@pytest.mark.parametrize(
    ("u", "deviate"),
    [(0.25, -0.6744897501960817), (0.001, -3.090232306167814), (1e-20, -9.262340089798408)],
)
def test_normals_match_the_check_values_in_wichuras_paper(u, deviate):
    assert normal(u) == pytest.approx(deviate, rel=5e-16, abs=0)


@given(st.one_of(chances, st.floats(1e-300, 1e-3), st.floats(0.07, 0.08), st.floats(0.92, 0.93)))
@example(0.075)
@example(0.925)
@example(math.exp(-25))
def test_normals_match_scipy_and_the_standard_library(u):
    assert normal(u) == pytest.approx(scipy.stats.norm.ppf(u), rel=2e-15, abs=1e-16)
    assert normal(u) == pytest.approx(statistics.NormalDist().inv_cdf(u), rel=4e-16, abs=1e-16)


def test_the_middle_normal_is_zero_and_normals_are_antisymmetric():
    assert normal(0.5) == 0
    assert all(normal(i / 1024) == -normal(1 - i / 1024) for i in range(1, 512))


# ---- laws


@pytest.mark.parametrize(("kind", "mean", "shape", "law"), LAWS)
def test_a_law_has_the_mean_and_the_spread_of_theory(request, kind, mean, shape, law):
    """n = 20,000; z-tests of the first two moments, each two-sided at 1e-6: false-alarm rate 2e-6 a law.

    Power: a mean wrong by 10 standard errors, 7% of a standard deviation,
    is found with probability 0.9999997.
    """
    n, limit = 20_000, scipy.stats.norm.isf(0.5e-6)
    values = sampled(request.node.name, kind, mean, shape, n)
    sd, excess = law.std(), float(law.stats("k"))
    squares = (values - mean) ** 2

    assert law.mean() == pytest.approx(mean)
    assert abs(values.mean() - mean) < limit * sd / math.sqrt(n)
    assert abs(squares.mean() - sd**2) < limit * sd**2 * math.sqrt((excess + 2) / n)


@pytest.mark.parametrize(("kind", "mean", "shape", "law"), LAWS)
def test_a_law_has_the_distribution_of_theory(request, kind, mean, shape, law):
    """n = 5,000; Kolmogorov-Smirnov against scipy at 1e-6: false-alarm rate 1e-6 a law."""
    values = sampled(request.node.name, kind, mean, shape, 5_000)

    assert scipy.stats.kstest(values, law.cdf).pvalue > 1e-6


@pytest.mark.parametrize(("kind", "mean", "shape", "law"), BY_INVERSE_CDF)
@given(u=chances)
def test_a_value_is_the_quantile_of_its_uniform(kind, mean, shape, law, u):
    value = sample(kind, scale_from_mean(kind, mean, shape), shape, u, ())

    assert value == pytest.approx(law.ppf(u), rel=1e-12)


@pytest.mark.parametrize(("kind", "mean", "shape", "law"), BY_INVERSE_CDF)
def test_values_rise_with_the_uniform(kind, mean, shape, law):
    grid = [i / 5000 for i in range(1, 5000)]
    ends = [2.0**-i for i in range(53, 12, -1)], [1 - 2.0**-i for i in range(13, 54)]
    low, middle, high = ([sample(kind, mean, shape, u, ()) for u in us] for us in (ends[0], grid, ends[1]))

    assert all(a < b for a, b in pairwise(middle))
    assert all(a <= b for a, b in pairwise([*low, *middle, *high]))


def test_erlang_values_fall_with_each_of_their_uniforms_and_use_only_as_many_as_phases():
    base = sample(ERLANG, 30.0, 3.0, 0.5, (0.2, 0.3, 0.4, 0.5))

    assert sample(ERLANG, 30.0, 3.0, 0.5, (0.3, 0.3, 0.4, 0.5)) < base
    assert sample(ERLANG, 30.0, 3.0, 0.5, (0.2, 0.3, 0.5, 0.5)) < base
    assert sample(ERLANG, 30.0, 3.0, 0.9, (0.2, 0.3, 0.4, 0.9)) == base
    assert base == pytest.approx(10 * -math.log(0.2 * 0.3 * 0.4))


@given(chances)
def test_a_fixed_value_ignores_its_uniform(u):
    assert sample(FIXED, 12.5, 0.0, u, ()) == 12.5


@given(chances)
def test_a_lognormal_without_spread_is_its_median(u):
    assert sample(LOGNORMAL, 12.5, lognormal_sd(0.0), u, ()) == 12.5


@given(st.floats(1, 101))
@example(1.0)
@example(12.0)
def test_the_gamma_function_matches_scipy(x):
    assert draws.gamma(x) == pytest.approx(scipy.special.gamma(x), rel=1e-14 if x <= 12 else 5e-14)


def test_an_unknown_law_is_refused():
    with pytest.raises(ValueError, match="no such law"):
        sample(6, 1.0, 1.0, 0.5, ())


@pytest.mark.parametrize(
    ("kind", "shape"),
    [(FIXED, 0.0), (EXPONENTIAL, 0.0), (LOGNORMAL, 0.7), (UNIFORM, 0.3), (WEIBULL, 2.5), (WEIBULL, 0.8)],
)
def test_a_law_given_by_its_median_has_it(kind, shape):
    scale = scale_from_median(kind, 120.0, shape)

    assert sample(kind, scale, shape, 0.5, ()) == pytest.approx(120.0, rel=1e-14)


def test_an_erlang_law_given_by_its_median_is_refused():
    with pytest.raises(ValueError, match="Erlang law is given by its mean"):
        scale_from_median(ERLANG, 120.0, 2.0)


def test_the_scale_of_a_lognormal_mean_is_its_median():
    # sd of log 1: mean = median * exp(1/2), so mean 1 has median exp(-1/2) = 0.60653
    assert scale_from_mean(LOGNORMAL, 1.0, 1.0) == pytest.approx(0.6065306597126334)
    assert [scale_from_mean(kind, 7.0, 2.0) for kind in (FIXED, EXPONENTIAL, UNIFORM, ERLANG, WEIBULL)] == [
        7.0
    ] * 5


def test_a_percentage_becomes_the_spread_of_the_log():
    # cv 1: sqrt(log 2) = 0.83255
    assert lognormal_sd(1.0) == pytest.approx(0.8325546111576977)
    assert lognormal_sd(0.0) == 0.0


# ---- what we do not know


@given(chances, st.floats(0, 1), st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_triangular_values_match_scipy(u, mode, low, width):
    high = low + width
    best = min(max(low + mode * width, low), high)
    expected = scipy.stats.triang.ppf(u, (best - low) / (high - low), loc=low, scale=high - low)

    assert triangular(low, best, high, u) == pytest.approx(expected, rel=1e-9, abs=1e-9 * (high - low))


def test_triangular_values_by_hand():
    # low 0, best 1, high 4: F(1) = 1/4; F(x) = x^2/4 below, 1 - (4-x)^2/12 above
    assert triangular(0, 1, 4, 1 / 16) == 0.5
    assert triangular(0, 1, 4, 1 / 4) == 1
    assert triangular(0, 1, 4, 2 / 3) == pytest.approx(2)


@given(chances, chances, st.lists(st.floats(1e-6, 1e6), min_size=3, max_size=3).map(sorted), st.booleans())
def test_uncertain_values_rise_with_the_uniform_and_stay_between_the_ends(u, v, ends, log):
    low, best, high = ends
    u, v = min(u, v), max(u, v)
    slack = 1e-9 * high

    for mode in (best, None):
        first, second = uncertain(low, mode, high, log, u), uncertain(low, mode, high, log, v)
        assert low <= first <= second + slack
        assert second <= high


@given(chances)
def test_a_range_without_width_is_its_only_value(u):
    assert triangular(0.1, 0.1, 0.1, u) == 0.1
    assert uniform_between(0.1, 0.1, u) == 0.1
    assert {uncertain(0.1, best, 0.1, log, u) for best in (0.1, None) for log in (True, False)} == {0.1}
    assert uncertain(0.0, 0.0, 0.0, True, u) == 0.0


@given(chances)
def test_a_missing_end_filled_with_the_best_gives_a_one_sided_triangle(u):
    # mode at the low end of [2, 10]: F(x) = 1 - ((10-x)/8)^2; at the high end: F(x) = ((x-2)/8)^2
    assert uncertain(2.0, 2.0, 10.0, False, u) == pytest.approx(10 - 8 * math.sqrt(1 - u))
    assert uncertain(2.0, 10.0, 10.0, False, u) == pytest.approx(2 + 8 * math.sqrt(u))


def test_without_a_best_value_the_range_is_uniform():
    assert uncertain(2.0, None, 10.0, False, 0.25) == 4.0
    assert uncertain(1.0, None, 10_000.0, True, 0.25) == pytest.approx(10.0)


def test_on_the_log_scale_the_triangle_is_of_logarithms():
    # logs to base 10: low 0, best 1, high 4, as by hand above
    assert uncertain(1.0, 10.0, 10_000.0, True, 1 / 16) == pytest.approx(10**0.5)
    assert uncertain(1.0, 10.0, 10_000.0, True, 2 / 3) == pytest.approx(100.0)


@pytest.mark.parametrize("low", [0.0, -1.0])
def test_a_log_scale_from_zero_is_refused(low):
    with pytest.raises(ValueError, match=f"must be above zero; its low end is {low}"):
        uncertain(low, None, 10.0, True, 0.5)


# ---- rounding


def test_lives_are_rounded_up_to_at_least_one_unit():
    assert life_units(0.0) == 1
    assert life_units(1.0) == 3_600_000_000_000
    assert life_units(1e-13) == 1
    assert life_units(1.5 / 3.6e12) == 2
    assert isinstance(life_units(250.0), int)


def test_lives_and_delays_stop_at_a_length_that_64_bits_hold_twice():
    assert life_units(1e300) == life_units(4e18 / 3.6e12 * 1.01) == draws.LONGEST == 4 * 10**18
    assert delay_seconds(1e300) == delay_seconds(1.7e308) == 4 * 10**18
    assert life_units(1e6) == 3_600_000_000_000_000_000


def test_delays_are_rounded_to_the_nearest_second_and_may_be_zero():
    assert delay_seconds(0.0) == 0
    assert delay_seconds(0.4 / 86400) == 0
    assert delay_seconds(0.5 / 86400) == 1
    assert delay_seconds(2.5 / 86400) == 3
    assert delay_seconds(30.0) == 2_592_000
    assert isinstance(delay_seconds(30.25), int)


@pytest.mark.parametrize("wrong", [-1e-300, -5.0, math.inf, -math.inf, math.nan])
def test_a_life_or_delay_that_is_no_length_of_time_is_refused_by_its_value(wrong):
    with pytest.raises(ValueError, match=rf"a life must be a finite number .*; got {wrong}$"):
        life_units(wrong)
    with pytest.raises(ValueError, match=rf"a delay must be a finite number .*; got {wrong}$"):
        delay_seconds(wrong)
