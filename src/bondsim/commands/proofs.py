"""`bondsim verify` and `bench`: does it hold, and how fast is it."""

from __future__ import annotations

import secrets
import sys
import time

from bondsim.commands.words import DONE, FAILED, STOPPED, Words, check_folder
from bondsim.errors import DiffersError


def verify(words: list[str]) -> int:
    """`bondsim verify`: one world in many ways, which must all give the same bits."""
    parser = Words("verify")
    parser.add_argument("--seed", type=int)
    seed = parser.parse_args(words).seed

    from bondsim import __version__
    from bondsim.verify import verify as run_battery

    if seed is None:
        seed = secrets.randbelow(10**6)
    started = time.perf_counter()
    print(f"seed {seed}: `bondsim verify --seed {seed}` repeats this", flush=True)
    wrong, n, found = run_battery(seed, lambda line: print(line, flush=True))
    if wrong:
        raise DiffersError(
            f"{wrong} of {n} checks differ; the same code must give the same bits: please report "
            f"this, with the lines above and bondsim {__version__}"
        )
    print(f"{n} checks, all the same, in {time.perf_counter() - started:.0f} s")
    print(f"hash: {found}")
    return DONE


def bench(words: list[str]) -> int:
    """`bondsim bench`: measure, print one table, write all repetitions as JSON."""
    parser = Words("bench")
    for name in ("--sizes", "--threads", "--repeats", "--json"):
        parser.add_argument(name)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--no-peers", dest="peers", action="store_false")
    given = parser.parse_args(words)

    from bondsim.bench.options import checked

    options = checked(**vars(given))
    check_folder(options.json.parent, "--json")

    from bondsim.bench.machine import machine
    from bondsim.bench.parts import carry_out, plan
    from bondsim.bench.report import HEADINGS, Report
    from bondsim.console import show_lines, waiting

    report = Report(options, machine())
    report.write(complete=False)
    try:
        for part in plan(options):
            with waiting(f"measuring {part.title}", quiet=False):
                report.add(carry_out(part))
    except KeyboardInterrupt:
        print(f"bondsim: stopped; what was measured is in {options.json}", file=sys.stderr)
        return STOPPED
    report.write(complete=True)
    print(report.title(), end="\n\n")
    show_lines(HEADINGS, report.lines())
    print(f"\n{report.caveats()}\njson: {options.json}")
    return FAILED if any(figure.failed for figure in report.figures) else DONE
