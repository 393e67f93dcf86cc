"""Reads a photo from a file: upright, sRGB, eight bits, no larger than needed."""

import io
import logging
import math
import re
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageOps,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    TgaImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from core.portrait.decoding_cost import LARGEST, coefficients, pixels_affordable
from core.sentence import said
from core.video import Picture

log = logging.getLogger(__name__)

DEFAULT_LONGEST = 1600
"""Pixels of a photo's longer side, unless more are asked for."""
SMALLEST_SIDE = 64
"""Pixels of a photo's shorter side below which there is no face to speak of."""
MEGAPIXELS = 150
"""The largest photo that is read."""
LARGEST_FILE = 256 * 1024 * 1024
"""Bytes of the largest file that is read, whoever reads it: what one accepts all others do."""
FORMATS = {
    "JPEG": JpegImagePlugin,
    "PNG": PngImagePlugin,
    "WEBP": WebPImagePlugin,
    "AVIF": AvifImagePlugin,
    "BMP": BmpImagePlugin,
    "GIF": GifImagePlugin,
    "TIFF": TiffImagePlugin,
    "JPEG2000": Jpeg2KImagePlugin,
    "PPM": PpmImagePlugin,
    "TGA": TgaImagePlugin,
}
"""What is read, and what reads it. Others, such as EPS, would start programs we do not know."""

SUFFIXES = {
    "JPEG": ".jpg",
    "MPO": ".jpg",
    "PNG": ".png",
    "WEBP": ".webp",
    "AVIF": ".avif",
    "BMP": ".bmp",
    "DIB": ".bmp",
    "GIF": ".gif",
    "TIFF": ".tif",
    "JPEG2000": ".jp2",
    "PPM": ".ppm",
    "TGA": ".tga",
}
"""How files of each format are named."""

PANORAMA, RIBBON = 3.0, 40.0
"""Longer sides, in shorter ones: from the first on more of a picture's length is kept, as its faces
would be lost; what is beyond the second is no photo."""
PICTURES, PICTURES_MEGAPIXELS = 60, 400
"""How many pictures of an animation, and of what size together, are looked at for one that shows
something."""
PLAIN = 12.0
"""Deviation of greys up to which a picture shows nothing: black, white, a fade."""
GLANCE = 64
"""Pixels of the longer side that tell whether a picture shows something."""
WHITES = (1.0, 255.0, 65535.0)
"""How bright white may be where a file does not say: fractions, eight bits, sixteen."""

DISPLAY_GAMMA = 2.2
"""As the numbers of sRGB are meant, nearly."""
GAMMAS = (0.1, 10.0)
"""Exponents that a PNG may have been written with."""
SAME_GAMMA = 0.05
"""Deviation of an exponent from 1 that nobody sees."""

_OVERSAMPLING = 2.0
"""Pixels that are read for each one that is kept; fewer would alias."""
_ROWS = 64
"""Rows of numbers that are made greys at a time."""
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")


class BadPhoto(ValueError):
    """The file gives no usable photo; the message says why and what to do."""


class Photo(NamedTuple):
    """A photo, and what tells its file from every other."""

    picture: Picture
    digest: bytes


def load_photo(path: Path, longest: int = DEFAULT_LONGEST) -> Picture:
    """Return the photo, (h, w, 3) RGB, its longer side at most `longest` pixels.

    It is turned as its camera was held, brought to sRGB, and laid on white where transparent.

    Raises:
        BadPhoto: the file is missing, no picture, damaged, or of a useless size.
    """
    with _as_bad_photo(path.name), _opened(path) as file:
        return _decode(file, path.name, longest)


def load_photo_with_digest(path: Path, longest: int = DEFAULT_LONGEST) -> Photo:
    """Return the photo as `load_photo` does, with a digest of the very bytes it was made from.

    Raises:
        BadPhoto: see `load_photo`.
    """
    with _as_bad_photo(path.name):
        with _opened(path) as file:
            data = file.read(LARGEST_FILE)
        return Photo(_decode(io.BytesIO(data), path.name, longest), blake2b(data).digest())


def format_suffix(source: IO[bytes]) -> str:
    """Return the suffix of the kind of picture that is there, by content; empty if it is none."""
    try:
        with Image.open(source, formats=_known()) as picture:
            return SUFFIXES.get(picture.format or "", "")
    except Exception:  # noqa: BLE001 - whoever reads it as a picture says what is wrong
        return ""


def _opened(path: Path) -> IO[bytes]:
    """Open a file, and only a file: a pipe or a device would keep us waiting for ever."""
    if path.is_dir():
        raise BadPhoto(said("{0} is a folder", path.name or path, remedy="choose a picture in it."))
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise BadPhoto(said("{0} is no file", path.name, remedy="choose a JPEG or PNG file."))
    if found.st_size > LARGEST_FILE:
        raise BadPhoto(
            said(
                "{0} has more than {1} MB",
                path.name,
                LARGEST_FILE // 2**20,
                remedy="save it as JPEG and choose that file.",
            )
        )
    return path.open("rb")


@contextmanager
def _as_bad_photo(name: str) -> Iterator[None]:
    """Let whatever is wrong with the file called `name` be a BadPhoto that says what to do."""
    try:
        with warnings.catch_warnings():
            # Pillow warns of large files; the limit here is our own.
            warnings.simplefilter("ignore")
            yield
    except Image.DecompressionBombError as error:
        raise BadPhoto(_too_large(name)) from error
    except FileNotFoundError as error:
        raise BadPhoto(
            said("{0} is not there any more", name, remedy="choose another picture.")
        ) from error
    except BadPhoto:
        raise
    except MemoryError as error:
        raise BadPhoto(_too_costly(name)) from error
    except PermissionError as error:
        raise BadPhoto(
            said("{0} may not be read", name, remedy="let yourself read it, or choose another.")
        ) from error
    except Exception as error:  # decoders fail in more ways than can be listed
        log.info("a photo cannot be read", exc_info=True)
        raise BadPhoto(
            said("{0} is damaged or cannot be read", name, remedy="save it anew as JPEG or PNG.")
        ) from error


def _decode(source: IO[bytes], name: str, longest: int) -> Picture:
    with _open_image(source, name) as file:
        _check_size(name, file)
        profile, gamma = file.info.get("icc_profile"), _stated_gamma(file)
        longest = _longest_of(file.size, longest)
        # JPEG can be decoded at an eighth of its size; what is asked for is a lower bound.
        file.draft(None, (round(longest * _OVERSAMPLING),) * 2)
        _check_cost(name, file)
        _show_somebody(file, name)
        file.load()
        turn = _orientation(file)  # only now: some decoders have turned the picture themselves
        picture = _downscale(_eight_bit(file), longest)
    picture = _to_srgb(_flatten_alpha(picture), profile)
    picture = _apply_orientation(_at_display_gamma(picture, gamma), turn)
    if min(picture.size) < SMALLEST_SIDE:
        raise BadPhoto(_too_small(name, picture.size))
    return np.asarray(picture, dtype=np.uint8)


def _longest_of(size: tuple[int, int], longest: int) -> int:
    """Return how long the longer side may be: a panorama's faces are as small as it is narrow."""
    aspect = max(size) / min(size)
    if not PANORAMA < aspect <= RIBBON:
        return longest
    return round(longest * math.sqrt(aspect / PANORAMA))


def _show_somebody(file: Image.Image, name: str) -> None:
    """Turn an animation to its first picture on which there is something to see."""
    if not getattr(file, "is_animated", False) or file.format == "MPO":  # of one moment
        return
    most, best = 0.0, 0
    size = file.width * file.height
    for number in range(min(PICTURES, 1 + PICTURES_MEGAPIXELS * 1_000_000 // size)):
        try:
            file.seek(number)
            _check_cost(name, file)
            contrast = _contrast(file)
        except EOFError:
            break
        except Exception:  # noqa: BLE001 - what comes after the damage does not matter
            break
        if contrast > most:
            most, best = contrast, number
        if contrast > PLAIN:
            return
    file.seek(best)


def _contrast(file: Image.Image) -> float:
    """Return how much there is to see on a picture: deviation of its greys."""
    small = _flatten_alpha(_downscale(_eight_bit(file), GLANCE)).convert("L")
    return float(np.asarray(small, np.float32).std())


def _open_image(source: IO[bytes], name: str) -> Image.Image:
    try:
        return Image.open(source, formats=_known())
    except UnidentifiedImageError as error:
        if (avif := _avif_by_ffmpeg(source, name)) is not None:
            return avif
        raise BadPhoto(_not_a_picture(source, name)) from error


def _avif_by_ffmpeg(source: IO[bytes], name: str) -> Image.Image | None:
    """Return an AVIF that Pillow takes for none: libavif is strict, above all about transparency.

    Early encoders left out the size of the alpha channel, which is that of the picture.
    """
    source.seek(0)
    head = source.read(64)
    if head[4:8] != b"ftyp" or not re.search(rb"avi[fs]", head[8:]):
        return None
    import av  # only for these few

    layers: list[Image.Image] = []
    for layer, form in enumerate(("rgb24", "gray")):
        source.seek(0)
        with av.open(source, mode="r", format="mov") as file:
            if layer == len(file.streams.video):
                break
            stream = file.streams.video[layer]
            _check_pixels(name, (stream.width, stream.height))
            frame = next(file.decode(stream))
            picture = Image.fromarray(frame.to_ndarray(format=form))
            layers.append(picture.rotate(frame.rotation, expand=True))
    whole, *alpha = layers
    if alpha and alpha[0].size == whole.size:
        whole.putalpha(alpha[0])
    return whole


def _known() -> list[str]:
    """Return the formats that are read; Pillow may have been built without some of them."""
    return [kind for kind in FORMATS if kind in Image.OPEN]


def _check_size(name: str, file: Image.Image) -> None:
    """See that a picture, not yet decoded, is of a size that can be read at all."""
    if coefficients(file) > LARGEST:
        raise BadPhoto(_too_costly(name))
    _check_pixels(name, file.size)


def _check_cost(name: str, file: Image.Image) -> None:
    """See that what is about to be decoded takes no more memory than a photo may."""
    if file.width * file.height > pixels_affordable(file):
        raise BadPhoto(_too_costly(name))


def _check_pixels(name: str, size: tuple[int, int]) -> None:
    if size[0] * size[1] > MEGAPIXELS * 1_000_000:
        raise BadPhoto(_too_large(name))
    if min(size) < SMALLEST_SIDE:
        raise BadPhoto(_too_small(name, size))


def _orientation(file: Image.Image) -> int:
    """Return how the camera was held, 1 (upright) to 8; damaged notes mean upright."""
    try:
        return int(file.getexif().get(0x0112, 1))
    except Exception:  # noqa: BLE001 - notes are damaged in more ways than can be listed
        return 1


def _eight_bit(picture: Image.Image) -> Image.Image:
    """Return the picture with eight bits a channel and no palette."""
    if picture.mode.startswith("I") or picture.mode == "F":
        return _greys_from_numbers(np.asarray(picture))
    if picture.mode in ("P", "PA"):
        return picture.convert("RGBA" if _transparent(picture) else "RGB")
    return picture.convert("L") if picture.mode == "1" else picture


def _greys_from_numbers(values: np.ndarray[Any, Any]) -> Image.Image:
    """Return greys from numbers that do not say how bright white is, a few rows at a time.

    Those of 16 bits say so; others are taken to reach to the least of `WHITES` that is enough.
    """
    if values.dtype.kind == "i" and values.size and values.min() < 0:
        values = values.view(np.uint32)  # Pillow knows no other 32 bits than those with a sign
    blocks = [values[top : top + _ROWS] for top in range(0, len(values), _ROWS)]
    white = _white_of(values.dtype, max(float(_levels(block).max()) for block in blocks))
    greys = np.empty(values.shape, np.uint8)
    for block, shown in zip(blocks, np.split(greys, range(_ROWS, len(greys), _ROWS)), strict=True):
        bright = np.where(np.isposinf(block), white, _levels(block))
        shown[...] = np.clip(bright * np.float32(255 / white), 0, 255)
    return Image.fromarray(greys)


def _levels(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    levels: np.ndarray[Any, Any] = values.astype(np.float32)
    levels[~np.isfinite(levels)] = 0
    return levels


def _white_of(kind: np.dtype[Any], most: float) -> float:
    if kind.itemsize == 2:
        return 65535.0
    whites = WHITES if kind.kind == "f" else WHITES[1:]
    return next((white for white in whites if most <= white), most)


def _transparent(picture: Image.Image) -> bool:
    return picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info


def _downscale(picture: Image.Image, longest: int) -> Image.Image:
    factor = longest / max(picture.size)
    if factor >= 1:
        picture.load()
        return picture.copy()
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    # With premultiplied alpha, what is invisible does not bleed into what is seen.
    if picture.mode == "RGB" and "transparency" in picture.info:
        picture = picture.convert("RGBA")
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=_OVERSAMPLING)


def _flatten_alpha(picture: Image.Image) -> Image.Image:
    """Lay a transparent picture on white."""
    if not _transparent(picture):
        return picture
    picture = picture.convert("RGBA")
    paper = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(paper, picture).convert("RGB")


def _to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if profile and picture.mode in ("RGB", "CMYK", "L"):
        from PIL import ImageCms  # a library of its own, which few photos need

        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            changed = ImageCms.profileToProfile(picture, source, target, outputMode="RGB")
            return changed if changed is not None else picture.convert("RGB")
        except Exception:  # noqa: BLE001 - whatever is wrong with it
            pass  # a broken profile, or one for another kind of colour: take the numbers as sRGB
    return picture.convert("RGB")


def _stated_gamma(file: Image.Image) -> float:
    """Return the exponent that a PNG says it was written with; 0 where colours are told otherwise.

    PNG specification, gAMA: a profile or sRGB goes before it.
    """
    gamma = file.info.get("gamma", 0)
    told = "icc_profile" in file.info or "srgb" in file.info
    return 0.0 if told or not GAMMAS[0] <= gamma <= GAMMAS[1] else float(gamma)


def _at_display_gamma(picture: Image.Image, gamma: float) -> Image.Image:
    """Return an RGB picture that was written with the exponent `gamma` as screens show it."""
    if not gamma or abs((exponent := 1 / (gamma * DISPLAY_GAMMA)) - 1) < SAME_GAMMA:
        return picture
    levels = 255 * np.linspace(0, 1, 256) ** exponent
    return picture.point(np.tile(levels.round().astype(int), 3).tolist())


def _apply_orientation(picture: Image.Image, orientation: int) -> Image.Image:
    exif = picture.getexif()
    exif.clear()
    exif[0x0112] = orientation
    return ImageOps.exif_transpose(picture)


def _not_a_picture(source: IO[bytes], name: str) -> str:
    source.seek(0)
    head = source.read(12)
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return said(
            "{0} is a HEIC picture, which this program cannot read",
            name,
            remedy="export it as JPEG and choose that file.",
        )
    return said(
        "{0} is not a picture this program can read", name, remedy="choose a JPEG or PNG file."
    )


def _too_large(name: str) -> str:
    return said(
        "{0} has more than {1} megapixels",
        name,
        MEGAPIXELS,
        remedy="save it smaller and choose that file.",
    )


def _too_costly(name: str) -> str:
    return said(
        "{0} would take too much memory to read",
        name,
        remedy="save it as JPEG, or smaller, and choose that file.",
    )


def _too_small(name: str, size: tuple[int, int]) -> str:
    return said(
        "{0} is too small ({1} x {2} pixels)",
        name,
        size[0],
        size[1],
        remedy=said("take a picture of at least {0} x {1}.", SMALLEST_SIDE, SMALLEST_SIDE),
    )
