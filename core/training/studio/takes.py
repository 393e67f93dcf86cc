"""What happens in a batch of clips, drawn at random on the CPU: who, what is said, how seen."""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Generator, Tensor

from core.model.avatar import AvatarConfig
from core.portrait.face_crop import DROP, REACH
from core.puppet.motion import Motion
from core.puppet.performance import Heard, Performance
from core.puppet.rig import MOVES, SEAL
from core.training.studio.speech import Said

WARM_UP = 12
"""Frames before a clip that its head has heard."""
SINCE = 100_000
"""A performance has gone on for up to so many frames."""
FACES = ("mouthSmile_L", "mouthSmile_R", "browInnerUp", "browOuterUp_L", "browOuterUp_R",
         "eyeSquint", "mouthFrown", "cheekSquint")  # fmt: skip
"""What other photos of a person may show on their face."""


@dataclass(frozen=True)
class ClipConfig:
    """Size and variety of a batch."""

    clips: int = 24
    frames: int = 9
    references: int = 2
    """1 to 3; the first is the untouched photo."""
    size: int = 256
    field: int = 64
    """Rows and columns of fields and masks."""
    reach: float = AvatarConfig.reach
    drop: float = AvatarConfig.drop
    """The square that is seen, as in `AvatarConfig`."""

    def __post_init__(self) -> None:
        if not 1 <= self.references <= 3:
            raise ValueError(f"{self.references} references, expected 1 to 3")


class Tone(NamedTuple):
    """Light and camera of n pictures."""

    gamma: Tensor
    """(n,)"""
    contrast: Tensor
    """(n,) about a middle grey"""
    gain: Tensor
    """(n, 3) for each colour"""

    def __call__(self, colours: Tensor) -> Tensor:
        """Return colours (n, 3, ...) 0..1 in this light."""
        shape = (-1, 1, *(1 for _ in colours.shape[2:]))
        gamma, contrast = self.gamma.view(shape), self.contrast.view(shape)
        bent = (colours.clamp(1e-4, 1) ** gamma - 0.45) * contrast + 0.45
        return (bent * self.gain.view(-1, 3, *shape[2:])).clamp(0, 1)


class Take(NamedTuple):
    """One batch of n clips."""

    identity: Tensor
    """(n,) numbers of the bank's portraits"""
    said: Said
    """(n, frames, ...)"""
    motion: Motion
    """(n * frames, ...)"""
    poses: Motion
    """(n * references, ...) of the photos; the first of each clip is still"""
    views: Tensor
    """(n, 4) middle and halves of the square that is seen, window units; a mirrored one has a
    negative half width"""
    pose_views: Tensor
    """(n * references, 4) of the photos; the first is that of the clip"""
    tone: Tone
    pose_tone: Tone
    """(n * references, ...) how the light of the photos differs; not that of the first"""
    blur: Tensor
    """(n,) 0..1"""
    scene: Tensor
    """(n,) number of the background"""
    exchanged: Tensor
    """(n,) whether it replaces the portrait's own"""
    scene_view: Tensor
    """(n, 4) middle and halves of the part of the background that is shown"""


class Script:
    """Draws takes. Everything depends on the seed only."""

    def __init__(self, config: ClipConfig, said: Said, chance: Tensor, scenes: int, seed: int):
        """said: leading dimensions (speeches, frames); chance: of each portrait; scenes: how
        many backgrounds there are."""
        if said.opening.shape[1] < WARM_UP + config.frames:
            raise ValueError(
                f"speech of {said.opening.shape[1]} frames, expected {WARM_UP + config.frames}"
            )
        self._config, self._said, self._chance, self._scenes = config, said, chance, scenes
        self._random = Generator().manual_seed(seed)

    def draw(self) -> Take:
        """Return the next batch."""
        n, config = self._config.clips, self._config
        said = self._speech(n, WARM_UP + config.frames)
        views = self._views(n)
        return Take(
            torch.multinomial(self._chance, n, replacement=True, generator=self._random),
            Said(*(x[:, WARM_UP:] for x in said)),
            self._motion(said), self._poses(n), views, self._pose_views(views),
            self._tone(n, 0.15), self._pose_tone(n),
            self._uniform(n) * (self._uniform(n) < 0.3),
            torch.randint(self._scenes, (n,), generator=self._random),
            self._uniform(n) < 0.4, self._scene_views(n),
        )  # fmt: skip

    def _normal(self, *shape: int) -> Tensor:
        return torch.randn(*shape, generator=self._random).clamp(-2.5, 2.5)

    def _uniform(self, *shape: int) -> Tensor:
        return torch.rand(*shape, generator=self._random)

    def _speech(self, n: int, frames: int) -> Said:
        scenes, length = self._said.opening.shape
        scene = torch.randint(scenes, (n, 1), generator=self._random)
        start = torch.randint(length - frames + 1, (n, 1), generator=self._random)
        at = start + torch.arange(frames)
        return Said(*(x[scene, at].float() for x in self._said))

    def _perform(self, said: Said) -> Motion:
        seeds = torch.randint(1 << 40, (len(said.opening),), generator=self._random)
        performance = Performance(seeds)
        since = int(torch.randint(SINCE, (), generator=self._random))
        heard = Heard(said.visemes, said.opening, said.voicing)
        return performance(heard, performance.initial_state()._replace(frame=since))[0]

    def _motion(self, said: Said) -> Motion:
        """Perform with a style and in a pose of each clip's own; (n * frames, ...)."""
        motion = Motion(*(x[:, WARM_UP:] for x in self._perform(said)))
        n = len(motion.moves)
        lively, mouth = self._uniform(n, 1, 1) * 1.6 + 0.3, self._uniform(n, 1, 1) * 0.5 + 0.75
        pose = self._normal(n, 1, 3) * torch.tensor([0.06, 0.04, 0.04])
        moves = motion.moves * mouth
        moves[..., SEAL] = 1.0
        own = motion._replace(
            moves=moves, turn=motion.turn * lively + pose,
            shift=motion.shift * lively + 0.02 * self._normal(n, 1, 3),
        )  # fmt: skip
        return Motion(*(x.flatten(0, 1) for x in own))

    def _poses(self, n: int) -> Motion:
        """Return what photos of a person show: a pose, a word, a mood; the first nothing."""
        n *= self._config.references
        spoken = Motion(*(x[:, 0] for x in self._perform(self._speech(n, 1))))
        moves = spoken.moves.clone()
        for name in FACES:
            moves[:, MOVES.index(name)] += 0.5 * self._uniform(n) * (self._uniform(n) < 0.3)
        turn = self._normal(n, 3) * torch.tensor([0.13, 0.07, 0.07])
        shift = 0.03 * self._normal(n, 3)
        poses = spoken._replace(moves=moves, turn=turn, shift=shift, blink=0 * spoken.blink)
        for part in poses:
            part[:: self._config.references] = 0
        return poses

    def _views(self, n: int) -> Tensor:
        zoom = torch.exp(0.07 * self._normal(n, 1)).clamp(0.82, 1.22)
        half = self._config.reach * zoom / REACH
        middle = torch.tensor([0.0, self._config.drop - DROP]) + 0.05 * self._normal(n, 2)
        sides = torch.where(self._uniform(n, 1) < 0.5, -half, half)
        return torch.cat([middle / REACH, sides, half], 1)

    def _pose_views(self, views: Tensor) -> Tensor:
        """Return squares for the photos: each clip's own first, others mirrored as it is."""
        count = self._config.references
        others = self._views(len(views) * count)
        others[:, 2] = others[:, 3] * views[:, 2].sign().repeat_interleave(count)
        others[::count] = views
        return others

    def _tone(self, n: int, strength: float) -> Tone:
        shared = torch.exp(strength * self._normal(n, 1))
        tint = torch.exp(0.35 * strength * self._normal(n, 3))
        bend, contrast = (torch.exp(strength * self._normal(n)) for _ in range(2))
        return Tone(bend, contrast, shared * tint)

    def _pose_tone(self, n: int) -> Tone:
        tone = self._tone(n * self._config.references, 0.08)
        for part in tone:
            part[:: self._config.references] = 1
        return tone

    def _scene_views(self, n: int) -> Tensor:
        half = self._uniform(n, 1) * 0.6 + 0.35
        middle = (self._uniform(n, 2) * 2 - 1) * (1 - half)
        side = torch.where(self._uniform(n, 1) < 0.5, -half, half)
        return torch.cat([middle, side, half], 1)
