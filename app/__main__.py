"""Starts the program: as itself, as one of its children, or for a test of itself."""

import argparse
import logging
import multiprocessing
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from core.child import dispatch

BEGAN = time.perf_counter()
"""When the program began, nearly."""

SECONDS = 0.4
"""How long a self-test is live if nobody says otherwise: ten frames."""

STYLE = """
QLabel#heading { font-weight: 600; margin-top: 6px; }
QLabel#message { border-radius: 6px; padding: 8px 10px; background: #b3261e; color: white; }
QLabel#message[good="true"] { background: #2e6b3a; }
QLabel#state { border-radius: 9px; padding: 2px 10px; font-weight: 600;
    background: palette(mid); color: palette(window-text); }
QLabel#state[air="live"] { background: #2e6b3a; color: white; }
QLabel#state[air="paused"] { background: #8a5a00; color: white; }
QLabel#state[air="failed"] { background: #b3261e; color: white; }
QPushButton { padding: 5px 12px; }
"""


def main(arguments: Sequence[str] | None = None) -> int:
    multiprocessing.freeze_support()
    given = list(sys.argv[1:] if arguments is None else arguments)
    if (code := dispatch(given)) is not None:
        return code
    parser = argparse.ArgumentParser("understudy", description="A portrait performs your voice.")
    parser.add_argument("--engine", default="", help="what brings the picture to life")
    parser.add_argument(
        "--self-test",
        nargs="?",
        type=float,
        const=SECONDS,
        metavar="SECONDS",
        help="be live for a moment, say how long everything took, and end",
    )
    parser.add_argument("--verbose", action="store_true", help="tell more on the terminal")
    chosen = parser.parse_args(given)
    logging.basicConfig(level=logging.INFO if chosen.verbose else logging.WARNING)
    return run(chosen.engine, chosen.self_test)


def run(chosen: str, test: float | None) -> int:
    """Open the window; where it is only a test, be live for `test` seconds and close it again."""
    from dataclasses import replace
    from tempfile import TemporaryDirectory

    from core.engine_client import Engine

    engine = Engine()
    engine.warm()  # it loads its networks while Qt and the window are made

    from PySide6.QtWidgets import QApplication

    from app.self_test import SelfTest
    from app.settings import Settings, default_path, load
    from app.window import Window

    application = QApplication(sys.argv[:1])
    application.setApplicationName("Understudy")
    application.setStyleSheet(STYLE)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "settings.json" if test else default_path()
        settings = Settings() if test else load(path)
        settings = replace(settings, engine=chosen or settings.engine)
        window = Window(settings, path, engine=engine)
        window.show()
        if test:
            SelfTest(window, test, BEGAN)
        return application.exec()


if __name__ == "__main__":
    sys.exit(main())
