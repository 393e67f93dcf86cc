"""Seams, colours and sharpness that are known."""

import math

import pytest
import torch

from core.training.metrics.temporal_stability import (
    frame_differences,
    mean_colour,
    pooled_differences,
    sharpness,
)


def ramp(frames: int, step: float) -> torch.Tensor:
    """Frames that get lighter by `step` each time."""
    return (torch.arange(frames) * step - 0.5)[:, None, None, None].expand(-1, 3, 8, 8).clone()


def test_even_motion_has_no_seams() -> None:
    assert frame_differences(ramp(17, 0.01), 4).seam_ratio() == pytest.approx(1, rel=1e-3)


def test_a_jump_at_every_border_is_seen_as_large_as_it_is() -> None:
    frames = ramp(17, 0.01)
    jumps = (torch.arange(17) // 4 * 0.02)[:, None, None, None]
    found = frame_differences(frames + jumps, 4)
    assert found.seam_ratio() == pytest.approx(3, rel=1e-3)
    assert (found.boundary_count, found.interior_count) == (4, 12)
    assert frame_differences(frames + jumps, 3).seam_ratio() < 2


def test_clips_are_weighed_by_their_frames() -> None:
    parts = [frame_differences(ramp(9, 0.01), 4), frame_differences(ramp(17, 0.02), 4)]
    assert pooled_differences(parts).seam_ratio() == pytest.approx(
        (2 * 1 + 4 * 2) / 6 / ((6 * 1 + 12 * 2) / 18), rel=1e-3
    )


def test_a_still_picture_has_no_ratio() -> None:
    assert math.isnan(frame_differences(ramp(9, 0.0), 4).seam_ratio())
    assert math.isnan(frame_differences(ramp(2, 0.1), 4).seam_ratio())


def test_colours_are_told_in_levels() -> None:
    frames = torch.zeros(2, 3, 8, 8)
    frames[1, 0] = 0.1
    moved = mean_colour(frames)[1] - mean_colour(frames)[0]
    assert moved.tolist() == pytest.approx([12.75, 0, 0])


def test_blur_takes_sharpness_and_light_does_not() -> None:
    picture = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(0)) - 0.5
    soft = torch.nn.functional.avg_pool2d(picture, 3, 1, 1)
    assert sharpness(soft) < 0.5 * sharpness(picture)
    assert sharpness(picture + 0.2).item() == pytest.approx(sharpness(picture).item(), rel=1e-4)
    assert sharpness(torch.zeros(1, 3, 8, 8)).item() == 0
