"""The same plan through processes, Ray, Dask and jobs of a cluster: equal tables."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bondsim.cli import main
from bondsim.errors import DataError
from bondsim.store.query import Results
from bondsim.study.executors import ExecutorPlan
from tests.study.worlds import final_bytes, lived, small_plan, times_lived

WORDS = [
    "study=presence", "days=3", "replicates=2", "network.n_agents=40",
    "study.outcomes=[prevalence]",
]  # fmt: skip

RUN = """
import sys
from pathlib import Path
from bondsim.study.executors import ExecutorPlan
from tests.study.worlds import lived, small_plan
if __name__ == "__main__":
    progress = lived(small_plan(3), Path(sys.argv[1]), executor=ExecutorPlan(
        kind=sys.argv[2], processes=2, address=sys.argv[3], task_seconds=0.1))
    print(progress.finished, progress.failed)
"""


def run_by(kind: str, results: Path, address: str = "") -> subprocess.CompletedProcess[str]:
    """The small plan in a process of its own: clusters leave threads and handlers behind."""
    script = results.parent / "run.py"
    script.write_text(RUN)
    return subprocess.run(
        [sys.executable, str(script), str(results), kind, address], capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()}, timeout=300, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["dask", "ray"])
def test_a_cluster_that_is_started_here__gives_equal_tables(tmp_path: Path, kind: str) -> None:
    pytest.importorskip({"dask": "distributed", "ray": "ray"}[kind])
    done = run_by(kind, tmp_path / "cluster")
    assert done.stdout.split()[-2:] == ["12", "0"], done.stderr
    lived(small_plan(3), tmp_path / "here")
    assert final_bytes(tmp_path / "cluster") == final_bytes(tmp_path / "here")
    assert set(times_lived(tmp_path / "cluster").values()) == {1}


def test_a_dask_cluster_that_runs_already__is_used(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as cluster:
        done = run_by("dask", tmp_path / "cluster", cluster.scheduler_address)
    assert done.stdout.split()[-2:] == ["12", "0"], done.stderr
    hosts = Results(tmp_path / "cluster").frame("small")["process"]
    assert len(set(hosts)) == 1 and os.getpid() not in set(hosts)


SEEN = """
import sys
from pathlib import Path
from bondsim.store.catalogue import Catalogue
from bondsim.study.executors import ExecutorPlan
from bondsim.study.plan import Cell, Plan
from bondsim.study.sweep import sweep
from tests.study.worlds import town

def seen(design, replicate, outcomes):
    return {"seen": len(Catalogue(sys.argv[1] if __name__ == "__main__" else RESULTS).records())}

if __name__ == "__main__":
    plan = Plan("seen", [Cell("x", 0, {}, town())], 8, ("seen",), measure="seen:seen")
    sweep(plan, sys.argv[1], executor=ExecutorPlan(kind="ray", processes=1))
"""


def test_runs_that_ray_lives__are_written_down_as_they_end(tmp_path: Path) -> None:
    """Though it gives results in rounds: each run of the one round sees those that ended before."""
    pytest.importorskip("ray")
    results, script = tmp_path / "results", tmp_path / "seen.py"
    script.write_text(SEEN.replace("RESULTS", repr(str(results))))
    path = os.pathsep.join([os.getcwd(), str(tmp_path)])
    done = subprocess.run(
        [sys.executable, str(script), str(results)], capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": path}, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert sorted(Results(results).frame("seen")["seen"]) == list(range(8))


@pytest.mark.parametrize("kind", ["dask", "ray"])
def test_a_cluster_that_does_not_answer__is_one_error(tmp_path: Path, kind: str) -> None:
    pytest.importorskip({"dask": "distributed", "ray": "ray"}[kind])
    address = {"dask": "tcp://127.0.0.1:9", "ray": "127.0.0.1:9"}[kind]
    done = run_by(kind, tmp_path / "cluster", address)
    assert f"no {kind} cluster answers" in done.stderr and "leave the address out" in done.stderr


def test_jobs_of_a_launcher__share_the_runs(tmp_path: Path, capfd) -> None:
    pytest.importorskip("hydra_plugins.hydra_submitit_launcher")
    here, jobs = f"results={tmp_path / 'here'}", f"results={tmp_path / 'jobs'}"
    launcher = ["executor=slurm", "executor.launcher=submitit_local", "executor.jobs=2"]
    assert main(["sweep", *WORDS, here, "executor.processes=1"]) == 0
    assert main(["sweep", *WORDS, jobs, *launcher]) == 0
    assert "20 runs" in capfd.readouterr().out
    for folder in ("here", "jobs"):
        out = str(tmp_path / f"{folder}.csv")
        assert main(["export", "presence", "--to", "csv", "--out", out,
                     f"results={tmp_path / folder}"]) == 0  # fmt: skip
    assert (tmp_path / "here.csv").read_bytes() == (tmp_path / "jobs.csv").read_bytes()
    assert set(times_lived(tmp_path / "jobs").values()) == {1}
    processes = set(Results(tmp_path / "jobs").frame("presence")["process"])
    assert len(processes) == 2 and os.getpid() not in processes


@pytest.mark.slow  # a minute: each round starts jobs of its own
def test_rounds_of_jobs__stop_where_the_same_study_here_stops(tmp_path: Path, capfd) -> None:
    pytest.importorskip("hydra_plugins.hydra_submitit_launcher")
    words = [
        "study.name=x", "days=2", "network.n_agents=40", "study.outcomes=[prevalence]",
        "study.precise=prevalence", "precision.half_width=0.02", "precision.least=10",
        "precision.every=5", "precision.most=40",
    ]  # fmt: skip
    launcher = ["executor=slurm", "executor.launcher=submitit_local", "executor.jobs=2"]
    here, jobs = f"results={tmp_path / 'here'}", f"results={tmp_path / 'jobs'}"
    assert main(["sweep", *words, here, "executor.processes=1"]) == 0
    assert main(["sweep", *words, jobs, *launcher]) == 0
    frames = [Results(tmp_path / name).frame("x") for name in ("here", "jobs")]
    n = len(frames[0])
    assert 10 < n < 40 and frames[0]["id"].tolist() == frames[1]["id"].tolist()
    assert set(times_lived(tmp_path / "jobs").values()) == {1}
    rounds = capfd.readouterr().err.count("2 jobs; their logs")
    assert rounds == (n - 10) // 5 + 1
    assert main(["sweep", *words, jobs, *launcher]) == 0  # all is there: no job is asked for
    out, err = capfd.readouterr()
    assert "their logs" not in err and f"{n} replicates" in out


def test_a_part_of_a_study_that_goes_on_until_it_is_precise__is_refused(tmp_path, capsys) -> None:
    words = [*WORDS, "study.precise=prevalence", f"results={tmp_path / 'results'}"]
    assert main(["sweep", *words, "--part", "1/2"]) == 2
    assert "a part cannot tell when all are enough" in capsys.readouterr().err
    assert not (tmp_path / "results").exists()


def test_no_slurm_here__is_one_error(tmp_path: Path, capsys, monkeypatch) -> None:
    pytest.importorskip("hydra_plugins.hydra_submitit_launcher")
    monkeypatch.setenv("PATH", "")
    assert main(["sweep", *WORDS, f"results={tmp_path}", "executor=slurm"]) == 2
    assert "there is no sbatch here" in capsys.readouterr().err


def test_a_library_that_is_not_installed__is_named(monkeypatch) -> None:
    from bondsim.study.executors import pool_of

    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(DataError, match=r"bondsim\[cluster\]"), pool_of(ExecutorPlan(kind="ray")):
        pass
