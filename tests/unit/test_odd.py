"""ODD.md says of every parameter what the program says, and cites no rule that is not there."""

import re
from pathlib import Path

import pytest

import bondsim
from bondsim.network.specs import SOURCES
from bondsim.params import ByKind, group_table, table
from bondsim.rules import RULES

ODD = (Path(bondsim.__file__).parent / "ODD.md").read_text(encoding="utf-8")
ROWS = {
    cells[0]: cells[1:]
    for cells in (
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in ODD.split("## 11. Parameters")[1].splitlines()
        if line.startswith("| ") and not line.startswith(("| parameter", "| ---"))
    )
}


def as_value(text, like):
    """The default that a cell of the table shows."""
    if isinstance(like, ByKind):
        return ByKind(*(float(number) for number in text.split()))
    if isinstance(like, bool):
        return {"on": True, "off": False}[text]
    return type(like)(text)


@pytest.mark.parametrize("row", list(table()), ids=lambda row: row.path)
def test_odd__has_every_parameter_with_its_default(row):
    assert as_value(ROWS[row.path][0], row.default) == row.default
    assert ROWS[row.path][1] == row.unit
    assert ROWS[row.path][4] == row.source
    assert ROWS[row.path][5] == row.doc


def test_odd__has_no_parameter_that_the_program_lacks():
    networks = {row.path for spec in SOURCES.values() for row in group_table(spec)}
    assert set(ROWS) <= {row.path for row in table()} | networks | {
        path for path in ROWS if path.startswith("intervention.")
    }


def test_odd__names_only_parameters_that_exist():
    known = {row.path for row in table()}
    groups = {path.split(".")[0] for path in known}
    cited = set(re.findall(r"`([a-z_]+\.[a-z_0-9]+)`", ODD.split("## 11.")[0]))
    assert {c for c in cited if c.split(".")[0] in groups} <= known


def test_odd__numbers_every_rule():
    assert len(RULES) == 52
    for number, rule in enumerate(RULES, start=1):
        assert re.search(rf"ODD eq\. {number}:", rule.__doc__), rule.__name__
        assert re.search(rf"^{number}\. ", ODD, flags=re.MULTILINE)
