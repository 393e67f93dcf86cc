"""Latents to frames, with one profile's references: decoded, composited and numbered."""

from typing import NamedTuple

import torch
from torch import Tensor

from core.model.avatar import Avatar
from core.model.vae.decoder import DecoderState
from core.model.vae.flow_field import Composition
from core.neural.compositor import Compositor
from core.neural.opened_photo import Eyelids, EyeRegions, show_instead_of_paint
from core.neural.references import ReferenceFrames
from core.neural.step_capture import CapturedStep
from core.perception.speech.config import FRAME_SAMPLES
from core.sentence import said
from core.video import Frame


class DecodingState(NamedTuple):
    """State of a stream that is decoded; spent by the next block."""

    decoder: DecoderState
    frames: int
    """Decoded so far."""


class LatentDecoder:
    """An avatar's decoder with one profile's references; starts any number of streams.

    The step is captured at the first block, see `core.neural.step_capture`.
    """

    def __init__(self, avatar: Avatar, references: Tensor, eyes: EyeRegions | None = None) -> None:
        """`references` (1, n, 3, size, size) in [-1, 1], on the avatar's device.

        `eyes`: of the first photo, its lips sealed, if the last one is the same with its mouth
        opened and its eyes shut, for the decoder alone.
        """
        self._avatar, self._dtype = avatar, references.dtype
        self._captured: CapturedStep[DecoderState] = CapturedStep(self._decode)
        self._lids = Eyelids(eyes) if eyes else None
        with torch.inference_mode():
            self._references = avatar.vae.encode_references(references)
            photos = self._references.latents[:, : references.shape[1] - (eyes is not None)]
            latents = avatar.normalize(photos)
        self.reference_latents: Tensor = latents.to(references.dtype).contiguous()
        """What the generator sees of the photos, (1, n, channels, grid, grid)."""

    @torch.inference_mode()
    def start(self, latents: Tensor) -> DecodingState:
        """Start a stream with its first latent, (1, 1, ...), a single frame that nobody sees."""
        return DecodingState(self._decode(latents, None)[1], 1)

    @torch.inference_mode()
    def decode(self, latents: Tensor, state: DecodingState) -> tuple[Composition, DecodingState]:
        """Return the layers of a block's frames; overwritten by the next call."""
        layers, decoder = self._captured(latents, state=state.decoder)
        composition = Composition(*layers)
        after = DecodingState(decoder, state.frames + composition.residual.shape[1])
        if self._lids:
            composition = self._lids.blink(show_instead_of_paint(composition), state.frames)
        return composition, after

    def _decode(
        self, latents: Tensor, state: DecoderState | None
    ) -> tuple[Composition, DecoderState]:
        if self._lids:
            sealed, gain = self.reference_latents[:, :1], self._avatar.config.lip_gain
            latents = self._avatar.part_lips(latents, sealed, gain)
        denormalized = self._avatar.denormalize(latents).to(self._dtype)
        output, state = self._avatar.vae.decode(denormalized, self._references, state)
        return output.composition, state


class FrameRenderer:
    """Renders a stream's latents, block after block, as numbered frames; one thread."""

    def __init__(self, decoder: LatentDecoder, frames: ReferenceFrames, device: torch.device):
        self._decoder, self._compositor = decoder, Compositor(frames, device)

    def start(self, state: DecodingState, lag: int) -> None:
        """Start a stream from its first latent; `lag` more frames lie before its sound."""
        self._state, self._next_sample = state, -lag * FRAME_SAMPLES

    def skip(self, latents: Tensor) -> int:
        """Decode a block without composing it; return how many frames it would have been."""
        layers, self._state = self._decoder.decode(latents, self._state)
        first, count = self._next_sample, layers.residual.shape[1]
        self._next_sample += count * FRAME_SAMPLES
        return sum(first + number * FRAME_SAMPLES >= 0 for number in range(count))

    def render(self, latents: Tensor) -> list[Frame]:
        """Return a block's frames, those before the sound left out.

        Raises:
            RuntimeError: what the model gives are no numbers; they would be shown as black.
        """
        layers, self._state = self._decoder.decode(latents, self._state)
        if not all(bool(part.isfinite().all()) for part in (latents, *layers)):
            raise RuntimeError(
                said(
                    "the model's weights are damaged:",
                    remedy="fetch it again, or choose the puppet",
                )
            )
        frames = []
        for picture in self._compositor.compose(layers):
            if self._next_sample >= 0:
                frames.append(Frame(picture, self._next_sample))
            self._next_sample += FRAME_SAMPLES
        return frames
