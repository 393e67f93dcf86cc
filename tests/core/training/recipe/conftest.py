"""Clips of the studio's drawn people, small enough for a VAE of 32x32 pixels."""

from dataclasses import replace

import pytest

from core.model.avatar import AvatarConfig
from core.training.recipe.open_run import clip_config
from core.training.studio.clip_renderer import ClipRenderer, ClipTensors
from core.training.studio.speech_stock import AlignedSpeech
from core.training.studio.subject_bank import SubjectBank
from tests.core.model.small import SMALL as SMALL_GENERATOR
from tests.core.model.small_vae import SMALL
from tests.core.training.studio.conftest import bank, speech, stock

__all__ = ["bank", "speech", "stock"]

AUDIO = replace(SMALL_GENERATOR.audio, feature_size=16)
CONFIG = AvatarConfig(
    SMALL, replace(SMALL_GENERATOR, latent_channels=SMALL.latent_channels, audio=AUDIO)
)


@pytest.fixture(scope="package")
def renderer(bank: SubjectBank, speech: AlignedSpeech) -> ClipRenderer:
    return ClipRenderer(clip_config(CONFIG, 4, 5), bank, speech, seed=1)


@pytest.fixture(scope="package")
def clip(renderer: ClipRenderer) -> ClipTensors:
    return renderer.next_batch()
