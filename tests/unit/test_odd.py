"""ODD.md says of every parameter what the program says, and cites no rule that is not there."""

import re
from pathlib import Path

import bondsim
from bondsim.cli import all_parameters
from bondsim.console import cells
from bondsim.params import table
from bondsim.rules import RULES

ODD = (Path(bondsim.__file__).parent / "ODD.md").read_text(encoding="utf-8")


def odd_rows():
    """The rows of the table of parameters, cell by cell."""
    lines = ODD.split("## 11. Parameters")[1].splitlines()
    rows = [line for line in lines if line.startswith("| ")][2:]
    return [
        tuple(cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", row)[1:-1])
        for row in rows
    ]


def test_odd__says_of_every_parameter_what_the_program_says():
    printed = [cells(row) for row in all_parameters()]
    written = odd_rows()
    assert sorted(set(printed) - set(written)) == []
    assert sorted(set(written) - set(printed)) == []
    assert len(set(written)) == len(written) == len(printed)


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
