"""Every rule against its equation in ODD.md, the signs that theory asks for, and swapped rules."""

from __future__ import annotations

import inspect
import itertools
import math
import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bondsim
from bondsim import rules
from bondsim.errors import ParameterError
from bondsim.params import Params
from bondsim.reference.equations import EQUATIONS
from bondsim.rules import RULES
from bondsim.ruleset import Rules

pytestmark = pytest.mark.modes

ODD = (Path(bondsim.__file__).parent / "ODD.md").read_text(encoding="utf-8")
NUMBERED = {
    name: int(n) for n, name in re.findall(r"^(\d+)\. (\w+?)(?:_ij)? = ", ODD, re.MULTILINE)
}

UNIT = st.floats(0.0, 1.0)
LOGIT = st.floats(0.0, 20.0)
LASTING = st.floats(0.1, 1e6) | st.just(math.inf)
DEVIATE = st.floats(-3.5, 3.5)
RANGES: dict[str, st.SearchStrategy[float]] = {
    "kept": st.floats(0.01, 1000.0), "broken": st.floats(0.01, 1000.0),
    "days": st.floats(0.0, 40_000.0), "half_life": LASTING, "stress_half_life": LASTING,
    "climate_half_life": st.floats(0.1, 1e6), "tau": st.floats(1.0, 1e6) | st.just(math.inf),
    "dx": st.floats(-1.0, 1.0), "dy": st.floats(-1.0, 1.0), "width": st.floats(0.001, 10.0),
    "eta1": st.floats(0.0, 10.0), "eta2": st.floats(0.0, 10.0), "psi": st.floats(0.0, 10.0),
    "role": st.floats(0.0, 100.0), "warm_up": st.floats(0.0, 25_000.0),
    "base_hours": st.floats(0.0, 24.0), "gap_gain": st.floats(0.0, 10.0),
    "days_since_met": st.integers(0, 40_000).map(float), "age": st.integers(0, 40_000).map(float),
    "hours": st.floats(0.0, 16.0), "expected_hours": st.floats(0.0, 500.0),
    "quality_hours": st.floats(0.0, 2400.0), "quality_gain": st.floats(0.0, 100.0),
    "hurt_slowing": st.floats(0.0, 10.0), "cap": st.floats(0.01, 1.0),
    "lam": st.floats(0.0, 50.0), "rate": st.floats(0.0, 3.0), "deviate": DEVIATE,
    "base": st.floats(-40.0, 20.0), "liking_gap": LOGIT,
    "common_friends": st.integers(0, 1000).map(float), "b_log_age": st.floats(0.0, 5.0),
    "b_common_friends": st.floats(0.0, 5.0), "degree": st.integers(0, 1000).map(float),
    "room": st.integers(1, 1000).map(float), "total": st.floats(0.0, 100.0),
    "total_of_five": st.floats(0.0, 5.0), "security_half": st.floats(0.01, 10.0),
    "good_ties": st.floats(0.01, 100.0), "event": st.sampled_from([0.0, 1.0]),
    "esteem": UNIT | st.just(-1.0), "gamma": st.floats(0.0, 5.0),
    "stress_weight": st.floats(0.0, 5.0), "climate": st.floats(-1.0, 1.0),
    "longing": st.floats(-6.0, 12.0),
}  # fmt: skip
"""What arguments range over that are not quantities in [0, 1] or weights in a logit."""


def arguments(rule) -> st.SearchStrategy[tuple[float, ...]]:
    """Arguments of a rule, each in the range that the model can give it."""
    names = list(inspect.signature(rule).parameters)
    if rule is rules.lonely_days:
        cuts = st.lists(UNIT, min_size=3, max_size=3).map(sorted)
        return st.tuples(UNIT, cuts).map(lambda drawn: (drawn[0], *drawn[1]))
    return st.tuples(*(RANGES.get(n, LOGIT if n.startswith("b_") else UNIT) for n in names))


def test_every_equation_of_the_specification_is_a_rule_in_its_order():
    assert list(NUMBERED.values()) == list(range(1, 53))
    assert [rule.__name__ for rule in RULES] == list(NUMBERED)
    assert {name: number for name, (number, _) in EQUATIONS.items()} == NUMBERED


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_rule_cites_its_equation(rule):
    cited = re.match(r"ODD eq\. (\d+): ", rule.__doc__ or "")
    assert cited is not None
    assert int(cited[1]) == NUMBERED[rule.__name__]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_rule_is_its_equation(rule):
    formula = EQUATIONS[rule.__name__][1]

    @settings(max_examples=150, deadline=None, derandomize=True)
    @given(arguments(rule))
    def agrees(args):
        # abs: exp is held at e**-44, and 1 - exp(-x) of a tiny x has no more digits to give
        assert rule(*args) == pytest.approx(formula(*args), rel=1e-9, abs=1e-12)

    agrees()


BOUNDED_NAMES = """
    trust felt strength reciprocity similarity meet_prob time_scale attention phone_factor
    warmth disclosure reciprocated understood perceived vigilance_left responsiveness closer
    touched breach_prob repair_prob hurt_added recognise_prob recognition kindness eased
    part_prob step_prob accept_prob first_regard first_understanding support security
    received_social stressed worth_after relaxed loneliness
"""
BOUNDED = [rule for rule in RULES if rule.__name__ in BOUNDED_NAMES.split()]


@pytest.mark.parametrize("rule", BOUNDED, ids=lambda rule: rule.__name__)
def test_what_lies_between_0_and_1_stays_there(rule):
    @settings(max_examples=100, deadline=None, derandomize=True)
    @given(arguments(rule))
    def bounded(args):
        assert -1e-15 <= rule(*args) <= 1.0 + 1e-15

    bounded()


# --- signs ----------------------------------------------------------------------------------


@settings(derandomize=True)
@given(st.integers(1, 30), st.floats(1.0, 5.0), UNIT)
def test_an_early_breach_lowers_trust_more_than_a_late_one(n_kept, lam, confirmation):
    """Lount 2008: before and after the breach the same number of promises is kept in all."""

    def trust_after_breach(kept_before):
        kept, broken = 2.0, 1.0
        for _ in range(kept_before):
            kept = rules.kept_after(kept, rules.trust(kept, broken, 1.0), confirmation)
        before = rules.trust(kept, broken, 1.0)
        broken = rules.broken_after(broken, before, lam, confirmation)
        return before - rules.trust(kept, broken, 1.0)

    assert trust_after_breach(0) > trust_after_breach(n_kept) * (1.0 - 1e-12)
    if lam > 1.0 or n_kept > 5:
        assert trust_after_breach(0) > trust_after_breach(n_kept)


@given(UNIT, UNIT, UNIT)
def test_without_trust_or_without_respect_nothing_is_felt(a, b, c):
    assert rules.felt(0.0, a, b, c) == 0.0
    assert rules.felt(a, 0.0, b, c) == 0.0


@settings(derandomize=True)
@given(st.floats(0.1, 0.95), st.floats(0.0, 1e6))
def test_no_number_of_kept_promises_lifts_trust_over_the_ceiling_of_a_deceit(ceiling, kept):
    assert rules.trust(kept + 0.01, 1.0, ceiling) <= ceiling


def test_a_little_loneliness_makes_people_reach_out_and_much_withdraw():
    p = Params().meet
    reach = [rules.warm_up(z / 20, p.eta1, p.eta2) for z in range(21)]
    top = reach.index(max(reach))
    assert 0 < top < 20
    assert reach[: top + 1] == sorted(reach[: top + 1])
    assert reach[top:] == sorted(reach[top:], reverse=True)


def closeness_after(presence: float, vigilance: float = 0.0, loneliness: float = 0.3) -> float:
    """Closeness of a middling friendship after a meeting of two hours."""
    p = Params().relate
    attention = rules.attention(presence, 0.1, 0.0, p.attention_noise)
    understood = rules.understood(0.6, attention, 0.5, p.similarity_aid)
    warmth = rules.warmth(0.6, attention, 0.6, 0.3, 0.1, p.spill, p.cold, p.strain)
    seen = (rules.perceived(shown, vigilance, loneliness) for shown in (understood, 0.7, warmth))
    quality = rules.quality(
        rules.responsiveness(*seen), 0.5, 0.6, rules.phone_factor(attention, p.phone_cost),
        p.quality_gain,
    )  # fmt: skip
    return rules.closer(0.4, 2.0 * quality, p.tau, 0.0, p.hurt_slowing, 1.0)


def test_more_presence_brings_people_closer():
    closeness = [closeness_after(presence / 10) for presence in range(11)]
    assert all(a < b for a, b in itertools.pairwise(closeness))


def test_a_vigilant_lonely_perceiver_grows_less_close_and_training_helps():
    p = Params().relate
    untrained = rules.vigilance_left(p.vigilance, p.safety, 0.2, 1.0)
    trained = rules.vigilance_left(p.vigilance, p.safety, 0.2, 0.5)
    assert closeness_after(0.7, untrained, 0.8) < closeness_after(0.7, trained, 0.8)


RISES = {
    "trust": ["kept", "ceiling"], "disclosure": ["trust", "closeness", "authenticity"],
    "meeting_hours": ["days_since_met"], "repair_prob": ["empathy", "closeness"],
    "part_prob": ["loneliness"], "step_prob": ["unmet", "initiative", "self_worth"],
    "accept_prob": ["empathy", "similarity"], "first_regard": ["empathy"],
    "longing": ["need", "stress", "climate"], "breach_prob": ["disclosure"],
    "affect": ["loneliness_j"], "warmth": ["empathy", "attention", "self_worth"],
}  # fmt: skip
FALLS = {
    "trust": ["broken"], "disclosure": ["hurt", "loneliness"], "warmth": ["loneliness"],
    "part_prob": ["strength", "reciprocity", "age", "common_friends", "similarity"],
    "step_prob": ["hurt", "chronic", "liking_gap"], "accept_prob": ["loneliness", "degree"],
    "first_kept": ["hurt"], "longing": ["received", "support"], "perceived": ["vigilance"],
    "closer": ["hurt"], "breach_prob": ["reliability"], "vigilance_left": ["security"],
    "hurt_added": ["hurt"], "phone_factor": ["phone_cost"],
}  # fmt: skip
SIGNS = [(n, a, 1) for n, args in RISES.items() for a in args] + [
    (n, a, -1) for n, args in FALLS.items() for a in args
]


@pytest.mark.parametrize(("name", "argument", "sign"), SIGNS)
def test_a_rule_moves_with_its_argument_as_theory_says(name, argument, sign):
    rule = getattr(rules, name)
    names = list(inspect.signature(rule).parameters)
    place = names.index(argument)

    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(arguments(rule), RANGES.get(argument, UNIT))
    def moves(args, value):
        low, high = sorted((args[place], value))
        change = rule(*args[:place], high, *args[place + 1 :]) - rule(
            *args[:place], low, *args[place + 1 :]
        )
        assert sign * change >= -1e-12

    moves()
    assert any(sign * (rule(*more) - rule(*less)) > 0.0 for less, more in steps_up(names, place))


def steps_up(names, place):
    """Twenty pairs of middling arguments that differ in one place."""
    luck = random.Random(1)
    for _ in range(20):
        less = [luck.uniform(0.05, 0.8) * (40.0 if name == "room" else 1.0) for name in names]
        yield less, [x * 1.2 if n == place else x for n, x in enumerate(less)]


def test_similarity_goes_the_shorter_way_round():
    assert rules.similarity(0.9, 0.0, 0.25) == pytest.approx(rules.similarity(0.1, 0.0, 0.25))
    assert rules.similarity(0.0, 0.0, 0.25) == 1.0
    assert rules.similarity(0.5, 0.5, 0.25) == min(
        rules.similarity(x / 10, y / 10, 0.25) for x in range(11) for y in range(11)
    )


# --- swapped rules --------------------------------------------------------------------------


def half_trust(kept, broken, ceiling):
    return 0.5


def test_a_rule_can_be_swapped_and_the_others_stay():
    mine = Rules(trust=half_trust)
    assert mine.trust is half_trust
    assert mine.felt is rules.felt
    assert mine.replaced_names == ("trust",)
    assert dict(mine.replaced) == {rules.trust: half_trust}
    assert Rules().replaced_names == ()


def test_a_swapped_rule_may_name_its_arguments_as_it_likes():
    assert Rules(strength=lambda a, b: 0.5 * (a + b)).strength(0.2, 0.4) == pytest.approx(0.3)


def test_what_is_no_rule_is_no_attribute():
    with pytest.raises(AttributeError, match="no_such_rule"):
        Rules().no_such_rule  # noqa: B018


BAD = {
    "unknown name": ({"frust": half_trust}, r"rules\.frust must be one of trust, felt, strength"),
    "too few arguments": ({"trust": lambda kept: 0.5}, r"function of \(kept, broken, ceiling\)"),
    "too many arguments": ({"strength": lambda a, b, c: a}, r"function of \(felt_ij, felt_ji\)"),
    "not a function": ({"trust": 0.5}, r"rules\.trust must be a Python function"),
    "not a Python function": ({"kindness": math.pow}, r"rules\.kindness must be a Python function"),
    "nan": ({"trust": lambda *_: math.nan}, r"rules\.trust must be .*got .one of"),
    "nan of three": ({"trust": lambda a, b, c: math.nan}, r"returns a finite number, got nan"),
    "infinite": ({"trust": lambda a, b, c: math.inf}, r"returns a finite number, got inf"),
    "nothing": ({"trust": lambda a, b, c: None}, r"rules\.trust must be .*, got .TypeError"),
    "raises": ({"trust": lambda a, b, c: 1 / 0}, r"rules\.trust must be .*, got 'ZeroDivision"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_rule_is_refused(case):
    functions, message = BAD[case]
    with pytest.raises(ParameterError, match=message):
        Rules(**functions)


def test_a_rules_own_names_in_another_order_are_refused():
    with pytest.raises(ParameterError, match=r"kept, broken, ceiling., in this order"):
        Rules(trust=lambda broken, kept, ceiling: 0.5)
    with pytest.raises(ParameterError, match="in this order"):
        Rules(trust=lambda ceiling, a, b: 0.5)
