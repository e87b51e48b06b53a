from bridge.health.notices import KEPT, Notices


def test_a_line_is_said_once_in_ten_seconds() -> None:
    said: list[str] = []
    time = [0.0]
    notices = Notices(said.append, lambda: time[0])
    for second in range(25):
        time[0] = float(second)
        notices.tell("late")
    assert said == ["late"] * 3


def test_many_different_lines_do_not_pile_up() -> None:
    said: list[str] = []
    notices = Notices(said.append, lambda: 0.0)
    for number in range(10 * KEPT):
        notices.tell(f"line {number}")
    assert len(said) == 10 * KEPT
    assert len(notices._said) <= KEPT


def test_a_terminal_that_is_gone_is_no_reason_to_stop() -> None:
    def dead(_: str) -> None:
        raise BrokenPipeError

    Notices(dead, lambda: 0.0).tell("anybody there?")
