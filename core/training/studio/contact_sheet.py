"""Contact sheet of training clips, one a row."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from core.model.vae.flow_field import warp
from core.training.studio.clip_renderer import ClipTensors

FRAMES_SHOWN = 4
"""Frames of each clip."""
INVALID_TONE = -0.3
"""Grey where the flow is not valid."""


def contact_sheet(clip: ClipTensors, side: int = 128) -> Tensor:
    """Draw a picture (3, h, w) in [-1, 1]: references, frames, references warped by their flows,
    the error of the first of these (times four), masks and landmarks."""
    return torch.cat(
        [torch.cat(_row(clip, index, side), 2) for index in range(len(clip.frames))], 1
    )


def save_contact_sheet(path: Path, clip: ClipTensors) -> None:
    """Write the contact sheet as PNG."""
    pixels = ((contact_sheet(clip).clamp(-1, 1) + 1) * 127.5).byte().permute(1, 2, 0)
    Image.fromarray(np.ascontiguousarray(pixels.cpu().numpy())).save(path)


def _row(clip: ClipTensors, index: int, side: int) -> list[Tensor]:
    frames = F.interpolate(clip.frames[index], side, mode="area")
    references = F.interpolate(clip.references[index], side, mode="area")
    last = len(frames) - 1
    flow = clip.flow[index, last].flatten(0, 1)[None]  # (1, references * 2, field, field)
    large = F.interpolate(flow, side, mode="bilinear").view(-1, 2, side, side)
    warped = warp(clip.references[index][None], large[None, None])[0, 0]
    valid = F.interpolate(clip.flow_valid[index, last][:, None].float(), side)
    shown = torch.where(valid > 0, warped, torch.full_like(warped, INVALID_TONE))
    error = (warped[0] - frames[last]).abs() * valid[0] * 4 - 1
    steps = torch.linspace(0, last, FRAMES_SHOWN).round().long().tolist()
    return [*references, *frames[steps], *shown, error, _annotated(clip, index, frames[last])]


def _annotated(clip: ClipTensors, index: int, frame: Tensor) -> Tensor:
    """Overlay the last frame with its mouth in red, eyes in green and landmarks in white."""
    side, dark = frame.shape[-1], (frame + 1) / 2 - 1
    mouth, eyes = (
        F.interpolate(mask[index, -1][None], side, mode="bilinear")[0, 0]
        for mask in (clip.mouth_mask, clip.eye_mask)
    )
    marked = torch.stack([dark[0] + mouth, dark[1] + eyes, dark[2]])
    x, y = (((clip.landmarks[index, -1] + 1) / 2 * side).long().clamp(0, side - 1)).unbind(-1)
    marked[:, y, x] = 1
    return marked
