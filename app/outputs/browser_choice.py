"""The page on this computer that OBS shows: on or off, and its address."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.outputs.obs_offer import ObsOffer
from app.parts.sentences import began, reason, told
from app.plain import Label
from core.video import HD
from core.web.page_camera import PORT, BrowserCamera, PageError


class BrowserChoice(QWidget):
    """Serves the page from being switched on to being switched off or closed."""

    changed = Signal()

    def __init__(self, size: Callable[[], tuple[int, int]] = lambda: (HD.width, HD.height)) -> None:
        """`size` tells the width and height of the picture."""
        super().__init__()
        self.camera: BrowserCamera | None = None
        """The page while it is on."""
        self.token = ""
        """Part of the address; once there is one it stays, so that OBS finds the page again."""
        self._port = PORT
        self._on = QCheckBox(self.tr("Make a page for OBS (Browser source)"))
        self._on.toggled.connect(self._switch)
        self._address, self._copy = QLineEdit(), QPushButton(self.tr("&Copy"))
        self._address.setReadOnly(True)
        self._address.setAccessibleName(self.tr("Address of the page"))
        self._copy.setAccessibleName(self.tr("Copy the page's address"))
        self._copy.clicked.connect(self.copy)
        self._note = Label()
        self._note.setWordWrap(True)
        self.obs = ObsOffer(lambda: self.address, size)
        self._lay_out()
        self._tell()

    @property
    def on(self) -> bool:
        return self._on.isChecked()

    @property
    def address(self) -> str:
        """Empty while the page is off."""
        return self.camera.url if self.camera else ""

    @property
    def note(self) -> str:
        return self._note.text()

    def show_choice(self, on: bool, port: int, token: str) -> None:
        """Take over what was chosen before, and serve the page if it was on."""
        self._port, self.token = port, token
        self._on.setChecked(on)

    def hold(self, live: bool) -> None:
        """Leave the page as it is while live."""
        self._on.setEnabled(not live)

    def copy(self) -> None:
        """Put the address on the clipboard."""
        QGuiApplication.clipboard().setText(self.address)
        self._note.setText(self.tr("Copied. {how}").format(how=self._how()))

    def _how(self) -> str:
        return self.tr(
            "In OBS: Sources, Add, Browser; paste this URL, and use the resolution chosen below as "
            "width and height."
        )

    def close_page(self) -> None:
        """Take the page away, whatever is chosen."""
        self.obs.close_offer(0)
        if self.camera:
            self.camera.close()
            self.camera = None

    def _switch(self, on: bool) -> None:
        self.close_page()
        error = ""
        if on:
            try:
                self.camera = BrowserCamera(self._port, self.token)
                self.token = self.camera.token
            except (PageError, ValueError) as failure:
                error = reason(failure)
        self._tell(error)
        self.changed.emit()

    def _tell(self, error: str = "") -> None:
        text = error or told(self.camera.note if self.camera else "") or self._how()
        self._address.setText(self.address)
        self._note.setText(began(text))
        for part in (self._address, self._copy, self.obs):
            part.setVisible(bool(self.camera))
        self._note.setVisible(self.on)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self._address, 1)
        row.addWidget(self._copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._on)
        layout.addLayout(row)
        layout.addWidget(self._note)
        layout.addWidget(self.obs)
