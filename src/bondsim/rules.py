"""How people behave: one small scalar function per equation of ODD.md.

Every argument and result is a plain float unless said otherwise; quantities without a unit lie in
[0, 1]. `i` is the person whose view or behaviour it is, `j` the other. The phases call these
functions compiled, the reference model and the classroom call them as they stand here. Any of them
can be replaced: ``Rules(trust=my_trust)`` takes a Python function with the same signature.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Any

from bondsim.numeric import exp, halved, log, logistic, power, unit

# --- views of a bond ------------------------------------------------------------------------


def trust(kept, broken, ceiling):
    """ODD eq. 1: mean of the Beta belief from kept promises and breaches, under a ceiling."""
    return min(kept / (kept + broken), ceiling)


def felt(trust, regard, understanding, closeness):
    """ODD eq. 2: felt connection; without trust, or without respect, there is none."""
    return sqrt(sqrt(trust * regard * understanding * closeness))


def strength(felt_ij, felt_ji):
    """ODD eq. 3: a bond is as strong as its weaker side."""
    return min(felt_ij, felt_ji)


def reciprocity(felt_ij, felt_ji):
    """ODD eq. 4: the weaker side's felt as a share of the stronger side's; 1 if neither feels."""
    stronger = max(felt_ij, felt_ji)
    if stronger <= 0.0:
        return 1.0
    return min(felt_ij, felt_ji) / stronger


def cooled(value, rest, days, half_life):
    """ODD eq. 5: `value` after `days` without a meeting, halving its distance to `rest`."""
    return rest + (value - rest) * halved(days, half_life)


def similarity(dx, dy, width):
    """ODD eq. 6: Gaussian kernel of the distance in interest space, whose edges are joined."""
    ax = abs(dx)
    ay = abs(dy)
    ax = min(ax, 1.0 - ax)
    ay = min(ay, 1.0 - ay)
    return exp(-(ax * ax + ay * ay) / (2.0 * width * width))


# --- meet -----------------------------------------------------------------------------------


def warm_up(loneliness, eta1, eta2):
    """ODD eq. 7: a little loneliness makes people reach out, much makes them withdraw (>= 0)."""
    return exp(eta1 * loneliness - eta2 * loneliness * loneliness)


def weight(felt, role, psi):
    """ODD eq. 8: claim of a bond on its owner's time, before sharing out (>= 0)."""
    return role * power(felt, psi)


def start(initiative, warm_up, share, mobility):
    """ODD eq. 9: meetings that i is expected to start with j today [1/day]."""
    return initiative * warm_up * share * mobility


def meet_prob(start_ij, start_ji):
    """ODD eq. 10: chance that a chosen meeting happens today."""
    return 1.0 - exp(-(start_ij + start_ji))


def meeting_hours(base_hours, days_since_met, gap_gain):
    """ODD eq. 11: length of a chosen meeting, longer after a gap [h]."""
    return base_hours * (1.0 + gap_gain * log(1.0 + days_since_met))


def time_scale(hours, expected_hours):
    """ODD eq. 12: factor that keeps the expected hours of a day within those one has."""
    if expected_hours <= hours:
        return 1.0
    return hours / expected_hours


# --- relate ---------------------------------------------------------------------------------


def attention(presence, distraction, deviate, attention_noise):
    """ODD eq. 13: attention in a meeting; `deviate` is standard normal."""
    return unit(presence * (1.0 - distraction) + attention_noise * deviate)


def phone_factor(attention, phone_cost):
    """ODD eq. 14: what phone use leaves of quality; a phone that is not used costs nothing."""
    return 1.0 - phone_cost * (1.0 - attention)


def warmth(empathy, attention, self_worth, loneliness, stress, spill, cold, strain):
    """ODD eq. 15: warmth shown, by character and by the state one is in."""
    kind = empathy * attention + spill * (self_worth - 0.5) - cold * loneliness
    return unit(kind * (1.0 - strain * stress))


def disclosure(
    trust, closeness, authenticity, hurt, loneliness, base, b_trust, b_closeness, b_authenticity,
    b_hurt, b_loneliness,
):  # fmt: skip
    """ODD eq. 16: depth to which i opens up to j."""
    return logistic(
        base + b_trust * trust + b_closeness * closeness + b_authenticity * authenticity
        - b_hurt * hurt - b_loneliness * loneliness
    )  # fmt: skip


def reciprocated(own, other, reciprocation):
    """ODD eq. 17: own disclosure after moving half-way, times `reciprocation`, to the other's."""
    return own + reciprocation * 0.5 * (other - own)


def understood(interest, attention, similarity, similarity_aid):
    """ODD eq. 18: how well j's listening makes i feel understood, aided by similarity."""
    return sqrt(interest * attention) * (1.0 - similarity_aid + similarity_aid * similarity)


def perceived(shown, vigilance, loneliness):
    """ODD eq. 19: what a lonely perceiver sees of what was shown; the other does not notice."""
    return max(0.0, shown - vigilance * loneliness)


def vigilance_left(vigilance, safety, security, factor):
    """ODD eq. 20: vigilance lowered by felt security and by training."""
    return vigilance * factor * (1.0 - safety * security)


def responsiveness(understood, validated, cared):
    """ODD eq. 21: perceived partner responsiveness: understood, validated, cared for."""
    return (understood + validated + cared) / 3.0


def quality(responsiveness, disclosure, authenticity, phone_factor, quality_gain):
    """ODD eq. 22: what an hour is worth for closeness [quality h/h] (>= 0)."""
    return quality_gain * responsiveness * disclosure * phone_factor * (0.5 + 0.5 * authenticity)


def closer(closeness, quality_hours, tau, hurt, hurt_slowing, cap):
    """ODD eq. 23: closeness after quality hours; hurt slows it, a kind's cap bounds it."""
    if closeness >= cap:
        return closeness
    pace = quality_hours / (tau * (1.0 + hurt_slowing * hurt))
    return closeness + (cap - closeness) * (1.0 - exp(-pace))


def touched(closeness, hours, touch_closeness, cap):
    """ODD eq. 24: closeness after an hour or less with touch."""
    if closeness >= cap:
        return closeness
    return closeness + (cap - closeness) * touch_closeness * min(hours, 1.0)


def breach_prob(reliability, disclosure, exposure):
    """ODD eq. 25: chance that a promise due is broken; depth of disclosure is exposure to it."""
    return unit((1.0 - reliability) * exposure * disclosure)


def kept_after(kept, trust, confirmation):
    """ODD eq. 26: evidence after a kept promise; it counts more where it confirms trust."""
    return kept + 1.0 + confirmation * (trust - 0.5)


def broken_after(broken, trust, lam, confirmation):
    """ODD eq. 27: evidence after a breach; it counts more where it confirms distrust."""
    return broken + lam * (1.0 - confirmation * (trust - 0.5))


def repair_prob(empathy, closeness, base, b_empathy, b_closeness):
    """ODD eq. 28: chance that the offender's repair succeeds with the victim."""
    return logistic(base + b_empathy * empathy + b_closeness * closeness)


def hurt_added(hurt, closeness, disclosure, injury):
    """ODD eq. 29: hurt that a breach adds: deep for a close other who was told much."""
    return injury * closeness * disclosure * (1.0 - hurt)


def toward(value, target, rate):
    """ODD eq. 30: `value` moved by a share `rate` of the way to `target`."""
    return value + min(rate, 1.0) * (target - value)


def recognise_prob(interest, attention):
    """ODD eq. 31: chance that j recognises i's accomplishment when they meet."""
    return interest * attention


def recognition(value, admiration, gain):
    """ODD eq. 32: rise of self-worth or regard when an admired person recognises one's success."""
    return gain * admiration * (1.0 - value)


def affect(contagion, empathy, strength, loneliness_i, loneliness_j):
    """ODD eq. 33: mood that passes to i in a meeting with j, in [-1, 1]."""
    return contagion * empathy * strength * (loneliness_j - loneliness_i)


def kindness(empathy, attention):
    """ODD eq. 34: chance that a chance encounter with this person is a kind one."""
    return empathy * attention


def eased(social, weak_ease):
    """ODD eq. 35: social loneliness after one kind encounter."""
    return social * (1.0 - weak_ease)


# --- part -----------------------------------------------------------------------------------


def part_prob(
    strength, reciprocity, age, common_friends, similarity, loneliness, base, b_strength,
    b_reciprocity, b_log_age, b_common_friends, b_similarity, b_loneliness,
):  # fmt: skip
    """ODD eq. 36: chance that a bond ends today. Age in days; `loneliness` is the mean of both."""
    return logistic(
        base - b_strength * strength - b_reciprocity * reciprocity - b_log_age * log(1.0 + age)
        - b_common_friends * common_friends - b_similarity * similarity + b_loneliness * loneliness
    )  # fmt: skip


# --- reach out ------------------------------------------------------------------------------


def step_prob(
    unmet, initiative, self_worth, hurt, chronic, rate, base, b_initiative, b_worth, liking_gap,
    b_hurt, b_chronic,
):  # fmt: skip
    """ODD eq. 37: chance of a first step today."""
    confidence = logistic(
        base + b_initiative * initiative + b_worth * self_worth - liking_gap - b_hurt * hurt
        - b_chronic * chronic
    )  # fmt: skip
    return unit(rate * unmet * confidence)


def accept_prob(
    empathy, similarity, loneliness, degree, room, base, b_empathy, b_similarity, b_loneliness
):
    """ODD eq. 38: chance that the other accepts; `degree` and `room` are numbers of bonds."""
    willing = logistic(
        base + b_empathy * empathy + b_similarity * similarity - b_loneliness * loneliness
    )
    return willing * max(0.0, 1.0 - degree / room)


def first_regard(neutral_regard, empathy, impression):
    """ODD eq. 39: regard after a first meeting with a person of this empathy."""
    return unit(neutral_regard + impression * (empathy - 0.5))


def first_understanding(neutral_understanding, similarity, likeness):
    """ODD eq. 40: understanding after a first meeting with a person this similar."""
    return unit(neutral_understanding + likeness * (similarity - 0.5))


def first_kept(kept, hurt, hurt_distrust):
    """ODD eq. 41: promises that a new bond is credited with; hurt makes people wary."""
    return kept * (1.0 - hurt_distrust * hurt)


# --- feel -----------------------------------------------------------------------------------


def support(total):
    """ODD eq. 42: support from the sum of closeness times trust over all bonds."""
    return 1.0 - exp(-total)


def security(total_of_five, security_half):
    """ODD eq. 43: felt security from closeness times trust of the closest five."""
    return total_of_five / (security_half + total_of_five)


def received_social(total, good_ties):
    """ODD eq. 44: connection received from the weighted sum of felt; saturates near four ties."""
    return 1.0 - exp(-total / good_ties)


def stressed(stress, event, support, buffer, stress_size, stress_half_life):
    """ODD eq. 45: stress a day later; `event` is 0 or 1, support buffers what arrives."""
    return unit(
        stress * halved(1.0, stress_half_life) + event * stress_size * (1.0 - buffer * support)
    )


def worth_after(self_worth, esteem, worth_rate, worth_rest, worth_return):
    """ODD eq. 46: self-worth after a day; `esteem` is the mean regard perceived, -1 if none met."""
    back = self_worth + worth_return * (worth_rest - self_worth)
    if esteem < 0.0:
        return unit(back)
    return unit(back + worth_rate * (esteem - self_worth))


def longing(set_point, need, received, gamma, climate, stress, stress_weight, support, buffer):
    """ODD eq. 47: the level that a facet of loneliness relaxes to (not bounded)."""
    return (
        set_point + gamma * (need - received) + climate
        + stress_weight * stress * (1.0 - buffer * support)
    )  # fmt: skip


def relaxed(facet, longing, kappa, noise_sd, deviate):
    """ODD eq. 48: a facet of loneliness a day later; `deviate` is standard normal."""
    return unit(facet + kappa * (longing - facet) + noise_sd * deviate)


def climate_after(climate, climate_sd, climate_half_life, deviate):
    """ODD eq. 49: a context's climate a day later: AR(1) with standard deviation `climate_sd`."""
    keep = halved(1.0, climate_half_life)
    return keep * climate + climate_sd * sqrt(1.0 - keep * keep) * deviate


# --- read-outs ------------------------------------------------------------------------------


def loneliness(emotional, social):
    """ODD eq. 50: loneliness is the mean of its two facets."""
    return 0.5 * (emotional + social)


def lonely_days(loneliness, cut_1, cut_2, cut_3):
    """ODD eq. 51: lonely days a week as the CES-D item is scored: .5, 1.5, 3.5 or 6."""
    if loneliness < cut_1:
        return 0.5
    if loneliness < cut_2:
        return 1.5
    if loneliness < cut_3:
        return 3.5
    return 6.0


def scale_score(loneliness):
    """ODD eq. 52: score on a scale from 20 to 80, as the UCLA scale has it."""
    return 20.0 + 60.0 * loneliness


RULES: tuple[Callable[..., Any], ...] = (
    trust, felt, strength, reciprocity, cooled, similarity, warm_up, weight, start, meet_prob,
    meeting_hours, time_scale, attention, phone_factor, warmth, disclosure, reciprocated,
    understood, perceived, vigilance_left, responsiveness, quality, closer, touched, breach_prob,
    kept_after, broken_after, repair_prob, hurt_added, toward, recognise_prob, recognition, affect,
    kindness, eased, part_prob, step_prob, accept_prob, first_regard, first_understanding,
    first_kept, support, security, received_social, stressed, worth_after, longing, relaxed,
    climate_after, loneliness, lonely_days, scale_score,
)  # fmt: skip
"""Every rule, in the order of its equation in ODD.md."""
