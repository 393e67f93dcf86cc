"""What core says is said in the window's language, whatever way it has come."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtWidgets import QApplication

from app.desktop.language import FOLDER
from app.parts.form import usual
from app.parts.sentences import VALUE, began, reason, told
from core.camera.devices import CameraError
from core.doctor.finding import cut
from core.engine.client import EngineError
from core.film.snapshot import sentence
from core.sound.portaudio import explain
from plugins.audio_file import AudioFileOptions
from plugins.profiles import Folders
from plugins.speech import SpeechOptions
from tests.app.desktop.test_theme import application

__all__ = ["application"]

TEMPLATES = (FOLDER / "sentences.txt").read_text("utf-8").splitlines()

SAME = {"dB", "ms", "Text", "Webcam {0}"}
"""What reads the same in German."""


@pytest.fixture
def german(application: QApplication) -> Iterator[None]:
    translator = QTranslator()
    assert translator.load("de", str(FOLDER))
    QCoreApplication.installTranslator(translator)
    yield
    QCoreApplication.removeTranslator(translator)


def in_english(template: str) -> str:
    """Return a sentence with values in it that nobody knows."""
    return VALUE.sub(lambda mark: f"«{mark[0][1:-1]}»", template)


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_sentence_of_core_is_said_in_german_with_its_values(
    german: None, template: str
) -> None:
    words = in_english(template)
    spoken = told(words)
    assert (spoken == words) is (template in SAME)
    assert sorted(re.findall("«.*?»", spoken)) == sorted(re.findall("«.*?»", words))


def test_where_english_is_spoken_nothing_is_touched(application: QApplication) -> None:
    for template in TEMPLATES:
        assert told(in_english(template)) == in_english(template)


@pytest.mark.parametrize("template", [text for text in TEMPLATES if cut(ValueError(text))[1]])
def test_the_advice_that_the_doctor_cuts_off_is_said_in_german_too(
    german: None, template: str
) -> None:
    for half in cut(ValueError(in_english(template))):
        only_values = not re.search("[A-Za-z]{2}", re.sub("«.*?»", "", half))
        assert (told(half) == half) is only_values


def test_values_are_translated_as_well(german: None) -> None:
    error = explain("microphone", "Yeti", OSError("x", -9985))
    assert "Mikrofon Yeti lässt sich nicht benutzen: ein anderes Programm benutzt es" in reason(
        error
    )
    full = OSError(28, "No space left on device")
    assert told(sentence(Path("a/b.png"), full)) == (
        "b.png wurde nicht in a gespeichert: der Datenträger ist voll; geben Sie Platz frei"
    )


def test_a_sentence_is_known_with_a_capital_with_another_one_and_in_spaces(german: None) -> None:
    assert told("The engine has been closed; start again") == (
        "Die Bilderzeugung wurde beendet; starten Sie noch einmal"
    )
    assert told(" Restart the computer. Restart the computer.") == (
        " Starten Sie den Computer neu. Starten Sie den Computer neu."
    )


def test_what_a_stranger_says_stays_as_it_is(german: None) -> None:
    for words in ("", "Oops: no. Try {0}!", "My Webcam Pro", "file.txt", "a; b", "{0}"):
        assert told(words) == words


def test_an_error_without_words_is_named(german: None) -> None:
    assert reason(CameraError()) == "CameraError"
    assert reason(EngineError("the engine is closed; start again")).startswith("die Bilderzeugung")


def test_what_the_system_says_of_a_file_comes_with_a_remedy(german: None) -> None:
    found = reason(PermissionError(13, "Permission denied", "/people/ann"))
    assert found.startswith("/people/ann: Keine Berechtigung; schaffen Sie")


def test_by_default_a_german_line_is_spoken_with_a_german_voice(german: None) -> None:
    speech = usual(SpeechOptions)
    assert speech.voice == "de"
    assert speech.text.startswith("Hallo!")
    assert usual(AudioFileOptions) == AudioFileOptions()


def test_by_default_an_english_one_elsewhere(application: QApplication) -> None:
    assert usual(SpeechOptions) == SpeechOptions()


def test_a_broken_profile_is_told_in_german(german: None, tmp_path: Path) -> None:
    folder = tmp_path / "ann"
    folder.mkdir()
    (folder / "profile.json").write_text("{\n nonsense", "utf-8")
    _, bad = Folders(tmp_path).profiles()
    assert told(bad[0].reason) == (
        f"profile.json ist in Zeile 2 beschädigt; reparieren oder entfernen Sie den Ordner {folder}"
    )


def test_several_sentences_are_told_one_by_one(german: None) -> None:
    step = "Run `flatpak override --device=all {0}`, then start {0} again."
    words = told(" ".join(step.format(name) for name in ("Chrome", "Zoom")))
    assert words == " ".join(
        f"Führen Sie `flatpak override --device=all {name}` aus, dann starten Sie {name} neu."
        for name in ("Chrome", "Zoom")
    )


def test_a_file_at_the_beginning_keeps_its_name() -> None:
    assert began("talk.txt is silent") == "talk.txt is silent"
    assert began("it is silent; choose another.txt") == "It is silent; choose another.txt"
