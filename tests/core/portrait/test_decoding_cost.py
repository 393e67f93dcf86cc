"""A picture that would take too much memory is told before any of it is decoded."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.portrait.decoding_cost import LARGEST, bytes_per_pixel, coefficients
from core.portrait.load import BadPhoto, load_photo


def png_that_says(path: Path, side: int, colour: int) -> Path:
    """Write a PNG of a few bytes that claims to be `side` x `side` pixels."""
    head = struct.pack(">IIBBBBB", side, side, 8, colour, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(100_000))), (b"IEND", b""))
    whole = b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + whole)
    return path


def opened(kind: str, mode: str = "RGB", **how: object) -> Image.Image:
    file = io.BytesIO()
    Image.fromarray(np.zeros((64, 64, 3), np.uint8)).convert(mode).save(file, kind, **how)
    return Image.open(file)


@pytest.mark.parametrize("colour", [2, 6])
def test_a_small_file_that_says_it_is_vast_is_told(tmp_path: Path, colour: int) -> None:
    with pytest.raises(BadPhoto, match="too much memory"):
        load_photo(png_that_says(tmp_path / "bomb.png", 12_000, colour))


def test_a_vast_tiff_of_numbers_is_told(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.tif"
    Image.new("F", (9_000, 9_000)).save(bomb, compression="tiff_deflate")
    assert bomb.stat().st_size < 2**20
    with pytest.raises(BadPhoto, match="too much memory"):
        load_photo(bomb)


def test_what_decoders_take_more_for_counts_more() -> None:
    plain = bytes_per_pixel(opened("PNG"))
    assert plain < bytes_per_pixel(opened("PNG", "RGBA")) < bytes_per_pixel(opened("WEBP"))
    assert bytes_per_pixel(opened("WEBP")) < bytes_per_pixel(opened("JPEG2000"))
    assert plain < bytes_per_pixel(opened("TIFF", "F"))


def test_photos_of_todays_cameras_are_read() -> None:
    assert 24_000_000 * bytes_per_pixel(opened("PNG", "RGBA")) < LARGEST
    assert 61_000_000 * bytes_per_pixel(opened("TIFF")) < LARGEST


def test_a_progressive_jpeg_costs_its_coefficients_however_small_it_is_decoded() -> None:
    assert coefficients(opened("JPEG")) == 0
    whole = coefficients(opened("JPEG", progressive=True, subsampling=0))
    assert whole == 64 * 64 * 3 * 2
    assert coefficients(opened("JPEG", progressive=True, subsampling=2)) == whole // 2
