"""What core says is said in the window's language, whatever way it has come."""

import re
from collections.abc import Iterator
from pathlib import Path
from runpy import run_path

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtWidgets import QApplication

from app.desktop.language import FOLDER
from app.parts.form import usual
from app.parts.sentences import began, reason, told
from core.camera.devices import CameraError
from core.engine.conversation import EngineError
from core.film.snapshot import sentence
from core.process.child import ROOT, Child, command
from core.sentence import Sentence, joined, parted, said
from core.sound.portaudio import INPUT
from core.sound.portaudio import explain as explained
from plugins.audio_file import AudioFileOptions
from plugins.profiles import Folders
from plugins.speech import SpeechOptions
from tests.app.desktop.test_theme import application

__all__ = ["application"]

TEMPLATES = run_path(str(ROOT / "packaging" / "translations.py"))["collected"]()

MARK = re.compile(r"\{\d+\}")

SAME = {"dB", "ms", "Text", "Webcam {0}"}
"""What reads the same in German."""


@pytest.fixture
def german(application: QApplication) -> Iterator[None]:
    translator = QTranslator()
    assert translator.load("de", str(FOLDER))
    QCoreApplication.installTranslator(translator)
    yield
    QCoreApplication.removeTranslator(translator)


def explain(title: str, error: Exception) -> Exception:
    return explained(INPUT.noun, title, error)


def in_english(template: str) -> Sentence:
    """Return a sentence with values in it that nobody knows."""
    return said(template, *(f"«{place}»" for place in range(len(MARK.findall(template)))))


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


@pytest.mark.parametrize("template", [text for text in TEMPLATES if text.endswith(":")])
def test_the_remedy_is_said_after_a_colon_in_german_too(german: None, template: str) -> None:
    plain = in_english(template)
    spoken = told(Sentence(plain.template, plain.values, said("start again")))
    assert spoken.endswith(": starten Sie noch einmal")
    assert not told(plain).endswith(":")


def test_values_are_translated_as_well(german: None) -> None:
    error = explain("Yeti", OSError("x", -9985))
    assert reason(error).startswith(
        "Mikrofon Yeti lässt sich nicht benutzen: ein anderes Programm benutzt es"
    )
    full = OSError(28, "No space left on device")
    assert told(sentence(Path("a/b.png"), full)) == (
        "b.png wurde nicht in a gespeichert: der Datenträger ist voll; geben Sie Platz frei"
    )


def test_what_wraps_a_reason_needs_to_know_nothing_of_it(german: None) -> None:
    inner = ValueError(said("there is no voice {0!r}", "xx", remedy="choose one from the list"))
    outer = said("the engine failed ({0}), and so", inner)
    assert told(outer) == (
        "the engine failed (es gibt keine Stimme 'xx'; wählen Sie eine aus der Liste), and so"
    )


def test_what_helps_is_said_apart_as_well(german: None) -> None:
    found, remedy = parted(str(explain("Yeti", OSError("x", -9987))))
    assert (
        told(found)
        == "Mikrofon Yeti lässt sich nicht benutzen: es hat nicht rechtzeitig geantwortet"
    )
    assert told(remedy).startswith("ziehen Sie")


def test_several_sentences_are_told_one_by_one(german: None) -> None:
    again = said("Restart the computer.")
    assert told(joined((again, again))) == " ".join(["Starten Sie den Computer neu."] * 2)


def test_what_another_process_says_is_told_too(german: None) -> None:
    child = Child(command("tests.core.process.child_echo"), "echo")
    child.send({"do": "fail", "why": said("there is no voice {0!r}", "xx")})
    message = child.receive(30)
    child.close()
    assert message is not None
    assert reason(EngineError(message.head["failed"])) == "es gibt keine Stimme 'xx'"


def test_what_a_stranger_says_stays_as_it_is(german: None) -> None:
    for words in (
        "",
        "there is no voice 'xx'",
        "Oops: no. Try {0}!",
        "My Webcam Pro",
        "file.txt",
        "a; b",
        "{0}",
    ):
        assert told(words) == words


def test_an_error_without_words_is_named(german: None) -> None:
    assert reason(CameraError()) == "CameraError"
    assert reason(EngineError(said("the engine is closed", remedy="start again"))).startswith(
        "die Bilderzeugung"
    )


def test_what_the_system_says_of_a_file_comes_with_a_remedy(german: None) -> None:
    found = reason(PermissionError(13, "Permission denied", "/people/ann"))
    assert found.startswith("/people/ann: keine Berechtigung; schaffen Sie")


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


def test_a_file_at_the_beginning_keeps_its_name() -> None:
    assert began("talk.txt is silent") == "talk.txt is silent"
    assert began("it is silent; choose another.txt") == "It is silent; choose another.txt"
