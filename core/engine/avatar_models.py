"""Which avatar models there are here, and what their files say of themselves."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import platformdirs

from core.atomic_file import atomic_write
from core.checkpoint import BadCheckpoint, read_about

SHIPPED_WEIGHTS = Path(__file__).parents[1] / "weights" / "avatar.safetensors"
"""Where a trained avatar model lies if one ships with the program."""
STATUS, EXPERIMENTAL = "status", "experimental"
"""What a model's file says that is not yet as good as the puppet."""
FINETUNED = "fine-tuned"
"""Under which a model's file says what became better where it was fine-tuned to somebody."""
SET_ASIDE = "avatar-before.safetensors"
"""Where a user's own model lies while a fine-tuned one is in its place."""


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
    return _about(path).get(STATUS) == EXPERIMENTAL


def model_to_finetune() -> Path | None:
    """Return the model that fine-tuning starts from: the first that was not fine-tuned itself."""
    aside = user_weights().with_name(SET_ASIDE)
    kept = [aside] if aside.exists() else []
    return next((path for path in (*kept, *avatar_models()) if not is_finetuned(path)), None)


def is_finetuned(path: Path) -> bool:
    """Whether a model was fine-tuned to somebody."""
    return FINETUNED in _about(path)


def adopt(model: Path) -> None:
    """Let a fine-tuned model be the user's own; what they had put there themselves is set aside.

    Raises:
        OSError: it cannot be written; the model is the one it was.
    """
    own = user_weights()
    own.parent.mkdir(parents=True, exist_ok=True)
    if own.exists() and not is_finetuned(own):
        _copy(own, own.with_name(SET_ASIDE))
    _copy(model, own)


def forget() -> None:
    """Remove the fine-tuned model, and bring back what was set aside for it.

    Raises:
        OSError: it cannot be removed.
    """
    own = user_weights()
    if own.exists() and is_finetuned(own):
        own.unlink()
    aside = own.with_name(SET_ASIDE)
    if aside.exists() and not own.exists():
        aside.replace(own)


def _copy(source: Path, target: Path) -> None:
    with atomic_write(target) as part:
        shutil.copyfile(source, part)


def _about(path: Path) -> Mapping[str, str]:
    try:
        return read_about(path)
    except BadCheckpoint:
        return {}  # opening it says what is wrong
