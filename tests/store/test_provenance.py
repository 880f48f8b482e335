"""What is told of the software and the machine."""

from __future__ import annotations

import subprocess

from bondsim.store import provenance


def test_state_of_a_checkout(tmp_path, monkeypatch):
    def git(*arguments):
        who = ["-c", "user.name=a", "-c", "user.email=a@b"]
        subprocess.run(["git", "-C", str(tmp_path), *who, *arguments], check=True)

    monkeypatch.setattr(provenance, "_HERE", tmp_path)
    assert provenance.git_state() is None
    git("init", "-q")
    (tmp_path / "engine.py").write_text("1\n")
    # somebody else's repository, in which this package is not under version control
    assert provenance.git_state() is None
    git("add", "engine.py")
    git("commit", "-q", "-m", "first")
    state = provenance.git_state()
    assert state is not None and len(state["commit"]) == 40 and not state["dirty"]
    (tmp_path / "engine.py").write_text("2\n")
    assert provenance.git_state() == {**state, "dirty": True}


def test_without_git(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert provenance.git_state() is None
