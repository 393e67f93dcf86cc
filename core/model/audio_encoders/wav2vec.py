"""wav2vec 2.0 and HuBERT as streaming audio encoders: architecture, checkpoint loading, windows.

Modules are named as in the checkpoints that the transformers library writes (config.json and
model.safetensors), so that loading is strict. None is shipped with the program.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from core.checkpoint import BadCheckpoint
from core.perception.speech.config import FRAME_SAMPLES
from core.record import from_json
from core.sentence import said

CONFIG_FILE, WEIGHTS_FILE = "config.json", "model.safetensors"
"""In the folder of a checkpoint."""
HOP = 4 * FRAME_SAMPLES
"""Samples that are encoded at a time: 160 ms."""
LAG = 2
"""Frames by which features are late: context that a window keeps after its last hop."""
CHECKPOINT_PREFIXES = ("wav2vec2.", "hubert.")
"""Prefixes of the encoder's weights in checkpoints that hold a task's head as well."""
WEIGHT_NORM_NAMES = (
    ("weight_g", "weight_v"),
    ("parametrizations.weight.original0", "parametrizations.weight.original1"),
)
"""Older and newer names of a weight-normed kernel's magnitude and direction."""
MASK_EMBEDDING = "masked_spec_embed"
"""Embedding of masked features in training; not used here."""


@dataclass(frozen=True)
class Wav2VecConfig:
    """Shape of a `Wav2Vec`; the fields of config.json that it depends on."""

    hidden_size: int = 768
    num_hidden_layers: int = 12
    num_attention_heads: int = 12
    intermediate_size: int = 3072
    conv_dim: tuple[int, ...] = (512,) * 7
    conv_kernel: tuple[int, ...] = (10, 3, 3, 3, 3, 2, 2)
    conv_stride: tuple[int, ...] = (5, 2, 2, 2, 2, 2, 2)
    conv_bias: bool = False
    feat_extract_norm: str = "group"
    """"group": after the first convolution only. "layer": after each."""
    do_stable_layer_norm: bool = False
    """Whether layers are pre-norm instead of post-norm."""
    num_conv_pos_embeddings: int = 128
    num_conv_pos_embedding_groups: int = 16
    layer_norm_eps: float = 1e-5


SUPPORTED_SETTINGS = {
    "hidden_act": "gelu",
    "feat_extract_activation": "gelu",
    "feat_proj_layer_norm": True,
    "conv_pos_batch_norm": False,
    "add_adapter": False,
}
"""What other fields of config.json must say, if they say anything."""


class _Convolution(nn.Module):
    """One step of the sound's way down to 50 features a second, over (batch, channels, time)."""

    def __init__(self, config: Wav2VecConfig, index: int) -> None:
        super().__init__()
        n_in, n_out = (1, *config.conv_dim)[index], config.conv_dim[index]
        kernel, stride = config.conv_kernel[index], config.conv_stride[index]
        self.conv = nn.Conv1d(n_in, n_out, kernel, stride, bias=config.conv_bias)
        self.over_channels = config.feat_extract_norm == "layer"
        self.layer_norm: nn.Module = nn.Identity()
        if self.over_channels:
            self.layer_norm = nn.LayerNorm(n_out)
        elif index == 0:
            self.layer_norm = nn.GroupNorm(n_out, n_out)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        if self.over_channels:
            return functional.gelu(self.layer_norm(x.transpose(1, 2)).transpose(1, 2))
        return functional.gelu(self.layer_norm(x))


class _FeatureExtractor(nn.Module):
    def __init__(self, config: Wav2VecConfig) -> None:
        super().__init__()
        count = range(len(config.conv_dim))
        self.conv_layers = nn.Sequential(*(_Convolution(config, index) for index in count))

    def forward(self, samples: Tensor) -> Tensor:
        x: Tensor = self.conv_layers(samples[:, None])
        return x.transpose(1, 2)


class _FeatureProjection(nn.Module):
    def __init__(self, config: Wav2VecConfig) -> None:
        super().__init__()
        self.layer_norm = nn.LayerNorm(config.conv_dim[-1], config.layer_norm_eps)
        self.projection = nn.Linear(config.conv_dim[-1], config.hidden_size)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.projection(self.layer_norm(x))
        return y


class _Positions(nn.Module):
    """Positions as a convolution over (batch, time, width) of what is there."""

    def __init__(self, config: Wav2VecConfig) -> None:
        super().__init__()
        width, kernel = config.hidden_size, config.num_conv_pos_embeddings
        groups = config.num_conv_pos_embedding_groups
        self.conv = nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=groups)

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv(x.transpose(1, 2)).transpose(1, 2)
        return functional.gelu(y[:, : x.shape[1]])


class _Attention(nn.Module):
    def __init__(self, config: Wav2VecConfig) -> None:
        super().__init__()
        width, self.heads = config.hidden_size, config.num_attention_heads
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (
            nn.Linear(width, width) for _ in range(4)
        )

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = (
            projection(x).unflatten(2, (self.heads, -1)).transpose(1, 2)
            for projection in (self.q_proj, self.k_proj, self.v_proj)
        )
        y = functional.scaled_dot_product_attention(q, k, v)
        out: Tensor = self.out_proj(y.transpose(1, 2).flatten(2))
        return out


class _FeedForward(nn.Module):
    def __init__(self, config: Wav2VecConfig) -> None:
        super().__init__()
        self.intermediate_dense = nn.Linear(config.hidden_size, config.intermediate_size)
        self.output_dense = nn.Linear(config.intermediate_size, config.hidden_size)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.output_dense(functional.gelu(self.intermediate_dense(x)))
        return y


class _Layer(nn.Module):
    def __init__(self, config: Wav2VecConfig) -> None:
        super().__init__()
        self.norm_first = config.do_stable_layer_norm
        self.attention = _Attention(config)
        self.layer_norm = nn.LayerNorm(config.hidden_size, config.layer_norm_eps)
        self.feed_forward = _FeedForward(config)
        self.final_layer_norm = nn.LayerNorm(config.hidden_size, config.layer_norm_eps)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor
        if self.norm_first:
            x = x + self.attention(self.layer_norm(x))
            y = x + self.feed_forward(self.final_layer_norm(x))
        else:
            x = self.layer_norm(x + self.attention(x))
            y = self.final_layer_norm(x + self.feed_forward(x))
        return y


class _Encoder(nn.Module):
    def __init__(self, config: Wav2VecConfig) -> None:
        super().__init__()
        self.norm_first = config.do_stable_layer_norm
        self.pos_conv_embed = _Positions(config)
        self.layer_norm = nn.LayerNorm(config.hidden_size, config.layer_norm_eps)
        self.layers = nn.Sequential(*(_Layer(config) for _ in range(config.num_hidden_layers)))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.pos_conv_embed(x)
        y: Tensor = (
            self.layer_norm(self.layers(x)) if self.norm_first else self.layers(self.layer_norm(x))
        )
        return y


class Wav2Vec(nn.Module):
    """Sound of any length to features at 50 a second; sees all of it at once."""

    def __init__(self, config: Wav2VecConfig) -> None:
        super().__init__()
        self.config = config
        self.feature_extractor = _FeatureExtractor(config)
        self.feature_projection = _FeatureProjection(config)
        self.encoder = _Encoder(config)

    def forward(self, samples: Tensor) -> Tensor:
        """Normalise (batch, samples) to mean 0, variance 1; return (batch, time, width)."""
        mean, variance = samples.mean(1, keepdim=True), samples.var(1, keepdim=True, correction=0)
        normal = (samples - mean) / (variance + 1e-7).sqrt()
        y: Tensor = self.encoder(self.feature_projection(self.feature_extractor(normal)))
        return y


class Wav2VecAudioEncoder:
    """An `AudioEncoder` by sliding window: the network runs over the last `hops` hops for each.

    The network is not causal. So a stream, and a clip in training as well, is cut into overlapping
    windows: each gives features for its last hop, LAG frames late, and any cut of a clip into
    whole hops gives the same. To be run on a GPU.
    """

    def __init__(self, network: Wav2Vec, hops: int = 16) -> None:
        self._network = network
        self._window = hops * HOP
        self.feature_size = network.config.hidden_size
        self.lag = LAG
        self.hop = HOP

    def initial_state(self, batch: int) -> Tensor:
        """Return silence; see `AudioEncoder`."""
        like = self._network.feature_projection.projection.weight
        return like.new_zeros(batch, self._window - HOP)

    def encode(self, samples: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """See `AudioEncoder`."""
        if samples.shape[1] % HOP:
            raise ValueError(f"{samples.shape[1]} samples, expected a multiple of {HOP}")
        x = torch.cat([state, samples], 1)
        windows = x.unfold(1, self._window, HOP)  # (batch, hops, window)
        features = self._network(windows.flatten(0, 1))  # two per frame
        last = 2 * (self._window // FRAME_SAMPLES - LAG)
        newest = features[:, last - 2 * (HOP // FRAME_SAMPLES) : last]
        frames = newest.unflatten(1, (-1, 2)).mean(2).unflatten(0, windows.shape[:2])
        return frames.flatten(1, 2), x[:, samples.shape[1] :]


def load_wav2vec(path: Path, device: str = "cpu") -> Wav2Vec:
    """Load a folder's config.json and model.safetensors.

    Raises:
        BadCheckpoint: a file is missing or damaged, or describes another network.
    """
    try:
        about = json.loads((path / CONFIG_FILE).read_text())
        weights = load_file(path / "model.safetensors", device=device)
    except (OSError, SafetensorError, ValueError) as error:
        raise BadCheckpoint(
            f"{path.name} needs a config.json and a model.safetensors of wav2vec 2.0 or HuBERT: "
            f"{error}"
        ) from error
    network = Wav2Vec(_parse_config(about, path)).to(device)
    try:
        network.load_state_dict(_encoder_weights(weights), strict=True)
    except (KeyError, RuntimeError) as error:
        raise BadCheckpoint(
            said("{0}: its weights do not fit its config: {1}", path.name, error)
        ) from error
    return network.eval().requires_grad_(False)


def _parse_config(about: dict[str, Any], path: Path) -> Wav2VecConfig:
    for name, value in SUPPORTED_SETTINGS.items():
        if about.get(name, value) != value:
            raise BadCheckpoint(f"{path.name}: {name} is {about[name]!r}, expected {value!r}")
    names = Wav2VecConfig.__dataclass_fields__.keys()
    if missing := sorted(names - about.keys()):
        raise BadCheckpoint(f"{path.name}: its config.json has no {missing[0]!r}")
    try:
        return from_json(Wav2VecConfig, json.dumps({name: about[name] for name in names}))
    except ValueError as error:
        raise BadCheckpoint(said("{0}: {1}", path.name, error)) from error


def _encoder_weights(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the encoder's weights alone, with weight norm folded in."""
    for prefix in CHECKPOINT_PREFIXES:
        if any(name.startswith(prefix) for name in weights):
            ours = {name: weights[name] for name in weights if name.startswith(prefix)}
            weights = {name.removeprefix(prefix): tensor for name, tensor in ours.items()}
    plain = {name: tensor.float() for name, tensor in weights.items() if name != MASK_EMBEDDING}
    conv = "encoder.pos_conv_embed.conv."
    for magnitude, direction in WEIGHT_NORM_NAMES:
        if conv + magnitude in plain:
            g, v = plain.pop(conv + magnitude), plain.pop(conv + direction)
            plain[conv + "weight"] = g * v / v.norm(dim=(0, 1), keepdim=True)
    return plain
