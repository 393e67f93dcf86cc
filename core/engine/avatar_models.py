"""Which avatar models there are here, and what their files say of themselves."""

from pathlib import Path

import platformdirs

from core.checkpoint import BadCheckpoint, read_about

SHIPPED_WEIGHTS = Path(__file__).parents[1] / "weights" / "avatar.safetensors"
"""Where a trained avatar model lies if one ships with the program."""
STATUS, EXPERIMENTAL = "status", "experimental"
"""What a model's file says that is not yet as good as the puppet."""


def user_weights() -> Path:
    """Return where users put an avatar model of their own; it comes before the shipped one."""
    return platformdirs.user_data_path("understudy", appauthor=False) / "avatar.safetensors"


def avatar_models() -> list[Path]:
    """Return the models that are there, the user's own first."""
    return [path for path in (user_weights(), SHIPPED_WEIGHTS) if path.exists()]


def trusted_models() -> list[Path]:
    """Return the models that may be taken without having been asked for."""
    return [path for path in avatar_models() if not is_experimental(path)]


def is_experimental(path: Path) -> bool:
    """Whether a model is taken only by those who ask for it; one that cannot be read is not."""
    try:
        return read_about(path).get(STATUS) == EXPERIMENTAL
    except BadCheckpoint:
        return False  # opening it says what is wrong
