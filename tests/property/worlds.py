"""Worlds for the comparison: parameters under which much happens, and drawn networks and values."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from bondsim.interventions import WHATS, WHOS, Intervention
from bondsim.network import Network
from bondsim.params import KINDS, ByKind, Params, Row, table
from bondsim.state import STATES, TRAITS, VIEWS

BUSY: dict[str, Any] = {
    "reach_out.step_rate": 1.0, "reach_out.step_base": 3.0, "reach_out.accept_base": 1.0,
    "reach_out.partner_prob": 0.3, "reach_out.partner_cut": 0.35, "reach_out.friend_cut": 0.15,
    "feel.stress_prob": 0.2, "relate.promise_prob": 0.8, "relate.exposure": 1.0,
    "relate.deceit_prob": 0.5, "relate.accomplishment_prob": 0.5,
    "part.base": ByKind(-1.5, -1.0, -0.5, -1.0, -1.0), "population.need_mean": 0.9,
}  # fmt: skip
"""Changes that make everything that can happen to a bond happen often."""

FIXED = ("observe.", "population.", "reach_out.via_", "turnover.")
ROWS = [row for row in table() if not row.path.startswith(FIXED)]
UNIT = st.floats(0.0, 1.0, width=32)


def busy(seed: int = 1, **changes: Any) -> Params:
    """Parameters of a world in which much happens."""
    return Params(seed=seed).replace(**{**BUSY, **changes})


def values(row: Row) -> st.SearchStrategy[Any]:
    """Values of one parameter within its range, not beyond ten times its default."""
    if isinstance(row.default, bool):
        return st.booleans()
    largest = max(abs(x) for x in numbers(row.default))
    low, high = max(row.low, -10.0 * largest - 1.0), min(row.high, 10.0 * largest + 1.0)
    if isinstance(row.default, int):
        return st.integers(int(low), int(high))
    one: st.SearchStrategy[float] = st.floats(low, high)
    if row.high == np.inf:
        one |= st.just(np.inf)
    if isinstance(row.default, ByKind):
        return st.tuples(one, one, one, one, one).map(lambda five: ByKind(*five))
    return one


def numbers(value: Any) -> tuple[float, ...]:
    return value.as_tuple() if isinstance(value, ByKind) else (float(value),)


CHANGES = st.lists(
    st.sampled_from(ROWS).flatmap(lambda row: st.tuples(st.just(row.path), values(row))),
    max_size=25,
).map(dict)
"""Some parameters by path, each with another value."""


@st.composite
def parameters(draw: st.DrawFn) -> Params:
    """A busy or an ordinary world with some values drawn."""
    start = BUSY if draw(st.booleans()) else {}
    seed = draw(st.integers(0, 2**62))
    turnover = draw(st.sampled_from([0.0, 0.0, 0.05]))
    changes = {**start, **draw(CHANGES), "turnover.rate": turnover}
    if draw(st.booleans()):  # ways of a first step: shares with a sum of at most 1
        friend, context = sorted(draw(st.tuples(UNIT, UNIT)))
        changes |= {"reach_out.via_friend": friend, "reach_out.via_context": context - friend}
    if draw(st.booleans()):
        cuts = sorted(draw(st.tuples(UNIT, UNIT, UNIT)))
        changes |= {f"observe.cut_{n}": cut for n, cut in enumerate(cuts, start=1)}
        changes["observe.lonely_cut"] = draw(UNIT)
    return Params(seed=seed).replace(**changes)


@st.composite
def plans(draw: st.DrawFn, network: Network) -> list[Intervention]:
    """Up to three interventions on people and contexts that are there."""
    some_ids = st.lists(st.sampled_from(network.ids.tolist()), min_size=1, max_size=6)
    contexts = np.unique(network.agents["context"]).tolist()
    one = st.builds(
        Intervention,
        what=st.sampled_from(WHATS),
        who=st.sampled_from(WHOS),
        n=st.integers(1, min(network.n_agents, 6)),
        start=st.integers(0, 8),
        length=st.integers(1, 6),
        fade=st.integers(0, 3),
        dose=st.floats(-0.5, 1.0),
        hours=st.just(0.0) | st.floats(0.0, 24.0),
        context=st.sampled_from(contexts),
        ids=some_ids.map(tuple),
    )
    return draw(st.lists(one, max_size=3))


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """From 2 to 10 people, any bonds between them, and any data on both."""
    ids = np.array(sorted(draw(st.sets(st.integers(0, 2**31), min_size=2, max_size=10))))
    n = ids.size
    pairs = np.array([(i, j) for i in range(n) for j in range(i + 1, n)], dtype=np.int32)
    pairs = pairs[draw(st.lists(st.booleans(), min_size=len(pairs), max_size=len(pairs)))]
    m = len(pairs)
    luck = np.random.default_rng(draw(st.integers(0, 2**32)))
    contexts = draw(st.integers(1, 3))
    columns = {name: luck.random(n) for name in (*TRAITS, *STATES, "position_x", "position_y")}
    views = {name: luck.random((m, 2)) for name in VIEWS}
    views["kept"], views["broken"] = 20.0 * views["kept"] + 0.1, 5.0 * views["broken"] + 0.1
    return Network(
        ids=ids,
        labels=ids.astype(str).astype(object),
        i=pairs[:, 0],
        j=pairs[:, 1],
        kind=luck.integers(0, len(KINDS), m).astype(np.int8),
        agents={
            **columns,
            "context": np.append(np.arange(contexts), luck.integers(0, contexts, n))[-n:].astype(
                np.int32
            ),
            "group": np.arange(n, dtype=np.int32),
        },
        views=views,
        born=-luck.integers(1, 3000, m).astype(float),
        waves=(),
        source={"source": "drawn"},
    )
