"""One meeting of two people, and what each makes of it (ODD 7.2)."""

from __future__ import annotations

from typing import NamedTuple

from bondsim import chance
from bondsim.params import FAMILY, FRIEND, PARTNER
from bondsim.reference.world import World, f32, of


class Effect(NamedTuple):
    """What one side takes away from a meeting: the new view and what it does to the person."""

    view: dict[str, float]
    mood: float
    worth: float
    relief: float
    injury: float
    esteem: float


class Conduct(NamedTuple):
    """How one side behaves toward the other, and feels connected."""

    attention: float
    warmth: float
    disclosure: float
    felt: float


def meeting(world: World, i: int, j: int, chosen: float, obliged: float) -> tuple[Effect, Effect]:
    """The effects on i and on j: both behave, then both perceive."""
    mine, theirs = _conduct(world, i, j), _conduct(world, j, i)
    return (
        _effect(world, i, j, mine, theirs, chosen, obliged),
        _effect(world, j, i, theirs, mine, chosen, obliged),
    )


def _conduct(world: World, i: int, j: int) -> Conduct:
    p, rules, person = world.params.relate, world.rules, world.persons[i]
    view, lonely = world.read(i, j, world.day - 1), world.lonely(i)
    attention = rules.attention(
        person["presence"], p.distraction * person["distraction_factor"],
        world.normal(chance.ATTENTION, i, j), p.attention_noise,
    )  # fmt: skip
    warmth = rules.warmth(
        person["empathy"], attention, person["self_worth"], lonely, person["stress"],
        p.spill, p.cold, p.strain,
    )  # fmt: skip
    disclosure = rules.disclosure(
        view.trust, view.closeness, person["authenticity"], person["hurt"], lonely,
        p.disclosure_base, p.disclosure_trust, p.disclosure_closeness, p.disclosure_authenticity,
        p.disclosure_hurt, p.disclosure_loneliness,
    )  # fmt: skip
    return Conduct(f32(attention), f32(warmth), f32(disclosure), f32(view.felt))


def _effect(
    world: World, i: int, j: int, mine: Conduct, theirs: Conduct, chosen: float, obliged: float
) -> Effect:
    """What i makes of the meeting with j."""
    p, rules = world.params.relate, world.rules
    person, other, kind = world.persons[i], world.persons[j], world.bond(i, j)["kind"]
    before, lonely = world.read(i, j, world.day - 1), world.lonely(i)

    vigilance = rules.vigilance_left(
        p.vigilance, p.safety, person["security"], person["vigilance_factor"]
    )
    understood = rules.understood(
        other["interest"], theirs.attention, world.alike(i, j), p.similarity_aid
    )
    p_und = rules.perceived(understood, vigilance, lonely)
    p_val = rules.perceived(other["respect"], vigilance, lonely)
    p_care = rules.perceived(theirs.warmth, vigilance, lonely)

    disclosure = rules.reciprocated(mine.disclosure, theirs.disclosure, p.reciprocation)
    quality = rules.quality(
        rules.responsiveness(p_und, p_val, p_care), disclosure, person["authenticity"],
        rules.phone_factor(theirs.attention, p.phone_cost), p.quality_gain,
    )  # fmt: skip
    counted = chosen + p.duty_quality * obliged
    cap = of(p.closeness_cap, kind)
    closeness = rules.closer(
        before.closeness, quality * counted, p.tau, person["hurt"], p.hurt_slowing, cap
    )
    relief = 0.0
    close_friends = kind == FRIEND and before.closeness >= p.close_cut
    if chosen > 0.0 and (kind in (PARTNER, FAMILY) or close_friends):
        closeness = rules.touched(closeness, chosen, p.touch_closeness, cap)
        relief = f32(p.touch_relief * min(chosen, 1.0))

    regard = rules.toward(before.regard, p_val, p.regard_rate)
    rate = p.understanding_rate * (chosen + obliged)
    understanding = rules.toward(before.understanding, p_und, rate)

    worth = 0.0
    if _recognised(world, i, j, theirs.attention):
        worth = f32(rules.recognition(person["self_worth"], before.regard, p.recognition_worth))
        regard += rules.recognition(regard, before.regard, p.recognition_regard)

    evidence, injury = _promise(world, i, j, disclosure)
    if injury is not None:
        regard = rules.toward(regard, 0.0, p.contempt)

    strength = rules.strength(mine.felt, theirs.felt)
    mood = rules.affect(p.contagion, person["empathy"], strength, lonely, world.lonely(j))
    view = {
        **evidence, "regard": f32(regard), "understanding": f32(understanding),
        "closeness": f32(closeness),
    }  # fmt: skip
    return Effect(view, f32(mood), worth, relief, f32(injury or 0.0), f32(p_val))


def _promise(
    world: World, i: int, j: int, disclosure: float
) -> tuple[dict[str, float], float | None]:
    """Evidence of i about j after a promise of j to i, and the injury if it was broken."""
    p, rules, kind = world.params.relate, world.rules, world.bond(i, j)["kind"]
    person, other, before = world.persons[i], world.persons[j], world.read(i, j, world.day - 1)
    evidence = {
        "kept": f32(before.kept), "broken": f32(before.broken), "ceiling": f32(before.ceiling),
    }  # fmt: skip
    due, breached, deceived, repaired = world.uniforms(chance.PROMISE, j, i)
    if not due < p.promise_prob:
        return evidence, None
    if not breached < rules.breach_prob(other["reliability"], disclosure, p.exposure):
        evidence["kept"] = f32(rules.kept_after(before.kept, before.trust, p.confirmation))
        return evidence, None
    world.record("betrayed", i, j, kind)
    added = rules.broken_after(before.broken, before.trust, p.lam, p.confirmation) - before.broken
    injury = rules.hurt_added(person["hurt"], before.closeness, disclosure, p.injury)
    if deceived < p.deceit_prob:
        world.record("deceived", i, j, kind)
        evidence["ceiling"] = f32(min(before.ceiling, p.deceit_ceiling * before.trust))
    if repaired < rules.repair_prob(
        other["empathy"], before.closeness, p.repair_base, p.repair_empathy, p.repair_closeness
    ):
        world.record("repaired", i, j, kind)
        added *= 1.0 - p.repair_share
        injury *= 1.0 - p.repair_share
    evidence["broken"] = f32(before.broken + added)
    return evidence, injury


def _recognised(world: World, i: int, j: int, attention: float) -> bool:
    """Whether i has an accomplishment today that j, with this attention, recognises."""
    p = world.params.relate
    if not world.uniforms(chance.ACCOMPLISHMENT, i, 0)[0] < p.accomplishment_prob:
        return False
    prob = world.rules.recognise_prob(world.persons[j]["interest"], attention)
    return world.uniforms(chance.RECOGNITION, j, i)[0] < prob
