"""Where the voice goes: a microphone others can choose, a device, and one's own ears."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QWidget,
)

from app.parts.quiet_wheel import quiet
from app.parts.sentences import began, told
from app.plain import Label, add_row, explain, html
from core.sound.outputs import Output, outputs
from core.sound.speaker import SpeakerFigures
from core.sound.virtual_microphone import missing

POLL = 4000
"""Milliseconds between two looks for what was plugged or unplugged."""


AUTO = "auto"
"""Where people hear it: what is typed or lies in a file from the system's speakers, a microphone
nowhere."""


@dataclass(frozen=True)
class SoundChoice:
    """Names of outputs; empty means none."""

    output: str = ""
    ears: str = AUTO
    """Where people hear it themselves as well."""


class SoundPage(QWidget):
    """Two lists of outputs, what to do in the meeting program, and how the sound is doing."""

    changed = Signal()

    def __init__(self, search: Callable[[], list[Output]] = outputs) -> None:
        super().__init__()
        self._search = search
        self._outputs: dict[str, Output] = {}
        self._aloud = False
        self._found: list[Output] | None = None
        self._looking: threading.Thread | None = None
        self._timer = QTimer(self, interval=30)
        self._timer.timeout.connect(self._take)
        self._poll = QTimer(self, interval=POLL)
        self._poll.timeout.connect(self.follow)
        self._poll.start()
        self._output, self._ears = (
            _list(self.tr("Microphone output")),
            _list(self.tr("Listen yourself")),
        )
        self._advice, self._state = Label(), Label()
        self._help = Label(
            html(self.tr('<a href="help">No virtual microphone found. How to get one</a>'))
        )
        self._help.linkActivated.connect(self._explain)
        self._again = QPushButton(self.tr("Refresh"))
        self._again.clicked.connect(lambda: self.look(self.choice()))
        for box in (self._output, self._ears):
            box.currentIndexChanged.connect(self._advise)
            box.currentIndexChanged.connect(self.changed)
        self._lay_out()
        self._fill(SoundChoice())

    @property
    def advice(self) -> str:
        return self._advice.text()

    @property
    def state(self) -> str:
        return self._state.text()

    def look(self, chosen: SoundChoice) -> None:
        """Show `chosen`, and list the outputs there are as soon as they are found."""
        self._fill(chosen)
        if not self._timer.isActive():
            self._again.setEnabled(False)
            self._begin()

    def follow(self) -> None:
        """Take in what was plugged or unplugged, while anybody sees it."""
        if self.isVisible() and not self._timer.isActive():
            self._begin()

    def _begin(self) -> None:
        self._found = None
        self._timer.start()
        self._looking = threading.Thread(target=self._look, name="sound outputs", daemon=True)
        self._looking.start()

    def end(self, patience: float) -> None:
        """Wait for a search on its way: a sound library must not be left in the middle of one."""
        self._timer.stop()
        self._poll.stop()
        if self._looking is not None:
            self._looking.join(patience)

    def choice(self) -> SoundChoice:
        return SoundChoice(self._output.currentData() or "", self._ears.currentData() or "")

    def microphone(self) -> str:
        """Name what others can choose as a microphone; empty if the voice stays here.

        What is chosen and has not been found yet may be one.
        """
        name = self._output.currentData() or ""
        output = self._outputs.get(name)
        return output.microphone if output else name and self._output.currentText()

    def heard_at(self) -> str:
        """Name where people hear it themselves; empty if nowhere."""
        found = (self._outputs.get(name) for name in self.places())
        return ", ".join(output.title for output in found if output and not output.microphone)

    def follow_voice(self, aloud: bool) -> None:
        """Take in whether people want to hear the voice that is chosen."""
        before, self._aloud = self.places(), aloud
        if self.places() != before:
            self.changed.emit()

    def places(self) -> tuple[str, ...]:
        """Return each output that is to be opened for the voice that is chosen, once."""
        choice = self.choice()
        ears = choice.ears if choice.ears != AUTO else self._speakers() if self._aloud else ""
        return tuple(dict.fromkeys(name for name in (choice.output, ears) if name))

    def _speakers(self) -> str:
        """Return the system's own choice, which comes first; empty where there is nothing."""
        ears = (name for name, output in self._outputs.items() if not output.microphone)
        return next(ears, "")

    def ears_or_first(self) -> str:
        """Return where people hear it themselves, or would; empty where there is nothing."""
        ears = self.choice().ears
        return self._speakers() if ears in ("", AUTO) else ears

    def show_figures(self, figures: Sequence[SpeakerFigures]) -> None:
        """Say how what is open is doing."""
        self.tell("\n".join(told(str(one)) for one in figures))

    def tell(self, text: str) -> None:
        """Show a line about the sound, or none."""
        self._state.setText(began(text))
        self._state.setVisible(bool(text))

    def _look(self) -> None:
        """Runs aside, and touches nothing of Qt: the page may be gone before it ends."""
        try:
            self._found = self._search()
        except Exception:  # noqa: BLE001 - whatever is wrong is told in full when one is opened
            self._found = []

    def _take(self) -> None:
        if self._found is None:
            return
        self._timer.stop()
        self._again.setEnabled(True)
        outputs = {output.name: output for output in self._found}
        if outputs != self._outputs:
            self._outputs = outputs
            self._fill(self.choice())
            self.changed.emit()
        self._help.setVisible(not any(output.microphone for output in self._found))

    def _fill(self, chosen: SoundChoice) -> None:
        everything = list(self._outputs.values())
        ears = [output for output in everything if not output.microphone]
        off = (self.tr("Off"), "")
        auto = (self.tr("Automatic: typed text and audio files only"), AUTO)
        _show(self._output, (off,), everything, chosen.output)
        _show(self._ears, (auto, off), ears, chosen.ears)
        self._help.setVisible(False)
        self._advise()

    def _advise(self) -> None:
        choice = self.choice()
        output = self._outputs.get(choice.output)
        lines = []
        if output and output.microphone:
            words = self.tr("In your meeting program, choose “{name}” as microphone.")
            lines.append(words.format(name=output.microphone))
        if choice.ears not in ("", AUTO) or (output and not output.microphone):
            lines.append(self.tr("Use headphones, or your microphone will pick this up."))
        self._advice.setText("\n".join(lines))
        self._advice.setVisible(bool(lines))

    def _explain(self) -> None:
        explain(self, self.tr("Virtual microphone"), f"{began(told(missing()))}.")

    def _lay_out(self) -> None:
        for label in (self._help, self._advice, self._state):
            label.setWordWrap(label is not self._help)  # in a form, what wraps takes too much room
            label.setVisible(False)
        self._state.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout()
        row.addWidget(self._output, 1)
        row.addWidget(self._again)
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        add_row(layout, self.tr("Microphone output"), row)
        add_row(layout, "", self._help)
        add_row(layout, self.tr("Listen yourself"), self._ears)
        layout.addRow(self._advice)
        layout.addRow(self._state)


def _list(name: str) -> QComboBox:
    box = quiet(QComboBox())
    box.setAccessibleName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(12)
    return box


def _show(
    box: QComboBox, first: Sequence[tuple[str, str]], found: Sequence[Output], chosen: str
) -> None:
    """List what was found, with `chosen` on top of the box even if it was not."""
    with QSignalBlocker(box):
        box.clear()
        for title, name in first:
            box.addItem(title, name)
        for output in found:
            box.addItem(output.title, output.name)
        if box.findData(chosen) < 0:
            box.addItem(
                QCoreApplication.translate("SoundPage", "{name} (not found)").format(name=chosen),
                chosen,
            )
        box.setCurrentIndex(box.findData(chosen))
