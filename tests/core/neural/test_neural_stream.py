"""The neural engine behind the same contract as every other."""

from contextlib import closing
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from core.audio import Samples
from core.model.audio_encoders.audio_encoder import SpeechAudioEncoder
from core.model.generator.generator_config import KVCacheMode, Sampling
from core.neural.audio_conditioning import AudioConditioner
from core.neural.neural_stream import NeuralStream
from core.neural.step_capture import CapturedStep
from core.perception.speech.config import FRAME_SAMPLES
from core.perception.speech.encoder_torch import SpeechState
from core.stream import AvatarStream
from core.video import Frame
from tests.core.neural.small import CONFIG, FORMAT, avatar, encoder, reference_frames, sampled
from tests.fakes import tone


def opened(
    block: int = 1,
    kv_cache: KVCacheMode = "timestep-forcing",
    references: int = 1,
    seed: int = 7,
    guidance: float = 1.0,
) -> closing[NeuralStream[SpeechState]]:
    given = sampled(block=block, cfg_scale=guidance, kv_cache=kv_cache)
    audio_encoder = SpeechAudioEncoder(encoder())
    return closing(
        NeuralStream(avatar(), audio_encoder, reference_frames(references), FORMAT, given, seed)
    )


def fed(stream: AvatarStream, sound: Samples) -> list[Frame]:
    pieces = sound[: len(sound) // stream.hop * stream.hop].reshape(-1, stream.hop)
    return [frame for piece in pieces for frame in stream.step(piece)]


def pictures(frames: list[Frame]) -> NDArray[np.int16]:
    return np.stack([frame.picture for frame in frames]).astype(np.int16)


@pytest.mark.parametrize("block", [1, 2])
@pytest.mark.parametrize("kv_cache", get_args(KVCacheMode))
def test_frames_come_in_order_and_two_frames_late(block: int, kv_cache: KVCacheMode) -> None:
    with opened(block, kv_cache) as stream:
        assert stream.hop == block * 4 * FRAME_SAMPLES
        assert stream.lag == 2 * FRAME_SAMPLES
        frames = fed(stream, tone(3.0))
    fed_frames = int(3.0 * 16_000) // stream.hop * stream.hop // FRAME_SAMPLES
    assert [f.sample for f in frames] == [FRAME_SAMPLES * n for n in range(fed_frames - 2)]
    assert all(f.picture.shape == (FORMAT.height, FORMAT.width, 3) for f in frames)


def test_the_face_moves_with_the_sound_and_the_frame_around_it_does_not() -> None:
    with opened() as stream:
        spoken = pictures(fed(stream, tone(2.0)))
        stream.reset()
        silent = pictures(fed(stream, np.zeros(32_000, np.float32)))
    assert np.abs(spoken - silent)[:, 20:44, 32:56].max() > 0
    assert np.all(spoken[:, :, :20] == 90)
    assert np.all(spoken[:, :, 68:] == 90)


def test_a_restarted_stream_shows_the_same_again() -> None:
    with opened() as stream:
        first = pictures(fed(stream, tone(1.0)))
        stream.reset()
        assert np.array_equal(first, pictures(fed(stream, tone(1.0))))
    with opened(seed=8) as other:
        assert not np.array_equal(first, pictures(fed(other, tone(1.0))))


def test_skipped_blocks_are_counted_and_what_follows_is_as_if_they_had_been_shown() -> None:
    with opened() as stream:
        sound = tone(1.0)
        pieces = sound[: len(sound) // stream.hop * stream.hop].reshape(-1, stream.hop)
        shown = [stream.step(piece) for piece in pieces]
        stream.reset()
        skipped = [stream.skip(piece) for piece in pieces[:-1]]
        last = stream.step(pieces[-1])
    assert skipped == [len(frames) for frames in shown[:-1]]
    assert [frame.sample for frame in last] == [frame.sample for frame in shown[-1]]
    assert np.array_equal(pictures(list(last)), pictures(list(shown[-1])))


def test_what_comes_later_changes_no_frame_that_is_out() -> None:
    loud, hop = tone(1.6), 4 * FRAME_SAMPLES
    cut = loud.copy()
    cut[5 * hop :] = 0
    with opened() as stream:
        whole = pictures(fed(stream, loud))
        stream.reset()
        part = pictures(fed(stream, cut))
    known = 5 * 4 - 2
    assert np.array_equal(whole[:known], part[:known])


@pytest.mark.parametrize("references", [1, 2, 3])
def test_any_number_of_references_will_do(references: int) -> None:
    with opened(references=references) as stream:
        assert len(fed(stream, tone(0.8))) == 18


def test_a_model_is_played_with_the_cache_and_the_sink_that_it_names() -> None:
    named, network = sampled(kv_cache="clean", replaces_sink=True), avatar()
    network.config = replace(CONFIG, generator=replace(CONFIG.generator, sampling=named))
    played = []
    for model, given in ((network, None), (avatar(), named), (avatar(), None)):
        audio_encoder = SpeechAudioEncoder(encoder())
        stream = NeuralStream(model, audio_encoder, reference_frames(), FORMAT, given, 7)
        hops = np.zeros((12, stream.hop), np.float32)
        played.append(torch.cat([stream.sample(hop).clone() for hop in hops]))
        stream.close()
    assert torch.equal(played[0], played[1])
    assert not torch.equal(played[0], played[2])


def test_guidance_of_one_is_no_guidance() -> None:
    with opened(guidance=1.0) as one, opened(guidance=1.5) as more:
        plain, guided = (pictures(fed(s, tone(0.8))) for s in (one, more))
    assert not np.array_equal(plain, guided)


def test_captured_conditioning_is_the_same() -> None:
    conditioner = AudioConditioner(
        SpeechAudioEncoder(encoder()), avatar().generator.audio_embedder, 1
    )
    recorded, sound = CapturedStep(conditioner.step), torch.randn(4, 1, conditioner.hop)
    with torch.inference_mode():
        _, here = conditioner.start(torch.device("cpu"))
        there = here
        for hop in sound:
            conditioning, here = conditioner.step(hop, here)
            again, there = recorded(hop, state=there)
            assert torch.allclose(conditioning, again)


def test_half_precision_gives_nearly_the_same() -> None:
    halved = avatar().to(torch.bfloat16)
    with (
        opened() as exact,
        closing(
            NeuralStream(halved, SpeechAudioEncoder(encoder()), reference_frames(), FORMAT)
        ) as rough,
    ):
        a, b = (pictures(fed(stream, tone(0.8))) for stream in (exact, rough))
    assert a.shape == b.shape
    assert np.abs(a - b).mean() < 12


def test_another_encoder_than_the_one_trained_with_is_refused() -> None:
    class Other(SpeechAudioEncoder):
        def __init__(self) -> None:
            super().__init__(encoder())
            self.feature_size = 6

    with pytest.raises(ValueError, match="6 features"):
        NeuralStream(avatar(), Other(), reference_frames(), FORMAT, Sampling(1, 2, 3.0, 1.0))


@pytest.mark.parametrize("part", ["generator", "vae"])
@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_a_model_that_gives_no_numbers_has_failed(part: str, value: float) -> None:
    model = avatar()
    with torch.no_grad():
        for weight in getattr(model, part).parameters():
            weight.fill_(value)
    speech = SpeechAudioEncoder(encoder())
    with pytest.raises(RuntimeError, match="weights are damaged"):
        NeuralStream(model, speech, reference_frames(1), FORMAT, sampled())
