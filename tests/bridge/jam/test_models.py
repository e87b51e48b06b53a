from bridge.jam.models import Models
from bridge.music.note import Voice

BAND = (Voice.BASS, Voice.DRUMS)


def test_a_pack_serves_the_voices_that_it_plays_together_or_one_by_one_and_no_others() -> None:
    models = Models()
    assert not models.serve("trio", BAND)
    models.ready("trio", BAND)
    assert models.serve("trio", BAND)
    assert models.serve("trio", (Voice.BASS,))
    assert not models.serve("trio", (Voice.BASS, Voice.LEAD))
    assert not models.serve("", (Voice.BASS,))


def test_with_the_engine_every_pack_is_gone_but_not_what_was_there_once() -> None:
    models = Models()
    models.ready("trio", BAND)
    models.lost()
    assert not models.serve("trio", (Voice.BASS,))
    assert models.ever_served("trio", Voice.BASS)
    assert not models.ever_served("trio", Voice.LEAD)


def test_silence_is_counted_from_the_first_ask_that_is_owed_or_the_last_word() -> None:
    models = Models()
    assert models.silent(5.0, owing=True) == 0.0
    models.asked(5.0)
    models.asked(6.0)
    assert models.silent(7.0, owing=True) == 2.0
    models.spoke(6.5)
    assert models.silent(7.0, owing=True) == 0.5


def test_who_owes_nothing_may_be_silent() -> None:
    models = Models()
    models.asked(1.0)
    assert models.silent(9.0, owing=False) == 0.0
    models.asked(10.0)
    assert models.silent(11.0, owing=True) == 1.0
