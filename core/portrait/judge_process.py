"""A process that judges photos, so that no window waits for networks to load or to look.

It is told {"photo": path} and tells {"verdict": JSON without picture and findings, "shape"} with
the picture's bytes and then those of the findings, or {"failed": why}.
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
    """Write a verdict, its picture and its findings as bytes."""
    picture = verdict.picture
    words = asdict(replace(verdict, picture=None, findings=b"")) | {"path": str(verdict.path)}
    shape = list(picture.shape) if picture is not None else []
    body = picture.tobytes() if picture is not None else b""
    del words["findings"]
    pipe.send({"verdict": words, "shape": shape}, body + verdict.findings)


if __name__ == "__main__":
    sys.exit(main())
