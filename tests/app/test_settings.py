"""What was chosen is remembered, and what cannot be read is not lost."""

import json
import logging
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from app.settings import Settings, default_path, load, save, with_options
from plugins.audio_file import AudioFileOptions
from plugins.speech import SpeechOptions

CHOSEN = Settings(
    source="audio_file",
    options=with_options((), "speech", SpeechOptions("Hi", rate=300), SpeechOptions()),
    profile="ann",
    camera="/dev/video7",
    badge=False,
    recordings=Path("films"),
    window=(900, 600),
)


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    for name in ("app.settings", "core.record"):
        caplog.set_level(logging.CRITICAL, name)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "new" / "settings.json"
    save(path, CHOSEN)
    assert load(path) == CHOSEN
    assert [p.name for p in path.parent.iterdir()] == ["settings.json"]


def test_without_a_file_there_are_defaults(tmp_path: Path) -> None:
    assert load(tmp_path / "settings.json") == Settings()


def test_settings_of_an_older_program_are_read(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text('{"profile": "ann"}')
    assert load(tmp_path / "settings.json") == Settings(profile="ann")


def test_settings_from_before_there_were_pages_keep_everything(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text(
        '{"source": "audio_file", "options": [], "profile": "ann", "engine": "", "camera": "cam",'
        ' "badge": false, "badge_place": "top left", "recordings": "films", "window": [900, 600]}'
    )
    found = load(tmp_path / "settings.json")
    assert (found.camera, found.badge, found.recordings) == ("cam", False, Path("films"))
    assert (found.page, found.sound, found.height) == (False, "", 720)


@pytest.mark.parametrize("text", ["", "{", "[]", "\x00\xff"])
def test_what_cannot_be_read_is_set_aside_each_under_its_own_name(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "settings.json"
    for count in (1, 2):
        path.write_text(text)
        assert load(path) == Settings()
        assert (tmp_path / f"settings.unreadable-{count}.json").read_text() == text
        assert not path.exists()


def test_what_only_another_version_knows_is_left_alone_and_stays_in_the_file(
    tmp_path: Path,
) -> None:
    path = tmp_path / "settings.json"
    save(path, CHOSEN)
    newer = json.loads(path.read_text()) | {"colour": "red", "shade": {"of": [1, 2]}}
    path.write_text(json.dumps(newer))
    assert load(path) == CHOSEN
    save(path, replace(CHOSEN, profile="bob"))
    assert load(path) == replace(CHOSEN, profile="bob")
    assert json.loads(path.read_text()) == newer | {"profile": "bob"}
    assert [p.name for p in path.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("badge", 3),
        ("window", [900]),
        ("film_sound", True),
        ("options", [["speech", 5]]),
        ("background", {"kind": "steam"}),
        ("framings", [["ann", {"zoom": 99}]]),
    ],
)
def test_a_choice_that_cannot_be_read_takes_its_default_and_the_rest_is_kept(
    tmp_path: Path, name: str, value: object
) -> None:
    path = tmp_path / "settings.json"
    save(path, CHOSEN)
    path.write_text(json.dumps(json.loads(path.read_text()) | {name: value}))
    assert load(path) == replace(CHOSEN, **{name: getattr(Settings(), name)})
    assert [p.name for p in path.parent.iterdir()] == ["settings.json"]


def test_settings_that_cannot_be_written_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    save(tmp_path / "file" / "settings.json", CHOSEN)


def test_each_plugin_has_its_own_options_and_falls_back_to_defaults() -> None:
    assert CHOSEN.options_of("speech", SpeechOptions()) == SpeechOptions("Hi", rate=300)
    assert CHOSEN.options_of("audio_file", AudioFileOptions()) == AudioFileOptions()
    changed = Settings(options=(("speech", '{"rate": "fast"}'),))
    assert changed.options_of("speech", SpeechOptions()) == SpeechOptions()
    usual = AudioFileOptions()
    path = with_options(CHOSEN.options, "audio_file", AudioFileOptions(Path("a.wav")), usual)
    assert Settings(options=path).options_of("audio_file", usual).path == Path("a.wav")


def test_one_option_of_a_plugin_can_be_asked_for() -> None:
    assert CHOSEN.option("speech", "text") == "Hi"
    assert CHOSEN.option("speech", "colour") == CHOSEN.option("none", "text") == ""


def test_they_lie_in_the_users_folder_for_settings() -> None:
    assert default_path().parts[-2:] == ("understudy", "settings.json")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("window", [2**31, 2**31]),
        ("window", [-5, 700]),
        ("place", "\ud800"),
        ("place", "x" * 100_000),
        ("page_shown", 2**31),
        ("page_shown", -1),
        ("height", 2**63),
        ("fps", 2**63),
        ("fps", 7),
        ("page_port", 70_000),
        ("page_token", "\ud800"),
        ("badge_size", 0.9),
        ("badge_place", "nowhere"),
        ("film_sound", "gramophone"),
    ],
)
def test_a_choice_without_sense_takes_its_default_and_the_rest_is_kept(
    tmp_path: Path, name: str, value: object
) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({name: value, "profile": "ann"}))
    assert load(path) == Settings(profile="ann")


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"badge_size": 1%s}' % ("0" * 400), '{"height": %s}' % ("[" * 3000)]
)
def test_settings_without_end_do_not_keep_the_program_from_starting(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text)
    assert load(path) == Settings()
    save(path, Settings())
    assert load(path) == Settings()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such rights")
def test_nobody_else_on_this_computer_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "understudy" / "settings.json"
    before = os.umask(0)
    try:
        save(path, Settings(page_token="secret"))
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    path.chmod(0o644)  # as an earlier version wrote them
    save(path, Settings(page_token="secret"))
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("no settings")
    path.chmod(0o644)
    load(path)
    (aside,) = path.parent.glob("settings.unreadable-*")
    assert aside.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "field",
    ['"another": 3', '"another": {"deep": [1]}', '"height": "tall"', '"fps": null', '"keys": 7'],
)
def test_one_choice_that_is_not_known_takes_no_other_with_it(tmp_path: Path, field: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(f'{{"page_token": "kept", "welcomed": true, "profile": "ann", {field}}}')
    found = load(path)
    assert (found.page_token, found.welcomed, found.profile) == ("kept", True, "ann")
    assert path.exists()


@pytest.mark.parametrize("kind", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_what_an_editor_saved_in_other_unicode_is_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "settings.json"
    save(path, CHOSEN)
    data = {**json.loads(path.read_text("utf-8")), "of another version": 1}
    path.write_bytes(json.dumps(data).encode(kind))
    assert load(path) == CHOSEN
    save(path, CHOSEN)
    assert json.loads(path.read_text("utf-8"))["of another version"] == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such pipes here")
def test_what_is_no_file_is_set_aside_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    os.mkfifo(path)
    assert load(path) == Settings()
    path.symlink_to("/dev/zero")
    assert load(path) == Settings()
    save(path, CHOSEN)
    assert load(path) == CHOSEN
