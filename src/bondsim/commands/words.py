"""The words of a command: what is read of them, and folders that they name."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

from bondsim.errors import DataError, ParameterError

DONE, DIFFERS, WRONG_INPUT, STOPPED = 0, 1, 2, 130
FAILED = DIFFERS
"""Exit statuses."""


class Words(argparse.ArgumentParser):
    """Words of one command; a wrong one is a `BondsimError` and not the end of the process."""

    def __init__(self, command: str) -> None:
        super().__init__(prog=f"bondsim {command}", add_help=False, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        """Refuse the words."""
        raise DataError(self.prog, message, "see `bondsim --help`")


def say(text: str) -> None:
    """Tell what is no result and no error either."""
    print(f"bondsim: {text}", file=sys.stderr)


def run_folder(command: str, words: list[str]) -> Path:
    """The folder that a command with one word names."""
    parser = Words(command)
    parser.add_argument("RUN")
    return Path(parser.parse_args(words).RUN).expanduser()


def check_folder(results: Path, name: str = "results") -> None:
    """Refuse a folder to write under that cannot be written, before any work is done.

    It is tried out, since what a file system allows is known only then, and nothing is left behind.
    `name`: the parameter that gave the folder.
    """
    for folder in (results, *_of_catalogue(results)):
        above = folder = Path(os.path.normpath(folder))
        while not os.path.lexists(above) and above != above.parent:
            above = above.parent
        if not above.is_dir():
            what = "a file" if above.exists() else "a link to nothing"
            raise ParameterError(name, str(results), f"a folder, but {above} is {what}")
        try:
            with TemporaryDirectory(prefix=".bondsim-", dir=above) as draft:
                (Path(draft) / folder.relative_to(above)).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            allowed = f"a folder; {above} cannot be written to ({error.strerror or error})"
            raise ParameterError(name, str(results), allowed) from None


def _of_catalogue(results: Path) -> list[Path]:
    """What there is of the catalogue, in which every run is written down."""
    folder = results / "catalogue"
    return [path for path in (folder, folder / "journals") if os.path.lexists(path)]
