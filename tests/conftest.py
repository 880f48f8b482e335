"""Options of the whole test suite; compiled code is made once, before the workers start."""

import os
import sys

import pytest

# Hundreds of processes are started: where bytecode is not kept, each spends seconds on compiling
# what it imports (numba alone takes three times as long).
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


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
