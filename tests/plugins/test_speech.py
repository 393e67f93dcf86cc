"""Text to speech by a real child process."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.audio import EndOfAudio, Sound
from core.clock import SwiftClock, WallClock
from core.process.child import ChildLost
from plugins.speech import PIECE, Speech, SpeechOptions, pieces, speakers, voices
from tests.fakes import until
from tests.plugins.test_audio_file import read_all

HELLO = SpeechOptions("Hello there.", keep_open=False)
LONG = replace(HELLO, text="One two three four five six seven eight nine ten. " * 40)

needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads /proc")


@pytest.fixture
def talker() -> Iterator[Speech]:
    speech = Speech(replace(HELLO, keep_open=True), SwiftClock())
    yield speech
    speech.close()


def hear(speech: Speech, seconds: float) -> np.ndarray:
    sounds: list[Sound | None] = [speech.read(640, 1) for _ in range(int(seconds * 25))]
    return np.concatenate([sound.samples for sound in sounds if sound])


def test_a_sentence_is_spoken_and_then_it_ends() -> None:
    sound = read_all(Speech(HELLO, SwiftClock()))
    assert 0.5 < len(sound) / 16_000 < 3
    assert 0.1 < np.abs(sound).max() <= 1
    assert np.abs(sound[:1600]).max() > 0.01  # it begins at once


@pytest.mark.parametrize(
    "change", [{"voice": "de"}, {"speaker": "f3"}, {"rate": 300}, {"pitch": 90}, {"gap": 200}]
)
def test_every_option_changes_the_sound(change: dict[str, str | int]) -> None:
    plain = read_all(Speech(HELLO, SwiftClock()))
    other = read_all(Speech(replace(HELLO, **change), SwiftClock()))  # type: ignore[arg-type]
    assert len(plain) != len(other) or not np.allclose(plain, other)


def test_more_is_said_while_it_is_kept_open(talker: Speech) -> None:
    assert np.abs(hear(talker, 1.0)).max() > 0.1
    hear(talker, 2.0)
    assert not hear(talker, 1.0).any()
    talker.say("And now something else.")
    assert np.abs(hear(talker, 1.0)).max() > 0.1


def test_a_long_text_is_spoken_to_the_end() -> None:
    assert len(read_all_from(Speech(LONG, SwiftClock()))) / 16_000 > 80


@needs_proc
def test_a_long_text_is_spoken_before_the_rest_of_it_is_made() -> None:
    speech, made = Speech(LONG, SwiftClock()), 0
    assert speech.read(640, 1) is not None
    for pid in children():
        os.kill(pid, signal.SIGKILL)
    with suppress(ChildLost):
        while sound := speech.read(640, 1):
            made += len(sound.samples)
    speech.close()
    assert made / 16_000 < 40


def read_all_from(speech: Speech) -> np.ndarray:
    parts = []
    try:
        while sound := speech.read(640, 1):
            parts.append(sound.samples)
    except EndOfAudio:
        pass
    speech.close()
    return np.concatenate(parts)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"text": ""}, "nothing to speak in ''; write at least one word"),
        ({"text": " \n "}, "nothing to speak"),
        ({"text": "... --- !"}, "nothing to speak"),
        ({"text": "\u2014\u2013"}, "the voice 'en-us' cannot speak .*choose the language"),
        ({"voice": "xx"}, "no voice 'xx'; choose one from the list"),
        ({"voice": ""}, "no voice ''"),
        ({"speaker": "nobody"}, "no voice 'en-us nobody'"),
    ],
)
def test_what_cannot_be_spoken_gets_one_sentence(change: dict[str, str], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Speech(replace(HELLO, **change), SwiftClock())  # type: ignore[arg-type]


def test_saying_nothing_is_refused_and_the_rest_goes_on(talker: Speech) -> None:
    with pytest.raises(ValueError, match="nothing to speak"):
        talker.say("?!")
    assert hear(talker, 0.5).any()


def test_letters_of_all_the_world_and_odd_bytes_do_no_harm(talker: Speech) -> None:
    for text in ("こんにちは", "Привет", "a\0b", "\ud800 x", "<speak>[[hh@]]</speak>", "😀"):
        talker.say(text)
    assert hear(talker, 20).any()


@needs_proc
def test_a_child_that_dies_ends_the_stream_with_an_error() -> None:
    speech = Speech(replace(HELLO, text="word " * 2000), SwiftClock())
    before = children()
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    with pytest.raises(ChildLost, match="speech process has ended"):
        hear(speech, 10_000)
    speech.close()


def children() -> list[int]:
    lists = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return [int(pid) for path in lists for pid in path.read_text().split()]


def test_closing_wakes_the_reader(talker: Speech) -> None:
    speech, ended = Speech(replace(HELLO, keep_open=True), WallClock()), threading.Event()

    def listen() -> None:
        with suppress(EndOfAudio):
            while True:
                speech.read(640, 1)
        ended.set()

    reader = threading.Thread(target=listen)
    reader.start()
    time.sleep(0.1)
    speech.close()
    until(ended.is_set)
    reader.join()


def test_voices_and_speakers_are_listed_from_the_library() -> None:
    languages = dict(voices())
    assert len(languages) > 100
    assert languages["en-us"] == "English (America)"
    assert speakers()[0] == ("", "Default")
    assert "f3" in dict(speakers())


def test_a_text_is_cut_after_sentences_or_between_words_and_loses_nothing() -> None:
    sentences = "This is a sentence. " * 60
    words, letters = "word " * 300, "x" * 1000
    for text in (sentences, words, letters, "short", ""):
        parts = pieces(text)
        assert "".join(parts) == text
        assert all(len(part) <= PIECE for part in parts)
    assert all(part.endswith(". ") for part in pieces(sentences)[:-1])
    assert all(part.endswith(" ") for part in pieces(words)[:-1])
