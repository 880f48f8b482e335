"""Results of a few tiny worlds, kept: a change of any of them is a change of results.

`uv run pytest tests/golden --regen-golden` writes them anew; CHANGELOG then says so.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bondsim import Intervention, Params, World
from bondsim.network import Circles, Karate, SmallWorld

GOLDEN = Path(__file__).with_name("golden.json")
SCALARS = (
    "loneliness", "emotional", "social", "self_worth", "stress", "hurt", "security", "received",
    "meetings", "hours", "closeness", "bonds",
)  # fmt: skip


def worlds() -> dict[str, World]:
    off = dict.fromkeys(["channels.affect", "channels.conduct", "channels.loss"], False)
    plan = [Intervention(what="listening", who="loneliest", n=5, start=3, length=10, fade=5)]
    moving = Params(seed=3).replace(**{"turnover.rate": 0.01})
    return {
        "karate": World(Params(seed=1), Karate()),
        "circles": World(Params(seed=2), Circles(n_agents=150), interventions=plan),
        "small_world": World(moving.replace(**off), SmallWorld(n_agents=60, degree=6)),
    }


def found() -> dict[str, dict[str, float | str]]:
    results = {}
    for name, world in worlds().items():
        run = world.run(40)
        last = world.history.last()
        results[name] = {**{scalar: last[scalar] for scalar in SCALARS}, "hash": run.hash}
    return results


def test_golden__results_are_as_they_were(request):
    if request.config.getoption("--regen-golden"):
        GOLDEN.write_text(json.dumps(found(), indent=1) + "\n")
    assert found() == json.loads(GOLDEN.read_text())


@pytest.mark.skipif(sys.platform != "linux", reason="the switches are those of glibc")
def test_golden__processor_without_avx_gives_the_same_bits():
    # glibc and numpy choose other code for exp, log and cos on older processors.
    old = {
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA",
        "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4",
    }
    code = "from tests.golden.test_golden import found; import json; print(json.dumps(found()))"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], env={**os.environ, **old},
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout) == json.loads(GOLDEN.read_text())
