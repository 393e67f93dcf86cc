"""The audio encoder's contract and our own encoder: sound runs ahead of its picture by 80 ms."""

import pytest
import torch

from core.model.audio_encoders.audio_encoder import SpeechAudioEncoder, total_lag
from core.model.generator.generator_config import AudioConfig
from core.perception.speech.config import FRAME_SAMPLES, SpeechConfig
from core.perception.speech.encoder_torch import SpeechEncoder


def test_our_encoder_gives_the_features_visemes_are_read_from() -> None:
    torch.manual_seed(0)
    network = SpeechEncoder(
        SpeechConfig(mel_bands=16, channels=3, width=8, gru_layers=1, feature_width=6)
    )
    encoder = SpeechAudioEncoder(network.eval())
    sound = 0.1 * torch.randn(2, 8 * FRAME_SAMPLES)
    features, _ = encoder.encode(sound, encoder.initial_state(2))
    assert features.shape == (2, 8, 6)
    assert torch.equal(features, network(sound, network.initial_state(2))[0].features)


def test_sound_may_run_ahead_by_80_ms_in_all() -> None:
    encoder = SpeechAudioEncoder(SpeechEncoder(SpeechConfig()))
    assert total_lag(encoder, AudioConfig()) == 2
    with pytest.raises(ValueError, match="3 frames ahead"):
        total_lag(encoder, AudioConfig(lookahead_frames=1))
    with pytest.raises(ValueError, match="128 features"):
        total_lag(encoder, AudioConfig(feature_size=768))
