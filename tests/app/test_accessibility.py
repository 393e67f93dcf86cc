"""What a screen reader is given: words, not the names of the places where words stand."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.window import Window
from tests.app.find import box, choose
from tests.app.test_window import go_live, stop, window

__all__ = ["window"]

NAME, VALUE = QAccessible.Text.Name, QAccessible.Text.Value
ACTS = {
    QAccessible.Role.Button,
    QAccessible.Role.CheckBox,
    QAccessible.Role.ComboBox,
    QAccessible.Role.EditableText,
    QAccessible.Role.List,
    QAccessible.Role.ProgressBar,
    QAccessible.Role.Slider,
    QAccessible.Role.SpinBox,
}
"""Roles of what people act upon, or look at for how something is doing."""


def tree(of: QAccessibleInterface) -> Iterator[QAccessibleInterface]:
    """Yield everything that can be seen, from top to bottom."""
    if of.state().invisible:
        return
    yield of
    for place in range(of.childCount()):
        if child := of.child(place):
            yield from tree(child)


def spoken(part: QWidget) -> list[str]:
    """Return what is read out of a part, in order."""
    root = QAccessible.queryAccessibleInterface(part)
    assert root is not None
    return [words for one in tree(root) if (words := one.text(NAME))]


def test_state_and_where_it_goes_are_read_in_words(qtbot: QtBot, window: Window) -> None:
    assert "Not live" in spoken(window.transport)
    go_live(qtbot, window)
    window.transport.mute.click()
    read = spoken(window.transport)
    assert "Preview · muted" in read
    assert any("nothing yet: preview only" in words for words in read)
    stop(qtbot, window)


def test_an_error_is_read_in_words(window: Window) -> None:
    window.notice.tell("the disk is full; make room there")
    assert "The disk is full; make room there" in spoken(window.notice)


def test_everything_people_act_upon_has_a_name(window: Window) -> None:
    root = QAccessible.queryAccessibleInterface(window)
    assert root is not None
    for page in range(2):
        window.open_page(page)
        acted = [one for one in tree(root) if one.role() in ACTS and one.object()]
        assert len(acted) > 8
        nameless = [one.object() for one in acted if not (one.text(NAME) or inside(one.object()))]
        assert nameless == []


def inside(part: object) -> bool:
    """Whether a part belongs to a list or number that is read as one."""
    above = part.parentWidget() if isinstance(part, QWidget) else None
    return above is not None and above.accessibleName() != ""


def test_the_level_of_the_voice_is_in_the_tree(window: Window) -> None:
    roles = {
        one.role(): one.text(NAME)
        for one in tree(QAccessible.queryAccessibleInterface(window.stage.window()))
    }
    assert roles[QAccessible.Role.ProgressBar] == "Level of the voice"


def test_tab_goes_through_a_form_that_was_made_later(window: Window) -> None:
    choose(window, "Voice", "Audio file")
    choose(window, "Voice", "Typed text")
    part: QWidget | None = box(window, "Voice")
    reached: list[str] = []
    while part and len(reached) < 4:
        if part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.accessibleName():
            reached.append(part.accessibleName())
        part = part.nextInFocusChain()
    assert reached == ["Voice", "Language", "Speaker", "Speed"]
