"""Photo and motion in, frames out, for one portrait live; for batches see `core.puppet.batch_painting`."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from core.look import AS_PHOTO, Background
from core.perception.face.topology import OVAL
from core.portrait import placement as scene
from core.portrait.backdrop import separate_person
from core.portrait.face_crop import FaceCrop, face_height
from core.portrait.framing import framing_from_placement
from core.portrait.load import BadPhoto
from core.portrait.region import Region
from core.profile import Framing
from core.puppet import person_layer as figure
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
    SourcePositions,
    composite_lips,
    eye_masks,
    mouth_mask,
    paint_eyes,
    paint_mouth_interior,
    source_positions,
)
from core.puppet.person_layer import PersonLayer
from core.puppet.portrait_layers import LayeredPortrait, cut_layers
from core.video import Picture, VideoFormat

MOUTH_STEP, EYE_STEP = 4, 2
"""Pixels between the places that are led back to the photo one by one."""

MAX_CROP_SIDE = 3072
"""Pixels of a side beyond which the window is kept no finer, however close the frame goes."""


def add_batch_dimension(part: Any) -> Any:
    """Give every array of nested named tuples a leading dimension of one."""
    return tree_map(part, lambda array: array[None])


class Renderer:
    """Paints one photo in motion into frames of one format. One thread."""

    def __init__(
        self,
        photo: Picture,
        matte: NDArray[np.float32],
        landmarks: NDArray[np.float32],
        format: VideoFormat,
        framing: Framing | None = None,
        expressions: Expressions | None = None,
        background: Background = AS_PHOTO,
    ) -> None:
        """photo: (h, w, 3); matte: (h, w) 0..1; landmarks: (478, 3) pixels of the photo.

        Raises:
            BadPhoto: the background's picture cannot be used.
        """
        height = face_height(landmarks)
        (x, y), self._photo_size = landmarks[list(OVAL), :2].mean(0).tolist(), photo.shape[1::-1]
        self._framing = framing
        self._placement = scene.place_photo(self._photo_size, (x, y, height), format, framing)
        window = FaceCrop.around(landmarks).snap(self._placement.scale)
        self._square = self._placement.crop_region(window)
        self._side = self._square.size[0]
        self.format = format
        taken = separate_person(photo, matte, height, window, self._placement, format, background)
        self._worker = ThreadPoolExecutor(1, "puppet")
        backdrop = self._worker.submit(taken.render_background)
        tables = expressions or load_expressions()
        one = cut_layers(
            taken.photo, taken.alpha, landmarks, window, min(self._side, MAX_CROP_SIDE), tables
        )
        self._portrait: LayeredPortrait = add_batch_dimension(one)
        self._raster = OpenCvRaster(self._portrait, self._side)
        self._person = PersonLayer(self._raster.pixels_of(self._portrait.person))
        on_photo = self._placement.photo_region(*self._photo_size).intersect(
            Region.full_frame(format)
        )
        self._visible = on_photo.intersect(self._square)
        self._region = self._visible.shift(-self._square.left, -self._square.top)
        corner = self._region.left, self._region.top
        self._lattice = lattice(*corner, *self._region.size, figure.GRID_STEP, self._side)
        try:
            self._backdrop = backdrop.result()
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
        """The portrait as a batch of one."""
        return self._portrait

    def render(self, motion: Motion) -> Picture:
        """Return the frame for `motion`, a batch of one. The caller owns it."""
        if self._region.empty:
            return self._backdrop.copy()
        led = self._backward_warp(motion)
        frame = self._worker.submit(self._person_frame, self._body_nodes(led))
        mouth, *eyes = self._feature_positions(led)
        parts = [*self._mouth_patch(led, motion, mouth), *self._eye_patches(led, motion, eyes)]
        shown = frame.result()
        for part in parts:
            part.blend_into(shown[self._visible.slices], self._region)
        return shown

    def close(self) -> None:
        """End the helping thread."""
        self._worker.shutdown()

    def _backward_warp(self, motion: Motion) -> BackwardWarp:
        """Return the way back for `motion`: the head's part is worked out by the helping thread."""
        pose = self._worker.submit(pose_warp, self._portrait.rig, motion)
        shape = expression_warp(self._portrait.rig, motion)
        return BackwardWarp(pose.result(), *shape)

    def _body_nodes(self, led: BackwardWarp) -> NDArray[np.float32]:
        """Where in the person's pixels the places of the whole region come from."""
        both = (led.upper + led.lower) / 2
        come_from = undo_expression(self._portrait.rig, both, undo_pose(led, self._lattice))
        return self._raster.to_pixels(self._portrait.person, come_from)

    def _person_frame(self, nodes: NDArray[np.float32]) -> Picture:
        """Return a fresh frame with the person in it, mouth and eyes as the photo has them."""
        frame = self._backdrop.copy()
        self._person.composite(frame[self._visible.slices], nodes)
        return frame

    def _feature_positions(self, led: BackwardWarp) -> list[tuple[float, float]]:
        """Where the head has taken the mouth, the right and the left eye; window units."""
        rig = self._portrait.rig
        still = np.concat([rig.lips.middle[:, None, None], rig.eyes.middle[:, None]], axis=2)
        moved = still
        for _ in range(2):
            moved = moved + still - undo_pose(led, moved)
        return [(x, y) for x, y in moved[0, 0].tolist()]

    def _mouth_patch(
        self, led: BackwardWarp, motion: Motion, spot: tuple[float, float]
    ) -> list["Patch"]:
        portrait, rig = self._portrait, self._portrait.rig
        height = rig.height.item()
        region = self._region_around(
            spot, 1.3 * float(np.linalg.norm(rig.lips.across)), 0.36 * height, 0.58 * height
        )
        if region.empty:
            return []
        brush, at = self._raster_for(region, MOUTH_STEP, led)
        upper = brush.sample(portrait.upper, at.upper)
        lower = brush.sample(portrait.lower, at.lower)
        painted = brush.mix(lower, upper, brush.alpha(upper))
        hole = _uncovered(upper, lower, MOUTH_STEP)
        if not hole.empty:
            inner = self._raster.for_region(hole.size, MOUTH_STEP)
            posed = at.posed[:, hole.top // MOUTH_STEP :, hole.left // MOUTH_STEP :]
            rows, columns = (-(-side // MOUTH_STEP) + 2 for side in hole.size[::-1])
            inside = paint_mouth_interior(inner, portrait, led, motion, posed[:, :rows, :columns])
            over, under = (np.ascontiguousarray(side[hole.slices]) for side in (upper, lower))
            painted[hole.slices] = composite_lips(inner, rig, over, under, inside)
        share = brush.as_weight(mouth_mask(rig, at.posed)) * brush.person_alpha(at.upper)
        return [Patch(region, painted, share)]

    def _eye_patches(
        self, led: BackwardWarp, motion: Motion, spots: list[tuple[float, float]]
    ) -> list["Patch"]:
        rig = self._portrait.rig
        across = float(np.linalg.norm(rig.eyes.across[0], axis=-1).max()) * 1.3
        up, down = EYE_UP * rig.height.item(), EYE_DOWN * rig.height.item()
        regions = [self._region_around(spot, across, up, down) for spot in spots]
        width, height = (max(sides) for sides in zip(*(r.size for r in regions), strict=True))
        if not width * height:
            return []
        regions = [Region(r.left, r.top, r.left + width, r.top + height) for r in regions]
        seen, share = self._eye_sources(led, regions)
        brush = self._raster.for_region((width, 2 * height), 1)
        painted = paint_eyes(brush, self._portrait, motion, seen, 2 / self._side)
        share = share * brush.alpha(painted)
        rows = (slice(0, height), slice(height, 2 * height))
        return [Patch(r, painted[row], share[row]) for r, row in zip(regions, rows, strict=True)]

    def _eye_sources(
        self, led: BackwardWarp, regions: list[Region]
    ) -> tuple[EyeCoordinates, NDArray[np.float32]]:
        """Where the eyes' regions come from, and how much counts (2 * h, w); all of one size."""
        rig, size = self._portrait.rig, regions[0].size
        at = np.concat([lattice(r.left, r.top, *size, EYE_STEP, self._side) for r in regions])
        flat = at.reshape(1, -1, *at.shape[2:])
        come_from = undo_expression(rig, led.upper, undo_pose(led, flat)).reshape(1, *at.shape)
        coarse = eye_coordinates(rig.eyes, come_from)
        share = eye_masks(rig, coarse.u, coarse.v)
        planes = [coarse.u, coarse.v, share, *np.moveaxis(coarse.edges, 2, 0)]
        nodes = np.concat([coarse.position, np.stack(planes, axis=-1)], axis=-1)[0]
        fine = self._raster.for_region(size, EYE_STEP).upsample(nodes)
        u, v, share, *edges = np.moveaxis(fine[None, ..., 2:], -1, 0)
        seen = EyeCoordinates(fine[None, ..., :2], u, v, np.stack(edges, axis=2))
        return seen, share.reshape(-1, size[0])

    def _region_around(
        self, spot: tuple[float, float], across: float, up: float, down: float
    ) -> Region:
        """The visible pixels that reach so far, in window units, from a spot."""
        x, y = spot
        ends = (x - across, y - up, x + across, y + down)
        left, top, right, bottom = (round((v + 1) / 2 * self._side) for v in ends)
        return Region(left, top, right, bottom).intersect(self._region)

    def _raster_for(
        self, region: Region, step: int, led: BackwardWarp
    ) -> tuple[OpenCvRaster, SourcePositions]:
        at = lattice(region.left, region.top, *region.size, step, self._side)
        return self._raster.for_region(region.size, step), source_positions(
            self._portrait.rig, led, at
        )


class Patch(NamedTuple):
    """A painted part of the face."""

    region: Region
    """Where it belongs, in window pixels; may reach beyond what is shown."""
    pixels: NDArray[np.uint8]
    """(h, w, 4)"""
    alpha: NDArray[np.float32]
    """(h, w) how much of it counts: its edges are soft"""

    def blend_into(self, picture: Picture, shown: Region) -> None:
        """Lay it into the picture, which shows the region `shown`."""
        seen = self.region.intersect(shown)
        if seen.empty:
            return
        spot = picture[seen.shift(-shown.left, -shown.top).slices]
        part = seen.shift(-self.region.left, -self.region.top).slices
        share = np.ascontiguousarray(self.alpha[part])
        painted = cv2.cvtColor(self.pixels[part], cv2.COLOR_RGBA2RGB)
        spot[:] = cv2.blendLinear(np.ascontiguousarray(spot), painted, 1 - share, share)


def _uncovered(upper: NDArray[np.uint8], lower: NDArray[np.uint8], step: int) -> Region:
    """The part of a picture that neither lip covers; it begins at multiples of `step`."""
    cover = cv2.max(cv2.extractChannel(upper, 3), cv2.extractChannel(lower, 3))
    left, top, width, height = cv2.boundingRect(cv2.bitwise_not(cover))
    return Region(left // step * step, top // step * step, left + width, top + height)
