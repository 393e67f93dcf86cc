"""Clips of drawn people: what is fed, and that its truth is true."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from core.training.evaluation.reconstruction import along_true_flow
from core.training.studio.clip_renderer import ClipRenderer, ClipTensors
from core.training.studio.clip_sampler import ClipConfig, ClipSpec, ColourJitter
from core.training.studio.contact_sheet import contact_sheet
from core.training.studio.speech_stock import AlignedSpeech
from core.training.studio.subject_bank import SubjectBank

CONFIG = ClipConfig(clips=4, frames=3, references=3, size=96, field=96)


@pytest.fixture(scope="module")
def renderer(bank: SubjectBank, speech: AlignedSpeech) -> ClipRenderer:
    return ClipRenderer(CONFIG, bank, speech, seed=1)


@pytest.fixture(scope="module")
def spec(renderer: ClipRenderer) -> ClipSpec:
    """All photos in one light, so that colours can be compared."""
    spec = renderer.sampler.sample()
    return spec._replace(
        reference_jitter=ColourJitter(*(torch.ones_like(part) for part in spec.reference_jitter))
    )


@pytest.fixture(scope="module")
def clip(renderer: ClipRenderer, spec: ClipSpec) -> ClipTensors:
    return renderer.render(spec)


def test_a_clip_has_the_shapes_it_says(clip: ClipTensors) -> None:
    shapes = [tuple(part.shape) for part in clip if isinstance(part, Tensor)]
    assert shapes == [
        (4, 3, 3, 96, 96), (4, 3, 3, 96, 96), (4, 3, 1, 96, 96), (4, 3, 96, 96),
        (4, 3, 3, 2, 96, 96), (4, 3, 3, 96, 96),
        (4, 3, 478, 2), (4, 3, 478, 2), (4, 3, 1, 96, 96), (4, 3, 1, 96, 96), (4, 3, 96, 96), (4,),
    ]  # fmt: skip
    assert clip.speech.visemes.shape == (4, 3, 15)
    assert clip.speech.features.shape == (4, 3, 16)
    assert all(part.isfinite().all() for part in clip if isinstance(part, Tensor))
    assert clip.frames.min() >= -1.01
    assert clip.frames.max() <= 1.01


@pytest.mark.parametrize("reference", [0, 1, 2])
def test_a_reference_along_its_flow_is_the_frame(clip: ClipTensors, reference: int) -> None:
    warped = along_true_flow(clip, reference)
    valid = clip.flow_valid[:, :, reference]
    wrong = (warped - clip.frames).abs().mean(2)[valid]
    unmoved = (clip.references[:, None, reference] - clip.frames).abs().mean(2)[valid]
    assert valid.float().mean() > 0.4
    assert wrong.mean() < 0.02
    assert wrong.mean() < 0.25 * unmoved.mean()


def test_a_flow_is_right_to_a_fraction_of_a_pixel(clip: ClipTensors) -> None:
    frames = clip.frames.mean(2)
    valid, pixel = clip.flow_valid[:, :, 1], 2 / 96

    def wrong(shift: tuple[float, float]) -> float:
        away = clip.flow + torch.tensor(shift)[:, None, None] * pixel
        warped = along_true_flow(clip._replace(flow=away), 1).mean(2)
        return float((warped - frames).square()[valid].mean())

    here = wrong((0, 0))
    for shift in ((0.5, 0), (-0.5, 0), (0, 0.5), (0, -0.5)):
        assert wrong(shift) > here


def test_the_first_reference_is_the_photo_at_rest(renderer: ClipRenderer, spec: ClipSpec) -> None:
    still = spec.motion._replace(**{k: 0 * v for k, v in spec.motion._asdict().items()})
    clip = renderer.render(spec._replace(motion=still))
    valid = clip.flow_valid[:, :, 0]
    assert clip.flow[:, :, 0].permute(0, 1, 3, 4, 2)[valid].abs().max() < 1e-4
    wrong = (clip.frames - along_true_flow(clip, 0)).abs().mean(2)
    assert wrong[valid].mean() < 0.003


def test_landmarks_lie_where_the_masks_are(clip: ClipTensors) -> None:
    corners = clip.landmarks[:, :, [61, 291]].flatten(0, 1)[:, None]
    inside = F.grid_sample(clip.mouth_mask.flatten(0, 1), corners, align_corners=False)
    assert inside.min() > 0.2
    lids = clip.landmarks[:, :, [159, 386]].flatten(0, 1)[:, None]
    assert F.grid_sample(clip.eye_mask.flatten(0, 1), lids, align_corners=False).min() > 0.5


def test_a_mirrored_clip_is_the_clip_in_a_mirror(renderer: ClipRenderer, spec: ClipSpec) -> None:
    flip = torch.tensor([1.0, 1.0, -1.0, 1.0])
    one = renderer.render(spec)
    other = renderer.render(
        spec._replace(views=spec.views * flip, reference_views=spec.reference_views * flip)
    )
    torch.testing.assert_close(other.frames.flip(-1), one.frames, atol=0.02, rtol=0)
    turned = other.flow.flip(-1) * torch.tensor([-1.0, 1.0])[:, None, None]
    assert (turned - one.flow).abs().mean() < 1e-3
    nose = torch.stack([-other.landmarks[..., 1, 0], other.landmarks[..., 1, 1]], -1)
    torch.testing.assert_close(nose, one.landmarks[:, :, 1], atol=0.02, rtol=0)


def test_the_same_seed_draws_the_same(bank: SubjectBank, speech: AlignedSpeech) -> None:
    one, other, third = (
        ClipRenderer(CONFIG, bank, speech, seed).sampler.sample() for seed in (3, 3, 4)
    )
    assert torch.equal(one.motion.expression, other.motion.expression)
    assert not torch.equal(one.motion.expression, third.motion.expression)


def test_lips_move_with_what_is_said(clip: ClipTensors) -> None:
    gap = (clip.landmarks[:, :, 14, 1] - clip.landmarks[:, :, 13, 1]).flatten()
    opening = clip.speech.opening.flatten()
    assert torch.corrcoef(torch.stack([gap, opening]))[0, 1] > 0.6


def test_a_contact_sheet_shows_every_clip(clip: ClipTensors) -> None:
    assert contact_sheet(clip, 32).shape == (3, 4 * 32, (3 + 4 + 3 + 2) * 32)


@pytest.fixture(scope="module")
def opened(bank: SubjectBank, speech: AlignedSpeech) -> ClipTensors:
    """Clips whose second reference is the photo with its mouth opened."""
    renderer = ClipRenderer(replace(CONFIG, references=2, opened=True), bank, speech, seed=1)
    spec = renderer.sampler.sample()
    light = ColourJitter(*(torch.ones_like(part) for part in spec.reference_jitter))
    return renderer.render(spec._replace(reference_jitter=light))


def test_the_opened_photo_comes_second_and_mouth_and_eyes_alone_differ(opened: ClipTensors) -> None:
    assert opened.references.shape[1] == opened.alphas.shape[1] == 3
    gaps = opened.reference_landmarks[:, :, 14, 1] - opened.reference_landmarks[:, :, 13, 1]
    assert (gaps[:, 1] > gaps[:, 0] + 0.01).all()
    eyes = opened.reference_landmarks[:, :, [33, 133, 263, 362]]
    torch.testing.assert_close(eyes[:, 1], eyes[:, 0], atol=1e-3, rtol=0)
    change = (opened.references[:, 1] - opened.references[:, 0]).abs().mean(1)
    rows = torch.arange(96)
    brow = ((opened.reference_landmarks[:, 0, 8, 1] + 1) * 48).long()
    above = rows[None, :, None] < brow[:, None, None] - 6
    assert change.max() > 0.3
    assert change[above.expand_as(change)].mean() < 0.01
    lids = opened.reference_landmarks[:, :, [159, 145, 386, 374], 1]
    gaps = torch.stack([lids[..., 1] - lids[..., 0], lids[..., 3] - lids[..., 2]])
    assert (gaps[..., 1] < 0.1 * gaps[..., 0]).all()


def test_all_else_is_drawn_as_without_the_opened_photo(
    bank: SubjectBank, speech: AlignedSpeech
) -> None:
    plain, opened = (
        ClipRenderer(replace(CONFIG, references=2, opened=each), bank, speech, 1).sampler
        for each in (False, True)
    )
    for _ in range(2):
        one, other = plain.sample(), opened.sample()
        assert torch.equal(one.motion.expression, other.motion.expression)
        assert torch.equal(one.reference_views[1::2], other.reference_views[2::3])
        assert torch.equal(one.reference_motion.turn[1::2], other.reference_motion.turn[2::3])
        assert torch.equal(other.reference_views[1::3], other.views)


def test_teeth_and_tongue_are_where_their_flow_says(opened: ClipTensors) -> None:
    inside = opened.flow_valid[:, :, 1].bool() & ~opened.flow_valid[:, :, 0].bool()
    inside &= opened.mouth_mask[:, :, 0] > 0.5
    assert inside.sum() > 20  # what the photo hides, and the opened one shows

    def wrong(reference: int) -> float:
        off = (along_true_flow(opened, reference) - opened.frames).abs().mean(2)
        return float(off[inside].mean())

    assert wrong(1) < 0.65 * wrong(0)


BLINK = (0.0, 0.3, 0.6, 1.0)
"""How far eyes are shut, frame by frame."""


@pytest.fixture(scope="module")
def blinking(bank: SubjectBank, speech: AlignedSpeech) -> ClipTensors:
    """Clips of people who blink, large, beside the photo with its eyes open and shut."""
    config = replace(CONFIG, frames=4, references=1, opened=True, size=256, field=256)
    renderer = ClipRenderer(config, bank, speech, seed=1)
    spec = renderer.sampler.sample()
    lids = torch.tensor(BLINK).repeat(config.clips)[:, None].expand(-1, 2)
    gaze = torch.tensor([0.1, 0.03]).expand(len(lids), -1)
    return renderer.render(spec._replace(motion=spec.motion._replace(blink=lids, gaze=gaze)))


def eye_colours(clip: ClipTensors, frame: int, reference: int, everywhere: bool = False) -> float:
    """Return how wrong a frame is around the eyes, from a reference along its flow."""
    wrong = (along_true_flow(clip, reference) - clip.frames).abs().mean(2)[:, frame]
    eyes = clip.eye_mask[:, frame, 0] > 0.5
    seen = eyes if everywhere else eyes & clip.flow_valid[:, frame, reference].bool()
    assert seen.any()
    return float(wrong[seen].mean())


def eye_share(clip: ClipTensors, frame: int, reference: int) -> float:
    """Return how much of the eyes a reference shows."""
    eyes = clip.eye_mask[:, frame, 0] > 0.5
    return float(clip.flow_valid[:, frame, reference][eyes].float().mean())


def test_eyes_are_where_their_flow_says(blinking: ClipTensors) -> None:
    for frame in range(len(BLINK)):
        for reference in range(2):
            assert eye_colours(blinking, frame, reference) < 0.03, (frame, reference)
    opened, shut = ([eye_colours(blinking, n, r, everywhere=True) for r in (0, 1)] for n in (0, 3))
    assert opened[0] < 0.4 * opened[1]
    assert shut[1] < 0.6 * shut[0]


def test_open_eyes_are_seen_in_the_photo_and_shut_ones_in_the_opened(blinking: ClipTensors) -> None:
    shares = torch.tensor([[eye_share(blinking, n, r) for r in range(2)] for n in range(4)])
    assert shares[0, 0] > 0.97
    assert shares[3, 1] > 0.97
    assert (shares[:, 0].diff() < 0).all(), "ever less of an eye that shuts"
    assert shares[0, 1] < 0.85
    either = blinking.flow_valid.bool().any(2) | (blinking.eye_mask[:, :, 0] <= 0.5)
    assert either.float().mean() > 0.99


def test_people_blink_as_often_as_is_wanted(bank: SubjectBank, speech: AlignedSpeech) -> None:
    def shut(blinks: float) -> float:
        config = replace(CONFIG, clips=64, frames=9, blinks=blinks)
        spec = ClipRenderer(config, bank, speech, seed=2).sampler.sample()
        return float((spec.motion.blink > 0.5).float().mean())

    assert shut(3.0) > 2 * shut(1.0) > 0


def test_four_references_are_refused() -> None:
    with pytest.raises(ValueError, match="4 references, expected 1 to 3"):
        ClipConfig(references=4)


def test_too_short_a_speech_is_refused(bank: SubjectBank, speech: AlignedSpeech) -> None:
    short = AlignedSpeech(*(part[:, :5] for part in speech))
    with pytest.raises(ValueError, match="speech of 5 frames"):
        ClipRenderer(CONFIG, bank, short, seed=0)
