"""How much memory a picture takes while it is decoded and shrunk, before any of it is decoded."""

from PIL import Image

LARGEST = 640 * 2**20
"""Bytes that decoding a picture may take."""

PLAIN, TRANSPARENT, NUMBERS = 6, 10, 12
"""Bytes for a pixel of eight bits a channel, with an alpha channel, and of 16 bits and more."""

DECODERS = {"JPEG2000": 25, "WEBP": 17, "AVIF": 10}
"""Bytes for a pixel where the decoder itself takes more; measured, as are those above."""

COEFFICIENT = 2
"""Bytes of each number that a progressive JPEG holds until its last scan."""


def pixels_affordable(picture: Image.Image) -> int:
    """Return how many pixels a picture of this kind may have."""
    return LARGEST // bytes_per_pixel(picture)


def bytes_per_pixel(picture: Image.Image) -> int:
    """Return what a pixel of the opened, undecoded picture takes."""
    held = PLAIN
    if picture.mode.startswith(("I", "F")):
        held = NUMBERS
    elif picture.mode in ("RGBA", "LA", "PA", "P", "La", "RGBa") or "transparency" in picture.info:
        held = TRANSPARENT
    return max(held, DECODERS.get(picture.format or "", 0))


def coefficients(picture: Image.Image) -> int:
    """Return the bytes that a progressive JPEG takes whatever size it is decoded to, else 0."""
    if not (picture.format in ("JPEG", "MPO") and picture.info.get("progressive")):
        return 0
    parts: list[tuple[int, int]] = [
        (across, down) for _, across, down, _ in getattr(picture, "layer", ())
    ]
    if not parts:
        return 0
    finest = max(across for across, _ in parts) * max(down for _, down in parts)
    share = sum(across * down for across, down in parts) / max(finest, 1)
    return round(picture.width * picture.height * share * COEFFICIENT)
