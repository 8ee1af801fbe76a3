"""Numbers for compiled code: wide products, draws and business rules, equal bit for bit to those of the model.

What `armsim.model.draws` and `armsim.model.rules` say is not said again: their own texts are compiled. Only what
needs more than 64 bits, or Python's lists, is written here. Whole numbers are int64; one that has no sign, as a
key, arrives with the same 64 bits. Calendars are slices of flat arrays.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic

from armsim.engines.compiled.jit import IS_COMPILED, function, twin
from armsim.model import draws, rules, timeline

MASK = 2**64 - 1
MOST = 2**63 - 1
NONE, ONE, TOP_BIT, TWELVE = np.uint64(0), np.uint64(1), np.uint64(63), np.uint64(12)
# Philox4x64 (Salmon and others 2011): multipliers, and the steps of the key.
TIMES_0, TIMES_2 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
STEP_0, STEP_1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)


# ---- wide products


def wide_product(typing: Any, a: Any, b: Any) -> Any:
    """The upper half of the product of two words, in one instruction."""

    def write(context: Any, builder: Any, signature: Any, words: Any) -> Any:
        word, wide = words[0].type, words[0].type.__class__(128)
        product = builder.mul(*(builder.zext(each, wide) for each in words))
        return builder.trunc(builder.lshr(product, wide(64)), word)

    return types.uint64(types.uint64, types.uint64), write


high_word: Any = intrinsic(wide_product)


def plain_mulhi(a: int, b: int) -> int:
    """As `mulhi`, with Python's numbers."""
    return (int(a) & MASK) * (int(b) & MASK) >> 64


def compiled_mulhi(a: int, b: int) -> int:
    """As `mulhi`, with words."""
    return high_word(a, b)


def plain_muldiv(a: int, b: int, c: int) -> int:
    """As `muldiv`, with Python's numbers."""
    return max(-MOST, min(int(a) * int(b) // int(c), MOST))


def compiled_muldiv(a: int, b: int, c: int) -> Any:
    """As `muldiv`, with words."""
    whole, times, parts = np.uint64(a if a >= 0 else -a), np.uint64(b), np.uint64(c)
    high, low = high_word(whole, times), whole * times
    if high >= parts:
        return MOST if a > 0 else -MOST
    if high == NONE:
        share = low // parts
        rest = low - share * parts
    else:
        share, rest = NONE, high
        for _ in range(64):  # long division; the rest stays below `parts`, so no bit of it is lost
            rest, low, share = rest << ONE | low >> TOP_BIT, low << ONE, share << ONE
            if rest >= parts:
                rest, share = rest - parts, share | ONE
    if a < 0 and rest > NONE:
        share += ONE
    if share > np.uint64(MOST):
        return MOST if a > 0 else -MOST
    return np.int64(share) if a >= 0 else -np.int64(share)


mulhi = function(compiled_mulhi) if IS_COMPILED else plain_mulhi
"""`mulhi(a, b)`: the upper 64 bits of the product of two numbers of 64 bits without sign."""

muldiv = function(compiled_muldiv) if IS_COMPILED else plain_muldiv
"""`muldiv(a, b, c)`: a·b/c rounded down, the product exact; b >= 0, c > 0; never beyond ±(2**63 - 1)."""


# ---- bits


def zeros_below(typing: Any, word: Any) -> Any:
    """How many bits below the lowest that is set, in one instruction."""

    def write(context: Any, builder: Any, signature: Any, words: Any) -> Any:
        return builder.cttz(words[0], context.get_constant(types.boolean, True))

    return types.int64(types.int64), write


count_zeros: Any = intrinsic(zeros_below)


def plain_lowest(word: int) -> int:
    """As `lowest`, with Python's numbers."""
    return (int(word) & -int(word)).bit_length() - 1


def compiled_lowest(word: int) -> int:
    """As `lowest`, with words."""
    return count_zeros(word)


lowest = function(compiled_lowest) if IS_COMPILED else plain_lowest
"""`lowest(word)`: the place of the lowest bit that is set in a word that is not 0."""


# ---- draws


@function
def cell(raw: Any) -> Any:
    """The uniform of a raw word, as `draws.uniform`."""
    return (np.float64(np.int64(raw >> TWELVE)) + 0.5) * 2.0**-52


def compiled_uniforms(seed: int, purpose: int, world: int, replication: int, entity: int, k: int) -> Any:
    """As `uniforms`, with words."""
    key_0, key_1 = np.uint64(seed), np.uint64(purpose)
    c_0, c_1, c_2, c_3 = np.uint64(k) + ONE, np.uint64(entity), np.uint64(replication), np.uint64(world)
    for _ in range(10):
        high_0, low_0 = high_word(TIMES_0, c_0), TIMES_0 * c_0
        high_2, low_2 = high_word(TIMES_2, c_2), TIMES_2 * c_2
        c_0, c_1, c_2, c_3 = high_2 ^ c_1 ^ key_0, low_2, high_0 ^ c_3 ^ key_1, low_0
        key_0, key_1 = key_0 + STEP_0, key_1 + STEP_1
    return cell(c_0), cell(c_1), cell(c_2), cell(c_3)


def plain_uniforms(seed: int, purpose: int, world: int, replication: int, entity: int, k: int) -> Any:
    """As `uniforms`, with Python's numbers."""
    words = [int(word) & MASK for word in (seed, purpose, world, replication, entity, k)]
    return draws.uniforms(*words)


uniforms = function(compiled_uniforms) if IS_COMPILED else plain_uniforms
"""`uniforms(seed, purpose, world, replication, entity, k)`: the four uniforms of a block, k >= 0 (ENGINE 24)."""


@function
def uniform(seed: int, purpose: int, world: int, replication: int, entity: int, k: int) -> float:
    """The first uniform of block k."""
    return uniforms(seed, purpose, world, replication, entity, k)[0]


@function
def impossible(amount: float) -> int:
    """-1 in place of a length that there cannot be; compiled code has no way to say which it was."""
    return -1


normal = twin(draws.normal)
gamma = twin(draws.gamma)
sample = twin(draws.sample, normal=normal, gamma=gamma)
delay_seconds = twin(draws.delay_seconds, impossible_delay=impossible)
life_units = twin(draws.life_units, impossible_life=impossible)


# ---- what a world draws


@function
def impossible_number(low: float) -> float:
    """NaN in place of a number that there cannot be."""
    return np.nan


triangular = twin(draws.triangular)
uniform_between = twin(draws.uniform_between)
uncertain = twin(
    draws.uncertain, triangular=triangular, uniform_between=uniform_between, impossible_low=impossible_number
)
scale_from_mean = twin(draws.scale_from_mean)
scale_from_median = twin(draws.scale_from_median, gamma=gamma)


# ---- rules


@function
def bisect_right(times: Any, t: int) -> int:
    """How many of the rising `times` are not after t."""
    low, high = 0, len(times)
    while low < high:
        middle = (low + high) // 2
        if t < times[middle]:
            high = middle
        else:
            low = middle + 1
    return low


segment = twin(rules.segment, bisect_right=bisect_right)
level_at = twin(rules.level_at, segment=segment)
wait_until_at_most = twin(rules.wait_until_at_most, segment=segment)
work_with_stops = twin(rules.work_with_stops, segment=segment)
licence = twin(rules.licence, segment=segment)
despatch_wait = twin(rules.despatch_wait, segment=segment)
transit = twin(rules.transit, segment=segment)
repair_abroad = twin(rules.repair_abroad, segment=segment)
spoilt = twin(rules.spoilt, segment=segment)
staggered = twin(rules.staggered, share_of=muldiv)
flying_rate = twin(rules.flying_rate)
use_delay = twin(rules.use_delay)
turn_begins = twin(rules.turn_begins)
lots = twin(rules.lots)
may_rob = twin(rules.may_rob)
shared_age = twin(timeline.shared_age, share_of=muldiv)
flown_a_second = twin(timeline.flown_a_second)
