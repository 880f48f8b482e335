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
from bondsim.commands.lists import measures, networks, params
from bondsim.commands.proofs import bench, verify
from bondsim.commands.runs import rerun, resume, run, show
from bondsim.commands.studies import sweep
from bondsim.commands.words import DIFFERS, DONE, STOPPED, WRONG_INPUT
from bondsim.errors import BondsimError, DataError, DiffersError

HELP = """\
bondsim: how people build and lose bonds, and how loneliness arises and spreads.

usage:
  bondsim run [NAME=VALUE ...] [--config-dir DIR]   run a world and keep its results
  bondsim resume RUN                                go on with a run that was stopped or broke off
  bondsim rerun RUN                                 repeat a run from its folder and compare
  bondsim show RUN                                  print a run and draw its figure again
  bondsim twin [NAME=VALUE ...]                     what one change causes: by day, distance, person
  bondsim channels [NAME=VALUE ...]                 what each channel adds to a pattern
  bondsim compare [NAME=VALUE ...]                  a league of interventions at equal cost
  bondsim audit [NAME=VALUE ...]                    what the field's methods find, truth beside it
  bondsim response [NAME=VALUE ...]                 how outcomes answer to one or two parameters
  bondsim export RUN --to rsiena | networkdynamic | graphml [--days N,N] [--out DIR] [--bins N]
                 [--outcome loneliness | headaches] [survey.NAME=VALUE ...]
                                                    write a run for the field's other tools
  bondsim params [FILTER] [--markdown | --json]     list every parameter
  bondsim measures [FILTER] [--markdown | --json]   list every outcome that can be asked for
  bondsim networks                                  list what a network can be made from
  bondsim verify [--seed N]                         live a small world in many ways: the same bits?
  bondsim bench [--quick] [--sizes N,N] [--threads N,N] [--repeats N] [--json FILE] [--no-peers]
                                                    measure speed and memory on this machine
  bondsim --version | --help

examples:
  bondsim run
  bondsim run network=karate days=730 seed=7 channels.affect=off
  bondsim run network=edge_list network.path=friends.csv results=my_results
  bondsim twin intervention=toxic_exit intervention.toxic_exit.n=1 replicates=20
  bondsim channels look.at=survey survey.generator=locate survey.name_cap=2
  bondsim run intervention=befriending intervention.befriending.n=20 meet.role.friend=2
  bondsim export results/karate-7-... --to rsiena survey.name_cap=3 survey.missing=0.1
  bondsim params loneliness
  bondsim response grid.x=relate.lam 'grid.x_values=[1,3,5]' 'grid.outcomes=[survival,prevalence]'

for `run`: days, burn_in, seed (a number, or random), threads, results (folder to write under),
snapshots=[0,180] or snapshot_every=30, checkpoint_every=300 (seconds), quiet=on, and every name of
`bondsim params`; what it lists with five numbers takes one for all kinds of bonds (meet.role=1) or
one of them (meet.role.friend=2). DIR holds config files of your own, as configs/ does:
network/mine.yaml is then network=mine.

for twin, channels, compare, audit and response: days, burn_in, seed (of the first replicate; the
others have the next ones), replicates, processes, results, quiet, every name of a world, and the
groups twin, factorial, look, survey, league, audit and grid. A twin changes what intervention=
names, or parameters, as in 'change={relate.contagion: 0}'; in a league each intervention is an arm.
`show` and `rerun` take their folders too. Ctrl-C keeps nothing of these.

Ctrl-C stops a run between two days. What was lived is kept in the folder that it names, to look at
with `show` and to go on from with `resume`, or with the same `run` again; so it is after a crash,
up to the last checkpoint."""


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
