"""From a spec to a network: one door for every source."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from bondsim.errors import ParameterError
from bondsim.network import specs
from bondsim.network.circles import circles
from bondsim.network.content import network_digest
from bondsim.network.exchange import builtin, graphml
from bondsim.network.files import edge_list, waves
from bondsim.network.graphs import Pairs, blocks, configuration, scale_free, small_world
from bondsim.network.network import Given, Network, assemble
from bondsim.params import KINDS


def build(spec: specs.Spec | Given, seed: int) -> Network:
    """The network that a spec describes, or that was read by `read`.

    `seed` is a whole number in [0, 2**63); one spec, one seed and the same files always give the
    same arrays. Raises `DataError` for files that cannot be used and `ParameterError` for a spec
    that is none.
    """
    if isinstance(spec, Given):
        return spec.filled(seed)
    if type(spec) in _READERS:
        return read(spec).filled(seed)
    for cls, make in _MAKERS.items():
        if isinstance(spec, cls):
            return make(spec, seed)
    raise ParameterError("network", spec, f"made from one of {', '.join(specs.SOURCES)}")


def read(spec: specs.Spec) -> Given:
    """What the files of a spec (`specs.READ`) give; its source has the digest of all of it.

    ``build(read(spec), seed)`` is ``build(spec, seed)`` without reading the files again. Raises
    `DataError` for files that cannot be used.
    """
    given = _READERS[type(spec)](spec)
    source = given.data.source
    names = json.dumps(source["labels"], sort_keys=True)  # of contexts and groups
    told = {**source, "digest": network_digest(given.data, names)}
    return replace(given, data=replace(given.data, source=told))


def _circles(spec: specs.Circles, seed: int) -> Network:
    (i, j), kind, columns = circles(spec, seed)
    return assemble(
        np.arange(spec.n_agents), i, j, kind, contexts=specs.ONE, source=_source(spec),
        agents=columns,
    ).filled(seed)  # fmt: skip


def _blocks(spec: specs.Blocks, seed: int) -> Network:
    i, j, block = blocks(spec, seed)
    return assemble(
        np.arange(spec.n_agents), i, j, KINDS.index(spec.kind), contexts=specs.ONE,
        source=_source(spec), agents={"context": block},
    ).filled(seed)  # fmt: skip


def _textbook(generate: Callable[[Any, int], Pairs]) -> Callable[[Any, int], Network]:
    def make(spec: Any, seed: int) -> Network:
        i, j = generate(spec, seed)
        return assemble(
            np.arange(spec.n_agents), i, j, KINDS.index(spec.kind), contexts=spec.contexts,
            context_size=spec.context_size, source=_source(spec),
        ).filled(seed)  # fmt: skip

    return make


def _source(spec: Any) -> dict[str, Any]:
    return {"source": spec.source, **asdict(spec)}


_MAKERS: dict[type, Callable[[Any, int], Network]] = {
    specs.Circles: _circles,
    specs.SmallWorld: _textbook(small_world),
    specs.ScaleFree: _textbook(scale_free),
    specs.Blocks: _blocks,
    specs.Configuration: _textbook(configuration),
    specs.Builtin: builtin,
}
_READERS: dict[type, Callable[[Any], Given]] = {
    specs.EdgeList: edge_list,
    specs.GraphML: graphml,
    specs.Waves: waves,
}
