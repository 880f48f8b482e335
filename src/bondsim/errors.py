"""What goes wrong on a user's path: each error says what, where, what is allowed, what to do."""

from __future__ import annotations

from typing import Any


class BondsimError(ValueError):
    """A wrong input that the user can mend. The command line prints it and exits with 2."""


class DiffersError(BondsimError):
    """The same run gave two results. The command line prints it and exits with 1."""


class ParameterError(BondsimError):
    """A parameter with a value that is not allowed."""

    def __init__(self, name: str, value: Any, allowed: str) -> None:
        self.name, self.value, self.allowed = name, value, allowed
        super().__init__(f"{name} must be {allowed}, got {value!r}")

    def __reduce__(self) -> tuple[type, tuple[str, Any, str]]:
        return type(self), (self.name, self.value, self.allowed)


class DataError(BondsimError):
    """A file or a network whose content cannot be used.

    `where` names the file and, where there is one, the row.
    """

    def __init__(self, where: str, found: str, fix: str) -> None:
        self.where, self.found, self.fix = where, found, fix
        super().__init__(f"{where}: {found}; {fix}")

    def __reduce__(self) -> tuple[type, tuple[str, str, str]]:
        return type(self), (self.where, self.found, self.fix)


class UnwritableError(DataError):
    """Results that cannot be written: no room, or no leave."""
