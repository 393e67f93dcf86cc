"""Piper voices: a voice file that people have, in a folder of ours, spoken by `piper-tts`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from platformdirs import user_data_path

from core.plugin import VoicePlugin
from core.sentence import said
from core.voice_engine import NORMAL_RATE, Manner, Utterance, VoiceEntry

FOLDER = user_data_path("understudy", appauthor=False) / "piper"
"""Where voice files lie: NAME.onnx with NAME.onnx.json beside it."""


class Piper:
    """Satisfies `VoiceEngine`; it does not tell its phonemes, so its mouth listens."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._voice: Any = None
        self._name = ""
        self._config: Any = None

    def languages(self) -> list[tuple[str, str]]:
        """See `VoiceEngine.languages`."""
        return sorted({(entry.language, entry.language) for entry in self.voices()})

    def voices(self) -> list[VoiceEntry]:
        """See `VoiceEngine.voices`; a file is called after its language, as in de_DE-name-low."""
        files = sorted(self._folder.glob("*.onnx")) if self._folder.is_dir() else []
        return [
            VoiceEntry(file.stem, file.stem, language_of(file.stem))
            for file in files
            if file.with_name(file.name + ".json").exists()
        ]

    def use(self, manner: Manner) -> float:
        """See `VoiceEngine.use`."""
        from piper import PiperVoice, SynthesisConfig

        names = [entry.name for entry in self.voices()]
        name = manner.voice or next(iter(names), "")
        if name not in names:
            raise ValueError(
                said("there is no voice {0!r}", name, remedy="choose one from the list")
            )
        if name != self._name:
            self._voice = PiperVoice.load(self._folder / f"{name}.onnx")
            self._name = name
        self._config = SynthesisConfig(length_scale=NORMAL_RATE / manner.rate)
        return float(self._voice.config.sample_rate)

    def speak(self, text: str) -> Iterator[Utterance]:
        """See `VoiceEngine.speak`."""
        for chunk in self._voice.synthesize(text, syn_config=self._config):
            yield Utterance(np.asarray(chunk.audio_float_array, np.float32).ravel())


def language_of(name: str) -> str:
    """Return the language a voice file is called after, as "en-us"."""
    return name.partition("-")[0].replace("_", "-").lower()


plugin = VoicePlugin(
    "piper",
    "Piper",
    Piper,
    "piper-tts: GPL-3.0-or-later, in a process of its own; each voice file has its own licence",
    needs=("piper",),
    remedy=said("pip install piper-tts, and put a voice file and its .json into {0}", str(FOLDER)),
)
