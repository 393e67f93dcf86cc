"""Clips from the studio, of any number and length, from a folder with its two stocks."""

from pathlib import Path

from core.model.avatar import AvatarConfig
from core.training.studio.clip_renderer import ClipRenderer, ClipTensors
from core.training.studio.clip_sampler import ClipConfig
from core.training.studio.open_renderer import PORTRAITS_FILE, SPEECH_FILE
from core.training.studio.portrait_stock import load_portrait_stock
from core.training.studio.speech_stock import AlignedSpeech, load_speech_stock
from core.training.studio.subject_bank import SubjectBank, open_bank

REFERENCES = 3


VALIDATION_PEOPLE = 8
"""Held-out people whom a training is judged on as it goes."""
VALIDATION_SEED = 1


class StudioClips:
    """One studio for each number and length of clips, and one bank for all of them."""

    def __init__(
        self,
        bank: SubjectBank,
        said: AlignedSpeech,
        shape: AvatarConfig,
        seed: int,
        validation: "StudioClips | None" = None,
    ) -> None:
        """`unseen`: clips of held-out people and voices."""
        self._bank, self._said, self._shape, self._seed = bank, said, shape, seed
        self._validation = validation
        self._studios: dict[tuple[int, int], ClipRenderer] = {}

    @property
    def people(self) -> int:
        """See `core.training.trainer.stage.Clips`."""
        return len(self._bank.probability)

    def validation_batch(self, batch_size: int, frames: int) -> ClipTensors | None:
        """See `core.training.trainer.stage.Clips`."""
        return (
            self._validation._open_studio(batch_size, frames).next_batch()
            if self._validation
            else None
        )

    def next_batch(self, batch_size: int, frames: int) -> ClipTensors:
        """See `core.training.trainer.stage.Clips`."""
        if (batch_size, frames) not in self._studios:
            self._studios[batch_size, frames] = self._open_studio(batch_size, frames)
        return self._studios[batch_size, frames].next_batch()

    def _open_studio(self, batch: int, frames: int) -> ClipRenderer:
        config = ClipConfig(
            clips=batch,
            frames=frames,
            references=REFERENCES,
            size=self._shape.vae.size,
            reach=self._shape.crop_half_size,
            drop=self._shape.crop_offset,
        )
        return ClipRenderer(config, self._bank, self._said, self._seed + frames)


def open_clips(stock: Path, device: str, seed: int, shape: AvatarConfig) -> StudioClips:
    """Open what may be trained on; some of who and what is held out is kept to be judged by.

    Raises:
        BadCheckpoint: a stock is missing, damaged or of another kind.
    """
    portraits = load_portrait_stock(stock / PORTRAITS_FILE)
    said, speech = load_speech_stock(stock / SPEECH_FILE)
    first = speech.scenes - speech.validation
    heard, unheard = (
        AlignedSpeech(*(x[part] for x in said)) for part in (slice(first), slice(first, None))
    )
    everybody, train = range(len(portraits.photos)), portraits.train_count
    bank = open_bank(portraits, everybody[:train], device)
    validation = None
    if others := everybody[train:][:VALIDATION_PEOPLE]:
        validation = StudioClips(
            open_bank(portraits, others, device), unheard, shape, VALIDATION_SEED
        )
    return StudioClips(bank, heard, shape, seed, validation)
