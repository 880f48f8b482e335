"""Options of the whole test suite; compiled code is made once, before the workers start."""

import os

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--regen-golden", action="store_true", help="write tests/golden/golden.json anew"
    )


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get("NUMBA_DISABLE_JIT") == "1":
        # hashes wrap around on purpose, which plain numpy integers tell
        config.addinivalue_line("filterwarnings", "ignore:overflow encountered:RuntimeWarning")
    starts_workers = config.getoption("numprocesses", None) and not hasattr(config, "workerinput")
    if starts_workers and not config.getoption("collectonly"):
        from bondsim.warm import warm

        warm()
