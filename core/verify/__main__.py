"""Tells whether a film or a picture was made by Understudy: python start.py verify FILE"""

import sys

from core.verify.command_line import main

if __name__ == "__main__":
    sys.exit(main())
