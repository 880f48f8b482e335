"""`Rules`: the behaviour rules of one world, any of which a user can replace."""

from __future__ import annotations

import dis
import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from inspect import CO_VARARGS, CO_VARKEYWORDS, signature
from math import isfinite
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

from bondsim.errors import ParameterError
from bondsim.rules import RULES

STARRED = CO_VARARGS | CO_VARKEYWORDS


class Rules:
    """The rules of one world: the default ones, but for those handed over by name.

    >>> Rules(trust=lambda kept, broken, ceiling: 0.5).replaced_names
    ('trust',)

    Raises `ParameterError` if the name is not a rule's, the arguments are not the rule's, the
    function does not return a finite number, or it uses what cannot be told apart by its value.
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
        self.digests()  # refuses what cannot be told apart, before anything runs

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
    _feed(digest, function, [])
    return digest.hexdigest()[:16]


def _feed(digest: Any, part: Any, above: list[Any]) -> None:
    """Feed `part` and all that it is made of; `above`: the functions that lead to it."""
    part = getattr(part, "py_func", part)  # what numba has compiled, as it was written
    if isinstance(part, FunctionType):
        # one that calls itself is told by how far up it stands
        _feed_text(digest, "function", str(above.index(part)) if part in above else "")
        if part not in above:
            _feed_function(digest, part, [*above, part])
    elif isinstance(part, ModuleType | BuiltinFunctionType | type | np.ufunc):
        _feed_text(digest, "name", f"{getattr(part, '__module__', '')}.{part.__name__}")
    elif isinstance(part, np.ndarray):
        _feed_text(digest, "array", f"{part.dtype.str}{part.shape}", part.tobytes())
    elif isinstance(part, tuple | list):
        _feed_text(digest, type(part).__name__, str(len(part)))
        for item in part:
            _feed(digest, item, above)
    elif isinstance(part, frozenset | set):
        _feed_text(digest, "set", *sorted(map(repr, part)))
    elif part is None or isinstance(part, int | float | complex | str | bytes | np.generic):
        _feed_text(digest, type(part).__name__, repr(part))
    elif isinstance(part, CodeType):
        _feed_code(digest, part, above)
    else:
        allowed = "a function that uses only numbers, texts, arrays, tuples and functions"
        raise ParameterError(f"rules.{above[0].__name__}", f"one that uses {part!r}", allowed)


def _feed_function(digest: Any, function: FunctionType, above: list[Any]) -> None:
    _feed_code(digest, function.__code__, above)
    for name in sorted(global_names(function.__code__) & set(function.__globals__)):
        _feed_text(digest, "global", name)
        _feed(digest, function.__globals__[name], above)
    closed = tuple(cell.cell_contents for cell in function.__closure__ or ())
    keywords = tuple((function.__kwdefaults__ or {}).items())
    _feed(digest, (closed, function.__defaults__, keywords), above)


def _feed_code(digest: Any, code: CodeType, above: list[Any]) -> None:
    _feed_text(digest, "code", code.co_code, *code.co_names)
    _feed(digest, code.co_consts, above)


@cache
def global_names(code: CodeType) -> frozenset[str]:
    """Names of globals that the code reads, and the code within it.

    Not co_names, which holds attributes too: `rates.feel` is not the function `feel`. Kept, since
    reading the instructions anew for each caller was 0.12 s of the start of every command.
    """
    inner = [global_names(part) for part in code.co_consts if isinstance(part, CodeType)]
    own = {x.argval for x in dis.get_instructions(code) if x.opname == "LOAD_GLOBAL"}
    return frozenset(own.union(*inner))


def _feed_text(digest: Any, *parts: str | bytes) -> None:
    """Feed texts with their lengths before them: other texts never run together to the same."""
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        digest.update(f"{len(raw)}:".encode() + raw)


def _check_rule(rule: Callable[..., Any], function: Callable[..., Any]) -> None:
    """Refuse a function that cannot stand in for `rule`."""
    name = f"rules.{rule.__name__}"
    wanted = list(signature(rule).parameters)
    allowed = f"a Python function of ({', '.join(wanted)})"
    if not isinstance(function, FunctionType):
        raise ParameterError(name, function, allowed)
    found = list(signature(function).parameters)
    if len(found) != len(wanted) or function.__code__.co_flags & STARRED:
        raise ParameterError(name, f"one of {signature(function)}", allowed)
    # Arguments are handed over by place. Other names are fine, but the rule's own names in other
    # places would quietly get each other's values.
    if any(a in wanted and a != b for a, b in zip(found, wanted, strict=True)):
        raise ParameterError(name, f"one of {signature(function)}", f"{allowed}, in this order")
    try:
        value = float(function(*(0.5 for _ in wanted)))
    except Exception as error:
        tried = f"{allowed} that works for 0.5 each"
        raise ParameterError(name, f"{type(error).__name__}: {error}", tried) from error
    if not isfinite(value):
        raise ParameterError(name, value, f"{allowed} that returns a finite number")
