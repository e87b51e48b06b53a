"""Takes for the tests: small ones, and a whole jam with a tune of ours and a band that answers it."""

import random

from bridge.clock.tempo_map import TempoMap
from bridge.music.note import Note, Voice
from bridge.music.tunes import TUNES, Tune
from bridge.music.turn import Who
from bridge.record.take import Origin, Take

KICK, SNARE, HAT = 36, 38, 42


def one_note(pitch: int = 69, beats: float = 2.0, bpm: float = 120.0, voice: Voice | None = None) -> Take:
    """A take of one note, of the player or of a voice."""
    take = Take()
    take.tempo(TempoMap(bpm=bpm, playing=True))
    if voice is None:
        take.player_on(0.0, pitch, 90)
        take.player_off(beats, pitch)
    else:
        take.band(Note(voice, 0.0, beats, pitch, 90))
    take.close(beats)
    return take


def jam(tune: Tune = TUNES[1], rounds: int = 1, full_band: bool = True, seed: int = 7) -> Take:
    """The tune, called phrase by phrase; after each the band answers, at first by rule, then by model."""
    chance = random.Random(seed)
    take = Take()
    take.tempo(TempoMap(bpm=tune.tempo, meter=tune.meter, playing=True))
    bar = tune.meter.bar
    at = bar
    take.turn(0.0, Who.NOBODY)
    take.marker(0.0, "count-in")
    for turn in range(rounds * len(tune.phrases)):
        phrase = tune.phrases[turn % len(tune.phrases)]
        take.turn(at, Who.PLAYER)
        for note in phrase.notes:
            take.player_on(at + note.beat, note.pitch, note.velocity)
            take.player_off(at + note.beat + note.duration * 0.94, note.pitch)
        at += phrase.bars * bar
        take.turn(at, Who.BAND)
        origin = Origin.VAMP if turn == 0 else Origin.MODEL
        for note in phrase.notes:
            pitch = note.pitch + chance.choice((-5, -3, 0, 2, 4))
            velocity = min(127, max(30, note.velocity + chance.randint(-18, 12)))
            take.band(Note(Voice.LEAD, at + note.beat, note.duration * 0.9, pitch, velocity), origin)
        if full_band:
            for index in range(phrase.bars):
                _accompany(take, at + index * bar, bar, tune.phrases[0].notes[0].pitch, origin)
        at += phrase.bars * bar
    take.turn(at, Who.NOBODY)
    take.close(at)
    return take


def _accompany(take: Take, at: float, bar: float, root: int, origin: Origin) -> None:
    for interval in (0, 3, 7, 10):
        take.band(Note(Voice.CHORDS, at, bar * 0.95, root - 12 + interval, 58), origin)
    for beat in range(int(bar)):
        take.band(Note(Voice.BASS, at + beat, 0.8, root - 24 + (0, 7, 0, 10)[beat % 4], 88), origin)
        take.band(Note(Voice.DRUMS, at + beat, 0.2, SNARE if beat % 2 else KICK, 96), origin)
        for half in (0.0, 0.5):
            take.band(Note(Voice.DRUMS, at + beat + half, 0.1, HAT, 80 if half else 60), origin)
