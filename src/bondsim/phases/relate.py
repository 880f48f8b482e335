"""Phase 2, relate: in every meeting each side behaves and the other perceives."""

from __future__ import annotations

import numpy as np

from bondsim.chance import (
    ACCOMPLISHMENT,
    ATTENTION,
    PROMISE,
    RECOGNITION,
    WEAK_CONTACT,
    normal,
    uniforms,
)
from bondsim.numeric import unit
from bondsim.params import FAMILY, FRIEND, PARTNER
from bondsim.phases.cool import view_on
from bondsim.phases.people import alike, loneliness_at, screens
from bondsim.rules import (
    affect,
    attention,
    breach_prob,
    broken_after,
    closer,
    disclosure,
    eased,
    hurt_added,
    kept_after,
    kindness,
    perceived,
    phone_factor,
    quality,
    reciprocated,
    recognise_prob,
    recognition,
    repair_prob,
    responsiveness,
    strength,
    touched,
    toward,
    understood,
    vigilance_left,
    warmth,
)
from bondsim.state import BETRAYED, DECEIVED, REPAIRED


def behave(i, j, day, key, view, rates, agents):
    """What i brings to the meeting with j: attention, warmth, disclosure before reciprocation."""
    r = rates.relate
    lonely = loneliness_at(i, agents)
    deviate = normal(key, day, ATTENTION, agents.id[i], agents.id[j])
    attends = attention(
        np.float64(agents.presence[i]), screens(i, rates, agents), deviate, r.attention_noise
    )
    warm = warmth(
        np.float64(agents.empathy[i]), attends, np.float64(agents.self_worth[i]), lonely,
        np.float64(agents.stress[i]), r.spill, r.cold, r.strain,
    )  # fmt: skip
    opens = disclosure(
        view.trust, view.closeness, np.float64(agents.authenticity[i]),
        np.float64(agents.hurt[i]), lonely, r.disclosure_base, r.disclosure_trust,
        r.disclosure_closeness, r.disclosure_authenticity, r.disclosure_hurt,
        r.disclosure_loneliness,
    )  # fmt: skip
    return attends, warm, opens


def perceive(i, j, s, day, key, view, opens, shown, bond, rates, state, now):
    """What i makes of the meeting with j: writes slot s, i's view, and what i gathers later.

    `view` is i's view before the meeting, `opens` i's reciprocated disclosure, `shown` what j
    brought, `bond` (chosen hours, obliged hours, similarity, strength).
    """
    agents, bonds, r = state.agents, state.bonds, rates.relate
    k = bonds.kind[s]
    chosen, obliged, likeness, mutual = bond
    attends, warm = shown[0], shown[1]
    kept, broken, believed, admired, felt_understood, close, _ = view
    lonely = loneliness_at(i, agents)
    hurt = np.float64(agents.hurt[i])
    id_i, id_j = agents.id[i], agents.id[j]

    wary = vigilance_left(
        r.vigilance, r.safety, np.float64(agents.security[i]),
        np.float64(agents.vigilance_factor[i]),
    )  # fmt: skip
    heard = understood(np.float64(agents.interest[j]), attends, likeness, r.similarity_aid)
    seen_heard = perceived(heard, wary, lonely)
    seen_valued = perceived(np.float64(agents.respect[j]), wary, lonely)
    seen_cared = perceived(warm, wary, lonely)
    worth_an_hour = quality(
        responsiveness(seen_heard, seen_valued, seen_cared), opens,
        np.float64(agents.authenticity[i]), phone_factor(attends, r.phone_cost), r.quality_gain,
    )  # fmt: skip
    cap = r.closeness_cap[k]
    counted = chosen + r.duty_quality * obliged
    closeness = closer(close, worth_an_hour * counted, r.tau, hurt, r.hurt_slowing, cap)
    relief = 0.0
    if chosen > 0.0 and (k == PARTNER or k == FAMILY or (k == FRIEND and close >= r.close_cut)):
        closeness = touched(closeness, chosen, r.touch_closeness, cap)
        relief = r.touch_relief * min(chosen, 1.0)
    regard = toward(admired, seen_valued, r.regard_rate)
    understanding = toward(felt_understood, seen_heard, r.understanding_rate * (chosen + obliged))

    worth = 0.0
    if uniforms(key, day, ACCOMPLISHMENT, id_i, 0)[0] < r.accomplishment_prob:
        chance = recognise_prob(np.float64(agents.interest[j]), attends)
        if uniforms(key, day, RECOGNITION, id_j, id_i)[0] < chance:
            worth = recognition(np.float64(agents.self_worth[i]), admired, r.recognition_worth)
            regard += recognition(regard, admired, r.recognition_regard)

    event = 0
    injury = 0.0
    ceiling = np.float64(bonds.ceiling[s])
    u = uniforms(key, day, PROMISE, id_j, id_i)
    if u[0] < r.promise_prob:
        if u[1] < breach_prob(np.float64(agents.reliability[j]), opens, r.exposure):
            event = BETRAYED
            added = broken_after(broken, believed, r.lam, r.confirmation) - broken
            injury = hurt_added(hurt, close, opens, r.injury)
            regard = toward(regard, 0.0, r.contempt)
            if u[2] < r.deceit_prob:
                event |= DECEIVED
                ceiling = min(ceiling, r.deceit_ceiling * believed)
            mended = repair_prob(
                np.float64(agents.empathy[j]), close, r.repair_base, r.repair_empathy,
                r.repair_closeness,
            )  # fmt: skip
            if u[3] < mended:
                event |= REPAIRED
                added *= 1.0 - r.repair_share
                injury *= 1.0 - r.repair_share
            broken += added
        else:
            kept = kept_after(kept, believed, r.confirmation)

    bonds.kept[s] = kept
    bonds.broken[s] = broken
    bonds.ceiling[s] = ceiling
    bonds.regard[s] = regard
    bonds.understanding[s] = understanding
    bonds.closeness[s] = closeness
    bonds.last_met[s] = day
    now.mood[s] = affect(
        r.contagion, np.float64(agents.empathy[i]), mutual, lonely, loneliness_at(j, agents)
    )
    now.worth[s] = worth
    now.relief[s] = relief
    now.injury[s] = injury
    now.esteem[s] = seen_valued
    now.event[s] = event


def hold_meetings(lo, hi, day, key, rates, state, now):
    """Hold each meeting once, in the row of the smaller id, and write both halves."""
    agents, bonds = state.agents, state.bonds
    for i in range(lo, hi):
        first = bonds.first[i]
        for s in range(first, first + bonds.degree[i]):
            j = bonds.partner[s]
            if agents.id[j] < agents.id[i] or (now.hours[s] == 0.0 and now.duty[s] == 0.0):
                continue
            t = bonds.twin[s]
            mine = view_on(day - 1, s, rates, bonds)
            yours = view_on(day - 1, t, rates, bonds)
            scale = min(np.float64(now.scale[i]), np.float64(now.scale[j]))
            bond = (
                np.float64(now.hours[s]) * scale,
                np.float64(now.duty[s]),
                alike(i, j, rates, agents),
                strength(mine.felt, yours.felt),
            )
            from_i = behave(i, j, day, key, mine, rates, agents)
            from_j = behave(j, i, day, key, yours, rates, agents)
            matched = rates.relate.reciprocation
            opens_i = reciprocated(from_i[2], from_j[2], matched)
            opens_j = reciprocated(from_j[2], from_i[2], matched)
            perceive(i, j, s, day, key, mine, opens_i, from_j, bond, rates, state, now)
            perceive(j, i, t, day, key, yours, opens_j, from_i, bond, rates, state, now)


def gather(lo, hi, day, key, rates, state, now):
    """Each person gathers what their meetings did to them, then has chance encounters."""
    agents, bonds = state.agents, state.bonds
    for i in range(lo, hi):
        first = bonds.first[i]
        n_met = 0
        mood, worth, relief, injury, esteem, time = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        for s in range(first, first + bonds.degree[i]):
            if now.hours[s] == 0.0 and now.duty[s] == 0.0:
                continue
            n_met += 1
            mood += np.float64(now.mood[s])
            worth += np.float64(now.worth[s])
            relief += np.float64(now.relief[s])
            injury += np.float64(now.injury[s])
            esteem += np.float64(now.esteem[s])
            scale = min(np.float64(now.scale[i]), np.float64(now.scale[bonds.partner[s]]))
            time += np.float64(now.hours[s]) * scale
        agents.emotional[i] = unit(np.float64(agents.emotional[i]) + mood)
        agents.self_worth[i] = unit(np.float64(agents.self_worth[i]) + worth)
        agents.stress[i] = np.float64(agents.stress[i]) * (1.0 - min(1.0, relief))
        agents.hurt[i] = unit(np.float64(agents.hurt[i]) + injury)
        now.perceived[i] = esteem / n_met if n_met > 0 else -1.0
        now.n_met[i] = n_met
        now.time[i] = time
        encounter(i, day, key, rates, state)


def encounter(i, day, key, rates, state):
    """Chance encounters of person i with people of the same company."""
    agents, places = state.agents, state.places
    company = agents.company[i]
    first = places.first[company]
    n = places.first[company + 1] - first
    social = np.float64(agents.social[i])
    for e in range(rates.relate.weak_contacts):
        u = uniforms(key, day, WEAK_CONTACT, agents.id[i], e)
        j = places.members[first + int(u[0] * n)]
        if u[2] >= np.float64(agents.mobility_factor[i]) or j == i:
            continue
        attends = np.float64(agents.presence[j]) * (1.0 - screens(j, rates, agents))
        if u[1] < kindness(np.float64(agents.empathy[j]), attends):
            social = eased(social, rates.relate.weak_ease)
    agents.social[i] = social
