"""The watermark is found after what happens to pictures, and never where it is not."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from core.video import Picture, VideoFormat
from core.watermark.detection import (
    SURE,
    Evidence,
    correlate,
    false_alarms,
    phases_of,
    scales,
    search,
    threshold,
    trials,
)
from core.watermark.key import FIRST_BAND, GRID, TILES, draw_key, payload_shift, shift_by
from tests.core.watermark.pictures import VERSION, busy, luma, marked

HD = VideoFormat(1280, 720)


def evidence(*pictures: Picture) -> Evidence:
    found = Evidence()
    for picture in pictures:
        found.add(luma(picture))
    return found


def sized(picture: Picture, width: int, height: int) -> Picture:
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def jpeg(picture: Picture) -> Picture:
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 60])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def framed(picture: Picture) -> Picture:
    """Show it as a part of something larger."""
    return np.asarray(cv2.copyMakeBorder(picture, 90, 150, 30, 300, cv2.BORDER_CONSTANT), np.uint8)


CHANGES: dict[str, Callable[[Picture], Picture]] = {
    "nothing": lambda p: p,
    "360 lines": lambda p: sized(p, 640, 360),
    "1080 lines": lambda p: sized(p, 1920, 1080),
    "a tenth cut off": lambda p: p[50:698, 20:1172],
    "a tenth cut off and scaled": lambda p: sized(p[50:698, 20:1172], 640, 360),
    "portrait": lambda p: p[:, 400:805],
    "part of a larger picture": framed,
    "brighter": lambda p: np.asarray(cv2.convertScaleAbs(p, alpha=1.2, beta=15), np.uint8),
    "darker": lambda p: np.asarray(cv2.convertScaleAbs(p, alpha=0.7), np.uint8),
    "JPEG": jpeg,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_it_is_found_in_one_picture_after(change: Callable[[Picture], Picture]) -> None:
    match = search(evidence(change(marked(busy(HD)))))
    assert match.z > threshold()
    assert not match.mirrored
    assert match.version in (VERSION, None)


def test_the_version_is_read_from_a_picture_as_it_was_made() -> None:
    match = search(evidence(marked(busy(HD))))
    assert (match.scale, match.version) == (1.0, VERSION)


def test_it_is_found_in_a_mirror() -> None:
    match = search(evidence(marked(busy(HD))[:, ::-1]))
    assert match.z > threshold()
    assert match.mirrored
    assert match.version == VERSION


def test_pictures_add_up() -> None:
    """Under noise in which one picture is not enough, many are."""
    rng = np.random.default_rng(3)
    picture = marked(busy())

    def noisy() -> Picture:
        return np.asarray((picture + rng.normal(0, 90, picture.shape)).clip(0, 255), np.uint8)

    one, many = (evidence(*(noisy() for _ in range(count))) for count in (1, 40))
    tested = [correlate(phases_of(seen.tile(1.0)), draw_key().anchor)[0, 0] for seen in (one, many)]
    assert tested[0] < threshold() < tested[1]


def test_it_is_found_in_films_of_the_first_version() -> None:
    """They bear lower frequencies: tiles of the first band, added as they were then."""
    key = draw_key(band=FIRST_BAND)
    whole = key.anchor + shift_by(key.payload, *payload_shift(VERSION))
    noise = np.tile(np.fft.irfft2(whole, (GRID, GRID)), (TILES, 7))[..., None]
    picture = busy(VideoFormat(7 * GRID, TILES * GRID)) + 2 * noise / noise.std()
    match = search(evidence(np.asarray(picture.clip(0, 255), np.uint8)))
    assert match.z > threshold()
    assert match.version == VERSION


def test_what_is_loud_does_not_drown_what_is_not() -> None:
    """A print of bold blots on most of the picture leaves the rest readable."""
    rng = np.random.default_rng(5)
    blots = cv2.resize(rng.standard_normal((60, 60)), (1024, 720), interpolation=cv2.INTER_CUBIC)
    picture = busy(HD)
    picture[:, 256:] = np.where(blots > 0, 160, 80).astype(np.uint8)[..., None]
    seen = jpeg(sized(marked(picture), 640, 360))
    assert search(evidence(seen)).z > threshold()


@pytest.mark.parametrize("seed", range(2))
def test_it_is_not_found_where_it_is_not(seed: int) -> None:
    match = search(evidence(busy(seed=seed)))
    assert match.z < threshold()
    assert false_alarms(match.z, 1) > 1e-3


@pytest.mark.parametrize("level", [0, 128, 255])
def test_nothing_is_found_in_nothing(level: int) -> None:
    flat = np.full((360, 640, 3), level, np.uint8)
    assert false_alarms(search(evidence(flat)).z, 1) == 1
    assert search(Evidence()).version is None


def test_other_keys_find_as_much_in_a_marked_picture_as_chance_gives() -> None:
    """The bound on false alarms holds whatever the picture: over keys, z is what it says."""
    phases = phases_of(evidence(marked(busy())).tile(1.0))
    surfaces = [correlate(phases, draw_key(f"other {n}").anchor) for n in range(40)]
    values = np.stack(surfaces)
    assert float(values.mean()) == pytest.approx(0, abs=0.02)
    assert float(values.std()) == pytest.approx(1, abs=0.03)
    for z in (2.0, 3.0, 4.0):
        assert float((values > z).mean()) <= np.exp(-(z**2) / 2)


def test_the_bound_counts_every_place_that_was_tried() -> None:
    assert trials() == 2 * 2 * len(scales()) * 96 * 96
    assert 1.0 in scales()
    assert false_alarms(threshold(), 1) == pytest.approx(SURE)
    assert false_alarms(threshold(12), 12) == pytest.approx(SURE)
    assert false_alarms(threshold(), 100) == pytest.approx(100 * SURE)
    assert false_alarms(-9.0, 1) == false_alarms(0.0, 1) == 1


def test_pictures_of_two_sizes_are_not_added_up() -> None:
    found = evidence(busy())
    with pytest.raises(ValueError, match="broadcast"):
        found.add(luma(busy(VideoFormat(320, 180))))
