"""Designs: who has which seed, and worlds that are lived side by side."""

from __future__ import annotations

import os
import signal

import numpy as np
import pytest

from bondsim import DataError, ParameterError, Params
from bondsim.causal.columns import described
from bondsim.causal.design import Design, in_parallel
from bondsim.network import Circles, build
from tests.causal.conftest import design_of


def double(x):
    return 2 * x


def fail(x):
    raise ValueError(f"job {x}")


def die(x):
    os.kill(os.getpid(), signal.SIGKILL)


def test_replicates__have_seeds_and_networks_of_their_own(design):
    one, other = design.world(0), design.world(1)
    assert (one.params.seed, other.params.seed) == (11, 12)
    assert not np.array_equal(one.network.i[:50], other.network.i[:50])
    again = design_of("affect", "conduct", "loss", "selection", "context", replicates=50)
    assert again.world(1).run(2).hash == other.run(2).hash


def test_replicates__of_a_network_that_was_handed_over_share_it():
    network = build(Circles(n_agents=30), 5)
    design = Design(Params(seed=1), network, 5, replicates=2)
    assert design.people(0) is design.people(1) is network


@pytest.mark.parametrize("processes", [1, 2])
def test_in_parallel__keeps_the_order_and_tells_of_each(processes):
    told = []
    found = in_parallel(
        double, [(k,) for k in range(7)], processes=processes, ended=lambda *n: told.append(n)
    )
    assert found == [0, 2, 4, 6, 8, 10, 12]
    assert told == [(k, 7) for k in range(1, 8)]


@pytest.mark.parametrize("processes", [1, 2])
def test_in_parallel__hands_on_what_goes_wrong(processes):
    with pytest.raises(ValueError, match=r"job [0-3]"):
        in_parallel(fail, [(k,) for k in range(4)], processes=processes)

    def stop(done, jobs):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        in_parallel(double, [(k,) for k in range(4)], processes=processes, ended=stop)


def test_in_parallel__tells_of_a_process_that_was_killed():
    with pytest.raises(DataError, match="processes=1"):
        in_parallel(die, [(k,) for k in range(2)], processes=2)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"days": 0}, "days"), ({"days": 1.5}, "days"), ({"days": True}, "days"),
        ({"burn_in": -1}, "burn_in"), ({"replicates": 0}, "replicates"),
        ({"params": Params(seed=2**63 - 1)}, "seed"),
    ],
)  # fmt: skip
def test_design__refuses(changes, named):
    with pytest.raises(ParameterError, match=named):
        Design(**{"params": Params(), "network": Circles(n_agents=30), "days": 3} | changes)


def test_columns__that_nobody_described_are_noticed():
    with pytest.raises(KeyError, match="riddle"):
        described({"kernel": {"riddle": np.zeros(1)}})
    known = described({"kernel": {"total_low": np.zeros(1)}})["kernel"]["total_low"]
    assert known["unit"] == "1" and known["meaning"].startswith("lower end")
