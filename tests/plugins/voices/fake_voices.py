"""Voices without a process, for tests of what stands on them."""

import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from core.speech_marks import PhonemeMark
from core.voice_engine import Manner, Utterance
from core.voices.voice_client import VoiceClient

RATE = 24_000
LETTER_SECONDS = 0.05


def tone(text: str, tells: bool = True) -> Utterance:
    """A hum as long as the text, whose phonemes are its letters."""
    length = round(LETTER_SECONDS * len(text) * RATE)
    sound = 0.3 * np.sin(2 * np.pi * 200 * np.arange(length) / RATE)
    marks = tuple(
        PhonemeMark(
            letter if letter.isalpha() else "", LETTER_SECONDS * i, LETTER_SECONDS * (i + 1)
        )
        for i, letter in enumerate(text)
    )
    return Utterance(sound.astype(np.float32), marks if tells else None)


class FakeClient(VoiceClient):
    """Hums what it is told; `speaks` may do something else instead."""

    def __init__(self, engine: str, speaks: Callable[[str], Utterance] = tone) -> None:
        self.engine, self._speaks = engine, speaks
        self.heard: list[str] = []
        self.manners: list[Manner] = []
        self.closed = threading.Event()

    def speak(self, manner: Manner, text: str) -> tuple[Utterance, float]:
        self.heard.append(text)
        self.manners.append(manner)
        return self._speaks(text), RATE

    def list(self) -> Any:
        raise NotImplementedError

    def close(self) -> None:
        self.closed.set()
