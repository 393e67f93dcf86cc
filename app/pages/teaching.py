"""Teaching the neural engine with a film: choose it, wait for it, take over what is learned."""

import logging
import math
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.parts.file_dialogs import Place
from app.parts.form import PathChooser
from app.parts.layout import note
from app.parts.quiet_wheel import quiet
from app.parts.sentences import began, reason
from app.people.consent import Consent
from app.plain import Label, add_row, warn
from core.engine.avatar_models import adopt, forget, is_finetuned, user_weights
from core.engine.finetuning import (
    USUAL_MINUTES,
    Film,
    FinetuneCancelled,
    LearnedPart,
    Progress,
    can_finetune,
    finetune,
)
from core.options import Hint
from core.temporary import TemporaryFolder

FILMS = "*.mp4 *.mov *.mkv *.webm *.avi *.m4v"
LOOK = 200
"""Milliseconds between two looks how far it has come."""
MINUTES = (5, 240)
PATIENCE = 3.0
"""Seconds that what is learned may take to end."""

log = logging.getLogger(__name__)

Learn = Callable[[Film, Path, Path, Callable[[Progress], None], Callable[[], bool]], object]
"""Learns from a film in a folder, into a file; see `core.engine.finetuning.finetune`."""


class Lesson:
    """Learns on a thread of its own; the window looks at `progress`, and at `result` in the end."""

    def __init__(self, film: Film, learn: Learn) -> None:
        self.progress = Progress()
        self.result: object = None
        """The parts of the model, or the error."""
        self._film, self._learn = film, learn
        self._folder = TemporaryFolder()
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, name="teaching", daemon=True)
        self._thread.start()

    @property
    def model(self) -> Path:
        """The file of what was learned, until `close`."""
        return self._folder.path / "learned.safetensors"

    @property
    def done(self) -> bool:
        return not self._thread.is_alive()

    def close(self, patience: float = PATIENCE) -> None:
        """End it, and remove all that was made of the film."""
        self._cancelled.set()
        self._thread.join(patience)
        self._folder.close()

    def _run(self) -> None:
        def tell(progress: Progress) -> None:
            self.progress = progress

        wanted = lambda: not self._cancelled.is_set()  # noqa: E731
        try:
            folder = self._folder.path
            self.result = self._learn(self._film, folder, self.model, tell, wanted)
        except Exception as error:
            if not isinstance(error, FinetuneCancelled):
                log.warning("nothing was learned from a film", exc_info=True)
            self.result = error


class _Fields(NamedTuple):
    """What is asked before it begins."""

    film: PathChooser
    minutes: QSpinBox
    consent: Consent


class TeachingDialog(QDialog):
    """Asks for a film and for consent, shows how far it has come, and what became of it."""

    taught = Signal()
    """The model is in its place."""

    def __init__(self, learn: Learn = finetune, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Teach with a film"))
        self._learn = learn
        self._lesson: Lesson | None = None
        kinds = self.tr("Films ({0})").replace("{0}", FILMS)
        film = PathChooser(Path(), Hint(self.tr("Film"), files=kinds), Place.MoviesLocation)
        self._fields = _Fields(film, quiet(QSpinBox()), Consent())
        self._state, self._bar = Label(), QProgressBar()
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._go = self._buttons.addButton("", QDialogButtonBox.ButtonRole.AcceptRole)
        self._timer = QTimer(self, interval=LOOK)
        self._form = QWidget()
        self._lay_out()
        self._connect()
        self._show_ready()

    @property
    def running(self) -> bool:
        """Whether it learns now."""
        return self._lesson is not None and not self._lesson.done

    @property
    def message(self) -> str:
        """What is said of how far it has come, or what became of it."""
        return self._state.text()

    @property
    def consent(self) -> Consent:
        return self._fields.consent

    def choose(self, film: Path) -> None:
        """Take this film."""
        self._fields.film.choose(film)

    def begin(self) -> None:
        """Learn from the film that is chosen."""
        chooser, minutes, consent = self._fields
        film = Film(chooser.path(), consent.text, minutes.value())
        try:
            self._lesson = Lesson(film, self._learn)
        except OSError as error:  # there is no place for what is made of the film
            self._state.setText(began(reason(error)))
            return
        self._form.setEnabled(False)
        self._go.setVisible(False)
        self._bar.setVisible(True)
        self._timer.start()
        self._look()

    def take_over(self) -> None:
        """Put what was learned into its place, and close."""
        assert self._lesson
        try:
            adopt(self._lesson.model)
        except OSError as error:
            warn(self, self.tr("Not saved"), began(reason(error)))
            return
        self.taught.emit()
        self.accept()

    def done(self, result: int) -> None:
        self.end(PATIENCE)
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.end(PATIENCE)
        super().closeEvent(event)

    def end(self, patience: float) -> None:
        """Stop learning; nothing is kept that was made of the film."""
        self._timer.stop()
        if self._lesson:
            self._lesson.close(patience)
            self._lesson = None

    def _act(self) -> None:
        if self._lesson is None:
            self.begin()
        else:
            self.take_over()

    def _show_ready(self) -> None:
        """Let it begin once film and consent are there."""
        chosen, consent = self._fields.film.path() != Path(), self._fields.consent
        self._go.setEnabled(chosen and consent.named and consent.given)

    def _look(self) -> None:
        assert self._lesson
        if self._lesson.done:
            self._timer.stop()
            self._bar.setVisible(False)
            self._show_result(self._lesson.result)
            return
        seconds, share, needed = self._lesson.progress
        self._bar.setRange(0, 1000 if seconds else 0)
        self._bar.setValue(round(1000 * share))
        if not seconds:
            self._state.setText(self.tr("Looking for the face in every picture of the film…"))
            return
        minutes = self._fields.minutes.value()
        left = max(1, round((1 - share) * minutes))
        text = self.tr("Learning from {0} s of film; {1} min left").format(round(seconds), left)
        if needed > minutes:
            text += "\n" + self.tr(
                "This computer is slow for that: to learn enough it needs about {0} min."
            ).format(math.ceil(needed))
        self._state.setText(text)

    def _show_result(self, result: object) -> None:
        if isinstance(result, Exception):
            self._state.setText(began(reason(result)))
            self.end(PATIENCE)
            self._form.setEnabled(True)
            self._go.setVisible(True)
            self._show_ready()
            return
        assert isinstance(result, list)
        self._state.setText("\n".join(self._told(part) for part in result))
        self._go.setText(self.tr("&Use it"))
        self._go.setVisible(True)
        self._go.setEnabled(True)

    def _told(self, part: LearnedPart) -> str:
        picture = part.part == "picture"
        words = (
            self.tr("Face and mouth: {0} dB before, {1} dB now")
            if picture
            else self.tr("Error of movement: {0} before, {1} now")
        )
        digits = 1 if picture else 3
        text = words.format(f"{part.before:.{digits}f}", f"{part.after:.{digits}f}")
        return text if part.better else text + self.tr(" (not better, so it stays as it was)")

    def _connect(self) -> None:
        self._fields.film.changed.connect(self._show_ready)
        self._fields.consent.changed.connect(self._show_ready)
        self._go.clicked.connect(self._act)
        self._buttons.rejected.connect(self.reject)
        self._timer.timeout.connect(self._look)

    def _lay_out(self) -> None:
        film, minutes, consent = self._fields
        minutes.setRange(*MINUTES)
        minutes.setValue(round(USUAL_MINUTES))
        minutes.setSuffix(self.tr(" min"))
        minutes.setAccessibleName(self.tr("Time to learn"))
        form = QFormLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        add_row(form, self.tr("&Film"), film)
        add_row(form, self.tr("&Time to learn"), minutes)
        add_row(form, self.tr("Who is it?"), consent)
        self._go.setText(self.tr("&Start"))
        self._bar.setVisible(False)
        self._bar.setTextVisible(False)
        self._state.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 18, 18, 18)
        layout.setSpacing(12)
        layout.addWidget(
            note(
                self.tr(
                    "Three minutes or more of one person who talks, alone in the picture, facing "
                    "the camera. It is learned on this computer while you go on working; the last "
                    "half minute is kept back to check whether it got better."
                )
            )
        )
        for part in (self._form, self._state, self._bar):
            layout.addWidget(part)
        layout.addStretch(1)
        layout.addWidget(self._buttons)
        self.resize(520, 460)


class Teaching(QWidget):
    """Buttons to teach the neural engine, and to forget it; hidden where it cannot learn."""

    taught = Signal()

    def __init__(self, able: Callable[[], bool] = can_finetune, learn: Learn = finetune) -> None:
        super().__init__()
        self._able, self._learn = able, learn
        self._dialog: TeachingDialog | None = None
        self._teach = QPushButton(self.tr("T&each with a film…"))
        self._forget = QPushButton(self.tr("For&get what it learned"))
        self._teach.clicked.connect(self.open)
        self._forget.clicked.connect(self.forget)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._teach)
        layout.addWidget(self._forget)
        layout.addStretch(1)
        self.show_possible()

    @property
    def dialog(self) -> TeachingDialog | None:
        """What is open now."""
        return self._dialog

    @property
    def running(self) -> bool:
        """Whether something is being learned."""
        return self._dialog is not None and self._dialog.running

    @property
    def able(self) -> bool:
        """Whether it can be taught, or has something to forget."""
        return not (self._teach.isHidden() and self._forget.isHidden())

    def open(self) -> None:
        """Open the dialog; the window stays usable."""
        if self._dialog is None:
            self._dialog = TeachingDialog(self._learn, self)
            self._dialog.taught.connect(self._learned)
            self._dialog.finished.connect(self._closed)
        self._dialog.show()
        self._dialog.raise_()

    def forget(self) -> None:
        """Go back to the model as it was."""
        try:
            forget()
        except OSError as error:
            warn(self, self.tr("Not removed"), began(reason(error)))
        self.show_possible()

    def end(self, patience: float) -> None:
        """Stop what is being learned."""
        if self._dialog:
            self._dialog.end(patience)

    def show_possible(self) -> None:
        """Offer what can be done now."""
        own = user_weights()
        self._teach.setVisible(self._able())
        self._forget.setVisible(own.exists() and is_finetuned(own))

    def _learned(self) -> None:
        self.show_possible()
        self.taught.emit()

    def _closed(self) -> None:
        if self._dialog:
            self._dialog.deleteLater()
            self._dialog = None
