from bridge.taste.simulate.pool import pool


def test_the_same_seed_makes_the_same_phrases() -> None:
    assert [each.phrase for each in pool(12, 1)] == [each.phrase for each in pool(12, 1)]
    assert [each.phrase for each in pool(12, 1)] != [each.phrase for each in pool(12, 2)]


def test_every_phrase_can_be_played_and_is_there_once() -> None:
    made = pool(60, 3)
    assert all(each.phrase.sound for each in made)
    assert len({each.phrase.id for each in made}) == 60
    assert len({each.style for each in made}) > 5
