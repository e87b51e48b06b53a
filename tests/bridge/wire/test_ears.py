from bridge.engine.family import Pressed
from bridge.engine.protocol import Ear
from bridge.wire.ears import LATELY, Ears


class Listening:
    """Writes down what it hears, until it hangs up."""

    def __init__(self) -> None:
        self.heard: list[int] = []
        self.there = True

    def send(self, message: Ear) -> bool:
        if self.there:
            self.heard.append(message.seq)
        return self.there


def ear(seq: int) -> Ear:
    return Ear(seq, Pressed(seq / 4, 60, 80))


def test_whoever_comes_late_hears_what_came_last_and_then_everything_in_order() -> None:
    ears, late = Ears(), Listening()
    for seq in range(1, 101):
        ears.tell(ear(seq))
    ears.join(late)
    ears.tell(ear(101))
    assert late.heard == list(range(101 - LATELY, 102))


def test_whoever_hangs_up_is_forgotten_and_the_others_hear_on() -> None:
    ears, first, second = Ears(), Listening(), Listening()
    ears.join(first)
    ears.join(second)
    ears.tell(ear(1))
    first.there = False
    ears.tell(ear(2))
    first.there = True
    ears.tell(ear(3))
    assert (first.heard, second.heard) == ([1], [1, 2, 3])
