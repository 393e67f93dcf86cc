"""The offer to have a running OBS show the page, in place of copying its address by hand."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.parts.question import Question
from app.parts.sentences import began, reason
from app.plain import Label
from core.web.obs import ObsError, show_page


class ObsOffer(QWidget):
    """Password and button; OBS is asked on a thread of its own. The password is kept nowhere.

    `address` and `size` tell what OBS shall show; `show` asks it and returns its scene.
    """

    def __init__(
        self,
        address: Callable[[], str],
        size: Callable[[], tuple[int, int]],
        show: Callable[[str, tuple[int, int], str], str] = show_page,
    ) -> None:
        super().__init__()
        self._address, self._size, self._show = address, size, show
        self._question = Question(self._ask, self)
        self._question.answered.connect(self._tell)
        self._wanted = ("", (0, 0), "")
        self._password, self._add = QLineEdit(), QPushButton(self.tr("Add to OBS"))
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._password.setPlaceholderText(
            self.tr("Password (in OBS: Tools, WebSocket Server Settings)")
        )
        self._password.setAccessibleName(self.tr("Password of OBS's WebSocket server"))
        self._password.returnPressed.connect(self.add)
        self._add.clicked.connect(self.add)
        self._note = Label()
        self._note.setWordWrap(True)
        self._note.setVisible(False)
        row = QHBoxLayout()
        row.addWidget(self._password, 1)
        row.addWidget(self._add)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        layout.addWidget(self._note)

    @property
    def note(self) -> str:
        """What became of it."""
        return self._note.text()

    def add(self) -> None:
        """Have OBS show the page."""
        if self._add.isEnabled():
            self._add.setEnabled(False)
            self._wanted = (self._address(), self._size(), self._password.text())
            self._question.ask()

    def close_offer(self, patience: float) -> None:
        """Wait at most `patience` seconds for OBS, if it is being asked."""
        self._question.close(patience)
        self._add.setEnabled(True)

    def _ask(self) -> str | ObsError:
        """Runs on the other thread."""
        try:
            return self._show(*self._wanted)
        except ObsError as error:
            return error

    def _tell(self, answer: str | ObsError | None) -> None:
        self._add.setEnabled(True)
        if isinstance(answer, str):
            self._password.clear()
            words = self.tr("OBS shows it in the scene {scene}.").replace("{scene}", answer)
        elif answer is None:
            words = self.tr("OBS could not be asked; the log says why.")
        else:
            words = began(reason(answer))
        self._note.setText(words)
        self._note.setVisible(True)
