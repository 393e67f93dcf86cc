"""Garbage is collected between events of Qt, and never amid them."""

import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.desktop.collector import Collector

CROWD = """
import gc
import weakref
from PySide6.QtWidgets import QApplication, QPushButton
from app.desktop.collector import Collector
from app.desktop.theme import Theme
from app.plain import Label, html
class Part(QPushButton): pass
application = QApplication([])
theme = Theme(application)
theme.choose("dark")
collector = Collector()

labels = [Label(html('<a href="x">more</a>')) for _ in range(300)]
parts = []
for label in labels:
    label.show()
    part = Part("x")
    part.show()
    part.cycle = [part]
    parts.append(weakref.ref(part))
del part
gc.set_threshold(1, 1, 1)
theme.choose("light")
assert all(part() for part in parts)
while any(part() for part in parts):
    application.processEvents()
"""


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    yield collector
    collector.close()


def test_parts_that_nobody_holds_any_more_outlive_a_change_of_colours() -> None:
    # Their deletion while Qt went over them ended the program with a segmentation fault.
    subprocess.run([sys.executable, "-c", CROWD], check=True, timeout=120)


def test_what_is_due_is_collected_from_the_event_loop(qtbot: QtBot, collector: Collector) -> None:
    class Thing:
        pass

    thing = Thing()
    thing.itself = thing  # type: ignore[attr-defined]
    gone = weakref.ref(thing)
    del thing
    rubbish: list[list[int]] = [[] for _ in range(2 * gc.get_threshold()[0])]
    assert gone() is not None
    assert not gc.isenabled()
    qtbot.waitUntil(lambda: gone() is None)
    assert rubbish


def test_python_collects_again_when_it_is_closed() -> None:
    collector = Collector()
    assert not gc.isenabled()
    collector.close()
    assert gc.isenabled()
