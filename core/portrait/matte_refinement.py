"""Refinement of a coarse matte: a graph cut by colours moves its edge to the person's, then the
colours to both sides tell how much of the person each pixel of the edge shows."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.perception.face.topology import CHIN, FOREHEAD, OVAL
from core.pixels import resized, scaled, stretched
from core.portrait.face_crop import face_height
from core.portrait.inpainting import pull_push
from core.video import Picture

CUT_SIDE, CUT_FACE = 256, 96
"""Pixels at most of the photo's longer side and of the face's height where the graph is cut."""

CUT_ROUNDS = 2
"""How often colours are learned and the graph is cut."""

INWARDS, OUTWARDS, BODY_OUTWARDS = 0.12, 0.18, 0.06
"""How far the coarse matte may be wrong, face heights: it misses more of hats and hair, which lie
above the chin, than of bodies."""

HEAD_LIFT, HEAD_SIDES = 0.13, (0.86, 1.3)
"""The ellipse around face and hair: how far above the face's middle, and width and height, all in
face heights. In it even a faint matte counts."""

CLEAR_BELOW, OPAQUE_ABOVE = 0.05, 0.95
"""Coarse matte of pixels that are the background's, or the person's, if all around are too."""

FAINT = 0.15
"""Matte from which a pixel of the head is taken for the person's at first."""

SKULL_SIDES = (0.72, 1.14)
"""Width and height of the ellipse around the skull, face heights."""

HEAD_SURE, SKULL_SURE = 0.45, 0.3
"""Matte from which a pixel of the head, or of the skull, is the person's for sure above the eyes:
hair may have the colours of what is behind it."""

EDGE_BAND = 0.035
"""How far to both sides of the cut a pixel may show both, face heights."""

MATTING_SIDE = 768
"""Pixels of the longer side at which the edge is worked out."""

COLOUR_CONTRAST = 40.0
"""Grey levels by which person and background differ where their colours decide the alpha."""

COLOUR_MISFIT = 25.0
"""Grey levels off the way from background to person at which colours count no more."""

ALPHA_RANGE = (0.08, 0.92)
"""Alpha from which to which it rises from 0 to 1; what is fainter is noise."""

GUIDE_REACH = 0.015
"""Radius of the guided filter, face heights."""

GUIDE_NOISE = 6.0
"""Grey levels that are no edge to the guided filter."""

SEED = 1
"""Of the graph cut's first guess of colours: the same photo gets the same matte."""

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]


def refine_matte(photo: Picture, matte: Plane, landmarks: Plane) -> Plane:
    """Return the matte (h, w) of the person with landmarks (478, 2 or 3), its edge refined."""
    height, width = matte.shape
    cut = cut_out(photo, matte, landmarks)
    if cut is None:
        return matte
    factor = min(1.0, MATTING_SIDE / max(photo.shape[:2]))
    small = scaled(photo, factor).astype(np.float32)
    size = face_height(landmarks) * factor
    alpha = soften_edge(small, stretched(cut, small.shape[1], small.shape[0]), size)
    return stretched(alpha, width, height) if alpha.shape != matte.shape else alpha


def cut_out(photo: Picture, matte: Plane, landmarks: Plane) -> Plane | None:
    """Cut the person out at a small size; 0 or 1. None where there is nothing to cut."""
    tall = face_height(landmarks)
    if tall < 1:
        return None
    factor = min(1.0, CUT_SIDE / max(matte.shape), CUT_FACE / tall)
    small = scaled(photo, factor)
    coarse = resized(matte, small.shape[1], small.shape[0])
    labels = _first_labels(coarse, landmarks[:, :2] * np.float32(factor), tall * factor)
    if not ((labels == cv2.GC_BGD) | (labels == cv2.GC_PR_BGD)).any():
        return None
    face = labels.copy()
    cv2.setRNGSeed(SEED)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(small, labels, None, *models, CUT_ROUNDS, cv2.GC_INIT_WITH_MASK)  # type: ignore[call-overload]
    person = ((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)).astype(np.uint8)
    _, parts = cv2.connectedComponents(person)
    own = np.unique(parts[(face == cv2.GC_FGD)])
    kept = np.isin(parts, own[own > 0])
    return np.asarray(_filled(kept), np.float32)


def soften_edge(photo: Plane, cut: Plane, size: float) -> Plane:
    """Return the alpha for a cut (h, w) 0..1 of a photo; the face is `size` pixels high."""
    band = EDGE_BAND * size
    person, background = _shrunk(cut > 0.5, band), _shrunk(cut <= 0.5, band)
    if not person.any() or not background.any():
        return cut
    own, behind = (pull_push(photo, known.astype(np.float32)) for known in (person, background))
    way = own - behind
    contrast = np.square(way).sum(-1)
    along = np.clip(((photo - behind) * way).sum(-1) / np.maximum(contrast, 1), 0, 1)
    off = np.square(photo - behind - along[..., None] * way).sum(-1)
    trust = contrast / (contrast + 3 * COLOUR_CONTRAST**2) * np.exp(-off / (6 * COLOUR_MISFIT**2))
    prior = cv2.GaussianBlur(cut, (0, 0), max(0.8, band / 3))
    alpha = np.where(person | background, cut > 0.5, prior + trust * (along - prior))
    guide = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    radius = max(2, round(GUIDE_REACH * size))
    alpha = guided_filter(alpha.astype(np.float32), np.asarray(guide), radius, GUIDE_NOISE)
    low, high = ALPHA_RANGE
    return np.asarray(np.clip((alpha - low) / (high - low), 0, 1), np.float32)


def guided_filter(plane: Plane, guide: Plane, radius: int, noise: float) -> Plane:
    """Smooth a plane (h, w) within `radius`, but not across edges of the guide (h, w)."""

    def mean(values: Plane) -> Plane:
        return np.asarray(cv2.blur(values, (2 * radius + 1, 2 * radius + 1)), np.float32)

    mean_guide, mean_plane = mean(guide), mean(plane)
    spread = mean(guide * guide) - mean_guide**2
    slope = (mean(guide * plane) - mean_guide * mean_plane) / (spread + noise**2)
    offset = mean_plane - slope * mean_guide
    return np.asarray(mean(slope) * guide + mean(offset), np.float32)


def _first_labels(matte: Plane, points: Plane, size: float) -> NDArray[np.uint8]:
    """Return what each pixel is for sure or probably, by the matte and the landmarks."""
    oval = points[list(OVAL)]
    up = points[FOREHEAD] - points[CHIN]
    x, y = (oval.mean(0) + HEAD_LIFT * up).tolist()
    turned = float(np.degrees(np.arctan2(up[0], -up[1])))
    head, face = np.zeros(matte.shape, np.uint8), np.zeros(matte.shape, np.uint8)
    for value, (wide, tall) in enumerate((HEAD_SIDES, SKULL_SIDES), 1):
        cv2.ellipse(head, ((x, y), (wide * size, tall * size), turned), value, -1)
    cv2.fillPoly(face, [oval.round().astype(np.int32)], 1)
    likely = (matte > 0.5) | ((head > 0) & (matte > FAINT))
    labels = np.where(likely, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    sure = np.choose(head, (2.0, HEAD_SURE, SKULL_SURE))
    rows, columns = np.ogrid[: len(matte), : matte.shape[1]]
    upwards = ((columns - x) * up[0] + (rows - y) * up[1]) / size**2
    hair = (matte > sure) & (upwards > 0)
    clear = matte < CLEAR_BELOW
    body = upwards < -0.5 - HEAD_LIFT
    labels[_shrunk(clear, OUTWARDS * size) | (_shrunk(clear, BODY_OUTWARDS * size) & body)] = (
        cv2.GC_BGD
    )
    labels[_shrunk(matte > OPAQUE_ABOVE, INWARDS * size) | (face > 0) | hair] = cv2.GC_FGD
    return labels


def _filled(mask: Mask) -> Mask:
    """Close small holes: nobody has any."""
    _, parts, stats, _ = cv2.connectedComponentsWithStats((~mask).astype(np.uint8))
    small = np.flatnonzero(stats[:, cv2.CC_STAT_AREA] < 0.002 * mask.size)
    return np.asarray(mask | np.isin(parts, small[small > 0]))


def _shrunk(mask: Mask, reach: float) -> Mask:
    side = 2 * max(1, round(reach)) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(cv2.erode(mask.astype(np.uint8), disc) > 0)
