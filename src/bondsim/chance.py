"""The only door to randomness: every draw is a pure function of (seed, day, purpose, ids).

The generator is Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, SC'11, "Parallel random numbers:
as easy as 1, 2, 3"). Its key is the seed; its counter is (day, id, other id, purpose), which is
injective: two decisions never share a counter, so no draw depends on storage order, on threads or
on how many numbers were drawn before.

Everything here is plain integer arithmetic, the same in Python and compiled: products wrap at 64
bits when compiled and do not in Python, and the masks make both give the same words.
"""

from __future__ import annotations

# One number per decision. Never reused, never renumbered: a new decision takes the next number.
PAIR = 1  # pair: does a chosen meeting happen, an obligatory one, does the bond end
ATTENTION = 2  # person toward other: noise of attention in a meeting
PROMISE = 3  # person toward other: due, breached, deceived, repaired
ACCOMPLISHMENT = 4  # person: something to recognise today
RECOGNITION = 5  # person toward other: recognises it
WEAK_CONTACT = 6  # person, number of the encounter: whom, how kind
# 7 was the end of a bond, which `PAIR` decides
STEP = 8  # person: takes a first step, by which way, toward whom (two picks)
ACCEPT = 9  # other toward person: accepts, and with which kind
PARTNER = 10  # pair: two single friends become partners
STRESS = 11  # person: a stressful event
NOISE_EMOTIONAL = 12  # person
NOISE_SOCIAL = 13  # person
CLIMATE = 14  # context
TURNOVER = 15  # person: moves away
TRAIT = 16  # person, number of the trait
VIEW = 17  # person toward other: views that start a bond
AGE = 18  # pair: age of a bond at the start
NETWORK = 19  # generator, number of the decision within it
INTERVENTION = 20  # person, number of the intervention
POSITION = 21  # person: place in interest space, and a stand-in for it
RING = 22  # person: who is whose kin and partner in a generated network
COLLEAGUE = 23  # person, number of the draw: coworkers and clients in a generated network
PERMUTATION = 24  # draw, number of the permutation: shuffled labels in a measure
SURVEY = 25  # person, number of the decision: who answers a simulated survey, and what
CONTROL = 26  # person, number of the draw: negative-control outcomes
NAMING = 27  # person toward other: is the name forgotten in a simulated survey
RELABELLING = 28  # person, number of the shuffle: shuffled labels in an estimator
REWIRING = 29  # attempt: two ties of a survey that change ends

WORD = 0xFFFFFFFF
_MULTIPLIER_0 = 0xD2511F53
_MULTIPLIER_1 = 0xCD9E8D57
_WEYL_0 = 0x9E3779B9
_WEYL_1 = 0xBB67AE85
_PER_WORD = 2.0**-32
_SQRT_3 = 1.7320508075688772


def philox(c0, c1, c2, c3, k0, k1):
    """Philox4x32-10: four counter words and two key words in [0, 2**32) to four words."""
    for _ in range(10):
        p0 = _MULTIPLIER_0 * c0
        p1 = _MULTIPLIER_1 * c2
        c0, c1, c2, c3 = (
            ((p1 >> 32) & WORD) ^ c1 ^ k0,
            p1 & WORD,
            ((p0 >> 32) & WORD) ^ c3 ^ k1,
            p0 & WORD,
        )
        k0 = (k0 + _WEYL_0) & WORD
        k1 = (k1 + _WEYL_1) & WORD
    return c0, c1, c2, c3


def uniforms(key, day, purpose, a, b):
    """Four numbers uniform in (0, 1) for one decision.

    `key` is the seed, an int in [0, 2**63); `day` >= 0; `a` and `b` are ids in [0, 2**32): person
    and other for a directed decision, the smaller id first for a pair, 0 where there is no other.
    """
    # Masked, since the compiler then knows that a 32-bit product will do.
    w0, w1, w2, w3 = philox(
        int(day) & WORD, int(a) & WORD, int(b) & WORD, purpose, int(key) & WORD,
        (int(key) >> 32) & WORD,
    )  # fmt: skip
    return (
        (w0 + 0.5) * _PER_WORD,
        (w1 + 0.5) * _PER_WORD,
        (w2 + 0.5) * _PER_WORD,
        (w3 + 0.5) * _PER_WORD,
    )


def pair_uniforms(key, day, purpose, a, b):
    """Four numbers uniform in (0, 1) for a decision of the unordered pair {a, b}."""
    return uniforms(key, day, purpose, min(a, b), max(a, b))


def normal(key, day, purpose, a, b):
    """A standard normal deviate as the scaled sum of four uniforms (Irwin-Hall).

    Mean 0, variance 1, excess kurtosis -0.3, within +-3.47: built from + and * alone, so that it
    has the same bits on every machine, and bounded, which suits states in [0, 1].
    """
    u0, u1, u2, u3 = uniforms(key, day, purpose, a, b)
    return ((u0 + u1) + (u2 + u3) - 2.0) * _SQRT_3
