"""How recordings keep their sound."""

from PySide6.QtWidgets import QComboBox, QFormLayout, QWidget

from app.parts.quiet_wheel import quiet
from app.plain import add_row, tip
from core.film.film_sound import AAC, LOSSLESS


class FilmSoundChoice(QWidget):
    """A list; what is chosen goes for the next recording."""

    def __init__(self) -> None:
        super().__init__()
        self._kinds = quiet(QComboBox())
        self._kinds.addItem(self.tr("AAC: plays everywhere"), AAC)
        self._kinds.addItem(self.tr("Lossless (FLAC): for editing and measuring"), LOSSLESS)
        self._kinds.setAccessibleName(self.tr("Sound of recordings"))
        tip(self._kinds, self._words())
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        add_row(layout, self.tr("Soun&d"), self._kinds)

    @property
    def kind(self) -> str:
        """One of `SOUNDS`."""
        return str(self._kinds.currentData())

    def choose(self, kind: str) -> None:
        """Choose this one, or what comes first where it is unknown."""
        self._kinds.setCurrentIndex(max(0, self._kinds.findData(kind)))

    def _words(self) -> str:
        return self.tr(
            "Lossless takes two to five times the space, and some players may stay silent."
        )
