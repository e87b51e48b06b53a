"""The groove pack's discriminator as a critic of any band's drums: how far they are such as a drummer would play here.

`rule` has the form of the rules in `bridge.engine.critic`: from an answer and its scene to 0 (bad) to 1 (good), or None
where the answer has no drums. `grooving` adds it to a critic.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from bridge.engine.critic import Critic, Rule, Scene
from bridge.engine.family import Pressed
from bridge.engine.gan import JUDGED, OTHERS, SCORES, human_like, scale_of
from bridge.engine.gan_rhythm import Rhythm, rhythm_of
from bridge.engine.gan_rows import frame, kit_of, wishes
from bridge.engine.pack import Pack
from bridge.engine.session import Session, open_session
from bridge.engine.shapes import expect
from bridge.engine.window import Window, cells, window_at
from bridge.errors import EngineError
from bridge.music.note import Note, Voice

SHORTEST = 0.5
"""Share of the window's steps that an answer must reach to be judged."""
HAIR = 1e-6
WEIGHT = 0.5
"""What the best drums add to a critic's score, of which 1 is the best of all the rest."""


class GrooveCritic:
    """A groove pack's critic, ready to judge answers of other packs."""

    def __init__(self, pack: Pack, open_graph: Callable[[str], Session]) -> None:
        """Check the card against the graph. Raises PackError."""
        self._scale = scale_of(pack.card)
        self._session = open_graph("critic")
        expect(pack.card.name, "critic", self._session, JUDGED, SCORES)

    @classmethod
    def open(cls, folder: Path) -> "GrooveCritic":
        """The critic of the pack in a folder, on the CPU. Raises PackError."""
        pack = Pack.load(folder)
        return cls(pack, lambda name: open_session(pack.graph(name, "cpu"), "cpu"))

    def rule(self, notes: Sequence[Note], scene: Scene) -> float | None:
        """How human the drums of an answer are: 0.5 half-way between people's windows and spoilt ones.

        Judged is the window in which the answer ends, with what the band played in it before. None where the answer
        has no drums, or the window has hardly begun. Raises EngineError.
        """
        window = window_at(scene.span.end - 2 * HAIR, scene.meter, scene.song)
        reached = (scene.span.end - window.start) / window.beats
        drums = [note for note in notes if note.voice is Voice.DRUMS]
        if not drums or reached < SHORTEST:
            return None
        before = [note for note in scene.band if note.voice is Voice.DRUMS and note.beat < scene.span.start]
        (score,) = self.scores([[*before, *drums]], window, _rhythm(notes, scene, window))
        return human_like(score, self._scale)

    def scores(self, answers: Sequence[Sequence[Note]], window: Window, rhythm: Rhythm) -> list[float]:
        """The critic's own scores of the drums in a window for a rhythm; more is better. Raises EngineError."""
        kits = [np.concatenate(kit_of(cells(answer, window))) for answer in answers]
        count = len(kits)
        told = {
            "tap": np.stack(rhythm.tap),
            "frame": frame(window.steps, window.bar),
            "wishes": wishes(follow=rhythm.tapped, tapped=rhythm.there),
        }
        feeds = {"kit": np.stack(kits), **{name: np.repeat(row[None], count, 0) for name, row in told.items()}}
        (found,) = self._session.run(("score",), feeds)
        if not np.isfinite(found).all():
            raise EngineError("the critic's scores are not finite; get the pack again or choose another")
        return [float(score) for score in found]


def grooving(critic: Critic, rule: Rule, weight: float = WEIGHT) -> Critic:
    """A critic that minds the drums as well, by a rule of their own; answers without drums score as before."""

    def judge(notes: Sequence[Note], scene: Scene) -> float:
        score = rule(notes, scene)
        return critic(notes, scene) + (0.0 if score is None else weight * score)

    return judge


def _rhythm(notes: Sequence[Note], scene: Scene, window: Window) -> Rhythm:
    """What the player played in the last bars, as it falls on the window; else what the other voices play in it."""
    last = scene.span.start - window.beats
    heard = [
        Note(Voice.LEAD, event.beat, 0.1, event.pitch, event.velocity)
        for event in scene.heard
        if isinstance(event, Pressed) and event.beat >= last
    ]
    if heard:
        return rhythm_of(heard, window, window.beats)
    others = [note for note in (*scene.band, *notes) if note.voice in OTHERS and note.beat in window.span]
    return rhythm_of(others, window, window.beats, 0.0)
