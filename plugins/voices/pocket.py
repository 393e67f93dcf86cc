"""pocket-tts: natural voices for English, German, French, Spanish, Italian, Portuguese and Dutch.

An option for those who install it: it needs torch, and fetches its model when first used. Only
voices whose recordings are CC0 are offered.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from core.plugin import VoicePlugin
from core.sentence import said
from core.voice_engine import Manner, Utterance, VoiceEntry

LANGUAGES = {
    "en": "english", "de": "german", "fr": "french", "es": "spanish", "it": "italian",
    "pt": "portuguese", "nl": "dutch",
}  # fmt: skip
"""Codes, and what its models are called."""
CC0_VOICES = ("marius", "javert", "bill_boerst", "peter_yearsley", "stuart_bell", "caro_davy")
"""From `voice-donations` and `voice-zero`; its other voices exclude commercial use, or say less."""


class Pocket:
    """Satisfies `VoiceEngine`; it does not tell its phonemes, so its mouth listens."""

    def __init__(self) -> None:
        self._model: Any = None
        self._speaker: Any = None
        self._chosen = ("", "")

    def languages(self) -> list[tuple[str, str]]:
        """See `VoiceEngine.languages`."""
        return [(code, name.capitalize()) for code, name in LANGUAGES.items()]

    def voices(self) -> list[VoiceEntry]:
        """See `VoiceEngine.voices`; each goes with every language."""
        titled = ((name, name.replace("_", " ").title()) for name in CC0_VOICES)
        return [VoiceEntry(name, title, licence="CC0-1.0") for name, title in titled]

    def use(self, manner: Manner) -> float:
        """See `VoiceEngine.use`; speed and pitch are the voice's own."""
        language = LANGUAGES.get(manner.language.partition("-")[0])
        voice = manner.voice or CC0_VOICES[0]
        if language is None or voice not in CC0_VOICES:
            raise ValueError(
                said(
                    "there is no voice {0!r}",
                    f"{manner.language} {voice}",
                    remedy="choose one from the list",
                )
            )
        if (language, voice) != self._chosen:
            from pocket_tts import TTSModel

            self._model = TTSModel.load_model(language=language)
            self._speaker = self._model.get_state_for_audio_prompt(voice)
            self._chosen = (language, voice)
        return float(self._model.sample_rate)

    def speak(self, text: str) -> Iterator[Utterance]:
        """See `VoiceEngine.speak`."""
        sound = self._model.generate_audio(self._speaker, text)
        yield Utterance(np.asarray(sound.numpy(), np.float32).ravel())


plugin = VoicePlugin(
    "pocket",
    "pocket-tts",
    Pocket,
    said("pocket-tts: MIT; its models CC-BY-4.0 (Kyutai); the voices offered CC0"),
    needs=("pocket_tts",),
    remedy=said("pip install pocket-tts; it fetches some 400 MB when first used"),
    confined=False,
)
