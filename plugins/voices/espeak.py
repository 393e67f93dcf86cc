"""espeak-ng: every language, at once, and it sounds like a machine."""

# ruff: noqa: RUF001

import os
from collections.abc import Iterator, Sequence

from core.plugin import VoicePlugin
from core.sentence import said
from core.speech_marks import Marks, PhonemeMark
from core.voice_engine import Manner, Utterance, VoiceEntry
from core.voices.espeak_library import GAP, PITCH, RATE, EspeakLibrary, data_folder

STRESSES = {"ˈ": 1.0, "ˌ": 0.3}


class Espeak:
    """Satisfies `VoiceEngine`; the library keeps global state, so one per process."""

    def __init__(self) -> None:
        # A relative path, because the library cuts long ones and garbles foreign letters.
        os.chdir(data_folder())
        self._library = EspeakLibrary(".")

    def languages(self) -> list[tuple[str, str]]:
        """See `VoiceEngine.languages`; accents are languages of their own."""
        named = {voice.language: voice.name for voice in self._library.languages()}
        return sorted(named.items(), key=lambda pair: pair[1])

    def voices(self) -> list[VoiceEntry]:
        """See `VoiceEngine.voices`: timbres, each of which goes with every language."""
        found = self._library.timbres()
        named = {voice.identifier.removeprefix("!v/"): voice.name for voice in found}
        return [VoiceEntry(*pair) for pair in sorted(named.items(), key=lambda p: p[1].lower())]

    def use(self, manner: Manner) -> float:
        """See `VoiceEngine.use`."""
        name = f"{manner.language}+{manner.voice}" if manner.voice else manner.language
        known = not manner.voice or manner.voice in {entry.name for entry in self.voices()}
        if not (known and self._library.choose(name)):
            voice = " ".join(filter(None, (manner.language, manner.voice)))
            raise ValueError(
                said("there is no voice {0!r}", voice, remedy="choose one from the list")
            )
        for parameter, value in (
            (RATE, manner.rate), (PITCH, manner.pitch), (GAP, manner.gap // 10)
        ):  # fmt: skip
            self._library.set(parameter, value)
        return self._library.rate

    def speak(self, text: str) -> Iterator[Utterance]:
        """See `VoiceEngine.speak`."""
        samples, phonemes = self._library.synthesise(text)
        if samples.any():  # a text that cannot be spoken gives no sound at all, not silence
            yield Utterance(samples, marked(phonemes, len(samples), self._library.rate))


def marked(phonemes: Sequence[tuple[str, int]], length: int, rate: int) -> Marks:
    """Return marks for phonemes, each with its first sample, in a sound of `length` samples.

    A change of language, as "(en)", takes no time.
    """
    ends = [*(sample for _, sample in phonemes[1:]), length]
    return tuple(
        PhonemeMark(
            "" if name.startswith("(") else name.lstrip("".join(STRESSES)),
            sample / rate,
            max(sample, end) / rate,
            max((stress for mark, stress in STRESSES.items() if mark in name), default=0.0),
        )
        for (name, sample), end in zip(phonemes, ends, strict=True)
    )


plugin = VoicePlugin(
    "espeak",
    "espeak-ng",
    Espeak,
    said("espeak-ng: GPL-3.0-or-later, in a process of its own"),
    needs=("espeakng_loader",),
    default_for=("*",),
)
