"""Voice engines: text goes in, sound comes out, with its phonemes where the engine knows them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from core.speech_marks import Marks

NORMAL_RATE = 165
"""Words per minute of somebody who is not in a hurry."""
NORMAL_PITCH = 50


class VoiceEntry(NamedTuple):
    """One voice of an engine."""

    name: str
    """By which the engine knows it."""
    title: str
    """What people read."""
    language: str = ""
    """The only one it speaks, as "en-us"; empty if it speaks every one of its engine's."""
    licence: str = ""
    """Of the voice, where it is not that of the engine."""


@dataclass(frozen=True)
class Manner:
    """How to speak. An engine does what it can of it."""

    language: str = ""
    """As "en-us" or "de"; matters where the voice speaks several."""
    voice: str = ""
    """A `VoiceEntry.name`; empty is the engine's own choice."""
    rate: int = NORMAL_RATE
    """Words per minute."""
    pitch: int = NORMAL_PITCH
    """0..99"""
    gap: int = 0
    """Milliseconds of silence between words."""


class Utterance(NamedTuple):
    """A piece of text, spoken."""

    samples: NDArray[np.float32]
    """(n,), in [-1, 1], at the rate that `use` returned."""
    marks: Marks | None = None
    """All its phonemes, in seconds from its first sample; None where the engine does not know."""


class VoiceEngine(Protocol):
    """One engine, in a process of its own; one thread. Loads its voice once it shall be used."""

    def languages(self) -> Sequence[tuple[str, str]]:
        """Return (code, what people read) of each language it speaks."""
        ...

    def voices(self) -> Sequence[VoiceEntry]:
        """Return the voices that are there, its own choice first."""
        ...

    def use(self, manner: Manner) -> float:
        """Speak so from now on; return the samples per second that it will give.

        Raises:
            ValueError: there is no such voice or language; says so in a sentence.
        """
        ...

    def speak(self, text: str) -> Iterator[Utterance]:
        """Yield `text` spoken, in one or more pieces; none if nothing in it can be spoken."""
        ...
