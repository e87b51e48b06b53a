"""Which of several candidates plays a window: the one that the rules of music and the player's taste speak for."""

from collections import OrderedDict
from collections.abc import Hashable, Sequence

from bridge.engine.critic import Critic, Describe, Scene, tasteful
from bridge.engine.family import Ask, Heard, Pressed, Released
from bridge.engine.memory import Memory
from bridge.engine.window import Window
from bridge.music.note import Note, Span, Voice

HEARD = 16.0
"""Beats before the window of which the critic knows what was played."""

MOST = 8
"""Candidates at most."""
KEPT = 8
"""Windows of which the choice is remembered."""


class Chosen:
    """Which candidate plays a window: it stays, or the music would change with every beat's plan."""

    def __init__(self) -> None:
        self.numbers: OrderedDict[Hashable, int] = OrderedDict()

    def tried(self, window: Hashable, wanted: int) -> tuple[int, ...]:
        """The candidates to make for a window, by number: of those wanted, or the one that plays it already."""
        return (self.numbers[window],) if window in self.numbers else tuple(range(min(max(wanted, 1), MOST)))

    def keep(self, window: Hashable, number: int) -> None:
        """This one plays it."""
        self.numbers[window] = number
        self.numbers.move_to_end(window)
        while len(self.numbers) > KEPT:
            self.numbers.popitem(last=False)

    def clear(self) -> None:
        """Nothing is chosen."""
        self.numbers.clear()


def best(
    candidates: Sequence[Sequence[Note]],
    window: Window,
    ask: Ask,
    voices: tuple[Voice, ...],
    memory: Memory,
    critic: Critic,
    describe: Describe | None = None,
) -> int:
    """The place of the candidate that is liked best, the first of equals; each is a window's notes in stage beats."""
    scene = scene_of(window, ask, voices, memory)
    judge = tasteful(critic, ask.taste, describe)
    scores = [judge([note for note in notes if note.beat in scene.span], scene) for notes in candidates]
    return scores.index(max(scores))


def scene_of(window: Window, ask: Ask, voices: tuple[Voice, ...], memory: Memory) -> Scene:
    """What the rest of a window is heard in, from the ask's first beat on."""
    span = Span(max(window.start, ask.span.start), window.span.end)
    past = Span(window.start - HEARD, span.start)
    band = {(note.voice, round(note.beat, 4), note.pitch): note for note in (*memory.band(past), *ask.committed)}
    beside = [note for note in ask.beside if note.voice not in voices and note.beat in span]
    return Scene(
        span=span,
        heard=_events(memory.player(past, span.start), span.start),
        band=(*(note for note in band.values() if note.beat < span.start), *beside),
        key=ask.key,
        chords=ask.chords,
        meter=ask.meter,
        song=ask.song,
        voices=voices,
    )


def _events(notes: Sequence[Note], until: float) -> tuple[Heard, ...]:
    """The player's notes as keys that go down and up; one that lasts until then is still down."""
    found: list[Heard] = [Pressed(note.beat, note.pitch, note.velocity) for note in notes]
    found += [Released(note.end, note.pitch) for note in notes if note.end < until]
    return tuple(sorted(found, key=lambda event: event.beat))
