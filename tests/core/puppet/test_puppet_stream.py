"""The puppet as an avatar stream: sound in, frames out, late by what the ear looks ahead."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core.audio import Samples
from core.look import Background, Look
from core.perception.face.finder import Face, NoFace
from core.perception.speech.config import (
    EARLY_LATENCY_FRAMES,
    EARLY_LOOKAHEAD_SAMPLES,
    FRAME_SAMPLES,
)
from core.portrait.analysis import LONGEST_SIDE, matte_levels
from core.portrait.analysis_cache import Findings, save_findings
from core.portrait.load import BadPhoto, load_photo_with_digest
from core.profile import Framing, Profile
from core.puppet.performance import Style
from core.puppet.puppet_stream import PuppetStream, teeth_donors
from core.speech_marks import PhonemeMark, marks_within
from core.video import Frame, Picture
from tests.core.puppet.faces import SMALL, Drawn
from tests.core.puppet.test_own_teeth import smiling

Open = Callable[..., PuppetStream]


class Finder:
    """Finds the one drawn person wherever it is asked to look."""

    def __init__(self, drawn: Drawn) -> None:
        self._drawn = drawn

    def face(self, picture: Picture) -> Face:
        assert picture.shape == self._drawn.photo.shape
        return Face((0.0, 0.0, 1.0, 1.0), self._drawn.landmarks, 1.0)

    def matte(self, picture: Picture, face: Face) -> NDArray[np.float32]:
        return self._drawn.matte


@pytest.fixture
def ann_found(ann: Drawn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.perception.face.finder.FaceFinder", lambda: Finder(ann))


@pytest.fixture
def profile(ann: Drawn, ann_found: None, tmp_path: Path) -> Profile:
    Image.fromarray(ann.photo).save(tmp_path / "1.png")
    return Profile("ann", "Ann", (tmp_path / "1.png",), "Drawn by a test.")


@pytest.fixture
def stream(profile: Profile) -> Iterator[PuppetStream]:
    with closing(PuppetStream(profile, SMALL)) as stream:
        yield stream


def _buzz(frames: int) -> Samples:
    """A voice that says `a`: a hum of 120 Hz through a wide open mouth."""
    times = np.arange(frames * FRAME_SAMPLES) / 16_000
    sound = np.zeros_like(times)
    for partial in range(1, 30):
        hertz = 120 * partial
        peaks = ((750, 90, 1.0), (1200, 110, 0.6), (2600, 160, 0.2))
        gain = sum(g / (1 + ((hertz - centre) / width) ** 2) for centre, width, g in peaks)
        sound += (gain + 0.003) / partial**0.3 * np.sin(2 * np.pi * hertz * times)
    return (0.3 * sound).astype(np.float32)


def _play(stream: PuppetStream, sound: Samples) -> list[Frame]:
    return [frame for piece in sound.reshape(-1, FRAME_SAMPLES) for frame in stream.step(piece)]


def _dark(frame: Frame) -> int:
    """Count the dark pixels around the mouth of a head that keeps still: open lips show some."""
    mouth = frame.picture[96:113, 148:172].astype(int)
    return int((mouth.max(-1) < 100).sum())


def test_frames_of_a_living_head_come_one_late_and_count_on(stream: PuppetStream) -> None:
    assert (stream.hop, stream.lag) == (FRAME_SAMPLES, EARLY_LOOKAHEAD_SAMPLES) == (640, 640)
    assert stream.format == SMALL
    answers = [stream.step(piece) for piece in np.zeros((22, FRAME_SAMPLES), np.float32)]
    assert [len(answer) for answer in answers] == [0] * EARLY_LATENCY_FRAMES + [1] * 21
    frames = [frame for answer in answers for frame in answer]
    assert [frame.sample for frame in frames] == [640 * i for i in range(21)]
    for frame in frames:
        assert frame.picture.shape == (180, 320, 3)
        assert frame.picture.dtype == np.uint8
    first, last = (frame.picture.astype(int) for frame in (frames[0], frames[-1]))
    assert np.abs(first - last).max() > 20


def test_a_voice_opens_the_mouth_when_it_is_heard(profile: Profile) -> None:
    silence = np.zeros(20 * FRAME_SAMPLES, np.float32)
    with closing(PuppetStream(profile, SMALL, style=Style(head=0))) as stream:
        frames = _play(stream, np.concatenate([silence, _buzz(15), silence]))
    dark = [_dark(frame) for frame in frames]
    assert max(dark[:18]) <= 2
    assert min(dark[23:33]) > 15
    assert max(dark[43:]) <= 2


def test_a_voice_that_tells_is_shown_without_delay(profile: Profile) -> None:
    spoken = (PhonemeMark("a", 8 * 0.04, 16 * 0.04),)
    with closing(PuppetStream(profile, SMALL, style=Style(head=0))) as stream:
        shown = [
            stream.step(np.zeros(FRAME_SAMPLES, np.float32), marks_within(spoken, at, at + 0.04))
            for at in 0.04 * np.arange(24)
        ]
    assert [len(frames) for frames in shown] == [1] * 24
    assert [frame.sample for (frame,) in shown] == [640 * i for i in range(24)]
    dark = [_dark(frame) for (frame,) in shown]
    assert max(dark[:6]) <= 2
    assert min(dark[10:14]) > 15
    assert max(dark[19:]) <= 2


def test_the_same_seed_gives_the_same_film_and_another_does_not(profile: Profile) -> None:
    films = []
    for seed in (1, 1, 2):
        with closing(PuppetStream(profile, SMALL, seed)) as stream:
            films.append(np.stack([frame.picture for frame in _play(stream, _buzz(6))]))
    assert (films[0] == films[1]).all()
    assert not (films[0] == films[2]).all()


def test_the_profiles_framing_is_kept(profile: Profile) -> None:
    framed = Profile("a", "A", profile.references, "Drawn.", Framing(fit="letterbox"))
    with closing(PuppetStream(framed, SMALL)) as stream:
        (frame,) = _play(stream, np.zeros((1 + EARLY_LATENCY_FRAMES) * FRAME_SAMPLES, np.float32))
    assert (frame.picture[:, :70] == 0).all()
    assert (frame.picture[:, 250:] == 0).all()
    assert frame.picture[:, 70:250].min() > 0


def test_other_photos_give_teeth_if_what_was_found_in_them_is_kept(
    profile: Profile, tmp_path: Path
) -> None:
    smile = smiling()
    kept, bare = tmp_path / "kept.png", tmp_path / "bare.png"
    for path in (kept, bare):
        Image.fromarray(smile.photo).save(path)
    photo = load_photo_with_digest(kept, LONGEST_SIDE)
    save_findings(kept, photo, Findings(smile.landmarks, matte_levels(smile.matte)))
    references = (*profile.references, bare, kept)
    (donor,) = teeth_donors(replace(profile, references=references))
    np.testing.assert_array_equal(donor.landmarks, smile.landmarks)


def test_a_photo_without_a_face_is_refused(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Blind:
        def face(self, picture: Picture) -> Face:
            raise NoFace("No face was found in this picture.")

    monkeypatch.setattr("core.perception.face.finder.FaceFinder", Blind)
    with pytest.raises(NoFace):
        PuppetStream(profile, SMALL)


def test_at_thirty_a_second_frames_come_in_the_voices_time(profile: Profile) -> None:
    with closing(PuppetStream(profile, replace(SMALL, fps=30))) as stream:
        assert stream.lag == EARLY_LOOKAHEAD_SAMPLES + FRAME_SAMPLES
        answers = [stream.step(piece) for piece in np.zeros((27, FRAME_SAMPLES), np.float32)]
    samples = [frame.sample for answer in answers for frame in answer]
    assert samples == [round(i * 16_000 / 30) for i in range(len(samples))]
    assert len(samples) == 31  # a second of 25 frames, the last one included
    fed = np.cumsum([FRAME_SAMPLES] * 27).repeat([len(answer) for answer in answers])
    assert (fed - np.array(samples) - 16_000 / 30 <= stream.lag + 1).all()


def _changed(stream: PuppetStream, look: Look) -> tuple[list[Frame], Exception | None]:
    """Ask for `look`, and go on until it is there or refused; return the frames until then."""
    answers: SimpleQueue[Exception | None] = SimpleQueue()
    frames = _play(
        stream, np.zeros(EARLY_LATENCY_FRAMES * FRAME_SAMPLES, np.float32)
    )  # a new stream listens so long
    stream.change(look, answers.put)
    end = time.monotonic() + 60
    while answers.empty() and time.monotonic() < end:
        frames += _play(stream, np.zeros(FRAME_SAMPLES, np.float32))
    return frames, answers.get(timeout=1)


GREEN = Background("colour", "#00ff00")


def test_the_background_changes_while_the_person_goes_on(
    stream: PuppetStream, profile: Profile
) -> None:
    with closing(PuppetStream(profile, SMALL)) as other:
        frames, error = _changed(stream, Look(profile, GREEN))
        there = _play(
            other, np.zeros(FRAME_SAMPLES * (len(frames) + EARLY_LATENCY_FRAMES), np.float32)
        )[-1]
    assert error is None
    assert [frame.sample for frame in frames] == [640 * i for i in range(len(frames))]
    last = frames[-1]
    assert (last.picture[:20] == (0, 255, 0)).all()
    assert (frames[0].picture[:20, :20, 1] < 200).all()
    # Pose and expression are those of a stream that nobody has changed.
    face = (slice(60, 110), slice(140, 180))
    assert np.abs(last.picture[face].astype(int) - there.picture[face]).mean() < 4


def test_framing_changes_and_can_be_read_back(stream: PuppetStream, profile: Profile) -> None:
    assert stream.framing.fit == "surround"
    wide = Framing(0.5, 0.5, 1.0, "fill")
    _, error = _changed(stream, Look(replace(profile, framing=wide)))
    assert error is None
    assert stream.framing == wide


def test_a_change_that_fails_is_told_and_nothing_changes(
    stream: PuppetStream, profile: Profile, tmp_path: Path
) -> None:
    gone = Background("picture", picture=tmp_path / "gone.png")
    frames, error = _changed(stream, Look(profile, gone))
    assert isinstance(error, BadPhoto)
    (after,) = _play(stream, np.zeros(FRAME_SAMPLES, np.float32))
    assert after.sample == 640 * len(frames)


def test_of_many_changes_the_last_one_counts(stream: PuppetStream, profile: Profile) -> None:
    for red in range(5):
        stream.change(Look(profile, Background("colour", f"#{40 * red:02x}0000")), lambda _: None)
    frames, _ = _changed(stream, Look(profile, GREEN))
    frames += _play(stream, np.zeros(FRAME_SAMPLES, np.float32))
    assert (frames[-1].picture[:20] == (0, 255, 0)).all()


def test_a_change_still_being_prepared_does_not_outlive_the_stream(profile: Profile) -> None:
    with closing(PuppetStream(profile, SMALL)) as stream:
        stream.change(Look(profile, GREEN), lambda _: None)
    assert not [thread for thread in threading.enumerate() if thread.name == "change"]
