import asyncio

from bridge.bench.knob import Watch, turned
from bridge.engine.pack import read_card
from bridge.music.note import Note, Voice
from bridge.wire.protocol import Put, Sent, Withdraw
from tests.bridge.engine.shipped import MODELS

LEAD = Put((1,), (Note(Voice.LEAD, 1.0, 0.5, 60, 80),))
CLICK = Put((2,), (Note(Voice.CLICK, 1.0, 0.1, 60, 80),))


def test_only_a_new_note_of_the_band_after_the_change_answers_a_knob() -> None:
    async def turned() -> tuple[float | None, float | None]:
        watch = Watch()
        watch.heard(LEAD)
        before = await watch.planned(0.0)
        watch.changed()
        watch.heard(Withdraw(Voice.LEAD, 1.0))
        watch.heard(CLICK)
        nothing = await watch.planned(0.0)
        assert nothing is None
        watch.changed()
        watch.heard(LEAD)
        watch.heard(LEAD)
        return before, await watch.planned(0.1)

    before, after = asyncio.run(turned())
    assert before is None
    assert after is not None


def test_a_note_that_was_planned_before_the_change_or_never_left_is_no_answer_that_sounds() -> None:
    async def turned() -> list[float | None]:
        watch = Watch()
        note = LEAD.notes[0]
        watch.heard(LEAD)
        watch.changed()
        watch.heard(Sent(1, 1, note, 0.0))
        before = await watch.sounding(0.0)
        watch.changed()
        watch.heard(LEAD)
        watch.heard(Sent(2, 1, note, 0.0, dropped=True))
        dropped = await watch.sounding(0.0)
        watch.changed()
        watch.heard(LEAD)
        watch.heard(Sent(3, 1, note, 0.0))
        return [before, dropped, await watch.sounding(0.1)]

    before, dropped, heard = asyncio.run(turned())
    assert (before, dropped) == (None, None)
    assert heard is not None


def test_a_pack_is_turned_by_the_register_if_it_heeds_it_else_by_the_first_knob_of_its_own() -> None:
    cards = {name: read_card(MODELS / name) for name in ("cvae", "theory-vae")}
    assert turned(cards["cvae"]) == "register"
    assert turned(cards["theory-vae"]) == "height"
    assert turned(None) == "register"
