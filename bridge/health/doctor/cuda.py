"""CUDA: whether there is a GPU, whether this ONNX Runtime can use it, and which libraries it lacks."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from bridge.engine import cuda
from bridge.engine.providers import PROVIDERS
from bridge.health.doctor.check import Check
from bridge.health.doctor.patient import Patient
from bridge.health.doctor.report import Verdict, fail, ok, warn
from bridge.outside import run

GPUS = Path("/proc/driver/nvidia/gpus")
WHEELS = "pip install 'onnxruntime-gpu[cuda,cudnn]'"
DRIVER_FIX = "install NVIDIA's driver (Debian: sudo apt install nvidia-driver) and start the machine anew"


class Cuda(msgspec.Struct, frozen=True):
    """What there is of it. `found` maps each needed library to where it is, "" where it is missing."""

    gpus: tuple[str, ...] = ()
    driver: bool = False
    flavour: bool = False
    """Whether this ONNX Runtime has the CUDA provider compiled in."""
    version: int = 0
    found: Mapping[str, str] = {}
    asked: bool = False
    frozen: bool = False


def look(patient: Patient) -> Cuda:
    """Ask the driver, and look for the libraries where that flavour is installed."""
    asked = patient.settings.engine.provider == "cuda"
    if patient.platform == "darwin":
        return Cuda(asked=asked, frozen=patient.frozen)
    driver = bool(cuda.find(cuda.DRIVER[patient.platform == "win32"], ()))
    seen = Cuda(gpus(), driver, asked=asked, frozen=patient.frozen)
    try:
        import onnxruntime
    except Exception:  # the check before this one says it
        return seen
    if PROVIDERS["cuda"] not in onnxruntime.get_available_providers():
        return seen
    version = cuda.major(str(getattr(onnxruntime, "cuda_version", "")))
    places = cuda.folders()
    found = {f"{name} ({file})": cuda.find(file, places) for name, file in cuda.libraries(version, patient.platform)}
    return msgspec.structs.replace(seen, flavour=True, version=version, found=found)


def judge(seen: Cuda) -> Iterator[Verdict]:
    """A GPU is never needed; one that is there and lies idle is worth a word."""
    bad = fail if seen.asked else warn
    gpus = " and ".join(seen.gpus)
    if not seen.flavour:
        if seen.asked:
            how = (
                "take the CUDA build" if seen.frozen else "pip uninstall -y onnxruntime && pip install 'antiphon[cuda]'"
            )
            yield fail("CUDA was asked for, but this ONNX Runtime has none", how)
        elif seen.gpus:
            yield ok(f"{gpus} is here and not used: CPU packs need no GPU; see docs/gpu.md for the CUDA flavour")
        else:
            yield ok("no NVIDIA GPU, and none is needed")
        return
    if not seen.driver:
        yield bad("the CUDA flavour is installed, but NVIDIA's driver is not: models run on the CPU", DRIVER_FIX)
    missing = [name for name, path in seen.found.items() if not path]
    needs = f"CUDA {seen.version} and cuDNN 9"
    if missing:
        yield bad(
            f"{needs} are needed; missing: {', '.join(missing)}",
            f"{WHEELS}\nor install them in the system, or set {cuda.FOLDER} to the folder they are in",
        )
    elif seen.driver:
        yield ok(f"{needs} are here, for {gpus or 'a GPU'}")


def gpus() -> tuple[str, ...]:
    """Names of the NVIDIA GPUs: from the driver's own files, else from nvidia-smi."""
    try:
        texts = [file.read_text("utf-8", "replace") for file in GPUS.glob("*/information")]
    except OSError:
        texts = []
    names = [
        line.partition(":")[2].strip() for text in texts for line in text.splitlines() if line.startswith("Model:")
    ]
    if not names:
        said = run(["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"], patience=1.0)
        names = said.text.splitlines() if said.well else []
    return tuple(names)


CHECK = Check("cuda", look, judge, patience=10.0)
