"""The people who come with the program."""

import numpy as np
import pytest

from core.plugin import store_plugins
from core.portrait.analysis import LONGEST_SIDE, find_person
from core.portrait.analysis_cache import load_findings
from core.portrait.load import load_photo, load_photo_with_digest
from core.profile import Profile, findings_beside
from plugins.profiles import open_built_in

NAMES = ("ines", "leo", "mira", "theo")
REMEDY = "run: python -m core.training.analyse_cast"


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


def test_a_folder_holds_a_profile_its_pictures_what_was_found_and_no_more(
    cast: list[Profile],
) -> None:
    for member in cast:
        folder = member.references[0].parent
        found = {findings_beside(reference).name for reference in member.references}
        known = {"profile.json", *(reference.name for reference in member.references), *found}
        assert {path.name for path in folder.iterdir()} == known


def test_what_is_kept_of_the_cast_is_what_the_finder_that_ships_finds(cast: list[Profile]) -> None:
    for reference in (path for member in cast for path in member.references):
        photo = load_photo_with_digest(reference, LONGEST_SIDE)
        there = load_findings(reference, photo)
        assert there is not None, f"{reference} does not fit the finder that ships; {REMEDY}"
        today = find_person(photo.picture)
        away = np.abs(there.landmarks - today.landmarks).max()
        levels = np.abs(there.matte.astype(int) - today.matte).mean()
        assert away < 0.5, f"{reference}: {away} pixels away from what is found today; {REMEDY}"
        assert levels < 0.01 * 255, f"{reference}: its matte is another today; {REMEDY}"


def test_what_is_kept_of_the_cast_is_small(cast: list[Profile]) -> None:
    kept = (findings_beside(reference) for member in cast for reference in member.references)
    assert sum(path.stat().st_size for path in kept) < 500_000


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
