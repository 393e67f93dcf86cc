"""Client of the engine's process: avatars are opened and stepped there, so no window waits."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Lock
from typing import Any

from core.engine.badge import BadgeOptions
from core.engine.conversation import SHARED_BYTES, Conversation, EngineError, Notifications
from core.engine.remote_stream import Opened, RemoteChangeableStream, RemoteStream, serialized
from core.look import Look
from core.process.child import ChildLost, command
from core.record import to_json
from core.sentence import said
from core.stream import AvatarStream
from core.video import VideoFormat

OPENING_TIMEOUT = 120.0
"""Seconds without an answer after which an engine that opens counts as hung; it may take long."""

STEP_TIMEOUT = 10.0
"""The same for one that is live: a machine that stood still for a while shall not be blamed."""


class Engine:
    """Opens avatars in a process that stays between them, one at a time.

    Whoever opens an avatar also steps and closes it, on one thread. Any other may `start`,
    `prefetch`, `forget_avatar` and `close` meanwhile.
    """

    def __init__(
        self,
        command_line: Sequence[str] | None = None,
        opening_timeout: float = OPENING_TIMEOUT,
        step_timeout: float = STEP_TIMEOUT,
    ) -> None:
        self._command_line = command_line or command("core.engine.engine_process")
        self._opening_timeout, self._step_timeout = opening_timeout, step_timeout
        self._lock = Lock()
        self._conversation: Conversation | None = None
        self._ended = False

    @property
    def process(self) -> int | None:
        """The number of the process, if there is one."""
        conversation = self._conversation
        return conversation.process if conversation else None

    def start(self) -> None:
        """Start the process, which then loads what every engine needs; returns at once.

        Raises:
            ChildLost: it cannot be started.
        """
        self._living()

    def prefetch(
        self, engine: str, look: Look, format: VideoFormat, badge: BadgeOptions | None = None
    ) -> None:
        """Let a running process open who is likely to be opened next; see `open`."""
        if conversation := self._conversation:
            with suppress(ChildLost):
                order = _order(engine, format, badge)
                conversation.post({**order, "do": "prefetch", "look": serialized(look)})

    def open(
        self,
        engine: str,
        look: Look,
        format: VideoFormat,
        tell: Callable[[str], None],
        badge: BadgeOptions | None = None,
    ) -> tuple[AvatarStream, str]:
        """See `core.engine.choice.open_stream`; the stream is `Changeable` if the one there is.

        Raises:
            EngineError: it cannot be opened; says why.
            ChildLost: the process has ended, or cannot be started.
        """
        if format.width * format.height * 4 > SHARED_BYTES:
            raise EngineError(
                said(
                    "{0}x{1} is too large", format.width, format.height, remedy="choose at most 4K"
                )
            )
        order = _order(engine, format, badge)
        notifications = Notifications(tell)

        def open_avatar(look: Look) -> Opened:
            return self._open({**order, "look": serialized(look)}, notifications)

        try:
            opened = open_avatar(look)
        except ChildLost:  # it ended while nobody needed it
            self._drop()
            opened = open_avatar(look)
        notifications.set_framing(opened.head["framing"])
        kind = RemoteStream if notifications.framing is None else RemoteChangeableStream
        stream = kind(look, open_avatar, format, opened, notifications, self._step_timeout)
        return stream, opened.head["opened"]

    def forget_avatar(self) -> None:
        """End the process with the avatar in it, and set free who waits for it. Any thread.

        The next one is opened in another.
        """
        if conversation := self._conversation:
            conversation.abandoned = True
            self._forget(conversation)
            conversation.close(0)

    def close(self) -> None:
        """End the process, whatever it does; nothing can be opened any more. Any thread."""
        self._ended = True
        if conversation := self._conversation:
            conversation.abandoned = True
        self._drop()

    def _open(self, order: dict[str, Any], notifications: Notifications) -> Opened:
        conversation = self._living()
        order = {**order, "memory": conversation.address}
        answer = conversation.request(order, b"", notifications, self._opening_timeout)
        return Opened(conversation, answer.head)

    def _living(self) -> Conversation:
        with self._lock:
            if self._ended:
                raise EngineError(said("the engine has been closed", remedy="start again"))
            if self._conversation is None or not self._conversation.open:
                self._conversation = Conversation(self._command_line)
            return self._conversation

    def _drop(self) -> None:
        if conversation := self._conversation:
            self._forget(conversation)
            conversation.close()

    def _forget(self, conversation: Conversation) -> None:
        with self._lock:
            if self._conversation is conversation:
                self._conversation = None


def _order(engine: str, format: VideoFormat, badge: BadgeOptions | None) -> dict[str, Any]:
    """Return the order to open an avatar, but for its look."""
    size = {"width": format.width, "height": format.height, "fps": format.fps}
    return {"do": "open", "engine": engine, "badge": to_json(badge) if badge else None, **size}
