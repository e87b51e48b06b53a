"""Tunes for the tests of the training side: scales that go up and down, in several keys."""

from export.data.melody import Melody, Tone

SCALE = (0, 2, 4, 5, 7, 9, 11, 12, 11, 9, 7, 5, 4, 2)


def scales(count: int, bars: int = 24) -> list[Melody]:
    """Melodies of quarter notes in 4/4, each in a key of its own."""
    made = []
    for number in range(count):
        tonic = 5 * number % 12
        tones = [Tone(n * 24, 24, 60 + tonic + SCALE[(n + number) % len(SCALE)], 80) for n in range(4 * bars)]
        lines = list(range(0, 96 * (bars + 1), 96))
        made.append(Melody(f"scale:{number}", "nottingham", str(number), tones, lines, tonic, "major", False))
    return made
