"""People made of colours: each has a hue of their own, and a face of few strokes."""

import torch
from torch import Tensor

from core.perception.face.topology import CHIN, FOREHEAD, LANDMARK_COUNT
from tests.core.training.avatar.moving import Moving, Sound, nothing_but_person

SIZE = 48


class Cast:
    """Draws clips of people; what they say is how bright the picture's lower half is."""

    def __init__(self, people: int = 4, seed: int = 0, hidden: bool = False) -> None:
        self.people, self._hidden = people, hidden
        self._hue = torch.rand(2 * people, 3, 1, 1, generator=torch.Generator().manual_seed(5))
        self._random = torch.Generator().manual_seed(seed)

    def validation_batch(self, batch_size: int, frames: int) -> Moving:
        return Cast(self.people, seed=9, hidden=True).next_batch(batch_size, frames)

    def next_batch(self, batch_size: int, frames: int, size: int | None = None) -> Moving:
        person = torch.randint(self.people, (batch_size,), generator=self._random)
        hue = self._hue[person + self.people * self._hidden] * 1.6 - 0.8
        shape = torch.randint(15, (batch_size, frames), generator=self._random)
        middle = (self._uniform(batch_size, frames, 1, 2)) * 0.2
        shown = hue[:, None].expand(batch_size, frames, 3, SIZE, SIZE).clone()
        shown[..., SIZE // 2 :, :] += (shape / 14 - 0.5)[..., None, None, None] * 0.4
        photos = hue[:, None].expand(batch_size, 2, 3, SIZE, SIZE) + 0.05 * self._uniform(
            batch_size, 2, 1, 1, 1
        )
        landmarks = mesh() + middle
        field = torch.zeros(batch_size, frames, 2, 2, SIZE // 2, SIZE // 2)
        region = torch.ones(batch_size, frames, 1, SIZE // 2, SIZE // 2)
        return Moving(
            frames=shown,
            references=photos.clamp(-1, 1),
            matting=nothing_but_person(photos[:, 0], 2),
            flow=field,
            flow_valid=torch.ones_like(field[:, :, :, 0]),
            mouth_mask=region,
            eye_mask=region,
            landmarks=landmarks,
            speech=Sound(torch.zeros(batch_size, frames, 5), torch.eye(15)[shape], shape / 14),
            identity=person,
        )

    def _uniform(self, *shape: int) -> Tensor:
        return 2 * torch.rand(shape, generator=self._random) - 1


def mesh() -> Tensor:
    """Return 478 places of a face that is 0.8 high, about the picture's middle."""
    at = torch.linspace(0, 6.28, LANDMARK_COUNT)
    landmarks = 0.3 * torch.stack([at.cos(), at.sin()], -1)
    landmarks[FOREHEAD], landmarks[CHIN] = torch.tensor([0.0, -0.4]), torch.tensor([0.0, 0.4])
    return landmarks
