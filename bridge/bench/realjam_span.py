"""Run by another Python, the one where ReaLJam is installed: times its ONNX path and prints JSON.

What it calls at each frame of a jam: the history of 449 tokens read anew, then 31 tokens, which are the four beats
that it keeps ahead. Random weights in the published shape (the arithmetic is the same), one thread.
"""

import functools
import importlib
import json
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

PROMPT, NEW, WINDOW = 449, 31, 512
SHAPE = {"dim": 512, "depth": 8, "heads": 8, "num_tokens": 5000, "max_seq_len": WINDOW}


def main(calls: int) -> None:
    """Print wall and processor milliseconds of so many calls."""
    torch: Any = importlib.import_module("torch")
    torch.set_num_threads(1)
    ort: Any = importlib.import_module("onnxruntime")
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    prepare: Any = importlib.import_module("realjam.prepare_onnx")
    prepare.ort = SimpleNamespace(InferenceSession=functools.partial(ort.InferenceSession, sess_options=options))
    torch.manual_seed(1)
    model = importlib.import_module("realjam.core.gen_model").DecoderTransformer(**SHAPE).eval()
    folder = Path(tempfile.gettempdir()) / "antiphon-peers"  # kept: its export takes longer than all the rest
    sessions = prepare.prepare_online(
        model, SimpleNamespace(pad_token=0), max_gen_seq_len=WINDOW, save_dir=folder, model_name="random"
    )
    generate = importlib.import_module("realjam.onnx_kv").generate_tokens
    wall: list[float] = []
    cpu: list[float] = []
    for _ in range(calls + 1):
        prompt = torch.randint(0, SHAPE["num_tokens"], (1, PROMPT))
        began, busy = time.perf_counter(), time.process_time()
        generate(*sessions, prompt, NEW, max_len=WINDOW)
        wall.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - busy) * 1000)
    weights = sum(parameter.numel() for parameter in model.parameters())
    print(json.dumps({"wall": wall[1:], "cpu": cpu[1:], "weights": weights}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
