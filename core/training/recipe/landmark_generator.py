"""Stages `generator` and `distill` of the recipe: latents from landmarks, without any picture."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.func import jacrev, vmap

from core.model.avatar import Avatar
from core.model.generator.flow_transformer import Generator
from core.training.avatar.distill import DistillRecipe, DistillStage
from core.training.avatar.generator import (
    GeneratorBatch,
    GeneratorRecipe,
    GeneratorStage,
    GeneratorWithProbe,
)
from core.training.avatar.latents import EncodedClip
from core.training.avatar.samples import sample_streaming
from core.training.metrics.correlation import best_lag_correlation
from core.training.metrics.lip_opening import lip_opening
from core.training.recipe.landmark_latents import LandmarkAutoencoder
from core.training.studio.clip_renderer import ClipRenderer, LandmarkClip
from core.training.trainer.clip_batch import ClipBatch
from core.training.trainer.optimization import strip_prefix

REFERENCE_NOISE = 0.3
"""Largest standard deviation of the noise on references' latents, in theirs: live, the encoder
reads them from photos, and is not exact."""
EYE_SHARE = 0.5
"""Weight of what is read of the eyes, in that of the lips."""
MAX_LAG = 4
"""Frames by which lips may be early or late for their correlation."""

BASIS_LATENTS = 256
"""Latents at which it is looked in which directions lips part, at most."""
STILL = 0.003
"""Standard deviation of the opening of lips that say nothing, at most, in half sides of the frame;
a fifth of a pixel of 128."""

RendererOpener = Callable[[int, int], ClipRenderer]
"""Opens the renderer of batches: so many clips of so many frames."""


class LandmarkSource:
    """Batches of landmarks without pictures, by the trainer's protocol."""

    def __init__(self, open_renderer: RendererOpener, validation: RendererOpener | None) -> None:
        self._open, self._validation = open_renderer, validation
        self._renderers: dict[tuple[int, int], ClipRenderer] = {}

    def next_batch(
        self,
        batch_size: int,
        frames: int,
        size: int | None = None,  # noqa: ARG002
    ) -> LandmarkClip:
        """See `BatchSource`."""
        if (batch_size, frames) not in self._renderers:
            self._renderers[batch_size, frames] = self._open(batch_size, frames)
        return self._renderers[batch_size, frames].next_landmarks()

    def validation_batch(self, batch_size: int, frames: int) -> LandmarkClip | None:
        """See `BatchSource`."""
        return self._validation(batch_size, frames).next_landmarks() if self._validation else None


class ReadLips(NamedTuple):
    """Lips' opening over time, (batch, frames) each, in half sides of the frame."""

    made: Tensor
    true: Tensor


class LandmarkEncoder:
    """Normalised latents of clips' landmarks, and what is read from latents."""

    def __init__(self, avatar: Avatar, landmarks: LandmarkAutoencoder) -> None:
        """avatar: whose scale the latents have"""
        self.landmarks = landmarks.requires_grad_(False).eval()
        self._avatar = avatar

    @torch.no_grad()
    def encode(self, clip: ClipBatch) -> EncodedClip:
        """Return the normalised latents of clips and of their references."""
        z = self.landmarks.encode(clip.landmarks[..., :2])
        return EncodedClip(self._avatar.normalize(z), self._normalised_photos(clip))

    @torch.no_grad()
    def encode_noisily(self, clip: ClipBatch) -> EncodedClip:
        """Return the same, with some noise on the references."""
        exact = self.encode(clip)
        return exact._replace(references=_with_noise(exact.references))

    @torch.no_grad()
    def encode_references(self, clip: ClipBatch) -> Tensor:
        """Return the normalised latents of references, with some noise."""
        return _with_noise(self._normalised_photos(clip))

    def read_lips(self, samples: Tensor, clip: ClipBatch) -> "ReadLips":
        """Read lips from normalised latents (batch, latents, ...), beside those of a clip."""
        read = self.landmarks.lip_opening(self._avatar.denormalize(samples))
        return ReadLips(read, lip_opening(clip.landmarks[..., :2]))

    def state(self) -> Mapping[str, Tensor]:
        """Return the autoencoder of landmarks, and the latents' scale."""
        landmarks = {f"landmarks.{k}": v for k, v in self.landmarks.state_dict().items()}
        return {**landmarks, "mean": self._avatar.mean, "std": self._avatar.std}

    def _normalised_photos(self, clip: ClipBatch) -> Tensor:
        photos = clip.reference_landmarks[..., :2]  # type: ignore[attr-defined]
        return self._avatar.normalize(self.landmarks.encode_photos(photos))


def _with_noise(references: Tensor) -> Tensor:
    level = REFERENCE_NOISE * torch.rand(len(references), 1, 1, 1, 1)
    return references + level.to(references) * torch.randn_like(references)


class LandmarkGeneratorStage(GeneratorStage):
    """Flow matching of a generator on the latents that `LandmarkAutoencoder` gives."""

    uses_probe = False  # the reader of landmarks knows: see `lip_losses`

    def __init__(
        self, avatar: Avatar, landmarks: LandmarkAutoencoder, recipe: GeneratorRecipe
    ) -> None:
        super().__init__(avatar, recipe)
        self._encoder = LandmarkEncoder(avatar, landmarks)
        self._landmarks = self._encoder.landmarks

    def encode(self, clip: ClipBatch) -> EncodedClip:
        """Return the normalised latents of landmarks; those of the references with some noise."""
        return self._encoder.encode_noisily(clip)

    def lip_targets(self, clip: ClipBatch) -> Tensor:
        """See `GeneratorStage`: normalised features of the landmarks."""
        return self._landmarks.normalised(clip.landmarks[..., :2])

    def lip_losses(self, micro_batch: GeneratorBatch, clean: Tensor) -> Mapping[str, Tensor]:
        """See `GeneratorStage`.

        The reader of landmarks says exactly what a latent shows of lips and lids, a small part of
        its variance; at every timestep, for what is heard decides most where all else is noise.
        """
        latents = self.avatar.denormalize(clean)
        lips, eyes = self._landmarks.part_errors(latents, micro_batch.lip_landmarks)
        weight = self.recipe.lip_weight
        return {"lips": weight * lips, "eyes": EYE_SHARE * weight * eyes}

    def sample_images(self, _ema: nn.Module, _clip: ClipBatch) -> Sequence[Tensor]:
        """Nothing: there is no picture."""
        return []

    @torch.no_grad()
    def metrics(self, ema: nn.Module, clip: ClipBatch) -> Mapping[str, float]:
        """See `TrainingStage` and `lip_metrics`."""
        assert isinstance(ema, GeneratorWithProbe)
        return dict(lip_metrics(self._sample_lips(ema.generator, clip)))

    def frozen_state(self) -> Mapping[str, Tensor]:
        """See `LandmarkEncoder.state`."""
        return self._encoder.state()

    def _sample_lips(self, generator: Generator, clip: ClipBatch) -> ReadLips:
        latents, references = self._encoder.encode(clip)
        features, sampling = clip.speech.features.float(), self._config.sampling
        made = sample_streaming(generator, sampling, references, features, latents.shape[1])
        return self._encoder.read_lips(made, clip)


class LandmarkDistillStage(DistillStage):
    """Distils a student on the latents that `LandmarkAutoencoder` gives."""

    def __init__(
        self, avatar: Avatar, landmarks: LandmarkAutoencoder, recipe: DistillRecipe
    ) -> None:
        super().__init__(avatar, recipe)
        self._encoder = LandmarkEncoder(avatar, landmarks)

    def encode(self, clip: ClipBatch) -> EncodedClip:
        """Return the normalised latents of landmarks, of clips and of their references."""
        return self._encoder.encode(clip)

    def encode_references(self, clip: ClipBatch) -> Tensor:
        """Return the normalised latents of the landmarks of references, with some noise."""
        return self._encoder.encode_references(clip)

    def lip_metrics(self, samples: Tensor, clip: ClipBatch) -> Mapping[str, float]:
        """See `lip_metrics`."""
        return dict(lip_metrics(self._encoder.read_lips(samples, clip)))

    def sample_images(self, _ema: nn.Module, _clip: ClipBatch) -> Sequence[Tensor]:
        """Nothing: there is no picture."""
        return []

    def frozen_state(self) -> Mapping[str, Tensor]:
        """The autoencoder of landmarks, the latents' scale, and the teacher."""
        return {**self._encoder.state(), **self.teacher_state()}


def lip_basis(avatar: Avatar, landmarks: LandmarkAutoencoder, clip: ClipBatch) -> Tensor:
    """Return an orthonormal basis of the directions of normalised latents in which lips part.

    The leading right singular vectors of the reader's Jacobian at a clip's latents: (directions,
    channels * grid * grid), as many as the generator's config says.
    """
    generator = avatar.generator.config
    shape = (1, 1, generator.latent_channels, generator.grid, generator.grid)

    def parting(z: Tensor) -> Tensor:
        return landmarks.lip_parting(avatar.denormalize(z.view(shape))).flatten()

    latents = avatar.normalize(landmarks.encode(clip.landmarks[..., :2])).detach()
    jacobian = vmap(jacrev(parting))(latents.flatten(0, 1).flatten(1)[:BASIS_LATENTS])
    directions: Tensor = torch.linalg.svd(jacobian.detach().flatten(0, 1), full_matrices=False).Vh
    return directions[: generator.lip_directions].contiguous()


def lip_metrics(lips: ReadLips) -> Iterator[tuple[str, float]]:
    """Give correlation, lag and size of the opening where somebody speaks, if anybody does; where
    nobody does, how far lips move beside speaking ones."""
    made, true = lips.made.std(1), lips.true.std(1)
    speaking = true > STILL
    if not speaking.any():
        return
    pairs = list(zip(lips.made[speaking].numpy(), lips.true[speaking].numpy(), strict=True))
    found = best_lag_correlation(pairs, MAX_LAG)
    yield "lips_correlation", found.correlation
    yield "lips_lag_frames", found.lag
    yield "lips_std_ratio", float(made[speaking].mean() / true[speaking].mean())
    if not speaking.all():
        yield "silent_std_ratio", float(made[~speaking].mean() / true[speaking].mean())


def load_landmarks(
    landmarks: LandmarkAutoencoder, avatar: Avatar, frozen: Mapping[str, Tensor]
) -> None:
    """Load what `LandmarkEncoder.state` gave."""
    landmarks.load_state_dict(strip_prefix(frozen, "landmarks."))
    avatar.mean.copy_(frozen["mean"])
    avatar.std.copy_(frozen["std"])
