"""The decoder's layers, composited into frames."""

import numpy as np
import pytest
import torch
from torch import Tensor

from core.model.vae.flow_field import Composition, compose
from core.neural.compositor import (
    BackgroundLayer,
    Compositor,
    CpuCompositor,
    GpuCompositor,
    _with_crown,
)
from core.neural.references import ReferenceFrames
from tests.core.neural.small import FORMAT, reference_frames

CPU = torch.device("cpu")


def layers(references: int = 1, flow: float = 0.0, shown: float = 1.0) -> Composition:
    """Two frames: nothing painted, references shown along a constant flow to the right."""
    residual = torch.zeros(1, 2, 3, 32, 32)
    mask = torch.full((1, 2, 1, 32, 32), shown)
    move = torch.zeros(1, 2, references, 2, 16, 16)
    move[:, :, :, 0] = flow
    weight = torch.full((1, 2, references, 16, 16), 1 / references)
    return Composition(residual, mask, move, weight)


def test_an_untouched_photo_is_shown_as_it_is() -> None:
    person = reference_frames()
    frames = Compositor(person, CPU).compose(layers())
    assert len(frames) == 2
    inner = frames[0][8 + 4 : 8 + 44, 20 + 4 : 20 + 44].astype(int)
    assert np.abs(inner - person.crops[0][4:44, 4:44]).max() <= 1


def test_a_flow_to_the_right_brings_what_lies_there() -> None:
    person = reference_frames()
    frame = Compositor(person, CPU).compose(layers(flow=2 * 6 / 48))[0].astype(int)
    shown = frame[8 + 8 : 8 + 40, 20 + 8 : 20 + 34]
    assert np.abs(shown - person.crops[0][8:40, 14:40]).max() <= 1


def test_where_nothing_is_shown_the_painted_part_stays() -> None:
    frame = Compositor(reference_frames(), CPU).compose(layers(shown=0.0))[0]
    assert np.all(np.abs(frame[20:44, 32:56].astype(int) - 128) <= 1)


def test_references_are_blended_by_their_weight() -> None:
    person = reference_frames(references=2)
    frame = Compositor(person, CPU).compose(layers(references=2))[0].astype(int)
    mean = (person.crops[0].astype(int) + person.crops[1]) / 2
    assert np.abs(frame[16:48, 28:60] - mean[8:40, 8:40]).max() <= 1


def test_a_square_passes_softly_into_the_frame() -> None:
    frame = Compositor(reference_frames(), CPU).compose(layers())[0].astype(int)
    row = frame[8 + 24, :, 2]  # 40 inside, 90 around
    assert row[19] == 90
    assert row[20 + 24] == 40
    assert np.abs(np.diff(row)).max() < 40


@pytest.mark.parametrize("corner", [(-20, -10), (70, 40), (-100, 0)])
def test_a_square_beyond_the_frame_is_cut(corner: tuple[int, int]) -> None:
    person = reference_frames(corner=corner)
    frame = Compositor(person, CPU).compose(layers())[0]
    assert frame.shape == (FORMAT.height, FORMAT.width, 3)
    left, top = corner
    around = np.ones(frame.shape[:2], bool)
    around[max(0, top) : max(0, top + 48), max(0, left) : max(0, left + 48)] = False
    assert np.array_equal(frame[around], person.backdrop[around])


def random_layers(references: int) -> Composition:
    torch.manual_seed(0)

    def smooth(*shape: int) -> Tensor:
        return torch.nn.functional.avg_pool2d(torch.randn(shape), 5, 1, 2)

    residual = 0.3 * smooth(2, 3, 32, 32)[None]
    mask = smooth(2, 1, 32, 32)[None].sigmoid()
    flow = 0.05 * smooth(2 * references, 2, 16, 16).view(1, 2, references, 2, 16, 16)
    weight = smooth(2, references, 16, 16)[None].softmax(2)
    return Composition(residual, mask, flow, weight)


@pytest.mark.parametrize("references", [1, 3])
def test_opencv_composites_what_torch_does(references: int) -> None:
    person, parts = reference_frames(references), random_layers(references)
    frames = Compositor(person, CPU).compose(parts)
    photos = torch.from_numpy(np.stack(person.crops)).permute(0, 3, 1, 2)[None] / 127.5 - 1
    wanted = ((compose(parts, photos, (48, 48))[0] + 1) * 127.5).clamp(0, 255)
    for frame, truth in zip(frames, wanted.permute(0, 2, 3, 1).numpy(), strict=True):
        inner = frame[8 + 4 : 8 + 44, 20 + 4 : 20 + 44]
        off = np.abs(inner - truth[4:44, 4:44])
        most, mean = (3, 0.6) if references == 1 else (8, 2)
        assert off.max() < most
        assert off.mean() < mean


@pytest.mark.parametrize("layered", [False, True])
def test_a_photo_is_warped_where_it_is_seen_alone(layered: bool) -> None:
    person, parts = standing(3) if layered else reference_frames(3), random_layers(3)
    weight = torch.zeros_like(parts.weight)
    weight[:, :, 0] = 1
    weight[:, :, :2, 5:9, 6:12] = 0.5
    parts = parts._replace(weight=weight, mask=torch.ones_like(parts.mask))
    first = parts._replace(weight=weight.clone())
    first.weight[:, :, 0], first.weight[:, :, 1:] = 1, 0
    both, alone = (Compositor(person, CPU).compose(each) for each in (parts, first))
    photos = torch.from_numpy(np.stack(person.crops)).permute(0, 3, 1, 2)[None] / 127.5 - 1
    truths = ((compose(each, photos, (48, 48))[0] + 1) * 127.5 for each in (parts, first))
    here = (slice(8, 56), slice(20, 68))
    for one, other, *pair in zip(both, alone, *truths, strict=True):
        change = one[here].astype(float) - other[here]
        wanted = pair[0].permute(1, 2, 0).numpy() - pair[1].permute(1, 2, 0).numpy()
        inner = (slice(4, 44), slice(4, 20))
        assert np.abs(change[inner] - wanted[inner]).max() < 6
        assert np.abs(wanted[inner]).max() > 20
        assert not change[:9].any()


def standing(references: int = 1) -> ReferenceFrames:
    """Return people who fill the left half of their squares, before green."""
    matte = np.zeros((48, 48), np.uint8)
    matte[:, :24] = 255
    plate = np.zeros((FORMAT.height, FORMAT.width, 3), np.uint8)
    plate[..., 1] = 255
    person = reference_frames(references)
    return person._replace(mattes=(matte,) * references, plate=plate, backdrop=plate // 2)


@pytest.mark.parametrize("references", [1, 2])
def test_before_another_background_only_the_person_is_shown(references: int) -> None:
    person = standing(references)
    frame = Compositor(person, CPU).compose(layers(references))[0].astype(int)
    mean = np.mean(person.crops, 0)
    assert np.abs(frame[8 + 4 : 8 + 44, 20 + 4 : 20 + 22] - mean[4:44, 4:22]).max() <= 2
    assert np.abs(frame[8 + 4 : 8 + 44, 20 + 26 : 20 + 44] - (0, 255, 0)).max() <= 1
    assert (frame[:8] == person.backdrop[:8]).all()


def test_the_matte_is_warped_with_the_photo() -> None:
    frame = Compositor(standing(), CPU).compose(layers(flow=2 * 6 / 48))[0]
    green = np.abs(frame.astype(int) - (0, 255, 0)).max(-1) <= 1
    assert green[8 + 4 : 8 + 44, 20 + 20 : 20 + 40].all()  # six pixels further to the left
    assert not green[8 + 4 : 8 + 44, 20 + 4 : 20 + 16].any()


@pytest.mark.parametrize("cut", [False, True])
def test_a_crown_above_the_square_moves_as_its_first_row_does(cut: bool) -> None:
    person, crown = standing(), 12  # of 48 rows that are 32 of the model's
    crop = np.concatenate([person.crops[0][:crown] // 2, person.crops[0]])
    matte = np.full((60, 48), 255, np.uint8)
    matte[: 0 if cut else 6] = 0
    person = person._replace(
        crops=(crop,), mattes=(matte,), backdrop=person.backdrop + 50, origin=(20, 4), crown=8
    )
    frame = Compositor(person, CPU).compose(layers(flow=2 * 6 / 48))[0].astype(int)
    shown, wanted = frame[4:64, 20 + 8 : 20 + 34], crop[:, 14:40]
    assert np.abs(shown[12:50] - wanted[12:50]).max() <= 2
    if cut:
        falls = shown[:4, :, 1]
        assert (falls[0] > 120).all(), "the frame's green of 177 at the edge"
        assert (np.diff(falls, axis=0) <= 0).all(), "which fades"
        assert (falls[3] < 30).all()
    else:
        assert np.abs(shown[:5] - (0, 255, 0)).max() <= 1, "the plate, to the very edge"
        assert np.abs(shown[7:12] - wanted[7:12]).max() <= 2


def test_flow_is_continued_above_in_the_squares_own_pixels() -> None:
    parts = layers()._replace(flow=torch.full((1, 2, 1, 2, 16, 16), 0.25))
    larger = _with_crown(parts, 8)
    assert [tuple(part.shape[-2:]) for part in larger] == [(40, 32), (40, 32), (20, 16), (20, 16)]
    assert torch.equal(larger.flow[:, :, :, 0], torch.full((1, 2, 1, 20, 16), 0.25))
    assert torch.equal(larger.flow[:, :, :, 1], torch.full((1, 2, 1, 20, 16), 0.2))


@pytest.mark.parametrize("rows_down", [-6, 0, 4])
def test_nothing_is_painted_of_what_the_photo_shows_above_the_square(rows_down: int) -> None:
    # Crowns that had come down were painted as pale caps.
    painted = torch.ones(1, 2, 3, 32, 32)
    flow = torch.zeros(1, 2, 1, 2, 16, 16)
    flow[:, :, :, 1] = rows_down * 2 / 32
    larger = _with_crown(layers(shown=0.0)._replace(flow=flow, residual=painted), 8)
    first = 8 - rows_down  # what the model saw begins there
    assert not larger.residual[..., :first, :].any()
    assert torch.equal(larger.residual[..., first + 4 :, :], painted[..., first + 4 - 8 :, :])
    assert torch.equal(larger.mask, 1 - larger.residual[:, :, :1])


@pytest.mark.parametrize("stands", [False, True])
def test_frames_without_paint_are_what_a_trace_of_it_gives(stands: bool) -> None:
    person, parts = standing(2), random_layers(2)
    person = person if stands else person._replace(plate=None, mattes=())
    shown = parts._replace(residual=0 * parts.residual, mask=torch.ones_like(parts.mask))
    traced = shown._replace(residual=shown.residual + 1e-4)
    compositor = Compositor(person, CPU)
    pairs = zip(compositor.compose(shown), compositor.compose(traced), strict=True)
    for without, with_trace in pairs:
        assert without.any()
        assert np.abs(without.astype(int) - with_trace).max() <= 1


@pytest.mark.parametrize(("references", "stands"), [(1, False), (1, True), (3, True)])
def test_the_gpu_compositor_gives_the_same(references: int, stands: bool) -> None:
    person, parts = standing(references), random_layers(references)
    feather, visible = np.full((32, 32), 0.5, np.float32), (slice(4, 40), slice(0, 48))
    plate = np.full((36, 48, 3), 90, np.uint8)
    background = BackgroundLayer(person.mattes, plate) if stands else None
    finished: list[int] = []
    gpu, cpu = np.zeros((2, 2, 36, 48, 3), np.uint8)
    GpuCompositor(person.crops, feather, visible, CPU, background).compose(
        parts, list(gpu), finished.append
    )
    CpuCompositor(person.crops, feather, visible, CPU, background).compose(
        parts, list(cpu), finished.append
    )
    assert sorted(finished) == [0, 0, 1, 1]
    assert gpu.any()
    assert np.abs(gpu.astype(int) - cpu).max() <= 3 + stands * references
