"""The studio as a source of training clips: any batch size and length, from a stock on disk."""

from pathlib import Path

from core.model.avatar import AvatarConfig
from core.training.studio.clip_renderer import ClipRenderer, ClipTensors
from core.training.studio.clip_sampler import ClipConfig
from core.training.studio.open_renderer import PORTRAITS_FILE, SPEECH_FILE
from core.training.studio.portrait_stock import load_portrait_stock
from core.training.studio.speech_stock import AlignedSpeech, load_speech_stock
from core.training.studio.subject_bank import SubjectBank, open_bank

REFERENCES = 3
"""Photos with each clip."""
VALIDATION_PEOPLE = 8
"""People of the validation batch, at most."""
VALIDATION_SEED = 1


class StudioClips:
    """A `ClipSource`: a renderer for each shape of batch, one bank of subjects for all of them."""

    def __init__(
        self,
        bank: SubjectBank,
        speech: AlignedSpeech,
        avatar_config: AvatarConfig,
        seed: int,
        validation: "StudioClips | None" = None,
    ) -> None:
        """`validation`: clips of people and voices that are not trained on."""
        self._bank, self._speech, self._config, self._seed = bank, speech, avatar_config, seed
        self._validation = validation
        self._renderers: dict[tuple[int, int], ClipRenderer] = {}

    @property
    def people(self) -> int:
        """See `ClipSource`."""
        return len(self._bank.probability)

    def validation_batch(self, batch_size: int, frames: int) -> ClipTensors | None:
        """See `ClipSource`."""
        return self._validation.first_batch(batch_size, frames) if self._validation else None

    def first_batch(self, batch_size: int, frames: int) -> ClipTensors:
        """Return the batch with which clips of this shape begin, always the same."""
        return self._open_renderer(batch_size, frames).next_batch()

    def next_batch(self, batch_size: int, frames: int) -> ClipTensors:
        """See `ClipSource`."""
        if (batch_size, frames) not in self._renderers:
            self._renderers[batch_size, frames] = self._open_renderer(batch_size, frames)
        return self._renderers[batch_size, frames].next_batch()

    def _open_renderer(self, batch_size: int, frames: int) -> ClipRenderer:
        config = ClipConfig(
            clips=batch_size,
            frames=frames,
            references=REFERENCES,
            size=self._config.vae.size,
            reach=self._config.crop_half_size,
            drop=self._config.crop_offset,
        )
        return ClipRenderer(config, self._bank, self._speech, self._seed + frames)


def open_clips(stock: Path, device: str, seed: int, avatar_config: AvatarConfig) -> StudioClips:
    """Open a stock: its training set, and of its validation set as much as is watched.

    Raises:
        BadCheckpoint: a file is missing, damaged or of another kind.
    """
    portraits = load_portrait_stock(stock / PORTRAITS_FILE)
    speech, stocked = load_speech_stock(stock / SPEECH_FILE)
    first = stocked.scenes - stocked.validation
    training_speech, validation_speech = (
        AlignedSpeech(*(column[part] for column in speech))
        for part in (slice(first), slice(first, None))
    )
    people = range(len(portraits.photos))
    validation = None
    if watched := people[portraits.train_count :][:VALIDATION_PEOPLE]:
        bank = open_bank(portraits, watched, device)
        validation = StudioClips(bank, validation_speech, avatar_config, VALIDATION_SEED)
    bank = open_bank(portraits, people[: portraits.train_count], device)
    return StudioClips(bank, training_speech, avatar_config, seed, validation)
