"""The model under evaluation: as it does live."""

from typing import NamedTuple, get_args

import pytest
import torch
from torch import Tensor

from core.model.audio_encoders.audio_encoder import SpeechAudioEncoder
from core.model.generator.generator_config import KVCacheMode
from core.model.vae.flow_field import Matting
from core.neural.inference import StreamingInference
from core.perception.speech.config import FRAME_SAMPLES, LATENCY_FRAMES
from core.training.evaluation.model_player import (
    ModelPlayer,
    Photos,
    PrecomputedFeatures,
    first_photos,
    vae_reconstruction,
)
from tests.core.neural.small import CONFIG, avatar, encoder, sampled
from tests.core.training.avatar.moving import Colours, nothing_but_person


def whole(photos: Tensor) -> Photos:
    """Return references (1, references, 3, h, w) that show no background."""
    return Photos(photos, nothing_but_person(torch.zeros(1, 3, 32, 32), photos.shape[1]))


def test_precomputed_features_are_given_and_begin_again() -> None:
    known = torch.arange(10.0).view(5, 2)
    features_encoder = PrecomputedFeatures(known)
    first, state = features_encoder.encode(
        torch.zeros(1, 3 * FRAME_SAMPLES), features_encoder.initial_state(1)
    )
    second, _ = features_encoder.encode(torch.zeros(1, 4 * FRAME_SAMPLES), state)
    assert torch.equal(torch.cat([first, second], 1)[0], known[[0, 1, 2, 3, 4, 0, 1]])


@pytest.mark.parametrize("replaces_sink", [True, False])
@pytest.mark.parametrize("kv_cache", get_args(KVCacheMode))
def test_the_model_under_evaluation_samples_what_the_live_one_samples(
    kv_cache: KVCacheMode, replaces_sink: bool
) -> None:
    network, speech_encoder = avatar(), SpeechAudioEncoder(encoder())
    sound = 0.1 * torch.randn(
        1, (1 + 12 + LATENCY_FRAMES) * FRAME_SAMPLES, generator=torch.Generator().manual_seed(0)
    )
    photos = torch.rand(1, 1, 3, 32, 32) * 2 - 1
    sampling = sampled(kv_cache=kv_cache, replaces_sink=replaces_sink)
    live = StreamingInference(network, speech_encoder, photos, sampling)
    begun = live.start(3)
    # Live, frames lie before the first sound: what they hear is silence.
    silence, state = speech_encoder.encode(
        torch.zeros(1, (1 + LATENCY_FRAMES) * FRAME_SAMPLES), speech_encoder.initial_state(1)
    )
    heard, _ = speech_encoder.encode(sound[:, : 12 * FRAME_SAMPLES], state)
    features = torch.cat([silence[:, -1:], heard], 1)[0]
    player = ModelPlayer(network, features, whole(photos), sampling, 3)
    for start in range(0, 12, 4):
        hop = sound[:, start * FRAME_SAMPLES : (start + 4) * FRAME_SAMPLES]
        told, begun = live.encode_audio(hop, begun)
        latents, begun = live.sample(told, begun)
        torch.testing.assert_close(player.sample(), latents, atol=1e-5, rtol=1e-4)


class Photographed(NamedTuple):
    """See `PhotographedClip`."""

    references: Tensor
    reference_landmarks: Tensor
    matting: Matting


def test_the_opened_photo_comes_along_with_the_first() -> None:
    plain = Colours().next_batch(1, 5)
    clip = Photographed(plain.references, torch.rand(1, 2, 478, 2), plain.matting)
    for count, wanted in ((0, []), (1, [0, 1])):
        photos = first_photos(clip, count, opened=True)
        assert torch.equal(photos.references, clip.references[:, wanted])
        assert torch.equal(photos.matting.alphas, clip.matting.alphas[:, wanted])
        assert (photos.eyes is not None) == (count > 0)
    photos = first_photos(clip, 2, opened=False)
    assert torch.equal(photos.references, clip.references[:, :2])
    assert photos.eyes is None


@pytest.mark.parametrize("references", [0, 1, 3])
def test_a_model_plays_with_any_number_of_photos(references: int) -> None:
    features = torch.randn(9, 5, generator=torch.Generator().manual_seed(0))
    photos = torch.rand(1, references, 3, 32, 32)
    sampling = CONFIG.generator.sampling
    played = ModelPlayer(avatar(), features, whole(photos), sampling, 1).generate(7)
    assert played.shape == (7, 3, 32, 32)
    assert played.isfinite().all()
    assert played.abs().max() <= 1


def test_a_clip_through_the_latent_keeps_its_frames() -> None:
    frames = torch.rand(1, 5, 3, 32, 32) * 2 - 1
    for count in (0, 2):
        photos = whole(frames[:, :count])
        assert vae_reconstruction(avatar(), frames, photos).shape == (5, 3, 32, 32)
