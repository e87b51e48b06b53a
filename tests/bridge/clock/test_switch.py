import pytest

from bridge.clock.internal import InternalClock
from bridge.clock.midi_clock import MidiClock
from bridge.clock.switch import Switch
from bridge.errors import SettingsError


class Rig:
    """Our own clock and a MIDI clock behind a switch."""

    def __init__(self, setting: str = "auto") -> None:
        self.midi, self.internal = MidiClock(), InternalClock()
        self.switch = Switch({"midi": self.midi, "internal": self.internal}, setting)
        self.time = 0.0

    def ticks(self, number: int = 10) -> None:
        for _ in range(number):
            self.time += 0.02
            self.midi.receive(b"\xf8", self.time)
            self.switch.poll(self.time)

    def midi_start(self) -> None:
        self.midi.receive(b"\xfa", self.time)
        self.ticks()

    def midi_stop(self) -> None:
        self.midi.receive(b"\xfc", self.time)
        self.switch.poll(self.time)

    def play(self) -> None:
        self.internal.start(self.time)
        self.switch.poll(self.time)

    def stop(self) -> None:
        self.internal.stop(self.time)
        self.switch.poll(self.time)


def test_our_own_clock_is_the_master_until_another_runs() -> None:
    rig = Rig()
    rig.play()
    assert rig.switch.master == "internal"
    assert rig.switch.map.playing


def test_a_clock_that_ticks_without_start_does_not_disturb_a_playing_band() -> None:
    rig = Rig()
    rig.play()
    rig.ticks(100)
    assert rig.switch.master == "internal"
    assert rig.switch.map.playing


def test_a_daw_that_starts_takes_the_band_over_in_mid_song() -> None:
    rig = Rig()
    rig.play()
    epoch = rig.switch.epoch
    rig.midi_start()
    assert rig.switch.master == "midi"
    assert rig.switch.epoch == epoch + 1


def test_when_the_daw_stops_the_band_is_silent() -> None:
    rig = Rig()
    rig.play()
    rig.midi_start()
    rig.midi_stop()
    rig.ticks()
    assert rig.switch.master == "midi"
    assert not rig.switch.map.playing


def test_our_start_button_does_nothing_against_a_running_daw() -> None:
    rig = Rig()
    rig.midi_start()
    rig.play()
    assert rig.switch.master == "midi"


def test_our_start_button_works_again_when_the_daw_has_stopped() -> None:
    rig = Rig()
    rig.midi_start()
    rig.midi_stop()
    rig.play()
    assert rig.switch.master == "internal"
    assert rig.switch.map.playing


def test_a_silent_daw_counts_as_stopped() -> None:
    rig = Rig()
    rig.midi_start()
    rig.time += 1.0
    rig.switch.poll(rig.time)
    assert not rig.switch.map.playing
    rig.play()
    assert rig.switch.master == "internal"


def test_set_to_internal_the_daw_is_not_heard() -> None:
    rig = Rig("internal")
    rig.play()
    rig.midi_start()
    assert rig.switch.master == "internal"
    assert rig.switch.map.beat_at(rig.time) == rig.internal.map.beat_at(rig.time)


def test_set_to_midi_our_own_clock_is_not_heard() -> None:
    rig = Rig("midi")
    rig.play()
    assert rig.switch.master == "midi"
    assert not rig.switch.map.playing


def test_back_on_auto_the_clock_that_plays_is_the_master() -> None:
    rig = Rig("midi")
    rig.play()
    rig.switch.choose("auto")
    rig.switch.poll(rig.time)
    assert rig.switch.master == "internal"
    assert rig.switch.setting == "auto"


def test_a_change_of_master_is_a_new_epoch_even_if_both_stand_still() -> None:
    rig = Rig()
    rig.switch.poll(0.0)
    epoch = rig.switch.epoch
    rig.switch.choose("midi")
    rig.switch.poll(0.0)
    assert rig.switch.epoch == epoch + 1


def test_no_news_is_the_same_map() -> None:
    rig = Rig()
    rig.play()
    before = rig.switch.map
    rig.switch.poll(1.0)
    assert rig.switch.map is before


def test_a_source_that_joins_takes_its_place_in_the_order() -> None:
    rig = Rig()
    rig.play()
    joined = InternalClock()
    rig.switch.join("link", joined, above="internal")
    joined.start(rig.time)
    rig.switch.poll(rig.time)
    assert rig.switch.master == "link"
    rig.midi_start()
    assert rig.switch.master == "midi"


def test_when_a_source_leaves_that_was_set_auto_chooses_among_the_rest() -> None:
    rig = Rig()
    rig.switch.join("link", InternalClock(), above="internal")
    rig.switch.choose("link")
    rig.switch.poll(0.0)
    epoch = rig.switch.epoch
    rig.switch.leave("link")
    rig.play()
    assert (rig.switch.master, rig.switch.setting) == ("internal", "auto")
    assert rig.switch.epoch > epoch


def test_an_unknown_clock_is_refused_by_name() -> None:
    rig = Rig()
    with pytest.raises(SettingsError, match=r"«sundial».*auto, midi, internal"):
        rig.switch.choose("sundial")
