"""Losses of the face finder's networks."""

import torch
from torch import Tensor
from torch.nn import functional

from core.perception.face.config import EYE_POINTS, LIP_POINTS
from core.perception.face.networks_torch import (
    Detector,
    LandmarkNetwork,
    MatteNetwork,
    PartNetwork,
)
from core.perception.face.topology import (
    EYES,
    LANDMARK_COUNT,
    LEFT_EYE_GAPS,
    LIP_GAPS,
    LIPS,
    RIGHT_EYE_GAPS,
)
from core.training.faces.targets import Batch

Pairs = tuple[tuple[int, int], ...]


def to_input(pictures: Tensor) -> Tensor:
    """Normalise pictures (b, h, w, 3) of bytes to (b, 3, h, w) in [-1, 1]."""
    return pictures.permute(0, 3, 1, 2).float() / 127.5 - 1


def detector_loss(network: Detector, batch: Batch) -> Tensor:
    """Focal loss on the heatmap, weighted L1 on the box codes."""
    heatmap, weight, box_codes, box_weight = batch.targets
    output = network(to_input(batch.pictures))
    count = (heatmap == 1).sum().clamp(min=1)
    error = (output.box_codes - box_codes).abs()
    # Offsets are in cells of eight pixels; size and angle matter more to the next network.
    scale = torch.tensor([1.0, 1.0, 2.0, 2.0, 2.0], device=error.device).view(1, 5, 1, 1)
    weighted = (error * scale).sum(1) * box_weight
    heatmap_loss = focal_loss(output.heatmap_logits, heatmap, weight) / count
    box_loss = weighted.sum() / box_weight.sum().clamp(min=1)
    loss: Tensor = heatmap_loss + box_loss
    return loss


def focal_loss(logits: Tensor, heatmap: Tensor, weight: Tensor) -> Tensor:
    """Penalty-reduced focal loss (CornerNet), summed over cells."""
    probability = torch.sigmoid(logits)
    here = functional.logsigmoid(logits) * (1 - probability) ** 2
    elsewhere = functional.logsigmoid(-logits) * probability**2 * (1 - heatmap) ** 4
    return -(torch.where(heatmap == 1, here, elsewhere) * weight).sum()


def landmark_loss(network: LandmarkNetwork, batch: Batch) -> Tensor:
    """Weighted L1 on landmarks of positives, lip and eye gaps, and presence cross entropy."""
    truth, present = batch.targets
    landmarks, logit = network(to_input(batch.pictures))
    error = (landmarks - truth).abs() * _landmark_weights(truth.device)
    gaps = _gap_error(landmarks, truth, (*LIP_GAPS, *RIGHT_EYE_GAPS, *LEFT_EYE_GAPS))
    each = error.mean(dim=(1, 2)) + 0.3 * gaps
    distance = (each * present).sum() / present.sum().clamp(min=1)
    presence = functional.binary_cross_entropy_with_logits(logit, present)
    loss: Tensor = 20 * distance + 0.3 * presence
    return loss


def _landmark_weights(device: torch.device) -> Tensor:
    weight = torch.ones(LANDMARK_COUNT, 3, device=device)
    weight[list(LIPS)] = 2.5
    weight[list(EYES)] = 2.5
    weight[:, 2] *= 0.4
    return weight / weight.mean()


def _gap_error(guess: Tensor, truth: Tensor, pairs: Pairs) -> Tensor:
    """Return the mean error of mouth and eye opening, (b,)."""
    upper, lower = [a for a, _ in pairs], [b for _, b in pairs]
    error = (guess[:, lower, 1] - guess[:, upper, 1]) - (truth[:, lower, 1] - truth[:, upper, 1])
    return error.abs().mean(dim=1)


def lips_loss(network: PartNetwork, batch: Batch) -> Tensor:
    """L1 on the lips' points and opening."""
    return _part_loss(network, batch, _local_pairs(LIP_GAPS, LIP_POINTS))


def eye_loss(network: PartNetwork, batch: Batch) -> Tensor:
    """L1 on an eye's points and opening."""
    return _part_loss(network, batch, _local_pairs(RIGHT_EYE_GAPS, EYE_POINTS))


def _part_loss(network: PartNetwork, batch: Batch, pairs: Pairs) -> Tensor:
    truth = batch.targets[0][..., :2]
    points = network(to_input(batch.pictures))
    error = (points - truth).abs().mean(dim=(1, 2)) + _gap_error(points, truth, pairs)
    loss: Tensor = 10 * error.mean()
    return loss


def _local_pairs(pairs: Pairs, points: tuple[int, ...]) -> Pairs:
    return tuple((points.index(a), points.index(b)) for a, b in pairs)


def matte_loss(network: MatteNetwork, batch: Batch) -> Tensor:
    """Cross entropy plus L1 of the matte, where it is valid."""
    matte, valid = batch.targets
    logits = network(to_input(batch.pictures))
    cross_entropy = functional.binary_cross_entropy_with_logits(logits, matte, reduction="none")
    error: Tensor = (cross_entropy + (torch.sigmoid(logits) - matte).abs()) * valid
    loss: Tensor = error.sum() / valid.sum().clamp(min=1)
    return loss
