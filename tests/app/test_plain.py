"""What strangers say is shown letter by letter, wherever it is shown."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import Qt as Text
from PySide6.QtWidgets import (
    QFormLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.outputs.sound_page import SoundPage
from app.parts.captures import found_at
from app.parts.notice import Kind, Notice
from app.people.face_list import FaceList
from app.people.list import People
from app.people.photo_card import PhotoCard
from app.plain import Html, Label, add_row, explain, html, letters, tip, warn
from core.portrait.judge import PhotoVerdict
from core.process.child import ROOT
from core.profile import Profile
from plugins.profiles import Folders
from tests.app.find import part

EVIL = '<img src="/dev/zero">'

SHOWING = {
    "QLabel", "QMessageBox", "QErrorMessage", "QInputDialog", "QProgressDialog", "QToolTip",
    "QTextBrowser", "QTextEdit", "QStaticText", "QTextDocument", "QWhatsThis", "QSplashScreen",
}  # fmt: skip
"""What decides by itself whether a text is HTML, or always takes it for that."""

PUTTING = {
    "setToolTip", "setTabToolTip", "setWhatsThis", "setStatusTip", "setTextFormat", "setHtml",
    "appendHtml",
    "insertHtml", "setInformativeText", "setDetailedText", "showMessage", "convertFromPlainText",
}  # fmt: skip

ONLY = Path("app", "plain.py")


def others_ways(source: str) -> Iterator[int]:
    """Yield the lines of a module that show text in another way than app/plain.py offers."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        names = {n.id for n in ast.walk(called) if isinstance(n, ast.Name)}
        name = called.attr if isinstance(called, ast.Attribute) else ""
        names |= {n.attr for n in ast.walk(called) if isinstance(n, ast.Attribute)}
        made = bool(names & SHOWING) and name != "setText"
        titled = name == "addRow" and len(node.args) > 1 and _text(node.args[0])
        roles = any(isinstance(n, ast.Attribute) and n.attr == "ToolTipRole" for n in node.args)
        # Only `html` makes HTML, so that nothing gets into it unescaped.
        forged = isinstance(called, ast.Name) and called.id == "Html"
        if made or titled or roles or forged or name in PUTTING:
            yield node.lineno


def _text(node: ast.expr) -> bool:
    return not (isinstance(node, ast.Constant) and node.value == "")


def subclasses(source: str) -> Iterator[int]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef) and {ast.unparse(base) for base in node.bases} & SHOWING:
            yield node.lineno


def test_nothing_else_in_the_window_shows_text() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "app").rglob("*.py"))
        if path.relative_to(ROOT) != ONLY
        for ways in (others_ways, subclasses)
        for number in ways(path.read_text("utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "QLabel(name)",
        "QtWidgets.QLabel(name)",
        "QMessageBox.warning(None, a, b)",
        "part.setToolTip(x)",
        "form.addRow(title, field)",
        "item.setData(Qt.ToolTipRole, x)",
        "Html(name)",
        "class Mine(QLabel): pass",
    ],
)
def test_another_way_would_be_found(source: str) -> None:
    assert list(others_ways(source)) + list(subclasses(source)) == [1]


def test_a_label_shows_letters_and_only_our_own_html_as_html(qtbot: QtBot) -> None:
    label = Label(EVIL)
    qtbot.addWidget(label)
    assert label.textFormat() is Text.TextFormat.PlainText
    label.setText(html("<b>{0}</b> {1}", EVIL, "{0}"))
    assert label.textFormat() is Text.TextFormat.RichText
    assert label.text() == "<b>&lt;img src=&quot;/dev/zero&quot;&gt;</b> {0}"
    label.setText(f"{label.text()}")
    assert label.textFormat() is Text.TextFormat.PlainText


def test_tips_and_boxes_show_letters(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    parent, said = QWidget(), list[str]()
    qtbot.addWidget(parent)
    monkeypatch.setattr(QMessageBox, "warning", lambda *args: said.append(args[2]))
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(box.text()))
    tip(parent, EVIL)
    warn(parent, "Title", EVIL)
    explain(parent, "Title", EVIL)
    assert {parent.toolTip(), *said} == {letters(EVIL)}
    assert "<img" not in letters(EVIL)
    assert letters("as it is & nothing else") == "as it is & nothing else"


def test_a_row_of_a_form_shows_letters(qtbot: QtBot) -> None:
    whole = QWidget()
    qtbot.addWidget(whole)
    add_row(QFormLayout(whole), EVIL, QLineEdit())
    assert_plain(whole)


def test_whom_somebody_sent_is_shown_in_letters(qtbot: QtBot, store: Folders, photo: Path) -> None:
    store.save(Profile("", EVIL, (photo,), EVIL))
    (broken := store._root / "broken").mkdir()
    (broken / "profile.json").write_text(json.dumps({EVIL: 1}))
    people = People([store])
    qtbot.addWidget(people)
    people.fill("")
    assert "<img" not in part(people, FaceList).people()[0].toolTip()
    people.menu.remove.trigger()
    assert_plain(people)
    assert "&lt;img" in people.menu.undo.text()


def test_what_others_say_while_live_is_shown_in_letters(qtbot: QtBot) -> None:
    below, sound = QWidget(), SoundPage(list)
    notice = Notice(below)
    for shown in (below, sound):
        qtbot.addWidget(shown)
    for say in (notice.tell, lambda text: notice.warn(text, sound), sound.tell):
        say(EVIL)
        assert_plain(below)
        assert_plain(sound)
    sound.end(1)


def test_a_files_name_is_shown_in_letters(qtbot: QtBot) -> None:
    card, below = PhotoCard(Path(f"{EVIL}.png".replace("/", ""))), QWidget()
    notice = Notice(below)
    for shown in (card, below):
        qtbot.addWidget(shown)
    card.show_verdict(PhotoVerdict(card.path, problem=EVIL))
    assert_plain(card)
    notice.tell(found_at("Saved: {0}", Path("folder", "<img src=x>.png")), Kind.GOOD)
    assert "<img" not in notice.message
    assert "<a href" in notice.message
    assert isinstance(found_at("{0}", Path("x")), Html)


def assert_plain(whole: QWidget) -> None:
    """No label in it takes a text with strangers' words for HTML, unless they are escaped."""
    for label in whole.findChildren(QLabel):
        if label.textFormat() is not Text.TextFormat.PlainText:
            assert "<img" not in label.text()
            assert label.textFormat() is Text.TextFormat.RichText
