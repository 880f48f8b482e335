"""Locks: one at a time, and of the file that has the name."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import pytest

from bondsim.store.locks import Lock, is_held

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no locks")


def test_a_lock__is_had_by_one(tmp_path: Path) -> None:
    one, other = Lock(tmp_path / "x"), Lock(tmp_path / "x")
    assert one.take() and one.real and is_held(tmp_path / "x")
    assert not other.take()
    one.release()
    assert other.take()
    other.release()


def test_whoever_waited_for_a_file_that_was_removed__has_the_lock_of_the_new_one(
    tmp_path: Path,
) -> None:
    """As a journal does that is packed the moment it is made."""
    path = tmp_path / "x"
    one, other = Lock(path), Lock(path)
    assert one.take()
    waiting = threading.Thread(target=lambda: other.take(wait=True))
    waiting.start()
    time.sleep(0.2)
    path.unlink()
    one.release()
    waiting.join(10.0)
    assert path.exists() and is_held(path)
    assert not Lock(path).take()
    other.release()
    assert not is_held(path)
