"""Are two pictures of one person? How well numbers that say who it is can tell."""

from typing import NamedTuple

import torch
from torch import Tensor


class Verification(NamedTuple):
    """How likeness tells pairs of one person from pairs of two."""

    roc_auc: float
    """Chance that a pair of one person is more alike than a pair of two; 0.5 knows nothing."""
    equal_error_rate: float
    """Share of wrong answers at the threshold that errs as often on either side."""
    positive_pairs: int
    """Of one person."""


def verify(identity: Tensor, person: Tensor, clip: Tensor) -> Verification:
    """Compare all pictures (n, embedding) of `person` (n,); only those of different `scene` (n,).

    Pictures of one clip share light and background, which would tell them as well.

    Raises:
        ValueError: there is no pair of one person, or none of two.
    """
    similarity = identity @ identity.T
    apart = clip[:, None] != clip
    apart &= torch.ones_like(apart).triu(1)
    same = person[:, None] == person
    ones, twos = similarity[apart & same], similarity[apart & ~same]
    if not len(ones) or not len(twos):
        raise ValueError("no person is seen in two clips; expected more clips or fewer people")
    return Verification(_roc_auc(ones, twos), _equal_error_rate(ones, twos), len(ones))


def _roc_auc(positives: Tensor, negatives: Tensor) -> float:
    """Return the area under the curve, from ranks; ties count half."""
    order = negatives.sort().values
    below = torch.searchsorted(order, positives)
    up_to = torch.searchsorted(order, positives, right=True)
    return float((below + up_to).double().mean() / (2 * len(negatives)))


def _equal_error_rate(positives: Tensor, negatives: Tensor) -> float:
    positives, negatives = positives.sort().values, negatives.sort().values
    thresholds = torch.cat([positives, negatives]).sort().values
    missed = torch.searchsorted(positives, thresholds).double() / len(positives)
    taken = 1 - torch.searchsorted(negatives, thresholds).double() / len(negatives)
    best = (missed - taken).abs().argmin()
    return float((missed[best] + taken[best]) / 2)
