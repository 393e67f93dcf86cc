"""A profile travels as one file, and a bad file changes nothing."""

import io
import json
import os
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from core.portrait import profile_file
from core.portrait.load import BadPhoto
from core.portrait.profile_file import FILE, BadProfileFile, bring_back, load, packed
from core.profile import Framing, Profile, findings_beside
from plugins.profiles import Folders


@pytest.fixture
def ann(store: Folders, photo: Path) -> Profile:
    return store.save(Profile("", "Ann", (photo, photo), "It is me.", Framing(0.4, fit="fill")))


def about(**changes: object) -> str:
    whole = {"title": "Eve", "references": ["a.png"], "consent": "me", "framing": None}
    return json.dumps({**whole, **changes})


def zipped(text: str, names: Sequence[str] = ("a.png",), content: bytes = b"") -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(FILE, text)
        for name in names:
            archive.writestr(name, content)
    return whole.getvalue()


def unpacked(data: bytes, store: Folders) -> Profile:
    """Import a stranger's file."""
    file = store._root.parent / "stranger.understudy"
    file.write_bytes(data)
    return load(file, store)


def test_it_comes_back_as_it_was(store: Folders, ann: Profile, tmp_path: Path) -> None:
    file = tmp_path / "ann.understudy"
    file.write_bytes(packed(ann))
    other = load(file, store)
    assert other == replace(ann, name="ann-2", references=other.references)
    for one, two in zip(ann.references, other.references, strict=True):
        assert one.read_bytes() == two.read_bytes()


def test_what_leaves_says_nothing_of_where_and_when(store: Folders, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0132] = "2024:05:01 10:00:00"
    exif.get_ifd(0x8825)[0x0012] = "WGS-84 of Anna"
    path = tmp_path / "camera.jpg"
    Image.new("RGB", (90, 90), "red").save(path, exif=exif)
    ann = store.save(Profile("", "Ann", (path,), "me"))
    data = packed(ann)
    assert b"2024:05" not in data
    assert b"WGS-84" not in data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    kept = packed(ann, Path.read_bytes)  # for whoever undoes a removal
    store.remove(ann.name)
    assert bring_back(kept, store).references[0].read_bytes() == path.read_bytes()


def test_under_its_old_name_it_takes_its_old_place(store: Folders, ann: Profile) -> None:
    data = packed(ann)
    store.remove(ann.name)
    assert bring_back(data, store, ann.name) == ann


def test_what_was_found_in_a_photo_does_not_travel(store: Folders, ann: Profile) -> None:
    findings_beside(ann.references[0]).write_bytes(b"478 points")
    data = packed(ann)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert sorted(archive.namelist()) == [FILE, "reference-1.png", "reference-2.png"]
    store.remove(ann.name)
    back = bring_back(data, store, ann.name)
    assert not findings_beside(back.references[0]).exists()


def test_what_was_found_by_others_is_not_let_in(store: Folders, ann: Profile) -> None:
    whole = io.BytesIO(packed(ann))
    with zipfile.ZipFile(whole, "a") as archive:
        archive.writestr("reference-1.png.found", b"478 points")
    with pytest.raises(BadProfileFile, match="holds other things"):
        unpacked(whole.getvalue(), store)


BAD = {
    "not a zip": b"PK no",
    "empty": b"",
    "no profile": zipped(about()).replace(FILE.encode(), b"profile.jsoN"),
    "not JSON": zipped("{"),
    "another field": zipped(about(colour="red")),
    "no consent": zipped(about(consent=" ")),
    "no picture": zipped(about(references=[]), ()),
    "too many": zipped(about(references=list("abcd")), "abcd"),
    "missing": zipped(about(), ()),
    "more": zipped(about(), ("a.png", "b.png")),
    "up": zipped(about(references=["../a.png"]), ("../a.png",)),
    "root": zipped(about(references=["/a.png"]), ("/a.png",)),
    "backslash": zipped(about(references=["..\\a.png"]), ("..\\a.png",)),
    "drive": zipped(about(references=["C:a.png"]), ("C:a.png",)),
    "program": zipped(about(references=["a.exe"]), ("a.exe",)),
    "no picture inside": zipped(about(), content=b"text"),
    "framing": zipped(about(framing={"x": 9.0, "y": 0.5, "zoom": 1.0, "fit": "fill"})),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_changes_nothing(store: Folders, tmp_path: Path, kind: str) -> None:
    with pytest.raises((BadProfileFile, BadPhoto)):
        unpacked(BAD[kind], store)
    assert store.profiles() == ([], [])
    assert not (tmp_path / "a.png").exists()


def test_damage_anywhere_changes_nothing(store: Folders, ann: Profile) -> None:
    data = packed(ann)
    store.remove(ann.name)
    for at in range(0, len(data), 7):
        damaged = bytearray(data)
        damaged[at] ^= 0x55
        with pytest.raises((BadProfileFile, BadPhoto)):
            unpacked(bytes(damaged[: -max(1, at % 5)]), store)
    assert store.profiles() == ([], [])


def test_what_unpacks_to_more_than_a_picture_is_refused(
    store: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profile_file, "LARGEST_PICTURE", 1000)
    with pytest.raises(BadProfileFile, match="larger than 1000"):
        unpacked(zipped(about(), content=bytes(100_000)), store)


def test_a_huge_file_is_not_even_read(
    store: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profile_file, "LARGEST_PICTURE", 0)
    (tmp_path / "huge").write_bytes(bytes(100_000))
    with pytest.raises(BadProfileFile, match="larger than any profile"):
        load(tmp_path / "huge", store)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_that_leads_to_itself_is_told(tmp_path: Path) -> None:
    (tmp_path / "loop.understudy").symlink_to("loop.understudy")
    with pytest.raises(BadProfileFile, match="cannot be read"):
        load(tmp_path / "loop.understudy", Folders(tmp_path / "store"))


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Ann", "Ann"),
        ("  Ann\n\tand \u202eBob ", "Ann and Bob"),
        ("", "Without a name"),
        (" \u200b\x00", "Without a name"),
        ("A" * 100_000, "A" * 79 + "…"),
    ],
)
def test_a_strangers_title_is_one_line_that_can_be_read(
    store: Folders, ann: Profile, title: str, shown: str
) -> None:
    assert unpacked(packed(replace(ann, title=title)), store).title == shown
