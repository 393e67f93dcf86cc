"""A child for the tests: answers with what it is sent, or misbehaves as it is told."""

import sys
import threading

from core.process.child import Message, Pipe, claim, serve


def main() -> int:
    pipe = claim()
    sys.stdout.write("noise that must not reach the parent\n")
    serve(pipe, lambda message: obey(message, pipe))
    return 0


def obey(message: Message, pipe: Pipe) -> None:
    match message.head.get("do"):
        case "die":
            sys.exit("the roof is on fire")
        case "hang":
            threading.Event().wait(60)
        case "fail":
            raise ValueError(message.head["why"])
        case "body":
            pipe.send({"size": 5}, b"\n{\0}\n")
        case "wait":
            pass
        case "late":
            pipe.send({"late": True})
        case _:
            pipe.send(message.head)


if __name__ == "__main__":
    sys.exit(main())
