"""Profiles on disk: whole or not at all, and nothing that was there is lost."""

import json
import os
import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.look import Look
from core.portrait.load import BadPhoto
from core.process.child import ROOT
from core.profile import Framing, Profile, findings_beside
from core.record import from_json, to_json
from plugins.profiles import FILE, Folders, open_built_in, open_user, safe
from plugins.whole_folders import NEW, OLD, WholeFolders


@pytest.fixture
def store(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "profiles")


@pytest.fixture
def ann(tmp_path: Path) -> Profile:
    return Profile("", "Ann O'Neill", (photo(tmp_path / "a.PNG", 1),), "It is me.", Framing(0.4))


def photo(path: Path, seed: int) -> Path:
    pixels = np.random.default_rng(seed).integers(0, 255, (80, 70, 3), np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def files(store: Folders) -> set[str]:
    root = store._root
    return {str(p.relative_to(root)) for p in root.rglob("*") if p.is_file()}


def test_what_is_saved_is_found(store: Folders, ann: Profile) -> None:
    saved = store.save(ann)
    assert store.profiles() == ([saved], [])
    assert saved.name == "ann-o-neill"
    assert replace(saved, name="", references=ann.references) == ann
    assert saved.references[0].read_bytes() == ann.references[0].read_bytes()
    assert files(store) == {"ann-o-neill/profile.json", "ann-o-neill/reference-1.png"}


def test_the_original_may_go_once_it_is_saved(store: Folders, ann: Profile) -> None:
    saved = store.save(ann)
    ann.references[0].unlink()
    assert saved.references[0].is_file()


def test_the_same_title_twice_makes_two_profiles(store: Folders, ann: Profile) -> None:
    names = [store.save(ann).name for _ in range(3)]
    assert names == ["ann-o-neill", "ann-o-neill-2", "ann-o-neill-3"]


def test_saving_under_its_name_replaces_it_even_with_its_own_pictures(
    store: Folders, ann: Profile, tmp_path: Path
) -> None:
    saved = store.save(ann)
    more = (*saved.references, photo(tmp_path / "b.jpg", 2))
    again = store.save(replace(saved, title="Ann B.", references=more, framing=None))
    assert again.name == saved.name
    assert (again.title, again.framing) == ("Ann B.", None)
    assert store.profiles() == ([again], [])
    assert len(files(store)) == 3


def test_they_come_in_order_of_title(store: Folders, ann: Profile) -> None:
    for title in ("zoe", "Bob", "ann"):
        store.save(replace(ann, title=title))
    assert [p.title for p in store.profiles()[0]] == ["ann", "Bob", "zoe"]


def test_a_removed_profile_is_gone(store: Folders, ann: Profile) -> None:
    saved = store.save(ann)
    store.remove(saved.name)
    assert store.profiles() == ([], [])
    assert not files(store)


@pytest.mark.parametrize("name", ["", "..", "../profiles", "a/b", ".old-ann", "/etc"])
def test_only_profiles_are_removed(store: Folders, ann: Profile, name: str) -> None:
    store.save(ann)
    with pytest.raises((ValueError, OSError)):
        store.remove(name)
    assert len(files(store)) == 2


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Ann", "ann"),
        ("  ", "profile"),
        ("../../etc/passwd", "etc-passwd"),
        ("CON", "profile-con"),
        ("a\0b:c*d?", "a-b-c-d"),
        ("Zoë Ünal", "zoë-ünal"),
        ("李雷", "李雷"),
        ("x" * 300, "x" * 40),
        (".hidden", "hidden"),
    ],
)
def test_names_are_safe_for_every_file_system(title: str, name: str) -> None:
    assert safe(title) == name
    assert safe(name) == name


no_links = pytest.mark.skipif(os.name == "nt", reason="links need rights there")


def spoil(store: Folders, saved: Profile, how: str) -> Path:
    folder = saved.references[0].parent
    data = json.loads((folder / FILE).read_text())
    match how:
        case "no json":
            (folder / FILE).write_text("{")
        case "binary":
            (folder / FILE).write_bytes(b'{"title": "\xfc"}')
        case "a device":
            (folder / FILE).unlink()
            (folder / FILE).symlink_to(os.devnull)
        case "huge number":
            (folder / FILE).write_text('{"title": ' + "9" * 5000 + "}")
        case "gone":
            (folder / FILE).unlink()
        case "picture gone":
            saved.references[0].unlink()
        case "no consent":
            (folder / FILE).write_text(json.dumps({**data, "consent": " "}))
        case "outside":
            (folder / FILE).write_text(json.dumps({**data, "references": ["../../a.PNG"]}))
        case "unknown field":
            (folder / FILE).write_text(json.dumps({**data, "colour": 1}))
        case "framing":
            (folder / FILE).write_text(json.dumps({**data, "framing": {**data["framing"], "x": 9}}))
    return folder


@pytest.mark.parametrize(
    ("how", "complaint"),
    [
        ("no json", "profile.json is damaged in line 1"),
        ("binary", "it holds more than letters"),
        pytest.param("a device", "cannot be read (it is no file)", marks=no_links),
        ("huge number", "Stored cannot be made of this"),
        ("gone", "profile.json is missing"),
        ("picture gone", "picture 'reference-1.png' is missing"),
        ("no consent", "names no consent"),
        ("outside", "is not beside profile.json"),
        ("unknown field", "unknown field 'colour'"),
        ("framing", "is not inside the picture"),
    ],
)
def test_a_corrupt_profile_is_told_and_left_alone(
    store: Folders, ann: Profile, how: str, complaint: str
) -> None:
    good, broken = store.save(replace(ann, title="Good")), store.save(ann)
    folder = spoil(store, broken, how)
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    profiles, bad = store.profiles()
    assert profiles == [good]
    assert [b.name for b in bad] == ["ann-o-neill"]
    assert complaint in bad[0].reason
    assert f"mend or remove the folder {folder}" in bad[0].reason
    assert store.save(broken if how != "picture gone" else ann).name == "ann-o-neill-2"
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


def test_a_picture_that_cannot_be_read_is_refused_and_nothing_is_changed(
    store: Folders, ann: Profile, tmp_path: Path
) -> None:
    saved, before = store.save(ann), files(store)
    (tmp_path / "text.png").write_text("no picture")
    for bad in (tmp_path / "text.png", tmp_path / "gone.png"):
        with pytest.raises(BadPhoto):
            store.save(replace(saved, references=(bad,)))
    assert files(store) == before
    assert store.profiles() == ([saved], [])


def test_interrupted_while_writing_nothing_is_changed(
    store: Folders, ann: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = store.save(ann)

    def full(*args: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(OSError, match="No space left"):
        store.save(replace(saved, title="Other"))
    assert store.profiles() == ([saved], [])
    assert len(files(store)) == 2


def test_interrupted_between_out_and_in_the_old_one_comes_back(
    store: Folders, ann: Profile
) -> None:
    saved = store.save(ann)
    folder = saved.references[0].parent
    folder.rename(folder.with_name(OLD + folder.name))
    (folder.parent / (NEW + "x")).mkdir()
    store.recover()
    assert store.profiles() == ([saved], [])
    assert not (folder.parent / (NEW + "x")).exists()


def test_a_list_changes_nothing_on_the_disk_and_misses_nobody_amid_a_change(
    store: Folders, ann: Profile
) -> None:
    saved = store.save(ann)
    folder = saved.references[0].parent
    folder.rename(folder.with_name(OLD + folder.name))
    before = files(store)
    (listed,), bad = store.profiles()
    assert (listed.name, listed.title, bad) == (saved.name, saved.title, [])
    assert files(store) == before


def test_while_somebody_changes_something_a_start_clears_nothing_away(
    store: Folders, ann: Profile
) -> None:
    store.save(ann)
    (store._root / f"{NEW}x").mkdir()
    held = threading.Event()
    done = threading.Event()

    def change() -> None:
        with WholeFolders(store._root, FILE).alone():
            held.set()
            done.wait(30)

    other = threading.Thread(target=change)
    other.start()
    assert held.wait(30)
    store.recover()
    assert (store._root / f"{NEW}x").exists()
    done.set()
    other.join()
    store.recover()
    assert not (store._root / f"{NEW}x").exists()


def test_who_waits_too_long_for_another_program_is_told(store: Folders, ann: Profile) -> None:
    store.save(ann)
    program = (
        "import sys; from pathlib import Path; from plugins.whole_folders import WholeFolders\n"
        f"with WholeFolders(Path({str(store._root)!r}), 'profile.json').alone():\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with other:
        assert other.stdout
        assert other.stdout.readline()
        waiting = WholeFolders(store._root, FILE)
        with pytest.raises(OSError, match="another program is changing"), waiting.alone(0.01):
            pass
        other.kill()
    store.save(ann)  # and what a killed one held is free


def test_who_was_removed_does_not_come_back_from_an_earlier_change(
    store: Folders, ann: Profile
) -> None:
    saved = store.save(ann)
    home = saved.references[0].parent
    shutil.copytree(home, home.with_name(OLD + home.name))
    store.remove(saved.name)
    store.recover()
    assert store.profiles() == ([], [])
    assert files(store) == set()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_nobody_else_on_this_computer_sees_who_was_added(store: Folders, ann: Profile) -> None:
    store.save(ann)
    assert store._root.stat().st_mode & 0o077 == 0
    store._root.chmod(0o755)
    store.recover()
    assert store._root.stat().st_mode & 0o077 == 0


def test_a_removal_that_breaks_off_is_final(
    store: Folders, ann: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = store.save(ann)
    erase = shutil.rmtree

    def held_open(*_: object) -> None:
        raise PermissionError("a photo is open in another program")

    monkeypatch.setattr(shutil, "rmtree", held_open)
    store.remove(saved.name)
    assert store.profiles() == ([], [])
    monkeypatch.setattr(shutil, "rmtree", erase)
    store.recover()
    assert store.profiles() == ([], [])
    assert files(store) == set()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_an_error(store: Folders, ann: Profile) -> None:
    store._root.mkdir(mode=0o500)
    with pytest.raises(OSError, match="Permission"):
        store.save(ann)


def test_the_built_in_cast_is_whole_and_cannot_be_changed(ann: Profile) -> None:
    cast = open_built_in()
    assert not cast.writable
    assert cast.profiles()[1] == []
    with pytest.raises(PermissionError, match="make one of your own"):
        cast.save(ann)
    with pytest.raises(PermissionError):
        cast.remove("anyone")


def test_a_store_that_is_not_there_yet_is_empty(tmp_path: Path) -> None:
    assert Folders(tmp_path / "no" / "where").profiles() == ([], [])


def test_the_users_profiles_lie_in_the_users_folder() -> None:
    assert open_user()._root.parts[-2:] == ("understudy", "profiles")
    assert open_user().writable


def test_a_framing_changes_and_nothing_else(store: Folders, ann: Profile) -> None:
    saved = store.save(ann)
    before = saved.references[0].stat().st_mtime_ns
    close = Framing(0.4, 0.6, 2.0)
    store.reframe(saved.name, close)
    assert store.profiles()[0] == [replace(saved, framing=close)]
    store.reframe(saved.name, None)
    assert store.profiles()[0] == [replace(saved, framing=None)]
    assert saved.references[0].stat().st_mtime_ns == before
    assert files(store) == {"ann-o-neill/profile.json", "ann-o-neill/reference-1.png"}


def test_nobody_else_is_reframed(store: Folders, ann: Profile) -> None:
    saved = store.save(ann)
    with pytest.raises(ValueError, match="no profile's name"):
        store.reframe(f"../{saved.name}", None)
    with pytest.raises(FileNotFoundError):
        store.reframe("bob", None)
    with pytest.raises(PermissionError):
        Folders(store._root, writable=False).reframe(saved.name, None)


def test_what_was_found_in_a_photo_is_kept_with_it(store: Folders, ann: Profile) -> None:
    saved = store.save(ann, {ann.references[0]: b"found"})
    assert findings_beside(saved.references[0]).read_bytes() == b"found"


def found(profile: Profile, number: int = 0) -> Path:
    """Leave what was found in a picture beside it."""
    path = findings_beside(profile.references[number])
    path.write_bytes(b"found in " + profile.references[number].read_bytes())
    return path


def test_only_a_store_that_can_be_written_gives_a_home(store: Folders, ann: Profile) -> None:
    saved = store.save(ann)
    assert ann.home is None
    assert saved.home == saved.references[0].parent == store._root / "ann-o-neill"
    assert [p.home for p in store.profiles()[0]] == [saved.home]
    assert [p.home for p in Folders(store._root, writable=False).profiles()[0]] == [None]
    assert from_json(Look, to_json(Look(saved))).profile.home == saved.home


def test_what_was_found_stays_with_its_picture(
    store: Folders, ann: Profile, tmp_path: Path
) -> None:
    saved = store.save(ann)
    what = found(saved).read_bytes()
    store.reframe(saved.name, Framing(0.3))
    renamed = store.save(replace(saved, title="Ann B."))
    more = (photo(tmp_path / "b.jpg", 2), *renamed.references)
    again = store.save(replace(renamed, references=more))
    copy = store.save(replace(again, name="", title="Copy"))
    for profile in (again, copy):
        assert not findings_beside(profile.references[0]).exists()
        assert findings_beside(profile.references[1]).read_bytes() == what


def test_what_was_found_goes_with_its_picture(store: Folders, ann: Profile, tmp_path: Path) -> None:
    saved = store.save(ann)
    found(saved)
    store.save(replace(saved, references=(photo(tmp_path / "b.png", 2),)))
    assert files(store) == {"ann-o-neill/profile.json", "ann-o-neill/reference-1.png"}
    found(saved)
    store.remove(saved.name)
    assert not files(store)


def test_what_was_found_and_cannot_be_copied_is_left(store: Folders, ann: Profile) -> None:
    saved = store.save(ann)
    findings_beside(saved.references[0]).mkdir()
    again = store.save(replace(saved, title="Ann B."))
    assert not findings_beside(again.references[0]).exists()


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"framing": {"x": 1%s}}' % ("0" * 400), "x" * 5_000_000]
)
def test_one_folder_without_sense_is_no_other_persons_trouble(tmp_path: Path, text: str) -> None:
    (bad := tmp_path / "bad").mkdir()
    (bad / FILE).write_text(text)
    good, broken = Folders(tmp_path).profiles()
    assert (good, [one.name for one in broken]) == ([], ["bad"])
    assert len(broken[0].reason) < 1000


@pytest.mark.parametrize("suffix", [f".{'x' * 240}", ".a\tb", ".日本", ".", ".x y"])
def test_a_photo_of_any_suffix_is_kept_with_what_was_found_in_it(
    store: Folders, ann: Profile, tmp_path: Path, suffix: str
) -> None:
    photo = tmp_path / f"photo{suffix}"
    photo.write_bytes(ann.references[0].read_bytes())
    saved = store.save(replace(ann, references=(photo,)), {photo: b"found"})
    assert findings_beside(saved.references[0]).read_bytes() == b"found"
    assert store.profiles() == ([saved], [])
