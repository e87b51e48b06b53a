"""One reader a set: from its files in the bundle to melodies."""

from collections.abc import Callable, Iterator
from typing import Any

from bridge.engine.grid import TICKS
from export.data.barlines import flexible, steady
from export.data.bundle import Bundle
from export.data.melody import Melody, Raw, is_melodic, quantise, skyline

Row = dict[str, str]
Track = list[Raw]
Choose = Callable[[str, list[Track], Any], list[Track]]
"""Which tracks of a MIDI file are melodies: (file name, notes of each track, the track objects) -> tracks."""

TONICS = {
    "C": 0, "C#": 1, "Db": 1, "D": 2, "D#": 3, "Eb": 3, "E": 4, "E#": 5, "Fb": 4, "F": 5, "F#": 6, "Gb": 6, "G": 7,
    "G#": 8, "Ab": 8, "A": 9, "A#": 10, "Bb": 10, "B": 11, "Cb": 11, "B#": 0,
}  # fmt: skip


def lead_sheets(folder: str, file: str, name: str) -> Callable[[Bundle], Iterator[Melody]]:
    """A reader of JSONL melodies with chord symbols; chords and long notes say where the bars are."""

    def read(bundle: Bundle) -> Iterator[Melody]:
        rows = {row["id"]: row for row in bundle.pieces(folder)}
        for item in bundle.lines(f"{folder}/{file}"):
            row = rows.get(item["id"])
            if row is None:
                continue
            tones = skyline(quantise([(on, length, pitch, 80) for on, length, pitch in item["melody"]]))
            if len(tones) < 8:
                continue
            evidence: dict[int, float] = {}
            for onset, _ in item["chords"]:
                tick = round(onset * TICKS)
                evidence[tick] = evidence.get(tick, 0.0) + 2.0
            for tone in tones:
                evidence[tone.tick] = evidence.get(tone.tick, 0.0) + 0.4 + min(tone.length, 48) / 48
            bars = flexible(evidence, meter_ticks(row["metre"]), tones[-1].end)
            yield melody(row, name, tones, bars, False)

    return read


def midi(folder: str, file: str, name: str, choose: Choose, dynamics: bool) -> Callable[[Bundle], Iterator[Melody]]:
    """A reader of a tar of MIDI files; `choose` names the tracks that are melodies."""

    def read(bundle: Bundle) -> Iterator[Melody]:
        from symusic import Score

        rows = {row["id"].split(":", 1)[1]: row for row in bundle.pieces(folder)}
        extra = bundle.json(f"{folder}/roles.json") if folder == "freedoom" else None
        for path, content in bundle.members(f"{folder}/{file}"):
            row = rows.get(path.removesuffix(".mid"))
            if row is None:
                continue
            score: Any = Score.from_midi(content)
            scale = score.ticks_per_quarter
            tracks = [
                [(n.time / scale, n.duration / scale, n.pitch, n.velocity) for n in track.notes]
                for track in score.tracks
            ]
            marks = [(m.time / scale, m.numerator * 4.0 / m.denominator) for m in score.time_signatures]
            for number, chosen in enumerate(choose(path, tracks, extra if extra else score.tracks)):
                tones = skyline(quantise(chosen))
                if is_melodic(tones):
                    bars = barlines(marks, [note for track in tracks for note in track], tones[-1].end)
                    real = dynamics and len({tone.velocity for tone in tones}) > 2
                    yield melody(row, name, tones, bars, real, number)

    return read


def barlines(marks: list[tuple[float, float]], notes: Track, end: int) -> list[int]:
    """Bar lines from time signatures (beat, bar in beats); the first section's pick-up is heard from the bass."""
    sections: list[tuple[int, int]] = []
    for beat, length in sorted(marks) or [(0.0, 4.0)]:
        bar = max(TICKS // 2, round(length * TICKS))
        if sections and sections[-1][0] == round(beat * TICKS):
            sections[-1] = (sections[-1][0], bar)
        elif not sections or sections[-1][1] != bar:
            sections.append((round(beat * TICKS), bar))
    evidence: dict[int, float] = {}
    for beat, duration, pitch, _ in notes:
        tick = round(beat * TICKS)
        evidence[tick] = evidence.get(tick, 0.0) + (2.0 if pitch < 55 else 0.7) * min(duration, 4.0)
    if len(sections) == 1:
        return steady(evidence, sections[0][1], end)
    lines: list[int] = []
    for index, (tick, bar) in enumerate(sections):
        stop = sections[index + 1][0] if index + 1 < len(sections) else end + bar
        first = tick if index else tick + (stop - tick) % bar
        if index == 0 and first > tick:
            lines.append(first - bar)
        lines.extend(range(first, stop, bar))
    while lines[-1] <= end:
        lines.append(lines[-1] + sections[-1][1])
    return lines


def melody(row: Row, name: str, tones: list[Any], bars: list[int], dynamics: bool, number: int = 0) -> Melody:
    """A melody with what `pieces.csv` says about its piece."""
    return Melody(
        id=row["id"] if not number else f"{row['id']}#{number}",
        set=name,
        cluster=row["cluster"],
        tones=tones,
        bars=bars,
        tonic=TONICS[row["key"]],
        mode=row["mode"],
        dynamics=dynamics,
    )


def meter_ticks(text: str) -> int:
    """Ticks of a bar from a meter as text ("6/8"); 4/4 where there is none."""
    above, _, below = text.partition("/")
    if not below:
        return 4 * TICKS
    return int(above) * 4 * TICKS // int(below)


def first_track(path: str, tracks: list[Track], about: Any) -> list[Track]:
    """The first track with notes (soprano, or violin 1)."""
    return [track for track in tracks if track][:1]


def sung_tracks(path: str, tracks: list[Track], about: Any) -> list[Track]:
    """The tracks on the voice program."""
    return [notes for notes, track in zip(tracks, about, strict=True) if track.program == 52 and len(notes) > 16]


def highest_track(path: str, tracks: list[Track], about: Any) -> list[Track]:
    """The track that lies highest among those with a fair share of the notes."""
    full = [track for track in tracks if len(track) >= max(24, 0.1 * max(map(len, tracks)))]
    return [max(full, key=lambda track: sum(note[2] for note in track) / len(track))] if full else []


def lead_role(path: str, tracks: list[Track], about: Any) -> list[Track]:
    """The tracks whose guessed role is `lead`."""
    return [tracks[role["i"]] for role in about.get(path, ()) if role["role"] == "lead" and role["i"] < len(tracks)]


READERS = {
    "nottingham": lead_sheets("nottingham", "nottingham_train.jsonl.xz", "nottingham"),
    "ewld_pd": lead_sheets("ewld_pd", "ewld_pd_train.jsonl.xz", "ewld_pd"),
    "openhymnal": midi("openhymnal", "openhymnal_midi_train.tar.xz", "openhymnal", first_track, False),
    "lieder": midi("lieder", "lieder_midi_train.tar.xz", "lieder", sung_tracks, False),
    "mutopia": midi("mutopia", "mutopia_midi_train.tar.xz", "mutopia", highest_track, True),
    "freedoom": midi("freedoom", "freedoom_midi_train.tar.xz", "freedoom", lead_role, True),
    "quartets": midi("quartets", "quartets_midi_train.tar.xz", "quartets", first_track, False),
}
"""Set name -> reader."""
