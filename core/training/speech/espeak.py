"""espeak-ng through ctypes: synthesised speech with the onset of each phoneme."""

import ctypes
from collections.abc import Sequence
from random import Random
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

SYNCHRONOUS, PHONEME_EVENTS, IPA_NAMES, NO_EXIT = 2, 1, 2, 0x8000
END, PHONEME = 0, 7
UTF8 = 1
RATE, PITCH, RANGE = 1, 3, 4
"""Constants of espeak-ng's C interface, `speak_lib.h`. Only synchronous output has finished when
the call returns; the other mode goes on in a thread."""

LANGUAGES = {
    "en": ("en-us", "en", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbclan", "en-029"),
    "de": ("de",), "fr": ("fr", "fr-be"), "es": ("es", "es-419"), "it": ("it",),
    "pt": ("pt", "pt-br"), "nl": ("nl",), "pl": ("pl",), "cs": ("cs",), "ru": ("ru",),
    "fi": ("fi",), "ca": ("ca",), "hi": ("hi",), "mr": ("mr",), "te": ("te",), "sv": ("sv",),
    "tr": ("tr",), "el": ("el",), "id": ("id",),
}  # fmt: skip
"""Languages, and espeak-ng's accents of each."""

VARIANTS = (
    "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "f1", "f2", "f3", "f4", "f5", "Alex",
    "Alicia", "Andrea", "Andy", "Annie", "Denis", "Diogo", "Gene", "Gene2", "Henrique", "Hugo",
    "Jacky", "Lee", "Marco", "Mario", "Michael", "Mike", "Nguyen", "Tweaky", "anika", "antonio",
    "aunty", "belinda", "boris", "ed", "gustave", "ian", "iven", "iven2", "john", "linda",
    "marcelo", "max", "michel", "miguel", "norbert", "pablo", "paul", "pedro", "quincy", "rob",
    "robert", "sandro", "shelby", "steph", "steph2", "travis", "victor", "zac", "grandma",
    "grandpa", "whisper", "whisperf", "klatt", "klatt2", "klatt4", "Reed", "adam", "benjamin",
    "caleb", "david", "edward",
)  # fmt: skip
"""Voice variants; the robots and the croak are left out."""


class _Name(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Name),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


class Espeak:
    """The library; it keeps global state, so one at a time, used by the thread that opened it."""

    def __enter__(self) -> Self:
        # Only those who make training data need it, so only they import it.
        import espeakng_loader

        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = str(espeakng_loader.get_data_path()).encode()
        options = PHONEME_EVENTS | IPA_NAMES | NO_EXIT
        self.rate = self._library.espeak_Initialize(SYNCHRONOUS, 0, data, options)
        if self.rate <= 0:
            raise OSError(f"espeak-ng did not start: it answered {self.rate}")
        self._chunks: list[NDArray[np.int16]] = []
        self._phonemes: list[tuple[str, int]] = []
        # The library keeps the pointer, so the object must live as long.
        self._callback = _Callback(self._on_samples)
        self._library.espeak_SetSynthCallback(self._callback)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._library.espeak_Terminate()

    def synthesise(
        self, language: str, text: str, random: Random
    ) -> tuple[NDArray[np.float32], int, Sequence[tuple[str, int]]]:
        """Return sound, its rate, and each phoneme's name with its first sample.

        Accent, variant, speed and pitch are drawn at random. Pauses have an empty name.
        """
        voice = f"{random.choice(LANGUAGES[language])}+{random.choice(VARIANTS)}"
        if self._library.espeak_SetVoiceByName(voice.encode()):
            raise ValueError(f"espeak-ng has no voice {voice!r}")
        self._library.espeak_SetParameter(RATE, int(random.triangular(100, 280, 165)), 0)
        self._library.espeak_SetParameter(PITCH, random.randint(20, 80), 0)
        self._library.espeak_SetParameter(RANGE, random.randint(20, 90), 0)
        self._chunks.clear()
        self._phonemes.clear()
        said = text.encode() + b"\0"
        self._library.espeak_Synth(said, ctypes.c_size_t(len(said)), 0, 0, 0, UTF8, None, None)
        samples = np.concatenate([np.zeros(1, np.int16), *self._chunks])
        return np.asarray(samples / 32768, np.float32), int(self.rate), list(self._phonemes)

    def _on_samples(self, wave: Any, count: int, events: Any) -> int:
        if wave and count > 0:
            self._chunks.append(np.ctypeslib.as_array(wave, (count,)).copy())
        index = 0
        while events[index].type != END:
            if events[index].type == PHONEME:
                name = events[index].id.string.decode("utf-8", "ignore")
                self._phonemes.append((name, events[index].sample))
            index += 1
        return 0
