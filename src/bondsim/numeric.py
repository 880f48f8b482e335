"""Elementary functions built from + - * / alone, so that one result has the same bits everywhere.

The C library's exp and log differ in the last bit between processors; these do not.
"""

from __future__ import annotations

import math

_LOG2_E = 1.4426950408889634
_LN2_HIGH = 0.6931471803691238  # the leading 32 bits of ln 2: n * _LN2_HIGH is exact
_LN2_LOW = 1.9082149292705877e-10
_SQRT_HALF = 0.7071067811865476


# --- what `intrinsics` has single instructions for ---------------------------------------------


def nearest(x):
    """The whole number nearest to `x`, the upper one of two, as a float."""
    return float(math.floor(x + 0.5))


def power_of_two(n):
    """2**n for a whole number n in [-1022, 1023] given as a float."""
    return math.ldexp(1.0, int(n))


def parts(x):
    """`x` as (m, e) with x = m * 2**e, 1/2 <= m < 1; for x of at least 2.3e-308."""
    return math.frexp(x)


def prefetch(array, place):
    """Have the processor fetch ``array[place]``, which is needed soon. Changes nothing."""


# --- elementary functions -----------------------------------------------------------------------


def unit(x):
    """`x` held within [0, 1]."""
    return min(max(x, 0.0), 1.0)


def exp(x):
    """e**x, held at the ends of [-44, 44]; relative error below 1e-13."""
    x = min(max(x, -44.0), 44.0)
    n = nearest(x * _LOG2_E)
    r = (x - n * _LN2_HIGH) - n * _LN2_LOW
    # In pairs, then pairs of pairs: a third of the steps that wait for one another.
    r2 = r * r
    r4 = r2 * r2
    low = (1.0 + r) + (0.5 + (1.0 / 6.0) * r) * r2
    middle = (1.0 / 24.0 + (1.0 / 120.0) * r) + (1.0 / 720.0 + (1.0 / 5040.0) * r) * r2
    high = (1.0 / 40320.0 + (1.0 / 362880.0) * r) + (1.0 / 3628800.0 + (1.0 / 39916800.0) * r) * r2
    p = low + (middle + high * r4) * r4
    return p * power_of_two(n)


def log(x):
    """The natural logarithm of x > 2.3e-308; relative error below 1e-13. Not defined at 0."""
    m, e = parts(x)
    small = m < _SQRT_HALF
    m = m * 2.0 if small else m
    e = e - 1.0 if small else e
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    z2 = z * z
    z4 = z2 * z2
    low = (1.0 + (1.0 / 3.0) * z) + (1.0 / 5.0 + (1.0 / 7.0) * z) * z2
    high = (1.0 / 9.0 + (1.0 / 11.0) * z) + (1.0 / 13.0 + (1.0 / 15.0) * z) * z2
    p = low + (high + (1.0 / 17.0) * z4) * z4
    return e * _LN2_HIGH + (2.0 * s * p + e * _LN2_LOW)


def power(x, exponent):
    """x**exponent for x >= 0; 0**0 is 1."""
    if exponent == 0.0:
        return 1.0
    if exponent == 4.0:  # the default of `meet.psi`, a fifth of the time that follows
        return (x * x) * (x * x)
    if x <= 0.0:
        return 0.0
    return exp(exponent * log(x))


def logistic(x):
    """1 / (1 + e**-x)."""
    return 1.0 / (1.0 + exp(-x))


def halved(days, half_life):
    """2**(-days / half_life): what is left of 1 after `days`; 1 where the half-life is infinite."""
    # Divided first: where a loop has one half-life, that is done once for all bonds.
    return exp((-0.6931471805599453 / half_life) * days)
