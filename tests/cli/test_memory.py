"""Memory does not grow with the days of a run: a lifetime of a town takes no more than a year."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from bondsim import load_run

YEAR = 365.25
PAGE = 4096
LEEWAY = 16.0
"""What the allocator may keep of rows that have been written [MB]."""


def megabytes(process: int) -> float:
    """What a process holds in memory, without files of the system's that it looks at."""
    _, resident, shared, *_ = Path(f"/proc/{process}/statm").read_text().split()
    return (int(resident) - int(shared)) * PAGE / 1e6


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory as Linux tells it")
@pytest.mark.parametrize(("people", "years"), [(200, 20), (2000, 100)])
def test_memory_does_not_grow_with_days(people: int, years: int, tmp_path: Path) -> None:
    """What the second half of the days takes is what the first half took."""
    days = round(years * YEAR)
    # 700 tables of all people and bonds: kept in memory, those of 200 people would be 120 MB
    words = [
        "run", f"network.n_agents={people}", f"days={days}", f"snapshot_every={days // 700}",
        "checkpoint_every=5",
    ]  # fmt: skip
    command = [sys.executable, "-c", "import sys, bondsim.cli; sys.exit(bondsim.cli.main())"]
    process = subprocess.Popen([*command, *words], cwd=tmp_path, stdout=subprocess.DEVNULL)
    held, lived = [], []
    while process.poll() is None and not list(
        tmp_path.glob("results/*/.*")
    ):  # until results are written
        time.sleep(0.25)
        rows = list(tmp_path.glob("results/*/checkpoint/series.arrow"))
        try:
            held.append(megabytes(process.pid))
            lived.append(rows[0].stat().st_size if rows else 0)
        except (OSError, ValueError):
            break
    assert process.wait() == 0
    (folder,) = (tmp_path / "results").iterdir()
    stored = load_run(folder)
    assert stored.tables["series"]["day"].size == days
    share = np.array(lived) / max(lived)
    memory = np.array(held)
    first, second = (np.median(memory[(lo < share) & (share <= lo + 0.45)]) for lo in (0.1, 0.55))
    slope = np.polyfit(share[share > 0.1], memory[share > 0.1], 1)[0]
    events = stored.tables["events"]["day"].size
    told = f"{first:.0f} MB, then {second:.0f} MB; {slope:+.1f} MB over all days; {events:,} events"
    sys.stderr.write(f"\n{people} people, {days} days: {told}\n")
    assert second < first + LEEWAY, told
