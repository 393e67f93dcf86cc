"""Random speech of espeak-ng, with the onset of each phoneme."""

from collections.abc import Sequence
from random import Random
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.voices.espeak_library import PITCH, RANGE, RATE, EspeakLibrary, data_folder

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


class Espeak:
    """The library while it is open; used by the thread that opened it."""

    def __enter__(self) -> Self:
        self._library = EspeakLibrary(str(data_folder()))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._library.close()

    def synthesise(
        self, language: str, text: str, random: Random
    ) -> tuple[NDArray[np.float32], int, Sequence[tuple[str, int]]]:
        """Return sound, its rate, and each phoneme's name with its first sample.

        Accent, variant, speed and pitch are drawn at random. Pauses have an empty name.
        """
        voice = f"{random.choice(LANGUAGES[language])}+{random.choice(VARIANTS)}"
        if not self._library.choose(voice):
            raise ValueError(f"espeak-ng has no voice {voice!r}")
        self._library.set(RATE, int(random.triangular(100, 280, 165)))
        self._library.set(PITCH, random.randint(20, 80))
        self._library.set(RANGE, random.randint(20, 90))
        samples, phonemes = self._library.synthesise(text)
        return samples, self._library.rate, phonemes
