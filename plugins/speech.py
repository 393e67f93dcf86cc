"""Text to speech as an audio source: speaks while more is typed."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from core.audio import EndOfAudio, PacedSource, Piece, Sound
from core.clock import Clock
from core.options import Hint, option
from core.plugin import SourcePlugin
from core.process.respawning_child import OrderFailed
from core.sentence import said
from core.voice_engine import NORMAL_PITCH, NORMAL_RATE, Manner
from core.voices.voice_client import VoiceClient
from plugins.speaker import OpenClient, Speaker
from plugins.speech_text import (
    Pronunciations,
    check_letters,
    pieces,
    read_links,
    speakable,
    without_foreign_words,
)
from plugins.spoken_line import SpokenLine, filled
from plugins.voice_choice import chosen_voices, languages, speakers

GRACE = 0.01
"""Seconds, on the source's clock, that are waited for what is being spoken before it is silent."""

MOST_REMARKS = 20
"""Sentences for people that wait; of more, the oldest are lost."""

POLL = 0.005
"""Seconds between two looks at that clock."""


@dataclass(frozen=True)
class SpeechOptions:
    """What is said, and how."""

    text: str = option(
        said("Hello! I am your understudy, and I speak your lines while you watch."),
        Hint(
            said("Text"),
            said("What is spoken first; more can be typed while it speaks."),
            lines=4,
            local=True,
        ),
    )
    voice: str = option(
        said("en-us"), Hint(said("Language"), choices=languages, long=True, local=True)
    )
    speaker: str = option(
        "",
        Hint(
            said("Speaker"),
            said("Automatic takes the most natural voice there is for the language."),
            choices=speakers,
            long=True,
        ),
    )
    rate: int = option(
        NORMAL_RATE, Hint(said("Speed"), low=80, high=450, unit=said("words per minute"))
    )
    pitch: int = option(
        NORMAL_PITCH, Hint(said("Pitch"), said("Where the voice can."), low=0, high=99)
    )
    gap: int = option(
        0,
        Hint(
            said("Pause between words"),
            said("Only espeak-ng can."),
            low=0,
            high=500,
            unit=said("ms"),
        ),
    )
    pronunciations: str = option(
        "",
        Hint(
            said("Pronunciations"),
            said("A line for each word that is spoken otherwise, as in: GIF = jiff"),
            lines=3,
        ),
    )
    keep_open: bool = option(
        True,
        Hint(
            said("Keep running after the text ends"),
            said("Stay silent instead of ending when all is said."),
        ),
    )


class Speech:
    """Satisfies `AudioSource`; read by one thread, while any may `say` more."""

    def __init__(
        self, options: SpeechOptions, clock: Clock, open_client: OpenClient = VoiceClient
    ) -> None:
        self._clock = clock
        self._keep_open = options.keep_open
        self._pronunciations = Pronunciations(options.pronunciations)
        self._remarks: deque[str] = deque(maxlen=MOST_REMARKS)
        self._line = SpokenLine()
        manner = Manner(rate=options.rate, pitch=options.pitch, gap=options.gap)
        voices = chosen_voices(options.voice, options.speaker, manner)
        self._speaker = Speaker(voices, self._line, self._remarks.append, open_client)
        try:
            self._begin(options.text)
        except BaseException:
            self._speaker.close()
            raise
        self._paced = PacedSource(self._pull, clock)

    @property
    def dropped(self) -> int:
        return self._paced.dropped

    def say(self, text: str) -> None:
        """Speak `text` after what is still waiting; any thread may call this.

        Raises:
            ValueError: there is nothing in it to speak, or the voice cannot read it.
        """
        self._speaker.add(self._prepared(text))

    def interrupt(self) -> None:
        """Say no more of what was to be said; any thread may call this."""
        self._speaker.interrupt()

    def read(self, count: int, timeout: float) -> Sound | None:
        """See `AudioSource.read`.

        Raises:
            SoundBrokeOff: the voice has been lost for good.
        """
        try:
            return self._paced.read(count, timeout)
        except EndOfAudio as end:
            raise self._speaker.error or end from None

    def remarks(self) -> Sequence[str]:
        """See `Remarking`."""
        found = []
        while self._remarks:
            found.append(self._remarks.popleft())
        return found

    def close(self) -> None:
        """See `AudioSource.close`."""
        self._paced.close()
        self._speaker.close()

    def _begin(self, text: str) -> None:
        try:
            spoken = self._speaker.begin(self._prepared(text))
        except OrderFailed as error:
            raise ValueError(str(error)) from error
        if not spoken:
            raise ValueError(
                said(
                    "the voice {0!r} cannot speak {1!r}",
                    self._speaker.voice.title,
                    text[:40],
                    remedy="write words, or choose the language they are in",
                )
            )

    def _prepared(self, text: str) -> list[str]:
        voice = self._speaker.voice
        language = voice.manner.language
        text = speakable(self._pronunciations.apply(speakable(text)))
        check_letters(voice.title, language, text)
        text, strange = without_foreign_words(text, language)
        if strange:
            self._remarks.append(
                said("The voice {0} cannot read {1!r}; it was left out.", voice.title, strange[:40])
            )
        return pieces(read_links(text) if language.startswith("en") else text)

    def _pull(self, count: int) -> Piece:
        """Return `count` samples, silence while nothing is ready; fewer at the end, then none."""
        due, line = self._clock.now(), self._line
        with line.changed:
            while len(line) < count and self._speaker.busy and self._clock.now() < due + GRACE:
                line.changed.wait(POLL)
            piece = line.take(count)
            goes_on = self._speaker.busy or (self._keep_open and not self._speaker.error)
        return filled(piece, count) if goes_on else piece


plugin = SourcePlugin("speech", said("Typed text"), SpeechOptions, Speech)
