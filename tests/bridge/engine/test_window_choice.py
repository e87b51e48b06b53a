from collections.abc import Sequence

from bridge.engine.critic import Scene
from bridge.engine.family import Ask, Pressed, Released, Sounded
from bridge.engine.memory import Memory
from bridge.engine.window import Window
from bridge.engine.window_choice import Chosen, best, scene_of
from bridge.music.note import Note, Span, Voice
from bridge.taste.features import NAMES
from bridge.taste.liking import Taste

VOICES = (Voice.LEAD,)
WINDOW = Window(8.0)
HIGH, LOW = ([Note(Voice.LEAD, 8.0 + n, 1.0, pitch, 80) for n in range(8)] for pitch in (84, 60))
LOW_LIKED = tuple(-2.0 if name == "lead register" else 0.0 for name in NAMES)


def ask(start: float = 8.0, **more: object) -> Ask:
    return Ask(id=1, span=Span(start, 16.0), voices=VOICES, **more)  # type: ignore[arg-type]


def even(notes: Sequence[Note], scene: Scene) -> float:
    return 0.5


def by_count(notes: Sequence[Note], scene: Scene) -> float:
    return float(len(notes))


def test_the_critic_has_its_way_and_of_equals_the_first_one() -> None:
    assert best([LOW[:3], HIGH], WINDOW, ask(), VOICES, Memory(), by_count) == 1
    assert best([HIGH, LOW], WINDOW, ask(), VOICES, Memory(), even) == 0


def test_what_the_player_likes_decides_among_equals() -> None:
    assert best([HIGH, LOW], WINDOW, ask(taste=Taste(0.5, LOW_LIKED)), VOICES, Memory(), even) == 1


def test_what_was_played_before_the_ask_is_not_judged_again() -> None:
    assert best([HIGH, [*LOW, LOW[-1]]], WINDOW, ask(15.0), VOICES, Memory(), by_count) == 1
    assert best([LOW, LOW[4:]], WINDOW, ask(15.0), VOICES, Memory(), by_count) == 0


def test_the_scene_has_the_keys_that_are_held_the_band_so_far_and_the_other_voices() -> None:
    memory = Memory()
    for event in (Pressed(6.0, 60, 80), Released(7.0, 60), Pressed(7.5, 64, 80)):
        memory.hear(event)
    before, beside = Note(Voice.BASS, 7.0, 1.0, 36, 80), Note(Voice.DRUMS, 9.0, 0.1, 36, 80)
    memory.hear(Sounded(before))
    scene = scene_of(WINDOW, ask(beside=(beside, LOW[0]), committed=(before, LOW[1])), VOICES, memory)
    assert scene.span == Span(8.0, 16.0)
    assert scene.held() == (64,)
    assert scene.band == (before, beside)


def test_once_a_candidate_plays_a_window_it_stays() -> None:
    chosen = Chosen()
    assert chosen.tried("here", 4) == (0, 1, 2, 3)
    chosen.keep("here", 2)
    assert chosen.tried("here", 4) == (2,)
    assert chosen.tried("there", 99) == tuple(range(8))
    assert chosen.tried("there", 0) == (0,)
    chosen.clear()
    assert len(chosen.tried("here", 4)) == 4
