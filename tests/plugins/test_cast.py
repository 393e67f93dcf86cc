"""The people who come with the program."""

import pytest

from core.photo.load import load_photo
from core.plugin import store_plugins
from core.profile import Profile
from plugins.profiles import open_built_in

NAMES = ("ines", "leo", "mira", "theo")


@pytest.fixture
def cast() -> list[Profile]:
    return open_built_in().profiles()[0]


def test_the_whole_cast_can_be_read() -> None:
    good, bad = open_built_in().profiles()
    assert not bad
    assert set(NAMES) <= {profile.name for profile in good}
    assert len({profile.title for profile in good}) == len(good)


def test_the_program_finds_its_cast(cast: list[Profile]) -> None:
    assert store_plugins().plugins["built_in"].open().profiles() == (cast, [])


def test_a_picture_opens_and_is_large_enough_to_be_shown(cast: list[Profile]) -> None:
    for reference in (path for member in cast for path in member.references):
        picture = load_photo(reference)
        assert min(picture.shape[:2]) >= 512
        assert picture.std() > 20


def test_nobody_real_is_shown(cast: list[Profile]) -> None:
    for member in cast:
        assert "nobody" in member.consent.casefold()
        assert len(member.consent) > 30


def test_a_folder_holds_a_profile_and_its_pictures_and_no_more(cast: list[Profile]) -> None:
    for member in cast:
        folder = member.references[0].parent
        known = {"profile.json", *(reference.name for reference in member.references)}
        assert {path.name for path in folder.iterdir()} == known


def test_a_picture_carries_no_notes_about_where_it_was_made(cast: list[Profile]) -> None:
    for reference in (path for member in cast for path in member.references):
        head = reference.read_bytes()[:4096]
        assert b"Exif" not in head
        assert b"xmp" not in head.lower()


def test_the_cast_cannot_be_changed(cast: list[Profile]) -> None:
    store = open_built_in()
    assert not store.writable
    with pytest.raises(PermissionError):
        store.remove("mira")
    assert store.profiles() == (cast, [])
