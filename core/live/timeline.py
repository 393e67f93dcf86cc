"""From the avatar's time to the source's: which sound a frame belongs to, and when it was heard."""

from collections import deque
from dataclasses import replace

from core.audio import SAMPLE_RATE, Sound
from core.sentence import said
from core.video import Frame


class Timeline:
    """Remembers the sound given to a stream so that its frames can be stamped. One thread.

    The stream counts the samples it was given. Where the source lost sound in between, its own
    count runs ahead; frames leave with the source's count.
    """

    def __init__(self, pieces: int) -> None:
        self.fed = 0
        """Samples given to the stream so far."""
        self._pieces: deque[tuple[int, Sound]] = deque(maxlen=pieces)

    def feed(self, sound: Sound) -> None:
        """Note that `sound` was given to the stream next."""
        self._pieces.append((self.fed, sound))
        self.fed += len(sound.samples)

    def stamp(self, frame: Frame) -> Frame:
        """Return `frame` with `sample` in the source's count and the time it was heard.

        Raises:
            ValueError: the frame belongs to sound that came too long ago, or has not come yet.
        """
        for fed, sound in reversed(self._pieces):
            ahead = frame.sample - fed
            if 0 <= ahead < len(sound.samples):
                heard = sound.heard + ahead / SAMPLE_RATE
                return replace(frame, sample=sound.start + ahead, heard=heard)
        raise ValueError(
            said("frame for sample {0}: not among the last {1} fed", frame.sample, self.fed)
        )
