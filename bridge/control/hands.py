"""Hands: what controllers turn and press, as changes of the parameter table, and what lights and motors are told."""

from collections.abc import Callable, Iterable, Mapping

from bridge.control.binding import Binding, Button
from bridge.control.control import Control, Turn, Way
from bridge.control.control_reader import ControlReader
from bridge.control.controller_map import ControllerMap, MapShelf, by_control
from bridge.control.feedback import Feedback
from bridge.control.glide import Glides, Step
from bridge.control.learner import Learner
from bridge.control.parameter import Kind
from bridge.control.parameters import Change, ParameterTable, Place
from bridge.control.takeover import Grip, Takeover
from bridge.errors import SettingsError
from bridge.midi.ports import CONTROL, IN

TICK = 0.02
"""Seconds between the steps of a value that glides."""
SOURCE = "hands"
"""How changes made here are signed in the parameter table, before the control's name."""
PROGRAM = "program/"
"""What a program change does that nothing else is bound to: `program/` and its number, from 0."""
SMOOTH = frozenset((Kind.FLOAT, Kind.INT))

Later = Callable[[float, Callable[[], object]], object]
"""Calls a function after so many seconds, in the same thread; 0: as soon as what waits already is done."""


class Hands:
    """Turns messages of the control ports and of `in` into values and deeds; each port has its own devices' bindings.

    `deeds` gives the action of a name, or None; `send` gets messages for the controllers; `now` reads seconds. However
    many messages come in, a control's last place counts, once in a turn of the loop.
    """

    def __init__(
        self,
        table: ParameterTable,
        shelf: MapShelf,
        deeds: Callable[[str], Callable[[], object] | None],
        send: Callable[[tuple[bytes, ...]], object],
        later: Later,
        now: Callable[[], float],
        tell: Callable[[str], object],
        controls: tuple[str, ...] = (CONTROL,),
    ) -> None:
        self._table = table
        self._shelf = shelf
        self._deeds = deeds
        self._later = later
        self._now = now
        self._tell = tell
        self._readers = {port: ControlReader() for port in (*controls, IN)}
        self._devices: dict[str, tuple[str, ...]] = {}
        self._learner = Learner()
        self._glides = Glides()
        self._grips: dict[tuple[str, Binding], Grip] = {}
        self._carried: dict[tuple[str, Binding], float] = {}
        """What an encoder has turned that was not enough for the next value yet."""
        self._pressed: dict[tuple[str, Control], bool] = {}
        self._turns: dict[tuple[str, Control], Turn] = {}
        self._asked: set[str] = set()
        self._bound: dict[str, dict[Control, list[tuple[ControllerMap, Binding]]]] = {}
        self._feedback = Feedback(table, send)
        self._own = False
        self._fit()
        table.subscribe(self._changed)

    # What the ports say.

    def hear(self, port: str, data: bytes) -> None:
        """A message came in on `control`, or one on `in` that no music is made of."""
        reader = self._readers.get(port)
        if reader is None:
            return
        now = self._now()
        self._take(port, reader.read(data, now))
        due = reader.next_due
        if due is not None:
            self._ask("halves", max(due - now, 0.0), self._halves)

    def plugged(self, devices: Mapping[str, tuple[str, ...]]) -> None:
        """These are the devices on our in ports now; their maps hold, and their lights are told everything."""
        wanted = {port: tuple(devices.get(port, ())) for port in self._readers}
        if wanted != self._devices:
            self._devices = wanted
            for grip in self._grips.values():
                grip.let_go()
            self._fit()
            self.refresh()

    # What a surface may ask for.

    @property
    def armed(self) -> str:
        """The target that waits for its control; nothing where none does."""
        return "" if self._learner.armed is None else self._learner.armed.target

    def learn(self, target: str) -> None:
        """Bind the control that is moved next to a parameter (by its path) or an action. Raises SettingsError."""
        kind = None if self._deeds(target) is not None else self._table.place(target).parameter.kind
        if kind is Kind.CHART:
            raise SettingsError(f"{target} is text, which no control can say")
        self._learner.arm(target, kind, self._now())
        self._ask("patience", 1.0, self._lose_patience)
        self._tell(f"move the control that is to be {target}")

    def cancel(self) -> None:
        """Wait for no control any more."""
        target = self._learner.cancel()
        if target:
            self._tell(f"nothing was learnt for {target}")

    def unlearn(self, target: str) -> int:
        """Free a target from every control that is here now; returns of how many. Raises SettingsError for none."""
        freed = [binding for _, binding in self.bindings if binding.target == target]
        if not freed:
            raise SettingsError(f"no control of what is plugged in now is bound to {target}")
        for each in self._maps():
            if each.without(target) != each:
                self._shelf.keep(each.without(target))
        self._fit()
        return len(freed)

    def bind(self, binding: Binding, device: str = "") -> None:
        """Add a binding to a device's map, by default that of the first on `control`, and keep it."""
        self._shelf.keep(self._map(device or self._names(CONTROL)[0]).bound(binding))
        self._fit()
        self._feedback.tell([binding])
        self._flush_feedback()

    @property
    def bindings(self) -> list[tuple[str, Binding]]:
        """Everything that is bound now, with the device's name."""
        return [(each.device, binding) for each in self._maps() for binding in each.bindings]

    def refresh(self) -> None:
        """Tell every light and motor where its value is."""
        self._feedback.tell(binding for _, binding in self.bindings)
        self._flush_feedback()

    # Inside.

    def _names(self, port: str) -> tuple[str, ...]:
        """The devices on a port, or the port itself where none is known."""
        return self._devices.get(port) or (port,)

    def _map(self, name: str) -> ControllerMap:
        """The map of a device, or of a port."""
        return self._shelf.of_port(name) if name in self._readers else self._shelf.of(name)

    def _maps(self, *ports: str) -> list[ControllerMap]:
        """The maps of what is on these ports, by default on all, each once; a port's own, which was learnt while nobody
        knew who was there, comes after those of its devices.
        """
        found = (self._map(name) for port in ports or self._readers for name in (*self._names(port), port))
        return list({each.device: each for each in found}.values())

    def _fit(self) -> None:
        """Have the maps of the devices that are here hold."""
        self._bound = {port: self._bindings_of(port) for port in self._readers}
        there = {
            (port, binding) for port, bound in self._bound.items() for pairs in bound.values() for _, binding in pairs
        }
        self._grips = {where: self._grips.get(where) or Grip() for where in there}
        self._carried = {where: left for where, left in self._carried.items() if where in there}
        self._feedback.follow({binding for _, binding in there})
        for port, reader in self._readers.items():
            for control in self._bound[port]:
                reader.expect(control)

    def _bindings_of(self, port: str) -> dict[Control, list[tuple[ControllerMap, Binding]]]:
        """What the controls on a port do: as the maps of its devices say, else as its own does."""
        own = self._shelf.of_port(port)
        found = by_control(each for each in self._maps(port) if each.device != own.device)
        return {**by_control([own]), **found}

    def _take(self, port: str, turns: Iterable[Turn]) -> None:
        for turn in turns:
            if self._learner.armed is not None:
                learnt = self._learner.hear(turn)
                if learnt is not None:
                    self._learnt(learnt, self._names(port)[0])
                    self._see(port, turn)
            elif turn.control in self._bound[port]:
                if self._feedback.echoes(turn):
                    self._see(port, turn)
                else:
                    self._gather(port, turn)
            elif turn.control.way is Way.PROGRAM and port != IN:
                deed = self._deeds(f"{PROGRAM}{turn.control.number}")
                if deed is not None:
                    deed()

    def _see(self, port: str, turn: Turn) -> None:
        """Know where a fader is, and leave its value alone."""
        for _, binding in self._bound[port].get(turn.control, ()):
            self._grips[port, binding].see(turn.value / (turn.control.steps - 1))

    def _gather(self, port: str, turn: Turn) -> None:
        """Keep a fader's last place; what is counted or pressed is done one by one."""
        bound = self._bound[port][turn.control]
        for _, binding in bound:
            if binding.encoder is not None:
                steps = binding.encoder.steps(turn.value)
                self._carried[port, binding] = self._carried.get((port, binding), 0.0) + steps
        if any(self._is_button(binding) for _, binding in bound):
            self._press(port, turn)
        self._turns[port, turn.control] = turn
        self._ask("turns", 0.0, self._carry_out)

    def _is_button(self, binding: Binding) -> bool:
        return binding.button is not None or self._deeds(binding.target) is not None

    def _press(self, port: str, turn: Turn) -> None:
        """Do what a button is for when it goes down, or has come up."""
        where = port, turn.control
        down = turn.value * 2 >= turn.control.steps or (turn.control.way is Way.NOTE and turn.value > 0)
        was, self._pressed[where] = self._pressed.get(where, False), down
        if turn.control.way is Way.PROGRAM:
            was, self._pressed[where] = False, False
        for _, binding in self._bound[port][turn.control]:
            deed = self._deeds(binding.target)
            if deed is not None and down and not was:
                deed()
            elif deed is None and binding.button is not None and down != was:
                self._switch(binding, down)

    def _switch(self, binding: Binding, down: bool) -> None:
        place = self._place(binding)
        if place is None or (binding.button is Button.TOGGLE and not down):
            return
        low, high = binding.ends(place.parameter)
        at = place.parameter.position(self._table.get(place.path))
        on = down if binding.button is Button.MOMENTARY else abs(at - low) <= abs(at - high)
        self._set(place, high if on else low, binding)

    def _carry_out(self) -> None:
        """Bring values to where the controls are that were turned."""
        turns, self._turns = self._turns, {}
        for (port, control), turn in turns.items():
            for each, binding in self._bound[port].get(control, ()):
                place = None if self._is_button(binding) else self._place(binding)
                if place is not None and binding.encoder is not None:
                    self._count(place, port, binding)
                elif place is not None:
                    self._turn(place, binding, turn, each.takeover, self._grips[port, binding])
        self._glide()

    def _count(self, place: Place, port: str, binding: Binding) -> None:
        """Go on by an encoder's steps, a whole value at a time where values are few."""
        parameter, steps = place.parameter, self._carried.get((port, binding), 0.0)
        low, high = binding.ends(parameter)
        way = (high - low) * binding.step
        at = self._at(place)
        goal = min(max(at + steps * way, min(low, high)), max(low, high))
        if parameter.kind is not Kind.FLOAT:
            grain = 1.0 / max(len(parameter.choices) or parameter.maximum - parameter.minimum, 1.0)
            whole = int(steps * max(abs(way), grain / 4) / grain)  # a step too small to be seen would be none
            self._carried[port, binding] = steps - whole * grain / max(abs(way), grain / 4)
            goal = min(max(at + whole * grain * (1 if way >= 0 else -1), min(low, high)), max(low, high))
        else:
            self._carried[port, binding] = 0.0
        if goal != at:
            self._move(place, goal, binding)

    def _turn(self, place: Place, binding: Binding, turn: Turn, usual: Takeover | None, grip: Grip) -> None:
        parameter = place.parameter
        how = binding.takeover or usual or Takeover(str(self._table.get("takeover")))
        part = turn.value / (turn.control.steps - 1)
        # Of a value beyond the binding's range, the nearer end counts: else the two would never meet.
        goal = grip.take(part, binding.part(parameter, self._at(place)), how)
        if goal is None:
            return
        self._move(place, binding.reach(parameter, goal), binding)
        grip.settle(binding.part(parameter, self._at(place)))

    def _at(self, place: Place) -> float:
        """Where a value is, or is going."""
        goal = self._glides.goal(place.path)
        return place.parameter.position(self._table.get(place.path)) if goal is None else goal

    def _move(self, place: Place, goal: float, binding: Binding) -> None:
        goal = place.parameter.position(place.parameter.natural(goal))  # where a value can be
        if binding.glides and place.parameter.kind in SMOOTH:
            at = place.parameter.position(self._table.get(place.path))
            constant = binding.smoothing_ms / 1000.0
            self._glides.aim(place.path, at, goal, constant, _signed(binding), self._now())
        else:
            self._glides.stop(place.path)
            self._set(place, goal, binding)

    def _glide(self) -> None:
        for step in self._glides.step(self._now()):
            self._put(step)
        if self._glides:
            self._ask("glide", TICK, self._glide)

    def _set(self, place: Place, position: float, binding: Binding) -> None:
        self._put(Step(place.path, position, _signed(binding)))

    def _put(self, step: Step) -> None:
        self._own = True
        try:
            place = self._table.place(step.path)
            self._table.set(step.path, place.parameter.natural(step.place), source=step.source)
        except SettingsError:
            self._glides.stop(step.path)  # its pack has gone meanwhile
        finally:
            self._own = False

    def _place(self, binding: Binding) -> Place | None:
        """Where a binding leads; None while its pack is not there."""
        try:
            return self._table.place(binding.target)
        except SettingsError:
            return None

    def _learnt(self, binding: Binding, device: str) -> None:
        self.bind(binding, device)
        how = binding.encoder or binding.button or binding.takeover
        self._tell(f"{binding.control} is {binding.target} now{f' ({how.value})' if how else ''}")

    def _changed(self, change: Change) -> None:
        if not self._own:
            self._glides.stop(change.place.path)
        self._feedback.changed(change, change.source.removeprefix(f"{SOURCE} "))
        self._ask("feedback", TICK, self._flush_feedback)

    def _flush_feedback(self) -> None:
        self._feedback.flush(self._now())

    def _halves(self) -> None:
        for port, reader in self._readers.items():
            self._take(port, reader.due(self._now()))

    def _lose_patience(self) -> None:
        if self._learner.late(self._now()):
            self.cancel()
        elif self._learner.armed is not None:
            self._ask("patience", 1.0, self._lose_patience)

    def _ask(self, name: str, seconds: float, function: Callable[[], object]) -> None:
        """Have something done after a while; asked for twice, it is done once."""
        if name in self._asked:
            return
        self._asked.add(name)

        def do() -> None:
            self._asked.discard(name)
            function()

        self._later(seconds, do)


def _signed(binding: Binding) -> str:
    return f"{SOURCE} {binding.control}"
