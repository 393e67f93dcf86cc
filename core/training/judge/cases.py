"""Whom a checkpoint is judged on: held-out people of a stock who say what held-out voices say."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from core.model.avatar import AvatarConfig
from core.perception.visemes import SILENCE
from core.puppet.motion import Motion
from core.training.studio.bank import Bank, open_bank, to_device
from core.training.studio.clips import Clip, Studio
from core.training.studio.load import PORTRAITS, SPEECH
from core.training.studio.portraits import load_portraits
from core.training.studio.speech import Said, load_speech
from core.training.studio.takes import WARM_UP, ClipConfig

REFERENCES = 3
SPOKEN = 0.5
"""Share of a case in which somebody speaks, at least."""
TRIES = 50
"""Stretches of speech that are looked at to find one."""


class Case(NamedTuple):
    """One clip of one person, and how the person moves in it."""

    clip: Clip
    """A batch of one."""
    motion: Motion
    """(frames, ...)"""


class Cases:
    """Clips of people, one after the other, each person as often as the others.

    The same seed gives the same cases, whatever is judged. Nobody is seen in a mirror.
    """

    def __init__(self, bank: Bank, said: Said, shape: AvatarConfig, seed: int) -> None:
        self._bank, self.said, self._shape, self._seed = bank, said, shape, seed

    @property
    def people(self) -> int:
        """How many there are."""
        return len(self._bank.chance)

    def case(self, number: int, frames: int) -> Case:
        """Return the case of a number, in which somebody speaks at least half of the time."""
        return self._shot(number, frames, self._speech(number, frames))

    def silent(self, number: int, frames: int) -> Case:
        """Return a case in which as little is said as in any stretch of the speech."""
        length = WARM_UP + frames
        quiet = self.said.visemes[..., SILENCE].float().unfold(1, length, 1).mean(-1)
        scene, start = divmod(int(quiet.argmax()), quiet.shape[1])
        return self._shot(number, frames, self._stretch(scene, start, frames))

    def _speech(self, number: int, frames: int) -> Said:
        """Return a stretch drawn at random, or the best of some if none has enough speech."""
        random = np.random.default_rng((self._seed, number, frames))
        scenes, length = self.said.opening.shape
        best, most = self.said, -1.0
        for _ in range(TRIES):
            scene, start = random.integers(scenes), random.integers(length - WARM_UP - frames + 1)
            found = self._stretch(int(scene), int(start), frames)
            spoken = 1 - float(found.visemes[..., SILENCE].float().mean())
            if spoken > most:
                best, most = found, spoken
            if most >= SPOKEN:
                break
        return best

    def _stretch(self, scene: int, start: int, frames: int) -> Said:
        end = start + WARM_UP + frames
        return Said(*(part[scene : scene + 1, start:end] for part in self.said))

    def _shot(self, number: int, frames: int, said: Said) -> Case:
        config = ClipConfig(
            clips=1,
            frames=frames,
            references=REFERENCES,
            size=self._shape.vae.size,
            reach=self._shape.reach,
            drop=self._shape.drop,
        )
        studio = Studio(config, self._bank, said, self._seed + 1000 * frames + number)
        take = studio.script.draw()
        straight = torch.tensor([1.0, 1.0, -1.0, 1.0])
        mirrored = take.views[:, 2] < 0
        take = take._replace(
            identity=torch.tensor([number % self.people]),
            views=torch.where(mirrored, take.views * straight, take.views),
            pose_views=torch.where(mirrored, take.pose_views * straight, take.pose_views),
        )
        with torch.no_grad():
            clip = studio.shoot(to_device(take, self._bank.backgrounds.device))
        return Case(clip, take.motion)


def open_cases(
    stock: Path, shape: AvatarConfig, device: str, seed: int, people: int | None
) -> Cases:
    """Open a stock's held-out people, `people` of them or all, and its held-out speech.

    Raises:
        BadCheckpoint: a file is missing, damaged or of another kind.
        ValueError: nobody is held out.
    """
    portraits = load_portraits(stock / PORTRAITS)
    said, speech = load_speech(stock / SPEECH)
    unseen = range(portraits.train, len(portraits.photos))[:people]
    if not unseen or not speech.held_out:
        raise ValueError(f"{stock.name} holds nobody out; prepare it from more people and speech")
    unheard = Said(*(part[speech.scenes - speech.held_out :] for part in said))
    return Cases(open_bank(portraits, unseen, device), unheard, shape, seed)
