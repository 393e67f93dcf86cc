"""Everything people read can be translated, and has been, with nothing lost on the way."""

import ast
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from runpy import run_path
from typing import NamedTuple

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from app.desktop.language import FOLDER, LANGUAGES
from app.people.profile_dialog import ProfileDialog
from app.settings import Settings
from core.engine.names import ENGINES
from core.options import hints
from core.plugin import source_plugins
from core.process.child import ROOT
from plugins.profiles import Folders
from tests.app.find import part
from tests.app.test_shell import House, application, chosen

__all__ = ["application", "chosen"]

TRANSLATED = [code for code in LANGUAGES if code != "en"]
MARKS = re.compile(r"\{\w*\}|<[^>]*>|\(\*[^)]*\)")
"""Placeholders, links and filters of files: what must survive."""

SCRIPT = run_path(str(ROOT / "packaging" / "translations.py"))
"""What brings the translations up to date."""

SHOWN = {
    "QLabel", "QPushButton", "QCheckBox", "QRadioButton", "QAction", "QMenu", "QGroupBox",
    "setText", "setToolTip", "setAccessibleName", "setAccessibleDescription",
    "setPlaceholderText", "setTitle", "setWindowTitle", "setInformativeText", "addTab", "addRow",
    "addItem", "addAction", "addButton", "add_page", "heading", "note", "tell", "warn", "clear",
    "information", "question", "getText", "getOpenFileName", "getSaveFileName",
}  # fmt: skip
"""What shows its words to people."""

SAME = {"Understudy"}
"""Words that are the same in every language."""


class Text(NamedTuple):
    context: str
    source: str
    translation: str
    finished: bool


def texts(path: Path) -> list[Text]:
    """Return what a file of translations holds."""
    found = []
    for context in ElementTree.parse(path).getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation is not None
            finished = translation.get("type") is None and bool(translation.text)
            name, source = context.findtext("name", ""), message.findtext("source", "")
            found.append(Text(name, source, translation.text or "", finished))
    return found


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_text_of_the_sources_is_translated(code: str, tmp_path: Path) -> None:
    tool = shutil.which("pyside6-lupdate", path=str(Path(sys.executable).parent))
    if tool is None:
        pytest.skip("there is no pyside6-lupdate")
    now = tmp_path / "now.ts"
    shutil.copy(FOLDER / f"{code}.ts", now)
    command = [tool, "-no-obsolete", "-locations", "none", *SCRIPT["sources"](tmp_path)]
    command += ["-ts", str(now)]
    subprocess.run(command, check=True, capture_output=True)
    unfinished = [f"{t.context}: {t.source}" for t in texts(now) if not t.finished]
    assert not unfinished, "run packaging/translations.py and finish what is new"
    assert {t[:2] for t in texts(now)} == {t[:2] for t in texts(FOLDER / f"{code}.ts")}


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_placeholder_link_or_filter_is_lost(code: str) -> None:
    for text in texts(FOLDER / f"{code}.ts"):
        assert sorted(MARKS.findall(text.source)) == sorted(MARKS.findall(text.translation)), text
        assert ("&" in text.source) == ("&" in text.translation), text
        assert text.source[-1:].isspace() == text.translation[-1:].isspace(), text


@pytest.mark.parametrize("code", TRANSLATED)
def test_what_the_program_reads_is_what_was_translated(code: str) -> None:
    translator = QTranslator()
    assert translator.load(code, str(FOLDER))
    for text in texts(FOLDER / f"{code}.ts"):
        assert translator.translate(text.context, text.source) == text.translation


def bare(path: Path) -> Iterator[str]:
    """Yield the words that a module shows without asking for their translation."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        for given in node.args if name in SHOWN else ():
            parts = given.values if isinstance(given, ast.JoinedStr) else [given]
            words = "".join(str(p.value) for p in parts if isinstance(p, ast.Constant))
            if re.search(r"[A-Za-z]{3}", words) and words.strip(" :") not in SAME:
                yield f"{path.name}:{node.lineno}: {words}"


def test_nothing_is_shown_that_cannot_be_translated() -> None:
    assert [words for path in (ROOT / "app").rglob("*.py") for words in bare(path)] == []


def test_the_words_of_our_plugins_and_engines_can_be_translated() -> None:
    words = set[str](ENGINES.values())
    for plugin in source_plugins().plugins.values():
        said = hints(plugin.options)
        words.add(plugin.title)
        for field in fields(plugin.options):
            words |= {said[field.name].title, said[field.name].help, said[field.name].unit}
    assert words - {"", *SCRIPT["collected"]()} == set()


def test_templates_and_remedies_are_read_from_the_sources() -> None:
    source = """
raise ValueError(said("there is no {0!r}", name, remedy=said("run {0}", command)))
found = said("{0}. {1}", said("it is {0:.1f} s late", late), told("not one"), remedy="go on")
"""
    assert set(SCRIPT["templates"](source)) == {
        "there is no {0}",
        "run {0}",
        "it is {0} s late",
        "go on",
    }


@pytest.fixture(params=LANGUAGES)
def speaking(request: pytest.FixtureRequest) -> Iterator[str]:
    """The program speaks each of its languages in turn."""
    translator = QTranslator()
    if request.param in TRANSLATED:
        assert translator.load(request.param, str(FOLDER))
        QCoreApplication.installTranslator(translator)
    yield request.param
    QCoreApplication.removeTranslator(translator)


def test_no_two_things_on_a_page_have_the_same_key(
    qtbot: QtBot, application: QApplication, chosen: Settings, tmp_path: Path, store: Folders,
    speaking: str,
) -> None:  # fmt: skip
    house = House(qtbot, chosen, tmp_path, store)
    pages = part(house.window, QTabWidget)
    titles = [pages.tabText(place) for place in range(pages.count())]
    assert ("Ausgabe" in "".join(titles)) is (speaking == "de")
    for place in range(pages.count()):
        pages.setCurrentIndex(place)
        page = pages.currentWidget()
        assert page
        words = [*titles, *spoken(page)]
        keys = [key for text in words if (key := key_of(text))]
        twice = [text for text in words if keys.count(key_of(text)) > 1]
        assert twice == []
    house.close()


def test_no_two_things_in_the_wizard_have_the_same_key(
    qtbot: QtBot, store: Folders, speaking: str
) -> None:
    dialog = ProfileDialog(store)
    qtbot.addWidget(dialog)
    keys = [key for text in spoken(dialog) if (key := key_of(text))]
    dialog.done(0)
    assert sorted(keys) == sorted(set(keys)), speaking


def key_of(text: str) -> str:
    """Return the key that a text marks as its own, or nothing."""
    return "".join(re.findall(r"&(\w)", text)).lower()


def spoken(page: QWidget) -> list[str]:
    """Return what has a key on a page."""
    found = [button.text() for button in page.findChildren(QAbstractButton)]
    labels = [label for label in page.findChildren(QLabel) if label.buddy()]
    return found + [label.text() for label in labels]
