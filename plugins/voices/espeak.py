"""espeak-ng: every language, at once, and it sounds like a machine.

It is GPL-3, the rest of us is not: this file is its process's, and nobody else imports the library.
"""

# ruff: noqa: RUF001

import ctypes
import os
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np

from core.plugin import VoicePlugin
from core.sentence import said
from core.speech_marks import Marks, PhonemeMark
from core.voice_engine import Manner, Utterance, VoiceEntry

SYNCHRONOUS = 2
CHUNK = 200
"""Milliseconds of sound that the library hands over at once."""
PHONEME_EVENTS, IPA_NAMES, DONT_EXIT = 1, 2, 0x8000
RATE, PITCH, GAP = 1, 3, 7
CHARACTERS, UTF8 = 1, 1
LIST_END, PHONEME = 0, 7
STRESSES = {"ˈ": 1.0, "ˌ": 0.3}
FULL = 32768


class Voice(ctypes.Structure):
    """One entry of the library's list of voices."""

    _fields_ = [
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_char_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("reserved", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    ]


class PhonemeName(ctypes.Union):
    _fields_ = [
        ("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)
    ]  # fmt: skip


class Event(ctypes.Structure):
    """What the library tells about its sound."""

    _fields_ = [
        ("type", ctypes.c_int),
        ("unique", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", PhonemeName),
    ]


OnSound = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_int16), ctypes.c_int, ctypes.POINTER(Event)
)


class Espeak:
    """Satisfies `VoiceEngine`; the library keeps global state, so one per process."""

    def __init__(self) -> None:
        import espeakng_loader

        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        self._library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(Voice))
        self._library.espeak_Synth.argtypes = [
            ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int,
            ctypes.c_uint, ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p,
        ]  # fmt: skip
        # A relative path, because the library cuts long ones and garbles foreign letters.
        os.chdir(Path(espeakng_loader.get_data_path()).parent)
        options = PHONEME_EVENTS | IPA_NAMES | DONT_EXIT
        self._rate = int(self._library.espeak_Initialize(SYNCHRONOUS, CHUNK, b".", options))
        if self._rate <= 0:
            raise OSError(
                said(
                    "the voices in {0} cannot be read", os.getcwd(), remedy="reinstall the program"
                )
            )
        self._sound: list[Any] = []
        """Pieces of int16."""
        self._phonemes: list[tuple[str, int]] = []
        self._on_sound = OnSound(self._hear)
        self._library.espeak_SetSynthCallback(self._on_sound)

    def languages(self) -> list[tuple[str, str]]:
        """See `VoiceEngine.languages`; accents are languages of their own."""
        named = {v.languages[1:].decode(): v.name.decode().strip() for v in self._list(None)}
        return sorted(named.items(), key=lambda pair: pair[1])

    def voices(self) -> list[VoiceEntry]:
        """See `VoiceEngine.voices`: timbres, each of which goes with every language."""
        found = self._list(ctypes.byref(Voice(languages=b"variant")))
        named = {v.identifier.decode()[len("!v/") :]: v.name.decode().strip() for v in found}
        return [VoiceEntry(*pair) for pair in sorted(named.items(), key=lambda p: p[1].lower())]

    def use(self, manner: Manner) -> float:
        """See `VoiceEngine.use`."""
        name = f"{manner.language}+{manner.voice}" if manner.voice else manner.language
        known = not manner.voice or manner.voice in {entry.name for entry in self.voices()}
        if not known or self._library.espeak_SetVoiceByName(name.encode()) != 0:
            voice = " ".join(filter(None, (manner.language, manner.voice)))
            raise ValueError(
                said("there is no voice {0!r}", voice, remedy="choose one from the list")
            )
        for parameter, value in (
            (RATE, manner.rate), (PITCH, manner.pitch), (GAP, manner.gap // 10)
        ):  # fmt: skip
            self._library.espeak_SetParameter(parameter, value, 0)
        return self._rate

    def speak(self, text: str) -> Iterator[Utterance]:
        """See `VoiceEngine.speak`."""
        self._sound, self._phonemes = [], []
        line = text.replace("\0", " ").encode(errors="replace") + b"\0"
        self._library.espeak_Synth(line, len(line), 0, CHARACTERS, 0, UTF8, None, None)
        samples = np.concatenate([np.zeros(0, np.int16), *self._sound])
        if samples.any():  # a text that cannot be spoken gives no sound at all, not silence
            sound = samples.astype(np.float32) / np.float32(FULL)
            yield Utterance(sound, marked(self._phonemes, len(sound), self._rate))

    def _list(self, like: Any) -> list[Voice]:
        found = self._library.espeak_ListVoices(like)
        return [entry.contents for entry in takewhile(bool, found)]

    def _hear(self, samples: Any, count: int, events: Any) -> int:
        if samples and count > 0:
            self._sound.append(np.ctypeslib.as_array(samples, (count,)).copy())
        for event in takewhile(lambda event: event.type != LIST_END, events):
            if event.type == PHONEME:
                self._phonemes.append((event.id.string.decode("utf-8", "ignore"), event.sample))
        return 0


def marked(phonemes: list[tuple[str, int]], length: int, rate: int) -> Marks:
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
    "espeak-ng: GPL-3.0-or-later, in a process of its own",
    needs=("espeakng_loader",),
    default_for=("*",),
)
