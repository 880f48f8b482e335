"""`Rules`: the behaviour rules of one world, any of which a user can replace."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from inspect import signature
from itertools import product
from math import isfinite
from types import CodeType, FunctionType
from typing import Any

from bondsim.errors import ParameterError
from bondsim.rules import RULES, part_prob


class Rules:
    """The rules of one world: the default ones, but for those handed over by name.

    >>> Rules(trust=lambda kept, broken, ceiling: 0.5).replaced_names
    ('trust',)

    Raises `ParameterError` if the name is not a rule's, the signature is not the rule's, or the
    function does not return a finite number.
    """

    def __init__(self, **functions: Callable[..., Any]) -> None:
        by_name = {rule.__name__: rule for rule in RULES}
        for name, function in functions.items():
            if name not in by_name:
                raise ParameterError(f"rules.{name}", function, f"one of {', '.join(by_name)}")
            _check_rule(by_name[name], function)
        # In the order of the equations, and without default rules handed over: the same rules
        # make the same world, however they were named.
        self.replaced: Mapping[Callable[..., Any], Callable[..., Any]] = {
            rule: functions[rule.__name__]
            for rule in RULES
            if functions.get(rule.__name__, rule) is not rule
        }

    @property
    def replaced_names(self) -> tuple[str, ...]:
        """Names of the rules that are not the default ones."""
        return tuple(rule.__name__ for rule in self.replaced)

    def digests(self) -> dict[str, str]:
        """Name of each replaced rule with a hash of what the function does."""
        return {rule.__name__: _digest(function) for rule, function in self.replaced.items()}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        for rule in RULES:
            if rule.__name__ == name:
                return self.__dict__["replaced"].get(rule, rule)  # type: ignore[no-any-return]
        raise AttributeError(name)


def _digest(function: Callable[..., Any]) -> str:
    """Hash of a function's code, of the constants it uses and of the functions it calls."""
    digest = hashlib.sha256()
    seen: set[int] = set()
    waiting: list[Any] = [function]
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, FunctionType):
            names = part.__code__.co_names
            used = [part.__globals__[name] for name in names if name in part.__globals__]
            closed = [cell.cell_contents for cell in part.__closure__ or ()]
            waiting += [*used, *closed, *(part.__defaults__ or ()), part.__code__]
        elif isinstance(part, CodeType):
            digest.update(part.co_code)
            waiting += [*part.co_consts, *map(str, part.co_names)]
        elif isinstance(part, int | float | str | bool | tuple):
            digest.update(repr(part).encode())
    return digest.hexdigest()[:16]


def _check_rule(rule: Callable[..., Any], function: Callable[..., Any]) -> None:
    """Refuse a function that cannot stand in for `rule`."""
    name = f"rules.{rule.__name__}"
    wanted = list(signature(rule).parameters)
    allowed = f"a Python function of ({', '.join(wanted)})"
    if not isinstance(function, FunctionType):
        raise ParameterError(name, function, allowed)
    if len(signature(function).parameters) != len(wanted):
        raise ParameterError(name, f"one of {signature(function)}", allowed)
    try:
        value = float(function(*(0.5 for _ in wanted)))
    except Exception as error:
        raise ParameterError(name, f"{type(error).__name__}: {error}", allowed) from error
    if not isfinite(value):
        raise ParameterError(name, value, f"{allowed} that returns a finite number")
    if rule is part_prob:
        _check_part_prob(name, function)


def _check_part_prob(name: str, function: Callable[..., Any]) -> None:
    """Refuse a parting rule that is not highest where the engine takes its bound."""
    b = (-2.0, 4.0, 1.0, 0.25, 0.15, 0.3, 0.5)
    for age in (0.0, 30.0, 3000.0):
        bound = function(0.0, 0.0, age, 0.0, 0.0, 1.0, *b)
        for s, r, common, alike, lonely in product((0, 0.5, 1), (0, 1), (0, 5), (0, 1), (0, 1)):
            if function(s, r, age, float(common), float(alike), float(lonely), *b) > bound:
                raise ParameterError(
                    name, f"more at strength {s}, reciprocity {r}, {common} common friends",
                    "a chance that is highest at strength, reciprocity, common friends and "
                    "similarity 0 and loneliness 1",
                )  # fmt: skip
