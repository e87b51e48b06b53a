"""The inbox: what has come in and waits its turn. It cannot grow beyond the address space, whoever floods it."""

from bridge.osc.datagrams import Sender
from bridge.osc.packet import Message

Command = Message | bytes
"""A message, or the datagram of one that nobody has read yet."""
QUESTIONS = 256
"""Questions that may wait; those beyond are dropped."""


class Inbox:
    """Commands, of which only the last to each address counts, and questions, each asked once."""

    def __init__(self) -> None:
        self._commands: dict[str, tuple[Command, Sender]] = {}
        self._questions: dict[tuple[str, Sender], None] = {}
        self.overtaken = 0
        """Commands that a later one to the same address replaced before they were carried out."""
        self.dropped = 0
        """Questions for which there was no room."""

    def command(self, address: str, command: Command, sender: Sender) -> None:
        """Keep a command in the place of an earlier one to its address, behind all others."""
        if self._commands.pop(address, None) is not None:
            self.overtaken += 1
        self._commands[address] = (command, sender)

    def question(self, address: str, sender: Sender) -> bool:
        """Keep a question; False where there is no room."""
        if len(self._questions) >= QUESTIONS and (address, sender) not in self._questions:
            self.dropped += 1
            return False
        self._questions[(address, sender)] = None
        return True

    def take_commands(self) -> list[tuple[str, Command, Sender]]:
        """Every command with its address, the one that was given last at the end."""
        commands = [(address, command, sender) for address, (command, sender) in self._commands.items()]
        self._commands.clear()
        return commands

    def take_questions(self, most: int) -> list[tuple[str, Sender]]:
        """The oldest questions, at most so many."""
        questions = list(self._questions)[:most]
        for question in questions:
            del self._questions[question]
        return questions

    def __len__(self) -> int:
        return len(self._commands) + len(self._questions)
