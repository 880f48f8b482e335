"""The command `bondsim`: reads its words, calls the parts that do the work, and reports.

Exit status: 0 done; 1 what must give the same result gave another, or something could not be
measured; 2 something the user can mend, told in one message; 130 stopped, with what was lived kept.
Whatever else goes wrong keeps its traceback.
"""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial

from bondsim.commands.advice import advise, preset
from bondsim.commands.analyses import ANALYSES
from bondsim.commands.catalogue import list_, query, status
from bondsim.commands.completion import completion
from bondsim.commands.exports import export
from bondsim.commands.help import HELP
from bondsim.commands.lists import measures, networks, params
from bondsim.commands.proofs import bench, verify
from bondsim.commands.runs import rerun, resume, run, show
from bondsim.commands.studies import sweep
from bondsim.commands.words import DIFFERS, DONE, STOPPED, WRONG_INPUT
from bondsim.errors import BondsimError, DataError, DiffersError


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command; returns the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        return _dispatch(words)
    except BondsimError as error:
        print(f"bondsim: {error}", file=sys.stderr)
        return DIFFERS if isinstance(error, DiffersError) else WRONG_INPUT
    except KeyboardInterrupt as stop:
        print(f"bondsim: {str(stop) or 'stopped'}", file=sys.stderr)
        return STOPPED
    except BrokenPipeError:
        # the reader of a pipe has left: nothing more to say, at the interpreter's exit neither
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _dispatch(words: list[str]) -> int:
    if not words:
        print(HELP, file=sys.stderr)
        return WRONG_INPUT
    name, *rest = words
    if name in ("-h", "--help", "help") or any(word in ("-h", "--help") for word in rest):
        print(HELP)
        return DONE
    if name == "--version":
        from bondsim import __version__

        print(f"bondsim {__version__}")
        return DONE
    if name not in COMMANDS:
        guess = difflib.get_close_matches(name, COMMANDS, n=1)
        hint = f"did you mean {guess[0]}? " if guess else ""
        fix = f"{hint}the commands are {', '.join(COMMANDS)}; see `bondsim --help`"
        raise DataError(name, "there is no such command", fix)
    return COMMANDS[name](rest)


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": run, "resume": resume, "rerun": rerun, "show": show, "sweep": sweep, "list": list_,
    "status": status, "query": query, "advise": advise, **ANALYSES, "preset": preset,
    "export": export,
    "params": params, "measures": measures, "networks": networks, "verify": verify, "bench": bench,
}  # fmt: skip
COMMANDS["completion"] = partial(completion, commands=COMMANDS)
