"""Face verification metrics: ROC AUC and equal error rate of embedding similarity."""

from typing import NamedTuple

import torch
from torch import Tensor


class Verification(NamedTuple):
    """How well similarity separates pairs of one person from pairs of two."""

    roc_auc: float
    """Probability that a pair of one person is more similar than a pair of two; 0.5 is chance."""
    equal_error_rate: float
    """Error rate at the threshold where false accepts equal false rejects."""
    positive_pairs: int
    """Pairs of one person."""


def verify(identity: Tensor, person: Tensor, clip: Tensor) -> Verification:
    """Compare embeddings (n, embedding) of `person` (n,), only between different `clip` (n,).

    Pictures of one clip share light and background, which would give them away.

    Raises:
        ValueError: there is no pair of one person, or none of two.
    """
    similarity = identity @ identity.T
    comparable = clip[:, None] != clip
    comparable &= torch.ones_like(comparable).triu(1)
    same = person[:, None] == person
    positives, negatives = similarity[comparable & same], similarity[comparable & ~same]
    if not len(positives) or not len(negatives):
        raise ValueError("no person is seen in two clips; expected more clips or fewer people")
    auc, error = _roc_auc(positives, negatives), _equal_error_rate(positives, negatives)
    return Verification(auc, error, len(positives))


def _roc_auc(positives: Tensor, negatives: Tensor) -> float:
    """Return the area under the ROC curve from ranks; ties count half."""
    order = negatives.sort().values
    below = torch.searchsorted(order, positives)
    up_to = torch.searchsorted(order, positives, right=True)
    return float((below + up_to).double().mean() / (2 * len(negatives)))


def _equal_error_rate(positives: Tensor, negatives: Tensor) -> float:
    positives, negatives = positives.sort().values, negatives.sort().values
    thresholds = torch.cat([positives, negatives]).sort().values
    rejected = torch.searchsorted(positives, thresholds).double() / len(positives)
    accepted = 1 - torch.searchsorted(negatives, thresholds).double() / len(negatives)
    best = (rejected - accepted).abs().argmin()
    return float((rejected[best] + accepted[best]) / 2)
