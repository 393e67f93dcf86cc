"""The frozen program's command line, which frozen children are started by as well."""

import sys

from core import cli
from core.process.child import dispatch

if __name__ == "__main__":
    code = dispatch(sys.argv[1:])
    sys.exit(cli.main() if code is None else code)
