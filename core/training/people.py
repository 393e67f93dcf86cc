"""Face blending: make people who do not exist from at least four AI-generated portraits each.

    python -m core.training.people --corpus DIR [--out plugins/cast]

The faces of all sources are warped to their mean shape, outline of hair and shoulders included,
and averaged; fine detail of skin, hair and clothes comes from one source each, so that nothing
blurs. The background is what is left of theirs after a heavy blur. No source is seen as it was.
"""

import argparse
import csv
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.perception.face.topology import CHIN, FEATURES, FOREHEAD, OVAL
from core.pixels import blurred, remapped, smooth
from core.portrait.inpainting import pull_push
from core.puppet.displacement import grid_nodes, thin_plate_spline
from core.training.analyse_cast import analyse

SIDE = 768
"""Side of the canvas, pixels; what is shown is a little less, see SHOWN."""

FACE_HEIGHT, FACE_CENTRE = 0.40, (0.50, 0.46)
"""Height of the face and place of its middle on the canvas, shares of SIDE."""

SHOWN = slice(0, 720), slice(24, 744)
"""Rows and columns of the canvas that every source covers well."""

LANDMARKS = sorted({*FEATURES, *range(0, 468, 4)})

FloatImage = NDArray[np.float32]


@dataclass(frozen=True)
class BlendRecipe:
    """One blend. Sources are names in the corpus; the other fields are positions among them."""

    name: str
    sources: tuple[str, ...]
    hair_source: int
    """Source of the hair's detail."""
    clothes_source: int
    """Source of the clothes."""


RECIPES = (
    BlendRecipe("mira", ("female_90", "female_98", "female_68", "female_72"), 2, 0),
    BlendRecipe("theo", ("male_58", "male_87", "male_36", "male_96", "male_30"), 0, 0),
    BlendRecipe("ines", ("female_77", "female_25", "female_18", "female_04", "female_49"), 0, 0),
    BlendRecipe("leo", ("male_79", "male_60", "male_46", "male_02", "male_16"), 0, 0),
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
    points = []
    for angle in np.linspace(-1.13 * np.pi, 0.13 * np.pi, 25):
        ray = np.array([np.cos(angle), np.sin(angle)], np.float32)
        along = np.arange(0.05 * SIDE, 0.75 * SIDE, dtype=np.float32)[:, None] * ray + middle
        beyond = remapped(source.matte, along[None].astype(np.float32))[0] < 0.5
        points.append(along[min(int(np.argmax(beyond)) or len(along), len(along) - 1)])
    return np.array(points, np.float32)


def _shoulders(source: BlendSource) -> FloatImage:
    columns = np.r_[np.linspace(0.02, 0.2, 5), np.linspace(0.8, 0.98, 5)] * SIDE
    tops = np.array([int(np.argmax(source.matte[:, int(x)] > 0.5)) or SIDE - 1 for x in columns])
    return np.stack([columns, np.maximum(tops, 0.62 * SIDE)], axis=1).astype(np.float32)


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
    """Blend aligned sources into the picture (SIDE, SIDE, 3), 0..1, of someone new."""
    points = [control_points(source) for source in sources]
    mean = np.mean(points, axis=0).astype(np.float32)
    warped = [warp_source(s, p, mean) for s, p in zip(sources, points, strict=True)]
    face, body = _face_mask(mean), _body_mask(mean)
    count = len(sources)

    def shares(on_face: float, on_hair: float, on_clothes: float) -> FloatImage:
        parts = (
            face * _owner_weights(count, recipe.hair_source, on_face),
            (1 - face) * (1 - body) * _owner_weights(count, recipe.hair_source, on_hair),
            (1 - face) * body * _owner_weights(count, recipe.clothes_source, on_clothes),
        )
        return np.asarray(sum(parts), np.float32)

    broad = shares(1 / count, 0.7, 0.9)
    broad *= np.stack([s.matte * s.coverage for s in warped])[..., None].clip(0.02, 1)
    broad /= broad.sum(0)
    fine = shares(0.55, 0.95, 0.97)
    person = _blend_frequencies([s.picture for s in warped], broad, fine)
    owner = (
        warped[recipe.hair_source].matte * (1 - body[..., 0])
        + warped[recipe.clothes_source].matte * body[..., 0]
    )
    matte = (np.stack([s.matte for s in warped])[..., None] * broad).sum(0)[..., 0]
    return _composite(person, np.minimum(matte, owner), warped)


def _owner_weights(count: int, owner: int, share: float) -> FloatImage:
    """Return blend weights (count, 1, 1, 1): `share` for the owner, the rest evenly."""
    weights = np.full(count, (1 - share) / (count - 1), np.float32)
    weights[owner] = share
    return weights[:, None, None, None]


def _face_mask(points: FloatImage) -> FloatImage:
    """Return a soft face mask (SIDE, SIDE, 1)."""
    oval = points[[LANDMARKS.index(i) for i in OVAL]]
    mask = np.zeros((SIDE, SIDE), np.float32)
    cv2.fillPoly(mask, [oval.round().astype(np.int32)], 1.0)
    smaller = np.asarray(cv2.erode(mask, np.ones((25, 25))), dtype=np.float32)
    return blurred(smaller, 14)[..., None]


def _body_mask(points: FloatImage) -> FloatImage:
    """Return a soft mask (SIDE, SIDE, 1) of what is below the neck."""
    below = np.mgrid[0:SIDE, 0:SIDE][0] - (points[LANDMARKS.index(CHIN), 1] + 0.09 * SIDE)
    return np.asarray(1 / (1 + np.exp(-below / 12)), dtype=np.float32)[..., None]


def _blend_frequencies(
    pictures: list[FloatImage], broad: FloatImage, fine: FloatImage
) -> FloatImage:
    """Two-band blending (Burt, Adelson 1983): low frequencies by `broad`, detail by `fine`."""
    soft = [blurred(picture, 6) for picture in pictures]
    total = [
        low * wide + (picture - low) * narrow
        for picture, low, wide, narrow in zip(pictures, soft, broad, fine, strict=True)
    ]
    return np.asarray(np.sum(total, axis=0), dtype=np.float32).clip(0, 1)


def _composite(person: FloatImage, matte: FloatImage, sources: list[BlendSource]) -> FloatImage:
    """Composite the person over the blurred remains of the sources' backgrounds."""
    around = [s.coverage * (1 - cv2.dilate(s.matte, np.ones((31, 31), np.uint8))) for s in sources]
    weights = np.stack(around)[..., None]
    colours = (np.stack([s.picture for s in sources]) * weights).sum(0)
    seen = weights.sum(0)
    filled = pull_push(
        (colours / np.maximum(seen, 1e-3)).astype(np.float32) * 255,
        (seen[..., 0] > 0.5).astype(np.float32),
    )
    wall = blurred(filled / np.float32(255), 40)
    cover = blurred(((matte - 0.45) / np.float32(0.4)).clip(0, 1), 1.5)[..., None]
    return np.asarray(person * cover + wall * (1 - cover), dtype=np.float32)


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
        shown = (picture[SHOWN] * 255).round().astype(np.uint8)
        Image.fromarray(shown).save(folder / "1.jpg", quality=93)
        analyse(folder / "1.jpg")
        print(folder)


if __name__ == "__main__":
    main()
