"""How the window looks: light or dark, as the system has it or as chosen."""

from pathlib import Path

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
        Role.PlaceholderText: "#656c77", Role.ToolTipBase: "#26292f", Role.ToolTipText: "#f4f5f7",
        Role.Highlight: "#3461d8", Role.HighlightedText: "#ffffff", Role.Link: "#2450c0",
        Role.LinkVisited: "#2450c0", Role.Accent: "#3461d8",
    },
    Scheme.Dark: {
        Role.Window: "#1f2227", Role.Base: "#2b2f36", Role.AlternateBase: "#30353d",
        Role.Button: "#383d46", Role.WindowText: "#e8eaee", Role.Text: "#e8eaee",
        Role.ButtonText: "#e8eaee", Role.BrightText: "#ffffff", Role.Mid: "#474d57",
        Role.PlaceholderText: "#9aa2ae", Role.ToolTipBase: "#3a3f48", Role.ToolTipText: "#f1f2f4",
        Role.Highlight: "#3a66dc", Role.HighlightedText: "#ffffff", Role.Link: "#8fb0ff",
        Role.LinkVisited: "#8fb0ff", Role.Accent: "#3a66dc",
    },
}  # fmt: skip

FAINT = {Scheme.Light: "#9aa1ab", Scheme.Dark: "#878e99"}
"""Letters of what cannot be used now."""

ICONS = (Path(__file__).parents[1] / "icons").as_posix()

STYLE = """
QLabel#heading { font-size: 15px; font-weight: 600; margin-top: 6px; }
QLabel#title { font-size: 20px; font-weight: 600; }
QLabel#quiet { color: palette(placeholder-text); }
QLabel#message { border-radius: 8px; padding: 8px 10px; background: #b3261e; color: white; }
QFrame#notice { border-radius: 8px; background: #b3261e; }
QFrame#notice[kind="good"] { background: #2e6b3a; }
QFrame#notice[kind="warning"] { background: #8a5a00; }
QFrame#notice[kind="note"] { background: #3a4250; }
QFrame#notice QLabel { color: white; }
QFrame#notice QPushButton { background: transparent; border: 2px solid transparent; padding: 3px; }
QFrame#notice QPushButton:focus { border-color: white; }
QFrame#over { border-radius: 8px; background: rgba(16, 20, 28, 200); }
QFrame#over QLabel { color: white; }
QFrame#transport { border-top: 1px solid palette(mid); background: palette(base); }
QFrame#card { border: 1px solid palette(mid); border-radius: 8px; }
QLabel#state { border-radius: 8px; padding: 2px 10px; font-weight: 600;
    background: palette(mid); color: palette(window-text); }
QLabel#state[live="live"] { background: #c62f26; color: white; }
QLabel#state[live="paused"] { background: #8a5a00; color: white; }
QPushButton { padding: 5px 11px; border: 1px solid palette(mid); border-radius: 8px;
    background: palette(button); }
QPushButton:hover { background: palette(alternate-base); }
QPushButton:pressed { background: palette(mid); }
QPushButton:focus { border: 2px solid palette(link); padding: 4px 10px; }
QPushButton:checked { background: palette(highlight); color: palette(highlighted-text);
    border-color: palette(highlight); }
QPushButton:checked:focus { border-color: palette(window-text); }
QPushButton:flat { border: none; background: transparent; }
QPushButton::menu-indicator { image: url(ICONS/chevron-down.svg); width: 12px; height: 12px;
    subcontrol-position: right center; right: 6px; }
QPushButton[popup="yes"] { padding-right: 24px; }
QPushButton#mute:checked, QPushButton#record:checked { background: #c62f26; color: white;
    border-color: #9c231c; }
QPushButton#pause:checked { background: #8a5a00; color: white; border-color: #6e4800; }
QPushButton#go { padding: 8px 12px; font-weight: 600; background: #3461d8; color: white;
    border-color: #2a50b8; }
QPushButton#go:hover { background: #406bdf; }
QPushButton#go:pressed { background: #2a50b8; }
QPushButton#go:focus { border: 2px solid palette(window-text); padding: 7px 11px; }
QPushButton#go[live="yes"] { background: #b3261e; border-color: #8f1d17; }
QPushButton#go[live="yes"]:hover { background: #c63a32; }
QPushButton#go:disabled { background: palette(mid); border-color: palette(mid);
    color: palette(placeholder-text); }
QToolButton#tile { border: 2px solid transparent; border-radius: 8px; padding: 3px;
    background: transparent; }
QToolButton#tile:hover { background: palette(alternate-base); }
QToolButton#tile:checked { border-color: palette(link); }
QToolButton#tile:focus { background: palette(mid); }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QLineEdit, QPlainTextEdit, QListWidget, QComboBox, QAbstractSpinBox {
    border: 1px solid palette(mid); border-radius: 8px; background: palette(base); }
QLineEdit, QComboBox, QAbstractSpinBox { min-height: 24px; padding: 2px 8px; }
QPlainTextEdit { padding: 2px 4px; }
QLineEdit:focus, QPlainTextEdit:focus, QListWidget:focus, QComboBox:focus,
    QAbstractSpinBox:focus { border: 2px solid palette(link); }
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus { padding: 1px 7px; }
QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled { background: palette(window); }
QAbstractSpinBox { min-height: 21px; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit { min-height: 0; padding: 0; border: none;
    background: transparent; }
QListWidget QLineEdit, QListWidget QLineEdit:focus { min-height: 0; padding: 0 4px;
    border: 1px solid palette(highlight); border-radius: 4px; background: palette(base); }
QComboBox { combobox-popup: 0; }
QComboBox QAbstractItemView { border: 1px solid palette(mid); padding: 2px;
    background: palette(base); selection-background-color: palette(highlight);
    selection-color: palette(highlighted-text); }
QComboBox QAbstractItemView::item { min-height: 24px; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url(ICONS/chevron-down.svg); width: 14px; height: 14px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: none; width: 20px;
    background: transparent; }
QAbstractSpinBox::up-arrow { image: url(ICONS/chevron-up.svg); width: 12px; height: 12px; }
QAbstractSpinBox::down-arrow { image: url(ICONS/chevron-down.svg); width: 12px; height: 12px; }
QCheckBox::indicator:unchecked { width: 13px; height: 13px; border-radius: 4px;
    border: 1px solid palette(placeholder-text); background: palette(base); }
QCheckBox:focus, QRadioButton:focus { color: palette(link); }
QCheckBox::indicator:checked { width: 13px; height: 13px; border-radius: 4px;
    border: 1px solid palette(highlight); background: palette(highlight);
    image: url(ICONS/tick.svg); }
QCheckBox::indicator:checked:focus { border: 2px solid palette(window-text); }
QCheckBox::indicator:unchecked:focus { border: 2px solid palette(link); }
QRadioButton::indicator { width: 13px; height: 13px; border-radius: 7px;
    border: 1px solid palette(placeholder-text); background: palette(base); }
QRadioButton::indicator:focus { border-color: palette(link); }
QRadioButton::indicator:checked { width: 7px; height: 7px; background: white;
    border: 4px solid palette(highlight); }
QScrollBar:vertical { width: 16px; background: transparent; margin: 0; }
QScrollBar::handle:vertical { background: palette(mid); border-radius: 4px; min-height: 32px;
    margin: 1px 1px 1px 7px; }
QScrollBar::add-line, QScrollBar::sub-line { height: 0; width: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QTabWidget::pane { border: none; }
QTabBar { qproperty-drawBase: 0; background: palette(window); }
QTabBar::tab { background: palette(window); padding: 8px 14px; border: none;
    border-bottom: 2px solid transparent; }
QTabBar::tab:selected { border-bottom-color: palette(highlight); }
QTabBar::tab:hover:!selected { border-bottom-color: palette(mid); }
QTabBar::tab:disabled { color: palette(placeholder-text); }
QTabBar:focus::tab:selected { background: palette(alternate-base); }
""".replace("ICONS", ICONS)


class Theme:
    """Keeps the program's colours; one for the program, used by its thread."""

    def __init__(self, application: QApplication) -> None:
        self._application = application
        self._chosen = Scheme.Unknown
        application.setStyle("Fusion")
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._colour)
        self._colour()

    @property
    def dark(self) -> bool:
        return self._scheme() is Scheme.Dark

    def choose(self, name: str) -> None:
        """Look as `name` says, one of `CHOICES`; anything else follows the system."""
        if CHOICES.get(name, Scheme.Unknown) is self._chosen:
            return
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
        # Parts that were made before keep the colours a style sheet gave them, so it goes first.
        self._application.setStyleSheet("")
        self._application.setPalette(palette(self._scheme()))
        self._application.setStyleSheet(STYLE)


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
