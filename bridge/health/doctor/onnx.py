"""ONNX Runtime: which flavour, and whether two of them have overwritten each other."""

from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version

import msgspec

from bridge.engine.providers import PROVIDERS, REMEDIES
from bridge.engine.session import running
from bridge.health.doctor.check import Check
from bridge.health.doctor.patient import Patient
from bridge.health.doctor.report import Verdict, fail, ok

FLAVOURS = {
    "onnxruntime": "cpu",
    "onnxruntime-gpu": "cuda",
    "onnxruntime-directml": "cpu",
    "onnxruntime-openvino": "cpu",
}
"""Distributions that all write the same package `onnxruntime`, and the extra of ours that brings (or replaces) each."""


class Runtime(msgspec.Struct, frozen=True):
    """The distributions installed, what the package itself says, and which provider the settings ask for."""

    installed: Mapping[str, str]
    version: str = ""
    providers: tuple[str, ...] = ()
    """Our names of what is compiled in; only a session tells what runs."""
    trouble: str = ""
    asked: str = "auto"
    frozen: bool = False


def look(patient: Patient) -> Runtime:
    """Import it, as the engine does."""
    asked = patient.settings.engine.provider
    installed = {}
    for name in FLAVOURS:
        try:
            installed[name] = version(name)
        except PackageNotFoundError:
            continue
    try:
        import onnxruntime

        names = tuple(running([name]) for name in onnxruntime.get_available_providers() if name in PROVIDERS.values())
        return Runtime(installed, str(onnxruntime.__version__), names, "", asked, patient.frozen)
    except Exception as error:  # a damaged one raises anything
        return Runtime(installed, trouble=f"{type(error).__name__}: {error}", asked=asked, frozen=patient.frozen)


def judge(seen: Runtime) -> Iterator[Verdict]:
    """Exactly one flavour, and the one that can do what is asked."""
    names = " and ".join(f"{name} {number}" for name, number in seen.installed.items())
    wanted = seen.asked if seen.asked in ("cpu", "cuda") else "cpu"
    anew = f"pip uninstall -y {' '.join(seen.installed)} && pip install 'antiphon[{wanted}]'"
    if len(seen.installed) > 1:
        yield fail(f"{names} are both installed, and have overwritten each other", anew)
    elif seen.trouble:
        again = "install this Antiphon anew" if seen.frozen else anew if seen.installed else REMEDIES["cpu"]
        yield fail(f"ONNX Runtime does not load ({seen.trouble})", again)
    else:
        says = f"{names or f'ONNX Runtime {seen.version}'}, with {', '.join(seen.providers)}"
        if seen.asked not in ("auto", *seen.providers):
            yield fail(
                f"{says}; but the settings ask for {seen.asked}", REMEDIES.get(seen.asked, "choose another provider")
            )
        else:
            yield ok(says)


CHECK = Check("onnx", look, judge, patience=20.0)
