"""Whether the exported graphs do what torch does, output by output, on real phrases."""

from pathlib import Path

import msgspec
import numpy as np
import torch

from bridge.engine.session import open_session
from bridge.engine.theory_idea import LATENTS, SOUNDING
from bridge.engine.theory_model import DEVIATIONS
from bridge.errors import PackError
from export.families.theory_vae import TheoryVae
from export.theory.phrases import Batch
from export.theory.to_onnx import DECODED, PHRASE, Decode, Encode

TOLERANCE = 2.0e-3
"""Largest difference allowed, by an output's size and 1."""


class Parity(msgspec.Struct, frozen=True):
    """What a comparison found: phrases compared, and the largest differences by the numbers' size and 1."""

    phrases: int
    encode: float
    decode: float

    def __str__(self) -> str:
        return (
            f"{self.phrases} phrases: what is encoded differs by at most {self.encode:.1e}, what is decoded by at "
            f"most {self.decode:.1e}"
        )


def compare(model: TheoryVae, folder: Path, real: Batch) -> Parity:
    """Run torch and the graphs side by side on real phrases, half of them with a rhythm that is told.

    Raises PackError where they differ.
    """
    count = real.bar.shape[0]
    phrase = [getattr(real, name) for name in PHRASE]
    believed = (*LATENTS, *(f"{name}_deviation" for name in DEVIATIONS))
    told = real.states.clone()
    told[: count // 2] = -1
    with torch.no_grad():
        expected = Encode(model)(*phrase)
        sounding = [part for name, part in zip(LATENTS, expected, strict=False) if name in SOUNDING]
        inputs = [*sounding, real.bar, told]
        sounded = Decode(model)(*inputs)
    encode, decode = (open_session(folder / f"{name}.onnx", "cpu") for name in ("encode", "decode"))
    found = encode.run(believed, {name: part.numpy() for name, part in zip(PHRASE, phrase, strict=True)})
    names = (*SOUNDING, "bar", "told")
    again = decode.run(DECODED, {name: part.numpy() for name, part in zip(names, inputs, strict=True)})
    result = Parity(count, _worst(expected, found), _worst(sounded, again))
    if not max(result.encode, result.decode) <= TOLERANCE:
        raise PackError(f"the graphs are not the model ({result}); the pack was not written")
    return result


def _worst(expected: tuple[torch.Tensor, ...], found: list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]]) -> float:
    return max(
        float((np.abs(a.numpy() - b) / (1 + np.abs(a.numpy()))).max()) for a, b in zip(expected, found, strict=True)
    )
