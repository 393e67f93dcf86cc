"""The causal video VAE: frames to latents, and latents with references back to frames.

Deep compression for portraits (2606.01620): references show what somebody looks like, so latents
need only tell how they move. Frames are (batch, time, 3, h, w) in [-1, 1], latents (batch, latents,
channels, h / space, w / space). A clip's first frame has a latent of its own, each other latent
stands for `time` frames; no frame ever sees a later one. States make one clip of many calls; None
begins it, and a state that was handed in is spent.
"""

from typing import NamedTuple

from torch import Tensor, nn

from core.model.decoder import Decoded, Decoder, DecoderState, References
from core.model.encoder import Encoder, EncoderState, Posterior
from core.model.field import compose
from core.model.vae_config import VaeConfig


class Reconstruction(NamedTuple):
    """A clip that went through the latent."""

    frames: Tensor
    """(batch, time, 3, h, w); colours may lie slightly outside of [-1, 1]."""
    posterior: Posterior
    decoded: Decoded


class CausalVideoVae(nn.Module):
    """Encoder and decoder; for speed, keep it `.to(memory_format=torch.channels_last)`."""

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        self.config = config
        self.time, self.space = config.time, config.space
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
        if time % self.time != extra % self.time or time < 1:
            raise ValueError(f"{time} frames, expected {extra} more than a multiple of {self.time}")
        self._check_size(height, width)
        posterior, state = self.encoder(frames.movedim(2, -1), state)
        return posterior, state

    def refer(self, photos: Tensor) -> References:
        """Compute once what decoding needs of references, (batch, 0 to 3, 3, h, w) in [-1, 1].

        Raises:
            ValueError: rows and columns make no whole cells.
        """
        self._check_size(*photos.shape[3:])
        return self.decoder.offer(self.encoder.features(photos.movedim(2, -1)), photos)

    def decode(
        self, latents: Tensor, references: References, state: DecoderState | None = None
    ) -> tuple[Decoded, DecoderState]:
        """Decode any number of latents to the parts that `core.model.field.compose` joins."""
        decoded, state = self.decoder(latents.movedim(2, -1), references, state)
        return decoded, state

    def forward(self, frames: Tensor, photos: Tensor) -> Reconstruction:
        """Encode a clip, draw a latent, decode it with references: a step of training."""
        posterior, _ = self.encode(frames)
        decoded, _ = self.decode(posterior.sample(), self.refer(photos))
        size = (frames.shape[3], frames.shape[4])
        return Reconstruction(compose(decoded.layers, photos, size), posterior, decoded)

    def _check_size(self, height: int, width: int) -> None:
        if height % self.space or width % self.space:
            raise ValueError(f"{width}x{height} pixels, expected multiples of {self.space}")
