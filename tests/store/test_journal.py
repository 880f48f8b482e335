"""Journals: whatever is cut off, damaged or killed, every whole line still counts."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bondsim.store.journal import MOST_CHANGES, Journal, ended_runs, read_journal
from bondsim.store.locks import is_held


def record(k: int, **more: object) -> dict[str, object]:
    shared = {f"group.parameter_{n}": n / 7 for n in range(60)}
    return {"id": f"run{k}", "status": "finished", "prevalence": k / 3, **shared, **more}


def written(folder: Path, records: list[dict[str, object]]) -> Path:
    with Journal(folder) as journal:
        for each in records:
            journal.begin(str(each["id"]))
            journal.end(each)
    (path,) = folder.glob("*.jsonl")
    return path


def test_what_was_written__is_read_to_the_last_bit(tmp_path: Path) -> None:
    records = [record(k, error=None if k else "ä\nline", seed=2**62 + k) for k in range(5)]
    read = read_journal(written(tmp_path, records))
    assert read.records == records
    assert not read.broken_off and not read.n_damaged


def test_runs_that_differ_in_few_columns__share_what_they_have_in_common(tmp_path: Path) -> None:
    path = written(tmp_path, [record(k) for k in range(20)])
    assert path.stat().st_size < 2.5 * len(str(record(0))) + 20 * 250
    others = {f"group.parameter_{n}": -n for n in range(1, MOST_CHANGES + 2)}
    (tmp_path / "more").mkdir()
    read = read_journal(written(tmp_path / "more", [record(0), record(1, **others), record(2)]))
    assert read.records == [record(0), record(1, **others), record(2)]


def test_a_column_that_a_run_has_not__stays_away(tmp_path: Path) -> None:
    without = record(1)
    del without["prevalence"]
    assert read_journal(written(tmp_path, [record(0), without])).records == [record(0), without]


@pytest.mark.parametrize("cut", [1, 30, 60])
def test_a_line_that_was_cut_off__takes_nothing_else_with_it(tmp_path: Path, cut: int) -> None:
    path = written(tmp_path, [record(k) for k in range(4)])
    os.truncate(path, path.stat().st_size - cut)
    read = read_journal(path)
    assert read.records == [record(k) for k in range(3)]
    assert read.broken_off == ["run3"]


def test_every_damaged_line__is_left_out_and_counted(tmp_path: Path) -> None:
    path = written(tmp_path, [record(k) for k in range(6)])
    whole = path.read_bytes()
    lines = whole.split(b"\n")
    for hurt, line in enumerate(lines[:-1]):
        damaged = bytearray(line)
        damaged[len(line) // 2] ^= 1
        path.write_bytes(b"\n".join([*lines[:hurt], bytes(damaged), *lines[hurt + 1 :]]))
        read = read_journal(path)
        lost = [each for each in (record(k) for k in range(6)) if each not in read.records]
        assert read.n_damaged >= 1
        assert all(each in [record(k) for k in range(6)] for each in read.records)
        if b'"begun"' in line:
            assert not lost
        elif b'"shared"' in line:  # all later runs lean on it
            assert len(lost) == 6
        else:
            assert len(lost) == 1


def test_a_run_that_began_and_did_not_end__is_known(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        journal.begin("one")
        journal.end(record(1))
        journal.begin("two")
    (path,) = tmp_path.glob("*.jsonl")
    assert read_journal(path).broken_off == ["one", "two"]


def test_a_full_disk__leaves_whole_lines(tmp_path: Path) -> None:
    path = written(tmp_path, [record(0)])
    script = (
        "import resource, sys; from pathlib import Path\n"
        "from bondsim.store.journal import Journal\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2500, 2500))\n"
        "with Journal(Path(sys.argv[1])) as journal:\n"
        "    for k in range(100): journal.end({'id': f'run{k}', 'text': 'x' * 200})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert "OSError" in done.stderr
    (other,) = [each for each in tmp_path.glob("*.jsonl") if each != path]
    raw = other.read_bytes()
    read = read_journal(other)
    assert raw.endswith(b"\n") and len(read.records) >= 3 and not read.n_damaged


def test_a_journal_that_was_packed_away__begins_anew(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    with journal:
        journal.end(record(0))
    (path,) = tmp_path.glob("*.jsonl")
    path.unlink()
    with journal:
        (other,) = [each for each in tmp_path.glob("*.jsonl") if is_held(each)]
        journal.end(record(1))
    assert other != path and read_journal(other).records == [record(1)]


def test_a_journal_that_is_gone__tells_nothing(tmp_path: Path) -> None:
    assert read_journal(tmp_path / "none.jsonl").records == []


def test_a_journal_in_a_folder_that_is_not_there__is_refused(tmp_path: Path) -> None:
    with pytest.raises(OSError) as caught, Journal(tmp_path / "none"):
        pass
    assert caught.value.errno == errno.ENOENT


def test_values_that_only_look_equal__are_kept_apart(tmp_path: Path) -> None:
    values = [0.0, -0.0, 1, 1.0, True, 0, False]
    read = read_journal(written(tmp_path, [record(k, x=v) for k, v in enumerate(values)]))
    assert [repr(each["x"]) for each in read.records] == [repr(v) for v in values]


def test_a_run_that_ends_twice__is_followed_by_its_own_name(tmp_path: Path) -> None:
    path = written(tmp_path, [record(0), record(1)])
    end = path.stat().st_size
    with Journal(tmp_path) as journal:
        journal.end(record(0))
        journal.end(record(1))
        (other,) = [each for each in tmp_path.glob("*.jsonl") if each != path]
        before = other.stat().st_size
        journal.end(record(0))
    assert ended_runs(path, 0) == ({"run0", "run1"}, end)
    assert ended_runs(other, before)[0] == {"run0"}
