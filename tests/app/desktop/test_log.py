"""The log says what happened and nothing of anybody's own."""

import logging
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from app.desktop import log
from app.settings import load
from core.clock import WallClock
from core.portrait.load import BadPhoto, load_photo
from core.profile import Profile
from plugins.audio_file import AudioFileOptions, plugin
from plugins.profiles import Folders
from plugins.speech import SpeechOptions
from plugins.speech import plugin as speech

SECRETS = ("Zebedee", "xylophone", "wedding")
"""What people typed or named; each stands somewhere in what happens below."""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    where = tmp_path / "logs"
    root = logging.getLogger()
    level = root.level
    handler = log.begin(where, logging.DEBUG)
    assert handler
    yield where
    root.removeHandler(handler)
    root.setLevel(level)
    handler.close()


def text(folder: Path) -> str:
    return (folder / "understudy.log").read_text("utf-8")


def meet(error: Exception) -> None:
    """Write an error as every part of the program does."""
    try:
        raise error
    except type(error):
        logging.getLogger("core.live.session").exception("live session failed")


def test_no_path_text_or_name_gets_in_whatever_fails(folder: Path, tmp_path: Path) -> None:
    photo = tmp_path / "wedding of Zebedee.jpg"
    photo.write_bytes(b"no photo")
    deeds: tuple[Callable[[], object], ...] = (
        lambda: load_photo(photo),
        lambda: plugin.open(AudioFileOptions(tmp_path / "xylophone solo.wav"), WallClock()),
        lambda: speech.open(SpeechOptions(voice="Zebedee xylophone"), WallClock()),
        lambda: Profile("Zebedee", "Zebedee", (), "me"),
    )
    for deed in deeds:
        try:
            deed()
        except (BadPhoto, ValueError, OSError, RuntimeError) as error:
            meet(error)
        else:
            raise AssertionError("nothing failed")
    found = text(folder)
    assert found.count("live session failed") == 4
    assert "BadPhoto" in found
    assert "tests/app/desktop/test_log.py:" in found
    assert str(tmp_path) not in found
    for secret in SECRETS:
        assert secret not in found


def test_profiles_and_settings_that_cannot_be_read_stay_nameless(
    folder: Path, tmp_path: Path
) -> None:
    store = Folders(tmp_path / "people")
    Image.fromarray(np.zeros((80, 80, 3), np.uint8)).save(tmp_path / "Zebedee.png")
    saved = store.save(Profile("", "Zebedee", (tmp_path / "Zebedee.png",), "a xylophone"))
    (saved.references[0].parent / "profile.json").write_text("{xylophone")
    _, bad = store.profiles()
    assert bad
    (tmp_path / "settings.json").write_text('{"profile": "Zebedee", "x": "wedding"}')
    load(tmp_path / "settings.json")
    for secret in SECRETS:
        assert secret.lower() not in text(folder).lower()


@pytest.mark.parametrize(
    "words",
    [
        "cannot open '/home/ann/Zebedee/wedding.jpg'",
        "cannot open /home/ann/Zebedee/wedding.jpg: it is gone",
        "Zebedee.png: this is no picture",
        r"cannot open C:\Users\Zebedee\wedding.png",
        "file:///home/Zebedee is not here",
        "~/Zebedee/wedding is gone",
        'said "Zebedee plays the xylophone"',
        "said \u201cZebedee plays\u201d, and \u2018xylophone\u2019",
        "text 'Zebedee\\'s wedding' is too long",
    ],
)
def test_quoted_words_and_paths_are_hidden(words: str) -> None:
    found = log.public(words)
    for secret in (*SECRETS, "home"):
        assert secret not in found
    assert log.HIDDEN in found


def test_what_helps_stays() -> None:
    words = "CUDA out of memory: tried to allocate 2.00 GiB; 1.5 times real time at 25.0 frames/s"
    assert log.public(words) == words


def test_the_way_of_an_error_in_another_process_stays_without_its_source(folder: Path) -> None:
    trace = (
        "Traceback (most recent call last):\n"
        '  File "/opt/understudy/core/engine/engine_process.py", line 60, in run\n'
        '    say("Zebedee")\n'
        "ValueError: 'Zebedee' is no person"
    )
    logging.getLogger("core.engine.engine_client").error("in the engine's process: %s", trace)
    assert "core/engine/engine_process.py:60, in run" in text(folder)
    assert "ValueError" in text(folder)
    assert "Zebedee" not in text(folder)


def test_old_entries_make_room(tmp_path: Path) -> None:
    handler = log.begin(tmp_path / "small", largest=1000)
    assert handler
    for _ in range(100):
        handler.emit(logging.makeLogRecord({"msg": "x " * 50, "name": "core.long"}))
    logging.getLogger().removeHandler(handler)
    handler.close()
    files = sorted((tmp_path / "small").iterdir())
    names = ["understudy.log", *(f"understudy.log.{n}" for n in (1, 2, 3))]
    assert [path.name for path in files] == names
    assert all(path.stat().st_size <= 1000 for path in files)


def test_a_log_that_cannot_be_written_is_no_reason_to_fail(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL")
    (tmp_path / "file").touch()
    assert log.begin(tmp_path / "file" / "logs") is None


def test_what_nobody_caught_is_written_and_still_shown(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, *_: shown.append(kind.__name__))
    monkeypatch.setattr(threading, "excepthook", lambda failed: shown.append("thread"))
    log.catch_all()
    try:
        raise KeyError("Zebedee")
    except KeyError as error:
        sys.excepthook(KeyError, error, error.__traceback__)
    thread = threading.Thread(target=lambda: 1 // 0)
    thread.start()
    thread.join()
    assert shown == ["KeyError", "thread"]
    assert text(folder).count("nobody caught this") == 2
    assert "Zebedee" not in text(folder)


def test_it_lies_in_the_users_folder_for_logs(qtbot: QtBot) -> None:
    assert "understudy" in str(log.folder())
