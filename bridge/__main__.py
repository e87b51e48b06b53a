"""The way in: a child of the desk goes straight to its role, everybody else to the command line."""

import os
import signal
import sys

ENDINGS = ("SIGTERM", "SIGHUP", "SIGBREAK")


def main() -> None:
    """Run `antiphon`. The children skip the command line, so that the wire stays small."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy would start a thread for every core, and spin on them
    if len(sys.argv) == 3 and sys.argv[1] in ("wire", "engine", "sound") and "ANTIPHON_KEY" in os.environ:
        _serve(sys.argv[1], sys.argv[2], bytes.fromhex(os.environ.pop("ANTIPHON_KEY")))
        return
    _end_well()
    try:
        from bridge.cli import app

        app()
    except KeyboardInterrupt:  # outside every command: nothing has begun yet
        return


def _end_well() -> None:
    """Being told to end is no failure, and may happen before whatever has to be closed then is open."""

    def leave(*_: object) -> None:
        raise SystemExit(0)

    for name in ENDINGS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # not under nohup
            signal.signal(number, leave)


def _serve(role: str, address: str, key: bytes) -> None:
    # These reach the whole process group; the desk says when it is over, and if it cannot, its pipe closes.
    for name in ("SIGINT", *ENDINGS):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    if role == "wire":
        import msgspec

        from bridge.wire.process import run as wire
        from bridge.wire.setup import Setup

        wire(address, key, msgspec.json.decode(os.environ.pop("ANTIPHON_SETUP"), type=Setup))
    elif role == "engine":
        from bridge.engine.process import run as engine

        engine(address, key)
    else:
        from bridge.sound.process import run as sound

        sound(address, key)


if __name__ == "__main__":
    main()
