"""Windows' own voices, of every language that is installed there."""

import asyncio
import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import soundfile

from core.plugin import VoicePlugin
from core.sentence import said
from core.voice_engine import NORMAL_PITCH, NORMAL_RATE, Manner, Utterance, VoiceEntry

SLOWEST, FASTEST = 0.5, 6.0
"""Speaking rates that Windows takes, times the voice's own."""


class WindowsVoices:
    """Satisfies `VoiceEngine`; it does not tell its phonemes, so its mouth listens."""

    def __init__(self) -> None:
        from winrt.windows.media.speechsynthesis import SpeechSynthesizer

        self._all = SpeechSynthesizer.all_voices
        self._synthesizer: Any = SpeechSynthesizer()

    def languages(self) -> list[tuple[str, str]]:
        """See `VoiceEngine.languages`."""
        return sorted({(entry.language, entry.language) for entry in self.voices()})

    def voices(self) -> list[VoiceEntry]:
        """See `VoiceEngine.voices`."""
        return [
            VoiceEntry(voice.display_name, voice.display_name, voice.language.lower())
            for voice in self._all
        ]

    def use(self, manner: Manner) -> float:
        """See `VoiceEngine.use`."""
        found = [voice for voice in self._all if voice.display_name == manner.voice]
        if not found:
            raise ValueError(
                said("there is no voice {0!r}", manner.voice, remedy="choose one from the list")
            )
        self._synthesizer.voice = found[0]
        options = self._synthesizer.options
        options.speaking_rate = float(np.clip(manner.rate / NORMAL_RATE, SLOWEST, FASTEST))
        options.audio_pitch = float(np.clip(manner.pitch / NORMAL_PITCH, 0.0, 2.0))
        _, rate = self._made(" ")
        return float(rate)

    def speak(self, text: str) -> Iterator[Utterance]:
        """See `VoiceEngine.speak`."""
        samples, _ = self._made(text)
        yield Utterance(samples)

    def _made(self, text: str) -> tuple[Any, int]:
        """Return the sound of `text` and its rate."""
        wave = asyncio.run(self._wave(text))
        samples, rate = soundfile.read(io.BytesIO(wave), dtype="float32", always_2d=True)
        return samples.mean(1), rate

    async def _wave(self, text: str) -> bytes:
        from winrt.windows.storage.streams import DataReader

        stream = await self._synthesizer.synthesize_text_to_stream_async(text)
        reader = DataReader(stream.get_input_stream_at(0))
        size = await reader.load_async(stream.size)
        wave = bytearray(size)
        reader.read_bytes(wave)
        return bytes(wave)


plugin = VoicePlugin(
    "windows",
    "Windows",
    WindowsVoices,
    said("Windows' own voices, under its terms; the binding: MIT"),
    needs=("winrt.windows.media.speechsynthesis", "winrt.windows.storage.streams"),
    remedy="pip install winrt-windows-media-speechsynthesis winrt-windows-storage-streams "
    "winrt-windows-foundation winrt-windows-foundation-collections",
    platforms=("win32",),
    confined=False,
)
