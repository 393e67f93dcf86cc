"""How much louder a microphone is made, for those whom it hears too faintly or too loud."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from app.parts.icons import IconButton
from app.parts.quiet_wheel import quiet
from app.plain import Label, tip

LOWEST, HIGHEST = -12, 24
"""Decibels."""


class MicrophoneGain(QWidget):
    """A slider in decibels and a button that takes it back; heard and seen at once."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._slider = quiet(QSlider(Qt.Orientation.Horizontal))
        self._slider.setRange(LOWEST, HIGHEST)
        self._slider.setPageStep(3)
        self._slider.setAccessibleName(self.tr("Microphone gain"))
        tip(self._slider, self.tr("Speak: the level should pass the first line, not the second"))
        self._value = Label()
        self._value.setMinimumWidth(self.fontMetrics().horizontalAdvance("+24 dB"))
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._back = IconButton("rotate-ccw")
        self._back.call(self.tr("Reset the gain"))
        self._back.clicked.connect(lambda: self._slider.setValue(0))
        self._slider.valueChanged.connect(self._show)
        title = Label(self.tr("Gain"))
        title.setBuddy(self._slider)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(title)
        layout.addWidget(self._slider, 1)
        layout.addWidget(self._value)
        layout.addWidget(self._back)
        self._show()

    @property
    def decibels(self) -> int:
        return self._slider.value()

    @property
    def factor(self) -> float:
        """By which samples are to be multiplied."""
        return float(10 ** (self.decibels / 20))

    def set_decibels(self, decibels: int) -> None:
        self._slider.setValue(decibels)

    def _show(self) -> None:
        self._value.setText(self.tr("{0} dB").replace("{0}", f"{self.decibels:+d}"))
        self._back.setEnabled(bool(self.decibels))
        self.changed.emit()
