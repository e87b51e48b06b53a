"""The parameters of time: tempo, meter, whose clock is followed. One row each, as in `rows`."""

from bridge.control.parameter import Kind, Parameter

METERS = ("2/4", "3/4", "4/4", "5/4", "6/4", "7/4", "3/8", "5/8", "6/8", "7/8", "9/8", "12/8", "2/2", "3/2")

LINK = "link"
"""The clock that is Ableton Link, and the switch that joins it."""

CLOCK, LINK_START_STOP, LINK_TEMPO = "clock", "link_start_stop", "link_tempo"
"""Whose clock is followed, and what is shared with those in the Link session."""

IN_OFFSET = "in_offset"
"""How late what is played counts, in milliseconds."""

TIME: tuple[Parameter, ...] = (
    Parameter(
        name="tempo",
        kind=Kind.FLOAT,
        default=120.0,
        minimum=20.0,
        maximum=300.0,
        unit="BPM",
        group="time",
        description="Quarter notes a minute of our own clock; another master keeps its own tempo.",
    ),
    Parameter(
        name="meter",
        kind=Kind.CHOICE,
        default="4/4",
        choices=METERS,
        group="time",
        description="How beats group into bars.",
    ),
    Parameter(
        name=CLOCK,
        kind=Kind.CHOICE,
        default="auto",
        choices=("auto", "internal", "midi", LINK, "daw"),
        group="time",
        description="Who keeps time: one clock for good, or (auto) whichever begins to play: MIDI clock before Link, "
        "Link before what a DAW tells, our own last.",
    ),
    Parameter(
        name=LINK,
        kind=Kind.BOOL,
        default=False,
        group="time",
        description="Whether we are in the Ableton Link session; needs the extra that has it.",
    ),
    Parameter(
        name=LINK_START_STOP,
        kind=Kind.BOOL,
        default=False,
        group="time",
        description="Whether we start and stop with those in the Link session who want that too.",
    ),
    Parameter(
        name=LINK_TEMPO,
        kind=Kind.BOOL,
        default=False,
        group="time",
        description="Whether the tempo you set is proposed to everybody in the Link session; off: only while alone.",
    ),
    Parameter(
        name="tap_starts",
        kind=Kind.BOOL,
        default=False,
        group="time",
        description="Whether four taps of the tempo start the band, on the beat after them.",
    ),
    Parameter(
        name=IN_OFFSET,
        kind=Kind.FLOAT,
        default=0.0,
        minimum=-500.0,
        maximum=500.0,
        unit="ms",
        group="time",
        description="How much later than it comes in what you play counts; below 0 earlier, where you are heard late.",
    ),
    Parameter(
        name="count_in",
        kind=Kind.INT,
        default=1,
        maximum=4,
        unit="bars",
        group="time",
        description="Bars counted in before our own clock starts the song.",
    ),
    Parameter(
        name="click",
        kind=Kind.CHOICE,
        default="count-in",
        choices=("off", "count-in", "always"),
        group="time",
        description="When the click port ticks.",
    ),
)
