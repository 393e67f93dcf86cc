"""A form for any options: what it shows is what it gives."""

import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from app.parts.form import OptionsForm, by_own_name
from core.options import Hint, option
from core.plugin import source_plugins
from tests.app.find import box, choose, titles


def slow_choices() -> list[tuple[str, str]]:
    time.sleep(0.05)
    return [("", "Default"), ("de", "German"), ("fr", "French")]


def no_choices() -> list[tuple[str, str]]:
    raise OSError("the dog ate them")


def never_asked() -> list[tuple[str, str]]:
    raise AssertionError("nobody wanted to choose")


@dataclass(frozen=True)
class Voice:
    language: str = option("de", Hint("Language", choices=never_asked, long=True, local=True))
    speaker: str = option("", Hint("Speaker", choices=never_asked, long=True))


@dataclass(frozen=True)
class Lazy:
    language: str = option("de", Hint("Language", choices=slow_choices, long=True))


@dataclass(frozen=True)
class Options:
    text: str = option("one\ntwo", Hint("Text", lines=3))
    name: str = "plain"
    language: str = option("de", Hint("Language", choices=slow_choices))
    broken: str = option("x", Hint("Broken", choices=no_choices))
    count: int = option(3, Hint("Count", low=1, high=9, unit="pieces"))
    gain: float = option(-1.5, Hint("Gain", low=-9, high=9))
    loop: bool = option(True, Hint("Repeat"))
    path: Path = option(Path("a.wav"), Hint("File", files="Sound (*.wav)"))

    def __post_init__(self) -> None:
        if self.name == "bad":
            raise ValueError("that name is bad")


@pytest.fixture
def form(qtbot: QtBot) -> OptionsForm:
    form = OptionsForm(Options())
    qtbot.addWidget(form)
    return form


def test_what_is_put_in_comes_out(form: OptionsForm, qtbot: QtBot) -> None:
    assert form.value() == Options()
    found = (box(form, "Language"), 3), (box(form, "Broken"), 2)
    qtbot.waitUntil(lambda: all(shown.count() == entries for shown, entries in found))
    assert form.value() == Options()


def test_what_is_changed_comes_out_and_is_told(form: OptionsForm, qtbot: QtBot) -> None:
    with qtbot.waitSignal(form.changed):
        form.findChildren(QCheckBox)[0].setChecked(False)
    counts = [box for box in form.findChildren(QSpinBox) if box.suffix() == " pieces"]
    counts[0].setValue(99)
    form.findChildren(QDoubleSpinBox)[0].setValue(2.5)
    value = form.value()
    assert (value.loop, value.count, value.gain) == (False, 9, 2.5)


def test_choices_are_found_meanwhile_and_the_choice_stays(form: OptionsForm, qtbot: QtBot) -> None:
    shown = box(form, "Language")
    qtbot.waitUntil(lambda: shown.count() == 3)
    assert shown.currentText() == "German"
    choose(form, "Language", "French")
    assert form.value().language == "fr"


def test_what_takes_long_to_find_is_not_looked_for_before_somebody_chooses(qtbot: QtBot) -> None:
    form = OptionsForm(Voice())
    qtbot.addWidget(form)
    assert titles(form, "Language") == ["Deutsch"]
    assert titles(form, "Speaker") == ["Automatic"]
    assert form.value() == Voice()


def test_whoever_wants_to_choose_sees_the_list_as_soon_as_it_is_found(qtbot: QtBot) -> None:
    form = OptionsForm(Lazy())
    qtbot.addWidget(form)
    form.show()
    shown = box(form, "Language")
    shown.showPopup()
    assert not shown.view().isVisible()
    qtbot.waitUntil(shown.view().isVisible)
    assert titles(form, "Language") == ["Default", "German", "French"]
    assert shown.currentText() == "German"
    shown.hidePopup()


def test_choices_that_cannot_be_found_lose_nothing(form: OptionsForm, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(titles(form, "Broken")) == 2)
    assert "the dog ate them" in titles(form, "Broken")[0]
    assert form.value().broken == "x"


def test_what_the_options_refuse_is_an_error(form: OptionsForm) -> None:
    line = next(e for e in form.findChildren(QLineEdit) if e.text() == "plain")
    line.setText("bad")
    with pytest.raises(ValueError, match="that name is bad"):
        form.value()


@pytest.mark.parametrize("name", ["audio_file", "microphone", "speech"])
def test_every_source_of_ours_gets_a_form_with_names_for_the_blind(qtbot: QtBot, name: str) -> None:
    options = source_plugins().plugins[name].options()
    form = OptionsForm(options)
    qtbot.addWidget(form)
    assert form.value() == options
    for shown in form.findChildren(QComboBox):
        assert shown.accessibleName()
        qtbot.waitUntil(lambda shown=shown: shown.count() >= 1)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("code", "title", "shown"),
    [
        ("de", "German", "Deutsch (German)"),
        ("fr-be", "French (Belgium)", "Français (French (Belgium))"),
        ("en-us", "English (America)", "English (America)"),
        ("de", "de", "Deutsch"),
        ("eo", "Esperanto", "Esperanto"),
        ("jbx", "Nobody's", "Nobody's"),
    ],
)
def test_a_language_bears_its_own_name(code: str, title: str, shown: str) -> None:
    assert by_own_name(code, title) == shown
