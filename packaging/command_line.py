"""The frozen program's command line, which frozen children are started by as well."""

import sys

from core import cli
from core.process.child import dispatch
from core.verify.command_line import main as verify


def main(arguments: list[str]) -> int:
    code = dispatch(arguments)
    if code is not None:
        return code
    return verify(arguments[1:]) if arguments[:1] == ["verify"] else cli.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
