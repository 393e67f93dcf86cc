"""Writes a picture of every screen, for whoever looks at the window as a whole.

What people see is judged by eye, so this is no test. On a display of its own:

    xvfb-run -s "-screen 0 1366x768x24" python -m tests.app.screens FOLDER --theme dark
    xvfb-run -s "-screen 0 2732x1536x24" python -m tests.app.screens FOLDER --scale 2 --language de
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QPushButton, QScrollArea

from app.__main__ import dressed, warmed
from app.desktop.keys.backends import open_keys
from app.desktop.theme import Theme
from app.desktop.tray import Tray
from app.outputs.badge_choice import really
from app.people.profile_dialog import ProfileDialog
from app.people.webcam_dialog import WebcamDialog
from app.settings import Settings
from app.shell import Shell, Surroundings
from app.window import Window
from tests.app.find import cut

SETTLE = 400
"""Milliseconds until what has been opened is drawn."""

LOOK, PATIENCE = 100, 90_000
"""Milliseconds between two looks for a person, or the check-up, and that they may take."""

HOMES = ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_VIDEOS_DIR")

LINE = "Good morning. This is how I look while I speak, and I go on for quite a while. " * 3


class Walk:
    """Goes through the window from the first page to the last, and takes a picture of each."""

    def __init__(self, shell: Shell, window: Window, folder: Path) -> None:
        self._shell, self._window, self._folder = shell, window, folder
        self._pages, self._number = window._pages, 0

    def all(self) -> None:
        """Go through everything; takes some minutes."""
        self._shoot("first_page")
        self._shell.welcome.agreed.emit()
        for part in (self._idle, self._people, self._live, self._others, self._boxes):
            part()

    def _idle(self) -> None:
        window, look = self._window, self._window.stage.look
        self._until(lambda: window.stage.preview.picture is not None)
        self._shoot("idle")
        for source in ("microphone", "audio_file", "speech"):
            self._pages.live.voice.choose(source)
            self._shoot(f"voice_{source}", 1500)
            if source == "audio_file":
                window.start()
                self._shoot("error")
        self._popup("label_menu", look.label.menu())
        look.frame.setChecked(True)
        self._shoot("framing")
        look.frame.setChecked(False)
        self._pages._cover.setGeometry(self._pages.rect())
        self._pages._cover.raise_()
        self._pages._cover.show()
        self._shoot("drop")
        self._pages._cover.hide()

    def _people(self) -> None:
        people = self._pages.live.people
        store, chosen = people.writable(), people.profile()
        assert store
        assert chosen
        self._modal("person_new", people._make)
        self._modal("person_copy", people._change, 4000)
        dialog = ProfileDialog(store, people, rehearse=people._rehearse)
        dialog.choose((*chosen.references, self._folder / "no.jpg"))
        self._modal("person_photos", dialog.exec, 4000)
        self._modal("webcam", WebcamDialog(self._folder, people).exec)
        people.menu.duplicate.trigger()
        self._shoot("people_own", 1500)
        self._popup("people_menu", people.menu)
        people.menu.rename.trigger()
        self._shoot("rename")
        people._list.setFocus()
        people.menu.remove.trigger()
        self._shoot("removed", 1000)

    def _live(self) -> None:
        window, transport, page = self._window, self._window.transport, self._pages.outputs.page
        window.stage.line._write(LINE)
        window.start()
        self._shoot("starting", 150)
        self._until(lambda: transport.state.on)
        self._shoot("preview", 2500)
        self._press("muted", transport.mute)
        transport.mute.click()
        self._press("recording", transport.record, 2200)
        self._press("recorded", transport.record, 2500)
        self._press("paused", transport.pause)
        page._on.setChecked(True)
        self._press("live", transport.pause)
        window.open_page(1)
        self._page("output_while_live")
        window.open_page(0)
        self._modal("closing", lambda: window._parts.leave(window, False))
        window.toggle()
        self._shoot("stopping", 30)
        self._until(lambda: window.on_air.broadcast is None)
        page._on.setChecked(False)

    def _others(self) -> None:
        window, shell = self._window, self._shell
        window.open_page(1)
        self._page("output")
        window.open_page(2)
        self._shoot("check_up_running")
        self._until(lambda: not self._pages.doctor.running)
        self._page("check_up")
        window.open_page(3)
        self._until(lambda: bool(shell.plugins.engines.cards))
        self._page("plugins")
        for card in shell.plugins.cards.values():
            card._options.setChecked(not card._options.isHidden())
        self._page("plugins_with_options")
        window.open_page(4)
        self._page("settings")
        window.open_page(5)
        self._until(lambda: bool(shell.about.text.toPlainText()))
        self._page("about")
        window.open_page(0)

    def _boxes(self) -> None:
        outputs = self._pages.outputs
        self._modal("keys", self._pages._help)
        self._modal("without_label", lambda: really(self._window))
        self._modal("no_microphone", outputs.sound._explain)
        self._modal("colour", outputs.background._ask_colour)
        self._popup("tray", Tray()._menu)

    def _shoot(self, name: str, milliseconds: int = SETTLE) -> None:
        """Wait, then take a picture of the whole screen."""
        QTest.qWait(milliseconds)
        self._number += 1
        path = self._folder / f"{self._number:02}_{name}.png"
        QGuiApplication.primaryScreen().grabWindow(0).save(str(path))
        for text in cut(QApplication.activeModalWidget() or self._window):
            sys.stdout.write(f"{path.stem}: no room for {text!r}\n")

    def _press(self, name: str, button: QPushButton, milliseconds: int = 2 * SETTLE) -> None:
        button.click()
        self._shoot(name, milliseconds)

    def _page(self, name: str) -> None:
        """Take a picture of what is open, and one of its end where it is longer."""
        self._shoot(name)
        for area in self._window.findChildren(QScrollArea):
            bar = area.verticalScrollBar()
            if area.isVisible() and bar.maximum():
                bar.setValue(bar.maximum())
                self._shoot(f"{name}_below")
                bar.setValue(0)

    def _modal(self, name: str, opens: Callable[[], object], milliseconds: int = SETTLE) -> None:
        """Take a picture of a dialog, and close it."""

        def shoot() -> None:
            self._shoot(name)
            if isinstance(dialog := QApplication.activeModalWidget(), QDialog):
                dialog.reject()

        QTimer.singleShot(milliseconds, self._window, shoot)
        opens()

    def _popup(self, name: str, menu: QMenu | None) -> None:
        assert menu
        menu.popup(self._window.mapToGlobal(self._window.rect().center() / 2))
        self._shoot(name)
        menu.hide()

    def _until(self, condition: Callable[[], bool]) -> None:
        waited = 0
        while not condition():
            QTest.qWait(LOOK)
            waited += LOOK
            assert waited < PATIENCE, "too slow, or an error is on the screen"


@contextmanager
def program(chosen: argparse.Namespace, home: Path) -> Iterator[tuple[Shell, Window]]:
    """Yield the whole program as `app.__main__` makes it, without tray and later starts."""
    settings = Settings(theme=chosen.theme, language=chosen.language, recordings=home)
    with ExitStack() as stack:
        engine = warmed()
        application = dressed(stack, settings, home)
        window = Window(settings, home / "settings.json", engine=engine)
        shell = Shell(window, Surroundings(Theme(application), None, open_keys(), None, home))
        stack.callback(shell.close, 5.0)
        stack.callback(shell.end)
        shell.show()
        yield shell, window


def main() -> None:
    found = argparse.ArgumentParser("screens", description=__doc__)
    found.add_argument("folder", type=Path)
    found.add_argument("--theme", default="light", choices=("light", "dark"))
    found.add_argument("--language", default="en")
    found.add_argument("--scale", default="1", help="points of the screen for each of the window")
    chosen = found.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as home:
        os.environ.update(dict.fromkeys(HOMES, home), QT_SCALE_FACTOR=chosen.scale)
        with program(chosen, Path(home)) as (shell, window):
            Walk(shell, window, chosen.folder).all()


if __name__ == "__main__":
    main()
