"""An avatar in the engine's process, seen from here: if the process dies it is begun anew, once."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

import numpy as np

from core.audio import Samples
from core.engine.conversation import Conversation, EngineError, EngineHung, Notifications
from core.look import Look
from core.process.child import ChildLost
from core.profile import Framing
from core.record import to_json
from core.sentence import said
from core.speech_marks import Marks
from core.stream import ChangeCallback
from core.video import Frame, VideoFormat

log = logging.getLogger(__name__)

CALM = 60.0
"""Seconds after a death within which another one ends the stream: it would go on like that."""

T = TypeVar("T")


class Opened(NamedTuple):
    """An avatar that has just been opened in a process."""

    conversation: Conversation
    head: dict[str, Any]
    """What the process answered."""


class RemoteStream:
    """Satisfies `AvatarStream` and `Skippable`; one thread, that which opened it.

    A process that dies or hangs is replaced once: the sound that it was given then is not shown,
    the avatar begins anew, and the frames' time goes on.
    """

    def __init__(
        self,
        look: Look,
        open_avatar: Callable[[Look], Opened],
        format: VideoFormat,
        opened: Opened,
        notifications: Notifications,
        timeout: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.format = format
        self.hop: int = opened.head["hop"]
        self.lag: int = opened.head["lag"]
        self._look = look
        self._open_avatar = open_avatar
        self._conversation = opened.conversation
        self._notifications = notifications
        self._timeout = timeout
        self._clock = clock
        self._died: float | None = None
        self._samples_taken = self._began = 0

    def step(self, audio: Samples, marks: Marks | None = None) -> Sequence[Frame]:
        """See `AvatarStream.step`.

        Raises:
            EngineError: it fails.
            ChildLost, EngineHung: the process has been lost for the second time.
        """
        frames = self._work(lambda: self._frames(audio, marks), list[Frame](), audio)
        return [replace(frame, sample=frame.sample + self._began) for frame in frames]

    def skip(self, audio: Samples, marks: Marks | None = None) -> int:
        """See `Skippable.skip`; raises as `step` does."""
        return self._work(lambda: int(self._ask("skip", audio, marks)["skipped"]), 0, audio)

    def close(self) -> None:
        """Let the process forget the avatar; if it is gone, there is nothing to forget."""
        try:
            self._ask("close")
        except (EngineError, ChildLost):
            log.info("the engine's process did not close the avatar", exc_info=True)

    def _frames(self, audio: Samples, marks: Marks | None) -> list[Frame]:
        head = self._ask("step", audio, marks)
        frames = self._read(head)
        while head["more"]:
            head = self._ask("more")
            frames += self._read(head)
        return frames

    def _read(self, head: dict[str, Any]) -> list[Frame]:
        return self._conversation.read_frames(head["samples"], self.format, head["covers"])

    def _ask(
        self, deed: str, audio: Samples | None = None, marks: Marks | None = None
    ) -> dict[str, Any]:
        body = b"" if audio is None else np.ascontiguousarray(audio, np.float32).tobytes()
        asked = {"do": deed, "marks": marks}
        return self._conversation.request(asked, body, self._notifications, self._timeout).head

    def _work(self, work: Callable[[], T], nothing: T, audio: Samples) -> T:
        """Return what `work` gives, or `nothing` where the process died of it."""
        self._samples_taken += len(audio)
        try:
            return work()
        except (ChildLost, EngineHung) as error:
            if self._conversation.abandoned:
                raise EngineError(
                    said("the engine has been closed", remedy="start again")
                ) from error
            if self._died is not None and self._clock() - self._died < CALM:
                raise
            log.warning("the engine's process is lost", exc_info=True)
            self._begin_again()
            return nothing

    def _begin_again(self) -> None:
        self._died = self._clock()
        self._conversation.close(0)
        self._conversation, head = self._open_avatar(self._look)
        self._notifications.set_framing(head["framing"])
        self._notifications.settle()
        self._began = self._samples_taken
        self._notifications.tell(said("The engine broke down and was started again."))


class RemoteChangeableStream(RemoteStream):
    """Satisfies `Changeable` as well."""

    @property
    def framing(self) -> Framing:
        """See `Changeable.framing`."""
        assert self._notifications.framing
        return self._notifications.framing

    def change(self, look: Look, on_changed: ChangeCallback) -> None:
        """See `Changeable.change`; `on_changed` hears it with the next step."""
        number = self._notifications.register(on_changed)
        self._look = look
        try:
            self._conversation.post({"do": "change", "number": number, "look": serialized(look)})
        except (EngineError, ChildLost):  # what is begun in its place begins with this look
            log.info("another look was asked of a process that has ended", exc_info=True)


def serialized(look: Look) -> str:
    """Return `look` for another process, whose working folder is another one."""
    pictures = tuple(path.absolute() for path in look.profile.references)
    background = look.background
    if background.kind == "picture":
        background = replace(background, picture=background.picture.absolute())
    return to_json(Look(replace(look.profile, references=pictures), background))
