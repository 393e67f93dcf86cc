"""hibari: natural English, made many times faster than it is spoken, that knows its phonemes.

Both its code and its voice are Apache-2.0; the voice was distilled from Kokoro-82M. Its graph
computes how long each phoneme lasts, but does not give that out, so we ask for it as well.
"""

# ruff: noqa: RUF001

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.plugin import VoicePlugin
from core.sentence import said
from core.speech_marks import Marks, PhonemeMark
from core.voice_engine import NORMAL_PITCH, NORMAL_RATE, Manner, Utterance, VoiceEntry

DURATIONS = "/Clip_output_0"
"""The tensor with the length of each phoneme, (phonemes,), in units of UNIT seconds."""
UNIT = 0.025
RATE = 24_000

EARLIER = 0.0625
"""Seconds by which sounds come before their place in DURATIONS (docs/lab.md)."""

SLOWEST, FASTEST = 0.5, 2.0
"""What the voice was made for, times its own speed."""
SEMITONES = 6.0
"""From the middle of the scale of pitch to either end."""
MOST_PHONEMES = 400
"""What the voice says in one breath without going astray."""

GAIN = 1.7
"""Brings its quiet voice to the loudness of others."""
LEAD, REST = 0.05, 0.30
"""Seconds of silence left before and after a sentence."""
AUDIBLE = 0.01

MISAKI = {
    "A": "eɪ", "I": "aɪ", "W": "aʊ", "Y": "ɔɪ", "O": "oʊ", "Q": "əʊ",
    "ʤ": "dʒ", "ʧ": "tʃ", "T": "ɾ", "ᵊ": "ə", "ʣ": "dz", "ʥ": "dʑ", "ʦ": "ts", "ʨ": "tɕ",
}  # fmt: skip
"""Letters of its alphabet that are not those of IPA."""
STRESSES = {"ˈ": 1.0, "ˌ": 0.3}
LENGTH_MARKS = "ːʰʲ̃"


class Hibari:
    """Satisfies `VoiceEngine`."""

    def __init__(self) -> None:
        self._manner = Manner()
        self._voice = ""
        self._tts: Any = None
        self._tells = False
        self._noise = np.random.default_rng(0)

    def languages(self) -> list[tuple[str, str]]:
        """See `VoiceEngine.languages`."""
        return [("en-us", "English (America)")]

    def voices(self) -> list[VoiceEntry]:
        """See `VoiceEngine.voices`; those that have been fetched by the user are there as well."""
        from hibari.voices import VOICES

        return [
            VoiceEntry(name, name.capitalize(), known["language"].lower())
            for name, known in VOICES.items()
            if os.path.exists(_path(name))
        ]

    def use(self, manner: Manner) -> float:
        """See `VoiceEngine.use`."""
        voice = manner.voice or "heart"
        if voice not in {entry.name for entry in self.voices()}:
            raise ValueError(
                said("there is no voice {0!r}", voice, remedy="choose one from the list")
            )
        if voice != self._voice:
            self._load(voice)
        self._manner = manner
        return RATE

    def speak(self, text: str) -> Iterator[Utterance]:
        """See `VoiceEngine.speak`: a sentence at a time."""
        for phonemes in self._tts.phonemize(text):
            for part in parts(phonemes):
                if any(letter.isalpha() for letter in part):
                    yield self._spoken(part)

    def _load(self, voice: str) -> None:
        os.environ["ORT_DISABLE_TELEMETRY"] = os.environ["ORT_TELEMETRY_DISABLED"] = "1"
        import hibari
        import onnxruntime

        onnxruntime.disable_telemetry_events()  # that of Windows
        self._tts = hibari.Hibari(voice=voice, model=_path(voice))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        with open(_path(voice), "rb") as file:
            graph = with_output(file.read(), DURATIONS)
        try:
            self._tts.sess = onnxruntime.InferenceSession(
                graph, options, providers=["CPUExecutionProvider"]
            )
            self._tells = True
        except Exception:  # noqa: BLE001 - another version, which speaks all the same
            self._tells = False
        self._tts.g2p  # noqa: B018 - it loads its lexicon here
        self._voice = voice

    def _spoken(self, phonemes: str) -> Utterance:
        from hibari import dsp

        known = [letter for letter in phonemes if letter in self._tts.vocab]
        speed = float(np.clip(self._manner.rate / NORMAL_RATE, SLOWEST, FASTEST))
        inputs = {
            "ids": np.array([self._tts.ids(phonemes)]),
            "speed": np.array([speed], np.float32),
        }
        spectrum, *durations = split(self._tts.sess.run(None, inputs), self._tells)
        pitch = 2 ** (SEMITONES / 12 * (self._manner.pitch - NORMAL_PITCH) / NORMAL_PITCH)
        sound = GAIN * dsp.synth(*spectrum[:-1], spectrum[-1] * np.float32(pitch), self._noise)
        begin, end = audible(sound)
        marks = marked(known, durations[0], begin / RATE) if durations else None
        return Utterance(sound[begin:end], marks)


def _fetched() -> Path:
    """Return the folder of voices that the user has fetched."""
    from hibari.voices import cache_dir

    return Path(cache_dir())


def _path(voice: str) -> str:
    """Return where a voice's model lies, or would; nothing is fetched."""
    from hibari import voices

    try:
        return str(voices.voice_path(voice, download_missing=False))
    except FileNotFoundError as missing:
        return str(missing)


def with_output(model: bytes, tensor: str) -> bytes:
    """Return an ONNX model that gives out one of its tensors as well.

    A message of protocol buffers that appears twice is merged, so the end of the file may name
    another output of the graph: ModelProto.graph (7) . output (12) . name (1).
    """
    return model + _field(7, _field(12, _field(1, tensor.encode())))


def _field(number: int, content: bytes) -> bytes:
    size = len(content)
    assert size < 128, "a length of one byte"
    return bytes([number << 3 | 2, size]) + content


def split(outputs: Sequence[Any], tells: bool) -> list[Any]:
    """Return the five parts of the spectrum and the pitch, and the durations if it tells them."""
    spectrum = [part[0] for part in outputs[:6]]
    return [spectrum, np.asarray(outputs[6]).ravel()] if tells else [spectrum]


def parts(phonemes: str) -> list[str]:
    """Cut a sentence that is too long between words, or where there are none."""
    out = []
    while len(phonemes) > MOST_PHONEMES:
        cut = phonemes.rfind(" ", 1, MOST_PHONEMES) + 1 or MOST_PHONEMES
        out.append(phonemes[:cut])
        phonemes = phonemes[cut:]
    return [*out, phonemes]


def audible(sound: NDArray[np.float32]) -> tuple[int, int]:
    """Return the samples between which there is sound, with a little silence around it."""
    loud = np.flatnonzero(np.abs(sound) > AUDIBLE)
    if not len(loud):
        return 0, len(sound)
    begin, end = loud[0] - int(LEAD * RATE), loud[-1] + int(REST * RATE)
    return max(0, int(begin)), min(len(sound), int(end))


def marked(letters: Sequence[str], durations: NDArray[np.float32], cut: float) -> Marks:
    """Return marks for letters whose lengths, with a pause's at both ends, are `durations`.

    `cut` seconds of their sound were left out at the beginning.
    """
    edges = np.cumsum(durations) * UNIT - EARLIER - cut
    marks: list[PhonemeMark] = []
    begin: float | None = None
    stress = 0.0
    for letter, start, end in zip(letters, edges[:-2].tolist(), edges[1:-1].tolist(), strict=True):
        if letter in STRESSES:  # its time is its vowel's
            begin, stress = start, STRESSES[letter]
        elif letter in LENGTH_MARKS and marks:
            marks[-1] = marks[-1]._replace(end=end)
        else:
            symbol = MISAKI.get(letter, letter) if letter.isalpha() else ""
            marks.append(PhonemeMark(symbol, start if begin is None else begin, end, stress))
            begin, stress = None, 0.0
    return tuple(marks)


plugin = VoicePlugin(
    "hibari",
    "hibari",
    Hibari,
    said("hibari-tts: code and voice Apache-2.0, distilled from Kokoro-82M (Apache-2.0)"),
    needs=("hibari", "onnxruntime"),
    remedy="pip install hibari-tts",
    default_for=("en",),
    readable=lambda: [_fetched()],
)
