"""Small files of strangers: whole, or refused before they keep anybody waiting."""

import os
from pathlib import Path

import pytest

from core.sentence import system_words
from core.small_file import read_small_file


def test_a_file_is_read_whole_up_to_its_limit(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1234")
    assert read_small_file(tmp_path / "a", 4) == b"1234"
    with pytest.raises(OSError, match="is larger than 3 bytes") as caught:
        read_small_file(tmp_path / "a", 3)
    assert system_words(caught.value) == "it is larger than 3 bytes"


def test_what_is_no_file_or_not_there_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="it is no file"):
        read_small_file(tmp_path, 4)
    with pytest.raises(FileNotFoundError):
        read_small_file(tmp_path / "nowhere", 4)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such pipes here")
def test_pipes_and_devices_are_refused_also_behind_a_link(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "endless").symlink_to("/dev/zero")
    for name in ("pipe", "endless"):
        with pytest.raises(OSError, match="it is no file"):
            read_small_file(tmp_path / name, 4)
