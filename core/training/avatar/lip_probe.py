"""Where lips are, read from a clean latent: tells the generator what a small error means."""

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional

from core.model.generator.generator_config import GeneratorConfig
from core.perception.face.topology import LIPS_INNER, LIPS_OUTER

LIP_LANDMARKS = (*LIPS_OUTER, *LIPS_INNER)
HIDDEN_WIDTH = 256


class LipProbe(nn.Module):
    """A latent to the places of the lips in its last frame."""

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.mlp = nn.Sequential(
            nn.Linear(config.latent_channels * config.tokens_per_latent, HIDDEN_WIDTH),
            nn.SiLU(),
            nn.Linear(HIDDEN_WIDTH, 2 * len(LIP_LANDMARKS)),
        )

    def forward(self, latents: Tensor) -> Tensor:
        """Read (batch, latents, channels, grid, grid): (batch, latents, points, 2)."""
        points: Tensor = self.mlp(latents.flatten(2))
        return points.view(*latents.shape[:2], len(LIP_LANDMARKS), 2)

    def forward_frozen(self, latents: Tensor) -> Tensor:
        """Read without learning: the reader must not bend towards what is drawn."""
        still = {name: parameter.detach() for name, parameter in self.named_parameters()}
        points: Tensor = functional_call(self, still, (latents,))
        return points


def lip_targets(landmarks: Tensor, stride: int) -> Tensor:
    """Return the lips of each latent's last frame, (batch, latents, points, 2)."""
    return landmarks[:, ::stride, list(LIP_LANDMARKS), :2]


def probe_loss(probe: LipProbe, true: Tensor, points: Tensor) -> Tensor:
    """Return how wrong true latents are read; this teaches the reader alone."""
    return functional.smooth_l1_loss(probe(true.detach()).float(), points, beta=0.02)


def lip_loss(probe: LipProbe, predicted: Tensor, points: Tensor, time: Tensor) -> Tensor:
    """Return how wrong drawn latents are read; what was mostly noise, by `time`, counts less."""
    wrong = functional.smooth_l1_loss(
        probe.forward_frozen(predicted).float(), points, beta=0.02, reduction="none"
    )
    weight = (1 - time).square()
    return (wrong.mean((2, 3)) * weight).sum() / torch.clamp(weight.sum(), min=1e-3)
