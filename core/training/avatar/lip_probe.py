"""Lip landmark loss in latent space, by a probe that reads landmarks from clean latents."""

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional

from core.model.generator.generator_config import GeneratorConfig
from core.perception.face.topology import LIPS_INNER, LIPS_OUTER

LIP_LANDMARKS = (*LIPS_OUTER, *LIPS_INNER)
HIDDEN_WIDTH = 256


class LipProbe(nn.Module):
    """Regresses the lip landmarks of each latent's last frame."""

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.mlp = nn.Sequential(
            nn.Linear(config.latent_channels * config.tokens_per_latent, HIDDEN_WIDTH),
            nn.SiLU(),
            nn.Linear(HIDDEN_WIDTH, 2 * len(LIP_LANDMARKS)),
        )

    def forward(self, latents: Tensor) -> Tensor:
        """Map (batch, latents, channels, grid, grid) to (batch, latents, points, 2)."""
        points: Tensor = self.mlp(latents.flatten(2))
        return points.view(*latents.shape[:2], len(LIP_LANDMARKS), 2)

    def forward_frozen(self, latents: Tensor) -> Tensor:
        """Run with frozen weights: the probe must not adapt to what is generated."""
        frozen = {name: parameter.detach() for name, parameter in self.named_parameters()}
        points: Tensor = functional_call(self, frozen, (latents,))
        return points


def lip_targets(landmarks: Tensor, stride: int) -> Tensor:
    """Return the lip landmarks of each latent's last frame, (batch, latents, points, 2)."""
    return landmarks[:, ::stride, list(LIP_LANDMARKS), :2]


def probe_loss(probe: LipProbe, true: Tensor, points: Tensor) -> Tensor:
    """Return the probe's error on true latents; trains the probe alone."""
    return functional.smooth_l1_loss(probe(true.detach()).float(), points, beta=0.02)


def lip_loss(probe: LipProbe, predicted: Tensor, points: Tensor, time: Tensor) -> Tensor:
    """Return the frozen probe's error on predicted latents, weighted by (1 - timestep)²."""
    error = functional.smooth_l1_loss(
        probe.forward_frozen(predicted).float(), points, beta=0.02, reduction="none"
    )
    weight = (1 - time).square()
    return (error.mean((2, 3)) * weight).sum() / torch.clamp(weight.sum(), min=1e-3)
