"""Names for files that take no other file's place."""

from pathlib import Path


def free_name(path: Path, mark: str = "", suffix: str = "") -> Path:
    """Return `path` with `mark` and `suffix`, or a name like it that nothing bears yet."""
    count = 1
    while True:
        number = f" {count}" if count > 1 else ""
        name = path.with_name(f"{path.stem}{mark}{number}{path.suffix}{suffix}")
        if not name.exists():
            return name
        count += 1
