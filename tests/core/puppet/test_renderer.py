"""One portrait, live: frames from motion."""

import math
import threading
from contextlib import closing
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from core.look import Background
from core.pixels import averaged
from core.portrait.face_crop import FaceCrop, face_height
from core.portrait.placement import PhotoPlacement
from core.portrait.surroundings import FOCUS_INSET, lay_out
from core.profile import Framing
from core.puppet.batch_painting import as_tensors
from core.puppet.motion import Motion
from core.puppet.renderer import Renderer
from core.video import Cover, Picture, VideoFormat
from tests.core.puppet.batches import render_batch
from tests.core.puppet.faces import SMALL, STILL, Drawn, draw, opened, psnr, strengths

LIVELY = STILL._replace(
    expression=strengths(jawOpen=0.5, mouthFunnel=0.2, seal=1),
    turn=np.array([[0.12, 0.06, 0.06]], np.float32),
    shift=np.array([[0.02, -0.02, 0.01]], np.float32),
    breath=np.array([0.02], np.float32),
    blink=np.ones((1, 2), np.float32),
    gaze=np.array([[0.2, 0.1]], np.float32),
)
SHUT = STILL._replace(blink=np.ones((1, 2), np.float32))
FRAMINGS = {
    "webcam": None,
    "surround": Framing(0.45, 0.4, 1.2),
}
TINY = VideoFormat(128, 72)


class Shown(NamedTuple):
    """One drawn person in a frame."""

    photo: Picture
    """what the frame shows of the photo, were there no puppet"""
    sharp: tuple[slice, slice]
    """where the frame shows the photo as it is, away from edges beyond which it goes on"""
    near: NDArray[np.bool_]
    """which of its pixels are the person's or less than half a face away"""
    rest: Picture
    lively: Picture


@pytest.fixture(scope="module", params=list(FRAMINGS.values()), ids=list(FRAMINGS))
def shown(ann: Drawn, request: pytest.FixtureRequest) -> Shown:
    return _shown(ann, SMALL, request.param)


@pytest.fixture(scope="module")
def figure() -> Shown:
    """Somebody from head to hip, between bars."""
    return _shown(draw(150, 300, 40, 0.5, 0.2), SMALL, Framing(fit="letterbox"))


def _shown(drawn: Drawn, format: VideoFormat = SMALL, framing: Framing | None = None) -> Shown:
    with opened(drawn, format, framing) as renderer:
        place, rest, lively = renderer._placement, renderer.render(STILL), renderer.render(LIVELY)
    cover = np.repeat((drawn.matte > 0).astype(np.uint8)[..., None], 3, axis=2)
    reach = round(0.5 * place.scale * face_height(drawn.landmarks))
    near = averaged(lay_out(255 * cover, place, format)[..., 0].astype(np.float32), reach) > 1e-3
    photo = lay_out(drawn.photo, place, format)
    return Shown(photo, _sharp(drawn, place, format), near, rest, lively)


def _sharp(drawn: Drawn, place: PhotoPlacement, format: VideoFormat) -> tuple[slice, slice]:
    region = place.photo_region(drawn.photo.shape[1], drawn.photo.shape[0])
    inset = 0 if place.bars else math.ceil((FOCUS_INSET + 0.02) * format.height)
    ends = []
    for start, end, room in (
        (region.top, region.bottom, format.height),
        (region.left, region.right, format.width),
    ):
        ends.append(slice(start + inset if start > 0 else 0, end - inset if end < room else room))
    return ends[0], ends[1]


def _iris(picture: Picture) -> int:
    """Count the pixels that show an iris; nobody else wears this blue."""
    pixels = picture.astype(int)
    return int((pixels[..., 2] - pixels[..., :2].max(-1) > 90).sum())


def test_a_person_at_rest_is_the_photo(shown: Shown) -> None:
    assert shown.rest.shape == (180, 320, 3)
    assert psnr(shown.rest[shown.sharp], shown.photo[shown.sharp]) > 50
    assert psnr(shown.lively, shown.photo) < 35


def test_the_background_far_from_the_person_never_changes(shown: Shown) -> None:
    assert (~shown.near).sum() > 4_000
    assert (shown.rest == shown.lively)[~shown.near].all()


def test_a_person_at_rest_is_the_photo_to_those_who_train(renderer: Renderer, ann: Drawn) -> None:
    side = renderer._side
    batch = render_batch(as_tensors(renderer.portrait), as_tensors(STILL), side)
    seen = batch[0].permute(1, 2, 0).numpy()
    cut = FaceCrop.around(ann.landmarks).snap(renderer._placement.scale).extract(ann.photo, side)
    opaque = seen[..., 3] > 0.999
    assert psnr(seen[opaque][:, :3] * 255, cut[opaque]) > 60
    assert 0 <= seen[..., 3].min() < 0.01
    assert seen[..., 3].max() > 0.99


def test_of_a_whole_figure_nothing_is_lost(figure: Shown) -> None:
    """The clothes reach far below the window that moves."""
    assert psnr(figure.rest, figure.photo) > 50
    assert psnr(figure.lively, figure.photo) < 40
    for frame in (figure.rest, figure.lively):
        assert np.abs(frame[102:].astype(int) - figure.photo[102:]).max() <= 4


def test_bars_stay_black_and_the_photo_between_them_is_whole(figure: Shown) -> None:
    for frame in (figure.rest, figure.lively):
        assert (frame[:, :115] == 0).all()
        assert (frame[:, 205:] == 0).all()
        assert (frame[:, 115:205].sum(-1) > 0).all()


def test_motion_is_seen_where_it_happens(renderer: Renderer) -> None:
    rest = renderer.render(STILL).astype(int)
    spots = {}
    for name, motion in (
        ("mouth", STILL._replace(expression=strengths(jawOpen=0.5))),
        ("eyes", SHUT),
        ("brows", STILL._replace(expression=strengths(browInnerUp=1))),
    ):
        away = np.abs(renderer.render(motion) - rest).sum(-1)
        spots[name] = float((away.sum(1) * np.arange(len(away))).sum() / away.sum())
    assert spots["brows"] < spots["eyes"] < spots["mouth"]
    height = 0.4 * SMALL.height
    assert 0.25 * height < spots["mouth"] - spots["eyes"] < 0.75 * height


def test_an_open_mouth_shows_its_dark_inside(renderer: Renderer) -> None:
    lips, side = renderer.portrait.rig.lips, renderer._side
    middle = (lips.middle[0] + 1) / 2 * side + np.array(renderer._square[:2])
    x, y = middle.astype(int).tolist()
    shut, wide = (
        renderer.render(STILL._replace(expression=strengths(jawOpen=jaw)))[y : y + 10, x].sum(-1)
        for jaw in (0.0, 0.6)
    )
    assert shut.min() > 200
    assert wide.min() < 150


def test_the_same_motion_gives_the_same_frame(renderer: Renderer) -> None:
    first = renderer.render(LIVELY)
    kept = first.copy()
    other = renderer.render(STILL)
    assert (first == kept).all()
    assert (renderer.render(LIVELY) == first).all()
    assert not (other == first).all()


@pytest.mark.parametrize(("x", "y"), [(0.03, 0.5), (0.9, 1.0)])
def test_a_face_at_the_photos_border_is_cut_and_moves(x: float, y: float) -> None:
    shown = _shown(draw(120, 120, 48, x, y), TINY)
    assert psnr(shown.rest[shown.sharp], shown.photo[shown.sharp]) > 50
    assert psnr(shown.rest, shown.lively) < 40


@pytest.mark.parametrize(("width", "height", "size"), [(80, 130, 60), (420, 560, 210)])
def test_photos_may_be_tiny_or_large(width: int, height: int, size: int) -> None:
    shown = _shown(draw(width, height, size), TINY)
    assert shown.rest.shape == (72, 128, 3)
    assert psnr(shown.rest[shown.sharp], shown.photo[shown.sharp]) > 48
    assert psnr(shown.rest, shown.lively) < 35


@pytest.mark.parametrize(("x", "y"), [(0.5, 0.38), (0.5, 0.63)])
def test_a_frame_may_show_a_part_of_the_face_only(ann: Drawn, x: float, y: float) -> None:
    shown = _shown(ann, TINY, Framing(x, y, 6.0, "fill"))
    assert shown.lively.shape == (72, 128, 3)
    assert psnr(shown.rest, shown.photo) > 40


def test_a_frame_may_show_nobody() -> None:
    shown = _shown(draw(300, 150, 40, 0.1), TINY, Framing(1.0, 1.0, 8.0, "fill"))
    assert (shown.rest == shown.photo).all()
    assert (shown.lively == shown.photo).all()


def test_an_eye_cut_by_the_frames_edge_blinks_and_so_does_the_other(ann: Drawn) -> None:
    """The frame ends in the middle of the subject's right eye, on the picture's left."""
    eye = float(ann.landmarks[468, 0]) / ann.photo.shape[1]
    with opened(ann, VideoFormat(192, 108), Framing(eye + 0.125, 0.43, 4.0, "fill")) as renderer:
        rest, shut = renderer.render(STILL), renderer.render(SHUT)
    assert 30 < _iris(rest[:, :40]) < 0.7 * _iris(rest[:, 100:])
    assert _iris(shut) == 0


def test_a_close_up_keeps_no_more_pixels_than_it_must(
    ann: Drawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.puppet.renderer.MAX_CROP_SIDE", 200)
    with opened(ann) as renderer:
        assert renderer._side > 300
        assert renderer.portrait.person.image.shape == (1, 4, 200, 200)
        sharp = _sharp(ann, renderer._placement, SMALL)
        photo = lay_out(ann.photo, renderer._placement, SMALL)
        assert psnr(renderer.render(STILL)[sharp], photo[sharp]) > 28


@pytest.mark.parametrize("motion", [STILL, LIVELY], ids=["still", "lively"])
def test_whoever_is_transparent_covers_any_colour_as_if_it_had_been_there(
    ann: Drawn, motion: Motion
) -> None:
    def rendered(background: Background) -> tuple[Picture, Cover | None]:
        made = Renderer(ann.photo, ann.matte, ann.landmarks, SMALL, background=background)
        with closing(made) as renderer:
            return renderer.render_covering(motion)

    picture, cover = rendered(Background("transparent"))
    white, opaque = rendered(Background("colour", "#ffffff"))
    assert opaque is None
    assert cover is not None
    assert cover.min() == 0
    assert cover.max() == 255
    over = picture.astype(int) + (255 - cover.astype(int))[..., None]
    assert np.abs(over - white).max() <= 8
    assert np.abs(over - white).mean() < 1


def test_closing_ends_the_helping_thread(ann: Drawn) -> None:
    before = set(threading.enumerate())
    with opened(ann):
        (helper,) = set(threading.enumerate()) - before
        assert helper.name.startswith("puppet")
    assert not helper.is_alive()
