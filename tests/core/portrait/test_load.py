"""Photos as people have them: turned, transparent, grey, printed, huge, broken, and no photos."""

import io
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngImageFile

from core.portrait.load import LARGEST_FILE, BadPhoto, load_photo, load_photo_with_digest
from core.sentence import parted

Save = Callable[..., Path]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Write a picture to a file of this name; keywords go to Pillow."""

    def write(picture: Image.Image, name: str, **options: object) -> Path:
        path = tmp_path / name
        picture.save(path, **options)  # type: ignore[arg-type]
        return path

    return write


def two_colours(mode: str = "RGB", size: tuple[int, int] = (120, 80)) -> Image.Image:
    """Left half red, right half blue."""
    picture = Image.new("RGB", size, (200, 30, 30))
    picture.paste((30, 30, 200), (size[0] // 2, 0, size[0], size[1]))
    return picture.convert(mode)


def test_a_plain_photo_comes_as_it_is(save: Save) -> None:
    picture = load_photo(save(two_colours(), "photo.png"))
    assert picture.shape == (80, 120, 3)
    assert picture.dtype == np.uint8
    assert tuple(picture[40, 20]) == (200, 30, 30)
    assert tuple(picture[40, 100]) == (30, 30, 200)


@pytest.mark.parametrize(
    ("orientation", "red"), [(1, "left"), (3, "right"), (6, "top"), (8, "bottom"), (2, "right")]
)
def test_a_photo_is_turned_as_its_camera_was_held(save: Save, orientation: int, red: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = load_photo(save(two_colours(), "photo.jpg", exif=exif, quality=95)).astype(int)
    place = {"left": (40, 5), "right": (40, -5), "top": (5, 40), "bottom": (-5, 40)}[red]
    assert picture[place][0] > 150 > picture[place][2]
    assert picture.shape[:2] == ((120, 80) if red in ("top", "bottom") else (80, 120))


def test_a_large_photo_is_made_smaller_in_proportion(save: Save) -> None:
    path = save(two_colours(size=(3000, 1500)), "photo.jpg", quality=95)
    assert load_photo(path, longest=400).shape == (200, 400, 3)


def test_fine_stripes_turn_grey_instead_of_coarse(save: Save) -> None:
    stripes = np.zeros((900, 900, 3), dtype=np.uint8)
    stripes[:, ::2] = 255
    picture = load_photo(save(Image.fromarray(stripes), "photo.png"), longest=101)
    assert picture[10:-10, 10:-10].std() < 12


def test_what_is_transparent_becomes_white(save: Save) -> None:
    picture = two_colours("RGBA")
    picture.putalpha(Image.new("L", picture.size, 0))
    assert (load_photo(save(picture, "photo.png")) == 255).all()
    half = two_colours("RGBA", (400, 300))
    half.putalpha(Image.new("L", half.size, 128))
    assert abs(int(load_photo(save(half, "half.png"), longest=100)[50, 20, 1]) - 142) < 4


def test_a_transparent_palette_becomes_white(save: Save) -> None:
    picture = two_colours().quantize(4)
    index = picture.getpixel((10, 10))
    loaded = load_photo(save(picture, "photo.gif", transparency=index))
    assert tuple(loaded[40, 20]) == (255, 255, 255)
    assert loaded[40, 100, 2] > 150


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "CMYK"])
def test_every_kind_of_pixel_becomes_rgb(save: Save, mode: str) -> None:
    suffix = "tif" if mode == "CMYK" else "png"
    picture = load_photo(save(two_colours().convert(mode), f"photo.{suffix}"))
    assert picture.shape == (80, 120, 3)
    assert int(picture[40, 20].max()) != int(picture[40, 100].min())


def test_sixteen_bits_are_scaled_and_not_cut(save: Save) -> None:
    ramp = np.linspace(0, 65535, 100 * 100).reshape(100, 100).astype(np.uint16)
    picture = load_photo(save(Image.fromarray(ramp), "photo.png"))
    assert picture[0, 0, 0] == 0
    assert 125 <= picture[50, 0, 0] <= 130
    assert picture[-1, -1, 0] == 255


def test_fractions_are_read_as_light(save: Save) -> None:
    light = np.full((80, 80), 0.5, dtype=np.float32)
    picture = load_photo(save(Image.fromarray(light), "photo.tiff"))
    assert 126 <= picture[40, 40, 1] <= 128


def test_a_colour_profile_is_applied(save: Save) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    plain = load_photo(save(two_colours(), "plain.png"))
    same = load_photo(save(two_colours(), "same.png", icc_profile=srgb.tobytes()))
    assert np.abs(plain.astype(int) - same).max() <= 1
    # A profile for another kind of colour, or none at all, must not lose the photo.
    other = load_photo(save(two_colours(), "other.png", icc_profile=lab.tobytes()))
    broken = load_photo(save(two_colours(), "broken.png", icc_profile=b"no profile"))
    assert (other == plain).all()
    assert (broken == plain).all()


def test_a_hundred_megapixels_are_read_small(save: Save) -> None:
    path = save(Image.new("RGB", (12000, 8400), (10, 120, 200)), "photo.jpg", quality=50)
    picture = load_photo(path, longest=800)
    assert picture.shape == (560, 800, 3)
    assert np.abs(picture[300, 400].astype(int) - (10, 120, 200)).max() < 6


def test_more_than_we_read_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "huge.bmp"
    Image.new("RGB", (64, 64)).save(path)
    head = bytearray(path.read_bytes())
    head[18:26] = (20000).to_bytes(4, "little") + (9000).to_bytes(4, "little")
    path.write_bytes(head)
    with pytest.raises(BadPhoto, match=r"huge\.bmp has more than 150 megapixels"):
        load_photo(path)


@pytest.mark.parametrize("size", [(40, 200), (200, 63), (20, 20)])
def test_too_small_a_photo_is_said_so(save: Save, size: tuple[int, int]) -> None:
    with pytest.raises(BadPhoto, match="too small"):
        load_photo(save(two_colours(size=size), "photo.png"))


def test_a_ribbon_is_too_small_once_it_fits(save: Save) -> None:
    with pytest.raises(BadPhoto, match="too small"):
        load_photo(save(two_colours(size=(4000, 70)), "photo.png"))


@pytest.mark.parametrize("content", [b"", b"hello", b"%!PS-Adobe-3.0 EPSF-3.0\n", b"\x00" * 4000])
def test_what_is_no_picture_is_said_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "thing.jpg"
    path.write_bytes(content)
    with pytest.raises(BadPhoto, match=r"thing\.jpg is not a picture"):
        load_photo(path)


def test_heic_is_named_with_its_remedy(tmp_path: Path) -> None:
    path = tmp_path / "IMG_1.HEIC"
    path.write_bytes(b"\x00\x00\x00\x18ftypheic" + b"\x00" * 100)
    with pytest.raises(BadPhoto, match=r"HEIC.*export it as JPEG"):
        load_photo(path)


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif"])
def test_half_a_file_is_damaged(save: Save, suffix: str) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (300, 300, 3), dtype=np.uint8)
    path = save(Image.fromarray(noise), f"photo.{suffix}")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(BadPhoto, match="photo"):
        load_photo(path)


def test_a_missing_file_and_a_folder_are_said_so(tmp_path: Path) -> None:
    with pytest.raises(BadPhoto, match="not there"):
        load_photo(tmp_path / "gone.jpg")
    with pytest.raises(BadPhoto):
        load_photo(tmp_path)


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "jpeg", "tiff_deflate"])
@pytest.mark.parametrize(
    ("orientation", "red"), [(1, "left"), (3, "right"), (6, "top"), (8, "bottom"), (2, "right")]
)
def test_a_scan_is_turned_once(save: Save, orientation: int, red: str, compression: str) -> None:
    path = save(two_colours(), "scan.tif", tiffinfo={0x0112: orientation}, compression=compression)
    picture = load_photo(path).astype(int)
    place = {"left": (40, 5), "right": (40, -5), "top": (5, 40), "bottom": (-5, 40)}[red]
    assert picture[place][0] > 150 > picture[place][2]
    assert picture.shape[:2] == ((120, 80) if red in ("top", "bottom") else (80, 120))


def test_a_large_scan_that_was_turned_keeps_its_proportions(save: Save) -> None:
    path = save(two_colours(size=(1200, 800)), "scan.tif", tiffinfo={0x0112: 6})
    assert load_photo(path, longest=300).shape == (300, 200, 3)


def test_a_transparent_avif_of_an_early_encoder_is_read(save: Save) -> None:
    path = save(cut_out(), "photo.avif", quality=95)
    data = bytearray(path.read_bytes())
    at = data.index(b"ipma") + 12
    at += 3 + data[at + 2]  # the first entry is the picture's, the second that of its alpha
    data[at + 3] = data[at + 4]  # which so loses its size
    path.write_bytes(data)
    picture = load_photo(path).astype(int)
    assert np.abs(picture[20, 20] - (200, 30, 30)).max() < 20
    assert np.abs(picture[70, 20] - 255).max() < 8


def cut_out() -> Image.Image:
    """Two colours above, nothing below."""
    picture = two_colours("RGBA")
    picture.paste((0, 0, 0, 0), (0, 40, 120, 80))
    return picture


@pytest.mark.parametrize("suffix", ["gif", "webp", "png", "avif"])
@pytest.mark.parametrize("blank", ["black", "white"])
def test_an_animation_that_begins_with_nothing_shows_what_comes(
    save: Save, suffix: str, blank: str
) -> None:
    nothing, last = Image.new("RGB", (120, 80), blank), Image.new("RGB", (120, 80), "green")
    path = save(
        nothing, f"photo.{suffix}", save_all=True, append_images=[nothing, two_colours(), last],
        duration=100,
    )  # fmt: skip
    assert load_photo(path)[40, 20, 0] > 150


def test_an_animation_that_shows_nothing_at_all_is_read(save: Save) -> None:
    pictures = [Image.new("RGB", (120, 80), (level, level, level)) for level in (0, 9, 5)]
    path = save(pictures[0], "photo.gif", save_all=True, append_images=pictures[1:])
    assert load_photo(path).max() < 20


@pytest.mark.parametrize("most", [255, 65_535, 10**6, 2**31 - 1])
def test_greys_of_32_bits_reach_from_black_to_white(save: Save, most: int) -> None:
    greys = np.linspace(0, most, 120, dtype=np.int32)[None].repeat(80, 0)
    picture = load_photo(save(Image.fromarray(greys), "photo.tif"))
    assert picture[40, 1].max() < 6
    assert picture[40, -1].min() > 250


@pytest.mark.parametrize("most", [1.0, 255.0, 65_535.0, 1e9])
def test_light_of_any_scale_is_seen(save: Save, most: float) -> None:
    light = np.linspace(0, most, 120, dtype=np.float32)[None].repeat(80, 0)
    light[0, :3] = np.nan, np.inf, -np.inf
    picture = load_photo(save(Image.fromarray(light), "photo.tif"))
    assert picture[40, 1].max() < 6
    assert picture[40, -1].min() > 250
    assert picture[0, :3, 0].tolist() == [0, 255, 0]


def test_a_panorama_keeps_what_is_small_in_it(save: Save) -> None:
    path = save(two_colours(size=(10_000, 500)), "photo.png")
    height, width = load_photo(path, longest=1600).shape[:2]
    assert height > 200
    assert width / height == pytest.approx(20, rel=0.01)


def test_a_huge_file_and_what_is_no_file_are_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "photo.jpg"
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(BadPhoto, match="has more than 256 MB"):
        load_photo_with_digest(path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.jpg")
        with pytest.raises(BadPhoto, match="is no file"):
            load_photo(tmp_path / "pipe.jpg")


def test_however_a_decoder_fails_one_sentence_says_so(
    save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(two_colours(), "photo.png")
    for error in (
        RuntimeError("secret"),
        TypeError("secret"),
        KeyError("secret"),
        RecursionError(),
    ):
        monkeypatch.setattr(Image.Image, "draft", fail_with(error))
        with pytest.raises(BadPhoto, match=r"photo.png is damaged .*; save it anew") as caught:
            load_photo(path)
        assert "secret" not in str(caught.value)


def fail_with(error: Exception) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise error

    return fail


def test_mutated_photos_are_read_or_told(save: Save) -> None:
    draw = np.random.default_rng(3)
    kinds = ("jpg", "png", "gif", "webp", "avif", "tif", "bmp", "tga", "jp2", "ppm")
    seeds = [save(two_colours(), f"seed.{kind}").read_bytes() for kind in kinds]
    for number in range(300):
        data = bytearray(seeds[number % len(seeds)])
        for at in draw.integers(0, len(data), draw.integers(1, 12)):
            data[at] = draw.integers(256)
        path = save(two_colours(), "mutated.png")
        path.write_bytes(data)
        try:
            picture = load_photo(path)
        except BadPhoto as error:
            assert parted(str(error))[1]  # noqa: PT017
        else:
            assert picture.dtype == np.uint8


def test_an_animation_gives_its_first_picture(save: Save) -> None:
    first, second = two_colours(), Image.new("RGB", (120, 80), "green")
    path = save(first, "photo.gif", save_all=True, append_images=[second])
    assert load_photo(path)[40, 20, 0] > 150


def test_a_photos_file_is_known_from_every_other(save: Save) -> None:
    one, copy = save(two_colours(), "one.png"), save(two_colours(), "copy.png")
    other = save(two_colours(size=(120, 81)), "other.png")
    photo = load_photo_with_digest(one, longest=100)
    np.testing.assert_array_equal(photo.picture, load_photo(one, longest=100))
    assert photo.digest == load_photo_with_digest(copy).digest
    assert photo.digest != load_photo_with_digest(other).digest


@pytest.mark.parametrize("load", [load_photo_with_digest, load_photo])
def test_whoever_asks_a_bad_photo_is_told_alike(
    tmp_path: Path, load: Callable[[Path], object]
) -> None:
    (tmp_path / "text.png").write_text("no picture")
    for name, complaint in (
        ("text.png", "text.png is not a picture"),
        ("gone.png", "gone.png is not there any more"),
        ("", "is a folder; choose a picture in it"),
    ):
        with pytest.raises(BadPhoto, match=complaint):
            load(tmp_path / name)


def png(picture: Image.Image, **chunks: bytes) -> bytes:
    """Return a PNG with chunks behind its head, whatever they say."""
    file = io.BytesIO()
    picture.save(file, "PNG")
    data, behind = file.getvalue(), 8 + 25
    parts = b"".join(
        struct.pack(">I", len(what)) + kind.encode() + what
        + struct.pack(">I", zlib.crc32(kind.encode() + what))
        for kind, what in chunks.items()
    )  # fmt: skip
    return data[:behind] + parts + data[behind:]


def gama(exponent: float) -> bytes:
    return struct.pack(">I", round(exponent * 100_000))


def test_a_png_of_linear_light_is_as_bright_as_it_says(tmp_path: Path) -> None:
    linear = Image.new("RGB", (80, 80), (55, 55, 55))  # 0.216 of full light: a middle grey
    for name, chunks, grey in (
        ("linear", {"gAMA": gama(1.0)}, 127),
        ("usual", {"gAMA": gama(0.45455)}, 55),
        ("told otherwise", {"sRGB": b"\0", "gAMA": gama(1.0)}, 55),
        ("no sense", {"gAMA": gama(0)}, 55),
    ):
        (tmp_path / name).write_bytes(png(linear, **chunks))
        assert load_photo(tmp_path / name)[40, 40] == pytest.approx(grey, abs=2), name


@pytest.mark.parametrize("error", [KeyError(1), OverflowError(), ZeroDivisionError()])
def test_a_photo_with_damaged_notes_is_read_as_it_lies(
    save: Save, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    path = save(two_colours(), "photo.png")
    whole, usual = load_photo(path), Image.Image.getexif

    def fail(picture: Image.Image) -> Image.Exif:
        if picture.format:  # not a copy of ours
            raise error
        return usual(picture)

    monkeypatch.setattr(Image.Image, "getexif", fail)
    monkeypatch.setattr(PngImageFile, "getexif", fail)
    np.testing.assert_array_equal(load_photo(path), whole)
