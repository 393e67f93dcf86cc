"""The shipped face networks: their file and its fingerprint."""

import zlib
from pathlib import Path

WEIGHTS = Path(__file__).parents[2] / "weights" / "face.safetensors"


def weights_fingerprint(path: Path = WEIGHTS) -> bytes:
    """Return an eight-byte checksum of the weights: what a cached analysis was made with.

    A checksum of the whole file: nobody forges a face finder, and it takes a third of the time
    that a cryptographic digest does.

    Raises:
        OSError: it cannot be read.
    """
    data = path.read_bytes()
    return len(data).to_bytes(4, "little") + zlib.crc32(data).to_bytes(4, "little")
