"""The neural engine: a trained avatar model as an `AvatarStream`."""

from collections.abc import Sequence
from typing import Generic, TypeVar

import torch
from torch import Tensor

from core.audio import Samples
from core.model.audio_encoders.audio_encoder import AudioEncoder
from core.model.avatar import Avatar
from core.model.generator.generator_config import Sampling
from core.neural.audio_conditioning import as_batch
from core.neural.inference import StreamingInference
from core.neural.latent_decoder import FrameRenderer
from core.neural.references import ReferenceFrames
from core.perception.speech.config import FRAME_SAMPLES
from core.speech_marks import Marks
from core.stream import SEED
from core.video import Frame, VideoFormat

WARM_UP_BLOCKS = 3
"""Blocks until the steps are captured and the captures are optimized."""

S = TypeVar("S")


class NeuralStream(Generic[S]):
    """Satisfies `AvatarStream`: a block of sound in, its frames out, two frames of look-ahead."""

    def __init__(
        self,
        avatar: Avatar,
        encoder: AudioEncoder[S],
        reference_frames: ReferenceFrames,
        format: VideoFormat,
        sampling: Sampling | None = None,
        seed: int = SEED,
    ) -> None:
        """The avatar, on its device and in its precision, is used as it is; one thread.

        Samples as the avatar was trained for, unless `sampling` says otherwise. Warms up: no later
        block is slow.

        Raises:
            ValueError: the encoder is not the one that the avatar was trained with.
        """
        config = avatar.config.generator
        sampling = sampling or config.sampling
        weight = avatar.generator.velocity_proj.weight
        references = reference_frames.references.to(weight.device, weight.dtype)
        self.format = format
        self._inference = StreamingInference(
            avatar, encoder, references, sampling, reference_frames.eyes
        )
        self._renderer = FrameRenderer(self._inference.decoder, reference_frames, weight.device)
        self.device = weight.device
        self._seed = seed
        self.hop = self._inference.conditioner.hop
        self.lag = self._inference.conditioner.lag * FRAME_SAMPLES
        self.reset()
        for _ in range(WARM_UP_BLOCKS):
            self.step(torch.zeros(self.hop).numpy())
        self.reset()

    def reset(self) -> None:
        """Restart the stream, as if no sound had been heard."""
        self._state = self._inference.start(self._seed)
        self._renderer.start(self._state.decoder, self._inference.conditioner.lag)

    def step(self, audio: Samples, marks: Marks | None = None) -> Sequence[Frame]:  # noqa: ARG002
        """See `AvatarStream.step`; the model was trained to listen, so it does."""
        return self.render(self.sample(audio))

    def skip(self, audio: Samples, marks: Marks | None = None) -> int:  # noqa: ARG002
        """See `Skippable.skip`: the decoder goes on, since each block leans on the one before."""
        return self._renderer.skip(self.sample(audio))

    def sample(self, audio: Samples) -> Tensor:
        """Return the latents of the next block; they may not outlast the next call."""
        batch = as_batch(audio, self.device)
        conditioning, state = self._inference.encode_audio(batch, self._state)
        latents, self._state = self._inference.sample(conditioning, state)
        return latents

    def render(self, latents: Tensor) -> list[Frame]:
        """Return a block's frames. Another thread may sample the next block meanwhile.

        Raises:
            RuntimeError: what the model gives are no numbers; they would be shown as black.
        """
        return self._renderer.render(latents)

    def close(self) -> None:
        """Release the streaming state and the captures."""
        del self._inference, self._renderer, self._state
