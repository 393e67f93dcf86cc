"""How the window looks: light or dark, as the system has it or as chosen."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

Scheme = Qt.ColorScheme
Role = QPalette.ColorRole

CHOICES = {"": Scheme.Unknown, "light": Scheme.Light, "dark": Scheme.Dark}
"""What can be chosen; the first follows the system."""

COLOURS = {
    Scheme.Light: {
        Role.Window: "#f4f5f7", Role.Base: "#ffffff", Role.AlternateBase: "#eceef1",
        Role.Button: "#fbfbfc", Role.WindowText: "#1c1e22", Role.Text: "#1c1e22",
        Role.ButtonText: "#1c1e22", Role.BrightText: "#ffffff", Role.Mid: "#d4d8de",
        Role.PlaceholderText: "#6b727d", Role.ToolTipBase: "#26292f", Role.ToolTipText: "#f4f5f7",
        Role.Highlight: "#3461d8", Role.HighlightedText: "#ffffff", Role.Link: "#2450c0",
        Role.LinkVisited: "#2450c0", Role.Accent: "#3461d8",
    },
    Scheme.Dark: {
        Role.Window: "#1d1f24", Role.Base: "#15171b", Role.AlternateBase: "#23262c",
        Role.Button: "#2c3037", Role.WindowText: "#e8eaee", Role.Text: "#e8eaee",
        Role.ButtonText: "#e8eaee", Role.BrightText: "#ffffff", Role.Mid: "#40454e",
        Role.PlaceholderText: "#8d95a1", Role.ToolTipBase: "#3a3f48", Role.ToolTipText: "#f1f2f4",
        Role.Highlight: "#4c7bf3", Role.HighlightedText: "#ffffff", Role.Link: "#8fb0ff",
        Role.LinkVisited: "#8fb0ff", Role.Accent: "#4c7bf3",
    },
}  # fmt: skip

FAINT = {Scheme.Light: "#9aa1ab", Scheme.Dark: "#6a717c"}
"""Letters of what cannot be used now."""

STYLE = """
QLabel#heading { font-weight: 600; margin-top: 6px; }
QLabel#title { font-size: 20px; font-weight: 600; }
QLabel#quiet { color: palette(placeholder-text); }
QLabel#message { border-radius: 6px; padding: 8px 10px; background: #b3261e; color: white; }
QLabel#message[kind="good"] { background: #2e6b3a; }
QLabel#message[kind="warning"] { background: #8a5a00; }
QLabel#state { border-radius: 9px; padding: 2px 10px; font-weight: 600;
    background: palette(mid); color: palette(window-text); }
QLabel#state[air="live"] { background: #2e6b3a; color: white; }
QLabel#state[air="paused"] { background: #8a5a00; color: white; }
QLabel#state[air="failed"] { background: #b3261e; color: white; }
QPushButton { padding: 5px 12px; }
QPushButton#go { padding: 9px 12px; font-weight: 600; background: #3461d8; color: white;
    border: 1px solid #2a50b8; border-radius: 5px; }
QPushButton#go:hover { background: #4570e4; }
QPushButton#go:pressed { background: #2a50b8; }
QPushButton#go:focus { border: 2px solid palette(window-text); padding: 8px 11px; }
QPushButton#go[live="yes"] { background: #b3261e; border-color: #8f1d17; }
QPushButton#go[live="yes"]:hover { background: #c63a32; }
QPushButton#go:disabled { background: palette(mid); border-color: palette(mid);
    color: palette(placeholder-text); }
"""


class Theme:
    """Keeps the program's colours; one for the program, used by its thread."""

    def __init__(self, application: QApplication) -> None:
        self._application = application
        self._chosen = Scheme.Unknown
        application.setStyle("Fusion")
        application.setStyleSheet(STYLE)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._colour)
        self._colour()

    @property
    def dark(self) -> bool:
        return self._scheme() is Scheme.Dark

    def choose(self, name: str) -> None:
        """Look as `name` says, one of `CHOICES`; anything else follows the system."""
        self._chosen = CHOICES.get(name, Scheme.Unknown)
        QGuiApplication.styleHints().setColorScheme(self._chosen)
        self._colour()

    def _scheme(self) -> Qt.ColorScheme:
        # Not every system lets a program choose, so our own choice comes before what it says.
        if self._chosen is not Scheme.Unknown:
            return self._chosen
        dark = QGuiApplication.styleHints().colorScheme() is Scheme.Dark
        return Scheme.Dark if dark else Scheme.Light

    def _colour(self) -> None:
        self._application.setPalette(palette(self._scheme()))


def palette(scheme: Qt.ColorScheme) -> QPalette:
    """Return the colours of `scheme`, light or dark."""
    found = QPalette(QColor(COLOURS[scheme][Role.Button]), QColor(COLOURS[scheme][Role.Window]))
    for role, colour in COLOURS[scheme].items():
        found.setColor(role, QColor(colour))
    for role in (Role.WindowText, Role.Text, Role.ButtonText):
        found.setColor(QPalette.ColorGroup.Disabled, role, QColor(FAINT[scheme]))
    grey = QColor(COLOURS[scheme][Role.Mid])
    found.setColor(QPalette.ColorGroup.Disabled, Role.Highlight, grey)
    return found
