"""The mark is there, in its place, readable and quick."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.engine.badge import PLACES, Badge, BadgeOptions, badged
from core.engine.pulldown import Pulldown
from core.engine.testcard import TestCard
from core.look import Background, Look
from core.profile import Profile
from core.stream import Changeable
from core.video import Picture, VideoFormat
from tests.fakes import Chameleon

FORMAT = VideoFormat(1280, 720)


def drawn(picture: Picture, options: BadgeOptions) -> Picture:
    """Return a copy of `picture` with the mark on it."""
    marked = picture.copy()
    Badge(VideoFormat(picture.shape[1], picture.shape[0]), options).apply(marked)
    return marked


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("level", [0, 90, 255])
def test_the_mark_stands_in_its_corner_and_nowhere_else(place: str, level: int) -> None:
    picture = np.full((720, 1280, 3), level, np.uint8)
    marked = drawn(picture, BadgeOptions(place))
    changed = (marked != picture).any(2)
    rows, columns = np.nonzero(changed)
    assert (rows.min() > 600) == place.startswith("bottom")
    assert (rows.max() < 120) == place.startswith("top")
    assert (columns.min() > 640) == place.endswith("right")
    assert (columns.max() < 640) == place.endswith("left")
    assert picture.min() == picture.max() == level


def test_where_nothing_is_behind_the_person_the_mark_covers_it() -> None:
    card = TestCard(FORMAT)
    (frame,) = card.step(np.zeros(card.hop, np.float32))
    options, cover = BadgeOptions(), np.zeros((720, 1280), np.uint8)
    Badge(FORMAT, options).apply(np.zeros((*cover.shape, 3), np.uint8), cover)
    marked = drawn(np.zeros_like(frame.picture), options)
    assert cover[marked.any(2)].min() > 100
    assert (marked.max(2) <= cover).all()
    assert not cover[:600].any()


@pytest.mark.parametrize("level", [0, 90, 255])
def test_it_can_be_read_on_any_ground(level: int) -> None:
    picture = np.full((720, 1280, 3), level, np.uint8)
    marked = drawn(picture, BadgeOptions(size=0.05))[620:, 900:].astype(int)
    assert marked.max() - np.median(marked[marked < 200]) > 100


@pytest.mark.parametrize("size", [(8, 8), (64, 64), (100, 30), (512, 512), (3840, 2160)])
def test_it_fits_into_pictures_of_any_size(size: tuple[int, int]) -> None:
    picture = np.zeros((size[1], size[0], 3), np.uint8)
    marked = drawn(picture, BadgeOptions())
    assert marked.shape == picture.shape
    assert marked.any()


def test_a_stream_with_the_mark_is_still_that_stream() -> None:
    card = TestCard(FORMAT, frames_per_step=4)
    stream = badged(card, BadgeOptions())
    assert (stream.format, stream.hop, stream.lag) == (FORMAT, card.hop, card.lag)
    frames = stream.step(np.zeros(stream.hop, np.float32))
    assert [f.sample for f in frames] == [0, 640, 1280, 1920]
    assert all(f.picture.any() for f in frames)
    assert not isinstance(stream, Changeable)
    stream.close()


def test_a_picture_that_is_shown_again_is_not_marked_again() -> None:
    stream = badged(Pulldown(TestCard(FORMAT), 50), BadgeOptions())
    once = drawn(np.zeros((720, 1280, 3), np.uint8), BadgeOptions())
    for _ in range(2):
        frames = stream.step(np.zeros(stream.hop, np.float32))
        assert len(frames) == 2
        for frame in frames:
            np.testing.assert_array_equal(frame.picture, once)


def test_without_options_a_stream_is_left_alone_and_a_changeable_one_stays_so() -> None:
    card = TestCard(FORMAT)
    assert badged(card, None) is card
    look = Look(Profile("ann", "Ann", (Path("a.png"),), "me"))
    chameleon = Chameleon(FORMAT, look)
    stream = badged(chameleon, BadgeOptions())
    assert isinstance(stream, Changeable)
    stream.change(replace(look, background=Background("blurred")), lambda error: None)
    assert len(chameleon.looks) == 2
    assert stream.framing == chameleon.framing


@pytest.mark.parametrize(
    "options", [{"place": "middle"}, {"size": 0.0}, {"size": 2.0}, {"text": " "}]
)
def test_a_mark_that_could_not_be_seen_is_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="badge:"):
        BadgeOptions(**options)  # type: ignore[arg-type]


@pytest.mark.parametrize("height", [720, 1080])
@pytest.mark.parametrize("size", [0.025, 0.035, 0.05, 0.075])
@pytest.mark.parametrize("text", ["AI-generated", "KI-erzeugt"])
def test_its_letters_stay_inside_it(height: int, size: float, text: str) -> None:
    format = VideoFormat(height * 16 // 9, height)
    ground = np.full((height, format.width, 3), 255, np.uint8)
    letters = np.zeros_like(ground)
    options = BadgeOptions("top left", size, text)
    mark = (drawn(ground, options) < 250).all(2)  # the dark field
    lit = (drawn(letters, options) > 60).all(2)  # the letters
    (top, bottom), (left, right) = ((i.min(), i.max()) for i in np.nonzero(mark))
    rows, columns = np.nonzero(lit)
    assert top < rows.min()
    assert rows.max() < bottom
    assert left < columns.min()
    assert columns.max() < right
    assert right < format.width / 2


def test_a_mark_in_another_language_is_drawn_in_its_words() -> None:
    picture = np.zeros((720, 1280, 3), np.uint8)
    marks = [drawn(picture, BadgeOptions(text=text)) for text in ("KI", "AI", "KI")]
    assert (marks[0] == marks[2]).all()
    assert (marks[0] != marks[1]).any()
