"""The folder of what was kept: a MIDI file for each voice, to drag, and one page of MusicXML."""

from pathlib import Path

from bridge.daw.clip_file import write_clip_file
from bridge.daw.keep import Kept
from bridge.daw.musicxml import write_musicxml
from bridge.errors import DawError
from bridge.record.midi_file import PARTS

SCORE = "score.musicxml"


def write_kept(kept: Kept, folder: Path) -> tuple[Path, ...]:
    """Write everything; the files, the MIDI files first. Raises DawError."""
    meter = kept.bars[-1].meter
    files = [
        write_clip_file(clip, folder / f"{voice.value}.mid", PARTS[voice], kept.bpm, meter)
        for voice, clip in kept.clips.items()
    ]
    try:
        (folder / SCORE).write_bytes(write_musicxml(kept))
    except OSError as error:
        raise DawError(f"cannot write to {folder} ({error.strerror}); set `folder` under [daw]") from None
    return (*files, folder / SCORE)
