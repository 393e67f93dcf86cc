"""espeak-ng's library through ctypes: its voices, its sound, and when each phoneme of it begins.

It is GPL-3, the rest of us is not: only a voice process and who makes training data load it.
"""

import ctypes
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.sentence import said

SYNCHRONOUS = 2
"""The only kind of output that has finished when the call returns; the other mode goes on in a
thread."""
CHUNK = 200
"""Milliseconds of sound that the library hands over at once."""
PHONEME_EVENTS, IPA_NAMES, DONT_EXIT = 1, 2, 0x8000
RATE, PITCH, RANGE, GAP = 1, 3, 4, 7
CHARACTERS, UTF8 = 1, 1
LIST_END, PHONEME = 0, 7
FULL = 32768
"""Constants of its C interface, `speak_lib.h`; 16 bits are FULL at 1.0."""


class VoiceStruct(ctypes.Structure):
    """One entry of the library's list of voices."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_char_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("reserved", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


class PhonemeName(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class EventStruct(ctypes.Structure):
    """What the library tells about its sound."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", PhonemeName),
    )


OnSound = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_int16), ctypes.c_int, ctypes.POINTER(EventStruct)
)


class ListedVoice(NamedTuple):
    """A language with its accent, or a timbre."""

    name: str
    language: str
    identifier: str


class Synthesis(NamedTuple):
    """A text, spoken."""

    samples: NDArray[np.float32]
    """(n,), in [-1, 1]; none if nothing in the text can be spoken."""
    phonemes: Sequence[tuple[str, int]]
    """In IPA with stress marks, each with its first sample; pauses have an empty name."""


class EspeakLibrary:
    """The library; it keeps global state, so one at a time, used by the thread that opened it."""

    def __init__(self, folder: str) -> None:
        """`folder` holds `espeak-ng-data`.

        Raises:
            OSError: it does not.
        """
        import espeakng_loader

        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        self._library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(VoiceStruct))
        self._library.espeak_Synth.argtypes = [
            ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int,
            ctypes.c_uint, ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p,
        ]  # fmt: skip
        options = PHONEME_EVENTS | IPA_NAMES | DONT_EXIT
        path = folder.encode()
        self.rate = int(self._library.espeak_Initialize(SYNCHRONOUS, CHUNK, path, options))
        """Samples per second."""
        if self.rate <= 0:
            raise OSError(
                said("the voices in {0} cannot be read", folder, remedy="reinstall the program")
            )
        self._sound: list[Any] = []
        """Pieces of int16."""
        self._phonemes: list[tuple[str, int]] = []
        # The library keeps the pointer, so the object must live as long.
        self._on_sound = OnSound(self._hear)
        self._library.espeak_SetSynthCallback(self._on_sound)

    def languages(self) -> list[ListedVoice]:
        """Return every language and accent."""
        return self._list(None)

    def timbres(self) -> list[ListedVoice]:
        """Return its voice variants, each of which goes with every language."""
        return self._list(ctypes.byref(VoiceStruct(languages=b"variant")))

    def choose(self, name: str) -> bool:
        """Speak as `name`, "en-us" or "en-us+f3", from now on; False if there is none."""
        return bool(self._library.espeak_SetVoiceByName(name.encode()) == 0)

    def set(self, parameter: int, value: int) -> None:
        """Set RATE, PITCH, RANGE or GAP."""
        self._library.espeak_SetParameter(parameter, value, 0)

    def synthesise(self, text: str) -> Synthesis:
        """Speak `text`."""
        self._sound, self._phonemes = [], []
        line = text.replace("\0", " ").encode(errors="replace") + b"\0"
        self._library.espeak_Synth(line, len(line), 0, CHARACTERS, 0, UTF8, None, None)
        samples = np.concatenate([np.zeros(0, np.int16), *self._sound])
        return Synthesis(samples.astype(np.float32) / np.float32(FULL), self._phonemes)

    def close(self) -> None:
        self._library.espeak_Terminate()

    def _list(self, like: Any) -> list[ListedVoice]:
        found = takewhile(bool, self._library.espeak_ListVoices(like))
        return [
            # The first byte of a language is its priority.
            ListedVoice(v.name.decode().strip(), v.languages[1:].decode(), v.identifier.decode())
            for v in (entry.contents for entry in found)
        ]

    def _hear(self, samples: Any, count: int, events: Any) -> int:
        if samples and count > 0:
            self._sound.append(np.ctypeslib.as_array(samples, (count,)).copy())
        for event in takewhile(lambda event: event.type != LIST_END, events):
            if event.type == PHONEME:
                self._phonemes.append((event.id.string.decode("utf-8", "ignore"), event.sample))
        return 0


def data_folder() -> Path:
    """Return the folder that holds `espeak-ng-data`."""
    import espeakng_loader

    return Path(espeakng_loader.get_data_path()).parent
