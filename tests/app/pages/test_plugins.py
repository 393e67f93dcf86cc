"""Strangers' plugins: shown with whose they are, switched off, and harmless when broken."""

import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.live.voice import Voice
from app.pages.plugins import PluginsPage
from core.plugin import Found, SourcePlugin, StorePlugin, source_plugins
from core.profile import ProfileStore
from core.profile_stores import StoreFailed, open_stores
from tests.app.find import press

GOOD = """
from dataclasses import dataclass
from core.plugin import SourcePlugin

@dataclass(frozen=True)
class Options:
    loud: bool = True

plugin = SourcePlugin("{name}", "Horn of {name}", Options, print)
"""
BROKEN = {
    "at_import": "raise RuntimeError('no such device')",
    "exits": "import sys; sys.exit('goodbye')",
    "no_plugin": "plugin = 3",
}
BAD_OPTIONS = """
from core.plugin import SourcePlugin

class Options:
    def __init__(self):
        raise KeyError("no options today")

plugin = SourcePlugin("bad_options", "Bad options", Options, print)
"""


@pytest.fixture
def strangers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[EntryPoint]:
    """Plugins of other people, some broken; each is a module of its own."""
    monkeypatch.syspath_prepend(str(tmp_path))
    texts = {"horn": GOOD.format(name="horn"), "bad_options": BAD_OPTIONS, **BROKEN}
    entries = []
    for name, text in texts.items():
        (tmp_path / f"stranger_{name}.py").write_text(text)
        entries.append(EntryPoint(name, f"stranger_{name}:plugin", "understudy.sources"))
    monkeypatch.setattr("core.plugin.entry_points", lambda group: entries)
    return entries


def options_of(plugin: SourcePlugin[Any]) -> Any:
    return plugin.options()


@pytest.fixture
def page(qtbot: QtBot, strangers: list[EntryPoint], caplog: Any) -> PluginsPage:
    caplog.set_level("CRITICAL")
    found = PluginsPage((), source_plugins, options_of, engines=list)
    qtbot.addWidget(found)
    found.show()
    return found


def test_what_is_broken_says_so_and_the_rest_works(page: PluginsPage) -> None:
    assert set(page.cards) == {"horn", "bad_options", *BROKEN}
    assert page.cards["horn"].problem == ""
    for name, words in (
        ("at_import", "no such device (RuntimeError)"),
        ("exits", "goodbye (SystemExit)"),
        ("no_plugin", "expected SourcePlugin"),
    ):
        assert words in page.cards[name].problem
        assert "switch it off" in page.cards[name].problem


def test_one_that_is_off_is_not_even_loaded(page: PluginsPage) -> None:
    sys.modules.pop("stranger_horn")
    page.cards["horn"].switch.click()
    assert "stranger_horn" not in sys.modules
    assert not page.cards["horn"].switch.isChecked()
    page.cards["at_import"].switch.click()
    assert page.cards["at_import"].problem == ""
    page.cards["horn"].switch.click()
    assert "stranger_horn" in sys.modules
    assert page.cards["horn"].switch.text() == "Horn of horn"


def test_options_that_fail_are_a_sentence_and_no_end(
    qtbot: QtBot, page: PluginsPage, strangers: list[EntryPoint]
) -> None:
    for title in ("Bad options", "Horn of horn"):
        press(page, f"Options of {title}")
    voice = Voice(source_plugins(), options_of)
    qtbot.addWidget(voice)
    voice.choose("bad_options")
    assert voice.options() is None
    voice.choose("horn")
    assert voice.options().loud


def test_whose_a_plugin_is_stands_on_its_card(qtbot: QtBot) -> None:
    page = PluginsPage((), source_plugins, options_of, engines=list)
    qtbot.addWidget(page)
    page.refresh()
    assert page.cards["speech"].origin.startswith("speech, from understudy 0.")


def test_a_place_for_people_that_does_not_work_is_shown_with_what_is_wrong(qtbot: QtBot) -> None:
    def refuse() -> ProfileStore:
        raise StoreFailed("the share is gone")

    plugin = StorePlugin("share", "The share", refuse)
    places = open_stores(Found({"share": plugin}, ()))
    page = PluginsPage((), source_plugins, options_of, lambda: places, list)
    qtbot.addWidget(page)
    page.refresh()
    assert page.cards["share"].problem.startswith("It cannot be used: the share is gone.")
    assert not page.cards["share"].switch.isEnabled()
    assert page.cards["microphone"].problem == ""
