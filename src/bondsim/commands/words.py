"""The words of a command: what is read of them, and folders that they name."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
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


def check_folder(results: Path) -> None:
    """Refuse a folder to write under that could not be written, before any work is done."""
    folder = results
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir():
        raise ParameterError("results", str(results), f"a folder, but {folder} is a file")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ParameterError("results", str(results), f"a folder; {folder} cannot be written to")
