"""A line of text that ends in an ellipsis where there is no room for all of it."""

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy

from app.plain import Label, html, tip


class Elided(Label):
    """Shows words in a template of HTML, as many as fit; all of them where the mouse rests."""

    def __init__(self) -> None:
        super().__init__()
        self._template, self._words = "{0}", ""
        self.setMinimumWidth(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def whole(self) -> str:
        """All words, as they would be read."""
        return re.sub(r"<[^>]*>", "", self._template).replace("{0}", self._words)

    def say(self, template: str, words: str) -> None:
        """Show `words` in place of {0}."""
        self._template, self._words = template, words
        self.setAccessibleName(self.whole)
        tip(self, self.whole)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        metrics = self.fontMetrics()
        rest = metrics.horizontalAdvance(self.whole) - metrics.horizontalAdvance(self._words)
        room = max(0, self.width() - rest - 2)
        shown = metrics.elidedText(self._words, Qt.TextElideMode.ElideRight, room)
        self.setText(html(self._template, shown or "…"[: len(self._words)]))
