"""The table of checks, and the examination."""

from pathlib import Path
from typing import Any

from bridge.health.doctor import (
    binds,
    clocks,
    cuda,
    daemon,
    disk,
    jack,
    link,
    memory,
    midi,
    onnx,
    osc,
    packs,
    ports,
    priority,
    program,
    settings,
)
from bridge.health.doctor.check import Check, carry_out
from bridge.health.doctor.patient import Patient
from bridge.health.doctor.report import Finding

CHECKS: tuple[Check[Any], ...] = (
    program.CHECK,
    settings.CHECK,
    daemon.CHECK,
    midi.CHECK,
    jack.CHECK,
    ports.CHECK,
    clocks.CHECK,
    link.CHECK,
    osc.CHECK,
    binds.CHECK,
    priority.CHECK,
    onnx.CHECK,
    cuda.CHECK,
    packs.CHECK,
    memory.CHECK,
    disk.CHECK,
)
"""In the order of a note's way, from what is running to what it runs on."""


def examine(config: Path | None = None) -> list[Finding]:
    """Look at everything. Never raises."""
    return list(carry_out(CHECKS, Patient.here(config)))
