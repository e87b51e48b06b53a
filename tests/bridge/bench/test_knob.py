import asyncio

from bridge.bench.knob import Watch
from bridge.music.note import Note, Voice
from bridge.wire.protocol import Put, Withdraw

LEAD = Put((1,), (Note(Voice.LEAD, 1.0, 0.5, 60, 80),))
CLICK = Put((2,), (Note(Voice.CLICK, 1.0, 0.1, 60, 80),))


def test_only_a_new_note_of_the_band_after_the_change_answers_a_knob() -> None:
    async def turned() -> tuple[float | None, float | None]:
        watch = Watch()
        watch.heard(LEAD)
        before = await watch.answered(0.0)
        watch.changed()
        watch.heard(Withdraw(Voice.LEAD, 1.0))
        watch.heard(CLICK)
        nothing = await watch.answered(0.0)
        assert nothing is None
        watch.changed()
        watch.heard(LEAD)
        watch.heard(LEAD)
        return before, await watch.answered(0.1)

    before, after = asyncio.run(turned())
    assert before is None
    assert after is not None
