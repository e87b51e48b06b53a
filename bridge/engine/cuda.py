"""CUDA's libraries: which ones ONNX Runtime needs, where they are, and how they are loaded before it.

They are never in our packages: they come from NVIDIA's wheels, from a folder of the user's, or from the system.
"""

import contextlib
import ctypes
import importlib.util
import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

FOLDER = "ANTIPHON_CUDA"
"""Environment variable: a folder with the libraries, looked into before all others."""
LIBRARIES = {
    13: {
        "CUDA runtime": ("libcudart.so.13", "cudart64_13.dll"),
        "cuBLAS Lt": ("libcublasLt.so.13", "cublasLt64_13.dll"),
        "cuBLAS": ("libcublas.so.13", "cublas64_13.dll"),
        "cuFFT": ("libcufft.so.12", "cufft64_12.dll"),
        "cuRAND": ("libcurand.so.10", "curand64_10.dll"),
        "NVRTC": ("libnvrtc.so.13", "nvrtc64_130_0.dll"),
        "cuDNN": ("libcudnn.so.9", "cudnn64_9.dll"),
    },
    12: {
        "CUDA runtime": ("libcudart.so.12", "cudart64_12.dll"),
        "cuBLAS Lt": ("libcublasLt.so.12", "cublasLt64_12.dll"),
        "cuBLAS": ("libcublas.so.12", "cublas64_12.dll"),
        "cuFFT": ("libcufft.so.11", "cufft64_11.dll"),
        "cuRAND": ("libcurand.so.10", "curand64_10.dll"),
        "NVRTC": ("libnvrtc.so.12", "nvrtc64_120_0.dll"),
        "cuDNN": ("libcudnn.so.9", "cudnn64_9.dll"),
    },
}
"""CUDA's major version -> what it is called -> file on Linux and on Windows; each before those that need it."""
DRIVER = ("libcuda.so.1", "nvcuda.dll")
"""The driver's own library: without it there is no GPU to speak of."""

Load = Callable[[str], object]


def major(version: str) -> int:
    """CUDA's major version that an ONNX Runtime was built for ("13.0" -> 13); the newest where it does not say."""
    head = version.partition(".")[0]
    return int(head) if head.isdigit() and int(head) in LIBRARIES else max(LIBRARIES)


def folders() -> list[Path]:
    """Where the libraries may lie beside the system's own places: the user's folder, NVIDIA's wheels."""
    places = []
    if own := os.environ.get(FOLDER):
        places.append(Path(own))
    with contextlib.suppress(ImportError, ValueError):
        wheels = importlib.util.find_spec("nvidia")
        places += [Path(each) for each in (wheels.submodule_search_locations or ())] if wheels else []
    return places


def find(file: str, places: Sequence[Path], load: Load = ctypes.CDLL) -> str:
    """Path of a library in one of the places or below it, or its bare name where the system loads it; else ""."""
    for place in places:
        for path in sorted(place.rglob(file)):
            return str(path)
    try:
        load(file)
    except OSError:
        return ""
    return file


def libraries(version: int, platform: str = sys.platform) -> Iterator[tuple[str, str]]:
    """(what it is called, file) of each library that a version needs here."""
    for name, (linux, windows) in LIBRARIES[version].items():
        yield name, windows if platform == "win32" else linux


def preload(runtime: Any, load: Load = ctypes.CDLL) -> None:
    """Load what can be found before a session asks for it: the user's own folder, then ONNX Runtime's own search.

    Says nothing and raises nothing: what is missing shows in the provider that the session then runs on.
    """
    if sys.platform not in ("linux", "win32"):
        return
    if own := os.environ.get(FOLDER):
        for _, file in libraries(major(str(getattr(runtime, "cuda_version", "")))):
            path = find(file, [Path(own)], load)
            if path:
                with contextlib.suppress(OSError):
                    load(path)
    if hasattr(runtime, "preload_dlls"):
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception):
            runtime.preload_dlls()
