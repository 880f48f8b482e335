"""The draws: published answers, two sources, and a statistical battery on our way of keying.

Every seed here is fixed, so a test that passes once passes for ever; a change of the keying draws
again. Each statistical test fails by chance with probability `ALARM` at most (Bonferroni over its
families), the whole battery of 51 with 51 * ALARM = 0.5 % at most.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bondsim import chance
from bondsim.compiling import compiled, uniform_rows
from bondsim.reference import draws

pytestmark = pytest.mark.modes

WORD = st.integers(0, 2**32 - 1)
SEED = st.integers(0, 2**63 - 1)
PURPOSES = {
    name: value for name, value in vars(chance).items()
    if name.isupper() and not name.startswith("_") and name != "WORD"
}  # fmt: skip

# Random123 1.14, tests/kat_vectors, philox4x32 with 10 rounds: counter, key, result
KNOWN_ANSWERS = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000",
     "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff",
     "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0",
     "d16cfe09 94fdcceb 5001e420 24126ea1"),
]  # fmt: skip


def words(text: str) -> tuple[int, ...]:
    return tuple(int(word, 16) for word in text.split())


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_philox_gives_the_published_answers(counter, key, answer):
    assert chance.philox(*words(counter), *words(key)) == words(answer)
    assert compiled(chance.philox)(*words(counter), *words(key)) == words(answer)
    assert draws.philox(words(counter), words(key)) == words(answer)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(WORD, WORD, WORD, WORD, WORD, WORD)
def test_plain_compiled_and_reference_philox_agree(c0, c1, c2, c3, k0, k1):
    plain = chance.philox(c0, c1, c2, c3, k0, k1)
    assert compiled(chance.philox)(c0, c1, c2, c3, k0, k1) == plain
    assert draws.philox((c0, c1, c2, c3), (k0, k1)) == plain


@settings(max_examples=200, deadline=None, derandomize=True)
@given(SEED, st.integers(0, 2**31 - 1), st.sampled_from(sorted(PURPOSES.values())), WORD, WORD)
def test_the_draws_of_a_decision_agree_in_all_three_versions(seed, day, purpose, a, b):
    for name in ("uniforms", "pair_uniforms", "normal"):
        plain = getattr(chance, name)(seed, day, purpose, a, b)
        assert getattr(draws, name)(seed, day, purpose, a, b) == plain
        assert compiled(getattr(chance, name))(seed, day, purpose, a, b) == plain


@settings(max_examples=50, deadline=None, derandomize=True)
@given(SEED, st.integers(0, 2**31 - 1), st.lists(st.tuples(WORD, WORD), max_size=20))
def test_rows_of_draws_are_the_draws_one_by_one(seed, day, ids):
    a, b = [i for i, _ in ids], [j for _, j in ids]
    rows = uniform_rows(seed, day, chance.PAIR, a, b)
    assert rows.shape == (len(ids), 4)
    assert [tuple(row) for row in rows] == [
        chance.uniforms(seed, day, chance.PAIR, i, j) for i, j in ids
    ]


def test_rows_without_a_second_id_have_0_there():
    rows = uniform_rows(5, 3, chance.STRESS, [7, 9])
    assert tuple(rows[1]) == chance.uniforms(5, 3, chance.STRESS, 9, 0)


@given(SEED, WORD, WORD)
def test_a_pair_draws_the_same_whoever_is_named_first(seed, a, b):
    assert chance.pair_uniforms(seed, 1, chance.PAIR, a, b) == chance.pair_uniforms(
        seed, 1, chance.PAIR, b, a
    )


def test_draws_never_reach_0_or_1():
    low, high = (word + 0.5 for word in (0, 2**32 - 1))
    assert low * 2.0**-32 > 0.0 and high * 2.0**-32 < 1.0


def test_every_purpose_has_a_number_of_its_own():
    assert len(set(PURPOSES.values())) == len(PURPOSES)
    # 7 was given up, and is not to be given again
    assert sorted([*PURPOSES.values(), 7]) == list(range(1, len(PURPOSES) + 2))


def test_no_two_decisions_share_a_counter():
    """The counter holds day, both ids and the purpose as they are: exchanging any two shows."""
    seen = {
        chance.uniforms(1, *order)
        for order in itertools.permutations((3, 4, 5, 6))
    }  # fmt: skip
    assert len(seen) == 24
    assert chance.uniforms(1, 3, 4, 5, 6) != chance.uniforms(1 + 2**32, 3, 4, 5, 6)


# --- the battery ----------------------------------------------------------------------------

ALARM = 1e-4
"""Chance that a test of a perfect generator fails."""
N = 20_000
SOME_SEEDS = (1, 2, 2**32, 2**63 - 1)


def over_ids(seed=1, day=10, purpose=chance.PAIR):
    return uniform_rows(seed, day, purpose, np.arange(N), np.arange(N) + 1)


def over_others(seed=1, day=10, purpose=chance.PROMISE):
    return uniform_rows(seed, day, purpose, np.full(N, 77), np.arange(N))


def each(draw, along) -> np.ndarray:
    """One decision for each of many days, purposes or seeds."""
    return np.array([draw(x) for x in along])


_uniforms = compiled(chance.uniforms)
STREAMS = {
    "ids": lambda: over_ids(),
    "other ids": lambda: over_others(),
    "days": lambda: each(lambda d: _uniforms(1, d, chance.PAIR, 3, 9), range(N)),
    "purposes": lambda: each(lambda p: _uniforms(1, 10, p, 3, 9), range(N)),
    "seeds": lambda: each(lambda s: _uniforms(s, 10, chance.PAIR, 3, 9), range(N)),
    "high seeds": lambda: each(lambda s: _uniforms(s << 32, 10, chance.PAIR, 3, 9), range(N)),
    "large ids": lambda: uniform_rows(1, 10, chance.PAIR, 2**32 - 1 - np.arange(N), 2**31),
    "spaced ids": lambda: uniform_rows(1, 10, chance.PAIR, 65536 * np.arange(N), 0),
}
"""What one thing moving by one step gives, all else fixed: float64 (N, 4) each."""


@pytest.fixture(scope="module", params=STREAMS)
def stream(request) -> np.ndarray:
    return STREAMS[request.param]()


def test_each_word_is_uniform(stream):
    """Kolmogorov-Smirnov for each of four words."""
    smallest = min(stats.kstest(stream[:, word], "uniform").pvalue for word in range(4))
    assert smallest > ALARM / 4


def test_neighbours_are_uncorrelated(stream):
    """Every word with every word at lags 1, 2, 3 and 7 along the thing that moves."""
    z = (stream - 0.5) * math.sqrt(12.0)
    worst = max(np.abs(z[lag:].T @ z[:-lag] / math.sqrt(N - lag)).max() for lag in (1, 2, 3, 7))
    assert worst < stats.norm.isf(ALARM / 2 / (4 * 16))


def test_words_of_a_decision_are_uncorrelated(stream):
    z = (stream - 0.5) * math.sqrt(12.0)
    r = (z.T @ z / math.sqrt(N))[np.triu_indices(4, 1)]
    assert np.abs(r).max() < stats.norm.isf(ALARM / 2 / 6)


def test_the_two_directions_of_a_pair_are_uncorrelated():
    a, b = np.arange(N) * 2, np.arange(N) * 2 + 1
    one = uniform_rows(1, 10, chance.PROMISE, a, b) - 0.5
    other = uniform_rows(1, 10, chance.PROMISE, b, a) - 0.5
    r = 12.0 * (one.T @ other) / math.sqrt(N)
    assert np.abs(r).max() < stats.norm.isf(ALARM / 2 / 16)


@pytest.mark.parametrize("what", ["day", "purpose", "seed"])
def test_the_same_people_draw_afresh(what):
    """Across all people: the next day, the next purpose and the next seed are independent."""
    step = {"day": {"day": 11}, "purpose": {"purpose": chance.PAIR + 1}, "seed": {"seed": 2}}[what]
    one, other = over_ids() - 0.5, over_ids(**step) - 0.5
    r = 12.0 * (one.T @ other) / math.sqrt(N)
    assert np.abs(r).max() < stats.norm.isf(ALARM / 2 / 16)


def test_pairs_of_bits_are_even(stream):
    """Chi-square of the four values of each pair of the top and bottom bits of all words."""
    integers = (stream * 2.0**32).astype(np.uint64)
    bits = np.stack(
        [(integers[:, w] >> np.uint64(s)) & np.uint64(1) for w in range(4) for s in (0, 1, 30, 31)]
    ).astype(np.int64)
    pairs = list(itertools.combinations(range(16), 2))
    counts = [np.bincount(2 * bits[p] + bits[q], minlength=4) for p, q in pairs]
    smallest = min(stats.chisquare(count).pvalue for count in counts)
    assert smallest > ALARM / len(pairs)


def test_pairs_of_neighbours_fill_the_square(stream):
    """Chi-square on a 16 by 16 grid of (word of one, same word of the next), non-overlapping."""
    cells = (stream * 16).astype(np.int64)
    pvalues = []
    for word in range(4):
        cell = 16 * cells[0::2, word] + cells[1::2, word]
        pvalues.append(stats.chisquare(np.bincount(cell, minlength=256)).pvalue)
    assert min(pvalues) > ALARM / 4


def test_collisions_are_as_many_as_chance_makes():
    """All words of the draws of many days, people and purposes thrown into 2**32 urns.

    With n = 320,000 balls the number of collisions is Poisson with mean n**2 / 2**33.
    """
    rows = [
        uniform_rows(seed, day, purpose, np.arange(1000), 5)
        for seed, day, purpose in itertools.product((1, 2), range(10), (1, 2, 3, 12))
    ]
    balls = (np.concatenate(rows).ravel() * 2.0**32).astype(np.uint64)
    collisions = balls.size - np.unique(balls).size
    mean = balls.size**2 / 2.0**33
    assert stats.poisson.cdf(collisions, mean) > ALARM / 2
    assert stats.poisson.sf(collisions - 1, mean) > ALARM / 2


def test_birthday_spacings_are_poisson():
    """Marsaglia's test: 1024 birthdays in a year of 2**28 days repeat Poisson(1) spacings."""
    m, year = 1024, 2.0**28
    repeats = 0
    trials = 200
    for day in range(trials):
        birthdays = np.sort((uniform_rows(1, day, chance.STEP, np.arange(m))[:, 0] * year) // 1)
        repeats += m - 1 - np.unique(np.diff(birthdays)).size
    mean = trials * m**3 / (4.0 * year)
    assert stats.poisson.cdf(repeats, mean) > ALARM / 2
    assert stats.poisson.sf(repeats - 1, mean) > ALARM / 2


@pytest.mark.parametrize("seed", SOME_SEEDS)
def test_normal_deviates_have_the_moments_that_are_stated(seed):
    """Mean 0, variance 1, skewness 0, excess kurtosis -0.3; each within its sampling error."""
    draw = compiled(chance.normal)
    x = np.array([draw(seed, day, chance.ATTENTION, 4, 5) for day in range(40_000)])
    limit = stats.norm.isf(ALARM / 2 / 4)
    moments = [np.mean(x), np.mean(x**2), np.mean(x**3), np.mean(x**4)]
    expected = [0.0, 1.0, 0.0, 2.7]
    for k, (found, wanted) in enumerate(zip(moments, expected, strict=True), start=1):
        error = np.std(x**k) / math.sqrt(x.size)
        assert abs(found - wanted) < limit * error
    assert np.abs(x).max() <= 2.0 * math.sqrt(3.0)


def test_normal_deviates_of_neighbours_are_uncorrelated():
    draw = compiled(chance.normal)
    x = np.array(
        [[draw(1, day, chance.NOISE_SOCIAL, i, 0) for i in range(150)] for day in range(150)]
    )
    other = np.array(
        [[draw(1, day, chance.NOISE_EMOTIONAL, i, 0) for i in range(150)] for day in range(150)]
    )
    pairs = [(x[1:], x[:-1]), (x[:, 1:], x[:, :-1]), (x, other)]
    scores = [np.sum(a * b) / math.sqrt(a.size) for a, b in pairs]
    assert np.abs(scores).max() < stats.norm.isf(ALARM / 2 / 3)
