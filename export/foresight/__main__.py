"""`python -m export.foresight DATA [CACHE]`: learn, judge on the pieces that were held out, write, and print."""

import logging
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

import bridge.music
from export.data.piece import load_pieces, split
from export.foresight.beats import beats
from export.foresight.judging import judge
from export.foresight.training import Recipe, train

OUT = Path(bridge.music.__file__).with_name("foresight.npz")


def write(arrays: Mapping[str, NDArray[np.float16]], out: Path) -> None:
    """Keep the weights: an archive of arrays as numpy reads it, the same bytes for the same weights."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w") as file:
                np.lib.format.write_array(file, array, allow_pickle=False)


def main(data: str, cache: str = "", minutes: str = "") -> None:
    """Make the weights anew; `minutes` other than the recipe's are for trying."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(1)
    learnt, held_out = (
        [each for piece in pieces if (each := beats(piece)) is not None]
        for pieces in split(load_pieces(Path(data), Path(cache) if cache else None))
    )
    recipe = Recipe(minutes=float(minutes)) if minutes else Recipe()
    net = train(learnt, recipe)
    write(net.arrays(), OUT)
    print(f"{sum(len(piece.states) for piece in learnt)} beats of {len(learnt)} pieces, {recipe.minutes:g} minutes")
    for chordal in (False, True):
        print("with its accompaniment:" if chordal else "the melody alone:")
        for name, mark in judge(net.network(), held_out, chordal).items():
            told = f"4 beats before {mark.far:.2f}, before {mark.before:.2f}, halfway {mark.half:.2f}"
            print(f"  {name:12} {mark.pieces:3} held out: {told}, after {mark.after:.2f}, tonic {mark.tonic:.2f}")
    print(f"{OUT}: {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
