"""What the face finder's networks are punished for."""

import torch
from torch import Tensor
from torch.nn import functional

from core.perception.face.networks import (
    EYE_POINTS,
    LIP_POINTS,
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
    """Return pictures (b, h, w, 3) of bytes as networks see them: (b, 3, h, w) in [-1, 1]."""
    return pictures.permute(0, 3, 1, 2).float() / 127.5 - 1


def detector_loss(network: Detector, batch: Batch) -> Tensor:
    """Focal loss on where faces are, distance on how they lie there."""
    heatmap, weight, box_codes, box_weight = batch.targets
    output = network(to_input(batch.pictures))
    count = (heatmap == 1).sum().clamp(min=1)
    wrong = (output.box_codes - box_codes).abs()
    # Offsets are in cells of eight pixels; size and angle matter more to the next network.
    scale = torch.tensor([1.0, 1.0, 2.0, 2.0, 2.0], device=wrong.device).view(1, 5, 1, 1)
    apart = (wrong * scale).sum(1) * box_weight
    found = focal_loss(output.heatmap_logits, heatmap, weight) / count
    placed = apart.sum() / box_weight.sum().clamp(min=1)
    loss: Tensor = found + placed
    return loss


def focal_loss(logits: Tensor, heatmap: Tensor, weight: Tensor) -> Tensor:
    """Sum over cells; near a face's middle the demand to be silent is soft."""
    probability = torch.sigmoid(logits)
    here = functional.logsigmoid(logits) * (1 - probability) ** 2
    elsewhere = functional.logsigmoid(-logits) * probability**2 * (1 - heatmap) ** 4
    return -(torch.where(heatmap == 1, here, elsewhere) * weight).sum()


def landmark_loss(network: LandmarkNetwork, batch: Batch) -> Tensor:
    """Distance of landmarks where there is a face, lips and eyes first, and presence."""
    truth, present = batch.targets
    landmarks, logit = network(to_input(batch.pictures))
    wrong = (landmarks - truth).abs() * _landmark_weights(truth.device)
    gaps = _gap_error(landmarks, truth, (*LIP_GAPS, *RIGHT_EYE_GAPS, *LEFT_EYE_GAPS))
    each = wrong.mean(dim=(1, 2)) + 0.3 * gaps
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
    """Return how wrong mouths and eyes are in being open, (b,)."""
    upper, lower = [a for a, _ in pairs], [b for _, b in pairs]
    wrong = (guess[:, lower, 1] - guess[:, upper, 1]) - (truth[:, lower, 1] - truth[:, upper, 1])
    return wrong.abs().mean(dim=1)


def lips_loss(network: PartNetwork, batch: Batch) -> Tensor:
    """Distance of the lips' points, and of how far they are open."""
    return _part_loss(network, batch, _local_pairs(LIP_GAPS, LIP_POINTS))


def eye_loss(network: PartNetwork, batch: Batch) -> Tensor:
    """Distance of an eye's points, and of how far it is open."""
    return _part_loss(network, batch, _local_pairs(RIGHT_EYE_GAPS, EYE_POINTS))


def _part_loss(network: PartNetwork, batch: Batch, pairs: Pairs) -> Tensor:
    truth = batch.targets[0][..., :2]
    points = network(to_input(batch.pictures))
    wrong = (points - truth).abs().mean(dim=(1, 2)) + _gap_error(points, truth, pairs)
    loss: Tensor = 10 * wrong.mean()
    return loss


def _local_pairs(pairs: Pairs, points: tuple[int, ...]) -> Pairs:
    return tuple((points.index(a), points.index(b)) for a, b in pairs)


def matte_loss(network: MatteNetwork, batch: Batch) -> Tensor:
    """Cross entropy and distance of the matte, where it is known."""
    matte, valid = batch.targets
    logits = network(to_input(batch.pictures))
    cross_entropy = functional.binary_cross_entropy_with_logits(logits, matte, reduction="none")
    wrong: Tensor = (cross_entropy + (torch.sigmoid(logits) - matte).abs()) * valid
    loss: Tensor = wrong.sum() / valid.sum().clamp(min=1)
    return loss
