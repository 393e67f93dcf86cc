"""A photo in its frame, to be dragged and zoomed: with the mouse, or with the keyboard."""

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from app.parts.grip import Gripped
from app.parts.preview import GROUND, LETTERS, TURN, fitted, paint_waiting, to_image
from core.portrait.backdrop import StillPortrait
from core.portrait.framing import FramedPhoto
from core.portrait.placement import PersonOutline, place_photo
from core.portrait.surroundings import lay_out
from core.profile import Framing
from core.video import Picture, VideoFormat

SMALL = VideoFormat(480, 270)
"""What is laid out while dragging; enlarged to the widget's size."""


class FramingView(Gripped):
    """Shows what the frame will show; without a framing, what a webcam would."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._photo: Picture | None = None
        self._still: StillPortrait | None = None
        self._usual = Framing()
        self._framing: Framing | None = None
        self._words = self.tr("Drop a photo here")
        self._turn = 0
        self._wheel = QTimer(self, interval=TURN)
        self._wheel.timeout.connect(self._turn_wheel)
        self.setAccessibleName(self.tr("Framing"))
        self.setAccessibleDescription(
            self.tr("Arrow keys move, plus and minus zoom, 0 frames the face as a webcam would")
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumSize(320, 180)
        self.moved.connect(self.move_by)
        self.zoomed.connect(self.zoom_by)
        self.reset_wanted.connect(self.reset)

    @property
    def words(self) -> str:
        """What stands in place of a photo."""
        return self._words

    @property
    def framing(self) -> Framing | None:
        """None as long as nobody has changed anything."""
        return self._framing

    def sizeHint(self) -> QSize:
        return QSize(SMALL.width, SMALL.height)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return width * SMALL.height // SMALL.width

    def show_photo(
        self,
        photo: Picture | None,
        usual: Framing,
        framing: Framing | None,
        still: StillPortrait | None = None,
    ) -> None:
        """Show `photo`, framed as `usual` unless there is a `framing`; `still` is that photo."""
        if photo is not None:
            self._wheel.stop()
        self._photo, self._usual, self._framing, self._still = photo, usual, framing, still
        self.hold(photo is not None)
        self.update()

    def show_words(self, words: str, waiting: bool = False) -> None:
        """Show `words` where there is no photo to frame, and a wheel while one must wait for it."""
        self._words = words
        self._wheel.start() if waiting else self._wheel.stop()
        self.show_photo(None, Framing(), None)

    def _turn_wheel(self) -> None:
        self._turn = (self._turn + 30) % 360
        self.update()

    def reset(self) -> None:
        """Frame the face as a webcam would."""
        self._set(None)

    def move_by(self, dx: float, dy: float) -> None:
        """Drag the picture by shares of the frame."""
        if photo := self._in_frame():
            self._set(photo.moved(self._framing or self._usual, dx, dy))

    def zoom_by(self, factor: float, x: float = 0.5, y: float = 0.5) -> None:
        """Go closer to a place, shares of the frame."""
        if photo := self._in_frame():
            self._set(photo.zoomed(self._framing or self._usual, factor, x, y))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), GROUND)
        if self._wheel.isActive():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_waiting(painter, QRectF(self.rect()), self._words, self._turn)
            return
        if self._photo is None:
            painter.setPen(LETTERS)
            painter.drawText(
                self.rect().adjusted(16, 16, -16, -16),
                Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
                self._words,
            )
            return
        image = to_image(self._laid_out(self._photo))
        painter.drawImage(fitted(image.size(), self.size()), image)
        if self.hasFocus():
            painter.setPen(self.palette().highlight().color())
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _laid_out(self, photo: Picture) -> Picture:
        size = (photo.shape[1], photo.shape[0])
        where = place_photo(
            size, PersonOutline((0.0, 0.0, 1.0)), SMALL, self._framing or self._usual
        )
        if self._still:
            return self._still.render(where, SMALL)
        return lay_out(photo, where, SMALL)

    def _in_frame(self) -> FramedPhoto | None:
        if self._photo is None:
            return None
        return FramedPhoto((self._photo.shape[1], self._photo.shape[0]), SMALL)

    def _set(self, framing: Framing | None) -> None:
        if framing != self._framing:
            self._framing = framing
            self.update()
            self.changed.emit()
