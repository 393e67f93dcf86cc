"""What our engines make of what their libraries tell."""

# ruff: noqa: RUF001

from pathlib import Path

import numpy as np
import pytest

from core.plugin import voice_plugins
from core.speech_marks import PhonemeMark
from plugins.prosody import accented
from plugins.voices import espeak, hibari, piper
from plugins.voices.piper import Piper, language_of
from plugins.voices.pocket import CC0_VOICES, Pocket


def test_every_engine_of_ours_is_found_with_its_licence() -> None:
    found = voice_plugins()
    assert not found.broken
    assert {"espeak", "hibari", "pocket", "piper", "windows"} <= set(found.plugins)
    assert all(plugin.licence for plugin in found.plugins.values())


def test_phonemes_of_espeak_last_until_the_next_and_changes_of_language_are_pauses() -> None:
    marks = espeak.marked([("h", 0), ("ˈɛ", 100), ("(en)", 300), ("", 300)], 400, 1000)
    assert marks == (
        PhonemeMark("h", 0.0, 0.1, 0.0),
        PhonemeMark("ɛ", 0.1, 0.3, 1.0),
        PhonemeMark("", 0.3, 0.3, 0.0),
        PhonemeMark("", 0.3, 0.4, 0.0),
    )


def test_phonemes_of_hibari_take_the_time_of_their_stress_and_come_earlier_than_told() -> None:
    lengths = np.array([4, 2, 2, 4, 2, 6, 1], np.float32)
    marks = hibari.marked(["h", "ˈ", "O", "ː", "."], lengths, cut=0.0)
    begin = 4 * hibari.UNIT - hibari.EARLIER
    assert [mark.symbol for mark in marks] == ["h", "oʊ", ""]
    assert [mark.stress for mark in marks] == [0.0, 1.0, 0.0]
    edges = [begin, begin + 0.05, begin + 0.25, begin + 0.40]
    assert [mark.start for mark in marks] == pytest.approx(edges[:3])
    assert [mark.end for mark in marks] == pytest.approx(edges[1:])


def test_silence_around_a_sentence_is_cut() -> None:
    sound = np.zeros(3 * hibari.RATE, np.float32)
    sound[hibari.RATE : 2 * hibari.RATE] = 0.5
    begin, end = hibari.audible(sound)
    assert begin == pytest.approx(hibari.RATE * (1 - hibari.LEAD), abs=2)
    assert end == pytest.approx(hibari.RATE * (2 + hibari.REST), abs=2)
    assert hibari.audible(np.zeros(10, np.float32)) == (0, 10)


def test_long_phoneme_strings_are_cut_between_words() -> None:
    for text in ("wˈɜɹd " * 200, "x" * 1000):
        cut = hibari.parts(text)
        assert "".join(cut) == text
        assert all(len(part) <= hibari.MOST_PHONEMES for part in cut)


def test_phrases_begin_with_the_strongest_accent_and_pauses_with_a_nod() -> None:
    marks = (
        PhonemeMark("a", 0.0, 0.1, 1.0),
        PhonemeMark("a", 0.1, 0.2, 1.0),
        PhonemeMark("", 0.2, 0.6),
        PhonemeMark("a", 0.6, 0.7, 1.0),
    )
    sound = np.concatenate(
        [np.full(100, 0.5), np.full(100, 0.05), np.zeros(400), np.full(100, 0.5)]
    )
    found = accented(marks, sound.astype(np.float32), 1000)
    first, second, nod, rest, again = found
    assert first.stress == again.stress > second.stress > 0
    assert first.level > second.level + 15
    assert nod.stress > 0 == rest.stress
    assert (nod.start, rest.end) == (0.2, 0.6)
    assert nod.end == rest.start


def test_a_phoneme_ends_with_its_sound_and_the_silence_after_it_is_a_pause() -> None:
    """As hibari counts the pause after a clause to its last phoneme."""
    marks = (
        PhonemeMark("a", 0.0, 0.3),
        PhonemeMark("p", 0.3, 0.5),
        PhonemeMark("ɹ", 0.5, 1.2),
        PhonemeMark("a", 1.2, 1.3),
    )
    sound = np.full(1300, 0.5, np.float32)
    sound[300:450] = sound[700:1200] = 0.0005
    found = accented(marks, sound, 1000)
    assert [mark.symbol for mark in found] == ["a", "p", "ɹ", "", "", "a"]
    assert [mark.end for mark in found] == pytest.approx([0.3, 0.5, 0.7, 0.86, 1.2, 1.3])
    assert found[3].stress > 0


def test_piper_offers_the_files_that_are_whole(tmp_path: Path) -> None:
    for name in ("de_DE-a-low.onnx", "de_DE-a-low.onnx.json", "en_US-b-low.onnx"):
        (tmp_path / name).touch()
    assert [entry.name for entry in Piper(tmp_path).voices()] == ["de_DE-a-low"]
    assert Piper(tmp_path / "none").voices() == []
    assert language_of("en_GB-x") == "en-gb"


def test_phonemes_of_piper_take_the_time_of_their_stress_and_length() -> None:
    lengths = [("^", 10), ("p", 20), ("ˈ", 5), ("a", 25), ("ː", 10), (" ", 5), ("b", 5), ("$", 20)]
    marks = piper.marked(lengths, 100)
    assert [mark.symbol for mark in marks] == ["", "p", "a", "", "b", ""]
    assert [mark.start for mark in marks] == pytest.approx([0, 0.1, 0.3, 0.7, 0.75, 0.8])
    assert [mark.end for mark in marks] == pytest.approx([0.1, 0.3, 0.7, 0.75, 0.8, 1.0])
    assert [mark.stress for mark in marks] == [0, 0, 1, 0, 0, 0]


def test_pocket_offers_voices_whose_recordings_are_free_only() -> None:
    assert [entry.licence for entry in Pocket().voices()] == ["CC0-1.0"] * len(CC0_VOICES)
