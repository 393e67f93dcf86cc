"""PatchGAN discriminator of single frames, its hinge loss, and the losses it gives a decoder."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional

LEAKY_SLOPE = 0.2
NORM_GROUPS = 8
"""Groups of channels in GroupNorm."""
WIDTHS = (64, 128, 256, 256)
"""Channels after each convolution; all but the last have stride 2."""


class PatchDiscriminator(nn.Module):
    """Frames (n, 3, h, w) to logits of their 70x70 patches (1611.07004, section 3.2.2)."""

    def __init__(self, widths: Sequence[int] = WIDTHS) -> None:
        super().__init__()
        *halving, last = pairwise((3, *widths))
        layers = [nn.Conv2d(a, b, 4, 2, 1) for a, b in halving]
        self.layers = nn.ModuleList([*layers, nn.Conv2d(*last, 4, 1, 1)])
        self.norms = nn.ModuleList(nn.GroupNorm(NORM_GROUPS, width) for width in widths[1:])
        self.logits = nn.Conv2d(widths[-1], 1, 4, 1, 1)

    def forward(self, frames: Tensor) -> list[Tensor]:
        """Return each layer's features, and the logits last."""
        x, features = frames, []
        for layer, norm in zip(self.layers, [nn.Identity(), *self.norms], strict=True):
            x = functional.leaky_relu(norm(layer(x)), LEAKY_SLOPE)
            features.append(x)
        return [*features, self.logits(x)]

    def forward_frozen(self, frames: Tensor) -> list[Tensor]:
        """Run with frozen weights: gradients reach the frames only."""
        frozen = {name: parameter.detach() for name, parameter in self.named_parameters()}
        features: list[Tensor] = functional_call(self, frozen, (frames,))
        return features


class DecoderLosses(NamedTuple):
    """What a discriminator says to whoever decodes frames."""

    adversarial: Tensor
    """Hinge loss (1705.02894, equation 3)."""
    feature_matching: Tensor
    """L1 distance of features from those of the true frames (1711.11585, equation 3)."""


def decoder_losses(discriminator: PatchDiscriminator, made: Tensor, true: Tensor) -> DecoderLosses:
    """Compare decoded frames (n, 3, h, w) with true ones; the discriminator is frozen."""
    *features, logits = discriminator.forward_frozen(made)
    with torch.no_grad():
        *targets, _ = discriminator(true)
    pairs = zip(features, targets, strict=True)
    distances = [(a.float() - b.float()).abs().mean() for a, b in pairs]
    return DecoderLosses(-logits.float().mean(), torch.stack(distances).mean())


def discriminator_loss(discriminator: PatchDiscriminator, made: Tensor, true: Tensor) -> Tensor:
    """Return the hinge loss of the discriminator (1705.02894, equation 3)."""
    fake, real = discriminator(made.detach())[-1].float(), discriminator(true)[-1].float()
    return functional.relu(1 + fake).mean() + functional.relu(1 - real).mean()
