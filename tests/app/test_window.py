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
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QKeySequenceEdit,
    QLineEdit,
    QPlainTextEdit,
    QSlider,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.live.leaving import Answer
from app.live_state import LiveState
from app.outputs.badge_choice import BadgeChoice
from app.outputs.outputs_page import OutputsPage
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
from tests.app.find import box, button, choose, part, press, words
from tests.fakes import CardEngine, tone

LOSSLESS_SOUND = "Lossless (FLAC): for editing and measuring"
MARK = "Show “AI-generated” in the picture"

INNER = (QComboBox, QAbstractSpinBox, QTabBar, QKeySequenceEdit)
"""What has parts of its own that cannot be reached without it."""


def settings(tmp_path: Path) -> Settings:
    return Settings(engine="testcard", recordings=tmp_path / "films")


def quiet() -> OutputsPage:
    """Return outputs that look for no device, and where nobody insists on the mark."""
    return OutputsPage(SoundPage(list), BadgeChoice(lambda _: True))


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, store: Folders, photo: Path) -> Iterator[Window]:
    store.save(Profile("", "Ann", (photo,), "me"))
    window = opened(qtbot, settings(tmp_path), tmp_path, store)
    yield window
    window.close()


def opened(qtbot: QtBot, chosen: Settings, tmp_path: Path, store: Folders) -> Window:
    path, engine = tmp_path / "settings.json", CardEngine()
    window = Window(chosen, path, Parts(lambda: People([store]), quiet, idles=False), engine)
    qtbot.addWidget(window)
    window.show()
    return window


def go_live(qtbot: QtBot, window: Window) -> None:
    assert window.transport.go.isEnabled()
    window.transport.go.click()
    qtbot.waitUntil(lambda: window.transport.state.on)


def stop(qtbot: QtBot, window: Window) -> None:
    assert window.transport.state.on
    window.transport.go.click()
    qtbot.waitUntil(lambda: window.on_air.broadcast is None)


def wait_for_frames(qtbot: QtBot, window: Window, count: int) -> None:
    """Wait until so many frames more have gone out."""
    assert window.on_air.broadcast
    sent = window.on_air.broadcast.figures().frames + count
    qtbot.waitUntil(lambda: frames(window) >= sent, timeout=30_000)


def frames(window: Window) -> int:
    broadcast = window.on_air.broadcast
    return broadcast.figures().frames if broadcast else 0


def test_from_start_to_stop_and_again(qtbot: QtBot, window: Window) -> None:
    for _ in range(2):
        go_live(qtbot, window)
        assert not box(window, "Resolution").isEnabled()
        qtbot.waitUntil(lambda: "fps" in window.transport.figures)
        stop(qtbot, window)
        assert button(window, "Start preview").isEnabled()
        assert box(window, "Resolution").isEnabled()
        assert window.message == ""


def test_nothing_is_live_that_nobody_else_can_see(
    qtbot: QtBot, tmp_path: Path, store: Folders, photo: Path
) -> None:
    store.save(Profile("", "Ann", (photo,), "me"))
    shown = replace(settings(tmp_path), page_port=free_port(), page=True)
    for chosen, word, start in (
        (settings(tmp_path), "Preview", "Start preview"),
        (shown, "Live", "Go live"),
    ):
        window = opened(qtbot, chosen, tmp_path, store)
        press(window, start)
        qtbot.waitUntil(lambda window=window: window.transport.state.on)  # type: ignore[misc]
        assert window.transport.words == word
        assert window.windowTitle() == f"{word} · Understudy"
        window.transport.mute.click()
        assert window.transport.words == f"{word} · muted"
        assert button(window, "Muted").isChecked()
        window.close()


def test_where_it_goes_is_said_by_name(qtbot: QtBot, window: Window) -> None:
    assert "nothing yet: preview only · silent here" in window.transport.where
    part(window, QLineEdit, "Address of the page")
    page = part(window, OutputsPage).page
    page.show_choice(True, free_port(), "")
    assert "OBS page · silent here" in window.transport.where


def test_what_cannot_be_transparent_says_what_it_shows(qtbot: QtBot, window: Window) -> None:
    black = "Black behind the person: only the OBS page can be transparent."
    window.open_page(1)
    assert black not in words(window)
    press(window, "Background: transparent on the OBS page, black everywhere else")
    assert window.message == "Only the OBS page can be transparent: turn it on under Output."
    assert words(window).count(black) == 2
    press(window, "Background: as in the photo")
    assert (window.message, black in words(window)) == ("", False)


def test_the_transport_is_there_on_every_page(qtbot: QtBot, window: Window) -> None:
    go_live(qtbot, window)
    qtbot.waitUntil(lambda: window.transport.state.on)
    for place in range(2):  # the next would try the devices
        window.open_page(place)
        assert window.transport.mute.isVisible()
        assert window.transport.mini.isVisible() is (place > 0)
    QTest.keyClick(window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    assert window.transport.mute.isChecked()
    stop(qtbot, window)


def test_the_end_of_a_sound_is_no_riddle(
    qtbot: QtBot, tmp_path: Path, store: Folders, photo: Path
) -> None:
    store.save(Profile("", "Ann", (photo,), "me"))
    soundfile.write(tmp_path / "short.wav", tone(0.4), 16_000)
    options = with_options(
        (), "audio_file", AudioFileOptions(tmp_path / "short.wav"), AudioFileOptions()
    )
    chosen = replace(settings(tmp_path), source="audio_file", options=options)
    window = opened(qtbot, chosen, tmp_path, store)
    go_live(qtbot, window)
    qtbot.waitUntil(lambda: window.transport.state is LiveState.STOPPED)
    assert window.message == "Audio file has come to its end. Start again to hear it once more."
    choose(window, "Voice", "Typed text")
    assert window.message == ""
    window.close()


def test_one_line_says_what_is_spoken_first_and_next(qtbot: QtBot, window: Window) -> None:
    line = window.stage.line
    text = part(window, QPlainTextEdit, "Text to speak")
    assert text.toPlainText().startswith("Hello!")
    text.setPlainText("Good morning")
    QTest.keyClick(text, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.transport.state.on)
    assert text.toPlainText() == ""
    text.setPlainText("...")
    QTest.keyClick(text, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "nothing to speak" in window.message.lower())
    text.setPlainText("And more")
    press(line, "Speak")
    assert text.toPlainText() == ""
    stop(qtbot, window)
    choose(window, "Voice", "Microphone")
    assert not line.isVisible()


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
    press(window, "Start preview")
    qtbot.waitUntil(lambda: window.on_air.broadcast is None)
    assert window.message == ("There is no file '/no/such/file.wav'; choose a sound file")
    assert button(window, "Start preview").isEnabled()
    assert window.transport.words == "Stopped by an error"
    choose(window, "Voice", "Typed text")
    assert window.message == ""
    assert window.transport.words == "Not live"  # the cause has gone
    window.close()


def test_without_anybody_to_show_it_says_so(qtbot: QtBot, tmp_path: Path, store: Folders) -> None:
    window = opened(qtbot, settings(tmp_path), tmp_path, store)
    press(window, "Start preview")
    assert "Add a person" in window.message
    assert window.on_air.broadcast is None
    window.close()


def test_a_recording_is_made_while_live(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    assert not button(window, "Record").isEnabled()
    go_live(qtbot, window)
    qtbot.waitUntil(button(window, "Record").isEnabled)
    press(window, "Record")
    wait_for_frames(qtbot, window, 10)
    window.transport.record.click()
    qtbot.waitUntil(lambda: window.message.startswith("Recorded: "))
    (film,) = (tmp_path / "films").iterdir()
    with av.open(str(film)) as file:
        assert sum(1 for _ in file.decode(video=0)) >= 5
    stop(qtbot, window)


def test_the_sound_chosen_while_live_is_that_of_the_next_recording(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    go_live(qtbot, window)
    qtbot.waitUntil(button(window, "Record").isEnabled)
    codecs = []
    for title in ("AAC: plays everywhere", LOSSLESS_SOUND):
        choose(window, "Sound of recordings", title)
        window.transport.record.click()
        wait_for_frames(qtbot, window, 5)
        window.transport.record.click()
        qtbot.waitUntil(lambda: window.message.startswith("Recorded: "))
        window.notice.tell("")
        (film,) = (tmp_path / "films").iterdir()
        with av.open(str(film)) as file:
            codecs.append(file.streams.audio[0].codec_context.name)
        film.unlink()
    assert codecs == ["aac", "flac"]
    stop(qtbot, window)


def test_a_recording_still_running_at_the_stop_is_finished(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    go_live(qtbot, window)
    qtbot.waitUntil(button(window, "Record").isEnabled)
    press(window, "Record")
    wait_for_frames(qtbot, window, 3)
    stop(qtbot, window)
    (film,) = (tmp_path / "films").iterdir()
    assert film.suffix == ".mp4"


def test_what_was_chosen_is_remembered(
    qtbot: QtBot, window: Window, tmp_path: Path, store: Folders
) -> None:
    choose(window, "Position of the label", "Top left")
    choose(window, "Text size of the label", "Large")
    choose(window, "Sound of recordings", LOSSLESS_SOUND)
    press(window, MARK)
    choose(window, "Voice", "Typed text")
    window.resize(900, 640)
    window.close()
    saved = load(tmp_path / "settings.json")
    assert (saved.badge, saved.badge_place, saved.profile) == (False, "top left", "ann")
    assert saved.options_of("speech", SpeechOptions()) == SpeechOptions()
    again = opened(qtbot, saved, tmp_path, store)
    assert not button(again, MARK).isChecked()
    assert box(again, "Text size of the label").currentText() == "Large"
    assert box(again, "Sound of recordings").currentText() == LOSSLESS_SOUND
    again.close()


def test_closing_while_live_ends_everything(qtbot: QtBot, window: Window) -> None:
    go_live(qtbot, window)
    window.close()
    assert window.on_air.broadcast is None


class ByHand(QCloseEvent):
    """Comes from whoever presses the cross."""

    def spontaneous(self) -> bool:
        return True


def test_whoever_closes_it_while_recording_is_asked_until_they_want_to_be_no_more(
    qtbot: QtBot, tmp_path: Path, store: Folders, photo: Path
) -> None:
    answers, asked = [Answer(False), Answer(False, again=False)], list[bool]()

    def leave(around: QWidget, recording: bool) -> Answer:
        asked.append(recording)
        return answers[len(asked) - 1]

    store.save(Profile("", "Ann", (photo,), "me"))
    parts = Parts(lambda: People([store]), quiet, leave=leave, idles=False)
    window = Window(settings(tmp_path), tmp_path / "settings.json", parts, CardEngine())
    qtbot.addWidget(window)
    window.show()
    go_live(qtbot, window)
    window.closeEvent(first := ByHand())  # nobody but this window sees it
    assert (first.isAccepted(), asked) == (True, [])

    again = Window(settings(tmp_path), tmp_path / "settings.json", parts, CardEngine())
    qtbot.addWidget(again)
    again.show()
    go_live(qtbot, again)
    qtbot.waitUntil(button(again, "Record").isEnabled)
    press(again, "Record")
    for _ in range(2):
        again.closeEvent(refused := ByHand())
        assert not refused.isAccepted()
    assert asked == [True, True]
    assert not again.settings.ask_to_leave
    again.closeEvent(last := ByHand())
    assert (last.isAccepted(), len(asked)) == (True, 2)


def test_a_microphone_is_made_louder_at_once_and_nothing_else_is(
    qtbot: QtBot, window: Window
) -> None:
    gain = part(window, QSlider, "Microphone gain")
    go_live(qtbot, window)
    gain.setValue(20)
    assert window.on_air.broadcast
    assert window.on_air.broadcast.switches.gain == 1.0  # what is typed needs none
    assert not gain.isVisible()
    choose(window, "Voice", "Microphone")
    assert gain.isVisible()
    press(window, "Reset the gain")
    assert gain.value() == 0
    gain.setValue(6)
    window.close()
    assert window.settings.gain == 6


def test_a_text_that_is_spoken_while_muted_is_nobody_who_forgot_it(
    qtbot: QtBot, tmp_path: Path, store: Folders, photo: Path
) -> None:
    store.save(Profile("", "Ann", (photo,), "me"))
    soundfile.write(tmp_path / "long.wav", tone(4.0), 16_000)
    options = with_options(
        (), "audio_file", AudioFileOptions(tmp_path / "long.wav"), AudioFileOptions()
    )
    chosen = replace(settings(tmp_path), source="audio_file", options=options)
    window = opened(qtbot, chosen, tmp_path, store)
    go_live(qtbot, window)
    window.transport.mute.click()
    qtbot.waitUntil(lambda: window.on_air.level() > 0.1)
    wait_for_frames(qtbot, window, 40)
    assert window.message == ""
    window.close()


def test_the_window_is_there_before_any_network() -> None:
    code = "import app.window, app.__main__, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def test_pausing_and_muting_reach_the_session_and_show(qtbot: QtBot, window: Window) -> None:
    stage, seen = window.transport, list[LiveState]()
    assert not stage.pause.isEnabled()
    go_live(qtbot, window)
    qtbot.waitUntil(lambda: stage.state is LiveState.PREVIEW)
    stage.pause.click()
    seen.append(stage.state)
    assert window.on_air.broadcast
    assert window.on_air.broadcast.switches.pause.is_set()
    stage.pause.click()
    stage.mute.click()
    seen.append(stage.state)
    assert window.on_air.broadcast.switches.mute.is_set()
    stop(qtbot, window)
    assert [*seen, stage.state] == [LiveState.PAUSED, LiveState.PREVIEW, LiveState.STOPPED]
    assert not stage.mute.isChecked()


def test_every_key_does_what_its_button_does(qtbot: QtBot, window: Window) -> None:
    keys = Qt.Key
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    qtbot.waitExposed(window)
    window.activateWindow()
    QTest.keyClick(window, keys.Key_M, control | shift)
    assert button(window, "Mirror").isChecked()
    QTest.keyClick(window, keys.Key_Return, control)
    qtbot.waitUntil(lambda: window.transport.state is LiveState.PREVIEW)
    for key, switch in (
        (keys.Key_P, window.transport.pause),
        (keys.Key_M, window.transport.mute),
    ):
        QTest.keyClick(window, key, control)
        assert switch.isChecked()
    QTest.keyClick(window, keys.Key_R, control)
    qtbot.waitUntil(window.transport.record.isChecked)
    QTest.keyClick(window, keys.Key_Return, control)
    qtbot.waitUntil(lambda: window.on_air.broadcast is None)


def test_everything_that_can_be_chosen_has_a_name_and_takes_the_keyboard(window: Window) -> None:
    for kind in (QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QAbstractItemView):
        for found in window.findChildren(kind):
            if inner(found):
                continue
            name = found.accessibleName() or getattr(found, "text", str)()
            assert name, f"{found} in {found.parent()}"
            assert found.focusPolicy() & Qt.FocusPolicy.TabFocus, name


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
    press(window, "Start preview")
    qtbot.waitUntil(lambda: window.transport.state is LiveState.FAILED)
    assert "there is no engine" in window.message.lower()
    window.close()


def test_where_it_goes_is_remembered_and_the_page_keeps_its_address(
    qtbot: QtBot, tmp_path: Path, store: Folders, photo: Path
) -> None:
    store.save(Profile("", "Ann", (photo,), "me"))
    chosen = replace(settings(tmp_path), page_port=free_port(), page=True, sound="phones")
    first = opened(qtbot, chosen, tmp_path, store)
    address = address_of(first)
    assert "OBS page · phones (not found) (microphone)" in first.transport.where
    choose(first, "Resolution", "1080p (1920 x 1080)")
    choose(first, "Framing of the photo", "Photo cropped to fill the picture")
    first.close()
    saved = load(tmp_path / "settings.json")
    assert (saved.height, saved.fit, saved.sound, saved.page) == (1080, "fill", "phones", True)
    again = opened(qtbot, saved, tmp_path, store)
    assert address_of(again) == address
    go_live(qtbot, again)
    preview = again.stage.preview
    qtbot.waitUntil(lambda: preview.picture is not None)  # live is said a moment before
    assert preview.picture is not None
    assert preview.picture.height() == 1080
    again.close()


def address_of(window: Window) -> str:
    return part(window, QLineEdit, "Address of the page").text()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
