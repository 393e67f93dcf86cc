"""The causal video VAE: frames to latents, and latents with reference photos back to frames.

Deep compression for portraits (2606.01620): references show what somebody looks like, so latents
need only encode motion. Frames are (batch, time, 3, h, w) in [-1, 1], latents (batch, latents,
channels, h / spatial_stride, w / spatial_stride). A clip's first frame has a latent of its own,
each other latent stands for `frames_per_latent` frames; no frame ever sees a later one. States
make one clip of many calls; None begins it, and a state that was handed in is spent.
"""

from typing import NamedTuple

from torch import Tensor, nn

from core.model.vae.decoder import Decoder, DecoderOutput, DecoderReferences, DecoderState
from core.model.vae.encoder import Encoder, EncoderState, Posterior
from core.model.vae.flow_field import Composition, Matting, compose, size_of
from core.model.vae.vae_config import VaeConfig


class Reconstruction(NamedTuple):
    """A clip encoded to a sampled latent and decoded again."""

    frames: Tensor
    """(batch, time, 3, h, w); colours may lie slightly outside of [-1, 1]."""
    posterior: Posterior
    decoded: DecoderOutput


class CausalVideoVae(nn.Module):
    """Causal video VAE; for speed, keep it `.to(memory_format=torch.channels_last)`."""

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        self.config = config
        self.frames_per_latent = config.frames_per_latent
        self.spatial_stride = config.spatial_stride
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)

    def encode(
        self, frames: Tensor, state: EncoderState | None = None
    ) -> tuple[Posterior, EncoderState]:
        """Encode n * `frames_per_latent` frames; one more where a clip begins.

        Raises:
            ValueError: so many frames make no whole latents, or rows and columns no whole cells.
        """
        time, *_, height, width = frames.shape[1:]
        extra, span = 0 if state else 1, self.frames_per_latent
        if time % span != extra % span or time < 1:
            raise ValueError(f"{time} frames, expected {extra} more than a multiple of {span}")
        self._check_size(height, width)
        posterior, state = self.encoder(frames.movedim(2, -1), state)
        return posterior, state

    def encode_references(self, photos: Tensor, latents: Tensor | None = None) -> DecoderReferences:
        """Precompute what decoding needs of references, (batch, 0 to 3, 3, h, w) in [-1, 1].

        `latents` of them, (batch, references, channels, h, w), replace those that the encoder
        finds.

        Raises:
            ValueError: rows and columns make no whole cells.
        """
        self._check_size(*photos.shape[3:])
        levels = self.encoder.features(photos.movedim(2, -1))
        if latents is None:
            z = self.encoder.reference_latents(levels[-1])
        else:
            z = latents.movedim(2, -1)
        return self.decoder.prepare_references(levels, z.to(levels[-1].dtype), photos)

    def decode(
        self, latents: Tensor, references: DecoderReferences, state: DecoderState | None = None
    ) -> tuple[DecoderOutput, DecoderState]:
        """Decode any number of latents to what `core.model.vae.flow_field.compose` takes."""
        decoded, state = self.decoder(latents.movedim(2, -1), references, state)
        return decoded, state

    def compose(
        self, layers: Composition, photos: Tensor, size: tuple[int, int], matting: Matting | None
    ) -> Tensor:
        """Composite frames, see `core.model.vae.flow_field.compose`; `matting` only if the warped
        skip is `layered`."""
        return compose(layers, photos, size, matting if self.config.layered else None)

    def forward(
        self, frames: Tensor, photos: Tensor, matting: Matting | None = None
    ) -> Reconstruction:
        """Encode a clip, sample a latent, decode it with references: a step of training."""
        posterior, decoded = self.autoencode(frames, photos)
        composed = self.compose(decoded.composition, photos, size_of(frames), matting)
        return Reconstruction(composed, posterior, decoded)

    def autoencode(self, frames: Tensor, photos: Tensor) -> tuple[Posterior, DecoderOutput]:
        """Do the same, but for compositing frames."""
        posterior, _ = self.encode(frames)
        decoded, _ = self.decode(posterior.sample(), self.encode_references(photos))
        return posterior, decoded

    def _check_size(self, height: int, width: int) -> None:
        if height % self.spatial_stride or width % self.spatial_stride:
            stride = self.spatial_stride
            raise ValueError(f"{width}x{height} pixels, expected multiples of {stride}")
