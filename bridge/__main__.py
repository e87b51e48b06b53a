"""The way in: a child of the desk goes straight to its role, everybody else to the command line."""

import os
import sys


def main() -> None:
    """Run `antiphon`. The children skip the command line, so that the wire stays small."""
    if len(sys.argv) == 3 and sys.argv[1] in ("wire", "engine") and "ANTIPHON_KEY" in os.environ:
        _serve(sys.argv[1], sys.argv[2], bytes.fromhex(os.environ.pop("ANTIPHON_KEY")))
        return
    from bridge.cli import app

    app()


def _serve(role: str, address: str, key: bytes) -> None:
    import signal

    # These reach the whole process group; the desk says when it is over, and if it cannot, its pipe closes.
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    if role == "wire":
        import msgspec

        from bridge.wire.process import run as wire
        from bridge.wire.setup import Setup

        wire(address, key, msgspec.json.decode(os.environ.pop("ANTIPHON_SETUP"), type=Setup))
    else:
        from bridge.engine.process import run as engine

        engine(address, key)


if __name__ == "__main__":
    main()
