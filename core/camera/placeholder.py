"""What the camera shows while there is nothing to show."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.video import Picture, VideoFormat

GROUND, FIGURE, LETTERS = (34, 38, 46), (70, 78, 92), (200, 206, 216)


NAME = "Understudy"


def placeholder(format: VideoFormat) -> Picture:
    """Draw a figure without a face, and below it a sign for a pause, whatever one's language."""
    image = Image.new("RGB", (format.width, format.height), GROUND)
    pen = ImageDraw.Draw(image)
    x, unit = format.width / 2, min(format.width, format.height) / 10
    y = format.height / 2 - unit
    pen.ellipse((x - unit, y - 2 * unit, x + unit, y), fill=FIGURE)
    pen.chord((x - 2 * unit, y + 0.3 * unit, x + 2 * unit, y + 4.3 * unit), 180, 360, fill=FIGURE)
    font = ImageFont.load_default(max(8, unit * 0.6))
    y += 3.4 * unit
    pen.text((x + 0.5 * unit, y), NAME, LETTERS, font, "mm")
    left = x - font.getlength(NAME) / 2 - 0.3 * unit
    for bar in (left, left + 0.28 * unit):
        pen.rectangle((bar, y - 0.25 * unit, bar + 0.12 * unit, y + 0.25 * unit), fill=LETTERS)
    return np.asarray(image)
