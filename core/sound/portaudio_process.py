"""A process that lists devices: PortAudio asks every sound system there is, and some hang or crash.

It is told {"list": "input" or "output"} and tells {"devices": [each as JSON]} or {"failed": why}.
"""

import sys

from core.process.child import Message, Pipe, claim, serve
from core.record import to_json
from core.sound.portaudio import INPUT, OUTPUT, PortAudio

DIRECTIONS = {"input": INPUT, "output": OUTPUT}


def main() -> int:
    pipe = claim()
    serve(pipe, lambda message: answer(pipe, message))
    return 0


def answer(pipe: Pipe, message: Message) -> None:
    """List what there is now."""
    devices = PortAudio(DIRECTIONS[message.head["list"]]).look()
    pipe.send({"devices": [to_json(device) for device in devices]})


if __name__ == "__main__":
    sys.exit(main())
