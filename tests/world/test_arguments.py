"""Wrong arguments of every sort: one clear message that names the argument and what is allowed."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
import pytest

from bondsim import DataError, Intervention, ParameterError, Params, World
from bondsim.interventions import COUNTED, WHATS, WHOS
from bondsim.network import Circles, Karate
from bondsim.params import GROUPS, KINDS, ByKind, Meet, Row, from_dict, table
from tests.world.towns import town

ROWS = list(table())
BOUND = ("observe.cut_", "reach_out.via_")
"""Parameters whose range depends on each other: cuts rise, and ways add up to 1 at most."""
NAN, INF = math.nan, math.inf

# --- parameters -----------------------------------------------------------------------------


def test_default_parameters_round_trip() -> None:
    params = Params(seed=5)
    assert from_dict(params.as_dict()) == params
    assert from_dict(json.loads(json.dumps(params.as_dict()))) == params
    assert from_dict({}) == Params() == Params().replace()


@pytest.mark.parametrize(
    "row", [row for row in ROWS if not row.path.startswith(BOUND)], ids=lambda row: row.path
)
def test_every_parameter_round_trips_at_both_ends(row: Row) -> None:
    for value in ends(row):
        check_round_trip({row.path: value})


@pytest.mark.parametrize(
    "values",
    [
        {"observe.cut_1": 0.0, "observe.cut_2": 0.01, "observe.cut_3": 1.0},
        {"observe.cut_1": 0.0, "observe.cut_2": 0.99, "observe.cut_3": 1.0},
        {"reach_out.via_friend": 1.0, "reach_out.via_context": 0.0},
        {"reach_out.via_friend": 0.0, "reach_out.via_context": 1.0},
    ],
    ids=str,
)
def test_parameters_bound_to_each_other_round_trip(values: dict[str, float]) -> None:
    check_round_trip(values)


def check_round_trip(values: dict[str, Any]) -> None:
    params = Params().replace(**values)
    assert from_dict(json.loads(json.dumps(params.as_dict()))) == params
    for path, value in values.items():
        group, name = path.split(".")
        assert getattr(getattr(params, group), name) == value


def ends(row: Row) -> list[Any]:
    if isinstance(row.default, bool):
        return [True, False]
    if isinstance(row.default, ByKind):
        return [ByKind(*5 * [float(x)]) for x in (row.low, row.high)]
    kind = type(row.default)
    return [kind(row.low), kind(row.high)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.path)
def test_every_parameter_refuses_what_lies_outside(row: Row) -> None:
    bad: list[Any] = [None, "much", [], NAN, object()]
    if not isinstance(row.default, bool):
        bad += [row.low - 1.0, -INF, True]
        bad += [row.high * 2.0 + 1.0, INF] if row.high < INF else []
    for value in bad:
        values = dict.fromkeys(KINDS, value) if isinstance(row.default, ByKind) else value
        with pytest.raises(ParameterError, match=row.path):
            Params().replace(**{row.path: values})


def test_a_number_for_all_kinds_of_bonds() -> None:
    params = Params().replace(**{"part.base": -3.0, "meet.role.friend": 2.0})
    assert params.part.base == ByKind(-3.0, -3.0, -3.0, -3.0, -3.0)
    assert params.meet.role == dataclasses.replace(Params().meet.role, friend=2.0)


def test_a_group_given_in_part_keeps_the_rest() -> None:
    params = (
        Params().replace(**{"meet.eta1": 0.0}).replace(meet={"psi": 1.0, "role": {"friend": 2}})
    )
    assert (params.meet.eta1, params.meet.psi, params.meet.role.friend) == (0.0, 1.0, 2.0)
    assert params.meet.role.family == Params().meet.role.family


BAD_PARAMETERS: list[tuple[dict[str, Any], str]] = [
    ({"seed": -1}, r"seed must be a whole number in \[0, 9"),
    ({"seed": 2**63}, "seed must be a whole number"),
    ({"seed": 1.5}, "seed must be a whole number"),
    ({"seed": "one"}, "seed must be a whole number"),
    ({"seed": True}, "seed must be a whole number"),
    ({"seed": None}, "seed must be a whole number"),
    ({"meet": 5}, "meet must be a group with psi, role"),
    ({"meet": None}, "meet must be a group"),
    ({"met.psi": 1}, "met.psi must be a parameter; see `bondsim params`"),
    ({"meet.psy": 1}, "meet.psy must be a parameter"),
    ({"meet.psi.deeper": 1}, "meet.psi.deeper must be a parameter"),
    ({"": 1}, "must be a parameter"),
    ({"meet.": 1}, "meet. must be a parameter"),
    ({"part.base": "much"}, "part.base must be one number, or one for each of family"),
    ({"part.base": {"foe": 1}}, "part.base .*foe"),
    ({"part.base": {**dict.fromkeys(KINDS, 0), "foe": 1}}, "part.base .*unknown foe"),
    ({"part.base.friend": "x"}, "part.base.friend must be a number"),
    ({"part.base.foe": 1}, "part.base.foe must be a parameter"),
    ({"part.base": [1, 2, 3, 4, 5]}, "part.base"),
    ({"reach_out.room": 2.5}, "reach_out.room must be a whole number"),
    ({"reach_out.room": "three"}, "reach_out.room must be a whole number"),
    ({"channels.affect": 1}, "channels.affect must be on or off"),
    ({"channels.affect": "maybe"}, "channels.affect must be on or off"),
    ({"reach_out.via_friend": 0.6, "reach_out.via_context": 0.5}, "a sum of at most 1"),
    ({"observe.cut_1": 0.5}, r"observe.cut_1, cut_2, cut_3 must be rising"),
    ({"turnover.rate": 1.01}, r"turnover.rate must be a number in \[0, 1\].*1/day"),
    ({"feel.gamma": 1j}, "feel.gamma"),
]


@pytest.mark.parametrize(("changes", "message"), BAD_PARAMETERS, ids=lambda x: str(x)[:40])
def test_replace_refuses(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        Params().replace(**changes)


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ({"meat": {}}, "meat must be one of seed, population"),
        ({"meet": {"psy": 1}}, "meet.psy must be one of psi, role"),
        ({"meet": []}, "meet must be a group"),
        ({"meet": {"psi": "x"}}, "meet.psi must be a number"),
        ({"seed": "x"}, "seed must be a whole number"),
        ({"part": {"base": {"friend": 1}}}, "part.base"),
        ({"channels": {"affect": "on"}}, "channels.affect must be on or off"),
    ],
)
def test_from_dict_refuses(tree: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        from_dict(tree)


def test_groups_must_be_groups() -> None:
    with pytest.raises(ParameterError, match="meet must be a Meet"):
        Params(meet={"psi": 1.0})  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="part must be a Part"):
        Params(part=Meet())  # type: ignore[arg-type]


def test_parameters_cannot_be_changed_in_place() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Params().seed = 3  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        Params().meet.psi = 3.0  # type: ignore[misc]


def test_replace_of_whole_groups_kinds_and_numpy_numbers() -> None:
    params = Params().replace(
        seed=np.int64(7), meet=Meet(psi=np.float32(0.5)),
        **{"part.base": ByKind(-1, -2, -3, -4, -5), "part.base.friend": -9, "feel.gamma": 1},
    )  # fmt: skip
    assert (params.seed, type(params.seed)) == (7, int)
    assert (params.meet.psi, type(params.meet.psi)) == (0.5, float)
    assert params.part.base == ByKind(-1.0, -2.0, -9.0, -4.0, -5.0)
    assert type(params.feel.gamma) is float
    assert Params() == from_dict({}), "the defaults are as before"


def test_an_integer_beyond_all_floats() -> None:
    with pytest.raises(ParameterError, match=r"feel\.gamma"):
        Params().replace(**{"feel.gamma": 10**400})


def test_an_integer_beyond_all_floats_where_infinity_is_allowed() -> None:
    with pytest.raises(ParameterError, match=r"cool\.view_half_life"):
        Params().replace(**{"cool.view_half_life": 10**400})


def test_numpys_truth_is_no_number() -> None:
    with pytest.raises(ParameterError, match="seed"):
        Params(seed=np.True_)  # type: ignore[arg-type]


@pytest.mark.parametrize("tree", [5, [], None, "meet"])
def test_from_dict_of_no_mapping(tree: Any) -> None:
    with pytest.raises(ParameterError):
        from_dict(tree)


def test_every_group_is_a_field() -> None:
    assert ["seed", *GROUPS] == [f.name for f in dataclasses.fields(Params)]


# --- interventions --------------------------------------------------------------------------

BAD_INTERVENTIONS: list[tuple[dict[str, Any], str]] = [
    ({"what": "hugs"}, "intervention.what must be one of presence, empathy"),
    ({"what": None}, "intervention.what"),
    ({"what": 3}, "intervention.what"),
    ({"who": "me"}, "intervention.who must be one of random, loneliest"),
    ({"n": 0}, "intervention.n must be a whole number in .1, "),
    ({"n": -1}, "intervention.n"),
    ({"n": 2.5}, "intervention.n"),
    ({"n": "three"}, "intervention.n"),
    ({"n": True}, "intervention.n"),
    ({"n": 10**9}, "intervention.n"),
    ({"start": -1}, "intervention.start"),
    ({"start": 0.5}, "intervention.start"),
    ({"length": 0}, "intervention.length"),
    ({"length": INF}, "intervention.length"),
    ({"fade": -1}, "intervention.fade"),
    ({"dose": 1.1}, "intervention.dose must be a number in .-1, 1."),
    ({"dose": -1.1}, "intervention.dose"),
    ({"dose": NAN}, "intervention.dose"),
    ({"dose": None}, "intervention.dose"),
    ({"hours": 25}, "intervention.hours"),
    ({"hours": -0.1}, "intervention.hours"),
    ({"context": -1}, "intervention.context"),
    ({"context": 1.5}, "intervention.context"),
    ({"who": "list"}, "intervention.ids must be at least one id"),
    ({"who": "list", "ids": "abc"}, "intervention.ids must be a list of whole numbers"),
    ({"who": "list", "ids": 5}, "intervention.ids"),
    ({"who": "list", "ids": [1.5]}, "intervention.ids"),
    ({"who": "list", "ids": [None]}, "intervention.ids"),
]


@pytest.mark.parametrize(("values", "message"), BAD_INTERVENTIONS, ids=str)
def test_interventions_refuse(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        Intervention(**values)


@pytest.mark.parametrize("what", WHATS)
@pytest.mark.parametrize("who", WHOS)
def test_interventions_round_trip(what: str, who: str) -> None:
    plan = Intervention(what=what, who=who, ids=np.array([3, 1]), dose=-1)  # type: ignore[arg-type]
    assert Intervention(**json.loads(json.dumps(plan.as_dict()))) == plan
    assert plan.ids == (3, 1) and type(plan.dose) is float


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        *(
            (Intervention(who=who, n=31), "intervention.listening.n must be at most 30")
            for who in COUNTED
        ),
        (
            Intervention(who="list", ids=(3, 99)),
            "intervention.listening.ids must be ids of people in this",
        ),
        (Intervention(who="list", ids=(-1,)), "intervention.listening.ids .*got -1"),
        (
            Intervention(who="context", context=99),
            r"intervention.listening.context must be in \[0, ",
        ),
    ],
)
def test_interventions_for_nobody_here(plan: Intervention, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        town(interventions=[plan])


def test_level_rises_holds_and_fades() -> None:
    plan = Intervention(start=2, length=3, fade=2)
    assert [plan.level(day) for day in range(9)] == pytest.approx(
        [0, 0, 1, 1, 1, 2 / 3, 1 / 3, 0, 0]
    )


def test_everyone_is_reached_whatever_n_is() -> None:
    run = town(interventions=[Intervention(who="everyone", n=1000, length=2, hours=1.0)]).run(4)
    assert run.cost == 2 * 30


def test_an_intervention_beyond_the_end_does_nothing() -> None:
    late = town(interventions=[Intervention(start=50, hours=1.0)]).run(3)
    plain = town().run(3)
    assert late.cost == 0.0 and late.frame("agents").equals(plain.frame("agents"))


# --- worlds and runs ------------------------------------------------------------------------

BAD_WORLDS: list[tuple[Callable[[], Any], str]] = [
    (lambda: World(network=5), "network must be a Network, a networkx graph"),
    (lambda: World(network="karate"), "network"),
    (lambda: World(network=Karate), "network"),
    (lambda: World(network={"source": "karate"}), "network"),
    (lambda: World(network=[(0, 1)]), "network"),
    (lambda: World(network=nx.Graph()), "0 people; give at least 2"),
    (lambda: World(network=nx.Graph([(0, 1), (1, 1)])), "themselves"),
    (lambda: World(network=nx.empty_graph(1)), "1 p"),
    (lambda: World(network=Circles(n_agents=1)), "network.n_agents"),
    (lambda: World(network=Circles(n_agents="many")), "network.n_agents"),  # type: ignore[arg-type]
    (lambda: town(threads=0), "threads must be a whole number of at least 1, got 0"),
    (lambda: town(threads=-2), "threads"),
    (lambda: town(threads=True), "threads"),
]


@pytest.mark.parametrize(("make", "message"), BAD_WORLDS)
def test_worlds_refuse(make: Callable[[], Any], message: str) -> None:
    with pytest.raises((ParameterError, DataError), match=message):
        make()


class OwnGraph(nx.Graph):
    """A user's own sort of graph."""


def test_a_subclass_of_a_graph_is_a_graph() -> None:
    assert World(network=OwnGraph(nx.karate_club_graph())).network.n_agents == 34


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: World({"seed": 1}, Karate()), "params"),  # type: ignore[arg-type]
        (lambda: World(5, Karate()), "params"),  # type: ignore[arg-type]
        (lambda: town(threads="2"), "threads"),
        (lambda: town(threads=1.5), "threads"),
        (lambda: town(rules={"trust": min}), "rules"),
        (lambda: town(interventions=Intervention()), "interventions"),
        (lambda: town(interventions=["listening"]), "interventions"),
        (lambda: town().run(3, snapshots=2), "snapshots"),  # type: ignore[arg-type]
        (lambda: town().run(3, burn_in=2, snapshots=[0]), "snapshots"),
    ],
)
def test_worlds_refuse_other_types(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        make()


@pytest.mark.parametrize("days", [0, -1, 1.5, 2.0, "3", None, True, [3], NAN])
def test_days_refused(days: Any) -> None:
    world = town()
    with pytest.raises(ParameterError, match="days must be a whole number of at least 1"):
        world.run(days)
    assert world.day == 0


@pytest.mark.parametrize("burn_in", [-1, 0.5, "1", None, False])
def test_burn_in_refused(burn_in: Any) -> None:
    with pytest.raises(ParameterError, match="burn_in must be a whole number of at least 0"):
        town().run(1, burn_in=burn_in)


@pytest.mark.parametrize("snapshots", [[-1], [3], [0, 99], [1.0], ["1"], "1", [None], [True]])
def test_snapshots_refused_before_anything_happens(snapshots: Any) -> None:
    world = town()
    with pytest.raises(ParameterError, match="snapshots must be"):
        world.run(3, snapshots=snapshots)
    assert world.day == 0 and world.history.kept() == []


def test_snapshots_beyond_the_end_say_which_days_there_are() -> None:
    with pytest.raises(ParameterError, match=r"snapshots must be days in \[2, 4\], got 5"):
        town().run(3, burn_in=2, snapshots=[5])


def test_errors_are_value_errors_with_parts() -> None:
    with pytest.raises(ValueError, match="days") as caught:
        town().run(0)
    assert isinstance(caught.value, ParameterError)
    assert (caught.value.name, caught.value.value) == ("days", 0)


def test_options_go_by_name() -> None:
    with pytest.raises(TypeError, match="positional"):
        town().run(3, [1])  # type: ignore[misc]
    with pytest.raises(TypeError, match="positional"):
        World(Params(), Karate(), None)  # type: ignore[misc]
