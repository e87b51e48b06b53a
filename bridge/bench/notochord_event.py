"""Run by another Python, the one where Notochord is installed: times its event path and prints JSON.

Feed the last event, sample the next under constraints, as its own player does; four instruments, random weights
(the arithmetic of an event is the same), one thread.
"""

import importlib
import json
import sys
import time
from typing import Any

INSTRUMENTS = (1, 33, 49, 129)
"""A piano, a bass, strings and a drum kit, in its numbering."""
PITCHES = range(36, 85)
LONGEST_NOTE = 11.0
"""Seconds, its own default."""
WARM = 20


def main(events: int) -> None:
    """Print wall and processor milliseconds of so many events."""
    torch: Any = importlib.import_module("torch")
    torch.set_num_threads(1)
    model: Any = importlib.import_module("notochord.model")
    constraints: Any = importlib.import_module("notochord.event").EventConstraints
    torch.manual_seed(1)
    notochord = model.Notochord().eval()
    notochord.feed(0, 0, 0, 0)
    wall: list[float] = []
    cpu: list[float] = []
    event: dict[str, Any] = {"inst": 1, "pitch": 60, "time": 0.1, "vel": 80}
    for _ in range(events + WARM):
        began, busy = time.perf_counter(), time.thread_time()
        notochord.feed(**event)
        event = notochord.sample(
            constraints(
                {instrument: set(PITCHES) for instrument in INSTRUMENTS},
                min_time=0.0,
                max_time=2.0,
                max_duration=dict.fromkeys(INSTRUMENTS, LONGEST_NOTE),
            )
        ).as_dict()
        wall.append((time.perf_counter() - began) * 1000)
        cpu.append((time.thread_time() - busy) * 1000)
    weights = sum(parameter.numel() for parameter in notochord.parameters())
    print(json.dumps({"wall": wall[WARM:], "cpu": cpu[WARM:], "weights": weights}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
