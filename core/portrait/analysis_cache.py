"""Cache of a photo's analysis: a file beside it, valid for that photo and face finder alone.

The file is a digest of `DIGEST_SIZE` bytes and, compressed, the landmarks and the matte. The digest
covers everything: the photo's bytes and size as it is read, the finder's weights, and what follows
it. One comparison, before anything is unpacked, tells that the findings are whole, of this photo
and by this finder.
"""

import zlib
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.atomic_file import atomic_write
from core.perception.face.alignment import Landmarks
from core.perception.face.topology import LANDMARK_COUNT
from core.perception.face.weights import WEIGHTS, weights_fingerprint
from core.portrait.load import Photo
from core.profile import findings_beside
from core.small_file import read_small_file

VERSION = b"understudy/findings/2"
"""To be increased when the same weights find something else, as the code around them changed."""

FARTHEST = 4
"""Longer sides of a photo beyond which no landmark lies."""

DIGEST_SIZE = 32
"""Bytes."""

LARGEST = 64 * 1024 * 1024
"""Bytes of the largest cache file that is read: more than any matte takes, packed."""

LITTLE_ENDIAN_FLOAT = np.dtype("<f4")


class Findings(NamedTuple):
    """What the face finder found in one photo."""

    landmarks: Landmarks
    """(478, 3), in the photo's pixels."""
    matte: NDArray[np.uint8]
    """(h, w) of the photo, the person's alpha, 0 to 255."""


def load_findings(path: Path, photo: Photo, finder: Path = WEIGHTS) -> Findings | None:
    """Return what `finder` found in the photo read from `path`, if that is cached and whole."""
    try:
        data = read_small_file(findings_beside(path), LARGEST)
        digest, body = data[:DIGEST_SIZE], data[DIGEST_SIZE:]
        return _unpack(body, photo) if digest == _digest(body, photo, finder) else None
    except Exception:  # noqa: BLE001 - whatever is wrong with it: it can be found again
        return None


def save_findings(path: Path, photo: Photo, findings: Findings, finder: Path = WEIGHTS) -> None:
    """Cache the findings of the photo read from `path` beside it, whole or not at all.

    Raises:
        OSError: it cannot be written; what was there is unchanged.
    """
    write_beside(path, sealed_bytes(photo, findings, finder))


def sealed_bytes(photo: Photo, findings: Findings, finder: Path = WEIGHTS) -> bytes:
    """Return the cache file's content, so that it can be handed to whoever saves it."""
    body = zlib.compress(
        findings.landmarks.astype(LITTLE_ENDIAN_FLOAT).tobytes() + findings.matte.tobytes(), 6
    )
    return _digest(body, photo, finder) + body


def write_beside(path: Path, data: bytes) -> None:
    """Write `sealed_bytes` beside the photo at `path`, whole or not at all.

    Raises:
        OSError: it cannot be written; what was there is unchanged.
    """
    with atomic_write(findings_beside(path)) as part:
        part.write_bytes(data)


def _unpack(body: bytes, photo: Photo) -> Findings | None:
    """Unpack a body whose digest fits; None if its matte is not of this photo's size."""
    shape = photo.picture.shape[:2]
    expected = LANDMARK_COUNT * 3 * LITTLE_ENDIAN_FLOAT.itemsize + shape[0] * shape[1]
    data = zlib.decompressobj().decompress(body, expected + 1)
    points, levels = np.split(
        np.frombuffer(data, np.uint8), [LANDMARK_COUNT * 3 * LITTLE_ENDIAN_FLOAT.itemsize]
    )
    if levels.size != shape[0] * shape[1]:
        return None
    landmarks = points.view(LITTLE_ENDIAN_FLOAT).astype(np.float32).reshape(LANDMARK_COUNT, 3)
    if not (np.isfinite(landmarks).all() and np.abs(landmarks).max() < FARTHEST * max(shape)):
        return None
    return Findings(landmarks, levels.reshape(shape))


def _digest(body: bytes, photo: Photo, finder: Path) -> bytes:
    size = repr(photo.picture.shape[:2]).encode()
    whole = b"".join((VERSION, weights_fingerprint(finder), photo.digest, size, body))
    return blake2b(whole, digest_size=DIGEST_SIZE).digest()
