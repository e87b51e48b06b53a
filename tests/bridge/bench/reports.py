"""A report as a bench on a machine with JACK leaves it, for the tests of what is made from one."""

from bridge.bench.report import Cost, Idle, Late, Lateness, Machine, Reaction, Ready, Report, Rival

MACHINE = Machine(
    cpu="Some CPU",
    cores=2,
    os="Linux",
    python="3.11.7",
    onnxruntime="onnxruntime 1.31.1",
    load_before=0.25,
    midi="jack",
    rate=48000,
    period=64,
)
NOTE = Cost(p50=0.34, p99=1.1, cpu_p50=0.33, count=400)
SPAN = Cost(p50=2.1, p99=30.0, cpu_p50=2.0, count=70)
REPORT = Report(
    machine=MACHINE,
    note_ms={"lstm-melody": {"cpu": NOTE}},
    span_ms={"lstm-melody": {"cpu": SPAN}},
    lateness_ms=Lateness(
        idle=Late(0.0, 0.0, 0.0, 0.0, notes=2000),
        loaded=Late(0.0, 0.4, 1.0, 2.5, notes=2390, dropped=2, lost=8, missed_cycles=3),
        priority="real-time priority 50",
        stamps="a JACK client from outside, in frames",
    ),
    through_ms=Reaction(p50=2.0, p99=2.6, count=400),
    through_what="a key -> a note",
    knob_ms=Reaction(p50=12.0, p99=20.0, count=60),
    turn_ms=Reaction(p50=180.0, p99=420.0, count=60),
    isr={"120": 1.0, "200_hog": 0.99},
    isr_ticks={"120": 64, "200_hog": 100},
    idle_cpu_percent=0.4,
    idle_cpu=Idle(processes=1.3, client=0.9, each={"desk": 0.1, "wire": 1.2}),
    rss_mb=204.0,
    ready_s=0.8,
    ready=Ready(ports=0.6, pack=0.8),
    best={"lstm-melody": "cpu"},
    peers={"Notochord": Rival("an event", Cost(6.8, 9.0, 6.8, 400), times_ours=20.0, times_our_cpu=20.6)},
    notes=("something to know",),
)
