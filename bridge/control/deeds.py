"""The deeds of the console: what can be done with hands, presets and snapshots, by name."""

import msgspec

from bridge.jam.stock import SLOTS


class Deed(msgspec.Struct, frozen=True):
    """Something that can be done; a control can be bound to one without an argument."""

    name: str
    description: str
    argument: str = ""
    """What the one argument is; asked without it, the name tells how things stand."""
    query: bool = False
    """Whether it only answers."""
    parts: int = 0
    """How many values the argument is made of, which make one text with spaces between them; 0: it is one."""


TARGET = "name of a parameter, or of an action"
NAME = "name of a preset"
PROFILE = "name of a profile"
CLIP = "track and clip slot, from 1"
BARS = "bars, 1 to 16"
SNAPSHOTS = ("A", "B", "C", "D")
CLIP_DEEDS: tuple[Deed, ...] = (
    *(
        Deed(f"slot/{letter}/from_daw", f"Put a clip of the music program into slot {letter}.", CLIP, parts=2)
        for letter in SLOTS
    ),
    Deed(
        "prompt",
        "Take a clip of the music program as what you have just played, in the bars up to this one.",
        CLIP,
        parts=2,
    ),
)
"""What the music program's side does; a daemon without one refuses."""
PHRASE_DEEDS: tuple[Deed, ...] = (
    *(Deed(f"slot/{letter}/capture", f"Keep the phrase that you played last in slot {letter}.") for letter in SLOTS),
    *(
        Deed(f"slot/{letter}/borrow", f"Keep what the band played last, or repeats, in slot {letter}.")
        for letter in SLOTS
    ),
    *(
        Deed(
            f"slot/{letter}/play", f"Have the band repeat the phrase of slot {letter} from the next bar on, or stop it."
        )
        for letter in SLOTS
    ),
    *(Deed(f"slot/{letter}/clear", f"Empty slot {letter}.") for letter in SLOTS),
    *CLIP_DEEDS,
    Deed("slots", "Answer the letters of the slots that hold phrases.", query=True),
    Deed("repeats", "Answer what the band repeats: a slot's letter, or `band` for bars of its own.", query=True),
    Deed(
        "back",
        "Have the band repeat the phrase that it played before, from the next bar on; again: the one before that.",
    ),
    Deed(
        "infill",
        "Have bars of what the band repeats made anew by the model, between those that stay.",
        "first and last bar of what is repeated, from 1",
        parts=2,
    ),
    Deed("fill", "Have the drums play a fill in the next bar."),
    Deed(
        "xy",
        "Move the XY pad, that is the two parameters that `xy_x` and `xy_y` name.",
        "two places, 0 to 1 each",
        parts=2,
    ),
)

TASTE_DEEDS: tuple[Deed, ...] = (
    Deed("like", "Like what the band has just played: its last turn, or as many bars as `like_bars` says."),
    Deed("dislike", "Dislike what the band has just played."),
    Deed("like/bars", "Like the band's last bars.", BARS),
    Deed("dislike/bars", "Dislike the band's last bars.", BARS),
    *(Deed(f"{verb}/preset", f"{verb.capitalize()} the preset in use.") for verb in ("like", "dislike")),
    *(Deed(f"{verb}/settings", f"{verb.capitalize()} how the knobs stand.") for verb in ("like", "dislike")),
    Deed("unlike", "Take back the last like or dislike."),
    Deed("likes", "Answer how much the profile likes and dislikes, and what was said last.", query=True),
    Deed("profile", "Play with another profile of likes; without an argument, answer the one in use.", PROFILE),
    Deed("profile/new", "Play with a new profile.", PROFILE),
    Deed("profile/rename", "Give the profile in use another name.", PROFILE),
    Deed("profiles", "Answer the names of all profiles.", query=True),
    Deed(
        "suggest",
        "Answer what you may like, a line each. The search begins when somebody asks, and takes seconds: ask again.",
        query=True,
    ),
    Deed("suggest/take", "Try a suggestion: a preset is loaded, a knob set, a phrase put into a slot.", "its number"),
)

DEEDS: tuple[Deed, ...] = (
    Deed("preset/save", "Keep everything as it is in a preset; without an argument, answer the one in use.", NAME),
    Deed(
        "preset/load",
        "Bring everything to where a preset has it, when `recall_when` says; without an argument, answer the one in "
        "use.",
        NAME,
    ),
    Deed("preset/delete", "Do away with a preset.", NAME),
    Deed("presets", "Answer the names of all presets; program changes count them from 0.", query=True),
    *(Deed(f"snapshot/{letter}/store", f"Keep everything as it is in snapshot {letter}.") for letter in SNAPSHOTS),
    *(
        Deed(
            f"snapshot/{letter}/recall", f"Bring everything to where snapshot {letter} has it, when `recall_when` says."
        )
        for letter in SNAPSHOTS
    ),
    Deed("snapshots", "Answer the letters of the snapshots that are stored.", query=True),
    Deed("undo", "Take back the last thing that was done to a parameter by hand."),
    Deed("redo", "Do again what was taken back."),
    Deed(
        "learn",
        "Bind the control that is moved next to a parameter (`voice/bass/level`) or an action (`play`, "
        "`snapshot/A/recall`, `preset/load/NAME`); without an argument, answer what waits for its control.",
        TARGET,
    ),
    Deed("learn/cancel", "Wait for no control any more."),
    Deed("unlearn", "Free a parameter or an action from its controls.", TARGET),
    Deed("bindings", "Answer what every control is bound to.", query=True),
    *PHRASE_DEEDS,
    *TASTE_DEEDS,
)
