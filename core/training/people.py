"""Face blending: make people who do not exist from at least four AI-generated portraits each.

    python -m core.training.people --corpus DIR [--out plugins/cast]

The faces of all sources are warped to their mean shape and averaged, band by band of frequencies;
hair and clothes come from one source each, warped as well. The average is laid into the owner of
hair and skin without a seam: what it differs by is led over the face's outline to nothing, and
where the sources disagree (a fringe, a beard's edge) the owner's remains. The background is what is
left of theirs after a heavy blur, and wider than the person. No source is seen as it was.
"""

import argparse
import csv
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.perception.face.topology import CHIN, FEATURES, FOREHEAD, LANDMARK_COUNT, OVAL
from core.pixels import blurred, remapped, smooth
from core.portrait.inpainting import pull_push
from core.portrait.matte_refinement import guided_filter, refine_matte
from core.puppet.displacement import grid_nodes, thin_plate_spline
from core.training.analyse_cast import analyse

SIDE = 768
"""Side of the canvas, pixels. What is shown ends sooner below, and is wider: background."""

FACE_HEIGHT, FACE_CENTRE = 0.40, (0.50, 0.46)
"""Height of the face and place of its middle on the canvas, shares of SIDE."""

SHOWN_HEIGHT = 0.84375
"""Height of what is shown, a share of SIDE: there shoulders leave the picture at the bottom."""

HAIR_RAYS = 25
"""Points of the hair's outline."""

OWN_OUTLINE = 0.6
"""How far outlines of hair and shoulders are their owner's rather than everybody's mean."""

BANDS = ((0.002, 0.85), (0.008, 0.5))
"""Bands of the face's detail: each is what a blur takes away (share of SIDE), and how much of it is
the owner's."""

DISAGREEMENT = 0.14
"""Distance of colours (0..1) beyond which sources do not show the same thing."""

SEAM_BLUR = 0.012
"""Blur of what is led over a seam, share of SIDE."""

PYRAMID_LEVELS, FINEST_BAND = 5, 0.0026
"""Bands in which pictures are blended over a seam; what the finest loses by a blur (share of SIDE)
that doubles from band to band."""

MATTE_RANGE, SURELY_OWN = (0.3, 0.9), 0.97
"""Filtered matte from which to which alpha rises; alpha above which a pixel's colour is taken for
the person's alone."""

GUIDE_REACH, GUIDE_NOISE = 0.010, 0.03
"""Radius of the guided filter, share of SIDE, and differences (0..1) that are no edge to it."""

ROUNDING = 0.10
"""Radius to which shoulders are rounded off, share of SIDE."""

WALL_BLUR, OWN_WALL = 0.05, 6.0
"""Blur of the background, share of SIDE; how often the owner's counts."""

LANDMARKS = sorted({*FEATURES, *range(0, 468, 4)})

FloatImage = NDArray[np.float32]


@dataclass(frozen=True)
class BlendRecipe:
    """One blend. Sources are names in the corpus; the other fields are positions among them."""

    name: str
    sources: tuple[str, ...]
    hair_source: int
    """Source of the hair and of the complexion."""
    clothes_source: int
    """Source of the clothes."""


RECIPES = (
    BlendRecipe("mira", ("female_90", "female_98", "female_68", "female_72"), 2, 0),
    BlendRecipe("theo", ("male_58", "male_87", "male_36", "male_96", "male_30"), 0, 0),
    BlendRecipe("ines", ("female_53", "female_18", "female_51", "female_06", "female_25"), 0, 0),
    BlendRecipe("leo", ("male_32", "male_74", "male_62", "male_04", "male_46"), 0, 0),
)


@dataclass(frozen=True)
class BlendSource:
    """One portrait on the canvas."""

    picture: FloatImage
    """(SIDE, SIDE, 3) 0..1"""
    matte: FloatImage
    """Alpha (SIDE, SIDE) 0..1"""
    coverage: FloatImage
    """(SIDE, SIDE) 1 where the portrait reaches"""
    landmarks: FloatImage
    """(478, 2) pixels of the canvas"""


def read_source(corpus: Path, name: str) -> BlendSource:
    """Read a portrait and align its face upright to the canvas."""
    with (corpus / "portraits.csv").open() as file:
        rows = list(csv.DictReader(file))
    index = next(i for i, row in enumerate(rows) if row["id"] == name)
    path = corpus / rows[index]["file"]
    picture = np.asarray(Image.open(path).convert("RGB"), np.float32) / np.float32(255)
    size = len(picture)
    stored = Image.open(corpus / "mattes" / path.parent.name / f"{name}.png")
    matte = smooth(np.asarray(stored, np.float32) / np.float32(255), size, size)
    points = np.load(corpus / "portraits.npz")["landmarks"][index, :, :2].astype(np.float32) * size
    up = points[FOREHEAD] - points[CHIN]
    angle = float(np.degrees(np.arctan2(up[0], -up[1])))
    middle = points[list(OVAL)].mean(0)
    way = cv2.getRotationMatrix2D(
        middle.tolist(), angle, FACE_HEIGHT * SIDE / float(np.linalg.norm(up))
    )
    way[:, 2] += np.array(FACE_CENTRE) * SIDE - middle

    def align(image: FloatImage, border: int) -> FloatImage:
        seen = cv2.warpAffine(image, way, (SIDE, SIDE), flags=cv2.INTER_CUBIC, borderMode=border)
        return np.asarray(seen, dtype=np.float32).clip(0, 1)

    return BlendSource(
        align(picture, cv2.BORDER_REPLICATE),
        align(matte, cv2.BORDER_REPLICATE),
        align(np.ones_like(matte), cv2.BORDER_CONSTANT),
        (points @ way[:, :2].T + way[:, 2]).astype(np.float32),
    )


def control_points(source: BlendSource) -> FloatImage:
    """Return corresponding points (k, 2) of a source: face, outline of hair, shoulders."""
    return np.concatenate([source.landmarks[LANDMARKS], _hair_outline(source), _shoulders(source)])


def _hair_outline(source: BlendSource) -> FloatImage:
    middle = source.landmarks[list(OVAL)].mean(0)
    angles = np.linspace(-1.13 * np.pi, 0.13 * np.pi, HAIR_RAYS)
    rays = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    away = np.arange(0.05 * SIDE, 0.75 * SIDE)
    at = (away[:, None, None] * rays + middle).astype(np.float32)
    ends = _first_crossings(-remapped(source.matte, at), remapped(source.coverage, at))
    return np.asarray(middle + (away[0] + ends[:, None]) * rays, np.float32)


def _shoulders(source: BlendSource) -> FloatImage:
    columns = np.r_[np.linspace(0.02, 0.2, 5), np.linspace(0.8, 0.98, 5)] * SIDE
    y = np.arange(0.62 * SIDE, SIDE - 1)
    at = np.stack(np.broadcast_arrays(columns, y[:, None]), axis=-1).astype(np.float32)
    tops = _first_crossings(remapped(source.matte, at), remapped(source.coverage, at))
    return np.stack([columns, y[0] + tops], axis=1).astype(np.float32)


def _first_crossings(values: FloatImage, coverage: FloatImage) -> FloatImage:
    """Return where each column of (length, n) first rises through half of its range, sub-pixel.

    Columns that leave the picture before they do take their neighbours' place: what a matte is
    beyond its picture, chance says, and a source whose hair the picture cuts has no outline there.
    """
    above = values - np.float32(0.5 * np.sign(values.sum()))
    rises = (above[:-1] < 0) & (above[1:] >= 0)
    first = np.where(rises.any(0), rises.argmax(0), 0)
    each = np.arange(values.shape[1])
    before, after = above[first, each], above[first + 1, each]
    place = first + np.where(rises.any(0), -before / np.maximum(after - before, 1e-6), 0)
    known = (rises.any(0) | (above[0] >= 0)) & (coverage[first + 1, each] > 0.5)
    return np.asarray(np.interp(each, each[known], place[known]), np.float32)


def _target_points(points: list[FloatImage], recipe: BlendRecipe) -> FloatImage:
    """Return where all control points go: everybody's mean, for outlines mostly their owner's."""
    mean = np.mean(points, axis=0)
    hair, clothes = points[recipe.hair_source], points[recipe.clothes_source]
    face = len(LANDMARKS)
    ends = face + HAIR_RAYS
    mean[face:ends] += OWN_OUTLINE * (hair - mean)[face:ends]
    mean[ends:] += OWN_OUTLINE * (clothes - mean)[ends:]
    return np.asarray(mean, np.float32)


def warp_source(source: BlendSource, at: FloatImage, to: FloatImage) -> BlendSource:
    """Warp a source so that its control points `at` (k, 2) move to `to`."""
    corners = np.array([[0, 0], [0.5, 0], [1, 0], [0, 1], [0.5, 1], [1, 1]], np.float32)
    points = np.concat([to / SIDE, corners]).astype(np.float32)
    away = np.concat([at - to, 0 * corners])
    grid = ((grid_nodes(97, 97).reshape(-1, 2) + 1) / 2).astype(np.float32)
    field = thin_plate_spline(points, away, grid, smooth=2e-3).reshape(97, 97, 2)
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    x, y = smooth(field, SIDE, SIDE).transpose(2, 0, 1) + np.stack([x, y])

    def warped(image: FloatImage) -> FloatImage:
        seen = cv2.remap(image, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(seen, dtype=np.float32).clip(0, 1)

    return BlendSource(warped(source.picture), warped(source.matte), warped(source.coverage), to)


def blend_sources(sources: list[BlendSource], recipe: BlendRecipe) -> FloatImage:
    """Blend aligned sources into the picture (height, width, 3), 0..1, of someone new."""
    points = [control_points(source) for source in sources]
    target = _target_points(points, recipe)
    warped = [warp_source(s, p, target) for s, p in zip(sources, points, strict=True)]
    hair, clothes = warped[recipe.hair_source], warped[recipe.clothes_source]
    body = _body_mask(target)
    if recipe.hair_source == recipe.clothes_source:
        owner = hair.picture
    else:
        owner = blend_pyramids(hair.picture, clothes.picture, body[..., 0])
    pictures = [_match_colours(s.picture, owner, target) for s in warped]
    average = _average(pictures, recipe.hair_source)
    person = lay_in(average, owner, _face_mask(target))
    matte = hair.matte * (1 - body[..., 0]) + clothes.matte * body[..., 0]
    matte = _refined(matte.astype(np.float32), owner, target)
    matte = _round_off(matte, clothes.coverage, target)
    return _composite(person, matte, warped, recipe.hair_source)


def _match_colours(picture: FloatImage, owner: FloatImage, points: FloatImage) -> FloatImage:
    """Return the picture with the owner's colours on the face: mean and spread of each channel."""
    inner = _face_mask(points)[..., 0] > 0.9
    (m, s), (m0, s0) = ((p[inner].mean(0), p[inner].std(0)) for p in (picture, owner))
    gain = np.clip(s0 / np.maximum(s, 1e-3), 0.7, 1.4)
    return np.asarray(((picture - m) * gain + m0).clip(0, 1), np.float32)


def _average(pictures: list[FloatImage], owner: int) -> FloatImage:
    """Average pictures, each band of frequencies with its own share of the owner's."""
    total, rest = np.zeros_like(pictures[0]), pictures
    for sigma, share in BANDS:
        low = [blurred(picture, sigma * SIDE) for picture in rest]
        weights = _owner_weights(len(pictures), owner, share)
        total += ((np.stack(rest) - np.stack(low)) * weights).sum(0)
        rest = low
    middle = np.median(rest, axis=0)
    alike = [np.exp(-np.square(p - middle).sum(-1) / (2 * DISAGREEMENT**2)) + 1e-3 for p in rest]
    weights = np.stack(alike)[..., None]
    return np.asarray(total + (np.stack(rest) * weights).sum(0) / weights.sum(0), np.float32)


def _owner_weights(count: int, owner: int, share: float) -> FloatImage:
    """Return blend weights (count, 1, 1, 1): `share` for the owner, the rest evenly."""
    weights = np.full(count, (1 - share) / (count - 1), np.float32)
    weights[owner] = share
    return weights[:, None, None, None]


def lay_in(face: FloatImage, owner: FloatImage, mask: FloatImage) -> FloatImage:
    """Lay a face into its owner without a seam (after Perez et al. 2003: gradients are the face's,
    colours at its outline the owner's). Where they disagree widely the owner stays.
    """
    apart = face - owner
    broad = blurred(apart, SEAM_BLUR * SIDE)
    outside = (1 - mask[..., 0]) * np.exp(-np.square(broad).sum(-1) / (2 * DISAGREEMENT**2))
    membrane = blurred(
        pull_push(broad, (outside * (mask[..., 0] < 0.02)).astype(np.float32)), SEAM_BLUR * SIDE
    )
    apart = apart - membrane
    strange = np.square(blurred(apart, SEAM_BLUR * SIDE)).sum(-1)
    alike = blurred(np.exp(-strange / (2 * DISAGREEMENT**2)).astype(np.float32), SEAM_BLUR * SIDE)
    return np.asarray(owner + mask * alike[..., None] * apart, np.float32).clip(0, 1)


def blend_pyramids(one: FloatImage, other: FloatImage, mask: FloatImage) -> FloatImage:
    """Multi-band blending (Burt, Adelson 1983): `other` where the mask is 1; the coarser a band,
    the wider its seam."""
    total = np.zeros_like(one)
    share = mask
    for level in range(PYRAMID_LEVELS):
        sigma = FINEST_BAND * SIDE * 2.0**level
        soft, other_soft = blurred(one, sigma), blurred(other, sigma)
        share = blurred(mask, sigma)[..., None]
        total += (one - soft) * (1 - share) + (other - other_soft) * share
        one, other = soft, other_soft
    return np.asarray(total + one * (1 - share) + other * share, np.float32).clip(0, 1)


def _face_mask(points: FloatImage) -> FloatImage:
    """Return a soft face mask (SIDE, SIDE, 1)."""
    oval = points[[LANDMARKS.index(i) for i in OVAL]]
    mask = np.zeros((SIDE, SIDE), np.float32)
    cv2.fillPoly(mask, [oval.round().astype(np.int32)], 1.0)
    side = 2 * round(0.016 * SIDE) + 1
    smaller = np.asarray(cv2.erode(mask, np.ones((side, side))), dtype=np.float32)
    return blurred(smaller, 0.018 * SIDE)[..., None]


def _body_mask(points: FloatImage) -> FloatImage:
    """Return a soft mask (SIDE, SIDE, 1) of what is below the neck."""
    below = np.mgrid[0:SIDE, 0:SIDE][0] - (points[LANDMARKS.index(CHIN), 1] + 0.09 * SIDE)
    return np.asarray(1 / (1 + np.exp(-below / (0.016 * SIDE))), dtype=np.float32)[..., None]


def _refined(matte: FloatImage, picture: FloatImage, points: FloatImage) -> FloatImage:
    """Return the coarse matte of a picture with its edge where the picture's is."""
    landmarks = np.zeros((LANDMARK_COUNT, 2), np.float32) + points[: len(LANDMARKS)].mean(0)
    landmarks[LANDMARKS] = points[: len(LANDMARKS)]
    cut = refine_matte((picture * 255).round().astype(np.uint8), matte, landmarks)
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.float32)
    radius = max(2, round(GUIDE_REACH * SIDE))
    edge = np.minimum(guided_filter(matte, grey, radius, GUIDE_NOISE), blurred(cut, 0.8))
    low, high = MATTE_RANGE
    return np.asarray(((edge - low) / (high - low)).clip(0, 1), np.float32)


def _round_off(matte: FloatImage, coverage: FloatImage, points: FloatImage) -> FloatImage:
    """Round shoulders off that the sides of their source cut."""
    reach = round(ROUNDING * SIDE)
    bottom = round(SHOWN_HEIGHT * SIDE) - reach // 8
    known = ((matte > 0.5) & (coverage > 0.98)).astype(np.uint8)
    known[bottom:] = known[bottom - 1]
    mask = np.pad(known, ((0, 2 * reach), (2 * reach, 2 * reach)))
    mask[SIDE:] = mask[SIDE - 1]
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, disc)[:SIDE, 2 * reach : -2 * reach]
    rounded = blurred(opened.astype(np.float32), 1.5)
    y, x = np.mgrid[0:SIDE, 0:SIDE] / np.float32(SIDE)
    chin = points[LANDMARKS.index(CHIN), 1] / SIDE
    sides = ((abs(x - 0.5) - 0.3) / 0.05).clip(0, 1) * ((y - chin) / 0.015).clip(0, 1)
    return np.asarray(matte * (1 - sides + sides * rounded), np.float32)


def _composite(
    person: FloatImage, matte: FloatImage, sources: list[BlendSource], owner: int
) -> FloatImage:
    """Composite the person over the blurred remains of the sources' backgrounds, made wider."""
    own = pull_push(person, (matte > SURELY_OWN).astype(np.float32))
    share = ((matte - MATTE_RANGE[0]) / (SURELY_OWN - MATTE_RANGE[0])).clip(0, 1)[..., None]
    person = own + share * (person - own)
    beside = (_width() - SIDE) // 2
    wall = np.pad(_wall(sources, owner), ((0, 0), (beside, beside), (0, 0)), mode="reflect")
    wall = blurred(wall.astype(np.float32), WALL_BLUR * SIDE)
    middle = wall[:, beside : beside + SIDE]
    middle += (person - middle) * matte[..., None]
    return wall[: round(SHOWN_HEIGHT * SIDE)]


def _width() -> int:
    """Return the picture's width: 16 to 9."""
    return 2 * round(SHOWN_HEIGHT * SIDE * 8 / 9)


def _wall(sources: list[BlendSource], owner: int) -> FloatImage:
    """Return the sources' backgrounds, blurred; mostly the owner's, whose light is on the hair."""
    side = 2 * round(0.02 * SIDE) + 1
    beyond = np.ones((side, side), np.uint8)
    weights = np.stack([s.coverage * (1 - cv2.dilate(s.matte, beyond)) for s in sources])[..., None]
    weights[owner] *= OWN_WALL
    colours = (np.stack([s.picture for s in sources]) * weights).sum(0)
    seen = weights.sum(0)
    filled = pull_push(
        (colours / np.maximum(seen, 1e-3)).astype(np.float32),
        (seen[..., 0] > 0.5).astype(np.float32),
    )
    return blurred(filled, WALL_BLUR * SIDE)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("plugins/cast"))
    arguments = parser.parse_args()
    for recipe in RECIPES:
        picture = blend_sources(
            [read_source(arguments.corpus, name) for name in recipe.sources], recipe
        )
        folder = arguments.out / recipe.name
        folder.mkdir(parents=True, exist_ok=True)
        shown = (picture * 255).round().astype(np.uint8)
        Image.fromarray(shown).save(folder / "1.jpg", quality=93)
        analyse(folder / "1.jpg")
        print(folder)


if __name__ == "__main__":
    main()
