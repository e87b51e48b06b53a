from bridge.osc.complaints import Complaints


def test_a_kind_of_trouble_is_told_once_a_second_with_a_count() -> None:
    complaints = Complaints()
    assert complaints.voice("packet", "broken", 0.0) == "broken"
    assert complaints.voice("packet", "broken", 0.5) is None
    assert complaints.voice("packet", "broken", 0.9) is None
    assert complaints.voice("packet", "broken", 1.0) == "broken (2 more like it before)"
    assert complaints.voice("packet", "broken", 2.0) == "broken"


def test_one_kind_does_not_silence_another() -> None:
    complaints = Complaints()
    complaints.voice("packet", "broken", 0.0)
    assert complaints.ready("value", 0.1)
    assert complaints.voice("value", "too much", 0.1) == "too much"
