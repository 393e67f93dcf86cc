"""Performance: visemes to blend shapes, and procedural head motion, blinks, gaze and breath.

Idle motion depends on seed and time only; what follows speech, or the head, carries a state. So
`motion, state = performance(speech, state)` gives the same for any cut of time.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from itertools import repeat
from typing import NamedTuple

from core.puppet.arrays import (
    Array,
    array_namespace,
    as_array_like,
    as_float32,
    as_float64,
    floor_to_int,
)
from core.puppet.blinks import Blinks
from core.puppet.motion import Motion
from core.puppet.noise import hash_uniform, value_noise
from core.puppet.rig import BLEND_SHAPES, LIP_SEAL
from core.video import FPS

VISEMES = (
    "sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "ih", "oh", "ou",
)  # fmt: skip
"""The order of `SpeechTrack.visemes`; that of `core.perception.speech.visemes`."""

VISEME_SHAPES: dict[str, dict[str, float]] = {
    "sil": {},
    "PP": {"mouthPress": 0.35, "mouthRollLower": 0.25, "mouthRollUpper": 0.2},
    "FF": {"mouthRollLower": 0.55, "mouthUpperUp": 0.25, "mouthShrugLower": 0.1},
    "TH": {"mouthLowerDown": 0.2, "mouthUpperUp": 0.08},
    "DD": {"mouthLowerDown": 0.22, "mouthUpperUp": 0.08, "mouthStretch": 0.08},
    "kk": {"mouthLowerDown": 0.1, "mouthStretch": 0.05},
    "CH": {"mouthFunnel": 0.55, "mouthPucker": 0.35},
    "SS": {"mouthStretch": 0.28, "mouthLowerDown": 0.32, "mouthUpperUp": 0.14},
    "nn": {"mouthLowerDown": 0.16, "mouthUpperUp": 0.05},
    "RR": {"mouthPucker": 0.5, "mouthFunnel": 0.25},
    "aa": {"mouthLowerDown": 0.12, "mouthUpperUp": 0.22},
    "E": {"mouthStretch": 0.3, "mouthLowerDown": 0.15, "mouthUpperUp": 0.08},
    "ih": {"mouthStretch": 0.42, "mouthSmile_L": 0.1, "mouthSmile_R": 0.1, "mouthLowerDown": 0.12},
    "oh": {"mouthFunnel": 0.5, "mouthPucker": 0.6},
    "ou": {"mouthPucker": 1.0, "mouthFunnel": 0.35},
}
"""Blend-shape weights of each viseme without the jaw, which the opening moves."""

CHEEK_RISE = {"ih": 1.0, "E": 0.6, "SS": 0.4}
"""How far a spread mouth lifts the cheeks."""

OTHER_SHAPES: dict[str, dict[str, float]] = {
    "opening": {"jawOpen": 0.42},
    "cheeks": {"cheekSquint": 0.35, "eyeSquint": 0.4},
    "lift": {"browInnerUp": 1.0, "browOuterUp_L": 0.7, "browOuterUp_R": 0.7},
    "frown": {"browDown_L": 0.4, "browDown_R": 0.4},
    "talk": {"browInnerUp": 0.04},
    "uneven": {"browOuterUp_L": 0.03, "browOuterUp_R": -0.03},
    "smile": {
        "mouthSmile_L": 0.05,
        "mouthSmile_R": 0.05,
        "cheekSquint": 0.06,
        "eyeSquint": 0.06,
    },
    "blink": {"cheekSquint": 0.25},
}
"""Blend-shape weights of what else moves the face. Speech opens the jaw less than halfway."""

TONGUE_HEIGHT = {"TH": 1.0, "DD": 0.7, "nn": 0.8, "SS": 0.3, "CH": 0.3, "RR": 0.3}
"""How far the tongue comes to the teeth."""

CHEEK_RATE = 0.25
"""Share of the way to where a viseme wants them that the cheeks go in a frame: slower than lips."""

CHEST_SHIFT, CHEST_TURN = (0.40, 0.25), (0.10, 0.03, 0.22)
"""How far the shoulders go along with the head: shares of its shift to the right and down; of its
yaw as a shift to the right, of its pitch as one down, and of its roll."""

CHEST_RATE = 0.11
"""Share of the way to the head that each of two filters goes in a frame: 0.6 s later in all."""

GAZE_SLOT = 1.1
"""Seconds; in each the eyes may choose another point to look at."""

BREATH_PERIOD = 4.2
"""Seconds from one breath to the next."""


class SwayChannel(IntEnum):
    """Channels of slow value noise, each with its own period."""

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


SWAY_PERIODS = (2.3, 0.6, 2.0, 2.6, 2.9, 2.4, 3.3, 3.1, 4.0, 5.3, 7.0)
"""Seconds between two turning points, in the order of `Sway`."""


class RandomChannel(IntEnum):
    """Channels of the single random numbers."""

    GAZE_X = 102
    GAZE_Y = 103
    ASIDE = 104


class SpeechTrack(NamedTuple):
    """The speech encoder's estimates, frame by frame."""

    visemes: Array
    """(n, frames, 15) share of each of VISEMES"""
    opening: Array
    """(n, frames) 0..1 of the lips"""
    voicing: Array
    """(n, frames) 0..1"""


class IdleMotion(NamedTuple):
    """Idle motion of a living head, frame by frame."""

    sway: Array
    """(n, channels, frames) see `Sway`"""
    blink: Array
    """(n, frames)"""
    gaze_target: Array
    """(n, frames, 2) gaze direction, whatever the head does"""


class PerformanceState(NamedTuple):
    """State of the speech filters; one number per portrait each."""

    frame: int
    """frames so far"""
    talking: Array
    """how much this is a stretch of speech rather than silence, 0..1"""
    stress: Array
    """slow mean of the opening, against which syllables stand out"""
    nod: Array
    """head's answer to stressed syllables"""
    nod_speed: Array
    brow: Array
    cheeks: Array
    """how far the cheeks are lifted"""
    chest_halfway: Array
    """(n, 3) the shoulders' motion after the first of two filters"""
    chest: Array
    """(n, 3) after both"""


IDLE_BLOCK = 50
"""Frames of idle motion that are computed at once: they cost hardly more than a single one."""


@dataclass(frozen=True)
class Style:
    """How lively the performance is; 1 each is a calm speaker to the camera."""

    head: float = 1.0
    mouth: float = 1.0
    brows: float = 1.0
    blinks: float = 1.0


class Performance:
    """Turns speech into motion of n portraits, each with its own seed."""

    def __init__(self, seeds: Array, style: Style | None = None) -> None:
        """seeds: (n,) int64; the same seed gives the same performance."""
        self._seeds = seeds
        self._style = style or Style()
        self._blinks = Blinks(seeds, self._style.blinks)
        table = _table([*(VISEME_SHAPES[name] for name in VISEMES), *OTHER_SHAPES.values()])
        tongue, cheeks = (
            [heights.get(name, 0.0) for name in VISEMES] for heights in (TONGUE_HEIGHT, CHEEK_RISE)
        )
        self._zero = as_float32(0 * seeds)
        self._table = as_array_like(self._zero, table)
        self._tongue = as_array_like(self._zero, tongue)
        self._cheeks = as_array_like(self._zero, cheeks)
        self._cached_block: tuple[int, IdleMotion] | None = None

    def initial_state(self) -> PerformanceState:
        """Return the state of a portrait that has not speech anything yet."""
        still = array_namespace(self._zero).stack(3 * [self._zero], axis=-1)
        return PerformanceState(0, *6 * (self._zero,), still, still)

    def __call__(
        self, speech: SpeechTrack, state: PerformanceState, accents: Array | None = None
    ) -> tuple[Motion, PerformanceState]:
        """Perform `speech` (n, frames): motion whose fields are (n, frames, ...).

        `accents` (n, frames), 0..1, where it is known what is stressed; else what opens the mouth.
        """
        frames = speech.opening.shape[1]
        first = state.frame
        time = self._time(first, frames)
        xp = array_namespace(time)
        talk, nod, brow, cheeks, state = self._filter_speech(speech, state, accents)
        idle = self._idle(first, frames)
        sway = xp.moveaxis(idle.sway, 1, 0)
        turn, shift = self._head(nod, talk, sway)
        chest, state = _follow_head(turn, shift, state)
        gaze = idle.gaze_target - turn[..., :2] * as_array_like(turn, [0.85, 0.5])
        blink = xp.clip(idle.blink + 0.35 * xp.clip(gaze[..., 1], 0, None), 0, 1)
        expression = self._expression(speech, blink, cheeks, self._brows(brow, talk, sway))
        phase = 2 * math.pi * time / BREATH_PERIOD + 0.35 * sway[SwayChannel.BREATH]
        breath = 0.007 * as_float32(1 + xp.sin(phase)) ** 1.3
        lids = xp.stack([blink, blink], axis=-1)
        tongue = speech.visemes @ self._tongue
        motion = Motion(expression, turn, shift, chest, breath, lids, gaze, tongue)
        return motion, state._replace(frame=state.frame + frames)

    def _filter_speech(
        self, speech: SpeechTrack, state: PerformanceState, accents: Array | None
    ) -> tuple[Array, Array, Array, Array, PerformanceState]:
        """Filter speech into talking (0..1), nods (a damped spring on stress), brow accents and
        lifted cheeks."""
        xp = array_namespace(speech.opening)
        talks, nods, brows, lifts = [], [], [], []
        _, talk, stress, nod, speed, brow, cheeks, *_ = state
        rise = speech.visemes @ self._cheeks
        known = repeat(None) if accents is None else accents.mT
        for opening, voicing, lift, given in zip(
            speech.opening.mT, speech.voicing.mT, rise.mT, known, strict=False
        ):
            talk = talk + (voicing - talk) * (0.03 + 0.09 * as_float32(voicing > talk))
            accent = xp.clip(opening - stress, 0, None) * voicing if given is None else given
            stress = stress + 0.08 * (opening - stress)
            speed = speed + (accent - 0.35 * nod - 1.0 * speed) * 0.35
            nod = nod + speed
            brow = brow + 0.10 * (accent - brow)
            cheeks = cheeks + CHEEK_RATE * (lift - cheeks)
            talks.append(talk)
            nods.append(nod)
            brows.append(brow)
            lifts.append(cheeks)
        after = state._replace(
            talking=talk, stress=stress, nod=nod, nod_speed=speed, brow=brow, cheeks=cheeks
        )
        talks, nods, brows, lifts = (xp.stack(part, axis=1) for part in (talks, nods, brows, lifts))
        return talks, nods, brows, lifts, after

    def _expression(
        self, speech: SpeechTrack, blink: Array, cheeks: Array, brows: tuple[Array, ...]
    ) -> Array:
        mouth = self._style.mouth
        xp = array_namespace(blink)
        others = xp.stack([mouth * speech.opening, mouth * cheeks, *brows, blink], axis=-1)
        weights = xp.concat([mouth * speech.visemes, others], axis=-1) @ self._table
        weights[..., LIP_SEAL] = 1.0
        return weights

    def _brows(self, brow: Array, talk: Array, sway: tuple[Array, ...]) -> tuple[Array, ...]:
        """Return lift, frown, talk, uneven and smile of `OTHER_SHAPES`."""
        idle = sway[SwayChannel.BROWS] * (0.05 + 0.08 * talk)
        lift = self._style.brows * (idle + 1.1 * brow + 0.03)
        up = array_namespace(lift).clip(lift, 0, None)
        return up, up - lift, talk, sway[SwayChannel.UNEVEN], sway[SwayChannel.SMILE]

    def _head(self, nod: Array, talk: Array, sway: tuple[Array, ...]) -> tuple[Array, Array]:
        xp = array_namespace(nod)
        lively = self._style.head * (0.55 + 0.65 * talk)
        yaw = lively * (0.055 * sway[SwayChannel.YAW] + 0.006 * sway[SwayChannel.TREMOR])
        # However long a loud vowel is held, the head bows by no more than eight degrees.
        pitch = lively * 0.024 * sway[SwayChannel.PITCH] + self._style.head * 0.14 * xp.tanh(nod)
        roll = lively * 0.026 * sway[SwayChannel.ROLL]
        side = 0.012 * lively * sway[SwayChannel.SIDE] + 0.10 * yaw
        rise = 0.007 * lively * sway[SwayChannel.RISE] + 0.05 * pitch
        lean = 0.020 * lively * sway[SwayChannel.LEAN]
        return xp.stack([yaw, pitch, roll], axis=-1), xp.stack([side, rise, lean], axis=-1)

    def _time(self, first: int, frames: int) -> Array:
        """Return the seconds (frames,) at which frames begin."""
        frame = as_array_like(self._seeds, range(first, first + frames))
        return as_float64(frame) / FPS

    def _idle(self, first: int, frames: int) -> IdleMotion:
        """Return the idle motion from frame `first` on."""
        blocks = range(first // IDLE_BLOCK, (first + frames - 1) // IDLE_BLOCK + 1)
        sway, blink, gaze = zip(*(self._block(number) for number in blocks), strict=True)
        part = slice(first - blocks[0] * IDLE_BLOCK, first - blocks[0] * IDLE_BLOCK + frames)
        xp = array_namespace(self._seeds)
        return IdleMotion(
            xp.concat(sway, axis=2)[:, :, part],
            xp.concat(blink, axis=1)[:, part],
            xp.concat(gaze, axis=1)[:, part],
        )

    def _block(self, number: int) -> IdleMotion:
        """Return IDLE_BLOCK frames of idle motion; the last block is cached."""
        if self._cached_block is None or self._cached_block[0] != number:
            time = self._time(number * IDLE_BLOCK, IDLE_BLOCK)
            sway = value_noise(self._seeds, as_array_like(time, SWAY_PERIODS), time)
            self._cached_block = number, IdleMotion(sway, self._blinks(time), self._aim(time))
        return self._cached_block[1]

    def _aim(self, time: Array) -> Array:
        """Return gaze targets (n, frames, 2): mostly into the camera, with glances aside."""
        at = time / GAZE_SLOT
        xp = array_namespace(at)
        number = xp.floor(at)
        here, before = self._target(number - as_array_like(at, [[0], [1]]))
        moved = as_float32(xp.clip((at - number) * GAZE_SLOT / 0.06, 0, 1))[..., None]
        return before + (here - before) * moved

    def _target(self, number: Array) -> tuple[Array, Array]:
        """Return the fixation points of slots (2, frames): two of (n, frames, 2)."""
        channels = RandomChannel.GAZE_X, RandomChannel.GAZE_Y, RandomChannel.ASIDE
        x, y, aside = self._random(channels, number)
        reach = 0.03 + 0.19 * as_float32(aside < 0.22)
        points = array_namespace(x).stack([(2 * x - 1) * reach, (y - 0.5) * reach], axis=-1)
        return points[:, 0], points[:, 1]

    def _random(self, channels: tuple[RandomChannel, ...], slots: Array) -> Array:
        """Return uniform random numbers (channels, n, 2, frames) for slots (2, frames)."""
        channel = as_array_like(self._seeds, channels).reshape(-1, 1, 1, 1)
        return hash_uniform(self._seeds.reshape(-1, 1, 1), channel, floor_to_int(slots))


def _follow_head(
    turn: Array, shift: Array, state: PerformanceState
) -> tuple[Array, PerformanceState]:
    """Let the shoulders follow the head (n, frames, 3), a little and later: (n, frames, 3)."""
    xp = array_namespace(turn)
    right, down = (CHEST_SHIFT[i] * shift[..., i] + CHEST_TURN[i] * turn[..., i] for i in range(2))
    aims = xp.stack([right, down, CHEST_TURN[2] * turn[..., 2]], axis=-1)
    halfway, chest, path = state.chest_halfway, state.chest, []
    for aim in xp.moveaxis(aims, 1, 0):
        halfway = halfway + CHEST_RATE * (aim - halfway)
        chest = chest + CHEST_RATE * (halfway - chest)
        path.append(chest)
    return xp.stack(path, axis=1), state._replace(chest_halfway=halfway, chest=chest)


def _table(rows: Iterable[dict[str, float]]) -> list[list[float]]:
    """Return the weight (rows, shapes) of every blend shape in each row."""
    names = (*BLEND_SHAPES, "seal")
    return [[row.get(name, 0.0) for name in names] for row in rows]
