"""Photo and motion in, frames out, for one portrait live; for batches see `core.puppet.batch`."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from core.look import AS_PHOTO, Background
from core.perception.topology import OVAL
from core.portrait import placement as scene
from core.portrait.backdrop import cast
from core.portrait.face_crop import Window, face_height
from core.portrait.framing import framing_of
from core.portrait.load import BadPhoto
from core.portrait.region import Region
from core.profile import Framing
from core.puppet import figure
from core.puppet.arrays import mapped
from core.puppet.brushes import SwiftBrush, lattice
from core.puppet.expression import Expressions, load_expressions
from core.puppet.eyes import Around, around
from core.puppet.figure import Figure
from core.puppet.layers import Portrait, prepare
from core.puppet.motion import Fields, Motion, pose_field, shape_fields, unposed, unshaped
from core.puppet.paint import (
    EYE_DOWN,
    EYE_UP,
    Places,
    eye_shares,
    mouth_share,
    paint_eyes,
    paint_inside,
    part_lips,
    places,
)
from core.video import Picture, VideoFormat

MOUTH_STEP, EYE_STEP = 4, 2
"""Pixels between the places that are led back to the photo one by one."""

LARGEST = 3072
"""Pixels of a side beyond which the window is kept no finer, however close the frame goes."""


def stacked(part: Any) -> Any:
    """Give every array of nested named tuples a leading dimension of one."""
    return mapped(part, lambda array: array[None])


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
        (x, y), self._photo = landmarks[list(OVAL), :2].mean(0).tolist(), photo.shape[1::-1]
        self._framing = framing
        self._place = scene.place(self._photo, (x, y, height), format, framing)
        window = Window.around(landmarks).snapped(self._place.scale)
        self._square = self._place.window(window)
        self._side = self._square.size[0]
        self.format = format
        taken = cast(photo, matte, height, window, self._place, format, background)
        self._helper = ThreadPoolExecutor(1, "puppet")
        backdrop = self._helper.submit(taken.behind)
        tables = expressions or load_expressions()
        one = prepare(taken.photo, taken.cover, landmarks, window, min(self._side, LARGEST), tables)
        self._portrait: Portrait = stacked(one)
        self._brush = SwiftBrush(self._portrait, self._side)
        self._figure = Figure(self._brush.bytes_of(self._portrait.person))
        on_photo = self._place.photo(*self._photo).within(Region.whole(format))
        self._shown = on_photo.within(self._square)
        self._region = self._shown.moved(-self._square.left, -self._square.top)
        corner = self._region.left, self._region.top
        self._lattice = lattice(*corner, *self._region.size, figure.STEP, self._side)
        try:
            self._backdrop = backdrop.result()
        except BadPhoto:
            self.close()
            raise

    @property
    def framing(self) -> Framing:
        """Which part of the photo is shown."""
        return self._framing or framing_of(self._place, self._photo, self.format)

    @property
    def portrait(self) -> Portrait:
        """The portrait as a batch of one."""
        return self._portrait

    def render(self, motion: Motion) -> Picture:
        """Return the frame for `motion`, a batch of one. The caller owns it."""
        if self._region.empty:
            return self._backdrop.copy()
        led = self._led(motion)
        frame = self._helper.submit(self._figured, self._body_nodes(led))
        mouth, *eyes = self._spots(led)
        parts = [*self._mouth(led, motion, mouth), *self._eyes(led, motion, eyes)]
        shown = frame.result()
        for part in parts:
            part.lay(shown[self._shown.slices], self._region)
        return shown

    def close(self) -> None:
        """End the helping thread."""
        self._helper.shutdown()

    def _led(self, motion: Motion) -> Fields:
        """Return the way back for `motion`: the head's part is worked out by the helping thread."""
        pose = self._helper.submit(pose_field, self._portrait.rig, motion)
        shape = shape_fields(self._portrait.rig, motion)
        return Fields(pose.result(), *shape)

    def _body_nodes(self, led: Fields) -> NDArray[np.float32]:
        """Where in the person's pixels the places of the whole region come from."""
        both = (led.upper + led.lower) / 2
        come_from = unshaped(self._portrait.rig, both, unposed(led, self._lattice))
        return self._brush.pixels(self._portrait.person, come_from)

    def _figured(self, nodes: NDArray[np.float32]) -> Picture:
        """Return a fresh frame with the person in it, mouth and eyes as the photo has them."""
        frame = self._backdrop.copy()
        self._figure.lay(frame[self._shown.slices], nodes)
        return frame

    def _spots(self, led: Fields) -> list[tuple[float, float]]:
        """Where the head has taken the mouth, the right and the left eye; window units."""
        rig = self._portrait.rig
        still = np.concat([rig.lips.middle[:, None, None], rig.eyes.middle[:, None]], axis=2)
        moved = still
        for _ in range(2):
            moved = moved + still - unposed(led, moved)
        return [(x, y) for x, y in moved[0, 0].tolist()]

    def _mouth(self, led: Fields, motion: Motion, spot: tuple[float, float]) -> list["Patch"]:
        portrait, rig = self._portrait, self._portrait.rig
        height = rig.height.item()
        region = self._around(
            spot, 1.3 * float(np.linalg.norm(rig.lips.across)), 0.36 * height, 0.58 * height
        )
        if region.empty:
            return []
        brush, at = self._turn_to(region, MOUTH_STEP, led)
        upper = brush.sample(portrait.upper, at.upper)
        lower = brush.sample(portrait.lower, at.lower)
        painted = brush.mix(lower, upper, brush.cover(upper))
        hole = _gap(upper, lower, MOUTH_STEP)
        if not hole.empty:
            inner = self._brush.turned_to(hole.size, MOUTH_STEP)
            posed = at.posed[:, hole.top // MOUTH_STEP :, hole.left // MOUTH_STEP :]
            rows, columns = (-(-side // MOUTH_STEP) + 2 for side in hole.size[::-1])
            inside = paint_inside(inner, portrait, led, motion, posed[:, :rows, :columns])
            over, under = (np.ascontiguousarray(side[hole.slices]) for side in (upper, lower))
            painted[hole.slices] = part_lips(inner, rig, over, under, inside)
        share = brush.weight(mouth_share(rig, at.posed)) * brush.presence(at.upper)
        return [Patch(region, painted, share)]

    def _eyes(self, led: Fields, motion: Motion, spots: list[tuple[float, float]]) -> list["Patch"]:
        rig = self._portrait.rig
        across = float(np.linalg.norm(rig.eyes.across[0], axis=-1).max()) * 1.3
        up, down = EYE_UP * rig.height.item(), EYE_DOWN * rig.height.item()
        regions = [self._around(spot, across, up, down) for spot in spots]
        width, height = (max(sides) for sides in zip(*(r.size for r in regions), strict=True))
        if not width * height:
            return []
        regions = [Region(r.left, r.top, r.left + width, r.top + height) for r in regions]
        seen, share = self._eyes_around(led, regions)
        brush = self._brush.turned_to((width, 2 * height), 1)
        painted = paint_eyes(brush, self._portrait, motion, seen, 2 / self._side)
        share = share * brush.cover(painted)
        rows = (slice(0, height), slice(height, 2 * height))
        return [Patch(r, painted[row], share[row]) for r, row in zip(regions, rows, strict=True)]

    def _eyes_around(
        self, led: Fields, regions: list[Region]
    ) -> tuple[Around, NDArray[np.float32]]:
        """Where the eyes' regions come from, and how much counts (2 * h, w); all of one size."""
        rig, size = self._portrait.rig, regions[0].size
        at = np.concat([lattice(r.left, r.top, *size, EYE_STEP, self._side) for r in regions])
        flat = at.reshape(1, -1, *at.shape[2:])
        come_from = unshaped(rig, led.upper, unposed(led, flat)).reshape(1, *at.shape)
        coarse = around(rig.eyes, come_from)
        share = eye_shares(rig, coarse.u, coarse.v)
        planes = [coarse.u, coarse.v, share, *np.moveaxis(coarse.edges, 2, 0)]
        nodes = np.concat([coarse.at, np.stack(planes, axis=-1)], axis=-1)[0]
        fine = self._brush.turned_to(size, EYE_STEP).fine(nodes)
        u, v, share, *edges = np.moveaxis(fine[None, ..., 2:], -1, 0)
        seen = Around(fine[None, ..., :2], u, v, np.stack(edges, axis=2))
        return seen, share.reshape(-1, size[0])

    def _around(self, spot: tuple[float, float], across: float, up: float, down: float) -> Region:
        """The visible pixels that reach so far, in window units, from a spot."""
        x, y = spot
        ends = (x - across, y - up, x + across, y + down)
        left, top, right, bottom = (round((v + 1) / 2 * self._side) for v in ends)
        return Region(left, top, right, bottom).within(self._region)

    def _turn_to(self, region: Region, step: int, led: Fields) -> tuple[SwiftBrush, Places]:
        at = lattice(region.left, region.top, *region.size, step, self._side)
        return self._brush.turned_to(region.size, step), places(self._portrait.rig, led, at)


class Patch(NamedTuple):
    """A painted part of the face."""

    region: Region
    """Where it belongs, in window pixels; may reach beyond what is shown."""
    painted: NDArray[np.uint8]
    """(h, w, 4)"""
    share: NDArray[np.float32]
    """(h, w) how much of it counts: its edges are soft"""

    def lay(self, picture: Picture, shown: Region) -> None:
        """Lay it into the picture, which shows the region `shown`."""
        seen = self.region.within(shown)
        if seen.empty:
            return
        spot = picture[seen.moved(-shown.left, -shown.top).slices]
        part = seen.moved(-self.region.left, -self.region.top).slices
        share = np.ascontiguousarray(self.share[part])
        painted = cv2.cvtColor(self.painted[part], cv2.COLOR_RGBA2RGB)
        spot[:] = cv2.blendLinear(np.ascontiguousarray(spot), painted, 1 - share, share)


def _gap(upper: NDArray[np.uint8], lower: NDArray[np.uint8], step: int) -> Region:
    """The part of a picture that neither lip covers; it begins at multiples of `step`."""
    cover = cv2.max(cv2.extractChannel(upper, 3), cv2.extractChannel(lower, 3))
    left, top, width, height = cv2.boundingRect(cv2.bitwise_not(cover))
    return Region(left // step * step, top // step * step, left + width, top + height)
