"""`WHYS`: a sentence on each row, on why the default population falls where it does.

Written after the fact, from one-at-a-time changes of parameters; other worlds fall elsewhere.
"""

from __future__ import annotations

_TRUST = (
    "A matter of the rules alone, which were written with this finding in mind: a check, no test."
)
_FEW = (
    "The default town has 16 bonds a person where people have over a hundred: a wider network "
    "(`network.friends`, `network.coworkers`, `reach_out.room`) moves it, at a price in speed."
)
_SLOW = (
    "Bonds are too lasting: the bonds that one can name are few and well kept, and a friend made "
    "anew seldom comes close enough to take a place among them."
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
    "T6": "The mean lies in the band, but a bend is not well determined by some thousand people: "
    "replicates differ by two ties and more.",
    "T7a": "The sign is sure over replicates, the size is not: it varies by more than a day.",
    "T7b": "Relatives weigh little in the social facet, and everybody has about as many.",
    "T8a": "Weekly company is a matter of `population.initiative_mean` and `meet.psi`.",
    "T8b": "Just below the band: a person has 11 friends and coworkers in all. " + _FEW,
    "T8c": _FEW,
    "T8d": "Out of reach: nobody here has 90 acquaintances, who would cost time and change little.",
    "T9a": "With few bonds, five of them get half of the time; a wider network or a lower "
    "`meet.psi` bring it down into the band.",
    "T9b": "With 16 bonds, fifteen of them get nearly all time. " + _FEW,
    "T10a": _SLOW
    + " More than half of those named are kin, whose bonds never end and who are named again more "
    "often than friends.",
    "T10b": "Ties named become slowly fewer, as the first ones fade faster than others take their "
    "place; just inside the band.",
    "T11": "The five closest differ little in closeness, so that ranks change where people stay.",
    "T13": "A person has about as many friends and coworkers as can be named, so that nearly all "
    "name each other; more bonds than names bring it into the band.",
    "T14": "New bonds close fewer triangles than the first network had (.24 on day 0), and few of "
    "a workplace of 40 know each other; contexts as small as a class, all of whom are bonded "
    "(`network.context_size` 12, `network.coworkers` 11), bring it into the band.",
    "T17": "People whom many name do not seek each other out, and the cap on names cuts the spread "
    "of ties: about nil, just below the band.",
    "T18": _SLOW
    + " A hazard that strength lowers less (`part.strength` 2) brings it into the band.",
    "T19a": "The model has no adolescents and no school classes.",
    "T19b": "Kin and partners keep most people from it.",
    "T20a": "The gain of quality and `relate.tau` were set by it.",
    "T20b": "The gain of quality and `relate.tau` were set by it.",
    "T20c": "At the lower end, 200 hours, within what a tau 2 % longer would change.",
    "T21a": "The liking gap is a constant of first steps; nobody believes anything about being "
    "named.",
    "T21b": "Both sides of a bond live through the same hours, so their closeness differs little: "
    "four of five namings are returned where people return half. Half would take one-sided "
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
    "T26a": "Security is saturated by kin and partner and does not follow from a disposition: "
    "insecurity here is a circumstance, while attachment is a trait.",
    "T26b": "The model has no childhood; hurt stands for what adults did to each other.",
    "T27a": "Vigilance hides warmth from the lonely, who come to think less of the partner.",
    "T27b": "Lonely people show a little less warmth, which partners hardly notice.",
    "T27c": "Loneliness moves how much people reach out, both ways, and partners meet anyway.",
    "T28a": "Clusters, but less than in Framingham: a twentieth of people pass the item's cut and "
    "the survey sees few ties; without selection a third of it is left.",
    "T28b": "The context is no larger than a workplace of 40, and chains of named ties soon leave "
    "it: a slow decay needs a wider shared cause.",
    "T28c": "As at distance 2.",
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
