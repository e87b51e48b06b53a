"""ONNX Runtime sessions: which provider was asked for, which one runs, and how fast it is here."""

import math
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # read once, when onnxruntime is first imported

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.engine.cuda import preload
from bridge.engine.providers import PROVIDERS, REMEDIES
from bridge.errors import EngineError, PackError, ProviderError, ProviderLostError

Array = NDArray[Any]

DTYPES: dict[str, type[np.generic]] = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(bool)": np.bool_,
}


LIMIT_BYTES = 256 * 1024 * 1024
"""No input or output of a graph may claim to be larger, its free axes counted as 1."""
GPU_BYTES = 4 * 1024 * 1024 * 1024
"""Memory that a graph may take on a GPU: others live there too."""
OPTIONS: dict[str, dict[str, str]] = {
    "cuda": {
        "gpu_mem_limit": str(GPU_BYTES),
        "arena_extend_strategy": "kSameAsRequested",  # the default takes up to twice what it needs
        "cudnn_conv_algo_search": "HEURISTIC",  # the default tries every algorithm for every new shape, in mid-jam
        "do_copy_in_default_stream": "1",
    }
}
"""Our name of a provider -> its options."""
OURS = ("InvalidArgument", "InvalidGraph", "InvalidProtobuf", "NoSuchFile", "NotImplemented")
"""Kinds of ONNX Runtime's errors that lie with the pack or with us, and not with the device."""
NO_MEMORY = ("bad_alloc", "Failed to allocate memory", "allocate memory for requested buffer")
"""What ONNX Runtime says where memory has run out."""


class Tensor(msgspec.Struct, frozen=True):
    """Name, shape (None where the axis is free) and dtype of a graph's input or output."""

    name: str
    shape: tuple[int | None, ...]
    dtype: type


class Session:
    """One graph, loaded. `provider` is the one that really runs it: "cpu", "cuda" or "coreml".

    Raises PackError where the graph claims absurd sizes.
    """

    def __init__(self, raw: Any, path: Path, strict: bool = False) -> None:
        self._raw = raw
        self._strict = strict
        self._ran = False
        self.path = path
        self.provider = running(raw.get_providers())
        self.inputs = {t.name: t for t in (_tensor(raw, path) for raw in raw.get_inputs())}
        self.outputs = {t.name: t for t in (_tensor(raw, path) for raw in raw.get_outputs())}

    def run(self, names: Sequence[str], feeds: Mapping[str, Array]) -> list[Array]:
        """Run the graph once and return the named outputs.

        Raises ProviderLostError where a device has failed, MemoryError, or EngineError.
        """
        try:
            outputs: list[Array] = self._raw.run(list(names), dict(feeds))
        except Exception as error:
            raise _failure(error, self.provider, self.path) from None
        if not self._ran:
            self._ran = True
            self._look_again()
        return outputs

    def bind(self, inputs: Mapping[str, Array], outputs: Mapping[str, Array]) -> Callable[[], None]:
        """A run of the graph on arrays that stay: it reads the inputs as they are then, and fills the outputs.

        All must be contiguous, of the graph's shapes and dtypes. The run raises what `run` does. Raises PackError where
        the graph has other inputs and outputs.
        """
        from onnxruntime import OrtValue

        if inputs.keys() != self.inputs.keys() or not outputs.keys() <= self.outputs.keys():
            other = sorted((inputs.keys() ^ self.inputs.keys()) | (outputs.keys() - self.outputs.keys()))
            raise PackError(
                f"{self.path.parent.name}: {self.path.name} has other inputs or outputs ({', '.join(other)[:200]}); "
                "get the pack again"
            )
        binding = self._raw.io_binding()
        for name, array in inputs.items():
            binding.bind_ortvalue_input(name, OrtValue.ortvalue_from_numpy(array))
        for name, array in outputs.items():
            binding.bind_ortvalue_output(name, OrtValue.ortvalue_from_numpy(array))
        kept = (binding, inputs, outputs)  # ONNX Runtime looks into the arrays' own memory

        def run() -> None:
            try:
                self._raw.run_with_iobinding(kept[0])
            except Exception as error:
                raise _failure(error, self.provider, self.path) from None
            if not self._ran:
                self._ran = True
                self._look_again()

        return run

    def _look_again(self) -> None:
        """Only what has run once is known to run there."""
        asked, self.provider = self.provider, running(self._raw.get_providers())
        if self._strict and self.provider != asked:
            raise _refused(asked, self.provider)


Opener = Callable[[Path, str, bool], Any]


def open_session(path: Path, provider: str = "auto", strict: bool = False, opener: Opener | None = None) -> Session:
    """Load a graph on "auto", "cpu", "cuda" or "coreml".

    Raises PackError where the file is no graph, ProviderError where `strict` and another provider runs.
    """
    wanted = best_provider() if provider == "auto" else provider
    if wanted not in PROVIDERS:
        raise ProviderError(f"no provider «{provider}»; choose auto, {', '.join(PROVIDERS)}")
    session = Session((opener or _open)(path, wanted, strict), path, strict)
    if strict and session.provider != wanted:
        raise _refused(wanted, session.provider)
    return session


def running(providers: Sequence[str]) -> str:
    """Our name of the provider that a session runs on (its list's first, the rest being fall-backs)."""
    for name, theirs in PROVIDERS.items():
        if providers and providers[0] == theirs:
            return name
    return "cpu"


def best_provider(installed: Sequence[str] | None = None, platform: str = sys.platform) -> str:
    """The provider to try first: CUDA where that flavour is installed, else CPU.

    Only a session tells whether it really runs. CoreML is not tried by itself: its start-up cost per graph
    has not been measured to pay for graphs this small.
    """
    there = available() if installed is None else installed
    return "cuda" if platform != "darwin" and "cuda" in there else "cpu"


def available() -> tuple[str, ...]:
    """Our names of the providers in the installed ONNX Runtime; whether they run, only a session tells."""
    import onnxruntime

    compiled_in = onnxruntime.get_available_providers()
    return tuple(name for name, theirs in PROVIDERS.items() if theirs in compiled_in)


def _open(path: Path, provider: str, strict: bool) -> Any:
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # no faster here, and it keeps for ever what the largest call once needed
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    options.log_severity_level = 4  # a fall-back is reported by us, in one line
    ort.set_default_logger_severity(4)
    if provider == "cuda":
        preload(ort)
    chain = [provider] if provider == "cpu" or strict else [provider, "cpu"]
    installed = ort.get_available_providers()
    usable = [(PROVIDERS[name], OPTIONS.get(name, {})) for name in chain if PROVIDERS[name] in installed]
    if not usable:
        raise ProviderError(f"this ONNX Runtime has no {provider}; {REMEDIES[provider]}")
    try:
        session = ort.InferenceSession(str(path), options, providers=usable)
        session.disable_fallback()  # a device that fails is our business: its numbers would be another's
        return session
    except Exception as error:
        if _is_memory(error):
            raise MemoryError from None
        raise PackError(
            f"{path.parent.name}: {path.name} cannot be loaded ({_line(error)}); get the pack again"
        ) from None


def _tensor(raw: Any, path: Path) -> Tensor:
    shape = tuple(axis if isinstance(axis, int) else None for axis in raw.shape)
    dtype = DTYPES.get(raw.type)
    if dtype is None:
        raise PackError(f"tensor «{raw.name}» has the type {raw.type}, which no family uses; not a pack of ours")
    claimed = math.prod(axis or 1 for axis in shape) * np.dtype(dtype).itemsize
    if claimed > LIMIT_BYTES:
        raise PackError(
            f"{path.parent.name}: {path.name} claims {claimed / 2**30:.1f} GB for «{raw.name}»; not a pack of ours"
        )
    return Tensor(raw.name, shape, dtype)


def _refused(wanted: str, got: str) -> ProviderError:
    return ProviderError(
        f"{wanted} was asked for and {got} runs instead; {REMEDIES[wanted]}, or set strict = false to accept it"
    )


def _failure(error: Exception, provider: str, path: Path) -> Exception:
    """What an error of a run is to us."""
    if provider != "cpu" and type(error).__name__ not in OURS:
        return ProviderLostError(f"{provider} failed while playing ({_line(error)})")
    if _is_memory(error):
        return MemoryError()
    return EngineError(f"{path.parent.name}: {path.name} failed ({_line(error)}); get the pack again or choose another")


def _is_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or any(words in str(error) for words in NO_MEMORY)


def _line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
