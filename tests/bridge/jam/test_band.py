"""The whole band on the offline clock, with a parrot for a model."""

from itertools import pairwise
from pathlib import Path

import pytest

from bridge.jam.guest import Guest
from bridge.jam.knobs import Knobs
from bridge.music.chart import read_chart
from bridge.music.note import Voice
from bridge.music.tunes import TUNES
from bridge.record.take import Origin
from bridge.rehearsal import Rehearsal
from bridge.wire.protocol import Sent
from tests.bridge.engine.parrot import Parrot, open_parrot
from tests.bridge.engine.trio import VOICES as TRIO
from tests.bridge.engine.trio import Trio, open_trio
from tests.bridge.wire.cable import onsets, open_notes

PHRASE = [(index * 0.5, 0.4, pitch, 80) for index, pitch in enumerate((60, 62, 64, 65, 67, 65, 64, 62))]
"""Eight quarters at 120 BPM: two bars of C major."""


def jam(knobs: Knobs | None = None, model: bool = True) -> Rehearsal:
    rehearsal = Rehearsal(open_parrot if model else None, Path("parrot"), knobs)
    rehearsal.run(0.1)
    rehearsal.start()
    rehearsal.run(0.01)
    return rehearsal


def phrase(rehearsal: Rehearsal, at: float) -> float:
    """Let the player play the phrase; returns when its last key is up."""
    rehearsal.perform([(at + onset, length, pitch, velocity) for onset, length, pitch, velocity in PHRASE])
    return at + PHRASE[-1][0] + PHRASE[-1][1]


def test_the_band_takes_over_on_the_next_beat_after_a_beat_of_silence() -> None:
    rehearsal = jam()
    end = phrase(rehearsal, rehearsal.band.map.time_at(0.0))
    rehearsal.run(8.0)
    first = onsets(rehearsal.out)[0][0]
    beat = rehearsal.band.map.beat_at(first) + rehearsal.band.map.song
    assert beat == pytest.approx(round(beat), abs=0.01)
    assert 0.5 <= first - end <= 1.05


def test_nothing_of_the_band_sounds_while_the_player_plays() -> None:
    rehearsal = jam()
    start = rehearsal.band.map.time_at(0.0)
    end = phrase(rehearsal, start)
    again = start + 8.0
    over = phrase(rehearsal, again)
    rehearsal.run(14.0)
    for time, _ in onsets(rehearsal.out):
        assert not start <= time <= end
        assert not again + 0.01 <= time <= over
    assert any(end < time < again for time, _ in onsets(rehearsal.out))
    rehearsal.stop()
    rehearsal.run(1.0)
    assert not open_notes(rehearsal.out)


def test_the_band_is_silent_at_once_when_the_clock_stops() -> None:
    rehearsal = jam()
    phrase(rehearsal, rehearsal.time.now())
    rehearsal.run(7.3)
    assert onsets(rehearsal.out)
    rehearsal.stop()
    rehearsal.run(0.01)
    assert not open_notes(rehearsal.out)
    count = len(rehearsal.out)
    rehearsal.run(5.0)
    assert len(rehearsal.out) == count


def test_trading_gives_each_side_its_bars() -> None:
    rehearsal = jam(Knobs(mode="trade", trade_bars=2))
    start = rehearsal.band.map.time_at(-rehearsal.band.map.song)
    for cycle in range(3):
        phrase(rehearsal, start + cycle * 8.0 + 0.001)
    rehearsal.run(24.5)
    map = rehearsal.band.map
    beats = [map.beat_at(time) + map.song for time, _ in onsets(rehearsal.out)]
    assert beats
    assert all(8.0 <= beat % 16.0 < 16.0 for beat in (b + 1e-6 for b in beats))
    assert {int(beat // 16) for beat in beats} == {0, 1, 2}


def test_a_held_pedal_keeps_the_floor_with_the_player() -> None:
    rehearsal = jam()
    start = rehearsal.time.now()
    rehearsal.play(start, bytes((0xB0, 64, 127)))
    phrase(rehearsal, start)
    rehearsal.run(10.0)
    assert not onsets(rehearsal.out)
    rehearsal.play(rehearsal.time.now(), bytes((0xB0, 64, 0)))
    rehearsal.run(3.0)
    assert onsets(rehearsal.out)


def test_without_an_engine_the_band_vamps_in_the_players_key() -> None:
    rehearsal = jam(model=False)
    phrase(rehearsal, rehearsal.time.now())
    rehearsal.run(10.0)
    pitches = [pitch for _, pitch in onsets(rehearsal.out)]
    assert len(pitches) > 6
    assert {pitch % 12 for pitch in pitches} <= {0, 2, 4, 5, 7, 9, 11}
    assert {sent.origin for sent in rehearsal.band.take.band_notes} == {Origin.VAMP}


def test_an_engine_killed_in_mid_phrase_is_covered_by_the_vamp_and_comes_back() -> None:
    rehearsal = jam()
    end = phrase(rehearsal, rehearsal.time.now())
    rehearsal.run(end + 1.0 - rehearsal.time.now() + 1.0)
    rehearsal.kill_engine()
    killed = rehearsal.time.now()
    rehearsal.run(4.0)
    rehearsal.revive_engine()
    rehearsal.run(6.0)
    beats = [rehearsal.band.map.beat_at(time) for time, _ in onsets(rehearsal.out) if time > killed]
    gaps = [later - earlier for earlier, later in pairwise(beats)]
    assert max(gaps) <= 2.0
    sources = [sent.origin for sent in rehearsal.band.take.band_notes]
    assert sources[0] is Origin.MODEL
    assert Origin.VAMP in sources
    assert sources[-1] is Origin.MODEL
    rehearsal.stop()
    rehearsal.run(1.0)
    assert not open_notes(rehearsal.out)


def test_every_note_of_the_model_leaves_on_time_and_every_16th_is_a_hit() -> None:
    rehearsal = jam()
    phrase(rehearsal, rehearsal.time.now())
    rehearsal.run(30.0)
    assert rehearsal.band.metrics.dropped == 0
    assert max(rehearsal.band.metrics.lateness) < 0.001
    assert rehearsal.band.conductor.hits.ticks > 200
    assert rehearsal.band.conductor.hits.rate == 1.0


def test_the_guest_is_heard_through_the_input_and_leaves_when_somebody_plays() -> None:
    rehearsal = Rehearsal(open_parrot, Path("parrot"), guest=lambda plan: Guest(plan, TUNES[0]))
    rehearsal.run(0.1)
    rehearsal.start(lead_in=4.0)
    rehearsal.run(20.0)
    assert rehearsal.band.guest is not None
    assert rehearsal.band.guest.playing
    assert rehearsal.band.take.player_notes
    assert onsets(rehearsal.out, "lead")
    clicks = onsets(rehearsal.out, "click")
    assert len(clicks) == 4
    rehearsal.perform([(rehearsal.time.now() + 0.2, 0.3, 36, 100)])
    rehearsal.run(1.0)
    assert not rehearsal.band.guest.playing
    assert not [key for key in open_notes(rehearsal.out) if key[0] == "guest"]


def test_the_same_input_gives_the_same_notes() -> None:
    def play() -> list[tuple[float, str, bytes]]:
        rehearsal = jam()
        for cycle in range(4):
            phrase(rehearsal, 0.2 + cycle * 9.0)
        rehearsal.run(40.0)
        return rehearsal.out

    assert play() == play()


def test_a_panic_controller_silences_everything() -> None:
    rehearsal = jam()
    phrase(rehearsal, rehearsal.time.now())
    rehearsal.run(6.0)
    assert open_notes(rehearsal.out)
    rehearsal.play(rehearsal.time.now(), bytes((0xB0, 123, 0)), port="control")
    rehearsal.run(0.05)
    assert not open_notes(rehearsal.out)


@pytest.mark.parametrize("seconds", [4.3, 5.0, 5.7, 5.95])
def test_a_band_that_plays_alone_rests_after_a_panic_until_a_bar_begins(seconds: float) -> None:
    rehearsal = jam(Knobs(mode="free"))
    rehearsal.run(seconds)
    assert open_notes(rehearsal.out)
    before, count = rehearsal.band.beat, len(onsets(rehearsal.out))
    rehearsal.band.panic()
    rehearsal.run(0.05)
    assert not open_notes(rehearsal.out)
    rehearsal.run(4.0)
    first = rehearsal.band.map.beat_at(onsets(rehearsal.out)[count][0])
    bar = rehearsal.band.map.next_bar(before + 1.0)
    assert bar - 0.01 <= first < bar + 1.0
    rehearsal.stop()
    rehearsal.run(1.0)
    assert not open_notes(rehearsal.out)


def test_a_late_note_is_counted_once() -> None:
    rehearsal = jam()
    sent: list[Sent] = []
    handle = rehearsal.band.from_wire
    rehearsal.band.from_wire = lambda m: (sent.append(m) if isinstance(m, Sent) else None, handle(m))[1]  # type: ignore[method-assign, func-returns-value, assignment]
    phrase(rehearsal, rehearsal.time.now())
    rehearsal.run(10.0)
    assert len({s.id for s in sent}) == len(sent)


def test_a_model_that_fails_at_every_ask_is_told_and_the_vamp_has_the_turn() -> None:
    rehearsal = Rehearsal(lambda *_: (Parrot(fails_after=0), open_parrot(Path())[1]), Path("parrot"))
    rehearsal.run(0.1)
    rehearsal.start()
    phrase(rehearsal, 0.2)
    rehearsal.run(16.0)
    assert len(onsets(rehearsal.out)) > 8
    assert 1 <= len(rehearsal.told) <= 16


def test_a_daw_that_says_all_notes_off_on_our_input_means_the_player_not_the_band() -> None:
    rehearsal = jam()
    phrase(rehearsal, rehearsal.time.now())
    rehearsal.play(rehearsal.time.now() + 4.0, bytes((0xB0, 123, 0)))
    rehearsal.run(10.0)
    assert len(onsets(rehearsal.out)) > 6
    rehearsal.play(rehearsal.time.now(), bytes((0x90, 60, 80)))
    rehearsal.play(rehearsal.time.now() + 0.1, bytes((0xB0, 123, 0)))
    rehearsal.run(0.2)
    assert not rehearsal.band.listener.busy


def test_a_key_tapped_in_the_count_in_does_not_let_the_band_in_before_the_song() -> None:
    for mode in ("continue", "trade"):
        rehearsal = Rehearsal(open_parrot, Path("parrot"), Knobs(mode=mode, trade_bars=1))
        rehearsal.run(0.1)
        rehearsal.start(lead_in=8.0)
        rehearsal.perform([(0.5, 0.2, 60, 80)])
        rehearsal.run(12.0)
        song = [rehearsal.band.map.beat_at(time) + rehearsal.band.map.song for time, _ in onsets(rehearsal.out)]
        assert song
        assert min(song) >= -0.01


def test_a_voice_switched_off_and_on_again_plays_on() -> None:
    rehearsal = jam()
    phrase(rehearsal, rehearsal.time.now())
    rehearsal.run(8.0)
    rehearsal.band.conductor.choose_voices([])
    rehearsal.run(0.05)
    assert not open_notes(rehearsal.out)
    rehearsal.band.conductor.choose_voices([Voice.LEAD])
    before = rehearsal.time.now()
    rehearsal.run(2.0)
    assert [time for time, _ in onsets(rehearsal.out) if before < time < before + 1.0]


def test_time_without_an_engine_counts_as_missed() -> None:
    rehearsal = jam()
    phrase(rehearsal, rehearsal.time.now())
    rehearsal.run(8.0)
    rehearsal.kill_engine()
    rehearsal.run(20.0)
    assert rehearsal.band.conductor.hits.rate < 0.6


def test_a_take_that_is_not_kept_begins_anew_with_the_music() -> None:
    rehearsal = jam()
    rehearsal.band._records = False
    phrase(rehearsal, rehearsal.time.now())
    rehearsal.run(8.0)
    assert rehearsal.band.take.player_notes
    rehearsal.stop()
    rehearsal.run(2.0)
    rehearsal.start()
    rehearsal.run(1.0)
    assert not rehearsal.band.take.player_notes


def band_of_three(knobs: Knobs) -> Rehearsal:
    rehearsal = Rehearsal(open_trio, Path("trio"), knobs)
    rehearsal.band.conductor.choose_voices(TRIO)
    rehearsal.run(0.1)
    rehearsal.start()
    rehearsal.run(0.01)
    return rehearsal


def test_a_band_of_three_plays_while_the_player_plays() -> None:
    rehearsal = band_of_three(Knobs(mode="accompany"))
    start = rehearsal.band.map.time_at(0.0)
    for bars in range(4):
        phrase(rehearsal, start + bars * 4.0)
    rehearsal.run(16.0)
    for voice in TRIO:
        times = [time for time, _ in onsets(rehearsal.out, voice.value)]
        assert len(times) >= 24
        assert max(b - a for a, b in pairwise(times)) < 0.51
    assert rehearsal.band.metrics.vamped <= 9
    assert rehearsal.band.conductor.hits.rate == 1.0
    assert rehearsal.band.conductor.hits.weighted > 0.995
    assert rehearsal.band.metrics.dropped == 0


def test_an_accompanist_hears_a_new_note_within_a_16th() -> None:
    rehearsal = band_of_three(Knobs(mode="accompany", key_lock=False))
    start = rehearsal.band.map.time_at(0.0)
    phrase(rehearsal, start)
    rehearsal.perform([(start + 4.8, 0.3, 71, 80)])
    rehearsal.run(8.0)
    bass = {round((time - start) * 2): pitch for time, pitch in onsets(rehearsal.out, "bass")}
    assert bass[9] != 71 - 24
    assert bass[10] == 71 - 24


def test_a_lead_that_trades_is_accompanied_by_the_others() -> None:
    rehearsal = Rehearsal(open_trio, Path("trio"), Knobs(mode="trade", trade_bars=1))
    rehearsal.band.conductor.choose_voices((*TRIO, Voice.LEAD))
    modes = {mode: set(section.voices) for (mode, _), section in rehearsal.band.conductor._sections.items()}
    assert modes == {"trade": {Voice.LEAD}, "accompany": set(TRIO)}


def test_free_the_band_plays_alone() -> None:
    rehearsal = band_of_three(Knobs(mode="free"))
    rehearsal.run(8.0)
    assert all(len(onsets(rehearsal.out, voice.value)) >= 12 for voice in TRIO)
    rehearsal.stop()
    rehearsal.run(1.0)
    assert not open_notes(rehearsal.out)


def test_a_mode_changed_in_mid_play_leaves_nothing_sounding() -> None:
    rehearsal = band_of_three(Knobs(mode="accompany"))
    phrase(rehearsal, rehearsal.band.map.time_at(0.0))
    for mode in ("free", "trade", "accompany", "continue", "accompany") * 3:
        rehearsal.band.turn_knobs(Knobs(mode=mode))
        rehearsal.run(0.83)
    rehearsal.stop()
    rehearsal.run(1.0)
    assert not open_notes(rehearsal.out)


def test_harmony_sounds_under_every_key_and_follows_the_chart() -> None:
    rehearsal = Rehearsal(None, knobs=Knobs(mode="harmonise", chart=read_chart("C | G")))
    rehearsal.run(0.1)
    rehearsal.start()
    rehearsal.run(0.01)
    start = rehearsal.band.map.time_at(0.0)
    rehearsal.perform([(start + 0.5, 0.4, 74, 80), (start + 2.5, 0.4, 74, 80)])
    rehearsal.run(6.0)
    under = [(round(time - start, 2), pitch) for time, pitch in onsets(rehearsal.out, "chords")]
    assert {pitch for time, pitch in under if time >= 2.0} == {71, 67}
    assert all(time in (0.5, 2.5) for time, _ in under)
    assert not open_notes(rehearsal.out)


def test_a_mode_that_is_come_back_to_begins_a_turn_of_its_own() -> None:
    rehearsal = jam(Knobs(mode="accompany"))
    phrase(rehearsal, rehearsal.time.now())
    rehearsal.run(8.0)
    conductor = rehearsal.band.conductor
    assert conductor.floor.band is not None
    rehearsal.band.turn_knobs(Knobs(mode="trade", trade_bars=2))
    rehearsal.run(12.0)
    left = rehearsal.band.beat
    rehearsal.band.turn_knobs(Knobs(mode="accompany"))
    rehearsal.run(3.0)
    assert conductor.floor.band is not None
    assert conductor.floor.band.start >= left


@pytest.mark.parametrize("mode", ["accompany", "free"])
def test_who_plays_along_without_a_chart_is_told_the_chords_that_the_ear_foresees(mode: str) -> None:
    trio = Trio()
    loaded = open_trio(Path("trio"))[1]
    rehearsal = Rehearsal(lambda *_: (trio, loaded), Path("trio"), Knobs(mode=mode))
    rehearsal.band.conductor.choose_voices(TRIO)
    rehearsal.run(0.1)
    rehearsal.start()
    rehearsal.run(0.01)
    phrase(rehearsal, rehearsal.band.map.time_at(0.0))
    rehearsal.run(4.0)
    told = [at.chord for ask in trio.asks[-3:] for at in ask.chords]
    assert bool(told) == (mode == "accompany")
    assert all(chord is not None and set(chord.pitch_classes) <= {0, 2, 4, 5, 7, 9, 11} for chord in told)
    rehearsal.stop()
    rehearsal.run(1.0)
