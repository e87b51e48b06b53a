"""ONNX Runtime sessions: which provider was asked for, which one runs, and how fast it is here."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # read once, when onnxruntime is first imported

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.errors import PackError, ProviderError

Array = NDArray[Any]

PROVIDERS = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
}
"""Our name -> ONNX Runtime's."""

REMEDIES = {
    "cpu": "install one: pip install 'antiphon[cpu]'",
    "cuda": "it needs the cuda extra in place of the cpu one (pip uninstall onnxruntime first), CUDA 13 and cuDNN 9",
    "coreml": "it comes with ONNX Runtime on macOS only",
}
"""What to do where a provider is not in the installed ONNX Runtime, or does not run."""

DTYPES: dict[str, type[np.generic]] = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(bool)": np.bool_,
}


class Tensor(msgspec.Struct, frozen=True):
    """Name, shape (None where the axis is free) and dtype of a graph's input or output."""

    name: str
    shape: tuple[int | None, ...]
    dtype: type


class Session:
    """One graph, loaded. `provider` is the one that really runs it: "cpu", "cuda" or "coreml"."""

    def __init__(self, raw: Any, path: Path) -> None:
        self._raw = raw
        self.path = path
        self.provider = running(raw.get_providers())
        self.inputs = {t.name: t for t in map(_tensor, raw.get_inputs())}
        self.outputs = {t.name: t for t in map(_tensor, raw.get_outputs())}

    def run(self, names: Sequence[str], feeds: Mapping[str, Array]) -> list[Array]:
        """Run the graph once and return the named outputs."""
        outputs: list[Array] = self._raw.run(list(names), dict(feeds))
        return outputs


Opener = Callable[[Path, str, bool], Any]


def open_session(path: Path, provider: str = "auto", strict: bool = False, opener: Opener | None = None) -> Session:
    """Load a graph on "auto", "cpu", "cuda" or "coreml".

    Raises PackError where the file is no graph, ProviderError where `strict` and another provider runs.
    """
    wanted = best_provider() if provider == "auto" else provider
    if wanted not in PROVIDERS:
        raise ProviderError(f"no provider «{provider}»; choose auto, {', '.join(PROVIDERS)}")
    session = Session((opener or _open)(path, wanted, strict), path)
    if strict and session.provider != wanted:
        raise ProviderError(
            f"{wanted} was asked for and {session.provider} runs instead; "
            f"{REMEDIES[wanted]}, or set strict = false to accept it"
        )
    return session


def running(providers: Sequence[str]) -> str:
    """Our name of the provider that a session runs on (its list's first, the rest being fall-backs)."""
    for name, theirs in PROVIDERS.items():
        if providers and providers[0] == theirs:
            return name
    return "cpu"


def best_provider(available: Sequence[str] | None = None, platform: str = sys.platform) -> str:
    """The provider to try first: CUDA where that flavour is installed, else CPU.

    Only a session tells whether it really runs. CoreML is not tried by itself: its start-up cost per graph
    has not been measured to pay for graphs this small.
    """
    if available is None:
        import onnxruntime

        available = onnxruntime.get_available_providers()
    return "cuda" if platform != "darwin" and PROVIDERS["cuda"] in available else "cpu"


def _open(path: Path, provider: str, strict: bool) -> Any:
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    options.log_severity_level = 4  # a fall-back is reported by us, in one line
    ort.set_default_logger_severity(4)
    if provider == "cuda":
        ort.preload_dlls()
    chain = [PROVIDERS[provider]]
    if provider != "cpu" and not strict:
        chain.append(PROVIDERS["cpu"])
    installed = ort.get_available_providers()
    usable = [name for name in chain if name in installed]
    if not usable:
        raise ProviderError(f"this ONNX Runtime has no {provider}; {REMEDIES[provider]}")
    try:
        return ort.InferenceSession(str(path), options, providers=usable)
    except Exception as error:
        text = str(error).splitlines()[0][:200]
        raise PackError(f"{path.parent.name}: {path.name} cannot be loaded ({text}); get the pack again") from None


def _tensor(raw: Any) -> Tensor:
    shape = tuple(axis if isinstance(axis, int) else None for axis in raw.shape)
    dtype = DTYPES.get(raw.type)
    if dtype is None:
        raise PackError(f"tensor «{raw.name}» has the type {raw.type}, which no family uses; not a pack of ours")
    return Tensor(raw.name, shape, dtype)
