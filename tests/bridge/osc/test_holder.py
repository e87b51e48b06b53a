import os
import socket
import sys

import pytest

from bridge.osc.holder import holder


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells by /proc")
def test_a_held_port_is_traced_to_its_process() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as held:
        held.bind(("127.0.0.1", 0))
        assert holder(held.getsockname()[1]).endswith(f"process {os.getpid()}")


def test_a_free_port_has_no_holder() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert holder(port) == ""
