"""Who keeps time: one master at a time, chosen among the sources by a rule a musician can foresee.

Set to a source's name, that source is the master, playing or not. Set to "auto":

1. A source becomes the master at the moment it *begins to play*, if it stands higher in the order of
   priority than the master or the master is not playing. A DAW that is started therefore takes the band
   over, even from our own clock in mid-song, while our own start button does nothing against a running DAW.
2. A master that stops stays the master: when the DAW stops, the band is silent and does not fall back to a
   clock that happened to be running. Our start button then makes our own clock the master.
3. Only beginning to play counts. A clock that ticks without Start is no rival to anybody.

The order of priority is the order in which the sources are given, what is nearest to the beat first: MIDI
clock, then Link, then a DAW's messages, our own clock last. Link comes and goes. Stop our own clock when
it has lost the mastership, so that its start is a beginning again.
"""

from collections.abc import Mapping

from msgspec.structs import replace

from bridge.clock.base import Source
from bridge.clock.tempo_map import TempoMap
from bridge.errors import SettingsError

AUTO = "auto"


class Switch:
    """The master's map under one epoch; a `Source` itself. Call `poll` after every event of any source."""

    def __init__(self, sources: Mapping[str, Source], setting: str = AUTO) -> None:
        self._sources = dict(sources)
        self._ranks()
        self._seen = {name: -1 for name in self._sources}
        self._master = list(self._sources)[-1]
        self._setting = AUTO
        self._source_map = self._sources[self._master].map
        self._map = replace(self._source_map, epoch=0)
        self.choose(setting)

    @property
    def map(self) -> TempoMap:
        """The master's line as of the last `poll`, in its song beats."""
        return self._map

    @property
    def epoch(self) -> int:
        """Counts the master's starts, stops and jumps, and changes of the master."""
        return self._map.epoch

    @property
    def master(self) -> str:
        """Name of the source that keeps time."""
        return self._master

    @property
    def pulse(self) -> TempoMap | None:
        """The master's beat, where it has one."""
        return self._sources[self._master].pulse

    @property
    def shown_bpm(self) -> float:
        """The master's tempo, to show."""
        return self._sources[self._master].shown_bpm or self._map.bpm

    @property
    def error_ms(self) -> float:
        """How far what the master says lies off the line that is followed."""
        return self._sources[self._master].error_ms

    @property
    def setting(self) -> str:
        """ "auto" or the name of the source that was asked for."""
        return self._setting

    def choose(self, setting: str) -> None:
        """Set who may be the master, from the next `poll` on; "auto" begins with the highest that plays.

        Raises SettingsError for a source that there is not.
        """
        if setting != AUTO and setting not in self._sources:
            known = ", ".join([AUTO, *self._sources])
            raise SettingsError(f"no clock is called «{setting}»; choose one of {known}")
        self._setting = setting
        if setting != AUTO:
            self._elect(setting)
            return
        playing = [name for name, source in self._sources.items() if source.map.playing]
        self._elect(playing[0] if playing else self._master)

    def join(self, name: str, source: Source, above: str, heir: bool = False) -> None:
        """Take in a source, in the order of priority just above another one.

        The `heir` of the lowest source is the master where that one was, until another begins to play.
        """
        sources = list(self._sources.items())
        place = list(self._sources).index(above)
        self._sources = dict([*sources[:place], (name, source), *sources[place:]])
        self._seen[name] = -1
        self._ranks()
        if heir and self._setting == AUTO and self._master == list(self._sources)[-1]:
            self._elect(name)

    def leave(self, name: str) -> None:
        """Let a source go. If it was the master, the lowest takes its place; if it was set, auto does."""
        del self._sources[name], self._seen[name]
        self._ranks()
        if self._setting == name:
            self._setting = AUTO
        if self._master == name:
            self._elect(list(self._sources)[-1])

    def pulses(self) -> dict[str, TempoMap | None]:
        """Each source's beat, where it has one, in the order of priority."""
        return {name: source.pulse for name, source in self._sources.items()}

    def poll(self, time: float) -> None:
        """Let every source notice the time, choose the master and take its map."""
        for source in self._sources.values():
            source.poll(time)
        self._watch()
        self._publish()

    def _ranks(self) -> None:
        self._rank = {name: rank for rank, name in enumerate(self._sources)}

    def _watch(self) -> None:
        """Let the highest source that has just begun to play challenge the master."""
        for name, source in self._sources.items():
            began = source.map.playing and source.epoch != self._seen[name]
            self._seen[name] = source.epoch
            if began and self._setting == AUTO and self._yields_to(name):
                self._elect(name)

    def _yields_to(self, name: str) -> bool:
        master = self._sources[self._master]
        return self._rank[name] < self._rank[self._master] or not master.map.playing

    def _elect(self, name: str) -> None:
        if name == self._master:
            return
        self._master = name
        self._source_map = replace(self._sources[name].map, epoch=-1)

    def _publish(self) -> None:
        """Take over the master's map; ours keeps its identity while nothing has changed."""
        source = self._sources[self._master].map
        if source is self._source_map:
            return
        jumped = source.epoch != self._source_map.epoch
        self._source_map = source
        self._map = replace(source, epoch=self._map.epoch + jumped)
