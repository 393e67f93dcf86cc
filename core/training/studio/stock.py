"""A stock on disk, its portraits and its speech, as a source of clips."""

from pathlib import Path

import torch

from core.model.avatar import AvatarConfig
from core.training.studio.bank_file import open_kept_bank
from core.training.studio.clip_renderer import ClipRenderer, ClipTensors
from core.training.studio.clip_sampler import ClipConfig, clips_for
from core.training.studio.portrait_stock import load_portrait_stock
from core.training.studio.speech_stock import AlignedSpeech, SpeechStockConfig, load_speech_stock
from core.training.studio.subject_bank import SubjectBank, open_bank

PORTRAITS_FILE, SPEECH_FILE = "portraits.safetensors", "speech.safetensors"
"""Names of the two files of a stock."""
VALIDATION_PEOPLE = 8
"""People of the validation set that a training uses as it goes."""
VALIDATION_SEED = 1


class StudioClips:
    """One renderer for each shape of batches, and one bank for all of them.

    Satisfies `core.training.trainer.clip_batch.ClipSource`.
    """

    def __init__(
        self,
        bank: SubjectBank,
        speech: AlignedSpeech,
        config: AvatarConfig,
        seed: int,
        validation: "StudioClips | None" = None,
    ) -> None:
        """validation: clips of held-out people and voices."""
        self._bank, self._speech, self._config, self._seed = bank, speech, config, seed
        self._validation = validation
        self._renderers: dict[tuple[int, int, int], ClipRenderer] = {}

    @property
    def people(self) -> int:
        """See `ClipSource`."""
        return len(self._bank.probability)

    def validation_batch(self, batch_size: int, frames: int) -> ClipTensors | None:
        """See `ClipSource`."""
        return self._validation.first_batch(batch_size, frames) if self._validation else None

    def next_batch(self, batch_size: int, frames: int, size: int | None = None) -> ClipTensors:
        """See `ClipSource`."""
        shape = (batch_size, frames, size or self._config.vae.size)
        if shape not in self._renderers:
            self._renderers[shape] = self._renderer(*shape)
        return self._renderers[shape].next_batch()

    def first_batch(self, batch_size: int, frames: int) -> ClipTensors:
        """Return the batch that `next_batch` begins with, however often it was called."""
        return self._renderer(batch_size, frames, self._config.vae.size).next_batch()

    def _renderer(self, batch_size: int, frames: int, size: int) -> ClipRenderer:
        config = clips_for(self._config, batch_size, frames, size=size)
        return ClipRenderer(config, self._bank, self._speech, self._seed + frames)


def split_speech(
    speech: AlignedSpeech, config: SpeechStockConfig
) -> tuple[AlignedSpeech, AlignedSpeech]:
    """Split a stock's scenes into those to train on and the validation set."""
    first = config.scenes - config.validation
    train, validation = slice(first), slice(first, None)
    return (
        AlignedSpeech(*(part[train] for part in speech)),
        AlignedSpeech(*(part[validation] for part in speech)),
    )


def open_clips(stock: Path, device: str, seed: int, config: AvatarConfig) -> StudioClips:
    """Open the people and speech to train on, and some of the validation set.

    Raises:
        BadCheckpoint: a stock is missing, damaged or of another kind.
    """
    portraits = load_portrait_stock(stock / PORTRAITS_FILE)
    train_speech, validation_speech = split_speech(*load_speech_stock(stock / SPEECH_FILE))
    everybody, train = range(len(portraits.photos)), portraits.train_count
    bank, validation = open_bank(portraits, everybody[:train], device), None
    if others := everybody[train:][:VALIDATION_PEOPLE]:
        other_bank = open_bank(portraits, others, device)
        validation = StudioClips(other_bank, validation_speech, config, VALIDATION_SEED)
    return StudioClips(bank, train_speech, config, seed, validation)


def open_renderer(
    stock: Path, config: ClipConfig, device: str, seed: int,
    portraits: int | None = None, validation: bool = False, workers: int = 4,
    kept: Path | None = None, people_seed: int | None = None,
) -> ClipRenderer:  # fmt: skip
    """Open a renderer of one kind of batch: of the people and speech to train on, or validation's.

    portraits: how many of the people, None for all; workers: threads that prepare them; kept:
    where they are kept when they are prepared, for the next time; people_seed: by which they are
    chosen, None for `seed`.

    Raises:
        BadCheckpoint: a file is missing, damaged or of another kind.
        ValueError: a file is damaged.
    """
    people = load_portrait_stock(stock / PORTRAITS_FILE)
    speech = split_speech(*load_speech_stock(stock / SPEECH_FILE))[validation]
    drawn = torch.Generator().manual_seed(seed if people_seed is None else people_seed)
    order = torch.randperm(len(people.photos), generator=drawn)
    chosen = order[(order >= people.train_count) == validation]
    indices = chosen[:portraits].tolist()
    bank = (
        open_kept_bank(kept, people, indices, device, workers)
        if kept
        else open_bank(people, indices, device, workers)
    )
    return ClipRenderer(config, bank, speech, seed)
