"""From what is heard to what the portrait does: visemes, and the life around them.

Everything a living head does of itself depends on seed and time only; what follows speech carries
a small state. So `motion, state = performance(heard, state)` gives the same for any cut of time.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import torch
from torch import Tensor

from core.puppet.motion import Motion
from core.puppet.noise import uniform, wander
from core.puppet.rig import MOVES, SEAL
from core.video import FPS

VISEMES = (
    "sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "ih", "oh", "ou",
)  # fmt: skip
"""The order in which `Heard` names mouth shapes; that of `core.perception.visemes`."""

SHAPES: dict[str, dict[str, float]] = {
    "sil": {},
    "PP": {"mouthPress": 0.35, "mouthRollLower": 0.25, "mouthRollUpper": 0.2},
    "FF": {"mouthRollLower": 0.55, "mouthUpperUp": 0.25, "mouthShrugLower": 0.1},
    "TH": {"mouthLowerDown": 0.2, "mouthUpperUp": 0.08},
    "DD": {"mouthLowerDown": 0.22, "mouthUpperUp": 0.08, "mouthStretch": 0.08},
    "kk": {"mouthLowerDown": 0.1, "mouthStretch": 0.05},
    "CH": {"mouthFunnel": 0.45, "mouthPucker": 0.25},
    "SS": {"mouthStretch": 0.28, "mouthLowerDown": 0.32, "mouthUpperUp": 0.14},
    "nn": {"mouthLowerDown": 0.16, "mouthUpperUp": 0.05},
    "RR": {"mouthPucker": 0.35, "mouthFunnel": 0.2},
    "aa": {"mouthLowerDown": 0.15, "mouthUpperUp": 0.12},
    "E": {"mouthStretch": 0.3, "mouthLowerDown": 0.15, "mouthUpperUp": 0.08},
    "ih": {"mouthStretch": 0.42, "mouthSmile_L": 0.1, "mouthSmile_R": 0.1, "mouthLowerDown": 0.12},
    "oh": {"mouthFunnel": 0.45, "mouthPucker": 0.25},
    "ou": {"mouthPucker": 0.75, "mouthFunnel": 0.25},
}
"""Each mouth shape without the jaw, which the opening moves."""

BESIDES: dict[str, dict[str, float]] = {
    "opening": {"jawOpen": 0.42},
    "lift": {"browInnerUp": 1.0, "browOuterUp_L": 0.7, "browOuterUp_R": 0.7},
    "frown": {"browDown_L": 0.4, "browDown_R": 0.4},
    "talk": {"browInnerUp": 0.04},
    "uneven": {"browOuterUp_L": 0.03, "browOuterUp_R": -0.03},
    "smile": {"mouthSmile_L": 0.05, "mouthSmile_R": 0.05},
    "blink": {"cheekSquint": 0.25},
}
"""What else moves the face. A mouth opened as far as speech goes has less than half of jawOpen."""

TONGUE = {"TH": 1.0, "DD": 0.7, "nn": 0.8, "SS": 0.3, "CH": 0.3, "RR": 0.3}
"""How far the tongue comes to the teeth."""

BLINK_SLOT = 3.4
"""Seconds; each holds one blink, at a random moment."""

BLINK_CLOSE, BLINK_OPEN = 0.09, 0.17
"""Seconds a lid takes down and up."""

GAZE_SLOT = 1.1
"""Seconds; in each the eyes may choose another point to look at."""

BREATH = 4.2
"""Seconds from one breath to the next."""


class Sway(IntEnum):
    """Channels of slow random motion, each with its own period."""

    YAW = 0
    TREMOR = 1
    PITCH = 2
    ROLL = 3
    SIDE = 4
    RISE = 5
    LEAN = 6
    BROWS = 7
    UNEVEN = 8
    SMILE = 9
    BREATH = 10


PERIODS = (2.3, 0.6, 2.0, 2.6, 2.9, 2.4, 3.3, 3.1, 4.0, 5.3, 7.0)
"""Seconds between two turning points, in the order of `Sway`."""


class Draw(IntEnum):
    """What single random numbers are drawn for."""

    BLINK = 100
    TWICE = 101
    GAZE_X = 102
    GAZE_Y = 103
    ASIDE = 104


class Heard(NamedTuple):
    """What the voice does, frame by frame."""

    visemes: Tensor
    """(n, frames, 15) share of each of VISEMES"""
    opening: Tensor
    """(n, frames) 0..1 of the lips"""
    voicing: Tensor
    """(n, frames) 0..1"""


class Idle(NamedTuple):
    """What a living head does of itself, frame by frame."""

    sway: Tensor
    """(n, channels, frames) see `Sway`"""
    blink: Tensor
    """(n, frames)"""
    aim: Tensor
    """(n, frames, 2) where the eyes want to look, whatever the head does"""


class PerformanceState(NamedTuple):
    """What a performance remembers; one number per portrait each."""

    frame: Tensor
    """() frames so far"""
    talk: Tensor
    """how much this is a stretch of speech rather than silence, 0..1"""
    stress: Tensor
    """slow mean of the opening, against which syllables stand out"""
    nod: Tensor
    """head's answer to stressed syllables"""
    nod_speed: Tensor
    brow: Tensor


AHEAD = 50
"""Frames whose idle life is worked out at once: it costs hardly more than a single one's."""


@dataclass(frozen=True)
class Style:
    """How lively the performance is; 1 each is a calm speaker to the camera."""

    head: float = 1.0
    mouth: float = 1.0
    brows: float = 1.0
    blinks: float = 1.0


class Performance:
    """Turns what is heard into motion for n portraits, each with its own seed."""

    def __init__(self, seeds: Tensor, style: Style | None = None) -> None:
        """seeds: (n,) int64; the same seed gives the same performance."""
        self._seeds = seeds
        self._style = style or Style()
        table = _table([*(SHAPES[name] for name in VISEMES), *BESIDES.values()])
        tongue = torch.tensor([TONGUE.get(name, 0.0) for name in VISEMES])
        self._table, self._tongue = table.to(seeds.device), tongue.to(seeds.device)
        self._periods = torch.tensor(PERIODS, dtype=torch.float64, device=seeds.device)
        self._kept: tuple[int, Idle] | None = None

    def initial_state(self) -> PerformanceState:
        """Return the state of a portrait that has not heard anything yet."""
        zero = torch.zeros(len(self._seeds), device=self._seeds.device)
        return PerformanceState(torch.zeros((), dtype=torch.long), zero, zero, zero, zero, zero)

    def __call__(self, heard: Heard, state: PerformanceState) -> tuple[Motion, PerformanceState]:
        """Perform `heard` (n, frames): motion whose fields are (n, frames, ...)."""
        frames = heard.opening.shape[1]
        first = int(state.frame)
        time = self._time(first, frames)
        talk, nod, brow, state = self._follow(heard, state)
        idle = self._idle(first, frames)
        sway = idle.sway.unbind(1)
        turn, shift = self._head(nod, talk, sway)
        gaze = idle.aim - turn[..., :2] * turn.new_tensor([0.85, 0.5])
        blink = (idle.blink + 0.35 * gaze[..., 1].clamp(min=0)).clamp(0, 1)
        moves = self._moves(heard, blink, self._brows(brow, talk, sway))
        phase = 2 * math.pi * time / BREATH + 0.35 * sway[Sway.BREATH]
        breath = 0.007 * (1 + torch.sin(phase)).float() ** 1.3
        lids = blink[..., None].expand(-1, -1, 2)
        motion = Motion(moves, turn, shift, breath, lids, gaze, heard.visemes @ self._tongue)
        return motion, state._replace(frame=state.frame + frames)

    def _follow(
        self, heard: Heard, state: PerformanceState
    ) -> tuple[Tensor, Tensor, Tensor, PerformanceState]:
        """Filter speech into what head and brows answer to."""
        talks, nods, brows = [], [], []
        frame, talk, stress, nod, speed, brow = state
        for opening, voicing in zip(heard.opening.unbind(1), heard.voicing.unbind(1), strict=True):
            talk = talk + (voicing - talk) * torch.where(voicing > talk, 0.12, 0.03)
            accent = (opening - stress).clamp(min=0) * voicing
            stress = stress + 0.08 * (opening - stress)
            speed = speed + (accent - 0.35 * nod - 1.0 * speed) * 0.35
            nod = nod + speed
            brow = brow + 0.10 * (accent - brow)
            talks.append(talk)
            nods.append(nod)
            brows.append(brow)
        after = PerformanceState(frame, talk, stress, nod, speed, brow)
        return torch.stack(talks, 1), torch.stack(nods, 1), torch.stack(brows, 1), after

    def _moves(self, heard: Heard, blink: Tensor, brows: tuple[Tensor, ...]) -> Tensor:
        mouth = self._style.mouth
        besides = torch.stack([mouth * heard.opening, *brows, blink], dim=-1)
        moves = torch.cat([mouth * heard.visemes, besides], dim=-1) @ self._table
        moves[..., SEAL] = 1.0
        return moves

    def _brows(self, brow: Tensor, talk: Tensor, sway: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Return lift, frown, talk, uneven and smile of `BESIDES`."""
        idle = sway[Sway.BROWS] * (0.05 + 0.08 * talk)
        lift = self._style.brows * (idle + 1.1 * brow + 0.03)
        up, down = lift.clamp(min=0), (-lift).clamp(min=0)
        return up, down, talk, sway[Sway.UNEVEN], sway[Sway.SMILE]

    def _head(self, nod: Tensor, talk: Tensor, sway: tuple[Tensor, ...]) -> tuple[Tensor, Tensor]:
        lively = self._style.head * (0.55 + 0.65 * talk)
        yaw = lively * (0.042 * sway[Sway.YAW] + 0.006 * sway[Sway.TREMOR])
        # However long a loud vowel is held, the head bows by no more than eight degrees.
        pitch = lively * 0.024 * sway[Sway.PITCH] + self._style.head * 0.14 * torch.tanh(nod)
        roll = lively * 0.026 * sway[Sway.ROLL]
        side = 0.016 * lively * sway[Sway.SIDE] + 0.12 * yaw
        rise = 0.007 * lively * sway[Sway.RISE] + 0.05 * pitch
        lean = 0.020 * lively * sway[Sway.LEAN]
        return torch.stack([yaw, pitch, roll], dim=-1), torch.stack([side, rise, lean], dim=-1)

    def _time(self, first: int, frames: int) -> Tensor:
        """Return the seconds (frames,) at which frames begin."""
        return (first + torch.arange(frames, device=self._seeds.device)).double() / FPS

    def _idle(self, first: int, frames: int) -> Idle:
        """Return the idle life from frame `first` on."""
        blocks = range(first // AHEAD, (first + frames - 1) // AHEAD + 1)
        sway, blink, aim = zip(*(self._block(number) for number in blocks), strict=True)
        part = slice(first - blocks[0] * AHEAD, first - blocks[0] * AHEAD + frames)
        return Idle(
            torch.cat(sway, 2)[:, :, part], torch.cat(blink, 1)[:, part], torch.cat(aim, 1)[:, part]
        )

    def _block(self, number: int) -> Idle:
        """Return AHEAD frames of idle life, the last ones again without working them out."""
        if self._kept is None or self._kept[0] != number:
            time = self._time(number * AHEAD, AHEAD)
            sway = wander(self._seeds, self._periods, time)
            self._kept = number, Idle(sway, self._blink(time), self._aim(time))
        return self._kept[1]

    def _blink(self, time: Tensor) -> Tensor:
        """One blink in each slot, now and then two; (n, frames), 0 open, 1 closed."""
        slot = BLINK_SLOT / max(self._style.blinks, 0.05)
        number = (time / slot).floor().long() - torch.arange(2, device=time.device)[:, None]
        seed = self._seeds.view(-1, 1, 1)
        channel = torch.tensor([Draw.BLINK, Draw.TWICE], device=time.device).view(2, 1, 1, 1)
        moment, twice = uniform(seed, channel, number)  # (n, 2, frames) each
        since = time - (number + 0.85 * moment) * slot
        again = since - (twice < 0.12) * 0.32
        return torch.maximum(_lid(since), _lid(again)).amax(1).float()

    def _aim(self, time: Tensor) -> Tensor:
        """Mostly into the camera; glances aside between."""
        at = time / GAZE_SLOT
        number = at.floor().long()
        here, before = self._target(number - torch.arange(2, device=time.device)[:, None])
        moved = ((at - number) * GAZE_SLOT / 0.06).clamp(0, 1).float()[..., None]
        return before + (here - before) * moved

    def _target(self, number: Tensor) -> tuple[Tensor, Tensor]:
        """Points to look at in slots (2, frames): two of (n, frames, 2)."""
        names = [Draw.GAZE_X, Draw.GAZE_Y, Draw.ASIDE]
        channel = torch.tensor(names, device=number.device).view(3, 1, 1, 1)
        x, y, aside = uniform(self._seeds.view(-1, 1, 1), channel, number)
        reach = torch.where(aside < 0.22, 0.22, 0.03)
        points = torch.stack([(2 * x - 1) * reach, (y - 0.5) * reach], dim=-1)
        return points[:, 0], points[:, 1]


def _table(rows: Iterable[dict[str, float]]) -> Tensor:
    """Return the strength (rows, moves) of every move in each row."""
    names = (*MOVES, "seal")
    return torch.tensor([[row.get(name, 0.0) for name in names] for row in rows])


def _lid(since: Tensor) -> Tensor:
    """How far a lid is down, `since` seconds after it began to close."""
    down = (since / BLINK_CLOSE).clamp(0, 1)
    up = ((since - BLINK_CLOSE - 0.03) / BLINK_OPEN).clamp(0, 1)
    return torch.sin(down * math.pi / 2) * (0.5 + 0.5 * torch.cos(up * math.pi)) * (since > 0)
