"""A pipeline's ranks, here one after the other, show what the neural engine shows in one place."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from core.audio import Samples
from core.model.audio_encoders.audio_encoder import SpeechAudioEncoder
from core.model.avatar import Avatar
from core.model.generator.generator_config import Sampling
from core.neural.neural_stream import NeuralStream
from core.neural.pipeline_ranks import (
    RenderingRank,
    StreamingDenoiser,
    timestep_forcing_policy,
)
from core.stream import SEED
from core.video import Frame
from tests.core.neural.small import CONFIG, FORMAT, avatar, encoder, reference_frames, sampled
from tests.fakes import tone


class StoringLink:
    """Satisfies `RankLink` for ranks that run one after the other: what is sent is kept."""

    def __init__(self, rank: int, sent: dict[int, list[Tensor]]) -> None:
        self.rank, self._sent = rank, sent

    def send(self, tensor: Tensor, to: int) -> None:
        self._sent.setdefault(to, []).append(tensor.clone())

    def flush(self) -> None:
        pass

    def receive(self, like: Tensor, source: int) -> Tensor:
        tensor = self._sent[self.rank].pop(0)
        assert (tensor.shape, tensor.dtype) == (like.shape, like.dtype)
        return tensor

    def broadcast(self, tensor: Tensor, source: int) -> Tensor:
        if self.rank != source:
            return self.receive(tensor, source)
        for other in range(source):
            self.send(tensor, other)
        return tensor


def network(sampling: Sampling) -> Avatar:
    """Return the small model with a sampling of its own."""
    made = avatar()
    made.config = replace(CONFIG, generator=replace(CONFIG.generator, sampling=sampling))
    made.generator.config = made.config.generator
    return made


def in_turns(made: Avatar, hops: Sequence[Samples], streams: int) -> list[list[Frame]]:
    """Return the frames of some streams of the same sound, made by one rank after the other."""
    steps, sent = made.config.generator.sampling.steps, dict[int, list[Tensor]]()
    renderer = RenderingRank(made, reference_frames(2), StoringLink(steps, sent))
    speech = SpeechAudioEncoder(encoder())
    for step in range(steps):
        rank = StreamingDenoiser(made.generator, speech, 2, StoringLink(step, sent))
        for _ in range(streams):
            rank.run(hops, SEED)
    shown: list[list[Frame]] = [[] for _ in range(streams)]
    for frames in shown:
        renderer.run(hops, speech.lag, frames.extend)
    return shown


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("block", "cfg_scale"), [(1, 1.0), (2, 1.5)])
def test_ranks_show_what_one_stream_does_again_and_again(block: int, cfg_scale: float) -> None:
    """With the photos as sink; where the first latent replaces them, ranks have to run at once."""
    made = network(sampled(block=block, steps=2, cfg_scale=cfg_scale))
    speech = SpeechAudioEncoder(encoder())
    with closing(NeuralStream(made, speech, reference_frames(2), FORMAT)) as stream:
        hops = list(tone(stream.hop * 7 / 16_000).reshape(7, stream.hop))
        expected = [frame for hop in hops for frame in stream.step(hop)]
    for shown in in_turns(made, hops, streams=2):
        assert [frame.sample for frame in shown] == [frame.sample for frame in expected]
        for frame, other in zip(shown, expected, strict=True):
            assert np.abs(frame.picture.astype(int) - other.picture).max() <= 1
    assert np.ptp([frame.picture.mean() for frame in expected]) > 0


def test_steps_of_a_model_that_looks_back_at_finished_blocks_cannot_run_apart() -> None:
    clean = replace(CONFIG.generator, sampling=sampled(kv_cache="clean"))
    with pytest.raises(ValueError, match="export the model with timestep forcing"):
        timestep_forcing_policy(clean)
    assert timestep_forcing_policy(CONFIG.generator).history == CONFIG.generator.history


def test_damaged_weights_are_told_by_the_rank_that_renders() -> None:
    made, hops = network(sampled(steps=1)), [np.zeros(2560, np.float32)]
    with torch.no_grad():
        made.generator.velocity_proj.weight.fill_(torch.nan)
    with pytest.raises(RuntimeError, match="weights are damaged"):
        in_turns(made, hops, streams=1)
