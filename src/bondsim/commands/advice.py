"""`bondsim advise` and `preset`: how many replicates are enough, and a calibration as a config."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from bondsim.commands.words import DONE, Words, check_folder
from bondsim.errors import DataError, ParameterError

if TYPE_CHECKING:
    from bondsim.state import Array
    from bondsim.store.plans import StoredPlan
    from bondsim.tables import Table


def advise(words: list[str]) -> int:
    """`bondsim advise STUDY`: replicates that a precision needs, from those that are stored."""
    given = _parsed(words)

    from bondsim.commands.catalogue import results_in
    from bondsim.commands.studies import results_of
    from bondsim.console import show_lines
    from bondsim.study.precision import advise as advice
    from bondsim.study.precision import advise_contrast
    from bondsim.study.summary import values_of

    folder, others = results_of(given.words)
    if others:
        raise DataError("bondsim advise", f"it does not know {others[0]!r}", "see bondsim --help")
    results = results_in(folder)
    plan = results.plan(given.STUDY)
    outcome = given.outcome or next(iter(plan.outcomes), "")
    if outcome not in plan.outcomes:
        raise ParameterError("--outcome", outcome, f"one of {', '.join(plan.outcomes)}")
    values = values_of(results.of_study(plan.folder_name), plan, [outcome])[..., 0]
    wanted = given.half_width
    of = " of the mean" if given.relative else ""
    print(f"{plan.folder_name}: {outcome}, 95 % half-width of {wanted:g}{of}")
    found = advice(values, wanted, relative=given.relative)
    show_lines(_HEADINGS, _rows(found, [_named(plan, c) for c in range(len(plan.cells))]), 200)
    arms = list(dict.fromkeys(cell["arm"] for cell in plan.cells))
    for other in arms[1:]:
        first, second = (_of_arm(plan, values, arm) for arm in (arms[0], other))
        contrast = advise_contrast(first, second, wanted, relative=given.relative)
        points = [f"point {p}" for p in sorted({cell["point"] for cell in plan.cells})]
        print(f"\n{other} less {arms[0]}, on the same seeds:")
        show_lines((*_HEADINGS, *_PAIRED), _rows(contrast, points, paired=True), 240)
    if given.figure:
        _draw(plan, values, outcome, wanted, Path(given.figure).expanduser())
    return DONE


_HEADINGS = ("", "pilot", "mean", "sd", "half-width", "replicates needed", "safe number")
_PAIRED = ("on other seeds", "correlation", "runs saved")


def _parsed(words: list[str]) -> argparse.Namespace:
    parser = Words("advise")
    parser.add_argument("STUDY")
    parser.add_argument("words", nargs="*")
    parser.add_argument("--outcome")
    parser.add_argument("--half-width", type=float, default=0.01)
    parser.add_argument("--relative", action="store_true")
    parser.add_argument("--figure")
    return parser.parse_intermixed_args(words)


def _named(plan: StoredPlan, c: int) -> str:
    cell = plan.cells[c]
    values = ", ".join(f"{path}={value}" for path, value in cell["values"].items())
    return f"{cell['arm']}: {values}" if values else str(cell["arm"])


def _of_arm(plan: StoredPlan, values: Array, arm: str) -> Array:
    """The values of one arm, its points in rising order."""
    own = [(cell["point"], c) for c, cell in enumerate(plan.cells) if cell["arm"] == arm]
    found: Array = values[[c for _, c in sorted(own)]]
    return found


def _rows(found: Table, names: list[str], *, paired: bool = False) -> list[list[str]]:
    rows = []
    for k, name in enumerate(names):
        seen = [f"{found[n][k]:.4g}" for n in ("mean", "sd", "half_width")]
        row = [name, f"{found['known'][k]:.0f}", *seen]
        row += [_whole(found["n"][k]), _whole(found["n_high"][k])]
        if paired:
            saved = found["saved"][k]
            row += [_whole(found["n_unpaired"][k]), f"{found['correlation'][k]:.2f}",
                    f"{100 * saved:.0f} %" if saved == saved else ""]  # fmt: skip
        rows.append(row)
    return rows


def _whole(number: float) -> str:
    if number != number:
        return "not known"
    return f"{number:,.0f}" if number < 1e12 else "no number is enough"


def _draw(plan: StoredPlan, values: Array, outcome: str, wanted: float, path: Path) -> None:
    """Half-width against replicates: of the difference of two arms, or of the first cell."""
    import numpy as np

    from bondsim import figures
    from bondsim.figures.precision import precision
    from bondsim.study.precision import half_width_curve

    arms = list(dict.fromkeys(cell["arm"] for cell in plan.cells))
    first = _of_arm(plan, values, arms[0])[0]
    second = _of_arm(plan, values, arms[1])[0] if len(arms) > 1 else None
    numbers = np.arange(2, 501)
    curve = half_width_curve(first, second, numbers)
    title = f"Replicates enough: {outcome}"
    figure = precision(curve, wanted, title=title, told=plan.folder_name, pilot=first.size)
    path.parent.mkdir(parents=True, exist_ok=True)
    figures.save(figure, path)
    print(f"figure: {path}")


def preset(words: list[str]) -> int:
    """`bondsim preset RUN NAME`: a calibration as a config, checked in worlds of its own."""
    parser = Words("preset")
    parser.add_argument("RUN")
    parser.add_argument("NAME")
    parser.add_argument("--taken", choices=("median", "best"), default="")
    parser.add_argument("--worlds", type=int, default=20)
    parser.add_argument("--configs", default="configs")
    given = parser.parse_args(words)

    from bondsim.calibration.preset import write_preset
    from bondsim.calibration.study import preset_from
    from bondsim.commands.analyses import studied
    from bondsim.store.analyses import load_analysis, request_of, verify_analysis

    folder = Path(given.RUN).expanduser()
    stored = load_analysis(folder)
    verify_analysis(stored)
    if stored.kind != "calibrate":
        fix = "name the folder of a `bondsim calibrate`"
        raise DataError(str(folder), f"it holds the analysis {stored.kind}", fix)
    _, design, plans = request_of(stored)
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", given.NAME):
        raise ParameterError("NAME", given.NAME, "a name of letters, digits and _")
    check_folder(Path(given.configs).expanduser(), "--configs")
    with studied("preset", folder.parent, None, quiet=False) as lives:
        made = preset_from(
            stored.tables, design, plans["plan"], given.NAME, lives=lives, taken=given.taken,
            worlds=given.worlds,
        )  # fmt: skip
    for path in write_preset(made, Path(given.configs).expanduser()):
        print(f"file: {path}")
    group = made.group
    print(f"use it: bondsim run {group}={given.NAME} --config-dir {given.configs}")
    return DONE
