"""Contact sheet of an evaluation: the methods' frames side by side, one clip under the other."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor
from torch.nn import functional

from core.training.likeness.face_cropping import crop_squares

SIDE = 176
TITLE = 16
"""Pixels above each row for its name."""
GREY = 40


class SheetClip(NamedTuple):
    """One clip's photos and each method's frames."""

    photos: Tensor
    """(references, 3, h, w) in [-1, 1]"""
    rows: Mapping[str, Tensor]
    """Frames (n, 3, h, w) by method, all at the same times."""
    face_square: Tensor
    """(3,) the close-up square; see `core.training.likeness.face_cropping`"""


def save_comparison_sheet(path: Path, clips: Sequence[SheetClip]) -> None:
    """Write clips as one PNG file: photos to the left, methods beside them, row by row.

    Every frame is shown whole and as a close-up.
    """
    strips = [strip for clip in clips for strip in _strips(clip)]
    width = max(strip.width for strip in strips)
    sheet = Image.new("RGB", (width, sum(strip.height for strip in strips)), (GREY,) * 3)
    top = 0
    for strip in strips:
        sheet.paste(strip, (0, top))
        top += strip.height
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)


def _strips(clip: SheetClip) -> list[Image.Image]:
    photos = [_picture(photo) for photo in clip.photos]
    strips = []
    for index, (name, frames) in enumerate(clip.rows.items()):
        left = photos[index] if index < len(photos) else None
        close_ups = crop_squares(
            frames.float(), clip.face_square.to(frames).expand(len(frames), -1), SIDE
        )
        both = [pair for moment in zip(frames, close_ups, strict=True) for pair in moment]
        strips.append(_strip(name, left, [_picture(frame) for frame in both]))
    return strips


def _strip(name: str, left: Image.Image | None, frames: list[Image.Image]) -> Image.Image:
    strip = Image.new("RGB", (SIDE * (len(frames) + 1) + 8, SIDE + TITLE), (GREY,) * 3)
    ImageDraw.Draw(strip).text((SIDE + 10, 2), name, fill=(255, 255, 255))
    if left:
        ImageDraw.Draw(strip).text((2, 2), "photo", fill=(255, 255, 255))
        strip.paste(left, (0, TITLE))
    for column, frame in enumerate(frames):
        strip.paste(frame, (SIDE * (column + 1) + 8, TITLE))
    return strip


def _picture(frame: Tensor) -> Image.Image:
    small = functional.interpolate(
        frame[None].float().cpu().clamp(-1, 1), (SIDE, SIDE), mode="bilinear", antialias=True
    )[0]
    levels = ((small + 1) * 127.5).round().to(torch.uint8).permute(1, 2, 0)
    return Image.fromarray(np.ascontiguousarray(levels.numpy()))
