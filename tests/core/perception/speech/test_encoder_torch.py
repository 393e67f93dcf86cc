"""The speech encoder: a stream is a clip, the future stays there, the mouth does what it should."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from core.checkpoint import BadCheckpoint
from core.perception.speech.config import (
    FRAME_SAMPLES,
    LATENCY_FRAMES,
    LOOKAHEAD_SAMPLES,
    WEIGHTS,
    SpeechConfig,
)
from core.perception.speech.encoder_torch import SpeechEncoder, SpeechFrames, load_speech_encoder
from core.perception.speech.visemes import SILENCE
from core.tensors import save
from tests.core.perception.speech.sounds import vowel

SMALL = SpeechConfig(mel_bands=16, channels=3, width=8, gru_layers=1, feature_width=6)


@pytest.fixture(scope="module")
def small() -> SpeechEncoder:
    torch.manual_seed(0)
    return SpeechEncoder(SMALL).double().eval()


@pytest.fixture(scope="module")
def shipped() -> SpeechEncoder:
    return load_speech_encoder()


def test_any_cut_of_the_sound_gives_the_same_mouth(small: SpeechEncoder) -> None:
    x = _sound(frames=12, batch=2)
    whole, _ = small(x, small.initial_state(2))
    for cuts in ([1] * 12, [5, 7], [1, 10, 1], [3, 3, 3, 3], [11, 1]):
        state, pieces = small.initial_state(2), []
        for piece in torch.split(x, [FRAME_SAMPLES * cut for cut in cuts], 1):
            speech, state = small(piece, state)
            pieces.append(speech)
        for name, column in whole._asdict().items():
            joined = torch.cat([getattr(piece, name) for piece in pieces], 1)
            torch.testing.assert_close(joined, column, rtol=0, atol=1e-9)


def test_a_frame_depends_on_its_look_ahead_and_nothing_later(small: SpeechEncoder) -> None:
    x, frame = _sound(frames=10, batch=1).requires_grad_(), 4
    speech, _ = small(x, small.initial_state(1))
    (gradient,) = torch.autograd.grad(speech.opening[0, frame + LATENCY_FRAMES], x)
    end = (frame + 1) * FRAME_SAMPLES + LOOKAHEAD_SAMPLES
    assert gradient[0, end:].abs().max() == 0
    assert gradient[0, end - FRAME_SAMPLES : end].abs().max() > 0


def test_what_comes_later_cannot_change_the_past(small: SpeechEncoder) -> None:
    x = _sound(frames=10, batch=1)
    other = x.clone()
    other[:, 6 * FRAME_SAMPLES :] = 0.7
    one, two = (small(sound, small.initial_state(1))[0] for sound in (x, other))
    assert torch.equal(one.visemes[:, :6], two.visemes[:, :6])
    assert not torch.equal(one.visemes[:, 6], two.visemes[:, 6])


def test_answers_are_shares(small: SpeechEncoder) -> None:
    speech, _ = small(_sound(frames=5, batch=3), small.initial_state(3))
    assert speech.visemes.shape == (3, 5, 15)
    assert speech.features.shape == (3, 5, SMALL.feature_width)
    torch.testing.assert_close(speech.visemes.sum(2), torch.ones(3, 5, dtype=torch.float64))
    for share in (speech.opening, speech.voicing):
        assert share.shape == (3, 5)
        assert share.min() >= 0
        assert share.max() <= 1


def test_a_broken_frame_is_refused(small: SpeechEncoder) -> None:
    with pytest.raises(ValueError, match="700 samples, expected a multiple of 640"):
        small(torch.zeros(1, 700, dtype=torch.float64), small.initial_state(1))


@pytest.mark.parametrize("level", [0.0, 1e-4, 1e-2, 0.2])
def test_silence_and_noise_keep_the_mouth_shut(shipped: SpeechEncoder, level: float) -> None:
    noise = np.random.default_rng(0).standard_normal(75 * FRAME_SAMPLES) * level
    speech = _encode(shipped, noise.clip(-1, 1).astype(np.float32))
    assert speech.opening.max() < 0.1
    assert speech.visemes[0, LATENCY_FRAMES:, SILENCE].min() > 0.5


@pytest.mark.parametrize("gain", [0.03, 0.3, 1.0])
def test_a_vowel_opens_the_mouth_at_any_gain(shipped: SpeechEncoder, gain: float) -> None:
    speech = _encode(shipped, (vowel(frames=50) * gain).astype(np.float32))
    vowel_opening, pause = (
        speech.opening[0, LATENCY_FRAMES + 12 : LATENCY_FRAMES + 22],
        speech.opening[0, LATENCY_FRAMES + 29 : LATENCY_FRAMES + 35],
    )
    assert vowel_opening.mean() > 0.4
    assert speech.voicing[0, LATENCY_FRAMES + 12 : LATENCY_FRAMES + 22].mean() > 0.7
    assert pause.max() < 0.1


def test_gain_barely_matters(shipped: SpeechEncoder) -> None:
    x = vowel(frames=50)
    loud, soft = (_encode(shipped, (x * gain).astype(np.float32)).opening for gain in (1.0, 0.05))
    assert (loud - soft).abs().mean() < 0.03


def test_the_shipped_network_keeps_its_promises(shipped: SpeechEncoder) -> None:
    assert WEIGHTS.stat().st_size < 3_000_000
    assert sum(parameter.numel() for parameter in shipped.parameters()) < 1_500_000


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "speech.safetensors"
    path.write_bytes(WEIGHTS.read_bytes()[:-100])
    with pytest.raises(BadCheckpoint, match="missing or damaged"):
        load_speech_encoder(path)


def test_weights_of_another_shape_are_refused(small: SpeechEncoder, tmp_path: Path) -> None:
    path = tmp_path / "speech.safetensors"
    save(path, small.state_dict(), replace(SMALL, width=9), {})
    with pytest.raises(BadCheckpoint, match="do not fit"):
        load_speech_encoder(path)


def _sound(frames: int, batch: int) -> Tensor:
    random = torch.Generator().manual_seed(1)
    return torch.randn(batch, frames * FRAME_SAMPLES, generator=random, dtype=torch.float64) * 0.1


def _encode(encoder: SpeechEncoder, samples: np.ndarray) -> SpeechFrames:
    with torch.inference_mode():
        answer, _ = encoder(torch.from_numpy(samples)[None], encoder.initial_state(1))
    speech: SpeechFrames = answer
    return speech
