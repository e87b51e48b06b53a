from bridge.midi.ledger import Ledger
from bridge.wire.sweep import UNNOTICED, Sweep
from bridge.wire.wire import OUTS

KEY = ("lead", 0, 60)
OFF = b"\x80\x3c\x40"


def swept() -> tuple[Sweep, Ledger]:
    ledger = Ledger(None, OUTS)
    ledger.on(*KEY)
    return Sweep(ledger), ledger


def test_notes_come_first_then_pedals_then_every_used_channel_and_the_guest_is_not_told_to_panic() -> None:
    sweep, ledger = swept()
    ledger.pedal("bass", 0, True)
    ledger.on("guest", 0, 65)
    assert [(port, data) for port, data, _ in sweep.everything(set())] == [
        ("lead", OFF),
        ("guest", b"\x80\x41\x40"),
        ("bass", b"\xb0\x40\x00"),
        ("lead", b"\xb0\x7b\x00"),
        ("lead", b"\xb0\x78\x00"),
        ("bass", b"\xb0\x7b\x00"),
        ("bass", b"\xb0\x78\x00"),
    ]


def test_a_note_that_another_off_closes_is_left_to_it() -> None:
    sweep, _ = swept()
    assert OFF not in [data for _, data, _ in sweep.everything({KEY})]
    assert sweep.found("lead", {KEY}) == []


def test_who_went_away_in_mid_note_gets_its_off_when_back_though_others_had_it_before() -> None:
    sweep, ledger = swept()
    sweep.lost("lead", 10.0)
    sweep.closed(KEY, 11.0)
    assert ledger.sounding() == (KEY,)
    assert [(port, data) for port, data, _ in sweep.found("lead", set())] == [("lead", OFF)]
    sweep.closed(KEY, 12.0)
    assert ledger.sounding() == ()


def test_an_off_written_before_anyone_noticed_the_loss_is_written_again() -> None:
    sweep, _ = swept()
    sweep.closed(KEY, 10.0)
    sweep.lost("lead", 10.0 + UNNOTICED / 2)
    assert [data for _, data, _ in sweep.found("lead", set())] == [OFF]


def test_what_was_closed_long_before_the_loss_stays_closed() -> None:
    sweep, _ = swept()
    sweep.closed(KEY, 10.0)
    sweep.lost("lead", 10.0 + 2 * UNNOTICED)
    sweep.lost("bass", 10.0)
    assert sweep.found("lead", set()) == []


def test_at_the_end_nobody_waits_for_what_went_away() -> None:
    sweep, ledger = swept()
    sweep.lost("lead", 10.0)
    sweep.give_up_lost()
    sweep.closed(KEY, 11.0)
    assert ledger.sounding() == ()
