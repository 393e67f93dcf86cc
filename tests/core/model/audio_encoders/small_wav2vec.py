"""wav2vec 2.0 at toy size, with random weights, as published files have them."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from core.model.audio_encoders.wav2vec import Wav2Vec, Wav2VecConfig

GROUP = Wav2VecConfig(
    hidden_size=16,
    num_hidden_layers=2,
    num_attention_heads=2,
    intermediate_size=24,
    conv_dim=(8,) * 7,
    num_conv_pos_embeddings=8,
    num_conv_pos_embedding_groups=4,
)


def network(config: Wav2VecConfig, seed: int = 0) -> Wav2Vec:
    """Return a network with random weights, in double precision."""
    torch.manual_seed(seed)
    return Wav2Vec(config).double().eval()


def as_published(network: Wav2Vec, prefix: str) -> dict[str, Tensor]:
    """Return weights as a published file has them: one normed, one unused, a head if prefixed."""
    weights = dict(network.state_dict())
    conv = "encoder.pos_conv_embed.conv.weight"
    weight = weights.pop(conv)
    weights[f"{conv}_g"] = weight.norm(dim=(0, 1), keepdim=True)
    weights[f"{conv}_v"] = 3 * weight
    weights["masked_spec_embed"] = torch.zeros(16)
    published = {prefix + name: tensor.contiguous() for name, tensor in weights.items()}
    return {**published, "lm_head.bias": torch.zeros(2)} if prefix else published


def write(
    path: Path,
    config: Wav2VecConfig,
    weights: dict[str, Tensor],
    change: dict[str, Any] | None = None,
) -> None:
    """Write the two files of a checkpoint into a folder."""
    about = {**vars(config), "model_type": "wav2vec2", **(change or {})}
    about = {name: value for name, value in about.items() if value is not None}
    (path / "config.json").write_text(json.dumps(about))
    save_file(weights, path / "model.safetensors")


def write_random(path: Path, seed: int = 0, prefix: str = "") -> Path:
    """Write a checkpoint with random weights into a new folder, and return that."""
    path.mkdir(parents=True)
    write(path, GROUP, as_published(network(GROUP, seed).float(), prefix))
    return path
