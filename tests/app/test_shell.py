"""The window with everything around it: first page, tray, keys, later starts, colours, names."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from app.desktop.theme import Theme
from app.desktop.tray import Tray
from app.live_state import LiveState
from app.outputs.outputs_page import OutputsPage
from app.pages.doctor import DoctorPage
from app.parts.preview import Preview
from app.people.list import People
from app.people.profile_dialog import ProfileDialog
from app.people.rehearsal import Rehearsal
from app.settings import Settings, load
from app.shell import Shell, Surroundings
from app.tabs import Parts
from app.window import Window
from core.engine.names import ENGINES
from core.film.about import TITLE
from core.profile import Profile
from plugins.profiles import Folders
from tests.app.desktop.test_theme import application
from tests.app.find import button, choose, part, press, titles, words
from tests.app.people.test_profile_dialog import Finder
from tests.app.test_window import go_live, inner, quiet, settings, stop
from tests.fakes import CardEngine

__all__ = ["application"]


class Keys(QObject):
    """Gives every key but one that is taken."""

    pressed = Signal(str)
    claimed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.wanted: list[dict[str, str]] = []
        self.closed = 0

    def claim(self, wanted: Mapping[str, str]) -> None:
        self.wanted.append(dict(wanted))
        self.claimed.emit({deed: "taken" for deed, key in wanted.items() if key == "F1"})

    def close(self) -> None:
        self.closed += 1


class House:
    """A shell, and everything around it."""

    def __init__(
        self,
        qtbot: QtBot,
        chosen: Settings,
        path: Path,
        store: Folders,
        engine: CardEngine | None = None,
    ) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self.path = path / "settings.json"
        self.engine = engine or CardEngine()
        self.window = Window(
            chosen,
            self.path,
            Parts(lambda: People([store]), quiet, lambda _: DoctorPage(tuple), idles=False),
            self.engine,
        )
        qtbot.addWidget(self.window)
        self.tray, self.keys = Tray(), Keys()
        around = Surroundings(Theme(app), self.tray, self.keys, None, path)
        self.shell = Shell(self.window, around)
        self.shell.show()

    def close(self) -> None:
        self.window.stays = False
        self.window.close()
        self.shell.close(30)


@pytest.fixture
def chosen(tmp_path: Path, store: Folders, photo: Path) -> Settings:
    store.save(Profile("", "Ann", (photo,), "me"))
    return replace(settings(tmp_path), welcomed=True)


@pytest.fixture
def house(
    qtbot: QtBot, application: QApplication, chosen: Settings, tmp_path: Path, store: Folders
) -> Iterator[House]:
    made = House(qtbot, chosen, tmp_path, store)
    yield made
    made.close()


def test_the_first_page_comes_once(
    qtbot: QtBot, application: QApplication, chosen: Settings, tmp_path: Path, store: Folders
) -> None:
    house = House(qtbot, replace(chosen, welcomed=False), tmp_path, store)
    assert house.shell.welcome.isVisible()
    found = house.shell.welcome.findChildren(QLabel)
    words = unescape(" ".join(label.text() for label in found))
    for word in ("didn't agree", "identity checks", "Nothing, except"):
        assert word in words
    house.shell.do("toggle")
    assert house.window.on_air.broadcast is None
    press(house.window, "Get started")
    assert not house.shell.welcome.isVisible()
    house.close()
    again = House(qtbot, load(house.path), tmp_path, store)
    assert not again.shell.welcome.isVisible()
    again.close()


def test_a_recording_that_was_cut_off_is_kept_and_told(
    qtbot: QtBot, application: QApplication, chosen: Settings, tmp_path: Path, store: Folders
) -> None:
    folder = tmp_path / "cut off"
    folder.mkdir()
    (folder / "talk.mp4.part").write_bytes(b"ftyp " + TITLE.encode())
    house = House(qtbot, replace(chosen, recordings=folder), tmp_path, store)
    house.shell.clear()
    qtbot.waitUntil(lambda: "talk (incomplete).mp4" in house.window.notice.message)
    assert [path.name for path in folder.iterdir()] == ["talk (incomplete).mp4"]
    house.close()


def test_keys_and_tray_drive_the_window_and_show_what_it_does(qtbot: QtBot, house: House) -> None:
    stage = house.window.transport
    house.keys.pressed.emit("toggle")
    qtbot.waitUntil(lambda: stage.state is LiveState.PREVIEW)
    assert house.tray.tip == "Understudy: Preview"
    house.tray.pause.trigger()
    assert (stage.state.name, house.tray.pause.isChecked()) == ("PAUSED", True)
    house.keys.pressed.emit("pause")
    assert stage.state.name == "PREVIEW"
    assert not house.tray.pause.isChecked()
    stage.mute.click()
    assert house.tray.mute.isChecked()
    house.keys.pressed.emit("nonsense")
    house.tray.toggle.trigger()
    qtbot.waitUntil(lambda: stage.state is LiveState.STOPPED)
    assert house.tray.toggle.text() == "Start"
    assert not house.tray.mute.isChecked()


@pytest.mark.parametrize("way", ["key", "tray", "tell"])
def test_while_a_line_is_rehearsed_nobody_goes_live_and_the_dialog_comes_forward(
    qtbot: QtBot, house: House, store: Folders, photo: Path, way: str
) -> None:
    window, engine = house.window, house.engine
    on_air, outputs = window.on_air, part(window, OutputsPage)
    rehearse = Rehearsal(on_air.devices, window.bridge.reports(), outputs, window.options_of)
    dialog = ProfileDialog(store, window, judge=Finder().open, rehearse=rehearse)
    dialog.setModal(True)
    dialog.show()
    dialog.choose((photo,))
    qtbot.waitUntil(button(dialog, "Try a sentence").isEnabled)
    press(dialog, "Try a sentence")
    qtbot.waitUntil(lambda: part(dialog, Preview).picture is not None, timeout=10_000)
    window.activateWindow()
    if way == "key":
        house.keys.pressed.emit("toggle")
    elif way == "tray":
        house.tray.toggle.trigger()
    else:
        house.shell.do("toggle")
    assert len(engine.asked) == 1
    assert on_air.broadcast is None
    assert window.message.startswith("Somebody is speaking already; stop that first")
    assert window.transport.state is LiveState.STOPPED
    assert QApplication.activeWindow() is dialog
    dialog.reject()
    house.shell.do("toggle")
    qtbot.waitUntil(lambda: window.transport.state is LiveState.PREVIEW, timeout=10_000)
    assert window.message == ""


def test_keys_are_claimed_remembered_and_told_when_taken(
    qtbot: QtBot, house: House, tmp_path: Path, store: Folders
) -> None:
    house.shell.preferences.chosen.emit("keys", (("mute", "F9"), ("pause", "F1")))
    assert house.keys.wanted == [{"mute": "F9", "pause": "F1"}]
    assert "Taken" in words(house.shell.preferences).splitlines()
    house.close()
    assert house.keys.closed == 1
    again = House(qtbot, load(house.path), tmp_path, store)
    assert again.keys.wanted == [{"mute": "F9", "pause": "F1"}]
    again.close()


def test_closed_into_the_tray_it_goes_on_and_comes_back(house: House) -> None:
    press(house.window, "Stay in the tray when the window is closed")
    house.window.close()
    assert not house.window.isVisible()
    house.tray.show_window.trigger()
    assert house.window.isVisible()
    press(house.window, "Stay in the tray when the window is closed")
    house.window.close()
    assert not house.window.isVisible()


def test_colours_and_engine_change_at_once_and_are_remembered(house: House) -> None:
    choose(house.window, "Theme", "Dark")
    choose(house.window, "Engine", ENGINES["puppet"])
    assert house.window.palette().window().color().lightness() < 128
    saved = load(house.path)
    assert (saved.theme, saved.engine) == ("dark", "puppet")


def test_why_this_engine_runs_is_told_on_the_page_of_settings(qtbot: QtBot, house: House) -> None:
    go_live(qtbot, house.window)
    qtbot.waitUntil(lambda: "Test card, for a test" in words(house.shell.preferences).splitlines())
    stop(qtbot, house.window)


def test_what_others_would_notice_of_the_sound_is_a_warning(qtbot: QtBot, house: House) -> None:
    notice = house.window.notice
    go_live(qtbot, house.window)
    qtbot.waitUntil(lambda: house.window.transport.state.on)
    house.shell.warn("other programs play into the microphone")
    assert notice.message.startswith("Other programs play")
    house.shell.warn("")
    assert notice.message == ""
    notice.tell("The disk is full")
    house.shell.warn("other programs play into the microphone")
    assert notice.message == "The disk is full"
    stop(qtbot, house.window)


def test_where_the_window_stood_is_remembered(
    qtbot: QtBot, house: House, tmp_path: Path, store: Folders
) -> None:
    house.window.setGeometry(10, 40, 790, 640)
    size = house.window.size()
    part(house.window, QTabWidget, "Pages").setCurrentWidget(house.shell.preferences)
    house.close()
    again = House(qtbot, load(house.path), tmp_path, store)
    assert again.window.size() == size
    assert again.shell.preferences.isVisible()
    again.close()


def test_switched_off_a_voice_is_gone_from_the_list(house: House) -> None:
    before = titles(house.window, "Voice")
    assert "Typed text" in before
    house.shell.plugins.refresh()
    press(house.window, "Use the plugin Typed text")
    assert titles(house.window, "Voice") == [title for title in before if title != "Typed text"]
    assert load(house.path).plugins_off == ("speech",)
    press(house.window, "Use the plugin speech")
    assert titles(house.window, "Voice") == before


def test_everything_anybody_can_reach_has_a_name(qtbot: QtBot, house: House) -> None:
    nameless = []
    for place in range(part(house.window, QTabWidget, "Pages").count()):
        house.window.open_page(place)
    for found in house.window.findChildren(QWidget):
        if found.focusPolicy() == Qt.FocusPolicy.NoFocus or inner(found) or unsaid(found):
            continue
        seen = QAccessible.queryAccessibleInterface(found)
        if not seen.text(QAccessible.Text.Name) and not holds(found):
            nameless.append(f"{found} in {found.parent()}")
    assert nameless == []


def unsaid(part: QWidget) -> bool:
    """Return whether `part` is for a sentence, and there is nothing to say yet."""
    return isinstance(part, QLabel) and not part.text() and part.pixmap().isNull()


def holds(part: QWidget) -> bool:
    """Return whether `part` only holds others, or is part of one that Qt made."""
    return part.metaObject().className() in ("QScrollArea", "QTabWidget", "QTabBar")


@pytest.mark.parametrize("place", range(6))
def test_the_tab_key_reaches_everything_from_top_to_bottom_and_round(
    qtbot: QtBot, house: House, place: int
) -> None:
    house.window.show()
    house.window.activateWindow()
    pages = part(house.window, QTabWidget, "Pages")
    pages.setCurrentIndex(place)
    pages.tabBar().setFocus()
    seen: list[QWidget] = []
    for _ in range(200):
        QTest.keyClick(house.window, Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        assert focus is not None
        if focus in seen or focus is pages.tabBar():
            break
        seen.append(focus)
    page = pages.currentWidget()
    wanted = {
        found
        for found in page.findChildren(QWidget)
        if found.focusPolicy() & Qt.FocusPolicy.TabFocus and found.isEnabled()
        and found.isVisible() and not inner(found) and not holds(found)
    }  # fmt: skip
    assert wanted <= {*seen, *(found.focusProxy() for found in seen if found.focusProxy())}
