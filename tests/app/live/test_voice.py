"""A file that is dropped chooses the voice that plays it."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.live.voice import Voice
from app.parts.form import usual
from core.plugin import source_plugins
from plugins.audio_file import AudioFileOptions


def test_a_sound_is_for_the_voice_and_a_photo_is_not(qtbot: QtBot, tmp_path: Path) -> None:
    voice = Voice(source_plugins(), lambda plugin: usual(plugin.options))
    qtbot.addWidget(voice)
    voice.choose("speech")
    assert not voice.take(tmp_path / "me.png")
    assert voice.take(tmp_path / "Talk.WAV")
    plugin = voice.plugin()
    assert plugin is not None
    assert plugin.name == "audio_file"
    assert voice.options() == AudioFileOptions(tmp_path / "Talk.WAV")
