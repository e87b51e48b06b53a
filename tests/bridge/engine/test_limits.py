import subprocess
import sys

import pytest

from bridge.engine.limits import confine

ALLOCATE = """
import numpy
from bridge.engine.limits import confine
assert confine(1024, "cpu")
numpy.ones(16 << 20)
try:
    numpy.ones(10 << 30, numpy.uint8)
except MemoryError:
    print("refused")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds a process's data")
def test_beyond_its_bound_a_process_is_refused_memory_and_lives_on() -> None:
    done = subprocess.run([sys.executable, "-c", ALLOCATE], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "refused\n"


@pytest.mark.parametrize(("megabytes", "provider"), [(0, "cpu"), (4096, "cuda"), (4096, "coreml")])
def test_where_a_device_is_mapped_or_nothing_is_asked_there_is_no_bound(megabytes: int, provider: str) -> None:
    assert not confine(megabytes, provider)
