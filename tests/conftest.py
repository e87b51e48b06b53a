"""What holds for all tests."""

import signal

from hypothesis import settings

# How long an example takes says how busy the machine is, and nothing of what is tested.
settings.register_profile("antiphon", deadline=None)
settings.load_profile("antiphon")

for name, handler in (("SIGINT", signal.default_int_handler), ("SIGHUP", signal.SIG_DFL)):
    # A run in the background or under nohup ignores these, and so would every process that a test starts.
    if hasattr(signal, name):
        signal.signal(getattr(signal, name), handler)
