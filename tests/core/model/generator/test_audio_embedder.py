"""The audio embedder: streams equal clips, a latent depends on its window of frames alone."""

import pytest
import torch
from torch import Tensor

from core.model.generator.audio_embedder import AudioEmbedder
from core.model.generator.generator_config import AudioConfig

AHEAD = AudioConfig(feature_size=3, hidden=8, width=4, past_frames=3, lookahead_frames=2)
SPAN = AHEAD.frames_per_latent


@pytest.fixture(scope="module", params=[0, 2], ids=["nothing ahead", "two frames ahead"])
def embedder(request: pytest.FixtureRequest) -> AudioEmbedder:
    torch.manual_seed(0)
    config = AudioConfig(**{**vars(AHEAD), "lookahead_frames": request.param})
    return AudioEmbedder(config).double()


def test_any_cut_of_a_clip_is_the_whole(embedder: AudioEmbedder) -> None:
    x = _frames(6, embedder.config)
    whole = embedder.embed_clip(x)
    assert whole.shape == (2, 7, AHEAD.width)
    head = 1 + embedder.config.lookahead_frames
    for cuts in ([1] * 6, [2, 4], [5, 1]):
        first, state = embedder.start(x[:, :head])
        pieces = [first]
        for piece in torch.split(x[:, head:], [SPAN * cut for cut in cuts], 1):
            y, state = embedder(piece, state)
            pieces.append(y)
        torch.testing.assert_close(torch.cat(pieces, 1), whole)


def test_a_latent_depends_on_its_frames_some_before_and_the_lookahead(
    embedder: AudioEmbedder,
) -> None:
    x = _frames(6, embedder.config).requires_grad_()
    latent = 3  # frames 9 to 12
    (gradient,) = torch.autograd.grad(embedder.embed_clip(x)[:, latent].sum(), x)
    frames = gradient.abs().amax((0, 2)).nonzero().flatten().tolist()
    assert frames == list(range(9 - AHEAD.past_frames, 13 + embedder.config.lookahead_frames))


def test_a_clip_from_the_middle_goes_on_from_the_frames_before_it(
    embedder: AudioEmbedder,
) -> None:
    x, config = _frames(6, embedder.config), embedder.config
    begin = 1 + config.lookahead_frames + 2 * SPAN
    y, _ = embedder(
        x[:, begin:], x[:, begin - config.past_frames - config.lookahead_frames : begin]
    )
    torch.testing.assert_close(y, embedder.embed_clip(x)[:, 3:])


def test_a_part_of_a_latent_is_refused(embedder: AudioEmbedder) -> None:
    with pytest.raises(ValueError, match="multiple of 4"):
        embedder(torch.zeros(1, 3, AHEAD.feature_size), torch.zeros(1, 5, AHEAD.feature_size))


def _frames(latents: int, config: AudioConfig) -> Tensor:
    torch.manual_seed(1)
    return torch.randn(2, 1 + SPAN * latents + config.lookahead_frames, 3, dtype=torch.float64)
