"""Audio conditioning: an MLP embeds, for each latent, a window of audio features."""

import torch
from torch import Tensor, nn

from core.model.generator.generator_config import AudioConfig


class AudioEmbedder(nn.Module):
    """Embeds each latent's own audio frames, `past_frames` before and `lookahead_frames` after.

    A stream's first latent, a single frame, has an MLP of its own (2606.01620).
    """

    def __init__(self, config: AudioConfig) -> None:
        super().__init__()
        self.config = config
        self.norm = nn.LayerNorm(config.feature_size)
        context = config.past_frames + config.lookahead_frames
        self.first_mlp = self._mlp(1 + config.lookahead_frames)
        self.mlp = self._mlp(context + config.frames_per_latent)

    def _mlp(self, frames: int) -> nn.Sequential:
        return nn.Sequential(
            nn.Linear(frames * self.config.feature_size, self.config.hidden),
            nn.SiLU(),
            nn.Linear(self.config.hidden, self.config.width),
        )

    def start(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Begin a stream with its first frame and the lookahead, (batch, frames, features).

        Returns:
            The first latent's embedding, (batch, 1, width), and the state.
        """
        silence = x.new_zeros(len(x), self.config.past_frames - 1, x.shape[2])
        first: Tensor = self.first_mlp(self.norm(x).flatten(1))
        return first[:, None], torch.cat([silence, x], 1)

    def forward(self, x: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Embed (batch, frames_per_latent * latents, features) as (batch, latents, width).

        The state is the last `past_frames` + `lookahead_frames` before x; a clip that is cut from
        the middle of a longer one may begin with these. x is ahead of the latents by the lookahead.
        """
        span = self.config.frames_per_latent
        if x.shape[1] % span:
            raise ValueError(f"{x.shape[1]} frames, expected a multiple of {span}")
        x = torch.cat([state, x], 1)
        windows = self.norm(x).unfold(1, state.shape[1] + span, span)
        y: Tensor = self.mlp(windows.transpose(2, 3).flatten(2))
        return y, x[:, x.shape[1] - state.shape[1] :]

    def embed_clip(self, x: Tensor) -> Tensor:
        """Embed a clip from its start for 1 + n latents.

        `x` is (batch, 1 + frames_per_latent * n + lookahead_frames, features).
        """
        head = 1 + self.config.lookahead_frames
        first, state = self.start(x[:, :head])
        others, _ = self(x[:, head:], state)
        return torch.cat([first, others], 1)
