"""Who speaks goes on, one after another, and comes back."""

import logging

import numpy as np
import pytest

from core.audio import AudioSource, EndOfAudio, PacedSource, Sound, SoundAway
from core.broadcast.live_source import AGAIN, LiveSource
from core.broadcast.switches import Switches
from core.speech_marks import PhonemeMark
from tests.fakes import HandClock

PIECE = 160
MARKS = (PhonemeMark("a", 0.0, 1.0),)


def constant(level: float, clock: HandClock, pieces: int = 1000) -> PacedSource:
    left = [pieces * PIECE]

    def pull(count: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        count = min(count, left[0])
        left[0] -= count
        return np.full(count, level, np.float32)

    return PacedSource(pull, clock)


def live(source: AudioSource, switches: Switches | None = None) -> LiveSource:
    """Return the live source that begins with this one."""
    made = LiveSource(switches or Switches())
    made.begin(source)
    return made


def test_another_source_goes_on_in_the_same_stream_time() -> None:
    clock = HandClock()
    source = live(constant(0.25, clock))
    first = [source.read(PIECE, 1) for _ in range(3)]
    assert source.level == pytest.approx(0.25)
    source.hand_over(constant(0.5, clock))
    sounds = [sound for sound in [*first, *(source.read(PIECE, 1) for _ in range(3))] if sound]
    assert [sound.start for sound in sounds] == [PIECE * i for i in range(6)]
    assert [float(sound.samples[0]) for sound in sounds] == [0.25] * 3 + [0.5] * 3
    heard = np.diff([sound.heard for sound in sounds])
    assert heard == pytest.approx(np.full(5, 0.01))
    assert source.level == pytest.approx(0.5)


def test_the_one_before_is_closed_and_the_end_is_the_last_ones() -> None:
    clock = HandClock()
    before, after = constant(0.1, clock, 1), constant(0.2, clock, 2)
    source = live(before)
    source.read(PIECE, 1)
    source.hand_over(after)
    for _ in range(2):
        assert source.read(PIECE, 1)
    with pytest.raises(EndOfAudio):
        before.read(PIECE, 1)
    with pytest.raises(EndOfAudio):
        source.read(PIECE, 1)


def test_a_source_that_ends_makes_way_for_one_that_waits() -> None:
    clock = HandClock()

    class Ending(PacedSource):
        """Ends while the next one is being handed over."""

        def read(self, count: int, timeout: float) -> Sound | None:
            source.hand_over(constant(0.5, clock))
            raise EndOfAudio

    source = live(Ending(lambda count: np.zeros(count, np.float32), clock))
    assert source.read(PIECE, 1) is None
    sound = source.read(PIECE, 1)
    assert sound is not None
    assert sound.start == 0


def test_what_comes_too_late_or_is_not_wanted_any_more_is_closed() -> None:
    clock = HandClock()
    first, one, other, late = (constant(0.1, clock) for _ in range(4))
    source = live(first)
    source.hand_over(one)
    source.hand_over(other)
    source.close()
    source.hand_over(late)
    for closed in (first, one, other, late):
        with pytest.raises(EndOfAudio):
            closed.read(PIECE, 1)


def test_before_the_first_source_it_can_be_asked_and_told_everything() -> None:
    source, clock = LiveSource(Switches()), HandClock()
    assert (source.level, source.dropped, source.speaks) == (0.0, 0, False)
    source.say("hello")
    early = constant(0.5, clock)
    source.hand_over(early)
    source.begin(constant(0.25, clock))
    sound = source.read(PIECE, 1)
    assert sound is not None
    assert float(sound.samples[0]) == 0.5
    source.close()


def test_muted_before_the_first_piece_nothing_of_it_is_heard() -> None:
    switches = Switches()
    switches.mute.set()
    source = live(constant(0.5, HandClock()), switches)
    sound = source.read(PIECE, 1)
    assert sound is not None
    assert not sound.samples.any()
    assert source.level == pytest.approx(0.5)
    switches.mute.clear()
    sound = source.read(PIECE, 1)
    assert sound is not None
    assert np.all(np.diff(sound.samples) > 0)
    assert sound.samples[-1] == 0.5


def test_it_is_made_louder_within_a_piece_and_never_beyond_full_scale() -> None:
    switches = Switches()
    source = live(constant(0.4, HandClock()), switches)
    assert source.read(PIECE, 1)
    switches.gain = 2.0
    rising = source.read(PIECE, 1)
    louder = source.read(PIECE, 1)
    assert rising
    assert louder
    assert (rising.samples[0], rising.samples[-1]) == pytest.approx((0.4, 0.8))
    assert np.allclose(louder.samples, 0.8)
    assert source.level == pytest.approx(0.8)
    switches.gain = 4.0
    source.read(PIECE, 1)
    cut = source.read(PIECE, 1)
    assert cut
    assert np.allclose(cut.samples, 1.0)


class Leaving(PacedSource):
    """Goes away after its first piece."""

    def read(self, count: int, timeout: float) -> Sound | None:
        sound = super().read(count, timeout)
        if sound and sound.start:
            raise SoundAway("it was unplugged")
        return sound


def ones(count: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.ones(count, np.float32)


class Telling:
    """Satisfies `AudioSource`: knows what it says."""

    dropped = 0

    def read(self, count: int, timeout: float) -> Sound | None:
        return Sound(np.ones(count, np.float32), 0, 0.0, marks=MARKS)

    def close(self) -> None:
        pass


def test_what_a_voice_tells_of_its_mouth_is_not_shown_while_muted() -> None:
    switches = Switches()
    source, told = live(Telling(), switches), []
    for muted in (False, True, True, False):
        switches.mute.set() if muted else switches.mute.clear()
        sound = source.read(PIECE, 1)
        told.append(sound and sound.marks)
    assert told == [MARKS, (), (), MARKS]


def test_what_a_source_has_to_say_is_told_once() -> None:
    class Remarker(Telling):
        def __init__(self) -> None:
            self.left = ["a word was left out"]

        def remarks(self) -> list[str]:
            left, self.left = self.left, []
            return left

    told: list[str] = []
    source = LiveSource(Switches(), told.append)
    source.begin(Remarker())
    source.read(PIECE, 1)
    source.read(PIECE, 1)
    assert told == ["a word was left out"]


def test_who_tells_nothing_is_listened_to_though_muted() -> None:
    switches = Switches()
    switches.mute.set()
    sound = live(constant(0.5, HandClock()), switches).read(PIECE, 1)
    assert sound
    assert sound.marks is None


def test_a_source_that_went_away_is_opened_again_every_two_seconds() -> None:
    clock, told, tries = HandClock(), list[str](), list[float]()
    source = LiveSource(Switches(), told.append, clock)

    def opened() -> AudioSource:
        tries.append(clock.time)
        if len(tries) < 3:
            raise OSError("not there")
        return constant(0.5, clock)

    first = Leaving(ones, clock)
    source.begin(first, opened)
    sounds = [source.read(PIECE, 0.1) for _ in range(100)]
    assert np.diff(tries) == pytest.approx([AGAIN, AGAIN], abs=0.2)
    heard = [sound for sound in sounds if sound]
    assert [sound.start for sound in heard] == [PIECE * i for i in range(len(heard))]
    assert float(heard[-1].samples[0]) == 0.5
    assert told == ["it was unplugged", "The voice is back."]
    with pytest.raises(EndOfAudio):
        first.read(PIECE, 0.1)


def test_while_one_is_away_another_can_be_chosen() -> None:
    clock = HandClock()
    source = LiveSource(Switches(), lambda words: None, clock)

    def never() -> AudioSource:
        raise OSError("not there")

    source.begin(Leaving(ones, clock), never)
    for _ in range(5):
        source.read(PIECE, 0.1)
    source.hand_over(constant(0.25, clock))
    sound = source.read(PIECE, 0.1)
    assert sound is not None
    assert float(sound.samples[0]) == 0.25


def test_one_that_nothing_opens_again_is_an_error() -> None:
    source = live(Leaving(ones, HandClock()))
    source.read(PIECE, 0.1)
    with pytest.raises(SoundAway, match="unplugged"):
        source.read(PIECE, 0.1)


def test_one_that_comes_back_after_the_end_is_closed(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    clock = HandClock()
    source, late = LiveSource(Switches(), lambda words: None, clock), constant(0.5, clock)

    def opened() -> AudioSource:
        source.close()
        return late

    source.begin(Leaving(ones, clock), opened)
    while source.read(PIECE, 0.1):
        pass
    clock.time += AGAIN
    source.read(PIECE, 0.1)
    with pytest.raises(EndOfAudio):
        source.read(PIECE, 0.1)
    with pytest.raises(EndOfAudio):
        late.read(PIECE, 0.1)


def test_one_that_can_be_interrupted_is_and_another_says_that_it_cannot() -> None:
    class Talker(PacedSource):
        interrupted = 0

        def interrupt(self) -> None:
            self.interrupted += 1

    talker = Talker(lambda count: np.zeros(count, np.float32), HandClock())
    live(talker).interrupt()
    assert talker.interrupted == 1
    with pytest.raises(ValueError, match="cannot be interrupted; mute it"):
        live(constant(0.5, HandClock())).interrupt()
