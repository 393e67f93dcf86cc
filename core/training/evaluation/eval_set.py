"""The validation set: a stock's held-out people, who say what held-out voices say."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from core.model.avatar import AvatarConfig
from core.perception.speech.visemes import SILENCE
from core.puppet.motion import Motion
from core.training.studio.clip_renderer import ClipRenderer, ClipTensors
from core.training.studio.clip_sampler import WARM_UP, clips_for
from core.training.studio.portrait_stock import load_portrait_stock
from core.training.studio.speech_stock import AlignedSpeech, load_speech_stock
from core.training.studio.stock import PORTRAITS_FILE, SPEECH_FILE, split_speech
from core.training.studio.subject_bank import SubjectBank, open_bank, to_device

MIN_SPEECH = 0.5
"""Least share of an example in which somebody speaks."""
CANDIDATES = 50
"""Random stretches of speech that are tried to reach it."""


class EvalExample(NamedTuple):
    """One clip of one person and its ground-truth motion."""

    clip: ClipTensors
    """A batch of one."""
    motion: Motion
    """(frames, ...)"""


class EvalSet:
    """Numbered clips, going through the people in turn.

    The same seed gives the same examples, whatever the model. None is mirrored.
    """

    def __init__(
        self, bank: SubjectBank, speech: AlignedSpeech, config: AvatarConfig, seed: int
    ) -> None:
        self._bank, self.speech, self._config, self._seed = bank, speech, config, seed

    @property
    def people(self) -> int:
        """Number of people."""
        return len(self._bank.probability)

    def example(self, number: int, frames: int) -> EvalExample:
        """Render an example by number; somebody speaks at least half of the time."""
        return self._render(number, frames, self._random_stretch(number, frames))

    def silent_example(self, number: int, frames: int) -> EvalExample:
        """Render an example over the most silent stretch of the speech."""
        length = WARM_UP + frames
        silence_share = self.speech.visemes[..., SILENCE].float().unfold(1, length, 1).mean(-1)
        scene, start = divmod(int(silence_share.argmax()), silence_share.shape[1])
        return self._render(number, frames, self._stretch(scene, start, frames))

    def _random_stretch(self, number: int, frames: int) -> AlignedSpeech:
        """Return a random stretch with enough speech, or the best of CANDIDATES."""
        random = np.random.default_rng((self._seed, number, frames))
        scenes, length = self.speech.opening.shape
        best, best_share = self.speech, -1.0
        for _ in range(CANDIDATES):
            scene, start = random.integers(scenes), random.integers(length - WARM_UP - frames + 1)
            candidate = self._stretch(int(scene), int(start), frames)
            speech_share = 1 - float(candidate.visemes[..., SILENCE].float().mean())
            if speech_share > best_share:
                best, best_share = candidate, speech_share
            if best_share >= MIN_SPEECH:
                break
        return best

    def _stretch(self, scene: int, start: int, frames: int) -> AlignedSpeech:
        end = start + WARM_UP + frames
        return AlignedSpeech(*(part[scene : scene + 1, start:end] for part in self.speech))

    def _render(self, number: int, frames: int, speech: AlignedSpeech) -> EvalExample:
        config = clips_for(self._config, 1, frames)
        renderer = ClipRenderer(config, self._bank, speech, self._seed + 1000 * frames + number)
        spec = renderer.sampler.sample()
        unmirror = torch.tensor([1.0, 1.0, -1.0, 1.0])
        mirrored = spec.views[:, 2] < 0
        spec = spec._replace(
            identity=torch.tensor([number % self.people]),
            views=torch.where(mirrored, spec.views * unmirror, spec.views),
            reference_views=torch.where(
                mirrored, spec.reference_views * unmirror, spec.reference_views
            ),
        )
        with torch.no_grad():
            clip = renderer.render(to_device(spec, self._bank.backgrounds.device))
        return EvalExample(clip, spec.motion)


def open_eval_set(
    stock: Path, config: AvatarConfig, device: str, seed: int, people: int | None
) -> EvalSet:
    """Open a stock's held-out people (`people` of them, None for all) and held-out speech.

    Raises:
        BadCheckpoint: a file is missing, damaged or of another kind.
        ValueError: nobody is held out.
    """
    portraits = load_portrait_stock(stock / PORTRAITS_FILE)
    speech, speech_config = load_speech_stock(stock / SPEECH_FILE)
    people_range = range(portraits.train_count, len(portraits.photos))[:people]
    if not people_range or not speech_config.validation:
        raise ValueError(f"{stock.name} holds nobody out; prepare it from more people and speech")
    bank = open_bank(portraits, people_range, device)
    return EvalSet(bank, split_speech(speech, speech_config)[1], config, seed)
