"""Export folders: new, whole, or not there at all."""

from __future__ import annotations

import os

import numpy as np
import pytest

from bondsim.errors import DataError, ParameterError
from bondsim.export.files import cells, new_folder, write_csv, write_rows


def test_new_folder__appears_when_all_is_written(tmp_path):
    target = tmp_path / "deep" / "out"
    with new_folder(target) as draft:
        (draft / "a.txt").write_text("a")
        assert not target.exists()
    assert [path.name for path in target.iterdir()] == ["a.txt"]
    assert [path.name for path in target.parent.iterdir()] == ["out"]


def test_new_folder__leaves_nothing_when_it_goes_wrong(tmp_path):
    def half_done():
        with new_folder(tmp_path / "out") as draft:
            (draft / "a.txt").write_text("a")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_done()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_new_folder__overwrites_nothing(tmp_path, kind):
    target = tmp_path / "out"
    {
        "folder": target.mkdir, "file": target.touch,
        "link": lambda: target.symlink_to(tmp_path / "nowhere"),
    }[kind]()  # fmt: skip
    with pytest.raises(ParameterError, match="does not exist yet"), new_folder(target):
        pass
    assert os.path.lexists(target) and len(list(tmp_path.iterdir())) == 1


def test_new_folder__that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="cannot be written"), new_folder(tmp_path / "file" / "out"):
        pass


def test_cells__give_the_same_numbers_back():
    values = np.random.default_rng(1).normal(size=200).astype(np.float32)
    assert (np.array(cells(values), np.float32) == values).all()
    assert (np.array(cells(values.astype(float)), float) == values).all()
    assert cells(np.array([1.0, np.nan, -2.5])) == ["1", "NA", "-2.5"]
    assert cells(np.array([True, False])) == ["TRUE", "FALSE"]
    assert cells(np.array([2**62, -1])) == [str(2**62), "-1"]


def test_tables__are_quoted_and_without_rows_still_named(tmp_path):
    write_csv(tmp_path / "a.csv", {"id": np.array([1, 2]), "label": ['a,"b"', "ç"]})
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == 'id,label\n1,"a,""b"""\n2,ç\n'
    write_csv(tmp_path / "b.csv", {"id": np.zeros(0), "label": []})
    assert (tmp_path / "b.csv").read_text() == "id,label\n"
    write_rows(tmp_path / "c.txt", np.array([[1.0, np.nan], [0.0, 2.0]]))
    assert (tmp_path / "c.txt").read_text() == "1 NA\n0 2\n"
