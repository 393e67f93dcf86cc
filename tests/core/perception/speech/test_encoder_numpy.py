"""The numpy encoder computes what the torch encoder does, without torch."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.audio import SAMPLE_RATE, Samples
from core.checkpoint import BadCheckpoint
from core.perception.speech.config import (
    EARLY_LATENCY_FRAMES,
    FRAME_SAMPLES,
    LATENCY_FRAMES,
    WEIGHTS,
    SpeechConfig,
)
from core.perception.speech.encoder_numpy import NumpySpeechEncoder
from core.perception.speech.encoder_torch import SpeechEncoder, SpeechFrames, load_speech_encoder
from core.tensors import save
from tests.core.perception.speech.sounds import vowel

SMALL = SpeechConfig(
    mel_bands=16, window_size=400, channels=3, width=8, gru_layers=1, feature_width=6
)
SECOND = SAMPLE_RATE


def test_the_numpy_encoder_computes_what_torch_does() -> None:
    _agree(NumpySpeechEncoder(), load_speech_encoder(), _sounds())


def test_they_agree_where_the_mouth_opens() -> None:
    sound, encoder = vowel(frames=30).astype(np.float32), load_speech_encoder()
    assert _whole(encoder, sound).opening.max() > 0.4
    _agree(NumpySpeechEncoder(), encoder, sound)


@pytest.mark.parametrize("level", [0.0, 1e-5, 1.0])
def test_they_agree_on_silence_and_on_sound_at_its_limits(level: float) -> None:
    noise = np.random.default_rng(1).choice([-level, level], SECOND)
    _agree(NumpySpeechEncoder(), load_speech_encoder(), noise.astype(np.float32))


def test_they_agree_on_a_network_of_another_shape(tmp_path: Path) -> None:
    encoder = _small()
    _agree(NumpySpeechEncoder(_saved(encoder, tmp_path)), encoder, _sounds())


def test_voices_do_not_mix() -> None:
    one, two, alone = NumpySpeechEncoder(), NumpySpeechEncoder(), NumpySpeechEncoder()
    loud, soft = _sounds()[4 * SECOND :][: 8 * FRAME_SAMPLES].reshape(2, -1, FRAME_SAMPLES)
    for there, here in zip(loud, soft, strict=True):
        one.step(there)
        mixed, expected = two.step(here), alone.step(here)
    assert mixed is not None
    assert expected is not None
    np.testing.assert_array_equal(mixed.features, expected.features)


def test_a_returned_frame_stays_as_it_is() -> None:
    reader, pieces = NumpySpeechEncoder(), _sounds().reshape(-1, FRAME_SAMPLES)
    frame = [reader.step(piece) for piece in pieces[: LATENCY_FRAMES + 1]][-1]
    assert frame is not None
    before = frame.visemes.copy(), frame.features.copy()
    for piece in pieces[60:70]:
        reader.step(piece)
    np.testing.assert_array_equal(frame.visemes, before[0])
    np.testing.assert_array_equal(frame.features, before[1])


def test_who_asks_early_changes_nothing_of_what_is_heard() -> None:
    early, patient = NumpySpeechEncoder(), NumpySpeechEncoder()
    *before, last = vowel(frames=30).astype(np.float32).reshape(-1, FRAME_SAMPLES)
    for piece in before:
        early.step_early(piece)
        patient.step(piece)
    found, expected = early.step(last), patient.step(last)
    assert found is not None
    assert expected is not None
    np.testing.assert_allclose(found.features, expected.features, rtol=0, atol=1e-5)


def test_a_frame_that_is_asked_for_early_is_nearly_that_which_comes_later() -> None:
    early, patient = NumpySpeechEncoder(), NumpySpeechEncoder()
    pieces = vowel(frames=60).astype(np.float32).reshape(-1, FRAME_SAMPLES)
    soon = [early.step_early(piece) for piece in pieces]
    later = [patient.step(piece) for piece in pieces]
    assert soon[:EARLY_LATENCY_FRAMES] == [None] * EARLY_LATENCY_FRAMES
    known = later[LATENCY_FRAMES:]
    pairs = list(zip(soon[EARLY_LATENCY_FRAMES:], known, strict=False))
    assert len(pairs) == len(known)
    openings = np.array([[a.opening, b.opening] for a, b in pairs if a and b]).T
    assert openings.max() > 0.4
    assert np.corrcoef(openings)[0, 1] > 0.95


def test_the_numpy_encoder_imports_no_torch() -> None:
    code = (
        "import sys; import numpy as np;"
        "from core.perception.speech.encoder_numpy import NumpySpeechEncoder;"
        "NumpySpeechEncoder().step(np.zeros(640, np.float32)); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "speech.safetensors"
    path.write_bytes(WEIGHTS.read_bytes()[:-100])
    with pytest.raises(BadCheckpoint, match="missing or damaged"):
        NumpySpeechEncoder(path)


def test_weights_of_another_shape_are_refused(tmp_path: Path) -> None:
    path = _saved(_small(), tmp_path, replace(SMALL, feature_width=7))
    with pytest.raises(BadCheckpoint, match=r"config: feature\.bias, feature\.weight, output\.w"):
        NumpySpeechEncoder(path)


def test_weights_that_are_missing_or_too_many_are_refused(tmp_path: Path) -> None:
    path = _saved(_small(), tmp_path, replace(SMALL, gru_layers=2))
    with pytest.raises(BadCheckpoint, match=r"do not fit its config: gru\.bias_hh_l1, "):
        NumpySpeechEncoder(path)


def _agree(reader: NumpySpeechEncoder, encoder: SpeechEncoder, sound: Samples) -> None:
    """Compare every frame; float32 leaves some 1e-5."""
    frames = [reader.step(piece) for piece in sound.reshape(-1, FRAME_SAMPLES)]
    assert frames[:LATENCY_FRAMES] == [None] * LATENCY_FRAMES
    live, whole = [frame for frame in frames if frame], _whole(encoder, sound)
    assert len(live) == whole.opening.shape[1] - LATENCY_FRAMES
    for name, column in whole._asdict().items():
        found = np.stack([getattr(frame, name) for frame in live])
        np.testing.assert_allclose(found, column[0, LATENCY_FRAMES:].numpy(), rtol=0, atol=1e-4)


def _whole(encoder: SpeechEncoder, sound: Samples) -> SpeechFrames:
    with torch.inference_mode():
        answer, _ = encoder(torch.from_numpy(sound)[None], encoder.initial_state(1))
    speech: SpeechFrames = answer
    return speech


def _sounds() -> Samples:
    """A second each of nothing, noise, tone and a buzz in noise, three times, at many levels."""
    random, times = np.random.default_rng(0), np.arange(SECOND) / SECOND
    swell = 10 ** (-1.5 * (1 - np.cos(2 * np.pi * 3 * times)))
    pieces = []
    for level in (0.3, 0.01, 1.0):
        hertz, hiss = random.uniform(90, 300), random.standard_normal(SECOND)
        tone, buzz = (np.sin(2 * np.pi * f * times) for f in (7 * hertz, hertz))
        voice = level * np.sign(buzz) * swell + 1e-3 * hiss
        pieces += [np.zeros(SECOND), level * hiss / 4 * swell, level * tone, voice]
    return np.concatenate(pieces).clip(-1, 1).astype(np.float32)


def _small() -> SpeechEncoder:
    torch.manual_seed(0)
    return SpeechEncoder(SMALL).eval()


def _saved(encoder: SpeechEncoder, folder: Path, config: SpeechConfig = SMALL) -> Path:
    path = folder / "speech.safetensors"
    save(path, encoder.state_dict(), config, {})
    return path
