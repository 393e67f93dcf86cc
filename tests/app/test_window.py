"""The window from start to stop, with the test card as the avatar."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.people import People
from app.settings import Settings, load, with_options
from app.window import Window
from core.child import ROOT
from core.profile import Profile
from plugins.audio_file import AudioFileOptions
from plugins.profiles import Folders
from plugins.speech import SpeechOptions


def settings(tmp_path: Path) -> Settings:
    return Settings(engine="testcard", recordings=tmp_path / "films")


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, store: Folders, photo: Path) -> Iterator[Window]:
    store.save(Profile("", "Ann", (photo,), "me"))
    window = opened(qtbot, settings(tmp_path), tmp_path, store)
    yield window
    window.close()


def opened(qtbot: QtBot, chosen: Settings, tmp_path: Path, store: Folders) -> Window:
    window = Window(chosen, tmp_path / "settings.json", People([store]))
    qtbot.addWidget(window)
    window.show()
    return window


def go_live(qtbot: QtBot, window: Window) -> None:
    window._go.click()
    qtbot.waitUntil(lambda: window._preview._image is not None, timeout=10_000)


def stop(qtbot: QtBot, window: Window) -> None:
    window._go.click()
    qtbot.waitUntil(lambda: window.studio.session is None, timeout=10_000)


def test_from_start_to_stop_and_again(qtbot: QtBot, window: Window) -> None:
    for _ in range(2):
        go_live(qtbot, window)
        assert window._go.text() == "&Stop"
        assert not window._people.isEnabled()
        qtbot.waitUntil(lambda: "frames/s" in window._figures.text(), timeout=10_000)
        stop(qtbot, window)
        assert window._go.text() == "&Start"
        assert window._people.isEnabled()
        assert window._message.text() == ""


def test_more_can_be_said_while_it_speaks(qtbot: QtBot, window: Window) -> None:
    assert not window._more.isVisible()
    go_live(qtbot, window)
    qtbot.waitUntil(window._more.isVisible)
    line = window._more.focusProxy()
    assert isinstance(line, QLineEdit)
    line.setText("...")
    line.returnPressed.emit()
    assert "nothing to speak" in window._message.text().lower()
    line.setText("And more")
    line.returnPressed.emit()
    assert line.text() == ""
    stop(qtbot, window)
    assert not window._more.isVisible()


def test_what_goes_wrong_is_told_in_a_sentence(
    qtbot: QtBot, tmp_path: Path, store: Folders, photo: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "core.live.session")
    store.save(Profile("", "Ann", (photo,), "me"))
    missing = with_options((), "audio_file", AudioFileOptions(Path("/no/such/file.wav")))
    chosen = Settings(engine="testcard", source="audio_file", options=missing)
    window = opened(qtbot, chosen, tmp_path, store)
    window._go.click()
    qtbot.waitUntil(lambda: window.studio.session is None, timeout=10_000)
    assert window._message.text() == ("There is no file '/no/such/file.wav'; choose a sound file")
    assert window._go.isEnabled()
    window.close()


def test_without_anybody_to_show_it_says_so(qtbot: QtBot, tmp_path: Path, store: Folders) -> None:
    window = opened(qtbot, settings(tmp_path), tmp_path, store)
    window._go.click()
    assert "add a person" in window._message.text()
    assert window.studio.session is None
    window.close()


def test_a_recording_is_made_while_live(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    assert not window._record.isEnabled()
    go_live(qtbot, window)
    qtbot.waitUntil(window._record.isEnabled)
    window._record.click()
    qtbot.wait(500)
    window._record.click()
    qtbot.waitUntil(lambda: window._message.text().startswith("Recorded: "), timeout=10_000)
    (film,) = (tmp_path / "films").iterdir()
    with av.open(str(film)) as file:
        assert sum(1 for _ in file.decode(video=0)) >= 5
    stop(qtbot, window)


def test_a_recording_still_running_at_the_stop_is_finished(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    go_live(qtbot, window)
    qtbot.waitUntil(window._record.isEnabled)
    window._record.click()
    qtbot.wait(300)
    stop(qtbot, window)
    (film,) = (tmp_path / "films").iterdir()
    assert film.suffix == ".mp4"


def test_what_was_chosen_is_remembered(
    qtbot: QtBot, window: Window, tmp_path: Path, store: Folders
) -> None:
    window._outputs.set_mark(False, "top left")
    window._voice.choose("speech")
    window.resize(900, 640)
    window.close()
    saved = load(tmp_path / "settings.json")
    assert (saved.badge, saved.badge_place, saved.profile) == (False, "top left", "ann")
    assert saved.options_of("speech", SpeechOptions) == SpeechOptions()
    again = opened(qtbot, saved, tmp_path, store)
    assert not again._outputs.mark()
    again.close()


def test_closing_while_live_ends_everything(qtbot: QtBot, window: Window) -> None:
    go_live(qtbot, window)
    window.close()
    assert window.studio.session is None


def test_the_window_is_there_before_any_network() -> None:
    code = "import app.window, app.__main__, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
