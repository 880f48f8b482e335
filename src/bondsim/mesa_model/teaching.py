"""The day in slow motion: the same passes in plain Python, person after person, in any order.

For lessons and for the debugger. A pass writes only what belongs to the person who runs it, so the
order in which people run it does not matter, and all numbers are those of the fast way.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import cache
from types import FunctionType
from typing import TYPE_CHECKING, Any

from mesa.agent import AgentSet

from bondsim.compiling import compiled
from bondsim.engine import Engine, joined
from bondsim.intrinsics import INTRINSICS

if TYPE_CHECKING:
    from random import Random

    from bondsim.mesa_model.person import Person
    from bondsim.state import Array, Day, State
    from bondsim.world import World


PLAIN: dict[Any, Callable[..., Any]] = {
    instruction: function for function, instruction in INTRINSICS.items()
}


class TeachingEngine(Engine):
    """An engine in whose passes every `Person` does their own part."""

    def __init__(self, world: World, people: Sequence[Person], random: Random) -> None:
        super().__init__(world.engine.key, world.engine.rates, world.rules, threads=1)
        self.people = AgentSet(people, random=random)

    def run_pass(
        self, function: Callable[..., Any], day: int, state: State, now: Day
    ) -> tuple[Array, ...]:
        """One pass over everybody, in an order drawn anew."""
        one_pass = plain(compiled(function, self.rules))
        done: dict[int, Any] = {}
        self.people.shuffle_do("live", one_pass, done, day, self.key, self.rates, state, now)
        return joined([done[place] for place in sorted(done)])


@cache
def plain(kernel: Any) -> Callable[..., Any]:
    """The plain Python of a compiled function and of all that it calls, rules in use included."""
    function = getattr(kernel, "py_func", kernel)  # without a compiler it is plain already
    scope = function.__globals__
    called = {name: plain(f) for name, f in scope.items() if hasattr(f, "py_func")}
    for name, part in scope.items():
        if isinstance(part, Hashable) and part in PLAIN:
            called[name] = PLAIN[part]
    return FunctionType(
        function.__code__, {**scope, **called}, function.__name__, function.__defaults__,
        function.__closure__,
    )  # fmt: skip
