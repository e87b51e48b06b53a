"""An accompanist in torch again from its pack: the weights that its graphs play with, to the last bit."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from bridge.engine.codec import PITCHES
from bridge.engine.ensemble_controls import SIZE as CONTROLS
from bridge.engine.features import HEAD, INTERVALS, REFERENCES
from bridge.engine.pack import Card, Pack
from bridge.errors import PackError
from export.ensemble.builder import restored
from export.ensemble.to_onnx import constants
from export.families.transformer import OCTAVE, Accompanist, Size

Arrays = Mapping[str, NDArray[Any]]


def restore(pack: Pack) -> Accompanist:
    """The model of a pack of ours. Raises PackError where it is another kind of pack."""
    card = pack.card
    if card.family != "transformer":
        raise PackError(f"{card.name}: a {card.family} pack cannot be tuned, only a transformer's can")
    try:
        found = constants(pack.graph("step", "cpu"))
        size = _size(card, found)
        model = Accompanist(size)
        model.load_state_dict({name: torch.from_numpy(array) for name, array in _weights(found, size).items()})
    except (OSError, KeyError, ValueError, IndexError, RuntimeError) as error:
        reason = f"{type(error).__name__}: {str(error).splitlines()[0][:80]}" if str(error) else type(error).__name__
        raise PackError(f"{card.name}: its weights cannot be read back ({reason}); get the pack again") from None
    model.eval()
    return model


def _size(card: Card, found: Arrays) -> Size:
    inner = len(found["blocks.0.widen.bytes"]) if "blocks.0.widen.bytes" in found else found["blocks.0.widen"].shape[1]
    heads = [_columns(found, f"to_{name}") for name in ("voice", "shift", "pitch", "duration", "velocity")]
    return Size(card.model["layers"], card.model["width"], card.model["heads"], inner, *heads)


def _columns(found: Arrays, name: str) -> int:
    """What goes into a linear layer; in blocks of 8 bits it may be padded, which no head's is."""
    if name in found:
        return int(found[name].shape[0])
    _, blocks, block = found[f"{name}.bytes"].shape
    return int(blocks * block)


def _weights(found: Arrays, size: Size) -> dict[str, NDArray[np.float32]]:
    inner, width, seen = size.inner, size.width, size.heads * HEAD

    def matrix(name: str, rows: int) -> NDArray[np.float32]:
        if f"{name}.bytes" not in found:
            return np.ascontiguousarray(found[name].T)
        return np.ascontiguousarray(restored(found[f"{name}.bytes"], found[f"{name}.scales"], rows).T)

    weights = {f"{name}.weight": found[name] for name in ("now", "part", "later", "told", "length", "after")}
    weights["table.weight"] = found["table"].astype(np.float32)
    weights["wish.weight"] = matrix("wish", CONTROLS)
    weights["wish.bias"] = found["wish.bias"]
    for layer in range(size.layers):
        name = f"blocks.{layer}"
        look = matrix(f"{name}.look", width)
        look[:seen] *= HEAD**0.5
        weights[f"{name}.look.weight"] = look
        weights[f"{name}.found.weight"] = matrix(f"{name}.found", seen)
        weights[f"{name}.widen.weight"] = matrix(f"{name}.widen", width)
        weights[f"{name}.narrow.weight"] = matrix(f"{name}.narrow", inner)
        weights[f"{name}.before.weight"] = found[f"{name}.before"]
        weights[f"{name}.between.weight"] = found[f"{name}.between"]
    weights["trunk.weight"], weights["trunk.bias"] = matrix("trunk", width), found["trunk.bias"]
    weights["chord.weight"] = np.ascontiguousarray(found["chord"].T)
    for name, rows in zip(("voice", "shift", "duration", "velocity"), _others(size), strict=True):
        weights[f"to_{name}.weight"] = matrix(f"to_{name}", rows)
        weights[f"to_{name}.bias"] = found[f"to_{name}.bias"]
    pitch = matrix("to_pitch", size.pitch_head)
    ends = np.cumsum((PITCHES, INTERVALS, len(REFERENCES) * OCTAVE))
    parts = np.split(pitch, ends)[:3]
    for name, part in zip(("to_pitch", "to_own", "to_near"), parts, strict=True):
        weights[f"{name}.weight"] = part
    weights["to_pitch.bias"] = found["to_pitch.bias"][:PITCHES]
    return {name: np.array(array, np.float32) for name, array in weights.items()}


def _others(size: Size) -> tuple[int, int, int, int]:
    return size.voice_head, size.shift_head, size.duration_head, size.velocity_head
