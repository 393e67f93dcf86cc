"""A PatchGAN: looks at patches of single frames and says of each whether it is a photograph's."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional

LEAKY_SLOPE = 0.2
NORM_GROUPS = 8
"""Groups of channels that are normed together."""
WIDTHS = (64, 128, 256, 256)
"""After each convolution; all but the last halve the picture."""


class PatchDiscriminator(nn.Module):
    """70 pixels wide patches of frames (n, 3, h, w) to logits (1611.07004, section 3.2.2)."""

    def __init__(self, widths: Sequence[int] = WIDTHS) -> None:
        super().__init__()
        *halving, last = pairwise((3, *widths))
        layers = [nn.Conv2d(a, b, 4, 2, 1) for a, b in halving]
        self.layers = nn.ModuleList([*layers, nn.Conv2d(*last, 4, 1, 1)])
        self.norms = nn.ModuleList(nn.GroupNorm(NORM_GROUPS, width) for width in widths[1:])
        self.logits = nn.Conv2d(widths[-1], 1, 4, 1, 1)

    def forward(self, frames: Tensor) -> list[Tensor]:
        """Return what each layer sees, and the logits at last."""
        x, features = frames, []
        for layer, norm in zip(self.layers, [nn.Identity(), *self.norms], strict=True):
            x = functional.leaky_relu(norm(layer(x)), LEAKY_SLOPE)
            features.append(x)
        return [*features, self.logits(x)]

    def forward_frozen(self, frames: Tensor) -> list[Tensor]:
        """Look without learning: gradients reach the frames only."""
        still = {name: parameter.detach() for name, parameter in self.named_parameters()}
        features: list[Tensor] = functional_call(self, still, (frames,))
        return features


def generator_losses(
    discriminator: PatchDiscriminator, made: Tensor, true: Tensor
) -> Mapping[str, Tensor]:
    """Return what the painter of frames (n, 3, h, w) is told.

    `doubt`: hinge loss (1705.02894, equation 3); `features`: distance of what the critic sees
    from what it sees in the true frames (1711.11585, equation 3).
    """
    *ours, verdict = discriminator.forward_frozen(made)
    with torch.no_grad():
        *theirs, _ = discriminator(true)
    apart = [(a.float() - b.float()).abs().mean() for a, b in zip(ours, theirs, strict=True)]
    return {"doubt": -verdict.float().mean(), "features": torch.stack(apart).mean()}


def discriminator_loss(discriminator: PatchDiscriminator, made: Tensor, true: Tensor) -> Tensor:
    """Return how often the critic errs: hinge loss (1705.02894, equation 3)."""
    fake, real = discriminator(made.detach())[-1].float(), discriminator(true)[-1].float()
    return functional.relu(1 + fake).mean() + functional.relu(1 - real).mean()
