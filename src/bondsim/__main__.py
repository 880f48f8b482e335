"""`python -m bondsim` and the command `bondsim`: start `cli`, quickly wherever it is installed."""

from __future__ import annotations

import hashlib
import os
import sys
from importlib.util import find_spec
from pathlib import Path

from bondsim.cache import folder


def command() -> int:
    """Carry out the command line; returns the exit status."""
    keep_bytecode()
    from bondsim.cli import main

    return main()


def keep_bytecode() -> None:
    """Keep bytecode in the cache folder if Python keeps none beside the sources.

    That is so in many containers (PYTHONDONTWRITEBYTECODE) and in installations that cannot be
    written to. Each command would compile some 1,500 modules again, in more time than the rest of
    a small run takes. Python itself tells from time and size whether bytecode is stale.
    """
    if sys.pycache_prefix is not None:
        return
    beside = Path(getattr(find_spec("numpy"), "cached", None) or "")
    place = beside.parent if beside.parent.exists() else beside.parent.parent
    if beside.is_file() or (not sys.dont_write_bytecode and os.access(place, os.W_OK)):
        return
    installation = hashlib.sha256(f"{sys.prefix} {sys.version}".encode()).hexdigest()[:16]
    here = folder(f"bytecode-{installation}")
    if here is not None:
        sys.pycache_prefix, sys.dont_write_bytecode = str(here), False


if __name__ == "__main__":
    sys.exit(command())
