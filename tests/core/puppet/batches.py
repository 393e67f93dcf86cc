"""Whole crops of portraits in motion, rendered by torch, for tests that compare with it."""

from torch import Tensor

from core.puppet.batch_painting import crop_grid, paint_batch
from core.puppet.motion import Motion, backward_warp
from core.puppet.portrait_layers import LayeredPortrait


def render_batch(portrait: LayeredPortrait, motion: Motion, size: int) -> Tensor:
    """Return the crops of a batch of portraits in motion, RGBA (n, 4, size, size)."""
    grid = crop_grid(size).to(motion.expression).expand(len(motion.expression), -1, -1, -1)
    return paint_batch(portrait, backward_warp(portrait.rig, motion), motion, grid)
