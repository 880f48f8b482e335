"""ODD.md says of every parameter what the program says, and cites no rule that is not there."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

import bondsim
from bondsim.commands.lists import all_parameters
from bondsim.console import cells
from bondsim.params import CHANNEL_PARAMETERS, Params, table
from bondsim.params.people import Channels
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


def odd_channels():
    """The table of section 8: for each channel its parameters and the value they are put at."""
    section = ODD.split("## 8. Channels and neutral values")[1].split("## 9.")[0]
    rows = re.findall(r"^\| `(\w+)` \|.*\| (.+) = (\S+) \|$", section, flags=re.MULTILINE)
    assert len(rows) == len(re.findall(r"^\| `", section, flags=re.MULTILINE))
    return {
        channel: dict.fromkeys(re.findall(r"`([\w.]+)`", named), float(value))
        for channel, named, value in rows
    }


def test_odd__names_the_parameters_of_every_channel():
    neutral = {row.path: row.neutral for row in table()}
    written = odd_channels()
    assert list(written) == [field.name for field in fields(Channels)]
    assert written == {
        channel: {path: neutral[path] for path in paths}
        for channel, paths in CHANNEL_PARAMETERS.items()
    }


def flat(params, prefix=""):
    """Every number of a tree of parameters by path."""
    return {
        path: value
        for name, part in params.items()
        for path, value in (
            flat(part, f"{prefix}{name}.").items()
            if isinstance(part, dict)
            else [(f"{prefix}{name}", part)]
        )
    }


@pytest.mark.parametrize("channel", odd_channels())
def test_odd__a_channel_that_is_off_moves_its_parameters_and_no_other(channel):
    on, off = Params(), Params().replace(**{f"channels.{channel}": False})
    before, after = flat(on.effective().as_dict()), flat(off.effective().as_dict())
    changed = {path: value for path, value in after.items() if value != before[path]}
    assert changed == {f"channels.{channel}": False, **odd_channels()[channel]}
    assert flat(on.as_dict()) == before
