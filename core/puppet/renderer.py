"""The live renderer: motion to frames, for one photo; for batches see `batch_painting`."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from core.look import AS_PHOTO, Background
from core.portrait.analysis import PortraitAnalysis
from core.portrait.backdrop import separate_person
from core.portrait.face_crop import FaceCrop
from core.portrait.framing import framing_from_placement
from core.portrait.load import BadPhoto
from core.portrait.placement import outline, place_photo
from core.portrait.region import Region
from core.profile import Framing
from core.puppet.arrays import tree_map
from core.puppet.expression import Expressions, load_expressions
from core.puppet.eyelid_warp import EyeCoordinates, eye_coordinates
from core.puppet.motion import (
    BackwardWarp,
    Motion,
    expression_warp,
    pose_warp,
    undo_expression,
    undo_pose,
)
from core.puppet.opencv_raster import OpenCvRaster, lattice
from core.puppet.paint import (
    EYE_DOWN,
    EYE_UP,
    composite_lips,
    eye_masks,
    mouth_mask,
    paint_eyes,
    paint_mouth_interior,
    source_positions,
)
from core.puppet.person_layer import GRID_STEP, PersonLayer
from core.puppet.portrait_layers import LayeredPortrait, cut_layers
from core.video import Cover, Picture, VideoFormat

MOUTH_STEP, EYE_STEP = 4, 2
"""Pixels between the positions that are warped one by one; those between are interpolated."""

MAX_CROP_SIDE = 3072
"""Most pixels of the crop's side as it is stored, however close the frame goes."""


def add_batch_dimension(part: Any) -> Any:
    """Give every array of nested named tuples a leading dimension of one."""
    return tree_map(part, lambda array: array[None])


class Renderer:
    """Renders one photo in motion into frames of one format. One thread."""

    def __init__(
        self,
        photo: Picture,
        matte: NDArray[np.float32],
        landmarks: NDArray[np.float32],
        format: VideoFormat,
        framing: Framing | None = None,
        expressions: Expressions | None = None,
        background: Background = AS_PHOTO,
        donors: Sequence[PortraitAnalysis] = (),
    ) -> None:
        """photo: (h, w, 3); matte: (h, w) 0..1; landmarks: (478, 3) pixels of the photo.

        donors: more photos of the same person, which may show teeth that this one hides.

        Raises:
            BadPhoto: the background's picture cannot be used.
        """
        person, self._photo_size = outline(landmarks, matte), photo.shape[1::-1]
        self._framing = framing
        self._placement = place_photo(self._photo_size, person, format, framing)
        crop = FaceCrop.around(landmarks).snap(self._placement.scale)
        self._square = self._placement.crop_region(crop)
        self._side = self._square.size[0]
        self.format = format
        cutout = separate_person(photo, matte, person, crop, self._placement, format, background)
        self._worker = ThreadPoolExecutor(1, "puppet")
        backdrop = self._worker.submit(cutout.render_background)
        transparent = background.kind == "transparent"
        cover = self._worker.submit(cutout.still_cover, format) if transparent else None
        tables, side = expressions or load_expressions(), min(self._side, MAX_CROP_SIDE)
        layers = cut_layers(cutout.photo, cutout.alpha, landmarks, crop, side, tables, donors)
        whole: LayeredPortrait = add_batch_dimension(layers)
        self._raster = OpenCvRaster(whole, self._side)
        self._portrait = self._raster.without_pixels(whole)
        self._person = PersonLayer(self._raster.pixels_of(self._portrait.person))
        photo_region = self._placement.photo_region(*self._photo_size)
        self._visible = photo_region.intersect(Region.full_frame(format)).intersect(self._square)
        self._region = self._visible.shift(
            -self._square.left, -self._square.top
        )  # the same in the crop
        corner = self._region.left, self._region.top
        self._lattice = lattice(*corner, *self._region.size, GRID_STEP, self._side)
        try:
            self._backdrop = backdrop.result()
            self._still_cover = cover.result() if cover else None
        except BadPhoto:
            self.close()
            raise

    @property
    def framing(self) -> Framing:
        """Which part of the photo is shown."""
        return self._framing or framing_from_placement(
            self._placement, self._photo_size, self.format
        )

    @property
    def portrait(self) -> LayeredPortrait:
        """The portrait as a batch of one, with its pixels."""
        return self._raster.with_pixels(self._portrait)

    def render(self, motion: Motion) -> Picture:
        """Return the frame for `motion`, a batch of one. The caller owns it."""
        return self.render_covering(motion)[0]

    def render_covering(self, motion: Motion) -> tuple[Picture, Cover | None]:
        """Return the frame, and what the person covers of it where the background is transparent.

        The caller owns both.
        """
        if self._region.empty:
            return self._backdrop.copy(), self._copied_cover()
        rig = self._portrait.rig
        pose = self._worker.submit(pose_warp, rig, motion)
        expression = expression_warp(rig, motion)
        warp = BackwardWarp(pose.result(), *expression)
        both = (warp.upper + warp.lower) / 2
        sources = undo_expression(rig, both, undo_pose(warp, self._lattice))
        nodes = self._raster.to_pixels(self._portrait.person, sources)
        cover = self._copied_cover()
        frame = self._worker.submit(self._person_frame, nodes, cover)
        mouth, *eyes = self._feature_positions(warp)
        patches = [*self._mouth_patch(warp, motion, mouth), *self._eye_patches(warp, motion, eyes)]
        picture = frame.result()
        for patch in patches:
            patch.blend_into(picture[self._visible.slices], self._region)
        return picture, cover

    def close(self) -> None:
        """End the worker thread."""
        self._worker.shutdown()

    def _copied_cover(self) -> Cover | None:
        return None if self._still_cover is None else self._still_cover.copy()

    def _person_frame(self, nodes: NDArray[np.float32], cover: Cover | None) -> Picture:
        """Composite the person onto the backdrop, mouth and eyes as the photo has them."""
        frame, visible = self._backdrop.copy(), self._visible.slices
        self._person.composite(frame[visible], nodes, None if cover is None else cover[visible])
        return frame

    def _feature_positions(self, warp: BackwardWarp) -> list[tuple[float, float]]:
        """Return the moved mouth, right and left eye, crop units, by fixed-point iteration."""
        rig = self._portrait.rig
        rest = np.concat([rig.lips.middle[:, None, None], rig.eyes.middle[:, None]], axis=2)
        moved = rest
        for _ in range(2):
            moved = moved + rest - undo_pose(warp, moved)
        return [(x, y) for x, y in moved[0, 0].tolist()]

    def _mouth_patch(
        self, warp: BackwardWarp, motion: Motion, centre: tuple[float, float]
    ) -> list["Patch"]:
        portrait, rig = self._portrait, self._portrait.rig
        height, half_width = rig.height.item(), 1.3 * float(np.linalg.norm(rig.lips.across))
        region = self._region_around(centre, half_width, 0.36 * height, 0.58 * height)
        if region.empty:
            return []
        raster = self._raster.for_region(region.size, MOUTH_STEP)
        grid = lattice(region.left, region.top, *region.size, MOUTH_STEP, self._side)
        at = source_positions(rig, warp, grid)
        upper = raster.sample(portrait.upper, at.upper)
        lower = raster.sample(portrait.lower, at.lower)
        painted = raster.mix(lower, upper, raster.alpha(upper))
        hole = _uncovered(upper, lower, MOUTH_STEP)
        if not hole.empty:
            inner = self._raster.for_region(hole.size, MOUTH_STEP)
            posed = at.posed[:, hole.top // MOUTH_STEP :, hole.left // MOUTH_STEP :]
            rows, columns = (-(-side // MOUTH_STEP) + 2 for side in hole.size[::-1])
            inside = paint_mouth_interior(inner, portrait, warp, motion, posed[:, :rows, :columns])
            over, under = (np.ascontiguousarray(side[hole.slices]) for side in (upper, lower))
            painted[hole.slices] = composite_lips(inner, rig, over, under, inside)
        alpha = raster.as_weight(mouth_mask(rig, at.posed)) * raster.person_alpha(at.upper)
        return [Patch(region, painted, alpha)]

    def _eye_patches(
        self, warp: BackwardWarp, motion: Motion, centres: list[tuple[float, float]]
    ) -> list["Patch"]:
        rig = self._portrait.rig
        across = float(np.linalg.norm(rig.eyes.across[0], axis=-1).max()) * 1.3
        up, down = EYE_UP * rig.height.item(), EYE_DOWN * rig.height.item()
        regions = [self._region_around(centre, across, up, down) for centre in centres]
        width, height = (max(sides) for sides in zip(*(r.size for r in regions), strict=True))
        if not width * height:
            return []
        regions = [Region(r.left, r.top, r.left + width, r.top + height) for r in regions]
        coordinates, alpha = self._eye_sources(warp, regions)
        raster = self._raster.for_region((width, 2 * height), 1)
        painted = paint_eyes(raster, self._portrait, motion, coordinates, 2 / self._side)
        alpha = alpha * raster.alpha(painted)
        rows = (slice(0, height), slice(height, 2 * height))
        return [Patch(r, painted[row], alpha[row]) for r, row in zip(regions, rows, strict=True)]

    def _eye_sources(
        self, warp: BackwardWarp, regions: list[Region]
    ) -> tuple[EyeCoordinates, NDArray[np.float32]]:
        """Return the eyes' source positions, and their masks (2 * h, w); regions of one size."""
        rig, size = self._portrait.rig, regions[0].size
        at = np.concat([lattice(r.left, r.top, *size, EYE_STEP, self._side) for r in regions])
        flat = at.reshape(1, -1, *at.shape[2:])
        sources = undo_expression(rig, warp.upper, undo_pose(warp, flat)).reshape(1, *at.shape)
        coarse = eye_coordinates(rig.eyes, sources)
        mask = eye_masks(rig, coarse.u, coarse.v)
        planes = [coarse.u, coarse.v, mask, *np.moveaxis(coarse.edges, 2, 0)]
        nodes = np.concat([coarse.position, np.stack(planes, axis=-1)], axis=-1)[0]
        fine = self._raster.for_region(size, EYE_STEP).upsample(nodes)
        u, v, mask, *_ = each = np.ascontiguousarray(np.moveaxis(fine[..., 2:], -1, 0))
        edges = each[3:].swapaxes(0, 1)
        coordinates = EyeCoordinates(fine[None, ..., :2], u[None], v[None], edges[None])
        return coordinates, mask.reshape(-1, size[0])

    def _region_around(
        self, centre: tuple[float, float], across: float, up: float, down: float
    ) -> Region:
        """Return the visible pixels within these distances, crop units, of a centre."""
        x, y = centre
        ends = (x - across, y - up, x + across, y + down)
        left, top, right, bottom = (round((v + 1) / 2 * self._side) for v in ends)
        return Region(left, top, right, bottom).intersect(self._region)


class Patch(NamedTuple):
    """A rendered part of the face with a soft edge."""

    region: Region
    """Where it belongs, pixels of the crop; may reach beyond what is visible."""
    pixels: NDArray[np.uint8]
    """(h, w, 4)"""
    alpha: NDArray[np.float32]
    """(h, w) 0..1"""

    def blend_into(self, picture: Picture, visible: Region) -> None:
        """Blend it into the picture, which shows the region `visible` of the crop."""
        common = self.region.intersect(visible)
        if common.empty:
            return
        below = picture[common.shift(-visible.left, -visible.top).slices]
        part = common.shift(-self.region.left, -self.region.top).slices
        alpha = np.ascontiguousarray(self.alpha[part])
        above = cv2.cvtColor(self.pixels[part], cv2.COLOR_RGBA2RGB)
        below[:] = cv2.blendLinear(np.ascontiguousarray(below), above, 1 - alpha, alpha)


def _uncovered(upper: NDArray[np.uint8], lower: NDArray[np.uint8], step: int) -> Region:
    """Return the bounding box that neither lip covers; it begins at multiples of `step`."""
    alpha = cv2.max(cv2.extractChannel(upper, 3), cv2.extractChannel(lower, 3))
    left, top, width, height = cv2.boundingRect(cv2.bitwise_not(alpha))
    return Region(left // step * step, top // step * step, left + width, top + height)
