"""A photo's file is left with the picture alone: the same pixels, nothing of who, when, where."""

import io
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image, PngImagePlugin

from core.portrait.load import BadPhoto, load_photo
from core.portrait.metadata import without_metadata

SECRET = "SN-4711-of-Anna"
MARKS = (b"SN-4711", b"2024:05:01", b"Anna", b"GPSL")


def picture(size: tuple[int, int] = (120, 90)) -> Image.Image:
    noise = np.random.default_rng(0).integers(0, 256, (size[1] // 6, size[0] // 6, 3), np.uint8)
    return Image.fromarray(noise).resize(size)


def notes(orientation: int) -> Image.Exif:
    """Return what a camera writes."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.DateTime] = "2024:05:01 10:00:00"
    exif[ExifTags.Base.Artist] = "Anna"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.BodySerialNumber] = SECRET
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (52.0, 31.0, 12.0)
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSMapDatum] = "GPSLANNA"
    return exif


def jpeg(path: Path, orientation: int) -> Path:
    picture().save(path, "JPEG", exif=notes(orientation), comment=SECRET.encode(), quality=90)
    data = path.read_bytes()
    photoshop = b"Photoshop 3.0\0" + SECRET.encode()
    part = b"\xff\xed" + (len(photoshop) + 2).to_bytes(2, "big") + photoshop
    path.write_bytes(data[:2] + part + data[2:] + b"\0\0\0\x18ftypmp42" + SECRET.encode())
    return path


def progressive(path: Path, orientation: int) -> Path:
    exif = notes(orientation)
    picture().save(path, "JPEG", exif=exif, progressive=True, subsampling=0, comment=SECRET)
    return path


def printed(path: Path, orientation: int) -> Path:
    picture().convert("CMYK").save(path, "JPEG", exif=notes(orientation), comment=SECRET)
    return path


def png(path: Path, orientation: int) -> Path:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", SECRET)
    texts.add_text("Comment", SECRET, zip=True)
    texts.add_itxt("XML:com.adobe.xmp", f"<x>{SECRET}</x>")
    picture().save(path, "PNG", exif=notes(orientation), pnginfo=texts)
    path.write_bytes(path.read_bytes() + SECRET.encode())
    return path


def tiff(path: Path, orientation: int) -> Path:
    picture().save(path, "TIFF", exif=notes(orientation))
    return path


def webp(path: Path, orientation: int) -> Path:
    exif = notes(orientation)
    picture().save(path, "WEBP", exif=exif, lossless=True, xmp=f"<x>{SECRET}</x>")
    return path


def avif(path: Path, orientation: int) -> Path:
    picture().save(path, "AVIF", exif=notes(orientation))
    return path


KINDS: list[Callable[[Path, int], Path]] = [jpeg, progressive, printed, png, tiff, webp, avif]


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize("orientation", [1, 6, 9])
def test_the_picture_stays_and_all_else_goes(
    tmp_path: Path, make: Callable[[Path, int], Path], orientation: int
) -> None:
    before = make(tmp_path / "photo", orientation)
    after = tmp_path / "clean"
    after.write_bytes(without_metadata(before))
    np.testing.assert_array_equal(load_photo(after), load_photo(before))
    data = after.read_bytes()
    assert any(mark in before.read_bytes() for mark in MARKS)
    for mark in MARKS:
        assert mark not in data
    with Image.open(io.BytesIO(data)) as left:
        assert set(left.getexif()) <= {ExifTags.Base.Orientation}
        assert not left.getexif().get_ifd(ExifTags.IFD.GPSInfo)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_file_with_nothing_but_its_picture_is_left_as_it_is(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "photo"
    picture().save(path, kind)
    assert without_metadata(path) == path.read_bytes()


def test_colours_stay_with_their_profile(tmp_path: Path) -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for kind in ("JPEG", "PNG"):
        path = tmp_path / kind
        picture().save(path, kind, icc_profile=profile, exif=notes(1))
        with Image.open(io.BytesIO(without_metadata(path))) as left:
            assert left.info["icc_profile"] == profile


@pytest.mark.parametrize("make", [jpeg, png])
def test_a_file_that_is_not_built_as_it_should_be_is_written_anew_or_refused(
    tmp_path: Path, make: Callable[[Path, int], Path]
) -> None:
    whole = make(tmp_path / "photo", 1).read_bytes()
    cut = tmp_path / "cut"
    random = np.random.default_rng(1)
    for _ in range(60):
        data = bytearray(whole)
        for at in random.integers(2, len(whole), 4):
            data[at] = random.integers(256)
        cut.write_bytes(data[: random.integers(10, len(whole))])
        try:
            left = without_metadata(cut)
        except BadPhoto:
            continue
        assert SECRET.encode() not in left


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    for content in (b"", b"no picture", b"\xff\xd8", zlib.compress(b"x")):
        path.write_bytes(content)
        with pytest.raises(BadPhoto):
            without_metadata(path)
