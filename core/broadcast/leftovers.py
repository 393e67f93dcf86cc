"""What programs of ours that were killed have left behind."""

from core import temporary
from core.sound.virtual_microphone import remove_abandoned


def clear() -> None:
    """Remove their folders and microphones.

    May take as long as the sound server does; to be called once, aside, when a program begins.
    """
    temporary.sweep()
    remove_abandoned()
