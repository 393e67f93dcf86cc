"""Files that version 0.1.0 wrote before its rooms were moved are read, and mean the same."""

import json
import logging
import shutil
from dataclasses import fields
from pathlib import Path

import pytest

from app.settings import Settings, load
from core.portrait.profile_file import load as load_profile
from core.portrait.profile_file import packed
from core.profile import Framing, Profile
from core.record import to_json
from plugins.profiles import Folders

FILES = Path(__file__).with_name("files")
FRAMING = Framing(0.45, 0.4, 1.25, "fill")


@pytest.fixture
def store(tmp_path: Path) -> Folders:
    """A user's profiles as they lay on the disk."""
    return Folders(shutil.copytree(FILES / "profiles", tmp_path / "profiles"))


def test_everything_that_was_chosen_still_is(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = shutil.copy(FILES / "settings.json", tmp_path)
    with caplog.at_level(logging.WARNING):
        settings = load(Path(path))
    assert not caplog.records
    written = json.loads(Path(path).read_text("utf-8"))
    assert json.loads(to_json(settings)).items() >= written.items()
    usual = Settings()
    chosen = {
        f.name for f in fields(Settings) if getattr(settings, f.name) != getattr(usual, f.name)
    }
    assert chosen >= written.keys(), "the file has something unusual for every field"


def test_a_user_s_people_are_there(store: Folders) -> None:
    (theo,), bad = store.profiles()
    assert not bad
    _check(theo, "theo-at-home")


def test_a_profile_that_was_exported_is_taken_in(store: Folders) -> None:
    theo = load_profile(FILES / "theo.understudy", store)
    _check(theo, "theo-at-home-2")
    assert packed(theo) == packed(store.profiles()[0][0])


def _check(theo: Profile, name: str) -> None:
    assert (theo.name, theo.title) == (name, "Theo at home")
    assert theo.consent == "Drawn by us; nobody is shown."
    assert theo.framing == FRAMING
    (reference,) = theo.references
    original = FILES / "profiles" / "theo-at-home" / "reference-1.jpg"
    assert reference.read_bytes() == original.read_bytes()
