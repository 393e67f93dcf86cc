"""A voice engine's own process: finds it by its entry point, gives up its rights, then speaks.

It is told
    {"do": "list", "engine"}, {"do": "speak", "engine", "manner": {...}, "text"}
and tells
    {"languages": [[code, title]...], "voices": [[name, title, language, licence]...]}
    {"rate", "marks": [[symbol, start, end, stress, level]...] or null} with samples of int16, none
    if there was nothing to speak; {"failed": why}
Each order says all there is to know, so a process that has just been started can go on for one
that was lost.
"""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from core.plugin import VoicePlugin, voice_plugins
from core.process.child import Message, Pipe, claim, serve
from core.process.confinement import confine
from core.sentence import said
from core.speech_marks import PhonemeMark, shifted
from core.voice_engine import Manner, Utterance, VoiceEngine

FULL = 32767
"""What 1.0 is in 16 bits."""


class VoiceProcess:
    """Serves the parent on one thread; holds the one engine it was asked for first."""

    def __init__(self, pipe: Pipe, find: Any, give_up_rights: Any) -> None:
        """`find` returns the plugin of a name; `give_up_rights` is called once, before it opens,
        with the folders that it may still read."""
        self._pipe, self._find, self._give_up_rights = pipe, find, give_up_rights
        self._engine: VoiceEngine | None = None
        self._manner: Manner | None = None
        self._rate = 0.0

    def obey(self, message: Message) -> None:
        """Answer one order with one message."""
        order = message.head
        engine = self._opened(order["engine"])
        if order["do"] == "list":
            languages, voices = engine.languages(), engine.voices()
            self._pipe.send({"languages": languages, "voices": voices})
            return
        self._use(engine, Manner(**order["manner"]))
        spoken = joined(list(engine.speak(order["text"])), self._rate)
        body = np.rint(spoken.samples.clip(-1, 1) * FULL).astype(np.int16).tobytes()
        self._pipe.send({"rate": self._rate, "marks": spoken.marks}, body)

    def _opened(self, name: str) -> VoiceEngine:
        if self._engine is None:
            plugin = self._find(name)
            if plugin.confined:
                self._give_up_rights(plugin.readable())
            self._engine = plugin.open()
        return self._engine

    def _use(self, engine: VoiceEngine, manner: Manner) -> None:
        if manner != self._manner:
            self._manner = None
            self._rate = engine.use(manner)
            self._manner = manner


def joined(utterances: Sequence[Utterance], rate: float) -> Utterance:
    """Return several pieces of one text as one; without marks where one of them has none."""
    samples = [np.zeros(0, np.float32), *(one.samples for one in utterances)]
    begins = np.cumsum([len(part) for part in samples]) / rate
    marks: list[PhonemeMark] = []
    for one, begin in zip(utterances, begins, strict=False):
        if one.marks is None:
            return Utterance(np.concatenate(samples))
        marks += shifted(one.marks, float(begin))
    return Utterance(np.concatenate(samples), tuple(marks))


def speak_order(engine: str, manner: Manner, text: str) -> dict[str, Any]:
    """Return the order to speak `text`."""
    return {"do": "speak", "engine": engine, "manner": asdict(manner), "text": text}


def answered(message: Message) -> tuple[Utterance, float]:
    """Return what a speaking order was answered with, and the samples per second of it."""
    samples = np.frombuffer(message.body, np.int16).astype(np.float32) / np.float32(FULL)
    told = message.head["marks"]
    marks = None if told is None else tuple(PhonemeMark(*mark) for mark in told)
    return Utterance(samples, marks), float(message.head["rate"])


def plugin_named(name: str) -> VoicePlugin:
    """Return the engine of a name.

    Raises:
        ValueError: it is not installed, or cannot be loaded.
    """
    found = voice_plugins()
    for broken in found.broken:
        if broken.name == name:
            raise ValueError(str(broken.error))
    if name not in found.plugins:
        raise ValueError(
            said("there is no voice engine {0!r}", name, remedy="choose another voice")
        )
    return found.plugins[name]


def main() -> int:
    pipe = claim()
    serve(pipe, VoiceProcess(pipe, plugin_named, confine).obey)
    return 0


if __name__ == "__main__":
    sys.exit(main())
