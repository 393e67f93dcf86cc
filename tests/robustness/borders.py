"""The borders to outside data: what is given to each, and the errors that it may answer with."""

import io
import json
import shutil
import socket
import struct
import tempfile
import wave
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from core.process.child import ROOT
from tests.robustness.mutation import damaged, damaged_json

Use = Callable[[bytes, Path], object]
"""Gives an input to the border; what is written lies in the folder. Errors of its own are good."""

FILES = ROOT / "tests" / "golden" / "files"
MIRA = ROOT / "plugins" / "cast" / "mira" / "1.jpg"


@dataclass(frozen=True)
class Border:
    """One kind of outside data."""

    name: str
    seeds: Callable[[], Sequence[bytes]]
    use: Use
    errors: Callable[[], tuple[type[BaseException], ...]] = tuple
    """What the border may raise: its own errors, which say what helps."""
    mutate: Callable[[Sequence[bytes], int, int], bytes] = field(default=damaged)


def photos() -> list[bytes]:
    """Return a small picture in every format that is read."""
    y, x = np.mgrid[0:80, 0:96]
    picture = Image.fromarray(np.dstack([x * 2, y * 3, x + y]).astype(np.uint8))
    found = []
    for kind, how in {
        "JPEG": {}, "PNG": {}, "WEBP": {}, "AVIF": {}, "BMP": {}, "GIF": {}, "PPM": {}, "TGA": {},
        "JPEG2000": {}, "TIFF": {"compression": "tiff_deflate"},
    }.items():  # fmt: skip
        file = io.BytesIO()
        picture.save(file, kind, **how)
        found.append(file.getvalue())
    file = io.BytesIO()
    picture.save(file, "GIF", save_all=True, append_images=[picture.rotate(90)] * 3)
    return [*found, file.getvalue()]


def read_photo(data: bytes, folder: Path) -> None:
    from core.portrait.load import format_suffix, load_photo

    format_suffix(io.BytesIO(data))
    (folder / "photo").write_bytes(data)
    load_photo(folder / "photo")


def sounds() -> list[bytes]:
    """Return half a second in formats of libsndfile, and in those of phones and films."""
    import soundfile

    from tests.plugins.test_audio_file import film_of_channels, mp4

    tone = (0.3 * np.sin(np.arange(8000) / 7)).astype(np.float32)
    found = []
    for kind, part in (
        ("WAV", None), ("FLAC", None), ("OGG", None), ("MP3", None), ("AIFF", None),
        ("WAV", "IMA_ADPCM"), ("WAV", "FLOAT"), ("RF64", None), ("CAF", "ALAC_16"),
    ):  # fmt: skip
        file = io.BytesIO()
        channels = np.column_stack([tone, -tone])
        soundfile.write(file, channels, 16_000, part, format=kind)
        found.append(file.getvalue())
    file = io.BytesIO()
    with wave.open(file, "wb") as plain:
        plain.setparams((1, 1, 8000, 4000, "NONE", ""))
        plain.writeframes(bytes(range(250)) * 16)
    found.append(file.getvalue())
    with tempfile.TemporaryDirectory() as folder:
        found += [
            mp4(Path(folder, name), tone, codec).read_bytes()
            for name, codec in (("a.m4a", "aac"), ("a.mkv", "libopus"), ("a.wma", "wmav2"))
        ]
        found.append(film_of_channels(Path(folder, "b.mkv"), tone, "7.1").read_bytes())
    return found


def play_sound(data: bytes, folder: Path) -> None:
    from core.audio import EndOfAudio
    from core.clock import SwiftClock
    from plugins.audio_file import AudioFile, AudioFileOptions

    (folder / "sound").write_bytes(data)
    source = AudioFile(AudioFileOptions(folder / "sound"), SwiftClock())
    try:
        for _ in range(500):
            heard = source.read(640, 1.0)
            if heard is not None:
                assert np.isfinite(heard.samples).all()
                assert np.abs(heard.samples).max(initial=0) <= 1
    except EndOfAudio:
        pass
    finally:
        source.close()


def films() -> list[bytes]:
    """Return half a second of film as it is recorded, called and found elsewhere."""
    import av

    found = []
    for name, codec in (
        ("mp4", "libx264"),
        ("webm", "libvpx-vp9"),
        ("mkv", "mpeg4"),
        ("avi", "mjpeg"),
    ):
        file = io.BytesIO()
        with av.open(file, "w", format={"mkv": "matroska"}.get(name, name)) as film:
            stream: Any = film.add_stream(codec, rate=25)
            stream.width, stream.height = 96, 64
            stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
            for number in range(12):
                picture = np.full((64, 96, 3), number * 20, np.uint8)
                film.mux(stream.encode(av.VideoFrame.from_ndarray(picture)))
            film.mux(stream.encode(None))
        found.append(file.getvalue())
    return found


def verify_film(data: bytes, folder: Path) -> None:
    from core.verify.pieces import pieces

    (folder / "film").write_bytes(data)
    for piece in pieces(folder / "film", 5):
        assert piece.start >= 0


def archives() -> list[bytes]:
    """Return persons' files, one of them packed, so that its parts can be damaged too."""
    found = [(FILES / "theo.understudy").read_bytes()]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        about = {"title": "Ann", "references": ["a.png"], "consent": "me", "framing": None}
        archive.writestr("profile.json", json.dumps(about))
        archive.writestr("a.png", photos()[1])
    return [*found, file.getvalue(), file.getvalue()]


def import_person(data: bytes, folder: Path) -> None:
    from core.portrait.profile_file import load
    from plugins.profiles import Folders

    (folder / "ann.understudy").write_bytes(data)
    store = Folders(folder / "store")
    try:
        load(folder / "ann.understudy", store)
    except Exception:
        assert store.profiles() == ([], [])  # a bad file changes nothing
        raise
    finally:
        shutil.rmtree(folder / "store", ignore_errors=True)
        strays = {path.name for path in folder.iterdir()} - {"ann.understudy", "store.lock"}
        assert not strays, f"written outside: {strays}"


def checkpoints() -> list[bytes]:
    """Return an avatar model of toy size, and a network that is read without torch."""
    from core.model.avatar import save_avatar
    from tests.core.neural.small import avatar

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "avatar.safetensors")
        save_avatar(path, avatar(), {"recipe": "toy"})
        return [path.read_bytes()]


def open_checkpoint(data: bytes, folder: Path) -> None:
    from core.model.avatar import load_avatar

    (folder / "avatar.safetensors").write_bytes(data)
    load_avatar(folder / "avatar.safetensors")


def damaged_checkpoint(seeds: Sequence[bytes], number: int, seed: int = 0) -> bytes:
    """Return a checkpoint whose config was changed; every second time its bytes instead."""
    if number % 2:
        return damaged(seeds, number, seed)
    whole = seeds[0]
    (size,) = struct.unpack("<Q", whole[:8])
    head = json.loads(whole[8 : 8 + size])
    config = damaged_json([head["__metadata__"]["config"].encode()], number * 3 + 1, seed)
    head["__metadata__"]["config"] = config.decode("utf-8", "replace")
    text = json.dumps(head).encode()
    return struct.pack("<Q", len(text)) + text + whole[8 + size :]


def settings() -> list[bytes]:
    return [(FILES / "settings.json").read_bytes()]


def load_settings(data: bytes, folder: Path) -> None:
    from app.settings import Settings, load, save
    from plugins.speech import SpeechOptions

    path = folder / "settings.json"
    path.write_bytes(data)
    found = load(path)
    assert isinstance(found, Settings)
    found.options_of("speech", SpeechOptions())
    save(path, found)
    assert isinstance(load(path), Settings)
    for aside in folder.glob("settings.unreadable*"):
        aside.unlink()


def findings() -> list[bytes]:
    return [MIRA.with_name("1.jpg.found").read_bytes()]


def read_findings(data: bytes, folder: Path) -> None:
    """Findings of a photo that were damaged, and such as were sealed by whoever forged them."""
    from core.perception.face.weights import WEIGHTS
    from core.portrait.analysis import LONGEST_SIDE
    from core.portrait.analysis_cache import DIGEST_SIZE, _digest, load_findings
    from core.portrait.load import load_photo_with_digest

    path = folder / "1.jpg"
    if not path.exists():
        shutil.copy(MIRA, path)
        _PHOTO.append(load_photo_with_digest(path, LONGEST_SIDE))
    photo = _PHOTO[-1]
    forged = _digest(data[DIGEST_SIZE:], photo, WEIGHTS) + data[DIGEST_SIZE:]
    for whole in (data, forged):
        path.with_name("1.jpg.found").write_bytes(whole)
        found = load_findings(path, photo)
        assert found is None or np.isfinite(found.landmarks).all()


_PHOTO: list[Any] = []


def requests() -> list[bytes]:
    """Return what a browser sends; the token is put in where it is used."""
    host = "Host: 127.0.0.1:PORT\r\n"
    return [
        f"GET /TOKEN/ HTTP/1.1\r\n{host}\r\n".encode(),
        f"GET /TOKEN/picture?known=-1 HTTP/1.1\r\n{host}Origin: http://127.0.0.1:PORT\r\n\r\n".encode(),
        f"GET /TOKEN HTTP/1.0\r\n{host}Content-Length: 3\r\n\r\nabc".encode(),
        b"GET /../../etc/passwd HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    ]


def ask_page(data: bytes, _: Path) -> None:
    """The page answers as HTTP or not at all, and never shows a picture without its token."""
    if not _PAGE:
        from core.web.page_camera import BrowserCamera

        _PAGE.append(BrowserCamera(0))
    page = _PAGE[0]
    port = int(page.url.split(":")[2].split("/")[0])
    whole = data.replace(b"TOKEN", page.token.encode()).replace(b"PORT", str(port).encode())
    with socket.create_connection(("127.0.0.1", port), timeout=8) as line:
        line.sendall(whole)
        line.shutdown(socket.SHUT_WR)
        answer = b""
        while block := line.recv(65536):
            answer += block
    assert not answer or answer.startswith((b"HTTP/1.", b"<!DOCTYPE", b"<html")), answer[:20]
    if page.token.encode() not in whole:
        assert b" 200 " not in answer.split(b"\r\n", 1)[0]


_PAGE: list[Any] = []


def _photo_errors() -> tuple[type[BaseException], ...]:
    from core.portrait.load import BadPhoto

    return (BadPhoto,)


def _sound_errors() -> tuple[type[BaseException], ...]:
    from plugins.sound_reading import BadSound

    return (BadSound,)


def _film_errors() -> tuple[type[BaseException], ...]:
    from core.portrait.load import BadPhoto
    from core.verify.pieces import BadFile

    return (BadFile, BadPhoto)


def _archive_errors() -> tuple[type[BaseException], ...]:
    from core.portrait.load import BadPhoto
    from core.portrait.profile_file import BadProfileFile

    return (BadPhoto, BadProfileFile)


def _checkpoint_errors() -> tuple[type[BaseException], ...]:
    from core.checkpoint import BadCheckpoint

    return (BadCheckpoint,)


def _page_errors() -> tuple[type[BaseException], ...]:
    return (ConnectionError,)


BORDERS = {
    border.name: border
    for border in (
        Border("photos", photos, read_photo, _photo_errors),
        Border("sounds", sounds, play_sound, _sound_errors),
        Border("films", films, verify_film, _film_errors),
        Border("archives", archives, import_person, _archive_errors),
        Border("checkpoints", checkpoints, open_checkpoint, _checkpoint_errors, damaged_checkpoint),
        Border("settings", settings, load_settings, mutate=damaged_json),
        Border("findings", findings, read_findings),
        Border("requests", requests, ask_page, _page_errors),
    )
}
