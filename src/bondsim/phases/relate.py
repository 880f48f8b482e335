"""Phase 2, relate: in every meeting each side behaves and the other perceives."""

from __future__ import annotations

import numpy as np

from bondsim.chance import ATTENTION, PROMISE, normal, uniforms
from bondsim.numeric import prefetch, unit
from bondsim.params import FAMILY, FRIEND, PARTNER
from bondsim.phases.cool import view_on
from bondsim.phases.encounters import have_encounters
from bondsim.phases.meetings import (
    ADMIRED,
    ATTENDS,
    BELIEVED,
    BROKEN,
    CLOSE,
    CLOSENESS,
    DISCLOSED,
    FELT,
    INJURY,
    KEPT,
    MADE,
    MOOD,
    OPENS,
    REGARD,
    RELIEF,
    ROOM,
    TIME,
    UNDERSTANDING,
    VALUED,
    WARM,
    WORTH,
    copy_conduct,
    copy_perceived,
    copy_perceiver,
    copy_slots,
    counted_rank,
    list_meetings,
    new_people,
    new_slots,
    show_people,
)
from bondsim.phases.people import id_of, likeness, loneliness_at, screens
from bondsim.phases.promises import accomplish, keep_promises, recognise
from bondsim.phases.stretches import doubled, row
from bondsim.rates import of_kind
from bondsim.rules import (
    affect,
    attention,
    closer,
    disclosure,
    meeting_hours,
    perceived,
    phone_factor,
    quality,
    reciprocated,
    responsiveness,
    strength,
    touched,
    toward,
    understood,
    vigilance_left,
    warmth,
)
from bondsim.state import CHOSEN, DUE, RANK, UNRANKED


def behave(lo, hi, day, key, rates, state, now):
    """What each person shows in each of their meetings: writes `shown` and `seen`."""
    agents, bonds = state.agents, state.bonds
    show_people(lo, hi, agents, now.seen)
    slots, places = np.zeros(ROOM, np.uint32), np.zeros(ROOM, np.uint32)
    others = np.zeros(ROOM, np.int64)
    met, mine = new_slots(), new_people()
    shown = np.zeros(4 * ROOM, np.float32)
    record = now.first_met[lo]
    i, s = lo, row(lo, bonds)[0]
    while i < hi:
        i, s, count = list_meetings(i, s, hi, now.meeting, bonds, slots, places)
        copy_slots(count, slots, bonds, met)
        copy_conduct(count, places, agents, mine)
        for m in range(count):
            others[m] = id_of(met.partner[m], now.ids)
        _behave(count, day, key, rates, met, mine, others, shown)
        for m in range(count):
            now.shown[4 * (record + m)] = shown[ATTENDS + m]
            now.shown[4 * (record + m) + 1] = shown[WARM + m]
            now.shown[4 * (record + m) + 2] = shown[OPENS + m]
            now.shown[4 * (record + m) + 3] = shown[FELT + m]
        record += count


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
        shown[ATTENDS + m] = attends
        shown[WARM + m] = warmth(
            np.float64(mine.empathy[m]), attends, np.float64(mine.self_worth[m]), lonely,
            np.float64(mine.stress[m]), r.spill, r.cold, r.strain,
        )  # fmt: skip
        shown[OPENS + m] = disclosure(
            view.trust, view.closeness, np.float64(mine.authenticity[m]),
            np.float64(mine.hurt[m]), lonely, r.disclosure_base, r.disclosure_trust,
            r.disclosure_closeness, r.disclosure_authenticity, r.disclosure_hurt,
            r.disclosure_loneliness,
        )  # fmt: skip
        shown[FELT + m] = view.felt


def perceive(lo, hi, day, key, rates, state, now):
    """What each person makes of their meetings, and of chance encounters.

    Writes the views that met, and the person but for their facets of loneliness, which others still
    read: those go to `emotional` and `social` of the day. Returns the slots in which a promise was
    broken, and how: bits of `BETRAYED`, `DECEIVED`, `REPAIRED`.
    """
    agents, bonds = state.agents, state.bonds
    slots, places = np.zeros(ROOM, np.uint32), np.zeros(ROOM, np.uint32)
    partners, back = np.zeros(ROOM, np.uint32), np.zeros(ROOM, np.int64)
    ways, accomplished = np.zeros(ROOM, np.uint8), np.zeros(ROOM, np.bool_)
    stretch, luck = np.zeros(ROOM), np.zeros(4 * ROOM)
    met, mine, yours = new_slots(), new_people(), new_people()
    from_me, from_you = np.zeros(4 * ROOM, np.float32), np.zeros(4 * ROOM, np.float32)
    made, sums = np.zeros(MADE * ROOM), np.zeros(6)
    breached, how_breached = np.zeros(ROOM, np.int64), np.zeros(ROOM, np.int64)
    n_breaches = 0
    record = now.first_met[lo]
    i, s = lo, row(lo, bonds)[0]
    while i < hi:
        first = i
        i, s, count = list_meetings(i, s, hi, now.meeting, bonds, slots, places)
        copy_slots(count, slots, bonds, met)
        copy_perceiver(count, places, agents, mine)
        _look_up(count, record, slots, places, bonds, met, now, partners, back, ways, stretch,
                 from_me, from_you)  # fmt: skip
        copy_perceived(count, partners, now.ids, now.seen, yours)
        _perceive(
            count, day, key, rates, ways, stretch, met, mine, yours, from_me, from_you, made, luck
        )
        accomplish(first, min(i + 1, hi), day, key, rates, agents, accomplished)
        recognise(
            count,
            first,
            day,
            key,
            rates.relate,
            agents,
            places,
            accomplished,
            yours,
            from_you,
            made,
        )
        if n_breaches + count > breached.shape[0]:
            breached, how_breached = doubled(breached), doubled(how_breached)
        n_breaches = keep_promises(
            count,
            rates.relate,
            slots,
            bonds,
            mine,
            yours,
            made,
            luck,
            n_breaches,
            breached,
            how_breached,
        )
        _write(count, day, slots, bonds, made)
        _take_in(count, first, i, hi, now, agents, places, made, sums)
        record += count
    have_encounters(lo, hi, day, key, rates, state, now)
    return breached[:n_breaches], how_breached[:n_breaches]


def _look_up(
    count, record, slots, places, bonds, met, now, partners, back, ways, stretch, from_me, from_you
):
    """What both sides show in these meetings, how they came about, and how far hours stretch."""
    for m in range(count):
        partners[m] = met.partner[m]
        prefetch(now.meeting, met.twin[m])
        prefetch(now.first_met, met.partner[m])
        prefetch(now.seen, 8 * np.int64(met.partner[m]))
    for m in range(count):
        j = partners[m]
        rank = np.int64(now.meeting[met.twin[m]]) >> RANK
        if rank == UNRANKED:
            rank = counted_rank(np.int64(met.twin[m]), row(j, bonds)[0], now.meeting)
        back[m] = 4 * (now.first_met[j] + rank)
        prefetch(now.shown, back[m])
    for m in range(count):
        ways[m] = np.int64(now.meeting[slots[m]]) & (CHOSEN | DUE)
        scale = np.float64(now.scale[places[m]])
        stretch[m] = min(scale, np.float64(now.scale[partners[m]]))
        from_me[OPENS + m] = now.shown[4 * (record + m) + 2]
        from_me[FELT + m] = now.shown[4 * (record + m) + 3]
        from_you[ATTENDS + m] = now.shown[back[m]]
        from_you[WARM + m] = now.shown[back[m] + 1]
        from_you[OPENS + m] = now.shown[back[m] + 2]
        from_you[FELT + m] = now.shown[back[m] + 3]


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
        attends = np.float64(from_you[ATTENDS + m])
        opens = reciprocated(
            np.float64(from_me[OPENS + m]), np.float64(from_you[OPENS + m]), r.reciprocation
        )

        wary = vigilance_left(
            r.vigilance, r.safety, np.float64(mine.security[m]),
            np.float64(mine.vigilance_factor[m]),
        )  # fmt: skip
        alike = likeness(m, mine, m, yours, rates)
        heard = understood(np.float64(yours.interest[m]), attends, alike, r.similarity_aid)
        seen_heard = perceived(heard, wary, lonely)
        seen_valued = perceived(np.float64(yours.respect[m]), wary, lonely)
        seen_cared = perceived(np.float64(from_you[WARM + m]), wary, lonely)
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
        made[CLOSENESS + m] = after_touch if touches else closeness
        made[RELIEF + m] = r.touch_relief * min(chosen, 1.0) if touches else 0.0
        made[REGARD + m] = toward(view.regard, seen_valued, r.regard_rate)
        made[UNDERSTANDING + m] = toward(
            view.understanding, seen_heard, r.understanding_rate * (chosen + obliged)
        )
        mutual = strength(np.float64(from_me[FELT + m]), np.float64(from_you[FELT + m]))
        made[MOOD + m] = affect(
            r.contagion, np.float64(mine.empathy[m]), mutual, lonely, loneliness_at(m, yours)
        )
        made[KEPT + m] = view.kept
        made[BROKEN + m] = view.broken
        made[BELIEVED + m] = view.trust
        made[ADMIRED + m] = view.regard
        made[CLOSE + m] = view.closeness
        made[DISCLOSED + m] = opens
        made[VALUED + m] = seen_valued
        made[TIME + m] = chosen
        u = uniforms(key, day, PROMISE, yours.id[m], mine.id[m])
        luck[m] = u[0]
        luck[ROOM + m] = u[1]
        luck[2 * ROOM + m] = u[2]
        luck[3 * ROOM + m] = u[3]


def _write(count, day, slots, bonds, made):
    """The views after the meetings."""
    for m in range(count):
        s = slots[m]
        bonds.kept[s] = made[KEPT + m]
        bonds.broken[s] = made[BROKEN + m]
        bonds.regard[s] = made[REGARD + m]
        bonds.understanding[s] = made[UNDERSTANDING + m]
        bonds.closeness[s] = made[CLOSENESS + m]
        bonds.last_met[s] = day


def _take_in(count, first, end, hi, now, agents, places, made, sums):
    """Each person gathers what their meetings did to them.

    Those from `first` to ``end - 1`` have no more meetings; `sums` holds what the first had before
    these, and is left with what the last has had so far.
    """
    m = 0
    mood, worth, relief = sums[0], sums[1], sums[2]
    injury, esteem, time = sums[3], sums[4], sums[5]
    for person in range(first, min(end + 1, hi)):
        p = np.uint32(person)
        while m < count and places[np.uint32(m)] == p:
            # in single precision, as everything that is kept
            n = np.uint32(m)
            mood += np.float64(np.float32(made[np.uint32(MOOD) + n]))
            worth += np.float64(np.float32(made[np.uint32(WORTH) + n]))
            relief += np.float64(np.float32(made[np.uint32(RELIEF) + n]))
            injury += np.float64(np.float32(made[np.uint32(INJURY) + n]))
            esteem += np.float64(np.float32(made[np.uint32(VALUED) + n]))
            time += made[np.uint32(TIME) + n]
            m += 1
        if person == end:
            break
        now.emotional[p] = unit(np.float64(agents.emotional[p]) + mood)
        agents.self_worth[p] = unit(np.float64(agents.self_worth[p]) + worth)
        agents.stress[p] = np.float64(agents.stress[p]) * (1.0 - min(1.0, relief))
        agents.hurt[p] = unit(np.float64(agents.hurt[p]) + injury)
        now.perceived[p] = esteem / now.n_met[p] if now.n_met[p] > 0 else -1.0
        now.time[p] = time
        mood, worth, relief, injury, esteem, time = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    sums[0], sums[1], sums[2] = mood, worth, relief
    sums[3], sums[4], sums[5] = injury, esteem, time
