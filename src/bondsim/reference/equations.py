"""Equations 1-52 of ODD.md a second time, with the C library's functions and plain operators.

`EQUATIONS` maps the name that ODD.md gives an equation to its number and its formula. Arguments
are those of the rule of the same name in `bondsim.rules`, in the same order.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from math import exp, log, sqrt

Formula = Callable[..., float]
EQUATIONS: dict[str, tuple[int, Formula]] = {}


def eq(number: int) -> Callable[[Formula], Formula]:
    """Enter a formula under its name and number."""

    def enter(formula: Formula) -> Formula:
        EQUATIONS[formula.__name__] = (number, formula)
        return formula

    return enter


def clip01(x: float) -> float:
    return 0.0 if x < 0.0 else 1.0 if x > 1.0 else x


def sigmoid(x: float) -> float:
    return 1.0 / (1.0 + exp(-x)) if x > 0.0 else exp(x) / (1.0 + exp(x))


# --- 7.0 ------------------------------------------------------------------------------------


@eq(1)
def trust(kept, broken, ceiling):
    belief = kept / (kept + broken)
    return belief if belief < ceiling else ceiling


@eq(2)
def felt(trust, regard, understanding, closeness):
    return (trust * regard * understanding * closeness) ** (1 / 4)


@eq(3)
def strength(felt_ij, felt_ji):
    return min(felt_ij, felt_ji)


@eq(4)
def reciprocity(felt_ij, felt_ji):
    if felt_ij == felt_ji == 0.0:
        return 1.0
    return min(felt_ij, felt_ji) / max(felt_ij, felt_ji)


@eq(5)
def cooled(value, rest, days, half_life):
    return rest + (value - rest) * 2.0 ** (-days / half_life)


@eq(6)
def similarity(dx, dy, width):
    dx, dy = (min(abs(d), 1.0 - abs(d)) for d in (dx, dy))
    return exp(-(dx**2 + dy**2) / (2.0 * width**2))


# --- 7.1 ------------------------------------------------------------------------------------


@eq(7)
def warm_up(loneliness, eta1, eta2):
    return exp(eta1 * loneliness - eta2 * loneliness**2)


@eq(8)
def weight(felt, role, psi):
    return role * felt**psi


@eq(9)
def start(initiative, warm_up, share, mobility_factor):
    return initiative * warm_up * share * mobility_factor


@eq(10)
def meet_prob(start_ij, start_ji):
    return 1.0 - exp(-(start_ij + start_ji))


@eq(11)
def meeting_hours(base_hours, days_since_met, gap_gain):
    return base_hours * (1.0 + gap_gain * log(1.0 + days_since_met))


@eq(12)
def time_scale(hours, expected):
    return 1.0 if expected <= hours else hours / expected


# --- 7.2 ------------------------------------------------------------------------------------


@eq(13)
def attention(presence, distraction, deviate, attention_noise):
    return clip01(presence * (1.0 - distraction) + attention_noise * deviate)


@eq(14)
def phone_factor(attention, phone_cost):
    return 1.0 - phone_cost * (1.0 - attention)


@eq(15)
def warmth(empathy, attention, self_worth, loneliness, stress, spill, cold, strain):
    shown = empathy * attention + spill * (self_worth - 1 / 2) - cold * loneliness
    return clip01(shown * (1.0 - strain * stress))


@eq(16)
def disclosure(trust, closeness, authenticity, hurt, loneliness, base, *b):
    return sigmoid(
        base + b[0] * trust + b[1] * closeness + b[2] * authenticity
        - b[3] * hurt - b[4] * loneliness
    )  # fmt: skip


@eq(17)
def reciprocated(own, other, reciprocation):
    return own + reciprocation / 2.0 * (other - own)


@eq(18)
def understood(interest, attention, similarity, similarity_aid):
    return sqrt(interest * attention) * (1.0 - similarity_aid + similarity_aid * similarity)


@eq(19)
def perceived(shown, vigilance, loneliness):
    seen = shown - vigilance * loneliness
    return seen if seen > 0.0 else 0.0


@eq(20)
def vigilance_left(vigilance, safety, security, vigilance_factor):
    return vigilance * vigilance_factor * (1.0 - safety * security)


@eq(21)
def responsiveness(understood, validated, cared):
    return (understood + validated + cared) / 3.0


@eq(22)
def quality(responsiveness, disclosure, authenticity, phone_factor, quality_gain):
    mask = 1 / 2 + authenticity / 2
    return quality_gain * responsiveness * disclosure * phone_factor * mask


@eq(23)
def closer(closeness, quality_hours, tau, hurt, hurt_slowing, cap):
    if closeness >= cap:
        return closeness
    share = 1.0 - exp(-quality_hours / (tau * (1.0 + hurt_slowing * hurt)))
    return closeness + (cap - closeness) * share


@eq(24)
def touched(closeness, hours, touch_closeness, cap):
    if closeness >= cap:
        return closeness
    return closeness + (cap - closeness) * touch_closeness * min(hours, 1.0)


@eq(25)
def breach_prob(reliability, disclosure, exposure):
    return clip01((1.0 - reliability) * exposure * disclosure)


@eq(26)
def kept_after(kept, trust, confirmation):
    return kept + 1.0 + confirmation * (trust - 1 / 2)


@eq(27)
def broken_after(broken, trust, lam, confirmation):
    return broken + lam * (1.0 - confirmation * (trust - 1 / 2))


@eq(28)
def repair_prob(empathy, closeness, base, b_empathy, b_closeness):
    return sigmoid(base + b_empathy * empathy + b_closeness * closeness)


@eq(29)
def hurt_added(hurt, closeness, disclosure, injury):
    return injury * closeness * disclosure * (1.0 - hurt)


@eq(30)
def toward(value, target, rate):
    return value + (rate if rate < 1.0 else 1.0) * (target - value)


@eq(31)
def recognise_prob(interest, attention):
    return interest * attention


@eq(32)
def recognition(value, admiration, gain):
    return gain * admiration * (1.0 - value)


@eq(33)
def affect(contagion, empathy, strength, loneliness_i, loneliness_j):
    return contagion * empathy * strength * (loneliness_j - loneliness_i)


@eq(34)
def kindness(empathy, attention):
    return empathy * attention


@eq(35)
def eased(social, weak_ease):
    return social * (1.0 - weak_ease)


# --- 7.4 ------------------------------------------------------------------------------------


@eq(36)
def part_prob(strength, reciprocity, age, common, similarity, loneliness, base, *b):
    return sigmoid(
        base - b[0] * strength - b[1] * reciprocity - b[2] * log(1.0 + age) - b[3] * common
        - b[4] * similarity + b[5] * loneliness
    )  # fmt: skip


# --- 7.5 ------------------------------------------------------------------------------------


@eq(37)
def step_prob(
    unmet, initiative, self_worth, hurt, chronic,
    step_rate, base, b_initiative, b_worth, liking_gap, b_hurt, b_chronic,
):  # fmt: skip
    wish = base + b_initiative * initiative + b_worth * self_worth
    doubt = liking_gap + b_hurt * hurt + b_chronic * chronic
    return clip01(step_rate * unmet * sigmoid(wish - doubt))


@eq(38)
def accept_prob(
    empathy, similarity, loneliness, degree, room, base, b_empathy, b_similarity, b_loneliness
):
    left = 1.0 - degree / room
    if left < 0.0:
        return 0.0
    x = base + b_empathy * empathy + b_similarity * similarity - b_loneliness * loneliness
    return left * sigmoid(x)


@eq(39)
def first_regard(neutral_regard, empathy, impression):
    return clip01(neutral_regard + impression * (empathy - 1 / 2))


@eq(40)
def first_understanding(neutral_understanding, similarity, likeness):
    return clip01(neutral_understanding + likeness * (similarity - 1 / 2))


@eq(41)
def first_kept(prior_kept, hurt, hurt_distrust):
    return prior_kept * (1.0 - hurt_distrust * hurt)


# --- 7.6 ------------------------------------------------------------------------------------


@eq(42)
def support(total):
    return 1.0 - exp(-total)


@eq(43)
def security(five, security_half):
    return five / (security_half + five)


@eq(44)
def received_social(total, good_ties):
    return 1.0 - exp(-total / good_ties)


@eq(45)
def stressed(stress, event, support, buffer, stress_size, stress_half_life):
    left = stress * 2.0 ** (-1.0 / stress_half_life)
    return clip01(left + event * stress_size * (1.0 - buffer * support))


@eq(46)
def worth_after(self_worth, perceived_regard, worth_rate, worth_rest, worth_return):
    met = perceived_regard >= 0.0
    moved = self_worth + worth_return * (worth_rest - self_worth)
    return clip01(moved + (worth_rate * (perceived_regard - self_worth) if met else 0.0))


@eq(47)
def longing(set_point, need, received, gamma, climate, stress, stress_weight, support, buffer):
    load = stress_weight * stress * (1.0 - buffer * support)
    return set_point + gamma * (need - received) + climate + load


@eq(48)
def relaxed(facet, longing, kappa, noise_sd, normal):
    return clip01(facet + kappa * (longing - facet) + noise_sd * normal)


@eq(49)
def climate_after(climate, climate_sd, climate_half_life, normal):
    keep = 2.0 ** (-1.0 / climate_half_life)
    # 1 - keep**2 through expm1: exact for very long half-lives too
    return keep * climate + climate_sd * normal * sqrt(
        -math.expm1(-2.0 * log(2.0) / climate_half_life)
    )


# --- 7.9 ------------------------------------------------------------------------------------


@eq(50)
def loneliness(emotional, social):
    return (emotional + social) / 2.0


@eq(51)
def lonely_days(loneliness, cut_1, cut_2, cut_3):
    days = (0.5, 1.5, 3.5, 6.0)
    return days[sum(loneliness >= cut for cut in (cut_1, cut_2, cut_3))]


@eq(52)
def scale_score(loneliness):
    return 20.0 + 60.0 * loneliness
