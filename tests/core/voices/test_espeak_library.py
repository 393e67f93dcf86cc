"""espeak-ng's library: its lists, and sound whose phonemes begin within it."""

from collections.abc import Iterator

import numpy as np
import pytest

from core.voices.espeak_library import EspeakLibrary, data_folder


@pytest.fixture
def library() -> Iterator[EspeakLibrary]:
    found = EspeakLibrary(str(data_folder()))
    yield found
    found.close()


def test_a_text_is_spoken_with_the_first_sample_of_each_phoneme(library: EspeakLibrary) -> None:
    assert library.choose("en-us")
    samples, phonemes = library.synthesise("Papa.")
    assert library.rate < len(samples) * 4 < 8 * library.rate
    assert 0.1 < np.abs(samples).max() <= 1
    starts = [start for _, start in phonemes]
    assert starts == sorted(starts)
    assert starts[-1] <= len(samples)
    assert [name for name, _ in phonemes].count("p") == 2


def test_languages_and_timbres_are_listed_and_none_other_can_be_chosen(
    library: EspeakLibrary,
) -> None:
    assert "de" in {voice.language for voice in library.languages()}
    assert any(voice.identifier == "!v/f3" for voice in library.timbres())
    assert not library.choose("xx")


def test_bytes_that_end_a_text_in_c_do_not_end_it(library: EspeakLibrary) -> None:
    library.choose("en-us")
    whole, cut = library.synthesise("a\0papa \ud800 mama"), library.synthesise("a")
    assert len(whole.phonemes) > len(cut.phonemes)
