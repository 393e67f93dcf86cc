"""The neural engine: sound and one to three photos become frames, as an `AvatarStream`."""

from collections.abc import Sequence
from typing import Generic, TypeVar

import torch
from torch import Tensor

from core.audio import Samples
from core.model.audio import AudioEncoder
from core.model.avatar import Avatar
from core.model.generator_config import Sampling
from core.neural.act import Act, policy_of
from core.neural.listener import as_tensor
from core.neural.painter import Painter
from core.neural.sitting import Sitting
from core.perception.hearing import FRAME
from core.video import Frame, VideoFormat

WARM = 3
"""Blocks until recordings are made, and made fast."""
SEED = 7
"""Of a performance nobody chose another seed for."""

S = TypeVar("S")


class NeuralStream(Generic[S]):
    """Satisfies `AvatarStream`: a block of sound in, its frames out, two frames of look-ahead."""

    def __init__(
        self,
        avatar: Avatar,
        encoder: AudioEncoder[S],
        sitting: Sitting,
        format: VideoFormat,
        sampling: Sampling | None = None,
        forcing: bool = True,
        seed: int = SEED,
    ) -> None:
        """The avatar, on its device and in its precision, is used as it is; one thread.

        `forcing`: past blocks are remembered as noisy as the present one (timestep-forcing),
        otherwise clean. A few blocks are computed here, so that no later one is slow.

        Raises:
            ValueError: the encoder is not the one that the avatar was trained with.
        """
        config = avatar.config.generator
        sampling = sampling or config.sampling
        weight = avatar.generator.velocity.weight
        references = sitting.references.to(weight.device, weight.dtype)
        policy = policy_of(config, sampling, forcing)
        self.format = format
        self._act = Act(avatar, encoder, references, sampling, policy)
        self._painter = Painter(sitting, weight.device)
        self.device = weight.device
        self._seed = seed
        self.hop = self._act.listener.hop
        self.lag = self._act.listener.lag * FRAME
        self.restart()
        for _ in range(WARM):
            self.step(torch.zeros(self.hop).numpy())
        self.restart()

    def restart(self) -> None:
        """Begin anew, as if no sound had been heard."""
        self._drawing = self._decoding = self._act.begin(self._seed)
        self._shown = -(self._act.listener.ahead_of - 1) * FRAME

    def step(self, audio: Samples) -> Sequence[Frame]:
        """See `AvatarStream.step`."""
        return self.show(self.draw(audio))

    def draw(self, audio: Samples) -> Tensor:
        """Return the latents of the next block; they may not outlast the next call."""
        heard, state = self._act.hear(as_tensor(audio, self.device), self._drawing)
        latents, self._drawing = self._act.draw(heard, state)
        return latents

    def show(self, latents: Tensor) -> list[Frame]:
        """Return a block's frames. Another thread may draw the next block meanwhile."""
        layers, self._decoding = self._act.decode(latents, self._decoding)
        frames = []
        for picture in self._painter.paint(layers):
            if self._shown >= 0:
                frames.append(Frame(picture, self._shown))
            self._shown += FRAME
        return frames

    def close(self) -> None:
        """Let go of what the networks remember."""
        del self._act, self._painter, self._drawing, self._decoding
