"""Opens a stock on disk as a clip renderer."""

from pathlib import Path

import torch

from core.training.studio.clip_renderer import ClipRenderer
from core.training.studio.clip_sampler import ClipConfig
from core.training.studio.portrait_stock import load_portrait_stock
from core.training.studio.speech_stock import AlignedSpeech, load_speech_stock
from core.training.studio.subject_bank import open_bank

PORTRAITS_FILE, SPEECH_FILE = "portraits.safetensors", "speech.safetensors"
"""Names of the two files of a stock."""


def open_renderer(
    stock: Path, config: ClipConfig, device: str, seed: int,
    portraits: int | None = None, validation: bool = False, workers: int = 4,
) -> ClipRenderer:  # fmt: skip
    """Open the stock in a folder: its people and speech to train on, or its validation set.

    portraits: how many of the people, None for all; workers: threads that prepare them.

    Raises:
        BadCheckpoint: a file is missing, damaged or of another kind.
        ValueError: a file is damaged.
    """
    people = load_portrait_stock(stock / PORTRAITS_FILE)
    speech, speech_config = load_speech_stock(stock / SPEECH_FILE)
    order = torch.randperm(len(people.photos), generator=torch.Generator().manual_seed(seed))
    chosen = order[(order >= people.train_count) == validation]
    bank = open_bank(people, chosen[:portraits].tolist(), device, workers)
    first = speech_config.scenes - speech_config.validation
    part = slice(first, None) if validation else slice(first)
    return ClipRenderer(config, bank, AlignedSpeech(*(x[part] for x in speech)), seed)
