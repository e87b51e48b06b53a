import asyncio
import sys
from pathlib import Path

import pytest

from bridge.bench.peers import PEERS, Peer, beside, read, timed
from bridge.bench.report import Cost
from bridge.errors import EngineError


def test_the_last_line_of_a_peers_script_has_its_figures() -> None:
    figures = read(b'a line of its own\n{"wall": [1.0, 2.0, 3.0], "cpu": [0.5, 1.0, 1.5], "weights": 7}\n')
    assert (figures.p50, figures.cpu_p50, figures.count) == (2.0, 1.0, 3)
    assert figures.p99 == pytest.approx(2.98)


@pytest.mark.parametrize("out", [b"", b"something else", b'{"wall": 3}'])
def test_a_script_that_prints_no_figures_is_an_error(out: bytes) -> None:
    with pytest.raises(EngineError, match="no figures"):
        read(out)


def test_a_peer_is_told_in_our_notes() -> None:
    rival = beside(PEERS[0], Cost(6.0, 8.0, 5.0), Cost(0.3, 0.4, 0.25))
    assert rival.times_ours == pytest.approx(20.0)
    assert rival.times_our_cpu == pytest.approx(20.0)


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_a_peer_that_is_not_installed_is_told_with_the_cure(peer: Peer) -> None:
    with pytest.raises(EngineError, match="; pip install it there"):
        asyncio.run(timed(peer, _without_packages(), 1))
    with pytest.raises(EngineError, match="cannot be started"):
        asyncio.run(timed(PEERS[0], Path("/no/such/python"), 1))


def _without_packages() -> Path:
    """A Python that has no packages: the one ours was made from."""
    return Path(getattr(sys, "_base_executable", sys.executable))
