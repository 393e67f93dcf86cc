"""The window from start to stop, with the test card as the avatar."""

import logging
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QKeySequenceEdit,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.live.stage import Air
from app.outputs.page import Outputs
from app.outputs.sound_page import SoundPage
from app.people.list import People
from app.settings import Settings, load, with_options
from app.tabs import Parts
from app.window import Window
from core.process.child import ROOT
from core.profile import Profile
from plugins.audio_file import AudioFileOptions
from plugins.profiles import Folders
from plugins.speech import SpeechOptions
from tests.fakes import CardEngine

INNER = (QComboBox, QAbstractSpinBox, QTabBar, QKeySequenceEdit)
"""What has parts of its own that cannot be reached without it."""


def settings(tmp_path: Path) -> Settings:
    return Settings(engine="testcard", recordings=tmp_path / "films")


def quiet() -> Outputs:
    """Return outputs that look for no device."""
    return Outputs(SoundPage(list))


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, store: Folders, photo: Path) -> Iterator[Window]:
    store.save(Profile("", "Ann", (photo,), "me"))
    window = opened(qtbot, settings(tmp_path), tmp_path, store)
    yield window
    window.close()


def opened(qtbot: QtBot, chosen: Settings, tmp_path: Path, store: Folders) -> Window:
    path, engine = tmp_path / "settings.json", CardEngine()
    window = Window(chosen, path, Parts(lambda: People([store]), quiet), engine)
    qtbot.addWidget(window)
    window.show()
    return window


def go_live(qtbot: QtBot, window: Window) -> None:
    window._live.go.click()
    qtbot.waitUntil(lambda: window._live.stage.preview._image is not None)


def stop(qtbot: QtBot, window: Window) -> None:
    window._live.go.click()
    qtbot.waitUntil(lambda: window.studio.session is None)


def film_some(qtbot: QtBot, window: Window, frames: int = 10) -> None:
    """Wait while so many frames are made."""
    session = window.studio.session
    assert session is not None
    before = session.figures().frames
    qtbot.waitUntil(lambda: session.figures().frames > before + frames)


def test_from_start_to_stop_and_again(qtbot: QtBot, window: Window) -> None:
    for _ in range(2):
        go_live(qtbot, window)
        assert window._live.go.text() == "&Stop"
        assert not window._outputs.picture._size.isEnabled()
        qtbot.waitUntil(lambda: "frames/s" in window._live.stage.figures)
        stop(qtbot, window)
        assert window._live.go.text() == "&Start"
        assert window._outputs.picture._size.isEnabled()
        assert window.message == ""


def test_more_can_be_said_while_it_speaks(qtbot: QtBot, window: Window) -> None:
    assert not window._live.stage.more.isVisible()
    go_live(qtbot, window)
    qtbot.waitUntil(window._live.stage.more.isVisible)
    line = window._live.stage.more.focusProxy()
    assert isinstance(line, QLineEdit)
    line.setText("...")
    line.returnPressed.emit()
    assert "nothing to speak" in window.message.lower()
    line.setText("And more")
    line.returnPressed.emit()
    assert line.text() == ""
    stop(qtbot, window)
    assert not window._live.stage.more.isVisible()


def test_what_goes_wrong_is_told_in_a_sentence(
    qtbot: QtBot, tmp_path: Path, store: Folders, photo: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "core.live.session")
    store.save(Profile("", "Ann", (photo,), "me"))
    missing = with_options(
        (), "audio_file", AudioFileOptions(Path("/no/such/file.wav")), AudioFileOptions()
    )
    chosen = Settings(engine="testcard", source="audio_file", options=missing)
    window = opened(qtbot, chosen, tmp_path, store)
    window._live.go.click()
    qtbot.waitUntil(lambda: window.studio.session is None)
    assert window.message == ("There is no file '/no/such/file.wav'; choose a sound file")
    assert window._live.go.isEnabled()
    window.close()


def test_without_anybody_to_show_it_says_so(qtbot: QtBot, tmp_path: Path, store: Folders) -> None:
    window = opened(qtbot, settings(tmp_path), tmp_path, store)
    window._live.go.click()
    assert "add a person" in window.message
    assert window.studio.session is None
    window.close()


def test_a_recording_is_made_while_live(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    assert not window._live.record.isEnabled()
    go_live(qtbot, window)
    qtbot.waitUntil(window._live.record.isEnabled)
    window._live.record.click()
    film_some(qtbot, window)
    window._live.record.click()
    qtbot.waitUntil(lambda: window.message.startswith("Recorded: "))
    (film,) = (tmp_path / "films").iterdir()
    with av.open(str(film)) as file:
        assert sum(1 for _ in file.decode(video=0)) >= 5
    stop(qtbot, window)


def test_a_recording_still_running_at_the_stop_is_finished(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    go_live(qtbot, window)
    qtbot.waitUntil(window._live.record.isEnabled)
    window._live.record.click()
    film_some(qtbot, window)
    stop(qtbot, window)
    (film,) = (tmp_path / "films").iterdir()
    assert film.suffix == ".mp4"


def test_what_was_chosen_is_remembered(
    qtbot: QtBot, window: Window, tmp_path: Path, store: Folders
) -> None:
    window._outputs.badge.set_mark(False, "top left", 0.05)
    window._live.voice.choose("speech")
    window.resize(900, 640)
    window.close()
    saved = load(tmp_path / "settings.json")
    assert (saved.badge, saved.badge_place, saved.profile) == (False, "top left", "ann")
    assert saved.options_of("speech", SpeechOptions()) == SpeechOptions()
    again = opened(qtbot, saved, tmp_path, store)
    assert not again._outputs.badge.on
    assert again._outputs.badge.size_chosen == 0.05
    again.close()


def test_closing_while_live_ends_everything(qtbot: QtBot, window: Window) -> None:
    go_live(qtbot, window)
    window.close()
    assert window.studio.session is None


def test_the_window_is_there_before_any_network() -> None:
    code = "import app.window, app.__main__, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def test_pausing_and_muting_reach_the_session_and_show(qtbot: QtBot, window: Window) -> None:
    stage, seen = window._live.stage, list[Air]()
    assert not stage.pause.isEnabled()
    go_live(qtbot, window)
    qtbot.waitUntil(lambda: stage.air is Air.LIVE)
    stage.pause.click()
    seen.append(stage.air)
    assert window.studio.switches.pause.is_set()
    stage.pause.click()
    stage.mute.click()
    seen.append(stage.air)
    assert window.studio.switches.mute.is_set()
    stop(qtbot, window)
    assert [*seen, stage.air] == [Air.PAUSED, Air.LIVE, Air.STOPPED]
    assert not stage.mute.isChecked()


def test_every_key_does_what_its_button_does(qtbot: QtBot, window: Window) -> None:
    keys = Qt.Key
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    qtbot.waitExposed(window)
    window.activateWindow()
    QTest.keyClick(window, keys.Key_M, control | shift)
    assert window._live.stage.mirror.isChecked()
    QTest.keyClick(window, keys.Key_Return, control)
    qtbot.waitUntil(lambda: window._live.stage.air is Air.LIVE)
    for key, button in (
        (keys.Key_P, window._live.stage.pause),
        (keys.Key_M, window._live.stage.mute),
    ):
        QTest.keyClick(window, key, control)
        assert button.isChecked()
    QTest.keyClick(window, keys.Key_R, control)
    qtbot.waitUntil(window._live.record.isChecked)
    QTest.keyClick(window, keys.Key_Return, control)
    qtbot.waitUntil(lambda: window.studio.session is None)


def test_everything_that_can_be_chosen_has_a_name_and_takes_the_keyboard(window: Window) -> None:
    for kind in (QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QAbstractItemView):
        for part in window.findChildren(kind):
            if inner(part):
                continue
            name = part.accessibleName() or getattr(part, "text", str)()
            assert name, f"{part} in {part.parent()}"
            assert part.focusPolicy() & Qt.FocusPolicy.TabFocus, name


def inner(part: QWidget) -> bool:
    """Return whether `part` belongs to a control that has name and keyboard for it."""
    above = part.parentWidget()
    return above is not None and (isinstance(above, INNER) or inner(above))


def test_a_failure_stays_visible_until_the_next_start(
    qtbot: QtBot, tmp_path: Path, store: Folders, photo: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "core.live.session")
    store.save(Profile("", "Ann", (photo,), "me"))
    window = opened(qtbot, Settings(engine="steam"), tmp_path, store)
    window._live.go.click()
    qtbot.waitUntil(lambda: window._live.stage.air is Air.FAILED)
    assert "there is no engine" in window.message.lower()
    window.close()


def test_where_it_goes_is_remembered_and_the_page_keeps_its_address(
    qtbot: QtBot, tmp_path: Path, store: Folders, photo: Path
) -> None:
    store.save(Profile("", "Ann", (photo,), "me"))
    chosen = replace(settings(tmp_path), page_port=free_port(), page=True, sound="phones")
    first = opened(qtbot, chosen, tmp_path, store)
    address = first._outputs.page.address
    assert "Browser page, with sound" in first._live.goes_to
    first._outputs.picture.set_size(1080, "fill")
    first.close()
    saved = load(tmp_path / "settings.json")
    assert (saved.height, saved.fit, saved.sound, saved.page) == (1080, "fill", "phones", True)
    again = opened(qtbot, saved, tmp_path, store)
    assert again._outputs.page.address == address
    go_live(qtbot, again)
    assert again._live.stage.preview._image is not None
    assert again._live.stage.preview._image.height() == 1080
    again.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
