"""Piper voices: a voice file that people have, in a folder of ours, spoken by `piper-tts`."""

# ruff: noqa: RUF001

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from platformdirs import user_data_path

from core.plugin import VoicePlugin
from core.sentence import said
from core.speech_marks import Marks, PhonemeMark
from core.voice_engine import NORMAL_RATE, Manner, Utterance, VoiceEntry

STRESSES = {"ˈ": 1.0, "ˌ": 0.3}
LENGTH_MARKS = "ːʰʲ̃"

FOLDER = user_data_path("understudy", appauthor=False) / "piper"
"""Where voice files lie: NAME.onnx with NAME.onnx.json beside it."""


class Piper:
    """Satisfies `VoiceEngine`; where a voice file gives out the lengths of its phonemes (as those
    do that `piper.patch_voice_with_alignment` has treated), the mouth knows them."""

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
        length = self._voice.config.length_scale * NORMAL_RATE / manner.rate
        self._config = SynthesisConfig(length_scale=length)
        return float(self._voice.config.sample_rate)

    def speak(self, text: str) -> Iterator[Utterance]:
        """See `VoiceEngine.speak`."""
        told = self._voice.synthesize(text, syn_config=self._config, include_alignments=True)
        for chunk in told:
            samples = np.asarray(chunk.audio_float_array, np.float32).ravel()
            lengths = [(a.phoneme, int(a.num_samples)) for a in chunk.phoneme_alignments or ()]
            yield Utterance(samples, marked(lengths, chunk.sample_rate) if lengths else None)


def language_of(name: str) -> str:
    """Return the language a voice file is called after, as "en-us"."""
    return name.partition("-")[0].replace("_", "-").lower()


def marked(lengths: Sequence[tuple[str, int]], rate: int) -> Marks:
    """Return marks for letters of IPA, each with its samples; stress and length marks have some of
    their own, which are their vowel's."""
    marks: list[PhonemeMark] = []
    at = 0
    begin: int | None = None
    stress = 0.0
    for letter, samples in lengths:
        start, at = at if begin is None else begin, at + samples
        if letter in STRESSES:
            begin, stress = start, STRESSES[letter]
        elif letter in LENGTH_MARKS and marks:
            marks[-1] = marks[-1]._replace(end=at / rate)
        else:
            symbol = letter if letter.isalpha() else ""
            marks.append(PhonemeMark(symbol, start / rate, at / rate, stress))
            begin, stress = None, 0.0
    return tuple(marks)


plugin = VoicePlugin(
    "piper",
    "Piper",
    Piper,
    said(
        "piper-tts: GPL-3.0-or-later, in a process of its own; each voice file has its own licence"
    ),
    needs=("piper",),
    remedy=said("pip install piper-tts, and put a voice file and its .json into {0}", str(FOLDER)),
    readable=lambda: [FOLDER],
)
