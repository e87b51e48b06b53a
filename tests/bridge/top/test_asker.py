import socket
import threading

import pytest

from bridge.errors import OscError
from bridge.osc.address import STATUS
from bridge.osc.packet import Message, write
from bridge.settings import Osc
from bridge.top import command
from bridge.top.asker import Asker


def test_a_status_is_whole_when_its_number_of_lines_has_come() -> None:
    daemon = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    daemon.bind(("127.0.0.1", 0))

    def answer() -> None:
        _, sender = daemon.recvfrom(1024)
        daemon.sendto(b"garbage", sender)
        daemon.sendto(write(Message(f"{STATUS}/bar", (7,))), sender)
        daemon.sendto(write(Message(STATUS, (1,))), sender)

    thread = threading.Thread(target=answer)
    thread.start()
    asker = Asker("127.0.0.1", daemon.getsockname()[1])
    try:
        assert asker.ask(5.0) == {"bar": 7}
    finally:
        thread.join()
        asker.close()
        daemon.close()


def test_where_no_daemon_runs_it_says_so_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "FIRST", 0.05)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(OscError, match="antiphon run"):
            command.top(Osc(port=nobody.getsockname()[1]))


def test_a_key_has_something_done() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
        daemon.bind(("127.0.0.1", 0))
        daemon.settimeout(5.0)
        asker = Asker("127.0.0.1", daemon.getsockname()[1])
        asker.do(command.DEEDS["l"])
        asker.close()
        assert daemon.recvfrom(1024)[0] == write(Message("/antiphon/like", (1,)))
