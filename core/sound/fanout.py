"""One sound to several places, of which any may fail, or hang, without the others."""

from collections.abc import Callable, Sequence

from core.audio import Sound, SoundSink
from core.clock import Clock
from core.sound.place import Place


class Fanout:
    """Satisfies `SoundSink`; never waits. See `Place` for what becomes of one that is lost."""

    def __init__(
        self,
        open_sinks: Sequence[Callable[[], SoundSink]],
        on_lost: Callable[[Exception], None],
        on_back: Callable[[], None],
        clock: Clock | None = None,
    ) -> None:
        self._places = [Place(open_sink, on_lost, on_back, clock) for open_sink in open_sinks]

    def play(self, sound: Sound) -> None:
        """See `SoundSink.play`."""
        for place in self._places:
            place.play(sound)

    def close(self) -> None:
        """Close every place, all at the same time."""
        for place in self._places:
            place.leave()
        for place in self._places:
            place.close()
