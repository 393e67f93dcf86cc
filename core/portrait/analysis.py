"""Portrait analysis: landmarks and matte of the person in a profile's photo, cached beside it."""

import logging
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.portrait.analysis_cache import Findings, load_findings, save_findings
from core.portrait.load import BadPhoto, Photo, load_photo_with_digest
from core.portrait.matte_refinement import refine_matte
from core.profile import Profile
from core.video import Picture

log = logging.getLogger(__name__)

LONGEST_SIDE = 2400
"""Pixels of the photo's longer side that are read: enough for a tight crop at 1080p."""


class PortraitAnalysis(NamedTuple):
    """A photo with its landmarks and matte, whatever framing or background is chosen; read-only."""

    photo: Picture
    matte: NDArray[np.float32]
    """(h, w) 0..1, 1 where the person is."""
    landmarks: NDArray[np.float32]
    """(478, 3), in pixels."""


def analyse(profile: Profile, index: int = 0) -> PortraitAnalysis:
    """Return the analysis of one of the profile's photos; the last two are kept in memory.

    With cached findings beside the photo no network is loaded. Otherwise the face finder runs, and
    what it finds is cached if the profile has a home and the photo lies there.

    Raises:
        BadPhoto, NoFace, SeveralFaces: it cannot be used.
        BadCheckpoint: the face finder's weights are damaged.
    """
    path = profile.references[index]
    return _analyse(
        path, path.parent == profile.home, path.stat().st_mtime_ns if path.exists() else 0
    )


def analyse_cached(profile: Profile, index: int) -> PortraitAnalysis | None:
    """Return the analysis of a photo if its findings are cached beside it, without any network."""
    path = profile.references[index]
    try:
        photo = load_photo_with_digest(path, LONGEST_SIDE)
    except BadPhoto:
        return None
    findings = load_findings(path, photo)
    return None if findings is None else _with_photo(photo, findings)


@lru_cache(maxsize=2)
def _analyse(path: Path, at_home: bool, _: int) -> PortraitAnalysis:
    photo = load_photo_with_digest(path, LONGEST_SIDE)
    findings = load_findings(path, photo)
    if findings is None:
        findings = find_person(photo.picture)
        if at_home:
            _try_to_save(path, photo, findings)
    return _with_photo(photo, findings)


def _with_photo(photo: Photo, findings: Findings) -> PortraitAnalysis:
    matte = findings.matte.astype(np.float32)
    matte /= 255
    return PortraitAnalysis(photo.picture, matte, findings.landmarks)


def _try_to_save(path: Path, photo: Photo, findings: Findings) -> None:
    try:
        save_findings(path, photo, findings)
    except OSError as error:  # a full disk, or the profile has just been removed
        log.info("what was found in a photo is not kept: %s", error.strerror)


def find_person(photo: Picture) -> Findings:
    """Detect the one person in a photo.

    Raises:
        NoFace, SeveralFaces: there is nobody, or somebody else as well.
        BadCheckpoint: the face finder's weights are damaged.
    """
    from core.perception.face.finder import FaceFinder  # with its networks

    finder = FaceFinder()
    face = finder.face(photo)
    return findings_of(photo, face.landmarks, finder.matte(photo, face))


def findings_of(
    photo: Picture, landmarks: NDArray[np.float32], matte: NDArray[np.float32]
) -> Findings:
    """Return what is cached of a person: the finder's landmarks, and its matte (h, w), refined."""
    return Findings(landmarks, matte_levels(refine_matte(photo, matte, landmarks)))


def matte_levels(matte: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Quantize a matte in 0..1 to 0..255, as it is cached."""
    return np.rint(255 * matte).astype(np.uint8)
