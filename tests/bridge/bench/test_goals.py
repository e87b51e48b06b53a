from msgspec.structs import replace

from bridge.bench.goals import LATE_P99_ORDINARY, Row, rows
from bridge.bench.report import Cost, Report
from tests.bridge.bench.reports import MACHINE, REPORT


def row(report: Report, start: str) -> Row:
    return next(row for row in rows(report) if row.what.startswith(start))


def test_each_figure_is_judged_by_its_goal() -> None:
    verdicts = {row.what: row.ok for row in rows(REPORT)}
    assert verdicts["lstm-melody on cpu: a note, p50"] is True
    assert verdicts["lstm-melody on cpu: four beats, p99"] is False
    assert verdicts["a note's lateness, idle, p99"] is True
    assert verdicts["a note's lateness, every core busy, p99"] is False
    assert verdicts["hit rate (ISR), 120 BPM"] is True
    assert verdicts["hit rate (ISR), 200 BPM, every core busy"] is False
    assert verdicts["memory, three processes"] is True


def test_a_pack_that_makes_a_phrase_at_once_is_judged_by_the_phrase() -> None:
    report = replace(REPORT, note_ms={"lstm-melody": {"cpu": Cost(p50=0.0, p99=30.0, cpu_p50=0.0)}})
    judged = [row.what for row in rows(report) if row.what.startswith("lstm-melody")]
    assert judged == ["lstm-melody on cpu: four beats at once, p99"]


def test_without_real_time_priority_more_lateness_is_allowed() -> None:
    lateness = REPORT.lateness_ms
    assert lateness is not None
    report = replace(REPORT, lateness_ms=replace(lateness, priority="ordinary priority (real-time was refused)"))
    assert row(report, "a note's lateness, every core busy, p99").goal == LATE_P99_ORDINARY
    assert row(report, "a note's lateness, every core busy, p99").ok


def test_harmony_may_take_the_two_periods_that_any_client_takes_and_little_more() -> None:
    assert 3.4 < (row(REPORT, "a key -> its harmony").goal or 0.0) <= 3.55
    large = replace(REPORT, machine=replace(MACHINE, period=256))
    assert (row(large, "a key -> its harmony").goal or 0.0) > 11.0


def test_notes_that_never_came_are_told_beside_the_lateness_of_those_that_did() -> None:
    assert "2 dropped, 8 lost, 3 cycles missed by JACK" in row(REPORT, "a note's lateness, every core busy, p99").figure


def test_of_a_rate_the_share_is_that_of_the_misses_that_are_allowed() -> None:
    allowed = Row("hit rate", "", 0.9975, 0.995, least=True)
    assert allowed.ok
    assert round(allowed.share, 6) == 0.5
    assert Row("hit rate", "", 1.0, 0.995, least=True).share == 0.0
    assert Row("idle", "", 1.0, 0.5).share == 2.0


def test_a_peer_has_no_goal_to_reach() -> None:
    peer = row(REPORT, "Notochord")
    assert peer.ok is None
    assert "20.0 times ours" in peer.figure


def test_nothing_measured_makes_no_rows() -> None:
    assert rows(Report(machine=MACHINE)) == []
