"""Small files that anybody may have written: only regular ones are read, of a bounded size."""

import errno
import stat
from pathlib import Path

from core.sentence import said


def read_small_file(path: Path, largest: int) -> bytes:
    """Return what is in the file: a pipe would keep us waiting, and a device may never end.

    Raises:
        OSError: it is not there, is no file, has more than `largest` bytes, or cannot be read.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, said("it is no file"), str(path))
    with path.open("rb") as file:
        data = file.read(largest + 1)
    if len(data) > largest:
        raise OSError(errno.EFBIG, said("it is larger than {0} bytes", largest), str(path))
    return data
