from bridge.osc.complaints import KINDS, Complaints


def test_a_kind_of_trouble_is_told_once_a_second() -> None:
    complaints = Complaints()
    assert [complaints.voice("packet", time) for time in (0.0, 0.5, 0.9, 1.0, 2.0)] == [True, False, False, True, True]


def test_one_kind_does_not_silence_another() -> None:
    complaints = Complaints()
    complaints.voice("packet", 0.0)
    assert complaints.ready("value", 0.1)
    assert complaints.voice("value", 0.1)


def test_all_that_was_held_back_becomes_one_line() -> None:
    complaints = Complaints(10.0)
    for number in range(3000):
        complaints.voice("packet" if number % 3 else "address", number / 1000)
    line = complaints.sum_up(3.0)
    assert line == "2 998 more could not be used: 1 999 no OSC, 999 to addresses that there are not"
    assert complaints.sum_up(3.0) == ""


def test_what_was_summed_up_is_told_no_sooner_than_after_the_next_interval() -> None:
    complaints = Complaints(10.0)
    complaints.voice("flood", 0.0)
    complaints.voice("flood", 1.0)
    complaints.sum_up(10.0)
    assert not complaints.voice("flood", 11.0)
    assert complaints.voice("flood", 20.0)


def test_every_kind_can_be_put_into_words() -> None:
    complaints = Complaints()
    for kind in KINDS:
        complaints.voice(kind, 0.0)
        complaints.voice(kind, 0.0)
    line = complaints.sum_up(0.0)
    assert all(words in line for words in KINDS.values())
