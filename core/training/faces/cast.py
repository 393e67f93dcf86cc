"""The cast: portraits in many expressions, poses and dresses, some of them only drawn."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.random import Generator

from core.training.faces.accessories import dressed
from core.training.faces.corpus import Corpus, Portrait
from core.training.faces.drawn import drawn
from core.training.faces.warp import Warper, draw_change
from core.video import Picture


@dataclass
class Cast:
    """Draws people. Changed ones are made slowly, kept, drawn again and replaced one by one."""

    corpus: Corpus
    changed: float = 0.6
    """How many of those drawn are changed ones."""
    size: int = 600
    renewal: float = 0.06
    mistakes: list[Picture] = field(default_factory=list)
    """Crops that a detector took for faces."""
    _made: list[Portrait] = field(default_factory=list)
    _warper: Warper = field(init=False)

    def __post_init__(self) -> None:
        self._warper = Warper(self.corpus.mean)

    def portrait(self, rng: Generator) -> Portrait:
        """Draw one person."""
        if rng.random() >= self.changed:
            return self.corpus.portrait(rng)
        if len(self._made) < self.size:
            self._made.append(self._make(rng))
            return self._made[-1]
        index = int(rng.integers(self.size))
        if rng.random() < self.renewal:
            self._made[index] = self._make(rng)
        return self._made[index]

    def _make(self, rng: Generator) -> Portrait:
        portrait = self.corpus.portrait(rng)
        if rng.random() < 0.85:
            portrait = self._warper(portrait, draw_change(rng, portrait.turned), rng)
        kind = rng.random()
        if kind < 0.13:
            return drawn(portrait, rng)
        return dressed(portrait, rng) if kind < 0.5 else portrait


def exchanged(portrait: Portrait, background: Picture) -> Portrait:
    """Return the person before another background of the same size."""
    share = portrait.matte[..., None].astype(np.float32) / 255
    picture = background + (portrait.picture.astype(np.float32) - background) * share
    return replace(portrait, picture=picture.astype(np.uint8))
