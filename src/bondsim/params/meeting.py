"""Parameters of the phases in which people are together: meet and relate."""

from __future__ import annotations

from dataclasses import dataclass

from bondsim.params.checked import INF, ByKind, Checked, par, same_for_all_kinds


@dataclass(frozen=True)
class Meet(Checked):
    """Phase 1: who spends time with whom."""

    GROUP = "meet"

    psi: float = par(
        3.3, "preference for felt bonds: exponent of felt in the weights", high=10.0,
        source="[F]", neutral=0.0,
    )  # fmt: skip
    role: ByKind = par(
        ByKind(0.18, 0.6, 2.2, 0.4, 0.15), "weight of a kind in sharing out time", high=100.0,
        source="family [F]", neutral=same_for_all_kinds(1.0),
    )  # fmt: skip
    eta1: float = par(
        1.4, "reaching out with a little loneliness (conduct channel)", high=10.0,
        source="quadratic state effect [P]; size [A]", neutral=0.0,
    )  # fmt: skip
    eta2: float = par(
        2.0, "withdrawing with much loneliness (conduct channel)", high=10.0,
        source="quadratic state effect [P]; size [A]", neutral=0.0,
    )  # fmt: skip
    base_hours: ByKind = par(
        ByKind(2.0, 2.0, 2.0, 1.0, 0.5), "length of a meeting", unit="h", high=24.0
    )
    gap_gain: float = par(
        0.15, "lengthening by the log of the days since last met", high=10.0,
        source="log compensation in calls [P]; size [A]", neutral=0.0,
    )  # fmt: skip
    duty_prob: ByKind = par(
        ByKind(0.1, 0.9, 0.0, 0.6, 0.2), "chance of an obligatory meeting in a day",
        unit="1/day", source="context hours 5-20 h/wk at work [A]", neutral=same_for_all_kinds(0.0),
    )  # fmt: skip
    duty_hours: ByKind = par(
        ByKind(1.0, 2.0, 1.0, 2.0, 0.3), "length of an obligatory meeting", unit="h", high=24.0
    )


@dataclass(frozen=True)
class Relate(Checked):
    """Phase 2: how people treat each other and what it does to the bond."""

    GROUP = "relate"

    distraction: float = par(0.1, "screens in the environment", neutral=0.0)
    attention_noise: float = par(0.1, "standard deviation of attention from meeting to meeting",
                                 neutral=0.0)  # fmt: skip
    phone_cost: float = par(
        0.15, "loss of quality by full phone use; mere presence costs nothing",
        source="d .15-.25 [M]; presence does not replicate [P]", neutral=0.0,
    )  # fmt: skip
    spill: float = par(
        0.1, "self-worth's part in warmth (conduct channel)", source="indirect [A]", neutral=0.0
    )
    cold: float = par(
        0.25, "loneliness's part in warmth (conduct channel)", source="indirect [A]", neutral=0.0
    )
    strain: float = par(0.3, "share of warmth lost under full stress", neutral=0.0)
    vigilance: float = par(
        0.3, "warmth that full loneliness hides from the perceiver (conduct channel)",
        source="perception bias [P]; .2 SD (0-.4) [A]", neutral=0.0,
    )  # fmt: skip
    safety: float = par(
        0.5, "share of vigilance that full felt security takes away", source="[M]", neutral=0.0
    )
    disclosure_base: float = par(-1.6, "disclosure: intercept", unit="logit", low=-20, high=20)
    disclosure_trust: float = par(
        2.0, "disclosure: trust", unit="logit", high=20, source="2 (1-4) [A]", neutral=0.0
    )
    disclosure_closeness: float = par(1.5, "disclosure: closeness", unit="logit", high=20,
                                      neutral=0.0)  # fmt: skip
    disclosure_authenticity: float = par(1.0, "disclosure: authenticity", unit="logit", high=20,
                                         neutral=0.0)  # fmt: skip
    disclosure_hurt: float = par(2.0, "disclosure: hurt, negative", unit="logit", high=20,
                                 neutral=0.0)  # fmt: skip
    disclosure_loneliness: float = par(
        1.5, "disclosure: loneliness, negative (conduct channel)", unit="logit", high=20,
        source="less self-disclosure [P]; .3 a SD [A]", neutral=0.0,
    )  # fmt: skip
    reciprocation: float = par(
        0.7, "how far disclosure is matched to the other's", source=".7 (.4-.9) [A]", neutral=0.0
    )
    similarity_width: float = par(
        0.25, "distance in interest space at which similarity is .61", low=0.001, high=10.0
    )
    similarity_aid: float = par(
        0.2, "share of being understood that needs similarity", source="small upkeep effect [P]",
        neutral=0.0,
    )  # fmt: skip
    quality_gain: float = par(
        3.6, "scale: an ordinary good talk between friends has quality 1", high=100.0,
        source="set by the hours to friendship, Hall 2019 [P]", neutral=0.0,
    )  # fmt: skip
    duty_quality: float = par(
        0.1, "share in which obligatory hours count", source="they do not speed friendship [M]",
        neutral=0.0,
    )  # fmt: skip
    tau: float = par(
        103.0, "quality hours to closeness 1 - 1/e", unit="h", low=1.0, high=INF,
        source="Hall 2019 [P], [F]; form [A]", neutral=INF,
    )  # fmt: skip
    hurt_slowing: float = par(
        1.0, "slowing of closeness by full hurt: tau * (1 + this)", high=10.0,
        source="multiplier at most 2 [A]", neutral=0.0,
    )  # fmt: skip
    closeness_cap: ByKind = par(
        ByKind(1.0, 1.0, 1.0, 1.0, 0.4), "closeness a kind can reach", low=0.01,
        source="clients .4, Price & Arnould 1999 [M]", neutral=same_for_all_kinds(1.0),
    )  # fmt: skip
    close_cut: float = par(
        0.6, "closeness from which a bond counts as close: touch between friends, counts",
        source="between friend .59 and close friend .86 [A]",
    )  # fmt: skip
    touch_closeness: float = par(0.002, "closeness from an hour with touch", unit="1/h",
                                 source="[A]", neutral=0.0)  # fmt: skip
    touch_relief: float = par(
        0.1, "share of stress that an hour with touch takes away", unit="1/h",
        source="anxiety g .64, Packheiser 2024 [P]; size [A]", neutral=0.0,
    )  # fmt: skip
    promise_prob: float = par(0.2, "chance that a promise falls due in a meeting", neutral=0.0)
    exposure: float = par(
        0.06, "chance that an unreliable person's lapse in a full disclosure becomes a breach",
        neutral=0.0,
    )  # fmt: skip
    lam: float = par(
        3.0, "weight of a breach against a kept promise", unit="promises", high=50.0,
        source="negativity, Slovic 1993 [P]; 3 (1-5) [A]", neutral=1.0,
    )  # fmt: skip
    confirmation: float = par(
        0.5, "how far evidence counts more when it confirms trust", source="[P]; .5 (0-1) [A]",
        neutral=0.0,
    )  # fmt: skip
    deceit_prob: float = par(0.25, "share of breaches that deceived", neutral=0.0)
    deceit_ceiling: float = par(
        0.8, "share of earlier trust that can be reached after a deceit",
        source="never fully recovers, Schweitzer 2006 [P]; .8 [A]", neutral=1.0,
    )  # fmt: skip
    repair_base: float = par(-1.5, "repair: intercept", unit="logit", low=-20, high=20)
    repair_empathy: float = par(
        1.5, "repair: offender's empathy", unit="logit", high=20,
        source="forgiveness r .51 [P]; size [A]", neutral=0.0,
    )  # fmt: skip
    repair_closeness: float = par(1.0, "repair: victim's closeness", unit="logit", high=20,
                                  neutral=0.0)  # fmt: skip
    repair_share: float = par(0.5, "share of a breach that a repair takes back", source=".5 [A]",
                              neutral=0.0)  # fmt: skip
    injury: float = par(
        0.25, "hurt left by a breach in full closeness and disclosure", source="[A]", neutral=0.0
    )
    contempt: float = par(0.15, "share of regard lost by a breach", neutral=0.0)
    regard_rate: float = par(
        0.05, "regard: step toward what was perceived, per meeting", source=".05 (.01-.15) [A]",
        neutral=0.0,
    )  # fmt: skip
    understanding_rate: float = par(
        0.02, "understanding: step toward what was perceived, per hour", unit="1/h",
        source=".02 (.005-.05) [A]", neutral=0.0,
    )  # fmt: skip
    accomplishment_prob: float = par(
        0.033, "chance of an accomplishment in a day", unit="1/day", source="1 a month [A]",
        neutral=0.0,
    )  # fmt: skip
    recognition_worth: float = par(
        0.05, "self-worth from one recognition by an admired person", source="sociometer [M]",
        neutral=0.0,
    )  # fmt: skip
    recognition_regard: float = par(
        0.05, "regard from one recognition by an admired person", source="capitalization [P]",
        neutral=0.0,
    )  # fmt: skip
    contagion: float = par(
        0.005, "mood that passes in a meeting (affect channel)",
        source="contested; rank stability bounds it, ODD section 10 [A]", neutral=0.0,
    )  # fmt: skip
    weak_contacts: int = par(
        3, "chance encounters in a day", unit="1/day", high=50, source="3 (0-10) [A]", neutral=0
    )
    weak_ease: float = par(
        0.002, "share of social loneliness that one kind encounter takes away",
        source="thin evidence [A]", neutral=0.0,
    )  # fmt: skip
