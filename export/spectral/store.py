"""All clips in one file, made once and read again as long as the data and the code are as they were."""

import hashlib
import logging
from pathlib import Path

import numpy as np
import platformdirs

from bridge.errors import DataError
from export.data.bundle import Bundle
from export.data.piece import load_pieces
from export.spectral.clip import Clip
from export.spectral.material import chord_clips, sound_clips

CODE = ("bridge/sound/analysis.py", "bridge/sound/bands.py", "bridge/sound/told.py", "bridge/record/timbre.py",
        "export/spectral/material.py", "export/spectral/instruments.py")  # fmt: skip
"""Code that the clips follow from."""

_log = logging.getLogger(__name__)


def load(bundle: Bundle, cache: Path | None) -> list[Clip]:
    """Every clip, from the cache where there are some. Raises DataError where there is nothing to make them of."""
    folder = cache or Path(platformdirs.user_cache_dir("antiphon"))
    file = folder / f"sounds-{_digest(bundle)}.npz"
    if file.is_file():
        return read(file)
    _log.info("rendering the material; this takes some minutes")
    clips = [*sound_clips(bundle), *chord_clips(load_pieces(bundle.folder, cache))]
    write(file, clips)
    return clips


def split(clips: list[Clip]) -> tuple[list[Clip], list[Clip]]:
    """Clips to train on and those held out: sounds and pieces that the others have nothing of."""
    return [clip for clip in clips if not clip.held_out], [clip for clip in clips if clip.held_out]


def write(file: Path, clips: list[Clip]) -> None:
    """Write clips to a file, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]] = {
        "names": np.array([clip.name for clip in clips]),
        "kinds": np.array([clip.kind for clip in clips]),
        "held_out": np.array([clip.held_out for clip in clips]),
    }
    for part in ("frames", "told", "seed"):
        parts = [getattr(clip, part) for clip in clips]
        arrays[part] = np.concatenate(parts)
        arrays[f"{part}_length"] = np.array([len(each) for each in parts])
    part_file = file.with_suffix(".part.npz")
    with part_file.open("wb") as out:
        np.savez_compressed(out, **arrays)  # type: ignore[arg-type]
    part_file.replace(file)


def read(file: Path) -> list[Clip]:
    """Clips as `write` wrote them. Raises DataError for anything else."""
    try:
        with np.load(file, allow_pickle=False) as found:
            arrays = {name: found[name] for name in found.files}
        cut = {
            part: np.split(arrays[part], np.cumsum(arrays[f"{part}_length"])[:-1])
            for part in ("frames", "told", "seed")
        }
        return [
            Clip(str(name), str(kind), frames, told, seed, bool(held))
            for name, kind, held, frames, told, seed in zip(
                arrays["names"], arrays["kinds"], arrays["held_out"], *cut.values(), strict=True
            )
        ]
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{file} holds no prepared sounds ({error}); delete it") from None


def _digest(bundle: Bundle) -> str:
    root = Path(__file__).parents[2]
    digest = hashlib.sha256(str(sorted(bundle.sums().items())).encode())
    for place in CODE:
        digest.update((root / place).read_bytes())
    return digest.hexdigest()[:16]
