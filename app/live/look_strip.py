"""How the picture looks, chosen below it: background, framing, label, and the mirror."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from app.live.transport import add_key
from app.outputs.background_choice import BackgroundChoice
from app.outputs.badge_choice import BadgeChoice
from app.parts.icons import IconButton


class LookStrip(QWidget):
    """Tiles of backgrounds on the left, buttons on the right."""

    def __init__(self, background: BackgroundChoice, badge: BadgeChoice) -> None:
        super().__init__()
        self._badge = badge
        self.mirror, self.frame = IconButton("flip-horizontal-2"), IconButton("crop")
        self.label = IconButton("tag")
        self.mirror.call(self.tr("Mirror"))
        self.frame.call(self.tr("Framing"))
        self.label.call(self.tr("AI label"))
        for button in (self.mirror, self.frame):
            button.setCheckable(True)
        self.mirror.setAccessibleDescription(
            self.tr("Mirrors your preview only; others see it unmirrored")
        )
        self.frame.setAccessibleDescription(
            self.tr("Drag the picture to move it, scroll to zoom; arrow keys, +, - and 0 do too")
        )
        self.label.setAccessibleDescription(
            self.tr("Whether the picture says “AI-generated”, and where")
        )
        add_key(self, "Ctrl+Shift+M", self.mirror)
        add_key(self, "Ctrl+F", self.frame)
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill)
        self.label.setMenu(self._menu)
        self.label.setProperty("popup", "yes")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(background)
        layout.addStretch(1)
        for button in (self.label, self.mirror, self.frame):
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)

    def _fill(self) -> None:
        """Offer what can be chosen of the label, as it is now."""
        menu, badge = self._menu, self._badge
        menu.clear()
        shown = menu.addAction(self.tr("Show “AI-generated” in the picture"))
        shown.setCheckable(True)
        shown.setChecked(badge.on)
        shown.triggered.connect(badge.turn)
        for title, box in (
            (self.tr("Position"), badge.places),
            (self.tr("Text size"), badge.sizes),
        ):
            inside, group = menu.addMenu(title), QActionGroup(menu)
            inside.setEnabled(badge.on)
            for row in range(box.count()):
                action: QAction = inside.addAction(box.itemText(row))
                action.setCheckable(True)
                action.setChecked(row == box.currentIndex())
                action.triggered.connect(lambda _, box=box, row=row: box.setCurrentIndex(row))
                group.addAction(action)
        if not badge.isEnabled():
            menu.setEnabled(True)
            for action in menu.actions():
                action.setEnabled(False)
            menu.addAction(self.tr("Stop to change the label")).setEnabled(False)
