"""Embed audio features per latent: a window of frames through an MLP."""

import torch
from torch import Tensor, nn

from core.model.generator.generator_config import AudioConfig


class AudioEmbedder(nn.Module):
    """Tells each latent the sound of its frames, and of `past` before and `ahead` after them.

    A stream's first latent, a single frame, has a perceptron of its own (2606.01620).
    """

    def __init__(self, config: AudioConfig) -> None:
        super().__init__()
        self.config = config
        self.norm = nn.LayerNorm(config.feature_size)
        self.first_mlp = self._perceptron(1 + config.lookahead_frames)
        self.mlp = self._perceptron(
            config.past_frames + self.config.frames_per_latent + config.lookahead_frames
        )

    def _perceptron(self, frames: int) -> nn.Sequential:
        return nn.Sequential(
            nn.Linear(frames * self.config.feature_size, self.config.hidden),
            nn.SiLU(),
            nn.Linear(self.config.hidden, self.config.width),
        )

    def start(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Begin a stream with its first frame and the `ahead` next, (batch, frames, features).

        Returns:
            The first latent's (batch, 1, width), and the state.
        """
        silence = x.new_zeros(len(x), self.config.past_frames - 1, x.shape[2])
        first: Tensor = self.first_mlp(self.norm(x).flatten(1))
        return first[:, None], torch.cat([silence, x], 1)

    def forward(self, x: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Go on with (batch, FRAMES * latents, features); return (batch, latents, width).

        The state is the last `past + ahead` frames before x; a clip that is cut from the middle
        of a longer one may begin with these. With `ahead`, x runs so far ahead of the latents.
        """
        if x.shape[1] % self.config.frames_per_latent:
            raise ValueError(
                f"{x.shape[1]} frames, expected a multiple of {self.config.frames_per_latent}"
            )
        x = torch.cat([state, x], 1)
        heard = self.norm(x).unfold(
            1, state.shape[1] + self.config.frames_per_latent, self.config.frames_per_latent
        )
        y: Tensor = self.mlp(heard.transpose(2, 3).flatten(2))
        return y, x[:, x.shape[1] - state.shape[1] :]

    def embed_clip(self, x: Tensor) -> Tensor:
        """Turn a clip from its start, (batch, 1 + FRAMES * n + ahead, features), into 1 + n."""
        head = 1 + self.config.lookahead_frames
        first, state = self.start(x[:, :head])
        others, _ = self(x[:, head:], state)
        return torch.cat([first, others], 1)
