"""What programs of ours that were killed have left behind."""

from pathlib import Path

import platformdirs

from core import atomic_file, temporary
from core.sound.virtual_microphone import remove_abandoned


def clear() -> None:
    """Remove their folders, half-written files and microphones.

    May take as long as the sound server does; to be called once, aside, when a program begins.
    """
    temporary.sweep()
    for folder in own_folders():
        atomic_file.sweep(folder)
    remove_abandoned()


def own_folders() -> list[Path]:
    """Return where settings, loops and people are written."""
    data, cache, config = (
        find("understudy", appauthor=False)
        for find in (
            platformdirs.user_data_path,
            platformdirs.user_cache_path,
            platformdirs.user_config_path,
        )
    )
    return [config, cache / "faces", *(data / "profiles").glob("*")]
