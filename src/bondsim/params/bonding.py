"""Parameters of the phases that follow: cool, part, reach out and feel."""

from __future__ import annotations

from dataclasses import dataclass

from bondsim.params.checked import INF, ByKind, Checked, par, same_for_all_kinds


@dataclass(frozen=True)
class Cool(Checked):
    """Phase 3: what happens to views without a meeting."""

    GROUP = "cool"

    closeness_half_life: ByKind = par(
        ByKind(1800.0, 90.0, 240.0, 90.0, 30.0), "half-life of closeness without a meeting",
        unit="days", low=0.1, high=INF, source="no direct estimate [A]",
        neutral=same_for_all_kinds(INF),
    )  # fmt: skip
    view_half_life: float = par(
        730.0, "half-life of regard's and understanding's distance from neutral", unit="days",
        low=0.1, high=INF, neutral=INF,
    )  # fmt: skip
    neutral_regard: float = par(0.5, "regard that nothing feeds")
    neutral_understanding: float = par(0.4, "understanding that nothing feeds")
    evidence_half_life: float = par(
        2424.0, "half-life of evidence beyond the kind's prior", unit="days", low=0.1, high=INF,
        source=".998 a week [A]", neutral=INF,
    )  # fmt: skip


@dataclass(frozen=True)
class Part(Checked):
    """Phase 4: how bonds end."""

    GROUP = "part"

    base: ByKind = par(
        ByKind(-7.5, -5.0, -1.3, -2.2, -4.3), "daily hazard: intercept by kind", unit="logit",
        low=-40, high=20, source="7-year retention .48 [P]; friend, coworker [F]; others [A]",
        neutral=same_for_all_kinds(-40.0),
    )  # fmt: skip
    strength: float = par(4.0, "hazard: strength, negative", unit="logit", high=20,
                          source="weight predicts persistence [P]", neutral=0.0)  # fmt: skip
    reciprocity: float = par(1.0, "hazard: reciprocity, negative", unit="logit", high=20,
                             source="mutual .55-.67, one-sided .40 a year [P]",
                             neutral=0.0)  # fmt: skip
    log_age: float = par(0.25, "hazard: log of age in days, negative", unit="logit", high=5,
                         source="power-law decay, Burt 2000 [M]", neutral=0.0)  # fmt: skip
    common_friends: float = par(
        0.4, "hazard: a shared friend, negative", unit="logit", high=5,
        source="embeddedness, Burt 2000 [M]; size [F]", neutral=0.0,
    )  # fmt: skip
    common_friends_cap: int = par(5, "shared friends beyond this count no more", unit="people",
                                  high=1000)  # fmt: skip
    similarity: float = par(
        0.3, "hazard: similarity, negative (selection channel)", unit="logit", high=20,
        source="near 0 in existing bonds [M]", neutral=0.0,
    )  # fmt: skip
    loneliness: float = par(
        0.5, "hazard: mean loneliness of both (loss channel)", unit="logit", high=20,
        source="8 % of friends in 4 years [M]", neutral=0.0,
    )  # fmt: skip
    loss_stress: float = par(0.5, "stress from losing a fully close bond", neutral=0.0)
    estrangement: float = par(0.5, "share of closeness that an estranged family bond keeps",
                              neutral=1.0)  # fmt: skip


@dataclass(frozen=True)
class ReachOut(Checked):
    """Phase 5: first steps, new bonds, and bonds that change their kind."""

    GROUP = "reach_out"

    step_rate: float = par(
        1.0, "first steps of a person with full need and full confidence", unit="1/day",
        neutral=0.0,
    )  # fmt: skip
    step_base: float = par(
        0.9, "first step: intercept", unit="logit", low=-20, high=20, source="[F]"
    )
    step_initiative: float = par(1.5, "first step: initiative", unit="logit", high=20, neutral=0.0)
    step_worth: float = par(1.0, "first step: self-worth", unit="logit", high=20, neutral=0.0)
    liking_gap: float = par(
        0.5, "first step: underestimated chance of being liked, negative", unit="logit", high=20,
        source="liking gap [P]; .3 SD (0-.6) [A]", neutral=0.0,
    )  # fmt: skip
    step_hurt: float = par(1.5, "first step: hurt, negative", unit="logit", high=20, neutral=0.0)
    step_chronic: float = par(
        1.5, "first step: chronic loneliness, negative (conduct channel)", unit="logit", high=20,
        source="withdrawal [P]; size [A]", neutral=0.0,
    )  # fmt: skip
    via_friend: float = par(0.62, "share of first steps toward a friend of a friend", source="[A]")
    via_context: float = par(
        0.22, "share of first steps toward someone of the same context; the rest to strangers",
        source="[A]",
    )  # fmt: skip
    client_share: float = par(0.2, "share of new bonds within a context that are with clients")
    accept_base: float = par(-0.8, "acceptance: intercept", unit="logit", low=-20, high=20)
    accept_empathy: float = par(1.5, "acceptance: empathy", unit="logit", high=20, neutral=0.0)
    accept_similarity: float = par(
        1.5, "acceptance: similarity (selection channel)", unit="logit", high=20,
        source="1.0 (0-2) [A]", neutral=0.0,
    )  # fmt: skip
    accept_loneliness: float = par(
        1.0, "acceptance: own loneliness, negative (loss channel)", unit="logit", high=20,
        neutral=0.0,
    )  # fmt: skip
    room: int = par(100, "bonds at which a person has no room for another", unit="bonds", low=1,
                    high=100_000, source="[F]")  # fmt: skip
    first_closeness: float = par(0.05, "closeness of a new bond")
    friend_cut: float = par(
        0.39, "closeness on both sides at which a coworker or client becomes a friend",
        source="50 h, Hall 2019 [P]", neutral=1.0,
    )  # fmt: skip
    partner_cut: float = par(0.55, "strength from which two single friends may become partners")
    partner_prob: float = par(0.004, "chance of that in a day on which they meet", unit="1/day",
                              neutral=0.0)  # fmt: skip


@dataclass(frozen=True)
class Feel(Checked):
    """Phase 6: stress, self-worth, security and the two facets of loneliness."""

    GROUP = "feel"

    kappa: float = par(
        0.015, "relaxation of loneliness in a day", unit="1/day", source=".1 a week [A]"
    )
    gamma: float = par(0.6, "weight of unmet need", high=5.0, neutral=0.0)
    good_ties: float = par(
        3.2, "sum of felt at which the social facet is served to 1 - 1/e", low=0.01, high=100.0,
        source="knee at 4 close friends [P]",
    )  # fmt: skip
    social_weight: ByKind = par(
        ByKind(0.1, 0.5, 1.0, 0.3, 0.15), "weight of a kind in the social facet",
        source="family count has no effect [P]",
    )  # fmt: skip
    confidant_weight: ByKind = par(
        ByKind(0.9, 1.0, 0.95, 0.4, 0.1), "weight of a kind as a confidant (emotional facet)",
        source="partner protects most [P]",
    )  # fmt: skip
    noise_sd: float = par(
        0.018, "daily noise of each facet", source="state variance about half [M]", neutral=0.0
    )
    stress_weight: float = par(0.15, "stress in the target of loneliness", high=5.0, neutral=0.0)
    buffer: float = par(
        0.2, "share of stress that full support takes away", source="limited [P]; .2 (0-.5) [A]",
        neutral=0.0,
    )  # fmt: skip
    stress_prob: float = par(0.0164, "chance of a stressful event in a day", unit="1/day",
                             source=".5 a month [A]", neutral=0.0)  # fmt: skip
    stress_size: float = par(0.4, "stress from one event", neutral=0.0)
    stress_half_life: float = par(14.0, "half-life of stress", unit="days", low=0.1, high=INF)
    worth_rate: float = par(
        0.02, "self-worth: step toward the regard perceived on a day with meetings", unit="1/day",
        source="cross-lag .08 a year [P]; size [A]", neutral=0.0,
    )  # fmt: skip
    worth_return: float = par(0.01, "self-worth: daily return to its resting level", unit="1/day",
                              neutral=0.0)  # fmt: skip
    worth_rest: float = par(0.6, "resting level of self-worth")
    security_half: float = par(
        1.0, "closeness times trust of the closest five that gives half security",
        low=0.01, high=10.0, source="1 (.5-2) [M]",
    )  # fmt: skip
    hurt_half_life: float = par(540.0, "half-life of hurt", unit="days", low=0.1, high=INF,
                                source="18 months (6-48) [A]")  # fmt: skip
    chronic_half_life: float = par(180.0, "half-life of the memory that makes loneliness chronic",
                                   unit="days", low=0.1, high=INF)  # fmt: skip
    climate_sd: float = par(0.07, "spread of a context's climate (context channel)", neutral=0.0)
    climate_half_life: float = par(365.0, "half-life of a context's climate", unit="days", low=0.1,
                                   high=1e9)  # fmt: skip
