"""Sweeps: equal tables however they are carried out, and whatever stops them loses nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bondsim import Params
from bondsim.errors import DataError, UnwritableError
from bondsim.network import Circles
from bondsim.store.catalogue import Catalogue
from bondsim.store.claims import Claims
from bondsim.store.journal import Journal, ended_runs
from bondsim.store.query import Results
from bondsim.study import living
from bondsim.study import sweep as module
from bondsim.study.executors import ExecutorPlan
from bondsim.study.living import lived_run
from bondsim.study.plan import Cell, Plan
from bondsim.study.precision import Precision
from bondsim.study.stopping import sweep_until
from bondsim.study.sweep import Progress
from tests.study.worlds import (
    ALONE,
    OUTCOMES,
    final_bytes,
    lived,
    small_plan,
    times_lived,
    town,
)  # fmt: skip

TWO = ExecutorPlan(processes=2, task_seconds=0.01)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    results = tmp_path_factory.mktemp("undisturbed")
    lived(small_plan(6), results)
    return final_bytes(results)


def test_outcomes__are_those_of_the_world_itself(tmp_path: Path) -> None:
    plan = small_plan(1)
    lived(plan, tmp_path)
    frame = Results(tmp_path).frame("small").set_index(["arm", "point", "replicate"])
    for cell in plan.cells:
        run = lived_run(cell, 0)
        row = frame.loc[cell.arm, cell.point, 0]
        assert row["hash"] == run.hash
        assert row["lonely_days"] == pytest.approx(run.tables["series"]["lonely_days"][-1])
        assert row["meet.psi"] == cell.values["meet.psi"] and row["seed"] == 5


@pytest.mark.parametrize(
    "executor",
    [TWO, ExecutorPlan(processes=2, task_seconds=100.0), ExecutorPlan(processes=3)],
)
def test_processes_and_packing__change_nothing(tmp_path, undisturbed, executor) -> None:
    progress = lived(small_plan(6), tmp_path, executor=executor)
    assert (progress.finished, progress.failed) == (24, 0)
    assert final_bytes(tmp_path) == undisturbed


def test_parts__share_the_runs(tmp_path: Path, undisturbed: bytes) -> None:
    done = [lived(small_plan(6), tmp_path, part=(k, 5)).finished for k in range(5)]
    assert done == [5, 5, 5, 5, 4]
    assert final_bytes(tmp_path) == undisturbed


def test_a_finished_run__is_never_lived_again(tmp_path: Path, undisturbed: bytes) -> None:
    assert lived(small_plan(2), tmp_path).finished == 8
    assert lived(small_plan(2), tmp_path).finished == 0
    grown = lived(small_plan(6), tmp_path)
    assert (grown.finished_before, grown.finished) == (8, 16)
    assert set(times_lived(tmp_path).values()) == {1}
    assert final_bytes(tmp_path) == undisturbed


def test_another_study_of_the_same_runs__lives_none(tmp_path: Path) -> None:
    lived(small_plan(2), tmp_path)
    assert lived(small_plan(2, name="again"), tmp_path).finished == 0


def test_more_outcomes__keep_those_that_are_known(tmp_path: Path) -> None:
    lived(small_plan(1), tmp_path)
    other = small_plan(1, name="other", outcomes=("prevalence", "mean_degree"))
    assert lived(other, tmp_path).finished == 4
    assert lived(small_plan(1), tmp_path).finished == 0
    assert lived(other, tmp_path).finished == 0
    frame = Results(tmp_path).frame("other")
    assert frame[["mean_degree", "lonely_days"]].notna().all(axis=None)


@pytest.mark.parametrize("keep", ["series", "folder"])
def test_what_is_kept__is_there(tmp_path: Path, keep: str) -> None:
    lived(small_plan(1), tmp_path)
    plan = small_plan(1, keep=keep)
    assert lived(plan, tmp_path).finished == 4
    assert lived(plan, tmp_path).finished == 0
    for folder in Results(tmp_path).frame("small")["folder"]:
        assert (tmp_path / folder).exists()
        if keep == "folder":
            assert (tmp_path / folder / "hash.txt").is_file()
    gone = tmp_path / Results(tmp_path).frame("small")["folder"][0]
    subprocess.run(["rm", "-r", str(gone)], check=True)
    assert lived(plan, tmp_path).finished == 1


@pytest.mark.parametrize("executor", [ALONE, TWO])
def test_a_sweep__packs_while_it_goes_on(tmp_path, monkeypatch, undisturbed, executor) -> None:
    monkeypatch.setattr(module, "PACKED", 8)
    catalogue = Catalogue(tmp_path)
    packed, loose = [], []

    def told(progress: Progress) -> None:
        n_packed = sum(table.num_rows for table in catalogue._packed_tables())
        packed.append(n_packed)
        loose.append(progress.finished - n_packed)
        assert len(Catalogue(tmp_path).records()) >= progress.finished

    lived(small_plan(6), tmp_path, executor=executor, told=told)
    assert 8 <= max(packed) <= 24 and max(loose) < 2 * 8
    assert set(times_lived(tmp_path).values()) == {1}
    assert final_bytes(tmp_path) == undisturbed


def broken_plan(n_points: int, bad: int) -> Plan:
    """A study in which one point asks for a network that cannot be made."""
    cells = [Cell("x", p, {"p": p}, replace(town(), days=2 + p)) for p in range(n_points)]
    cells[bad] = Cell("x", bad, {"p": bad}, town(interventions=_too_many()))
    return Plan("broken", cells, 1, OUTCOMES)


def _too_many() -> tuple:
    from bondsim import Intervention

    return (Intervention(what="listening", who="context", context=30_000),)


def test_one_point_of_a_hundred_that_fails__stops_no_other(tmp_path: Path) -> None:
    progress = lived(broken_plan(100, 37), tmp_path, executor=TWO)
    assert (progress.finished, progress.failed) == (99, 1)
    failures = Results(tmp_path).failures("broken")
    assert failures["point"].tolist() == [37]
    assert "context" in failures["error"][0] and "Traceback" in failures["log"][0]
    again = lived(broken_plan(100, 37), tmp_path)
    assert (again.finished_before, again.failed_before, again.finished) == (99, 1, 0)
    retried = lived(broken_plan(100, 37), tmp_path, retry_failed=True)
    assert (retried.finished, retried.failed) == (0, 1)


def test_a_failed_run_that_is_mended__is_retried_and_counts(tmp_path, monkeypatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    with monkeypatch.context() as patched:
        patched.setattr(living, "outcomes_of", fail)
        assert lived(small_plan(1), tmp_path).failed == 4
    assert lived(small_plan(1), tmp_path).failed == 0
    assert lived(small_plan(1), tmp_path, retry_failed=True).finished == 4
    assert len(Results(tmp_path).failures("small")) == 0


def test_warnings_of_a_run__are_in_its_log(tmp_path, monkeypatch) -> None:
    import warnings

    real = living.lived_run

    def warns(cell: Cell, replicate: int) -> object:
        warnings.warn("mind the gap", RuntimeWarning, stacklevel=1)
        return real(cell, replicate)

    monkeypatch.setattr(living, "lived_run", warns)
    lived(small_plan(1), tmp_path)
    logs = Results(tmp_path).frame("small")["log"]
    assert logs.str.contains("mind the gap").all() and logs.str.contains("finished after").all()


def test_ctrl_c__keeps_what_has_ended(tmp_path: Path, undisturbed: bytes) -> None:
    def stop(progress: Progress) -> None:
        if progress.finished >= 5:
            raise KeyboardInterrupt

    for executor in (ALONE, TWO):
        with pytest.raises(KeyboardInterrupt):
            lived(small_plan(6), tmp_path, executor=executor, told=stop)
    n = len(Catalogue(tmp_path).records())
    assert 10 <= n < 24
    assert lived(small_plan(6), tmp_path).finished == 24 - n
    assert set(times_lived(tmp_path).values()) == {1}
    assert final_bytes(tmp_path) == undisturbed


KILLED = """
import sys
from pathlib import Path
from tests.study.worlds import lived, small_plan
from bondsim.study import sweep
from bondsim.study.executors import ExecutorPlan
if __name__ == "__main__":
    sweep.PACKED = 40  # so that kills fall into packing as well
    manner = ExecutorPlan(processes=2, task_seconds=0.05)
    lived(small_plan(int(sys.argv[2])), Path(sys.argv[1]), executor=manner)
"""


def kill_now_and_then(results: Path, replicates: int, times: int) -> int:
    """Start the sweep, kill it and its workers after a while, over and again; how often.

    Three of four times the while begins when runs end, so that a slow machine is not killed while
    it starts each time.
    """
    import random

    script = results.parent / "killed.py"
    script.write_text(KILLED)
    chance = random.Random(times)
    for n in range(times):
        before = set(Catalogue(results).journals.glob("*.jsonl"))
        process = subprocess.Popen(
            [sys.executable, str(script), str(results), str(replicates)], start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.getcwd()},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        while n % 4 and process.poll() is None and not ended_now(results, before):
            time.sleep(0.05)
        try:
            process.wait(chance.random() * 4.0)
            return n  # it came to its end
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return times


def ended_now(results: Path, before: set[Path]) -> bool:
    """Whether any run has ended that is not told by these journals."""
    new = set(Catalogue(results).journals.glob("*.jsonl")) - before
    return any(ended_runs(path, 0)[0] for path in new)


@pytest.mark.parametrize(
    ("times", "replicates"), [(2, 40), pytest.param(20, 1500, marks=pytest.mark.slow)]
)
def test_kills_at_random_moments__change_nothing(tmp_path, times, replicates) -> None:
    results, plan = tmp_path / "results", small_plan(replicates)
    killed = kill_now_and_then(results, replicates, times)
    assert killed == times or times < 20
    n = len(times_lived(results))
    assert n >= times // 4
    progress = lived(plan, results, executor=TWO)
    assert progress.finished == plan.n_runs - n
    assert set(times_lived(results).values()) == {1}
    lived(plan, tmp_path / "undisturbed", executor=TWO)
    assert final_bytes(results) == final_bytes(tmp_path / "undisturbed")


def test_a_worker_that_dies__costs_only_the_run_that_killed_it(tmp_path) -> None:
    script = tmp_path / "deadly.py"
    script.write_text(
        """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from bondsim.causal.design import Design
from bondsim.study.executors import ExecutorPlan
from bondsim.study.plan import Cell, Plan
from bondsim.study.sweep import sweep
from tests.study.worlds import OUTCOMES, town

class Deadly(Design):
    def world(self, replicate, **changes):
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    cells = [Cell("x", p, {"p": p}, replace(town(), days=2 + p)) for p in range(6)]
    good = cells[3].design
    bad = Deadly(good.params, good.network, 50)
    cells[3] = Cell("x", 3, {"p": 3}, bad)
    plan = Plan("deadly", cells, 1, OUTCOMES)
    _, progress = sweep(plan, sys.argv[1], executor=ExecutorPlan(processes=2, task_seconds=0.1))
    print(progress.finished, progress.failed)
"""
    )
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "results")],
        env={**os.environ, "PYTHONPATH": os.getcwd()}, capture_output=True, text=True, check=False,
        timeout=120,
    )  # fmt: skip
    assert done.stdout.split() == ["5", "1"], done.stderr
    failures = Results(tmp_path / "results").failures("deadly")
    assert failures["point"].tolist() == [3] and "died" in failures["error"][0]


def test_a_full_disk__is_one_error_and_the_rest_goes_on_later(
    tmp_path, monkeypatch, undisturbed
) -> None:
    real, written = Journal.end, []

    def end(self: Journal, record: dict) -> None:
        written.append(record["id"])
        if len(written) > 6:
            raise OSError(28, "No space left on device")
        real(self, record)

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "end", end)
        with pytest.raises(UnwritableError, match="No space left"):
            lived(small_plan(6), tmp_path)
    assert len(Catalogue(tmp_path).records()) == 6
    assert lived(small_plan(6), tmp_path).finished == 18
    assert final_bytes(tmp_path) == undisturbed


def test_a_damaged_file_of_runs__has_them_lived_again(tmp_path, undisturbed) -> None:
    lived(small_plan(3), tmp_path)
    lived(small_plan(6), tmp_path)
    first, _ = sorted(Catalogue(tmp_path).packed.glob("*.parquet"))
    lost = len(Catalogue(tmp_path).records()) - 12
    first.write_bytes(first.read_bytes()[:-20])
    assert lived(small_plan(6), tmp_path).finished == 12 == lost
    with pytest.warns(UserWarning, match="damaged"):
        assert final_bytes(tmp_path) == undisturbed


def test_two_sweeps_into_one_store__live_each_run_once(tmp_path, undisturbed) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    env = {**os.environ, "PYTHONPATH": os.getcwd()}
    both = [
        subprocess.Popen([sys.executable, str(script), str(tmp_path / "results"), "6"], env=env)
        for _ in range(2)
    ]
    assert [process.wait(120) for process in both] == [0, 0]
    assert set(times_lived(tmp_path / "results").values()) == {1}
    assert final_bytes(tmp_path / "results") == undisturbed


def test_runs_of_a_sweep_that_is_at_work__are_waited_for(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(module, "POLL", 0.01)
    plan = small_plan(1)
    catalogue = Catalogue(tmp_path).make()
    waits: list[int] = []
    other = Claims(catalogue)

    def told(progress: Progress) -> None:
        if progress.waiting:
            waits.append(progress.waiting)
            if len(waits) == 3:  # the other one is gone, and has done nothing
                other.__exit__()

    with other:
        other.take(job.id for job in plan.jobs())
        assert lived(plan, tmp_path, told=told).finished == 4
    assert waits == [4, 4, 4]


def test_a_worker_without_the_folder__sends_what_it_found(tmp_path, undisturbed) -> None:
    plan = small_plan(1)
    lived(plan, tmp_path)
    order = living.Order(os.getpid(), str(tmp_path / "none"), "token", plan.look, plan.keep)
    job = next(plan.jobs())
    (ended,) = living.live_task(order, living.Task({0: plan.cells[0]}, [(job, OUTCOMES)]))
    assert ended.record is not None and ended.record["id"] == job.id
    stored = Results(tmp_path).frame("small")
    row = stored[stored["id"] == job.id].iloc[0]
    assert all(ended.record[name] == row[name] for name in ("hash", "prevalence", "seed"))
    assert not (tmp_path / "none").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written__is_one_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(DataError, match="cannot be written"):
        lived(small_plan(1), tmp_path / "results")


def test_a_read_only_store__is_one_error(tmp_path, monkeypatch) -> None:
    lived(small_plan(1), tmp_path)
    real = Path.open

    def denied(self: Path, mode: str = "r", *rest: object, **more: object) -> object:
        if tmp_path in self.parents and set(mode) & set("wa+"):
            raise PermissionError(13, "Permission denied")
        return real(self, mode, *rest, **more)

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(DataError, match="Permission denied"):
        lived(small_plan(2), tmp_path)
    assert len(Results(tmp_path).frame("small")) == 4


def test_a_wish_for_precision__ends_when_it_is_met(tmp_path: Path) -> None:
    cells = [Cell("x", 0, {}, replace(town(), days=2))]
    plan = Plan("precise", cells, 1, OUTCOMES)
    wish = Precision(half_width=0.02, least=10, every=10, most=60)
    stored, progress = sweep_until(plan, tmp_path, wish, "prevalence", executor=ALONE)
    values = Results(tmp_path).frame("precise")["prevalence"].to_numpy()
    n = stored.replicates
    assert n == progress.finished == len(values) and n in wish.looks()
    half = 1.96 * values.std(ddof=1) / n**0.5
    assert half < 0.02 or n == 60
    before = values[: n - 10]
    assert n == 10 or 2.3 * before.std(ddof=1) / len(before) ** 0.5 > 0.02
    again = sweep_until(plan, tmp_path, wish, "prevalence", executor=ALONE)[1]
    assert again.finished == 0


def test_a_study_of_one_seed_and_network__is_the_run_of_a_world(tmp_path: Path) -> None:
    from bondsim import World

    plan = Plan("one", [Cell("x", 0, {}, town())], 1, OUTCOMES)
    lived(plan, tmp_path)
    run = World(Params(seed=5), Circles(n_agents=40)).run(days=3)
    assert Results(tmp_path).frame("one")["hash"].tolist() == [run.hash]
