"""A voice engine in a process of its own, seen from here."""

from collections.abc import Callable, Sequence

from core.process.child import Child, command
from core.process.respawning_child import RespawningChild
from core.voice_engine import Manner, Utterance, VoiceEntry
from core.voices.voice_process import answered, speak_order

LIST_DEADLINE = 20.0
"""Seconds until an engine must have said what it can speak."""

FIRST_DEADLINE, DEADLINE = 60.0, 20.0
"""Seconds until a piece must be spoken: by a process that still has to load its engine, and by one
that has."""

PROCESS = "core.voices.voice_process"


class VoiceClient:
    """Has texts spoken by one engine. One thread asks; any may close.

    A process that is lost or late is replaced with the next order.
    """

    def __init__(
        self,
        engine: str,
        spawn: Callable[[], Child] = lambda: Child(command(PROCESS), "voice"),
        deadlines: tuple[float, float] = (FIRST_DEADLINE, DEADLINE),
    ) -> None:
        self.engine = engine
        self._child = RespawningChild(self._counted(spawn))
        self._first_deadline, self._deadline = deadlines
        self._loaded = False
        self._closed = False

    def list(self) -> tuple[Sequence[tuple[str, str]], Sequence[VoiceEntry]]:
        """Return the languages (code, title) and the voices of the engine.

        Raises:
            ChildLost, OrderFailed: it could not say; says why.
        """
        head = self._child.order({"do": "list", "engine": self.engine}, LIST_DEADLINE).head
        languages = [(str(code), str(title)) for code, title in head["languages"]]
        return languages, [VoiceEntry(*entry) for entry in head["voices"]]

    def speak(self, manner: Manner, text: str) -> tuple[Utterance, float]:
        """Return `text` spoken, and the samples per second of it.

        Raises:
            ChildLate: it took too long, or this is closed.
            ChildLost: the process has ended; the next order starts another.
            OrderFailed: it could not; says why.
        """
        deadline = self._deadline if self._loaded else self._first_deadline
        order = speak_order(self.engine, manner, text)
        found = answered(self._child.order(order, deadline, lambda: not self._closed))
        self._loaded = True
        return found

    def close(self) -> None:
        """End the process at once; any thread, twice if need be."""
        self._closed = True
        self._child.close(0)

    def _counted(self, spawn: Callable[[], Child]) -> Callable[[], Child]:
        def anew() -> Child:
            self._loaded = False
            return spawn()

        return anew
