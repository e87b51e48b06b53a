"""The inbox: what has come in and waits its turn. It cannot grow beyond the address space, whoever floods it."""

from bridge.osc.datagrams import Sender
from bridge.osc.packet import Message

Command = Message | bytes
"""A message, or the datagram of one that nobody has read yet."""


class Inbox:
    """Commands, of which only the last to each address counts."""

    def __init__(self) -> None:
        self._commands: dict[str, tuple[Command, Sender]] = {}
        self.overtaken = 0
        """Commands that a later one to the same address replaced before they were carried out."""

    def command(self, address: str, command: Command, sender: Sender) -> None:
        """Keep a command in the place of an earlier one to its address, behind all others."""
        if self._commands.pop(address, None) is not None:
            self.overtaken += 1
        self._commands[address] = (command, sender)

    def take_commands(self) -> list[tuple[str, Command, Sender]]:
        """Every command with its address, the one that was given last at the end."""
        commands = [(address, command, sender) for address, (command, sender) in self._commands.items()]
        self._commands.clear()
        return commands

    def __len__(self) -> int:
        return len(self._commands)
