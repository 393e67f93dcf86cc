"""Text to speech as an audio source: speaks while more is typed."""

import re
import threading
import unicodedata
from collections import deque
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.audio import SAMPLE_RATE, PacedSource, Samples, Sound, fill
from core.clock import Clock
from core.options import Hint, option
from core.plugin import SourcePlugin
from core.process.child import Child, ChildLost, Message, command
from core.sentence import said
from plugins.resampling import Resampler

PIECE = 400
"""Letters given to the synthesiser at once: half a minute of speech, made in some 40 ms."""

AHEAD = SAMPLE_RATE
"""Samples that lie ready before the next piece is asked for."""

PATIENCE = 10.0
"""Seconds without an answer after which the synthesiser is given up."""

SENTENCE_END = re.compile(r"[.!?;:\u3002\uff01\uff1f\n]\s*")

Choices = list[tuple[str, str]]


def voices() -> Choices:
    """Return (code, title) of every language and accent."""
    return _ask_choices("voices")


def speakers() -> Choices:
    """Return (name, title) of every timbre; the first is the language's own."""
    return [("", said("Default")), *_ask_choices("speakers")]


LETTERS = 2000
"""How much of a text tells in which script it is."""

CYRILLIC = "ru uk bg be sr mk kk ky tt ba cv uz nog mn bs tk az os"
INDIC = "hi mr ne kok sa mai bho"
SCRIPTS = {
    "CJK": "cmn zh yue hak nan wuu ja ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CYRILLIC": CYRILLIC,
    "ARABIC": "ar fa ur sd ug ku ckb ps ms az pa",
    "HEBREW": "he yi",
    "DEVANAGARI": INDIC,
    "BENGALI": "bn as bpy mni",
    "GURMUKHI": "pa",
    "GUJARATI": "gu",
    "ORIYA": "or",
    "TAMIL": "ta",
    "TELUGU": "te",
    "KANNADA": "kn",
    "MALAYALAM": "ml",
    "SINHALA": "si",
    "THAI": "th",
    "LAO": "lo",
    "MYANMAR": "my shn",
    "GEORGIAN": "ka xmf",
    "ARMENIAN": "hy hyw",
    "ETHIOPIC": "am ti om",
    "KHMER": "km",
    "TIBETAN": "bo",
}
"""Languages that use a script; what is not named here every voice may read, or spell."""


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
    voice: str = option(said("en-us"), Hint(said("Language"), choices=voices, local=True))
    speaker: str = option("", Hint(said("Speaker"), choices=speakers))
    rate: int = option(165, Hint(said("Speed"), low=80, high=450, unit=said("words per minute")))
    pitch: int = option(50, Hint(said("Pitch"), low=0, high=99))
    gap: int = option(0, Hint(said("Pause between words"), low=0, high=500, unit=said("ms")))
    keep_open: bool = option(
        True, Hint(said("Wait for more"), said("Stay silent instead of ending when all is said."))
    )


class Speech:
    """Satisfies `AudioSource`; read by one thread, while any may `say` more."""

    def __init__(self, options: SpeechOptions, clock: Clock) -> None:
        self._options = options
        self._waiting: deque[str] = deque(pieces(speakable(options.text)))
        _check_letters(options.voice, options.text)
        self._closed = threading.Event()
        self._speaking = False
        self._child = Child(command("plugins.speech_process"), "speech")
        try:
            self._resampler = Resampler(self._use_voice())
            self._prepare(1)
            if not len(self._resampler):
                raise ValueError(
                    said(
                        "the voice {0!r} cannot speak {1!r}",
                        options.voice,
                        options.text[:40],
                        remedy="write words, or choose the language they are in",
                    )
                )
        except BaseException:
            self._child.close()
            raise
        self._paced = PacedSource(self._pull, clock)

    @property
    def dropped(self) -> int:
        return self._paced.dropped

    def say(self, text: str) -> None:
        """Speak `text` after what is still waiting; any thread may call this.

        Raises:
            ValueError: there is nothing in it to speak.
        """
        self._waiting.extend(pieces(speakable(text)))

    def read(self, count: int, timeout: float) -> Sound | None:
        """See `AudioSource.read`."""
        return self._paced.read(count, timeout)

    def close(self) -> None:
        """See `AudioSource.close`."""
        self._closed.set()
        self._paced.close()
        self._child.close()

    def _use_voice(self) -> float:
        chosen = self._options
        names = ("voice", "speaker", "rate", "pitch", "gap")
        self._child.send({"ask": "use", **{name: getattr(chosen, name) for name in names}})
        head = self._answer().head
        if "error" in head:
            voice = " ".join(filter(None, (chosen.voice, chosen.speaker)))
            raise ValueError(
                said("there is no voice {0!r}", voice, remedy="choose one from the list")
            )
        return float(head["rate"])

    def _pull(self, count: int) -> Samples:
        try:
            self._prepare(count)
        except ChildLost:
            if not self._closed.is_set():
                raise
        samples = self._resampler.take(count)
        return fill(samples, count) if self._options.keep_open else samples

    def _prepare(self, count: int) -> None:
        """Have `count` samples ready, or all there are to come."""
        while not self._closed.is_set():
            if not self._speaking and self._waiting and len(self._resampler) < count + AHEAD:
                self._child.send({"ask": "say", "text": self._waiting.popleft()})
                self._speaking = True
            if not self._speaking or len(self._resampler) >= count:
                return
            self._hear(self._answer())

    def _hear(self, message: Message) -> None:
        if message.body:
            sound = np.frombuffer(message.body, np.int16)
            self._resampler.put(sound.astype(np.float32) / np.float32(32768))
        elif "done" in message.head:
            self._speaking = False
            self._resampler.finish()

    def _answer(self) -> Message:
        message = self._child.receive(PATIENCE)
        if message is None:
            raise ChildLost(
                said(
                    "the speech process has not answered for {0:.0f} s",
                    PATIENCE,
                    remedy="start again",
                )
            )
        return message


def speakable(text: str) -> str:
    """Return `text` if there is something to say in it.

    Raises:
        ValueError: there is not.
    """
    if not any(letter.isalnum() or ord(letter) > 0x2000 for letter in text):
        raise ValueError(
            said("there is nothing to speak in {0!r}", text[:40], remedy="write at least one word")
        )
    return text


def pieces(text: str) -> list[str]:
    """Cut a long text after sentences, or between words where a sentence is too long."""
    out = []
    while len(text) > PIECE:
        ends = [match.end() for match in SENTENCE_END.finditer(text, 0, PIECE)]
        cut = ends[-1] if ends else text.rfind(" ", 1, PIECE) + 1 or PIECE
        out.append(text[:cut])
        text = text[cut:]
    return [*out, text]


def _ask_choices(kind: str) -> Choices:
    with closing(Child(command("plugins.speech_process"), "speech")) as child:
        child.send({"ask": "voices"})
        message = child.receive(PATIENCE)
    found: Any = message.head[kind] if message else []
    return [(value, title) for value, title in found]


def _check_letters(voice: str, text: str) -> None:
    """See that the voice can read the letters; it would spell them one by one otherwise.

    Raises:
        ValueError: most of them are of a script that its language does not use.
    """
    language = voice.partition("-")[0].casefold()
    letters = [letter for letter in text[:LETTERS] if letter.isalpha()]
    users = (SCRIPTS.get(unicodedata.name(one, "").partition(" ")[0]) for one in letters)
    foreign = sum(known is not None and language not in known.split() for known in users)
    if foreign > len(letters) / 2 and foreign > 1:
        raise ValueError(
            said(
                "the voice {0!r} does not know the letters of {1!r}",
                voice,
                text[:40],
                remedy="choose the language they are in",
            )
        )


plugin = SourcePlugin("speech", said("Text to speech"), SpeechOptions, Speech)
