"""Folders of runs, as tests look for them."""

from __future__ import annotations

from pathlib import Path

from bondsim.store.catalogue import FOLDER


def run_folders(results: Path) -> list[Path]:
    """What lies in a folder of results beside its catalogue."""
    return sorted(path for path in results.iterdir() if path.name != FOLDER)
