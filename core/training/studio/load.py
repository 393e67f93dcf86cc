"""From a stock on disk to a studio that draws from it."""

from pathlib import Path

import torch

from core.training.studio.bank import open_bank
from core.training.studio.clips import Studio
from core.training.studio.portraits import load_portraits
from core.training.studio.speech import Said, load_speech
from core.training.studio.takes import ClipConfig

PORTRAITS, SPEECH = "portraits.safetensors", "speech.safetensors"
"""Names of the two files of a stock."""


def open_studio(
    stock: Path, config: ClipConfig, device: str, seed: int,
    portraits: int | None = None, held_out: bool = False, workers: int = 4,
) -> Studio:  # fmt: skip
    """Open the stock in a folder: people and speech to train on, or those held out.

    portraits: how many of the people, None for all; workers: threads that prepare them.

    Raises:
        BadCheckpoint: a file is missing, damaged or of another kind.
        ValueError: a file is damaged.
    """
    people = load_portraits(stock / PORTRAITS)
    heard, about = load_speech(stock / SPEECH)
    order = torch.randperm(len(people.photos), generator=torch.Generator().manual_seed(seed))
    mine = order[(order >= people.train) == held_out]
    bank = open_bank(people, mine[:portraits].tolist(), device, workers)
    first = about.scenes - about.held_out
    part = slice(first, None) if held_out else slice(first)
    return Studio(config, bank, Said(*(x[part] for x in heard)), seed)
