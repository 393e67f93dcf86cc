"""Photo and motion in, frames out, for one portrait live; for batches see `core.puppet.batch`."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.profile import Framing
from core.puppet import scene
from core.puppet.body import MOVING
from core.puppet.brushes import SwiftBrush, lattice
from core.puppet.expression import Expressions, load_expressions
from core.puppet.motion import Fields, Motion, fields, turned, unposed, unshaped
from core.puppet.paint import (
    EYE_DOWN,
    EYE_UP,
    Places,
    eye_shares,
    mouth_share,
    paint_eyes,
    paint_inside,
    paint_lips,
    paint_person,
    places,
)
from core.puppet.portrait import Portrait, prepare
from core.puppet.topology import OVAL
from core.puppet.window import Window, face_height
from core.video import Picture, VideoFormat

BODY_STEP, MOUTH_STEP = 8, 4
"""Pixels between the places that are led back to the photo one by one."""

LARGEST = 3072
"""Pixels of a side beyond which the window is kept no finer, however close the frame goes."""

MATTE_SLACK = 0.03
"""How far the matte may miss the person's edge, face heights."""


class Region(NamedTuple):
    """A rectangle of pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> tuple[int, int]:
        return self.right - self.left, self.bottom - self.top

    @property
    def empty(self) -> bool:
        return self.left >= self.right or self.top >= self.bottom

    @property
    def slices(self) -> tuple[slice, slice]:
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def within(self, other: "Region") -> "Region":
        """Return what both have in common, possibly nothing."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        return Region(left, top, max(left, right), max(top, bottom))

    def moved(self, x: int, y: int) -> "Region":
        return Region(self.left + x, self.top + y, self.right + x, self.bottom + y)

    def halves(self) -> tuple["Region", "Region"]:
        """Return the upper and the lower half."""
        middle = (self.top + self.bottom) // 2
        return self._replace(bottom=middle), self._replace(top=middle)


def stacked(part: Any) -> Any:
    """Give every tensor of nested named tuples a leading dimension of one."""
    if isinstance(part, Tensor):
        return part[None]
    return type(part)(*(stacked(field) for field in part))


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
    ) -> None:
        """photo: (h, w, 3); matte: (h, w) 0..1; landmarks: (478, 3) pixels of the photo."""
        height = face_height(landmarks)
        (x, y), size = landmarks[list(OVAL), :2].mean(0).tolist(), photo.shape[1::-1]
        self._place = scene.place(size, (x, y, height), format, framing)
        window = Window.around(landmarks).snapped(self._place.scale)
        self._side = round(2 * window.half * self._place.scale)
        self._corner = (
            round((window.x - window.half) * self._place.scale + self._place.left),
            round((window.y - window.half) * self._place.scale + self._place.top),
        )
        self.format = format
        matte = _widened(matte, MATTE_SLACK * height)
        self._backdrop = _backdrop(photo, window.only(matte, MOVING), self._place, format)
        tables = expressions or load_expressions()
        one = prepare(photo, matte, landmarks, window, min(self._side, LARGEST), tables)
        self._portrait: Portrait = stacked(one)
        self._brush = SwiftBrush(self._portrait, self._side)
        self._region = self._visible(photo.shape[1], photo.shape[0])
        self._helper = ThreadPoolExecutor(1, "puppet")

    @property
    def portrait(self) -> Portrait:
        """The portrait as a batch of one."""
        return self._portrait

    def render(self, motion: Motion) -> Picture:
        """Return the frame for `motion`, a batch of one. The caller owns it."""
        if self._region.empty:
            return self._backdrop.copy()
        with torch.inference_mode():
            led = fields(self._portrait.rig, motion)
            whole = self._helper.submit(self._person, led)
            mouth, *eyes = self._spots(motion)
            parts = [*self._mouth(led, motion, mouth), *self._eyes(led, motion, eyes)]
        person, frame = whole.result()
        for part in parts:
            part.lay(person, self._region)
        top, bottom = self._region.moved(*self._corner).halves()
        done = self._helper.submit(_lay_over, frame[top.slices], person[: top.size[1]])
        _lay_over(frame[bottom.slices], person[top.size[1] :])
        done.result()
        return frame

    def close(self) -> None:
        """End the helping thread."""
        self._helper.shutdown()

    def _visible(self, width: int, height: int) -> Region:
        """The part of the window that lies on the photo and in the frame, in window pixels."""
        left, top = self._place.left, self._place.top
        right = left + round(width * self._place.scale)
        bottom = top + round(height * self._place.scale)
        x, y = self._corner
        shown = Region(left, top, right, bottom).within(
            Region(0, 0, self.format.width, self.format.height)
        )
        return shown.within(Region(x, y, x + self._side, y + self._side)).moved(-x, -y)

    def _person(self, led: Fields) -> tuple[NDArray[np.uint8], Picture]:
        """Paint the whole person, and fetch a fresh frame to lay them into."""
        with torch.inference_mode():
            brush, at = self._turn_to(self._region, BODY_STEP, led)
            person = paint_person(brush, self._portrait, at)
        return person, self._backdrop.copy()

    def _spots(self, motion: Motion) -> list[tuple[float, float]]:
        """Where the head has taken the mouth, the right and the left eye; window units."""
        rig = self._portrait.rig
        flat = torch.cat([rig.lips.middle[:, None], rig.eyes.middle], dim=1)
        depth = rig.landmarks[:, :, 2].mean(1)[:, None, None].expand(-1, 3, 1)
        moved = turned(rig, motion, torch.cat([flat, depth], dim=-1))
        return [(x, y) for x, y, _ in moved[0].tolist()]

    def _mouth(self, led: Fields, motion: Motion, spot: tuple[float, float]) -> list["Patch"]:
        lips, height = self._portrait.rig.lips, float(self._portrait.rig.height)
        across = float(lips.across.norm())
        region = self._around(spot, 1.3 * across, 0.36 * height, 0.58 * height)
        if region.empty:
            return []
        hole = self._around(spot, 1.1 * across, 0.10 * height, 0.26 * height).within(region)
        inside = np.zeros((*region.size[::-1], 4), np.uint8)
        if not hole.empty:
            brush, at = self._turn_to(hole, MOUTH_STEP, led)
            opened = paint_inside(brush, self._portrait, led, motion, at.posed)
            inside[hole.moved(-region.left, -region.top).slices] = opened
        brush, at = self._turn_to(region, MOUTH_STEP, led)
        painted = paint_lips(brush, self._portrait, at, inside)
        return [Patch(region, painted, brush.weight(mouth_share(self._portrait.rig, at.posed)))]

    def _eyes(self, led: Fields, motion: Motion, spots: list[tuple[float, float]]) -> list["Patch"]:
        rig = self._portrait.rig
        across = float(rig.eyes.across[0].norm(dim=-1).max()) * 1.6
        up, down = EYE_UP * float(rig.height), EYE_DOWN * float(rig.height)
        regions = [self._around(spot, across, up, down) for spot in spots]
        width, height = (max(sides) for sides in zip(*(r.size for r in regions), strict=True))
        if not width * height:
            return []
        regions = [Region(r.left, r.top, r.left + width, r.top + height) for r in regions]
        at = torch.cat([lattice(r.left, r.top, width, height, 1, self._side) for r in regions], 1)
        brush = self._brush.turned_to((width, 2 * height), 1)
        come_from = unshaped(rig, led.upper, unposed(led, at)).view(1, 2, height, width, 2)
        painted = paint_eyes(brush, self._portrait, motion, come_from, 2 / self._side)
        share = brush.weight(eye_shares(rig, come_from).flatten(1, 2))
        rows = (slice(0, height), slice(height, 2 * height))
        return [Patch(r, painted[row], share[row]) for r, row in zip(regions, rows, strict=True)]

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

    def lay(self, person: NDArray[np.uint8], shown: Region) -> None:
        """Lay it into the person's picture, which shows the region `shown`; the cover stays."""
        seen = self.region.within(shown)
        if seen.empty:
            return
        spot = person[seen.moved(-shown.left, -shown.top).slices]
        part = seen.moved(-self.region.left, -self.region.top).slices
        whole = np.ascontiguousarray
        share, painted = whole(self.share[part]), whole(self.painted[part])
        mixed = cv2.blendLinear(whole(spot), painted, 1 - share, share)
        spot[..., :3] = mixed[..., :3]


def _widened(matte: NDArray[np.float32], reach: float) -> NDArray[np.float32]:
    """Take in a little of what is around the person, softly: hair keeps its own background."""
    size = 2 * max(1, round(reach / 2)) + 1
    grown = cv2.dilate(matte, np.ones((size, size), np.uint8))
    return cv2.GaussianBlur(grown, (0, 0), max(0.8, reach / 3))  # type: ignore[return-value]


def _backdrop(
    photo: Picture,
    matte: NDArray[np.float32],
    place: scene.Placement,
    format: VideoFormat,
) -> Picture:
    """The frame without what moves of the person; beyond the photo's edge, its surroundings."""
    around = scene.lay_out(photo, place, format)
    empty = scene.lay_out(scene.without_person(photo, matte), place, format)
    height, width = (round(side * place.scale) for side in photo.shape[:2])
    inside = Region(place.left, place.top, place.left + width, place.top + height).within(
        Region(0, 0, format.width, format.height)
    )
    around[inside.slices] = empty[inside.slices]
    return around


def _lay_over(below: Picture, person: NDArray[np.uint8]) -> None:
    """Lay the person's picture (h, w, 4) over the backdrop (h, w, 3), in place."""
    cover = cv2.extractChannel(person, 3)
    colours = cv2.cvtColor(person, cv2.COLOR_RGBA2RGB)
    shown = cv2.multiply(colours, cv2.cvtColor(cover, cv2.COLOR_GRAY2RGB), scale=1 / 255)
    rest = cv2.multiply(
        below, cv2.cvtColor(cv2.bitwise_not(cover), cv2.COLOR_GRAY2RGB), scale=1 / 255
    )
    below[...] = cv2.add(shown, rest)
