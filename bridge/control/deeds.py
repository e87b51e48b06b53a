"""The deeds of the console: what can be done with hands, presets and snapshots, by name."""

import msgspec


class Deed(msgspec.Struct, frozen=True):
    """Something that can be done; a control can be bound to one without an argument."""

    name: str
    description: str
    argument: str = ""
    """What the one argument is; asked without it, the name tells how things stand."""
    query: bool = False
    """Whether it only answers."""


TARGET = "name of a parameter, or of an action"
NAME = "name of a preset"
SNAPSHOTS = ("A", "B", "C", "D")

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
)
