"""CARD.md of the texture: what it is, how well it foretells sounds, how it follows, and what it costs."""

import time
from pathlib import Path

import numpy as np

from bridge.errors import PackError
from bridge.music.chord import Chord
from bridge.sound.bands import AIR, BANDS, HOP, KEYS, REGISTERS
from bridge.sound.scene import Scene
from bridge.sound.spectral import Spectral
from bridge.sound.texture import Texture
from export.data import sources
from export.data.bundle import Bundle
from export.spectral.clip import Clip
from export.spectral.figures import AHEAD, Errors, judge, mean_frame
from export.spectral.following import Agreement, agreement, ladder, middle, quietest, scene
from export.spectral.pack import COMMANDS, load_weights

DYING = "electric piano"
"""The sound that density is measured with: one that dies away."""
BLOCKS = 600
"""Blocks that the cost is measured over."""
STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)
DENSITIES = (0.5, 1.0, 2.0, 4.0, 8.0)
KINDS = {"sound": "bare one-shots", "cloud": "grains of one-shots on chords", "chords": "chords of pieces"}


def write_card(bundle: Bundle, train: list[Clip], held: list[Clip], weights: Path, folder: Path) -> str:
    """Measure and write CARD.md; returns it. Raises PackError where copying the last frame foretells better."""
    model, recipe, story = load_weights(weights)
    average = mean_frame(train)
    errors = {kind: judge(model, [clip for clip in held if clip.kind == kind], average) for kind in KINDS}
    whole = judge(model, held, average)
    calm = judge(model, held, average, unstruck=True)
    if any(found.model >= found.copied for ahead, found in whole.items() if ahead > 1):
        raise PackError("copying the last frame foretells held-out sounds better than the model; train it longer")
    pack = Spectral.open(folder)
    agreements = {sound.name: agreement(pack, place) for place, sound in enumerate(pack.sounds)}
    load = cost(pack)
    dying = next((place for place, sound in enumerate(pack.sounds) if sound.name == DYING), 0)
    text = TEMPLATE.format(
        parameters=sum(weight.numel() for weight in model.parameters()) / 1e3,
        hidden=recipe.size.hidden,
        megabytes=sum(path.stat().st_size for path in folder.glob("*.onnx")) / 1e6,
        clips=len(train),
        minutes=sum(len(clip.frames) for clip in train) * HOP / 60,
        steps=story["steps"],
        spent=story["minutes"],
        hop=HOP * 1000,
        bands=BANDS,
        keys=KEYS,
        air=AIR,
        registers=REGISTERS,
        held=f"{len({clip.name for clip in held if clip.kind == 'sound'})} one-shots and "
        f"{sum(clip.kind == 'chords' for clip in held)} stretches of pieces",
        errors=table(
            {**{KINDS[kind]: found for kind, found in errors.items()}, "all": whole, "all, nothing struck": calm}
        ),
        mse=", ".join(f"{found:.5f}" for found in whole[1].mse()),
        agreements=following(agreements),
        bright=" / ".join(f"{hertz:.0f}" for hertz in ladder(pack, middle, "brightness", STEPS)),
        dying=pack.sounds[dying].name,
        floors=" / ".join(f"{level:.0f}" for level in ladder(pack, quietest, "density", DENSITIES, dying)),
        p50=np.percentile(load, 50) * 100,
        p99=np.percentile(load, 99) * 100,
        sources=sources.table(bundle, sources.BAND_SOURCES),
        commands="\n".join(COMMANDS),
    )
    (folder / "CARD.md").write_text(text, "utf-8")
    return text


def table(rows: dict[str, dict[int, Errors]]) -> str:
    """RMSE in dB by frames ahead as a table."""
    heads = [f"{ahead} ({ahead * HOP * 1000:.0f} ms)" for ahead in AHEAD]
    lines = [f"| RMSE in dB: model / last frame / mean frame | {' | '.join(heads)} |", "|---|" + "---:|" * len(AHEAD)]
    for name, errors in rows.items():
        cells = [" / ".join(f"{value:.2f}" for value in errors[ahead].rmse()) for ahead in AHEAD]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def following(agreements: dict[str, Agreement]) -> str:
    """How each sound follows all major and minor triads."""
    lines = ["| sound | asked | best other | all others | asked agrees best |", "|---|---:|---:|---:|---:|"]
    lines += [
        f"| {name} | {found.asked:.3f} | {found.rival:.3f} | {found.others:.3f} | {found.right:.0%} |"
        for name, found in agreements.items()
    ]
    return "\n".join(lines)


def cost(pack: Spectral, rate: int = 48_000) -> list[float]:
    """Real-time factor of each of many blocks, in time on a core, so that neighbours do not count."""
    texture, loads = Texture(pack, rate), []
    chords = (Chord(0), Chord(9, "m"), Chord(5), Chord(7))
    now: Scene = scene(density=3.0)
    for number in range(BLOCKS):
        chord = chords[number // 60 % len(chords)]
        began = time.thread_time()
        texture.block(Scene(map=now.map, sounding=True, pitch_classes=chord.pitch_classes), number * HOP * 2.0)
        loads.append((time.thread_time() - began) / HOP)
    return loads


TEMPLATE = """# Texture

Sound that follows the jam: it is told the chord, how densely it is to be struck, how bright it is to be and which keys
are struck now, and makes frame after frame of a sound's spectrum, which an inverse STFT turns into sound.

- {parameters:.0f} thousand parameters: one GRU of width {hidden}, the same for every band, which hears what keys are
  struck below and above its own; {megabytes:.2f} MB
- a frame every {hop:.1f} ms: the levels of {bands} bands ({keys} of a semitone, {air} on the mel scale above them) and
  how tonal each of {registers} registers is
- learnt from {minutes:.0f} minutes of sound in {clips} clips, in {steps} steps ({spent:.0f} minutes on one CPU thread)
- licence of the weights: CC-BY-4.0

Mel bands are about 40 Hz wide below 1 kHz and could not tell a chord from its neighbours, so there is a band a semitone
on the keyboard. Power is put where the phase of each bin says it belongs (reassignment), and comes back as tones whose
phases go on by their own frequency (the phase vocoder's propagation) and as noise with random phases.

## How well it foretells

{held} were held out:
no such sound and no such piece was trained on. The model hears the true sound up to a frame and goes on by itself; it
is told chord and strikes as they come, the others are not. «Nothing struck» counts only stretches without a strike,
where it is told nothing that the sound itself does not say.

{errors}

Mean square error one frame ahead, on levels from 0 to 1 (80 dB): model, last frame, mean frame: {mse}.

## How it follows

All 24 major and minor triads, two seconds each; cosine of what sounds (by another analysis) with the triads.

{agreements}

Brightness 0 / 0.25 / 0.5 / 0.75 / 1: half of the amplitude lies below {bright} Hz. Density 0.5 / 1 / 2 / 4 / 8 strikes
a second: the quietest tenth of the {dying} lies at {floors} dB of full scale.

## What it costs

Real-time factor of a block at 48 kHz, model and inverse STFT, in time on one core of this machine: {p50:.1f} % (p50),
{p99:.1f} % (p99).

## What it is bad at

- Attacks are soft: a frame's window is 93 ms long, and a strike is heard over about half of that.
- Everything is tuned to the keys of A4 = 440 Hz; glides and vibrato of a seed are lost.
- A seed gives colour, noise and decay, not its own melody or rhythm; 74 one-shots are few, so what is far from drums,
  basses and simple instruments is taken for the nearest of them.
- What it learnt from is rendered by simple instruments of our own, not recorded from real ones.

## Where it comes from

74 one-shots from freesound.org by way of Debian's sonic-pi-samples 3.2.2 (CC0 1.0), and chords of these sets, played by
instruments of our own:

{sources}

## How it is made

```
{commands}
```
"""
