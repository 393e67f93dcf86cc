"""A process that judges photos, so that no window waits for networks to load or to look.

It is told {"photo": path} and tells {"verdict": JSON without pictures and findings, "shape",
"chin"} with the bytes of the picture, those of its layers if there is a chin (person, alpha,
background), and those of the findings, or {"failed": why}.
"""

import sys
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path

from core.portrait.judge import PhotoVerdict
from core.process.child import Pipe, claim, serve
from core.process.loading import loading


def main() -> int:
    pipe = claim()
    with loading():
        from core.portrait.judge import open_judge

    judge = cache(open_judge)
    serve(pipe, lambda message: send_verdict(pipe, judge()(Path(message.head["photo"]))))
    return 0


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
