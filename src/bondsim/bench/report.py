"""The table and the JSON file of a benchmark."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from bondsim.bench.machine import load
from bondsim.bench.measured import Measured, count, spread
from bondsim.bench.options import Options
from bondsim.engine import SMALL
from bondsim.errors import ParameterError
from bondsim.store.plain import to_json
from bondsim.store.provenance import code_name

SCHEMA = 1
"""Version of the layout of the JSON file; raised when an older reader would misread it."""
HEADINGS = ("", "threads", "median", "least to most", "unit", "in the same run")
_ALMOST_IDLE = 0.5


class Report:
    """All that a benchmark found so far, written anew after each part so that nothing is lost."""

    def __init__(self, options: Options, machine: dict[str, Any]) -> None:
        self.options, self.machine = options, machine
        self.started, self.load = datetime.now(UTC), load()
        self.figures: list[Measured] = []

    def add(self, figures: Iterable[Measured]) -> None:
        """Take more figures, and write the file."""
        self.figures.extend(figures)
        self.write(complete=False)

    def content(self, *, complete: bool) -> dict[str, Any]:
        """What the JSON file holds."""
        return {
            "schema": SCHEMA,
            "complete": complete,
            "started": self.started.isoformat(timespec="seconds"),
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": self.machine,
            "load": {"before": self.load, "after": load()},
            "options": {**asdict(self.options), "json": str(self.options.json)},
            "figures": [_with_spread(asdict(figure)) for figure in self.figures],
        }

    def write(self, *, complete: bool) -> None:
        """Write the file; `complete` says that no more figures will come."""
        path = self.options.json
        draft = path.with_name(f".{path.name}-{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(to_json(self.content(complete=complete)), encoding="utf-8")
            draft.replace(path)
        except OSError as error:
            draft.unlink(missing_ok=True)
            allowed = f"a file that can be written ({error.strerror or error})"
            raise ParameterError("--json", str(path), allowed) from None

    def lines(self) -> list[tuple[str, ...]]:
        """The rows of the table."""
        lines: list[tuple[str, ...]] = []
        heading = ""
        for figure in self.figures:
            people = "" if figure.n_agents is None else f", {figure.n_agents:,} people"
            if heading != (heading := f"{figure.part}{people}"):
                lines += [_row(), _row(heading)]
            lines.extend(_lines(figure))
        return lines[1:]

    def title(self) -> str:
        """The machine and the code, in two lines."""
        m = self.machine
        held = "" if m["memory_gb"] is None else f", {m['memory_gb']:g} GB"
        versions = ", ".join(f"{name} {number}" for name, number in m["libraries"].items())
        return (
            f"bondsim {code_name(m['software'])} on {m['cpu'] or 'an unknown CPU'}, "
            f"{count(m['cores'], 'core')}{held}\n"
            f"{m['system']}, Python {m['python']}, {versions}"
        )

    def caveats(self) -> str:
        """How far the figures can be trusted."""
        spreads = [
            (high - low) / middle
            for middle, low, high in (spread(f.values) for f in self.figures if len(f.values) > 1)
            if middle > 0.0
        ]
        lines = [
            "Median, least and most of all repetitions. A ratio is the median of the ratios within "
            "the rounds,\nwith least and most; B: bytes moved in order for each bond, fetches: "
            f"records fetched at random.\nTowns of fewer than {SMALL:,} people live on one thread."
        ]
        if spreads:
            middle, _, high = spread(spreads)
            lines.append(
                f"Half of the figures spread by more than {middle:.0%} of their median, the worst "
                f"by {high:.0%}."
            )
        if self.load is not None and self.load > _ALMOST_IDLE:
            lines.append(
                f"Before the start {self.load:g} processes wanted one of {self.machine['cores']} "
                "cores: others use this machine. Trust the ratios, not the figures."
            )
        return "\n".join(lines)


def _with_spread(figure: dict[str, Any]) -> dict[str, Any]:
    """A figure, or a ratio, with its median, least and most beside all repetitions."""
    if "ratios" in figure:
        figure = {**figure, "ratios": [_with_spread(ratio) for ratio in figure["ratios"]]}
    if not figure["values"]:
        return {**figure, "median": None, "least": None, "most": None}
    return {
        **figure,
        **dict(zip(("median", "least", "most"), spread(figure["values"]), strict=True)),
    }


def _lines(figure: Measured) -> Iterable[tuple[str, ...]]:
    """A figure as a row of the table, and one more for each ratio beyond the first."""
    remarks = [_ratio_text(r.values, r.to) for r in figure.ratios]
    if figure.note:
        remarks = [f"{remarks[0]}; {figure.note}" if remarks else figure.note, *remarks[1:]]
    first, *rest = remarks or [""]
    threads = "" if figure.threads is None else str(figure.threads)
    middle, span = "", ""
    if figure.values:
        middle, low, high = map(number, spread(figure.values))
        span = f"{low} to {high}" if len(figure.values) > 1 else ""
    yield (f"  {figure.what}", threads, middle, span, figure.unit, first)
    for remark in rest:
        yield _row(last=remark)


def _row(first: str = "", *, last: str = "") -> tuple[str, ...]:
    """A row of the table with nothing but its first cell or its last."""
    return (first, *("",) * (len(HEADINGS) - 2), last)


def _ratio_text(values: Sequence[float], to: str) -> str:
    middle, low, high = map(number, spread(values))
    between = "" if len(values) == 1 else f" ({low} to {high})"
    return f"{middle} x{between} {to}"


def number(value: float) -> str:
    """Three figures; thousands and millions as k and M."""
    for scale, letter in ((1e6, " M"), (1e3, " k")):
        if abs(value) >= 10.0 * scale or (abs(value) >= scale and letter == " M"):
            return f"{value / scale:.3g}{letter}"
    return f"{value:.3g}" if abs(value) < 1000.0 else f"{value:,.0f}"
