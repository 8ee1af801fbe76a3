"""The k-th draw of a named stream, and the laws that turn it into a life, a delay or a world's value.

A stream is named by (seed, purpose, world, replication, entity); its k-th block holds four uniforms. No draw
depends on what else was drawn, or when. The generator is Philox4x64-10 of Salmon, Moraes, Dror and Shaw,
"Parallel random numbers: as easy as 1, 2, 3" (SC 2011), counted as `numpy.random.Philox` counts.

Every sampler is a plain function of numbers (inverse cdf, `math` only), so that a compiled engine can
register the same text; only `block` needs Python's unbounded integers and would have a 64-bit twin there.
"""

from __future__ import annotations

import math
from enum import IntEnum
from functools import lru_cache
from hashlib import blake2b

WORLD_REPLICATION = 2**64 - 1
"""The replication under which a world draws what all its replications share."""

FIXED, EXPONENTIAL, LOGNORMAL, UNIFORM, ERLANG, WEIBULL = 0, 1, 2, 3, 4, 5

ERLANG_BASE = 1000
SECONDS_PER_DAY = 86400
NANO_SECONDS_PER_HOUR = 3.6e12
LONGEST = 4 * 10**18
"""The longest life (nano-flown-seconds) or delay (seconds): two of them still add up within 64 bits."""

_MASK = 2**64 - 1


class Purpose(IntEnum):
    """What a draw is for; the second half of the generator's key. Numbers are never reused or changed."""

    WORLD = 1
    LIFE = 2
    REMOVAL = 3
    DAMAGE = 4
    UPKEEP = 5
    INSPECTION = 6
    OVERHAUL = 7
    STAGE = 8
    """Stages of resupply."""
    ROUTE = 9
    """Stages of a repair route."""
    RESTART = 10
    """Fresh transit after a return."""
    LOSS = 11
    INITIAL = 12
    """Ages at the start."""
    DELIVERY = 13
    RESPONSE = 14
    CONTRACT = 15
    DEMAND = 16
    """Gaps of a fixed demand, and which position it strikes."""
    BITS = 17
    """Whether a repair needs a bit."""
    FROM_DEPOT = 18
    QUALIFIED = 19
    """Who can do a task of a pool shared out by tasks."""
    LEAK = 20
    FUND = 21
    AT_HOME = 22
    """Whether a unit can be repaired by a `repair_at_home`."""
    REGENERATION = 23
    HARVEST = 24
    FOLLOW = 25
    """Whether a halt follows another."""
    EACH = 26
    """Whether another source delivers a need it took."""
    SLOW = 27
    """How much longer a consignment is on the way."""
    DUAL_SOURCING = 28
    """Whether another source takes a need that its line would take."""


def erlang_purpose(purpose: int, slot: int) -> int:
    """The purpose whose block k serves the Erlang draw in `slot` (0..7) of block k of `purpose`."""
    return ERLANG_BASE + 8 * purpose + slot


def entity_key(path: str) -> int:
    """The 64-bit key of the entity at `path`, for instance 'fleets/kfir/items/engine'."""
    return int.from_bytes(blake2b(path.encode("utf-8"), digest_size=8).digest(), "little")


@lru_cache(maxsize=256)
def _round_keys(seed: int, purpose: int) -> tuple[tuple[int, int], ...]:
    """The ten pairs of round keys: the key stepped by the golden ratio and the root of 3, each less 1."""
    if (seed | purpose) >> 64:
        raise ValueError(f"seed and purpose must lie in 0..2**64 - 1; got {seed} and {int(purpose)}")
    return tuple(
        ((seed + i * 0x9E3779B97F4A7C15) & _MASK, (purpose + i * 0xBB67AE8584CAA73B) & _MASK)
        for i in range(10)
    )


def block(
    seed: int, purpose: int, world: int, replication: int, entity: int, k: int
) -> tuple[int, int, int, int]:
    """Block k of the stream: four raw words of 64 bits. All arguments lie in 0..2**64 - 1, else ValueError.

    Equals `numpy.random.Philox(key=[seed, purpose], counter=[k, entity, replication, world]).random_raw(4)`.
    """
    if (k | entity | replication | world) >> 64:
        raise ValueError(
            "k, entity, replication and world must lie in 0..2**64 - 1; "
            f"got {k}, {entity}, {replication} and {world}"
        )
    c0, c1, c2, c3 = k + 1, entity, replication, world  # numpy steps the counter before the first block
    if c0 > _MASK:
        c0, c1, c2, c3 = _carried(entity, replication, world)
    for key0, key1 in _round_keys(seed, purpose):
        p = 0xD2E7470EE14C6C93 * c0
        q = 0xCA5A826395121157 * c2
        c0 = (q >> 64) ^ c1 ^ key0
        c2 = (p >> 64) ^ c3 ^ key1
        c1 = q & _MASK
        c3 = p & _MASK
    return c0, c1, c2, c3


def _carried(entity: int, replication: int, world: int) -> tuple[int, int, int, int]:
    """The counter after (2**64 - 1, entity, replication, world), a number of 256 bits, lowest word first."""
    upper = (entity | replication << 64 | world << 128) + 1
    return 0, upper & _MASK, upper >> 64 & _MASK, upper >> 128 & _MASK


def uniform(raw: int) -> float:
    """The uniform of a raw word: the middle of one of 2**52 equal cells, so strictly inside (0, 1).

    52 bits, for with 53 the half is lost above 1/2 and the last cell gives exactly 1.
    """
    return ((raw >> 12) + 0.5) * 2.0**-52


def uniforms(
    seed: int, purpose: int, world: int, replication: int, entity: int, k: int
) -> tuple[float, float, float, float]:
    """The four uniforms of block k of the stream."""
    a, b, c, d = block(seed, purpose, world, replication, entity, k)
    return uniform(a), uniform(b), uniform(c), uniform(d)


def normal(u: float) -> float:
    """The standard normal deviate with probability u below it, 0 < u < 1, to about 1 part in 10**15.

    Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37(3),
    1988, pages 477-484, routine PPND16.
    """
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        above = 2.5090809287301226727e3
        above = above * r + 3.3430575583588128105e4
        above = above * r + 6.7265770927008700853e4
        above = above * r + 4.5921953931549871457e4
        above = above * r + 1.3731693765509461125e4
        above = above * r + 1.9715909503065514427e3
        above = above * r + 1.3314166789178437745e2
        above = above * r + 3.3871328727963666080
        below = 5.2264952788528545610e3
        below = below * r + 2.8729085735721942674e4
        below = below * r + 3.9307895800092710610e4
        below = below * r + 2.1213794301586595867e4
        below = below * r + 5.3941960214247511077e3
        below = below * r + 6.8718700749205790830e2
        below = below * r + 4.2313330701600911252e1
        below = below * r + 1.0
        return q * above / below
    r = math.sqrt(-math.log(u if q < 0.0 else 1.0 - u))
    if r <= 5.0:
        r = r - 1.6
        above = 7.74545014278341407640e-4
        above = above * r + 2.27238449892691845833e-2
        above = above * r + 2.41780725177450611770e-1
        above = above * r + 1.27045825245236838258
        above = above * r + 3.64784832476320460504
        above = above * r + 5.76949722146069140550
        above = above * r + 4.63033784615654529590
        above = above * r + 1.42343711074968357734
        below = 1.05075007164441684324e-9
        below = below * r + 5.47593808499534494600e-4
        below = below * r + 1.51986665636164571966e-2
        below = below * r + 1.48103976427480074590e-1
        below = below * r + 6.89767334985100004550e-1
        below = below * r + 1.67638483018380384940
        below = below * r + 2.05319162663775882187
        below = below * r + 1.0
    else:
        r = r - 5.0
        above = 2.01033439929228813265e-7
        above = above * r + 2.71155556874348757815e-5
        above = above * r + 1.24266094738807843860e-3
        above = above * r + 2.65321895265761230930e-2
        above = above * r + 2.96560571828504891230e-1
        above = above * r + 1.78482653991729133580
        above = above * r + 5.46378491116411436990
        above = above * r + 6.65790464350110377720
        below = 2.04426310338993978564e-15
        below = below * r + 1.42151175831644588870e-7
        below = below * r + 1.84631831751005468180e-5
        below = below * r + 7.86869131145613259100e-4
        below = below * r + 1.48753612908506148525e-2
        below = below * r + 1.36929880922735805310e-1
        below = below * r + 5.99832206555887937690e-1
        below = below * r + 1.0
    return -above / below if q < 0.0 else above / below


def gamma(x: float) -> float:
    """Euler's gamma function for 1 <= x <= 140, to about 1 part in 10**14.

    Stirling's series (Abramowitz and Stegun, 6.1.40) after raising x to 12 by gamma(x+1) = x gamma(x). Ours
    because `math.gamma` differs in the last bits between CPython and numba.
    """
    product = 1.0
    while x < 12.0:
        product *= x
        x += 1.0
    w = 1.0 / (x * x)
    series = 1.0 / 1260.0 - w * (1.0 / 1680.0 - w * (1.0 / 1188.0 - w * (691.0 / 360360.0)))
    series = (1.0 / 12.0 - w * (1.0 / 360.0 - w * series)) / x
    return math.sqrt(2.0 * math.pi) * x ** (x - 0.5) * math.exp(series - x) / product


def sample(
    kind: int, scale: float, shape: float, u: float, erlang: tuple[float, float, float, float] | tuple[()]
) -> float:
    """One value of the law `kind`, in the unit of `scale`, rising with u (Erlang: falling with its uniforms).

    | kind | scale | shape |
    |---|---|---|
    | FIXED | the value | unused |
    | EXPONENTIAL | mean | unused |
    | LOGNORMAL | median | standard deviation of the log |
    | UNIFORM | mean | coefficient of variation; above 1/sqrt(3) values below zero occur |
    | ERLANG | mean | number of phases, 1..4, one uniform of `erlang` each; `u` is unused |
    | WEIBULL | mean | Weibull's shape; above 1 means wearing out |
    """
    if kind == FIXED:
        return scale
    if kind == EXPONENTIAL:
        return -scale * math.log1p(-u)
    if kind == LOGNORMAL:
        return scale * math.exp(shape * normal(u))
    if kind == UNIFORM:
        return scale * (1.0 + math.sqrt(3.0) * shape * (2.0 * u - 1.0))
    if kind == ERLANG:
        phases = int(shape)
        logs = 0.0
        for i in range(phases):
            logs += math.log(erlang[i])
        return -(scale / phases) * logs
    if kind == WEIBULL:
        return scale / gamma(1.0 + 1.0 / shape) * (-math.log1p(-u)) ** (1.0 / shape)
    raise ValueError("no such law: kind must be FIXED, EXPONENTIAL, LOGNORMAL, UNIFORM, ERLANG or WEIBULL")


def scale_from_mean(kind: int, mean: float, shape: float) -> float:
    """The scale that `sample` wants for a law with this mean."""
    if kind == LOGNORMAL:
        return mean * math.exp(-0.5 * shape * shape)
    return mean


def scale_from_median(kind: int, median: float, shape: float) -> float:
    """The scale that `sample` wants for a law with this median; ValueError for ERLANG (no closed form)."""
    if kind == ERLANG:
        raise ValueError("an Erlang law is given by its mean: its median has no closed form")
    if kind == EXPONENTIAL:
        return median / math.log(2.0)
    if kind == WEIBULL:
        return median / math.log(2.0) ** (1.0 / shape) * gamma(1.0 + 1.0 / shape)
    return median


def lognormal_sd(cv: float) -> float:
    """The standard deviation of the log of a lognormal law with coefficient of variation `cv`."""
    return math.sqrt(math.log1p(cv * cv))


def triangular(low: float, best: float, high: float, u: float) -> float:
    """The value with probability u below it under the triangular law on [low, high] with mode `best`.

    Needs low <= best <= high; each width may be zero. Never leaves [low, high].
    """
    width = high - low
    if width <= 0.0:
        return low
    if u * width < best - low:
        value = low + math.sqrt(u * width * (best - low))
    else:
        value = high - math.sqrt((1.0 - u) * width * (high - best))
    return min(max(value, low), high)


def uniform_between(low: float, high: float, u: float) -> float:
    """The value with probability u below it under the uniform law on [low, high], never outside."""
    return min(max(low + u * (high - low), low), high)


def uncertain(low: float, best: float | None, high: float, log: bool, u: float) -> float:
    """A world's value of something we do not know: triangular with mode `best`, uniform when `best` is None.

    `log` puts the law on the log scale, where low must be above zero (else ValueError). The caller has filled
    missing ends with `best`.
    """
    if low == high:
        return low
    if not log:
        return uniform_between(low, high, u) if best is None else triangular(low, best, high, u)
    if low <= 0.0:
        return impossible_low(low)
    if best is None:
        exponent = uniform_between(math.log(low), math.log(high), u)
    else:
        exponent = triangular(math.log(low), math.log(best), math.log(high), u)
    return min(max(math.exp(exponent), low), high)


def impossible_low(low: float) -> float:
    """Refuses a low end that has no logarithm."""
    raise ValueError(f"a value on the log scale must be above zero; its low end is {low}")


def impossible_life(fh: float) -> int:
    """Refuses a life that is no length of use."""
    raise ValueError(f"a life must be a finite number of flying hours, not below zero; got {fh}")


def impossible_delay(days: float) -> int:
    """Refuses a delay that is no length of time."""
    raise ValueError(f"a delay must be a finite number of days, not below zero; got {days}")


def life_units(fh: float) -> int:
    """A life of `fh` flying hours in nano-flown-seconds: rounded up, at least 1, at most `LONGEST`."""
    if not 0.0 <= fh < math.inf:
        return impossible_life(fh)
    units = fh * NANO_SECONDS_PER_HOUR
    if units >= LONGEST:
        return LONGEST
    return max(1, math.ceil(units))


def delay_seconds(days: float) -> int:
    """A delay of `days` in whole seconds, halves rounded up; may be 0, at most `LONGEST`."""
    if not 0.0 <= days < math.inf:
        return impossible_delay(days)
    seconds = days * SECONDS_PER_DAY + 0.5
    if seconds >= LONGEST:
        return LONGEST
    return math.floor(seconds)
