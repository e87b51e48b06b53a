import gc
import threading
import weakref
from collections.abc import Callable
from queue import SimpleQueue

from bridge.engine.process import Crowd, Loader
from bridge.engine.protocol import FromEngine, PhraseEnd, Unloaded


class Model:
    """Holds itself, as models do through their callbacks."""

    def __init__(self) -> None:
        self.me = self


def test_packs_are_opened_on_a_thread_of_their_own_one_after_another_and_handed_back() -> None:
    back: SimpleQueue[Callable[[], None]] = SimpleQueue()
    loader, done = Loader(back.put), list[tuple[str, str]]()

    def job(name: str) -> tuple[Callable[[], None], Callable[[], None]]:
        def work() -> None:
            done.append((name, threading.current_thread().name))

        return work, lambda: done.append((f"then {name}", threading.current_thread().name))

    loader(*job("one"))
    loader(*job("two"))
    for _ in range(2):
        back.get(timeout=5)()
    here = threading.current_thread().name
    assert [entry for entry in done if entry[1] == here] == [("then one", here), ("then two", here)]
    assert [entry for entry in done if entry[1] != here] == [("one", "loader"), ("two", "loader")]


def test_the_loader_does_not_hold_on_to_what_it_has_handed_back() -> None:
    back: SimpleQueue[Callable[[], None]] = SimpleQueue()
    loader = Loader(back.put)
    model = Model()
    alive = weakref.ref(model)
    loader(lambda made=model: None, lambda made=model: None)  # type: ignore[misc]
    then = back.get(timeout=5)
    loader(lambda: None, lambda: None)
    back.get(timeout=5)
    del model, then
    gc.collect()
    assert alive() is None


def test_what_a_pack_has_left_is_cleared_up_when_it_is_gone_and_only_then() -> None:
    said: list[FromEngine] = []
    crowd = Crowd()
    say = crowd.then(said.append)
    gc.disable()
    try:
        alive = weakref.ref(Model())
        say(PhraseEnd(1, 0, 0, 0.0, 0.0))
        crowd.tidy()
        assert alive() is not None
        say(Unloaded("one"))
        crowd.tidy()
        assert alive() is None
    finally:
        gc.enable()
    assert len(said) == 2
