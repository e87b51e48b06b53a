from collections import Counter

from export.evaluate.timing import misread, moved


def test_music_on_the_grid_is_not_moved() -> None:
    assert moved(Counter({0: 10, 6: 3, 8: 2, 12: 5})) == (0.0, 0.0)


def test_finer_ornaments_are_moved_by_a_tick() -> None:
    share, distance = moved(Counter({0: 3, 9: 1}))
    assert share == 0.25
    assert distance == 0.25 / 24


def test_a_hand_is_misread_more_often_in_a_fast_tempo_and_hardly_ever_in_eighths() -> None:
    mixed, eighths = Counter({0: 4, 6: 1, 8: 1, 12: 4}), Counter({0: 1, 12: 1})
    assert misread(mixed, 90, 4000) < misread(mixed, 200, 4000)
    assert misread(eighths, 120, 4000) < 0.02
