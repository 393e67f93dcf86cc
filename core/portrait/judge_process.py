"""A process that reads what strangers made, so that no window waits, nor pays with its memory.

It is told {"photo": path} and tells {"verdict": JSON without pictures and findings, "shape",
"chin"} with the bytes of the picture, those of its layers if there is a chin (person, alpha,
background), and those of the findings. Told {"unpack": path, "into": folder} it unpacks a profile's
file there and tells {"about": JSON, "pictures": names}. If it cannot: {"failed": why}.
"""

import sys
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path

from core.portrait.judge import PhotoVerdict
from core.portrait.profile_file import unpack
from core.process.child import Message, Pipe, claim, serve
from core.process.loading import loading
from core.process.memory_limit import memory_limit
from core.record import to_json

MEMORY = 1 << 30
"""Bytes that a stranger's file may take beyond what the networks do."""


def main() -> int:
    pipe = claim()
    with loading():
        from core.portrait.judge import open_judge

    judge = cache(open_judge)

    def obey(message: Message) -> None:
        if "unpack" in message.head:
            send_unpacked(pipe, Path(message.head["unpack"]), Path(message.head["into"]))
            return
        look = judge()
        with memory_limit(MEMORY):
            verdict = look(Path(message.head["photo"]))
        send_verdict(pipe, verdict)

    serve(pipe, obey)
    return 0


def send_unpacked(pipe: Pipe, file: Path, folder: Path) -> None:
    """Unpack a profile's file, and tell what is in it."""
    with memory_limit(MEMORY):
        about, pictures = unpack(file, folder)
    pipe.send({"about": to_json(about), "pictures": [path.name for path in pictures]})


def send_verdict(pipe: Pipe, verdict: PhotoVerdict) -> None:
    """Write a verdict, its pictures and its findings as bytes."""
    picture, still = verdict.picture, verdict.still
    words = asdict(replace(verdict, picture=None, still=None, findings=b""))
    words["path"] = str(verdict.path)
    shape = list(picture.shape) if picture is not None else []
    body = picture.tobytes() if picture is not None else b""
    if still:
        body += b"".join(layer.tobytes() for layer in still.layers)
    del words["findings"]
    head = {"verdict": words, "shape": shape, "chin": still.chin if still else None}
    pipe.send(head, body + verdict.findings)


if __name__ == "__main__":
    sys.exit(main())
