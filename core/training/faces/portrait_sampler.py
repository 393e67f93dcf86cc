"""Portrait sampling with a pool of augmented portraits: warped, dressed up or drawn."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.random import Generator

from core.training.faces.accessories import add_accessory
from core.training.faces.cartoons import draw_cartoon
from core.training.faces.corpus import Corpus, LabelledPortrait
from core.training.faces.mesh_warp import MeshWarper, draw_change
from core.video import Picture


@dataclass
class PortraitSampler:
    """Draws portraits; augmented ones, slow to make, are pooled and replaced one by one."""

    corpus: Corpus
    augmented_share: float = 0.6
    """Share of draws from the pool."""
    pool_size: int = 600
    refresh_probability: float = 0.06
    hard_negatives: list[Picture] = field(default_factory=list)
    """Crops of false positives of the detector."""
    _pool: list[LabelledPortrait] = field(default_factory=list)
    _warper: MeshWarper = field(init=False)

    def __post_init__(self) -> None:
        self._warper = MeshWarper(self.corpus.mean_face)

    def sample(self, rng: Generator) -> LabelledPortrait:
        """Draw one portrait."""
        if rng.random() >= self.augmented_share:
            return self.corpus.sample(rng)
        if len(self._pool) < self.pool_size:
            self._pool.append(self._augment(rng))
            return self._pool[-1]
        index = int(rng.integers(self.pool_size))
        if rng.random() < self.refresh_probability:
            self._pool[index] = self._augment(rng)
        return self._pool[index]

    def _augment(self, rng: Generator) -> LabelledPortrait:
        portrait = self.corpus.sample(rng)
        if rng.random() < 0.85:
            portrait = self._warper(portrait, draw_change(rng, portrait.nose_offset), rng)
        kind = rng.random()
        if kind < 0.13:
            return draw_cartoon(portrait, rng)
        return add_accessory(portrait, rng) if kind < 0.5 else portrait


def replace_background(portrait: LabelledPortrait, background: Picture) -> LabelledPortrait:
    """Composite the person onto another background of the same size."""
    share = portrait.matte[..., None].astype(np.float32) / 255
    picture = background + (portrait.picture.astype(np.float32) - background) * share
    return replace(portrait, picture=picture.astype(np.uint8))
