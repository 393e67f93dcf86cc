"""Starts the program: as itself, as one of its children, or for a test of itself."""

import argparse
import logging
import multiprocessing
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from core.display import display_trouble
from core.process.child import dispatch
from core.process.loading import loading
from core.process.surroundings import begin, forget_letters

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from app.desktop.single import Single
    from app.settings import Settings
    from core.engine.engine_client import Engine

BEGAN = time.perf_counter()
"""When the program began, nearly."""

SECONDS = 0.4
"""How long a self-test is live if nobody says otherwise: ten frames."""

PATIENCE = 5.0
"""Seconds that something may take to end with the program."""

WORDS = ("show", "toggle", "mute", "pause", "quit")
"""What a later start can ask of the one that runs."""


def main(arguments: Sequence[str] | None = None) -> int:
    multiprocessing.freeze_support()
    begin()
    given = list(sys.argv[1:] if arguments is None else arguments)
    if (code := dispatch(given)) is not None:
        return code
    chosen = parser().parse_args(given)
    logging.basicConfig(level=logging.INFO if chosen.verbose else logging.WARNING)
    if chosen.tell:
        return tell(chosen.tell)
    if trouble := display_trouble():  # Qt would end the program with words of its own
        sys.stderr.write(f"No window can be opened: {trouble}.\n")
        return 1
    return run(chosen) if chosen.self_test is None else test(chosen)


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    found = argparse.ArgumentParser("understudy", description="A portrait performs your voice.")
    found.add_argument("--engine", default="", help="what brings the picture to life")
    found.add_argument(
        "--tell", choices=WORDS, help="let the program that runs already do this, and end"
    )
    found.add_argument(
        "--self-test",
        nargs="?",
        type=float,
        const=SECONDS,
        metavar="SECONDS",
        help="be live for a moment, say how long everything took, and end",
    )
    found.add_argument("--verbose", action="store_true", help="tell more on the terminal")
    return found


def tell(word: str) -> int:
    """Let the program that runs already do what the word says."""
    from app.desktop.single import Single

    single = Single()
    if single.hand_over(word):
        return 0
    hangs = "Understudy runs, but does not answer: end it, and start it again.\n"
    sys.stderr.write(hangs if single.unanswered else "Understudy is not running.\n")
    return 1


def test(chosen: argparse.Namespace) -> int:
    """Be live for a moment, with settings of its own, and close again."""
    engine = warmed()
    with TemporaryDirectory() as folder, ExitStack() as stack:
        with loading():
            from app.desktop.endings import Endings
            from app.desktop.theme import Theme
            from app.self_test import SelfTest
            from app.settings import Settings
            from app.window import Window

            application = dressed(stack, Settings(), Path(folder))
            Theme(application)
            settings = Settings(engine=chosen.engine)
            window = Window(settings, Path(folder) / "settings.json", engine=engine)
            window.show()
            endings = Endings(window)
            stack.callback(endings.close)
            endings.asked.connect(window.close)
            endings.asked.connect(lambda: application.exit(1))
        SelfTest(window, chosen.self_test, BEGAN)
        return executed(application)


def run(chosen: argparse.Namespace) -> int:
    """Open the window, or show that of the one that runs; return when the program ends."""
    engine = warmed()
    from app.desktop.single import Single

    single = Single()
    if single.hand_over("show"):
        engine.close()
        return 0
    with ExitStack() as stack:
        with loading():
            application = furnished(stack, chosen, single, engine)
        return executed(application)


def furnished(
    stack: ExitStack, chosen: argparse.Namespace, single: "Single", engine: "Engine"
) -> "QApplication":
    """Return the application, its window shown; `stack` closes everything."""
    from dataclasses import replace

    from app.desktop.endings import Endings
    from app.desktop.keys.backends import open_keys
    from app.desktop.log import folder
    from app.desktop.theme import Theme
    from app.desktop.tray import Tray
    from app.settings import default_path, load
    from app.shell import Shell, Surroundings
    from app.window import Window

    settings = load(default_path())
    application = dressed(stack, settings, folder())
    single.listen()
    theme = Theme(application)
    settings = replace(settings, engine=chosen.engine or settings.engine)
    window = Window(settings, default_path(), engine=engine)
    tray = Tray() if Tray.possible() else None
    around = Surroundings(theme, tray, open_keys(), single, folder())
    shell = Shell(window, around)
    stack.callback(shell.close, PATIENCE)
    endings = Endings(window)
    stack.callback(endings.close)
    endings.asked.connect(lambda: shell.do("quit"))
    application.aboutToQuit.connect(shell.end)  # at log-out too, while there is time for it
    shell.show()
    shell.clear()
    return application


def executed(application: "QApplication") -> int:
    """Let the application run; return its exit code."""
    from app.desktop.collector import Collector

    collector = Collector()
    code = application.exec()
    collector.close()
    return code


def warmed() -> "Engine":
    """Return the engine, whose process loads its networks while Qt and the window are made."""
    from core.engine.engine_client import Engine

    engine = Engine()
    engine.start()
    return engine


def dressed(stack: ExitStack, settings: "Settings", logs: Path) -> "QApplication":
    """Return the Qt application, speaking a language and writing a log."""
    import cv2
    from PySide6.QtWidgets import QApplication

    from app.desktop import log
    from app.desktop.language import install

    cv2.setNumThreads(1)  # the window converts little, and must not wait for other threads
    application = QApplication(sys.argv[:1])
    forget_letters()  # Qt has asked the system for its own
    application.setApplicationName("Understudy")
    application.setDesktopFileName("understudy")
    install(application, settings.language)
    log.catch_all()
    if handler := log.begin(logs):
        stack.callback(handler.close)
        stack.callback(logging.getLogger().removeHandler, handler)
    return application


if __name__ == "__main__":
    sys.exit(main())
