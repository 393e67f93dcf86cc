"""Files state what they are, signed, and the library's own reader finds it whole."""

import errno
import io
import json
import os
from pathlib import Path
from typing import IO, Any

import c2pa
import numpy as np
import pytest
from cryptography import x509
from PIL import Image

from core.film.credentials import MP4, PNG, CredentialsError, sign
from core.film.film_sound import SOUNDS
from core.film.recording import Recording
from core.film.signing_identity import CERTIFICATES, KEY, identity, made
from core.film.snapshot import save
from core.video import Frame, VideoFormat
from tests.core.film.test_recording import sound

PICTURE = np.arange(90 * 160 * 3, dtype=np.uint8).reshape(90, 160, 3)

COMPOSITE = "compositeWithTrainedAlgorithmicMedia"


def read(kind: str, data: bytes) -> tuple[str, dict[str, Any]]:
    """Return what the library's reader says of a file: its verdict, and what is stated."""
    with c2pa.Reader(kind, io.BytesIO(data)) as reader:
        told = json.loads(reader.json())
        return str(reader.get_validation_state()), told["manifests"][told["active_manifest"]]


def png() -> io.BytesIO:
    file = io.BytesIO()
    Image.fromarray(PICTURE).save(file, "PNG")
    file.seek(0)
    return file


def signed() -> bytes:
    target = io.BytesIO()
    sign(png(), target, PNG, "AI-generated picture")
    return target.getvalue()


def refuse(source: IO[bytes], target: IO[bytes], kind: str, title: str) -> None:
    target.write(b"half a file")
    raise CredentialsError("it could not be signed (no library)")


def record(path: Path, **options: Any) -> Recording:
    recording = Recording(path, VideoFormat(160, 90), patient=True, **options)
    for number in range(10):
        recording.send(Frame(PICTURE, 640 * number))
        recording.play(sound(number))
    recording.close()
    return recording


def test_a_snapshot_states_that_it_is_ai_generated(tmp_path: Path) -> None:
    remarks: list[str] = []
    path = save(PICTURE, tmp_path / "a.png", remarks.append)
    verdict, stated = read(PNG, path.read_bytes())
    assert verdict == "Valid"
    (actions,) = stated["assertions"]
    assert actions["data"]["actions"][0]["digitalSourceType"].endswith(COMPOSITE)
    assert stated["claim_generator_info"][0]["name"] == "Understudy"
    assert not remarks
    with Image.open(path) as file:
        assert (np.asarray(file) == PICTURE).all()
        assert file.info["Title"] == "AI-generated picture"


@pytest.mark.parametrize("kind", SOUNDS)
def test_a_recording_states_it_too_and_is_an_ordinary_film(tmp_path: Path, kind: str) -> None:
    import av

    recording = record(tmp_path / "a.mp4", sound=kind)
    verdict, stated = read(MP4, recording.path.read_bytes())
    assert (verdict, recording.remark) == ("Valid", "")
    assert stated["title"] == "AI-generated video"
    with av.open(str(recording.path)) as film:
        assert film.metadata["title"] == "AI-generated video"
        assert sum(1 for _ in film.decode(video=0)) == 10
    assert [file.name for file in tmp_path.iterdir()] == ["a.mp4"]


def test_what_is_changed_afterwards_is_noticed() -> None:
    data = bytearray(signed())
    at = data.rindex(b"IDAT") + 8
    data[at] ^= 1
    assert read(PNG, bytes(data))[0] == "Invalid"


def test_a_film_that_cannot_be_signed_is_kept_and_says_so(tmp_path: Path) -> None:
    recording = record(tmp_path / "a.mp4", sign=refuse)
    assert recording.made
    assert recording.path.stat().st_size > 1000
    assert recording.remark == (
        "a.mp4 is kept without Content Credentials: it could not be signed (no library)"
    )
    assert [file.name for file in tmp_path.iterdir()] == ["a.mp4"]


def test_where_there_is_no_room_for_a_signed_film_it_says_so_in_words(tmp_path: Path) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/somewhere")

    recording = record(tmp_path / "a.mp4", sign=full)
    assert recording.made
    assert recording.remark == (
        "a.mp4 is kept without Content Credentials: No space left on device"
    )


def test_a_picture_that_cannot_be_signed_is_kept_and_says_so(tmp_path: Path) -> None:
    remarks: list[str] = []
    path = save(PICTURE, tmp_path / "a.png", remarks.append, refuse)
    with Image.open(path) as file:
        assert (np.asarray(file) == PICTURE).all()
    assert len(remarks) == 1
    assert "a.png is kept without Content Credentials" in remarks[0]


def test_what_is_no_film_cannot_be_signed() -> None:
    with pytest.raises(CredentialsError, match="could not be signed"):
        sign(io.BytesIO(b"no film"), io.BytesIO(), MP4, "AI-generated video")


def test_no_two_files_are_signed_by_the_same_key(tmp_path: Path) -> None:
    one, other = identity(tmp_path), identity(tmp_path)
    assert one.key != other.key
    assert list(tmp_path.iterdir()) == []


def test_a_certificate_of_our_own_names_nobody() -> None:
    for certificate in x509.load_pem_x509_certificates(made().certificates):
        names = {part.value for part in certificate.subject}
        assert names <= {"Understudy", "Understudy (self-signed)", "Understudy (self-signed), root"}


def test_the_users_own_certificate_is_taken_where_there_is_one(tmp_path: Path) -> None:
    own = made()
    (tmp_path / CERTIFICATES).write_bytes(own.certificates)
    (tmp_path / KEY).write_bytes(own.key)
    assert identity(tmp_path) == own


def test_a_key_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / CERTIFICATES).write_bytes(made().certificates)
    with pytest.raises(OSError, match=r"key\.pem"):
        identity(tmp_path)
    (tmp_path / KEY).write_text("no key")
    with pytest.raises(ValueError, match=r"key\.pem is no key without a password"):
        identity(tmp_path)
