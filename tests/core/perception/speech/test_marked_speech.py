"""Mouth shapes from phonemes that are known beforehand."""

import numpy as np
import pytest

from core.perception.speech.marked_speech import FRAME_SECONDS, MarkedFrame, frame_from_marks
from core.perception.speech.visemes import BILABIAL, INDEX, SILENCE
from core.speech_marks import MARK_REACH, Marks, PhonemeMark, marks_within, shifted


def spoken(*phonemes: tuple[str, float], at: float = 0.0) -> Marks:
    marks = []
    for symbol, seconds in phonemes:
        marks.append(PhonemeMark(symbol, at, at + seconds))
        at += seconds
    return tuple(marks)


def frames(marks: Marks, count: int) -> list[MarkedFrame]:
    """What is shown of `marks` when each piece tells only what lies around it."""
    times = [index * FRAME_SECONDS for index in range(count)]
    return [frame_from_marks(marks_within(marks, at, at + FRAME_SECONDS)) for at in times]


@pytest.mark.parametrize("offset", np.linspace(0, FRAME_SECONDS, 9))
@pytest.mark.parametrize("lips", ["p", "b", "m"])
def test_lips_close_in_the_frame_of_every_p_b_and_m(lips: str, offset: float) -> None:
    start = 0.5 + offset
    found = frames(spoken(("a", start), (lips, 0.06), ("a", 0.4)), 24)
    shut = [index for index, frame in enumerate(found) if frame.opening == 0]
    assert any(abs((i + 0.5) * FRAME_SECONDS - (start + 0.03)) <= FRAME_SECONDS for i in shut)
    assert found[8].opening > 0.6
    assert found[8].visemes.argmax() == INDEX["aa"]
    assert max(frame.visemes[BILABIAL] for frame in found) > 0.5


def test_the_mouth_looks_ahead() -> None:
    closing, going_on = (
        frames(spoken(("a", 0.4), (after, 0.2), ("a", 0.2)), 12) for after in ("m", "a")
    )
    assert closing[9].opening < going_on[9].opening  # before it has begun
    assert closing[5].opening == pytest.approx(going_on[5].opening)


def test_without_phonemes_lips_rest() -> None:
    for marks in ((), spoken(("", 1.0), at=-0.5)):
        frame = frame_from_marks(marks)
        assert frame.opening == frame.accent == frame.voicing == 0
        assert frame.visemes.argmax() == SILENCE


def test_frames_before_and_after_are_those_of_their_own_pieces() -> None:
    marks = spoken(("m", 0.1), ("a", 0.2), ("p", 0.1), ("ʊ", 0.3), at=-0.2)
    for frame in (-2, -1, 1, 2):
        own = frame_from_marks(shifted(marks, -frame * FRAME_SECONDS))
        other = frame_from_marks(marks, frame)
        assert np.allclose(own.visemes, other.visemes, atol=1e-6)
        assert own[1:] == pytest.approx(other[1:], abs=1e-6)


def test_what_a_piece_tells_is_enough() -> None:
    marks = spoken(*[(symbol, 0.07) for symbol in "hələʊmaineimizbɒb" * 3], at=-2.0)
    whole, near = frame_from_marks(marks), frame_from_marks(marks_within(marks, 0, FRAME_SECONDS))
    assert np.allclose(whole.visemes, near.visemes)
    assert whole[1:] == near[1:]
    assert all(m.end > -MARK_REACH for m in marks_within(marks, 0, FRAME_SECONDS))


def test_loud_vowels_open_wider_and_stress_is_an_accent_that_leads() -> None:
    quiet, loud = (
        frame_from_marks((PhonemeMark("a", -0.2, 0.2, level=level),)).opening for level in (-10, 0)
    )
    assert quiet < loud
    stressed = (PhonemeMark("a", 0.06, 0.2, stress=1.0),)
    assert frame_from_marks(stressed).accent > 0
    assert frame_from_marks(stressed, -2).accent == 0
    assert frame_from_marks(stressed, 6).accent == 0


def test_unknown_letters_end_nothing() -> None:
    assert frame_from_marks((PhonemeMark("☃a?", -0.2, 0.2),)).opening > 0.5
    assert frame_from_marks((PhonemeMark("(de)", -0.2, 0.2),)).visemes.sum() == pytest.approx(1)
    assert frame_from_marks((PhonemeMark("a", 0.2, -0.2),)).opening == 0
