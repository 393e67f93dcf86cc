"""Words of core and our plugins, which know nothing of Qt, marked here for translation."""

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

WORDS = (
    QT_TRANSLATE_NOOP("Options", "Microphone"),
    QT_TRANSLATE_NOOP("Options", "Sound file"),
    QT_TRANSLATE_NOOP("Options", "Text to speech"),
    QT_TRANSLATE_NOOP("Options", "Begin again at the end."),
    QT_TRANSLATE_NOOP("Options", "Default"),
    QT_TRANSLATE_NOOP("Options", "Device"),
    QT_TRANSLATE_NOOP("Options", "File"),
    QT_TRANSLATE_NOOP("Options", "Gain"),
    QT_TRANSLATE_NOOP("Options", "dB"),
    QT_TRANSLATE_NOOP("Options", "Language"),
    QT_TRANSLATE_NOOP("Options", "Pause between words"),
    QT_TRANSLATE_NOOP("Options", "ms"),
    QT_TRANSLATE_NOOP("Options", "Pitch"),
    QT_TRANSLATE_NOOP("Options", "Repeat"),
    QT_TRANSLATE_NOOP("Options", "Speaker"),
    QT_TRANSLATE_NOOP("Options", "Speed"),
    QT_TRANSLATE_NOOP("Options", "words per minute"),
    QT_TRANSLATE_NOOP("Options", "Stay silent instead of ending when all is said."),
    QT_TRANSLATE_NOOP("Options", "Text"),
    QT_TRANSLATE_NOOP("Options", "Wait for more"),
    QT_TRANSLATE_NOOP("Options", "What is spoken first; more can be typed while it speaks."),
    QT_TRANSLATE_NOOP("Options", "The best engine that runs in real time on this machine"),
    QT_TRANSLATE_NOOP("Options", "Neural: a trained avatar model draws the face"),
    QT_TRANSLATE_NOOP("Options", "Puppet: moves the photo itself, on any CPU"),
    QT_TRANSLATE_NOOP("Options", "Test card: a bar that rises with the voice"),
    QT_TRANSLATE_NOOP("Options", "Puppet engine on the CPU"),
    QT_TRANSLATE_NOOP("Options", "Puppet engine on the CPU (no trained avatar model here)"),
    QT_TRANSLATE_NOOP("Options", "System default"),
)

HINTS = (
    QT_TRANSLATE_NOOP("PhotoJudge", "The face is small: go closer, or cut the photo down."),
    QT_TRANSLATE_NOOP("PhotoJudge", "The face is turned away: look straight into the camera."),
    QT_TRANSLATE_NOOP("PhotoJudge", "The mouth is open: close the lips and keep a calm face."),
    QT_TRANSLATE_NOOP("PhotoJudge", "The head is cut off: leave some room around it."),
    QT_TRANSLATE_NOOP("PhotoJudge", "It is too dark: turn towards a window or a lamp."),
    QT_TRANSLATE_NOOP("PhotoJudge", "It is too bright: avoid flash and direct sun."),
)
"""What core.photo.judge says of photos."""


def option_word(text: str) -> str:
    """Return `text` in the language spoken; as it is where it is a stranger's."""
    return QCoreApplication.translate("Options", text) if text else ""
