"""The VAE encoder: stages E1 down to the mid level, E2 down to the posterior of the latent."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from core.model.vae.layers import as_float32, rms_norm
from core.model.vae.resampling import SpatialDownsample
from core.model.vae.stages import StageStates, downsampling_stages
from core.model.vae.vae_config import RGB_CHANNELS, VaeConfig

MIN_LOG_VARIANCE, MAX_LOG_VARIANCE = -20.0, 4.0
"""Range to which the posterior's log variance is clamped."""
INITIAL_LOG_VARIANCE = -4.0
"""Log variance before training: little noise, so that there is something to learn from."""


class Posterior(NamedTuple):
    """The diagonal Gaussian posterior over latents, each part (batch, latents, channels, h, w)."""

    mean: Tensor
    log_variance: Tensor

    def sample(self) -> Tensor:
        """Draw a latent (reparameterised)."""
        return self.mean + (0.5 * self.log_variance).exp() * torch.randn_like(self.mean)

    def kl_divergence(self) -> Tensor:
        """Return the KL divergence from the standard Gaussian, in nats per number of the latent."""
        variance = self.log_variance.exp()
        return 0.5 * (self.mean.square() + variance - 1 - self.log_variance).mean()


class EncoderState(NamedTuple):
    """Past input frames of all causal layers of the encoder."""

    e1: StageStates
    e2: StageStates


class Encoder(nn.Module):
    """Frames to the posterior over latents, causally."""

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        mid, last = config.e1[-1].width, config.e2[-1].width
        self.e1 = downsampling_stages(RGB_CHANNELS, config.e1, config.shortcuts)
        self.e2 = downsampling_stages(mid, config.e2, config.shortcuts)
        self.mean = SpatialDownsample(last, config.latent_channels, 1, 1, config.shortcuts)
        self.log_variance = nn.Linear(last, config.latent_channels)
        nn.init.zeros_(self.log_variance.weight)
        nn.init.constant_(self.log_variance.bias, INITIAL_LOG_VARIANCE)

    def forward(self, x: Tensor, state: EncoderState | None) -> tuple[Posterior, EncoderState]:
        """Take (batch, time, h, w, 3): whole latents, and at first one frame more."""
        levels, e1 = self.e1(x, state.e1 if state else None)
        levels, e2 = self.e2(levels[-1], state.e2 if state else None)
        x = levels[-1]
        log_variance = self.log_variance(rms_norm(x)).clamp(MIN_LOG_VARIANCE, MAX_LOG_VARIANCE)
        parts = (as_float32(part).permute(0, 1, 4, 2, 3) for part in (self.mean(x), log_variance))
        return Posterior(*parts), EncoderState(e1, e2)

    def features(self, references: Tensor) -> list[Tensor]:
        """Return the feature pyramid of E1 for references (batch, references, h, w, 3).

        Each level is (batch, references, h / stride, w / stride, channels), the last the mid level.
        """
        clips = references.flatten(0, 1)[:, None]  # each is a video of one frame
        levels, _ = self.e1(clips, None)
        return [level[:, 0].unflatten(0, references.shape[:2]) for level in levels]

    def reference_latents(self, mid: Tensor) -> Tensor:
        """Return the latents (batch, references, h, w, channels) of references, from the last level
        that `features` gave."""
        levels, _ = self.e2(mid.flatten(0, 1)[:, None], None)
        z = as_float32(self.mean(levels[-1]))
        return z.view(*mid.shape[:2], *z.shape[2:])
