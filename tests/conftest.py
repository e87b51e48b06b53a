"""What holds for all tests."""

import signal

for name, handler in (("SIGINT", signal.default_int_handler), ("SIGHUP", signal.SIG_DFL)):
    # A run in the background or under nohup ignores these, and so would every process that a test starts.
    if hasattr(signal, name):
        signal.signal(getattr(signal, name), handler)
