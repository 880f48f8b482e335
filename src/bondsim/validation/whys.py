"""`WHYS`: a sentence on each row, on why the default population falls where it does.

Written after the fact, from one-at-a-time changes of parameters; other worlds fall elsewhere.
"""

from __future__ import annotations

_TRUST = (
    "A matter of the rules alone, which were written with this finding in mind: a check, no test."
)
_ARMS = (
    "Loneliness has a daily pull toward set point and unmet need, and vigilance is a small part of "
    "what makes it: taking all of it away changes less than trials report."
)

WHYS: dict[str, str] = {
    "T1": "The cuts of the item were laid so that its four answers have about the survey's shares.",
    "T2": "The cut was laid for it.",
    "T4a": "Set by the pull toward the set point against daily noise (`feel.kappa`, "
    "`feel.noise_sd`) and by the spread of set points.",
    "T4b": "After a year little more is forgotten: set points never change, so four years are near "
    "the upper end of the band.",
    "T5": "After the burn-in the town is near its own balance: nobody ages.",
    "T6": "One person in eighty has four close ties or more, so that the bend is where the few "
    "become very few. Nothing that was tried moves it: nearer relatives, a lower cut for close, "
    "`meet.psi` 6, `feel.good_ties` 6.",
    "T7a": "The sign is sure over replicates, the size is not: it varies by more than a day.",
    "T7b": "Relatives weigh little in the social facet, and everybody has about as many.",
    "T8a": "Fitted: weekly company is a matter of `population.initiative_mean` and `meet.psi`.",
    "T8b": "Fitted, by `network.friends` and `network.coworkers`.",
    "T8c": "Fitted, by `network.friends`, `network.coworkers` and `reach_out.room`: it is nearly "
    "everybody one has.",
    "T8d": "Out of reach: a person has 33 bonds, and nobody here has another 90 acquaintances, who "
    "would cost time and change little.",
    "T9a": "Fitted, by `meet.psi` and the number of bonds.",
    "T9b": "Fitted, by `meet.psi` and the number of bonds.",
    "T10a": "Fitted, by `part.base` of friends and coworkers.",
    "T10b": "Fitted: bonds made (`reach_out.step_base`, `reach_out.room`) against bonds that end.",
    "T11": "The five closest differ little in closeness, so that ranks change where people stay. "
    "Nearer relatives (`prior.closeness.family` .65) or `meet.psi` 6 take a third of it away, or "
    "somewhat less.",
    "T13": "Fitted: people have more bonds than they can name, and not all of one context name "
    "each other.",
    "T14": "Fitted, by small contexts in which most know each other (`network.context_size`, "
    "`network.coworkers`, `network.context_spread`).",
    "T17": "People whom many name do not seek each other out, and the cap on names cuts the spread "
    "of ties: about nil, just below the band.",
    "T18": "Bonds are too lasting: half of those named must be left after seven years (T10a), "
    "which one hazard for all cannot have with a third gone in one. `part.strength` 2 moves it to "
    ".63.",
    "T19a": "The model has no adolescents and no school classes.",
    "T19b": "Time is shared among many, so that few become confidants: with `meet.psi` 6 it falls "
    "to .10, and T8b, T9a and T9b go out: time goes to too few.",
    "T20a": "The gain of quality and `relate.tau` were set by it.",
    "T20b": "The gain of quality and `relate.tau` were set by it.",
    "T20c": "The gain of quality and `relate.tau` were set by it: 2 % less would miss it, 2 % more "
    "T20b.",
    "T21a": "The liking gap is a constant of first steps; nobody believes anything about being "
    "named.",
    "T21b": "Both sides of a bond live through the same hours, so their closeness differs little: "
    "nine of ten namings are returned where people return half. Half would take one-sided "
    "sources of closeness that the model lacks, as status.",
    "T22a": _TRUST,
    "T22b": "By the rules: three times 3/4 over 5/4; confirmation at its full strength of 1 would "
    "give 1, and the default is half of that.",
    "T23a": "Only confirmation tells early from late here, and little: evidence is counted, not "
    "its order. The sign is right, the size is tiny. " + _TRUST,
    "T23b": _TRUST,
    "T23c": "The ceiling is reached at once, and nothing comes back at all: harsher than what was "
    "found, though on the right side. " + _TRUST,
    "T24a": "Self-worth acts on relations by warmth and first steps, and others' warmth depends on "
    "far more: no effect is left after a year.",
    "T24b": "Self-worth follows perceived regard, day by day, and forgets it within months.",
    "T25": "Mostly what loneliness itself owes to bonds; support buffers stress, but nearly "
    "everybody has all the support there is to have (.99 on average).",
    "T26a": "Security follows from the closest five and not from a disposition: insecurity here is "
    "a circumstance, while attachment is a trait. `feel.security_half` 3 hardly moves it.",
    "T26b": "The model has no childhood; hurt stands for what adults did to each other.",
    "T27a": "Vigilance hides warmth from the lonely, who come to think less of the partner.",
    "T27b": "Lonely people show a little less warmth, which partners hardly notice.",
    "T27c": "Loneliness moves how much people reach out, both ways, and partners meet anyway.",
    "T28a": "As in Framingham, without being fitted to it; without selection .18 is left, in "
    "two worlds.",
    "T28b": "As in Framingham, without being fitted to it; without selection .06 is left, in two "
    "worlds.",
    "T28c": "Chains of three namings soon lead anywhere: a slow decay needs a wider shared cause "
    "than a context; neither contexts of 100 people nor a climate twice as strong change it.",
    "T28d": "Nothing is left at that distance, which is what the band asks for.",
    "T28e": "Labels that nothing ties together: replicates scatter around 0.",
    "T29a": "Mutual and one-sided naming of two friends is mostly a matter of who else is close, "
    "which tells nothing about influence: no difference.",
    "T29b": "A hint of the right order, within what chance gives.",
    "T29c": "Near friends share a context and its climate, which is what the slope picks up.",
    "T29d": "Kin live anywhere and are met seldom; friends share interests and places.",
    "T31a": "Height follows interest, interest makes friends: the naive slope finds what is not "
    "there, as it should here.",
    "T31b": "Height is fixed.",
    "T32a": _ARMS,
    "T32b": _ARMS,
    "T32c": "One assigned friend among many bonds, met seldom at first.",
    "T32d": "A quarter in one company with a hundred others makes few bonds by its end.",
    "T33a": "Screens cost attention, and attention is warmth and being understood; phone use of a "
    "kind that takes all attention would cost four to five times as much.",
    "T33b": "A phone that merely lies there does nothing by construction, so this is no test.",
}
"""Why each row falls where it does, by id; of what is not represented, why not."""
