"""The avatar model: VAE, generator, latent normalisation; its checkpoint, and inference layout."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import torch
from torch import Tensor, nn

from core.checkpoint import BadCheckpoint
from core.model.generator.dit_block import store_weights_column_major
from core.model.generator.flow_transformer import Generator
from core.model.generator.generator_config import GENERATOR_PRESETS, GeneratorConfig, Sampling
from core.model.prepacking import prepack_linears
from core.model.vae.causal_vae import CausalVideoVae
from core.model.vae.fuse_upsampling import fuse_upsampling
from core.model.vae.vae_config import VAE_PRESETS, VaeConfig
from core.sentence import said
from core.tensors import fill, load, save

MIN_LIP_GAIN, MAX_LIP_GAIN = 1.0, 2.0


@dataclass(frozen=True)
class AvatarConfig:
    """Shape of an `Avatar`, and the face crop it was trained on.

    Raises ValueError if the VAE's latents are not those that the generator draws.
    """

    vae: VaeConfig
    generator: GeneratorConfig
    crop_half_size: float = 1.25
    """Half of the square crop's side, in face heights."""
    crop_offset: float = 0.15
    """How far the crop's centre lies below the face's, in face heights."""
    lip_gain: float = 1.0
    """By which lips part farther before latents are decoded, see `Avatar.part_lips`."""

    def __post_init__(self) -> None:
        vae, generator = self.vae, self.generator
        rows, span = vae.size // vae.spatial_stride, generator.audio.frames_per_latent
        if (rows, vae.latent_channels) != (generator.grid, generator.latent_channels):
            raise ValueError(
                f"the VAE's latents are {rows}x{rows} with {vae.latent_channels} channels, the "
                f"generator draws {generator.grid}x{generator.grid} with "
                f"{generator.latent_channels}; expected the same"
            )
        if not MIN_LIP_GAIN <= self.lip_gain <= MAX_LIP_GAIN:
            raise ValueError(
                f"a lip gain of {self.lip_gain}, expected {MIN_LIP_GAIN} to {MAX_LIP_GAIN}"
            )
        if vae.frames_per_latent != span:
            raise ValueError(
                f"a latent of the VAE spans {vae.frames_per_latent} frames, one of the generator "
                f"the sound of {span}; expected the same"
            )


_PRESETS = {
    name: AvatarConfig(VAE_PRESETS[name], GENERATOR_PRESETS[name]) for name in GENERATOR_PRESETS
}
AVATAR_PRESETS: Mapping[str, AvatarConfig] = MappingProxyType(
    {**_PRESETS, "mini": replace(_PRESETS["mini"], crop_half_size=1.0, crop_offset=0.1)}
)
"""The shapes we build. `mini` has few pixels, and spends more of them on the face."""


class Avatar(nn.Module):
    """VAE and generator, and the normalisation of the latents between them.

    The generator learns on latents of mean 0 and standard deviation 1 in every channel; `mean`
    and `std` (channels, 1, 1) are measured on the VAE's latents when its training is done.
    """

    def __init__(self, config: AvatarConfig) -> None:
        super().__init__()
        self.config = config
        self.vae = CausalVideoVae(config.vae)
        self.generator = Generator(config.generator)
        self.mean: Tensor
        self.std: Tensor
        self.register_buffer("mean", torch.zeros(config.vae.latent_channels, 1, 1))
        self.register_buffer("std", torch.ones(config.vae.latent_channels, 1, 1))

    def normalize(self, latents: Tensor) -> Tensor:
        """Normalise latents (..., channels, h, w) of the VAE, for the generator."""
        return (latents - self.mean) / self.std

    def denormalize(self, latents: Tensor) -> Tensor:
        """Undo `normalize`, for the VAE's decoder."""
        return latents * self.std + self.mean

    def part_lips(self, latents: Tensor, sealed: Tensor, gain: float) -> Tensor:
        """Return normalised latents (batch, latents, channels, h, w), their lips farther by a gain
        from those of photos whose lips are sealed, (batch, 1, channels, h, w).

        A decoder that is not quite sure where lips are opens them less than latents tell (decision
        0073). The directions in which they part are `Generator.lip_basis`.
        """
        if gain == 1:
            return latents
        basis = self.generator.lip_basis.type_as(latents)
        apart = (latents - sealed.type_as(latents)).flatten(2) @ basis.T @ basis
        return latents + (gain - 1) * apart.view_as(latents)


def save_avatar(path: Path, avatar: Avatar, about: Mapping[str, str]) -> None:
    """Write all weights in half precision; `about` tells data, recipe and measured quality."""
    weights = {
        name: tensor.half() if tensor.is_floating_point() else tensor
        for name, tensor in avatar.state_dict().items()
    }
    save(path, weights, avatar.config, about)


def load_avatar(path: Path) -> Avatar:
    """Read an avatar model, strictly.

    Raises:
        BadCheckpoint: the file is missing, damaged, a pickle, or of another shape.
    """
    checkpoint = load(path, AvatarConfig)
    try:
        avatar = Avatar(checkpoint.config)
    except Exception as error:  # sizes that fit no network fail in more ways than are listed
        raise BadCheckpoint(said("{0}: its config does not fit: {1}", path.name, error)) from error
    return fill(avatar, checkpoint, path)


def prepare_for_inference(avatar: Avatar, device: torch.device) -> Avatar:
    """Return the avatar in the device's fastest precision and layout, frozen, upsampling fused.

    It is for inference only from then on, neither for training nor for saving.
    """
    avatar.requires_grad_(False)
    if device.type == "cuda":
        return avatar.to(device, torch.bfloat16)
    store_weights_column_major(avatar.generator)
    fuse_upsampling(avatar.vae.decoder)
    return avatar.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def prepack(avatar: Avatar, sampling: Sampling) -> Avatar:
    """Prepack the generator of a prepared avatar for the blocks of `sampling`; on a CPU only."""
    if avatar.mean.is_cuda:
        return avatar
    batch = 1 if sampling.cfg_scale == 1 else 2
    rows = batch * sampling.block * avatar.config.generator.tokens_per_latent
    for layer in avatar.generator.layers:
        prepack_linears(layer, rows)
    return avatar
