import os
import subprocess
import sys
import time

import pytest

from bridge.bench.usage import children, cpu_seconds, measurable, memory_mb, regions, seconds_of, together_kb

SMAPS = """\
55d4c8a00000-55d4c8a01000 r--p 00000000 fe:00 1234    /usr/bin/python3.11
Size:                  4 kB
Rss:                 400 kB
Pss:                 100 kB
Private_Clean:        50 kB
Private_Dirty:        10 kB
VmFlags: rd mr mw me sd
7f0000000000-7f0000100000 rw-s 00000000 00:19 99      /dev/shm/jack_default_0_0
Size:               1024 kB
Rss:                1000 kB
Pss:                 250 kB
Private_Clean:         0 kB
Private_Dirty:         0 kB
7f0000200000-7f0000300000 rw-p 00000000 00:00 0
Size:               1024 kB
Rss:                  64 kB
Pss:                  64 kB
Private_Clean:         0 kB
Private_Dirty:        64 kB
"""


def test_regions_have_their_names_and_sizes() -> None:
    assert list(regions(SMAPS)) == [
        ("/usr/bin/python3.11", 400, 60),
        ("/dev/shm/jack_default_0_0", 1000, 0),
        ("", 64, 64),
    ]


def test_what_is_shared_counts_once_and_what_is_not_for_each() -> None:
    assert together_kb([SMAPS]) == 400 + 1000 + 64
    assert together_kb([SMAPS, SMAPS]) == 340 + 1000 + 2 * (60 + 64)
    assert together_kb([]) == 0


@pytest.mark.parametrize(
    ("words", "seconds"), [("0:01.50", 1.5), ("00:02:03", 123.0), ("1-00:00:01", 86401.0), ("61:00", 3660.0)]
)
def test_processor_times_are_read_as_every_system_writes_them(words: str, seconds: float) -> None:
    assert seconds_of(words) == seconds


@pytest.mark.skipif(not measurable(), reason="this system does not tell what other processes use")
def test_a_child_is_found_and_what_it_uses_is_known() -> None:
    script = "import sys\nsum(range(3_000_000))\nprint('done', flush=True)\nsys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "done"
        assert "range(3_000_000)" in children(os.getpid())[child.pid]
        used = cpu_seconds(child.pid)
        assert 0.0 < used < time.process_time() + 60.0
        assert memory_mb([child.pid]) > 1.0
        child.communicate("")
    with pytest.raises((ProcessLookupError, OSError)):
        cpu_seconds(child.pid)
