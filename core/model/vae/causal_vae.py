"""The causal video VAE: frames to latents, and latents with references back to frames.

Deep compression for portraits (2606.01620): references show what somebody looks like, so latents
need only tell how they move. Frames are (batch, time, 3, h, w) in [-1, 1], latents (batch, latents,
channels, h / space, w / space). A clip's first frame has a latent of its own, each other latent
stands for `time` frames; no frame ever sees a later one. States make one clip of many calls; None
begins it, and a state that was handed in is spent.
"""

from typing import NamedTuple

from torch import Tensor, nn

from core.model.vae.decoder import Decoder, DecoderOutput, DecoderReferences, DecoderState
from core.model.vae.encoder import Encoder, EncoderState, Posterior
from core.model.vae.flow_field import compose
from core.model.vae.vae_config import VaeConfig


class Reconstruction(NamedTuple):
    """A clip that went through the latent."""

    frames: Tensor
    """(batch, time, 3, h, w); colours may lie slightly outside of [-1, 1]."""
    posterior: Posterior
    decoded: DecoderOutput


class CausalVideoVae(nn.Module):
    """Encoder and decoder; for speed, keep it `.to(memory_format=torch.channels_last)`."""

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        self.config = config
        self.frames_per_latent, self.spatial_stride = (
            config.frames_per_latent,
            config.spatial_stride,
        )
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)

    def encode(
        self, frames: Tensor, state: EncoderState | None = None
    ) -> tuple[Posterior, EncoderState]:
        """Encode frames: at first 1 + n * `time` of them, later n * `time`.

        Raises:
            ValueError: so many frames make no whole latents, or rows and columns no whole cells.
        """
        time, *_, height, width = frames.shape[1:]
        extra = 0 if state else 1
        if time % self.frames_per_latent != extra % self.frames_per_latent or time < 1:
            raise ValueError(
                f"{time} frames, expected {extra} more than a multiple of {self.frames_per_latent}"
            )
        self._check_size(height, width)
        posterior, state = self.encoder(frames.movedim(2, -1), state)
        return posterior, state

    def encode_references(self, photos: Tensor) -> DecoderReferences:
        """Compute once what decoding needs of references, (batch, 0 to 3, 3, h, w) in [-1, 1].

        Raises:
            ValueError: rows and columns make no whole cells.
        """
        self._check_size(*photos.shape[3:])
        return self.decoder.prepare_references(self.encoder.features(photos.movedim(2, -1)), photos)

    def decode(
        self, latents: Tensor, references: DecoderReferences, state: DecoderState | None = None
    ) -> tuple[DecoderOutput, DecoderState]:
        """Decode any number of latents to the parts that `core.model.vae.flow_field.compose` joins."""
        decoded, state = self.decoder(latents.movedim(2, -1), references, state)
        return decoded, state

    def forward(self, frames: Tensor, photos: Tensor) -> Reconstruction:
        """Encode a clip, draw a latent, decode it with references: a step of training."""
        posterior, _ = self.encode(frames)
        decoded, _ = self.decode(posterior.sample(), self.encode_references(photos))
        size = (frames.shape[3], frames.shape[4])
        return Reconstruction(compose(decoded.composition, photos, size), posterior, decoded)

    def _check_size(self, height: int, width: int) -> None:
        if height % self.spatial_stride or width % self.spatial_stride:
            raise ValueError(
                f"{width}x{height} pixels, expected multiples of {self.spatial_stride}"
            )
