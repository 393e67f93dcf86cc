"""Are two pictures of one person? How well numbers that say who it is can tell."""

from typing import NamedTuple

import torch
from torch import Tensor


class Verification(NamedTuple):
    """How likeness tells pairs of one person from pairs of two."""

    area: float
    """Chance that a pair of one person is more alike than a pair of two; 0.5 knows nothing."""
    equal_error: float
    """Share of wrong answers at the threshold that errs as often on either side."""
    pairs: int
    """Of one person."""


def verify(identity: Tensor, person: Tensor, scene: Tensor) -> Verification:
    """Compare all pictures (n, embedding) of `person` (n,); only those of different `scene` (n,).

    Pictures of one clip share light and background, which would tell them as well.

    Raises:
        ValueError: there is no pair of one person, or none of two.
    """
    alike = identity @ identity.T
    apart = scene[:, None] != scene
    apart &= torch.ones_like(apart).triu(1)
    same = person[:, None] == person
    ones, twos = alike[apart & same], alike[apart & ~same]
    if not len(ones) or not len(twos):
        raise ValueError("no person is seen in two clips; expected more clips or fewer people")
    return Verification(_area(ones, twos), _equal_error(ones, twos), len(ones))


def _area(ones: Tensor, twos: Tensor) -> float:
    """Return the area under the curve, from ranks; ties count half."""
    order = twos.sort().values
    below = torch.searchsorted(order, ones)
    up_to = torch.searchsorted(order, ones, right=True)
    return float((below + up_to).double().mean() / (2 * len(twos)))


def _equal_error(ones: Tensor, twos: Tensor) -> float:
    ones, twos = ones.sort().values, twos.sort().values
    thresholds = torch.cat([ones, twos]).sort().values
    missed = torch.searchsorted(ones, thresholds).double() / len(ones)
    taken = 1 - torch.searchsorted(twos, thresholds).double() / len(twos)
    best = (missed - taken).abs().argmin()
    return float((missed[best] + taken[best]) / 2)
