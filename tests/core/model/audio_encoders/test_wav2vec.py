"""wav2vec 2.0: streams equal clips, published checkpoints are read, others are refused."""

from pathlib import Path
from typing import Any

import pytest
import torch

from core.checkpoint import BadCheckpoint
from core.model.audio_encoders.wav2vec import (
    HOP,
    LAG,
    Wav2VecAudioEncoder,
    Wav2VecConfig,
    load_wav2vec,
)
from core.perception.speech.config import FRAME_SAMPLES
from tests.core.model.audio_encoders.small_wav2vec import GROUP, as_published, network, write

FRAMES = HOP // FRAME_SAMPLES
LAYER = Wav2VecConfig(
    **{
        **vars(GROUP),
        "conv_bias": True,
        "feat_extract_norm": "layer",
        "do_stable_layer_norm": True,
    }
)


@pytest.mark.parametrize("config", [GROUP, LAYER], ids=["group norm", "layer norm"])
def test_a_stream_of_wav2vec_features_is_the_clip(config: Wav2VecConfig) -> None:
    encoder = _streaming(config)
    sound = torch.randn(2, 5 * HOP, dtype=torch.float64)
    whole, _ = encoder.encode(sound, encoder.initial_state(2))
    assert whole.shape == (2, 5 * FRAMES, config.hidden_size)
    state, pieces = encoder.initial_state(2), []
    for piece in torch.split(sound, [HOP, 3 * HOP, HOP], 1):
        y, state = encoder.encode(piece, state)
        pieces.append(y)
    torch.testing.assert_close(torch.cat(pieces, 1), whole)


def test_wav2vec_features_depend_on_no_sound_after_their_hop_and_lag() -> None:
    encoder = _streaming(GROUP)
    sound = torch.randn(1, 5 * HOP, dtype=torch.float64, requires_grad=True)
    y, _ = encoder.encode(sound, encoder.initial_state(1))
    frame = 3 * FRAMES - 1  # the last frame that may depend on no more than three hops
    # Not their plain sum: the last layer's norm makes that the same for any sound.
    (gradient,) = torch.autograd.grad((y[:, frame] * torch.arange(y.shape[2])).sum(), sound)
    assert gradient[:, 3 * HOP :].abs().max() == 0
    end_of_its_frame = (frame + 1 - LAG) * FRAME_SAMPLES
    assert 3 * HOP - end_of_its_frame == LAG * FRAME_SAMPLES
    assert gradient[:, end_of_its_frame : 3 * HOP].abs().max() > 1e-6


def test_wav2vec_ignores_the_gain() -> None:
    made = network(GROUP)
    sound = torch.randn(1, HOP, dtype=torch.float64)
    torch.testing.assert_close(made(100 * sound + 3), made(sound), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("config", [GROUP, LAYER], ids=["group norm", "layer norm"])
@pytest.mark.parametrize("prefix", ["", "wav2vec2.", "hubert."])
def test_a_checkpoint_of_the_usual_names_is_read(
    tmp_path: Path, config: Wav2VecConfig, prefix: str
) -> None:
    made = network(config).float()
    weights = as_published(made, prefix)
    write(tmp_path, config, weights)
    again = load_wav2vec(tmp_path)
    sound = torch.randn(1, HOP)
    torch.testing.assert_close(again(sound), made(sound), rtol=1e-4, atol=1e-5)


def test_a_checkpoint_with_a_weight_too_many_or_too_few_is_refused(tmp_path: Path) -> None:
    weights = as_published(network(GROUP).float(), "")
    name = "encoder.layers.1.attention.k_proj.bias"
    few = {key: tensor for key, tensor in weights.items() if key != name}
    for wrong in (few, {**weights, "adapter.weight": torch.zeros(1)}):
        write(tmp_path, GROUP, wrong)
        with pytest.raises(BadCheckpoint, match="do not fit"):
            load_wav2vec(tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [({"hidden_act": "relu"}, "hidden_act"), ({"conv_dim": None}, "conv_dim")],
)
def test_a_config_of_another_network_is_refused(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    write(tmp_path, GROUP, as_published(network(GROUP).float(), ""), change)
    with pytest.raises(BadCheckpoint, match=message):
        load_wav2vec(tmp_path)


def test_a_folder_without_a_checkpoint_says_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(BadCheckpoint, match=r"config\.json and a model\.safetensors"):
        load_wav2vec(tmp_path)


def _streaming(config: Wav2VecConfig) -> Wav2VecAudioEncoder:
    return Wav2VecAudioEncoder(network(config), hops=3)
