"""Rules handed over by a user: compiled into the world, or refused before anything happens."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from itertools import zip_longest
from typing import Any

import numba
import numpy as np
import pytest

from bondsim import BondsimError, ParameterError, Rules, World, rules
from bondsim.compiling import compiled
from bondsim.network import Circles
from bondsim.reference.model import ReferenceWorld
from bondsim.reference.snapshot import differences, of_reference, snapshot
from bondsim.rules import RULES, time_scale
from bondsim.tables import content_hash
from tests.world.towns import TOWN, params

Rule = Callable[..., Any]
SHARE = 0.5


def lived(**replaced: Rule) -> str:
    """Hash of the tables of a short run; not of the names of the rules."""
    run = World(params(), TOWN, rules=Rules(**replaced)).run(3)
    return content_hash(run.tables, "")


@pytest.fixture(scope="module")
def half() -> str:
    """The result with half the time, which every way of writing that must give."""
    return lived(time_scale=lambda hours, expected_hours: 0.5)


def halved(share: float) -> float:
    return share * 0.5


def twice_helped(share: float) -> float:
    return halved(share)


def with_helper(hours: float, expected_hours: float) -> float:
    return twice_helped(1.0)


def with_global(hours: float, expected_hours: float) -> float:
    return SHARE


def with_other_names(a: float, b: float = 3.0) -> float:
    return 0.5


def closing_over(share: float) -> Rule:
    def rule(hours: float, expected_hours: float) -> float:
        return share

    return rule


def with_branches(hours: float, expected_hours: float) -> float:
    share = 0.0
    for _ in range(5):
        if hours > -1.0:
            share += 0.1
    return min(0.5, max(share, 0.5))


def with_numpy(hours: float, expected_hours: float) -> float:
    return np.sqrt(0.25)


@pytest.mark.parametrize(
    "rule",
    [with_helper, with_global, with_other_names, closing_over(0.5), with_branches, with_numpy],
    ids=lambda rule: rule.__qualname__,
)
def test_any_plain_function_is_compiled(rule: Rule, half: str) -> None:
    assert lived(time_scale=rule) == half


def test_a_replaced_rule_matters(half: str) -> None:
    assert half != lived()


@pytest.mark.slow  # trust is part of all that is compiled
def test_a_replaced_rule_of_many_phases_matters() -> None:
    assert lived() != lived(trust=lambda kept, broken, ceiling: 0.5)


def test_two_closures_of_one_function_are_two_rules(half: str) -> None:
    assert lived(time_scale=closing_over(0.25)) != lived(time_scale=closing_over(0.5)) == half


def test_a_world_with_a_rule_leaves_others_alone(half: str) -> None:
    before = lived()
    lived(time_scale=closing_over(0.1))
    assert lived() == before


def test_the_default_rule_handed_over_changes_nothing() -> None:
    assert lived(time_scale=time_scale) == lived()


def test_the_default_rule_handed_over_is_no_replaced_rule() -> None:
    assert Rules(time_scale=time_scale).replaced_names == ()


def test_whole_numbers_and_truth_are_numbers() -> None:
    one = lived(time_scale=lambda hours, expected_hours: 1)
    assert lived(time_scale=lambda hours, expected_hours: True) == one != lived()


def keeping(hours: float, expected_hours: float) -> float:
    return 1.0


def test_the_names_of_rules_have_one_order() -> None:
    both = {"time_scale": keeping, "toward": rules.toward}
    assert Rules(**both).replaced_names == Rules(**dict(reversed(both.items()))).replaced_names


def around_the_default(hours: float, expected_hours: float) -> float:
    return 0.5 * time_scale(0.0, -1.0)


def test_a_rule_can_call_the_one_it_replaces(half: str) -> None:
    assert lived(time_scale=around_the_default) == half


# --- what cannot be compiled ----------------------------------------------------------------


class Owner:
    def method(self, hours: float, expected_hours: float) -> float:
        return 0.5


def counts_down(x: float) -> float:
    return x if x < 1.0 else counts_down(x - 1.0)


def recursive(hours: float, expected_hours: float) -> float:
    return counts_down(hours)


def with_words(hours: float, expected_hours: float) -> float:
    return float(f"{hours:.3f}")


def with_objects(hours: float, expected_hours: float) -> float:
    return [hours, "a"].index(hours) + 0.5


def closing_over_function(helper: Rule) -> Rule:
    return lambda hours, expected_hours: helper(1.0)


@pytest.mark.parametrize(
    "rule",
    [Owner().method, recursive, with_words, with_objects, closing_over_function(halved)],
    ids=["method", "recursive", "words", "objects", "closure of a function"],
)
def test_what_cannot_be_compiled_is_refused(rule: Rule) -> None:
    with pytest.raises(BondsimError, match="time_scale"):
        lived(time_scale=rule)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (5, "rules.time_scale must be a Python function of .hours, expected_hours., got 5"),
        ("half", "rules.time_scale must be a Python function"),
        (None, "rules.time_scale must be a Python function"),
        (min, "rules.time_scale must be a Python function"),
        (functools.partial(with_helper, 1.0), "rules.time_scale must be a Python function"),
        (lambda hours: 0.5, "rules.time_scale .*got 'one of .hours.'"),
        (lambda: 0.5, "rules.time_scale"),
        (lambda a, b, c: 0.5, "rules.time_scale .*got 'one of .a, b, c.'"),
        (lambda *all_of_them: 0.5, "rules.time_scale"),
        (lambda a, *, b: 0.5, "rules.time_scale .*TypeError"),
        (lambda a, b: 1 / 0, "rules.time_scale .*ZeroDivisionError"),
        (lambda a, b: None, "rules.time_scale .*TypeError"),
        (lambda a, b: "half", "rules.time_scale .*ValueError"),
        (lambda a, b: float("nan"), "returns a finite number, got nan"),
        (lambda a, b: float("inf"), "returns a finite number, got inf"),
    ],
)
def test_what_is_no_rule_is_refused(rule: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        Rules(time_scale=rule)


def test_unknown_rules_are_refused_with_the_known() -> None:
    with pytest.raises(ParameterError, match=r"rules.kismet must be one of trust, felt, "):
        Rules(kismet=lambda x: x)


def in_the_middle(
    strength, reciprocity, age, common_friends, similarity, loneliness, base, b_strength,
    b_reciprocity, b_log_age, b_common_friends, b_similarity, b_loneliness,
):  # fmt: skip
    return 0.9 if 0.4 < strength < 0.6 else 0.0


def test_a_parting_rule_of_any_shape_is_obeyed() -> None:
    """The engine's bound, which holds for the default rule, spares no bond of another."""
    world = World(params(), TOWN, rules=Rules(part_prob=in_the_middle))
    run = world.run(1, snapshots=[0])
    parted = run.frame("events").query("event == 'parted'")
    assert len(parted) > 40
    left = run.frame("bonds").query("0.41 < strength < 0.59 and kind != 'family' and born < 0")
    assert len(left) < 0.5 * len(parted)


def below_nothing(felt_ij, felt_ji):
    return min(felt_ij, felt_ji) - 0.3


def far_below_nothing(dx, dy, width):
    return 1.0 - 8.0 * (abs(dx) + abs(dy))


@pytest.mark.parametrize(
    "rules",
    [
        Rules(strength=below_nothing),
        pytest.param(Rules(similarity=far_below_nothing), marks=pytest.mark.slow),
    ],
)
def test_no_bound_is_taken_from_rules_that_leave_their_range(rules: Rules) -> None:
    """Bonds end as in the reference, which looks at every one, day by day."""
    world = World(params(), Circles(n_agents=40, context_size=8), rules=rules)
    reference = ReferenceWorld(world.params, snapshot(world), rules, ())
    for _ in range(3):
        for _ in zip_longest(world.phases(), reference.phases()):
            pass
        assert not list(differences(snapshot(world), of_reference(reference)))


# --- told apart -----------------------------------------------------------------------------

TABLES = {"low": np.array([0.1, 0.2]), "high": np.array([0.1, 0.3])}


def of_table(values: Any) -> Rule:
    return lambda hours, expected_hours: values[1]


def of_helper(helper: Rule) -> Rule:
    return lambda hours, expected_hours: helper(hours)


def variants() -> dict[str, Rule]:
    """Rules that do different things in ways that are easily taken for the same."""
    one, other = numba.njit(lambda x: 0.1), numba.njit(lambda x: 0.2)
    return {
        "array": of_table(TABLES["low"]),
        "other array": of_table(TABLES["high"]),
        "compiled": of_helper(one),
        "other compiled": of_helper(other),
        "1, 23": lambda hours, expected_hours: 1 / 23,
        "12, 3": lambda hours, expected_hours: 12 / 3,
        "set": lambda hours, expected_hours: 0.5 if hours in {1.0, 2.0} else 0.2,
        "other set": lambda hours, expected_hours: 0.5 if hours in {1.0, 3.0} else 0.2,
        "names": lambda hours, expected_hours: math.sin(hours),
        "other names": lambda hours, expected_hours: math.cos(hours),
        "default": lambda hours, expected_hours=1.0: expected_hours,
        "other default": lambda hours, expected_hours=2.0: expected_hours,
        "global": lambda hours, expected_hours: SHARE,
        "inner": lambda hours, expected_hours: (lambda: SHARE + 1.0)(),
    }


def test_rules_that_differ_are_told_apart() -> None:
    digests = {name: Rules(time_scale=rule).digests()["time_scale"] for name, rule in
               variants().items()}  # fmt: skip
    assert len(set(digests.values())) == len(digests)
    again = {name: Rules(time_scale=rule).digests()["time_scale"] for name, rule in
             variants().items()}  # fmt: skip
    assert again == digests


def test_a_rule_that_uses_a_changed_global_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = variants()["inner"]
    before = Rules(time_scale=rule).digests()
    monkeypatch.setitem(globals(), "SHARE", 0.25)
    assert Rules(time_scale=rule).digests() != before


def test_a_rule_that_uses_what_has_no_value_is_refused() -> None:
    thing = object()
    with pytest.raises(ParameterError, match="uses only numbers, texts, arrays"):
        Rules(time_scale=lambda hours, expected_hours: 0.5 if thing else 0.2)


# --- every rule -----------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_rule_compiled_is_the_rule(rule: Rule) -> None:
    """Some arguments, in double precision, exactly."""
    n = rule.__code__.co_argcount
    machine = compiled(rule)
    for row in np.random.default_rng(1).random((20, n)).tolist():
        assert machine(*row) == pytest.approx(rule(*row), rel=1e-15, abs=1e-300)


def test_rules_are_found_by_name() -> None:
    own = Rules(time_scale=with_helper)
    assert own.time_scale is with_helper and own.trust is rules.trust
    assert own.replaced_names == ("time_scale",)
    with pytest.raises(AttributeError, match="kismet"):
        _ = own.kismet
