"""The model of ODD.md with dictionaries and loops: slow, plain, and the judge of the engine.

`ReferenceWorld` goes through days phase by phase. It shares with the package the parameters, the
rules (plain functions of floats) and the numbers of the purposes; nothing else. Columns are rounded
to single precision exactly where ODD.md says so, hence both must agree to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bondsim import chance
from bondsim.params import CLIENT, COWORKER, FAMILY, FRIEND, PARTNER
from bondsim.reference import draws
from bondsim.reference.interventions import Interventions
from bondsim.reference.meeting import Effect, meeting
from bondsim.reference.traits import traits
from bondsim.reference.world import Person, Way, World, add, clip, f32, of

MODIFIERS = ("vigilance_factor", "distraction_factor", "mobility_factor")


class ReferenceWorld(World):
    """A world that goes on, one day at a time; see `World` for how to make one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.interventions = Interventions(self)
        self.esteem: dict[int, float] = {}

    # --- the day --------------------------------------------------------------------------------

    def phases(self) -> Iterator[str]:
        """One day: the name of each phase when it is done."""
        if self.params.turnover.rate > 0.0:
            self.turnover()
            yield "turnover"
        self.interventions.apply()
        yield "interventions"
        self.meet()
        yield "meet"
        self.relate()
        yield "relate"
        yield "cool"
        self.part()
        yield "part"
        self.reach_out()
        yield "reach_out"
        self.feel()
        yield "feel"
        self.day += 1

    def meet(self) -> None:
        """ODD 7.1: chosen and obligatory hours of each pair, and how far i's day stretches."""
        p, rules = self.params.meet, self.rules
        starts = {way: x for i in self.persons for way, x in self._starts(i).items()}
        self.hours: dict[Way, float] = {}
        self.duty: dict[Way, float] = {}
        self.scale: dict[int, float] = {}
        for i, person in self.persons.items():
            expected = 0.0
            for j in self.partners(i):
                bond = self.bond(i, j)
                kind, gap = bond["kind"], float(self.day - bond["last_met"])
                prob = rules.meet_prob(starts[i, j], starts[j, i])
                length = rules.meeting_hours(of(p.base_hours, kind), gap, p.gap_gain)
                expected += prob * length
                if i < j:
                    u = self.pair_uniforms(chance.PAIR, i, j)
                    self.hours[i, j] = f32(length) if u[0] < prob else 0.0
                    self.duty[i, j] = self._obligation(i, j, kind, u[1])
            self.scale[i] = f32(rules.time_scale(person["hours"], expected))

    def _starts(self, i: int) -> dict[Way, float]:
        """The meetings that i is expected to start (eq. 7-9)."""
        p, rules, person = self.params.meet, self.rules, self.persons[i]
        weights = {}
        for j in self.partners(i):
            felt, role = self.read(i, j, self.day - 1).felt, of(p.role, self.bond(i, j)["kind"])
            weights[j] = f32(rules.weight(felt, role, p.psi))
        total = add(weights.values())
        warm_up = rules.warm_up(self.lonely(i), p.eta1, p.eta2)
        return {
            (i, j): f32(
                rules.start(
                    person["initiative"], warm_up, weight / total if total > 0.0 else 0.0,
                    person["mobility_factor"],
                )
            )
            for j, weight in weights.items()
        }  # fmt: skip

    def _obligation(self, i: int, j: int, kind: int, u: float) -> float:
        one, other = self.persons[i], self.persons[j]
        together = one["context"] == other["context"] or one["company"] == other["company"]
        if not together and kind not in (PARTNER, CLIENT):
            return 0.0
        mobility = min(one["mobility_factor"], other["mobility_factor"])
        p = self.params.meet
        return f32(of(p.duty_hours, kind)) if u < of(p.duty_prob, kind) * mobility else 0.0

    def relate(self) -> None:
        """ODD 7.2: every meeting from the state before the phase, then what people gather."""
        met = [way for way in self.bonds if self.hours[way] > 0.0 or self.duty[way] > 0.0]
        effects: dict[Way, Effect] = {}
        for i, j in met:
            effects[i, j], effects[j, i] = meeting(self, i, j, *self._hours(i, j))
        for (i, j), effect in effects.items():
            self.bond(i, j)["view"][i] = effect.view
            self.bond(i, j)["last_met"] = self.day
        for i, person in self.persons.items():
            mine = [effects[i, j] for j in self.partners(i) if (i, j) in effects]
            relief = min(1.0, add(e.relief for e in mine))
            person["emotional"] = f32(clip(person["emotional"] + add(e.mood for e in mine)))
            person["self_worth"] = f32(clip(person["self_worth"] + add(e.worth for e in mine)))
            person["stress"] = f32(person["stress"] * (1.0 - relief))
            person["hurt"] = f32(clip(person["hurt"] + add(e.injury for e in mine)))
            self.esteem[i] = f32(add(e.esteem for e in mine) / len(mine)) if mine else -1.0
            person["social"] = self._eased(i)
        self.forget_readings()

    def _hours(self, i: int, j: int) -> tuple[float, float]:
        """Chosen hours of a meeting, stretched to the days of both, and obligatory hours."""
        return self.hours[i, j] * min(self.scale[i], self.scale[j]), self.duty[i, j]

    def _eased(self, i: int) -> float:
        """Social loneliness of i after the day's chance encounters."""
        p, person = self.params.relate, self.persons[i]
        social, members = person["social"], self.members(person["company"])
        for e in range(p.weak_contacts):
            u = self.uniforms(chance.WEAK_CONTACT, i, e)
            j = members[int(u[0] * len(members))]
            if j == i or not u[2] < person["mobility_factor"]:
                continue
            other = self.persons[j]
            attention = other["presence"] * (1.0 - p.distraction * other["distraction_factor"])
            if u[1] < self.rules.kindness(other["empathy"], attention):
                social = self.rules.eased(social, p.weak_ease)
        return f32(social)

    def part(self) -> None:
        """ODD 7.4: bonds end by a hazard; a family bond is estranged instead."""
        p, ending = self.params.part, []
        for i, j in sorted(self.bonds):
            if self.pair_uniforms(chance.PAIR, i, j)[2] < self._part_prob(i, j):
                ending.append((i, j))
        lost = {pair for pair in ending if self.bonds[pair]["kind"] != FAMILY}
        for i, person in self.persons.items():
            mine = [j for j in self.partners(i) if (min(i, j), max(i, j)) in lost]
            if mine:
                pain = add(p.loss_stress * self.read(i, j, self.day).closeness for j in mine)
                person["stress"] = f32(clip(person["stress"] + pain))
        for i, j in ending:
            if (i, j) in lost:
                self.cut_bond(i, j, "parted")
                continue
            self.record("estranged", i, j, FAMILY)
            for view in self.bonds[i, j]["view"].values():
                view["closeness"] = f32(view["closeness"] * p.estrangement)
        self.forget_readings()

    def _part_prob(self, i: int, j: int) -> float:
        p, rules, bond = self.params.part, self.rules, self.bonds[i, j]
        felt_ij, felt_ji = self.read(i, j, self.day).felt, self.read(j, i, self.day).felt
        common = len(set(self.partners(i)) & set(self.partners(j)))
        return rules.part_prob(
            rules.strength(felt_ij, felt_ji),
            rules.reciprocity(felt_ij, felt_ji),
            float(self.day - bond["born"]),
            float(min(common, p.common_friends_cap)),
            self.alike(i, j),
            0.5 * (self.lonely(i) + self.lonely(j)),
            of(p.base, bond["kind"]), p.strength, p.reciprocity, p.log_age, p.common_friends,
            p.similarity, p.loneliness,
        )  # fmt: skip

    def reach_out(self) -> None:
        """ODD 7.5: bonds deepen, then first steps; both from the bonds that `part` left."""
        steps = {i: step for i in self.persons if (step := self._first_step(i)) is not None}
        self._deepen()
        for i, (j, kind) in steps.items():
            if (min(i, j), max(i, j)) not in self.bonds:  # of two steps the smaller id's counts
                self.make_bond(i, j, kind, "made", self.day)

    def _deepen(self) -> None:
        p = self.params.reach_out
        today = [pair for pair in sorted(self.bonds) if self.bonds[pair]["last_met"] == self.day]
        friends = [pair for pair in today if self.bonds[pair]["kind"] == FRIEND]
        for i, j in today:
            bond, on = self.bonds[i, j], self.day
            closeness = min(self.read(i, j, on).closeness, self.read(j, i, on).closeness)
            if bond["kind"] in (COWORKER, CLIENT) and closeness >= p.friend_cut:
                self.record("deepened", i, j, FRIEND)
                bond["kind"] = FRIEND
        for i, j in friends:
            strength = self.rules.strength(
                self.read(i, j, self.day).felt, self.read(j, i, self.day).felt
            )
            single = not any(
                self.bond(a, b)["kind"] == PARTNER for a in (i, j) for b in self.partners(a)
            )
            lucky = self.pair_uniforms(chance.PARTNER, i, j)[0] < p.partner_prob
            if single and strength >= p.partner_cut and lucky:
                self.record("partnered", i, j, PARTNER)
                self.bonds[i, j]["kind"] = PARTNER

    def _first_step(self, i: int) -> tuple[int, int] | None:
        """Who accepts a step of i today, and the kind of bond that comes of it; None if nobody."""
        p, person = self.params.reach_out, self.persons[i]
        u = self.uniforms(chance.STEP, i, 0)
        prob = self.rules.step_prob(
            max(0.0, person["need"] - person["received"]), person["initiative"],
            person["self_worth"], person["hurt"], person["chronic"], p.step_rate, p.step_base,
            p.step_initiative, p.step_worth, p.liking_gap, p.step_hurt, p.step_chronic,
        )  # fmt: skip
        if not u[0] < prob * person["mobility_factor"]:
            return None
        by_context = p.via_friend <= u[1] < p.via_friend + p.via_context
        j = self._asked(i, u)
        if j is None or j == i or j in self.partners(i):
            return None
        accept = self.uniforms(chance.ACCEPT, j, i)
        willing = self.rules.accept_prob(
            self.persons[j]["empathy"], self.alike(i, j), self.lonely(j),
            float(len(self.partners(j))), float(p.room), p.accept_base, p.accept_empathy,
            p.accept_similarity, p.accept_loneliness,
        )  # fmt: skip
        if not accept[0] < willing:
            return None
        if by_context:
            return j, CLIENT if accept[1] < p.client_share else COWORKER
        return j, FRIEND

    def _asked(self, i: int, u: draws.Draws) -> int | None:
        p = self.params.reach_out
        if u[1] < p.via_friend:
            mine = self.partners(i)
            if not mine:
                return None
            theirs = self.partners(mine[int(u[2] * len(mine))])
            return theirs[int(u[3] * len(theirs))]
        if u[1] < p.via_friend + p.via_context:
            members = self.members(self.persons[i]["company"])
            return members[int(u[2] * len(members))]
        return sorted(self.persons)[int(u[2] * len(self.persons))]

    def feel(self) -> None:
        """ODD 7.6: climates, then stress, self-worth, hurt, loneliness and the memories of it."""
        p, rules = self.params.feel, self.rules
        for context, climate in enumerate(self.climates):
            luck = self.normal(chance.CLIMATE, context)
            self.climates[context] = f32(
                rules.climate_after(climate, p.climate_sd, p.climate_half_life, luck)
            )
        for i in self.persons:
            self._feel(i)

    def _feel(self, i: int) -> None:
        p, rules, person = self.params.feel, self.rules, self.persons[i]
        views = [(self.bond(i, j)["kind"], self.read(i, j, self.day)) for j in self.partners(i)]
        holds = [view.closeness * view.trust for _, view in views]
        support = rules.support(add(holds))
        received_emotional = max(
            (of(p.confidant_weight, kind) * view.felt for kind, view in views), default=0.0
        )
        circle = add(of(p.social_weight, kind) * view.felt for kind, view in views)
        received_social = rules.received_social(circle, p.good_ties)
        event = 1.0 if self.uniforms(chance.STRESS, i, 0)[0] < p.stress_prob else 0.0
        stress = rules.stressed(
            person["stress"], event, support, p.buffer, p.stress_size, p.stress_half_life
        )

        def relaxed(facet: float, received: float, purpose: int) -> float:
            longing = rules.longing(
                person["set_point"], person["need"], received, p.gamma,
                self.climates[person["context"]], stress, p.stress_weight, support, p.buffer,
            )  # fmt: skip
            return f32(rules.relaxed(facet, longing, p.kappa, p.noise_sd, self.normal(purpose, i)))

        person["stress"] = f32(stress)
        person["self_worth"] = f32(
            rules.worth_after(
                person["self_worth"], self.esteem[i], p.worth_rate, p.worth_rest, p.worth_return
            )
        )
        person["hurt"] = f32(rules.cooled(person["hurt"], 0.0, 1.0, p.hurt_half_life))
        person["emotional"] = relaxed(
            person["emotional"], received_emotional, chance.NOISE_EMOTIONAL
        )
        person["social"] = relaxed(person["social"], received_social, chance.NOISE_SOCIAL)
        person["chronic"] = f32(
            rules.cooled(person["chronic"], self.lonely(i), 1.0, p.chronic_half_life)
        )
        closest = add(sorted(holds, reverse=True)[:5])
        person["security"] = f32(rules.security(closest, p.security_half))
        person["received"] = f32(0.5 * (received_emotional + received_social))

    def turnover(self) -> None:
        """ODD 7.7: people move away and newcomers take their places."""
        rate = self.params.turnover.rate
        leavers = [i for i in self.persons if self.uniforms(chance.TURNOVER, i, 0)[0] < rate]
        for pair in sorted(self.bonds):
            if pair[0] in leavers or pair[1] in leavers:
                self.cut_bond(*pair, "moved")
        group = max(person["group"] for person in self.persons.values())
        for number, i in enumerate(leavers, start=1):
            left = self.persons.pop(i)
            left["group"] = group + number
            left["context"] = self.interventions.newcomer(self.next_id, i)
            left["company"] = left["context"]
            self.persons[self.next_id] = self._newcomer(self.next_id, left)
            self.next_id += 1
        self.forget_readings()

    def _newcomer(self, i: int, left: Person) -> Person:
        drawn = traits(self.params, i, left["position_x"], left["position_y"])
        person = {**left, **{name: f32(value) for name, value in drawn.items()}}
        person |= dict.fromkeys(("stress", "hurt", "security"), 0.0)
        person |= dict.fromkeys(MODIFIERS, 1.0)
        person |= dict.fromkeys(("emotional", "social", "chronic"), person["set_point"])
        person["received"] = person["need"]
        person["self_worth"] = f32(self.params.feel.worth_rest)
        return person
