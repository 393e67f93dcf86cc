"""One engine in its process: orders, answers, and what is done in which order."""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from core.plugin import VoicePlugin
from core.process.child import Message, Pipe
from core.speech_marks import PhonemeMark
from core.voice_engine import Manner, Utterance, VoiceEntry
from core.voices.voice_process import VoiceProcess, answered, joined, speak_order

RATE = 1000.0


class Engine:
    """Gives two pieces of each text, and notes how it was told to speak."""

    def __init__(self, did: list[str]) -> None:
        did.append("opened")
        self.did = did

    def languages(self) -> Sequence[tuple[str, str]]:
        return [("en", "English")]

    def voices(self) -> Sequence[VoiceEntry]:
        return [VoiceEntry("low", "Low")]

    def use(self, manner: Manner) -> float:
        self.did.append(f"use {manner.voice}")
        if manner.voice == "nobody":
            raise ValueError("there is no such voice")
        return RATE

    def speak(self, text: str) -> Iterator[Utterance]:
        for letter in text:
            yield Utterance(np.full(100, 0.5, np.float32), (PhonemeMark(letter, 0.0, 0.1, 1.0),))


class Parent:
    """Reads what the process tells."""

    def __init__(self, confined: bool = True) -> None:
        self.did: list[str] = []
        self._out = io.BytesIO()
        plugin = VoicePlugin(
            "a", "A", lambda: Engine(self.did), "MIT", confined=confined,
            readable=lambda: [Path("voices")],
        )  # fmt: skip
        self._process = VoiceProcess(
            Pipe(io.BytesIO(), self._out),
            lambda name: plugin,
            lambda folders: self.did.append(f"confined to {folders[0]}"),
        )

    def order(self, head: dict[str, object]) -> Message:
        self._out.seek(0)
        self._out.truncate()
        self._process.obey(Message(head, b""))
        message = Pipe(io.BytesIO(self._out.getvalue()), io.BytesIO()).receive()
        assert message
        return message


def test_a_text_comes_back_as_sound_with_its_phonemes_in_one_answer() -> None:
    parent = Parent()
    spoken, rate = answered(parent.order(speak_order("a", Manner(voice="low"), "mi")))
    assert rate == RATE
    assert np.allclose(spoken.samples, np.full(200, 0.5), atol=1e-4)
    assert spoken.marks == (PhonemeMark("m", 0.0, 0.1, 1.0), PhonemeMark("i", 0.1, 0.2, 1.0))


def test_rights_are_given_up_before_the_engine_is_opened_unless_it_needs_them() -> None:
    for confined, first in ((True, "confined to voices"), (False, "opened")):
        parent = Parent(confined)
        parent.order({"do": "list", "engine": "a"})
        parent.order(speak_order("a", Manner(), "a"))
        assert parent.did[0] == first
        assert parent.did.count("opened") == 1


def test_a_manner_is_used_once_and_again_after_one_that_failed() -> None:
    parent = Parent()
    for voice in ("low", "low", "high"):
        parent.order(speak_order("a", Manner(voice=voice), "a"))
    with pytest.raises(ValueError, match="no such voice"):
        parent.order(speak_order("a", Manner(voice="nobody"), "a"))
    parent.order(speak_order("a", Manner(voice="high"), "a"))
    uses = [deed for deed in parent.did if deed.startswith("use")]
    assert uses == ["use low", "use high", "use nobody", "use high"]


def test_nothing_to_speak_is_no_sound_and_one_piece_without_marks_makes_all_so() -> None:
    nothing, _ = answered(Parent().order(speak_order("a", Manner(), "")))
    assert (len(nothing.samples), nothing.marks) == (0, ())
    told = Utterance(np.zeros(10, np.float32), ())
    assert joined([told, Utterance(np.zeros(5, np.float32))], RATE).marks is None


def test_what_it_can_speak_is_listed() -> None:
    head = Parent().order({"do": "list", "engine": "a"}).head
    assert head["languages"] == [["en", "English"]]
    assert [VoiceEntry(*entry) for entry in head["voices"]] == [VoiceEntry("low", "Low")]
