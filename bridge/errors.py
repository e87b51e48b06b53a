"""Every error a user can meet. Each says what happened, where, and what to do next."""


class AntiphonError(Exception):
    """Root of the tree; the command line prints it as one line and exits with 1."""


class SettingsError(AntiphonError):
    """A configuration file or command line value that cannot be used."""


class PortError(AntiphonError):
    """A MIDI system or port that cannot be opened."""


class ClockError(AntiphonError):
    """A clock that cannot be followed."""


class PackError(AntiphonError):
    """A pack that is missing, damaged, of an unknown kind or of the wrong shape."""


class EngineError(AntiphonError):
    """The engine process failed while loading or playing a pack."""


class ProviderError(EngineError):
    """The ONNX Runtime provider asked for is not the one that runs."""


class ProviderLostError(ProviderError):
    """The provider that ran a pack failed while it played."""


class AlreadyRunningError(AntiphonError):
    """Another daemon holds the lock."""


class DataError(AntiphonError):
    """Training data that is missing or cannot be read."""


class OscError(AntiphonError):
    """The OSC port cannot be opened, or what came in on it is no OSC."""


class SessionError(AntiphonError):
    """A session log that cannot be kept, read or played again."""


class CalibrationError(AntiphonError):
    """The way through the music program and back cannot be measured."""


class ServiceError(AntiphonError):
    """The system would not take the service, or not give it up."""


class SelfTestError(AntiphonError):
    """The self-test heard something that should not be, or did not hear what should."""


class WebError(AntiphonError):
    """The page cannot be served, or something that is no page of ours talks to it."""


class DawError(AntiphonError):
    """A music program that cannot be reached, or did not do what it was asked."""


class TasteError(AntiphonError):
    """What is kept of players' tastes cannot be read or written, or does not have what was asked for."""
