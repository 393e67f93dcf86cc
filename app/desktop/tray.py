"""The program in the tray, where the system has one."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from app.desktop.icon import icon
from app.live_state import LiveState, title
from app.plain import tip


class Tray(QObject):
    """An icon that says what is on, and a menu of what can be done without the window."""

    asked = Signal(str)
    """One of the deeds of `app.desktop.keys.backends`, or "quit"."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._menu = QMenu()
        self.show_window, self.toggle = self._action("show"), self._action("toggle")
        self._menu.addSeparator()
        self.mute, self.pause = self._action("mute"), self._action("pause")
        self._menu.addSeparator()
        self.quit = self._action("quit")
        self.mute.setCheckable(True)
        self.pause.setCheckable(True)
        self._icon = QSystemTrayIcon(self)
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._clicked)
        self.name()

    @staticmethod
    def possible() -> bool:
        """Whether the system has a tray; GNOME has none by itself."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    @property
    def tip(self) -> str:
        return self._icon.toolTip()

    def show(self) -> None:
        self._icon.show()

    def hide(self) -> None:
        self._icon.hide()

    def name(self) -> None:
        """Name what can be done, in the language that is spoken now; nothing is on."""
        self.show_window.setText(self.tr("Show the window"))
        self.mute.setText(self.tr("Mute"))
        self.pause.setText(self.tr("Pause"))
        self.quit.setText(self.tr("Quit"))
        self.show_state(LiveState.STOPPED)

    def show_state(self, state: LiveState) -> None:
        """Say what is on, and offer what can be done now."""
        self._icon.setIcon(icon(state.name.lower()))
        tip(self._icon, f"Understudy: {title(state)}")
        idle = state in (LiveState.STOPPED, LiveState.FAILED)
        self.toggle.setText(self.tr("Start") if idle else self.tr("Stop"))
        self.toggle.setEnabled(state is not LiveState.STOPPING)
        for action in (self.mute, self.pause):
            action.setEnabled(state.on)

    def show_switches(self, mute: bool, pause: bool) -> None:
        self.mute.setChecked(mute)
        self.pause.setChecked(pause)

    def _action(self, word: str) -> QAction:
        action = self._menu.addAction("")
        action.triggered.connect(lambda: self.asked.emit(word))
        return action

    def _clicked(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.asked.emit("show")
