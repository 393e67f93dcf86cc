"""Photo quality check: whether a photo will do, and hints in plain words for a better one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from core.perception.face.topology import (
    CHIN,
    FOREHEAD,
    INNER_CORNERS,
    LEFT_CHEEK,
    LEFT_CORNER,
    LEFT_EYE_CORNERS,
    LEFT_EYE_GAPS,
    LIP_CENTRES,
    NOSE_TIP,
    RIGHT_CHEEK,
    RIGHT_CORNER,
    RIGHT_EYE_CORNERS,
    RIGHT_EYE_GAPS,
)
from core.pixels import resized
from core.portrait.analysis import LONGEST_SIDE, findings_of
from core.portrait.analysis_cache import Findings, sealed_bytes
from core.portrait.backdrop import StillPortrait
from core.portrait.framing import webcam_framing
from core.portrait.load import load_photo_with_digest
from core.portrait.matting import matte_photo
from core.portrait.placement import outline
from core.portrait.same_person import proportions
from core.profile import Framing
from core.sentence import said
from core.video import HD, Picture

THUMBNAIL_SIDE = 480
"""Pixels of the longer side of what is shown."""

SMALLEST_FACE, SMALL_FACE = 64, 180
"""Pixels of a face's height below which it cannot be used, or will look soft."""

DARK_LEVEL = 70
"""Grey that the lighter parts of a face reach at least; of any skin."""

GLARE_SHARE = 0.3
"""Share of a face that may be burnt out."""

TURNED_RATIO = 1.7
"""How much farther from the nose one side of the face may be than the other."""

OPEN_RATIO = 0.12
"""Gap between the lips as a share of the mouth's width."""

SHARP_HEIGHT = 160
"""Pixels of height at which faces are compared for sharpness."""

FLAT = 2.0
"""Deviation of greys below which a face has no features to speak of."""

BLURRED = 0.19
"""Fine details as a share of features; sharp photos have 0.27 and more, blurred ones 0.17 (a
hundredth of the face's height) and less."""

CLOSED_RATIO = 0.12
"""Opening of an eye as a share of its width; open ones have 0.18 and more, closed ones 0.08."""

MOUTH_WIDTH, SMALLEST_MOUTH = 64, 16
"""Pixels to which a mouth is brought to look whether it is covered, and that it has at least."""

COVERED_LIGHT, COVERED_RED = 4.0, 0.8
"""Deviation of light and redness from nose to chin; mouths have 8 and 1.2 and more, even in blurred
photos and beards, masks and hands 2 and 0.3."""

COLOURED = 3.0
"""Mean distance from grey of a photo that is not black and white."""

HEADROOM = 0.2
"""Face heights above the forehead that hair needs."""

FaceBox: TypeAlias = tuple[float, float, float, float]


@dataclass(frozen=True)
class PhotoVerdict:
    """Whether a photo can be used, and what would make it better."""

    path: Path
    picture: Picture | None = None
    """The photo's thumbnail; None where it cannot be read."""
    box: FaceBox | None = None
    """x0, y0, x1, y1 of the face as shares of the picture."""
    problem: str = ""
    """Why it cannot be used; empty if it can."""
    hints: tuple[str, ...] = ()
    """What would make it better."""
    suggested_framing: Framing | None = None
    """How a webcam would frame the person; None where the photo cannot be used."""
    still: StillPortrait | None = None
    """The thumbnail taken apart, if the photo can be used."""
    proportions: tuple[float, ...] = ()
    """Of the face, to see whether other photos show the same person; empty without a face."""
    findings: bytes = field(default=b"", repr=False)
    """What was found in a photo that can be used, for whoever saves it: `sealed_bytes`."""


Judge: TypeAlias = Callable[[Path], PhotoVerdict]


def open_judge() -> Judge:
    """Return what judges photos with the face finder; only here the networks are imported.

    Raises:
        BadCheckpoint: the face finder's weights are damaged.
    """
    from core.perception.face.finder import FaceFinder

    finder = FaceFinder()

    def judge(path: Path) -> PhotoVerdict:
        loaded = load_photo_with_digest(path, LONGEST_SIDE)
        photo = loaded.picture
        height, width = photo.shape[:2]
        small = thumbnail(photo)
        try:
            face = finder.face(photo)
        except ValueError as error:
            return PhotoVerdict(path, small, problem=str(error))
        x0, y0, x1, y1 = face.box
        box = (x0 / width, y0 / height, x1 / width, y1 / height)
        better = hints(photo, face.landmarks)
        if face.height < SMALLEST_FACE:
            problem = too_small_message(face.height)
            return PhotoVerdict(path, small, box, problem, better)
        findings = findings_of(photo, face.landmarks, finder.matte(photo, face))
        framing = suggest_framing(findings)
        return PhotoVerdict(
            path, small, box, "", better, framing, _still(small, findings),
            proportions(face.landmarks), sealed_bytes(loaded, findings),
        )  # fmt: skip

    return judge


def _still(small: Picture, findings: Findings) -> StillPortrait:
    """Take a thumbnail apart."""
    height, width = small.shape[:2]
    factor = np.float32(height / findings.matte.shape[0])
    matte = resized(findings.matte.astype(np.float32) / np.float32(255), width, height)
    person = outline(findings.landmarks * factor, matte)
    layers = matte_photo(small, matte, person.height)
    return StillPortrait(layers, person.chin)


def suggest_framing(findings: Findings) -> Framing:
    """Return how a webcam would frame the person of whom this was found."""
    landmarks, matte = findings.landmarks, findings.matte.astype(np.float32) / np.float32(255)
    return webcam_framing((matte.shape[1], matte.shape[0]), outline(landmarks, matte), HD)


def hints(photo: Picture, landmarks: NDArray[np.float32]) -> tuple[str, ...]:
    """Return what would make a better photo; landmarks (478, 2 or 3) in the photo's pixels."""
    flat = landmarks[:, :2]
    height = landmark_distance(flat, FOREHEAD, CHIN)
    sides = [landmark_distance(flat, NOSE_TIP, cheek) for cheek in (RIGHT_CHEEK, LEFT_CHEEK)]
    mouth_open = landmark_distance(flat, *LIP_CENTRES) > OPEN_RATIO * max(
        landmark_distance(flat, *INNER_CORNERS), 1e-6
    )
    turned = max(sides) > TURNED_RATIO * max(min(sides), 1e-6)
    cropped = head_is_cropped(photo, flat, height)
    found = {
        said("The face is small: go closer, or cut the photo down."): height < SMALL_FACE,
        said("The face is turned away: look straight into the camera."): turned,
        said(
            "The mouth is open: close the lips; only a second or third photo may smile."
        ): mouth_open,
        said("The head is cut off: leave some room around it."): cropped,
        **light_hints(photo, flat),
        **obstacle_hints(photo, flat),
    }
    return tuple(text for text, true in found.items() if true)


def light_hints(photo: Picture, flat: NDArray[np.float32]) -> dict[str, bool]:
    """Return what may be wrong with the light on the face, and whether it is."""
    left, top = np.maximum(flat.min(axis=0), 0).astype(int)
    right, bottom = np.ceil(flat.max(axis=0)).astype(int) + 1
    grey = photo[top:bottom, left:right].mean(axis=-1)
    if not grey.size:
        return {}
    return {
        said("It is too dark: turn towards a window or a lamp."): bool(
            np.percentile(grey, 90) < DARK_LEVEL
        ),
        said("It is too bright: avoid flash and direct sun."): bool(
            (grey > 250).mean() > GLARE_SHARE
        ),
    }


def obstacle_hints(photo: Picture, flat: NDArray[np.float32]) -> dict[str, bool]:
    """Return what may keep eyes, mouth and features from being seen, and whether it does."""
    sharpness = face_sharpness(photo, flat)
    if sharpness is None:
        return {}
    blurred = sharpness < BLURRED
    return {
        said("The eyes are closed: take a photo with both eyes open."): eyes_are_closed(flat),
        said("The mouth is covered: nothing may be in front of it."): mouth_is_covered(photo, flat),
        said("The photo is blurred: hold the camera still, and focus on the face."): blurred,
    }


def face_sharpness(photo: Picture, flat: NDArray[np.float32]) -> float | None:
    """Return the finest details of a face as a share of its features; None where it has none.

    Faces are compared at one size, so that one photo is not sharper than another for being larger.
    """
    left, top = np.maximum(flat.min(axis=0), 0).astype(int)
    right, bottom = np.ceil(flat.max(axis=0)).astype(int) + 1
    grey = photo[top:bottom, left:right].mean(axis=-1, dtype=np.float32)
    if min(grey.shape) < SMALLEST_FACE // 2:
        return None
    if (factor := SHARP_HEIGHT / grey.shape[0]) < 1:
        grey = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    features = float((grey - cv2.GaussianBlur(grey, (0, 0), 4)).std())
    if features < FLAT:
        return None
    return float((grey - cv2.GaussianBlur(grey, (0, 0), 1)).std()) / features


def eyes_are_closed(flat: NDArray[np.float32]) -> bool:
    """Return whether both eyes are as good as shut."""
    eyes = ((RIGHT_EYE_GAPS, RIGHT_EYE_CORNERS), (LEFT_EYE_GAPS, LEFT_EYE_CORNERS))
    for gaps, corners in eyes:
        width = landmark_distance(flat, *corners)
        opening = sum(landmark_distance(flat, *gap) for gap in gaps) / len(gaps)
        if width < 1 or opening > CLOSED_RATIO * width:
            return False
    return True


def mouth_is_covered(photo: Picture, flat: NDArray[np.float32]) -> bool:
    """Return whether there is a mask or a hand where the lips should be.

    From nose to chin a mouth goes from skin to lip to the dark between them and back, in light and
    in redness; what covers it has none of both. Where landmarks put the lips is no help: they
    guess.
    """
    right, left = flat[RIGHT_CORNER], flat[LEFT_CORNER]
    across = (left - right) / MOUTH_WIDTH
    if np.hypot(*across) * MOUTH_WIDTH < SMALLEST_MOUTH:
        return False
    down = np.array([-across[1], across[0]])
    corner = (
        flat[list(LIP_CENTRES)].mean(axis=0) - MOUTH_WIDTH / 2 * across - MOUTH_WIDTH / 2 * down
    )
    to_photo = np.column_stack((across, down, corner)).astype(np.float32)
    step = float(np.hypot(*across))
    smooth = cv2.GaussianBlur(photo, (0, 0), step / 2) if step > 1 else photo
    mouth = cv2.warpAffine(
        smooth,
        to_photo,
        (MOUTH_WIDTH, MOUTH_WIDTH),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    lab = cv2.cvtColor(mouth, cv2.COLOR_RGB2LAB).astype(np.float32)
    rows = lab[MOUTH_WIDTH // 8 : -MOUTH_WIDTH // 8, MOUTH_WIDTH // 5 : -MOUTH_WIDTH // 5].mean(
        axis=1
    )
    at = np.arange(len(rows))
    light, redness = (
        float((line - np.polyval(np.polyfit(at, line, 2), at)).std()) for line in rows.T[:2]
    )
    coloured = float(np.abs(lab[..., 1:] - 128).mean()) > COLOURED
    return light < COVERED_LIGHT or (
        coloured and redness < COVERED_RED and light < 3 * COVERED_LIGHT
    )


def head_is_cropped(photo: Picture, flat: NDArray[np.float32], height: float) -> bool:
    """Return whether the picture's edge cuts into face or hair."""
    (x0, y0), (x1, y1) = flat.min(axis=0), flat.max(axis=0)
    return bool(
        y0 < HEADROOM * height or x0 < 0 or x1 > photo.shape[1] - 1 or y1 > photo.shape[0] - 1
    )


def landmark_distance(flat: NDArray[np.float32], one: int, other: int) -> float:
    """Return the distance of two landmarks in pixels."""
    return float(np.linalg.norm(flat[one] - flat[other]))


def too_small_message(height: float) -> str:
    return said(
        "The face is only {0:.0f} pixels high",
        height,
        remedy=said("take a photo in which it has at least {0}.", SMALLEST_FACE),
    )


def thumbnail(photo: Picture) -> Picture:
    factor = min(1.0, THUMBNAIL_SIDE / max(photo.shape[:2]))
    size = [max(1, round(side * factor)) for side in (photo.shape[1], photo.shape[0])]
    return np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA), np.uint8)
