"""Sampling one block while the last one is decoded."""

from contextlib import closing
from typing import get_args

import numpy as np
import pytest

from core.benchmark.pipelined_stream import PipelinedStream
from core.model.audio_encoders.audio_encoder import SpeechAudioEncoder
from core.model.generator.generator_config import KVCacheMode
from core.neural.neural_stream import NeuralStream
from tests.core.neural.small import FORMAT, avatar, encoder, reference_frames, sampled
from tests.core.neural.test_neural_stream import fed, opened, pictures
from tests.fakes import tone


@pytest.mark.parametrize("kv_cache", get_args(KVCacheMode))
def test_sampling_ahead_gives_the_same_frames_a_hop_later(kv_cache: KVCacheMode) -> None:
    sound = tone(1.6)
    with opened(kv_cache=kv_cache) as stream:
        plain = fed(stream, sound)
    stream = NeuralStream(
        avatar(),
        SpeechAudioEncoder(encoder()),
        reference_frames(),
        FORMAT,
        sampled(kv_cache=kv_cache),
    )
    with closing(PipelinedStream(stream)) as ahead:
        assert ahead.lag == stream.lag + stream.hop
        overlapped = fed(ahead, sound)
    assert [f.sample for f in overlapped] == [f.sample for f in plain[:-4]]
    assert np.array_equal(pictures(overlapped), pictures(plain[:-4]))
