"""The speech synthesiser, in a process of its own: espeak-ng is GPL-3, the rest of us is not.

Talks through its pipes only (see core.process.child). It is asked
    {"ask": "voices"}      -> {"voices": [[code, title]...], "speakers": [...]}
    {"ask": "use", "voice", "speaker", "rate", "pitch", "gap"} -> {"rate": hertz} or {"error"}
    {"ask": "say", "text"} -> any number of {"sound": true} with 16-bit samples, then {"done": true}
Imports little, so that it is ready at once.
"""

import ctypes
import os
import sys
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path
from typing import Any

import espeakng_loader

from core.process.child import Pipe, claim
from core.sentence import said

SYNCHRONOUS = 2
CHUNK = 40
"""Milliseconds of sound in one piece."""
DONT_EXIT = 0x8000
RATE, PITCH, GAP = 1, 3, 7
CHARACTERS, UTF8 = 1, 1

Heard = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_int16), ctypes.c_int, ctypes.c_void_p
)


class Voice(ctypes.Structure):
    """One entry of the library's list of voices."""

    _fields_ = [
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_char_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("reserved", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    ]


class Synthesiser:
    """The library; one per process, one thread."""

    def __init__(self, on_sound: Callable[[bytes], None]) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        self._library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(Voice))
        self._library.espeak_Synth.argtypes = [
            ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int,
            ctypes.c_uint, ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p,
        ]  # fmt: skip
        # A relative path, because the library cuts long ones and garbles foreign letters.
        os.chdir(Path(espeakng_loader.get_data_path()).parent)
        self.rate = int(self._library.espeak_Initialize(SYNCHRONOUS, CHUNK, b".", DONT_EXIT))
        if self.rate <= 0:
            raise OSError(
                said(
                    "the voices in {0} cannot be read", os.getcwd(), remedy="reinstall the program"
                )
            )
        self._on_sound = on_sound
        self._spoken = False
        self._heard = Heard(self._hear)
        self._library.espeak_SetSynthCallback(self._heard)

    def voices(self) -> list[tuple[str, str]]:
        """Return (language code, name) of every voice."""
        named = {v.languages[1:].decode(): v.name.decode().strip() for v in self._list(None)}
        return sorted(named.items(), key=lambda pair: pair[1])

    def speakers(self) -> list[tuple[str, str]]:
        """Return (file, name) of every variant; each goes with every voice."""
        found = self._list(ctypes.byref(Voice(languages=b"variant")))
        named = {v.identifier.decode()[len("!v/") :]: v.name.decode().strip() for v in found}
        return sorted(named.items(), key=lambda pair: pair[1].lower())

    def _list(self, like: Any) -> list[Voice]:
        found = self._library.espeak_ListVoices(like)
        return [entry.contents for entry in takewhile(bool, found)]

    def use(self, voice: str, speaker: str, rate: int, pitch: int, gap: int) -> bool:
        """Choose how to speak; False if there is no such voice."""
        name = f"{voice}+{speaker}" if speaker else voice
        if speaker and speaker not in dict(self.speakers()):
            return False
        if self._library.espeak_SetVoiceByName(name.encode()) != 0:
            return False
        for parameter, value in ((RATE, rate), (PITCH, pitch), (GAP, gap // 10)):
            self._library.espeak_SetParameter(parameter, value, 0)
        return True

    def say(self, text: str) -> None:
        """Hand the sound of `text` to `on_sound` while it is made."""
        self._spoken = False
        line = text.replace("\0", " ").encode(errors="replace") + b"\0"
        self._library.espeak_Synth(line, len(line), 0, CHARACTERS, 0, UTF8, None, None)

    def _hear(self, samples: Any, count: int, events: Any) -> int:  # noqa: ARG002
        if samples and count:
            sound = ctypes.string_at(samples, 2 * count)
            self._spoken = self._spoken or any(sound)
            if self._spoken:  # a text that cannot be spoken gives no sound at all, not silence
                self._on_sound(sound)
        return 0


def answer(question: dict[str, Any], synthesiser: Synthesiser) -> dict[str, Any]:
    """Do what is asked and return what to reply."""
    match question.pop("ask"):
        case "voices":
            return {"voices": synthesiser.voices(), "speakers": synthesiser.speakers()}
        case "use":
            known = synthesiser.use(**question)
            return {"rate": synthesiser.rate} if known else {"error": "no such voice"}
        case _:
            synthesiser.say(question["text"])
            return {"done": True}


def converse(pipe: Pipe) -> None:
    """Answer until nobody asks any more."""
    synthesiser = Synthesiser(lambda sound: pipe.send({"sound": True}, sound))
    while message := pipe.receive():
        pipe.send(answer(message.head, synthesiser))


def main() -> int:
    try:
        converse(claim())
    except BrokenPipeError:
        return 0  # the parent has gone while we spoke
    except OSError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
