"""Compiled numbers are those of Python, bit for bit; machine code is kept where it may be and found only when true.

`draws` and `rules` are the measure; their own tests say what is right.
"""

import json
import math
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import needs_numba  # noqa: F401
import numba
import numpy as np
import pytest

from armsim.engines.compiled import jit, numbers
from armsim.engines.compiled.heap import NODE, WIDTH, number_rows, pop, push
from armsim.model import draws, rules
from armsim.model.draws import ERLANG, EXPONENTIAL, FIXED, LOGNORMAL, UNIFORM, WEIBULL, WORLD_REPLICATION, Purpose
from armsim.model.order import NEVER

TOP, MOST, YEAR = 2**64 - 1, 2**63 - 1, 31_557_600
#: Uniforms at both ends, at the seams of `normal`, and in the middle.
EDGES = (2.0**-53, math.exp(-25), 0.075, math.nextafter(0.075, 0), 0.5, 0.925, math.nextafter(0.925, 1), 1 - 2.0**-53)
LAWS = [
    (FIXED, 0.0), (EXPONENTIAL, 0.0), (LOGNORMAL, 0.0), (LOGNORMAL, 0.7), (UNIFORM, 0.3), (UNIFORM, 0.9),
    (ERLANG, 1.0), (ERLANG, 2.0), (ERLANG, 3.0), (ERLANG, 4.0), (WEIBULL, 0.01), (WEIBULL, 0.8), (WEIBULL, 2.5),
]  # fmt: skip


def signed(word: int) -> int:
    """The int64 with the bits of a word, as compiled code hands it on."""
    return word - 2**64 if word > MOST else word


def some_uniforms(n: int, chance: random.Random) -> list[float]:
    return [*EDGES, *(draws.uniform(chance.getrandbits(64)) for _ in range(n))]


def same(value: Any, expected: Any) -> bool:
    """Equal to the last bit, zeros of either sign apart."""
    if isinstance(expected, tuple):
        return len(value) == len(expected) and all(map(same, value, expected))
    if isinstance(expected, float):
        return float(value).hex() == expected.hex()
    return int(value) == expected


# ---- wide products


def test_the_upper_half_of_a_product_is_exact() -> None:
    chance = random.Random(1)
    words = [0, 1, 2, 2**32 - 1, 2**32, MOST, 2**63, TOP - 1, TOP] + [chance.getrandbits(64) for _ in range(40)]

    for a in words:
        for b in words:
            assert numbers.mulhi(np.uint64(a), np.uint64(b)) == a * b >> 64


def numbers_of_all_lengths(n: int) -> Iterator[tuple[int, int, int]]:
    chance = random.Random(2)
    for _ in range(n):
        a, b, c = (chance.getrandbits(chance.randint(1, 63)) for _ in range(3))
        yield chance.choice((a, -a)), b, max(1, c)


def test_a_share_is_exact_though_its_product_passes_64_bits() -> None:
    wide = 0
    for a, b, c in numbers_of_all_lengths(20_000):
        if abs(a * b // c) <= MOST:
            wide += abs(a * b) > TOP
            assert numbers.muldiv(a, b, c) == a * b // c, (a, b, c)

    assert wide > 2000


def test_a_share_of_62_bit_numbers_is_exact() -> None:
    chance = random.Random(3)
    for _ in range(5000):
        a, c = (chance.getrandbits(62) | 1 << 61 for _ in range(2))
        b = chance.randint(0, c)
        for whole in (a, -a):
            assert numbers.muldiv(whole, b, c) == whole * b // c


def test_a_share_that_divides_evenly_or_just_not_is_exact() -> None:
    chance = random.Random(4)
    for _ in range(2000):
        c, share = chance.getrandbits(61) + 2, chance.getrandbits(40) + 1
        for a in (c * share >> 20, (c * share >> 20) + 1, c, c - 1, 1, 0):
            for whole in (min(a, MOST), -min(a, MOST)):
                for b in (0, 1, c - 1, c):
                    assert numbers.muldiv(whole, b, c) == whole * b // c, (whole, b, c)


def test_the_smallest_number_has_shares_too() -> None:
    assert numbers.muldiv(-(2**63), 1, 2) == -(2**62)
    assert numbers.muldiv(-(2**63), MOST, MOST) == -MOST  # one beyond what a share may be
    assert numbers.muldiv(-(2**63), 3, 7) == -(2**63) * 3 // 7


def test_a_share_beyond_64_bits_stops_at_the_last_number() -> None:
    for a, b, c in [(MOST, 2, 1), (MOST, MOST, 1), (2**62, 2**62, 2**60), (2**62, 4, 2), (MOST, MOST, MOST - 1)]:
        assert numbers.muldiv(a, b, c) == MOST
        assert numbers.muldiv(-a, b, c) == -MOST


# ---- draws


def test_uniforms_are_those_of_the_model() -> None:
    chance = random.Random(5)
    for _ in range(3000):
        name = [chance.choice((chance.getrandbits(64), chance.getrandbits(8), 0, TOP, 2**63, MOST)) for _ in range(5)]
        k = chance.choice((chance.getrandbits(62), chance.getrandbits(8), 0, MOST))

        assert same(numbers.uniforms(*map(signed, name), k), draws.uniforms(*name, k)), (name, k)


def test_the_worlds_own_draws_have_replication_minus_one() -> None:
    key = draws.entity_key("halts/stop/after")
    given = 11, int(Purpose.FOLLOW), 3, -1, signed(key), 0

    assert key > MOST
    assert same(numbers.uniforms(*given), draws.uniforms(11, Purpose.FOLLOW, 3, WORLD_REPLICATION, key, 0))
    assert same(numbers.uniform(*given), draws.uniforms(11, Purpose.FOLLOW, 3, WORLD_REPLICATION, key, 0)[0])


def test_normals_are_those_of_the_model() -> None:
    for u in some_uniforms(5000, random.Random(6)):
        assert same(numbers.normal(u), draws.normal(u)), u


def test_the_gamma_function_is_that_of_the_model() -> None:
    chance = random.Random(7)
    for x in [1.0, 1.5, 2.0, math.nextafter(12.0, 0), 12.0, 140.0] + [chance.uniform(1, 101) for _ in range(3000)]:
        assert same(numbers.gamma(x), draws.gamma(x)), x


@pytest.mark.parametrize(("kind", "shape"), LAWS)
def test_values_of_a_law_are_those_of_the_model(kind: int, shape: float) -> None:
    chance = random.Random(8)
    for u in some_uniforms(1500, chance):
        scale = chance.choice((0.0, 1.0, chance.uniform(0.01, 4000.0)))
        phases = (u, chance.random(), chance.choice(EDGES), chance.random())

        expected = draws.sample(kind, scale, shape, u, phases)
        assert same(numbers.sample(kind, scale, shape, u, phases), expected), (scale, u, phases)


def test_every_law_is_compared() -> None:
    assert {kind for kind, _ in LAWS} == set(range(6))


def test_an_unknown_law_is_refused_in_the_same_words() -> None:
    with pytest.raises(ValueError, match="no such law: kind must be FIXED"):
        numbers.sample(6, 1.0, 1.0, 0.5, (0.5, 0.5, 0.5, 0.5))


def lengths() -> list[float]:
    """Days or hours: around halves of a second, around the longest, and any."""
    chance = random.Random(9)
    halves = [(k + 0.5) / draws.SECONDS_PER_DAY for k in range(200)]
    near = [math.nextafter(x, x + way) for x in halves for way in (-1.0, 1.0)]
    longest = [draws.LONGEST / draws.SECONDS_PER_DAY, draws.LONGEST / draws.NANO_SECONDS_PER_HOUR]
    ends = [math.nextafter(x, x * way) for x in longest for way in (0.5, 2.0)]
    rest = [10 ** chance.uniform(-14, 20) for _ in range(2000)]
    return [0.0, -0.0, 1e-13, 1e300, sys.float_info.max, *halves, *near, *longest, *ends, *rest]


def test_delays_and_lives_are_those_of_the_model() -> None:
    for length in lengths():
        assert same(numbers.delay_seconds(length), draws.delay_seconds(length)), length
        assert same(numbers.life_units(length), draws.life_units(length)), length


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf, -1.0, -5e-324])
def test_a_length_that_there_cannot_be_gives_minus_one(wrong: float) -> None:
    assert numbers.delay_seconds(wrong) == -1
    assert numbers.life_units(wrong) == -1


# ---- rules


class Calendar:
    """A random calendar and a moment, often on an edge: as lists, and as slices out of the middle of flat arrays."""

    def __init__(self, chance: random.Random, most: int) -> None:
        span = chance.choice((3, 40, 10**9, 10**17))
        inner = sorted({chance.randint(-span, span) for _ in range(chance.randint(0, 5))})
        self.times = [chance.choice((-span - 1, -NEVER)), *inner]
        n = len(self.times)
        self.levels = [[chance.randint(0, most) for _ in range(n)] for _ in range(3)]
        self.shares = [chance.choice((0.0, 1.0, chance.random(), 1e-12)) for _ in range(n)]
        near = chance.choice(self.times[1:] or [0])
        self.t = max(chance.choice((near, near, near - 1, near + 1, chance.randint(-span, span))), -span - 1)
        ahead = chance.choice(self.times) - self.t
        far = chance.randint(0, 2 * span)
        self.takes = max(0, chance.choice((0, 1, ahead, ahead - 1, ahead + 1, far, draws.LONGEST)))
        self.flat_times = self.sliced(self.times)
        self.flat_levels = [self.sliced(levels) for levels in self.levels]
        self.flat_shares = self.sliced(self.shares)

    @staticmethod
    def sliced(values: list[Any]) -> np.ndarray:
        return np.array([99, 99, *values, -99])[2:-1]


def calendars(seed: int, most: int, n: int = 3000) -> Iterator[Calendar]:
    chance = random.Random(seed)
    return (Calendar(chance, most) for _ in range(n))


def test_calendars_have_ties_ends_and_moments_before_zero() -> None:
    seen = list(calendars(10, 4))

    assert sum(each.t in each.times[1:] for each in seen) > 500
    assert sum(each.t + each.takes in each.times[1:] for each in seen) > 500
    assert sum(each.t < 0 for each in seen) > 500
    assert sum(each.takes == 0 for each in seen) > 500
    assert sum(len(each.times) == 1 for each in seen) > 100


def test_segments_and_levels_are_those_of_the_model() -> None:
    for at in calendars(11, 4):
        assert numbers.bisect_right(at.flat_times, at.t) == rules.segment(at.times, at.t) + 1
        assert numbers.segment(at.flat_times, at.t) == rules.segment(at.times, at.t)
        level = numbers.level_at(at.flat_times, at.flat_levels[0], at.t)
        assert level == rules.level_at(at.times, at.levels[0], at.t)


@pytest.mark.parametrize(
    ("rule", "most"),
    [("work_with_stops", 1), ("licence", 2), ("transit", 4), ("repair_abroad", 3), ("wait_until_at_most", 2)],
)
def test_what_a_calendar_does_to_a_delay_is_that_of_the_model(rule: str, most: int) -> None:
    seen = set()
    for at in calendars(12, most):
        last = at.takes if rule != "wait_until_at_most" else at.takes % 3
        expected = getattr(rules, rule)(at.times, at.levels[0], at.t, last)
        seen.add(expected if isinstance(expected, int) else expected[0])

        assert same(getattr(numbers, rule)(at.flat_times, at.flat_levels[0], at.t, last), expected), vars(at)

    outcomes = {"licence": {0, 1}, "transit": {0, 1, 2}, "repair_abroad": {0, 1, 2}}
    assert seen == outcomes[rule] if rule in outcomes else {0, NEVER} < seen


def test_when_a_consignment_leaves_is_that_of_the_model() -> None:
    seen = set()
    for at in calendars(13, 2):
        for queued in (False, True):
            expected = rules.despatch_wait(at.times, *at.levels, at.t, queued)
            seen.add(expected)

            assert numbers.despatch_wait(at.flat_times, *at.flat_levels, at.t, queued) == expected, vars(at)

    assert {0, NEVER} < seen


def test_what_is_spoilt_abroad_is_that_of_the_model() -> None:
    seen = set()
    for at in calendars(14, 3):
        expected = rules.spoilt(at.times, at.levels[0], at.shares, at.t, at.t + at.takes, YEAR)
        seen.add(expected)

        value = numbers.spoilt(at.flat_times, at.flat_levels[0], at.flat_shares, at.t, at.t + at.takes, YEAR)
        assert same(value, expected), vars(at)

    assert {0.0, 1.0} < seen


def test_staggered_moments_are_those_of_the_model() -> None:
    chance = random.Random(15)
    for _ in range(3000):
        first, last = (chance.choice((-1, 1)) * chance.getrandbits(chance.choice((5, 40, 61))) for _ in range(2))
        n = chance.randint(1, 300)
        k = chance.choice((0, n - 1, chance.randrange(n)))

        assert numbers.staggered(first, last, k, n) == rules.staggered(first, last, k, n)


def test_flying_and_limits_of_use_are_those_of_the_model() -> None:
    chance = random.Random(16)
    for _ in range(5000):
        demand, cap = (chance.choice((0, chance.getrandbits(40), chance.getrandbits(60))) for _ in range(2))
        available = chance.randint(-1, 40)
        rate = chance.choice((0, 1, chance.getrandbits(40), chance.getrandbits(12)))
        reading = chance.choice((0, chance.getrandbits(61), -chance.getrandbits(61)))
        ahead = chance.choice((0, 1, -1, rate, rate + 1, 7 * rate, 7 * rate - 1, chance.getrandbits(60)))
        limit = chance.choice((reading + ahead, draws.LONGEST, NEVER, NEVER - 1))

        assert numbers.flying_rate(demand, available, cap) == rules.flying_rate(demand, available, cap)
        assert numbers.use_delay(limit, reading, rate) == rules.use_delay(limit, reading, rate), (limit, reading, rate)


def test_turns_lots_and_robbing_are_those_of_the_model() -> None:
    chance = random.Random(17)
    for _ in range(5000):
        turn = chance.randint(0, 400), chance.uniform(0.05, 500.0), chance.choice((0, 1, chance.getrandbits(28))), YEAR
        stock = chance.randint(-30, 30), chance.randint(-5, 20), chance.randint(0, 6)
        holes = chance.randint(0, 3), chance.randint(0, 3)

        assert numbers.turn_begins(*turn) == rules.turn_begins(*turn), turn
        assert numbers.lots(*stock) == rules.lots(*stock), stock
        assert numbers.may_rob(*holes) == rules.may_rob(*holes), holes


# ---- with and without a compiler


def results() -> list[Any]:
    """A few results of everything, from numbers as an engine holds them."""
    found: list[Any] = []
    chance = random.Random(18)
    for at in calendars(19, 2, n=60):
        t, takes = np.int64(at.t), np.int64(at.takes)
        key, few, part = np.int64(signed(chance.getrandbits(64))), t & 1023, np.int64(1024)
        u = numbers.uniforms(np.int64(5), np.int64(2), np.int64(1), np.int64(-1), key, few)
        levels, flat = at.flat_levels, at.flat_times
        found += [*u, numbers.uniform(5, 2, 1, -1, -9, 0)]
        found += [numbers.sample(kind, 40.0, shape, u[0], u) for kind, shape in LAWS]
        found += [numbers.delay_seconds(u[0] * 900), numbers.life_units(u[1] * 900), numbers.delay_seconds(math.nan)]
        found += [numbers.level_at(flat, levels[0], t), numbers.wait_until_at_most(flat, levels[0], t, 0)]
        found += [numbers.work_with_stops(flat, levels[0], t, takes), numbers.despatch_wait(flat, *levels, t, True)]
        for rule in (numbers.licence, numbers.transit, numbers.repair_abroad):
            found += rule(flat, levels[0], t, takes)
        found.append(numbers.spoilt(flat, levels[0], at.flat_shares, t, t + takes, YEAR))
        found.append(numbers.staggered(np.int64(-NEVER), np.int64(NEVER), np.int64(3), np.int64(300)))
        found += [numbers.mulhi(np.uint64(TOP), np.uint64(TOP - at.takes)), numbers.muldiv(takes, few, part)]
        found += [numbers.use_delay(np.int64(NEVER - 1), -takes, takes + 1), numbers.flying_rate(takes, part, takes)]
        found += [numbers.turn_begins(few, 2.5, np.int64(10**6), YEAR), numbers.lots(-takes, takes, part)]
        found.append(numbers.may_rob(few & 1, few & 2))
    s = np.zeros(WIDTH * 60, np.int64)
    number_rows(s, 0, 0, 60)
    for k in range(60):
        push(s, 0, NODE * 60, k, np.int64(k * 37 % 11), k * 7 % 3, k, k, k, k)
    for n in range(60, 0, -1):
        found += s[:NODE].tolist() + s[NODE * 60 :].tolist()
        pop(s, 0, n)
    return [float(each).hex() if isinstance(each, float) else int(each) for each in found]


def test_everything_is_the_same_without_a_compiler() -> None:
    """The other process runs plain Python, and takes any warning, as of a number that grew too large, for an error."""
    code = "import json, test_numbers as t; print(json.dumps([t.jit.IS_COMPILED, t.jit.CACHE_FOLDER, t.results()]))"
    command = [sys.executable, "-W", "error", "-c", code]
    plain = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(Path(jit.__file__).parents[3])}
    done = subprocess.run(command, cwd=Path(__file__).parent, env=plain, text=True, capture_output=True, check=False)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [False, None, results()]


# ---- where machine code is kept


def three_more(x: int) -> int:
    return x + 3


needs_compiler = pytest.mark.skipif(not jit.IS_COMPILED, reason="nothing is kept without a compiler")
posix = pytest.mark.skipif(not hasattr(os, "getuid"), reason="rights of files are told otherwise here")


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine on which the user's cache cannot be made: its place is taken by a file. Gives the temporary folder."""
    (tmp_path / "file").touch()
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(jit, "users_cache", lambda: tmp_path / "file")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    return tmp_path / "temporary"


@needs_compiler
def test_kept_code_is_found_again_and_nobody_elses_folder_changes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(jit, "CACHE_FOLDER", tmp_path)
    before = numba.config.CACHE_DIR
    first, again = jit.entry(three_more), jit.entry(three_more)

    assert first(4) == again(4) == 7
    assert (sum(first.stats.cache_misses.values()), sum(again.stats.cache_hits.values())) == (1, 1)
    assert list(tmp_path.rglob("*.nbi"))
    assert before == numba.config.CACHE_DIR


@needs_compiler
def test_without_a_folder_an_entry_is_compiled_for_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jit, "CACHE_FOLDER", None)
    alone = jit.entry(three_more)

    assert alone(4) == 7
    assert alone.stats.cache_path is None


@posix
def test_without_a_home_code_is_kept_in_a_private_temporary_folder(lost: Path) -> None:
    folder = jit.cache_folder()

    assert folder == lost / f"armsim-{os.getuid()}" / jit.fingerprint()
    assert folder.is_dir()
    assert folder.parent.stat().st_mode & 0o777 == 0o700


@posix
def test_a_temporary_folder_open_to_others_is_not_used(lost: Path) -> None:
    taken = lost / f"armsim-{os.getuid()}"
    taken.mkdir()
    taken.chmod(0o777)

    assert jit.cache_folder() is None


@posix
def test_a_link_in_place_of_the_temporary_folder_is_not_used(lost: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (lost / f"armsim-{os.getuid()}").symlink_to(tmp_path / "elsewhere")

    assert jit.cache_folder() is None


def test_a_user_without_a_home_is_no_reason_to_fail(monkeypatch: pytest.MonkeyPatch, lost: Path) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(jit, "users_cache", homeless)
    folder = jit.cache_folder()

    assert folder is not None
    assert folder.is_relative_to(lost)


def test_a_folder_the_user_named_for_numba_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "mine"))

    assert jit.cache_folder() == tmp_path / "mine" / "armsim" / jit.fingerprint()


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="XDG's rule is for other systems")
def test_a_relative_cache_home_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(numba.config, "CACHE_DIR", "")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    by_home = jit.users_cache()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "there"))

    assert by_home == tmp_path / "home" / ".cache"
    assert jit.users_cache() == tmp_path / "there"


@pytest.mark.parametrize("changed", ["engines/compiled/jit.py", "engines/core.py", "model/rules.py", "model/order.py"])
def test_a_changed_text_has_another_folder(changed: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("engines/compiled/jit.py", "engines/core.py", "model/rules.py", "model/order.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("a = 1\n", encoding="utf-8")
    monkeypatch.setattr(jit, "__file__", str(tmp_path / "engines/compiled/jit.py"))
    before = jit.fingerprint()
    unchanged = jit.fingerprint()
    (tmp_path / changed).write_text("a = 2\n", encoding="utf-8")

    assert before == unchanged != jit.fingerprint()
