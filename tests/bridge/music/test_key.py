import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.music.key import SCALES, TONICS, Key, find_key, pitch_class

TUNES = {
    "G major": "GGDDEEDCCBBAAGDCBADCBAGF#G",
    "A minor": "AECABG#ABCDEFEDCBA",
    "D minor": "DFADC#DEFGABbAGFED",
    "Eb major": "EbGBbEbFGAbGFEbBbEb",
}


def heard(tune: str) -> list[float]:
    weights = [0.0] * 12
    index = 0
    while index < len(tune):
        name = tune[index : index + 2] if tune[index + 1 : index + 2] in {"#", "b"} else tune[index]
        weights[pitch_class(name)] += 1.0
        index += len(name)
    return weights


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("C", Key(0, "major")),
        ("F# minor", Key(6, "minor")),
        ("Bb", Key(10, "major")),
        ("am", Key(9, "minor")),
        ("CM", Key(0, "major")),
        ("d Dorian", Key(2, "dorian")),
        ("  e♭ minor pentatonic ", Key(3, "minor pentatonic")),
        ("Cb", Key(11, "major")),
    ],
)
def test_keys_are_read_as_musicians_write_them(text: str, key: Key) -> None:
    assert Key.parse(text) == key


@pytest.mark.parametrize("text", ["", "H minor", "C superlocrian", "#", "minor"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        Key.parse(text)


@given(tonic=st.integers(0, 11), scale=st.sampled_from(sorted(SCALES)))
def test_a_key_is_read_back_from_its_name(tonic: int, scale: str) -> None:
    assert Key.parse(str(Key(tonic, scale))) == Key(tonic, scale)


def test_keys_are_spelt_with_few_accidentals() -> None:
    assert str(Key(1, "major")) == "Db major"
    assert str(Key(1, "minor")) == "C# minor"
    assert str(Key(8, "minor")) == "G# minor"


def test_the_scale_begins_on_the_tonic() -> None:
    assert Key(9, "minor").pitch_classes == (9, 11, 0, 2, 4, 5, 7)


@given(tonic=st.integers(0, 11), scale=st.sampled_from(sorted(SCALES)))
def test_a_scale_names_no_pitch_class_twice(tonic: int, scale: str) -> None:
    classes = Key(tonic, scale).pitch_classes
    assert len(set(classes)) == len(classes)
    assert classes[0] == tonic


@pytest.mark.parametrize("name", sorted(TUNES))
def test_a_tune_says_its_key(name: str) -> None:
    assert find_key(heard(TUNES[name])) == Key.parse(name)


@given(shift=st.integers(0, 11), name=st.sampled_from(sorted(TUNES)))
def test_a_tune_moved_up_is_in_the_key_moved_up(shift: int, name: str) -> None:
    weights = heard(TUNES[name])
    moved = weights[-shift:] + weights[:-shift] if shift else weights
    key = find_key(weights)
    assert find_key(moved) == Key((key.tonic + shift) % 12, key.scale)


def test_silence_is_in_c_major() -> None:
    assert find_key([0.0] * 12) == Key(0, "major")


def test_a_held_tonic_or_scale_is_kept() -> None:
    weights = heard(TUNES["A minor"])
    assert find_key(weights, tonic=0) in (Key(0, "major"), Key(0, "minor"))
    assert find_key(weights, scale="major").scale == "major"
    assert find_key(weights, scale="dorian").scale == "dorian"


def test_a_key_is_found_in_twelve_weights_only() -> None:
    with pytest.raises(ValueError, match="12 weights"):
        find_key([1.0] * 7)


def test_every_tonic_has_a_name_of_its_own() -> None:
    assert [pitch_class(name) for name in TONICS] == list(range(12))


def test_a_note_name_with_something_behind_it_is_refused() -> None:
    with pytest.raises(ValueError, match="«C7»"):
        pitch_class("C7")
