"""How the picture leaves: its size, and what of the photo is shown."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QWidget

from app.parts.quiet_wheel import quiet
from app.plain import add_row, tip
from core.profile import FITS, Framing, Profile
from core.video import FPS, HD, RATES, VideoFormat

FORMATS = {720: HD, 1080: VideoFormat(1920, 1080)}
"""What can be chosen, by height."""


class PictureChoice(QWidget):
    """Two lists."""

    changed = Signal()
    """Something that can change while live."""

    def __init__(self) -> None:
        super().__init__()
        self._size, self._fit, self._rate = (quiet(QComboBox()) for _ in range(3))
        for rate in RATES:
            self._rate.addItem(self.tr("{0} fps").replace("{0}", str(rate)), rate)
        tip(self._rate, self.tr("30 looks smoother, with a little more delay and load"))
        self._rate.setAccessibleName(self.tr("Frame rate"))
        self._fit.currentIndexChanged.connect(self.changed)
        for height, format in FORMATS.items():
            self._size.addItem(f"{height}p ({format.width} x {format.height})", height)
        for fit, title in self._fits():
            self._fit.addItem(title, fit)
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        add_row(layout, self.tr("Resol&ution"), self._size)
        add_row(layout, self.tr("&Frame rate"), self._rate)
        add_row(layout, self.tr("F&raming"), self._fit)
        self._size.setAccessibleName(self.tr("Resolution"))
        self._fit.setAccessibleName(self.tr("Framing of the photo"))

    def _fits(self) -> tuple[tuple[str, str], ...]:
        return (
            ("", self.tr("Head and shoulders (or the person's own framing)")),
            ("surround", self.tr("Whole photo, edges extended")),
            ("letterbox", self.tr("Whole photo, letterboxed")),
            ("fill", self.tr("Photo cropped to fill the picture")),
        )

    @property
    def height_chosen(self) -> int:
        """Pixels; one of `FORMATS`."""
        return int(self._size.currentData())

    @property
    def fit(self) -> str:
        """One of `core.profile.FITS`; empty as the person has it."""
        return str(self._fit.currentData())

    @property
    def rate(self) -> int:
        """Frames a second; one of `RATES`."""
        return int(self._rate.currentData())

    def hold(self, live: bool) -> None:
        """Keep what cannot change while live."""
        for part in (self._size, self._rate):
            part.setEnabled(not live)

    def format(self) -> VideoFormat:
        return replace(FORMATS[self.height_chosen], fps=self.rate)

    def pixels(self) -> tuple[int, int]:
        """Return width and height."""
        return FORMATS[self.height_chosen].width, FORMATS[self.height_chosen].height

    def framed(self, profile: Profile) -> Profile:
        """Return `profile` as it is to be shown."""
        fit = next((fit for fit in FITS if fit == self.fit), None)
        if fit is None:
            return profile
        return replace(profile, framing=replace(profile.framing or Framing(), fit=fit))

    def set_size(self, height: int, fit: str, rate: int = FPS) -> None:
        """Choose these, or what comes first where they are unknown."""
        self._rate.setCurrentIndex(max(0, self._rate.findData(rate)))
        self._size.setCurrentIndex(max(0, self._size.findData(height)))
        self._fit.setCurrentIndex(max(0, self._fit.findData(fit)))
