"""Phase 2, relate: in every meeting each side behaves and the other perceives."""

from __future__ import annotations

import numpy as np

from bondsim.chance import ACCOMPLISHMENT, ATTENTION, PROMISE, RECOGNITION, normal, uniforms
from bondsim.numeric import prefetch, unit
from bondsim.params import FAMILY, FRIEND, PARTNER
from bondsim.phases.cool import view_on
from bondsim.phases.encounters import have_encounters
from bondsim.phases.meetings import (
    copy_conduct,
    copy_perceived,
    copy_perceiver,
    copy_slots,
    list_meetings,
    new_people,
    new_slots,
    record_of,
    room_for,
)
from bondsim.phases.people import likeness, loneliness_at, screens
from bondsim.rates import of_kind
from bondsim.rules import (
    affect,
    attention,
    breach_prob,
    broken_after,
    closer,
    disclosure,
    hurt_added,
    kept_after,
    meeting_hours,
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
from bondsim.state import BETRAYED, CHOSEN, DECEIVED, DUE, REPAIRED, View

ATTENDS, WARM, OPENS, FELT = range(4)
"""What one side shows in a meeting: columns of `Day.shown`."""
AHEAD = 16
"""Meetings by which partners are fetched ahead of use."""


def behave(lo, hi, day, key, rates, state, now):
    """What each person shows in each of their meetings: writes `shown`."""
    agents, bonds = state.agents, state.bonds
    room = room_for(lo, hi, now)
    slots, places = np.zeros(room, np.int64), np.zeros(room, np.int64)
    others = np.zeros(room, np.int64)
    met, mine = new_slots(room), new_people(room)
    shown = np.zeros((4, room))
    i = lo
    while i < hi:
        record = now.first_met[i]
        i, count = list_meetings(i, hi, now, bonds, slots, places)
        copy_slots(slots, count, bonds, met)
        copy_conduct(places, count, agents, mine)
        for m in range(count):
            others[m] = agents.id[met.partner[m]]
        _behave(count, day, key, rates, met, mine, others, shown)
        for m in range(count):
            for c in range(4):
                now.shown[record + m, c] = shown[c, m]


def _behave(count, day, key, rates, met, mine, others, shown):
    """Attention, warmth, disclosure before reciprocation, and felt connection."""
    r = rates.relate
    for m in range(count):
        view = view_on(day - 1, m, rates, met)
        lonely = loneliness_at(m, mine)
        deviate = normal(key, day, ATTENTION, mine.id[m], others[m])
        attends = attention(
            np.float64(mine.presence[m]), screens(m, rates, mine), deviate, r.attention_noise
        )
        shown[ATTENDS, m] = attends
        shown[WARM, m] = warmth(
            np.float64(mine.empathy[m]), attends, np.float64(mine.self_worth[m]), lonely,
            np.float64(mine.stress[m]), r.spill, r.cold, r.strain,
        )  # fmt: skip
        shown[OPENS, m] = disclosure(
            view.trust, view.closeness, np.float64(mine.authenticity[m]),
            np.float64(mine.hurt[m]), lonely, r.disclosure_base, r.disclosure_trust,
            r.disclosure_closeness, r.disclosure_authenticity, r.disclosure_hurt,
            r.disclosure_loneliness,
        )  # fmt: skip
        shown[FELT, m] = view.felt


def perceive(lo, hi, day, key, rates, state, now):
    """What each person makes of their meetings, and of chance encounters.

    Writes the views that met, and the person but for their facets of loneliness, which others still
    read: those go to `emotional` and `social` of the day. Returns the slots in which a promise was
    broken, and how: bits of `BETRAYED`, `DECEIVED`, `REPAIRED`.
    """
    agents, bonds = state.agents, state.bonds
    room = room_for(lo, hi, now)
    slots, places = np.zeros(room, np.int64), np.zeros(room, np.int64)
    partners, ways = np.zeros(room, np.int64), np.zeros(room, np.uint8)
    stretch, accomplished = np.zeros(room), np.zeros(room, np.bool_)
    met, mine, yours = new_slots(room), new_people(room), new_people(room)
    from_me, from_you = np.zeros((4, room)), np.zeros((4, room))
    made, luck = np.zeros((MADE, room)), np.zeros((4, room))
    breach_slots, breaches = np.zeros(room, np.int64), np.zeros(room, np.uint8)
    n_breaches = 0
    i = lo
    while i < hi:
        first = i
        record = now.first_met[i]
        i, count = list_meetings(i, hi, now, bonds, slots, places)
        copy_slots(slots, count, bonds, met)
        copy_perceiver(places, count, agents, mine)
        for m in range(count):
            ahead = min(m + AHEAD, count - 1)
            prefetch(now.meeting, met.twin[ahead])
            prefetch(now.first_met, met.partner[ahead])
            partners[m] = met.partner[m]
        copy_perceived(partners, count, agents, yours)
        for m in range(count):
            j = partners[m]
            ways[m] = np.int64(now.meeting[slots[m]]) & (CHOSEN | DUE)
            stretch[m] = min(np.float64(now.scale[places[m]]), np.float64(now.scale[j]))
            back = record_of(met.twin[m], j, now, bonds)
            for c in range(4):
                from_me[c, m] = now.shown[record + m, c]
                from_you[c, m] = now.shown[back, c]
        _perceive(
            count, day, key, rates, ways, stretch, met, mine, yours, from_me, from_you, made, luck
        )
        if n_breaches + count > breaches.shape[0]:
            breach_slots, breaches = _longer(breach_slots), _longer(breaches)
        _accomplish(first, i, day, key, rates, agents, accomplished)
        m = 0
        for p in range(first, i):
            mood, worth, relief, injury, esteem, time = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
            for _ in range(now.n_met[p]):
                s = slots[m]
                recognised = 0.0
                if accomplished[p - first]:
                    recognised = _recognised(m, p, day, key, rates, agents, yours, from_you, made)
                event, hurt = 0, 0.0
                if luck[0, m] < rates.relate.promise_prob:
                    event, hurt = _promised(m, s, rates, bonds, mine, yours, made, luck)
                if event:
                    breach_slots[n_breaches] = s
                    breaches[n_breaches] = event
                    n_breaches += 1
                _write(m, s, day, bonds, made)
                mood += np.float64(np.float32(made[MOOD, m]))
                worth += np.float64(np.float32(recognised))
                relief += np.float64(np.float32(made[RELIEF, m]))
                injury += np.float64(np.float32(hurt))
                esteem += np.float64(np.float32(made[VALUED, m]))
                time += made[TIME, m]
                m += 1
            now.emotional[p] = unit(np.float64(agents.emotional[p]) + mood)
            agents.self_worth[p] = unit(np.float64(agents.self_worth[p]) + worth)
            agents.stress[p] = np.float64(agents.stress[p]) * (1.0 - min(1.0, relief))
            agents.hurt[p] = unit(np.float64(agents.hurt[p]) + injury)
            now.perceived[p] = esteem / now.n_met[p] if now.n_met[p] > 0 else -1.0
            now.time[p] = time
    have_encounters(lo, hi, day, key, rates, state, now)
    return breach_slots[:n_breaches], breaches[:n_breaches]


def _longer(array):
    """A copy with twice the room."""
    longer = np.zeros(2 * array.shape[0], array.dtype)
    longer[: array.shape[0]] = array
    return longer


(
    KEPT, BROKEN, BELIEVED, ADMIRED, CLOSE, REGARD, UNDERSTANDING, CLOSENESS, DISCLOSED, VALUED, MOOD,
    RELIEF, TIME,
) = range(13)  # fmt: skip
MADE = 13
"""What a meeting makes of one side: the view before it and after it, and what is felt."""


def _perceive(
    count, day, key, rates, ways, stretch, met, mine, yours, from_me, from_you, made, luck
):
    """What one side makes of each meeting but for promises and recognition."""
    r = rates.relate
    for m in range(count):
        k = met.kind[m]
        view = view_on(day - 1, m, rates, met)
        gap = float(day - met.last_met[m])
        length = meeting_hours(of_kind(rates.meet.base_hours, k), gap, rates.meet.gap_gain)
        chosen = np.float64(np.float32(length)) * stretch[m] if ways[m] & CHOSEN else 0.0
        obliged = of_kind(rates.meet.duty_hours, k)
        obliged = np.float64(np.float32(obliged)) if ways[m] & DUE else 0.0
        lonely = loneliness_at(m, mine)
        hurt = np.float64(mine.hurt[m])
        attends = from_you[ATTENDS, m]
        opens = reciprocated(from_me[OPENS, m], from_you[OPENS, m], r.reciprocation)

        wary = vigilance_left(
            r.vigilance, r.safety, np.float64(mine.security[m]),
            np.float64(mine.vigilance_factor[m]),
        )  # fmt: skip
        alike = likeness(m, mine, m, yours, rates)
        heard = understood(np.float64(yours.interest[m]), attends, alike, r.similarity_aid)
        seen_heard = perceived(heard, wary, lonely)
        seen_valued = perceived(np.float64(yours.respect[m]), wary, lonely)
        seen_cared = perceived(from_you[WARM, m], wary, lonely)
        worth_an_hour = quality(
            responsiveness(seen_heard, seen_valued, seen_cared), opens,
            np.float64(mine.authenticity[m]), phone_factor(attends, r.phone_cost), r.quality_gain,
        )  # fmt: skip
        cap = of_kind(r.closeness_cap, k)
        counted = chosen + r.duty_quality * obliged
        closeness = closer(
            view.closeness, worth_an_hour * counted, r.tau, hurt, r.hurt_slowing, cap
        )
        tender = (k == PARTNER) | (k == FAMILY) | ((k == FRIEND) & (view.closeness >= r.close_cut))
        touches = tender & (chosen > 0.0)
        after_touch = touched(closeness, chosen, r.touch_closeness, cap)
        made[CLOSENESS, m] = after_touch if touches else closeness
        made[RELIEF, m] = r.touch_relief * min(chosen, 1.0) if touches else 0.0
        made[REGARD, m] = toward(view.regard, seen_valued, r.regard_rate)
        made[UNDERSTANDING, m] = toward(
            view.understanding, seen_heard, r.understanding_rate * (chosen + obliged)
        )
        mutual = strength(view.felt, from_you[FELT, m])
        made[MOOD, m] = affect(
            r.contagion, np.float64(mine.empathy[m]), mutual, lonely, loneliness_at(m, yours)
        )
        made[KEPT, m] = view.kept
        made[BROKEN, m] = view.broken
        made[BELIEVED, m] = view.trust
        made[ADMIRED, m] = view.regard
        made[CLOSE, m] = view.closeness
        made[DISCLOSED, m] = opens
        made[VALUED, m] = seen_valued
        made[TIME, m] = chosen
        u = uniforms(key, day, PROMISE, yours.id[m], mine.id[m])
        luck[0, m] = u[0]
        luck[1, m] = u[1]
        luck[2, m] = u[2]
        luck[3, m] = u[3]


def _accomplish(first, end, day, key, rates, agents, accomplished):
    """Which of persons ``first`` to ``end - 1`` have something to recognise today."""
    ids = agents.id[first:end]
    for n in range(end - first):
        u = uniforms(key, day, ACCOMPLISHMENT, ids[n], 0)
        accomplished[n] = u[0] < rates.relate.accomplishment_prob


def _recognised(m, i, day, key, rates, agents, yours, from_you, made):
    """Rise of person i's self-worth if the other recognises the accomplishment; regard rises too."""
    r = rates.relate
    chance = recognise_prob(np.float64(yours.interest[m]), from_you[ATTENDS, m])
    if uniforms(key, day, RECOGNITION, yours.id[m], agents.id[i])[0] >= chance:
        return 0.0
    admired = made[ADMIRED, m]
    made[REGARD, m] += recognition(made[REGARD, m], admired, r.recognition_regard)
    return recognition(np.float64(agents.self_worth[i]), admired, r.recognition_worth)


def _promised(m, s, rates, bonds, mine, yours, made, luck):
    """A promise to m's side falls due: evidence for or against it, what was done and the injury."""
    r = rates.relate
    believed, opens, close = made[BELIEVED, m], made[DISCLOSED, m], made[CLOSE, m]
    hurt = np.float64(mine.hurt[m])
    if luck[1, m] >= breach_prob(np.float64(yours.reliability[m]), opens, r.exposure):
        made[KEPT, m] = kept_after(made[KEPT, m], believed, r.confirmation)
        return 0, 0.0
    event = BETRAYED
    added = broken_after(made[BROKEN, m], believed, r.lam, r.confirmation) - made[BROKEN, m]
    injury = hurt_added(hurt, close, opens, r.injury)
    made[REGARD, m] = toward(made[REGARD, m], 0.0, r.contempt)
    if luck[2, m] < r.deceit_prob:
        event |= DECEIVED
        bonds.ceiling[s] = min(np.float64(bonds.ceiling[s]), r.deceit_ceiling * believed)
    mended = repair_prob(
        np.float64(yours.empathy[m]), close, r.repair_base, r.repair_empathy, r.repair_closeness
    )
    if luck[3, m] < mended:
        event |= REPAIRED
        added *= 1.0 - r.repair_share
        injury *= 1.0 - r.repair_share
    made[BROKEN, m] += added
    return event, injury


def _write(m, s, day, bonds, made):
    """Write slot s: the view after the meeting."""
    bonds.kept[s] = made[KEPT, m]
    bonds.broken[s] = made[BROKEN, m]
    bonds.regard[s] = made[REGARD, m]
    bonds.understanding[s] = made[UNDERSTANDING, m]
    bonds.closeness[s] = made[CLOSENESS, m]
    bonds.last_met[s] = day
