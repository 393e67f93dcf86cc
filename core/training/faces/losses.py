"""What the face finder's networks are punished for."""

import torch
from torch import Tensor
from torch.nn import functional

from core.perception.face_mesh import EYES, LEFT_EYE_GAPS, LIP_GAPS, LIPS, POINTS, RIGHT_EYE_GAPS
from core.perception.face_network import (
    EYE_POINTS,
    LIP_POINTS,
    Detector,
    LandmarkNetwork,
    MatteNetwork,
    PartNetwork,
)
from core.training.faces.targets import Batch

Pairs = tuple[tuple[int, int], ...]


def seen(pictures: Tensor) -> Tensor:
    """Return pictures (b, h, w, 3) of bytes as networks see them: (b, 3, h, w) in [-1, 1]."""
    return pictures.permute(0, 3, 1, 2).float() / 127.5 - 1


def detector_loss(network: Detector, batch: Batch) -> Tensor:
    """Focal loss on where faces are, distance on how they lie there."""
    heat, weight, place, nearness = batch.truth
    sightings = network(seen(batch.pictures))
    count = (heat == 1).sum().clamp(min=1)
    wrong = (sightings.place - place).abs()
    # Offsets are in cells of eight pixels; size and angle matter more to the next network.
    scale = torch.tensor([1.0, 1.0, 2.0, 2.0, 2.0], device=wrong.device).view(1, 5, 1, 1)
    apart = (wrong * scale).sum(1) * nearness
    found = focal_loss(sightings.logit, heat, weight) / count
    placed = apart.sum() / nearness.sum().clamp(min=1)
    loss: Tensor = found + placed
    return loss


def focal_loss(logit: Tensor, heat: Tensor, weight: Tensor) -> Tensor:
    """Sum over cells; near a face's middle the demand to be silent is soft."""
    chance = torch.sigmoid(logit)
    here = functional.logsigmoid(logit) * (1 - chance) ** 2
    elsewhere = functional.logsigmoid(-logit) * chance**2 * (1 - heat) ** 4
    return -(torch.where(heat == 1, here, elsewhere) * weight).sum()


def landmark_loss(network: LandmarkNetwork, batch: Batch) -> Tensor:
    """Distance of landmarks where there is a face, lips and eyes first, and presence."""
    truth, present = batch.truth
    landmarks, logit = network(seen(batch.pictures))
    wrong = (landmarks - truth).abs() * _importance(truth.device)
    gaps = _gap_error(landmarks, truth, (*LIP_GAPS, *RIGHT_EYE_GAPS, *LEFT_EYE_GAPS))
    each = wrong.mean(dim=(1, 2)) + 0.3 * gaps
    distance = (each * present).sum() / present.sum().clamp(min=1)
    chance = functional.binary_cross_entropy_with_logits(logit, present)
    loss: Tensor = 20 * distance + 0.3 * chance
    return loss


def _importance(device: torch.device) -> Tensor:
    weight = torch.ones(POINTS, 3, device=device)
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
    return _part_loss(network, batch, _local(LIP_GAPS, LIP_POINTS))


def eye_loss(network: PartNetwork, batch: Batch) -> Tensor:
    """Distance of an eye's points, and of how far it is open."""
    return _part_loss(network, batch, _local(RIGHT_EYE_GAPS, EYE_POINTS))


def _part_loss(network: PartNetwork, batch: Batch, pairs: Pairs) -> Tensor:
    truth = batch.truth[0][..., :2]
    points = network(seen(batch.pictures))
    wrong = (points - truth).abs().mean(dim=(1, 2)) + _gap_error(points, truth, pairs)
    loss: Tensor = 10 * wrong.mean()
    return loss


def _local(pairs: Pairs, points: tuple[int, ...]) -> Pairs:
    return tuple((points.index(a), points.index(b)) for a, b in pairs)


def matte_loss(network: MatteNetwork, batch: Batch) -> Tensor:
    """Cross entropy and distance of the matte, where it is known."""
    matte, known = batch.truth
    logits = network(seen(batch.pictures))
    chance = functional.binary_cross_entropy_with_logits(logits, matte, reduction="none")
    wrong: Tensor = (chance + (torch.sigmoid(logits) - matte).abs()) * known
    loss: Tensor = wrong.sum() / known.sum().clamp(min=1)
    return loss
