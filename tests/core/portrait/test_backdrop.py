"""The still part of a frame, with the photo's own background and with another."""

import numpy as np
import pytest
from numpy.typing import NDArray

from core.look import AS_PHOTO, Background
from core.portrait.backdrop import PersonCutout, StillPortrait, separate_person
from core.portrait.face_crop import FaceCrop
from core.portrait.matting import matte_photo
from core.portrait.placement import outline, place_photo
from core.profile import Framing
from core.puppet.renderer import Renderer
from core.video import Picture, VideoFormat
from tests.core.puppet.faces import SMALL, STILL, Drawn, draw, psnr

GREEN = Background("colour", "#00ff00")


def taken_apart(
    drawn: Drawn, background: Background, framing: Framing | None = None,
    format: VideoFormat = SMALL,
) -> PersonCutout:  # fmt: skip
    person = outline(drawn.landmarks, drawn.matte)
    size = (drawn.photo.shape[1], drawn.photo.shape[0])
    where = place_photo(size, person, format, framing)
    window = FaceCrop.around(drawn.landmarks).snap(where.scale)
    return separate_person(drawn.photo, drawn.matte, person, window, where, format, background)


def rendered(
    drawn: Drawn, background: Background, framing: Framing | None = None,
    format: VideoFormat = SMALL,
) -> Picture:  # fmt: skip
    renderer = Renderer(*drawn, format, framing, background=background)
    try:
        return renderer.render(STILL)
    finally:
        renderer.close()


def green(picture: Picture) -> NDArray[np.bool_]:
    """Return which pixels are the background's and nothing else's."""
    return np.asarray((picture == (0, 255, 0)).all(-1))


def test_before_the_photos_own_background_a_little_of_it_moves_along(ann: Drawn) -> None:
    apart = taken_apart(ann, AS_PHOTO)
    assert apart.alpha[ann.matte > 0.99].mean() > 0.99
    assert ann.matte.sum() < apart.alpha.sum() < 1.3 * ann.matte.sum()


def test_a_colour_is_all_there_is_around_the_person(ann: Drawn) -> None:
    frame = rendered(ann, GREEN)
    assert green(frame)[:20].all()
    middle = frame[90, 160].astype(int)
    assert middle[1] < 200  # a face, not the colour
    assert 0.2 < green(frame).mean() < 0.9


def test_the_person_is_cut_out_where_the_matte_says(ann: Drawn) -> None:
    whole = Framing(fit="surround")
    format = VideoFormat(240, 240)
    frame = rendered(ann, GREEN, whole, format)
    assert green(frame)[ann.matte < 0.05].mean() > 0.97
    person = ann.matte > 0.99
    difference = np.abs(frame[person].astype(int) - ann.photo[person])
    assert np.percentile(difference, 90) < 12


def test_no_rim_of_the_old_background_is_left(ann: Drawn) -> None:
    """The wall was bright: before black, nothing near the person's edge may be."""
    bright = ann._replace(
        photo=np.where(ann.matte[..., None] > 0.99, ann.photo, 250).astype(np.uint8)
    )
    frame = rendered(bright, Background("colour", "#000000"), Framing(fit="surround"),
                     VideoFormat(240, 240))  # fmt: skip
    outside = (ann.matte < 0.5) & (frame.min(-1) > 200)
    assert not outside.any()


def test_a_figure_larger_than_the_window_is_whole(ann: Drawn) -> None:
    """Most of them lies below what moves; that part stands in the backdrop."""
    figure = draw(150, 300, 30, 0.5, 0.15)
    format = VideoFormat(150, 300)
    frame = rendered(figure, GREEN, Framing(fit="surround"), format)
    person = figure.matte > 0.99
    assert not green(frame)[person].any()
    difference = np.abs(frame[person].astype(int) - figure.photo[person])
    assert np.percentile(difference, 99) < 12


@pytest.mark.parametrize("background", [GREEN, AS_PHOTO], ids=["green", "photo"])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_shoulder_that_the_photo_cuts_goes_on_and_falls_in_a_curve(
    ann: Drawn, mirrored: bool, background: Background
) -> None:
    """Red clothes fill the photo's lower rows from side to side; its wall is grey."""
    cover = np.zeros_like(ann.matte)
    cover[180:] = 1
    photo = np.where(cover[..., None] > 0, (200, 20, 20), (120, 120, 120)).astype(np.uint8)
    wide = ann._replace(matte=cover, photo=photo)
    frame = taken_apart(wide, background, Framing(fit="surround"), VideoFormat(460, 240))
    plate = frame.render_background()
    red = (plate[..., 0] > 150) & (plate[..., 1] < 90)
    red = red[:, ::-1] if mirrored else red
    tops = [int(np.argmax(red[:, column])) for column in (109, 90, 50)]
    assert 180 <= tops[0] < tops[1] < tops[2]
    assert not red[:, 0].any()


def test_nothing_of_the_person_is_smeared_beyond_the_photo(ann: Drawn) -> None:
    """Above the shoulders there is only wall, and below their outline too."""
    cover = np.zeros_like(ann.matte)
    cover[180:] = 1
    photo = np.where(cover[..., None] > 0, (200, 20, 20), (120, 120, 120)).astype(np.uint8)
    apart = taken_apart(ann._replace(matte=cover, photo=photo), AS_PHOTO, Framing(fit="surround"),
                        VideoFormat(460, 240))  # fmt: skip
    plate = apart.render_background().astype(int)
    reddish = plate[..., 0] - plate[..., 1] > 12
    assert not reddish[:176].any()
    assert not reddish[:, :1].any()


def test_what_fills_the_frame_is_whole(ann: Drawn) -> None:
    cover = np.zeros_like(ann.matte)
    cover[180:] = 1
    shaped = taken_apart(ann._replace(matte=cover), GREEN, Framing(fit="fill")).alpha
    assert (shaped[181:] == 1).all()


def test_blurred_keeps_the_person_sharp(ann: Drawn) -> None:
    sharp, soft = rendered(ann, AS_PHOTO), rendered(ann, Background("blurred"))
    face = (slice(60, 120), slice(140, 180))
    assert np.abs(sharp[face].astype(int) - soft[face]).mean() < 4


def test_a_still_portrait_is_what_a_stream_shows_at_rest(ann: Drawn) -> None:
    format, size = VideoFormat(460, 240), (240, 240)
    person = outline(ann.landmarks, ann.matte)
    where = place_photo(size, person, format, Framing(fit="surround"))
    still = StillPortrait(matte_photo(ann.photo, ann.matte, person.height), person.chin)
    live = rendered(ann, AS_PHOTO, Framing(fit="surround"), format)
    assert psnr(still.render(where, format), live) > 32
