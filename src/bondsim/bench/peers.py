"""The reduced day in other people's frameworks, each written as its own documentation would.

Nobody needs them: they are loaded where they are installed (`pip install bondsim[bench]`), each in
the process that measures it.
"""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

import numpy as np

from bondsim.bench.reduced import CompiledTown, Founder, Living, NumpyTown, Town
from bondsim.state import Array

OURS = "bondsim"
"""The name under which our own reduced day goes."""


class Peer(NamedTuple):
    """Somebody's way to live the reduced day.

    `package`: whose version stands for it. `install`: how to get it. `largest`: people beyond
    which it takes minutes. `threaded`: whether it uses as many threads as it is told.
    """

    package: str
    found: Founder
    install: str = "pip install bondsim[bench]"
    largest: int = 10_000_000
    threaded: bool = False

    def version(self) -> str | None:
        """Its version, or None where it is not installed."""
        try:
            return version(self.package)
        except PackageNotFoundError:
            return None


def mesa_town(town: Town, noise: float, threads: int) -> Living:
    """Mesa: an agent object for each person, with the trust in each neighbour in a dictionary."""
    import mesa

    class Resident(mesa.Agent):  # type: ignore[misc]  # mesa has no types
        def __init__(self, model: mesa.Model, loneliness: float, set_point: float) -> None:
            super().__init__(model)
            self.loneliness, self.set_point = loneliness, set_point
            self.after = loneliness
            self.trust: dict[Resident, float] = {}

        def look(self) -> None:
            mine = self.loneliness
            weighted = total = 0.0
            for other, t in self.trust.items():
                weighted += t * other.loneliness
                total += t
                t += 0.02 * (1.0 - abs(mine - other.loneliness)) - 0.03 * t
                self.trust[other] = min(max(t, 0.0), 1.0)
            pull = 0.1 * (weighted / total - mine) if total > 0.0 else 0.0
            change = pull + 0.05 * (self.set_point - mine)
            change += noise * self.random.uniform(-1.0, 1.0)
            self.after = min(max(mine + change, 0.0), 1.0)

        def settle(self) -> None:
            self.loneliness = self.after

    class MesaTown(mesa.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(rng=1)
            n = town.loneliness.size
            lonely, points = town.loneliness.tolist(), town.set_point.tolist()
            self.people = list(Resident.create_agents(self, n, lonely, points))
            self.pairs = list(zip(town.i.tolist(), town.j.tolist(), strict=True))
            for (i, j), t in zip(self.pairs, town.trust.tolist(), strict=True):
                self.people[i].trust[self.people[j]] = t
                self.people[j].trust[self.people[i]] = t

        def step(self) -> None:
            self.agents.do("look")
            self.agents.do("settle")

        def day(self) -> None:
            self.step()

        def state(self) -> tuple[Array, Array]:
            people = self.people
            trust = [people[i].trust[people[j]] for i, j in self.pairs]
            return np.array([person.loneliness for person in people]), np.array(trust)

    return MesaTown()


def starsim_town(town: Town, noise: float, threads: int) -> Living:
    """Starsim: a network whose edges carry trust, and a connector that steps people and edges."""
    os.environ.setdefault("STARSIM_INSTALL_FONTS", "0")
    import starsim as ss

    class Bonds(ss.Network):  # type: ignore[misc]  # starsim has no types
        def step(self) -> None:
            """Nobody comes and nobody goes."""

    class Loneliness(ss.Connector):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.define_states(ss.FloatArr("mine"), ss.FloatArr("set_point"))
            self.deviate = ss.uniform(low=-noise, high=noise) if noise > 0.0 else None

        def init_post(self) -> None:
            super().init_post()
            self.mine[:] = town.loneliness
            self.set_point[:] = town.set_point

        def step(self) -> None:
            edges = self.sim.networks.bonds.edges
            i, j, t = edges.p1, edges.p2, edges.trust
            mine = self.mine.values
            n = mine.size
            of_i, of_j = mine[i], mine[j]
            total = np.bincount(i, t, n) + np.bincount(j, t, n)
            weighted = np.bincount(i, t * of_j, n) + np.bincount(j, t * of_i, n)
            mean = np.divide(weighted, total, out=mine.astype(float), where=total > 0.0)
            after = mine + 0.1 * (mean - mine) + 0.05 * (self.set_point.values - mine)
            if self.deviate is not None:
                after += self.deviate.rvs(self.sim.people.auids)
            t += 0.02 * (1.0 - np.abs(of_i - of_j)) - 0.03 * t
            np.clip(t, 0.0, 1.0, out=t)
            self.mine[:] = np.clip(after, 0.0, 1.0)

    class StarsimTown:
        def __init__(self) -> None:
            edges = {"p1": town.i, "p2": town.j, "beta": np.ones(town.i.size), "trust": town.trust}
            self.sim = ss.Sim(
                n_agents=town.loneliness.size, start="2000-01-01", dur=ss.days(15_000),
                dt=ss.days(1), networks=Bonds(name="bonds", edges=edges),
                connectors=Loneliness(), verbose=0,
            )  # fmt: skip
            self.sim.init()

        def day(self) -> None:
            self.sim.run_one_step()

        def state(self) -> tuple[Array, Array]:
            return self.sim.connectors[0].mine.values, self.sim.networks.bonds.edges.trust

    return StarsimTown()


def mesa_frames_town(town: Town, noise: float, threads: int) -> Living:
    """mesa-frames: people as a set of agents in a polars frame, bonds as a frame beside it."""
    import polars as pl
    from mesa_frames import AgentSetPolars, ModelDF

    class Residents(AgentSetPolars):  # type: ignore[misc]  # mesa-frames has no types
        agents: pl.DataFrame

        def __init__(self, model: ModelDF) -> None:
            super().__init__(model)
            ids = pl.int_range(town.loneliness.size, dtype=pl.Int64, eager=True)
            self.add(
                pl.DataFrame(
                    {"unique_id": ids, "mine": town.loneliness, "set_point": town.set_point}
                )
            )

        def step(self) -> None:
            bonds, mine = self.model.bonds, self.agents["mine"]
            bonds = bonds.with_columns(of_i=mine.gather(bonds["i"]), of_j=mine.gather(bonds["j"]))
            t = pl.col("trust")
            toward_j = bonds.select(id="i", weight=t, weighted=t * pl.col("of_j"))
            toward_i = bonds.select(id="j", weight=t, weighted=t * pl.col("of_i"))
            sums = pl.concat([toward_j, toward_i]).group_by("id").sum()
            mean = (pl.col("weighted") / pl.col("weight")).fill_null(pl.col("mine"))
            after = pl.col("mine") + 0.1 * (mean - pl.col("mine"))
            after += 0.05 * (pl.col("set_point") - pl.col("mine"))
            if noise > 0.0:
                after += pl.Series(self.random.uniform(-noise, noise, mine.len()))
            self.agents = self.agents.join(
                sums, left_on="unique_id", right_on="id", how="left", maintain_order="left"
            ).select("unique_id", after.clip(0.0, 1.0).cast(pl.Float32).alias("mine"), "set_point")
            likeness = 1.0 - (pl.col("of_i") - pl.col("of_j")).abs()
            grown = (t + 0.02 * likeness - 0.03 * t).clip(0.0, 1.0)
            self.model.bonds = bonds.select("i", "j", grown.cast(pl.Float32))

    class FramesTown(ModelDF):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(seed=1)
            self.bonds = pl.DataFrame(
                {"i": town.i, "j": town.j, "trust": town.trust},
                schema_overrides={"i": pl.Int64, "j": pl.Int64},
            )
            self.people = Residents(self)
            self.agents.add(self.people)

        def step(self) -> None:
            self.agents.step()

        def day(self) -> None:
            self.step()

        def state(self) -> tuple[Array, Array]:
            (people,) = self.agents.agents.values()
            return people["mine"].to_numpy(), self.bonds["trust"].to_numpy()

    return FramesTown()


def numpy_town(town: Town, noise: float, threads: int) -> Living:
    """The numbers that the others must agree with."""
    return NumpyTown(town, noise)


def our_town(town: Town, noise: float, threads: int) -> Living:
    """Our own way: compiled loops over rows of half bonds."""
    return CompiledTown(town, noise, threads)


PEERS: dict[str, Peer] = {
    OURS: Peer("bondsim", our_town, threaded=True),
    "numpy": Peer("numpy", numpy_town),
    "Starsim": Peer("starsim", starsim_town),
    "mesa-frames": Peer(
        "mesa-frames", mesa_frames_town,
        "pip install bondsim[bench], then pip install --no-deps mesa-frames==0.1.0a0: "
        "it asks for numpy 1, but runs with numpy 2",
    ),
    "Mesa": Peer("mesa", mesa_town, largest=10_000),
}  # fmt: skip
"""Who lives the reduced day, by the name in the table."""
