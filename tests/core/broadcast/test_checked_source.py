"""Whatever a stranger's source does, what is live hears sound or a sentence."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from core.audio import WIDER, AudioSource, EndOfAudio, Sound
from core.broadcast.checked_source import SourceFailed, open_checked
from core.broadcast.live_source import Interruptible, Speaking
from core.plugin import SourcePlugin
from core.speech_marks import PhonemeMark
from tests.fakes import HandClock

COUNT = 160


@dataclass(frozen=True)
class Options:
    """None."""


class Stranger:
    """A source that does what it is told by the test."""

    dropped = 0

    def __init__(self, read: Callable[[int], Any]) -> None:
        self._read = read

    def read(self, count: int, timeout: float) -> Any:
        return self._read(count)

    def close(self) -> None:
        pass


def opened(source: Any) -> AudioSource:
    plugin = SourcePlugin("odd", "Odd voice", Options, lambda *_: source)
    return open_checked(plugin, Options(), HandClock())


def sound(samples: Any, start: Any = 0, heard: Any = 0.0, voice: Any = None) -> Sound:
    return Sound(samples, start, heard, voice)


def quiet() -> Any:
    return np.zeros(COUNT, np.float32)


def test_good_sound_goes_through_as_it_is() -> None:
    samples, voice = quiet() + np.float32(0.5), np.zeros((WIDER * COUNT, 2), np.float32)
    source = opened(Stranger(lambda _: sound(samples, voice=voice)))
    heard = source.read(COUNT, 0.1)
    assert heard is not None
    assert heard.samples is samples
    assert heard.voice is voice


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30])
def test_numbers_without_sense_become_sound_within_its_range(value: float) -> None:
    heard = opened(Stranger(lambda _: sound(quiet() + np.float32(value)))).read(COUNT, 0.1)
    assert heard is not None
    assert np.isfinite(heard.samples).all()
    assert np.abs(heard.samples).max() <= 1


@pytest.mark.parametrize("marks", [[], ("a",), (PhonemeMark("a", float("nan"), 1.0),)])
def test_marks_without_sense_are_left_out_and_good_ones_kept(marks: Any) -> None:
    good = (PhonemeMark("a", 0.0, 0.1),)
    for given, expected in ((marks, None), (good, good)):
        whole = replace(sound(quiet()), marks=given)
        heard = opened(Stranger(lambda _, whole=whole: whole)).read(COUNT, 0.1)  # type: ignore[misc]
        assert heard is not None
        assert heard.marks == expected


RUBBISH: dict[str, Callable[[], Any]] = {
    "a number": lambda: 7,
    "a list": lambda: sound([0.0] * COUNT),
    "too short": lambda: sound(quiet()[1:]),
    "columns": lambda: sound(quiet()[:, None]),
    "integers": lambda: sound(quiet().astype(np.int16)),
    "before its time": lambda: sound(quiet(), -(10**9)),
    "far from now": lambda: sound(quiet(), 10**18),
    "no number": lambda: sound(quiet(), "soon"),
    "heard never": lambda: sound(quiet(), 0, float("nan")),
    "a voice of another length": lambda: sound(quiet(), voice=np.zeros((COUNT, 2), np.float32)),
}


@pytest.mark.parametrize("kind", RUBBISH)
def test_rubbish_is_told_with_the_voices_name(kind: str) -> None:
    source = opened(Stranger(lambda _: RUBBISH[kind]()))
    with pytest.raises(SourceFailed, match="Odd voice gives no sound that can be used"):
        source.read(COUNT, 0.1)


@pytest.mark.parametrize("error", [KeyError("x"), SystemExit(2), AssertionError(), TypeError()])
def test_an_error_without_words_gets_some(error: BaseException) -> None:
    def fail(_: int) -> None:
        raise error

    with pytest.raises(SourceFailed, match=rf"Odd voice has failed \({type(error).__name__}"):
        opened(Stranger(fail)).read(COUNT, 0.1)


def test_an_error_with_a_remedy_and_the_end_pass_as_they_are() -> None:
    for error in (RuntimeError("the cable is out; plug it in"), EndOfAudio()):

        def fail(_: int, error: Exception = error) -> None:
            raise error

        with pytest.raises(type(error)) as told:
            opened(Stranger(fail)).read(COUNT, 0.1)
        assert told.value is error


@pytest.mark.parametrize("source", [None, 5, object()])
def test_what_opens_no_source_is_told(source: object) -> None:
    with pytest.raises(SourceFailed, match="it opens"):
        opened(source)


def test_one_that_answers_nothing_at_once_does_not_keep_the_processor_busy() -> None:
    clock = HandClock()
    plugin = SourcePlugin("odd", "Odd voice", Options, lambda *_: Stranger(lambda _: None))
    assert open_checked(plugin, Options(), clock).read(COUNT, 0.1) is None
    assert clock.time == pytest.approx(0.1)


def test_one_that_hangs_or_fails_while_closing_is_left_to_itself(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("core.broadcast.checked_source.CLOSING", 0.01)
    free = threading.Event()
    for close in (free.wait, partial(dict[str, int]().__getitem__, "x")):
        stranger = Stranger(lambda _: None)
        monkeypatch.setattr(stranger, "close", close)
        opened(stranger).close()
    free.set()


def test_one_that_does_not_know_its_losses_has_had_those_it_told() -> None:
    class Forgetful(Stranger):
        @property
        def dropped(self) -> int:  # type: ignore[override]
            raise RuntimeError("dropped?")

    assert opened(Forgetful(lambda _: None)).dropped == 0


def test_only_one_that_can_be_told_what_to_say_or_to_be_quiet_says_so() -> None:
    class Talker(Stranger):
        def say(self, text: str) -> None:
            raise KeyError(text)

    class Polite(Talker):
        def interrupt(self) -> None:
            raise KeyError

    assert not isinstance(opened(Stranger(lambda _: None)), Speaking)
    speaker, polite = opened(Talker(lambda _: None)), opened(Polite(lambda _: None))
    assert isinstance(speaker, Speaking)
    assert not isinstance(speaker, Interruptible)
    assert isinstance(polite, Interruptible)
    with pytest.raises(SourceFailed, match="has failed"):
        polite.interrupt()
    with pytest.raises(SourceFailed, match="has failed"):
        speaker.say("hello")
