"""espeak-ng tells when each phoneme sounds, and all its phonemes are known."""

from random import Random

import numpy as np
import pytest

from core.perception.speech.phonemes import parse_ipa
from core.perception.speech.visemes import BILABIAL
from core.training.speech.espeak import LANGUAGES, Espeak
from core.training.speech.lexicon import WORDS
from core.training.speech.sentences import draw_text
from core.training.speech.voices import VOICES, synthesise


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phoneme_of_every_language_has_a_mouth_shape(language: str) -> None:
    text = " ".join(WORDS[language].split()[:60])
    with Espeak() as engine:
        samples, rate, marks = engine.synthesise(language, text, Random(0))
    assert len(marks) > 100
    assert marks[-1][1] <= len(samples)
    assert rate > 16_000
    for name, _ in marks:
        assert parse_ipa(name).visemes


def test_the_silence_before_a_stop_belongs_to_it() -> None:
    (said,) = synthesise(VOICES[0], ["en|papa papa papa"], Random(0))
    stops = [s for s in said.segments if parse_ipa(s.symbol).visemes == (BILABIAL,)]
    assert len(stops) >= 6
    for stop in stops[1:]:
        closed = said.samples[int(stop.start * 16_000) : int((stop.start + 0.02) * 16_000)]
        assert np.abs(closed).max() < 0.02
        assert stop.end - stop.start > 0.03


def test_sentences_are_the_same_for_the_same_seed_and_never_end() -> None:
    said = [draw_text(language, Random(7)) for language in LANGUAGES]
    assert said == [draw_text(language, Random(7)) for language in LANGUAGES]
    random = Random(0)
    assert len({draw_text("en", random) for _ in range(200)}) > 190
