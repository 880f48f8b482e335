"""RSiena: the waves of a survey as it reads them, and a script that fits a model to them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bondsim.errors import DataError, ParameterError
from bondsim.export.files import new_folder, write_csv, write_rows
from bondsim.export.people import labels_of
from bondsim.measures.survey.plan import ITEM, LOCATE

if TYPE_CHECKING:
    from bondsim.measures.recorded import Recorded, Table
    from bondsim.measures.survey import Survey
    from bondsim.state import Array

DENSE = 500
"""Up to so many people a network is written as a matrix, and as a list of namings beyond."""
ITEM_LEVELS = (0.5, 1.5, 3.5, 6.0)
"""What the CES-D item is recoded to [days/week]."""
OUTCOMES = ("loneliness", "headaches")
"""What changes from wave to wave: the second is a negative control, which nobody passes on."""
CONSTANT = ("context", "height")
SCRIPT = "rsiena.R"


def to_rsiena(
    run: Recorded, folder: str | Path, *, survey: Survey, bins: int = 4, outcome: str = "loneliness"
) -> Path:
    """Write a survey of a run as the R package RSiena takes it.

    Rows are the people of the first wave, in the order of ``ids.csv`` (`row` from 1, `id`,
    `label`). ``network_<wave>.txt``: up to `DENSE` people a matrix, 1 where the person of the row
    named that of the column, NA in the rows of who did not answer; beyond, lines `i j` under a line
    of names. ``answered.txt``: 1 and 0 by person and wave. ``<outcome>.txt``: answers, NA where
    there is none, and ``<outcome>_levels.txt`` the same in levels from 1: the four answers of the
    CES-D item, or at most `bins` levels, 3 to 5, cut at quantiles of all waves, the cuts in
    ``levels.csv``. ``covariates.csv``: context and height where they differ between people.
    ``composition.txt``: if anybody moved away, the waves between which each was there; who left the
    study only is missing instead. ``waves.csv``: what each wave brought. ``rsiena.R`` fits
    `outcome`, "loneliness" or "headaches".

    Returns `folder`, which is new; `ParameterError` if it is not, or for bad options; `DataError`
    for fewer than 2 waves, fewer than 2 people, or an outcome of which nobody told two levels.
    """
    folder = Path(folder)
    _check(survey, bins, outcome)
    ids = _of_wave(survey.people, 1)["id"]
    grids = {name: _grid(survey, ids, name) for name in OUTCOMES if name in survey.people}
    levels = {name: _levels(grid, survey, name, bins) for name, grid in grids.items()}
    told = np.unique(levels[outcome][0][~np.isnan(levels[outcome][0])])
    if told.size < 2:
        raise DataError(
            "survey", f"everybody who answered is at the same level of {outcome}",
            "ask more people, or with another measure",
        )  # fmt: skip
    with new_folder(folder) as draft:
        write_csv(draft / "ids.csv", {
            "row": np.arange(1, ids.size + 1), "id": ids, "label": labels_of(run, ids),
        })  # fmt: skip
        answered = _grid(survey, ids, "answered") == 1.0
        write_rows(draft / "answered.txt", answered.astype(np.int64))
        _write_networks(draft, survey, ids, answered)
        for name, grid in grids.items():
            write_rows(draft / f"{name}.txt", grid)
            write_rows(draft / f"{name}_levels.txt", levels[name][0])
        write_csv(draft / "levels.csv", _cuts({name: cut for name, (_, cut) in levels.items()}))
        write_csv(draft / "covariates.csv", _constant(survey, ids))
        write_csv(draft / "waves.csv", _waves(survey))
        moved = bool(survey.lost["moved"].any())
        if moved:
            (draft / "composition.txt").write_text(_composition(survey, ids), encoding="utf-8")
        body = Path(__file__).with_name(SCRIPT).read_text(encoding="utf-8")
        (draft / SCRIPT).write_text(_settings(survey, ids, outcome, moved) + body, encoding="utf-8")
    return folder


def _check(survey: Survey, bins: int, outcome: str) -> None:
    if isinstance(bins, bool) or bins not in (3, 4, 5):
        raise ParameterError("bins", bins, "3, 4 or 5")
    known = [name for name in OUTCOMES if name in survey.people]
    if outcome not in known:
        raise ParameterError("outcome", outcome, f"one of {', '.join(known)}")
    if len(survey.days) < 2:
        raise DataError("survey", f"{len(survey.days)} wave", "hold at least 2")
    n = int((survey.people["wave"] == 1).sum())
    if n < 2:
        raise DataError("survey", f"{n} people in the first wave", "invite at least 2")


def _settings(survey: Survey, ids: Array, outcome: str, moved: bool) -> str:
    """The first lines of the script; without a cap on all names, `name_cap` is 0."""
    cap = survey.plan.name_cap
    binds = survey.plan.generator != LOCATE and cap < ids.size - 1
    settings = {
        "n": str(ids.size), "waves": str(len(survey.days)), "outcome": f'"{outcome}"',
        "sparse": _truth(ids.size > DENSE), "moved": _truth(moved),
        "name_cap": str(cap if binds else 0),
    }  # fmt: skip
    return "".join(f"{name} <- {value}\n" for name, value in settings.items())


def _truth(claim: bool) -> str:
    return "TRUE" if claim else "FALSE"


def _of_wave(table: Table, wave: int) -> Table:
    chosen = table["wave"] == wave
    return {name: column[chosen] for name, column in table.items()}


def _grid(survey: Survey, ids: Array, name: str) -> Array:
    """A column of people by wave: float64 (n, waves), NaN where there is no row or no answer."""
    column = "lonely_days" if name == "loneliness" and survey.plan.measure == ITEM else name
    grid = np.full((ids.size, len(survey.days)), np.nan)
    place = np.searchsorted(ids, survey.people["id"])
    grid[place, survey.people["wave"] - 1] = survey.people[column]
    return grid


def _levels(grid: Array, survey: Survey, name: str, bins: int) -> tuple[Array, Array]:
    """The grid in levels from 1, and the least value of each level but the first."""
    if name == "loneliness" and survey.plan.measure == ITEM:
        cuts = np.array(ITEM_LEVELS[1:])
    else:
        cuts = _level_cuts(np.sort(grid[~np.isnan(grid)]), bins)
    levels = np.digitize(grid, cuts) + 1.0
    return np.where(np.isnan(grid), np.nan, levels), cuts


def _level_cuts(known: Array, bins: int) -> Array:
    """At most bins - 1 cuts of sorted numbers: between all of them if few differ, or quantiles."""
    different: Array = np.unique(known)
    if different.size <= bins:
        return different[1:]
    cuts: Array = np.unique(np.quantile(known, np.arange(1, bins) / bins))
    cuts = cuts[cuts > known[0]]  # no level that nobody is at
    return cuts


def _cuts(cuts: dict[str, Array]) -> Table:
    names = np.repeat(np.array(list(cuts), dtype=object), [cut.size for cut in cuts.values()])
    level = np.concatenate([np.arange(2, cut.size + 2) for cut in cuts.values()])
    return {"outcome": names, "level": level, "from": np.concatenate(list(cuts.values()))}


def _write_networks(draft: Path, survey: Survey, ids: Array, answered: Array) -> None:
    """Who named whom, among the people of the first wave."""
    for wave in range(1, len(survey.days) + 1):
        ties = _of_wave(survey.ties, wave)
        among = np.isin(ties["i"], ids) & np.isin(ties["j"], ids)
        i, j = (np.searchsorted(ids, ties[side][among]) for side in "ij")
        path = draft / f"network_{wave}.txt"
        if ids.size > DENSE:
            write_rows(path, np.column_stack([i + 1, j + 1]))
            path.write_text("i j\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
            continue
        matrix = np.zeros((ids.size, ids.size))
        matrix[i, j] = 1.0
        matrix[~answered[:, wave - 1]] = np.nan
        np.fill_diagonal(matrix, 0.0)
        write_rows(path, matrix)


def _constant(survey: Survey, ids: Array) -> Table:
    """What stays as it is, by the first answer of each person, where people differ in it."""
    table: Table = {}
    for name in CONSTANT:
        if name not in survey.people:
            continue
        column = np.full(ids.size, np.nan)
        for wave in reversed(_grid(survey, ids, name).T):
            column = np.where(np.isnan(wave), column, wave)
        if np.unique(column[~np.isnan(column)]).size > 1:
            table[name] = column
    return table


def _composition(survey: Survey, ids: Array) -> str:
    """A line for each person: there from the first wave to the last, or to between two waves."""
    away = dict(zip(survey.lost["id"][survey.lost["moved"]].tolist(),
                    survey.lost["wave"][survey.lost["moved"]].tolist(), strict=True))  # fmt: skip
    last = len(survey.days)
    ends = [away[i] - 0.5 if i in away else last for i in ids.tolist()]
    return "".join(f"1 {end}\n" for end in ends)


def _waves(survey: Survey) -> Table:
    """What each wave brought; `jaccard`: namings kept of all in this wave and the one before.

    Only namings by people who answered both, of people of the first wave who are still there.
    """
    rows: dict[str, list[float]] = {
        name: [] for name in ("wave", "day", "members", "answered", "namings", "jaccard")
    }
    before: set[tuple[int, int]] = set()
    who_before: set[int] = set()
    for wave, day in enumerate(survey.days, start=1):
        people, ties = (_of_wave(table, wave) for table in (survey.people, survey.ties))
        who = set(people["id"][people["answered"]].tolist())
        now = set(zip(ties["i"].tolist(), ties["j"].tolist(), strict=True))
        both = who & who_before
        old, new = ({t for t in told if t[0] in both} for told in (before, now))
        share = len(old & new) / len(old | new) if old | new else float("nan")
        values = (wave, day, people["id"].size, len(who), len(now), share)
        for name, value in zip(rows, values, strict=True):
            rows[name].append(value)
        before, who_before = now, who
    return {name: np.array(column) for name, column in rows.items()}
