"""The inbox: what has come in and waits its turn. It cannot grow beyond the address space, whoever floods it."""

from bridge.osc.packet import Message

Sender = tuple[str, int]
"""Address and port a packet came from."""
QUESTIONS = 256
"""Questions that may wait; those beyond are dropped."""


class Inbox:
    """Commands, of which only the last to each address counts, and questions, each asked once."""

    def __init__(self) -> None:
        self._commands: dict[str, tuple[Message, Sender]] = {}
        self._questions: dict[tuple[str, Sender], None] = {}
        self.overtaken = 0
        """Commands that a later one to the same address replaced before they were carried out."""
        self.dropped = 0
        """Questions for which there was no room."""

    def command(self, message: Message, sender: Sender) -> None:
        """Keep a command in the place of an earlier one to its address, behind all others."""
        if self._commands.pop(message.address, None) is not None:
            self.overtaken += 1
        self._commands[message.address] = (message, sender)

    def question(self, address: str, sender: Sender) -> bool:
        """Keep a question; False where there is no room."""
        if len(self._questions) >= QUESTIONS and (address, sender) not in self._questions:
            self.dropped += 1
            return False
        self._questions[(address, sender)] = None
        return True

    def take_commands(self) -> list[tuple[Message, Sender]]:
        """Every command, the one that was given last at the end."""
        commands = list(self._commands.values())
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
