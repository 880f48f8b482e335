"""`warm`: all compiled code is there before many processes ask for it at the same time."""

from __future__ import annotations

from functools import cache

from bondsim.compiling import compiled
from bondsim.interventions import WHATS, WHOS, Intervention
from bondsim.measures.summary import summarise
from bondsim.network import Blocks, Circles, ScaleFree, build
from bondsim.params import Params
from bondsim.rows import with_room
from bondsim.rules import similarity
from bondsim.world import World


@cache
def warm() -> None:
    """Compile, or load from disk, all that worlds with the default rules and measures need.

    About a minute with an empty cache, some two seconds with a full one. Once a process;
    before worker processes start: copies of this one then have it, and others load it from disk.
    With ``NUMBA_DISABLE_JIT=1`` there is nothing to do.
    """
    if compiled(similarity).__class__ is similarity.__class__:
        return
    # Everything that can happen to a few people: all interventions, newcomers, bonds that begin
    # and end. What is never called is never compiled.
    params = Params(seed=1).replace(
        **{"turnover.rate": 0.1, "reach_out.step_rate": 1.0, "reach_out.accept_base": 1.0}
    )
    plan = [
        Intervention(what=what, who=who, n=4, ids=(1, 2), start=1, length=2)
        for what, who in zip(WHATS, [*WHOS, *WHOS], strict=False)
    ]
    world = World(params, Circles(n_agents=60, context_size=10), interventions=plan, threads=1)
    summarise(world.run(days=5))
    with_room(world.state, world.engine.run)
    for network in (ScaleFree(n_agents=30, links=2), Blocks(n_agents=30, n_blocks=3)):
        build(network, seed=1)
