"""A photo's file without what it says beside the picture: places, serial numbers, dates, names.

JPEG and PNG keep their pixels bit for bit: of their parts those go that no decoder needs. All other
kinds are written anew. How the camera was held stays.
"""

import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from core.portrait.load import load_photo

PNG = b"\x89PNG\r\n\x1a\n"
PNG_CHUNKS = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs cICP acTL fcTL fdAT".split()
)
"""What PNG needs for its pixels and their colours."""

JPEG, EOI, SOS = b"\xff\xd8", 0xD9, 0xDA
JFIF, ICC, ADOBE = 0xE0, 0xE2, 0xEE
APPLICATIONS, COMMENT = range(0xE0, 0xF0), 0xFE
"""Markers of parts that programs add."""
KEPT = {JFIF: b"JFIF\0", ICC: b"ICC_PROFILE\0", ADOBE: b"Adobe"}
"""Of those, the ones that a decoder needs, by how they begin."""

ORIENTATION, UPRIGHT, WAYS = 0x0112, 1, range(1, 9)

LARGEST_SIDE = 1 << 16
"""Pixels: as large as the picture is."""


class Malformed(Exception):
    """The file is not built as its kind should be."""


def without_metadata(path: Path) -> bytes:
    """Return the picture's file with nothing in it but the picture; the very bytes if that is so.

    Raises:
        OSError: it cannot be read.
        BadPhoto: it is no picture.
    """
    data = path.read_bytes()
    try:
        if data.startswith(JPEG):
            return b"".join(_jpeg_parts(data, _orientation(data)))
        if data.startswith(PNG):
            return PNG + b"".join(_png_parts(data, _orientation(data)))
    except Exception:  # noqa: BLE001 - damaged as it is, it is read and written anew, or refused
        return _anew(path)
    return _anew(path)


def _anew(path: Path) -> bytes:
    written = io.BytesIO()
    Image.fromarray(load_photo(path, LARGEST_SIDE)).save(written, "PNG")
    return written.getvalue()


def _orientation(data: bytes) -> int:
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "MPO")) as picture:
        try:
            found = int(picture.getexif().get(ORIENTATION, UPRIGHT))
        except (ValueError, TypeError, SyntaxError, OSError):  # damaged notes, as they are read
            return UPRIGHT
    return found if found in WAYS else UPRIGHT


def _exif(orientation: int) -> bytes:
    """Return EXIF that says how the camera was held, and nothing else."""
    entry = struct.pack("<HHIHH", ORIENTATION, 3, 1, orientation, 0)
    return b"II*\0" + struct.pack("<IH", 8, 1) + entry + bytes(4)


def _png_parts(data: bytes, orientation: int) -> Iterator[bytes]:
    at = len(PNG)
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        whole = data[at : at + size + 12]
        if len(whole) < size + 12:
            raise Malformed
        at += size + 12
        if kind in PNG_CHUNKS:
            yield whole
        if kind == b"IHDR" and orientation != UPRIGHT:
            yield _chunk(b"eXIf", _exif(orientation))
        if kind == b"IEND":
            return
    raise Malformed


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def _jpeg_parts(data: bytes, orientation: int) -> Iterator[bytes]:
    yield JPEG
    if orientation != UPRIGHT:
        content = b"Exif\0\0" + _exif(orientation)
        yield b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content
    at = len(JPEG)
    while True:
        begin = at
        if data[at] != 0xFF:
            raise Malformed
        while data[at] == 0xFF:  # any number may come before a marker
            at += 1
        marker = data[at]
        at += 1
        if marker == EOI:
            yield data[begin:at]
            return  # what follows are other pictures, or a film
        at += int(struct.unpack_from(">H", data, at)[0])
        content = data[begin:at]
        if marker == SOS:
            end = _entropy_end(data, at)
            content, at = data[begin:end], end
        if marker not in (*APPLICATIONS, COMMENT) or _needed(marker, content):
            yield content


def _needed(marker: int, part: bytes) -> bool:
    return marker in KEPT and part.lstrip(b"\xff")[3:].startswith(KEPT[marker])


def _entropy_end(data: bytes, at: int) -> int:
    """Return where the compressed pixels that begin at `at` end: at the next marker."""
    while True:
        at = data.index(b"\xff", at)
        if data[at + 1] != 0 and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2
