"""The folder a jam leaves behind: `jam.mid`, `jam.png`, `jam.wav` and `summary.json`.

What draws and renders is loaded when the music is over: it is a third of a daemon's memory and of its start.
"""

from pathlib import Path

from bridge.errors import SettingsError
from bridge.record.screen import screen
from bridge.record.summary import Run, Summary, summarise, write_summary
from bridge.record.take import Take

MIDI, PICTURE, AUDIO, SUMMARY, SESSION = "jam.mid", "jam.png", "jam.wav", "summary.json", "session.jsonl"
CONTENTS = {
    MIDI: "the notes, a track each, for your DAW",
    PICTURE: "a picture of call and answer",
    AUDIO: "a plain preview of the sound",
    SUMMARY: "the figures",
}
"""File name -> what is in it."""


def prepare(folder: Path) -> None:
    """Make the folder before the jam begins. Raises SettingsError where it cannot be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".antiphon"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise _unwritable(folder, error) from None


def keep(take: Take, run: Run, folder: Path, soundfont: Path | None = None) -> Summary:
    """Write everything to `folder` and answer the figures. Raises SettingsError where that fails.

    What matters most is written first, so that a full disk costs the sound before the notes.
    """
    from bridge.record.audio import write_audio
    from bridge.record.midi_file import write_midi
    from bridge.record.picture import write_picture

    summary = summarise(take, run)
    prepare(folder)
    try:
        write_midi(take, folder / MIDI)
        write_summary(summary, folder / SUMMARY)
        write_picture(take, summary, folder / PICTURE)
        write_audio(take, folder / AUDIO, soundfont)
    except OSError as error:
        raise _unwritable(folder, error) from None
    return summary


def keep_midi(take: Take, path: Path) -> None:
    """Write the notes alone. Raises SettingsError where that fails."""
    from bridge.record.midi_file import write_midi

    try:
        write_midi(take, path)
    except OSError as error:
        raise _unwritable(path.parent, error) from None


def report(summary: Summary, folder: Path) -> str:
    """The jam on one screen, with the files that `keep` wrote."""
    session = {SESSION: "all that went in, for `antiphon replay`"} if (folder / SESSION).exists() else {}
    return screen(summary, [(folder / name, what) for name, what in (CONTENTS | session).items()])


def _unwritable(folder: Path, error: OSError) -> SettingsError:
    reason = error.strerror or str(error)
    return SettingsError(f"cannot write to {folder} ({reason}); choose another folder with --out")
