"""The house keeps its rules: no module grows beyond what can be read at a sitting."""

from pathlib import Path

import pytest

import bondsim

MODULES = sorted(Path(bondsim.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_house__modules_stay_small_and_say_what_they_own(module):
    text = module.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    assert text.startswith('"""')
