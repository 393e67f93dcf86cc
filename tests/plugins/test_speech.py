"""Text to speech: real voices in their processes, and what it does when they fail."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.audio import EndOfAudio, Remarking, Samples, Sound, SoundBrokeOff, remarks_of
from core.clock import SwiftClock, WallClock
from core.process.child import ChildLost
from core.process.respawning_child import OrderFailed
from core.voice_engine import Utterance
from plugins.speech import MOST_REMARKS, Speech, SpeechOptions
from plugins.voice_choice import languages, speakers
from tests.fakes import until
from tests.plugins.test_audio_file import read_all
from tests.plugins.voices.fake_voices import LETTER_SECONDS, FakeClient, tone

ROBOT = SpeechOptions("Hello there.", voice="en-us", speaker="m1", keep_open=False)
"""Spoken by espeak-ng, which is there at once."""
HELLO = SpeechOptions("Hello there.", voice="de", keep_open=False)
"""Spoken by whoever a test lets speak."""

needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads /proc")


@pytest.fixture
def hanging() -> Iterator[threading.Event]:
    released = threading.Event()
    yield released
    released.set()


def fake(options: SpeechOptions = HELLO, *clients: FakeClient) -> Speech:
    """A source that swift clients speak for, one engine after the other."""
    waiting = list(clients) or [FakeClient("espeak")]
    return Speech(options, SwiftClock(), lambda engine: waiting.pop(0))


def sounds(speech: Speech, limit: int = 100_000) -> list[Sound]:
    """Read to the end, or so many pieces."""
    found: list[Sound] = []
    with suppress(EndOfAudio):
        while len(found) < limit:
            if sound := speech.read(640, 1):
                found.append(sound)
    return found


def to_the_end(speech: Speech) -> None:
    while True:
        speech.read(640, 1)


def hear(speech: Speech, seconds: float) -> Samples:
    return np.concatenate([sound.samples for sound in sounds(speech, round(seconds * 25))])


def test_it_is_a_source_that_remarks() -> None:
    speech = fake()
    source: Remarking = speech
    assert tuple(remarks_of(speech)) == tuple(source.remarks())
    speech.close()


def test_a_sentence_is_spoken_and_then_it_ends() -> None:
    sound = read_all(Speech(ROBOT, SwiftClock()))
    assert 0.5 < len(sound) / 16_000 < 3
    assert 0.1 < np.abs(sound).max() <= 1
    assert np.abs(sound[:1600]).max() > 0.01  # it begins at once


@pytest.mark.parametrize(
    "change", [{"voice": "de"}, {"speaker": "f3"}, {"rate": 300}, {"pitch": 90}, {"gap": 200}]
)
def test_every_option_changes_the_sound(change: dict[str, str | int]) -> None:
    plain = read_all(Speech(ROBOT, SwiftClock()))
    other = read_all(Speech(replace(ROBOT, **change), SwiftClock()))  # type: ignore[arg-type]
    assert len(plain) != len(other) or not np.allclose(plain, other)


def test_english_has_a_natural_voice_that_tells_its_phonemes() -> None:
    pytest.importorskip("hibari")
    speech = Speech(replace(ROBOT, text="My baby.", speaker=""), SwiftClock())
    found = sounds(speech)
    assert speech.remarks() == []
    speech.close()
    told = {mark.symbol: mark for sound in found for mark in sound.marks or ()}
    assert {"m", "aɪ", "b", "eɪ", "i"} <= set(told)  # noqa: RUF001
    assert told["eɪ"].stress > 0  # noqa: RUF001
    assert 0.5 < len(found) / 25 < 3
    voice = np.concatenate([sound.voice for sound in found if sound.voice is not None])
    assert voice.shape == (len(found) * 1920, 1)
    assert np.abs(voice).max() > 0.1


def test_languages_and_speakers_are_listed_from_the_engines() -> None:
    known = dict(languages())
    assert len(known) > 100
    assert known["en-us"] == "English (America)"
    choices = speakers()
    assert choices[0] == ("", "Automatic")
    assert dict(choices)["f3"].startswith("espeak-ng: ")


def test_more_is_said_while_it_is_kept_open() -> None:
    speech = fake(replace(HELLO, keep_open=True))
    assert np.abs(hear(speech, 0.4)).max() > 0.1
    hear(speech, 2.0)
    assert not hear(speech, 1.0).any()
    speech.say("And now something else.")
    assert np.abs(hear(speech, 1.0)).max() > 0.1
    speech.close()


def test_sentences_follow_each_other_without_a_gap_and_so_does_what_is_typed_meanwhile() -> None:
    client = FakeClient("espeak")
    speech = fake(replace(HELLO, text="One sentence. Another one."), client)
    speech.say("And a third.")
    length = len(sounds(speech)) * 640 / 16_000
    assert client.heard == ["One sentence. ", "Another one.", "And a third."]
    assert length == pytest.approx(LETTER_SECONDS * len("".join(client.heard)), abs=0.04)
    speech.close()


def test_a_long_text_begins_as_soon_as_a_short_one_and_is_made_as_it_is_heard() -> None:
    client = FakeClient("espeak")
    speech = fake(replace(HELLO, text="One two three four five six seven. " * 2000), client)
    until(lambda: len(client.heard) >= 1)
    assert client.heard[0] == "One two three four five six seven. "
    hear(speech, 4)
    assert len(client.heard) <= 6
    speech.close()


def test_marks_are_told_for_each_piece_and_its_surroundings() -> None:
    speech = fake(replace(HELLO, text="mama"))
    first, *rest = sounds(speech)
    assert first.marks
    assert [mark.symbol for mark in first.marks] == list("mama")
    assert first.marks[0].start == 0
    assert rest[0].marks
    assert rest[0].marks[0].start == pytest.approx(-0.04)
    speech.close()


def test_the_marks_of_what_is_typed_later_lie_where_it_is_heard() -> None:
    speech = fake(replace(HELLO, text="ab", keep_open=True))
    assert sounds(speech, 60)[-1].marks == ()
    speech.say("mama")
    marks = next(sound.marks for sound in sounds(speech, 5) if sound.samples.any())
    assert marks
    assert marks[0].symbol == "m"
    assert marks[0].start == pytest.approx(0, abs=1e-6)
    speech.close()


def test_who_tells_nothing_is_listened_to() -> None:
    speech = fake(HELLO, FakeClient("espeak", lambda text: tone(text, tells=False)))
    assert {sound.marks for sound in sounds(speech)} == {None}
    speech.close()


def test_while_nothing_is_ready_there_is_silence_and_then_it_goes_on(
    hanging: threading.Event,
) -> None:
    def slowly(text: str) -> Utterance:
        if text == "Later.":
            assert hanging.wait(20)
        return tone(text)

    options = replace(HELLO, text="Now. Later.", keep_open=True)
    speech = Speech(options, WallClock(), lambda engine: FakeClient(engine, slowly))

    def loud() -> bool:
        sound = speech.read(640, 5)
        return bool(sound and sound.samples.any())

    until(loud)
    until(lambda: not loud())
    hanging.set()
    until(loud)
    speech.close()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"text": ""}, "nothing is typed; type something to say first"),
        ({"text": "... --- !"}, "nothing to speak"),
        ({"text": "😀"}, "nothing to speak"),
        ({"text": "你好"}, "does not know the letters of '你好'; choose the language"),
        ({"pronunciations": "oh"}, "the pronunciation 'oh' cannot be read"),
        ({"speaker": "nobody:x"}, "the voice 'nobody x' is not installed; choose another one"),
    ],
)
def test_what_cannot_be_spoken_gets_one_sentence(change: dict[str, str], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        fake(replace(HELLO, **change))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"voice": "xx"}, "no voice 'xx m1'; choose one from the list"),
        ({"speaker": "nobody"}, "no voice 'en-us nobody'"),
    ],
)
def test_a_voice_that_does_not_exist_is_said(change: dict[str, str], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Speech(replace(ROBOT, **change), SwiftClock())  # type: ignore[arg-type]


def test_saying_nothing_or_what_cannot_be_read_is_refused_and_the_rest_goes_on() -> None:
    speech = fake(replace(HELLO, keep_open=True))
    for text, why in (("?!", "nothing to speak"), ("你好", "does not know the letters")):
        with pytest.raises(ValueError, match=why):
            speech.say(text)
    assert hear(speech, 0.5).any()
    speech.close()


def test_a_word_that_the_voice_cannot_read_is_left_out_and_told() -> None:
    speech = fake(replace(HELLO, text="Hello world 你好"))
    assert speech.remarks() == ["The voice espeak-ng cannot read '你好'; it was left out."]
    assert speech.remarks() == []
    speech.close()


def test_letters_of_all_the_world_and_odd_bytes_do_no_harm() -> None:
    speech = Speech(replace(ROBOT, keep_open=True), SwiftClock())
    for text in ("Привет and hello", "a\0b", "\ud800 x", "<speak>[[hh@]] a</speak>", "ⓜ"):
        speech.say(text)
    assert hear(speech, 20).any()
    speech.close()


def lost(text: str) -> Utterance:
    raise ChildLost("the voice process has ended")


def test_a_piece_whose_process_is_lost_is_skipped_and_told() -> None:
    def once(text: str) -> Utterance:
        return lost(text) if text == "Two. " else tone(text)

    client = FakeClient("espeak", once)
    speech = fake(replace(HELLO, text="One. Two. Three."), client)
    length = len(sounds(speech)) * 0.04
    assert length == pytest.approx(LETTER_SECONDS * len("One. Three."), abs=0.04)
    assert speech.remarks() == [
        "The voice espeak-ng broke off and was started again; 'Two. ' was left out."
    ]
    speech.close()


def test_a_voice_that_is_lost_again_and_again_ends_the_sound_and_says_so() -> None:
    def broken(text: str) -> Utterance:
        return tone(text) if text.startswith("One") else lost(text)

    speech = fake(replace(HELLO, text="One. " + "Two. " * 9), FakeClient("espeak", broken))
    with pytest.raises(SoundBrokeOff, match="breaks off again and again: the voice process"):
        to_the_end(speech)
    speech.close()


def test_what_the_engine_refuses_is_left_out_with_its_reason() -> None:
    def picky(text: str) -> Utterance:
        if text == "Two. ":
            raise OrderFailed("that is too much")
        return tone(text)

    speech = fake(replace(HELLO, text="One. Two. Three."), FakeClient("espeak", picky))
    assert len(sounds(speech)) > 10
    assert speech.remarks() == ["'Two. ' was left out: that is too much"]
    speech.close()


def test_another_engine_speaks_where_the_best_one_cannot_be_used() -> None:
    pytest.importorskip("hibari")
    broken, robot = FakeClient("hibari", lost), FakeClient("espeak")
    speech = fake(replace(HELLO, voice="en-us"), broken, robot)
    assert sounds(speech)
    assert robot.heard == ["Hello there."]
    assert broken.closed.is_set()
    (remark,) = speech.remarks()
    assert remark.startswith("The voice hibari cannot be used (the voice process has ended")
    assert remark.endswith("espeak-ng speaks instead.")
    speech.close()


@needs_proc
def test_a_real_process_that_is_killed_is_replaced_and_the_rest_is_spoken() -> None:
    text = "One sentence, of some length, to begin with. " * 40
    speech = Speech(replace(ROBOT, text=text), SwiftClock())
    for pid in children():
        os.kill(pid, signal.SIGKILL)
    length = len(sounds(speech)) * 0.04
    assert length > 60
    assert all("was started again" in words for words in speech.remarks())
    speech.close()


def children() -> list[int]:
    lists = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return [int(pid) for path in lists for pid in path.read_text().split()]


def test_closing_wakes_the_reader_and_does_not_wait_for_who_speaks(
    hanging: threading.Event,
) -> None:
    class Hanging(FakeClient):
        def close(self) -> None:
            super().close()
            hanging.set()

    def late(text: str) -> Utterance:
        if text == "Two.":
            assert hanging.wait(20)
            raise ChildLost("closed")
        return tone(text)

    speech = Speech(
        replace(HELLO, text="One. Two.", keep_open=True),
        WallClock(),
        lambda engine: Hanging(engine, late),
    )
    ended = threading.Event()

    def listen() -> None:
        with suppress(EndOfAudio):
            while True:
                speech.read(640, 1)
        ended.set()

    reader = threading.Thread(target=listen)
    reader.start()
    speech.close()
    until(ended.is_set)
    reader.join()
    assert speech.remarks() == []


def test_rate_and_pitch_go_to_the_engine_and_own_pronunciations_are_spoken() -> None:
    client = FakeClient("espeak")
    options = replace(HELLO, text="A GIF.", rate=200, pitch=60, pronunciations="gif = jiff")
    fake(options, client).close()
    (manner,) = client.manners
    assert (manner.language, manner.rate, manner.pitch) == ("de", 200, 60)
    assert client.heard == ["A jiff."]


def test_an_interruption_is_heard_within_a_tenth_of_a_second_and_the_next_line_at_once() -> None:
    clock = SwiftClock()
    text = "A sentence that goes on for a good while. " * 100
    options = replace(HELLO, text=text, keep_open=True)
    speech = Speech(options, clock, lambda engine: FakeClient(engine))
    hear(speech, 1.0)
    interrupted = clock.now()
    speech.interrupt()
    after = sounds(speech, 50)
    loud = [sound.heard + np.flatnonzero(sound.samples)[-1] / 16_000 for sound in after
            if sound.samples.any()]  # fmt: skip
    assert max(loud) - interrupted < 0.1
    assert after[-1].marks == ()
    quick = np.concatenate([sound.samples for sound in after])
    assert np.abs(np.diff(quick)).max() < 0.1  # it fades, so nothing clicks
    speech.say("mama")
    (next_one,) = sounds(speech, 1)
    assert next_one.samples.any()
    speech.close()


def test_what_is_being_made_when_it_is_interrupted_is_not_heard(hanging: threading.Event) -> None:
    began = threading.Event()

    def slowly(text: str) -> Utterance:
        if text == "Two.":
            began.set()
            assert hanging.wait(20)
        return tone(text)

    client = FakeClient("espeak", slowly)
    speech = fake(replace(HELLO, text="One. Two.", keep_open=True), client)
    until(began.is_set)
    speech.interrupt()
    hanging.set()
    speech.say("a")
    until(lambda: "a" in client.heard)
    assert 0 < np.count_nonzero(hear(speech, 2.0)) / 16_000 < LETTER_SECONDS + 0.05
    assert speech.remarks() == []
    speech.close()


LONG = 100_000
"""Letters."""


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("word " * (LONG // 5), ""),
        ("a" * LONG, ""),
        ("a." * (LONG // 2), ""),
        ("😀" * LONG + " word", ""),
        ("\0\x1b\x07" * (LONG // 3) + " word", ""),
        ("<break time='1s'/>" * (LONG // 18) + " word", ""),
        ("<" * LONG + " word", ""),
        ("&lt;speak&gt; ]]> <![CDATA[ word", ""),
        ("! " * (LONG // 2) + "word", ""),
        ("two words مرحبا " * (LONG // 16), ""),
        ("?!" * (LONG // 2), "nothing to speak"),
        ("😀" * LONG, "nothing to speak"),
        ("\0\x1b" * (LONG // 2), "nothing to speak"),
        ("<speak/>" * (LONG // 8), "nothing to speak"),
        ("مرحبا بالعالم " * (LONG // 14), "does not know the letters"),
        ("你好世界。" * (LONG // 5), "does not know the letters"),
    ],
    ids=lambda value: repr(value[:8]) if value else "",
)
def test_whatever_is_typed_is_spoken_or_refused_in_a_sentence_in_little_memory(
    text: str, complaint: str
) -> None:
    client = FakeClient("hibari")
    options = replace(HELLO, voice="en-us", keep_open=True)
    if complaint:
        with pytest.raises(ValueError, match=complaint) as refused:
            fake(replace(options, text=text), client)
        assert len(str(refused.value)) < 250
        return
    speech = fake(replace(options, text=text), client)
    assert hear(speech, 1.0).any()
    speech.say(text)
    assert sum(map(len, client.heard)) * LETTER_SECONDS < 40  # seconds made, of 5,000 typed
    assert len(speech.remarks()) < 30
    speech.interrupt()
    speech.close()


def test_a_voice_that_can_speak_nothing_of_a_long_text_says_so_and_no_more_than_people_read() -> (
    None
):
    def only_first(text: str) -> Utterance:
        return tone(text) if "first" in text else Utterance(np.zeros(0, np.float32))

    speech = fake(
        replace(HELLO, text="The first. " + "Nothing. " * 500), FakeClient("x", only_first)
    )
    sounds(speech)
    told = speech.remarks()
    speech.close()
    assert 0 < len(told) <= MOST_REMARKS
    assert told[-1] == "The voice espeak-ng cannot speak 'Nothing.'; it was left out."
