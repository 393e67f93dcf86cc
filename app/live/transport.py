"""What is on, for how long and where it goes, and what starts, holds and ends it: on every page."""

from collections.abc import Callable, Sequence
from time import monotonic

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.live_state import LiveState, title
from app.parts.elided import Elided
from app.parts.icons import IconButton
from app.parts.notice import announce
from app.parts.preview import Preview
from app.parts.sentences import told
from app.plain import Label, tip
from core.live.figures import Figures

NATIVE = QKeySequence.SequenceFormat.NativeText

TICK = 500
"""Milliseconds between two looks at the clock."""

SMALL = QSize(80, 45)
"""Pixels of the picture on pages that have no larger one."""

EDGE = 8
"""Pixels above and below what stands in it."""

DOT = "#e5484d"
"""Colour of what records."""


class Transport(QFrame):
    """Shows a session without knowing it; its buttons stay, and are for the window to connect."""

    switched = Signal()
    """Mute or pause has been pressed."""
    state_changed = Signal(object)
    """Another `LiveState`."""
    outputs_wanted = Signal()
    """Somebody wants to change where it goes."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        super().__init__()
        self._now, self._since = now, 0.0
        self._leaving: tuple[str, ...] = ()
        self.state = LiveState.STOPPED
        self.mute = IconButton("mic", self.tr("Mute"))
        self.pause = IconButton("pause", self.tr("Pause"))
        self.record = IconButton("circle", self.tr("Record"))
        self.snapshot = IconButton("camera")
        self.go = QPushButton()
        self.mini = Preview("")
        self._label, self._time, self._figures, self._where = Label(), Label(), Elided(), Elided()
        self._clock = QTimer(self, interval=TICK)
        self._clock.timeout.connect(self.tick)
        self._describe()
        self._lay_out()
        self._connect()
        self.show_state(LiveState.STOPPED)

    @property
    def figures(self) -> str:
        return self._figures.whole

    @property
    def words(self) -> str:
        """What is going on, as people read it."""
        return self._label.text()

    @property
    def title(self) -> str:
        """What others get, for a title bar whose window itself may be hidden."""
        words = ["Understudy"]
        if self.state is not LiveState.STOPPED:
            words.insert(0, self.words)
        if self.record.isChecked():
            words.insert(0, self.tr("● Recording"))
        return " · ".join(words)

    @property
    def elapsed(self) -> str:
        """How long it has been on, as people read it; empty while nothing is."""
        return self._time.text()

    @property
    def where(self) -> str:
        """Where picture and voice go, as people read it."""
        return self._where.whole

    def show_state(self, state: LiveState) -> None:
        """Say what is going on, and offer what can be done now."""
        began = state.on and not self.state.on
        self.state = state
        for button in (self.mute, self.pause):
            button.setEnabled(state.on)
            if not state.on:
                button.setChecked(False)
        for button in (self.record, self.snapshot):
            button.setEnabled(state.on)
        if began:
            self._since = self._now()
            self._clock.start()
        elif not state.on:
            self._clock.stop()
            self._time.clear()
            self._figures.say("{0}", "")
        self._show_go()
        self._show_words()
        self.state_changed.emit(state)

    def show_where(self, leaving: Sequence[str], here: str) -> None:
        """Say where picture and voice go: whatever leaves the window, and what is heard `here`."""
        self._leaving = tuple(leaving)
        nothing = self.tr("nothing yet: preview only")
        words = " · ".join((*(leaving or (nothing,)), here))
        self._where.say(self.tr('<a href="outputs">Sending to</a>: {0}'), words)
        self._show_go()

    def show_figures(self, figures: Figures) -> None:
        """Say how it is doing: in short, and in full where the mouse rests."""
        words = self.tr("{rate} fps · {late} s delay")
        late = f"{figures.latency_p50:.1f}"
        self._figures.say("{0}", words.format(rate=f"{figures.rate:.0f}", late=late))
        tip(self._figures, told(str(figures)))

    def tick(self) -> None:
        """Look at the clock."""
        self._time.setText(lasted(self._now() - self._since))

    def _show_go(self) -> None:
        state = self.state
        stops = state.on or state in (LiveState.STARTING, LiveState.STOPPING)
        start = self.tr("Go live") if self._leaving else self.tr("Start preview")
        self.go.setText(self.tr("Stop") if stops else start)
        self.go.setEnabled(state is not LiveState.STOPPING)
        self.go.setProperty("live", "yes" if stops else "no")
        self.go.style().polish(self.go)

    def _show_words(self) -> None:
        muted = self.mute.isChecked()
        self.mute.setText(self.tr("Muted") if muted else self.tr("Mute"))
        self.mute.show_icon("mic-off" if muted else "mic", "white" if muted else "")
        paused = self.pause.isChecked()
        self.pause.setText(self.tr("Paused") if paused else self.tr("Pause"))
        self.pause.show_icon("pause", "white" if paused else "")
        words = title(self.state)
        words = self.tr("{state} · muted").format(state=words) if muted else words
        if words == self._label.text():
            return
        self._label.setText(words)
        self._label.setProperty("live", self.state.name.lower())
        self._label.style().polish(self._label)
        announce(self._label, words)

    def _connect(self) -> None:
        for switch in (self.mute, self.pause):
            switch.clicked.connect(self.switched)
            switch.toggled.connect(self._show_words)
        self._where.linkActivated.connect(self.outputs_wanted)
        keyed: tuple[tuple[str, QPushButton], ...] = (
            ("Ctrl+Return", self.go),
            ("Ctrl+M", self.mute),
            ("Ctrl+P", self.pause),
            ("Ctrl+R", self.record),
            ("Ctrl+Shift+S", self.snapshot),
        )
        for keys, button in keyed:
            add_key(self, keys, button)

    def _describe(self) -> None:
        self.mute.setAccessibleDescription(self.tr("Mutes your voice; the portrait stays idle"))
        self.pause.setAccessibleDescription(self.tr("Others see a placeholder and hear nothing"))
        self.snapshot.setAccessibleDescription(self.tr("Saves the picture as others see it"))
        for button in (self.mute, self.pause, self.record):
            button.setCheckable(True)
        self.mute.setObjectName("mute")
        self.pause.setObjectName("pause")
        self.snapshot.call(self.tr("Snapshot"))
        self.record.setObjectName("record")
        self.record.show_icon("circle", DOT)
        self.go.setObjectName("go")
        self.go.setDefault(True)
        self.go.setMinimumWidth(132)
        self.mini.setFixedSize(SMALL)
        self.mini.setVisible(False)
        self._label.setObjectName("state")
        self._figures.setObjectName("figures")

    def _lay_out(self) -> None:
        self.setObjectName("transport")
        first = QHBoxLayout()
        first.setSpacing(10)
        for label in (self._label, self._time):
            first.addWidget(label)
        first.addWidget(self._figures, 1)
        told = QVBoxLayout()
        told.setSpacing(4)
        told.addLayout(first)
        told.addWidget(self._where)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, EDGE, 16, EDGE)
        row.setSpacing(8)
        self.setMinimumHeight(SMALL.height() + 2 * EDGE)  # the same on every page
        row.addWidget(self.mini)
        row.addLayout(told, 1)
        for button in (self.mute, self.pause, self.record, self.snapshot, self.go):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)


def add_key(around: QWidget, keys: str, button: QPushButton) -> None:
    """Let `keys` press the button wherever the focus is, while `around` is there, and say so."""
    sequence = QKeySequence(keys)
    QShortcut(sequence, around, button.click)
    title = "" if button.text() else button.accessibleName()
    words = [title, button.accessibleDescription(), sequence.toString(NATIVE)]
    tip(button, "\n".join(filter(None, words)))


def lasted(seconds: float) -> str:
    """Return how long something has lasted: minutes and seconds, and hours where there are any."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"
