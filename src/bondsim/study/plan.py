"""Plans: arms x points x replicates, and for each run the id that it has wherever it is lived."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from bondsim.causal.design import Design
from bondsim.causal.grid import at_point, check_once
from bondsim.causal.looks import Look
from bondsim.errors import ParameterError
from bondsim.network import Given, Network, network_digest, read
from bondsim.network.specs import READ
from bondsim.store.plans import digest_of, run_id
from bondsim.store.provenance import model_hash

if TYPE_CHECKING:
    from bondsim.interventions import Intervention
    from bondsim.params import Params

OUTCOMES = (
    "prevalence", "mean_loneliness", "lonely_days", "emotional", "social", "sd_loneliness",
    "stability", "assortativity", "mean_degree", "layer_close", "layer_friend", "reciprocity",
)  # fmt: skip
"""What is measured where nothing else is asked: a thousandth of the time that 100 days take."""
KEEPS = ("outcomes", "series", "folder")
"""What is kept of each run: outcomes alone, the daily series as well, or a whole run folder."""


MOST_RUNS = 10_000_000
"""Runs of a study: the list of what is to be lived takes 300 bytes for each."""
MEASURING = ("causal", "validation")
"""Packages beside the model from which the numbers of `Plan.measure` come."""


@dataclass(frozen=True, eq=False)
class Cell:
    """One arm at one point: a design, of which each replicate is a run.

    `values`: what tells this point from others, by path.
    """

    arm: str
    point: int
    values: Mapping[str, Any]
    design: Design
    snapshots: tuple[int, ...] = ()

    def digest(self, look: Look, measure: str = "") -> str:
        """SHA-256 of all that determines the outcomes of its runs but the seed."""
        return digest_of_runs(self.science(), look, measure)

    def science(self) -> dict[str, Any]:
        """All that determines its runs but the seed, JSON-able."""
        design = self.design
        return science_of(
            design.params, network_of(design.network), design.interventions, design.days,
            design.burn_in, self.snapshots,
        )  # fmt: skip


def science_of(
    params: Params,
    network: Mapping[str, Any],
    interventions: Sequence[Intervention],
    days: int,
    burn_in: int,
    snapshots: Sequence[int],
) -> dict[str, Any]:
    """All that determines runs but their seed, JSON-able; `network` tells the starting network."""
    told = params.as_dict()
    del told["seed"]
    return {
        "params": told,
        "network": dict(network),
        "interventions": [planned.as_dict() for planned in interventions],
        "days": days,
        "burn_in": burn_in,
        "snapshots": sorted({burn_in, burn_in + days - 1, *snapshots}),
    }


def digest_of_runs(science: Mapping[str, Any], look: Look, measure: str = "") -> str:
    """SHA-256 of all that determines the outcomes of runs but the seed, this code included."""
    code = model_hash(*MEASURING) if measure else model_hash()
    return digest_of([science, _seen(look), code, *([measure] if measure else [])])


def network_of(network: Any) -> dict[str, Any]:
    """What tells the starting networks of a design.

    A specification tells itself, and files are told by what they give. A `Network` that all seeds
    share is another world than one that each seed fills in, so it is told by its whole content.
    """
    if isinstance(network, Network):
        return {**told_by(network.source), "digest": network_digest(network)}
    if isinstance(network, Given):
        return told_by(network.data.source)
    if network.source in READ:
        return network_of(read(network))
    return {"source": network.source, **asdict(network)}


def told_by(source: Mapping[str, Any]) -> dict[str, Any]:
    """What tells a network that was made with the seed of its run, by its source.

    That is the specification, or the digest of what files gave.
    """
    return {k: v for k, v in source.items() if isinstance(v, str | int | float | bool)}


class Job(NamedTuple):
    """One run of a plan."""

    id: str
    cell: int
    replicate: int


@dataclass(frozen=True, eq=False)
class Plan:
    """A study: every replicate of every cell.

    Replicate r has the first seed + r in every cell, so that contrasts between arms and points
    are paired, and it is the same run however many replicates are made. `outcomes`: names of
    `bondsim measures`, of the last day (and the first, where two are needed). `keep`: one of
    `KEEPS`. `measure`: where a run is more than a world that lives its days, the function that
    makes of it, as ``module:function``; it takes a design, a replicate and the names that are
    asked for, and gives their values. Raises `ParameterError` for a plan that cannot be.
    """

    name: str
    cells: Sequence[Cell]
    replicates: int
    outcomes: tuple[str, ...] = OUTCOMES
    look: Look = field(default_factory=Look)
    keep: str = KEEPS[0]
    told: Mapping[str, Any] = field(default_factory=dict)
    """What is told of the plan in its folder and determines nothing."""
    measure: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", self.name):
            allowed = "a name of letters, digits, dots, - and _, at most 100"
            raise ParameterError("study.name", self.name, allowed)
        if self.keep not in KEEPS:
            raise ParameterError("study.keep", self.keep, f"one of {', '.join(KEEPS)}")
        if not self.cells:
            raise ParameterError("study.points", [], "at least one point")
        check_once("study.outcomes", self.outcomes)
        for cell in self.cells:
            if not self.measure:
                self.look.check(self.outcomes, cell.design.days)
            replace(cell.design, replicates=self.replicates)  # refuses what cannot be
        if self.n_runs > MOST_RUNS:
            allowed = f"so few that a study has at most {MOST_RUNS:,} runs"
            raise ParameterError("replicates", self.replicates, allowed)
        places = [(cell.arm, cell.point) for cell in self.cells]
        if len(set(places)) < len(places):
            raise ParameterError("study.arms", places, "arms and points that are there once")

    @cached_property
    def digests(self) -> list[str]:
        """The digest of each cell."""
        return [cell.digest(self.look, self.measure) for cell in self.cells]

    def jobs(self) -> Iterator[Job]:
        """Every run, replicate by replicate, so that what is there early is there of all cells."""
        seeds = [cell.design.params.seed for cell in self.cells]
        for r in range(self.replicates):
            for c, digest in enumerate(self.digests):
                yield Job(run_id(digest, seeds[c] + r), c, r)

    @property
    def n_runs(self) -> int:
        """How many runs there are."""
        return len(self.cells) * self.replicates

    def kept_cells(self) -> list[dict[str, Any]]:
        """The cells as they are kept in the folder of the study."""
        return [
            {
                "arm": cell.arm, "point": cell.point, "values": dict(cell.values),
                "digest": digest, "seed": cell.design.params.seed,
            }
            for cell, digest in zip(self.cells, self.digests, strict=True)
        ]  # fmt: skip


def cells_of(
    arms: Mapping[str, Design],
    points: Sequence[Mapping[str, Any]] = ({},),
    snapshots: tuple[int, ...] = (),
) -> list[Cell]:
    """The cells of arms x points: every point, values by path, in every arm.

    Paths are those of `causal.grid.at_point`. Raises `ParameterError` for a value out of range.

    >>> from bondsim import Params
    >>> from bondsim.network import Circles
    >>> town = Design(Params(), Circles(n_agents=50), days=10)
    >>> cells = cells_of({"town": town}, [{"meet.psi": 1.0}, {"meet.psi": 2.0}])
    >>> [cell.design.params.meet.psi for cell in cells]
    [1.0, 2.0]
    """
    return [
        Cell(arm, p, dict(values), at_point(design, values), snapshots)
        for p, values in enumerate(points)
        for arm, design in arms.items()
    ]


def _seen(look: Look) -> Any:
    """What a survey sees, None for the truth."""
    return None if look.plan.at == "truth" else asdict(look.survey)
