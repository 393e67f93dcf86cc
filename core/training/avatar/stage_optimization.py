"""Rates, warm-up and averages of each stage, for each of the two shapes."""

import math
from collections.abc import Mapping

from core.model.avatar import AVATAR_PRESETS, AvatarConfig
from core.training.trainer.optimization import OptimizationConfig

STAGE_OPTIMIZATION: Mapping[str, Mapping[str, OptimizationConfig]] = {
    "lite": {
        "distill": OptimizationConfig(learning_rate=2e-5),
        "adversarial": OptimizationConfig(learning_rate=1e-4, critic_rate_ratio=2.0),
    },
    "paper": {
        "vae": OptimizationConfig(learning_rate=1e-4, warmup_steps=1000, ema_decay=0.9999),
        "generator": OptimizationConfig(learning_rate=1e-4, warmup_steps=1000, ema_decay=0.9999),
        "distill": OptimizationConfig(learning_rate=1e-5, critic_rate_ratio=0.2),
        "adversarial": OptimizationConfig(
            learning_rate=5e-5, critic_rate_ratio=2.0, ema_decay=0.9999
        ),
    },
}
"""Where a stage differs from the default. The best rate of AdamW falls with the width (2203.03466):
`paper` is about four times as wide. Its student's and its critic's are 2512.04677's. A GAN's critic
learns faster than the decoder (TTUR, 1706.08500)."""


def stage_optimization(stage: str, config: AvatarConfig) -> OptimizationConfig:
    """Return a stage's hyperparameters for an avatar: those of the preset nearest in width."""

    def distance(preset: str) -> float:
        width = AVATAR_PRESETS[preset].generator.width
        return abs(math.log(config.generator.width / width))

    return STAGE_OPTIMIZATION[min(STAGE_OPTIMIZATION, key=distance)].get(
        stage, OptimizationConfig()
    )
